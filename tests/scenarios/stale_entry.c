// SPDX-License-Identifier: Apache-2.0
//
// Stale entry: unmapping without telling the IOMMU leaves the device its old page: that is the danger, and it is legal. After
// IOTINVAL and IOFENCE.C it never has it, also when a walk was under way as the fence was posted: the walk's start is moved over
// all clocks of a walk.
#include "scene.h"

enum { DEVICE = 0x44, PSCID = 9 };

#define IOVA UINT64_C(0x40000000)
#define FRAME UINT64_C(0x60000000)

SCENARIO(stale_entry, "an unmapped page stays reachable until IOTINVAL and IOFENCE.C, and never after") {
  static scene_t scene;
  pcl_domain_t domain;
  uint64_t data = 0;
  scene_start(&scene, tb, 24, 4, 6);
  scene_attach(&scene, &domain, DEVICE, 3, PSCID);
  scene_map(&scene, &domain, IOVA, FRAME, PCL_PAGE, PCL_MAP_RW);
  uint64_t entry = scene_entry(&scene, &domain, IOVA), pte = tb_load(tb, entry);
  const pcl_vma_t page = {.av = true, .pscv = true, .iova = IOVA, .pscid = PSCID};

  EXPECT(scene_read(&scene, 0, DEVICE, IOVA, &data) == PCL_RESP_OKAY && data == tb_load(tb, FRAME));
  tb_store(tb, entry, 0);
  EXPECT(scene_read(&scene, 0, DEVICE, IOVA + 8, &data) == PCL_RESP_OKAY && data == tb_load(tb, FRAME + 8));  // the danger
  EXPECT(pcl_invalidate(&scene.system.driver, &page) == PCL_OK && pcl_fence(&scene.system.driver, 0) == PCL_OK);
  EXPECT(scene_read(&scene, 0, DEVICE, IOVA + 16, &data) == PCL_RESP_SLVERR && data == 0);

  unsigned granted_before_fence = 0;
  for (unsigned delay = 0; delay < 110; delay++) {
    tb_store(tb, entry, pte);
    dma_t *early = scene_post(&scene, 0, PCL_READ, DEVICE, IOVA, NULL);
    tb_run(tb, delay);
    tb_store(tb, entry, 0);
    EXPECT(pcl_invalidate(&scene.system.driver, &page) == PCL_OK && pcl_fence(&scene.system.driver, 0) == PCL_OK);
    EXPECT(scene_read(&scene, 0, DEVICE, IOVA + 24, &data) == PCL_RESP_SLVERR && data == 0);
    if (scene_end(&scene, 0, early) == PCL_RESP_OKAY) granted_before_fence++;
    EXPECT(scene.grant[scene.grants - 1].cycle < scene.fence_done);
    pcl_handle_interrupt(&scene.system.driver, NULL, NULL);
  }
  EXPECT(granted_before_fence > 0 && granted_before_fence < 110);
}
