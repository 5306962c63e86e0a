// SPDX-License-Identifier: Apache-2.0
//
// Pages of virtual interrupt files (IOMMU spec 3.1.3, 3.3 item 18, 3.3.3; AIA spec, "MSI page tables"): they are recognised by
// the GPA that the first stage gave, before its width is checked and whatever the second stage says, for reads too; execution
// is refused last, with cause 1; no fault of theirs has an iotval2. The entry lies at m | number x 16.
#include "guest.h"

#define FILE_SPA UINT64_C(0x54321000)
#define BASIC (FILE_SPA >> 2 | 7)
#define MRIF (FILE_SPA >> 2 | 3)

static guest_t g;

static bool reaches(unsigned type) { return guest_reaches(&g, type, IOVA, FILE_SPA | (IOVA & OFFSET)); }

static bool each_refused(uint32_t cause) {
  for (unsigned type = READ; type <= WRITE; type++)
    if (!guest_refuses(&g, type, IOVA, cause, 0)) return false;
  return true;
}

static void check_entry(tb_t *tb, uint64_t entry) {
  EXPECT(each_refused(262));
  guest_set(&g, entry, ~UINT64_C(1));
  EXPECT(each_refused(262));
  for (uint64_t mode = 0; mode < 3; mode++) {
    if (mode == 1 && tb_config()->msi_mrif) continue;
    guest_set(&g, entry, (BASIC & ~UINT64_C(6)) | mode << 1);
    EXPECT(each_refused(263));
  }
  for (unsigned bit = 3; bit < 64; bit++) {
    if (bit >= 10 && bit < 54) continue;  // PPN
    guest_set(&g, entry, BASIC | UINT64_C(1) << bit);
    EXPECT(guest_refuses(&g, bit % 3, IOVA, 263, 0));  // C (63) and what is reserved
  }
  guest_set(&g, entry + 8, ~UINT64_C(0));  // of no meaning in basic mode
  guest_set(&g, entry, BASIC);
  EXPECT(reaches(READ) && reaches(WRITE) && guest_refuses(&g, EXEC, IOVA, 1, 0));
}

// Mode 1, a file in memory: its own reserved bits, in both doublewords.
static void check_memory_file(tb_t *tb, uint64_t entry) {
  for (unsigned bit = 3; bit < 64; bit++) {
    if (bit >= 7 && bit < 54) continue;  // its address
    guest_set(&g, entry, MRIF | UINT64_C(1) << bit);
    EXPECT(guest_refuses(&g, bit % 3, IOVA, 263, 0));
  }
  tb_store(tb, entry, MRIF);
  for (unsigned bit = 54; bit < 64; bit++) {
    if (bit == 60) continue;  // of NID, as 9:0; NPPN 53:10
    guest_set(&g, entry + 8, UINT64_C(1) << bit);
    EXPECT(guest_refuses(&g, bit % 3, IOVA, 263, 0));
  }
  guest_set(&g, entry + 8, UINT64_C(1) << 60 | UINT64_C(0x3fffffffffffff));
  EXPECT(guest_refuses(&g, EXEC, IOVA, 1, 0));
  guest_set(&g, entry, BASIC);
}

static void check_table(tb_t *tb) {
  uint64_t root = g.dc[MSIPTP], fsc = g.dc[FSC];
  g.dc[MSIPTP] = UINT64_C(1) << 60 | HOLE >> 12;
  guest_put(&g);
  EXPECT(each_refused(261));
  g.dc[MSIPTP] = root;
  guest_put(&g);
  // First stage Bare and the context known: the entry is the first that is read.
  g.dc[FSC] = 0;
  guest_put(&g);
  for (unsigned type = READ; type <= WRITE; type++) {
    EXPECT(guest_reaches(&g, READ, FRAME_GPA, FILE_SPA));
    EXPECT(pcl_invalidate_vm(&g.scene.system.driver, &(pcl_gvma_t){.gv = true, .gscid = GSCID, .av = true, .gpa = FRAME_GPA}) ==
           PCL_OK);
    EXPECT(pcl_fence(&g.scene.system.driver, 0) == PCL_OK);
    guest_poison(&g, true);
    EXPECT(guest_refuses(&g, type, FRAME_GPA, 270, 0));
    guest_poison(&g, false);
  }
  g.dc[FSC] = fsc;
  guest_put(&g);
}

