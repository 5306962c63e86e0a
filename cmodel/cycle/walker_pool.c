// SPDX-License-Identifier: Apache-2.0
#include "walker_pool.h"

#include <stddef.h>
#include <string.h>

#include "rr_arb.h"

void pcl_walker_pool_reset(pcl_walker_pool_t *pool, const pcl_config_t *config) {
  memset(pool->in, 0, sizeof pool->in);
  memset(pool->busy_of, 0, sizeof pool->busy_of);
  pool->count = config->walkers;
  pool->ports = config->num_ports;
  pool->cap = config->walkers > config->num_ports ? config->walkers - (config->num_ports - 1) : 1;
  pool->busy = 0;
  pool->gl_ptr = 0;
  pool->awaited = 0;
  pool->counts = config->hpm;
  pool->ev = (pcl_ev_t){.event = PCL_EVENT_NONE};
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
  return all < pool->count && (port == pool->ports || own < pool->cap);
}

uint32_t pcl_walker_pool_updates(const pcl_walker_pool_t *pool) {
  uint32_t updates = pool->in[PCL_WALKER_XW];
  for (uint32_t left = updates; left != 0; left &= left - 1) {
    if (pcl_walker_stale(&pool->walker[__builtin_ctz(left)])) updates &= ~(left & -left);
  }
  return updates;
}

int pcl_walker_pool_match(const pcl_walker_pool_t *pool, const pcl_miss_req_t *req) {
  const uint32_t all = (UINT32_C(1) << pool->count) - 1;
  const uint32_t others =
    pool->in[PCL_WALKER_IDLE] | pool->in[PCL_WALKER_START] | pool->in[PCL_WALKER_FAULT] | pool->in[PCL_WALKER_RESP];
  if (req->solo) return -1;
  for (uint32_t left = all & ~others; left != 0; left &= left - 1) {
    const int index = __builtin_ctz(left);
    if (pcl_walker_serves(&pool->walker[index], req)) return index;
  }
  return -1;
}

void pcl_walker_pool_merge(pcl_walker_pool_t *pool, unsigned walker, const pcl_walker_job_t *job) {
  pool->walker[walker].resp.mask[job->q] |= UINT32_C(1) << job->req->slot;
}

