// SPDX-License-Identifier: Apache-2.0
//
// The driver's tables as such: what the functions that write directories and page tables say, find, give back and refuse. What
// the IOMMU makes of the tables is tested in the other tests of the driver.
#include "driver_board.h"

enum { GSCID = 0x55 };

#define ALL_CAPS (CAPABILITIES | PCL_CAP_SV39X4 | PCL_CAP_MSI_FLAT | PCL_CAP_PD8 | PCL_CAP_PD17 | PCL_CAP_PD20)

static int start(void **state) {
  (void)state;
  start_with(ALL_CAPS, 24);
  return 0;
}

static void leave_pages(uint32_t count) {
  for (uint32_t i = 0; i < PAGES; i++)
    if (!board.used[i] && !(count && count--)) board.used[i] = true;
}

// ---- Device directories

static void test_device_directories(void **state) {
  static const uint32_t bits[2][3] = {{7, 16, 24}, {6, 15, 24}};
  static const pcl_device_context_t context = {PCL_DC_VALID, 1, 2, 3, 4, 5, 6};
  (void)state;
  for (uint32_t extended = 0; extended < 2; extended++) {
    for (uint32_t levels = 1; levels <= 3; levels++) {
      pcl_device_directory_t directory;
      pcl_device_context_t got;
      const uint32_t before = pages_used(), widest = (1u << bits[extended][levels - 1]) - 1;
      assert_int_equal(pcl_directory_init(&ops, &directory, levels, extended), PCL_OK);
      assert_true(pcl_directory_fits(&directory, widest) && !pcl_directory_fits(&directory, widest + 1));
      assert_int_equal(pcl_directory_put(&ops, &directory, widest + 1, &context), PCL_E_ARGUMENT);
      assert_int_equal(pcl_directory_entry(&ops, &directory, widest + 1, 0, true), 0);
      if (levels > 1) assert_false(pcl_directory_get(&ops, &directory, widest, &got));
      assert_int_equal(pcl_directory_put(&ops, &directory, widest, &context), PCL_OK);
      assert_int_equal(pages_used(), before + levels);
      assert_int_equal(pcl_directory_put(&ops, &directory, widest, &context), PCL_E_MAPPED);
      assert_true(pcl_directory_get(&ops, &directory, widest, &got));
      assert_true(got.tc == context.tc && got.iohgatp == 1 && got.ta == 2 && got.fsc == 3);
      assert_int_equal(got.msi_addr_pattern, extended ? 6 : 0);
      pcl_directory_clear(&ops, &directory, widest);
      assert_true(pcl_directory_get(&ops, &directory, widest, &got) && got.tc == 0);
      pcl_directory_clear(&ops, &directory, 0);    // no table: nothing happens
      pcl_directory_free(&ops, &directory);
      assert_int_equal(pages_used(), before);
    }
  }
  pcl_device_directory_t directory;
  leave_pages(1);
  assert_int_equal(pcl_directory_init(&ops, &directory, 2, false), PCL_OK);
  assert_int_equal(pcl_directory_put(&ops, &directory, 5, &context), PCL_E_MEMORY);
  assert_int_equal(pcl_directory_init(&ops, &directory, 2, false), PCL_E_MEMORY);
}

// Another directory in the place of the driver's.
static void test_change_of_directory(void **state) {
  (void)state;
  pcl_device_directory_t other;
  const pcl_request_t request = {.iova = 0x5000, .device_id = 3};
  assert_int_equal(pcl_directory_init(&ops, &other, 1, true), PCL_OK);
  assert_int_equal(pcl_directory_put(&ops, &other, 3, &(pcl_device_context_t){.tc = PCL_DC_VALID}), PCL_OK);
  assert_true(pcl_iommu_translate(&board.iommu, &request).faulted);
  assert_int_equal(pcl_set_directory(&driver, &other), PCL_OK);
  assert_false(pcl_iommu_translate(&board.iommu, &request).faulted);
  assert_int_equal(pcl_attach_bypass(&driver, 64, 0), PCL_E_ARGUMENT);
}

