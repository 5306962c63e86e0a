// SPDX-License-Identifier: Apache-2.0
//
// Default deny: two devices use the same IOVA and see different memory; a third, which nobody attached, sees none.
#include "scene.h"

enum { ALICE = 0x31, BOB = 0x4032, NOBODY = 0x33 };

#define IOVA UINT64_C(0x10000)

SCENARIO(default_deny, "same IOVA, two devices, two memories; a device without a context reaches nothing") {
  static scene_t scene;
  pcl_domain_t alice, bob;
  uint64_t data = 0;
  unsigned last = tb_config()->num_ports - 1;
  scene_start(&scene, tb, 24, 4, 4);
  EXPECT(scene_read(&scene, 0, ALICE, IOVA, &data) == PCL_RESP_SLVERR && data == 0);
  scene_attach(&scene, &alice, ALICE, 3, 1);
  scene_attach(&scene, &bob, BOB, 3, 2);
  scene_map(&scene, &alice, IOVA, 0xa000000, PCL_PAGE, PCL_MAP_RW);
  scene_map(&scene, &bob, IOVA, 0xb000000, PCL_PAGE, PCL_MAP_RW);

  for (unsigned i = 0; i < 3; i++) {
    EXPECT(scene_write(&scene, 0, ALICE, IOVA + 8 * i, 0xa11ce + i) == PCL_RESP_OKAY);
    EXPECT(scene_write(&scene, last, BOB, IOVA + 8 * i, 0xb0b + i) == PCL_RESP_OKAY);
    EXPECT(scene_read(&scene, 0, NOBODY, IOVA + 8 * i, &data) == PCL_RESP_SLVERR && data == 0);
    EXPECT(scene_write(&scene, last, NOBODY, IOVA + 8 * i, 0xbad) == PCL_RESP_SLVERR);
    EXPECT(scene_read(&scene, last, ALICE, IOVA + 8 * i, &data) == PCL_RESP_OKAY && data == 0xa11ce + i);
    EXPECT(scene_read(&scene, 0, BOB, IOVA + 8 * i, &data) == PCL_RESP_OKAY && data == 0xb0b + i);
    EXPECT(tb_load(tb, 0xa000000 + 8 * i) == 0xa11ce + i && tb_load(tb, 0xb000000 + 8 * i) == 0xb0b + i);
  }
  for (unsigned i = 0; i < scene.grants; i++) EXPECT(scene.grant[i].device_id != NOBODY);
  EXPECT(scene_fault(&scene).device_id == ALICE);
  for (unsigned i = 0; i < 6; i++) {
    pcl_fault_event_t event = scene_fault(&scene);
    EXPECT(event.device_id == NOBODY && event.cause == 258);
  }
}
