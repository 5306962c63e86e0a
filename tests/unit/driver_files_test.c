// SPDX-License-Identifier: Apache-2.0
//
// The driver's interrupt files in memory, its vectors, and faults around them, against the untimed model (IOMMU spec 3.3.3, 6.24;
// AIA spec, "Memory-resident interrupt files").
#include "arch/mrif.h"
#include "driver_board.h"

enum { GSCID = 0x31, PSCID = 4, NID = 0x5a5 };

#define ALL_CAPS \
  (CAPABILITIES | PCL_CAP_SV39X4 | PCL_CAP_MSI_FLAT | PCL_CAP_MSI_MRIF | PCL_CAP_AMO_MRIF | PCL_CAP_END)
#define FILES UINT64_C(0x28000000)
#define IOVA UINT64_C(0x9000)
#define NOTICES (POOL_BASE + (PAGES - 1) * PCL_PAGE)
#define FILE_AT (POOL_BASE + (PAGES - 2) * PCL_PAGE + 512)

static pcl_vm_t vm;
static pcl_domain_t domain;
static pcl_ops_t board_ops;
static pcl_mem_status_t file_status;
static const pcl_memory_file_t file = {.file = FILE_AT, .notice = NOTICES, .nid = NID};

static void read_or_fail(void *context, const pcl_access_t *access, pcl_response_t *response) {
  model_read(context, access, response);
  if (access->kind == PCL_ACCESS_MRIF && file_status != PCL_MEM_OK) response->status = file_status;
}

static void start(uint64_t capabilities, bool big_endian) {
  const pcl_iommu_config_t config = {.capabilities = capabilities, .fuse = ~UINT64_C(0), .vectors = 16};
  static const pcl_bus_t checked = {.access = read_or_fail, .store = model_store};
  memset(&board, 0, sizeof board);
  file_status = PCL_MEM_OK;
  board.used[PAGES - 1] = board.used[PAGES - 2] = true;
  pcl_iommu_init(&board.iommu, &config, &checked);
  board_ops = ops;
  board_ops.big_endian = big_endian;
  const pcl_setup_t setup = {.device_id_bits = 24, .log2_commands = 4, .log2_faults = 3, .interrupts = true};
  assert_int_equal(pcl_init(&driver, &board_ops, &setup), PCL_OK);
}

// A VM with two interrupt files at pages FILES and FILES + 1; the device writes to the second at IOVA.
static void start_files(uint64_t capabilities, bool big_endian) {
  start(capabilities, big_endian);
  assert_int_equal(pcl_vm_init(&driver, &vm, 3, GSCID, 0x100000, 0x100000), PCL_OK);
  assert_int_equal(pcl_msi_init(&driver, &vm, 1, FILES >> 12), PCL_OK);
  assert_int_equal(pcl_domain_init_guest(&driver, &domain, &vm, 3, PSCID), PCL_OK);
  assert_int_equal(pcl_attach(&driver, DEVICE, &domain, 0), PCL_OK);
  assert_int_equal(pcl_map(&driver, &domain, IOVA, FILES + PCL_PAGE, PCL_PAGE, PCL_MAP_RW), PCL_OK);
}

static pcl_verdict_t message(uint32_t identity) {
  const pcl_request_t request = {.iova = IOVA, .device_id = DEVICE, .write = true};
  pcl_outcome_t outcome;
  return pcl_iommu_access(&board.iommu, &request, 4, identity, &outcome);
}

