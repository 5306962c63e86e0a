// SPDX-License-Identifier: Apache-2.0
// The second-level IOTLB, the twin of iotlb.sv (docs/microarchitecture.md, section 5.2).
//
// Set-associative, in RAM, 4-KiB leaves only, tagged by address space (pscid), not by device_id. A set is read in one clock and
// compared in the next; a read in the clock of a write to the same set returns the old contents.
// Limits: 4096 entries, 8 ways; may be absent (ways = 0).
#ifndef PCL_CYCLE_IOTLB_H
#define PCL_CYCLE_IOTLB_H

#include "arch/types.h"
#include "buses.h"

typedef struct {
  uint64_t vpn;  // IOVA[VaW-1:12]
  uint64_t spn;
  uint32_t pscid;
  uint8_t pbmt;
  bool r;
  bool w;
  bool x;
  bool g;
  bool valid;
} pcl_iotlb_way_t;

typedef struct {
  unsigned ways;     // 0: there is no iotlb
  unsigned sets;     // power of two
  unsigned way_ptr;  // for a set without a free way
  uint64_t va_mask;
  pcl_iotlb_way_t read[PCL_MAX_L2_WAYS];  // the set read last
  pcl_iotlb_way_t ram[PCL_MAX_L2_ENTRIES];
} pcl_iotlb_t;

// What stage B looks for.
typedef struct {
  uint64_t vpn;
  uint32_t pscid;
  bool write;
  bool exec;
} pcl_iotlb_key_t;

void pcl_iotlb_reset(pcl_iotlb_t *iotlb, const pcl_config_t *config);

// The lowest way of the set read last that has this key and the right for it, or NULL.
const pcl_iotlb_way_t *pcl_iotlb_compare(const pcl_iotlb_t *iotlb, const pcl_iotlb_key_t *key);

// The way that a leaf of the set read last shall fill: the lowest that is not valid, else the pointer's.
unsigned pcl_iotlb_victim(const pcl_iotlb_t *iotlb);

// Edges. In one clock a read comes before a fill.
void pcl_iotlb_read(pcl_iotlb_t *iotlb, uint64_t vpn);
void pcl_iotlb_fill(pcl_iotlb_t *iotlb, const pcl_resp_t *resp, unsigned way);

static inline unsigned pcl_iotlb_set(const pcl_iotlb_t *iotlb, uint64_t vpn) { return (unsigned)vpn & (iotlb->sets - 1); }

// Edge: clears the ways of a set that an IOTINVAL.VMA covers; all of them if `inv` is NULL.
void pcl_iotlb_clear(pcl_iotlb_t *iotlb, unsigned set, const pcl_inv_t *inv);

#endif
