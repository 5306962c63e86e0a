// SPDX-License-Identifier: Apache-2.0
//
// The driver's virtual machines, process contexts and interrupt files against the untimed model, and the commands that each
// change sends (IOMMU spec 7.3).
#include "driver_board.h"

enum { GSCID = 0x1234, PSCID = 0x77, DID_HIGH = 0x4c3 };

#define ALL_CAPS \
  (CAPABILITIES | PCL_CAP_SV39X4 | PCL_CAP_SV48X4 | PCL_CAP_SV57X4 | PCL_CAP_MSI_FLAT | PCL_CAP_AMO_HWAD | PCL_CAP_PD8 | \
   PCL_CAP_PD17 | PCL_CAP_PD20)
#define WINDOW UINT64_C(0x100000)
#define GV_GSCID (PCL_CMD_GV | (uint64_t)GSCID << 44)

static pcl_vm_t vm;

static void start(uint64_t more) { start_with(ALL_CAPS | more, 24); }

static void start_vm(uint64_t more, uint32_t levels) {
  start(more);
  assert_int_equal(pcl_vm_init(&driver, &vm, levels, GSCID, WINDOW, 0x100000), PCL_OK);
}

static pcl_outcome_t request(const pcl_request_t *request) { return pcl_iommu_translate(&board.iommu, request); }

static void expect(const pcl_request_t *asked, uint64_t spa) {
  pcl_outcome_t outcome = request(asked);
  if (outcome.faulted) print_error("cause %u\n", outcome.fault.cause);
  assert_false(outcome.faulted);
  assert_int_equal(pcl_translation_spa(&outcome.translation, asked->iova), spa);
}

static void expect_spa(uint64_t iova, bool write, uint64_t spa) {
  expect(&(pcl_request_t){.iova = iova, .device_id = DEVICE, .write = write}, spa);
}

static void expect_fault(const pcl_request_t *asked, unsigned cause) {
  pcl_outcome_t outcome = request(asked);
  assert_true(outcome.faulted);
  assert_int_equal(outcome.fault.cause, cause);
}

static void expect_cause(uint64_t iova, bool write, unsigned cause) {
  expect_fault(&(pcl_request_t){.iova = iova, .device_id = DEVICE, .write = write}, cause);
}

// The newest `count` invalidations, the oldest first.
static void expect_commands(unsigned count, const pcl_cmd_words_t *commands) {
  for (unsigned i = 0; i < count; i++) {
    const pcl_cmd_words_t *got = &board.command[(board.commands - count + i) % COMMANDS];
    assert_int_equal(got->dw[0], commands[i].dw[0]);
    assert_int_equal(got->dw[1], commands[i].dw[1]);
  }
}

static void test_second_stage_alone(void **state) {
  (void)state;
  for (uint32_t levels = 3; levels <= 5; levels++) {
    pcl_domain_t domain;
    start_vm(0, levels);
    uint32_t before = pages_used();
    assert_int_equal(pcl_domain_init_guest(&driver, &domain, &vm, 0, 0), PCL_OK);
    assert_int_equal(pcl_attach(&driver, DEVICE, &domain, 0), PCL_OK);
    uint64_t top = (UINT64_C(1) << (14 + 9 * levels)) - 0x200000;
    assert_int_equal(pcl_vm_map(&driver, &vm, top, 0x40000000, 0x200000, PCL_MAP_RW), PCL_OK);
    assert_int_equal(pcl_vm_map(&driver, &vm, 0x10000, 0x5000, 0x1000, PCL_MAP_RO), PCL_OK);
    expect_spa(top + 0x1fffff, true, 0x401fffff);
    expect_spa(0x10123, false, 0x5123);
    expect_cause(0x10000, true, 23);
    expect_cause(0x11000, false, 21);
    expect_cause(top + 0x200000, false, 21);
    assert_int_equal(pcl_vm_map(&driver, &vm, top + 0x200000, 0, 0x1000, PCL_MAP_RW), PCL_E_ARGUMENT);
    assert_int_equal(pcl_vm_unmap(&driver, &vm, top, 0x200000), PCL_OK);
    expect_commands(1, &(pcl_cmd_words_t){{1 | 1 << 7 | PCL_CMD_AV | GV_GSCID, top >> 2}});
    expect_cause(top, true, 23);
    assert_int_equal(pcl_vm_trim(&driver, &vm, top), PCL_OK);
    expect_commands(1, &(pcl_cmd_words_t){{1 | 1 << 7 | GV_GSCID, 0}});
    assert_int_equal(pcl_vm_unmap(&driver, &vm, 0x10000, 0x1000), PCL_OK);
    assert_int_equal(pcl_vm_trim(&driver, &vm, 0x10000), PCL_OK);
    assert_int_equal(pcl_detach(&driver, DEVICE), PCL_OK);
    expect_commands(3, (pcl_cmd_words_t[]){{{3 | PCL_CMD_DV | (uint64_t)DEVICE << 40, 0}}, {{1 | GV_GSCID, 0}},
                                           {{1 | 1 << 7 | GV_GSCID, 0}}});
    expect_cause(0x10000, false, 258);
    assert_int_equal(pcl_vm_free(&driver, &vm), PCL_OK);
    assert_int_equal(pages_used(), before - 4 + 2);  // the directory grew by two pages
  }
}

