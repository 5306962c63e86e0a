// SPDX-License-Identifier: Apache-2.0
//
// PCIe ATS translation requests and Page Requests (IOMMU spec 3.6, 3.7).
#include "arch/ats.h"
#include "guest.h"

#define FRAME_GPA ((uint64_t)FRAME_GPN << 12)
#define MSI_SPA   ((uint64_t)MSI_PPN << 12)

// A guest whose device may use ATS, and whose request is a translation request for reading and writing.
static void with_ats(guest_t *g, uint64_t tc) {
  guest_init(g);
  g->m.regs.capabilities |= PCL_CAP_ATS | PCL_CAP_T2GPA | PCL_CAP_AMO_HWAD | PCL_CAP_MSI_MRIF;
  guest_tc(g, PCL_TC_EN_ATS | tc);
  g->m.request.ats = true;
}

static pcl_ats_completion_t ask(guest_t *g) {
  const pcl_outcome_t outcome = translate(&g->m);
  return pcl_ats_complete(&g->m.request, &outcome);
}

static void expect_rights(guest_t *g, bool r, bool w) {
  const pcl_ats_completion_t c = ask(g);
  assert_int_equal(c.status, PCL_ATS_SUCCESS);
  assert_int_equal(c.r, r);
  assert_int_equal(c.w, w);
}

static void success_has_the_spa_and_its_size(void **state) {
  (void)state;
  guest_t g;
  with_ats(&g, 0);
  pcl_ats_completion_t c = ask(&g);
  assert_int_equal(c.addr, 0x12345000);
  assert_int_equal(c.size_shift, 12);
  assert_true(c.r && c.w && !c.exe && !c.u && !c.global && !c.priv && !c.cxl_io);
  g.m.request.exec = true;
  assert_true(ask(&g).exe);
}

// IOMMU spec 3.1.3, T2GPA: both stages give rights and size, the device gets the GPA.
static void t2gpa_returns_the_gpa(void **state) {
  (void)state;
  guest_t g;
  with_ats(&g, PCL_TC_T2GPA);
  guest_g_map(&g, FRAME_GPN, 0, pte_of(FRAME_PPN, LEAF_G & ~PCL_PTE_W));
  const pcl_ats_completion_t c = ask(&g);
  assert_int_equal(c.addr, FRAME_GPA);
  assert_true(c.r && !c.w);
  const pcl_outcome_t outcome = translate(&g.m);
  assert_int_equal(outcome.translation.ppn, FRAME_PPN);
  assert_int_equal(outcome.translation.s1_rights, PCL_RIGHT_RWX);
  assert_int_equal(outcome.translation.s2_rights, PCL_RIGHT_R | PCL_RIGHT_X);
}

// 3.3 items 2 and 7: ATS in mode Bare, or without EN_ATS, is 260: UR, logged as TTYP 8.
static void ats_disabled_is_260(void **state) {
  (void)state;
  guest_t g;
  with_ats(&g, 0);
  guest_tc(&g, 0);
  const pcl_fault_t fault = expect_fault2(&g, PCL_CAUSE_TYPE_DISALLOWED, 0);
  assert_int_equal(fault.ttyp, PCL_TTYP_ATS_REQUEST);
  assert_true(fault.report);
  assert_int_equal(ask(&g).status, PCL_ATS_UR);
  g.m.regs.ddtp = PCL_DDTP_BARE;
  expect_fault2(&g, PCL_CAUSE_TYPE_DISALLOWED, 0);
  g.m.regs.ddtp = PCL_DDTP_OFF;
  expect_fault2(&g, PCL_CAUSE_ALL_DISALLOWED, 0);
}

