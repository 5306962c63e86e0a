// SPDX-License-Identifier: Apache-2.0
//
// PTE rules; step numbers are those of the privileged spec's "Virtual Address Translation Process".
#include "arch/pte.h"

#define PTE_RESERVED         (UINT64_C(0x1f) << 54)
#define PTE_SOFTWARE         (UINT64_C(3) << 59)
#define PTE_HIGH             (PTE_RESERVED | PTE_SOFTWARE | PCL_PTE_PBMT)
#define PTE_POINTER_RESERVED (PCL_PTE_N | PCL_PTE_PBMT | PCL_PTE_D | PCL_PTE_A | PCL_PTE_U)
#define NAPOT_64K            8  // ppn[3:0] of the only defined NAPOT size
#define NAPOT_PPN_BITS       UINT64_C(0xf)
#define NAPOT_SHIFT          16

pcl_pte_class_t pcl_pte_classify_at(uint64_t capabilities, uint64_t pte, unsigned shift) {
  // Step 3: V, R/W encoding (R=0, W=1 stays reserved: Zicfiss does not apply to IO), reserved bits.
  if (!(pte & PCL_PTE_V)) return PCL_PTE_FAULT;
  if ((pte & (PCL_PTE_R | PCL_PTE_W)) == PCL_PTE_W) return PCL_PTE_FAULT;
  if (pte & PTE_HIGH) {
    if (pte & PTE_RESERVED) return PCL_PTE_FAULT;
    if (pte & PTE_SOFTWARE && !(capabilities & PCL_CAP_SVRSW60T59B)) return PCL_PTE_FAULT;
    if (pte & PCL_PTE_PBMT && !(capabilities & PCL_CAP_SVPBMT)) return PCL_PTE_FAULT;
    if ((pte & PCL_PTE_PBMT) == PCL_PTE_PBMT) return PCL_PTE_FAULT;
  }

  // Step 4: pointer to the next level.
  if (!(pte & (PCL_PTE_R | PCL_PTE_X))) {
    return pte & PTE_POINTER_RESERVED || shift == 12 ? PCL_PTE_FAULT : PCL_PTE_POINTER;
  }

  // Svnapot, table of encodings: 64 KiB at level 0 is the only one that is not reserved.
  if (pte & PCL_PTE_N && (shift != 12 || (pcl_ppn_field(pte) & NAPOT_PPN_BITS) != NAPOT_64K)) return PCL_PTE_FAULT;
  // Step 5: misaligned superpage.
  if (pcl_ppn_field(pte) & (PCL_BIT(shift - 12) - 1)) return PCL_PTE_FAULT;
  return PCL_PTE_LEAF;
}

void pcl_pte_leaf(uint64_t pte, unsigned shift, pcl_stage_leaf_t *leaf) {
  const bool napot = pte & PCL_PTE_N;
  const bool dirty = pte & PCL_PTE_D;
  leaf->ppn = pcl_ppn_field(pte) & ~(napot ? NAPOT_PPN_BITS : 0);
  leaf->shift = (uint8_t)(napot ? NAPOT_SHIFT : shift);
  leaf->rights = (uint8_t)(pte >> 1 & (dirty ? PCL_RIGHT_RWX : PCL_RIGHT_R | PCL_RIGHT_X));
  leaf->pbmt = (uint8_t)((pte & PCL_PTE_PBMT) >> 61);
  leaf->d = dirty;
  leaf->g = pte & PCL_PTE_G;
  leaf->u = pte & PCL_PTE_U;
}
