// SPDX-License-Identifier: Apache-2.0
// Random lockstep of the core: rtl/core.sv beside its C twin, every output pin in every clock (payload while its valid is high).
//
// Random requesters, a random register programmer (through the twin of regs), and the random memory of core_memory.h:
// directories, tables, commands, late and interleaved answers, errors, poison, answers that nobody asked for. Every thousand
// clocks or so the probabilities change.
//   lockstep CLOCKS SEED...     with TRACE in the environment one line per clock goes to stderr
// twin: cmd_queue core dc_cache ds_read ds_write fault_queue inval iotlb miss_pipe nl_cache off_drain regs walker walker_pool
// twin: arch/ats arch/commands arch/dc arch/ddt arch/msi arch/msi_pte arch/pc arch/pdt arch/pte arch/stage1 arch/stage2 arch/walk
#include <memory>

#include "Vcore.h"
#include "lockstep.h"

extern "C" {
#include "core.h"
#include "pcl_regs.h"
}

#include "core_memory.h"

static const unsigned kRequesters = 2 * P_NumPorts;
static const uint64_t kCaps = ~UINT64_C(0);  // fuses

// Probabilities of a phase, in percent.
struct Phase {
  unsigned request, change, wild, registers, drain, isolation;
};

struct Counts {
  uint64_t requests, walks, granted, hits, merged, kills, vma, reads, faults, records, commands, fences, drains;
};

class Bench {
 public:
  Bench(uint64_t seed, Counts* counts) : rnd_(seed), memory_(&rnd_), counts_(counts) {
    context_.randSeed(static_cast<int>(seed) + 1);
    context_.randReset(2);
    top_ = std::make_unique<Vcore>(&context_);
    config_.num_ports = P_NumPorts;
    config_.port_misses = P_PortMisses;
    config_.l2_entries = P_L2Entries;
    config_.l2_ways = P_L2Ways;
    config_.dc_entries = P_DcEntries;
    config_.nl_entries = P_NlEntries;
    config_.walkers = P_Walkers;
    config_.cq_depth = P_CqDepth;
    config_.fq_depth = P_FqDepth;
    config_.sv48 = P_VaW >= 48;
    config_.sv57 = P_VaW >= 57;
    config_.svpbmt = P_Svpbmt;
    config_.msi_flat = P_MsiFlat;
    config_.pas = 56;
    twin_ = std::make_unique<pcl_core_t>();
    in_.regs = &regs_;
    in_.ds = &ds_;
    for (unsigned q = 0; q < kRequesters; q++) in_.req[q] = &req_[q];
    reset();
  }

  void clock() {
    if (phase_left_-- == 0) new_phase();
    if (rnd_.below(100000) == 0) reset();
    choose();
    drive();
    top_->clk_i = 0;
    top_->eval();
    pcl_core_eval(twin_.get(), &in_, &out_);
    if (tracing_) trace();
    compare();
    pcl_core_commit(twin_.get(), &in_, &out_, &events_);
    compare_events();
    top_->clk_i = 1;
    top_->eval();
    follow();
  }

 private:
  void reset() {
    top_->rst_ni = 0;
    for (int i = 0; i < 4; i++) {
      top_->clk_i = i & 1;
      top_->eval();
    }
    top_->rst_ni = 1;
    // Fuses narrow what the walk may use.
    uint64_t fuses = kCaps;
    if (rnd_.percent(30)) fuses &= ~(PCL_CAP_SVPBMT | PCL_CAP_SV57 | PCL_CAP_MSI_FLAT) | rnd_.next();
    pcl_core_reset(twin_.get(), &config_);
    pcl_regs_reset(&regs_, &config_, fuses);
    memory_.reset(&config_, regs_.capabilities);
    for (auto& req : req_) req.valid = false;
    in_.rec_pend = 0;
  }

  void new_phase() {
    const unsigned rates[] = {1, 5, 20, 60, 95};
    auto rate = [&] { return rates[rnd_.below(5)]; };
    phase_left_ = 200 + rnd_.below(2000);
    phase_ = {rate(), rnd_.below(10), rnd_.below(15), rnd_.below(3) ? 1 : rate() / 2, rate(), rnd_.below(3)};
    memory_.new_phase();
  }

