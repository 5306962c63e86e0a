// SPDX-License-Identifier: Apache-2.0
#include "pcl_page_table.h"

#define PTES 512u
#define PPN_MASK UINT64_C(0x003ffffffffffc00)
#define KIND_MASK (PCL_MAP_READ | PCL_MAP_WRITE | PCL_MAP_EXEC)

// The root of a second stage has four times the entries.
static uint32_t root_pages(const pcl_page_table_t *table) { return table->second ? 4 : 1; }

static uint64_t entry_in(const pcl_page_table_t *table, uint64_t at, uint64_t iova, uint32_t level) {
  uint32_t ptes = level + 1 == table->levels ? PTES * root_pages(table) : PTES;
  return at + (iova >> (12 + 9 * level) & (ptes - 1)) * 8;
}

static bool is_pointer(uint64_t pte) { return (pte & PCL_MAP_VALID) && !(pte & KIND_MASK); }
static uint64_t target_of(uint64_t pte) { return (pte & PPN_MASK) << 2; }

// Level and count of the PTEs of a page size; false if there is no such size.
static bool shape_of(const pcl_page_table_t *table, uint64_t bytes, uint32_t *level, uint32_t *ptes) {
  *ptes = bytes == PCL_NAPOT_PAGE ? 16 : 1;
  if (*ptes == 16) {
    *level = 0;
    return true;
  }
  for (*level = 0; *level < table->levels; (*level)++)
    if (bytes == pcl_level_bytes(*level)) return true;
  return false;
}

bool pcl_page_table_canonical(const pcl_page_table_t *table, uint64_t iova) {
  uint64_t upper = iova >> (11 + 9 * table->levels);
  if (table->second) return upper >> 3 == 0;
  return upper == 0 || upper == ~UINT64_C(0) >> (11 + 9 * table->levels);
}

pcl_status_t pcl_page_table_init(const pcl_ops_t *ops, pcl_page_table_t *table, uint32_t levels) {
  *table = (pcl_page_table_t){.levels = levels, .root = ops->page_alloc(ops->context, 1)};
  return table->root ? PCL_OK : PCL_E_MEMORY;
}

pcl_status_t pcl_second_table_init(const pcl_ops_t *ops, pcl_page_table_t *table, uint32_t levels) {
  *table = (pcl_page_table_t){.levels = levels, .second = true, .root = ops->page_alloc(ops->context, 4)};
  return table->root ? PCL_OK : PCL_E_MEMORY;
}

static void free_below(const pcl_ops_t *ops, uint64_t table, uint32_t level, uint32_t pages) {
  for (uint32_t i = 0; level && i < PTES * pages; i++) {
    uint64_t pte = pcl_load(ops, table + i * 8);
    if (is_pointer(pte)) free_below(ops, target_of(pte), level - 1, 1);
  }
  ops->page_free(ops->context, table, pages);
}

void pcl_page_table_free(const pcl_ops_t *ops, pcl_page_table_t *table) {
  if (table->root) free_below(ops, table->root, table->levels - 1, root_pages(table));
  table->root = 0;
}

uint64_t pcl_page_table_entry(const pcl_ops_t *ops, const pcl_page_table_t *table, uint64_t iova, uint32_t level, bool make) {
  uint64_t at = table->root;
  for (uint32_t i = table->levels - 1; i > level; i--) {
    uint64_t entry = entry_in(table, at, iova, i), pte = pcl_load(ops, entry);
    if (is_pointer(pte)) {
      at = target_of(pte);
      continue;
    }
    if (!make || (pte & PCL_MAP_VALID)) return 0;
    at = ops->page_alloc(ops->context, 1);
    if (!at) return 0;
    pcl_store(ops, entry, at >> 2 | PCL_MAP_VALID);
  }
  return entry_in(table, at, iova, level);
}

