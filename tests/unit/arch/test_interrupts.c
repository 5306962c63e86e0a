// SPDX-License-Identifier: Apache-2.0
//
// Interrupts of the IOMMU: ipsr, wires, messages (IOMMU spec 6.18, 6.24, 6.25).
#include "iommu_test.h"

// Vector v: address 0x9000 + 4v, data 0x100 + v; command queue on 0, fault queue on 1, page requests on 3.
static void messages_on(world_t *w) {
  world_init(w, CAPS_ALL);
  for (unsigned v = 0; v < 4; v++) {
    reg_write8(w, MSI_ADDR(v), 0x9000 + 8 * v);
    reg_write4(w, MSI_DATA(v), 0x100 + v);
  }
  reg_write8(w, PCL_REG_ICVEC_OFFSET, 0x3210);
}

static unsigned interrupts(const world_t *w) {
  unsigned count = 0;
  for (unsigned i = 0; i < w->stores; i++) count += w->store[i].kind == PCL_STORE_INTERRUPT;
  return count;
}

static void a_message_is_sent_only_when_ipsr_goes_from_0_to_1(void **state) {
  (void)state;
  world_t w;
  messages_on(&w);
  reg_write4(&w, PCL_REG_FQCSR_OFFSET, 3);
  request(&w);
  assert_int_equal(reg_read4(&w, PCL_REG_IPSR_OFFSET), PCL_IPSR_FIP_MASK);
  assert_int_equal(interrupts(&w), 1);
  assert_int_equal(w.store[1].addr, 0x9008);
  assert_int_equal(w.store[1].data[0], 0x101);
  assert_int_equal(w.store[0].kind, PCL_STORE_FAULT_RECORD);  // the record before its interrupt
  request(&w);
  assert_int_equal(interrupts(&w), 1);
  reg_write4(&w, PCL_REG_IPSR_OFFSET, PCL_IPSR_FIP_MASK);
  assert_int_equal(reg_read4(&w, PCL_REG_IPSR_OFFSET), 0);  // a record is an edge: it does not come back
  request(&w);
  assert_int_equal(interrupts(&w), 2);
}

static void a_record_without_fie_leaves_no_interrupt_behind(void **state) {
  (void)state;
  world_t w;
  messages_on(&w);
  request(&w);
  reg_write4(&w, PCL_REG_FQCSR_OFFSET, 3);
  assert_int_equal(reg_read4(&w, PCL_REG_IPSR_OFFSET), 0);
}

static void an_error_is_a_level_and_sets_ipsr_again_after_it_was_cleared(void **state) {
  (void)state;
  world_t w;
  messages_on(&w);
  command(&w, 5, 0);
  assert_int_equal(reg_read4(&w, PCL_REG_IPSR_OFFSET), 0);
  reg_write4(&w, PCL_REG_CQCSR_OFFSET, 3);  // cie later than the error
  assert_int_equal(reg_read4(&w, PCL_REG_IPSR_OFFSET), PCL_IPSR_CIP_MASK);
  assert_int_equal(interrupts(&w), 1);
  reg_write4(&w, PCL_REG_IPSR_OFFSET, PCL_IPSR_CIP_MASK);
  assert_int_equal(reg_read4(&w, PCL_REG_IPSR_OFFSET), PCL_IPSR_CIP_MASK);
  assert_int_equal(interrupts(&w), 2);
  reg_write4(&w, PCL_REG_CQT_OFFSET, 0);  // nothing left to run
  w.iommu.cq.head = 0;
  reg_write4(&w, PCL_REG_CQCSR_OFFSET, 0x403);
  assert_int_equal(reg_read4(&w, PCL_REG_IPSR_OFFSET), PCL_IPSR_CIP_MASK);  // stays until software clears it
  reg_write4(&w, PCL_REG_IPSR_OFFSET, PCL_IPSR_CIP_MASK);
  assert_int_equal(reg_read4(&w, PCL_REG_IPSR_OFFSET), 0);
}

static void overflow_of_the_fault_queue_is_a_level(void **state) {
  (void)state;
  world_t w;
  messages_on(&w);
  for (unsigned i = 0; i < 4; i++) request(&w);
  reg_write4(&w, PCL_REG_FQCSR_OFFSET, 3);
  assert_int_equal(reg_read4(&w, PCL_REG_IPSR_OFFSET), PCL_IPSR_FIP_MASK);
}

// The page-request queue likewise: its errors are levels, also for a pie that comes later.
static void overflow_of_the_page_request_queue_is_a_level(void **state) {
  (void)state;
  world_t w;
  messages_on(&w);
  set_dc(&w.m, PCL_TC_V | PCL_TC_EN_ATS | PCL_TC_EN_PRI, 0);
  for (unsigned i = 0; i < 4; i++) pcl_iommu_page_request(&w.iommu, &(pcl_page_request_t){.device_id = 5, .payload = 1}, false);
  assert_int_equal(reg_read4(&w, PCL_REG_IPSR_OFFSET), 0);
  reg_write4(&w, PCL_REG_PQCSR_OFFSET, 3);
  assert_int_equal(reg_read4(&w, PCL_REG_IPSR_OFFSET), PCL_IPSR_PIP_MASK);
  assert_int_equal(interrupts(&w), 1);
  assert_int_equal(w.store[w.stores - 1].addr, 0x9018);
  reg_write4(&w, PCL_REG_IPSR_OFFSET, PCL_IPSR_PIP_MASK);
  assert_int_equal(reg_read4(&w, PCL_REG_IPSR_OFFSET), PCL_IPSR_PIP_MASK);
  assert_int_equal(interrupts(&w), 2);
}

