// SPDX-License-Identifier: Apache-2.0
#include "walker.h"

#include <string.h>

#include "arch/ats.h"
#include "arch/causes.h"
#include "arch/dc.h"
#include "arch/hpm.h"

enum { NO_LEAF = -1, MAX_RETRIES = 63 };

static pcl_regs_t walk_regs(const pcl_regs_state_t *regs) {
  return (pcl_regs_t){
    .capabilities = regs->capabilities,
    .ddtp = regs->ddtp_ppn << 10 | regs->ddtp_mode,
    .fctl = regs->fctl,
    .qosid = regs->qosid,
  };
}

static void take(pcl_walker_t *walker, const pcl_walker_job_t *job) {
  const pcl_miss_req_t *req = job->req;
  walker->request = (pcl_request_t){
    .iova = req->iova,
    .device_id = req->device_id,
    .process_id = req->process_id,
    .pv = req->pv,
    .priv = req->priv,
    .exec = req->exec,
    .write = req->write,
    .translated = req->translated,
    .bus_illegal = req->illegal,
    .ats = req->ats,
    .no_write = req->nw,
    .page_request = req->pri,
    .debug = job->debug,
  };
  walker->l2_way = job->l2_way;
  walker->killed = false;
  walker->missed = false;
  walker->retries = 0;
  walker->inv_size = PCL_INV_SIZE_NONE;
  walker->s1_leaf = NO_LEAF;
  memset(walker->resp.mask, 0, sizeof walker->resp.mask);
  walker->resp.mask[job->q] = UINT32_C(1) << req->slot;
  walker->resp.lead = true;
  walker->resp.lead_q = job->q;
  walker->resp.lead_slot = req->slot;
  walker->resp.bare = false;
  walker->resp.valid = true;
}

pcl_walker_state_t pcl_walker_restart(pcl_walker_t *walker) {
  walker->known.dc_known = false;
  walker->known.pc_known = false;
  walker->killed = false;
  walker->inv_size = PCL_INV_SIZE_NONE;
  walker->s1_leaf = NO_LEAF;
  return PCL_WALKER_START;
}

bool pcl_walker_stale(const pcl_walker_t *walker) { return walker->killed || walker->s1_leaf >= walker->inv_size; }

static bool second_stage(const pcl_walk_t *walk) { return pcl_mode_field(walk->dc.iohgatp) != PCL_MODE_BARE; }

pcl_addr_space_t pcl_walker_space(const pcl_walker_t *walker) {
  const pcl_walk_t *walk = &walker->walk;
  const bool gv = second_stage(walk);
  return (pcl_addr_space_t){
    .pscid = walk->s1_bare ? 0 : walk->pscid,
    .gscid = gv ? pcl_gscid_field(walk->dc.iohgatp) : 0,
    .gv = gv,
    .s1 = !walk->s1_bare,
  };
}

// The code of a first-stage leaf's size; a 4-MiB one counts as the next larger.
static uint8_t leaf_size(unsigned shift) {
  switch (shift) {
    case 12: return PCL_SIZE_4K;
    case 16: return PCL_SIZE_64K;
    case 21: return PCL_SIZE_2M;
    case 22:
    case 30: return PCL_SIZE_1G;
    case 39: return PCL_SIZE_512G;
    default: return PCL_SIZE_256T;
  }
}

static pcl_walker_state_t grant(pcl_walker_t *walker) {
  const pcl_translation_t *translation = &walker->walk.outcome.translation;
  const pcl_request_t *request = &walker->request;
  const pcl_addr_space_t nowhere = {.gv = false};
  pcl_resp_t *resp = &walker->resp;
  resp->space = translation->size == PCL_SIZE_IDENTITY ? nowhere : pcl_walker_space(walker);
  resp->ok = true;
  resp->device_id = request->device_id;
  resp->process_id = request->process_id;
  resp->pv = request->pv;
  resp->priv = request->priv;
  resp->vpn = request->iova >> 12;
  resp->spn = pcl_translation_spa(translation, request->iova) >> 12;
  resp->rcid = translation->rcid;
  resp->mcid = translation->mcid;
  resp->size = translation->size;
  resp->s1_size = resp->space.s1 ? leaf_size(translation->s1_shift) : translation->size;
  resp->pbmt = walker->walk.outcome.is_mrif ? 0 : translation->pbmt;
  resp->r = translation->r;
  resp->w = translation->w;
  resp->x = translation->x;
  resp->g = translation->g;
  resp->mrif = walker->walk.outcome.is_mrif;
  resp->file = resp->mrif ? walker->walk.outcome.mrif.addr >> 9 : 0;
  resp->nid = resp->mrif ? walker->walk.outcome.mrif.nid : 0;
  resp->dtf = resp->mrif && walker->walk.dc.tc & PCL_TC_DTF;
  resp->nofill = request->translated || request->ats || request->page_request;
  return PCL_WALKER_RESP;
}

