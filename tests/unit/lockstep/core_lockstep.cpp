// SPDX-License-Identifier: Apache-2.0
// Random lockstep of the core: rtl/core.sv beside its C twin, every output pin in every clock (payload while its valid is high).
//
// Random requesters, a random register programmer (through the twin of regs), random commands (core_commands.h), tables of
// both stages, directories and interrupt files (core_tables.h) in a memory that answers late, interleaved, wrongly and
// unasked (core_memory.h). Every thousand clocks or so the probabilities change.
//   lockstep CLOCKS SEED...     with TRACE in the environment one line per clock goes to stderr
// A run of 200,000 clocks or more fails too if something was never seen (core_counts.h).
// twin: ats cmd_queue context core dc_cache ds_read ds_write fault_queue g_cache hpm inval iotlb irq miss_pipe mrif nl_cache
// twin: off_drain
// twin: pc_cache regs regs_debug regs_msi walker walker_kill walker_pool
// twin: arch/ats arch/caps arch/commands arch/dc arch/ddt arch/hpm arch/msi arch/msi_pte arch/pc arch/pdt arch/pte arch/stage1
// twin: arch/stage2 arch/walk
#include <memory>
#if VM_TRACE
#include "verilated_vcd_c.h"
#endif

#include "core_counts.h"
#include "core_memory.h"
#include "core_pins.h"

extern "C" {
#include "pcl_regs.h"
}

static const uint64_t kEnough = 200000;  // clocks in which everything is seen

static pcl_config_t built_config() {
  pcl_config_t config{};
  config.num_ports = P_NumPorts, config.port_misses = P_PortMisses;
  config.l2_entries = P_L2Entries, config.l2_ways = P_L2Ways;
  config.dc_entries = P_DcEntries, config.pc_entries = P_PcEntries;
  config.nl_entries = P_NlEntries, config.g_entries = P_GEntries;
  config.walkers = P_Walkers, config.cq_depth = P_CqDepth, config.fq_depth = P_FqDepth;
  config.sv32 = P_Sv32, config.sv48 = P_Sv48, config.sv57 = P_Sv57, config.svpbmt = P_Svpbmt, config.svrsw60t59b = P_Svrsw60t59b;
  config.sv32x4 = P_Sv32x4, config.sv39x4 = P_Sv39x4, config.sv48x4 = P_Sv48x4, config.sv57x4 = P_Sv57x4;
  config.amo_hwad = P_AmoHwad, config.msi_flat = P_MsiFlat;
  config.pd8 = P_Pd8, config.pd17 = P_Pd17, config.pd20 = P_Pd20;
  config.nl = P_Nl, config.s = P_S, config.pas = 56;
  config.hpm = P_Hpm, config.hpm_counters = P_HpmCounters, config.dbg = P_Dbg;
  config.end = P_End, config.qosid = P_Qosid, config.igs_msi = P_IgsMsi;
  config.msi_mrif = P_MsiMrif, config.amo_mrif = P_AmoMrif;
  config.ats = P_Ats, config.t2gpa = P_T2gpa, config.ats_timeout = P_AtsTimeout;
  return config;
}

// Probabilities of a phase, in percent; of isolation per mille.
struct Phase {
  unsigned request, change, wild, registers, drain, isolation, features, files, messages, taken;
};

class Bench {
 public:
  explicit Bench(uint64_t seed) : rnd_(seed), tables_(&rnd_), memory_(&rnd_, &tables_) {
    context_.randSeed(static_cast<int>(seed) + 1);
    context_.randReset(2);
    top_ = std::make_unique<Vcore>(&context_);
    open_waves();
    twin_ = std::make_unique<pcl_core_t>();
    in_.regs = &regs_;
    in_.ds = &ds_;
    for (unsigned q = 0; q < kRequesters; q++) in_.req[q] = &req_[q];
    for (unsigned p = 0; p < P_NumPorts; p++) in_.mrif[p] = &mrif_[p];
    in_.msg_in = &msg_;
    reset(~UINT64_C(0));
  }

