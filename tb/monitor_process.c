// SPDX-License-Identifier: Apache-2.0
//
// See monitor_walk.h: the process directory and the PC (IOMMU spec 3.2, 3.3.2). Their addresses are GPAs in a VM.
#include "monitor_walk.h"

typedef struct {
  const monitor_context_t *context;
  uint32_t process_id;
  unsigned level;
} place_t;

bool monitor_first_mode(const monitor_t *m, unsigned mode, bool sxl) {
  const monitor_features_t *has = &m->has;
  if (mode == 0) return true;
  if (sxl) return mode == 8 && has->sv32;
  return (mode == 8 && has->sv39) || (mode == 9 && has->sv48) || (mode == 10 && has->sv57);
}

static bool table(monitor_walk_t *w, const monitor_context_t *context, uint32_t process_id, unsigned level, uint64_t ppn);

// ta was found; fsc is the doubleword after it.
static bool with_ta(monitor_walk_t *w, const place_t *p, uint64_t ta, uint64_t addr, uint64_t t) {
  if (ta & UINT64_C(0xffffffff00000ff8)) return monitor_fault(w, 267);   // 3.2.4: reserved
  bool supervisor = w->access->pv && w->access->priv, forbidden = supervisor && !(ta & 2);   // 3.3 item 15: ENS
  if (forbidden && monitor_fault(w, 260)) return true;
  monitor_candidate_t c;
  for (unsigned i = 0; monitor_candidate(w, addr, i, t, &c); i++) {
    monitor_push(w, addr, MONITOR_AT_PC, NULL);
    c.value = monitor_turn(c.value, p->context->sbe);
    unsigned mode = (unsigned)(c.value >> 60);
    if (!monitor_holds(w, c.end, t)) continue;
    if ((c.value >> 44 & 0xffff) || !monitor_first_mode(w->m, mode, p->context->sxl)) {
      if (monitor_fault(w, 267)) return true;
      continue;
    }
    if (forbidden) continue;
    monitor_context_t context = *p->context;
    context.pdtp = 0;
    context.supervisor = supervisor;
    context.sum = ta & 4;
    context.first.mode = (uint8_t)mode;
    if (mode) {
      context.first.ppn = c.value & MONITOR_PPN;
      context.first.pscid = ta >> 12 & 0xfffff;
      context.first.sv32 = context.sxl;
      context.first.big = context.sbe;
    }
    if (monitor_space(w, &context)) return true;
  }
  return false;
}

static bool entry(monitor_walk_t *w, void *argument, uint64_t addr) {
  const place_t *p = argument;
  const monitor_tags_t *tags = &w->m->tags;
  uint32_t device_id = w->access->device_id;
  uint64_t t = p->level ? monitor_tags_device(tags, device_id) : monitor_tags_process(tags, device_id, p->process_id);
  monitor_candidate_t c;
  for (unsigned i = 0; monitor_candidate(w, addr, i, monitor_floor(w, t), &c); i++) {
    monitor_push(w, addr, p->level ? MONITOR_AT_PDT : MONITOR_AT_PC, NULL);
    c.value = monitor_turn(c.value, p->context->sbe);
    if (!(c.value & 1)) {
      if (w->cause == 266 && monitor_saw_invalid(w, addr, &c)) return true;
      continue;
    }
    if (!monitor_holds(w, c.end, t)) continue;
    if (p->level == 0) {
      if (with_ta(w, p, c.value, addr + 8, t)) return true;
    } else if ((c.value & 0x3fe) || c.value >> 54) {
      if (monitor_fault(w, 267)) return true;
    } else if (table(w, p->context, p->process_id, p->level - 1, c.value >> 10 & MONITOR_PPN)) {
      return true;
    }
  }
  return false;
}

static bool table(monitor_walk_t *w, const monitor_context_t *context, uint32_t process_id, unsigned level, uint64_t ppn) {
  uint64_t index = level == 2 ? process_id >> 17 : level == 1 ? process_id >> 8 & 511 : process_id & 255;
  uint64_t addr = ppn << 12 | index << (level ? 3 : 4);
  place_t p = {.context = context, .process_id = process_id, .level = level};
  return monitor_implicit(w, context, addr, false, entry, &p);
}

bool monitor_process(monitor_walk_t *w, const monitor_context_t *context) {
  unsigned mode = (unsigned)(context->pdtp >> 60);
  uint32_t process_id = w->access->pv ? w->access->process_id : 0;                                  // 3.3 item 11: DPE
  if (monitor_reach(w) < MONITOR_TO_PC || !monitor_is_new(w, context)) return false;
  if (context->second.vm) w->m->guest_directories = true;
  return table(w, context, process_id, mode - 1, context->pdtp & MONITOR_PPN);
}
