// SPDX-License-Identifier: Apache-2.0
// The twin of the whole IOMMU in mode Bare, through its pins: QoS IDs of a device's request, a debug translation, counted events,
// an interrupt by message, and messages of devices.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/caps.h"
#include "cycle/portcullis.h"
#include "pcl_regs.h"

enum { PORT = 1, WALKERS = 2, CTR1 = PCL_REG_IOHPMCTR_OFFSET, EVT1 = PCL_REG_IOHPMEVT_OFFSET };

static const pcl_config_t config = {
  .num_ports = 2, .data_width = 64, .id_width = 4, .user_width = 1, .port_entries = 4, .port_misses = 4, .l2_ways = 1,
  .dc_entries = 2, .nl_entries = 2, .walkers = WALKERS, .cq_depth = 1, .fq_depth = 1, .max_outstanding = 3, .w_fifo_depth = 4,
  .hpm = 1, .dbg = 1, .qosid = 1, .igs_msi = 1, .ats = 1, .ats_timeout = 1000, .hpm_counters = 4, .pas = 56};
static pcl_top_t top;
static pcl_in_t in;
static pcl_out_t out;

static void tick(void) {
  pcl_top_eval(&top, &in, &out);
  pcl_top_commit(&top, &in);
}

static void put(unsigned offset, uint64_t data) {
  in.reg.aw_valid = in.reg.w_valid = true;
  in.reg.aw_addr = (uint16_t)offset;
  in.reg.w_data = data;
  in.reg.w_strb = 0xff;
  tick();
  assert_true(out.reg.aw_ready);
  in.reg.aw_valid = in.reg.w_valid = false;
  tick();
  assert_int_equal(out.reg.b_resp, PCL_RESP_OKAY);
}

static uint64_t get(unsigned offset) {
  in.reg.ar_valid = true;
  in.reg.ar_addr = (uint16_t)offset;
  tick();
  in.reg.ar_valid = false;
  tick();
  assert_true(out.reg.r_valid);
  return out.reg.r_data;
}

static int bare(void **state) {
  (void)state;
  memset(&in, 0, sizeof in);
  in.fuse_caps = ~UINT64_C(0);
  in.fuse_hpm = 2;
  in.reg.b_ready = in.reg.r_ready = in.ds.aw_ready = in.ds.w_ready = in.ds.ar_ready = true;
  pcl_top_init(&top, &config, in.fuse_caps, in.fuse_hpm);
  for (unsigned p = 0; p < config.num_ports; p++) {
    in.port[p].mem_ax_ready[0] = in.port[p].mem_ax_ready[1] = in.port[p].dev_r_ready = in.port[p].dev_b_ready = true;
  }
  put(PCL_REG_IOMMU_QOSID_OFFSET, 0x222 << 16 | 0x111);
  put(PCL_REG_DDTP_OFFSET, PCL_DDTP_BARE);
  while (get(PCL_REG_DDTP_OFFSET) & PCL_DDTP_BUSY_MASK) continue;
  return 0;
}

// One read by a device; returns what memory sees.
static pcl_ax_t device_reads(uint64_t iova) {
  pcl_ax_t *ar = &in.port[PORT].dev_ax[PCL_READ];
  *ar = (pcl_ax_t){.addr = iova, .device_id = 9, .size = 3, .burst = PCL_BURST_INCR, .valid = true};
  tick();
  assert_true(out.port[PORT].dev_ax_ready[PCL_READ]);
  ar->valid = false;
  for (unsigned i = 0; i < 20; i++) {
    tick();
    if (out.port[PORT].mem_ax[PCL_READ].valid) return out.port[PORT].mem_ax[PCL_READ];
  }
  fail();
  return *ar;
}

static void requests_carry_qos_ids(void **state) {
  (void)state;
  for (unsigned i = 0; i < 2; i++) {  // by a walk, by the port's cache
    const pcl_ax_t ar = device_reads(0x12345678);
    assert_true(ar.addr == 0x12345678 && ar.rcid == 0x111 && ar.mcid == 0x222);
  }
}

static void debug_translates(void **state) {
  (void)state;
  put(PCL_REG_TR_REQ_IOVA_OFFSET, 0x1000);
  put(PCL_REG_TR_REQ_CTL_OFFSET, UINT64_C(9) << 40 | PCL_TR_REQ_CTL_NW_MASK | PCL_TR_REQ_CTL_GO_BUSY_MASK);
  for (unsigned i = 0; get(PCL_REG_TR_REQ_CTL_OFFSET) & 1; i++) assert_true(i < 10);
  assert_true(get(PCL_REG_TR_RESPONSE_OFFSET) == 1 << 10);
}

