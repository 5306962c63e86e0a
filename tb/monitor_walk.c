// SPDX-License-Identifier: Apache-2.0
//
// See monitor_walk.h: values of words, goals, ddtp, the device directory and the DC (IOMMU spec 3.1, 3.3.1).
#include "monitor_walk.h"

// ---- Values

bool monitor_candidate(monitor_walk_t *w, uint64_t addr, unsigned i, uint64_t floor, monitor_candidate_t *c) {
  if (w->steps > MONITOR_STEP_LIMIT) return false;
  w->steps++;
  if (i == 0) {
    *c = (monitor_candidate_t){w->m->hooks.read(w->m->hooks.context, addr), MONITOR_NOW};
    if (w->override_addr == addr) c->value = w->override_value;
    return true;
  }
  if (w->current) return false;
  const monitor_word_t *word = monitor_history_find(&w->m->history, addr);
  if (!word || i > word->count) return false;
  *c = (monitor_candidate_t){word->old[i - 1].value, word->old[i - 1].end};
  return w->any_age || c->end >= floor;
}

uint64_t monitor_floor(const monitor_walk_t *w, uint64_t t) {
  return w->goal == MONITOR_FIND_FAULT && w->access->valid_at < t ? w->access->valid_at : t;
}

bool monitor_entry_holds(const monitor_walk_t *w, uint64_t end, const monitor_entry_t *entry) {
  return w->any_age || end == MONITOR_NOW || end >= monitor_tags_entry(&w->m->tags, entry);
}

void monitor_push(monitor_walk_t *w, uint64_t addr, monitor_at_t at, const monitor_entry_t *entry) {
  if (!w->current || w->depth == MONITOR_PATH) return;
  w->path[w->depth++] = (monitor_path_t){.addr = addr, .at = at, .entry = entry ? *entry : (monitor_entry_t){0}};
}

// ---- Goals

bool monitor_fault(const monitor_walk_t *w, unsigned cause) { return w->goal == MONITOR_FIND_FAULT && cause == w->cause; }

monitor_reach_t monitor_reach(const monitor_walk_t *w) {
  const monitor_access_t *a = w->access;
  if (w->goal != MONITOR_FIND_FAULT) return MONITOR_TO_PAGES;
  switch (w->cause) {
    case 256: return MONITOR_TO_DDTP;
    case 258: return MONITOR_TO_DDT;
    case 259: return MONITOR_TO_DC;
    case 260: return a->debug ? MONITOR_TO_PAGES : a->pv && a->priv ? MONITOR_TO_PC : MONITOR_TO_DC;
    case 266: case 267: return MONITOR_TO_PC;
    default: return MONITOR_TO_PAGES;
  }
}

bool monitor_saw_invalid(const monitor_walk_t *w, uint64_t addr, const monitor_candidate_t *c) {
  if (w->goal != MONITOR_FIND_FAULT || c->end < w->access->valid_at) return false;
  const monitor_word_t *word = c->end == MONITOR_NOW ? monitor_history_find(&w->m->history, addr) : NULL;
  return !word || word->old[0].end <= w->access->answered_at;
}

unsigned monitor_page_fault(const monitor_walk_t *w) {
  return w->access->access == 1 ? 12 : w->access->access == 2 ? 13 : 15;
}

bool monitor_access_fault(const monitor_walk_t *w) {
  return w->goal == MONITOR_FIND_FAULT && monitor_is_access_fault(w->access, w->cause);
}

bool monitor_granted(const monitor_walk_t *w, uint64_t spn, unsigned pbmt) {
  if (w->goal == MONITOR_FIND_ENTRY) {
    uint64_t page = w->found_t2gpa ? w->found_gpn : spn;
    if (w->entry_bits > w->found_bits[0] || w->entry_bits > w->found_bits[1] || (w->entry_global && !w->global)) return false;
    return page >> w->entry_bits == w->spn >> w->entry_bits;
  }
  bool same = spn == w->spn && pbmt == w->pbmt && w->found_qos == w->qos;
  return (w->goal == MONITOR_FIND_GRANT && same) || (w->goal == MONITOR_FIND_OTHER && !same);
}

bool monitor_updated(const monitor_walk_t *w, const monitor_root_t *root, uint64_t addr, uint64_t old, unsigned bits) {
  return w->goal == MONITOR_FIND_UPDATE && addr == w->update.addr && monitor_turn_pte(old, root) == w->update.old &&
         monitor_turn_pte(old | bits, root) == w->update.value;
}

