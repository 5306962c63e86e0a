// SPDX-License-Identifier: Apache-2.0
// Round-robin arbiter, the twin of rr_arb.sv.
//
// The first requester at or after the pointer wins, cyclically upwards. The pointer is the owner's register: it resets to 0,
// and becomes pcl_rr_next() of the winner at the edge of a clock in which the grant is used.
// Limits: at most 64 requesters; the pointer is below their number; pcl_rr_pick() needs at least one request.
#ifndef PCL_CYCLE_RR_ARB_H
#define PCL_CYCLE_RR_ARB_H

#include <stdint.h>

// The winner's index. `requests` has one bit per requester and is not 0.
static inline unsigned pcl_rr_pick(uint64_t requests, unsigned pointer) {
  uint64_t upper = requests & (~UINT64_C(0) << pointer);
  return (unsigned)__builtin_ctzll(upper != 0 ? upper : requests);
}

// The pointer after `winner` among `count` requesters was served.
static inline unsigned pcl_rr_next(unsigned winner, unsigned count) {
  return winner + 1 == count ? 0 : winner + 1;
}

#endif