// ---- Process directories

static void test_process_directories(void **state) {
  static const uint32_t bits[3] = {8, 17, 20};
  (void)state;
  for (uint32_t levels = 1; levels <= 3; levels++) {
    pcl_process_directory_t directory;
    pcl_process_context_t got;
    const pcl_process_context_t context = pcl_process_context(0x80005000, 4, 9, PCL_PROCESS_ENS);
    const uint32_t before = pages_used(), widest = (1u << bits[levels - 1]) - 1;
    assert_int_equal(pcl_process_directory_init(&ops, &directory, levels), PCL_OK);
    assert_true(pcl_process_directory_fits(&directory, widest) && !pcl_process_directory_fits(&directory, widest + 1));
    assert_int_equal(pcl_process_directory_put(&ops, &directory, widest + 1, &context), PCL_E_ARGUMENT);
    if (levels > 1) assert_false(pcl_process_directory_get(&ops, &directory, widest, &got));
    assert_int_equal(pcl_process_directory_put(&ops, &directory, widest, &context), PCL_OK);
    assert_int_equal(pcl_process_directory_put(&ops, &directory, widest, &context), PCL_E_MAPPED);
    assert_true(pcl_process_directory_get(&ops, &directory, widest, &got));
    assert_int_equal(got.ta, 9 << 12 | PCL_PROCESS_VALID | PCL_PROCESS_ENS);
    assert_int_equal(got.fsc, UINT64_C(9) << 60 | 0x80005);
    pcl_process_directory_clear(&ops, &directory, widest);
    assert_int_equal(*word(pcl_process_directory_entry(&ops, &directory, widest, 0, false)), 0);
    pcl_process_directory_free(&ops, &directory);
    assert_int_equal(pages_used(), before);
  }
  pcl_process_directory_t directory;
  pcl_processes_t processes;
  leave_pages(1);
  assert_int_equal(pcl_process_directory_init(&ops, &directory, 3), PCL_OK);
  assert_int_equal(pcl_process_directory_put(&ops, &directory, 5, &(pcl_process_context_t){0}), PCL_E_MEMORY);
  assert_int_equal(pcl_processes_init(&driver, &processes, NULL, 3), PCL_E_MEMORY);
  assert_int_equal(pcl_processes_init(&driver, &processes, NULL, 4), PCL_E_ARGUMENT);
}

// ---- Page tables

static void test_page_tables(void **state) {
  (void)state;
  for (uint32_t second = 0; second < 2; second++) {
    pcl_page_table_t table;
    pcl_leaf_t leaf;
    const uint32_t before = pages_used();
    const uint64_t iova = UINT64_C(0x3fabcde000);   // the root's last quarter: in the second stage its last page
    if (second) assert_int_equal(pcl_second_table_init(&ops, &table, 3), PCL_OK);
    else assert_int_equal(pcl_page_table_init(&ops, &table, 3), PCL_OK);
    assert_int_equal(pages_used(), before + (second ? 4 : 1));
    assert_int_equal(pcl_page_table_entry(&ops, &table, iova, 0, false), 0);
    assert_int_equal(pcl_page_table_add(&ops, &table, iova, 0x5000, PCL_PAGE, PCL_MAP_RW), PCL_OK);
    assert_true(pcl_page_table_find(&ops, &table, iova + 5, &leaf));
    assert_int_equal(leaf.entry, pcl_page_table_entry(&ops, &table, iova, 0, false));
    assert_int_equal(leaf.pte, 0x5000 >> 2 | PCL_MAP_RW);
    assert_int_equal(pcl_page_table_add(&ops, &table, iova, 0x5000, 2 * PCL_PAGE, PCL_MAP_RW), PCL_E_ARGUMENT);
    assert_int_equal(pcl_page_table_add(&ops, &table, iova, 0x5001, PCL_PAGE, PCL_MAP_RW), PCL_E_ARGUMENT);
    assert_int_equal(pcl_page_table_prune(&ops, &table, iova), 0);
    pcl_page_table_remove(&ops, &leaf);
    assert_false(pcl_page_table_find(&ops, &table, iova, &leaf));
    for (uint32_t level = 0; level < 2; level++) {
      uint64_t page = pcl_page_table_prune(&ops, &table, iova);
      assert_int_not_equal(page, 0);
      ops.page_free(ops.context, page, 1);
    }
    assert_int_equal(pcl_page_table_prune(&ops, &table, iova), 0);    // never the root
    assert_int_equal(pcl_page_table_add(&ops, &table, 0, 0, PCL_NAPOT_PAGE, PCL_MAP_RW), PCL_OK);
    assert_int_equal(pcl_page_table_add(&ops, &table, 0x40000000, 0, pcl_level_bytes(1), PCL_MAP_RW), PCL_OK);
    assert_int_equal(pcl_page_table_entry(&ops, &table, 0x40000000, 0, true), 0);   // a larger page is in the way
    pcl_page_table_free(&ops, &table);
    assert_int_equal(pages_used(), before);
    leave_pages(0);
    if (second) assert_int_equal(pcl_second_table_init(&ops, &table, 3), PCL_E_MEMORY);
    else assert_int_equal(pcl_page_table_init(&ops, &table, 3), PCL_E_MEMORY);
    start(NULL);
  }
}

