// SPDX-License-Identifier: Apache-2.0
// Random lockstep of one port: rtl/port.sv beside its C twin, every output pin in every clock (payload while its valid is high).
//
// Random devices (also ones that break bus rules), a random memory, and a fake core that answers with random latency, merges,
// faults, kills, fences, quiesce modes and isolation. Every few hundred clocks the probabilities change.
//   lockstep CLOCKS SEED...
// twin: bus_check port_tlb port_w port_guard port_channel port_mrif port
#include <algorithm>
#include <deque>
#include <memory>
#include <vector>

#include "port_counts.h"
#include "port_pins.h"

// Probabilities of a phase, in percent unless said otherwise.
struct Phase {
  unsigned ax[2], w, dev_r, dev_b, mem_ax[2], mem_w, mem_r, mem_b, take, answer;
  unsigned kill, fence, isolate, rogue;  // per mille
  unsigned record;                       // percent of clocks in which a record that waits is taken
  unsigned faults;                       // percent of led responses
  unsigned pages;                        // in use
  unsigned processes;                    // percent of requests with one
  unsigned drop;                         // percent of W beats not taken in their first clock that are withdrawn
  unsigned files;                        // percent of requests of the shape that interrupt files take; of pages in MRIF mode
  uint8_t mode;
  uint16_t isotime;
};

struct Asked {
  unsigned channel;
  pcl_miss_req_t req;
};

class Bench {
 public:
  explicit Bench(uint64_t seed) : rnd_(seed) {
    context_.randSeed(static_cast<int>(seed) + 1);
    context_.randReset(2);
    top_ = std::make_unique<Vport>(&context_);
    config_.num_ports = 2;
    config_.data_width = P_DataWidth;
    config_.id_width = P_IdWidth;
    config_.user_width = P_UserWidth;
    config_.port_entries = P_PortEntries;
    config_.port_misses = P_PortMisses;
    config_.max_outstanding = P_MaxOutstanding;
    config_.w_fifo_depth = P_WFifoDepth;
    config_.sv48 = P_VaW >= 48;
    config_.sv57 = P_VaW >= 57;
    config_.sv39x4 = P_Sv39x4;
    config_.sv48x4 = P_Sv48x4;
    config_.sv57x4 = P_Sv57x4;
    config_.pd8 = P_Pd8;
    config_.pd17 = P_Pd17;
    config_.pd20 = P_Pd20;
    config_.hpm = P_Hpm;
    config_.msi_mrif = P_MsiMrif;
    in_.pins = &pins_;
    in_.resp = &resp_;
    in_.inv = &inv_;
    reset();
  }

  void clock() {
    if (phase_left_-- == 0) new_phase();
    if (rnd_.below(50000) == 0) reset();
    choose_registers();
    pcl_port_req(&twin_, &in_.q, &req_);
    choose_core();
    choose_device();
    choose_memory();
    drive_pins(top_.get(), pins_);
    drive_core(top_.get(), in_);
    top_->clk_i = 0;
    top_->eval();
    pcl_port_eval(&twin_, &in_, &out_, &found_);
    compare_core(*top_, twin_, req_);
    compare_pins(*top_, out_);
    top_->clk_i = 1;
    top_->eval();
    pcl_port_commit(&twin_, &in_, &found_);
    follow();
  }

  const Counts& counts() const { return counts_; }

 private:
  VerilatedContext context_;
  Random rnd_;
  Counts counts_{};
  std::unique_ptr<Vport> top_;
  pcl_config_t config_{};
  pcl_port_t twin_;
  pcl_port_in_t in_{};
  pcl_port_pins_in_t pins_{};
  pcl_resp_t resp_{};
  pcl_inv_t inv_{};
  pcl_port_pins_out_t out_{};
  pcl_port_req_t req_{};
  pcl_port_found_t found_{};
  Phase phase_{};
  unsigned phase_left_ = 0;
  uint64_t epoch_ = 0;  // changes with each kill: the tables changed
  std::vector<Asked> asked_;
  std::vector<uint8_t> reads_[256];  // beats after the next one of the bursts in memory, per ID
  std::deque<uint16_t> aws_;         // writes whose AW memory has taken
  unsigned writes_done_ = 0;         // bursts whose last W beat memory has taken
  std::vector<uint16_t> bs_;         // writes to be answered
  bool spurious_r_ = false;
  bool mrif_busy_ = false;           // an update is being carried out

