// SPDX-License-Identifier: Apache-2.0
//
// A page with W=1 and D=0: reads pass, and put the page into every cache; a write faults all the same, before and after.
#include "scene.h"

enum { DEVICE = 0x99, PSCID = 3 };

#define IOVA UINT64_C(0x9000)
#define FRAME UINT64_C(0x99000)

SCENARIO(read_then_write_d0, "a write to a page with D=0 faults although a read has cached the page") {
  static scene_t scene;
  pcl_domain_t domain;
  uint64_t data = 0, before = tb_load(tb, FRAME);
  unsigned last = tb_config()->num_ports - 1;
  scene_start(&scene, tb, 24, 4, 4);
  scene_attach(&scene, &domain, DEVICE, 3, PSCID);
  scene_map(&scene, &domain, IOVA, FRAME, PCL_PAGE, PCL_MAP_RW & ~PCL_MAP_DIRTY);
  for (unsigned i = 0; i < 3; i++) {
    EXPECT(scene_read(&scene, 0, DEVICE, IOVA, &data) == PCL_RESP_OKAY && data == before);
    EXPECT(scene_write(&scene, i ? 0 : last, DEVICE, IOVA, 0xbad) == PCL_RESP_SLVERR);
    EXPECT(tb_load(tb, FRAME) == before);
    pcl_fault_event_t event = scene_fault(&scene);
    EXPECT(event.cause == 15 && event.ttyp == 3 && event.device_id == DEVICE && (event.iotval & ~UINT64_C(4095)) == IOVA);
  }
  tb_store(tb, scene_entry(&scene, &domain, IOVA), scene_leaf(FRAME, PCL_MAP_RW));
  scene_forget(&scene);
  EXPECT(scene_write(&scene, 0, DEVICE, IOVA, 0x900d) == PCL_RESP_OKAY && tb_load(tb, FRAME) == 0x900d);
}
