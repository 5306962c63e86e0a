// SPDX-License-Identifier: Apache-2.0
//
// IOFENCE.C with PR (PW) completes after the last answer of every read (write) that left before it, and waits for nothing else.
#include "scene.h"

enum { DEVICE = 0xe0 };

SCENARIO(fence_waits_for_dma, "PR waits for reads, PW for writes, neither for the other") {
  static scene_t scene;
  pcl_domain_t domain;
  uint64_t data = 0;
  unsigned port = tb_config()->num_ports - 1;
  scene_start(&scene, tb, 24, 4, 4);
  scene_attach(&scene, &domain, DEVICE, 3, 1);
  scene_map(&scene, &domain, 0x1000, 0x1000, PCL_PAGE, PCL_MAP_RW);
  EXPECT(scene_write(&scene, port, DEVICE, 0x1000, 1) == PCL_RESP_OKAY);
  for (unsigned channel = 0; channel < PCL_CHANNELS; channel++) {
    for (unsigned options = 0; options < 4; options++) {
      EXPECT(scene_read(&scene, port, DEVICE, 0x1000, &data) == PCL_RESP_OKAY);
      scene_shut_port(&scene, port, true);
      tb_step(tb);
      dma_t *dma = scene_post(&scene, port, channel, DEVICE, 0x1000, &data);
      tb_run(tb, 50);
      uint32_t fence = pcl_cmdq_fence(&scene.system.driver.commands, options * PCL_CMD_PR);
      tb_run(tb, 300);
      bool waits = channel == PCL_READ ? options & 1 : options & 2;
      EXPECT(pcl_cmdq_passed(&scene.system.driver.commands, fence) == !waits);
      scene_shut_port(&scene, port, false);
      EXPECT(scene_end(&scene, port, dma) == PCL_RESP_OKAY);
      EXPECT(pcl_cmdq_wait(&scene.system.driver.commands, fence) == PCL_OK);
      if (waits) EXPECT(scene.fence_done >= dma->done_cycle);
    }
  }
}
