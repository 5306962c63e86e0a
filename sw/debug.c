// SPDX-License-Identifier: Apache-2.0
#include "pcl_driver.h"
#include "pcl_regs.h"

// A page larger than 4 KiB: S = 1, and below the PPN's lowest bit in use ones up to the highest of the others, which is 0.
static uint64_t bytes_of(uint64_t response, uint64_t ppn) {
  uint64_t bytes = PCL_PAGE;
  if (!(response & PCL_TR_RESPONSE_S_MASK)) return bytes;
  for (bytes *= 2; ppn & 1; ppn >>= 1) bytes *= 2;
  return bytes;
}

pcl_status_t pcl_debug_translate(pcl_driver_t *driver, const pcl_debug_request_t *request, pcl_debug_answer_t *answer) {
  const pcl_ops_t *ops = driver->ops;
  if (!(driver->capabilities & PCL_CAPABILITIES_DBG_MASK)) return PCL_E_UNSUPPORTED;
  uint64_t control = PCL_TR_REQ_CTL_GO_BUSY_MASK | (uint64_t)request->device_id << PCL_TR_REQ_CTL_DID_SHIFT |
                     (request->exec ? PCL_TR_REQ_CTL_EXE_MASK : 0) | (request->write ? 0 : PCL_TR_REQ_CTL_NW_MASK);
  if (request->pv)
    control |= PCL_TR_REQ_CTL_PV_MASK | (uint64_t)request->process_id << PCL_TR_REQ_CTL_PID_SHIFT |
               (request->priv ? PCL_TR_REQ_CTL_PRIV_MASK : 0);
  ops->write_reg64(ops->context, PCL_REG_TR_REQ_IOVA_OFFSET, request->iova & PCL_TR_REQ_IOVA_VPN_MASK);
  ops->write_reg64(ops->context, PCL_REG_TR_REQ_CTL_OFFSET, control);
  for (uint32_t tries = 0; ops->read_reg64(ops->context, PCL_REG_TR_REQ_CTL_OFFSET) & PCL_TR_REQ_CTL_GO_BUSY_MASK; tries++)
    if (!ops->wait(ops->context, tries)) return PCL_E_TIMEOUT;
  uint64_t response = ops->read_reg64(ops->context, PCL_REG_TR_RESPONSE_OFFSET);
  *answer = (pcl_debug_answer_t){.fault = response & PCL_TR_RESPONSE_FAULT_MASK};
  if (answer->fault) return PCL_OK;
  uint64_t ppn = (response & PCL_TR_RESPONSE_PPN_MASK) >> PCL_TR_RESPONSE_PPN_SHIFT;
  answer->bytes = bytes_of(response, ppn);
  answer->addr = ppn << 12 & ~(answer->bytes - 1);
  answer->pbmt = response >> PCL_TR_RESPONSE_PBMT_SHIFT & 3;
  return PCL_OK;
}
