// SPDX-License-Identifier: Apache-2.0
// Cache of non-leaf page-table entries, the twin of nl_cache.sv and nl_entry.sv (docs/microarchitecture.md, section 5.2).
//
// An entry of level L says where the table of the PTEs of level L-1 is, for one pscid and the page-number bits that select a PTE
// of level L. It has no device_id: only IOTINVAL.VMA clears it.
// Limits: 64 entries. Invariant: no two valid entries have equal tags.
#ifndef PCL_CYCLE_NL_CACHE_H
#define PCL_CYCLE_NL_CACHE_H

#include "buses.h"

typedef struct {
  unsigned count;
  unsigned fill_ptr;
  uint64_t va_mask;
  uint64_t tag[PCL_MAX_NL_ENTRIES];  // level, pscid and page number in one word; 0: not valid
  uint64_t ppn[PCL_MAX_NL_ENTRIES];
} pcl_nl_cache_t;

typedef struct {
  uint64_t ppn;
  uint8_t level;  // of the PTE, 1..4; 0 = no hit
} pcl_nl_hit_t;

void pcl_nl_cache_reset(pcl_nl_cache_t *cache, const pcl_config_t *config);

pcl_nl_hit_t pcl_nl_cache_lookup(const pcl_nl_cache_t *cache, uint32_t pscid, uint64_t vpn);

// Edge: a valid non-leaf PTE of `level`, 1..4, that a walker has just read.
void pcl_nl_cache_fill(pcl_nl_cache_t *cache, unsigned level, uint32_t pscid, uint64_t vpn, uint64_t ppn);

// Edge: before the fill of the same clock.
void pcl_nl_cache_kill(pcl_nl_cache_t *cache, const pcl_inv_t *inv);

#endif
