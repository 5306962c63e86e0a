// SPDX-License-Identifier: Apache-2.0
// The random memory behind the core's lockstep: a data-structure port that answers late, interleaved, wrongly, or unasked, and
// changes entries now and then, also between the two halves of an exclusive pair.
//
// RTL and twin are given the same beats, so contents need not be consistent. Entries (core_tables.h) are kept by address and
// kind. Updates that memory accepts are stored.
#ifndef PCL_CORE_MEMORY_H
#define PCL_CORE_MEMORY_H

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <vector>

#include "arch/walk_parts.h"
#include "core_commands.h"
#include "core_tables.h"

class Memory {
 public:
  Memory(Random* rnd, Tables* tables) : rnd_(*rnd), tables_(*tables), commands_(rnd, tables) {}

  void reset(const pcl_config_t* config, uint64_t caps) {
    config_ = config;
    reads_.clear();
    writes_.clear();
    entries_.clear();
    burst_ = {};
    commands_.reset(caps);
    new_phase();
  }

  void new_phase() {
    const unsigned rates[] = {10, 40, 80, 100};
    auto rate = [&] { return rates[rnd_.below(4)]; };
    ar_rate_ = rate(), aw_rate_ = rate(), w_rate_ = rate(), r_rate_ = rate(), b_rate_ = rate();
    latency_ = rnd_.below(3) ? rnd_.below(8) : 20;
    error_rate_ = rnd_.percent(50) ? 0 : rnd_.below(30);
    change_rate_ = rnd_.percent(50) ? 10 : rnd_.below(300);
    garbage_rate_ = rnd_.percent(60) ? 0 : rnd_.below(100);
    const unsigned lost[] = {0, 10, 50};
    lost_rate_ = rnd_.percent(16) ? 100 : lost[rnd_.below(3)];
    if (lost_rate_ == 100) calm_down();
  }

  // What the port drives in this clock. `writing`: IDs whose owner waits for a B, one bit each.
  void choose_pins(pcl_ds_pins_in_t* pins, uint32_t writing) {
    pins->ar_ready = rnd_.percent(ar_rate_);
    pins->aw_ready = rnd_.percent(aw_rate_);
    pins->w_ready = rnd_.percent(w_rate_);
    pins->r = {};
    pins->b = {};
    time_++;
    if (rnd_.percent(r_rate_)) choose_r(&pins->r);
    if (rnd_.percent(b_rate_)) choose_b(&pins->b, writing);
  }

  // Before the edge: what the core shows. `walk` is that of the walker which shows AR, NULL if it is a fetch of the command
  // queue, which then is `big_endian`.
  void take_ar(const pcl_ax_t& ar, const pcl_walk_t* walk, bool big_endian) {
    Read read{};
    read.id = ar.id;
    read.beats = ar.len + 1u;
    read.due = time_ + latency_;
    read.lock = ar.lock;
    if (ar.id > config_->walkers) {
      read.data[0] = rnd_.next() | rnd_.next();  // of an interrupt file
      read.fragile = true;
    } else if (walk == nullptr) {
      commands_.make(read.data);
      for (unsigned i = 0; big_endian && i < 2; i++) read.data[i] = __builtin_bswap64(read.data[i]);
    } else {
      fetch(*walk, &read);
    }
    reads_.push_back(read);
  }

  // The same for AW and W; `walk` is that of the walker which AW names, or NULL.
  void take_aw(const pcl_ax_t& aw, const pcl_walk_t* walk) {
    burst_.aw = true;
    burst_.write = {aw.id, time_ + latency_, aw.lock, walk ? key_of(*walk) : 0, walk ? walk->access.new_value : 0};
  }
  void take_w(const pcl_w_t& w) { burst_.w |= w.last; }
  void end_clock() {
    if (!burst_.aw || !burst_.w) return;
    writes_.push_back(burst_.write);
    burst_ = {};
  }

 private:
  static const unsigned kFragileRate = 100;  // per mille

  struct Entry {
    uint64_t data[8];
    unsigned tries;  // to update it
  };
  struct Read {
    uint16_t id;
    unsigned beat, beats;
    uint64_t due;
    bool lock;
    bool fragile;  // errors are more frequent
    uint64_t data[8];
  };
  struct Write {
    uint16_t id;
    uint64_t due;
    bool exclusive;
    uint64_t key, value;
  };
  struct Burst {
    bool aw, w;
    Write write;
  };

  // Long enough for many losses one after the other.
  void calm_down() {
    ar_rate_ = aw_rate_ = w_rate_ = r_rate_ = b_rate_ = 100;
    latency_ = error_rate_ = change_rate_ = garbage_rate_ = 0;
  }

  // Entries of either byte order are others.
  static uint64_t key_of(const pcl_walk_t& walk) {
    const pcl_access_t& access = walk.access;
    return access.addr << 7 | (turned(walk) ? 1u << 6 : 0) | access.kind << 3 | access.level;
  }
  static bool turned(const pcl_walk_t& walk) { return pcl_walk_big_endian(&walk, walk.access.kind); }

