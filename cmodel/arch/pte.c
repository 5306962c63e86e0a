// SPDX-License-Identifier: Apache-2.0
//
// First-stage PTE rules; step numbers are those of the privileged spec's "Virtual Address Translation Process".
#include "arch/pte.h"

#define PTE_RESERVED         (UINT64_C(0x1f) << 54)
#define PTE_SOFTWARE         (UINT64_C(3) << 59)
#define PTE_POINTER_RESERVED (PCL_PTE_N | PCL_PTE_PBMT | PCL_PTE_D | PCL_PTE_A | PCL_PTE_U)
#define NAPOT_64K            8  // ppn[3:0] of the only defined NAPOT size
#define NAPOT_PPN_BITS       UINT64_C(0xf)

pcl_pte_class_t pcl_pte_classify(uint64_t capabilities, uint64_t pte, unsigned level) {
  // Step 3: V, R/W encoding (R=0, W=1 stays reserved: Zicfiss does not apply to IO), reserved bits.
  if (!(pte & PCL_PTE_V)) return PCL_PTE_FAULT;
  if ((pte & (PCL_PTE_R | PCL_PTE_W)) == PCL_PTE_W) return PCL_PTE_FAULT;
  if (pte & PTE_RESERVED) return PCL_PTE_FAULT;
  if (pte & PTE_SOFTWARE && !(capabilities & PCL_CAP_SVRSW60T59B)) return PCL_PTE_FAULT;
  if (pte & PCL_PTE_PBMT) {
    if (!(capabilities & PCL_CAP_SVPBMT) || (pte & PCL_PTE_PBMT) == PCL_PTE_PBMT) return PCL_PTE_FAULT;
  }

  // Step 4: pointer to the next level.
  if (!(pte & (PCL_PTE_R | PCL_PTE_X))) {
    return pte & PTE_POINTER_RESERVED || level == 0 ? PCL_PTE_FAULT : PCL_PTE_POINTER;
  }

  // Svnapot, table of encodings: 64 KiB at level 0 is the only one that is not reserved.
  if (pte & PCL_PTE_N && (level != 0 || (pcl_ppn_field(pte) & NAPOT_PPN_BITS) != NAPOT_64K)) return PCL_PTE_FAULT;
  // Step 5: misaligned superpage.
  if (pcl_ppn_field(pte) & (PCL_BIT(9 * level) - 1)) return PCL_PTE_FAULT;
  return PCL_PTE_LEAF;
}

void pcl_pte_grant(uint64_t pte, unsigned level, pcl_privilege_t who, pcl_translation_t *translation) {
  const bool user_page = pte & PCL_PTE_U;
  const bool dirty = pte & PCL_PTE_D;
  const bool napot = pte & PCL_PTE_N;
  // Step 6: U. SUM lets a supervisor load and store, never execute.
  const bool data_allowed = who.supervisor ? !user_page || who.sum : user_page;
  const bool exec_allowed = user_page != who.supervisor;
  // Step 9: with A=0 every access faults, with D=0 every store.
  const bool accessed = pte & PCL_PTE_A;

  translation->ppn = pcl_ppn_field(pte) & ~(napot ? NAPOT_PPN_BITS : 0);
  translation->size = (uint8_t)(level == 0 ? (napot ? PCL_SIZE_64K : PCL_SIZE_4K) : PCL_SIZE_2M + level - 1);
  translation->pbmt = (uint8_t)((pte & PCL_PTE_PBMT) >> 61);
  // Step 8: R, W, X.
  translation->r = pte & PCL_PTE_R && data_allowed && accessed;
  translation->w = pte & PCL_PTE_W && data_allowed && accessed && dirty;
  translation->x = pte & PCL_PTE_X && exec_allowed && accessed;
  translation->d = dirty;
  translation->g = pte & PCL_PTE_G;
  translation->u = user_page;
}
