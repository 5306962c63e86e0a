// SPDX-License-Identifier: Apache-2.0
// What a run of the port's lockstep has seen.
#ifndef PCL_PORT_COUNTS_H
#define PCL_PORT_COUNTS_H

#include <cstdint>
#include <cstdio>

struct Counts {
  uint64_t taken[2], direct[2], out[2], refused[2], asked, kills, isolations, resumptions, fences, made_up;
  uint64_t mrif, updates, okay, late;

  void print() const {
    auto show = [](const char* what, uint64_t n) { std::printf(" %s %llu", what, static_cast<unsigned long long>(n)); };
    show("AR", taken[0]), show("AW", taken[1]), show("direct", direct[0] + direct[1]), show("left", out[0] + out[1]);
    show("asked", asked), show("refused R", refused[0]), show("B", refused[1]), show("kills", kills), show("fences", fences);
    show("isolations", isolations), show("resumptions", resumptions), show("made-up W", made_up), show("MRIF pages", mrif);
    show("updates", updates), show("OKAY", okay), show("late", late);
    std::printf("\n");
  }
};

#endif