// What a step leads to.
static pcl_walker_state_t follow(pcl_walker_t *walker, pcl_step_t step) {
  if (step == PCL_STEP_DONE) {
    if (!walker->walk.outcome.faulted) return grant(walker);
    walker->resp.ok = false;
    return walker->walk.outcome.fault.report ? PCL_WALKER_FAULT : PCL_WALKER_RESP;
  }
  walker->beat = 0;
  walker->response.status = PCL_MEM_OK;
  return walker->walk.access.update ? PCL_WALKER_XAR : PCL_WALKER_AR;
}

static bool guest_page_fault(const pcl_walk_t *walk) {
  switch (walk->outcome.fault.cause) {
    case PCL_CAUSE_INSTR_GUEST_PAGE:
    case PCL_CAUSE_READ_GUEST_PAGE:
    case PCL_CAUSE_WRITE_GUEST_PAGE: return true;
    default: return false;
  }
}

// The same of a step that did not consume a second-stage PTE: if it has come to a guest physical address, first to GL. A
// guest-page fault then means that the address is too wide.
static pcl_walker_state_t follow_by_gl(pcl_walker_t *walker, pcl_step_t step) {
  const pcl_walk_t *walk = &walker->walk;
  const bool wants_gl = step == PCL_STEP_ACCESS ? pcl_walk_at_gpa(walk) || walk->access.kind == PCL_ACCESS_MSI_PTE
                                                : walk->outcome.faulted && guest_page_fault(walk);
  if (!wants_gl) return follow(walker, step);
  walker->step = (uint8_t)step;
  return PCL_WALKER_GL;
}

// Where a table is taken from nl_cache the root counts no more: its GPA, even one that is too wide, is not looked at.
static uint64_t without_ppn(uint64_t fsc, bool drop) { return drop ? fsc & ~PCL_PPN_MASK : fsc; }

// `fast` has looked at ddtp and the process directory already, and not at the widths of device_id and process_id: the widest
// modes are as good as any.
static pcl_walker_state_t begin_fast(pcl_walker_t *walker, const pcl_walker_job_t *job, const pcl_regs_state_t *regs) {
  const pcl_regs_t wide = {.capabilities = regs->capabilities, .ddtp = PCL_DDTP_3LVL, .fctl = regs->fctl};
  const bool skip = job->nonleaf.level != 0;
  pcl_walk_t *walk = &walker->walk;
  pcl_dc_t dc = job->known->dc;
  dc.fsc = job->pc_used ? (uint64_t)PCL_PDTP_PD20 << 60 : without_ppn(dc.fsc, skip);
  pcl_step_t step = pcl_walk_begin_dc(walk, &wide, &walker->request, &dc);
  if (job->pc_used) {
    const pcl_pc_t pc = {.ta = job->known->pc.ta, .fsc = without_ppn(job->known->pc.fsc, skip)};
    step = pcl_walk_use_pc(walk, &pc);
  }
  if (skip) step = pcl_walk_skip_to_spa(walk, job->nonleaf.level - 1u, job->nonleaf.spn);
  return follow_by_gl(walker, step);
}

pcl_walker_state_t pcl_walker_take(pcl_walker_t *walker, const pcl_walker_job_t *job, const pcl_regs_state_t *regs) {
  take(walker, job);
  if (job->fast) return begin_fast(walker, job, regs);
  walker->known = *job->known;
  return PCL_WALKER_START;
}

// A known PC makes the address of the process directory irrelevant.
static pcl_step_t begin_known(pcl_walker_t *walker, const pcl_regs_t *regs) {
  pcl_dc_t dc = walker->known.dc;
  dc.fsc = without_ppn(dc.fsc, walker->known.pc_known && dc.tc & PCL_TC_PDTV);
  const pcl_step_t step = pcl_walk_begin_dc(&walker->walk, regs, &walker->request, &dc);
  if (step == PCL_STEP_DONE || !walker->known.pc_known || !pcl_walk_at_pdt(&walker->walk)) return step;
  return pcl_walk_use_pc(&walker->walk, &walker->known.pc);
}

