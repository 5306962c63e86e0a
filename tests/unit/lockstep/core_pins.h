// SPDX-License-Identifier: Apache-2.0
// The RTL core's pins: how inputs are packed, and what of the outputs must equal the twin's (payload while its valid is high).
#ifndef PCL_CORE_PINS_H
#define PCL_CORE_PINS_H

#include "Vcore.h"
#include "lockstep.h"

extern "C" {
#include "core.h"
#include "pcl_regs.h"
}

static const unsigned kChannels = 2 * P_NumPorts;
static const unsigned kDebug = kChannels;  // requester above those of the ports
static const unsigned kRequesters = kChannels + 1;

// The fields of a flat struct, from its last one (the lowest bits) on.
template <typename T>
class Fields {
 public:
  explicit Fields(const T& vector) : vector_(vector) {}
  uint64_t next(unsigned width) {
    const uint64_t value = get(vector_, lsb_, width);
    lsb_ += width;
    return value;
  }

 private:
  const T& vector_;
  unsigned lsb_ = 0;
};

inline void drive_request(Vcore* top, unsigned q, const pcl_miss_req_t& r) {
  const unsigned base = 123 * q;
  put(top->req_i, base, 2, static_cast<uint64_t>(r.write) << 1 | r.solo);
  put(top->req_i, base + 2, 5, static_cast<uint64_t>(r.pv) << 4 | r.priv << 3 | r.exec << 2 | r.translated << 1 | r.illegal);
  put(top->req_i, base + 7, 20, r.process_id);
  put(top->req_i, base + 27, 24, r.device_id);
  put(top->req_i, base + 51, 64, r.iova);
  put(top->req_i, base + 115, 5, r.slot);
  put(top->req_i, base + 120, 3, static_cast<uint64_t>(r.ats) << 2 | r.nw << 1 | r.pri);
}

// A port's write to an interrupt file in memory.
inline void drive_mrif(Vcore* top, unsigned port, const pcl_mrif_req_t& r) {
  const struct { uint64_t value; unsigned width; } fields[] = {
      {r.translated, 1}, {r.priv, 1}, {r.pv, 1}, {r.process_id, 20}, {r.device_id, 24}, {r.iova, 64}, {r.dtf, 1}, {r.mcid, 12},
      {r.rcid, 12}, {r.data, 32}, {r.high, 1}, {r.beyond, 1}, {r.nid, 11}, {r.nppn, 44}, {r.file, 47}};
  unsigned lsb = 272 * port;
  for (const auto& field : fields) put(top->mrif_req_i, lsb, field.width, field.value), lsb += field.width;
}

inline void drive_message(Vcore* top, const pcl_msg_t& m) {
  top->msg_in_valid_i = m.valid;
  top->msg_in_kind_i = m.kind;
  top->msg_in_dsv_i = m.dsv;
  top->msg_in_segment_i = m.segment;
  top->msg_in_rid_i = m.rid;
  top->msg_in_pv_i = m.pv;
  top->msg_in_pasid_i = m.pasid;
  top->msg_in_priv_i = m.priv;
  top->msg_in_exec_i = m.exec;
  top->msg_in_cxl_i = m.cxl;
  top->msg_in_tag_i = m.tag;
  top->msg_in_payload_i = m.payload;
}

inline void compare_message(const Vcore& top, const pcl_msg_t& m) {
  check("msg_out_valid", top.msg_out_valid_o, m.valid);
  if (!m.valid) return;
  check("msg_out_kind", top.msg_out_kind_o, m.kind);
  check("msg_out_status", top.msg_out_status_o, m.status);
  check("msg_out_dsv", top.msg_out_dsv_o, m.dsv);
  check("msg_out_segment", top.msg_out_segment_o, m.segment);
  check("msg_out_rid", top.msg_out_rid_o, m.rid);
  check("msg_out_pv", top.msg_out_pv_o, m.pv);
  check("msg_out_pasid", top.msg_out_pasid_o, m.pasid);
  check("msg_out_priv", top.msg_out_priv_o, m.priv);
  check("msg_out_exec", top.msg_out_exec_o, m.exec);
  check("msg_out_cxl", top.msg_out_cxl_o, m.cxl);
  check("msg_out_tag", top.msg_out_tag_o, m.tag);
  check("msg_out_payload", top.msg_out_payload_o, m.payload);
}

