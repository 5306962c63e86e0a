// SPDX-License-Identifier: Apache-2.0
//
// The untimed IOMMU: translation with fault recording, and the command queue.
#include "arch/iommu.h"

#include "arch/caps.h"
#include "arch/fault_record.h"

#define COMMAND_BYTES 16

static uint32_t next_index(const pcl_queue_t *queue, uint32_t index) {
  return (uint32_t)((index + 1) & (pcl_queue_entries(queue->base) - 1));
}

static uint64_t entry_addr(const pcl_queue_t *queue, uint32_t index, unsigned bytes) {
  return (pcl_ppn_field(queue->base) << 12) + (uint64_t)index * bytes;
}

void pcl_iommu_record_fault(pcl_iommu_t *iommu, const pcl_request_t *request, const pcl_fault_t *fault) {
  pcl_queue_t *fq = &iommu->fq;
  uint64_t dw[4];
  if (!fq->on || fq->mf || iommu->fqof) return;
  if (next_index(fq, fq->tail) == fq->head) {  // full: fqt == fqh - 1
    iommu->fqof = true;
    return;
  }
  pcl_fault_record_encode(request, fault, dw);
  if (iommu->memory.write(iommu->memory.context, entry_addr(fq, fq->tail, sizeof dw), dw, sizeof dw) != PCL_MEM_OK) {
    fq->mf = true;
    return;
  }
  fq->tail = next_index(fq, fq->tail);
}

pcl_outcome_t pcl_iommu_translate(pcl_iommu_t *iommu, const pcl_request_t *request) {
  const pcl_outcome_t outcome = pcl_translate(&iommu->regs, request, iommu->memory.read, iommu->memory.context);
  if (outcome.faulted && outcome.fault.report) pcl_iommu_record_fault(iommu, request, &outcome.fault);
  return outcome;
}

// Spec 4.1.2: the write comes first; if it faults the fence has not completed. Every earlier command has.
static bool complete_fence(pcl_iommu_t *iommu, const pcl_command_t *command) {
  const uint64_t data = command->data;
  if (command->av) {
    if (command->addr >> PCL_SPA_BITS) return false;
    if (iommu->memory.write(iommu->memory.context, command->addr, &data, 4) != PCL_MEM_OK) return false;
  }
  if (command->wsi) iommu->fence_w_ip = true;
  return true;
}

void pcl_iommu_process_commands(pcl_iommu_t *iommu) {
  pcl_queue_t *cq = &iommu->cq;
  // An error bit stops the queue with cqh on the command that caused it (IOMMU spec, cqcsr).
  while (cq->on && !cq->mf && !iommu->cmd_ill && cq->head != cq->tail) {
    const pcl_access_t fetch = {.addr = entry_addr(cq, cq->head, COMMAND_BYTES), .beats = 2, .kind = PCL_ACCESS_COMMAND};
    pcl_response_t response;
    iommu->memory.read(iommu->memory.context, &fetch, &response);
    if (response.status != PCL_MEM_OK) {
      cq->mf = true;
      return;
    }
    const pcl_command_t command = pcl_command_decode(iommu->regs.capabilities, iommu->regs.fctl, response.data);
    if (command.kind == PCL_CMD_ILLEGAL) {
      iommu->cmd_ill = true;
      return;
    }
    if (command.kind == PCL_CMD_IOFENCE_C && !complete_fence(iommu, &command)) {
      cq->mf = true;
      return;
    }
    cq->head = next_index(cq, cq->head);
  }
}
