// SPDX-License-Identifier: Apache-2.0
// Random lockstep of the register page: rtl/regs.sv beside its C twin, every output in every clock (payload while its valid is
// high).
//
// Random accesses, legal and not, to all registers, with values that make counters overflow and causes meet; random fuses; and a
// core and ports that say anything a clock may bring.
//   lockstep CLOCKS SEED...
// A run of 200,000 clocks or more fails too if something was never seen.
// twin: regs regs_debug regs_msi hpm
// twin: arch/caps arch/hpm
#include <cstring>
#include <memory>

#include "Vregs.h"
#include "lockstep.h"

extern "C" {
#include "arch/caps.h"
#include "pcl_regs.h"
#include "regs.h"
}

static const uint64_t kEnough = 200000;
static const unsigned kChannels = 2 * P_NumPorts;

class Bench {
 public:
  explicit Bench(uint64_t seed) : rnd_(seed) {
    context_.randSeed(static_cast<int>(seed) + 1);
    context_.randReset(2);
    top_ = std::make_unique<Vregs>(&context_);
    config_.num_ports = P_NumPorts;
    config_.sv32 = P_Sv32, config_.sv48 = P_Sv48, config_.sv57 = P_Sv57;
    config_.svpbmt = P_Svpbmt, config_.svrsw60t59b = P_Svrsw60t59b;
    config_.sv32x4 = P_Sv32x4, config_.sv39x4 = P_Sv39x4, config_.sv48x4 = P_Sv48x4, config_.sv57x4 = P_Sv57x4;
    config_.amo_hwad = P_AmoHwad, config_.msi_flat = P_MsiFlat, config_.msi_mrif = P_MsiMrif, config_.amo_mrif = P_AmoMrif;
    config_.pd8 = P_Pd8, config_.pd17 = P_Pd17, config_.pd20 = P_Pd20, config_.nl = P_Nl, config_.s = P_S;
    config_.hpm = P_Hpm, config_.dbg = P_Dbg, config_.end = P_End, config_.qosid = P_Qosid, config_.igs_msi = P_IgsMsi;
    config_.hpm_counters = P_HpmCounters, config_.ats = P_Ats, config_.t2gpa = P_T2gpa, config_.pas = P_Pas;
    reset(~UINT64_C(0), 0x3f);
  }

  void clock() {
    if (rnd_.below(3000) == 0) reset(random_fuses(), rnd_.percent(30) ? static_cast<unsigned>(rnd_.next() & 0x3f) : 0x3f);
    if (rnd_.below(500) == 0) new_phase();
    choose_bus();
    choose_core();
    choose_events();
    drive();
    top_->clk_i = 0;
    top_->eval();
    pcl_reg_pins_out_t out;
    uint16_t irq;
    pcl_regs_eval(&regs_, &pins_, &out, &irq);
    compare(out, irq);
    pcl_regs_commit(&regs_, &pins_, &events_);
    top_->clk_i = 1;
    top_->eval();
    follow(out, irq);
  }

  void print() const {
    for (const Item& item : items_) std::printf(" %s %llu;", item.name, static_cast<unsigned long long>(item.number));
    std::printf("\n");
  }
  bool complete() const {
    bool all = true;
    for (const Item& item : items_) {
      if (item.number != 0 || !item.due) continue;
      std::printf("never seen: %s\n", item.name);
      all = false;
    }
    return all;
  }

 private:
  struct Item {
    const char* name;
    bool due;
    uint64_t number;
  };
  enum { READS, WRITES, REFUSED, WIRES, MESSAGES, OVERFLOWS, DEBUG, EVENTS, CAUSES, ITEMS };

  uint64_t bits(unsigned width) { return rnd_.next() & low_bits(width); }
  uint64_t random_fuses() { return rnd_.percent(50) ? rnd_.next() | rnd_.next() : ~UINT64_C(0); }

  void reset(uint64_t fuses, unsigned fuse_hpm) {
    top_->rst_ni = 0;
    top_->fuse_caps_i = fuses;
    top_->fuse_hpm_i = static_cast<uint8_t>(fuse_hpm);
    for (int i = 0; i < 4; i++) {
      top_->clk_i = i & 1;
      top_->eval();
    }
    top_->rst_ni = 1;
    pcl_regs_reset(&regs_, &config_, fuses, fuse_hpm);
    pins_ = {};
    waiting_ = false;
    new_phase();
  }