static void events_are_counted(void **state) {
  (void)state;
  put(EVT1, PCL_EVENT_UNTRANSLATED);
  put(EVT1 + 8, PCL_EVENT_UNTRANSLATED | PCL_IOHPMEVT_DV_GSCV_MASK | UINT64_C(7) << PCL_IOHPMEVT_DID_GSCID_SHIFT);
  put(EVT1 + 16, PCL_EVENT_UNTRANSLATED);
  device_reads(0x1000);
  device_reads(0x2000);
  put(PCL_REG_TR_REQ_CTL_OFFSET, UINT64_C(7) << 40 | 1);
  for (unsigned i = 0; i < 10; i++) tick();
  assert_int_equal(get(CTR1), 3);
  assert_int_equal(get(CTR1 + 8), 1);
  assert_int_equal(get(CTR1 + 16), 0);  // the fuse leaves two
  const uint64_t cycles = get(PCL_REG_IOHPMCYCLES_OFFSET);
  assert_int_equal(get(PCL_REG_IOHPMCYCLES_OFFSET), cycles + 2);
}

// iohpmcycles passes its end: pmip, then a message to vector 5.
static void an_overflow_sends_a_message(void **state) {
  (void)state;
  put(PCL_REG_ICVEC_OFFSET, 5 << PCL_ICVEC_PMIV_SHIFT);
  put(PCL_REG_MSI_ADDR_OFFSET + 5 * 16, 0x4440);
  put(PCL_REG_MSI_DATA_OFFSET + 5 * 16, 0x55);
  put(PCL_REG_IOHPMCYCLES_OFFSET, PCL_IOHPMCYCLES_COUNTER_MASK - 3);
  for (unsigned i = 0; i < 10; i++) {
    tick();
    if (!out.ds.aw.valid) continue;
    assert_true(out.ds.aw.addr == 0x4440 && out.ds.aw.id == WALKERS + 2 && out.ds.aw.rcid == 0x111);
    assert_true(out.ds.w.valid && (out.ds.w.data[0] & 0xffffffff) == 0x55 && out.ds.w.strb == 0x0f);
    assert_int_equal(get(PCL_REG_IPSR_OFFSET & ~7u) >> 32, PCL_IPSR_PMIP_MASK);
    assert_int_equal(out.irq, 0);
    return;
  }
  fail();
}

static pcl_msg_t answer_to(unsigned kind, uint64_t payload) {
  in.msg_in = (pcl_msg_t){
    .kind = (uint8_t)kind, .rid = 0x102, .segment = 3, .dsv = true, .pv = true, .pasid = 7, .tag = 5, .payload = payload,
    .valid = true};
  in.msg_out_ready = true;
  tick();
  assert_true(out.msg_in_ready);
  in.msg_in.valid = false;
  for (unsigned i = 0; i < 20 && !out.msg_out.valid; i++) tick();
  const pcl_msg_t answer = out.msg_out;
  assert_true(answer.valid && answer.rid == 0x102 && answer.segment == 3 && answer.dsv);
  tick();
  assert_true(!out.msg_out.valid && out.msg_in_ready);
  return answer;
}

// Both are disallowed in mode Bare.
static void messages_are_answered(void **state) {
  (void)state;
  const pcl_msg_t completion = answer_to(PCL_MSG_TRANSLATION_REQUEST, 0x1000);
  assert_true(completion.kind == PCL_MSG_TRANSLATION_COMPLETION && completion.status == 1 && completion.tag == 5);
  assert_true(completion.payload == 0 && !completion.pv);
  const pcl_msg_t response = answer_to(PCL_MSG_PAGE_REQUEST, 0x1000 | 9 << 3 | 5);
  assert_true(response.kind == PCL_MSG_PRG_RESPONSE && response.status == 0 && response.tag == 0 && !response.pv);
  assert_true(response.payload == (UINT64_C(0x102) << 48 | UINT64_C(1) << 44 | UINT64_C(9) << 32));
  put(PCL_REG_MCTL_OFFSET, 2);
  assert_true(get(PCL_REG_MCTL_OFFSET) == (UINT64_C(1) << 32 | 2));
  assert_int_equal(answer_to(PCL_MSG_PAGE_REQUEST, 5).payload >> 44 & 15, 15);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(requests_carry_qos_ids, bare),
    cmocka_unit_test_setup(debug_translates, bare),
    cmocka_unit_test_setup(events_are_counted, bare),
    cmocka_unit_test_setup(an_overflow_sends_a_message, bare),
    cmocka_unit_test_setup(messages_are_answered, bare),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
