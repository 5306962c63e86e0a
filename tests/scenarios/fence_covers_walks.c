// SPDX-License-Identifier: Apache-2.0
//
// Many walks are under way when their pages are given other frames, invalidated and fenced. Whatever leaves after the fence has
// completed goes to the new frames.
#include "scene.h"

enum { DEVICE = 0x77, PSCID = 7, PAGES = 16 };

#define IOVA UINT64_C(0x200000)
#define OLD UINT64_C(0x10000000)
#define NEW UINT64_C(0x20000000)

static void give_frames(scene_t *scene, const pcl_domain_t *domain, uint64_t frames) {
  for (unsigned i = 0; i < PAGES; i++) {
    uint64_t entry = scene_entry(scene, domain, IOVA + i * PCL_PAGE);
    tb_store(scene->system.tb, entry, scene_leaf(frames + i * PCL_PAGE, PCL_MAP_RW));
  }
}

// Requests of many pages, new frames `delay` clocks later, an invalidation and a fence. Counts old frames granted, all before the
// fence was done, and grants after it.
static void shoot_down(tb_t *tb, scene_t *scene, const pcl_domain_t *domain, unsigned delay, unsigned *old_before,
                       unsigned *new_after) {
  dma_t *dma[PAGES];
  give_frames(scene, domain, OLD);
  scene_forget(scene);
  scene->grants = 0;
  for (unsigned i = 0; i < PAGES; i++)
    dma[i] = scene_post(scene, 0, i % 2 ? PCL_WRITE : PCL_READ, DEVICE, IOVA + i * PCL_PAGE, NULL);
  tb_run(tb, delay);
  give_frames(scene, domain, NEW);
  EXPECT(pcl_invalidate(&scene->system.driver, &(pcl_vma_t){.pscv = delay & 2, .pscid = PSCID}) == PCL_OK);
  EXPECT(pcl_fence(&scene->system.driver, 0) == PCL_OK);
  for (unsigned i = 0; i < PAGES; i++) EXPECT(scene_end(scene, 0, dma[i]) == PCL_RESP_OKAY);
  for (unsigned i = 0; i < scene->grants; i++) {
    bool is_old = scene->grant[i].spa < NEW, after = scene->grant[i].cycle > scene->fence_done;
    EXPECT(!is_old || !after);
    *old_before += is_old;
    *new_after += after;
  }
}

SCENARIO(fence_covers_walks, "no address of an old walk leaves after the fence that covers it") {
  static scene_t scene;
  pcl_domain_t domain;
  unsigned old_before = 0, new_after = 0;
  scene_start(&scene, tb, 24, 4, 4);
  scene_attach(&scene, &domain, DEVICE, 3, PSCID);
  for (unsigned delay = 0; delay < 120; delay += 2) shoot_down(tb, &scene, &domain, delay, &old_before, &new_after);
  // A memory so uneven that a fence overtakes the answer to a read that was taken before the change.
  EXPECT(tb_drain(tb, 10000));
  axi_mem_configure(tb_table_memory(tb), &(axi_mem_config_t){.hole = ~UINT64_C(0), .latency_low = 5, .latency_high = 400});
  for (unsigned delay = 0; delay < 600; delay += 10) shoot_down(tb, &scene, &domain, delay, &old_before, &new_after);
  EXPECT(old_before > 0 && new_after > 0);
}
