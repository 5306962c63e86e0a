// SPDX-License-Identifier: Apache-2.0
//
// Systems of 32 bits (IOMMU spec 3.1.3, 6.4; privileged spec, "Sv32"): entries of 4 bytes, ten bits of index a level, twelve at
// the root of Sv32x4, pages of 4 KiB and 4 MiB; IOVAs of 32 bits without a sign, GPAs of 34 bits; updates of one entry of a
// doubleword. fctl.GXL chooses Sv32x4 and wants SXL.
#include "scene.h"

enum { DEVICE = 0x21, SXL = 1 << 11 };

#define IOVA UINT64_C(0xbfc03458)   // index 0x2ff, then 3
#define ROOT UINT64_C(0x90000000)   // of the first stage, as a GPA: its page of the second stage leads to the same address
#define TABLE UINT64_C(0x90001000)
#define G_ROOT UINT64_C(0x98000000)
#define G_TABLE UINT64_C(0x98004000)
#define GPA UINT64_C(0x3abcde000)   // needs 34 bits
#define SPA UINT64_C(0x2ffff5000)
#define MODE8 (UINT64_C(8) << 60)
#define RWX (PCL_MAP_RW | PCL_MAP_EXEC)
#define FRESH (RWX & ~(PCL_MAP_ACCESSED | PCL_MAP_DIRTY))

static scene_t scene;
static pcl_driver_t *const driver = &scene.system.driver;

static void set(tb_t *tb, uint64_t addr, uint64_t value) {
  const unsigned shift = (unsigned)(addr & 4) * 8;
  uint64_t at = addr & ~UINT64_C(7), old = tb_load(tb, at) & ~((uint64_t)UINT32_MAX << shift);
  tb_store(tb, at, old | value << shift);
}

static uint64_t get(tb_t *tb, uint64_t addr) { return tb_load(tb, addr & ~UINT64_C(7)) >> (addr & 4) * 8 & UINT32_MAX; }
static uint64_t leaf(uint64_t addr, uint64_t flags) { return addr >> 12 << 10 | flags; }
static uint64_t first(unsigned level) { return level ? ROOT + (IOVA >> 22) * 4 : TABLE + (IOVA >> 12 & 0x3ff) * 4; }

static void forget(tb_t *tb) {
  const pcl_cmd_words_t all = pcl_cmd_inval_ddt_all();
  EXPECT(pcl_cmdq_put(&driver->commands, &all) == PCL_OK && pcl_invalidate_vm(driver, &(pcl_gvma_t){0}) == PCL_OK);
  EXPECT(pcl_invalidate(driver, &(pcl_vma_t){.gv = true, .gscid = 1}) == PCL_OK);
  scene_forget(&scene);
}

static bool reaches(unsigned channel, uint64_t iova, uint64_t spa) {
  uint64_t data = 0;
  unsigned before = scene.grants;
  forget(scene.system.tb);
  return scene_end(&scene, 0, scene_post(&scene, 0, channel, DEVICE, iova, &data)) == PCL_RESP_OKAY &&
         scene.grants == before + 1 && scene.grant[before].spa == spa;
}

static bool refused(uint64_t iova, uint32_t cause, uint64_t iotval2) {
  uint64_t data;
  forget(scene.system.tb);
  if (scene_read(&scene, 0, DEVICE, iova, &data) != PCL_RESP_SLVERR) return false;
  const pcl_fault_event_t e = scene_fault(&scene);
  return e.cause == cause && e.iotval == iova && e.iotval2 == iotval2;
}

static void put_context(tb_t *tb, uint64_t tc, uint64_t iohgatp, uint64_t fsc) {
  uint64_t entry = pcl_directory_entry(&scene.system.ops, &driver->directory, DEVICE, 0, true);
  tb_store(tb, entry + 8, iohgatp);
  tb_store(tb, entry + 24, fsc);
  tb_store(tb, entry, PCL_DC_VALID | tc);
}

