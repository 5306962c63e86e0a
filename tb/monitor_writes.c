// SPDX-License-Identifier: Apache-2.0
//
// Writes of the data-structure port: each must be a record in a free slot of the fault queue, while that is on, the write of the
// IOFENCE.C that the command queue has reached, or an exclusive update of A and D by a walker.
#include "monitor_internal.h"

static unsigned record_id(const monitor_t *m) { return m->config.walkers + 1; }

// Software moves fqh: what it passes is read. If it passes what was never written, it is nonsense, and nothing can be said about
// slots until it names the tail again.
void monitor_writes_read(monitor_t *m, uint32_t fqh) {
  monitor_writes_t *writes = &m->writes;
  uint32_t passed = (fqh - writes->head) & monitor_queue_mask(m->regs.fqb);
  writes->head = fqh;
  if (fqh == writes->tail) writes->in_step = true;
  else if (passed > writes->unread) writes->in_step = false;
  writes->unread = fqh == writes->tail || passed > writes->unread ? 0 : writes->unread - passed;
}

void monitor_writes_restart(monitor_t *m) {
  monitor_writes_t *writes = &m->writes;
  writes->tail = writes->unread = writes->flight_count = 0;
  writes->failing = false;
  writes->in_step = writes->head == 0;
}

// ---- Addresses

static void record_address(monitor_t *m, const pcl_ax_t *aw) {
  monitor_writes_t *writes = &m->writes;
  uint32_t mask = monitor_queue_mask(m->regs.fqb);
  uint64_t offset = aw->addr - monitor_queue_base(m->regs.fqb);
  unsigned long long addr = aw->addr;
  if (aw->len != 3 || aw->size != 3 || (offset & 31) || offset / 32 > mask) {
    monitor_alarm(m, NULL, "a write at 0x%llx with the fault queue's ID is no slot of the fault queue", addr);
    return;
  }
  if (!m->probe.fq_on) {
    monitor_alarm(m, NULL, "a fault record is written at 0x%llx while the fault queue is off", addr);
    return;
  }
  uint32_t slot = (uint32_t)(offset / 32), first = writes->tail - writes->unread;
  bool unread = ((slot - first) & mask) < writes->unread;
  bool full = writes->unread + writes->flight_count >= mask && !writes->failing;
  if (writes->in_step && (unread || full)) {
    monitor_alarm(m, NULL, "a fault record is written at 0x%llx %s (%u unread)", addr,
                  unread ? "over an unread slot" : "into a full queue", writes->unread);
    return;
  }
  // A record that shows its address in the clock after the last B was taken before that B was known.
  if (!writes->flight_count && m->cycle > writes->last_answer + 1) writes->failing = false;
  writes->in_flight[(writes->flight_first + writes->flight_count++) % MONITOR_DS_QUEUE] = slot;
}

static uint64_t fence_address(monitor_t *m, const pcl_ax_t *aw) {
  const monitor_command_t *fence = monitor_commands_write(m, aw->addr);
  if (fence && aw->len == 0 && aw->size == 2) return fence->data;
  monitor_alarm(m, NULL, "a write at 0x%llx with the command queue's ID is not that of the fence reached",
                (unsigned long long)aw->addr);
  return 0;
}

static void update_address(monitor_t *m, const pcl_ax_t *aw) {
  unsigned long long addr = aw->addr;
  bool whole = aw->size == 3 || (aw->size == 2 && (m->has.sv32 || m->has.sv32x4));
  if (!m->has.amo_hwad)
    monitor_alarm(m, NULL, "a write at 0x%llx with ID %u of a walker", addr, aw->id);
  else if (!aw->lock || aw->len || !whole || (aw->addr & ((1u << aw->size) - 1)))
    monitor_alarm(m, NULL, "a write at 0x%llx with ID %u of a walker is no exclusive write of an entry", addr, aw->id);
}

// All but walkers and updates of interrupt files carry the IDs of iommu_qosid (IOMMU spec 6.29).
static void check_qos(monitor_t *m, const pcl_ax_t *aw) {
  const monitor_regs_t *regs = &m->regs;
  uint32_t qos = (uint32_t)aw->mcid << 12 | aw->rcid;
  if (aw->id < m->config.walkers || aw->lock || qos == regs->qosid) return;
  for (unsigned i = 0; i < regs->qosid_count; i++)
    if (regs->qosid_old[i].value == qos) return;
  monitor_alarm(m, NULL, "the write at 0x%llx with ID %u has RCID %u, MCID %u, which are not the IOMMU's",
                (unsigned long long)aw->addr, aw->id, aw->rcid, aw->mcid);
}

