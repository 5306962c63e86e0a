// SPDX-License-Identifier: Apache-2.0
// Cache of first-stage table pages, the twin of nl_cache.sv and nl_entry.sv (docs/microarchitecture.md, section 5.2).
//
// An entry of level L says where the table of the PTEs of level L-1 is, as a supervisor page, for one address space and the
// page-number bits above level L. Without a second stage L is the level of the pointer PTE; with one the entry is the translation
// of the table's guest page, and the root table too has one, of L = root level + 1. It has no device_id: only IOTINVAL clears it.
// Limits: 64 entries. Invariant: no two valid entries have equal tags.
#ifndef PCL_CYCLE_NL_CACHE_H
#define PCL_CYCLE_NL_CACHE_H

#include "buses.h"

typedef struct {
  uint64_t key;  // level, Sv32 and page number; 0: not valid
  uint64_t spn;  // of the table of level L-1
  pcl_addr_space_t space;
} pcl_nl_entry_t;

typedef struct {
  unsigned count;
  unsigned fill_ptr;
  uint64_t va_mask;
  pcl_nl_entry_t entry[PCL_MAX_NL_ENTRIES];
} pcl_nl_cache_t;

typedef struct {
  uint64_t spn;
  uint8_t level;  // L, 1..5; 0 = no hit
} pcl_nl_hit_t;

void pcl_nl_cache_reset(pcl_nl_cache_t *cache, const pcl_config_t *config);

// `sv32`: the tables of this address space have PTEs of 4 bytes.
pcl_nl_hit_t pcl_nl_cache_lookup(const pcl_nl_cache_t *cache, const pcl_addr_space_t *space, bool sv32, uint64_t vpn);

// Edge: the table from which PTEs of `level` - 1 are read for this page.
void pcl_nl_cache_fill(pcl_nl_cache_t *cache, unsigned level, const pcl_addr_space_t *space, bool sv32, uint64_t vpn,
                       uint64_t spn);

// Edge: before the fill of the same clock.
void pcl_nl_cache_kill(pcl_nl_cache_t *cache, const pcl_inv_t *inv);

#endif
