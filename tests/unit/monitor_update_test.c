// SPDX-License-Identifier: Apache-2.0
//
// The security monitor's judgement of updates of A and D: exclusive pairs on leaves that an admissible walk meets, and no others.
#include "monitor_guest.h"

// The second half of an exclusive pair of a walker on an entry of `bytes`, and its effect on memory.
static void walker_writes(uint64_t addr, uint64_t value, unsigned bytes, bool lock) {
  unsigned shift = bytes == 4 && (addr & 4) ? 32 : 0;
  uint64_t mask = bytes == 8 ? ~UINT64_C(0) : UINT64_C(0xffffffff) << shift;
  b.out.ds.aw = (pcl_ax_t){.valid = true, .id = WALKER, .addr = addr, .size = bytes == 8 ? 3 : 2, .lock = lock};
  b.out.ds.w = (pcl_w_t){.valid = true, .last = true, .strb = bytes == 8 ? 0xff : shift ? 0xf0 : 0x0f,
                         .data = {bytes == 8 ? value : value << 32 | value}};
  b.in.ds.aw_ready = b.in.ds.w_ready = true;
  tick();
  store(addr & ~UINT64_C(7), (b.memory[addr / 8] & ~mask) | (value << shift & mask));
  b.in.ds.b = (pcl_b_t){.valid = true, .id = WALKER, .resp = lock ? PCL_RESP_EXOKAY : PCL_RESP_OKAY};
  tick();
}

static void update(uint64_t addr, uint64_t value) {
  walker_reads(addr, true);
  walker_writes(addr, value, 8, true);
}

// The leaf of IOVA 0x2000, which is mapped to GPA 0x9000, and the second stage's leaf of that.
static void set_leaves(uint64_t tc, unsigned first, unsigned second) {
  set_field(TC_OFFSET, 1 | tc);
  store(guest_leaf(0x2000), pte(0x9000, first));
  store(gleaf(0x9000), pte(spa(0x9000), second));
  everything_anew();
}

static pcl_ax_t asks(unsigned channel) {
  pcl_ax_t ax = ax_of(0x2000);
  take(channel, &ax);
  return ax;
}

// ---- Legal

static void test_first_stage(void **state) {
  (void)state;
  set_leaves(SADE, RWX & ~A & ~D, RWX);
  pcl_ax_t ax = asks(READ);
  update(guest_leaf(0x2000), pte(0x9000, RWX & ~D));
  show(READ, &ax, spa(0x9000), 0);
  memory_answers(READ, ax.id);
  passes();
  ax = asks(WRITE);
  update(guest_leaf(0x2000), pte(0x9000, RWX));
  show(WRITE, &ax, spa(0x9000), 0);
  passes();
  assert_int_equal(monitor_stats(b.monitor)->updates, 2);
}

static void test_both_by_a_store(void **state) {
  (void)state;
  set_leaves(SADE | GADE, RWX & ~A & ~D, RWX & ~A & ~D);
  pcl_ax_t ax = asks(WRITE);
  update(guest_leaf(0x2000), pte(0x9000, RWX));
  update(gleaf(0x9000), pte(spa(0x9000), RWX));
  show(WRITE, &ax, spa(0x9000), 0);
  passes();
}

static void test_second_stage_of_a_table(void **state) {
  (void)state;
  store(gleaf(LOW), pte(spa(LOW), RWX & ~A & ~D));
  set_leaves(SADE | GADE, RWX & ~A & ~D, RWX);
  pcl_ax_t ax = asks(READ);
  update(gleaf(LOW), pte(spa(LOW), RWX & ~D));   // read implicitly
  update(gleaf(LOW), pte(spa(LOW), RWX));        // before the store of the guest's A
  update(guest_leaf(0x2000), pte(0x9000, RWX & ~D));
  show(READ, &ax, spa(0x9000), 0);
  passes();
}

static void test_sv32(void **state) {
  (void)state;
  store(spa(ROOT), pte(LOW, V));
  store(spa(LOW) + 8, pte(0x9000, RWX & ~A) << 32 | 0x12345678);
  set_field(TC_OFFSET, 1 | SXL | SADE);
  everything_anew();
  pcl_ax_t ax = ax_of(0x3000);
  take(READ, &ax);
  walker_reads(spa(LOW) + 12, true);
  walker_writes(spa(LOW) + 12, pte(0x9000, RWX), 4, true);
  show(READ, &ax, spa(0x9000), 0);
  passes();
}

static void test_after_isolation(void **state) {
  (void)state;
  set_leaves(SADE, RWX & ~A, RWX);
  asks(READ);
  b.probe.isolated = 1;
  tick();
  update(guest_leaf(0x2000), pte(0x9000, RWX));  // its walk goes on
  passes();
}

static void test_older_tables(void **state) {
  (void)state;
  set_leaves(SADE, RWX & ~A, RWX);
  store(spa(MID), 0);
  asks(READ);
  update(guest_leaf(0x2000), pte(0x9000, RWX));
  passes();
  again();
  set_leaves(SADE, RWX & ~A, RWX);
  store(spa(MID), 0);
  guest_vma(of_gscid(GSCID), 0);
  fence();
  asks(READ);
  update(guest_leaf(0x2000), pte(0x9000, RWX));
  alarms("of no admissible walk");
}

// ---- Illegal

static void test_grant_before(void **state) {
  (void)state;
  static const struct { unsigned first, second, channel; } cases[] = {
    {RWX & ~A, RWX, READ}, {RWX & ~D, RWX, WRITE}, {RWX, RWX & ~A, READ}, {RWX, RWX & ~D, WRITE},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    set_leaves(SADE | GADE, cases[i].first, cases[i].second);
    pcl_ax_t ax = asks(cases[i].channel);
    show(cases[i].channel, &ax, spa(0x9000), 0);
    refused();
    again();
  }
}

