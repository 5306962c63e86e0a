// SPDX-License-Identifier: Apache-2.0
//
// Page Requests (IOMMU spec 3.7, 4.3): records in the queue, the driver's answers to groups, stop markers, and what the IOMMU
// answers by itself when it cannot queue or must not.
#include "endpoint.h"

enum { ENDPOINT = 0x31005, WITHOUT_PRI = 0x31006, WITH_PASID = 0x31007, UNKNOWN = 0x31008, LOG2 = 2 };
enum { READY = 0, INVALID = 1, FAILURE = 15 };

#define IOVA UINT64_C(0x40201000)
#define FRAME UINT64_C(0x12345000)

static scene_t scene;
static pcl_domain_t domain;
static pcl_page_ask_t asked[16];
static unsigned count;

static void request_page(tb_t *tb, uint32_t device_id, uint64_t iova, unsigned group, unsigned flags, bool pv) {
  pcl_msg_t m = endpoint_message(PCL_MSG_PAGE_REQUEST, device_id, iova | group << 3 | flags);
  m.pv = pv;
  m.pasid = 0x54321;  // of no meaning without pv, as these
  m.priv = m.exec = true;
  messages_send(tb_messages(tb), &m);
}

// A Page Request Group Response, by the IOMMU or by software.
static void expect_response(tb_t *tb, uint32_t device_id, unsigned group, unsigned code, bool pv) {
  pcl_msg_t m = endpoint_receive(tb);
  EXPECT(m.kind == PCL_MSG_PRG_RESPONSE && m.rid == (device_id & 0xffff) && m.dsv && m.segment == device_id >> 16);
  EXPECT(m.payload == ((uint64_t)m.rid << 48 | (uint64_t)code << 44 | (uint64_t)group << 32));
  EXPECT(m.pv == pv && m.pasid == (pv ? 0x54321 : 0));
}

static pcl_page_answer_t handle(void *context, const pcl_page_ask_t *request) {
  tb_t *tb = context;
  EXPECT(count < 16);
  asked[count++] = *request;
  if (request->iova >> 40) return PCL_PAGES_INVALID;
  const uint64_t frame = FRAME + (request->iova & 0xff000);
  EXPECT(pcl_map(&scene.system.driver, &domain, request->iova, frame, PCL_PAGE, PCL_MAP_RW) == PCL_OK);
  return PCL_PAGES_READY;
}

static uint32_t serve(tb_t *tb) {
  count = 0;
  tb_run(tb, 300);
  return pcl_handle_page_requests(&scene.system.driver, handle, tb);
}

// Translation without rights, page request, response, translation.
static void check_road(tb_t *tb) {
  EXPECT(endpoint_translate(tb, ENDPOINT, IOVA).payload == 0);
  request_page(tb, ENDPOINT, IOVA, 0x1a5, PAGE_R | PAGE_W | PAGE_LAST, false);
  EXPECT(serve(tb) == 1);
  const pcl_page_ask_t *r = &asked[0];
  EXPECT(r->space.device_id == ENDPOINT && !r->space.pv && !r->space.process_id && !r->priv && !r->exec);
  EXPECT(r->read && r->write && r->last && r->group == 0x1a5 && r->iova == IOVA);
  expect_response(tb, ENDPOINT, 0x1a5, READY, false);
  EXPECT(endpoint_translate(tb, ENDPOINT, IOVA).payload == ((FRAME + 0x1000) | TRANSLATION_R | TRANSLATION_W));
}

// Two groups between each other; the worst answer of a group counts; the PASID is said only where it is wanted.
static void check_groups(tb_t *tb) {
  request_page(tb, ENDPOINT, IOVA + PCL_PAGE, 1, PAGE_R, false);
  request_page(tb, WITH_PASID, UINT64_C(1) << 45, 1, PAGE_R, true);
  EXPECT(serve(tb) == 2 && asked[1].space.pv && asked[1].space.process_id == 0x54321 && asked[1].priv && asked[1].exec);
  EXPECT(endpoint_hears_nothing(tb));
  request_page(tb, WITH_PASID, IOVA + 2 * PCL_PAGE, 1, PAGE_R | PAGE_LAST, true);
  request_page(tb, ENDPOINT, IOVA + 3 * PCL_PAGE, 1, PAGE_W | PAGE_LAST, false);
  EXPECT(serve(tb) == 2);
  expect_response(tb, WITH_PASID, 1, INVALID, true);
  expect_response(tb, ENDPOINT, 1, READY, false);
  request_page(tb, ENDPOINT, IOVA + 4 * PCL_PAGE, 2, PAGE_R | PAGE_LAST, true);  // its DC does not have PRPR
  EXPECT(serve(tb) == 1);
  expect_response(tb, ENDPOINT, 2, READY, false);
  request_page(tb, ENDPOINT, 0, 0, PAGE_LAST, true);  // a stop marker
  EXPECT(serve(tb) == 1 && count == 0 && endpoint_hears_nothing(tb));
}

