// SPDX-License-Identifier: Apache-2.0
//
// Virtual machines: their second stages, interrupt files, and the memory of the guests' tables.
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

static void open_vm(os_t *os, unsigned index) {
  pcl_vm_t *vm = &os->vm[index].vm;
  uint32_t levels = 3 + os_below(os, 3);
  while (!(os->driver.capabilities >> (levels + 14) & 1)) levels--;  // Sv39x4, Sv48x4, Sv57x4: bits 17, 18, 19
  os_check(os, pcl_vm_init(&os->driver, vm, levels, os->next_gscid, WINDOW, WINDOW_PAGES * PCL_PAGE), "make a VM");
  os->next_gscid = (uint16_t)(os->next_gscid + 1 + os_below(os, 50));
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

// Another page of memory for one of a guest's tables, its contents kept: a change of the second stage that only walks notice.
// Contexts hold GPAs of such pages (IOMMU spec 7.3.4).
void os_move_table(os_t *os) {
  unsigned index = os_below(os, OS_VMS);
  const pcl_vm_t *vm = &os->vm[index].vm;
  if (!os->vm[index].live || vm->next == vm->window) return;
  uint64_t gpa = vm->window + os_below(os, (uint32_t)((vm->next - vm->window) / PCL_PAGE)) * PCL_PAGE, page = os_page(os);
  pcl_leaf_t leaf;
  if (!page || !pcl_page_table_find(&os->ops, &vm->table, gpa, &leaf)) {
    if (page) os_free_page(os, page);
    return;
  }
  uint64_t old = leaf.pte << 2 & UINT64_C(0x00fffffffffff000);
  for (unsigned i = 0; i < 512; i++) tb_store(os->tb, page + i * 8, tb_load(os->tb, old + i * 8));
  tb_store(os->tb, leaf.entry, page >> 2 | PCL_MAP_RW);
  os_cover(os, &(os_mapping_t){.space = (uint8_t)(OS_DOMAINS + index), .iova = gpa, .bytes = PCL_PAGE}, false);
  pcl_cmd_words_t all = pcl_cmd_inval_ddt_all();
  os_put(os, &all);
  os_retire(os, old, true);
  os_fence(os);
  os_counts()->tables_moved++;
}