void monitor_writes_address(monitor_t *m) {
  const pcl_ax_t *aw = &m->out->ds.aw;
  monitor_writes_t *writes = &m->writes;
  if (aw->valid && !writes->was_shown) {
    if (writes->count == MONITOR_DS_QUEUE || writes->flight_count == MONITOR_DS_QUEUE) {
      monitor_alarm(m, NULL, "too many writes of the data-structure port are under way");
      return;
    }
    monitor_ds_write_t *write = &writes->write[(writes->first + writes->count++) % MONITOR_DS_QUEUE];
    *write = (monitor_ds_write_t){.addr = aw->addr, .id = aw->id, .beats = (uint8_t)(aw->len + 1)};
    check_qos(m, aw);
    if (aw->id == record_id(m)) {
      write->kind = MONITOR_WRITE_RECORD;
      record_address(m, aw);
    } else if (aw->id == m->config.walkers) {
      write->data = fence_address(m, aw);
    } else if (aw->id == m->config.walkers + 3) {
      write->kind = MONITOR_WRITE_PAGE;
      monitor_pages_address(m, aw);
    } else if (aw->id == m->config.walkers + 2 || aw->id == m->config.walkers + 4) {
      write->kind = MONITOR_WRITE_JUDGED;
      if (aw->id == m->config.walkers + 2) monitor_interrupts_address(m, aw);
      else monitor_mrif_write_address(m, aw);
    } else {
      write->kind = MONITOR_WRITE_UPDATE;
      update_address(m, aw);
    }
  } else if (writes->was_shown && (!aw->valid || aw->addr != writes->shown_addr || aw->id != writes->shown_id)) {
    monitor_alarm(m, NULL, "the data-structure port's AW changed before it was taken");
  }
  writes->was_shown = aw->valid && !m->in->ds.aw_ready;
  writes->shown_addr = aw->addr;
  writes->shown_id = aw->id;
}

// ---- Data

static void fence_data(monitor_t *m, const monitor_ds_write_t *write, const pcl_w_t *w) {
  bool high = write->addr & 4;
  uint32_t data = (uint32_t)(w->data[0] >> (high ? 32 : 0));
  if (w->strb != (high ? 0xf0u : 0x0fu) || (m->regs.be ? __builtin_bswap32(data) : data) != (uint32_t)write->data)
    monitor_alarm(m, NULL, "the write at 0x%llx is not the fence's DATA", (unsigned long long)write->addr);
}

static void update_data(monitor_t *m, const monitor_ds_write_t *write, const pcl_w_t *w) {
  bool high = w->strb == 0xf0, half = high || w->strb == 0x0f;
  if ((!half && w->strb != 0xff) || high != (half && (write->addr & 4))) {
    monitor_alarm(m, NULL, "the write at 0x%llx is not of one entry", (unsigned long long)write->addr);
    return;
  }
  uint64_t value = half ? (w->data[0] >> (high ? 32 : 0) & 0xffffffff) : w->data[0];
  monitor_update(m, write->id, write->addr, half ? 4 : 8, value);
}

static void answer(monitor_t *m, unsigned resp) {
  monitor_writes_t *writes = &m->writes;
  if (!writes->flight_count) return;
  uint32_t slot = writes->in_flight[writes->flight_first];
  writes->flight_first = (writes->flight_first + 1) % MONITOR_DS_QUEUE;
  writes->flight_count--;
  if (resp > PCL_RESP_EXOKAY) writes->failing = true;
  if (!writes->failing) {
    writes->tail = (slot + 1) & monitor_queue_mask(m->regs.fqb);
    writes->unread++;
  }
  writes->last_answer = m->cycle;
}

void monitor_writes_data(monitor_t *m) {
  monitor_writes_t *writes = &m->writes;
  const pcl_w_t *w = &m->out->ds.w;
  const pcl_b_t *b = &m->in->ds.b;
  if (w->valid && !writes->count) {
    monitor_alarm(m, NULL, "the data-structure port writes data for no address");
    return;
  }
  monitor_ds_write_t *write = &writes->write[writes->first];
  if (w->valid && write->kind == MONITOR_WRITE_UPDATE && !write->judged) {
    write->judged = true;
    update_data(m, write, w);
  }
  if (w->valid && m->in->ds.w_ready) {
    if (write->kind == MONITOR_WRITE_RECORD || write->kind == MONITOR_WRITE_PAGE) {
      unsigned count = write->kind == MONITOR_WRITE_RECORD ? 4 : 2;
      if (w->strb != 0xff) monitor_alarm(m, NULL, "a record with holes at 0x%llx", (unsigned long long)write->addr);
      writes->beat[write->beats <= count ? count - write->beats : 0] = m->regs.be ? __builtin_bswap64(w->data[0]) : w->data[0];
    } else if (write->kind == MONITOR_WRITE_FENCE) {
      fence_data(m, write, w);
    }
    if (--write->beats == 0) {
      writes->first = (writes->first + 1) % MONITOR_DS_QUEUE;
      writes->count--;
      if (write->kind == MONITOR_WRITE_RECORD) monitor_record(m, writes->beat);
      if (write->kind == MONITOR_WRITE_PAGE) monitor_pages_record(m, writes->beat);
    }
  }
  if (!b->valid || !m->out->ds.b_ready) return;
  if (b->id == record_id(m)) answer(m, b->resp);
  if (b->id == m->config.walkers + 3) monitor_pages_answer(m, b->resp);
  if (b->id == m->config.walkers + 2 && b->resp > PCL_RESP_EXOKAY) monitor_write_refused(m, m->interrupts.sent);
  if (b->id == m->config.walkers + 4) monitor_mrif_answer(m, b->resp);
}
