// SPDX-License-Identifier: Apache-2.0
#include "core.h"

#include <stddef.h>
#include <string.h>

#include "arch/causes.h"
#include "arch/dc.h"

void pcl_core_reset(pcl_core_t *core, const pcl_config_t *config) {
  const uint32_t all = (UINT32_C(1) << (2 * config->num_ports)) - 1;
  core->walkers = config->walkers;
  core->ports = config->num_ports;
  core->counts = config->hpm;
  core->messages = config->ats;
  core->ev_req = (pcl_ev_t){.event = PCL_EVENT_NONE};
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
  pcl_irq_reset(&core->irq);
  pcl_mrif_reset(&core->mrif, config);
  if (core->messages) pcl_ats_reset(&core->ats, config);
  pcl_walk_caches_reset(&core->caches, config);
  pcl_iotlb_reset(&core->iotlb, config);
}

// The requests of the ports, and that of `ats`.
static void collect_requests(const pcl_core_t *core, const pcl_core_in_t *in, pcl_core_out_t *out) {
  memcpy(out->req, in->req, sizeof out->req);
  out->req_valid = in->req_valid;
  if (!core->messages || !out->ats.req.valid) return;
  out->req[core->ats.q] = &out->ats.req;
  out->req_valid |= UINT32_C(1) << core->ats.q;
}

static void eval_messages(const pcl_core_t *core, const pcl_core_in_t *in, pcl_core_out_t *out) {
  out->ats.write.valid = false;
  out->msg_out = NULL;
  out->msg_in_ready = false;
  if (!core->messages) return;
  pcl_ats_eval(&core->ats, in->regs, out->cmd_queue.ats, &out->ats);
  out->msg_out = &core->ats.out;
  out->msg_in_ready = out->ats.in_ready;
}

static pcl_miss_pipe_in_t pipe_in(const pcl_core_t *core, const pcl_core_in_t *in, const pcl_core_out_t *out) {
  return (pcl_miss_pipe_in_t){
    .regs = in->regs,
    .pool = &core->pool,
    .caches = &core->caches,
    .iotlb = &core->iotlb,
    .req = out->req,
    .req_valid = out->req_valid,
    .inval_active = out->inval.active,
  };
}

static void eval_misses(const pcl_core_t *core, const pcl_core_in_t *in, pcl_core_out_t *out) {
  const pcl_miss_pipe_in_t pipe = pipe_in(core, in, out);
  const pcl_miss_plan_t *plan = &out->plan;
  pcl_miss_pipe_eval(&core->pipe, &pipe, &out->plan);
  out->req_ready = plan->winner >= 0 ? UINT32_C(1) << plan->winner : 0;
  if (plan->shown >= 0) {
    out->resp = core->pool.walker[plan->shown].resp;
    if (core->messages && out->resp.mask[core->ats.q] != 0) out->ats_resp = pcl_walker_ats_resp(&core->pool.walker[plan->shown]);
  } else if (plan->h_shown) {
    out->resp = core->pipe.h;
  } else {
    out->resp.valid = false;
  }
}

// Its place among the readers.
static unsigned mrif_reader(const pcl_core_t *core) { return core->walkers + 1; }

static void eval_read(const pcl_core_t *core, const pcl_core_in_t *in, pcl_core_out_t *out) {
  const uint32_t requests = pcl_walker_pool_reads(&core->pool) | (uint32_t)out->cmd_queue.read.valid << core->walkers |
                            (uint32_t)(core->mrif.state == PCL_MRIF_XAR) << mrif_reader(core);
  const int shown = pcl_ds_read_eval(&core->ds_read, requests);
  out->ar_shown = shown;
  if (shown < 0) {
    out->ds.ar.valid = false;
  } else if ((unsigned)shown == core->walkers) {
    pcl_ds_read_drive(&core->ds_read, &out->ds.ar, core->walkers, out->cmd_queue.read.addr, 2, 0, in->regs->qosid);
  } else if ((unsigned)shown == mrif_reader(core)) {
    pcl_ds_read_drive(&core->ds_read, &out->ds.ar, core->walkers + 4, pcl_mrif_addr(&core->mrif), 1, 8,
                      pcl_mrif_qos(&core->mrif));
  } else {
    const pcl_walker_t *walker = &core->pool.walker[shown];
    const pcl_access_t *access = &walker->walk.access;
    pcl_ds_read_drive(&core->ds_read, &out->ds.ar, (unsigned)shown, access->addr, access->beats,
                      access->update ? access->bytes : 0, pcl_walker_qos(walker, in->regs->qosid));
  }
}

