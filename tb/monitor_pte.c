// SPDX-License-Identifier: Apache-2.0
//
// The format of page-table entries (privileged spec: Sv32, Sv39, Sv48, Sv57, Svnapot, Svpbmt; IOMMU spec 9.4 Svrsw60t59b). The
// second stage has the same, but for its root.
//
//   63  62:61  60:59 58:54  53:10  9:8  7 6 5 4 3 2 1 0        Sv32: 31:10 PPN, no bits above
//   N   PBMT   RSW   0      PPN    RSW  D A G U X W R V
#include "monitor_walk.h"

static bool is_reserved(const monitor_t *m, uint64_t pte) {
  unsigned pbmt = pte >> 61 & 3;
  return (pte >> 54 & 31) || (!m->has.svrsw60t59b && (pte >> 59 & 3)) || pbmt == 3 || (pbmt && !m->has.svpbmt);
}

monitor_pte_t monitor_pte(const monitor_t *m, uint64_t pte, unsigned level, bool sv32) {
  monitor_pte_t p = {.kind = MONITOR_PTE_BAD, .ppn = pte >> 10 & MONITOR_PPN, .pbmt = pte >> 61 & 3};
  p.size_bits = (uint8_t)monitor_level_bits(level, sv32);
  if (!(pte & PTE_V)) {
    p.kind = MONITOR_PTE_INVALID;
  } else if (((pte & PTE_W) && !(pte & PTE_R)) || is_reserved(m, pte)) {
    return p;
  } else if (!(pte & (PTE_R | PTE_X))) {
    p.size_bits = 0;
    if (level && !(pte & (PTE_D | PTE_A | PTE_U)) && pte >> 61 == 0) p.kind = MONITOR_PTE_TABLE;
  } else {
    if (pte >> 63) {   // 64 KiB only
      if (level || (p.ppn & 15) != 8) return p;
      p.size_bits = 4;
      p.ppn &= ~UINT64_C(15);
    }
    if (!(p.ppn & ((UINT64_C(1) << p.size_bits) - 1))) p.kind = MONITOR_PTE_LEAF;
  }
  return p;
}
