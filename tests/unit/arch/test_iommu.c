// SPDX-License-Identifier: Apache-2.0
//
// Fault records, and the untimed IOMMU's fault and command queues (IOMMU spec 4.1, 4.2, cqcsr, fqcsr).
#include "arch/fault_record.h"
#include "iommu_test.h"

static void record_fields(void **state) {
  (void)state;
  const pcl_request_t request = {.device_id = 0xabcdef, .pv = true, .process_id = 0x12345, .priv = true};
  const pcl_fault_t fault = {.iotval = 0x1111222233334444, .iotval2 = 0x5555, .cause = 2048, .ttyp = 3};
  uint64_t dw[4];
  pcl_fault_record_encode(&request, &fault, dw);
  assert_int_equal(dw[0], UINT64_C(0xabcdef) << 40 | UINT64_C(3) << 34 | UINT64_C(3) << 32 | UINT64_C(0x12345) << 12 | 2048);
  assert_int_equal(dw[1], 0);
  assert_int_equal(dw[2], fault.iotval);
  assert_int_equal(dw[3], fault.iotval2);
}

static void record_without_pv_has_no_pid_and_priv(void **state) {
  (void)state;
  const pcl_request_t request = {.device_id = 1, .process_id = 0x12345, .priv = true};
  uint64_t dw[4];
  pcl_fault_record_encode(&request, &(pcl_fault_t){.cause = 13, .ttyp = 2}, dw);
  assert_int_equal(dw[0], UINT64_C(1) << 40 | UINT64_C(2) << 34 | 13);
}

static void record_with_ttyp_0_names_no_device(void **state) {
  (void)state;
  const pcl_request_t request = {.device_id = 1, .pv = true, .process_id = 2, .priv = true};
  uint64_t dw[4];
  pcl_fault_record_encode(&request, &(pcl_fault_t){.cause = 273, .iotval = 0x40}, dw);
  assert_int_equal(dw[0], 273);
  assert_int_equal(dw[2], 0x40);
}

static void a_fault_is_recorded_at_the_tail(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  assert_true(request(&w).faulted);
  assert_int_equal(reg_read4(&w, PCL_REG_FQT_OFFSET), 1);
  assert_int_equal(loaded(&w, fq_addr(0)), UINT64_C(5) << 40 | UINT64_C(2) << 34 | PCL_CAUSE_READ_PAGE);
  assert_int_equal(loaded(&w, fq_addr(0) + 16), w.m.request.iova);
}

static void dtf_suppresses_the_record_not_the_fault(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  set_dc(&w.m, PCL_TC_V | PCL_TC_DTF, fsc_of(PCL_IOSATP_SV39, PT_PPN + 2));
  assert_true(request(&w).faulted);
  assert_int_equal(reg_read4(&w, PCL_REG_FQT_OFFSET), 0);
}

static void full_at_n_minus_1_sets_fqof_and_drops_until_cleared(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  for (unsigned i = 0; i < 3; i++) request(&w);
  assert_int_equal(reg_read4(&w, PCL_REG_FQT_OFFSET), 3);
  assert_int_equal(reg_read4(&w, PCL_REG_FQCSR_OFFSET), 0x10001);
  request(&w);
  assert_int_equal(reg_read4(&w, PCL_REG_FQT_OFFSET), 3);
  assert_int_equal(reg_read4(&w, PCL_REG_FQCSR_OFFSET), 0x10201);
  reg_write4(&w, PCL_REG_FQH_OFFSET, 2);  // room, but the error is pending
  request(&w);
  assert_int_equal(reg_read4(&w, PCL_REG_FQT_OFFSET), 3);
  reg_write4(&w, PCL_REG_FQCSR_OFFSET, 0x201);
  request(&w);
  assert_int_equal(reg_read4(&w, PCL_REG_FQT_OFFSET), 0);  // wraps
}

