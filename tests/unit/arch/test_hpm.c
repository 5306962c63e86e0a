// SPDX-License-Identifier: Apache-2.0
//
// Performance monitor: events, filters, inhibits, overflow (IOMMU spec 6.19 to 6.23).
#include "iommu_test.h"

#define CTR(x) (PCL_REG_IOHPMCTR_OFFSET + 8 * ((x) - 1))
#define EVT(x) (PCL_REG_IOHPMEVT_OFFSET + 8 * ((x) - 1))
#define IDT    PCL_IOHPMEVT_IDT_MASK
#define DV     PCL_IOHPMEVT_DV_GSCV_MASK
#define PV     PCL_IOHPMEVT_PV_PSCV_MASK
#define DMASK  PCL_IOHPMEVT_DMASK_MASK
#define OF     PCL_IOHPMEVT_OF_MASK

static uint64_t did(uint64_t id) { return id << PCL_IOHPMEVT_DID_GSCID_SHIFT; }
static uint64_t pid(uint64_t id) { return id << PCL_IOHPMEVT_PID_PSCID_SHIFT; }

static bool counts(uint64_t event, pcl_event_t happened, const pcl_event_ids_t *ids) {
  pcl_hpm_t hpm;
  pcl_hpm_init(&hpm, 2, 64);
  pcl_hpm_write_event(&hpm, 1, event);
  pcl_hpm_count(&hpm, happened, ids);
  return hpm.counter[1];
}

static void requests_count_even_if_they_fault(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  for (unsigned i = 1; i <= 3; i++) reg_write8(&w, EVT(i), i);
  assert_true(request(&w).faulted);
  reg_write8(&w, PCL_REG_DDTP_OFFSET, 0);
  assert_true(request(&w).faulted);
  w.m.request.translated = true;
  assert_true(request(&w).faulted);
  w.m.request.translated = false;
  w.m.request.ats = true;
  assert_true(request(&w).faulted);
  assert_int_equal(reg_read8(&w, CTR(1)), 2);
  assert_int_equal(reg_read8(&w, CTR(2)), 1);
  assert_int_equal(reg_read8(&w, CTR(3)), 1);
}

// A walk is the load of one entry: one DC, three PTEs, no guest PTE, one miss.
static void walks_are_loads_of_entries(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  map(&w.m, 2, 0, pte_of(FRAME_PPN, LEAF_RWX));
  static const struct {
    unsigned event, loads;
  } expected[] = {{4, 1}, {5, 1}, {6, 0}, {7, 3}, {8, 0}};
  for (unsigned i = 0; i < 5; i++) {
    reg_write8(&w, CTR(1), 0);
    reg_write8(&w, EVT(1), expected[i].event);
    assert_false(request(&w).faulted);
    assert_int_equal(reg_read8(&w, CTR(1)), expected[i].loads);
  }
  reg_write8(&w, CTR(1), 0);
  reg_write8(&w, EVT(1), 7 | IDT | PV | pid(0x77));
  request(&w);
  assert_int_equal(reg_read8(&w, CTR(1)), 3);
  reg_write8(&w, EVT(1), 7 | IDT | DV);  // no GSCID is valid
  request(&w);
  assert_int_equal(reg_read8(&w, CTR(1)), 3);
}

// Each second-stage PTE read counts, also of one that then faults.
static void second_stage_walks_count_each_entry(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  memory_set(&w.m.memory, dc_addr(5) + 8, (uint64_t)PCL_IOHGATP_SV39X4 << 60 | 0x400);
  memory_set(&w.m.memory, dc_addr(5) + 24, 0);
  w.m.request.iova = 0x1000;
  memory_set(&w.m.memory, UINT64_C(0x400) << 12, pte_of(0x410, PCL_PTE_V));
  reg_write8(&w, EVT(1), PCL_EVENT_S2_WALK);
  reg_write8(&w, EVT(2), PCL_EVENT_S1_WALK);
  assert_true(request(&w).faulted);
  assert_int_equal(reg_read8(&w, CTR(1)), 2);
  assert_int_equal(reg_read8(&w, CTR(2)), 0);
}

