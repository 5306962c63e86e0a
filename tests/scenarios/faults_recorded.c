// SPDX-License-Identifier: Apache-2.0
//
// Every refused request has a fault record of its own, whether it was merged into the walk of another or not; requests of a
// device with DTF=1 leave none (IOMMU spec 4.2).
#include "scene.h"

enum { LOUD = 0x41, SILENT = 0x42, REQUESTS = 8 };

#define UNMAPPED UINT64_C(0x5000)
#define NONCANONICAL UINT64_C(0x8000000000001000)

// Many requests of one unmapped page at once: their misses meet in one walk.
static void burst_of_faults(tb_t *tb, scene_t *scene, unsigned channel) {
  dma_t *dma[REQUESTS];
  uint64_t data[REQUESTS] = {0};
  unsigned seen = 0;
  for (unsigned i = 0; i < REQUESTS; i++) dma[i] = scene_post(scene, 0, channel, LOUD, UNMAPPED + 8 * i, &data[i]);
  for (unsigned i = 0; i < REQUESTS; i++) EXPECT(scene_end(scene, 0, dma[i]) == PCL_RESP_SLVERR);
  for (unsigned i = 0; i < REQUESTS; i++) {
    pcl_fault_event_t event = scene_fault(scene);
    EXPECT(event.device_id == LOUD && event.cause == (channel == PCL_WRITE ? 15 : 13));
    EXPECT(event.iotval >= UNMAPPED && event.iotval < UNMAPPED + 8 * REQUESTS);
    seen |= 1u << (event.iotval - UNMAPPED) / 8;
  }
  EXPECT(seen == (1u << REQUESTS) - 1);
}

SCENARIO(faults_recorded, "every refused request has a record of its own, merged or not; with DTF=1 there is none") {
  static scene_t scene;
  pcl_domain_t domain;
  pcl_fault_event_t event;
  uint64_t data = 0;
  scene_start(&scene, tb, 24, 4, 5);
  scene_attach(&scene, &domain, LOUD, 3, 1);
  EXPECT(pcl_attach(&scene.system.driver, SILENT, &domain, PCL_DC_DTF) == PCL_OK);
  scene_map(&scene, &domain, 0x1000, 0x9000, PCL_PAGE, PCL_MAP_RO);
  burst_of_faults(tb, &scene, PCL_READ);
  burst_of_faults(tb, &scene, PCL_WRITE);

  EXPECT(scene_read(&scene, 0, SILENT, 0x1000, &data) == PCL_RESP_OKAY);
  EXPECT(scene_write(&scene, 0, SILENT, 0x1000, 1) == PCL_RESP_SLVERR);
  EXPECT(scene_read(&scene, 0, SILENT, UNMAPPED, &data) == PCL_RESP_SLVERR);
  EXPECT(scene_read(&scene, 0, SILENT, NONCANONICAL, &data) == PCL_RESP_SLVERR);
  const pcl_ax_t illegal = {.addr = 0x1000, .device_id = SILENT, .size = 2, .burst = 3};
  EXPECT(scene_end(&scene, 0, device_post(tb_device(tb, 0), PCL_READ, &illegal, NULL, 0)) == PCL_RESP_SLVERR);
  tb_run(tb, 500);
  EXPECT(!pcl_faultq_take(&scene.system.driver.faults, &event));
}
