// SPDX-License-Identifier: Apache-2.0
//
// The security monitor's judgement of walks: which grants older and current values of memory allow, and which they do not.
#include "monitor_bench.h"

// ---- Walks that must pass

static void test_plain_grants(void **state) {
  (void)state;
  dma(READ, 0x1008, 0x80008);
  dma(WRITE, 0x1ff0, 0x80ff0);
  pcl_ax_t ax = ax_of(0x1000);
  ax.exec = true;
  dma_of(READ, &ax, 0x80000, 0);
  passes();
  assert_int_equal(monitor_stats(b.monitor)->grants, 3);
}

static void test_identity(void **state) {
  (void)state;
  set_dc(DEVICE, 0, 0);
  inval_ddt(true, DEVICE);
  fence();
  dma(READ, 0x123456789000, 0x123456789000);
  set_ddtp(1);
  dma(WRITE, 0x77000, 0x77000);
  passes();
}

static void test_page_sizes_and_types(void **state) {
  (void)state;
  store(MID + 8, pte(0x400000, RWX));
  store(ROOT + 8, pte(0x80000000, RWX));
  store(leaf_addr(0x10000), pte(0x28000, RWX) | UINT64_C(1) << 63);
  store(leaf_addr(0x20000), pte(0x90000, RWX) | UINT64_C(2) << 61);
  dma(READ, 0x234568, 0x434568);
  dma(READ, 0x41234568, 0x81234568);
  dma(READ, 0x10010, 0x20010);
  dma(READ, 0x17010, 0x27010);   // from the entry of another page of the 64 KiB
  pcl_ax_t ax = ax_of(0x20000);
  dma_of(READ, &ax, 0x90000, 2);
  passes();
}

static void test_stale_before_fence(void **state) {
  (void)state;
  dma(READ, 0x1000, 0x80000);
  store(leaf_addr(0x1000), pte(0x90000, RWX));
  dma(READ, 0x1000, 0x80000);
  dma(READ, 0x1000, 0x90000);
  vma(true, 0x1000, true);
  fetch(2, 0);
  dma(READ, 0x1000, 0x80000);   // fetched, not complete
  passes();
  assert_int_equal(monitor_stats(b.monitor)->stale, 1);
}

static void test_value_stored_after_fetch(void **state) {
  (void)state;
  vma(true, 0x1000, true);
  store(leaf_addr(0x1000), pte(0x90000, RWX));
  fence();
  dma(READ, 0x1000, 0x80000);
  passes();
}

static void test_valid_needs_no_command(void **state) {
  (void)state;
  store(leaf_addr(0x2000), pte(0x90000, RWX));
  dma(READ, 0x2000, 0x90000);
  passes();
}

// ---- Walks that must not

static void test_wrong_page(void **state) {
  (void)state;
  dma(READ, 0x1000, 0x81000);
  alarms("no admissible walk");
}

static void test_wrong_memory_type(void **state) {
  (void)state;
  pcl_ax_t ax = ax_of(0x1000);
  dma_of(READ, &ax, 0x80000, 1);
  alarms("no admissible walk");
}

static void test_rights(void **state) {
  (void)state;
  static const struct { unsigned flags, channel; bool exec; } cases[] = {
    {RWX & ~D, WRITE, false}, {RWX & ~W, WRITE, false}, {RWX & ~U, READ, false}, {RWX & ~A, READ, false},
    {RWX & ~(R | W), READ, false}, {RWX & ~X, READ, true}, {RWX & ~V, READ, false}, {RWX & ~R, READ, false},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    store(leaf_addr(0x2000), pte(0x90000, cases[i].flags));
    vma(false, 0, false);
    fence();
    pcl_ax_t ax = ax_of(0x2000);
    ax.exec = cases[i].exec;
    dma_of(cases[i].channel, &ax, 0x90000, 0);
    alarms("no admissible walk");
    teardown(NULL);
    setup(NULL);
  }
}

static void test_stale_leaf_after_fence(void **state) {
  (void)state;
  dma(READ, 0x1000, 0x80000);
  store(leaf_addr(0x1000), pte(0x90000, RWX));
  vma(true, 0x1000, true);
  fence();
  dma(READ, 0x1000, 0x90000);
  passes();
  assert_int_equal(monitor_stats(b.monitor)->excluded, 1);
  dma(READ, 0x1000, 0x80000);
  alarms("no admissible walk");
}

static void test_fence_by_write(void **state) {
  (void)state;
  store(leaf_addr(0x1000), pte(0x90000, RWX));
  vma(true, 0x1000, false);
  fetch(2 | 1 << 10 | UINT64_C(0x1234) << 32, 0x9004 >> 2);
  pass(1);
  dma(READ, 0x1000, 0x80000);
  passes();
  uint64_t data = UINT64_C(0x1234) << 32 | 0x1234;
  write_beats(CQ_ID, 0x9004, &data, 1, 2, 0xf0);
  passes();
  dma(READ, 0x1000, 0x80000);
  alarms("no admissible walk");
}

