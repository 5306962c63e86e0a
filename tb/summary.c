// SPDX-License-Identifier: Apache-2.0
#define _POSIX_C_SOURCE 200809L
#include "summary.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void summary_start(summary_t *summary) { summary->started = summary->shown = now(); }

// Counts of devices, summed over ports.
static device_counts_t device_totals(const summary_t *summary) {
  device_counts_t total = {0};
  for (unsigned p = 0; p < tb_config()->num_ports; p++) {
    const device_counts_t *counts = device_counts(tb_device(summary->tb, p));
    for (unsigned c = 0; c < PCL_CHANNELS; c++) {
      total.requests[c] += counts->requests[c];
      total.beats[c] += counts->beats[c];
    }
    total.errors += counts->errors;
    total.strays += counts->strays;
    total.lost += counts->lost;
  }
  return total;
}

void summary_progress(void *context) {
  summary_t *summary = context;
  bool terminal = isatty(STDOUT_FILENO);
  double time = now();
  if (time - summary->shown < (terminal ? 0.2 : 5.0)) return;
  summary->shown = time;
  summary->line_open = terminal;
  device_counts_t devices = device_totals(summary);
  uint64_t cycle = tb_cycle(summary->tb);
  double speed = (double)cycle / (time - summary->started);
  double left = cycle < summary->cycles ? (double)(summary->cycles - cycle) / speed : 0;
  printf("%s%10" PRIu64 " of %" PRIu64 " cycles, %" PRIu64 " beats, %" PRIu64 " faults, %.0f cycles/s, %.0f s left %s",
         terminal ? "\r" : "", cycle, summary->cycles, devices.beats[0] + devices.beats[1], tb_tally(summary->tb)->faults, speed,
         left, terminal ? " " : "\n");
  fflush(stdout);
}

// One line of the summary: its text and its key in JSON.
typedef struct {
  const char *text;
  const char *key;
  uint64_t value;
} line_t;

enum { LINES = 96 };

