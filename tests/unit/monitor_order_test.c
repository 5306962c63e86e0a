// SPDX-License-Identifier: Apache-2.0
//
// The security monitor and byte order, QoS IDs, the bits of tc that need a capability, translated requests.
#include "monitor_guest.h"

enum { EN_ATS = 1 << 1, EN_PRI = 1 << 2, T2GPA = 1 << 3, PRPR = 1 << 6, SBE = 1 << 10, ADDR_QOSID = 624 };

static uint64_t turned(uint64_t value) { return __builtin_bswap64(value); }
static void store_big(uint64_t addr, uint64_t value) { store(addr, turned(value)); }

// All words of a page the other way round.
static void turn_page(uint64_t page) {
  for (uint64_t addr = page; addr < page + 4096; addr += 8) store(addr, turned(read_memory(NULL, addr)));
}

static void big_endian(bool be) {
  set_ddtp(0);
  reg_write(ADDR_FCTL, be, 4);
  set_ddtp((uint64_t)DDT >> 2 | 2);
}

static void test_of_fctl(void **state) {
  (void)state;
  big_endian(true);
  pcl_ax_t ax = ax_of(0x1000);
  dma_of(READ, &ax, spa(0x8000), 0);
  refused();                                     // little-endian still
  again();
  static const unsigned pages[] = {DDT, GROOT, GMID, GLOW};
  for (unsigned i = 0; i < 4; i++) turn_page(pages[i]);
  big_endian(true);
  dma(READ, 0x1000, spa(0x8000));
  passes();
  dma(READ, 0x2000, spa(0x9000));                // first stage: V=0
  refused();
}

static void test_of_the_context(void **state) {
  (void)state;
  set_field(TC_OFFSET, 1 | SBE);
  everything_anew();
  turn_page(spa(ROOT));
  turn_page(spa(MID));
  turn_page(spa(LOW));
  everything_anew();
  dma(READ, 0x1000, spa(0x8000));
  passes();
  set_field(TC_OFFSET, 1);
  everything_anew();
  dma(READ, 0x1000, spa(0x8000));
  refused();
}

static void test_sv32(void **state) {
  (void)state;
  uint32_t root = (uint32_t)pte(LOW, V), leaf = (uint32_t)pte(0x9000, RWX);
  store(spa(ROOT), __builtin_bswap32(root));
  store(spa(LOW) + 8, (uint64_t)__builtin_bswap32(leaf) << 32 | 0x12345678);
  set_field(TC_OFFSET, 1 | SXL | SBE);
  everything_anew();
  dma(READ, 0x3000, spa(0x9000));
  passes();
}

static void test_fence_and_commands(void **state) {
  (void)state;
  static const unsigned pages[] = {DDT, GROOT, GMID, GLOW};
  for (unsigned right = 0; right < 2; right++) {
    for (unsigned i = 0; i < 4; i++) turn_page(pages[i]);
    big_endian(true);
    fetch(turned(2 | 1 << 10 | UINT64_C(0x11223344) << 32), turned(0x8008 >> 2));
    uint64_t data = right ? 0x44332211 : 0x11223344;
    write_beats(CQ_ID, 0x8008, &data, 1, 2, 0x0f);
    if (right) passes();
    else alarms("not the fence's DATA");
    again();
  }
}

static void test_records(void **state) {
  (void)state;
  static const unsigned pages[] = {DDT, GROOT, GMID, GLOW};
  for (unsigned i = 0; i < 4; i++) turn_page(pages[i]);
  big_endian(true);
  pcl_ax_t ax = ax_of(0x2000);
  take(READ, &ax);
  uint64_t data[4] = {turned(13 | UINT64_C(2) << 34 | (uint64_t)DEVICE << 40), 0, turned(0x2000), 0};
  write_beats(FQ_ID, FQ, data, 4, 3, 0xff);
  passes();
}

static void test_update(void **state) {
  (void)state;
  static const struct { uint64_t tc; bool passes; } cases[] = {{SADE | SBE, true}, {SADE, false}};
  for (unsigned i = 0; i < 2; i++) {
    set_field(TC_OFFSET, 1 | SADE | SBE);
    everything_anew();
    turn_page(spa(ROOT));
    turn_page(spa(MID));
    turn_page(spa(LOW));
    store_big(guest_leaf(0x2000), pte(0x9000, RWX & ~A));
    everything_anew();
    pcl_ax_t ax = ax_of(0x2000);
    take(READ, &ax);
    walker_reads(guest_leaf(0x2000), true);
    uint64_t value = turned(pte(0x9000, RWX & ~A)) | (cases[i].passes ? turned(A) : A);
    b.out.ds.aw = (pcl_ax_t){.valid = true, .id = WALKER, .addr = guest_leaf(0x2000), .size = 3, .lock = true};
    b.out.ds.w = (pcl_w_t){.valid = true, .last = true, .strb = 0xff, .data = {value}};
    b.in.ds.aw_ready = b.in.ds.w_ready = true;
    tick();
    if (cases[i].passes) passes();
    else alarms("at 0x");
    again();
  }
}

