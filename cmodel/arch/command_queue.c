// SPDX-License-Identifier: Apache-2.0
//
// The command queue (IOMMU spec 4.1). Invalidations of the IOMMU's own caches have nothing to do here.
#include "arch/internal.h"
#include "pcl_regs.h"

enum { COMMAND_BYTES = 16 };

// What became of a command: done, so that cqh passes it; waiting, for a device; or stopped with an error bit set.
typedef enum { DONE, WAITING, STOPPED } progress_t;

static progress_t stop(pcl_iommu_t *iommu, uint32_t error) {
  iommu->cq.csr |= error;
  return STOPPED;
}

// Spec 4.1.4. Needs an ITag; without a free one the queue waits for a completion.
static progress_t send_inval(pcl_iommu_t *iommu, const pcl_command_t *command) {
  const int itag = pcl_device_inval_send(&iommu->inval, command->rid, command->dsv, command->dseg);
  if (itag < 0) return WAITING;
  const pcl_message_t message = {
    .payload = command->payload, .pid = command->pv ? command->pid : 0, .rid = command->rid,
    .code = PCL_MESSAGE_INVALIDATION_REQUEST, .dseg = command->dsv ? command->dseg : 0, .tag = (uint8_t)itag,
    .pv = command->pv, .dsv = command->dsv,
  };
  iommu->bus.message(iommu->bus.context, &message);
  return DONE;
}

static progress_t send_prgr(pcl_iommu_t *iommu, const pcl_command_t *command) {
  const pcl_message_t message = {
    .payload = command->payload, .pid = command->pv ? command->pid : 0, .rid = command->rid,
    .code = PCL_MESSAGE_PRG_RESPONSE, .dseg = command->dsv ? command->dseg : 0, .pv = command->pv, .dsv = command->dsv,
  };
  iommu->bus.message(iommu->bus.context, &message);
  return DONE;
}

// Spec 4.1.2. Only the requests to devices can still be under way. cmd_to tells once of those that timed out; the fence runs
// again when it is cleared. The write comes last: if it faults the fence has not completed.
static progress_t fence(pcl_iommu_t *iommu, const pcl_command_t *command) {
  if (iommu->inval.outstanding) return WAITING;
  if (iommu->inval.timed_out) {
    iommu->inval.timed_out = false;
    return stop(iommu, PCL_QUEUE_TO);
  }
  if ((command->pr || command->pw) && iommu->bus.order) iommu->bus.order(iommu->bus.context, command->pr, command->pw);
  if (command->av) {
    const uint32_t data = pcl_order32(iommu, command->data);
    if (pcl_store32(iommu, PCL_STORE_FENCE, command->addr, data) != PCL_MEM_OK) return stop(iommu, PCL_QUEUE_MF);
  }
  if (command->wsi) iommu->cq.csr |= PCL_QUEUE_FENCE;
  return DONE;
}

static progress_t execute(pcl_iommu_t *iommu, const pcl_command_t *command) {
  switch ((pcl_command_kind_t)command->kind) {
    case PCL_CMD_ILLEGAL: return stop(iommu, PCL_QUEUE_ILL);
    case PCL_CMD_IOFENCE_C: return fence(iommu, command);
    case PCL_CMD_ATS_INVAL: return send_inval(iommu, command);
    case PCL_CMD_ATS_PRGR: return send_prgr(iommu, command);
    default: return DONE;
  }
}

static progress_t fetch(pcl_iommu_t *iommu, pcl_command_t *command) {
  const pcl_access_t access = {
    .addr = pcl_queue_entry(&iommu->cq, iommu->cq.head, COMMAND_BYTES), .beats = 2, .bytes = COMMAND_BYTES,
    .kind = PCL_ACCESS_COMMAND,
  };
  pcl_response_t response = {.status = PCL_MEM_ACCESS_FAULT};
  if (!pcl_outside_memory(iommu, access.addr)) iommu->bus.access(iommu->bus.context, &access, &response);
  if (response.status != PCL_MEM_OK) return stop(iommu, PCL_QUEUE_MF);
  const uint64_t dw[2] = {pcl_order64(iommu, response.data[0]), pcl_order64(iommu, response.data[1])};
  *command = pcl_command_decode(iommu->regs.capabilities, iommu->regs.fctl, dw);
  return DONE;
}

void pcl_command_queue_run(pcl_iommu_t *iommu) {
  pcl_queue_t *cq = &iommu->cq;
  pcl_command_t command;
  // An error bit stops the queue with cqh on the command that caused it (IOMMU spec, cqcsr); fence_w_ip does not.
  while (cq->csr & PCL_QUEUE_ON && !(cq->csr & PCL_CQ_STOPPED) && cq->head != cq->tail) {
    if (fetch(iommu, &command) != DONE || execute(iommu, &command) != DONE) break;
    cq->head = pcl_queue_next(cq, cq->head);
  }
  pcl_interrupt_follow_levels(iommu);
}