  unsigned pick_percent(bool brisk) {
    static const unsigned choices[] = {3, 15, 40, 70, 90, 100};
    return choices[brisk ? 3 + rnd_.below(3) : rnd_.below(6)];
  }

  void new_phase() {
    phase_left_ = 200 + rnd_.below(1500);
    bool brisk = rnd_.percent(70);
    for (unsigned* p : {&phase_.ax[0], &phase_.ax[1], &phase_.w, &phase_.dev_r, &phase_.dev_b, &phase_.mem_ax[0],
                        &phase_.mem_ax[1], &phase_.mem_w, &phase_.mem_r, &phase_.mem_b, &phase_.take, &phase_.answer}) {
      *p = pick_percent(brisk || rnd_.percent(50));
    }
    if (rnd_.percent(10)) *(rnd_.percent(50) ? &phase_.dev_r : rnd_.percent(50) ? &phase_.dev_b : &phase_.w) = 0;
    phase_.kill = rnd_.percent(60) ? 2 : rnd_.percent(50) ? 30 : 0;
    phase_.fence = rnd_.percent(50) ? 10 : 100;
    phase_.isolate = rnd_.percent(20) ? 5 : 0;
    phase_.record = rnd_.percent(50) ? 20 : 1;
    phase_.rogue = rnd_.percent(20) ? 10 : 0;
    phase_.pages = 1 + rnd_.below(rnd_.percent(60) ? 4 : 24);
    phase_.processes = rnd_.percent(50) ? 5 : 60;
    phase_.files = P_MsiMrif && rnd_.percent(60) ? 15 + rnd_.below(70) : 0;
    phase_.mode = rnd_.percent(80) ? 0 : static_cast<uint8_t>(rnd_.below(3));
    phase_.faults = rnd_.percent(70) ? 2 : 40;
    phase_.drop = rnd_.percent(20) ? 30 + rnd_.below(71) : 0;
    phase_.isotime = rnd_.percent(70) ? 0 : static_cast<uint16_t>(1 + rnd_.below(60));
  }

  void reset() {
    top_->rst_ni = 0;
    for (unsigned n = 0; n < 3; n++) {
      top_->clk_i = 0;
      top_->eval();
      top_->clk_i = 1;
      top_->eval();
    }
    top_->rst_ni = 1;
    for (unsigned i = 0; i < sizeof twin_; i++) reinterpret_cast<uint8_t*>(&twin_)[i] = static_cast<uint8_t>(rnd_.next());
    pcl_port_init(&twin_, &config_, kPort);
    asked_.clear();
    mrif_busy_ = false;
    for (auto& list : reads_) list.clear();
    aws_.clear();
    bs_.clear();
    writes_done_ = 0;
    pins_.mem_r.valid = pins_.mem_b.valid = false;
    pins_.dev_ax[0].valid = pins_.dev_ax[1].valid = pins_.dev_w.valid = false;
  }

  uint64_t bits(unsigned width) { return rnd_.next() & low_bits(width); }
  static uint64_t hash(uint64_t value) { return Random(value ^ UINT64_C(0x5bd1e995)).next() * UINT64_C(0xff51afd7ed558ccd) >> 7; }
  uint32_t some_process() { return P_Pdt && rnd_.percent(95) ? (rnd_.percent(60) ? 3 : 0) : static_cast<uint32_t>(bits(20)); }
  uint32_t some_device() { return rnd_.percent(80) ? 7 : rnd_.percent(50) ? 0xabcdef : 0; }

