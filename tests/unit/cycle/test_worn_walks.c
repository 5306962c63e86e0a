// SPDX-License-Identifier: Apache-2.0
// The budget of a walk of the core's twin whose updates of A and D come to nothing (docs/microarchitecture.md, section 5.3):
// lost writes and changed entries have 64 tries together, over all updates and restarts of the walk.
#include "arch/causes.h"
#include "two_stage_bench.h"

enum { TRIES = 64, PAGE = 1, GPN = DATA_GPN + PAGE };

static const pcl_config_t updating = {
  .num_ports = 1, .port_misses = 8, .l2_entries = 64, .l2_ways = 4, .dc_entries = 2, .nl_entries = 4, .g_entries = 8,
  .walkers = 2, .cq_depth = 1, .fq_depth = 1, .sv39x4 = 1, .amo_hwad = 1};

static bench_t bench;

// A device whose tables are known; the second-stage leaf of PAGE lacks A.
static bench_t *start(void) {
  bench_t *b = &bench;
  two_stage_init(b, &updating);
  warm(b, 0);
  set_g_leaf(b, GPN, LEAF & ~PCL_PTE_A);
  b->writes = 0;
  return b;
}

// Another entry that lacks A: a bit for software toggles.
static void change_entry(bench_t *b) { set_word(b, g_leaf_addr(GPN), get_word(b, g_leaf_addr(GPN)) ^ 1 << 8); }

// Asks for PAGE and waits for its answer. While no write is to be lost any more the entry changes before its exclusive read, up
// to `changes` times. Returns how many exclusive reads there were.
static unsigned translate(bench_t *b, unsigned changes) {
  const unsigned before = b->responses;
  unsigned reads = 0;
  bool changed = false;
  ask(b, 0, 1, IOVA + (PAGE << 12));
  while (b->responses == before) {
    const bool about = b->core.pool.in[PCL_WALKER_XAR] != 0;
    if (about && !changed && b->lost == 0 && changes != 0) {
      change_entry(b);
      changes--;
    }
    changed = about;
    tick(b);
    reads += b->out.ds.ar.valid && b->out.ds.ar.lock;
  }
  return reads;
}

static void assert_access_fault(const bench_t *b) {
  assert_false(b->resp.ok);
  assert_int_equal(b->core.pool.walker[0].walk.outcome.fault.cause, PCL_CAUSE_READ_ACCESS);
}

static void changed_entries_end_in_an_access_fault(void **state) {
  (void)state;
  bench_t *b = start();
  assert_int_equal(translate(b, 1000), TRIES);
  assert_access_fault(b);
  assert_int_equal(b->writes, 0);
}

static void the_last_try_may_succeed(void **state) {
  (void)state;
  bench_t *b = start();
  assert_int_equal(translate(b, TRIES - 1), TRIES);
  assert_true(b->resp.ok);
  assert_int_equal(b->writes, 1);
}

static void lost_writes_and_changed_entries_count_together(void **state) {
  (void)state;
  bench_t *b = start();
  b->lost = 40;
  assert_int_equal(translate(b, 1000), TRIES);
  assert_access_fault(b);
  assert_int_equal(b->writes, 40);
}

// The same walker: the second walk comes to its 64th try.
static void a_new_walk_has_all_tries(void **state) {
  (void)state;
  bench_t *b = start();
  translate(b, 1000);
  assert_access_fault(b);
  b->lost = TRIES - 1;
  assert_int_equal(translate(b, 0), TRIES);
  assert_true(b->resp.ok);
  assert_int_equal(b->writes, TRIES);
}

// The leaf of the first stage succeeds at the last try, at which that of the second, not yet read, changes; when it changes again
// after it has been read, no try is left.
static void the_updates_of_a_walk_share_its_tries(void **state) {
  (void)state;
  bench_t *b = start();
  set_s1_leaf(b, PAGE, LEAF & ~PCL_PTE_A);
  b->lost = TRIES - 1;
  assert_int_equal(translate(b, 2), TRIES + 1);
  assert_access_fault(b);
  assert_true(get_word(b, s1_leaf_addr(PAGE)) & PCL_PTE_A);
  assert_int_equal(b->writes, TRIES);
}

// A walk killed while its B is awaited: the lost write counts, though what comes is dropped and the walk starts anew.
static void a_loss_of_a_stale_walk_counts(void **state) {
  (void)state;
  bench_t *b = start();
  b->lost = TRIES;
  ask(b, 0, 1, IOVA + (PAGE << 12));
  while (!b->core.pool.in[PCL_WALKER_XB]) tick(b);
  b->forced = (pcl_inv_t){.op = PCL_INV_GVMA, .gv = true, .gscid = GSCID, .kill = true};
  for (const unsigned before = b->responses; b->responses == before;) tick(b);
  assert_access_fault(b);
  assert_int_equal(b->writes, TRIES);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(changed_entries_end_in_an_access_fault),
    cmocka_unit_test(the_last_try_may_succeed),
    cmocka_unit_test(lost_writes_and_changed_entries_count_together),
    cmocka_unit_test(a_new_walk_has_all_tries),
    cmocka_unit_test(the_updates_of_a_walk_share_its_tries),
    cmocka_unit_test(a_loss_of_a_stale_walk_counts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
