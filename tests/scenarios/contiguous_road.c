// SPDX-License-Identifier: Apache-2.0
//
// Contiguous road, scattered city: three IOVA pages in a row lie on three frames far apart. The device sees one buffer.
#include <string.h>

#include "scene.h"

enum { DEVICE = 0x11, BYTES = 3 * 4096 };

SCENARIO(contiguous_road, "three scattered pages look like one buffer to a device") {
  static scene_t scene;
  static uint8_t sent[BYTES], seen[BYTES], frame[4096];
  static const uint64_t frames[3] = {UINT64_C(0x12345000), UINT64_C(0x7000f00000), UINT64_C(0x3000)};
  pcl_domain_t domain;
  scene_start(&scene, tb, 24, 4, 4);
  scene_attach(&scene, &domain, DEVICE, 3, 1);
  for (unsigned i = 0; i < 3; i++) scene_map(&scene, &domain, 0x1000 + i * PCL_PAGE, frames[i], PCL_PAGE, PCL_MAP_RW);

  for (unsigned i = 0; i < BYTES; i++) sent[i] = (uint8_t)(i * 7 + i / 256);
  EXPECT(tb_dma_write(tb, 0, DEVICE, 0x1000, sent, BYTES) == PCL_RESP_OKAY);
  EXPECT(tb_dma_read(tb, 0, DEVICE, 0x1000, seen, BYTES) == PCL_RESP_OKAY);
  EXPECT(memcmp(sent, seen, BYTES) == 0);
  for (unsigned i = 0; i < 3; i++) {
    mem_read(tb_memory(tb), frames[i], frame, sizeof frame);
    EXPECT(memcmp(frame, sent + i * 4096, 4096) == 0);
  }
  EXPECT(scene.grants > 0);
  for (unsigned i = 0; i < scene.grants; i++)
    EXPECT((scene.grant[i].spa & ~UINT64_C(4095)) == frames[(scene.grant[i].iova >> 12) - 1]);
}