static unsigned collect(const summary_t *summary, line_t *lines) {
  const agent_counts_t *software = agent_counts();
  const tally_t *tally = tb_tally(summary->tb);
  const sb_counts_t *counts = tb_scoreboard_counts(summary->tb);
  device_counts_t devices = device_totals(summary);
  bool compared = summary->checks && tb_has_rtl(summary->tb);
  const line_t all[] = {
    {"cycles simulated", "cycles", tb_cycle(summary->tb)},
    {"cycles compared", "cycles_compared", compared ? tb_cycle(summary->tb) : 0},
    {"pins compared", "pins_compared", tb_lockstep(summary->tb)->pins},
    {"DMA read requests", "dma_reads", devices.requests[PCL_READ]},
    {"DMA write requests", "dma_writes", devices.requests[PCL_WRITE]},
    {"DMA beats", "dma_beats", devices.beats[PCL_READ] + devices.beats[PCL_WRITE]},
    {"hits (out one clock later)", "hits", counts->hits},
    {"misses", "misses", counts->misses},
    {"reads refused", "refused_reads", counts->refused[PCL_READ]},
    {"writes refused", "refused_writes", counts->refused[PCL_WRITE]},
    {"second-level hits", "l2_hits", tally->l2_hits},
    {"walks", "walks", tally->walks},
    {"table reads", "table_reads", tally->table_reads},
    {"misses merged into a walk", "merges", tally->merges},
    {"fault records", "faults", tally->faults},
    {"commands fetched", "commands", tally->commands},
    {"invalidations", "invalidations", tally->kills},
    {"  during a covered walk", "inval_in_walk", tally->kill_in_walk},
    {"  in the clock of a fill", "inval_at_fill", tally->kill_at_fill},
    {"  answered after the fence", "late_walks", tally->late_walks},
    {"fences over a stalled address", "fence_over_stall", tally->fence_over_stall},
    {"hits that passed a miss", "hit_passed_miss", counts->hit_passed_miss},
    {"refused writes, W ahead of AW", "refused_w_ahead", counts->refused_w_ahead},
    {"walks through two stages", "two_stages", tally->two_stages},
    {"  smaller than the first's leaf", "fractured", tally->fractured},
    {"walks of guests' processes", "guest_directories", tally->guest_directories},
    {"walks of supervisors", "supervisors", tally->supervisors},
    {"walks to interrupt files", "msi_pages", tally->msi_pages},
    {"updates of A and D", "updates", tally->updates},
    {"  lost", "updates_lost", tally->updates_lost},
    {"implicit guest page faults", "implicit_faults", tally->implicit},
    {"  of implicit writes", "implicit_write_faults", tally->implicit_writes},
    {"interrupts", "interrupts", tally->interrupts},
    {"isolations", "isolations", counts->isolations},
    {"requests cut off", "requests_dropped", counts->dropped},
    {"interrupts by message", "messages", software->messages},
    {"  refused by memory", "messages_lost", software->messages_lost},
    {"vectors masked", "masks", software->masks},
    {"counters checked", "counter_checks", software->counter_checks},
    {"  events in them", "counted", software->counted},
    {"  overflows", "overflows", software->overflows},
    {"debug requests translated", "debug_translated", software->debug_answers[0]},
    {"  refused", "debug_refused", software->debug_answers[1]},
    {"requests with a device's QoS IDs", "qos_grants", software->qos_grants},
    {"writes to files in memory", "absorbed_writes", counts->absorbed[PCL_WRITE]},
    {"reads of them", "absorbed_reads", counts->absorbed[PCL_READ]},
    {"entries of them", "file_entries", software->file_entries},
    {"updates of them", "file_updates", tally->file_updates},
    {"  lost", "file_updates_lost", tally->file_updates_lost},
    {"translations without rights", "translations_none", tally->translations_none},
    {"  invalidations given up", "cache_timeouts", tally->stops[TALLY_CMD_TO]},
    {"walks told GPAs", "gpas", tally->gpas},
    {"stop markers", "stop_markers", tally->stop_markers},
    {"page requests served", "page_requests", software->page_requests},
    {"  with a page", "pages_made", software->pages_made},
    {"the message port quiesced", "message_quiesces", software->message_quiesces},
    {"big-endian tables", "big_endian", software->big_endian},
    {"walks of the other byte order", "other_order", tally->other_order},
  };
  unsigned count = sizeof all / sizeof all[0];
  for (unsigned i = 0; i < count; i++) lines[i] = all[i];
  if (!summary->watch) return count;
  const monitor_stats_t *monitor = watch_stats(summary->watch);
  const line_t watched[] = {
    {"grants judged by the monitor", "monitor_grants", monitor->grants},
    {"  by a walk", "monitor_proofs", monitor->proofs},
    {"  older value excluded by a fence", "monitor_excluded", monitor->excluded},
    {"  let pass, search too large", "monitor_unresolved", monitor->unresolved},
    {"  not judged", "monitor_not_judged", monitor->not_judged},
    {"refusals judged", "monitor_refusals", monitor->refusals},
    {"fault records judged", "monitor_records", monitor->records},
    {"fences judged", "monitor_fences", monitor->fences},
    {"interrupt messages judged", "monitor_messages", monitor->messages},
    {"writes of interrupt files judged", "monitor_files", monitor->files},
    {"Translation Completions judged", "monitor_completions", monitor->completions},
    {"page-request records judged", "monitor_page_requests", monitor->page_requests},
  };
  for (unsigned i = 0; i < sizeof watched / sizeof watched[0]; i++) lines[count++] = watched[i];
  return count;
}

