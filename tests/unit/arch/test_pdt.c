// SPDX-License-Identifier: Apache-2.0
//
// Process contexts: which first stage a request gets, the process directory and its faults, privilege
// (IOMMU spec 3.2, 3.3 items 7 to 16, 3.3.2).
#include "arch/fault_record.h"
#include "guest.h"

#define PC_OF(flags) ((uint64_t)0x55 << 12 | PCL_PC_V | (flags))

// GPA of the entry of a level of the process directory, whose table of each level is at PDT_PPN + level.
static uint64_t pdte_gpa(uint32_t process_id, unsigned level) {
  const uint64_t base = (uint64_t)(PDT_PPN + level) << 12;
  return level == 0 ? base + (process_id & 0xff) * 16 : base + (process_id >> (8 + 9 * (level - 1)) & 0x1ff) * 8;
}

static void set_pc(guest_t *g, uint32_t process_id, uint64_t ta, uint64_t fsc) {
  memory_set(&g->m.memory, table_spa(pdte_gpa(process_id, 0)), ta);
  memory_set(&g->m.memory, table_spa(pdte_gpa(process_id, 0)) + 8, fsc);
}

// A guest with a process directory of this mode; the process is the request's.
static void with_process(guest_t *g, unsigned pdtp_mode, uint32_t process_id, uint64_t ta) {
  guest_init(g);
  g->dc.fsc = fsc_of(pdtp_mode, PDT_PPN + pdtp_mode - 1);
  guest_tc(g, PCL_TC_PDTV);
  g->m.request.pv = true;
  g->m.request.process_id = process_id;
  for (unsigned level = pdtp_mode - 1; level > 0; level--) {
    memory_set(&g->m.memory, table_spa(pdte_gpa(process_id, level)), pte_of(PDT_PPN + level - 1, 1));
  }
  set_pc(g, process_id, ta, fsc_of(PCL_IOSATP_SV39, PT_PPN + 2));
}

// IOMMU spec 3.3.2 items 2 and 3: the directory is found through the second stage, the index included.
static void every_directory_entry_is_read_through_the_second_stage(void **state) {
  (void)state;
  const uint32_t process_id[] = {0xfe, 0x1fdfe, 0xbfdfe};
  for (unsigned mode = PCL_PDTP_PD8; mode <= PCL_PDTP_PD20; mode++) {
    guest_t g;
    with_process(&g, mode, process_id[mode - 1], PC_OF(0));
    expected_access_t e[32] = {{PCL_ACCESS_DC, guest_dc_addr()}};
    unsigned n = 1;
    for (unsigned level = mode; level-- > 0;) {
      const uint64_t gpa = pdte_gpa(process_id[mode - 1], level);
      n = expect_gpa(e, n, gpa);
      e[n++] = (expected_access_t){level ? PCL_ACCESS_PDT_NONLEAF : PCL_ACCESS_PC, table_spa(gpa)};
    }
    const pcl_translation_t t = expect_grant(&g.m);
    assert_int_equal(t.pscid, 0x55);  // the PC's, not DC.ta's
    assert_int_equal(g.m.memory.accesses, n + 15);
    g.m.memory.accesses = n;
    expect_accesses(&g, e, n);
    assert_int_equal(g.m.memory.trace[n - 1].beats, 2);
  }
}

static void directory_without_second_stage_is_read_directly(void **state) {
  (void)state;
  guest_t g;
  with_process(&g, PCL_PDTP_PD8, 7, PC_OF(0));
  g.dc.iohgatp = 0;
  guest_set_dc(&g);
  memory_set(&g.m.memory, pdte_gpa(7, 0), PC_OF(0));
  memory_set(&g.m.memory, pdte_gpa(7, 0) + 8, 0);
  const pcl_translation_t t = expect_grant(&g.m);
  assert_int_equal(t.size, PCL_SIZE_IDENTITY);
  const expected_access_t e[] = {{PCL_ACCESS_DC, guest_dc_addr()}, {PCL_ACCESS_PC, pdte_gpa(7, 0)}};
  expect_accesses(&g, e, 2);
}

// IOMMU spec 3.3 item 7: a process_id too wide for pdtp.MODE is 260, before the directory.
static void process_id_wider_than_the_mode_is_260(void **state) {
  (void)state;
  const unsigned bits[] = {8, 17};
  for (unsigned i = 0; i < 2; i++) {
    guest_t g;
    with_process(&g, PCL_PDTP_PD8 + i, UINT32_C(1) << bits[i], PC_OF(0));
    expect_fault2(&g, PCL_CAUSE_TYPE_DISALLOWED, 0);
    assert_int_equal(g.m.memory.reads, 1);
  }
}

