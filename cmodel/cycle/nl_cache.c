// SPDX-License-Identifier: Apache-2.0
//
//   tag  63:61 0 | 60:58 level | 57:38 pscid | 37:36 0 | 35:0 vpn above level-1
#include "nl_cache.h"

enum { LEVEL_SHIFT = 58, PSCID_SHIFT = 38 };

static uint64_t make_tag(const pcl_nl_cache_t *cache, unsigned level, uint32_t pscid, uint64_t vpn) {
  return (uint64_t)level << LEVEL_SHIFT | (uint64_t)pscid << PSCID_SHIFT | (vpn & cache->va_mask) >> (9 * level);
}

static unsigned tag_level(uint64_t tag) { return (unsigned)(tag >> LEVEL_SHIFT); }
static uint32_t tag_pscid(uint64_t tag) { return (uint32_t)(tag >> PSCID_SHIFT) & 0xfffff; }

void pcl_nl_cache_reset(pcl_nl_cache_t *cache, const pcl_config_t *config) {
  cache->count = config->nl_entries;
  cache->fill_ptr = 0;
  cache->va_mask = pcl_va_mask(pcl_va_width(config));
  for (unsigned i = 0; i < cache->count; i++) cache->tag[i] = 0;
}

pcl_nl_hit_t pcl_nl_cache_lookup(const pcl_nl_cache_t *cache, uint32_t pscid, uint64_t vpn) {
  uint64_t wanted[8] = {~UINT64_C(0)};  // by level
  pcl_nl_hit_t best = {.level = 0};
  for (unsigned level = 1; level <= 4; level++) wanted[level] = make_tag(cache, level, pscid, vpn);
  for (unsigned i = 0; i < cache->count; i++) {
    const unsigned level = tag_level(cache->tag[i]);
    if (cache->tag[i] != wanted[level]) continue;
    if (best.level == 0 || level < best.level) best = (pcl_nl_hit_t){.ppn = cache->ppn[i], .level = (uint8_t)level};
  }
  return best;
}

void pcl_nl_cache_fill(pcl_nl_cache_t *cache, unsigned level, uint32_t pscid, uint64_t vpn, uint64_t ppn) {
  const uint64_t tag = make_tag(cache, level, pscid, vpn);
  unsigned entry = 0;
  while (entry < cache->count && cache->tag[entry] != tag) entry++;
  if (entry == cache->count) {
    entry = cache->fill_ptr;
    cache->fill_ptr = entry + 1 == cache->count ? 0 : entry + 1;
  }
  cache->tag[entry] = tag;
  cache->ppn[entry] = ppn;
}

// IOMMU spec 4.1.1: without AV all non-leaf entries of the address space go; with AV (and without NL) none.
void pcl_nl_cache_kill(pcl_nl_cache_t *cache, const pcl_inv_t *inv) {
  if (inv->op != PCL_INV_VMA || inv->av) return;
  for (unsigned i = 0; i < cache->count; i++) {
    if (!inv->pscv || inv->pscid == tag_pscid(cache->tag[i])) cache->tag[i] = 0;
  }
}
