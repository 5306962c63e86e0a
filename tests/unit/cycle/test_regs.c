// SPDX-License-Identifier: Apache-2.0
// What the twin of regs adds to the queues, sentence by sentence of docs/microarchitecture.md, sections 2 and 6: fuses, fctl,
// interrupts by message, the debug interface, iommu_qosid, the page-request queue and the message port.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/caps.h"
#include "cycle/regs.h"
#include "pcl_regs.h"

enum { IPSR = PCL_REG_IPSR_OFFSET, ICVEC = PCL_REG_ICVEC_OFFSET, MSI = PCL_REG_MSI_ADDR_OFFSET, CTL = PCL_REG_TR_REQ_CTL_OFFSET };

static const pcl_config_t config = {
  .num_ports = 2, .sv32 = 1, .hpm = 1, .dbg = 1, .end = 1, .qosid = 1, .igs_msi = 1, .ats = 1, .hpm_counters = 7, .pas = 50};
static pcl_regs_state_t regs;
static pcl_regs_events_t events;

static void reset(uint64_t fuse_caps, unsigned fuse_hpm) {
  pcl_regs_reset(&regs, &config, fuse_caps, fuse_hpm);
  memset(&events, 0, sizeof events);
}

static int fresh(void **state) {
  (void)state;
  reset(~UINT64_C(0), 0x3f);
  return 0;
}

// A clock; events are pulses.
static void clock_with(const pcl_reg_pins_in_t *in) {
  pcl_regs_commit(&regs, in, &events);
  memset(&events, 0, sizeof events);
}

static void tick(void) {
  const pcl_reg_pins_in_t nothing = {.b_ready = true, .r_ready = true};
  clock_with(&nothing);
}

// One clock with a write of 4 or 8 bytes; its B goes in the next.
static void write_now(unsigned offset, unsigned bytes, uint64_t data) {
  const bool upper = bytes == 4 && offset & 4;
  const pcl_reg_pins_in_t in = {
    .w_data = upper ? data << 32 : data, .aw_addr = (uint16_t)offset, .w_strb = bytes == 8 ? 0xff : upper ? 0xf0 : 0x0f,
    .aw_valid = true, .w_valid = true, .b_ready = true, .r_ready = true};
  assert_false(regs.b_valid);
  clock_with(&in);
  assert_false(regs.b_error);
}

static void put(unsigned offset, unsigned bytes, uint64_t data) {
  write_now(offset, bytes, data);
  tick();
}

static uint64_t get(unsigned offset) {
  const pcl_reg_pins_in_t in = {.ar_addr = (uint16_t)(offset & ~7u), .ar_valid = true, .r_ready = true};
  pcl_reg_pins_out_t out;
  uint16_t irq;
  clock_with(&in);
  pcl_regs_eval(&regs, &in, &out, &irq);
  tick();
  return offset & 4 ? out.r_data >> 32 : out.r_data;
}

static uint16_t wires(void) {
  const pcl_reg_pins_in_t in = {.b_ready = true};
  pcl_reg_pins_out_t out;
  uint16_t irq;
  pcl_regs_eval(&regs, &in, &out, &irq);
  return irq;
}

static int shown(void) { return pcl_regs_msi_shown(&regs.msi, regs.fctl); }

// --- Fuses and fctl ---

static void fuses_narrow(void **state) {
  (void)state;
  const uint64_t keep = ~(PCL_CAPABILITIES_IGS_MASK | PCL_CAPABILITIES_PAS_MASK);
  assert_int_equal(get(0) >> 28 & 3, PCL_CAPABILITIES_IGS_BOTH);
  assert_true(get(0) & PCL_CAP_HPM && get(0) & PCL_CAP_DBG && get(0) & PCL_CAP_END && get(0) & PCL_CAP_QOSID);
  reset(keep | UINT64_C(40) << 32, 2);  // IGS = MSI
  assert_int_equal(get(0) >> 28 & 3, PCL_CAPABILITIES_IGS_MSI);
  assert_int_equal(get(0) >> 32 & 0x3f, 40);
  put(PCL_REG_FCTL_OFFSET, 4, PCL_FCTL_WSI);
  assert_int_equal(get(PCL_REG_FCTL_OFFSET), 0);
  put(PCL_REG_IOCOUNTINH_OFFSET, 4, 0xffffffff);
  assert_int_equal(get(PCL_REG_IOCOUNTINH_OFFSET), 7);  // two counters are left, and the cycles
  reset(keep | UINT64_C(1) << 28 | UINT64_C(60) << 32, 0);  // WSI
  assert_int_equal(get(PCL_REG_FCTL_OFFSET), PCL_FCTL_WSI);
  assert_int_equal(get(0) >> 32 & 0x3f, 50);
  put(MSI, 8, 0x1000);
  assert_int_equal(get(MSI), 0);
  put(PCL_REG_IOCOUNTINH_OFFSET, 4, 0xffffffff);
  assert_int_equal(get(PCL_REG_IOCOUNTINH_OFFSET), 3);
  reset(0, 0x3f);
  put(PCL_REG_FCTL_OFFSET, 4, 7);
  put(PCL_REG_IOMMU_QOSID_OFFSET, 4, 0xffffffff);
  put(PCL_REG_TR_REQ_IOVA_OFFSET, 8, ~UINT64_C(0));
  put(CTL, 8, ~UINT64_C(0));
  put(PCL_REG_IOCOUNTINH_OFFSET, 4, 0xffffffff);
  put(ICVEC, 8, 0xffff);
  assert_int_equal(get(PCL_REG_FCTL_OFFSET) | get(PCL_REG_IOMMU_QOSID_OFFSET) | get(PCL_REG_TR_REQ_IOVA_OFFSET) | get(CTL), 0);
  assert_int_equal(get(PCL_REG_IOCOUNTINH_OFFSET), 0);
  assert_int_equal(get(ICVEC), 0xff);
}

