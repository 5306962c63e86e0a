// SPDX-License-Identifier: Apache-2.0
//
// The IOMMU as a whole: probing, modes, interrupts (IOMMU spec 7.2 and 7.8).
#include "pcl_driver.h"
#include "pcl_regs.h"

static uint64_t field(uint64_t value, uint64_t mask, uint32_t shift) { return (value & mask) >> shift; }

// Writes ones into civ and fiv and counts what stays.
static uint32_t count_vectors(const pcl_ops_t *ops) {
  ops->write_reg64(ops->context, PCL_REG_ICVEC_OFFSET, PCL_ICVEC_CIV_MASK | PCL_ICVEC_FIV_MASK);
  uint64_t icvec = ops->read_reg64(ops->context, PCL_REG_ICVEC_OFFSET);
  return (uint32_t)field(icvec, PCL_ICVEC_CIV_MASK, PCL_ICVEC_CIV_SHIFT) + 1;
}

// Stops all counters and counts those of events.
static uint32_t count_counters(const pcl_ops_t *ops) {
  uint32_t counters = 0;
  ops->write_reg32(ops->context, PCL_REG_IOCOUNTINH_OFFSET, ~UINT32_C(0));
  for (uint32_t there = ops->read_reg32(ops->context, PCL_REG_IOCOUNTINH_OFFSET) >> 1; there & 1; there >>= 1) counters++;
  return counters;
}

// Wires, if there are any, and byte order.
static void set_features(pcl_driver_t *driver) {
  const pcl_ops_t *ops = driver->ops;
  uint32_t fctl = ops->read_reg32(ops->context, PCL_REG_FCTL_OFFSET);
  uint32_t wanted = (fctl & ~PCL_FCTL_BE_MASK) | PCL_FCTL_WSI_MASK | (ops->big_endian ? PCL_FCTL_BE_MASK : 0);
  if (fctl != wanted) ops->write_reg32(ops->context, PCL_REG_FCTL_OFFSET, wanted);
  driver->messages = !(ops->read_reg32(ops->context, PCL_REG_FCTL_OFFSET) & PCL_FCTL_WSI_MASK);
}

pcl_status_t pcl_probe(pcl_driver_t *driver, const pcl_ops_t *ops) {
  *driver = (pcl_driver_t){.ops = ops};
  uint64_t caps = driver->capabilities = ops->read_reg64(ops->context, PCL_REG_CAPABILITIES_OFFSET);
  if (field(caps, PCL_CAPABILITIES_VERSION_MASK, PCL_CAPABILITIES_VERSION_SHIFT) != 0x10) return PCL_E_VERSION;
  if (ops->big_endian && !(caps & PCL_CAPABILITIES_END_MASK)) return PCL_E_UNSUPPORTED;
  set_features(driver);
  driver->vectors = count_vectors(ops);
  if (caps & PCL_CAPABILITIES_HPM_MASK) driver->counters = count_counters(ops);
  return pcl_set_vectors(driver, &(pcl_vectors_t){.faults = driver->vectors > 1, .counters = driver->vectors > 2 ? 2 : 0});
}

static pcl_status_t write_ddtp(pcl_driver_t *driver, uint64_t mode, uint64_t root) {
  const pcl_ops_t *ops = driver->ops;
  ops->write_reg64(ops->context, PCL_REG_DDTP_OFFSET, root >> 12 << PCL_DDTP_PPN_SHIFT | mode);
  for (uint32_t tries = 0;; tries++) {
    uint64_t ddtp = ops->read_reg64(ops->context, PCL_REG_DDTP_OFFSET);
    if (!(ddtp & PCL_DDTP_BUSY_MASK))
      return field(ddtp, PCL_DDTP_IOMMU_MODE_MASK, PCL_DDTP_IOMMU_MODE_SHIFT) == mode ? PCL_OK : PCL_E_UNSUPPORTED;
    if (!ops->wait(ops->context, tries)) return PCL_E_TIMEOUT;
  }
}

