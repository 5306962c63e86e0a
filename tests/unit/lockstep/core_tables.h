// SPDX-License-Identifier: Apache-2.0
// Random data structures behind the core's lockstep: directories of devices and processes, page tables of both stages, MSI page
// tables; and the addresses, identifiers and pointers that lead into them.
//
// An entry is made up when it is read, of the kind that the walk expects there, so walks get deep whatever the pointers say.
// Pointers, identifiers and pages come from small pools, so that caches hit and invalidations meet.
#ifndef PCL_CORE_TABLES_H
#define PCL_CORE_TABLES_H

#include "arch/caps.h"
#include "arch/dc.h"
#include "arch/pc.h"
#include "arch/pte.h"
#include "arch/walk.h"
#include "lockstep.h"

class Tables {
 public:
  explicit Tables(Random* rnd) : rnd_(*rnd) {}

  void reset(uint64_t caps) {
    caps_ = caps;
    spoil_rate_ = rnd_.percent(50) ? 2 : 30;
    const uint64_t ppn_mask = rnd_.percent(50) ? PCL_PPN_MASK : 0xffff;
    for (auto& spn : spn_) spn = rnd_.next() & ppn_mask & ~UINT64_C(3);
    const unsigned bits[] = {2, 6, 7, 15, 16, 24};
    for (auto& id : device_) id = static_cast<uint32_t>(low(bits[rnd_.below(6)]));
    for (auto& id : process_) id = static_cast<uint32_t>(low(rnd_.percent(75) ? 8 : rnd_.percent(50) ? 17 : 20));
    process_[0] = 0;
    for (auto& id : pscid_) id = low(20);
    for (auto& id : gscid_) id = low(16);
    // Most guest pages fit every width of a GPA.
    for (unsigned i = 0; i < kPages; i++) gpn_[i] = low(i < 9 ? 22 : i < 11 ? 29 : rnd_.percent(50) ? 41 : 44) & ~UINT64_C(3);
    new_phase();
  }

  void new_phase() {
    devices_ = 1 + rnd_.below(kDevices);
    processes_ = 1 + rnd_.below(kProcesses);
    pages_ = 1 + rnd_.below(16);
  }

  uint64_t random_iova() {
    uint64_t vpn = rnd_.below(pages_);
    if (rnd_.percent(20)) vpn |= rnd_.below(512);
    for (unsigned level = 1; level < 5; level++) vpn |= static_cast<uint64_t>(rnd_.below(3) ? 0 : rnd_.below(3)) << (9 * level);
    if (has(PCL_CAP_SV39X4) && rnd_.percent(25)) vpn = gpn_[rnd_.percent(50) ? 0 : rnd_.below(kPages)] | rnd_.below(4);
    uint64_t iova = vpn << 12 | (rnd_.next() & 0xfff);
    const unsigned width = 39 + 9 * rnd_.below(levels(PCL_CAP_SV48, PCL_CAP_SV57));
    if (rnd_.percent(70)) iova = static_cast<uint64_t>(static_cast<int64_t>(iova << (64 - width)) >> (64 - width));
    if (rnd_.percent(6)) iova ^= ~UINT64_C(0) << (width - 1);
    return rnd_.percent(1) ? rnd_.next() : iova;
  }

  uint32_t random_device() { return device_[rnd_.below(devices_)]; }
  uint32_t random_process() { return process_[rnd_.below(processes_)]; }
  uint64_t random_pscid() { return rnd_.percent(97) ? pscid_[rnd_.below(kSpaces)] : low(20); }
  uint64_t random_gscid() { return rnd_.percent(97) ? gscid_[rnd_.below(kSpaces)] : low(16); }

  // `to_off`: rather mode Off, for which what was granted before must drain.
  uint64_t random_ddtp(bool to_off) {
    if (to_off && rnd_.percent(80)) return PCL_DDTP_OFF;
    const uint64_t mode = rnd_.percent(60) ? 4 : rnd_.percent(60) ? 2 + rnd_.below(2) : rnd_.percent(50) ? 1 : rnd_.below(16);
    return spn() << 10 | mode;
  }

