// SPDX-License-Identifier: Apache-2.0
//
// The process to translate an IOVA. "Item n" is item n of IOMMU spec 3.3, "3.3.1 item n" of its process to locate the
// device context, "step n" of the privileged spec's Virtual Address Translation Process.
#include "arch/walk.h"

#include <assert.h>

#include "arch/caps.h"
#include "arch/causes.h"
#include "arch/dc.h"
#include "arch/pte.h"

#define DDTE_V        PCL_BIT(0)
#define DDTE_RESERVED (UINT64_C(0xffc0000000000000) | UINT64_C(0x3fe))

unsigned pcl_request_ttyp(const pcl_request_t *request) {
  unsigned kind = request->write ? PCL_TTYP_UNTRANSLATED_WRITE
                  : request->exec ? PCL_TTYP_UNTRANSLATED_EXEC
                                  : PCL_TTYP_UNTRANSLATED_READ;
  return request->translated ? kind + PCL_TTYP_TRANSLATED_EXEC - PCL_TTYP_UNTRANSLATED_EXEC : kind;
}

// A burst that is illegal on the bus is refused as such whatever else is wrong with it.
static pcl_step_t stop_with_fault(pcl_walk_t *walk, unsigned cause) {
  if (walk->request.bus_illegal) cause = PCL_CAUSE_ILLEGAL_BURST;
  walk->phase = PCL_PHASE_DONE;
  walk->outcome.faulted = true;
  walk->outcome.fault = (pcl_fault_t){
    .iotval = walk->request.iova,
    .cause = (uint16_t)cause,
    .ttyp = (uint8_t)pcl_request_ttyp(&walk->request),
    .report = pcl_cause_reported(cause, walk->dtf),
  };
  return PCL_STEP_DONE;
}

// Page-table causes always follow the original access type.
static pcl_step_t stop_with_access_fault(pcl_walk_t *walk) {
  const pcl_request_t *request = &walk->request;
  return stop_with_fault(walk, request->write ? PCL_CAUSE_WRITE_ACCESS
                               : request->exec ? PCL_CAUSE_INSTR_ACCESS
                                               : PCL_CAUSE_READ_ACCESS);
}

static pcl_step_t stop_with_page_fault(pcl_walk_t *walk) {
  const pcl_request_t *request = &walk->request;
  return stop_with_fault(walk, request->write ? PCL_CAUSE_WRITE_PAGE
                               : request->exec ? PCL_CAUSE_INSTR_PAGE
                                               : PCL_CAUSE_READ_PAGE);
}

// Item 20 with the address unchanged. The spec names no check here; an address beyond the 56 bits of a supervisor physical
// address is outside of memory, which is an access fault.
static pcl_step_t stop_with_identity(pcl_walk_t *walk) {
  if (walk->request.iova >> PCL_SPA_BITS) return stop_with_access_fault(walk);
  walk->phase = PCL_PHASE_DONE;
  walk->outcome.faulted = false;
  walk->outcome.translation =
    (pcl_translation_t){.size = PCL_SIZE_IDENTITY, .r = true, .w = true, .x = true, .d = true};
  return PCL_STEP_DONE;
}

static unsigned ddi0_bits(const pcl_walk_t *walk) { return walk->regs.capabilities & PCL_CAP_MSI_FLAT ? 6 : 7; }

// Items 3 and 4: the part of device_id that indexes a table of this level. DDI[2] is what is left of 24 bits.
static uint64_t ddi(const pcl_walk_t *walk, unsigned level) {
  const uint32_t device_id = walk->request.device_id;
  if (level == 0) return device_id & ((1u << ddi0_bits(walk)) - 1);
  return device_id >> (ddi0_bits(walk) + 9 * (level - 1)) & 0x1ff;
}

// 3.3.1 items 2, 3 and 8: the next entry of the directory, in the table at `ppn`.
static pcl_step_t read_ddt(pcl_walk_t *walk, unsigned level, uint64_t ppn) {
  const bool leaf = level == 0;
  const uint8_t dc_beats = walk->regs.capabilities & PCL_CAP_MSI_FLAT ? 8 : 4;
  const uint8_t beats = leaf ? dc_beats : 1;
  walk->phase = PCL_PHASE_DDT;
  walk->level = (uint8_t)level;
  walk->access = (pcl_access_t){
    .addr = (ppn << 12) + ddi(walk, level) * beats * 8,
    .beats = beats,
    .kind = leaf ? PCL_ACCESS_DC : PCL_ACCESS_DDT_NONLEAF,
    .level = (uint8_t)level,
  };
  return PCL_STEP_ACCESS;
}

