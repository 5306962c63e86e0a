// SPDX-License-Identifier: Apache-2.0
//
// The security monitor's judgement of two-stage walks: rights of both stages, coverage by IOTINVAL, roots.
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

// Two devices of a VM, one without and one with interrupt files: what is a page to the one is a file to the other.
static void test_files_of_one_of_two_devices(void **state) {
  static const struct { unsigned device; uint64_t to; bool legal; } cases[] = {
    {DEVICE, GUEST + 0x8000, true}, {DEVICE, 0x30000, false}, {DEVICE + 1, GUEST + 0x8000, false}, {DEVICE + 1, 0x30000, true},
  };
  (void)state;
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    set_guest_dc(DEVICE + 1, GROOT, PSCID, GSCID);
    store(dc_field(DEVICE + 1, MSI_PATTERN), 8);
    store(dc_field(DEVICE + 1, MSIPTP), UINT64_C(1) << 60 | MSI >> 12);
    store(MSI, pte(0x30000, 7));                 // basic translate mode
    everything_anew();
    pcl_ax_t ax = ax_of(0x1000);
    dma_of(WRITE, &ax, spa(0x8000), 0);
    ax.device_id = DEVICE + 1;
    dma_of(WRITE, &ax, 0x30000, 0);
    passes();
    ax.device_id = cases[i].device;
    dma_of(WRITE, &ax, cases[i].to, 0);
    if (cases[i].legal) passes();
    else refused();
    again();
  }
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
    MONITOR_TEST_WITH(test_files_of_one_of_two_devices, setup_guest),
    MONITOR_TEST_WITH(test_context_goes_with_inval_ddt, setup_guest),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
