// SPDX-License-Identifier: Apache-2.0
//
// Locating the device context: ddtp modes, directory walk, causes 256 to 260 and 268 (IOMMU spec 3.3 items 1 to 6, 3.3.1).
#include "arch_test.h"

static void set_mode(machine_t *m, unsigned mode) { m->regs.ddtp = (uint64_t)DDT_PPN << 10 | mode; }

static void mode_off_refuses_everything_with_256(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  set_mode(&m, PCL_DDTP_OFF);
  assert_true(expect_fault(&m, PCL_CAUSE_ALL_DISALLOWED).report);
  m.request.translated = true;  // 256 comes before 260
  expect_fault(&m, PCL_CAUSE_ALL_DISALLOWED);
  assert_int_equal(m.memory.reads, 0);
}

static void reserved_mode_is_like_off(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  for (unsigned mode = 5; mode < 16; mode++) {
    set_mode(&m, mode);
    expect_fault(&m, PCL_CAUSE_ALL_DISALLOWED);
  }
}

static void mode_bare_passes_untranslated_requests(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  set_mode(&m, PCL_DDTP_BARE);
  m.request.device_id = 0xffffff;
  m.request.pv = true;
  expect_identity(&m);
  m.request.write = true;
  m.request.iova = (UINT64_C(1) << 56) - 1;
  expect_identity(&m);
  m.request.write = false;
  m.request.exec = true;
  expect_identity(&m);
  assert_int_equal(m.memory.reads, 0);
}

static void mode_bare_refuses_translated_requests_with_260(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  set_mode(&m, PCL_DDTP_BARE);
  m.request.translated = true;
  assert_true(expect_fault(&m, PCL_CAUSE_TYPE_DISALLOWED).report);
}

static void identity_beyond_56_bits_is_an_access_fault(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  set_mode(&m, PCL_DDTP_BARE);
  m.request.iova = UINT64_C(1) << 56;
  expect_fault(&m, PCL_CAUSE_READ_ACCESS);
  m.request.exec = true;
  expect_fault(&m, PCL_CAUSE_INSTR_ACCESS);
  m.request.write = true;
  expect_fault(&m, PCL_CAUSE_WRITE_ACCESS);
}

// Where the directory is read for a device_id, in base (7, 9, 8 bits) or extended format (6, 9, 9 bits).
static void check_walk_addresses(uint64_t caps, unsigned levels, uint32_t device_id, const uint64_t *index) {
  pcl_walk_t w;
  const pcl_request_t request = {.device_id = device_id};
  const pcl_regs_t regs = {.capabilities = caps, .ddtp = (uint64_t)DDT_PPN << 10 | (PCL_DDTP_1LVL + levels - 1)};
  pcl_step_t step = pcl_walk_begin(&w, &regs, &request);
  uint64_t ppn = DDT_PPN;
  for (unsigned level = levels - 1; level > 0; level--) {
    assert_int_equal(step, PCL_STEP_ACCESS);
    assert_int_equal(w.phase, PCL_PHASE_DDT);
    assert_int_equal(w.access.kind, PCL_ACCESS_DDT_NONLEAF);
    assert_int_equal(w.access.level, level);
    assert_int_equal(w.access.beats, 1);
    assert_int_equal(w.access.addr, (ppn << 12) + index[level] * 8);
    ppn = 0xfffffffff00 + level;
    step = pcl_walk_step(&w, &(pcl_response_t){.data = {ppn << 10 | 1}});
  }
  const unsigned beats = caps & PCL_CAP_MSI_FLAT ? 8 : 4;
  assert_int_equal(step, PCL_STEP_ACCESS);
  assert_int_equal(w.access.kind, PCL_ACCESS_DC);
  assert_int_equal(w.access.beats, beats);
  assert_int_equal(w.access.addr, (ppn << 12) + index[0] * beats * 8);
}

static void base_format_splits_device_id_7_9_8(void **state) {
  (void)state;
  check_walk_addresses(CAPS_FULL, 1, 0x7f, (uint64_t[]){0x7f});
  check_walk_addresses(CAPS_FULL, 2, 0xffff, (uint64_t[]){0x7f, 0x1ff});
  check_walk_addresses(CAPS_FULL, 2, 0x0080, (uint64_t[]){0, 1});
  check_walk_addresses(CAPS_FULL, 3, 0xff0000, (uint64_t[]){0, 0, 0xff});
  check_walk_addresses(CAPS_FULL, 3, 0x5a1234, (uint64_t[]){0x34, 0x24, 0x5a});
}

