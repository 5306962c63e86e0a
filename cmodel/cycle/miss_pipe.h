// SPDX-License-Identifier: Apache-2.0
// The way of a miss into the core, the twin of miss_pipe.sv (docs/microarchitecture.md, section 5.1).
//
// Stage A chooses a requester and asks dc_cache, pc_cache and iotlb; stage B answers from the iotlb (register H), joins a walk,
// or starts one. The response bus shows a finished walk, or else H. In the clock after one in which a response waited behind
// another stage A takes nothing, so that no response waits for ever, whatever is asked.
// Invariant: stage B holds a request only while a walker is sure to be there for it.
#ifndef PCL_CYCLE_MISS_PIPE_H
#define PCL_CYCLE_MISS_PIPE_H

#include "buses.h"
#include "context.h"
#include "iotlb.h"
#include "walk_caches.h"
#include "walker_pool.h"

typedef struct {
  pcl_miss_req_t b;      // stage B
  pcl_known_t b_known;   // the caches' answers for it
  uint8_t b_q;
  uint8_t a_ptr;
  uint8_t requesters;
  uint8_t debug;         // the requester that is the debug interface
  pcl_resp_t h;          // register H
  bool held;             // a response waited in the clock before
} pcl_miss_pipe_t;

// The blocks that the pipe looks at.
typedef struct {
  const pcl_regs_state_t *regs;
  const pcl_walker_pool_t *pool;
  const pcl_walk_caches_t *caches;
  const pcl_iotlb_t *iotlb;
  const pcl_miss_req_t *const *req;  // by requester
  uint32_t req_valid;                // one bit per requester
  bool inval_active;
} pcl_miss_pipe_in_t;

// What the clock brings, all from registers.
typedef struct {
  int winner;                   // requester taken into stage B, or -1
  pcl_known_t winner_known;
  bool b_moves;                 // stage B becomes free
  bool b_fast;
  pcl_context_t context;        // of stage B
  uint8_t rights;               // case 1: of the requester, PCL_RIGHT_*
  const pcl_iotlb_way_t *way;   // case 1: the answer for stage B, else NULL
  int merge;                    // case 2: walker that stage B joins, else -1
  pcl_nl_hit_t nonleaf;         // case 3, fast
  int shown;                    // walker on the response bus, or -1
  bool h_shown;
  bool waits;                   // a response waits behind the one shown
} pcl_miss_plan_t;

void pcl_miss_pipe_reset(pcl_miss_pipe_t *pipe, const pcl_config_t *config);

static inline bool pcl_miss_pipe_empty(const pcl_miss_pipe_t *pipe) { return !pipe->b.valid && !pipe->h.valid; }

void pcl_miss_pipe_eval(const pcl_miss_pipe_t *pipe, const pcl_miss_pipe_in_t *in, pcl_miss_plan_t *plan);

// Edge, after the walkers' (pcl_walker_pool_commit) and before the fill of the iotlb.
void pcl_miss_pipe_commit(pcl_miss_pipe_t *pipe, const pcl_miss_pipe_in_t *in, const pcl_miss_plan_t *plan,
                          pcl_walker_pool_t *pool, pcl_iotlb_t *iotlb);

#endif
