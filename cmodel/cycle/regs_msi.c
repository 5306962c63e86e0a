// SPDX-License-Identifier: Apache-2.0
#include "regs_msi.h"

#include "arch/caps.h"
#include "pcl_regs.h"
#include "rr_arb.h"

enum { TABLE_BYTES = PCL_MSI_VECTORS * PCL_REG_MSI_ADDR_STRIDE, DATA_WORD = 8 };

bool pcl_regs_msi_holds(unsigned offset) {
  return offset >= PCL_REG_MSI_ADDR_OFFSET && offset < PCL_REG_MSI_ADDR_OFFSET + TABLE_BYTES;
}

static unsigned vector_of(unsigned offset) { return (offset - PCL_REG_MSI_ADDR_OFFSET) / PCL_REG_MSI_ADDR_STRIDE; }

uint64_t pcl_regs_msi_read(const pcl_regs_msi_t *msi, unsigned offset) {
  const unsigned vector = vector_of(offset);
  if (!(offset & DATA_WORD)) return msi->entry[vector].addr;
  return msi->entry[vector].data | (uint64_t)(msi->masked >> vector & 1) << 32;
}

void pcl_regs_msi_write(pcl_regs_msi_t *msi, const pcl_word_write_t *write) {
  const unsigned vector = vector_of(write->offset);
  if (!(write->offset & DATA_WORD)) {
    msi->entry[vector].addr = pcl_word_merge(msi->entry[vector].addr, write) & PCL_MSI_ADDR_ADDR_MASK;
    return;
  }
  if (write->lo) msi->entry[vector].data = (uint32_t)write->data;
  if (!write->hi) return;
  const uint16_t bit = (uint16_t)(1u << vector);
  const bool mask = write->data >> 32 & PCL_MSI_VEC_CTL_M_MASK;
  msi->masked = mask ? msi->masked | bit : msi->masked & (uint16_t)~bit;
}

int pcl_regs_msi_shown(const pcl_regs_msi_t *msi, uint32_t fctl) {
  const uint16_t ready = msi->want & (uint16_t)~msi->masked;
  return ready == 0 || fctl & PCL_FCTL_WSI ? -1 : (int)pcl_rr_pick(ready, msi->ptr);
}

void pcl_regs_msi_commit(pcl_regs_msi_t *msi, uint32_t fctl, uint16_t rising, bool taken) {
  if (taken) {
    const unsigned vector = (unsigned)pcl_regs_msi_shown(msi, fctl);
    msi->want &= (uint16_t)~(1u << vector);
    msi->ptr = (uint8_t)pcl_rr_next(vector, PCL_MSI_VECTORS);
  }
  if (!(fctl & PCL_FCTL_WSI)) msi->want |= rising;
}
