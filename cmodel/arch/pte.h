// SPDX-License-Identifier: Apache-2.0
//
// Page table entries of Sv32, Sv39, Sv48 and Sv57, and of Sv32x4 to Sv57x4, with Svnapot and Svpbmt (privileged spec,
// "Virtual Address Translation Process" steps 3 to 9, and "Guest Physical Address Translation").
//
//   63 N | 62:61 PBMT | 60:59 software (Svrsw60t59b) or rsvd | 58:54 rsvd | 53:10 PPN | 9:8 RSW | 7 D | 6 A | 5 G | 4 U |
//   3 X | 2 W | 1 R | 0 V            Sv32, Sv32x4: the low half, with 31:10 PPN; zero-extended it obeys the same rules
//
// A level is described by its shift, log2 of the bytes that a leaf of it maps: 12 + 9 * level, for Sv32 12 + 10 * level.
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

// A leaf of one stage. Its rights do not look at U; W goes if D is 0.
typedef struct {
  uint64_t ppn;    // of the leaf's base
  uint8_t shift;   // log2 of its bytes; 64 if the stage is Bare
  uint8_t rights;  // PCL_RIGHT_*
  uint8_t pbmt;
  bool d;
  bool g;
  bool u;
} pcl_stage_leaf_t;

// Steps 3 to 5: valid, well-formed, pointer or aligned leaf. FAULT is a page fault.
pcl_pte_class_t pcl_pte_classify_at(uint64_t capabilities, uint64_t pte, unsigned shift);

// The same at a level of Sv39, Sv48, Sv57 and their x4 variants.
static inline pcl_pte_class_t pcl_pte_classify(uint64_t capabilities, uint64_t pte, unsigned level) {
  return pcl_pte_classify_at(capabilities, pte, 12 + 9 * level);
}

// Step 6: the rights that U of a leaf leaves to this requester. SUM lets a supervisor load and store, never execute.
static inline unsigned pcl_class_rights(bool user_page, pcl_privilege_t who) {
  if (user_page != who.supervisor) return PCL_RIGHT_RWX;
  return user_page && who.sum ? PCL_RIGHT_R | PCL_RIGHT_W : 0;
}

// Steps 6 to 8 for a leaf: R, W, X of this requester, whatever A and D say. They stand in this order from bit 1 on.
static inline unsigned pcl_pte_rights(uint64_t pte, pcl_privilege_t who) {
  return (unsigned)(pte >> 1) & pcl_class_rights(pte & PCL_PTE_U, who);
}

// Step 9: the bits A and D that an access needs and the leaf lacks; `store` is one that needs D.
static inline uint64_t pcl_pte_missing(uint64_t pte, bool store) { return (PCL_PTE_A | (store ? PCL_PTE_D : 0)) & ~pte; }

// A leaf whose A is set.
void pcl_pte_leaf(uint64_t pte, unsigned shift, pcl_stage_leaf_t *leaf);

// Whether the IOVA is canonical: bits above the VA of this root level (2 Sv39, 3 Sv48, 4 Sv57) equal its sign bit.
static inline bool pcl_va_canonical(uint64_t iova, unsigned root_level) {
  unsigned spare = 64 - (12 + 9 * (root_level + 1));
  return (uint64_t)((int64_t)(iova << spare) >> spare) == iova;
}

#endif
