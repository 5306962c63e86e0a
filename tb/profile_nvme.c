// SPDX-License-Identifier: Apache-2.0
//
// A solid-state disk: moves whole pages, scattered as its page lists say, in bursts of up to 512 bytes; reads list entries of 8
// bytes and writes completions of 16 bytes in between.
#include "profile.h"

static bool next(stream_t *stream, unsigned channel, dma_t *dma) {
  if (rng_below(stream->rng, 16) == 0) return stream_start(stream, channel, channel == PCL_READ ? 8 : 16, 16, 16, dma);
  if (stream_continue(stream, channel, 512, dma)) return true;
  return stream_start(stream, channel, 4096, 512, 4096, dma);
}

const profile_t profile_nvme = {
  .name = "nvme",
  .what = "scatter lists: whole pages in long bursts",
  .pace = {.stall_request = 300, .stall_data = 100, .stall_answer = 200, .longest = 200, .outstanding = 16},
  .memory = {.latency_low = 10, .latency_high = 120, .stall = 300, .error = 2, .hole = AXI_MEM_HOLE},
  .tables = {.latency_low = 10, .latency_high = 100, .stall = 300, .error = 1, .poison = 1,
             .late = 3, .hole = AXI_MEM_HOLE, .corrupt = AXI_MEM_CORRUPT},
  .reg_stall = 300,
  .reg_probe = 10,
  .wild = 10,
  .illegal = 3,
  .next = next,
};
