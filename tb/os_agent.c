// SPDX-License-Identifier: Apache-2.0
//
// The random operating system: draws one action after the other, as its habits weigh them.
#include "os_agent.h"

#include <stdlib.h>

static agent_counts_t counts;

agent_counts_t *os_counts(void) { return &counts; }
const agent_counts_t *agent_counts(void) { return &counts; }

static void flush_if_needed(os_t *os) {
  os_collect(os);
  if (os->retirees) os_flush(os);
}

static void (*const actions[OS_ACTIONS])(os_t *os) = {
  [OS_MAP] = os_map,
  [OS_UNMAP] = os_unmap_any,
  [OS_CHANGE] = os_change,
  [OS_BREAK] = os_map_odd,
  [OS_TRIM] = os_trim,
  [OS_PROBE] = os_probe,
  [OS_STORM] = os_storm,
  [OS_FLUSH] = flush_if_needed,
  [OS_FAULTS] = os_faults,
  [OS_MOVE] = os_move_device,
  [OS_RECYCLE] = os_recycle_domain,
  [OS_JUNK_DEVICE] = os_junk_device,
  [OS_BREAK_DIRECTORY] = os_break_directory,
  [OS_MODE] = os_switch_mode,
  [OS_QUIESCE] = os_quiesce,
  [OS_ISOLATE] = os_isolate,
  [OS_ISOTIME] = os_set_isotime,
  [OS_RESIZE] = os_resize_queues,
  [OS_ILLEGAL] = os_illegal,
  [OS_NONSENSE] = os_nonsense,
  [OS_RESET] = os_reset,
  [OS_PROCESS] = os_change_process,
  [OS_BREAK_PROCESSES] = os_break_processes,
  [OS_TABLES] = os_change_tables,
  [OS_RECYCLE_VM] = os_recycle_vm,
  [OS_INTERRUPTS] = os_change_interrupts,
  [OS_COUNT] = os_change_counters,
  [OS_DEBUG] = os_debug,
  [OS_QOS] = os_change_qos,
  [OS_ATS] = os_ats,
  [OS_MESSAGES] = os_send_messages,
  [OS_NARROW] = os_narrow,
};

static os_action_t choose(os_t *os) {
  uint32_t sum = 0;
  for (unsigned i = 0; i < OS_ACTIONS; i++) sum += os->habits->action[i];
  uint32_t at = os_below(os, sum);
  unsigned action = 0;
  while (at >= os->habits->action[action]) at -= os->habits->action[action++];
  return (os_action_t)action;
}

static void set_up(os_t *os) {
  os_ops_init(os);
  os_check(os, pcl_probe(&os->driver, &os->ops), "find the IOMMU");
  os->scratch = os->ops.page_alloc(os, 1);
  os_interrupts_start(os);
  os_ats_init(os);
  os_queues_start(os, true);
  os_devices_init(os);
  unsigned wanted = os_mappings_wanted(os);
  for (unsigned i = 0; i < 6 * wanted && os->mappings < wanted / 2; i++) os_map(os);
  os->active = os_any_directory(os);
  os->driver.directory = os->directory[os->active];
  os_enter_mode(os, PCL_DDTP_MODE_TABLE);
  for (unsigned port = 0; port < os_ports(); port++) pcl_set_isolation_time(&os->driver, port, 600);
}

// Leaves everything so that what is under way can end.
static void wind_up(os_t *os) {
  tb_pause(os->tb, true);
  os_ats_end(os);
  for (unsigned port = 0; port < os_ports(); port++) pcl_resume(&os->driver, port);
  do {
    os_rescue_ports(os);
    pcl_cmdq_recover(&os->driver.commands);
    os_handle_interrupt(os);
  } while (!tb_drain(os->tb, 2000));
  os_reap(os);
  os_forget_messages(os);
}

// Whom the observer serves; NULL: nobody any more.
static os_t *running;

static void see_clock(void *context, const tb_view_t *view) {
  (void)context;
  if (!running) return;
  running->watching = true;
  os_see_message(running, view);
  os_see_requests(running, view);
}

static void see_grant(void *context, const tb_view_t *view, sb_request_t *request, const pcl_ax_t *granted) {
  (void)context, (void)view;
  if (running) os_see_qos(running, request, granted);
}

static void run(tb_t *tb, const agent_context_t *context) {
  os_t *os = calloc(1, sizeof *os);
  if (!os) abort();
  counts = (agent_counts_t){0};
  os->tb = tb;
  running = os;
  tb_observe(tb, &(tb_observer_t){.clock = see_clock, .grant = see_grant});
  os->habits = os_habits_find(context->profile ? context->profile->name : "mixed");
  rng_seed(&os->rng, context->seed, 1000);
  set_up(os);
  while (tb_cycle(tb) < context->cycles) {
    os_action_t action = choose(os);
    uint64_t before = tb_cycle(tb);
    actions[action](os);
    counts.actions[action]++;
    counts.clocks[action] += tb_cycle(tb) - before;
    os_collect(os);
    os_reap(os);
    if (os_called(os) && os_below(os, 4)) os_faults(os);
    if (os_below(os, 50) == 0) os_await_messages(os);
    if (os_below(os, 20) == 0) os_rescue_ports(os);
    tb_run(tb, os_below(os, 2 * os->habits->gap));
  }
  wind_up(os);
  running = NULL;
  free(os);
}

const agent_t agent_os = {.name = "os", .what = "a random operating system: everything that software may do", .run = run};
