// SPDX-License-Identifier: Apache-2.0
#include "pcl_driver.h"
#include "pcl_regs.h"

pcl_status_t pcl_use_messages(pcl_driver_t *driver, bool messages) {
  const pcl_ops_t *ops = driver->ops;
  if (ops->read_reg64(ops->context, PCL_REG_DDTP_OFFSET) & PCL_DDTP_IOMMU_MODE_MASK) return PCL_E_ARGUMENT;
  uint32_t fctl = ops->read_reg32(ops->context, PCL_REG_FCTL_OFFSET) & ~PCL_FCTL_WSI_MASK;
  ops->write_reg32(ops->context, PCL_REG_FCTL_OFFSET, fctl | (messages ? 0 : PCL_FCTL_WSI_MASK));
  driver->messages = !(ops->read_reg32(ops->context, PCL_REG_FCTL_OFFSET) & PCL_FCTL_WSI_MASK);
  return driver->messages == messages ? PCL_OK : PCL_E_UNSUPPORTED;
}

pcl_status_t pcl_set_vectors(pcl_driver_t *driver, const pcl_vectors_t *vectors) {
  const pcl_ops_t *ops = driver->ops;
  uint64_t wanted = (uint64_t)vectors->commands << PCL_ICVEC_CIV_SHIFT | (uint64_t)vectors->faults << PCL_ICVEC_FIV_SHIFT |
                    (uint64_t)vectors->counters << PCL_ICVEC_PMIV_SHIFT | (uint64_t)vectors->pages << PCL_ICVEC_PIV_SHIFT;
  uint64_t built = PCL_ICVEC_CIV_MASK | PCL_ICVEC_FIV_MASK;
  if (driver->capabilities & PCL_CAPABILITIES_HPM_MASK) built |= PCL_ICVEC_PMIV_MASK;
  if (driver->capabilities & PCL_CAPABILITIES_ATS_MASK) built |= PCL_ICVEC_PIV_MASK;
  ops->write_reg64(ops->context, PCL_REG_ICVEC_OFFSET, wanted);
  return (ops->read_reg64(ops->context, PCL_REG_ICVEC_OFFSET) ^ wanted) & built ? PCL_E_ARGUMENT : PCL_OK;
}

static uint32_t entry_of(uint32_t vector) { return vector * PCL_REG_MSI_ADDR_STRIDE; }

pcl_status_t pcl_set_message(pcl_driver_t *driver, uint32_t vector, const pcl_irq_message_t *message) {
  const pcl_ops_t *ops = driver->ops;
  if (vector >= driver->vectors || (message->addr & 3) || message->addr >> 56) return PCL_E_ARGUMENT;
  pcl_mask_message(driver, vector, true);
  ops->write_reg64(ops->context, PCL_REG_MSI_ADDR_OFFSET + entry_of(vector), message->addr);
  ops->write_reg32(ops->context, PCL_REG_MSI_DATA_OFFSET + entry_of(vector), message->data);
  pcl_mask_message(driver, vector, false);
  return PCL_OK;
}

void pcl_mask_message(pcl_driver_t *driver, uint32_t vector, bool masked) {
  const pcl_ops_t *ops = driver->ops;
  ops->write_reg32(ops->context, PCL_REG_MSI_VEC_CTL_OFFSET + entry_of(vector), masked ? PCL_MSI_VEC_CTL_M_MASK : 0);
}

bool pcl_message_masked(pcl_driver_t *driver, uint32_t vector) {
  const pcl_ops_t *ops = driver->ops;
  return ops->read_reg32(ops->context, PCL_REG_MSI_VEC_CTL_OFFSET + entry_of(vector)) & PCL_MSI_VEC_CTL_M_MASK;
}