  pcl_miss_req_t random_request(unsigned q) {
    pcl_miss_req_t req{};
    req.iova = memory_.random_iova();
    req.device_id = memory_.random_device();
    req.slot = static_cast<uint8_t>(rnd_.below(P_PortMisses));
    req.exec = (q & 1) == PCL_READ && rnd_.percent(20);
    req.solo = rnd_.percent(10);
    req.valid = true;
    if (rnd_.percent(phase_.wild)) {
      req.pv = rnd_.percent(50);
      req.process_id = rnd_.below(4) ? rnd_.below(2) : static_cast<uint32_t>(rnd_.next() & 0xfffff);
      req.priv = rnd_.percent(30);
      req.translated = rnd_.percent(15);
      req.illegal = rnd_.percent(15);
    }
    return req;
  }

  void choose() {
    in_.req_valid = 0;
    for (unsigned q = 0; q < kRequesters; q++) {
      if (req_[q].valid && rnd_.percent(phase_.change)) req_[q].valid = false;
      if (!req_[q].valid && rnd_.percent(phase_.request)) req_[q] = random_request(q);
      in_.req_valid |= static_cast<uint32_t>(req_[q].valid) << q;
    }
    for (unsigned p = 0; p < P_NumPorts; p++) {
      if (rnd_.percent(phase_.isolation)) in_.rec_pend |= 1u << p;
    }
    in_.drain_done = 0;
    for (unsigned q = 0; q < kRequesters; q++) in_.drain_done |= static_cast<uint32_t>(rnd_.percent(phase_.drain)) << q;
    memory_.choose_pins(&ds_);
    choose_register_write();
  }

  void choose_register_write() {
    pins_ = {};
    pins_.b_ready = pins_.r_ready = true;
    const bool off = regs_.ddtp_mode < PCL_DDTP_1LVL;
    if (!rnd_.percent(phase_.registers) && !((queues_off() || off) && rnd_.percent(2))) return;
    pins_.aw_valid = pins_.w_valid = true;
    pins_.w_strb = 0xff;
    const unsigned kind = rnd_.percent(off ? 50 : 3) ? 0 : rnd_.below(off ? 10 : 100);
    if (kind == 0) {
      pins_.aw_addr = PCL_REG_DDTP_OFFSET;
      pins_.w_data = memory_.random_ddtp(!off);
    } else if (kind < 4) {
      pins_.aw_addr = kind == 1 ? PCL_REG_CQB_OFFSET : PCL_REG_FQB_OFFSET;
      pins_.w_data = (rnd_.next() & 0xffffffffff) << 10 | (rnd_.percent(5) ? rnd_.below(32) : rnd_.below(5));
    } else if (kind < 18) {
      pins_.aw_addr = rnd_.percent(60) ? PCL_REG_CQH_OFFSET : PCL_REG_FQH_OFFSET;
      const bool cq = pins_.aw_addr == PCL_REG_CQH_OFFSET;
      pins_.w_data = rnd_.percent(80) ? (cq ? uint64_t(regs_.cq.head - 1) << 32 : regs_.fq.tail) : rnd_.next();
    } else {
      // Mostly both on, errors cleared.
      pins_.aw_addr = PCL_REG_CQCSR_OFFSET;
      const uint64_t on = UINT64_C(1) << 32 | 1;
      pins_.w_data = (rnd_.percent(95) ? on : rnd_.next() & on) | (rnd_.next() & UINT64_C(0xf0000000f00));
    }
  }

  bool queues_off() const { return !regs_.cq.on || !regs_.fq.on || pcl_cq_stopped(&regs_.cq) || pcl_fq_stopped(&regs_.fq); }