// 3.6: the classes of causes; what is completed successfully is not logged.
static void status_of_every_cause(void **state) {
  (void)state;
  const unsigned success[] = {12, 13, 15, 20, 21, 23, 262, 266};
  const unsigned ca[] = {1, 5, 7, 261, 263, 265, 267, 268, 269, 270, 271, 272, 274};
  const pcl_request_t request = {.ats = true};
  pcl_outcome_t outcome = {.faulted = true};
  for (unsigned i = 0; i < sizeof success / sizeof *success; i++) {
    assert_true(pcl_ats_success(success[i]));
    outcome.fault.cause = (uint16_t)success[i];
    const pcl_ats_completion_t c = pcl_ats_complete(&request, &outcome);
    assert_int_equal(c.status, PCL_ATS_SUCCESS);
    assert_false(c.r || c.w || c.exe);
  }
  for (unsigned i = 0; i < sizeof ca / sizeof *ca; i++) {
    assert_false(pcl_ats_success(ca[i]));
    outcome.fault.cause = (uint16_t)ca[i];
    assert_int_equal(pcl_ats_complete(&request, &outcome).status, PCL_ATS_CA);
  }
  for (unsigned cause = 256; cause <= 260; cause++) {
    assert_false(pcl_ats_success(cause));
    outcome.fault.cause = (uint16_t)cause;
    assert_int_equal(pcl_ats_complete(&request, &outcome).status, PCL_ATS_UR);
  }
}

static void page_faults_are_not_logged_and_errors_are(void **state) {
  (void)state;
  guest_t g;
  with_ats(&g, 0);
  guest_g_map(&g, FRAME_GPN, 0, 0);
  assert_false(expect_fault2(&g, PCL_CAUSE_READ_GUEST_PAGE, FRAME_GPA | 0x454).report);
  memory_break(&g.m.memory, gpte_addr(FRAME_GPA, 0), PCL_MEM_ACCESS_FAULT);
  assert_true(expect_fault2(&g, PCL_CAUSE_READ_ACCESS, 0).report);
  assert_int_equal(ask(&g).status, PCL_ATS_CA);
  guest_map(&g, 0, pte_of(FRAME_GPN, LEAF_RWX & ~PCL_PTE_U));
  expect_rights(&g, false, false);
}

// 3.6: the request is one for reading; without NW for writing, with Exe for executing, too. Of the causes that the specification
// allows then, its faults have those of a read, and TTYP 8.
static void faults_are_those_of_a_read(void **state) {
  (void)state;
  for (unsigned exec = 0; exec < 2; exec++) {
    for (unsigned no_write = 0; no_write < 2; no_write++) {
      guest_t g;
      with_ats(&g, 0);
      g.m.request.exec = exec;
      g.m.request.no_write = no_write;
      memory_break(&g.m.memory, table_spa(s1_gpa(&g, 0)), PCL_MEM_ACCESS_FAULT);
      assert_int_equal(expect_fault2(&g, PCL_CAUSE_READ_ACCESS, 0).ttyp, PCL_TTYP_ATS_REQUEST);
      memory_break(&g.m.memory, table_spa(s1_gpa(&g, 0)), PCL_MEM_OK);
      guest_map(&g, 0, 0);
      assert_false(expect_fault2(&g, PCL_CAUSE_READ_PAGE, 0).report);
      guest_g_map(&g, PT_PPN, 0, 0);
      expect_fault2(&g, PCL_CAUSE_READ_GUEST_PAGE, s1_gpa(&g, 0) | 1);
    }
  }
}

// A supervisor at a user's page: without SUM completed with R=W=0, with it without Exe; never logged.
static void sum_decides_about_a_supervisor(void **state) {
  (void)state;
  guest_t g;
  with_ats(&g, PCL_TC_PDTV);
  g.dc.fsc = fsc_of(PCL_PDTP_PD8, PDT_PPN);
  guest_set_dc(&g);
  g.m.request.pv = g.m.request.priv = g.m.request.exec = true;
  memory_set(&g.m.memory, table_spa((uint64_t)PDT_PPN << 12) + 8, fsc_of(PCL_IOSATP_SV39, PT_PPN + 2));
  for (unsigned sum = 0; sum < 2; sum++) {
    memory_set(&g.m.memory, table_spa((uint64_t)PDT_PPN << 12), PCL_PC_V | PCL_PC_ENS | (sum ? PCL_PC_SUM : 0));
    assert_false(translate(&g.m).fault.report);
    expect_rights(&g, sum, sum);
    assert_false(ask(&g).exe);
  }
}

