// SPDX-License-Identifier: Apache-2.0
//
// A table of a page table moves: the pointer to it names another table, then IOTINVAL.VMA with AV=0, or with AV=1 and NL=1 where
// that is built, and a fence. From then on no walk goes through the old table, at whatever level the pointer stands (IOMMU spec
// 4.1.1, 10).
#include "scene.h"

enum { DEVICE = 0x44, PSCID = 9 };

#define IOVA UINT64_C(0x40201000)
#define OLD UINT64_C(0x11000000)
#define NEW UINT64_C(0x22000000)

// Puts copies in the place of the tables on the way to IOVA below the entry of `level`. There IOVA's leaf names `frame`; the old
// tables stay as they are.
static void move(tb_t *tb, scene_t *scene, const pcl_domain_t *domain, unsigned level, uint64_t frame) {
  const pcl_ops_t *ops = &scene->system.ops;
  uint64_t entry = pcl_page_table_entry(ops, &domain->table, IOVA, level, false);
  for (unsigned below = level; below > 0; below--) {
    uint64_t from = tb_load(tb, entry) >> 10 << 12, copy = ops->page_alloc(ops->context, 1);
    for (uint64_t at = 0; at < PCL_PAGE; at += 8) tb_store(tb, copy + at, tb_load(tb, from + at));
    tb_store(tb, entry, copy >> 2 | PCL_MAP_VALID);
    entry = copy + (IOVA >> (12 + 9 * (below - 1)) & 511) * 8;
  }
  tb_store(tb, entry, scene_leaf(frame, PCL_MAP_RW));
}

SCENARIO(moved_table, "after IOTINVAL with AV=0 or NL=1 and a fence no walk goes through a table that was taken out") {
  static scene_t scene;
  pcl_domain_t domain;
  uint64_t data = 0;
  scene_start(&scene, tb, 24, 4, 4);
  scene_attach(&scene, &domain, DEVICE, 3, PSCID);
  scene_map(&scene, &domain, IOVA, OLD, PCL_PAGE, PCL_MAP_RW);
  scene_map(&scene, &domain, IOVA + PCL_PAGE, OLD + PCL_PAGE, PCL_PAGE, PCL_MAP_RW);
  for (unsigned i = 0; i < (tb_config()->nl ? 8 : 4); i++) {
    const pcl_vma_t vma = {.pscv = i % 2, .pscid = PSCID, .av = i >= 4, .nl = i >= 4, .iova = IOVA};
    uint64_t frame = NEW + i * 2 * PCL_PAGE;
    EXPECT(scene_read(&scene, 0, DEVICE, IOVA + PCL_PAGE, &data) == PCL_RESP_OKAY);
    move(tb, &scene, &domain, 1 + i / 2 % 2, frame);
    EXPECT(pcl_invalidate(&scene.system.driver, &vma) == PCL_OK);
    EXPECT(pcl_fence(&scene.system.driver, 0) == PCL_OK);
    EXPECT(scene_read(&scene, 0, DEVICE, IOVA, &data) == PCL_RESP_OKAY);
    EXPECT(scene.grant[scene.grants - 1].spa == frame);
  }
}
