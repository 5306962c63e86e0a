// SPDX-License-Identifier: Apache-2.0
//
// A shadow of the registers that the monitor needs, from the writes on the AXI4-Lite pins (IOMMU spec 6; docs/registers.md for
// the custom ones). A write takes effect at the edge that ends the clock of its handshake.
//
// A change of ddtp takes effect when its busy clears. In the first clock with busy clear, which software can see only later, an
// address that left in the last clock with busy set may rise: old and new still hold.
#include "monitor_internal.h"

enum {
  AT_FCTL = 8, AT_DDTP = 16, AT_CQB = 24, AT_FQB = 40, AT_FQH = 48, AT_CQCSR = 72, AT_PQB = 56, AT_PQH = 64, AT_PQCSR = 80,
  AT_DEBUG_IOVA = 600, AT_DEBUG_CTL = 608, AT_QOSID = 624, AT_ICVEC = 760, AT_QCTL = 688, PORT_STRIDE = 16
};

#define PPN_FIELD UINT64_C(0x3ffffffffffc00)

void monitor_fuses(monitor_t *m, uint64_t fuse_caps) {
  const pcl_config_t *c = &m->config;
#define FEATURE(built, bit) ((built) && (fuse_caps >> (bit) & 1))
  m->has = (monitor_features_t){
    .sv32 = FEATURE(c->sv32, 8), .sv39 = FEATURE(true, 9), .sv48 = FEATURE(c->sv48, 10), .sv57 = FEATURE(c->sv57, 11),
    .svrsw60t59b = FEATURE(c->svrsw60t59b, 14), .svpbmt = FEATURE(c->svpbmt, 15),
    .sv32x4 = FEATURE(c->sv32x4, 16), .sv39x4 = FEATURE(c->sv39x4, 17), .sv48x4 = FEATURE(c->sv48x4, 18),
    .sv57x4 = FEATURE(c->sv57x4, 19), .msi_flat = FEATURE(c->msi_flat, 22), .amo_hwad = FEATURE(c->amo_hwad, 24),
    .pd8 = FEATURE(c->pd8, 38), .pd17 = FEATURE(c->pd17, 39), .pd20 = FEATURE(c->pd20, 40),
    .msi_mrif = FEATURE(c->msi_mrif, 23), .ats = FEATURE(c->ats, 25), .t2gpa = FEATURE(c->t2gpa, 26),
    .end = FEATURE(c->end, 27), .qosid = FEATURE(c->qosid, 41), .igs = 1,
  };
  unsigned igs = fuse_caps >> 28 & 3;
  if (c->igs_msi) m->has.igs = (uint8_t)(igs == 3 ? 2 : igs);
#undef FEATURE
}

void monitor_regs_before(monitor_t *m) {
  monitor_regs_t *regs = &m->regs;
  if (!regs->ddtp_changing) return;
  if (regs->ddtp_cleared) {
    monitor_keep_roots(m, false, 0, m->cycle);
    for (unsigned i = 0; i < regs->old_count; i++)
      if (regs->old[i].until == MONITOR_NOW) regs->old[i].until = m->cycle;
    regs->ddtp_changing = regs->ddtp_cleared = false;
    m->tags.epoch++;
  } else {
    regs->ddtp_cleared = !m->probe.ddtp_busy;
  }
}

static void write_ddtp(monitor_t *m, uint64_t value) {
  monitor_regs_t *regs = &m->regs;
  if (m->probe.ddtp_busy) return;
  uint64_t mode = (value & 15) <= 4 ? value & 15 : regs->ddtp & 15;
  if (regs->old_count == MONITOR_DDTP_OLD) {
    memmove(&regs->old[0], &regs->old[1], (MONITOR_DDTP_OLD - 1) * sizeof regs->old[0]);
    regs->old_count--;
  }
  regs->old[regs->old_count++] = (monitor_ddtp_t){.value = regs->ddtp, .until = MONITOR_NOW};
  regs->ddtp = (value & PPN_FIELD) | mode;
  regs->ddtp_changing = true;
  regs->ddtp_cleared = false;
  monitor_history_follow(&m->history, regs->ddtp >> 10);
}

// Written only while ddtp is Off and not busy.
static void write_fctl(monitor_t *m, uint32_t value) {
  monitor_regs_t *regs = &m->regs;
  if ((regs->ddtp & 15) || m->probe.ddtp_busy) return;
  if (m->has.end) regs->be = value & 1;
  if (m->has.igs == 2) regs->wsi = value >> 1 & 1;
  if (!(m->has.sv32 || m->has.sv32x4) || regs->gxl == (value >> 2 & 1)) return;
  regs->gxl = !regs->gxl;
  regs->gxl_at = m->cycle;
}

static void write_qosid(monitor_t *m, uint32_t value) {
  monitor_regs_t *regs = &m->regs;
  if (!m->has.qosid) return;
  if (regs->qosid_count == MONITOR_QOS_OLD) regs->qosid_count--;
  memmove(&regs->qosid_old[1], &regs->qosid_old[0], regs->qosid_count++ * sizeof regs->qosid_old[0]);
  regs->qosid_old[0] = (monitor_qosid_t){.value = regs->qosid, .until = m->cycle};
  regs->qosid = (value >> 16 & 0xfff) << 12 | (value & 0xfff);
}