static pcl_step_t read_pte(pcl_walk_t *walk, unsigned level, uint64_t ppn) {
  const uint64_t vpn = walk->request.iova >> (12 + 9 * level) & 0x1ff;
  walk->level = (uint8_t)level;
  walk->access =
    (pcl_access_t){.addr = (ppn << 12) + vpn * 8, .beats = 1, .kind = PCL_ACCESS_PTE, .level = (uint8_t)level};
  return PCL_STEP_ACCESS;
}

// Item 17. With the second stage Bare items 18 and 19 change nothing: msiptp must be Off then, and A is the SPA.
static pcl_step_t first_stage(pcl_walk_t *walk, unsigned mode, uint64_t root_ppn, uint32_t pscid) {
  if (mode == PCL_MODE_BARE) return stop_with_identity(walk);
  walk->phase = PCL_PHASE_PT;
  walk->pscid = pscid;
  walk->root_level = (uint8_t)(mode - PCL_IOSATP_SV39 + 2);
  if (!pcl_va_canonical(walk->request.iova, walk->root_level)) return stop_with_page_fault(walk);
  return read_pte(walk, walk->root_level, root_ppn);
}

// Items 7 to 17, once the DC is known.
static pcl_step_t use_dc(pcl_walk_t *walk) {
  const pcl_request_t *request = &walk->request;
  const uint64_t tc = walk->dc.tc;

  walk->dtf = tc & PCL_TC_DTF;
  if (request->bus_illegal) return stop_with_fault(walk, PCL_CAUSE_ILLEGAL_BURST);
  // Item 7. With pdtp Bare no process_id is too wide.
  if (request->translated && !(tc & PCL_TC_EN_ATS)) return stop_with_fault(walk, PCL_CAUSE_TYPE_DISALLOWED);
  if (request->pv && !(tc & PCL_TC_PDTV)) return stop_with_fault(walk, PCL_CAUSE_TYPE_DISALLOWED);
  // Item 8: a translated request carries an SPA (T2GPA is 0).
  if (request->translated) return stop_with_identity(walk);
  // Item 10.
  if (!(tc & PCL_TC_PDTV)) {
    return first_stage(walk, pcl_mode_field(walk->dc.fsc), walk->dc.fsc & PCL_PPN_MASK, pcl_pscid_field(walk->dc.ta));
  }
  // Items 11 to 13: with or without process_id and DPE, pdtp Bare means that the first stage is Bare.
  return first_stage(walk, PCL_MODE_BARE, 0, 0);
}

// Items 1 to 6.
static pcl_step_t start(pcl_walk_t *walk, const pcl_regs_t *regs, const pcl_request_t *request, const pcl_dc_t *dc) {
  const unsigned mode = pcl_ddtp_mode(regs->ddtp);

  walk->regs = *regs;
  walk->regs.capabilities &= ~PCL_CAP_WALK_UNBUILT;
  walk->request = *request;
  walk->phase = PCL_PHASE_DDT;
  walk->pscid = 0;
  walk->level = 0;
  walk->root_level = 0;
  walk->dtf = false;
  walk->new_dc = false;
  walk->new_nonleaf = false;

  // Item 1. ddtp never holds a reserved mode; it would allow nothing.
  if (mode == PCL_DDTP_OFF || mode > PCL_DDTP_3LVL) return stop_with_fault(walk, PCL_CAUSE_ALL_DISALLOWED);
  // Item 2.
  if (mode == PCL_DDTP_BARE) {
    if (request->translated || request->bus_illegal) return stop_with_fault(walk, PCL_CAUSE_TYPE_DISALLOWED);
    return stop_with_identity(walk);
  }
  // Item 5: a table of the root level is indexed by the topmost bits of device_id.
  const unsigned root_level = mode - PCL_DDTP_1LVL;
  if (root_level < 2 && request->device_id >> (ddi0_bits(walk) + 9 * root_level)) {
    return stop_with_fault(walk, PCL_CAUSE_TYPE_DISALLOWED);
  }
  // Item 6.
  if (dc) {
    walk->dc = *dc;
    return use_dc(walk);
  }
  return read_ddt(walk, root_level, pcl_ppn_field(regs->ddtp));
}

pcl_step_t pcl_walk_begin(pcl_walk_t *walk, const pcl_regs_t *regs, const pcl_request_t *request) {
  return start(walk, regs, request, 0);
}

pcl_step_t pcl_walk_begin_dc(pcl_walk_t *walk, const pcl_regs_t *regs, const pcl_request_t *request, const pcl_dc_t *dc) {
  return start(walk, regs, request, dc);
}