  void new_phase() {
    bus_rate_ = rnd_.percent(50) ? 90 : 20;
    event_rate_ = rnd_.percent(50) ? 50 : rnd_.below(6);
    pulse_rate_ = rnd_.percent(50) ? 3 : 30;
    place_ = rnd_.below(8);
  }

  // A register; in some phases mostly those of one group.
  uint16_t random_address() {
    static const uint16_t first[] = {0, 0, 0, PCL_REG_IOCOUNTOVF_OFFSET, PCL_REG_IOHPMEVT_OFFSET, PCL_REG_TR_REQ_IOVA_OFFSET,
                                     PCL_REG_QCTL_OFFSET, PCL_REG_ICVEC_OFFSET};
    static const uint16_t bytes[] = {96, 96, 96, 16 + 8 * 33, 8 * 32, 32, 80, 8 + 256};
    const unsigned group = rnd_.percent(60) ? place_ : rnd_.below(8);
    uint16_t address = static_cast<uint16_t>(first[group] + 4 * rnd_.below(bytes[group] / 4u));
    if ((group == 3 || group == 4) && rnd_.percent(80)) address = static_cast<uint16_t>(first[group] + 4 * rnd_.below(12));
    return rnd_.percent(97) ? address : static_cast<uint16_t>(bits(12));
  }

  uint32_t random_device() { return rnd_.percent(70) ? 0x17 ^ (1u << rnd_.below(5)) : static_cast<uint32_t>(bits(24)); }
  uint32_t random_process() { return rnd_.percent(90) ? 5 + rnd_.below(2) : static_cast<uint32_t>(bits(20)); }

  uint64_t random_data(uint16_t address) {
    const uint64_t top = ~UINT64_C(0) - rnd_.below(60);
    if (address >= PCL_REG_IOHPMCYCLES_OFFSET && address < PCL_REG_IOHPMEVT_OFFSET && rnd_.percent(70)) {
      return address < PCL_REG_IOHPMCTR_OFFSET ? top >> 1 : top;
    }
    if (address >= PCL_REG_IOHPMEVT_OFFSET && address < PCL_REG_TR_REQ_IOVA_OFFSET && rnd_.percent(90)) {
      const uint64_t flags = rnd_.next() & rnd_.next() & (UINT64_C(0xf) << 60);
      return flags | static_cast<uint64_t>(random_device()) << 36 | static_cast<uint64_t>(random_process()) << 16 |
             (bits(1) & bits(1)) << 15 | rnd_.below(10);
    }
    if ((address & ~7u) == PCL_REG_IOCOUNTOVF_OFFSET && rnd_.percent(70)) return rnd_.next() & rnd_.next() & rnd_.next();
    if ((address & ~7u) == PCL_REG_ICVEC_OFFSET && rnd_.percent(50)) return rnd_.next() & 0x1111;
    if ((address & ~7u) == PCL_REG_CQCSR_OFFSET && rnd_.percent(70)) return rnd_.next() | UINT64_C(0x200000002);
    if ((address & ~7u) == PCL_REG_DDTP_OFFSET && rnd_.percent(50)) return rnd_.next() & ~UINT64_C(15);
    return rnd_.next();
  }

  void choose_bus() {
    if (!pins_.aw_valid && rnd_.percent(bus_rate_)) {
      pins_.aw_valid = true;
      pins_.aw_addr = random_address();
      if (rnd_.percent(98)) pins_.aw_addr &= static_cast<uint16_t>(~3u);
    }
    if (!pins_.w_valid && pins_.aw_valid && rnd_.percent(90)) {
      pins_.w_valid = true;
      pins_.w_strb = pins_.aw_addr & 4 ? 0xf0 : rnd_.percent(60) ? 0xff : 0x0f;
      if (rnd_.percent(3)) pins_.w_strb = static_cast<uint8_t>(bits(8));
      pins_.w_data = random_data(pins_.aw_addr);
    }
    if (!pins_.ar_valid && rnd_.percent(90)) {
      pins_.ar_valid = true;
      pins_.ar_addr = random_address();
    }
    pins_.b_ready = rnd_.percent(80);
    pins_.r_ready = rnd_.percent(80);
  }

  bool pulse() { return rnd_.percent(pulse_rate_); }

