// SPDX-License-Identifier: Apache-2.0
// Random commands for the core's lockstep: every operand of every invalidation, fences, and some that are illegal.
#ifndef PCL_CORE_COMMANDS_H
#define PCL_CORE_COMMANDS_H

#include "core_tables.h"

class Commands {
 public:
  Commands(Random* rnd, Tables* tables) : rnd_(*rnd), tables_(*tables) {}

  void reset(uint64_t caps) { caps_ = caps; }

  // Both doublewords of a command.
  void make(uint64_t dw[2]) {
    const unsigned kind = rnd_.below(100);
    dw[1] = 0;
    if (kind < 55) {
      make_iotinval(dw);
    } else if (kind < 75) {
      dw[0] = 3 | static_cast<uint64_t>(tables_.random_device()) << 40 | flag(80, 33);
      if (rnd_.percent(caps_ & PCL_CAP_PD8 ? 50 : 2)) dw[0] |= 1 << 7 | static_cast<uint64_t>(tables_.random_process()) << 12;
    } else if (kind < 85 && (caps_ & PCL_CAP_ATS)) {
      const uint32_t device = tables_.random_device();
      dw[0] = 4 | flag(40, 7) | static_cast<uint64_t>(tables_.random_process()) << 12 | flag(50, 32) | flag(60, 33);
      dw[0] |= static_cast<uint64_t>(device & 0xffff) << 40 | static_cast<uint64_t>(device >> 16) << 56;
      dw[1] = rnd_.next();
    } else if (kind < 97) {
      dw[0] = 2 | (rnd_.next() & UINT64_C(0xffffffff00003c00));
      dw[1] = (rnd_.next() & UINT64_C(0x3fffffffffff)) | flag(4, 58);
    } else {
      dw[0] = rnd_.next() & 0xffff;
      dw[1] = rnd_.next() & 0xffff;
    }
  }

 private:
  uint64_t flag(unsigned percent, unsigned bit) { return rnd_.percent(percent) ? UINT64_C(1) << bit : 0; }

  void make_iotinval(uint64_t dw[2]) {
    const bool two_stage = caps_ & PCL_CAP_SV39X4;
    const bool gvma = rnd_.percent(two_stage ? 20 : 5);
    dw[0] = 1 | tables_.random_pscid() << 12 | tables_.random_gscid() << 44 | flag(75, 10) | flag(two_stage ? 65 : 10, 33);
    dw[0] |= gvma ? 1 << 7 | flag(1, 32) : flag(70, 32);
    if (rnd_.percent(caps_ & PCL_CAP_NL ? 25 : 1)) dw[0] |= UINT64_C(1) << 34;
    uint64_t page = tables_.random_iova() >> 12;
    if (rnd_.percent(15)) page ^= UINT64_C(1) << rnd_.below(52);
    if (rnd_.percent(caps_ & PCL_CAP_S ? 30 : 1)) {
      const unsigned open = rnd_.percent(80) ? rnd_.below(12) : rnd_.below(53);
      page |= low_bits(open);
      dw[1] = UINT64_C(1) << 9;
    }
    dw[1] |= page << 10;
  }

  Random& rnd_;
  Tables& tables_;
  uint64_t caps_ = 0;
};

#endif
