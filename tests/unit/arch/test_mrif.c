// SPDX-License-Identifier: Apache-2.0
//
// Memory-resident interrupt files: what an access to one does (AIA spec, "MSI PTE, MRIF mode"; IOMMU spec 3.3.3).
#include "arch/mrif.h"
#include "iommu_test.h"

enum { G_ROOT_PPN = 0x400, MSI_TABLE_PPN = 0x500, FILE_GPN = 0x12345, NID = 0x405 };

#define MRIF_ADDR   UINT64_C(0x6000200)
#define NOTICE_ADDR UINT64_C(0x7000000)
#define CAPS_MRIF   (CAPS_ALL | PCL_CAP_MSI_FLAT | PCL_CAP_MSI_MRIF | PCL_CAP_AMO_MRIF)

// Device 5 without first stage; the guest page FILE_GPN is an interrupt file in MRIF mode.
static void start(world_t *w, uint64_t capabilities, uint64_t tc) {
  const uint64_t dc = ((uint64_t)DDT_PPN << 12) + 5 * 64, msi_pte = (uint64_t)MSI_TABLE_PPN << 12;
  world_init(w, capabilities);
  memory_set(&w->m.memory, dc, tc);
  memory_set(&w->m.memory, dc + 8, (uint64_t)PCL_IOHGATP_SV39X4 << 60 | G_ROOT_PPN);
  memory_set(&w->m.memory, dc + 16, 0);
  memory_set(&w->m.memory, dc + 24, 0);
  memory_set(&w->m.memory, dc + 32, (uint64_t)PCL_MSIPTP_FLAT << 60 | MSI_TABLE_PPN);
  memory_set(&w->m.memory, dc + 48, FILE_GPN);
  memory_set(&w->m.memory, msi_pte, MRIF_ADDR >> 9 << 7 | 1 << 1 | 1);
  memory_set(&w->m.memory, msi_pte + 8, (uint64_t)(NID >> 10) << 60 | NOTICE_ADDR >> 12 << 10 | (NID & 0x3ff));
  memory_set(&w->m.memory, NOTICE_ADDR, 0);
  w->m.request = (pcl_request_t){.device_id = 5, .iova = (uint64_t)FILE_GPN << 12, .write = true};
}

static pcl_verdict_t access(world_t *w, unsigned offset, unsigned bytes, uint32_t data) {
  pcl_outcome_t outcome;
  w->m.request.iova = (uint64_t)FILE_GPN << 12 | offset;
  return pcl_iommu_access(&w->iommu, &w->m.request, bytes, data, &outcome);
}

static void a_write_sets_the_pending_bit_then_sends_the_notice(void **state) {
  (void)state;
  world_t w;
  start(&w, CAPS_MRIF, PCL_TC_V);
  memory_set(&w.m.memory, MRIF_ADDR + 0x1f0, 1);
  assert_int_equal(access(&w, 0, 4, 2047), PCL_VERDICT_ABSORB);
  assert_true(loaded(&w, MRIF_ADDR + 0x1f0) == (PCL_BIT(63) | 1));
  assert_int_equal(w.stores, 1);
  assert_int_equal(w.store[0].kind, PCL_STORE_NOTICE);
  assert_int_equal(w.store[0].addr, NOTICE_ADDR);
  assert_int_equal(w.store[0].data[0], NID);
  assert_int_equal(access(&w, 0, 4, 0), PCL_VERDICT_ABSORB);  // identity 0 is stored like any other
  assert_int_equal(loaded(&w, MRIF_ADDR), 1);
  assert_int_equal(w.stores, 2);
}

static void other_writes_are_discarded_and_answered(void **state) {
  (void)state;
  world_t w;
  start(&w, CAPS_MRIF, PCL_TC_V);
  assert_int_equal(access(&w, 0, 4, 2048), PCL_VERDICT_ABSORB);
  assert_int_equal(access(&w, 8, 4, 1), PCL_VERDICT_ABSORB);
  assert_int_equal(access(&w, 0xffc, 4, 1), PCL_VERDICT_ABSORB);
  assert_int_equal(w.stores, 0);
  assert_int_equal(loaded(&w, MRIF_ADDR), 0);
}

