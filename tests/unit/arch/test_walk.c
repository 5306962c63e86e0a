// SPDX-License-Identifier: Apache-2.0
//
// First-stage walks: every mode and leaf size, every cause of a page table access, and the resumable interface with its
// starts from cached knowledge.
#include "arch_test.h"

static void use_mode(machine_t *m, unsigned root) {
  machine_init(m);
  set_dc(m, PCL_TC_V, fsc_of(PCL_IOSATP_SV39 + root - 2, PT_PPN + root));
}

static void every_mode_reaches_every_leaf_size(void **state) {
  (void)state;
  for (unsigned root = 2; root <= 4; root++) {
    for (unsigned level = 0; level <= root; level++) {
      machine_t m;
      use_mode(&m, root);
      m.request.iova = (~UINT64_C(0) << (12 + 9 * (root + 1) - 1)) | UINT64_C(0x123456789abc);
      const uint64_t ppn = UINT64_C(9) << (9 * level);
      map(&m, root, level, pte_of(ppn, LEAF_RWX));
      const pcl_translation_t t = expect_grant(&m);
      const unsigned shift = 12 + 9 * level;
      assert_int_equal(m.memory.reads, 1 + root - level + 1);
      assert_int_equal(t.ppn, ppn);
      assert_int_equal(t.pscid, 0x77);
      assert_false(t.gv);
      assert_int_equal(pcl_size_shift(t.size), shift);
      assert_int_equal(pcl_translation_spa(&t, m.request.iova), ppn << 12 | (m.request.iova & ((UINT64_C(1) << shift) - 1)));
    }
  }
}

static void napot_leaf_maps_64k(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  map(&m, 2, 0, pte_of(0x12348, LEAF_RWX | PCL_PTE_N));
  const pcl_translation_t t = expect_grant(&m);
  assert_int_equal(t.size, PCL_SIZE_64K);
  assert_int_equal(pcl_translation_spa(&t, m.request.iova), 0x12343456);
}

static void as_type(machine_t *m, unsigned type) {
  m->request.exec = type == 1;
  m->request.write = type == 2;
}

// By request type: read, read for execute, write.
static const unsigned page_fault[] = {PCL_CAUSE_READ_PAGE, PCL_CAUSE_INSTR_PAGE, PCL_CAUSE_WRITE_PAGE};
static const unsigned access_fault[] = {PCL_CAUSE_READ_ACCESS, PCL_CAUSE_INSTR_ACCESS, PCL_CAUSE_WRITE_ACCESS};
static const unsigned ttyp[] = {PCL_TTYP_UNTRANSLATED_READ, PCL_TTYP_UNTRANSLATED_EXEC, PCL_TTYP_UNTRANSLATED_WRITE};

static void non_canonical_iova_page_faults_before_any_pte_is_read(void **state) {
  (void)state;
  for (unsigned root = 2; root <= 4; root++) {
    machine_t m;
    use_mode(&m, root);
    m.request.iova = UINT64_C(1) << (12 + 9 * (root + 1) - 1);
    for (unsigned type = 0; type < 3; type++) {
      as_type(&m, type);
      const pcl_fault_t fault = expect_fault(&m, page_fault[type]);
      assert_int_equal(fault.ttyp, ttyp[type]);
      assert_int_equal(m.memory.reads, 1);
    }
  }
}

static void pte_access_fault_is_1_5_7_by_original_access_at_any_level(void **state) {
  (void)state;
  for (unsigned level = 0; level < 3; level++) {
    machine_t m;
    machine_init(&m);
    map(&m, 2, 0, pte_of(FRAME_PPN, LEAF_RWX));
    memory_break(&m.memory, pte_addr(&m, level), PCL_MEM_ACCESS_FAULT);
    for (unsigned type = 0; type < 3; type++) {
      as_type(&m, type);
      assert_int_equal(expect_fault(&m, access_fault[type]).ttyp, ttyp[type]);
    }
  }
}

static void pte_poison_is_274(void **state) {
  (void)state;
  for (unsigned level = 0; level < 3; level++) {
    machine_t m;
    machine_init(&m);
    map(&m, 2, 0, pte_of(FRAME_PPN, LEAF_RWX));
    memory_break(&m.memory, pte_addr(&m, level), PCL_MEM_POISON);
    for (unsigned type = 0; type < 3; type++) {
      as_type(&m, type);
      assert_true(expect_fault(&m, PCL_CAUSE_PT_CORRUPTION).report);
    }
  }
}