// Every pair of modes and page sizes of both stages.
static void test_both_stages(void **state) {
  (void)state;
  static const uint64_t sizes[4] = {PCL_PAGE, PCL_NAPOT_PAGE, 0x200000, 0x40000000};
  for (uint32_t levels = 3; levels <= 5; levels++) {
    for (uint32_t guest_levels = 3; guest_levels <= 5; guest_levels++) {
      pcl_domain_t domain;
      start_vm(0, guest_levels);
      assert_int_equal(pcl_domain_init_guest(&driver, &domain, &vm, levels, PSCID), PCL_OK);
      assert_in_range(domain.table.root, WINDOW, WINDOW + 0xfffff);
      assert_int_equal(pcl_attach(&driver, DEVICE, &domain, 0), PCL_OK);
      for (unsigned i = 0; i < 16; i++) {
        uint64_t s1 = sizes[i % 4], s2 = sizes[i / 4], spa = 0x80000000;
        uint64_t iova = (i + 1) * sizes[3], gpa = UINT64_C(0x4000000000) - iova;
        domain.page_limit = s1;
        vm.page_limit = s2;
        assert_int_equal(pcl_vm_map(&driver, &vm, gpa, spa, s2, PCL_MAP_RW), PCL_OK);
        assert_int_equal(pcl_map(&driver, &domain, iova, gpa, s1, PCL_MAP_RW), PCL_OK);
        uint64_t both = s1 < s2 ? s1 : s2;
        expect_spa(iova, true, spa);
        expect_spa(iova + both - 1, false, spa + both - 1);
        if (s1 > s2) expect_cause(iova + s2, true, 23);
        else expect_cause(iova + s1, true, 15);
        assert_int_equal(pcl_unmap(&driver, &domain, iova, s1), PCL_OK);
        expect_commands(1, &(pcl_cmd_words_t){{1 | PCL_CMD_AV | PCL_CMD_PSCV | (uint64_t)PSCID << 12 | GV_GSCID, iova >> 2}});
        expect_cause(iova, true, 15);
        assert_int_equal(pcl_vm_unmap(&driver, &vm, gpa, s2), PCL_OK);
      }
    }
  }
}

static void test_guest_memory_is_given_back(void **state) {
  (void)state;
  pcl_domain_t domain, other;
  start_vm(0, 3);
  uint32_t before = pages_used();
  assert_int_equal(pcl_domain_init_guest(&driver, &domain, &vm, 5, PSCID), PCL_OK);
  assert_int_equal(pcl_map(&driver, &domain, 0x1000, 0x80000000, 0x1000, PCL_MAP_RW), PCL_OK);
  assert_int_equal(pages_used(), before + 5 + 2);  // five tables of the guest, two of the second stage
  assert_int_equal(pcl_unmap(&driver, &domain, 0x1000, 0x1000), PCL_OK);
  assert_int_equal(pcl_trim(&driver, &domain, 0x1000), PCL_OK);
  expect_commands(1, &(pcl_cmd_words_t){{1 | PCL_CMD_PSCV | (uint64_t)PSCID << 12 | GV_GSCID, 0}});
  assert_int_equal(pcl_domain_init_guest(&driver, &other, &vm, 5, PSCID + 1), PCL_OK);
  assert_int_equal(pcl_map(&driver, &other, 0x1000, 0x80000000, 0x1000, PCL_MAP_RW), PCL_OK);
  assert_int_equal(pages_used(), before + 6 + 2);  // the tables were used again
  assert_int_equal(pcl_vm_map(&driver, &vm, WINDOW, 0, 0x1000, PCL_MAP_RW), PCL_E_ARGUMENT);
  assert_int_equal(pcl_vm_unmap(&driver, &vm, 0, UINT64_C(1) << 41), PCL_E_ARGUMENT);
  assert_int_equal(pcl_domain_free(&driver, &other), PCL_OK);
  assert_int_equal(pcl_domain_free(&driver, &domain), PCL_OK);
  assert_int_equal(pcl_vm_free(&driver, &vm), PCL_OK);
  assert_int_equal(pages_used(), before - 4);
}

