// SPDX-License-Identifier: Apache-2.0
//
// Virtual machines: the second stage, and guest memory for tables.
#include "pcl_regs.h"
#include "space.h"

bool pcl_vm_find(const pcl_vm_t *vm, uint64_t gpa, uint64_t *spa) {
  pcl_leaf_t leaf;
  if (!pcl_page_table_canonical(&vm->table, gpa) || !pcl_page_table_find(vm->host, &vm->table, gpa, &leaf)) return false;
  *spa = ((leaf.pte << 2 & UINT64_C(0x00fffffffffff000)) & ~(leaf.bytes - 1)) | (gpa & (leaf.bytes - 1));
  return true;
}

static uint64_t guest_load(void *context, uint64_t gpa) {
  const pcl_vm_t *vm = context;
  uint64_t spa;
  return pcl_vm_find(vm, gpa, &spa) ? vm->host->load64(vm->host->context, spa) : 0;
}

static void guest_store(void *context, uint64_t gpa, uint64_t value) {
  const pcl_vm_t *vm = context;
  uint64_t spa;
  if (pcl_vm_find(vm, gpa, &spa)) vm->host->store64(vm->host->context, spa, value);
}

// A page of the window that was used before: it still has memory.
static uint64_t take_freed(pcl_vm_t *vm) {
  uint64_t gpa = vm->freed;
  vm->freed = guest_load(vm, gpa);
  for (uint32_t i = 0; i < 512; i++) guest_store(vm, gpa + i * 8, 0);
  return gpa;
}

static uint64_t guest_page_alloc(void *context, uint32_t pages) {
  pcl_vm_t *vm = context;
  if (pages != 1) return 0;
  if (vm->freed) return take_freed(vm);
  if (vm->next == vm->end) return 0;
  uint64_t gpa = vm->next, spa = vm->host->page_alloc(vm->host->context, 1);
  if (!spa) return 0;
  if (pcl_page_table_add(vm->host, &vm->table, gpa, spa, PCL_PAGE, PCL_MAP_RW)) {
    vm->host->page_free(vm->host->context, spa, 1);
    return 0;
  }
  vm->next += PCL_PAGE;
  return gpa;
}

static void guest_page_free(void *context, uint64_t gpa, uint32_t pages) {
  pcl_vm_t *vm = context;
  (void)pages;
  guest_store(vm, gpa, vm->freed);
  vm->freed = gpa;
}

pcl_status_t pcl_vm_init(pcl_driver_t *driver, pcl_vm_t *vm, uint32_t levels, uint32_t gscid, uint64_t window,
                         uint64_t window_bytes) {
  static const uint64_t needs[3] = {PCL_CAPABILITIES_SV39X4_MASK, PCL_CAPABILITIES_SV48X4_MASK, PCL_CAPABILITIES_SV57X4_MASK};
  if (levels < 3 || levels > 5 || gscid >> 16) return PCL_E_ARGUMENT;
  if (!(driver->capabilities & needs[levels - 3])) return PCL_E_UNSUPPORTED;
  if (((window | window_bytes) & (PCL_PAGE - 1)) || !window) return PCL_E_ARGUMENT;
  *vm = (pcl_vm_t){.gscid = gscid, .host = driver->ops, .window = window, .next = window, .end = window + window_bytes};
  vm->memory = (pcl_ops_t){.context = vm, .load64 = guest_load, .store64 = guest_store, .page_alloc = guest_page_alloc,
                           .page_free = guest_page_free, .big_endian = driver->ops->big_endian};
  pcl_status_t status = pcl_second_table_init(driver->ops, &vm->table, levels);
  if (!status && window_bytes && !pcl_page_table_canonical(&vm->table, vm->end - 1)) {
    pcl_page_table_free(driver->ops, &vm->table);
    return PCL_E_ARGUMENT;
  }
  return status;
}

pcl_status_t pcl_vm_free(pcl_driver_t *driver, pcl_vm_t *vm) {
  const pcl_ops_t *ops = driver->ops;
  pcl_cmd_words_t vma = pcl_cmd_vma(&(pcl_vma_t){.gv = true, .gscid = (uint16_t)vm->gscid});
  pcl_status_t status = pcl_cmdq_put(&driver->commands, &vma);
  if (!status) status = pcl_invalidate_vm(driver, &(pcl_gvma_t){.gv = true, .gscid = (uint16_t)vm->gscid});
  if (!status) status = pcl_fence(driver, PCL_CMD_PR | PCL_CMD_PW);
  if (status) return status;
  uint64_t spa;
  for (uint64_t gpa = vm->window; gpa != vm->next; gpa += PCL_PAGE)
    if (pcl_vm_find(vm, gpa, &spa)) ops->page_free(ops->context, spa, 1);
  pcl_msi_free(driver, vm);
  pcl_page_table_free(ops, &vm->table);
  return PCL_OK;
}

static bool meets_window(const pcl_vm_t *vm, uint64_t gpa, uint64_t bytes) {
  return bytes && gpa < vm->end && vm->window < gpa + bytes;
}

pcl_status_t pcl_vm_map(pcl_driver_t *driver, pcl_vm_t *vm, uint64_t gpa, uint64_t spa, uint64_t bytes, uint64_t flags) {
  (void)driver;
  if (meets_window(vm, gpa, bytes)) return PCL_E_ARGUMENT;
  pcl_space_map_t space = pcl_space_of_vm(vm);
  return pcl_space_add(&space, gpa, spa, bytes, flags);
}

pcl_status_t pcl_vm_unmap_later(pcl_driver_t *driver, pcl_vm_t *vm, uint64_t gpa, uint64_t bytes) {
  if (meets_window(vm, gpa, bytes)) return PCL_E_ARGUMENT;
  pcl_space_map_t space = pcl_space_of_vm(vm);
  return pcl_space_remove(driver, &space, gpa, bytes);
}

pcl_status_t pcl_vm_unmap(pcl_driver_t *driver, pcl_vm_t *vm, uint64_t gpa, uint64_t bytes) {
  pcl_status_t status = pcl_vm_unmap_later(driver, vm, gpa, bytes);
  return status ? status : pcl_fence(driver, PCL_CMD_PR | PCL_CMD_PW);
}

pcl_status_t pcl_vm_trim(pcl_driver_t *driver, pcl_vm_t *vm, uint64_t gpa) {
  pcl_space_map_t space = pcl_space_of_vm(vm);
  return pcl_space_trim(driver, &space, gpa);
}

pcl_status_t pcl_invalidate_vm(pcl_driver_t *driver, const pcl_gvma_t *gvma) {
  pcl_cmd_words_t command = pcl_cmd_gvma(gvma);
  return pcl_cmdq_submit(&driver->commands, &command);
}
