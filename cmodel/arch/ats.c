// SPDX-License-Identifier: Apache-2.0
//
// ATS translation completions (IOMMU spec 3.6) and answers to Page Requests (3.7).
#include "arch/ats.h"

#include "arch/causes.h"

#define PAYLOAD_R    UINT64_C(1)
#define PAYLOAD_W    UINT64_C(2)
#define PAYLOAD_L    UINT64_C(4)
#define PAGE_OFFSET  UINT64_C(0xfff)
#define PBMT_PMA     0

bool pcl_ats_success(unsigned cause) {
  switch (cause) {
    case PCL_CAUSE_INSTR_PAGE:
    case PCL_CAUSE_READ_PAGE:
    case PCL_CAUSE_WRITE_PAGE:
    case PCL_CAUSE_INSTR_GUEST_PAGE:
    case PCL_CAUSE_READ_GUEST_PAGE:
    case PCL_CAUSE_WRITE_GUEST_PAGE:
    case PCL_CAUSE_PDT_NOT_VALID:
    case PCL_CAUSE_MSI_PTE_NOT_VALID: return true;
    default: return false;
  }
}

// UR for a permanent error or disabled ATS; CA for a configuration error, and for corrupted data.
static pcl_ats_status_t status_of(unsigned cause) {
  if (pcl_ats_success(cause)) return PCL_ATS_SUCCESS;
  return cause >= PCL_CAUSE_ALL_DISALLOWED && cause <= PCL_CAUSE_TYPE_DISALLOWED ? PCL_ATS_UR : PCL_ATS_CA;
}

pcl_ats_completion_t pcl_ats_complete(const pcl_request_t *request, const pcl_outcome_t *outcome) {
  if (outcome->faulted) return (pcl_ats_completion_t){.status = (uint8_t)status_of(outcome->fault.cause), .size_shift = 12};
  const pcl_translation_t *translation = &outcome->translation;
  const uint64_t addr = translation->t2gpa ? pcl_translation_gpa(translation, request->iova)
                                           : pcl_translation_spa(translation, request->iova);
  return (pcl_ats_completion_t){
    .addr = addr & ~PAGE_OFFSET,
    .status = PCL_ATS_SUCCESS,
    .size_shift = (uint8_t)pcl_size_shift(translation->size),
    .r = translation->r,
    .w = translation->w,
    .exe = request->exec && translation->r && translation->x,
    .u = outcome->is_mrif,
    .global = request->pv && translation->g && !translation->msi,
    .priv = request->pv && request->priv,
    .cxl_io = request->cxl && (translation->msi || translation->t2gpa || translation->pbmt != PBMT_PMA),
  };
}

pcl_request_t pcl_page_request_check(const pcl_page_request_t *message) {
  return (pcl_request_t){
    .device_id = message->device_id,
    .process_id = message->process_id,
    .pv = message->pv,
    .priv = message->priv,
    .exec = message->exec,
    .page_request = true,
  };
}

pcl_prg_code_t pcl_prg_code(unsigned cause) {
  return cause == PCL_CAUSE_TYPE_DISALLOWED ? PCL_PRG_INVALID : PCL_PRG_FAILURE;
}

pcl_prg_answer_t pcl_prg_answer(const pcl_page_request_t *message, pcl_prg_code_t code, bool prpr) {
  const bool last = message->payload & PAYLOAD_L;
  const bool stop_marker = last && !(message->payload & (PAYLOAD_R | PAYLOAD_W));
  return (pcl_prg_answer_t){
    .due = last && !stop_marker,
    .pv = message->pv && (code == PCL_PRG_FAILURE || prpr),
    .code = (uint8_t)code,
  };
}
