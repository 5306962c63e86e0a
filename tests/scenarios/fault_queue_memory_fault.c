// SPDX-License-Identifier: Apache-2.0
//
// Memory refuses a fault record: fqmf. From then on every record is dropped, those already on their way included, until software
// clears the bit; DMA goes on all the while. The driver's interrupt handler puts things right (IOMMU spec 4.2, 6.16).
#include "scene.h"

enum { DEVICE = 0x51, NOBODY = 0x1000, ENTRIES = 8, TOGETHER = 4 };

#define MARK UINT64_C(0x5a5a5a5a5a5a5a5a)

static uint64_t fqt(tb_t *tb) { return tb_reg_read(tb, PCL_REG_FQT_OFFSET, 4); }

static uint64_t errors(tb_t *tb) {
  return tb_reg_read(tb, PCL_REG_FQCSR_OFFSET, 4) & (PCL_FQCSR_FQMF_MASK | PCL_FQCSR_FQOF_MASK);
}

// `count` requests of devices without a context, at once.
static void refuse(tb_t *tb, scene_t *scene, uint32_t device_id, unsigned count) {
  dma_t *dma[TOGETHER];
  uint64_t data[TOGETHER];
  for (unsigned i = 0; i < count; i++) dma[i] = scene_post(scene, 0, PCL_READ, device_id + i, 0x1000, &data[i]);
  for (unsigned i = 0; i < count; i++) EXPECT(scene_end(scene, 0, dma[i]) == PCL_RESP_SLVERR);
  tb_run(tb, 200);
}

// From `tail` on: a record, an error in the middle of `together` records, drops, recovery, a record.
static void check(tb_t *tb, scene_t *scene, unsigned tail, unsigned together) {
  pcl_faultq_t *queue = &scene->system.driver.faults;
  pcl_fault_event_t event;
  uint64_t data = 0;
  refuse(tb, scene, NOBODY, 1);
  tail = (tail + 1) % ENTRIES;
  EXPECT(fqt(tb) == tail && errors(tb) == 0 && pcl_handle_interrupt(&scene->system.driver, NULL, NULL) == PCL_IPSR_FIP_MASK);
  EXPECT(tb_irq(tb) == 0);

  scene_break_tables(scene, true);
  refuse(tb, scene, NOBODY + 1, together);
  EXPECT(fqt(tb) == tail && errors(tb) == PCL_FQCSR_FQMF_MASK && tb_irq(tb) == 1u << 1);
  scene_break_tables(scene, false);

  for (unsigned i = 0; i < ENTRIES; i++) tb_store(tb, queue->base + i * 32, MARK);
  refuse(tb, scene, NOBODY + 0x100, TOGETHER);  // memory is well again, the bit is still set
  EXPECT(fqt(tb) == tail && errors(tb) == PCL_FQCSR_FQMF_MASK);
  for (unsigned i = 0; i < ENTRIES; i++) EXPECT(tb_load(tb, queue->base + i * 32) == MARK);
  EXPECT(!pcl_faultq_take(queue, &event));
  EXPECT(scene_read(scene, 0, DEVICE, 0x1000, &data) == PCL_RESP_OKAY);

  uint32_t before = queue->faults;
  EXPECT(pcl_handle_interrupt(&scene->system.driver, NULL, NULL) == PCL_IPSR_FIP_MASK);
  EXPECT(queue->faults == before + 1 && errors(tb) == 0 && tb_irq(tb) == 0);
  refuse(tb, scene, NOBODY + 0x200, 2);
  EXPECT(fqt(tb) == (tail + 2) % ENTRIES && errors(tb) == 0);
  unsigned seen = 0;
  while (pcl_faultq_take(queue, &event)) seen += event.device_id - (NOBODY + 0x200) + 1;
  EXPECT(seen == 1 + 2);  // both, each once
  EXPECT(pcl_handle_interrupt(&scene->system.driver, NULL, NULL) == PCL_IPSR_FIP_MASK && tb_irq(tb) == 0);
}

SCENARIO(fault_queue_memory_fault, "a record that memory refuses stops the fault queue until fqmf is cleared, and nothing else") {
  static scene_t scene;
  pcl_domain_t domain;
  uint64_t data = 0;
  scene_start(&scene, tb, 24, 4, 3);
  scene_attach(&scene, &domain, DEVICE, 3, 1);
  scene_map(&scene, &domain, 0x1000, 0x9000, PCL_PAGE, PCL_MAP_RW);
  EXPECT(scene_read(&scene, 0, DEVICE, 0x1000, &data) == PCL_RESP_OKAY);
  for (unsigned i = 0; i < 2 * ENTRIES; i++) check(tb, &scene, 3 * i % ENTRIES, 1 + i % TOGETHER);
  EXPECT(scene.system.driver.faults.faults == 2 * ENTRIES && scene.system.driver.faults.overflows == 0);
}
