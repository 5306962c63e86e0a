// SPDX-License-Identifier: Apache-2.0
//
// Device-context configuration checks, one test per item of IOMMU spec 3.1.4 (items numbered as there).
#include "arch_test.h"

#define CAPS_ALL ((UINT64_MAX & ~(UINT64_C(0x3f) << 32)) | UINT64_C(46) << 32)

static bool bad(uint64_t caps, uint32_t fctl, pcl_dc_t dc) { return pcl_dc_misconfigured(caps, fctl, &dc); }
static bool bad_tc(uint64_t caps, uint64_t tc) { return bad(caps, 0, (pcl_dc_t){.tc = tc | PCL_TC_V}); }
static uint64_t mode(unsigned m) { return (uint64_t)m << 60; }

static void bare_dc_is_well_configured(void **state) {
  (void)state;
  assert_false(bad_tc(CAPS_FULL, 0));
  assert_false(bad_tc(CAPS_ALL, 0));
}

static void item_1_reserved_bits(void **state) {
  (void)state;
  for (unsigned n = 12; n < 64; n++) {
    const bool custom = n >= 24 && n <= 31;
    assert_int_equal(bad_tc(CAPS_ALL, PCL_BIT(n)), !custom);
  }
  for (unsigned n = 0; n < 64; n++) {
    const bool pscid = n >= 12 && n <= 31, qos = n >= 40;
    assert_int_equal(bad(CAPS_FULL, 0, (pcl_dc_t){.ta = PCL_BIT(n)}), !pscid);
    assert_int_equal(bad(CAPS_FULL | PCL_CAP_QOSID, 0, (pcl_dc_t){.ta = PCL_BIT(n)}), !pscid && !qos);
  }
  for (unsigned n = 0; n < 60; n++) {
    assert_int_equal(bad(CAPS_FULL, 0, (pcl_dc_t){.fsc = PCL_BIT(n)}), n >= 44);
    assert_int_equal(bad(CAPS_FULL, 0, (pcl_dc_t){.tc = PCL_TC_PDTV, .fsc = PCL_BIT(n)}), n >= 44);
  }
}

static void item_1_iohgatp_bare_ignores_gscid_and_ppn(void **state) {
  (void)state;
  assert_false(bad(CAPS_FULL, 0, (pcl_dc_t){.iohgatp = ~(UINT64_C(15) << 60)}));
}

static void item_1_msi_fields_count_only_in_the_extended_format(void **state) {
  (void)state;
  const uint64_t ext = CAPS_FULL | PCL_CAP_MSI_FLAT;
  const pcl_dc_t junk = {.msiptp = ~UINT64_C(0), .msi_addr_mask = ~UINT64_C(0), .reserved = 1};
  assert_false(bad(CAPS_FULL, 0, junk));
  for (unsigned n = 0; n < 60; n++) assert_int_equal(bad(ext, 0, (pcl_dc_t){.msiptp = PCL_BIT(n)}), n >= 44);
  for (unsigned n = 0; n < 64; n++) {
    assert_true(bad(ext, 0, (pcl_dc_t){.reserved = PCL_BIT(n)}));
    // MGPAW: 56 here (PAS), 59 with Sv57x4, 50 with Sv48x4, 41 with Sv39x4, 34 with Sv32x4.
    assert_int_equal(bad(ext, 0, (pcl_dc_t){.msi_addr_mask = PCL_BIT(n)}), n >= 44);
    assert_int_equal(bad(ext, 0, (pcl_dc_t){.msi_addr_pattern = PCL_BIT(n)}), n >= 44);
    assert_int_equal(bad(ext | PCL_CAP_SV32X4, 0, (pcl_dc_t){.msi_addr_mask = PCL_BIT(n)}), n >= 22);
    assert_int_equal(bad(ext | PCL_CAP_SV39X4, 0, (pcl_dc_t){.msi_addr_mask = PCL_BIT(n)}), n >= 29);
    assert_int_equal(bad(ext | PCL_CAP_SV48X4, 0, (pcl_dc_t){.msi_addr_mask = PCL_BIT(n)}), n >= 38);
    assert_int_equal(bad(ext | PCL_CAP_SV57X4, 0, (pcl_dc_t){.msi_addr_mask = PCL_BIT(n)}), n >= 47);
  }
}

static void item_2_ats_bits_need_the_capability(void **state) {
  (void)state;
  const uint64_t all = PCL_TC_EN_ATS | PCL_TC_EN_PRI | PCL_TC_PRPR;
  assert_false(bad_tc(CAPS_FULL | PCL_CAP_ATS, all));
  assert_true(bad_tc(CAPS_FULL, PCL_TC_EN_ATS));
  assert_true(bad_tc(CAPS_FULL, all));
}

