// SPDX-License-Identifier: Apache-2.0
//
// The only C++ of the testbench: Verilator's class of the top behind dut.h.
// Several ports are flat vectors on the pins: port p owns bits [p*W +: W]. Widths are constants of the configuration, so that
// each access compiles to a few instructions.
#include "dut.h"

#include <cstdlib>
#include <memory>

#include "Vportcullis.h"
#include "config_gen.h"
#include "verilated.h"
#if VM_TRACE
#include "verilated_fst_c.h"
#endif

static constexpr pcl_config_t kConfig = PCL_CFG_INIT;
static constexpr unsigned kPorts = kConfig.num_ports;
static constexpr unsigned kIdW = kConfig.id_width;
static constexpr unsigned kUserW = kConfig.user_width;
static constexpr unsigned kDataW = kConfig.data_width;

static constexpr uint64_t ones(unsigned width) { return width >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << width) - 1; }

// Bits [lsb +: width] (width <= 64) of a pin that is a plain integer.
template <class T> static inline void put(T &pin, unsigned lsb, unsigned width, uint64_t value) {
  pin = static_cast<T>((pin & ~(ones(width) << lsb)) | ((value & ones(width)) << lsb));
}
template <class T> static inline uint64_t get(const T &pin, unsigned lsb, unsigned width) {
  return (static_cast<uint64_t>(pin) >> lsb) & ones(width);
}

// The same for a pin of more than 64 bits, which is an array of 32-bit words.
template <std::size_t N> static inline void put(VlWide<N> &pin, unsigned lsb, unsigned width, uint64_t value) {
  for (unsigned done = 0; done < width;) {
    unsigned bit = (lsb + done) % 32, count = 32 - bit < width - done ? 32 - bit : width - done;
    uint32_t mask = static_cast<uint32_t>(ones(count)) << bit;
    EData &word = pin[(lsb + done) / 32];
    word = (word & ~mask) | (static_cast<uint32_t>(value >> done << bit) & mask);
    done += count;
  }
}
template <std::size_t N> static inline uint64_t get(const VlWide<N> &pin, unsigned lsb, unsigned width) {
  uint64_t value = 0;
  for (unsigned done = 0; done < width;) {
    unsigned bit = (lsb + done) % 32, count = 32 - bit < width - done ? 32 - bit : width - done;
    value |= (static_cast<uint64_t>(pin[(lsb + done) / 32] >> bit) & ones(count)) << done;
    done += count;
  }
  return value;
}

template <class T> static inline void put_data(T &pin, unsigned port, const uint64_t *data) {
  for (unsigned bit = 0; bit < kDataW; bit += 64)
    put(pin, port * kDataW + bit, kDataW - bit < 64 ? kDataW - bit : 64, data[bit / 64]);
}
template <class T> static inline void get_data(const T &pin, unsigned port, uint64_t *data) {
  for (unsigned bit = 0; bit < kDataW; bit += 64)
    data[bit / 64] = get(pin, port * kDataW + bit, kDataW - bit < 64 ? kDataW - bit : 64);
}

struct dut {
  VerilatedContext context;
  std::unique_ptr<Vportcullis> top;
#if VM_TRACE
  std::unique_ptr<VerilatedFstC> trace;
#endif
  uint64_t half_clocks = 0;
};

static void dump(dut_t *dut) {
#if VM_TRACE
  if (dut->trace) dut->trace->dump(dut->half_clocks);
#endif
  dut->half_clocks++;
}

dut_t *dut_create(uint64_t seed) {
  dut_t *dut = new struct dut;
  dut->context.randReset(2);
  dut->context.randSeed(static_cast<int>(seed % 0x7fffffff) + 1);
  dut->context.errorLimit(0x7fffffff);
#if VM_TRACE
  dut->context.traceEverOn(true);
#endif
  dut->top.reset(new Vportcullis(&dut->context));
#ifdef PCL_MUTANTS
  // A netlist with faults (make mutate): which of them is switched on, 0 none.
  const char *mutant = std::getenv("PCL_MUTANT");
  dut->top->mut_sel = mutant ? static_cast<IData>(std::atoi(mutant)) : 0;
#endif
  return dut;
}

void dut_destroy(dut_t *dut) {
#if VM_TRACE
  if (dut->trace) dut->trace->close();
#endif
  dut->top->final();
  delete dut;
}

