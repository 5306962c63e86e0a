// SPDX-License-Identifier: Apache-2.0
// Messages, debug requests, events of walks, QoS IDs and byte order in the core's twin, sentence by sentence of
// docs/microarchitecture.md, sections 5.1, 5.3, 5.4 and 5.8.
#include "arch/causes.h"
#include "core_bench.h"

enum { WALKERS = 4, VECTOR = 6, DEBUG = 4, BIG_DATA = 0x44332211 };
#define MSI_ADDR UINT64_C(0x30004)

static const pcl_config_t config = {
  .num_ports = 2, .port_misses = 16, .l2_entries = 64, .l2_ways = 4, .dc_entries = 8, .nl_entries = 16, .walkers = WALKERS,
  .cq_depth = 4, .fq_depth = 4, .hpm = 1, .dbg = 1, .end = 1, .qosid = 1, .igs_msi = 1};
#define RCID UINT64_C(0x123)
#define MCID UINT64_C(0xabc)
#define OWN (UINT32_C(0x456) << 16 | 0x789)  // iommu_qosid

static bench_t bench;

static bench_t *start(void) {
  bench_t *b = &bench;
  bench_init(b, &config);
  b->regs.capabilities |= PCL_CAP_QOSID | PCL_CAP_END;
  b->regs.qosid = OWN;
  set_word(b, (DDT_PPN << 12) + DEVICE * 32 + 16, PSCID << 12 | RCID << 40 | MCID << 52);
  ticks(b, 20);
  return b;
}

// --- Messages ---

static void want(bench_t *b) {
  b->regs.fctl &= ~PCL_FCTL_WSI;
  b->regs.msi.entry[VECTOR].addr = MSI_ADDR;
  b->regs.msi.entry[VECTOR].data = BIG_DATA;
  b->regs.msi.want = 1 << VECTOR;
}

// Until irq's message is captured; regs takes it back.
static void until_taken(bench_t *b) {
  for (unsigned i = 0; i < 20; i++) {
    tick(b);
    if (!b->events.msi_taken) continue;
    b->regs.msi.want = 0;
    return;
  }
  fail();
}

static void a_message_is_one_word(void **state) {
  (void)state;
  bench_t *b = start();
  want(b);
  until_taken(b);
  b->regs.msi.entry[VECTOR].addr = b->regs.msi.entry[VECTOR].data = 0;  // both are captured
  tick(b);
  assert_int_equal(b->writes, 1);
  assert_int_equal(b->aw.id, WALKERS + 2);
  assert_true(b->aw.addr == MSI_ADDR && b->aw.size == 2 && b->aw.len == 0 && !b->aw.lock);
  assert_true(b->w.strb == 0xf0 && b->w.data[0] >> 32 == BIG_DATA && b->w.last);
  assert_int_equal(b->aw.rcid, OWN & 0xfff);
  assert_int_equal(b->aw.mcid, OWN >> 16);
}

static void a_message_follows_be(void **state) {
  (void)state;
  bench_t *b = start();
  b->regs.fctl |= PCL_FCTL_BE;
  want(b);
  until_taken(b);
  tick(b);
  assert_int_equal(b->w.data[0] >> 32, 0x11223344);
}

// The next message is offered in the clock after the B.
static void messages_go_one_at_a_time(void **state) {
  (void)state;
  bench_t *b = start();
  want(b);
  until_taken(b);
  b->regs.msi.want = 1 << VECTOR;
  while (b->core.irq.state == PCL_IRQ_WAIT) {
    tick(b);
    assert_false(b->events.msi_taken);
    assert_true(b->clock < 200);
  }
  tick(b);
  assert_true(b->events.msi_taken);
}

static void a_refused_message_is_recorded(void **state) {
  (void)state;
  bench_t *b = start();
  b->regs.fq = (pcl_queue_regs_t){.ppn = 0x40, .log2 = 7, .en = true, .on = true};
  want(b);
  until_taken(b);
  tick(b);
  b->b.resp = PCL_RESP_SLVERR;
  const unsigned b_clock = b->b_clock;
  while (b->clock <= b_clock) tick(b);
  assert_int_equal(b->core.irq.state, PCL_IRQ_FAULT);
  tick(b);
  assert_int_equal(b->core.irq.state, PCL_IRQ_IDLE);
  ticks(b, 10);
  assert_true(get_word(b, 0x40000) == PCL_CAUSE_MSI_WRITE_ACCESS);
  assert_true(get_word(b, 0x40010) == MSI_ADDR && get_word(b, 0x40018) == 0);
}

