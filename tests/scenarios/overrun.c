// SPDX-License-Identifier: Apache-2.0
//
// The overrun: one page of 4 KiB at 0x400000; a device writes 6,144 bytes from 0x4007a0. 2,144 of them are in the page.
#include "scene.h"

enum { DEVICE = 0x22, BYTES = 6144, LANDED = 2144 };

#define BUFFER UINT64_C(0x4007a0)
#define FRAME UINT64_C(0x50000000)

static uint8_t byte_at(tb_t *tb, uint64_t addr) { return (uint8_t)(tb_load(tb, addr) >> (8 * (addr & 7))); }
static uint8_t before_at(uint64_t addr) { return (uint8_t)(mem_initial64(addr & ~UINT64_C(7)) >> (8 * (addr & 7))); }

SCENARIO(overrun, "a device writes past the end of its page: 2,144 bytes land, nothing beyond changes, the fault is recorded") {
  static scene_t scene;
  static uint8_t data[BYTES];
  pcl_domain_t domain;
  scene_start(&scene, tb, 24, 4, 4);
  scene_attach(&scene, &domain, DEVICE, 3, 1);
  scene_map(&scene, &domain, 0x400000, FRAME, PCL_PAGE, PCL_MAP_RW);
  for (unsigned i = 0; i < BYTES; i++) data[i] = (uint8_t)~before_at(FRAME + 0x7a0 + i);

  EXPECT(tb_dma_write(tb, 0, DEVICE, BUFFER, data, BYTES) == PCL_RESP_SLVERR);
  unsigned landed = 0;
  for (uint64_t at = FRAME - PCL_PAGE; at < FRAME + 3 * PCL_PAGE; at++) {
    bool mine = at >= FRAME + 0x7a0 && at < FRAME + PCL_PAGE;
    EXPECT(byte_at(tb, at) == (mine ? data[at - FRAME - 0x7a0] : before_at(at)));
    landed += mine;
  }
  EXPECT(landed == LANDED);

  tb_run(tb, 200);
  EXPECT(tb_irq(tb) == 1u << 1);  // the fault queue's vector
  pcl_fault_event_t event = scene_fault(&scene);
  EXPECT(event.device_id == DEVICE && event.cause == 15 && event.ttyp == 3 && !event.pv);
  EXPECT((event.iotval & ~UINT64_C(4095)) == 0x401000 && event.iotval2 == 0);
  pcl_handle_interrupt(&scene.system.driver, NULL, NULL);
  EXPECT(tb_irq(tb) == 0);
}
