// SPDX-License-Identifier: Apache-2.0
// What the directed tests of the port's twin share: one port with its inputs, and verbs for a device, a memory and a core.
//
// The inputs of the next clock stand in `in`, `pins`, `resp`, `inv`; look() shows the outputs that they give, tick() is look()
// and the edge, and then takes back pulses. Everything is ready and nothing is valid until a test says otherwise.
#ifndef PCL_PORT_BENCH_H
#define PCL_PORT_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cycle/port.h"

typedef struct {
  pcl_port_t port;
  pcl_port_in_t in;
  pcl_port_pins_in_t pins;
  pcl_resp_t resp;
  pcl_inv_t inv;
  pcl_port_pins_out_t out;
  pcl_port_req_t req;
  pcl_port_found_t found;
} bench_t;

enum { DEVICE = 7, PORT = 1, ENTRIES = 4, MISSES = 4, OUTSTANDING = 3, W_FIFO = 4 };

static inline void bench_init(bench_t *b) {
  static const pcl_config_t config = {
      .num_ports = 2, .data_width = 64, .id_width = 4, .user_width = 1, .port_entries = ENTRIES, .port_misses = MISSES,
      .max_outstanding = OUTSTANDING, .w_fifo_depth = W_FIFO};
  memset(b, 0xa5, sizeof *b);  // registers without reset may hold anything
  pcl_port_init(&b->port, &config, PORT);
  memset(&b->pins, 0, sizeof b->pins);
  memset(&b->resp, 0, sizeof b->resp);
  memset(&b->inv, 0, sizeof b->inv);
  b->in = (pcl_port_in_t){.pins = &b->pins, .resp = &b->resp, .inv = &b->inv};
  b->pins.dev_r_ready = b->pins.dev_b_ready = b->pins.mem_w_ready = true;
  b->pins.mem_ax_ready[PCL_READ] = b->pins.mem_ax_ready[PCL_WRITE] = true;
}

// A test NAME(void **state) of cmocka; its body has a bench_t *b out of reset.
#define PORT_TEST(name) \
  static void body_##name(bench_t *b); \
  static void name(void **state) { \
    (void)state; \
    bench_t b; \
    bench_init(&b); \
    body_##name(&b); \
  } \
  static void body_##name(bench_t *b)

static inline void look(bench_t *b) {
  pcl_port_req(&b->port, &b->in.q, &b->req);
  pcl_port_eval(&b->port, &b->in, &b->out, &b->found);
}

static inline void tick(bench_t *b) {
  look(b);
  pcl_port_commit(&b->port, &b->in, &b->found);
  b->resp.valid = b->inv.kill = b->in.fence_start = b->in.rec_taken = b->in.q.isolate = b->in.q.resume = false;
  b->in.req_ready[0] = b->in.req_ready[1] = false;
  b->pins.dev_ax[0].valid = b->pins.dev_ax[1].valid = b->pins.dev_w.valid = false;
  b->pins.mem_r.valid = b->pins.mem_b.valid = false;
}

// A device's one-beat request on a channel in the next clock.
static inline pcl_ax_t *ax(bench_t *b, unsigned channel, uint16_t id, uint64_t iova) {
  pcl_ax_t *request = &b->pins.dev_ax[channel];
  *request = (pcl_ax_t){.addr = iova, .id = id, .device_id = DEVICE, .size = 3, .burst = PCL_BURST_INCR, .valid = true};
  return request;
}

// The core answers slots of a channel in the next clock with a granted 4 KiB page, frame = vpn + 0x1000.
static inline pcl_resp_t *answer(bench_t *b, unsigned channel, uint32_t mask, uint64_t iova) {
  b->resp = (pcl_resp_t){
      .vpn = iova >> 12, .spn = (iova >> 12) + 0x1000, .device_id = DEVICE, .space.s1 = true, .lead = true,
      .lead_q = (uint8_t)(2 * PORT + channel),
      .lead_slot = (uint8_t)__builtin_ctz(mask), .ok = true, .r = true, .w = true, .x = true, .valid = true};
  b->resp.mask[2 * PORT + channel] = mask;
  return &b->resp;
}

// Brings the translation of a page into the port's cache, without any request.
static inline void warm(bench_t *b, uint64_t iova) {
  answer(b, PCL_READ, 1, iova);
  tick(b);
}

// A request that misses: accepted and asked, so that its slot is SENT. Slots are given out 0, 1, 2...
static inline void miss(bench_t *b, unsigned channel, uint16_t id, uint64_t iova) {
  ax(b, channel, id, iova);
  look(b);
  assert_true(b->out.dev_ax_ready[channel]);
  tick(b);
  b->in.req_ready[channel] = true;
  look(b);
  assert_true(b->req.req[channel].valid);
  tick(b);
}

// Memory finishes the oldest burst of an ID.
static inline void finish(bench_t *b, unsigned channel, uint16_t id) {
  if (channel == PCL_READ) {
    b->pins.mem_r.id = id;
    b->pins.mem_r.valid = b->pins.mem_r.last = true;
  } else {
    b->pins.mem_b.id = id;
    b->pins.mem_b.valid = true;
  }
  tick(b);
}

#endif
