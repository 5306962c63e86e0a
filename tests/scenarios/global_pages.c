// SPDX-License-Identifier: Apache-2.0
//
// G spares a page from an IOTINVAL.VMA with PSCV=1 and from no other: with PSCV=0 the old frame of a global page is out of reach
// after the fence, whatever its size (IOMMU spec 4.1.1).
#include "scene.h"

enum { DEVICE = 0x43, PSCID = 7 };

#define BEFORE UINT64_C(0x2000000000)
#define AFTER UINT64_C(0x2040000000)

static const struct { uint64_t iova, bytes, changed; } pages[3] = {
  {0x10000, PCL_PAGE, 0x10000},
  {0x400000, UINT64_C(1) << 21, 0x410000},
  {0x40000000, UINT64_C(1) << 30, 0x7fff0000},
};

// Reads a page, moves it to another frame, and invalidates `changed`, an address in it, or everything: the next read must go to
// the new frame.
static void move_page(tb_t *tb, scene_t *scene, const pcl_domain_t *domain, unsigned page, bool by_address) {
  uint64_t iova = pages[page].iova, data = 0;
  pcl_leaf_t leaf;
  EXPECT(scene_read(scene, 0, DEVICE, iova, &data) == PCL_RESP_OKAY);
  EXPECT(pcl_page_table_find(&scene->system.ops, &domain->table, iova, &leaf));
  tb_store(tb, leaf.entry, leaf.pte ^ (BEFORE ^ AFTER) >> 2);
  const pcl_vma_t vma = {.av = by_address, .iova = pages[page].changed, .pscid = PSCID};
  EXPECT(pcl_invalidate(&scene->system.driver, &vma) == PCL_OK);
  EXPECT(pcl_fence(&scene->system.driver, 0) == PCL_OK);
  uint64_t before = scene->grant[scene->grants - 1].spa;
  EXPECT(scene_read(scene, 0, DEVICE, iova, &data) == PCL_RESP_OKAY);
  EXPECT(scene->grant[scene->grants - 1].spa == (before ^ BEFORE ^ AFTER));
}

SCENARIO(global_pages, "an invalidation of all address spaces covers global pages too, of every size") {
  static scene_t scene;
  pcl_domain_t domain;
  scene_start(&scene, tb, 24, 4, 4);
  scene_attach(&scene, &domain, DEVICE, 3, PSCID);
  for (unsigned i = 0; i < 3; i++)
    scene_map(&scene, &domain, pages[i].iova, BEFORE, pages[i].bytes, PCL_MAP_RW | PCL_MAP_GLOBAL);
  for (unsigned i = 0; i < 6; i++) move_page(tb, &scene, &domain, i / 2, i % 2 == 0);
}
