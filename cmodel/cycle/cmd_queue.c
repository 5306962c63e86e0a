// SPDX-License-Identifier: Apache-2.0
// Invariant: the FIFO is empty while flushing; under_way + count <= depth.
#include "cmd_queue.h"

#include <stddef.h>
#include <string.h>

#include "arch/caps.h"

void pcl_cmd_queue_reset(pcl_cmd_queue_t *state, const pcl_config_t *config) {
  memset(state, 0, sizeof *state);
  state->depth = (uint8_t)config->cq_depth;
  state->two_stage = pcl_two_stage(config);
}

// Neither fetches nor starts a command.
static bool halted(const pcl_regs_state_t *regs) { return !regs->cq.on || !regs->cq.en || pcl_cq_stopped(&regs->cq); }

static const pcl_cq_entry_t *head(const pcl_cmd_queue_t *state) { return &state->fifo[state->first]; }

// A command that inval must carry out.
static bool needs_inval(const pcl_cmd_queue_t *state, const pcl_command_t *command) {
  switch (command->kind) {
    case PCL_CMD_IODIR_INVAL_DDT:
    case PCL_CMD_IODIR_INVAL_PDT: return true;
    case PCL_CMD_IOTINVAL_VMA: return state->two_stage || !command->gv;
    case PCL_CMD_IOTINVAL_GVMA: return state->two_stage;
    default: return false;
  }
}

// A command that `ats` must carry out.
static bool for_devices(const pcl_command_t *command) {
  return command->kind == PCL_CMD_ATS_INVAL || command->kind == PCL_CMD_ATS_PRGR;
}

// IOMMU spec 4.1.2: WSI is reserved unless wired interrupts are on; looked at when the command is executed.
static bool wsi_allowed(const pcl_command_t *command, const pcl_regs_state_t *regs) {
  return !command->wsi || regs->fctl & PCL_FCTL_WSI;
}

// Page-number bits that a NAPOT range leaves open: the lowest 0 and all below.
static uint64_t open_bits(uint64_t vpn) { return (vpn ^ (vpn + 1)) & ((UINT64_C(1) << 52) - 1); }

static pcl_inv_t inval_request(const pcl_command_t *command) {
  static const uint8_t op[] = {
    [PCL_CMD_IOTINVAL_VMA] = PCL_INV_VMA,
    [PCL_CMD_IOTINVAL_GVMA] = PCL_INV_GVMA,
    [PCL_CMD_IODIR_INVAL_DDT] = PCL_INV_DDT,
    [PCL_CMD_IODIR_INVAL_PDT] = PCL_INV_PDT,
  };
  const uint64_t vpn = command->addr >> 12;
  const bool all = command->kind == PCL_CMD_IODIR_INVAL_DDT && !command->dv;
  return (pcl_inv_t){
    .op = all ? PCL_INV_ALL : op[command->kind],
    .vpn = vpn,
    .range = command->s ? open_bits(vpn) : 0,
    .pscid = command->pscid,
    .device_id = command->did,
    .process_id = command->pid,
    .gscid = command->gscid,
    .av = command->av,
    .pscv = command->pscv,
    .gv = command->gv,
    .nl = command->nl,
    .kill = true,
  };
}

void pcl_cmd_queue_eval(const pcl_cmd_queue_t *state, const pcl_regs_state_t *regs, pcl_fence_gate_t gate,
                        pcl_cmd_queue_out_t *out) {
  const pcl_queue_regs_t *cq = &regs->cq;
  bool halt = halted(regs);
  bool start = state->exec == PCL_CQ_IDLE && !halt && state->count != 0 && !head(state)->err;
  const pcl_command_t *command = &head(state)->decoded;

  out->read.valid = state->ar_hold || (!halt && !state->flushing && state->fetch_idx != cq->tail &&
                                       state->count + state->under_way < state->depth);
  out->read.addr = cq->ppn << 12 | (uint64_t)state->fetch_idx * 16;
  out->inv.kill = false;
  if (state->exec == PCL_CQ_INVAL || (start && needs_inval(state, command))) out->inv = inval_request(command);
  const bool fence = start && command->kind == PCL_CMD_IOFENCE_C && wsi_allowed(command, regs);
  out->fence_start = fence && gate == PCL_FENCE_GOES;
  out->late_clear = fence && gate == PCL_FENCE_LATE;
  out->ats = start && for_devices(command) ? command : NULL;
  out->write.valid = state->exec == PCL_CQ_WRITE && command->addr >> PCL_SPA_BITS == 0;
  out->write.addr = command->addr;
  out->write.data = &state->fence_data;
  out->idle = state->count == 0 && state->under_way == 0 && !state->ar_hold && state->exec == PCL_CQ_IDLE;
}

static void done(pcl_cmd_queue_t *state, pcl_regs_events_t *events) {
  const pcl_command_t *command = &head(state)->decoded;
  events->cq_done = true;
  events->cq_set_fence = command->kind == PCL_CMD_IOFENCE_C && command->wsi;
  state->first = (uint8_t)((state->first + 1) % state->depth);
  state->count--;
  state->exec = PCL_CQ_IDLE;
}