inline void drive_ds(Vcore* top, const pcl_ds_pins_in_t& ds) {
  top->ds_ar_ready_i = ds.ar_ready;
  top->ds_aw_ready_i = ds.aw_ready;
  top->ds_w_ready_i = ds.w_ready;
  top->ds_r_valid_i = ds.r.valid;
  top->ds_r_id_i = static_cast<uint8_t>(ds.r.id);
  top->ds_r_data_i = ds.r.data[0];
  top->ds_r_resp_i = ds.r.resp;
  top->ds_r_last_i = ds.r.last;
  top->ds_r_user_i = ds.r.user & 1;
  top->ds_b_valid_i = ds.b.valid;
  top->ds_b_id_i = static_cast<uint8_t>(ds.b.id);
  top->ds_b_resp_i = ds.b.resp;
}

inline void drive_regs(Vcore* top, const pcl_regs_state_t& regs) {
  top->caps_i = regs.capabilities;
  top->fctl_i = regs.fctl;
  top->ddtp_mode_i = regs.ddtp_mode;
  top->ddtp_ppn_i = regs.ddtp_ppn;
  top->ddtp_req_i = regs.ddtp_busy;
  top->cq_en_i = regs.cq.en;
  top->cq_on_i = regs.cq.on;
  top->cq_stop_i = pcl_cq_stopped(&regs.cq);
  top->cq_ppn_i = regs.cq.ppn;
  top->cq_log2_i = regs.cq.log2;
  top->cq_head_i = regs.cq.head;
  top->cq_tail_i = regs.cq.tail;
  top->cq_wsi_ok_i = (regs.fctl & PCL_FCTL_WSI) != 0;
  top->fq_en_i = regs.fq.en;
  top->fq_on_i = regs.fq.on;
  top->fq_stop_i = pcl_fq_stopped(&regs.fq);
  top->fq_ppn_i = regs.fq.ppn;
  top->fq_log2_i = regs.fq.log2;
  top->fq_head_i = regs.fq.head;
  top->fq_tail_i = regs.fq.tail;
  top->pq_en_i = regs.pq.en;
  top->pq_on_i = regs.pq.on;
  top->pq_mf_i = regs.pq.mf;
  top->pq_of_i = regs.pq.of;
  top->pq_ppn_i = regs.pq.ppn;
  top->pq_log2_i = regs.pq.log2;
  top->pq_head_i = regs.pq.head;
  top->pq_tail_i = regs.pq.tail;
  top->msg_refuse_i = pcl_msg_refuse(&regs);
  top->qosid_i = (regs.qosid & 0xfff) | (regs.qosid >> 16 & 0xfff) << 12;
  const int vector = pcl_regs_msi_shown(&regs.msi, regs.fctl);
  top->msi_valid_i = vector >= 0;
  if (vector < 0) return;
  top->msi_addr_i = regs.msi.entry[vector].addr;
  top->msi_data_i = regs.msi.entry[vector].data;
}

