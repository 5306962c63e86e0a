// SPDX-License-Identifier: Apache-2.0
//
// An invalidation lands in every clock of a walk, that of the fill included, once covering the page and once another one. The
// request always ends, and rightly.
#include "scene.h"

enum { DEVICE = 0x66, PSCID = 6 };

#define IOVA UINT64_C(0x7f000)
#define FRAME UINT64_C(0x65000000)

SCENARIO(inval_on_fill, "an invalidation in any clock of a walk, its fill included, loses no request") {
  static scene_t scene;
  pcl_domain_t domain;
  uint64_t data = 0;
  scene_start(&scene, tb, 24, 6, 4);
  scene_attach(&scene, &domain, DEVICE, 3, PSCID);
  scene_map(&scene, &domain, IOVA, FRAME, PCL_PAGE, PCL_MAP_RW);
  const pcl_vma_t commands[4] = {
    {.av = true, .pscv = true, .iova = IOVA, .pscid = PSCID},
    {.av = true, .pscv = true, .iova = IOVA + PCL_PAGE, .pscid = PSCID},
    {.pscv = true, .pscid = PSCID},
    {.av = false},
  };
  uint64_t at_fill = tb_tally(tb)->kill_at_fill, in_walk = tb_tally(tb)->kill_in_walk;
  for (unsigned form = 0; form < 4; form++) {
    for (unsigned delay = 0; delay < 80; delay++) {
      scene_forget(&scene);
      pcl_cmd_words_t command = pcl_cmd_vma(&commands[form]);
      EXPECT(pcl_cmdq_put(&scene.system.driver.commands, &command) == PCL_OK);
      dma_t *dma = scene_post(&scene, 0, PCL_READ, DEVICE, IOVA + 8 * delay, &data);
      tb_run(tb, delay);
      pcl_cmdq_ring(&scene.system.driver.commands);
      EXPECT(scene_end(&scene, 0, dma) == PCL_RESP_OKAY);
      EXPECT(data == tb_load(tb, FRAME + 8 * delay));
    }
  }
  EXPECT(tb_tally(tb)->kill_at_fill >= at_fill + 2);  // with AV=0 it takes longer than a walk to clear the iotlb
  EXPECT(tb_tally(tb)->kill_in_walk > in_walk);
}
