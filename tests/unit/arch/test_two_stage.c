// SPDX-License-Identifier: Apache-2.0
//
// Two-stage translation: exact access sequences, guest-page faults with iotval2, and the combination of both stages
// (IOMMU spec 3.3 items 17 and 19, privileged spec "Two-Stage Address Translation").
#include "guest.h"

#define FRAME_GPA (((uint64_t)FRAME_GPN << 12) + 0x456)

static void every_pte_is_read_through_the_second_stage(void **state) {
  (void)state;
  guest_t g;
  guest_init(&g);
  expected_access_t e[32] = {{PCL_ACCESS_DC, guest_dc_addr()}};
  unsigned n = 1;
  for (unsigned level = 3; level-- > 0;) {
    n = expect_gpa(e, n, s1_gpa(&g, level));
    e[n++] = (expected_access_t){PCL_ACCESS_PTE, table_spa(s1_gpa(&g, level))};
  }
  n = expect_gpa(e, n, FRAME_GPA);
  const pcl_translation_t t = expect_grant(&g.m);
  expect_accesses(&g, e, n);
  assert_int_equal(n, 16);
  assert_int_equal(pcl_translation_spa(&t, g.m.request.iova), 0x12345456);
  assert_int_equal(pcl_translation_gpa(&t, g.m.request.iova), FRAME_GPA);
  assert_int_equal(t.gscid, GSCID);
  assert_int_equal(t.pscid, PSCID);
  assert_true(t.gv);
}

static void first_stage_bare_translates_the_iova_only(void **state) {
  (void)state;
  guest_t g;
  guest_init(&g);
  guest_first_stage_bare(&g);
  g.m.request.iova = FRAME_GPA;
  expected_access_t e[4] = {{PCL_ACCESS_DC, guest_dc_addr()}};
  expect_gpa(e, 1, FRAME_GPA);
  const pcl_translation_t t = expect_grant(&g.m);
  expect_accesses(&g, e, 4);
  assert_int_equal(pcl_translation_spa(&t, FRAME_GPA), 0x12345456);
  assert_int_equal(t.pscid, 0);
  assert_int_equal(t.s1_shift, 64);
  assert_false(t.u || t.g);
}

// privileged spec, Sv39x4 to Sv57x4: GPA bits above 41, 50, 59 must be 0, also when the first stage is Bare.
static void gpa_wider_than_the_mode_is_a_guest_page_fault(void **state) {
  (void)state;
  const unsigned width[] = {41, 50, 59};
  for (unsigned i = 0; i < 3; i++) {
    guest_t g;
    guest_init(&g);
    g.dc.iohgatp = iohgatp_of(PCL_IOHGATP_SV39X4 + i, G_ROOT);
    guest_first_stage_bare(&g);
    for (unsigned type = 0; type < 3; type++) {
      as_access(&g, type);
      g.m.request.iova = UINT64_C(1) << width[i];
      expect_fault2(&g, guest_page_cause(type), g.m.request.iova);
      assert_int_equal(g.m.memory.reads, 1);
      g.m.request.iova = UINT64_C(1) << (width[i] - 1);  // the topmost bit that counts: the root is read
      expect_fault2(&g, guest_page_cause(type), g.m.request.iova);
      assert_int_equal(g.m.memory.last_read, ((uint64_t)G_ROOT << 12) + UINT64_C(0x400) * 8);
    }
  }
}

// A non-canonical IOVA is the first stage's page fault, before any access.
static void non_canonical_iova_is_a_page_fault(void **state) {
  (void)state;
  guest_t g;
  guest_init(&g);
  g.m.request.iova = UINT64_C(1) << 38;
  expect_fault2(&g, PCL_CAUSE_READ_PAGE, 0);
  assert_int_equal(g.m.memory.reads, 1);
}

// IOMMU spec 4.2: implicit accesses report the original access type, and 01 in iotval2.
static void implicit_pte_access_is_guest_page_fault_of_the_original_type(void **state) {
  (void)state;
  for (unsigned level = 0; level < 3; level++) {
    guest_t g;
    guest_init(&g);
    guest_g_map(&g, PT_PPN + level, 0, 0);
    for (unsigned type = 0; type < 3; type++) {
      as_access(&g, type);
      expect_fault2(&g, guest_page_cause(type), s1_gpa(&g, level) | 1);
    }
  }
}

// The request's own access has 00 in iotval2, and the GPA.
static void explicit_access_has_00_in_iotval2(void **state) {
  (void)state;
  guest_t g;
  guest_init(&g);
  guest_g_map(&g, FRAME_GPN, 0, 0);
  for (unsigned type = 0; type < 3; type++) {
    as_access(&g, type);
    expect_fault2(&g, guest_page_cause(type), FRAME_GPA & ~UINT64_C(3));
  }
}

