// SPDX-License-Identifier: Apache-2.0
#include "regs_debug.h"

#include <stddef.h>

#include "arch/types.h"
#include "pcl_regs.h"

#define CTL_FIELDS                                                                                             \
  (PCL_TR_REQ_CTL_PRIV_MASK | PCL_TR_REQ_CTL_EXE_MASK | PCL_TR_REQ_CTL_NW_MASK | PCL_TR_REQ_CTL_PID_MASK | \
   PCL_TR_REQ_CTL_PV_MASK | PCL_TR_REQ_CTL_DID_MASK)

bool pcl_regs_debug_holds(unsigned offset) {
  return offset == PCL_REG_TR_REQ_IOVA_OFFSET || offset == PCL_REG_TR_REQ_CTL_OFFSET || offset == PCL_REG_TR_RESPONSE_OFFSET;
}

uint64_t pcl_regs_debug_read(const pcl_regs_debug_t *debug, unsigned offset) {
  switch (offset) {
    case PCL_REG_TR_REQ_IOVA_OFFSET: return debug->iova;
    case PCL_REG_TR_REQ_CTL_OFFSET: return debug->ctl | debug->busy;
    default: return debug->response;
  }
}

void pcl_regs_debug_req(const pcl_regs_debug_t *debug, pcl_miss_req_t *req) {
  const uint64_t ctl = debug->ctl;
  const bool pv = ctl & PCL_TR_REQ_CTL_PV_MASK;
  *req = (pcl_miss_req_t){
    .iova = debug->iova,
    .device_id = (uint32_t)(ctl >> PCL_TR_REQ_CTL_DID_SHIFT),
    .process_id = pv ? (uint32_t)((ctl & PCL_TR_REQ_CTL_PID_MASK) >> PCL_TR_REQ_CTL_PID_SHIFT) : 0,
    .pv = pv,
    .priv = pv && ctl & PCL_TR_REQ_CTL_PRIV_MASK,
    .exec = ctl & PCL_TR_REQ_CTL_EXE_MASK,
    .write = !(ctl & PCL_TR_REQ_CTL_NW_MASK),
    .solo = true,
    .valid = debug->asks,
  };
}

// A range larger than 4 KiB is told by ones below the lowest 0 of the PPN; identity is none.
static uint64_t response_word(const pcl_resp_t *resp) {
  if (!resp->ok) return PCL_TR_RESPONSE_FAULT_MASK;
  const uint64_t low = resp->size == PCL_SIZE_IDENTITY ? 0 : pcl_lowmask(resp->size);
  const uint64_t ppn = (resp->spn & ~low) | low >> 1;
  return (uint64_t)resp->pbmt << PCL_TR_RESPONSE_PBMT_SHIFT | (low != 0 ? PCL_TR_RESPONSE_S_MASK : 0) |
         ppn << PCL_TR_RESPONSE_PPN_SHIFT;
}

static void write_idle(pcl_regs_debug_t *debug, const pcl_word_write_t *write) {
  if (write->offset == PCL_REG_TR_REQ_IOVA_OFFSET) {
    debug->iova = pcl_word_merge(debug->iova, write) & PCL_TR_REQ_IOVA_VPN_MASK;
  } else if (write->offset == PCL_REG_TR_REQ_CTL_OFFSET) {
    const uint64_t value = pcl_word_merge(debug->ctl, write);
    debug->ctl = value & CTL_FIELDS;
    debug->busy = debug->asks = value & PCL_TR_REQ_CTL_GO_BUSY_MASK;
  }
}

void pcl_regs_debug_commit(pcl_regs_debug_t *debug, const pcl_word_write_t *write, bool taken, const pcl_resp_t *resp) {
  if (write && !debug->busy) write_idle(debug, write);
  if (taken) debug->asks = false;
  if (!resp) return;
  debug->response = response_word(resp);
  debug->busy = false;
}
