// SPDX-License-Identifier: Apache-2.0
// The debug interface, the twin of regs_debug.sv (docs/microarchitecture.md, section 6; IOMMU spec 5): one translation at a
// time, asked for by registers as a requester above those of the ports.
#ifndef PCL_CYCLE_REGS_DEBUG_H
#define PCL_CYCLE_REGS_DEBUG_H

#include "buses.h"
#include "regs_word.h"

typedef struct {
  uint64_t iova;      // tr_req_iova
  uint64_t ctl;       // tr_req_ctl without Go/Busy
  uint64_t response;  // tr_response
  bool busy;          // Go/Busy
  bool asks;          // the request has not been taken
} pcl_regs_debug_t;

// Whether a word of the register page is one of these registers; and its value.
bool pcl_regs_debug_holds(unsigned offset);
uint64_t pcl_regs_debug_read(const pcl_regs_debug_t *debug, unsigned offset);

void pcl_regs_debug_req(const pcl_regs_debug_t *debug, pcl_miss_req_t *req);

// Edge. `write` to one of these registers or NULL; `resp`: the response to the request, or NULL.
void pcl_regs_debug_commit(pcl_regs_debug_t *debug, const pcl_word_write_t *write, bool taken, const pcl_resp_t *resp);

#endif