static void test_ranges_and_pointers(void **state) {
  (void)state;
  pcl_domain_t domain;
  start_vm(PCL_CAP_S | PCL_CAP_NL, 3);
  assert_int_equal(pcl_domain_init_guest(&driver, &domain, &vm, 3, PSCID), PCL_OK);
  domain.page_limit = vm.page_limit = PCL_PAGE;
  assert_int_equal(pcl_map(&driver, &domain, 0x3000, 0x80000000, 0x6000, PCL_MAP_RW), PCL_OK);
  board.commands = 0;
  assert_int_equal(pcl_unmap(&driver, &domain, 0x3000, 0x6000), PCL_OK);
  assert_int_equal(board.commands, 3);  // 3, 4 to 7, 8
  const uint64_t vma = 1 | PCL_CMD_AV | PCL_CMD_PSCV | (uint64_t)PSCID << 12 | GV_GSCID;
  expect_commands(3, (pcl_cmd_words_t[]){{{vma, 3 << 10}}, {{vma, 5 << 10 | PCL_CMD_S}}, {{vma, 8 << 10}}});
  assert_int_equal(pcl_trim(&driver, &domain, 0x3000), PCL_OK);
  expect_commands(1, &(pcl_cmd_words_t){{vma | PCL_CMD_NL, 3 << 10}});
  assert_int_equal(pcl_vm_map(&driver, &vm, 0x400000, 0x80000000, 0x80000, PCL_MAP_RW), PCL_OK);
  assert_int_equal(pcl_vm_unmap(&driver, &vm, 0x400000, 0x80000), PCL_OK);
  expect_commands(1, &(pcl_cmd_words_t){{1 | 1 << 7 | PCL_CMD_AV | GV_GSCID, 0x43f << 10 | PCL_CMD_S}});
  assert_int_equal(driver.commands.illegal, 0);
}

static pcl_request_t of_process(uint32_t process_id, bool priv, bool write, uint64_t iova) {
  return (pcl_request_t){.device_id = DEVICE, .pv = true, .process_id = process_id, .priv = priv, .write = write, .iova = iova};
}

static void check_processes(pcl_vm_t *behind, uint32_t levels) {
  static const uint32_t ids[3] = {0xfe, 0x1fedc, 0xfedcb};
  pcl_processes_t processes;
  pcl_domain_t domain;
  const uint32_t id = ids[levels - 1];
  const uint64_t spa = 0x80000000, target = behind ? 0x3000 : spa;
  const uint64_t gv = behind ? GV_GSCID : 0;
  assert_int_equal(pcl_processes_init(&driver, &processes, behind, levels), PCL_OK);
  if (behind) {
    assert_int_equal(pcl_domain_init_guest(&driver, &domain, behind, 3, PSCID), PCL_OK);
    assert_int_equal(pcl_vm_map(&driver, behind, target, spa, PCL_PAGE, PCL_MAP_RW), PCL_OK);
  } else {
    assert_int_equal(pcl_domain_init(&driver, &domain, 3, PSCID), PCL_OK);
  }
  assert_int_equal(pcl_map(&driver, &domain, 0x7000, target, PCL_PAGE, PCL_MAP_RW), PCL_OK);
  assert_int_equal(pcl_attach_processes(&driver, DEVICE, &processes, PCL_DC_DPE), PCL_OK);
  pcl_request_t user = of_process(id, false, true, 0x7123), supervisor = of_process(id, true, true, 0x7123);
  expect_fault(&user, 266);
  assert_int_equal(pcl_attach_process(&driver, &processes, id, &domain, 0), PCL_OK);
  assert_int_equal(pcl_attach_process(&driver, &processes, id, &domain, 0), PCL_E_MAPPED);
  expect(&user, spa + 0x123);
  expect_fault(&supervisor, 260);
  assert_int_equal(pcl_detach_process(&driver, DEVICE, &processes, id), PCL_OK);
  expect_commands(2, (pcl_cmd_words_t[]){{{3 | 1 << 7 | PCL_CMD_DV | (uint64_t)DEVICE << 40 | (uint64_t)id << 12, 0}},
                                         {{1 | PCL_CMD_PSCV | (uint64_t)PSCID << 12 | gv, 0}}});
  expect_fault(&user, 266);
  assert_int_equal(pcl_attach_process(&driver, &processes, id, &domain, PCL_PROCESS_ENS), PCL_OK);
  expect_fault(&supervisor, 15);
  assert_int_equal(pcl_detach_process(&driver, DEVICE, &processes, id), PCL_OK);
  assert_int_equal(pcl_attach_process(&driver, &processes, id, &domain, PCL_PROCESS_ENS | PCL_PROCESS_SUM), PCL_OK);
  expect(&supervisor, spa + 0x123);
  expect_cause(0x7000, false, 266);  // DPE: process 0
  assert_int_equal(pcl_attach_process(&driver, &processes, 0, &domain, 0), PCL_OK);
  expect_spa(0x7000, false, spa);
  assert_int_equal(pcl_attach_process(&driver, &processes, UINT32_C(1) << 20, &domain, 0), PCL_E_ARGUMENT);
  assert_int_equal(pcl_detach(&driver, DEVICE), PCL_OK);
  if (!behind) expect_commands(1, &(pcl_cmd_words_t){{1, 0}});
  pcl_processes_free(&driver, &processes);
}

