// SPDX-License-Identifier: Apache-2.0
//
// Debug translation (IOMMU spec chapter 5; tr_req_iova, tr_req_ctl, tr_response). It is over before the write returns, so that
// Go/Busy always reads 0.
#include "arch/internal.h"
#include "pcl_regs.h"

#define CTL_FIELDS                                                                                             \
  (PCL_TR_REQ_CTL_PRIV_MASK | PCL_TR_REQ_CTL_EXE_MASK | PCL_TR_REQ_CTL_NW_MASK | PCL_TR_REQ_CTL_PID_MASK | \
   PCL_TR_REQ_CTL_PV_MASK | PCL_TR_REQ_CTL_DID_MASK)

// An untranslated request. NW=0 asks for read and write permission: a store's, as no page is writable but not readable.
static pcl_request_t request_of(const pcl_iommu_t *iommu) {
  const uint64_t ctl = iommu->tr_req_ctl;
  const bool pv = ctl & PCL_TR_REQ_CTL_PV_MASK;
  return (pcl_request_t){
    .iova = iommu->tr_req_iova,
    .device_id = (uint32_t)(ctl >> PCL_TR_REQ_CTL_DID_SHIFT),
    .process_id = pv ? (uint32_t)((ctl & PCL_TR_REQ_CTL_PID_MASK) >> PCL_TR_REQ_CTL_PID_SHIFT) : 0,
    .pv = pv,
    .priv = pv && ctl & PCL_TR_REQ_CTL_PRIV_MASK,
    .exec = ctl & PCL_TR_REQ_CTL_EXE_MASK,
    .write = !(ctl & PCL_TR_REQ_CTL_NW_MASK),
    .debug = true,
  };
}

// A range larger than 4 KiB is encoded in the PPN: ones below the lowest 0 give its size.
static uint64_t response_of(const pcl_translation_t *translation, uint64_t iova) {
  const unsigned shift = translation->size == PCL_SIZE_IDENTITY ? 12 : pcl_size_shift(translation->size);
  uint64_t ppn = pcl_translation_spa(translation, iova) >> 12 & PCL_PPN_MASK;
  uint64_t response = (uint64_t)translation->pbmt << PCL_TR_RESPONSE_PBMT_SHIFT;
  if (shift > 12) {
    const uint64_t half = PCL_BIT(shift - 13);
    ppn = (ppn & ~(2 * half - 1)) | (half - 1);
    response |= PCL_TR_RESPONSE_S_MASK;
  }
  return response | ppn << PCL_TR_RESPONSE_PPN_SHIFT;
}

void pcl_debug_write_ctl(pcl_iommu_t *iommu, uint64_t value) {
  iommu->tr_req_ctl = value & CTL_FIELDS;
  if (!(value & PCL_TR_REQ_CTL_GO_BUSY_MASK)) return;
  const pcl_request_t request = request_of(iommu);
  const pcl_outcome_t outcome = pcl_iommu_translate(iommu, &request);
  iommu->tr_response = outcome.faulted ? PCL_TR_RESPONSE_FAULT_MASK : response_of(&outcome.translation, request.iova);
}
