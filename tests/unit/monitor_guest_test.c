// SPDX-License-Identifier: Apache-2.0
//
// The security monitor's judgement of two-stage walks: rights of both stages, coverage by IOTINVAL, roots, formats, faults.
#include "monitor_guest.h"

// ---- Current values

static void test_two_stages(void **state) {
  (void)state;
  dma(READ, 0x1008, spa(0x8008));
  dma(WRITE, 0x1010, spa(0x8010));
  passes();
  dma(READ, 0x1000, 0x8000);   // the second stage left out
  refused();
}

static void test_first_stage_left_out(void **state) {
  (void)state;
  dma(READ, 0x1000, spa(0x1000));
  refused();
}

static void test_first_stage_bare(void **state) {
  (void)state;
  set_field(FSC, 0);
  store(GROOT + 1535 * 8, pte(0x40000000, RWX));   // index of 11 bits
  everything_anew();
  dma(READ, 0x9000, spa(0x9000));
  dma(READ, UINT64_C(1535) << 30 | 0x123000, 0x40123000);
  passes();
  dma(READ, UINT64_C(1) << 41 | 0x9000, spa(0x9000));
  refused();
}

static void test_rights_of_both(void **state) {
  (void)state;
  static const struct { unsigned first, second, channel; bool exec, good; } cases[] = {
    {RWX, RWX & ~W & ~D, READ, false, true}, {RWX, RWX & ~W, WRITE, false, false}, {RWX & ~W, RWX, WRITE, false, false},
    {RWX, RWX & ~X, READ, true, false}, {RWX & ~X, RWX, READ, true, false}, {RWX, RWX & ~U, READ, false, false},
    {RWX, RWX & ~A, READ, false, false}, {RWX, RWX & ~D, WRITE, false, false}, {RWX & ~D, RWX, WRITE, false, false},
    {RWX & ~U, RWX, READ, false, false}, {RWX | G, RWX | G, WRITE, false, true}, {RWX, RWX & ~V, READ, false, false},
    {RWX, RWX & ~R & ~W, READ, true, true}, {RWX, RWX & ~R, READ, false, false},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    store(guest_leaf(0x2000), pte(0x9000, cases[i].first));
    store(gleaf(0x9000), pte(spa(0x9000), cases[i].second));
    everything_anew();
    pcl_ax_t ax = ax_of(0x2000);
    ax.exec = cases[i].exec;
    dma_of(cases[i].channel, &ax, spa(0x9000), 0);
    if (cases[i].good) passes();
    else refused();
    again();
  }
}

static void test_tables_must_be_readable(void **state) {
  (void)state;
  static const unsigned flags[] = {RWX & ~R & ~W, RWX & ~U, RWX & ~A, 0};
  for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++) {
    store(gleaf(MID), pte(spa(MID), flags[i]));
    everything_anew();
    dma(READ, 0x1000, spa(0x8000));
    refused();
    again();
  }
  store(gleaf(MID), pte(spa(MID), V | R | U | A));   // and no more
  everything_anew();
  dma(WRITE, 0x1000, spa(0x8000));
  passes();
}

static void test_memory_types(void **state) {
  (void)state;
  pcl_ax_t ax = ax_of(0x1000);
  store(gleaf(0x8000), pte(spa(0x8000), RWX) | UINT64_C(2) << 61);
  everything_anew();
  dma_of(READ, &ax, spa(0x8000), 2);
  store(guest_leaf(0x1000), pte(0x8000, RWX) | UINT64_C(1) << 61);
  everything_anew();
  dma_of(READ, &ax, spa(0x8000), 1);
  passes();
  dma_of(READ, &ax, spa(0x8000), 2);
  refused();
}

// ---- Coverage

