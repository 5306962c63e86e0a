// SPDX-License-Identifier: Apache-2.0
// ATS and PRI in the core's twin, sentence by sentence of docs/microarchitecture.md, sections 2, 5.3, 5.6 and 5.10.
//
// "X at clock t" is what the registers show before the t-th tick().
#include "arch/causes.h"
#include "two_stage_bench.h"

enum { WALKERS = 4, PORTS = 2, Q = 2 * PORTS + 1, TIMEOUT = 100, TAG = 0x155, PQ_PPN = 0x50, FQ_PPN = 0x54 };
enum { R = 1, W = 2, U = 4, EXE = 8, PRIV = 16, GLOBAL = 32, CXL_IO = 0x200, S = 0x800 };  // of a Translation Completion
enum { LAST = 4 };  // of a Page Request, with R and W

static const pcl_config_t config = {
  .num_ports = PORTS, .port_misses = 16, .l2_entries = 64, .l2_ways = 4, .dc_entries = 8, .nl_entries = 16,
  .walkers = WALKERS, .cq_depth = 4, .fq_depth = 4, .amo_hwad = 1, .hpm = 1, .ats = 1, .ats_timeout = TIMEOUT};

static const pcl_config_t guests = {
  .num_ports = PORTS, .port_misses = 16, .l2_entries = 64, .l2_ways = 4, .dc_entries = 8, .nl_entries = 16, .g_entries = 8,
  .walkers = WALKERS, .cq_depth = 4, .fq_depth = 4, .sv39x4 = 1, .ats = 1, .t2gpa = 1, .ats_timeout = TIMEOUT};

static bench_t bench;
static pcl_msg_t *const in = &bench.msg_in;
static pcl_msg_t out;     // the last message that was taken
static unsigned outs;
static unsigned taken_at;  // when it was

#define FRAME ((uint64_t)FRAME_PPN << 12)

static void set_tc(bench_t *b, uint64_t tc) { set_word(b, (DDT_PPN << 12) + DEVICE * 32, PCL_TC_V | tc); }

static void connect(bench_t *b) {
  outs = 0;
  b->regs.capabilities |= PCL_CAP_ATS | PCL_CAP_AMO_HWAD;
  b->regs.pq = (pcl_queue_regs_t){.ppn = PQ_PPN, .log2 = 1, .en = true, .on = true};
  b->regs.fq = (pcl_queue_regs_t){.ppn = FQ_PPN, .log2 = 1, .en = true, .on = true};
}

static bench_t *start(void) {
  bench_t *b = &bench;
  bench_init(b, &config);
  connect(b);
  set_tc(b, PCL_TC_EN_ATS | PCL_TC_EN_PRI);
  ticks(b, 20);
  return b;
}

