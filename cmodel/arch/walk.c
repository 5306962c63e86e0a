// SPDX-License-Identifier: Apache-2.0
//
// The process to translate an IOVA: begin and end, and the accesses between. "Item n" is item n of IOMMU spec 3.3.
#include "walk_parts.h"

#include <assert.h>

#include "arch/ats.h"

#define SHIFT_BARE 64

unsigned pcl_request_ttyp(const pcl_request_t *request) {
  if (request->page_request) return PCL_TTYP_MESSAGE;
  if (request->ats) return PCL_TTYP_ATS_REQUEST;
  unsigned kind = request->write ? PCL_TTYP_UNTRANSLATED_WRITE
                  : request->exec ? PCL_TTYP_UNTRANSLATED_EXEC
                                  : PCL_TTYP_UNTRANSLATED_READ;
  return request->translated ? kind + PCL_TTYP_TRANSLATED_EXEC - PCL_TTYP_UNTRANSLATED_EXEC : kind;
}

// A burst that is illegal on the bus is refused as such whatever else is wrong with it.
static pcl_step_t stop_with_fault(pcl_walk_t *walk, unsigned cause, uint64_t iotval2) {
  const pcl_request_t *request = &walk->request;
  if (request->bus_illegal) cause = PCL_CAUSE_ILLEGAL_BURST;
  walk->phase = PCL_PHASE_DONE;
  walk->in_g = false;
  walk->outcome.faulted = true;
  walk->outcome.is_mrif = false;
  walk->outcome.fault = (pcl_fault_t){
    .iotval = request->page_request ? PCL_MESSAGE_PAGE_REQUEST : request->iova,
    .iotval2 = iotval2,
    .cause = (uint16_t)cause,
    .ttyp = (uint8_t)pcl_request_ttyp(request),
    .report = pcl_cause_reported(cause, walk->dtf) && !(request->ats && pcl_ats_success(cause)),
  };
  return PCL_STEP_DONE;
}

pcl_step_t pcl_walk_fault(pcl_walk_t *walk, unsigned cause) { return stop_with_fault(walk, cause, 0); }

// Implicit accesses too are reported by the original access type. An ATS translation request counts as a read.
pcl_step_t pcl_walk_typed_fault(pcl_walk_t *walk, pcl_typed_fault_t fault, uint64_t iotval2) {
  static const uint8_t cause[3][3] = {
    [PCL_FAULT_ACCESS] = {PCL_CAUSE_READ_ACCESS, PCL_CAUSE_INSTR_ACCESS, PCL_CAUSE_WRITE_ACCESS},
    [PCL_FAULT_PAGE] = {PCL_CAUSE_READ_PAGE, PCL_CAUSE_INSTR_PAGE, PCL_CAUSE_WRITE_PAGE},
    [PCL_FAULT_GUEST_PAGE] = {PCL_CAUSE_READ_GUEST_PAGE, PCL_CAUSE_INSTR_GUEST_PAGE, PCL_CAUSE_WRITE_GUEST_PAGE},
  };
  const unsigned need = pcl_walk_need(&walk->request);
  return stop_with_fault(walk, cause[fault][need == PCL_RIGHT_W ? 2 : need == PCL_RIGHT_X ? 1 : 0], iotval2);
}

// RCID and MCID of DC.ta, at the places of iommu_qosid.
static uint32_t dc_qos(const pcl_walk_t *walk) {
  return pcl_rcid_field(walk->dc.ta) | (uint32_t)pcl_mcid_field(walk->dc.ta) << 16;
}

uint32_t pcl_walk_qos(const pcl_walk_t *walk) {
  if (!(walk->regs.capabilities & PCL_CAP_QOSID)) return 0;
  return walk->phase == PCL_PHASE_DDT ? walk->regs.qosid : dc_qos(walk);
}

