// SPDX-License-Identifier: Apache-2.0
// The caches that shorten walks and the iotlb: keys, replacement, rights, and what each invalidation takes from them
// (docs/microarchitecture.md, sections 3, 5.2 and 5.5).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arch/dc.h"
#include "cycle/inval.h"
#include "cycle/walk_caches.h"

static const pcl_config_t config = {
  .l2_entries = 64, .l2_ways = 4, .dc_entries = 2, .pc_entries = 2, .nl_entries = 4, .g_entries = 4, .sv32 = 1, .sv48 = 1,
  .sv57 = 1, .sv32x4 = 1, .sv39x4 = 1, .pd8 = 1};

static const pcl_addr_space_t native = {.pscid = 7, .s1 = true};
static const pcl_addr_space_t guest = {.pscid = 7, .gscid = 3, .gv = true, .s1 = true};
static const pcl_addr_space_t other_guest = {.pscid = 7, .gscid = 4, .gv = true, .s1 = true};

static const pcl_inv_t vma_native = {.op = PCL_INV_VMA, .kill = true};
static const pcl_inv_t vma_guest = {.op = PCL_INV_VMA, .gv = true, .gscid = 3, .kill = true};
static const pcl_inv_t gvma_guest = {.op = PCL_INV_GVMA, .gv = true, .gscid = 3, .kill = true};
static const pcl_inv_t gvma_all = {.op = PCL_INV_GVMA, .kill = true};

static void table_pages_belong_to_a_space(void **state) {
  (void)state;
  pcl_nl_cache_t cache;
  pcl_nl_cache_reset(&cache, &config);
  pcl_nl_cache_fill(&cache, 1, &guest, false, 0x12345, 0x99);
  assert_int_equal(pcl_nl_cache_lookup(&cache, &guest, false, 0x12345).spn, 0x99);
  assert_int_equal(pcl_nl_cache_lookup(&cache, &guest, false, 0x12200).level, 1);
  assert_int_equal(pcl_nl_cache_lookup(&cache, &guest, false, 0x12000).level, 0);
  assert_int_equal(pcl_nl_cache_lookup(&cache, &native, false, 0x12345).level, 0);
  assert_int_equal(pcl_nl_cache_lookup(&cache, &other_guest, false, 0x12345).level, 0);
}

static void lowest_table_wins_also_from_above_the_root(void **state) {
  (void)state;
  pcl_nl_cache_t cache;
  pcl_nl_cache_reset(&cache, &config);
  pcl_nl_cache_fill(&cache, 5, &guest, false, 0, 0x55);  // the root of Sv57
  assert_int_equal(pcl_nl_cache_lookup(&cache, &guest, false, UINT64_C(0x123456789)).spn, 0x55);
  pcl_nl_cache_fill(&cache, 2, &guest, false, 0, 0x22);
  pcl_nl_cache_fill(&cache, 3, &guest, false, 0, 0x33);
  assert_int_equal(pcl_nl_cache_lookup(&cache, &guest, false, 0x3ffff).spn, 0x22);
  assert_int_equal(pcl_nl_cache_lookup(&cache, &guest, false, 0x40000).spn, 0x33);
}

static void sv32_tables_cover_ten_bits(void **state) {
  (void)state;
  pcl_nl_cache_t cache;
  pcl_nl_cache_reset(&cache, &config);
  pcl_nl_cache_fill(&cache, 1, &native, true, 0x3ff, 0x11);
  assert_int_equal(pcl_nl_cache_lookup(&cache, &native, true, 0).spn, 0x11);
  assert_int_equal(pcl_nl_cache_lookup(&cache, &native, true, 0x400).level, 0);
  assert_int_equal(pcl_nl_cache_lookup(&cache, &native, false, 0).level, 0);
}

