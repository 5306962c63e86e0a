// SPDX-License-Identifier: Apache-2.0
#include "core.h"

#include <stddef.h>

#include "arch/causes.h"

void pcl_core_reset(pcl_core_t *core, const pcl_config_t *config) {
  const uint32_t all = (UINT32_C(1) << (2 * config->num_ports)) - 1;
  core->walkers = config->walkers;
  core->read_channels = all & 0x55;
  core->write_channels = all & 0xaa;
  pcl_miss_pipe_reset(&core->pipe, config);
  pcl_walker_pool_reset(&core->pool, config);
  pcl_inval_reset(&core->inval);
  pcl_off_drain_reset(&core->off_drain);
  pcl_ds_read_reset(&core->ds_read, config);
  pcl_ds_write_reset(&core->ds_write, config);
  pcl_cmd_queue_reset(&core->cmd_queue, config);
  pcl_fault_queue_reset(&core->fault_queue, config);
  pcl_dc_cache_reset(&core->dc_cache, config);
  pcl_nl_cache_reset(&core->nl_cache, config);
  pcl_iotlb_reset(&core->iotlb, config);
}

static pcl_miss_pipe_in_t pipe_in(const pcl_core_t *core, const pcl_core_in_t *in, const pcl_core_out_t *out) {
  return (pcl_miss_pipe_in_t){
    .regs = in->regs,
    .pool = &core->pool,
    .dc_cache = &core->dc_cache,
    .nl_cache = &core->nl_cache,
    .iotlb = &core->iotlb,
    .req = in->req,
    .req_valid = in->req_valid,
    .held = out->inval.active,
  };
}

static void eval_misses(const pcl_core_t *core, const pcl_core_in_t *in, pcl_core_out_t *out) {
  const pcl_miss_pipe_in_t pipe = pipe_in(core, in, out);
  const pcl_miss_plan_t *plan = &out->plan;
  pcl_miss_pipe_eval(&core->pipe, &pipe, &out->plan);
  out->req_ready = plan->winner >= 0 ? UINT32_C(1) << plan->winner : 0;
  if (plan->shown >= 0) {
    out->resp = core->pool.walker[plan->shown].resp;
  } else if (plan->h_shown) {
    out->resp = core->pipe.h;
  } else {
    out->resp.valid = false;
  }
}

static void eval_read(const pcl_core_t *core, pcl_core_out_t *out) {
  const uint32_t requests = core->pool.in[PCL_WALKER_AR] | (uint32_t)out->cmd_queue.read.valid << core->walkers;
  const int shown = pcl_ds_read_eval(&core->ds_read, requests);
  out->ar_shown = shown;
  if (shown < 0) {
    out->ds.ar.valid = false;
  } else if ((unsigned)shown == core->walkers) {
    pcl_ds_read_drive(&out->ds.ar, core->walkers, out->cmd_queue.read.addr, 2);
  } else {
    const pcl_access_t *access = &core->pool.walker[shown].walk.access;
    pcl_ds_read_drive(&out->ds.ar, (unsigned)shown, access->addr, access->beats);
  }
}

static void eval_faults(const pcl_core_t *core, const pcl_core_in_t *in, pcl_core_out_t *out) {
  const uint32_t sources = core->pool.in[PCL_WALKER_FAULT] | in->rec_pend << core->walkers;
  pcl_fault_queue_eval(&core->fault_queue, in->regs, sources, &out->fault_queue);
  const int guard = out->fault_queue.taken - (int)core->walkers;
  out->rec_taken = guard >= 0 ? UINT32_C(1) << guard : 0;
}

void pcl_core_eval(const pcl_core_t *core, const pcl_core_in_t *in, pcl_core_out_t *out) {
  pcl_cmd_queue_eval(&core->cmd_queue, in->regs, &out->cmd_queue);
  out->fence_start = out->cmd_queue.fence_start || pcl_off_drain_fence_start(&core->off_drain);
  const bool ddtp_req = pcl_off_drain_inv_req(&core->off_drain, in->regs->ddtp_busy);
  pcl_inval_eval(&core->inval, &core->iotlb, ddtp_req, &out->cmd_queue.inv, &out->inval);
  out->inv.kill = false;
  if (out->inval.inv.kill) out->inv = out->inval.inv;
  eval_misses(core, in, out);
  eval_read(core, out);
  eval_faults(core, in, out);
  const pcl_ds_write_req_t *const writers[PCL_DS_WRITERS] = {&out->fault_queue.write, &out->cmd_queue.write};
  out->write_captured = pcl_ds_write_eval(&core->ds_write, writers, &out->ds);
  out->ds.r_ready = true;
  out->ds.b_ready = true;
}

