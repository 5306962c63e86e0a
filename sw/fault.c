// SPDX-License-Identifier: Apache-2.0
//
// Fault records explained (IOMMU spec 4.2, causes and iotval2).
#include "pcl_driver.h"

static pcl_fault_table_t table_of(uint32_t cause) {
  switch (cause) {
    case 12: case 13: case 15: return PCL_FAULT_FIRST;
    case 20: case 21: case 23: return PCL_FAULT_SECOND;
    case 1: case 5: case 7: case 274: return PCL_FAULT_TABLES;
    case 257: case 258: case 259: case 268: return PCL_FAULT_DEVICE;
    case 265: case 266: case 267: case 269: return PCL_FAULT_PROCESS;
    case 261: case 262: case 263: case 264: case 270: case 271: return PCL_FAULT_MSI;
    default: return PCL_FAULT_NOWHERE;
  }
}

bool pcl_handle_fault(pcl_driver_t *driver, pcl_fault_report_t *fault) {
  pcl_faultq_recover(&driver->faults);
  *fault = (pcl_fault_report_t){.table = PCL_FAULT_NOWHERE};
  if (!pcl_faultq_take(&driver->faults, &fault->event)) return false;
  fault->table = table_of(fault->event.cause);
  if (fault->table != PCL_FAULT_SECOND) return true;
  fault->gpa = fault->event.iotval2 & ~UINT64_C(3);
  fault->implicit = fault->event.iotval2 & 1;
  fault->implicit_write = (fault->event.iotval2 & 3) == 3;
  return true;
}