  void drive() {
    put(top_->req_valid_i, 0, kRequesters, in_.req_valid);
    for (unsigned q = 0; q < kRequesters; q++) {
      if (!req_[q].valid) continue;
      const pcl_miss_req_t& r = req_[q];
      const unsigned base = 119 * q;
      put(top_->req_i, base, 1, r.solo);
      put(top_->req_i, base + 1, 5,
          static_cast<uint64_t>(r.pv) << 4 | r.priv << 3 | r.exec << 2 | r.translated << 1 | r.illegal);
      put(top_->req_i, base + 6, 20, r.process_id);
      put(top_->req_i, base + 26, 24, r.device_id);
      put(top_->req_i, base + 50, 64, r.iova);
      put(top_->req_i, base + 114, 5, r.slot);
    }
    put(top_->drain_done_i, 0, kRequesters, in_.drain_done);
    put(top_->rec_pend_i, 0, P_NumPorts, in_.rec_pend);
    top_->ds_ar_ready_i = ds_.ar_ready;
    top_->ds_aw_ready_i = ds_.aw_ready;
    top_->ds_w_ready_i = ds_.w_ready;
    top_->ds_r_valid_i = ds_.r.valid;
    top_->ds_r_id_i = static_cast<uint8_t>(ds_.r.id);
    top_->ds_r_data_i = ds_.r.data[0];
    top_->ds_r_resp_i = ds_.r.resp;
    top_->ds_r_last_i = ds_.r.last;
    top_->ds_r_user_i = ds_.r.user & 1;
    top_->ds_b_valid_i = ds_.b.valid;
    top_->ds_b_id_i = static_cast<uint8_t>(ds_.b.id);
    top_->ds_b_resp_i = ds_.b.resp;
    drive_regs();
  }

  void drive_regs() {
    top_->caps_i = regs_.capabilities;
    top_->ddtp_mode_i = regs_.ddtp_mode;
    top_->ddtp_ppn_i = regs_.ddtp_ppn;
    top_->ddtp_req_i = regs_.ddtp_busy;
    top_->cq_en_i = regs_.cq.en;
    top_->cq_on_i = regs_.cq.on;
    top_->cq_stop_i = pcl_cq_stopped(&regs_.cq);
    top_->cq_ppn_i = regs_.cq.ppn;
    top_->cq_log2_i = regs_.cq.log2;
    top_->cq_head_i = regs_.cq.head;
    top_->cq_tail_i = regs_.cq.tail;
    top_->cq_wsi_ok_i = 1;
    top_->fq_en_i = regs_.fq.en;
    top_->fq_on_i = regs_.fq.on;
    top_->fq_stop_i = pcl_fq_stopped(&regs_.fq);
    top_->fq_ppn_i = regs_.fq.ppn;
    top_->fq_log2_i = regs_.fq.log2;
    top_->fq_head_i = regs_.fq.head;
    top_->fq_tail_i = regs_.fq.tail;
  }

  void compare() {
    check("req_ready", get(top_->req_ready_o, 0, kRequesters), out_.req_ready);
    check("fence_start", top_->fence_start_o, out_.fence_start);
    check("rec_taken", get(top_->rec_taken_o, 0, P_NumPorts), out_.rec_taken);
    check("resp_valid", top_->resp_valid_o, out_.resp.valid);
    if (out_.resp.valid) compare_response();
    compare_invalidation();
    compare_ax("ds_ar_valid", top_->ds_ar_valid_o, out_.ds.ar,
               ax_word(top_->ds_ar_id_o, top_->ds_ar_len_o, top_->ds_ar_size_o, top_->ds_ar_burst_o, top_->ds_ar_cache_o),
               top_->ds_ar_addr_o, static_cast<uint64_t>(top_->ds_ar_lock_o | top_->ds_ar_prot_o | top_->ds_ar_qos_o));
    compare_ax("ds_aw_valid", top_->ds_aw_valid_o, out_.ds.aw,
               ax_word(top_->ds_aw_id_o, top_->ds_aw_len_o, top_->ds_aw_size_o, top_->ds_aw_burst_o, top_->ds_aw_cache_o),
               top_->ds_aw_addr_o, static_cast<uint64_t>(top_->ds_aw_lock_o | top_->ds_aw_prot_o | top_->ds_aw_qos_o));
    check("ds_w_valid", top_->ds_w_valid_o, out_.ds.w.valid);
    if (out_.ds.w.valid) {
      check("ds_w_data", top_->ds_w_data_o, out_.ds.w.data[0]);
      check("ds_w_strb", top_->ds_w_strb_o, out_.ds.w.strb);
      check("ds_w_last", top_->ds_w_last_o, out_.ds.w.last);
    }
    check("ds_r_ready", top_->ds_r_ready_o, out_.ds.r_ready);
    check("ds_b_ready", top_->ds_b_ready_o, out_.ds.b_ready);
  }

  static uint64_t ax_word(uint64_t id, uint64_t len, uint64_t size, uint64_t burst, uint64_t cache) {
    return id << 32 | len << 16 | size << 12 | burst << 8 | cache;
  }

