// SPDX-License-Identifier: Apache-2.0
//
// See monitor_walk.h: the first stage (IOMMU spec 3.3 item 17; privileged spec, Sv32/39/48/57). Its addresses are GPAs if there
// is a second stage.
//
// A table is `weak` if only what PSCV=1 spares makes it admissible: it may lead to global leaves only.
#include "monitor_walk.h"

enum { TABLES = 256 };

typedef struct {
  uint64_t ppn;
  bool weak;
} table_t;

typedef struct {
  table_t item[TABLES];
  unsigned count;
} tables_t;

typedef struct {
  const monitor_context_t *context;
  const monitor_root_t *root;
  tables_t *next;
  uint64_t vpn;
  uint64_t gpa;        // of the entry
  uint64_t t;          // no value that ended before is admissible
  unsigned level;
  bool weak;
} place_t;

static void add_table(monitor_walk_t *w, tables_t *tables, uint64_t ppn, bool weak) {
  for (unsigned i = 0; i < tables->count; i++) {
    if (tables->item[i].ppn != ppn) continue;
    tables->item[i].weak &= weak;
    return;
  }
  if (tables->count == TABLES) w->steps = MONITOR_STEP_LIMIT + 1;
  else tables->item[tables->count++] = (table_t){ppn, weak};
}

// ---- Leaves

typedef struct {
  uint64_t addr, pte;
  const monitor_root_t *root;
  unsigned bits;
} update_t;

static bool update_at(monitor_walk_t *w, void *argument, uint64_t spa) {
  const update_t *update = argument;
  return spa == update->addr && monitor_updated(w, update->root, spa, update->pte, update->bits);
}

static bool leaf(monitor_walk_t *w, const place_t *p, uint64_t addr, uint64_t pte, const monitor_pte_t *decoded) {
  unsigned right = monitor_right(w);
  bool user = pte & PTE_U, store = right == PTE_W;
  bool allowed = p->context->supervisor ? !user || (p->context->sum && right != PTE_X) : user;
  if ((!(pte & right) && !monitor_any_right(w)) || !allowed) return monitor_fault(w, monitor_page_fault(w));
  unsigned bits = monitor_due(w, pte, store);
  if ((pte & bits) != bits) {
    if (!p->context->sade) return monitor_fault(w, monitor_page_fault(w));
    update_t update = {.addr = addr, .pte = pte, .root = p->root, .bits = bits};
    uint64_t gpa = (p->gpa & ~UINT64_C(0xfff)) | (addr & 0xfff);
    return monitor_implicit(w, p->context, gpa, true, update_at, &update);
  }
  w->found_bits[0] = decoded->size_bits;
  uint64_t below = (UINT64_C(1) << decoded->size_bits) - 1;
  return monitor_final(w, p->context, decoded->ppn | (p->vpn & below), decoded->pbmt);
}

// ---- Tables

static bool value(monitor_walk_t *w, const place_t *p, uint64_t addr, const monitor_candidate_t *c) {
  bool sv32 = p->root->sv32;
  uint64_t pte = monitor_pte_of(c->value, addr, p->root);
  monitor_pte_t d = monitor_pte(w->m, pte, p->level, sv32);
  monitor_entry_t tags = {.page = p->vpn, .vm = p->root->vm, .pscid = p->root->pscid, .size_bits = d.size_bits};
  tags.table = d.kind != MONITOR_PTE_LEAF;
  monitor_push(w, addr & ~UINT64_C(7), MONITOR_AT_FIRST, &tags);
  switch (d.kind) {
    case MONITOR_PTE_INVALID:
      return w->cause == monitor_page_fault(w) && monitor_saw_invalid(w, addr & ~UINT64_C(7), c);
    case MONITOR_PTE_BAD:
      return monitor_holds(w, c->end, p->t) && monitor_fault(w, monitor_page_fault(w));
    case MONITOR_PTE_TABLE:
      if (monitor_entry_holds(w, c->end, &tags)) {
        add_table(w, p->next, d.ppn, p->weak);
      } else {
        tags.global = true;
        if (monitor_entry_holds(w, c->end, &tags)) add_table(w, p->next, d.ppn, true);
      }
      return false;
    default:
      tags.global = w->global = pte & PTE_G;
      if ((p->weak && !tags.global) || !monitor_entry_holds(w, c->end, &tags)) return false;
      return leaf(w, p, addr, pte, &d);
  }
}

