// SPDX-License-Identifier: Apache-2.0
//
// Performance counters: started with random events and filters, some close to overflow, and stopped again. Requests of devices
// are counted here too: those taken while the counter surely counted, and those while it may have.
#include "os_agent.h"

enum { SETTLE = 12 };

static bool matches(const pcl_counted_t *what, const pcl_ax_t *ax) {
  uint32_t ignored = what->range ? what->high ^ (what->high + 1) : 0;
  if (what->id != (ax->translated ? PCL_COUNT_TRANSLATED : PCL_COUNT_UNTRANSLATED) || what->by_space) return false;
  if (what->match_low && (!ax->pv || ax->process_id != what->low)) return false;
  return !what->match_high || !((ax->device_id ^ what->high) & ~ignored & 0xffffff);
}

static bool is_exact(const pcl_counted_t *what) { return what->id <= PCL_COUNT_TRANSLATED; }

static pcl_counted_t any_counted(os_t *os) {
  const os_device_t *device = &os->device[os_below(os, os->devices)];
  const os_process_t *process = &device->process[os_below(os, OS_PROCESSES)];
  pcl_counted_t what = {.id = (pcl_counted_id_t)(os_below(os, 3) ? os_below(os, 9) : 1), .by_space = os_below(os, 8) == 0};
  if (what.id == PCL_COUNT_FIRST_WALK || what.id == PCL_COUNT_SECOND_WALK || what.id == PCL_COUNT_MISS)
    what.by_space = os_below(os, 2);
  what.match_high = os_below(os, 4) < (what.id == PCL_COUNT_UNTRANSLATED ? 3 : 1);
  what.match_low = os_below(os, 6) == 0;
  what.range = os_below(os, 4) == 0;
  what.high = device->device_id;
  what.low = process->id;
  if (what.by_space) {
    const os_domain_t *domain = &os->domain[os_below(os, OS_DOMAINS)];
    what.low = domain->domain.pscid;
    what.high = domain->domain.vm ? domain->domain.vm->gscid : 0;
  }
  return what;
}

static void start(os_t *os, unsigned index) {
  os_counter_t *counter = &os->counter[index];
  pcl_counted_t what = any_counted(os);
  uint64_t top = index ? ~UINT64_C(0) : ~UINT64_C(0) >> 1;
  uint64_t value = os_below(os, 2) ? os_below(os, 1000) : top - os_below(os, 300);
  os_handle_interrupt(os);
  os->driver.overflows &= ~(UINT32_C(1) << index);
  *counter = (os_counter_t){.live = true, .what = what, .start = value, .from = tb_cycle(os->tb)};
  os_check(os, pcl_counter_start(&os->driver, index, &what, value), "start a counter");
  counter->sure = true;
  counter->surely_from = tb_cycle(os->tb);
}

static void check(os_t *os, unsigned index, uint64_t value) {
  const os_counter_t *counter = &os->counter[index];
  uint64_t counted = value - counter->start;
  bool marked = os->driver.overflows >> index & 1;
  if (index == 0) counted &= ~UINT64_C(0) >> 1;
  bool exact = index == 0 || is_exact(&counter->what);
  if (exact && (counted < counter->least || counted > counter->most))
    fail(tb_failure(os->tb), "counter %u of event %u counted %llu, but software saw %llu to %llu", index, counter->what.id,
         (unsigned long long)counted, (unsigned long long)counter->least, (unsigned long long)counter->most);
  if (marked != (value < counter->start))
    fail(tb_failure(os->tb), "counter %u went from 0x%llx to 0x%llx, its overflow is %s", index,
         (unsigned long long)counter->start, (unsigned long long)value, marked ? "told" : "not told");
  os_counts()->counted += exact ? counted : 0;
  os_counts()->counter_checks += exact;
  os_counts()->overflows += marked;
  os_counts()->events[index ? counter->what.id : 0] += counted != 0;
}

static void stop(os_t *os, unsigned index) {
  os_counter_t *counter = &os->counter[index];
  counter->sure = false;
  uint64_t surely = tb_cycle(os->tb) - counter->surely_from;
  pcl_counter_stop(&os->driver, index);
  tb_run(os->tb, SETTLE);
  if (index == 0) counter->least = surely - 1, counter->most = tb_cycle(os->tb) - counter->from;
  uint64_t value = pcl_counter_read(&os->driver, index);
  os_handle_interrupt(os);
  os->driver.overflows |= pcl_counter_overflows(&os->driver);
  counter->live = false;
  if (os->watching) check(os, index, value);
}

void os_change_counters(os_t *os) {
  if (!os_has(os, PCL_CAPABILITIES_HPM_MASK)) return;
  uint32_t few = os->driver.counters < 2 || !os_below(os, 4) ? os->driver.counters : 2;
  unsigned index = os_below(os, few + 1);
  if (os->counter[index].live) stop(os, index);
  else start(os, index);
}

// After registers were written at random, or reset.
void os_forget_counters(os_t *os) {
  for (unsigned i = 0; i < OS_COUNTERS; i++) os->counter[i].live = false;
}

// Debug requests count as those of their device, whenever they are taken.
void os_count_debug(os_t *os) {
  for (unsigned i = 1; i < OS_COUNTERS; i++) os->counter[i].most += os->counter[i].live;
}

void os_see_requests(os_t *os, const tb_view_t *view) {
  for (unsigned p = 0; p < os_ports(); p++)
    for (unsigned c = 0; c < PCL_CHANNELS; c++) {
      const pcl_ax_t *ax = &view->in->port[p].dev_ax[c];
      if (!ax->valid || !view->out->port[p].dev_ax_ready[c]) continue;
      for (unsigned i = 1; i <= os->driver.counters; i++) {
        os_counter_t *counter = &os->counter[i];
        if (!counter->live || !matches(&counter->what, ax)) continue;
        counter->most++;
        counter->least += counter->sure;
      }
    }
}
