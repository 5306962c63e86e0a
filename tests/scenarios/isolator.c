// SPDX-License-Identifier: Apache-2.0
//
// The isolator: a device that never sends the write data it owes, or never takes its answers, would make fences, Off and quiesce
// wait for ever. Cut off, by time or by software, its port owes nothing: the data are made up without a byte enabled, answers of
// memory are taken, what it asks is refused, nobody else notices; after a resume it works again. The record is cause 2049 with
// the number of the port: the first one, and the last one for answers.
#include "scene.h"

enum { DEVICE = 0x61, TIME = 200, BEATS = 8, NEVER = 60000 };

static scene_t scene;
static pcl_driver_t *const driver = &scene.system.driver;
static unsigned port, bytes;  // the port; bytes stored by devices
static uint64_t answered;     // first clock of an answer that is not taken; 0: none

static void see_store(void *context, const mem_store_t *store) {
  (void)context;
  if (store->source == MEM_BY_DMA) bytes += (unsigned)__builtin_popcount(store->strobe);
}

static void see_clock(void *context, const tb_view_t *view) {
  (void)context;
  const pcl_port_pins_out_t *pins = &view->out->port[port];
  if (!answered && (pins->dev_r.valid || pins->dev_b.valid)) answered = view->cycle;
}

// A burst whose AW is granted and whose W never comes.
static dma_t *owe(tb_t *tb) {
  static uint64_t data[BEATS];
  const pcl_ax_t ax = {.addr = 0x1000, .device_id = DEVICE, .len = BEATS - 1, .size = 2, .burst = PCL_BURST_INCR, .cache = 2};
  unsigned before = scene.grants;
  dma_t *dma = device_post(tb_device(tb, port), PCL_WRITE, &ax, data, 4 * BEATS);
  dma->w_hold = NEVER;
  while (scene.grants == before) tb_step(tb);
  return dma;
}

static uint64_t state(tb_t *tb) { return tb_reg_read(tb, PCL_REG_QSTA_OFFSET + port * PCL_REG_QCTL_STRIDE, 4); }

// What everybody may rely on while the port is cut off.
static void check_isolated(tb_t *tb, dma_t *dma) {
  pcl_fault_report_t fault;
  uint64_t data = 0;
  tb_run(tb, 300);
  EXPECT(pcl_handle_fault(driver, &fault) && fault.table == PCL_FAULT_NOWHERE && fault.event.cause == 2049);
  EXPECT(fault.event.ttyp == 0 && fault.event.device_id == 0 && !fault.event.pv && fault.event.iotval == port);
  EXPECT(state(tb) == (PCL_QSTA_DRAINED_MASK | PCL_QSTA_ISOLATED_MASK));
  EXPECT(pcl_quiesce(driver, port, false) == PCL_OK && pcl_resume(driver, port) == PCL_OK && pcl_is_isolated(driver, port));
  if (tb_config()->num_ports > 1) EXPECT(scene_read(&scene, port ? 0 : 1, DEVICE, 0x1000, &data) == PCL_RESP_OKAY);
  device_hold(tb_device(tb, port), true);
  EXPECT(dma->state == DMA_LOST);
  device_release(tb_device(tb, port), dma);
  EXPECT(pcl_release(driver, port) == PCL_OK && !pcl_is_isolated(driver, port));
  device_set_deaf(tb_device(tb, port), false);
  device_hold(tb_device(tb, port), false);
  EXPECT(scene_write(&scene, port, DEVICE, 0x1008, 7) == PCL_RESP_OKAY && tb_load(tb, 0x1008) == 7);
  EXPECT(!pcl_handle_fault(driver, &fault));
}

// An answer that the device never takes: of memory, or (refused) of the port itself.
static void check_deaf(tb_t *tb, unsigned channel, bool refused) {
  static uint64_t data;
  pcl_fault_report_t fault;
  device_set_deaf(tb_device(tb, port), true);
  dma_t *dma = scene_post(&scene, port, channel, DEVICE, refused ? 0x7000 : 0x1000, &data);
  for (answered = 0; !answered;) tb_step(tb);
  uint32_t fence = pcl_cmdq_fence(&driver->commands, PCL_CMD_PR | PCL_CMD_PW);
  tb_run(tb, TIME / 2);
  EXPECT(!pcl_is_isolated(driver, port) && pcl_cmdq_passed(&driver->commands, fence) == refused);
  EXPECT(pcl_cmdq_wait(&driver->commands, fence) == PCL_OK);
  tb_run(tb, TIME);
  EXPECT(pcl_is_isolated(driver, port) && tb_cycle(tb) - answered >= TIME);
  if (refused) EXPECT(pcl_handle_fault(driver, &fault) && fault.event.iotval == 0x7000);
  check_isolated(tb, dma);
}

SCENARIO(isolator, "a device that never sends its write data, or takes no answer, is cut off; fences and quiesce end") {
  pcl_domain_t domain;
  tb_observe(tb, &(tb_observer_t){.store = see_store, .clock = see_clock});
  scene_start(&scene, tb, 24, 4, 4);
  scene_attach(&scene, &domain, DEVICE, 3, 1);
  scene_map(&scene, &domain, 0x1000, 0x1000, PCL_PAGE, PCL_MAP_RW);
  EXPECT(scene_write(&scene, port, DEVICE, 0x1000, 1) == PCL_RESP_OKAY);
  bytes = 0;
  // By time: a fence with PW waits until then, and ends.
  pcl_set_isolation_time(driver, port, TIME);
  dma_t *dma = owe(tb);
  uint64_t start = tb_cycle(tb);
  uint32_t fence = pcl_cmdq_fence(&driver->commands, PCL_CMD_PW);
  tb_run(tb, TIME / 2);
  EXPECT(!pcl_cmdq_passed(&driver->commands, fence) && !pcl_is_isolated(driver, port));
  EXPECT(pcl_cmdq_wait(&driver->commands, fence) == PCL_OK);
  EXPECT(tb_cycle(tb) - start >= TIME && pcl_is_isolated(driver, port) && bytes == 0);
  check_isolated(tb, dma);
  // By software; Off waits and ends.
  pcl_set_isolation_time(driver, port, 0);
  bytes = 0;
  dma = owe(tb);
  tb_run(tb, 3 * TIME);
  EXPECT(state(tb) == 0);
  EXPECT(pcl_isolate(driver, port) == PCL_OK);
  EXPECT(pcl_set_mode(driver, PCL_DDTP_MODE_OFF) == PCL_OK && bytes == 0);
  EXPECT(pcl_set_mode(driver, PCL_DDTP_MODE_TABLE) == PCL_OK);
  check_isolated(tb, dma);
  // By time again, at the last port, with answers that are not taken.
  port = tb_config()->num_ports - 1u;
  pcl_set_isolation_time(driver, port, TIME);
  for (unsigned i = 0; i < 4; i++) check_deaf(tb, i & 1 ? PCL_WRITE : PCL_READ, i & 2);
}
