// SPDX-License-Identifier: Apache-2.0
//
// Sv32 and Sv32x4 (IOMMU spec 3.1.3 SXL and GXL; privileged spec "Sv32"): entries of 4 bytes, indices of 10 bits, a root of
// 12 bits for the second stage; and hardware updates of such entries.
#include "arch_test.h"

enum { S1_ROOT = 0x200, S1_TABLE = 0x201, G_ROOT = 0x400, G_TABLE = 0x410 };

#define CAPS_32 (CAPS_FULL | PCL_CAP_SV32 | PCL_CAP_SV32X4 | PCL_CAP_AMO_HWAD)
#define IOVA    UINT64_C(0xbfc03456)  // VPN[1] 0x2ff, VPN[0] 3

// Writes a 4-byte entry.
static void set32(machine_t *m, uint64_t addr, uint64_t value) {
  test_word_t *word = memory_word(&m->memory, addr & ~UINT64_C(7));
  const unsigned shift = (unsigned)(addr & 4) * 8;
  word->value = (word->value & ~((uint64_t)UINT32_MAX << shift)) | value << shift;
}

static uint64_t entry(uint64_t table, uint64_t index) { return (table << 12) + index * 4; }

static void set_iohgatp(machine_t *m, uint64_t iohgatp) { memory_set(&m->memory, dc_addr(5) + 8, iohgatp); }

// One stage: Sv32 with SXL=1.
static void with_sv32(machine_t *m, uint64_t tc) {
  machine_init(m);
  m->regs.capabilities = CAPS_32;
  m->request.iova = IOVA;
  set_dc(m, PCL_TC_V | PCL_TC_SXL | tc, fsc_of(8, S1_ROOT));
  set32(m, entry(S1_ROOT, 0x2ff), pte_of(S1_TABLE, PCL_PTE_V));
  set32(m, entry(S1_TABLE, 3), pte_of(0x3abcde, LEAF_RWX));
  set32(m, entry(S1_TABLE, 2), UINT32_MAX);  // its neighbour in the same doubleword
}

static void two_levels_of_4_byte_entries(void **state) {
  (void)state;
  machine_t m;
  with_sv32(&m, 0);
  const pcl_translation_t t = expect_grant(&m);
  assert_int_equal(t.ppn, 0x3abcde);
  assert_int_equal(m.memory.accesses, 3);
  assert_int_equal(m.memory.trace[1].addr, entry(S1_ROOT, 0x2ff));
  assert_int_equal(m.memory.trace[2].addr, entry(S1_TABLE, 3));
  assert_int_equal(m.memory.trace[2].bytes, 4);
  assert_int_equal(m.memory.trace[2].beats, 1);
}

static void page_of_4_mib_is_granted_in_halves(void **state) {
  (void)state;
  machine_t m;
  with_sv32(&m, 0);
  m.request.iova = IOVA | 0x200000;
  set32(&m, entry(S1_ROOT, 0x2ff), pte_of(0x3ac200, LEAF_RWX | PCL_PTE_G));
  expect_fault(&m, PCL_CAUSE_READ_PAGE);  // PPN[0] must be 0: ten bits
  set32(&m, entry(S1_ROOT, 0x2ff), pte_of(0x3ac000, LEAF_RWX | PCL_PTE_G));
  const pcl_translation_t t = expect_grant(&m);
  assert_int_equal(t.size, PCL_SIZE_2M);
  assert_int_equal(t.s1_shift, 22);
  assert_true(t.g);
  assert_int_equal(pcl_translation_spa(&t, m.request.iova), UINT64_C(0x3ac203456));
}

// IOMMU spec 3.1.3: with SXL=1 IOVA bits above 31 must be 0; there is no sign.
static void iova_bits_above_31_are_page_faults(void **state) {
  (void)state;
  machine_t m;
  with_sv32(&m, 0);
  for (unsigned n = 32; n < 64; n++) {
    m.request.iova = IOVA | PCL_BIT(n);
    expect_fault(&m, PCL_CAUSE_READ_PAGE);
    assert_int_equal(m.memory.reads, 1);
  }
}

static void reserved_encodings(void **state) {
  (void)state;
  const uint64_t bad[] = {0, PCL_PTE_V | PCL_PTE_W, PCL_PTE_V | PCL_PTE_A, PCL_PTE_V | PCL_PTE_D, PCL_PTE_V | PCL_PTE_U};
  machine_t m;
  with_sv32(&m, 0);
  for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
    set32(&m, entry(S1_ROOT, 0x2ff), pte_of(S1_TABLE, bad[i]));
    expect_fault(&m, PCL_CAUSE_READ_PAGE);
  }
}

static void update_touches_its_four_bytes_only(void **state) {
  (void)state;
  machine_t m;
  with_sv32(&m, PCL_TC_SADE);
  set32(&m, entry(S1_TABLE, 3), pte_of(0x3abcde, LEAF_RWX & ~(PCL_PTE_A | PCL_PTE_D)));
  m.request.write = true;
  expect_grant(&m);
  const pcl_access_t *update = &m.memory.trace[3];
  assert_true(update->update);
  assert_int_equal(update->addr, entry(S1_TABLE, 3));
  assert_int_equal(update->bytes, 4);
  assert_int_equal(update->new_value, pte_of(0x3abcde, LEAF_RWX));
  assert_int_equal(memory_word(&m.memory, entry(S1_TABLE, 2))->value, pte_of(0x3abcde, LEAF_RWX) << 32 | UINT32_MAX);
}