  void compare_ax(const char* what, bool valid, const pcl_ax_t& twin, uint64_t word, uint64_t addr, uint64_t zero) {
    check(what, valid, twin.valid);
    if (!valid) return;
    check("addr of it", addr, twin.addr);
    check("id, len, size, burst, cache of it", word, ax_word(twin.id, twin.len, twin.size, twin.burst, twin.cache));
    check("lock, prot, qos of it", zero, 0);
  }

  void compare_response() {
    const pcl_resp_t& r = out_.resp;
    const auto field = [&](unsigned lsb, unsigned width) { return get(top_->resp_o, lsb, width); };
    for (unsigned q = 0; q < kRequesters; q++) {
      check("resp_mask", get(top_->resp_mask_o, q * P_PortMisses, P_PortMisses), r.mask[q]);
    }
    check("resp lead", field(159, 1), r.lead);
    if (r.lead) {
      check("resp lead_q", field(156, 3), r.lead_q);
      check("resp lead_slot", field(151, 5), r.lead_slot);
    }
    check("resp ok", field(150, 1), r.ok);
    if (!r.ok) return;
    check("resp device_id", field(126, 24), r.device_id);
    check("resp pv", field(125, 1), r.pv);
    check("resp vpn", field(73, 52), r.vpn);
    check("resp size", field(70, 3), r.size);
    check("resp spn", field(26, 44), r.spn);
    check("resp r, w, x", field(23, 3), static_cast<uint64_t>(r.r << 2 | r.w << 1 | r.x));
    check("resp pbmt", field(21, 2), r.pbmt);
    if (r.size == PCL_SIZE_IDENTITY) return;
    check("resp g", field(20, 1), r.g);
    check("resp pscid", field(0, 20), r.pscid);
  }

  void compare_invalidation() {
    const pcl_inv_t& inv = out_.inv;
    const auto field = [&](unsigned lsb, unsigned width) { return get(top_->inv_o, lsb, width); };
    check("inv kill", field(100, 1), inv.kill);
    if (!inv.kill) return;
    check("inv op", field(98, 2), inv.op);
    if (inv.op == PCL_INV_DDT) check("inv device_id", field(0, 24), inv.device_id);
    if (inv.op != PCL_INV_VMA) return;
    check("inv av", field(97, 1), inv.av);
    if (inv.av) check("inv vpn", field(45, 52), inv.vpn);
    check("inv pscv", field(44, 1), inv.pscv);
    if (inv.pscv) check("inv pscid", field(24, 20), inv.pscid);
  }

  void compare_events() {
    check("ddtp_done", top_->ddtp_done_o, events_.ddtp_done);
    check("cq_done", top_->cq_done_o, events_.cq_done);
    check("cq_set_mf", top_->cq_set_mf_o, events_.cq_set_mf);
    check("cq_set_ill", top_->cq_set_ill_o, events_.cq_set_ill);
    check("cq_set_fence", top_->cq_set_fence_o, events_.cq_set_fence);
    check("cq_idle", top_->cq_idle_o, events_.cq_idle);
    check("fq_done", top_->fq_done_o, events_.fq_done);
    check("fq_set_mf", top_->fq_set_mf_o, events_.fq_set_mf);
    check("fq_set_of", top_->fq_set_of_o, events_.fq_set_of);
    check("fq_idle", top_->fq_idle_o, events_.fq_idle);
  }

  // The edge, for those who drive.
  void follow() {
    for (unsigned q = 0; q < kRequesters; q++) {
      if (out_.req_ready >> q & 1) req_[q].valid = false;
    }
    in_.rec_pend &= ~out_.rec_taken;
    memory_.follow(ds_, out_.ds);
    pcl_regs_commit(&regs_, &pins_, &events_);
    count();
  }

