// SPDX-License-Identifier: Apache-2.0
#include "context.h"

#include "arch/dc.h"
#include "arch/msi_pte.h"
#include "arch/pc.h"
#include "arch/pte.h"

enum { SV32_BITS = 32, SXL_GPA_BITS = 34 };

// The first stage as iosatp says.
static void first_stage(pcl_context_t *context, uint64_t iosatp, uint64_t ta) {
  context->known = true;
  context->s1_mode = (uint8_t)pcl_mode_field(iosatp);
  context->space.s1 = context->s1_mode != PCL_MODE_BARE;
  if (context->space.s1) context->space.pscid = (uint32_t)pcl_pscid_field(ta);
}

// IOMMU spec 3.3 items 7 and 10 to 15, as far as they are sure to grant.
pcl_context_t pcl_context_of(const pcl_known_t *known, const pcl_miss_req_t *req) {
  pcl_context_t context = {.known = false};
  const pcl_dc_t *dc = &known->dc;
  if (!known->dc_known) return context;
  context.sv32 = dc->tc & PCL_TC_SXL;
  context.rcid = pcl_rcid_field(dc->ta);
  context.mcid = pcl_mcid_field(dc->ta);
  context.msi = pcl_mode_field(dc->msiptp) != PCL_MODE_BARE;
  if (pcl_mode_field(dc->iohgatp) != PCL_MODE_BARE) {
    context.space.gv = true;
    context.space.gscid = pcl_gscid_field(dc->iohgatp);
  }
  if (!(dc->tc & PCL_TC_PDTV)) {
    if (!req->pv) first_stage(&context, dc->fsc, dc->ta);
  } else if (pcl_mode_field(dc->fsc) == PCL_MODE_BARE || !(req->pv || dc->tc & PCL_TC_DPE)) {
    first_stage(&context, 0, 0);
  } else if (known->pc_known && (!req->priv || known->pc.ta & PCL_PC_ENS)) {
    first_stage(&context, known->pc.fsc, known->pc.ta);
    context.pc_used = true;
    context.sum = known->pc.ta & PCL_PC_SUM;
  }
  return context;
}

static unsigned gpa_width(const pcl_dc_t *dc, bool sxl, uint32_t fctl) {
  if (sxl || fctl & PCL_FCTL_GXL) return SXL_GPA_BITS;
  return 41 + 9 * (pcl_mode_field(dc->iohgatp) - PCL_IOHGATP_SV39X4);
}

bool pcl_context_fast(const pcl_context_t *context, const pcl_dc_t *dc, const pcl_miss_req_t *req, uint32_t fctl) {
  if (!context->known || req->illegal || req->translated || req->ats || req->pri) return false;
  if (context->space.s1) {
    return context->sv32 ? req->iova >> SV32_BITS == 0 : pcl_va_canonical(req->iova, context->s1_mode - PCL_IOSATP_SV39 + 2u);
  }
  if (!context->space.gv || req->iova >> gpa_width(dc, context->sv32, fctl) != 0) return false;
  return !context->msi || !pcl_msi_matches(dc, req->iova);
}
