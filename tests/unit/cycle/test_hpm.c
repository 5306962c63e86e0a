// SPDX-License-Identifier: Apache-2.0
// The counters' twin, sentence by sentence of docs/microarchitecture.md, section 6.1: when an event is counted, what a write in
// the same clock does, and how a counter ends.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cycle/hpm.h"
#include "pcl_regs.h"

enum { COUNTERS = 3, CTR1 = PCL_REG_IOHPMCTR_OFFSET, EVT1 = PCL_REG_IOHPMEVT_OFFSET, CYCLES = PCL_REG_IOHPMCYCLES_OFFSET };
enum { OVERFLOWS = PCL_REG_IOCOUNTOVF_OFFSET };  // and iocountinh in the upper half

static pcl_hpm_block_t hpm;
static pcl_ev_t ev[PCL_EV_SOURCES];
static unsigned evs;

static int fresh(void **state) {
  (void)state;
  pcl_hpm_block_reset(&hpm, true, COUNTERS);
  evs = 0;
  return 0;
}

// A clock with the events noted before it. Returns the pulse.
static bool tick(const pcl_word_write_t *write) {
  const bool overflow = pcl_hpm_block_commit(&hpm, ev, evs, write);
  evs = 0;
  return overflow;
}

static bool put(unsigned offset, uint64_t data) {
  const pcl_word_write_t write = {.data = data, .offset = (uint16_t)offset, .lo = true, .hi = true};
  return tick(&write);
}

static uint64_t get(unsigned offset) { return pcl_hpm_block_read(&hpm, offset); }

static pcl_ev_t *happens(pcl_event_t event) {
  ev[evs] = (pcl_ev_t){.ids = {.device_id = 5}, .event = (uint8_t)event};
  return &ev[evs++];
}

static void events_of_a_clock_count_in_the_next(void **state) {
  (void)state;
  put(EVT1, PCL_EVENT_UNTRANSLATED);
  for (unsigned i = 0; i < 9; i++) happens(PCL_EVENT_UNTRANSLATED);
  happens(PCL_EVENT_TRANSLATED);
  tick(NULL);
  assert_int_equal(get(CTR1), 0);
  tick(NULL);
  assert_int_equal(get(CTR1), 9);
  tick(NULL);
  assert_int_equal(get(CTR1), 9);
}

static void a_walk_counts_by_kind_and_as_a_miss(void **state) {
  (void)state;
  put(EVT1, PCL_EVENT_S1_WALK);
  put(EVT1 + 8, PCL_EVENT_TLB_MISS);
  put(EVT1 + 16, PCL_EVENT_S2_WALK);
  happens(PCL_EVENT_S1_WALK)->miss = true;
  tick(NULL);
  happens(PCL_EVENT_S1_WALK);
  tick(NULL);
  tick(NULL);
  assert_int_equal(get(CTR1), 2);
  assert_int_equal(get(CTR1 + 8), 1);
  assert_int_equal(get(CTR1 + 16), 0);
}

static void filters_are_those_of_the_selector(void **state) {
  (void)state;
  const uint64_t device4 = PCL_IOHPMEVT_DV_GSCV_MASK | UINT64_C(4) << PCL_IOHPMEVT_DID_GSCID_SHIFT | PCL_EVENT_UNTRANSLATED;
  put(EVT1, device4);
  put(EVT1 + 8, device4 | PCL_IOHPMEVT_DMASK_MASK);  // 4 and 5
  put(EVT1 + 16, PCL_IOHPMEVT_IDT_MASK | PCL_EVENT_UNTRANSLATED);
  happens(PCL_EVENT_UNTRANSLATED);
  tick(NULL);
  tick(NULL);
  assert_int_equal(get(CTR1), 0);
  assert_int_equal(get(CTR1 + 8), 1);
  assert_int_equal(get(CTR1 + 16), 0);
}

static void inhibited_counters_gather_nothing(void **state) {
  (void)state;
  put(EVT1, PCL_EVENT_UNTRANSLATED);
  happens(PCL_EVENT_UNTRANSLATED);
  put(OVERFLOWS, UINT64_C(0xffffffff) << 32);  // that event is gathered: the register was 0 in its clock
  assert_true(get(OVERFLOWS) >> 32 == 0xf);
  const uint64_t cycles = get(CYCLES);
  happens(PCL_EVENT_UNTRANSLATED);
  tick(NULL);
  tick(NULL);
  assert_int_equal(get(CTR1), 1);
  assert_true(get(CYCLES) == cycles);
}

