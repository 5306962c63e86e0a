// SPDX-License-Identifier: Apache-2.0
//
// Invalidations that cover a change (IOMMU spec 7.3): as narrow as can be, or wider.
#include "os_agent.h"

void os_put(os_t *os, const pcl_cmd_words_t *command) {
  os_check(os, pcl_cmdq_put(&os->driver.commands, command), "queue a command");
}

// Operands that let an invalidation by address reach further, if the IOMMU has them: a range of *bytes, non-leaf entries.
void os_widen(os_t *os, uint64_t *bytes, bool *nl) {
  *nl |= os_has(os, PCL_CAPABILITIES_NL_MASK) && os_below(os, 4) == 0;
  bool range = os_has(os, PCL_CAPABILITIES_S_MASK) && os_below(os, 3) == 0;
  *bytes = range ? UINT64_C(8192) << os_below(os, os_below(os, 4) ? 8 : 30) : 0;
}

// Any address of a leaf will do, and any range around one.
static uint64_t address_in(os_t *os, const os_mapping_t *mapping) {
  return mapping->iova + (mapping->bytes > PCL_PAGE ? os_below(os, 16) * (mapping->bytes / 16) : 0);
}

// A broken entry may have been taken for a pointer.
void os_cover(os_t *os, const os_mapping_t *mapping, bool global) {
  bool av = os_below(os, 4) != 0, nl = false;
  uint64_t bytes, addr = address_in(os, mapping);
  int vm = os_vm_of(os, mapping->space);
  uint16_t gscid = vm < 0 ? 0 : (uint16_t)os->vm[vm].vm.gscid;
  if (av && mapping->broken && !mapping->msi) {
    nl = os_has(os, PCL_CAPABILITIES_NL_MASK);
    av = nl;
  }
  os_widen(os, &bytes, &nl);
  pcl_cmd_words_t command;
  if (os_is_second(mapping->space))
    command = pcl_cmd_gvma(&(pcl_gvma_t){.gv = os_below(os, 16) != 0, .gscid = gscid, .av = av, .gpa = addr, .bytes = bytes,
                                         .nl = nl});
  else
    command = pcl_cmd_vma(&(pcl_vma_t){.gv = vm >= 0, .gscid = gscid, .pscv = !global && os_below(os, 4) != 0,
                                       .pscid = os->domain[mapping->space].domain.pscid, .av = av, .iova = addr, .bytes = bytes,
                                       .nl = nl});
  os_put(os, &command);
  pcl_cmdq_ring(&os->driver.commands);
}

// IOMMU spec 7.3.1, sometimes with the whole directory in the place of the device.
void os_cover_device(os_t *os, const os_device_t *device, const pcl_device_context_t *old) {
  pcl_cmd_words_t all = pcl_cmd_inval_ddt_all();
  if (os_below(os, 4) == 0) os_put(os, &all);
  os_check(os, pcl_invalidate_device(&os->driver, device->device_id, old), "invalidate a device");
}

// Every space.
void os_cover_all(os_t *os) {
  os_check(os, pcl_invalidate(&os->driver, &(pcl_vma_t){0}), "invalidate");
  bool second = false;
  for (unsigned i = 0; i < OS_VMS; i++) {
    if (!os->vm[i].live) continue;
    second = true;
    os_check(os, pcl_invalidate(&os->driver, &(pcl_vma_t){.gv = true, .gscid = (uint16_t)os->vm[i].vm.gscid}), "invalidate");
  }
  if (second) os_check(os, pcl_invalidate_vm(&os->driver, &(pcl_gvma_t){0}), "invalidate");
}
