// SPDX-License-Identifier: Apache-2.0
//
// Byte order (IOMMU spec 3.9): DDT, second stage and MSI page table follow fctl.BE; PDT and first stage follow DC.tc.SBE.
#include "guest.h"

// Reverses the words at an address.
static void reverse(guest_t *g, uint64_t addr, unsigned words) {
  for (unsigned i = 0; i < words; i++) {
    test_word_t *word = memory_word(&g->m.memory, addr + 8 * i);
    word->value = __builtin_bswap64(word->value);
  }
}

// Reverses every second-stage entry.
static void reverse_second_stage(guest_t *g) {
  for (unsigned i = 0; i < g->m.memory.words; i++) {
    const uint64_t ppn = g->m.memory.word[i].addr >> 12;
    if (ppn >= G_ROOT && ppn < G_L0 + 16) reverse(g, g->m.memory.word[i].addr, 1);
  }
}

static void with_process(guest_t *g, uint64_t tc) {
  guest_init(g);
  g->m.regs.capabilities |= PCL_CAP_END | PCL_CAP_AMO_HWAD;
  g->dc.fsc = fsc_of(PCL_PDTP_PD8, PDT_PPN);
  guest_tc(g, PCL_TC_PDTV | PCL_TC_SADE | PCL_TC_GADE | tc);
  g->m.request.pv = true;
  memory_set(&g->m.memory, table_spa((uint64_t)PDT_PPN << 12), PCL_PC_V);
  memory_set(&g->m.memory, table_spa((uint64_t)PDT_PPN << 12) + 8, fsc_of(PCL_IOSATP_SV39, PT_PPN + 2));
}

static void sbe_reverses_directory_and_first_stage(void **state) {
  (void)state;
  guest_t g;
  with_process(&g, PCL_TC_SBE);
  guest_map(&g, 0, pte_of(FRAME_GPN, LEAF_RWX & ~(PCL_PTE_A | PCL_PTE_D)));
  reverse(&g, table_spa((uint64_t)PDT_PPN << 12), 2);
  for (unsigned level = 0; level < 3; level++) reverse(&g, table_spa(s1_gpa(&g, level)), 1);
  as_access(&g, 2);
  assert_int_equal(expect_grant(&g.m).ppn, FRAME_PPN);
  assert_int_equal(g.m.memory.writes, 1);  // the update too is in this order
  reverse(&g, table_spa(s1_gpa(&g, 0)), 1);
  assert_int_equal(memory_word(&g.m.memory, table_spa(s1_gpa(&g, 0)))->value, pte_of(FRAME_GPN, LEAF_RWX));
}

static void be_reverses_device_directory_and_second_stage(void **state) {
  (void)state;
  guest_t g;
  with_process(&g, 0);
  guest_g_map(&g, FRAME_GPN, 0, pte_of(FRAME_PPN, LEAF_G & ~PCL_PTE_A));
  g.m.regs.fctl = PCL_FCTL_BE;
  reverse(&g, guest_dc_addr(), 8);
  reverse_second_stage(&g);
  assert_int_equal(expect_grant(&g.m).ppn, FRAME_PPN);
  assert_int_equal(g.m.memory.writes, 1);
  const uint64_t leaf = memory_word(&g.m.memory, gpte_addr((uint64_t)FRAME_GPN << 12, 0))->value;
  assert_int_equal(__builtin_bswap64(leaf), pte_of(FRAME_PPN, LEAF_G));
}

static void be_reverses_the_msi_page_table(void **state) {
  (void)state;
  guest_t g;
  guest_init(&g);
  g.m.regs.capabilities |= PCL_CAP_END;
  g.m.regs.fctl = PCL_FCTL_BE;
  g.dc.msiptp = (uint64_t)PCL_MSIPTP_FLAT << 60 | MSI_PPN;
  g.dc.msi_addr_pattern = FRAME_GPN;
  guest_first_stage_bare(&g);
  reverse(&g, guest_dc_addr(), 8);
  g.m.request.iova = (uint64_t)FRAME_GPN << 12;
  memory_set(&g.m.memory, (uint64_t)MSI_PPN << 12, __builtin_bswap64(UINT64_C(0x54321) << 10 | 7));
  assert_int_equal(expect_grant(&g.m).ppn, 0x54321);
}

static void non_leaf_directory_entries_follow_be(void **state) {
  (void)state;
  guest_t g;
  guest_init(&g);
  g.m.regs.capabilities |= PCL_CAP_END;
  g.m.regs.fctl = PCL_FCTL_BE;
  g.m.regs.ddtp = (uint64_t)(DDT_PPN + 1) << 10 | PCL_DDTP_2LVL;
  memory_set(&g.m.memory, (uint64_t)(DDT_PPN + 1) << 12, __builtin_bswap64((uint64_t)DDT_PPN << 10 | 1));
  g.dc.iohgatp = 0;
  guest_first_stage_bare(&g);
  reverse(&g, guest_dc_addr(), 8);
  expect_identity(&g.m);
}

// Sv32: the four bytes of an entry are reversed where they lie.
static void sv32_entries_are_reversed_in_their_four_bytes(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  m.regs.capabilities |= PCL_CAP_SV32 | PCL_CAP_END | PCL_CAP_AMO_HWAD;
  m.request.iova = 0x3456;
  set_dc(&m, PCL_TC_V | PCL_TC_SXL | PCL_TC_SBE | PCL_TC_SADE, fsc_of(8, PT_PPN + 1));
  memory_set(&m.memory, (uint64_t)(PT_PPN + 1) << 12, __builtin_bswap32((uint32_t)pte_of(PT_PPN, PCL_PTE_V)));
  const uint32_t leaf = (uint32_t)pte_of(FRAME_PPN, LEAF_RWX);
  memory_set(&m.memory, ((uint64_t)PT_PPN << 12) + 8, (uint64_t)__builtin_bswap32(leaf & ~(uint32_t)PCL_PTE_A) << 32 | 0x55);
  assert_int_equal(expect_grant(&m).ppn, FRAME_PPN);
  assert_int_equal(m.memory.writes, 1);
  assert_int_equal(memory_word(&m.memory, ((uint64_t)PT_PPN << 12) + 8)->value, (uint64_t)__builtin_bswap32(leaf) << 32 | 0x55);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(sbe_reverses_directory_and_first_stage),
    cmocka_unit_test(be_reverses_device_directory_and_second_stage),
    cmocka_unit_test(be_reverses_the_msi_page_table),
    cmocka_unit_test(non_leaf_directory_entries_follow_be),
    cmocka_unit_test(sv32_entries_are_reversed_in_their_four_bytes),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
