// SPDX-License-Identifier: Apache-2.0
#include "report.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  char text[1400];
  size_t used;
} text_t;

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void add(text_t *text, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = vsnprintf(text->text + text->used, sizeof text->text - text->used, format, arguments);
  va_end(arguments);
  if (count > 0) text->used += (size_t)count;
  if (text->used >= sizeof text->text) text->used = sizeof text->text - 1;
}

static void add_requests(text_t *text, const mismatch_t *mismatch, const scoreboard_t *scoreboard) {
  if (mismatch->port < 0) return;
  for (unsigned c = 0; c < PCL_CHANNELS; c++) {
    char requests[500];
    if (mismatch->direction >= 0 && mismatch->direction != (int)c) continue;
    scoreboard_describe(scoreboard, (unsigned)mismatch->port, c, 3, requests, sizeof requests);
    add(text, "%s", requests);
  }
}

static void add_walks(text_t *text, const pcl_top_t *top) {
  static const char *const states[PCL_WALKER_STATES] = {
    [PCL_WALKER_IDLE] = "idle", [PCL_WALKER_START] = "starts", [PCL_WALKER_AR] = "asks for", [PCL_WALKER_R] = "reads",
    [PCL_WALKER_FAULT] = "reports a fault", [PCL_WALKER_RESP] = "answers",
  };
  static const char *const entries[] = {"DDT entry", "device context", "PTE", "command"};
  const pcl_core_t *core = &top->core;
  for (unsigned w = 0; w < core->walkers; w++) {
    const pcl_walker_t *walker = &core->pool.walker[w];
    if (core->pool.in[PCL_WALKER_IDLE] >> w & 1) continue;
    add(text, "\n walker %u: device_id 0x%x, IOVA 0x%" PRIx64 ", %s", w, walker->request.device_id, walker->request.iova,
        states[walker->state]);
    if (walker->state == PCL_WALKER_AR || walker->state == PCL_WALKER_R)
      add(text, " %s, level %u, at 0x%" PRIx64, entries[walker->walk.access.kind], walker->walk.access.level,
          walker->walk.access.addr);
  }
}

void report_mismatch(failure_t *failure, const mismatch_t *mismatch, const scoreboard_t *scoreboard, const pcl_top_t *top) {
  text_t text = {.used = 0};
  char where[24] = "";
  if (mismatch->port >= 0) snprintf(where, sizeof where, " of port %d", mismatch->port);
  add_requests(&text, mismatch, scoreboard);
  add_walks(&text, top);
  fail(failure, "pin %s.%s%s: expected 0x%" PRIx64 ", got 0x%" PRIx64 "\nunder way (the model's view, oldest first):%s",
       mismatch->channel, mismatch->field, where, mismatch->expected, mismatch->got, text.used ? text.text : " nothing");
}
