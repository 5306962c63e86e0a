// SPDX-License-Identifier: Apache-2.0
//
// Bits above the virtual address must repeat its sign, also when the page below them is in the cache; for each mode built.
#include "scene.h"

enum { DEVICE = 0xb0 };

static void check_mode(tb_t *tb, scene_t *scene, uint32_t levels) {
  uint32_t device_id = DEVICE + levels, top = 11 + 9 * levels;  // the sign bit
  uint64_t low = (UINT64_C(1) << top) - PCL_PAGE, high = ~UINT64_C(0) << top, data = 0;
  pcl_domain_t domain;
  scene_attach(scene, &domain, device_id, levels, levels);
  scene_map(scene, &domain, low, 0x10000, PCL_PAGE, PCL_MAP_RW | PCL_MAP_EXEC);
  scene_map(scene, &domain, high, 0x20000, PCL_PAGE, PCL_MAP_RW | PCL_MAP_EXEC);
  for (uint32_t bit = top; bit < 64; bit++) {
    uint64_t wrong[2] = {low ^ UINT64_C(1) << bit, high ^ UINT64_C(1) << bit};
    EXPECT(scene_read(scene, 0, device_id, low, &data) == PCL_RESP_OKAY && data == tb_load(tb, 0x10000));
    EXPECT(scene_read(scene, 0, device_id, high, &data) == PCL_RESP_OKAY && data == tb_load(tb, 0x20000));
    for (unsigned i = 0; i < 2; i++) {
      EXPECT(scene_read(scene, 0, device_id, wrong[i], &data) == PCL_RESP_SLVERR && data == 0);
      pcl_fault_event_t event = scene_fault(scene);
      EXPECT(event.cause == 13 && (event.iotval & ~UINT64_C(4095)) == wrong[i] && event.device_id == device_id);
      EXPECT(scene_write(scene, 0, device_id, wrong[i], 1) == PCL_RESP_SLVERR);
      EXPECT(scene_fault(scene).cause == 15);
    }
  }
}

SCENARIO(noncanonical, "addresses whose upper bits do not repeat the sign fault, cached or not") {
  static scene_t scene;
  scene_start(&scene, tb, 24, 4, 4);
  check_mode(tb, &scene, 3);
  if (tb_config()->sv48) check_mode(tb, &scene, 4);
  if (tb_config()->sv57) check_mode(tb, &scene, 5);
}