void summary_print(summary_t *summary) {
  line_t lines[LINES];
  unsigned count = collect(summary, lines);
  const tally_t *tally = tb_tally(summary->tb);
  double seconds = now() - summary->started;
  printf("%sconfiguration %s, profile %s, agent %s, seed %" PRIu64 "%s\n", summary->line_open ? "\n" : "", tb_config()->name,
         summary->profile, summary->agent, summary->seed, tb_has_rtl(summary->tb) ? "" : ", model alone");
  for (unsigned i = 0; i < count; i++)
    if (lines[i].value) printf("  %-32s %14" PRIu64 "\n", lines[i].text, lines[i].value);
  for (unsigned i = 0; i < TALLY_CAUSES; i++)
    if (tally->cause[i]) printf("  cause %-26u %14" PRIu64 "\n", i, tally->cause[i]);
  for (unsigned i = 0; i < TALLY_COMMANDS; i++)
    if (tally->command[i]) printf("  command %-24s %14" PRIu64 "\n", tally_command_names[i], tally->command[i]);
  printf("  %-32s %14.0f\n", "cycles per second", seconds > 0 ? (double)tb_cycle(summary->tb) / seconds : 0);
  printf("%s\n", tb_failure(summary->tb)->failed ? "FAILED" : tb_stopped(summary->tb) ? "interrupted" : "passed");
  fflush(stdout);
}

// One key per element.
static void print_named(FILE *out, const char *name, const char *const *names, const uint64_t *values, unsigned count) {
  for (unsigned i = 0; i < count; i++) fprintf(out, "  \"%s_%s\": %" PRIu64 ",\n", name, names[i], values[i]);
}

// NAME_0, NAME_1, ...
static void print_array(FILE *out, const char *name, const uint64_t *values, unsigned count) {
  for (unsigned i = 0; i < count; i++) fprintf(out, "  \"%s_%u\": %" PRIu64 ",\n", name, i, values[i]);
}

bool summary_json(const summary_t *summary, const char *file) {
  FILE *out = fopen(file, "w");
  if (!out) {
    perror(file);
    return false;
  }
  line_t lines[LINES];
  unsigned count = collect(summary, lines);
  const tally_t *tally = tb_tally(summary->tb);
  const failure_t *failure = tb_failure(summary->tb);
  double seconds = now() - summary->started;
  fprintf(out, "{\n  \"config\": \"%s\",\n  \"profile\": \"%s\",\n  \"agent\": \"%s\",\n  \"seed\": %" PRIu64 ",\n",
          tb_config()->name, summary->profile, summary->agent, summary->seed);
  for (unsigned i = 0; i < count; i++) fprintf(out, "  \"%s\": %" PRIu64 ",\n", lines[i].key, lines[i].value);
  for (unsigned i = 0; i < TALLY_CAUSES; i++)
    if (tally->cause[i]) fprintf(out, "  \"cause_%u\": %" PRIu64 ",\n", i, tally->cause[i]);
  print_named(out, "command", tally_command_names, tally->command, TALLY_COMMANDS);
  print_named(out, "error", tally_access_names, tally->errors, TALLY_ACCESSES);
  print_named(out, "poison", tally_access_names, tally->poison, TALLY_ACCESSES);
  print_named(out, "stop", tally_stop_names, tally->stops, TALLY_STOPS);
  print_array(out, "illegal", agent_counts()->illegal, 16);
  print_array(out, "event", agent_counts()->events, 9);
  print_array(out, "ttyp", tally->ttyp, TALLY_TTYPS);
  print_array(out, "granted", tally->granted, TALLY_TTYPS);
  print_array(out, "ddtp_mode", tally->ddtp_mode, TALLY_DDTP_MODES);
  print_array(out, "first_stage_mode", tally->first_stage, TALLY_STAGE_MODES);
  print_array(out, "second_stage_mode", tally->second_stage, TALLY_STAGE_MODES);
  print_array(out, "process_levels", tally->processes, TALLY_DIRECTORIES);
  print_array(out, "leaf_size", tally->leaf, TALLY_SIZES);
  print_array(out, "pbmt", tally->pbmt, 4);
  print_array(out, "message_in", tally->message_in, 16);
  print_array(out, "message_out", tally->message_out, 16);
  print_array(out, "translations", tally->translations, 8);
  print_array(out, "page_answers", tally->page_answers, 16);
  fprintf(out, "  \"cycles_per_second\": %.0f,\n", seconds > 0 ? (double)tb_cycle(summary->tb) / seconds : 0);
  if (failure->failed) fprintf(out, "  \"fail_cycle\": %" PRIu64 ",\n", failure->at);
  fprintf(out, "  \"passed\": %s\n}\n", failure->failed || tb_stopped(summary->tb) ? "false" : "true");
  return fclose(out) == 0;
}
