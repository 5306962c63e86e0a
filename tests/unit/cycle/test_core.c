// SPDX-License-Identifier: Apache-2.0
// The core's twin, sentence by sentence of docs/microarchitecture.md, section 5: when a miss is asked, answered, merged, refused
// credit, and what an invalidation does to it in each of its states.
#include "core_bench.h"

static const pcl_config_t small = {
  .num_ports = 1, .port_misses = 8, .l2_ways = 4, .dc_entries = 2, .nl_entries = 2, .walkers = 2, .cq_depth = 1, .fq_depth = 1};
static const pcl_config_t large = {
  .num_ports = 2, .port_misses = 16, .l2_entries = 64, .l2_ways = 4, .dc_entries = 8, .nl_entries = 16, .walkers = 4,
  .cq_depth = 4, .fq_depth = 4};

static bench_t bench;

static bench_t *start(const pcl_config_t *config) {
  bench_init(&bench, config);
  ticks(&bench, 20);  // the sweep after reset
  return &bench;
}

static bench_t *start_warm(const pcl_config_t *config) {
  bench_t *b = start(config);
  warm(b, 0);
  b->reads = 0;
  return b;
}

// Makes the next clock the `kill` clock of an invalidation of everything.
static void ddtp_kill_in(bench_t *b, unsigned clocks) {
  ticks(b, clocks - 2);
  b->regs.ddtp_busy = true;
  ticks(b, 2);
  look(b);
  assert_true(b->out.inv.kill);
}

static void sweep_takes_a_clock_per_set(void **state) {
  (void)state;
  bench_t *b = &bench;
  bench_init(b, &large);
  ask(b, 0, 3, IOVA);
  ticks(b, 16);
  assert_true(b->req[0].valid);
  tick(b);
  assert_false(b->req[0].valid);
  bench_init(b, &small);
  ask(b, 0, 3, IOVA);
  ticks(b, 2);
  assert_false(b->req[0].valid);
}

static void cold_miss_reads_directory_and_tables(void **state) {
  (void)state;
  bench_t *b = start(&small);
  const unsigned t1 = b->clock;
  ask(b, 1, 3, IOVA + 0x1234);
  until_response(b);
  assert_int_equal(b->reads, 4);
  // START in t1 + 2, the DC's AR in t1 + 3, its last beat in t1 + 26, three PTEs of 21 clocks each.
  assert_int_equal(b->resp_clock, t1 + 3 + 23 + 1 + 3 * 21);
  assert_true(b->resp.ok && b->resp.lead);
  assert_int_equal(b->resp.lead_q, 1);
  assert_int_equal(b->resp.lead_slot, 3);
  assert_int_equal(b->resp.mask[1], 1 << 3);
  assert_int_equal(b->resp.mask[0], 0);
  assert_true(b->resp.spn == FRAME_PPN + 1 && b->resp.vpn == (IOVA >> 12) + 1);
  assert_int_equal(b->resp.space.pscid, PSCID);
}

static void warm_miss_reads_one_pte(void **state) {
  (void)state;
  bench_t *b = start_warm(&small);
  const unsigned t1 = b->clock;
  ask(b, 0, 1, IOVA + 0x2000);
  until_response(b);
  assert_int_equal(b->reads, 1);
  assert_int_equal(b->ar_clock, t1 + 2);
  assert_int_equal(b->resp_clock, t1 + 23);
}

static void second_level_hit_takes_two_clocks(void **state) {
  (void)state;
  bench_t *b = start_warm(&large);
  const unsigned t1 = b->clock;
  ask(b, 3, 2, IOVA);
  until_response(b);
  assert_int_equal(b->reads, 0);
  assert_int_equal(b->resp_clock, t1 + 2);
  assert_true(b->resp.ok && !b->resp.lead && b->resp.w);
  assert_int_equal(b->resp.mask[3], 1 << 2);
}

static void same_page_joins_the_walk(void **state) {
  (void)state;
  bench_t *b = start_warm(&small);
  ask(b, 0, 1, IOVA + 0x3000);
  tick(b);
  ask(b, 1, 7, IOVA + 0x3abc);
  until_response(b);
  assert_int_equal(b->reads, 1);
  assert_int_equal(b->resp.mask[0], 1 << 1);
  assert_int_equal(b->resp.mask[1], 1 << 7);
  assert_int_equal(b->resp.lead_q, 0);
  ticks(b, 50);
  assert_int_equal(b->responses, 2);
}

