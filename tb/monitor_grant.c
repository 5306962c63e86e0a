// SPDX-License-Identifier: Apache-2.0
//
// Whether a grant, a fault or an update has an admissible walk. Effort grows: a proof that still holds; the current values; the
// older values of the request's own tables; tables that another context, or one removed meanwhile, gave to the same PSCID or
// GSCID; the other entries of 64 KiB pages.
#include "monitor_internal.h"

enum { OLD_TRIED = 8 };

// With roots that others gave.
static bool find_shared(monitor_walk_t *w) {
  monitor_all_roots(w->m, w->any_age);
  if (!w->m->roots.count) return false;
  w->shared = &w->m->roots;
  bool found = monitor_walk_device(w);
  w->shared = NULL;
  return found;
}

static bool find_any(monitor_walk_t *w) {
  if (monitor_walk_device(w)) return true;
  if (find_shared(w)) {
    w->m->stats.shared += w->goal == MONITOR_FIND_GRANT;
    return true;
  }
  if (w->goal == MONITOR_FIND_GRANT || w->goal == MONITOR_FIND_ENTRY) {
    w->siblings = true;
    if (monitor_walk_device(w) || find_shared(w)) return true;
  }
  if (w->steps <= MONITOR_STEP_LIMIT) return false;
  w->m->stats.unresolved++;
  return true;
}

uint64_t monitor_path_t_of(const monitor_walk_t *w, unsigned i) {
  const monitor_tags_t *tags = &w->m->tags;
  const monitor_access_t *a = w->access;
  monitor_entry_t entry = w->path[i].entry;
  switch (w->path[i].at) {
    case MONITOR_AT_DDT: return tags->ddt_all;
    case MONITOR_AT_DC: case MONITOR_AT_PDT: return monitor_tags_device(tags, a->device_id);
    case MONITOR_AT_PC: return monitor_tags_process(tags, a->device_id, a->pv ? a->process_id : 0);
    default:
      if (!entry.second) entry.global = w->global;
      return monitor_tags_entry(tags, &entry);
  }
}

