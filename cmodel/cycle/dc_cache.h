// SPDX-License-Identifier: Apache-2.0
// Cache of device contexts, the twin of dc_cache.sv and dc_entry.sv (docs/microarchitecture.md, section 5.2).
//
// Only valid, well-formed DCs are held. Limits: 64 entries. Invariant: at most one valid entry per device_id.
#ifndef PCL_CYCLE_DC_CACHE_H
#define PCL_CYCLE_DC_CACHE_H

#include "arch/dc.h"
#include "buses.h"

typedef struct {
  uint64_t valid;  // one bit per entry
  unsigned count;
  unsigned fill_ptr;
  uint32_t device_id[PCL_MAX_DC_ENTRIES];
  pcl_dc_t dc[PCL_MAX_DC_ENTRIES];
} pcl_dc_cache_t;

void pcl_dc_cache_reset(pcl_dc_cache_t *cache, const pcl_config_t *config);

// The DC of a device_id, or NULL.
const pcl_dc_t *pcl_dc_cache_lookup(const pcl_dc_cache_t *cache, uint32_t device_id);

// Edge: a valid DC that a walker has just read.
void pcl_dc_cache_fill(pcl_dc_cache_t *cache, uint32_t device_id, const pcl_dc_t *dc);

// Edge: IODIR.INVAL_DDT and changes of ddtp; before the fill of the same clock.
void pcl_dc_cache_kill(pcl_dc_cache_t *cache, const pcl_inv_t *inv);

#endif