void pcl_walker_pool_allocate(pcl_walker_pool_t *pool, const pcl_walker_job_t *job, const pcl_regs_state_t *regs) {
  const unsigned index = (unsigned)__builtin_ctz(pool->in[PCL_WALKER_IDLE]);
  move(pool, index, pcl_walker_take(&pool->walker[index], job, regs));
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

// What has been filled in this clock already.
typedef struct {
  bool nl;
  bool g;
} filled_t;

static void fill_nonleaf(const pcl_walker_t *walker, pcl_walk_caches_t *caches, filled_t *filled) {
  const pcl_walk_t *walk = &walker->walk;
  const unsigned level = pcl_walker_nonleaf(walker);
  if (level == 0 || filled->nl) return;
  const pcl_addr_space_t space = pcl_walker_space(walker);
  pcl_nl_cache_fill(&caches->nl, level, &space, walk->s1_sv32, walker->request.iova >> 12, walk->access.addr >> 12);
  filled->nl = true;
}

// What the step of a walk has found.
static void fill_found(const pcl_walker_t *walker, pcl_walk_caches_t *caches, filled_t *filled) {
  const pcl_walk_t *walk = &walker->walk;
  const pcl_request_t *request = &walker->request;
  const pcl_dc_t *dc = pcl_walk_new_dc(walk);
  const pcl_pc_t *pc = pcl_walk_new_pc(walk);
  if (dc) pcl_dc_cache_fill(&caches->dc, request->device_id, dc);
  if (pc) pcl_pc_cache_fill(&caches->pc, request->device_id, request->pv, request->process_id, walk->dc.iohgatp, pc);
  if (!filled->g) filled->g = pcl_g_cache_fill(&caches->g, walk);
}

// A walker goes on to `next`, by a step of its walk or (`found` is false) by a lookup.
static void conclude(pcl_walker_pool_t *pool, unsigned index, pcl_walker_state_t next, bool found, pcl_walk_caches_t *caches,
                     filled_t *filled) {
  const pcl_walker_t *walker = &pool->walker[index];
  move(pool, index, next);
  if (next == PCL_WALKER_START) return;
  if (found) fill_found(walker, caches, filled);
  if (next == PCL_WALKER_AR) fill_nonleaf(walker, caches, filled);
}

static void take_b(pcl_walker_pool_t *pool, const pcl_b_t *b, pcl_walk_caches_t *caches, filled_t *filled) {
  const pcl_walker_state_t next = pcl_walker_exclusive_b(&pool->walker[b->id], b->resp);
  conclude(pool, b->id, next, b->resp == PCL_RESP_EXOKAY, caches, filled);
}

// The lookup of a guest physical address; `found` is what g_cache had for it before this edge.
static void look_up(pcl_walker_pool_t *pool, unsigned index, const pcl_g_entry_t *found, pcl_walk_caches_t *caches,
                    filled_t *filled) {
  conclude(pool, index, pcl_walker_grant(&pool->walker[index], found), false, caches, filled);
  pool->gl_ptr = pcl_rr_next(index, pool->count);
}

static void take_beat(pcl_walker_pool_t *pool, const pcl_r_t *r, pcl_walk_caches_t *caches, filled_t *filled) {
  pcl_walker_t *walker = &pool->walker[r->id];
  if (walker->state == PCL_WALKER_XR) {
    move(pool, r->id, pcl_walker_exclusive_read(walker, r));
  } else if (pcl_walker_beat(walker, r)) {
    conclude(pool, r->id, pcl_walker_decide(walker), true, caches, filled);
  }
}

static bool owns(const pcl_walker_pool_t *pool, uint32_t states, unsigned id) {
  return id < pool->count && states >> id & 1;
}

// What a kill does to caches and walkers. Returns the walkers whose START is not void.
static uint32_t kill(pcl_walker_pool_t *pool, const pcl_inv_t *inv, pcl_walk_caches_t *caches) {
  const uint32_t starting = pool->in[PCL_WALKER_START];
  if (!inv) return starting;
  const uint32_t all = (UINT32_C(1) << pool->count) - 1;
  pcl_walk_caches_kill(caches, inv);
  return starting & ~kill_walkers(pool, inv, ~pool->in[PCL_WALKER_IDLE] & all);
}

// The pins' part: handshakes, beats, B.
static void take_pins(pcl_walker_pool_t *pool, const pcl_walker_pool_in_t *in, pcl_walk_caches_t *caches, filled_t *filled) {
  const uint32_t reading = pool->in[PCL_WALKER_R] | pool->in[PCL_WALKER_XR];
  const uint32_t writing = pool->in[PCL_WALKER_XB];
  if (in->r->valid && owns(pool, reading, in->r->id)) take_beat(pool, in->r, caches, filled);
  if (in->b->valid && owns(pool, writing, in->b->id)) take_b(pool, in->b, caches, filled);
  if (in->ar_taken >= 0) {
    pcl_walker_t *walker = &pool->walker[in->ar_taken];
    const bool exclusive = walker->state == PCL_WALKER_XAR;
    if (pool->counts && !exclusive) pcl_walker_event(walker, &pool->ev);
    move(pool, (unsigned)in->ar_taken, exclusive ? PCL_WALKER_XR : PCL_WALKER_R);
  }
  if (in->update_taken >= 0) move(pool, (unsigned)in->update_taken, PCL_WALKER_XB);
  if (in->fault_taken >= 0) move(pool, (unsigned)in->fault_taken, PCL_WALKER_RESP);
}

void pcl_walker_pool_commit(pcl_walker_pool_t *pool, const pcl_walker_pool_in_t *in, pcl_walk_caches_t *caches) {
  pool->ev.event = PCL_EVENT_NONE;
  if (pool->busy == 0) {
    if (in->inv) pcl_walk_caches_kill(caches, in->inv);
    return;
  }
  filled_t filled = {.nl = false};
  const uint32_t looking = pool->in[PCL_WALKER_GL];
  const unsigned looker = looking != 0 ? pcl_rr_pick(looking, pool->gl_ptr) : 0;
  uint32_t dropping = pool->in[PCL_WALKER_XW] != 0 ? pool->in[PCL_WALKER_XW] & ~pcl_walker_pool_updates(pool) : 0;
  const pcl_g_entry_t *hit = NULL;
  pcl_g_entry_t found;
  if (looking != 0 && pcl_walker_asks_g(&pool->walker[looker])) {
    hit = pcl_g_cache_lookup(&caches->g, &pool->walker[looker].walk);
    if (hit) found = *hit;
  }

  if (in->shown >= 0) free_walker(pool, (unsigned)in->shown);
  uint32_t starting = kill(pool, in->inv, caches);
  take_pins(pool, in, caches, &filled);
  if (looking != 0) look_up(pool, looker, hit ? &found : NULL, caches, &filled);
  for (; dropping != 0; dropping &= dropping - 1) {
    const unsigned index = (unsigned)__builtin_ctz(dropping);
    move(pool, index, pcl_walker_restart(&pool->walker[index]));
  }
  for (; starting != 0; starting &= starting - 1) {
    const unsigned index = (unsigned)__builtin_ctz(starting);
    move(pool, index, pcl_walker_start(&pool->walker[index], in->regs));
  }
  pool->awaited = in->fence_start ? pool->in[PCL_WALKER_XB] : pool->awaited & pool->in[PCL_WALKER_XB];
}
