// SPDX-License-Identifier: Apache-2.0
//
// The driver's devices with caches of their own, and page requests, against the untimed model: invalidations that devices answer
// or leave unanswered, groups of requests, the page-request queue's errors (IOMMU spec 3.6, 3.7, 4.1.4, 7.4).
#include "driver_board.h"

enum { SEGMENT = 0x5, RID = 0x1a5, ANSWERED = SEGMENT << 16 | RID, MESSAGES = 64, PROCESS = 0xabcde };

#define ALL_CAPS (CAPABILITIES | PCL_CAP_ATS | PCL_CAP_PD8 | PCL_CAP_PD17 | PCL_CAP_PD20)
#define IOVA UINT64_C(0x400000)
#define TARGET UINT64_C(0x123456000)

static pcl_message_t sent[MESSAGES];
static unsigned sent_count, answered_count;
static bool answers, pages_refused;
static pcl_ops_t board_ops;
static pcl_domain_t domain;
static const pcl_ats_space_t space = {.device_id = ANSWERED};

static void note_message(void *context, const pcl_message_t *message) {
  (void)context;
  sent[sent_count++ % MESSAGES] = *message;
}

static pcl_mem_status_t store_or_refuse(void *context, const pcl_store_t *store) {
  if (store->kind == PCL_STORE_PAGE_REQUEST && pages_refused) return PCL_MEM_ACCESS_FAULT;
  return model_store(context, store);
}

// Time passes: the device answers what it was sent, or the time for that is over.
static bool wait_for_devices(void *context, uint32_t tries) {
  for (; answered_count < sent_count; answered_count++) {
    const pcl_message_t *message = &sent[answered_count % MESSAGES];
    if (message->code != PCL_MESSAGE_INVALIDATION_REQUEST) continue;
    const pcl_inval_completion_t completion = {
      .itags = UINT32_C(1) << message->tag, .rid = message->rid, .dseg = message->dseg, .dsv = message->dsv, .count = 1};
    if (answers) pcl_iommu_inval_completion(&board.iommu, &completion);
    else pcl_iommu_inval_time_out(&board.iommu, message->tag);
  }
  return wait(context, tries);
}

static void start(uint64_t capabilities, uint64_t dc_flags) {
  const pcl_iommu_config_t config = {.capabilities = capabilities, .fuse = ~UINT64_C(0), .vectors = 16};
  static const pcl_bus_t with_messages = {.access = model_read, .store = store_or_refuse, .message = note_message};
  memset(&board, 0, sizeof board);
  sent_count = answered_count = 0;
  answers = true;
  pages_refused = false;
  pcl_iommu_init(&board.iommu, &config, &with_messages);
  board_ops = ops;
  board_ops.wait = wait_for_devices;
  const pcl_setup_t setup = {.device_id_bits = 24, .log2_commands = 7, .log2_faults = 3, .interrupts = true};
  assert_int_equal(pcl_init(&driver, &board_ops, &setup), PCL_OK);
  assert_int_equal(pcl_domain_init(&driver, &domain, 3, 7), PCL_OK);
  domain.page_limit = PCL_PAGE;
  assert_int_equal(pcl_attach(&driver, ANSWERED, &domain, dc_flags), PCL_OK);
}

// ---- Invalidations

