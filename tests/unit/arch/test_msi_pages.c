// SPDX-License-Identifier: Apache-2.0
//
// Accesses to virtual interrupt files: recognition, the MSI page table entry in its two modes, its causes, and the ranges
// around such pages (IOMMU spec 3.1.3 msi_addr_mask, 3.3 item 18, 3.3.3; AIA spec "MSI page tables").
#include "arch/msi_pte.h"
#include "guest.h"

#define BASIC(ppn) ((uint64_t)(ppn) << 10 | 7)
#define MRIF(addr) ((uint64_t)(addr) >> 9 << 7 | 3)
#define FILE_SPA   (((uint64_t)MSI_PPN << 12) + 3 * 16)

// Guest pages 0x841, 0x843, 0x845, 0x847 are the files 0 to 3; the IOVA is mapped to the last.
static void with_files(guest_t *g, uint64_t dw0, uint64_t dw1) {
  guest_init(g);
  g->dc.msiptp = (uint64_t)PCL_MSIPTP_FLAT << 60 | MSI_PPN;
  g->dc.msi_addr_mask = 0x6;
  g->dc.msi_addr_pattern = 0x841;
  guest_map(g, 0, pte_of(0x847, LEAF_RWX));
  guest_g_map(g, 0x847, 0, 0);
  guest_set_dc(g);
  memory_set(&g->m.memory, FILE_SPA, dw0);
  memory_set(&g->m.memory, FILE_SPA + 8, dw1);
}

static void basic_pte_replaces_the_second_stage(void **state) {
  (void)state;
  guest_t g;
  with_files(&g, BASIC(0x54321), ~UINT64_C(0));  // the second doubleword is ignored
  for (unsigned type = 0; type < 3; type += 2) {
    as_access(&g, type);
    const pcl_translation_t t = expect_grant(&g.m);  // reads too
    assert_int_equal(pcl_translation_spa(&t, g.m.request.iova), 0x54321456);
    assert_int_equal(t.size, PCL_SIZE_4K);
    assert_int_equal(t.gpn, 0x847);
    assert_int_equal(t.gscid, GSCID);
    assert_true(t.msi && t.gv && t.r && t.w && !t.x);
    assert_int_equal(g.m.memory.accesses, 14);
    assert_int_equal(g.m.memory.last_read, FILE_SPA);
    assert_int_equal(g.m.memory.trace[13].beats, 2);
  }
}

static void rights_of_the_first_stage_still_count(void **state) {
  (void)state;
  guest_t g;
  with_files(&g, BASIC(0x54321), 0);
  guest_map(&g, 0, pte_of(0x847, LEAF_RWX & ~PCL_PTE_W));
  assert_false(expect_grant(&g.m).w);
  as_access(&g, 2);
  expect_fault2(&g, PCL_CAUSE_WRITE_PAGE, 0);
}

// 3.3 item 18: the match comes before any check of the GPA's width, and uses the GPA.
static void match_precedes_the_width_check(void **state) {
  (void)state;
  guest_t g;
  with_files(&g, 0, 0);
  g.dc.msi_addr_pattern = PCL_BIT(30) | 0x841;  // GPA bit 42, beyond Sv39x4
  guest_first_stage_bare(&g);
  g.m.request.iova = (PCL_BIT(30) | 0x847) << 12;
  expect_fault2(&g, PCL_CAUSE_MSI_PTE_NOT_VALID, 0);
  g.m.request.iova = (PCL_BIT(30) | 0x840) << 12;
  expect_fault2(&g, PCL_CAUSE_READ_GUEST_PAGE, g.m.request.iova);
}

static void msiptp_off_recognises_nothing(void **state) {
  (void)state;
  guest_t g;
  with_files(&g, BASIC(0x54321), 0);
  g.dc.msiptp = 0;
  guest_set_dc(&g);
  expect_fault2(&g, PCL_CAUSE_READ_GUEST_PAGE, 0x847454);
}

static void file_number_packs_the_masked_bits(void **state) {
  (void)state;
  const pcl_dc_t dc = {.msi_addr_mask = UINT64_C(0xf0000000000a6), .msi_addr_pattern = 0x40};
  assert_true(pcl_msi_matches(&dc, UINT64_C(0x50000000000e6) << 12 | 0xfff));
  assert_false(pcl_msi_matches(&dc, UINT64_C(0x50000000000e7) << 12));
  // The specification's example: x = a b c d e f g h, y = 1 0 1 0 0 1 1 0 gives a c f g.
  assert_int_equal(pcl_msi_file_number(&dc, UINT64_C(0x82) << 12), 9);
  assert_int_equal(pcl_msi_file_number(&dc, UINT64_C(0x24) << 12), 6);
  assert_int_equal(pcl_msi_file_number(&dc, UINT64_C(0x59) << 12), 0);
  assert_int_equal(pcl_msi_file_number(&dc, UINT64_C(0xf000000000000) << 12), 0xf0);
}

