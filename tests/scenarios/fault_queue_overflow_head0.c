// SPDX-License-Identifier: Apache-2.0
//
// A fault queue of four entries holds three records, wherever its head is, 0 included. The fourth sets fqof and is dropped, and
// no record that software has not taken is overwritten. Afterwards both queues are filled round and round, at several sizes.
#include "scene.h"

enum { ENTRIES = 4, LOG2_LARGEST = 6 };

#define MARK UINT64_C(0x5a5a5a5a5a5a5a5a)

static void cause_fault(tb_t *tb, scene_t *scene, uint32_t device_id) {
  uint64_t data;
  EXPECT(scene_read(scene, 0, device_id, 0x1000, &data) == PCL_RESP_SLVERR);
  tb_run(tb, 60);
}

// More records than the ring has entries, each taken at once: the indices wrap with the size, and nothing lands beside the ring.
static void wrap_faults(tb_t *tb, scene_t *scene, uint32_t log2) {
  pcl_faultq_t *queue = &scene->system.driver.faults;
  uint32_t entries = UINT32_C(1) << log2, count = entries + entries / 2;
  uint64_t data;
  EXPECT(pcl_faultq_disable(queue) == PCL_OK && pcl_faultq_enable(queue, &scene->system.ops, log2, true) == PCL_OK);
  uint64_t behind = queue->base + entries * 32;
  tb_store(tb, behind, MARK);
  for (uint32_t i = 1; i <= count; i++) {
    EXPECT(scene_read(scene, 0, 0x1000 + i, 0x1000, &data) == PCL_RESP_SLVERR);
    EXPECT(scene_fault(scene).device_id == 0x1000 + i);
    EXPECT(tb_reg_read(tb, PCL_REG_FQT_OFFSET, 4) == i % entries && tb_load(tb, behind) == MARK);
  }
  EXPECT(queue->overflows == 0);
  pcl_handle_interrupt(&scene->system.driver, NULL, NULL);
}

static void wrap_commands(tb_t *tb, scene_t *scene, uint32_t log2) {
  pcl_cmdq_t *queue = &scene->system.driver.commands;
  uint32_t entries = UINT32_C(1) << log2;
  EXPECT(pcl_cmdq_disable(queue) == PCL_OK && pcl_cmdq_enable(queue, &scene->system.ops, log2, true) == PCL_OK);
  uint32_t before = queue->tail, wraps = 0;
  for (uint32_t i = 0; i < entries + 1; i++) {
    EXPECT(pcl_fence(&scene->system.driver, 0) == PCL_OK);
    tb_run(tb, 20);
    EXPECT(queue->tail < entries && tb_reg_read(tb, PCL_REG_CQH_OFFSET, 4) == queue->tail);
    wraps += queue->tail < before;
    before = queue->tail;
  }
  EXPECT(wraps > 0);
}

SCENARIO(fault_queue_overflow_head0, "the full fault queue drops records and overwrites none, at every head") {
  static scene_t scene;
  scene_start(&scene, tb, 24, 4, 2);
  pcl_faultq_t *queue = &scene.system.driver.faults;
  for (unsigned head = 0; head < 2 * ENTRIES; head++) {
    EXPECT(tb_reg_read(tb, PCL_REG_FQH_OFFSET, 4) == head % ENTRIES && tb_reg_read(tb, PCL_REG_FQT_OFFSET, 4) == head % ENTRIES);
    uint64_t spare = queue->base + (head + ENTRIES - 1) % ENTRIES * 32;
    tb_store(tb, spare, MARK);
    for (unsigned i = 0; i < ENTRIES - 1; i++) cause_fault(tb, &scene, 1 + i);
    EXPECT(!(tb_reg_read(tb, PCL_REG_FQCSR_OFFSET, 4) & PCL_FQCSR_FQOF_MASK));
    for (unsigned i = 0; i < 2; i++) {
      cause_fault(tb, &scene, 0x100 + i);
      EXPECT(tb_reg_read(tb, PCL_REG_FQCSR_OFFSET, 4) & PCL_FQCSR_FQOF_MASK);
      EXPECT(tb_reg_read(tb, PCL_REG_FQT_OFFSET, 4) == (head + ENTRIES - 1) % ENTRIES);
      EXPECT(tb_load(tb, spare) == MARK);
    }
    pcl_fault_event_t event;
    for (unsigned i = 0; i < ENTRIES - 1; i++) EXPECT(pcl_faultq_take(queue, &event) && event.device_id == 1 + i);
    EXPECT(!pcl_faultq_take(queue, &event));
    cause_fault(tb, &scene, 0x200);  // still dropped: the bit is set
    EXPECT(!pcl_faultq_take(queue, &event));
    EXPECT(pcl_faultq_recover(queue) == PCL_FQCSR_FQOF_MASK);
    cause_fault(tb, &scene, 0x300);
    EXPECT(pcl_faultq_take(queue, &event) && event.device_id == 0x300);
    cause_fault(tb, &scene, 0x400);
    EXPECT(pcl_faultq_take(queue, &event) && event.device_id == 0x400);
    pcl_handle_interrupt(&scene.system.driver, NULL, NULL);
  }
  EXPECT(queue->overflows == 2 * ENTRIES);
  for (uint32_t log2 = 1; log2 <= LOG2_LARGEST; log2++) {
    wrap_faults(tb, &scene, log2);
    wrap_commands(tb, &scene, log2);
  }
}
