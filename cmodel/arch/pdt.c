// SPDX-License-Identifier: Apache-2.0
//
// From the device context to the first stage: items 7 to 16 of IOMMU spec 3.3, and the process directory. "3.3.2 item n" is
// item n of its process to locate the process context.
#include "walk_parts.h"

#include "arch/pc.h"

#define PDTE_V        PCL_BIT(0)
#define PDTE_RESERVED (UINT64_C(0xffc0000000000000) | UINT64_C(0x3fe))
#define PDI0_BITS     8
#define PDI_BITS      9

// Item 7: bits of process_id that pdtp.MODE supports; with Bare no process_id is too wide.
static unsigned process_id_bits(unsigned pdtp_mode) {
  static const uint8_t bits[4] = {[PCL_MODE_BARE] = 20, [PCL_PDTP_PD8] = 8, [PCL_PDTP_PD17] = 17, [PCL_PDTP_PD20] = 20};
  return bits[pdtp_mode];
}

// 3.3.2 items 2 and 3: the entry of this level in the table at `ppn`. Its address is a GPA if the second stage is not Bare, the
// index included.
static pcl_step_t want_pdte(pcl_walk_t *walk, unsigned level, uint64_t ppn) {
  const uint32_t process_id = walk->process_id;
  const uint64_t offset = level == 0 ? (process_id & 0xff) * 16
                                     : (process_id >> (PDI0_BITS + PDI_BITS * (level - 1)) & 0x1ff) * 8;
  walk->phase = PCL_PHASE_PDT;
  walk->level = (uint8_t)level;
  return pcl_walk_translate_gpa(walk, (ppn << 12) + offset, PCL_GPA_FOR_PDT);
}

pcl_step_t pcl_walk_pdt_at(pcl_walk_t *walk, uint64_t spa) {
  if (walk->level > 0) return pcl_walk_read(walk, PCL_ACCESS_PDT_NONLEAF, walk->level, spa, 8);
  return pcl_walk_read(walk, PCL_ACCESS_PC, 0, spa, 16);
}

// Items 15 and 16, once the PC is known.
static pcl_step_t use_pc(pcl_walk_t *walk) {
  const uint64_t ta = walk->pc.ta;
  walk->supervisor = walk->request.pv && walk->request.priv;
  walk->sum = ta & PCL_PC_SUM;
  if (walk->supervisor && !(ta & PCL_PC_ENS)) return pcl_walk_fault(walk, PCL_CAUSE_TYPE_DISALLOWED);
  return pcl_walk_first_stage(walk, walk->pc.fsc, (uint32_t)pcl_pscid_field(ta));
}

pcl_step_t pcl_walk_use_pc(pcl_walk_t *walk, const pcl_pc_t *pc) {
  walk->in_g = false;
  walk->pc = *pc;
  return use_pc(walk);
}

// Items 7 to 14, once the DC is known.
pcl_step_t pcl_walk_use_dc(pcl_walk_t *walk) {
  const pcl_request_t *request = &walk->request;
  const uint64_t tc = walk->dc.tc;
  const unsigned pdtp_mode = pcl_mode_field(walk->dc.fsc);

  walk->dtf = tc & PCL_TC_DTF;
  walk->s2_bare = pcl_mode_field(walk->dc.iohgatp) == PCL_MODE_BARE;
  walk->s1_sv32 = tc & PCL_TC_SXL;
  walk->s2_sv32 = walk->regs.fctl & PCL_FCTL_GXL;
  if (request->bus_illegal) return pcl_walk_fault(walk, PCL_CAUSE_ILLEGAL_BURST);
  // IOMMU spec 3.7: the DC is all that a Page Request needs. EN_PRI implies EN_ATS.
  if (request->page_request) {
    if (!(tc & PCL_TC_EN_PRI)) return pcl_walk_fault(walk, PCL_CAUSE_TYPE_DISALLOWED);
    walk->request.iova = 0;
    return pcl_walk_pass_through(walk);
  }
  // Item 7.
  if ((request->translated || request->ats) && !(tc & PCL_TC_EN_ATS)) return pcl_walk_fault(walk, PCL_CAUSE_TYPE_DISALLOWED);
  if (request->pv) {
    if (!(tc & PCL_TC_PDTV)) return pcl_walk_fault(walk, PCL_CAUSE_TYPE_DISALLOWED);
    if (request->process_id >> process_id_bits(pdtp_mode)) return pcl_walk_fault(walk, PCL_CAUSE_TYPE_DISALLOWED);
  }
  if (request->translated) {
    if (!(tc & PCL_TC_T2GPA)) return pcl_walk_pass_through(walk);  // item 8: the address is an SPA
    return pcl_walk_first_stage(walk, PCL_MODE_BARE, 0);           // item 9: it is a GPA
  }
  // Item 10.
  if (!(tc & PCL_TC_PDTV)) return pcl_walk_first_stage(walk, walk->dc.fsc, (uint32_t)pcl_pscid_field(walk->dc.ta));
  // Items 11 to 13. A process_id of 0 by default has user privilege.
  if (pdtp_mode == PCL_MODE_BARE || !(request->pv || tc & PCL_TC_DPE)) return pcl_walk_first_stage(walk, PCL_MODE_BARE, 0);
  walk->process_id = request->pv ? request->process_id : 0;
  // Item 14; 3.3.2 item 1.
  walk->root_level = (uint8_t)(pdtp_mode - PCL_PDTP_PD8);
  return want_pdte(walk, walk->root_level, walk->dc.fsc & PCL_PPN_MASK);
}

pcl_step_t pcl_walk_step_pdt(pcl_walk_t *walk, const pcl_response_t *response) {
  // 3.3.2 items 5 and 6, 10.
  if (response->status != PCL_MEM_OK) {
    return pcl_walk_fault(walk, response->status == PCL_MEM_POISON ? PCL_CAUSE_PDT_CORRUPTION : PCL_CAUSE_PDT_ACCESS);
  }
  const bool swap = walk->dc.tc & PCL_TC_SBE;
  const uint64_t first = swap ? __builtin_bswap64(response->data[0]) : response->data[0];
  if (!(first & PDTE_V)) return pcl_walk_fault(walk, PCL_CAUSE_PDT_NOT_VALID);  // items 7, 11
  if (walk->access.kind == PCL_ACCESS_PDT_NONLEAF) {
    if (first & PDTE_RESERVED) return pcl_walk_fault(walk, PCL_CAUSE_PDT_MISCONFIGURED);  // item 8
    return want_pdte(walk, walk->level - 1u, pcl_ppn_field(first));                       // item 9
  }
  walk->pc.ta = first;
  walk->pc.fsc = swap ? __builtin_bswap64(response->data[1]) : response->data[1];
  if (pcl_pc_misconfigured(walk->regs.capabilities, walk->dc.tc, &walk->pc)) {  // item 12
    return pcl_walk_fault(walk, PCL_CAUSE_PDT_MISCONFIGURED);
  }
  walk->new_pc = true;  // item 13
  return use_pc(walk);
}