static void a_masked_message_is_pended_and_sent_once_when_unmasked(void **state) {
  (void)state;
  world_t w;
  messages_on(&w);
  reg_write4(&w, PCL_REG_FQCSR_OFFSET, 3);
  reg_write4(&w, MSI_CTL(1), 1);
  for (unsigned i = 0; i < 2; i++) {
    request(&w);
    reg_write4(&w, PCL_REG_IPSR_OFFSET, PCL_IPSR_FIP_MASK);
  }
  assert_int_equal(interrupts(&w), 0);
  reg_write4(&w, MSI_CTL(1), 0);
  assert_int_equal(interrupts(&w), 1);
  reg_write4(&w, MSI_CTL(1), 1);
  reg_write4(&w, MSI_CTL(1), 0);
  assert_int_equal(interrupts(&w), 1);
}

static void a_pended_message_waits_while_wires_are_used(void **state) {
  (void)state;
  world_t w;
  messages_on(&w);
  reg_write4(&w, PCL_REG_FQCSR_OFFSET, 3);
  reg_write4(&w, MSI_CTL(1), 1);
  request(&w);
  reg_write8(&w, PCL_REG_DDTP_OFFSET, 0);
  reg_write4(&w, PCL_REG_FCTL_OFFSET, PCL_FCTL_WSI);
  reg_write4(&w, MSI_CTL(1), 0);
  assert_int_equal(interrupts(&w), 0);
  reg_write4(&w, PCL_REG_FCTL_OFFSET, 0);
  assert_int_equal(interrupts(&w), 1);
}

static void a_message_that_faults_is_recorded_as_273(void **state) {
  (void)state;
  world_t w;
  messages_on(&w);
  reg_write4(&w, PCL_REG_CQCSR_OFFSET, 3);
  memory_break(&w.m.memory, 0x9000, PCL_MEM_ACCESS_FAULT);
  command(&w, 5, 0);
  assert_int_equal(interrupts(&w), 0);
  assert_int_equal(reg_read4(&w, PCL_REG_FQT_OFFSET), 1);
  assert_int_equal(loaded(&w, fq_addr(0)), PCL_CAUSE_MSI_WRITE_ACCESS);
  assert_int_equal(loaded(&w, fq_addr(0) + 16), 0x9000);
}

// The record of a failed message has an interrupt of its own, which fails, too: that ends.
static void a_failing_fault_interrupt_records_itself_once(void **state) {
  (void)state;
  world_t w;
  messages_on(&w);
  reg_write4(&w, PCL_REG_FQCSR_OFFSET, 3);
  memory_break(&w.m.memory, 0x9008, PCL_MEM_ACCESS_FAULT);
  request(&w);
  assert_int_equal(reg_read4(&w, PCL_REG_FQT_OFFSET), 2);
  assert_int_equal(loaded(&w, fq_addr(1)), PCL_CAUSE_MSI_WRITE_ACCESS);
}

static void wires_follow_ipsr_by_icvec_and_send_nothing(void **state) {
  (void)state;
  world_t w;
  world_reset(&w, CAPS_ALL);
  reg_write4(&w, PCL_REG_FCTL_OFFSET, PCL_FCTL_WSI);
  reg_write8(&w, PCL_REG_ICVEC_OFFSET, 0x7695);
  reg_write8(&w, PCL_REG_FQB_OFFSET, (uint64_t)FQ_PPN << 10 | 1);
  reg_write4(&w, PCL_REG_FQCSR_OFFSET, 3);
  request(&w);
  assert_int_equal(pcl_iommu_wires(&w.iommu), 1 << 9);
  assert_int_equal(interrupts(&w), 0);
  reg_write4(&w, PCL_REG_IPSR_OFFSET, PCL_IPSR_FIP_MASK);
  assert_int_equal(pcl_iommu_wires(&w.iommu), 0);
}

static void messages_follow_fctl_be(void **state) {
  (void)state;
  world_t w;
  world_reset(&w, CAPS_ALL);
  reg_write4(&w, PCL_REG_FCTL_OFFSET, PCL_FCTL_BE);
  reg_write8(&w, MSI_ADDR(0), 0x9000);
  reg_write4(&w, MSI_DATA(0), 0x12345678);
  reg_write8(&w, PCL_REG_FQB_OFFSET, (uint64_t)FQ_PPN << 10 | 1);
  reg_write4(&w, PCL_REG_FQCSR_OFFSET, 3);
  request(&w);
  assert_int_equal(w.store[1].data[0], 0x78563412);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_message_is_sent_only_when_ipsr_goes_from_0_to_1),
    cmocka_unit_test(a_record_without_fie_leaves_no_interrupt_behind),
    cmocka_unit_test(an_error_is_a_level_and_sets_ipsr_again_after_it_was_cleared),
    cmocka_unit_test(overflow_of_the_fault_queue_is_a_level),
    cmocka_unit_test(a_masked_message_is_pended_and_sent_once_when_unmasked),
    cmocka_unit_test(a_pended_message_waits_while_wires_are_used),
    cmocka_unit_test(a_message_that_faults_is_recorded_as_273),
    cmocka_unit_test(a_failing_fault_interrupt_records_itself_once),
    cmocka_unit_test(wires_follow_ipsr_by_icvec_and_send_nothing),
    cmocka_unit_test(messages_follow_fctl_be),
    cmocka_unit_test(overflow_of_the_page_request_queue_is_a_level),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
