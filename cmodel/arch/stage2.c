// SPDX-License-Identifier: Apache-2.0
//
// Second stage (item 19 of IOMMU spec 3.3): Sv32x4, Sv39x4, Sv48x4, Sv57x4, for the request's own guest physical address and
// for those at which the process directory and first-stage PTEs are read and updated (privileged spec, "Two-Stage Address
// Translation"). Every access is a user's; G is ignored.
//
// iotval2 of a guest-page fault: 63:2 GPA | 1 the implicit access was a write | 0 the access was implicit (IOMMU spec 4.2)
#include "walk_parts.h"

#include <assert.h>

#define SXL_GPA_BITS 34

static unsigned level_shift(const pcl_walk_t *walk, unsigned level) { return 12 + (walk->s2_sv32 ? 10 : 9) * level; }

static pcl_step_t guest_page_fault(pcl_walk_t *walk) {
  static const uint8_t flags[] = {
    [PCL_GPA_FOR_PDT] = 1, [PCL_GPA_FOR_PTE] = 1, [PCL_GPA_FOR_PTE_UPDATE] = 3, [PCL_GPA_FOR_ACCESS] = 0};
  return pcl_walk_typed_fault(walk, PCL_FAULT_GUEST_PAGE, (walk->gpa & ~UINT64_C(3)) | flags[walk->g_purpose]);
}

// walk->gpa is translated: goes on with what it was for.
static pcl_step_t translated(pcl_walk_t *walk, uint64_t spa) {
  walk->in_g = false;
  switch (walk->g_purpose) {
    case PCL_GPA_FOR_PDT: return pcl_walk_pdt_at(walk, spa);
    case PCL_GPA_FOR_PTE: return pcl_walk_pte_at(walk, spa);
    case PCL_GPA_FOR_PTE_UPDATE: return pcl_walk_pte_update_at(walk, spa);
    default: return pcl_walk_grant(walk, false);
  }
}

// The PTE of this level in the table at `ppn`. The root table has four times the entries of one that a pointer leads to.
static pcl_step_t read_gpte(pcl_walk_t *walk, unsigned level, uint64_t ppn, bool root) {
  uint64_t index = walk->gpa >> level_shift(walk, level);
  if (!root) index &= walk->s2_sv32 ? 0x3ff : 0x1ff;
  const unsigned bytes = walk->s2_sv32 ? 4 : 8;
  walk->g_level = (uint8_t)level;
  return pcl_walk_read(walk, PCL_ACCESS_GPTE, level, (ppn << 12) + index * bytes, bytes);
}

pcl_step_t pcl_walk_translate_gpa(pcl_walk_t *walk, uint64_t gpa, pcl_gpa_purpose_t purpose) {
  walk->gpa = gpa;
  walk->g_purpose = (uint8_t)purpose;
  if (walk->s2_bare) {
    walk->s2 = (pcl_stage_leaf_t){.shift = 64, .rights = PCL_RIGHT_RWX, .d = true};
    return translated(walk, gpa);
  }
  const unsigned mode = pcl_mode_field(walk->dc.iohgatp);
  walk->g_root_level = (uint8_t)(walk->s2_sv32 ? 1 : mode - PCL_IOHGATP_SV39X4 + 2);
  // Bits above the guest physical address must be 0; with SXL those above 33 (IOMMU spec 3.1.3).
  const unsigned width = level_shift(walk, walk->g_root_level + 1u) + 2;
  if (gpa >> width || (walk->s1_sv32 && gpa >> SXL_GPA_BITS)) return guest_page_fault(walk);
  walk->in_g = true;
  return read_gpte(walk, walk->g_root_level, walk->dc.iohgatp & PCL_PPN_MASK, true);
}

// Right that the purpose needs, and whether it needs D: an implicit access is a read or a write whatever the request is.
static unsigned need(const pcl_walk_t *walk) {
  switch (walk->g_purpose) {
    case PCL_GPA_FOR_ACCESS: return pcl_walk_need(&walk->request);
    case PCL_GPA_FOR_PTE_UPDATE: return PCL_RIGHT_W;
    default: return PCL_RIGHT_R;
  }
}

static bool stores(const pcl_walk_t *walk, unsigned rights) {
  switch (walk->g_purpose) {
    case PCL_GPA_FOR_ACCESS: return pcl_walk_stores(&walk->request, rights);
    case PCL_GPA_FOR_PTE_UPDATE: return true;
    default: return false;
  }
}

static uint64_t leaf_spa(const pcl_walk_t *walk) {
  return walk->s2.ppn << 12 | (walk->gpa & (PCL_BIT(walk->s2.shift) - 1));
}

