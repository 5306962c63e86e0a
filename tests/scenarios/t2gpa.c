// SPDX-License-Identifier: Apache-2.0
//
// Devices that are told GPAs (IOMMU spec 3.1.3.1, T2GPA): the completion has the GPA, and translated DMA still goes through the
// second stage, which can take a page away without the device's help. Without T2GPA it is told where memory is. A page of an
// interrupt file in memory is for untranslated requests only.
#include "endpoint.h"
#include "guest.h"

#define ENDPOINT_FLAGS (PCL_DC_EN_ATS | PCL_DC_T2GPA)
#define FILE_SPA UINT64_C(0x54321000)
#define LARGE UINT64_C(0x80000000)
#define LARGE_GPA UINT64_C(0x40000000)
#define LARGE_BYTES (UINT64_C(1) << 21)

static guest_t g;

static uint64_t told(tb_t *tb) {
  pcl_msg_t answer = endpoint_translate(tb, DEVICE, IOVA);
  EXPECT(answer.status == STATUS_SUCCESS);
  return answer.payload;
}

static void check_stages(tb_t *tb) {
  pcl_driver_t *driver = &g.scene.system.driver;
  uint64_t data = UINT64_C(0x0123456789abcdef), back = 0;
  EXPECT(told(tb) == (FRAME_GPA | TRANSLATION_R | TRANSLATION_W));
  for (unsigned i = 0; i < 2; i++, data = ~data) {
    EXPECT(endpoint_access(&g.scene, PCL_WRITE, DEVICE, FRAME_GPA + 0x80, &data) == PCL_RESP_OKAY);
    EXPECT(tb_load(tb, FRAME_SPA + 0x80) == data);
    EXPECT(endpoint_access(&g.scene, PCL_READ, DEVICE, FRAME_GPA + 0x80, &back) == PCL_RESP_OKAY && back == data);
    EXPECT(guest_reaches(&g, READ, IOVA, FRAME_SPA | (IOVA & OFFSET)));
  }
  EXPECT(pcl_vm_unmap(driver, &g.vm, FRAME_GPA, PCL_PAGE) == PCL_OK);
  EXPECT(endpoint_access(&g.scene, PCL_READ, DEVICE, FRAME_GPA + 0x80, &back) == PCL_RESP_SLVERR);
  pcl_fault_event_t e = scene_fault(&g.scene);
  EXPECT(e.cause == 21 && e.ttyp == 6 && e.iotval == FRAME_GPA + 0x80 && (e.iotval2 & ~UINT64_C(3)) == FRAME_GPA + 0x80);
  EXPECT(told(tb) == 0 && endpoint_no_record(&g.scene));
  EXPECT(pcl_vm_map(driver, &g.vm, FRAME_GPA, FRAME_SPA + PCL_PAGE, PCL_PAGE, RWX) == PCL_OK);
  EXPECT(endpoint_access(&g.scene, PCL_WRITE, DEVICE, FRAME_GPA + 0x80, &data) == PCL_RESP_OKAY);
  EXPECT(tb_load(tb, FRAME_SPA + PCL_PAGE + 0x80) == data);
}

// The rights and the smaller size of both stages; those of the first are not those of translated DMA.
static void check_rights(tb_t *tb) {
  pcl_driver_t *driver = &g.scene.system.driver;
  uint64_t pte = guest_pte(&g, IOVA, 0), leaf = guest_set(&g, pte, scene_leaf(FRAME_GPA, PCL_MAP_RO)), data = 0x77;
  EXPECT(told(tb) == (FRAME_GPA | TRANSLATION_R));
  EXPECT(guest_reaches(&g, READ, IOVA, (FRAME_SPA + PCL_PAGE) | (IOVA & OFFSET)));
  EXPECT(endpoint_access(&g.scene, PCL_WRITE, DEVICE, FRAME_GPA + 0x90, &data) == PCL_RESP_OKAY);
  EXPECT(guest_refuses(&g, WRITE, IOVA, 15, 0));
  guest_set(&g, pte, leaf);
  uint64_t frame = guest_set(&g, guest_g_pte(&g, FRAME_GPA, 0), scene_leaf(FRAME_SPA + PCL_PAGE, PCL_MAP_RO));
  EXPECT(told(tb) == (FRAME_GPA | TRANSLATION_R));
  EXPECT(endpoint_access(&g.scene, PCL_WRITE, DEVICE, FRAME_GPA + 0x90, &data) == PCL_RESP_SLVERR);
  EXPECT(scene_fault(&g.scene).cause == 23);
  guest_set(&g, guest_g_pte(&g, FRAME_GPA, 0), frame);
  for (unsigned i = 0; i < 2; i++) {  // 2 MiB of the first stage upon 4 KiB of the second, then upon 2 MiB
    uint64_t gpa = LARGE_GPA + i * LARGE_BYTES, iova = LARGE + i * LARGE_BYTES;
    EXPECT(pcl_vm_map(driver, &g.vm, gpa, FILE_SPA & ~(LARGE_BYTES - 1), i ? LARGE_BYTES : PCL_PAGE, RWX) == PCL_OK);
    scene_map(&g.scene, &g.domain, iova, gpa, LARGE_BYTES, RWX);
    EXPECT(endpoint_translate(tb, DEVICE, iova).payload ==
           (gpa | TRANSLATION_R | TRANSLATION_W | (i ? 0xff000 | TRANSLATION_S : 0)));
  }
}