// A Page Request loads a DC, but is none of the requests that are counted.
static void a_page_request_counts_its_directory_walk(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  for (unsigned i = 1; i <= 3; i++) reg_write8(&w, EVT(i), i);
  reg_write8(&w, EVT(4), PCL_EVENT_DDT_WALK);
  pcl_iommu_page_request(&w.iommu, &(pcl_page_request_t){.device_id = 5}, false);
  for (unsigned i = 1; i <= 4; i++) assert_int_equal(reg_read8(&w, CTR(i)), i == 4);
}

static void filters(void **state) {
  (void)state;
  const pcl_event_ids_t ids = {.device_id = 0x123456, .process_id = 0x789ab, .pv = true, .gscid = 0x4321, .gscv = true,
                               .pscid = 0x54321, .pscv = true};
  const pcl_event_ids_t none = {.device_id = 0x123456, .process_id = 0x789ab, .gscid = 0x4321, .pscid = 0x54321};
  assert_true(counts(1, PCL_EVENT_UNTRANSLATED, &none));
  assert_false(counts(2, PCL_EVENT_UNTRANSLATED, &none));
  assert_true(counts(1 | DV | did(0x123456), PCL_EVENT_UNTRANSLATED, &none));
  assert_false(counts(1 | DV | did(0x123457), PCL_EVENT_UNTRANSLATED, &none));
  assert_true(counts(1 | PV | pid(0x789ab), PCL_EVENT_UNTRANSLATED, &ids));
  assert_false(counts(1 | PV | pid(0x789ab), PCL_EVENT_UNTRANSLATED, &none));  // no valid process_id
  assert_false(counts(1 | DV | PV | did(0x123456) | pid(0x789aa), PCL_EVENT_UNTRANSLATED, &ids));
  assert_true(counts(8 | IDT | DV | PV | did(0x4321) | pid(0x54321), PCL_EVENT_S2_WALK, &ids));
  assert_false(counts(8 | IDT | DV | did(0x4321), PCL_EVENT_S2_WALK, &none));
  assert_false(counts(8 | IDT | PV | pid(0x54321), PCL_EVENT_S2_WALK, &none));
}

static void dmask_masks_through_the_lowest_0_bit(void **state) {
  (void)state;
  const pcl_event_ids_t ids = {.device_id = 0x123456};
  assert_true(counts(1 | DV | DMASK | did(0x123453), PCL_EVENT_UNTRANSLATED, &ids));  // any of 0x123450 to 0x123457
  assert_true(counts(1 | DV | DMASK | did(0x123457), PCL_EVENT_UNTRANSLATED, &ids));
  assert_false(counts(1 | DV | DMASK | did(0x12345b), PCL_EVENT_UNTRANSLATED, &ids));
  assert_false(counts(1 | DV | DMASK | did(0x123463), PCL_EVENT_UNTRANSLATED, &ids));
  assert_true(counts(1 | DV | DMASK | did(0x127fff), PCL_EVENT_UNTRANSLATED, &ids));
  assert_true(counts(1 | DV | DMASK | did(0xffffff), PCL_EVENT_UNTRANSLATED, &ids));
}

static void an_unsupported_idt_does_not_count(void **state) {
  (void)state;
  const pcl_event_ids_t ids = {.gscv = true, .pscv = true};
  for (unsigned event = 1; event <= 8; event++) {
    assert_int_equal(counts(event | IDT, event, &ids), event == 4 || event == 7 || event == 8);
  }
}

static void iocountinh_bit_x_is_for_counter_x(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  for (unsigned i = 1; i <= 4; i++) reg_write8(&w, EVT(i), 1);
  reg_write4(&w, PCL_REG_IOCOUNTINH_OFFSET, ~UINT32_C(0));
  assert_int_equal(reg_read4(&w, PCL_REG_IOCOUNTINH_OFFSET), 0x1f);
  reg_write4(&w, PCL_REG_IOCOUNTINH_OFFSET, 1 << 2);
  request(&w);
  for (unsigned i = 1; i <= 4; i++) assert_int_equal(reg_read8(&w, CTR(i)), i != 2);
  pcl_iommu_advance(&w.iommu, 5);
  assert_int_equal(reg_read8(&w, PCL_REG_IOHPMCYCLES_OFFSET), 5);
  reg_write4(&w, PCL_REG_IOCOUNTINH_OFFSET, 1);
  pcl_iommu_advance(&w.iommu, 5);
  assert_int_equal(reg_read8(&w, PCL_REG_IOHPMCYCLES_OFFSET), 5);
}

