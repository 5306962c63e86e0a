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

extern const agent_t agent_basic;

// All agents, ended by NULL; the first is the default.
extern const agent_t *const agents[];

#endif
