// SPDX-License-Identifier: Apache-2.0
//
// How caches shorten a walk (arch/walk_hooks.h): a walk helped at every need that can be answered has the outcome of one that
// reads everything, with fewer accesses.
#include "guest.h"

#define FRAME_GPA (((uint64_t)FRAME_GPN << 12) + 0x456)
#define FRESH     (LEAF_RWX & ~(PCL_PTE_A | PCL_PTE_D))

// A process of the guest with its directory of one level.
static void with_process(guest_t *g) {
  guest_init(g);
  g->m.regs.capabilities |= PCL_CAP_AMO_HWAD;
  g->dc.fsc = fsc_of(PCL_PDTP_PD8, PDT_PPN);
  guest_tc(g, PCL_TC_PDTV | PCL_TC_SADE | PCL_TC_GADE);
  g->m.request.pv = true;
  g->m.request.process_id = 7;
  memory_set(&g->m.memory, table_spa(((uint64_t)PDT_PPN << 12) + 7 * 16), PCL_PC_V | (uint64_t)0x55 << 12);
  memory_set(&g->m.memory, table_spa(((uint64_t)PDT_PPN << 12) + 7 * 16) + 8, fsc_of(PCL_IOSATP_SV39, PT_PPN + 2));
}

static pcl_step_t feed(guest_t *g, pcl_walk_t *w) {
  pcl_response_t response;
  memory_read(&g->m.memory, &w->access, &response);
  return pcl_walk_step(w, &response);
}

static void finish(guest_t *g, pcl_walk_t *w, pcl_step_t step, unsigned accesses) {
  g->m.memory.accesses = 0;
  while (step == PCL_STEP_ACCESS) step = feed(g, w);
  assert_int_equal(g->m.memory.accesses, accesses);
  assert_false(w->outcome.faulted);
  assert_int_equal(w->outcome.translation.ppn, FRAME_PPN);
  assert_int_equal(w->outcome.translation.gpn, FRAME_GPN);
  assert_int_equal(w->outcome.translation.pscid, 0x55);
}

static const pcl_pc_t pc = {.ta = PCL_PC_V | (uint64_t)0x55 << 12, .fsc = (uint64_t)8 << 60 | (PT_PPN + 2)};
static const pcl_g_leaf_t frame = {.gpn = FRAME_GPN, .ppn = FRAME_PPN, .shift = 12, .rights = PCL_RIGHT_RWX};

static pcl_g_leaf_t table_page(unsigned level) {
  return (pcl_g_leaf_t){
    .gpn = PT_PPN + level, .ppn = PT_PPN + level + TABLE_OFFSET, .shift = 12, .rights = PCL_RIGHT_R};
}

static void needs_show_in_order(void **state) {
  (void)state;
  guest_t g;
  pcl_walk_t w;
  with_process(&g);
  pcl_walk_begin(&w, &g.m.regs, &g.m.request);
  assert_false(pcl_walk_at_pdt(&w) || pcl_walk_at_root(&w) || pcl_walk_at_gpa(&w));
  feed(&g, &w);
  assert_non_null(pcl_walk_new_dc(&w));
  assert_true(pcl_walk_at_pdt(&w) && pcl_walk_at_gpa(&w));
  assert_int_equal(w.process_id, 7);
  assert_int_equal(w.gpa, ((uint64_t)PDT_PPN << 12) + 7 * 16);
  assert_int_equal(w.g_purpose, PCL_GPA_FOR_PDT);
  for (unsigned i = 0; i < 3; i++) feed(&g, &w);
  assert_true(pcl_walk_at_pdt(&w) && !pcl_walk_at_gpa(&w));
  feed(&g, &w);
  assert_non_null(pcl_walk_new_pc(&w));
  assert_true(!pcl_walk_at_pdt(&w) && pcl_walk_at_root(&w) && pcl_walk_at_gpa(&w));
  assert_int_equal(w.g_purpose, PCL_GPA_FOR_PTE);
  assert_int_equal(w.gpa, s1_gpa(&g, 2));
}

static void known_pc_saves_the_directory(void **state) {
  (void)state;
  guest_t g;
  pcl_walk_t w;
  with_process(&g);
  assert_int_equal(pcl_walk_begin_dc(&w, &g.m.regs, &g.m.request, &g.dc), PCL_STEP_ACCESS);
  finish(&g, &w, pcl_walk_use_pc(&w, &pc), 15);
  const pcl_pc_t no_first_stage = {.ta = PCL_PC_V};
  pcl_walk_begin_dc(&w, &g.m.regs, &g.m.request, &g.dc);
  pcl_walk_use_pc(&w, &no_first_stage);
  assert_true(pcl_walk_at_gpa(&w));
  assert_int_equal(w.g_purpose, PCL_GPA_FOR_ACCESS);
}