// The first stage, upon `to`, which is found at `spa`.
static void check_first(tb_t *tb, uint64_t to, uint64_t spa) {
  const uint64_t offset = IOVA & 0xfff;
  set(tb, first(1), leaf(TABLE, 1));
  set(tb, first(0), leaf(to, RWX));
  set(tb, first(0) ^ 4, UINT32_MAX);  // the other entry of the doubleword
  EXPECT(reaches(PCL_READ, IOVA, spa | offset) && reaches(PCL_WRITE, IOVA, spa | offset));
  for (unsigned bit = 32; bit < 64; bit += 5) EXPECT(refused(IOVA | UINT64_C(1) << bit, 13, 0));
  set(tb, first(0), leaf(to, RWX & ~PCL_MAP_USER));
  EXPECT(refused(IOVA, 13, 0));
  for (unsigned bit = 4; bit < 8; bit++) {
    if (bit == 5) continue;  // G
    set(tb, first(1), leaf(TABLE, 1 | UINT64_C(1) << bit));  // U, A, D of a pointer
    EXPECT(refused(IOVA, 13, 0));
  }
  set(tb, first(1), leaf(TABLE, 1));
  set(tb, first(0), leaf(to, FRESH));
  EXPECT(refused(IOVA, 13, 0));
  if (!tb_config()->amo_hwad) return;
  uint64_t entry = pcl_directory_entry(&scene.system.ops, &driver->directory, DEVICE, 0, true), tc = tb_load(tb, entry);
  tb_store(tb, entry, tc | PCL_DC_SADE);
  EXPECT(reaches(PCL_READ, IOVA, spa | offset) && get(tb, first(0)) == leaf(to, FRESH | PCL_MAP_ACCESSED));
  EXPECT(reaches(PCL_WRITE, IOVA, spa | offset) && get(tb, first(0)) == leaf(to, RWX));
  EXPECT(get(tb, first(0) ^ 4) == UINT32_MAX);
  tb_store(tb, entry, tc);
}

// A page of 4 MiB: aligned to its size; both of its halves.
static void check_large(tb_t *tb) {
  const uint64_t page = UINT64_C(0x2c0400000);
  for (unsigned bit = 10; bit < 20; bit++) {
    set(tb, first(1), leaf(page, RWX) | UINT64_C(1) << bit);
    EXPECT(refused(IOVA, 13, 0));
  }
  set(tb, first(1), leaf(page, RWX));
  for (unsigned half = 0; half < 2; half++) {
    uint64_t iova = (IOVA & ~UINT64_C(0x3fffff)) | half << 21 | 0x5458;
    EXPECT(reaches(PCL_READ, iova, page | (iova & 0x3fffff)) && reaches(PCL_WRITE, iova, page | (iova & 0x3fffff)));
  }
}

// Sv32x4: the tables of the first stage at their own addresses, in a page of 4 MiB; GPA to SPA.
static void check_second(tb_t *tb) {
  uint64_t pte = G_TABLE + (GPA >> 12 & 0x3ff) * 4;
  for (uint64_t at = G_ROOT; at < G_TABLE + PCL_PAGE; at += PCL_PAGE) mem_zero_page(tb_memory(tb), at, MEM_BY_SOFTWARE);
  set(tb, G_ROOT + (ROOT >> 22) * 4, leaf(ROOT, RWX));
  set(tb, G_ROOT + (GPA >> 22) * 4, leaf(G_TABLE, 1));  // an index of twelve bits
  set(tb, pte, leaf(SPA, RWX));
  put_context(tb, SXL, MODE8 | UINT64_C(1) << 44 | G_ROOT >> 12, MODE8 | ROOT >> 12);
  check_first(tb, GPA, SPA);
  set(tb, pte, leaf(SPA, RWX & ~PCL_MAP_USER));
  EXPECT(refused(IOVA, 21, GPA | (IOVA & 0xffc)));
  set(tb, pte, leaf(SPA, RWX));
  set(tb, G_ROOT + (ROOT >> 22) * 4, 0);
  EXPECT(refused(IOVA, 21, first(1) | 1));  // the table's own page
  put_context(tb, SXL, MODE8 | UINT64_C(1) << 44 | G_ROOT >> 12, 0);
  EXPECT(reaches(PCL_READ, GPA | 8, SPA | 8) && refused(GPA | UINT64_C(1) << 34, 21, GPA | UINT64_C(1) << 34));
}

SCENARIO(sv32, "32-bit systems: entries of 4 bytes, pages of 4 MiB, IOVAs of 32 and GPAs of 34 bits, updates") {
  NEEDS(tb_config()->sv32 && tb_config()->sv32x4);
  scene_start(&scene, tb, 24, 4, 4);
  mem_zero_page(tb_memory(tb), ROOT, MEM_BY_SOFTWARE);
  mem_zero_page(tb_memory(tb), TABLE, MEM_BY_SOFTWARE);
  put_context(tb, SXL, 0, MODE8 | ROOT >> 12);
  check_first(tb, SPA, SPA);
  check_large(tb);
  EXPECT(pcl_set_mode(driver, PCL_DDTP_MODE_OFF) == PCL_OK);
  tb_reg_write(tb, PCL_REG_FCTL_OFFSET, tb_reg_read(tb, PCL_REG_FCTL_OFFSET, 4) | PCL_FCTL_GXL_MASK, 4);
  EXPECT(pcl_set_mode(driver, PCL_DDTP_MODE_TABLE) == PCL_OK);
  check_second(tb);
  put_context(tb, 0, MODE8 | UINT64_C(1) << 44 | G_ROOT >> 12, 0);
  EXPECT(refused(IOVA, 259, 0));  // GXL without SXL
}