// The caches' part of a kill.
static void kill_caches(pcl_core_t *core, const pcl_inv_t *inv) {
  pcl_dc_cache_kill(&core->dc_cache, inv);
  pcl_nl_cache_kill(&core->nl_cache, inv);
}

static void commit_misses(pcl_core_t *core, const pcl_core_in_t *in, const pcl_core_out_t *out) {
  const pcl_miss_pipe_in_t pipe = pipe_in(core, in, out);
  const bool ar_taken = out->ar_shown >= 0 && in->ds->ar_ready;
  const pcl_walker_pool_in_t pool = {
    .regs = in->regs,
    .inv = out->inv.kill ? &out->inv : NULL,
    .r = &in->ds->r,
    .shown = out->plan.shown,
    .ar_taken = ar_taken && out->ar_shown < (int)core->walkers ? out->ar_shown : -1,
    .fault_taken = out->fault_queue.taken < (int)core->walkers ? out->fault_queue.taken : -1,
  };
  const bool fill = out->plan.shown >= 0 && out->resp.ok && out->resp.size == PCL_SIZE_4K && !out->inval.active;
  const unsigned way = fill ? core->pool.walker[out->plan.shown].l2_way : 0;
  if (pool.inv) kill_caches(core, pool.inv);
  pcl_walker_pool_commit(&core->pool, &pool, &core->dc_cache, &core->nl_cache);
  pcl_miss_pipe_commit(&core->pipe, &pipe, &out->plan, &core->pool, &core->iotlb);
  if (fill) pcl_iotlb_fill(&core->iotlb, &out->resp, way);
}

static void fault_record(const pcl_core_t *core, int source, pcl_fault_rec_t *record) {
  if (source < (int)core->walkers) {
    pcl_walker_record(&core->pool.walker[source], record);
  } else {
    *record = (pcl_fault_rec_t){.cause = PCL_CAUSE_ISOLATED, .iotval = (uint64_t)(source - (int)core->walkers), .valid = true};
  }
}

static void commit_queues(pcl_core_t *core, const pcl_core_in_t *in, const pcl_core_out_t *out, pcl_regs_events_t *events) {
  const pcl_r_t *r = &in->ds->r;
  const pcl_ds_write_req_t *const writers[PCL_DS_WRITERS] = {&out->fault_queue.write, &out->cmd_queue.write};
  pcl_ds_write_told_t told[PCL_DS_WRITERS];
  pcl_fault_rec_t record = {.valid = false};

  pcl_ds_write_commit(&core->ds_write, writers, out->write_captured, in->ds, told);
  if (out->fault_queue.taken >= 0) fault_record(core, out->fault_queue.taken, &record);
  pcl_fault_queue_commit(&core->fault_queue, in->regs, &out->fault_queue, &record, &told[PCL_DS_FAULT_QUEUE], events);
  const pcl_cmd_queue_told_t cmd_told = {
    .read =
      {
        .data = r->data[0],
        .taken = in->ds->ar_ready && out->ar_shown == (int)core->walkers,
        .r_valid = r->valid && r->id == core->walkers,
        .r_error = r->resp >= PCL_RESP_SLVERR || r->user & 1,
      },
    .write = told[PCL_DS_CMD_QUEUE],
    .inv_done = out->inval.cq_done,
    .reads_drained = (~in->drain_done & core->read_channels) == 0,
    .writes_drained = (~in->drain_done & core->write_channels) == 0,
  };
  pcl_cmd_queue_commit(&core->cmd_queue, in->regs, &out->cmd_queue, &cmd_told, events);
}

void pcl_core_commit(pcl_core_t *core, const pcl_core_in_t *in, const pcl_core_out_t *out, pcl_regs_events_t *events) {
  const bool ddtp_req = pcl_off_drain_inv_req(&core->off_drain, in->regs->ddtp_busy);
  const pcl_off_drain_in_t off_drain = {
    .ddtp_mode = in->regs->ddtp_mode,
    .inv_done = out->inval.ddtp_done,
    .drained = (~in->drain_done & (core->read_channels | core->write_channels)) == 0,
  };
  events->ddtp_done = pcl_off_drain_commit(&core->off_drain, &off_drain);
  commit_queues(core, in, out, events);
  const bool pipe_empty = pcl_miss_pipe_empty(&core->pipe);
  commit_misses(core, in, out);
  pcl_ds_read_commit(&core->ds_read, out->ar_shown, in->ds->ar_ready);
  if (out->inval.active || core->inval.rest != 0)
    pcl_inval_commit(&core->inval, &out->inval, ddtp_req, pipe_empty, &core->iotlb);
}