static void fctl_is_written_in_off_only(void **state) {
  (void)state;
  put(PCL_REG_FCTL_OFFSET, 4, ~UINT32_C(0));
  assert_int_equal(get(PCL_REG_FCTL_OFFSET), PCL_FCTL_BE | PCL_FCTL_WSI | PCL_FCTL_GXL);
  put(PCL_REG_FCTL_OFFSET, 4, PCL_FCTL_BE);
  put(PCL_REG_DDTP_OFFSET, 8, PCL_DDTP_BARE);
  put(PCL_REG_FCTL_OFFSET, 4, 0);
  events.ddtp_done = true;
  tick();
  put(PCL_REG_FCTL_OFFSET, 4, 0);
  assert_int_equal(get(PCL_REG_FCTL_OFFSET), PCL_FCTL_BE);
  put(PCL_REG_DDTP_OFFSET, 8, PCL_DDTP_OFF);
  put(PCL_REG_FCTL_OFFSET, 4, 0);  // busy
  assert_int_equal(get(PCL_REG_FCTL_OFFSET), PCL_FCTL_BE);
}

static void qosid_keeps_its_fields(void **state) {
  (void)state;
  put(PCL_REG_IOMMU_QOSID_OFFSET, 4, 0xffffffff);
  assert_int_equal(get(PCL_REG_IOMMU_QOSID_OFFSET), 0x0fff0fff);
}

// --- Messages ---

// The command queue has an error and its interrupt is enabled: cip is set in each clock. The fault queue: by a record.
static void enable_causes(unsigned civ, unsigned fiv, unsigned pmiv) {
  put(ICVEC, 8, civ | fiv << 4 | pmiv << 8);
  put(PCL_REG_CQCSR_OFFSET, 8, UINT64_C(3) << 32 | 3);
  tick();
}

static void record(void) { events.fq_done = true; }

static void a_rising_cause_makes_one_message(void **state) {
  (void)state;
  enable_causes(3, 9, 0);
  assert_int_equal(shown(), -1);
  record();
  tick();
  assert_int_equal(shown(), 9);
  assert_int_equal(wires(), 0);
  events.msi_taken = true;
  tick();
  assert_int_equal(shown(), -1);
  record();
  tick();  // fip is set already
  assert_int_equal(shown(), -1);
  // Cleared and set in one clock: it rises, and stays set.
  record();
  write_now(IPSR, 4, PCL_IPSR_FIP_MASK);
  assert_int_equal(shown(), 9);
  tick();
  assert_int_equal(get(IPSR), PCL_IPSR_FIP_MASK);
}

static void a_level_rises_again_with_each_clear(void **state) {
  (void)state;
  enable_causes(3, 9, 0);
  events.cq_set_mf = true;
  tick();
  assert_int_equal(shown(), -1);  // cqmf loads 1 at this edge
  tick();
  assert_int_equal(shown(), 3);
  events.msi_taken = true;
  tick();
  tick();
  assert_int_equal(shown(), -1);
  write_now(IPSR, 4, PCL_IPSR_CIP_MASK);
  assert_int_equal(shown(), 3);
}

static void vectors_take_turns(void **state) {
  (void)state;
  enable_causes(3, 9, 5);
  put(PCL_REG_IOHPMCYCLES_OFFSET, 8, PCL_IOHPMCYCLES_COUNTER_MASK - 1);
  tick();
  record();
  events.cq_set_ill = true;
  tick();
  tick();
  assert_int_equal(get(IPSR), PCL_IPSR_CIP_MASK | PCL_IPSR_FIP_MASK | PCL_IPSR_PMIP_MASK);
  static const int order[] = {3, 5, 9, -1};
  for (unsigned i = 0; i < 4; i++) {
    assert_int_equal(shown(), order[i]);
    events.msi_taken = order[i] >= 0;
    tick();
  }
  record();
  write_now(IPSR, 4, PCL_IPSR_CIP_MASK | PCL_IPSR_FIP_MASK);  // both rise; the pointer stands at 10
  assert_int_equal(shown(), 3);
}