pcl_step_t pcl_walk_skip_to(pcl_walk_t *walk, unsigned level, uint64_t table_ppn) {
  assert(pcl_walk_at_root(walk) && level <= 3);
  return read_pte(walk, level, table_ppn);
}

// 3.3.1 items 3 and 4, 8: what an access to the directory may meet. 0 if the data is good.
static unsigned ddt_error(const pcl_response_t *response) {
  if (response->status == PCL_MEM_ACCESS_FAULT) return PCL_CAUSE_DDT_ACCESS;
  if (response->status == PCL_MEM_POISON) return PCL_CAUSE_DDT_CORRUPTION;
  return 0;
}

static pcl_step_t step_ddt_nonleaf(pcl_walk_t *walk, const pcl_response_t *response) {
  const uint64_t ddte = response->data[0];
  const unsigned error = ddt_error(response);  // items 3, 4
  if (error) return stop_with_fault(walk, error);
  if (!(ddte & DDTE_V)) return stop_with_fault(walk, PCL_CAUSE_DDT_NOT_VALID);            // item 5
  if (ddte & DDTE_RESERVED) return stop_with_fault(walk, PCL_CAUSE_DDT_MISCONFIGURED);    // item 6
  return read_ddt(walk, walk->level - 1u, pcl_ppn_field(ddte));                           // item 7
}

static pcl_step_t step_dc(pcl_walk_t *walk, const pcl_response_t *response) {
  const uint64_t *data = response->data;
  const unsigned error = ddt_error(response);  // item 8
  if (error) return stop_with_fault(walk, error);
  if (!(data[0] & PCL_TC_V)) return stop_with_fault(walk, PCL_CAUSE_DDT_NOT_VALID);  // item 9

  walk->dc = (pcl_dc_t){.tc = data[0], .iohgatp = data[1], .ta = data[2], .fsc = data[3]};
  if (walk->access.beats == 8) {
    walk->dc.msiptp = data[4];
    walk->dc.msi_addr_mask = data[5];
    walk->dc.msi_addr_pattern = data[6];
    walk->dc.reserved = data[7];
  }
  if (pcl_dc_misconfigured(walk->regs.capabilities, walk->regs.fctl, &walk->dc)) {  // item 10
    return stop_with_fault(walk, PCL_CAUSE_DDT_MISCONFIGURED);
  }
  walk->new_dc = true;  // item 11
  return use_dc(walk);
}

static pcl_step_t step_pte(pcl_walk_t *walk, const pcl_response_t *response) {
  const uint64_t pte = response->data[0];
  // Step 2, and data corruption (IOMMU spec 4.2).
  if (response->status == PCL_MEM_ACCESS_FAULT) return stop_with_access_fault(walk);
  if (response->status == PCL_MEM_POISON) return stop_with_fault(walk, PCL_CAUSE_PT_CORRUPTION);
  // Steps 3 to 5.
  switch (pcl_pte_classify(walk->regs.capabilities, pte, walk->level)) {
    case PCL_PTE_FAULT: return stop_with_page_fault(walk);
    case PCL_PTE_POINTER:
      walk->new_nonleaf = true;
      return read_pte(walk, walk->level - 1u, pcl_ppn_field(pte));
    case PCL_PTE_LEAF: break;
  }
  // Steps 6 to 9. Without a process context no request is a supervisor's.
  const pcl_privilege_t user = {.supervisor = false, .sum = false};
  pcl_translation_t translation = {.pscid = walk->pscid};
  pcl_pte_grant(pte, walk->level, user, &translation);
  if (!pcl_translation_allows(&translation, &walk->request)) return stop_with_page_fault(walk);
  // Step 10.
  walk->phase = PCL_PHASE_DONE;
  walk->outcome.faulted = false;
  walk->outcome.translation = translation;
  return PCL_STEP_DONE;
}

pcl_step_t pcl_walk_step(pcl_walk_t *walk, const pcl_response_t *response) {
  assert(walk->phase != PCL_PHASE_DONE);
  walk->new_dc = false;
  walk->new_nonleaf = false;
  switch (walk->access.kind) {
    case PCL_ACCESS_DDT_NONLEAF: return step_ddt_nonleaf(walk, response);
    case PCL_ACCESS_DC: return step_dc(walk, response);
    default: return step_pte(walk, response);
  }
}

bool pcl_walk_new_nonleaf(const pcl_walk_t *walk, pcl_nonleaf_t *nonleaf) {
  if (!walk->new_nonleaf) return false;
  *nonleaf = (pcl_nonleaf_t){
    .table_ppn = walk->access.addr >> 12,
    .va_prefix = pcl_va_prefix(walk->request.iova, walk->level),
    .level = walk->level,
  };
  return true;
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
