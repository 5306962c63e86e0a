// SPDX-License-Identifier: Apache-2.0
//
// See monitor_tags.h. Commands are fetched in order, so the newest is the last one told.
#include "monitor_tags.h"

static const uint8_t size_bits[6] = {0, 4, 9, 18, 27, 36};

void monitor_tags_reset(monitor_tags_t *tags, uint64_t cycle) {
  tags->reset = tags->ddt_all = tags->vma_all = cycle;
  tags->epoch++;
  monitor_map_clear(&tags->ddt_device);
  monitor_map_clear(&tags->vma_pscid);
  monitor_map_clear(&tags->vma_page);
  tags->past.count = 0;
}

void monitor_tags_free(monitor_tags_t *tags) {
  free(tags->ddt_device.slot);
  free(tags->vma_pscid.slot);
  free(tags->vma_page.slot);
  free(tags->past.item);
}

static uint64_t later(uint64_t t, const uint64_t *other) { return other && *other > t ? *other : t; }

uint64_t monitor_tags_device(const monitor_tags_t *tags, uint32_t device_id) {
  return later(tags->ddt_all, monitor_map_find(&tags->ddt_device, device_id, 0));
}

uint64_t monitor_tags_table(const monitor_tags_t *tags, uint32_t pscid, bool global) {
  return global ? tags->vma_all : later(tags->vma_all, monitor_map_find(&tags->vma_pscid, pscid, 0));
}

// First word of a key of vma_page.
static uint64_t page_key(unsigned bits, bool pscv, uint32_t pscid) {
  return (uint64_t)bits << 32 | (pscv ? UINT64_C(1) << 31 | pscid : 0);
}

uint64_t monitor_tags_leaf(const monitor_tags_t *tags, const monitor_leaf_t *leaf) {
  uint64_t t = monitor_tags_table(tags, leaf->pscid, leaf->global);
  uint64_t page = leaf->vpn >> leaf->size_bits;
  t = later(t, monitor_map_find(&tags->vma_page, page_key(leaf->size_bits, false, 0), page));
  if (leaf->global) return t;
  return later(t, monitor_map_find(&tags->vma_page, page_key(leaf->size_bits, true, leaf->pscid), page));
}

void monitor_tags_vma_all(monitor_tags_t *tags, uint64_t fetched) {
  tags->epoch++;
  tags->vma_all = fetched;
  monitor_map_clear(&tags->vma_page);
  monitor_map_clear(&tags->vma_pscid);
  uint32_t kept = 0;
  for (uint32_t i = 0; i < tags->past.count; i++)
    if (tags->past.item[i].removed >= fetched) tags->past.item[kept++] = tags->past.item[i];
  tags->past.count = kept;
}

void monitor_tags_vma_pscid(monitor_tags_t *tags, uint32_t pscid, uint64_t fetched) {
  tags->epoch++;
  *monitor_map_at(&tags->vma_pscid, pscid, 0) = fetched;
}

void monitor_tags_vma_page(monitor_tags_t *tags, uint64_t vpn, bool pscv, uint32_t pscid, uint64_t fetched) {
  tags->epoch++;
  for (unsigned i = 0; i < 6; i++)
    *monitor_map_at(&tags->vma_page, page_key(size_bits[i], pscv, pscid), vpn >> size_bits[i]) = fetched;
}

void monitor_roots_add(monitor_roots_t *roots, const monitor_root_t *root) {
  for (uint32_t i = 0; i < roots->count; i++) {
    monitor_root_t *known = &roots->item[i];
    if (known->ppn == root->ppn && known->pscid == root->pscid && known->mode == root->mode) {
      if (root->removed > known->removed) known->removed = root->removed;
      return;
    }
  }
  if (roots->count >= roots->capacity) {
    roots->capacity = roots->capacity ? roots->capacity * 2 : 16;
    roots->item = monitor_alloc(roots->item, roots->capacity * sizeof *roots->item);
  }
  roots->item[roots->count++] = *root;
}
