// SPDX-License-Identifier: Apache-2.0
#include "miss_pipe.h"

#include <stddef.h>

#include "arch/caps.h"
#include "rr_arb.h"

void pcl_miss_pipe_reset(pcl_miss_pipe_t *pipe, const pcl_config_t *config) {
  pipe->b.valid = false;
  pipe->h.valid = false;
  pipe->held = false;
  pipe->a_ptr = 0;
  pipe->requesters = (uint8_t)pcl_requesters(config);
  pipe->debug = (uint8_t)pcl_debug_requester(config);
}

static bool directory_on(const pcl_regs_state_t *regs) {
  return regs->ddtp_mode >= PCL_DDTP_1LVL && regs->ddtp_mode <= PCL_DDTP_3LVL;
}

static void ask_iotlb(const pcl_miss_pipe_t *pipe, const pcl_iotlb_t *iotlb, pcl_miss_plan_t *plan) {
  const pcl_miss_req_t *b = &pipe->b;
  const pcl_iotlb_key_t key = {
    .vpn = b->iova >> 12,
    .space = plan->context.space,
    .need = b->write ? PCL_RIGHT_W : b->exec ? PCL_RIGHT_X : PCL_RIGHT_R,
    .supervisor = b->priv,
    .sum = plan->context.sum,
    .msi = plan->context.msi,
  };
  plan->way = pcl_iotlb_compare(iotlb, &key);
  if (plan->way) plan->rights = (uint8_t)pcl_iotlb_rights(plan->way, &key);
}

static void eval_b(const pcl_miss_pipe_t *pipe, const pcl_miss_pipe_in_t *in, pcl_miss_plan_t *plan) {
  const pcl_miss_req_t *b = &pipe->b;
  const pcl_context_t *context = &plan->context;
  plan->context = pcl_context_of(&pipe->b_known, b);
  plan->b_fast = directory_on(in->regs) && pcl_context_fast(context, &pipe->b_known.dc, b, in->regs->fctl);
  plan->merge = -1;
  plan->way = NULL;
  plan->nonleaf.level = 0;
  if (plan->b_fast) ask_iotlb(pipe, in->iotlb, plan);
  plan->b_moves = !plan->way || !pipe->h.valid || plan->h_shown;
  if (plan->way) return;
  plan->merge = pcl_walker_pool_match(in->pool, b);
  if (plan->merge < 0 && plan->b_fast && context->space.s1) {
    plan->nonleaf = pcl_nl_cache_lookup(&in->caches->nl, &context->space, context->sv32, b->iova >> 12);
  }
}

static pcl_known_t ask_caches(const pcl_walk_caches_t *caches, const pcl_miss_req_t *req) {
  pcl_known_t known = {.dc_known = false};
  const pcl_dc_t *dc = pcl_dc_cache_lookup(&caches->dc, req->device_id);
  if (!dc) return known;
  known.dc_known = true;
  known.dc = *dc;
  const pcl_pc_t *pc = pcl_pc_cache_lookup(&caches->pc, req->device_id, req->pv, req->process_id, dc->iohgatp);
  if (pc) {
    known.pc_known = true;
    known.pc = *pc;
  }
  return known;
}

static void eval_a(const pcl_miss_pipe_t *pipe, const pcl_miss_pipe_in_t *in, pcl_miss_plan_t *plan) {
  const int pending_port = pipe->b.valid ? pipe->b_q >> 1 : -1;
  uint32_t candidates = in->req_valid;
  plan->winner = -1;
  if (candidates == 0 || in->inval_active || pipe->held || (pipe->b.valid && !plan->b_moves)) return;
  for (unsigned port = 0; 2 * port < pipe->requesters; port++) {
    const uint32_t both = UINT32_C(3) << (2 * port);
    if (candidates & both && !pcl_walker_pool_credit(in->pool, port, pending_port)) candidates &= ~both;
  }
  if (candidates == 0) return;
  plan->winner = (int)pcl_rr_pick(candidates, pipe->a_ptr);
  plan->winner_known = ask_caches(in->caches, in->req[plan->winner]);
}

void pcl_miss_pipe_eval(const pcl_miss_pipe_t *pipe, const pcl_miss_pipe_in_t *in, pcl_miss_plan_t *plan) {
  plan->shown = pcl_walker_pool_shown(in->pool);
  plan->h_shown = pipe->h.valid && plan->shown < 0;
  plan->waits = (pipe->h.valid && plan->shown >= 0) || pcl_walker_pool_crowded(in->pool);
  if (pipe->b.valid) eval_b(pipe, in, plan);
  eval_a(pipe, in, plan);
}

// Case 1: a granted 4-KiB range of the iotlb.
static void load_h(pcl_miss_pipe_t *pipe, const pcl_miss_plan_t *plan) {
  const pcl_miss_req_t *b = &pipe->b;
  const pcl_iotlb_way_t *way = plan->way;
  pipe->h = (pcl_resp_t){
    .vpn = b->iova >> 12,
    .spn = way->spn,
    .device_id = b->device_id,
    .process_id = b->process_id,
    .space = way->space,
    .rcid = plan->context.rcid,
    .mcid = plan->context.mcid,
    .size = PCL_SIZE_4K,
    .s1_size = way->s1_size,
    .pbmt = way->pbmt,
    .lead = false,
    .ok = true,
    .pv = b->pv,
    .priv = b->priv,
    .r = plan->rights & PCL_RIGHT_R,
    .w = plan->rights & PCL_RIGHT_W,
    .x = plan->rights & PCL_RIGHT_X,
    .g = way->g,
    .valid = true,
  };
  pipe->h.mask[pipe->b_q] = UINT32_C(1) << b->slot;
}

static void commit_b(pcl_miss_pipe_t *pipe, const pcl_regs_state_t *regs, const pcl_miss_plan_t *plan,
                     pcl_walker_pool_t *pool, const pcl_iotlb_t *iotlb) {
  const pcl_walker_job_t job = {
    .req = &pipe->b,
    .known = &pipe->b_known,
    .nonleaf = plan->nonleaf,
    .q = pipe->b_q,
    .l2_way = (uint8_t)pcl_iotlb_victim(iotlb),
    .fast = plan->b_fast,
    .pc_used = plan->context.pc_used,
    .debug = pipe->b_q == pipe->debug,
  };
  pipe->b.valid = false;
  if (plan->way) {
    load_h(pipe, plan);
  } else if (plan->merge >= 0) {
    pcl_walker_pool_merge(pool, (unsigned)plan->merge, &job);
  } else {
    pcl_walker_pool_allocate(pool, &job, regs);
  }
}

void pcl_miss_pipe_commit(pcl_miss_pipe_t *pipe, const pcl_miss_pipe_in_t *in, const pcl_miss_plan_t *plan,
                          pcl_walker_pool_t *pool, pcl_iotlb_t *iotlb) {
  pipe->held = plan->waits;
  if (plan->h_shown) pipe->h.valid = false;
  if (pipe->b.valid && plan->b_moves) commit_b(pipe, in->regs, plan, pool, iotlb);
  if (plan->winner < 0) return;
  pipe->b = *in->req[plan->winner];
  pipe->b.valid = true;
  pipe->b_q = (uint8_t)plan->winner;
  pipe->b_known = plan->winner_known;
  pipe->a_ptr = (uint8_t)pcl_rr_next((unsigned)plan->winner, pipe->requesters);
  pcl_iotlb_read(iotlb, pipe->b.iova >> 12);
}
