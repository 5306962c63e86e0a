// SPDX-License-Identifier: Apache-2.0
//
// Whether a grant or a fault has an admissible walk. Effort grows: a proof that still holds; the current values; the older values
// of the device's own tables; tables that another DC, or one removed meanwhile, gave to the same PSCID; the other entries of
// 64 KiB pages.
#include "monitor_internal.h"

enum { OLD_TRIED = 4 };

// Walks from every root that some DC gave to a PSCID of this device.
static bool shared_roots(monitor_walk_t *w) {
  monitor_t *m = w->m;
  monitor_walk_t find = *w;
  find.goal = MONITOR_FIND_ROOTS;
  find.current = false;
  m->own_roots.count = m->other_roots.count = 0;
  find.roots = &m->own_roots;
  monitor_walk_device(&find);
  if (!m->own_roots.count) return false;
  find.roots = &m->other_roots;
  for (uint64_t i = 0; i <= m->tags.ddt_device.mask; i++) {
    const monitor_slot_t *slot = &m->tags.ddt_device.slot[i];
    if (!slot->used || slot->key == w->access->device_id) continue;
    monitor_access_t other = {.device_id = (uint32_t)slot->key, .answered_at = MONITOR_NOW};
    find.access = &other;
    find.steps = 0;
    monitor_walk_device(&find);
  }
  for (uint32_t i = 0; i < m->tags.past.count; i++) monitor_roots_add(&m->other_roots, &m->tags.past.item[i]);
  for (uint32_t i = 0; i < m->other_roots.count; i++) {
    const monitor_root_t *root = &m->other_roots.item[i];
    bool same = false;
    for (uint32_t j = 0; j < m->own_roots.count; j++) same |= m->own_roots.item[j].pscid == root->pscid;
    w->depth = 0;
    if (same && monitor_walk_pages(w, root)) return true;
  }
  return false;
}

static bool find_any(monitor_walk_t *w) {
  if (monitor_walk_device(w)) return true;
  if (shared_roots(w)) {
    w->m->stats.shared += w->goal == MONITOR_FIND_GRANT;
    return true;
  }
  if (w->goal == MONITOR_FIND_GRANT) {
    w->siblings = true;
    if (monitor_walk_device(w) || shared_roots(w)) return true;
  }
  if (w->steps <= 200000) return false;
  w->m->stats.unresolved++;
  return true;
}

static uint64_t t_of(const monitor_walk_t *w, unsigned i) {
  const monitor_tags_t *tags = &w->m->tags;
  switch (w->at[i]) {
    case MONITOR_AT_DDT: return tags->ddt_all;
    case MONITOR_AT_DC: return monitor_tags_device(tags, w->access->device_id);
    case MONITOR_AT_TABLE: return monitor_tags_table(tags, w->leaf.pscid, w->leaf.global);
    default: return monitor_tags_leaf(tags, &w->leaf);
  }
}

// Looks at the older values of the words of a walk over current ones: whether there are any, and whether a T excludes one with
// which another page would have been granted.
static void look_back(const monitor_walk_t *w, monitor_proof_t *proof) {
  proof->clean = true;
  proof->excluded = false;
  for (unsigned i = 0; i < w->depth; i++) {
    monitor_history_follow(&w->m->history, w->path[i] >> 12);
    const monitor_word_t *word = monitor_history_find(&w->m->history, w->path[i]);
    if (!word) continue;
    proof->clean = false;
    unsigned tried = 0;
    uint64_t t = t_of(w, i);
    for (uint32_t k = 0; k < word->count && tried < OLD_TRIED && !proof->excluded; k++) {
      if (word->old[k].end >= t) continue;
      monitor_walk_t other = *w;
      other.goal = MONITOR_FIND_OTHER;
      other.override_addr = w->path[i];
      other.override_value = word->old[k].value;
      proof->excluded = monitor_walk_device(&other);
      tried++;
    }
  }
}

static bool still_holds(const monitor_t *m, const monitor_proof_t *proof) {
  return proof->tags_epoch == m->tags.epoch || (proof->clean && proof->history_epoch == m->history.epoch);
}

static monitor_proof_t *proof_of(monitor_t *m, const monitor_access_t *access) {
  uint64_t key = (access->iova >> 12) * 4 + access->access + ((uint64_t)access->device_id << 40);
  return &m->proof[key * UINT64_C(0x9e3779b97f4a7c15) >> 40 & (MONITOR_PROOFS - 1)];
}

void monitor_grant_check(monitor_t *m, const monitor_access_t *access, const pcl_ax_t *granted) {
  uint64_t spn = granted->addr >> 12;
  uint32_t process = access->pv ? access->process_id : UINT32_MAX;
  monitor_proof_t *proof = proof_of(m, access);
  bool known = proof->used && proof->iova_page == access->iova >> 12 && proof->device_id == access->device_id &&
               proof->process_id == process && proof->access == access->access && proof->spn == spn &&
               proof->pbmt == granted->pbmt && !access->translated;
  m->stats.grants++;
  if (known && still_holds(m, proof)) {
    m->stats.excluded += proof->excluded;
    return;
  }
  m->stats.proofs++;
  monitor_walk_t w = {.m = m, .access = access, .spn = spn, .pbmt = granted->pbmt, .current = true};
  monitor_proof_t found = {
    .used = true, .iova_page = access->iova >> 12, .device_id = access->device_id, .process_id = process,
    .access = access->access, .spn = spn, .pbmt = granted->pbmt, .tags_epoch = m->tags.epoch,
    .history_epoch = m->history.epoch,
  };
  if (monitor_walk_device(&w)) {
    look_back(&w, &found);
    m->stats.excluded += found.excluded;
  } else {
    w.current = false;
    if (!find_any(&w)) {
      monitor_alarm(m, access, "no admissible walk gives the granted page 0x%llx with pbmt %u",
                    (unsigned long long)granted->addr & ~4095ull, granted->pbmt);
      return;
    }
    m->stats.stale++;
  }
  if (!access->translated) *proof = found;
}

bool monitor_fault_check(monitor_t *m, const monitor_access_t *access, unsigned cause) {
  monitor_walk_t w = {
    .m = m, .access = access, .goal = MONITOR_FIND_FAULT, .cause = cause, .any_age = access->epoch != m->tags.epoch,
  };
  return find_any(&w);
}

static void add_roots(monitor_t *m, uint32_t device_id) {
  monitor_access_t access = {.device_id = device_id, .answered_at = MONITOR_NOW};
  monitor_walk_t w = {.m = m, .access = &access, .goal = MONITOR_FIND_ROOTS, .roots = &m->own_roots};
  monitor_walk_device(&w);
}

void monitor_keep_roots(monitor_t *m, bool one, uint32_t device_id, uint64_t fetched) {
  const monitor_map_t *devices = &m->tags.ddt_device;
  m->own_roots.count = 0;
  if (one) {
    if (monitor_map_find(devices, device_id, 0)) add_roots(m, device_id);
  } else {
    for (uint64_t i = 0; devices->count && i <= devices->mask; i++)
      if (devices->slot[i].used) add_roots(m, (uint32_t)devices->slot[i].key);
  }
  for (uint32_t i = 0; i < m->own_roots.count; i++) {
    m->own_roots.item[i].removed = fetched;
    monitor_roots_add(&m->tags.past, &m->own_roots.item[i]);
  }
}