static void item_3_t2gpa_needs_en_ats(void **state) {
  (void)state;
  const pcl_dc_t dc = {.tc = PCL_TC_T2GPA, .iohgatp = mode(8)};
  const pcl_dc_t with_ats = {.tc = PCL_TC_T2GPA | PCL_TC_EN_ATS, .iohgatp = mode(8)};
  assert_true(bad(CAPS_ALL, 0, dc));
  assert_false(bad(CAPS_ALL, 0, with_ats));
}

static void item_4_en_pri_needs_en_ats(void **state) {
  (void)state;
  assert_true(bad_tc(CAPS_ALL, PCL_TC_EN_PRI));
  assert_false(bad_tc(CAPS_ALL, PCL_TC_EN_PRI | PCL_TC_EN_ATS));
}

static void item_5_prpr_needs_en_pri(void **state) {
  (void)state;
  assert_true(bad_tc(CAPS_ALL, PCL_TC_PRPR | PCL_TC_EN_ATS));
  assert_false(bad_tc(CAPS_ALL, PCL_TC_PRPR | PCL_TC_EN_PRI | PCL_TC_EN_ATS));
}

static void item_6_t2gpa_needs_the_capability(void **state) {
  (void)state;
  const pcl_dc_t dc = {.tc = PCL_TC_T2GPA | PCL_TC_EN_ATS, .iohgatp = mode(8)};
  assert_true(bad(CAPS_ALL & ~PCL_CAP_T2GPA, 0, dc));
}

static void item_7_t2gpa_needs_a_second_stage(void **state) {
  (void)state;
  assert_true(bad_tc(CAPS_ALL, PCL_TC_T2GPA | PCL_TC_EN_ATS));
}

static void item_8_pdtp_mode_must_be_supported(void **state) {
  (void)state;
  const uint64_t pd = PCL_CAP_PD8 | PCL_CAP_PD17 | PCL_CAP_PD20;
  for (unsigned m = 0; m < 16; m++) {
    const pcl_dc_t dc = {.tc = PCL_TC_PDTV, .fsc = mode(m)};
    assert_int_equal(bad(CAPS_FULL, 0, dc), m != 0);
    assert_int_equal(bad(CAPS_FULL | pd, 0, dc), m > 3);
    assert_int_equal(bad(CAPS_FULL | PCL_CAP_PD8, 0, dc), m != 0 && m != 1);
    assert_int_equal(bad(CAPS_FULL | PCL_CAP_PD17, 0, dc), m != 0 && m != 2);
    assert_int_equal(bad(CAPS_FULL | PCL_CAP_PD20, 0, dc), m != 0 && m != 3);
  }
}

static void items_9_10_iosatp_mode_must_be_supported(void **state) {
  (void)state;
  for (unsigned m = 0; m < 16; m++) {
    const pcl_dc_t dc = {.tc = PCL_TC_V, .fsc = mode(m)};
    assert_int_equal(bad(0, 0, dc), m != 0);
    assert_int_equal(bad(PCL_CAP_SV39, 0, dc), m != 0 && m != 8);
    assert_int_equal(bad(PCL_CAP_SV39 | PCL_CAP_SV48, 0, dc), m != 0 && m != 8 && m != 9);
    assert_int_equal(bad(CAPS_FULL, 0, dc), m != 0 && (m < 8 || m > 10));
  }
}

static void item_11_sxl_1_selects_sv32(void **state) {
  (void)state;
  for (unsigned m = 0; m < 16; m++) {
    const pcl_dc_t dc = {.tc = PCL_TC_SXL, .fsc = mode(m)};
    assert_int_equal(bad(CAPS_ALL, 0, dc), m != 0 && m != 8);
    assert_int_equal(bad(CAPS_ALL & ~PCL_CAP_SV32, 0, dc), m != 0);
  }
}

static void item_12_dpe_needs_pdtv(void **state) {
  (void)state;
  assert_true(bad_tc(CAPS_ALL, PCL_TC_DPE));
  assert_false(bad_tc(CAPS_ALL, PCL_TC_DPE | PCL_TC_PDTV));
}

static void items_13_14_iohgatp_mode_must_be_supported(void **state) {
  (void)state;
  for (unsigned m = 0; m < 16; m++) {
    const pcl_dc_t dc = {.iohgatp = mode(m)};
    assert_int_equal(bad(CAPS_FULL, 0, dc), m != 0);
    assert_int_equal(bad(CAPS_FULL | PCL_CAP_SV39X4, 0, dc), m != 0 && m != 8);
    assert_int_equal(bad(CAPS_FULL | PCL_CAP_SV48X4, 0, dc), m != 0 && m != 9);
    assert_int_equal(bad(CAPS_FULL | PCL_CAP_SV57X4, 0, dc), m != 0 && m != 10);
  }
}

