// SPDX-License-Identifier: Apache-2.0
//
// Translation Requests (IOMMU spec 3.6): success with the rights and sizes of the tables, success without rights and without a
// record, Unsupported Request and Completer Abort with one; and translated DMA, which goes where it was told.
#include "endpoint.h"
#include "guest.h"

enum { ENDPOINT = 0x31005, PLAIN = 0x31006 };

#define PAGE UINT64_C(0x40201000)
#define READ_ONLY UINT64_C(0x40202000)
#define LARGE UINT64_C(0x40400000)
#define FRAME UINT64_C(0x12345000)
#define OTHER_FRAME UINT64_C(0x6789a000)
#define LARGE_FRAME UINT64_C(0x7fe00000)

static scene_t scene;

static void check_rights(tb_t *tb, const pcl_domain_t *domain) {
  pcl_msg_t answer = endpoint_translate(tb, ENDPOINT, PAGE);
  EXPECT(answer.status == STATUS_SUCCESS && answer.payload == (FRAME | TRANSLATION_R | TRANSLATION_W));
  pcl_msg_t request = endpoint_message(PCL_MSG_TRANSLATION_REQUEST, ENDPOINT, PAGE | NO_WRITE);
  request.exec = true;  // ignored without PASID
  EXPECT((endpoint_ask(tb, &request).payload & (TRANSLATION_R | TRANSLATION_EXE)) == TRANSLATION_R);
  answer = endpoint_translate(tb, ENDPOINT, READ_ONLY);
  EXPECT(answer.status == STATUS_SUCCESS && answer.payload == ((FRAME + PCL_PAGE) | TRANSLATION_R));
  answer = endpoint_translate(tb, ENDPOINT, LARGE + 0x5000);
  EXPECT(answer.payload == (LARGE_FRAME | 0xff000 | TRANSLATION_S | TRANSLATION_R | TRANSLATION_W));
  answer = endpoint_translate(tb, ENDPOINT, PAGE + 16 * PCL_PAGE);
  EXPECT(answer.status == STATUS_SUCCESS && answer.payload == 0 && endpoint_no_record(&scene));
  uint64_t entry = scene_entry(&scene, domain, PAGE), leaf = tb_load(tb, entry);
  tb_store(tb, entry, leaf | PCL_MAP_GLOBAL);  // of no meaning without PASID
  scene_forget(&scene);
  EXPECT(endpoint_translate(tb, ENDPOINT, PAGE).payload == (FRAME | TRANSLATION_R | TRANSLATION_W));
  tb_store(tb, entry, leaf & ~UINT64_C(0x10));  // a page of the supervisor
  scene_forget(&scene);
  answer = endpoint_translate(tb, ENDPOINT, PAGE);
  EXPECT(answer.status == STATUS_SUCCESS && answer.payload == 0 && endpoint_no_record(&scene));
  tb_store(tb, entry, leaf);
  scene_forget(&scene);
}

static bool refused(tb_t *tb, uint32_t device_id, uint64_t iova, unsigned status, uint32_t cause) {
  if (endpoint_translate(tb, device_id, iova).status != status) return false;
  pcl_fault_event_t e = scene_fault(&scene);
  return e.cause == cause && e.ttyp == 8 && e.device_id == device_id && e.iotval == (iova & ~OFFSET) && e.iotval2 == 0;
}

static void check_refusals(tb_t *tb, const pcl_domain_t *domain) {
  EXPECT(refused(tb, PLAIN, PAGE, STATUS_UR, 260));
  EXPECT(refused(tb, PLAIN + 1, PAGE, STATUS_UR, 258));
  uint64_t above = pcl_page_table_entry(&scene.system.ops, &domain->table, PAGE, 1, true), pointer = tb_load(tb, above);
  axi_mem_configure(tb_table_memory(tb), &(axi_mem_config_t){.hole = HOLE, .latency_low = 20, .latency_high = 20});
  tb_store(tb, above, HOLE >> 2 | 1);
  scene_forget(&scene);
  EXPECT(refused(tb, ENDPOINT, PAGE, STATUS_CA, 5));  // that of a read, although R and W were asked for
  tb_store(tb, above, pointer);
  scene_forget(&scene);
  EXPECT(pcl_messages_quiesce(&scene.system.driver) == PCL_OK);
  EXPECT(endpoint_translate(tb, ENDPOINT, PAGE).status == STATUS_UR && endpoint_no_record(&scene));
  pcl_messages_resume(&scene.system.driver);
  EXPECT(endpoint_translate(tb, ENDPOINT, PAGE).status == STATUS_SUCCESS);
}