  void clock() {
    if (phase_left_-- == 0) new_phase();
    if (rnd_.below(20000) == 0) reset(random_fuses());
    choose();
    drive();
    top_->clk_i = 0;
    top_->eval();
    pcl_core_eval(twin_.get(), &in_, &out_);
    if (tracing_) trace();
    dump_waves(0);
    compare();
    counts_.before(*twin_, in_, out_);
    show_memory();
    pcl_core_commit(twin_.get(), &in_, &out_, &events_);
    compare_events(*top_, events_);
    top_->clk_i = 1;
    top_->eval();
    dump_waves(1);
    follow();
  }

  const Counts& counts() const { return counts_; }

 private:
#if VM_TRACE
  // From the clock FROM on into the file WAVES; two units are a clock.
  void open_waves() {
    if (std::getenv("WAVES") == nullptr) return;
    context_.traceEverOn(true);
    top_->trace(&waves_, 99);
    waves_.open(std::getenv("WAVES"));
    from_ = std::getenv("FROM") ? std::strtoull(std::getenv("FROM"), nullptr, 0) : 0;
  }
  void dump_waves(unsigned half) {
    if (!waves_.isOpen() || place.clock < from_) return;
    waves_.dump(2 * place.clock + half);
    waves_.flush();
  }
  VerilatedVcdC waves_;
  uint64_t from_ = 0;
#else
  void open_waves() {}
  void dump_waves(unsigned) {}
#endif

  void reset(uint64_t fuses) {
    top_->rst_ni = 0;
    for (int i = 0; i < 4; i++) {
      top_->clk_i = i & 1;
      top_->eval();
    }
    top_->rst_ni = 1;
    for (uint32_t& waits : waits_) waits = 0;
    pcl_core_reset(twin_.get(), &config_);
    pcl_regs_reset(&regs_, &config_, fuses, 0x3f);
    tables_.reset(regs_.capabilities);
    memory_.reset(&config_, regs_.capabilities);
    for (auto& req : req_) req.valid = false;
    in_.rec_pend = in_.mrif_valid = mrif_busy_ = 0;
    msg_.valid = false;
    asked_.clear();
  }

  // Fuses narrow what the walk may use.
  uint64_t random_fuses() { return rnd_.percent(30) ? rnd_.next() | rnd_.next() : ~UINT64_C(0); }

  void new_phase() {
    const unsigned rates[] = {1, 5, 20, 60, 95};
    auto rate = [&] { return rates[rnd_.below(5)]; };
    phase_left_ = 200 + rnd_.below(2000);
    phase_ = {rate(), rnd_.below(10), rnd_.below(15), rnd_.below(3) ? 1 : rate() / 2, rate(), rnd_.below(3), rate() / 4,
              rate(), rate(), rate()};
    tables_.new_phase();
    memory_.new_phase();
  }

  pcl_miss_req_t random_request(unsigned q) {
    pcl_miss_req_t req{};
    req.iova = tables_.random_iova();
    req.device_id = tables_.random_device();
    do req.slot = static_cast<uint8_t>(rnd_.below(P_PortMisses));  // a slot waits for one walk at most
    while (waits_[q] >> req.slot & 1);
    req.exec = (q & 1) == PCL_READ && rnd_.percent(20);
    req.solo = rnd_.percent(10);
    req.write = (q & 1) == PCL_WRITE;
    req.valid = true;
    const bool wild = rnd_.percent(phase_.wild);
    req.translated = wild && rnd_.percent(15);
    req.illegal = wild && rnd_.percent(15);
    req.pv = rnd_.percent(P_Pdt ? 50 : phase_.wild);
    if (req.pv) {
      req.process_id = rnd_.percent(95) ? tables_.random_process() : static_cast<uint32_t>(rnd_.next() & 0xfffff);
      req.priv = rnd_.percent(40);
    }
    const pcl_miss_req_t& debug = req_[kDebug];
    if (!regs_.debug.busy || rnd_.percent(70)) return req;
    req.iova = debug.iova | (rnd_.next() & 0xfff);
    req.device_id = debug.device_id;
    req.pv = debug.pv, req.process_id = debug.process_id, req.priv = debug.priv;
    return req;
  }

