// SPDX-License-Identifier: Apache-2.0
// The RTL port's pins: how inputs are packed, and what of the outputs must equal the twin's (payload while its valid is high).
#ifndef PCL_PORT_PINS_H
#define PCL_PORT_PINS_H

#include "Vport.h"
#include "lockstep.h"

extern "C" {
#include "port.h"
}

static const unsigned kPort = 1;  // the number of the port

#define DRIVE_AX(ch, ax)                            \
  do {                                              \
    top->dev_##ch##_valid_i = (ax).valid;           \
    top->dev_##ch##_id_i = (ax).id;                 \
    top->dev_##ch##_addr_i = (ax).addr;             \
    top->dev_##ch##_len_i = (ax).len;               \
    top->dev_##ch##_size_i = (ax).size;             \
    top->dev_##ch##_burst_i = (ax).burst;           \
    top->dev_##ch##_lock_i = (ax).lock;             \
    top->dev_##ch##_cache_i = (ax).cache;           \
    top->dev_##ch##_prot_i = (ax).prot;             \
    top->dev_##ch##_qos_i = (ax).qos;               \
    top->dev_##ch##_user_i = (ax).user;             \
    top->dev_##ch##_device_id_i = (ax).device_id;   \
    top->dev_##ch##_process_id_i = (ax).process_id; \
    top->dev_##ch##_pv_i = (ax).pv;                 \
    top->dev_##ch##_priv_i = (ax).priv;             \
    top->dev_##ch##_exec_i = (ax).exec;             \
    top->dev_##ch##_translated_i = (ax).translated; \
  } while (0)

template <typename T>
inline void put_data(T& vector, const uint64_t* data) {
  for (unsigned i = 0; 64 * i < P_DataWidth; i++) put(vector, 64 * i, P_DataWidth < 64 ? P_DataWidth : 64, data[i]);
}
template <typename T>
inline void check_data(const char* what, const T& vector, const uint64_t* data) {
  unsigned width = P_DataWidth < 64 ? P_DataWidth : 64;
  for (unsigned i = 0; 64 * i < P_DataWidth; i++) check(what, get(vector, 64 * i, width), data[i] & low_bits(width));
}

inline void drive_pins(Vport* top, const pcl_port_pins_in_t& pins) {
  DRIVE_AX(ar, pins.dev_ax[0]);
  DRIVE_AX(aw, pins.dev_ax[1]);
  top->dev_w_valid_i = pins.dev_w.valid;
  put_data(top->dev_w_data_i, pins.dev_w.data);
  top->dev_w_strb_i = pins.dev_w.strb;
  top->dev_w_last_i = pins.dev_w.last;
  top->dev_w_user_i = pins.dev_w.user;
  top->dev_r_ready_i = pins.dev_r_ready;
  top->dev_b_ready_i = pins.dev_b_ready;
  top->mem_ar_ready_i = pins.mem_ax_ready[0];
  top->mem_aw_ready_i = pins.mem_ax_ready[1];
  top->mem_w_ready_i = pins.mem_w_ready;
  top->mem_b_valid_i = pins.mem_b.valid;
  top->mem_b_id_i = pins.mem_b.id;
  top->mem_b_resp_i = pins.mem_b.resp;
  top->mem_b_user_i = pins.mem_b.user;
  top->mem_r_valid_i = pins.mem_r.valid;
  top->mem_r_id_i = pins.mem_r.id;
  put_data(top->mem_r_data_i, pins.mem_r.data);
  top->mem_r_resp_i = pins.mem_r.resp;
  top->mem_r_last_i = pins.mem_r.last;
  top->mem_r_user_i = pins.mem_r.user;
}

