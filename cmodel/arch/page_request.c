// SPDX-License-Identifier: Apache-2.0
//
// Page Request messages (IOMMU spec 3.7, 4.3): into the page-request queue, or answered by the IOMMU itself, or dropped.
#include "arch/dc.h"
#include "arch/internal.h"
#include "pcl_regs.h"

#define PRG_INDEX_SHIFT 3
#define PRG_INDEX_MASK  UINT64_C(0x1ff)

// The payload of an answer: 63:48 copy of the requester ID, 47:44 response code, 40:32 PRG index.
static void answer(pcl_iommu_t *iommu, const pcl_page_request_t *request, bool dsv, pcl_prg_code_t code, bool prpr) {
  const pcl_prg_answer_t due = pcl_prg_answer(request, code, prpr);
  const uint16_t rid = (uint16_t)request->device_id;
  if (!due.due) return;
  const pcl_message_t message = {
    .payload = (uint64_t)rid << 48 | (uint64_t)due.code << 44 | (request->payload >> PRG_INDEX_SHIFT & PRG_INDEX_MASK) << 32,
    .pid = due.pv ? request->process_id : 0, .rid = rid, .code = PCL_MESSAGE_PRG_RESPONSE,
    .dseg = dsv ? (uint8_t)(request->device_id >> 16) : 0, .pv = due.pv, .dsv = dsv,
  };
  iommu->bus.message(iommu->bus.context, &message);
}

static pcl_put_t put(pcl_iommu_t *iommu, const pcl_page_request_t *request) {
  uint64_t dw[2] = {(uint64_t)request->device_id << 40, request->payload};
  if (request->pv) {
    dw[0] |= (uint64_t)request->process_id << 12 | PCL_BIT(32) | (uint64_t)request->priv << 33 | (uint64_t)request->exec << 34;
  }
  const pcl_put_t put = pcl_queue_put(iommu, &iommu->pq, PCL_STORE_PAGE_REQUEST, dw, 2);
  if (put == PCL_PUT_DONE && iommu->pq.csr & PCL_QUEUE_IE) pcl_interrupt_raise(iommu, PCL_IPSR_PIP_MASK);
  pcl_interrupt_follow_levels(iommu);
  return put;
}

void pcl_iommu_page_request(pcl_iommu_t *iommu, const pcl_page_request_t *message, bool dsv) {
  const pcl_request_t check = pcl_page_request_check(message);
  pcl_walk_t walk;
  pcl_iommu_walk(iommu, &check, &walk);
  const bool prpr = walk.dc.tc & PCL_TC_PRPR;
  if (walk.outcome.faulted) {
    answer(iommu, message, dsv, pcl_prg_code(walk.outcome.fault.cause), prpr);
    return;
  }
  switch (put(iommu, message)) {
    case PCL_PUT_DONE: return;
    case PCL_PUT_FULL: answer(iommu, message, dsv, PCL_PRG_SUCCESS, prpr); return;
    default: answer(iommu, message, dsv, PCL_PRG_FAILURE, prpr); return;
  }
}
