// SPDX-License-Identifier: Apache-2.0
//
// A guest for directed tests: device 5 goes through both stages (Sv39 under Sv39x4), its tables lie in guest memory.
//
//   IOVA --first stage--> FRAME_GPA --second stage--> FRAME_SPA          a GPA of the window is nowhere its SPA
// Addresses from HOLE on have no memory: a table there cannot be read. The directory has two levels.
#ifndef TESTS_SCENARIOS_GUEST_H
#define TESTS_SCENARIOS_GUEST_H

#include "scene.h"

enum { DEVICE = 0x1005, GSCID = 0x99, PSCID = 0x77, PROCESS = 7 };
enum { READ, EXEC, WRITE };  // types of access

#define IOVA UINT64_C(0x40203458)
#define FRAME_GPA UINT64_C(0x8845000)
#define FRAME_SPA UINT64_C(0x12345000)
#define WINDOW UINT64_C(0x3fd000)  // the tables of IOVA end at a multiple of 2 MiB, those made later lie behind it
#define WINDOW_BYTES UINT64_C(0x100000)
#define HOLE (UINT64_C(1) << 50)
#define OFFSET UINT64_C(0xfff)
#define RWX (PCL_MAP_RW | PCL_MAP_EXEC)

// The words of an extended device context, in their order in memory.
enum { TC, IOHGATP, TA, FSC, MSIPTP, MSI_MASK, MSI_PATTERN, RESERVED, DC_WORDS };

typedef struct {
  tb_t *tb;
  scene_t scene;
  pcl_vm_t vm;
  pcl_domain_t domain;
  pcl_processes_t processes;
  uint64_t dc[DC_WORDS];
  // Of the next requests.
  uint32_t device_id;
  uint32_t process_id;
  bool pv, priv;
} guest_t;

// Whether the configuration has what these tests need.
static inline bool guest_is_built(void) { return tb_config()->sv39x4 && tb_config()->pd8 && tb_config()->msi_flat; }

static inline const pcl_ops_t *guest_host(guest_t *g) { return &g->scene.system.ops; }

// Memory of the tables: each read answered with poison, or as usual.
static inline void guest_poison(guest_t *g, bool poisoned) {
  tb_t *tb = g->tb;
  EXPECT(tb_drain(tb, 10000));
  axi_mem_configure(tb_table_memory(tb), &(axi_mem_config_t){.hole = HOLE, .poison = poisoned ? 1000 : 0, .latency_low = 20,
                                                             .latency_high = 20});
}

// Nothing cached.
static inline void guest_forget(guest_t *g) {
  tb_t *tb = g->tb;
  pcl_driver_t *driver = &g->scene.system.driver;
  pcl_cmd_words_t command = pcl_cmd_inval_ddt_all();
  EXPECT(pcl_cmdq_put(&driver->commands, &command) == PCL_OK);
  EXPECT(pcl_invalidate(driver, &(pcl_vma_t){0}) == PCL_OK);
  EXPECT(pcl_invalidate(driver, &(pcl_vma_t){.gv = true, .gscid = GSCID}) == PCL_OK);
  EXPECT(pcl_invalidate_vm(driver, &(pcl_gvma_t){0}) == PCL_OK);
  EXPECT(pcl_fence(driver, 0) == PCL_OK);
}

// Address of the device's context, or of a pointer to it.
static inline uint64_t guest_dc(guest_t *g, uint32_t level) {
  return pcl_directory_entry(guest_host(g), &g->scene.system.driver.directory, DEVICE, level, true);
}

// Writes g->dc and forgets what was.
static inline void guest_put(guest_t *g) {
  uint64_t entry = guest_dc(g, 0);
  for (unsigned i = DC_WORDS; i-- > 0;) tb_store(g->tb, entry + 8 * i, g->dc[i]);
  guest_forget(g);
}

// Addresses of table entries: of the first stage for an IOVA, of the second for a GPA, of a GPA of the window.
static inline uint64_t guest_spa(guest_t *g, uint64_t gpa) {
  tb_t *tb = g->tb;
  uint64_t spa = 0;
  EXPECT(pcl_vm_find(&g->vm, gpa, &spa));
  return spa;
}

static inline uint64_t guest_pte_gpa(guest_t *g, uint64_t iova, uint32_t level) {
  return pcl_page_table_entry(&g->vm.memory, &g->domain.table, iova, level, true);
}

static inline uint64_t guest_pte(guest_t *g, uint64_t iova, uint32_t level) {
  return guest_spa(g, guest_pte_gpa(g, iova, level));
}

static inline uint64_t guest_g_pte(guest_t *g, uint64_t gpa, uint32_t level) {
  return pcl_page_table_entry(guest_host(g), &g->vm.table, gpa, level, true);
}

static inline uint64_t guest_pc_gpa(guest_t *g, uint32_t process_id, uint32_t level) {
  return pcl_process_directory_entry(&g->vm.memory, &g->processes.table, process_id, level, true);
}

static inline uint64_t guest_pc(guest_t *g, uint32_t process_id) { return guest_spa(g, guest_pc_gpa(g, process_id, 0)); }

