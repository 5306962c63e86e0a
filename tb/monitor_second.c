// SPDX-License-Identifier: Apache-2.0
//
// See monitor_walk.h: the second stage (privileged spec, Sv32x4/39x4/48x4/57x4) and MSI pages in basic translate mode
// (IOMMU spec 3.3.3). What a page number may translate to is found once per walk and kept in m->gpa and m->frame.
//
// A context's VM has its DC's root, and in a search of shared roots also those that other DCs gave to the GSCID, each with
// its own recognition of MSI pages; but where DCs with msiptp Off and Flat share a GSCID neither takes part in the other's.
#include "monitor_walk.h"

enum { TABLES = 256 };

typedef struct {
  uint64_t item[TABLES];
  unsigned count;
} tables_t;

static void add_table(monitor_walk_t *w, tables_t *tables, uint64_t ppn) {
  for (unsigned i = 0; i < tables->count; i++)
    if (tables->item[i] == ppn) return;
  if (tables->count == TABLES) w->steps = MONITOR_STEP_LIMIT + 1;
  else tables->item[tables->count++] = ppn;
}

static void add_frame(monitor_t *m, monitor_frame_t frame) {
  if (m->frame_count >= m->frame_capacity) {
    m->frame_capacity = m->frame_capacity ? m->frame_capacity * 2 : 64;
    m->frame = monitor_alloc(m->frame, m->frame_capacity * sizeof *m->frame);
  }
  m->frame[m->frame_count++] = frame;
}

// ---- Tables

// One value of the entry at addr. Returns whether it may be a fault.
static bool value(monitor_walk_t *w, const monitor_root_t *root, uint64_t gpn, unsigned level, uint64_t addr,
                  const monitor_candidate_t *c, tables_t *next) {
  uint64_t pte = monitor_pte_of(c->value, addr, root);
  monitor_pte_t d = monitor_pte(w->m, pte, level, root->sv32);
  monitor_entry_t tags = {.page = gpn, .vm = root->vm, .size_bits = d.size_bits, .second = true};
  tags.table = d.kind != MONITOR_PTE_LEAF;
  monitor_push(w, addr & ~UINT64_C(7), MONITOR_AT_SECOND, &tags);
  if (d.kind == MONITOR_PTE_INVALID) return monitor_saw_invalid(w, addr & ~UINT64_C(7), c);
  if (!monitor_entry_holds(w, c->end, &tags)) return false;
  if (d.kind == MONITOR_PTE_BAD) return true;
  uint64_t below = (UINT64_C(1) << d.size_bits) - 1;
  if (d.kind == MONITOR_PTE_TABLE) add_table(w, next, d.ppn);
  else add_frame(w->m, (monitor_frame_t){.spn = d.ppn | (gpn & below), .addr = addr, .pte = pte, .pbmt = d.pbmt,
                                                .size_bits = d.size_bits});
  return false;
}

static bool translate(monitor_walk_t *w, const monitor_root_t *root, uint64_t gpn) {
  unsigned top = root->sv32 ? 1 : root->mode - 6u, index_bits = root->sv32 ? 10 : 9;
  if (gpn >> (index_bits * top + index_bits + 2)) return true;   // 12 bits of offset, and 2 more in the root's index
  uint64_t t = monitor_tags_root(&w->m->tags, root, false);
  tables_t now, next;
  next.count = 0;
  bool faulty = false;
  if (monitor_holds(w, root->removed, t)) add_table(w, &next, root->ppn);
  for (unsigned level = top + 1; level-- > 0;) {
    now.count = next.count;
    memcpy(now.item, next.item, next.count * sizeof now.item[0]);
    next.count = 0;
    uint64_t index = gpn >> (index_bits * level) & ((1u << (index_bits + (level == top ? 2 : 0))) - 1);
    for (unsigned k = 0; k < now.count; k++) {
      uint64_t addr = (now.item[k] << 12) + (index << (root->sv32 ? 2 : 3));
      monitor_candidate_t c;
      for (unsigned i = 0; monitor_candidate(w, addr & ~UINT64_C(7), i, monitor_floor(w, t), &c); i++)
        faulty |= value(w, root, gpn, level, addr, &c, &next);
      for (unsigned j = 0; level == 0 && w->siblings && !root->sv32 && j < 16; j++) {
        uint64_t sibling = (addr & ~UINT64_C(127)) | j << 3;
        for (unsigned i = 0; monitor_candidate(w, sibling, i, t, &c); i++)
          if (monitor_is_napot(c.value, root)) value(w, root, gpn, 0, sibling, &c, &next);
      }
    }
  }
  return faulty;
}