  void choose() {
    in_.req_valid = 0;
    for (unsigned q = 0; q < kChannels; q++) {
      if (req_[q].valid && rnd_.percent(phase_.change)) req_[q].valid = false;
      const bool all_asked = waits_[q] == low_bits(P_PortMisses);
      if (!req_[q].valid && !all_asked && rnd_.percent(phase_.request)) req_[q] = random_request(q);
      in_.req_valid |= static_cast<uint32_t>(req_[q].valid) << q;
    }
    pcl_regs_debug_req(&regs_.debug, &req_[kDebug]);
    in_.req_valid |= static_cast<uint32_t>(req_[kDebug].valid) << kDebug;
    for (unsigned p = 0; p < P_NumPorts; p++) {
      if (rnd_.per_mille(phase_.isolation)) in_.rec_pend |= 1u << p;
    }
    in_.drain_done = static_cast<uint32_t>((rnd_.percent(phase_.drain) ? ~UINT64_C(0) : rnd_.next()) & low_bits(kChannels));
    in_.upd_drained = P_MsiMrif == 0 || rnd_.percent(phase_.drain);
    if (P_MsiMrif) choose_files();
    if (P_Ats) choose_message();
    memory_.choose_pins(&ds_, writing());
    choose_register_write();
  }

  void choose_register_write() {
    pins_ = {};
    pins_.b_ready = pins_.r_ready = true;
    const bool off = regs_.ddtp_mode < PCL_DDTP_1LVL;
    if (rnd_.percent(phase_.features) && choose_feature_write()) return;
    if (!rnd_.percent(phase_.registers) && !((queues_off() || off) && rnd_.percent(off ? 10 : 2))) return;
    pins_.aw_valid = pins_.w_valid = true;
    pins_.w_strb = 0xff;
    const unsigned kind = rnd_.percent(off ? 50 : 1) ? 0 : rnd_.below(off ? 10 : 100);
    if (kind == 0) {
      pins_.aw_addr = PCL_REG_DDTP_OFFSET;
      pins_.w_data = tables_.random_ddtp(!off);
    } else if (kind < 4) {
      pins_.aw_addr = kind == 1 ? PCL_REG_CQB_OFFSET : PCL_REG_FQB_OFFSET;
      pins_.w_data = (rnd_.next() & 0xffffffffff) << 10 | (rnd_.percent(5) ? rnd_.below(32) : rnd_.below(5));
    } else if (kind == 4) {
      pins_.aw_addr = PCL_REG_FCTL_OFFSET;
      pins_.w_strb = 0x0f;
      pins_.w_data = rnd_.next() & (PCL_FCTL_BE | PCL_FCTL_WSI);
      if (rnd_.percent(30)) pins_.w_data |= PCL_FCTL_GXL;
    } else if (kind < 18) {
      pins_.aw_addr = rnd_.percent(60) ? PCL_REG_CQH_OFFSET : PCL_REG_FQH_OFFSET;
      const bool cq = pins_.aw_addr == PCL_REG_CQH_OFFSET;
      pins_.w_data = rnd_.percent(80) ? (cq ? uint64_t(regs_.cq.head - 1) << 32 : regs_.fq.tail) : rnd_.next();
    } else {
      // Mostly both on, errors cleared.
      pins_.aw_addr = PCL_REG_CQCSR_OFFSET;
      const uint64_t on = UINT64_C(1) << 32 | 1;
      pins_.w_data = (rnd_.percent(95) ? on : rnd_.next() & on) | (rnd_.next() & UINT64_C(0xf0200000f02));
    }
  }

  // AXI IDs whose owner waits for a B, but for the command and the fault queue.
  uint32_t writing() const {
    uint32_t ids = twin_->pool.in[PCL_WALKER_XB];
    if (twin_->irq.state != PCL_IRQ_IDLE) ids |= 4u << P_Walkers;
    if (P_Ats && twin_->ats.state == PCL_ATS_QB) ids |= 8u << P_Walkers;
    if (twin_->mrif.state != PCL_MRIF_IDLE) ids |= 16u << P_Walkers;
    return ids;
  }

