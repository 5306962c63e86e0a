// SPDX-License-Identifier: Apache-2.0
//
// Page table entries: well-formedness and rights, one test per rule (privileged spec translation steps 3 to 9, Svnapot,
// Svpbmt; IOMMU spec 3.3 on shadow-stack encodings and Svrsw60t59b).
#include "arch_test.h"

#define VRWX (PCL_PTE_V | PCL_PTE_R | PCL_PTE_W | PCL_PTE_X)

static const uint64_t caps_plain = PCL_CAP_SV39;

static void step_3_v0_faults_whatever_else_is_set(void **state) {
  (void)state;
  for (unsigned level = 0; level < 5; level++) {
    assert_int_equal(pcl_pte_classify(~UINT64_C(0), 0, level), PCL_PTE_FAULT);
    assert_int_equal(pcl_pte_classify(~UINT64_C(0), LEAF_RWX & ~PCL_PTE_V, level), PCL_PTE_FAULT);
  }
}

static void step_3_write_without_read_faults(void **state) {
  (void)state;
  for (unsigned level = 0; level < 5; level++) {
    assert_int_equal(pcl_pte_classify(~UINT64_C(0), PCL_PTE_V | PCL_PTE_W, level), PCL_PTE_FAULT);
    assert_int_equal(pcl_pte_classify(~UINT64_C(0), PCL_PTE_V | PCL_PTE_W | PCL_PTE_X, level), PCL_PTE_FAULT);
  }
}

static void step_3_bits_58_54_are_reserved(void **state) {
  (void)state;
  for (unsigned n = 54; n <= 58; n++) {
    assert_int_equal(pcl_pte_classify(~UINT64_C(0), LEAF_RWX | PCL_BIT(n), 0), PCL_PTE_FAULT);
    assert_int_equal(pcl_pte_classify(~UINT64_C(0), PCL_PTE_V | PCL_BIT(n), 1), PCL_PTE_FAULT);
  }
}

static void step_3_bits_60_59_need_svrsw60t59b(void **state) {
  (void)state;
  for (unsigned n = 59; n <= 60; n++) {
    assert_int_equal(pcl_pte_classify(caps_plain, LEAF_RWX | PCL_BIT(n), 0), PCL_PTE_FAULT);
    assert_int_equal(pcl_pte_classify(caps_plain, PCL_PTE_V | PCL_BIT(n), 1), PCL_PTE_FAULT);
    assert_int_equal(pcl_pte_classify(PCL_CAP_SVRSW60T59B, LEAF_RWX | PCL_BIT(n), 0), PCL_PTE_LEAF);
    assert_int_equal(pcl_pte_classify(PCL_CAP_SVRSW60T59B, PCL_PTE_V | PCL_BIT(n), 1), PCL_PTE_POINTER);
  }
}

static void step_3_pbmt_needs_svpbmt_and_3_is_reserved(void **state) {
  (void)state;
  for (uint64_t pbmt = 0; pbmt < 4; pbmt++) {
    const uint64_t pte = LEAF_RWX | pbmt << 61;
    assert_int_equal(pcl_pte_classify(caps_plain, pte, 0), pbmt == 0 ? PCL_PTE_LEAF : PCL_PTE_FAULT);
    assert_int_equal(pcl_pte_classify(PCL_CAP_SVPBMT, pte, 0), pbmt != 3 ? PCL_PTE_LEAF : PCL_PTE_FAULT);
    assert_int_equal(pcl_pte_classify(PCL_CAP_SVPBMT, pte, 2), pbmt != 3 ? PCL_PTE_LEAF : PCL_PTE_FAULT);
  }
}

static void rsw_and_g_are_ignored(void **state) {
  (void)state;
  for (unsigned n = 8; n <= 9; n++) {
    assert_int_equal(pcl_pte_classify(caps_plain, LEAF_RWX | PCL_BIT(n) | PCL_PTE_G, 0), PCL_PTE_LEAF);
    assert_int_equal(pcl_pte_classify(caps_plain, PCL_PTE_V | PCL_BIT(n) | PCL_PTE_G, 1), PCL_PTE_POINTER);
  }
}

