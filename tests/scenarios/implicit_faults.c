// SPDX-License-Identifier: Apache-2.0
//
// Faults of the accesses that the IOMMU makes for itself behind a second stage (IOMMU spec 3.3.2, 4.2): they have the cause of
// the access that the device made, whatever the table; bit 0 of iotval2 tells that a table was read, bit 1 that one was
// written. Reading a table needs R of its page, also for a request to execute; X of the page does not help.
#include "guest.h"

static guest_t g;

static bool reaches(unsigned type) { return guest_reaches(&g, type, IOVA, FRAME_SPA | (IOVA & OFFSET)); }

static bool each_refused(uint32_t (*cause)(unsigned type), uint64_t iotval2) {
  for (unsigned type = READ; type <= WRITE; type++)
    if (!guest_refuses(&g, type, IOVA, cause(type), iotval2)) return false;
  return true;
}

// The page of the table entry at this GPA.
static void check_table(tb_t *tb, uint64_t gpa, uint32_t (*unreadable)(unsigned type)) {
  uint64_t leaf = guest_g_pte(&g, gpa, 0), good = tb_load(tb, leaf), other = good & ~(PCL_MAP_READ | PCL_MAP_WRITE);
  guest_set(&g, leaf, good & ~PCL_MAP_VALID);
  EXPECT(each_refused(guest_page_fault, gpa | 1));
  guest_set(&g, leaf, other | PCL_MAP_EXEC);
  EXPECT(each_refused(guest_page_fault, gpa | 1));
  guest_set(&g, leaf, other | PCL_MAP_READ);
  for (unsigned type = READ; type <= WRITE; type++) EXPECT(reaches(type));
  guest_set(&g, leaf, scene_leaf(HOLE, RWX));
  EXPECT(each_refused(unreadable, 0));
  guest_set(&g, leaf, good);
}

static uint32_t directory_access(unsigned type) { return (void)type, 265; }

// Setting A or D of a first-stage leaf is a write, which its page must allow.
static void check_update(tb_t *tb) {
  uint64_t gpa = guest_pte_gpa(&g, IOVA, 0), leaf = guest_g_pte(&g, gpa, 0), good = tb_load(tb, leaf);
  uint64_t pte = guest_pte(&g, IOVA, 0), mapped = tb_load(tb, pte), clean = mapped & ~(PCL_MAP_ACCESSED | PCL_MAP_DIRTY);
  tb_store(tb, pte, clean);
  g.dc[TC] |= PCL_DC_SADE | PCL_DC_GADE;
  guest_put(&g);
  guest_set(&g, leaf, good & ~PCL_MAP_WRITE);
  EXPECT(each_refused(guest_page_fault, gpa | 3));
  guest_set(&g, leaf, good & ~PCL_MAP_VALID);  // the read fails already
  EXPECT(each_refused(guest_page_fault, gpa | 1));
  g.dc[TC] &= ~PCL_DC_GADE;
  guest_put(&g);
  guest_set(&g, leaf, good & ~PCL_MAP_DIRTY);  // which nobody sets now
  EXPECT(each_refused(guest_page_fault, gpa | 3));
  guest_set(&g, pte, mapped);
  for (unsigned type = READ; type <= WRITE; type++) EXPECT(reaches(type));  // nothing to set: only read
  guest_set(&g, leaf, good);
  EXPECT(tb_load(tb, pte) == mapped);
}

// Contexts are known, tables are not: poison is corruption of page tables, whatever the access and stage.
static void check_poison(tb_t *tb, bool second) {
  for (unsigned type = READ; type <= WRITE; type++) {
    EXPECT(reaches(type));
    EXPECT(pcl_invalidate(&g.scene.system.driver, &(pcl_vma_t){.gv = true, .gscid = GSCID}) == PCL_OK);
    if (second) EXPECT(pcl_invalidate_vm(&g.scene.system.driver, &(pcl_gvma_t){0}) == PCL_OK);
    EXPECT(pcl_fence(&g.scene.system.driver, 0) == PCL_OK);
    guest_poison(&g, true);
    EXPECT(guest_refuses(&g, type, IOVA, 274, 0));
    guest_poison(&g, false);
  }
}

SCENARIO(implicit_faults, "faults of the IOMMU's own table accesses have the cause of the device's, and tell what failed") {
  NEEDS(guest_is_built());
  guest_start_processes(&g, tb, tb_config()->pd20 ? 3 : 1, 0, 0);
  for (uint32_t level = 0; level < g.processes.table.levels; level++)
    check_table(tb, guest_pc_gpa(&g, PROCESS, level), directory_access);
  for (uint32_t level = 0; level < 3; level++) check_table(tb, guest_pte_gpa(&g, IOVA, level), access_fault);
  uint64_t frame = guest_set(&g, guest_g_pte(&g, FRAME_GPA, 0), 0);
  EXPECT(each_refused(guest_page_fault, FRAME_GPA | (IOVA & OFFSET & ~UINT64_C(3))));  // the device's own access
  guest_set(&g, guest_g_pte(&g, FRAME_GPA, 0), frame);
  uint64_t leaf = guest_set(&g, guest_pte(&g, IOVA, 0), 0);
  EXPECT(each_refused(page_fault, 0));
  guest_set(&g, guest_pte(&g, IOVA, 0), leaf);
  uint64_t table = guest_set(&g, guest_g_pte(&g, FRAME_GPA, 1), HOLE >> 2 | 1);
  EXPECT(each_refused(access_fault, 0));
  guest_set(&g, guest_g_pte(&g, FRAME_GPA, 1), table);
  if (tb_config()->amo_hwad) check_update(tb);
  check_poison(tb, false);
  const pcl_device_context_t context = pcl_domain_context(&g.domain, 0);  // without process contexts
  g.dc[TC] = context.tc, g.dc[FSC] = context.fsc, g.dc[TA] = context.ta;
  g.pv = false;
  guest_put(&g);
  check_poison(tb, true);
}
