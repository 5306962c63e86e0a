// SPDX-License-Identifier: Apache-2.0
// What the core's lockstep has seen, told by the twin. Kinds that a configuration cannot show are not due; a long run in which
// a kind that is due never happened has driven too little.
#ifndef PCL_CORE_COUNTS_H
#define PCL_CORE_COUNTS_H

#include <cstdio>
#include <string>
#include <vector>

extern "C" {
#include "core.h"
#include "rr_arb.h"
}

#include "arch/causes.h"
#include "arch/walk_parts.h"

class Counts {
 public:
  // Before the edge.
  void before(const pcl_core_t& core, const pcl_core_in_t& in, const pcl_core_out_t& out) {
    const pcl_ds_pins_in_t& ds = *in.ds;
    const auto& pool = core.pool;
    count("requests", out.req_ready != 0);
    count_response(core, out);
    count_invalidation(out.inv);
    count("clocks held for a response", core.pipe.held && out.req_ready == 0);
    count("reads", out.ds.ar.valid && ds.ar_ready);
    count("fence starts", out.fence_start);
    count("DC hits", out.plan.winner >= 0 && out.plan.winner_known.dc_known);
    count("PC hits", out.plan.winner >= 0 && out.plan.winner_known.dc_known && out.plan.winner_known.pc_known, kPdt);
    const bool alloc = core.pipe.b.valid && out.plan.b_moves && !out.plan.way && out.plan.merge < 0;
    count("nl hits", alloc && out.plan.b_fast && out.plan.nonleaf.level != 0);
    count("nl root hits", alloc && out.plan.b_fast && out.plan.nonleaf.level >= 3 && out.plan.context.space.gv, kTwoStage);
    if (out.fault_queue.taken >= 0) count_fault(core, static_cast<unsigned>(out.fault_queue.taken));
    count_lookup(pool, core.caches.g);
    count_updates(pool, ds);
    count_features(core, out, in.regs->qosid);
    count("pages that the L2 has for devices with or without MSI pages alone", spurned(core, out), P_L2Entries != 0 && kMsi);
    count("updates captured", pcl_ds_write_walker(&core.ds_write, out.write_captured) >= 0, kAmo);
    last_try_ = -1;
    if (ds.r.valid && ds.r.id < P_Walkers && ds.r.resp == PCL_RESP_EXOKAY && !(ds.r.user & 1)) {
      const pcl_walker_t& walker = pool.walker[ds.r.id];
      if (walker.state == PCL_WALKER_XR && walker.retries == 63) last_try_ = ds.r.id;
    }
    started_ = ~(pool.in[PCL_WALKER_START] | pool.in[PCL_WALKER_IDLE] | pool.in[PCL_WALKER_RESP]);
    resp_ = pool.in[PCL_WALKER_RESP] & ~(out.plan.shown >= 0 ? UINT32_C(1) << out.plan.shown : 0);
  }

  // After it.
  void after(const pcl_core_t& core, const pcl_regs_events_t& events) {
    count("begun anew", started_ & core.pool.in[PCL_WALKER_START]);
    const auto ended = [&](pcl_walker_state_t state) { return last_try_ >= 0 && core.pool.walker[last_try_].state == state; };
    count("64th try on a changed entry", ended(PCL_WALKER_FAULT) || ended(PCL_WALKER_RESP), kAmo);
    count("RESP covered", resp_ & core.pool.in[PCL_WALKER_START], false);
    count("records", events.fq_done);
    count("commands", events.cq_done);
    count("ddtp writes", events.ddtp_done);
    count("messages", events.msi_taken, P_IgsMsi != 0);
    count("illegal commands", events.cq_set_ill);
    count("invalidations too late", events.cq_set_to, P_Ats != 0);
    count("page requests queued", events.pq_done, P_Ats != 0);
  }

  void print() const {
    for (const Item& item : items_) {
      if (item.due || item.number) std::printf(" %s %llu;", item.name, static_cast<unsigned long long>(item.number));
    }
    for (unsigned cause = 0; cause < kCauses; cause++) {
      if (cause_[cause]) std::printf(" cause %u %llu;", cause, static_cast<unsigned long long>(cause_[cause]));
    }
    std::printf("\n");
  }