static void test_message(void **state) {
  (void)state;
  for (unsigned big_endian = 0; big_endian < 2; big_endian++) {
    start_files(ALL_CAPS, big_endian);
    assert_int_equal(message(70), PCL_VERDICT_REFUSE);
    assert_int_equal(pcl_mrif_map(&driver, &vm, FILES + PCL_PAGE, &file), PCL_OK);
    assert_int_equal(message(70), PCL_VERDICT_ABSORB);
    assert_int_equal(message(2047), PCL_VERDICT_ABSORB);
    assert_int_equal(message(PCL_MRIF_IDENTITIES), PCL_VERDICT_ABSORB);
    assert_int_equal(*word(FILE_AT + 16), 1 << 6);
    assert_int_equal((uint32_t)*word(NOTICES), NID);
    assert_true(pcl_mrif_pending(&driver, &file, 70) && pcl_mrif_pending(&driver, &file, 2047));
    assert_false(pcl_mrif_pending(&driver, &file, 71) || pcl_mrif_pending(&driver, &file, 6));
    pcl_mrif_clear(&driver, &file, 70);
    assert_false(pcl_mrif_pending(&driver, &file, 70));
    assert_true(pcl_mrif_pending(&driver, &file, 2047));
    assert_int_equal(pcl_msi_unmap(&driver, &vm, FILES + PCL_PAGE), PCL_OK);
    assert_int_equal(message(70), PCL_VERDICT_REFUSE);
    assert_false(pcl_mrif_pending(&driver, &file, 70));
  }
}

static void test_what_is_refused(void **state) {
  (void)state;
  start_files(ALL_CAPS, false);
  const uint64_t gpa = FILES + PCL_PAGE;
  static const pcl_memory_file_t wrong[] = {
    {FILE_AT + 256, NOTICES, NID}, {FILE_AT, NOTICES + 8, NID}, {FILE_AT, NOTICES, 0x800},
    {FILE_AT | UINT64_C(1) << 56, NOTICES, NID}, {FILE_AT, NOTICES | UINT64_C(1) << 56, NID},
  };
  for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++)
    assert_int_equal(pcl_mrif_map(&driver, &vm, gpa, &wrong[i]), PCL_E_ARGUMENT);
  assert_int_equal(pcl_mrif_map(&driver, &vm, FILES + 2 * PCL_PAGE, &file), PCL_E_ARGUMENT);
  assert_int_equal(pcl_msi_map(&driver, &vm, gpa, NOTICES), PCL_OK);
  assert_int_equal(pcl_mrif_map(&driver, &vm, gpa, &file), PCL_E_MAPPED);
  assert_int_equal(pcl_msi_unmap(&driver, &vm, gpa), PCL_OK);
  assert_int_equal(pcl_mrif_map(&driver, &vm, gpa, &file), PCL_OK);
  assert_int_equal(pcl_msi_map(&driver, &vm, gpa, NOTICES), PCL_E_MAPPED);
  assert_int_equal(pcl_msi_map(&driver, &vm, FILES, NOTICES + 1), PCL_E_ARGUMENT);
  assert_int_equal(pcl_msi_unmap(&driver, &vm, FILES + 2 * PCL_PAGE), PCL_E_ARGUMENT);
  assert_int_equal(pcl_msi_init(&driver, &vm, 0, FILES >> 12), PCL_E_ARGUMENT);    // it has them
  pcl_msi_free(&driver, &vm);
  assert_int_equal(pcl_msi_entry(&vm, gpa), 0);
  assert_int_equal(pcl_msi_init(&driver, &vm, 0x1ffff, FILES >> 12), PCL_E_ARGUMENT);
  assert_int_equal(pcl_msi_init(&driver, &vm, 0, UINT64_C(1) << 29), PCL_E_ARGUMENT);   // beyond Sv39x4
  memset(board.used, true, sizeof board.used);
  assert_int_equal(pcl_msi_init(&driver, &vm, 1, FILES >> 12), PCL_E_MEMORY);
  start_files(ALL_CAPS & ~(PCL_CAP_MSI_MRIF | PCL_CAP_AMO_MRIF), false);
  assert_int_equal(pcl_mrif_map(&driver, &vm, gpa, &file), PCL_E_UNSUPPORTED);
}

static void test_faults(void **state) {
  static const struct { pcl_mem_status_t status; unsigned cause; } cases[] = {{PCL_MEM_ACCESS_FAULT, 264}, {PCL_MEM_POISON, 271}};
  (void)state;
  for (unsigned i = 0; i < 2; i++) {
    pcl_fault_report_t fault;
    start_files(ALL_CAPS, false);
    assert_int_equal(pcl_mrif_map(&driver, &vm, FILES + PCL_PAGE, &file), PCL_OK);
    file_status = cases[i].status;
    assert_int_equal(message(1), PCL_VERDICT_REFUSE);
    assert_true(pcl_handle_fault(&driver, &fault));
    assert_int_equal(fault.event.cause, cases[i].cause);
    assert_int_equal(fault.table, PCL_FAULT_MSI);
    assert_true(fault.event.iotval == IOVA && fault.event.device_id == DEVICE);
  }
}