// The modes 1LVL, 2LVL, 3LVL are 2, 3, 4.
pcl_status_t pcl_set_mode(pcl_driver_t *driver, pcl_table_mode_t mode) {
  pcl_status_t status = write_ddtp(driver, PCL_DDTP_MODE_OFF, 0);
  if (status || mode == PCL_DDTP_MODE_OFF) return status;
  if (mode == PCL_DDTP_MODE_BARE) return write_ddtp(driver, PCL_DDTP_MODE_BARE, 0);
  return write_ddtp(driver, driver->directory.levels + 1, driver->directory.root);
}

pcl_status_t pcl_set_directory(pcl_driver_t *driver, const pcl_device_directory_t *directory) {
  driver->directory = *directory;
  return pcl_set_mode(driver, PCL_DDTP_MODE_TABLE);
}

static uint32_t levels_for(uint32_t device_id_bits, bool extended) {
  uint32_t leaf_bits = extended ? 6 : 7;
  return device_id_bits <= leaf_bits ? 1 : device_id_bits <= leaf_bits + 9 ? 2 : 3;
}

static pcl_status_t choose_interrupts(pcl_driver_t *driver, const pcl_setup_t *setup) {
  pcl_status_t status = setup->messages || setup->interrupts ? pcl_use_messages(driver, setup->messages) : PCL_OK;
  for (uint32_t i = 0; i < setup->vectors && setup->messages && !status; i++)
    status = pcl_set_message(driver, i, &setup->messages[i]);
  if (status || !setup->messages) return status;
  return pcl_set_vectors(driver, &(pcl_vectors_t){.faults = setup->vectors > 1, .counters = setup->vectors > 2 ? 2 : 0});
}

pcl_status_t pcl_init(pcl_driver_t *driver, const pcl_ops_t *ops, const pcl_setup_t *setup) {
  pcl_status_t status = pcl_probe(driver, ops);
  if (!status) status = choose_interrupts(driver, setup);
  if (!status) status = pcl_cmdq_enable(&driver->commands, ops, setup->log2_commands, setup->interrupts);
  if (!status) status = pcl_faultq_enable(&driver->faults, ops, setup->log2_faults, setup->interrupts);
  if (status) return status;
  bool extended = driver->capabilities & PCL_CAPABILITIES_MSI_FLAT_MASK;
  pcl_device_directory_t directory;
  status = pcl_directory_init(ops, &directory, levels_for(setup->device_id_bits, extended), extended);
  return status ? status : pcl_set_directory(driver, &directory);
}

uint32_t pcl_handle_interrupt(pcl_driver_t *driver, pcl_fault_handler_t handler, void *context) {
  const pcl_ops_t *ops = driver->ops;
  uint32_t ipsr = ops->read_reg32(ops->context, PCL_REG_IPSR_OFFSET);
  if (ipsr & PCL_IPSR_CIP_MASK) {
    pcl_cmdq_recover(&driver->commands);
    uint32_t csr = ops->read_reg32(ops->context, PCL_REG_CQCSR_OFFSET);
    if (csr & PCL_CQCSR_FENCE_W_IP_MASK)
      ops->write_reg32(ops->context, PCL_REG_CQCSR_OFFSET,
                       (csr & (PCL_CQCSR_CQEN_MASK | PCL_CQCSR_CIE_MASK)) | PCL_CQCSR_FENCE_W_IP_MASK);
  }
  if (ipsr & PCL_IPSR_FIP_MASK) pcl_faultq_recover(&driver->faults);
  if (ipsr) ops->write_reg32(ops->context, PCL_REG_IPSR_OFFSET, ipsr);
  if (ipsr & PCL_IPSR_PMIP_MASK) driver->overflows |= pcl_counter_overflows(driver);
  pcl_fault_event_t event;
  while (pcl_faultq_take(&driver->faults, &event))
    if (handler) handler(context, &event);
  return ipsr;
}