  void choose_core() {
    pcl_regs_events_t& e = events_;
    e.ddtp_done = regs_.ddtp_busy && pulse();
    e.cq_done = regs_.cq.on && pulse(), e.cq_set_mf = pulse(), e.cq_set_ill = pulse(), e.cq_set_fence = pulse();
    e.cq_idle = rnd_.percent(50);
    e.fq_done = regs_.fq.on && pulse(), e.fq_set_mf = pulse(), e.fq_set_of = pulse(), e.fq_idle = rnd_.percent(50);
    const bool ats = regs_.capabilities & PCL_CAP_ATS;
    e.cq_set_to = ats && pulse();
    e.pq_done = regs_.pq.on && pulse(), e.pq_set_mf = ats && pulse(), e.pq_set_of = ats && pulse(), e.pq_idle = rnd_.percent(50);
    e.msg_drained = rnd_.percent(50);
    vector_ = pcl_regs_msi_shown(&regs_.msi, regs_.fctl);
    e.msi_taken = vector_ >= 0 && rnd_.percent(30);
    pcl_regs_debug_req(&regs_.debug, &request_);
    e.dbg_taken = request_.valid && rnd_.percent(30);
    resp_.ok = rnd_.percent(70);
    resp_.spn = bits(44);
    resp_.size = static_cast<uint8_t>(rnd_.below(7));
    resp_.pbmt = static_cast<uint8_t>(rnd_.below(3));
    e.dbg_resp = waiting_ && rnd_.percent(30) ? &resp_ : nullptr;
    for (unsigned p = 0; p < P_NumPorts; p++) {
      e.drained[p] = rnd_.percent(50);
      e.isolated[p] = rnd_.percent(50);
    }
  }

  void choose_events() {
    events_.evs = 0;
    if (!P_Hpm) return;
    for (unsigned source = 0; source < kChannels + 2; source++) {
      if (!rnd_.percent(event_rate_)) continue;
      pcl_ev_t& ev = events_.ev[events_.evs++];
      ev = {};
      ev.ids.device_id = random_device();
      ev.ids.pv = rnd_.percent(60);
      ev.ids.process_id = ev.ids.pv ? random_process() : 0;
      source_[events_.evs - 1] = source;
      if (source < kChannels) {
        ev.event = rnd_.percent(50) ? PCL_EVENT_TRANSLATED : PCL_EVENT_UNTRANSLATED;
      } else if (source == kChannels) {
        ev.event = rnd_.percent(50) ? PCL_EVENT_ATS : PCL_EVENT_UNTRANSLATED;
      } else {
        ev.event = static_cast<uint8_t>(PCL_EVENT_DDT_WALK + rnd_.below(4));
        ev.miss = ev.event >= PCL_EVENT_S1_WALK && rnd_.percent(50);
        ev.ids.gscv = rnd_.percent(60);
        ev.ids.gscid = ev.ids.gscv ? static_cast<uint16_t>(random_device()) : 0;
        ev.ids.pscv = rnd_.percent(60);
        ev.ids.pscid = ev.ids.pscv ? random_process() : 0;
      }
    }
  }

  void drive() {
    top_->reg_aw_valid_i = pins_.aw_valid;
    top_->reg_aw_addr_i = pins_.aw_addr;
    top_->reg_w_valid_i = pins_.w_valid;
    top_->reg_w_data_i = pins_.w_data;
    top_->reg_w_strb_i = pins_.w_strb;
    top_->reg_b_ready_i = pins_.b_ready;
    top_->reg_ar_valid_i = pins_.ar_valid;
    top_->reg_ar_addr_i = pins_.ar_addr;
    top_->reg_r_ready_i = pins_.r_ready;
    const pcl_regs_events_t& e = events_;
    top_->ddtp_done_i = e.ddtp_done;
    top_->cq_done_i = e.cq_done;
    top_->cq_set_mf_i = e.cq_set_mf;
    top_->cq_set_ill_i = e.cq_set_ill;
    top_->cq_set_to_i = e.cq_set_to;
    top_->cq_set_fence_i = e.cq_set_fence;
    top_->cq_idle_i = e.cq_idle;
    top_->fq_done_i = e.fq_done;
    top_->fq_set_mf_i = e.fq_set_mf;
    top_->fq_set_of_i = e.fq_set_of;
    top_->fq_idle_i = e.fq_idle;
    top_->pq_done_i = e.pq_done;
    top_->pq_set_mf_i = e.pq_set_mf;
    top_->pq_set_of_i = e.pq_set_of;
    top_->pq_idle_i = e.pq_idle;
    top_->msg_drained_i = e.msg_drained;
    top_->msi_taken_i = e.msi_taken;
    top_->dbg_req_ready_i = e.dbg_taken;
    top_->dbg_resp_i = e.dbg_resp != nullptr;
    for (unsigned i = 0; i < 288; i += 32) put(top_->resp_i, i, 32, rnd_.next());
    put(top_->resp_i, 278, 1, resp_.ok);
    put(top_->resp_i, 177, 3, resp_.size);
    put(top_->resp_i, 130, 44, resp_.spn);
    put(top_->resp_i, 125, 2, resp_.pbmt);
    for (unsigned p = 0; p < P_NumPorts; p++) {
      put(top_->q_drained_i, p, 1, e.drained[p]);
      put(top_->q_isolated_i, p, 1, e.isolated[p]);
    }
    drive_events();
  }