static void malformed_pte_is_12_13_15_by_original_access_at_any_level(void **state) {
  (void)state;
  for (unsigned level = 0; level < 3; level++) {
    machine_t m;
    machine_init(&m);
    map(&m, 2, level, pte_of(0, LEAF_RWX | PCL_BIT(54)));
    for (unsigned type = 0; type < 3; type++) {
      as_type(&m, type);
      expect_fault(&m, page_fault[type]);
      assert_int_equal(m.memory.reads, 1 + 2 - level + 1);
    }
  }
}

static void missing_right_page_faults(void **state) {
  (void)state;
  const uint64_t needed[] = {PCL_PTE_R | PCL_PTE_W, PCL_PTE_X, PCL_PTE_W};
  for (unsigned type = 0; type < 3; type++) {
    machine_t m;
    machine_init(&m);
    as_type(&m, type);
    map(&m, 2, 0, pte_of(FRAME_PPN, LEAF_RWX & ~needed[type]));
    expect_fault(&m, page_fault[type]);
    memory_set(&m.memory, pte_addr(&m, 0), pte_of(FRAME_PPN, LEAF_RWX));
    expect_grant(&m);
  }
}

static void u0_page_faults_even_with_the_privileged_sideband_but_no_process_id(void **state) {
  (void)state;
  for (unsigned type = 0; type < 3; type++) {
    machine_t m;
    machine_init(&m);
    as_type(&m, type);
    map(&m, 2, 0, pte_of(FRAME_PPN, LEAF_RWX & ~PCL_PTE_U));
    expect_fault(&m, page_fault[type]);
    m.request.priv = true;
    expect_fault(&m, page_fault[type]);
    memory_set(&m.memory, pte_addr(&m, 0), pte_of(FRAME_PPN, LEAF_RWX));
    expect_grant(&m);
  }
}

static void a0_page_faults_every_access(void **state) {
  (void)state;
  for (unsigned type = 0; type < 3; type++) {
    machine_t m;
    machine_init(&m);
    as_type(&m, type);
    map(&m, 2, 0, pte_of(FRAME_PPN, LEAF_RWX & ~PCL_PTE_A));
    expect_fault(&m, page_fault[type]);
  }
}

static void d0_page_faults_stores_and_a_read_never_grants_a_write(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  map(&m, 2, 0, pte_of(FRAME_PPN, LEAF_RWX & ~PCL_PTE_D));
  const pcl_translation_t t = expect_grant(&m);
  assert_true(t.r && t.x);
  assert_false(t.w || t.d);
  m.request.write = true;
  assert_false(pcl_translation_allows(&t, &m.request));
  expect_fault(&m, PCL_CAUSE_WRITE_PAGE);
}

static void a_write_with_the_execute_sideband_is_a_write(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  m.request.write = true;
  m.request.exec = true;
  map(&m, 2, 0, pte_of(FRAME_PPN, LEAF_RWX & ~PCL_PTE_X));
  expect_grant(&m);
  memory_set(&m.memory, pte_addr(&m, 0), 0);
  assert_int_equal(expect_fault(&m, PCL_CAUSE_WRITE_PAGE).ttyp, PCL_TTYP_UNTRANSLATED_WRITE);
}

static void nothing_invalid_is_remembered_v_0_to_1_needs_no_invalidation(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  map(&m, 2, 0, 0);
  expect_fault(&m, PCL_CAUSE_READ_PAGE);
  memory_set(&m.memory, pte_addr(&m, 0), pte_of(FRAME_PPN, LEAF_RWX));
  expect_grant(&m);
}

static pcl_step_t feed(machine_t *m, pcl_walk_t *w) {
  pcl_response_t response;
  memory_read(&m->memory, &w->access, &response);
  return pcl_walk_step(w, &response);
}