  // What the clock is about, for the hunt after a mismatch.
  void trace() const {
    const auto& pool = twin_->pool;
    std::fprintf(stderr, "%6llu", static_cast<unsigned long long>(place.clock));
    if (out_.plan.winner >= 0) {
      const auto& r = req_[out_.plan.winner];
      std::fprintf(stderr, " take q%d %llx dev %x pv%d priv%d x%d t%d i%d", out_.plan.winner,
                   static_cast<unsigned long long>(r.iova), r.device_id, r.pv, r.priv, r.exec, r.translated, r.illegal);
    }
    for (unsigned i = 0; i < P_Walkers; i++) std::fprintf(stderr, " %c", "-SARFV"[pool.walker[i].state]);
    if (out_.resp.valid) std::fprintf(stderr, " resp ok%d lead%d", out_.resp.ok, out_.resp.lead);
    if (ds_.r.valid) {
      std::fprintf(stderr, " R%d %llx %d%s", ds_.r.id, static_cast<unsigned long long>(ds_.r.data[0]), ds_.r.resp,
                   ds_.r.user ? " poison" : "");
    }
    if (out_.ds.ar.valid) {
      std::fprintf(stderr, " AR%d %llx+%d%s", out_.ds.ar.id, static_cast<unsigned long long>(out_.ds.ar.addr),
                   out_.ds.ar.len, ds_.ar_ready ? "" : " wait");
    }
    if (out_.inval.active) std::fprintf(stderr, " inval state %d op %d", twin_->inval.state, out_.inv.op);
    if (out_.inv.kill) {
      std::fprintf(stderr, " kill av%d %llx pscv%d %x dev %x", out_.inv.av, static_cast<unsigned long long>(out_.inv.vpn),
                   out_.inv.pscv, out_.inv.pscid, out_.inv.device_id);
    }
    std::fprintf(stderr, " ddtp %d cq %d%d%d %x..%x exec%d fq %d%d%d %x..%x\n", regs_.ddtp_mode, regs_.cq.en, regs_.cq.on,
                 pcl_cq_stopped(&regs_.cq), regs_.cq.head, regs_.cq.tail, twin_->cmd_queue.exec, regs_.fq.en, regs_.fq.on,
                 pcl_fq_stopped(&regs_.fq), regs_.fq.head, regs_.fq.tail);
  }

  void count() {
    unsigned bits = 0;
    counts_->requests += out_.req_ready != 0;
    if (out_.resp.valid) {
      for (unsigned q = 0; q < kRequesters; q++) bits += static_cast<unsigned>(__builtin_popcount(out_.resp.mask[q]));
      counts_->walks += out_.resp.lead;
      counts_->granted += out_.resp.lead && out_.resp.ok;
      counts_->hits += !out_.resp.lead;
      counts_->merged += bits - 1;
    }
    counts_->kills += out_.inv.kill;
    counts_->vma += out_.inv.kill && out_.inv.op == PCL_INV_VMA;
    counts_->reads += out_.ds.ar.valid && ds_.ar_ready;
    counts_->faults += out_.fault_queue.taken >= 0;
    counts_->records += events_.fq_done;
    counts_->commands += events_.cq_done;
    counts_->fences += out_.cmd_queue.fence_start;
    counts_->drains += twin_->off_drain.state == PCL_OFF_START;
  }

  Random rnd_;
  Memory memory_;
  Counts* counts_;
  VerilatedContext context_;
  std::unique_ptr<Vcore> top_;
  pcl_config_t config_{};
  std::unique_ptr<pcl_core_t> twin_;
  pcl_core_in_t in_{};
  pcl_core_out_t out_{};
  pcl_regs_state_t regs_{};
  pcl_regs_events_t events_{};
  pcl_reg_pins_in_t pins_{};
  pcl_ds_pins_in_t ds_{};
  pcl_miss_req_t req_[PCL_REQUESTERS]{};
  Phase phase_{};
  unsigned phase_left_ = 0;
  const bool tracing_ = std::getenv("TRACE") != nullptr;
};

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s CLOCKS SEED...\n", argv[0]);
    return 2;
  }
  const uint64_t clocks = std::strtoull(argv[1], nullptr, 0);
  for (int arg = 2; arg < argc; arg++) {
    place = {std::strtoull(argv[arg], nullptr, 0), 0};
    Counts counts{};
    Bench bench(place.seed, &counts);
    for (; place.clock < clocks; place.clock++) bench.clock();
    const auto show = [](const char* what, uint64_t n) { std::printf(" %s %llu", what, static_cast<unsigned long long>(n)); };
    std::printf("seed %s: agree;", argv[arg]);
    show("requests", counts.requests), show("walks", counts.walks), show("granted", counts.granted);
    show("L2 hits", counts.hits), show("merged", counts.merged), show("kills", counts.kills), show("VMA", counts.vma);
    show("reads", counts.reads), show("faults", counts.faults), show("records", counts.records);
    show("commands", counts.commands), show("fences", counts.fences), show("Off drains", counts.drains);
    std::printf("\n");
  }
  return 0;
}
