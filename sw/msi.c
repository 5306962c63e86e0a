// SPDX-License-Identifier: Apache-2.0
//
// Interrupt files of a VM (IOMMU spec 3.1.3 and 3.3.3; AIA spec, "MSI page tables"): basic entries only.
#include "pcl_driver.h"
#include "pcl_regs.h"

#define MSI_BASIC (UINT64_C(3) << 1)

static uint32_t msi_pages(const pcl_vm_t *vm) {
  uint32_t files = 1;
  for (uint64_t left = vm->msi.mask; left; left &= left - 1) files *= 2;
  return files > 256 ? files / 256 : 1;
}

static bool is_file(const pcl_vm_t *vm, uint64_t gpa) {
  return vm->msi.root && !((gpa >> 12 ^ vm->msi.pattern) & ~vm->msi.mask);
}

pcl_status_t pcl_msi_init(pcl_driver_t *driver, pcl_vm_t *vm, uint64_t mask, uint64_t pattern) {
  uint32_t ones = 0;
  for (uint64_t left = mask; left; left &= left - 1) ones++;
  if (!(driver->capabilities & PCL_CAPABILITIES_MSI_FLAT_MASK)) return PCL_E_UNSUPPORTED;
  if (ones > 16 || vm->msi.root || !pcl_page_table_canonical(&vm->table, (mask | pattern) << 12) || (mask | pattern) >> 52)
    return PCL_E_ARGUMENT;
  vm->msi = (pcl_msi_table_t){.mask = mask, .pattern = pattern};
  vm->msi.root = driver->ops->page_alloc(driver->ops->context, msi_pages(vm));
  return vm->msi.root ? PCL_OK : PCL_E_MEMORY;
}

uint64_t pcl_msi_entry(const pcl_vm_t *vm, uint64_t gpa) {
  uint64_t number = 0;
  uint32_t place = 0;
  if (!is_file(vm, gpa)) return 0;
  for (uint32_t bit = 0; bit < 52; bit++)
    if (vm->msi.mask >> bit & 1) number |= (gpa >> (12 + bit) & 1) << place++;
  return vm->msi.root + number * 16;
}

pcl_status_t pcl_msi_map(pcl_driver_t *driver, pcl_vm_t *vm, uint64_t gpa, uint64_t spa) {
  const pcl_ops_t *ops = driver->ops;
  uint64_t entry = pcl_msi_entry(vm, gpa);
  if (!entry || (spa & (PCL_PAGE - 1)) || spa >> 56) return PCL_E_ARGUMENT;
  if (pcl_load(ops, entry) & PCL_MAP_VALID) return PCL_E_MAPPED;
  pcl_store(ops, entry + 8, 0);
  pcl_store(ops, entry, spa >> 2 | MSI_BASIC | PCL_MAP_VALID);
  return PCL_OK;
}

pcl_status_t pcl_msi_unmap(pcl_driver_t *driver, pcl_vm_t *vm, uint64_t gpa) {
  uint64_t entry = pcl_msi_entry(vm, gpa);
  if (!entry) return PCL_E_ARGUMENT;
  pcl_store(driver->ops, entry, 0);
  const pcl_gvma_t gvma = {.gv = true, .gscid = (uint16_t)vm->gscid, .av = true, .gpa = gpa};
  pcl_status_t status = pcl_invalidate_vm(driver, &gvma);
  return status ? status : pcl_fence(driver, PCL_CMD_PR | PCL_CMD_PW);
}

void pcl_msi_free(pcl_driver_t *driver, pcl_vm_t *vm) {
  if (vm->msi.root) driver->ops->page_free(driver->ops->context, vm->msi.root, msi_pages(vm));
  vm->msi.root = 0;
}