// The translation begins as one of a page without an owner. QoS IDs: those of DC.ta, in mode Bare those of iommu_qosid.
static pcl_translation_t *start_translation(pcl_walk_t *walk) {
  pcl_translation_t *translation = &walk->outcome.translation;
  walk->phase = PCL_PHASE_DONE;
  walk->outcome.faulted = false;
  walk->outcome.is_mrif = false;
  *translation = (pcl_translation_t){.size = PCL_SIZE_IDENTITY};
  if (walk->regs.capabilities & PCL_CAP_QOSID) {
    const uint32_t qos = walk->dc.tc & PCL_TC_V ? dc_qos(walk) : walk->regs.qosid;
    translation->rcid = qos & 0xfff;
    translation->mcid = qos >> 16 & 0xfff;
  }
  return translation;
}

// Item 20 with the address unchanged. The spec names no check here. Where the memory side has 56 address bits an address beyond
// them is outside of memory, which is an access fault.
pcl_step_t pcl_walk_pass_through(pcl_walk_t *walk) {
  if (!walk->regs.wide_pass_through && walk->request.iova >> PCL_SPA_BITS) {
    return pcl_walk_typed_fault(walk, PCL_FAULT_ACCESS, 0);
  }
  pcl_translation_t *translation = start_translation(walk);
  translation->s1_shift = translation->s2_shift = SHIFT_BARE;
  translation->s1_rights = translation->s2_rights = PCL_RIGHT_RWX;
  translation->r = translation->w = translation->x = translation->d = true;
  return PCL_STEP_DONE;
}

pcl_step_t pcl_walk_grant(pcl_walk_t *walk, bool msi) {
  const pcl_stage_leaf_t *s1 = &walk->s1;
  const pcl_stage_leaf_t *s2 = &walk->s2;
  const uint64_t spa = walk->s2_bare ? walk->a : s2->ppn << 12 | (walk->a & (PCL_BIT(s2->shift) - 1));
  const unsigned s1_rights = walk->s1_bare ? PCL_RIGHT_RWX : s1->rights & pcl_class_rights(s1->u, pcl_walk_privilege(walk));
  const unsigned rights = s1_rights & s2->rights;
  const unsigned limit = s1->shift < s2->shift ? s1->shift : s2->shift;
  unsigned size = PCL_SIZE_256T;
  while (pcl_size_shift(size) > limit) size--;
  if (pcl_walk_msi_in_range(walk, pcl_size_shift(size))) size = PCL_SIZE_4K;
  const uint64_t page_mask = ~((PCL_BIT(pcl_size_shift(size)) - 1) >> 12);

  pcl_translation_t *translation = start_translation(walk);
  translation->ppn = spa >> 12 & page_mask;
  translation->gpn = walk->a >> 12 & page_mask;
  translation->size = (uint8_t)size;
  translation->s1_shift = s1->shift;
  translation->s2_shift = s2->shift;
  translation->s1_rights = s1->rights;
  translation->s2_rights = s2->rights;
  if (!walk->s1_bare) translation->pscid = walk->pscid;
  if (!walk->s2_bare) {
    translation->gv = true;
    translation->gscid = pcl_gscid_field(walk->dc.iohgatp);
  }
  translation->pbmt = s1->pbmt ? s1->pbmt : s2->pbmt;
  translation->r = rights & PCL_RIGHT_R;
  translation->w = rights & PCL_RIGHT_W;
  translation->x = rights & PCL_RIGHT_X;
  translation->d = s1->d && s2->d;
  translation->g = s1->g;
  translation->u = s1->u;
  translation->msi = msi;
  translation->t2gpa = walk->dc.tc & PCL_TC_T2GPA;
  return PCL_STEP_DONE;
}

pcl_step_t pcl_walk_update(pcl_walk_t *walk, pcl_access_kind_t kind, unsigned level, uint64_t addr, uint64_t pte,
                           uint64_t bits) {
  const unsigned bytes = (kind == PCL_ACCESS_PTE ? walk->s1_sv32 : walk->s2_sv32) ? 4 : 8;
  const bool swap = pcl_walk_big_endian(walk, kind);
  walk->access = (pcl_access_t){
    .addr = addr,
    .old_value = swap ? pcl_walk_swap(pte, bytes) : pte,
    .new_value = swap ? pcl_walk_swap(pte | bits, bytes) : pte | bits,
    .beats = 1,
    .bytes = (uint8_t)bytes,
    .kind = (uint8_t)kind,
    .level = (uint8_t)level,
    .update = true,
  };
  return pcl_walk_ask(walk);
}

