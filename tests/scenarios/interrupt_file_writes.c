// SPDX-License-Identifier: Apache-2.0
//
// Messages to an interrupt file among other writes, with every race of AW and W at the pins and a memory that stalls: each
// arrives once, with its data, in the order in which the device sent it; what the guest has not connected arrives nowhere.
#include "guest.h"

enum { MESSAGES = 240, KINDS = 12 };

#define FILE_SPA UINT64_C(0x54321000)
#define OTHER_IOVA (IOVA + PCL_PAGE)
#define OTHER_GPA UINT64_C(0x8846000)
#define OTHER_SPA UINT64_C(0x23456000)

static guest_t g;
static uint32_t arrived[MESSAGES];
static unsigned arrivals;

static void see_store(void *context, const mem_store_t *store) {
  (void)context;
  if (store->source != MEM_BY_DMA || (store->addr & ~OFFSET) != FILE_SPA) return;
  bool whole = store->addr == FILE_SPA && store->strobe == 0x0f;
  if (arrivals < MESSAGES) arrived[arrivals] = whole ? (uint32_t)store->value : 0;
  arrivals++;
}

// W ahead of AW, with it, or behind it, by some clocks.
static dma_t *post(uint64_t iova, uint32_t *data, unsigned kind) {
  const pcl_ax_t ax = {.addr = iova, .device_id = DEVICE, .size = 2, .burst = PCL_BURST_INCR};
  dma_t *dma = device_post(tb_device(g.tb, 0), PCL_WRITE, &ax, data, 4);
  dma->w_ahead = kind % 3 == 0;
  dma->hold = (uint16_t)(kind % 4 * 3);
  dma->w_hold = (uint16_t)(kind / 4 * 5);
  return dma;
}

// Every third write goes to ordinary memory; now and then the pages must be walked for anew.
static void send(tb_t *tb) {
  static uint32_t message[MESSAGES], ordinary[MESSAGES];
  static dma_t *dma[2 * MESSAGES];
  unsigned posted = 0;
  for (unsigned i = 0; i < MESSAGES; i++) {
    message[i] = 0x100 + i;
    ordinary[i] = ~i;
    dma[posted++] = post(IOVA & ~OFFSET, &message[i], i % KINDS);
    if (i % 3 == 0) dma[posted++] = post((OTHER_IOVA & ~OFFSET) + 4 * i, &ordinary[i], i / 3 % KINDS);
    if (i % 20 == 19) guest_forget(&g);
  }
  for (unsigned i = 0; i < posted; i++) EXPECT(scene_end(&g.scene, 0, dma[i]) == PCL_RESP_OKAY);
  for (unsigned i = 0; i < MESSAGES; i += 3)
    EXPECT((uint32_t)(tb_load(tb, OTHER_SPA + 4 * i) >> (i % 2 * 32)) == ordinary[i]);
}

SCENARIO(interrupt_file_writes, "no message to an interrupt file is lost, doubled or overtaken, however AW and W race") {
  NEEDS(guest_is_built());
  uint32_t data = 0;
  tb_observe(tb, &(tb_observer_t){.store = see_store});
  guest_start(&g, tb, 0);
  uint64_t entry = guest_host(&g)->page_alloc(guest_host(&g)->context, 1);
  g.dc[MSIPTP] = UINT64_C(1) << 60 | entry >> 12;
  g.dc[MSI_PATTERN] = FRAME_GPA >> 12;
  guest_put(&g);
  scene_map(&g.scene, &g.domain, OTHER_IOVA & ~OFFSET, OTHER_GPA, PCL_PAGE, RWX);
  EXPECT(pcl_vm_map(&g.scene.system.driver, &g.vm, OTHER_GPA, OTHER_SPA, PCL_PAGE, RWX) == PCL_OK);
  for (unsigned kind = 0; kind < KINDS; kind++) {
    EXPECT(scene_end(&g.scene, 0, post(IOVA & ~OFFSET, &data, kind)) == PCL_RESP_SLVERR && scene_fault(&g.scene).cause == 262);
  }
  EXPECT(arrivals == 0);
  guest_set(&g, entry, FILE_SPA >> 2 | 7);
  for (unsigned round = 0; round < 2; round++) {
    arrivals = 0;
    send(tb);
    EXPECT(arrivals == MESSAGES);
    for (unsigned i = 0; i < MESSAGES; i++) EXPECT(arrived[i] == 0x100 + i);
    EXPECT(tb_drain(tb, 10000));
    axi_mem_configure(tb_port_memory(tb, 0), &(axi_mem_config_t){.hole = ~UINT64_C(0), .latency_low = 5, .latency_high = 60,
                                                                 .stall = 400});
  }
}