// 3.6: a right that is missing in a stage is not granted, and is no fault.
static void missing_rights_are_not_granted(void **state) {
  (void)state;
  for (unsigned stage = 0; stage < 2; stage++) {
    for (unsigned rwx = 1; rwx < 8; rwx++) {
      if ((rwx & 3) == 2) continue;
      guest_t g;
      with_ats(&g, 0);
      g.m.request.exec = true;
      const uint64_t leaf = PCL_PTE_V | PCL_PTE_U | PCL_PTE_A | PCL_PTE_D | rwx << 1;
      if (stage == 0) guest_map(&g, 0, pte_of(FRAME_GPN, leaf));
      else guest_g_map(&g, FRAME_GPN, 0, pte_of(FRAME_PPN, leaf));
      const pcl_ats_completion_t c = ask(&g);
      assert_int_equal(c.status, PCL_ATS_SUCCESS);
      assert_int_equal(c.r, rwx & 1);
      assert_int_equal(c.w, rwx >> 1 & 1);
      assert_int_equal(c.exe, (rwx & 1) && (rwx & 4));  // execute-only does not exist
    }
  }
}

// Writing asked for, W=1 and D=0 without update: the translation is incomplete.
static void d0_without_update_is_incomplete(void **state) {
  (void)state;
  for (unsigned stage = 0; stage < 2; stage++) {
    guest_t g;
    with_ats(&g, 0);
    const uint64_t clean = LEAF_RWX & ~PCL_PTE_D;
    if (stage == 0) guest_map(&g, 0, pte_of(FRAME_GPN, clean));
    else guest_g_map(&g, FRAME_GPN, 0, pte_of(FRAME_PPN, clean));
    expect_rights(&g, false, false);
    g.m.request.no_write = true;  // only reading asked for: granted, without W
    expect_rights(&g, true, false);
  }
}

static void w0_needs_no_d(void **state) {
  (void)state;
  for (unsigned stage = 0; stage < 2; stage++) {
    guest_t g;
    with_ats(&g, PCL_TC_SADE | PCL_TC_GADE);
    const uint64_t leaf = LEAF_RWX & ~(PCL_PTE_D | PCL_PTE_W);
    if (stage == 0) guest_map(&g, 0, pte_of(FRAME_GPN, leaf));
    else guest_g_map(&g, FRAME_GPN, 0, pte_of(FRAME_PPN, leaf));
    expect_rights(&g, true, false);
    assert_int_equal(g.m.memory.writes, 0);
  }
}

static void update_sets_d_for_writing(void **state) {
  (void)state;
  guest_t g;
  with_ats(&g, PCL_TC_SADE | PCL_TC_GADE);
  guest_map(&g, 0, pte_of(FRAME_GPN, LEAF_RWX & ~(PCL_PTE_A | PCL_PTE_D)));
  guest_g_map(&g, FRAME_GPN, 0, pte_of(FRAME_PPN, LEAF_G & ~PCL_PTE_D));
  g.m.request.no_write = true;
  expect_rights(&g, true, false);
  assert_int_equal(g.m.memory.writes, 1);  // A of the first stage
  g.m.request.no_write = false;
  expect_rights(&g, true, true);
  assert_int_equal(g.m.memory.writes, 2);
}

static void page_of_an_interrupt_file(guest_t *g, uint64_t dw0) {
  with_ats(g, 0);
  g->dc.msiptp = (uint64_t)PCL_MSIPTP_FLAT << 60 | MSI_PPN;
  g->dc.msi_addr_pattern = FRAME_GPN;
  guest_set_dc(g);
  memory_set(&g->m.memory, MSI_SPA, dw0);
  memory_set(&g->m.memory, MSI_SPA + 8, 0);
}