static void failed(pcl_cmd_queue_t *state, bool *set) {
  *set = true;
  state->exec = PCL_CQ_IDLE;
}

// A command that has not begun.
static void look_at_head(pcl_cmd_queue_t *state, const pcl_regs_state_t *regs, const pcl_cmd_queue_out_t *out,
                         const pcl_cmd_queue_told_t *told, pcl_regs_events_t *events) {
  const pcl_cq_entry_t *entry = head(state);
  if (entry->err) {
    failed(state, &events->cq_set_mf);
  } else if (entry->decoded.kind == PCL_CMD_IOFENCE_C && wsi_allowed(&entry->decoded, regs)) {
    if (out->fence_start) {
      state->exec = PCL_CQ_DRAIN;
      state->fence_data = entry->decoded.data;
    } else if (out->late_clear) {
      failed(state, &events->cq_set_to);
    }
  } else if (needs_inval(state, &entry->decoded)) {
    state->exec = PCL_CQ_INVAL;
    if (told->inv_done) done(state, events);
  } else if (out->ats) {
    if (told->ats_taken) done(state, events);
  } else if (entry->decoded.kind == PCL_CMD_IOTINVAL_VMA || entry->decoded.kind == PCL_CMD_IOTINVAL_GVMA) {
    done(state, events);
  } else {
    failed(state, &events->cq_set_ill);
  }
}

static void execute(pcl_cmd_queue_t *state, const pcl_regs_state_t *regs, const pcl_cmd_queue_out_t *out,
                    const pcl_cmd_queue_told_t *told, pcl_regs_events_t *events) {
  const pcl_command_t *command = &head(state)->decoded;
  switch (state->exec) {
    case PCL_CQ_IDLE:
      if (!halted(regs) && state->count != 0) look_at_head(state, regs, out, told, events);
      break;
    case PCL_CQ_INVAL:
      if (told->inv_done) done(state, events);
      break;
    case PCL_CQ_DRAIN:
      if (!told->upd_drained) break;
      if ((command->pr && !told->reads_drained) || (command->pw && !told->writes_drained)) break;
      if (command->av) state->exec = PCL_CQ_WRITE;
      else done(state, events);
      break;
    case PCL_CQ_WRITE:
      if (!out->write.valid) failed(state, &events->cq_set_mf);
      else if (told->write.taken) state->exec = PCL_CQ_B;
      break;
    default:
      if (!told->write.b_valid) break;
      if (told->write.b_error) failed(state, &events->cq_set_mf);
      else done(state, events);
      break;
  }
}

// Commands are big-endian with fctl.BE.
static uint64_t in_order(const pcl_regs_state_t *regs, uint64_t data) {
  return regs->fctl & PCL_FCTL_BE ? __builtin_bswap64(data) : data;
}

// The second beat completes a command; `keep` is false while flushing.
static void receive(pcl_cmd_queue_t *state, const pcl_regs_state_t *regs, const pcl_cmd_queue_told_t *told, bool keep) {
  state->second = !state->second;
  if (state->second) {
    state->beat0 = in_order(regs, told->read.data);
    state->beat0_err = told->read.r_error;
    return;
  }
  state->under_way--;
  if (!keep) return;
  uint64_t dw[2] = {state->beat0, in_order(regs, told->read.data)};
  pcl_cq_entry_t *entry = &state->fifo[(state->first + state->count) % state->depth];
  entry->err = state->beat0_err || told->read.r_error;
  entry->decoded = pcl_command_decode(regs->capabilities, PCL_FCTL_WSI, dw);
  state->count++;
}

void pcl_cmd_queue_commit(pcl_cmd_queue_t *state, const pcl_regs_state_t *regs, const pcl_cmd_queue_out_t *out,
                          const pcl_cmd_queue_told_t *told, pcl_regs_events_t *events) {
  bool halt = halted(regs);
  bool flush = halt || state->flushing;
  bool awaits = state->under_way != 0 || state->ar_hold;
  events->cq_done = events->cq_set_mf = events->cq_set_to = events->cq_set_ill = events->cq_set_fence = false;
  events->cq_idle = out->idle;

  if (state->exec != PCL_CQ_IDLE || state->count != 0) execute(state, regs, out, told, events);
  if (told->read.r_valid && state->under_way != 0) receive(state, regs, told, !flush);
  if (told->read.taken) {
    state->fetch_idx = (state->fetch_idx + 1) & pcl_queue_mask(&regs->cq);
    state->under_way++;
  }
  if (halt && state->exec == PCL_CQ_IDLE) state->count = 0;
  if (flush && !awaits) state->fetch_idx = regs->cq.head;
  state->flushing = flush && awaits;
  state->ar_hold = out->read.valid && !told->read.taken;
}
