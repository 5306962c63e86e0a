// SPDX-License-Identifier: Apache-2.0
//
// Domains and their mappings (IOMMU spec 7.3.5).
#include <stddef.h>

#include "pcl_regs.h"
#include "space.h"

pcl_status_t pcl_invalidate(pcl_driver_t *driver, const pcl_vma_t *vma) {
  pcl_cmd_words_t command = pcl_cmd_vma(vma);
  return pcl_cmdq_submit(&driver->commands, &command);
}

pcl_status_t pcl_fence(pcl_driver_t *driver, uint64_t options) {
  uint32_t fence = pcl_cmdq_fence(&driver->commands, options);
  return fence ? pcl_cmdq_wait(&driver->commands, fence) : PCL_E_TIMEOUT;
}

static pcl_status_t init(pcl_driver_t *driver, pcl_domain_t *domain, pcl_vm_t *vm, uint32_t levels, uint32_t pscid) {
  static const uint64_t needs[3] = {PCL_CAPABILITIES_SV39_MASK, PCL_CAPABILITIES_SV48_MASK, PCL_CAPABILITIES_SV57_MASK};
  if (levels < 3 || levels > 5 || pscid >> 20) return PCL_E_ARGUMENT;
  if (!(driver->capabilities & needs[levels - 3])) return PCL_E_UNSUPPORTED;
  const pcl_ops_t *memory = vm ? &vm->memory : driver->ops;
  *domain = (pcl_domain_t){.pscid = pscid, .vm = vm, .big_endian = memory->big_endian};
  return pcl_page_table_init(memory, &domain->table, levels);
}

pcl_status_t pcl_domain_init(pcl_driver_t *driver, pcl_domain_t *domain, uint32_t levels, uint32_t pscid) {
  return init(driver, domain, NULL, levels, pscid);
}

pcl_status_t pcl_domain_init_guest(pcl_driver_t *driver, pcl_domain_t *domain, pcl_vm_t *vm, uint32_t levels, uint32_t pscid) {
  if (levels || pscid >> 20) return init(driver, domain, vm, levels, pscid);
  *domain = (pcl_domain_t){.pscid = pscid, .vm = vm, .big_endian = vm->memory.big_endian};
  return PCL_OK;
}

pcl_status_t pcl_domain_free(pcl_driver_t *driver, pcl_domain_t *domain) {
  const pcl_space_map_t space = pcl_space_of_domain(driver, domain);
  pcl_status_t status = pcl_invalidate(driver, &(pcl_vma_t){.gv = space.gv, .gscid = space.gscid});
  if (!status) status = pcl_fence(driver, PCL_CMD_PR | PCL_CMD_PW);
  if (!status) pcl_page_table_free(space.ops, &domain->table);
  return status;
}

pcl_status_t pcl_map(pcl_driver_t *driver, const pcl_domain_t *domain, uint64_t iova, uint64_t pa, uint64_t bytes,
                     uint64_t flags) {
  const pcl_space_map_t space = pcl_space_of_domain(driver, domain);
  return pcl_space_add(&space, iova, pa, bytes, flags);
}

pcl_status_t pcl_unmap_later(pcl_driver_t *driver, const pcl_domain_t *domain, uint64_t iova, uint64_t bytes) {
  const pcl_space_map_t space = pcl_space_of_domain(driver, domain);
  return pcl_space_remove(driver, &space, iova, bytes);
}

pcl_status_t pcl_unmap(pcl_driver_t *driver, const pcl_domain_t *domain, uint64_t iova, uint64_t bytes) {
  pcl_status_t status = pcl_unmap_later(driver, domain, iova, bytes);
  return status ? status : pcl_fence(driver, PCL_CMD_PR | PCL_CMD_PW);
}

pcl_status_t pcl_trim(pcl_driver_t *driver, const pcl_domain_t *domain, uint64_t iova) {
  const pcl_space_map_t space = pcl_space_of_domain(driver, domain);
  return pcl_space_trim(driver, &space, iova);
}