  // Structs of rtl/portcullis_pkg.sv. Payload of what is not valid is anything.
  void drive_events() {
    for (unsigned c = 0; c < kChannels; c++) put(top_->ev_port_i, 47 * c, 47, rnd_.next() & ~(UINT64_C(1) << 46));
    top_->ev_req_i = rnd_.next() & low_bits(46);
    put(top_->ev_walk_i, 0, 64, rnd_.next());
    put(top_->ev_walk_i, 64, 23, rnd_.next() & low_bits(22));
    for (unsigned i = 0; i < events_.evs; i++) {
      const pcl_ev_t& ev = events_.ev[i];
      const uint64_t pv = ev.ids.pv;
      const uint64_t who = static_cast<uint64_t>(ev.ids.device_id) << 21 | pv << 20 | ev.ids.process_id;
      const uint64_t valid = UINT64_C(1) << 46;
      if (source_[i] < kChannels) {
        put(top_->ev_port_i, 47 * source_[i], 47, valid | static_cast<uint64_t>(ev.event == PCL_EVENT_TRANSLATED) << 45 | who);
      } else if (source_[i] == kChannels) {
        top_->ev_req_i = valid | static_cast<uint64_t>(ev.event == PCL_EVENT_ATS) << 45 | who;
      } else {
        const uint64_t space = static_cast<uint64_t>(ev.ids.gscv) << 37 | static_cast<uint64_t>(ev.ids.gscid) << 21 |
                               static_cast<uint64_t>(ev.ids.pscv) << 20 | ev.ids.pscid;
        put(top_->ev_walk_i, 0, 38, space);
        put(top_->ev_walk_i, 38, 45, who);
        put(top_->ev_walk_i, 83, 4, 8u | static_cast<unsigned>(ev.event - PCL_EVENT_DDT_WALK) << 1 | ev.miss);
      }
    }
  }

