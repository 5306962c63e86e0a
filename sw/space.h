// SPDX-License-Identifier: Apache-2.0
//
// What mapping is for both stages: a page table, the memory that it lies in, and how the IOMMU's caches know what it maps.
#ifndef PCL_SPACE_H
#define PCL_SPACE_H

#include "pcl_driver.h"

typedef struct {
  const pcl_ops_t *ops;          // of the memory of the page table
  const pcl_page_table_t *table;
  uint64_t page_limit;
  uint32_t pscid;                // first stage
  uint16_t gscid;
  bool gv;
} pcl_space_map_t;

pcl_space_map_t pcl_space_of_domain(const pcl_driver_t *driver, const pcl_domain_t *domain);
pcl_space_map_t pcl_space_of_vm(const pcl_vm_t *vm);

// As pcl_map(), pcl_unmap_later(), pcl_trim() say.
pcl_status_t pcl_space_add(const pcl_space_map_t *space, uint64_t addr, uint64_t target, uint64_t bytes, uint64_t flags);
pcl_status_t pcl_space_remove(pcl_driver_t *driver, const pcl_space_map_t *space, uint64_t addr, uint64_t bytes);
pcl_status_t pcl_space_trim(pcl_driver_t *driver, const pcl_space_map_t *space, uint64_t addr);

#endif
