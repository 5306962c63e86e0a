// SPDX-License-Identifier: Apache-2.0
//
//   tag  63:45 0 | 44:25 process_id | 24 pv | 23:0 device_id
#include "pc_cache.h"

#include <stddef.h>

#include "arch/dc.h"

enum { PV_SHIFT = 24, PROCESS_SHIFT = 25, GSCID_BITS = 16 };

static uint64_t make_tag(uint32_t device_id, bool pv, uint32_t process_id) {
  return device_id | (uint64_t)pv << PV_SHIFT | (uint64_t)process_id << PROCESS_SHIFT;
}

static uint32_t tag_device(uint64_t tag) { return tag & 0xffffff; }
static uint32_t tag_process(uint64_t tag) { return (uint32_t)(tag >> PROCESS_SHIFT); }

void pcl_pc_cache_reset(pcl_pc_cache_t *cache, const pcl_config_t *config) {
  cache->valid = 0;
  cache->count = pcl_has_pdt(config) ? config->pc_entries : 0;
  cache->fill_ptr = 0;
}

// The valid entry of a tag, or `count`.
static unsigned find(const pcl_pc_cache_t *cache, uint64_t tag) {
  for (uint64_t left = cache->valid; left != 0; left &= left - 1) {
    const unsigned entry = (unsigned)__builtin_ctzll(left);
    if (cache->entry[entry].tag == tag) return entry;
  }
  return cache->count;
}

// GSCID, with 1 above it; 0 without a second stage.
static uint32_t vm_of(uint64_t iohgatp) {
  return pcl_mode_field(iohgatp) == PCL_MODE_BARE ? 0 : UINT32_C(1) << GSCID_BITS | pcl_gscid_field(iohgatp);
}

const pcl_pc_t *pcl_pc_cache_lookup(const pcl_pc_cache_t *cache, uint32_t device_id, bool pv, uint32_t process_id,
                                    uint64_t iohgatp) {
  const unsigned index = find(cache, make_tag(device_id, pv, process_id));
  if (index == cache->count) return NULL;
  const pcl_pc_entry_t *entry = &cache->entry[index];
  return entry->vm == vm_of(iohgatp) ? &entry->pc : NULL;
}

void pcl_pc_cache_fill(pcl_pc_cache_t *cache, uint32_t device_id, bool pv, uint32_t process_id, uint64_t iohgatp,
                       const pcl_pc_t *pc) {
  const uint64_t tag = make_tag(device_id, pv, process_id);
  unsigned entry = find(cache, tag);
  if (entry == cache->count) {
    entry = cache->fill_ptr;
    cache->fill_ptr = entry + 1 == cache->count ? 0 : entry + 1;
  }
  cache->valid |= UINT64_C(1) << entry;
  cache->entry[entry] = (pcl_pc_entry_t){.tag = tag, .pc = *pc, .vm = vm_of(iohgatp)};
}

// IOMMU spec 4.1.3: INVAL_DDT drops all processes of a device. A PC was read through the second stage, hence GVMA.
static bool covers(const pcl_inv_t *inv, const pcl_pc_entry_t *entry) {
  switch (inv->op) {
    case PCL_INV_ALL: return true;
    case PCL_INV_DDT: return inv->device_id == tag_device(entry->tag);
    case PCL_INV_PDT: return inv->device_id == tag_device(entry->tag) && inv->process_id == tag_process(entry->tag);
    case PCL_INV_GVMA: return pcl_inv_meets_vm(inv, entry->vm >> GSCID_BITS, (uint16_t)entry->vm);
    default: return false;
  }
}

void pcl_pc_cache_kill(pcl_pc_cache_t *cache, const pcl_inv_t *inv) {
  for (uint64_t left = cache->valid; left != 0; left &= left - 1) {
    if (covers(inv, &cache->entry[__builtin_ctzll(left)])) cache->valid &= ~(left & -left);
  }
}
