// SPDX-License-Identifier: Apache-2.0
//
// One port: requests that devices made, which of them the memory side granted, in order of their ID, and which were refused.
//
// Order within a clock: isolation, grants, answers, new requests. A request is granted one clock or more after it was taken, and
// a refused answer of an ID appears only when memory owes that ID nothing.
#include "monitor_internal.h"

// ---- Bus rules (design: a rogue device's bursts are refused whole in every mode)

static bool breaks_bus_rule(const monitor_t *m, const pcl_ax_t *ax) {
  unsigned beats = ax->len + 1u, bytes = 1u << ax->size, total = beats * bytes;
  if (ax->burst == 3 || bytes * 8 > m->config.data_width) return true;
  bool aligned = !(ax->addr & (bytes - 1));
  if (ax->burst == PCL_BURST_INCR && ((ax->addr & 4095) & ~(uint64_t)(bytes - 1)) + total > 4096) return true;
  if (ax->burst == PCL_BURST_WRAP && !((beats == 2 || beats == 4 || beats == 8 || beats == 16) && aligned)) return true;
  if (ax->burst == PCL_BURST_FIXED && beats > 16) return true;
  if (!ax->lock) return false;
  return beats > 16 || total > 128 || (beats & (beats - 1)) || (ax->addr & (total - 1));
}

// ---- Lists

static monitor_request_t *head_of(monitor_channel_t *channel, unsigned id) {
  int16_t i = channel->id[id].head;
  return i < 0 ? NULL : &channel->pool[i];
}

static void remove_head(monitor_channel_t *channel, unsigned id) {
  int16_t i = channel->id[id].head;
  channel->id[id].head = channel->pool[i].next;
  channel->pool[i].next = channel->free_list;
  channel->free_list = i;
}

// The clock of the unanswered grant number n of an ID, oldest first.
static uint64_t *grant_clock(const monitor_t *m, const monitor_channel_t *channel, unsigned id, unsigned n) {
  unsigned ring = m->config.max_outstanding + 1;
  return &channel->granted_at[(uint64_t)id * ring + (channel->id[id].first + n) % ring];
}

void monitor_keep_refused(monitor_t *m, const monitor_access_t *access, uint64_t answered_at) {
  if (access->refuse) return;   // no record will follow
  monitor_access_t *kept = &m->refused[m->refused_count++ & (MONITOR_REFUSED - 1)];
  *kept = *access;
  kept->answered_at = answered_at;
}

void monitor_keep_track(monitor_t *m, const monitor_access_t *a) {
  monitor_map_at(&m->tags.ddt_device, a->device_id, 0);
  if (a->pv && m->has.pd8) monitor_map_at(&m->tags.pdt_process, monitor_process_key(a->device_id, a->process_id), 0);
}

static void reset_channel(monitor_channel_t *channel) {
  for (int16_t i = 0; i < MONITOR_POOL; i++) channel->pool[i].next = (int16_t)(i + 1 < MONITOR_POOL ? i + 1 : -1);
  channel->free_list = 0;
  for (unsigned id = 0; id < PCL_MAX_IDS; id++) channel->id[id].head = -1;
}

void monitor_ports_reset(monitor_t *m) {
  for (unsigned p = 0; p < m->config.num_ports; p++) {
    monitor_port_t *port = &m->port[p];
    port->w_bursts = 0;
    port->isolated = false;
    port->aw_taken = port->w_taken = port->w_left = 0;
    for (unsigned c = 0; c < PCL_CHANNELS; c++) {
      monitor_channel_t *channel = &port->channel[c];
      reset_channel(channel);
      channel->was_shown = channel->was_valid = false;
      channel->granted = 0;
      for (unsigned id = 0; id < PCL_MAX_IDS; id++) channel->id[id].count = 0;
    }
  }
}

// The isolator drops what waits, when it starts and when it ends; walks under way go on and may still fault.
void monitor_port_before(monitor_t *m, unsigned p) {
  monitor_port_t *port = &m->port[p];
  bool isolated = m->probe.isolated >> p & 1;
  if (isolated == port->isolated) return;
  port->isolated = isolated;
  for (; port->w_taken < port->aw_taken; port->w_taken++) port->w[port->w_taken % MONITOR_BURSTS].strb = 0;   // never come
  port->w_left = 0;
  for (unsigned c = 0; c < PCL_CHANNELS; c++) {
    monitor_channel_t *channel = &port->channel[c];
    for (unsigned id = 0; id < 1u << m->config.id_width; id++)
      for (const monitor_request_t *r; (r = head_of(channel, id)); remove_head(channel, id))
        monitor_keep_refused(m, &r->access, MONITOR_NOW);
    reset_channel(channel);
  }
}

// ---- Grants

static bool unchanged(const pcl_ax_t *a, const pcl_ax_t *b) {
  return a->id == b->id && a->len == b->len && a->size == b->size && a->burst == b->burst && a->lock == b->lock &&
         a->cache == b->cache && a->prot == b->prot && a->qos == b->qos && a->user == b->user && a->device_id == b->device_id;
}

