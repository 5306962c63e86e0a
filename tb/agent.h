// SPDX-License-Identifier: Apache-2.0
//
// Software of the simulated system: sets up the IOMMU, gives the devices addresses, and lives with what happens.
//
// An agent is straight-line code, like the driver that it uses: `run` is called once, out of reset, and time passes only where it
// waits (tb_run, tb_reg_read, tb_reg_write, tb_drain, ...). While it waits everything else goes on: devices, memories, checks. To
// do something while an access is under way it posts it (reg_post_write(tb_regs(tb), ...)), goes on with tb_step(), and asks
// reg_done(). Memory is stored to and loaded from at once, by tb_store() and tb_load().
//
// It tells the streams what they may use by target_add(tb_targets(tb, port), ...), interrupts are tb_irq(tb). It returns when
// tb_cycle(tb) has reached agent_context_t.cycles, the registers left so that whatever is under way can end (no port in HOLD, no
// isolated port, no error bit that stops a queue). tb_finish() then drains and checks.
#ifndef TB_AGENT_H
#define TB_AGENT_H

#include "tb.h"

typedef struct {
  uint64_t cycles;           // when to return
  uint64_t seed;             // of its own generators
  const profile_t *profile;
} agent_context_t;

typedef struct {
  const char *name;
  const char *what;          // one line for --help
  void (*run)(tb_t *tb, const agent_context_t *context);
} agent_t;

extern const agent_t agent_os, agent_basic;

// What agent_os did in its last run.
typedef struct {
  uint64_t actions[48];           // by os_action_t (os_agent.h)
  uint64_t clocks[48];            // that they took
  uint64_t msi_entries;           // MSI page table entries made
  uint64_t processes;             // process contexts made
  uint64_t directories[3];        // process directories of 1, 2, 3 levels
  uint64_t vms_recycled;
  uint64_t tables_moved;          // tables of guests given other memory
  uint64_t maps[6];               // pages of 4K, 64K, 2M, 1G, 512G, 256T
  uint64_t changes;               // entries changed in place
  uint64_t probes;                // reads of a page before and at once after V became 1
  uint64_t broken_entries;        // page-table and directory entries spoiled
  uint64_t junk_contexts;
  uint64_t moves;                 // devices given another domain
  uint64_t recycled;              // domains ended
  uint64_t modes[5];              // entries of ddtp modes Off, Bare, 1LVL, 2LVL, 3LVL
  uint64_t quiesces[2];           // HOLD, ABORT
  uint64_t isolations, isolations_seen, releases;
  uint64_t illegal[16];           // illegal commands by form (os_queues.c)
  uint64_t file_entries;          // MSI page table entries in MRIF mode made
  uint64_t messages_answered;     // OKAY, of those the system asked for
  uint64_t page_requests, pages_made;
  uint64_t message_quiesces, cache_timeouts;
  uint64_t records;               // fault records taken
  uint64_t nonsense, resets;
  uint64_t messages, messages_lost;  // of interrupts; memory refused them
  uint64_t masks;                 // of vectors
  uint64_t counter_checks;        // counters compared with what software counted
  uint64_t counted;               // their sum
  uint64_t overflows;             // of counters
  uint64_t events[9];             // counters that went on while they counted an event, by event; 0: clocks
  uint64_t debug_answers[2];      // as the tables say: translated, refused
  uint64_t qos_grants;            // with QoS IDs of their device
  uint64_t narrows[2];            // times of 32 bits: one device, all with fctl.GXL
  uint64_t big_endian;            // 1: the tables of the host are
  uint32_t command_queue_sizes;   // bit n: 2^n entries were used
  uint32_t fault_queue_sizes;
} agent_counts_t;

const agent_counts_t *agent_counts(void);

// All agents, ended by NULL; the first is the default.
extern const agent_t *const agents[];

#endif