static unsigned tables_left(const pcl_inv_t *inv) {
  pcl_nl_cache_t cache;
  pcl_nl_cache_reset(&cache, &config);
  pcl_nl_cache_fill(&cache, 1, &native, false, 0, 1);
  pcl_nl_cache_fill(&cache, 1, &guest, false, 0, 2);
  pcl_nl_cache_fill(&cache, 1, &other_guest, false, 0, 4);
  pcl_nl_cache_kill(&cache, inv);
  return (unsigned)(pcl_nl_cache_lookup(&cache, &native, false, 0).spn | pcl_nl_cache_lookup(&cache, &guest, false, 0).spn |
                    pcl_nl_cache_lookup(&cache, &other_guest, false, 0).spn);
}

static void iotinval_takes_table_pages(void **state) {
  (void)state;
  const pcl_inv_t address = {.op = PCL_INV_VMA, .av = true, .kill = true};
  const pcl_inv_t nonleaf = {.op = PCL_INV_VMA, .av = true, .nl = true, .vpn = 0x5000000, .kill = true};
  const pcl_inv_t wrong_pscid = {.op = PCL_INV_VMA, .pscv = true, .pscid = 8, .kill = true};
  const pcl_inv_t all = {.op = PCL_INV_ALL, .kill = true};
  assert_int_equal(tables_left(&vma_native), 6);
  assert_int_equal(tables_left(&vma_guest), 5);
  assert_int_equal(tables_left(&gvma_guest), 5);
  assert_int_equal(tables_left(&gvma_all), 1);
  assert_int_equal(tables_left(&address), 7);
  assert_int_equal(tables_left(&nonleaf), 6);
  assert_int_equal(tables_left(&wrong_pscid), 7);
  assert_int_equal(tables_left(&all), 7);
}

static void process_contexts_go_with_device_process_and_guest(void **state) {
  (void)state;
  const uint64_t iohgatp = (uint64_t)PCL_IOHGATP_SV39X4 << 60 | UINT64_C(3) << 44;
  const pcl_pc_t pc = {.ta = 1, .fsc = 2};
  const pcl_inv_t takes[] = {
    {.op = PCL_INV_ALL}, {.op = PCL_INV_DDT, .device_id = 5}, {.op = PCL_INV_PDT, .device_id = 5, .process_id = 0},
    gvma_guest, gvma_all};
  const pcl_inv_t spares[] = {
    {.op = PCL_INV_DDT, .device_id = 6}, {.op = PCL_INV_PDT, .device_id = 5, .process_id = 1}, vma_guest,
    {.op = PCL_INV_GVMA, .gv = true, .gscid = 4}};
  pcl_pc_cache_t cache;
  for (unsigned i = 0; i < sizeof takes / sizeof takes[0]; i++) {
    pcl_pc_cache_reset(&cache, &config);
    pcl_pc_cache_fill(&cache, 5, false, 0, iohgatp, &pc);  // by DPE: its process is 0
    assert_non_null(pcl_pc_cache_lookup(&cache, 5, false, 0, iohgatp));
    assert_null(pcl_pc_cache_lookup(&cache, 5, true, 0, iohgatp));
    pcl_pc_cache_kill(&cache, &takes[i]);
    assert_null(pcl_pc_cache_lookup(&cache, 5, false, 0, iohgatp));
  }
  pcl_pc_cache_fill(&cache, 5, true, 0, iohgatp, &pc);
  for (unsigned i = 0; i < sizeof spares / sizeof spares[0]; i++) pcl_pc_cache_kill(&cache, &spares[i]);
  assert_non_null(pcl_pc_cache_lookup(&cache, 5, true, 0, iohgatp));
  assert_null(pcl_pc_cache_lookup(&cache, 5, true, 0, iohgatp + (UINT64_C(1) << 44)));  // not in another VM
  assert_null(pcl_pc_cache_lookup(&cache, 5, true, 0, 0));
}