static void big_endian_messages_are_stored_with_end(void **state) {
  (void)state;
  world_t w;
  start(&w, CAPS_MRIF, PCL_TC_V);
  assert_int_equal(access(&w, 4, 4, __builtin_bswap32(3)), PCL_VERDICT_ABSORB);
  assert_int_equal(loaded(&w, MRIF_ADDR), 8);
  start(&w, CAPS_MRIF & ~PCL_CAP_END, PCL_TC_V);
  assert_int_equal(access(&w, 4, 4, __builtin_bswap32(3)), PCL_VERDICT_ABSORB);
  assert_int_equal(loaded(&w, MRIF_ADDR), 0);
}

static void accesses_other_than_4_aligned_bytes_are_refused(void **state) {
  (void)state;
  world_t w;
  start(&w, CAPS_MRIF, PCL_TC_V);
  assert_int_equal(access(&w, 0, 8, 1), PCL_VERDICT_REFUSE);
  assert_int_equal(access(&w, 2, 4, 1), PCL_VERDICT_REFUSE);
  assert_int_equal(access(&w, 1, 1, 1), PCL_VERDICT_REFUSE);
  assert_int_equal(reg_read4(&w, PCL_REG_FQT_OFFSET), 0);
  w.m.request.write = false;
  assert_int_equal(access(&w, 0, 8, 0), PCL_VERDICT_REFUSE);
  assert_int_equal(access(&w, 0x124, 4, 0), PCL_VERDICT_ABSORB);
  assert_int_equal(loaded(&w, MRIF_ADDR), 0);
}

static void faults_of_the_update_are_264_and_271(void **state) {
  (void)state;
  static const struct {
    pcl_mem_status_t status;
    unsigned cause;
  } cases[] = {{PCL_MEM_ACCESS_FAULT, 264}, {PCL_MEM_POISON, 271}};
  for (unsigned i = 0; i < 2; i++) {
    world_t w;
    start(&w, CAPS_MRIF, PCL_TC_V);
    memory_break(&w.m.memory, MRIF_ADDR, cases[i].status);
    assert_int_equal(access(&w, 0, 4, 1), PCL_VERDICT_REFUSE);
    assert_true(loaded(&w, fq_addr(0)) == (UINT64_C(5) << 40 | UINT64_C(3) << 34 | cases[i].cause));
    assert_int_equal(loaded(&w, fq_addr(0) + 16), (uint64_t)FILE_GPN << 12);
    assert_int_equal(w.stores, 1);
    start(&w, CAPS_MRIF, PCL_TC_V | PCL_TC_DTF);
    memory_break(&w.m.memory, MRIF_ADDR, cases[i].status);
    assert_int_equal(access(&w, 0, 4, 1), PCL_VERDICT_REFUSE);
    assert_int_equal(w.stores, 0);
  }
}

static void a_notice_that_faults_is_273(void **state) {
  (void)state;
  world_t w;
  start(&w, CAPS_MRIF, PCL_TC_V);
  memory_break(&w.m.memory, NOTICE_ADDR, PCL_MEM_ACCESS_FAULT);
  assert_int_equal(access(&w, 0, 4, 1), PCL_VERDICT_ABSORB);
  assert_int_equal(loaded(&w, MRIF_ADDR), 2);
  assert_int_equal(loaded(&w, fq_addr(0)), 273);
  assert_int_equal(loaded(&w, fq_addr(0) + 16), NOTICE_ADDR);
}

static void a_debug_request_that_hits_one_is_260(void **state) {
  (void)state;
  world_t w;
  start(&w, CAPS_MRIF, PCL_TC_V);
  reg_write8(&w, PCL_REG_TR_REQ_IOVA_OFFSET, (uint64_t)FILE_GPN << 12);
  reg_write8(&w, PCL_REG_TR_REQ_CTL_OFFSET, UINT64_C(5) << 40 | 1);
  assert_int_equal(reg_read8(&w, PCL_REG_TR_RESPONSE_OFFSET), 1);
  assert_int_equal(loaded(&w, fq_addr(0)) & 0xfff, 260);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_write_sets_the_pending_bit_then_sends_the_notice),
    cmocka_unit_test(other_writes_are_discarded_and_answered),
    cmocka_unit_test(big_endian_messages_are_stored_with_end),
    cmocka_unit_test(accesses_other_than_4_aligned_bytes_are_refused),
    cmocka_unit_test(faults_of_the_update_are_264_and_271),
    cmocka_unit_test(a_notice_that_faults_is_273),
    cmocka_unit_test(a_debug_request_that_hits_one_is_260),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
