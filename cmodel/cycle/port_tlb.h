// SPDX-License-Identifier: Apache-2.0
// A port's fully associative translation cache, the twin of port_tlb.sv (microarchitecture 4.1).
//
// Entries are tagged by what arrives (device_id, process_id, privilege, page), so a hit needs no context; they carry the address
// space, the size of the first-stage leaf and G for invalidation.
// Two lookups and one fill per clock, all from registers. Only granted translations are held.
// Limits: 64 entries. Invariant: an entry's vpn and ppn count above the page-number bits below its size.
#ifndef PCL_CYCLE_PORT_TLB_H
#define PCL_CYCLE_PORT_TLB_H

#include "buses.h"

typedef struct {
  uint64_t vpn;
  uint64_t compare;  // bits of vpn that a request must match
  uint64_t ppn;      // SPA[55:12], 0 below the size
  uint64_t low;      // page-number bits that come from the IOVA
  uint64_t tag;      // of whom it is: device_id, pv and, with process contexts, priv and process_id
  pcl_addr_space_t space;
  uint16_t rcid;
  uint16_t mcid;
  bool bare;         // found in ddtp mode Bare: rcid and mcid are those that iommu_qosid holds now
  uint8_t size;
  uint8_t s1_size;
  uint8_t pbmt;
  bool r;
  bool w;
  bool x;
  bool g;
} pcl_port_tlb_entry_t;

typedef struct {
  uint64_t valid;  // one bit per entry
  uint64_t va_mask;
  unsigned va_width;
  unsigned count;
  unsigned fill_ptr;
  bool processes;  // process contexts are built
  pcl_port_tlb_entry_t entry[PCL_MAX_PORT_ENTRIES];
} pcl_port_tlb_t;

// What a granted request goes on with.
typedef struct {
  uint64_t spn;
  uint16_t rcid;
  uint16_t mcid;
  uint8_t pbmt;
} pcl_grant_t;

typedef struct {
  pcl_grant_t grant;
  bool hit;
} pcl_port_tlb_hit_t;

// Reset.
void pcl_port_tlb_init(pcl_port_tlb_t *tlb, const pcl_config_t *config);

// Lookup of a request of `channel` that is not illegal; only for a valid one. `qosid`: iommu_qosid in this clock.
pcl_port_tlb_hit_t pcl_port_tlb_lookup(const pcl_port_tlb_t *tlb, const pcl_ax_t *ax, unsigned channel, uint32_t qosid);

// Edge. `fill`: the response is granted, meant for this port and not covered by a kill in this clock.
void pcl_port_tlb_commit(pcl_port_tlb_t *tlb, const pcl_resp_t *resp, bool fill, const pcl_inv_t *inv);

#endif