// A walk that stands at a guest physical address, having just read an entry.
static pcl_walk_t walk_at(uint64_t gpa, pcl_gpa_purpose_t purpose) {
  return (pcl_walk_t){
    .dc.iohgatp = (uint64_t)PCL_IOHGATP_SV39X4 << 60 | UINT64_C(3) << 44,
    .phase = PCL_PHASE_PT,
    .gpa = gpa,
    .g_purpose = (uint8_t)purpose,
    .in_g = true,
    .g_level = 2,
    .g_root_level = 2,
  };
}

static void fill_g_leaf(pcl_g_cache_t *cache, uint64_t gpa, uint64_t ppn, unsigned shift, uint8_t rights, bool sv32) {
  pcl_walk_t walk = walk_at(gpa, PCL_GPA_FOR_PTE);
  walk.s2_sv32 = sv32;
  walk.s2 = (pcl_stage_leaf_t){.ppn = ppn, .shift = (uint8_t)shift, .rights = rights};
  walk.new_g_leaf = true;
  assert_true(pcl_g_cache_fill(cache, &walk));
}

static void implicit_accesses_keep_leaves_with_their_rights(void **state) {
  (void)state;
  pcl_g_cache_t cache;
  pcl_g_cache_reset(&cache, &config);
  fill_g_leaf(&cache, 0x204321, 0x800, 21, PCL_RIGHT_R, false);
  const pcl_walk_t reading = walk_at(0x3ff000, PCL_GPA_FOR_PTE);
  const pcl_walk_t updating = walk_at(0x3ff000, PCL_GPA_FOR_PTE_UPDATE);
  const pcl_g_entry_t *found = pcl_g_cache_lookup(&cache, &reading);
  assert_non_null(found);
  const pcl_g_leaf_t leaf = pcl_g_entry_leaf(found, &reading);
  assert_int_equal(leaf.gpn, 0x200);
  assert_int_equal(leaf.ppn, 0x800);
  assert_null(pcl_g_cache_lookup(&cache, &updating));
  pcl_g_cache_kill(&cache, &vma_guest);
  assert_non_null(pcl_g_cache_lookup(&cache, &reading));
  pcl_g_cache_kill(&cache, &gvma_guest);
  assert_null(pcl_g_cache_lookup(&cache, &reading));
}

static void large_leaves_without_a_level_are_kept_in_part(void **state) {
  (void)state;
  pcl_g_cache_t cache;
  pcl_g_cache_reset(&cache, &config);
  fill_g_leaf(&cache, 0x13000, 0x40, 16, PCL_RIGHT_RWX, false);
  pcl_walk_t walk = walk_at(0x13000, PCL_GPA_FOR_PTE);
  assert_int_equal(pcl_g_cache_lookup(&cache, &walk)->ppn, 0x43);
  walk.gpa = 0x14000;
  assert_null(pcl_g_cache_lookup(&cache, &walk));
  fill_g_leaf(&cache, 0xe00000, 0x1000, 22, PCL_RIGHT_RWX, true);  // 4 MiB from 0xc00000: the upper half
  walk.s2_sv32 = true;
  walk.gpa = 0xe12000;
  assert_int_equal(pcl_g_cache_lookup(&cache, &walk)->ppn, 0x1200);
  walk.gpa = 0xc00000;
  assert_null(pcl_g_cache_lookup(&cache, &walk));
}

static void pointers_stand_back_behind_leaves_and_lower_pointers(void **state) {
  (void)state;
  pcl_g_cache_t cache;
  pcl_g_cache_reset(&cache, &config);
  pcl_walk_t walk = walk_at(0x5000, PCL_GPA_FOR_ACCESS);
  walk.new_g_nonleaf = true;
  for (unsigned level = 2; level-- > 0;) {
    walk.g_level = (uint8_t)level;
    walk.access.addr = (uint64_t)(0x100 + level) << 12;
    assert_true(pcl_g_cache_fill(&cache, &walk));
  }
  walk.new_g_nonleaf = false;
  walk.g_level = 2;
  const pcl_g_entry_t *found = pcl_g_cache_lookup(&cache, &walk);
  assert_int_equal(found->ppn, 0x100);
  assert_int_equal(found->level, 0);
  walk.gpa = 0x200000;
  assert_int_equal(pcl_g_cache_lookup(&cache, &walk)->ppn, 0x101);
  fill_g_leaf(&cache, 0x200000, 0x77, 12, PCL_RIGHT_R, false);
  assert_true(pcl_g_cache_lookup(&cache, &walk)->leaf);
  pcl_walk_t explicit_leaf = walk;
  explicit_leaf.new_g_leaf = true;
  assert_false(pcl_g_cache_fill(&cache, &explicit_leaf));
}

