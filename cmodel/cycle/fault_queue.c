// SPDX-License-Identifier: Apache-2.0
#include "fault_queue.h"

#include <string.h>

#include "arch/caps.h"
#include "rr_arb.h"

// Records whose B may be missing at a time.
enum { MAX_IN_FLIGHT = 7 };

void pcl_fault_queue_reset(pcl_fault_queue_t *state, const pcl_config_t *config) {
  memset(state, 0, sizeof *state);
  state->depth = (uint8_t)config->fq_depth;
  state->sources = (uint8_t)(config->walkers + config->num_ports + 2);
}

static bool off(const pcl_regs_state_t *regs) { return !regs->fq.on || !regs->fq.en; }

// Nothing may be written: records are lost until software clears the error or enables the queue.
static bool dropping(const pcl_regs_state_t *regs) { return off(regs) || pcl_fq_stopped(&regs->fq); }

static bool full(const pcl_fault_queue_t *state, const pcl_regs_state_t *regs) {
  return ((state->issue_idx + 1) & pcl_queue_mask(&regs->fq)) == regs->fq.head;
}

// The head may go to memory, or is found to overflow the queue.
static bool ready(const pcl_fault_queue_t *state, const pcl_regs_state_t *regs) {
  return state->count != 0 && !state->writing && !dropping(regs) && state->in_flight != MAX_IN_FLIGHT && !state->awaiting;
}

void pcl_fault_queue_eval(const pcl_fault_queue_t *state, const pcl_regs_state_t *regs, uint32_t sources,
                          pcl_fault_queue_out_t *out) {
  out->taken = -1;
  if (sources != 0 && (state->count < state->depth || off(regs))) out->taken = (int)pcl_rr_pick(sources, state->src_ptr);
  out->write.valid = ready(state, regs) && !full(state, regs);
  out->write.addr = (regs->fq.ppn << 12 | (uint64_t)state->issue_idx * 32) & ((UINT64_C(1) << PCL_SPA_BITS) - 1);
  out->write.data = state->fifo[state->first];
  out->idle = state->count == 0 && state->in_flight == 0;
}

static void pop(pcl_fault_queue_t *state) {
  state->first = (uint8_t)((state->first + 1) % state->depth);
  state->count--;
}

static void push(pcl_fault_queue_t *state, const pcl_fault_rec_t *record) {
  uint64_t *dw = state->fifo[(state->first + state->count) % state->depth];
  dw[0] = record->cause | (uint64_t)record->process_id << 12 | (uint64_t)record->pv << 32 | (uint64_t)record->priv << 33 |
          (uint64_t)record->ttyp << 34 | (uint64_t)record->device_id << 40;
  dw[1] = 0;
  dw[2] = record->iotval;
  dw[3] = record->iotval2;
  state->count++;
}

static void take_b(pcl_fault_queue_t *state, bool error, pcl_regs_events_t *events) {
  state->in_flight--;
  if (state->awaiting) return;
  events->fq_done = !error;
  events->fq_set_mf = error;
  state->awaiting = error;
}

void pcl_fault_queue_commit(pcl_fault_queue_t *state, const pcl_regs_state_t *regs, const pcl_fault_queue_out_t *out,
                            const pcl_fault_rec_t *record, const pcl_ds_write_told_t *told, pcl_regs_events_t *events) {
  bool settled = state->in_flight == 0;
  events->fq_done = events->fq_set_mf = events->fq_set_of = false;
  events->fq_idle = out->idle;
  if (settled && state->count == 0 && out->taken < 0 && !state->awaiting && regs->fq.on) return;

  bool pops = false;
  if (state->writing) {
    pops = told->w_done;
    state->writing = !told->w_done;
  } else if (state->count != 0 && dropping(regs)) {
    pops = true;
  } else if (ready(state, regs) && full(state, regs)) {
    pops = true;
    events->fq_set_of = true;
  }
  if (out->taken >= 0) {
    state->src_ptr = (uint8_t)pcl_rr_next((unsigned)out->taken, state->sources);
    if (!off(regs)) push(state, record);
  }
  if (pops) pop(state);
  if (told->b_valid && !settled) take_b(state, told->b_error, events);
  if (told->taken) {
    state->writing = true;
    state->in_flight++;
    state->issue_idx = (state->issue_idx + 1) & pcl_queue_mask(&regs->fq);
  }
  if (settled && (state->awaiting || !regs->fq.on)) {
    state->issue_idx = regs->fq.tail;
    state->awaiting = false;
  }
}
