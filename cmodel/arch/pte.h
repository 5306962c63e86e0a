// SPDX-License-Identifier: Apache-2.0
//
// First-stage page table entries of Sv39, Sv48 and Sv57 with Svnapot and Svpbmt (privileged spec, "Virtual Address
// Translation Process" steps 3 to 9).
//
//   63 N | 62:61 PBMT | 60:59 software (Svrsw60t59b) or rsvd | 58:54 rsvd | 53:10 PPN | 9:8 RSW | 7 D | 6 A | 5 G | 4 U |
//   3 X | 2 W | 1 R | 0 V
#ifndef PCL_ARCH_PTE_H
#define PCL_ARCH_PTE_H

#include "arch/caps.h"
#include "arch/types.h"

#define PCL_PTE_V    PCL_BIT(0)
#define PCL_PTE_R    PCL_BIT(1)
#define PCL_PTE_W    PCL_BIT(2)
#define PCL_PTE_X    PCL_BIT(3)
#define PCL_PTE_U    PCL_BIT(4)
#define PCL_PTE_G    PCL_BIT(5)
#define PCL_PTE_A    PCL_BIT(6)
#define PCL_PTE_D    PCL_BIT(7)
#define PCL_PTE_PBMT (UINT64_C(3) << 61)
#define PCL_PTE_N    PCL_BIT(63)

typedef enum { PCL_PTE_FAULT, PCL_PTE_POINTER, PCL_PTE_LEAF } pcl_pte_class_t;

// Who asks: what the U bit means to it.
typedef struct {
  bool supervisor;
  bool sum;
} pcl_privilege_t;

// Steps 3 to 5: valid, well-formed, pointer or aligned leaf. FAULT is a page fault.
pcl_pte_class_t pcl_pte_classify(uint64_t capabilities, uint64_t pte, unsigned level);

// Steps 6 to 9 for a leaf, as final rights of this requester in r, w, x; ppn (of the leaf's base), size, d, g, u, pbmt are
// filled in as well. No right at all means that U or A forbids every access.
void pcl_pte_grant(uint64_t pte, unsigned level, pcl_privilege_t who, pcl_translation_t *translation);

// Whether the IOVA is canonical: bits above the VA of this root level (2 Sv39, 3 Sv48, 4 Sv57) equal its sign bit.
static inline bool pcl_va_canonical(uint64_t iova, unsigned root_level) {
  unsigned spare = 64 - (12 + 9 * (root_level + 1));
  return (uint64_t)((int64_t)(iova << spare) >> spare) == iova;
}

#endif
