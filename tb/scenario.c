// SPDX-License-Identifier: Apache-2.0
#include "scenario.h"

#include <stddef.h>
#include <string.h>

static scenario_t *scenarios;
static const char *missing;

void scenario_add(scenario_t *scenario) {
  scenario_t **at = &scenarios;
  while (*at && strcmp((*at)->name, scenario->name) < 0) at = &(*at)->next;
  scenario->next = *at;
  *at = scenario;
}

const scenario_t *scenario_first(void) { return scenarios; }

const scenario_t *scenario_find(const char *name) {
  const scenario_t *scenario = scenarios;
  while (scenario && strcmp(scenario->name, name)) scenario = scenario->next;
  return scenario;
}

void scenario_skip(const char *condition) { missing = condition; }
const char *scenario_skipped(void) { return missing; }

void scenario_unexpected(tb_t *tb, const char *condition, const char *file, int line) {
  fail(tb_failure(tb), "%s:%d: not so: %s", file, line, condition);
  tb_step(tb);
}
