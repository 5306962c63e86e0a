// SPDX-License-Identifier: Apache-2.0
//
//   key  63:62 0 | 61 sv32 | 60:58 level | 57:36 0 | 35:0 vpn above the level
#include "nl_cache.h"

enum { SV32_SHIFT = 61, LEVEL_SHIFT = 58, LEVELS = 5 };

static uint64_t make_key(const pcl_nl_cache_t *cache, unsigned level, bool sv32, uint64_t vpn) {
  return (uint64_t)sv32 << SV32_SHIFT | (uint64_t)level << LEVEL_SHIFT | (vpn & cache->va_mask) >> ((sv32 ? 10 : 9) * level);
}

static unsigned key_level(uint64_t key) { return (unsigned)(key >> LEVEL_SHIFT) & 7; }

static bool same_space(const pcl_addr_space_t *a, const pcl_addr_space_t *b) {
  return a->pscid == b->pscid && a->gv == b->gv && a->gscid == b->gscid;
}

void pcl_nl_cache_reset(pcl_nl_cache_t *cache, const pcl_config_t *config) {
  cache->count = config->nl_entries;
  cache->fill_ptr = 0;
  cache->va_mask = pcl_va_mask(pcl_va_width(config));
  for (unsigned i = 0; i < cache->count; i++) cache->entry[i].key = 0;
}

pcl_nl_hit_t pcl_nl_cache_lookup(const pcl_nl_cache_t *cache, const pcl_addr_space_t *space, bool sv32, uint64_t vpn) {
  uint64_t wanted[8] = {~UINT64_C(0)};  // by level
  pcl_nl_hit_t best = {.level = 0};
  for (unsigned level = 1; level <= LEVELS; level++) wanted[level] = make_key(cache, level, sv32, vpn);
  for (unsigned i = 0; i < cache->count; i++) {
    const pcl_nl_entry_t *entry = &cache->entry[i];
    const unsigned level = key_level(entry->key);
    if (entry->key != wanted[level] || !same_space(&entry->space, space)) continue;
    if (best.level == 0 || level < best.level) best = (pcl_nl_hit_t){.spn = entry->spn, .level = (uint8_t)level};
  }
  return best;
}

void pcl_nl_cache_fill(pcl_nl_cache_t *cache, unsigned level, const pcl_addr_space_t *space, bool sv32, uint64_t vpn,
                       uint64_t spn) {
  const uint64_t key = make_key(cache, level, sv32, vpn);
  unsigned index = 0;
  while (index < cache->count && (cache->entry[index].key != key || !same_space(&cache->entry[index].space, space))) index++;
  if (index == cache->count) {
    index = cache->fill_ptr;
    cache->fill_ptr = index + 1 == cache->count ? 0 : index + 1;
  }
  cache->entry[index] = (pcl_nl_entry_t){.key = key, .spn = spn, .space = *space};
}

// IOMMU spec 4.1.1: VMA without AV drops all non-leaf entries of the address space, with AV none, but with NL (here all). A
// table's page was found by the second stage, hence GVMA.
static bool covers(const pcl_inv_t *inv, const pcl_addr_space_t *space) {
  if (inv->op == PCL_INV_GVMA) return pcl_inv_meets_vm(inv, space->gv, space->gscid);
  return inv->op == PCL_INV_VMA && (!inv->av || inv->nl) && pcl_inv_meets_space(inv, space);
}

void pcl_nl_cache_kill(pcl_nl_cache_t *cache, const pcl_inv_t *inv) {
  for (unsigned i = 0; i < cache->count; i++) {
    if (cache->entry[i].key != 0 && covers(inv, &cache->entry[i].space)) cache->entry[i].key = 0;
  }
}