// iotval2 (IOMMU spec 4.2): the GPA, and in bits 1:0 of what access.
bool monitor_guest_faulted(const monitor_walk_t *w, uint64_t gpa, unsigned how) {
  uint64_t iotval2 = (gpa & ~UINT64_C(3)) | how;
  return monitor_fault(w, monitor_page_fault(w) + 8) && (!w->judge_iotval2 || iotval2 == w->iotval2);
}

bool monitor_is_new(monitor_walk_t *w, const monitor_context_t *context) {
  monitor_t *m = w->m;
  for (uint32_t i = 0; i < m->tried_count; i++) {
    const monitor_context_t *c = &m->tried[i];
    if (c->pdtp == context->pdtp && c->sade == context->sade && c->gade == context->gade && c->sxl == context->sxl &&
        c->supervisor == context->supervisor && c->sum == context->sum && c->sbe == context->sbe && c->qos == context->qos &&
        c->identity == context->identity && c->t2gpa == context->t2gpa && monitor_root_is(&c->first, &context->first) &&
        monitor_root_is(&c->second, &context->second)) return false;
  }
  if (m->tried_count >= m->tried_capacity) {
    m->tried_capacity = m->tried_capacity ? m->tried_capacity * 2 : 16;
    m->tried = monitor_alloc(m->tried, m->tried_capacity * sizeof *m->tried);
  }
  m->tried[m->tried_count++] = *context;
  return true;
}

// ---- DC

typedef struct {
  uint64_t base;       // address of the DC
  uint64_t t;
  uint64_t word[8];    // tc, iohgatp, ta, fsc, msiptp, msi_addr_mask, msi_addr_pattern, reserved
} context_t;

enum {
  TC_EN_ATS = 1 << 1, TC_EN_PRI = 1 << 2, TC_T2GPA = 1 << 3, TC_PDTV = 1 << 5, TC_PRPR = 1 << 6, TC_GADE = 1 << 7,
  TC_SADE = 1 << 8, TC_DPE = 1 << 9, TC_SBE = 1 << 10, TC_SXL = 1 << 11
};

static uint64_t gpa_page_bits(const monitor_t *m) {
  const monitor_features_t *has = &m->has;
  unsigned width = has->sv57x4 ? 59 : has->sv48x4 ? 50 : has->sv39x4 ? 41 : has->sv32x4 ? 34 : m->config.pas;
  return (UINT64_C(1) << (width - 12)) - 1;
}

// tc: bits that need a capability or another bit (IOMMU spec 3.1.4).
static bool is_bad_tc(const monitor_t *m, uint64_t tc) {
  const monitor_features_t *has = &m->has;
  bool sxl = tc & TC_SXL;
  if (tc & UINT64_C(0xffffffff00fff000)) return true;
  if ((tc & (TC_EN_ATS | TC_EN_PRI | TC_PRPR)) && !has->ats) return true;
  if ((tc & (TC_T2GPA | TC_EN_PRI)) && !(tc & TC_EN_ATS)) return true;
  if ((tc & TC_PRPR) && !(tc & TC_EN_PRI)) return true;
  if ((tc & TC_T2GPA) && !has->t2gpa) return true;
  if ((tc & TC_SBE) && !has->end) return true;
  if ((tc & (TC_GADE | TC_SADE)) && !has->amo_hwad) return true;
  if ((tc & TC_DPE) && !(tc & TC_PDTV)) return true;
  return m->regs.gxl ? !sxl : sxl && !m->config.sv32 && !m->config.sv32x4;
}

// What no DC may hold in doubleword n, given those before it (IOMMU spec 3.1.4).
static bool is_bad_word(const monitor_t *m, const context_t *dc, unsigned n) {
  const monitor_features_t *has = &m->has;
  uint64_t tc = dc->word[0], word = dc->word[n], mode = word >> 60;
  bool sxl = tc & TC_SXL, gv = n > 1 && dc->word[1] >> 60;
  switch (n) {
    case 0: return is_bad_tc(m, tc);
    case 1:
      if (mode == 0) return tc & TC_T2GPA;
      if (word & 3) return true;
      if (m->regs.gxl) return !(mode == 8 && has->sv32x4);
      return !((mode == 8 && has->sv39x4) || (mode == 9 && has->sv48x4) || (mode == 10 && has->sv57x4));
    case 2: return word & ~(UINT64_C(0xfffff000) | (has->qosid ? UINT64_C(0xffffff) << 40 : 0));
    case 3:
      if (word >> 44 & 0xffff) return true;
      if (!(tc & TC_PDTV)) return !monitor_first_mode(m, (unsigned)mode, sxl);
      return !(mode == 0 || (mode == 1 && has->pd8) || (mode == 2 && has->pd17) || (mode == 3 && has->pd20));
    case 4: return (word >> 44 & 0xffff) || mode > 1 || (mode == 1 && !gv);
    case 7: return word;
    default: return word & ~gpa_page_bits(m);
  }
}