// An MSI page grants R and W, never Exe, and no cause 1. Global is 0.
static void msi_page_grants_r_w(void **state) {
  (void)state;
  guest_t g;
  page_of_an_interrupt_file(&g, UINT64_C(0x54321) << 10 | 7);
  g.m.request.exec = true;
  g.m.request.cxl = true;
  const pcl_ats_completion_t c = ask(&g);
  assert_true(c.r && c.w && !c.exe && !c.u && !c.global && c.cxl_io);
  assert_int_equal(c.addr, 0x54321000);
  memory_set(&g.m.memory, MSI_SPA, 0);
  expect_rights(&g, false, false);
}

// 3.1.3: the range that a device may cache holds no interrupt file.
static void range_excludes_interrupt_files(void **state) {
  (void)state;
  guest_t g;
  page_of_an_interrupt_file(&g, UINT64_C(0x54321) << 10 | 7);
  g.m.request.iova = 0x40246000;  // the page behind it
  guest_map(&g, 1, pte_of(0x800, LEAF_RWX));
  guest_g_map(&g, 0x800, 1, pte_of(0x12200, LEAF_G));
  pcl_ats_completion_t c = ask(&g);
  assert_int_equal(c.addr, 0x12246000);
  assert_int_equal(c.size_shift, 12);
  guest_tc(&g, PCL_TC_EN_ATS | PCL_TC_T2GPA);
  c = ask(&g);
  assert_int_equal(c.addr, 0x846000);
  assert_int_equal(c.size_shift, 12);
  g.m.request.iova = 0x40245000;
  c = ask(&g);
  assert_true(c.r && c.w && !c.exe);
  assert_int_equal(c.addr, FRAME_GPA);
}

// A page in MRIF mode is for untranslated requests only, with its rights.
static void mrif_page_has_u(void **state) {
  (void)state;
  guest_t g;
  page_of_an_interrupt_file(&g, 3);
  const pcl_ats_completion_t c = ask(&g);
  assert_true(c.u && c.r && c.w);
  assert_int_equal(c.status, PCL_ATS_SUCCESS);
}

// 3.6: Priv and Global need a PASID. DPE does not make one.
static void global_and_priv_need_a_pasid(void **state) {
  (void)state;
  guest_t g;
  with_ats(&g, PCL_TC_PDTV | PCL_TC_DPE);
  g.dc.fsc = fsc_of(PCL_PDTP_PD8, PDT_PPN);
  guest_set_dc(&g);
  memory_set(&g.m.memory, table_spa((uint64_t)PDT_PPN << 12), PCL_PC_V | PCL_PC_ENS | PCL_PC_SUM);
  memory_set(&g.m.memory, table_spa((uint64_t)PDT_PPN << 12) + 8, fsc_of(PCL_IOSATP_SV39, PT_PPN + 2));
  guest_map(&g, 0, pte_of(FRAME_GPN, LEAF_RWX | PCL_PTE_G));
  pcl_ats_completion_t c = ask(&g);
  assert_true(c.r && !c.global && !c.priv);
  g.m.request.pv = true;
  c = ask(&g);
  assert_true(c.r && c.global && !c.priv);
  g.m.request.priv = true;
  c = ask(&g);
  assert_true(c.r && c.global && c.priv);
}

static void cxl_io_follows_the_memory_type_and_t2gpa(void **state) {
  (void)state;
  guest_t g;
  with_ats(&g, 0);
  g.m.request.cxl = true;
  assert_false(ask(&g).cxl_io);
  guest_map(&g, 0, pte_of(FRAME_GPN, LEAF_RWX | UINT64_C(1) << 61));
  assert_true(ask(&g).cxl_io);
  with_ats(&g, PCL_TC_T2GPA);
  assert_false(ask(&g).cxl_io);
  g.m.request.cxl = true;
  assert_true(ask(&g).cxl_io);
}

// Page Requests: L=1, W=1, with a PASID.
static const pcl_page_request_t message = {.payload = 6, .device_id = 5, .process_id = 0x123, .pv = true};

