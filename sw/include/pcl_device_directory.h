// SPDX-License-Identifier: Apache-2.0
//
// The device directory table in memory (IOMMU spec 3.1): one device context (DC) for each device_id that may do DMA. A device
// without a valid DC is refused: the empty directory denies everything.
// Only memory: these functions queue no command; pcl_driver.h says which invalidations a change needs.
//
//   device_id    levels 1: 6:0      levels 2: 15:7, 6:0     levels 3: 23:16, 15:7, 6:0       (base format, 32 bytes)
//                levels 1: 5:0      levels 2: 14:6, 5:0     levels 3: 23:15, 14:6, 5:0       (extended format, 64 bytes)
#ifndef PCL_DEVICE_DIRECTORY_H
#define PCL_DEVICE_DIRECTORY_H

#include "pcl_ops.h"

// Bits of the first doubleword.
#define PCL_DC_VALID (UINT64_C(1) << 0)
#define PCL_DC_DTF (UINT64_C(1) << 4)   // this device's faults are not recorded (but for 256-259, 268, 272, 273)
#define PCL_DC_PDTV (UINT64_C(1) << 5)  // fsc names a process directory
#define PCL_DC_EN_ATS (UINT64_C(1) << 1)  // the device may ask for translations and use them; needs capabilities.ATS
#define PCL_DC_EN_PRI (UINT64_C(1) << 2)  // and for pages; needs EN_ATS
#define PCL_DC_T2GPA (UINT64_C(1) << 3)   // what it is told are GPAs; needs EN_ATS, a second stage, capabilities.T2GPA
#define PCL_DC_PRPR (UINT64_C(1) << 6)    // answers to groups of page requests carry the process_id; needs EN_PRI
#define PCL_DC_GADE (UINT64_C(1) << 7)  // the IOMMU sets A and D of second-stage leaves; needs capabilities.AMO_HWAD
#define PCL_DC_SADE (UINT64_C(1) << 8)  // and of first-stage leaves
#define PCL_DC_DPE (UINT64_C(1) << 9)   // requests without process_id are those of process 0; only with PDTV
#define PCL_DC_SBE (UINT64_C(1) << 10)  // first-stage page tables and process directories are big-endian

// First-stage modes in bits 63:60 of fsc.
enum { PCL_FSC_BARE = 0, PCL_FSC_SV39 = 8, PCL_FSC_SV48 = 9, PCL_FSC_SV57 = 10 };

// A DC: translation control, second stage, attributes, first stage; in the extended format also the MSI pages.
typedef struct {
  uint64_t tc;
  uint64_t iohgatp;           // 63:60 mode (0 Bare, 8 Sv39x4, 9 Sv48x4, 10 Sv57x4), 59:44 GSCID, 43:0 PPN of the root (16 KiB)
  uint64_t ta;                // 31:12 PSCID; with capabilities.QOSID 51:40 RCID, 63:52 MCID
  uint64_t fsc;               // 63:60 mode, 43:0 PPN of the page table's root; with PDTV mode 1 PD8, 2 PD17, 3 PD20, and of the
                              // process directory's. A PPN of guest memory unless the second stage is Bare
  uint64_t msiptp;            // 63:60 mode (0 Off, 1 Flat), 43:0 PPN of the MSI page table
  uint64_t msi_addr_mask;     // a guest page is an interrupt file if it equals the pattern in all bits that are 0 in the mask
  uint64_t msi_addr_pattern;
} pcl_device_context_t;

typedef struct {
  uint64_t root;
  uint32_t levels;  // 1, 2, 3
  bool extended;    // capabilities.MSI_FLAT
} pcl_device_directory_t;

// The value of a DC that translates through a page table. levels: 3 Sv39, 4 Sv48, 5 Sv57.
static inline pcl_device_context_t pcl_device_context(uint64_t root, uint32_t levels, uint32_t pscid, uint64_t tc) {
  return (pcl_device_context_t){.tc = tc | PCL_DC_VALID, .ta = (uint64_t)pscid << 12,
                                .fsc = (uint64_t)(PCL_FSC_SV39 + levels - 3) << 60 | root >> 12};
}

// The same with QoS IDs (12 bits each; IOMMU spec 3.1.3.4), which accesses for the device then carry.
static inline pcl_device_context_t pcl_with_qos(pcl_device_context_t context, uint32_t rcid, uint32_t mcid) {
  context.ta = (context.ta & UINT64_C(0xffffffffff)) | (uint64_t)(rcid & 0xfff) << 40 | (uint64_t)(mcid & 0xfff) << 52;
  return context;
}

pcl_status_t pcl_directory_init(const pcl_ops_t *ops, pcl_device_directory_t *directory, uint32_t levels, bool extended);
void pcl_directory_free(const pcl_ops_t *ops, pcl_device_directory_t *directory);

// Whether the directory has a place for this device_id.
bool pcl_directory_fits(const pcl_device_directory_t *directory, uint32_t device_id);

// Address of the entry of `level` (0: the DC) on the way to a device, or 0 (also for a device_id that
// does not fit). With `make` missing tables are made (V 0 to 1).
uint64_t pcl_directory_entry(const pcl_ops_t *ops, const pcl_device_directory_t *directory, uint32_t device_id, uint32_t level,
                             bool make);

// Reads a DC; false if no table holds one.
bool pcl_directory_get(const pcl_ops_t *ops, const pcl_device_directory_t *directory, uint32_t device_id,
                       pcl_device_context_t *context);

// Writes a DC whose V was 0: tc, which holds V, comes last, so that no half of it is ever valid. No command is needed.
pcl_status_t pcl_directory_put(const pcl_ops_t *ops, const pcl_device_directory_t *directory, uint32_t device_id,
                               const pcl_device_context_t *context);

// Clears V. Needs IODIR.INVAL_DDT of this device, and IOTINVAL.VMA for the address space that it leaves.
void pcl_directory_clear(const pcl_ops_t *ops, const pcl_device_directory_t *directory, uint32_t device_id);

#endif