// Item 15: ENS is looked at only when the PC has been found.
static void ens_is_checked_after_the_pc(void **state) {
  (void)state;
  guest_t g;
  with_process(&g, PCL_PDTP_PD8, 7, PC_OF(0));
  g.m.request.priv = true;
  const pcl_fault_t fault = expect_fault2(&g, PCL_CAUSE_TYPE_DISALLOWED, 0);
  assert_int_equal(fault.ttyp, PCL_TTYP_UNTRANSLATED_READ);
  set_pc(&g, 7, 0, 0);
  expect_fault2(&g, PCL_CAUSE_PDT_NOT_VALID, 0);
  set_pc(&g, 7, PC_OF(0), PCL_BIT(44));
  expect_fault2(&g, PCL_CAUSE_PDT_MISCONFIGURED, 0);
}

// Item 13: with pdtp Bare there is no width check, no PC, no privilege check; the second stage still translates.
static void pdtp_bare_is_first_stage_bare(void **state) {
  (void)state;
  guest_t g;
  guest_init(&g);
  g.dc.fsc = 0;
  guest_tc(&g, PCL_TC_PDTV);
  g.m.request.iova = (uint64_t)FRAME_GPN << 12;
  g.m.request.pv = g.m.request.priv = true;
  g.m.request.process_id = 0xfffff;
  assert_int_equal(expect_grant(&g.m).ppn, FRAME_PPN);
  assert_int_equal(g.m.memory.accesses, 4);
}

// Items 11 and 12: without process_id DPE decides; the record keeps PV=0.
static void no_process_id_and_dpe_0_is_first_stage_bare(void **state) {
  (void)state;
  guest_t g;
  with_process(&g, PCL_PDTP_PD8, 0, PC_OF(0));
  g.m.request.pv = false;
  g.m.request.iova = (uint64_t)FRAME_GPN << 12;
  const pcl_translation_t t = expect_grant(&g.m);
  assert_int_equal(t.ppn, FRAME_PPN);
  assert_int_equal(t.pscid, 0);
  assert_int_equal(g.m.memory.accesses, 4);
}

static void dpe_takes_process_0_with_user_privilege(void **state) {
  (void)state;
  guest_t g;
  with_process(&g, PCL_PDTP_PD8, 0, PC_OF(0));
  guest_tc(&g, PCL_TC_PDTV | PCL_TC_DPE);
  g.m.request.pv = false;
  g.m.request.priv = true;  // means nothing without a process_id
  assert_int_equal(expect_grant(&g.m).pscid, 0x55);
  guest_map(&g, 0, pte_of(FRAME_GPN, LEAF_RWX & ~PCL_PTE_U));
  const pcl_fault_t fault = expect_fault2(&g, PCL_CAUSE_READ_PAGE, 0);
  uint64_t record[4];
  pcl_fault_record_encode(&g.m.request, &fault, record);
  assert_int_equal(record[0], UINT64_C(5) << 40 | (uint64_t)PCL_TTYP_UNTRANSLATED_READ << 34 | PCL_CAUSE_READ_PAGE);
}

// IOMMU spec 3.2.3, 3.3: supervisors, U and SUM.
static void supervisor_needs_sum_and_never_executes_user_pages(void **state) {
  (void)state;
  for (unsigned sum = 0; sum < 2; sum++) {
    for (unsigned u = 0; u < 2; u++) {
      for (unsigned type = 0; type < 3; type++) {
        guest_t g;
        with_process(&g, PCL_PDTP_PD8, 7, PC_OF(PCL_PC_ENS | (sum ? PCL_PC_SUM : 0)));
        guest_map(&g, 0, pte_of(FRAME_GPN, u ? LEAF_RWX : LEAF_RWX & ~PCL_PTE_U));
        g.m.request.priv = true;
        as_access(&g, type);
        if (!u || (sum && type != 1)) expect_grant(&g.m);
        else expect_fault2(&g, page_cause(type), 0);
        g.m.request.priv = false;  // a user of the same process
        if (u) expect_grant(&g.m);
        else expect_fault2(&g, page_cause(type), 0);
      }
    }
  }
}

// Raw rights of the first stage stay known; the final ones are those of the class.
static void rights_of_a_class_and_of_the_leaf_are_told_apart(void **state) {
  (void)state;
  guest_t g;
  with_process(&g, PCL_PDTP_PD8, 7, PC_OF(PCL_PC_ENS | PCL_PC_SUM));
  g.m.request.priv = true;
  const pcl_translation_t t = expect_grant(&g.m);
  assert_true(t.r && t.w && !t.x && t.u);
  assert_int_equal(t.s1_rights, PCL_RIGHT_RWX);
}

// 3.3.2: faults of the second stage on the way to the directory.
static void second_stage_faults_of_the_directory(void **state) {
  (void)state;
  for (unsigned level = 0; level < 3; level++) {
    for (unsigned type = 0; type < 3; type++) {
      guest_t g;
      with_process(&g, PCL_PDTP_PD20, 0xbfdfe, PC_OF(0));
      const uint64_t gpa = pdte_gpa(0xbfdfe, level);
      as_access(&g, type);
      memory_break(&g.m.memory, gpte_addr(gpa, 0), PCL_MEM_POISON);
      expect_fault2(&g, PCL_CAUSE_PDT_CORRUPTION, 0);
      memory_break(&g.m.memory, gpte_addr(gpa, 0), PCL_MEM_ACCESS_FAULT);
      expect_fault2(&g, PCL_CAUSE_PDT_ACCESS, 0);
      memory_break(&g.m.memory, gpte_addr(gpa, 0), PCL_MEM_OK);
      memory_set(&g.m.memory, gpte_addr(gpa, 0), 0);
      expect_fault2(&g, guest_page_cause(type), (gpa & ~UINT64_C(3)) | 1);
    }
  }
}

