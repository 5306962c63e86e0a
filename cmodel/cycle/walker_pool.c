// SPDX-License-Identifier: Apache-2.0
#include "walker_pool.h"

#include <string.h>

void pcl_walker_pool_reset(pcl_walker_pool_t *pool, const pcl_config_t *config) {
  memset(pool->in, 0, sizeof pool->in);
  memset(pool->busy_of, 0, sizeof pool->busy_of);
  pool->count = config->walkers;
  pool->cap = config->walkers > config->num_ports ? config->walkers - (config->num_ports - 1) : 1;
  pool->busy = 0;
  pool->va_mask = pcl_va_mask(pcl_va_width(config));
  pool->in[PCL_WALKER_IDLE] = (UINT32_C(1) << pool->count) - 1;
  for (unsigned i = 0; i < pool->count; i++) pool->walker[i].state = PCL_WALKER_IDLE;
}

static unsigned port_of(const pcl_walker_t *walker) { return walker->resp.lead_q >> 1; }

static void move(pcl_walker_pool_t *pool, unsigned index, pcl_walker_state_t next) {
  pcl_walker_t *walker = &pool->walker[index];
  pool->in[walker->state] &= ~(UINT32_C(1) << index);
  pool->in[next] |= UINT32_C(1) << index;
  walker->state = (uint8_t)next;
}

bool pcl_walker_pool_credit(const pcl_walker_pool_t *pool, unsigned port, int pending_port) {
  const int shown = pcl_walker_pool_shown(pool);
  unsigned all = pool->busy + (pending_port >= 0);
  unsigned own = pool->busy_of[port] + (pending_port == (int)port);
  if (shown >= 0) {
    all--;
    own -= port_of(&pool->walker[shown]) == port;
  }
  return all < pool->count && own < pool->cap;
}

int pcl_walker_pool_match(const pcl_walker_pool_t *pool, const pcl_miss_req_t *req) {
  if (req->solo) return -1;
  for (uint32_t left = pool->in[PCL_WALKER_AR] | pool->in[PCL_WALKER_R]; left != 0; left &= left - 1) {
    const int index = __builtin_ctz(left);
    if (pcl_walker_serves(&pool->walker[index], req)) return index;
  }
  return -1;
}

void pcl_walker_pool_merge(pcl_walker_pool_t *pool, unsigned walker, const pcl_walker_job_t *job) {
  pool->walker[walker].resp.mask[job->q] |= UINT32_C(1) << job->req->slot;
}

void pcl_walker_pool_allocate(pcl_walker_pool_t *pool, const pcl_walker_job_t *job, const pcl_regs_state_t *regs,
                              const pcl_nl_hit_t *nonleaf) {
  const unsigned index = (unsigned)__builtin_ctz(pool->in[PCL_WALKER_IDLE]);
  pcl_walker_t *walker = &pool->walker[index];
  move(pool, index, nonleaf ? pcl_walker_take_fast(walker, job, regs, *nonleaf) : pcl_walker_take(walker, job));
  pool->busy++;
  pool->busy_of[job->q >> 1]++;
}

static void free_walker(pcl_walker_pool_t *pool, unsigned index) {
  move(pool, index, PCL_WALKER_IDLE);
  pool->busy--;
  pool->busy_of[port_of(&pool->walker[index])]--;
}

// Walkers of `mask` that are in a state which a kill may change. Returns those whose START is void in this clock.
static uint32_t kill_walkers(pcl_walker_pool_t *pool, const pcl_inv_t *inv, uint32_t mask) {
  uint32_t held = 0;
  for (uint32_t left = mask; left != 0; left &= left - 1) {
    const unsigned index = (unsigned)__builtin_ctz(left);
    if (!pcl_walker_kill(&pool->walker[index], inv, pool->va_mask)) continue;
    held |= UINT32_C(1) << index;
    move(pool, index, PCL_WALKER_START);
  }
  return held;
}

static void take_beat(pcl_walker_pool_t *pool, const pcl_r_t *r, pcl_dc_cache_t *dc_cache, pcl_nl_cache_t *nl_cache) {
  pcl_walker_t *walker = &pool->walker[r->id];
  pcl_nonleaf_t nonleaf;
  if (!pcl_walker_beat(walker, r)) return;
  const pcl_walker_state_t next = pcl_walker_decide(walker);
  move(pool, r->id, next);
  if (next == PCL_WALKER_START) return;
  const pcl_dc_t *dc = pcl_walk_new_dc(&walker->walk);
  if (dc) pcl_dc_cache_fill(dc_cache, walker->request.device_id, dc);
  if (pcl_walk_new_nonleaf(&walker->walk, &nonleaf)) {
    pcl_nl_cache_fill(nl_cache, nonleaf.level + 1u, walker->walk.pscid, walker->request.iova >> 12, nonleaf.table_ppn);
  }
}

void pcl_walker_pool_commit(pcl_walker_pool_t *pool, const pcl_walker_pool_in_t *in, pcl_dc_cache_t *dc_cache,
                            pcl_nl_cache_t *nl_cache) {
  uint32_t starting = pool->in[PCL_WALKER_START];
  const pcl_r_t *r = in->r;
  const bool beat = r->valid && r->id < pool->count && pool->in[PCL_WALKER_R] >> r->id & 1;
  if (pool->busy == 0) return;

  if (in->shown >= 0) free_walker(pool, (unsigned)in->shown);
  if (in->inv) starting &= ~kill_walkers(pool, in->inv, ~pool->in[PCL_WALKER_IDLE] & ((UINT32_C(1) << pool->count) - 1));
  if (beat) take_beat(pool, r, dc_cache, nl_cache);
  if (in->ar_taken >= 0) move(pool, (unsigned)in->ar_taken, PCL_WALKER_R);
  if (in->fault_taken >= 0) move(pool, (unsigned)in->fault_taken, PCL_WALKER_RESP);
  for (; starting != 0; starting &= starting - 1) {
    const unsigned index = (unsigned)__builtin_ctz(starting);
    move(pool, index, pcl_walker_start(&pool->walker[index], in->regs));
  }
}
