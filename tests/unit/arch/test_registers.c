// SPDX-License-Identifier: Apache-2.0
//
// The register page of the untimed IOMMU (IOMMU spec chapter 6): reset values, narrowing, write semantics, optional registers.
#include "iommu_test.h"

#define PPN_FIELD UINT64_C(0x3ffffffffffc00)

static void after_reset_nothing_is_allowed_or_on(void **state) {
  (void)state;
  world_t w;
  world_reset(&w, CAPS_ALL);
  for (uint32_t offset = 8; offset < 4096; offset += 8) assert_int_equal(reg_read8(&w, offset), 0);
  assert_true(reg_read8(&w, 0) == CAPS_ALL);
}

static void fctl_wsi_is_1_if_there_are_only_wires(void **state) {
  (void)state;
  world_t w;
  world_reset(&w, (CAPS_ALL & ~IGS_BOTH & ~PCL_CAP_END) | IGS_WSI);
  assert_int_equal(reg_read4(&w, PCL_REG_FCTL_OFFSET), PCL_FCTL_WSI);
  reg_write4(&w, PCL_REG_FCTL_OFFSET, 0);
  assert_int_equal(reg_read4(&w, PCL_REG_FCTL_OFFSET), PCL_FCTL_WSI);
  world_reset(&w, CAPS_ALL & ~IGS_BOTH);  // messages only
  reg_write4(&w, PCL_REG_FCTL_OFFSET, ~UINT32_C(0));
  assert_int_equal(reg_read4(&w, PCL_REG_FCTL_OFFSET), PCL_FCTL_BE);
  world_reset(&w, CAPS_ALL | PCL_CAP_SV32 | PCL_CAP_SV32X4);
  reg_write4(&w, PCL_REG_FCTL_OFFSET, ~UINT32_C(0));
  assert_int_equal(reg_read4(&w, PCL_REG_FCTL_OFFSET), PCL_FCTL_BE | PCL_FCTL_WSI | PCL_FCTL_GXL);
  reg_write8(&w, PCL_REG_DDTP_OFFSET, PCL_DDTP_BARE);
  reg_write4(&w, PCL_REG_FCTL_OFFSET, 0);  // not Off
  assert_int_equal(reg_read4(&w, PCL_REG_FCTL_OFFSET), PCL_FCTL_BE | PCL_FCTL_WSI | PCL_FCTL_GXL);
}

static void fuses_narrow_capabilities(void **state) {
  (void)state;
  const uint64_t pas40 = UINT64_C(40) << 32, pas_field = UINT64_C(0x3f) << 32;
  assert_true(pcl_capabilities_narrow(CAPS_ALL, ~UINT64_C(0)) == CAPS_ALL);
  assert_true(pcl_capabilities_narrow(CAPS_ALL, 0) == (0x10 | UINT64_C(56) << 32));
  assert_true(pcl_capabilities_narrow(CAPS_ALL, PCL_CAP_SV39 | PCL_CAP_SV32 | IGS_WSI | pas40) ==
              (0x10 | PCL_CAP_SV39 | IGS_WSI | pas40));
  assert_true((pcl_capabilities_narrow(CAPS_ALL, UINT64_C(31) << 32) & pas_field) == UINT64_C(56) << 32);
  assert_true((pcl_capabilities_narrow((CAPS_ALL & ~IGS_BOTH) | IGS_WSI, IGS_BOTH) & (IGS_BOTH | IGS_WSI)) == IGS_WSI);
}

// An illegal iommu_mode keeps the old one.
static void an_unsupported_mode_keeps_the_old_one(void **state) {
  (void)state;
  world_t w;
  world_reset(&w, CAPS_ALL);
  reg_write8(&w, PCL_REG_DDTP_OFFSET, UINT64_C(0x123) << 10 | PCL_DDTP_2LVL);
  for (unsigned mode = 5; mode < 16; mode++) {
    reg_write8(&w, PCL_REG_DDTP_OFFSET, ~UINT64_C(0xf) | mode);
    assert_true(reg_read8(&w, PCL_REG_DDTP_OFFSET) == (PPN_FIELD | PCL_DDTP_2LVL));
  }
}

static void halves_are_written_by_themselves(void **state) {
  (void)state;
  world_t w;
  world_reset(&w, CAPS_ALL);
  reg_write4(&w, PCL_REG_DDTP_OFFSET + 4, 0x00012345);
  assert_int_equal(reg_read4(&w, PCL_REG_DDTP_OFFSET), 0);
  reg_write4(&w, PCL_REG_DDTP_OFFSET, 0x6789ac00 | PCL_DDTP_1LVL);
  assert_true(reg_read8(&w, PCL_REG_DDTP_OFFSET) == (UINT64_C(0x123456789ac00) | PCL_DDTP_1LVL));
  reg_write8(&w, PCL_REG_CQH_OFFSET, ~UINT64_C(0));  // cqh is read-only, cqt is not
  assert_true(reg_read8(&w, PCL_REG_CQH_OFFSET) == UINT64_C(1) << 32);
}

