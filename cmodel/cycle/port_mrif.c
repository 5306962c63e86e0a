// SPDX-License-Identifier: Apache-2.0
#include "port_mrif.h"

void pcl_port_mrif_init(pcl_port_mrif_t *mrif, const pcl_config_t *config) {
  *mrif = (pcl_port_mrif_t){.upd = PCL_UPD_IDLE, .bus_size = (unsigned)__builtin_ctz(config->data_width / 8)};
}

void pcl_port_mrif_grant(pcl_port_mrif_t *mrif, const pcl_resp_t *resp) {
  mrif->file = resp->file;
  mrif->nid = resp->nid;
  mrif->dtf = resp->dtf;
}

// The aligned group of 4 bytes that the strobes select, or -1.
static int group_of(const pcl_w_t *w, unsigned bus_size) {
  for (unsigned group = 0; group < 1u << bus_size >> 2; group++) {
    if (w->strb == UINT64_C(0xf) << 4 * group) return (int)group;
  }
  return -1;
}

// Whether the beat has the shape of an MSI. The place in the page is that of the bytes, whatever AxSIZE.
static bool take_beat(pcl_port_mrif_t *mrif, const pcl_w_t *w, uint64_t addr) {
  const int group = group_of(w, mrif->bus_size);
  if (group < 0) return false;
  const uint64_t place = ((addr & 0xfff) >> mrif->bus_size << mrif->bus_size) | 4 * (uint64_t)group;
  mrif->data = (uint32_t)(w->data[group / 2] >> 32 * (group & 1));
  mrif->beyond = place >> 3 != 0;
  mrif->high = place >> 2 & 1;
  return true;
}

static pcl_upd_state_t step(pcl_port_mrif_t *mrif, const pcl_port_mrif_edge_t *edge, pcl_port_mrif_told_t *told) {
  switch (mrif->upd) {
    case PCL_UPD_IDLE: return edge->load ? PCL_UPD_W : PCL_UPD_IDLE;
    case PCL_UPD_W:
      if (edge->flush) return PCL_UPD_IDLE;
      if (!edge->swallow_done) return PCL_UPD_W;
      if (take_beat(mrif, edge->w, edge->addr)) return PCL_UPD_ASK;
      *told = (pcl_port_mrif_told_t){.ready = true, .err = true};
      return PCL_UPD_IDLE;
    case PCL_UPD_ASK:
      if (edge->flush) return PCL_UPD_IDLE;
      return edge->ready ? PCL_UPD_RUN : PCL_UPD_ASK;
    default:
      if (!edge->done) return PCL_UPD_RUN;
      *told = (pcl_port_mrif_told_t){.ready = edge->holds, .err = !edge->ok};
      return PCL_UPD_IDLE;
  }
}

pcl_port_mrif_told_t pcl_port_mrif_commit(pcl_port_mrif_t *mrif, const pcl_port_mrif_edge_t *edge) {
  pcl_port_mrif_told_t told = {.ready = false};
  mrif->upd = (uint8_t)step(mrif, edge, &told);
  const bool absorbing = edge->holds_next || mrif->upd != PCL_UPD_IDLE;
  mrif->old = absorbing && (edge->fence_start || mrif->old);
  return told;
}
