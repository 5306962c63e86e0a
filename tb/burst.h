// SPDX-License-Identifier: Apache-2.0
//
// Addresses of the beats of an AXI burst (AMBA AXI4, A3.4.1).
#ifndef TB_BURST_H
#define TB_BURST_H

#include "cycle/buses.h"

// Address of beat n: of its first byte that belongs to the burst.
static inline uint64_t burst_address(const pcl_ax_t *ax, unsigned n) {
  uint64_t bytes = UINT64_C(1) << ax->size;
  if (n == 0 || ax->burst == PCL_BURST_FIXED) return ax->addr;
  if (ax->burst == PCL_BURST_WRAP) {
    uint64_t all = bytes * (ax->len + 1u), base = ax->addr / all * all;
    return base + (ax->addr - base + n * bytes) % all;
  }
  return (ax->addr & ~(bytes - 1)) + n * bytes;
}

// The byte lanes of a bus of `bus_bytes` that a beat at `addr` may use.
static inline uint64_t burst_lanes(uint64_t addr, unsigned size, unsigned bus_bytes) {
  unsigned bytes = 1u << size, first = addr & (bus_bytes - 1);
  unsigned end = (first & ~(bytes - 1)) + bytes;
  if (end > bus_bytes) end = bus_bytes;
  uint64_t below_end = end >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << end) - 1;
  return below_end & (~UINT64_C(0) << first);
}

#endif