static void accesses_that_are_not_4_or_8_aligned_bytes_do_nothing(void **state) {
  (void)state;
  world_t w;
  world_reset(&w, CAPS_ALL);
  reg_write(&w, PCL_REG_DDTP_OFFSET + 4, 8, ~UINT64_C(0));
  reg_write(&w, PCL_REG_DDTP_OFFSET + 2, 4, ~UINT64_C(0));
  reg_write(&w, PCL_REG_DDTP_OFFSET, 2, 1);
  reg_write(&w, 4096 + PCL_REG_DDTP_OFFSET, 8, 1);
  assert_int_equal(reg_read8(&w, PCL_REG_DDTP_OFFSET), 0);
  assert_int_equal(pcl_iommu_read_register(&w.iommu, 4, 8), 0);
  assert_int_equal(pcl_iommu_read_register(&w.iommu, 0, 1), 0);
}

static void queue_registers(void **state) {
  (void)state;
  world_t w;
  world_reset(&w, CAPS_ALL);
  static const uint32_t base[] = {PCL_REG_CQB_OFFSET, PCL_REG_FQB_OFFSET, PCL_REG_PQB_OFFSET};
  static const uint32_t moved[] = {PCL_REG_CQT_OFFSET, PCL_REG_FQH_OFFSET, PCL_REG_PQH_OFFSET};
  static const uint32_t shown[] = {PCL_REG_CQH_OFFSET, PCL_REG_FQT_OFFSET, PCL_REG_PQT_OFFSET};
  for (unsigned i = 0; i < 3; i++) {
    reg_write8(&w, base[i], ~UINT64_C(0));
    assert_true(reg_read8(&w, base[i]) == (PPN_FIELD | 0x1f));
    reg_write4(&w, moved[i], ~UINT32_C(0));
    assert_int_equal(reg_read4(&w, moved[i]), 0xffffffff);
    reg_write8(&w, base[i], 2);  // 8 entries: the index starts anew and keeps 3 bits
    assert_int_equal(reg_read4(&w, moved[i]), 0);
    reg_write4(&w, moved[i], 0xff);
    assert_int_equal(reg_read4(&w, moved[i]), 7);
    reg_write4(&w, shown[i], 5);
    assert_int_equal(reg_read4(&w, shown[i]), 0);
  }
}

// What enabling and disabling a queue clears, and what not.
static void enabling_clears_the_iommus_index_and_status_disabling_nothing(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  command(&w, FENCE, 0);
  command(&w, 5, 0);
  for (unsigned i = 0; i < 4; i++) request(&w);
  assert_int_equal(reg_read4(&w, PCL_REG_CQCSR_OFFSET), 0x10401);
  assert_int_equal(reg_read4(&w, PCL_REG_FQCSR_OFFSET), 0x10201);
  reg_write4(&w, PCL_REG_CQCSR_OFFSET, 0);
  reg_write4(&w, PCL_REG_FQCSR_OFFSET, 0);
  assert_int_equal(reg_read4(&w, PCL_REG_CQCSR_OFFSET), 0x400);
  assert_int_equal(reg_read4(&w, PCL_REG_CQH_OFFSET), 1);
  assert_int_equal(reg_read4(&w, PCL_REG_CQT_OFFSET), 2);
  assert_int_equal(reg_read4(&w, PCL_REG_FQCSR_OFFSET), 0x200);
  assert_int_equal(reg_read4(&w, PCL_REG_FQT_OFFSET), 3);
  memory_set(&w.m.memory, cq_addr(0), 5);
  reg_write4(&w, PCL_REG_FQH_OFFSET, 2);
  reg_write4(&w, PCL_REG_FQCSR_OFFSET, 1);
  reg_write4(&w, PCL_REG_CQCSR_OFFSET, 1);
  assert_int_equal(reg_read4(&w, PCL_REG_CQCSR_OFFSET), 0x10401);  // started at 0 again
  assert_int_equal(reg_read4(&w, PCL_REG_CQH_OFFSET), 0);
  assert_int_equal(reg_read4(&w, PCL_REG_CQT_OFFSET), 2);
  assert_int_equal(reg_read4(&w, PCL_REG_FQCSR_OFFSET), 0x10001);
  assert_int_equal(reg_read4(&w, PCL_REG_FQT_OFFSET), 0);
  assert_int_equal(reg_read4(&w, PCL_REG_FQH_OFFSET), 2);
}

static void enabling_page_requests_clears_pqt_and_its_status(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  set_dc(&w.m, PCL_TC_V | PCL_TC_EN_ATS | PCL_TC_EN_PRI, 0);
  for (unsigned i = 0; i < 4; i++) pcl_iommu_page_request(&w.iommu, &(pcl_page_request_t){.device_id = 5, .payload = 1}, false);
  assert_int_equal(reg_read4(&w, PCL_REG_PQCSR_OFFSET), 0x10201);
  reg_write4(&w, PCL_REG_PQH_OFFSET, 2);
  reg_write4(&w, PCL_REG_PQCSR_OFFSET, 0);
  assert_int_equal(reg_read4(&w, PCL_REG_PQCSR_OFFSET), 0x200);
  assert_int_equal(reg_read4(&w, PCL_REG_PQT_OFFSET), 3);
  reg_write4(&w, PCL_REG_PQCSR_OFFSET, 1);
  assert_int_equal(reg_read4(&w, PCL_REG_PQCSR_OFFSET), 0x10001);
  assert_int_equal(reg_read4(&w, PCL_REG_PQT_OFFSET), 0);
  assert_int_equal(reg_read4(&w, PCL_REG_PQH_OFFSET), 2);
}

