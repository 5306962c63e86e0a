// SPDX-License-Identifier: Apache-2.0
//
// The device directory. "Item n" is item n of IOMMU spec 3.3, "3.3.1 item n" of its process to locate the device context.
#include "walk_parts.h"

#define DDTE_V        PCL_BIT(0)
#define DDTE_RESERVED (UINT64_C(0xffc0000000000000) | UINT64_C(0x3fe))

static unsigned ddi0_bits(const pcl_walk_t *walk) { return walk->regs.capabilities & PCL_CAP_MSI_FLAT ? 6 : 7; }

// Items 3 and 4: the part of device_id that indexes a table of this level. DDI[2] is what is left of 24 bits.
static uint64_t ddi(const pcl_walk_t *walk, unsigned level) {
  const uint32_t device_id = walk->request.device_id;
  if (level == 0) return device_id & ((1u << ddi0_bits(walk)) - 1);
  return device_id >> (ddi0_bits(walk) + 9 * (level - 1)) & 0x1ff;
}

// Item 5: a table of the root level is indexed by the topmost bits of device_id.
bool pcl_walk_device_fits(const pcl_walk_t *walk, unsigned root_level) {
  return root_level == 2 || walk->request.device_id >> (ddi0_bits(walk) + 9 * root_level) == 0;
}

// 3.3.1 items 2, 3 and 8: the next entry of the directory, in the table at `ppn`.
pcl_step_t pcl_walk_ddt(pcl_walk_t *walk, unsigned level, uint64_t ppn) {
  const bool leaf = level == 0;
  const unsigned dc_bytes = walk->regs.capabilities & PCL_CAP_MSI_FLAT ? 64 : 32;
  const unsigned bytes = leaf ? dc_bytes : 8;
  walk->phase = PCL_PHASE_DDT;
  walk->level = (uint8_t)level;
  return pcl_walk_read(walk, leaf ? PCL_ACCESS_DC : PCL_ACCESS_DDT_NONLEAF, level, (ppn << 12) + ddi(walk, level) * bytes, bytes);
}

// 3.3.1 items 3 and 4, 8: what an access to the directory may meet. 0 if the data is good.
static unsigned ddt_error(const pcl_response_t *response) {
  if (response->status == PCL_MEM_OK) return 0;
  return response->status == PCL_MEM_POISON ? PCL_CAUSE_DDT_CORRUPTION : PCL_CAUSE_DDT_ACCESS;
}

// A doubleword of the directory in host order.
static uint64_t host(const pcl_walk_t *walk, uint64_t dw) {
  return walk->regs.fctl & PCL_FCTL_BE ? __builtin_bswap64(dw) : dw;
}

static pcl_step_t step_ddt_nonleaf(pcl_walk_t *walk, const pcl_response_t *response) {
  const unsigned error = ddt_error(response);  // items 3, 4
  if (error) return pcl_walk_fault(walk, error);
  const uint64_t ddte = host(walk, response->data[0]);
  if (!(ddte & DDTE_V)) return pcl_walk_fault(walk, PCL_CAUSE_DDT_NOT_VALID);           // item 5
  if (ddte & DDTE_RESERVED) return pcl_walk_fault(walk, PCL_CAUSE_DDT_MISCONFIGURED);   // item 6
  return pcl_walk_ddt(walk, walk->level - 1u, pcl_ppn_field(ddte));                     // item 7
}

// The DC; what the base format lacks is 0.
static void read_dc(pcl_walk_t *walk, const uint64_t *dw) {
  walk->dc = (pcl_dc_t){.tc = host(walk, dw[0]), .iohgatp = host(walk, dw[1]), .ta = host(walk, dw[2]), .fsc = host(walk, dw[3])};
  if (walk->access.beats == 8) {
    walk->dc.msiptp = host(walk, dw[4]);
    walk->dc.msi_addr_mask = host(walk, dw[5]);
    walk->dc.msi_addr_pattern = host(walk, dw[6]);
    walk->dc.reserved = host(walk, dw[7]);
  }
}

static pcl_step_t step_dc(pcl_walk_t *walk, const pcl_response_t *response) {
  const unsigned error = ddt_error(response);  // item 8
  if (error) return pcl_walk_fault(walk, error);
  read_dc(walk, response->data);
  if (!(walk->dc.tc & PCL_TC_V)) {  // item 9
    walk->dc.tc = 0;
    return pcl_walk_fault(walk, PCL_CAUSE_DDT_NOT_VALID);
  }
  if (pcl_dc_misconfigured(walk->regs.capabilities, walk->regs.fctl, &walk->dc)) {  // item 10
    walk->dc.tc = 0;
    return pcl_walk_fault(walk, PCL_CAUSE_DDT_MISCONFIGURED);
  }
  walk->new_dc = true;  // item 11
  return pcl_walk_use_dc(walk);
}

pcl_step_t pcl_walk_step_ddt(pcl_walk_t *walk, const pcl_response_t *response) {
  return walk->access.kind == PCL_ACCESS_DC ? step_dc(walk, response) : step_ddt_nonleaf(walk, response);
}
