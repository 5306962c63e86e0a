// SPDX-License-Identifier: Apache-2.0
//
// What walkers do on the data-structure port. The pages that they read are followed: the IOMMU can only use what it has read. A
// write must be the second half of an exclusive pair that sets A, or A and D, in the entry that was read, and some request that
// waits (or was cut off while its walk went on) must have an admissible walk that does so (IOMMU spec 3.4).
#include "monitor_internal.h"

enum { UPDATE_BITS = 0xc0 };   // A, D

void monitor_updates_after(monitor_t *m) {
  const pcl_ax_t *ar = &m->out->ds.ar;
  const pcl_r_t *r = &m->in->ds.r;
  const pcl_b_t *b = &m->in->ds.b;
  if (b->valid && m->out->ds.b_ready && b->id < m->config.walkers && b->resp > PCL_RESP_EXOKAY) m->failed_at[0] = m->cycle;
  if (r->valid && m->out->ds.r_ready && r->id < m->config.walkers) {
    monitor_pair_t *pair = &m->pair[r->id];
    bool asked = pair->state == MONITOR_PAIR_ASKED, corrupt = r->user & 1;
    bool good = asked ? r->resp == PCL_RESP_EXOKAY : r->resp <= PCL_RESP_EXOKAY;
    if (!good || corrupt) m->failed_at[good] = m->cycle;
    if (asked) {
      pair->state = good && !corrupt ? MONITOR_PAIR_READ : MONITOR_PAIR_NONE;
      pair->value = r->data[0];
    }
  }
  if (r->valid && m->out->ds.r_ready && r->id == m->config.walkers + 4) monitor_mrif_read_data(m, r);
  if (ar->valid && m->in->ds.ar_ready && ar->id == m->config.walkers + 4) monitor_mrif_read_address(m, ar);
  if (ar->valid && m->in->ds.ar_ready && ar->id < m->config.walkers) {
    monitor_history_follow(&m->history, ar->addr >> 12);
    if (ar->lock) {
      monitor_pair_t *pair = &m->pair[ar->id];
      pair->addr = ar->addr & ~UINT64_C(7);
      pair->state = MONITOR_PAIR_ASKED;
      pair->tried_at[pair->tried++ % MONITOR_ATTEMPTS] = m->cycle;
    }
  }
}

bool monitor_walk_failed(const monitor_t *m, uint64_t since, bool corrupt) { return m->failed_at[corrupt] >= since; }

bool monitor_update_gave_up(const monitor_t *m, uint64_t since) {
  for (unsigned i = 0; i < m->config.walkers; i++) {
    const monitor_pair_t *pair = &m->pair[i];
    if (pair->tried >= MONITOR_ATTEMPTS && pair->tried_at[pair->tried % MONITOR_ATTEMPTS] >= since) return true;
  }
  return false;
}

// Sets A and D and nothing else, in the byte order in which that can be.
static bool sets_a_and_d(const monitor_t *m, uint64_t old, uint64_t value, unsigned bytes) {
  uint64_t big = (uint64_t)UPDATE_BITS << (8 * bytes - 8);
  if (value == old) return false;
  return (old | (value & UPDATE_BITS)) == value || (m->has.end && (old | (value & big)) == value);
}

// Some request's walk; first only with current values, which explain nearly all.
static bool explained(monitor_t *m, const monitor_update_t *update, bool hard) {
  for (unsigned p = 0; p < m->config.num_ports; p++) {
    for (unsigned c = 0; c < PCL_CHANNELS; c++) {
      const monitor_channel_t *channel = &m->port[p].channel[c];
      for (unsigned id = 0; id < 1u << m->config.id_width; id++) {
        for (int16_t i = channel->id[id].head; i >= 0; i = channel->pool[i].next) {
          const monitor_access_t *a = &channel->pool[i].access;
          if (!a->illegal && !a->refuse && monitor_update_check(m, a, update, hard)) return true;
        }
      }
    }
  }
  if (m->messages.pending && monitor_update_check(m, &m->messages.access, update, hard)) return true;
  for (uint64_t i = 0; i < MONITOR_REFUSED && i < m->refused_count; i++) {
    const monitor_access_t *a = &m->refused[(m->refused_count - 1 - i) & (MONITOR_REFUSED - 1)];
    bool cut_off = a->answered_at == MONITOR_NOW;
    if (cut_off && !a->illegal && monitor_update_check(m, a, update, hard)) return true;
  }
  return false;
}

void monitor_update(monitor_t *m, unsigned walker, uint64_t addr, unsigned bytes, uint64_t value) {
  monitor_pair_t *pair = &m->pair[walker];
  bool paired = pair->state == MONITOR_PAIR_READ && pair->addr == (addr & ~UINT64_C(7));
  uint64_t old = bytes == 8 ? pair->value : pair->value >> (addr & 4 ? 32 : 0) & 0xffffffff;
  unsigned long long at = addr, before = old, after = value;
  pair->state = MONITOR_PAIR_NONE;
  monitor_update_t update = {.addr = addr, .old = old, .value = value};
  if (!paired)
    monitor_alarm(m, NULL, "an exclusive write at 0x%llx follows no exclusive read of it by walker %u", at, walker);
  else if (!sets_a_and_d(m, old, value, bytes))
    monitor_alarm(m, NULL, "an update at 0x%llx from 0x%llx to 0x%llx does not set A and D alone", at, before, after);
  else if (!explained(m, &update, false) && !explained(m, &update, true))
    monitor_alarm(m, NULL, "an update at 0x%llx from 0x%llx to 0x%llx is of no admissible walk", at, before, after);
  m->stats.updates++;
}