  void fetch(const pcl_walk_t& walk, Read* read) {
    const pcl_access_t& access = walk.access;
    if (entries_.size() > 20000) entries_.clear();
    auto found = entries_.find(key_of(walk));
    const bool context = access.kind == PCL_ACCESS_DC || access.kind == PCL_ACCESS_PC;
    if (found == entries_.end() || rnd_.per_mille(context ? 200 + change_rate_ : change_rate_)) {
      Entry entry{};
      tables_.make_entry(walk, entry.data);
      if (turned(walk)) {
        for (uint64_t& word : entry.data) word = pcl_walk_swap(word, access.bytes == 4 ? 4 : 8);
      }
      found = entries_.insert_or_assign(key_of(walk), entry).first;
    } else if (access.kind == PCL_ACCESS_DC && access.beats == 8 && found->second.data[1] != 0 && rnd_.percent(20)) {
      const uint64_t flat = UINT64_C(1) << 60;  // the guest's device learns of interrupt files, or forgets them
      found->second.data[4] ^= turned(walk) ? pcl_walk_swap(flat, 8) : flat;
    } else if (rnd_.per_mille(change_rate_)) {
      found->second.data[0] ^= turned(walk) ? pcl_walk_swap(PCL_PTE_A, access.bytes == 4 ? 4 : 8) : PCL_PTE_A;
    }
    if (access.update && lost_rate_ == 100 && ++found->second.tries > 55 && rnd_.percent(10)) {
      const uint64_t software = UINT64_C(1) << 8;  // the last tries meet changed entries, too
      found->second.data[0] ^= turned(walk) ? pcl_walk_swap(software, access.bytes == 4 ? 4 : 8) : software;
    }
    read->fragile = access.kind == PCL_ACCESS_MSI_PTE || (access.update && lost_rate_ != 100);
    std::copy(found->second.data, found->second.data + 8, read->data);
    if (access.bytes == 4) {
      const uint64_t other = rnd_.next();
      read->data[0] = access.addr & 4 ? read->data[0] << 32 | (other & UINT32_MAX)
                                      : (other & ~UINT64_C(0xffffffff)) | read->data[0];
    }
  }

  bool more_ids() const { return config_->igs_msi || config_->ats || config_->msi_mrif; }

  template <typename T>
  static bool outstanding(const T& list, uint16_t id) {
    return std::any_of(list.begin(), list.end(), [id](const auto& item) { return item.id == id; });
  }

  // A beat of any burst that is the first of its ID; sometimes one that nobody asked for.
  void choose_r(pcl_r_t* r) {
    bool lock = false;
    unsigned error_rate = error_rate_;
    if (rnd_.per_mille(error_rate_)) {
      r->id = static_cast<uint16_t>(rnd_.below(config_->walkers + (more_ids() ? 5 : 2)));
      if (outstanding(reads_, r->id)) return;
      r->data[0] = rnd_.next();
    } else {
      const std::vector<std::size_t> first = ready_reads();
      if (first.empty()) return;
      const std::size_t index = first[rnd_.percent(50) ? 0 : rnd_.below(static_cast<unsigned>(first.size()))];
      Read& read = reads_[index];
      r->id = read.id;
      r->data[0] = read.data[read.beat++];
      if (rnd_.per_mille(garbage_rate_) && read.id < config_->walkers) r->data[0] = tables_.spoil(rnd_.next() & 0xff);
      r->last = read.beat == read.beats;
      lock = read.lock;
      if (read.fragile) error_rate += kFragileRate;
      if (r->last) reads_.erase(reads_.begin() + static_cast<long>(index));
    }
    r->resp = lock ? PCL_RESP_EXOKAY : PCL_RESP_OKAY;
    if (rnd_.per_mille(error_rate)) r->resp = static_cast<uint8_t>(rnd_.below(4));
    r->user = rnd_.per_mille(error_rate);
    r->valid = true;
  }

  std::vector<std::size_t> ready_reads() const {
    std::vector<std::size_t> first;
    for (std::size_t i = 0; i < reads_.size(); i++) {
      bool earlier = false;
      for (std::size_t j = 0; j < i; j++) earlier |= reads_[j].id == reads_[i].id;
      if (!earlier && reads_[i].due <= time_) first.push_back(i);
    }
    return first;
  }

  void choose_b(pcl_b_t* b, uint32_t writing) {
    const bool error = rnd_.per_mille(error_rate_);
    b->resp = static_cast<uint8_t>(error ? 2 + rnd_.below(2) : rnd_.below(2));
    if (rnd_.per_mille(error_rate_)) {
      b->id = static_cast<uint16_t>(rnd_.below(config_->walkers + (more_ids() ? 3 : 0)));
      if (b->id >= config_->walkers) b->id = static_cast<uint16_t>(b->id + 2);  // not those of the queues
      b->valid = (writing >> b->id & 1) == 0;
    } else if (!writes_.empty() && writes_.front().due <= time_) {
      const Write& write = writes_.front();
      b->id = write.id;
      b->valid = true;
      if ((write.exclusive ? lost_rate_ != 100 : write.id > config_->walkers + 1) && rnd_.per_mille(kFragileRate)) {
        b->resp = PCL_RESP_SLVERR;
      } else if (write.exclusive && !error) {
        b->resp = rnd_.percent(lost_rate_) ? PCL_RESP_OKAY : PCL_RESP_EXOKAY;
        const auto found = entries_.find(write.key);
        if (b->resp == PCL_RESP_EXOKAY && found != entries_.end()) found->second.data[0] = write.value;
      }
      writes_.pop_front();
    }
  }

  Random& rnd_;
  Tables& tables_;
  Commands commands_;
  const pcl_config_t* config_ = nullptr;
  uint64_t time_ = 0;
  std::unordered_map<uint64_t, Entry> entries_;
  std::deque<Read> reads_;
  std::deque<Write> writes_;
  Burst burst_{};
  unsigned ar_rate_ = 0, aw_rate_ = 0, w_rate_ = 0, r_rate_ = 0, b_rate_ = 0, latency_ = 0, lost_rate_ = 0;
  unsigned error_rate_ = 0, change_rate_ = 0, garbage_rate_ = 0;  // per mille
};

#endif
