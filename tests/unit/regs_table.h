// SPDX-License-Identifier: Apache-2.0
// The register map as the specification has it, written by hand from IOMMU spec chapter 6 and not from the SystemRDL source, so
// that a mistake there (offset, reset value, WARL mask) shows.
//
// It describes what is built now: IGS = WSI, no HPM, debug, ATS/PRI, QoS or MSI; those registers read zero and ignore writes.
// One line per register; `count` elements `stride` bytes apart. Masks are over the register's own bits:
//   rw   software writes it and reads back what it wrote (for legal values, see the note)
//   w1c  a written 1 clears it, a written 0 keeps it
// All other bits ignore writes. `reset` holds for every bit but those of capabilities (regs_capabilities()) and qsta.drained;
// `rw` of fctl gains GXL (bit 2, while ddtp is Off) with Sv32 or Sv32x4.
#ifndef PCL_REGS_TABLE_H
#define PCL_REGS_TABLE_H

#include <stdint.h>

#include "cycle/config.h"

typedef struct regs_row {
  const char *name;
  uint16_t offset;  // bytes
  uint8_t size;     // bytes: 4 or 8
  uint8_t count;    // elements
  uint8_t stride;   // bytes between elements
  uint64_t reset;
  uint64_t rw;
  uint64_t w1c;
} regs_row_t;

// 6.3: version 1.0, Sv39, IGS = WSI; then the bits that the configuration sets.
#define REGS_CAP_FIXED (UINT64_C(0x10) | UINT64_C(1) << 9 | UINT64_C(1) << 28)
#define REGS_CAP_SV32 (UINT64_C(1) << 8)
#define REGS_CAP_SV48 (UINT64_C(1) << 10)
#define REGS_CAP_SV57 (UINT64_C(1) << 11)
#define REGS_CAP_SVRSW60T59B (UINT64_C(1) << 14)
#define REGS_CAP_SVPBMT (UINT64_C(1) << 15)
#define REGS_CAP_SV32X4 (UINT64_C(1) << 16)
#define REGS_CAP_SV39X4 (UINT64_C(1) << 17)
#define REGS_CAP_SV48X4 (UINT64_C(1) << 18)
#define REGS_CAP_SV57X4 (UINT64_C(1) << 19)
#define REGS_CAP_MSI_FLAT (UINT64_C(1) << 22)
#define REGS_CAP_AMO_HWAD (UINT64_C(1) << 24)
#define REGS_CAP_PAS(bits) ((uint64_t)(bits) << 32)
#define REGS_CAP_PD8 (UINT64_C(1) << 38)
#define REGS_CAP_PD17 (UINT64_C(1) << 39)
#define REGS_CAP_PD20 (UINT64_C(1) << 40)
#define REGS_CAP_NL (UINT64_C(1) << 42)
#define REGS_CAP_S (UINT64_C(1) << 43)

// What a configuration advertises, each parameter by the bit of 6.3 that it stands for.
static inline uint64_t regs_capabilities(const pcl_config_t *config) {
  uint64_t first = (config->sv32 ? REGS_CAP_SV32 : 0) | (config->sv48 ? REGS_CAP_SV48 : 0) | (config->sv57 ? REGS_CAP_SV57 : 0);
  uint64_t entries = (config->svrsw60t59b ? REGS_CAP_SVRSW60T59B : 0) | (config->svpbmt ? REGS_CAP_SVPBMT : 0) |
                     (config->amo_hwad ? REGS_CAP_AMO_HWAD : 0);
  uint64_t second = (config->sv32x4 ? REGS_CAP_SV32X4 : 0) | (config->sv39x4 ? REGS_CAP_SV39X4 : 0) |
                    (config->sv48x4 ? REGS_CAP_SV48X4 : 0) | (config->sv57x4 ? REGS_CAP_SV57X4 : 0) |
                    (config->msi_flat ? REGS_CAP_MSI_FLAT : 0);
  uint64_t processes = (config->pd8 ? REGS_CAP_PD8 : 0) | (config->pd17 ? REGS_CAP_PD17 : 0) | (config->pd20 ? REGS_CAP_PD20 : 0);
  uint64_t commands = (config->nl ? REGS_CAP_NL : 0) | (config->s ? REGS_CAP_S : 0);
  return REGS_CAP_FIXED | first | entries | second | processes | commands | REGS_CAP_PAS(config->pas);
}

