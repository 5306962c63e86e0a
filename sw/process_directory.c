// SPDX-License-Identifier: Apache-2.0
#include "pcl_process_directory.h"

#define PPN_MASK UINT64_C(0x003ffffffffffc00)

// IOMMU spec 3.2, PDI[0] to PDI[2]: 8, 9 and 3 bits of process_id.
static uint32_t shift_of(uint32_t level) { return level == 0 ? 0 : level == 1 ? 8 : 17; }

static uint64_t entry_in(uint64_t table, uint32_t process_id, uint32_t level) {
  uint64_t index = process_id >> shift_of(level);
  return level == 0 ? table + (index & 255) * 16 : table + (index & 511) * 8;
}

pcl_status_t pcl_process_directory_init(const pcl_ops_t *ops, pcl_process_directory_t *directory, uint32_t levels) {
  *directory = (pcl_process_directory_t){.levels = levels, .root = ops->page_alloc(ops->context, 1)};
  return directory->root ? PCL_OK : PCL_E_MEMORY;
}

static void free_below(const pcl_ops_t *ops, uint64_t table, uint32_t level) {
  for (uint32_t i = 0; level && i < 512; i++) {
    uint64_t entry = pcl_load(ops, table + i * 8);
    if (entry & PCL_PROCESS_VALID) free_below(ops, (entry & PPN_MASK) << 2, level - 1);
  }
  ops->page_free(ops->context, table, 1);
}

void pcl_process_directory_free(const pcl_ops_t *ops, pcl_process_directory_t *directory) {
  if (directory->root) free_below(ops, directory->root, directory->levels - 1);
  directory->root = 0;
}

bool pcl_process_directory_fits(const pcl_process_directory_t *directory, uint32_t process_id) {
  return process_id >> (directory->levels == 1 ? 8 : directory->levels == 2 ? 17 : 20) == 0;
}

uint64_t pcl_process_directory_entry(const pcl_ops_t *ops, const pcl_process_directory_t *directory, uint32_t process_id,
                                     uint32_t level, bool make) {
  uint64_t at = directory->root;
  if (!pcl_process_directory_fits(directory, process_id)) return 0;
  for (uint32_t i = directory->levels - 1; i > level; i--) {
    uint64_t entry = entry_in(at, process_id, i), value = pcl_load(ops, entry);
    if (value & PCL_PROCESS_VALID) {
      at = (value & PPN_MASK) << 2;
      continue;
    }
    at = make ? ops->page_alloc(ops->context, 1) : 0;
    if (!at) return 0;
    pcl_store(ops, entry, at >> 2 | PCL_PROCESS_VALID);
  }
  return entry_in(at, process_id, level);
}

bool pcl_process_directory_get(const pcl_ops_t *ops, const pcl_process_directory_t *directory, uint32_t process_id,
                               pcl_process_context_t *context) {
  uint64_t entry = pcl_process_directory_entry(ops, directory, process_id, 0, false);
  if (!entry) return false;
  context->ta = pcl_load(ops, entry);
  context->fsc = pcl_load(ops, entry + 8);
  return true;
}

pcl_status_t pcl_process_directory_put(const pcl_ops_t *ops, const pcl_process_directory_t *directory, uint32_t process_id,
                                       const pcl_process_context_t *context) {
  if (!pcl_process_directory_fits(directory, process_id)) return PCL_E_ARGUMENT;
  uint64_t entry = pcl_process_directory_entry(ops, directory, process_id, 0, true);
  if (!entry) return PCL_E_MEMORY;
  if (pcl_load(ops, entry) & PCL_PROCESS_VALID) return PCL_E_MAPPED;
  pcl_store(ops, entry + 8, context->fsc);
  pcl_store(ops, entry, context->ta);
  return PCL_OK;
}

void pcl_process_directory_clear(const pcl_ops_t *ops, const pcl_process_directory_t *directory, uint32_t process_id) {
  uint64_t entry = pcl_process_directory_entry(ops, directory, process_id, 0, false);
  if (entry) pcl_store(ops, entry, 0);
}
