// SPDX-License-Identifier: Apache-2.0
// What the tests of the core's twin share: a core, registers that stand still, a memory that answers a read 20 clocks after its
// AR and a write 20 clocks after its last beat, tables of one device, and verbs for ports.
//
// tick() is one clock: eval, what the bus shows, the edge. A request offered with ask() stays until it is taken. The last
// response and all ARs are kept with the clock in which they were seen.
// Limits of the memory: 1 MiB from address 0, reads beyond give 0; one write at a time; exclusive accesses succeed unless
// `lost` says how many writes shall not, or `no_exclusive` that none can.
#ifndef PCL_CORE_BENCH_H
#define PCL_CORE_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/pte.h"
#include "cycle/core.h"

enum { PAGES = 256, BEATS = 64, READS = 64, LATENCY = 20, DEVICE = 5, PSCID = 9 };
enum { CQ_PPN = 0x8, DDT_PPN = 0x10, ROOT_PPN = 0x20, MIDDLE_PPN = 0x21, LEAVES_PPN = 0x22, FRAME_PPN = 0x12300 };
#define LEAF (PCL_PTE_V | PCL_PTE_R | PCL_PTE_W | PCL_PTE_X | PCL_PTE_U | PCL_PTE_A | PCL_PTE_D)
#define IOVA UINT64_C(0x40200000)

typedef struct {
  pcl_core_t core;
  pcl_regs_state_t regs;
  pcl_regs_events_t events;
  pcl_core_in_t in;
  pcl_core_out_t out;
  pcl_ds_pins_in_t ds;
  pcl_msg_t msg_in;
  pcl_miss_req_t req[PCL_REQUESTERS];
  uint64_t word[PAGES * 512];
  pcl_r_t beat[BEATS];        // due in order
  unsigned beat_clock[BEATS];
  unsigned beats_first;
  unsigned beats_end;
  unsigned clock;
  unsigned reads;             // AR handshakes
  unsigned ar_clock;          // clock of the last AR handshake
  pcl_ax_t ar[READS];         // the first of them
  pcl_ax_t aw;                // the last AW
  pcl_w_t w;
  unsigned writes;            // W beats
  unsigned beat_written;      // of the burst
  unsigned b_clock;           // when B is due, counts if b.valid
  pcl_b_t b;
  unsigned lost;
  bool no_exclusive;
  pcl_inv_t forced;           // with kill: the invalidation of the next clock, whatever inval says
  unsigned responses;
  unsigned resp_clock;
  pcl_resp_t resp;            // the last
} bench_t;

static inline void set_word(bench_t *b, uint64_t addr, uint64_t data) {
  assert_true(addr >> 3 < PAGES * 512);
  b->word[addr >> 3] = data;
}

static inline uint64_t get_word(const bench_t *b, uint64_t addr) { return addr >> 3 < PAGES * 512 ? b->word[addr >> 3] : 0; }

static inline void read_memory(bench_t *b, const pcl_ax_t *ar) {
  for (unsigned i = 0; i <= ar->len; i++) {
    const unsigned last_due = b->beats_end == b->beats_first ? 0 : b->beat_clock[(b->beats_end - 1) % BEATS];
    const unsigned due = b->clock + LATENCY > last_due ? b->clock + LATENCY : last_due + 1;
    b->beat[b->beats_end % BEATS] =
      (pcl_r_t){.data = {get_word(b, ar->addr + 8 * i)}, .id = ar->id, .last = i == ar->len, .valid = true};
    if (ar->lock && !b->no_exclusive) b->beat[b->beats_end % BEATS].resp = PCL_RESP_EXOKAY;
    b->beat_clock[b->beats_end++ % BEATS] = due;
  }
}

// AW and W are taken in the clock in which they are shown.
static inline void write_memory(bench_t *b) {
  if (b->out.ds.aw.valid && b->ds.aw_ready) {
    b->aw = b->out.ds.aw;
    b->beat_written = 0;
  }
  if (!b->out.ds.w.valid || !b->ds.w_ready) return;
  b->w = b->out.ds.w;
  b->writes++;
  const bool lost = b->aw.lock && b->lost != 0;
  if (lost) b->lost--;
  const uint64_t mask = (b->w.strb & 0x0f ? UINT64_C(0xffffffff) : 0) | (b->w.strb & 0xf0 ? UINT64_C(0xffffffff) << 32 : 0);
  const uint64_t addr = b->aw.addr + 8 * b->beat_written++;
  if (!lost) set_word(b, addr, (get_word(b, addr) & ~mask) | (b->w.data[0] & mask));
  if (b->w.last) {
    b->b = (pcl_b_t){.id = b->aw.id, .resp = b->aw.lock && !lost ? PCL_RESP_EXOKAY : PCL_RESP_OKAY, .valid = true};
    b->b_clock = b->clock + LATENCY;
  }
}

// The registers' part of a clock: the outputs, without the edge.
static inline void look(bench_t *b) {
  b->in.req_valid = 0;
  for (unsigned q = 0; q < PCL_REQUESTERS; q++) b->in.req_valid |= (uint32_t)b->req[q].valid << q;
  pcl_core_eval(&b->core, &b->in, &b->out);
}

