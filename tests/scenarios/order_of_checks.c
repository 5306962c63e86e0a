// SPDX-License-Identifier: Apache-2.0
//
// The order of the checks of a translation (IOMMU spec 3.3): one request with every error at once, which are mended one after the
// other; each cause hides those behind it.
#include "guest.h"

#define MISCONFIGURED (UINT64_C(1) << 63)  // reserved in every table but the MSI page table's
#define PTR(spa) ((spa) >> 12 << 10 | 1)

static guest_t g;

static void with_dc(tb_t *tb, unsigned word, uint64_t value, uint32_t cause) {
  g.dc[word] = value;
  guest_put(&g);
  EXPECT(guest_refuses(&g, READ, UINT64_C(1) << 40, cause, 0));
}

// From mode Off to a valid device context.
static void check_device(tb_t *tb, const uint64_t good[DC_WORDS]) {
  pcl_driver_t *driver = &g.scene.system.driver;
  uint64_t iova = UINT64_C(1) << 40, pointer = tb_load(tb, guest_dc(&g, 1));
  EXPECT(pcl_set_mode(driver, PCL_DDTP_MODE_OFF) == PCL_OK);
  EXPECT(guest_refuses(&g, READ, iova, 256, 0));
  EXPECT(pcl_set_mode(driver, PCL_DDTP_MODE_TABLE) == PCL_OK);
  g.device_id = DEVICE | 0x8000;
  EXPECT(guest_refuses(&g, READ, iova, 260, 0));
  g.device_id = DEVICE;
  uint64_t entry = guest_dc(&g, 1), dc = guest_dc(&g, 0);
  guest_set(&g, entry, PTR(HOLE) & ~UINT64_C(1));
  EXPECT(guest_refuses(&g, READ, iova, 258, 0));
  guest_set(&g, entry, PTR(HOLE) | MISCONFIGURED);
  EXPECT(guest_refuses(&g, READ, iova, 259, 0));
  guest_set(&g, entry, PTR(HOLE));
  EXPECT(guest_refuses(&g, READ, iova, 257, 0));
  guest_set(&g, entry, pointer);
  for (unsigned i = 0; i < DC_WORDS; i++) tb_store(tb, dc + 8 * i, i == TC ? ~PCL_DC_VALID : ~UINT64_C(0));
  guest_forget(&g);
  guest_poison(&g, true);
  EXPECT(guest_refuses(&g, READ, iova, 268, 0));
  guest_poison(&g, false);
  EXPECT(guest_refuses(&g, READ, iova, 258, 0));
  for (unsigned i = 0; i < DC_WORDS; i++) g.dc[i] = ~UINT64_C(0);
  with_dc(tb, TC, ~UINT64_C(0), 259);
  for (unsigned i = 0; i < DC_WORDS; i++) g.dc[i] = good[i];
  with_dc(tb, TC, good[TC] & ~PCL_DC_PDTV, 259);  // fsc has a mode of directories
  g.dc[FSC] = 0;
  with_dc(tb, TC, good[TC] & ~PCL_DC_PDTV, 260);  // process_id, but no directory
  g.dc[FSC] = good[FSC];
  with_dc(tb, TC, good[TC], 260);  // process_id too wide
}

// The second stage of an entry at a GPA, from a table that cannot be read to a page that can.
static void check_second(tb_t *tb, uint64_t iova, uint64_t gpa, uint32_t unreadable, uint32_t missing) {
  uint64_t pointer = guest_g_pte(&g, gpa, 1), leaf = guest_g_pte(&g, gpa, 0);
  uint64_t table = guest_set(&g, pointer, PTR(HOLE));
  EXPECT(guest_refuses(&g, READ, iova, unreadable, 0));
  guest_set(&g, pointer, table);
  uint64_t page = guest_set(&g, leaf, 0);
  EXPECT(guest_refuses(&g, READ, iova, missing, gpa | 1));
  guest_set(&g, leaf, scene_leaf(HOLE, RWX));
  EXPECT(guest_refuses(&g, READ, iova, unreadable, 0));
  guest_set(&g, leaf, page);
}

static void check_process(tb_t *tb) {
  uint64_t iova = UINT64_C(1) << 40, pc = guest_pc(&g, PROCESS), ta = tb_load(tb, pc);
  g.process_id = PROCESS;
  tb_store(tb, pc, ~PCL_PROCESS_VALID);
  check_second(tb, iova, guest_pc_gpa(&g, PROCESS, 0), 265, 21);
  EXPECT(guest_refuses(&g, READ, iova, 266, 0));
  guest_set(&g, pc, ta | MISCONFIGURED);
  EXPECT(guest_refuses(&g, READ, iova, 267, 0));
  guest_set(&g, pc, ta);
  EXPECT(guest_refuses(&g, READ, iova, 260, 0));  // a supervisor, but ENS is 0
  guest_set(&g, pc, ta | PCL_PROCESS_ENS | PCL_PROCESS_SUM);
  EXPECT(guest_refuses(&g, READ, iova, 13, 0));  // not canonical
}

static void check_msi(tb_t *tb, uint64_t entry) {
  uint64_t root = g.dc[MSIPTP];
  g.dc[MSIPTP] = UINT64_C(1) << 60 | HOLE >> 12;
  guest_put(&g);
  EXPECT(guest_refuses(&g, READ, IOVA, 261, 0));
  g.dc[MSIPTP] = root;
  guest_put(&g);
  EXPECT(guest_refuses(&g, READ, IOVA, 262, 0));
  guest_set(&g, entry, 1);
  EXPECT(guest_refuses(&g, READ, IOVA, 263, 0));
  g.dc[MSIPTP] = 0;
  guest_put(&g);
}

SCENARIO(order_of_checks, "each cause of a request with every error hides those behind it") {
  NEEDS(guest_is_built());
  uint64_t good[DC_WORDS];
  guest_start_processes(&g, tb, 1, 0, 0);
  for (unsigned i = 0; i < DC_WORDS; i++) good[i] = g.dc[i];
  uint64_t frame = guest_g_pte(&g, FRAME_GPA, 0), pte = guest_pte(&g, IOVA, 0), leaf = tb_load(tb, pte);
  uint64_t page = guest_set(&g, frame, 0), entry = guest_host(&g)->page_alloc(guest_host(&g)->context, 1);
  g.priv = true;
  g.process_id = 0x100 | PROCESS;
  guest_set(&g, pte, 0);
  check_device(tb, good);
  check_process(tb);
  check_second(tb, IOVA, guest_pte_gpa(&g, IOVA, 0), 5, 21);
  EXPECT(guest_refuses(&g, READ, IOVA, 13, 0));
  guest_set(&g, pte, leaf);
  g.dc[MSIPTP] = UINT64_C(1) << 60 | entry >> 12;
  g.dc[MSI_PATTERN] = FRAME_GPA >> 12;
  check_msi(tb, entry);
  EXPECT(guest_refuses(&g, READ, IOVA, 21, FRAME_GPA | (IOVA & OFFSET & ~UINT64_C(3))));
  guest_set(&g, frame, page);
  EXPECT(guest_reaches(&g, READ, IOVA, FRAME_SPA | (IOVA & OFFSET)));
}
