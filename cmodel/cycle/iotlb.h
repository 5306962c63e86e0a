// SPDX-License-Identifier: Apache-2.0
// The second-level IOTLB, the twin of iotlb.sv (docs/microarchitecture.md, section 5.2).
//
// Set-associative, in RAM, ranges of 4 KiB only (whole leaves and fragments of larger ones) but no MSI pages, tagged by address
// space, not by device_id; but devices that have MSI pages share nothing with those that have none: what is a page of both
// stages to these may be an MSI page to those. A set is read in one clock and compared in the next; a read in the clock of a
// write to the same set returns the old contents. An entry serves all privileges: its rights are those of both stages, whatever U
// says.
// Limits: 4096 entries, 8 ways; may be absent (ways = 0). Invariant: while `frac` is 0 no entry has an s1_size other than 0.
#ifndef PCL_CYCLE_IOTLB_H
#define PCL_CYCLE_IOTLB_H

#include "arch/types.h"
#include "buses.h"

typedef struct {
  uint64_t vpn;     // IOVA[VaW-1:12]; without a first stage the guest page number
  uint64_t spn;
  pcl_addr_space_t space;
  uint8_t s1_size;
  uint8_t rights;   // PCL_RIGHT_* of both stages
  uint8_t pbmt;
  bool u;
  bool g;
  bool msi;         // msiptp of the DC is not Off
  bool valid;
} pcl_iotlb_way_t;

typedef struct {
  unsigned ways;     // 0: there is no iotlb
  unsigned sets;     // power of two
  unsigned way_ptr;  // for a set without a free way
  bool frac;         // a leaf larger than 4 KiB may have fragments in any set
  uint64_t va_mask;
  pcl_iotlb_way_t read[PCL_MAX_L2_WAYS];  // the set read last
  pcl_iotlb_way_t ram[PCL_MAX_L2_ENTRIES];
} pcl_iotlb_t;

// What stage B looks for.
typedef struct {
  uint64_t vpn;
  pcl_addr_space_t space;
  uint8_t need;    // PCL_RIGHT_*
  bool supervisor;
  bool sum;
  bool msi;        // msiptp of the DC is not Off
} pcl_iotlb_key_t;

// A leaf to be kept: a granted 4-KiB response of a walk, and what it does not say.
typedef struct {
  const pcl_resp_t *resp;
  uint8_t way;
  uint8_t rights;  // PCL_RIGHT_* of both stages
  bool u;
  bool msi;        // msiptp of the DC is not Off
} pcl_iotlb_fill_t;

void pcl_iotlb_reset(pcl_iotlb_t *iotlb, const pcl_config_t *config);

// The lowest way of the set read last that has this key and the right for it, or NULL.
const pcl_iotlb_way_t *pcl_iotlb_compare(const pcl_iotlb_t *iotlb, const pcl_iotlb_key_t *key);

// The rights that a way gives to the requester of this key (IOMMU spec 3.2.3: SUM).
unsigned pcl_iotlb_rights(const pcl_iotlb_way_t *way, const pcl_iotlb_key_t *key);

// The way that a leaf of the set read last shall fill: the lowest that is not valid, else the pointer's.
unsigned pcl_iotlb_victim(const pcl_iotlb_t *iotlb);

// Edges. In one clock a read comes before a fill.
void pcl_iotlb_read(pcl_iotlb_t *iotlb, uint64_t vpn);
void pcl_iotlb_fill(pcl_iotlb_t *iotlb, const pcl_iotlb_fill_t *fill);

static inline unsigned pcl_iotlb_set(const pcl_iotlb_t *iotlb, uint64_t vpn) { return (unsigned)vpn & (iotlb->sets - 1); }

// Edge: clears the ways of a set that an IOTINVAL covers; all of them if `inv` is NULL. Returns whether a fragment is left.
bool pcl_iotlb_clear(pcl_iotlb_t *iotlb, unsigned set, const pcl_inv_t *inv);

#endif