  uint64_t some_page() {
    uint64_t n = rnd_.below(phase_.pages);
    static const uint64_t base[] = {0, 0x10, 0x200, 0x3ffff, 0x40000, UINT64_C(0x7ffffff), UINT64_C(0x8000000)};
    uint64_t page = base[hash(n) % 7] + n % 5;
    if (n % 8 == 7) page |= UINT64_C(0xffffff8000000);
    if (n % 16 == 12) page ^= UINT64_C(1) << (30 + n % 20);
    return page;
  }

  void new_ax(unsigned channel) {
    pcl_ax_t& ax = pins_.dev_ax[channel];
    static const uint8_t lens[] = {0, 0, 0, 0, 1, 2, 3, 7};
    ax.valid = true;
    ax.len = rnd_.percent(99) ? lens[rnd_.below(8)] : static_cast<uint8_t>(bits(8));
    ax.size = static_cast<uint8_t>(rnd_.percent(70) ? 3 : bits(3));
    ax.burst = static_cast<uint8_t>(rnd_.percent(85) ? 1 : bits(2));
    ax.lock = rnd_.percent(5);
    ax.addr = some_page() << 12 | (rnd_.percent(80) ? bits(5) << 7 : bits(12));
    ax.id = static_cast<uint16_t>(rnd_.percent(50) ? bits(P_IdWidth) : bits(P_IdWidth) & 1);
    ax.cache = static_cast<uint8_t>(bits(4));
    ax.prot = static_cast<uint8_t>(bits(3));
    ax.qos = static_cast<uint8_t>(bits(4));
    ax.user = bits(P_UserWidth);
    ax.device_id = some_device();
    ax.process_id = some_process();
    ax.pv = rnd_.percent(phase_.processes);
    ax.priv = rnd_.percent(20);
    ax.exec = rnd_.percent(20);
    ax.translated = rnd_.percent(3);
    if (!rnd_.percent(phase_.files)) return;
    ax.len = 0;
    ax.size = 2;
    ax.burst = 1;
    ax.lock = rnd_.percent(5);
    ax.addr = (ax.addr & ~UINT64_C(0xfff)) | (rnd_.percent(90) ? bits(1) << 2 : bits(12));
  }

  void choose_registers() {
    if (rnd_.below(500) == 0) phase_.mode = rnd_.percent(80) ? 0 : static_cast<uint8_t>(rnd_.below(3));
    in_.q.mode = phase_.mode;
    in_.q.isotime = phase_.isotime;
    in_.q.isolate = rnd_.per_mille(twin_.guard.resume_pend ? 100 : phase_.isolate);
    in_.q.resume = rnd_.percent(twin_.guard.isolated ? 4 : 1);
    if (P_Qosid && rnd_.percent(1)) in_.qosid = static_cast<uint32_t>(bits(12) << 16 | bits(12));
  }

  // What the stages make of the page: identity, or a leaf of the first stage, of the second, or of both.
  void choose_space(uint64_t vpn, uint64_t page) {
    static const uint8_t largest = P_VaW >= 57 ? 5 : P_VaW >= 48 ? 4 : 3;
    static const uint8_t sizes[] = {0, 0, 0, 1, 2, 3, largest, largest};
    const uint64_t sign = vpn >> (P_VaW - 13);
    const bool canonical = sign == 0 || sign == low_bits(52 - (P_VaW - 13));
    const bool narrow = vpn >> P_EntryVpnW == 0;
    const bool identity = vpn >> 44 == 0 && (page % 5 == 0 || (!canonical && !(P_TwoStage && narrow)));
    resp_.size = identity ? 6 : sizes[page % 8];
    resp_.s1_size = resp_.size;
    resp_.space = {};
    if (identity) return;
    resp_.space.s1 = canonical && !(P_TwoStage && narrow && page % 23 < 6);
    resp_.space.gv = P_TwoStage && (!resp_.space.s1 || page % 29 < 15);
    if (resp_.space.s1) resp_.space.pscid = static_cast<uint32_t>(page >> 20 & 3);
    if (resp_.space.gv) resp_.space.gscid = static_cast<uint16_t>(page >> 24 & 1);
    if (resp_.space.gv && resp_.space.s1) resp_.s1_size = std::max(resp_.size, sizes[page >> 30 & 7]);
    if (P_Sv32 && !resp_.space.gv && resp_.space.s1 && resp_.size == 2) resp_.s1_size = 3;  // half of 4 MiB
    if (!canonical && !narrow) resp_.ok = false, resp_.lead = true;
  }

