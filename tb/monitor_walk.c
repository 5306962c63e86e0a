// SPDX-License-Identifier: Apache-2.0
//
// The monitor's own walk (IOMMU spec 3.3; privileged spec, Sv39/48/57, Svnapot, Svpbmt): depth first over every admissible value
// of every word, the current one first.
//
// Invariant: `oldest` is the earliest last clock among the page-table values chosen so far, MONITOR_NOW if all are current.
#include "monitor_internal.h"

enum { STEP_LIMIT = 200000, LEVELS_MAX = 5 };

typedef struct {
  uint64_t value;
  uint64_t end;
} candidate_t;

static uint64_t earlier(uint64_t a, uint64_t b) { return a < b ? a : b; }

// Value number i of a word, newest first, as long as one ended at `floor` or later.
static bool candidate(monitor_walk_t *w, uint64_t addr, unsigned i, uint64_t floor, candidate_t *c) {
  if (w->steps++ > STEP_LIMIT) return false;
  if (i == 0) {
    *c = (candidate_t){w->m->hooks.read(w->m->hooks.context, addr), MONITOR_NOW};
    if (w->override_addr == addr) c->value = w->override_value;
    return true;
  }
  if (w->current) return false;
  const monitor_word_t *word = monitor_history_find(&w->m->history, addr);
  if (!word || i > word->count) return false;
  *c = (candidate_t){word->old[i - 1].value, word->old[i - 1].end};
  return w->any_age || c->end >= floor;
}

// The earliest end that is of interest: of admissible values, or of V=0 seen since the request.
static uint64_t floor_of(const monitor_walk_t *w, uint64_t t) {
  return w->goal == MONITOR_FIND_FAULT ? earlier(t, w->access->valid_at) : t;
}

static bool is_admissible(const monitor_walk_t *w, const candidate_t *c, uint64_t t) { return w->any_age || c->end >= t; }

static bool fault(const monitor_walk_t *w, unsigned cause) { return w->goal == MONITOR_FIND_FAULT && cause == w->cause; }

// V=0 is never cached: memory must have held it between the request's AxVALID and its answer.
static bool fault_invalid(const monitor_walk_t *w, unsigned cause, uint64_t addr, const candidate_t *c) {
  if (!fault(w, cause) || c->end < w->access->valid_at) return false;
  const monitor_word_t *word = c->end == MONITOR_NOW ? monitor_history_find(&w->m->history, addr) : NULL;
  return !word || word->old[0].end <= w->access->answered_at;
}

static void push(monitor_walk_t *w, uint64_t addr, monitor_at_t at) {
  w->path[w->depth] = addr;
  w->at[w->depth++] = (uint8_t)at;
}

static unsigned page_fault(const monitor_walk_t *w) { return w->access->access == 1 ? 12 : w->access->access == 2 ? 13 : 15; }

// ---- Page tables

typedef struct {
  const monitor_root_t *root;
  uint64_t vpn;
  uint64_t root_level_t;   // no value of this PSCID that ended before is admissible
} pages_t;

static bool is_reserved(const monitor_walk_t *w, uint64_t pte) {
  unsigned pbmt = pte >> 61 & 3;
  return ((pte & 2) == 0 && (pte & 4)) || (pte >> 54 & 0x7f) || pbmt == 3 || (pbmt && !w->m->svpbmt);
}

// Whether this outcome is looked for.
static bool granted(const monitor_walk_t *w, uint64_t spn, unsigned pbmt) {
  bool same = spn == w->spn && pbmt == w->pbmt;
  return (w->goal == MONITOR_FIND_GRANT && same) || (w->goal == MONITOR_FIND_OTHER && !same);
}

// A leaf at `level`, for a request whose page is vpn.
static bool leaf(monitor_walk_t *w, const pages_t *p, unsigned level, const candidate_t *c, uint64_t oldest) {
  uint64_t pte = c->value, ppn = pte >> 10 & ((UINT64_C(1) << 44) - 1);
  unsigned bits = 9 * level;
  if (pte >> 63) {   // Svnapot: 64 KiB only
    if (level || (ppn & 15) != 8) return fault(w, page_fault(w));
    bits = 4;
    ppn &= ~UINT64_C(15);
  }
  uint64_t below = (UINT64_C(1) << bits) - 1;
  monitor_leaf_t tags = {.vpn = p->vpn, .pscid = p->root->pscid, .size_bits = (uint8_t)bits, .global = pte >> 5 & 1};
  if (!w->any_age && c->end != MONITOR_NOW && c->end < monitor_tags_leaf(&w->m->tags, &tags)) return false;
  if (!w->any_age && oldest != MONITOR_NOW && oldest < monitor_tags_table(&w->m->tags, tags.pscid, tags.global)) return false;
  unsigned right = w->access->access == 1 ? 8 : w->access->access == 2 ? 2 : 4;
  bool allowed = (pte & right) && (pte & 0x10) && (pte & 0x40) && (right != 4 || (pte & 0x80)) && !(ppn & below);
  if (!allowed) return fault(w, page_fault(w));
  if (!granted(w, ppn | (p->vpn & below), pte >> 61 & 3)) return false;
  w->leaf = tags;
  return true;
}

