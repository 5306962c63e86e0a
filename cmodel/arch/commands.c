// SPDX-License-Identifier: Apache-2.0
//
// Command decoding (IOMMU spec 4.1): one function per opcode. A reserved encoding, a reserved bit or a command without its
// capability makes a command illegal.
#include "arch/commands.h"

#include "arch/caps.h"

// Bits first..last (inclusive) as a mask.
#define BITS(first, last) ((~UINT64_C(0) >> (63 - (last))) & (~UINT64_C(0) << (first)))

#define IOTINVAL_DW0_RESERVED (PCL_BIT(11) | BITS(35, 43) | BITS(60, 63))
#define IOTINVAL_DW1_RESERVED (BITS(0, 8) | BITS(62, 63))
#define IOTINVAL_NL           PCL_BIT(34)
#define IOTINVAL_S            PCL_BIT(9)  // of dw1: bit 73 of the command
#define IOFENCE_DW0_RESERVED  BITS(14, 31)
#define IOFENCE_DW1_RESERVED  BITS(62, 63)
#define IODIR_DW0_RESERVED    (BITS(10, 11) | PCL_BIT(32) | BITS(34, 39))
#define ATS_DW0_RESERVED      (BITS(10, 11) | BITS(34, 39))

static const pcl_command_t illegal = {.kind = PCL_CMD_ILLEGAL};

static bool bit(uint64_t dw, unsigned n) { return dw >> n & 1; }
static uint32_t bits_31_12(uint64_t dw) { return (uint32_t)dw >> 12; }
static unsigned func3(uint64_t dw) { return (unsigned)dw >> 7 & 7; }

// Spec 4.1.1. GVMA is defined whether or not a second stage is supported: no capability is named for it.
static pcl_command_t decode_iotinval(uint64_t capabilities, uint64_t dw0, uint64_t dw1) {
  const pcl_command_t command = {
    .kind = func3(dw0) == 0 ? PCL_CMD_IOTINVAL_VMA : PCL_CMD_IOTINVAL_GVMA,
    .av = bit(dw0, 10),
    .pscid = bits_31_12(dw0),
    .pscv = bit(dw0, 32),
    .gv = bit(dw0, 33),
    .nl = dw0 & IOTINVAL_NL,
    .gscid = (uint16_t)(dw0 >> 44),
    .s = dw1 & IOTINVAL_S,
    .addr = dw1 >> 10 << 12,
  };
  if (func3(dw0) > 1 || dw0 & IOTINVAL_DW0_RESERVED || dw1 & IOTINVAL_DW1_RESERVED) return illegal;
  if (command.nl && !(capabilities & PCL_CAP_NL)) return illegal;
  if (command.s && !(capabilities & PCL_CAP_S)) return illegal;
  if (command.pscv && command.kind == PCL_CMD_IOTINVAL_GVMA) return illegal;
  return command;
}

// Spec 4.1.2. WSI is reserved unless wired interrupts are enabled.
static pcl_command_t decode_iofence(uint32_t fctl, uint64_t dw0, uint64_t dw1) {
  const pcl_command_t command = {
    .kind = PCL_CMD_IOFENCE_C,
    .av = bit(dw0, 10),
    .wsi = bit(dw0, 11),
    .pr = bit(dw0, 12),
    .pw = bit(dw0, 13),
    .data = (uint32_t)(dw0 >> 32),
    .addr = dw1 << 2,
  };
  if (func3(dw0) != 0 || dw0 & IOFENCE_DW0_RESERVED || dw1 & IOFENCE_DW1_RESERVED) return illegal;
  if (command.wsi && !(fctl & PCL_FCTL_WSI)) return illegal;
  return command;
}

// Width of the widest process_id that the capabilities support; 0 if there is no process directory.
static unsigned process_id_bits(uint64_t capabilities) {
  return capabilities & PCL_CAP_PD20 ? 20 : capabilities & PCL_CAP_PD17 ? 17 : capabilities & PCL_CAP_PD8 ? 8 : 0;
}

// Spec 4.1.3. INVAL_PDT needs a process directory, DV=1 and a PID within its width; PID is reserved for INVAL_DDT.
static pcl_command_t decode_iodir(uint64_t capabilities, uint64_t dw0, uint64_t dw1) {
  const unsigned pid_bits = process_id_bits(capabilities);
  const pcl_command_t command = {
    .kind = func3(dw0) == 0 ? PCL_CMD_IODIR_INVAL_DDT : PCL_CMD_IODIR_INVAL_PDT,
    .pid = bits_31_12(dw0),
    .dv = bit(dw0, 33),
    .did = (uint32_t)(dw0 >> 40),
  };
  if (func3(dw0) > 1 || dw0 & IODIR_DW0_RESERVED || dw1) return illegal;
  if (command.kind == PCL_CMD_IODIR_INVAL_DDT) return command.pid ? illegal : command;
  if (pid_bits == 0 || !command.dv || command.pid >> pid_bits) return illegal;
  return command;
}

// Spec 4.1.4. The payload is a PCIe message body: the IOMMU does not judge it.
static pcl_command_t decode_ats(uint64_t capabilities, uint64_t dw0, uint64_t dw1) {
  const pcl_command_t command = {
    .kind = func3(dw0) == 0 ? PCL_CMD_ATS_INVAL : PCL_CMD_ATS_PRGR,
    .pid = bits_31_12(dw0),
    .pv = bit(dw0, 32),
    .dsv = bit(dw0, 33),
    .rid = (uint16_t)(dw0 >> 40),
    .dseg = (uint8_t)(dw0 >> 56),
    .payload = dw1,
  };
  if (!(capabilities & PCL_CAP_ATS) || func3(dw0) > 1 || dw0 & ATS_DW0_RESERVED) return illegal;
  return command;
}

pcl_command_t pcl_command_decode(uint64_t capabilities, uint32_t fctl, const uint64_t dw[2]) {
  switch (dw[0] & 0x7f) {
    case 1: return decode_iotinval(capabilities, dw[0], dw[1]);
    case 2: return decode_iofence(fctl, dw[0], dw[1]);
    case 3: return decode_iodir(capabilities, dw[0], dw[1]);
    case 4: return decode_ats(capabilities, dw[0], dw[1]);
    default: return illegal;  // reserved opcodes, and custom ones: none is defined
  }
}
