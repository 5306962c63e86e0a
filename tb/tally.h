// SPDX-License-Identifier: Apache-2.0
//
// What was seen in a run, counted at the data-structure port and in the model's registers.
#ifndef TB_TALLY_H
#define TB_TALLY_H

#include "observe.h"

enum { TALLY_CAUSES = 4096, TALLY_DDTP_MODES = 5, TALLY_STAGE_MODES = 5, TALLY_DIRECTORIES = 3, TALLY_SIZES = 7 };

// A fetched command counts under its kind, and a fence also under each of its operands; IOTINVAL with AV=1 also under NL, S.
typedef enum {
  TALLY_VMA, TALLY_VMA_AV, TALLY_VMA_PSCV, TALLY_VMA_AV_PSCV, TALLY_VMA_GV, TALLY_VMA_GV_AV, TALLY_VMA_GV_PSCV,
  TALLY_VMA_GV_AV_PSCV, TALLY_GVMA, TALLY_GVMA_GV, TALLY_GVMA_GV_AV, TALLY_INVAL_NL, TALLY_INVAL_S, TALLY_FENCE, TALLY_FENCE_AV,
  TALLY_FENCE_WSI, TALLY_FENCE_PR, TALLY_FENCE_PW, TALLY_DDT_ALL, TALLY_DDT_ONE, TALLY_PDT, TALLY_OTHER, TALLY_COMMANDS
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
  uint64_t first_stage[TALLY_STAGE_MODES];   // granted walks: first stage Bare, Sv39, Sv48, Sv57, Sv32
  uint64_t second_stage[TALLY_STAGE_MODES];  // second stage Bare, Sv39x4, Sv48x4, Sv57x4, Sv32x4
  uint64_t two_stages;              // granted walks, neither stage Bare
  uint64_t processes[TALLY_DIRECTORIES];  // by a process context, of a directory of 1, 2, 3 levels
  uint64_t guest_directories;       // of them, behind a second stage
  uint64_t supervisors;             // with supervisor privilege
  uint64_t msi_pages;               // to a page of an interrupt file
  uint64_t fractured;               // smaller than the first-stage leaf
  uint64_t updates;                 // exclusive writes made, of A and D
  uint64_t updates_lost;            // and those that lost
  uint64_t implicit;                // records of guest page faults of implicit accesses
  uint64_t implicit_writes;         // of them, of implicit writes
  uint64_t leaf[TALLY_SIZES];            // granted walks by page size
  uint64_t pbmt[4];
  uint64_t kills;                   // invalidations
  uint64_t kill_in_walk;            // with a walk under way that it voids
  uint64_t kill_at_fill;            // in the clock of a walk's answer
  uint64_t fence_over_stall;        // fences started while a granted address waits at memory
  uint64_t message_in[16];          // by kind
  uint64_t message_out[16];
  uint64_t translations[8];         // Translation Completions by status
  uint64_t translations_none;       // of them, successes without a right
  uint64_t page_answers[16];        // Page Request Group Responses by code
  uint64_t cache_timeouts;          // fences that found an invalidation of a device's cache given up
  uint64_t interrupts;              // rising edges of irq
  // Between clocks.
  uint16_t write_id;
  uint8_t write_beat;
  bool guest_fault;                 // the record being written is of a guest page fault
  bool fetch_second;
  bool by_address;                  // the command being fetched is an IOTINVAL with AV=1
  bool timed_out;
  uint16_t irq;
} tally_t;

extern const char *const tally_command_names[TALLY_COMMANDS];

void tally_clock(tally_t *tally, const tb_view_t *view, const pcl_config_t *config);

#endif
