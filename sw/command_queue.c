// SPDX-License-Identifier: Apache-2.0
#include "pcl_command_queue.h"

#include "pcl_regs.h"
#include "ring.h"

#define ERRORS (PCL_CQCSR_CQMF_MASK | PCL_CQCSR_CMD_TO_MASK | PCL_CQCSR_CMD_ILL_MASK)

static uint32_t read32(const pcl_cmdq_t *queue, uint32_t offset) {
  return queue->ops->read_reg32(queue->ops->context, offset);
}

static void write32(const pcl_cmdq_t *queue, uint32_t offset, uint32_t value) {
  queue->ops->write_reg32(queue->ops->context, offset, value);
}

static const pcl_ring_t ring = {PCL_REG_CQB_OFFSET, PCL_REG_CQT_OFFSET, PCL_REG_CQCSR_OFFSET, 16};

pcl_status_t pcl_cmdq_enable(pcl_cmdq_t *queue, const pcl_ops_t *ops, uint32_t log2_entries, bool interrupts) {
  *queue = (pcl_cmdq_t){.ops = ops, .entries = UINT32_C(1) << log2_entries};
  const uint32_t pages = pcl_ring_pages(&ring, queue->entries);
  const uint64_t base = ops->page_alloc(ops->context, pages);
  queue->flag = base ? ops->page_alloc(ops->context, 1) : 0;
  if (!queue->flag) {
    if (base) ops->page_free(ops->context, base, pages);
    return PCL_E_MEMORY;
  }
  queue->base = base;
  return pcl_ring_start(&ring, ops, base, log2_entries, interrupts);
}

pcl_status_t pcl_cmdq_disable(pcl_cmdq_t *queue) {
  if (!queue->base) return PCL_OK;
  pcl_status_t status = pcl_ring_stop(&ring, queue->ops);
  if (status) return status;
  queue->ops->page_free(queue->ops->context, queue->base, pcl_ring_pages(&ring, queue->entries));
  queue->ops->page_free(queue->ops->context, queue->flag, 1);
  queue->base = 0;
  return PCL_OK;
}

static uint32_t free_entries(const pcl_cmdq_t *queue) {
  return (queue->head - queue->tail - 1) & (queue->entries - 1);
}

pcl_status_t pcl_cmdq_put(pcl_cmdq_t *queue, const pcl_cmd_words_t *command) {
  const pcl_ops_t *ops = queue->ops;
  for (uint32_t tries = 0; !free_entries(queue); tries++) {
    queue->head = read32(queue, PCL_REG_CQH_OFFSET);
    if (free_entries(queue)) break;
    pcl_cmdq_ring(queue);
    pcl_cmdq_recover(queue);
    if (!ops->wait(ops->context, tries)) return PCL_E_TIMEOUT;
  }
  pcl_store(ops, queue->base + queue->tail * 16, command->dw[0]);
  pcl_store(ops, queue->base + queue->tail * 16 + 8, command->dw[1]);
  queue->tail = (queue->tail + 1) & (queue->entries - 1);
  return PCL_OK;
}

void pcl_cmdq_ring(pcl_cmdq_t *queue) { write32(queue, PCL_REG_CQT_OFFSET, queue->tail); }

pcl_status_t pcl_cmdq_submit(pcl_cmdq_t *queue, const pcl_cmd_words_t *command) {
  pcl_status_t status = pcl_cmdq_put(queue, command);
  if (!status) pcl_cmdq_ring(queue);
  return status;
}

uint32_t pcl_cmdq_fence(pcl_cmdq_t *queue, uint64_t options) {
  if (++queue->fences == 0) queue->fences = 1;
  pcl_cmd_words_t command = pcl_cmd_fence_store(options, queue->flag, queue->fences);
  return pcl_cmdq_submit(queue, &command) ? 0 : queue->fences;
}

bool pcl_cmdq_passed(const pcl_cmdq_t *queue, uint32_t fence) {
  uint32_t newest = (uint32_t)(pcl_load(queue->ops, queue->flag) >> (queue->ops->big_endian ? 32 : 0));
  return (int32_t)(newest - fence) >= 0;
}

pcl_status_t pcl_cmdq_wait(pcl_cmdq_t *queue, uint32_t fence) {
  for (uint32_t tries = 0; !pcl_cmdq_passed(queue, fence); tries++) {
    if (tries % 8 == 7) pcl_cmdq_recover(queue);
    if (!queue->ops->wait(queue->ops->context, tries)) return PCL_E_TIMEOUT;
  }
  return PCL_OK;
}

// Puts an empty fence where cqh stands.
static void replace_head(const pcl_cmdq_t *queue) {
  uint64_t at = queue->base + read32(queue, PCL_REG_CQH_OFFSET) % queue->entries * 16;
  pcl_cmd_words_t nothing = pcl_cmd_fence(0);
  pcl_store(queue->ops, at, nothing.dw[0]);
  pcl_store(queue->ops, at + 8, nothing.dw[1]);
}

uint32_t pcl_cmdq_recover(pcl_cmdq_t *queue) {
  uint32_t csr = read32(queue, PCL_REG_CQCSR_OFFSET), errors = csr & ERRORS;
  if (!errors) return 0;
  uint32_t head = read32(queue, PCL_REG_CQH_OFFSET);
  queue->same_fault = (errors & PCL_CQCSR_CQMF_MASK) && head == queue->head ? queue->same_fault + 1 : 0;
  queue->head = head;
  if (errors & PCL_CQCSR_CQMF_MASK) queue->faults++;
  if (errors & PCL_CQCSR_CMD_TO_MASK) queue->timeouts++;
  if ((errors & PCL_CQCSR_CMD_ILL_MASK) || queue->same_fault == PCL_MEMORY_FAULT_TRIES) {
    queue->illegal++;
    queue->same_fault = 0;
    replace_head(queue);
  }
  write32(queue, PCL_REG_CQCSR_OFFSET, (csr & (PCL_CQCSR_CQEN_MASK | PCL_CQCSR_CIE_MASK)) | errors);
  return errors;
}
