// SPDX-License-Identifier: Apache-2.0
// The register map as the specification has it, written by hand from IOMMU spec chapter 6 and not from the SystemRDL source, so
// that a mistake there (offset, reset value, WARL mask) shows.
//
// It describes everything built; regs_writable() says what of it a configuration has. The rest reads zero and ignores writes.
// One line per register; `count` elements `stride` bytes apart. Masks are over the register's own bits:
//   rw   software writes it and reads back what it wrote (for legal values, see the note)
//   w1c  a written 1 clears it, a written 0 keeps it
// All other bits ignore writes. `reset` holds for every bit but those of capabilities (regs_capabilities()), fctl.WSI
// (regs_fctl()), qsta.drained, msta.drained, and iohpmcycles, which counts.
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

// 6.3: version 1.0, Sv39; then the bits that the configuration sets.
#define REGS_CAP_FIXED (UINT64_C(0x10) | UINT64_C(1) << 9)
#define REGS_CAP_SV32 (UINT64_C(1) << 8)
#define REGS_CAP_SV48 (UINT64_C(1) << 10)
#define REGS_CAP_SV57 (UINT64_C(1) << 11)
#define REGS_CAP_SVRSW60T59B (UINT64_C(1) << 14)
#define REGS_CAP_SVPBMT (UINT64_C(1) << 15)
#define REGS_CAP_SV32X4 (UINT64_C(1) << 16)
#define REGS_CAP_SV39X4 (UINT64_C(1) << 17)
#define REGS_CAP_SV48X4 (UINT64_C(1) << 18)
#define REGS_CAP_SV57X4 (UINT64_C(1) << 19)
#define REGS_CAP_AMO_MRIF (UINT64_C(1) << 21)
#define REGS_CAP_MSI_FLAT (UINT64_C(1) << 22)
#define REGS_CAP_MSI_MRIF (UINT64_C(1) << 23)
#define REGS_CAP_AMO_HWAD (UINT64_C(1) << 24)
#define REGS_CAP_ATS (UINT64_C(1) << 25)
#define REGS_CAP_T2GPA (UINT64_C(1) << 26)
#define REGS_CAP_END (UINT64_C(1) << 27)
#define REGS_CAP_IGS(igs) ((uint64_t)(igs) << 28)  // 0 MSI, 1 WSI, 2 BOTH
#define REGS_CAP_HPM (UINT64_C(1) << 30)
#define REGS_CAP_DBG (UINT64_C(1) << 31)
#define REGS_CAP_PAS(bits) ((uint64_t)(bits) << 32)
#define REGS_CAP_PD8 (UINT64_C(1) << 38)
#define REGS_CAP_PD17 (UINT64_C(1) << 39)
#define REGS_CAP_PD20 (UINT64_C(1) << 40)
#define REGS_CAP_QOSID (UINT64_C(1) << 41)
#define REGS_CAP_NL (UINT64_C(1) << 42)
#define REGS_CAP_S (UINT64_C(1) << 43)

