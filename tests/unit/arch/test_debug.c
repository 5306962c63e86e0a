// SPDX-License-Identifier: Apache-2.0
//
// Debug translation by tr_req_iova and tr_req_ctl (IOMMU spec chapter 5).
#include "iommu_test.h"

#define GO     PCL_TR_REQ_CTL_GO_BUSY_MASK
#define NW     PCL_TR_REQ_CTL_NW_MASK
#define EXE    PCL_TR_REQ_CTL_EXE_MASK
#define DEVICE (UINT64_C(5) << PCL_TR_REQ_CTL_DID_SHIFT)

static uint64_t ask(world_t *w, uint64_t ctl) {
  reg_write8(w, PCL_REG_TR_REQ_IOVA_OFFSET, w->m.request.iova);
  reg_write8(w, PCL_REG_TR_REQ_CTL_OFFSET, ctl);
  assert_int_equal(reg_read8(w, PCL_REG_TR_REQ_CTL_OFFSET) & GO, 0);
  return reg_read8(w, PCL_REG_TR_RESPONSE_OFFSET);
}

static void a_page_is_reported_by_its_ppn(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  map(&w.m, 2, 0, pte_of(FRAME_PPN, LEAF_RWX) | UINT64_C(1) << 61);
  assert_true(ask(&w, DEVICE | GO) == ((uint64_t)FRAME_PPN << 10 | 1 << 7));
  assert_int_equal(reg_read8(&w, PCL_REG_TR_REQ_IOVA_OFFSET), w.m.request.iova & ~UINT64_C(0xfff));
}

static void a_superpage_is_encoded_in_its_ppn(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  map(&w.m, 2, 1, pte_of(0x40000, LEAF_RWX));
  assert_true(ask(&w, DEVICE | GO | NW) == ((uint64_t)0x400ff << 10 | 1 << 9));
}

static void a_fault_is_reported_and_recorded_as_an_untranslated_request(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  map(&w.m, 2, 0, pte_of(FRAME_PPN, LEAF_RWX & ~(PCL_PTE_W | PCL_PTE_X)));
  assert_int_equal(ask(&w, DEVICE | GO | NW), (uint64_t)FRAME_PPN << 10);
  assert_int_equal(ask(&w, DEVICE | GO), 1);  // write permission is asked for, too
  assert_int_equal(ask(&w, DEVICE | GO | NW | EXE), 1);
  assert_int_equal(reg_read4(&w, PCL_REG_FQT_OFFSET), 2);
  assert_true(loaded(&w, fq_addr(0)) == (DEVICE | UINT64_C(3) << 34 | 15));
  assert_true(loaded(&w, fq_addr(1)) == (DEVICE | UINT64_C(1) << 34 | 12));
}

static void halves_start_nothing_without_go(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  map(&w.m, 2, 0, pte_of(FRAME_PPN, LEAF_RWX));
  reg_write8(&w, PCL_REG_TR_REQ_IOVA_OFFSET, w.m.request.iova);
  reg_write4(&w, PCL_REG_TR_REQ_CTL_OFFSET + 4, DEVICE >> 32);
  assert_int_equal(reg_read8(&w, PCL_REG_TR_RESPONSE_OFFSET), 0);
  assert_int_equal(w.m.memory.reads, 0);
  reg_write4(&w, PCL_REG_TR_REQ_CTL_OFFSET, GO);
  assert_true(reg_read8(&w, PCL_REG_TR_RESPONSE_OFFSET) == (uint64_t)FRAME_PPN << 10);
}

static void priv_counts_only_with_pv(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  ask(&w, DEVICE | GO | PCL_TR_REQ_CTL_PRIV_MASK);
  assert_int_equal(loaded(&w, fq_addr(0)) >> 32 & 3, 0);
  ask(&w, DEVICE | GO | PCL_TR_REQ_CTL_PRIV_MASK | PCL_TR_REQ_CTL_PV_MASK | 0x12345000);
  assert_true(loaded(&w, fq_addr(1)) == (DEVICE | UINT64_C(3) << 34 | UINT64_C(3) << 32 | 0x12345000 | 260));  // PDTV is 0
}

static void it_counts_as_an_untranslated_request(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  reg_write8(&w, PCL_REG_IOHPMEVT_OFFSET, PCL_EVENT_UNTRANSLATED);
  ask(&w, DEVICE | GO);
  assert_int_equal(reg_read8(&w, PCL_REG_IOHPMCTR_OFFSET), 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_page_is_reported_by_its_ppn),
    cmocka_unit_test(a_superpage_is_encoded_in_its_ppn),
    cmocka_unit_test(a_fault_is_reported_and_recorded_as_an_untranslated_request),
    cmocka_unit_test(halves_start_nothing_without_go),
    cmocka_unit_test(priv_counts_only_with_pv),
    cmocka_unit_test(it_counts_as_an_untranslated_request),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
