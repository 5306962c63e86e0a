// SPDX-License-Identifier: Apache-2.0
//
// The IOMMU's own interrupts as messages (IOMMU spec 6.18, 6.27): each is {address, data} of an entry of msi_cfg_tbl that is not
// masked, of a vector for which a cause has risen since its last message, with fctl.WSI=0. A message leaves by the registers of
// the clock before its address shows. Also what writes were refused, for records of cause 273.
#include "monitor_internal.h"

static unsigned vector_of(uint32_t icvec, unsigned cause) { return icvec >> (4 * cause) & 15; }

// What happened in the clock before, under its registers.
void monitor_interrupts_before(monitor_t *m) {
  monitor_interrupts_t *irq = &m->interrupts;
  uint32_t rises = m->probe.ipsr & ~(irq->ipsr & ~irq->cleared);
  for (unsigned cause = 0; cause < 4; cause++)
    if ((rises >> cause & 1) && !irq->seen.wsi) irq->owed |= (uint16_t)(1u << vector_of(irq->seen.icvec, cause));
  irq->ipsr = m->probe.ipsr;
  irq->cleared = 0;
  irq->seen = irq->now;
  irq->seen.wsi = m->regs.wsi;
}

void monitor_interrupts_write(monitor_t *m, unsigned at, uint64_t value, uint8_t strb) {
  monitor_interrupts_t *irq = &m->interrupts;
  uint64_t mask = (strb & 0x0f ? UINT64_C(0xffffffff) : 0) | (strb & 0xf0 ? UINT64_C(0xffffffff) << 32 : 0);
  unsigned vector = (at - MONITOR_AT_MSI_TABLE) / 16;
  uint64_t *word = at & 8 ? &irq->now.data[vector] : &irq->now.addr[vector];
  *word = (*word & ~mask) | (value & mask);
}

void monitor_interrupts_address(monitor_t *m, const pcl_ax_t *aw) {
  monitor_interrupts_t *irq = &m->interrupts;
  const pcl_w_t *w = &m->out->ds.w;
  bool high = aw->addr & 4;
  uint32_t data = (uint32_t)(w->data[0] >> (high ? 32 : 0));
  if (m->regs.be) data = __builtin_bswap32(data);
  irq->sent = aw->addr;
  m->stats.messages++;
  bool shaped = aw->len == 0 && aw->size == 2 && !aw->lock && w->valid && w->strb == (high ? 0xf0u : 0x0fu);
  for (unsigned v = 0; v < 16 && shaped && !irq->seen.wsi; v++) {
    uint64_t addr = irq->seen.addr[v] & UINT64_C(0xfffffffffffffc), entry = irq->seen.data[v];
    if (!(irq->owed >> v & 1) || addr != aw->addr || (entry >> 32 & 1) || (uint32_t)entry != data) continue;
    irq->owed &= (uint16_t)~(1u << v);
    return;
  }
  monitor_alarm(m, NULL, "the write of 0x%x at 0x%llx is of no interrupt that is due", data, (unsigned long long)aw->addr);
}

void monitor_write_refused(monitor_t *m, uint64_t addr) {
  m->lost[m->lost_count++ % MONITOR_LOST] = addr;
}

// Whether a record of cause 273 tells of a write that was refused; it is told once.
bool monitor_write_was_refused(monitor_t *m, uint64_t addr) {
  for (unsigned i = 0; i < MONITOR_LOST && i < m->lost_count; i++) {
    if (m->lost[i] != addr) continue;
    m->lost[i] = MONITOR_NOW;
    return true;
  }
  return false;
}