// AIA spec, "Translation of addresses of MSIs": the entry is at m | I x 16, also in a table that is not aligned to its size.
static void entry_address_is_an_or(void **state) {
  (void)state;
  guest_t g;
  with_files(&g, 0, 0);
  g.dc.msiptp = (uint64_t)PCL_MSIPTP_FLAT << 60 | (MSI_PPN | 1);
  g.dc.msi_addr_mask = 0x1ff;
  g.dc.msi_addr_pattern = 0x800;
  guest_set_dc(&g);
  guest_map(&g, 0, pte_of(0x903, LEAF_RWX));  // file 0x103
  expect_fault2(&g, PCL_CAUSE_MSI_PTE_NOT_VALID, 0);
  assert_int_equal(g.m.memory.last_read, ((uint64_t)(MSI_PPN | 1) << 12) + 3 * 16);
}

// 3.3.3 item 15: cause 1, not 20, and only after the checks of the PTE; iotval2 is 0.
static void execute_is_cause_1_after_the_checks(void **state) {
  (void)state;
  guest_t g;
  with_files(&g, BASIC(0x54321), 0);
  as_access(&g, 1);
  expect_fault2(&g, PCL_CAUSE_INSTR_ACCESS, 0);
  with_files(&g, BASIC(0x54321) | PCL_BIT(3), 0);
  as_access(&g, 1);
  expect_fault2(&g, PCL_CAUSE_MSI_PTE_MISCONFIGURED, 0);
}

// 3.3.3 items 7 to 14: the order of the checks of the entry.
static void order_of_the_checks(void **state) {
  (void)state;
  guest_t g;
  with_files(&g, 0, 0);
  memory_break(&g.m.memory, FILE_SPA + 8, PCL_MEM_POISON);
  expect_fault2(&g, PCL_CAUSE_MSI_PT_CORRUPTION, 0);
  memory_break(&g.m.memory, FILE_SPA, PCL_MEM_ACCESS_FAULT);
  expect_fault2(&g, PCL_CAUSE_MSI_PTE_ACCESS, 0);
  with_files(&g, ~UINT64_C(1), ~UINT64_C(0));
  expect_fault2(&g, PCL_CAUSE_MSI_PTE_NOT_VALID, 0);
}

static void table_of_entries(void **state) {
  (void)state;
  pcl_msi_pte_t pte;
  for (unsigned mode = 0; mode < 4; mode++) {
    for (unsigned n = 3; n < 64; n++) {
      const uint64_t dw[2] = {PCL_BIT(n) | (uint64_t)mode << 1 | 1, 0};
      const bool field = mode == 3 ? n >= 10 && n <= 53 : n >= 7 && n <= 53;
      const bool good = (mode == 3 || mode == 1) && field;
      assert_int_equal(pcl_msi_pte_decode(PCL_CAP_MSI_MRIF, dw, &pte), good ? 0 : PCL_CAUSE_MSI_PTE_MISCONFIGURED);
      const bool basic = mode == 3 && field;
      assert_int_equal(pcl_msi_pte_decode(0, dw, &pte), basic ? 0 : PCL_CAUSE_MSI_PTE_MISCONFIGURED);
    }
  }
  for (unsigned n = 0; n < 64; n++) {
    const uint64_t dw[2] = {MRIF(0), PCL_BIT(n)};
    const bool field = n <= 53 || n == 60;
    assert_int_equal(pcl_msi_pte_decode(PCL_CAP_MSI_MRIF, dw, &pte), field ? 0 : PCL_CAUSE_MSI_PTE_MISCONFIGURED);
  }
}

static void mrif_outcome_names_file_and_notice(void **state) {
  (void)state;
  guest_t g;
  with_files(&g, MRIF(UINT64_C(0xabcdef01234200)), PCL_BIT(60) | UINT64_C(0x98765) << 10 | 0x2a5);
  as_access(&g, 2);
  expect_fault2(&g, PCL_CAUSE_MSI_PTE_MISCONFIGURED, 0);  // MSI_MRIF is 0
  g.m.regs.capabilities |= PCL_CAP_MSI_MRIF;
  const pcl_outcome_t o = translate(&g.m);
  assert_false(o.faulted);
  assert_true(o.is_mrif);
  assert_true(o.translation.msi && o.translation.w);
  assert_int_equal(o.mrif.addr, UINT64_C(0xabcdef01234200));
  assert_int_equal(o.mrif.nid, 0x6a5);
  assert_int_equal(o.translation.ppn, 0x98765);
}