// 6.2: what no register occupies reads 0 and takes no write.
static void reserved_space_is_not_there(void **state) {
  (void)state;
  static const uint16_t gaps[][2] = {{PCL_REG_IOMMU_QOSID_OFFSET + 4, 688}, {752, 760}, {1024, 4096}};
  world_t w;
  world_init(&w, CAPS_ALL);
  for (unsigned i = 0; i < 3; i++) {
    for (uint32_t at = gaps[i][0]; at < gaps[i][1]; at += 4) {
      reg_write4(&w, at, ~UINT32_C(0));
      assert_int_equal(reg_read4(&w, at), 0);
    }
  }
}

// Optional registers read 0 and ignore writes.
static void optional_registers_are_not_there_without_their_capability(void **state) {
  (void)state;
  static const struct {
    uint64_t capability;
    uint32_t first, last;
  } optional[] = {
    {PCL_CAP_ATS, PCL_REG_PQB_OFFSET, PCL_REG_PQH_OFFSET},
    {PCL_CAP_HPM, PCL_REG_IOCOUNTOVF_OFFSET, PCL_REG_TR_REQ_IOVA_OFFSET - 8},
    {PCL_CAP_DBG, PCL_REG_TR_REQ_IOVA_OFFSET, PCL_REG_TR_RESPONSE_OFFSET},
    {PCL_CAP_QOSID, PCL_REG_IOMMU_QOSID_OFFSET, PCL_REG_IOMMU_QOSID_OFFSET},
  };
  for (unsigned i = 0; i < 4; i++) {
    world_t w;
    world_reset(&w, CAPS_ALL & ~optional[i].capability);
    for (uint32_t at = optional[i].first; at <= optional[i].last; at += 8) {
      reg_write8(&w, at, ~UINT64_C(0));
      assert_int_equal(reg_read8(&w, at), 0);
    }
    reg_write4(&w, PCL_REG_PQCSR_OFFSET, 3);
    assert_int_equal(reg_read4(&w, PCL_REG_PQCSR_OFFSET), i == 0 ? 0 : 0x10003);
  }
  world_t w;
  world_reset(&w, (CAPS_ALL & ~IGS_BOTH) | IGS_WSI);
  reg_write8(&w, MSI_ADDR(0), ~UINT64_C(0));
  assert_int_equal(reg_read8(&w, MSI_ADDR(0)), 0);
}

static void vectors_limit_icvec_and_the_table(void **state) {
  (void)state;
  world_t w;
  const pcl_iommu_config_t config = {.capabilities = CAPS_ALL, .fuse = ~UINT64_C(0), .event_counters = 1, .counter_bits = 32,
                                     .vectors = 4};
  world_reset(&w, CAPS_ALL);
  const pcl_bus_t bus = w.iommu.bus;
  pcl_iommu_init(&w.iommu, &config, &bus);
  reg_write8(&w, PCL_REG_ICVEC_OFFSET, ~UINT64_C(0));
  assert_int_equal(reg_read8(&w, PCL_REG_ICVEC_OFFSET), 0x3333);
  for (unsigned v = 0; v < 16; v++) {
    reg_write8(&w, MSI_ADDR(v), ~UINT64_C(0));
    reg_write8(&w, MSI_DATA(v), ~UINT64_C(0));
    assert_true(reg_read8(&w, MSI_ADDR(v)) == (v < 4 ? UINT64_C(0xfffffffffffffc) : 0));
    assert_true(reg_read8(&w, MSI_DATA(v)) == (v < 4 ? UINT64_C(0x1ffffffff) : 0));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(after_reset_nothing_is_allowed_or_on),
    cmocka_unit_test(fctl_wsi_is_1_if_there_are_only_wires),
    cmocka_unit_test(fuses_narrow_capabilities),
    cmocka_unit_test(an_unsupported_mode_keeps_the_old_one),
    cmocka_unit_test(halves_are_written_by_themselves),
    cmocka_unit_test(accesses_that_are_not_4_or_8_aligned_bytes_do_nothing),
    cmocka_unit_test(queue_registers),
    cmocka_unit_test(enabling_clears_the_iommus_index_and_status_disabling_nothing),
    cmocka_unit_test(optional_registers_are_not_there_without_their_capability),
    cmocka_unit_test(vectors_limit_icvec_and_the_table),
    cmocka_unit_test(enabling_page_requests_clears_pqt_and_its_status),
    cmocka_unit_test(reserved_space_is_not_there),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
