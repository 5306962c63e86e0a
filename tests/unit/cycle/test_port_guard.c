// SPDX-License-Identifier: Apache-2.0
// How an isolation of the port's twin ends (microarchitecture 4.4): what a pending resume waits for, and what cancels it.
#include "port_bench.h"

static const uint64_t page = 0x10000;

static void isolate(bench_t *b) {
  b->in.q.isolate = true;
  tick(b);
}

static void resume(bench_t *b) {
  b->in.q.resume = true;
  tick(b);
}

static void take_record(bench_t *b) {
  b->in.rec_taken = true;
  tick(b);
}

static bool leaves(bench_t *b) {
  look(b);
  return b->found.iso_leave;
}

// Memory owes an answer while software resumes and isolates anew.
PORT_TEST(an_isolation_cancels_a_pending_resume) {
  warm(b, page);
  ax(b, PCL_READ, 1, page);
  tick(b);
  isolate(b);
  take_record(b);
  resume(b);
  isolate(b);
  assert_false(b->port.guard.resume_pend);
  finish(b, PCL_READ, 1);
  assert_false(leaves(b));
  assert_true(b->req.drained && b->req.isolated && !b->req.rec_pend);
  resume(b);
  assert_true(leaves(b));
  tick(b);
  look(b);
  assert_false(b->req.isolated || b->port.guard.resume_pend);
}

// In the clock in which the port would leave: it stays, and the resume is gone.
PORT_TEST(an_isolation_holds_off_the_leave_of_its_clock) {
  isolate(b);
  take_record(b);
  resume(b);
  assert_true(leaves(b));
  b->in.q.isolate = true;
  assert_false(leaves(b));
  tick(b);
  assert_false(leaves(b));
  assert_true(b->req.isolated);
}

PORT_TEST(of_both_pulses_in_one_clock_isolate_counts) {
  isolate(b);
  take_record(b);
  b->in.q.isolate = true;
  resume(b);
  assert_false(leaves(b) || b->port.guard.resume_pend);
}

PORT_TEST(an_isolation_does_not_end_without_its_record) {
  isolate(b);
  resume(b);
  for (unsigned n = 0; n < 10; n++) {
    assert_false(leaves(b));
    assert_true(b->req.isolated && b->req.drained && b->req.rec_pend);
    tick(b);
  }
  b->in.rec_taken = true;
  assert_false(leaves(b));
  tick(b);
  assert_true(leaves(b));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_isolation_cancels_a_pending_resume),
      cmocka_unit_test(an_isolation_holds_off_the_leave_of_its_clock),
      cmocka_unit_test(of_both_pulses_in_one_clock_isolate_counts),
      cmocka_unit_test(an_isolation_does_not_end_without_its_record),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
