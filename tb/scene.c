// SPDX-License-Identifier: Apache-2.0
#include "scene.h"

static void see_grant(void *context, const tb_view_t *view, sb_request_t *request, const pcl_ax_t *granted) {
  scene_t *scene = context;
  if (scene->grants == SCENE_GRANTS) return;
  scene->grant[scene->grants++] = (scene_grant_t){
    .cycle = view->cycle, .iova = request->ax.addr, .spa = granted->addr, .device_id = request->ax.device_id,
    .port = request->port, .channel = request->channel, .pbmt = granted->pbmt,
  };
}

static void see_store(void *context, const mem_store_t *store) {
  scene_t *scene = context;
  if (store->source == MEM_BY_IOMMU && store->addr == scene->system.driver.commands.flag) scene->fence_done = store->cycle;
}

void scene_watch(scene_t *scene, tb_t *tb) {
  *scene = (scene_t){.grants = 0};
  system_connect(&scene->system, tb);
  tb_observe(tb, &(tb_observer_t){.context = scene, .grant = see_grant, .store = see_store});
}

void scene_start(scene_t *scene, tb_t *tb, uint32_t bits, uint32_t log2_commands, uint32_t log2_faults) {
  scene_watch(scene, tb);
  system_start(&scene->system, &(pcl_setup_t){.device_id_bits = bits, .log2_commands = log2_commands,
                                              .log2_faults = log2_faults, .interrupts = true});
}

void scene_attach(scene_t *scene, pcl_domain_t *domain, uint32_t device_id, uint32_t levels, uint32_t pscid) {
  tb_t *tb = scene->system.tb;
  EXPECT(pcl_domain_init(&scene->system.driver, domain, levels, pscid) == PCL_OK);
  EXPECT(pcl_attach(&scene->system.driver, device_id, domain, 0) == PCL_OK);
}

void scene_map(scene_t *scene, const pcl_domain_t *domain, uint64_t iova, uint64_t spa, uint64_t bytes, uint64_t flags) {
  tb_t *tb = scene->system.tb;
  EXPECT(pcl_map(&scene->system.driver, domain, iova, spa, bytes, flags) == PCL_OK);
}

uint64_t scene_entry(scene_t *scene, const pcl_domain_t *domain, uint64_t iova) {
  return pcl_page_table_entry(&scene->system.ops, &domain->table, iova, 0, true);
}

uint64_t scene_leaf(uint64_t spa, uint64_t flags) { return spa >> 12 << 10 | flags; }

void scene_forget(scene_t *scene) {
  tb_t *tb = scene->system.tb;
  EXPECT(pcl_invalidate(&scene->system.driver, &(pcl_vma_t){0}) == PCL_OK);
  EXPECT(pcl_fence(&scene->system.driver, 0) == PCL_OK);
}

dma_t *scene_post(scene_t *scene, unsigned port, unsigned channel, uint32_t device_id, uint64_t iova, uint64_t *data) {
  unsigned size = tb_config()->data_width >= 64 ? 3 : 2;
  pcl_ax_t ax = {
    .addr = iova, .device_id = device_id, .len = size == 2, .size = (uint8_t)size, .burst = PCL_BURST_INCR, .cache = 2,
  };
  return device_post(tb_device(scene->system.tb, port), channel, &ax, data, 8);
}

unsigned scene_end(scene_t *scene, unsigned port, dma_t *dma) {
  tb_t *tb = scene->system.tb;
  EXPECT(tb_wait_dma(tb, dma, 20000));
  unsigned resp = dma->resp;
  device_release(tb_device(tb, port), dma);
  return resp;
}

unsigned scene_read(scene_t *scene, unsigned port, uint32_t device_id, uint64_t iova, uint64_t *data) {
  return scene_end(scene, port, scene_post(scene, port, PCL_READ, device_id, iova, data));
}

unsigned scene_write(scene_t *scene, unsigned port, uint32_t device_id, uint64_t iova, uint64_t data) {
  return scene_end(scene, port, scene_post(scene, port, PCL_WRITE, device_id, iova, &data));
}

pcl_fault_event_t scene_fault(scene_t *scene) {
  tb_t *tb = scene->system.tb;
  pcl_fault_event_t event = {0};
  unsigned tries = 0;
  while (tries < 1000 && !pcl_faultq_take(&scene->system.driver.faults, &event)) tries++;
  EXPECT(tries < 1000);
  return event;
}

void scene_shut_port(scene_t *scene, unsigned port, bool shut) {
  axi_mem_configure(tb_port_memory(scene->system.tb, port),
                    &(axi_mem_config_t){.exact = true, .hole = ~UINT64_C(0), .shut = shut});
}

void scene_break_tables(scene_t *scene, bool broken) {
  tb_t *tb = scene->system.tb;
  EXPECT(tb_drain(tb, 10000));
  axi_mem_configure(tb_table_memory(tb), &(axi_mem_config_t){.exact = !broken, .hole = ~UINT64_C(0), .error = broken ? 1000 : 0,
                                                             .latency_low = 20, .latency_high = 20});
}
