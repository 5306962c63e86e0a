// SPDX-License-Identifier: Apache-2.0
//
// What each invalidation reaches, and what it spares (IOMMU spec 4.1.1, 4.1.3). Something changes in memory that the caches hold:
// what a command reaches is new after the fence; what it need not reach is still the old here, since nothing else happens.
#include "guest.h"

enum { HOST = 0x1006, OTHER = 0x1007, OTHER_GSCID = 0x33, SECOND = 8 };  // two devices, a process

#define OLD_SPA FRAME_SPA
#define NEW_SPA UINT64_C(0x23456000)
#define NEW_GPA UINT64_C(0x8846000)
#define HOST_IOVA UINT64_C(0x7000)

static guest_t g;
static pcl_vm_t other;
static pcl_domain_t host, spare;

static bool is_new(uint32_t device_id, uint32_t process_id, uint64_t iova, bool changed) {
  g.device_id = device_id;
  g.pv = device_id == DEVICE;
  g.process_id = process_id;
  return guest_reaches(&g, READ, iova, (changed ? NEW_SPA : OLD_SPA) | (iova & OFFSET));
}

static bool process_is_new(uint32_t process_id, bool changed) { return is_new(DEVICE, process_id, IOVA, changed); }

static void command(tb_t *tb, pcl_cmd_words_t words) {
  EXPECT(pcl_cmdq_put(&g.scene.system.driver.commands, &words) == PCL_OK);
  EXPECT(pcl_fence(&g.scene.system.driver, 0) == PCL_OK);
}

// The context of a process names this domain from now on; nothing is invalidated.
static void give(tb_t *tb, uint32_t process_id, const pcl_domain_t *domain) {
  const pcl_process_context_t context = pcl_process_context(domain->table.root, 3, domain->pscid, 0);
  tb_store(tb, guest_pc(&g, process_id) + 8, context.fsc);
  tb_store(tb, guest_pc(&g, process_id), context.ta);
}

// INVAL_PDT reaches one process of a device, INVAL_DDT all of it, IOTINVAL.VMA no context.
static void check_contexts(tb_t *tb) {
  EXPECT(process_is_new(PROCESS, false) && process_is_new(SECOND, false));
  give(tb, PROCESS, &spare), give(tb, SECOND, &spare);
  command(tb, pcl_cmd_vma(&(pcl_vma_t){.gv = true, .gscid = GSCID}));
  EXPECT(process_is_new(PROCESS, false) && process_is_new(SECOND, false));
  command(tb, pcl_cmd_inval_ddt(HOST));
  EXPECT(process_is_new(PROCESS, false) && process_is_new(SECOND, false));
  command(tb, pcl_cmd_inval_pdt(DEVICE, PROCESS));
  EXPECT(process_is_new(PROCESS, true) && process_is_new(SECOND, false));
  give(tb, PROCESS, &g.domain);
  EXPECT(process_is_new(PROCESS, true));
  command(tb, pcl_cmd_inval_ddt(DEVICE));
  EXPECT(process_is_new(PROCESS, false) && process_is_new(SECOND, true));
  give(tb, SECOND, &g.domain);
  command(tb, pcl_cmd_inval_ddt_all());
  EXPECT(process_is_new(PROCESS, false) && process_is_new(SECOND, false));
}

// No IOTINVAL reaches a device context: here one that refuses process_ids.
static void check_device_context(tb_t *tb) {
  uint64_t dc = guest_dc(&g, 0), tc = tb_load(tb, dc);
  EXPECT(process_is_new(PROCESS, false));
  tb_store(tb, dc, tc & ~(PCL_DC_PDTV | PCL_DC_VALID));
  command(tb, pcl_cmd_vma(&(pcl_vma_t){.gv = true, .gscid = GSCID}));
  command(tb, pcl_cmd_vma(&(pcl_vma_t){0}));
  command(tb, pcl_cmd_gvma(&(pcl_gvma_t){0}));
  EXPECT(process_is_new(PROCESS, false));
  command(tb, pcl_cmd_inval_ddt(DEVICE));
  g.process_id = PROCESS;
  EXPECT(guest_refuses(&g, READ, IOVA, 258, 0));
  tb_store(tb, dc, tc);
  EXPECT(process_is_new(PROCESS, false));
}

// First stages of a VM and of the host under the same PSCID.
static void check_vma(tb_t *tb) {
  uint64_t pte = guest_pte(&g, IOVA, 0), host_pte = scene_entry(&g.scene, &host, HOST_IOVA);
  for (unsigned pscv = 0; pscv < 2; pscv++) {
    EXPECT(process_is_new(PROCESS, false) && is_new(HOST, 0, HOST_IOVA, false));
    tb_store(tb, pte, scene_leaf(NEW_GPA, RWX));
    tb_store(tb, host_pte, scene_leaf(NEW_SPA, RWX));
    command(tb, pcl_cmd_vma(&(pcl_vma_t){.pscv = pscv, .pscid = PSCID}));
    EXPECT(process_is_new(PROCESS, false) && is_new(HOST, 0, HOST_IOVA, true));
    tb_store(tb, host_pte, scene_leaf(OLD_SPA, RWX));
    command(tb, pcl_cmd_vma(&(pcl_vma_t){.pscv = pscv, .pscid = PSCID, .gv = true, .gscid = OTHER_GSCID}));
    EXPECT(process_is_new(PROCESS, false) && is_new(HOST, 0, HOST_IOVA, true));
    command(tb, pcl_cmd_vma(&(pcl_vma_t){.pscv = pscv, .pscid = PSCID, .gv = true, .gscid = GSCID}));
    EXPECT(process_is_new(PROCESS, true) && is_new(HOST, 0, HOST_IOVA, true));
    tb_store(tb, pte, scene_leaf(FRAME_GPA, RWX));
    guest_forget(&g);
  }
}

