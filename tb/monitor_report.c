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

static uint64_t word(report_t *r, const char *step, unsigned number, uint64_t addr, uint64_t t) {
  uint64_t value = r->m->hooks.read(r->m->hooks.context, addr);
  const monitor_word_t *old = monitor_history_find(&r->m->history, addr);
  print(r, "\n  %s %u at 0x%llx: 0x%llx, T %llu", step, number, (unsigned long long)addr, (unsigned long long)value,
        (unsigned long long)t);
  for (uint32_t i = 0; old && i < old->count && i < 3; i++)
    print(r, "%s 0x%llx until %llu", i ? "," : "; before", (unsigned long long)old->old[i].value,
          (unsigned long long)old->old[i].end);
  return value;
}

static void pages(report_t *r, uint64_t iova, uint32_t pscid, uint64_t fsc) {
  unsigned mode = (unsigned)(fsc >> 60);
  if (mode < 8 || mode > 10) return;
  uint64_t table = fsc & ((UINT64_C(1) << 44) - 1);
  for (unsigned level = mode - 5; level-- > 0;) {
    uint64_t addr = table << 12 | (iova >> (12 + 9 * level) & 511) << 3;
    uint64_t pte = word(r, "PTE of level", level, addr, monitor_tags_table(&r->m->tags, pscid, false));
    table = pte >> 10 & ((UINT64_C(1) << 44) - 1);
    if (!(pte & 1)) return;
    if (!(pte & 0xe)) continue;
    monitor_leaf_t leaf = {.vpn = iova >> 12, .pscid = pscid, .size_bits = (uint8_t)(pte >> 63 ? 4 : 9 * level),
                           .global = pte >> 5 & 1};
    print(r, " (leaf, PSCID 0x%x, T of its page %llu)", pscid, (unsigned long long)monitor_tags_leaf(&r->m->tags, &leaf));
    return;
  }
}

static void walk(report_t *r, const monitor_access_t *a) {
  const monitor_t *m = r->m;
  uint64_t ddtp = m->regs.ddtp, table = ddtp >> 10 & ((UINT64_C(1) << 44) - 1);
  unsigned mode = ddtp & 15, low = m->msi_flat ? 6 : 7;
  print(r, "\n  ddtp 0x%llx%s", (unsigned long long)ddtp, m->regs.ddtp_changing ? ", changing" : "");
  if (mode < 2) return;
  for (unsigned level = mode - 2; level > 0; level--) {
    uint64_t ddte = word(r, "DDT entry of level", level, table << 12 | (a->device_id >> (low + 9 * (level - 1)) & 511) << 3,
                         m->tags.ddt_all);
    if (!(ddte & 1)) return;
    table = ddte >> 10 & ((UINT64_C(1) << 44) - 1);
  }
  uint64_t dc = (table << 12) + (a->device_id & ((1u << low) - 1)) * (m->msi_flat ? 64u : 32u), value[4];
  uint64_t t = monitor_tags_device(&m->tags, a->device_id);
  for (unsigned i = 0; i < 4; i++) value[i] = word(r, "DC doubleword", i, dc + 8 * i, t);
  pages(r, a->iova, value[2] >> 12 & 0xfffff, value[3]);
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