  // What memory holds where this walk is about to read: `entry` takes the access's doublewords; of an entry of 4 bytes the value,
  // right-justified.
  void make_entry(const pcl_walk_t& walk, uint64_t entry[8]) {
    const pcl_access_t& access = walk.access;
    switch (access.kind) {
      case PCL_ACCESS_DDT_NONLEAF: entry[0] = spn() << 10 | 1; break;
      case PCL_ACCESS_DC: make_dc(walk.regs.fctl & PCL_FCTL_GXL, walk.regs.fctl & PCL_FCTL_BE, entry); break;
      case PCL_ACCESS_PDT_NONLEAF: entry[0] = table_page() << 10 | 1; break;
      case PCL_ACCESS_PC: make_pc(walk.dc.tc & PCL_TC_SXL, entry); break;
      case PCL_ACCESS_MSI_PTE:
        entry[0] = random_spn() << 10 | (rnd_.percent(70) ? 7 : rnd_.percent(50) ? rnd_.below(4) * 2 : rnd_.below(8));
        entry[1] = rnd_.next();
        if (!has(PCL_CAP_MSI_MRIF) || rnd_.percent(40)) break;
        entry[0] = (rnd_.next() & (low_bits(47) << 7)) | 3;
        entry[1] = (rnd_.next() & (UINT64_C(1) << 60 | 0x3ff)) | random_spn() << 10;
        break;
      default: entry[0] = access.bytes == 4 ? pte32(access) : pte64(access); break;
    }
    if (rnd_.percent(2)) entry[0] &= ~UINT64_C(1);
    for (unsigned i = 0; i < access.beats; i++) entry[i] = spoil(entry[i]);
    if (access.bytes == 4) entry[0] &= UINT32_MAX;
  }

  // Now and then one bit is wrong.
  uint64_t spoil(uint64_t word) { return rnd_.per_mille(spoil_rate_) ? word ^ UINT64_C(1) << rnd_.below(64) : word; }

 private:
  static const unsigned kPages = 12, kDevices = 6, kProcesses = 5, kSpaces = 3;

  bool has(uint64_t capability) const { return caps_ & capability; }
  uint64_t low(unsigned bits) { return rnd_.next() & low_bits(bits); }
  uint64_t flag(unsigned percent, uint64_t bit) { return rnd_.percent(percent) ? bit : 0; }
  unsigned levels(uint64_t four, uint64_t five) const { return has(five) ? 3 : has(four) ? 2 : 1; }

  uint64_t spn() { return spn_[rnd_.below(kPages)]; }
  uint64_t random_spn() { return low(44); }
  // Of a leaf; often near the interrupt files.
  uint64_t leaf_page(bool first_stage, unsigned bits) {
    if (rnd_.percent(30)) return low(bits);
    return (!first_stage ? spn() : rnd_.percent(40) ? gpn_[0] : table_page()) | low(2);
  }
  // Of a table that the second stage, if there is one, translates.
  uint64_t table_page() { return rnd_.percent(95) ? gpn_[rnd_.below(kPages)] : spn(); }

  void make_dc(bool gxl, bool be, uint64_t dc[8]) {
    const bool sxl = gxl || (has(PCL_CAP_SV32 | PCL_CAP_SV32X4) && rnd_.percent(30));
    const bool gv = has(gxl ? PCL_CAP_SV32X4 : PCL_CAP_SV39X4) && rnd_.percent(70);
    const bool pdtv = has(PCL_CAP_PD8) && rnd_.percent(75);
    const unsigned modes = gxl ? 1 : levels(PCL_CAP_SV48X4, PCL_CAP_SV57X4);
    dc[0] = PCL_TC_V | flag(15, PCL_TC_DTF) | (pdtv ? PCL_TC_PDTV | flag(50, PCL_TC_DPE) : 0) | (sxl ? PCL_TC_SXL : 0);
    if (has(PCL_CAP_ATS) && rnd_.percent(70)) {
      dc[0] |= PCL_TC_EN_ATS | (rnd_.percent(70) ? PCL_TC_EN_PRI | flag(50, PCL_TC_PRPR) : 0);
      if (has(PCL_CAP_T2GPA) && gv) dc[0] |= flag(40, PCL_TC_T2GPA);
    }
    if (has(PCL_CAP_END) ? rnd_.percent(50) : be) dc[0] |= PCL_TC_SBE;
    if (has(PCL_CAP_AMO_HWAD)) dc[0] |= flag(80, PCL_TC_SADE) | flag(80, PCL_TC_GADE);
    dc[1] = gv ? static_cast<uint64_t>(PCL_IOHGATP_SV39X4 + rnd_.below(modes)) << 60 | random_gscid() << 44 | spn() : 0;
    dc[2] = random_pscid() << 12;
    if (has(PCL_CAP_QOSID)) dc[2] |= low(24) << 40;
    dc[3] = pdtv ? pdtp() : iosatp(sxl, gv ? 30 : 10);
    for (unsigned i = 4; i < 8; i++) dc[i] = 0;
    if (!has(PCL_CAP_MSI_FLAT) || !gv || rnd_.percent(20)) return;
    dc[4] = UINT64_C(1) << 60 | spn();
    dc[5] = rnd_.percent(60) ? 3 : low(rnd_.percent(80) ? 12 : 29) & rnd_.next();
    dc[6] = rnd_.percent(60) ? gpn_[0] | low(2) : rnd_.percent(50) ? gpn_[rnd_.below(9)] : rnd_.below(pages_);
  }

