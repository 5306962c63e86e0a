// SPDX-License-Identifier: Apache-2.0
#include "dc_cache.h"

#include <stddef.h>

void pcl_dc_cache_reset(pcl_dc_cache_t *cache, const pcl_config_t *config) {
  cache->valid = 0;
  cache->count = config->dc_entries;
  cache->fill_ptr = 0;
}

// The valid entry of a device_id, or `count`.
static unsigned find(const pcl_dc_cache_t *cache, uint32_t device_id) {
  for (uint64_t left = cache->valid; left != 0; left &= left - 1) {
    const unsigned entry = (unsigned)__builtin_ctzll(left);
    if (cache->device_id[entry] == device_id) return entry;
  }
  return cache->count;
}

const pcl_dc_t *pcl_dc_cache_lookup(const pcl_dc_cache_t *cache, uint32_t device_id) {
  const unsigned entry = find(cache, device_id);
  return entry < cache->count ? &cache->dc[entry] : NULL;
}

void pcl_dc_cache_fill(pcl_dc_cache_t *cache, uint32_t device_id, const pcl_dc_t *dc) {
  unsigned entry = find(cache, device_id);
  if (entry == cache->count) {
    entry = cache->fill_ptr;
    cache->fill_ptr = entry + 1 == cache->count ? 0 : entry + 1;
  }
  cache->valid |= UINT64_C(1) << entry;
  cache->device_id[entry] = device_id;
  cache->dc[entry] = *dc;
}

void pcl_dc_cache_kill(pcl_dc_cache_t *cache, const pcl_inv_t *inv) {
  if (inv->op == PCL_INV_ALL) cache->valid = 0;
  if (inv->op == PCL_INV_DDT) {
    const unsigned entry = find(cache, inv->device_id);
    if (entry < cache->count) cache->valid &= ~(UINT64_C(1) << entry);
  }
}