static void test_what_the_device_is_told(void **state) {
  (void)state;
  const pcl_ats_space_t process = {.device_id = RID, .pv = true, .process_id = PROCESS};
  start(ALL_CAPS, PCL_DC_EN_ATS);
  assert_int_equal(pcl_ats_invalidate(&driver, &space, IOVA, PCL_PAGE), PCL_OK);
  assert_true(sent[0].rid == RID && sent[0].dsv && sent[0].dseg == SEGMENT && !sent[0].pv);
  assert_int_equal(sent[0].payload, IOVA);
  assert_int_equal(pcl_ats_invalidate(&driver, &process, IOVA, 0x10000), PCL_OK);
  assert_true(sent[1].rid == RID && !sent[1].dsv && sent[1].pv && sent[1].pid == PROCESS);
  assert_int_equal(sent[1].payload, IOVA | 0x7000 | 1 << 11);      // 64 KiB
  assert_int_equal(pcl_ats_invalidate(&driver, &process, 0x3000, 0), PCL_OK);
  assert_int_equal(sent[2].payload, UINT64_C(0x7ffffffffffff800));  // everything
  const pcl_cmd_words_t global = pcl_cmd_ats_inval(&process, IOVA, PCL_PAGE, true);
  assert_int_equal(pcl_cmdq_submit(&driver.commands, &global), PCL_OK);
  assert_int_equal(sent[3].payload, IOVA | 1);
  assert_int_equal(pcl_fence(&driver, 0), PCL_OK);
  assert_int_equal(driver.commands.illegal + driver.commands.timeouts, 0);
}

static void test_unmap(void **state) {
  (void)state;
  start(ALL_CAPS, PCL_DC_EN_ATS);
  assert_int_equal(pcl_map(&driver, &domain, IOVA, TARGET, 16 * PCL_PAGE, PCL_MAP_RW), PCL_OK);
  assert_int_equal(pcl_unmap_ats(&driver, &domain, &space, IOVA, 3 * PCL_PAGE), PCL_OK);
  assert_int_equal(sent_count, 3);
  assert_int_equal(board.commands, 3);
  for (unsigned i = 0; i < 3; i++) assert_int_equal(sent[i].payload, IOVA + i * PCL_PAGE);
  assert_int_equal(pcl_unmap_ats(&driver, &domain, &space, IOVA + 4 * PCL_PAGE, 12 * PCL_PAGE), PCL_OK);
  assert_int_equal(sent_count, 4);
  assert_int_equal(sent[3].payload, UINT64_C(0x7ffffffffffff800));
  assert_int_equal(pcl_map(&driver, &domain, IOVA, TARGET, PCL_PAGE, PCL_MAP_RW), PCL_OK);
  assert_int_equal(pcl_unmap_ats(&driver, &domain, &space, IOVA + 1, PCL_PAGE), PCL_E_ARGUMENT);
  assert_int_equal(sent_count, 4);
}

static void test_a_device_that_does_not_answer(void **state) {
  (void)state;
  start(ALL_CAPS, PCL_DC_EN_ATS);
  answers = false;
  assert_int_equal(pcl_map(&driver, &domain, IOVA, TARGET, PCL_PAGE, PCL_MAP_RW), PCL_OK);
  assert_int_equal(pcl_unmap_ats(&driver, &domain, &space, IOVA, PCL_PAGE), PCL_E_TIMEOUT);
  assert_int_equal(driver.commands.timeouts, 1);
  assert_int_equal(pcl_fence(&driver, 0), PCL_OK);
  assert_int_equal(driver.commands.timeouts, 1);
}

static void test_without_ats(void **state) {
  (void)state;
  start(CAPABILITIES, 0);
  assert_int_equal(pcl_ats_invalidate(&driver, &space, IOVA, PCL_PAGE), PCL_E_UNSUPPORTED);
  assert_int_equal(pcl_map(&driver, &domain, IOVA, TARGET, PCL_PAGE, PCL_MAP_RW), PCL_OK);
  assert_int_equal(pcl_unmap_ats(&driver, &domain, &space, IOVA, PCL_PAGE), PCL_E_UNSUPPORTED);
  static const uint64_t flags[] = {PCL_DC_EN_ATS, PCL_DC_EN_PRI, PCL_DC_PRPR, PCL_DC_T2GPA};
  for (unsigned i = 0; i < 4; i++) assert_int_equal(pcl_attach(&driver, 1, &domain, flags[i]), PCL_E_UNSUPPORTED);
  start(ALL_CAPS, 0);
  assert_int_equal(pcl_attach(&driver, 1, &domain, PCL_DC_EN_ATS | PCL_DC_T2GPA), PCL_E_UNSUPPORTED);
}