// 6.5, 6.6: PPN in bits 53:10, beside the mode in 3:0 or LOG2SZ-1 in 4:0.
#define REGS_DDTP_RW UINT64_C(0x003ffffffffffc0f)
#define REGS_BASE_RW UINT64_C(0x003ffffffffffc1f)

static const regs_row_t regs_table[] = {
  // name           offset size count stride reset           rw                     w1c     note
  { "capabilities",      0,  8,  1,   0, 0,                  0,                     0 },
  { "fctl",              8,  4,  1,   0, 2,                  0,                     0 },      // WSI fixed at 1, BE at 0; GXL
  { "custom",           12,  4,  1,   0, 0,                  0,                     0 },
  { "ddtp",             16,  8,  1,   0, 0,                  REGS_DDTP_RW,          0 },      // modes 5-15 keep the old
  { "cqb",              24,  8,  1,   0, 0,                  REGS_BASE_RW,          0 },
  { "cqh",              32,  4,  1,   0, 0,                  0,                     0 },
  { "cqt",              36,  4,  1,   0, 0,                  UINT64_C(0xffffffff),  0 },      // only bits LOG2SZ-1:0 of cqb
  { "fqb",              40,  8,  1,   0, 0,                  REGS_BASE_RW,          0 },
  { "fqh",              48,  4,  1,   0, 0,                  UINT64_C(0xffffffff),  0 },      // only bits LOG2SZ-1:0 of fqb
  { "fqt",              52,  4,  1,   0, 0,                  0,                     0 },
  { "pqb",              56,  8,  1,   0, 0,                  0,                     0 },
  { "pqh",              64,  4,  1,   0, 0,                  0,                     0 },
  { "pqt",              68,  4,  1,   0, 0,                  0,                     0 },
  { "cqcsr",            72,  4,  1,   0, 0,                  0x3,                   0xf00 },  // cqen, cie; cqmf .. fence_w_ip
  { "fqcsr",            76,  4,  1,   0, 0,                  0x3,                   0x300 },  // fqen, fie; fqmf, fqof
  { "pqcsr",            80,  4,  1,   0, 0,                  0,                     0 },
  { "ipsr",             84,  4,  1,   0, 0,                  0,                     0x3 },    // cip, fip
  { "iocountovf",       88,  4,  1,   0, 0,                  0,                     0 },
  { "iocountinh",       92,  4,  1,   0, 0,                  0,                     0 },
  { "iohpmcycles",      96,  8,  1,   0, 0,                  0,                     0 },
  { "iohpmctr",        104,  8, 31,   8, 0,                  0,                     0 },
  { "iohpmevt",        352,  8, 31,   8, 0,                  0,                     0 },
  { "tr_req_iova",     600,  8,  1,   0, 0,                  0,                     0 },
  { "tr_req_ctl",      608,  8,  1,   0, 0,                  0,                     0 },
  { "tr_response",     616,  8,  1,   0, 0,                  0,                     0 },
  { "iommu_qosid",     624,  4,  1,   0, 0,                  0,                     0 },
  { "reserved",        628,  4, 15,   4, 0,                  0,                     0 },
  { "qctl",            688,  4,  4,  16, 0,                  0x3,                   0 },      // 3 keeps the old; absent ports 0
  { "qsta",            692,  4,  4,  16, 0,                  0,                     0 },      // drained (bit 0) by state
  { "isotime",         696,  4,  4,  16, 0,                  0xffff,                0 },      // absent ports 0
  { "reserved",        700,  4,  4,  16, 0,                  0,                     0 },
  { "reserved",        752,  8,  1,   0, 0,                  0,                     0 },
  { "icvec",           760,  8,  1,   0, 0,                  0xff,                  0 },      // civ, fiv; pmiv and piv zero
  { "msi_addr",        768,  8, 16,  16, 0,                  0,                     0 },
  { "msi_data",        776,  4, 16,  16, 0,                  0,                     0 },
  { "msi_vec_ctl",     780,  4, 16,  16, 0,                  0,                     0 },
  { "reserved",       1024,  8, 16,   8, 0,                  0,                     0 },
  { "reserved",       4088,  8,  1,   0, 0,                  0,                     0 },
};

enum { REGS_TABLE_ROWS = sizeof regs_table / sizeof regs_table[0] };

#endif
