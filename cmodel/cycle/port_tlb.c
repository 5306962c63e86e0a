// SPDX-License-Identifier: Apache-2.0
// A port's translation cache: lookup, fill and kill. What it holds is described in port_tlb.h.
#include "port_tlb.h"

enum { IDENTITY = 6 };

enum { PV_SHIFT = 24, PRIV_SHIFT = 25, PROCESS_SHIFT = 26 };

// Without process contexts pv alone is kept of the process.
static uint64_t tag_of(const pcl_port_tlb_t *tlb, uint32_t device_id, bool pv, bool priv, uint32_t process_id) {
  uint64_t tag = device_id | (uint64_t)pv << PV_SHIFT;
  if (!pv || !tlb->processes) return tag;
  return tag | (uint64_t)priv << PRIV_SHIFT | (uint64_t)process_id << PROCESS_SHIFT;
}

// Bits of the page number that the entry of a response is compared by. Without a first stage the IOVA is a GPA: all.
static uint64_t compare_mask(const pcl_port_tlb_t *tlb, const pcl_resp_t *resp) {
  if (resp->size == IDENTITY) return 0;
  return (resp->space.s1 ? tlb->va_mask : ~UINT64_C(0)) & ~pcl_lowmask(resp->size);
}

void pcl_port_tlb_init(pcl_port_tlb_t *tlb, const pcl_config_t *config) {
  tlb->valid = 0;
  tlb->va_width = pcl_va_width(config);
  tlb->va_mask = pcl_va_mask(tlb->va_width);
  tlb->count = config->port_entries;
  tlb->processes = pcl_has_pdt(config);
  tlb->fill_ptr = 0;
}

static bool has_right(const pcl_port_tlb_entry_t *entry, const pcl_ax_t *ax, unsigned channel) {
  return channel == PCL_WRITE ? entry->w : ax->exec ? entry->x : entry->r;
}

// IOMMU spec 6.29: in mode Bare requests carry what iommu_qosid says.
static pcl_grant_t grant(const pcl_port_tlb_entry_t *entry, uint64_t vpn, uint32_t qosid) {
  return (pcl_grant_t){
      .spn = entry->ppn | (vpn & entry->low), .rcid = entry->bare ? qosid & 0xfff : entry->rcid,
      .mcid = entry->bare ? qosid >> 16 & 0xfff : entry->mcid, .pbmt = entry->pbmt};
}

pcl_port_tlb_hit_t pcl_port_tlb_lookup(const pcl_port_tlb_t *tlb, const pcl_ax_t *ax, unsigned channel, uint32_t qosid) {
  pcl_port_tlb_hit_t none = {.hit = false};
  if (tlb->valid == 0 || ax->translated) return none;
  uint64_t tag = tag_of(tlb, ax->device_id, ax->pv, ax->priv, ax->process_id);
  uint64_t vpn = ax->addr >> 12;
  bool canonical = pcl_canonical(ax->addr, tlb->va_width);
  for (uint64_t rest = tlb->valid; rest != 0; rest &= rest - 1) {
    const pcl_port_tlb_entry_t *entry = &tlb->entry[__builtin_ctzll(rest)];
    if (entry->tag != tag || ((entry->vpn ^ vpn) & entry->compare) != 0) continue;
    if (entry->size == IDENTITY ? ax->addr >> 56 != 0 : entry->space.s1 && !canonical) continue;
    if (!has_right(entry, ax, channel)) continue;
    return (pcl_port_tlb_hit_t){.grant = grant(entry, vpn, qosid), .hit = true};
  }
  return none;
}

static void kill(pcl_port_tlb_t *tlb, const pcl_inv_t *inv) {
  for (uint64_t rest = tlb->valid; rest != 0; rest &= rest - 1) {
    const pcl_port_tlb_entry_t *entry = &tlb->entry[__builtin_ctzll(rest)];
    pcl_leaf_tag_t leaf = {
        .vpn = entry->vpn, .device_id = entry->tag & 0xffffff, .process_id = (uint32_t)(entry->tag >> PROCESS_SHIFT),
        .space = entry->space, .s1_size = entry->s1_size, .g = entry->g};
    if (pcl_inv_covers(inv, &leaf, tlb->va_mask)) tlb->valid &= ~(rest & -rest);
  }
}

// The entry that holds the same page of the same requester, else the one at the fill pointer, which then advances.
static unsigned place(pcl_port_tlb_t *tlb, uint64_t valid, uint64_t tag, const pcl_resp_t *resp) {
  for (uint64_t rest = valid; rest != 0; rest &= rest - 1) {
    unsigned index = (unsigned)__builtin_ctzll(rest);
    const pcl_port_tlb_entry_t *entry = &tlb->entry[index];
    if (entry->tag != tag || entry->size != resp->size || entry->space.s1 != resp->space.s1) continue;
    if (((entry->vpn ^ resp->vpn) & entry->compare) == 0) return index;
  }
  unsigned index = tlb->fill_ptr;
  tlb->fill_ptr = index + 1 == tlb->count ? 0 : index + 1;
  return index;
}

void pcl_port_tlb_commit(pcl_port_tlb_t *tlb, const pcl_resp_t *resp, bool fill, const pcl_inv_t *inv) {
  uint64_t valid = tlb->valid;  // the place of a fill depends on entries as they were before a kill
  if (inv->kill) kill(tlb, inv);
  if (!fill) return;
  uint64_t tag = tag_of(tlb, resp->device_id, resp->pv, resp->priv, resp->process_id);
  unsigned index = place(tlb, valid, tag, resp);
  uint64_t low = pcl_lowmask(resp->size);
  tlb->entry[index] = (pcl_port_tlb_entry_t){
      .vpn = resp->vpn, .compare = compare_mask(tlb, resp), .ppn = resp->spn & ~low, .low = low, .tag = tag,
      .space = resp->space, .rcid = resp->rcid, .mcid = resp->mcid, .bare = resp->bare, .size = resp->size,
      .s1_size = resp->s1_size, .pbmt = resp->pbmt, .r = resp->r, .w = resp->w, .x = resp->x, .g = resp->g};
  tlb->valid |= UINT64_C(1) << index;
}