// Each port may hold 3 of the 4 walkers, so that the other finds one.
static void a_port_leaves_a_walker_to_the_other(void **state) {
  (void)state;
  bench_t *b = start_warm(&large);
  for (unsigned i = 0; i < 3; i++) {
    ask(b, 0, i, IOVA + 0x1000 * (i + 1));
    tick(b);
    assert_false(b->req[0].valid);
  }
  ask(b, 0, 3, IOVA + 0x4000);
  ticks(b, 5);
  assert_true(b->req[0].valid);
  ask(b, 2, 0, IOVA + 0x5000);
  tick(b);
  assert_false(b->req[2].valid);
  // In the clock of the answer the walker counts as free.
  until_response(b);
  assert_false(b->req[0].valid);
}

static void answers_come_one_per_clock(void **state) {
  (void)state;
  bench_t *b = start_warm(&large);
  for (unsigned i = 0; i < 3; i++) {
    ask(b, 0, i, IOVA + 0x1000 * (i + 1));
    tick(b);
  }
  for (unsigned i = 0; i < 3; i++) {
    until_response(b);
    assert_int_equal(b->resp.lead_slot, i);
  }
  assert_int_equal(b->responses, 4);
}

// Offers a read of port 1 in one clock and the next: the first is taken, the second only a clock later.
static void one_clock_takes_nothing(bench_t *b) {
  ask(b, 2, 0, IOVA + 0x3000);
  tick(b);
  assert_false(b->req[2].valid);
  ask(b, 2, 1, IOVA + 0x4000);
  tick(b);
  assert_true(b->req[2].valid);
  tick(b);
  assert_false(b->req[2].valid);
}

// Two walks end at one edge: in the clock in which the second is shown stage A takes nothing.
static void a_walk_that_waits_to_be_shown_stops_stage_a(void **state) {
  (void)state;
  bench_t *b = start_warm(&large);
  set_leaf(b, 1, 0);
  ask(b, 0, 1, IOVA + 0x1000);  // passes FAULT
  tick(b);
  ask(b, 0, 2, IOVA + 0x2000);
  while (!b->core.pool.in[PCL_WALKER_RESP]) tick(b);
  assert_int_equal(b->core.pool.in[PCL_WALKER_RESP], 3);
  one_clock_takes_nothing(b);
  assert_int_equal(b->responses, 3);
}

// The same with register H behind a walk.
static void a_hit_that_waits_to_be_shown_stops_stage_a(void **state) {
  (void)state;
  bench_t *b = start_warm(&large);
  ask(b, 0, 1, IOVA + 0x1000);
  ticks(b, 21);
  ask(b, 1, 2, IOVA);
  while (!b->core.pool.in[PCL_WALKER_RESP]) tick(b);
  assert_true(b->core.pipe.h.valid);
  one_clock_takes_nothing(b);
  assert_int_equal(b->responses, 3);
  assert_int_equal(b->resp.mask[1], 1 << 2);
}

// Port 0 asks in each clock what takes START and RESP only, so that walkers below that of port 1 come to RESP by turns; port 1
// has asked `gap` clocks before. Returns how many clocks the walk of port 1 is in RESP.
static unsigned clocks_in_resp_under_flood(unsigned gap) {
  enum { IDENTITY = DEVICE + 1, VICTIM = 2 };
  bench_t *b = start_warm(&large);
  const pcl_miss_req_t flood = {.iova = IOVA, .device_id = IDENTITY, .slot = 9, .valid = true};
  set_word(b, (DDT_PPN << 12) + IDENTITY * 32, PCL_TC_V);
  set_word(b, (DDT_PPN << 12) + IDENTITY * 32 + 24, 0);
  b->req[0] = flood;
  until_response(b);
  for (unsigned walker = 0; walker < VICTIM; walker++) {
    ask(b, 0, walker, IOVA + 0x1000 * (walker + 1));
    tick(b);
  }
  ask(b, 2, 0, IOVA + 0x3000);
  ticks(b, gap);
  unsigned waited = 0;
  do {
    waited += b->core.pool.in[PCL_WALKER_RESP] >> VICTIM & 1;
    b->req[0] = flood;
    tick(b);
  } while (waited < 100 && !(b->out.resp.valid && b->out.resp.mask[2] != 0));
  return waited;
}

static void a_flood_of_short_walks_lets_others_be_shown(void **state) {
  (void)state;
  unsigned longest = 0;
  for (unsigned gap = 0; gap < 6; gap++) {
    const unsigned waited = clocks_in_resp_under_flood(gap);
    if (waited > longest) longest = waited;
  }
  assert_in_range(longest, 2, large.walkers + 4);
}

static void fault_is_recorded_before_it_is_answered(void **state) {
  (void)state;
  bench_t *b = start_warm(&small);
  const unsigned t1 = b->clock;
  set_leaf(b, 2, 0);
  ask(b, 0, 1, IOVA + 0x2000);
  until_response(b);
  assert_false(b->resp.ok);
  assert_true(b->resp.lead);
  assert_int_equal(b->resp_clock, t1 + 24);  // FAULT in t1 + 23: the queue is off and discards it at once
}