static bool word(monitor_walk_t *w, void *argument, uint64_t addr) {
  const place_t *p = argument;
  uint64_t base = addr & ~UINT64_C(7);
  monitor_candidate_t c;
  for (unsigned i = 0; monitor_candidate(w, base, i, monitor_floor(w, p->t), &c); i++)
    if (value(w, p, addr, &c)) return true;
  if (p->level || !w->siblings || p->root->sv32) return false;
  for (unsigned j = 0; j < 16; j++) {
    uint64_t sibling = (addr & ~UINT64_C(127)) | j << 3;
    for (unsigned i = 0; monitor_candidate(w, sibling, i, p->t, &c); i++)
      if (monitor_is_napot(c.value, p->root) && value(w, p, sibling, &c)) return true;
  }
  return false;
}

// From a root on.
static bool pages(monitor_walk_t *w, const monitor_context_t *context, const monitor_root_t *root) {
  unsigned levels = root->sv32 ? 2 : root->mode - 5u, index_bits = root->sv32 ? 10 : 9;
  uint64_t iova = w->access->iova;
  int64_t upper = (int64_t)iova >> (12 + 9 * levels - 1);
  if (root->sv32 ? iova >> 32 != 0 : upper != 0 && upper != -1) return monitor_fault(w, monitor_page_fault(w));
  const monitor_tags_t *tags = &w->m->tags;
  place_t p = {.context = context, .root = root, .vpn = iova >> 12, .t = monitor_tags_root(tags, root, true)};
  if (!monitor_holds(w, root->removed, p.t)) return false;
  tables_t now, next;
  next.count = 0;
  add_table(w, &next, root->ppn, !monitor_holds(w, root->removed, monitor_tags_root(tags, root, false)));
  for (p.level = levels; p.level-- > 0;) {
    now.count = next.count;
    memcpy(now.item, next.item, next.count * sizeof now.item[0]);
    next.count = 0;
    p.next = &next;
    uint64_t index = p.vpn >> (index_bits * p.level) & ((1u << index_bits) - 1);
    for (unsigned i = 0; i < now.count; i++) {
      p.gpa = now.item[i].ppn << 12 | index << (root->sv32 ? 2 : 3);
      p.weak = now.item[i].weak;
      if (monitor_implicit(w, context, p.gpa, false, word, &p)) return true;
    }
  }
  return false;
}

bool monitor_space(monitor_walk_t *w, const monitor_context_t *context) {
  const monitor_root_t *first = &context->first;
  if (monitor_reach(w) < MONITOR_TO_PAGES || !monitor_is_new(w, context)) return false;
  if (w->goal == MONITOR_FIND_ROOTS) {
    if (first->mode) monitor_roots_add(w->roots, first);
    return false;
  }
  if (!first->mode) {
    w->found_bits[0] = w->found_bits[1] = 44;
    w->global = false;
    uint64_t iova = w->access->iova;
    if (!first->vm || context->identity)   // must fit the bus
      return iova >> 56 ? monitor_access_fault(w) : monitor_granted(w, iova >> 12, 0);
    if (context->sxl && iova >> 34) return monitor_guest_faulted(w, iova, 0);
    return monitor_final(w, context, iova >> 12, 0);
  }
  if (pages(w, context, first)) return true;
  for (uint32_t i = 0; w->shared && i < w->shared->count; i++) {
    const monitor_root_t *root = &w->shared->item[i];
    if (!root->second && root->vm == first->vm && root->pscid == first->pscid && pages(w, context, root)) return true;
  }
  return false;
}
