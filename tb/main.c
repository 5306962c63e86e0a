// SPDX-License-Identifier: Apache-2.0
//
// The simulator: command line, the random run, its summary.
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"
#include "bench.h"
#include "scenario.h"
#include "summary.h"

typedef struct {
  tb_options_t tb;
  uint64_t cycles;
  const agent_t *agent;
  const scenario_t *scenario;  // NULL: the random run
  const char *json;
  bool bench;
  bool quiet;
  bool monitor;
} command_line_t;

typedef struct {
  const char *name;
  const char *argument;  // NULL: a switch
  const char *what;
} option_t;

typedef enum {
  OPT_SEED, OPT_CYCLES, OPT_PROFILE, OPT_AGENT, OPT_SCENARIO, OPT_JSON, OPT_WAVES, OPT_WAVES_FROM, OPT_TWIN_ONLY, OPT_NO_CHECKS,
  OPT_NO_MONITOR, OPT_EXACT, OPT_BENCH, OPT_QUIET, OPT_HELP, OPTIONS
} option_index_t;

static const option_t options[OPTIONS] = {
  [OPT_SEED] = {"--seed", "N", "seed of everything random (1)"},
  [OPT_CYCLES] = {"--cycles", "N", "clocks to simulate (2000000)"},
  [OPT_PROFILE] = {"--profile", "NAME", "what the devices are (mixed):"},
  [OPT_AGENT] = {"--agent", "NAME", "which software runs:"},
  [OPT_SCENARIO] = {"--scenario", "NAME", "a directed test instead of a random run:"},
  [OPT_JSON] = {"--json", "FILE", "write the summary as one JSON object"},
  [OPT_WAVES] = {"--waves", "FILE", "record an FST waveform (portcullis_sim_trace only)"},
  [OPT_WAVES_FROM] = {"--waves-from", "N", "first clock recorded (0)"},
  [OPT_TWIN_ONLY] = {"--twin-only", NULL, "the model alone, without RTL"},
  [OPT_NO_CHECKS] = {"--no-checks", NULL, "the RTL alone: model, scoreboard and monitor off"},
  [OPT_NO_MONITOR] = {"--no-monitor", NULL, "the security monitor off"},
  [OPT_EXACT] = {"--exact", NULL, "memories with exact timing (20 clocks) instead of random"},
  [OPT_BENCH] = {"--bench", NULL, "the performance table instead of a random run"},
  [OPT_QUIET] = {"--quiet", NULL, "no progress, no summary"},
  [OPT_HELP] = {"--help", NULL, "this text"},
};

static tb_t *running;

static void interrupt(int signal_number) {
  (void)signal_number;
  if (running) tb_stop(running);
}

static void list_options(FILE *out) {
  for (unsigned i = 0; i < OPTIONS; i++) {
    fprintf(out, "  %-13s %-5s %s\n", options[i].name, options[i].argument ? options[i].argument : "", options[i].what);
    if (i == OPT_PROFILE)
      for (unsigned p = 0; profiles[p]; p++) fprintf(out, "  %22s %-8s %s\n", "", profiles[p]->name, profiles[p]->what);
    if (i == OPT_SCENARIO)
      for (const scenario_t *s = scenario_first(); s; s = s->next) fprintf(out, "  %22s %-8s %s\n", "", s->name, s->what);
    if (i == OPT_AGENT)
      for (unsigned a = 0; agents[a]; a++) fprintf(out, "  %22s %-8s %s\n", "", agents[a]->name, agents[a]->what);
  }
}

static _Noreturn void refuse(const char *what, const char *value) {
  fprintf(stderr, "%s '%s'; legal options:\n", what, value);
  list_options(stderr);
  exit(2);
}

static uint64_t number(const char *text) {
  char *end;
  errno = 0;
  uint64_t value = strtoull(text, &end, 0);
  if (end == text || *end || errno || text[0] == '-') refuse("not a number:", text);
  return value;
}

static const agent_t *agent_find(const char *name) {
  for (unsigned i = 0; agents[i]; i++)
    if (!strcmp(agents[i]->name, name)) return agents[i];
  return NULL;
}