// Iotval2 is 0 for page faults.
static void page_faults_have_no_iotval2(void **state) {
  (void)state;
  guest_t g;
  guest_init(&g);
  guest_map(&g, 0, 0);
  expect_fault2(&g, PCL_CAUSE_READ_PAGE, 0);
}

// An implicit read needs R of the second stage, whatever the request does.
static void implicit_read_needs_r_only(void **state) {
  (void)state;
  guest_t g;
  guest_init(&g);
  for (unsigned i = 0; i < 3; i++) {
    guest_g_map(&g, PT_PPN + i, 0, pte_of(PT_PPN + i + TABLE_OFFSET, PCL_PTE_V | PCL_PTE_R | PCL_PTE_U | PCL_PTE_A));
  }
  for (unsigned type = 0; type < 3; type++) {
    as_access(&g, type);
    expect_grant(&g.m);
  }
  guest_g_map(&g, PT_PPN, 0, pte_of(PT_PPN + TABLE_OFFSET, PCL_PTE_V | PCL_PTE_X | PCL_PTE_U | PCL_PTE_A));
  as_access(&g, 1);
  expect_fault2(&g, PCL_CAUSE_INSTR_GUEST_PAGE, s1_gpa(&g, 0) | 1);
}

// IOMMU spec 3.3.2: errors of the second stage under a first-stage walk are 1, 5, 7 and 274.
static void errors_of_second_stage_ptes(void **state) {
  (void)state;
  for (unsigned place = 0; place < 2; place++) {
    guest_t g;
    guest_init(&g);
    const uint64_t addr = gpte_addr(place ? FRAME_GPA : s1_gpa(&g, 1), 0);
    for (unsigned type = 0; type < 3; type++) {
      as_access(&g, type);
      memory_break(&g.m.memory, addr, PCL_MEM_ACCESS_FAULT);
      expect_fault2(&g, access_cause(type), 0);
      memory_break(&g.m.memory, addr, PCL_MEM_POISON);
      expect_fault2(&g, PCL_CAUSE_PT_CORRUPTION, 0);
    }
  }
}

// IOMMU spec 3.3, below item 20; privileged spec "Guest Physical Address Translation".
static void second_stage_leaf_needs_u_and_ignores_g(void **state) {
  (void)state;
  guest_t g;
  guest_init(&g);
  guest_g_map(&g, FRAME_GPN, 0, pte_of(FRAME_PPN, LEAF_G & ~PCL_PTE_U));
  expect_fault2(&g, PCL_CAUSE_READ_GUEST_PAGE, FRAME_GPA & ~UINT64_C(3));
  guest_g_map(&g, FRAME_GPN, 0, pte_of(FRAME_PPN, LEAF_G | PCL_PTE_G));
  assert_false(expect_grant(&g.m).g);
}

static void reserved_encodings_of_second_stage_ptes(void **state) {
  (void)state;
  const uint64_t bad[] = {
    PCL_PTE_V | PCL_PTE_W, LEAF_G | PCL_BIT(54), LEAF_G | PCL_BIT(59), LEAF_G | PCL_PTE_PBMT, PCL_PTE_V | PCL_PTE_D,
    PCL_PTE_V | PCL_PTE_U, PCL_PTE_V | PCL_PTE_N, PCL_PTE_V | PCL_BIT(61),
  };
  for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
    guest_t g;
    guest_init(&g);
    memory_set(&g.m.memory, gpte_addr(FRAME_GPA, i < 4 ? 0 : 1), bad[i] | pte_of(FRAME_PPN, 0));
    expect_fault2(&g, PCL_CAUSE_READ_GUEST_PAGE, FRAME_GPA & ~UINT64_C(3));
  }
}

static void rights_are_those_of_both_stages(void **state) {
  (void)state;
  for (unsigned s1 = 0; s1 < 8; s1++) {
    for (unsigned s2 = 0; s2 < 8; s2++) {
      if ((s1 & 3) == 2 || (s2 & 3) == 2 || !(s1 & s2)) continue;
      guest_t g;
      guest_init(&g);
      const uint64_t rest = PCL_PTE_V | PCL_PTE_U | PCL_PTE_A | PCL_PTE_D;
      guest_map(&g, 0, pte_of(FRAME_GPN, rest | s1 << 1));
      guest_g_map(&g, FRAME_GPN, 0, pte_of(FRAME_PPN, rest | s2 << 1));
      const unsigned both = s1 & s2;
      as_access(&g, both & PCL_RIGHT_R ? 0 : both & PCL_RIGHT_X ? 1 : 2);
      const pcl_translation_t t = expect_grant(&g.m);
      assert_int_equal(t.r | t.w << 1 | t.x << 2, both);
      assert_int_equal(t.s1_rights, s1);
      assert_int_equal(t.s2_rights, s2);
    }
  }
}