// Device and memory sides name their pins alike: dev_ar_*, dev_aw_*; mem_ar_*, mem_aw_*.
#define PUT(pin, width, value) put(top.pin, p *(width), width, value)
#define GET(pin, width) get(top.pin, p *(width), width)
#define PUT_DEV_AX(ax, c) \
  do { \
    const pcl_ax_t &a = pins.dev_ax[c]; \
    PUT(dev_##ax##_valid_i, 1, a.valid); \
    if (!a.valid) break; \
    PUT(dev_##ax##_id_i, kIdW, a.id); \
    PUT(dev_##ax##_addr_i, 64, a.addr); \
    PUT(dev_##ax##_len_i, 8, a.len); \
    PUT(dev_##ax##_size_i, 3, a.size); \
    PUT(dev_##ax##_burst_i, 2, a.burst); \
    PUT(dev_##ax##_lock_i, 1, a.lock); \
    PUT(dev_##ax##_cache_i, 4, a.cache); \
    PUT(dev_##ax##_prot_i, 3, a.prot); \
    PUT(dev_##ax##_qos_i, 4, a.qos); \
    PUT(dev_##ax##_user_i, kUserW, a.user); \
    PUT(dev_##ax##_device_id_i, 24, a.device_id); \
    PUT(dev_##ax##_process_id_i, 20, a.process_id); \
    PUT(dev_##ax##_pv_i, 1, a.pv); \
    PUT(dev_##ax##_priv_i, 1, a.priv); \
    PUT(dev_##ax##_exec_i, 1, a.exec); \
    PUT(dev_##ax##_translated_i, 1, a.translated); \
  } while (0)
#define GET_MEM_AX(ax, c) \
  do { \
    pcl_ax_t &a = pins.mem_ax[c]; \
    a.valid = GET(mem_##ax##_valid_o, 1); \
    if (!a.valid) break; \
    a.id = static_cast<uint16_t>(GET(mem_##ax##_id_o, kIdW)); \
    a.addr = GET(mem_##ax##_addr_o, 56); \
    a.len = static_cast<uint8_t>(GET(mem_##ax##_len_o, 8)); \
    a.size = static_cast<uint8_t>(GET(mem_##ax##_size_o, 3)); \
    a.burst = static_cast<uint8_t>(GET(mem_##ax##_burst_o, 2)); \
    a.lock = GET(mem_##ax##_lock_o, 1); \
    a.cache = static_cast<uint8_t>(GET(mem_##ax##_cache_o, 4)); \
    a.prot = static_cast<uint8_t>(GET(mem_##ax##_prot_o, 3)); \
    a.qos = static_cast<uint8_t>(GET(mem_##ax##_qos_o, 4)); \
    a.user = GET(mem_##ax##_user_o, kUserW); \
    a.pbmt = static_cast<uint8_t>(GET(mem_##ax##_pbmt_o, 2)); \
    a.rcid = static_cast<uint16_t>(GET(mem_##ax##_rcid_o, 12)); \
    a.mcid = static_cast<uint16_t>(GET(mem_##ax##_mcid_o, 12)); \
    a.device_id = static_cast<uint32_t>(GET(mem_##ax##_device_id_o, 24)); \
  } while (0)

static inline void set_port(Vportcullis &top, unsigned p, const pcl_port_pins_in_t &pins) {
  PUT_DEV_AX(ar, PCL_READ);
  PUT_DEV_AX(aw, PCL_WRITE);
  PUT(dev_w_valid_i, 1, pins.dev_w.valid);
  if (pins.dev_w.valid) {
    put_data(top.dev_w_data_i, p, pins.dev_w.data);
    PUT(dev_w_strb_i, kDataW / 8, pins.dev_w.strb);
    PUT(dev_w_last_i, 1, pins.dev_w.last);
    PUT(dev_w_user_i, kUserW, pins.dev_w.user);
  }
  PUT(dev_r_ready_i, 1, pins.dev_r_ready);
  PUT(dev_b_ready_i, 1, pins.dev_b_ready);
  PUT(mem_ar_ready_i, 1, pins.mem_ax_ready[PCL_READ]);
  PUT(mem_aw_ready_i, 1, pins.mem_ax_ready[PCL_WRITE]);
  PUT(mem_w_ready_i, 1, pins.mem_w_ready);
  PUT(mem_r_valid_i, 1, pins.mem_r.valid);
  if (pins.mem_r.valid) {
    PUT(mem_r_id_i, kIdW, pins.mem_r.id);
    put_data(top.mem_r_data_i, p, pins.mem_r.data);
    PUT(mem_r_resp_i, 2, pins.mem_r.resp);
    PUT(mem_r_last_i, 1, pins.mem_r.last);
    PUT(mem_r_user_i, kUserW, pins.mem_r.user);
  }
  PUT(mem_b_valid_i, 1, pins.mem_b.valid);
  if (pins.mem_b.valid) {
    PUT(mem_b_id_i, kIdW, pins.mem_b.id);
    PUT(mem_b_resp_i, 2, pins.mem_b.resp);
    PUT(mem_b_user_i, kUserW, pins.mem_b.user);
  }
}

static inline void get_port(const Vportcullis &top, unsigned p, pcl_port_pins_out_t &pins) {
  GET_MEM_AX(ar, PCL_READ);
  GET_MEM_AX(aw, PCL_WRITE);
  pins.mem_w.valid = GET(mem_w_valid_o, 1);
  if (pins.mem_w.valid) {
    get_data(top.mem_w_data_o, p, pins.mem_w.data);
    pins.mem_w.strb = GET(mem_w_strb_o, kDataW / 8);
    pins.mem_w.last = GET(mem_w_last_o, 1);
    pins.mem_w.user = GET(mem_w_user_o, kUserW);
  }
  pins.dev_r.valid = GET(dev_r_valid_o, 1);
  if (pins.dev_r.valid) {
    pins.dev_r.id = static_cast<uint16_t>(GET(dev_r_id_o, kIdW));
    get_data(top.dev_r_data_o, p, pins.dev_r.data);
    pins.dev_r.resp = static_cast<uint8_t>(GET(dev_r_resp_o, 2));
    pins.dev_r.last = GET(dev_r_last_o, 1);
    pins.dev_r.user = GET(dev_r_user_o, kUserW);
  }
  pins.dev_b.valid = GET(dev_b_valid_o, 1);
  if (pins.dev_b.valid) {
    pins.dev_b.id = static_cast<uint16_t>(GET(dev_b_id_o, kIdW));
    pins.dev_b.resp = static_cast<uint8_t>(GET(dev_b_resp_o, 2));
    pins.dev_b.user = GET(dev_b_user_o, kUserW);
  }
  pins.dev_ax_ready[PCL_READ] = GET(dev_ar_ready_o, 1);
  pins.dev_ax_ready[PCL_WRITE] = GET(dev_aw_ready_o, 1);
  pins.dev_w_ready = GET(dev_w_ready_o, 1);
  pins.mem_r_ready = GET(mem_r_ready_o, 1);
  pins.mem_b_ready = GET(mem_b_ready_o, 1);
}

static inline void set_ds(Vportcullis &top, const pcl_ds_pins_in_t &pins) {
  top.ds_ar_ready_i = pins.ar_ready;
  top.ds_aw_ready_i = pins.aw_ready;
  top.ds_w_ready_i = pins.w_ready;
  top.ds_r_valid_i = pins.r.valid;
  top.ds_r_id_i = static_cast<CData>(pins.r.id);
  top.ds_r_data_i = pins.r.data[0];
  top.ds_r_resp_i = pins.r.resp;
  top.ds_r_last_i = pins.r.last;
  top.ds_r_user_i = pins.r.user & 1;
  top.ds_b_valid_i = pins.b.valid;
  top.ds_b_id_i = static_cast<CData>(pins.b.id);
  top.ds_b_resp_i = pins.b.resp;
}

#define GET_DS_AX(ax) \
  do { \
    pcl_ax_t &a = pins.ax; \
    a.valid = top.ds_##ax##_valid_o; \
    if (!a.valid) break; \
    a.id = top.ds_##ax##_id_o; \
    a.addr = top.ds_##ax##_addr_o; \
    a.len = top.ds_##ax##_len_o; \
    a.size = top.ds_##ax##_size_o; \
    a.burst = top.ds_##ax##_burst_o; \
    a.lock = top.ds_##ax##_lock_o; \
    a.cache = top.ds_##ax##_cache_o; \
    a.prot = top.ds_##ax##_prot_o; \
    a.qos = top.ds_##ax##_qos_o; \
    a.rcid = top.ds_##ax##_rcid_o; \
    a.mcid = top.ds_##ax##_mcid_o; \
  } while (0)

static inline void get_ds(const Vportcullis &top, pcl_ds_pins_out_t &pins) {
  GET_DS_AX(ar);
  GET_DS_AX(aw);
  pins.w.valid = top.ds_w_valid_o;
  pins.w.data[0] = top.ds_w_data_o;
  pins.w.strb = top.ds_w_strb_o;
  pins.w.last = top.ds_w_last_o;
  pins.r_ready = top.ds_r_ready_o;
  pins.b_ready = top.ds_b_ready_o;
}

static inline void set_reg(Vportcullis &top, const pcl_reg_pins_in_t &pins) {
  top.reg_aw_valid_i = pins.aw_valid;
  top.reg_aw_addr_i = pins.aw_addr;
  top.reg_aw_prot_i = pins.aw_prot;
  top.reg_w_valid_i = pins.w_valid;
  top.reg_w_data_i = pins.w_data;
  top.reg_w_strb_i = pins.w_strb;
  top.reg_b_ready_i = pins.b_ready;
  top.reg_ar_valid_i = pins.ar_valid;
  top.reg_ar_addr_i = pins.ar_addr;
  top.reg_ar_prot_i = pins.ar_prot;
  top.reg_r_ready_i = pins.r_ready;
}

static inline void get_reg(const Vportcullis &top, pcl_reg_pins_out_t &pins) {
  pins.aw_ready = top.reg_aw_ready_o;
  pins.w_ready = top.reg_w_ready_o;
  pins.b_valid = top.reg_b_valid_o;
  pins.b_resp = top.reg_b_resp_o;
  pins.ar_ready = top.reg_ar_ready_o;
  pins.r_valid = top.reg_r_valid_o;
  pins.r_data = top.reg_r_data_o;
  pins.r_resp = top.reg_r_resp_o;
}

static inline void set_msg(Vportcullis &top, const pcl_msg_t &msg) {
  top.msg_in_valid_i = msg.valid;
  top.msg_in_kind_i = msg.kind;
  top.msg_in_dsv_i = msg.dsv;
  top.msg_in_segment_i = msg.segment;
  top.msg_in_rid_i = msg.rid;
  top.msg_in_pv_i = msg.pv;
  top.msg_in_pasid_i = msg.pasid;
  top.msg_in_priv_i = msg.priv;
  top.msg_in_exec_i = msg.exec;
  top.msg_in_cxl_i = msg.cxl;
  top.msg_in_tag_i = msg.tag;
  top.msg_in_payload_i = msg.payload;
}

static inline void get_msg(const Vportcullis &top, pcl_msg_t &msg) {
  msg.valid = top.msg_out_valid_o;
  msg.kind = top.msg_out_kind_o;
  msg.dsv = top.msg_out_dsv_o;
  msg.segment = top.msg_out_segment_o;
  msg.rid = top.msg_out_rid_o;
  msg.pv = top.msg_out_pv_o;
  msg.pasid = top.msg_out_pasid_o;
  msg.priv = top.msg_out_priv_o;
  msg.exec = top.msg_out_exec_o;
  msg.cxl = top.msg_out_cxl_o;
  msg.tag = top.msg_out_tag_o;
  msg.payload = top.msg_out_payload_o;
  msg.status = top.msg_out_status_o;
}

void dut_set_inputs(dut_t *dut, const pcl_in_t *in, bool rst_n) {
  Vportcullis &top = *dut->top;
  top.clk_i = 0;
  top.rst_ni = rst_n;
  top.fuse_caps_i = in->fuse_caps;
  top.fuse_hpm_i = in->fuse_hpm;
  for (unsigned p = 0; p < kPorts; p++) set_port(top, p, in->port[p]);
  set_ds(top, in->ds);
  set_reg(top, in->reg);
  set_msg(top, in->msg_in);
  top.msg_out_ready_i = in->msg_out_ready;
}

void dut_eval(dut_t *dut) {
  dut->top->eval();
  dump(dut);
}

void dut_get_outputs(const dut_t *dut, pcl_out_t *out) {
  const Vportcullis &top = *dut->top;
  for (unsigned p = 0; p < kPorts; p++) get_port(top, p, out->port[p]);
  get_ds(top, out->ds);
  get_reg(top, out->reg);
  get_msg(top, out->msg_out);
  out->msg_in_ready = top.msg_in_ready_o;
  out->irq = top.irq_o;
}

void dut_clock(dut_t *dut) {
  dut->top->clk_i = 1;
  dut->top->eval();
  dump(dut);
}

bool dut_failed(const dut_t *dut) { return dut->context.errorCount() != 0; }

bool dut_trace(dut_t *dut, const char *fst_file) {
#if VM_TRACE
  dut->trace.reset(new VerilatedFstC);
  dut->top->trace(dut->trace.get(), 99);
  dut->trace->open(fst_file);
  return true;
#else
  static_cast<void>(dut), static_cast<void>(fst_file);
  return false;
#endif
}