pcl_walker_state_t pcl_walker_start(pcl_walker_t *walker, const pcl_regs_state_t *regs) {
  const pcl_regs_t now = walk_regs(regs);
  walker->resp.bare = regs->ddtp_mode == PCL_DDTP_BARE;
  if (walker->known.dc_known) return follow_by_gl(walker, begin_known(walker, &now));
  return follow(walker, pcl_walk_begin(&walker->walk, &now, &walker->request));
}

pcl_walker_state_t pcl_walker_grant(pcl_walker_t *walker, const pcl_g_entry_t *found) {
  pcl_walk_t *walk = &walker->walk;
  if (pcl_walker_stale(walker)) return pcl_walker_restart(walker);
  if (!found) return follow(walker, (pcl_step_t)walker->step);
  if (!found->leaf) return follow(walker, pcl_walk_skip_gpa_to(walk, found->level, found->ppn));
  const pcl_g_leaf_t leaf = pcl_g_entry_leaf(found, walk);
  return follow(walker, pcl_walk_skip_gpa(walk, &leaf));
}

bool pcl_walker_beat(pcl_walker_t *walker, const pcl_r_t *r) {
  const uint8_t status = r->resp >= PCL_RESP_SLVERR ? PCL_MEM_ACCESS_FAULT : r->user & 1 ? PCL_MEM_POISON : PCL_MEM_OK;
  if (status > walker->response.status) walker->response.status = status;
  walker->response.data[walker->beat] = r->data[0];
  walker->beat++;
  return walker->beat == walker->walk.access.beats;
}

// The code of the size of a first-stage leaf just consumed.
static int8_t consumed_leaf(const pcl_walk_t *walk, const pcl_access_t *access, uint64_t pte) {
  if (access->level == 0) return (pte & PCL_PTE_N) ? PCL_SIZE_64K : PCL_SIZE_4K;
  return (int8_t)(walk->s1_sv32 ? PCL_SIZE_1G : PCL_SIZE_2M + access->level - 1);
}

// A step with a response to the access, and what it leads to.
static pcl_walker_state_t advance(pcl_walker_t *walker) {
  pcl_walk_t *walk = &walker->walk;
  const pcl_access_t consumed = walk->access;
  const pcl_step_t step = pcl_walk_step(walk, &walker->response);
  if (consumed.kind == PCL_ACCESS_GPTE) return follow(walker, step);
  if (walk->began_anew) return pcl_walker_restart(walker);
  if (consumed.kind == PCL_ACCESS_PTE && !walk->new_nonleaf) {
    const bool refused = step == PCL_STEP_DONE && walk->outcome.faulted && !guest_page_fault(walk);
    if (!refused) walker->s1_leaf = consumed_leaf(walk, &consumed, walk->pte);
    if (pcl_walker_stale(walker)) return pcl_walker_restart(walker);
  }
  return follow_by_gl(walker, step);
}

pcl_walker_state_t pcl_walker_decide(pcl_walker_t *walker) {
  return pcl_walker_stale(walker) ? pcl_walker_restart(walker) : advance(walker);
}

static pcl_walker_state_t fail_update(pcl_walker_t *walker, uint8_t status) {
  walker->response.status = status;
  return advance(walker);
}

// A try to update an entry came to nothing; true if the walk is worn and gets no more. Lost writes and changed entries have one
// budget, so that a walk ends whatever others do to its tables.
static bool wear(pcl_walker_t *walker) {
  const bool worn = walker->retries == MAX_RETRIES;
  if (!worn) walker->retries++;
  return worn;
}

pcl_walker_state_t pcl_walker_exclusive_read(pcl_walker_t *walker, const pcl_r_t *r) {
  const pcl_access_t *access = &walker->walk.access;
  const uint64_t value = access->bytes == 4 ? r->data[0] >> (access->addr & 4) * 8 & UINT32_MAX : r->data[0];
  const bool refused = r->resp != PCL_RESP_EXOKAY;
  const bool poisoned = r->user & 1;
  const bool changed = !refused && !poisoned && value != access->old_value;
  const bool worn = changed && wear(walker);
  if (pcl_walker_stale(walker)) return pcl_walker_restart(walker);
  if (refused || worn) return fail_update(walker, PCL_MEM_ACCESS_FAULT);
  if (poisoned) return fail_update(walker, PCL_MEM_POISON);
  return changed ? pcl_walker_restart(walker) : PCL_WALKER_XW;
}