static void grant(monitor_t *m, unsigned p, unsigned c, const pcl_ax_t *ax) {
  monitor_channel_t *channel = &m->port[p].channel[c];
  const char *name = c == PCL_READ ? "AR" : "AW";
  unsigned long long addr = ax->addr;
  monitor_request_t *r = head_of(channel, ax->id);
  monitor_id_t *id = &channel->id[ax->id];
  if (!r) {
    monitor_alarm(m, NULL, "port %u: %s at 0x%llx with ID %u is no device's request", p, name, addr, ax->id);
    return;
  }
  if (id->count >= m->config.max_outstanding) {
    monitor_alarm(m, &r->access, "port %u: ID %u has more than MaxOutstanding bursts in memory", p, ax->id);
    return;
  }
  if (!unchanged(ax, &r->ax) || ((ax->addr ^ r->ax.addr) & 4095) || ax->addr >> 56)
    monitor_alarm(m, &r->access, "port %u: %s at 0x%llx is not the oldest request of ID %u unchanged", p, name, addr, ax->id);
  else if (r->access.illegal)
    monitor_alarm(m, &r->access, "port %u: %s at 0x%llx breaks a bus rule and was granted", p, name, addr);
  else if (r->access.refuse || m->port[p].isolated)
    monitor_alarm(m, &r->access, "port %u: %s at 0x%llx was granted in mode ABORT or in isolation", p, name, addr);
  else
    monitor_grant_check(m, &r->access, ax);
  *grant_clock(m, channel, ax->id, id->count++) = m->cycle;
  channel->granted++;
  remove_head(channel, ax->id);
}

void monitor_port_grants(monitor_t *m, unsigned p) {
  for (unsigned c = 0; c < PCL_CHANNELS; c++) {
    monitor_channel_t *channel = &m->port[p].channel[c];
    const pcl_ax_t *ax = &m->out->port[p].mem_ax[c];
    if (!ax->valid && !channel->was_shown) continue;
    if (!channel->was_shown)
      grant(m, p, c, ax);
    else if (!ax->valid || ax->addr != channel->shown.addr || ax->pbmt != channel->shown.pbmt ||
             ax->rcid != channel->shown.rcid || ax->mcid != channel->shown.mcid || !unchanged(ax, &channel->shown))
      monitor_alarm(m, NULL, "port %u: %s changed before memory took it", p, c == PCL_READ ? "AR" : "AW");
    channel->was_shown = ax->valid && !m->in->port[p].mem_ax_ready[c];
    if (channel->was_shown) channel->shown = *ax;
  }
}

// ---- Answers

static void memory_answer(monitor_t *m, monitor_channel_t *channel, unsigned id) {
  monitor_id_t *list = &channel->id[id];
  if (!list->count) return;
  list->first = (uint16_t)((list->first + 1) % (m->config.max_outstanding + 1));
  list->count--;
}

static void refusal(monitor_t *m, unsigned p, unsigned c, unsigned id, unsigned resp) {
  monitor_channel_t *channel = &m->port[p].channel[c];
  monitor_request_t *r = head_of(channel, id);
  bool absorbed = r && resp == PCL_RESP_OKAY && !r->access.illegal && !r->access.refuse && monitor_absorb_check(m, &r->access);
  if (!r || (resp != PCL_RESP_SLVERR && !absorbed)) {
    monitor_alarm(m, r ? &r->access : NULL, "port %u: an answer to ID %u (response %u) comes from nowhere", p, id, resp);
    return;
  }
  m->stats.refusals++;
  monitor_keep_refused(m, &r->access, m->cycle);
  remove_head(channel, id);
}

void monitor_port_answers(monitor_t *m, unsigned p) {
  const pcl_port_pins_in_t *in = &m->in->port[p];
  const pcl_port_pins_out_t *out = &m->out->port[p];
  monitor_channel_t *reads = &m->port[p].channel[PCL_READ], *writes = &m->port[p].channel[PCL_WRITE];
  if (out->dev_r.valid && in->dev_r_ready && !reads->id[out->dev_r.id].count) {
    uint64_t data = 0;
    for (unsigned i = 0; i < (m->config.data_width + 63) / 64; i++) data |= out->dev_r.data[i];
    if (data) monitor_alarm(m, NULL, "port %u: the refused answer to ID %u carries data", p, out->dev_r.id);
    if (out->dev_r.last) refusal(m, p, PCL_READ, out->dev_r.id, out->dev_r.resp);
  }
  if (out->dev_b.valid && in->dev_b_ready && !writes->id[out->dev_b.id].count)
    refusal(m, p, PCL_WRITE, out->dev_b.id, out->dev_b.resp);
  if (in->mem_r.valid && out->mem_r_ready && in->mem_r.last) memory_answer(m, reads, in->mem_r.id);
  if (in->mem_b.valid && out->mem_b_ready) memory_answer(m, writes, in->mem_b.id);
  if (!out->mem_w.valid) return;
  if (m->port[p].w_bursts >= writes->granted)
    monitor_alarm(m, NULL, "port %u: W data leave for no granted write", p);
  m->port[p].w_bursts += in->mem_w_ready && out->mem_w.last;
}