  // Writes of devices to interrupt files: a port asks again when its last one is done.
  void choose_files() {
    for (unsigned p = 0; p < P_NumPorts; p++) {
      const uint32_t port = 1u << p;
      if (mrif_busy_ & port) continue;
      if (in_.mrif_valid & port && rnd_.percent(phase_.change)) in_.mrif_valid &= ~port;
      if (in_.mrif_valid & port || !rnd_.percent(phase_.files)) continue;
      in_.mrif_valid |= port;
      pcl_mrif_req_t& r = mrif_[p];
      r.file = rnd_.next() & low_bits(47);
      r.nppn = rnd_.next() & low_bits(44);
      r.iova = tables_.random_iova();
      r.high = rnd_.percent(30);
      r.data = static_cast<uint32_t>(rnd_.next() & (rnd_.percent(80) ? 0x7ff : 0xffffffff));
      if (r.high) r.data = __builtin_bswap32(r.data);
      r.device_id = tables_.random_device();
      r.pv = rnd_.percent(50);
      r.priv = r.pv && rnd_.percent(50);
      r.process_id = r.pv ? tables_.random_process() : 0;
      r.nid = static_cast<uint16_t>(rnd_.next() & 0x7ff);
      r.rcid = static_cast<uint16_t>(P_Qosid ? rnd_.next() & 0xfff : 0);
      r.mcid = static_cast<uint16_t>(P_Qosid ? rnd_.next() & 0xfff : 0);
      r.beyond = rnd_.percent(5);
      r.dtf = rnd_.percent(20);
      r.translated = rnd_.percent(20);
    }
  }

  // A message: a translation request, a page request, the completion of an invalidation that was asked for, or another.
  void choose_message() {
    in_.msg_out_ready = rnd_.percent(phase_.taken == 1 ? rnd_.below(2) : phase_.taken);
    if (msg_.valid || !rnd_.percent(phase_.messages)) return;
    const uint32_t device = tables_.random_device();
    const unsigned kind = rnd_.below(100);
    msg_ = {};
    msg_.valid = true;
    msg_.kind = PCL_MSG_TRANSLATION_REQUEST;
    if (kind >= 45) msg_.kind = PCL_MSG_PAGE_REQUEST;
    if (kind >= 70) msg_.kind = PCL_MSG_INVAL_COMPLETION;
    if (kind >= 97) msg_.kind = static_cast<uint8_t>(rnd_.below(16));
    msg_.rid = static_cast<uint16_t>(device);
    msg_.segment = static_cast<uint8_t>(device >> 16);
    msg_.dsv = msg_.segment != 0 || rnd_.percent(30);
    msg_.pv = rnd_.percent(50);
    msg_.pasid = tables_.random_process();
    msg_.priv = rnd_.percent(30);
    msg_.exec = rnd_.percent(30);
    msg_.cxl = rnd_.percent(30);
    msg_.tag = static_cast<uint16_t>(rnd_.next() & 0x3ff);
    msg_.payload = (tables_.random_iova() & ~UINT64_C(0xfff)) | (rnd_.next() & 0xfff);
    if (msg_.kind == PCL_MSG_INVAL_COMPLETION) complete();
  }
  void complete() {
    msg_.payload = rnd_.next() & rnd_.next();
    if (asked_.empty() || rnd_.percent(5)) return;
    const std::size_t which = rnd_.below(static_cast<unsigned>(asked_.size()));
    const pcl_msg_t& asked = asked_[which];
    msg_.rid = asked.rid, msg_.segment = asked.segment, msg_.dsv = asked.dsv;
    msg_.payload = UINT64_C(1) << (asked.tag & 31) | static_cast<uint64_t>(rnd_.percent(80) ? 1 : rnd_.below(8)) << 32;
    if (rnd_.percent(95)) asked_.erase(asked_.begin() + static_cast<long>(which));
  }

