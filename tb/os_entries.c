// SPDX-License-Identifier: Apache-2.0
//
// Values of page-table entries of both stages and of MSI page table entries: legal, odd, and such that must fault.
#include "os_agent.h"

// Page numbers of no memory, or of corrupt memory.
uint64_t os_nowhere(os_t *os) { return (os_below(os, 2) ? AXI_MEM_HOLE : AXI_MEM_CORRUPT) / PCL_PAGE | os_below(os, 1u << 16); }

// Mostly with A and D set, unless the IOMMU can set them.
uint64_t os_choose_rights(os_t *os) {
  uint64_t fresh = os_has(os, PCL_CAPABILITIES_AMO_HWAD_MASK) && os_below(os, 6) == 0 ? PCL_MAP_ACCESSED | PCL_MAP_DIRTY : 0;
  if (fresh && os_below(os, 2)) fresh = PCL_MAP_DIRTY;
  switch (os_below(os, 8)) {
    case 0: return PCL_MAP_RO & ~fresh;
    case 1: return (PCL_MAP_RO | PCL_MAP_EXEC) & ~fresh;
    case 2: return (PCL_MAP_RW | PCL_MAP_EXEC) & ~fresh;
    default: return PCL_MAP_RW & ~fresh;
  }
}

// Legal leaves that allow less than they seem to, or differ otherwise.
uint64_t os_make_odd(os_t *os, uint64_t pte) {
  bool pbmt = os_has(os, PCL_CAPABILITIES_SVPBMT_MASK), software = os_has(os, PCL_CAPABILITIES_SVRSW60T59B_MASK);
  switch (os_below(os, 8)) {
    case 0: return pte & ~PCL_MAP_DIRTY;
    case 1: return pte & ~PCL_MAP_ACCESSED;
    case 2: return pte & ~PCL_MAP_USER;
    case 3: return (pte & ~(PCL_MAP_READ | PCL_MAP_WRITE)) | PCL_MAP_EXEC;
    case 4: return pte | UINT64_C(3) << 8 | (software ? UINT64_C(3) << 59 : 0);  // software's own
    case 5: return pbmt ? pte | PCL_MAP_NONCACHED : pte;
    case 6: return pbmt ? pte | PCL_MAP_IO : pte;
    default: return pte | PCL_MAP_GLOBAL;
  }
}

// Malformed leaves, malformed pointers, pointers into nowhere, V=0 with everything else set.
uint64_t os_make_broken(os_t *os, unsigned space, uint64_t pte, unsigned level) {
  static const uint64_t reserved[6] = {
    UINT64_C(1) << 54, UINT64_C(1) << 58, UINT64_C(1) << 59, UINT64_C(1) << 60, UINT64_C(3) << 61, UINT64_C(1) << 63,
  };
  bool guest = !os_is_second(space) && os_vm_of(os, space) >= 0;
  uint64_t pointer = (guest ? os->vm[os_vm_of(os, space)].vm.window : os->scratch) >> 2 | PCL_MAP_VALID;
  switch (os_below(os, 8)) {
    case 0: return (pte & ~(PCL_MAP_READ | PCL_MAP_EXEC)) | PCL_MAP_WRITE;
    case 1: return pte | reserved[os_below(os, level == 0 ? 5 : 6)];
    case 2: return level ? pte | UINT64_C(1) << 10 : (pte & ~(UINT64_C(15) << 10)) | PCL_MAP_NAPOT | UINT64_C(7) << 10;
    case 3: return pointer | (UINT64_C(1) << (4 + os_below(os, 4)));
    case 4: return pointer | reserved[os_below(os, 6)];
    case 5: return os_nowhere(os) << 10 | PCL_MAP_VALID;
    case 6: return pte & ~PCL_MAP_VALID;
    default: return pointer & (level ? ~PCL_MAP_VALID : ~UINT64_C(0));
  }
}

// The first doubleword of an MSI page table entry (IOMMU spec 3.3.3): basic, M = 3. Broken: reserved bits, other modes, C, V=0.
uint64_t os_msi_entry(os_t *os, bool broken) {
  uint64_t basic = os_choose_frame(os, 0) >> 2 | UINT64_C(3) << 1 | PCL_MAP_VALID;
  if (!broken) return basic;
  switch (os_below(os, 6)) {
    case 0: return basic | UINT64_C(1) << rng_range(&os->rng, 3, 9);
    case 1: return basic | UINT64_C(1) << rng_range(&os->rng, 54, 62);
    case 2: return basic & ~(os_has(os, PCL_CAPABILITIES_MSI_MRIF_MASK) ? UINT64_C(3) << 1 : UINT64_C(2) << 1);
    case 3: return basic & ~(UINT64_C(1) << 1);
    case 4: return basic | UINT64_C(1) << 63;
    default: return basic & ~PCL_MAP_VALID;
  }
}