// The part of doubleword n that matters for those after it and for what is looked for, given those before it.
static uint64_t meaning(const monitor_walk_t *w, const context_t *dc, unsigned n) {
  bool pdtv = dc->word[0] & TC_PDTV;
  monitor_reach_t reach = monitor_reach(w);
  if (reach < MONITOR_TO_PAGES && n != 0 && n != 1 && n != 3) return 0;
  if (reach < MONITOR_TO_PC && n != 0) return dc->word[n] >> 60;
  switch (n) {
    case 1: case 3: case 4: return dc->word[n] >> 60 ? dc->word[n] : 0;
    case 2: return pdtv ? dc->word[n] >> 40 : dc->word[n];
    case 5: case 6: return dc->word[4] >> 60 ? dc->word[n] : 0;
    default: return dc->word[n];
  }
}

// Whether a process_id is too wide for pdtp.
static bool is_wide(uint32_t process_id, uint64_t pdtp) {
  unsigned mode = (unsigned)(pdtp >> 60);
  return (mode == 1 && process_id >> 8) || (mode == 2 && process_id >> 17);
}

static bool with_context(monitor_walk_t *w, const context_t *dc) {
  const monitor_access_t *a = w->access;
  uint64_t tc = dc->word[0], iohgatp = dc->word[1], fsc = dc->word[3];
  monitor_context_t c = {.sade = tc & TC_SADE, .gade = tc & TC_GADE, .sxl = tc & TC_SXL, .sbe = tc & TC_SBE,
                         .qos = (uint32_t)(dc->word[2] >> 40)};
  uint32_t vm = iohgatp >> 60 ? MONITOR_VM | (iohgatp >> 44 & 0xffff) : MONITOR_HOST;
  c.first = (monitor_root_t){.vm = vm, .removed = MONITOR_NOW};
  w->found_qos = c.qos;
  c.second = (monitor_root_t){.vm = vm, .removed = MONITOR_NOW, .second = true};
  monitor_map_at(&w->m->tags.vma_vm, vm, 0);
  if (vm) {
    c.second.ppn = iohgatp & MONITOR_PPN;
    c.second.mode = (uint8_t)(iohgatp >> 60);
    c.second.sv32 = w->m->regs.gxl;
    c.second.big = w->m->regs.be;
    c.second.msi = w->m->has.msi_flat && dc->word[4] >> 60;
    if (c.second.msi) {
      c.second.msi_ppn = dc->word[4] & MONITOR_PPN;
      c.second.msi_mask = dc->word[5];
      c.second.msi_pattern = dc->word[6];
    }
    if (w->goal == MONITOR_FIND_ROOTS) monitor_roots_add(w->roots, &c.second);
  }
  c.t2gpa = w->found_t2gpa = tc & TC_T2GPA;
  if (a->kind == MONITOR_PAGE_REQUEST) return tc & TC_EN_PRI ? w->goal == MONITOR_FIND_ALLOWED : monitor_fault(w, 260);
  if ((a->translated || a->kind) && !(tc & TC_EN_ATS)) return monitor_fault(w, 260);   // 3.3 item 7
  if (a->pv && (!(tc & TC_PDTV) || is_wide(a->process_id, fsc))) return monitor_fault(w, 260);
  if (a->translated) {                                             // 3.3 items 8, 9
    c.identity = !(tc & TC_T2GPA);
    return monitor_space(w, &c);
  }
  if (!(tc & TC_PDTV)) {
    c.first.mode = (uint8_t)(fsc >> 60);
    if (c.first.mode) {
      c.first.ppn = fsc & MONITOR_PPN;
      c.first.pscid = dc->word[2] >> 12 & 0xfffff;
      c.first.sv32 = c.sxl;
      c.first.big = c.sbe;
    }
    return monitor_space(w, &c);
  }
  if ((!a->pv && !(tc & TC_DPE)) || fsc >> 60 == 0) return monitor_space(w, &c);   // 3.3 items 12, 13
  c.pdtp = fsc;
  return monitor_process(w, &c);
}