// Structs of rtl/portcullis_pkg.sv, last field in the lowest bits.
inline void drive_core(Vport* top, const pcl_port_in_t& in) {
  const pcl_resp_t& resp = *in.resp;
  const pcl_inv_t& inv = *in.inv;
  top->req_ready_i = in.req_ready[0] | in.req_ready[1] << 1;
  top->resp_valid_i = resp.valid;
  const struct { uint64_t value; unsigned width; } resp_fields[] = {
      {resp.nofill, 1}, {resp.dtf, 1}, {resp.nid, 11}, {resp.file, 47}, {resp.mrif, 1}, {resp.bare, 1}, {resp.mcid, 12},
      {resp.rcid, 12}, {resp.space.pscid, 20}, {resp.space.s1, 1}, {resp.space.gscid, 16}, {resp.space.gv, 1},
      {resp.g, 1}, {resp.pbmt, 2}, {resp.x, 1}, {resp.w, 1}, {resp.r, 1}, {resp.spn, 44}, {resp.s1_size, 3}, {resp.size, 3},
      {resp.vpn, 52}, {resp.priv, 1}, {resp.process_id, 20}, {resp.pv, 1}, {resp.device_id, 24}, {resp.ok, 1},
      {resp.lead_slot, 5}, {resp.lead_q, 4}, {resp.lead, 1}};
  const struct { uint64_t value; unsigned width; } inv_fields[] = {
      {inv.nl, 1}, {inv.process_id, 20}, {inv.device_id, 24}, {inv.gscid, 16}, {inv.gv, 1}, {inv.pscid, 20},
      {inv.pscv, 1}, {inv.range, 52}, {inv.vpn, 52}, {inv.av, 1}, {inv.op, 3}, {inv.kill, 1}};
  unsigned lsb = 0;
  if (resp.valid) {
    for (const auto& field : resp_fields) put(top->resp_i, lsb, field.width, field.value), lsb += field.width;
  }
  lsb = 0;
  for (const auto& field : inv_fields) put(top->inv_i, lsb, field.width, field.value), lsb += field.width;
  put(top->resp_mask_i, 0, P_PortMisses, resp.mask[2 * kPort]);
  put(top->resp_mask_i, P_PortMisses, P_PortMisses, resp.mask[2 * kPort + 1]);
  const pcl_leaf_tag_t tag = pcl_resp_tag(&resp);
  top->resp_covered_i = resp.ok && inv.kill && pcl_inv_covers(&inv, &tag, pcl_va_mask(P_VaW));
  top->port_q_i = 2 * kPort;
  top->fence_start_i = in.fence_start;
  top->q_mode_i = in.q.mode;
  top->q_isotime_i = in.q.isotime;
  top->q_isolate_i = in.q.isolate;
  top->q_resume_i = in.q.resume;
  top->rec_taken_i = in.rec_taken;
  top->mrif_ready_i = in.mrif_ready;
  top->mrif_done_i = in.mrif_done;
  top->mrif_ok_i = in.mrif_ok;
  top->qosid_i = (in.qosid & 0xfff) | (in.qosid >> 16 & 0xfff) << 12;
}