static void step_4_pointer_reserves_n_pbmt_d_a_u(void **state) {
  (void)state;
  const unsigned reserved[] = {4, 6, 7, 61, 62, 63};
  assert_int_equal(pcl_pte_classify(~UINT64_C(0), pte_of(0xfffffffffff, PCL_PTE_V), 1), PCL_PTE_POINTER);
  for (unsigned i = 0; i < 6; i++) {
    assert_int_equal(pcl_pte_classify(~UINT64_C(0), PCL_PTE_V | PCL_BIT(reserved[i]), 1), PCL_PTE_FAULT);
  }
}

static void step_4_pointer_at_level_0_faults(void **state) {
  (void)state;
  assert_int_equal(pcl_pte_classify(~UINT64_C(0), PCL_PTE_V, 0), PCL_PTE_FAULT);
}

static void step_4_execute_only_is_a_leaf(void **state) {
  (void)state;
  assert_int_equal(pcl_pte_classify(caps_plain, PCL_PTE_V | PCL_PTE_X, 0), PCL_PTE_LEAF);
}

static void step_5_superpage_ppn_must_be_aligned(void **state) {
  (void)state;
  for (unsigned level = 0; level < 5; level++) {
    for (unsigned n = 0; n < 44; n++) {
      assert_int_equal(pcl_pte_classify(caps_plain, pte_of(PCL_BIT(n), VRWX), level),
                       n < 9 * level ? PCL_PTE_FAULT : PCL_PTE_LEAF);
    }
  }
}

static void svnapot_only_64k_at_level_0(void **state) {
  (void)state;
  for (uint64_t ppn = 0; ppn < 512; ppn++) {
    assert_int_equal(pcl_pte_classify(caps_plain, pte_of(ppn, VRWX | PCL_PTE_N), 0),
                     (ppn & 15) == 8 ? PCL_PTE_LEAF : PCL_PTE_FAULT);
  }
  for (unsigned level = 1; level < 5; level++) {
    assert_int_equal(pcl_pte_classify(caps_plain, VRWX | PCL_PTE_N, level), PCL_PTE_FAULT);
    assert_int_equal(pcl_pte_classify(caps_plain, pte_of(8, VRWX | PCL_PTE_N), level), PCL_PTE_FAULT);
  }
}

static pcl_stage_leaf_t leaf(uint64_t pte, unsigned level) {
  pcl_stage_leaf_t l;
  pcl_pte_leaf(pte, 12 + 9 * level, &l);
  return l;
}

static unsigned rights(uint64_t pte, bool supervisor, bool sum) {
  return pcl_pte_rights(pte, (pcl_privilege_t){supervisor, sum});
}

static void size_ppn_and_attributes_of_every_leaf(void **state) {
  (void)state;
  for (unsigned level = 0; level < 5; level++) {
    const uint64_t ppn = UINT64_C(5) << (9 * level);
    const pcl_stage_leaf_t l = leaf(pte_of(ppn, LEAF_RWX | PCL_PTE_G | UINT64_C(2) << 61), level);
    assert_int_equal(l.shift, 12 + 9 * level);
    assert_int_equal(l.ppn, ppn);
    assert_int_equal(l.pbmt, 2);
    assert_true(l.g && l.u && l.d);
  }
}

static void napot_leaf_is_64k_from_its_aligned_base(void **state) {
  (void)state;
  const pcl_stage_leaf_t l = leaf(pte_of(0x12348, LEAF_RWX | PCL_PTE_N), 0);
  assert_int_equal(l.shift, 16);
  assert_int_equal(l.ppn, 0x12340);
}

static void step_6_user_needs_u(void **state) {
  (void)state;
  assert_int_equal(rights(LEAF_RWX & ~PCL_PTE_U, false, true), 0);
}