static void apply(command_line_t *line, option_index_t option, const char *value) {
  switch (option) {
    case OPT_SEED: line->tb.seed = number(value); break;
    case OPT_CYCLES: line->cycles = number(value); break;
    case OPT_PROFILE:
      line->tb.profile = profile_find(value);
      if (!line->tb.profile) refuse("unknown profile", value);
      break;
    case OPT_AGENT:
      line->agent = agent_find(value);
      if (!line->agent) refuse("unknown agent", value);
      break;
    case OPT_SCENARIO:
      line->scenario = scenario_find(value);
      if (!line->scenario) refuse("unknown scenario", value);
      break;
    case OPT_JSON: line->json = value; break;
    case OPT_WAVES: line->tb.waves = value; break;
    case OPT_WAVES_FROM: line->tb.waves_from = number(value); break;
    case OPT_TWIN_ONLY: line->tb.rtl = false; break;
    case OPT_NO_CHECKS: line->tb.checks = false; break;
    case OPT_NO_MONITOR: line->monitor = false; break;
    case OPT_EXACT: line->tb.exact = true; break;
    case OPT_BENCH: line->bench = true; break;
    case OPT_QUIET: line->quiet = true; break;
    default:
      printf("usage: portcullis_sim [options], configuration %s\n", tb_config()->name);
      list_options(stdout);
      exit(0);
  }
}

static command_line_t parse(int argc, char **argv) {
  command_line_t line = {
    .tb = {.seed = 1, .profile = &profile_mixed, .checks = true, .rtl = true}, .cycles = 2000000, .agent = agents[0],
    .monitor = true,
  };
  for (int i = 1; i < argc; i++) {
    unsigned option = 0;
    while (option < OPTIONS && strcmp(argv[i], options[option].name)) option++;
    if (option == OPTIONS) refuse("unknown option", argv[i]);
    if (options[option].argument && ++i == argc) refuse("no value for", argv[i - 1]);
    apply(&line, option, options[option].argument ? argv[i] : NULL);
  }
  return line;
}

static void body_scenario(tb_t *tb, void *context) { ((const command_line_t *)context)->scenario->run(tb); }

// Status 77: skipped, the configuration does not have what the scenario needs.
static int run_scenario(command_line_t *line) {
  const scenario_t *scenario = line->scenario;
  line->tb.profile = NULL;
  line->tb.exact = true;
  line->tb.fuse_caps = scenario->fuse_caps;
  line->tb.fuse_hpm = scenario->fuse_hpm;
  tb_t *tb = running = tb_create(&line->tb);
  if (!tb) return 2;
  watch_t *watch = line->monitor && !scenario->unwatched ? watch_create(tb) : NULL;
  tb_protect(tb, body_scenario, line);
  int status = tb_finish(tb);
  if (status == 0 && tb_stopped(tb)) status = 130;
  if (status == 0 && scenario_skipped()) {
    printf("skip  %s: %s: needs %s\n", scenario->name, tb_config()->name, scenario_skipped());
    status = 77;
  } else {
    printf("%s  %s: %s (%" PRIu64 " clocks)\n", status == 130 ? "interrupted" : status ? "FAIL" : "pass", scenario->name,
           scenario->what, tb_cycle(tb));
  }
  if (tb_failure(tb)->failed)
    printf("reproduce: make test STEPS=scenario/%s\nwaveform: make waves CONFIG=%s SCENARIO=%s\n", scenario->name,
           tb_config()->name, scenario->name);
  running = NULL;
  tb_destroy(tb);
  if (watch) watch_destroy(watch);
  return status;
}

static void body(tb_t *tb, void *context) {
  const command_line_t *line = context;
  line->agent->run(tb, &(agent_context_t){.cycles = line->cycles, .seed = line->tb.seed, .profile = line->tb.profile});
}

static int run_random(command_line_t *line) {
  tb_t *tb = running = tb_create(&line->tb);
  if (!tb) return 2;
  watch_t *watch = line->tb.checks && line->monitor ? watch_create(tb) : NULL;
  summary_t summary = {
    .tb = tb, .profile = line->tb.profile->name, .agent = line->agent->name, .seed = line->tb.seed, .cycles = line->cycles,
    .checks = line->tb.checks, .watch = watch,
  };
  summary_start(&summary);
  if (!line->quiet) tb_set_tick(tb, summary_progress, &summary);
  tb_protect(tb, body, line);
  int status = tb_finish(tb);
  if (!line->quiet) summary_print(&summary);
  if (line->json && !summary_json(&summary, line->json)) status = 2;
  if (tb_failure(tb)->failed)
    printf("reproduce: make run CONFIG=%s SEED=%" PRIu64 " CYCLES=%" PRIu64 " PROFILE=%s\n", tb_config()->name, line->tb.seed,
           line->cycles, line->tb.profile->name);
  if (tb_stopped(tb) && status == 0) status = 130;
  running = NULL;
  tb_destroy(tb);
  if (watch) watch_destroy(watch);
  return status;
}

int main(int argc, char **argv) {
  command_line_t line = parse(argc, argv);
  if (line.bench) return bench_main(argv[0], line.json);
  signal(SIGINT, interrupt);
  signal(SIGTERM, interrupt);
  return line.scenario ? run_scenario(&line) : run_random(&line);
}
