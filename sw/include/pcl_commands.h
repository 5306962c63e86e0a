// SPDX-License-Identifier: Apache-2.0
//
// The 16 bytes of each command (IOMMU spec 4.1).
//
//   IOTINVAL 1  func3 0 VMA: dw0 59:44 GSCID | 34 NL | 33 GV | 32 PSCV | 31:12 PSCID | 10 AV    dw1: 61:10 ADDR[63:12] | 9 S
//               func3 1 GVMA: the same without PSCV and PSCID
//   IOFENCE  2  dw0: 63:32 DATA | 13 PW | 12 PR | 11 WSI | 10 AV                                dw1: 61:0 ADDR[63:2]
//   IODIR    3  func3 0 INVAL_DDT: dw0 63:40 DID | 33 DV                                        dw1: 0
//               func3 1 INVAL_PDT: dw0 63:40 DID | 33 DV = 1 | 31:12 PID
//   opcode in 6:0, func3 in 9:7; every bit not named is reserved. NL, S: IOMMU spec 10, extensions NLINV and ARINV.
#ifndef PCL_COMMANDS_H
#define PCL_COMMANDS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  uint64_t dw[2];
} pcl_cmd_words_t;

#define PCL_CMD_AV (UINT64_C(1) << 10)
#define PCL_CMD_WSI (UINT64_C(1) << 11)
#define PCL_CMD_PR (UINT64_C(1) << 12)
#define PCL_CMD_PW (UINT64_C(1) << 13)
#define PCL_CMD_PSCV (UINT64_C(1) << 32)
#define PCL_CMD_GV (UINT64_C(1) << 33)
#define PCL_CMD_DV (UINT64_C(1) << 33)
#define PCL_CMD_NL (UINT64_C(1) << 34)
#define PCL_CMD_S (UINT64_C(1) << 9)  // of dw1

// What an IOTINVAL.VMA reaches: first-stage entries, and what was translated by them.
typedef struct {
  bool av;         // only leaves that map `iova`; otherwise everything, non-leaf entries too
  bool pscv;       // only address space `pscid`, and not its global mappings
  uint64_t iova;
  uint32_t pscid;
  bool gv;         // address spaces of the VM `gscid`; otherwise those of the host (second stage Bare)
  uint16_t gscid;
  bool nl;         // with av: non-leaf entries on the way to `iova` too. Only with capabilities.NL
  uint64_t bytes;  // with av: 0, or a power of two from 8 KiB: the aligned range around `iova`. Only with capabilities.S
} pcl_vma_t;

// What an IOTINVAL.GVMA reaches: second-stage entries and MSI page table entries, and what was translated by them.
typedef struct {
  bool gv;         // the VM `gscid`; otherwise all VMs, and the rest is ignored
  bool av;         // only leaves that map `gpa`; otherwise everything
  uint64_t gpa;
  uint16_t gscid;
  bool nl;         // as above
  uint64_t bytes;
} pcl_gvma_t;

// dw1 of an IOTINVAL with AV=1. With S the lowest 0 bit of ADDR tells the size of the range.
static inline uint64_t pcl_cmd_range(uint64_t addr, uint64_t bytes) {
  if (bytes < 8192) return addr >> 12 << 10;
  return ((addr & ~(bytes - 1)) | (bytes / 2 - 4096)) >> 12 << 10 | PCL_CMD_S;
}

static inline pcl_cmd_words_t pcl_cmd_vma(const pcl_vma_t *vma) {
  return (pcl_cmd_words_t){{1 | (vma->av ? PCL_CMD_AV : 0) | (vma->pscv ? PCL_CMD_PSCV | (uint64_t)vma->pscid << 12 : 0) |
                              (vma->gv ? PCL_CMD_GV | (uint64_t)vma->gscid << 44 : 0) | (vma->nl ? PCL_CMD_NL : 0),
                            vma->av ? pcl_cmd_range(vma->iova, vma->bytes) : 0}};
}

static inline pcl_cmd_words_t pcl_cmd_gvma(const pcl_gvma_t *gvma) {
  return (pcl_cmd_words_t){{1 | 1 << 7 | (gvma->av ? PCL_CMD_AV : 0) | (gvma->nl ? PCL_CMD_NL : 0) |
                              (gvma->gv ? PCL_CMD_GV | (uint64_t)gvma->gscid << 44 : 0),
                            gvma->av ? pcl_cmd_range(gvma->gpa, gvma->bytes) : 0}};
}

// One device, or the whole directory. With the device go its process contexts.
static inline pcl_cmd_words_t pcl_cmd_inval_ddt(uint32_t device_id) {
  return (pcl_cmd_words_t){{3 | PCL_CMD_DV | (uint64_t)device_id << 40, 0}};
}

static inline pcl_cmd_words_t pcl_cmd_inval_ddt_all(void) { return (pcl_cmd_words_t){{3, 0}}; }

// One process context of a device. process_id: within the width that capabilities support (PD8, PD17, PD20).
static inline pcl_cmd_words_t pcl_cmd_inval_pdt(uint32_t device_id, uint32_t process_id) {
  return (pcl_cmd_words_t){{3 | 1 << 7 | PCL_CMD_DV | (uint64_t)device_id << 40 | (uint64_t)process_id << 12, 0}};
}

// options: any of PCL_CMD_WSI, PCL_CMD_PR, PCL_CMD_PW.
static inline pcl_cmd_words_t pcl_cmd_fence(uint64_t options) { return (pcl_cmd_words_t){{2 | options, 0}}; }

// The same, and 4 bytes `data` are stored at addr (a multiple of 4) when it completes.
static inline pcl_cmd_words_t pcl_cmd_fence_store(uint64_t options, uint64_t addr, uint32_t data) {
  return (pcl_cmd_words_t){{2 | options | PCL_CMD_AV | (uint64_t)data << 32, addr >> 2}};
}

#endif
