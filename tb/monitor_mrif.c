// SPDX-License-Identifier: Apache-2.0
//
// Interrupt files in memory (AIA spec, "MSI PTE, MRIF mode"). The exclusive pair may set only the bit of the identity that a
// device's write of 4 bytes names, whose walk leads to an MRIF-mode entry with that file; the notice must be {NPPN << 12, NID} of
// such an entry. The entry counts from the request's AxVALID up to the exclusive read, the first sign of it. Files and notices
// are little-endian always.
#include "monitor_internal.h"

// The identity that a write is of, if it is a message: *at is the doubleword's offset in the file.
static bool identity(const monitor_t *m, const monitor_access_t *a, uint32_t *at, unsigned *bit) {
  const monitor_port_t *port = &m->port[a->port];
  if (a->access != 3 || a->beats != 1 || a->burst + MONITOR_BURSTS <= port->w_taken || a->burst >= port->w_taken) return false;
  const pcl_w_t *w = &port->w[a->burst % MONITOR_BURSTS];
  unsigned bytes = m->config.data_width / 8, first = 0;
  while (first < bytes && !(w->strb >> first & 1)) first += 4;
  if (first >= bytes || w->strb != UINT64_C(15) << first) return false;
  uint64_t addr = (a->iova & 4095 & ~(uint64_t)(bytes - 1)) | first;
  uint32_t data = (uint32_t)(w->data[first / 8] >> (first & 4 ? 32 : 0));
  bool big = addr & 4;
  if (big) data = __builtin_bswap32(data);
  if (addr >> 3 || data >> 11 || (big && !m->has.end)) return false;
  *at = data >> 6 << 4;
  *bit = data & 63;
  return true;
}

static void consider(monitor_t *m, const monitor_access_t *a, uint64_t addr) {
  uint32_t at;
  unsigned bit;
  if (a->illegal || a->refuse || !identity(m, a, &at, &bit) || at != (addr & 511)) return;
  monitor_file_check(m, a, addr >> 9, bit);
}

void monitor_mrif_read_address(monitor_t *m, const pcl_ax_t *ar) {
  monitor_mrif_t *mrif = &m->mrif;
  mrif->count = 0;
  mrif->addr = ar->addr;
  mrif->state = MONITOR_FILE_ASKED;
  bool shaped = m->has.msi_mrif && ar->lock && ar->len == 0 && ar->size == 3 && !(ar->addr & 15);
  for (unsigned p = 0; shaped && p < m->config.num_ports; p++) {
    const monitor_channel_t *channel = &m->port[p].channel[PCL_WRITE];
    for (unsigned id = 0; id < 1u << m->config.id_width; id++)
      for (int16_t i = channel->id[id].head; i >= 0; i = channel->pool[i].next) consider(m, &channel->pool[i].access, ar->addr);
  }
  for (uint64_t i = 0; shaped && i < MONITOR_REFUSED && i < m->refused_count; i++) {
    const monitor_access_t *a = &m->refused[i];
    if (a->answered_at == MONITOR_NOW) consider(m, a, ar->addr);   // cut off by the isolator
  }
  if (!mrif->count)
    monitor_alarm(m, NULL, "an exclusive read at 0x%llx is of no interrupt file that a device may write",
                  (unsigned long long)ar->addr);
}

void monitor_mrif_read_data(monitor_t *m, const pcl_r_t *r) {
  monitor_mrif_t *mrif = &m->mrif;
  if (mrif->state != MONITOR_FILE_ASKED) return;
  bool good = r->resp == PCL_RESP_EXOKAY && !(r->user & 1);
  mrif->state = good ? MONITOR_FILE_READ : MONITOR_FILE_IDLE;
  mrif->value = r->data[0];
  if (!good) mrif->faults[r->resp == PCL_RESP_EXOKAY]++;
}

// The exclusive write, or the notice.
void monitor_mrif_write_address(monitor_t *m, const pcl_ax_t *aw) {
  monitor_mrif_t *mrif = &m->mrif;
  const pcl_w_t *w = &m->out->ds.w;
  unsigned long long addr = aw->addr;
  if (mrif->state == MONITOR_FILE_READ) {
    unsigned kept = 0;
    for (unsigned i = 0; i < mrif->count; i++)
      if ((mrif->value | UINT64_C(1) << mrif->notice[i].bit) == w->data[0]) mrif->notice[kept++] = mrif->notice[i];
    mrif->count = kept;
    mrif->state = MONITOR_FILE_WRITTEN;
    m->stats.files++;
    if (aw->addr != mrif->addr || !aw->lock || aw->len || aw->size != 3 || !w->valid || w->strb != 0xff || !kept)
      monitor_alarm(m, NULL, "the write at 0x%llx does not set the bit of a device's message alone", addr);
    return;
  }
  bool found = false;
  uint64_t data = aw->addr & 4 ? w->data[0] >> 32 : w->data[0] & 0xffffffff;
  for (unsigned i = 0; i < mrif->count; i++)
    found |= mrif->notice[i].nppn << 12 == aw->addr && mrif->notice[i].nid == data;
  if (mrif->state != MONITOR_FILE_STORED || aw->lock || aw->len || aw->size != 2 || !w->valid || w->strb != 0x0f || !found)
    monitor_alarm(m, NULL, "the write at 0x%llx is no notice of an interrupt file just written", addr);
  mrif->state = MONITOR_FILE_NOTICE;
  mrif->addr = aw->addr;
}

void monitor_mrif_answer(monitor_t *m, unsigned resp) {
  monitor_mrif_t *mrif = &m->mrif;
  bool error = resp > PCL_RESP_EXOKAY;
  if (mrif->state == MONITOR_FILE_NOTICE) {
    if (error) monitor_write_refused(m, mrif->addr);
    mrif->state = MONITOR_FILE_IDLE;
  } else if (mrif->state == MONITOR_FILE_WRITTEN) {
    mrif->state = resp == PCL_RESP_EXOKAY ? MONITOR_FILE_STORED : MONITOR_FILE_IDLE;
    mrif->lost = resp == PCL_RESP_OKAY ? mrif->lost + 1 : 0;
    if (error || mrif->lost == MONITOR_ATTEMPTS) mrif->faults[0]++;
    if (mrif->lost == MONITOR_ATTEMPTS) mrif->lost = 0;
  }
}

void monitor_mrif_notice(monitor_t *m, uint64_t nppn, unsigned nid, unsigned bit) {
  monitor_mrif_t *mrif = &m->mrif;
  for (unsigned i = 0; i < mrif->count; i++) {
    const monitor_notice_t *known = &mrif->notice[i];
    if (known->nppn == nppn && known->nid == nid && known->bit == bit) return;
  }
  if (mrif->count == MONITOR_NOTICES) m->stats.not_judged++;
  else mrif->notice[mrif->count++] = (monitor_notice_t){.nppn = nppn, .nid = (uint16_t)nid, .bit = (uint8_t)bit};
}

bool monitor_mrif_faulted(monitor_t *m, unsigned cause) {
  uint32_t *faults = &m->mrif.faults[cause == 271];
  if (!*faults) return false;
  --*faults;
  return true;
}
