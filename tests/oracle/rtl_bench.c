// SPDX-License-Identifier: Apache-2.0
#include "rtl_bench.h"

#include <stdio.h>
#include <stdlib.h>

#include "at_rest.h"
#include "config_gen.h"

// Rest with an ITag busy cannot be told from work by the twin's registers: then the pins have been still for QUIET clocks.
enum { RESET_CLOCKS = 4, LIMIT = 100000, QUIET = 40 };

static const pcl_config_t configuration = PCL_CFG_INIT;

bool rtl_bench_open(rtl_bench_t *bench, const oracle_config_t *config, oracle_memory_t *memory, oracle_log_t *log) {
  *bench = (rtl_bench_t){.log = log, .twin = calloc(1, sizeof *bench->twin), .dut = dut_create(1)};
  if (!bench->twin || !bench->dut) {
    rtl_bench_close(bench);
    return false;
  }
  pcl_in_t *in = &bench->in;
  in->fuse_caps = config->capabilities;
  in->fuse_hpm = (uint8_t)config->event_counters;
  in->msg_out_ready = in->reg.r_ready = in->reg.b_ready = true;
  for (unsigned p = 0; p < configuration.num_ports; p++) {
    pcl_port_pins_in_t *port = &in->port[p];
    port->dev_r_ready = port->dev_b_ready = port->mem_w_ready = true;
    port->mem_ax_ready[PCL_READ] = port->mem_ax_ready[PCL_WRITE] = true;
  }
  for (unsigned i = 0; i < RESET_CLOCKS; i++) {
    dut_set_inputs(bench->dut, in, false);
    dut_eval(bench->dut);
    dut_clock(bench->dut);
  }
  pcl_top_init(bench->twin, &configuration, in->fuse_caps, in->fuse_hpm);
  lockstep_init(&bench->lockstep, &configuration);
  rtl_tables_init(&bench->tables, memory, log, bench->twin, configuration.walkers);
  rtl_rest(bench);
  return true;
}

void rtl_bench_close(rtl_bench_t *bench) {
  if (bench->dut) dut_destroy(bench->dut);
  free(bench->twin);
}

void rtl_fail(rtl_bench_t *bench, const char *what) {
  if (bench->failure[0]) return;
  snprintf(bench->failure, sizeof bench->failure, "clock %llu: %s", (unsigned long long)bench->clock, what);
}

static void compare(rtl_bench_t *bench) {
  mismatch_t m;
  if (lockstep_compare(&bench->lockstep, &bench->twin_out, &bench->out, &m)) return;
  char port[24] = "";
  if (m.port >= 0) snprintf(port, sizeof port, "port %d ", m.port);
  snprintf(bench->failure, sizeof bench->failure, "clock %llu: pin %s%s %s is %llx in the twin and %llx in the RTL",
           (unsigned long long)bench->clock, port, m.channel, m.field, (unsigned long long)m.expected, (unsigned long long)m.got);
}

// Port 0's memory: one request at a time, answered in the clock after it is complete.
static void clock_dma(rtl_bench_t *bench) {
  const pcl_port_pins_out_t *out = &bench->out.port[0];
  pcl_port_pins_in_t *in = &bench->in.port[0];
  if (in->mem_r.valid && out->mem_r_ready) in->mem_r.valid = false;
  if (in->mem_b.valid && out->mem_b_ready) in->mem_b.valid = false;
  for (unsigned c = 0; c < PCL_CHANNELS; c++) {
    if (out->mem_ax[c].valid) bench->dma = out->mem_ax[c];
  }
  if (out->mem_ax[PCL_READ].valid) in->mem_r = (pcl_r_t){.valid = true, .id = bench->dma.id, .last = true};
  if (out->mem_w.valid && out->mem_w.last) in->mem_b = (pcl_b_t){.valid = true, .id = bench->dma.id};
}

static void see_message(rtl_bench_t *bench) {
  const pcl_msg_t *msg = &bench->out.msg_out;
  if (!msg->valid) return;
  if (msg->kind == PCL_MSG_TRANSLATION_COMPLETION) {
    bench->completion = *msg;
    return;
  }
  if (msg->kind == PCL_MSG_INVAL_REQUEST) bench->itag = (uint8_t)(msg->tag & 31);
  oracle_log(bench->log, (oracle_record_t){
    .kind = 'X', .field = {msg->kind, msg->rid, msg->pv, msg->tag, msg->pasid, msg->dsv, msg->segment, msg->payload}});
}

static bool is_quiet(const pcl_in_t *in, const pcl_out_t *out) {
  return !(out->ds.ar.valid || out->ds.aw.valid || out->ds.w.valid || in->ds.r.valid || in->ds.b.valid || in->msg_in.valid ||
           out->msg_out.valid || out->port[0].mem_ax[PCL_READ].valid || out->port[0].mem_ax[PCL_WRITE].valid);
}

