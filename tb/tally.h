// SPDX-License-Identifier: Apache-2.0
//
// What was seen in a run, counted at the data-structure port and in the model's registers.
#ifndef TB_TALLY_H
#define TB_TALLY_H

#include "observe.h"

enum { TALLY_CAUSES = 4096, TALLY_COMMANDS = 8 };

typedef struct {
  uint64_t table_reads;             // reads of walkers
  uint64_t walks;                   // walks that ended in a response
  uint64_t merges;                  // requests that joined a walk
  uint64_t l2_hits;                 // answers of the iotlb
  uint64_t faults;                  // fault records written
  uint64_t cause[TALLY_CAUSES];     // by CAUSE
  uint64_t commands;                // fetched
  uint64_t command[TALLY_COMMANDS]; // by tally_command_t
  uint64_t kills;                   // invalidations
  uint64_t kill_in_walk;            // with a walk under way that it voids
  uint64_t kill_at_fill;            // in the clock of a walk's answer
  uint64_t fence_over_stall;        // fences started while a granted address waits at memory
  uint64_t interrupts;              // rising edges of irq
  // Between clocks.
  uint16_t write_id;
  uint8_t write_beat;
  bool fetch_second;
  uint16_t irq;
} tally_t;

typedef enum {
  TALLY_VMA, TALLY_VMA_AV, TALLY_VMA_PSCV, TALLY_VMA_AV_PSCV, TALLY_GVMA, TALLY_FENCE, TALLY_DDT, TALLY_OTHER
} tally_command_t;

extern const char *const tally_command_names[TALLY_COMMANDS];

void tally_clock(tally_t *tally, const tb_view_t *view, const pcl_config_t *config);

#endif
