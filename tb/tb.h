// SPDX-License-Identifier: Apache-2.0
//
// The testbench as a library: the IOMMU (RTL and model in lockstep, or the model alone), memory, devices and a CPU that reaches
// the registers.
//
// The caller is the software of the simulated system: whatever it does takes clocks only where it calls tb_step() or a function
// that waits. A scenario:
//
//   tb_t *tb = tb_create(&(tb_options_t){.seed = 1, .checks = true, .rtl = true, .exact = true});
//   tb_reg_write(tb, PCL_REG_DDTP_OFFSET, ddtp, 8);
//   assert(tb_dma_write(tb, port, device_id, iova, data, bytes) == PCL_RESP_OKAY);
//   return tb_finish(tb);    // drains, last checks; 0 if nothing failed
//
// What fails is printed. Inside tb_protect() a failure then leaves its body at once (longjmp); outside the program ends.
#ifndef TB_TB_H
#define TB_TB_H

#include "device.h"
#include "failure.h"
#include "lockstep.h"
#include "memory.h"
#include "messages.h"
#include "observe.h"
#include "profile.h"
#include "reg_master.h"
#include "scoreboard.h"
#include "tally.h"
#include "target.h"

typedef struct tb tb_t;

typedef struct {
  uint64_t seed;
  const profile_t *profile;  // random streams and the pace of everything; NULL: none, everything at full speed
  bool checks;               // model, scoreboard and observers
  bool rtl;                  // use the RTL if the program has it
  bool exact;                // memories in exact mode (axi_mem.h), whatever the profile says
  uint64_t fuse_caps;        // fuse_caps_i; 0 means all ones
  uint8_t fuse_hpm;          // fuse_hpm_i; 0 means all ones
  const char *waves;         // FST file, or NULL
  uint64_t waves_from;       // first clock recorded
} tb_options_t;

// The configuration that this program was built for.
const pcl_config_t *tb_config(void);

// NULL with a message if the options cannot be met. Comes out of reset.
tb_t *tb_create(const tb_options_t *options);
void tb_destroy(tb_t *tb);

// One clock.
void tb_step(tb_t *tb);
void tb_run(tb_t *tb, uint64_t clocks);
uint64_t tb_cycle(const tb_t *tb);

// Resets the IOMMU and its buses together; memory keeps its contents, requests under way are lost.
void tb_reset(tb_t *tb);

// Registers: waits for the access. `bytes` 4 or 8.
uint64_t tb_reg_read(tb_t *tb, unsigned offset, unsigned bytes);
void tb_reg_write(tb_t *tb, unsigned offset, uint64_t value, unsigned bytes);

// Registers without waiting: post with reg_post_*(), ask with reg_done().
reg_master_t *tb_regs(tb_t *tb);

// Interrupt wires in the last clock.
unsigned tb_irq(const tb_t *tb);

// Memory, without taking time: the stores of a CPU. Journalled with the coming clock.
mem_t *tb_memory(tb_t *tb);
uint64_t tb_load(tb_t *tb, uint64_t addr);
void tb_store(tb_t *tb, uint64_t addr, uint64_t value);

// The devices of a port; device_post() for single requests.
device_t *tb_device(tb_t *tb, unsigned port);

// The root port at the message pins (ATS).
messages_t *tb_messages(tb_t *tb);

// A DMA transfer as full-width INCR bursts of up to 256 beats, one after the other; waits. Returns the greatest response.
unsigned tb_dma_read(tb_t *tb, unsigned port, unsigned device_id, uint64_t iova, void *data, unsigned bytes);
unsigned tb_dma_write(tb_t *tb, unsigned port, unsigned device_id, uint64_t iova, const void *data, unsigned bytes);

// Waits for a posted request, at most `limit` clocks; false if it is still under way.
bool tb_wait_dma(tb_t *tb, const dma_t *dma, uint64_t limit);

// Ranges that the streams of a port may use.
targets_t *tb_targets(tb_t *tb, unsigned port);

// The memories, for scenarios that slow them down, shut them or make them answer with errors.
axi_mem_t *tb_port_memory(tb_t *tb, unsigned port);
axi_mem_t *tb_table_memory(tb_t *tb);

// Switches the streams of all ports.
void tb_pause(tb_t *tb, bool paused);

// Waits until no request, burst or register access is under way; false after `limit` clocks.
bool tb_drain(tb_t *tb, uint64_t limit);

// End of a run: pauses, drains, asks the observers; 0 if nothing failed, else 1.
int tb_finish(tb_t *tb);

// Checkers. At most 8; to be called before the first step.
void tb_observe(tb_t *tb, const tb_observer_t *observer);
failure_t *tb_failure(tb_t *tb);
uint64_t tb_fuse_caps(const tb_t *tb);

// Runs `body`; returns when it does, when something failed, or when tb_stop() was called.
void tb_protect(tb_t *tb, void (*body)(tb_t *tb, void *context), void *context);

// Ends tb_protect() at the next step. May be called from a signal handler.
void tb_stop(tb_t *tb);
bool tb_stopped(const tb_t *tb);

// Called every 4096 clocks.
void tb_set_tick(tb_t *tb, void (*tick)(void *context), void *context);

// Numbers for the summary.
const lockstep_t *tb_lockstep(const tb_t *tb);
const sb_counts_t *tb_scoreboard_counts(const tb_t *tb);
const tally_t *tb_tally(const tb_t *tb);
bool tb_has_rtl(const tb_t *tb);

// The model's registers in this clock: for measurements and counts, not for judging.
const pcl_top_t *tb_model(const tb_t *tb);

#endif
