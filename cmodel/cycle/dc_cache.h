// SPDX-License-Identifier: Apache-2.0
// Cache of device contexts, the twin of dc_cache.sv and dc_entry.sv (docs/microarchitecture.md, section 5.2).
//
// It keeps of a DC what later walks need. Only valid, well-formed DCs are held; EN_ATS is not kept, since ATS is not built.
// Limits: 64 entries. Invariant: at most one valid entry per device_id.
#ifndef PCL_CYCLE_DC_CACHE_H
#define PCL_CYCLE_DC_CACHE_H

#include "arch/dc.h"
#include "buses.h"

// The answer for a device_id.
typedef struct {
  uint64_t fsc;    // iosatp (pdtp if pdtv)
  uint32_t pscid;
  bool known;      // hit
  bool dtf;
  bool pdtv;
} pcl_dc_known_t;

typedef struct {
  uint64_t valid;  // one bit per entry
  unsigned count;
  unsigned fill_ptr;
  uint32_t device_id[PCL_MAX_DC_ENTRIES];
  pcl_dc_known_t dc[PCL_MAX_DC_ENTRIES];
} pcl_dc_cache_t;

void pcl_dc_cache_reset(pcl_dc_cache_t *cache, const pcl_config_t *config);

pcl_dc_known_t pcl_dc_cache_lookup(const pcl_dc_cache_t *cache, uint32_t device_id);

// Edge: a valid DC that a walker has just read.
void pcl_dc_cache_fill(pcl_dc_cache_t *cache, uint32_t device_id, const pcl_dc_t *dc);

// Edge: IODIR.INVAL_DDT and changes of ddtp; before the fill of the same clock.
void pcl_dc_cache_kill(pcl_dc_cache_t *cache, const pcl_inv_t *inv);

// The DC as the walk takes it.
pcl_dc_t pcl_dc_known_expand(const pcl_dc_known_t *known);

#endif
