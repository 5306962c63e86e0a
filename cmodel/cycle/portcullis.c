// SPDX-License-Identifier: Apache-2.0
#include "portcullis.h"

#include <stddef.h>

void pcl_top_init(pcl_top_t *top, const pcl_config_t *config, uint64_t fuse_caps, unsigned fuse_hpm) {
  top->num_ports = config->num_ports;
  top->debug = config->dbg;
  top->counts = config->hpm;
  for (unsigned p = 0; p < top->num_ports; p++) pcl_port_init(&top->port[p], config, p);
  pcl_core_reset(&top->core, config);
  pcl_regs_reset(&top->regs, config, fuse_caps, fuse_hpm);
}

// What the ports show from their registers, as the core sees it.
static void collect_requests(pcl_top_t *top, pcl_core_in_t *in) {
  in->req_valid = in->rec_pend = in->drain_done = in->mrif_valid = 0;
  in->upd_drained = true;
  for (unsigned p = 0; p < top->num_ports; p++) {
    pcl_port_req_t *req = &top->clock.req[p];
    pcl_port_req(&top->port[p], &top->regs.quiesce[p], req);
    in->rec_pend |= (uint32_t)req->rec_pend << p;
    in->mrif[p] = &req->mrif;
    in->mrif_valid |= (uint32_t)req->mrif_valid << p;
    in->upd_drained = in->upd_drained && req->upd_drained;
    for (unsigned c = 0; c < PCL_CHANNELS; c++) {
      unsigned q = 2 * p + c;
      in->req[q] = &req->req[c];
      in->req_valid |= (uint32_t)req->req[c].valid << q;
      in->drain_done |= (uint32_t)req->drain_done[c] << q;
    }
  }
  if (!top->debug) return;
  pcl_regs_debug_req(&top->regs.debug, &top->clock.debug_req);
  in->req[2 * top->num_ports] = &top->clock.debug_req;
  in->req_valid |= (uint32_t)top->clock.debug_req.valid << 2 * top->num_ports;
}

void pcl_top_eval(pcl_top_t *top, const pcl_in_t *in, pcl_out_t *out) {
  pcl_core_in_t *core_in = &top->clock.core_in;
  pcl_core_out_t *core_out = &top->clock.core_out;
  core_in->regs = &top->regs;
  core_in->ds = &in->ds;
  core_in->msg_in = &in->msg_in;
  core_in->msg_out_ready = in->msg_out_ready;
  collect_requests(top, core_in);
  pcl_core_eval(&top->core, core_in, core_out);
  out->ds = core_out->ds;

  for (unsigned p = 0; p < top->num_ports; p++) {
    pcl_port_in_t *port_in = &top->clock.port_in[p];
    port_in->pins = &in->port[p];
    port_in->resp = &core_out->resp;
    port_in->inv = &core_out->inv;
    port_in->q = top->regs.quiesce[p];
    port_in->qosid = top->regs.qosid;
    for (unsigned c = 0; c < PCL_CHANNELS; c++) port_in->req_ready[c] = core_out->req_ready >> (2 * p + c) & 1;
    port_in->fence_start = core_out->fence_start;
    port_in->rec_taken = core_out->rec_taken >> p & 1;
    port_in->mrif_ready = core_out->mrif.ready >> p & 1;
    port_in->mrif_done = core_out->mrif.done >> p & 1;
    port_in->mrif_ok = core_out->mrif.ok;
    pcl_port_eval(&top->port[p], port_in, &out->port[p], &top->clock.found[p]);
  }
  pcl_regs_eval(&top->regs, &in->reg, &out->reg, &out->irq);
  out->msg_in_ready = core_out->msg_in_ready;
  out->msg_out.valid = false;
  if (core_out->msg_out) out->msg_out = *core_out->msg_out;
}

static void note(pcl_regs_events_t *events, const pcl_ev_t *ev) {
  if (ev->event != PCL_EVENT_NONE) events->ev[events->evs++] = *ev;
}

// What the counters see in this clock, before the edge changes it.
static void collect_events(const pcl_top_t *top, pcl_regs_events_t *events) {
  events->evs = 0;
  if (!top->counts) return;
  for (unsigned p = 0; p < top->num_ports; p++) {
    for (unsigned c = 0; c < PCL_CHANNELS; c++) note(events, &top->port[p].ch[c].ev);
  }
  note(events, &top->core.ev_req);
  note(events, &top->core.pool.ev);
}

static void tell_debug(const pcl_top_t *top, pcl_regs_events_t *events) {
  const unsigned q = 2 * top->num_ports;
  const pcl_core_out_t *out = &top->clock.core_out;
  events->dbg_taken = out->req_ready >> q & 1;
  events->dbg_resp = out->resp.valid && out->resp.mask[q] != 0 ? &out->resp : NULL;
}

void pcl_top_commit(pcl_top_t *top, const pcl_in_t *in) {
  pcl_regs_events_t events;
  collect_events(top, &events);
  tell_debug(top, &events);
  pcl_core_commit(&top->core, &top->clock.core_in, &top->clock.core_out, &events);
  for (unsigned p = 0; p < top->num_ports; p++) {
    pcl_port_commit(&top->port[p], &top->clock.port_in[p], &top->clock.found[p]);
    events.drained[p] = top->clock.req[p].drained;
    events.isolated[p] = top->clock.req[p].isolated;
  }
  pcl_regs_commit(&top->regs, &in->reg, &events);
}