// The translations of gpn: an index of m->gpa.
static uint32_t lookup(monitor_walk_t *w, const monitor_root_t *root, uint64_t gpn) {
  monitor_t *m = w->m;
  for (uint32_t i = 0; i < m->gpa_count; i++) {
    const monitor_gpa_t *g = &m->gpa[i];
    if (g->gpn == gpn && g->ppn == root->ppn && g->vm == root->vm && g->mode == root->mode && g->sv32 == root->sv32 &&
        g->removed == root->removed) return i;
  }
  if (m->gpa_count >= m->gpa_capacity) {
    m->gpa_capacity = m->gpa_capacity ? m->gpa_capacity * 2 : 64;
    m->gpa = monitor_alloc(m->gpa, m->gpa_capacity * sizeof *m->gpa);
  }
  monitor_gpa_t g = {.gpn = gpn, .ppn = root->ppn, .removed = root->removed, .vm = root->vm, .mode = root->mode,
                     .sv32 = root->sv32, .first = m->frame_count};
  g.faulty = translate(w, root, gpn);
  g.count = m->frame_count - g.first;
  m->gpa[m->gpa_count] = g;
  return m->gpa_count++;
}

// The next root of the context's VM; *cursor starts with 0.
static const monitor_root_t *next_root(const monitor_walk_t *w, const monitor_context_t *context, uint32_t *cursor) {
  if (!*cursor) {
    *cursor = 1;
    return &context->second;
  }
  for (; w->shared && *cursor <= w->shared->count; ++*cursor) {
    const monitor_root_t *root = &w->shared->item[*cursor - 1];
    if (root->second && root->vm == context->second.vm) {
      ++*cursor;
      return root;
    }
  }
  return NULL;
}

// Whether a leaf permits the access; `how` as in monitor_guest_faulted(). *met: what is looked for was found, here.
static bool permits(monitor_walk_t *w, const monitor_context_t *context, const monitor_frame_t *frame, uint64_t gpa,
                    unsigned right, unsigned how, bool *met) {
  bool any = how == 0 && monitor_any_right(w);
  unsigned bits = any ? monitor_due(w, frame->pte, false) : PTE_A | (right == PTE_W ? PTE_D : 0);
  if (!(frame->pte & PTE_U) || !((frame->pte & right) || any)) {
    *met = monitor_guest_faulted(w, gpa, how);
    return false;
  }
  if ((frame->pte & bits) == bits) return true;
  if (context->gade) *met = monitor_updated(w, &context->second, frame->addr, frame->pte, bits);
  else *met = monitor_guest_faulted(w, gpa, how);
  return false;
}

bool monitor_implicit(monitor_walk_t *w, const monitor_context_t *context, uint64_t gpa, bool write, monitor_visit_t visit,
                      void *argument) {
  if (!context->second.vm) return visit(w, argument, gpa);
  unsigned how = write ? 3 : 1;
  uint32_t cursor = 0;
  const monitor_root_t *root;
  while ((root = next_root(w, context, &cursor))) {
    uint32_t at = lookup(w, root, gpa >> 12);   // may move m->gpa
    monitor_gpa_t g = w->m->gpa[at];
    if (g.faulty && monitor_guest_faulted(w, gpa, how)) return true;
    for (uint32_t i = 0; i < g.count; i++) {
      monitor_frame_t frame = w->m->frame[g.first + i];
      bool met = false;
      if (permits(w, context, &frame, gpa, write ? PTE_W : PTE_R, how, &met))
        met = visit(w, argument, frame.spn << 12 | (gpa & 4095));
      if (met) return true;
    }
  }
  return false;
}

// ---- The access itself

static bool is_msi(const monitor_root_t *root, uint64_t gpn) {
  return root->msi && ((gpn ^ root->msi_pattern) & ~root->msi_mask) == 0;
}

// Whether a page of this range is one of a virtual interrupt file.
static bool meets_files(const monitor_root_t *root, uint64_t gpn, unsigned bits) {
  return root->msi && ((gpn ^ root->msi_pattern) & ~root->msi_mask) >> bits == 0;
}

// 3.3.3: the bits of gpn where the mask has ones, packed.
static uint64_t file_number(uint64_t gpn, uint64_t mask) {
  uint64_t number = 0;
  for (unsigned at = 0; mask; mask &= mask - 1) number |= (gpn >> __builtin_ctzll(mask) & 1) << at++;
  return number;
}

static bool is_bad_notice(uint64_t word) { return word & UINT64_C(0xefc0000000000000); }

static bool is_fetch(const monitor_walk_t *w) { return monitor_right(w) == PTE_X; }

