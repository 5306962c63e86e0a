// SPDX-License-Identifier: Apache-2.0
//
// A graphics processor: random accesses of every legal shape all over its memory, many outstanding, few pauses.
#include "profile.h"

static bool next(stream_t *stream, unsigned channel, dma_t *dma) {
  if (channel == PCL_WRITE && !stream->exclusive.valid && rng_below(stream->rng, 2)) return false;
  const dma_target_t *target = stream_pick(stream, channel);
  if (!target) return false;
  if (rng_below(stream->rng, 2)) stream_any_shape(stream, target, channel, dma);
  else stream_request(stream, target, stream_place(stream, target, 64, 64), 64, dma);
  return true;
}

const profile_t profile_gpu = {
  .name = "gpu",
  .what = "random accesses of every shape, many outstanding",
  .pace = {.stall_request = 100, .stall_data = 50, .stall_answer = 100, .longest = 60, .outstanding = 64},
  .memory = {.latency_low = 1, .latency_high = 40, .stall = 200, .error = 1, .no_exclusive = 100, .hole = AXI_MEM_HOLE},
  .tables = {.latency_low = 1, .latency_high = 30, .stall = 100, .error = 1, .poison = 1, .no_exclusive = 20,
             .late = 15, .hole = AXI_MEM_HOLE, .corrupt = AXI_MEM_CORRUPT},
  .reg_stall = 100,
  .reg_probe = 10,
  .wild = 10,
  .illegal = 3,
  .next = next,
};
