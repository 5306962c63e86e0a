// SPDX-License-Identifier: Apache-2.0
//
// V from 0 to 1 needs no invalidation, at any level of any table (IOMMU spec 3.8, 7.3): after faults by an entry with V=0 the
// entry is made good, and the next request succeeds without a command.
#include "guest.h"

#define JUNK (~UINT64_C(1))
#define FILE_SPA UINT64_C(0x54321000)

static guest_t g;

static void check(tb_t *tb, uint64_t addr, uint64_t spa, unsigned types) {
  uint64_t good = tb_load(tb, addr);
  for (unsigned i = 0; i < 2 * types; i++) {
    unsigned type = types == 3 ? i % 3 : i % 2 ? WRITE : READ;
    guest_set(&g, addr, i < types ? JUNK : 0);
    for (unsigned tries = 0; tries < 2; tries++) {
      EXPECT(guest_access(&g, type, IOVA) == PCL_RESP_SLVERR);
      scene_fault(&g.scene);
    }
    tb_store(tb, addr, good);
    EXPECT(guest_reaches(&g, type, IOVA, spa | (IOVA & OFFSET)));
  }
}

static void check_context(tb_t *tb) {
  check(tb, guest_dc(&g, 1), FRAME_SPA, 3);
  check(tb, guest_dc(&g, 0), FRAME_SPA, 3);
  for (uint32_t level = 0; level < g.processes.table.levels; level++)
    check(tb, guest_spa(&g, guest_pc_gpa(&g, PROCESS, level)), FRAME_SPA, 3);
}

SCENARIO(nothing_invalid_cached, "an entry that becomes valid is used at once, whatever level of whatever table it is in") {
  NEEDS(guest_is_built());
  guest_start_processes(&g, tb, tb_config()->pd20 ? 3 : 1, 0, 0);
  check_context(tb);
  for (uint32_t level = 0; level < 3; level++) {
    check(tb, guest_pte(&g, IOVA, level), FRAME_SPA, 3);
    check(tb, guest_g_pte(&g, guest_pte_gpa(&g, IOVA, 0), level), FRAME_SPA, 3);
    check(tb, guest_g_pte(&g, guest_pc_gpa(&g, PROCESS, 0), level), FRAME_SPA, 3);
    check(tb, guest_g_pte(&g, FRAME_GPA, level), FRAME_SPA, 3);
  }
  uint64_t entry = guest_host(&g)->page_alloc(guest_host(&g)->context, 1);
  tb_store(tb, entry, FILE_SPA >> 2 | 7);
  g.dc[MSIPTP] = UINT64_C(1) << 60 | entry >> 12;
  g.dc[MSI_PATTERN] = FRAME_GPA >> 12;
  guest_put(&g);
  check(tb, entry, FILE_SPA, 2);
}
