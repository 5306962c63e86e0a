// SPDX-License-Identifier: Apache-2.0
//
// Item 18 of IOMMU spec 3.3: accesses to virtual interrupt files. They are recognised by the guest physical address that the
// first stage gave, before any check of the second. "3.3.3 item n" is item n of the process to translate addresses of MSIs.
#include "walk_parts.h"

#include "arch/msi_pte.h"

static bool enabled(const pcl_walk_t *walk) { return pcl_mode_field(walk->dc.msiptp) != PCL_MODE_BARE; }

bool pcl_walk_msi_in_range(const pcl_walk_t *walk, unsigned shift) {
  return enabled(walk) && pcl_msi_in_range(&walk->dc, walk->a, shift);
}

pcl_step_t pcl_walk_msi(pcl_walk_t *walk) {
  // 3.3.3 items 3 and 4; item 19 if the address is not a virtual interrupt file's.
  if (!enabled(walk) || !pcl_msi_matches(&walk->dc, walk->a)) {
    walk->phase = PCL_PHASE_FINAL;
    return pcl_walk_translate_gpa(walk, walk->a, PCL_GPA_FOR_ACCESS);
  }
  // Items 5 to 7.
  walk->phase = PCL_PHASE_MSI;
  const uint64_t table = (walk->dc.msiptp & PCL_PPN_MASK) << 12;
  return pcl_walk_read(walk, PCL_ACCESS_MSI_PTE, 0, table | pcl_msi_file_number(&walk->dc, walk->a) * 16, 16);
}

pcl_step_t pcl_walk_step_msi(pcl_walk_t *walk, const pcl_response_t *response) {
  const pcl_request_t *request = &walk->request;
  // Items 7 and 8.
  if (response->status != PCL_MEM_OK) {
    return pcl_walk_fault(walk, response->status == PCL_MEM_POISON ? PCL_CAUSE_MSI_PT_CORRUPTION : PCL_CAUSE_MSI_PTE_ACCESS);
  }
  // Items 9 to 14.
  const bool swap = walk->regs.fctl & PCL_FCTL_BE;
  const uint64_t dw[2] = {
    swap ? __builtin_bswap64(response->data[0]) : response->data[0],
    swap ? __builtin_bswap64(response->data[1]) : response->data[1],
  };
  pcl_msi_pte_t pte;
  const unsigned cause = pcl_msi_pte_decode(walk->regs.capabilities, dw, &pte);
  if (cause) return pcl_walk_fault(walk, cause);
  // IOMMU spec 5: a debug request does not deposit anything.
  if (pte.is_mrif && request->debug) return pcl_walk_fault(walk, PCL_CAUSE_TYPE_DISALLOWED);
  // Item 15: rights are those of a second-stage leaf with R=W=U=1, X=0, and A=D=1.
  if (pcl_walk_need(request) == PCL_RIGHT_X) return pcl_walk_typed_fault(walk, PCL_FAULT_ACCESS, 0);
  walk->s2 = (pcl_stage_leaf_t){.ppn = pte.ppn, .shift = 12, .rights = PCL_RIGHT_R | PCL_RIGHT_W, .d = true};
  pcl_walk_grant(walk, true);
  walk->outcome.is_mrif = pte.is_mrif;
  if (pte.is_mrif) walk->outcome.mrif = pte.mrif;
  return PCL_STEP_DONE;  // item 16
}
