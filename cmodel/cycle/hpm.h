// SPDX-License-Identifier: Apache-2.0
// Performance counters, the twin of hpm.sv (docs/microarchitecture.md, section 6.1). Registers, their writes and the filters are
// those of cmodel/arch; here events take two clocks: `inc` gathers those of one clock, the next one counts them.
//
// Limits: 15 events of one counter in a clock. Invariant: bit i of `due` is set exactly if inc[i] is not 0.
#ifndef PCL_CYCLE_HPM_H
#define PCL_CYCLE_HPM_H

#include "buses.h"
#include "regs_word.h"

// Blocks that events come from: the channels of the ports, stage A, the walkers.
enum { PCL_EV_SOURCES = 2 * PCL_MAX_PORTS + 2 };

typedef struct {
  pcl_hpm_t regs;
  uint32_t due;
  uint8_t inc[PCL_HPM_COUNTERS];
  bool built;  // and not taken away by a fuse
} pcl_hpm_block_t;

// `counters`: what fuses leave.
void pcl_hpm_block_reset(pcl_hpm_block_t *hpm, bool built, unsigned counters);

// Whether a word of the register page is one of these registers; and its value.
bool pcl_hpm_block_holds(unsigned offset);
uint64_t pcl_hpm_block_read(const pcl_hpm_block_t *hpm, unsigned offset);

// Edge. `ev`: the events of this clock. `write` to one of these registers or NULL. Returns the pulse `overflow`.
bool pcl_hpm_block_commit(pcl_hpm_block_t *hpm, const pcl_ev_t *ev, unsigned evs, const pcl_word_write_t *write);

#endif