// Sources of records above the walkers and the ports.
static unsigned irq_source(const pcl_core_t *core) { return core->walkers + core->ports; }
static unsigned mrif_source(const pcl_core_t *core) { return core->walkers + core->ports + 1; }

static void eval_faults(const pcl_core_t *core, const pcl_core_in_t *in, pcl_core_out_t *out) {
  const uint32_t sources = core->pool.in[PCL_WALKER_FAULT] | in->rec_pend << core->walkers |
                           (uint32_t)pcl_irq_faults(&core->irq) << irq_source(core) |
                           (uint32_t)pcl_mrif_faults(&core->mrif) << mrif_source(core);
  pcl_fault_queue_eval(&core->fault_queue, in->regs, sources, &out->fault_queue);
  const int guard = out->fault_queue.taken - (int)core->walkers;
  out->rec_taken = guard >= 0 && guard < (int)core->ports ? UINT32_C(1) << guard : 0;
}

static pcl_ds_write_in_t write_in(const pcl_core_t *core, const pcl_core_in_t *in, const pcl_core_out_t *out) {
  return (pcl_ds_write_in_t){
    .regs = in->regs,
    .client =
      {
        [PCL_DS_FAULT_QUEUE] = &out->fault_queue.write,
        [PCL_DS_CMD_QUEUE] = &out->cmd_queue.write,
        [PCL_DS_IRQ] = &out->irq.write,
        [PCL_DS_PAGE_QUEUE] = &out->ats.write,
        [PCL_DS_MRIF] = &out->mrif.write,
      },
    .mrif_update = core->mrif.state == PCL_MRIF_XW,
    .mrif_qos = pcl_mrif_qos(&core->mrif),
    .updates = out->updates,
  };
}

void pcl_core_eval(const pcl_core_t *core, const pcl_core_in_t *in, pcl_core_out_t *out) {
  const pcl_fence_gate_t gate = core->messages ? pcl_ats_gate(&core->ats) : PCL_FENCE_GOES;
  pcl_cmd_queue_eval(&core->cmd_queue, in->regs, gate, &out->cmd_queue);
  eval_messages(core, in, out);
  collect_requests(core, in, out);
  out->fence_start = out->cmd_queue.fence_start || pcl_off_drain_fence_start(&core->off_drain);
  const bool ddtp_req = pcl_off_drain_inv_req(&core->off_drain, in->regs->ddtp_busy);
  pcl_inval_eval(&core->inval, &core->iotlb, ddtp_req, &out->cmd_queue.inv, &out->inval);
  out->inv.kill = false;
  if (out->inval.inv.kill) out->inv = out->inval.inv;
  eval_misses(core, in, out);
  eval_read(core, in, out);
  eval_faults(core, in, out);
  pcl_irq_eval(&core->irq, in->regs, &out->irq);
  pcl_mrif_eval(&core->mrif, in->mrif_valid, &out->mrif);
  out->updates = core->pool.in[PCL_WALKER_XW] != 0 ? pcl_walker_pool_updates(&core->pool) : 0;
  const pcl_ds_write_in_t writers = write_in(core, in, out);
  out->write_captured = pcl_ds_write_eval(&core->ds_write, &writers, &out->ds);
  out->ds.r_ready = true;
  out->ds.b_ready = true;
}