// --- iotlb ---

static pcl_iotlb_t iotlb;

static void fill_iotlb(uint64_t vpn, const pcl_addr_space_t *space, uint8_t s1_size, uint8_t rights, bool u) {
  const pcl_resp_t resp = {.vpn = vpn, .spn = vpn, .space = *space, .s1_size = s1_size, .ok = true, .valid = true};
  const pcl_iotlb_fill_t fill = {.resp = &resp, .way = (uint8_t)iotlb.way_ptr, .rights = rights, .u = u};
  pcl_iotlb_fill(&iotlb, &fill);
}

static void start_iotlb(void) {
  memset(&iotlb, 0, sizeof iotlb);
  pcl_iotlb_reset(&iotlb, &config);
}

static unsigned rights_of(bool supervisor, bool sum) {
  unsigned rights = 0;
  for (unsigned need = 1; need <= 4; need *= 2) {
    const pcl_iotlb_key_t key =
      {.vpn = 0x1000, .space = guest, .need = (uint8_t)need, .supervisor = supervisor, .sum = sum};
    pcl_iotlb_read(&iotlb, 0x1000);
    if (pcl_iotlb_compare(&iotlb, &key)) rights |= need;
  }
  return rights;
}

static void privilege_decides_when_an_entry_is_used(void **state) {
  (void)state;
  start_iotlb();
  fill_iotlb(0x1000, &guest, 0, PCL_RIGHT_RWX, true);
  assert_int_equal(rights_of(false, false), PCL_RIGHT_RWX);
  assert_int_equal(rights_of(true, false), 0);
  assert_int_equal(rights_of(true, true), PCL_RIGHT_R | PCL_RIGHT_W);
  start_iotlb();
  fill_iotlb(0x1000, &guest, 0, PCL_RIGHT_RWX, false);
  assert_int_equal(rights_of(false, true), 0);
  assert_int_equal(rights_of(true, false), PCL_RIGHT_RWX);
}

// One VM, one process: a device with MSI pages beside one that has none. An invalidation takes what either holds.
static void devices_with_msi_pages_share_nothing_with_others(void **state) {
  (void)state;
  const pcl_resp_t resp = {.vpn = 0x1000, .space = guest, .ok = true, .valid = true};
  pcl_iotlb_key_t key = {.vpn = 0x1000, .space = guest, .need = PCL_RIGHT_R};
  for (unsigned msi = 0; msi < 2; msi++) {
    for (unsigned other = 0; other < 2; other++) {
      start_iotlb();
      const pcl_iotlb_fill_t fill = {.resp = &resp, .rights = PCL_RIGHT_RWX, .u = true, .msi = msi};
      pcl_iotlb_fill(&iotlb, &fill);
      key.msi = other;
      pcl_iotlb_read(&iotlb, key.vpn);
      assert_int_equal(pcl_iotlb_compare(&iotlb, &key) != NULL, other == msi);
    }
    assert_false(pcl_iotlb_clear(&iotlb, pcl_iotlb_set(&iotlb, key.vpn), &vma_guest));
    key.msi = msi;
    pcl_iotlb_read(&iotlb, key.vpn);
    assert_null(pcl_iotlb_compare(&iotlb, &key));
  }
}