inline void compare_response(const Vcore& top, const pcl_resp_t& r, const pcl_inv_t& inv) {
  for (unsigned q = 0; q < kChannels; q++) {
    check("resp_mask", get(top.resp_mask_o, q * P_PortMisses, P_PortMisses), r.mask[q]);
  }
  check("resp_mask of the debug interface", get(top.resp_mask_o, kChannels * P_PortMisses, 1), r.mask[kDebug]);
  check("resp ok", get(top.resp_o, 277, 1), r.ok);
  check("resp lead", get(top.resp_o, 287, 1), r.lead);
  if (r.lead) check("resp lead_q, lead_slot", get(top.resp_o, 278, 9), static_cast<uint64_t>(r.lead_q << 5 | r.lead_slot));
  const pcl_leaf_tag_t tag = pcl_resp_tag(&r);
  check("resp_covered", top.resp_covered_o, r.ok && inv.kill && pcl_inv_covers(&inv, &tag, pcl_va_mask(P_VaW)));
  if (!r.ok) return;
  Fields resp(top.resp_o);
  check("resp nofill", resp.next(1), r.nofill);
  check("resp dtf", resp.next(1), r.mrif && r.dtf);
  check("resp nid", resp.next(11), r.mrif ? r.nid : 0);
  check("resp file", resp.next(47), r.mrif ? r.file : 0);
  check("resp mrif", resp.next(1), r.mrif);
  check("resp mcid", resp.next(12), r.mcid);
  check("resp rcid", resp.next(12), r.rcid);
  check("resp pscid", resp.next(20), r.space.pscid);
  check("resp s1", resp.next(1), r.space.s1);
  check("resp gscid", resp.next(16), r.space.gscid);
  check("resp gv", resp.next(1), r.space.gv);
  check("resp g", resp.next(1), r.g);
  check("resp pbmt", resp.next(2), r.pbmt);
  check("resp r, w, x", resp.next(3), static_cast<uint64_t>(r.r << 2 | r.w << 1 | r.x));
  check("resp spn", resp.next(44), r.spn);
  check("resp s1_size", resp.next(3), r.s1_size);
  check("resp size", resp.next(3), r.size);
  check("resp vpn", resp.next(52), r.vpn);
  check("resp priv", resp.next(1), r.priv);
  check("resp process_id", resp.next(20), r.process_id);
  check("resp pv", resp.next(1), r.pv);
  check("resp device_id", resp.next(24), r.device_id);
}

// Only the operands that the operation has.
inline void compare_invalidation(const Vcore& top, const pcl_inv_t& inv) {
  check("inv kill", get(top.inv_o, 191, 1), inv.kill);
  if (!inv.kill) return;
  const bool vma = inv.op == PCL_INV_VMA, pdt = inv.op == PCL_INV_PDT;
  const auto operand = [](const char* what, uint64_t rtl, uint64_t twin, bool counts) {
    if (counts) check(what, rtl, twin);
  };
  check("inv op", get(top.inv_o, 188, 3), inv.op);
  Fields fields(top.inv_o);
  operand("inv nl", fields.next(1), inv.nl, vma);
  operand("inv process_id", fields.next(20), inv.process_id, pdt);
  operand("inv device_id", fields.next(24), inv.device_id, pdt || inv.op == PCL_INV_DDT);
  operand("inv gscid", fields.next(16), inv.gscid, (vma || inv.op == PCL_INV_GVMA) && inv.gv);
  operand("inv gv", fields.next(1), inv.gv, vma || inv.op == PCL_INV_GVMA);
  operand("inv pscid", fields.next(20), inv.pscid, vma && inv.pscv);
  operand("inv pscv", fields.next(1), inv.pscv, vma);
  operand("inv range", fields.next(52), inv.range, vma && inv.av);
  operand("inv vpn", fields.next(52), inv.vpn, vma && inv.av);
  operand("inv av", fields.next(1), inv.av, vma);
}

inline uint64_t ax_word(uint64_t id, uint64_t len, uint64_t size, uint64_t burst, uint64_t lock, uint64_t cache) {
  return id << 32 | len << 16 | size << 12 | burst << 8 | lock << 4 | cache;
}

inline void compare_ax(const char* what, bool valid, const pcl_ax_t& twin, uint64_t word, uint64_t addr, uint64_t qos,
                       uint64_t zero) {
  check(what, valid, twin.valid);
  if (!valid) return;
  check("id, len, size, burst, lock, cache of it", word,
        ax_word(twin.id, twin.len, twin.size, twin.burst, twin.lock, twin.cache));
  check("addr of it", addr, twin.addr);
  check("rcid, mcid of it", qos, static_cast<uint64_t>(twin.rcid) << 12 | twin.mcid);
  check("prot, qos of it", zero, 0);
}

