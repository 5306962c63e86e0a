// SPDX-License-Identifier: Apache-2.0
//
// ddtp.busy after a change to Off clears only when every read and write that left before has been answered (IOMMU spec 6.5).
// A write while busy is ignored.
#include "scene.h"

enum { DEVICE = 0x51 };

static uint64_t busy(tb_t *tb) { return tb_reg_read(tb, PCL_REG_DDTP_OFFSET, 8) & PCL_DDTP_BUSY_MASK; }

SCENARIO(off_waits_for_dma, "a change to Off waits for DMA under way, and ends") {
  static scene_t scene;
  pcl_domain_t domain;
  uint64_t data = 0, ddtp;
  unsigned port = tb_config()->num_ports - 1;
  scene_start(&scene, tb, 24, 4, 4);
  scene_attach(&scene, &domain, DEVICE, 3, 1);
  scene_map(&scene, &domain, 0x1000, 0x1000, PCL_PAGE, PCL_MAP_RW);
  ddtp = tb_reg_read(tb, PCL_REG_DDTP_OFFSET, 8);
  for (unsigned channel = 0; channel < PCL_CHANNELS; channel++) {
    EXPECT(scene_write(&scene, port, DEVICE, 0x1000, 1) == PCL_RESP_OKAY);
    EXPECT(scene_read(&scene, port, DEVICE, 0x1000, &data) == PCL_RESP_OKAY);
    scene_shut_port(&scene, port, true);
    tb_step(tb);
    dma_t *dma = scene_post(&scene, port, channel, DEVICE, 0x1000, &data);
    tb_run(tb, 50);
    tb_reg_write(tb, PCL_REG_DDTP_OFFSET, 0, 8);
    tb_run(tb, 500);
    EXPECT(busy(tb));
    tb_reg_write(tb, PCL_REG_DDTP_OFFSET, ddtp, 8);
    EXPECT(tb_reg_read(tb, PCL_REG_DDTP_OFFSET, 8) == PCL_DDTP_BUSY_MASK);
    scene_shut_port(&scene, port, false);
    EXPECT(scene_end(&scene, port, dma) == PCL_RESP_OKAY);
    tb_run(tb, 20);
    EXPECT(!busy(tb));
    EXPECT(scene_read(&scene, port, DEVICE, 0x1000, &data) == PCL_RESP_SLVERR);
    tb_reg_write(tb, PCL_REG_DDTP_OFFSET, ddtp, 8);
    tb_run(tb, 200);
    EXPECT(!busy(tb));
  }
}
