// SPDX-License-Identifier: Apache-2.0
//
// Roots of the two stages that contexts give. A (GSCID, PSCID) may use any that an admissible DC or PC gave it since its last
// AV=0: so before a command takes contexts away, what they give is kept. A PC in a VM may itself be found by any root of the VM.
#include "monitor_internal.h"

static void collect(monitor_t *m, uint32_t device_id, bool pv, uint32_t process_id, bool any_age) {
  monitor_access_t access = {.device_id = device_id, .process_id = process_id, .pv = pv, .answered_at = MONITOR_NOW};
  monitor_walk_t w = {
    .m = m, .access = &access, .goal = MONITOR_FIND_ROOTS, .roots = &m->roots, .any_age = any_age,
    .shared = m->guest_directories ? &m->roots : NULL,
  };
  monitor_walk_device(&w);
}

static void collect_devices(monitor_t *m, bool one, uint32_t device_id, bool any_age) {
  const monitor_map_t *devices = &m->tags.ddt_device;
  for (uint64_t i = 0; devices->count && i <= devices->mask; i++) {
    const monitor_slot_t *slot = &devices->slot[i];
    if (slot->used && (!one || slot->key == device_id)) collect(m, (uint32_t)slot->key, false, 0, any_age);
  }
}

static void collect_processes(monitor_t *m, bool one, uint32_t device_id, bool any_age) {
  const monitor_map_t *processes = &m->tags.pdt_process;
  for (uint64_t i = 0; processes->count && i <= processes->mask; i++) {
    const monitor_slot_t *slot = &processes->slot[i];
    uint32_t device = (uint32_t)(slot->key >> 20);
    if (slot->used && (!one || device == device_id)) collect(m, device, true, slot->key & 0xfffff, any_age);
  }
}

// Empties m->roots, or fills it with the roots by which PCs may be found.
static void start(monitor_t *m, bool any_age) {
  m->roots.count = 0;
  if (!m->guest_directories) return;
  collect_devices(m, false, 0, any_age);
  for (uint32_t i = 0; i < m->tags.past.count; i++)
    if (m->tags.past.item[i].second) monitor_roots_add(&m->roots, &m->tags.past.item[i]);
}

static void keep(monitor_t *m, uint64_t fetched) {
  for (uint32_t i = 0; i < m->roots.count; i++) {
    monitor_root_t *root = &m->roots.item[i];
    if (root->removed != MONITOR_NOW) continue;   // kept already
    root->removed = fetched;
    monitor_roots_add(&m->tags.past, root);
  }
}

void monitor_keep_roots(monitor_t *m, bool one, uint32_t device_id, uint64_t fetched) {
  start(m, false);
  collect_devices(m, one, device_id, false);
  collect_processes(m, one, device_id, false);
  keep(m, fetched);
}

void monitor_keep_process_roots(monitor_t *m, uint32_t device_id, uint32_t process_id, uint64_t fetched) {
  start(m, false);
  collect(m, device_id, true, process_id, false);
  if (process_id == 0) collect(m, device_id, false, 0, false);
  keep(m, fetched);
}

void monitor_all_roots(monitor_t *m, bool any_age) {
  start(m, any_age);
  collect_devices(m, false, 0, any_age);
  collect_processes(m, false, 0, any_age);
  for (uint32_t i = 0; i < m->tags.past.count; i++) monitor_roots_add(&m->roots, &m->tags.past.item[i]);
}