static void a_write_wins_over_the_count_of_its_clock(void **state) {
  (void)state;
  put(EVT1, PCL_EVENT_UNTRANSLATED);
  put(CTR1, UINT64_C(0x7ffffffff));
  happens(PCL_EVENT_UNTRANSLATED);
  tick(NULL);
  const pcl_word_write_t half = {.data = 100, .offset = CTR1, .lo = true};
  tick(&half);
  assert_true(get(CTR1) == (UINT64_C(0x700000000) | 100));
  put(CYCLES, 50);
  assert_true(get(CYCLES) == 50);
  tick(NULL);
  assert_true(get(CYCLES) == 51);
}

static void the_end_sets_of_and_pulses_once(void **state) {
  (void)state;
  put(EVT1, PCL_EVENT_UNTRANSLATED);
  for (unsigned round = 0; round < 2; round++) {
    put(CTR1, ~UINT64_C(0));
    happens(PCL_EVENT_UNTRANSLATED);
    happens(PCL_EVENT_UNTRANSLATED);
    assert_false(tick(NULL));
    assert_int_equal(tick(NULL), round == 0);
    assert_int_equal(get(CTR1), 1);
    assert_true(get(EVT1) >> 63);
    assert_int_equal(get(OVERFLOWS) & 0xffffffff, 2);
  }
}

static void hardware_of_wins_over_a_write_of_the_selector(void **state) {
  (void)state;
  put(EVT1, PCL_EVENT_UNTRANSLATED);
  put(CTR1, ~UINT64_C(0));
  happens(PCL_EVENT_UNTRANSLATED);
  tick(NULL);
  assert_true(put(EVT1, PCL_EVENT_TRANSLATED));
  assert_true(get(EVT1) == (PCL_IOHPMEVT_OF_MASK | PCL_EVENT_TRANSLATED));
}

// Whatever a write of OF says in the clock of the end: it came before.
static void of_written_in_the_clock_of_the_end_decides(void **state) {
  (void)state;
  for (unsigned old = 0; old < 2; old++) {
    for (unsigned of = 0; of < 2; of++) {
      put(EVT1, (old ? PCL_IOHPMEVT_OF_MASK : 0) | PCL_EVENT_UNTRANSLATED);
      put(CTR1, ~UINT64_C(0));
      happens(PCL_EVENT_UNTRANSLATED);
      tick(NULL);
      assert_int_equal(put(EVT1, (of ? PCL_IOHPMEVT_OF_MASK : 0) | PCL_EVENT_UNTRANSLATED), !of);
      assert_true(get(EVT1) >> 63);
    }
  }
}

static void cycles_end_at_63_bits(void **state) {
  (void)state;
  put(CYCLES, PCL_IOHPMCYCLES_COUNTER_MASK);
  assert_true(tick(NULL));
  assert_true(get(CYCLES) == PCL_IOHPMCYCLES_OF_MASK);
  assert_int_equal(get(OVERFLOWS) & 0xffffffff, 1);
  put(CYCLES, ~UINT64_C(0));
  assert_false(tick(NULL));
  // A write in the clock of the end: it alone.
  put(CYCLES, PCL_IOHPMCYCLES_COUNTER_MASK);
  assert_false(put(CYCLES, 7));
  assert_true(get(CYCLES) == 7);
}

static void what_is_not_there_reads_0(void **state) {
  (void)state;
  put(EVT1 + 8 * COUNTERS, ~UINT64_C(0));
  put(CTR1 + 8 * COUNTERS, ~UINT64_C(0));
  put(EVT1, 9);
  assert_int_equal(get(EVT1 + 8 * COUNTERS), 0);
  assert_int_equal(get(CTR1 + 8 * COUNTERS), 0);
  assert_int_equal(get(EVT1), 0);
  pcl_hpm_block_reset(&hpm, false, COUNTERS);
  put(CTR1, 1);
  put(CYCLES, 1);
  assert_int_equal(get(CTR1) | get(CYCLES), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(events_of_a_clock_count_in_the_next, fresh),
    cmocka_unit_test_setup(a_walk_counts_by_kind_and_as_a_miss, fresh),
    cmocka_unit_test_setup(filters_are_those_of_the_selector, fresh),
    cmocka_unit_test_setup(inhibited_counters_gather_nothing, fresh),
    cmocka_unit_test_setup(a_write_wins_over_the_count_of_its_clock, fresh),
    cmocka_unit_test_setup(the_end_sets_of_and_pulses_once, fresh),
    cmocka_unit_test_setup(hardware_of_wins_over_a_write_of_the_selector, fresh),
    cmocka_unit_test_setup(of_written_in_the_clock_of_the_end_decides, fresh),
    cmocka_unit_test_setup(cycles_end_at_63_bits, fresh),
    cmocka_unit_test_setup(what_is_not_there_reads_0, fresh),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