// Steps 6 to 10 of the Virtual Address Translation Process.
static pcl_step_t leaf(pcl_walk_t *walk, uint64_t pte) {
  const unsigned rights = pcl_pte_rights(pte, (pcl_privilege_t){.supervisor = false});
  if (!(rights & need(walk))) return guest_page_fault(walk);  // steps 6 to 8
  const uint64_t missing = pcl_pte_missing(pte, stores(walk, rights));
  if (missing) {  // step 9
    if (!(walk->dc.tc & PCL_TC_GADE)) return guest_page_fault(walk);
    return pcl_walk_update(walk, PCL_ACCESS_GPTE, walk->g_level, walk->access.addr, pte, missing);
  }
  walk->new_g_leaf = true;  // step 10
  pcl_pte_leaf(pte, level_shift(walk, walk->g_level), &walk->s2);
  return translated(walk, leaf_spa(walk));
}

pcl_step_t pcl_walk_step_gpte(pcl_walk_t *walk, const pcl_response_t *response) {
  // IOMMU spec 3.3.2: on the way to the process directory an error is one of the directory.
  const bool for_pdt = walk->g_purpose == PCL_GPA_FOR_PDT;
  switch (response->status) {
    case PCL_MEM_ACCESS_FAULT:
      return for_pdt ? pcl_walk_fault(walk, PCL_CAUSE_PDT_ACCESS) : pcl_walk_typed_fault(walk, PCL_FAULT_ACCESS, 0);
    case PCL_MEM_POISON: return pcl_walk_fault(walk, for_pdt ? PCL_CAUSE_PDT_CORRUPTION : PCL_CAUSE_PT_CORRUPTION);
    case PCL_MEM_CHANGED:
      return pcl_walk_read(walk, PCL_ACCESS_GPTE, walk->g_level, walk->access.addr, walk->access.bytes);
    default: break;
  }
  const uint64_t pte = pcl_walk_pte(walk, response);
  switch (pcl_pte_classify_at(walk->regs.capabilities, pte, level_shift(walk, walk->g_level))) {
    case PCL_PTE_FAULT: return guest_page_fault(walk);
    case PCL_PTE_POINTER:
      walk->new_g_nonleaf = true;
      return read_gpte(walk, walk->g_level - 1u, pcl_ppn_field(pte), false);
    default: return leaf(walk, pte);
  }
}

bool pcl_walk_accepts_gpa(const pcl_walk_t *walk, const pcl_g_leaf_t *cached) {
  const bool wants_w = stores(walk, PCL_RIGHT_RWX);
  return cached->rights & need(walk) && (!wants_w || cached->rights & PCL_RIGHT_W);
}

pcl_step_t pcl_walk_skip_gpa(pcl_walk_t *walk, const pcl_g_leaf_t *cached) {
  assert(pcl_walk_at_gpa(walk) && pcl_walk_accepts_gpa(walk, cached));
  walk->s2 = (pcl_stage_leaf_t){
    .ppn = cached->ppn,
    .shift = cached->shift,
    .rights = cached->rights,
    .pbmt = cached->pbmt,
    .d = cached->rights & PCL_RIGHT_W,
  };
  return translated(walk, leaf_spa(walk));
}

pcl_step_t pcl_walk_skip_gpa_to(pcl_walk_t *walk, unsigned level, uint64_t table_ppn) {
  assert(pcl_walk_at_gpa(walk) && level <= 4);
  return read_gpte(walk, level, table_ppn, false);
}

bool pcl_walk_new_g_nonleaf(const pcl_walk_t *walk, pcl_nonleaf_t *nonleaf) {
  if (!walk->new_g_nonleaf) return false;
  *nonleaf = (pcl_nonleaf_t){
    .table_ppn = walk->access.addr >> 12,
    .va_prefix = pcl_gpa_prefix(walk->gpa, walk->g_level),
    .level = walk->g_level,
    .shift = (uint8_t)level_shift(walk, walk->g_level + 1u),
  };
  return true;
}

bool pcl_walk_new_g_leaf(const pcl_walk_t *walk, pcl_g_leaf_t *cached) {
  if (!walk->new_g_leaf) return false;
  *cached = (pcl_g_leaf_t){
    .gpn = walk->gpa >> walk->s2.shift << (walk->s2.shift - 12),
    .ppn = walk->s2.ppn,
    .shift = walk->s2.shift,
    .rights = walk->s2.rights,
    .pbmt = walk->s2.pbmt,
  };
  return true;
}
