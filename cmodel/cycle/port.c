// SPDX-License-Identifier: Apache-2.0
// One port: how its parts hang together. What happens in which clock is microarchitecture 4; the interface is in port.h.
#include "port.h"

#include <string.h>

void pcl_port_init(pcl_port_t *port, const pcl_config_t *config, unsigned index) {
  pcl_port_tlb_init(&port->tlb, config);
  pcl_port_channel_init(&port->ch[PCL_READ], config, index, PCL_READ);
  pcl_port_channel_init(&port->ch[PCL_WRITE], config, index, PCL_WRITE);
  pcl_port_w_init(&port->w, config);
  pcl_port_guard_init(&port->guard);
}

// Nothing that was granted is under way on the memory side any more.
static bool is_quiet(const pcl_port_t *port) {
  const pcl_port_channel_t *ar = &port->ch[PCL_READ];
  const pcl_port_channel_t *aw = &port->ch[PCL_WRITE];
  return ar->cnt_sum == 0 && aw->cnt_sum == 0 && !ar->out.valid && !aw->out.valid && port->w.owed == 0 &&
         aw->absorber.upd == PCL_UPD_IDLE;
}

// The same, and no walk of the port is left.
static bool is_settled(const pcl_port_t *port) {
  return is_quiet(port) && (port->ch[PCL_READ].sent | port->ch[PCL_WRITE].sent) == 0;
}

static bool iso_leaves(const pcl_port_t *port, const pcl_port_q_t *q) {
  return pcl_port_guard_leave(&port->guard, q, is_settled(port));
}

void pcl_port_req(const pcl_port_t *port, const pcl_port_q_t *q, pcl_port_req_t *req) {
  bool flush = pcl_port_guard_enter(&port->guard, q) || iso_leaves(port, q);
  for (unsigned channel = 0; channel < PCL_CHANNELS; channel++) {
    pcl_port_channel_req(&port->ch[channel], flush, &req->req[channel]);
    req->drain_done[channel] = port->ch[channel].snap_sum == 0;
  }
  req->mrif_valid = pcl_port_channel_mrif_req(&port->ch[PCL_WRITE], flush, &req->mrif);
  req->upd_drained = !port->ch[PCL_WRITE].absorber.old;
  req->isolated = port->guard.isolated;
  req->rec_pend = port->guard.rec_pend;
  req->drained = port->guard.isolated ? is_settled(port)
                                      : pcl_port_channel_drained(&port->ch[PCL_READ]) &&
                                            pcl_port_channel_drained(&port->ch[PCL_WRITE]);
}

static void eval_channels(const pcl_port_t *port, const pcl_port_in_t *in, pcl_port_found_t *found) {
  const pcl_port_pins_in_t *pins = in->pins;
  bool isolated = port->guard.isolated;
  for (unsigned channel = 0; channel < PCL_CHANNELS; channel++) {
    bool write = channel == PCL_WRITE;
    found->in[channel] = (pcl_port_channel_in_t){
        .tlb = &port->tlb, .ax = &pins->dev_ax[channel], .qosid = in->qosid, .mem_ax_ready = pins->mem_ax_ready[channel],
        .refuse = isolated || in->q.mode == PCL_MODE_ABORT, .hold = !isolated && in->q.mode == PCL_MODE_HOLD,
        .flush = found->iso_enter || found->iso_leave, .isolated = isolated, .w_full = write && pcl_port_w_full(&port->w),
        .mem_valid = write ? pins->mem_b.valid : pins->mem_r.valid, .mem_last = write || pins->mem_r.last, .w = &pins->dev_w,
        .dev_ready = write ? pins->dev_b_ready : pins->dev_r_ready, .mem_id = write ? pins->mem_b.id : pins->mem_r.id};
    pcl_port_channel_eval(&port->ch[channel], &found->in[channel], &found->ch[channel]);
  }
}

static void show_r(const pcl_port_t *port, const pcl_r_t *mem, bool valid, pcl_r_t *dev) {
  size_t bytes = port->w.words * sizeof dev->data[0];
  dev->valid = valid;
  if (!valid) return;
  if (port->ch[PCL_READ].sel) {
    const pcl_port_answer_t *answer = &port->ch[PCL_READ].answer;
    memset(dev->data, 0, bytes);
    dev->id = answer->id;
    dev->resp = answer->err ? PCL_RESP_SLVERR : PCL_RESP_OKAY;
    dev->user = 0;
    dev->last = answer->left == 0;
  } else {
    memcpy(dev->data, mem->data, bytes);
    dev->id = mem->id;
    dev->resp = mem->resp;
    dev->user = mem->user;
    dev->last = mem->last;
  }
}

