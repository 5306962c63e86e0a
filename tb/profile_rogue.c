// SPDX-License-Identifier: Apache-2.0
//
// A device under an attacker's control: probes where it may not, breaks bus rules, lies about WLAST, withdraws WVALID, and now
// and then stops taking answers or sending the W beats that it owes.
#include "profile.h"

static bool next(stream_t *stream, unsigned channel, dma_t *dma) {
  const dma_target_t *target = stream_pick(stream, channel);
  if (!target) return false;
  stream_any_shape(stream, target, channel, dma);
  return true;
}

const profile_t profile_rogue = {
  .name = "rogue",
  .what = "probes where it may not, breaks bus rules, stalls the port",
  .pace = {.stall_request = 300, .stall_data = 400, .stall_answer = 500, .longest = 800, .outstanding = 48, .withdraw = 200,
           .wild_last = true},
  .memory = {.latency_low = 1, .latency_high = 100, .stall = 300, .error = 10, .no_exclusive = 100, .hole = AXI_MEM_HOLE},
  .tables = {.latency_low = 1, .latency_high = 100, .stall = 300, .error = 5, .poison = 5, .no_exclusive = 20,
             .late = 5, .hole = AXI_MEM_HOLE, .corrupt = AXI_MEM_CORRUPT},
  .reg_stall = 500,
  .reg_probe = 20,
  .wild = 300,
  .illegal = 100,
  .hostile = true,
  .next = next,
};
