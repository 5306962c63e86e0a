// SPDX-License-Identifier: Apache-2.0
//
// A large page of one stage of which the IOMMU holds many small pieces, because the other stage has small pages or an interrupt
// file lies in it. It moves, and is invalidated by any one address in it: no piece may survive the fence (IOMMU spec 4.1.1,
// 3.1.3). An interrupt file inside a large page is never reached by that page, nor the page by the file.
#include "guest.h"

enum { PAGES = 8 };

#define M2 (UINT64_C(1) << 21)
#define G1 (UINT64_C(1) << 30)
#define BUFFER UINT64_C(0x80000000)       // IOVA
#define GPA_OLD UINT64_C(0x40000000)
#define GPA_NEW UINT64_C(0x140000000)
#define SPA_OLD UINT64_C(0x2000000000)
#define SPA_NEW UINT64_C(0x3000000000)
#define FILE_SPA UINT64_C(0x54321000)
#define BASIC(spa) ((spa) >> 2 | 7)

static guest_t g;

// Pages of a large page: the first, the last, and some between, each in a 64 KiB of its own.
static uint64_t piece(uint64_t bytes, unsigned i) {
  return i == 0 ? 0 : i == 1 ? bytes - PCL_PAGE : (i * (bytes / PAGES) + i * 17 * PCL_PAGE) & (bytes - PCL_PAGE);
}

static bool all_reach(uint64_t bytes, uint64_t spa) {
  for (unsigned i = 0; i < PAGES; i++)
    if (!guest_reaches(&g, i % 3, BUFFER + piece(bytes, i), spa + piece(bytes, i))) return false;
  return true;
}

// All pieces cached; the entry changes; the command; all pieces are those of the new one.
static void move(tb_t *tb, uint64_t entry, uint64_t value, uint64_t bytes, uint64_t before, uint64_t after, bool second,
                 uint64_t address) {
  pcl_driver_t *driver = &g.scene.system.driver;
  EXPECT(all_reach(bytes, before));
  tb_store(tb, entry, value);
  if (second) EXPECT(pcl_invalidate_vm(driver, &(pcl_gvma_t){.gv = true, .gscid = GSCID, .av = true, .gpa = address}) == PCL_OK);
  else EXPECT(pcl_invalidate(driver, &(pcl_vma_t){.gv = true, .gscid = GSCID, .av = true, .iova = address, .pscv = true,
                                                  .pscid = PSCID}) == PCL_OK);
  EXPECT(pcl_fence(driver, 0) == PCL_OK);
  EXPECT(all_reach(bytes, after));
}

// A large page of the first stage upon small ones of the second.
static void check_first(tb_t *tb, uint32_t level) {
  uint64_t bytes = pcl_level_bytes(level), entry = guest_pte(&g, BUFFER, level), pieces[PAGES + 1];
  for (unsigned i = 0; i < PAGES; i++) {
    uint64_t at = pieces[i] = piece(bytes, i);
    EXPECT(pcl_vm_map(&g.scene.system.driver, &g.vm, GPA_OLD + at, SPA_OLD + at, PCL_PAGE, RWX) == PCL_OK);
    EXPECT(pcl_vm_map(&g.scene.system.driver, &g.vm, GPA_NEW + at, SPA_NEW + at, PCL_PAGE, RWX) == PCL_OK);
  }
  pieces[PAGES] = 3 * PCL_PAGE;  // that nobody has used
  guest_set(&g, entry, scene_leaf(GPA_OLD, RWX));
  for (unsigned i = 0; i <= PAGES; i++) {
    uint64_t from = i % 2 ? SPA_NEW : SPA_OLD, to = i % 2 ? SPA_OLD : SPA_NEW;
    move(tb, entry, scene_leaf(i % 2 ? GPA_OLD : GPA_NEW, RWX), bytes, from, to, false, BUFFER + pieces[i]);
  }
  for (unsigned i = 0; i < PAGES; i++) {
    tb_store(tb, guest_g_pte(&g, GPA_OLD + piece(bytes, i), 0), 0);
    tb_store(tb, guest_g_pte(&g, GPA_NEW + piece(bytes, i), 0), 0);
  }
  guest_set(&g, entry, 0);
}

// Small pages of the first stage, or none, upon a large one of the second.
static void check_second(tb_t *tb, uint32_t level, uint64_t gpa) {
  uint64_t bytes = pcl_level_bytes(level), entry = guest_g_pte(&g, gpa, level);
  guest_set(&g, entry, scene_leaf(SPA_OLD, RWX));
  for (unsigned i = 0; i <= PAGES; i++) {
    uint64_t from = i % 2 ? SPA_NEW : SPA_OLD, to = i % 2 ? SPA_OLD : SPA_NEW, at = i < PAGES ? piece(bytes, i) : 3 * PCL_PAGE;
    move(tb, entry, scene_leaf(to, RWX), bytes, from, to, true, gpa + at);
  }
  guest_set(&g, entry, 0);
}