pcl_walker_state_t pcl_walker_exclusive_b(pcl_walker_t *walker, uint8_t resp) {
  const bool lost = resp == PCL_RESP_OKAY;
  const bool worn = lost && wear(walker);
  if (pcl_walker_stale(walker)) return pcl_walker_restart(walker);
  if (resp == PCL_RESP_EXOKAY) return advance(walker);
  return lost && !worn ? PCL_WALKER_XAR : fail_update(walker, PCL_MEM_ACCESS_FAULT);
}

pcl_ds_update_t pcl_walker_update(const pcl_walker_t *walker) {
  const pcl_access_t *access = &walker->walk.access;
  return (pcl_ds_update_t){
    .addr = access->addr, .value = access->new_value, .qos = pcl_walk_qos(&walker->walk), .bytes = access->bytes};
}

// IOMMU spec 6.23: filters of the first stage compare loads for the IOVA, not those for the process directory.
void pcl_walker_event(pcl_walker_t *walker, pcl_ev_t *ev) {
  const pcl_walk_t *walk = &walker->walk;
  const pcl_request_t *request = &walker->request;
  const pcl_event_t event = pcl_load_event(&walk->access);
  const bool for_iova =
    event == PCL_EVENT_S1_WALK || (event == PCL_EVENT_S2_WALK && walk->g_purpose != PCL_GPA_FOR_PDT);
  *ev = (pcl_ev_t){
    .ids = {.device_id = request->device_id, .process_id = request->process_id, .pv = request->pv},
    .event = event,
    .miss = for_iova && !walker->missed,
  };
  if (walk->dc.tc & PCL_TC_V && second_stage(walk)) {
    ev->ids.gscv = true;
    ev->ids.gscid = pcl_gscid_field(walk->dc.iohgatp);
  }
  if (for_iova && !walk->s1_bare) {
    ev->ids.pscv = true;
    ev->ids.pscid = walk->pscid;
  }
  walker->missed = walker->missed || for_iova;
}

uint32_t pcl_walker_qos(const pcl_walker_t *walker, uint32_t own) {
  return walker->walk.phase == PCL_PHASE_DDT ? own : pcl_walk_qos(&walker->walk);
}

unsigned pcl_walker_nonleaf(const pcl_walker_t *walker) {
  const pcl_walk_t *walk = &walker->walk;
  if (walk->phase != PCL_PHASE_PT || walk->access.kind != PCL_ACCESS_PTE) return 0;
  return second_stage(walk) || walk->new_nonleaf ? walk->access.level + 1u : 0;
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

// IOMMU spec 3.6: what a fault means to a translation request, 3.7 to a page request.
static uint8_t class_of(unsigned cause) {
  if (pcl_ats_success(cause)) return 0;
  if (cause == PCL_CAUSE_TYPE_DISALLOWED) return 2;
  return cause >= PCL_CAUSE_ALL_DISALLOWED && cause <= PCL_CAUSE_DDT_MISCONFIGURED ? 1 : 3;
}

pcl_ats_resp_t pcl_walker_ats_resp(const pcl_walker_t *walker) {
  const pcl_walk_t *walk = &walker->walk;
  const pcl_outcome_t *outcome = &walk->outcome;
  pcl_ats_resp_t resp = {.prpr = walk->dc.tc & PCL_TC_PRPR, .t2gpa = walk->dc.tc & PCL_TC_T2GPA};
  if (outcome->faulted) {
    resp.fault_class = class_of(outcome->fault.cause);
  } else {
    resp.msi = outcome->translation.msi;
    resp.gpn = pcl_translation_gpa(&outcome->translation, walker->request.iova) >> 12;
  }
  return resp;
}

bool pcl_walker_serves(const pcl_walker_t *walker, const pcl_miss_req_t *req) {
  const pcl_request_t *request = &walker->request;
  return request->iova >> 12 == req->iova >> 12 && request->device_id == req->device_id &&
         request->process_id == req->process_id && request->pv == req->pv && request->priv == req->priv &&
         !(request->bus_illegal || request->translated || request->ats || request->page_request) &&
         !(req->illegal || req->translated);
}