  // A response to one of the requests that the core has taken, merged with others of its page.
  void new_response() {
    const Asked leader = asked_[rnd_.below(static_cast<unsigned>(asked_.size()))];
    uint64_t vpn = leader.req.iova >> 12;
    uint64_t page = hash(vpn ^ epoch_ << 20 ^ leader.req.device_id ^ (P_Pdt ? leader.req.process_id * 2 + leader.req.priv : 0));
    resp_.valid = true;
    resp_.lead = rnd_.percent(80);
    resp_.lead_q = static_cast<uint8_t>(rnd_.percent(85) ? 2 * kPort + leader.channel : bits(3));
    resp_.lead_slot = leader.req.slot;
    resp_.ok = !resp_.lead || !rnd_.percent(phase_.faults);
    resp_.device_id = leader.req.device_id;
    resp_.pv = leader.req.pv;
    resp_.process_id = leader.req.process_id;
    resp_.priv = leader.req.priv;
    resp_.vpn = vpn;
    resp_.spn = page & low_bits(44);
    resp_.r = page % 7 != 0 || leader.channel == PCL_READ;
    resp_.w = page % 11 > 3 || leader.channel == PCL_WRITE;
    resp_.x = page % 13 > 5;
    resp_.pbmt = page % 3;
    resp_.g = page % 17 > 12;
    resp_.rcid = static_cast<uint16_t>(P_Qosid ? page >> 8 & 0xfff : 0);
    resp_.mcid = static_cast<uint16_t>(P_Qosid ? page >> 16 & 0xfff : 0);
    resp_.nofill = rnd_.percent(3);
    choose_space(vpn, page);
    resp_.bare = P_Qosid && resp_.ok && resp_.size == 6 && page % 31 < 20;
    resp_.mrif = resp_.ok && resp_.size == 0 && hash(page) % 100 < phase_.files;
    resp_.file = resp_.mrif ? bits(47) : 0;
    resp_.nid = static_cast<uint16_t>(resp_.mrif ? bits(11) : 0);
    resp_.dtf = resp_.mrif && rnd_.percent(20);
    for (uint32_t& mask : resp_.mask) mask = static_cast<uint32_t>(bits(P_PortMisses) & bits(P_PortMisses) & bits(P_PortMisses));
    bool stray = rnd_.percent(3);
    for (unsigned channel = 0; channel < 2; channel++) {
      uint32_t& mask = resp_.mask[2 * kPort + channel];
      if (!stray) mask = 0;
      if (channel == leader.channel && rnd_.percent(97)) mask |= UINT32_C(1) << leader.req.slot;
      for (const Asked& other : asked_) {
        bool same = other.req.iova >> 12 == vpn && other.req.device_id == resp_.device_id;
        if (other.channel == channel && same && rnd_.percent(70)) mask |= UINT32_C(1) << other.req.slot;
      }
    }
    auto answered = [&](const Asked& item) { return (resp_.mask[2 * kPort + item.channel] >> item.req.slot & 1) != 0; };
    asked_.erase(std::remove_if(asked_.begin(), asked_.end(), answered), asked_.end());
  }

