// SPDX-License-Identifier: Apache-2.0
//
// Mapping, changing and unmapping in every space while devices go on.
#include "os_agent.h"

static unsigned weighted(os_t *os, const uint16_t *weight, unsigned count) {
  uint32_t sum = 0;
  for (unsigned i = 0; i < count; i++) sum += weight[i];
  uint32_t at = os_below(os, sum);
  unsigned i = 0;
  while (at >= weight[i]) at -= weight[i++];
  return i;
}

// With VMs there is more to map.
unsigned os_mappings_wanted(const os_t *os) {
  return os_has(os, PCL_CAPABILITIES_SV39X4_MASK) ? os->habits->mappings * 3 / 2 : os->habits->mappings;
}

os_mapping_t *os_free_mapping(os_t *os) {
  if (os->mappings >= os_mappings_wanted(os)) return NULL;
  for (unsigned i = 0; i < OS_MAPPINGS; i++)
    if (!os->mapping[i].live) return &os->mapping[i];
  return NULL;
}

// What devices are told: small pages as they are, a part of larger ones.
static void choose_window(os_t *os, os_mapping_t *mapping, os_part_t part) {
  bool small = mapping->bytes <= PCL_NAPOT_PAGE;
  if (!part.bytes) part.offset = small ? 0 : mapping->bytes / 4 * os_below(os, 4);
  if (!part.bytes) part.bytes = small ? mapping->bytes : PCL_NAPOT_PAGE;
  mapping->window = mapping->iova + part.offset;
  mapping->window_bytes = part.bytes;
}

// Devices are told the rights as they are, but for A, D and U, and malformed entries: those they find out.
static void note_rights(os_mapping_t *mapping) {
  mapping->read = mapping->broken || mapping->msi || (mapping->pte & PCL_MAP_READ);
  mapping->write = mapping->broken || mapping->msi || (mapping->pte & PCL_MAP_WRITE);
  mapping->exec = mapping->msi || (mapping->pte & PCL_MAP_EXEC);
}

static void open_mapping(os_t *os, os_mapping_t *mapping, const os_mapping_t *value, os_part_t part) {
  *mapping = *value;
  mapping->live = true;
  choose_window(os, mapping, part);
  note_rights(mapping);
  os->mappings++;
  os_publish(os, mapping);
}

// An entry of the MSI page table of a VM that is not in use.
void os_map_file(os_t *os, unsigned vm, bool broken) {
  os_mapping_t *mapping = os_free_mapping(os);
  const pcl_vm_t *from = &os->vm[vm].vm;
  uint64_t gpa = (from->msi.pattern & ~from->msi.mask) | (rng_u64(&os->rng) & from->msi.mask);
  uint64_t entry = from->msi.root ? pcl_msi_entry(from, gpa <<= 12) : 0;
  if (!mapping || !entry || (pcl_load(&os->ops, entry) & PCL_MAP_VALID)) return;
  for (unsigned i = 0; i < OS_MAPPINGS; i++)
    if (os->mapping[i].live && os->mapping[i].msi && os->mapping[i].entry == entry) return;
  uint64_t pte = os_msi_entry(os, broken);
  uint64_t second = os_below(os, 2) ? rng_u64(&os->rng) : 0, file[2];
  if (os_has(os, PCL_CAPABILITIES_MSI_MRIF_MASK) && !broken && os_below(os, 4)) {
    os_file_entry(os, file);
    pte = file[0];
    second = file[1];
    os_counts()->file_entries++;
  }
  pcl_store(&os->ops, entry + 8, second);
  pcl_store(&os->ops, entry, pte);
  open_mapping(os, mapping, &(os_mapping_t){.space = (uint8_t)(OS_DOMAINS + vm), .msi = true, .broken = broken, .iova = gpa,
                                            .bytes = PCL_PAGE, .ptes = 1, .entry = entry, .pte = pte}, (os_part_t){0});
  os_counts()->msi_entries++;
  os_counts()->broken_entries += broken;
}

