// SPDX-License-Identifier: Apache-2.0
//
// Changes above the leaves: tables of either stage and of a guest that move to another page, and memory of a guest's tables that
// is taken away or restricted for a while, which only the IOMMU's implicit accesses notice.
#include "os_agent.h"

static uint64_t target_of(uint64_t pte) { return pte << 2 & UINT64_C(0x00fffffffffff000); }

static void copy_page(const pcl_ops_t *memory, uint64_t to, uint64_t from) {
  for (unsigned i = 0; i < 512; i++) pcl_store(memory, to + i * 8, pcl_load(memory, from + i * 8));
}

// The books follow a table that moves.
static void move_entries(os_t *os, unsigned space, uint64_t from, uint64_t to) {
  for (unsigned i = 0; i < OS_MAPPINGS; i++) {
    os_mapping_t *mapping = &os->mapping[i];
    bool leaf = mapping->live && !mapping->msi && mapping->space == space;
    if (leaf && mapping->entry - from < PCL_PAGE) mapping->entry += to - from;
  }
}

// Everything that lies below a pointer: by its address with NL, or the whole space.
static void cover_pointer(os_t *os, unsigned space, uint64_t addr) {
  os_cover(os, &(os_mapping_t){.space = (uint8_t)space, .iova = addr, .bytes = PCL_PAGE, .broken = true}, false);
}

// A table on the way to a page moves, with the same contents; the pointer to it stays valid.
static void move_pointer(os_t *os) {
  const os_mapping_t *mapping = os_any_mapping(os);
  if (!mapping || mapping->msi || mapping->broken) return;
  unsigned space = mapping->space;
  const pcl_ops_t *memory = os_memory(os, space);
  const pcl_page_table_t *table = os_table(os, space);
  uint64_t addr = mapping->iova;
  uint64_t entry = pcl_page_table_entry(memory, table, addr, 1 + os_below(os, table->levels - 1), false);
  uint64_t pte = entry ? pcl_load(memory, entry) : 0;
  if (!(pte & PCL_MAP_VALID) || (pte & (PCL_MAP_READ | PCL_MAP_WRITE | PCL_MAP_EXEC))) return;
  uint64_t old = target_of(pte), page = memory->page_alloc(memory->context, 1);
  if (!page) return;
  copy_page(memory, page, old);
  pcl_store(memory, entry, (pte & ~(UINT64_C(0x00fffffffffff000) >> 2)) | page >> 2);
  move_entries(os, space, old, page);
  cover_pointer(os, space, addr);
  os_check(os, pcl_fence(&os->driver, os_fence_options(os)), "fence");
  memory->page_free(memory->context, old, 1);
  os_counts()->tables_moved++;
}

// A page of a guest's first stage that some device uses, or NULL.
static os_mapping_t *any_guest_page(os_t *os) {
  for (unsigned tries = 0; tries < 12; tries++) {
    os_mapping_t *mapping = os_any_mapping(os);
    if (!mapping || mapping->broken || os_is_second(mapping->space) || os_vm_of(os, mapping->space) < 0) continue;
    for (unsigned i = 0; i < os->devices; i++)
      for (unsigned slot = 0; slot < OS_SLOTS; slot++)
        if (os_space_of_user(os, &os->device[i], slot) == mapping->space) return mapping;
  }
  return NULL;
}

// Of a guest's tables: mostly one that holds a leaf. *mapping: that leaf, or NULL.
static bool any_guest_table(os_t *os, unsigned *vm, uint64_t *gpa, os_mapping_t **mapping) {
  *mapping = os_below(os, 4) ? any_guest_page(os) : NULL;
  bool first = *mapping;
  *vm = first ? (unsigned)os_vm_of(os, (*mapping)->space) : os_below(os, OS_VMS);
  const pcl_vm_t *from = &os->vm[*vm].vm;
  if (!os->vm[*vm].live || from->next == from->window) return false;
  uint32_t pages = (uint32_t)((from->next - from->window) / PCL_PAGE);
  *gpa = first ? (*mapping)->entry & ~(PCL_PAGE - 1) : from->window + os_below(os, pages) * PCL_PAGE;
  return true;
}

