// SPDX-License-Identifier: Apache-2.0
// What every block's lockstep shares: a random source, bit fields of vectors of any width, and a check that stops the run.
//
// Verilator gives ports up to 64 bits integer types and wider ones VlWide; put(), get() and differs() accept all of them.
#ifndef PCL_LOCKSTEP_H
#define PCL_LOCKSTEP_H

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "verilated.h"

struct Random {
  uint64_t state;
  explicit Random(uint64_t seed) : state(seed * 0x9e3779b97f4a7c15u + 1) {}
  uint64_t next() {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * 0x2545f4914f6cdd1du;
  }
  unsigned below(unsigned n) { return static_cast<unsigned>((next() >> 32) % n); }
  bool percent(unsigned p) { return below(100) < p; }
  bool per_mille(unsigned p) { return below(1000) < p; }
};

inline uint64_t low_bits(unsigned width) { return width >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << width) - 1; }

template <typename T>
bool get_bit(const T& vector, unsigned index) {
  return (static_cast<uint64_t>(vector) >> index & 1) != 0;
}
template <std::size_t N>
bool get_bit(const VlWide<N>& vector, unsigned index) {
  return (vector.at(index / 32) >> (index % 32) & 1) != 0;
}
template <typename T>
void put_bit(T& vector, unsigned index, bool value) {
  uint64_t all = static_cast<uint64_t>(vector);
  uint64_t mask = UINT64_C(1) << index;
  vector = static_cast<T>(value ? all | mask : all & ~mask);
}
template <std::size_t N>
void put_bit(VlWide<N>& vector, unsigned index, bool value) {
  uint32_t mask = UINT32_C(1) << (index % 32);
  vector.at(index / 32) = value ? vector.at(index / 32) | mask : vector.at(index / 32) & ~mask;
}

// Bits [lsb +: width] of a vector, width <= 64.
template <typename T>
uint64_t get(const T& vector, unsigned lsb, unsigned width) {
  uint64_t value = 0;
  for (unsigned i = width; i-- > 0;) value = value << 1 | get_bit(vector, lsb + i);
  return value;
}
template <typename T>
void put(T& vector, unsigned lsb, unsigned width, uint64_t value) {
  for (unsigned i = 0; i < width; i++) put_bit(vector, lsb + i, value >> i & 1);
}

// Where the run is, for the message of a failed check.
struct Place {
  uint64_t seed = 0;
  uint64_t clock = 0;
};
inline Place place;

inline void check(const char* what, uint64_t rtl, uint64_t twin) {
  if (rtl == twin) return;
  std::printf("MISMATCH seed %llu clock %llu: %s: rtl %llx, twin %llx\n", static_cast<unsigned long long>(place.seed),
              static_cast<unsigned long long>(place.clock), what, static_cast<unsigned long long>(rtl),
              static_cast<unsigned long long>(twin));
  std::exit(1);
}

// main() of a lockstep: CLOCKS SEED...; a bench of each seed runs so many clocks. finish(bench, clocks) prints the rest of the
// line and returns whether everything due was seen.
template <typename Bench, typename Finish>
int run_seeds(int argc, char** argv, Finish finish) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s CLOCKS SEED...\n", argv[0]);
    return 2;
  }
  const uint64_t clocks = std::strtoull(argv[1], nullptr, 0);
  for (int arg = 2; arg < argc; arg++) {
    place = {std::strtoull(argv[arg], nullptr, 0), 0};
    Bench bench(place.seed);
    for (; place.clock < clocks; place.clock++) bench.clock();
    std::printf("seed %s: agree;", argv[arg]);
    if (!finish(bench, clocks)) return 1;
  }
  return 0;
}

#endif