// Adds a page and enters it into the books.
static bool add(os_t *os, os_mapping_t *value, uint64_t target, uint64_t flags, os_part_t part) {
  const pcl_ops_t *memory = os_memory(os, value->space);
  const pcl_page_table_t *table = os_table(os, value->space);
  os_mapping_t *mapping = os_free_mapping(os);
  pcl_leaf_t leaf;
  if (!mapping || pcl_page_table_add(memory, table, value->iova, target, value->bytes, flags) ||
      !pcl_page_table_find(memory, table, value->iova, &leaf)) return false;
  value->entry = leaf.entry;
  value->pte = leaf.pte;
  open_mapping(os, mapping, value, part);
  return true;
}

bool os_map_page(os_t *os, unsigned space, uint64_t addr, uint64_t target, uint64_t flags) {
  os_mapping_t value = {.space = (uint8_t)space, .iova = addr, .bytes = PCL_PAGE, .ptes = 1};
  return add(os, &value, target, flags, (os_part_t){0});
}

void os_map(os_t *os) {
  os_mapping_t *mapping = os_free_mapping(os);
  int space = os_any_space(os);
  unsigned size = weighted(os, os->habits->size, OS_SIZES);
  if (!mapping || space < 0) return;
  if (os_is_second((unsigned)space) && os_below(os, 4) == 0) {
    os_map_file(os, (unsigned)space - OS_DOMAINS, false);
    return;
  }
  if (size > os_table(os, (unsigned)space)->levels) return;
  uint64_t bytes = os_size_of(size), addr = os_choose_address(os, (unsigned)space, bytes), flags = os_choose_rights(os);
  os_part_t part;
  if (!os_allowed(os, (unsigned)space, addr, bytes)) return;
  if (os_chance(os, os->habits->odd)) flags = os_make_odd(os, flags);
  os_mapping_t value = {.space = (uint8_t)space, .iova = addr, .bytes = bytes, .ptes = size == 1 ? 16 : 1};
  uint64_t target = os_choose_target(os, (unsigned)space, size, &part);
  bool guest = !os_is_second((unsigned)space) && os_vm_of(os, (unsigned)space) >= 0;
  if (size == 0 && !guest && os_below(os, 4)) value.page = os_page(os);
  if (add(os, &value, value.page ? value.page : target, flags, part)) os_counts()->maps[size]++;
  else if (value.page) os_free_page(os, value.page);
}

void os_map_odd(os_t *os) {
  os_mapping_t *mapping = os_free_mapping(os);
  int space = os_any_space(os);
  if (!mapping || space < 0) return;
  if (os_is_second((unsigned)space) && os_below(os, 2)) {
    os_map_file(os, (unsigned)space - OS_DOMAINS, true);
    return;
  }
  const pcl_ops_t *memory = os_memory(os, (unsigned)space);
  const pcl_page_table_t *table = os_table(os, (unsigned)space);
  unsigned level = os_below(os, 4) ? 0 : os_below(os, table->levels);
  uint64_t bytes = pcl_level_bytes(level), addr = os_choose_address(os, (unsigned)space, bytes);
  os_part_t part;
  if (!os_allowed(os, (unsigned)space, addr, bytes)) return;
  uint64_t entry = pcl_page_table_entry(memory, table, addr, level, true);
  if (!entry || (pcl_load(memory, entry) & PCL_MAP_VALID)) return;
  uint64_t target = os_choose_target(os, (unsigned)space, level ? level + 1 : 0, &part);
  uint64_t pte = os_make_broken(os, (unsigned)space, target >> 2 | os_choose_rights(os), level);
  pcl_store(memory, entry, pte);
  open_mapping(os, mapping, &(os_mapping_t){.space = (uint8_t)space, .iova = addr, .bytes = bytes, .ptes = 1, .broken = true,
                                            .entry = entry, .pte = pte}, (os_part_t){0});
  os_counts()->broken_entries++;
}

os_mapping_t *os_any_mapping(os_t *os) {
  for (unsigned i = 0, at = os_below(os, OS_MAPPINGS); i < OS_MAPPINGS; i++, at = (at + 1) % OS_MAPPINGS)
    if (os->mapping[at].live) return &os->mapping[at];
  return NULL;
}

