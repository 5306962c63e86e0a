// SPDX-License-Identifier: Apache-2.0
//
// Mappings of either stage: what is changed in memory, and the commands that make the IOMMU follow (IOMMU spec 7.3.4, 7.3.5).
#include "space.h"

#include "pcl_regs.h"

// More commands than this in one unmap: one for the whole address space is cheaper.
#define MANY 32

pcl_space_map_t pcl_space_of_domain(const pcl_driver_t *driver, const pcl_domain_t *domain) {
  return (pcl_space_map_t){
    .ops = domain->vm ? &domain->vm->memory : driver->ops, .table = &domain->table, .page_limit = domain->page_limit,
    .pscid = domain->pscid, .gv = domain->vm, .gscid = domain->vm ? (uint16_t)domain->vm->gscid : 0,
  };
}

pcl_space_map_t pcl_space_of_vm(const pcl_vm_t *vm) {
  return (pcl_space_map_t){
    .ops = vm->host, .table = &vm->table, .page_limit = vm->page_limit, .gv = true, .gscid = (uint16_t)vm->gscid,
  };
}

// What an invalidation of a space names besides it.
typedef struct {
  bool av;
  bool global;     // pages that may be known to every address space
  bool nl;
  uint64_t addr;
  uint64_t bytes;
} reach_t;

static pcl_status_t put_invalidation(pcl_driver_t *driver, const pcl_space_map_t *space, const reach_t *reach) {
  pcl_cmd_words_t command;
  if (space->table->second)
    command = pcl_cmd_gvma(&(pcl_gvma_t){.gv = true, .gscid = space->gscid, .av = reach->av, .gpa = reach->addr,
                                         .bytes = reach->bytes, .nl = reach->nl});
  else
    command = pcl_cmd_vma(&(pcl_vma_t){.gv = space->gv, .gscid = space->gscid, .pscv = !reach->global, .pscid = space->pscid,
                                       .av = reach->av, .iova = reach->addr, .bytes = reach->bytes, .nl = reach->nl});
  return pcl_cmdq_put(&driver->commands, &command);
}

pcl_status_t pcl_space_add(const pcl_space_map_t *space, uint64_t addr, uint64_t target, uint64_t bytes, uint64_t flags) {
  if (((addr | target | bytes) & (PCL_PAGE - 1)) || !space->table->root) return PCL_E_ARGUMENT;
  while (bytes) {
    uint64_t page = pcl_page_table_fit(space->table, addr, target, bytes, space->page_limit);
    pcl_status_t status = pcl_page_table_add(space->ops, space->table, addr, target, page, flags);
    if (status) return status;
    addr += page;
    target += page;
    bytes -= page;
  }
  return PCL_OK;
}

// The next page that is mapped in [*addr, end), or false. *addr moves behind it.
static bool next_leaf(const pcl_space_map_t *space, uint64_t *addr, uint64_t end, pcl_leaf_t *leaf) {
  while (*addr < end) {
    bool found = pcl_page_table_find(space->ops, space->table, *addr, leaf);
    *addr = (*addr & ~(leaf->bytes - 1)) + leaf->bytes;  // without a leaf: bytes of the level at which V=0
    if (found) return true;
  }
  return false;
}

// The largest naturally aligned range from addr that ends within `bytes`.
static uint64_t piece_of(uint64_t addr, uint64_t bytes) {
  uint64_t piece = PCL_PAGE;
  while (piece < UINT64_C(1) << 62 && piece * 2 <= bytes && !(addr & (piece * 2 - 1))) piece *= 2;
  return piece;
}

static uint32_t count_pieces(uint64_t addr, uint64_t bytes) {
  uint32_t count = 0;
  for (uint64_t piece; bytes; addr += piece, bytes -= piece, count++) piece = piece_of(addr, bytes);
  return count;
}

static pcl_status_t put_pieces(pcl_driver_t *driver, const pcl_space_map_t *space, reach_t *reach, uint64_t addr,
                               uint64_t bytes) {
  pcl_status_t status = PCL_OK;
  for (; !status && bytes; addr += reach->bytes, bytes -= reach->bytes) {
    reach->addr = addr;
    reach->bytes = piece_of(addr, bytes);
    status = put_invalidation(driver, space, reach);
  }
  return status;
}

// Clears the leaves of the range; with `each` it also queues an invalidation for each.
static pcl_status_t clear_leaves(pcl_driver_t *driver, const pcl_space_map_t *space, reach_t *reach, uint64_t addr, uint64_t end,
                                 bool each) {
  pcl_leaf_t leaf;
  pcl_status_t status = PCL_OK;
  while (!status && next_leaf(space, &addr, end, &leaf)) {
    pcl_page_table_remove(space->ops, &leaf);
    reach->addr = leaf.iova;
    if (each) status = put_invalidation(driver, space, reach);
  }
  return status;
}

pcl_status_t pcl_space_remove(pcl_driver_t *driver, const pcl_space_map_t *space, uint64_t addr, uint64_t bytes) {
  pcl_leaf_t leaf;
  uint32_t pages = 0;
  uint64_t all = 0, at = addr;
  if (((addr | bytes) & (PCL_PAGE - 1)) || !space->table->root) return PCL_E_ARGUMENT;
  while (next_leaf(space, &at, addr + bytes, &leaf)) {
    if (leaf.iova < addr || at > addr + bytes) return PCL_E_ARGUMENT;
    all |= leaf.pte;
    pages++;
  }
  if (!pages) return PCL_OK;
  uint32_t pieces = driver->capabilities & PCL_CAPABILITIES_S_MASK ? count_pieces(addr, bytes) : pages;
  bool ranges = pieces < pages && pieces <= MANY, each = !ranges && pages <= MANY;
  reach_t reach = {.av = ranges || each, .global = all & PCL_MAP_GLOBAL};
  pcl_status_t status = clear_leaves(driver, space, &reach, addr, addr + bytes, each);
  if (!status && ranges) status = put_pieces(driver, space, &reach, addr, bytes);
  else if (!status && !each) status = put_invalidation(driver, space, &reach);
  if (!status) pcl_cmdq_ring(&driver->commands);
  return status;
}

pcl_status_t pcl_space_trim(pcl_driver_t *driver, const pcl_space_map_t *space, uint64_t addr) {
  uint64_t table[4];
  uint32_t count = 0;
  if (!space->table->root) return PCL_E_ARGUMENT;
  while (count < 4 && (table[count] = pcl_page_table_prune(space->ops, space->table, addr))) count++;
  if (!count) return PCL_OK;
  bool nl = driver->capabilities & PCL_CAPABILITIES_NL_MASK;
  pcl_status_t status = put_invalidation(driver, space, &(reach_t){.av = nl, .nl = nl, .addr = addr});
  if (!status) status = pcl_fence(driver, 0);
  for (uint32_t i = 0; !status && i < count; i++) space->ops->page_free(space->ops->context, table[i], 1);
  return status;
}
