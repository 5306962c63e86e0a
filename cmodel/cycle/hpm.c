// SPDX-License-Identifier: Apache-2.0
#include "hpm.h"

#include <string.h>

#include "pcl_regs.h"

enum { COUNTER_BITS = 64 };

void pcl_hpm_block_reset(pcl_hpm_block_t *hpm, bool built, unsigned counters) {
  memset(hpm, 0, sizeof *hpm);
  hpm->built = built;
  if (built) pcl_hpm_init(&hpm->regs, counters, COUNTER_BITS);
}

bool pcl_hpm_block_holds(unsigned offset) {
  return offset >= PCL_REG_IOCOUNTOVF_OFFSET && offset < PCL_REG_TR_REQ_IOVA_OFFSET;
}

// Index of the counter (selector) whose register this is; beyond those of that kind if it is of another.
static unsigned counter_at(unsigned offset) { return (offset - PCL_REG_IOHPMCTR_OFFSET) / PCL_REG_IOHPMCTR_STRIDE; }
static unsigned selector_at(unsigned offset) { return (offset - PCL_REG_IOHPMEVT_OFFSET) / PCL_REG_IOHPMEVT_STRIDE; }

uint64_t pcl_hpm_block_read(const pcl_hpm_block_t *hpm, unsigned offset) {
  const pcl_hpm_t *regs = &hpm->regs;
  if (offset == PCL_REG_IOCOUNTOVF_OFFSET) return pcl_hpm_overflows(regs) | (uint64_t)regs->inhibit << 32;
  if (offset == PCL_REG_IOHPMCYCLES_OFFSET) return regs->cycles;
  if (offset < PCL_REG_IOHPMEVT_OFFSET) return regs->counter[counter_at(offset)];
  return regs->event[selector_at(offset)];
}

// IOMMU spec 6.20 to 6.23.
static void write_word(pcl_hpm_block_t *hpm, const pcl_word_write_t *write) {
  pcl_hpm_t *regs = &hpm->regs;
  const unsigned offset = write->offset;
  const uint64_t value = pcl_word_merge(pcl_hpm_block_read(hpm, offset), write);
  if (offset == PCL_REG_IOCOUNTOVF_OFFSET) {
    if (write->hi) pcl_hpm_write_inhibit(regs, (uint32_t)(value >> 32));
  } else if (offset == PCL_REG_IOHPMCYCLES_OFFSET) {
    pcl_hpm_write_cycles(regs, value);
  } else if (offset < PCL_REG_IOHPMEVT_OFFSET) {
    pcl_hpm_write_counter(regs, counter_at(offset), value);
  } else {
    pcl_hpm_write_event(regs, selector_at(offset), value);
  }
}

// What a counter (miss: and a miss) of the selector makes of an event.
static bool selects(uint64_t selector, const pcl_ev_t *ev) {
  return pcl_hpm_selects(selector, (pcl_event_t)ev->event, &ev->ids) ||
         (ev->miss && pcl_hpm_selects(selector, PCL_EVENT_TLB_MISS, &ev->ids));
}

static void gather(pcl_hpm_block_t *hpm, const pcl_ev_t *ev) {
  for (uint32_t left = hpm->regs.counting; left != 0; left &= left - 1) {
    const unsigned i = (unsigned)__builtin_ctz(left);
    if (!selects(hpm->regs.event[i], ev)) continue;
    hpm->inc[i]++;
    hpm->due |= left & -left;
  }
}

// Adds what is due, but for the counter `written`. Returns those that pass their end.
static uint32_t add(pcl_hpm_block_t *hpm, unsigned written) {
  uint32_t passed = 0;
  for (uint32_t left = hpm->due; left != 0; left &= left - 1) {
    const unsigned i = (unsigned)__builtin_ctz(left);
    if (i != written) {
      hpm->regs.counter[i] += hpm->inc[i];
      if (hpm->regs.counter[i] < hpm->inc[i]) passed |= left & -left;
    }
    hpm->inc[i] = 0;
  }
  hpm->due = 0;
  return passed;
}

bool pcl_hpm_block_commit(pcl_hpm_block_t *hpm, const pcl_ev_t *ev, unsigned evs, const pcl_word_write_t *write) {
  pcl_hpm_t *regs = &hpm->regs;
  bool overflow = false;
  if (!hpm->built) return false;
  uint32_t passed = hpm->due != 0 ? add(hpm, write ? counter_at(write->offset) : PCL_HPM_COUNTERS) : 0;
  if (regs->counting != 0) {
    for (unsigned i = 0; i < evs; i++) gather(hpm, &ev[i]);
  }
  if (!write || write->offset != PCL_REG_IOHPMCYCLES_OFFSET) overflow |= pcl_hpm_advance(regs, 1);
  if (write) write_word(hpm, write);
  for (; passed != 0; passed &= passed - 1) {
    uint64_t *event = &regs->event[__builtin_ctz(passed)];
    if (!(*event & PCL_IOHPMEVT_OF_MASK)) overflow = true;
    *event |= PCL_IOHPMEVT_OF_MASK;
  }
  return overflow;
}
