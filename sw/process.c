// SPDX-License-Identifier: Apache-2.0
//
// Process contexts (IOMMU spec 7.3.2).
#include "pcl_driver.h"
#include "pcl_regs.h"

static const pcl_ops_t *memory_of(const pcl_driver_t *driver, const pcl_processes_t *processes) {
  return processes->vm ? &processes->vm->memory : driver->ops;
}

pcl_status_t pcl_processes_init(pcl_driver_t *driver, pcl_processes_t *processes, pcl_vm_t *vm, uint32_t levels) {
  static const uint64_t needs[3] = {PCL_CAPABILITIES_PD8_MASK, PCL_CAPABILITIES_PD17_MASK, PCL_CAPABILITIES_PD20_MASK};
  if (levels < 1 || levels > 3) return PCL_E_ARGUMENT;
  if (!(driver->capabilities & needs[levels - 1])) return PCL_E_UNSUPPORTED;
  *processes = (pcl_processes_t){.vm = vm};
  processes->big_endian = memory_of(driver, processes)->big_endian;
  return pcl_process_directory_init(memory_of(driver, processes), &processes->table, levels);
}

void pcl_processes_free(pcl_driver_t *driver, pcl_processes_t *processes) {
  pcl_process_directory_free(memory_of(driver, processes), &processes->table);
}

pcl_status_t pcl_attach_process(pcl_driver_t *driver, const pcl_processes_t *processes, uint32_t process_id,
                                const pcl_domain_t *domain, uint64_t flags) {
  if (domain->vm != processes->vm) return PCL_E_ARGUMENT;
  const pcl_process_context_t context =
    pcl_process_context(domain->table.root, domain->table.root ? domain->table.levels : 0, domain->pscid, flags);
  return pcl_process_directory_put(memory_of(driver, processes), &processes->table, process_id, &context);
}

pcl_status_t pcl_detach_process(pcl_driver_t *driver, uint32_t device_id, const pcl_processes_t *processes, uint32_t process_id) {
  const pcl_ops_t *ops = memory_of(driver, processes);
  pcl_process_context_t old;
  if (!pcl_process_directory_get(ops, &processes->table, process_id, &old)) return PCL_E_ARGUMENT;
  pcl_process_directory_clear(ops, &processes->table, process_id);
  pcl_cmd_words_t command = pcl_cmd_inval_pdt(device_id, process_id);
  pcl_status_t status = pcl_cmdq_put(&driver->commands, &command);
  if (!status)
    status = pcl_invalidate(driver, &(pcl_vma_t){.gv = processes->vm, .gscid = processes->vm ? (uint16_t)processes->vm->gscid : 0,
                                                 .pscv = true, .pscid = old.ta >> 12 & 0xfffff});
  return status ? status : pcl_fence(driver, PCL_CMD_PR | PCL_CMD_PW);
}
