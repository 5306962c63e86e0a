// SPDX-License-Identifier: Apache-2.0
//
// The driver against the untimed model: tables that it builds translate as asked, and its commands take effect at once.
#include "driver_board.h"

static void start(uint32_t device_id_bits) { start_with(CAPABILITIES, device_id_bits); }

static const pcl_cmd_words_t *last(void) { return &board.command[(board.commands - 1) % COMMANDS]; }

static pcl_outcome_t access(uint32_t device_id, uint64_t iova, bool write) {
  const pcl_request_t request = {.iova = iova, .device_id = device_id, .write = write};
  return pcl_iommu_translate(&board.iommu, &request);
}

static void expect(uint64_t iova, bool write, uint64_t spa) {
  pcl_outcome_t outcome = access(DEVICE, iova, write);
  assert_false(outcome.faulted);
  assert_int_equal(pcl_translation_spa(&outcome.translation, iova), spa);
}

static void expect_cause(uint32_t device_id, uint64_t iova, bool write, unsigned cause) {
  pcl_outcome_t outcome = access(device_id, iova, write);
  assert_true(outcome.faulted);
  assert_int_equal(outcome.fault.cause, cause);
}

static void test_everything_is_denied_after_init(void **state) {
  (void)state;
  start(24);
  assert_int_equal(pcl_ddtp_mode(board.iommu.regs.ddtp), PCL_DDTP_3LVL);
  assert_int_equal(driver.vectors, 16);
  expect_cause(DEVICE, 0x1000, false, 258);
}

static void test_every_directory_depth(void **state) {
  (void)state;
  static const uint32_t bits[] = {7, 16, 24}, ids[] = {0x7f, 0xbeef, 0xabcdef};
  for (unsigned i = 0; i < 3; i++) {
    start(bits[i]);
    assert_int_equal(pcl_attach_bypass(&driver, ids[i], 0), PCL_OK);
    assert_int_equal(pcl_attach_bypass(&driver, ids[i], 0), PCL_E_MAPPED);
    assert_false(access(ids[i], 0x123456789000, true).faulted);
    expect_cause(ids[i] ^ 1, 0x1000, false, 258);
    assert_int_equal(pcl_detach(&driver, ids[i]), PCL_OK);
    expect_cause(ids[i], 0x1000, false, 258);
  }
  start(7);
  assert_int_equal(pcl_attach_bypass(&driver, 0x80, 0), PCL_E_ARGUMENT);
}

static void test_extended_directory(void **state) {
  (void)state;
  start_with(CAPABILITIES | PCL_CAP_MSI_FLAT | PCL_CAP_SV39X4, 15);
  assert_int_equal(pcl_ddtp_mode(board.iommu.regs.ddtp), PCL_DDTP_2LVL);
  assert_int_equal(pcl_attach_bypass(&driver, 0x7fff, 0), PCL_OK);
  assert_false(access(0x7fff, 0x5000, false).faulted);
}

// Each page size of each mode: first and last byte translate, one before and one after do not.
static void test_every_page_size(void **state) {
  (void)state;
  for (uint32_t levels = 3; levels <= 5; levels++) {
    pcl_domain_t domain;
    start(16);
    assert_int_equal(pcl_domain_init(&driver, &domain, levels, 7), PCL_OK);
    assert_int_equal(pcl_attach(&driver, DEVICE, &domain, 0), PCL_OK);
    for (uint32_t i = 0; i <= levels; i++) {
      uint64_t bytes = i == levels ? PCL_NAPOT_PAGE : pcl_level_bytes(i);
      uint64_t iova = bytes, spa = UINT64_C(0x5) << 48 | bytes;
      if (i == 4) spa = 0;
      assert_int_equal(pcl_page_table_add(&ops, &domain.table, iova, spa, bytes, PCL_MAP_RW), PCL_OK);
      expect(iova, true, spa);
      expect(iova + bytes - 1, false, spa + bytes - 1);
      expect_cause(DEVICE, iova - 1, false, 13);
      expect_cause(DEVICE, iova + bytes, true, 15);
      assert_int_equal(pcl_map(&driver, &domain, iova, spa, PCL_PAGE, PCL_MAP_RW), PCL_E_MAPPED);
      assert_int_equal(pcl_unmap(&driver, &domain, iova, bytes), PCL_OK);
      assert_int_equal(last()->dw[0], 1 | PCL_CMD_AV | PCL_CMD_PSCV | 7 << 12);
      assert_int_equal(last()->dw[1], iova >> 2);
      expect_cause(DEVICE, iova, true, 15);
    }
  }
}

