// SPDX-License-Identifier: Apache-2.0
//
// Directed tests: each file of tests/scenarios/ tells one story and asserts its outcome.
//
//   #include "scenario.h"
//   SCENARIO(overrun, "a device writes past the end of its page") {
//     ...
//     EXPECT(tb_irq(tb) != 0);
//   }
// The file is named like the scenario. Memories have exact timing, nothing is random but registers without reset, and all checks
// are on. After it returns the testbench drains and makes its last checks.
#ifndef TB_SCENARIO_H
#define TB_SCENARIO_H

#include "tb.h"

typedef struct scenario {
  const char *name;
  const char *what;
  void (*run)(tb_t *tb);
  bool unwatched;          // without the security monitor: software breaks a rule that it relies on
  uint64_t fuse_caps;      // fuse_caps_i; 0 means all ones
  uint8_t fuse_hpm;        // fuse_hpm_i; 0 means all ones
  struct scenario *next;
} scenario_t;

void scenario_add(scenario_t *scenario);

// In the order of their names; NULL at the end.
const scenario_t *scenario_first(void);

// NULL if there is none of that name.
const scenario_t *scenario_find(const char *name);

// What NEEDS does when its condition is false; and what was missing, NULL if nothing was.
void scenario_skip(const char *condition);
const char *scenario_skipped(void);

// What EXPECT does when its condition is false: fails and leaves the scenario.
void scenario_unexpected(tb_t *tb, const char *condition, const char *file, int line);

// With members of scenario_t.
#define SCENARIO_WITH(id, text, ...) \
  static void run_##id(tb_t *tb); \
  __attribute__((constructor)) static void register_##id(void) { \
    static scenario_t scenario = {.name = #id, .what = text, .run = run_##id, __VA_ARGS__}; \
    scenario_add(&scenario); \
  } \
  static void run_##id(tb_t *tb)

#define SCENARIO(id, text) SCENARIO_WITH(id, text, .next = NULL)
#define SCENARIO_UNWATCHED(id, text) SCENARIO_WITH(id, text, .unwatched = true)

// At the beginning of a scenario: what it needs is not in the configuration. It is neither passed nor failed then.
#define NEEDS(condition) \
  do { \
    if (!(condition)) { \
      scenario_skip(#condition); \
      return; \
    } \
  } while (0)

// `tb` must be in scope.
#define EXPECT(condition) \
  do { \
    if (!(condition)) scenario_unexpected(tb, #condition, __FILE__, __LINE__); \
  } while (0)

#endif
