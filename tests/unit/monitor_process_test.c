// SPDX-License-Identifier: Apache-2.0
//
// The security monitor's judgement of process contexts: directories, privilege, coverage by INVAL_PDT, roots, faults.
#include "monitor_guest.h"

enum { ENS = 2, SUM = 4 };

static uint64_t pdtp(unsigned mode) { return (uint64_t)mode << 60 | PDT >> 12; }

static void set_pc(uint64_t pc, uint64_t root, unsigned pscid, unsigned flags) {
  store(pc + 8, root ? UINT64_C(8) << 60 | root >> 12 : 0);
  store(pc, (uint64_t)pscid << 12 | flags | V);
}

// Process 9 of a host device, by a directory of one level; its tables map 0x1000 to 0x80000.
static void start_process(void) {
  set_field(IOHGATP, 0);
  set_field(FSC, pdtp(1));
  set_field(TC_OFFSET, 1 | PDTV);
  store(ROOT, pte(MID, V));
  store(MID, pte(LOW, V));
  store(LOW + 8, pte(0x80000, RWX));
  set_pc(PDT + 9 * 16, ROOT, PSCID, 0);
  everything_anew();
}

static int setup_process(void **state) {
  setup_guest(state);
  start_process();
  return 0;
}

static void anew(void) {
  teardown(NULL);
  setup_process(NULL);
}

static void process_dma(unsigned channel, unsigned process, bool priv, bool exec, uint64_t iova, uint64_t to) {
  pcl_ax_t ax = ax_of(iova);
  ax.pv = true;
  ax.process_id = process;
  ax.priv = priv;
  ax.exec = exec;
  dma_of(channel, &ax, to, 0);
}

static void process_read(unsigned process, uint64_t iova, uint64_t to) {
  process_dma(READ, process, false, false, iova, to);
}

// ---- Directories

static void test_process(void **state) {
  (void)state;
  set_pc(PDT + 10 * 16, 0, 0, 0);
  process_read(9, 0x1000, 0x80000);
  process_read(10, 0x1000, 0x1000);
  dma(READ, 0x1000, 0x1000);             // without process_id: Bare
  passes();
  process_read(10, 0x1000, 0x80000);
  refused();
}

static void test_longer_directories(void **state) {
  (void)state;
  store(OTHER + 0x1ab * 8, pte(PDT, V));
  set_field(FSC, UINT64_C(2) << 60 | OTHER >> 12);
  everything_anew();
  process_read(0x1ab09, 0x1000, 0x80000);
  passes();
  store(0x11000 + 5 * 8, pte(OTHER, V));
  set_field(FSC, UINT64_C(3) << 60 | 0x11);
  everything_anew();
  process_read(0xbab09, 0x1000, 0x80000);
  passes();
  store(OTHER + 0x1ab * 8, pte(PDT, V) | 2);   // reserved
  everything_anew();
  process_read(0xbab09, 0x1000, 0x80000);
  refused();
}

static void test_width(void **state) {
  (void)state;
  for (unsigned mode = 1; mode <= 2; mode++) {
    store(OTHER, pte(PDT, V));
    if (mode == 2) set_field(FSC, UINT64_C(2) << 60 | OTHER >> 12);
    everything_anew();
    process_read(9, 0x1000, 0x80000);
    passes();
    process_read(9 | 1u << (mode == 1 ? 8 : 17), 0x1000, 0x80000);
    refused();
    anew();
  }
}

static void test_directory_in_guest(void **state) {
  (void)state;
  set_guest_dc(DEVICE, GROOT, 0, GSCID);
  set_field(FSC, pdtp(1));
  set_field(TC_OFFSET, 1 | PDTV);
  set_pc(spa(PDT) + 9 * 16, ROOT, PSCID, 0);
  everything_anew();
  process_read(9, 0x1000, spa(0x8000));
  passes();
  set_pc(0x11000 + 9 * 16, 0x12000, PSCID, 0);         // the PDT's page gets another frame, without tables
  store(gleaf(PDT), pte(0x11000, RWX));
  process_read(9, 0x1000, spa(0x8000));
  gvma(AV | of_gscid(GSCID), PDT);
  fence();
  process_read(9, 0x1000, spa(0x8000));                // the PSCID may use the root it was given
  passes();
  guest_vma(of_gscid(GSCID), 0);
  fence();
  process_read(9, 0x1000, spa(0x8000));
  refused();
}