static bool step(monitor_walk_t *w, const pages_t *p, unsigned level, uint64_t table, uint64_t oldest);

// One value of an entry.
static bool entry(monitor_walk_t *w, const pages_t *p, unsigned level, uint64_t addr, const candidate_t *c, uint64_t oldest) {
  uint64_t pte = c->value;
  if (!(pte & 1)) return fault_invalid(w, page_fault(w), addr, c);
  if (!is_admissible(w, c, p->root_level_t)) return false;
  if (is_reserved(w, pte)) return fault(w, page_fault(w));
  if (pte & 0xe) return leaf(w, p, level, c, oldest);
  if (level == 0 || (pte & 0xd0) || pte >> 61) return fault(w, page_fault(w));
  w->at[w->depth - 1] = MONITOR_AT_TABLE;
  return step(w, p, level - 1, pte >> 10 & ((UINT64_C(1) << 44) - 1), earlier(oldest, c->end));
}

static bool step(monitor_walk_t *w, const pages_t *p, unsigned level, uint64_t table, uint64_t oldest) {
  uint64_t addr = table << 12 | (p->vpn >> 9 * level & 511) << 3;
  unsigned depth = w->depth;
  candidate_t c;
  for (unsigned i = 0; candidate(w, addr, i, floor_of(w, p->root_level_t), &c); i++) {
    w->depth = depth;
    push(w, addr, MONITOR_AT_LEAF);
    if (entry(w, p, level, addr, &c, oldest)) return true;
  }
  w->depth = depth;
  if (level || !w->siblings) return false;
  for (unsigned j = 0; j < 16; j++) {
    uint64_t sibling = (addr & ~UINT64_C(127)) | j << 3;
    for (unsigned i = 0; candidate(w, sibling, i, p->root_level_t, &c); i++) {
      bool napot = (c.value & 1) && c.value >> 63 && !is_reserved(w, c.value) && (c.value & 0xe);
      if (napot && is_admissible(w, &c, p->root_level_t) && leaf(w, p, 0, &c, oldest)) return true;
    }
  }
  return false;
}

bool monitor_walk_pages(monitor_walk_t *w, const monitor_root_t *root) {
  unsigned levels = root->mode == 8 ? 3 : root->mode == 9 ? 4 : LEVELS_MAX;
  int64_t upper = (int64_t)w->access->iova >> (12 + 9 * levels - 1);
  if (upper != 0 && upper != -1) return fault(w, page_fault(w));
  pages_t p = {.root = root, .vpn = w->access->iova >> 12, .root_level_t = w->m->tags.vma_all};
  return step(w, &p, levels - 1, root->ppn, root->removed);
}

// ---- Device directory

typedef struct {
  uint64_t base;       // address of the DC
  uint64_t t;
  uint64_t word[8];
} context_t;

static bool is_misconfigured(const monitor_t *m, const context_t *dc) {
  uint64_t tc = dc->word[0], mode = dc->word[3] >> 60;
  bool pdtv = tc >> 5 & 1, dpe = tc >> 9 & 1;
  if (tc & UINT64_C(0xffffffff00fff000)) return true;      // reserved
  if (tc & 0xdce) return true;                             // EN_ATS, EN_PRI, T2GPA, PRPR, GADE, SADE, SBE, SXL: not built
  if (dpe && !pdtv) return true;
  if (dc->word[1] >> 60) return true;                      // iohgatp.MODE: only Bare is built
  if (dc->word[2] & ~UINT64_C(0xfffff000)) return true;    // ta: reserved, RCID, MCID
  if (dc->word[3] >> 44 & 0xffff) return true;             // fsc: reserved
  bool known = mode == 0 || (!pdtv && ((mode == 8 && m->sv39) || (mode == 9 && m->sv48) || (mode == 10 && m->sv57)));
  if (!known) return true;
  if (!m->msi_flat) return false;
  uint64_t page_bits = (UINT64_C(1) << (m->config.pas - 12)) - 1;
  return dc->word[4] >> 44 || (dc->word[5] & ~page_bits) || (dc->word[6] & ~page_bits) || dc->word[7];
}

