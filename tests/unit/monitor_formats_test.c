// SPDX-License-Identifier: Apache-2.0
//
// The security monitor on formats of tables of both stages, MSI pages, and faults of guests.
#include "monitor_guest.h"

// ---- Formats

static void test_longer_second_stage(void **state) {
  (void)state;
  for (unsigned mode = 9; mode <= 10; mode++) {
    store(0x20000, pte(mode == 9 ? GROOT : 0x24000, V));
    store(0x24000, pte(GROOT, V));
    set_field(IOHGATP, (uint64_t)mode << 60 | (uint64_t)GSCID << 44 | 0x20);
    everything_anew();
    dma(READ, 0x1000, spa(0x8000));
    passes();
    again();
  }
  set_field(IOHGATP, UINT64_C(8) << 60 | (uint64_t)GSCID << 44 | (GROOT >> 12) | 1);   // not aligned
  everything_anew();
  dma(READ, 0x1000, spa(0x8000));
  refused();
}

static void test_sv32(void **state) {
  (void)state;
  set_field(TC_OFFSET, 1 | SXL);
  // Entries of 4 bytes: IOVA 0x803000 is entry 2 of the root, 3 of the table; 0x1401000 is entry 5, a page of 4 MiB.
  store(spa(ROOT) + 8, pte(LOW, V));
  store(spa(LOW) + 8, pte(0x9000, RWX) << 32);
  store(spa(ROOT) + 16, (pte(0x400000, RWX)) << 32);
  store(GMID + 16, pte(0x40000000, RWX));
  everything_anew();
  dma(READ, 0x803008, spa(0x9008));
  dma(READ, 0x1401000, 0x40001000);
  passes();
  dma(READ, UINT64_C(1) << 32 | 0x803000, spa(0x9000));
  refused();
}

static void test_sv32x4(void **state) {
  (void)state;
  set_ddtp(0);
  reg_write(ADDR_FCTL, 4, 4);
  set_ddtp((uint64_t)DDT >> 2 | 2);
  set_field(TC_OFFSET, 1 | SXL);
  set_field(FSC, 0);
  set_field(IOHGATP, UINT64_C(8) << 60 | (uint64_t)GSCID << 44 | 0x20);
  store(0x20000 + 4094 * 4, pte(0x24000, V));    // GPA[33:22] = 4094
  store(0x24000 + 8, (pte(0x77000, RWX)) << 32); // entry 3
  walker_reads(0x20000, false);
  everything_anew();
  dma(READ, UINT64_C(4094) << 22 | 0x3000, 0x77000);
  passes();
  dma(READ, UINT64_C(1) << 34 | UINT64_C(4094) << 22 | 0x3000, 0x77000);
  refused();
}

static void test_software_bits(void **state) {
  (void)state;
  store(guest_leaf(0x1000), pte(0x8000, RWX) | UINT64_C(3) << 59);
  store(gleaf(0x8000), pte(spa(0x8000), RWX) | UINT64_C(2) << 59);
  everything_anew();
  dma(READ, 0x1000, spa(0x8000));
  passes();
  teardown(NULL);
  start_guest(~(UINT64_C(1) << 14));
  store(guest_leaf(0x1000), pte(0x8000, RWX) | UINT64_C(1) << 59);
  everything_anew();
  dma(READ, 0x1000, spa(0x8000));
  refused();
}

static void test_fuses(void **state) {
  (void)state;
  static const struct { unsigned bit, offset; uint64_t value; } cases[] = {
    {17, TC_OFFSET, 1}, {24, TC_OFFSET, 1 | GADE}, {24, TC_OFFSET, 1 | SADE}, {9, TC_OFFSET, 1},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    teardown(NULL);
    start_guest(~(UINT64_C(1) << cases[i].bit));
    set_field(cases[i].offset, cases[i].value);
    everything_anew();
    dma(READ, 0x1000, spa(0x8000));
    refused();
  }
}

static void test_64k_pages(void **state) {
  (void)state;
  set_field(FSC, 0);
  store(gleaf(0x110000), pte(0x28000, RWX) | UINT64_C(1) << 63);   // one of the 16 only
  everything_anew();
  dma(READ, 0x110010, 0x20010);
  dma(READ, 0x11f010, 0x2f010);
  passes();
  dma(READ, 0x120010, 0x20010);
  refused();
}

// ---- MSI pages

static void set_msi(void) {
  set_field(MSI_MASK, 5);
  set_field(MSI_PATTERN, 0x100);
  set_field(MSIPTP, UINT64_C(1) << 60 | MSI >> 12);
  store(MSI + 3 * 16, pte(0x60000, 7));          // GPA 0x105000: file 3
  store(guest_leaf(0x1000), pte(0x105000, RWX));
  store(gleaf(0x105000), pte(0x70000, RWX));
  everything_anew();
}