// EN_ATS alone: the second stage is in what the device is told.
static void check_host(tb_t *tb) {
  uint64_t data = 0x55;
  g.dc[TC] &= ~PCL_DC_T2GPA;
  guest_put(&g);
  EXPECT(told(tb) == ((FRAME_SPA + PCL_PAGE) | TRANSLATION_R | TRANSLATION_W));
  EXPECT(endpoint_access(&g.scene, PCL_WRITE, DEVICE, FRAME_SPA + 0x700, &data) == PCL_RESP_OKAY);
  EXPECT(tb_load(tb, FRAME_SPA + 0x700) == data);
}

// T2GPA with the second stage Bare, or without EN_ATS, is misconfigured.
static void check_context(tb_t *tb) {
  uint64_t iohgatp = g.dc[IOHGATP], tc = g.dc[TC];
  g.dc[TC] |= PCL_DC_T2GPA;
  g.dc[IOHGATP] = 0;
  guest_put(&g);
  EXPECT(guest_refuses(&g, READ, IOVA, 259, 0));
  g.dc[IOHGATP] = iohgatp;
  g.dc[TC] &= ~PCL_DC_EN_ATS;
  guest_put(&g);
  EXPECT(guest_refuses(&g, READ, IOVA, 259, 0));
  g.dc[TC] = tc;
  guest_put(&g);
}

// Interrupt files: translated DMA finds them by the GPA, as untranslated does; one in memory is for untranslated requests only.
static void check_files(tb_t *tb) {
  pcl_driver_t *driver = &g.scene.system.driver;
  uint64_t data = 0x1234;
  const pcl_memory_file_t file = {.file = FILE_SPA, .notice = FILE_SPA + PCL_PAGE, .nid = 3};
  EXPECT(pcl_msi_init(driver, &g.vm, 0, FRAME_GPA >> 12) == PCL_OK);
  g.dc[MSIPTP] = UINT64_C(1) << 60 | g.vm.msi.root >> 12;
  g.dc[MSI_PATTERN] = FRAME_GPA >> 12;
  guest_put(&g);
  EXPECT(told(tb) == 0 && endpoint_no_record(&g.scene));  // 262
  EXPECT(pcl_msi_map(driver, &g.vm, FRAME_GPA, FILE_SPA) == PCL_OK);
  EXPECT(told(tb) == (FILE_SPA | TRANSLATION_R | TRANSLATION_W));
  EXPECT(endpoint_access(&g.scene, PCL_WRITE, DEVICE, FILE_SPA, &data) == PCL_RESP_OKAY && tb_load(tb, FILE_SPA) == data);
  g.dc[TC] |= PCL_DC_T2GPA;
  guest_put(&g);
  data = 0x5678;
  EXPECT(told(tb) == (FRAME_GPA | TRANSLATION_R | TRANSLATION_W));
  EXPECT(endpoint_access(&g.scene, PCL_WRITE, DEVICE, FRAME_GPA, &data) == PCL_RESP_OKAY && tb_load(tb, FILE_SPA) == data);
  g.dc[TC] &= ~PCL_DC_T2GPA;
  guest_put(&g);
  EXPECT(pcl_msi_unmap(driver, &g.vm, FRAME_GPA) == PCL_OK);
  if (!tb_config()->msi_mrif) return;
  EXPECT(pcl_mrif_map(driver, &g.vm, FRAME_GPA, &file) == PCL_OK);
  EXPECT(told(tb) == (TRANSLATION_U | TRANSLATION_R | TRANSLATION_W));
  if (!tb_config()->dbg) return;
  pcl_debug_answer_t answer;
  const pcl_debug_request_t request = {.device_id = DEVICE, .iova = IOVA, .write = true};
  EXPECT(pcl_debug_translate(driver, &request, &answer) == PCL_OK);
  EXPECT(answer.fault && scene_fault(&g.scene).cause == 260);
}

SCENARIO(t2gpa, "devices that are told guest addresses, and the second stage behind their translated DMA") {
  NEEDS(guest_is_built() && tb_config()->t2gpa);
  guest_start(&g, tb, ENDPOINT_FLAGS);
  check_stages(tb);
  check_rights(tb);
  check_host(tb);
  check_context(tb);
  check_files(tb);
}