// Which table each cause is about.
static void test_tables_of_causes(void **state) {
  static const struct { unsigned cause; pcl_fault_table_t table; } cases[] = {
    {256, PCL_FAULT_NOWHERE}, {260, PCL_FAULT_NOWHERE}, {273, PCL_FAULT_NOWHERE}, {2049, PCL_FAULT_NOWHERE},
    {257, PCL_FAULT_DEVICE}, {258, PCL_FAULT_DEVICE}, {259, PCL_FAULT_DEVICE}, {268, PCL_FAULT_DEVICE},
    {265, PCL_FAULT_PROCESS}, {266, PCL_FAULT_PROCESS}, {267, PCL_FAULT_PROCESS}, {269, PCL_FAULT_PROCESS},
    {12, PCL_FAULT_FIRST}, {13, PCL_FAULT_FIRST}, {15, PCL_FAULT_FIRST}, {20, PCL_FAULT_SECOND}, {21, PCL_FAULT_SECOND},
    {23, PCL_FAULT_SECOND}, {1, PCL_FAULT_TABLES}, {5, PCL_FAULT_TABLES}, {7, PCL_FAULT_TABLES}, {274, PCL_FAULT_TABLES},
    {261, PCL_FAULT_MSI}, {262, PCL_FAULT_MSI}, {263, PCL_FAULT_MSI}, {264, PCL_FAULT_MSI}, {270, PCL_FAULT_MSI},
    {271, PCL_FAULT_MSI},
  };
  (void)state;
  start(ALL_CAPS, false);
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    const pcl_request_t request = {.iova = IOVA, .device_id = DEVICE, .write = true};
    const pcl_fault_t record = {.iotval = IOVA, .iotval2 = 0x5003, .cause = (uint16_t)cases[i].cause, .ttyp = 3, .report = true};
    pcl_fault_report_t fault;
    pcl_iommu_record_fault(&board.iommu, &request, &record);
    assert_true(pcl_handle_fault(&driver, &fault));
    assert_int_equal(fault.table, cases[i].table);
    const bool second = cases[i].table == PCL_FAULT_SECOND;
    assert_int_equal(fault.gpa, second ? 0x5000 : 0);
    assert_true(fault.implicit == second && fault.implicit_write == second);
  }
  pcl_fault_report_t none;
  assert_false(pcl_handle_fault(&driver, &none));
}

static void test_vectors(void **state) {
  (void)state;
  start(ALL_CAPS, false);
  assert_int_equal(pcl_set_vectors(&driver, &(pcl_vectors_t){.commands = 15, .faults = 9}), PCL_OK);
  assert_int_equal(board.iommu.icvec, 0x9f);
  assert_int_equal(pcl_set_vectors(&driver, &(pcl_vectors_t){.commands = 1, .counters = 12, .pages = 11}), PCL_OK);   // not built
  const pcl_iommu_config_t two = {.capabilities = ALL_CAPS, .fuse = ~UINT64_C(0), .vectors = 2};
  pcl_iommu_init(&board.iommu, &two, &bus);
  assert_int_equal(pcl_probe(&driver, &board_ops), PCL_OK);
  assert_int_equal(driver.vectors, 2);
  assert_int_equal(pcl_set_vectors(&driver, &(pcl_vectors_t){.faults = 1}), PCL_OK);
  assert_int_equal(pcl_set_vectors(&driver, &(pcl_vectors_t){.faults = 2}), PCL_E_ARGUMENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_message),
    cmocka_unit_test(test_what_is_refused),
    cmocka_unit_test(test_faults),
    cmocka_unit_test(test_tables_of_causes),
    cmocka_unit_test(test_vectors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
