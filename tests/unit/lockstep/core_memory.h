// SPDX-License-Identifier: Apache-2.0
// The random memory behind the core's lockstep: pages of every level of the directory and of the page tables that point at each
// other, commands for the command queue, and a data-structure port that answers late, interleaved, wrongly, or unasked.
//
// Contents only have to make the core go everywhere: RTL and twin are given the same beats, so nothing here must be consistent.
#ifndef PCL_CORE_MEMORY_H
#define PCL_CORE_MEMORY_H

#include <deque>
#include <unordered_map>
#include <vector>

#include "arch/caps.h"
#include "arch/dc.h"
#include "arch/pte.h"
#include "lockstep.h"

class Memory {
 public:
  explicit Memory(Random* rnd) : rnd_(*rnd) {}

  void reset(const pcl_config_t* config, uint64_t caps) {
    config_ = config;
    caps_ = caps;
    reads_.clear();
    writes_.clear();
    burst_ = {};
    build();
    new_phase();
  }

  void new_phase() {
    const unsigned rates[] = {10, 40, 80, 100};
    auto rate = [&] { return rates[rnd_.below(4)]; };
    ar_rate_ = rate(), aw_rate_ = rate(), w_rate_ = rate(), r_rate_ = rate(), b_rate_ = rate();
    latency_ = rnd_.below(3) ? rnd_.below(8) : 20;
    error_rate_ = rnd_.percent(50) ? 0 : rnd_.below(40);
    change_rate_ = rnd_.percent(50) ? 0 : rnd_.below(30);
    fault_rate_ = rnd_.percent(40) ? 0 : rnd_.below(150);
    devices_ = 1 + rnd_.below(kDevices);
    pages_ = 1 + rnd_.below(16);
  }

  uint64_t random_iova() {
    uint64_t vpn = rnd_.below(pages_);
    if (rnd_.percent(20)) vpn |= rnd_.below(512);
    for (unsigned level = 1; level < 5; level++) vpn |= static_cast<uint64_t>(rnd_.below(3) ? 0 : rnd_.below(3)) << (9 * level);
    uint64_t iova = vpn << 12 | (rnd_.next() & 0xfff);
    const unsigned width = 39 + 9 * rnd_.below(config_->sv57 ? 3 : config_->sv48 ? 2 : 1);
    iova = static_cast<uint64_t>(static_cast<int64_t>(iova << (64 - width)) >> (64 - width));
    if (rnd_.percent(10)) iova ^= ~UINT64_C(0) << (width - 1);
    return rnd_.percent(1) ? rnd_.next() : iova;
  }

  uint32_t random_device() { return device_[rnd_.below(devices_)]; }

  // `to_off`: rather mode Off, for which what was granted before must drain.
  uint64_t random_ddtp(bool to_off) {
    if (to_off && rnd_.percent(80)) return PCL_DDTP_OFF;
    const unsigned mode = rnd_.percent(90) ? PCL_DDTP_1LVL + rnd_.below(3) : rnd_.below(16);
    return random_page(mode == PCL_DDTP_3LVL ? kDdt2 : mode == PCL_DDTP_2LVL ? kDdt1 : kDc) << 10 | mode;
  }

  // What the port drives in this clock.
  void choose_pins(pcl_ds_pins_in_t* pins) {
    pins->ar_ready = rnd_.percent(ar_rate_);
    pins->aw_ready = rnd_.percent(aw_rate_);
    pins->w_ready = rnd_.percent(w_rate_);
    pins->r = {};
    pins->b = {};
    time_++;
    if (rnd_.percent(r_rate_)) choose_r(&pins->r);
    if (rnd_.percent(b_rate_)) choose_b(&pins->b);
  }

  // The edge.
  void follow(const pcl_ds_pins_in_t& in, const pcl_ds_pins_out_t& out) {
    if (out.ar.valid && in.ar_ready) reads_.push_back({out.ar.id, 0, out.ar.len + 1u, out.ar.addr, time_ + latency_});
    if (out.aw.valid && in.aw_ready) burst_.aw = true, burst_.id = out.aw.id;
    if (out.w.valid && in.w_ready && out.w.last) burst_.w = true;
    if (burst_.aw && burst_.w) {
      writes_.push_back({burst_.id, time_ + latency_});
      burst_ = {};
    }
    if (rnd_.per_mille(change_rate_)) refill(rnd_.below(kPages));
  }

 private:
  enum Kind { kPt0, kPt1, kPt2, kPt3, kPt4, kDc, kDdt1, kDdt2, kKinds };
  static const unsigned kPagesPerKind = 3, kPages = kKinds * kPagesPerKind, kDevices = 6, kPscids = 4;