// Looks at the older values of the words of a walk over current ones, leaf first: whether there are any, and whether a T excludes
// one with which another page would have been granted.
static void look_back(const monitor_walk_t *w, monitor_proof_t *proof) {
  unsigned tried = 0;
  proof->clean = true;
  proof->excluded = false;
  for (unsigned i = w->depth; i-- > 0;) {
    monitor_history_follow(&w->m->history, w->path[i].addr >> 12);
    const monitor_word_t *word = monitor_history_find(&w->m->history, w->path[i].addr);
    if (!word) continue;
    proof->clean = false;
    uint64_t t = monitor_path_t_of(w, i);
    for (uint32_t k = 0; k < word->count && tried < OLD_TRIED && !proof->excluded; k++) {
      if (word->old[k].end >= t) continue;
      monitor_walk_t other = *w;
      other.goal = MONITOR_FIND_OTHER;
      other.override_addr = w->path[i].addr;
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
  uint64_t key = (access->iova >> 12) * 4 + access->access + ((uint64_t)access->device_id << 40) +
                 (access->pv ? (uint64_t)access->process_id + 1 : 0) * UINT64_C(0xff51afd7ed558ccd);
  return &m->proof[key * UINT64_C(0x9e3779b97f4a7c15) >> 40 & (MONITOR_PROOFS - 1)];
}

void monitor_grant_check(monitor_t *m, const monitor_access_t *access, const pcl_ax_t *granted) {
  uint64_t spn = granted->addr >> 12;
  uint32_t qos = (uint32_t)granted->mcid << 12 | granted->rcid;
  uint32_t process = access->pv ? access->process_id : UINT32_MAX;
  monitor_proof_t *proof = proof_of(m, access);
  bool known = proof->used && proof->iova_page == access->iova >> 12 && proof->device_id == access->device_id &&
               proof->process_id == process && proof->priv == access->priv && proof->access == access->access &&
               proof->spn == spn && proof->pbmt == granted->pbmt && proof->qos == qos && !access->translated;
  m->stats.grants++;
  if (known && still_holds(m, proof)) {
    m->stats.excluded += proof->excluded;
    return;
  }
  m->stats.proofs++;
  monitor_walk_t w = {.m = m, .access = access, .spn = spn, .pbmt = granted->pbmt, .qos = qos, .current = true};
  monitor_proof_t found = {
    .used = true, .iova_page = access->iova >> 12, .device_id = access->device_id, .process_id = process,
    .access = access->access, .priv = access->priv, .spn = spn, .pbmt = granted->pbmt, .qos = qos,
    .tags_epoch = m->tags.epoch,
    .history_epoch = m->history.epoch,
  };
  if (monitor_walk_device(&w)) {
    look_back(&w, &found);
    m->stats.excluded += found.excluded;
  } else {
    w.current = false;
    if (!find_any(&w)) {
      monitor_alarm(m, access, "no admissible walk gives the granted page 0x%llx with pbmt %u, RCID %u, MCID %u",
                    (unsigned long long)granted->addr & ~4095ull, granted->pbmt, granted->rcid, granted->mcid);
      return;
    }
    m->stats.stale++;
  }
  if (!access->translated && !w.bare) *proof = found;
}

// A record may be late: a request older than fctl.GXL may have met what that was before.
bool monitor_fault_check(monitor_t *m, const monitor_access_t *access, unsigned cause, uint64_t iotval2) {
  const monitor_walk_t start = {
    .m = m, .access = access, .goal = MONITOR_FIND_FAULT, .cause = cause, .any_age = access->epoch != m->tags.epoch,
    .late = true, .judge_iotval2 = true, .iotval2 = iotval2,
  };
  monitor_walk_t w = start;
  bool found = find_any(&w);
  if (found || access->valid_at > m->regs.gxl_at) return found;
  w = start;
  m->regs.gxl = !m->regs.gxl;
  found = find_any(&w);
  m->regs.gxl = !m->regs.gxl;
  return found;
}

void monitor_file_check(monitor_t *m, const monitor_access_t *access, uint64_t file, unsigned bit) {
  monitor_walk_t w = {.m = m, .access = access, .goal = MONITOR_FIND_FILE, .spn = file, .bit = bit, .late = true};
  find_any(&w);
}

// Page number and size of {63:12 address, 11 S}: with S=1 the size is told by the lowest 0 of the address.
static bool range(uint64_t entry, uint64_t *page, unsigned *bits) {
  *page = entry >> 12;
  *bits = 0;
  if (!(entry >> 11 & 1)) return true;
  if (*page == UINT64_MAX >> 12) return false;
  *bits = (unsigned)__builtin_ctzll(~*page) + 1;
  *page = *page >> *bits << *bits;
  return true;
}

bool monitor_entry_check(monitor_t *m, const monitor_access_t *access, uint64_t entry) {
  static const uint8_t rights[3] = {2, 3, 1};   // of bits 0 R, 1 W, 3 Exe: as kinds of access
  static const uint8_t at[3] = {0, 1, 3};
  monitor_walk_t w = {.m = m, .goal = MONITOR_FIND_ENTRY, .entry_global = entry >> 5 & 1};
  if (entry >> 2 & 1) {   // U: an interrupt file in memory
    w.goal = MONITOR_FIND_ABSORBED;
    w.access = access;
    return entry >> 11 == 0 && find_any(&w);
  }
  if (!range(entry, &w.spn, &w.entry_bits)) return false;
  for (unsigned i = 0; i < 3; i++) {
    monitor_access_t one = *access;
    one.access = rights[i];
    w.access = &one;
    w.siblings = false;
    if ((entry >> at[i] & 1) && !find_any(&w)) return false;
  }
  return true;
}

bool monitor_page_request_check(monitor_t *m, const monitor_access_t *access) {
  monitor_walk_t w = {.m = m, .access = access, .goal = MONITOR_FIND_ALLOWED};
  return find_any(&w);
}

bool monitor_absorb_check(monitor_t *m, const monitor_access_t *access) {
  monitor_walk_t w = {
    .m = m, .access = access, .goal = MONITOR_FIND_ABSORBED, .any_age = access->epoch != m->tags.epoch, .late = true,
  };
  return find_any(&w);
}

bool monitor_update_check(monitor_t *m, const monitor_access_t *access, const monitor_update_t *update, bool hard) {
  monitor_walk_t w = {.m = m, .access = access, .goal = MONITOR_FIND_UPDATE, .update = *update, .current = !hard};
  return hard ? find_any(&w) : monitor_walk_device(&w);
}