static void errors_and_reserved_bits_of_directory_entries(void **state) {
  (void)state;
  for (unsigned level = 0; level < 3; level++) {
    guest_t g;
    with_process(&g, PCL_PDTP_PD20, 0xbfdfe, PC_OF(0));
    const uint64_t addr = table_spa(pdte_gpa(0xbfdfe, level));
    memory_break(&g.m.memory, addr, PCL_MEM_POISON);
    expect_fault2(&g, PCL_CAUSE_PDT_CORRUPTION, 0);
    memory_break(&g.m.memory, addr, PCL_MEM_ACCESS_FAULT);
    expect_fault2(&g, PCL_CAUSE_PDT_ACCESS, 0);
    memory_break(&g.m.memory, addr, PCL_MEM_OK);
    const uint64_t good = memory_word(&g.m.memory, addr)->value;
    for (unsigned n = 1; n < 64; n++) {
      const bool reserved = level == 0 ? (n >= 3 && n <= 11) || n >= 32 : n <= 9 || n >= 54;
      if (!reserved) continue;
      memory_set(&g.m.memory, addr, good | PCL_BIT(n));
      expect_fault2(&g, PCL_CAUSE_PDT_MISCONFIGURED, 0);
    }
    memory_set(&g.m.memory, addr, good & ~UINT64_C(1));
    expect_fault2(&g, PCL_CAUSE_PDT_NOT_VALID, 0);
  }
}

// IOMMU spec 3.2.4.
static void process_context_checks(void **state) {
  (void)state;
  const uint64_t caps = PCL_CAP_SV39 | PCL_CAP_SV48 | PCL_CAP_SV57 | PCL_CAP_SV32;
  for (unsigned mode = 0; mode < 16; mode++) {
    const pcl_pc_t pc = {.ta = PCL_PC_V, .fsc = (uint64_t)mode << 60};
    assert_int_equal(pcl_pc_misconfigured(caps, 0, &pc), mode != 0 && (mode < 8 || mode > 10));
    assert_int_equal(pcl_pc_misconfigured(PCL_CAP_SV39, 0, &pc), mode != 0 && mode != 8);
    assert_int_equal(pcl_pc_misconfigured(caps, PCL_TC_SXL, &pc), mode != 0 && mode != 8);
    assert_int_equal(pcl_pc_misconfigured(caps & ~PCL_CAP_SV32, PCL_TC_SXL, &pc), mode != 0);
  }
  for (unsigned n = 0; n < 60; n++) {
    const pcl_pc_t pc = {.ta = PCL_PC_V, .fsc = PCL_BIT(n)};
    assert_int_equal(pcl_pc_misconfigured(caps, 0, &pc), n >= 44);
  }
  for (unsigned n = 1; n < 64; n++) {
    const pcl_pc_t pc = {.ta = PCL_PC_V | PCL_BIT(n)};
    assert_int_equal(pcl_pc_misconfigured(caps, 0, &pc), (n >= 3 && n <= 11) || n >= 32);
  }
}

// IOMMU spec 4.2: DTF suppresses the process directory's causes.
static void dtf_suppresses_pdt_causes(void **state) {
  (void)state;
  guest_t g;
  with_process(&g, PCL_PDTP_PD8, 7, 0);
  guest_tc(&g, PCL_TC_PDTV | PCL_TC_DTF);
  assert_false(expect_fault2(&g, PCL_CAUSE_PDT_NOT_VALID, 0).report);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_directory_entry_is_read_through_the_second_stage),
    cmocka_unit_test(directory_without_second_stage_is_read_directly),
    cmocka_unit_test(process_id_wider_than_the_mode_is_260),
    cmocka_unit_test(ens_is_checked_after_the_pc),
    cmocka_unit_test(pdtp_bare_is_first_stage_bare),
    cmocka_unit_test(no_process_id_and_dpe_0_is_first_stage_bare),
    cmocka_unit_test(dpe_takes_process_0_with_user_privilege),
    cmocka_unit_test(supervisor_needs_sum_and_never_executes_user_pages),
    cmocka_unit_test(rights_of_a_class_and_of_the_leaf_are_told_apart),
    cmocka_unit_test(second_stage_faults_of_the_directory),
    cmocka_unit_test(errors_and_reserved_bits_of_directory_entries),
    cmocka_unit_test(process_context_checks),
    cmocka_unit_test(dtf_suppresses_pdt_causes),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