static unsigned check_message(guest_t *g) {
  g->m.request = pcl_page_request_check(&message);
  const pcl_outcome_t outcome = translate(&g->m);
  if (!outcome.faulted) return 0;
  assert_int_equal(outcome.fault.ttyp, PCL_TTYP_MESSAGE);
  assert_int_equal(outcome.fault.iotval, PCL_MESSAGE_PAGE_REQUEST);
  return outcome.fault.cause;
}

// 3.7: causes of a Page Request and their response codes.
static void causes_of_page_requests(void **state) {
  (void)state;
  guest_t g;
  with_ats(&g, PCL_TC_EN_PRI);
  assert_int_equal(check_message(&g), 0);
  guest_tc(&g, PCL_TC_EN_ATS);
  assert_int_equal(check_message(&g), PCL_CAUSE_TYPE_DISALLOWED);
  guest_tc(&g, 0);
  assert_int_equal(check_message(&g), PCL_CAUSE_TYPE_DISALLOWED);
  guest_tc(&g, PCL_TC_DPE);
  assert_int_equal(check_message(&g), PCL_CAUSE_DDT_MISCONFIGURED);
  g.m.regs.ddtp = PCL_DDTP_BARE;
  assert_int_equal(check_message(&g), PCL_CAUSE_TYPE_DISALLOWED);
  g.m.regs.ddtp = PCL_DDTP_OFF;
  assert_int_equal(check_message(&g), PCL_CAUSE_ALL_DISALLOWED);
  for (unsigned cause = 256; cause <= 259; cause++) assert_int_equal(pcl_prg_code(cause), PCL_PRG_FAILURE);
  assert_int_equal(pcl_prg_code(260), PCL_PRG_INVALID);
}

static void dtf_counts_only_once_the_dc_is_found(void **state) {
  (void)state;
  guest_t g;
  with_ats(&g, PCL_TC_DTF);
  g.m.request = pcl_page_request_check(&message);
  assert_false(translate(&g.m).fault.report);
  g.m.regs.ddtp = PCL_DDTP_BARE;
  assert_true(translate(&g.m).fault.report);
}

static void answers_of_page_requests(void **state) {
  (void)state;
  pcl_page_request_t m = message;
  for (unsigned payload = 0; payload < 8; payload++) {
    m.payload = payload;
    assert_int_equal(pcl_prg_answer(&m, PCL_PRG_INVALID, false).due, payload > 4);  // not without L, no Stop Marker
  }
  m.payload = 5;
  for (unsigned prpr = 0; prpr < 2; prpr++) {
    m.pv = true;
    assert_true(pcl_prg_answer(&m, PCL_PRG_FAILURE, prpr).pv);
    assert_int_equal(pcl_prg_answer(&m, PCL_PRG_INVALID, prpr).pv, prpr);
    assert_int_equal(pcl_prg_answer(&m, PCL_PRG_SUCCESS, prpr).pv, prpr);
    m.pv = false;
    assert_false(pcl_prg_answer(&m, PCL_PRG_FAILURE, prpr).pv);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(success_has_the_spa_and_its_size),
    cmocka_unit_test(t2gpa_returns_the_gpa),
    cmocka_unit_test(ats_disabled_is_260),
    cmocka_unit_test(status_of_every_cause),
    cmocka_unit_test(page_faults_are_not_logged_and_errors_are),
    cmocka_unit_test(faults_are_those_of_a_read),
    cmocka_unit_test(sum_decides_about_a_supervisor),
    cmocka_unit_test(missing_rights_are_not_granted),
    cmocka_unit_test(d0_without_update_is_incomplete),
    cmocka_unit_test(w0_needs_no_d),
    cmocka_unit_test(update_sets_d_for_writing),
    cmocka_unit_test(msi_page_grants_r_w),
    cmocka_unit_test(range_excludes_interrupt_files),
    cmocka_unit_test(mrif_page_has_u),
    cmocka_unit_test(global_and_priv_need_a_pasid),
    cmocka_unit_test(cxl_io_follows_the_memory_type_and_t2gpa),
    cmocka_unit_test(causes_of_page_requests),
    cmocka_unit_test(dtf_counts_only_once_the_dc_is_found),
    cmocka_unit_test(answers_of_page_requests),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
