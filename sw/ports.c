// SPDX-License-Identifier: Apache-2.0
//
// Quiesce and isolator of the ports: the custom registers qctl, qsta, isotime.
#include "pcl_driver.h"
#include "pcl_regs.h"

static uint32_t read_port(const pcl_driver_t *driver, uint32_t offset, uint32_t port) {
  return driver->ops->read_reg32(driver->ops->context, offset + port * PCL_REG_QCTL_STRIDE);
}

static void write_port(const pcl_driver_t *driver, uint32_t offset, uint32_t port, uint32_t value) {
  driver->ops->write_reg32(driver->ops->context, offset + port * PCL_REG_QCTL_STRIDE, value);
}

// Waits until qsta & mask = wanted.
static pcl_status_t wait_state(const pcl_driver_t *driver, uint32_t port, uint32_t mask, uint32_t wanted) {
  for (uint32_t tries = 0; (read_port(driver, PCL_REG_QSTA_OFFSET, port) & mask) != wanted; tries++)
    if (!driver->ops->wait(driver->ops->context, tries)) return PCL_E_TIMEOUT;
  return PCL_OK;
}

pcl_status_t pcl_quiesce(pcl_driver_t *driver, uint32_t port, bool abort) {
  write_port(driver, PCL_REG_QCTL_OFFSET, port, PCL_QCTL_MODE_HOLD);
  pcl_status_t status = wait_state(driver, port, PCL_QSTA_DRAINED_MASK, PCL_QSTA_DRAINED_MASK);
  if (!status && abort) write_port(driver, PCL_REG_QCTL_OFFSET, port, PCL_QCTL_MODE_ABORT);
  return status;
}

pcl_status_t pcl_resume(pcl_driver_t *driver, uint32_t port) {
  write_port(driver, PCL_REG_QCTL_OFFSET, port, PCL_QCTL_MODE_RUN);
  return PCL_OK;
}

pcl_status_t pcl_isolate(pcl_driver_t *driver, uint32_t port) {
  uint32_t mode = read_port(driver, PCL_REG_QCTL_OFFSET, port) & PCL_QCTL_MODE_MASK;
  write_port(driver, PCL_REG_QCTL_OFFSET, port, mode | PCL_QCTL_ISOLATE_MASK);
  return wait_state(driver, port, PCL_QSTA_ISOLATED_MASK, PCL_QSTA_ISOLATED_MASK);
}

void pcl_set_isolation_time(pcl_driver_t *driver, uint32_t port, uint32_t clocks) {
  write_port(driver, PCL_REG_ISOTIME_OFFSET, port, clocks);
}

bool pcl_is_isolated(pcl_driver_t *driver, uint32_t port) {
  return read_port(driver, PCL_REG_QSTA_OFFSET, port) & PCL_QSTA_ISOLATED_MASK;
}

pcl_status_t pcl_release(pcl_driver_t *driver, uint32_t port) {
  uint32_t mode = read_port(driver, PCL_REG_QCTL_OFFSET, port) & PCL_QCTL_MODE_MASK;
  write_port(driver, PCL_REG_QCTL_OFFSET, port, mode | PCL_QCTL_RESUME_MASK);
  return wait_state(driver, port, PCL_QSTA_ISOLATED_MASK, 0);
}