  uint64_t pdtp() {
    const unsigned modes = has(PCL_CAP_PD20) ? 3 : has(PCL_CAP_PD17) ? 2 : 1;
    if (rnd_.percent(10)) return 0;
    return static_cast<uint64_t>(PCL_PDTP_PD8 + rnd_.below(modes)) << 60 | table_page();
  }

  uint64_t iosatp(bool sxl, unsigned bare) {
    if (rnd_.percent(bare) || (sxl && !has(PCL_CAP_SV32))) return 0;
    const unsigned mode = sxl ? 0 : rnd_.below(levels(PCL_CAP_SV48, PCL_CAP_SV57));
    return static_cast<uint64_t>(PCL_IOSATP_SV39 + mode) << 60 | table_page();
  }

  void make_pc(bool sxl, uint64_t pc[2]) {
    pc[0] = PCL_PC_V | flag(70, PCL_PC_ENS) | flag(50, PCL_PC_SUM) | random_pscid() << 12;
    pc[1] = iosatp(sxl, 15);
  }

  uint64_t leaf_flags(bool first_stage) {
    uint64_t flags = PCL_PTE_V | PCL_PTE_R | flag(80, PCL_PTE_W) | flag(75, PCL_PTE_X) | flag(30, PCL_PTE_G);
    flags |= flag(80, PCL_PTE_A) | flag(75, PCL_PTE_D) | flag(first_stage ? 70 : 98, PCL_PTE_U);
    return rnd_.percent(3) ? flags ^ (rnd_.next() & 0xff) : flags;
  }

  uint64_t pte32(const pcl_access_t& access) {
    const bool first_stage = access.kind == PCL_ACCESS_PTE;
    if (access.level == 1 && rnd_.percent(75)) return ((first_stage ? table_page() : spn()) << 10 | PCL_PTE_V) & UINT32_MAX;
    uint64_t ppn = leaf_page(first_stage, 22);
    if (access.level == 1) ppn &= ~low_bits(10);
    return (ppn << 10 | low(2) << 8 | leaf_flags(first_stage)) & UINT32_MAX;
  }

  uint64_t pte64(const pcl_access_t& access) {
    const bool first_stage = access.kind == PCL_ACCESS_PTE;
    if (access.level != 0 && rnd_.percent(80)) return (first_stage ? table_page() : spn()) << 10 | PCL_PTE_V;
    uint64_t ppn = leaf_page(first_stage, first_stage && rnd_.percent(80) ? 29 : 44);
    if (rnd_.percent(98)) ppn &= ~low_bits(9 * access.level);
    uint64_t pte = leaf_flags(first_stage) | low(2) << 8;
    if (access.level == 0 && rnd_.percent(20)) {
      ppn = (ppn & ~UINT64_C(15)) | 8;
      pte |= PCL_PTE_N;
    }
    if (has(PCL_CAP_SVPBMT) && rnd_.percent(30)) pte |= static_cast<uint64_t>(rnd_.below(3)) << 61;
    if (has(PCL_CAP_SVRSW60T59B)) pte |= low(2) << 59;
    return ppn << 10 | pte;
  }

  Random& rnd_;
  uint64_t caps_ = 0;
  uint64_t spn_[kPages]{};
  uint64_t gpn_[kPages]{};
  uint32_t device_[kDevices]{};
  uint32_t process_[kProcesses]{};
  uint64_t pscid_[kSpaces]{};
  uint64_t gscid_[kSpaces]{};
  unsigned spoil_rate_ = 0;  // per mille
  unsigned devices_ = 1, processes_ = 1, pages_ = 1;
};

#endif
