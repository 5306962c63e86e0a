// SPDX-License-Identifier: Apache-2.0
//
// Hardware update of A and D (IOMMU spec 3.4, SADE and GADE in 3.1.3; privileged spec "Two-Stage Address Translation").
#include "guest.h"

#define FRAME_GPA (((uint64_t)FRAME_GPN << 12) + 0x456)
#define FRESH     (LEAF_RWX & ~(PCL_PTE_A | PCL_PTE_D))
#define BOTH      (PCL_TC_SADE | PCL_TC_GADE)

static void with_updates(guest_t *g, uint64_t tc) {
  guest_init(g);
  g->m.regs.capabilities |= PCL_CAP_AMO_HWAD;
  guest_tc(g, tc);
}

static uint64_t s1_leaf(guest_t *g) { return memory_word(&g->m.memory, table_spa(s1_gpa(g, 0)))->value; }
static uint64_t g_leaf(guest_t *g, uint64_t gpa) { return memory_word(&g->m.memory, gpte_addr(gpa, 0))->value; }

// SADE and GADE need the capability.
static void sade_gade_without_the_capability_are_259(void **state) {
  (void)state;
  guest_t g;
  guest_init(&g);
  guest_tc(&g, PCL_TC_SADE);
  expect_fault2(&g, PCL_CAUSE_DDT_MISCONFIGURED, 0);
  guest_tc(&g, PCL_TC_GADE);
  expect_fault2(&g, PCL_CAUSE_DDT_MISCONFIGURED, 0);
}

// IOMMU spec 3.1.3: without update A=0, or a store with D=0, faults in each stage.
static void without_update_a0_and_store_d0_fault(void **state) {
  (void)state;
  for (unsigned stage = 0; stage < 2; stage++) {
    for (unsigned type = 0; type < 3; type++) {
      guest_t g;
      with_updates(&g, stage ? PCL_TC_SADE : PCL_TC_GADE);  // the other stage's enable does not help
      as_access(&g, type);
      for (unsigned bit = 0; bit < 2; bit++) {
        const uint64_t flags = LEAF_RWX & ~(bit ? PCL_PTE_D : PCL_PTE_A);
        if (stage == 0) guest_map(&g, 0, pte_of(FRAME_GPN, flags));
        else guest_g_map(&g, FRAME_GPN, 0, pte_of(FRAME_PPN, flags));
        if (bit == 1 && type != 2) expect_grant(&g.m);
        else if (stage == 0) expect_fault2(&g, page_cause(type), 0);
        else expect_fault2(&g, guest_page_cause(type), FRAME_GPA & ~UINT64_C(3));
        assert_int_equal(g.m.memory.writes, 0);
      }
    }
  }
}

static void read_sets_a_and_store_sets_a_and_d_in_both_stages(void **state) {
  (void)state;
  for (unsigned type = 0; type < 3; type++) {
    guest_t g;
    with_updates(&g, BOTH);
    guest_map(&g, 0, pte_of(FRAME_GPN, FRESH));
    guest_g_map(&g, FRAME_GPN, 0, pte_of(FRAME_PPN, FRESH));
    as_access(&g, type);
    const pcl_translation_t t = expect_grant(&g.m);
    const uint64_t set = PCL_PTE_A | (type == 2 ? PCL_PTE_D : 0);
    assert_int_equal(s1_leaf(&g), pte_of(FRAME_GPN, FRESH | set));
    assert_int_equal(g_leaf(&g, FRAME_GPA), pte_of(FRAME_PPN, FRESH | set));
    assert_int_equal(g.m.memory.writes, 2);
    assert_int_equal(t.w, type == 2);  // a read never grants a write with D=0
    expect_grant(&g.m);
    assert_int_equal(g.m.memory.writes, 0);
  }
}

// The order: the leaf is updated where the walk meets it, after the second stage has allowed the write of its page.
static void access_sequence_of_a_first_stage_update(void **state) {
  (void)state;
  guest_t g;
  with_updates(&g, BOTH);
  guest_map(&g, 0, pte_of(FRAME_GPN, FRESH));
  expected_access_t e[32] = {{PCL_ACCESS_DC, guest_dc_addr()}};
  unsigned n = 1;
  for (unsigned level = 3; level-- > 0;) {
    n = expect_gpa(e, n, s1_gpa(&g, level));
    e[n++] = (expected_access_t){PCL_ACCESS_PTE, table_spa(s1_gpa(&g, level))};
  }
  n = expect_gpa(e, n, s1_gpa(&g, 0));
  e[n++] = (expected_access_t){PCL_ACCESS_PTE, table_spa(s1_gpa(&g, 0))};
  n = expect_gpa(e, n, FRAME_GPA);
  expect_grant(&g.m);
  expect_accesses(&g, e, n);
  const pcl_access_t *update = &g.m.memory.trace[16];
  assert_true(update->update);
  assert_int_equal(update->old_value, pte_of(FRAME_GPN, FRESH));
  assert_int_equal(update->new_value, pte_of(FRAME_GPN, FRESH | PCL_PTE_A));
  assert_int_equal(update->bytes, 8);
}

