// SPDX-License-Identifier: Apache-2.0
// Page requests and invalidations in the core's twin, sentence by sentence of docs/microarchitecture.md, sections 2, 5.3, 5.6
// and 5.10.
//
// "X at clock t" is what the registers show before the t-th tick().
#include "ats_bench.h"

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
