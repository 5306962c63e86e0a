// SPDX-License-Identifier: Apache-2.0
#include "iotlb.h"

#include <string.h>

#include "arch/pte.h"

// The RAM has no reset: `inval` clears it set by set.
void pcl_iotlb_reset(pcl_iotlb_t *iotlb, const pcl_config_t *config) {
  iotlb->ways = config->l2_entries == 0 ? 0 : config->l2_ways;
  iotlb->sets = config->l2_entries == 0 ? 1 : config->l2_entries / config->l2_ways;
  iotlb->way_ptr = 0;
  iotlb->frac = false;
  iotlb->va_mask = pcl_va_mask(pcl_va_width(config));
}

static uint64_t vpn_tag(const pcl_iotlb_t *iotlb, uint64_t vpn, bool s1) { return s1 ? vpn & iotlb->va_mask : vpn; }

static bool same_space(const pcl_addr_space_t *a, const pcl_addr_space_t *b) {
  return a->s1 == b->s1 && a->pscid == b->pscid && a->gv == b->gv && a->gscid == b->gscid;
}

unsigned pcl_iotlb_rights(const pcl_iotlb_way_t *way, const pcl_iotlb_key_t *key) {
  const pcl_privilege_t who = {.supervisor = key->supervisor, .sum = key->sum};
  return way->space.s1 ? way->rights & pcl_class_rights(way->u, who) : way->rights;
}

const pcl_iotlb_way_t *pcl_iotlb_compare(const pcl_iotlb_t *iotlb, const pcl_iotlb_key_t *key) {
  const uint64_t vpn = vpn_tag(iotlb, key->vpn, key->space.s1);
  for (unsigned i = 0; i < iotlb->ways; i++) {
    const pcl_iotlb_way_t *way = &iotlb->read[i];
    if (!way->valid || way->vpn != vpn || way->msi != key->msi || !same_space(&way->space, &key->space)) continue;
    if (pcl_iotlb_rights(way, key) & key->need) return way;
  }
  return NULL;
}

void pcl_iotlb_read(pcl_iotlb_t *iotlb, uint64_t vpn) {
  const pcl_iotlb_way_t *set = &iotlb->ram[pcl_iotlb_set(iotlb, vpn) * iotlb->ways];
  memcpy(iotlb->read, set, iotlb->ways * sizeof *set);
}

unsigned pcl_iotlb_victim(const pcl_iotlb_t *iotlb) {
  for (unsigned i = 0; i < iotlb->ways; i++)
    if (!iotlb->read[i].valid) return i;
  return iotlb->way_ptr;
}

void pcl_iotlb_fill(pcl_iotlb_t *iotlb, const pcl_iotlb_fill_t *fill) {
  const pcl_resp_t *resp = fill->resp;
  if (iotlb->ways == 0) return;
  iotlb->ram[pcl_iotlb_set(iotlb, resp->vpn) * iotlb->ways + fill->way] = (pcl_iotlb_way_t){
    .vpn = vpn_tag(iotlb, resp->vpn, resp->space.s1),
    .spn = resp->spn,
    .space = resp->space,
    .s1_size = resp->s1_size,
    .rights = fill->rights,
    .pbmt = resp->pbmt,
    .u = fill->u,
    .msi = fill->msi,
    .g = resp->g,
    .valid = true,
  };
  iotlb->frac = iotlb->frac || resp->s1_size != PCL_SIZE_4K;
  iotlb->way_ptr = iotlb->way_ptr + 1 == iotlb->ways ? 0 : iotlb->way_ptr + 1;
}

bool pcl_iotlb_clear(pcl_iotlb_t *iotlb, unsigned set, const pcl_inv_t *inv) {
  bool fragments = false;
  for (unsigned i = 0; i < iotlb->ways; i++) {
    pcl_iotlb_way_t *way = &iotlb->ram[set * iotlb->ways + i];
    if (inv == NULL) {
      way->valid = false;
      continue;
    }
    const pcl_leaf_tag_t tag = {.vpn = way->vpn, .space = way->space, .s1_size = way->s1_size, .g = way->g};
    if (pcl_inv_covers(inv, &tag, iotlb->va_mask)) way->valid = false;
    fragments = fragments || (way->valid && way->s1_size != PCL_SIZE_4K);
  }
  return fragments;
}