static void test_canonical(void **state) {
  (void)state;
  for (uint32_t levels = 3; levels <= 5; levels++) {
    const pcl_page_table_t first = {.levels = levels}, second = {.levels = levels, .second = true};
    const uint64_t half = UINT64_C(1) << (11 + 9 * levels);
    assert_true(pcl_page_table_canonical(&first, half - 1) && pcl_page_table_canonical(&first, -half));
    assert_false(pcl_page_table_canonical(&first, half) || pcl_page_table_canonical(&first, -half - 1));
    assert_true(pcl_page_table_canonical(&second, 8 * half - 1));
    assert_false(pcl_page_table_canonical(&second, 8 * half) || pcl_page_table_canonical(&second, -half));
  }
}

static void test_fit(void **state) {
  static const struct { uint64_t addr, bytes, limit, page; } cases[] = {
    {0, UINT64_C(1) << 40, 0, 0x40000000}, {0, UINT64_C(1) << 40, 0x200000, 0x200000}, {0, UINT64_C(1) << 40, 0x10000, 0x10000},
    {0, UINT64_C(1) << 40, PCL_PAGE, PCL_PAGE}, {0x200000, 0x200000, 0, 0x200000}, {0x200000, 0x1ff000, 0, 0x10000},
    {0x1000, 0x200000, 0, PCL_PAGE}, {0x10000, 0xf000, 0, PCL_PAGE},
  };
  const pcl_page_table_t table = {.levels = 3};
  (void)state;
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(pcl_page_table_fit(&table, cases[i].addr, 0, cases[i].bytes, cases[i].limit), cases[i].page);
    assert_int_equal(pcl_page_table_fit(&table, 0, cases[i].addr, cases[i].bytes, cases[i].limit), cases[i].page);
  }
}

// ---- Domains and VMs

static void test_domains(void **state) {
  (void)state;
  pcl_domain_t domain;
  assert_int_equal(pcl_domain_init(&driver, &domain, 2, 0), PCL_E_ARGUMENT);
  assert_int_equal(pcl_domain_init(&driver, &domain, 3, 1 << 20), PCL_E_ARGUMENT);
  assert_int_equal(pcl_domain_init(&driver, &domain, 3, 1), PCL_OK);
  assert_int_equal(pcl_map(&driver, &domain, 0x1001, 0, PCL_PAGE, PCL_MAP_RW), PCL_E_ARGUMENT);
  assert_int_equal(pcl_map(&driver, &domain, UINT64_C(1) << 38, 0, PCL_PAGE, PCL_MAP_RW), PCL_E_ARGUMENT);
  assert_int_equal(pcl_map(&driver, &domain, 0x1000, 0x1000, 3 * PCL_PAGE, PCL_MAP_RW), PCL_OK);
  board.commands = 0;
  assert_int_equal(pcl_unmap_later(&driver, &domain, 0x1000, 3 * PCL_PAGE), PCL_OK);
  assert_int_equal(board.commands, 3);
  assert_int_equal(pcl_unmap_later(&driver, &domain, 0x1000, 3 * PCL_PAGE), PCL_OK);   // holes
  assert_int_equal(board.commands, 3);
  assert_int_equal(pcl_detach(&driver, 0x777), PCL_E_ARGUMENT);
  leave_pages(0);
  assert_int_equal(pcl_map(&driver, &domain, 0x40000000, 0x1000, PCL_PAGE, PCL_MAP_RW), PCL_E_MEMORY);
  assert_int_equal(pcl_domain_init(&driver, &domain, 3, 1), PCL_E_MEMORY);
}

