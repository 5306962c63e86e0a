// SPDX-License-Identifier: Apache-2.0
//
// Roots of the two stages that contexts give. A (GSCID, PSCID) may use any that an admissible DC or PC gave it since its last
// AV=0: so before a command takes contexts away, what they give is kept.
#include "monitor_internal.h"

static void collect(monitor_t *m, uint32_t device_id, bool pv, uint32_t process_id, bool any_age) {
  monitor_access_t access = {.device_id = device_id, .process_id = process_id, .pv = pv, .answered_at = MONITOR_NOW};
  monitor_walk_t w = {.m = m, .access = &access, .goal = MONITOR_FIND_ROOTS, .roots = &m->roots, .any_age = any_age};
  monitor_walk_device(&w);
}

// Of every device and process that made a request, or of those of one device.
static void collect_all(monitor_t *m, bool one, uint32_t device_id, bool any_age) {
  const monitor_map_t *devices = &m->tags.ddt_device, *processes = &m->tags.pdt_process;
  m->roots.count = 0;
  for (uint64_t i = 0; devices->count && i <= devices->mask; i++) {
    const monitor_slot_t *slot = &devices->slot[i];
    if (slot->used && (!one || slot->key == device_id)) collect(m, (uint32_t)slot->key, false, 0, any_age);
  }
  for (uint64_t i = 0; processes->count && i <= processes->mask; i++) {
    const monitor_slot_t *slot = &processes->slot[i];
    uint32_t device = (uint32_t)(slot->key >> 20);
    if (slot->used && (!one || device == device_id)) collect(m, device, true, slot->key & 0xfffff, any_age);
  }
}

static void keep(monitor_t *m, uint64_t fetched) {
  for (uint32_t i = 0; i < m->roots.count; i++) {
    m->roots.item[i].removed = fetched;
    monitor_roots_add(&m->tags.past, &m->roots.item[i]);
  }
}

void monitor_keep_roots(monitor_t *m, bool one, uint32_t device_id, uint64_t fetched) {
  collect_all(m, one, device_id, false);
  keep(m, fetched);
}

void monitor_keep_process_roots(monitor_t *m, uint32_t device_id, uint32_t process_id, uint64_t fetched) {
  m->roots.count = 0;
  collect(m, device_id, true, process_id, false);
  if (process_id == 0) collect(m, device_id, false, 0, false);
  keep(m, fetched);
}

void monitor_all_roots(monitor_t *m, bool any_age) {
  collect_all(m, false, 0, any_age);
  for (uint32_t i = 0; i < m->tags.past.count; i++) monitor_roots_add(&m->roots, &m->tags.past.item[i]);
}