void rtl_clock(rtl_bench_t *bench) {
  if (bench->failure[0]) return;
  dut_set_inputs(bench->dut, &bench->in, true);
  dut_eval(bench->dut);
  dut_get_outputs(bench->dut, &bench->out);
  pcl_top_eval(bench->twin, &bench->in, &bench->twin_out);
  compare(bench);
  if (bench->twin->clock.core_out.resp.valid) bench->resp = bench->twin->clock.core_out.resp;
  pcl_top_commit(bench->twin, &bench->in);
  dut_clock(bench->dut);
  if (dut_failed(bench->dut)) rtl_fail(bench, "an assertion of the RTL failed");
  bench->quiet = is_quiet(&bench->in, &bench->out) ? bench->quiet + 1 : 0;
  see_message(bench);
  clock_dma(bench);
  const char *wrong = rtl_tables_clock(&bench->tables, &bench->out.ds, &bench->in.ds);
  if (wrong) rtl_fail(bench, wrong);
  bench->clock++;
}

void rtl_rest(rtl_bench_t *bench) {
  char text[600];
  for (unsigned clocks = 0; !bench->failure[0]; clocks++) {
    const bool rests = at_rest(bench->twin, text, sizeof text);
    const pcl_ats_t *ats = &bench->twin->core.ats;
    const bool waits = bench->twin->core.messages && ats->busy && !ats->out.valid && bench->quiet >= QUIET;
    if ((rests || waits) && rtl_tables_idle(&bench->tables, &bench->in.ds)) return;
    if (clocks == LIMIT) snprintf(bench->failure, sizeof bench->failure, "does not come to rest:%s", text);
    rtl_clock(bench);
  }
}

// Clocks until a pin of the last clock was 1.
static void until(rtl_bench_t *bench, const bool *pin, const char *what) {
  for (unsigned clocks = 0; clocks < LIMIT && !bench->failure[0]; clocks++) {
    rtl_clock(bench);
    if (*pin) return;
  }
  rtl_fail(bench, what);
}

uint64_t rtl_read(rtl_bench_t *bench, uint32_t offset, unsigned size) {
  pcl_reg_pins_in_t *reg = &bench->in.reg;
  reg->ar_valid = true;
  reg->ar_addr = (uint16_t)offset;
  until(bench, &bench->out.reg.ar_ready, "a register read is not taken");
  reg->ar_valid = false;
  until(bench, &bench->out.reg.r_valid, "a register read is not answered");
  const uint64_t data = bench->out.reg.r_data;
  return size == 8 ? data : offset & 4 ? data >> 32 : data & 0xffffffff;
}

void rtl_write(rtl_bench_t *bench, uint32_t offset, unsigned size, uint64_t value) {
  pcl_reg_pins_in_t *reg = &bench->in.reg;
  const bool high = size == 4 && offset & 4;
  reg->aw_valid = reg->w_valid = true;
  reg->aw_addr = (uint16_t)offset;
  reg->w_data = high ? value << 32 : value;
  reg->w_strb = (uint8_t)(size == 8 ? 0xff : high ? 0xf0 : 0x0f);
  until(bench, &bench->out.reg.aw_ready, "a register write is not taken");
  reg->aw_valid = reg->w_valid = false;
  until(bench, &bench->out.reg.b_valid, "a register write is not answered");
}

uint8_t rtl_dma(rtl_bench_t *bench, const pcl_ax_t *ax, unsigned channel) {
  pcl_port_pins_in_t *in = &bench->in.port[0];
  const pcl_port_pins_out_t *out = &bench->out.port[0];
  in->dev_ax[channel] = *ax;
  in->dev_ax[channel].valid = true;
  until(bench, &out->dev_ax_ready[channel], "a device's request is not taken");
  in->dev_ax[channel].valid = false;
  if (channel == PCL_READ) {
    until(bench, &out->dev_r.valid, "a device's read is not answered");
    return out->dev_r.resp;
  }
  in->dev_w = (pcl_w_t){.valid = true, .strb = UINT64_C(0xf) << (ax->addr & (configuration.data_width / 8 - 1)), .last = true};
  until(bench, &out->dev_w_ready, "a device's data are not taken");
  in->dev_w.valid = false;
  until(bench, &out->dev_b.valid, "a device's write is not answered");
  return out->dev_b.resp;
}

void rtl_message(rtl_bench_t *bench, const pcl_msg_t *message) {
  bench->in.msg_in = *message;
  bench->in.msg_in.valid = true;
  until(bench, &bench->out.msg_in_ready, "a message is not taken");
  bench->in.msg_in.valid = false;
}