  void compare(const pcl_reg_pins_out_t& out, uint16_t irq) {
    check("reg_aw_ready", top_->reg_aw_ready_o, out.aw_ready);
    check("reg_w_ready", top_->reg_w_ready_o, out.w_ready);
    check("reg_b_valid", top_->reg_b_valid_o, out.b_valid);
    if (out.b_valid) check("reg_b_resp", top_->reg_b_resp_o, out.b_resp);
    check("reg_ar_ready", top_->reg_ar_ready_o, out.ar_ready);
    check("reg_r_valid", top_->reg_r_valid_o, out.r_valid);
    if (out.r_valid) check("reg_r_data", top_->reg_r_data_o, out.r_data);
    check("irq", top_->irq_o, irq);
    check("caps", top_->caps_o, regs_.capabilities);
    check("fctl", top_->fctl_o, regs_.fctl);
    check("ddtp_mode", top_->ddtp_mode_o, regs_.ddtp_mode);
    check("ddtp_ppn", top_->ddtp_ppn_o, regs_.ddtp_ppn);
    check("ddtp_req", top_->ddtp_req_o, regs_.ddtp_busy);
    check("cq_wsi_ok", top_->cq_wsi_ok_o, (regs_.fctl & PCL_FCTL_WSI) != 0);
    check("qosid", top_->qosid_o, (regs_.qosid & 0xfff) | (regs_.qosid >> 16 & 0xfff) << 12);
    compare_queues();
    check("msi_valid", top_->msi_valid_o, vector_ >= 0);
    if (vector_ >= 0) {
      check("msi_addr", top_->msi_addr_o, regs_.msi.entry[vector_].addr);
      check("msi_data", top_->msi_data_o, regs_.msi.entry[vector_].data);
    }
    check("dbg_req_valid", top_->dbg_req_valid_o, request_.valid);
    if (request_.valid) {
      const uint64_t low = static_cast<uint64_t>(request_.device_id) << 27 | static_cast<uint64_t>(request_.process_id) << 7 |
                           request_.pv << 6 | request_.priv << 5 | request_.exec << 4 | request_.translated << 3 |
                           request_.illegal << 2 | request_.write << 1 | request_.solo;
      check("dbg_req", get(top_->dbg_req_o, 0, 51), low);
      check("dbg_req iova", get(top_->dbg_req_o, 51, 64), request_.iova);
      check("dbg_req slot, pri, nw, ats", get(top_->dbg_req_o, 115, 8), 0);
    }
    for (unsigned p = 0; p < P_NumPorts; p++) {
      check("q_mode", get(top_->q_mode_o, 2 * p, 2), regs_.quiesce[p].mode);
      check("q_isotime", get(top_->q_isotime_o, 16 * p, 16), regs_.quiesce[p].isotime);
      check("q_isolate", get(top_->q_isolate_o, p, 1), regs_.quiesce[p].isolate);
      check("q_resume", get(top_->q_resume_o, p, 1), regs_.quiesce[p].resume);
    }
  }

#define CHECK_QUEUE(q)                                   \
  do {                                                   \
    check(#q "_en", top_->q##_en_o, regs_.q.en);         \
    check(#q "_on", top_->q##_on_o, regs_.q.on);         \
    check(#q "_ppn", top_->q##_ppn_o, regs_.q.ppn);      \
    check(#q "_log2", top_->q##_log2_o, regs_.q.log2);   \
    check(#q "_head", top_->q##_head_o, regs_.q.head);   \
    check(#q "_tail", top_->q##_tail_o, regs_.q.tail);   \
  } while (0)

  void compare_queues() {
    CHECK_QUEUE(cq);
    CHECK_QUEUE(fq);
    check("cq_stop", top_->cq_stop_o, pcl_cq_stopped(&regs_.cq));
    check("fq_stop", top_->fq_stop_o, pcl_fq_stopped(&regs_.fq));
    if (!P_Ats) return;
    CHECK_QUEUE(pq);
    check("pq_mf", top_->pq_mf_o, regs_.pq.mf);
    check("pq_of", top_->pq_of_o, regs_.pq.of);
    check("msg_refuse", top_->msg_refuse_o, pcl_msg_refuse(&regs_));
  }

  void follow(const pcl_reg_pins_out_t& out, uint16_t irq) {
    if (out.aw_ready) pins_.aw_valid = pins_.w_valid = false;
    if (out.ar_ready) pins_.ar_valid = false;
    waiting_ = (waiting_ && events_.dbg_resp == nullptr) || events_.dbg_taken;
    count(READS, out.r_valid);
    count(WRITES, out.b_valid && out.b_resp == 0);
    count(REFUSED, out.b_valid && out.b_resp != 0);
    count(WIRES, irq != 0);
    count(MESSAGES, events_.msi_taken);
    count(OVERFLOWS, regs_.hpm.built && pcl_hpm_overflows(&regs_.hpm.regs) != 0);
    count(DEBUG, events_.dbg_resp != nullptr);
    count(EVENTS, regs_.hpm.due != 0);
    count(CAUSES, regs_.ipsr != 0);
  }
  void count(unsigned item, bool seen) { items_[item].number += seen; }

  Random rnd_;
  VerilatedContext context_;
  std::unique_ptr<Vregs> top_;
  pcl_config_t config_{};
  pcl_regs_state_t regs_{};
  pcl_regs_events_t events_{};
  pcl_reg_pins_in_t pins_{};
  pcl_resp_t resp_{};
  pcl_miss_req_t request_{};
  unsigned source_[PCL_EV_SOURCES]{};  // where events_.ev[] happened: channel, above the ports, walk
  unsigned bus_rate_ = 0, event_rate_ = 0, pulse_rate_ = 0, place_ = 0;
  int vector_ = -1;
  bool waiting_ = false;  // the debug interface waits for a response
  Item items_[ITEMS] = {{"reads", true, 0}, {"writes", true, 0}, {"writes refused", true, 0}, {"wires", true, 0},
                        {"messages", P_IgsMsi != 0, 0}, {"overflows", P_Hpm != 0, 0}, {"debug responses", P_Dbg != 0, 0},
                        {"events counted", P_Hpm != 0, 0}, {"causes", true, 0}};
};

int main(int argc, char** argv) {
  return run_seeds<Bench>(argc, argv, [](Bench& bench, uint64_t clocks) {
    bench.print();
    return clocks < kEnough || bench.complete();
  });
}