// Both stages Bare, or ddtp Bare: the translated address is the IOVA, if it fits the bus.
static bool identity(const monitor_walk_t *w) {
  return w->access->iova >> 56 == 0 && granted(w, w->access->iova >> 12, 0);
}

static bool with_context(monitor_walk_t *w, const context_t *dc) {
  if (is_misconfigured(w->m, dc)) return fault(w, 259);
  bool pdtv = dc->word[0] >> 5 & 1;
  monitor_root_t root = {
    .ppn = dc->word[3] & ((UINT64_C(1) << 44) - 1), .mode = (uint8_t)(dc->word[3] >> 60),
    .pscid = dc->word[2] >> 12 & 0xfffff, .removed = MONITOR_NOW,
  };
  bool bare = pdtv || root.mode == 0;   // with PDTV=1 only pdtp.MODE=Bare is built
  if (w->goal == MONITOR_FIND_ROOTS) {
    if (!bare) monitor_roots_add(w->roots, &root);
    return false;
  }
  if (w->access->translated || (w->access->pv && !pdtv)) return fault(w, 260);
  return bare ? identity(w) : monitor_walk_pages(w, &root);
}

// Doubleword n of the DC and those after it.
static bool context_word(monitor_walk_t *w, context_t *dc, unsigned n) {
  unsigned words = w->m->msi_flat ? 8 : 4, depth = w->depth;
  if (n == words) return with_context(w, dc);
  uint64_t addr = dc->base + 8 * n;
  candidate_t c;
  for (unsigned i = 0; candidate(w, addr, i, floor_of(w, dc->t), &c); i++) {
    w->depth = depth;
    push(w, addr, MONITOR_AT_DC);
    dc->word[n] = c.value;
    if (n == 0 && !(c.value & 1)) {
      if (fault_invalid(w, 258, addr, &c)) return true;
      continue;
    }
    if (is_admissible(w, &c, dc->t) && context_word(w, dc, n + 1)) return true;
  }
  w->depth = depth;
  return false;
}

static bool directory(monitor_walk_t *w, unsigned level, uint64_t table) {
  unsigned low = w->m->msi_flat ? 6 : 7;
  uint32_t id = w->access->device_id;
  if (level == 0) {
    uint64_t size = w->m->msi_flat ? 64 : 32;
    context_t dc = {.base = (table << 12) + (id & ((1u << low) - 1)) * size, .t = monitor_tags_device(&w->m->tags, id)};
    return context_word(w, &dc, 0);
  }
  uint64_t addr = table << 12 | (uint64_t)(id >> (low + 9 * (level - 1)) & 511) << 3;
  uint64_t t = w->m->tags.ddt_all;
  unsigned depth = w->depth;
  candidate_t c;
  for (unsigned i = 0; candidate(w, addr, i, floor_of(w, t), &c); i++) {
    w->depth = depth;
    push(w, addr, MONITOR_AT_DDT);
    if (!(c.value & 1)) {
      if (fault_invalid(w, 258, addr, &c)) return true;
      continue;
    }
    if (!is_admissible(w, &c, t)) continue;
    if ((c.value & 0x3fe) || c.value >> 54) {
      if (fault(w, 259)) return true;
      continue;
    }
    if (directory(w, level - 1, c.value >> 10 & ((UINT64_C(1) << 44) - 1))) return true;
  }
  w->depth = depth;
  return false;
}

static bool with_ddtp(monitor_walk_t *w, uint64_t ddtp) {
  unsigned mode = ddtp & 15, low = w->m->msi_flat ? 6 : 7;
  if (mode == 0) return fault(w, 256);
  if (mode == 1) return w->access->translated ? fault(w, 260) : identity(w);
  uint32_t above = mode == 2 ? w->access->device_id >> low : mode == 3 ? w->access->device_id >> (low + 9) : 0;
  if (above) return fault(w, 260);
  return directory(w, mode - 2, ddtp >> 10 & ((UINT64_C(1) << 44) - 1));
}

bool monitor_walk_device(monitor_walk_t *w) {
  const monitor_regs_t *regs = &w->m->regs;
  w->depth = 0;
  if (with_ddtp(w, regs->ddtp)) return true;
  for (unsigned i = 0; i < regs->old_count; i++) {
    bool seen = regs->old[i].until == MONITOR_NOW ||
                (w->goal == MONITOR_FIND_FAULT && regs->old[i].until >= w->access->valid_at);
    if (seen && with_ddtp(w, regs->old[i].value)) return true;
  }
  return false;
}
