// SPDX-License-Identifier: Apache-2.0
//
// Devices and their contexts (IOMMU spec 7.3.1).
#include "pcl_driver.h"
#include "pcl_regs.h"

#define MSIPTP_FLAT (UINT64_C(1) << 60)

// The second stage and the interrupt files of a DC. Modes of iohgatp: 8 Sv39x4 and up.
static void name_vm(pcl_device_context_t *context, const pcl_vm_t *vm) {
  if (!vm) return;
  context->iohgatp = (uint64_t)(vm->table.levels + 5) << 60 | (uint64_t)vm->gscid << 44 | vm->table.root >> 12;
  if (!vm->msi.root) return;
  context->msiptp = MSIPTP_FLAT | vm->msi.root >> 12;
  context->msi_addr_mask = vm->msi.mask;
  context->msi_addr_pattern = vm->msi.pattern;
}

pcl_status_t pcl_attach_context(pcl_driver_t *driver, uint32_t device_id, const pcl_device_context_t *context) {
  bool updates = driver->capabilities & PCL_CAPABILITIES_AMO_HWAD_MASK;
  bool ats = driver->capabilities & PCL_CAPABILITIES_ATS_MASK, gpas = driver->capabilities & PCL_CAPABILITIES_T2GPA_MASK;
  if ((context->tc & (PCL_DC_SADE | PCL_DC_GADE)) && !updates) return PCL_E_UNSUPPORTED;
  if ((context->tc & (PCL_DC_EN_ATS | PCL_DC_EN_PRI | PCL_DC_PRPR)) && !ats) return PCL_E_UNSUPPORTED;
  if ((context->tc & PCL_DC_T2GPA) && !gpas) return PCL_E_UNSUPPORTED;
  return pcl_directory_put(driver->ops, &driver->directory, device_id, context);
}

pcl_device_context_t pcl_domain_context(const pcl_domain_t *domain, uint64_t dc_flags) {
  pcl_device_context_t context = {.tc = PCL_DC_VALID | dc_flags};
  if (domain->table.root) context = pcl_device_context(domain->table.root, domain->table.levels, domain->pscid, dc_flags);
  if (domain->big_endian) context.tc |= PCL_DC_SBE;
  name_vm(&context, domain->vm);
  return context;
}

pcl_device_context_t pcl_processes_context(const pcl_processes_t *processes, uint64_t dc_flags) {
  pcl_device_context_t context = {
    .tc = PCL_DC_VALID | PCL_DC_PDTV | dc_flags,
    .fsc = (uint64_t)processes->table.levels << 60 | processes->table.root >> 12,
  };
  if (processes->big_endian) context.tc |= PCL_DC_SBE;
  name_vm(&context, processes->vm);
  return context;
}

pcl_status_t pcl_attach(pcl_driver_t *driver, uint32_t device_id, const pcl_domain_t *domain, uint64_t dc_flags) {
  const pcl_device_context_t context = pcl_domain_context(domain, dc_flags);
  return pcl_attach_context(driver, device_id, &context);
}

pcl_status_t pcl_attach_bypass(pcl_driver_t *driver, uint32_t device_id, uint64_t dc_flags) {
  return pcl_attach_context(driver, device_id, &(pcl_device_context_t){.tc = PCL_DC_VALID | dc_flags});
}

pcl_status_t pcl_attach_processes(pcl_driver_t *driver, uint32_t device_id, const pcl_processes_t *processes, uint64_t dc_flags) {
  const pcl_device_context_t context = pcl_processes_context(processes, dc_flags);
  return pcl_attach_context(driver, device_id, &context);
}

pcl_status_t pcl_invalidate_device(pcl_driver_t *driver, uint32_t device_id, const pcl_device_context_t *old) {
  pcl_cmd_words_t command = pcl_cmd_inval_ddt(device_id);
  pcl_status_t status = pcl_cmdq_put(&driver->commands, &command);
  if (status) return status;
  if (old->iohgatp >> 60) {
    uint16_t gscid = (uint16_t)(old->iohgatp >> 44);
    command = pcl_cmd_vma(&(pcl_vma_t){.gv = true, .gscid = gscid});
    status = pcl_cmdq_put(&driver->commands, &command);
    return status ? status : pcl_invalidate_vm(driver, &(pcl_gvma_t){.gv = true, .gscid = gscid});
  }
  if (old->tc & PCL_DC_PDTV) return pcl_invalidate(driver, &(pcl_vma_t){0});
  if (old->fsc >> 60 != PCL_FSC_BARE)
    return pcl_invalidate(driver, &(pcl_vma_t){.pscv = true, .pscid = old->ta >> 12 & 0xfffff});
  pcl_cmdq_ring(&driver->commands);
  return PCL_OK;
}

pcl_status_t pcl_detach(pcl_driver_t *driver, uint32_t device_id) {
  pcl_device_context_t old;
  if (!pcl_directory_get(driver->ops, &driver->directory, device_id, &old)) return PCL_E_ARGUMENT;
  pcl_directory_clear(driver->ops, &driver->directory, device_id);
  pcl_status_t status = pcl_invalidate_device(driver, device_id, &old);
  return status ? status : pcl_fence(driver, PCL_CMD_PR | PCL_CMD_PW);
}

pcl_status_t pcl_set_qos(pcl_driver_t *driver, uint32_t rcid, uint32_t mcid) {
  const pcl_ops_t *ops = driver->ops;
  if (!(driver->capabilities & PCL_CAPABILITIES_QOSID_MASK)) return PCL_E_UNSUPPORTED;
  ops->write_reg32(ops->context, PCL_REG_IOMMU_QOSID_OFFSET, mcid << PCL_IOMMU_QOSID_MCID_SHIFT | rcid);
  return PCL_OK;
}