// Stores an entry and forgets what was there; returns the old value.
static inline uint64_t guest_set(guest_t *g, uint64_t addr, uint64_t value) {
  uint64_t old = tb_load(g->tb, addr);
  tb_store(g->tb, addr, value);
  guest_forget(g);
  return old;
}

// The device with both stages, without process contexts: IOVA is mapped to FRAME_GPA with all rights.
static inline void guest_start(guest_t *g, tb_t *tb, uint64_t dc_flags) {
  *g = (guest_t){.tb = tb, .device_id = DEVICE};
  scene_start(&g->scene, tb, 15, 4, 4);
  guest_poison(g, false);
  EXPECT(pcl_vm_init(&g->scene.system.driver, &g->vm, 3, GSCID, WINDOW, WINDOW_BYTES) == PCL_OK);
  EXPECT(pcl_vm_map(&g->scene.system.driver, &g->vm, FRAME_GPA, FRAME_SPA, PCL_PAGE, RWX) == PCL_OK);
  EXPECT(pcl_domain_init_guest(&g->scene.system.driver, &g->domain, &g->vm, 3, PSCID) == PCL_OK);
  scene_map(&g->scene, &g->domain, IOVA & ~OFFSET, FRAME_GPA, PCL_PAGE, RWX);
  const pcl_device_context_t context = pcl_domain_context(&g->domain, dc_flags);
  g->dc[TC] = context.tc, g->dc[IOHGATP] = context.iohgatp, g->dc[TA] = context.ta, g->dc[FSC] = context.fsc;
  guest_put(g);
}

// The same with a process directory of `levels` levels, in which PROCESS has the domain.
static inline void guest_start_processes(guest_t *g, tb_t *tb, uint32_t levels, uint64_t dc_flags, uint64_t pc_flags) {
  guest_start(g, tb, 0);
  pcl_driver_t *driver = &g->scene.system.driver;
  EXPECT(pcl_processes_init(driver, &g->processes, &g->vm, levels) == PCL_OK);
  EXPECT(pcl_attach_process(driver, &g->processes, PROCESS, &g->domain, pc_flags) == PCL_OK);
  const pcl_device_context_t context = pcl_processes_context(&g->processes, dc_flags);
  g->dc[TC] = context.tc, g->dc[FSC] = context.fsc, g->dc[TA] = 0;
  g->pv = true;
  g->process_id = PROCESS;
  guest_put(g);
}

// One beat of 8 bytes; its response.
static inline unsigned guest_access(guest_t *g, unsigned type, uint64_t iova) {
  static uint64_t data;
  unsigned size = tb_config()->data_width >= 64 ? 3 : 2;
  const pcl_ax_t ax = {
    .addr = iova, .device_id = g->device_id, .process_id = g->process_id, .pv = g->pv, .priv = g->priv, .exec = type == EXEC,
    .len = size == 2, .size = (uint8_t)size, .burst = PCL_BURST_INCR, .cache = 2,
  };
  return scene_end(&g->scene, 0, device_post(tb_device(g->tb, 0), type == WRITE ? PCL_WRITE : PCL_READ, &ax, &data, 8));
}

// Whether it is granted, at this address of memory.
static inline bool guest_reaches(guest_t *g, unsigned type, uint64_t iova, uint64_t spa) {
  unsigned before = g->scene.grants;
  return guest_access(g, type, iova) == PCL_RESP_OKAY && g->scene.grants == before + 1 && g->scene.grant[before].spa == spa;
}

// Whether it is refused, with a record that has this cause and iotval2 and tells of the request as it came.
static inline bool guest_refuses(guest_t *g, unsigned type, uint64_t iova, uint32_t cause, uint64_t iotval2) {
  static const uint8_t ttyp[] = {[READ] = 2, [EXEC] = 1, [WRITE] = 3};
  if (guest_access(g, type, iova) != PCL_RESP_SLVERR) return false;
  const pcl_fault_event_t e = scene_fault(&g->scene);
  return e.cause == cause && e.iotval == iova && e.iotval2 == iotval2 && e.ttyp == ttyp[type] && e.device_id == g->device_id &&
         e.pv == g->pv && e.process_id == (g->pv ? g->process_id : 0) && e.priv == (g->pv && g->priv);
}

// Whether it is refused and no record is made.
static inline bool guest_refuses_silently(guest_t *g, unsigned type, uint64_t iova) {
  pcl_fault_event_t event;
  if (guest_access(g, type, iova) != PCL_RESP_SLVERR) return false;
  tb_run(g->tb, 200);
  return !pcl_faultq_take(&g->scene.system.driver.faults, &event);
}

// Causes by type.
static inline uint32_t access_fault(unsigned type) { return (const uint8_t[]){5, 1, 7}[type]; }
static inline uint32_t page_fault(unsigned type) { return (const uint8_t[]){13, 12, 15}[type]; }
static inline uint32_t guest_page_fault(unsigned type) { return (const uint8_t[]){21, 20, 23}[type]; }

#endif