// Doubleword n of the DC and those after it.
static bool context_word(monitor_walk_t *w, context_t *dc, unsigned n) {
  unsigned words = w->m->has.msi_flat ? 8 : 4;
  if (n == words) return with_context(w, dc);
  uint64_t addr = dc->base + 8 * n, known[16];
  unsigned known_count = 0;
  monitor_candidate_t c;
  for (unsigned i = 0; monitor_candidate(w, addr, i, monitor_floor(w, dc->t), &c); i++) {
    monitor_push(w, addr, MONITOR_AT_DC, NULL);
    c.value = dc->word[n] = monitor_turn(c.value, w->m->regs.be);
    if (n == 0 && !(c.value & 1)) {
      if (w->cause == 258 && monitor_saw_invalid(w, addr, &c)) return true;
      continue;
    }
    if (!monitor_holds(w, c.end, dc->t)) continue;
    if (is_bad_word(w->m, dc, n)) {
      if (monitor_fault(w, 259)) return true;
      continue;
    }
    if (monitor_reach(w) == MONITOR_TO_DDT) continue;
    uint64_t what = meaning(w, dc, n);
    bool again = false;
    for (unsigned k = 0; k < known_count; k++) again |= known[k] == what;
    if (again) continue;
    if (known_count < sizeof known / sizeof *known) known[known_count++] = what;
    if (context_word(w, dc, n + 1)) return true;
  }
  return false;
}

// ---- Device directory

static bool directory(monitor_walk_t *w, unsigned level, uint64_t table) {
  unsigned low = w->m->has.msi_flat ? 6 : 7;
  uint32_t id = w->access->device_id;
  if (level == 0) {
    uint64_t size = w->m->has.msi_flat ? 64 : 32;
    context_t dc = {.base = (table << 12) + (id & ((1u << low) - 1)) * size, .t = monitor_tags_device(&w->m->tags, id)};
    return context_word(w, &dc, 0);
  }
  uint64_t addr = table << 12 | (uint64_t)(id >> (low + 9 * (level - 1)) & 511) << 3;
  uint64_t t = w->m->tags.ddt_all;
  monitor_candidate_t c;
  for (unsigned i = 0; monitor_candidate(w, addr, i, monitor_floor(w, t), &c); i++) {
    monitor_push(w, addr, MONITOR_AT_DDT, NULL);
    c.value = monitor_turn(c.value, w->m->regs.be);
    if (!(c.value & 1)) {
      if (w->cause == 258 && monitor_saw_invalid(w, addr, &c)) return true;
      continue;
    }
    if (!monitor_holds(w, c.end, t)) continue;
    if ((c.value & 0x3fe) || c.value >> 54) {
      if (monitor_fault(w, 259)) return true;
      continue;
    }
    if (directory(w, level - 1, c.value >> 10 & MONITOR_PPN)) return true;
  }
  return false;
}

// Mode Bare (IOMMU spec 6.29): a request carries what iommu_qosid held between its arrival and its grant.
static bool pass_through(monitor_walk_t *w) {
  const monitor_access_t *a = w->access;
  const monitor_regs_t *regs = &w->m->regs;
  w->bare = true;
  if (a->translated || a->kind) return monitor_fault(w, 260);
  if (a->iova >> 56) return monitor_access_fault(w);
  w->found_qos = regs->qosid;
  if (monitor_granted(w, a->iova >> 12, 0)) return true;
  for (unsigned i = 0; i < regs->qosid_count && regs->qosid_old[i].until >= a->valid_at; i++) {
    w->found_qos = regs->qosid_old[i].value;
    if (monitor_granted(w, a->iova >> 12, 0)) return true;
  }
  return false;
}

static bool with_ddtp(monitor_walk_t *w, uint64_t ddtp) {
  unsigned mode = ddtp & 15, low = w->m->has.msi_flat ? 6 : 7;
  w->depth = 0;
  w->m->gpa_count = w->m->frame_count = w->m->tried_count = 0;
  if (mode == 0) return monitor_fault(w, 256);
  if (mode == 1) return pass_through(w);
  uint32_t above = mode == 2 ? w->access->device_id >> low : mode == 3 ? w->access->device_id >> (low + 9) : 0;
  if (above) return monitor_fault(w, 260);
  if (monitor_reach(w) == MONITOR_TO_DDTP) return false;
  return directory(w, mode - 2, ddtp >> 10 & MONITOR_PPN);
}

bool monitor_walk_device(monitor_walk_t *w) {
  const monitor_regs_t *regs = &w->m->regs;
  if (with_ddtp(w, regs->ddtp)) return true;
  for (unsigned i = 0; i < regs->old_count; i++) {
    bool seen = regs->old[i].until == MONITOR_NOW || (w->late && regs->old[i].until >= w->access->valid_at);
    if (seen && with_ddtp(w, regs->old[i].value)) return true;
  }
  return false;
}
