// SPDX-License-Identifier: Apache-2.0
#include "walker.h"

#include <string.h>

enum { INV_SIZE_NONE = 7 };

static pcl_regs_t walk_regs(const pcl_regs_state_t *regs) {
  return (pcl_regs_t){.capabilities = regs->capabilities, .ddtp = regs->ddtp_ppn << 10 | regs->ddtp_mode};
}

pcl_walker_state_t pcl_walker_take(pcl_walker_t *walker, const pcl_walker_job_t *job) {
  const pcl_miss_req_t *req = job->req;
  walker->request = (pcl_request_t){
    .iova = req->iova,
    .device_id = req->device_id,
    .process_id = req->process_id,
    .pv = req->pv,
    .priv = req->priv,
    .exec = req->exec,
    .write = job->q & 1,
    .translated = req->translated,
    .bus_illegal = req->illegal,
  };
  walker->dc = job->dc;
  walker->l2_way = job->l2_way;
  walker->killed = false;
  walker->inv_size = INV_SIZE_NONE;
  memset(walker->resp.mask, 0, sizeof walker->resp.mask);
  walker->resp.mask[job->q] = UINT32_C(1) << req->slot;
  walker->resp.lead = true;
  walker->resp.lead_q = job->q;
  walker->resp.lead_slot = req->slot;
  walker->resp.valid = true;
  return PCL_WALKER_START;
}

// The walk stands at a read.
static pcl_walker_state_t ask(pcl_walker_t *walker) {
  walker->beat = 0;
  walker->response.status = PCL_MEM_OK;
  return PCL_WALKER_AR;
}

// Anew, with nothing known.
static pcl_walker_state_t restart(pcl_walker_t *walker) {
  walker->dc.known = false;
  walker->killed = false;
  walker->inv_size = INV_SIZE_NONE;
  return PCL_WALKER_START;
}

static pcl_walker_state_t grant(pcl_walker_t *walker) {
  const pcl_translation_t *translation = &walker->walk.outcome.translation;
  const pcl_request_t *request = &walker->request;
  pcl_resp_t *resp = &walker->resp;
  resp->ok = true;
  resp->device_id = request->device_id;
  resp->pv = request->pv;
  resp->vpn = request->iova >> 12;
  resp->spn = pcl_translation_spa(translation, request->iova) >> 12;
  resp->size = translation->size;
  resp->pscid = translation->pscid;
  resp->pbmt = translation->pbmt;
  resp->r = translation->r;
  resp->w = translation->w;
  resp->x = translation->x;
  resp->g = translation->g;
  return PCL_WALKER_RESP;
}

static pcl_walker_state_t follow(pcl_walker_t *walker, pcl_step_t step) {
  if (step == PCL_STEP_ACCESS) return ask(walker);
  if (!walker->walk.outcome.faulted) return grant(walker);
  walker->resp.ok = false;
  return walker->walk.outcome.fault.report ? PCL_WALKER_FAULT : PCL_WALKER_RESP;
}

// `fast` has looked at ddtp already, and does not look at the width of device_id: the widest mode is as good as any.
pcl_walker_state_t pcl_walker_take_fast(pcl_walker_t *walker, const pcl_walker_job_t *job, const pcl_regs_state_t *regs,
                                        pcl_nl_hit_t nonleaf) {
  const pcl_regs_t wide = {.capabilities = regs->capabilities, .ddtp = PCL_DDTP_3LVL};
  const pcl_dc_t dc = pcl_dc_known_expand(&job->dc);
  pcl_walker_take(walker, job);
  pcl_walk_begin_dc(&walker->walk, &wide, &walker->request, &dc);
  if (nonleaf.level != 0) pcl_walk_skip_to(&walker->walk, nonleaf.level - 1u, nonleaf.ppn);
  return ask(walker);
}

pcl_walker_state_t pcl_walker_start(pcl_walker_t *walker, const pcl_regs_state_t *regs) {
  const pcl_regs_t now = walk_regs(regs);
  if (!walker->dc.known) return follow(walker, pcl_walk_begin(&walker->walk, &now, &walker->request));
  const pcl_dc_t dc = pcl_dc_known_expand(&walker->dc);
  return follow(walker, pcl_walk_begin_dc(&walker->walk, &now, &walker->request, &dc));
}