  // A register that only some configurations have; false if nothing is to be written.
  bool choose_feature_write() {
    const unsigned kind = rnd_.below(100);
    pins_.w_data = rnd_.next();
    pins_.w_strb = 0xff;
    if (kind < 50) {
      if (regs_.debug.busy) return false;
      pins_.aw_addr = rnd_.percent(60) ? PCL_REG_TR_REQ_IOVA_OFFSET : PCL_REG_TR_REQ_CTL_OFFSET;
      pins_.w_data = pins_.aw_addr == PCL_REG_TR_REQ_IOVA_OFFSET ? debug_iova() : random_debug_request();
    } else if (kind < 65) {
      pins_.aw_addr = PCL_REG_IOMMU_QOSID_OFFSET;
      pins_.w_strb = 0x0f;
    } else if (kind < 68) {
      pins_.aw_addr = PCL_REG_ICVEC_OFFSET;
    } else if (kind < 72) {
      choose_page_queue_write();
    } else if (kind < 80) {
      pins_.aw_addr = PCL_REG_IPSR_OFFSET;
      pins_.w_strb = 0xf0;
    } else if (kind < 90) {
      pins_.aw_addr = static_cast<uint16_t>(PCL_REG_MSI_ADDR_OFFSET + 8 * rnd_.below(2 * PCL_MSI_VECTORS));
      if (rnd_.percent(70)) pins_.w_data &= ~(UINT64_C(1) << 32);
    } else {
      pins_.aw_addr = PCL_REG_IOHPMCYCLES_OFFSET;
      pins_.w_data = (UINT64_C(1) << 63) - 1 - rnd_.below(1000);
    }
    pins_.aw_valid = pins_.w_valid = true;
    return true;
  }

  void choose_page_queue_write() {
    const unsigned kind = rnd_.below(100);
    if (kind < 10) {
      pins_.aw_addr = PCL_REG_PQB_OFFSET;
      pins_.w_data = (rnd_.next() & 0xffffffffff) << 10 | rnd_.below(5);
    } else if (kind < 50) {
      pins_.aw_addr = PCL_REG_PQH_OFFSET;
      if (rnd_.percent(80)) pins_.w_data = regs_.pq.tail;
      pins_.w_strb = 0x0f;
    } else if (kind < 95) {
      pins_.aw_addr = PCL_REG_PQCSR_OFFSET;
      pins_.w_data = (rnd_.next() & 0xf02) | rnd_.percent(95);
    } else {
      pins_.aw_addr = PCL_REG_MCTL_OFFSET;
      pins_.w_data = rnd_.percent(70) ? 0 : 2;
    }
  }

  // Often the page that a port asks for, for a device.
  uint64_t debug_iova() {
    const auto& req = req_[rnd_.below(kChannels)];
    return req.valid && rnd_.percent(60) ? req.iova : tables_.random_iova();
  }
  uint64_t random_debug_request() {
    const auto& other = req_[rnd_.below(kChannels)];
    const bool alike = other.valid && rnd_.percent(60);
    const bool pv = alike ? other.pv : rnd_.percent(50);
    const uint64_t device = alike ? other.device_id : tables_.random_device();
    const uint64_t process = alike && pv ? other.process_id : tables_.random_process();
    return device << 40 | static_cast<uint64_t>(pv) << 32 | process << 12 | (rnd_.next() & 15);
  }

  bool queues_off() const { return !regs_.cq.on || !regs_.fq.on || pcl_cq_stopped(&regs_.cq) || pcl_fq_stopped(&regs_.fq); }

  void drive() {
    put(top_->req_valid_i, 0, kRequesters, in_.req_valid);
    for (unsigned q = 0; q < kRequesters; q++) {
      if (req_[q].valid) drive_request(top_.get(), q, req_[q]);
    }
    put(top_->drain_done_i, 0, kChannels, in_.drain_done);
    put(top_->upd_drained_i, 0, P_NumPorts, in_.upd_drained ? ~UINT64_C(0) : rnd_.next() & 1);
    if (P_NumPorts == 1) top_->upd_drained_i = in_.upd_drained;
    put(top_->mrif_valid_i, 0, P_NumPorts, in_.mrif_valid);
    for (unsigned p = 0; p < P_NumPorts; p++) drive_mrif(top_.get(), p, mrif_[p]);
    drive_message(top_.get(), msg_);
    top_->msg_out_ready_i = in_.msg_out_ready;
    put(top_->rec_pend_i, 0, P_NumPorts, in_.rec_pend);
    drive_ds(top_.get(), ds_);
    drive_regs(top_.get(), regs_);
  }