  // Prints what is due and was never seen; returns how much that is.
  unsigned missing() const {
    unsigned missing = 0;
    for (const Item& item : items_) {
      if (item.number != 0 || !item.due) continue;
      std::printf("never seen: %s\n", item.name);
      missing++;
    }
    for (unsigned cause : due_causes()) {
      if (cause_[cause] != 0) continue;
      std::printf("never seen: cause %u\n", cause);
      missing++;
    }
    return missing;
  }

 private:
  static const unsigned kCauses = 2050;
  static const bool kTwoStage = P_TwoStage != 0, kPdt = P_Pdt != 0, kMsi = P_MsiFlat != 0, kAmo = P_AmoHwad != 0;

  struct Item {
    const char* name;  // a literal
    bool due;
    uint64_t number;
  };

  // The place of a kind is that of the call: names are literals.
  void count(const char* name, bool seen, bool due = true) {
    for (Item& item : items_) {
      if (item.name != name) continue;
      item.number += seen;
      return;
    }
    items_.push_back({name, due, seen});
  }

  // Stage B would have hit the IOTLB, had its device MSI pages or none as the others.
  static bool spurned(const pcl_core_t& core, const pcl_core_out_t& out) {
    if (!core.pipe.b.valid || !out.plan.b_fast || out.plan.way) return false;
    pcl_iotlb_key_t key{};
    key.vpn = core.pipe.b.iova >> 12;
    key.space = out.plan.context.space;
    key.need = core.pipe.b.write ? PCL_RIGHT_W : core.pipe.b.exec ? PCL_RIGHT_X : PCL_RIGHT_R;
    key.supervisor = core.pipe.b.priv;
    key.sum = out.plan.context.sum;
    key.msi = !out.plan.context.msi;
    return pcl_iotlb_compare(&core.iotlb, &key) != nullptr;
  }

  void count_response(const pcl_core_t& core, const pcl_core_out_t& out) {
    const pcl_resp_t& resp = out.resp;
    const bool walk = resp.valid && resp.lead, ok = walk && resp.ok;
    unsigned bits = 0;
    for (unsigned q = 0; resp.valid && q < PCL_REQUESTERS; q++) bits += static_cast<unsigned>(__builtin_popcount(resp.mask[q]));
    count("walks", walk);
    count("merged", bits > 1);
    count("L2 hits", resp.valid && !resp.lead, P_L2Entries != 0);
    count("L2 hits of a fragment", resp.valid && !resp.lead && resp.s1_size != 0, P_L2Entries >= 512 && kTwoStage);
    count("L2 hits of GPAs", resp.valid && !resp.lead && !resp.space.s1, P_L2Entries != 0 && kTwoStage);
    count("not reported", walk && !resp.ok && !core.pool.walker[out.plan.shown].walk.outcome.fault.report);
    const pcl_translation_t none{};
    const pcl_translation_t& t = ok ? core.pool.walker[out.plan.shown].walk.outcome.translation : none;
    const bool s1 = ok && resp.space.s1, gv = ok && resp.space.gv;
    count("identity", ok && resp.size == PCL_SIZE_IDENTITY);
    count("identity of mode Bare", ok && resp.bare, P_Qosid != 0);
    count("first stage", s1 && !gv);
    count("second stage", gv && !s1 && !t.msi, kTwoStage);
    count("both stages", gv && s1 && !t.msi, kTwoStage);
    count("MSI page", t.msi, kMsi);
    count("MSI page, first stage too", t.msi && s1, kMsi);
    count("range with an MSI page", gv && !t.msi && resp.size == 0 && t.s1_shift > 12 && t.s2_shift > 12, kMsi);
    count("with PV", ok && resp.pv, kPdt);
    count("supervisor", ok && resp.priv, kPdt);
    count("4 KiB", ok && resp.size == PCL_SIZE_4K);
    count("64 KiB", ok && resp.size == PCL_SIZE_64K);
    count("2 MiB", ok && resp.size == PCL_SIZE_2M);
    count("1 GiB", ok && resp.size == PCL_SIZE_1G);
    count("512 GiB", ok && resp.size == PCL_SIZE_512G, P_Sv48 != 0);
    count("256 TiB", ok && resp.size == PCL_SIZE_256T, P_Sv57 != 0);
    count("4 MiB", ok && s1 && t.s1_shift == 22, P_Sv32 != 0);
  }

