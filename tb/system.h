// SPDX-License-Identifier: Apache-2.0
//
// A small system for directed work: the driver on the testbench's registers and memory, pages from one region in turn, never
// reused. Waiting takes clocks.
#ifndef TB_SYSTEM_H
#define TB_SYSTEM_H

#include "pcl_driver.h"
#include "tb.h"

// Where the region begins.
#define SYSTEM_PAGES UINT64_C(0x80000000)

typedef struct {
  tb_t *tb;
  pcl_ops_t ops;
  pcl_driver_t driver;
  uint64_t next_page;  // of the region
} system_t;

// Registers, memory and pages for the driver; the IOMMU is as after reset.
void system_connect(system_t *system, tb_t *tb);

// Initialises the driver: queues of 2^log2_commands and 2^log2_faults entries, an empty directory, everything denied.
void system_start(system_t *system, const pcl_setup_t *setup);

// Fails the run unless `status` is PCL_OK.
void system_expect(system_t *system, pcl_status_t status, const char *what);

#endif
