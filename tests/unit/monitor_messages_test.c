// SPDX-License-Identifier: Apache-2.0
//
// The security monitor's judgement of ATS and PRI messages, of the page-request queue, and of requests of the debug interface.
#include "monitor_guest.h"

enum { EN_ATS = 1 << 1, EN_PRI = 1 << 2, T2GPA = 1 << 3, PQ = 0x8000, PQ_ID = 13 };
enum { ADDR_PQB = 56, ADDR_PQH = 64, ADDR_PQCSR = 80, ADDR_DEBUG = 600 };
enum { OF_R = 1, OF_W = 2, OF_U = 4, OF_X = 8, OF_PRIV = 16, OF_GLOBAL = 32, OF_N = 1 << 10, OF_S = 1 << 11 };

static int setup_messages(void **state) {
  setup_guest(state);
  set_field(TC_OFFSET, 1 | EN_ATS | EN_PRI);
  everything_anew();
  reg_write(ADDR_PQB, (uint64_t)PQ >> 2 | 1, 8);
  reg_write(ADDR_PQCSR, 1, 4);
  b.probe.pq_on = true;
  return 0;
}

static void afresh(void **state) {
  teardown(state);
  setup_messages(state);
}

static void in(pcl_msg_t msg) {
  msg.valid = true;
  b.in.msg_in = msg;
  b.out.msg_in_ready = true;
  tick();
}

static void out(pcl_msg_t msg) {
  msg.valid = true;
  b.out.msg_out = msg;
  b.in.msg_out_ready = true;
  tick();
}

static void asks(uint64_t iova, bool exec) {
  in((pcl_msg_t){.kind = 8, .rid = DEVICE, .tag = 77, .payload = iova, .exec = exec});
}

static void gets(uint64_t entry) { out((pcl_msg_t){.kind = 9, .rid = DEVICE, .tag = 77, .payload = entry}); }

// ---- Translations

static void test_translations(void **state) {
  static const struct { uint64_t tc, entry; const char *alarm; } cases[] = {
    {0, GUEST + 0x8000 + OF_R + OF_W, NULL},
    {0, 0, NULL},
    {T2GPA, 0x8000 + OF_R, NULL},
    {T2GPA, GUEST + 0x8000 + OF_R, "no admissible walk gives the Translation Completion"},
    {0, 0x8000 + OF_R, "no admissible walk gives the Translation Completion"},
    {0, GUEST + 0x8000 + OF_R + OF_S, "no admissible walk gives the Translation Completion"},   // 8 KiB
    {0, GUEST + 0x8000 + OF_R + OF_U, "no admissible walk gives the Translation Completion"},
    {0, GUEST + 0x8000 + OF_R + OF_X, "bits that its request does not have"},
    {0, GUEST + 0x8000 + OF_R + OF_PRIV, "bits that its request does not have"},
    {0, GUEST + 0x8000 + OF_R + OF_GLOBAL, "bits that its request does not have"},
    {0, GUEST + 0x8000 + OF_R + OF_N, "bits that its request does not have"},
    {0, GUEST + 0x8000, "that grants nothing"},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    set_field(TC_OFFSET, 1 | EN_ATS | EN_PRI | cases[i].tc);
    everything_anew();
    asks(0x1000, false);
    gets(cases[i].entry);
    if (cases[i].alarm) alarms(cases[i].alarm);
    else passes();
    afresh(state);
  }
}

static void test_rights(void **state) {
  static const struct { unsigned first, second; uint64_t rights; bool legal; } cases[] = {
    {RWX & ~D, RWX, OF_R, true}, {RWX & ~D, RWX, OF_R | OF_W, false}, {RWX & ~W, RWX, OF_R | OF_W, false},
    {RWX, RWX & ~W, OF_R | OF_W, false}, {RWX, RWX & ~D, OF_R | OF_W, false}, {RWX, RWX, OF_R | OF_W, true},
    {RWX & ~U, RWX, OF_R, false},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    store(guest_leaf(0x2000), pte(0x9000, cases[i].first));
    store(gleaf(0x9000), pte(spa(0x9000), cases[i].second));
    everything_anew();
    asks(0x2000, false);
    gets(spa(0x9000) + cases[i].rights);
    if (cases[i].legal) passes();
    else alarms("no admissible walk");
    afresh(state);
  }
}