// Its own address is used as it is; nobody's tables are asked.
static void check_dma(tb_t *tb) {
  uint64_t told = endpoint_translate(tb, ENDPOINT, PAGE).payload & ~OFFSET, data = UINT64_C(0x1122334455667788), back = 0;
  EXPECT(endpoint_access(&scene, PCL_WRITE, ENDPOINT, told + 0x40, &data) == PCL_RESP_OKAY);
  EXPECT(tb_load(tb, FRAME + 0x40) == data);
  EXPECT(endpoint_access(&scene, PCL_READ, ENDPOINT, told + 0x40, &back) == PCL_RESP_OKAY && back == data);
  EXPECT(endpoint_access(&scene, PCL_READ, PLAIN, told, &back) == PCL_RESP_SLVERR);
  pcl_fault_event_t e = scene_fault(&scene);
  EXPECT(e.cause == 260 && e.ttyp == 6 && e.device_id == PLAIN && e.iotval == told);
  EXPECT(endpoint_access(&scene, PCL_WRITE, PLAIN, told, &data) == PCL_RESP_SLVERR);
  EXPECT(scene_fault(&scene).ttyp == 7);
}

// Many at once, of several devices: answered in order, each under its name.
static void check_order(tb_t *tb) {
  enum { REQUESTS = 40 };
  for (unsigned i = 0; i < REQUESTS; i++) {
    pcl_msg_t request = endpoint_message(PCL_MSG_TRANSLATION_REQUEST, i % 4 == 3 ? PLAIN : ENDPOINT, i % 2 ? READ_ONLY : PAGE);
    request.tag = (uint16_t)(0x3ff - i);
    messages_send(tb_messages(tb), &request);
    pcl_msg_t other = endpoint_message(i % 16, ENDPOINT, 0);  // no business of the IOMMU, or with no consequence
    if (i % 16 != 4 && i % 16 != 8) messages_send(tb_messages(tb), &other);
  }
  for (unsigned i = 0; i < REQUESTS; i++) {
    pcl_msg_t answer = endpoint_receive(tb);
    EXPECT(answer.kind == PCL_MSG_TRANSLATION_COMPLETION && answer.tag == 0x3ff - i);
    EXPECT(answer.status == (i % 4 == 3 ? STATUS_UR : STATUS_SUCCESS));
    if (i % 4 != 3) EXPECT((answer.payload & ~OFFSET) == (i % 2 ? FRAME + PCL_PAGE : FRAME));
  }
  for (unsigned i = 0; i < REQUESTS / 4; i++) EXPECT(scene_fault(&scene).cause == 260);
}

// A completion that could not be sent yet when its page changed tells of the new one.
static void check_taken_back(tb_t *tb, const pcl_domain_t *domain) {
  const uint64_t entry = scene_entry(&scene, domain, PAGE), leaf = tb_load(tb, entry);
  const pcl_msg_t request = endpoint_message(PCL_MSG_TRANSLATION_REQUEST, ENDPOINT, PAGE);
  tb_messages(tb)->shut = true;
  for (unsigned i = 0; i < 2; i++) messages_send(tb_messages(tb), &request);
  tb_run(tb, 1000);
  tb_store(tb, entry, scene_leaf(OTHER_FRAME, PCL_MAP_RO));
  scene_forget(&scene);
  tb_messages(tb)->shut = false;
  EXPECT(endpoint_receive(tb).payload == (FRAME | TRANSLATION_R | TRANSLATION_W));  // was offered before
  EXPECT(endpoint_receive(tb).payload == (OTHER_FRAME | TRANSLATION_R));
  tb_store(tb, entry, leaf);
  scene_forget(&scene);
}

SCENARIO(ats_translation, "translation requests of devices: rights, sizes, none, UR, CA; translated DMA; waiting completions") {
  static pcl_domain_t domain;
  NEEDS(guest_is_built() && tb_config()->ats);
  scene_start(&scene, tb, 24, 4, 4);
  EXPECT(pcl_domain_init(&scene.system.driver, &domain, 3, 0x123) == PCL_OK);
  scene_map(&scene, &domain, PAGE, FRAME, PCL_PAGE, RWX);
  scene_map(&scene, &domain, READ_ONLY, FRAME + PCL_PAGE, PCL_PAGE, PCL_MAP_RO);
  scene_map(&scene, &domain, LARGE, LARGE_FRAME, UINT64_C(0x200000), PCL_MAP_RW);
  EXPECT(pcl_attach(&scene.system.driver, ENDPOINT, &domain, PCL_DC_EN_ATS) == PCL_OK);
  EXPECT(pcl_attach(&scene.system.driver, PLAIN, &domain, 0) == PCL_OK);
  check_rights(tb, &domain);
  check_refusals(tb, &domain);
  check_dma(tb);
  check_order(tb);
  check_taken_back(tb, &domain);
}
