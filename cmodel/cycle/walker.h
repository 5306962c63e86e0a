// SPDX-License-Identifier: Apache-2.0
// One walker, the twin of walker.sv (docs/microarchitecture.md, section 5.3).
//
// It holds a walk of cmodel/arch and advances it by one response at a time: every check, cause and address is the walk's; when it
// happens, and what an invalidation does to it, is said here. The state lives in the pool; these functions say the next one.
//
// Each guest physical address passes through GL, also one that the walk has seen to be an MSI page's or too wide when it came up:
// then the walk has gone further than the walker, and `step` tells at the grant how.
// Invariants: in AR, R, XAR, XR, XW and XB the walk stands at an access; in START killed = 0 and inv_size = 7.
#ifndef PCL_CYCLE_WALKER_H
#define PCL_CYCLE_WALKER_H

#include "arch/walk.h"
#include "buses.h"
#include "context.h"
#include "ds_write.h"
#include "g_cache.h"
#include "nl_cache.h"
#include "regs.h"

typedef enum {
  PCL_WALKER_IDLE,
  PCL_WALKER_START,
  PCL_WALKER_GL,
  PCL_WALKER_GD,
  PCL_WALKER_AR,
  PCL_WALKER_R,
  PCL_WALKER_XAR,
  PCL_WALKER_XR,
  PCL_WALKER_XW,
  PCL_WALKER_XB,
  PCL_WALKER_FAULT,
  PCL_WALKER_RESP,
  PCL_WALKER_STATES
} pcl_walker_state_t;

enum { PCL_INV_SIZE_NONE = 7 };

typedef struct {
  pcl_walk_t walk;
  pcl_request_t request;
  pcl_response_t response;  // beats gathered
  pcl_resp_t resp;          // mask and leader since the allocation; the rest counts in RESP
  pcl_known_t known;        // counts in START
  uint8_t state;            // pcl_walker_state_t
  uint8_t step;             // pcl_step_t: counts in GL and GD
  uint8_t beat;
  uint8_t retries;          // exclusive writes lost and entries found changed, since the allocation; 63 at most
  uint8_t inv_size;         // smallest leaf that has been invalidated, or PCL_INV_SIZE_NONE
  int8_t s1_leaf;           // size of the first-stage leaf that grants; -1 = none yet
  uint8_t l2_way;           // of the iotlb, for the leaf
  bool killed;              // what has been read is void
  bool missed;              // a table has been read for the IOVA, since the allocation
} pcl_walker_t;

// A request as stage B hands it over.
typedef struct {
  const pcl_miss_req_t *req;
  const pcl_known_t *known;
  pcl_nl_hit_t nonleaf;
  uint8_t q;
  uint8_t l2_way;           // of the iotlb, for the leaf
  bool fast;                // only page tables decide
  bool pc_used;
  bool debug;               // the requester is the debug interface
} pcl_walker_job_t;

// Takes a request. The next state is START, or if it is fast AR or GL.
pcl_walker_state_t pcl_walker_take(pcl_walker_t *walker, const pcl_walker_job_t *job, const pcl_regs_state_t *regs);

// START: the decision.
pcl_walker_state_t pcl_walker_start(pcl_walker_t *walker, const pcl_regs_state_t *regs);

// GL, granted: whether g_cache is to be asked. GD: `found` is what it had for the GPA then, or NULL.
static inline bool pcl_walker_asks_g(const pcl_walker_t *walker) {
  return walker->step == PCL_STEP_ACCESS && pcl_walk_at_gpa(&walker->walk);
}
pcl_walker_state_t pcl_walker_grant(pcl_walker_t *walker, const pcl_g_entry_t *found);

// R: gathers a beat; true if it is the last.
bool pcl_walker_beat(pcl_walker_t *walker, const pcl_r_t *r);

// R after the last beat: the decision. If this or one of the other steps says PCL_WALKER_START nothing may be filled, else
// walk.new_* and pcl_walker_nonleaf() say what is.
pcl_walker_state_t pcl_walker_decide(pcl_walker_t *walker);

// XR and its beat; XB and its B.
pcl_walker_state_t pcl_walker_exclusive_read(pcl_walker_t *walker, const pcl_r_t *r);
pcl_walker_state_t pcl_walker_exclusive_b(pcl_walker_t *walker, uint8_t resp);

// Whether what has been read is void, by registers. In XW such a walker offers nothing, and the next state is START.
bool pcl_walker_stale(const pcl_walker_t *walker);

// Anew, with nothing known; the next state is START.
pcl_walker_state_t pcl_walker_restart(pcl_walker_t *walker);

// XW: the update offered.
pcl_ds_update_t pcl_walker_update(const pcl_walker_t *walker);

// AR, with its handshake in this clock: the load as an event; none for an MSI PTE.
void pcl_walker_event(pcl_walker_t *walker, pcl_ev_t *ev);

// QoS IDs of the access, at their places in iommu_qosid; those of the device directory are `own`.
uint32_t pcl_walker_qos(const pcl_walker_t *walker, uint32_t own);

// Whether a walk that has just come to AR is about to read a PTE from a table that nl_cache shall know: its level L, else 0.
unsigned pcl_walker_nonleaf(const pcl_walker_t *walker);

// The address space, once the first stage is known.
pcl_addr_space_t pcl_walker_space(const pcl_walker_t *walker);

// A kill; before the walker's own step of the same clock, which is void in START if this returns true. In RESP true means that
// the next state is START. `walker` is not shown on the response bus in this clock.
bool pcl_walker_kill(pcl_walker_t *walker, const pcl_inv_t *inv, uint64_t va_mask);

// FAULT: the record offered.
void pcl_walker_record(const pcl_walker_t *walker, pcl_fault_rec_t *record);

// RESP: what `ats` is told beside the response.
pcl_ats_resp_t pcl_walker_ats_resp(const pcl_walker_t *walker);

// Whether a request may share this walk (which is between START and its end).
bool pcl_walker_serves(const pcl_walker_t *walker, const pcl_miss_req_t *req);

#endif
