// SPDX-License-Identifier: Apache-2.0
// Cache of process contexts, the twin of pc_cache.sv and pc_entry.sv (docs/microarchitecture.md, section 5.2).
//
// Tagged by what the request says (device_id, pv, process_id): the process 0 that DPE stands in for is apart from a request's
// own process 0. An entry also says in which virtual machine its PC was found: it counts in no other, and GVMA makes it
// void. Only valid, well-formed PCs are held. Limits: 64 entries, may be absent (count = 0).
// Invariant: at most one valid entry per tag.
#ifndef PCL_CYCLE_PC_CACHE_H
#define PCL_CYCLE_PC_CACHE_H

#include "arch/pc.h"
#include "buses.h"

typedef struct {
  uint64_t tag;    // device_id, pv, process_id
  pcl_pc_t pc;
  uint32_t vm;     // 16 1, with a second stage | 15:0 GSCID
} pcl_pc_entry_t;

typedef struct {
  uint64_t valid;  // one bit per entry
  unsigned count;
  unsigned fill_ptr;
  pcl_pc_entry_t entry[PCL_MAX_PC_ENTRIES];
} pcl_pc_cache_t;

void pcl_pc_cache_reset(pcl_pc_cache_t *cache, const pcl_config_t *config);

// The PC for a request under a DC with this iohgatp, or NULL. process_id is 0 without pv.
const pcl_pc_t *pcl_pc_cache_lookup(const pcl_pc_cache_t *cache, uint32_t device_id, bool pv, uint32_t process_id,
                                    uint64_t iohgatp);

// Edge: a valid PC that a walker has just read for a request, under a DC with this iohgatp.
void pcl_pc_cache_fill(pcl_pc_cache_t *cache, uint32_t device_id, bool pv, uint32_t process_id, uint64_t iohgatp,
                       const pcl_pc_t *pc);

// Edge: before the fill of the same clock.
void pcl_pc_cache_kill(pcl_pc_cache_t *cache, const pcl_inv_t *inv);

#endif