  void compare() {
    check("fence_start", top_->fence_start_o, out_.fence_start);
    check("rec_taken", get(top_->rec_taken_o, 0, P_NumPorts), out_.rec_taken);
    check("resp_valid", top_->resp_valid_o, out_.resp.valid);
    if (out_.resp.valid) compare_response(*top_, out_.resp, out_.inv);
    compare_invalidation(*top_, out_.inv);
    compare_ds(*top_, out_.ds);
    if (P_MsiMrif) {
      check("mrif_ready", get(top_->mrif_ready_o, 0, P_NumPorts), out_.mrif.ready);
      check("mrif_done", get(top_->mrif_done_o, 0, P_NumPorts), out_.mrif.done);
      if (out_.mrif.done) check("mrif_ok", top_->mrif_ok_o, out_.mrif.ok);
    }
    if (P_Ats) {
      check("msg_in_ready", top_->msg_in_ready_o, out_.msg_in_ready);
      compare_message(*top_, *out_.msg_out);
    }
    compare_counted(*top_, twin_->ev_req, twin_->pool.ev);
    check("req_ready", get(top_->req_ready_o, 0, kRequesters), out_.req_ready & low_bits(kRequesters));
  }

  const pcl_walk_t* walk_of(unsigned id) const { return id < P_Walkers ? &twin_->pool.walker[id].walk : nullptr; }

  // What the data-structure port takes in this clock; a walker's AW is that of a walk which waits in XB.
  void show_memory() {
    if (out_.ds.ar.valid && ds_.ar_ready) memory_.take_ar(out_.ds.ar, walk_of(out_.ds.ar.id), regs_.fctl & PCL_FCTL_BE);
    if (out_.ds.aw.valid && ds_.aw_ready) memory_.take_aw(out_.ds.aw, walk_of(out_.ds.aw.id));
    if (out_.ds.w.valid && ds_.w_ready) memory_.take_w(out_.ds.w);
    memory_.end_clock();
    if (P_Ats && out_.msg_out->valid && in_.msg_out_ready && out_.msg_out->kind == PCL_MSG_INVAL_REQUEST) {
      asked_.push_back(*out_.msg_out);
      if (asked_.size() > 32) asked_.erase(asked_.begin());
    }
  }

  // The edge, for those who drive.
  void follow() {
    for (unsigned q = 0; q < kChannels; q++) {
      if (out_.resp.valid) waits_[q] &= ~out_.resp.mask[q];
      if (out_.req_ready >> q & 1) {
        req_[q].valid = false;
        waits_[q] |= UINT32_C(1) << req_[q].slot;
      }
    }
    events_.dbg_taken = out_.req_ready >> kDebug & 1;
    events_.dbg_resp = out_.resp.valid && out_.resp.mask[kDebug] ? &out_.resp : nullptr;
    events_.evs = 0;
    in_.rec_pend &= ~out_.rec_taken;
    in_.mrif_valid &= ~out_.mrif.ready;
    mrif_busy_ = (mrif_busy_ | out_.mrif.ready) & ~out_.mrif.done;
    if (out_.msg_in_ready) msg_.valid = false;
    pcl_regs_commit(&regs_, &pins_, &events_);
    counts_.after(*twin_, events_);
  }

