// SPDX-License-Identifier: Apache-2.0
//
// The text of an alarm: clock, what, the transaction, and the walk over the values that memory holds now, step by step, with the
// number of older values that the monitor knows for each word.
#include <stdarg.h>
#include <stdio.h>

#include "monitor_internal.h"

typedef struct {
  monitor_t *m;
  char *text;
  size_t size, used;
} report_t;

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void print(report_t *r, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int n = vsnprintf(r->text + r->used, r->size - r->used, format, arguments);
  va_end(arguments);
  if (n > 0) r->used += (size_t)n < r->size - r->used ? (size_t)n : r->size - r->used - 1;
}

// The walk over current values: its words, with T and a few older values.
static void walk(report_t *r, const monitor_access_t *a) {
  static const char *const names[] = {
    "DDT entry", "DC doubleword", "PDT entry", "PC doubleword", "first-stage PTE", "second-stage PTE", "MSI PTE",
  };
  monitor_t *m = r->m;
  monitor_walk_t w = {.m = m, .access = a, .goal = MONITOR_FIND_NOTHING, .current = true};
  print(r, "\n  ddtp 0x%llx%s", (unsigned long long)m->regs.ddtp, m->regs.ddtp_changing ? ", changing" : "");
  monitor_walk_device(&w);
  for (unsigned i = 0; i < w.depth; i++) {
    const monitor_path_t *step = &w.path[i];
    const monitor_word_t *old = monitor_history_find(&m->history, step->addr);
    print(r, "\n  %s at 0x%llx: 0x%llx, T %llu", names[step->at], (unsigned long long)step->addr,
          (unsigned long long)m->hooks.read(m->hooks.context, step->addr), (unsigned long long)monitor_path_t_of(&w, i));
    for (uint32_t k = 0; old && k < old->count && k < 3; k++)
      print(r, "%s 0x%llx until %llu", k ? "," : "; before", (unsigned long long)old->old[k].value,
            (unsigned long long)old->old[k].end);
  }
}

void monitor_alarm(monitor_t *m, const monitor_access_t *access, const char *format, ...) {
  static const char *const kinds[4] = {"?", "execute", "read", "write"};
  if (m->failed) return;
  m->failed = true;
  report_t r = {.m = m, .text = m->text, .size = sizeof m->text};
  print(&r, "clock %llu: ", (unsigned long long)m->cycle);
  va_list arguments;
  va_start(arguments, format);
  int n = vsnprintf(r.text + r.used, r.size - r.used, format, arguments);
  va_end(arguments);
  if (n > 0) r.used += (size_t)n < r.size - r.used ? (size_t)n : r.size - r.used - 1;
  if (!access) return;
  print(&r, "\n  %s of port %u, device_id 0x%x, IOVA 0x%llx, valid since clock %llu", kinds[access->access & 3], access->port,
        access->device_id, (unsigned long long)access->iova, (unsigned long long)access->valid_at);
  if (access->pv) print(&r, ", process_id 0x%x", access->process_id);
  if (access->translated) print(&r, ", translated");
  walk(&r, access);
}
