// SPDX-License-Identifier: Apache-2.0
//
// While memory does not take a translated address its page is changed, invalidated and fenced. The address on the bus counts as
// issued and stays as it is; the next request goes to the new page.
#include "scene.h"

enum { DEVICE = 0x55, PSCID = 5 };

#define IOVA UINT64_C(0x123000)
#define OLD UINT64_C(0x70000000)
#define NEW UINT64_C(0x71000000)

static void watch_address(tb_t *tb, scene_t *scene, unsigned clocks, unsigned grants) {
  for (unsigned i = 0; i < clocks; i++) {
    tb_step(tb);
    EXPECT(scene->grants == grants);
  }
}

SCENARIO(stall_across_invalidation, "an address that memory does not take yet survives an invalidation of its page") {
  static scene_t scene;
  pcl_domain_t domain;
  uint64_t data[3] = {0};
  scene_start(&scene, tb, 24, 4, 4);
  scene_attach(&scene, &domain, DEVICE, 3, PSCID);
  scene_map(&scene, &domain, IOVA, OLD, PCL_PAGE, PCL_MAP_RW);
  uint64_t entry = scene_entry(&scene, &domain, IOVA);
  for (unsigned channel = 0; channel < PCL_CHANNELS; channel++) {
    tb_store(tb, entry, scene_leaf(OLD, PCL_MAP_RW));
    scene_forget(&scene);
    EXPECT(scene_read(&scene, 0, DEVICE, IOVA, &data[0]) == PCL_RESP_OKAY);
    EXPECT(scene_write(&scene, 0, DEVICE, IOVA + 0x100, 1) == PCL_RESP_OKAY);

    scene_shut_port(&scene, 0, true);
    tb_step(tb);
    data[0] = 0x1111;
    data[1] = 0x2222;
    dma_t *stalled = scene_post(&scene, 0, channel, DEVICE, IOVA + 0x20, &data[0]);
    tb_run(tb, 5);
    EXPECT(scene.grant[scene.grants - 1].spa == OLD + 0x20);
    unsigned grants = scene.grants;
    tb_store(tb, entry, scene_leaf(NEW, PCL_MAP_RW));
    EXPECT(pcl_invalidate(&scene.system.driver, &(pcl_vma_t){.av = true, .pscv = true, .iova = IOVA, .pscid = PSCID}) == PCL_OK);
    EXPECT(pcl_fence(&scene.system.driver, 0) == PCL_OK);
    dma_t *next = scene_post(&scene, 0, channel, DEVICE, IOVA + 0x28, &data[1]);
    watch_address(tb, &scene, 300, grants);
    scene_shut_port(&scene, 0, false);

    EXPECT(scene_end(&scene, 0, stalled) == PCL_RESP_OKAY && scene_end(&scene, 0, next) == PCL_RESP_OKAY);
    EXPECT(scene.grants == grants + 1 && scene.grant[grants].spa == NEW + 0x28);
    EXPECT(data[0] == tb_load(tb, OLD + 0x20) && data[1] == tb_load(tb, NEW + 0x28));
  }
}