static void one_stage_update_needs_no_second_translation(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  m.regs.capabilities |= PCL_CAP_AMO_HWAD;
  set_dc(&m, PCL_TC_V | PCL_TC_SADE, fsc_of(PCL_IOSATP_SV39, PT_PPN + 2));
  map(&m, 2, 0, pte_of(FRAME_PPN, FRESH));
  m.request.write = true;
  expect_grant(&m);
  assert_int_equal(m.memory.accesses, 5);
  assert_int_equal(m.memory.trace[4].addr, pte_addr(&m, 0));
  assert_int_equal(m.memory.trace[4].new_value, pte_of(FRAME_PPN, LEAF_RWX));
}

// IOMMU spec 4.2: the update is an implicit write, which the second stage must allow: else 11 in iotval2, and
// the original access type.
static void update_needs_w_of_the_page_of_the_pte(void **state) {
  (void)state;
  for (unsigned type = 0; type < 3; type++) {
    guest_t g;
    with_updates(&g, BOTH);
    guest_map(&g, 0, pte_of(FRAME_GPN, FRESH));
    guest_g_map(&g, PT_PPN, 0, pte_of(PT_PPN + TABLE_OFFSET, LEAF_G & ~PCL_PTE_W));
    as_access(&g, type);
    expect_fault2(&g, guest_page_cause(type), (s1_gpa(&g, 0) & ~UINT64_C(3)) | 3);
    assert_int_equal(g.m.memory.writes, 0);
  }
}

// Bit 1 of iotval2 is set because the write failed, not because SADE is 1.
static void failed_implicit_read_has_01_even_with_sade(void **state) {
  (void)state;
  guest_t g;
  with_updates(&g, BOTH);
  guest_map(&g, 0, pte_of(FRAME_GPN, FRESH));
  guest_g_map(&g, PT_PPN, 0, pte_of(PT_PPN + TABLE_OFFSET, LEAF_G & ~PCL_PTE_V));
  expect_fault2(&g, PCL_CAUSE_READ_GUEST_PAGE, s1_gpa(&g, 0) | 1);
}

// D of the page of the PTE is set by the update only, and needs GADE.
static void update_needs_d_of_the_page_of_the_pte(void **state) {
  (void)state;
  guest_t g;
  with_updates(&g, PCL_TC_SADE);
  guest_g_map(&g, PT_PPN, 0, pte_of(PT_PPN + TABLE_OFFSET, LEAF_G & ~PCL_PTE_D));
  expect_grant(&g.m);  // nothing to update: an implicit read needs no D
  guest_map(&g, 0, pte_of(FRAME_GPN, FRESH));
  expect_fault2(&g, PCL_CAUSE_READ_GUEST_PAGE, (s1_gpa(&g, 0) & ~UINT64_C(3)) | 3);
  guest_tc(&g, BOTH);
  expect_grant(&g.m);
  assert_int_equal(g_leaf(&g, s1_gpa(&g, 0)), pte_of(PT_PPN + TABLE_OFFSET, LEAF_G));
  assert_int_equal(s1_leaf(&g), pte_of(FRAME_GPN, FRESH | PCL_PTE_A));
}

static void implicit_read_sets_a_of_its_leaf_only(void **state) {
  (void)state;
  guest_t g;
  with_updates(&g, PCL_TC_GADE);
  guest_g_map(&g, PT_PPN, 0, pte_of(PT_PPN + TABLE_OFFSET, FRESH));
  as_access(&g, 2);
  expect_grant(&g.m);
  assert_int_equal(g_leaf(&g, s1_gpa(&g, 0)), pte_of(PT_PPN + TABLE_OFFSET, FRESH | PCL_PTE_A));
}

static void no_update_before_the_permission_checks(void **state) {
  (void)state;
  guest_t g;
  with_updates(&g, BOTH);
  guest_map(&g, 0, pte_of(FRAME_GPN, FRESH & ~PCL_PTE_W));
  as_access(&g, 2);
  expect_fault2(&g, PCL_CAUSE_WRITE_PAGE, 0);
  guest_map(&g, 0, pte_of(FRAME_GPN, FRESH & ~PCL_PTE_U));
  as_access(&g, 0);
  expect_fault2(&g, PCL_CAUSE_READ_PAGE, 0);
  assert_int_equal(g.m.memory.writes, 0);
}

// A first-stage update stands although the second stage faults afterwards: the specification leaves that free.
static void first_stage_update_stands_when_the_second_stage_faults(void **state) {
  (void)state;
  guest_t g;
  with_updates(&g, BOTH);
  guest_map(&g, 0, pte_of(FRAME_GPN, FRESH));
  guest_g_map(&g, FRAME_GPN, 0, 0);
  expect_fault2(&g, PCL_CAUSE_READ_GUEST_PAGE, FRAME_GPA & ~UINT64_C(3));
  assert_int_equal(s1_leaf(&g), pte_of(FRAME_GPN, FRESH | PCL_PTE_A));
}

