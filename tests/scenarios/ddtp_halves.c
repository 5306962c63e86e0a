// SPDX-License-Identifier: Apache-2.0
//
// ddtp written as two 4-byte halves, high then low, without a look at busy in between (IOMMU spec 6: 8-byte registers may be
// accessed so): both count.
#include "scene.h"

enum { DEVICE = 0x52 };

SCENARIO(ddtp_halves, "ddtp may be written in two halves, high first") {
  static scene_t scene;
  pcl_domain_t domain;
  uint64_t data = 0;
  scene_start(&scene, tb, 24, 4, 4);
  scene_attach(&scene, &domain, DEVICE, 3, 1);
  scene_map(&scene, &domain, 0x1000, 0x1000, PCL_PAGE, PCL_MAP_RW);
  uint64_t ddtp = tb_reg_read(tb, PCL_REG_DDTP_OFFSET, 8);
  tb_reg_write(tb, PCL_REG_DDTP_OFFSET, 0, 8);
  while (tb_reg_read(tb, PCL_REG_DDTP_OFFSET, 8) & PCL_DDTP_BUSY_MASK) tb_step(tb);
  EXPECT(scene_read(&scene, 0, DEVICE, 0x1000, &data) == PCL_RESP_SLVERR);
  tb_reg_write(tb, PCL_REG_DDTP_OFFSET + 4, ddtp >> 32, 4);
  tb_reg_write(tb, PCL_REG_DDTP_OFFSET, (uint32_t)ddtp, 4);
  while (tb_reg_read(tb, PCL_REG_DDTP_OFFSET, 8) & PCL_DDTP_BUSY_MASK) tb_step(tb);
  EXPECT(tb_reg_read(tb, PCL_REG_DDTP_OFFSET, 8) == ddtp);
  EXPECT(scene_read(&scene, 0, DEVICE, 0x1000, &data) == PCL_RESP_OKAY);
}