static void item_15_gxl_1_selects_sv32x4(void **state) {
  (void)state;
  for (unsigned m = 0; m < 16; m++) {
    const pcl_dc_t dc = {.tc = PCL_TC_SXL, .iohgatp = mode(m)};
    assert_int_equal(bad(CAPS_ALL, PCL_FCTL_GXL, dc), m != 0 && m != 8);
    assert_int_equal(bad(CAPS_ALL & ~PCL_CAP_SV32X4, PCL_FCTL_GXL, dc), m != 0);
  }
}

static void item_16_msiptp_is_off_or_flat(void **state) {
  (void)state;
  for (unsigned m = 0; m < 16; m++) {
    assert_int_equal(bad(CAPS_ALL, 0, (pcl_dc_t){.iohgatp = mode(8), .msiptp = mode(m)}), m > 1);
  }
}

static void msiptp_must_be_off_if_iohgatp_is_bare(void **state) {
  (void)state;
  assert_true(bad(CAPS_ALL, 0, (pcl_dc_t){.msiptp = mode(PCL_MSIPTP_FLAT)}));
}

static void item_17_second_stage_root_is_16k_aligned(void **state) {
  (void)state;
  for (unsigned n = 0; n < 44; n++) {
    assert_int_equal(bad(CAPS_ALL, 0, (pcl_dc_t){.iohgatp = mode(8) | PCL_BIT(n)}), n < 2);
  }
}

static void item_18_sade_and_gade_need_amo_hwad(void **state) {
  (void)state;
  assert_true(bad_tc(CAPS_FULL, PCL_TC_SADE));
  assert_true(bad_tc(CAPS_FULL, PCL_TC_GADE));
  assert_false(bad_tc(CAPS_FULL | PCL_CAP_AMO_HWAD, PCL_TC_SADE | PCL_TC_GADE));
}

static void items_19_21_sbe_equals_be_unless_both_are_supported(void **state) {
  (void)state;
  for (uint32_t be = 0; be < 2; be++) {
    assert_int_equal(bad(CAPS_FULL, be, (pcl_dc_t){.tc = 0}), be == 1);
    assert_int_equal(bad(CAPS_FULL, be, (pcl_dc_t){.tc = PCL_TC_SBE}), be == 0);
    assert_false(bad(CAPS_FULL | PCL_CAP_END, be, (pcl_dc_t){.tc = 0}));
    assert_false(bad(CAPS_FULL | PCL_CAP_END, be, (pcl_dc_t){.tc = PCL_TC_SBE}));
  }
}

static void item_20_sxl_must_be_legal_under_gxl(void **state) {
  (void)state;
  assert_true(bad_tc(CAPS_FULL, PCL_TC_SXL));  // GXL hardwired to 0
  assert_false(bad_tc(CAPS_FULL | PCL_CAP_SV32, PCL_TC_SXL));
  assert_true(bad(CAPS_FULL | PCL_CAP_SV32, PCL_FCTL_GXL, (pcl_dc_t){.tc = 0}));
  assert_false(bad(CAPS_FULL | PCL_CAP_SV32, PCL_FCTL_GXL, (pcl_dc_t){.tc = PCL_TC_SXL}));
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(bare_dc_is_well_configured),
    cmocka_unit_test(item_1_reserved_bits),
    cmocka_unit_test(item_1_iohgatp_bare_ignores_gscid_and_ppn),
    cmocka_unit_test(item_1_msi_fields_count_only_in_the_extended_format),
    cmocka_unit_test(item_2_ats_bits_need_the_capability),
    cmocka_unit_test(item_3_t2gpa_needs_en_ats),
    cmocka_unit_test(item_4_en_pri_needs_en_ats),
    cmocka_unit_test(item_5_prpr_needs_en_pri),
    cmocka_unit_test(item_6_t2gpa_needs_the_capability),
    cmocka_unit_test(item_7_t2gpa_needs_a_second_stage),
    cmocka_unit_test(item_8_pdtp_mode_must_be_supported),
    cmocka_unit_test(items_9_10_iosatp_mode_must_be_supported),
    cmocka_unit_test(item_11_sxl_1_selects_sv32),
    cmocka_unit_test(item_12_dpe_needs_pdtv),
    cmocka_unit_test(items_13_14_iohgatp_mode_must_be_supported),
    cmocka_unit_test(item_15_gxl_1_selects_sv32x4),
    cmocka_unit_test(item_16_msiptp_is_off_or_flat),
    cmocka_unit_test(msiptp_must_be_off_if_iohgatp_is_bare),
    cmocka_unit_test(item_17_second_stage_root_is_16k_aligned),
    cmocka_unit_test(item_18_sade_and_gade_need_amo_hwad),
    cmocka_unit_test(items_19_21_sbe_equals_be_unless_both_are_supported),
    cmocka_unit_test(item_20_sxl_must_be_legal_under_gxl),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
