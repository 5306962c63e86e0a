// SPDX-License-Identifier: Apache-2.0
//
// Physical addresses of every width up to 56 bits leave unchanged, from tables at such addresses too.
#include "scene.h"

enum { DEVICE = 0xc0 };

SCENARIO(wide_physical_address, "one-stage physical addresses of 2^41 and more work up to 56 bits") {
  static scene_t scene;
  pcl_domain_t domain;
  uint64_t data = 0;
  scene_start(&scene, tb, 24, 4, 4);
  EXPECT((scene.system.driver.capabilities & PCL_CAPABILITIES_PAS_MASK) >> PCL_CAPABILITIES_PAS_SHIFT == tb_config()->pas);
  scene.system.next_page = UINT64_C(0xfedcba98765000);
  scene_attach(&scene, &domain, DEVICE, 3, 1);
  for (unsigned bit = 36; bit < 56; bit++) {
    uint64_t iova = bit * PCL_PAGE, frame = UINT64_C(1) << bit | (bit < 55 ? UINT64_C(1) << 55 : 0) | bit * PCL_PAGE;
    scene_map(&scene, &domain, iova, frame, PCL_PAGE, PCL_MAP_RW);
    EXPECT(scene_write(&scene, 0, DEVICE, iova + 8, bit) == PCL_RESP_OKAY && tb_load(tb, frame + 8) == bit);
    EXPECT(scene_read(&scene, 0, DEVICE, iova + 16, &data) == PCL_RESP_OKAY && data == tb_load(tb, frame + 16));
    EXPECT(scene.grant[scene.grants - 1].spa == frame + 16);
  }
}
