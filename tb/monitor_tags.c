// SPDX-License-Identifier: Apache-2.0
//
// See monitor_tags.h. Commands are fetched in order, so the newest is the last one told.
#include "monitor_tags.h"

enum { PRUNE_AT = 16384 };

// Page sizes above 4 KiB: Svnapot, Sv39 and longer, Sv32.
static const uint8_t size_bits[6] = {4, 9, 10, 18, 27, 36};

void monitor_tags_reset(monitor_tags_t *tags, uint64_t cycle) {
  tags->reset = tags->ddt_all = tags->gvma_all = cycle;
  tags->epoch++;
  monitor_map_clear(&tags->ddt_device);
  monitor_map_clear(&tags->pdt_process);
  monitor_map_clear(&tags->vma_vm);
  monitor_map_clear(&tags->vma_pscid);
  monitor_map_clear(&tags->gvma_vm);
  monitor_map_clear(&tags->ranges);
  tags->used_sizes[0] = tags->used_sizes[1] = 0;
  tags->past.count = 0;
}

void monitor_tags_free(monitor_tags_t *tags) {
  free(tags->ddt_device.slot);
  free(tags->pdt_process.slot);
  free(tags->vma_vm.slot);
  free(tags->vma_pscid.slot);
  free(tags->gvma_vm.slot);
  free(tags->ranges.slot);
  free(tags->past.item);
}

static uint64_t later(uint64_t t, const uint64_t *other) { return other && *other > t ? *other : t; }

uint64_t monitor_tags_device(const monitor_tags_t *tags, uint32_t device_id) {
  return later(tags->ddt_all, monitor_map_find(&tags->ddt_device, device_id, 0));
}

uint64_t monitor_tags_process(const monitor_tags_t *tags, uint32_t device_id, uint32_t process_id) {
  return later(monitor_tags_device(tags, device_id),
               monitor_map_find(&tags->pdt_process, monitor_process_key(device_id, process_id), 0));
}

// ---- AV=0

static uint64_t first_t(const monitor_tags_t *tags, uint32_t vm, uint32_t pscid, bool global) {
  uint64_t t = later(tags->reset, monitor_map_find(&tags->vma_vm, vm, 0));
  return global ? t : later(t, monitor_map_find(&tags->vma_pscid, vm, pscid));
}

static uint64_t second_t(const monitor_tags_t *tags, uint32_t vm) {
  return later(tags->gvma_all, monitor_map_find(&tags->gvma_vm, vm, 0));
}

uint64_t monitor_tags_root(const monitor_tags_t *tags, const monitor_root_t *root, bool global) {
  return root->second ? second_t(tags, root->vm) : first_t(tags, root->vm, root->pscid, global);
}

// ---- AV=1. Key: vm 56:40 | PSCV 32 | PSCID 31:12 | second stage 8 | NL 7 | part 6 | size 5:0; and the page number of that size.
// part: the range was that page or within it; otherwise it was exactly that.

enum { KEY_PART = 1 << 6, KEY_NL = 1 << 7, KEY_SECOND = 1 << 8 };

static uint64_t range_key(uint32_t vm, bool second, bool pscv, uint32_t pscid, unsigned flags) {
  return (uint64_t)vm << 40 | (pscv ? UINT64_C(1) << 32 | (uint64_t)pscid << 12 : 0) | (second ? KEY_SECOND : 0) | flags;
}

static uint64_t later_range(const monitor_tags_t *tags, const monitor_entry_t *entry, bool pscv, uint64_t t) {
  uint64_t key = range_key(entry->vm, entry->second, pscv, entry->pscid, entry->table ? KEY_NL : 0);
  if (entry->size_bits)
    t = later(t, monitor_map_find(&tags->ranges, key | KEY_PART | entry->size_bits, entry->page >> entry->size_bits));
  uint64_t sizes = tags->used_sizes[entry->table] >> entry->size_bits << entry->size_bits;
  for (; sizes; sizes &= sizes - 1) {
    unsigned size = (unsigned)__builtin_ctzll(sizes);
    t = later(t, monitor_map_find(&tags->ranges, key | size, entry->page >> size));
  }
  return t;
}

