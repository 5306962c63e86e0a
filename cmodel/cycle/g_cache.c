// SPDX-License-Identifier: Apache-2.0
//
//   key  63 valid | 62 sv32 | 61:56 shift, log2 of the bytes covered | 55:47 0 | 46:0 guest page number above that
#include "g_cache.h"

#include <stddef.h>

#include "arch/dc.h"

enum { VALID_SHIFT = 63, SV32_SHIFT = 62, RANGE_SHIFT = 56 };

static uint64_t make_key(unsigned shift, bool sv32, uint64_t gpa) {
  return UINT64_C(1) << VALID_SHIFT | (uint64_t)sv32 << SV32_SHIFT | (uint64_t)shift << RANGE_SHIFT | gpa >> shift;
}

static unsigned key_shift(uint64_t key) { return (unsigned)(key >> RANGE_SHIFT) & 0x3f; }

void pcl_g_cache_reset(pcl_g_cache_t *cache, const pcl_config_t *config) {
  cache->count = pcl_two_stage(config) ? config->g_entries : 0;
  cache->fill_ptr = 0;
  for (unsigned i = 0; i < cache->count; i++) cache->entry[i].key = 0;
}

pcl_g_leaf_t pcl_g_entry_leaf(const pcl_g_entry_t *entry, const pcl_walk_t *walk) {
  return (pcl_g_leaf_t){
    .gpn = walk->gpa >> entry->shift << (entry->shift - 12),
    .ppn = entry->ppn,
    .shift = entry->shift,
    .rights = entry->rights,
    .pbmt = entry->pbmt,
  };
}

const pcl_g_entry_t *pcl_g_cache_lookup(const pcl_g_cache_t *cache, const pcl_walk_t *walk) {
  const uint16_t gscid = pcl_gscid_field(walk->dc.iohgatp);
  const pcl_g_entry_t *pointer = NULL;
  for (unsigned i = 0; i < cache->count; i++) {
    const pcl_g_entry_t *entry = &cache->entry[i];
    if (entry->key == 0 || entry->gscid != gscid) continue;
    if (entry->key != make_key(key_shift(entry->key), walk->s2_sv32, walk->gpa)) continue;
    if (entry->leaf) {
      const pcl_g_leaf_t leaf = pcl_g_entry_leaf(entry, walk);
      if (pcl_walk_accepts_gpa(walk, &leaf)) return entry;
    } else if (!pointer || entry->level < pointer->level) {
      pointer = entry;
    }
  }
  return pointer;
}

static void put(pcl_g_cache_t *cache, const pcl_g_entry_t *found) {
  unsigned index = 0;
  while (index < cache->count && (cache->entry[index].key != found->key || cache->entry[index].gscid != found->gscid)) index++;
  if (index == cache->count) {
    index = cache->fill_ptr;
    cache->fill_ptr = index + 1 == cache->count ? 0 : index + 1;
  }
  cache->entry[index] = *found;
}

bool pcl_g_cache_fill(pcl_g_cache_t *cache, const pcl_walk_t *walk) {
  pcl_g_entry_t found = {.gscid = pcl_gscid_field(walk->dc.iohgatp)};
  pcl_nonleaf_t nonleaf;
  pcl_g_leaf_t leaf;
  if (pcl_walk_new_g_nonleaf(walk, &nonleaf)) {
    found.key = make_key(nonleaf.shift, walk->s2_sv32, walk->gpa);
    found.ppn = nonleaf.table_ppn;
    found.level = nonleaf.level;
  } else if (walk->g_purpose != PCL_GPA_FOR_ACCESS && pcl_walk_new_g_leaf(walk, &leaf)) {
    const unsigned shift = leaf.shift == 16 ? 12 : leaf.shift == 22 ? 21 : leaf.shift;
    found.key = make_key(shift, walk->s2_sv32, walk->gpa);
    found.ppn = leaf.ppn + ((walk->gpa >> shift << (shift - 12)) - leaf.gpn);
    found.shift = (uint8_t)shift;
    found.rights = leaf.rights;
    found.pbmt = leaf.pbmt;
    found.leaf = true;
  } else {
    return false;
  }
  put(cache, &found);
  return true;
}

void pcl_g_cache_kill(pcl_g_cache_t *cache, const pcl_inv_t *inv) {
  if (inv->op != PCL_INV_GVMA) return;
  for (unsigned i = 0; i < cache->count; i++) {
    if (pcl_inv_meets_vm(inv, true, cache->entry[i].gscid)) cache->entry[i].key = 0;
  }
}
