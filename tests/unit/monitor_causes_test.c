// SPDX-License-Identifier: Apache-2.0
//
// The security monitor's judgement of causes: a fault record needs an admissible walk that ends so, or an access to memory that
// failed since the request came (IOMMU spec 3.3, 3.4, 4.2).
#include "monitor_guest.h"

enum { ATTEMPTS = 64, TTYP_READ = 2, TTYP_EXECUTE = 1, TTYP_TRANSLATED_READ = 6, EN_ATS = 1 << 1 };

static void walk_gets(unsigned resp, bool corrupt) {
  b.in.ds.r = (pcl_r_t){.valid = true, .id = WALKER, .last = true, .resp = (uint8_t)resp, .user = corrupt};
  tick();
}

static void asks(unsigned ttyp) {
  pcl_ax_t ax = ax_of(0x1000);
  ax.exec = ttyp == TTYP_EXECUTE;
  ax.translated = ttyp == TTYP_TRANSLATED_READ;
  fq_ttyp = (uint8_t)ttyp;
  take(READ, &ax);
}

// The record of a read of 0x1000, then a new start.
static void judged(unsigned cause, bool legal) {
  record(0, cause, 0x1000);
  if (legal) passes();
  else alarms("explains");
  again();
}

static void test_failed_accesses(void **state) {
  static const struct { uint16_t cause; bool corrupt; } cases[] = {
    {5, false}, {257, false}, {261, false}, {265, false}, {268, true}, {269, true}, {270, true}, {274, true},
  };
  (void)state;
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    unsigned mine = cases[i].corrupt ? PCL_RESP_OKAY : PCL_RESP_SLVERR;
    unsigned other = cases[i].corrupt ? PCL_RESP_SLVERR : PCL_RESP_OKAY;
    asks(TTYP_READ);
    judged(cases[i].cause, false);
    walk_gets(mine, cases[i].corrupt);               // before the request came
    asks(TTYP_READ);
    judged(cases[i].cause, false);
    asks(TTYP_READ);
    walk_gets(other, !cases[i].corrupt);
    judged(cases[i].cause, false);
    asks(TTYP_READ);
    walk_gets(mine, cases[i].corrupt);
    judged(cases[i].cause, true);
  }
  asks(TTYP_READ);
  walk_gets(PCL_RESP_SLVERR, false);
  judged(7, false);                                  // not of a read
}

static void test_failed_updates(void **state) {
  (void)state;
  asks(TTYP_READ);
  for (unsigned i = 1; i < ATTEMPTS; i++) walker_reads(guest_leaf(0x1000), true);
  judged(5, false);
  asks(TTYP_READ);
  for (unsigned i = 0; i < ATTEMPTS; i++) walker_reads(guest_leaf(0x1000), true);
  judged(5, true);
  asks(TTYP_READ);
  b.out.ds.ar = (pcl_ax_t){.valid = true, .id = WALKER, .addr = guest_leaf(0x1000), .size = 3, .lock = true};
  b.in.ds.ar_ready = true;
  tick();
  walk_gets(PCL_RESP_OKAY, false);                   // memory that knows no exclusive accesses
  judged(5, true);
  asks(TTYP_READ);
  b.in.ds.b = (pcl_b_t){.valid = true, .id = WALKER, .resp = PCL_RESP_SLVERR};
  tick();
  judged(5, true);
}

// Reserved bits, a mode that is not built, a request that the device may not make.
static void test_contexts(void **state) {
  static const struct { unsigned offset; uint64_t value; unsigned ttyp, cause; } cases[] = {
    {TC_OFFSET, 1 | 1 << 13, TTYP_READ, 259}, {IOHGATP, UINT64_C(7) << 60, TTYP_READ, 259}, {TA, 1, TTYP_READ, 259},
    {FSC, UINT64_C(1) << 60, TTYP_READ, 259}, {MSIPTP, UINT64_C(2) << 60, TTYP_READ, 259},
    {TC_OFFSET, 1, TTYP_TRANSLATED_READ, 260},
  };
  (void)state;
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    for (unsigned legal = 0; legal < 2; legal++) {
      if (legal) set_field(cases[i].offset, cases[i].value);
      else set_field(TC_OFFSET, 1 | EN_ATS);
      everything_anew();
      asks(cases[i].ttyp);
      judged(cases[i].cause, legal);
    }
  }
  store(DDT, 3);                                     // a reserved bit of a directory's entry
  set_ddtp((uint64_t)DDT >> 2 | 3);
  asks(TTYP_READ);
  judged(259, true);
  asks(TTYP_READ);
  judged(256, false);
  set_ddtp(0);
  asks(TTYP_READ);
  judged(256, true);
  asks(TTYP_READ);
  set_ddtp(0);                                       // what was asked before may have met it
  judged(256, true);
}

static void test_identity(void **state) {
  (void)state;
  for (unsigned legal = 0; legal < 2; legal++) {
    pcl_ax_t ax = ax_of(legal ? UINT64_C(1) << 56 : 0x1000);
    set_ddtp(1);
    fq_ttyp = TTYP_READ;
    take(READ, &ax);
    record(0, 5, ax.addr);
    if (legal) passes();
    else alarms("explains");
    again();
  }
}

static void test_msi_entries(void **state) {
  static const struct { uint64_t first, second; unsigned ttyp, cause; bool legal; } cases[] = {
    {7, 0, TTYP_READ, 263, false}, {1, 0, TTYP_READ, 263, true}, {7 | 8, 0, TTYP_READ, 263, true}, {7, 0, TTYP_EXECUTE, 1, true},
    {3, 0, TTYP_READ, 263, false}, {3 | 8, 0, TTYP_READ, 263, true}, {3, UINT64_C(1) << 63, TTYP_READ, 263, true},
    {3, 0, TTYP_EXECUTE, 1, true}, {3, 0, TTYP_READ, 5, false},
  };
  (void)state;
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    set_field(MSIPTP, UINT64_C(1) << 60 | MSI >> 12);
    set_field(MSI_MASK, 1);
    set_field(MSI_PATTERN, 8);
    store(MSI, cases[i].first);
    store(MSI + 8, cases[i].second);
    everything_anew();
    asks(cases[i].ttyp);
    judged(cases[i].cause, cases[i].legal);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    MONITOR_TEST_WITH(test_failed_accesses, setup_guest),
    MONITOR_TEST_WITH(test_failed_updates, setup_guest),
    MONITOR_TEST_WITH(test_contexts, setup_guest),
    MONITOR_TEST_WITH(test_identity, setup_guest),
    MONITOR_TEST_WITH(test_msi_entries, setup_guest),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
