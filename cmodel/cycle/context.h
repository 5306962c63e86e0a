// SPDX-License-Identifier: Apache-2.0
// What stage B knows of a request before any walk: the answers of dc_cache and pc_cache, and the context they make
// (docs/microarchitecture.md, section 5.1).
#ifndef PCL_CYCLE_CONTEXT_H
#define PCL_CYCLE_CONTEXT_H

#include "arch/types.h"
#include "buses.h"

// Cached contexts of a request. A PC counts only together with the DC.
typedef struct {
  pcl_dc_t dc;
  pcl_pc_t pc;
  bool dc_known;
  bool pc_known;
} pcl_known_t;

// The context: which tables translate the request, and as whom.
typedef struct {
  pcl_addr_space_t space;
  uint16_t rcid;    // of the DC
  uint16_t mcid;
  uint8_t s1_mode;  // of iosatp
  bool known;       // else the rest does not count
  bool pc_used;     // the first stage is that of the PC
  bool sv32;        // DC.tc.SXL
  bool sum;
  bool msi;         // msiptp is not Off
} pcl_context_t;

pcl_context_t pcl_context_of(const pcl_known_t *known, const pcl_miss_req_t *req);

// Whether only page tables decide about a request whose context is known (`fast`). `fctl` for the width of a GPA.
bool pcl_context_fast(const pcl_context_t *context, const pcl_dc_t *dc, const pcl_miss_req_t *req, uint32_t fctl);

#endif
