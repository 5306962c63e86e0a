// SPDX-License-Identifier: Apache-2.0
//
// The driver's interrupts by message, counters, debug requests, byte order and QoS IDs against the untimed model.
#include "driver_board.h"

enum { GSCID = 0x21, MAILBOX_PAGE = PAGES - 1 };

#define MAILBOX (POOL_BASE + MAILBOX_PAGE * PCL_PAGE)
#define IGS_BOTH (UINT64_C(2) << 28)
#define ALL_CAPS \
  ((CAPABILITIES & ~(UINT64_C(3) << 28)) | IGS_BOTH | PCL_CAP_SV39X4 | PCL_CAP_MSI_FLAT | PCL_CAP_AMO_HWAD | PCL_CAP_PD8 | \
   PCL_CAP_PD17 | PCL_CAP_PD20 | PCL_CAP_END | PCL_CAP_HPM | PCL_CAP_DBG | PCL_CAP_QOSID)
#define IOVA UINT64_C(0x400000)
#define TARGET UINT64_C(0x123456000)

static pcl_ops_t board_ops;
static const pcl_irq_message_t messages[3] = {{MAILBOX, 1}, {MAILBOX + 8, 2}, {MAILBOX + 16, 3}};

static pcl_status_t start(uint64_t capabilities, bool big_endian, const pcl_irq_message_t *by) {
  const pcl_iommu_config_t config = {
    .capabilities = capabilities, .fuse = ~UINT64_C(0), .vectors = 16, .event_counters = 4, .counter_bits = 64};
  memset(&board, 0, sizeof board);
  board.used[MAILBOX_PAGE] = true;
  pcl_iommu_init(&board.iommu, &config, &bus);
  board_ops = ops;
  board_ops.big_endian = big_endian;
  return pcl_init(&driver, &board_ops, &(pcl_setup_t){.device_id_bits = 24, .log2_commands = 4, .log2_faults = 3,
                                                      .interrupts = true, .messages = by, .vectors = by ? 3 : 0});
}

static pcl_outcome_t request(uint32_t device_id, uint64_t iova, bool write) {
  return pcl_iommu_translate(&board.iommu, &(pcl_request_t){.iova = iova, .device_id = device_id, .write = write});
}

static void attach(pcl_domain_t *domain) {
  assert_int_equal(pcl_domain_init(&driver, domain, 3, 7), PCL_OK);
  assert_int_equal(pcl_map(&driver, domain, IOVA, TARGET, PCL_PAGE, PCL_MAP_RO), PCL_OK);
  assert_int_equal(pcl_map(&driver, domain, 0x600000, 0x40000000, 0x200000, PCL_MAP_RW), PCL_OK);
  assert_int_equal(pcl_attach(&driver, DEVICE, domain, 0), PCL_OK);
}

static void expect_spa(const pcl_request_t *asked, uint64_t spa) {
  pcl_outcome_t outcome = pcl_iommu_translate(&board.iommu, asked);
  assert_false(outcome.faulted);
  assert_int_equal(pcl_translation_spa(&outcome.translation, asked->iova), spa);
}

static void test_messages(void **state) {
  (void)state;
  assert_int_equal(start(ALL_CAPS, false, messages), PCL_OK);
  assert_true(driver.messages);
  request(DEVICE, IOVA, false);
  assert_int_equal(*word(MAILBOX + 8), 2);
  *word(MAILBOX + 8) = 0;
  request(DEVICE, IOVA, false);  // fip is set still
  assert_int_equal(*word(MAILBOX + 8), 0);
  assert_int_equal(pcl_handle_interrupt(&driver, NULL, NULL), PCL_IPSR_FIP_MASK);
  pcl_mask_message(&driver, 1, true);
  assert_true(pcl_message_masked(&driver, 1));
  request(DEVICE, IOVA, false);
  pcl_handle_interrupt(&driver, NULL, NULL);
  request(DEVICE, IOVA, false);
  assert_int_equal(*word(MAILBOX + 8), 0);
  pcl_mask_message(&driver, 1, false);
  assert_int_equal(*word(MAILBOX + 8), 2);
  const pcl_cmd_words_t by_wire = pcl_cmd_fence(PCL_CMD_WSI);  // illegal with messages
  assert_int_equal(pcl_cmdq_submit(&driver.commands, &by_wire), PCL_OK);
  assert_int_equal(pcl_fence(&driver, 0), PCL_OK);
  assert_int_equal(*word(MAILBOX), 1);
  assert_int_equal(driver.commands.illegal, 1);
  assert_int_equal(pcl_use_messages(&driver, false), PCL_E_ARGUMENT);
  assert_int_equal(pcl_set_message(&driver, 0, &(pcl_irq_message_t){2, 0}), PCL_E_ARGUMENT);
}

