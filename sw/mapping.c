// SPDX-License-Identifier: Apache-2.0
//
// Domains, devices and mappings: what is changed in memory, and the commands that make the IOMMU follow (IOMMU spec 7.3).
#include "pcl_driver.h"
#include "pcl_regs.h"

// More pages than this in one unmap: one command for the address space is cheaper.
#define MANY_PAGES 32

pcl_status_t pcl_invalidate(pcl_driver_t *driver, const pcl_vma_t *vma) {
  pcl_cmd_words_t command = pcl_cmd_vma(vma);
  return pcl_cmdq_submit(&driver->commands, &command);
}

pcl_status_t pcl_fence(pcl_driver_t *driver, uint64_t options) {
  uint32_t fence = pcl_cmdq_fence(&driver->commands, options);
  return fence ? pcl_cmdq_wait(&driver->commands, fence) : PCL_E_TIMEOUT;
}

pcl_status_t pcl_domain_init(pcl_driver_t *driver, pcl_domain_t *domain, uint32_t levels, uint32_t pscid) {
  static const uint64_t needs[3] = {PCL_CAPABILITIES_SV39_MASK, PCL_CAPABILITIES_SV48_MASK, PCL_CAPABILITIES_SV57_MASK};
  if (levels < 3 || levels > 5 || pscid >> 20) return PCL_E_ARGUMENT;
  if (!(driver->capabilities & needs[levels - 3])) return PCL_E_UNSUPPORTED;
  *domain = (pcl_domain_t){.pscid = pscid};
  return pcl_page_table_init(driver->ops, &domain->table, levels);
}

pcl_status_t pcl_domain_free(pcl_driver_t *driver, pcl_domain_t *domain) {
  pcl_status_t status = pcl_invalidate(driver, &(pcl_vma_t){0});
  if (!status) status = pcl_fence(driver, PCL_CMD_PR | PCL_CMD_PW);
  if (!status) pcl_page_table_free(driver->ops, &domain->table);
  return status;
}

pcl_status_t pcl_attach(pcl_driver_t *driver, uint32_t device_id, const pcl_domain_t *domain, uint64_t dc_flags) {
  pcl_device_context_t context = pcl_device_context(domain->table.root, domain->table.levels, domain->pscid, dc_flags);
  return pcl_directory_put(driver->ops, &driver->directory, device_id, &context);
}

pcl_status_t pcl_attach_bypass(pcl_driver_t *driver, uint32_t device_id, uint64_t dc_flags) {
  pcl_device_context_t context = {.tc = PCL_DC_VALID | dc_flags};
  return pcl_directory_put(driver->ops, &driver->directory, device_id, &context);
}

// IOMMU spec 7.3.1: which invalidations depends on the old DC.
pcl_status_t pcl_detach(pcl_driver_t *driver, uint32_t device_id) {
  pcl_device_context_t old;
  if (!pcl_directory_get(driver->ops, &driver->directory, device_id, &old)) return PCL_E_ARGUMENT;
  pcl_directory_clear(driver->ops, &driver->directory, device_id);
  pcl_cmd_words_t command = pcl_cmd_inval_ddt(device_id);
  pcl_status_t status = pcl_cmdq_put(&driver->commands, &command);
  if (!status && old.fsc >> 60 != PCL_FSC_BARE)
    status = pcl_invalidate(driver, &(pcl_vma_t){.pscv = true, .pscid = old.ta >> 12 & 0xfffff});
  return status ? status : pcl_fence(driver, PCL_CMD_PR | PCL_CMD_PW);
}

pcl_status_t pcl_map(pcl_driver_t *driver, const pcl_domain_t *domain, uint64_t iova, uint64_t pa, uint64_t bytes,
                     uint64_t flags) {
  if ((iova | pa | bytes) & (PCL_PAGE - 1)) return PCL_E_ARGUMENT;
  while (bytes) {
    uint64_t page = pcl_page_table_fit(&domain->table, iova, pa, bytes, domain->page_limit);
    pcl_status_t status = pcl_page_table_add(driver->ops, &domain->table, iova, pa, page, flags);
    if (status) return status;
    iova += page;
    pa += page;
    bytes -= page;
  }
  return PCL_OK;
}

// The next page that is mapped in [*iova, end), or false. *iova moves behind it.
static bool next_leaf(pcl_driver_t *driver, const pcl_domain_t *domain, uint64_t *iova, uint64_t end, pcl_leaf_t *leaf) {
  while (*iova < end) {
    bool found = pcl_page_table_find(driver->ops, &domain->table, *iova, leaf);
    *iova = (*iova & ~(leaf->bytes - 1)) + leaf->bytes;  // without a leaf: bytes of the level at which V=0
    if (found) return true;
  }
  return false;
}

pcl_status_t pcl_unmap_later(pcl_driver_t *driver, const pcl_domain_t *domain, uint64_t iova, uint64_t bytes) {
  pcl_leaf_t leaf;
  uint32_t pages = 0;
  uint64_t all = 0, at = iova;
  if ((iova | bytes) & (PCL_PAGE - 1)) return PCL_E_ARGUMENT;
  while (next_leaf(driver, domain, &at, iova + bytes, &leaf)) {
    if (leaf.iova < iova || at > iova + bytes) return PCL_E_ARGUMENT;
    all |= leaf.pte;
    pages++;
  }
  pcl_vma_t vma = {.av = pages <= MANY_PAGES, .pscv = !(all & PCL_MAP_GLOBAL), .pscid = domain->pscid};
  pcl_status_t status = PCL_OK;
  for (at = iova; !status && next_leaf(driver, domain, &at, iova + bytes, &leaf);) {
    pcl_page_table_remove(driver->ops, &leaf);
    vma.iova = leaf.iova;
    pcl_cmd_words_t command = pcl_cmd_vma(&vma);
    if (vma.av) status = pcl_cmdq_put(&driver->commands, &command);
  }
  if (status || !pages) return status;
  if (!vma.av) return pcl_invalidate(driver, &vma);
  pcl_cmdq_ring(&driver->commands);
  return PCL_OK;
}

pcl_status_t pcl_unmap(pcl_driver_t *driver, const pcl_domain_t *domain, uint64_t iova, uint64_t bytes) {
  pcl_status_t status = pcl_unmap_later(driver, domain, iova, bytes);
  return status ? status : pcl_fence(driver, PCL_CMD_PR | PCL_CMD_PW);
}

pcl_status_t pcl_trim(pcl_driver_t *driver, const pcl_domain_t *domain, uint64_t iova) {
  uint64_t table[4];
  uint32_t count = 0;
  while (count < 4 && (table[count] = pcl_page_table_prune(driver->ops, &domain->table, iova))) count++;
  if (!count) return PCL_OK;
  pcl_status_t status = pcl_invalidate(driver, &(pcl_vma_t){.pscv = true, .pscid = domain->pscid});
  if (!status) status = pcl_fence(driver, 0);
  for (uint32_t i = 0; !status && i < count; i++) driver->ops->page_free(driver->ops->context, table[i], 1);
  return status;
}