// The walk of the page asked at t1: START never, AR in t1 + 2, R from t1 + 3 with its beat in t1 + 22, RESP in t1 + 23.
static void kill_at(unsigned after, unsigned expected_reads) {
  bench_t *b = start_warm(&small);
  ask(b, 0, 1, IOVA + 0x2000);
  ddtp_kill_in(b, after);
  until_response(b);
  assert_true(b->resp.ok);
  assert_int_equal(b->reads, expected_reads);
}

static void a_killed_walk_starts_anew(void **state) {
  (void)state;
  kill_at(4, 5);
  kill_at(21, 5);
  kill_at(22, 5);  // the last beat's clock
  kill_at(23, 1);  // shown in the clock of the kill
}

// Two walks end at one edge: the one not shown in the kill clock starts anew.
static void a_waiting_answer_is_killed(void **state) {
  (void)state;
  bench_t *b = start_warm(&large);
  set_leaf(b, 1, 0);
  ask(b, 0, 1, IOVA + 0x1000);  // its page fault passes FAULT and comes together with the next walk's answer
  tick(b);
  ask(b, 0, 2, IOVA + 0x2000);
  ddtp_kill_in(b, 23);
  until_response(b);
  assert_false(b->resp.ok);
  until_response(b);
  assert_true(b->resp.ok);
  assert_int_equal(b->reads, 2 + 4);
}

// Reads that it takes to translate IOVA + 0x5000, whose leaf (at leaf_addr) is under way when IOTINVAL.VMA (AV, PSCV) invalidates
// a page. The read of the command counts too.
static unsigned reads_under_vma(uint64_t leaf_addr, uint64_t leaf, uint64_t invalidated) {
  bench_t *b = start(&small);
  ask(b, 0, 1, IOVA);  // knows the DC
  until_response(b);
  command(b, 1, 0);  // the tables are known no more
  until_kill(b);
  tick(b);
  set_word(b, leaf_addr, leaf);
  b->reads = 0;
  ask(b, 0, 2, IOVA + 0x5000);
  ticks(b, leaf_addr >> 12 == MIDDLE_PPN ? 5 : 26);
  command(b, 1 | UINT64_C(1) << 32 | PSCID << 12 | UINT64_C(1) << 10, invalidated >> 12 << 10);
  until_response(b);
  assert_true(b->resp.ok);
  return b->reads;
}

static void only_a_leaf_that_holds_the_page_is_killed(void **state) {
  (void)state;
  const uint64_t leaf = (MIDDLE_PPN << 12) + 8 * (IOVA >> 21 & 511);
  const uint64_t large = UINT64_C(0x12200) << 10 | LEAF;
  const uint64_t table = LEAVES_PPN << 10 | PCL_PTE_V;
  // Root and 2-MiB leaf, and the command; again with the DC if the page lies in it.
  assert_int_equal(reads_under_vma(leaf, large, IOVA + 0x200000), 3);
  assert_int_equal(reads_under_vma(leaf, large, IOVA + 0x3000), 3 + 3);
  // The same page table with a 4-KiB leaf below.
  assert_int_equal(reads_under_vma(leaf, table, IOVA + 0x3000), 4);
  assert_int_equal(reads_under_vma(leaf, table, IOVA + 0x5000), 4 + 4);
}

static void dead_entries_are_not_used(void **state) {
  (void)state;
  bench_t *b = start_warm(&large);
  ddtp_kill_in(b, 2);
  tick(b);
  ask(b, 0, 1, IOVA);  // device context forgotten, tables and leaf kept
  until_response(b);
  assert_int_equal(b->reads, 4);
  b->reads = 0;
  ask(b, 0, 1, IOVA);
  until_response(b);
  assert_int_equal(b->reads, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(sweep_takes_a_clock_per_set),
    cmocka_unit_test(cold_miss_reads_directory_and_tables),
    cmocka_unit_test(warm_miss_reads_one_pte),
    cmocka_unit_test(second_level_hit_takes_two_clocks),
    cmocka_unit_test(same_page_joins_the_walk),
    cmocka_unit_test(a_port_leaves_a_walker_to_the_other),
    cmocka_unit_test(answers_come_one_per_clock),
    cmocka_unit_test(a_walk_that_waits_to_be_shown_stops_stage_a),
    cmocka_unit_test(a_hit_that_waits_to_be_shown_stops_stage_a),
    cmocka_unit_test(a_flood_of_short_walks_lets_others_be_shown),
    cmocka_unit_test(fault_is_recorded_before_it_is_answered),
    cmocka_unit_test(a_killed_walk_starts_anew),
    cmocka_unit_test(a_waiting_answer_is_killed),
    cmocka_unit_test(only_a_leaf_that_holds_the_page_is_killed),
    cmocka_unit_test(dead_entries_are_not_used),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