static void test_after_a_fence(void **state) {
  (void)state;
  store(gleaf(0x8000), pte(spa(0xa000), RWX));
  asks(0x1000, false);
  gets(spa(0x8000) + OF_R);                      // not invalidated yet
  passes();
  gvma(of_gscid(GSCID), 0);
  fence();
  asks(0x1000, false);
  gets(spa(0x8000) + OF_R);
  alarms("no admissible walk");
}

static void test_superpage(void **state) {
  (void)state;
  store(gleaf(0), pte(spa(0), RWX));
  store(GMID, pte(0x200000, RWX));               // 2 MiB
  set_field(FSC, 0);                             // first stage Bare
  everything_anew();
  asks(0x5000, false);
  gets(0x200000 + 0xff000 + OF_S + OF_R);
  passes();
  asks(0x5000, false);
  gets(0x200000 + 0x1ff000 + OF_S + OF_R);       // 4 MiB
  alarms("no admissible walk");
}

static void test_disabled(void **state) {
  (void)state;
  set_field(TC_OFFSET, 1);
  everything_anew();
  asks(0x1000, false);
  gets(spa(0x8000) + OF_R);
  alarms("no admissible walk");
}

static void test_completion_of_nobody(void **state) {
  gets(0);
  alarms("of no request");
  afresh(state);
  asks(0x1000, false);
  out((pcl_msg_t){.kind = 9, .rid = DEVICE, .tag = 78});
  alarms("of no request");
  afresh(state);
  asks(0x1000, false);
  gets(0);
  gets(0);
  alarms("of no request");
}

static void test_interrupt_file(void **state) {
  (void)state;
  set_field(MSIPTP, UINT64_C(1) << 60 | MSI >> 12);
  set_field(MSI_MASK, 0);
  set_field(MSI_PATTERN, 8);
  store(MSI, (uint64_t)0x30000 >> 9 << 7 | 3);
  everything_anew();
  asks(0x1000, false);
  gets(OF_U | OF_R | OF_W);
  passes();
  asks(0x1000, false);
  gets(spa(0x8000) + OF_R);
  alarms("no admissible walk");
}

// ---- Commands

static void inval(uint64_t payload) { fetch(4 | (uint64_t)DEVICE << 40, payload); }

static void test_invalidation_requests(void **state) {
  pcl_msg_t msg = {.kind = 1, .rid = DEVICE, .payload = 0x1000};
  inval(0x1000);
  b.probe.cqh++;
  out(msg);
  passes();
  out(msg);
  alarms("an Invalidation Request to 0x5 of no command");
  afresh(state);
  inval(0x2000);
  out(msg);
  alarms("an Invalidation Request to 0x5 of no command");
}

static void test_group_responses(void **state) {
  fetch(4 | 1 << 7 | (uint64_t)DEVICE << 40, (uint64_t)3 << 32);
  out((pcl_msg_t){.kind = 5, .rid = DEVICE, .payload = (uint64_t)3 << 32});
  passes();
  in((pcl_msg_t){.kind = 4, .rid = DEVICE, .payload = 0x1000 | 9 << 3 | 4 | 1});
  out((pcl_msg_t){.kind = 5, .rid = DEVICE, .payload = (uint64_t)DEVICE << 48 | UINT64_C(15) << 44 | UINT64_C(9) << 32});
  passes();
  out((pcl_msg_t){.kind = 5, .rid = DEVICE, .payload = (uint64_t)DEVICE << 48 | UINT64_C(15) << 44 | UINT64_C(9) << 32});
  alarms("of no request and no command");
  afresh(state);
  in((pcl_msg_t){.kind = 4, .rid = DEVICE, .payload = 0x1000 | 9 << 3 | 1});   // L=0
  out((pcl_msg_t){.kind = 5, .rid = DEVICE, .payload = (uint64_t)DEVICE << 48 | UINT64_C(15) << 44 | UINT64_C(9) << 32});
  alarms("of no request and no command");
}

