// SPDX-License-Identifier: Apache-2.0
//
// A PCIe device for directed tests that does only what it is told: requests over the message port, and translated DMA.
#ifndef TESTS_SCENARIOS_ENDPOINT_H
#define TESTS_SCENARIOS_ENDPOINT_H

#include "scene.h"

enum { STATUS_SUCCESS = 0, STATUS_UR = 1, STATUS_CA = 4 };

// Bits of a Translation Completion's payload, and of requests.
enum { TRANSLATION_R = 1, TRANSLATION_W = 2, TRANSLATION_U = 4, TRANSLATION_EXE = 8, TRANSLATION_PRIV = 16,
       TRANSLATION_GLOBAL = 32, TRANSLATION_S = 1 << 11, NO_WRITE = 1, PAGE_R = 1, PAGE_W = 2, PAGE_LAST = 4 };

// A message from a device; the rest of it is for the caller to fill.
static inline pcl_msg_t endpoint_message(unsigned kind, uint32_t device_id, uint64_t payload) {
  return (pcl_msg_t){.kind = (uint8_t)kind, .rid = (uint16_t)device_id, .segment = (uint8_t)(device_id >> 16),
                     .dsv = device_id >> 16, .payload = payload};
}

// The next message that arrives.
static inline pcl_msg_t endpoint_receive(tb_t *tb) {
  pcl_msg_t message = {0};
  unsigned clocks = 0;
  while (!messages_take(tb_messages(tb), &message) && clocks++ < 20000) tb_step(tb);
  EXPECT(clocks < 20000);
  return message;
}

// Whether nothing arrives for a while.
static inline bool endpoint_hears_nothing(tb_t *tb) {
  pcl_msg_t message;
  tb_run(tb, 300);
  return !messages_take(tb_messages(tb), &message);
}

// Asks, and returns the completion, which names the request and nothing more.
static inline pcl_msg_t endpoint_ask(tb_t *tb, const pcl_msg_t *request) {
  messages_send(tb_messages(tb), request);
  pcl_msg_t answer = endpoint_receive(tb);
  EXPECT(answer.kind == PCL_MSG_TRANSLATION_COMPLETION && answer.rid == request->rid && answer.tag == request->tag);
  EXPECT(answer.dsv == request->dsv && answer.segment == (request->dsv ? request->segment : 0));
  EXPECT(answer.status == STATUS_SUCCESS || answer.payload == 0);
  EXPECT(!answer.pv && !answer.pasid && !answer.priv && !answer.exec && !answer.cxl);
  return answer;
}

// The same of a page by a request without PASID.
static inline pcl_msg_t endpoint_translate(tb_t *tb, uint32_t device_id, uint64_t iova) {
  static uint16_t tag;
  pcl_msg_t request = endpoint_message(PCL_MSG_TRANSLATION_REQUEST, device_id, iova & ~UINT64_C(0xfff));
  request.tag = (uint16_t)(tag++ & 0x3ff);
  return endpoint_ask(tb, &request);
}

enum { PASID = 0x54321, PAGES_READY = 0, PAGES_INVALID = 1, PAGES_FAILURE = 15 };

// A Page Request; without pv its PASID means nothing.
static inline void endpoint_request_page(tb_t *tb, uint32_t device_id, uint64_t iova, unsigned group, unsigned flags, bool pv) {
  pcl_msg_t m = endpoint_message(PCL_MSG_PAGE_REQUEST, device_id, iova | group << 3 | flags);
  m.pv = pv;
  m.pasid = PASID;
  m.priv = m.exec = true;
  messages_send(tb_messages(tb), &m);
}

// Whether the next message is this Page Request Group Response, by the IOMMU or by software.
static inline bool endpoint_is_answered(tb_t *tb, uint32_t device_id, unsigned group, unsigned code, bool pv) {
  pcl_msg_t m = endpoint_receive(tb);
  return m.kind == PCL_MSG_PRG_RESPONSE && m.rid == (device_id & 0xffff) && m.dsv == (device_id >> 16 != 0) &&
         m.segment == device_id >> 16 && m.pv == pv && m.pasid == (pv ? PASID : 0) &&
         m.payload == ((uint64_t)m.rid << 48 | (uint64_t)code << 44 | (uint64_t)group << 32);
}

// Invalidation Completions of this Invalidation Request; `count` is CC, 0 stands for 8.
static inline void endpoint_complete(tb_t *tb, uint32_t device_id, uint32_t itags, unsigned count) {
  pcl_msg_t message = endpoint_message(PCL_MSG_INVAL_COMPLETION, device_id, (uint64_t)(count & 7) << 32 | itags);
  messages_send(tb_messages(tb), &message);
}

// Translated DMA of 8 bytes; its response.
static inline unsigned endpoint_access(scene_t *scene, unsigned channel, uint32_t device_id, uint64_t address, uint64_t *data) {
  unsigned size = tb_config()->data_width >= 64 ? 3 : 2;
  const pcl_ax_t ax = {.addr = address, .device_id = device_id, .translated = true, .size = (uint8_t)size, .len = size == 2,
                       .burst = PCL_BURST_INCR, .cache = 2};
  return scene_end(scene, 0, device_post(tb_device(scene->system.tb, 0), channel, &ax, data, 8));
}

static inline bool endpoint_no_record(scene_t *scene) {
  pcl_fault_event_t event;
  tb_run(scene->system.tb, 300);
  return !pcl_faultq_take(&scene->system.driver.faults, &event);
}

#endif