// ---- Page requests

enum { OF_R = 1, OF_W = 2, LAST = 4 };

static void start_pages(uint64_t dc_flags, uint32_t log2_entries) {
  start(ALL_CAPS, PCL_DC_EN_ATS | PCL_DC_EN_PRI | dc_flags);
  assert_int_equal(pcl_pageq_enable(&driver.pages, &board_ops, log2_entries, true), PCL_OK);
}

static void asks(unsigned group, unsigned bits, uint64_t iova) {
  const pcl_page_request_t message = {.payload = iova | group << 3 | bits, .device_id = ANSWERED, .process_id = PROCESS,
                                      .pv = true, .priv = true};
  pcl_iommu_page_request(&board.iommu, &message, true);
}

static unsigned handled;
static pcl_page_answer_t map_it(void *context, const pcl_page_ask_t *request) {
  (void)context;
  handled++;
  assert_true(request->space.device_id == ANSWERED && request->space.pv && request->space.process_id == PROCESS);
  assert_true(request->priv && !request->exec);
  if (request->iova == 0) return PCL_PAGES_INVALID;
  pcl_status_t status = pcl_map(&driver, &domain, request->iova, TARGET, PCL_PAGE, PCL_MAP_RW);
  return status ? PCL_PAGES_FAILURE : PCL_PAGES_READY;
}

static void expect_answer(unsigned n, unsigned group, pcl_page_answer_t answer, bool pv) {
  assert_int_equal(sent_count, n + 1);
  assert_int_equal(sent[n].code, PCL_MESSAGE_PRG_RESPONSE);
  assert_int_equal(sent[n].payload, (uint64_t)RID << 48 | (uint64_t)answer << 44 | (uint64_t)group << 32);
  assert_true(sent[n].rid == RID && sent[n].dsv && sent[n].dseg == SEGMENT && sent[n].pv == pv);
  if (pv) assert_int_equal(sent[n].pid, PROCESS);
}

static void test_groups(void **state) {
  (void)state;
  for (unsigned prpr = 0; prpr < 2; prpr++) {
    start_pages(prpr ? PCL_DC_PRPR : 0, 4);
    handled = 0;
    asks(5, OF_R, IOVA);
    asks(0x1ff, OF_R | OF_W | LAST, IOVA + PCL_PAGE);
    assert_true(pcl_handle_interrupt(&driver, NULL, NULL) & PCL_IPSR_PIP_MASK);
    assert_int_equal(pcl_handle_page_requests(&driver, map_it, NULL), 2);
    expect_answer(0, 0x1ff, PCL_PAGES_READY, prpr);
    asks(5, OF_R, 0);
    asks(5, OF_W | LAST, IOVA + 2 * PCL_PAGE);       // the group gets the worst of its answers
    assert_int_equal(pcl_handle_page_requests(&driver, map_it, NULL), 2);
    expect_answer(1, 5, PCL_PAGES_INVALID, prpr);
    asks(5, OF_W | LAST, IOVA);                      // the same number, a new group: mapped already
    assert_int_equal(pcl_handle_page_requests(&driver, map_it, NULL), 1);
    expect_answer(2, 5, PCL_PAGES_FAILURE, prpr);
    asks(6, LAST, 0);                                // a stop marker
    assert_int_equal(pcl_handle_page_requests(&driver, map_it, NULL), 1);
    assert_int_equal(sent_count, 3);
    assert_int_equal(handled, 5);
    asks(7, OF_R | LAST, IOVA);
    assert_int_equal(pcl_handle_page_requests(&driver, NULL, NULL), 1);
    expect_answer(3, 7, PCL_PAGES_INVALID, prpr);
    assert_int_equal(pcl_handle_page_requests(&driver, map_it, NULL), 0);
  }
}