static void stepping_reports_new_knowledge_exactly_once(void **state) {
  (void)state;
  machine_t m;
  pcl_walk_t w;
  pcl_nonleaf_t n;
  machine_init(&m);
  map(&m, 2, 0, pte_of(FRAME_PPN, LEAF_RWX));
  assert_int_equal(pcl_walk_begin(&w, &m.regs, &m.request), PCL_STEP_ACCESS);
  assert_int_equal(w.phase, PCL_PHASE_DDT);
  assert_null(pcl_walk_new_dc(&w));
  assert_false(pcl_walk_at_root(&w));

  assert_int_equal(feed(&m, &w), PCL_STEP_ACCESS);  // DC
  assert_non_null(pcl_walk_new_dc(&w));
  assert_int_equal(pcl_walk_new_dc(&w)->tc, PCL_TC_V);
  assert_false(pcl_walk_new_nonleaf(&w, &n));
  assert_int_equal(w.phase, PCL_PHASE_PT);
  assert_int_equal(w.pscid, 0x77);
  assert_int_equal(w.root_level, 2);
  assert_true(pcl_walk_at_root(&w));
  assert_int_equal(w.access.kind, PCL_ACCESS_PTE);
  assert_int_equal(w.access.addr, pte_addr(&m, 2));

  for (unsigned i = 0; i < 2; i++) {  // pointers of level 2 and 1
    const unsigned level = 1 - i;
    assert_int_equal(feed(&m, &w), PCL_STEP_ACCESS);
    assert_null(pcl_walk_new_dc(&w));
    assert_true(pcl_walk_new_nonleaf(&w, &n));
    assert_int_equal(n.level, level);
    assert_int_equal(n.table_ppn, PT_PPN + level);
    assert_int_equal(n.va_prefix, m.request.iova >> (12 + 9 * (level + 1)));
    assert_int_equal(w.access.level, level);
    assert_int_equal(w.access.beats, 1);
  }
  assert_int_equal(feed(&m, &w), PCL_STEP_DONE);
  assert_false(pcl_walk_new_nonleaf(&w, &n));
  assert_int_equal(w.phase, PCL_PHASE_DONE);
  assert_false(w.outcome.faulted);
  assert_int_equal(w.outcome.translation.ppn, FRAME_PPN);
}

static void an_invalid_dc_or_pte_is_no_new_knowledge(void **state) {
  (void)state;
  machine_t m;
  pcl_walk_t w;
  pcl_nonleaf_t n;
  machine_init(&m);
  set_dc(&m, 0, 0);
  pcl_walk_begin(&w, &m.regs, &m.request);
  assert_int_equal(feed(&m, &w), PCL_STEP_DONE);
  assert_null(pcl_walk_new_dc(&w));

  machine_init(&m);
  set_dc(&m, PCL_TC_V | PCL_TC_DPE, 0);
  pcl_walk_begin(&w, &m.regs, &m.request);
  assert_int_equal(feed(&m, &w), PCL_STEP_DONE);
  assert_null(pcl_walk_new_dc(&w));

  machine_init(&m);
  map(&m, 2, 2, PCL_PTE_V | PCL_PTE_A);
  pcl_walk_begin(&w, &m.regs, &m.request);
  assert_int_equal(feed(&m, &w), PCL_STEP_ACCESS);
  assert_int_equal(feed(&m, &w), PCL_STEP_DONE);
  assert_false(pcl_walk_new_nonleaf(&w, &n));
}

static void a_valid_dc_is_knowledge_even_if_the_request_is_refused(void **state) {
  (void)state;
  machine_t m;
  pcl_walk_t w;
  machine_init(&m);
  m.request.pv = true;
  pcl_walk_begin(&w, &m.regs, &m.request);
  assert_int_equal(feed(&m, &w), PCL_STEP_DONE);
  assert_int_equal(w.outcome.fault.cause, PCL_CAUSE_TYPE_DISALLOWED);
  assert_non_null(pcl_walk_new_dc(&w));
}

