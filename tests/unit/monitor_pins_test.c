// SPDX-License-Identifier: Apache-2.0
//
// The security monitor's judgement of the pins: requests, answers, fences that wait, writes of the data-structure port, faults.
#include "monitor_bench.h"

// ---- Requests and answers

static void test_changed_request(void **state) {
  (void)state;
  pcl_ax_t ax = ax_of(0x1000), other = ax;
  take(READ, &ax);
  other.len = 2;
  show(READ, &other, 0x80000, 0);
  alarms("unchanged");
}

static void test_invented_request(void **state) {
  (void)state;
  pcl_ax_t ax = ax_of(0x1000);
  show(WRITE, &ax, 0x80000, 0);
  alarms("no device's request");
}

static void test_changed_while_stalled(void **state) {
  (void)state;
  pcl_ax_t ax = ax_of(0x1000);
  take(READ, &ax);
  b.out.port[0].mem_ax[READ] = ax;
  b.out.port[0].mem_ax[READ].addr = 0x80000;
  tick();
  passes();
  show(READ, &ax, 0x90000, 0);
  alarms("changed before memory took it");
}

static void test_illegal_burst(void **state) {
  (void)state;
  pcl_ax_t ax = ax_of(0x1ff8);
  dma_of(READ, &ax, 0x80ff8, 0);
  alarms("breaks a bus rule");
}

static void test_abort(void **state) {
  (void)state;
  pcl_ax_t ax = ax_of(0x1000);
  take(READ, &ax);
  reg_write(ADDR_QCTL, PCL_MODE_ABORT, 4);
  show(READ, &ax, 0x80000, 0);
  memory_answers(READ, ax.id);
  passes();   // taken before
  dma(READ, 0x1000, 0x80000);
  alarms("ABORT");
}

static void test_isolated(void **state) {
  (void)state;
  pcl_ax_t ax = ax_of(0x1000);
  take(READ, &ax);
  b.probe.isolated = 1;
  tick();
  b.probe.isolated = 0;
  tick();
  dma(READ, 0x1000, 0x80000);
  passes();
  b.probe.isolated = 1;
  dma(READ, 0x1000, 0x80000);
  alarms("isolation");
}

static void test_refused_in_order(void **state) {
  (void)state;
  pcl_ax_t bad = ax_of(0x5000), good = ax_of(0x1000);
  take(READ, &bad);
  take(READ, &good);
  refuse(bad.id);
  show(READ, &good, 0x80000, 0);
  memory_answers(READ, good.id);
  passes();
  refuse(good.id);
  alarms("comes from nowhere");
}

static void test_data_without_grant(void **state) {
  (void)state;
  b.out.port[1].mem_w = (pcl_w_t){.valid = true};
  tick();
  alarms("W data");
}

static void test_fence_waits_for_reads(void **state) {
  (void)state;
  pcl_ax_t ax = ax_of(0x1000);
  take(READ, &ax);
  show(READ, &ax, 0x80000, 0);
  fetch(2 | 1 << 13, 0);   // PW: does not wait for reads
  pass(1);
  passes();
  fetch(2 | 1 << 12, 0);
  memory_answers(READ, ax.id);
  pass(1);
  passes();
  take(READ, &ax);
  show(READ, &ax, 0x80000, 0);
  fetch(2 | 1 << 12, 0);
  pass(1);
  alarms("unanswered");
}

// ---- Writes of the data-structure port

static void test_stray_write(void **state) {
  (void)state;
  uint64_t data = 0;
  write_beats(CQ_ID, 0x9000, &data, 1, 2, 0x0f);
  alarms("not that of the fence reached");
}

static void test_fence_write_too_early(void **state) {
  (void)state;
  vma(false, 0, false);
  fetch(2 | 1 << 10, 0x9000 >> 2);
  uint64_t data = 0;
  write_beats(CQ_ID, 0x9000, &data, 1, 2, 0x0f);
  alarms("not that of the fence reached");
}

static void test_fence_data(void **state) {
  (void)state;
  fetch(2 | 1 << 10 | UINT64_C(7) << 32, 0x9000 >> 2);
  uint64_t data = 8;
  write_beats(CQ_ID, 0x9000, &data, 1, 2, 0x0f);
  alarms("DATA");
}

static void test_records(void **state) {
  (void)state;
  for (unsigned i = 0; i < 3; i++) {
    pcl_ax_t ax = ax_of(0x5000);
    take(READ, &ax);
    record(i, 13, 0x5000);
    refuse(ax.id);
  }
  passes();
  assert_int_equal(monitor_stats(b.monitor)->records, 3);
  pcl_ax_t ax = ax_of(0x5000);
  take(READ, &ax);
  record(3, 13, 0x5000);   // the queue of 4 is full with 3
  alarms("full queue");
}

static void test_record_over_unread(void **state) {
  (void)state;
  for (unsigned i = 0; i < 2; i++) {
    pcl_ax_t ax = ax_of(0x5000);
    take(READ, &ax);
    record(0, 13, 0x5000);
    refuse(ax.id);
    if (i == 0) passes();
  }
  alarms("unread slot");
}

static void test_records_read_and_wrapped(void **state) {
  (void)state;
  for (unsigned i = 0; i < 9; i++) {
    pcl_ax_t ax = ax_of(0x5000);
    take(READ, &ax);
    record(i % 4, 13, 0x5000);
    refuse(ax.id);
    reg_write(ADDR_FQH, (i + 1) % 4, 4);
  }
  passes();
}