static void test_msi_page(void **state) {
  (void)state;
  set_msi();
  dma(WRITE, 0x1000, 0x60000);
  dma(READ, 0x1000, 0x60000);
  passes();
  dma(WRITE, 0x1000, 0x70000);                   // by the second stage
  refused();
}

static void test_msi_page_stale(void **state) {
  (void)state;
  set_msi();
  store(MSI + 3 * 16, pte(0x61000, 7));
  gvma(AV | of_gscid(GSCID), 0x104000);
  fence();
  dma(WRITE, 0x1000, 0x60000);
  passes();
  gvma(AV | of_gscid(GSCID), 0x105000);
  fence();
  dma(WRITE, 0x1000, 0x61000);
  passes();
  dma(WRITE, 0x1000, 0x60000);
  refused();
}

static void test_msi_formats(void **state) {
  (void)state;
  static const uint64_t flags[] = {6, 5, 3, 1, 7 | UINT64_C(1) << 63, 7 | UINT64_C(1) << 54, 7 | 8};
  for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++) {
    set_msi();
    store(MSI + 3 * 16, UINT64_C(0x60) << 10 | flags[i]);
    everything_anew();
    dma(WRITE, 0x1000, 0x60000);
    refused();
    again();
  }
  set_msi();
  pcl_ax_t ax = ax_of(0x1000);
  ax.exec = true;
  dma_of(READ, &ax, 0x60000, 0);
  refused();
}

// ---- Faults

static void test_guest_faults(void **state) {
  (void)state;
  pcl_ax_t ax = ax_of(0x1000);
  store(gleaf(0x8000), 0);
  take(READ, &ax);
  fq_iotval2 = 0x8000;
  record(0, 21, 0x1000);
  refuse(ax.id);
  passes();
  store(gleaf(0x8000), pte(spa(0x8000), RWX));
  store(gleaf(MID), 0);                          // an implicit access
  take(READ, &ax);
  fq_iotval2 = MID | 1;
  record(1, 21, 0x1000);
  refuse(ax.id);
  passes();
  store(gleaf(MID), pte(spa(MID), RWX));
  tick();
  take(READ, &ax);
  record(2, 21, 0x1000);
  alarms("explains");
}

static void test_iotval2(void **state) {
  (void)state;
  static const struct { uint64_t right, wrong; bool table; } cases[] = {
    {0x8010, 0x9010, false}, {0x8010, 0x8011, false}, {MID | 1, MID | 3, true}, {MID | 1, MID, true},
  };
  for (unsigned i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
    pcl_ax_t ax = ax_of(0x1010);
    store(gleaf(cases[i / 2].table ? MID : 0x8000), 0);
    take(READ, &ax);
    fq_iotval2 = i % 2 ? cases[i / 2].wrong : cases[i / 2].right;
    record(0, 21, 0x1010);
    if (i % 2) alarms("explains");
    else passes();
    again();
  }
  pcl_ax_t ax = ax_of(0x2000);
  take(READ, &ax);
  fq_iotval2 = 0x8000;
  record(0, 13, 0x2000);
  alarms("cause 13 and iotval2 0x8000");
}

static void test_faults_of_other_kinds(void **state) {
  (void)state;
  pcl_ax_t ax = ax_of(0x2000);                   // V=0 in the first stage
  take(READ, &ax);
  record(0, 13, 0x2000);
  refuse(ax.id);
  set_msi();
  store(MSI + 3 * 16, 0);
  ax = ax_of(0x1000);
  take(READ, &ax);
  record(1, 262, 0x1000);
  refuse(ax.id);
  passes();
  take(READ, &ax);
  record(2, 21, 0x1000);
  alarms("explains");
}

static void test_alarm_shows_the_walk(void **state) {
  (void)state;
  dma(READ, 0x1000, 0x8000);
  alarms("first-stage PTE at 0x46008: 0x20df");
  alarms("second-stage PTE at 0x19040: 0x120df");
}

int main(void) {
  const struct CMUnitTest tests[] = {
    MONITOR_TEST_WITH(test_longer_second_stage, setup_guest),
    MONITOR_TEST_WITH(test_sv32, setup_guest),
    MONITOR_TEST_WITH(test_sv32x4, setup_guest),
    MONITOR_TEST_WITH(test_software_bits, setup_guest),
    MONITOR_TEST_WITH(test_fuses, setup_guest),
    MONITOR_TEST_WITH(test_64k_pages, setup_guest),
    MONITOR_TEST_WITH(test_msi_page, setup_guest),
    MONITOR_TEST_WITH(test_msi_page_stale, setup_guest),
    MONITOR_TEST_WITH(test_msi_formats, setup_guest),
    MONITOR_TEST_WITH(test_guest_faults, setup_guest),
    MONITOR_TEST_WITH(test_iotval2, setup_guest),
    MONITOR_TEST_WITH(test_faults_of_other_kinds, setup_guest),
    MONITOR_TEST_WITH(test_alarm_shows_the_walk, setup_guest),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
