// SPDX-License-Identifier: Apache-2.0
//
// The life of a device as the driver sees it, with one stage, with both, and with the second alone: attach, map, use, invalidate,
// quiesce, resume, unmap, detach, and what each fault on the way is about. What the driver says when it returns must hold at the
// pins: no request that it promised to have waited for is under way then.
#include "guest.h"

enum { LIFE = 0x1008, SLOW = 400, PORT = 0 };

#define USED UINT64_C(0x5000)
#define TARGET UINT64_C(0x33333000)
#define OTHER UINT64_C(0x44444000)

static scene_t scene;
static pcl_driver_t *const driver = &scene.system.driver;

// A device's address space: what maps IOVA to GPA, and GPA to memory. The latter is NULL with one stage, the former with the
// second stage alone.
typedef struct {
  pcl_domain_t domain;
  pcl_vm_t vm;
  bool first, second;
} life_t;

static void slow(bool is) {
  axi_mem_configure(tb_port_memory(scene.system.tb, PORT),
                    &(axi_mem_config_t){.exact = !is, .hole = ~UINT64_C(0), .latency_low = SLOW, .latency_high = SLOW});
}

static bool reaches(uint64_t spa) {
  uint64_t data = 0;
  unsigned before = scene.grants;
  return scene_read(&scene, PORT, LIFE, USED, &data) == PCL_RESP_OKAY && scene.grants == before + 1 &&
         scene.grant[before].spa == spa && data == tb_load(scene.system.tb, spa);
}

// Refused, and the record is about this table.
static bool refused(pcl_fault_table_t table, uint32_t cause) {
  uint64_t data;
  pcl_fault_report_t fault = {0};
  if (scene_read(&scene, PORT, LIFE, USED, &data) != PCL_RESP_SLVERR) return false;
  tb_run(scene.system.tb, 200);
  return pcl_handle_fault(driver, &fault) && fault.table == table && fault.event.cause == cause && fault.event.iotval == USED &&
         fault.event.device_id == LIFE && !fault.implicit && (table != PCL_FAULT_SECOND || fault.gpa == USED) &&
         !pcl_handle_fault(driver, &fault);
}

// IOVA = GPA where there are both stages, so that `gpa` of a report is known.
static pcl_status_t map(life_t *life, uint64_t spa) {
  pcl_status_t status = PCL_OK;
  if (life->second) status = pcl_vm_map(driver, &life->vm, USED, spa, PCL_PAGE, RWX);
  if (!status && life->first) status = pcl_map(driver, &life->domain, USED, life->second ? USED : spa, PCL_PAGE, RWX);
  return status;
}

// A read and a write on their way to a slow memory when `act` begins: both have been answered when it returns.
static void outlives(tb_t *tb, pcl_status_t (*act)(life_t *life), life_t *life) {
  uint64_t data[PCL_CHANNELS] = {0, 1};
  dma_t *dma[PCL_CHANNELS];
  unsigned before = scene.grants;
  EXPECT(tb_drain(tb, 10000));
  slow(true);
  for (unsigned c = 0; c < PCL_CHANNELS; c++) dma[c] = scene_post(&scene, PORT, c, LIFE, USED, &data[c]);
  while (scene.grants < before + PCL_CHANNELS) tb_step(tb);
  EXPECT(dma[PCL_READ]->state != DMA_DONE && dma[PCL_WRITE]->state != DMA_DONE);
  EXPECT(act(life) == PCL_OK);
  for (unsigned c = 0; c < PCL_CHANNELS; c++) {
    EXPECT(dma[c]->state == DMA_DONE && dma[c]->resp == PCL_RESP_OKAY);
    device_release(tb_device(tb, PORT), dma[c]);
  }
  EXPECT(tb_drain(tb, 10000));
  slow(false);
}

static pcl_status_t unmap_first(life_t *life) { return pcl_unmap(driver, &life->domain, USED, PCL_PAGE); }
static pcl_status_t unmap_second(life_t *life) { return pcl_vm_unmap(driver, &life->vm, USED, PCL_PAGE); }
static pcl_status_t detach(life_t *life) { return (void)life, pcl_detach(driver, LIFE); }
static pcl_status_t hold(life_t *life) { return (void)life, pcl_quiesce(driver, PORT, false); }
static pcl_status_t abort_after(life_t *life) { return (void)life, pcl_quiesce(driver, PORT, true); }