static void write_error_sets_fqmf_and_drops_until_cleared(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  memory_break(&w.m.memory, fq_addr(0), PCL_MEM_ACCESS_FAULT);
  request(&w);
  assert_int_equal(reg_read4(&w, PCL_REG_FQCSR_OFFSET), 0x10101);
  assert_int_equal(reg_read4(&w, PCL_REG_FQT_OFFSET), 0);
  memory_break(&w.m.memory, fq_addr(0), PCL_MEM_OK);
  request(&w);
  assert_int_equal(w.stores, 0);
  reg_write4(&w, PCL_REG_FQCSR_OFFSET, 0x101);
  request(&w);
  assert_int_equal(w.stores, 1);
}

static void fault_queue_off_records_nothing(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  reg_write4(&w, PCL_REG_FQCSR_OFFSET, 0);
  request(&w);
  assert_int_equal(w.stores, 0);
}

static void big_endian_queues_follow_fctl_be(void **state) {
  (void)state;
  world_t w;
  world_reset(&w, CAPS_ALL);
  reg_write4(&w, PCL_REG_FCTL_OFFSET, PCL_FCTL_BE);
  reg_write8(&w, PCL_REG_CQB_OFFSET, (uint64_t)CQ_PPN << 10 | 1);
  reg_write8(&w, PCL_REG_FQB_OFFSET, (uint64_t)FQ_PPN << 10 | 1);
  reg_write4(&w, PCL_REG_CQCSR_OFFSET, 1);
  reg_write4(&w, PCL_REG_FQCSR_OFFSET, 1);
  request(&w);  // Off
  assert_int_equal(loaded(&w, fq_addr(0)), __builtin_bswap64(UINT64_C(5) << 40 | UINT64_C(2) << 34 | 256));
  command(&w, __builtin_bswap64(FENCE | FENCE_AV | UINT64_C(0x12345678) << 32), __builtin_bswap64(0x5000 / 4));
  assert_int_equal(loaded(&w, 0x5000), 0x78563412);
}

static void commands_run_until_empty_and_wrap(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  for (unsigned i = 0; i < 3; i++) command(&w, 1, 0);
  command(&w, 1, 0);
  command(&w, FENCE | FENCE_AV | UINT64_C(0xdeadbeef) << 32, 0x5000 / 4);
  assert_int_equal(reg_read4(&w, PCL_REG_CQH_OFFSET), 1);
  assert_int_equal(loaded(&w, 0x5000), 0xdeadbeef);
  assert_int_equal(reg_read4(&w, PCL_REG_CQCSR_OFFSET), 0x10001);
}

static void illegal_command_stops_with_cqh_on_it_until_cleared(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  command(&w, FENCE, 0);
  command(&w, FENCE | 1 << 14, 0);
  command(&w, FENCE, 0);
  assert_int_equal(reg_read4(&w, PCL_REG_CQCSR_OFFSET), 0x10401);
  assert_int_equal(reg_read4(&w, PCL_REG_CQH_OFFSET), 1);
  memory_set(&w.m.memory, cq_addr(1), FENCE);
  pcl_iommu_run(&w.iommu);
  assert_int_equal(reg_read4(&w, PCL_REG_CQH_OFFSET), 1);
  reg_write4(&w, PCL_REG_CQCSR_OFFSET, 0x401);
  assert_int_equal(reg_read4(&w, PCL_REG_CQH_OFFSET), 3);
}

