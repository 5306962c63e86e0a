// SPDX-License-Identifier: Apache-2.0
//
// First stage (item 17 of IOMMU spec 3.3): Sv32, Sv39, Sv48, Sv57. "Step n" is that of the privileged spec's Virtual Address
// Translation Process.
#include "walk_parts.h"

#include <assert.h>

#define SV32_BITS 32

static unsigned level_shift(const pcl_walk_t *walk, unsigned level) { return 12 + (walk->s1_sv32 ? 10 : 9) * level; }

// Whether the bits above the virtual address are as they must be: with SXL they are 0 (IOMMU spec 3.1.3), else all equal the
// sign bit.
static bool iova_fits(const pcl_walk_t *walk) {
  const uint64_t iova = walk->request.iova;
  return walk->s1_sv32 ? iova >> SV32_BITS == 0 : pcl_va_canonical(iova, walk->root_level);
}

// The first stage as iosatp (iosatp, PC.fsc) says; the second follows.
pcl_step_t pcl_walk_first_stage(pcl_walk_t *walk, uint64_t iosatp, uint32_t pscid) {
  const unsigned mode = pcl_mode_field(iosatp);
  walk->s1_bare = mode == PCL_MODE_BARE;
  if (walk->s1_bare) {
    if (walk->s2_bare) return pcl_walk_pass_through(walk);
    walk->s1 = (pcl_stage_leaf_t){.shift = 64, .rights = PCL_RIGHT_RWX, .d = true};
    walk->a = walk->request.iova;
    return pcl_walk_msi(walk);
  }
  walk->phase = PCL_PHASE_PT;
  walk->pscid = pscid;
  walk->root_level = (uint8_t)(walk->s1_sv32 ? 1 : mode - PCL_IOSATP_SV39 + 2);
  if (!iova_fits(walk)) return pcl_walk_typed_fault(walk, PCL_FAULT_PAGE, 0);
  return pcl_walk_want_pte(walk, walk->root_level, iosatp & PCL_PPN_MASK);
}

// Place of the PTE of this level in its table.
static uint64_t pte_offset(const pcl_walk_t *walk, unsigned level) {
  const uint64_t vpn = walk->request.iova >> level_shift(walk, level);
  return walk->s1_sv32 ? (vpn & 0x3ff) * 4 : (vpn & 0x1ff) * 8;
}

// Step 2: the PTE of this level, whose address is a GPA if the second stage is not Bare.
pcl_step_t pcl_walk_want_pte(pcl_walk_t *walk, unsigned level, uint64_t table_ppn) {
  walk->level = (uint8_t)level;
  walk->table_ppn = table_ppn;
  walk->direct = false;
  return pcl_walk_translate_gpa(walk, (table_ppn << 12) + pte_offset(walk, level), PCL_GPA_FOR_PTE);
}

pcl_step_t pcl_walk_skip_to(pcl_walk_t *walk, unsigned level, uint64_t table_ppn) {
  assert(pcl_walk_at_root(walk) && level <= 4);
  walk->in_g = false;
  return pcl_walk_want_pte(walk, level, table_ppn);
}

pcl_step_t pcl_walk_skip_to_spa(pcl_walk_t *walk, unsigned level, uint64_t table_spn) {
  if (walk->s2_bare) return pcl_walk_skip_to(walk, level, table_spn);
  assert(pcl_walk_at_root(walk) && level <= 4);
  walk->in_g = false;
  walk->level = (uint8_t)level;
  walk->direct = true;
  return pcl_walk_pte_at(walk, (table_spn << 12) + pte_offset(walk, level));
}

pcl_step_t pcl_walk_pte_at(pcl_walk_t *walk, uint64_t spa) {
  return pcl_walk_read(walk, PCL_ACCESS_PTE, walk->level, spa, walk->s1_sv32 ? 4 : 8);
}

// Step 9: bits that are missing in walk->pte.
static uint64_t missing(const pcl_walk_t *walk) {
  const unsigned rights = pcl_pte_rights(walk->pte, pcl_walk_privilege(walk));
  return pcl_pte_missing(walk->pte, pcl_walk_stores(&walk->request, rights));
}

pcl_step_t pcl_walk_pte_update_at(pcl_walk_t *walk, uint64_t spa) {
  return pcl_walk_update(walk, PCL_ACCESS_PTE, walk->level, spa, walk->pte, missing(walk));
}

// The GPA of the PTE is not known: finds it from the root on.
static pcl_step_t begin_anew(pcl_walk_t *walk) {
  const uint64_t iosatp = walk->dc.tc & PCL_TC_PDTV ? walk->pc.fsc : walk->dc.fsc;
  walk->began_anew = true;
  return pcl_walk_want_pte(walk, walk->root_level, iosatp & PCL_PPN_MASK);
}

// Steps 6 to 10 for the leaf in walk->pte.
static pcl_step_t leaf(pcl_walk_t *walk) {
  // Steps 6 to 8.
  if (!(pcl_pte_rights(walk->pte, pcl_walk_privilege(walk)) & pcl_walk_need(&walk->request))) {
    return pcl_walk_typed_fault(walk, PCL_FAULT_PAGE, 0);
  }
  // Step 9. The update is an implicit write of the guest: the second stage must allow that too.
  if (missing(walk)) {
    if (!(walk->dc.tc & PCL_TC_SADE)) return pcl_walk_typed_fault(walk, PCL_FAULT_PAGE, 0);
    if (walk->direct) return begin_anew(walk);
    return pcl_walk_translate_gpa(walk, walk->gpa, PCL_GPA_FOR_PTE_UPDATE);
  }
  // Step 10.
  pcl_pte_leaf(walk->pte, level_shift(walk, walk->level), &walk->s1);
  walk->a = walk->s1.ppn << 12 | (walk->request.iova & (PCL_BIT(walk->s1.shift) - 1));
  return pcl_walk_msi(walk);
}

pcl_step_t pcl_walk_step_pte(pcl_walk_t *walk, const pcl_response_t *response) {
  // Step 2 and data corruption (IOMMU spec 4.2); of an update, step 9: a changed entry is read again.
  switch (response->status) {
    case PCL_MEM_ACCESS_FAULT: return pcl_walk_typed_fault(walk, PCL_FAULT_ACCESS, 0);
    case PCL_MEM_POISON: return pcl_walk_fault(walk, PCL_CAUSE_PT_CORRUPTION);
    case PCL_MEM_CHANGED: return pcl_walk_pte_at(walk, walk->access.addr);
    default: break;
  }
  walk->pte = pcl_walk_pte(walk, response);
  // Steps 3 to 5.
  switch (pcl_pte_classify_at(walk->regs.capabilities, walk->pte, level_shift(walk, walk->level))) {
    case PCL_PTE_FAULT: return pcl_walk_typed_fault(walk, PCL_FAULT_PAGE, 0);
    case PCL_PTE_POINTER:
      walk->new_nonleaf = true;
      return pcl_walk_want_pte(walk, walk->level - 1u, pcl_ppn_field(walk->pte));
    default: return leaf(walk);
  }
}

bool pcl_walk_new_nonleaf(const pcl_walk_t *walk, pcl_nonleaf_t *nonleaf) {
  if (!walk->new_nonleaf) return false;
  *nonleaf = (pcl_nonleaf_t){
    .table_ppn = walk->table_ppn,
    .va_prefix = pcl_va_prefix(walk->request.iova, walk->level),
    .level = walk->level,
    .shift = (uint8_t)level_shift(walk, walk->level + 1u),
  };
  return true;
}