static void test_map_uses_the_largest_pages(void **state) {
  (void)state;
  pcl_domain_t domain;
  pcl_leaf_t leaf;
  start(16);
  assert_int_equal(pcl_domain_init(&driver, &domain, 3, 1), PCL_OK);
  assert_int_equal(pcl_attach(&driver, DEVICE, &domain, 0), PCL_OK);
  assert_int_equal(pcl_map(&driver, &domain, 0x1ff000, 0x3ff000, 0x212000, PCL_MAP_RO), PCL_OK);
  assert_true(pcl_page_table_find(&ops, &domain.table, 0x1ff000, &leaf) && leaf.bytes == PCL_PAGE);
  assert_true(pcl_page_table_find(&ops, &domain.table, 0x234567, &leaf) && leaf.bytes == 0x200000 && leaf.iova == 0x200000);
  assert_true(pcl_page_table_find(&ops, &domain.table, 0x40ffff, &leaf) && leaf.bytes == 0x10000);
  assert_true(pcl_page_table_find(&ops, &domain.table, 0x410000, &leaf) && leaf.bytes == PCL_PAGE);
  for (uint64_t at = 0x1ff000; at < 0x411000; at += 0x7abc) expect(at, false, at + 0x200000);
  expect_cause(DEVICE, 0x200000, true, 15);
  assert_int_equal(pcl_unmap(&driver, &domain, 0x200000, 0x1000), PCL_E_ARGUMENT);
  board.commands = 0;
  assert_int_equal(pcl_unmap(&driver, &domain, 0, 0x40000000), PCL_OK);
  assert_int_equal(board.commands, 4);
  expect_cause(DEVICE, 0x234567, false, 13);
}

static void test_unmap_of_many_and_of_global_pages(void **state) {
  (void)state;
  pcl_domain_t domain;
  start(16);
  assert_int_equal(pcl_domain_init(&driver, &domain, 3, 9), PCL_OK);
  domain.page_limit = PCL_PAGE;
  assert_int_equal(pcl_map(&driver, &domain, 0, 0x100000, 64 * PCL_PAGE, PCL_MAP_RW), PCL_OK);
  assert_int_equal(pcl_unmap(&driver, &domain, 0, 64 * PCL_PAGE), PCL_OK);
  assert_int_equal(board.commands, 1);
  assert_int_equal(last()->dw[0], 1 | PCL_CMD_PSCV | 9 << 12);
  assert_int_equal(pcl_map(&driver, &domain, 0, 0x100000, PCL_PAGE, PCL_MAP_RW | PCL_MAP_GLOBAL), PCL_OK);
  assert_int_equal(pcl_unmap(&driver, &domain, 0, PCL_PAGE), PCL_OK);
  assert_int_equal(last()->dw[0], 1 | PCL_CMD_AV);
}

