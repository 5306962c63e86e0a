// SPDX-License-Identifier: Apache-2.0
//
// Bit layout of the registers that steer a translation: capabilities, fctl, ddtp and the queue base registers
// (IOMMU spec, memory-mapped register interface). One binary serves every configuration: each decision of the
// model is taken from these values.
//
//   capabilities  63:56 custom | 43 S | 42 NL | 41 QOSID | 40 PD20 | 39 PD17 | 38 PD8 | 37:32 PAS | 31 DBG | 30 HPM |
//                 29:28 IGS | 27 END | 26 T2GPA | 25 ATS | 24 AMO_HWAD | 23 MSI_MRIF | 22 MSI_FLAT | 21 AMO_MRIF |
//                 19:16 Sv57x4 Sv48x4 Sv39x4 Sv32x4 | 15 Svpbmt | 14 Svrsw60t59b | 11:8 Sv57 Sv48 Sv39 Sv32 | 7:0 version
//   fctl          2 GXL | 1 WSI | 0 BE
//   ddtp, xqb     53:10 PPN | ddtp: 4 busy, 3:0 iommu_mode | xqb: 4:0 LOG2SZ-1
#ifndef PCL_ARCH_CAPS_H
#define PCL_ARCH_CAPS_H

#include <stdbool.h>
#include <stdint.h>

#define PCL_BIT(n) (UINT64_C(1) << (n))

#define PCL_CAP_SV32        PCL_BIT(8)
#define PCL_CAP_SV39        PCL_BIT(9)
#define PCL_CAP_SV48        PCL_BIT(10)
#define PCL_CAP_SV57        PCL_BIT(11)
#define PCL_CAP_SVRSW60T59B PCL_BIT(14)
#define PCL_CAP_SVPBMT      PCL_BIT(15)
#define PCL_CAP_SV32X4      PCL_BIT(16)
#define PCL_CAP_SV39X4      PCL_BIT(17)
#define PCL_CAP_SV48X4      PCL_BIT(18)
#define PCL_CAP_SV57X4      PCL_BIT(19)
#define PCL_CAP_AMO_MRIF    PCL_BIT(21)
#define PCL_CAP_MSI_FLAT    PCL_BIT(22)
#define PCL_CAP_MSI_MRIF    PCL_BIT(23)
#define PCL_CAP_AMO_HWAD    PCL_BIT(24)
#define PCL_CAP_ATS         PCL_BIT(25)
#define PCL_CAP_T2GPA       PCL_BIT(26)
#define PCL_CAP_END         PCL_BIT(27)
#define PCL_CAP_HPM         PCL_BIT(30)
#define PCL_CAP_DBG         PCL_BIT(31)
#define PCL_CAP_PD8         PCL_BIT(38)
#define PCL_CAP_PD17        PCL_BIT(39)
#define PCL_CAP_PD20        PCL_BIT(40)
#define PCL_CAP_QOSID       PCL_BIT(41)
#define PCL_CAP_NL          PCL_BIT(42)
#define PCL_CAP_S           PCL_BIT(43)

#define PCL_FCTL_BE  UINT32_C(1)
#define PCL_FCTL_WSI UINT32_C(2)
#define PCL_FCTL_GXL UINT32_C(4)

// Width of a supervisor physical address on the memory side: a 44-bit PPN and a 12-bit offset.
#define PCL_SPA_BITS 56
#define PCL_PPN_MASK (PCL_BIT(44) - 1)

enum { PCL_DDTP_OFF = 0, PCL_DDTP_BARE = 1, PCL_DDTP_1LVL = 2, PCL_DDTP_2LVL = 3, PCL_DDTP_3LVL = 4 };

static inline unsigned pcl_cap_pas(uint64_t capabilities) { return (unsigned)(capabilities >> 32) & 0x3f; }

static inline unsigned pcl_ddtp_mode(uint64_t ddtp) { return (unsigned)ddtp & 0xf; }

// Capabilities after narrowing: feature bits by AND; PAS the smaller one, if the fuse gives 32 or more; of IGS=BOTH what the fuse
// names, unless that is reserved.
uint64_t pcl_capabilities_narrow(uint64_t built, uint64_t fuse);

// PPN field at bits 53:10 of ddtp, cqb, fqb, pqb, of a non-leaf DDT entry and of a PTE.
static inline uint64_t pcl_ppn_field(uint64_t value) { return (value >> 10) & PCL_PPN_MASK; }

// Number of entries of the queue that a cqb/fqb/pqb value describes.
static inline uint64_t pcl_queue_entries(uint64_t qb) { return UINT64_C(2) << (qb & 0x1f); }

#endif
