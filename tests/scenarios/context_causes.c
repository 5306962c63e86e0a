// SPDX-License-Identifier: Apache-2.0
//
// Each level of the device directory and of a process directory that is not valid, malformed, unreadable or poisoned has its own
// cause (IOMMU spec 3.3.1, 3.3.2, 3.2.4). DTF=1 silences those of process directories and whatever comes later, none of the
// device directory's: before a valid context is found DTF counts as 0 (4.2).
#include "guest.h"

static guest_t g;
static bool dtf;

static bool is_refused(unsigned type, uint32_t cause) {
  bool always = (cause >= 256 && cause <= 259) || cause == 268;
  return dtf && !always ? guest_refuses_silently(&g, type, IOVA) : guest_refuses(&g, type, IOVA, cause, 0);
}

// The entry at `addr`: V=0 with everything else set; one reserved bit; then as it was.
static void check_entry(tb_t *tb, uint64_t addr, uint64_t reserved, uint32_t invalid, uint32_t misconfigured) {
  uint64_t good = guest_set(&g, addr, ~UINT64_C(1));
  EXPECT(is_refused(READ, invalid));
  for (unsigned bit = 1; bit < 64; bit++) {
    if (!(reserved >> bit & 1) || (dtf && bit % 8)) continue;
    guest_set(&g, addr, good | UINT64_C(1) << bit);
    EXPECT(is_refused(bit % 3, misconfigured));
  }
  guest_set(&g, addr, good);
}

// The table that the pointer at `addr` names cannot be read.
static void check_unreadable(tb_t *tb, uint64_t addr, uint32_t cause) {
  uint64_t good = guest_set(&g, addr, HOLE >> 2 | 1);
  for (unsigned type = READ; type <= WRITE; type++) EXPECT(is_refused(type, cause));
  guest_set(&g, addr, good);
}

static void check_poison(tb_t *tb) {
  pcl_driver_t *driver = &g.scene.system.driver;
  for (unsigned type = READ; type <= WRITE; type++) {
    guest_forget(&g);
    guest_poison(&g, true);
    EXPECT(is_refused(type, 268));
    guest_poison(&g, false);
    EXPECT(guest_reaches(&g, type, IOVA, FRAME_SPA | (IOVA & OFFSET)));  // and the device context is known now
    pcl_cmd_words_t command = pcl_cmd_inval_pdt(DEVICE, PROCESS);
    EXPECT(pcl_cmdq_put(&driver->commands, &command) == PCL_OK && pcl_fence(driver, 0) == PCL_OK);
    guest_poison(&g, true);
    EXPECT(is_refused(type, 269));
    guest_poison(&g, false);
  }
}

// Poison of any one doubleword of a context spoils it.
static void check_poisoned_words(tb_t *tb) {
  uint64_t pc = guest_pc(&g, PROCESS);
  for (unsigned i = 0; i < DC_WORDS + 2; i++) {
    guest_forget(&g);
    axi_mem_poison(tb_table_memory(tb), i < DC_WORDS ? guest_dc(&g, 0) + 8 * i : pc + 8 * (i - DC_WORDS));
    EXPECT(is_refused(READ, i < DC_WORDS ? 268 : 269));
    axi_mem_poison(tb_table_memory(tb), 0);
  }
}

// The second stage of the process directory's tables.
static void check_guest(tb_t *tb) {
  for (uint32_t level = 0; level < 3; level++) {
    uint64_t gpa = guest_pc_gpa(&g, PROCESS, level), leaf = guest_g_pte(&g, gpa, 0);
    uint64_t good = guest_set(&g, leaf, scene_leaf(HOLE, RWX));
    EXPECT(is_refused(level, 265));
    guest_set(&g, leaf, good);
  }
  uint64_t pointer = guest_g_pte(&g, guest_pc_gpa(&g, PROCESS, 0), 1);
  uint64_t good = guest_set(&g, pointer, HOLE >> 2 | 1);
  EXPECT(is_refused(READ, 265));
  guest_set(&g, pointer, good);
}

static void check_first_stage_mode(tb_t *tb) {
  uint64_t fsc = guest_pc(&g, PROCESS) + 8, good = tb_load(tb, fsc);
  for (uint64_t mode = 1; mode < 16; mode++) {
    if (mode == 8 || (mode == 9 && tb_config()->sv48) || (mode == 10 && tb_config()->sv57)) continue;
    guest_set(&g, fsc, (good & ~(UINT64_C(15) << 60)) | mode << 60);
    EXPECT(is_refused(READ, 267));
  }
  for (unsigned bit = 44; bit < 60; bit++) {
    guest_set(&g, fsc, good | UINT64_C(1) << bit);
    EXPECT(is_refused(READ, 267));
  }
  guest_set(&g, fsc, good);
}

SCENARIO(context_causes, "every way in which a device or process context can be wrong has its cause; DTF silences the latter") {
  const uint64_t pointer = UINT64_C(0xffc00000000003fe);
  NEEDS(guest_is_built() && tb_config()->pd20);
  guest_start_processes(&g, tb, 3, 0, 0);
  for (unsigned silent = 0; silent < 2; silent++) {
    dtf = silent;
    g.dc[TC] |= dtf ? PCL_DC_DTF : 0;
    guest_put(&g);
    uint64_t ddt = guest_dc(&g, 1), dc = guest_dc(&g, 0), pdt[3];
    for (uint32_t level = 0; level < 3; level++) pdt[level] = guest_spa(&g, guest_pc_gpa(&g, PROCESS, level));
    check_entry(tb, ddt, pointer, 258, 259);
    check_unreadable(tb, ddt, 257);
    check_entry(tb, dc, UINT64_C(0xffffffff00fff000), 258, 259);
    for (uint32_t level = 2; level > 0; level--) check_entry(tb, pdt[level], pointer, 266, 267);
    check_entry(tb, pdt[0], UINT64_C(0xffffffff00000ff8), 266, 267);
    check_first_stage_mode(tb);
    check_guest(tb);
    check_poison(tb);
    check_poisoned_words(tb);
    EXPECT(guest_reaches(&g, READ, IOVA, FRAME_SPA | (IOVA & OFFSET)));
  }
}