// More groups than the driver keeps apart: each is answered all the same.
static void test_many_groups(void **state) {
  (void)state;
  start_pages(0, 8);
  for (unsigned group = 0; group < PCL_PAGE_GROUPS + 4; group++) asks(group, OF_R, IOVA + group * PCL_PAGE);
  for (unsigned group = 0; group < PCL_PAGE_GROUPS + 4; group++) asks(group, OF_R | LAST, IOVA + (100 + group) * PCL_PAGE);
  assert_int_equal(pcl_handle_page_requests(&driver, map_it, NULL), 2 * (PCL_PAGE_GROUPS + 4));
  expect_answer(PCL_PAGE_GROUPS + 3, PCL_PAGE_GROUPS + 3, PCL_PAGES_READY, false);
}

static void test_one_by_one(void **state) {
  (void)state;
  pcl_page_ask_t request;
  start_pages(0, 4);
  assert_false(pcl_pageq_take(&driver.pages, &request));
  asks(9, OF_W, IOVA);
  assert_true(pcl_pageq_take(&driver.pages, &request));
  assert_true(request.iova == IOVA && request.group == 9 && request.write && !request.read && !request.last);
  assert_false(pcl_pageq_take(&driver.pages, &request));
}

static void test_overflow(void **state) {
  (void)state;
  start_pages(0, 1);
  assert_int_equal(pcl_pageq_recover(&driver.pages), 0);
  asks(1, OF_R | LAST, IOVA);
  asks(2, OF_R | LAST, IOVA + PCL_PAGE);
  expect_answer(0, 2, PCL_PAGES_READY, false);       // by the IOMMU: ask again
  assert_true(pcl_handle_interrupt(&driver, NULL, NULL) & PCL_IPSR_PIP_MASK);
  assert_int_equal(pcl_handle_page_requests(&driver, map_it, NULL), 1);
  assert_int_equal(driver.pages.overflows, 1);
  expect_answer(1, 1, PCL_PAGES_READY, false);
  asks(2, OF_R | LAST, IOVA + PCL_PAGE);
  assert_int_equal(pcl_handle_page_requests(&driver, map_it, NULL), 1);
  expect_answer(2, 2, PCL_PAGES_READY, false);
}

static void test_memory_fault(void **state) {
  (void)state;
  start_pages(0, 4);
  pages_refused = true;
  asks(1, OF_R | LAST, IOVA);
  expect_answer(0, 1, PCL_PAGES_FAILURE, true);
  pages_refused = false;
  assert_int_equal(pcl_pageq_recover(&driver.pages), PCL_PQCSR_PQMF_MASK);
  assert_int_equal(driver.pages.faults, 1);
  asks(1, OF_R | LAST, IOVA);
  assert_int_equal(pcl_handle_page_requests(&driver, map_it, NULL), 1);
}

static void test_off(void **state) {
  (void)state;
  pcl_page_ask_t request;
  start_pages(0, 9);                                 // two pages
  asks(1, OF_R | LAST, IOVA);
  assert_int_equal(pcl_pageq_disable(&driver.pages), PCL_OK);
  assert_false(pcl_pageq_take(&driver.pages, &request));
  assert_int_equal(pcl_handle_page_requests(&driver, map_it, NULL), 0);
  asks(1, OF_R | LAST, IOVA);
  expect_answer(0, 1, PCL_PAGES_FAILURE, true);
  assert_int_equal(pcl_pageq_disable(&driver.pages), PCL_OK);
  memset(board.used, true, sizeof board.used);
  assert_int_equal(pcl_pageq_enable(&driver.pages, &board_ops, 4, true), PCL_E_MEMORY);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_what_the_device_is_told),
    cmocka_unit_test(test_unmap),
    cmocka_unit_test(test_a_device_that_does_not_answer),
    cmocka_unit_test(test_without_ats),
    cmocka_unit_test(test_groups),
    cmocka_unit_test(test_many_groups),
    cmocka_unit_test(test_one_by_one),
    cmocka_unit_test(test_overflow),
    cmocka_unit_test(test_memory_fault),
    cmocka_unit_test(test_off),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
