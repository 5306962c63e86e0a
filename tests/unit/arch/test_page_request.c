// SPDX-License-Identifier: Apache-2.0
//
// Page Request messages: queued, answered by the IOMMU, or dropped (IOMMU spec 3.7, 4.3).
#include "iommu_test.h"

enum { R = 1, W = 2, L = 4, SUCCESS = 0, INVALID = 1, FAILURE = 15, RID = 5 };

#define PRI_ON  (PCL_TC_V | PCL_TC_EN_ATS | PCL_TC_EN_PRI)
#define PASID   0x12345
#define PAYLOAD (UINT64_C(0xabcdef0123456000) | 0x155 << 3)

static void start(world_t *w, uint64_t tc) {
  world_init(w, CAPS_ALL);
  set_dc(&w->m, tc, 0);
}

static void page_request(world_t *w, uint32_t device_id, bool pv, unsigned flags) {
  const pcl_page_request_t message = {
    .payload = PAYLOAD | flags, .device_id = device_id, .pv = pv, .process_id = pv ? PASID : 0, .priv = pv, .exec = pv};
  pcl_iommu_page_request(&w->iommu, &message, device_id >> 16);
}

static void expect_answer(const world_t *w, unsigned code, bool pv) {
  assert_int_equal(w->messages, 1);
  const pcl_message_t *message = &w->message[0];
  assert_int_equal(message->code, PCL_MESSAGE_PRG_RESPONSE);
  assert_int_equal(message->payload >> 44 & 0xf, code);
  assert_int_equal(message->payload >> 32 & 0x1ff, 0x155);
  assert_int_equal(message->payload & 0xffffffff, 0);
  assert_int_equal(message->pv, pv);
  assert_int_equal(message->pid, pv ? PASID : 0);
}

static uint64_t faults(const world_t *w) { return reg_read4(w, PCL_REG_FQT_OFFSET); }

static void a_message_is_queued_with_its_fields(void **state) {
  (void)state;
  world_t w;
  start(&w, PRI_ON);
  reg_write4(&w, PCL_REG_PQCSR_OFFSET, 3);
  page_request(&w, RID, true, L | R);
  page_request(&w, RID, false, W);
  assert_true(loaded(&w, pq_addr(0)) == ((uint64_t)RID << 40 | UINT64_C(7) << 32 | PASID << 12));
  assert_true(loaded(&w, pq_addr(0) + 8) == (PAYLOAD | L | R));
  assert_true(loaded(&w, pq_addr(1)) == (uint64_t)RID << 40);
  assert_int_equal(reg_read4(&w, PCL_REG_PQT_OFFSET), 2);
  assert_int_equal(reg_read4(&w, PCL_REG_IPSR_OFFSET), PCL_IPSR_PIP_MASK);
  assert_int_equal(w.messages, 0);
}

static void off_is_256_and_failure(void **state) {
  (void)state;
  world_t w;
  world_reset(&w, CAPS_ALL);
  reg_write8(&w, PCL_REG_FQB_OFFSET, (uint64_t)FQ_PPN << 10 | 1);
  reg_write4(&w, PCL_REG_FQCSR_OFFSET, 1);
  page_request(&w, 0x560005, true, L | R);
  expect_answer(&w, FAILURE, true);
  assert_int_equal(w.message[0].rid, 5);
  assert_true(w.message[0].dsv && w.message[0].dseg == 0x56);
  // TTYP 9, iotval the message code.
  assert_true(loaded(&w, fq_addr(0)) == (UINT64_C(0x560005) << 40 | UINT64_C(9) << 34 | UINT64_C(3) << 32 | PASID << 12 | 256));
  assert_int_equal(loaded(&w, fq_addr(0) + 16), PCL_MESSAGE_PAGE_REQUEST);
}

static void bare_too_wide_and_pri_off_are_260_and_invalid(void **state) {
  (void)state;
  world_t w;
  start(&w, PRI_ON);
  reg_write8(&w, PCL_REG_DDTP_OFFSET, PCL_DDTP_BARE);
  page_request(&w, RID, false, L | R);
  expect_answer(&w, INVALID, false);
  start(&w, PRI_ON);
  page_request(&w, 0x80, false, L | R);
  expect_answer(&w, INVALID, false);
  start(&w, PCL_TC_V | PCL_TC_EN_ATS);
  page_request(&w, RID, true, L | R);
  expect_answer(&w, INVALID, false);  // PRPR is 0
  assert_int_equal(loaded(&w, fq_addr(0)) & 0xfff, 260);
}

static void no_valid_dc_is_failure_with_the_pasid(void **state) {
  (void)state;
  world_t w;
  start(&w, 0);
  page_request(&w, RID, true, L | R);
  expect_answer(&w, FAILURE, true);
  assert_int_equal(loaded(&w, fq_addr(0)) & 0xfff, 258);
}

static void dtf_suppresses_only_the_record_of_pri_off(void **state) {
  (void)state;
  world_t w;
  start(&w, PCL_TC_V | PCL_TC_EN_ATS | PCL_TC_DTF);
  page_request(&w, RID, false, L | R);
  expect_answer(&w, INVALID, false);
  assert_int_equal(faults(&w), 0);
}

