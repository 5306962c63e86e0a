// SPDX-License-Identifier: Apache-2.0
//
// Two devices of one port use the same addresses for pages of their own, under different PSCIDs: what one's walks leave in the
// caches serves the other at no level.
#include "scene.h"

enum { DEVICES = 2, PAGES = 8, FIRST_PSCID = 0x41 };

#define IOVA UINT64_C(0x40201000)
#define FRAMES UINT64_C(0x50000000)

static scene_t scene;

static uint64_t frame(unsigned device, unsigned page) { return FRAMES + (device * PAGES + page) * PCL_PAGE; }

SCENARIO(spaces_apart, "two devices with the same addresses under different PSCIDs reach their own pages, whatever is cached") {
  static pcl_domain_t domain[DEVICES];
  uint64_t data;
  scene_start(&scene, tb, 24, 4, 4);
  for (unsigned d = 0; d < DEVICES; d++) {
    scene_attach(&scene, &domain[d], 0x31 + d, 3, FIRST_PSCID + d);
    for (unsigned i = 0; i < PAGES; i++) {
      scene_map(&scene, &domain[d], IOVA + i * PCL_PAGE, frame(d, i), PCL_PAGE, PCL_MAP_RO);
      tb_store(tb, frame(d, i), frame(d, i) | 1);
    }
  }
  for (unsigned round = 0; round < 2; round++) {
    for (unsigned i = 0; i < PAGES; i++) {
      for (unsigned d = 0; d < DEVICES; d++) {
        EXPECT(scene_read(&scene, 0, 0x31 + (d ^ (i & 1)), IOVA + i * PCL_PAGE, &data) == PCL_RESP_OKAY);
        EXPECT(data == (frame(d ^ (i & 1), i) | 1));
      }
    }
  }
}