static void a_masked_vector_waits(void **state) {
  (void)state;
  enable_causes(3, 9, 0);
  put(MSI + 9 * 16, 8, UINT64_C(0xff12345678abcdef));
  put(MSI + 9 * 16 + 8, 8, UINT64_C(1) << 32 | 0xcafe);
  assert_true(get(MSI + 9 * 16) == UINT64_C(0x0012345678abcdec));
  assert_true(get(MSI + 9 * 16 + 8) == (UINT64_C(1) << 32 | 0xcafe));
  record();
  tick();
  tick();
  assert_int_equal(shown(), -1);
  put(MSI + 9 * 16 + 12, 4, 0);
  assert_int_equal(shown(), 9);
  assert_int_equal(regs.msi.entry[9].data, 0xcafe);
}

// A vector that rises in the clock in which its message is taken wants another one.
static void rising_while_taken_stays(void **state) {
  (void)state;
  enable_causes(3, 9, 0);
  record();
  tick();
  record();
  events.msi_taken = true;
  write_now(IPSR, 4, PCL_IPSR_FIP_MASK);
  assert_int_equal(shown(), 9);
}

static void with_wires_nothing_is_wanted(void **state) {
  (void)state;
  put(PCL_REG_FCTL_OFFSET, 4, PCL_FCTL_WSI);
  enable_causes(3, 9, 0);
  record();
  tick();
  assert_int_equal(wires(), 1 << 9);
  put(PCL_REG_FCTL_OFFSET, 4, 0);
  assert_int_equal(shown(), -1);
  assert_int_equal(wires(), 0);
}

// --- Debug interface ---

static pcl_miss_req_t asked(void) {
  pcl_miss_req_t req;
  pcl_regs_debug_req(&regs.debug, &req);
  return req;
}

static void answer(const pcl_resp_t *resp) {
  events.dbg_resp = resp;
  tick();
}

static void go_asks_until_taken(void **state) {
  (void)state;
  put(PCL_REG_TR_REQ_IOVA_OFFSET, 8, UINT64_C(0x123456789abcdef));
  assert_false(asked().valid);
  write_now(CTL, 8, UINT64_C(0xabcdef) << 40 | UINT64_C(1) << 32 | UINT32_C(0x54321) << 12 | 0xf);
  const pcl_miss_req_t req = asked();
  assert_true(req.valid && req.solo && req.pv && req.priv && req.exec && !req.write && !req.translated && !req.illegal);
  assert_true(req.iova == UINT64_C(0x123456789abc000) && req.device_id == 0xabcdef && req.process_id == 0x54321);
  tick();
  assert_true(asked().valid);
  events.dbg_taken = true;
  tick();
  assert_false(asked().valid);
  assert_true(get(CTL) & 1);
  put(PCL_REG_TR_REQ_IOVA_OFFSET, 8, 0);  // ignored
  put(CTL, 4, 0);
  assert_true(get(PCL_REG_TR_REQ_IOVA_OFFSET) == UINT64_C(0x123456789abc000) && get(CTL) & 2);
  const pcl_resp_t resp = {.ok = true, .spn = 0x12345, .pbmt = 2, .valid = true};
  answer(&resp);
  assert_false(get(CTL) & 1);
  assert_true(get(PCL_REG_TR_RESPONSE_OFFSET) == (UINT64_C(0x12345) << 10 | 2 << 7));
}

static void without_pv_there_is_no_process(void **state) {
  (void)state;
  put(CTL, 8, UINT32_C(0x54321) << 12 | 3);
  assert_true(asked().valid && asked().write);
  assert_false(asked().pv || asked().priv || asked().process_id);
}

static void the_response_tells_the_size(void **state) {
  (void)state;
  pcl_resp_t resp = {.ok = true, .spn = 0x12345, .size = 2, .valid = true};
  answer(&resp);
  assert_true(get(PCL_REG_TR_RESPONSE_OFFSET) == (UINT64_C(0x122ff) << 10 | 1 << 9));
  resp.size = 6;
  answer(&resp);  // identity is no range
  assert_true(get(PCL_REG_TR_RESPONSE_OFFSET) == UINT64_C(0x12345) << 10);
  resp.ok = false;
  answer(&resp);
  assert_int_equal(get(PCL_REG_TR_RESPONSE_OFFSET), 1);
}