static void with_qos(pcl_ax_t *ax, unsigned rcid, unsigned mcid, uint64_t iova, uint64_t to) {
  *ax = ax_of(iova);
  take(READ, ax);
  ax->rcid = (uint16_t)rcid;
  ax->mcid = (uint16_t)mcid;
  show(READ, ax, to, 0);
}

static void test_qos(void **state) {
  (void)state;
  pcl_ax_t ax;
  set_field(TA, (uint64_t)PSCID << 12 | UINT64_C(3) << 40 | UINT64_C(5) << 52);
  everything_anew();
  with_qos(&ax, 3, 5, 0x1000, spa(0x8000));
  passes();
  with_qos(&ax, 3, 4, 0x1000, spa(0x8000));
  refused();
  again();
  set_ddtp(1);
  reg_write(ADDR_QOSID, 7 << 16 | 9, 4);
  with_qos(&ax, 9, 7, 0x5000, 0x5000);
  passes();
  with_qos(&ax, 9, 8, 0x5000, 0x5000);
  refused();
}

// Mode Bare: after a write of iommu_qosid old IDs are for requests alone that had arrived.
static void test_qos_of_the_iommu(void **state) {
  (void)state;
  pcl_ax_t ax = ax_of(0x5000);
  set_ddtp(1);
  with_qos(&ax, 0, 0, 0x5000, 0x5000);
  passes();
  ax = ax_of(0x5000);
  b.in.port[0].dev_ax[READ] = ax;   // arrives
  tick();
  b.in.port[0].dev_ax[READ] = ax;
  reg_write(ADDR_QOSID, 7 << 16 | 9, 4);
  take(READ, &ax);
  show(READ, &ax, 0x5000, 0);
  passes();
  with_qos(&ax, 9, 7, 0x5000, 0x5000);
  passes();
  reg_write(ADDR_QOSID, 4 << 16 | 2, 4);
  with_qos(&ax, 2, 4, 0x5000, 0x5000);
  passes();
  with_qos(&ax, 9, 7, 0x5000, 0x5000);   // as the grant before the write, of the same page
  refused();
}

// Bits of tc and ta that a fuse takes away make the DC misconfigured; so do those that miss another.
static void test_capabilities(void **state) {
  (void)state;
  static const struct { unsigned fuse; uint64_t tc, ta; bool legal; } cases[] = {
    {63, EN_ATS | EN_PRI | PRPR | T2GPA | SBE, UINT64_C(1) << 40, true}, {25, EN_ATS, 0, false}, {26, EN_ATS | T2GPA, 0, false},
    {27, SBE, 0, false}, {41, 0, UINT64_C(1) << 40, false}, {63, EN_PRI, 0, false}, {63, T2GPA, 0, false},
    {63, EN_ATS | PRPR, 0, false}, {24, SADE, 0, false},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    teardown(NULL);
    start_guest(~(UINT64_C(1) << cases[i].fuse));
    set_field(TC_OFFSET, 1 | cases[i].tc);
    set_field(TA, (uint64_t)PSCID << 12 | cases[i].ta);
    set_field(FSC, 0);                           // first stage Bare: the same in both orders
    everything_anew();
    pcl_ax_t ax;
    with_qos(&ax, (unsigned)(cases[i].ta >> 40), 0, 0x9000, spa(0x9000));
    if (cases[i].legal) passes();
    else refused();
  }
}

static void translated(uint64_t tc, uint64_t iova, uint64_t to) {
  set_field(TC_OFFSET, 1 | tc);
  everything_anew();
  pcl_ax_t ax = ax_of(iova);
  ax.translated = true;
  take(READ, &ax);
  ax.translated = false;
  show(READ, &ax, to, 0);
}

static void test_translated(void **state) {
  (void)state;
  static const struct { uint64_t tc, iova, to; bool legal; } cases[] = {
    {EN_ATS, 0x5000, 0x5000, true}, {EN_ATS, 0x5000, 0x6000, false}, {0, 0x5000, 0x5000, false},
    {EN_ATS | T2GPA, 0x9000, GUEST + 0x9000, true}, {EN_ATS | T2GPA, 0x9000, 0x9000, false},
    {EN_ATS | T2GPA, 0x1000, GUEST + 0x8000, false},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    translated(cases[i].tc, cases[i].iova, cases[i].to);
    if (cases[i].legal) passes();
    else refused();
    again();
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    MONITOR_TEST_WITH(test_of_fctl, setup_guest),
    MONITOR_TEST_WITH(test_of_the_context, setup_guest),
    MONITOR_TEST_WITH(test_sv32, setup_guest),
    MONITOR_TEST_WITH(test_fence_and_commands, setup_guest),
    MONITOR_TEST_WITH(test_records, setup_guest),
    MONITOR_TEST_WITH(test_update, setup_guest),
    MONITOR_TEST_WITH(test_qos, setup_guest),
    MONITOR_TEST_WITH(test_qos_of_the_iommu, setup_guest),
    MONITOR_TEST_WITH(test_capabilities, setup_guest),
    MONITOR_TEST_WITH(test_translated, setup_guest),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
