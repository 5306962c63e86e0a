// SPDX-License-Identifier: Apache-2.0
#include "pcl_device_directory.h"

#define PPN_MASK UINT64_C(0x003ffffffffffc00)

// The lowest bit of device_id that indexes tables of this level (IOMMU spec 3.1, DDI[0] to DDI[2]).
static uint32_t shift_of(const pcl_device_directory_t *directory, uint32_t level) {
  uint32_t leaf_bits = directory->extended ? 6 : 7;
  return level == 0 ? 0 : leaf_bits + 9 * (level - 1);
}

static uint64_t entry_in(const pcl_device_directory_t *directory, uint64_t table, uint32_t device_id, uint32_t level) {
  uint64_t index = device_id >> shift_of(directory, level);
  if (level == 0) return directory->extended ? table + (index & 63) * 64 : table + (index & 127) * 32;
  return table + (index & 511) * 8;
}

pcl_status_t pcl_directory_init(const pcl_ops_t *ops, pcl_device_directory_t *directory, uint32_t levels, bool extended) {
  directory->levels = levels;
  directory->extended = extended;
  directory->root = ops->page_alloc(ops->context, 1);
  return directory->root ? PCL_OK : PCL_E_MEMORY;
}

static void free_below(const pcl_ops_t *ops, uint64_t table, uint32_t level) {
  for (uint32_t i = 0; level && i < 512; i++) {
    uint64_t entry = pcl_load(ops, table + i * 8);
    if (entry & PCL_DC_VALID) free_below(ops, (entry & PPN_MASK) << 2, level - 1);
  }
  ops->page_free(ops->context, table, 1);
}

void pcl_directory_free(const pcl_ops_t *ops, pcl_device_directory_t *directory) {
  if (directory->root) free_below(ops, directory->root, directory->levels - 1);
  directory->root = 0;
}

bool pcl_directory_fits(const pcl_device_directory_t *directory, uint32_t device_id) {
  uint32_t bits = shift_of(directory, directory->levels);
  return bits >= 24 ? device_id < 1u << 24 : device_id >> bits == 0;
}

uint64_t pcl_directory_entry(const pcl_ops_t *ops, const pcl_device_directory_t *directory, uint32_t device_id, uint32_t level,
                             bool make) {
  uint64_t at = directory->root;
  if (!pcl_directory_fits(directory, device_id)) return 0;
  for (uint32_t i = directory->levels - 1; i > level; i--) {
    uint64_t entry = entry_in(directory, at, device_id, i), value = pcl_load(ops, entry);
    if (value & PCL_DC_VALID) {
      at = (value & PPN_MASK) << 2;
      continue;
    }
    at = make ? ops->page_alloc(ops->context, 1) : 0;
    if (!at) return 0;
    pcl_store(ops, entry, at >> 2 | PCL_DC_VALID);
  }
  return entry_in(directory, at, device_id, level);
}

bool pcl_directory_get(const pcl_ops_t *ops, const pcl_device_directory_t *directory, uint32_t device_id,
                       pcl_device_context_t *context) {
  uint64_t entry = pcl_directory_entry(ops, directory, device_id, 0, false);
  if (!entry) return false;
  context->tc = pcl_load(ops, entry);
  context->iohgatp = pcl_load(ops, entry + 8);
  context->ta = pcl_load(ops, entry + 16);
  context->fsc = pcl_load(ops, entry + 24);
  context->msiptp = directory->extended ? pcl_load(ops, entry + 32) : 0;
  context->msi_addr_mask = directory->extended ? pcl_load(ops, entry + 40) : 0;
  context->msi_addr_pattern = directory->extended ? pcl_load(ops, entry + 48) : 0;
  return true;
}

pcl_status_t pcl_directory_put(const pcl_ops_t *ops, const pcl_device_directory_t *directory, uint32_t device_id,
                               const pcl_device_context_t *context) {
  if (!pcl_directory_fits(directory, device_id)) return PCL_E_ARGUMENT;
  uint64_t entry = pcl_directory_entry(ops, directory, device_id, 0, true);
  if (!entry) return PCL_E_MEMORY;
  if (pcl_load(ops, entry) & PCL_DC_VALID) return PCL_E_MAPPED;
  pcl_store(ops, entry + 8, context->iohgatp);
  pcl_store(ops, entry + 16, context->ta);
  pcl_store(ops, entry + 24, context->fsc);
  if (directory->extended) {
    pcl_store(ops, entry + 32, context->msiptp);
    pcl_store(ops, entry + 40, context->msi_addr_mask);
    pcl_store(ops, entry + 48, context->msi_addr_pattern);
    pcl_store(ops, entry + 56, 0);
  }
  pcl_store(ops, entry, context->tc);
  return PCL_OK;
}

void pcl_directory_clear(const pcl_ops_t *ops, const pcl_device_directory_t *directory, uint32_t device_id) {
  uint64_t entry = pcl_directory_entry(ops, directory, device_id, 0, false);
  if (entry) pcl_store(ops, entry, 0);
}