static void queue_off_or_memory_fault_is_failure_and_not_logged(void **state) {
  (void)state;
  world_t w;
  start(&w, PRI_ON);
  reg_write4(&w, PCL_REG_PQCSR_OFFSET, 0);
  page_request(&w, RID, true, L | R);
  expect_answer(&w, FAILURE, true);
  start(&w, PRI_ON);
  memory_break(&w.m.memory, pq_addr(0), PCL_MEM_ACCESS_FAULT);
  page_request(&w, RID, false, L | R);
  expect_answer(&w, FAILURE, false);
  assert_int_equal(reg_read4(&w, PCL_REG_PQCSR_OFFSET), 0x10101);
  assert_int_equal(faults(&w), 0);
}

static void a_standing_memory_fault_is_failure(void **state) {
  (void)state;
  world_t w;
  start(&w, PRI_ON);
  memory_break(&w.m.memory, pq_addr(0), PCL_MEM_ACCESS_FAULT);
  page_request(&w, RID, false, R);  // nobody waits for an answer
  assert_int_equal(w.messages, 0);
  memory_break(&w.m.memory, pq_addr(0), PCL_MEM_OK);
  page_request(&w, RID, true, L | R);
  expect_answer(&w, FAILURE, true);
  assert_int_equal(reg_read4(&w, PCL_REG_PQCSR_OFFSET), 0x10101);
  reg_write4(&w, PCL_REG_PQCSR_OFFSET, 0x101);
  page_request(&w, RID, true, L | R);
  assert_int_equal(w.messages, 1);
  assert_int_equal(reg_read4(&w, PCL_REG_PQT_OFFSET), 1);
}

// 257 and 259 like 258; the DC is what says PRPR, so without one it is 0.
static void errors_of_the_directory_are_failure(void **state) {
  (void)state;
  world_t w;
  start(&w, PRI_ON | PCL_TC_DPE);
  page_request(&w, RID, false, L | R);
  expect_answer(&w, FAILURE, false);
  assert_int_equal(loaded(&w, fq_addr(0)) & 0xfff, 259);
  start(&w, PRI_ON | PCL_TC_PRPR);
  memory_break(&w.m.memory, dc_addr(RID), PCL_MEM_ACCESS_FAULT);
  page_request(&w, RID, true, L | R);
  expect_answer(&w, FAILURE, true);
  assert_int_equal(loaded(&w, fq_addr(0)) & 0xfff, 257);
}

static void full_is_success_and_not_logged_until_pqof_is_cleared(void **state) {
  (void)state;
  world_t w;
  start(&w, PRI_ON | PCL_TC_PRPR);
  for (unsigned i = 0; i < 3; i++) page_request(&w, RID, true, L | R);
  page_request(&w, RID, true, L | R);
  expect_answer(&w, SUCCESS, true);  // PRPR is 1
  assert_int_equal(reg_read4(&w, PCL_REG_PQCSR_OFFSET), 0x10201);
  reg_write4(&w, PCL_REG_PQH_OFFSET, 2);
  page_request(&w, RID, true, L | R);
  assert_int_equal(w.messages, 2);
  reg_write4(&w, PCL_REG_PQCSR_OFFSET, 0x201);
  page_request(&w, RID, true, L | R);
  assert_int_equal(w.messages, 2);
  assert_int_equal(reg_read4(&w, PCL_REG_PQT_OFFSET), 0);
  assert_int_equal(faults(&w), 0);
}

static void what_needs_no_answer_is_dropped_in_silence(void **state) {
  (void)state;
  world_t w;
  start(&w, PRI_ON);
  reg_write4(&w, PCL_REG_PQCSR_OFFSET, 0);
  page_request(&w, RID, true, R);  // not the last of its group
  page_request(&w, RID, true, L);  // Stop Marker
  assert_int_equal(w.messages, 0);
  reg_write4(&w, PCL_REG_PQCSR_OFFSET, 1);
  page_request(&w, RID, true, L);
  assert_int_equal(reg_read4(&w, PCL_REG_PQT_OFFSET), 1);  // a Stop Marker is queued like any other
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_message_is_queued_with_its_fields),
    cmocka_unit_test(off_is_256_and_failure),
    cmocka_unit_test(bare_too_wide_and_pri_off_are_260_and_invalid),
    cmocka_unit_test(no_valid_dc_is_failure_with_the_pasid),
    cmocka_unit_test(dtf_suppresses_only_the_record_of_pri_off),
    cmocka_unit_test(queue_off_or_memory_fault_is_failure_and_not_logged),
    cmocka_unit_test(full_is_success_and_not_logged_until_pqof_is_cleared),
    cmocka_unit_test(what_needs_no_answer_is_dropped_in_silence),
    cmocka_unit_test(a_standing_memory_fault_is_failure),
    cmocka_unit_test(errors_of_the_directory_are_failure),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
