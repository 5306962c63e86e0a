// SPDX-License-Identifier: Apache-2.0
//
// A network card: fetches descriptors of 16 bytes, moves packets of 64 to 1,518 bytes in bursts of up to 128 bytes, and writes
// completions of 16 bytes.
#include "profile.h"

static bool next(stream_t *stream, unsigned channel, dma_t *dma) {
  if (stream_continue(stream, channel, 128, dma)) return true;
  if (rng_below(stream->rng, 3) == 0) return stream_start(stream, channel, 16, 16, 16, dma);
  unsigned packet = rng_below(stream->rng, 3) ? rng_range(stream->rng, 64, 256) : rng_range(stream->rng, 257, 1518);
  return stream_start(stream, channel, packet, 128, rng_below(stream->rng, 2) ? 64 : 2, dma);
}

const profile_t profile_nic = {
  .name = "nic",
  .what = "rings of descriptors, packets in short sequential bursts",
  .pace = {.stall_request = 500, .stall_data = 200, .stall_answer = 200, .longest = 100, .outstanding = 32},
  .memory = {.latency_low = 4, .latency_high = 60, .stall = 300, .error = 2, .hole = AXI_MEM_HOLE},
  .tables = {.latency_low = 2, .latency_high = 40, .stall = 200, .error = 1, .poison = 1,
             .late = 3, .hole = AXI_MEM_HOLE, .corrupt = AXI_MEM_CORRUPT},
  .reg_stall = 200,
  .reg_probe = 10,
  .wild = 10,
  .illegal = 3,
  .next = next,
};
