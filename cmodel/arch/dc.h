// SPDX-License-Identifier: Apache-2.0
//
// Fields of a device context and its configuration checks (IOMMU spec 3.1.3 and 3.1.4).
//
//   tc       63:32 rsvd | 31:24 custom | 23:12 rsvd | 11 SXL | 10 SBE | 9 DPE | 8 SADE | 7 GADE | 6 PRPR | 5 PDTV | 4 DTF |
//            3 T2GPA | 2 EN_PRI | 1 EN_ATS | 0 V
//   iohgatp  63:60 MODE | 59:44 GSCID | 43:0 PPN
//   ta       63:52 MCID | 51:40 RCID | 39:32 rsvd | 31:12 PSCID | 11:0 rsvd
//   fsc      63:60 MODE | 59:44 rsvd | 43:0 PPN      iosatp if PDTV=0, pdtp if PDTV=1
//   msiptp   63:60 MODE | 59:44 rsvd | 43:0 PPN      msi_addr_mask, msi_addr_pattern  63:52 rsvd | 51:0
#ifndef PCL_ARCH_DC_H
#define PCL_ARCH_DC_H

#include "arch/caps.h"
#include "arch/types.h"

#define PCL_TC_V      PCL_BIT(0)
#define PCL_TC_EN_ATS PCL_BIT(1)
#define PCL_TC_EN_PRI PCL_BIT(2)
#define PCL_TC_T2GPA  PCL_BIT(3)
#define PCL_TC_DTF    PCL_BIT(4)
#define PCL_TC_PDTV   PCL_BIT(5)
#define PCL_TC_PRPR   PCL_BIT(6)
#define PCL_TC_GADE   PCL_BIT(7)
#define PCL_TC_SADE   PCL_BIT(8)
#define PCL_TC_DPE    PCL_BIT(9)
#define PCL_TC_SBE    PCL_BIT(10)
#define PCL_TC_SXL    PCL_BIT(11)

// MODE of iohgatp, iosatp, pdtp or msiptp; 0 is Bare (Off for msiptp).
enum {
  PCL_MODE_BARE = 0,
  PCL_IOSATP_SV39 = 8,  // Sv32 if SXL=1
  PCL_IOSATP_SV48 = 9,
  PCL_IOSATP_SV57 = 10,
  PCL_IOHGATP_SV39X4 = 8,  // Sv32x4 if GXL=1
  PCL_IOHGATP_SV48X4 = 9,
  PCL_IOHGATP_SV57X4 = 10,
  PCL_PDTP_PD8 = 1,
  PCL_PDTP_PD17 = 2,
  PCL_PDTP_PD20 = 3,
  PCL_MSIPTP_FLAT = 1
};

static inline unsigned pcl_mode_field(uint64_t value) { return (unsigned)(value >> 60); }
static inline uint64_t pcl_pscid_field(uint64_t ta) { return (ta >> 12) & 0xfffff; }
static inline uint16_t pcl_rcid_field(uint64_t ta) { return ta >> 40 & 0xfff; }
static inline uint16_t pcl_mcid_field(uint64_t ta) { return (uint16_t)(ta >> 52); }
static inline uint16_t pcl_gscid_field(uint64_t iohgatp) { return (uint16_t)(iohgatp >> 44); }

// Whether first-stage tables of this mode are supported under this SXL; a reserved encoding is not. Bare is.
bool pcl_iosatp_mode_supported(unsigned mode, bool sxl, uint64_t capabilities);

// Whether a DC with V=1 is misconfigured (cause 259). fctl.GXL counts as writable if Sv32 or Sv32x4 is supported, and
// fctl.BE if END is 1. RCID and MCID are 12 bits wide if QOSID is 1.
bool pcl_dc_misconfigured(uint64_t capabilities, uint32_t fctl, const pcl_dc_t *dc);

#endif