// What a configuration advertises, each parameter by the bit of 6.3 that it stands for.
static inline uint64_t regs_capabilities(const pcl_config_t *config) {
  uint64_t first = (config->sv32 ? REGS_CAP_SV32 : 0) | (config->sv48 ? REGS_CAP_SV48 : 0) | (config->sv57 ? REGS_CAP_SV57 : 0);
  uint64_t entries = (config->svrsw60t59b ? REGS_CAP_SVRSW60T59B : 0) | (config->svpbmt ? REGS_CAP_SVPBMT : 0) |
                     (config->amo_hwad ? REGS_CAP_AMO_HWAD : 0);
  uint64_t second = (config->sv32x4 ? REGS_CAP_SV32X4 : 0) | (config->sv39x4 ? REGS_CAP_SV39X4 : 0) |
                    (config->sv48x4 ? REGS_CAP_SV48X4 : 0) | (config->sv57x4 ? REGS_CAP_SV57X4 : 0) |
                    (config->msi_flat ? REGS_CAP_MSI_FLAT : 0) | (config->msi_mrif ? REGS_CAP_MSI_MRIF : 0) |
                    (config->amo_mrif ? REGS_CAP_AMO_MRIF : 0);
  uint64_t processes = (config->pd8 ? REGS_CAP_PD8 : 0) | (config->pd17 ? REGS_CAP_PD17 : 0) | (config->pd20 ? REGS_CAP_PD20 : 0);
  uint64_t commands = (config->nl ? REGS_CAP_NL : 0) | (config->s ? REGS_CAP_S : 0);
  uint64_t devices = (config->ats ? REGS_CAP_ATS : 0) | (config->t2gpa ? REGS_CAP_T2GPA : 0);
  uint64_t others = (config->end ? REGS_CAP_END : 0) | (config->hpm ? REGS_CAP_HPM : 0) | (config->dbg ? REGS_CAP_DBG : 0) |
                    (config->qosid ? REGS_CAP_QOSID : 0) | REGS_CAP_IGS(config->igs_msi ? 2 : 1);
  return REGS_CAP_FIXED | first | entries | second | processes | commands | devices | others | REGS_CAP_PAS(config->pas);
}

// 6.4: WSI is fixed at 1 without messages, else 0 until written.
static inline uint64_t regs_fctl(const pcl_config_t *config) { return config->igs_msi ? 0 : 2; }

// 6.5, 6.6: PPN in bits 53:10, beside the mode in 3:0 or LOG2SZ-1 in 4:0.
#define REGS_DDTP_RW UINT64_C(0x003ffffffffffc0f)
#define REGS_BASE_RW UINT64_C(0x003ffffffffffc1f)
// 6.27: DID 63:40, PV 32, PID 31:12, NW, Exe, Priv; 6.25: ADDR 55:2.
#define REGS_TR_CTL_RW UINT64_C(0xffffff01fffff00e)
#define REGS_MSI_ADDR_RW UINT64_C(0x00fffffffffffffc)

