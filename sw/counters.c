// SPDX-License-Identifier: Apache-2.0
//
// iohpmctr and iohpmevt of counter n lie at index n - 1.
#include "pcl_driver.h"
#include "pcl_regs.h"

static uint32_t value_of(uint32_t counter) {
  return counter ? PCL_REG_IOHPMCTR_OFFSET + (counter - 1) * PCL_REG_IOHPMCTR_STRIDE : PCL_REG_IOHPMCYCLES_OFFSET;
}

static uint32_t event_of(uint32_t counter) { return PCL_REG_IOHPMEVT_OFFSET + (counter - 1) * PCL_REG_IOHPMEVT_STRIDE; }

static uint64_t encode(const pcl_counted_t *event) {
  return ((uint64_t)event->id << PCL_IOHPMEVT_EVENTID_SHIFT & PCL_IOHPMEVT_EVENTID_MASK) |
         ((uint64_t)event->low << PCL_IOHPMEVT_PID_PSCID_SHIFT & PCL_IOHPMEVT_PID_PSCID_MASK) |
         ((uint64_t)event->high << PCL_IOHPMEVT_DID_GSCID_SHIFT & PCL_IOHPMEVT_DID_GSCID_MASK) |
         (event->range ? PCL_IOHPMEVT_DMASK_MASK : 0) | (event->match_low ? PCL_IOHPMEVT_PV_PSCV_MASK : 0) |
         (event->match_high ? PCL_IOHPMEVT_DV_GSCV_MASK : 0) | (event->by_space ? PCL_IOHPMEVT_IDT_MASK : 0);
}

static void inhibit(pcl_driver_t *driver, uint32_t counter, bool on) {
  const pcl_ops_t *ops = driver->ops;
  uint32_t inhibits = ops->read_reg32(ops->context, PCL_REG_IOCOUNTINH_OFFSET), bit = UINT32_C(1) << counter;
  ops->write_reg32(ops->context, PCL_REG_IOCOUNTINH_OFFSET, on ? inhibits | bit : inhibits & ~bit);
}

pcl_status_t pcl_counter_start(pcl_driver_t *driver, uint32_t counter, const pcl_counted_t *event, uint64_t value) {
  const pcl_ops_t *ops = driver->ops;
  if (!(driver->capabilities & PCL_CAPABILITIES_HPM_MASK) || counter > driver->counters) return PCL_E_UNSUPPORTED;
  inhibit(driver, counter, true);
  if (counter) {
    uint64_t encoded = encode(event);
    ops->write_reg64(ops->context, event_of(counter), encoded);
    if (ops->read_reg64(ops->context, event_of(counter)) != encoded) return PCL_E_UNSUPPORTED;
  }
  ops->write_reg64(ops->context, value_of(counter), counter ? value : value & PCL_IOHPMCYCLES_COUNTER_MASK);
  inhibit(driver, counter, false);
  return PCL_OK;
}

void pcl_counter_stop(pcl_driver_t *driver, uint32_t counter) { inhibit(driver, counter, true); }
void pcl_counter_resume(pcl_driver_t *driver, uint32_t counter) { inhibit(driver, counter, false); }

uint64_t pcl_counter_read(pcl_driver_t *driver, uint32_t counter) {
  const pcl_ops_t *ops = driver->ops;
  uint64_t value = ops->read_reg64(ops->context, value_of(counter));
  return counter ? value : value & PCL_IOHPMCYCLES_COUNTER_MASK;
}

// The upper half of iohpmcycles, of iohpmevt: the lower keeps counting, what a counter filters stays.
static void clear_mark(pcl_driver_t *driver, uint32_t counter) {
  const pcl_ops_t *ops = driver->ops;
  uint32_t offset = (counter ? event_of(counter) : PCL_REG_IOHPMCYCLES_OFFSET) + 4;
  ops->write_reg32(ops->context, offset, ops->read_reg32(ops->context, offset) & ~(UINT32_C(1) << 31));
}

uint32_t pcl_counter_overflows(pcl_driver_t *driver) {
  const pcl_ops_t *ops = driver->ops;
  uint32_t overflows = ops->read_reg32(ops->context, PCL_REG_IOCOUNTOVF_OFFSET);
  for (uint32_t counter = 0; counter <= driver->counters; counter++)
    if (overflows >> counter & 1) clear_mark(driver, counter);
  return overflows;
}
