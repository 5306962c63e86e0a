// SPDX-License-Identifier: Apache-2.0
//
// Guest physical addresses (IOMMU spec 3.1.3; privileged spec, "Guest Physical Address Translation"): bits above the 41 of
// Sv39x4, 50 of Sv48x4, 59 of Sv57x4 must be 0, whether the first stage gave the address, or is Bare, or it is that of a table,
// and whatever is cached; the root has 16 KiB, so the two uppermost bits are part of its index. Every address in a guest's
// tables is a GPA.
#include "guest.h"

static guest_t g;

static bool reaches(unsigned type) { return guest_reaches(&g, type, IOVA, FRAME_SPA | (IOVA & OFFSET)); }

// First stage Bare: each wide bit alone, upon a page that is cached without it.
static void check_bare(tb_t *tb, unsigned width) {
  uint64_t fsc = g.dc[FSC];
  g.dc[FSC] = 0;
  guest_put(&g);
  for (unsigned bit = width; bit < 64; bit++) {
    unsigned type = bit % 3;
    uint64_t wide = UINT64_C(1) << bit | FRAME_GPA;
    EXPECT(guest_reaches(&g, type, FRAME_GPA, FRAME_SPA));
    EXPECT(guest_refuses(&g, type, wide | 8, guest_page_fault(type), wide | 8));
    EXPECT(guest_refuses(&g, (type + 1) % 3, wide, guest_page_fault((type + 1) % 3), wide));
  }
  g.dc[FSC] = fsc;
  guest_put(&g);
}

// Wide addresses in the guest's tables: of the frame, of a table, of the root.
static void check_tables(tb_t *tb, unsigned width) {
  uint64_t leaf = guest_pte(&g, IOVA, 0), pointer = guest_pte(&g, IOVA, 1), fsc = g.dc[FSC];
  for (unsigned bit = width; bit < 56; bit++) {
    uint64_t wide = UINT64_C(1) << bit;
    unsigned type = bit % 3;
    EXPECT(reaches(type));
    uint64_t good = guest_set(&g, leaf, scene_leaf(wide | FRAME_GPA, RWX));
    EXPECT(guest_refuses(&g, type, IOVA, guest_page_fault(type), wide | FRAME_GPA | (IOVA & OFFSET & ~UINT64_C(3))));
    guest_set(&g, leaf, good);
    good = guest_set(&g, pointer, wide >> 2 | 1);
    EXPECT(guest_refuses(&g, type, IOVA, guest_page_fault(type), wide | (IOVA >> 9 & 0xff8) | 1));
    guest_set(&g, pointer, good);
    g.dc[FSC] = (fsc & ~((UINT64_C(1) << 44) - 1)) | wide >> 12;
    guest_put(&g);
    EXPECT(guest_refuses(&g, type, IOVA, guest_page_fault(type), wide | (IOVA >> 27 & 0xff8) | 1));
    g.dc[FSC] = fsc;
    guest_put(&g);
  }
}

// Frames in the uppermost physical addresses.
static uint64_t frame_of(uint64_t i) { return UINT64_C(1) << (52 + i) | i * 2 * PCL_PAGE; }

// Four quarters of the guest's space, told apart by the two uppermost bits, each with a frame of its own.
static void check_quarters(tb_t *tb, unsigned width) {
  for (uint64_t i = 0; i < 4; i++) {
    uint64_t gpa = i << (width - 2) | 0x7000, iova = 0x80000000 + i * PCL_PAGE;
    EXPECT(pcl_vm_map(&g.scene.system.driver, &g.vm, gpa, frame_of(i), PCL_PAGE, RWX) == PCL_OK);
    scene_map(&g.scene, &g.domain, iova, gpa, PCL_PAGE, RWX);
  }
  for (uint64_t i = 0; i < 8; i++) {
    uint64_t quarter = i % 4;
    EXPECT(guest_reaches(&g, i % 3, 0x80000000 + quarter * PCL_PAGE, frame_of(quarter)));
  }
}

// A second stage of more levels: its root is no table of the other's, so all is built anew.
static void use_levels(tb_t *tb, uint32_t levels) {
  EXPECT(pcl_vm_init(&g.scene.system.driver, &g.vm, levels, GSCID, WINDOW, WINDOW_BYTES) == PCL_OK);
  EXPECT(pcl_vm_map(&g.scene.system.driver, &g.vm, FRAME_GPA, FRAME_SPA, PCL_PAGE, RWX) == PCL_OK);
  EXPECT(pcl_domain_init_guest(&g.scene.system.driver, &g.domain, &g.vm, 3, PSCID) == PCL_OK);
  scene_map(&g.scene, &g.domain, IOVA & ~OFFSET, FRAME_GPA, PCL_PAGE, RWX);
  const pcl_device_context_t context = pcl_domain_context(&g.domain, 0);
  g.dc[IOHGATP] = context.iohgatp, g.dc[FSC] = context.fsc;
  guest_put(&g);
}

SCENARIO(guest_addresses, "guest addresses beyond 41, 50, 59 bits fault wherever they come from; the root's index has 11 bits") {
  NEEDS(guest_is_built());
  guest_start(&g, tb, 0);
  EXPECT(guest_spa(&g, g.domain.table.root) != g.domain.table.root);
  for (uint32_t levels = 3; levels <= (tb_config()->sv57x4 ? 5 : tb_config()->sv48x4 ? 4 : 3); levels++) {
    unsigned width = 14 + 9 * levels;
    if (levels > 3) use_levels(tb, levels);
    check_bare(tb, width);
    if (levels == 5) continue;  // entries of the first stage hold 56 bits
    check_tables(tb, width);
    check_quarters(tb, width);
  }
}
