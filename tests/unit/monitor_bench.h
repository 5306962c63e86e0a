// SPDX-License-Identifier: Apache-2.0
//
// A bench for the security monitor: a small memory, one mapped page, and an IOMMU played by the test, which drives the outputs
// that it wants to be judged. Set up: ddtp 1LVL, device 5 with PSCID 7 and Sv39, IOVA 0x1000 mapped to 0x80000, queues on.
#ifndef TESTS_MONITOR_BENCH_H
#define TESTS_MONITOR_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "monitor.h"

enum { WORDS = 1 << 16, CQ = 0x1000, FQ = 0x2000, DDT = 0x3000, ROOT = 0x4000, MID = 0x5000, LOW = 0x6000, OTHER = 0x10000 };
enum { CQ_ID = 10, FQ_ID = 11, ADDR_DDTP = 16, ADDR_CQB = 24, ADDR_FQB = 40, ADDR_FQH = 48, ADDR_CQCSR = 72, ADDR_QCTL = 688 };
enum { V = 1, R = 2, W = 4, X = 8, U = 16, G = 32, A = 64, D = 128, RWX = V | R | W | X | U | A | D };
enum { READ = PCL_READ, WRITE = PCL_WRITE, DEVICE = 5, PSCID = 7 };

static const pcl_config_t config = {
  .name = "test", .num_ports = 2, .data_width = 64, .id_width = 4, .user_width = 1, .walkers = 10, .max_outstanding = 63,
  .sv48 = 1, .svpbmt = 1, .pas = 56,
};

typedef struct {
  monitor_t *monitor;
  uint64_t memory[WORDS];
  uint64_t cycle;
  pcl_in_t in;
  pcl_out_t out;
  monitor_probe_t probe;
  unsigned tail;          // commands fetched
  const char *alarm;
} bench_t;

static bench_t b;

// Of the records written: TTYP and iotval2.
static uint8_t fq_ttyp = 2;
static uint64_t fq_iotval2;

static inline uint64_t read_memory(void *context, uint64_t addr) {
  (void)context;
  return b.memory[addr / 8 % WORDS];
}

static inline void probe(void *context, monitor_probe_t *p) {
  (void)context;
  *p = b.probe;
}

// One clock with the pins as they are; then all valids fall.
static inline void tick(void) {
  const char *alarm = monitor_clock(b.monitor, b.cycle++, &b.in, &b.out);
  if (alarm && !b.alarm) b.alarm = alarm;
  b.in = (pcl_in_t){0};
  b.out = (pcl_out_t){.ds = {.r_ready = true, .b_ready = true}};
}

static inline void store(uint64_t addr, uint64_t value) {
  uint64_t before = b.memory[addr / 8];
  b.memory[addr / 8] = value;
  monitor_store(b.monitor, addr, before, value, b.cycle);
}

static inline void reg_write(unsigned addr, uint64_t data, unsigned bytes) {
  b.in.reg = (pcl_reg_pins_in_t){.aw_addr = (uint16_t)addr, .w_data = addr & 4 ? data << 32 : data, .aw_valid = true,
                                 .w_valid = true, .w_strb = bytes == 8 ? 0xff : addr & 4 ? 0xf0 : 0x0f};
  b.out.reg.aw_ready = b.out.reg.w_ready = true;
  tick();
}

static inline void set_ddtp(uint64_t value) {
  reg_write(ADDR_DDTP, value, 8);
  b.probe.ddtp_busy = true;
  tick();
  b.probe.ddtp_busy = false;
  tick();
  tick();
}

static inline uint64_t pte(uint64_t target, unsigned flags) { return target >> 12 << 10 | flags; }
static inline uint64_t leaf_addr(uint64_t iova) { return LOW + (iova >> 12 & 511) * 8; }
static inline uint64_t dc_addr(unsigned device) { return DDT + device * 32; }

static inline void set_dc(unsigned device, uint64_t root, unsigned pscid) {
  store(dc_addr(device) + 8, 0);
  store(dc_addr(device) + 16, (uint64_t)pscid << 12);
  store(dc_addr(device) + 24, root ? UINT64_C(8) << 60 | root >> 12 : 0);
  store(dc_addr(device), 1);
}

// A monitor that has just left reset, and zeroed memory.
static inline void start(const pcl_config_t *built, uint64_t fuse_caps) {
  static const monitor_hooks_t hooks = {.read = read_memory, .probe = probe};
  memset(&b, 0, sizeof b);
  b.monitor = monitor_create(built, &hooks);
  b.out.ds = (pcl_ds_pins_out_t){.r_ready = true, .b_ready = true};
  monitor_reset(b.monitor, b.cycle, fuse_caps);
  b.cycle = 10;
}

// Queues on, a device directory of one level.
static inline void switch_on(void) {
  reg_write(ADDR_CQB, (uint64_t)CQ >> 2 | 6, 8);
  reg_write(ADDR_FQB, (uint64_t)FQ >> 2 | 1, 8);
  reg_write(ADDR_CQCSR, UINT64_C(1) << 32 | 1, 8);
  b.probe.cq_on = b.probe.fq_on = true;
  set_ddtp((uint64_t)DDT >> 2 | 2);
}

