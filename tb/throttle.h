// SPDX-License-Identifier: Apache-2.0
//
// Back-pressure: decides in each clock whether a channel moves. It dwells in one pace for a while (open, mostly open, half,
// nearly shut, shut), then draws another, so that long stalls and long bursts both occur.
#ifndef TB_THROTTLE_H
#define TB_THROTTLE_H

#include "rng.h"

typedef struct {
  uint32_t stall;     // permille of dwells that are slower than open; 0: always open
  uint32_t pace;      // permille of open clocks in this dwell
  uint32_t left;      // clocks left in this dwell
  uint32_t longest;   // of a dwell
} throttle_t;

static inline void throttle_init(throttle_t *throttle, uint32_t stall, uint32_t longest) {
  *throttle = (throttle_t){.stall = stall, .pace = 1000, .longest = longest};
}

static inline bool throttle_open(throttle_t *throttle, rng_t *rng) {
  static const uint16_t paces[5] = {900, 500, 500, 100, 0};
  if (!throttle->stall) return true;
  if (!throttle->left) {
    throttle->left = rng_range(rng, 1, throttle->longest);
    throttle->pace = rng_chance(rng, throttle->stall) ? paces[rng_below(rng, 5)] : 1000;
  }
  throttle->left--;
  return throttle->pace >= 1000 || rng_chance(rng, throttle->pace);
}

#endif
