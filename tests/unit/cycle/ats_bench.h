// SPDX-License-Identifier: Apache-2.0
// A core with the message port: what devices send and get, and the page-request queue's registers.
#ifndef PCL_ATS_BENCH_H
#define PCL_ATS_BENCH_H

#include "arch/causes.h"
#include "two_stage_bench.h"

enum { WALKERS = 4, PORTS = 2, Q = 2 * PORTS + 1, TIMEOUT = 100, TAG = 0x155, PQ_PPN = 0x50, FQ_PPN = 0x54 };
enum { R = 1, W = 2, U = 4, EXE = 8, PRIV = 16, GLOBAL = 32, CXL_IO = 0x200, S = 0x800 };  // of a Translation Completion
enum { LAST = 4 };  // of a Page Request, with R and W

static const pcl_config_t config = {
  .num_ports = PORTS, .port_misses = 16, .l2_entries = 64, .l2_ways = 4, .dc_entries = 8, .nl_entries = 16,
  .walkers = WALKERS, .cq_depth = 4, .fq_depth = 4, .amo_hwad = 1, .hpm = 1, .ats = 1, .ats_timeout = TIMEOUT};

static bench_t bench;
static pcl_msg_t *const in = &bench.msg_in;
static pcl_msg_t out;     // the last message that was taken
static unsigned outs;
static unsigned taken_at;  // when it was

#define FRAME ((uint64_t)FRAME_PPN << 12)

static inline void set_tc(bench_t *b, uint64_t tc) { set_word(b, (DDT_PPN << 12) + DEVICE * 32, PCL_TC_V | tc); }

static inline void connect(bench_t *b) {
  outs = 0;
  b->regs.capabilities |= PCL_CAP_ATS | PCL_CAP_AMO_HWAD;
  b->regs.pq = (pcl_queue_regs_t){.ppn = PQ_PPN, .log2 = 1, .en = true, .on = true};
  b->regs.fq = (pcl_queue_regs_t){.ppn = FQ_PPN, .log2 = 1, .en = true, .on = true};
}

static inline bench_t *start(void) {
  bench_t *b = &bench;
  bench_init(b, &config);
  connect(b);
  set_tc(b, PCL_TC_EN_ATS | PCL_TC_EN_PRI);
  ticks(b, 20);
  return b;
}

// A clock with the message port and with what regs does.
static inline void step(bench_t *b) {
  const bool shown = b->core.ats.out.valid;
  const pcl_msg_t message = b->core.ats.out;
  tick(b);
  if (b->out.msg_in_ready) in->valid = false;
  if (shown && b->in.msg_out_ready) {
    out = message;
    taken_at = b->clock - 1;
    outs++;
  }
  if (b->events.pq_done) b->regs.pq.tail = (b->regs.pq.tail + 1) & 3;
  if (b->events.pq_set_of) b->regs.pq.of = true;
  if (b->events.cq_set_to) b->regs.cq.to = true;
}

static inline void steps(bench_t *b, unsigned count) {
  while (count-- != 0) step(b);
}

static inline void send(unsigned kind, uint64_t payload) {
  *in = (pcl_msg_t){
    .kind = (uint8_t)kind, .rid = DEVICE, .segment = 7, .pasid = 3, .tag = TAG, .payload = payload, .valid = true};
}

static inline void until_out(bench_t *b) {
  const unsigned before = outs;
  for (unsigned i = 0; i < 1000 && outs == before; i++) step(b);
  assert_int_equal(outs, before + 1);
}

// The answer to a translation request.
static inline uint64_t translate(bench_t *b, uint64_t payload) {
  send(PCL_MSG_TRANSLATION_REQUEST, payload);
  until_out(b);
  assert_true(out.kind == PCL_MSG_TRANSLATION_COMPLETION && out.tag == TAG && out.rid == DEVICE);
  assert_true(!out.pv && out.pasid == 0 && !out.dsv && out.segment == 0);
  return out.payload;
}

#endif