// The rights of the first stage count; what the second stage has at this address does not.
static void check_stages(tb_t *tb) {
  uint64_t pte = guest_pte(&g, IOVA, 0), leaf = guest_set(&g, pte, scene_leaf(FRAME_GPA, PCL_MAP_RO));
  EXPECT(reaches(READ) && guest_refuses(&g, WRITE, IOVA, 15, 0) && guest_refuses(&g, EXEC, IOVA, 12, 0));
  guest_set(&g, pte, leaf);
  uint64_t frame = guest_set(&g, guest_g_pte(&g, FRAME_GPA, 0), 0);
  EXPECT(reaches(READ) && reaches(WRITE) && guest_refuses(&g, EXEC, IOVA, 1, 0));
  guest_set(&g, guest_g_pte(&g, FRAME_GPA, 0), frame);
}

// A file beyond the 41 bits of Sv39x4, within the widest GPA that is built.
static void check_wide(tb_t *tb, uint64_t entry) {
  uint64_t wide = UINT64_C(1) << 45, pte = guest_pte(&g, IOVA, 0), leaf = tb_load(tb, pte), fsc = g.dc[FSC];
  g.dc[MSI_PATTERN] |= wide >> 12;
  tb_store(tb, pte, scene_leaf(wide | FRAME_GPA, RWX));
  guest_put(&g);
  EXPECT(reaches(READ) && reaches(WRITE));
  g.dc[FSC] = 0;
  guest_put(&g);
  EXPECT(guest_reaches(&g, WRITE, wide | FRAME_GPA, FILE_SPA));
  guest_set(&g, entry, 0);
  EXPECT(guest_refuses(&g, READ, wide | FRAME_GPA, 262, 0));
  uint64_t beside = (wide | FRAME_GPA) + PCL_PAGE;
  EXPECT(guest_refuses(&g, READ, beside, 21, beside));
  g.dc[FSC] = fsc;
  g.dc[MSI_PATTERN] &= ~(wide >> 12);
  tb_store(tb, pte, leaf);
  guest_put(&g);
}

// A mask with gaps; the table begins in the middle of its natural alignment, so that m | n x 16 and m + n x 16 differ.
static void check_numbers(tb_t *tb) {
  const uint64_t pattern = FRAME_GPA >> 12 & ~UINT64_C(0x3ff), mask = 0x3bf;  // nine bits
  uint64_t table = guest_host(&g)->page_alloc(guest_host(&g)->context, 2) + PCL_PAGE, pte = guest_pte(&g, IOVA, 0);
  g.dc[MSIPTP] = UINT64_C(1) << 60 | table >> 12;
  g.dc[MSI_MASK] = mask;
  g.dc[MSI_PATTERN] = pattern;
  for (unsigned number = 0; number < 512; number += 37) {
    uint64_t page = pattern | (number & 0x3f) | (uint64_t)(number & 0x1c0) << 1, at = (table | number * 16) & ~UINT64_C(15);
    guest_put(&g);
    guest_set(&g, pte, scene_leaf(page << 12, RWX));
    guest_set(&g, at, BASIC);
    EXPECT(reaches(number % 2 ? READ : WRITE));
    guest_set(&g, at, 0);
    EXPECT(guest_refuses(&g, READ, IOVA, 262, 0));
  }
}

SCENARIO(interrupt_file_entries, "pages of interrupt files: recognition, entry by entry, and the causes of what is wrong") {
  NEEDS(guest_is_built());
  guest_start(&g, tb, 0);
  uint64_t entry = guest_host(&g)->page_alloc(guest_host(&g)->context, 1);
  g.dc[MSIPTP] = UINT64_C(1) << 60 | entry >> 12;
  g.dc[MSI_PATTERN] = FRAME_GPA >> 12;
  guest_put(&g);
  check_entry(tb, entry);
  if (tb_config()->msi_mrif) check_memory_file(tb, entry);
  check_table(tb);
  check_stages(tb);
  if (tb_config()->sv48x4) check_wide(tb, entry);
  check_numbers(tb);
}