static void extended_format_splits_device_id_6_9_9(void **state) {
  (void)state;
  const uint64_t caps = CAPS_FULL | PCL_CAP_MSI_FLAT;
  check_walk_addresses(caps, 1, 0x3f, (uint64_t[]){0x3f});
  check_walk_addresses(caps, 2, 0x7fff, (uint64_t[]){0x3f, 0x1ff});
  check_walk_addresses(caps, 2, 0x0040, (uint64_t[]){0, 1});
  check_walk_addresses(caps, 3, 0xff8000, (uint64_t[]){0, 0, 0x1ff});
  check_walk_addresses(caps, 3, 0x5a1234, (uint64_t[]){0x34, 0x48, 0xb4});
}

static void expect_width(uint64_t caps, unsigned mode, uint32_t device_id, bool fits) {
  pcl_walk_t w;
  const pcl_request_t request = {.device_id = device_id};
  const pcl_regs_t regs = {.capabilities = caps, .ddtp = (uint64_t)DDT_PPN << 10 | mode};
  const pcl_step_t step = pcl_walk_begin(&w, &regs, &request);
  assert_int_equal(step, fits ? PCL_STEP_ACCESS : PCL_STEP_DONE);
  if (!fits) assert_int_equal(w.outcome.fault.cause, PCL_CAUSE_TYPE_DISALLOWED);
  if (!fits) assert_true(w.outcome.fault.report);
}

static void device_id_wider_than_the_mode_is_260(void **state) {
  (void)state;
  const uint64_t ext = CAPS_FULL | PCL_CAP_MSI_FLAT;
  expect_width(CAPS_FULL, PCL_DDTP_1LVL, 0x7f, true);
  expect_width(CAPS_FULL, PCL_DDTP_1LVL, 0x80, false);
  expect_width(CAPS_FULL, PCL_DDTP_1LVL, 0x800000, false);
  expect_width(CAPS_FULL, PCL_DDTP_2LVL, 0xffff, true);
  expect_width(CAPS_FULL, PCL_DDTP_2LVL, 0x10000, false);
  expect_width(CAPS_FULL, PCL_DDTP_3LVL, 0xffffff, true);
  expect_width(ext, PCL_DDTP_1LVL, 0x3f, true);
  expect_width(ext, PCL_DDTP_1LVL, 0x40, false);
  expect_width(ext, PCL_DDTP_2LVL, 0x7fff, true);
  expect_width(ext, PCL_DDTP_2LVL, 0x8000, false);
  expect_width(ext, PCL_DDTP_3LVL, 0xffffff, true);
}

static void device_id_too_wide_precedes_the_directory(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  m.request.device_id = 0x85;
  memory_break(&m.memory, dc_addr(0x85), PCL_MEM_ACCESS_FAULT);
  expect_fault(&m, PCL_CAUSE_TYPE_DISALLOWED);
  assert_int_equal(m.memory.reads, 0);
}

// Three levels: roots at DDT_PPN + 2 and DDT_PPN + 1, leaf directory at DDT_PPN.
static uint64_t three_levels(machine_t *m) {
  machine_init(m);
  m->regs.ddtp = (uint64_t)(DDT_PPN + 2) << 10 | PCL_DDTP_3LVL;
  m->request.device_id = 0x030105;
  set_dc(m, PCL_TC_V, 0);
  memory_set(&m->memory, ((uint64_t)(DDT_PPN + 2) << 12) + 3 * 8, (uint64_t)(DDT_PPN + 1) << 10 | 1);
  memory_set(&m->memory, ((uint64_t)(DDT_PPN + 1) << 12) + 2 * 8, (uint64_t)DDT_PPN << 10 | 1);
  return ((uint64_t)(DDT_PPN + 1) << 12) + 2 * 8;
}

static void three_levels_reach_the_dc(void **state) {
  (void)state;
  machine_t m;
  three_levels(&m);
  expect_identity(&m);
  assert_int_equal(m.memory.reads, 3);
}

static void nonleaf_access_fault_is_257(void **state) {
  (void)state;
  machine_t m;
  memory_break(&m.memory, three_levels(&m), PCL_MEM_ACCESS_FAULT);
  assert_true(expect_fault(&m, PCL_CAUSE_DDT_ACCESS).report);
}

static void nonleaf_poison_is_268(void **state) {
  (void)state;
  machine_t m;
  memory_break(&m.memory, three_levels(&m), PCL_MEM_POISON);
  assert_true(expect_fault(&m, PCL_CAUSE_DDT_CORRUPTION).report);
}