static void records_follow_be(void **state) {
  (void)state;
  bench_t *b = start();
  b->regs.fctl |= PCL_FCTL_BE;
  b->regs.fq = (pcl_queue_regs_t){.ppn = 0x40, .log2 = 7, .en = true, .on = true};
  b->regs.ddtp_mode = PCL_DDTP_OFF;
  ask(b, 0, 0, IOVA);
  until_response(b);
  ticks(b, 10);
  assert_true(get_word(b, 0x40000) ==
              __builtin_bswap64((uint64_t)DEVICE << 40 | (uint64_t)PCL_TTYP_UNTRANSLATED_READ << 34 | PCL_CAUSE_ALL_DISALLOWED));
  assert_true(get_word(b, 0x40010) == __builtin_bswap64(IOVA));
}

static void commands_and_fences_follow_be(void **state) {
  (void)state;
  bench_t *b = start();
  b->regs.fctl |= PCL_FCTL_BE;
  command(b, __builtin_bswap64(UINT64_C(0x11223344) << 32 | 1 << 10 | 2), __builtin_bswap64(0x30000 >> 2));
  ticks(b, 60);
  assert_int_equal(b->regs.cq.head, 1);
  assert_true((get_word(b, 0x30000) & 0xffffffff) == 0x44332211);
}

// With fctl.WSI = 0 it is illegal, looked at when it is executed.
static void fence_with_wsi_needs_wires(void **state) {
  (void)state;
  bench_t *b = start();
  b->regs.fctl &= ~PCL_FCTL_WSI;
  command(b, 1 << 11 | 2, 0);
  for (unsigned i = 0; i < 60 && !b->events.cq_set_ill; i++) tick(b);
  assert_true(b->events.cq_set_ill);
}

// --- Debug requests ---

// Ports leave a walker to each other; a request above them needs only that one is free.
static void all_walkers_together_limit_a_debug_request(void **state) {
  (void)state;
  bench_t *b = start();
  warm(b, 0);
  for (unsigned i = 0; i < 3; i++) {
    ask(b, 0, i, IOVA + 0x1000 * (i + 1));
    tick(b);
  }
  ask(b, DEBUG, 0, IOVA + 0x8000);
  b->req[DEBUG].solo = true;
  tick(b);
  assert_false(b->req[DEBUG].valid);
  ask(b, 2, 0, IOVA + 0x9000);
  ticks(b, 5);
  assert_true(b->req[2].valid);  // all four are taken
  for (unsigned i = 0; i < 3; i++) until_response(b);
  until_response(b);
  assert_int_equal(b->resp.mask[DEBUG], 1);
  assert_int_equal(b->resp.lead_q, DEBUG);
  assert_int_equal(b->resp.mask[0] | b->resp.mask[1] | b->resp.mask[2] | b->resp.mask[3], 0);
}

static void a_debug_write_needs_w(void **state) {
  (void)state;
  bench_t *b = start();
  set_leaf(b, 1, LEAF & ~(PCL_PTE_W | PCL_PTE_D));
  ask(b, DEBUG, 0, IOVA + 0x1000);
  b->req[DEBUG].write = true;
  b->regs.fq.en = b->regs.fq.on = false;
  until_response(b);
  assert_false(b->resp.ok);
  ask(b, DEBUG, 0, IOVA + 0x1000);
  until_response(b);
  assert_true(b->resp.ok && b->resp.r && !b->resp.w);
}

static void a_taken_debug_request_is_an_event(void **state) {
  (void)state;
  bench_t *b = start();
  ask(b, DEBUG, 0, IOVA);
  b->req[DEBUG].pv = true;
  b->req[DEBUG].process_id = 7;
  tick(b);
  assert_int_equal(b->core.ev_req.event, PCL_EVENT_UNTRANSLATED);
  assert_true(b->core.ev_req.ids.device_id == DEVICE && b->core.ev_req.ids.pv && b->core.ev_req.ids.process_id == 7);
  ask(b, 0, 0, IOVA);
  tick(b);
  assert_int_equal(b->core.ev_req.event, PCL_EVENT_NONE);
}

// --- Walks ---

static void loads_are_events(void **state) {
  (void)state;
  bench_t *b = start();
  static const uint8_t kinds[] = {PCL_EVENT_DDT_WALK, PCL_EVENT_S1_WALK, PCL_EVENT_S1_WALK, PCL_EVENT_S1_WALK};
  unsigned seen = 0;
  ask(b, 0, 0, IOVA);
  while (b->responses == 0) {
    const unsigned reads = b->reads;
    tick(b);
    const pcl_ev_t *ev = &b->core.pool.ev;
    assert_int_equal(ev->event != PCL_EVENT_NONE, b->reads != reads);  // in the clock after the handshake
    if (b->reads == reads) continue;
    assert_int_equal(ev->event, kinds[seen]);
    assert_int_equal(ev->miss, seen == 1);
    assert_int_equal(ev->ids.pscv, seen != 0);
    assert_int_equal(ev->ids.pscid, seen != 0 ? PSCID : 0);
    assert_true(ev->ids.device_id == DEVICE && !ev->ids.gscv && !ev->ids.pv);
    seen++;
  }
  assert_int_equal(seen, 4);
}