static void check_small_upon_large(tb_t *tb) {
  for (unsigned i = 0; i < PAGES; i++)
    scene_map(&g.scene, &g.domain, BUFFER + piece(M2, i), GPA_NEW + 16 * G1 + piece(M2, i), PCL_PAGE, RWX);
  check_second(tb, 1, GPA_NEW + 16 * G1);
  uint64_t fsc = g.dc[FSC];
  g.dc[FSC] = 0;  // first stage Bare
  guest_put(&g);
  check_second(tb, 1, BUFFER);
  guest_set(&g, guest_g_pte(&g, BUFFER, 2), 0);
  check_second(tb, 2, BUFFER);
  g.dc[FSC] = fsc;
  guest_put(&g);
}

// An interrupt file and its neighbours in a page that is large in both stages, first used in any order.
static void check_file(tb_t *tb, uint32_t level, uint64_t entry) {
  const uint64_t bytes = pcl_level_bytes(level), at = piece(bytes, 3), iova = 2 * BUFFER;
  uint64_t first = guest_pte(&g, iova, level), second = guest_g_pte(&g, GPA_OLD, level), other = guest_g_pte(&g, GPA_NEW, level);
  tb_store(tb, first, scene_leaf(GPA_OLD, RWX));
  tb_store(tb, second, scene_leaf(SPA_OLD, RWX));
  tb_store(tb, other, scene_leaf(SPA_NEW, RWX));
  tb_store(tb, entry, BASIC(FILE_SPA));
  g.dc[MSI_PATTERN] = (GPA_OLD + at) >> 12;
  for (unsigned order = 0; order < 6; order++) {
    guest_put(&g);
    for (unsigned i = 0; i < 6; i++) {
      unsigned which = (order + i * (order < 3 ? 1 : 2)) % 3;  // before, in, behind the file
      uint64_t page = at + which * PCL_PAGE - PCL_PAGE;
      EXPECT(guest_reaches(&g, i % 2 ? READ : WRITE, iova + page, which == 1 ? FILE_SPA : SPA_OLD + page));
    }
  }
  // The file is given to another one: IOTINVAL.GVMA with its GPA.
  tb_store(tb, entry, BASIC(FILE_SPA + PCL_PAGE));
  EXPECT(pcl_invalidate_vm(&g.scene.system.driver, &(pcl_gvma_t){.gv = true, .gscid = GSCID, .av = true, .gpa = GPA_OLD + at}) ==
         PCL_OK);
  EXPECT(pcl_fence(&g.scene.system.driver, 0) == PCL_OK);
  EXPECT(guest_reaches(&g, WRITE, iova + at, FILE_SPA + PCL_PAGE));
  // The page moves, and is invalidated by an address that is neither the file nor a page used.
  tb_store(tb, first, scene_leaf(GPA_NEW, RWX));
  EXPECT(pcl_invalidate(&g.scene.system.driver, &(pcl_vma_t){.gv = true, .gscid = GSCID, .av = true, .iova = iova + PCL_PAGE}) ==
         PCL_OK);
  EXPECT(pcl_fence(&g.scene.system.driver, 0) == PCL_OK);
  for (unsigned which = 0; which < 3; which++) {
    uint64_t page = at + which * PCL_PAGE - PCL_PAGE;
    EXPECT(guest_reaches(&g, READ, iova + page, SPA_NEW + page));
  }
  tb_store(tb, first, 0), tb_store(tb, second, 0);
  guest_set(&g, other, 0);
}

SCENARIO(fractured_pages, "no piece of a large page survives its invalidation; interrupt files in one are kept apart") {
  NEEDS(guest_is_built());
  guest_start(&g, tb, 0);
  uint64_t entry = guest_host(&g)->page_alloc(guest_host(&g)->context, 1);
  check_first(tb, 1);
  guest_set(&g, guest_pte(&g, BUFFER, 2), 0);
  check_first(tb, 2);
  check_small_upon_large(tb);
  g.dc[MSIPTP] = UINT64_C(1) << 60 | entry >> 12;
  check_file(tb, 1, entry);
  guest_set(&g, guest_pte(&g, 2 * BUFFER, 2), 0);
  guest_set(&g, guest_g_pte(&g, GPA_OLD, 2), 0);
  guest_set(&g, guest_g_pte(&g, GPA_NEW, 2), 0);
  check_file(tb, 2, entry);
}