static void known_pc_is_still_checked_against_the_request(void **state) {
  (void)state;
  guest_t g;
  pcl_walk_t w;
  with_process(&g);
  g.m.request.priv = true;
  pcl_walk_begin_dc(&w, &g.m.regs, &g.m.request, &g.dc);
  assert_int_equal(pcl_walk_use_pc(&w, &pc), PCL_STEP_DONE);
  assert_int_equal(w.outcome.fault.cause, PCL_CAUSE_TYPE_DISALLOWED);
}

static pcl_step_t to_root(guest_t *g, pcl_walk_t *w) {
  pcl_walk_begin_dc(w, &g->m.regs, &g->m.request, &g->dc);
  return pcl_walk_use_pc(w, &pc);
}

static void known_table_by_gpa_and_by_spa(void **state) {
  (void)state;
  guest_t g;
  pcl_walk_t w;
  with_process(&g);
  to_root(&g, &w);
  finish(&g, &w, pcl_walk_skip_to(&w, 0, PT_PPN), 7);
  to_root(&g, &w);
  finish(&g, &w, pcl_walk_skip_to_spa(&w, 0, PT_PPN + TABLE_OFFSET), 4);
  assert_int_equal(g.m.memory.trace[0].addr, table_spa(s1_gpa(&g, 0)));
  to_root(&g, &w);
  finish(&g, &w, pcl_walk_skip_to_spa(&w, 1, PT_PPN + 1 + TABLE_OFFSET), 8);
}

// The GPA of a table given by SPA is not known, so an update goes back to the root.
static void update_in_a_table_given_by_spa_begins_anew(void **state) {
  (void)state;
  guest_t g;
  pcl_walk_t w;
  with_process(&g);
  guest_map(&g, 0, pte_of(FRAME_GPN, FRESH));
  to_root(&g, &w);
  pcl_walk_skip_to_spa(&w, 0, PT_PPN + TABLE_OFFSET);
  assert_int_equal(feed(&g, &w), PCL_STEP_ACCESS);
  assert_true(w.began_anew && pcl_walk_at_root(&w) && pcl_walk_at_gpa(&w));
  finish(&g, &w, PCL_STEP_ACCESS, 12 + 3 + 1 + 3);
}

static void known_leaf_of_the_second_stage(void **state) {
  (void)state;
  guest_t g;
  pcl_walk_t w;
  with_process(&g);
  to_root(&g, &w);
  for (unsigned level = 3; level-- > 0;) {
    const pcl_g_leaf_t leaf = table_page(level);
    assert_true(pcl_walk_at_gpa(&w) && pcl_walk_accepts_gpa(&w, &leaf));
    assert_int_equal(pcl_walk_skip_gpa(&w, &leaf), PCL_STEP_ACCESS);
    assert_false(pcl_walk_at_gpa(&w));
    assert_int_equal(w.access.addr, table_spa(s1_gpa(&g, level)));
    feed(&g, &w);
  }
  assert_int_equal(w.gpa, FRAME_GPA);
  assert_int_equal(pcl_walk_skip_gpa(&w, &frame), PCL_STEP_DONE);
  assert_int_equal(w.outcome.translation.ppn, FRAME_PPN);
  assert_true(w.outcome.translation.w);
}

// A cached right that is missing may have been added, or D not set: the tables decide.
static void cached_leaf_must_have_the_right(void **state) {
  (void)state;
  const unsigned right[] = {PCL_RIGHT_R, PCL_RIGHT_X, PCL_RIGHT_W};
  for (unsigned type = 0; type < 3; type++) {
    guest_t g;
    pcl_walk_t w;
    guest_init(&g);
    guest_first_stage_bare(&g);
    g.m.request.iova = FRAME_GPA;
    as_access(&g, type);
    pcl_walk_begin_dc(&w, &g.m.regs, &g.m.request, &g.dc);
    for (unsigned rights = 0; rights < 8; rights++) {
      const pcl_g_leaf_t leaf = {.gpn = FRAME_GPN, .ppn = FRAME_PPN, .shift = 12, .rights = (uint8_t)rights};
      assert_int_equal(pcl_walk_accepts_gpa(&w, &leaf), (rights & right[type]) != 0);
    }
  }
}

static void update_needs_w_of_a_cached_leaf(void **state) {
  (void)state;
  guest_t g;
  pcl_walk_t w;
  with_process(&g);
  guest_map(&g, 0, pte_of(FRAME_GPN, FRESH));
  to_root(&g, &w);
  pcl_walk_skip_to(&w, 0, PT_PPN);
  pcl_g_leaf_t leaf = table_page(0);
  pcl_walk_skip_gpa(&w, &leaf);
  assert_int_equal(feed(&g, &w), PCL_STEP_ACCESS);
  assert_true(pcl_walk_at_gpa(&w));
  assert_int_equal(w.g_purpose, PCL_GPA_FOR_PTE_UPDATE);
  assert_int_equal(w.gpa, s1_gpa(&g, 0));
  assert_false(pcl_walk_accepts_gpa(&w, &leaf));
  leaf.rights = PCL_RIGHT_R | PCL_RIGHT_W;
  assert_true(pcl_walk_accepts_gpa(&w, &leaf));
  pcl_walk_skip_gpa(&w, &leaf);
  assert_true(w.access.update);
  assert_int_equal(w.access.addr, table_spa(s1_gpa(&g, 0)));
}

