// SPDX-License-Identifier: Apache-2.0
//
// Fault records, and the untimed IOMMU's fault and command queues (IOMMU spec 4.1, 4.2, cqcsr, fqcsr).
#include "arch/fault_record.h"
#include "arch/iommu.h"
#include "arch_test.h"

enum { CQ_PPN = 0x300, FQ_PPN = 0x301 };

#define FENCE UINT64_C(2)

static pcl_mem_status_t memory_write(void *context, uint64_t addr, const uint64_t *data, unsigned bytes) {
  test_memory_t *memory = context;
  for (unsigned i = 0; i < bytes; i += 8) {
    const test_word_t *word = memory_word(memory, addr + i);
    if (word->status != PCL_MEM_OK) return word->status;
  }
  for (unsigned i = 0; i < bytes; i += 8) memory_set(memory, addr + i, data[i / 8]);
  memory->writes++;
  return PCL_MEM_OK;
}

// Queues of 4 entries, both on.
static pcl_iommu_t iommu_of(machine_t *m) {
  machine_init(m);
  return (pcl_iommu_t){
    .regs = m->regs,
    .memory = {memory_read, memory_write, &m->memory},
    .cq = {.base = (uint64_t)CQ_PPN << 10 | 1, .on = true},
    .fq = {.base = (uint64_t)FQ_PPN << 10 | 1, .on = true},
  };
}

static uint64_t fq_addr(unsigned index) { return ((uint64_t)FQ_PPN << 12) + 32 * index; }

static void push(pcl_iommu_t *iommu, machine_t *m, uint64_t dw0, uint64_t dw1) {
  const uint64_t addr = ((uint64_t)CQ_PPN << 12) + 16 * iommu->cq.tail;
  memory_set(&m->memory, addr, dw0);
  memory_set(&m->memory, addr + 8, dw1);
  iommu->cq.tail = (iommu->cq.tail + 1) & 3;
}

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
  machine_t m;
  pcl_iommu_t iommu = iommu_of(&m);
  assert_true(pcl_iommu_translate(&iommu, &m.request).faulted);
  assert_int_equal(iommu.fq.tail, 1);
  assert_int_equal(memory_word(&m.memory, fq_addr(0))->value, UINT64_C(5) << 40 | UINT64_C(2) << 34 | PCL_CAUSE_READ_PAGE);
  assert_int_equal(memory_word(&m.memory, fq_addr(0) + 16)->value, m.request.iova);
}

static void dtf_suppresses_the_record_not_the_fault(void **state) {
  (void)state;
  machine_t m;
  pcl_iommu_t iommu = iommu_of(&m);
  set_dc(&m, PCL_TC_V | PCL_TC_DTF, fsc_of(PCL_IOSATP_SV39, PT_PPN + 2));
  assert_true(pcl_iommu_translate(&iommu, &m.request).faulted);
  assert_int_equal(iommu.fq.tail, 0);
}

static void full_at_n_minus_1_sets_fqof_and_drops_until_cleared(void **state) {
  (void)state;
  machine_t m;
  pcl_iommu_t iommu = iommu_of(&m);
  for (unsigned i = 0; i < 3; i++) pcl_iommu_translate(&iommu, &m.request);
  assert_int_equal(iommu.fq.tail, 3);
  assert_false(iommu.fqof);
  pcl_iommu_translate(&iommu, &m.request);
  assert_int_equal(iommu.fq.tail, 3);
  assert_true(iommu.fqof);
  iommu.fq.head = 2;  // room, but the error is pending
  pcl_iommu_translate(&iommu, &m.request);
  assert_int_equal(iommu.fq.tail, 3);
  iommu.fqof = false;
  pcl_iommu_translate(&iommu, &m.request);
  assert_int_equal(iommu.fq.tail, 0);  // wraps
}

static void write_error_sets_fqmf_and_drops_until_cleared(void **state) {
  (void)state;
  machine_t m;
  pcl_iommu_t iommu = iommu_of(&m);
  memory_break(&m.memory, fq_addr(0), PCL_MEM_ACCESS_FAULT);
  pcl_iommu_translate(&iommu, &m.request);
  assert_true(iommu.fq.mf);
  assert_int_equal(iommu.fq.tail, 0);
  memory_break(&m.memory, fq_addr(0), PCL_MEM_OK);
  pcl_iommu_translate(&iommu, &m.request);
  assert_int_equal(m.memory.writes, 0);
}

