// SPDX-License-Identifier: Apache-2.0
//
// Which first stage a request gets by its process_id and DC.tc.PDTV, DPE, and what supervisors may (IOMMU spec 3.2.3, 3.3 items 7
// to 16): without a process_id there is no supervisor and the record says so; ENS, SUM and U decide about the others, also about
// pages that another privilege has put into the caches.
#include "guest.h"

static guest_t g;

static bool reaches_by_gpa(unsigned type) {
  return guest_reaches(&g, type, FRAME_GPA | (IOVA & OFFSET), FRAME_SPA | (IOVA & OFFSET));
}

static bool reaches(unsigned type) { return guest_reaches(&g, type, IOVA, FRAME_SPA | (IOVA & OFFSET)); }

// pdtp.MODE Bare: no width, no process context, no U and no privilege counts; the second stage does.
static void check_bare_directory(tb_t *tb) {
  uint64_t fsc = g.dc[FSC];
  g.dc[FSC] = 0;
  guest_put(&g);
  for (unsigned i = 0; i < 12; i++) {
    g.process_id = i < 6 ? 0xfffff : 0;
    g.priv = i & 1;
    EXPECT(reaches_by_gpa(i / 2 % 3));
  }
  EXPECT(guest_refuses(&g, READ, FRAME_GPA + PCL_PAGE, 21, FRAME_GPA + PCL_PAGE));
  g.dc[FSC] = fsc;
  guest_put(&g);
}

// Without a process_id: DPE=0 first stage Bare; DPE=1 process 0, as a user.
static void check_no_process(tb_t *tb) {
  uint64_t pte = guest_pte(&g, IOVA, 0), leaf = tb_load(tb, pte);
  g.pv = false;
  for (unsigned i = 0; i < 6; i++) {
    g.priv = i & 1;
    EXPECT(reaches_by_gpa(i / 2));
  }
  g.dc[TC] |= PCL_DC_DPE;
  guest_put(&g);
  EXPECT(guest_refuses(&g, READ, IOVA, 266, 0));  // process 0 has none yet
  EXPECT(pcl_attach_process(&g.scene.system.driver, &g.processes, 0, &g.domain, PCL_PROCESS_ENS | PCL_PROCESS_SUM) == PCL_OK);
  for (unsigned i = 0; i < 6; i++) {
    g.priv = i & 1;
    EXPECT(reaches(i / 2));
  }
  guest_set(&g, pte, leaf & ~PCL_MAP_USER);
  for (unsigned i = 0; i < 6; i++) {
    g.priv = i & 1;
    EXPECT(guest_refuses(&g, i / 2, IOVA, page_fault(i / 2), 0));
  }
  guest_set(&g, pte, leaf);
  g.dc[TC] &= ~PCL_DC_DPE;
  guest_put(&g);
  g.pv = true;
}

static bool is_allowed(unsigned type, bool priv, bool u, bool sum) {
  return priv ? !u || (sum && type != EXEC) : u;
}

// Every type as user and supervisor, in both orders, upon what the ones before have cached.
static void check_page(tb_t *tb, bool u, bool sum) {
  for (unsigned i = 0; i < 12; i++) {
    unsigned type = i < 6 ? i % 3 : 2 - i % 3;
    g.priv = (i / 3) & 1;
    if (is_allowed(type, g.priv, u, sum)) EXPECT(reaches(type));
    else EXPECT(guest_refuses(&g, type, IOVA, page_fault(type), 0));
  }
}

SCENARIO(process_privilege, "process_id, DPE, ENS, SUM and U decide as the specification says, cached or not") {
  NEEDS(guest_is_built());
  guest_start_processes(&g, tb, 1, 0, 0);
  uint64_t pc = guest_pc(&g, PROCESS), ta = tb_load(tb, pc), pte = guest_pte(&g, IOVA, 0), leaf = tb_load(tb, pte);
  check_bare_directory(tb);
  check_no_process(tb);
  g.process_id = PROCESS;
  for (unsigned type = READ; type <= WRITE; type++) {  // ENS=0
    g.priv = false;
    EXPECT(reaches(type));
    g.priv = true;
    EXPECT(guest_refuses(&g, type, IOVA, 260, 0));
  }
  for (unsigned i = 0; i < 4; i++) {
    tb_store(tb, pc, ta | PCL_PROCESS_ENS | (i & 1 ? PCL_PROCESS_SUM : 0));
    guest_set(&g, pte, i & 2 ? leaf : leaf & ~PCL_MAP_USER);
    check_page(tb, i & 2, i & 1);
  }
}