static void test_of_no_walk(void **state) {
  (void)state;
  static const struct { uint64_t tc; unsigned first, second, channel; bool of_second; unsigned set; } cases[] = {
    {GADE, RWX & ~A, RWX, READ, false, A},             // SADE=0
    {SADE, RWX, RWX & ~A, READ, true, A},              // GADE=0
    {SADE, RWX & ~D, RWX, READ, false, D},             // D by a read
    {SADE | GADE, RWX & ~A & ~D, RWX, READ, false, A | D},
    {SADE | GADE, RWX & ~A & ~D, RWX, WRITE, false, A},   // a store sets both
    {SADE | GADE, RWX, RWX & ~D, READ, true, D},
    {SADE | GADE, RWX & ~A & ~U, RWX, READ, false, A}, // not permitted
    {SADE | GADE, RWX & ~D & ~W, RWX, WRITE, false, D},
    {SADE | GADE, RWX & ~A & ~V, RWX, READ, false, A},
    {SADE | GADE, RWX, RWX & ~A & ~U, READ, true, A},
    {SADE | GADE, (RWX & ~A & ~R) | W, RWX, READ, false, A},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    set_leaves(cases[i].tc, cases[i].first, cases[i].second);
    asks(cases[i].channel);
    uint64_t addr = cases[i].of_second ? gleaf(0x9000) : guest_leaf(0x2000);
    update(addr, b.memory[addr / 8] | cases[i].set);
    alarms("of no admissible walk");
    again();
  }
}

static void test_page_of_the_table_not_writable(void **state) {
  (void)state;
  static const unsigned flags[] = {RWX & ~W & ~D, RWX & ~D};
  for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++) {
    store(gleaf(LOW), pte(spa(LOW), flags[i]));
    set_leaves(SADE, RWX & ~A, RWX);
    asks(READ);
    update(guest_leaf(0x2000), pte(0x9000, RWX));
    alarms("of no admissible walk");
    again();
  }
}

static void test_other_entry(void **state) {
  (void)state;
  store(guest_leaf(0x3000), pte(0x9000, RWX & ~A));
  set_leaves(SADE, RWX & ~A, RWX);
  asks(READ);
  update(guest_leaf(0x3000), pte(0x9000, RWX));
  alarms("of no admissible walk");
}

static void test_nobody_asks(void **state) {
  (void)state;
  set_leaves(SADE, RWX & ~A, RWX);
  update(guest_leaf(0x2000), pte(0x9000, RWX));
  alarms("of no admissible walk");
}

static void test_other_bits(void **state) {
  (void)state;
  static const unsigned values[] = {RWX & ~D, RWX | 0x100, RWX & ~A, RWX | G};
  for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
    set_leaves(SADE, RWX & ~A, RWX);
    asks(READ);
    update(guest_leaf(0x2000), pte(0x9000, values[i]));
    alarms("does not set A and D alone");
    again();
  }
}

static void test_pairs(void **state) {
  (void)state;
  set_leaves(SADE, RWX & ~A, RWX);
  asks(READ);
  walker_reads(guest_leaf(0x2000), false);
  walker_writes(guest_leaf(0x2000), pte(0x9000, RWX), 8, true);
  alarms("follows no exclusive read");
  again();
  set_leaves(SADE, RWX & ~A, RWX);
  asks(READ);
  walker_reads(guest_leaf(0x2000), true);
  walker_writes(guest_leaf(0x2000), pte(0x9000, RWX), 8, false);
  alarms("no exclusive write");
}

// The entry changed after the walk: what the exclusive read found is not what is written over.
static void test_changed_entry(void **state) {
  (void)state;
  set_leaves(SADE, RWX & ~A, RWX);
  asks(READ);
  store(guest_leaf(0x2000), pte(0xb000, RWX & ~A));
  update(guest_leaf(0x2000), pte(0x9000, RWX));
  alarms("does not set A and D alone");
}

static void test_not_built(void **state) {
  (void)state;
  teardown(NULL);
  start_guest(~(UINT64_C(1) << 24));
  store(guest_leaf(0x2000), pte(0x9000, RWX & ~A));
  asks(READ);
  update(guest_leaf(0x2000), pte(0x9000, RWX));
  alarms("of a walker");
}

int main(void) {
  const struct CMUnitTest tests[] = {
    MONITOR_TEST_WITH(test_first_stage, setup_guest),
    MONITOR_TEST_WITH(test_both_by_a_store, setup_guest),
    MONITOR_TEST_WITH(test_second_stage_of_a_table, setup_guest),
    MONITOR_TEST_WITH(test_sv32, setup_guest),
    MONITOR_TEST_WITH(test_after_isolation, setup_guest),
    MONITOR_TEST_WITH(test_older_tables, setup_guest),
    MONITOR_TEST_WITH(test_grant_before, setup_guest),
    MONITOR_TEST_WITH(test_of_no_walk, setup_guest),
    MONITOR_TEST_WITH(test_page_of_the_table_not_writable, setup_guest),
    MONITOR_TEST_WITH(test_other_entry, setup_guest),
    MONITOR_TEST_WITH(test_nobody_asks, setup_guest),
    MONITOR_TEST_WITH(test_other_bits, setup_guest),
    MONITOR_TEST_WITH(test_pairs, setup_guest),
    MONITOR_TEST_WITH(test_changed_entry, setup_guest),
    MONITOR_TEST_WITH(test_not_built, setup_guest),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
