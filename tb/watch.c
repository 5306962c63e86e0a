// SPDX-License-Identifier: Apache-2.0
#include "watch.h"

#include <stdlib.h>

struct watch {
  tb_t *tb;
  monitor_t *monitor;
  const pcl_top_t *top;  // of the clock looked at
};

static uint64_t read_memory(void *context, uint64_t addr) { return tb_load(((watch_t *)context)->tb, addr); }

static void probe(void *context, monitor_probe_t *probe) {
  const pcl_top_t *top = ((watch_t *)context)->top;
  *probe = (monitor_probe_t){
    .cqh = top->regs.cq.head, .fence_w_ip = top->regs.cq.fence, .cq_on = top->regs.cq.on, .fq_on = top->regs.fq.on,
    .ddtp_busy = top->regs.ddtp_busy, .pq_on = top->regs.pq.on, .ipsr = top->regs.ipsr,
  };
  for (unsigned p = 0; p < top->num_ports; p++) probe->isolated |= (uint8_t)(top->port[p].guard.isolated << p);
}

static void clock(void *context, const tb_view_t *view) {
  watch_t *watch = context;
  watch->top = view->top;
  const char *alarm = monitor_clock(watch->monitor, view->cycle, view->in, view->out);
  if (alarm) fail(tb_failure(watch->tb), "security monitor: %s", alarm);
}

static void store(void *context, const mem_store_t *store) {
  monitor_store(((watch_t *)context)->monitor, store->addr, store->before, store->value, store->cycle);
}

static void reset(void *context) {
  watch_t *watch = context;
  monitor_reset(watch->monitor, tb_cycle(watch->tb), tb_fuse_caps(watch->tb));
}

// A search that was given up proves nothing: a run with one has not been judged.
static void finish(void *context) {
  watch_t *watch = context;
  uint64_t unresolved = monitor_stats(watch->monitor)->unresolved;
  if (unresolved)
    fail(tb_failure(watch->tb), "security monitor: %llu grants or faults not judged, the search was too large",
         (unsigned long long)unresolved);
}

watch_t *watch_create(tb_t *tb) {
  watch_t *watch = calloc(1, sizeof *watch);
  if (!watch) abort();
  watch->tb = tb;
  watch->monitor = monitor_create(tb_config(), &(monitor_hooks_t){.context = watch, .read = read_memory, .probe = probe});
  reset(watch);
  tb_observe(tb, &(tb_observer_t){.context = watch, .clock = clock, .store = store, .reset = reset,
                                 .finish = finish});
  return watch;
}

void watch_destroy(watch_t *watch) {
  monitor_destroy(watch->monitor);
  free(watch);
}

const monitor_stats_t *watch_stats(const watch_t *watch) { return monitor_stats(watch->monitor); }
