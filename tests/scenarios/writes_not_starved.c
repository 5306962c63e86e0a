// SPDX-License-Identifier: Apache-2.0
//
// Reads and writes that hit, one beat each, both channels saturated: each gets its own way through the port.
#include "scene.h"

enum { DEVICE = 0xd0, CLOCKS = 3000 };

static bool next(void *context, unsigned channel, dma_t *dma) {
  unsigned *count = context;
  dma->ax = (pcl_ax_t){
    .addr = (channel == PCL_READ ? 0x1000 : 0x2000) + 8 * (count[channel]++ % 512), .device_id = DEVICE, .id = 1,
    .size = tb_config()->data_width >= 64 ? 3 : 2, .burst = PCL_BURST_INCR,
  };
  return true;
}

SCENARIO(writes_not_starved, "writes pass at full rate while reads saturate their channel") {
  static scene_t scene;
  pcl_domain_t domain;
  unsigned count[PCL_CHANNELS] = {0};
  uint64_t data = 0;
  scene_start(&scene, tb, 24, 4, 4);
  scene_attach(&scene, &domain, DEVICE, 3, 1);
  scene_map(&scene, &domain, 0x1000, 0x1000, 2 * PCL_PAGE, PCL_MAP_RW);
  EXPECT(scene_read(&scene, 0, DEVICE, 0x1000, &data) == PCL_RESP_OKAY);
  EXPECT(scene_write(&scene, 0, DEVICE, 0x2000, 1) == PCL_RESP_OKAY);
  device_t *device = tb_device(tb, 0);
  uint64_t reads = device_counts(device)->requests[PCL_READ], writes = device_counts(device)->requests[PCL_WRITE];
  device_set_source(device, &(dma_source_t){.next = next, .context = count});
  tb_run(tb, CLOCKS);
  reads = device_counts(device)->requests[PCL_READ] - reads;
  writes = device_counts(device)->requests[PCL_WRITE] - writes;
  device_pause(device, true);
  EXPECT(tb_drain(tb, 10000));
  bool fifo_covers = tb_config()->w_fifo_depth > 2 && tb_config()->max_outstanding > 25;
  EXPECT(reads > CLOCKS * 97 / 100);
  EXPECT(writes > (fifo_covers ? CLOCKS * 97 / 100 : CLOCKS / 2));
}
