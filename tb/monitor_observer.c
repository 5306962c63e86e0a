// SPDX-License-Identifier: Apache-2.0
//
// See monitor_observer.h.
#include "monitor_observer.h"

#include <stdlib.h>

struct monitor_observer {
  tb_t *tb;
  monitor_t *monitor;
  const tb_view_t *view;
  bool reset;   // seen; the monitor hears of it with the next clock
};

static uint64_t read_memory(void *context, uint64_t addr) {
  monitor_observer_t *observer = context;
  return mem_read64(tb_memory(observer->tb), addr);
}

static void probe(void *context, monitor_probe_t *probe) {
  const monitor_observer_t *observer = context;
  const pcl_top_t *top = observer->view->top;
  *probe = (monitor_probe_t){
    .cqh = top->regs.cq.head, .fence_w_ip = top->regs.cq.fence, .cq_on = top->regs.cq.on, .fq_on = top->regs.fq.on,
    .ddtp_busy = top->regs.ddtp_busy,
  };
  for (unsigned p = 0; p < tb_config()->num_ports; p++)
    probe->isolated |= (uint8_t)(top->port[p].guard.isolated << p);
}

static void on_clock(void *context, const tb_view_t *view) {
  monitor_observer_t *observer = context;
  observer->view = view;
  if (observer->reset) monitor_reset(observer->monitor, view->cycle, view->in->fuse_caps);
  observer->reset = false;
  const char *alarm = monitor_clock(observer->monitor, view->cycle, view->in, view->out);
  if (alarm) fail(tb_failure(observer->tb), "%s", alarm);
}

static void on_store(void *context, const mem_store_t *store) {
  const monitor_observer_t *observer = context;
  monitor_store(observer->monitor, store->addr, store->before, store->value, store->cycle);
}

static void on_reset(void *context) {
  monitor_observer_t *observer = context;
  observer->reset = true;
}

monitor_observer_t *monitor_attach(tb_t *tb) {
  monitor_observer_t *observer = calloc(1, sizeof *observer);
  if (!observer) abort();
  observer->tb = tb;
  observer->reset = true;
  observer->monitor = monitor_create(tb_config(), &(monitor_hooks_t){observer, read_memory, probe});
  tb_observe(tb, &(tb_observer_t){.context = observer, .clock = on_clock, .store = on_store, .reset = on_reset});
  return observer;
}

void monitor_detach(monitor_observer_t *observer) {
  if (!observer) return;
  monitor_destroy(observer->monitor);
  free(observer);
}

const monitor_stats_t *monitor_observer_stats(const monitor_observer_t *observer) { return monitor_stats(observer->monitor); }
