// SPDX-License-Identifier: Apache-2.0
#include "iotlb.h"

#include <string.h>

// The RAM has no reset: `inval` clears it set by set.
void pcl_iotlb_reset(pcl_iotlb_t *iotlb, const pcl_config_t *config) {
  iotlb->ways = config->l2_entries == 0 ? 0 : config->l2_ways;
  iotlb->sets = config->l2_entries == 0 ? 1 : config->l2_entries / config->l2_ways;
  iotlb->way_ptr = 0;
  iotlb->va_mask = pcl_va_mask(pcl_va_width(config));
}

static bool has_right(const pcl_iotlb_way_t *way, const pcl_iotlb_key_t *key) {
  return key->write ? way->w : key->exec ? way->x : way->r;
}

const pcl_iotlb_way_t *pcl_iotlb_compare(const pcl_iotlb_t *iotlb, const pcl_iotlb_key_t *key) {
  const uint64_t vpn = key->vpn & iotlb->va_mask;
  for (unsigned i = 0; i < iotlb->ways; i++) {
    const pcl_iotlb_way_t *way = &iotlb->read[i];
    if (way->valid && way->vpn == vpn && way->pscid == key->pscid && has_right(way, key)) return way;
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

void pcl_iotlb_fill(pcl_iotlb_t *iotlb, const pcl_resp_t *resp, unsigned way) {
  if (iotlb->ways == 0) return;
  iotlb->ram[pcl_iotlb_set(iotlb, resp->vpn) * iotlb->ways + way] = (pcl_iotlb_way_t){
    .vpn = resp->vpn & iotlb->va_mask,
    .spn = resp->spn,
    .pscid = resp->pscid,
    .pbmt = resp->pbmt,
    .r = resp->r,
    .w = resp->w,
    .x = resp->x,
    .g = resp->g,
    .valid = true,
  };
  iotlb->way_ptr = iotlb->way_ptr + 1 == iotlb->ways ? 0 : iotlb->way_ptr + 1;
}

void pcl_iotlb_clear(pcl_iotlb_t *iotlb, unsigned set, const pcl_inv_t *inv) {
  for (unsigned i = 0; i < iotlb->ways; i++) {
    pcl_iotlb_way_t *way = &iotlb->ram[set * iotlb->ways + i];
    const pcl_leaf_tag_t tag = {.vpn = way->vpn, .pscid = way->pscid, .size = PCL_SIZE_4K, .g = way->g};
    if (inv == NULL || pcl_inv_covers(inv, &tag, iotlb->va_mask)) way->valid = false;
  }
}