static void test_fence_by_interrupt(void **state) {
  (void)state;
  store(leaf_addr(0x1000), pte(0x90000, RWX));
  vma(true, 0x1000, false);
  fetch(2 | 1 << 11, 0);
  pass(1);
  b.probe.fence_w_ip = true;
  tick();
  dma(READ, 0x1000, 0x80000);
  alarms("no admissible walk");
}

static void test_stale_context(void **state) {
  (void)state;
  store(OTHER, pte(MID, V));
  store(OTHER + 8, pte(0x40000000, RWX));
  set_dc(DEVICE, OTHER, PSCID + 1);
  dma(READ, 0x1000, 0x80000);
  store(MID, 0);
  dma(READ, 0x1000, 0x80000);
  inval_ddt(true, DEVICE + 1);
  fence();
  dma(READ, 0x1000, 0x80000);
  passes();
  inval_ddt(true, DEVICE);
  vma(false, 0, false);
  fence();
  dma(READ, 0x40000000, 0x40000000);
  passes();
  dma(READ, 0x1000, 0x80000);
  alarms("no admissible walk");
}

static void test_root_of_pscid_outlives_context(void **state) {
  (void)state;
  store(OTHER, pte(0x40000000, RWX));
  dma(READ, 0x1000, 0x80000);
  set_dc(DEVICE, OTHER, PSCID);
  inval_ddt(true, DEVICE);
  fence();
  dma(READ, 0x1000, 0x80000);   // the PSCID's older root, no AV=0 yet
  passes();
  assert_int_equal(monitor_stats(b.monitor)->shared, 1);
  vma(false, 0, true);
  fence();
  dma(READ, 0x1000, 0x40001000);
  passes();
  dma(READ, 0x1000, 0x80000);
  alarms("no admissible walk");
}

static void test_root_of_other_device(void **state) {
  (void)state;
  store(OTHER, pte(0x40000000, RWX));
  set_dc(DEVICE + 1, OTHER, PSCID);
  pcl_ax_t ax = ax_of(0x2000);
  ax.device_id = DEVICE + 1;
  dma_of(READ, &ax, 0x40002000, 0);
  dma(READ, 0x2000, 0x40002000);
  passes();
  set_dc(DEVICE + 1, OTHER, PSCID + 1);
  inval_ddt(false, 0);
  vma(false, 0, true);
  fence();
  dma(READ, 0x2000, 0x40002000);
  alarms("no admissible walk");
}

static void test_global_is_spared_by_pscv(void **state) {
  (void)state;
  store(leaf_addr(0x2000), pte(0x90000, RWX | G));
  store(leaf_addr(0x2000), 0);
  vma(true, 0x2000, true);
  fence();
  dma(READ, 0x2000, 0x90000);
  vma(false, 0, true);
  fence();
  dma(READ, 0x2000, 0x90000);
  passes();
  vma(true, 0x2000, false);
  fence();
  dma(READ, 0x2000, 0x90000);
  alarms("no admissible walk");
}

static void test_other_tags_spare(void **state) {
  (void)state;
  store(leaf_addr(0x1000), pte(0x90000, RWX));
  vma(true, 0x2000, false);
  fetch(1 | 1 << 10 | (PSCID + 1) << 12 | UINT64_C(1) << 32, 1 << 10);
  fetch(1 | UINT64_C(1) << 33, 0);   // GV=1
  inval_ddt(false, 0);
  fence();
  dma(READ, 0x1000, 0x80000);
  passes();
}

static void test_av_leaves_tables(void **state) {
  (void)state;
  store(OTHER + 8, pte(0xa0000, RWX));
  store(MID, pte(OTHER, V));
  vma(true, 0x1000, false);
  fence();
  dma(READ, 0x1000, 0x80000);   // the older table is still usable, its leaf is current
  dma(READ, 0x1000, 0xa0000);
  passes();
  vma(false, 0, false);
  fence();
  dma(READ, 0x1000, 0x80000);
  alarms("no admissible walk");
}

static void test_superpage_is_covered_whole(void **state) {
  (void)state;
  store(MID + 8, pte(0x400000, RWX));
  dma(READ, 0x345000, 0x545000);
  store(MID + 8, pte(0x600000, RWX));
  vma(true, 0x400000, true);
  fence();
  dma(READ, 0x345000, 0x545000);
  passes();
  vma(true, 0x200000, true);
  fence();
  dma(READ, 0x345000, 0x545000);
  alarms("no admissible walk");
}

static void test_directory_needs_dv0(void **state) {
  (void)state;
  store(OTHER, pte(DDT, V));
  set_ddtp((uint64_t)OTHER >> 2 | 3);
  dma(READ, 0x1000, 0x80000);
  store(OTHER, 0);
  inval_ddt(true, DEVICE);
  fence();
  dma(READ, 0x1000, 0x80000);
  passes();
  inval_ddt(false, 0);
  fence();
  dma(READ, 0x1000, 0x80000);
  alarms("no admissible walk");
}