// Three fit. What does not is answered READY, so that the device tries again; nothing is asked of software.
static void check_overflow(tb_t *tb) {
  for (unsigned i = 0; i < 3; i++) request_page(tb, ENDPOINT, IOVA + (8 + i) * PCL_PAGE, 3 + i, PAGE_R | PAGE_LAST, false);
  tb_run(tb, 500);
  EXPECT(!(tb_reg_read(tb, PCL_REG_PQCSR_OFFSET, 4) & PCL_PQCSR_PQOF_MASK));
  for (unsigned i = 0; i < 2; i++) {
    request_page(tb, WITH_PASID, IOVA, 9 + i, PAGE_R | PAGE_LAST, true);
    expect_response(tb, WITH_PASID, 9 + i, READY, true);
    EXPECT(tb_reg_read(tb, PCL_REG_PQCSR_OFFSET, 4) & PCL_PQCSR_PQOF_MASK);
  }
  request_page(tb, ENDPOINT, IOVA, 11, PAGE_R, false);  // not the last of its group
  request_page(tb, ENDPOINT, 0, 0, PAGE_LAST, true);
  EXPECT(endpoint_hears_nothing(tb));
  EXPECT(serve(tb) == 3 && scene.system.driver.pages.overflows == 1);
  for (unsigned i = 0; i < 3; i++) expect_response(tb, ENDPOINT, 3 + i, READY, false);
}

// Refusals by the IOMMU.
static void check_refusals(tb_t *tb) {
  static const struct {
    uint32_t device_id, cause, code;
  } refusals[2] = {{WITHOUT_PRI, 260, INVALID}, {UNKNOWN, 258, FAILURE}};
  for (unsigned i = 0; i < 2; i++) {
    request_page(tb, refusals[i].device_id, IOVA, 20 + i, PAGE_R | PAGE_LAST, true);
    pcl_msg_t m = endpoint_receive(tb);
    EXPECT(m.kind == PCL_MSG_PRG_RESPONSE && (m.payload >> 44 & 15) == refusals[i].code && (m.payload >> 32 & 0x1ff) == 20 + i);
    pcl_fault_event_t e = scene_fault(&scene);
    EXPECT(e.cause == refusals[i].cause && e.ttyp == 9 && e.device_id == refusals[i].device_id && e.iotval2 == 0);
  }
  EXPECT(pcl_messages_quiesce(&scene.system.driver) == PCL_OK);
  request_page(tb, ENDPOINT, IOVA, 30, PAGE_R | PAGE_LAST, false);
  expect_response(tb, ENDPOINT, 30, FAILURE, false);
  pcl_messages_resume(&scene.system.driver);
  EXPECT(pcl_pageq_disable(&scene.system.driver.pages) == PCL_OK);
  request_page(tb, ENDPOINT, IOVA, 31, PAGE_R | PAGE_LAST, true);
  expect_response(tb, ENDPOINT, 31, FAILURE, true);
  request_page(tb, ENDPOINT, 0, 0, PAGE_LAST, false);
  EXPECT(endpoint_hears_nothing(tb) && endpoint_no_record(&scene));
}

// A queue that cannot be written: pqmf, and the IOMMU answers by itself until software clears it. The contexts are cached.
static void check_memory_fault(tb_t *tb) {
  pcl_driver_t *driver = &scene.system.driver;
  EXPECT(pcl_pageq_enable(&driver->pages, &scene.system.ops, LOG2, true) == PCL_OK);
  EXPECT(endpoint_translate(tb, ENDPOINT, IOVA).status == STATUS_SUCCESS);
  scene_break_tables(&scene, true);
  request_page(tb, ENDPOINT, IOVA, 32, PAGE_R | PAGE_LAST, true);
  expect_response(tb, ENDPOINT, 32, FAILURE, true);
  scene_break_tables(&scene, false);
  EXPECT(tb_reg_read(tb, PCL_REG_PQCSR_OFFSET, 4) & PCL_PQCSR_PQMF_MASK && tb_irq(tb));
  request_page(tb, ENDPOINT, IOVA, 33, PAGE_R | PAGE_LAST, false);
  expect_response(tb, ENDPOINT, 33, FAILURE, false);
  EXPECT(serve(tb) == 0 && driver->pages.faults == 1);
  request_page(tb, ENDPOINT, UINT64_C(1) << 45, 34, PAGE_R | PAGE_LAST, false);
  EXPECT(serve(tb) == 1);
  expect_response(tb, ENDPOINT, 34, INVALID, false);
  EXPECT(endpoint_no_record(&scene));
}

SCENARIO(page_requests, "page requests of devices: queue, groups, overflow, stop markers, refusals") {
  if (!tb_config()->ats) return;
  scene_start(&scene, tb, 24, 4, 4);
  pcl_driver_t *driver = &scene.system.driver;
  EXPECT(pcl_pageq_enable(&driver->pages, &scene.system.ops, LOG2, true) == PCL_OK);
  EXPECT(pcl_domain_init(driver, &domain, 3, 0x123) == PCL_OK);
  EXPECT(pcl_attach(driver, ENDPOINT, &domain, PCL_DC_EN_ATS | PCL_DC_EN_PRI) == PCL_OK);
  EXPECT(pcl_attach(driver, WITHOUT_PRI, &domain, PCL_DC_EN_ATS) == PCL_OK);
  EXPECT(pcl_attach(driver, WITH_PASID, &domain, PCL_DC_EN_ATS | PCL_DC_EN_PRI | PCL_DC_PRPR) == PCL_OK);
  scene_map(&scene, &domain, IOVA - PCL_PAGE, FRAME, PCL_PAGE, PCL_MAP_RW);
  check_road(tb);
  check_groups(tb);
  check_overflow(tb);
  check_refusals(tb);
  check_memory_fault(tb);
}
