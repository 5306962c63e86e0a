// SPDX-License-Identifier: Apache-2.0
//
// Process directories of one, two and three levels (PD8, PD17, PD20; IOMMU spec 3.2), in host and in guest memory, as the driver
// makes them: every part of a process_id leads to its own context; one bit too many is cause 260, a process that nobody attached
// 266; a process that was detached is refused from then on, and so is all of it with its device.
#include "guest.h"

#define USED UINT64_C(0x5000)
#define TARGET UINT64_C(0x33330000)

static scene_t scene;
static pcl_driver_t *const driver = &scene.system.driver;
static pcl_vm_t vm;

static unsigned access_of(uint32_t device_id, uint32_t process_id, bool pv) {
  const pcl_ax_t ax = {.addr = USED, .device_id = device_id, .process_id = process_id, .pv = pv, .size = 2,
                       .burst = PCL_BURST_INCR, .cache = 2};
  return scene_end(&scene, 0, device_post(tb_device(scene.system.tb, 0), PCL_READ, &ax, NULL, 0));
}

static bool reaches(uint32_t device_id, uint32_t process_id, uint64_t spa) {
  unsigned before = scene.grants;
  return access_of(device_id, process_id, true) == PCL_RESP_OKAY && scene.grant[before].spa == spa;
}

static bool refused(uint32_t device_id, uint32_t process_id, uint32_t cause, pcl_fault_table_t table) {
  pcl_fault_report_t fault;
  if (access_of(device_id, process_id, true) != PCL_RESP_SLVERR) return false;
  tb_run(scene.system.tb, 200);
  return pcl_handle_fault(driver, &fault) && fault.event.cause == cause && fault.table == table && fault.event.pv &&
         fault.event.process_id == process_id && fault.event.device_id == device_id;
}

static void check(tb_t *tb, uint32_t levels, pcl_vm_t *in) {
  static const uint32_t low[3] = {8, 17, 20};
  const uint32_t device_id = 0x40 + levels, bits = low[levels - 1], ids[4] = {0, 0x5a, UINT32_C(1) << (bits - 1),
                                                                             (UINT32_C(1) << bits) - 1};
  pcl_domain_t domain[4];
  pcl_processes_t processes;
  EXPECT(pcl_processes_init(driver, &processes, in, levels) == PCL_OK);
  EXPECT(pcl_attach_processes(driver, device_id, &processes, 0) == PCL_OK);
  for (unsigned i = 0; i < 4; i++) {
    uint64_t spa = TARGET + i * PCL_PAGE, pscid = 16 * levels + i;
    EXPECT(refused(device_id, ids[i], 266, PCL_FAULT_PROCESS));
    if (in) EXPECT(pcl_domain_init_guest(driver, &domain[i], in, 3, (uint32_t)pscid) == PCL_OK);
    else EXPECT(pcl_domain_init(driver, &domain[i], 3, (uint32_t)pscid) == PCL_OK);
    EXPECT(pcl_map(driver, &domain[i], USED, in ? USED + i * PCL_PAGE : spa, PCL_PAGE, RWX) == PCL_OK);
    EXPECT(pcl_attach_process(driver, &processes, ids[i], &domain[i], 0) == PCL_OK);
  }
  for (unsigned round = 0; round < 2; round++)
    for (unsigned i = 0; i < 4; i++) EXPECT(reaches(device_id, ids[i], TARGET + i * PCL_PAGE));
  for (uint32_t wide = bits; wide < 20; wide++)
    EXPECT(refused(device_id, ids[1] | UINT32_C(1) << wide, 260, PCL_FAULT_NOWHERE));
  EXPECT(pcl_detach_process(driver, device_id, &processes, ids[1]) == PCL_OK);
  EXPECT(refused(device_id, ids[1], 266, PCL_FAULT_PROCESS) && reaches(device_id, ids[3], TARGET + 3 * PCL_PAGE));
  EXPECT(pcl_detach(driver, device_id) == PCL_OK && refused(device_id, ids[3], 258, PCL_FAULT_DEVICE));
  pcl_processes_free(driver, &processes);
}

SCENARIO(process_directories, "process directories of one, two, three levels, in host and guest memory") {
  NEEDS(tb_config()->pd8);
  const uint32_t levels = tb_config()->pd20 ? 3 : tb_config()->pd17 ? 2 : 1;
  scene_start(&scene, tb, 24, 4, 4);
  for (uint32_t i = 1; i <= levels; i++) check(tb, i, NULL);
  if (!tb_config()->sv39x4) return;
  EXPECT(pcl_vm_init(driver, &vm, 3, GSCID, WINDOW, WINDOW_BYTES) == PCL_OK);
  EXPECT(pcl_vm_map(driver, &vm, USED, TARGET, 4 * PCL_PAGE, RWX) == PCL_OK);
  for (uint32_t i = 1; i <= levels; i++) check(tb, i, &vm);
}