static void pmip_comes_with_an_overflow_only_not_with_a_write_of_of(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  reg_write8(&w, EVT(1), 1 | OF);
  assert_int_equal(reg_read4(&w, PCL_REG_IPSR_OFFSET), 0);
  assert_int_equal(reg_read4(&w, PCL_REG_IOCOUNTOVF_OFFSET), 2);
  reg_write8(&w, CTR(1), ~UINT64_C(0));
  request(&w);
  assert_int_equal(reg_read8(&w, CTR(1)), 0);  // goes on
  assert_int_equal(reg_read4(&w, PCL_REG_IPSR_OFFSET), 0);  // OF was set: disabled
  reg_write8(&w, EVT(1), 1);
  reg_write8(&w, CTR(1), ~UINT64_C(0));
  request(&w);
  assert_int_equal(reg_read4(&w, PCL_REG_IPSR_OFFSET), PCL_IPSR_PMIP_MASK);
  assert_int_equal(reg_read4(&w, PCL_REG_IOCOUNTOVF_OFFSET), 2);
  reg_write4(&w, PCL_REG_IPSR_OFFSET, PCL_IPSR_PMIP_MASK);
  assert_int_equal(reg_read4(&w, PCL_REG_IPSR_OFFSET), 0);  // an edge, though OF stands
}

static void the_cycles_counter_overflows_at_63_bits(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  reg_write8(&w, PCL_REG_IOHPMCYCLES_OFFSET, PCL_IOHPMCYCLES_COUNTER_MASK - 1);
  pcl_iommu_advance(&w.iommu, 1);
  assert_int_equal(reg_read4(&w, PCL_REG_IPSR_OFFSET), 0);
  pcl_iommu_advance(&w.iommu, 3);
  assert_true(reg_read8(&w, PCL_REG_IOHPMCYCLES_OFFSET) == (PCL_IOHPMCYCLES_OF_MASK | 2));
  assert_int_equal(reg_read4(&w, PCL_REG_IOCOUNTOVF_OFFSET), 1);
  assert_int_equal(reg_read4(&w, PCL_REG_IPSR_OFFSET), PCL_IPSR_PMIP_MASK);
}

static void only_built_counters_and_standard_events_are_there(void **state) {
  (void)state;
  world_t w;
  world_init(&w, CAPS_ALL);
  reg_write8(&w, CTR(4), ~UINT64_C(0));
  reg_write8(&w, CTR(5), ~UINT64_C(0));
  reg_write8(&w, EVT(5), ~UINT64_C(0));
  reg_write8(&w, EVT(4), ~UINT64_C(0));
  assert_true(reg_read8(&w, CTR(4)) == ~UINT64_C(0));
  assert_int_equal(reg_read8(&w, CTR(5)), 0);
  assert_int_equal(reg_read8(&w, EVT(5)), 0);
  assert_true(reg_read8(&w, EVT(4)) == ~PCL_IOHPMEVT_EVENTID_MASK);  // no such event: none
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(requests_count_even_if_they_fault),
    cmocka_unit_test(walks_are_loads_of_entries),
    cmocka_unit_test(a_page_request_counts_its_directory_walk),
    cmocka_unit_test(filters),
    cmocka_unit_test(dmask_masks_through_the_lowest_0_bit),
    cmocka_unit_test(an_unsupported_idt_does_not_count),
    cmocka_unit_test(iocountinh_bit_x_is_for_counter_x),
    cmocka_unit_test(pmip_comes_with_an_overflow_only_not_with_a_write_of_of),
    cmocka_unit_test(the_cycles_counter_overflows_at_63_bits),
    cmocka_unit_test(only_built_counters_and_standard_events_are_there),
    cmocka_unit_test(second_stage_walks_count_each_entry),
  };
  return cmocka_run_group_tests(tests, 0, 0);
}
