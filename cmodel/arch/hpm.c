// SPDX-License-Identifier: Apache-2.0
//
// Event matching and counting.
#include "arch/hpm.h"

#include <string.h>

#include "pcl_regs.h"

static uint64_t ones(unsigned bits) { return bits >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << bits) - 1; }

static unsigned event_id(uint64_t event) { return (unsigned)(event & PCL_IOHPMEVT_EVENTID_MASK); }

static void find_counting(pcl_hpm_t *hpm) {
  hpm->counting = 0;
  for (unsigned i = 0; i < hpm->counters; i++) {
    if (event_id(hpm->event[i]) != PCL_EVENT_NONE && !(hpm->inhibit >> (i + 1) & 1)) hpm->counting |= UINT32_C(1) << i;
  }
}

void pcl_hpm_init(pcl_hpm_t *hpm, unsigned counters, unsigned bits) {
  memset(hpm, 0, sizeof *hpm);
  hpm->counters = (uint8_t)counters;
  hpm->bits = (uint8_t)bits;
}

void pcl_hpm_write_inhibit(pcl_hpm_t *hpm, uint32_t value) {
  hpm->inhibit = value & (uint32_t)ones(hpm->counters + 1u);
  find_counting(hpm);
}

void pcl_hpm_write_counter(pcl_hpm_t *hpm, unsigned index, uint64_t value) {
  if (index < hpm->counters) hpm->counter[index] = value & ones(hpm->bits);
}

void pcl_hpm_write_event(pcl_hpm_t *hpm, unsigned index, uint64_t value) {
  if (index >= hpm->counters) return;
  if (event_id(value) > PCL_EVENT_S2_WALK) value &= ~PCL_IOHPMEVT_EVENTID_MASK;
  hpm->event[index] = value;
  find_counting(hpm);
}

void pcl_hpm_write_cycles(pcl_hpm_t *hpm, uint64_t value) {
  hpm->cycles = value & (PCL_IOHPMCYCLES_OF_MASK | ones(hpm->bits));
}

uint32_t pcl_hpm_overflows(const pcl_hpm_t *hpm) {
  uint32_t overflows = (uint32_t)(hpm->cycles >> PCL_IOHPMCYCLES_OF_SHIFT);
  for (unsigned i = 0; i < hpm->counters; i++) overflows |= (uint32_t)(hpm->event[i] >> PCL_IOHPMEVT_OF_SHIFT) << (i + 1);
  return overflows;
}

// With DMASK the bits up to and including the lowest 0 of the filter's own value are not compared.
static bool device_matches(uint64_t event, uint32_t id) {
  const uint32_t filter = (uint32_t)((event & PCL_IOHPMEVT_DID_GSCID_MASK) >> PCL_IOHPMEVT_DID_GSCID_SHIFT);
  const uint32_t masked = event & PCL_IOHPMEVT_DMASK_MASK ? filter ^ (filter + 1) : 0;
  return ((filter ^ id) & ~masked) == 0;
}

static bool process_matches(uint64_t event, uint32_t id) {
  return (event & PCL_IOHPMEVT_PID_PSCID_MASK) >> PCL_IOHPMEVT_PID_PSCID_SHIFT == id;
}

// Table "filtering options". IDT=1 is supported for the events of page tables only; otherwise nothing is counted.
static bool matches(uint64_t event, const pcl_event_ids_t *ids) {
  const bool by_space = event & PCL_IOHPMEVT_IDT_MASK;
  if (by_space && event_id(event) != PCL_EVENT_TLB_MISS && event_id(event) < PCL_EVENT_S1_WALK) return false;
  if (event & PCL_IOHPMEVT_DV_GSCV_MASK) {
    if (by_space && !ids->gscv) return false;
    if (!device_matches(event, by_space ? ids->gscid : ids->device_id)) return false;
  }
  if (event & PCL_IOHPMEVT_PV_PSCV_MASK) {
    if (by_space ? !ids->pscv : !ids->pv) return false;
    if (!process_matches(event, by_space ? ids->pscid : ids->process_id)) return false;
  }
  return true;
}

bool pcl_hpm_selects(uint64_t selector, pcl_event_t event, const pcl_event_ids_t *ids) {
  return event_id(selector) == event && matches(selector, ids);
}

bool pcl_hpm_count(pcl_hpm_t *hpm, pcl_event_t event, const pcl_event_ids_t *ids) {
  bool due = false;
  for (unsigned i = 0; hpm->counting >> i; i++) {
    if (!(hpm->counting >> i & 1) || !pcl_hpm_selects(hpm->event[i], event, ids)) continue;
    hpm->counter[i] = (hpm->counter[i] + 1) & ones(hpm->bits);
    if (hpm->counter[i] != 0) continue;
    // The counter goes on; OF stays until software clears it, and disables the interrupt meanwhile.
    if (!(hpm->event[i] & PCL_IOHPMEVT_OF_MASK)) due = true;
    hpm->event[i] |= PCL_IOHPMEVT_OF_MASK;
  }
  return due;
}

pcl_event_t pcl_load_event(const pcl_access_t *access) {
  if (access->update) return PCL_EVENT_NONE;
  switch (access->kind) {
    case PCL_ACCESS_DDT_NONLEAF:
    case PCL_ACCESS_DC: return PCL_EVENT_DDT_WALK;
    case PCL_ACCESS_PDT_NONLEAF:
    case PCL_ACCESS_PC: return PCL_EVENT_PDT_WALK;
    case PCL_ACCESS_PTE: return PCL_EVENT_S1_WALK;
    case PCL_ACCESS_GPTE: return PCL_EVENT_S2_WALK;
    default: return PCL_EVENT_NONE;
  }
}

bool pcl_hpm_advance(pcl_hpm_t *hpm, uint64_t cycles) {
  const unsigned bits = hpm->bits < 63 ? hpm->bits : 63;
  const uint64_t old = hpm->cycles & ones(bits), of = hpm->cycles & PCL_IOHPMCYCLES_OF_MASK;
  if (hpm->inhibit & PCL_IOCOUNTINH_CY_MASK) return false;
  const uint64_t room = ones(bits) - old;
  hpm->cycles = of | ((old + cycles) & ones(bits));
  if (cycles <= room) return false;
  hpm->cycles |= PCL_IOHPMCYCLES_OF_MASK;
  return !of;
}
