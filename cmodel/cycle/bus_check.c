// SPDX-License-Identifier: Apache-2.0
// Bursts that may not leave whatever their translation. The rules are in bus_check.h and microarchitecture 4.5.
#include "bus_check.h"

bool pcl_bus_illegal(const pcl_ax_t *ax, unsigned bus_size) {
  if (ax->size > bus_size) return true;
  uint64_t beats = ax->len + UINT64_C(1);
  uint64_t bytes = beats << ax->size;
  uint64_t below = (UINT64_C(1) << ax->size) - 1;
  if (ax->lock && (beats > 16 || bytes > 128 || (beats & (beats - 1)) != 0 || (ax->addr & (bytes - 1)) != 0)) return true;
  switch (ax->burst) {
    case PCL_BURST_FIXED: return beats > 16;
    case PCL_BURST_INCR: return (ax->addr & 0xfff & ~below) + bytes > 4096;
    case PCL_BURST_WRAP: return (beats != 2 && beats != 4 && beats != 8 && beats != 16) || (ax->addr & below) != 0;
    default: return true;
  }
}