inline void compare_ds(const Vcore& top, const pcl_ds_pins_out_t& ds) {
  compare_ax("ds_ar_valid", top.ds_ar_valid_o, ds.ar,
             ax_word(top.ds_ar_id_o, top.ds_ar_len_o, top.ds_ar_size_o, top.ds_ar_burst_o, top.ds_ar_lock_o, top.ds_ar_cache_o),
             top.ds_ar_addr_o, static_cast<uint64_t>(top.ds_ar_rcid_o) << 12 | top.ds_ar_mcid_o,
             static_cast<uint64_t>(top.ds_ar_prot_o | top.ds_ar_qos_o));
  compare_ax("ds_aw_valid", top.ds_aw_valid_o, ds.aw,
             ax_word(top.ds_aw_id_o, top.ds_aw_len_o, top.ds_aw_size_o, top.ds_aw_burst_o, top.ds_aw_lock_o, top.ds_aw_cache_o),
             top.ds_aw_addr_o, static_cast<uint64_t>(top.ds_aw_rcid_o) << 12 | top.ds_aw_mcid_o,
             static_cast<uint64_t>(top.ds_aw_prot_o | top.ds_aw_qos_o));
  check("ds_w_valid", top.ds_w_valid_o, ds.w.valid);
  if (ds.w.valid) {
    check("ds_w_data", top.ds_w_data_o, ds.w.data[0]);
    check("ds_w_strb", top.ds_w_strb_o, ds.w.strb);
    check("ds_w_last", top.ds_w_last_o, ds.w.last);
  }
  check("ds_r_ready", top.ds_r_ready_o, ds.r_ready);
  check("ds_b_ready", top.ds_b_ready_o, ds.b_ready);
}

inline void compare_events(const Vcore& top, const pcl_regs_events_t& events) {
  check("ddtp_done", top.ddtp_done_o, events.ddtp_done);
  check("cq_done", top.cq_done_o, events.cq_done);
  check("cq_set_mf", top.cq_set_mf_o, events.cq_set_mf);
  check("cq_set_ill", top.cq_set_ill_o, events.cq_set_ill);
  check("cq_set_fence", top.cq_set_fence_o, events.cq_set_fence);
  check("cq_idle", top.cq_idle_o, events.cq_idle);
  check("fq_done", top.fq_done_o, events.fq_done);
  check("fq_set_mf", top.fq_set_mf_o, events.fq_set_mf);
  check("fq_set_of", top.fq_set_of_o, events.fq_set_of);
  check("fq_idle", top.fq_idle_o, events.fq_idle);
  check("cq_set_to", top.cq_set_to_o, events.cq_set_to);
  check("msi_taken", top.msi_taken_o, events.msi_taken);
  if (P_Ats == 0) return;
  check("pq_done", top.pq_done_o, events.pq_done);
  check("pq_set_mf", top.pq_set_mf_o, events.pq_set_mf);
  check("pq_set_of", top.pq_set_of_o, events.pq_set_of);
  check("pq_idle", top.pq_idle_o, events.pq_idle);
  check("msg_drained", top.msg_drained_o, events.msg_drained);
}

// What the counters are told; IDs count while there is an event.
inline void compare_counted(const Vcore& top, const pcl_ev_t& req, const pcl_ev_t& walk) {
  const bool asked = get(top.ev_req_o, 46, 1), walked = get(top.ev_walk_o, 86, 1);
  check("ev_req", asked ? get(top.ev_req_o, 45, 1) ? PCL_EVENT_ATS : PCL_EVENT_UNTRANSLATED : PCL_EVENT_NONE, req.event);
  check("ev_walk", walked ? 5 + get(top.ev_walk_o, 84, 2) : 0, walk.event);
  if (asked) {
    Fields ids(top.ev_req_o);
    check("ev_req process_id", ids.next(20), req.ids.process_id);
    check("ev_req pv", ids.next(1), req.ids.pv);
    check("ev_req device_id", ids.next(24), req.ids.device_id);
  }
  if (!walked) return;
  Fields ids(top.ev_walk_o);
  check("ev_walk pscid", ids.next(20), walk.ids.pscid);
  check("ev_walk pscv", ids.next(1), walk.ids.pscv);
  check("ev_walk gscid", ids.next(16), walk.ids.gscid);
  check("ev_walk gscv", ids.next(1), walk.ids.gscv);
  check("ev_walk process_id", ids.next(20), walk.ids.process_id);
  check("ev_walk pv", ids.next(1), walk.ids.pv);
  check("ev_walk device_id", ids.next(24), walk.ids.device_id);
  check("ev_walk miss", ids.next(1), walk.miss);
}

#endif
