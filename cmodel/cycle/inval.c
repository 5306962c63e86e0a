// SPDX-License-Identifier: Apache-2.0
#include "inval.h"

#include <stddef.h>

// Clocks of rest after all sets were looked at.
enum { REST_AFTER_SCAN = 15 };

void pcl_inval_reset(pcl_inval_t *inval) { *inval = (pcl_inval_t){.state = PCL_INVAL_INIT}; }

// Whether entries of the iotlb may be covered: those have no device_id.
static bool looks(const pcl_inv_t *inv) { return inv->op == PCL_INV_VMA || inv->op == PCL_INV_GVMA; }

// Whether they can stand only in the set of the page.
static bool one_set(const pcl_inv_t *inv, bool frac) {
  return inv->op == PCL_INV_VMA && inv->av && inv->range == 0 && !frac;
}

void pcl_inval_eval(const pcl_inval_t *inval, const pcl_iotlb_t *iotlb, bool ddtp_req, const pcl_inv_t *cq,
                    pcl_inval_out_t *out) {
  out->inv.kill = false;
  out->ddtp_done = false;
  out->cq_done = false;
  out->active = inval->state != PCL_INVAL_IDLE || (inval->rest == 0 && (ddtp_req || cq->kill));
  if (inval->state != PCL_INVAL_CHECK) return;
  if (inval->ddtp) {
    out->inv = (pcl_inv_t){.op = PCL_INV_ALL};
  } else {
    out->inv = *cq;
  }
  out->scan = looks(&out->inv) && !one_set(&out->inv, iotlb->frac);
  out->last_set = !out->scan || inval->set + 1 == iotlb->sets;
  out->inv.kill = out->last_set;
  out->ddtp_done = out->last_set && inval->ddtp;
  out->cq_done = out->last_set && !inval->ddtp;
}

static void init(pcl_inval_t *inval, pcl_iotlb_t *iotlb) {
  pcl_iotlb_clear(iotlb, inval->set, NULL);
  inval->set++;
  if (inval->set != iotlb->sets) return;
  inval->state = PCL_INVAL_IDLE;
  iotlb->frac = false;
}

static void check(pcl_inval_t *inval, const pcl_inval_out_t *out, pcl_iotlb_t *iotlb) {
  const pcl_inv_t *inv = &out->inv;
  if (looks(inv)) {
    const unsigned set = out->scan ? inval->set : pcl_iotlb_set(iotlb, inv->vpn);
    if (pcl_iotlb_clear(iotlb, set, inv)) inval->fragments = true;
  }
  inval->set++;
  if (!out->last_set) return;
  if (out->scan) iotlb->frac = inval->fragments;
  inval->state = PCL_INVAL_IDLE;
  inval->rest = out->scan && iotlb->ways != 0 ? REST_AFTER_SCAN : 1;
}

void pcl_inval_commit(pcl_inval_t *inval, const pcl_inval_out_t *out, bool ddtp_req, bool pipe_empty, pcl_iotlb_t *iotlb) {
  switch (inval->state) {
    case PCL_INVAL_INIT: init(inval, iotlb); break;
    case PCL_INVAL_IDLE:
      if (inval->rest != 0) inval->rest--;
      if (!out->active) break;
      inval->ddtp = ddtp_req;
      inval->state = PCL_INVAL_READ;
      break;
    case PCL_INVAL_READ:
      inval->set = 0;
      inval->fragments = false;
      if (pipe_empty) inval->state = PCL_INVAL_CHECK;
      break;
    default: check(inval, out, iotlb); break;
  }
}