// Clocks from the request of an invalidation to its kill.
static unsigned clocks_of(const pcl_inv_t *inv) {
  pcl_inval_t inval;
  pcl_inval_out_t out;
  unsigned clocks = 0;
  pcl_inval_reset(&inval);
  inval.state = PCL_INVAL_IDLE;
  for (;; clocks++) {
    pcl_inval_eval(&inval, &iotlb, false, inv, &out);
    if (out.cq_done) break;
    pcl_inval_commit(&inval, &out, false, true, &iotlb);
  }
  pcl_inval_commit(&inval, &out, false, true, &iotlb);
  return clocks;
}

static bool holds(uint64_t vpn) {
  const pcl_iotlb_key_t key = {.vpn = vpn, .space = guest, .need = PCL_RIGHT_R};
  pcl_iotlb_read(&iotlb, vpn);
  return pcl_iotlb_compare(&iotlb, &key) != NULL;
}

// A page in a 2-MiB leaf of the first stage may have a fragment in any set.
static void fragments_make_a_page_a_scan(void **state) {
  (void)state;
  const pcl_inv_t page = {.op = PCL_INV_VMA, .av = true, .vpn = 0x1000, .gv = true, .gscid = 3, .kill = true};
  start_iotlb();
  fill_iotlb(0x1000, &guest, PCL_SIZE_4K, PCL_RIGHT_R, true);
  assert_int_equal(clocks_of(&page), 2);
  assert_false(holds(0x1000));
  fill_iotlb(0x1003, &guest, PCL_SIZE_2M, PCL_RIGHT_R, true);
  fill_iotlb(0x2004, &guest, PCL_SIZE_2M, PCL_RIGHT_R, true);
  assert_int_equal(clocks_of(&page), 2 + 15);
  assert_false(holds(0x1003));
  assert_true(holds(0x2004));
  assert_true(iotlb.frac);  // one is left
  assert_int_equal(clocks_of(&gvma_guest), 2 + 15);
  assert_false(holds(0x2004));
  assert_false(iotlb.frac);
  assert_int_equal(clocks_of(&page), 2);
}

static void a_range_is_a_scan(void **state) {
  (void)state;
  const pcl_inv_t range = {.op = PCL_INV_VMA, .av = true, .vpn = 0x1003, .range = 7, .gv = true, .gscid = 3, .kill = true};
  const pcl_inv_t device = {.op = PCL_INV_DDT, .kill = true};
  start_iotlb();
  fill_iotlb(0x1000, &guest, PCL_SIZE_4K, PCL_RIGHT_R, true);
  fill_iotlb(0x1007, &guest, PCL_SIZE_4K, PCL_RIGHT_R, true);
  fill_iotlb(0x1008, &guest, PCL_SIZE_4K, PCL_RIGHT_R, true);
  assert_int_equal(clocks_of(&device), 2);
  assert_true(holds(0x1000));
  assert_int_equal(clocks_of(&range), 2 + 15);
  assert_false(holds(0x1000));
  assert_false(holds(0x1007));
  assert_true(holds(0x1008));
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(table_pages_belong_to_a_space),
    cmocka_unit_test(lowest_table_wins_also_from_above_the_root),
    cmocka_unit_test(sv32_tables_cover_ten_bits),
    cmocka_unit_test(iotinval_takes_table_pages),
    cmocka_unit_test(process_contexts_go_with_device_process_and_guest),
    cmocka_unit_test(implicit_accesses_keep_leaves_with_their_rights),
    cmocka_unit_test(large_leaves_without_a_level_are_kept_in_part),
    cmocka_unit_test(pointers_stand_back_behind_leaves_and_lower_pointers),
    cmocka_unit_test(privilege_decides_when_an_entry_is_used),
    cmocka_unit_test(devices_with_msi_pages_share_nothing_with_others),
    cmocka_unit_test(fragments_make_a_page_a_scan),
    cmocka_unit_test(a_range_is_a_scan),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