  void count_invalidation(const pcl_inv_t& inv) {
    const bool vma = inv.kill && inv.op == PCL_INV_VMA, range = vma && inv.av && inv.range != 0;
    count("VMA", vma);
    count("VMA of a guest", vma && inv.gv, kTwoStage);
    count("VMA NL", vma && inv.nl, P_Nl != 0);
    count("VMA S", range, P_S != 0);
    count("GVMA", inv.kill && inv.op == PCL_INV_GVMA, kTwoStage);
    count("DDT", inv.kill && inv.op == PCL_INV_DDT);
    count("PDT", inv.kill && inv.op == PCL_INV_PDT, kPdt);
    count("ALL", inv.kill && inv.op == PCL_INV_ALL);
  }

  void count_fault(const pcl_core_t& core, unsigned source) {
    if (source < core.walkers) {
      cause_[core.pool.walker[source].walk.outcome.fault.cause]++;
    } else {
      const unsigned above = source - core.walkers, message = PCL_CAUSE_MSI_WRITE_ACCESS;
      const unsigned isolated = PCL_CAUSE_ISOLATED;
      cause_[above < core.ports ? isolated : above == core.ports ? message : core.mrif.fault]++;
    }
  }

  void count_features(const pcl_core_t& core, const pcl_core_out_t& out, uint32_t qosid) {
    const unsigned debug = 2 * core.ports;
    const auto& pool = core.pool;
    count("debug requests", out.plan.winner == static_cast<int>(debug), P_Dbg != 0);
    const bool answered = out.resp.valid && out.resp.mask[debug] != 0;
    count("debug refused", answered && !out.resp.ok, P_Dbg != 0);
    count("debug L2 hits", answered && !out.resp.lead, P_Dbg != 0 && P_L2Entries != 0);
    const bool merges = core.pipe.b.valid && out.plan.b_moves && !out.plan.way && out.plan.merge >= 0;
    count("joined a debug walk", merges && pool.walker[out.plan.merge].resp.lead_q == debug, P_Dbg != 0);
    const bool ar = out.ar_shown >= 0 && out.ar_shown < P_Walkers;
    const pcl_walk_t* walk = ar ? &pool.walker[out.ar_shown].walk : nullptr;
    const bool turned = walk && pcl_walk_big_endian(walk, walk->access.kind);
    count("big-endian tables of devices", turned && walk->access.kind == PCL_ACCESS_PTE, P_End != 0);
    count("big-endian tables of the IOMMU", turned && walk->access.kind != PCL_ACCESS_PTE, P_End != 0);
    count("big-endian updates", turned && walk->access.update, P_End != 0 && kAmo);
    count("big-endian queues", core.ds_write.swap && core.ds_write.busy, P_End != 0);
    const bool kept = core.ds_read.locked && walk && walk->phase == PCL_PHASE_DDT && core.ds_read.qos != qosid;
    count("QoS IDs kept", kept, P_Qosid != 0);
    const auto& ev = pool.ev;
    count("DDT walks", ev.event == PCL_EVENT_DDT_WALK, P_Hpm != 0);
    count("PDT walks", ev.event == PCL_EVENT_PDT_WALK, P_Hpm != 0 && kPdt);
    count("first-stage walks", ev.event == PCL_EVENT_S1_WALK, P_Hpm != 0);
    count("second-stage walks", ev.event == PCL_EVENT_S2_WALK, P_Hpm != 0 && kTwoStage);
    count("misses", ev.miss && ev.event != PCL_EVENT_NONE, P_Hpm != 0);
    count("second-stage walks for the process directory", ev.event == PCL_EVENT_S2_WALK && !ev.ids.pscv && ev.ids.pv,
          P_Hpm != 0 && kTwoStage && kPdt);
    count("interrupts put into files", core.mrif.state == PCL_MRIF_DONE && core.mrif.fault == 0, P_MsiMrif != 0);
    count("updates of files lost", core.mrif.state == PCL_MRIF_XAR && core.mrif.retries, P_MsiMrif != 0);
    count("pages in MRIF mode", out.resp.valid && out.resp.ok && out.resp.mrif, P_MsiMrif != 0);
    count_messages(core, out);
    count("debug requests counted", core.ev_req.event == PCL_EVENT_UNTRANSLATED, P_Hpm != 0 && P_Dbg != 0);
  }