// Two stages: Sv32 under Sv32x4, with GXL=1. Guest page n of the tables is supervisor page n.
static void with_sv32x4(machine_t *m, uint64_t tc) {
  with_sv32(m, tc);
  m->regs.fctl = PCL_FCTL_GXL;
  set_iohgatp(m, UINT64_C(8) << 60 | G_ROOT);
  set32(m, entry(G_ROOT, 0), pte_of(G_TABLE, PCL_PTE_V));
  set32(m, entry(G_TABLE, S1_ROOT), pte_of(S1_ROOT, LEAF_RWX));
  set32(m, entry(G_TABLE, S1_TABLE), pte_of(S1_TABLE, LEAF_RWX));
  set32(m, entry(G_ROOT, 0xeaf), pte_of(G_TABLE + 1, PCL_PTE_V));  // GPA[33:22] of guest page 0x3abcde
  set32(m, entry(G_TABLE + 1, 0xde), pte_of(0x12345, LEAF_RWX));
}

static void second_stage_root_has_twelve_bits(void **state) {
  (void)state;
  machine_t m;
  with_sv32x4(&m, 0);
  const pcl_translation_t t = expect_grant(&m);
  assert_int_equal(t.ppn, 0x12345);
  assert_int_equal(t.gpn, 0x3abcde);
  const uint64_t expected[] = {
    dc_addr(5), entry(G_ROOT, 0), entry(G_TABLE, S1_ROOT), entry(S1_ROOT, 0x2ff), entry(G_ROOT, 0),
    entry(G_TABLE, S1_TABLE), entry(S1_TABLE, 3), entry(G_ROOT, 0xeaf), entry(G_TABLE + 1, 0xde),
  };
  assert_int_equal(m.memory.accesses, 9);
  for (unsigned i = 0; i < 9; i++) assert_int_equal(m.memory.trace[i].addr, expected[i]);
}

static void gpa_of_34_bits(void **state) {
  (void)state;
  machine_t m;
  with_sv32x4(&m, 0);
  set_dc(&m, PCL_TC_V | PCL_TC_SXL, 0);
  m.request.iova = UINT64_C(1) << 34;
  const pcl_outcome_t o = translate(&m);
  assert_int_equal(o.fault.cause, PCL_CAUSE_READ_GUEST_PAGE);
  assert_int_equal(m.memory.reads, 1);
  m.request.iova = UINT64_C(0x3abcde123);
  assert_int_equal(expect_grant(&m).ppn, 0x12345);
}

static void second_stage_page_of_4_mib(void **state) {
  (void)state;
  machine_t m;
  with_sv32x4(&m, 0);
  set32(&m, entry(G_ROOT, 0xeaf), pte_of(0x7c00, LEAF_RWX));
  pcl_translation_t t = expect_grant(&m);
  assert_int_equal(t.size, PCL_SIZE_4K);
  assert_int_equal(t.s2_shift, 22);
  assert_int_equal(t.ppn, 0x7cde);
  set_dc(&m, PCL_TC_V | PCL_TC_SXL, 0);
  m.request.iova = UINT64_C(0x3abcde123);
  t = expect_grant(&m);
  assert_int_equal(t.size, PCL_SIZE_2M);
  assert_int_equal(pcl_translation_spa(&t, m.request.iova), 0x7cde123);
}

static void updates_of_both_stages(void **state) {
  (void)state;
  machine_t m;
  with_sv32x4(&m, PCL_TC_SADE | PCL_TC_GADE);
  const uint64_t fresh = LEAF_RWX & ~(PCL_PTE_A | PCL_PTE_D);
  set32(&m, entry(S1_TABLE, 3), pte_of(0x3abcde, fresh));
  set32(&m, entry(G_TABLE, S1_TABLE), pte_of(S1_TABLE, fresh));
  set32(&m, entry(G_TABLE + 1, 0xde), pte_of(0x12345, fresh));
  m.request.write = true;
  expect_grant(&m);
  assert_int_equal(m.memory.writes, 4);  // A, then D, of the PTE's page
  assert_int_equal(memory_word(&m.memory, entry(S1_TABLE, 2))->value, pte_of(0x3abcde, LEAF_RWX) << 32 | UINT32_MAX);
  assert_int_equal(memory_word(&m.memory, entry(G_TABLE + 1, 0xde))->value, pte_of(0x12345, LEAF_RWX));
}

// SXL and GXL are told apart: Sv32 under Sv39x4, with 8-byte entries in the second stage.
static void sv32_under_sv39x4(void **state) {
  (void)state;
  machine_t m;
  with_sv32(&m, 0);
  m.regs.capabilities |= PCL_CAP_SV39X4;
  set_iohgatp(&m, UINT64_C(8) << 60 | G_ROOT);
  memory_set(&m.memory, (uint64_t)G_ROOT << 12, pte_of(0, LEAF_RWX));                  // GPA below 1 GiB as it is
  memory_set(&m.memory, ((uint64_t)G_ROOT << 12) + 14 * 8, pte_of(0x80000, LEAF_RWX));  // GPA[33:30] of 0x3abcde
  const pcl_translation_t t = expect_grant(&m);
  assert_int_equal(t.ppn, 0x80000 + 0x2bcde);
  assert_int_equal(t.s2_shift, 30);
  assert_int_equal(m.memory.trace[1].bytes, 8);
  assert_int_equal(m.memory.trace[2].bytes, 4);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(two_levels_of_4_byte_entries),
    cmocka_unit_test(page_of_4_mib_is_granted_in_halves),
    cmocka_unit_test(iova_bits_above_31_are_page_faults),
    cmocka_unit_test(reserved_encodings),
    cmocka_unit_test(update_touches_its_four_bytes_only),
    cmocka_unit_test(second_stage_root_has_twelve_bits),
    cmocka_unit_test(gpa_of_34_bits),
    cmocka_unit_test(second_stage_page_of_4_mib),
    cmocka_unit_test(updates_of_both_stages),
    cmocka_unit_test(sv32_under_sv39x4),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
