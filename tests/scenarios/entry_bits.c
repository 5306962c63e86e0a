// SPDX-License-Identifier: Apache-2.0
//
// Bits of page table entries of both stages, leaf and pointer, one at a time (privileged spec, translation steps 3 to 6, Svnapot,
// Svpbmt, Svrsw60t59b; IOMMU spec 3.3): what is reserved makes a page fault of its stage, what is for software is ignored. In the
// second stage G means nothing and U must be 1, also for a supervisor.
#include "guest.h"

#define BIT(n) (UINT64_C(1) << (n))

static guest_t g;

typedef struct {
  uint64_t addr, good;
  bool leaf;
  bool second;
} entry_t;

static void refuse(tb_t *tb, const entry_t *entry, uint64_t value, unsigned type) {
  guest_set(&g, entry->addr, value);
  if (entry->second)
    EXPECT(guest_refuses(&g, type, IOVA, guest_page_fault(type), FRAME_GPA | (IOVA & OFFSET & ~UINT64_C(3))));
  else EXPECT(guest_refuses(&g, type, IOVA, page_fault(type), 0));
}

static void accept(tb_t *tb, const entry_t *entry, uint64_t value, unsigned type) {
  guest_set(&g, entry->addr, value);
  EXPECT(guest_reaches(&g, type, IOVA, FRAME_SPA | (IOVA & OFFSET)));
}

static void check_common(tb_t *tb, const entry_t *e) {
  const pcl_config_t *config = tb_config();
  refuse(tb, e, e->good & ~BIT(0), READ);
  for (unsigned n = 54; n < 59; n++) refuse(tb, e, e->good | BIT(n), n % 3);
  for (unsigned n = 59; n < 61; n++) {
    if (config->svrsw60t59b) accept(tb, e, e->good | BIT(n), n % 3);
    else refuse(tb, e, e->good | BIT(n), n % 3);
  }
  for (unsigned n = 8; n < 10; n++) accept(tb, e, e->good | BIT(n), n % 3);  // RSW
  accept(tb, e, e->good | PCL_MAP_GLOBAL, EXEC);
}

static void check_pointer(tb_t *tb, const entry_t *e) {
  static const uint8_t reserved[] = {4, 6, 7, 61, 62, 63};  // U, A, D, PBMT, N
  for (unsigned i = 0; i < sizeof reserved; i++) refuse(tb, e, e->good | BIT(reserved[i]), i % 3);
  refuse(tb, e, e->good | PCL_MAP_WRITE, WRITE);            // R=0, W=1, a shadow stack's encoding
  refuse(tb, e, e->good | PCL_MAP_WRITE | PCL_MAP_EXEC, WRITE);
}

static void check_leaf(tb_t *tb, const entry_t *e) {
  refuse(tb, e, e->good & ~PCL_MAP_READ, WRITE);
  refuse(tb, e, e->good & ~PCL_MAP_READ, EXEC);
  refuse(tb, e, e->good & ~(PCL_MAP_READ | PCL_MAP_WRITE | PCL_MAP_EXEC), READ);  // a pointer at the last level
  accept(tb, e, e->good & ~(PCL_MAP_READ | PCL_MAP_WRITE), EXEC);
  refuse(tb, e, e->good & ~(PCL_MAP_READ | PCL_MAP_WRITE), READ);
  refuse(tb, e, e->good & ~PCL_MAP_EXEC, EXEC);
  refuse(tb, e, e->good & ~PCL_MAP_WRITE, WRITE);
  for (uint64_t type = 1; type < 4; type++) {
    if (type < 3 && tb_config()->svpbmt) accept(tb, e, e->good | type << 61, READ);
    else refuse(tb, e, e->good | type << 61, READ);
  }
  // N: PPN[3:0] must be 8; the page is IOVA's 16 then.
  for (uint64_t low = 0; low < 16; low++) {
    uint64_t napot = (e->good & ~(UINT64_C(15) << 10)) | low << 10 | PCL_MAP_NAPOT;
    if (low != 8) refuse(tb, e, napot, low % 3);
  }
}

// A large page must be aligned to its size, and has no N.
static void check_large(tb_t *tb, const entry_t *e) {
  uint64_t leaf = scene_leaf(e->second ? FRAME_SPA : FRAME_GPA, RWX), aligned = leaf & ~(UINT64_C(0x1ff) << 10);
  for (unsigned n = 10; n < 19; n++) refuse(tb, e, aligned | BIT(n), n % 3);
  refuse(tb, e, aligned | PCL_MAP_NAPOT, READ);
  refuse(tb, e, aligned | PCL_MAP_NAPOT | UINT64_C(8) << 10, READ);
}

// U=0: of the first stage a supervisor's page; of the second nobody's.
static void check_user(tb_t *tb, const entry_t *e) {
  uint64_t pte = guest_pte(&g, IOVA, 0), leaf = tb_load(tb, pte);
  for (unsigned type = READ; type <= WRITE; type++) {
    refuse(tb, e, e->good & ~PCL_MAP_USER, type);
    g.priv = true;
    guest_set(&g, pte, leaf & ~PCL_MAP_USER);
    if (e->second) refuse(tb, e, e->good & ~PCL_MAP_USER, type);
    else accept(tb, e, e->good & ~PCL_MAP_USER, type);
    g.priv = false;
    guest_set(&g, pte, leaf);
  }
}

SCENARIO(entry_bits, "each reserved bit of page table entries of both stages faults, each bit for software is ignored") {
  NEEDS(guest_is_built());
  guest_start_processes(&g, tb, 1, 0, PCL_PROCESS_ENS);
  for (unsigned second = 0; second < 2; second++) {
    for (uint32_t level = 0; level < 3; level++) {
      entry_t e = {.addr = second ? guest_g_pte(&g, FRAME_GPA, level) : guest_pte(&g, IOVA, level), .second = second};
      e.good = tb_load(tb, e.addr);
      if (second && level == 2) continue;  // the way to the tables, too
      check_common(tb, &e);
      if (level == 0) check_leaf(tb, &e), check_user(tb, &e);
      else check_pointer(tb, &e);
      if (level == 1) check_large(tb, &e);
      guest_set(&g, e.addr, e.good);
    }
  }
}