static void test_gvma_covers_leaf(void **state) {
  (void)state;
  static const struct { uint64_t flags, gpa; bool covers; } cases[] = {
    {AV | gv | (uint64_t)GSCID << 44, 0x8000, true}, {AV | gv | (uint64_t)GSCID << 44, 0x9000, false},
    {AV | gv | (uint64_t)(GSCID + 1) << 44, 0x8000, false}, {gv | (uint64_t)GSCID << 44, 0, true}, {AV, 0x777000, true},
    {gv | (uint64_t)(GSCID + 1) << 44, 0, false},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    dma(READ, 0x1000, spa(0x8000));
    store(gleaf(0x8000), pte(0x7000, RWX));
    dma(READ, 0x1000, spa(0x8000));
    gvma(cases[i].flags, cases[i].gpa);
    dma(READ, 0x1000, spa(0x8000));   // not complete yet
    passes();
    fence();
    dma(READ, 0x1000, 0x7000);
    passes();
    dma(READ, 0x1000, spa(0x8000));
    if (cases[i].covers) refused();
    else passes();
    again();
  }
}

static void test_vma_spares_second_stage(void **state) {
  (void)state;
  store(gleaf(0x8000), pte(0x7000, RWX));
  guest_vma(of_gscid(GSCID), 0);
  fence();
  dma(READ, 0x1000, spa(0x8000));
  passes();
}

static void test_gvma_covers_table_page(void **state) {
  (void)state;
  store(spa(OTHER) + 8, pte(0x9000, RWX));       // the guest's LOW as another frame has it
  store(gleaf(LOW), pte(spa(OTHER), RWX));
  dma(READ, 0x1000, spa(0x8000));
  dma(READ, 0x1000, spa(0x9000));
  passes();
  gvma(AV | of_gscid(GSCID), LOW);
  fence();
  dma(READ, 0x1000, spa(0x9000));
  passes();
  dma(READ, 0x1000, spa(0x8000));
  refused();
}

static void test_gvma_superpage_and_range(void **state) {
  (void)state;
  static const struct { uint64_t flags, addr; bool covers; } cases[] = {
    {AV, 0x3ff000, true}, {AV, 0x400000, false}, {AV, 0x1ff000, false},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    set_field(FSC, 0);
    store(GMID + 8, pte(0x40000000, RWX));   // GPAs 2 .. 4 MiB
    everything_anew();
    store(GMID + 8, pte(0x50000000, RWX));
    gvma(cases[i].flags | of_gscid(GSCID), cases[i].addr);
    fence();
    dma(READ, 0x234000, 0x40034000);
    if (cases[i].covers) refused();
    else passes();
    again();
  }
  set_field(FSC, 0);
  store(GMID + 8, pte(0x40000000, RWX));
  everything_anew();
  store(GMID + 8, pte(0x50000000, RWX));
  fetch(1 | 1 << 7 | AV | of_gscid(GSCID), UINT64_C(0x1ff) << 10 | s_range);   // 0 .. 4 MiB
  fence();
  dma(READ, 0x234000, 0x40034000);
  refused();
}

static void test_pointers_need_nl(void **state) {
  (void)state;
  for (unsigned i = 0; i < 2; i++) {
    store(OTHER + 8 * 8, pte(0x7000, RWX));
    for (uint64_t gpa = 0; gpa < 0x8000; gpa += 4096) store(OTHER + (gpa >> 12) * 8, pte(spa(gpa), RWX));
    store(GMID, pte(OTHER, V));
    gvma(AV | of_gscid(GSCID) | (i ? nl : 0), 0x8000);
    fence();
    dma(READ, 0x1000, 0x7000);
    passes();
    dma(READ, 0x1000, spa(0x8000));
    if (i) refused();
    else passes();
    again();
  }
}

static void test_vma_tags(void **state) {
  (void)state;
  static const struct { uint64_t flags; bool covers; } cases[] = {
    {AV | gv | (uint64_t)GSCID << 44, true}, {AV | gv | (uint64_t)GSCID << 44 | (uint64_t)1 << 32, true}, {AV, false}, {0, false},
    {AV | gv | (uint64_t)(GSCID + 1) << 44, false}, {gv | (uint64_t)GSCID << 44, true},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    store(guest_leaf(0x1000), pte(0x9000, RWX));
    guest_vma(cases[i].flags, 0x1000);
    fence();
    dma(READ, 0x1000, spa(0x9000));
    passes();
    dma(READ, 0x1000, spa(0x8000));
    if (cases[i].covers) refused();
    else passes();
    again();
  }
}

