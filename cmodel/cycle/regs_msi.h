// SPDX-License-Identifier: Apache-2.0
// msi_cfg_tbl and the messages that wait, the twin of regs_msi.sv (docs/microarchitecture.md, section 6; IOMMU spec 6.25).
//
// Limits: 16 vectors; a vector waits with one message, however many causes rise meanwhile.
#ifndef PCL_CYCLE_REGS_MSI_H
#define PCL_CYCLE_REGS_MSI_H

#include <stdbool.h>
#include <stdint.h>

#include "regs_word.h"

enum { PCL_MSI_VECTORS = 16 };

typedef struct {
  struct {
    uint64_t addr;  // 56 bits, a multiple of 4
    uint32_t data;
  } entry[PCL_MSI_VECTORS];
  uint16_t masked;  // M, one bit per vector
  uint16_t want;    // a message is due
  uint8_t ptr;
} pcl_regs_msi_t;

// Whether a word of the register page belongs to the table; and its value.
bool pcl_regs_msi_holds(unsigned offset);
uint64_t pcl_regs_msi_read(const pcl_regs_msi_t *msi, unsigned offset);

// The vector whose message is shown to irq, or -1.
int pcl_regs_msi_shown(const pcl_regs_msi_t *msi, uint32_t fctl);

// Edge. `rising`: vectors with a cause that rises, one bit each; `taken`: irq takes what is shown. Writes come after it.
void pcl_regs_msi_commit(pcl_regs_msi_t *msi, uint32_t fctl, uint16_t rising, bool taken);
void pcl_regs_msi_write(pcl_regs_msi_t *msi, const pcl_word_write_t *write);

#endif