static inline void tick(bench_t *b) {
  look(b);
  if (b->forced.kill) b->out.inv = b->forced;
  b->forced.kill = false;
  b->ds.r.valid = b->beats_first != b->beats_end && b->beat_clock[b->beats_first % BEATS] <= b->clock;
  if (b->ds.r.valid) b->ds.r = b->beat[b->beats_first++ % BEATS];
  b->ds.b = b->b;
  b->ds.b.valid = b->b.valid && b->b_clock == b->clock;
  if (b->ds.b.valid) b->b.valid = false;
  write_memory(b);
  if (b->out.ds.ar.valid && b->ds.ar_ready) {
    read_memory(b, &b->out.ds.ar);
    if (b->reads < READS) b->ar[b->reads] = b->out.ds.ar;
    b->reads++;
    b->ar_clock = b->clock;
  }
  if (b->out.resp.valid) {
    b->resp = b->out.resp;
    b->responses++;
    b->resp_clock = b->clock;
  }
  pcl_core_commit(&b->core, &b->in, &b->out, &b->events);
  for (unsigned q = 0; q < PCL_REQUESTERS; q++) {
    if (b->out.req_ready >> q & 1) b->req[q].valid = false;
  }
  if (b->events.ddtp_done) b->regs.ddtp_busy = false;
  if (b->events.cq_done) b->regs.cq.head++;
  b->clock++;
}

static inline void ticks(bench_t *b, unsigned count) {
  while (count-- != 0) tick(b);
}

// Offers a read (write) of the bench's device in the next clock; requester q is 2 * port + channel.
static inline void ask(bench_t *b, unsigned q, unsigned slot, uint64_t iova) {
  assert_false(b->req[q].valid);
  b->req[q] = (pcl_miss_req_t){.iova = iova, .device_id = DEVICE, .slot = (uint8_t)slot, .write = q & 1, .valid = true};
}

// Queues a command in the next clock; it is fetched at once and begins to execute 22 clocks later.
static inline void command(bench_t *b, uint64_t dw0, uint64_t dw1) {
  const uint64_t addr = (CQ_PPN << 12) + 16 * b->regs.cq.tail++;
  set_word(b, addr, dw0);
  set_word(b, addr + 8, dw1);
}

static inline void until_kill(bench_t *b) {
  do tick(b);
  while (!b->out.inv.kill);
}

static inline void until_response(bench_t *b) {
  const unsigned before = b->responses;
  for (unsigned i = 0; i < 1000 && b->responses == before; i++) tick(b);
  assert_true(b->responses == before + 1);
}

// The device's first-stage tables: IOVA .. IOVA+2M map to FRAME_PPN .. by 4-KiB leaves, as far as set.
static inline void set_leaf(bench_t *b, unsigned page, uint64_t flags) {
  set_word(b, (LEAVES_PPN << 12) + 8 * page, (uint64_t)(FRAME_PPN + page) << 10 | flags);
}

static inline void bench_init(bench_t *b, const pcl_config_t *config) {
  memset(b, 0xa5, sizeof *b);  // registers without reset may hold anything
  pcl_core_reset(&b->core, config);
  memset(&b->regs, 0, sizeof b->regs);
  memset(&b->ds, 0, sizeof b->ds);
  memset(b->req, 0, sizeof b->req);
  memset(b->word, 0, sizeof b->word);
  b->b.valid = b->no_exclusive = b->forced.kill = false;
  b->lost = b->writes = 0;
  b->beats_first = b->beats_end = b->clock = b->reads = b->responses = 0;
  b->regs.fctl = PCL_FCTL_WSI;
  b->regs.capabilities = 0x10 | PCL_CAP_SV39 | UINT64_C(56) << 32;
  b->regs.ddtp_mode = PCL_DDTP_1LVL;
  b->regs.ddtp_ppn = DDT_PPN;
  b->regs.cq = (pcl_queue_regs_t){.ppn = CQ_PPN, .log2 = 7, .en = true, .on = true};
  b->msg_in.valid = false;
  b->in = (pcl_core_in_t){
    .regs = &b->regs, .ds = &b->ds, .upd_drained = true, .msg_in = &b->msg_in, .msg_out_ready = true};
  for (unsigned q = 0; q < PCL_REQUESTERS; q++) b->in.req[q] = &b->req[q];
  b->ds.ar_ready = b->ds.aw_ready = b->ds.w_ready = true;
  const uint64_t dc = (DDT_PPN << 12) + DEVICE * 32;
  set_word(b, dc, PCL_TC_V);
  set_word(b, dc + 16, PSCID << 12);
  set_word(b, dc + 24, (uint64_t)PCL_IOSATP_SV39 << 60 | ROOT_PPN);
  set_word(b, (ROOT_PPN << 12) + 8 * (IOVA >> 30 & 511), MIDDLE_PPN << 10 | PCL_PTE_V);
  set_word(b, (MIDDLE_PPN << 12) + 8 * (IOVA >> 21 & 511), LEAVES_PPN << 10 | PCL_PTE_V);
  for (unsigned page = 0; page < 16; page++) set_leaf(b, page, LEAF);
}

// A port's request that is answered, so that DC and tables are known.
static inline void warm(bench_t *b, unsigned page) {
  ask(b, 0, 0, IOVA + ((uint64_t)page << 12));
  until_response(b);
  assert_true(b->resp.ok);
}

#endif