// A clock with the message port and with what regs does.
static void step(bench_t *b) {
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

static void steps(bench_t *b, unsigned count) {
  while (count-- != 0) step(b);
}

static void send(unsigned kind, uint64_t payload) {
  *in = (pcl_msg_t){
    .kind = (uint8_t)kind, .rid = DEVICE, .segment = 7, .pasid = 3, .tag = TAG, .payload = payload, .valid = true};
}

static void until_out(bench_t *b) {
  const unsigned before = outs;
  for (unsigned i = 0; i < 1000 && outs == before; i++) step(b);
  assert_int_equal(outs, before + 1);
}

// The answer to a translation request.
static uint64_t translate(bench_t *b, uint64_t payload) {
  send(PCL_MSG_TRANSLATION_REQUEST, payload);
  until_out(b);
  assert_true(out.kind == PCL_MSG_TRANSLATION_COMPLETION && out.tag == TAG && out.rid == DEVICE);
  assert_true(!out.pv && out.pasid == 0 && !out.dsv && out.segment == 0);
  return out.payload;
}

// --- Translation requests ---

static void a_request_takes_its_clocks(void **state) {
  (void)state;
  bench_t *b = start();
  translate(b, IOVA);
  send(PCL_MSG_TRANSLATION_REQUEST, IOVA);
  const unsigned t = b->clock;
  step(b);
  assert_int_equal(b->core.ats.state, PCL_ATS_LOOK);
  step(b);
  assert_int_equal(b->core.ats.state, PCL_ATS_NEED);
  step(b);
  assert_true(b->core.ats.state == PCL_ATS_SENT && b->core.pipe.b.valid && b->clock == t + 3);
  step(b);
  assert_int_equal(b->core.pool.walker[0].state, PCL_WALKER_START);
  const unsigned responses = b->responses;
  while (b->responses == responses) step(b);
  assert_int_equal(b->core.ats.state, PCL_ATS_DONE);
  assert_int_equal(b->clock, b->resp_clock + 1);
  assert_true(b->resp.nofill && b->resp.mask[Q] == 1);
  b->in.msg_out_ready = false;
  step(b);
  assert_true(b->core.ats.out.valid && b->core.ats.state == PCL_ATS_FREE);
  step(b);
  b->in.msg_out_ready = true;
  step(b);
  assert_false(b->core.ats.out.valid);
}

static void the_entry_tells_rights_and_size(void **state) {
  (void)state;
  bench_t *b = start();
  assert_true(translate(b, IOVA) == (FRAME | R | W));
  assert_int_equal(out.status, 0);
  send(PCL_MSG_TRANSLATION_REQUEST, IOVA);
  in->exec = true;  // does not count without pv
  until_out(b);
  assert_true(out.payload == (FRAME | R | W));
  set_word(b, (MIDDLE_PPN << 12) + 8 * (IOVA >> 21 & 511), UINT64_C(0x12200) << 10 | (LEAF & ~(uint64_t)PCL_PTE_W) | PCL_PTE_G);
  command(b, 1, 0);
  steps(b, 60);
  assert_true(translate(b, IOVA + 0x3000) == (UINT64_C(0x122ff) << 12 | R | S));
}

static void what_is_not_there_has_no_rights(void **state) {
  (void)state;
  bench_t *b = start();
  set_leaf(b, 1, 0);
  set_leaf(b, 2, PCL_PTE_V | PCL_PTE_R | PCL_PTE_A);  // not this privilege's
  assert_true(translate(b, IOVA + 0x1000) == 0 && out.status == 0);
  assert_true(translate(b, IOVA + 0x2000) == 0 && out.status == 0);
  set_leaf(b, 3, PCL_PTE_V | PCL_PTE_X | PCL_PTE_U | PCL_PTE_A);  // a right, but none to tell
  assert_true(translate(b, IOVA + 0x3000) == 0 && out.status == 0);
  assert_int_equal(b->writes, 0);
}

static void d_is_set_for_those_who_write(void **state) {
  (void)state;
  bench_t *b = start();
  const uint64_t pte = (LEAVES_PPN << 12) + 8;
  set_tc(b, PCL_TC_EN_ATS | PCL_TC_SADE);
  set_leaf(b, 1, LEAF & ~(uint64_t)PCL_PTE_D);
  assert_true(translate(b, (IOVA + 0x1000) | 1) == ((FRAME + 0x1000) | R));
  assert_false(get_word(b, pte) & PCL_PTE_D);
  assert_true(translate(b, IOVA + 0x1000) == ((FRAME + 0x1000) | R | W));
  assert_true(get_word(b, pte) & PCL_PTE_D);
}

static void a_guest_may_be_told_guest_addresses(void **state) {
  (void)state;
  for (unsigned t2gpa = 0; t2gpa < 2; t2gpa++) {
    bench_t *b = &bench;
    two_stage_init(b, &guests);
    connect(b);
    b->regs.capabilities |= PCL_CAP_T2GPA;
    set_tc(b, PCL_TC_EN_ATS | (t2gpa ? PCL_TC_T2GPA : 0));
    set_g_leaf(b, DATA_GPN + 1, LEAF & ~(uint64_t)PCL_PTE_W);
    send(PCL_MSG_TRANSLATION_REQUEST, IOVA + 0x1000);
    in->cxl = true;
    until_out(b);
    const uint64_t page = t2gpa ? DATA_GPN + 1 : HOST_PPN + DATA_GPN + 1;
    assert_true(out.payload == (page << 12 | R | (t2gpa ? CXL_IO : 0)));
    set_g_leaf(b, DATA_GPN + 2, 0);
    assert_true(translate(b, IOVA + 0x2000) == 0 && out.status == 0);
    ask(b, 0, 0, (uint64_t)(DATA_GPN + 1) << 12);
    b->req[0].translated = true;
    until_response(b);
    assert_true(b->resp.ok && b->resp.nofill && b->resp.w != (bool)t2gpa);
    assert_int_equal(b->resp.spn, (t2gpa ? HOST_PPN : 0) + DATA_GPN + 1);
    assert_int_equal(b->resp.space.s1, 0);
  }
}

// A response that the block meets in SENT.
static uint64_t entry_of(const pcl_msg_t *message, const pcl_resp_t *resp, const pcl_ats_resp_t *beside) {
  pcl_ats_t ats;
  pcl_ats_out_t eval;
  pcl_regs_state_t regs = {.fctl = 0};
  pcl_regs_events_t events;
  pcl_ats_told_t told = {.regs = &regs, .in = in, .resp = resp, .ats_resp = beside, .out_ready = true};
  pcl_ats_reset(&ats, &config);
  ats.m = *message;
  ats.m.kind = PCL_MSG_TRANSLATION_REQUEST;
  ats.state = PCL_ATS_SENT;
  for (unsigned i = 0; i < 2; i++) {
    pcl_ats_eval(&ats, &regs, NULL, &eval);
    pcl_ats_commit(&ats, &eval, &told, &events);
  }
  assert_true(ats.out.valid);
  return ats.out.payload;
}

static void the_entry_tells_the_rest(void **state) {
  (void)state;
  pcl_msg_t m = {.pv = true, .priv = true, .exec = true, .cxl = true};
  pcl_resp_t resp = {.ok = true, .r = true, .w = true, .x = true, .g = true, .pbmt = 1, .spn = 0x12345, .valid = true};
  pcl_ats_resp_t beside = {.gpn = 0x777};
  resp.mask[Q] = 1;
  assert_true(entry_of(&m, &resp, &beside) == (UINT64_C(0x12345) << 12 | R | W | EXE | PRIV | GLOBAL | CXL_IO));
  resp.pbmt = 0;
  m.pv = m.priv = false;
  assert_true(entry_of(&m, &resp, &beside) == (UINT64_C(0x12345) << 12 | R | W | EXE));
  m.pv = beside.msi = true;
  assert_true(entry_of(&m, &resp, &beside) == (UINT64_C(0x12345) << 12 | R | W | EXE | CXL_IO));
  resp.mrif = true;
  resp.x = false;
  assert_true(entry_of(&m, &resp, &beside) == (R | W | U | CXL_IO));
  resp.mrif = beside.msi = resp.g = false;
  resp.size = PCL_SIZE_IDENTITY;
  assert_true(entry_of(&m, &resp, &beside) == (((UINT64_C(1) << 43) - 1) << 12 | R | W | S));
  beside.fault_class = 3;
  assert_true(entry_of(&m, &resp, &beside) == 0);
}

static void errors_are_told_and_recorded(void **state) {
  (void)state;
  bench_t *b = start();
  set_tc(b, 0);
  assert_true(translate(b, IOVA) == 0 && out.status == 1);
  steps(b, 50);
  const uint64_t record = get_word(b, FQ_PPN << 12);
  assert_int_equal(record & 0xfff, PCL_CAUSE_TYPE_DISALLOWED);
  assert_int_equal(record >> 34 & 63, PCL_TTYP_ATS_REQUEST);
  assert_true(get_word(b, (FQ_PPN << 12) + 16) == IOVA);
  b->regs.ddtp_mode = PCL_DDTP_OFF;
  assert_true(translate(b, IOVA) == 0 && out.status == 1);
  b->regs.ddtp_mode = PCL_DDTP_1LVL;
  b->regs.fq.head = 1;
  command(b, 3, 0);
  set_tc(b, PCL_TC_EN_ATS | PCL_TC_PDTV | PCL_TC_DPE);
  set_word(b, (DDT_PPN << 12) + DEVICE * 32 + 24, UINT64_C(1) << 60);  // no PD8 here: misconfigured
  steps(b, 60);
  assert_true(translate(b, IOVA) == 0 && out.status == 1);
}

static void no_cache_keeps_it(void **state) {
  (void)state;
  bench_t *b = start();
  translate(b, IOVA);
  ask(b, 0, 0, IOVA);
  until_response(b);
  assert_true(b->resp.ok && b->resp.lead && !b->resp.nofill);
  ask(b, 0, 0, IOVA);
  until_response(b);
  assert_false(b->resp.lead);
  send(PCL_MSG_TRANSLATION_REQUEST, IOVA);  // nor is it answered from one
  until_out(b);
  assert_true(b->resp.lead);
}

static void a_kill_asks_anew(void **state) {
  (void)state;
  bench_t *b = start();
  translate(b, IOVA);
  // Response and kill in one clock, then a kill while the answer waits.
  for (unsigned later = 0; later < 2; later++) {
    b->in.msg_out_ready = later == 0;
    send(PCL_MSG_TRANSLATION_REQUEST, IOVA);
    if (later != 0) {  // something else holds the out register
      command(b, 4 | 1 << 7 | (uint64_t)DEVICE << 40, 0);
      while (!b->core.ats.out.valid) step(b);
      while (b->core.ats.state != PCL_ATS_DONE) step(b);
    } else {
      do {
        while (b->core.ats.state != PCL_ATS_SENT) step(b);
        look(b);
        if (!b->out.resp.valid) step(b);
      } while (!b->out.resp.valid);
    }
    b->forced = (pcl_inv_t){.op = PCL_INV_GVMA, .kill = true};
    step(b);
    assert_int_equal(b->core.ats.state, PCL_ATS_NEED);
    assert_true(b->core.ats.asked);
    step(b);
    assert_int_equal(b->core.ev_req.event, PCL_EVENT_NONE);  // counted before
    b->in.msg_out_ready = true;
    until_out(b);
    if (later != 0) until_out(b);
    assert_true(out.payload == (FRAME | R | W));
  }
}

// --- Translated requests ---

static void translated_requests_need_ats(void **state) {
  (void)state;
  bench_t *b = start();
  ask(b, 0, 0, UINT64_C(0x123456789000));
  b->req[0].translated = true;
  until_response(b);
  assert_true(b->resp.ok && b->resp.nofill && b->resp.size == PCL_SIZE_IDENTITY && b->resp.spn == 0x123456789);
  set_tc(b, 0);
  command(b, 3, 0);
  steps(b, 40);
  ask(b, 1, 0, 0x1000);
  b->req[1].translated = true;
  until_response(b);
  assert_false(b->resp.ok);
  steps(b, 50);
  assert_int_equal(get_word(b, FQ_PPN << 12) & 0xfff, PCL_CAUSE_TYPE_DISALLOWED);
  assert_int_equal(get_word(b, FQ_PPN << 12) >> 34 & 63, PCL_TTYP_TRANSLATED_WRITE);
}

// --- Page requests ---

#define PAGE UINT64_C(0xabc000)
#define GROUP (UINT64_C(0x1f3) << 3)

static void a_page_request_is_queued(void **state) {
  (void)state;
  bench_t *b = start();
  translate(b, IOVA);
  send(PCL_MSG_PAGE_REQUEST, PAGE | GROUP | LAST | R);
  in->pv = in->exec = true;
  const unsigned responses = b->responses;
  while (b->responses == responses) step(b);
  assert_true(b->core.ats.state == PCL_ATS_PUT && b->clock == b->resp_clock + 1);
  step(b);
  assert_int_equal(b->core.ats.state, PCL_ATS_QB);
  step(b);
  assert_true(b->aw.addr == PQ_PPN << 12 && b->aw.len == 1 && b->aw.size == 3 && b->aw.id == WALKERS + 3);
  while (!b->events.pq_done) step(b);
  assert_int_equal(b->core.ats.state, PCL_ATS_FREE);
  assert_true(get_word(b, PQ_PPN << 12) == ((uint64_t)DEVICE << 40 | UINT64_C(5) << 32 | 3 << 12));
  assert_true(get_word(b, (PQ_PPN << 12) + 8) == (PAGE | GROUP | LAST | R));
  assert_int_equal(outs, 1);
}

static void pages_without_a_place_are_answered(void **state) {
  (void)state;
  bench_t *b = start();
  b->regs.pq.head = 1;  // full
  send(PCL_MSG_PAGE_REQUEST, PAGE | GROUP | LAST | W);
  in->pv = true;
  until_out(b);
  assert_true(b->regs.pq.of && out.kind == PCL_MSG_PRG_RESPONSE && out.tag == 0 && !out.pv);
  assert_true(out.payload == ((uint64_t)DEVICE << 48 | UINT64_C(0x1f3) << 32));
  b->regs.pq.on = false;
  send(PCL_MSG_PAGE_REQUEST, PAGE | GROUP | LAST | W);
  in->pv = true;
  until_out(b);
  assert_true(out.payload >> 44 == (DEVICE << 4 | 15) && out.pv && out.pasid == 3);
  for (unsigned i = 0; i < 2; i++) {  // not the last, a stop marker
    send(PCL_MSG_PAGE_REQUEST, PAGE | GROUP | (i ? LAST : W));
    steps(b, 100);
  }
  assert_int_equal(outs, 2);
  assert_int_equal(b->core.ats.state, PCL_ATS_FREE);
  set_tc(b, PCL_TC_EN_ATS);
  command(b, 3, 0);
  steps(b, 60);
  send(PCL_MSG_PAGE_REQUEST, PAGE | GROUP | LAST | W);
  until_out(b);
  assert_true(out.payload >> 44 == (DEVICE << 4 | 1));
  steps(b, 50);
  assert_int_equal(get_word(b, FQ_PPN << 12) >> 34 & 63, PCL_TTYP_MESSAGE);
  assert_int_equal(get_word(b, (FQ_PPN << 12) + 16), 4);
}

// --- Commands ---

static void invalidate(bench_t *b) { command(b, 4 | (uint64_t)DEVICE << 40 | UINT64_C(9) << 56, PAGE); }

static void complete(bench_t *b, unsigned count, uint32_t itags) {
  send(PCL_MSG_INVAL_COMPLETION, (uint64_t)count << 32 | itags);
  steps(b, 3);
}

static void fences_wait_for_completions(void **state) {
  (void)state;
  bench_t *b = start();
  invalidate(b);
  invalidate(b);
  command(b, 2, 0);
  until_out(b);
  assert_true(out.kind == PCL_MSG_INVAL_REQUEST && out.tag == 0 && out.payload == PAGE && out.segment == 0);
  until_out(b);
  assert_int_equal(out.tag, 1);
  steps(b, 20);
  assert_int_equal(b->regs.cq.head, 2);
  complete(b, 2, 1);
  assert_int_equal(b->core.ats.busy, 3);
  complete(b, 2, 1);
  assert_int_equal(b->core.ats.busy, 2);
  send(PCL_MSG_INVAL_COMPLETION, UINT64_C(1) << 32 | 2);
  in->rid = DEVICE + 1;  // not the one that was asked
  steps(b, 3);
  assert_int_equal(b->core.ats.busy, 2);
  send(PCL_MSG_INVAL_COMPLETION, UINT64_C(1) << 32 | 2);
  const unsigned t = b->clock;  // LOOK t+1, not busy t+2
  step(b);
  step(b);
  assert_true(b->core.ats.busy == 0 && b->clock == t + 2);
  step(b);
  assert_true(b->out.fence_start);
  step(b);
  assert_int_equal(b->regs.cq.head, 3);
}

static void a_silent_device_ends_a_fence(void **state) {
  (void)state;
  bench_t *b = start();
  invalidate(b);
  command(b, 2, 0);
  until_out(b);
  while (b->core.ats.busy != 0) step(b);
  assert_true(b->clock > taken_at + TIMEOUT - 2 && b->clock < taken_at + 2 * TIMEOUT + 1);
  assert_true(b->core.ats.late);
  step(b);
  assert_true(b->events.cq_set_to && !b->core.ats.late);
  assert_int_equal(b->regs.cq.head, 1);
  b->regs.cq.to = false;
  steps(b, 60);
  assert_int_equal(b->regs.cq.head, 2);
}

static void a_dead_message_port_holds_nothing(void **state) {
  (void)state;
  bench_t *b = start();
  b->in.msg_out_ready = false;
  invalidate(b);
  invalidate(b);
  command(b, 2, 0);
  for (unsigned i = 0; !b->core.ats.stuck; i++) {
    assert_true(i < 3 * TIMEOUT);
    step(b);
  }
  step(b);
  assert_int_equal(b->regs.cq.head, 2);
  steps(b, 2);
  assert_true(b->regs.cq.to);
  b->in.msg_out_ready = true;
  until_out(b);
  step(b);
  assert_true(outs == 1 && !b->core.ats.stuck && !b->core.ats.out.valid);
}

static void itags_run_out(void **state) {
  (void)state;
  bench_t *b = start();
  b->core.ats.busy = ~UINT32_C(0);
  memset(b->core.ats.itag, 0, sizeof b->core.ats.itag);
  b->core.ats.old = 0;
  b->core.ats.age = 0;
  invalidate(b);
  command(b, 4 | 1 << 7 | (uint64_t)DEVICE << 40, 1);
  steps(b, 60);
  assert_int_equal(outs, 0);
  send(PCL_MSG_INVAL_COMPLETION, UINT64_C(1) << 32 | 0x50);
  in->rid = 0;
  until_out(b);
  assert_int_equal(out.tag, 4);
  until_out(b);
  assert_true(out.kind == PCL_MSG_PRG_RESPONSE && out.payload == 1);
}

// --- Accounts ---

static void abort_refuses_requests(void **state) {
  (void)state;
  bench_t *b = start();
  b->regs.mctl = PCL_MODE_ABORT;
  assert_true(translate(b, IOVA) == 0 && out.status == 1);
  b->in.msg_out_ready = false;
  send(PCL_MSG_PAGE_REQUEST, PAGE | GROUP | LAST | W);
  in->pv = true;
  for (unsigned i = 0; i < 10; i++) {
    step(b);
    assert_true(b->events.msg_drained);
  }
  b->in.msg_out_ready = true;
  until_out(b);
  assert_true(out.payload >> 44 == (DEVICE << 4 | 15) && out.pv);
  assert_true(b->regs.fq.tail == 0 && b->reads == 0);
}

static void drained_waits_for_answers(void **state) {
  (void)state;
  bench_t *b = start();
  step(b);
  assert_true(b->events.msg_drained);
  send(PCL_MSG_TRANSLATION_REQUEST, IOVA);
  step(b);
  do {
    step(b);
    assert_false(b->events.msg_drained);
  } while (b->core.ats.state != PCL_ATS_FREE || b->core.ats.out.valid);
  step(b);
  assert_true(b->events.msg_drained);
}

static void other_messages_vanish(void **state) {
  (void)state;
  bench_t *b = start();
  for (unsigned kind = 0; kind < 16; kind++) {
    if (kind == 2 || kind == 4 || kind == 8) continue;
    send(kind, ~UINT64_C(0));
    step(b);
    step(b);
    assert_int_equal(b->core.ats.state, PCL_ATS_FREE);
  }
  assert_true(outs == 0 && b->reads == 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_request_takes_its_clocks),
    cmocka_unit_test(the_entry_tells_rights_and_size),
    cmocka_unit_test(what_is_not_there_has_no_rights),
    cmocka_unit_test(d_is_set_for_those_who_write),
    cmocka_unit_test(a_guest_may_be_told_guest_addresses),
    cmocka_unit_test(the_entry_tells_the_rest),
    cmocka_unit_test(errors_are_told_and_recorded),
    cmocka_unit_test(no_cache_keeps_it),
    cmocka_unit_test(a_kill_asks_anew),
    cmocka_unit_test(translated_requests_need_ats),
    cmocka_unit_test(a_page_request_is_queued),
    cmocka_unit_test(pages_without_a_place_are_answered),
    cmocka_unit_test(fences_wait_for_completions),
    cmocka_unit_test(a_silent_device_ends_a_fence),
    cmocka_unit_test(a_dead_message_port_holds_nothing),
    cmocka_unit_test(itags_run_out),
    cmocka_unit_test(abort_refuses_requests),
    cmocka_unit_test(drained_waits_for_answers),
    cmocka_unit_test(other_messages_vanish),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