  // What the clock is about, for the hunt after a mismatch.
  void trace() const {
    const auto hex = [](uint64_t value) { return static_cast<unsigned long long>(value); };
    const auto& pool = twin_->pool;
    std::fprintf(stderr, "%6llu", hex(place.clock));
    if (out_.plan.winner >= 0) {
      const auto& r = req_[out_.plan.winner];
      std::fprintf(stderr, " take q%d slot %d %llx dev %x pid %x pv%d priv%d x%d t%d i%d", out_.plan.winner, r.slot, hex(r.iova),
                   r.device_id, r.process_id, r.pv, r.priv, r.exec, r.translated, r.illegal);
    }
    std::fprintf(stderr, " ");
    for (unsigned i = 0; i < P_Walkers; i++) {
      const auto& walker = pool.walker[i];
      std::fprintf(stderr, "%c%s", "-SGARxywbFV"[walker.state], walker.killed ? "!" : "");
    }
    if (out_.resp.valid) std::fprintf(stderr, " resp ok%d lead%d size%d", out_.resp.ok, out_.resp.lead, out_.resp.size);
    if (pool.in[PCL_WALKER_GL]) {
      const unsigned w = pcl_rr_pick(pool.in[PCL_WALKER_GL], pool.gl_ptr);
      const auto& walk = pool.walker[w].walk;
      std::fprintf(stderr, " GL%d %llx gscid %x for %d", w, hex(walk.gpa), pcl_gscid_field(walk.dc.iohgatp), walk.g_purpose);
    }
    if (ds_.r.valid) {
      std::fprintf(stderr, " R%d %llx resp%d%s", ds_.r.id, hex(ds_.r.data[0]), ds_.r.resp, ds_.r.user ? " poison" : "");
    }
    if (ds_.b.valid) std::fprintf(stderr, " B%d resp%d", ds_.b.id, ds_.b.resp);
    if (out_.ds.ar.valid) {
      const pcl_walk_t* walk = walk_of(out_.ds.ar.id);
      std::fprintf(stderr, " AR%d %llx+%d kind%d level%d%s", out_.ds.ar.id, hex(out_.ds.ar.addr), out_.ds.ar.len,
                   walk ? walk->access.kind : -1, walk ? walk->access.level : 0, ds_.ar_ready ? "" : " wait");
    }
    if (out_.ds.aw.valid) std::fprintf(stderr, " AW%d %llx", out_.ds.aw.id, hex(out_.ds.aw.addr));
    if (out_.inval.active) std::fprintf(stderr, " inval state %d", twin_->inval.state);
    if (out_.inv.kill) trace_kill();
    std::fprintf(stderr, " ddtp %d cq %d%d%d %x..%x exec%d fq %d%d%d %x..%x\n", regs_.ddtp_mode, regs_.cq.en, regs_.cq.on,
                 pcl_cq_stopped(&regs_.cq), regs_.cq.head, regs_.cq.tail, twin_->cmd_queue.exec, regs_.fq.en, regs_.fq.on,
                 pcl_fq_stopped(&regs_.fq), regs_.fq.head, regs_.fq.tail);
  }

  void trace_kill() const {
    const pcl_inv_t& inv = out_.inv;
    std::fprintf(stderr, " kill op %d av%d %llx range %llx nl%d pscv%d %x gv%d %x dev %x pid %x", inv.op, inv.av,
                 static_cast<unsigned long long>(inv.vpn), static_cast<unsigned long long>(inv.range), inv.nl, inv.pscv,
                 inv.pscid, inv.gv, inv.gscid, inv.device_id, inv.process_id);
  }

  const pcl_config_t config_ = built_config();
  Random rnd_;
  Tables tables_;
  Memory memory_;
  Counts counts_;
  VerilatedContext context_;
  std::unique_ptr<Vcore> top_;
  std::unique_ptr<pcl_core_t> twin_;
  pcl_core_in_t in_{};
  pcl_core_out_t out_{};
  pcl_regs_state_t regs_{};
  pcl_regs_events_t events_{};
  pcl_reg_pins_in_t pins_{};
  pcl_ds_pins_in_t ds_{};
  pcl_miss_req_t req_[PCL_REQUESTERS]{};
  uint32_t waits_[kChannels]{};  // slots that wait for a response
  pcl_mrif_req_t mrif_[PCL_MAX_PORTS]{};
  uint32_t mrif_busy_ = 0;
  pcl_msg_t msg_{};
  std::vector<pcl_msg_t> asked_;  // invalidations of devices' caches that are not completed
  Phase phase_{};
  unsigned phase_left_ = 0;
  const bool tracing_ = std::getenv("TRACE") != nullptr;
};

int main(int argc, char** argv) {
  return run_seeds<Bench>(argc, argv, [](Bench& bench, uint64_t clocks) {
    bench.counts().print();
    return clocks < kEnough || bench.counts().missing() == 0;
  });
}
