// SPDX-License-Identifier: Apache-2.0
//
// Where the debug registers are not built: an access to them changes nothing, and DMA goes on as if it had not been.
#include "scene.h"

enum { DEVICE = 0x88 };

SCENARIO(debug_request_ignored, "tr_req registers that are not built change nothing, also in the middle of a walk") {
  static scene_t scene;
  pcl_domain_t domain;
  uint64_t data = 0;
  NEEDS(!tb_config()->dbg);
  scene_start(&scene, tb, 24, 4, 4);
  scene_attach(&scene, &domain, DEVICE, 3, 1);
  scene_map(&scene, &domain, 0x5000, 0x55000, PCL_PAGE, PCL_MAP_RW);
  EXPECT(!(scene.system.driver.capabilities & PCL_CAPABILITIES_DBG_MASK));
  for (unsigned delay = 0; delay < 100; delay += 5) {
    scene_forget(&scene);
    dma_t *dma = scene_post(&scene, 0, PCL_READ, DEVICE, 0x5000, &data);
    tb_run(tb, delay);
    tb_reg_write(tb, PCL_REG_TR_REQ_IOVA_OFFSET, 0x5000, 8);
    tb_reg_write(tb, PCL_REG_TR_REQ_CTL_OFFSET, (uint64_t)DEVICE << PCL_TR_REQ_CTL_DID_SHIFT | PCL_TR_REQ_CTL_GO_BUSY_MASK, 8);
    EXPECT(tb_reg_read(tb, PCL_REG_TR_REQ_IOVA_OFFSET, 8) == 0);
    EXPECT(tb_reg_read(tb, PCL_REG_TR_REQ_CTL_OFFSET, 8) == 0);
    EXPECT(tb_reg_read(tb, PCL_REG_TR_RESPONSE_OFFSET, 8) == 0);
    EXPECT(scene_end(&scene, 0, dma) == PCL_RESP_OKAY && data == tb_load(tb, 0x55000));
  }
  EXPECT(tb_reg_read(tb, PCL_REG_FQT_OFFSET, 4) == 0);
}