// The response bus shows a leaf of a walk that the iotlb takes.
static bool fills_iotlb(const pcl_core_t *core, const pcl_core_out_t *out, pcl_iotlb_fill_t *fill) {
  if (out->plan.shown < 0 || !out->resp.ok || out->resp.size != PCL_SIZE_4K || out->resp.nofill) return false;
  if (out->inval.active) return false;
  const pcl_walker_t *walker = &core->pool.walker[out->plan.shown];
  const pcl_translation_t *translation = &walker->walk.outcome.translation;
  fill->resp = &out->resp;
  fill->way = walker->l2_way;
  fill->rights = translation->s1_rights & translation->s2_rights;
  fill->u = translation->u;
  fill->msi = pcl_mode_field(walker->walk.dc.msiptp) != PCL_MODE_BARE;
  return !translation->msi;
}

static void commit_misses(pcl_core_t *core, const pcl_core_in_t *in, const pcl_core_out_t *out) {
  const pcl_miss_pipe_in_t pipe = pipe_in(core, in, out);
  const bool ar_taken = out->ar_shown >= 0 && in->ds->ar_ready;
  const pcl_walker_pool_in_t pool = {
    .regs = in->regs,
    .inv = out->inv.kill ? &out->inv : NULL,
    .r = &in->ds->r,
    .b = &in->ds->b,
    .shown = out->plan.shown,
    .ar_taken = ar_taken && out->ar_shown < (int)core->walkers ? out->ar_shown : -1,
    .update_taken = pcl_ds_write_walker(&core->ds_write, out->write_captured),
    .fault_taken = out->fault_queue.taken < (int)core->walkers ? out->fault_queue.taken : -1,
    .fence_start = out->fence_start,
  };
  pcl_iotlb_fill_t fill;
  const bool fills = fills_iotlb(core, out, &fill);
  pcl_walker_pool_commit(&core->pool, &pool, &core->caches);
  pcl_miss_pipe_commit(&core->pipe, &pipe, &out->plan, &core->pool, &core->iotlb);
  if (fills) pcl_iotlb_fill(&core->iotlb, &fill);
}

static void fault_record(const pcl_core_t *core, int source, pcl_fault_rec_t *record) {
  if (source < (int)core->walkers) {
    pcl_walker_record(&core->pool.walker[source], record);
  } else if (source == (int)irq_source(core)) {
    *record = pcl_irq_record(&core->irq);
  } else if (source == (int)mrif_source(core)) {
    *record = pcl_mrif_record(&core->mrif);
  } else {
    *record = (pcl_fault_rec_t){.cause = PCL_CAUSE_ISOLATED, .iotval = (uint64_t)(source - (int)core->walkers), .valid = true};
  }
}

static void commit_messages(pcl_core_t *core, const pcl_core_in_t *in, const pcl_core_out_t *out, const pcl_ds_write_told_t *told,
                            pcl_regs_events_t *events) {
  const pcl_ats_told_t ats = {
    .regs = in->regs,
    .in = in->msg_in,
    .resp = &out->resp,
    .ats_resp = &out->ats_resp,
    .command = out->cmd_queue.ats,
    .write = *told,
    .req_taken = out->req_ready >> core->ats.q & 1,
    .kill = out->inv.kill,
    .out_ready = in->msg_out_ready,
    .late_clear = out->cmd_queue.late_clear,
  };
  events->msg_drained = out->ats.drained;
  pcl_ats_commit(&core->ats, &out->ats, &ats, events);
}