static void fault_queue_off_records_nothing(void **state) {
  (void)state;
  machine_t m;
  pcl_iommu_t iommu = iommu_of(&m);
  iommu.fq.on = false;
  pcl_iommu_translate(&iommu, &m.request);
  assert_int_equal(m.memory.writes, 0);
}

static void commands_run_until_empty_and_wrap(void **state) {
  (void)state;
  machine_t m;
  pcl_iommu_t iommu = iommu_of(&m);
  iommu.cq.head = iommu.cq.tail = 3;
  push(&iommu, &m, 1, 0);
  push(&iommu, &m, FENCE | 1 << 10 | UINT64_C(0xdeadbeef) << 32, 0x5004 / 4);
  pcl_iommu_process_commands(&iommu);
  assert_int_equal(iommu.cq.head, 1);
  assert_int_equal(memory_word(&m.memory, 0x5004)->value, 0xdeadbeef);
  assert_false(iommu.fence_w_ip);
}

static void illegal_command_stops_with_cqh_on_it_until_cleared(void **state) {
  (void)state;
  machine_t m;
  pcl_iommu_t iommu = iommu_of(&m);
  push(&iommu, &m, FENCE, 0);
  push(&iommu, &m, FENCE | 1 << 11, 0);  // WSI with fctl.WSI=0
  push(&iommu, &m, FENCE, 0);
  pcl_iommu_process_commands(&iommu);
  assert_true(iommu.cmd_ill);
  assert_int_equal(iommu.cq.head, 1);
  pcl_iommu_process_commands(&iommu);
  assert_int_equal(iommu.cq.head, 1);
  iommu.regs.fctl = PCL_FCTL_WSI;
  iommu.cmd_ill = false;
  pcl_iommu_process_commands(&iommu);
  assert_int_equal(iommu.cq.head, 3);
  assert_true(iommu.fence_w_ip);  // does not stop the queue
}

static void fence_write_fault_sets_cqmf_and_stays(void **state) {
  (void)state;
  machine_t m;
  pcl_iommu_t iommu = iommu_of(&m);
  iommu.regs.fctl = PCL_FCTL_WSI;
  push(&iommu, &m, FENCE | 1 << 10 | 1 << 11, 0x6000 / 4);
  memory_break(&m.memory, 0x6000, PCL_MEM_ACCESS_FAULT);
  pcl_iommu_process_commands(&iommu);
  assert_true(iommu.cq.mf);
  assert_false(iommu.fence_w_ip);
  assert_int_equal(iommu.cq.head, 0);
  memory_break(&m.memory, 0x6000, PCL_MEM_OK);
  iommu.cq.mf = false;
  pcl_iommu_process_commands(&iommu);
  assert_true(iommu.fence_w_ip);
  assert_int_equal(iommu.cq.head, 1);
}

static void fence_write_beyond_56_bits_is_a_memory_fault(void **state) {
  (void)state;
  machine_t m;
  pcl_iommu_t iommu = iommu_of(&m);
  push(&iommu, &m, FENCE | 1 << 10, UINT64_C(1) << 54);
  pcl_iommu_process_commands(&iommu);
  assert_true(iommu.cq.mf);
  assert_int_equal(m.memory.writes, 0);
}

static void command_fetch_fault_sets_cqmf(void **state) {
  (void)state;
  for (unsigned beat = 0; beat < 2; beat++) {
    for (unsigned status = PCL_MEM_POISON; status <= PCL_MEM_ACCESS_FAULT; status++) {
      machine_t m;
      pcl_iommu_t iommu = iommu_of(&m);
      push(&iommu, &m, FENCE, 0);
      memory_break(&m.memory, ((uint64_t)CQ_PPN << 12) + 8 * beat, status);
      pcl_iommu_process_commands(&iommu);
      assert_true(iommu.cq.mf);
      assert_int_equal(iommu.cq.head, 0);
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
    cmocka_unit_test(commands_run_until_empty_and_wrap),
    cmocka_unit_test(illegal_command_stops_with_cqh_on_it_until_cleared),
    cmocka_unit_test(fence_write_fault_sets_cqmf_and_stays),
    cmocka_unit_test(fence_write_beyond_56_bits_is_a_memory_fault),
    cmocka_unit_test(command_fetch_fault_sets_cqmf),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