// Memory that cannot update, or poison there, by stage and access type.
static void failed_updates(void **state) {
  (void)state;
  for (unsigned stage = 0; stage < 2; stage++) {
    for (unsigned type = 0; type < 3; type++) {
      guest_t g;
      with_updates(&g, BOTH);
      guest_map(&g, 0, pte_of(FRAME_GPN, FRESH));
      guest_g_map(&g, FRAME_GPN, 0, pte_of(FRAME_PPN, FRESH));
      as_access(&g, type);
      test_word_t *word = memory_word(&g.m.memory, stage ? gpte_addr(FRAME_GPA, 0) : table_spa(s1_gpa(&g, 0)));
      word->update_status = PCL_MEM_ACCESS_FAULT;
      expect_fault2(&g, access_cause(type), 0);
      word->update_status = PCL_MEM_POISON;
      expect_fault2(&g, PCL_CAUSE_PT_CORRUPTION, 0);
    }
  }
}

// On the way to the process directory a failed update of the second stage is the directory's error (3.3.2).
static void failed_update_for_the_directory_is_265(void **state) {
  (void)state;
  guest_t g;
  with_updates(&g, BOTH | PCL_TC_PDTV);
  g.dc.fsc = fsc_of(PCL_PDTP_PD8, PDT_PPN);
  guest_set_dc(&g);
  g.m.request.pv = true;
  guest_g_map(&g, PDT_PPN, 0, pte_of(PDT_PPN + TABLE_OFFSET, FRESH));
  memory_word(&g.m.memory, gpte_addr((uint64_t)PDT_PPN << 12, 0))->update_status = PCL_MEM_ACCESS_FAULT;
  expect_fault2(&g, PCL_CAUSE_PDT_ACCESS, 0);
}

// Privileged spec, Virtual Address Translation Process step 9: a changed entry is read and judged again.
static void changed_entry_is_read_again(void **state) {
  (void)state;
  for (unsigned stage = 0; stage < 2; stage++) {
    guest_t g;
    pcl_walk_t w;
    pcl_response_t response;
    with_updates(&g, BOTH);
    const uint64_t addr = stage ? gpte_addr(FRAME_GPA, 0) : table_spa(s1_gpa(&g, 0));
    if (stage == 0) guest_map(&g, 0, pte_of(FRAME_GPN, FRESH));
    else guest_g_map(&g, FRAME_GPN, 0, pte_of(FRAME_PPN, FRESH));
    pcl_step_t step = pcl_walk_begin(&w, &g.m.regs, &g.m.request);
    while (!w.access.update) {
      memory_read(&g.m.memory, &w.access, &response);
      step = pcl_walk_step(&w, &response);
      assert_int_equal(step, PCL_STEP_ACCESS);
    }
    assert_int_equal(w.access.addr, addr);
    memory_set(&g.m.memory, addr, 0);  // software was faster
    memory_read(&g.m.memory, &w.access, &response);
    assert_int_equal(response.status, PCL_MEM_CHANGED);
    assert_int_equal(pcl_walk_step(&w, &response), PCL_STEP_ACCESS);
    assert_false(w.access.update);
    assert_int_equal(w.access.addr, addr);
    memory_read(&g.m.memory, &w.access, &response);
    assert_int_equal(pcl_walk_step(&w, &response), PCL_STEP_DONE);
    assert_int_equal(w.outcome.fault.cause, stage ? PCL_CAUSE_READ_GUEST_PAGE : PCL_CAUSE_READ_PAGE);
    assert_int_equal(memory_word(&g.m.memory, addr)->value, 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(sade_gade_without_the_capability_are_259),
    cmocka_unit_test(without_update_a0_and_store_d0_fault),
    cmocka_unit_test(read_sets_a_and_store_sets_a_and_d_in_both_stages),
    cmocka_unit_test(access_sequence_of_a_first_stage_update),
    cmocka_unit_test(one_stage_update_needs_no_second_translation),
    cmocka_unit_test(update_needs_w_of_the_page_of_the_pte),
    cmocka_unit_test(failed_implicit_read_has_01_even_with_sade),
    cmocka_unit_test(update_needs_d_of_the_page_of_the_pte),
    cmocka_unit_test(implicit_read_sets_a_of_its_leaf_only),
    cmocka_unit_test(no_update_before_the_permission_checks),
    cmocka_unit_test(first_stage_update_stands_when_the_second_stage_faults),
    cmocka_unit_test(failed_updates),
    cmocka_unit_test(failed_update_for_the_directory_is_265),
    cmocka_unit_test(changed_entry_is_read_again),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
