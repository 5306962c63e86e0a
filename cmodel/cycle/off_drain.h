// SPDX-License-Identifier: Apache-2.0
// The end of a ddtp write, the twin of off_drain.sv (docs/microarchitecture.md, section 5.5, "Mode Off"): when inval is done
// with it the write is done, but for mode Off. Then it is done when the DMA that was granted before is out of the way.
//
// Invariant: ddtp.busy stays set, and ddtp.mode stands, until pcl_off_drain_commit() has returned true.
#ifndef PCL_CYCLE_OFF_DRAIN_H
#define PCL_CYCLE_OFF_DRAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/caps.h"

typedef enum {
  PCL_OFF_IDLE,   // inval's turn, if anybody's
  PCL_OFF_START,  // all ports note what is under way
  PCL_OFF_DRAIN   // waits for it
} pcl_off_state_t;

typedef struct {
  uint8_t state;  // pcl_off_state_t
} pcl_off_drain_t;

void pcl_off_drain_reset(pcl_off_drain_t *off);

// Whether all ports are to note what is under way.
static inline bool pcl_off_drain_fence_start(const pcl_off_drain_t *off) { return off->state == PCL_OFF_START; }

// Whether inval sees the ddtp request.
static inline bool pcl_off_drain_inv_req(const pcl_off_drain_t *off, bool ddtp_busy) {
  return ddtp_busy && off->state == PCL_OFF_IDLE;
}

// What the clock brings.
typedef struct {
  uint8_t ddtp_mode;
  bool inv_done;  // inval is done with the ddtp write
  bool drained;   // drain_done of every channel, and upd_drained
} pcl_off_drain_in_t;

// Edge. Returns ddtp_done.
bool pcl_off_drain_commit(pcl_off_drain_t *off, const pcl_off_drain_in_t *in);

#endif
