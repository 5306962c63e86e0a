// SPDX-License-Identifier: Apache-2.0
// One walker, the twin of walker.sv (docs/microarchitecture.md, section 5.3).
//
// It holds a walk of cmodel/arch and advances it by one response at a time: every check, cause and address is the walk's; when it
// happens, and what an invalidation does to it, is said here. The state lives in the pool; these functions say the next one.
// Invariants: in AR and R the walk stands at an access; in START killed = 0 and inv_size = 7.
#ifndef PCL_CYCLE_WALKER_H
#define PCL_CYCLE_WALKER_H

#include "arch/walk.h"
#include "buses.h"
#include "dc_cache.h"
#include "nl_cache.h"
#include "regs.h"

typedef enum {
  PCL_WALKER_IDLE,
  PCL_WALKER_START,
  PCL_WALKER_AR,
  PCL_WALKER_R,
  PCL_WALKER_FAULT,
  PCL_WALKER_RESP,
  PCL_WALKER_STATES
} pcl_walker_state_t;

typedef struct {
  pcl_walk_t walk;
  pcl_request_t request;
  pcl_response_t response;  // beats gathered
  pcl_resp_t resp;          // mask and leader since the allocation; the rest counts in RESP
  pcl_dc_known_t dc;        // counts in START
  uint8_t state;            // pcl_walker_state_t
  uint8_t beat;
  uint8_t inv_size;         // smallest leaf that has been invalidated; 7 = none
  uint8_t l2_way;           // of the iotlb, for the leaf
  bool killed;              // what is being read is void
} pcl_walker_t;

// A request as stage B hands it over.
typedef struct {
  const pcl_miss_req_t *req;
  pcl_dc_known_t dc;
  uint8_t q;
  uint8_t l2_way;           // of the iotlb, for the leaf
} pcl_walker_job_t;

// Takes a request; the next state is START.
pcl_walker_state_t pcl_walker_take(pcl_walker_t *walker, const pcl_walker_job_t *job);

// Takes a request whose only open question is the page table (`fast`); the next state is AR.
pcl_walker_state_t pcl_walker_take_fast(pcl_walker_t *walker, const pcl_walker_job_t *job, const pcl_regs_state_t *regs,
                                        pcl_nl_hit_t nonleaf);

// START: the decision.
pcl_walker_state_t pcl_walker_start(pcl_walker_t *walker, const pcl_regs_state_t *regs);

// R: gathers a beat; true if it is the last.
bool pcl_walker_beat(pcl_walker_t *walker, const pcl_r_t *r);

// R after the last beat: the decision. If it is PCL_WALKER_START nothing may be filled, else walk.new_dc and walk.new_nonleaf say
// what is.
pcl_walker_state_t pcl_walker_decide(pcl_walker_t *walker);

// A kill; before the walker's own step of the same clock, which is void in START if this returns true. In RESP true means that
// the next state is START. `walker` is not shown on the response bus in this clock.
bool pcl_walker_kill(pcl_walker_t *walker, const pcl_inv_t *inv, uint64_t va_mask);

// FAULT: the record offered.
void pcl_walker_record(const pcl_walker_t *walker, pcl_fault_rec_t *record);

// Whether a request may share this walk (which is in AR or R).
bool pcl_walker_serves(const pcl_walker_t *walker, const pcl_miss_req_t *req);

#endif
