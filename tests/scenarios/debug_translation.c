// SPDX-License-Identifier: Apache-2.0
//
// Debug requests (IOMMU spec 6.26 to 6.28): translations of every page size and memory type, identity, faults with their records,
// privilege, which counts only with a process_id, and an answer while devices go on.
#include "scene.h"

enum { DEVICE = 0x88, BYPASS = 0x89, SHARED = 0x8a, PROCESS = 9 };

static scene_t scene;

static pcl_debug_answer_t ask(const pcl_debug_request_t *request) {
  pcl_debug_answer_t answer;
  system_expect(&scene.system, pcl_debug_translate(&scene.system.driver, request, &answer), "ask for a translation");
  return answer;
}

static pcl_debug_answer_t ask_read(uint32_t device_id, uint64_t iova) {
  return ask(&(pcl_debug_request_t){.device_id = device_id, .iova = iova});
}

static bool leads(uint64_t iova, uint64_t addr, uint64_t bytes) {
  pcl_debug_answer_t answer = ask_read(DEVICE, iova);
  return !answer.fault && answer.addr == addr && answer.bytes == bytes;
}

static bool refused(const pcl_debug_request_t *request, uint32_t cause, uint32_t ttyp) {
  pcl_debug_answer_t answer = ask(request);
  pcl_fault_event_t event = scene_fault(&scene);
  return answer.fault && event.cause == cause && event.ttyp == ttyp && event.iotval == request->iova &&
         event.device_id == request->device_id && event.pv == request->pv && event.priv == (request->pv && request->priv);
}

static void check_sizes(tb_t *tb, pcl_domain_t *domain) {
  static const uint64_t sizes[4] = {PCL_PAGE, PCL_NAPOT_PAGE, UINT64_C(1) << 21, UINT64_C(1) << 30};
  for (unsigned i = 0; i < 4; i++) {
    uint64_t iova = UINT64_C(0x2000000000) >> i & ~(sizes[i] - 1), addr = (UINT64_C(0x5a) << 40) + sizes[i];
    scene_map(&scene, domain, iova, addr, sizes[i], PCL_MAP_RW);
    for (unsigned at = 0; at < 2; at++) {
      uint64_t inside = iova + at * (sizes[i] - PCL_PAGE);
      pcl_debug_answer_t answer = ask_read(DEVICE, inside);
      EXPECT(!answer.fault && answer.bytes == sizes[i] && answer.addr == addr && answer.pbmt == 0);
    }
  }
}

// Memory types, also of a page whose other bits of the answer are not 0.
static void check_types(tb_t *tb, pcl_domain_t *domain) {
  for (unsigned type = 1; type < 3; type++) {
    const uint64_t iova = type << 24, bytes = UINT64_C(1) << 21;
    scene_map(&scene, domain, iova, 0x55000, PCL_PAGE, PCL_MAP_RW | (type == 1 ? PCL_MAP_NONCACHED : PCL_MAP_IO));
    pcl_debug_answer_t answer = ask_read(DEVICE, iova);
    EXPECT(!answer.fault && answer.pbmt == type && answer.addr == 0x55000 && answer.bytes == PCL_PAGE);
    scene_map(&scene, domain, iova + bytes, bytes, bytes, PCL_MAP_RW | (type == 1 ? PCL_MAP_NONCACHED : PCL_MAP_IO));
    answer = ask_read(DEVICE, iova + bytes);
    EXPECT(!answer.fault && answer.pbmt == type && answer.addr == bytes && answer.bytes == bytes);
    EXPECT(ask_read(DEVICE, iova + PCL_PAGE).fault && scene_fault(&scene).cause == 13);
    EXPECT(tb_reg_read(tb, PCL_REG_TR_RESPONSE_OFFSET, 8) == PCL_TR_RESPONSE_FAULT_MASK);
  }
}

// A page of users is not of supervisors, and the reverse.
static void check_privilege(tb_t *tb, pcl_domain_t *domain) {
  pcl_processes_t processes;
  pcl_driver_t *driver = &scene.system.driver;
  EXPECT(pcl_processes_init(driver, &processes, NULL, 1) == PCL_OK);
  EXPECT(pcl_attach_process(driver, &processes, PROCESS, domain, PCL_PROCESS_ENS) == PCL_OK);
  EXPECT(pcl_attach_processes(driver, SHARED, &processes, 0) == PCL_OK);
  scene_map(&scene, domain, 0x9000, 0x99000, PCL_PAGE, PCL_MAP_RO & ~PCL_MAP_USER);
  pcl_debug_request_t request = {.device_id = SHARED, .process_id = PROCESS, .pv = true};
  for (unsigned priv = 0; priv < 2; priv++) {
    request.priv = priv;
    request.iova = priv ? 0x7000 : 0x9000;
    EXPECT(refused(&request, 13, 2));
    request.iova = priv ? 0x9000 : 0x7000;
    const pcl_debug_answer_t answer = ask(&request);
    EXPECT(!answer.fault && answer.addr == (priv ? 0x99000 : 0x77000));
  }
  request = (pcl_debug_request_t){.device_id = DEVICE, .priv = true, .iova = 0x7000};
  EXPECT(ask(&request).addr == 0x77000);
  request.iova = 0x9000;
  EXPECT(refused(&request, 13, 2));
}

static void check_faults(tb_t *tb, pcl_domain_t *domain) {
  scene_map(&scene, domain, 0x7000, 0x77000, PCL_PAGE, PCL_MAP_RO);
  EXPECT(leads(0x7000, 0x77000, PCL_PAGE));
  EXPECT(refused(&(pcl_debug_request_t){.device_id = DEVICE, .iova = 0x7000, .write = true}, 15, 3));
  EXPECT(refused(&(pcl_debug_request_t){.device_id = DEVICE, .iova = 0x7000, .exec = true}, 12, 1));
  EXPECT(refused(&(pcl_debug_request_t){.device_id = DEVICE, .iova = 0x8000}, 13, 2));
  EXPECT(refused(&(pcl_debug_request_t){.device_id = DEVICE + 7, .iova = 0x7000}, 258, 2));
  EXPECT(refused(&(pcl_debug_request_t){.device_id = DEVICE, .iova = 0x7000, .pv = true, .process_id = 1}, 260, 2));
}

SCENARIO(debug_translation, "debug requests: every page size, identity, faults, and while devices go on") {
  pcl_domain_t domain;
  NEEDS(tb_config()->dbg);
  scene_start(&scene, tb, 24, 4, 4);
  scene_attach(&scene, &domain, DEVICE, 3, 1);
  EXPECT(pcl_attach_bypass(&scene.system.driver, BYPASS, 0) == PCL_OK);
  check_sizes(tb, &domain);
  check_faults(tb, &domain);
  if (tb_config()->svpbmt) check_types(tb, &domain);
  if (tb_config()->pd8) check_privilege(tb, &domain);
  pcl_debug_answer_t answer = ask_read(BYPASS, 0x123456789000);
  EXPECT(!answer.fault && answer.addr == 0x123456789000 && answer.bytes == PCL_PAGE);
  for (unsigned delay = 0; delay < 100; delay += 5) {
    uint64_t data = 0;
    scene_forget(&scene);
    dma_t *dma = scene_post(&scene, 0, PCL_READ, DEVICE, 0x7000, &data);
    tb_run(tb, delay);
    EXPECT(leads(0x7000, 0x77000, PCL_PAGE));
    EXPECT(scene_end(&scene, 0, dma) == PCL_RESP_OKAY && data == tb_load(tb, 0x77000));
  }
}
