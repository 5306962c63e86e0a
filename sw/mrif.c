// SPDX-License-Identifier: Apache-2.0
//
// Memory-resident interrupt files (AIA spec, "Memory-resident interrupt files", "MSI PTE, MRIF mode").
#include "pcl_driver.h"
#include "pcl_regs.h"

#define MSI_MRIF (UINT64_C(1) << 1)

pcl_status_t pcl_mrif_map(pcl_driver_t *driver, pcl_vm_t *vm, uint64_t gpa, const pcl_memory_file_t *mrif) {
  const pcl_ops_t *ops = driver->ops;
  uint64_t entry = pcl_msi_entry(vm, gpa);
  if (!(driver->capabilities & PCL_CAPABILITIES_MSI_MRIF_MASK)) return PCL_E_UNSUPPORTED;
  if (!entry || (mrif->file & (PCL_MRIF_BYTES - 1)) || (mrif->notice & (PCL_PAGE - 1)) || mrif->file >> 56 ||
      mrif->notice >> 56 || mrif->nid >> 11)
    return PCL_E_ARGUMENT;
  if (pcl_load(ops, entry) & PCL_MAP_VALID) return PCL_E_MAPPED;
  pcl_store(ops, entry + 8, mrif->notice >> 2 | (mrif->nid & 0x3ff) | (uint64_t)(mrif->nid >> 10) << 60);
  pcl_store(ops, entry, mrif->file >> 2 | MSI_MRIF | PCL_MAP_VALID);
  return PCL_OK;
}

// The file is little-endian whatever the byte order of the IOMMU's structures is.
static uint64_t pending_at(const pcl_memory_file_t *mrif, uint32_t identity) { return mrif->file + identity / 64 * 16; }

bool pcl_mrif_pending(const pcl_driver_t *driver, const pcl_memory_file_t *mrif, uint32_t identity) {
  return driver->ops->load64(driver->ops->context, pending_at(mrif, identity)) >> identity % 64 & 1;
}

void pcl_mrif_clear(pcl_driver_t *driver, const pcl_memory_file_t *mrif, uint32_t identity) {
  const pcl_ops_t *ops = driver->ops;
  uint64_t at = pending_at(mrif, identity), value = ops->load64(ops->context, at);
  ops->store64(ops->context, at, value & ~(UINT64_C(1) << identity % 64));
}
