// SPDX-License-Identifier: Apache-2.0
//
// What an invalidation does to a walker, by state (docs/microarchitecture.md, section 5.3, "kill").
#include <stddef.h>

#include "arch/dc.h"
#include "walker.h"

// The smallest page around the walk's address that contains the invalidated ones.
static uint8_t common_size(const pcl_walker_t *walker, const pcl_inv_t *inv, uint64_t va_mask) {
  const uint64_t difference = (inv->vpn ^ walker->request.iova >> 12) & va_mask & ~inv->range;
  uint8_t size = PCL_SIZE_4K;
  while (size <= PCL_SIZE_256T && difference & ~pcl_lowmask(size)) size++;
  return size <= PCL_SIZE_256T ? size : PCL_INV_SIZE_NONE;
}

// Whether the walk has come to the first stage. In GL and GD it may have ended already, by a GPA on the way to a PDT entry.
static bool space_known(const pcl_walk_t *walk) {
  switch (walk->phase) {
    case PCL_PHASE_DDT:
    case PCL_PHASE_PDT: return false;
    case PCL_PHASE_DONE: return walk->g_purpose != PCL_GPA_FOR_PDT;
    default: return true;
  }
}

static void kill_vma(pcl_walker_t *walker, const pcl_inv_t *inv, uint64_t va_mask) {
  if (!space_known(&walker->walk)) return;
  const pcl_addr_space_t space = pcl_walker_space(walker);
  if (!pcl_inv_meets_space(inv, &space)) return;
  if (!inv->av || inv->nl) walker->killed = true;
  if (!inv->av) return;
  const uint8_t size = common_size(walker, inv, va_mask);
  if (size < walker->inv_size) walker->inv_size = size;
}

// Whether an invalidation of a DC or PC, or of what they were found by, concerns a request; `dc` is NULL if none was found.
static bool meets_context(const pcl_request_t *request, const pcl_inv_t *inv, const pcl_dc_t *dc) {
  switch (inv->op) {
    case PCL_INV_ALL: return true;
    case PCL_INV_DDT: return inv->device_id == request->device_id;
    case PCL_INV_PDT: return inv->device_id == request->device_id && inv->process_id == request->process_id;
    case PCL_INV_GVMA:
      return dc && pcl_inv_meets_vm(inv, pcl_mode_field(dc->iohgatp) != PCL_MODE_BARE, pcl_gscid_field(dc->iohgatp));
    default: return false;
  }
}

static bool kill_start(pcl_walker_t *walker, const pcl_inv_t *inv) {
  pcl_known_t *known = &walker->known;
  if (!meets_context(&walker->request, inv, known->dc_known ? &known->dc : NULL)) return false;
  known->pc_known = false;
  if (inv->op == PCL_INV_ALL || inv->op == PCL_INV_DDT) known->dc_known = false;
  return true;
}

static void kill_walk(pcl_walker_t *walker, const pcl_inv_t *inv, uint64_t va_mask) {
  const pcl_dc_t *dc = (walker->walk.dc.tc & PCL_TC_V) ? &walker->walk.dc : NULL;
  if (inv->op == PCL_INV_VMA) {
    kill_vma(walker, inv, va_mask);
  } else if ((dc || inv->op != PCL_INV_PDT) && meets_context(&walker->request, inv, dc)) {
    walker->killed = true;
  }
}

static bool kill_resp(pcl_walker_t *walker, const pcl_inv_t *inv, uint64_t va_mask) {
  const pcl_leaf_tag_t tag = pcl_resp_tag(&walker->resp);
  if (!walker->resp.ok || !pcl_inv_covers(inv, &tag, va_mask)) return false;
  pcl_walker_restart(walker);
  return true;
}

bool pcl_walker_kill(pcl_walker_t *walker, const pcl_inv_t *inv, uint64_t va_mask) {
  switch (walker->state) {
    case PCL_WALKER_IDLE:
    case PCL_WALKER_FAULT: return false;
    case PCL_WALKER_START: return kill_start(walker, inv);
    case PCL_WALKER_RESP: return kill_resp(walker, inv, va_mask);
    default: kill_walk(walker, inv, va_mask); return false;
  }
}