  void choose_core() {
    resp_.valid = false;
    if (!asked_.empty() && rnd_.percent(phase_.answer)) new_response();
    inv_.kill = rnd_.per_mille(phase_.kill);
    inv_.op = static_cast<uint8_t>(rnd_.percent(60) ? 0 : rnd_.below(5));
    if ((inv_.op == PCL_INV_GVMA && !P_TwoStage) || (inv_.op == PCL_INV_PDT && !P_Pdt)) inv_.op = PCL_INV_ALL;
    inv_.av = rnd_.percent(70);
    inv_.vpn = resp_.valid && rnd_.percent(50) ? resp_.vpn : some_page();
    if (P_Sv32 && rnd_.percent(30)) inv_.vpn ^= 0x200;  // the other half of 4 MiB
    inv_.range = P_S && rnd_.percent(30) ? low_bits(1 + rnd_.below(20)) : 0;
    inv_.pscv = rnd_.percent(50);
    inv_.pscid = static_cast<uint32_t>(rnd_.below(4));
    inv_.gv = P_TwoStage && rnd_.percent(50);
    inv_.gscid = static_cast<uint16_t>(inv_.gv ? rnd_.below(2) : 0);
    inv_.device_id = some_device();
    inv_.process_id = P_Pdt ? some_process() : 0;
    inv_.nl = rnd_.percent(30);
    if (inv_.kill) epoch_++;
    in_.fence_start = rnd_.per_mille(phase_.fence);
    in_.rec_taken = req_.rec_pend && rnd_.percent(phase_.record);
    in_.mrif_ready = req_.mrif_valid && rnd_.percent(phase_.take);
    in_.mrif_done = mrif_busy_ && rnd_.percent(phase_.answer);
    in_.mrif_ok = rnd_.percent(70);
    mrif_busy_ = (mrif_busy_ && !in_.mrif_done) || in_.mrif_ready;
    for (unsigned channel = 0; channel < 2; channel++) {
      in_.req_ready[channel] = rnd_.percent(phase_.take);
      if (req_.req[channel].valid && in_.req_ready[channel]) asked_.push_back({channel, req_.req[channel]});
    }
  }

  void choose_device() {
    for (unsigned channel = 0; channel < 2; channel++) {
      pcl_ax_t& ax = pins_.dev_ax[channel];
      if (ax.valid && rnd_.per_mille(phase_.rogue)) ax.valid = false;
      if (!ax.valid && rnd_.percent(phase_.ax[channel])) new_ax(channel);
    }
    pcl_w_t& w = pins_.dev_w;
    if (w.valid && (rnd_.per_mille(phase_.rogue) || rnd_.percent(phase_.drop))) w.valid = false;
    if (!w.valid && rnd_.percent(phase_.w)) {
      w.valid = true;
      for (uint64_t& word : w.data) word = rnd_.next();
      w.data[0] &= low_bits(P_DataWidth);
      w.strb = bits(P_DataWidth / 8);
      if (rnd_.percent(phase_.files)) w.strb = UINT64_C(15) << 4 * rnd_.below(P_DataWidth / 32);
      w.user = bits(P_UserWidth);
      w.last = rnd_.percent(50);
    }
    pins_.dev_r_ready = rnd_.percent(phase_.dev_r);
    pins_.dev_b_ready = rnd_.percent(phase_.dev_b);
  }