static void store_entry(os_t *os, const os_mapping_t *mapping, uint64_t pte) {
  const pcl_ops_t *memory = os_memory(os, mapping->space);
  for (unsigned i = 0; i < mapping->ptes; i++) pcl_store(memory, mapping->entry + i * 8, pte);
}

// After a change: retires the page, invalidates the leaf, fences. Or is lazy: os_flush() makes up for it.
static void settle(os_t *os, const os_mapping_t *old, bool global) {
  if (os_chance(os, os->habits->lazy)) {
    os_retire(os, old->page, false);
    return;
  }
  os_cover(os, old, global);
  os_retire(os, old->page, true);
  if (os_below(os, 4)) os_fence(os);
}

void os_unmap(os_t *os, os_mapping_t *mapping) {
  os_mapping_t old = *mapping;
  bool told = os_below(os, 2);
  if (told) os_withdraw(os, mapping);
  store_entry(os, mapping, 0);
  settle(os, &old, old.pte & PCL_MAP_GLOBAL);
  if (!told) os_withdraw(os, mapping);
  mapping->live = false;
  os->mappings--;
}

void os_unmap_space(os_t *os, unsigned space) {
  for (unsigned i = 0; i < OS_MAPPINGS; i++)
    if (os->mapping[i].live && os->mapping[i].space == space) os_unmap(os, &os->mapping[i]);
}

// Another frame or other rights at once, V staying 1; or V to 0 and back to 1 with no command in between.
static void change(os_t *os, os_mapping_t *mapping) {
  os_mapping_t old = *mapping;
  uint64_t flags = os_below(os, 2) ? os_choose_rights(os) : old.pte & UINT64_C(0x3ff), pte;
  os_part_t part;
  unsigned size = 0;
  while (os_size_of(size) != old.bytes) size++;
  if (old.msi) {
    pte = os_msi_entry(os, false);
    if (os_has(os, PCL_CAPABILITIES_MSI_MRIF_MASK) && (old.pte >> 1 & 3) == 3 && os_below(os, 2)) {
      uint64_t file[2];
      os_file_entry(os, file);
      pte = file[0];
      pcl_store(&os->ops, old.entry + 8, file[1]);  // until now without a meaning
      os_counts()->file_entries++;
    }
  } else {
    bool guest = !os_is_second(old.space) && os_vm_of(os, old.space) >= 0;
    if (size == 0 && !guest) mapping->page = os_below(os, 2) ? os_page(os) : 0;
    uint64_t target = os_choose_target(os, old.space, size, &part);
    pte = flags | (mapping->page ? mapping->page : target) >> 2;
    if (size == 1) pte |= PCL_MAP_NAPOT | UINT64_C(8) << 10;
  }
  if (os_below(os, 4) == 0) {
    store_entry(os, mapping, 0);
    tb_run(os->tb, os_below(os, 40));
  }
  store_entry(os, mapping, mapping->pte = pte);
  note_rights(mapping);
  settle(os, &old, (old.pte | pte) & PCL_MAP_GLOBAL);
  os_counts()->changes++;
}

void os_change(os_t *os) {
  os_mapping_t *mapping = os_any_mapping(os);
  if (mapping && !mapping->broken) change(os, mapping);
}

// A guest's memory rather moves than goes: the first stage in front of it stays useful.
void os_unmap_any(os_t *os) {
  os_mapping_t *mapping = os_any_mapping(os);
  if (!mapping) return;
  if (os_is_second(mapping->space) && !mapping->broken && os_below(os, 4)) change(os, mapping);
  else os_unmap(os, mapping);
}

// Takes an empty table out of a page table, if there is one at a place where nothing is mapped.
void os_trim(os_t *os) {
  int space = os_any_space(os);
  if (space < 0) return;
  uint64_t addr = os_choose_address(os, (unsigned)space, PCL_PAGE);
  if (!os_allowed(os, (unsigned)space, addr, PCL_PAGE)) return;
  if (os_is_second((unsigned)space))
    os_check(os, pcl_vm_trim(&os->driver, &os->vm[(unsigned)space - OS_DOMAINS].vm, addr), "trim a second stage");
  else os_check(os, pcl_trim(&os->driver, &os->domain[space].domain, addr), "trim a page table");
}