pcl_status_t pcl_page_table_add(const pcl_ops_t *ops, const pcl_page_table_t *table, uint64_t iova, uint64_t pa, uint64_t bytes,
                                uint64_t flags) {
  uint32_t level, ptes;
  if (!shape_of(table, bytes, &level, &ptes) || ((iova | pa) & (bytes - 1)) || !pcl_page_table_canonical(table, iova))
    return PCL_E_ARGUMENT;
  pcl_leaf_t old;
  if (pcl_page_table_find(ops, table, iova, &old)) return PCL_E_MAPPED;
  uint64_t entry = pcl_page_table_entry(ops, table, iova, level, true);
  if (!entry) return PCL_E_MEMORY;
  for (uint32_t i = 0; i < ptes; i++)
    if (pcl_load(ops, entry + i * 8) & PCL_MAP_VALID) return PCL_E_MAPPED;
  uint64_t pte = (pa >> 2 & PPN_MASK) | flags;
  if (ptes == 16) pte |= PCL_MAP_NAPOT | UINT64_C(8) << 10;  // PPN[3:0] = 1000: 64 KiB
  for (uint32_t i = 0; i < ptes; i++) pcl_store(ops, entry + i * 8, pte);
  return PCL_OK;
}

bool pcl_page_table_find(const pcl_ops_t *ops, const pcl_page_table_t *table, uint64_t iova, pcl_leaf_t *leaf) {
  uint64_t at = table->root;
  for (uint32_t level = table->levels; level-- > 0;) {
    leaf->entry = entry_in(table, at, iova, level);
    leaf->pte = pcl_load(ops, leaf->entry);
    leaf->bytes = pcl_level_bytes(level);
    if (!(leaf->pte & PCL_MAP_VALID)) return false;
    at = target_of(leaf->pte);
    if (!(leaf->pte & KIND_MASK)) continue;
    if (level == 0 && (leaf->pte & PCL_MAP_NAPOT)) {
      leaf->bytes = PCL_NAPOT_PAGE;
      leaf->entry &= ~UINT64_C(127);
    }
    leaf->iova = iova & ~(leaf->bytes - 1);
    return true;
  }
  return false;
}

void pcl_page_table_remove(const pcl_ops_t *ops, const pcl_leaf_t *leaf) {
  uint32_t ptes = leaf->bytes == PCL_NAPOT_PAGE ? 16 : 1;
  for (uint32_t i = 0; i < ptes; i++) pcl_store(ops, leaf->entry + i * 8, 0);
}

static bool is_empty(const pcl_ops_t *ops, uint64_t table) {
  for (uint32_t i = 0; i < PTES; i++)
    if (pcl_load(ops, table + i * 8) & PCL_MAP_VALID) return false;
  return true;
}

uint64_t pcl_page_table_prune(const pcl_ops_t *ops, const pcl_page_table_t *table, uint64_t iova) {
  for (uint32_t level = 1; level < table->levels; level++) {
    uint64_t entry = pcl_page_table_entry(ops, table, iova, level, false);
    uint64_t pte = entry ? pcl_load(ops, entry) : 0;
    if (!is_pointer(pte)) continue;
    if (!is_empty(ops, target_of(pte))) return 0;
    pcl_store(ops, entry, 0);
    return target_of(pte);
  }
  return 0;
}

static bool fits(uint64_t page, uint64_t addresses, uint64_t bytes, uint64_t limit) {
  return (addresses & (page - 1)) == 0 && page <= bytes && (!limit || page <= limit);
}

uint64_t pcl_page_table_fit(const pcl_page_table_t *table, uint64_t iova, uint64_t pa, uint64_t bytes, uint64_t limit) {
  for (uint32_t level = table->levels - 1; level > 0; level--)
    if (fits(pcl_level_bytes(level), iova | pa, bytes, limit)) return pcl_level_bytes(level);
  return fits(PCL_NAPOT_PAGE, iova | pa, bytes, limit) ? PCL_NAPOT_PAGE : PCL_PAGE;
}