static void test_interrupts_that_are_not_there(void **state) {
  (void)state;
  assert_int_equal(start(CAPABILITIES, false, messages), PCL_E_UNSUPPORTED);
  const uint64_t only_messages = ALL_CAPS & ~(UINT64_C(3) << 28);
  assert_int_equal(start(only_messages, false, NULL), PCL_E_UNSUPPORTED);
  assert_int_equal(start(only_messages, false, messages), PCL_OK);
  assert_int_equal(start(CAPABILITIES, true, NULL), PCL_E_UNSUPPORTED);
}

static void test_debug(void **state) {
  (void)state;
  pcl_domain_t domain;
  pcl_debug_answer_t answer;
  assert_int_equal(start(ALL_CAPS, false, NULL), PCL_OK);
  attach(&domain);
  assert_int_equal(pcl_debug_translate(&driver, &(pcl_debug_request_t){.iova = IOVA, .device_id = DEVICE}, &answer), PCL_OK);
  assert_true(!answer.fault && answer.addr == TARGET && answer.bytes == PCL_PAGE);
  const pcl_debug_request_t large = {.iova = 0x654000, .device_id = DEVICE, .write = true};
  assert_int_equal(pcl_debug_translate(&driver, &large, &answer), PCL_OK);
  assert_true(!answer.fault && answer.addr <= 0x40054000 && 0x40054000 < answer.addr + answer.bytes);
  const pcl_debug_request_t refused = {.iova = IOVA, .device_id = DEVICE, .write = true};
  assert_int_equal(pcl_debug_translate(&driver, &refused, &answer), PCL_OK);
  assert_true(answer.fault && !answer.addr && !answer.bytes);
  pcl_fault_report_t fault;
  assert_true(pcl_handle_fault(&driver, &fault) && fault.event.cause == 15 && fault.event.device_id == DEVICE);
  start(CAPABILITIES, false, NULL);
  assert_int_equal(pcl_debug_translate(&driver, &refused, &answer), PCL_E_UNSUPPORTED);
}

static void test_counters(void **state) {
  (void)state;
  const pcl_counted_t mine = {.id = PCL_COUNT_UNTRANSLATED, .match_high = true, .high = DEVICE};
  const pcl_counted_t range = {.id = PCL_COUNT_UNTRANSLATED, .match_high = true, .range = true, .high = (DEVICE & ~7u) | 3};
  assert_int_equal(start(ALL_CAPS, false, messages), PCL_OK);
  assert_int_equal(driver.counters, 4);
  assert_int_equal(pcl_counter_start(&driver, 1, &mine, 10), PCL_OK);
  assert_int_equal(pcl_counter_start(&driver, 2, &range, ~UINT64_C(0) - 1), PCL_OK);
  assert_int_equal(pcl_counter_start(&driver, 5, &mine, 0), PCL_E_UNSUPPORTED);
  assert_int_equal(pcl_counter_start(&driver, 3, &(pcl_counted_t){.id = 77}, 0), PCL_E_UNSUPPORTED);
  for (uint32_t i = 0; i < 8; i++) request((DEVICE & ~7u) + i, IOVA, false);
  assert_int_equal(pcl_counter_read(&driver, 1), 11);
  assert_int_equal(pcl_counter_read(&driver, 2), 6);
  assert_int_equal(*word(MAILBOX + 16), 3);
  assert_true(pcl_handle_interrupt(&driver, NULL, NULL) & PCL_IPSR_PMIP_MASK);
  assert_int_equal(driver.overflows, 1 << 2);
  assert_int_equal(pcl_counter_overflows(&driver), 0);
  pcl_counter_stop(&driver, 1);
  request(DEVICE, IOVA, false);
  pcl_counter_resume(&driver, 1);
  assert_int_equal(pcl_counter_read(&driver, 1), 11);
  assert_int_equal(pcl_counter_start(&driver, 0, NULL, PCL_IOHPMCYCLES_COUNTER_MASK - 3), PCL_OK);
  pcl_iommu_advance(&board.iommu, 10);
  assert_true(pcl_handle_interrupt(&driver, NULL, NULL) & PCL_IPSR_PMIP_MASK);
  assert_int_equal(driver.overflows, 1 << 2 | 1);
  assert_int_equal(pcl_counter_read(&driver, 0), 6);
}

