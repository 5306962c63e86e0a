// SPDX-License-Identifier: Apache-2.0
//
// The security monitor's alarms for pins that misbehave whatever the tables say: too many requests, writes of the wrong shape,
// addresses that change, messages of no kind.
#include "monitor_guest.h"

enum { REFUSED_ID = 3, PQ = 0x8000, PQ_ID = 13, ADDR_PQB = 56, ADDR_PQCSR = 80, POOL = 128, DS_WRITES = 64 };

// ---- Ports

static void test_too_many_in_memory(void **state) {
  (void)state;
  pcl_ax_t ax = ax_of(0x1000);
  for (unsigned i = 0; i < config.max_outstanding; i++) {
    take(READ, &ax);
    show(READ, &ax, 0x80000, 0);
  }
  passes();
  take(READ, &ax);
  show(READ, &ax, 0x80000, 0);
  alarms("more than MaxOutstanding");
}

static void test_one_answered_makes_room(void **state) {
  (void)state;
  pcl_ax_t ax = ax_of(0x1000);
  for (unsigned i = 0; i < config.max_outstanding; i++) {
    take(WRITE, &ax);
    show(WRITE, &ax, 0x80000, 0);
  }
  memory_answers(WRITE, ax.id);
  dma_of(WRITE, &ax, 0x80000, 0);
  passes();
}

static void test_too_many_waiting(void **state) {
  (void)state;
  pcl_ax_t ax = ax_of(0x1000);
  for (unsigned i = 0; i < POOL; i++) {
    ax.id = i % 16;
    take(READ, &ax);
  }
  passes();
  take(READ, &ax);
  alarms("more requests than it can hold");
}

static void test_refusal_with_data(void **state) {
  (void)state;
  pcl_ax_t ax = ax_of(0x7000);
  take(READ, &ax);
  b.out.port[0].dev_r = (pcl_r_t){.valid = true, .id = REFUSED_ID, .resp = PCL_RESP_SLVERR, .data = {1}};
  b.in.port[0].dev_r_ready = true;
  tick();
  alarms("the refused answer to ID 3 carries data");
}

// ---- Data-structure port

static void fetches(uint64_t addr, unsigned len, unsigned size) {
  b.out.ds.ar = (pcl_ax_t){.valid = true, .id = CQ_ID, .addr = addr, .len = (uint8_t)len, .size = (uint8_t)size};
  b.in.ds.ar_ready = true;
  tick();
}

// The command queue has 128 slots.
static void test_fetches(void **state) {
  static const struct { uint64_t addr; unsigned len, size; bool legal; } cases[] = {
    {CQ, 1, 3, true}, {CQ + 127 * 16, 1, 3, true}, {CQ + 128 * 16, 1, 3, false}, {CQ - 16, 1, 3, false}, {CQ + 8, 1, 3, false},
    {CQ, 0, 3, false}, {CQ, 1, 2, false},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    fetches(cases[i].addr, cases[i].len, cases[i].size);
    if (cases[i].legal) passes();
    else alarms("is not a slot of the command queue");
    teardown(state);
    setup(state);
  }
}

static pcl_ax_t record_address(void) {
  return (pcl_ax_t){.valid = true, .id = FQ_ID, .addr = FQ, .len = 3, .size = 3};
}

static void test_address_changes(void **state) {
  for (unsigned field = 0; field < 3; field++) {
    b.out.ds.aw = record_address();
    tick();
    passes();
    b.out.ds.aw = record_address();
    if (field == 0) b.out.ds.aw.addr += 32;
    if (field == 1) b.out.ds.aw.id = CQ_ID;
    if (field == 2) b.out.ds.aw.valid = false;
    tick();
    alarms("AW changed before it was taken");
    teardown(state);
    setup(state);
  }
}

static void test_data_without_address(void **state) {
  (void)state;
  b.out.ds.w = (pcl_w_t){.valid = true, .strb = 0xff, .last = true};
  tick();
  alarms("writes data for no address");
}

static void test_too_many_writes(void **state) {
  (void)state;
  for (unsigned i = 0; i <= DS_WRITES; i++) {
    passes();
    b.out.ds.aw = (pcl_ax_t){.valid = true, .id = WALKER, .addr = LOW, .size = 3, .lock = true};
    b.in.ds.aw_ready = true;
    tick();
  }
  alarms("too many writes");
}

static void test_record_with_holes(void **state) {
  (void)state;
  const uint64_t data[4] = {258 | UINT64_C(2) << 34 | (uint64_t)DEVICE << 40, 0, 0x1000, 0};
  write_beats(FQ_ID, FQ, data, 4, 3, 0x7f);
  alarms("a record with holes");
}

static void test_page_request_with_holes(void **state) {
  (void)state;
  set_field(TC_OFFSET, 1 | 1 << 1 | 1 << 2);     // EN_ATS, EN_PRI
  everything_anew();
  reg_write(ADDR_PQB, (uint64_t)PQ >> 2 | 1, 8);
  reg_write(ADDR_PQCSR, 1, 4);
  b.probe.pq_on = true;
  b.in.msg_in = (pcl_msg_t){.valid = true, .kind = 4, .rid = DEVICE, .payload = 0x1007};
  b.out.msg_in_ready = true;
  tick();
  const uint64_t data[2] = {(uint64_t)DEVICE << 40, 0x1007};
  write_beats(PQ_ID, PQ, data, 2, 3, 0xfe);
  alarms("a record with holes");
}

// The two halves of an exclusive pair of a walker: strobes must be those of the whole entry, or of a half of it.
static void test_strobes_of_an_update(void **state) {
  static const struct { unsigned half, strb; } cases[] = {{0, 0x7f}, {0, 0x01}, {0, 0xf0}, {4, 0x0f}, {0, 0x3c}};
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    const uint64_t addr = guest_leaf(0x1000);
    const unsigned size = cases[i].half ? 2 : 3;
    walker_reads(addr, true);
    b.out.ds.aw = (pcl_ax_t){.valid = true, .id = WALKER, .addr = addr + cases[i].half, .size = (uint8_t)size, .lock = true};
    b.out.ds.w = (pcl_w_t){.valid = true, .last = true, .strb = cases[i].strb, .data = {pte(0x8000, RWX)}};
    tick();
    alarms("is not of one entry");
    teardown(state);
    setup_guest(state);
  }
}

// ---- Messages

static void test_messages_of_no_kind(void **state) {
  static const unsigned kinds[] = {0, 2, 3, 4, 6, 7, 8, 10, 15};
  for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    b.out.msg_out = (pcl_msg_t){.valid = true, .kind = (uint8_t)kinds[i], .rid = DEVICE};
    b.in.msg_out_ready = true;
    tick();
    alarms("leaves");
    teardown(state);
    setup_guest(state);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    MONITOR_TEST(test_too_many_in_memory),
    MONITOR_TEST(test_one_answered_makes_room),
    MONITOR_TEST(test_too_many_waiting),
    MONITOR_TEST(test_refusal_with_data),
    MONITOR_TEST(test_fetches),
    MONITOR_TEST(test_address_changes),
    MONITOR_TEST(test_data_without_address),
    MONITOR_TEST(test_record_with_holes),
    MONITOR_TEST_WITH(test_too_many_writes, setup_guest),
    MONITOR_TEST_WITH(test_page_request_with_holes, setup_guest),
    MONITOR_TEST_WITH(test_strobes_of_an_update, setup_guest),
    MONITOR_TEST_WITH(test_messages_of_no_kind, setup_guest),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