static void test_off(void **state) {
  (void)state;
  reg_write(ADDR_DDTP, 0, 8);
  b.probe.ddtp_busy = true;
  dma(READ, 0x1000, 0x80000);
  passes();
  b.probe.ddtp_busy = false;
  tick();
  dma(READ, 0x1000, 0x80000);
  alarms("no admissible walk");
}

static void test_misconfigured_context(void **state) {
  (void)state;
  store(dc_addr(DEVICE) + 24, UINT64_C(10) << 60 | ROOT >> 12);   // Sv57 is not built
  inval_ddt(true, DEVICE);
  vma(false, 0, false);
  fence();
  dma(READ, 0x1000, 0x80000);
  alarms("no admissible walk");
}

static void test_canonical(void **state) {
  (void)state;
  dma(READ, UINT64_C(1) << 39 | 0x1000, 0x80000);
  alarms("no admissible walk");
}

static void test_longer_tables(void **state) {
  (void)state;
  store(OTHER + 8, pte(ROOT, V));
  store(dc_addr(DEVICE) + 24, UINT64_C(9) << 60 | OTHER >> 12);   // Sv48
  inval_ddt(true, DEVICE);
  vma(false, 0, true);
  fence();
  dma(READ, UINT64_C(1) << 39 | 0x1000, 0x80000);
  passes();
  monitor_reset(b.monitor, b.cycle, ~UINT64_C(0x400));   // a fuse takes Sv48 away
  set_ddtp((uint64_t)DDT >> 2 | 2);
  dma(READ, UINT64_C(1) << 39 | 0x1000, 0x80000);
  alarms("no admissible walk");
}

static void test_new_directory(void **state) {
  (void)state;
  store(OTHER + DEVICE * 32 + 24, UINT64_C(8) << 60 | (OTHER + 0x1000) >> 12);
  store(OTHER + DEVICE * 32 + 16, (uint64_t)(PSCID + 1) << 12);
  store(OTHER + DEVICE * 32, 1);
  store(OTHER + 0x1000, pte(0x40000000, RWX));
  set_ddtp((uint64_t)OTHER >> 2 | 2);
  dma(READ, 0x1000, 0x40001000);
  passes();
  dma(READ, 0x1000, 0x80000);
  alarms("no admissible walk");
}

static void test_merged_halves(void **state) {
  (void)state;
  store(leaf_addr(0x2000), pte(0x90000, RWX) & 0xffffffff);
  store(leaf_addr(0x2000), pte(UINT64_C(0xabcde00090000), RWX));
  dma(READ, 0x2000, 0x90000);   // the value between the two stores
  dma(READ, 0x2000, 0xabcde00090000);
  passes();
}

static void test_reset_forgets(void **state) {
  (void)state;
  store(leaf_addr(0x1000), pte(0x90000, RWX));
  b.cycle++;
  monitor_reset(b.monitor, b.cycle, ~UINT64_C(0));
  set_ddtp((uint64_t)DDT >> 2 | 2);
  dma(READ, 0x1000, 0x80000);
  alarms("no admissible walk");
}

int main(void) {
  const struct CMUnitTest tests[] = {
    MONITOR_TEST(test_plain_grants),
    MONITOR_TEST(test_identity),
    MONITOR_TEST(test_page_sizes_and_types),
    MONITOR_TEST(test_stale_before_fence),
    MONITOR_TEST(test_value_stored_after_fetch),
    MONITOR_TEST(test_valid_needs_no_command),
    MONITOR_TEST(test_wrong_page),
    MONITOR_TEST(test_wrong_memory_type),
    MONITOR_TEST(test_rights),
    MONITOR_TEST(test_stale_leaf_after_fence),
    MONITOR_TEST(test_fence_by_write),
    MONITOR_TEST(test_fence_by_interrupt),
    MONITOR_TEST(test_stale_context),
    MONITOR_TEST(test_root_of_pscid_outlives_context),
    MONITOR_TEST(test_root_of_other_device),
    MONITOR_TEST(test_global_is_spared_by_pscv),
    MONITOR_TEST(test_other_tags_spare),
    MONITOR_TEST(test_av_leaves_tables),
    MONITOR_TEST(test_superpage_is_covered_whole),
    MONITOR_TEST(test_directory_needs_dv0),
    MONITOR_TEST(test_off),
    MONITOR_TEST(test_misconfigured_context),
    MONITOR_TEST(test_canonical),
    MONITOR_TEST(test_longer_tables),
    MONITOR_TEST(test_new_directory),
    MONITOR_TEST(test_merged_halves),
    MONITOR_TEST(test_reset_forgets),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