bool pcl_walker_beat(pcl_walker_t *walker, const pcl_r_t *r) {
  const uint8_t status = r->resp >= PCL_RESP_SLVERR ? PCL_MEM_ACCESS_FAULT : r->user & 1 ? PCL_MEM_POISON : PCL_MEM_OK;
  if (status > walker->response.status) walker->response.status = status;
  walker->response.data[walker->beat] = r->data[0];
  walker->beat++;
  return walker->beat == walker->walk.access.beats;
}

pcl_walker_state_t pcl_walker_decide(pcl_walker_t *walker) {
  if (walker->killed) return restart(walker);
  const pcl_step_t step = pcl_walk_step(&walker->walk, &walker->response);
  const pcl_outcome_t *outcome = &walker->walk.outcome;
  if (step == PCL_STEP_DONE && !outcome->faulted && outcome->translation.size >= walker->inv_size) return restart(walker);
  return follow(walker, step);
}

// The smallest page around the walk's address that contains the invalidated one.
static uint8_t common_size(const pcl_walker_t *walker, const pcl_inv_t *inv, uint64_t va_mask) {
  const uint64_t difference = (inv->vpn ^ walker->request.iova >> 12) & va_mask;
  uint8_t size = PCL_SIZE_4K;
  while (size <= PCL_SIZE_256T && difference & ~pcl_lowmask(size)) size++;
  return size <= PCL_SIZE_256T ? size : INV_SIZE_NONE;
}

static void kill_read(pcl_walker_t *walker, const pcl_inv_t *inv, uint64_t va_mask) {
  if (inv->op == PCL_INV_ALL || (inv->op == PCL_INV_DDT && inv->device_id == walker->request.device_id)) {
    walker->killed = true;
  }
  if (inv->op != PCL_INV_VMA || walker->walk.phase != PCL_PHASE_PT) return;
  if (inv->pscv && inv->pscid != walker->walk.pscid) return;
  if (!inv->av) {
    walker->killed = true;
  } else {
    const uint8_t size = common_size(walker, inv, va_mask);
    if (size < walker->inv_size) walker->inv_size = size;
  }
}

bool pcl_walker_kill(pcl_walker_t *walker, const pcl_inv_t *inv, uint64_t va_mask) {
  switch (walker->state) {
    case PCL_WALKER_START:
      if (inv->op == PCL_INV_VMA || (inv->op == PCL_INV_DDT && inv->device_id != walker->request.device_id)) return false;
      walker->dc.known = false;
      return true;
    case PCL_WALKER_AR:
    case PCL_WALKER_R: kill_read(walker, inv, va_mask); return false;
    case PCL_WALKER_RESP: {
      const pcl_resp_t *resp = &walker->resp;
      const pcl_leaf_tag_t tag =
        {.vpn = resp->vpn, .device_id = resp->device_id, .pscid = resp->pscid, .size = resp->size, .g = resp->g};
      if (!resp->ok || !pcl_inv_covers(inv, &tag, va_mask)) return false;
      restart(walker);
      return true;
    }
    default: return false;
  }
}

void pcl_walker_record(const pcl_walker_t *walker, pcl_fault_rec_t *record) {
  const pcl_request_t *request = &walker->request;
  const pcl_fault_t *fault = &walker->walk.outcome.fault;
  *record = (pcl_fault_rec_t){
    .iotval = fault->iotval,
    .iotval2 = fault->iotval2,
    .process_id = request->pv ? request->process_id : 0,
    .device_id = request->device_id,
    .cause = fault->cause,
    .ttyp = fault->ttyp,
    .pv = request->pv,
    .priv = request->pv && request->priv,
    .valid = true,
  };
}

bool pcl_walker_serves(const pcl_walker_t *walker, const pcl_miss_req_t *req) {
  const pcl_request_t *request = &walker->request;
  return request->iova >> 12 == req->iova >> 12 && request->device_id == req->device_id &&
         request->process_id == req->process_id && request->pv == req->pv && request->priv == req->priv &&
         !(request->bus_illegal || request->translated || req->illegal || req->translated);
}
