// SPDX-License-Identifier: Apache-2.0
//
// What was seen in a run, counted at the data-structure port and in the model's registers.
#ifndef TB_TALLY_H
#define TB_TALLY_H

#include "observe.h"

enum { TALLY_CAUSES = 4096, TALLY_DDTP_MODES = 5, TALLY_STAGE_MODES = 5, TALLY_DIRECTORIES = 3, TALLY_SIZES = 7,
       TALLY_TTYPS = 10 };

// A fetched command counts under its kind, and a fence also under each of its operands; IOTINVAL with AV=1 also under NL, S;
// GVMA_NL and GVMA_S are of these what IOTINVAL.GVMA has.
typedef enum {
  TALLY_VMA, TALLY_VMA_AV, TALLY_VMA_PSCV, TALLY_VMA_AV_PSCV, TALLY_VMA_GV, TALLY_VMA_GV_AV, TALLY_VMA_GV_PSCV,
  TALLY_VMA_GV_AV_PSCV, TALLY_GVMA, TALLY_GVMA_GV, TALLY_GVMA_GV_AV, TALLY_INVAL_NL, TALLY_INVAL_S, TALLY_FENCE, TALLY_FENCE_AV,
  TALLY_FENCE_WSI, TALLY_FENCE_PR, TALLY_FENCE_PW, TALLY_DDT_ALL, TALLY_DDT_ONE, TALLY_PDT, TALLY_ATS_INVAL, TALLY_ATS_PRGR,
  TALLY_GVMA_NL, TALLY_GVMA_S, TALLY_OTHER, TALLY_COMMANDS
} tally_command_t;

// Accesses of the data-structure port that memory may refuse. From TALLY_ON_FENCE to TALLY_ON_FILE in the order of AXI IDs.
typedef enum {
  TALLY_ON_DDT, TALLY_ON_PDT, TALLY_ON_PTE, TALLY_ON_GPTE, TALLY_ON_MSI_PTE, TALLY_ON_UPDATE, TALLY_ON_COMMAND, TALLY_ON_FENCE,
  TALLY_ON_RECORD, TALLY_ON_INTERRUPT, TALLY_ON_PAGE, TALLY_ON_FILE, TALLY_ON_NOTICE, TALLY_ACCESSES
} tally_access_t;

// Error bits that stop a queue.
typedef enum {
  TALLY_CQMF, TALLY_CMD_TO, TALLY_CMD_ILL, TALLY_FQMF, TALLY_FQOF, TALLY_PQMF, TALLY_PQOF, TALLY_STOPS
} tally_stop_t;

typedef struct {
  uint64_t table_reads;             // reads of walkers
  uint64_t walks;                   // walks that ended in a response
  uint64_t merges;                  // requests that joined a walk
  uint64_t l2_hits;                 // answers of the iotlb
  uint64_t faults;                  // fault records written
  uint64_t cause[TALLY_CAUSES];     // by CAUSE
  uint64_t ttyp[TALLY_TTYPS];       // by TTYP
  uint64_t granted[TALLY_TTYPS];    // granted walks, by the TTYP that a fault would have
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
  uint64_t stop_markers;            // page requests that are one
  uint64_t gpas;                    // granted walks whose device is told GPAs of a second stage
  uint64_t other_order;             // granted walks of contexts with SBE different from fctl.BE
  uint64_t stops[TALLY_STOPS];      // times that an error bit of a queue was set
  uint64_t errors[TALLY_ACCESSES];  // beats and B that memory answered with an error
  uint64_t poison[TALLY_ACCESSES];  // beats that it gave as corrupt
  uint64_t file_updates;            // exclusive writes made, of interrupt files
  uint64_t file_updates_lost;
  uint64_t late_walks;              // reads of walks answered after a fence that an invalidation before it covers
  uint64_t interrupts;              // rising edges of irq
  // Between clocks.
  uint16_t write_id;
  uint8_t write_beat;
  bool guest_fault;                 // the record being written is of a guest page fault
  bool fetch_second;
  bool by_address;                  // the command being fetched is an IOTINVAL with AV=1
  bool by_gpa;                      // and of GVMA
  bool fencing;                     // a fence is in execution
  uint8_t stopped;                  // by tally_stop_t
  uint16_t irq;
  uint32_t head;                    // cqh
  uint32_t overtaken;               // walkers whose read is one of late_walks when it is answered
} tally_t;

extern const char *const tally_command_names[TALLY_COMMANDS];
extern const char *const tally_access_names[TALLY_ACCESSES];
extern const char *const tally_stop_names[TALLY_STOPS];

void tally_clock(tally_t *tally, const tb_view_t *view, const pcl_config_t *config);

// tally_memory.c: its part of that.
void tally_memory(tally_t *tally, const tb_view_t *view);

#endif