static void test_vma_ranges(void **state) {
  (void)state;
  static const struct { uint64_t page; bool covers; } cases[] = {
    {0, true},                                  // pages 0, 1
    {2, false},                                 // 2, 3
    {(UINT64_C(1) << 51) - 1, true},            // everything
    {0x1ff, true},                              // 0 .. 0x3ff
    {(UINT64_C(1) << 52) - 1, false},           // means nothing
  };
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    store(guest_leaf(0x1000), pte(0x9000, RWX));
    fetch(1 | AV | of_gscid(GSCID), cases[i].page << 10 | s_range);
    fence();
    dma(READ, 0x1000, spa(0x8000));
    if (cases[i].covers) refused();
    else passes();
    again();
  }
}

static void test_vma_nl(void **state) {
  (void)state;
  for (unsigned i = 0; i < 3; i++) {   // NL=0; NL=1; NL=1 of a page that spares what was found
    store(spa(OTHER) + 8, pte(0x9000, RWX));
    store(spa(MID), pte(OTHER, V));
    guest_vma(AV | of_gscid(GSCID) | (i ? nl : 0), i == 2 ? 0x3000 : 0x1000);
    fence();
    dma(READ, 0x1000, spa(0x9000));
    passes();
    dma(READ, 0x1000, spa(0x8000));
    if (i == 1) refused();
    else passes();
    again();
  }
}

// ---- Roots

static void test_root_of_other_device(void **state) {
  (void)state;
  store(0x20000, pte(GMID, V));
  set_guest_dc(DEVICE + 1, 0x20000, PSCID, GSCID);
  store(dc_field(DEVICE + 1, FSC), 0);
  store(0x20000 + 8, pte(0x80000000, RWX));      // 1 .. 2 GiB, only under the other root
  set_field(FSC, 0);
  everything_anew();
  pcl_ax_t ax = ax_of(0x40001000);
  ax.device_id = DEVICE + 1;
  dma_of(READ, &ax, 0x80001000, 0);
  dma(READ, 0x40001000, 0x80001000);             // the GSCID's other root
  passes();
  set_guest_dc(DEVICE + 1, 0x20000, PSCID, GSCID + 1);
  inval_ddt(true, DEVICE + 1);
  fence();
  dma(READ, 0x40001000, 0x80001000);             // given once, no AV=0 yet
  passes();
  gvma(of_gscid(GSCID), 0);
  fence();
  dma(READ, 0x40001000, 0x80001000);
  refused();
}

static void test_context_goes_with_inval_ddt(void **state) {
  (void)state;
  dma(READ, 0x1000, spa(0x8000));
  set_field(IOHGATP, 0);
  set_field(FSC, 0);
  dma(READ, 0x1000, spa(0x8000));
  passes();
  inval_ddt(true, DEVICE);
  fence();
  dma(READ, 0x1000, 0x1000);
  passes();
  dma(READ, 0x1000, spa(0x8000));
  refused();
}

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
    MONITOR_TEST_WITH(test_two_stages, setup_guest),
    MONITOR_TEST_WITH(test_first_stage_left_out, setup_guest),
    MONITOR_TEST_WITH(test_first_stage_bare, setup_guest),
    MONITOR_TEST_WITH(test_rights_of_both, setup_guest),
    MONITOR_TEST_WITH(test_tables_must_be_readable, setup_guest),
    MONITOR_TEST_WITH(test_memory_types, setup_guest),
    MONITOR_TEST_WITH(test_gvma_covers_leaf, setup_guest),
    MONITOR_TEST_WITH(test_vma_spares_second_stage, setup_guest),
    MONITOR_TEST_WITH(test_gvma_covers_table_page, setup_guest),
    MONITOR_TEST_WITH(test_gvma_superpage_and_range, setup_guest),
    MONITOR_TEST_WITH(test_pointers_need_nl, setup_guest),
    MONITOR_TEST_WITH(test_vma_tags, setup_guest),
    MONITOR_TEST_WITH(test_vma_ranges, setup_guest),
    MONITOR_TEST_WITH(test_vma_nl, setup_guest),
    MONITOR_TEST_WITH(test_root_of_other_device, setup_guest),
    MONITOR_TEST_WITH(test_context_goes_with_inval_ddt, setup_guest),
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