// ---- Request kinds

static void test_default_process(void **state) {
  (void)state;
  set_pc(PDT, ROOT, PSCID, ENS);
  set_field(TC_OFFSET, 1 | PDTV | DPE);
  store(LOW + 16, pte(0x81000, RWX & ~U));
  everything_anew();
  dma(READ, 0x1000, 0x80000);
  passes();
  pcl_ax_t ax = ax_of(0x2000);                         // privilege needs a process_id
  ax.priv = true;
  dma_of(READ, &ax, 0x81000, 0);
  refused();
}

static void test_bare_directory(void **state) {
  (void)state;
  set_field(FSC, 0);
  everything_anew();
  process_dma(WRITE, 0xfffff, true, false, 0x5000, 0x5000);
  passes();
  process_read(9, 0x1000, 0x80000);
  refused();
}

static void test_process_without_pdtv(void **state) {
  (void)state;
  set_field(TC_OFFSET, 1);
  set_field(FSC, UINT64_C(8) << 60 | ROOT >> 12);
  everything_anew();
  dma(READ, 0x1000, 0x80000);
  passes();
  process_read(9, 0x1000, 0x80000);
  refused();
}

static void test_privilege(void **state) {
  (void)state;
  static const struct { unsigned flags, pte; bool priv, exec, good; } cases[] = {
    {0, RWX, false, false, true}, {0, RWX, true, false, false}, {0, RWX & ~U, true, false, false},
    {ENS, RWX & ~U, true, false, true}, {ENS, RWX & ~U, true, true, true}, {ENS, RWX, true, false, false},
    {ENS | SUM, RWX, true, false, true}, {ENS | SUM, RWX, true, true, false}, {ENS | SUM, RWX & ~U, false, false, false},
    {ENS | SUM, RWX, false, true, true}, {8, RWX, false, false, false},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    set_pc(PDT + 9 * 16, ROOT, PSCID, cases[i].flags);
    store(LOW + 8, pte(0x80000, cases[i].pte));
    everything_anew();
    process_dma(READ, 9, cases[i].priv, cases[i].exec, 0x1000, 0x80000);
    if (cases[i].good) passes();
    else refused();
    anew();
  }
}

static void test_proof_is_of_one_privilege(void **state) {
  (void)state;
  set_pc(PDT + 9 * 16, ROOT, PSCID, ENS);
  everything_anew();
  process_dma(READ, 9, false, false, 0x1000, 0x80000);
  passes();
  process_dma(READ, 9, true, false, 0x1000, 0x80000);
  refused();
}

// ---- Coverage

static void test_coverage_of_pc(void **state) {
  (void)state;
  static const struct { unsigned device, process; bool ddt, dv, covers; } cases[] = {
    {DEVICE, 9, false, true, true}, {DEVICE, 10, false, true, false}, {DEVICE + 1, 9, false, true, false},
    {DEVICE, 0, true, true, true}, {DEVICE + 1, 0, true, true, false}, {0, 0, true, false, true},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    process_read(9, 0x1000, 0x80000);
    store(OTHER, pte(0x40000000, RWX));
    set_pc(PDT + 9 * 16, OTHER, PSCID + 1, 0);
    process_read(9, 0x1000, 0x80000);
    if (cases[i].ddt) inval_ddt(cases[i].dv, cases[i].device);
    else inval_pdt(cases[i].device, cases[i].process);
    guest_vma(0, 0);                                   // what the old PSCID has left
    process_read(9, 0x1000, 0x80000);
    passes();
    fence();
    process_read(9, 0x1000, 0x40001000);
    passes();
    process_read(9, 0x1000, 0x80000);
    if (cases[i].covers) refused();
    else passes();
    anew();
  }
}

