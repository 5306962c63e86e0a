// SPDX-License-Identifier: Apache-2.0
//
// Commands of the command queue (IOMMU spec 4.1): decoding of 16 bytes into operands, or the verdict cmd_ill.
//
//   IOTINVAL 1  dw0: 59:44 GSCID | 34 NL | 33 GV | 32 PSCV | 31:12 PSCID | 10 AV    dw1: 61:10 ADDR[63:12] | 9 S
//   IOFENCE  2  dw0: 63:32 DATA | 13 PW | 12 PR | 11 WSI | 10 AV                    dw1: 61:0 ADDR[63:2]
//   IODIR    3  dw0: 63:40 DID | 33 DV | 31:12 PID                                 dw1: 0
//   ATS      4  dw0: 63:56 DSEG | 55:40 RID | 33 DSV | 32 PV | 31:12 PID            dw1: PAYLOAD
//   opcode in 6:0, func3 in 9:7; every bit not named is reserved.
#ifndef PCL_ARCH_COMMANDS_H
#define PCL_ARCH_COMMANDS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
  PCL_CMD_ILLEGAL,  // illegal or unsupported: cqcsr.cmd_ill
  PCL_CMD_IOTINVAL_VMA,
  PCL_CMD_IOTINVAL_GVMA,
  PCL_CMD_IOFENCE_C,
  PCL_CMD_IODIR_INVAL_DDT,
  PCL_CMD_IODIR_INVAL_PDT,
  PCL_CMD_ATS_INVAL,
  PCL_CMD_ATS_PRGR
} pcl_command_kind_t;

// A decoded command. Operands that its kind does not have are 0; ignored operands keep what software wrote.
typedef struct {
  uint64_t addr;     // IOTINVAL: ADDR[63:12] at its place; IOFENCE: byte address of the write
  uint64_t payload;  // ATS
  uint32_t data;     // IOFENCE
  uint32_t pscid;    // IOTINVAL
  uint32_t did;      // IODIR
  uint32_t pid;      // IODIR.INVAL_PDT, ATS
  uint16_t gscid;    // IOTINVAL
  uint16_t rid;      // ATS
  uint8_t dseg;      // ATS
  uint8_t kind;      // pcl_command_kind_t
  bool av;           // IOTINVAL, IOFENCE: addr is valid
  bool pscv;         // IOTINVAL: pscid is valid
  bool gv;           // IOTINVAL: gscid is valid
  bool nl;           // IOTINVAL: non-leaf entries too
  bool s;            // IOTINVAL: addr is a NAPOT range
  bool wsi;          // IOFENCE
  bool pr;           // IOFENCE
  bool pw;           // IOFENCE
  bool dv;           // IODIR: did is valid
  bool pv;           // ATS: pid is valid
  bool dsv;          // ATS: dseg is valid
} pcl_command_t;

// Decodes a command (doublewords in host order). Every rule that depends on a register is taken from these two.
// Any 24-bit DID is accepted: the widest directory mode supports 24 bits.
pcl_command_t pcl_command_decode(uint64_t capabilities, uint32_t fctl, const uint64_t dw[2]);

#endif