static void known_table_of_the_second_stage(void **state) {
  (void)state;
  guest_t g;
  pcl_walk_t w;
  with_process(&g);
  to_root(&g, &w);
  pcl_walk_skip_to(&w, 0, PT_PPN);
  assert_true(pcl_walk_at_gpa(&w));
  pcl_walk_skip_gpa_to(&w, 0, G_L0 + (s1_gpa(&g, 0) >> 21));
  assert_false(pcl_walk_at_gpa(&w));
  assert_int_equal(w.access.addr, gpte_addr(s1_gpa(&g, 0), 0));
  finish(&g, &w, PCL_STEP_ACCESS, 5);
}

static void new_entries_are_described(void **state) {
  (void)state;
  guest_t g;
  pcl_walk_t w;
  pcl_nonleaf_t n;
  pcl_g_leaf_t leaf;
  with_process(&g);
  to_root(&g, &w);
  for (unsigned level = 3; level-- > 0;) {
    const uint64_t gpa = s1_gpa(&g, level);
    for (unsigned g_level = 3; g_level-- > 1;) {
      feed(&g, &w);
      assert_true(pcl_walk_new_g_nonleaf(&w, &n));
      assert_int_equal(n.level, g_level - 1);
      assert_int_equal(n.table_ppn, gpte_addr(gpa, g_level - 1) >> 12);
      assert_int_equal(n.va_prefix, gpa >> (12 + 9 * g_level));
      assert_int_equal(n.shift, 12 + 9 * g_level);
      assert_false(pcl_walk_new_g_leaf(&w, &leaf) || pcl_walk_new_nonleaf(&w, &n));
    }
    feed(&g, &w);
    assert_true(pcl_walk_new_g_leaf(&w, &leaf));
    assert_int_equal(leaf.gpn, gpa >> 12);
    assert_int_equal(leaf.ppn, (gpa >> 12) + TABLE_OFFSET);
    assert_int_equal(leaf.shift, 12);
    assert_int_equal(leaf.rights, PCL_RIGHT_RWX);
    feed(&g, &w);
    assert_int_equal(pcl_walk_new_nonleaf(&w, &n), level > 0);
    if (level == 0) break;
    assert_int_equal(n.level, level - 1);
    assert_int_equal(n.table_ppn, PT_PPN + level - 1);  // a guest page
    assert_int_equal(n.va_prefix, pcl_va_prefix(g.m.request.iova, level - 1));
  }
}

// IOMMU spec 3.8: nothing with V=0, misconfigured, or without permission is offered to a cache.
static void invalid_entries_are_not_described(void **state) {
  (void)state;
  guest_t g;
  pcl_walk_t w;
  pcl_nonleaf_t n;
  pcl_g_leaf_t leaf;
  with_process(&g);
  memory_set(&g.m.memory, table_spa(((uint64_t)PDT_PPN << 12) + 7 * 16), 0);
  pcl_walk_begin(&w, &g.m.regs, &g.m.request);
  while (feed(&g, &w) == PCL_STEP_ACCESS) {}
  assert_null(pcl_walk_new_pc(&w));
  guest_g_map(&g, PT_PPN + 2, 0, pte_of(PT_PPN + 2 + TABLE_OFFSET, PCL_PTE_V | PCL_PTE_X | PCL_PTE_U | PCL_PTE_A));
  to_root(&g, &w);
  while (feed(&g, &w) == PCL_STEP_ACCESS) {}
  assert_false(pcl_walk_new_g_leaf(&w, &leaf) || pcl_walk_new_g_nonleaf(&w, &n));
  memory_set(&g.m.memory, gpte_addr(s1_gpa(&g, 2), 1), 0);
  to_root(&g, &w);
  while (feed(&g, &w) == PCL_STEP_ACCESS) {}
  assert_false(pcl_walk_new_g_leaf(&w, &leaf) || pcl_walk_new_g_nonleaf(&w, &n));
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(needs_show_in_order),
    cmocka_unit_test(known_pc_saves_the_directory),
    cmocka_unit_test(known_pc_is_still_checked_against_the_request),
    cmocka_unit_test(known_table_by_gpa_and_by_spa),
    cmocka_unit_test(update_in_a_table_given_by_spa_begins_anew),
    cmocka_unit_test(known_leaf_of_the_second_stage),
    cmocka_unit_test(cached_leaf_must_have_the_right),
    cmocka_unit_test(update_needs_w_of_a_cached_leaf),
    cmocka_unit_test(known_table_of_the_second_stage),
    cmocka_unit_test(new_entries_are_described),
    cmocka_unit_test(invalid_entries_are_not_described),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