// Its second-stage leaf.
static bool find_leaf(os_t *os, unsigned vm, uint64_t gpa, pcl_leaf_t *leaf) {
  return pcl_page_table_find(&os->ops, &os->vm[vm].vm.table, gpa, leaf);
}

// Contexts hold GPAs of such pages (IOMMU spec 7.3.4).
static void cover_guest_table(os_t *os, unsigned vm, uint64_t gpa, bool broken) {
  os_cover(os, &(os_mapping_t){.space = (uint8_t)(OS_DOMAINS + vm), .iova = gpa, .bytes = PCL_PAGE, .broken = broken}, false);
  pcl_cmd_words_t all = pcl_cmd_inval_ddt_all();
  os_put(os, &all);
  pcl_cmdq_ring(&os->driver.commands);
}

// Another page of memory for one of a guest's tables, its contents kept.
static void move_guest_table(os_t *os) {
  unsigned vm;
  uint64_t gpa, page;
  os_mapping_t *mapping;
  pcl_leaf_t leaf;
  if (!any_guest_table(os, &vm, &gpa, &mapping) || !find_leaf(os, vm, gpa, &leaf) || !(page = os_page(os))) return;
  uint64_t old = target_of(leaf.pte);
  copy_page(&os->ops, page, old);
  pcl_store(&os->ops, leaf.entry, page >> 2 | PCL_MAP_RW);
  cover_guest_table(os, vm, gpa, false);
  os_retire(os, old, true);
  os_fence(os);
  os_counts()->tables_moved++;
}

// A and D of a leaf are due again.
static void forget_use(os_t *os, const os_mapping_t *mapping) {
  const pcl_ops_t *memory = os_memory(os, mapping->space);
  for (unsigned i = 0; i < mapping->ptes; i++)
    pcl_store(memory, mapping->entry + i * 8, mapping->pte & ~(PCL_MAP_ACCESSED | PCL_MAP_DIRTY));
  os_cover(os, mapping, mapping->pte & PCL_MAP_GLOBAL);
}

// No memory, not readable, not writable, A or D missing, malformed; then as before. The OS keeps off the tables meanwhile.
static void break_guest_table(os_t *os) {
  unsigned vm;
  uint64_t gpa;
  os_mapping_t *mapping;
  pcl_leaf_t leaf;
  if (os->nested || !any_guest_table(os, &vm, &gpa, &mapping) || !find_leaf(os, vm, gpa, &leaf)) return;
  const uint64_t values[8] = {
    leaf.pte & ~PCL_MAP_VALID, leaf.pte & ~PCL_MAP_WRITE, leaf.pte & ~PCL_MAP_DIRTY, leaf.pte & ~PCL_MAP_ACCESSED,
    leaf.pte & ~PCL_MAP_USER, (leaf.pte & ~(PCL_MAP_READ | PCL_MAP_WRITE)) | PCL_MAP_EXEC, leaf.pte | UINT64_C(1) << 54,
    os_nowhere(os) << 10 | PCL_MAP_RW,
  };
  bool unwritable = mapping && os_below(os, 4);
  os->nested = true;
  if (unwritable) forget_use(os, mapping);
  pcl_store(&os->ops, leaf.entry, values[unwritable ? 1 + (os_below(os, 4) == 0) : os_below(os, 8)]);
  cover_guest_table(os, vm, gpa, true);
  tb_run(os->tb, os_below(os, 200));
  for (unsigned i = 0; i < 2; i++) {
    if (mapping) os_ask(os, mapping);
    tb_run(os->tb, os_below(os, 600));
  }
  os_await_posted(os, 4000);
  pcl_store(&os->ops, leaf.entry, leaf.pte);
  cover_guest_table(os, vm, gpa, true);
  os->nested = false;
  os_counts()->broken_entries++;
}

void os_change_tables(os_t *os) {
  switch (os_below(os, 6)) {
    case 0: move_pointer(os); break;
    case 1: move_guest_table(os); break;
    default: break_guest_table(os); break;
  }
}