// PSCV=1 spares global pages; PSCV=0 does not.
static void check_global(tb_t *tb) {
  uint64_t pte = scene_entry(&g.scene, &host, HOST_IOVA);
  guest_set(&g, pte, scene_leaf(OLD_SPA, RWX | PCL_MAP_GLOBAL));
  EXPECT(is_new(HOST, 0, HOST_IOVA, false));
  tb_store(tb, pte, scene_leaf(NEW_SPA, RWX | PCL_MAP_GLOBAL));
  command(tb, pcl_cmd_vma(&(pcl_vma_t){.pscv = true, .pscid = PSCID}));
  command(tb, pcl_cmd_vma(&(pcl_vma_t){.pscv = true, .pscid = PSCID, .av = true, .iova = HOST_IOVA}));
  EXPECT(is_new(HOST, 0, HOST_IOVA, false));
  command(tb, pcl_cmd_vma(&(pcl_vma_t){.av = true, .iova = HOST_IOVA}));
  EXPECT(is_new(HOST, 0, HOST_IOVA, true));
}

// Second stages: GV=1 reaches one VM, GV=0 all of them, whatever AV, S and NL say then.
static void check_gvma(tb_t *tb) {
  uint64_t first = guest_g_pte(&g, FRAME_GPA, 0);
  uint64_t second = pcl_page_table_entry(guest_host(&g), &other.table, FRAME_GPA, 0, false);
  const pcl_gvma_t all[3] = {
    {.gv = false}, {.av = true, .gpa = 0x9000}, {.av = true, .gpa = 0x9000, .bytes = 0x4000, .nl = true},
  };
  for (unsigned i = 0; i < 3; i++) {
    if (i == 2 && !(tb_config()->nl && tb_config()->s)) continue;
    EXPECT(process_is_new(PROCESS, false) && is_new(OTHER, 0, FRAME_GPA, false));
    tb_store(tb, first, scene_leaf(NEW_SPA, RWX));
    tb_store(tb, second, scene_leaf(NEW_SPA, RWX));
    command(tb, pcl_cmd_gvma(&(pcl_gvma_t){.gv = true, .gscid = 0x34}));
    EXPECT(process_is_new(PROCESS, false) && is_new(OTHER, 0, FRAME_GPA, false));
    command(tb, pcl_cmd_gvma(&(pcl_gvma_t){.gv = true, .gscid = OTHER_GSCID, .av = true, .gpa = FRAME_GPA}));
    EXPECT(process_is_new(PROCESS, false) && is_new(OTHER, 0, FRAME_GPA, true));
    tb_store(tb, second, scene_leaf(OLD_SPA, RWX));
    command(tb, pcl_cmd_gvma(&all[i]));
    EXPECT(process_is_new(PROCESS, true) && is_new(OTHER, 0, FRAME_GPA, false));
    guest_set(&g, first, scene_leaf(OLD_SPA, RWX));
  }
}

SCENARIO(invalidation_reach, "each invalidation reaches the contexts, address spaces and VMs that it names, and no others") {
  NEEDS(guest_is_built());
  guest_start_processes(&g, tb, 1, 0, 0);
  pcl_driver_t *driver = &g.scene.system.driver;
  EXPECT(pcl_vm_map(driver, &g.vm, NEW_GPA, NEW_SPA, PCL_PAGE, RWX) == PCL_OK);
  EXPECT(pcl_attach_process(driver, &g.processes, SECOND, &g.domain, 0) == PCL_OK);
  EXPECT(pcl_domain_init_guest(driver, &spare, &g.vm, 3, PSCID + 1) == PCL_OK);
  scene_map(&g.scene, &spare, IOVA & ~OFFSET, NEW_GPA, PCL_PAGE, RWX);
  scene_attach(&g.scene, &host, HOST, 3, PSCID);
  scene_map(&g.scene, &host, HOST_IOVA, OLD_SPA, PCL_PAGE, RWX);
  pcl_domain_t direct;
  EXPECT(pcl_vm_init(driver, &other, 3, OTHER_GSCID, WINDOW, WINDOW_BYTES) == PCL_OK);
  EXPECT(pcl_vm_map(driver, &other, FRAME_GPA, OLD_SPA, PCL_PAGE, RWX) == PCL_OK);
  EXPECT(pcl_domain_init_guest(driver, &direct, &other, 0, 0) == PCL_OK);
  EXPECT(pcl_attach(driver, OTHER, &direct, 0) == PCL_OK);
  check_contexts(tb);
  check_device_context(tb);
  check_vma(tb);
  check_global(tb);
  check_gvma(tb);
}
