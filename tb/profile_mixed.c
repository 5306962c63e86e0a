// SPDX-License-Identifier: Apache-2.0
//
// All kinds of devices at once, each master changing its kind from time to time.
#include "profile.h"

const profile_t profile_mixed = {
  .name = "mixed",
  .what = "all of them at once",
  .pace = {.stall_request = 200, .stall_data = 100, .stall_answer = 200, .longest = 200, .outstanding = 48},
  .memory = {.latency_low = 1, .latency_high = 80, .stall = 300, .error = 3, .no_exclusive = 50, .hole = AXI_MEM_HOLE},
  .tables = {.latency_low = 1, .latency_high = 40, .stall = 200, .error = 2, .poison = 2, .no_exclusive = 20,
             .late = 10, .hole = AXI_MEM_HOLE, .corrupt = AXI_MEM_CORRUPT},
  .reg_stall = 300,
  .reg_probe = 10,
  .wild = 30,
  .illegal = 10,
  .hostile = true,
};