// Cqh stays on a fence whose write faults; fence_w_ip is set on completion only.
static void fence_write_fault_sets_cqmf_and_stays(void **state) {
  (void)state;
  world_t w;
  world_init(&w, (CAPS_ALL & ~IGS_BOTH) | IGS_WSI);
  memory_break(&w.m.memory, 0x6000, PCL_MEM_ACCESS_FAULT);
  command(&w, FENCE | FENCE_AV | FENCE_WSI, 0x6000 / 4);
  assert_int_equal(reg_read4(&w, PCL_REG_CQCSR_OFFSET), 0x10101);
  assert_int_equal(reg_read4(&w, PCL_REG_CQH_OFFSET), 0);
  memory_break(&w.m.memory, 0x6000, PCL_MEM_OK);
  reg_write4(&w, PCL_REG_CQCSR_OFFSET, 0x101);
  assert_int_equal(reg_read4(&w, PCL_REG_CQCSR_OFFSET), 0x10801);
  assert_int_equal(reg_read4(&w, PCL_REG_CQH_OFFSET), 1);
}

// Fence_w_ip does not stop the queue.
static void fence_wsi_is_illegal_without_wires_and_does_not_stop(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  command(&w, FENCE | FENCE_WSI, 0);
  assert_int_equal(reg_read4(&w, PCL_REG_CQCSR_OFFSET), 0x10401);
  world_init(&w, (CAPS_ALL & ~IGS_BOTH) | IGS_WSI);
  command(&w, FENCE | FENCE_WSI, 0);
  command(&w, FENCE, 0);
  assert_int_equal(reg_read4(&w, PCL_REG_CQH_OFFSET), 2);
  assert_int_equal(reg_read4(&w, PCL_REG_CQCSR_OFFSET), 0x10801);
}

static void fence_asks_for_the_order_that_it_names(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  command(&w, FENCE, 0);
  assert_int_equal(w.orders, 0);
  command(&w, FENCE | FENCE_PR, 0);
  assert_true(w.order_reads && !w.order_writes);
  command(&w, FENCE | FENCE_PW, 0);
  assert_true(!w.order_reads && w.order_writes);
  assert_int_equal(w.orders, 2);
}

static void fence_write_beyond_56_bits_is_a_memory_fault(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  command(&w, FENCE | FENCE_AV, UINT64_C(1) << 54);
  assert_int_equal(reg_read4(&w, PCL_REG_CQCSR_OFFSET), 0x10101);
  assert_int_equal(w.stores, 0);
}

static void command_fetch_fault_sets_cqmf(void **state) {
  (void)state;
  for (unsigned beat = 0; beat < 2; beat++) {
    for (unsigned status = PCL_MEM_POISON; status <= PCL_MEM_ACCESS_FAULT; status++) {
      world_t w;
      world_init(&w, CAPS_ALL);
      memory_break(&w.m.memory, cq_addr(0) + 8 * beat, status);
      command(&w, FENCE, 0);
      assert_int_equal(reg_read4(&w, PCL_REG_CQCSR_OFFSET), 0x10101);
      assert_int_equal(reg_read4(&w, PCL_REG_CQH_OFFSET), 0);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(record_fields),
    cmocka_unit_test(record_without_pv_has_no_pid_and_priv),
    cmocka_unit_test(record_with_ttyp_0_names_no_device),
    cmocka_unit_test(a_fault_is_recorded_at_the_tail),
    cmocka_unit_test(dtf_suppresses_the_record_not_the_fault),
    cmocka_unit_test(full_at_n_minus_1_sets_fqof_and_drops_until_cleared),
    cmocka_unit_test(write_error_sets_fqmf_and_drops_until_cleared),
    cmocka_unit_test(fault_queue_off_records_nothing),
    cmocka_unit_test(big_endian_queues_follow_fctl_be),
    cmocka_unit_test(commands_run_until_empty_and_wrap),
    cmocka_unit_test(illegal_command_stops_with_cqh_on_it_until_cleared),
    cmocka_unit_test(fence_write_fault_sets_cqmf_and_stays),
    cmocka_unit_test(fence_wsi_is_illegal_without_wires_and_does_not_stop),
    cmocka_unit_test(fence_asks_for_the_order_that_it_names),
    cmocka_unit_test(fence_write_beyond_56_bits_is_a_memory_fault),
    cmocka_unit_test(command_fetch_fault_sets_cqmf),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