// Tables, queues and the guest's tables in either order.
static void test_big_endian(void **state) {
  (void)state;
  for (unsigned guest_order = 0; guest_order < 2; guest_order++) {
    pcl_domain_t domain, inside, host;
    pcl_processes_t processes, mine;
    pcl_fault_report_t fault;
    pcl_vm_t vm;
    assert_int_equal(start(ALL_CAPS, true, messages), PCL_OK);
    attach(&domain);
    expect_spa(&(pcl_request_t){.iova = IOVA + 5, .device_id = DEVICE}, TARGET + 5);
    request(DEVICE, IOVA, true);
    assert_true(pcl_handle_fault(&driver, &fault) && fault.event.cause == 15 && fault.event.iotval == IOVA);
    assert_int_equal(*word(MAILBOX + 8), UINT64_C(0x02000000));
    assert_int_equal(pcl_unmap(&driver, &domain, IOVA, PCL_PAGE), PCL_OK);
    assert_true(request(DEVICE, IOVA, false).faulted);
    assert_int_equal(pcl_vm_init(&driver, &vm, 3, GSCID, 0x100000, 0x100000), PCL_OK);
    vm.memory.big_endian = guest_order;
    assert_int_equal(pcl_vm_map(&driver, &vm, 0x8000000, TARGET & ~UINT64_C(0x1fffff), 0x200000, PCL_MAP_RW), PCL_OK);
    assert_int_equal(pcl_domain_init_guest(&driver, &inside, &vm, 3, 9), PCL_OK);
    assert_int_equal(pcl_map(&driver, &inside, IOVA, 0x8056000, PCL_PAGE, PCL_MAP_RW & ~PCL_MAP_ACCESSED), PCL_OK);
    assert_int_equal(pcl_processes_init(&driver, &processes, &vm, 3), PCL_OK);
    assert_int_equal(pcl_attach_process(&driver, &processes, 0x12345, &inside, 0), PCL_OK);
    assert_int_equal(pcl_attach_processes(&driver, 0x99, &processes, PCL_DC_SADE), PCL_OK);
    expect_spa(&(pcl_request_t){.iova = IOVA + 8, .device_id = 0x99, .pv = true, .process_id = 0x12345}, TARGET + 8);
    assert_int_equal(pcl_detach(&driver, 0x99), PCL_OK);
    assert_int_equal(pcl_domain_init(&driver, &host, 4, 3), PCL_OK);
    assert_int_equal(pcl_map(&driver, &host, IOVA, TARGET, PCL_PAGE, PCL_MAP_RW), PCL_OK);
    assert_int_equal(pcl_processes_init(&driver, &mine, NULL, 2), PCL_OK);
    assert_int_equal(pcl_attach_process(&driver, &mine, 0x345, &host, 0), PCL_OK);
    assert_int_equal(pcl_attach_processes(&driver, 0x99, &mine, 0), PCL_OK);
    expect_spa(&(pcl_request_t){.iova = IOVA + 8, .device_id = 0x99, .pv = true, .process_id = 0x345}, TARGET + 8);
  }
}

static void test_qos(void **state) {
  (void)state;
  assert_int_equal(start(ALL_CAPS, false, NULL), PCL_OK);
  const pcl_device_context_t context = pcl_with_qos((pcl_device_context_t){.tc = PCL_DC_VALID}, 0xabc, 0x123);
  assert_int_equal(pcl_attach_context(&driver, DEVICE, &context), PCL_OK);
  pcl_outcome_t outcome = request(DEVICE, IOVA, true);
  assert_false(outcome.faulted);
  assert_int_equal(outcome.translation.rcid, 0xabc);
  assert_int_equal(outcome.translation.mcid, 0x123);
  assert_int_equal(pcl_set_qos(&driver, 0x555, 0x666), PCL_OK);
  assert_int_equal(board.iommu.regs.qosid, 0x06660555);
  start(CAPABILITIES, false, NULL);
  assert_int_equal(pcl_set_qos(&driver, 1, 1), PCL_E_UNSUPPORTED);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_messages),
    cmocka_unit_test(test_interrupts_that_are_not_there),
    cmocka_unit_test(test_debug),
    cmocka_unit_test(test_counters),
    cmocka_unit_test(test_big_endian),
    cmocka_unit_test(test_qos),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