static void test_tables_are_given_back(void **state) {
  (void)state;
  pcl_domain_t domain;
  start(16);
  assert_int_equal(pcl_domain_init(&driver, &domain, 5, 1), PCL_OK);
  uint32_t before = pages_used();
  assert_int_equal(pcl_map(&driver, &domain, 0x1000, 0x1000, PCL_PAGE, PCL_MAP_RW), PCL_OK);
  assert_int_equal(pages_used(), before + 4);
  assert_int_equal(pcl_trim(&driver, &domain, 0x1000), PCL_OK);
  assert_int_equal(pages_used(), before + 4);
  assert_int_equal(pcl_unmap(&driver, &domain, 0x1000, PCL_PAGE), PCL_OK);
  assert_int_equal(pcl_trim(&driver, &domain, 0x1000), PCL_OK);
  assert_int_equal(pages_used(), before);
  assert_int_equal(pcl_map(&driver, &domain, 0x8000001000, 0x1000, PCL_PAGE, PCL_MAP_RW), PCL_OK);
  assert_int_equal(pcl_domain_free(&driver, &domain), PCL_OK);
  assert_int_equal(pages_used(), before - 1);
}

static void test_illegal_commands_are_replaced(void **state) {
  (void)state;
  start(16);
  for (unsigned i = 0; i < 40; i++) {
    assert_int_equal(pcl_cmdq_submit(&driver.commands, &(pcl_cmd_words_t){{5, 0}}), PCL_OK);
    assert_int_equal(pcl_fence(&driver, PCL_CMD_WSI), PCL_OK);
  }
  assert_int_equal(driver.commands.illegal, 40);
  assert_true(board.iommu.cq.csr & PCL_QUEUE_FENCE);
  assert_int_equal(pcl_handle_interrupt(&driver, NULL, NULL), PCL_IPSR_CIP_MASK);
  assert_false(board.iommu.cq.csr & PCL_QUEUE_FENCE);
}

static pcl_fault_event_t seen[8];
static unsigned seen_count;
static void note(void *context, const pcl_fault_event_t *event) { (void)context; seen[seen_count++ % 8] = *event; }

static void test_fault_records(void **state) {
  (void)state;
  start(24);
  seen_count = 0;
  expect_cause(0xabcdef, 0x123456, true, 258);
  pcl_handle_interrupt(&driver, note, NULL);
  assert_int_equal(seen_count, 1);
  assert_int_equal(seen[0].cause, 258);
  assert_int_equal(seen[0].device_id, 0xabcdef);
  assert_int_equal(seen[0].ttyp, 3);
  assert_int_equal(seen[0].iotval, 0x123456);
  for (unsigned i = 0; i < 5; i++) expect_cause(i, 0x1000 * i, false, 258);
  assert_true(board.iommu.fq.csr & PCL_QUEUE_OF);
  assert_int_equal(pcl_handle_interrupt(&driver, note, NULL), PCL_IPSR_FIP_MASK);
  assert_int_equal(seen_count, 4);
  assert_false(board.iommu.fq.csr & PCL_QUEUE_OF);
  assert_int_equal(driver.faults.overflows, 1);
}

static void test_modes(void **state) {
  (void)state;
  start(24);
  assert_int_equal(pcl_set_mode(&driver, PCL_DDTP_MODE_BARE), PCL_OK);
  assert_false(access(1, 0x1000, true).faulted);
  assert_int_equal(pcl_set_mode(&driver, PCL_DDTP_MODE_OFF), PCL_OK);
  expect_cause(1, 0x1000, true, 256);
  assert_int_equal(pcl_set_mode(&driver, PCL_DDTP_MODE_TABLE), PCL_OK);
  expect_cause(1, 0x1000, true, 258);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_everything_is_denied_after_init),
    cmocka_unit_test(test_every_directory_depth),
    cmocka_unit_test(test_extended_directory),
    cmocka_unit_test(test_every_page_size),
    cmocka_unit_test(test_map_uses_the_largest_pages),
    cmocka_unit_test(test_unmap_of_many_and_of_global_pages),
    cmocka_unit_test(test_tables_are_given_back),
    cmocka_unit_test(test_illegal_commands_are_replaced),
    cmocka_unit_test(test_fault_records),
    cmocka_unit_test(test_modes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