  void choose_memory() {
    pins_.mem_ax_ready[0] = rnd_.percent(phase_.mem_ax[0]);
    pins_.mem_ax_ready[1] = rnd_.percent(phase_.mem_ax[1]);
    pins_.mem_w_ready = rnd_.percent(phase_.mem_w);
    pcl_r_t& r = pins_.mem_r;
    uint16_t id = static_cast<uint16_t>(bits(P_IdWidth));
    for (unsigned n = 0; n < 1u << P_IdWidth && reads_[id].empty(); n++) id = (id + 1) & ((1u << P_IdWidth) - 1);
    spurious_r_ = r.valid ? spurious_r_ : phase_.rogue != 0 && rnd_.percent(1);
    if (!r.valid && (spurious_r_ || (!reads_[id].empty() && rnd_.percent(phase_.mem_r)))) {
      r.valid = true;
      r.id = id;
      r.last = spurious_r_ ? rnd_.percent(50) : reads_[id].front() == 0;
      r.resp = static_cast<uint8_t>(bits(2));
      r.user = bits(P_UserWidth);
      for (uint64_t& word : r.data) word = rnd_.next();
      r.data[0] &= low_bits(P_DataWidth);
    }
    pcl_b_t& b = pins_.mem_b;
    bool spurious_b = phase_.rogue != 0 && rnd_.percent(1);
    if (!b.valid && (spurious_b || (!bs_.empty() && rnd_.percent(phase_.mem_b)))) {
      b.valid = true;
      b.id = id;
      if (!spurious_b) {
        unsigned which = rnd_.below(static_cast<unsigned>(bs_.size()));
        b.id = bs_[which];
        bs_.erase(bs_.begin() + which);
      }
      b.resp = static_cast<uint8_t>(bits(2));
      b.user = bits(P_UserWidth);
    }
  }

  // After the edge: what the handshakes of the clock mean for devices and memory.
  void follow() {
    for (unsigned channel = 0; channel < 2; channel++) {
      bool taken = pins_.dev_ax[channel].valid && out_.dev_ax_ready[channel];
      if (taken) pins_.dev_ax[channel].valid = false;
      counts_.taken[channel] += taken;
      if (!out_.mem_ax[channel].valid || !pins_.mem_ax_ready[channel]) continue;
      counts_.out[channel]++;
      if (channel == PCL_READ) {
        reads_[out_.mem_ax[0].id].push_back(out_.mem_ax[0].len);
      } else {
        aws_.push_back(out_.mem_ax[1].id);
      }
    }
    if (pins_.dev_w.valid && out_.dev_w_ready) pins_.dev_w.valid = false;
    if (out_.mem_w.valid && pins_.mem_w_ready && out_.mem_w.last) writes_done_++;
    while (writes_done_ != 0 && !aws_.empty()) {
      writes_done_--;
      bs_.push_back(aws_.front());
      aws_.pop_front();
    }
    if (pins_.mem_r.valid && out_.mem_r_ready) {
      pins_.mem_r.valid = false;
      auto& list = reads_[pins_.mem_r.id];
      if (!spurious_r_ && list.front()-- == 0) list.erase(list.begin());
    }
    if (pins_.mem_b.valid && out_.mem_b_ready) pins_.mem_b.valid = false;
    count_events();
  }

  void count_events() {
    for (unsigned channel = 0; channel < 2; channel++) {
      counts_.asked += req_.req[channel].valid && in_.req_ready[channel];
      counts_.direct[channel] += found_.ch[channel].direct;
    }
    counts_.refused[0] += out_.dev_r.valid && out_.mem_r_ready == 0 && pins_.dev_r_ready && out_.dev_r.last;
    counts_.refused[1] += out_.dev_b.valid && out_.mem_b_ready == 0 && pins_.dev_b_ready;
    counts_.kills += inv_.kill;
    counts_.fences += in_.fence_start;
    counts_.isolations += found_.iso_enter;
    counts_.resumptions += found_.iso_leave;
    counts_.mrif += resp_.valid && resp_.mrif;
    counts_.updates += in_.mrif_ready;
    counts_.okay += out_.dev_b.valid && out_.mem_b_ready == 0 && out_.dev_b.resp == 0 && pins_.dev_b_ready;
    counts_.late += twin_.ch[1].late & twin_.ch[1].need ? 1 : 0;
    counts_.made_up += out_.mem_w.valid && out_.mem_w.strb == 0 && pins_.mem_w_ready;
  }
};

int main(int argc, char** argv) {
  return run_seeds<Bench>(argc, argv, [](Bench& bench, uint64_t) {
    bench.counts().print();
    return true;
  });
}