static void begin_dc_reads_no_directory_and_still_checks_the_request(void **state) {
  (void)state;
  machine_t m;
  pcl_walk_t w;
  machine_init(&m);
  const pcl_dc_t dc = {.tc = PCL_TC_V | PCL_TC_DTF, .ta = UINT64_C(0x88) << 12, .fsc = fsc_of(PCL_IOSATP_SV39, PT_PPN + 2)};
  assert_int_equal(pcl_walk_begin_dc(&w, &m.regs, &m.request, &dc), PCL_STEP_ACCESS);
  assert_true(pcl_walk_at_root(&w));
  assert_null(pcl_walk_new_dc(&w));
  assert_int_equal(w.pscid, 0x88);

  m.request.pv = true;
  assert_int_equal(pcl_walk_begin_dc(&w, &m.regs, &m.request, &dc), PCL_STEP_DONE);
  assert_int_equal(w.outcome.fault.cause, PCL_CAUSE_TYPE_DISALLOWED);
  assert_false(w.outcome.fault.report);

  m.request.pv = false;
  m.request.device_id = 0x80;
  assert_int_equal(pcl_walk_begin_dc(&w, &m.regs, &m.request, &dc), PCL_STEP_DONE);
  assert_int_equal(w.outcome.fault.cause, PCL_CAUSE_TYPE_DISALLOWED);
  assert_true(w.outcome.fault.report);

  m.regs.ddtp = PCL_DDTP_OFF;
  assert_int_equal(pcl_walk_begin_dc(&w, &m.regs, &m.request, &dc), PCL_STEP_DONE);
  assert_int_equal(w.outcome.fault.cause, PCL_CAUSE_ALL_DISALLOWED);
}

static void skip_to_continues_at_the_cached_table(void **state) {
  (void)state;
  for (unsigned level = 0; level < 2; level++) {
    machine_t m;
    pcl_walk_t w;
    machine_init(&m);
    map(&m, 2, 0, pte_of(FRAME_PPN, LEAF_RWX));
    const pcl_dc_t dc = {.tc = PCL_TC_V, .fsc = fsc_of(PCL_IOSATP_SV39, PT_PPN + 2)};
    pcl_walk_begin_dc(&w, &m.regs, &m.request, &dc);
    pcl_walk_skip_to(&w, level, PT_PPN + level);
    assert_int_equal(w.access.addr, pte_addr(&m, level));
    assert_int_equal(w.access.level, level);
    assert_false(pcl_walk_at_root(&w));
    for (unsigned i = 0; i < level; i++) assert_int_equal(feed(&m, &w), PCL_STEP_ACCESS);
    assert_int_equal(feed(&m, &w), PCL_STEP_DONE);
    assert_int_equal(w.outcome.translation.ppn, FRAME_PPN);
  }
}

static void va_prefix_is_independent_of_the_mode(void **state) {
  (void)state;
  assert_int_equal(pcl_va_prefix(UINT64_C(0x0000004000000000 - 1), 1), 0xff);
  assert_int_equal(pcl_va_prefix(~UINT64_C(0), 0), (UINT64_C(1) << 36) - 1);
  assert_int_equal(pcl_va_prefix(~UINT64_C(0), 3), (UINT64_C(1) << 9) - 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_mode_reaches_every_leaf_size),
    cmocka_unit_test(napot_leaf_maps_64k),
    cmocka_unit_test(non_canonical_iova_page_faults_before_any_pte_is_read),
    cmocka_unit_test(pte_access_fault_is_1_5_7_by_original_access_at_any_level),
    cmocka_unit_test(pte_poison_is_274),
    cmocka_unit_test(malformed_pte_is_12_13_15_by_original_access_at_any_level),
    cmocka_unit_test(missing_right_page_faults),
    cmocka_unit_test(u0_page_faults_even_with_the_privileged_sideband_but_no_process_id),
    cmocka_unit_test(a0_page_faults_every_access),
    cmocka_unit_test(d0_page_faults_stores_and_a_read_never_grants_a_write),
    cmocka_unit_test(a_write_with_the_execute_sideband_is_a_write),
    cmocka_unit_test(nothing_invalid_is_remembered_v_0_to_1_needs_no_invalidation),
    cmocka_unit_test(stepping_reports_new_knowledge_exactly_once),
    cmocka_unit_test(an_invalid_dc_or_pte_is_no_new_knowledge),
    cmocka_unit_test(a_valid_dc_is_knowledge_even_if_the_request_is_refused),
    cmocka_unit_test(begin_dc_reads_no_directory_and_still_checks_the_request),
    cmocka_unit_test(skip_to_continues_at_the_cached_table),
    cmocka_unit_test(va_prefix_is_independent_of_the_mode),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