#define CHECK_AX(ch, ax)                                                          \
  do {                                                                            \
    check("mem_" #ch "_valid", top.mem_##ch##_valid_o, (ax).valid);               \
    if ((ax).valid) {                                                             \
      check("mem_" #ch "_id", top.mem_##ch##_id_o, (ax).id);                      \
      check("mem_" #ch "_addr", top.mem_##ch##_addr_o, (ax).addr);                \
      check("mem_" #ch "_len", top.mem_##ch##_len_o, (ax).len);                   \
      check("mem_" #ch "_size", top.mem_##ch##_size_o, (ax).size);                \
      check("mem_" #ch "_burst", top.mem_##ch##_burst_o, (ax).burst);             \
      check("mem_" #ch "_lock", top.mem_##ch##_lock_o, (ax).lock);                \
      check("mem_" #ch "_cache", top.mem_##ch##_cache_o, (ax).cache);             \
      check("mem_" #ch "_prot", top.mem_##ch##_prot_o, (ax).prot);                \
      check("mem_" #ch "_qos", top.mem_##ch##_qos_o, (ax).qos);                   \
      check("mem_" #ch "_user", top.mem_##ch##_user_o, (ax).user);                \
      check("mem_" #ch "_pbmt", top.mem_##ch##_pbmt_o, (ax).pbmt);                \
      check("mem_" #ch "_rcid", top.mem_##ch##_rcid_o, (ax).rcid);                \
      check("mem_" #ch "_mcid", top.mem_##ch##_mcid_o, (ax).mcid);                \
      check("mem_" #ch "_device_id", top.mem_##ch##_device_id_o, (ax).device_id); \
    }                                                                             \
  } while (0)

struct Field {
  const char* name;
  uint64_t value;
  unsigned width;
};

// Neighbours in a vector, from bit lsb on.
template <typename T, size_t N>
void check_fields(const T& vector, unsigned lsb, const Field (&fields)[N]) {
  for (const Field& field : fields) {
    check(field.name, get(vector, lsb, field.width), field.value);
    lsb += field.width;
  }
}

inline void compare_request(const Vport& top, const pcl_port_req_t& found, unsigned channel) {
  const pcl_miss_req_t& req = found.req[channel];
  check(channel ? "req_valid write" : "req_valid read", get(top.req_valid_o, channel, 1), req.valid);
  if (!req.valid) return;
  const Field fields[] = {
      {"req solo", req.solo, 1}, {"req write", req.write, 1}, {"req illegal", req.illegal, 1},
      {"req translated", req.translated, 1},
      {"req exec", req.exec, 1},
      {"req priv", req.priv, 1}, {"req pv", req.pv, 1}, {"req process_id", req.process_id, 20},
      {"req device_id", req.device_id, 24}, {"req iova", req.iova, 64}, {"req slot", req.slot, 5},
      {"req pri", req.pri, 1}, {"req nw", req.nw, 1}, {"req ats", req.ats, 1}};
  check_fields(top.req_o, 123 * channel, fields);
}

inline void compare_mrif(const Vport& top, const pcl_port_req_t& found) {
  check("mrif_valid", top.mrif_valid_o, found.mrif_valid);
  check("upd_drained", top.upd_drained_o, found.upd_drained);
  if (!found.mrif_valid) return;
  const pcl_mrif_req_t& r = found.mrif;
  const Field fields[] = {
      {"mrif translated", r.translated, 1}, {"mrif priv", r.priv, 1}, {"mrif pv", r.pv, 1},
      {"mrif process_id", r.process_id, 20}, {"mrif device_id", r.device_id, 24}, {"mrif iova", r.iova, 64},
      {"mrif dtf", r.dtf, 1}, {"mrif mcid", r.mcid, 12},
      {"mrif rcid", r.rcid, 12}, {"mrif data", r.data, 32}, {"mrif high", r.high, 1}, {"mrif beyond", r.beyond, 1},
      {"mrif nid", r.nid, 11}, {"mrif nppn", r.nppn, 44}, {"mrif file", r.file, 47}};
  check_fields(top.mrif_req_o, 0, fields);
}

// What the counters are told of a channel.
inline void compare_counted(const Vport& top, const pcl_ev_t& ev, unsigned channel) {
  const unsigned lsb = 47 * channel;
  const uint64_t translated = get(top.ev_o, lsb + 45, 1);
  check("ev", get(top.ev_o, lsb + 46, 1) ? 1 + translated : 0, ev.event);
  if (ev.event == PCL_EVENT_NONE) return;
  check("ev process_id", get(top.ev_o, lsb, 20), ev.ids.process_id);
  check("ev pv", get(top.ev_o, lsb + 20, 1), ev.ids.pv);
  check("ev device_id", get(top.ev_o, lsb + 21, 24), ev.ids.device_id);
}

inline void compare_core(const Vport& top, const pcl_port_t& twin, const pcl_port_req_t& found) {
  if (P_MsiMrif) compare_mrif(top, found);
  for (unsigned channel = 0; channel < 2; channel++) {
    compare_counted(top, twin.ch[channel].ev, channel);
    compare_request(top, found, channel);
  }
  check("drain_done", top.drain_done_o, found.drain_done[0] | found.drain_done[1] << 1);
  check("q_drained", top.q_drained_o, found.drained);
  check("q_isolated", top.q_isolated_o, found.isolated);
  check("rec_pend", top.rec_pend_o, found.rec_pend);
}

inline void compare_pins(const Vport& top, const pcl_port_pins_out_t& out) {
  check("dev_ar_ready", top.dev_ar_ready_o, out.dev_ax_ready[0]);
  check("dev_aw_ready", top.dev_aw_ready_o, out.dev_ax_ready[1]);
  CHECK_AX(ar, out.mem_ax[0]);
  CHECK_AX(aw, out.mem_ax[1]);
  check("dev_w_ready", top.dev_w_ready_o, out.dev_w_ready);
  check("mem_w_valid", top.mem_w_valid_o, out.mem_w.valid);
  if (out.mem_w.valid) {
    check_data("mem_w_data", top.mem_w_data_o, out.mem_w.data);
    check("mem_w_strb", top.mem_w_strb_o, out.mem_w.strb);
    check("mem_w_last", top.mem_w_last_o, out.mem_w.last);
    check("mem_w_user", top.mem_w_user_o, out.mem_w.user);
  }
  check("mem_b_ready", top.mem_b_ready_o, out.mem_b_ready);
  check("dev_b_valid", top.dev_b_valid_o, out.dev_b.valid);
  if (out.dev_b.valid) {
    check("dev_b_id", top.dev_b_id_o, out.dev_b.id);
    check("dev_b_resp", top.dev_b_resp_o, out.dev_b.resp);
    check("dev_b_user", top.dev_b_user_o, out.dev_b.user);
  }
  check("mem_r_ready", top.mem_r_ready_o, out.mem_r_ready);
  check("dev_r_valid", top.dev_r_valid_o, out.dev_r.valid);
  if (out.dev_r.valid) {
    check("dev_r_id", top.dev_r_id_o, out.dev_r.id);
    check_data("dev_r_data", top.dev_r_data_o, out.dev_r.data);
    check("dev_r_resp", top.dev_r_resp_o, out.dev_r.resp);
    check("dev_r_last", top.dev_r_last_o, out.dev_r.last);
    check("dev_r_user", top.dev_r_user_o, out.dev_r.user);
  }
}

#undef CHECK_AX
#undef DRIVE_AX

#endif
