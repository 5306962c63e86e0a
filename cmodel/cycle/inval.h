// SPDX-License-Identifier: Apache-2.0
// Invalidation, the twin of inval.sv (docs/microarchitecture.md, section 5.5): stops stage A, waits until the pipe is empty,
// scans the iotlb, and then tells everything with one `kill` clock. It also clears the iotlb after reset.
#ifndef PCL_CYCLE_INVAL_H
#define PCL_CYCLE_INVAL_H

#include "buses.h"
#include "iotlb.h"

typedef enum { PCL_INVAL_INIT, PCL_INVAL_IDLE, PCL_INVAL_READ, PCL_INVAL_CHECK } pcl_inval_state_t;

typedef struct {
  uint8_t state;     // pcl_inval_state_t
  bool ddtp;         // the request in work is the ddtp write's
  uint8_t rest;      // clocks in which stage A goes first
  bool fragments;    // the sets looked at by this scan have some left
  unsigned set;      // of the iotlb: INIT clears it, CHECK looks at it
} pcl_inval_t;

// Functions of registers.
typedef struct {
  pcl_inv_t inv;   // `kill` in the last CHECK clock; the payload counts in every CHECK clock
  bool active;     // stage A takes nothing, the iotlb is not filled
  bool scan;       // in CHECK: of all sets
  bool last_set;   // in CHECK
  bool ddtp_done;
  bool cq_done;
} pcl_inval_out_t;

void pcl_inval_reset(pcl_inval_t *inval);

// `ddtp_req`: ALL is wanted; `cq`: the command queue's request, valid if `kill`.
void pcl_inval_eval(const pcl_inval_t *inval, const pcl_iotlb_t *iotlb, bool ddtp_req, const pcl_inv_t *cq,
                    pcl_inval_out_t *out);

// Edge; may be left out if not active and not resting. `pipe_empty`: nothing in stages B and H.
void pcl_inval_commit(pcl_inval_t *inval, const pcl_inval_out_t *out, bool ddtp_req, bool pipe_empty, pcl_iotlb_t *iotlb);

#endif