static void show_b(const pcl_port_t *port, const pcl_b_t *mem, bool valid, pcl_b_t *dev) {
  if (port->ch[PCL_WRITE].sel) {
    const pcl_port_answer_t *answer = &port->ch[PCL_WRITE].answer;
    *dev = (pcl_b_t){.id = answer->id, .resp = answer->err ? PCL_RESP_SLVERR : PCL_RESP_OKAY};
  } else {
    *dev = *mem;
  }
  dev->valid = valid;
}

void pcl_port_eval(const pcl_port_t *port, const pcl_port_in_t *in, pcl_port_pins_out_t *out, pcl_port_found_t *found) {
  const pcl_port_pins_in_t *pins = in->pins;
  found->iso_enter = pcl_port_guard_enter(&port->guard, &in->q);
  found->iso_leave = iso_leaves(port, &in->q);
  eval_channels(port, in, found);
  for (unsigned channel = 0; channel < PCL_CHANNELS; channel++) {
    out->dev_ax_ready[channel] = found->ch[channel].direct || found->ch[channel].enqueue;
    out->mem_ax[channel].valid = port->ch[channel].out.valid;
    if (port->ch[channel].out.valid) out->mem_ax[channel] = port->ch[channel].out;
  }
  out->mem_r_ready = found->ch[PCL_READ].mem_ready;
  out->mem_b_ready = found->ch[PCL_WRITE].mem_ready;
  show_r(port, &pins->mem_r, found->ch[PCL_READ].dev_valid, &out->dev_r);
  show_b(port, &pins->mem_b, found->ch[PCL_WRITE].dev_valid, &out->dev_b);
  pcl_port_w_eval(&port->w, pins, out, &found->w);
  found->stuck[PCL_STUCK_R] = found->ch[PCL_READ].dev_valid && !pins->dev_r_ready;
  found->stuck[PCL_STUCK_B] = found->ch[PCL_WRITE].dev_valid && !pins->dev_b_ready;
  const bool awaited = port->w.count != 0 && !pcl_port_w_owns(&port->w);
  found->stuck[PCL_STUCK_W] = awaited && !pins->dev_w.valid;
  found->w_late = awaited && pins->dev_w.valid && !out->dev_w_ready;
}

// Whether a grant is void because a kill in the same clock covers it.
static bool is_covered(const pcl_port_t *port, const pcl_resp_t *resp, const pcl_inv_t *inv) {
  if (!resp->valid || !resp->ok || !inv->kill) return false;
  pcl_leaf_tag_t leaf = pcl_resp_tag(resp);
  return pcl_inv_covers(inv, &leaf, port->tlb.va_mask);
}

void pcl_port_commit(pcl_port_t *port, const pcl_port_in_t *in, const pcl_port_found_t *found) {
  const pcl_resp_t *resp = in->resp;
  bool covered = is_covered(port, resp, in->inv);
  bool named = resp->valid && (resp->mask[port->ch[PCL_READ].q] | resp->mask[port->ch[PCL_WRITE].q]) != 0;
  bool fill = named && resp->ok && !resp->mrif && !resp->nofill && !covered;
  pcl_port_w_edge_t w_edge = {
      .isolated = port->guard.isolated, .iso_enter = found->iso_enter, .iso_leave = found->iso_leave};
  for (unsigned channel = 0; channel < PCL_CHANNELS; channel++) {
    pcl_port_channel_edge_t edge = {
        .resp = resp, .inv = in->inv, .resp_covered = covered, .req_ready = in->req_ready[channel],
        .fence_start = in->fence_start, .swallow_done = channel == PCL_WRITE && found->w.swallow_done,
        .mrif_ready = in->mrif_ready, .mrif_done = in->mrif_done, .mrif_ok = in->mrif_ok};
    w_edge.push =
        pcl_port_channel_commit(&port->ch[channel], &found->in[channel], &found->ch[channel], &edge, &w_edge.pushed);
  }
  if (fill || in->inv->kill) pcl_port_tlb_commit(&port->tlb, resp, fill, in->inv);
  pcl_port_w_commit(&port->w, &found->w, &w_edge);
  pcl_port_guard_edge_t guard_edge = {
      .enter = found->iso_enter, .leave = found->iso_leave, .isolate = in->q.isolate, .resume = in->q.resume,
      .rec_taken = in->rec_taken,
      .stuck = {found->stuck[PCL_STUCK_R], found->stuck[PCL_STUCK_B], found->stuck[PCL_STUCK_W]},
      .w_late = found->w_late};
  pcl_port_guard_commit(&port->guard, &guard_edge);
}