static void test_processes(void **state) {
  (void)state;
  for (uint32_t levels = 1; levels <= 3; levels++) {
    start(0);
    check_processes(NULL, levels);
    start_vm(0, 4);
    check_processes(&vm, levels);
  }
}

static void test_interrupt_files(void **state) {
  (void)state;
  pcl_domain_t domain;
  const uint64_t gpa = UINT64_C(0x28000000);
  start_vm(0, 3);
  assert_int_equal(pcl_msi_init(&driver, &vm, 0x5, gpa >> 12), PCL_OK);
  assert_int_equal(pcl_domain_init_guest(&driver, &domain, &vm, 3, PSCID), PCL_OK);
  assert_int_equal(pcl_attach(&driver, DEVICE, &domain, 0), PCL_OK);
  assert_int_equal(pcl_map(&driver, &domain, 0x9000, gpa + 0x4000, PCL_PAGE, PCL_MAP_RW), PCL_OK);
  expect_cause(0x9000, true, 262);
  assert_int_equal(pcl_msi_entry(&vm, gpa + 0x4000), vm.msi.root + 2 * 16);
  assert_int_equal(pcl_msi_entry(&vm, gpa + 0x5000), vm.msi.root + 3 * 16);
  assert_int_equal(pcl_msi_entry(&vm, gpa + 0x2000), 0);
  assert_int_equal(pcl_msi_map(&driver, &vm, gpa + 0x2000, 0x24000000), PCL_E_ARGUMENT);
  assert_int_equal(pcl_msi_map(&driver, &vm, gpa + 0x4000, 0x24000000), PCL_OK);
  assert_int_equal(pcl_msi_map(&driver, &vm, gpa + 0x4000, 0x24000000), PCL_E_MAPPED);
  expect_spa(0x9010, true, 0x24000010);
  assert_int_equal(pcl_msi_unmap(&driver, &vm, gpa + 0x4000), PCL_OK);
  expect_commands(1, &(pcl_cmd_words_t){{1 | 1 << 7 | PCL_CMD_AV | GV_GSCID, (gpa + 0x4000) >> 2}});
  expect_cause(0x9000, true, 262);
  assert_int_equal(pcl_detach(&driver, DEVICE), PCL_OK);
  start_with(ALL_CAPS & ~PCL_CAP_MSI_FLAT, 24);
  assert_int_equal(pcl_vm_init(&driver, &vm, 3, GSCID, WINDOW, 0x100000), PCL_OK);
  assert_int_equal(pcl_msi_init(&driver, &vm, 0, 0x28000), PCL_E_UNSUPPORTED);
}

