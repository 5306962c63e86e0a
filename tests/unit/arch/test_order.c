// SPDX-License-Identifier: Apache-2.0
//
// The order of the checks of a whole translation (IOMMU spec 3.3), by one request with every error, mended one by one.
#include "guest.h"

#define PC_GPA  ((uint64_t)PDT_PPN << 12)
#define PC_ADDR table_spa(PC_GPA)
#define MSI_SPA ((uint64_t)MSI_PPN << 12)

static void expect(guest_t *g, unsigned cause) {
  const pcl_outcome_t outcome = translate(&g->m);
  assert_true(outcome.faulted);
  assert_int_equal(outcome.fault.cause, cause);
}

static void set(guest_t *g, uint64_t addr, uint64_t value) { memory_set(&g->m.memory, addr, value); }

// An entry that answers with an access fault, then with poison, then as it is.
static void expect_errors(guest_t *g, uint64_t addr, unsigned access_cause, unsigned corruption_cause) {
  memory_break(&g->m.memory, addr, PCL_MEM_ACCESS_FAULT);
  expect(g, access_cause);
  memory_break(&g->m.memory, addr, PCL_MEM_POISON);
  expect(g, corruption_cause);
  memory_break(&g->m.memory, addr, PCL_MEM_OK);
}

static void order_of_all_causes(void **state) {
  (void)state;
  guest_t g;
  guest_init(&g);
  g.m.regs.capabilities |= PCL_CAP_ATS | PCL_CAP_T2GPA;
  g.m.request = (pcl_request_t){.device_id = 5 | 0x40, .iova = UINT64_C(1) << 38, .ats = true, .no_write = true, .pv = true,
                                .process_id = 0x100, .priv = true};
  memset(&g.dc, 0, sizeof g.dc);
  g.dc.tc = PCL_TC_T2GPA;  // not valid, misconfigured
  guest_set_dc(&g);
  guest_g_map(&g, PDT_PPN, 0, 0);

  g.m.regs.ddtp = PCL_DDTP_OFF;
  expect(&g, 256);
  g.m.regs.ddtp = PCL_DDTP_BARE;
  expect(&g, 260);
  g.m.regs.ddtp = (uint64_t)DDT_PPN << 10 | PCL_DDTP_1LVL;
  expect(&g, 260);  // device_id too wide
  assert_int_equal(g.m.memory.reads, 0);
  g.m.request.device_id = 5;
  expect_errors(&g, guest_dc_addr(), 257, 268);
  expect(&g, 258);
  g.dc.tc |= PCL_TC_V;
  guest_set_dc(&g);
  expect(&g, 259);
  g.dc = (pcl_dc_t){.tc = PCL_TC_V, .iohgatp = iohgatp_of(PCL_IOHGATP_SV39X4, G_ROOT)};
  guest_set_dc(&g);
  expect(&g, 260);  // EN_ATS
  guest_tc(&g, PCL_TC_EN_ATS);
  expect(&g, 260);  // PDTV
  g.dc.fsc = fsc_of(PCL_PDTP_PD8, PDT_PPN);
  guest_tc(&g, PCL_TC_EN_ATS | PCL_TC_PDTV);
  expect(&g, 260);  // process_id too wide
  assert_int_equal(g.m.memory.reads, 1);
  g.m.request.process_id = 0;
  expect_errors(&g, gpte_addr(PC_GPA, 0), 265, 269);
  expect(&g, 21);
  guest_g_map(&g, PDT_PPN, 0, pte_of(PDT_PPN + TABLE_OFFSET, LEAF_G));
  expect_errors(&g, PC_ADDR, 265, 269);
  expect(&g, 266);
  set(&g, PC_ADDR, PCL_PC_V | PCL_BIT(63));
  expect(&g, 267);
  set(&g, PC_ADDR, PCL_PC_V);
  set(&g, PC_ADDR + 8, fsc_of(PCL_IOSATP_SV39, PT_PPN + 2));
  expect(&g, 260);  // ENS
  set(&g, PC_ADDR, PCL_PC_V | PCL_PC_ENS | PCL_PC_SUM);
  expect(&g, 13);  // the IOVA is not canonical
  g.m.request.iova = 0x40203456;
  guest_g_map(&g, PT_PPN, 0, 0);
  guest_map(&g, 0, 0);
  expect_errors(&g, table_spa(s1_gpa(&g, 1)), 5, 274);
  expect(&g, 21);
  guest_g_map(&g, PT_PPN, 0, pte_of(PT_PPN + TABLE_OFFSET, LEAF_G));
  expect(&g, 13);
  guest_map(&g, 0, pte_of(FRAME_GPN, LEAF_RWX));
  guest_g_map(&g, FRAME_GPN, 0, 0);
  g.dc.msiptp = (uint64_t)PCL_MSIPTP_FLAT << 60 | MSI_PPN;
  g.dc.msi_addr_pattern = FRAME_GPN;
  guest_set_dc(&g);
  expect_errors(&g, MSI_SPA, 261, 270);
  expect(&g, 262);
  set(&g, MSI_SPA, 1);
  expect(&g, 263);
  g.dc.msi_addr_pattern = 0;
  guest_set_dc(&g);
  expect(&g, 21);
  guest_g_map(&g, FRAME_GPN, 0, pte_of(FRAME_PPN, LEAF_G));
  assert_false(translate(&g.m).faulted);
}

// 3.3.1 item 9: V=0 comes first, whatever else is set.
static void v0_is_258_whatever_else_is_set(void **state) {
  (void)state;
  guest_t g;
  guest_init(&g);
  memset(&g.dc, 0xff, sizeof g.dc);
  g.dc.tc &= ~PCL_TC_V;
  guest_set_dc(&g);
  expect(&g, 258);
}

// 3.1.3: the fields of the extended format count with MSI_FLAT only, and the format decides how device_id is split.
static void format_follows_msi_flat(void **state) {
  (void)state;
  guest_t g;
  guest_init(&g);
  g.dc.reserved = 1;
  guest_set_dc(&g);
  expect(&g, 259);
  machine_t m;
  machine_init(&m);  // base format
  memory_set(&m.memory, dc_addr(5) + 32, ~UINT64_C(0));
  map(&m, 2, 0, pte_of(FRAME_PPN, LEAF_RWX));
  expect_grant(&m);
  assert_int_equal(m.memory.trace[0].beats, 4);
  assert_int_equal(m.memory.trace[0].addr, ((uint64_t)DDT_PPN << 12) + 5 * 32);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(order_of_all_causes),
    cmocka_unit_test(v0_is_258_whatever_else_is_set),
    cmocka_unit_test(format_follows_msi_flat),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
