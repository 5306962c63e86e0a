// SPDX-License-Identifier: Apache-2.0
// The walkers together, the twin of walker_pool.sv (docs/microarchitecture.md, sections 5.1 and 5.3): allocation and credit,
// merging, the response bus, and one clock of all of them.
//
// Limits: 16 walkers. Invariant: bit w of `in[s]` is set exactly if walker w is in state s.
#ifndef PCL_CYCLE_WALKER_POOL_H
#define PCL_CYCLE_WALKER_POOL_H

#include "walker.h"

typedef struct {
  uint32_t in[PCL_WALKER_STATES];
  unsigned count;
  unsigned cap;                   // what a port may occupy
  unsigned busy;                  // walkers not IDLE
  unsigned busy_of[PCL_MAX_PORTS];  // the same by the leader's port
  uint64_t va_mask;
  pcl_walker_t walker[PCL_MAX_WALKERS];
} pcl_walker_pool_t;

// What happens to walkers in a clock.
typedef struct {
  const pcl_regs_state_t *regs;
  const pcl_inv_t *inv;  // NULL: no kill
  const pcl_r_t *r;      // ds R pins
  int shown;             // pcl_walker_pool_shown()
  int ar_taken;          // walker whose AR handshake it is, or -1
  int fault_taken;       // walker whose record was taken, or -1
} pcl_walker_pool_in_t;

void pcl_walker_pool_reset(pcl_walker_pool_t *pool, const pcl_config_t *config);

// The walker on the response bus, or -1.
static inline int pcl_walker_pool_shown(const pcl_walker_pool_t *pool) {
  return pool->in[PCL_WALKER_RESP] ? __builtin_ctz(pool->in[PCL_WALKER_RESP]) : -1;
}

// Whether a port may send one more request, with `pending` (0 or 1) in stage B and `pending_port` its port.
bool pcl_walker_pool_credit(const pcl_walker_pool_t *pool, unsigned port, int pending_port);

// The lowest walker in AR or R that may serve this request too, or -1.
int pcl_walker_pool_match(const pcl_walker_pool_t *pool, const pcl_miss_req_t *req);

// Edge. First all walkers advance, then stage B merges (pcl_walker_pool_merge) or allocates.
void pcl_walker_pool_commit(pcl_walker_pool_t *pool, const pcl_walker_pool_in_t *in, pcl_dc_cache_t *dc_cache,
                            pcl_nl_cache_t *nl_cache);

// Edge: a request joins a walk.
void pcl_walker_pool_merge(pcl_walker_pool_t *pool, unsigned walker, const pcl_walker_job_t *job);

// Edge: the lowest walker that is IDLE, or became so at this edge, takes the request; `nonleaf` is NULL unless it is fast.
void pcl_walker_pool_allocate(pcl_walker_pool_t *pool, const pcl_walker_job_t *job, const pcl_regs_state_t *regs,
                              const pcl_nl_hit_t *nonleaf);

#endif
