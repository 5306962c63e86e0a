// SPDX-License-Identifier: Apache-2.0
//
// Commands to devices: Invalidation Requests with completions and time-outs, Page Request Group Responses (IOMMU spec 4.1.4).
#include "iommu_test.h"

#define DEVICE(rid)  ((uint64_t)(rid) << 40)
#define SEGMENT(seg) ((uint64_t)(seg) << 56 | PCL_BIT(33))
#define PASID(pid)   ((uint64_t)(pid) << 12 | PCL_BIT(32))

static void complete(world_t *w, unsigned itag, uint16_t rid, unsigned count) {
  const pcl_inval_completion_t completion = {.itags = UINT32_C(1) << itag, .rid = rid, .count = (uint8_t)count};
  pcl_iommu_inval_completion(&w->iommu, &completion);
}

static uint64_t cqh(const world_t *w) { return reg_read4(w, PCL_REG_CQH_OFFSET); }
static uint64_t cqcsr(const world_t *w) { return reg_read4(w, PCL_REG_CQCSR_OFFSET); }

static void messages_carry_the_operands(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  command(&w, ATS_INVAL | DEVICE(0x1234) | SEGMENT(0x56) | PASID(0x789ab), UINT64_C(0xfedcba9876543801));
  command(&w, ATS_PRGR | DEVICE(0x4321) | UINT64_C(0xee) << 56 | 0xabcde000, UINT64_C(0x0000f12300000000));
  assert_int_equal(w.messages, 2);
  const pcl_message_t *inval = &w.message[0], *prgr = &w.message[1];
  assert_int_equal(inval->code, PCL_MESSAGE_INVALIDATION_REQUEST);
  assert_true(inval->rid == 0x1234 && inval->dsv && inval->dseg == 0x56 && inval->pv && inval->pid == 0x789ab);
  assert_true(inval->payload == UINT64_C(0xfedcba9876543801));
  assert_int_equal(prgr->code, PCL_MESSAGE_PRG_RESPONSE);
  assert_true(prgr->rid == 0x4321 && !prgr->dsv && !prgr->pv && prgr->dseg == 0 && prgr->pid == 0);
  assert_true(prgr->payload == UINT64_C(0x0000f12300000000));
  assert_int_equal(cqh(&w), 2);
}

static void ats_commands_are_illegal_without_ats(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL & ~(PCL_CAP_ATS | PCL_CAP_T2GPA));
  command(&w, ATS_PRGR, 0);
  assert_int_equal(cqcsr(&w), 0x10401);
  assert_int_equal(w.messages, 0);
}

// A fence completes only when every earlier command has; cqh waits on it.
static void a_fence_waits_for_every_outstanding_invalidation(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  command(&w, ATS_INVAL | DEVICE(1), 0);
  command(&w, ATS_INVAL | DEVICE(2), 0);
  command(&w, FENCE | FENCE_AV | UINT64_C(7) << 32, 0x5000 / 4);
  assert_int_equal(cqh(&w), 2);
  assert_int_not_equal(w.message[0].tag, w.message[1].tag);
  complete(&w, w.message[1].tag, 2, 1);
  assert_int_equal(cqh(&w), 2);
  complete(&w, w.message[0].tag, 9, 1);  // of another device
  assert_int_equal(cqh(&w), 2);
  complete(&w, w.message[0].tag, 1, 2);  // one of two messages
  assert_int_equal(cqh(&w), 2);
  assert_int_equal(w.stores, 0);
  complete(&w, w.message[0].tag, 1, 2);
  assert_int_equal(cqh(&w), 3);
  assert_int_equal(loaded(&w, 0x5000), 7);
  assert_int_equal(cqcsr(&w), 0x10001);
}

static void a_completion_count_of_0_means_8(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  command(&w, ATS_INVAL | DEVICE(1), 0);
  command(&w, FENCE, 0);
  for (unsigned i = 0; i < 8; i++) {
    assert_int_equal(cqh(&w), 1);
    complete(&w, w.message[0].tag, 1, 0);
  }
  assert_int_equal(cqh(&w), 2);
}

// Only a fence tells of a time-out, cqh on it; clearing cmd_to runs it again.
static void a_time_out_is_told_by_the_next_fence_which_then_runs_again(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  command(&w, ATS_INVAL | DEVICE(1), 0);
  pcl_iommu_inval_time_out(&w.iommu, w.message[0].tag);
  command(&w, 1, 0);
  assert_int_equal(cqcsr(&w), 0x10001);
  assert_int_equal(cqh(&w), 2);
  command(&w, FENCE | FENCE_AV, 0x5000 / 4);
  assert_int_equal(cqcsr(&w), 0x10201);
  assert_int_equal(cqh(&w), 2);
  assert_int_equal(w.stores, 0);
  reg_write4(&w, PCL_REG_CQCSR_OFFSET, 0x201);
  assert_int_equal(cqcsr(&w), 0x10001);
  assert_int_equal(cqh(&w), 3);
  assert_int_equal(w.stores, 1);
}

static void without_a_free_itag_the_queue_waits(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  for (unsigned i = 0; i < PCL_ITAGS; i++) command(&w, ATS_INVAL | DEVICE(i), 0);
  assert_int_equal(w.messages, PCL_ITAGS);
  command(&w, ATS_INVAL | DEVICE(0x99), 0);
  assert_int_equal(w.messages, PCL_ITAGS);
  assert_int_equal(cqh(&w), PCL_ITAGS & 3);
  complete(&w, w.message[5].tag, 5, 1);
  assert_int_equal(w.messages, PCL_ITAGS + 1);
  assert_int_equal(w.message[PCL_ITAGS].tag, w.message[5].tag);
  assert_int_equal(cqh(&w), (PCL_ITAGS + 1) & 3);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(messages_carry_the_operands),
    cmocka_unit_test(ats_commands_are_illegal_without_ats),
    cmocka_unit_test(a_fence_waits_for_every_outstanding_invalidation),
    cmocka_unit_test(a_completion_count_of_0_means_8),
    cmocka_unit_test(a_time_out_is_told_by_the_next_fence_which_then_runs_again),
    cmocka_unit_test(without_a_free_itag_the_queue_waits),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
