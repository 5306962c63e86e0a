// SPDX-License-Identifier: Apache-2.0
//
// Virtual machines: their second stages and interrupt files.
#include "os_agent.h"

// Guest physical addresses for the tables of a guest: a corner that no device comes to by chance.
#define WINDOW UINT64_C(0x15555400000)

enum { WINDOW_PAGES = 256 };

// Files among the pages that devices use, so that large pages contain some.
static void open_files(os_t *os, pcl_vm_t *vm) {
  uint64_t mask = 0, pattern = UINT64_C(0x40000) + os_below(os, 1024);
  if (!os_has(os, PCL_CAPABILITIES_MSI_FLAT_MASK) || os_below(os, 4) == 0) return;
  for (unsigned ones = os_below(os, 5); ones; ones--) mask |= UINT64_C(1) << os_below(os, 12);
  os_check(os, pcl_msi_init(&os->driver, vm, mask, pattern), "make interrupt files");
}

// One that no VM has.
uint16_t os_fresh_gscid(os_t *os) {
  uint16_t gscid = os->next_gscid;
  os->next_gscid = (uint16_t)(gscid + 1 + os_below(os, 50));
  for (unsigned i = 0; i < OS_VMS; i++)
    if (os->vm[i].live && os->vm[i].vm.gscid == gscid) return os_fresh_gscid(os);
  return gscid;
}

static void open_vm(os_t *os, unsigned index) {
  pcl_vm_t *vm = &os->vm[index].vm;
  uint32_t levels = 3 + os_below(os, 3);
  while (!(os->driver.capabilities >> (levels + 14) & 1)) levels--;  // Sv39x4, Sv48x4, Sv57x4: bits 17, 18, 19
  os_check(os, pcl_vm_init(&os->driver, vm, levels, os_fresh_gscid(os), WINDOW, WINDOW_PAGES * PCL_PAGE), "make a VM");
  if (os_has(os, PCL_CAPABILITIES_END_MASK)) vm->memory.big_endian = os_below(os, 2);
  open_files(os, vm);
  os->vm[index].live = true;
}

void os_vms_init(os_t *os) {
  os->next_gscid = (uint16_t)os_below(os, 1u << 16);
  for (unsigned i = 0; i < OS_VMS && os_has(os, PCL_CAPABILITIES_SV39X4_MASK); i++) open_vm(os, i);
}

// Ends a VM with all that is in it and starts another in its place, now and then with the same GSCID.
void os_recycle_vm(os_t *os) {
  unsigned index = os_below(os, OS_VMS);
  bool closed[OS_DOMAINS] = {false};
  if (!os->vm[index].live) return;
  for (unsigned i = 0; i < os->devices; i++)
    if (os->device[i].vm == (int)index) os_detach(os, &os->device[i]);
  for (unsigned i = 0; i < OS_DOMAINS; i++) {
    closed[i] = os->domain[i].live && os_vm_of(os, i) == (int)index;
    if (closed[i]) os_domain_close(os, i);
  }
  os->vm[index].live = false;
  os_unmap_space(os, OS_DOMAINS + index);
  uint16_t gscid = (uint16_t)os->vm[index].vm.gscid;
  os_check(os, pcl_vm_free(&os->driver, &os->vm[index].vm), "free a VM");
  if (os_below(os, 4) == 0) os->next_gscid = gscid;
  open_vm(os, index);
  for (unsigned i = 0; i < OS_DOMAINS; i++)
    if (closed[i]) os_domain_open(os, i);
  os_counts()->vms_recycled++;
}