  struct Read {
    uint16_t id;
    unsigned beat, beats;
    uint64_t addr, due;
  };
  struct Write {
    uint16_t id;
    uint64_t due;
  };
  struct Burst {
    uint16_t id;
    bool aw, w;
  };

  uint64_t random_page(unsigned kind) { return ppn_[kind * kPagesPerKind + rnd_.below(kPagesPerKind)]; }

  void build() {
    const uint64_t ppn_mask = rnd_.percent(50) ? PCL_PPN_MASK : 0xffff;
    page_of_.clear();
    spoil_rate_ = rnd_.percent(50) ? 2 : 30;
    for (unsigned page = 0; page < kPages; page++) {
      ppn_[page] = (rnd_.next() & ppn_mask & ~UINT64_C(0xff)) | page;
      page_of_[ppn_[page]] = page;
    }
    for (unsigned i = 0; i < kDevices; i++) {
      const unsigned bits[] = {2, 6, 7, 15, 16, 24};
      device_[i] = static_cast<uint32_t>(rnd_.next()) & ((1u << bits[rnd_.below(6)]) - 1);
    }
    for (auto& pscid : pscid_) pscid = static_cast<uint32_t>(rnd_.next()) & 0xfffff;
    for (unsigned page = 0; page < kPages; page++) refill(page);
  }

  void refill(unsigned page) {
    for (unsigned i = 0; i < 512; i++) {
      const unsigned kind = page / kPagesPerKind;
      const bool extended = caps_ & PCL_CAP_MSI_FLAT;
      word_[page][i] = kind <= kPt4 ? pte(kind) : kind == kDc ? dc_word(i % (extended ? 8 : 4)) : ddte(kind);
    }
  }

  // Now and then one bit is wrong.
  uint64_t spoil(uint64_t word) { return rnd_.per_mille(spoil_rate_) ? word ^ UINT64_C(1) << rnd_.below(64) : word; }

  uint64_t ddte(unsigned kind) { return spoil(random_page(kind - 1) << 10 | !rnd_.percent(3)); }

  uint64_t dc_word(unsigned index) {
    switch (index) {
      case 0: return spoil(PCL_TC_V | (rnd_.percent(20) ? PCL_TC_DTF : 0) | (rnd_.percent(8) ? PCL_TC_PDTV : 0));
      case 2: return spoil(static_cast<uint64_t>(pscid_[rnd_.below(kPscids)]) << 12);
      case 3: {
        const unsigned levels = 2 + rnd_.below(rnd_.percent(5) ? 4 : config_->sv57 ? 3 : config_->sv48 ? 2 : 1);
        if (rnd_.percent(10)) return 0;
        return spoil(static_cast<uint64_t>(PCL_IOSATP_SV39 + levels - 2) << 60 | random_page(kPt0 + (levels < 5 ? levels : 0)));
      }
      default: return rnd_.per_mille(5) ? rnd_.next() : 0;
    }
  }

  uint64_t pte(unsigned level) {
    if (level != 0 && rnd_.percent(80)) return spoil(random_page(level - 1) << 10 | PCL_PTE_V);
    uint64_t ppn = rnd_.next() & PCL_PPN_MASK & ~(PCL_BIT(9 * level) - 1);
    uint64_t flags = PCL_PTE_V | PCL_PTE_R | PCL_PTE_U | PCL_PTE_A;
    flags |= (rnd_.next() | rnd_.next()) & (PCL_PTE_W | PCL_PTE_X | PCL_PTE_G | PCL_PTE_D);
    if (level == 0 && rnd_.percent(20)) {
      ppn = (ppn & ~UINT64_C(15)) | 8;
      flags |= PCL_PTE_N;
    }
    if (caps_ & PCL_CAP_SVPBMT && rnd_.percent(30)) flags |= static_cast<uint64_t>(rnd_.below(3)) << 61;
    if (rnd_.percent(3)) flags ^= rnd_.next() & 0xff;
    return spoil(ppn << 10 | flags);
  }

  uint64_t random_vpn_address() {
    uint64_t iova = random_iova();
    return rnd_.percent(20) ? iova ^ UINT64_C(1) << rnd_.below(64) : iova;
  }