static inline int setup(void **state) {
  (void)state;
  start(&config, ~UINT64_C(0));
  store(ROOT, pte(MID, V));
  store(MID, pte(LOW, V));
  store(leaf_addr(0x1000), pte(0x80000, RWX));
  set_dc(DEVICE, ROOT, PSCID);
  switch_on();
  return 0;
}

static inline int teardown(void **state) {
  (void)state;
  fq_iotval2 = 0;
  fq_ttyp = 2;
  monitor_destroy(b.monitor);
  return 0;
}

static inline void passes(void) {
  if (b.alarm) fail_msg("unexpected alarm: %s", b.alarm);
}

static inline void alarms(const char *text) {
  if (!b.alarm) fail_msg("no alarm, expected: %s", text);
  if (!strstr(b.alarm, text)) fail_msg("expected '%s', got: %s", text, b.alarm);
}

// ---- Requests

static inline pcl_ax_t ax_of(uint64_t addr) {
  return (pcl_ax_t){.addr = addr, .device_id = DEVICE, .id = 3, .len = 1, .size = 3, .burst = 1, .cache = 2, .valid = true};
}

static inline void take(unsigned channel, const pcl_ax_t *ax) {
  b.in.port[0].dev_ax[channel] = *ax;
  b.out.port[0].dev_ax_ready[channel] = true;
  tick();
}

static inline void show(unsigned channel, const pcl_ax_t *ax, uint64_t spa, unsigned pbmt) {
  pcl_ax_t *out = &b.out.port[0].mem_ax[channel];
  *out = *ax;
  out->addr = spa;
  out->pbmt = (uint8_t)pbmt;
  b.in.port[0].mem_ax_ready[channel] = true;
  tick();
}

static inline void memory_answers(unsigned channel, unsigned id) {
  if (channel == READ) {
    b.in.port[0].mem_r = (pcl_r_t){.valid = true, .last = true, .id = (uint16_t)id};
    b.out.port[0].mem_r_ready = true;
  } else {
    b.in.port[0].mem_b = (pcl_b_t){.valid = true, .id = (uint16_t)id};
    b.out.port[0].mem_b_ready = true;
  }
  tick();
}

// A request taken, granted at spa, answered.
static inline void dma_of(unsigned channel, const pcl_ax_t *ax, uint64_t spa, unsigned pbmt) {
  take(channel, ax);
  show(channel, ax, spa, pbmt);
  memory_answers(channel, ax->id);
}

static inline void dma(unsigned channel, uint64_t iova, uint64_t spa) {
  pcl_ax_t ax = ax_of(iova);
  dma_of(channel, &ax, spa, 0);
}

static inline void refuse(unsigned id) {
  b.out.port[0].dev_r = (pcl_r_t){.valid = true, .last = true, .resp = PCL_RESP_SLVERR, .id = (uint16_t)id};
  b.in.port[0].dev_r_ready = true;
  tick();
}

// ---- Commands

static inline void fetch(uint64_t dw0, uint64_t dw1) {
  b.out.ds.ar = (pcl_ax_t){.valid = true, .id = CQ_ID, .addr = CQ + b.tail++ * 16, .len = 1, .size = 3};
  b.in.ds.ar_ready = true;
  tick();
  for (unsigned i = 0; i < 2; i++) {
    b.in.ds.r = (pcl_r_t){.valid = true, .id = CQ_ID, .data = {i ? dw1 : dw0}, .last = i == 1};
    tick();
  }
}

static inline void vma(bool av, uint64_t iova, bool pscv) {
  fetch(1 | (uint64_t)av << 10 | PSCID << 12 | (uint64_t)pscv << 32, iova >> 12 << 10);
}

static inline void inval_ddt(bool dv, unsigned device) { fetch(3 | (uint64_t)dv << 33 | (uint64_t)device << 40, 0); }

static inline void pass(unsigned commands) {
  while (commands--) {
    b.probe.cqh++;
    tick();
  }
}

static inline void fence(void) {
  fetch(2, 0);
  pass(b.tail - b.probe.cqh);
}

// ---- Faults

static uint8_t fq_response = PCL_RESP_OKAY;

static inline void write_beats(unsigned id, uint64_t addr, const uint64_t *data, unsigned beats, unsigned size, unsigned strb) {
  b.out.ds.aw = (pcl_ax_t){.valid = true, .id = (uint16_t)id, .addr = addr, .len = (uint8_t)(beats - 1), .size = (uint8_t)size};
  b.in.ds.aw_ready = true;
  for (unsigned i = 0; i < beats; i++) {
    b.out.ds.w = (pcl_w_t){.valid = true, .data = {data[i]}, .strb = strb, .last = i + 1 == beats};
    b.in.ds.w_ready = true;
    tick();
  }
  b.in.ds.b = (pcl_b_t){.valid = true, .id = (uint16_t)id, .resp = fq_response};
  tick();
}

static inline void record(unsigned slot, unsigned cause, uint64_t iova) {
  uint64_t device = fq_ttyp ? DEVICE : 0;
  uint64_t data[4] = {cause | (uint64_t)fq_ttyp << 34 | device << 40, 0, iova, fq_iotval2};
  write_beats(FQ_ID, FQ + slot * 32, data, 4, 3, 0xff);
}

#define MONITOR_TEST_WITH(name, setup) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define MONITOR_TEST(name) MONITOR_TEST_WITH(name, setup)

#endif
