// SPDX-License-Identifier: Apache-2.0
//
// The security monitor: creation, and the order of a clock. What became true with this clock comes first (registers, cqh, AWVALID
// of a fence), then the grants that must obey it, then answers and new requests, last what takes effect at the clock's end.
#include "monitor_internal.h"

monitor_t *monitor_create(const pcl_config_t *config, const monitor_hooks_t *hooks) {
  monitor_t *m = monitor_alloc(NULL, sizeof *m);
  memset(m, 0, sizeof *m);
  m->config = *config;
  m->hooks = *hooks;
  monitor_history_init(&m->history);
  uint64_t grants = (uint64_t)PCL_MAX_IDS * (config->max_outstanding + 1);
  for (unsigned p = 0; p < config->num_ports; p++) {
    for (unsigned c = 0; c < PCL_CHANNELS; c++) {
      m->port[p].channel[c].granted_at = monitor_alloc(NULL, grants * sizeof(uint64_t));
      memset(m->port[p].channel[c].granted_at, 0, grants * sizeof(uint64_t));
    }
  }
  monitor_reset(m, 0, ~UINT64_C(0));
  return m;
}

void monitor_destroy(monitor_t *m) {
  if (!m) return;
  for (unsigned p = 0; p < m->config.num_ports; p++)
    for (unsigned c = 0; c < PCL_CHANNELS; c++) free(m->port[p].channel[c].granted_at);
  monitor_history_free(&m->history);
  monitor_tags_free(&m->tags);
  free(m->commands.item);
  free(m->roots.item);
  free(m->gpa);
  free(m->frame);
  free(m->tried);
  free(m);
}

void monitor_reset(monitor_t *m, uint64_t cycle, uint64_t fuse_caps) {
  monitor_fuses(m, fuse_caps);
  const monitor_features_t *has = &m->has;
  m->history.keep_all = has->msi_flat || has->sv32 || has->svrsw60t59b || has->sv32x4 || has->sv39x4 ||
                        has->pd8 || has->end || has->qosid;
  m->history.both_orders = has->end;
  m->history.floor = cycle;
  monitor_tags_reset(&m->tags, cycle);
  monitor_ports_reset(m);
  m->regs = (monitor_regs_t){.wsi = has->igs == 1};
  m->commands = (monitor_commands_t){.item = m->commands.item, .capacity = m->commands.capacity};
  memset(&m->writes, 0, sizeof m->writes);
  m->refused_count = 0;
  memset(m->pair, 0, sizeof m->pair);
  memset(m->failed_at, 0, sizeof m->failed_at);
  m->interrupts = (monitor_interrupts_t){.seen.wsi = m->regs.wsi};
  memset(&m->mrif, 0, sizeof m->mrif);
  m->messages = (monitor_messages_t){0};
  m->lost_count = 0;
  m->guest_directories = false;
}

void monitor_store(monitor_t *m, uint64_t addr, uint64_t before, uint64_t value, uint64_t cycle) {
  monitor_history_store(&m->history, addr & ~UINT64_C(7), before, value, cycle);
}

const char *monitor_clock(monitor_t *m, uint64_t cycle, const pcl_in_t *in, const pcl_out_t *out) {
  if (m->failed) return m->text;
  m->cycle = cycle;
  m->in = in;
  m->out = out;
  m->hooks.probe(m->hooks.context, &m->probe);
  unsigned ports = m->config.num_ports;
  for (unsigned p = 0; p < ports; p++) monitor_port_before(m, p);
  monitor_regs_before(m);
  monitor_commands_before(m);
  monitor_writes_address(m);
  monitor_interrupts_before(m);
  monitor_messages_clock(m);
  m->messages.head_before = m->messages.head;
  for (unsigned p = 0; p < ports; p++) monitor_port_grants(m, p);
  for (unsigned p = 0; p < ports; p++) monitor_port_answers(m, p);
  for (unsigned p = 0; p < ports; p++) monitor_port_requests(m, p);
  monitor_writes_data(m);
  monitor_updates_after(m);
  monitor_commands_after(m);
  monitor_regs_after(m);
  return m->failed ? m->text : NULL;
}

const monitor_stats_t *monitor_stats(const monitor_t *m) { return &m->stats; }