  // Both doublewords of a command.
  void random_command(uint64_t dw[2]) {
    const unsigned kind = rnd_.below(100);
    const uint64_t pscid = rnd_.percent(95) ? pscid_[rnd_.below(kPscids)] : rnd_.next() & 0xfffff;
    dw[1] = 0;
    if (kind < 60) {
      dw[0] = 1 | pscid << 12 | (rnd_.percent(70) ? UINT64_C(1) << 32 : 0) | (rnd_.percent(75) ? 1 << 10 : 0);
      if (rnd_.percent(5)) dw[0] |= UINT64_C(1) << 33;
      if (rnd_.percent(5)) dw[0] = (dw[0] & ~(UINT64_C(1) << 32)) | 1 << 7;
      dw[1] = random_vpn_address() >> 12 << 10;
    } else if (kind < 75) {
      dw[0] = 3 | static_cast<uint64_t>(random_device()) << 40 | (rnd_.percent(75) ? UINT64_C(1) << 33 : 0);
    } else if (kind < 97) {
      dw[0] = 2 | (rnd_.next() & UINT64_C(0xffffffff00003c00));
      dw[1] = (rnd_.next() & UINT64_C(0x3fffffffffff)) | (rnd_.percent(4) ? UINT64_C(1) << 58 : 0);
    } else {
      dw[0] = rnd_.next() & 0xffff;
      dw[1] = rnd_.next() & 0xffff;
    }
  }

  bool outstanding(uint16_t id) const {
    for (const Read& read : reads_) {
      if (read.id == id) return true;
    }
    return false;
  }

  uint64_t read_word(const Read& read) {
    if (read.id == config_->walkers) {
      if (read.beat == 0) random_command(command_);
      return command_[read.beat & 1];
    }
    const auto page = page_of_.find(read.addr >> 12);
    return page == page_of_.end() ? rnd_.next() : word_[page->second][(read.addr >> 3) & 511];
  }

  // A beat of any burst that is the first of its ID; sometimes one that nobody asked for.
  void choose_r(pcl_r_t* r) {
    const bool unasked = rnd_.per_mille(error_rate_);
    if (unasked) {
      r->id = static_cast<uint16_t>(rnd_.below(config_->walkers + 2));
      if (outstanding(r->id)) return;
      r->data[0] = rnd_.next();
    } else {
      std::vector<std::size_t> first;
      for (std::size_t i = 0; i < reads_.size(); i++) {
        bool earlier = false;
        for (std::size_t j = 0; j < i; j++) earlier |= reads_[j].id == reads_[i].id;
        if (!earlier && reads_[i].due <= time_) first.push_back(i);
      }
      if (first.empty()) return;
      const std::size_t index = first[rnd_.percent(50) ? 0 : rnd_.below(static_cast<unsigned>(first.size()))];
      Read& read = reads_[index];
      r->id = read.id;
      r->data[0] = rnd_.per_mille(fault_rate_) && read.id < config_->walkers ? spoil(rnd_.next() & 0xff) : read_word(read);
      r->last = ++read.beat == read.beats;
      read.addr += 8;
      if (r->last) reads_.erase(reads_.begin() + static_cast<long>(index));
    }
    if (rnd_.per_mille(error_rate_)) r->resp = static_cast<uint8_t>(rnd_.below(4));
    r->user = rnd_.per_mille(error_rate_);
    r->valid = true;
  }

  void choose_b(pcl_b_t* b) {
    b->valid = true;
    b->resp = static_cast<uint8_t>(rnd_.per_mille(error_rate_) ? 2 + rnd_.below(2) : rnd_.below(2));
    if (rnd_.per_mille(error_rate_)) {
      b->id = static_cast<uint16_t>(rnd_.below(config_->walkers));
    } else if (!writes_.empty() && writes_.front().due <= time_) {
      b->id = writes_.front().id;
      writes_.pop_front();
    } else {
      b->valid = false;
    }
  }

  Random& rnd_;
  const pcl_config_t* config_ = nullptr;
  uint64_t caps_ = 0;
  uint64_t time_ = 0;
  uint64_t ppn_[kPages]{};
  uint64_t word_[kPages][512]{};
  std::unordered_map<uint64_t, unsigned> page_of_;
  uint32_t device_[kDevices]{};
  uint32_t pscid_[kPscids]{};
  uint64_t command_[2]{};
  std::deque<Read> reads_;
  std::deque<Write> writes_;
  Burst burst_{};
  unsigned ar_rate_ = 0, aw_rate_ = 0, w_rate_ = 0, r_rate_ = 0, b_rate_ = 0, latency_ = 0;
  unsigned spoil_rate_ = 0, error_rate_ = 0, change_rate_ = 0, fault_rate_ = 0;  // per mille
  unsigned devices_ = 1, pages_ = 1;
};

#endif