  void count_messages(const pcl_core_t& core, const pcl_core_out_t& out) {
    if (P_Ats == 0) return;
    const pcl_msg_t& m = *out.msg_out;
    const bool answer = m.valid && m.kind == PCL_MSG_TRANSLATION_COMPLETION;
    count("translations for devices", answer && m.payload != 0);
    count("translations for devices refused", answer && m.status != 0);
    count("invalidations of devices' caches", m.valid && m.kind == PCL_MSG_INVAL_REQUEST);
    count("group responses", m.valid && m.kind == PCL_MSG_PRG_RESPONSE);
    count("page requests", core.ats.state == PCL_ATS_QB);
  }

  void count_lookup(const pcl_walker_pool_t& pool, const pcl_g_cache_t& cache) {
    const uint32_t looking = pool.in[PCL_WALKER_GL];
    const pcl_walker_t* walker = looking ? &pool.walker[pcl_rr_pick(looking, pool.gl_ptr)] : nullptr;
    const pcl_g_entry_t* found = walker && pcl_walker_asks_g(walker) ? pcl_g_cache_lookup(&cache, &walker->walk) : nullptr;
    count("GL grants", walker, kTwoStage);
    count("g leaf hits", found && found->leaf, kTwoStage);
    count("g pointer hits", found && !found->leaf, kTwoStage);
    count("GL for UPD", walker && walker->walk.in_g && walker->walk.g_purpose == PCL_GPA_FOR_PTE_UPDATE, kTwoStage && kAmo);
  }

  void count_updates(const pcl_walker_pool_t& pool, const pcl_ds_pins_in_t& ds) {
    const bool xr = ds.r.valid && ds.r.id < P_Walkers && pool.walker[ds.r.id].state == PCL_WALKER_XR;
    const bool xb = ds.b.valid && ds.b.id < P_Walkers && pool.walker[ds.b.id].state == PCL_WALKER_XB;
    const bool done = xb && ds.b.resp == PCL_RESP_EXOKAY && !pcl_walker_stale(&pool.walker[ds.b.id]);
    const pcl_access_t none{};
    const pcl_access_t& access = xb ? pool.walker[ds.b.id].walk.access : none;
    count("exclusive reads", xr, kAmo);
    count("exclusive reads refused", xr && ds.r.resp != PCL_RESP_EXOKAY, kAmo);
    count("first-stage updates", done && access.kind == PCL_ACCESS_PTE, kAmo);
    count("second-stage updates", done && access.kind == PCL_ACCESS_GPTE, kAmo && kTwoStage);
    count("4-byte updates", done && access.bytes == 4, kAmo && P_Sv32 != 0);
    count("writes lost", xb && ds.b.resp == PCL_RESP_OKAY, kAmo);
    count("writes failed", xb && ds.b.resp >= PCL_RESP_SLVERR, kAmo);
    count("64th loss", xb && ds.b.resp == PCL_RESP_OKAY && pool.walker[ds.b.id].retries == 63, kAmo);
  }

  static std::vector<unsigned> due_causes() {
    std::vector<unsigned> due = {1, 5, 7, 12, 13, 15, 256, 257, 258, 259, 260, 268, 274, 2048, 2049};
    if (kTwoStage) due.insert(due.end(), {20, 21, 23});
    if (kPdt) due.insert(due.end(), {265, 266, 267, 269});
    if (P_IgsMsi) due.push_back(PCL_CAUSE_MSI_WRITE_ACCESS);
    if (P_MsiMrif) due.insert(due.end(), {264, 271});
    if (kMsi) due.insert(due.end(), {261, 262, 263, 270});
    return due;
  }

  std::vector<Item> items_;
  uint64_t cause_[kCauses]{};
  uint32_t started_ = 0;
  int last_try_ = -1;  // walker whose 64th try has the answer to its exclusive read
  uint32_t resp_ = 0;
};

#endif
