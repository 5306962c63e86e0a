// SPDX-License-Identifier: Apache-2.0
#include "miss_pipe.h"

#include <string.h>

#include "arch/pte.h"
#include "rr_arb.h"

void pcl_miss_pipe_reset(pcl_miss_pipe_t *pipe, const pcl_config_t *config) {
  pipe->b.valid = false;
  pipe->h.valid = false;
  pipe->a_ptr = 0;
  pipe->requesters = (uint8_t)(2 * config->num_ports);
}

// Whether only the page table decides about the request in stage B.
static bool is_fast(const pcl_miss_pipe_t *pipe, unsigned ddtp_mode) {
  const pcl_miss_req_t *b = &pipe->b;
  const pcl_dc_known_t *dc = &pipe->b_dc;
  const unsigned fsc_mode = pcl_mode_field(dc->fsc);
  if (ddtp_mode < PCL_DDTP_1LVL || ddtp_mode > PCL_DDTP_3LVL || !dc->known) return false;
  if (b->illegal || b->translated || b->pv || dc->pdtv || fsc_mode == PCL_MODE_BARE) return false;
  return pcl_va_canonical(b->iova, fsc_mode - PCL_IOSATP_SV39 + 2);
}

static void eval_b(const pcl_miss_pipe_t *pipe, const pcl_miss_pipe_in_t *in, pcl_miss_plan_t *plan) {
  const pcl_miss_req_t *b = &pipe->b;
  plan->b_fast = is_fast(pipe, in->regs->ddtp_mode);
  plan->merge = -1;
  plan->way = NULL;
  if (plan->b_fast) {
    const pcl_iotlb_key_t key =
      {.vpn = b->iova >> 12, .pscid = pipe->b_dc.pscid, .write = pipe->b_q & 1, .exec = b->exec};
    plan->way = pcl_iotlb_compare(in->iotlb, &key);
  }
  plan->b_moves = !plan->way || !pipe->h.valid || plan->h_shown;
  if (plan->way) return;
  plan->merge = pcl_walker_pool_match(in->pool, b);
  if (plan->merge < 0 && plan->b_fast) {
    plan->nonleaf = pcl_nl_cache_lookup(in->nl_cache, pipe->b_dc.pscid, b->iova >> 12);
  }
}

static void eval_a(const pcl_miss_pipe_t *pipe, const pcl_miss_pipe_in_t *in, pcl_miss_plan_t *plan) {
  const int pending_port = pipe->b.valid ? pipe->b_q >> 1 : -1;
  uint32_t candidates = in->req_valid;
  plan->winner = -1;
  if (candidates == 0 || in->held || (pipe->b.valid && !plan->b_moves)) return;
  for (unsigned port = 0; 2 * port < pipe->requesters; port++) {
    const uint32_t both = UINT32_C(3) << (2 * port);
    if (candidates & both && !pcl_walker_pool_credit(in->pool, port, pending_port)) candidates &= ~both;
  }
  if (candidates == 0) return;
  plan->winner = (int)pcl_rr_pick(candidates, pipe->a_ptr);
  plan->winner_dc = pcl_dc_cache_lookup(in->dc_cache, in->req[plan->winner]->device_id);
}

void pcl_miss_pipe_eval(const pcl_miss_pipe_t *pipe, const pcl_miss_pipe_in_t *in, pcl_miss_plan_t *plan) {
  plan->shown = pcl_walker_pool_shown(in->pool);
  plan->h_shown = pipe->h.valid && plan->shown < 0;
  if (pipe->b.valid) eval_b(pipe, in, plan);
  eval_a(pipe, in, plan);
}

// Case 1: a granted 4-KiB leaf of the iotlb.
static void load_h(pcl_miss_pipe_t *pipe, const pcl_iotlb_way_t *way) {
  const pcl_miss_req_t *b = &pipe->b;
  pipe->h = (pcl_resp_t){
    .vpn = b->iova >> 12,
    .spn = way->spn,
    .device_id = b->device_id,
    .pscid = way->pscid,
    .size = PCL_SIZE_4K,
    .pbmt = way->pbmt,
    .lead = false,
    .ok = true,
    .pv = false,
    .r = way->r,
    .w = way->w,
    .x = way->x,
    .g = way->g,
    .valid = true,
  };
  pipe->h.mask[pipe->b_q] = UINT32_C(1) << b->slot;
}

static void commit_b(pcl_miss_pipe_t *pipe, const pcl_regs_state_t *regs, const pcl_miss_plan_t *plan,
                     pcl_walker_pool_t *pool, const pcl_iotlb_t *iotlb) {
  const pcl_walker_job_t job =
    {.req = &pipe->b, .dc = pipe->b_dc, .q = pipe->b_q, .l2_way = (uint8_t)pcl_iotlb_victim(iotlb)};
  pipe->b.valid = false;
  if (plan->way) {
    load_h(pipe, plan->way);
  } else if (plan->merge >= 0) {
    pcl_walker_pool_merge(pool, (unsigned)plan->merge, &job);
  } else {
    pcl_walker_pool_allocate(pool, &job, regs, plan->b_fast ? &plan->nonleaf : NULL);
  }
}

void pcl_miss_pipe_commit(pcl_miss_pipe_t *pipe, const pcl_miss_pipe_in_t *in, const pcl_miss_plan_t *plan,
                          pcl_walker_pool_t *pool, pcl_iotlb_t *iotlb) {
  if (plan->h_shown) pipe->h.valid = false;
  if (pipe->b.valid && plan->b_moves) commit_b(pipe, in->regs, plan, pool, iotlb);
  if (plan->winner < 0) return;
  pipe->b = *in->req[plan->winner];
  pipe->b.valid = true;
  pipe->b_q = (uint8_t)plan->winner;
  pipe->b_dc = plan->winner_dc;
  pipe->a_ptr = (uint8_t)pcl_rr_next((unsigned)plan->winner, pipe->requesters);
  pcl_iotlb_read(iotlb, pipe->b.iova >> 12);
}
