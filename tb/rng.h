// SPDX-License-Identifier: Apache-2.0
//
// Random numbers of the testbench: xoshiro256** seeded by splitmix64. The same seed gives the same numbers on every machine.
// Each bus model has its own generator, so that what one draws never shifts what another sees.
#ifndef TB_RNG_H
#define TB_RNG_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  uint64_t s[4];
} rng_t;

// A bijective hash of 64 bits (the splitmix64 finaliser).
static inline uint64_t rng_mix(uint64_t x) {
  x += UINT64_C(0x9e3779b97f4a7c15);
  x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
  return x ^ (x >> 31);
}

// `stream` tells the generators of one seed apart.
static inline void rng_seed(rng_t *rng, uint64_t seed, uint64_t stream) {
  uint64_t x = rng_mix(seed) ^ rng_mix(~stream);
  for (unsigned i = 0; i < 4; i++) rng->s[i] = rng_mix(x + i);
}

static inline uint64_t rng_u64(rng_t *rng) {
  uint64_t *s = rng->s;
  uint64_t product = s[1] * 5;
  uint64_t result = (product << 7 | product >> 57) * 9;
  uint64_t t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = s[3] << 45 | s[3] >> 19;
  return result;
}

// A number in 0..n-1; n >= 1.
static inline uint32_t rng_below(rng_t *rng, uint32_t n) { return (uint32_t)(((rng_u64(rng) >> 32) * n) >> 32); }

// A number in low..high.
static inline uint32_t rng_range(rng_t *rng, uint32_t low, uint32_t high) { return low + rng_below(rng, high - low + 1); }

// True with a probability of `permille` in 1000; draws nothing when that is 0.
static inline bool rng_chance(rng_t *rng, uint32_t permille) { return permille && rng_below(rng, 1000) < permille; }

#endif