static void a_restarted_walk_misses_once(void **state) {
  (void)state;
  bench_t *b = start();
  unsigned misses = 0;
  warm(b, 0);
  ask(b, 0, 0, IOVA + 0x1000);
  for (unsigned i = 0; i < 200; i++) {
    if (i == 10) b->forced = (pcl_inv_t){.op = PCL_INV_ALL, .kill = true};
    tick(b);
    misses += b->core.pool.ev.event != PCL_EVENT_NONE && b->core.pool.ev.miss;
  }
  assert_int_equal(b->responses, 2);
  assert_int_equal(misses, 1);
}

static void reads_carry_qos_ids(void **state) {
  (void)state;
  bench_t *b = start();
  ask(b, 0, 0, IOVA);
  until_response(b);
  assert_true(b->ar[0].rcid == (OWN & 0xfff) && b->ar[0].mcid == OWN >> 16);  // the DC
  for (unsigned i = 1; i < 4; i++) assert_true(b->ar[i].rcid == RCID && b->ar[i].mcid == MCID);
  assert_true(b->resp.rcid == RCID && b->resp.mcid == MCID);
  ask(b, 2, 0, IOVA);  // an iotlb hit
  until_response(b);
  assert_false(b->resp.lead);
  assert_true(b->resp.rcid == RCID && b->resp.mcid == MCID);
}

static void in_bare_mode_requests_carry_those_of_the_iommu(void **state) {
  (void)state;
  bench_t *b = start();
  b->regs.ddtp_mode = PCL_DDTP_BARE;
  ask(b, 0, 0, IOVA);
  until_response(b);
  assert_true(b->resp.ok && b->resp.rcid == (OWN & 0xfff) && b->resp.mcid == OWN >> 16 && b->resp.bare);
  b->regs.ddtp_mode = PCL_DDTP_1LVL;
  ask(b, 0, 0, IOVA + 0x1000);
  until_response(b);
  assert_true(b->resp.ok && b->resp.rcid == RCID && !b->resp.bare);
}

// The DC is little-endian (BE = 0), the first stage big-endian (SBE); A is set by the IOMMU.
static void updates_are_turned_around(void **state) {
  (void)state;
  bench_t *b = start();
  b->regs.capabilities |= PCL_CAP_AMO_HWAD;
  set_word(b, (DDT_PPN << 12) + DEVICE * 32, PCL_TC_V | PCL_TC_SBE | PCL_TC_SADE);
  set_leaf(b, 1, LEAF & ~PCL_PTE_A);
  static const uint64_t tables[] = {ROOT_PPN, MIDDLE_PPN, LEAVES_PPN};
  for (unsigned t = 0; t < 3; t++) {
    for (uint64_t at = tables[t] << 12; at < (tables[t] + 1) << 12; at += 8) set_word(b, at, __builtin_bswap64(get_word(b, at)));
  }
  ask(b, 0, 0, IOVA + 0x1000);
  until_response(b);
  assert_true(b->resp.ok && b->resp.spn == FRAME_PPN + 1);
  assert_int_equal(b->writes, 1);
  assert_true(get_word(b, (LEAVES_PPN << 12) + 8) == __builtin_bswap64((uint64_t)(FRAME_PPN + 1) << 10 | LEAF));
  assert_true(b->aw.rcid == RCID && b->aw.mcid == MCID && b->aw.lock);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_message_is_one_word),
    cmocka_unit_test(a_message_follows_be),
    cmocka_unit_test(messages_go_one_at_a_time),
    cmocka_unit_test(a_refused_message_is_recorded),
    cmocka_unit_test(records_follow_be),
    cmocka_unit_test(commands_and_fences_follow_be),
    cmocka_unit_test(fence_with_wsi_needs_wires),
    cmocka_unit_test(all_walkers_together_limit_a_debug_request),
    cmocka_unit_test(a_debug_write_needs_w),
    cmocka_unit_test(a_taken_debug_request_is_an_event),
    cmocka_unit_test(loads_are_events),
    cmocka_unit_test(a_restarted_walk_misses_once),
    cmocka_unit_test(reads_carry_qos_ids),
    cmocka_unit_test(in_bare_mode_requests_carry_those_of_the_iommu),
    cmocka_unit_test(updates_are_turned_around),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
