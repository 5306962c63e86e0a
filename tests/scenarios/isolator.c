// SPDX-License-Identifier: Apache-2.0
//
// The isolator: a device that never sends the write data it owes, or never takes its answers, would make fences, Off and quiesce
// wait for ever. Cut off, by time or by software, its port owes nothing: the data are made up without a byte enabled, answers of
// memory are taken, what it asks is refused, nobody else notices; after a resume it works again. The record is cause 2049 with
// the port's number (the first one, and the last one for answers), one for each isolation. An isolation asked for while it is
// cut off makes no second one: it takes a resume back that waits for memory's answers.
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

static void control(tb_t *tb, uint32_t bits) { tb_reg_write(tb, PCL_REG_QCTL_OFFSET + port * PCL_REG_QCTL_STRIDE, bits, 4); }
static bool isolated(tb_t *tb) { return state(tb) & PCL_QSTA_ISOLATED_MASK; }

// Records of the isolator since.
static unsigned records(tb_t *tb) {
  pcl_fault_report_t fault;
  unsigned count = 0;
  tb_run(tb, 300);
  for (; pcl_handle_fault(driver, &fault); count++) EXPECT(fault.event.cause == 2049 && fault.event.iotval == port);
  return count;
}

// Memory owes the answer to a read while software resumes the port and then isolates it, at once or so many clocks later.
static void check_taken_back(tb_t *tb, bool at_once, unsigned delay) {
  uint64_t data = 0;
  EXPECT(tb_drain(tb, 10000));
  scene_shut_port(&scene, port, true);
  unsigned before = scene.grants;
  dma_t *dma = scene_post(&scene, port, PCL_READ, DEVICE, 0x1000, NULL);
  while (scene.grants == before) tb_step(tb);
  EXPECT(pcl_isolate(driver, port) == PCL_OK);
  device_hold(tb_device(tb, port), true);
  device_release(tb_device(tb, port), dma);
  if (!at_once) {
    control(tb, PCL_QCTL_RESUME_MASK);
    tb_run(tb, delay);
  }
  control(tb, PCL_QCTL_ISOLATE_MASK | (at_once ? PCL_QCTL_RESUME_MASK : 0));
  EXPECT(state(tb) == PCL_QSTA_ISOLATED_MASK);
  scene_shut_port(&scene, port, false);
  for (unsigned i = 0; i < 50; i++) EXPECT(isolated(tb));
  EXPECT(state(tb) == (PCL_QSTA_ISOLATED_MASK | PCL_QSTA_DRAINED_MASK) && records(tb) == 1);
  EXPECT(pcl_release(driver, port) == PCL_OK);
  device_hold(tb_device(tb, port), false);
  EXPECT(scene_read(&scene, port, DEVICE, 0x1000, &data) == PCL_RESP_OKAY && records(tb) == 0);
}

// Memory takes no record for now: each isolation has its own all the same, since the port stays cut off until that is on its way.
static void check_each_record(tb_t *tb) {
  enum { TRIES = 12 };
  unsigned isolations = 0;
  EXPECT(tb_drain(tb, 10000));
  axi_mem_configure(tb_table_memory(tb), &(axi_mem_config_t){.exact = true, .hole = ~UINT64_C(0), .shut = true});
  while (isolations < TRIES && !isolated(tb)) {
    control(tb, PCL_QCTL_ISOLATE_MASK);
    EXPECT(isolated(tb));
    isolations++;
    control(tb, PCL_QCTL_RESUME_MASK);
    tb_run(tb, 20);
  }
  EXPECT(isolations > 1 && isolations < TRIES && isolated(tb));
  scene_break_tables(&scene, false);
  EXPECT(records(tb) == isolations && !isolated(tb));
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
  for (unsigned delay = 0; delay < 4; delay++) check_taken_back(tb, delay == 0, delay);
  check_each_record(tb);
  // By time again, at the last port, with answers that are not taken.
  port = tb_config()->num_ports - 1u;
  pcl_set_isolation_time(driver, port, TIME);
  for (unsigned i = 0; i < 4; i++) check_deaf(tb, i & 1 ? PCL_WRITE : PCL_READ, i & 2);
}
