// SPDX-License-Identifier: Apache-2.0
//
// Interrupts by message (IOMMU spec 6.18, 6.24, 6.25, 4.2): one message for each rise of a bit of ipsr, after the record that it
// tells of is in memory; a masked vector keeps one, two causes of a vector share it; a message that memory refuses is recorded.
#include "scene.h"

enum { DEVICE = 0x31, DATA = 0x5a0 };

#define MAILBOXES UINT64_C(0x70000000)
#define HOLE (UINT64_C(1) << 55)

static scene_t scene;

static struct {
  unsigned messages;
  uint64_t record_b, sent;  // clocks: B of the newest record, AW of the newest message
} seen;

static void see(void *context, const tb_view_t *view) {
  (void)context;
  const pcl_b_t *b = &view->in->ds.b;
  if (b->valid && b->id == tb_config()->walkers + 1) seen.record_b = view->cycle;
  if (view->out->ds.aw.valid && view->out->ds.aw.id == tb_config()->walkers + 2 && !seen.sent) seen.sent = view->cycle;
  seen.messages += b->valid && b->id == tb_config()->walkers + 2;
}

// Provokes a fault, or an illegal command, and waits until everything is over. Returns how many messages came.
static unsigned fault(void) {
  uint64_t data;
  seen.messages = 0, seen.sent = 0;
  scene_read(&scene, 0, DEVICE, 0x1000, &data);
  tb_run(scene.system.tb, 400);
  return seen.messages;
}

static unsigned illegal(void) {
  const pcl_cmd_words_t command = {{5, 0}};
  seen.messages = 0, seen.sent = 0;
  pcl_cmdq_submit(&scene.system.driver.commands, &command);
  tb_run(scene.system.tb, 400);
  return seen.messages;
}

static uint32_t take(unsigned vector) {
  uint32_t data = (uint32_t)tb_load(scene.system.tb, MAILBOXES + vector * 8);
  tb_store(scene.system.tb, MAILBOXES + vector * 8, 0);
  return data;
}

static void start(tb_t *tb) {
  pcl_irq_message_t messages[4];
  for (unsigned i = 0; i < 4; i++) messages[i] = (pcl_irq_message_t){.addr = MAILBOXES + i * 8, .data = DATA + i};
  scene_watch(&scene, tb);
  tb_observe(tb, &(tb_observer_t){.clock = see});
  mem_zero_page(tb_memory(tb), MAILBOXES, MEM_BY_SOFTWARE);
  system_start(&scene.system, &(pcl_setup_t){.device_id_bits = 24, .log2_commands = 4, .log2_faults = 4, .interrupts = true,
                                             .messages = messages, .vectors = 4});
}

static void check_masks(tb_t *tb, pcl_driver_t *driver) {
  pcl_mask_message(driver, 1, true);
  for (unsigned i = 0; i < 3; i++) {
    EXPECT(fault() == 0);
    EXPECT(pcl_handle_interrupt(driver, NULL, NULL) == PCL_IPSR_FIP_MASK);
  }
  pcl_mask_message(driver, 1, false);
  tb_run(tb, 400);
  EXPECT(seen.messages == 1 && take(1) == DATA + 1);
  EXPECT(pcl_set_vectors(driver, &(pcl_vectors_t){.commands = 3, .faults = 3}) == PCL_OK);
  pcl_mask_message(driver, 3, true);
  EXPECT(fault() == 0 && illegal() == 0);
  pcl_mask_message(driver, 3, false);
  tb_run(tb, 400);
  EXPECT(seen.messages == 1 && take(3) == DATA + 3);
  EXPECT(pcl_handle_interrupt(driver, NULL, NULL) == (PCL_IPSR_FIP_MASK | PCL_IPSR_CIP_MASK));
}

// WSI of a fence is for wires (4.1.2): illegal here, and the driver's recovery replaces it.
static void check_fence(tb_t *tb, pcl_driver_t *driver) {
  pcl_cmd_words_t command = pcl_cmd_fence(PCL_CMD_WSI);
  uint32_t before = driver->commands.illegal;
  EXPECT(pcl_cmdq_submit(&driver->commands, &command) == PCL_OK);
  tb_run(tb, 400);
  EXPECT((tb_reg_read(tb, PCL_REG_CQCSR_OFFSET, 4) & 0xf00) == PCL_CQCSR_CMD_ILL_MASK);
  EXPECT(pcl_handle_interrupt(driver, NULL, NULL) == PCL_IPSR_CIP_MASK && driver->commands.illegal == before + 1);
  EXPECT(pcl_fence(driver, 0) == PCL_OK);
}

static void check_refused(tb_t *tb, pcl_driver_t *driver) {
  pcl_fault_event_t event;
  EXPECT(tb_drain(tb, 10000));
  axi_mem_configure(tb_table_memory(tb), &(axi_mem_config_t){.hole = HOLE, .latency_low = 20, .latency_high = 20});
  EXPECT(pcl_set_vectors(driver, &(pcl_vectors_t){.commands = 0, .faults = 1}) == PCL_OK);
  EXPECT(pcl_set_message(driver, 0, &(pcl_irq_message_t){.addr = HOLE | 0x124, .data = 1}) == PCL_OK);
  EXPECT(illegal() == 2 && take(1) == DATA + 1);  // the second tells of the record of the first
  event = scene_fault(&scene);
  EXPECT(event.cause == 273 && event.ttyp == 0 && event.device_id == 0 && !event.pv && event.iotval == (HOLE | 0x124));
}

SCENARIO(msi_interrupts, "interrupts by message: after the record, masked, two causes of one vector, refused by memory") {
  NEEDS(tb_config()->igs_msi);
  start(tb);
  pcl_driver_t *driver = &scene.system.driver;
  EXPECT(fault() == 1 && take(1) == DATA + 1 && take(0) == 0);
  EXPECT(seen.record_b && seen.record_b < seen.sent && tb_irq(tb) == 0);
  EXPECT(fault() == 0);  // fip is 1 still
  EXPECT(pcl_handle_interrupt(driver, NULL, NULL) == PCL_IPSR_FIP_MASK);
  EXPECT(fault() == 1 && take(1) == DATA + 1);
  EXPECT(pcl_handle_interrupt(driver, NULL, NULL) == PCL_IPSR_FIP_MASK);
  EXPECT(illegal() == 1 && take(0) == DATA && take(1) == 0);
  EXPECT(pcl_handle_interrupt(driver, NULL, NULL) == PCL_IPSR_CIP_MASK);
  check_masks(tb, driver);
  check_fence(tb, driver);
  check_refused(tb, driver);
}