static void write_csr(monitor_t *m, uint32_t value, bool *enabled, bool on, bool is_commands) {
  if (*enabled != on) return;   // busy: ignored
  bool rises = (value & 1) && !*enabled;
  *enabled = value & 1;
  if (!rises) return;
  if (is_commands) monitor_commands_restart(m);
  else monitor_writes_restart(m);
}

static uint64_t merge(uint64_t old, uint64_t data, uint8_t strb) {
  uint64_t mask = (strb & 0x0f ? UINT64_C(0xffffffff) : 0) | (strb & 0xf0 ? UINT64_C(0xffffffff) << 32 : 0);
  return (old & ~mask) | (data & mask);
}

static void write_queue_base(uint64_t *xqb, uint64_t data, uint8_t strb, bool idle) {
  if (idle) *xqb = merge(*xqb, data, strb) & (PPN_FIELD | 31);
}

static void write_pqb(monitor_t *m, uint64_t data, uint8_t strb) {
  bool idle = !m->regs.pq_en && !m->probe.pq_on;
  write_queue_base(&m->regs.pqb, data, strb, idle);
  if (idle) m->messages.head = 0;
}

static void write_pqcsr(monitor_t *m, uint32_t value) {
  bool *enabled = &m->regs.pq_en;
  if (*enabled != m->probe.pq_on) return;   // busy: ignored
  if ((value & 1) && !*enabled) m->messages.tail = 0;
  *enabled = value & 1;
}

// A debug request walks like a device's: records and updates may be of it. Its answer is a register and moves no data.
static void write_debug(monitor_t *m, uint64_t ctl) {
  m->regs.debug_ctl = ctl;
  if (!(ctl & 1) || !m->config.dbg) return;
  bool pv = ctl >> 32 & 1, execute = ctl >> 2 & 1, write = !(ctl >> 3 & 1);
  monitor_access_t access = {
    .iova = m->regs.debug_iova & ~UINT64_C(4095), .valid_at = m->cycle, .answered_at = MONITOR_NOW, .epoch = m->tags.epoch,
    .device_id = (uint32_t)(ctl >> 40), .process_id = pv ? ctl >> 12 & 0xfffff : 0, .access = write ? 3 : execute ? 1 : 2,
    .pv = pv, .priv = pv && (ctl >> 1 & 1), .debug = true,
  };
  monitor_keep_track(m, &access);
  monitor_keep_refused(m, &access, MONITOR_NOW);
}

void monitor_regs_after(monitor_t *m) {
  const pcl_reg_pins_in_t *in = &m->in->reg;
  const pcl_reg_pins_out_t *out = &m->out->reg;
  if (!in->aw_valid || !in->w_valid || !out->aw_ready || !out->w_ready) return;
  unsigned addr = in->aw_addr & 0xfff, strb = in->w_strb;
  bool whole = strb == 0xff && !(addr & 7), low = strb == 0x0f && !(addr & 7), high = strb == 0xf0 && (addr & 7) == 4;
  if (!whole && !low && !high) return;   // changes nothing
  monitor_regs_t *regs = &m->regs;
  uint64_t data = in->w_data;
  unsigned word = addr & ~7u;
  switch (word) {
    case AT_FCTL: if (strb & 0x0f) write_fctl(m, (uint32_t)data); return;
    case AT_QOSID: if (strb & 0x0f) write_qosid(m, (uint32_t)data); return;
    case AT_DDTP: write_ddtp(m, merge(regs->ddtp, data, in->w_strb)); return;
    case AT_CQB: write_queue_base(&regs->cqb, data, in->w_strb, !regs->cq_en && !m->probe.cq_on); return;
    case AT_FQB: write_queue_base(&regs->fqb, data, in->w_strb, !regs->fq_en && !m->probe.fq_on); return;
    case AT_FQH: if (strb & 0x0f) monitor_writes_read(m, (uint32_t)data & monitor_queue_mask(regs->fqb)); return;
    case AT_CQCSR:
      if (strb & 0x0f) write_csr(m, (uint32_t)data, &regs->cq_en, m->probe.cq_on, true);
      if (strb & 0xf0) write_csr(m, (uint32_t)(data >> 32), &regs->fq_en, m->probe.fq_on, false);
      return;
    case AT_PQB: write_pqb(m, data, in->w_strb); return;
    case AT_PQH: if (strb & 0x0f) m->messages.head = (uint32_t)data & monitor_queue_mask(regs->pqb); return;
    case AT_PQCSR:   // and ipsr
      if (strb & 0x0f) write_pqcsr(m, (uint32_t)data);
      if (strb & 0xf0) m->interrupts.cleared = data >> 32 & 15;
      return;
    case AT_DEBUG_IOVA: regs->debug_iova = merge(regs->debug_iova, data, in->w_strb); return;
    case AT_DEBUG_CTL: write_debug(m, merge(regs->debug_ctl, data, in->w_strb)); return;
    case AT_ICVEC: if (strb & 0x0f) m->interrupts.now.icvec = data & 0xffff; return;
    default:
      if (word >= MONITOR_AT_MSI_TABLE && word < MONITOR_AT_MSI_TABLE + 256 && m->has.igs != 1)
        monitor_interrupts_write(m, word, data, in->w_strb);
      for (unsigned p = 0; p < m->config.num_ports; p++)
        if (word == AT_QCTL + PORT_STRIDE * p && (strb & 0x0f) && (data & 3) != 3) regs->mode[p] = data & 3;
  }
}