// --- Page requests and messages ---

static void the_page_request_queue_is_one(void **state) {
  (void)state;
  put(ICVEC, 8, 0xffff);
  assert_int_equal(get(ICVEC), 0xffff);
  put(ICVEC, 8, 0x7000);
  put(PCL_REG_PQH_OFFSET, 4, 1);
  put(PCL_REG_PQB_OFFSET, 8, UINT64_C(0x123) << 10 | 1);
  assert_true(get(PCL_REG_PQB_OFFSET) == (UINT64_C(0x123) << 10 | 1));
  assert_int_equal(get(PCL_REG_PQH_OFFSET), 0);
  events.pq_idle = true;
  write_now(PCL_REG_PQCSR_OFFSET, 4, 3);
  assert_int_equal((uint32_t)get(PCL_REG_PQCSR_OFFSET), 0x20003);
  assert_int_equal((uint32_t)get(PCL_REG_PQCSR_OFFSET), 0x10003);
  put(PCL_REG_PQH_OFFSET, 4, 7);
  assert_int_equal(get(PCL_REG_PQH_OFFSET), 3);
  put(PCL_REG_PQB_OFFSET, 8, 0);
  assert_true(get(PCL_REG_PQB_OFFSET) != 0);
  events.pq_done = true;
  tick();
  assert_int_equal(get(PCL_REG_PQT_OFFSET), 1);
  assert_int_equal(get(IPSR), PCL_IPSR_PIP_MASK);
  put(IPSR, 4, PCL_IPSR_PIP_MASK);
  assert_int_equal(get(IPSR), 0);
  events.pq_set_of = true;
  tick();
  assert_int_equal((uint32_t)get(PCL_REG_PQCSR_OFFSET), 0x10203);
  assert_int_equal(get(IPSR), PCL_IPSR_PIP_MASK);
  assert_int_equal(shown(), 7);
  put(PCL_REG_PQCSR_OFFSET, 4, 0x200);
  assert_int_equal((uint32_t)get(PCL_REG_PQCSR_OFFSET), 0x30000);  // a page request's B is missing
  events.pq_idle = true;
  tick();
  assert_int_equal((uint32_t)get(PCL_REG_PQCSR_OFFSET), 0);
}

static void mctl_refuses(void **state) {
  (void)state;
  put(PCL_REG_MCTL_OFFSET, 4, 2);
  for (unsigned mode = 1; mode < 4; mode += 2) put(PCL_REG_MCTL_OFFSET, 4, mode);
  assert_true(pcl_msg_refuse(&regs));
  events.msg_drained = true;
  assert_int_equal(get(PCL_REG_MSTA_OFFSET), 1);
  assert_int_equal(get(PCL_REG_MSTA_OFFSET), 0);
  put(PCL_REG_MCTL_OFFSET, 4, 0);
  assert_int_equal(get(PCL_REG_MCTL_OFFSET), 0);
}

static void without_ats_there_are_none(void **state) {
  (void)state;
  reset(~PCL_CAP_ATS, 0x3f);
  put(PCL_REG_PQB_OFFSET, 8, ~UINT64_C(0));
  put(PCL_REG_PQCSR_OFFSET, 4, 3);
  put(PCL_REG_MCTL_OFFSET, 4, 2);
  put(ICVEC, 8, 0xf000);
  events.msg_drained = true;
  assert_int_equal(get(PCL_REG_MSTA_OFFSET), 0);
  assert_int_equal(get(PCL_REG_PQB_OFFSET) | get(PCL_REG_PQCSR_OFFSET) | get(PCL_REG_MCTL_OFFSET) | get(ICVEC), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(fuses_narrow, fresh),
    cmocka_unit_test_setup(fctl_is_written_in_off_only, fresh),
    cmocka_unit_test_setup(qosid_keeps_its_fields, fresh),
    cmocka_unit_test_setup(a_rising_cause_makes_one_message, fresh),
    cmocka_unit_test_setup(a_level_rises_again_with_each_clear, fresh),
    cmocka_unit_test_setup(vectors_take_turns, fresh),
    cmocka_unit_test_setup(a_masked_vector_waits, fresh),
    cmocka_unit_test_setup(rising_while_taken_stays, fresh),
    cmocka_unit_test_setup(with_wires_nothing_is_wanted, fresh),
    cmocka_unit_test_setup(go_asks_until_taken, fresh),
    cmocka_unit_test_setup(without_pv_there_is_no_process, fresh),
    cmocka_unit_test_setup(the_response_tells_the_size, fresh),
    cmocka_unit_test_setup(the_page_request_queue_is_one, fresh),
    cmocka_unit_test_setup(mctl_refuses, fresh),
    cmocka_unit_test_setup(without_ats_there_are_none, fresh),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