static void test_nonsense_fqh(void **state) {
  (void)state;
  reg_write(ADDR_FQH, 2, 4);   // passes records that do not exist
  for (unsigned i = 0; i < 4; i++) {
    pcl_ax_t ax = ax_of(0x5000);
    take(READ, &ax);
    record(i, 13, 0x5000);
    refuse(ax.id);
  }
  passes();
}

static void test_record_after_error(void **state) {
  (void)state;
  pcl_ax_t ax = ax_of(0x5000);
  take(READ, &ax);
  take(READ, &ax);
  take(READ, &ax);
  fq_response = PCL_RESP_SLVERR;
  record(0, 13, 0x5000);   // not kept: its slot is used again
  fq_response = PCL_RESP_OKAY;
  tick();
  tick();
  record(0, 13, 0x5000);
  passes();
  record(0, 13, 0x5000);
  alarms("unread slot");
}

// Of two equal requests the waiting one is taken for that of the first record; then only it can be that of the second.
static void test_records_of_equal_requests(void **state) {
  (void)state;
  pcl_ax_t first = ax_of(0x5000), second = first;
  second.id = 4;
  take(READ, &first);
  take(READ, &second);
  refuse(first.id);
  record(0, 13, 0x5000);
  store(dc_addr(DEVICE), 0);
  tick();
  record(1, 258, 0x5000);
  passes();
  record(2, 258, 0x5000);
  alarms("of no refused request");
}

static void test_fault_of_dropped_request(void **state) {
  (void)state;
  pcl_ax_t ax = ax_of(0x1000);
  take(READ, &ax);
  b.probe.isolated = 1;
  tick();
  store(leaf_addr(0x1000), 0);   // its walk goes on
  tick();
  record(0, 13, 0x1000);
  passes();
}

static void test_request_of_another_port(void **state) {
  (void)state;
  pcl_ax_t ax = ax_of(0x1000);
  b.in.port[1].dev_ax[READ] = ax;
  b.out.port[1].dev_ax_ready[READ] = true;
  tick();
  show(READ, &ax, 0x80000, 0);
  alarms("no device's request");
}

static void test_record_outside(void **state) {
  (void)state;
  record(4, 13, 0x5000);
  alarms("no slot");
}

static void test_record_while_off(void **state) {
  (void)state;
  b.probe.fq_on = false;
  record(0, 13, 0x5000);
  alarms("off");
}

static void test_record_of_nobody(void **state) {
  (void)state;
  record(0, 13, 0x5000);
  alarms("no refused request");
}

static void test_fault_without_reason(void **state) {
  (void)state;
  store(leaf_addr(0x2000), pte(0x90000, RWX));
  tick();
  pcl_ax_t ax = ax_of(0x2000);
  take(READ, &ax);
  record(0, 13, 0x2000);
  alarms("explains");
}

static void test_fault_of_invalid_in_time(void **state) {
  (void)state;
  pcl_ax_t ax = ax_of(0x2000);
  take(READ, &ax);
  store(leaf_addr(0x2000), pte(0x90000, RWX));
  refuse(ax.id);
  record(0, 13, 0x2000);
  passes();
}

static void test_fault_of_later_invalid(void **state) {
  (void)state;
  pcl_ax_t ax = ax_of(0x1000);
  take(READ, &ax);
  refuse(ax.id);
  tick();
  store(leaf_addr(0x1000), 0);
  record(0, 13, 0x1000);
  alarms("explains");
}

static void test_fault_of_context(void **state) {
  (void)state;
  pcl_ax_t ax = ax_of(0x1000);
  store(dc_addr(DEVICE), 0);
  take(READ, &ax);
  record(0, 258, 0x1000);
  refuse(ax.id);
  passes();
  store(dc_addr(DEVICE), 1);
  tick();
  take(READ, &ax);
  record(1, 258, 0x1000);
  alarms("explains");
}

static void test_refetched_commands(void **state) {
  (void)state;
  store(leaf_addr(0x1000), pte(0x90000, RWX));
  vma(true, 0x1000, false);      // fetched, then dropped: it was rewritten before it was fetched again
  b.tail--;
  vma(true, 0x3000, false);
  fence();
  dma(READ, 0x1000, 0x80000);
  passes();
}

int main(void) {
  const struct CMUnitTest tests[] = {
    MONITOR_TEST(test_changed_request),
    MONITOR_TEST(test_invented_request),
    MONITOR_TEST(test_changed_while_stalled),
    MONITOR_TEST(test_illegal_burst),
    MONITOR_TEST(test_abort),
    MONITOR_TEST(test_isolated),
    MONITOR_TEST(test_refused_in_order),
    MONITOR_TEST(test_data_without_grant),
    MONITOR_TEST(test_fence_waits_for_reads),
    MONITOR_TEST(test_stray_write),
    MONITOR_TEST(test_fence_write_too_early),
    MONITOR_TEST(test_fence_data),
    MONITOR_TEST(test_records),
    MONITOR_TEST(test_record_over_unread),
    MONITOR_TEST(test_records_read_and_wrapped),
    MONITOR_TEST(test_nonsense_fqh),
    MONITOR_TEST(test_record_after_error),
    MONITOR_TEST(test_records_of_equal_requests),
    MONITOR_TEST(test_fault_of_dropped_request),
    MONITOR_TEST(test_request_of_another_port),
    MONITOR_TEST(test_record_outside),
    MONITOR_TEST(test_record_while_off),
    MONITOR_TEST(test_record_of_nobody),
    MONITOR_TEST(test_fault_without_reason),
    MONITOR_TEST(test_fault_of_invalid_in_time),
    MONITOR_TEST(test_fault_of_later_invalid),
    MONITOR_TEST(test_fault_of_context),
    MONITOR_TEST(test_refetched_commands),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
