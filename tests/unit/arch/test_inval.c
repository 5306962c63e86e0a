// SPDX-License-Identifier: Apache-2.0
//
// Coverage of invalidation commands (IOMMU spec 4.1.1, 4.1.3; extensions NLINV and ARINV).
#include "arch/inval.h"
#include "arch_test.h"

static const pcl_space_t host_7 = {.pscid = 7};
static const pcl_space_t vm_3_7 = {.gv = true, .gscid = 3, .pscid = 7};

#define VMA(...)  (&(pcl_command_t){.kind = PCL_CMD_IOTINVAL_VMA, __VA_ARGS__})
#define GVMA(...) (&(pcl_command_t){.kind = PCL_CMD_IOTINVAL_GVMA, __VA_ARGS__})

static bool page(const pcl_command_t *c, const pcl_space_t *space, bool g, uint64_t iova) {
  return pcl_inval_covers(c, space, g, iova, PCL_SIZE_4K);
}

static void vma_gv_0_hits_only_the_host(void **state) {
  (void)state;
  assert_true(page(VMA(.gv = false), &host_7, false, 0));
  assert_false(page(VMA(.gv = false), &vm_3_7, false, 0));
}

static void vma_gv_1_hits_only_its_gscid(void **state) {
  (void)state;
  assert_true(page(VMA(.gv = true, .gscid = 3), &vm_3_7, false, 0));
  assert_false(page(VMA(.gv = true, .gscid = 4), &vm_3_7, false, 0));
  assert_false(page(VMA(.gv = true, .gscid = 0), &host_7, false, 0));
}

static void vma_pscv_1_hits_only_its_pscid_and_spares_global(void **state) {
  (void)state;
  assert_true(page(VMA(.pscv = true, .pscid = 7), &host_7, false, 0));
  assert_false(page(VMA(.pscv = true, .pscid = 8), &host_7, false, 0));
  assert_false(page(VMA(.pscv = true, .pscid = 7), &host_7, true, 0));
  assert_true(page(VMA(.pscv = false, .pscid = 8), &host_7, true, 0));
}

static void vma_av_1_hits_every_address_of_the_leaf(void **state) {
  (void)state;
  for (unsigned size = PCL_SIZE_4K; size < PCL_SIZE_IDENTITY; size++) {
    const uint64_t bytes = UINT64_C(1) << pcl_size_shift(size);
    assert_true(pcl_inval_covers(VMA(.av = true, .addr = bytes), &host_7, false, bytes, size));
    assert_true(pcl_inval_covers(VMA(.av = true, .addr = 2 * bytes - 4096), &host_7, false, bytes, size));
    assert_true(pcl_inval_covers(VMA(.av = true, .addr = bytes), &host_7, false, 2 * bytes - 1, size));
    assert_false(pcl_inval_covers(VMA(.av = true, .addr = bytes - 4096), &host_7, false, bytes, size));
    assert_false(pcl_inval_covers(VMA(.av = true, .addr = 2 * bytes), &host_7, false, bytes, size));
  }
}

static void identity_is_covered_by_no_iotinval(void **state) {
  (void)state;
  const pcl_space_t none = {0};
  assert_false(pcl_inval_covers(VMA(.av = false), &none, false, 0, PCL_SIZE_IDENTITY));
  assert_false(pcl_inval_covers(VMA(.av = true), &none, false, 0, PCL_SIZE_IDENTITY));
}

static void gvma_gv_0_hits_all_virtual_machines_and_never_the_host(void **state) {
  (void)state;
  assert_true(page(GVMA(.av = true, .addr = 0x1000), &vm_3_7, true, 0x9000));
  assert_false(page(GVMA(.av = false), &host_7, false, 0));
}

static void gvma_gv_1_hits_its_gscid_at_any_iova(void **state) {
  (void)state;
  assert_true(page(GVMA(.gv = true, .gscid = 3), &vm_3_7, true, 0));
  assert_true(page(GVMA(.gv = true, .gscid = 3, .av = true, .addr = 0x1000), &vm_3_7, true, 0x9000));
  assert_false(page(GVMA(.gv = true, .gscid = 4), &vm_3_7, true, 0));
}

static void s_1_hits_its_napot_range(void **state) {
  (void)state;
  // Bits of ADDR from 12 up: 0 = 8 KiB, 01 = 16 KiB, ...
  assert_true(page(VMA(.av = true, .s = true, .addr = 0x4000), &host_7, false, 0x5000));
  assert_false(page(VMA(.av = true, .s = true, .addr = 0x4000), &host_7, false, 0x6000));
  assert_true(page(VMA(.av = true, .s = true, .addr = 0x5000), &host_7, false, 0x7000));
  assert_false(page(VMA(.av = true, .s = true, .addr = 0x5000), &host_7, false, 0x8000));
  assert_true(pcl_inval_covers(VMA(.av = true, .s = true, .addr = 0x5000), &host_7, false, 0, PCL_SIZE_2M));
  const uint64_t all = UINT64_C(0x7ffffffffffff000);
  assert_true(page(VMA(.av = true, .s = true, .addr = all), &host_7, false, UINT64_C(0xffff800000000000)));
  assert_true(page(VMA(.av = true, .s = true, .addr = ~UINT64_C(0xfff)), &host_7, false, 0));
}