static void missing_right_is_a_fault_of_its_stage(void **state) {
  (void)state;
  const uint64_t right[] = {PCL_PTE_R | PCL_PTE_W, PCL_PTE_X, PCL_PTE_W};
  for (unsigned type = 0; type < 3; type++) {
    guest_t g;
    guest_init(&g);
    as_access(&g, type);
    guest_map(&g, 0, pte_of(FRAME_GPN, LEAF_RWX & ~right[type]));
    expect_fault2(&g, page_cause(type), 0);
    guest_map(&g, 0, pte_of(FRAME_GPN, LEAF_RWX));
    guest_g_map(&g, FRAME_GPN, 0, pte_of(FRAME_PPN, LEAF_G & ~right[type]));
    expect_fault2(&g, guest_page_cause(type), FRAME_GPA & ~UINT64_C(3));
  }
}

// A read never grants a write with D=0 in either stage.
static void w_needs_d_of_both_stages(void **state) {
  (void)state;
  for (unsigned stage = 0; stage < 2; stage++) {
    guest_t g;
    guest_init(&g);
    if (stage == 0) guest_map(&g, 0, pte_of(FRAME_GPN, LEAF_RWX & ~PCL_PTE_D));
    if (stage == 1) guest_g_map(&g, FRAME_GPN, 0, pte_of(FRAME_PPN, LEAF_G & ~PCL_PTE_D));
    const pcl_translation_t t = expect_grant(&g.m);
    assert_false(t.w || t.d);
    as_access(&g, 2);
    expect_fault2(&g, stage ? PCL_CAUSE_WRITE_GUEST_PAGE : PCL_CAUSE_WRITE_PAGE, stage ? FRAME_GPA & ~UINT64_C(3) : 0);
  }
}

// Privileged spec, Svpbmt: the first stage's type overrides, unless it is PMA.
static void pbmt_of_the_first_stage_overrides(void **state) {
  (void)state;
  for (unsigned s1 = 0; s1 < 3; s1++) {
    for (unsigned s2 = 0; s2 < 3; s2++) {
      guest_t g;
      guest_init(&g);
      guest_map(&g, 0, pte_of(FRAME_GPN, LEAF_RWX | (uint64_t)s1 << 61));
      guest_g_map(&g, FRAME_GPN, 0, pte_of(FRAME_PPN, LEAF_G | (uint64_t)s2 << 61));
      assert_int_equal(expect_grant(&g.m).pbmt, s1 ? s1 : s2);
    }
  }
}

static void size_is_the_smaller_of_both_leaves(void **state) {
  (void)state;
  const uint64_t gpn[] = {FRAME_GPN, 0x800};  // of the first-stage leaf
  const uint64_t ppn[] = {FRAME_PPN, 0x12200};
  const uint64_t gpa[] = {FRAME_GPA, 0x845456};
  for (unsigned s1 = 0; s1 < 2; s1++) {
    for (unsigned s2 = 0; s2 < 2; s2++) {
      guest_t g;
      guest_init(&g);
      g.m.request.iova = 0x40245456;
      guest_map(&g, s1, pte_of(gpn[s1], LEAF_RWX));
      guest_g_map(&g, gpa[s1] >> 12, s2, pte_of(ppn[s2], LEAF_G));
      const pcl_translation_t t = expect_grant(&g.m);
      assert_int_equal(t.size, s1 && s2 ? PCL_SIZE_2M : PCL_SIZE_4K);
      assert_int_equal(t.s1_shift, s1 ? 21 : 12);
      assert_int_equal(t.s2_shift, s2 ? 21 : 12);
      assert_int_equal(pcl_translation_gpa(&t, g.m.request.iova), gpa[s1]);
      assert_int_equal(pcl_translation_spa(&t, g.m.request.iova), s2 ? UINT64_C(0x12245456) : UINT64_C(0x12345456));
    }
  }
}

// IOMMU spec 3.1.3: the root table has 16 KiB; its index has 11 bits.
static void root_index_has_eleven_bits(void **state) {
  (void)state;
  guest_t g;
  guest_init(&g);
  guest_first_stage_bare(&g);
  g.m.request.iova = UINT64_C(0x1ffffffffff);
  expect_fault2(&g, PCL_CAUSE_READ_GUEST_PAGE, g.m.request.iova & ~UINT64_C(3));
  assert_int_equal(g.m.memory.last_read, ((uint64_t)(G_ROOT + 3) << 12) + 0xff8);
}