static const regs_row_t regs_table[] = {
  // name           offset size count stride reset           rw                     w1c     note
  { "capabilities",      0,  8,  1,   0, 0,                  0,                     0 },
  { "fctl",              8,  4,  1,   0, 0,                  0x7,                   0 },      // BE, WSI, GXL: while Off
  { "custom",           12,  4,  1,   0, 0,                  0,                     0 },
  { "ddtp",             16,  8,  1,   0, 0,                  REGS_DDTP_RW,          0 },      // modes 5-15 keep the old
  { "cqb",              24,  8,  1,   0, 0,                  REGS_BASE_RW,          0 },
  { "cqh",              32,  4,  1,   0, 0,                  0,                     0 },
  { "cqt",              36,  4,  1,   0, 0,                  UINT64_C(0xffffffff),  0 },      // only bits LOG2SZ-1:0 of cqb
  { "fqb",              40,  8,  1,   0, 0,                  REGS_BASE_RW,          0 },
  { "fqh",              48,  4,  1,   0, 0,                  UINT64_C(0xffffffff),  0 },      // only bits LOG2SZ-1:0 of fqb
  { "fqt",              52,  4,  1,   0, 0,                  0,                     0 },
  { "pqb",              56,  8,  1,   0, 0,                  REGS_BASE_RW,          0 },
  { "pqh",              64,  4,  1,   0, 0,                  UINT64_C(0xffffffff),  0 },      // only LOG2SZ-1:0 of pqb
  { "pqt",              68,  4,  1,   0, 0,                  0,                     0 },
  { "cqcsr",            72,  4,  1,   0, 0,                  0x3,                   0xf00 },  // cqen, cie; cqmf .. fence_w_ip
  { "fqcsr",            76,  4,  1,   0, 0,                  0x3,                   0x300 },  // fqen, fie; fqmf, fqof
  { "pqcsr",            80,  4,  1,   0, 0,                  0x3,                   0x300 },  // pqen, pie; pqmf, pqof
  { "ipsr",             84,  4,  1,   0, 0,                  0,                     0xf },    // cip, fip, pmip, pip, as built
  { "iocountovf",       88,  4,  1,   0, 0,                  0,                     0 },
  { "iocountinh",       92,  4,  1,   0, 0,                  UINT64_C(0xffffffff),  0 },      // CY and one bit per counter
  { "iohpmcycles",      96,  8,  1,   0, 0,                  ~UINT64_C(0),          0 },
  { "iohpmctr",        104,  8, 31,   8, 0,                  ~UINT64_C(0),          0 },
  { "iohpmevt",        352,  8, 31,   8, 0,                  ~UINT64_C(0),          0 },      // eventID 0 to 8
  { "tr_req_iova",     600,  8,  1,   0, 0,                  ~UINT64_C(0xfff),      0 },
  { "tr_req_ctl",      608,  8,  1,   0, 0,                  REGS_TR_CTL_RW,        0 },      // a 1 in bit 0 starts
  { "tr_response",     616,  8,  1,   0, 0,                  0,                     0 },
  { "iommu_qosid",     624,  4,  1,   0, 0,                  0x0fff0fff,            0 },
  { "reserved",        628,  4, 15,   4, 0,                  0,                     0 },
  { "qctl",            688,  4,  4,  16, 0,                  0x3,                   0 },      // 3 keeps the old; absent ports 0
  { "qsta",            692,  4,  4,  16, 0,                  0,                     0 },      // drained (bit 0) by state
  { "isotime",         696,  4,  4,  16, 0,                  0xffff,                0 },      // absent ports 0
  { "reserved",        700,  4,  4,  16, 0,                  0,                     0 },
  { "mctl",            752,  4,  1,   0, 0,                  0x3,                   0 },      // 0 and 2
  { "msta",            756,  4,  1,   0, 0,                  0,                     0 },      // drained (bit 0)
  { "icvec",           760,  8,  1,   0, 0,                  0xffff,                0 },      // civ, fiv, pmiv, piv
  { "msi_addr",        768,  8, 16,  16, 0,                  REGS_MSI_ADDR_RW,      0 },
  { "msi_data",        776,  4, 16,  16, 0,                  UINT64_C(0xffffffff),  0 },
  { "msi_vec_ctl",     780,  4, 16,  16, 0,                  0x1,                   0 },
  { "reserved",       1024,  8, 16,   8, 0,                  0,                     0 },
  { "reserved",       4088,  8,  1,   0, 0,                  0,                     0 },
};

enum { REGS_TABLE_ROWS = sizeof regs_table / sizeof regs_table[0] };

// Which of the bits that software writes the configuration has.
static inline uint64_t regs_writable(const pcl_config_t *config, const regs_row_t *row, unsigned element) {
  uint64_t with = 0;
  switch (row->offset) {
    case 8: with = (config->end ? 1 : 0) | (config->igs_msi ? 2 : 0) | (config->sv32 || config->sv32x4 ? 4 : 0); break;
    case 56: case 64: case 80: case 752: with = config->ats ? ~UINT64_C(0) : 0; break;
    case 92: with = config->hpm ? (UINT64_C(2) << config->hpm_counters) - 1 : 0; break;
    case 96: with = config->hpm ? ~UINT64_C(0) : 0; break;
    case 104: case 352: with = config->hpm && element < config->hpm_counters ? ~UINT64_C(0) : 0; break;
    case 600: case 608: with = config->dbg ? ~UINT64_C(0) : 0; break;
    case 624: with = config->qosid ? ~UINT64_C(0) : 0; break;
    case 760: with = 0xff | (config->hpm ? 0xf00 : 0) | (config->ats ? 0xf000 : 0); break;
    case 768: case 776: case 780: with = config->igs_msi ? ~UINT64_C(0) : 0; break;
    default: with = ~UINT64_C(0); break;
  }
  return row->rw & with;
}

#endif
