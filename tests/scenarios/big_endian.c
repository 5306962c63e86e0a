// SPDX-License-Identifier: Apache-2.0
//
// Byte order (IOMMU spec 2.1.2, 2.1.3, 6.4): with fctl.BE = 1 the directory, both queues, the word of a fence, the data of an
// interrupt by message and second stages are big-endian; first stages and process directories follow SBE of each device, so that
// a guest may differ.
#include "scene.h"

enum { DEVICE = 0x21, GUEST = 0x22 };

#define IOVA UINT64_C(0x5000)
#define TARGET UINT64_C(0x55000)
#define MAILBOX UINT64_C(0x70000000)

static scene_t scene;
static pcl_driver_t *const driver = &scene.system.driver;

static void check_host(tb_t *tb) {
  static pcl_domain_t domain;
  uint64_t data = 0, old = 0;
  scene_attach(&scene, &domain, DEVICE, 3, 1);
  scene_map(&scene, &domain, IOVA, TARGET, PCL_PAGE, PCL_MAP_RO);
  uint64_t entry = pcl_directory_entry(&scene.system.ops, &driver->directory, DEVICE, 0, false);
  EXPECT(tb_load(tb, entry) == pcl_turned(PCL_DC_VALID | PCL_DC_SBE, true));
  EXPECT(scene_read(&scene, 0, DEVICE, IOVA, &data) == PCL_RESP_OKAY && data == tb_load(tb, TARGET));
  EXPECT(scene_write(&scene, 0, DEVICE, IOVA, 1) == PCL_RESP_SLVERR);
  tb_run(tb, 400);
  old = tb_load(tb, driver->faults.base + driver->faults.head * 32);
  EXPECT((pcl_turned(old, true) & 0xfff) == 15 && pcl_turned(old, true) >> 40 == DEVICE);
  pcl_fault_event_t event = scene_fault(&scene);
  EXPECT(event.cause == 15 && event.device_id == DEVICE && event.iotval == IOVA);
  EXPECT(pcl_unmap(driver, &domain, IOVA, PCL_PAGE) == PCL_OK);
  EXPECT(pcl_turned(tb_load(tb, driver->commands.flag), true) >> 32 == driver->commands.fences);
  EXPECT(scene_read(&scene, 0, DEVICE, IOVA, &data) == PCL_RESP_SLVERR && scene_fault(&scene).cause == 13);
}

// A guest of either byte order, A and D of both stages set by the IOMMU.
static void check_guest(tb_t *tb, bool big_endian) {
  static pcl_vm_t vm[2];
  static pcl_domain_t domain[2];
  static pcl_processes_t processes[2];
  const unsigned i = big_endian;
  uint64_t flags = tb_config()->amo_hwad ? PCL_DC_SADE : 0, rights = PCL_MAP_RW & ~(flags ? PCL_MAP_ACCESSED | PCL_MAP_DIRTY : 0);
  EXPECT(pcl_vm_init(driver, &vm[i], 3, 7 + i, 0x100000, 0x100000) == PCL_OK);
  vm[i].memory.big_endian = big_endian;
  EXPECT(pcl_vm_map(driver, &vm[i], 0x800000, 0x600000, 0x200000, PCL_MAP_RW) == PCL_OK);
  EXPECT(pcl_domain_init_guest(driver, &domain[i], &vm[i], 3, 9) == PCL_OK);
  EXPECT(pcl_map(driver, &domain[i], IOVA, 0x823000, PCL_PAGE, rights) == PCL_OK);
  EXPECT(pcl_attach(driver, GUEST + 2 * i, &domain[i], flags) == PCL_OK);
  EXPECT(scene_write(&scene, 0, GUEST + 2 * i, IOVA + 8, 0x1234 + i) == PCL_RESP_OKAY && tb_load(tb, 0x623008) == 0x1234 + i);
  pcl_leaf_t leaf;
  EXPECT(pcl_page_table_find(&vm[i].memory, &domain[i].table, IOVA, &leaf));
  EXPECT((leaf.pte & (PCL_MAP_ACCESSED | PCL_MAP_DIRTY)) == (PCL_MAP_ACCESSED | PCL_MAP_DIRTY));
  if (!tb_config()->pd20) return;
  EXPECT(pcl_processes_init(driver, &processes[i], &vm[i], 3) == PCL_OK);
  EXPECT(pcl_attach_process(driver, &processes[i], 0x12345, &domain[i], 0) == PCL_OK);
  EXPECT(pcl_attach_processes(driver, GUEST + 2 * i + 1, &processes[i], 0) == PCL_OK);
  const pcl_ax_t ax = {.addr = IOVA, .device_id = GUEST + 2 * i + 1, .pv = true, .process_id = 0x12345, .size = 2,
                       .burst = PCL_BURST_INCR, .cache = 2};
  EXPECT(scene_end(&scene, 0, device_post(tb_device(tb, 0), PCL_READ, &ax, NULL, 0)) == PCL_RESP_OKAY);
}

SCENARIO(big_endian, "big-endian directories, queues, page tables; guests of either byte order") {
  NEEDS(tb_config()->end);
  scene_watch(&scene, tb);
  scene.system.ops.big_endian = true;
  const pcl_irq_message_t message = {.addr = MAILBOX + 4, .data = 0x12345678};
  const bool messages = tb_config()->igs_msi;
  tb_store(tb, MAILBOX, 0);
  system_start(&scene.system, &(pcl_setup_t){.device_id_bits = 24, .log2_commands = 4, .log2_faults = 4, .interrupts = true,
                                             .messages = messages ? &message : NULL, .vectors = messages});
  check_host(tb);
  EXPECT(!messages || tb_load(tb, MAILBOX) == UINT64_C(0x7856341200000000));
  for (unsigned order = 0; order < 2 && tb_config()->sv39x4; order++) check_guest(tb, order);
}
