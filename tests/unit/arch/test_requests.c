// SPDX-License-Identifier: Apache-2.0
//
// A request against its device context: cause 260, process_id and PDTV, translated requests, DTF, illegal bursts
// (IOMMU spec 3.3 items 7 to 13 and 4.2).
#include "arch_test.h"

static void process_id_with_pdtv_0_is_260(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  m.request.pv = true;
  assert_true(expect_fault(&m, PCL_CAUSE_TYPE_DISALLOWED).report);
  set_dc(&m, PCL_TC_V, 0);
  expect_fault(&m, PCL_CAUSE_TYPE_DISALLOWED);
}

static void pdtp_bare_with_process_id_has_no_width_privilege_or_page_checks(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  set_dc(&m, PCL_TC_V | PCL_TC_PDTV, 0);
  m.request.pv = true;
  m.request.process_id = 0xfffff;
  m.request.priv = true;
  m.request.exec = true;
  expect_identity(&m);
  assert_int_equal(m.memory.reads, 1);
}

static void pdtv_1_without_process_id_is_bare_with_or_without_dpe(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  set_dc(&m, PCL_TC_V | PCL_TC_PDTV, 0);
  expect_identity(&m);
  set_dc(&m, PCL_TC_V | PCL_TC_PDTV | PCL_TC_DPE, 0);
  expect_identity(&m);
}

static void pdtp_modes_without_the_capability_are_259(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  for (unsigned mode = 1; mode < 4; mode++) {
    set_dc(&m, PCL_TC_V | PCL_TC_PDTV, fsc_of(mode, PT_PPN));
    expect_fault(&m, PCL_CAUSE_DDT_MISCONFIGURED);
  }
}

static void both_stages_bare_is_an_identity(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  set_dc(&m, PCL_TC_V, fsc_of(PCL_MODE_BARE, 0x1234));
  expect_identity(&m);
  m.request.iova = UINT64_C(1) << 56;
  expect_fault(&m, PCL_CAUSE_READ_ACCESS);
  m.request.write = true;
  expect_fault(&m, PCL_CAUSE_WRITE_ACCESS);
}

static void translated_requests_need_en_ats(void **state) {
  (void)state;
  const unsigned ttyp[] = {PCL_TTYP_TRANSLATED_READ, PCL_TTYP_TRANSLATED_EXEC, PCL_TTYP_TRANSLATED_WRITE};
  for (unsigned type = 0; type < 3; type++) {
    machine_t m;
    machine_init(&m);
    m.regs.capabilities |= PCL_CAP_ATS;
    m.request.translated = true;
    m.request.exec = type == 1;
    m.request.write = type == 2;
    assert_int_equal(expect_fault(&m, PCL_CAUSE_TYPE_DISALLOWED).ttyp, ttyp[type]);
    set_dc(&m, PCL_TC_V | PCL_TC_EN_ATS, fsc_of(PCL_IOSATP_SV39, PT_PPN + 2));
    expect_identity(&m);  // the address is an SPA already
    assert_int_equal(m.memory.reads, 1);
  }
}

static void dtf_suppresses_260_and_page_table_causes(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  set_dc(&m, PCL_TC_V | PCL_TC_DTF, fsc_of(PCL_IOSATP_SV39, PT_PPN + 2));
  assert_false(expect_fault(&m, PCL_CAUSE_READ_PAGE).report);
  memory_break(&m.memory, pte_addr(&m, 2), PCL_MEM_POISON);
  assert_false(expect_fault(&m, PCL_CAUSE_PT_CORRUPTION).report);
  memory_break(&m.memory, pte_addr(&m, 2), PCL_MEM_ACCESS_FAULT);
  assert_false(expect_fault(&m, PCL_CAUSE_READ_ACCESS).report);
  m.request.pv = true;
  assert_false(expect_fault(&m, PCL_CAUSE_TYPE_DISALLOWED).report);
}

static void dtf_table(void **state) {
  (void)state;
  for (unsigned cause = 0; cause < 4096; cause++) {
    const bool always = (cause >= 256 && cause <= 259) || cause == 268 || cause == 272 || cause == 273;
    assert_true(pcl_cause_reported(cause, false));
    assert_int_equal(pcl_cause_reported(cause, true), always);
  }
}

static void illegal_burst_in_off_and_bare_is_2048_and_reported(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  m.request.bus_illegal = true;
  for (unsigned mode = PCL_DDTP_OFF; mode <= PCL_DDTP_BARE; mode++) {
    m.regs.ddtp = mode;
    assert_true(expect_fault(&m, PCL_CAUSE_ILLEGAL_BURST).report);
    assert_int_equal(m.memory.reads, 0);
  }
}

static void illegal_burst_obeys_dtf_of_a_valid_dc(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  m.request.bus_illegal = true;
  m.request.pv = true;  // comes before 260
  assert_true(expect_fault(&m, PCL_CAUSE_ILLEGAL_BURST).report);
  assert_int_equal(m.memory.reads, 1);
  set_dc(&m, PCL_TC_V | PCL_TC_DTF, 0);
  assert_false(expect_fault(&m, PCL_CAUSE_ILLEGAL_BURST).report);
}

static void illegal_burst_without_a_valid_dc_takes_dtf_as_0(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  m.request.bus_illegal = true;
  m.request.device_id = 0x80;  // too wide
  assert_true(expect_fault(&m, PCL_CAUSE_ILLEGAL_BURST).report);
  m.request.device_id = 6;  // V=0
  assert_true(expect_fault(&m, PCL_CAUSE_ILLEGAL_BURST).report);
  set_dc(&m, PCL_TC_V | PCL_TC_DTF | PCL_TC_DPE, 0);  // misconfigured
  assert_true(expect_fault(&m, PCL_CAUSE_ILLEGAL_BURST).report);
  memory_break(&m.memory, dc_addr(6), PCL_MEM_ACCESS_FAULT);
  assert_true(expect_fault(&m, PCL_CAUSE_ILLEGAL_BURST).report);
}

static void illegal_burst_with_a_cached_dc_needs_no_access(void **state) {
  (void)state;
  machine_t m;
  pcl_walk_t w;
  machine_init(&m);
  m.request.bus_illegal = true;
  const pcl_dc_t dc = {.tc = PCL_TC_V | PCL_TC_DTF, .fsc = fsc_of(PCL_IOSATP_SV39, PT_PPN)};
  assert_int_equal(pcl_walk_begin_dc(&w, &m.regs, &m.request, &dc), PCL_STEP_DONE);
  assert_int_equal(w.outcome.fault.cause, PCL_CAUSE_ILLEGAL_BURST);
  assert_false(w.outcome.fault.report);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(process_id_with_pdtv_0_is_260),
    cmocka_unit_test(pdtp_bare_with_process_id_has_no_width_privilege_or_page_checks),
    cmocka_unit_test(pdtv_1_without_process_id_is_bare_with_or_without_dpe),
    cmocka_unit_test(pdtp_modes_without_the_capability_are_259),
    cmocka_unit_test(both_stages_bare_is_an_identity),
    cmocka_unit_test(translated_requests_need_en_ats),
    cmocka_unit_test(dtf_suppresses_260_and_page_table_causes),
    cmocka_unit_test(dtf_table),
    cmocka_unit_test(illegal_burst_in_off_and_bare_is_2048_and_reported),
    cmocka_unit_test(illegal_burst_obeys_dtf_of_a_valid_dc),
    cmocka_unit_test(illegal_burst_without_a_valid_dc_takes_dtf_as_0),
    cmocka_unit_test(illegal_burst_with_a_cached_dc_needs_no_access),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
