// SPDX-License-Identifier: Apache-2.0
// The walkers together, the twin of walker_pool.sv (docs/microarchitecture.md, sections 5.1 and 5.3): allocation and credit,
// merging, the response bus, the lookup of guest physical addresses, and one clock of all of them.
//
// In a clock each cache takes one fill: that of a read's last beat before that of an update's B, and that before the one of a
// lookup. Limits: 16 walkers. Invariant: bit w of `in[s]` is set exactly if walker w is in state s.
#ifndef PCL_CYCLE_WALKER_POOL_H
#define PCL_CYCLE_WALKER_POOL_H

#include "walk_caches.h"
#include "walker.h"

typedef struct {
  uint32_t in[PCL_WALKER_STATES];
  unsigned count;
  unsigned ports;
  unsigned cap;                   // what a port may occupy
  unsigned busy;                  // walkers not IDLE
  unsigned busy_of[PCL_MAX_PORTS + 1];  // the same by the leader's port; the last: requesters above the ports
  unsigned gl_ptr;                // the next lookup
  pcl_g_entry_t found;            // counts with `hit`: what g_cache had for the walker in GD
  bool hit;
  uint32_t awaited;               // updates of A and D under way when a fence began: walkers in XB
  bool counts;                    // there are counters for `ev`
  pcl_ev_t ev;                    // the load begun in the clock before
  uint64_t va_mask;
  pcl_walker_t walker[PCL_MAX_WALKERS];
} pcl_walker_pool_t;

// What happens to walkers in a clock.
typedef struct {
  const pcl_regs_state_t *regs;
  const pcl_inv_t *inv;  // NULL: no kill
  const pcl_r_t *r;      // ds R pins
  const pcl_b_t *b;      // ds B pins
  int shown;             // pcl_walker_pool_shown()
  int ar_taken;          // walker whose AR handshake it is, or -1
  int update_taken;      // walker whose exclusive write ds_write took over, or -1
  int fault_taken;       // walker whose record was taken, or -1
  bool fence_start;
} pcl_walker_pool_in_t;

void pcl_walker_pool_reset(pcl_walker_pool_t *pool, const pcl_config_t *config);

// The walker on the response bus, or -1.
static inline int pcl_walker_pool_shown(const pcl_walker_pool_t *pool) {
  return pool->in[PCL_WALKER_RESP] ? __builtin_ctz(pool->in[PCL_WALKER_RESP]) : -1;
}

// Whether another walker waits for the response bus.
static inline bool pcl_walker_pool_crowded(const pcl_walker_pool_t *pool) {
  return (pool->in[PCL_WALKER_RESP] & (pool->in[PCL_WALKER_RESP] - 1)) != 0;
}

// Whether a port may send one more request, with `pending_port` the port of the one in stage B, or -1. Requesters above the
// ports are here one more port, which only all walkers together limit.
bool pcl_walker_pool_credit(const pcl_walker_pool_t *pool, unsigned port, int pending_port);

// Walkers that want the AR of the data-structure port.
static inline uint32_t pcl_walker_pool_reads(const pcl_walker_pool_t *pool) {
  return pool->in[PCL_WALKER_AR] | pool->in[PCL_WALKER_XAR];
}

// Whether the updates of A and D that were under way at the last start of a fence are done (upd_drained).
static inline bool pcl_walker_pool_drained(const pcl_walker_pool_t *pool) { return pool->awaited == 0; }

// Walkers that offer an exclusive write.
uint32_t pcl_walker_pool_updates(const pcl_walker_pool_t *pool);

// The lowest walker on its way that may serve this request too, or -1.
int pcl_walker_pool_match(const pcl_walker_pool_t *pool, const pcl_miss_req_t *req);

// Edge. First all walkers advance, then stage B merges (pcl_walker_pool_merge) or allocates.
// Kills in the caches are done here too.
void pcl_walker_pool_commit(pcl_walker_pool_t *pool, const pcl_walker_pool_in_t *in, pcl_walk_caches_t *caches);

// Edge: a request joins a walk.
void pcl_walker_pool_merge(pcl_walker_pool_t *pool, unsigned walker, const pcl_walker_job_t *job);

// Edge: the lowest walker that is IDLE, or became so at this edge, takes the request.
void pcl_walker_pool_allocate(pcl_walker_pool_t *pool, const pcl_walker_job_t *job, const pcl_regs_state_t *regs);

#endif
