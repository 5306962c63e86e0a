// SPDX-License-Identifier: Apache-2.0
// Cache of second-stage PTEs, the twin of g_cache.sv and g_entry.sv (docs/microarchitecture.md, section 5.2).
//
// Holds pointers of every level, and of the leaves those that implicit accesses used (of a 64-KiB leaf the page that was wanted,
// of a 4-MiB one its half), for one virtual machine (GSCID). Only IOTINVAL.GVMA clears it.
// Limits: 64 entries, may be absent (count = 0). Invariant: no two valid entries have equal gscid and key.
#ifndef PCL_CYCLE_G_CACHE_H
#define PCL_CYCLE_G_CACHE_H

#include "arch/walk.h"
#include "buses.h"

typedef struct {
  uint64_t key;    // range covered, Sv32x4, guest page number above it; 0: not valid
  uint64_t ppn;    // pointer: of the next table; leaf: of the range
  uint16_t gscid;
  uint8_t level;   // pointer: of the next table's PTEs
  uint8_t shift;   // leaf: log2 of its bytes
  uint8_t rights;  // leaf: PCL_RIGHT_*, W with D
  uint8_t pbmt;
  bool leaf;
} pcl_g_entry_t;

typedef struct {
  unsigned count;
  unsigned fill_ptr;
  pcl_g_entry_t entry[PCL_MAX_G_ENTRIES];
} pcl_g_cache_t;

void pcl_g_cache_reset(pcl_g_cache_t *cache, const pcl_config_t *config);

// What is nearest to the page of walk->gpa: a leaf with the right that the walk wants, else the pointer of the lowest level,
// else NULL. The walk is at pcl_walk_at_gpa().
const pcl_g_entry_t *pcl_g_cache_lookup(const pcl_g_cache_t *cache, const pcl_walk_t *walk);

// The leaf as the walk takes it.
pcl_g_leaf_t pcl_g_entry_leaf(const pcl_g_entry_t *entry, const pcl_walk_t *walk);

// Edge: what the walk's last step has found, if anything: a pointer, or the leaf of an implicit access. Returns whether it was.
bool pcl_g_cache_fill(pcl_g_cache_t *cache, const pcl_walk_t *walk);

// Edge: before the fill of the same clock.
void pcl_g_cache_kill(pcl_g_cache_t *cache, const pcl_inv_t *inv);

#endif