static void commit_queues(pcl_core_t *core, const pcl_core_in_t *in, const pcl_core_out_t *out, pcl_regs_events_t *events) {
  const pcl_r_t *r = &in->ds->r;
  const pcl_ds_write_in_t writers = write_in(core, in, out);
  const int updating = pcl_ds_write_walker(&core->ds_write, out->write_captured);
  pcl_ds_update_t update = {.bytes = 0};
  pcl_ds_write_told_t told[PCL_DS_CLIENTS];
  pcl_fault_rec_t record = {.valid = false};

  if (updating >= 0) update = pcl_walker_update(&core->pool.walker[updating]);
  pcl_ds_write_commit(&core->ds_write, &writers, out->write_captured, &update, in->ds, told);
  if (out->fault_queue.taken >= 0) fault_record(core, out->fault_queue.taken, &record);
  pcl_fault_queue_commit(&core->fault_queue, in->regs, &out->fault_queue, &record, &told[PCL_DS_FAULT_QUEUE], events);
  events->pq_done = events->pq_set_mf = events->pq_set_of = events->msg_drained = false;
  events->pq_idle = true;
  if (core->messages) commit_messages(core, in, out, &told[PCL_DS_PAGE_QUEUE], events);
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
    .ats_taken = core->messages && out->ats.cmd_ready,
    .reads_drained = (~in->drain_done & core->read_channels) == 0,
    .writes_drained = (~in->drain_done & core->write_channels) == 0,
    .upd_drained = in->upd_drained && pcl_walker_pool_drained(&core->pool),
  };
  pcl_cmd_queue_commit(&core->cmd_queue, in->regs, &out->cmd_queue, &cmd_told, events);
  events->msi_taken = told[PCL_DS_IRQ].taken;
  pcl_irq_commit(&core->irq, &out->irq, &told[PCL_DS_IRQ], out->fault_queue.taken == (int)irq_source(core));
  const pcl_mrif_told_t mrif = {
    .req = in->mrif,
    .ds = in->ds,
    .write = &told[PCL_DS_MRIF],
    .capabilities = in->regs->capabilities,
    .ar_taken = in->ds->ar_ready && out->ar_shown == (int)mrif_reader(core),
    .fault_taken = out->fault_queue.taken == (int)mrif_source(core),
  };
  pcl_mrif_commit(&core->mrif, &out->mrif, &mrif);
}

// Of `ats` the first walk of a translation request counts. Before its edge.
static pcl_event_t event_of(const pcl_core_t *core, const pcl_miss_req_t *req) {
  if (req->ats) return core->ats.asked ? PCL_EVENT_NONE : PCL_EVENT_ATS;
  return req->pri ? PCL_EVENT_NONE : PCL_EVENT_UNTRANSLATED;
}

static void note_event(pcl_core_t *core, const pcl_core_out_t *out) {
  const int winner = out->plan.winner;
  core->ev_req.event = PCL_EVENT_NONE;
  if (winner < (int)(2 * core->ports)) return;
  const pcl_miss_req_t *req = out->req[winner];
  core->ev_req = (pcl_ev_t){
    .ids = {.device_id = req->device_id, .process_id = req->process_id, .pv = req->pv},
    .event = event_of(core, req)};
}

void pcl_core_commit(pcl_core_t *core, const pcl_core_in_t *in, const pcl_core_out_t *out, pcl_regs_events_t *events) {
  const bool ddtp_req = pcl_off_drain_inv_req(&core->off_drain, in->regs->ddtp_busy);
  const pcl_off_drain_in_t off_drain = {
    .ddtp_mode = in->regs->ddtp_mode,
    .inv_done = out->inval.ddtp_done,
    .drained = (~in->drain_done & (core->read_channels | core->write_channels)) == 0 && in->upd_drained &&
               pcl_walker_pool_drained(&core->pool),
  };
  events->ddtp_done = pcl_off_drain_commit(&core->off_drain, &off_drain);
  if (core->counts) note_event(core, out);
  commit_queues(core, in, out, events);
  const bool pipe_empty = pcl_miss_pipe_empty(&core->pipe);
  commit_misses(core, in, out);
  pcl_ds_read_commit(&core->ds_read, out->ar_shown, &out->ds.ar, in->ds->ar_ready);
  if (out->inval.active || core->inval.rest != 0)
    pcl_inval_commit(&core->inval, &out->inval, ddtp_req, pipe_empty, &core->iotlb);
}
