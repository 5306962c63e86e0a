// SPDX-License-Identifier: Apache-2.0
//
// Device-context configuration checks (IOMMU spec 3.1.4), in the order of its list.
#include "arch/dc.h"

#define TC_RESERVED    (UINT64_C(0xffffffff00000000) | UINT64_C(0x0000000000fff000))
#define TA_RESERVED    (UINT64_C(0x000000ff00000000) | UINT64_C(0x0000000000000fff))
#define TA_QOS         UINT64_C(0xffffff0000000000)  // RCID and MCID
#define PTR_RESERVED   UINT64_C(0x0ffff00000000000)  // fsc and msiptp
#define HGATP_UNALIGNED UINT64_C(3)                   // PPN bits below a 16-KiB boundary

// The 64-bit schemes are encoded alike in iosatp.MODE and iohgatp.MODE and in the same order in capabilities.
static bool mode64_supported(unsigned mode, uint64_t schemes) {
  if (mode == PCL_MODE_BARE) return true;
  return mode >= 8 && mode <= 10 && (schemes >> (mode - 8) & 1);
}

static bool mode32_supported(unsigned mode, bool scheme) {
  return mode == PCL_MODE_BARE || (mode == 8 && scheme);
}

bool pcl_iosatp_mode_supported(unsigned mode, bool sxl, uint64_t capabilities) {
  return sxl ? mode32_supported(mode, capabilities & PCL_CAP_SV32) : mode64_supported(mode, capabilities >> 9);
}

static bool pdtp_mode_supported(unsigned mode, uint64_t capabilities) {
  switch (mode) {
    case PCL_MODE_BARE: return true;
    case PCL_PDTP_PD8: return capabilities & PCL_CAP_PD8;
    case PCL_PDTP_PD17: return capabilities & PCL_CAP_PD17;
    case PCL_PDTP_PD20: return capabilities & PCL_CAP_PD20;
    default: return false;
  }
}

// Bits of msi_addr_mask and msi_addr_pattern that lie outside the guest physical address space (spec 3.1.3, MGPAW).
static uint64_t msi_address_reserved(uint64_t capabilities) {
  unsigned mgpaw = capabilities & PCL_CAP_SV57X4   ? 59
                   : capabilities & PCL_CAP_SV48X4 ? 50
                   : capabilities & PCL_CAP_SV39X4 ? 41
                   : capabilities & PCL_CAP_SV32X4 ? 34
                                                   : pcl_cap_pas(capabilities);
  return mgpaw > 12 ? ~(PCL_BIT(mgpaw - 12) - 1) : ~UINT64_C(0);
}

static bool reserved_bits_set(uint64_t capabilities, const pcl_dc_t *dc) {
  if (dc->tc & TC_RESERVED || dc->ta & TA_RESERVED || dc->fsc & PTR_RESERVED) return true;
  if (!(capabilities & PCL_CAP_QOSID) && dc->ta & TA_QOS) return true;
  if (!(capabilities & PCL_CAP_MSI_FLAT)) return false;
  return dc->msiptp & PTR_RESERVED || dc->reserved ||
         (dc->msi_addr_mask | dc->msi_addr_pattern) & msi_address_reserved(capabilities);
}

bool pcl_dc_misconfigured(uint64_t capabilities, uint32_t fctl, const pcl_dc_t *dc) {
  const uint64_t tc = dc->tc;
  const unsigned hgatp_mode = pcl_mode_field(dc->iohgatp);
  const unsigned fsc_mode = pcl_mode_field(dc->fsc);
  const bool gxl = fctl & PCL_FCTL_GXL;
  const bool gxl_writable = capabilities & (PCL_CAP_SV32 | PCL_CAP_SV32X4);
  const bool sxl = tc & PCL_TC_SXL;
  const bool sbe = tc & PCL_TC_SBE;
  const bool be = fctl & PCL_FCTL_BE;

  // Item 1.
  if (reserved_bits_set(capabilities, dc)) return true;
  // Items 2 to 7: ATS.
  if (!(capabilities & PCL_CAP_ATS) && tc & (PCL_TC_EN_ATS | PCL_TC_EN_PRI | PCL_TC_PRPR)) return true;
  if (!(tc & PCL_TC_EN_ATS) && tc & (PCL_TC_T2GPA | PCL_TC_EN_PRI)) return true;
  if (!(tc & PCL_TC_EN_PRI) && tc & PCL_TC_PRPR) return true;
  if (!(capabilities & PCL_CAP_T2GPA) && tc & PCL_TC_T2GPA) return true;
  if (tc & PCL_TC_T2GPA && hgatp_mode == PCL_MODE_BARE) return true;
  // Items 8 to 12: first stage.
  if (tc & PCL_TC_PDTV) {
    if (!pdtp_mode_supported(fsc_mode, capabilities)) return true;
  } else {
    if (!pcl_iosatp_mode_supported(fsc_mode, sxl, capabilities)) return true;
    if (tc & PCL_TC_DPE) return true;
  }
  // Items 13 to 15: second stage.
  if (gxl ? !mode32_supported(hgatp_mode, capabilities & PCL_CAP_SV32X4) : !mode64_supported(hgatp_mode, capabilities >> 17)) {
    return true;
  }
  // Item 16, and the setting reserved below the list: msiptp must be Off when iohgatp is Bare.
  if (capabilities & PCL_CAP_MSI_FLAT) {
    const unsigned msi_mode = pcl_mode_field(dc->msiptp);
    if (msi_mode > PCL_MSIPTP_FLAT) return true;
    if (msi_mode != PCL_MODE_BARE && hgatp_mode == PCL_MODE_BARE) return true;
  }
  // Item 17: the root table of the second stage is 16 KiB.
  if (hgatp_mode != PCL_MODE_BARE && dc->iohgatp & HGATP_UNALIGNED) return true;
  // Item 18.
  if (!(capabilities & PCL_CAP_AMO_HWAD) && tc & (PCL_TC_SADE | PCL_TC_GADE)) return true;
  // Items 19 and 21: byte order.
  if (!(capabilities & PCL_CAP_END) && sbe != be) return true;
  // Item 20: SXL.
  if (gxl ? !sxl : sxl && !gxl_writable) return true;
  // Item 22: every RCID and MCID fits its 12 bits.
  return false;
}