static void nonleaf_survives_av_1_without_nl(void **state) {
  (void)state;
  const uint64_t iova = 0x40203000;
  const uint64_t prefix = pcl_va_prefix(iova, 0);
  assert_true(pcl_inval_covers_nonleaf(VMA(.av = false), &host_7, prefix, 0));
  assert_true(pcl_inval_covers_nonleaf(VMA(.pscv = true, .pscid = 7), &host_7, prefix, 0));
  assert_false(pcl_inval_covers_nonleaf(VMA(.pscv = true, .pscid = 8), &host_7, prefix, 0));
  assert_false(pcl_inval_covers_nonleaf(VMA(.av = true, .addr = iova), &host_7, prefix, 0));
}

static void nonleaf_is_hit_by_av_1_with_nl_in_its_range(void **state) {
  (void)state;
  const uint64_t iova = UINT64_C(0xffffffc040203000);
  for (unsigned level = 0; level < 4; level++) {
    const uint64_t prefix = pcl_va_prefix(iova, level);
    const uint64_t bytes = UINT64_C(1) << (12 + 9 * (level + 1));
    assert_true(pcl_inval_covers_nonleaf(VMA(.av = true, .nl = true, .addr = iova), &host_7, prefix, level));
    assert_true(pcl_inval_covers_nonleaf(VMA(.av = true, .nl = true, .addr = iova & -bytes), &host_7, prefix, level));
    assert_false(pcl_inval_covers_nonleaf(VMA(.av = true, .nl = true, .addr = iova ^ bytes), &host_7, prefix, level));
  }
}

static void iotinval_never_touches_directory_caches_nor_iodir_leaves(void **state) {
  (void)state;
  const pcl_command_t ddt = {.kind = PCL_CMD_IODIR_INVAL_DDT};
  assert_false(page(&ddt, &host_7, false, 0));
  assert_false(pcl_inval_covers_nonleaf(&ddt, &host_7, 0, 0));
  assert_false(pcl_inval_covers_device(VMA(.av = false), 5));
  assert_false(pcl_inval_covers_process(GVMA(.av = false), 5, 6));
}

static void inval_ddt_dv_1_hits_the_device_and_all_its_processes(void **state) {
  (void)state;
  const pcl_command_t c = {.kind = PCL_CMD_IODIR_INVAL_DDT, .dv = true, .did = 5};
  assert_true(pcl_inval_covers_device(&c, 5));
  assert_false(pcl_inval_covers_device(&c, 6));
  assert_true(pcl_inval_covers_process(&c, 5, 9));
  assert_false(pcl_inval_covers_process(&c, 6, 9));
}

static void inval_ddt_dv_0_hits_everything(void **state) {
  (void)state;
  const pcl_command_t c = {.kind = PCL_CMD_IODIR_INVAL_DDT, .did = 5};
  assert_true(pcl_inval_covers_device(&c, 6));
  assert_true(pcl_inval_covers_process(&c, 6, 9));
}

static void inval_pdt_hits_one_process_of_one_device(void **state) {
  (void)state;
  const pcl_command_t c = {.kind = PCL_CMD_IODIR_INVAL_PDT, .dv = true, .did = 5, .pid = 9};
  assert_true(pcl_inval_covers_process(&c, 5, 9));
  assert_false(pcl_inval_covers_process(&c, 5, 8));
  assert_false(pcl_inval_covers_process(&c, 6, 9));
  assert_false(pcl_inval_covers_device(&c, 5));
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(vma_gv_0_hits_only_the_host),
    cmocka_unit_test(vma_gv_1_hits_only_its_gscid),
    cmocka_unit_test(vma_pscv_1_hits_only_its_pscid_and_spares_global),
    cmocka_unit_test(vma_av_1_hits_every_address_of_the_leaf),
    cmocka_unit_test(identity_is_covered_by_no_iotinval),
    cmocka_unit_test(gvma_gv_0_hits_all_virtual_machines_and_never_the_host),
    cmocka_unit_test(gvma_gv_1_hits_its_gscid_at_any_iova),
    cmocka_unit_test(s_1_hits_its_napot_range),
    cmocka_unit_test(nonleaf_survives_av_1_without_nl),
    cmocka_unit_test(nonleaf_is_hit_by_av_1_with_nl_in_its_range),
    cmocka_unit_test(iotinval_never_touches_directory_caches_nor_iodir_leaves),
    cmocka_unit_test(inval_ddt_dv_1_hits_the_device_and_all_its_processes),
    cmocka_unit_test(inval_ddt_dv_0_hits_everything),
    cmocka_unit_test(inval_pdt_hits_one_process_of_one_device),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