static void test_vms(void **state) {
  (void)state;
  pcl_vm_t vm;
  pcl_domain_t guest, host;
  pcl_processes_t processes;
  uint64_t spa;
  assert_int_equal(pcl_vm_init(&driver, &vm, 3, GSCID, 0x100800, 0x1000), PCL_E_ARGUMENT);
  assert_int_equal(pcl_vm_init(&driver, &vm, 3, GSCID, 0, 0x1000), PCL_E_ARGUMENT);
  assert_int_equal(pcl_vm_init(&driver, &vm, 3, GSCID, 0x100000, 0x1000), PCL_OK);
  assert_int_equal(pcl_domain_init_guest(&driver, &guest, &vm, 3, 1), PCL_OK);
  assert_int_equal(pcl_map(&driver, &guest, 0x1000, 0x1000, PCL_PAGE, PCL_MAP_RW), PCL_E_MEMORY);   // the window is full
  assert_int_equal(pcl_vm_map(&driver, &vm, 0x8000, 0x77000, 2 * PCL_PAGE, PCL_MAP_RW), PCL_OK);
  assert_int_equal(pcl_vm_map(&driver, &vm, 0x9000, 0x77000, PCL_PAGE, PCL_MAP_RW), PCL_E_MAPPED);
  assert_true(pcl_vm_find(&vm, 0x9123, &spa) && spa == 0x78123);
  assert_false(pcl_vm_find(&vm, 0xa000, &spa) || pcl_vm_find(&vm, UINT64_C(1) << 41, &spa));
  board.commands = 0;
  assert_int_equal(pcl_vm_unmap_later(&driver, &vm, 0x8000, 2 * PCL_PAGE), PCL_OK);
  assert_int_equal(board.commands, 2);
  assert_int_equal(pcl_invalidate_vm(&driver, &(pcl_gvma_t){.gv = true, .gscid = GSCID}), PCL_OK);
  assert_int_equal(board.command[2].dw[0], 1 | 1 << 7 | PCL_CMD_GV | (uint64_t)GSCID << 44);
  assert_int_equal(pcl_processes_init(&driver, &processes, NULL, 1), PCL_OK);
  assert_int_equal(pcl_attach_process(&driver, &processes, 1, &guest, 0), PCL_E_ARGUMENT);   // of a VM
  assert_int_equal(pcl_domain_init(&driver, &host, 3, 2), PCL_OK);
  assert_int_equal(pcl_attach_process(&driver, &processes, 1, &host, 0), PCL_OK);
  assert_int_equal(pcl_detach_process(&driver, DEVICE, &processes, 0x1ff), PCL_E_ARGUMENT);
  leave_pages(3);
  assert_int_equal(pcl_vm_init(&driver, &vm, 3, GSCID, 0x100000, 0x1000), PCL_E_MEMORY);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(test_device_directories, start),
    cmocka_unit_test_setup(test_change_of_directory, start),
    cmocka_unit_test_setup(test_process_directories, start),
    cmocka_unit_test_setup(test_page_tables, start),
    cmocka_unit_test_setup(test_canonical, start),
    cmocka_unit_test_setup(test_fit, start),
    cmocka_unit_test_setup(test_domains, start),
    cmocka_unit_test_setup(test_vms, start),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