// Items 1 to 6.
static pcl_step_t start(pcl_walk_t *walk, const pcl_regs_t *regs, const pcl_request_t *request, const pcl_dc_t *dc) {
  const unsigned mode = pcl_ddtp_mode(regs->ddtp);

  walk->regs = *regs;
  walk->request = *request;
  walk->dc.tc = 0;
  walk->phase = PCL_PHASE_DDT;
  walk->process_id = 0;
  walk->pscid = 0;
  walk->level = 0;
  walk->root_level = 0;
  walk->in_g = false;
  walk->supervisor = false;
  walk->sum = false;
  walk->dtf = false;
  walk->new_dc = false;
  walk->new_pc = false;
  walk->new_nonleaf = false;
  walk->new_g_nonleaf = false;
  walk->new_g_leaf = false;
  walk->direct = false;
  walk->began_anew = false;

  // Item 1. ddtp never holds a reserved mode; it would allow nothing.
  if (mode == PCL_DDTP_OFF || mode > PCL_DDTP_3LVL) return pcl_walk_fault(walk, PCL_CAUSE_ALL_DISALLOWED);
  // Item 2; a Page Request finds no DC either (IOMMU spec 3.7).
  if (mode == PCL_DDTP_BARE) {
    if (request->translated || request->ats || request->page_request || request->bus_illegal) {
      return pcl_walk_fault(walk, PCL_CAUSE_TYPE_DISALLOWED);
    }
    return pcl_walk_pass_through(walk);
  }
  // Items 3 to 5.
  const unsigned root_level = mode - PCL_DDTP_1LVL;
  if (!pcl_walk_device_fits(walk, root_level)) return pcl_walk_fault(walk, PCL_CAUSE_TYPE_DISALLOWED);
  // Item 6.
  if (dc) {
    walk->dc = *dc;
    return pcl_walk_use_dc(walk);
  }
  return pcl_walk_ddt(walk, root_level, pcl_ppn_field(regs->ddtp));
}

pcl_step_t pcl_walk_begin(pcl_walk_t *walk, const pcl_regs_t *regs, const pcl_request_t *request) {
  return start(walk, regs, request, 0);
}

pcl_step_t pcl_walk_begin_dc(pcl_walk_t *walk, const pcl_regs_t *regs, const pcl_request_t *request, const pcl_dc_t *dc) {
  return start(walk, regs, request, dc);
}

static pcl_step_t dispatch(pcl_walk_t *walk, const pcl_response_t *response) {
  switch (walk->access.kind) {
    case PCL_ACCESS_DDT_NONLEAF:
    case PCL_ACCESS_DC: return pcl_walk_step_ddt(walk, response);
    case PCL_ACCESS_PDT_NONLEAF:
    case PCL_ACCESS_PC: return pcl_walk_step_pdt(walk, response);
    case PCL_ACCESS_MSI_PTE: return pcl_walk_step_msi(walk, response);
    case PCL_ACCESS_GPTE: return pcl_walk_step_gpte(walk, response);
    default: return pcl_walk_step_pte(walk, response);
  }
}

pcl_step_t pcl_walk_nowhere(pcl_walk_t *walk) {
  const pcl_response_t nowhere = {.status = PCL_MEM_ACCESS_FAULT};
  return dispatch(walk, &nowhere);
}

pcl_step_t pcl_walk_step(pcl_walk_t *walk, const pcl_response_t *response) {
  assert(walk->phase != PCL_PHASE_DONE);
  walk->new_dc = false;
  walk->new_pc = false;
  walk->new_nonleaf = false;
  walk->new_g_nonleaf = false;
  walk->new_g_leaf = false;
  walk->began_anew = false;
  return dispatch(walk, response);
}

pcl_outcome_t pcl_translate(const pcl_regs_t *regs, const pcl_request_t *request, pcl_read_fn read, void *context) {
  pcl_walk_t walk;
  pcl_response_t response;
  pcl_step_t step = pcl_walk_begin(&walk, regs, request);
  while (step == PCL_STEP_ACCESS) {
    read(context, &walk.access, &response);
    step = pcl_walk_step(&walk, &response);
  }
  return walk.outcome;
}