static void nonleaf_v0_is_258_whatever_else_is_set(void **state) {
  (void)state;
  machine_t m;
  const uint64_t addr = three_levels(&m);
  memory_set(&m.memory, addr, ~UINT64_C(1));
  expect_fault(&m, PCL_CAUSE_DDT_NOT_VALID);
}

static void nonleaf_reserved_bits_are_259(void **state) {
  (void)state;
  machine_t m;
  const uint64_t addr = three_levels(&m);
  for (unsigned bit = 1; bit < 64; bit++) {
    if (bit >= 10 && bit <= 53) continue;
    memory_set(&m.memory, addr, (uint64_t)DDT_PPN << 10 | 1 | UINT64_C(1) << bit);
    expect_fault(&m, PCL_CAUSE_DDT_MISCONFIGURED);
  }
}

static void error_on_any_beat_of_a_dc_counts(void **state) {
  (void)state;
  for (unsigned beat = 0; beat < 4; beat++) {
    machine_t m;
    machine_init(&m);
    memory_break(&m.memory, dc_addr(5) + 8 * beat, PCL_MEM_POISON);
    assert_true(expect_fault(&m, PCL_CAUSE_DDT_CORRUPTION).report);
    memory_break(&m.memory, dc_addr(5) + 8 * (beat ^ 1), PCL_MEM_ACCESS_FAULT);  // 257 precedes 268
    assert_true(expect_fault(&m, PCL_CAUSE_DDT_ACCESS).report);
  }
}

static void dc_v0_is_258_whatever_else_is_set(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  set_dc(&m, ~PCL_TC_V, ~UINT64_C(0));
  assert_true(expect_fault(&m, PCL_CAUSE_DDT_NOT_VALID).report);
}

static void misconfigured_dc_is_259_even_with_dtf(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  set_dc(&m, PCL_TC_V | PCL_TC_DTF | PCL_TC_DPE, 0);
  assert_true(expect_fault(&m, PCL_CAUSE_DDT_MISCONFIGURED).report);
}

static void second_stage_without_the_capability_is_259(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  memory_set(&m.memory, dc_addr(5) + 8, UINT64_C(8) << 60);
  expect_fault(&m, PCL_CAUSE_DDT_MISCONFIGURED);
}

static void extended_format_reads_and_checks_eight_doublewords(void **state) {
  (void)state;
  machine_t m;
  machine_init(&m);
  m.regs.capabilities |= PCL_CAP_MSI_FLAT;
  m.request.device_id = 1;
  const uint64_t addr = ((uint64_t)DDT_PPN << 12) + 64;
  memory_set(&m.memory, addr, PCL_TC_V);
  expect_identity(&m);
  for (unsigned i = 4; i < 8; i++) {  // reserved bits of msiptp, mask, pattern, last doubleword
    memory_set(&m.memory, addr + 8 * i, UINT64_C(1) << 55);
    expect_fault(&m, PCL_CAUSE_DDT_MISCONFIGURED);
    memory_set(&m.memory, addr + 8 * i, 0);
  }
  memory_break(&m.memory, addr + 56, PCL_MEM_POISON);
  expect_fault(&m, PCL_CAUSE_DDT_CORRUPTION);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(mode_off_refuses_everything_with_256),
    cmocka_unit_test(reserved_mode_is_like_off),
    cmocka_unit_test(mode_bare_passes_untranslated_requests),
    cmocka_unit_test(mode_bare_refuses_translated_requests_with_260),
    cmocka_unit_test(identity_beyond_56_bits_is_an_access_fault),
    cmocka_unit_test(base_format_splits_device_id_7_9_8),
    cmocka_unit_test(extended_format_splits_device_id_6_9_9),
    cmocka_unit_test(device_id_wider_than_the_mode_is_260),
    cmocka_unit_test(device_id_too_wide_precedes_the_directory),
    cmocka_unit_test(three_levels_reach_the_dc),
    cmocka_unit_test(nonleaf_access_fault_is_257),
    cmocka_unit_test(nonleaf_poison_is_268),
    cmocka_unit_test(nonleaf_v0_is_258_whatever_else_is_set),
    cmocka_unit_test(nonleaf_reserved_bits_are_259),
    cmocka_unit_test(error_on_any_beat_of_a_dc_counts),
    cmocka_unit_test(dc_v0_is_258_whatever_else_is_set),
    cmocka_unit_test(misconfigured_dc_is_259_even_with_dtf),
    cmocka_unit_test(second_stage_without_the_capability_is_259),
    cmocka_unit_test(extended_format_reads_and_checks_eight_doublewords),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