static void test_pointer_needs_inval_ddt(void **state) {
  (void)state;
  store(OTHER, pte(PDT, V));
  set_field(FSC, UINT64_C(2) << 60 | OTHER >> 12);
  everything_anew();
  process_read(9, 0x1000, 0x80000);
  store(OTHER, 0);
  inval_pdt(DEVICE, 9);
  guest_vma(0, 0);
  fence();
  process_read(9, 0x1000, 0x80000);
  passes();
  inval_ddt(true, DEVICE);
  guest_vma(0, 0);
  fence();
  process_read(9, 0x1000, 0x80000);
  refused();
}

static void test_root_outlives_pc(void **state) {
  (void)state;
  process_read(9, 0x1000, 0x80000);
  store(OTHER, pte(0x40000000, RWX));
  set_pc(PDT + 9 * 16, OTHER, PSCID, 0);
  inval_pdt(DEVICE, 9);
  fence();
  process_read(9, 0x1000, 0x80000);                    // the same PSCID
  passes();
  guest_vma(pscv, 0);
  fence();
  process_read(9, 0x1000, 0x40001000);
  passes();
  process_read(9, 0x1000, 0x80000);
  refused();
}

static void test_root_of_other_process(void **state) {
  (void)state;
  store(OTHER, pte(0x40000000, RWX));
  set_pc(PDT + 10 * 16, OTHER, PSCID, 0);
  process_read(10, 0x1000, 0x40001000);
  process_read(9, 0x1000, 0x40001000);                 // two roots of one PSCID
  passes();
  set_pc(PDT + 10 * 16, OTHER, PSCID + 1, 0);
  inval_pdt(DEVICE, 10);
  guest_vma(pscv, 0);
  fence();
  process_read(9, 0x1000, 0x40001000);
  refused();
}

// ---- Faults

static void process_record(unsigned slot, unsigned cause, unsigned process, uint64_t iova) {
  uint64_t data[4] = {cause | (uint64_t)process << 12 | UINT64_C(1) << 32 | UINT64_C(2) << 34 | (uint64_t)DEVICE << 40, 0, iova};
  write_beats(FQ_ID, FQ + slot * 32, data, 4, 3, 0xff);
}

static void test_faults(void **state) {
  (void)state;
  pcl_ax_t ax = ax_of(0x1000);
  ax.pv = true;
  ax.process_id = 10;
  take(READ, &ax);
  process_record(0, 266, 10, 0x1000);                  // PC with V=0
  refuse(ax.id);
  passes();
  ax.process_id = 9;
  take(READ, &ax);
  process_record(1, 266, 9, 0x1000);
  alarms("explains");
  teardown(state);
  setup_process(state);
  take(READ, &ax);
  process_record(0, 267, 9, 0x1000);
  alarms("explains");
  teardown(state);
  setup_process(state);
  store(PDT + 9 * 16, V | 1 << 3);                     // a reserved bit
  inval_pdt(DEVICE, 9);
  fence();
  take(READ, &ax);
  process_record(0, 267, 9, 0x1000);
  passes();
}

int main(void) {
  const struct CMUnitTest tests[] = {
    MONITOR_TEST_WITH(test_process, setup_process),
    MONITOR_TEST_WITH(test_longer_directories, setup_process),
    MONITOR_TEST_WITH(test_width, setup_process),
    MONITOR_TEST_WITH(test_directory_in_guest, setup_process),
    MONITOR_TEST_WITH(test_default_process, setup_process),
    MONITOR_TEST_WITH(test_bare_directory, setup_process),
    MONITOR_TEST_WITH(test_process_without_pdtv, setup_process),
    MONITOR_TEST_WITH(test_privilege, setup_process),
    MONITOR_TEST_WITH(test_proof_is_of_one_privilege, setup_process),
    MONITOR_TEST_WITH(test_coverage_of_pc, setup_process),
    MONITOR_TEST_WITH(test_pointer_needs_inval_ddt, setup_process),
    MONITOR_TEST_WITH(test_root_outlives_pc, setup_process),
    MONITOR_TEST_WITH(test_root_of_other_process, setup_process),
    MONITOR_TEST_WITH(test_faults, setup_process),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