// IOMMU spec 5.
static void debug_request_to_an_mrif_is_260(void **state) {
  (void)state;
  guest_t g;
  with_files(&g, MRIF(0x200), 0);
  g.m.regs.capabilities |= PCL_CAP_MSI_MRIF;
  g.m.request.debug = true;
  expect_fault2(&g, PCL_CAUSE_TYPE_DISALLOWED, 0);
}

// 3.1.3: a superpage around interrupt files is granted in 4-KiB pages; one beside them whole.
static void ranges_exclude_interrupt_files(void **state) {
  (void)state;
  guest_t g;
  with_files(&g, BASIC(0x54321), 0);
  g.m.request.iova = 0x40246456;
  guest_map(&g, 1, pte_of(0x800, LEAF_RWX));
  guest_g_map(&g, 0x800, 1, pte_of(0x12200, LEAF_G));
  pcl_translation_t t = expect_grant(&g.m);  // guest page 0x846, between two files
  assert_int_equal(t.size, PCL_SIZE_4K);
  assert_int_equal(t.s1_shift, 21);
  assert_int_equal(pcl_translation_spa(&t, g.m.request.iova), 0x12246456);
  assert_false(t.msi);
  g.m.request.iova = 0x40247456;  // a file inside the superpage
  t = expect_grant(&g.m);
  assert_true(t.msi);
  assert_int_equal(t.ppn, 0x54321);
  g.dc.msi_addr_pattern = 0xa41;  // in another 2 MiB
  guest_set_dc(&g);
  t = expect_grant(&g.m);
  assert_int_equal(t.size, PCL_SIZE_2M);
}

static void range_meets_files(void **state) {
  (void)state;
  const pcl_dc_t dc = {.msi_addr_mask = 0x6, .msi_addr_pattern = 0x841};
  assert_false(pcl_msi_in_range(&dc, 0x840000, 12));
  assert_true(pcl_msi_in_range(&dc, 0x840000, 13));
  assert_false(pcl_msi_in_range(&dc, 0x850000, 16));
  assert_true(pcl_msi_in_range(&dc, 0x850000, 21));
  assert_true(pcl_msi_in_range(&dc, 0, 30));
  assert_false(pcl_msi_in_range(&dc, UINT64_C(1) << 40, 39));
}

// Translated requests go through it with T2GPA, and bypass everything without.
static void translated_requests(void **state) {
  (void)state;
  guest_t g;
  with_files(&g, BASIC(0x54321), 0);
  g.m.regs.capabilities |= PCL_CAP_ATS | PCL_CAP_T2GPA;
  g.m.request.translated = true;
  g.m.request.iova = 0x847456;
  guest_tc(&g, PCL_TC_EN_ATS);
  assert_int_equal(expect_grant(&g.m).size, PCL_SIZE_IDENTITY);
  guest_tc(&g, PCL_TC_EN_ATS | PCL_TC_T2GPA);
  assert_int_equal(expect_grant(&g.m).ppn, 0x54321);
  assert_int_equal(g.m.memory.accesses, 2);
  as_access(&g, 1);
  assert_int_equal(expect_fault2(&g, PCL_CAUSE_INSTR_ACCESS, 0).ttyp, PCL_TTYP_TRANSLATED_EXEC);
  g.m.request.exec = false;
  g.m.request.iova = (uint64_t)FRAME_GPN << 12;
  g.dc.msiptp = 0;
  guest_set_dc(&g);
  assert_int_equal(expect_grant(&g.m).ppn, FRAME_PPN);
  assert_int_equal(g.m.memory.accesses, 4);  // the first stage is not walked
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(basic_pte_replaces_the_second_stage),
    cmocka_unit_test(rights_of_the_first_stage_still_count),
    cmocka_unit_test(match_precedes_the_width_check),
    cmocka_unit_test(msiptp_off_recognises_nothing),
    cmocka_unit_test(file_number_packs_the_masked_bits),
    cmocka_unit_test(execute_is_cause_1_after_the_checks),
    cmocka_unit_test(order_of_the_checks),
    cmocka_unit_test(table_of_entries),
    cmocka_unit_test(mrif_outcome_names_file_and_notice),
    cmocka_unit_test(debug_request_to_an_mrif_is_260),
    cmocka_unit_test(ranges_exclude_interrupt_files),
    cmocka_unit_test(range_meets_files),
    cmocka_unit_test(translated_requests),
    cmocka_unit_test(entry_address_is_an_or),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