void monitor_port_drained(monitor_t *m, const monitor_command_t *fence) {
  for (unsigned p = 0; p < m->config.num_ports; p++) {
    for (unsigned c = 0; c < PCL_CHANNELS; c++) {
      if (!(c == PCL_READ ? fence->pr : fence->pw)) continue;
      const monitor_channel_t *channel = &m->port[p].channel[c];
      for (unsigned id = 0; id < 1u << m->config.id_width; id++) {
        const monitor_id_t *list = &channel->id[id];
        uint64_t at = *grant_clock(m, channel, id, 0);
        if (list->count && at < fence->fetched)
          monitor_alarm(m, NULL, "a fence with %s completes, but port %u, ID %u is unanswered since clock %llu",
                        c == PCL_READ ? "PR" : "PW", p, id, (unsigned long long)at);
      }
    }
  }
}

// ---- Requests

// The first beat of each W burst of the device, whose length its AW says: WLAST may be wrong.
static void data(monitor_t *m, unsigned p) {
  monitor_port_t *port = &m->port[p];
  const pcl_w_t *w = &m->in->port[p].dev_w;
  if (!w->valid || !m->out->port[p].dev_w_ready) return;
  if (!port->w_left) {
    if (port->w_taken == port->aw_taken) return;
    port->w_left = port->w_beats[port->w_taken % MONITOR_BURSTS];
    port->w[port->w_taken++ % MONITOR_BURSTS] = *w;
  }
  port->w_left--;
}

void monitor_port_requests(monitor_t *m, unsigned p) {
  data(m, p);
  for (unsigned c = 0; c < PCL_CHANNELS; c++) {
    monitor_channel_t *channel = &m->port[p].channel[c];
    const pcl_ax_t *ax = &m->in->port[p].dev_ax[c];
    if (ax->valid && !channel->was_valid) channel->valid_at = m->cycle;
    bool taken = ax->valid && m->out->port[p].dev_ax_ready[c];
    channel->was_valid = ax->valid && !taken;
    if (!taken) continue;
    if (c == PCL_WRITE) m->port[p].w_beats[m->port[p].aw_taken % MONITOR_BURSTS] = (uint16_t)(ax->len + 1u);
    int16_t i = channel->free_list;
    if (i < 0) {
      monitor_alarm(m, NULL, "port %u takes more requests than it can hold", p);
      return;
    }
    monitor_request_t *r = &channel->pool[i];
    channel->free_list = r->next;
    *r = (monitor_request_t){.ax = *ax, .next = -1, .access = {
      .iova = ax->addr, .valid_at = channel->valid_at, .answered_at = MONITOR_NOW, .epoch = m->tags.epoch,
      .device_id = ax->device_id, .process_id = ax->process_id, .port = (uint8_t)p,
      .access = c == PCL_WRITE ? 3 : ax->exec ? 1 : 2, .pv = ax->pv, .priv = ax->priv, .translated = ax->translated,
      .beats = (uint16_t)(ax->len + 1u), .burst = c == PCL_WRITE ? m->port[p].aw_taken++ : 0,
      .illegal = breaks_bus_rule(m, ax), .refuse = m->regs.mode[p] == PCL_MODE_ABORT || m->port[p].isolated,
    }};
    monitor_id_t *list = &channel->id[ax->id];
    if (list->head < 0) list->head = i;
    else channel->pool[list->tail].next = i;
    list->tail = i;
    monitor_keep_track(m, &r->access);
  }
}

static bool covers(const monitor_command_t *command, const monitor_access_t *a) {
  const monitor_iotinval_t *inval = &command->iotinval;
  uint32_t process_id = a->pv ? a->process_id : 0;
  switch (command->kind) {
    case MONITOR_IOTINVAL: return inval->second || !inval->av || (a->iova >> 12 ^ inval->page) >> inval->size_bits == 0;
    case MONITOR_DDT: return !command->dv || command->device_id == a->device_id;
    default: return command->device_id == a->device_id && command->process_id == process_id;
  }
}

bool monitor_ports_cover(const monitor_t *m, const monitor_command_t *command) {
  for (unsigned p = 0; p < m->config.num_ports; p++) {
    for (unsigned c = 0; c < PCL_CHANNELS; c++) {
      const monitor_channel_t *channel = &m->port[p].channel[c];
      for (unsigned id = 0; id < 1u << m->config.id_width; id++)
        for (int16_t i = channel->id[id].head; i >= 0; i = channel->pool[i].next)
          if (covers(command, &channel->pool[i].access)) return true;
    }
  }
  return false;
}