static void test_updates_of_a_and_d(void **state) {
  (void)state;
  pcl_domain_t domain;
  const uint64_t fresh = PCL_MAP_RW & ~(PCL_MAP_ACCESSED | PCL_MAP_DIRTY);
  start_vm(0, 3);
  assert_int_equal(pcl_domain_init_guest(&driver, &domain, &vm, 3, PSCID), PCL_OK);
  assert_int_equal(pcl_vm_map(&driver, &vm, 0x3000, 0x80000000, PCL_PAGE, fresh), PCL_OK);
  assert_int_equal(pcl_map(&driver, &domain, 0x7000, 0x3000, PCL_PAGE, fresh), PCL_OK);
  assert_int_equal(pcl_attach(&driver, DEVICE, &domain, PCL_DC_SADE), PCL_OK);
  expect_cause(0x7000, true, 23);
  assert_int_equal(pcl_detach(&driver, DEVICE), PCL_OK);
  assert_int_equal(pcl_attach(&driver, DEVICE, &domain, PCL_DC_SADE | PCL_DC_GADE), PCL_OK);
  expect_spa(0x7000, true, 0x80000000);
  pcl_leaf_t leaf;
  assert_true(pcl_page_table_find(&vm.memory, &domain.table, 0x7000, &leaf));
  assert_int_equal(leaf.pte & ~fresh & 0xff, PCL_MAP_ACCESSED | PCL_MAP_DIRTY);
  assert_true(pcl_page_table_find(&ops, &vm.table, 0x3000, &leaf));
  assert_int_equal(leaf.pte & ~fresh & 0xff, PCL_MAP_ACCESSED | PCL_MAP_DIRTY);
  start_with(ALL_CAPS & ~PCL_CAP_AMO_HWAD, 24);
  assert_int_equal(pcl_domain_init(&driver, &domain, 3, PSCID), PCL_OK);
  assert_int_equal(pcl_attach(&driver, DID_HIGH, &domain, PCL_DC_SADE), PCL_E_UNSUPPORTED);
}

static void test_what_is_not_there(void **state) {
  (void)state;
  pcl_processes_t processes;
  start_with(CAPABILITIES, 16);
  assert_int_equal(pcl_vm_init(&driver, &vm, 3, GSCID, WINDOW, 0x1000), PCL_E_UNSUPPORTED);
  assert_int_equal(pcl_processes_init(&driver, &processes, NULL, 1), PCL_E_UNSUPPORTED);
  start(0);
  assert_int_equal(pcl_vm_init(&driver, &vm, 3, 0x10000, WINDOW, 0x1000), PCL_E_ARGUMENT);
  assert_int_equal(pcl_vm_init(&driver, &vm, 3, GSCID, UINT64_C(1) << 41, 0x1000), PCL_E_ARGUMENT);
}

static void test_faults_are_explained(void **state) {
  (void)state;
  pcl_domain_t domain;
  pcl_fault_report_t fault;
  start_vm(0, 3);
  assert_int_equal(pcl_domain_init_guest(&driver, &domain, &vm, 3, PSCID), PCL_OK);
  assert_int_equal(pcl_map(&driver, &domain, 0x7000, 0x123456000, PCL_PAGE, PCL_MAP_RW), PCL_OK);
  expect_cause(0x7010, true, 258);
  assert_int_equal(pcl_attach(&driver, DEVICE, &domain, 0), PCL_OK);
  expect_cause(0x7010, true, 23);
  expect_cause(0x9010, true, 15);
  assert_true(pcl_handle_fault(&driver, &fault));
  assert_int_equal(fault.table, PCL_FAULT_DEVICE);
  assert_true(pcl_handle_fault(&driver, &fault));
  assert_int_equal(fault.table, PCL_FAULT_SECOND);
  assert_int_equal(fault.gpa & ~UINT64_C(0xfff), 0x123456000);
  assert_false(fault.implicit);
  assert_true(pcl_handle_fault(&driver, &fault));
  assert_int_equal(fault.table, PCL_FAULT_FIRST);
  assert_false(pcl_handle_fault(&driver, &fault));
  pcl_leaf_t leaf;
  assert_true(pcl_page_table_find(&ops, &vm.table, domain.table.root, &leaf));
  *word(leaf.entry) = 0;
  expect_cause(0x7010, true, 23);
  assert_true(pcl_handle_fault(&driver, &fault));
  assert_true(fault.implicit);
  assert_false(fault.implicit_write);
  assert_int_equal(fault.gpa & ~UINT64_C(0xfff), domain.table.root);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_second_stage_alone),
    cmocka_unit_test(test_both_stages),
    cmocka_unit_test(test_guest_memory_is_given_back),
    cmocka_unit_test(test_ranges_and_pointers),
    cmocka_unit_test(test_processes),
    cmocka_unit_test(test_interrupt_files),
    cmocka_unit_test(test_updates_of_a_and_d),
    cmocka_unit_test(test_what_is_not_there),
    cmocka_unit_test(test_faults_are_explained),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