// Of an entry in MRIF mode whose first doubleword is good: fetches and debug requests (IOMMU spec 5) are refused.
static bool file_fault(monitor_walk_t *w, const monitor_root_t *root, uint64_t addr, uint64_t t) {
  monitor_candidate_t c;
  for (unsigned i = 0; monitor_candidate(w, addr + 8, i, t, &c); i++) {
    bool refused = w->access->debug ? monitor_fault(w, 260) : is_fetch(w) && monitor_access_fault(w);
    if (is_bad_notice(monitor_turn(c.value, root->big)) ? monitor_fault(w, 263) : refused) return true;
  }
  return false;
}

// An entry in MRIF mode. Of its second doubleword: 60 NID[10], 53:10 NPPN, 9:0 NID.
static bool interrupt_file(monitor_walk_t *w, const monitor_root_t *root, uint64_t addr, uint64_t pte, uint64_t t) {
  if (!w->m->has.msi_mrif || (pte & 0x78) || pte >> 54) return monitor_fault(w, 263);
  if (w->goal == MONITOR_FIND_FAULT) return file_fault(w, root, addr, t);
  if (is_fetch(w)) return false;
  if (w->goal == MONITOR_FIND_ABSORBED) return true;
  if (w->goal != MONITOR_FIND_FILE || (pte >> 7 & ((UINT64_C(1) << 47) - 1)) != w->spn) return false;
  monitor_candidate_t c;
  for (unsigned i = 0; monitor_candidate(w, addr + 8, i, t, &c); i++) {
    uint64_t word = monitor_turn(c.value, root->big);
    if (is_bad_notice(word)) continue;
    monitor_mrif_notice(w->m, word >> 10 & MONITOR_PPN, (unsigned)((word >> 60 & 1) << 10 | (word & 0x3ff)), w->bit);
  }
  return false;
}

static bool msi(monitor_walk_t *w, const monitor_root_t *root, uint64_t gpn, unsigned pbmt) {
  uint64_t addr = root->msi_ppn << 12 | file_number(gpn, root->msi_mask) << 4;
  uint64_t t = monitor_tags_root(&w->m->tags, root, false);
  monitor_entry_t tags = {.page = gpn, .vm = root->vm, .second = true};
  monitor_candidate_t c;
  if (!monitor_holds(w, root->removed, t)) return false;
  for (unsigned i = 0; monitor_candidate(w, addr, i, monitor_floor(w, t), &c); i++) {
    monitor_push(w, addr, MONITOR_AT_MSI, &tags);
    c.value = monitor_turn(c.value, root->big);
    if (!(c.value & 1)) {
      if (w->cause == 262 && monitor_saw_invalid(w, addr, &c)) return true;
      continue;
    }
    if ((c.value & 6) == 2) {
      if (monitor_entry_holds(w, c.end, &tags) && interrupt_file(w, root, addr, c.value, t)) return true;
      continue;
    }
    if (!monitor_entry_holds(w, c.end, &tags)) continue;
    bool basic = (c.value & 6) == 6 && !(c.value & 0x3f8) && c.value >> 54 == 0;
    if (!basic) {
      if (monitor_fault(w, 263)) return true;
    } else if (is_fetch(w)) {
      if (monitor_access_fault(w)) return true;
    } else if (monitor_granted(w, c.value >> 10 & MONITOR_PPN, pbmt)) {
      return true;
    }
  }
  return false;
}

bool monitor_final(monitor_walk_t *w, const monitor_context_t *context, uint64_t gpn, unsigned pbmt) {
  w->found_gpn = gpn;
  w->found_bits[1] = 44;
  if (!context->second.vm) return monitor_granted(w, gpn, pbmt);
  w->found_bits[1] = 0;
  uint32_t cursor = 0;
  const monitor_root_t *root;
  bool plain = false;
  uint64_t gpa = gpn << 12 | (w->access->iova & 4095);
  while ((root = next_root(w, context, &cursor))) {   // 3.3 item 18, before the width of the GPA is looked at
    if (root->msi != context->second.msi) continue;
    if (!is_msi(root, gpn)) plain = true;
    else if (msi(w, root, gpn, pbmt)) return true;
  }
  for (cursor = 0; plain && (root = next_root(w, context, &cursor));) {
    uint32_t at = lookup(w, root, gpn);
    monitor_gpa_t g = w->m->gpa[at];
    if (g.faulty && monitor_guest_faulted(w, gpa, 0)) return true;
    for (uint32_t i = 0; i < g.count; i++) {
      monitor_frame_t frame = w->m->frame[g.first + i];
      bool met = false;
      w->found_bits[1] = meets_files(&context->second, gpn, w->entry_bits) ? 0 : frame.size_bits;
      if (permits(w, context, &frame, gpa, monitor_right(w), 0, &met))
        met = monitor_granted(w, frame.spn, pbmt ? pbmt : frame.pbmt);
      if (met) return true;
    }
  }
  return false;
}