static void test_changed_message(void **state) {
  (void)state;
  inval(0x1000);
  pcl_msg_t msg = {.kind = 1, .rid = DEVICE, .payload = 0x1000, .valid = true};
  b.out.msg_out = msg;
  tick();
  msg.payload = 0x3000;
  out(msg);
  alarms("a message changed before it was taken");
}

// ---- Page requests

static void page_record(unsigned slot, uint64_t first, uint64_t payload) {
  uint64_t data[2] = {first, payload};
  write_beats(PQ_ID, PQ + slot * 16, data, 2, 3, 0xff);
}

static void test_page_requests(void **state) {
  static const struct { unsigned slot, device; uint64_t payload; const char *alarm; } cases[] = {
    {0, DEVICE, 0x1005, NULL}, {1, DEVICE, 0x1005, "not of the next free slot"}, {0, DEVICE + 1, 0x1005, "of no message"},
    {0, DEVICE, 0x2005, "of no message"},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    in((pcl_msg_t){.kind = 4, .rid = DEVICE, .payload = 0x1005});
    page_record(cases[i].slot, (uint64_t)cases[i].device << 40, cases[i].payload);
    if (cases[i].alarm) alarms(cases[i].alarm);
    else passes();
    afresh(state);
  }
  for (unsigned i = 0; i < 4; i++) {             // three fill the queue of four
    in((pcl_msg_t){.kind = 4, .rid = DEVICE, .payload = 0x1005});
    page_record(i, (uint64_t)DEVICE << 40, 0x1005);
    if (i < 3) passes();
    else alarms("not of the next free slot");
  }
  afresh(state);
  set_field(TC_OFFSET, 1 | EN_ATS);
  everything_anew();
  in((pcl_msg_t){.kind = 4, .rid = DEVICE, .payload = 0x1005});
  page_record(0, (uint64_t)DEVICE << 40, 0x1005);
  alarms("a device that may make none");
}

// ---- Records

static void test_records(void **state) {
  fq_ttyp = 8;
  asks(0x2000, false);
  record(0, 260, 0x2000);
  alarms("explains");
  afresh(state);
  fq_ttyp = 8;
  set_field(TC_OFFSET, 1);
  everything_anew();
  asks(0x2000, false);
  record(0, 260, 0x2000);
  passes();
  record(1, 260, 0x2000);
  alarms("fault record");
  afresh(state);
  fq_ttyp = 8;
  asks(0x2000, false);
  record(0, 13, 0x2000);                         // answered, not recorded
  alarms("explains");
  afresh(state);
  fq_ttyp = 9;
  set_field(TC_OFFSET, 1 | EN_ATS);
  everything_anew();
  in((pcl_msg_t){.kind = 4, .rid = DEVICE, .payload = 0x1005});
  record(0, 260, 4);
  passes();
  record(1, 260, 4);
  alarms("fault record");
}

static void test_debug_request(void **state) {
  (void)state;
  record(0, 13, 0x2000);
  alarms("of no refused request");
  afresh(state);
  reg_write(ADDR_DEBUG, 0x2000, 8);
  reg_write(ADDR_DEBUG + 8, (uint64_t)DEVICE << 40 | 8 | 1, 8);
  fq_ttyp = 2;
  record(0, 13, 0x2000);
  passes();
}

int main(void) {
  const struct CMUnitTest tests[] = {
    MONITOR_TEST_WITH(test_translations, setup_messages),
    MONITOR_TEST_WITH(test_rights, setup_messages),
    MONITOR_TEST_WITH(test_after_a_fence, setup_messages),
    MONITOR_TEST_WITH(test_superpage, setup_messages),
    MONITOR_TEST_WITH(test_disabled, setup_messages),
    MONITOR_TEST_WITH(test_completion_of_nobody, setup_messages),
    MONITOR_TEST_WITH(test_interrupt_file, setup_messages),
    MONITOR_TEST_WITH(test_invalidation_requests, setup_messages),
    MONITOR_TEST_WITH(test_group_responses, setup_messages),
    MONITOR_TEST_WITH(test_changed_message, setup_messages),
    MONITOR_TEST_WITH(test_page_requests, setup_messages),
    MONITOR_TEST_WITH(test_records, setup_messages),
    MONITOR_TEST_WITH(test_debug_request, setup_messages),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