uint64_t monitor_tags_entry(const monitor_tags_t *tags, const monitor_entry_t *entry) {
  uint64_t t = entry->second ? second_t(tags, entry->vm) : first_t(tags, entry->vm, entry->pscid, entry->global);
  if (!tags->used_sizes[entry->table]) return t;
  t = later_range(tags, entry, false, t);
  return entry->second || entry->global ? t : later_range(tags, entry, true, t);
}

static void add_range(monitor_tags_t *tags, const monitor_iotinval_t *command, bool nl, uint64_t fetched) {
  uint64_t key = range_key(command->vm, command->second, command->pscv, command->pscid, nl ? KEY_NL : 0);
  tags->used_sizes[nl] |= UINT64_C(1) << command->size_bits;
  *monitor_map_at(&tags->ranges, key | command->size_bits, command->page >> command->size_bits) = fetched;
  for (unsigned i = 0; !nl && i < sizeof size_bits; i++)
    if (size_bits[i] > command->size_bits)
      *monitor_map_at(&tags->ranges, key | KEY_PART | size_bits[i], command->page >> size_bits[i]) = fetched;
}

// Forgets ranges that an AV=0 came after.
static void prune(monitor_tags_t *tags) {
  monitor_map_t old = tags->ranges;
  if (old.count < PRUNE_AT) return;
  tags->ranges = (monitor_map_t){0};
  for (uint64_t i = 0; i <= old.mask; i++) {
    const monitor_slot_t *slot = &old.slot[i];
    if (!slot->used) continue;
    uint32_t vm = (uint32_t)(slot->key >> 40);
    if (slot->value >= (slot->key & KEY_SECOND ? second_t(tags, vm) : first_t(tags, vm, 0, true)))
      *monitor_map_at(&tags->ranges, slot->key, slot->key2) = slot->value;
  }
  free(old.slot);
}

// ---- Commands

static void forget_roots(monitor_tags_t *tags) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < tags->past.count; i++)
    if (tags->past.item[i].removed >= monitor_tags_root(tags, &tags->past.item[i], true))
      tags->past.item[kept++] = tags->past.item[i];
  tags->past.count = kept;
}

void monitor_tags_iotinval(monitor_tags_t *tags, const monitor_iotinval_t *command, uint64_t fetched) {
  tags->epoch++;
  if (command->all) {
    tags->gvma_all = fetched;
  } else if (command->av) {
    add_range(tags, command, false, fetched);
    if (command->nl) add_range(tags, command, true, fetched);
    return;
  } else if (command->second) {
    *monitor_map_at(&tags->gvma_vm, command->vm, 0) = fetched;
  } else if (command->pscv) {
    *monitor_map_at(&tags->vma_pscid, command->vm, command->pscid) = fetched;
    return;
  } else {
    *monitor_map_at(&tags->vma_vm, command->vm, 0) = fetched;
  }
  forget_roots(tags);
  prune(tags);
}

uint64_t monitor_tags_oldest(const monitor_tags_t *tags) {
  uint64_t oldest = tags->ddt_all;
  for (uint64_t i = 0; tags->vma_vm.count && i <= tags->vma_vm.mask; i++) {
    const monitor_slot_t *slot = &tags->vma_vm.slot[i];
    if (!slot->used) continue;
    uint64_t first = first_t(tags, (uint32_t)slot->key, 0, true);
    uint64_t second = slot->key == MONITOR_HOST ? first : second_t(tags, (uint32_t)slot->key);
    if (first < oldest) oldest = first;
    if (second < oldest) oldest = second;
  }
  return oldest;
}

// ---- Roots

bool monitor_root_is(const monitor_root_t *a, const monitor_root_t *b) {
  return a->ppn == b->ppn && a->vm == b->vm && a->pscid == b->pscid && a->mode == b->mode && a->sv32 == b->sv32 &&
         a->second == b->second && a->big == b->big && a->msi == b->msi && a->msi_ppn == b->msi_ppn &&
         a->msi_mask == b->msi_mask && a->msi_pattern == b->msi_pattern;
}

void monitor_roots_add(monitor_roots_t *roots, const monitor_root_t *root) {
  for (uint32_t i = 0; i < roots->count; i++) {
    monitor_root_t *known = &roots->item[i];
    if (monitor_root_is(known, root)) {
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
