// SPDX-License-Identifier: Apache-2.0
//
// What was seen in a run, counted at the data-structure port and in the model's registers.
#ifndef TB_TALLY_H
#define TB_TALLY_H

#include "observe.h"

enum { TALLY_CAUSES = 4096, TALLY_DDTP_MODES = 5, TALLY_FSC_MODES = 4, TALLY_SIZES = 7 };

// A fetched command counts under its kind, and a fence also under each of its operands.
typedef enum {
  TALLY_VMA, TALLY_VMA_AV, TALLY_VMA_PSCV, TALLY_VMA_AV_PSCV,
  TALLY_VMA_GV, TALLY_VMA_AV_GV, TALLY_VMA_PSCV_GV, TALLY_VMA_AV_PSCV_GV, TALLY_GVMA,
  TALLY_FENCE, TALLY_FENCE_AV, TALLY_FENCE_WSI, TALLY_FENCE_PR, TALLY_FENCE_PW,
  TALLY_DDT_ALL, TALLY_DDT_ONE, TALLY_OTHER, TALLY_COMMANDS
} tally_command_t;

typedef struct {
  uint64_t table_reads;             // reads of walkers
  uint64_t walks;                   // walks that ended in a response
  uint64_t merges;                  // requests that joined a walk
  uint64_t l2_hits;                 // answers of the iotlb
  uint64_t faults;                  // fault records written
  uint64_t cause[TALLY_CAUSES];     // by CAUSE
  uint64_t commands;                // fetched
  uint64_t command[TALLY_COMMANDS]; // by tally_command_t
  uint64_t ddtp_mode[TALLY_DDTP_MODES];  // walks that ended under it
  uint64_t fsc_mode[TALLY_FSC_MODES];    // granted walks: first stage Bare, Sv39, Sv48, Sv57
  uint64_t leaf[TALLY_SIZES];            // granted walks by page size
  uint64_t pbmt[4];
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

extern const char *const tally_command_names[TALLY_COMMANDS];

void tally_clock(tally_t *tally, const tb_view_t *view, const pcl_config_t *config);

#endif