// IOMMU spec 3.2.3.
static void step_6_supervisor_needs_sum_for_user_pages_and_never_executes_them(void **state) {
  (void)state;
  assert_int_equal(rights(LEAF_RWX, true, false), 0);
  assert_int_equal(rights(LEAF_RWX, true, true), PCL_RIGHT_R | PCL_RIGHT_W);
  assert_int_equal(rights(LEAF_RWX & ~PCL_PTE_U, true, false), PCL_RIGHT_RWX);
}

static void step_8_rights_are_r_w_x(void **state) {
  (void)state;
  for (unsigned rwx = 0; rwx < 8; rwx++) {
    assert_int_equal(rights(PCL_PTE_V | PCL_PTE_U | PCL_PTE_A | PCL_PTE_D | rwx << 1, false, false), rwx);
  }
}

static void step_9_missing_bits_are_a_and_for_a_store_d(void **state) {
  (void)state;
  for (unsigned store = 0; store < 2; store++) {
    assert_int_equal(pcl_pte_missing(LEAF_RWX, store), 0);
    assert_int_equal(pcl_pte_missing(LEAF_RWX & ~PCL_PTE_A, store), PCL_PTE_A);
    assert_int_equal(pcl_pte_missing(LEAF_RWX & ~PCL_PTE_D, store), store ? PCL_PTE_D : 0);
  }
}

static void step_9_d0_grants_no_write(void **state) {
  (void)state;
  const pcl_stage_leaf_t l = leaf(LEAF_RWX & ~PCL_PTE_D, 0);
  assert_int_equal(l.rights, PCL_RIGHT_R | PCL_RIGHT_X);
  assert_false(l.d);
}

static void canonical_addresses(void **state) {
  (void)state;
  for (unsigned root = 2; root <= 4; root++) {
    const unsigned bits = 12 + 9 * (root + 1);
    const uint64_t top = UINT64_C(1) << (bits - 1);
    assert_true(pcl_va_canonical(0, root));
    assert_true(pcl_va_canonical(top - 1, root));
    assert_false(pcl_va_canonical(top, root));
    assert_true(pcl_va_canonical(~UINT64_C(0), root));
    assert_true(pcl_va_canonical(~(top - 1), root));
    assert_false(pcl_va_canonical(~top, root));
    for (unsigned n = bits; n < 64; n++) assert_false(pcl_va_canonical(PCL_BIT(n), root));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(step_3_v0_faults_whatever_else_is_set),
    cmocka_unit_test(step_3_write_without_read_faults),
    cmocka_unit_test(step_3_bits_58_54_are_reserved),
    cmocka_unit_test(step_3_bits_60_59_need_svrsw60t59b),
    cmocka_unit_test(step_3_pbmt_needs_svpbmt_and_3_is_reserved),
    cmocka_unit_test(rsw_and_g_are_ignored),
    cmocka_unit_test(step_4_pointer_reserves_n_pbmt_d_a_u),
    cmocka_unit_test(step_4_pointer_at_level_0_faults),
    cmocka_unit_test(step_4_execute_only_is_a_leaf),
    cmocka_unit_test(step_5_superpage_ppn_must_be_aligned),
    cmocka_unit_test(svnapot_only_64k_at_level_0),
    cmocka_unit_test(size_ppn_and_attributes_of_every_leaf),
    cmocka_unit_test(napot_leaf_is_64k_from_its_aligned_base),
    cmocka_unit_test(step_6_user_needs_u),
    cmocka_unit_test(step_6_supervisor_needs_sum_for_user_pages_and_never_executes_them),
    cmocka_unit_test(step_8_rights_are_r_w_x),
    cmocka_unit_test(step_9_missing_bits_are_a_and_for_a_store_d),
    cmocka_unit_test(step_9_d0_grants_no_write),
    cmocka_unit_test(canonical_addresses),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
