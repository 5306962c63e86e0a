// SPDX-License-Identifier: Apache-2.0
// The caches that shorten walks, together: walkers fill them, stage B and walkers look into them.
#ifndef PCL_CYCLE_WALK_CACHES_H
#define PCL_CYCLE_WALK_CACHES_H

#include "dc_cache.h"
#include "g_cache.h"
#include "nl_cache.h"
#include "pc_cache.h"

typedef struct {
  pcl_dc_cache_t dc;
  pcl_pc_cache_t pc;
  pcl_nl_cache_t nl;
  pcl_g_cache_t g;
} pcl_walk_caches_t;

static inline void pcl_walk_caches_reset(pcl_walk_caches_t *caches, const pcl_config_t *config) {
  pcl_dc_cache_reset(&caches->dc, config);
  pcl_pc_cache_reset(&caches->pc, config);
  pcl_nl_cache_reset(&caches->nl, config);
  pcl_g_cache_reset(&caches->g, config);
}

// Edge: before the fills of the same clock.
static inline void pcl_walk_caches_kill(pcl_walk_caches_t *caches, const pcl_inv_t *inv) {
  pcl_dc_cache_kill(&caches->dc, inv);
  pcl_pc_cache_kill(&caches->pc, inv);
  pcl_nl_cache_kill(&caches->nl, inv);
  pcl_g_cache_kill(&caches->g, inv);
}

#endif
