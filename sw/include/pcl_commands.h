// SPDX-License-Identifier: Apache-2.0
//
// The 16 bytes of each command (IOMMU spec 4.1).
//
//   IOTINVAL 1  dw0: 59:44 GSCID | 33 GV | 32 PSCV | 31:12 PSCID | 10 AV    dw1: 61:10 ADDR[63:12]
//   IOFENCE  2  dw0: 63:32 DATA | 13 PW | 12 PR | 11 WSI | 10 AV            dw1: 61:0 ADDR[63:2]
//   IODIR    3  dw0: 63:40 DID | 33 DV                                      dw1: 0
//   opcode in 6:0, func3 in 9:7; every bit not named is reserved.
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

// What an IOTINVAL.VMA reaches in the host's address spaces (second stage Bare).
typedef struct {
  bool av;         // only leaves that map `iova`; otherwise everything, non-leaf entries too
  bool pscv;       // only address space `pscid`, and not its global mappings
  uint64_t iova;
  uint32_t pscid;
} pcl_vma_t;

static inline pcl_cmd_words_t pcl_cmd_vma(const pcl_vma_t *vma) {
  return (pcl_cmd_words_t){{1 | (vma->av ? PCL_CMD_AV : 0) | (vma->pscv ? PCL_CMD_PSCV | (uint64_t)vma->pscid << 12 : 0),
                            vma->av ? vma->iova >> 12 << 10 : 0}};
}

// One device, or the whole directory.
static inline pcl_cmd_words_t pcl_cmd_inval_ddt(uint32_t device_id) {
  return (pcl_cmd_words_t){{3 | PCL_CMD_DV | (uint64_t)device_id << 40, 0}};
}

static inline pcl_cmd_words_t pcl_cmd_inval_ddt_all(void) { return (pcl_cmd_words_t){{3, 0}}; }

// options: any of PCL_CMD_WSI, PCL_CMD_PR, PCL_CMD_PW.
static inline pcl_cmd_words_t pcl_cmd_fence(uint64_t options) { return (pcl_cmd_words_t){{2 | options, 0}}; }

// The same, and 4 bytes `data` are stored at addr (a multiple of 4) when it completes.
static inline pcl_cmd_words_t pcl_cmd_fence_store(uint64_t options, uint64_t addr, uint32_t data) {
  return (pcl_cmd_words_t){{2 | options | PCL_CMD_AV | (uint64_t)data << 32, addr >> 2}};
}

#endif