// IOMMU spec 3.1.3, SXL: the GPA has 34 bits.
static void sxl_limits_the_gpa_to_34_bits(void **state) {
  (void)state;
  guest_t g;
  guest_init(&g);
  g.m.regs.capabilities |= PCL_CAP_SV32;
  g.dc.tc |= PCL_TC_SXL;
  guest_first_stage_bare(&g);
  g.m.request.iova = UINT64_C(1) << 34;
  expect_fault2(&g, PCL_CAUSE_READ_GUEST_PAGE, g.m.request.iova);
  assert_int_equal(g.m.memory.reads, 1);
  g.m.request.iova = UINT64_C(1) << 33;
  expect_fault2(&g, PCL_CAUSE_READ_GUEST_PAGE, g.m.request.iova);
  assert_int_equal(g.m.memory.reads, 2);
}

// Tables beyond capabilities.PAS: an access fault when they are used, and no access.
static void tables_beyond_pas_are_access_faults(void **state) {
  (void)state;
  guest_t g;
  guest_init(&g);
  g.m.regs.capabilities = (g.m.regs.capabilities & ~(UINT64_C(0x3f) << 32)) | UINT64_C(32) << 32;
  memory_set(&g.m.memory, gpte_addr(FRAME_GPA, 1), pte_of(PCL_BIT(20), PCL_PTE_V));
  g.m.regs.check_pas = true;
  expect_fault2(&g, PCL_CAUSE_READ_ACCESS, 0);
  assert_int_equal(g.m.memory.reads, 15);
  g.m.regs.check_pas = false;  // memory answers: an entry that reads 0
  expect_fault2(&g, PCL_CAUSE_READ_GUEST_PAGE, FRAME_GPA & ~UINT64_C(3));
  assert_int_equal(g.m.memory.reads, 16);
}

static void qos_ids_come_from_the_dc(void **state) {
  (void)state;
  guest_t g;
  guest_init(&g);
  g.dc.ta |= UINT64_C(0xabc) << 40 | UINT64_C(0xdef) << 52;
  guest_set_dc(&g);
  g.m.regs.qosid = 0x01230456;
  expect_fault2(&g, PCL_CAUSE_DDT_MISCONFIGURED, 0);
  g.m.regs.capabilities |= PCL_CAP_QOSID;
  pcl_translation_t t = expect_grant(&g.m);
  assert_int_equal(t.rcid, 0xabc);
  assert_int_equal(t.mcid, 0xdef);
  g.m.regs.ddtp = PCL_DDTP_BARE;
  t = expect_grant(&g.m);
  assert_int_equal(t.rcid, 0x456);
  assert_int_equal(t.mcid, 0x123);
  pcl_walk_t w;
  g.m.regs.ddtp = (uint64_t)DDT_PPN << 10 | PCL_DDTP_1LVL;
  pcl_walk_begin(&w, &g.m.regs, &g.m.request);
  assert_int_equal(pcl_walk_qos(&w), 0x01230456);  // the DDT is the IOMMU's own
  pcl_walk_begin_dc(&w, &g.m.regs, &g.m.request, &g.dc);
  assert_int_equal(pcl_walk_qos(&w), 0x0def0abc);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_pte_is_read_through_the_second_stage),
    cmocka_unit_test(first_stage_bare_translates_the_iova_only),
    cmocka_unit_test(gpa_wider_than_the_mode_is_a_guest_page_fault),
    cmocka_unit_test(non_canonical_iova_is_a_page_fault),
    cmocka_unit_test(implicit_pte_access_is_guest_page_fault_of_the_original_type),
    cmocka_unit_test(explicit_access_has_00_in_iotval2),
    cmocka_unit_test(page_faults_have_no_iotval2),
    cmocka_unit_test(implicit_read_needs_r_only),
    cmocka_unit_test(errors_of_second_stage_ptes),
    cmocka_unit_test(second_stage_leaf_needs_u_and_ignores_g),
    cmocka_unit_test(reserved_encodings_of_second_stage_ptes),
    cmocka_unit_test(rights_are_those_of_both_stages),
    cmocka_unit_test(missing_right_is_a_fault_of_its_stage),
    cmocka_unit_test(w_needs_d_of_both_stages),
    cmocka_unit_test(pbmt_of_the_first_stage_overrides),
    cmocka_unit_test(size_is_the_smaller_of_both_leaves),
    cmocka_unit_test(root_index_has_eleven_bits),
    cmocka_unit_test(sxl_limits_the_gpa_to_34_bits),
    cmocka_unit_test(tables_beyond_pas_are_access_faults),
    cmocka_unit_test(qos_ids_come_from_the_dc),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