static void check_quiesce(tb_t *tb, life_t *life) {
  uint64_t data = 0;
  pcl_fault_report_t fault;
  outlives(tb, hold, life);
  unsigned before = scene.grants;
  dma_t *dma = scene_post(&scene, PORT, PCL_READ, LIFE, USED, &data);
  tb_run(tb, 300);
  EXPECT(dma->state != DMA_DONE && scene.grants == before);
  EXPECT(pcl_resume(driver, PORT) == PCL_OK && scene_end(&scene, PORT, dma) == PCL_RESP_OKAY);
  outlives(tb, abort_after, life);
  EXPECT(scene_read(&scene, PORT, LIFE, USED, &data) == PCL_RESP_SLVERR);
  tb_run(tb, 200);
  EXPECT(!pcl_handle_fault(driver, &fault));
  EXPECT(pcl_resume(driver, PORT) == PCL_OK && reaches(TARGET));
}

// A leaf changes in place: old or new until the command and its fence, new after it.
static void check_invalidate(tb_t *tb, life_t *life) {
  const pcl_ops_t *memory = life->second ? &life->vm.memory : &scene.system.ops;
  pcl_leaf_t leaf;
  if (life->second) EXPECT(pcl_page_table_find(&scene.system.ops, &life->vm.table, USED, &leaf));
  else EXPECT(pcl_page_table_find(memory, &life->domain.table, USED, &leaf));
  EXPECT(reaches(TARGET));
  for (unsigned i = 0; i < 2; i++) {
    tb_store(tb, leaf.entry, i ? leaf.pte : scene_leaf(OTHER, RWX));
    if (life->second)
      EXPECT(pcl_invalidate_vm(driver, &(pcl_gvma_t){.gv = true, .gscid = GSCID, .av = true, .gpa = USED}) == PCL_OK);
    else EXPECT(pcl_invalidate(driver, &(pcl_vma_t){.pscv = true, .pscid = PSCID, .av = true, .iova = USED}) == PCL_OK);
    EXPECT(pcl_fence(driver, PCL_CMD_PR | PCL_CMD_PW) == PCL_OK && reaches(i ? TARGET : OTHER));
  }
}

static void live(tb_t *tb, life_t *life) {
  if (life->second) {
    EXPECT(pcl_vm_init(driver, &life->vm, 3, GSCID, WINDOW, WINDOW_BYTES) == PCL_OK);
    EXPECT(pcl_domain_init_guest(driver, &life->domain, &life->vm, life->first ? 3 : 0, PSCID) == PCL_OK);
  } else {
    EXPECT(pcl_domain_init(driver, &life->domain, 3, PSCID) == PCL_OK);
  }
  EXPECT(refused(PCL_FAULT_DEVICE, 258));
  EXPECT(pcl_attach(driver, LIFE, &life->domain, 0) == PCL_OK);
  EXPECT(pcl_attach(driver, LIFE, &life->domain, 0) == PCL_E_MAPPED);
  EXPECT(life->first ? refused(PCL_FAULT_FIRST, 13) : refused(PCL_FAULT_SECOND, 21));
  EXPECT(map(life, TARGET) == PCL_OK && reaches(TARGET) && map(life, OTHER) == PCL_E_MAPPED && reaches(TARGET));
  check_quiesce(tb, life);
  check_invalidate(tb, life);
  if (life->second) {
    outlives(tb, unmap_second, life);
    EXPECT(refused(PCL_FAULT_SECOND, 21));
    EXPECT(pcl_vm_map(driver, &life->vm, USED, OTHER, PCL_PAGE, RWX) == PCL_OK && reaches(OTHER));
  }
  if (life->first) {
    outlives(tb, unmap_first, life);
    EXPECT(refused(PCL_FAULT_FIRST, 13));
    EXPECT(pcl_map(driver, &life->domain, USED, life->second ? USED : OTHER, PCL_PAGE, RWX) == PCL_OK && reaches(OTHER));
  }
  outlives(tb, detach, life);
  EXPECT(refused(PCL_FAULT_DEVICE, 258));
  EXPECT(pcl_attach(driver, LIFE, &life->domain, 0) == PCL_OK && reaches(OTHER) && pcl_detach(driver, LIFE) == PCL_OK);
  EXPECT(pcl_domain_free(driver, &life->domain) == PCL_OK);
  if (life->second) EXPECT(pcl_vm_free(driver, &life->vm) == PCL_OK);
}

SCENARIO(driver_life, "attach, map, invalidate, quiesce, resume, unmap, detach and their faults, in one stage and in two") {
  static life_t one = {.first = true}, both = {.first = true, .second = true}, guest = {.second = true};
  scene_start(&scene, tb, 24, 4, 4);
  live(tb, &one);
  if (!tb_config()->sv39x4) return;
  live(tb, &both);
  live(tb, &guest);
}
