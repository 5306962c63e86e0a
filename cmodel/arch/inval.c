// SPDX-License-Identifier: Apache-2.0
//
// Coverage of invalidation commands: tags first, then the overlap of two naturally aligned address ranges.
#include "arch/inval.h"

// log2 of the bytes that ADDR names: one page, or with S=1 a NAPOT range of 2^(X+1) pages, X the position of the lowest 0
// of ADDR (extension ARINV). 64 is the whole address space; the unspecified all-ones ADDR counts as that too.
static unsigned range_shift(const pcl_command_t *command) {
  unsigned x = 0;
  if (!command->s) return 12;
  while (x < 51 && command->addr >> (12 + x) & 1) x++;
  return 12 + x + 1;
}

// Whether two naturally aligned ranges meet: the larger one contains the smaller.
static bool ranges_meet(uint64_t a, unsigned a_shift, uint64_t b, unsigned b_shift) {
  const unsigned shift = a_shift > b_shift ? a_shift : b_shift;
  return shift >= 64 || (a ^ b) >> shift == 0;
}

// GSCID and PSCID. GV=0 means the host for VMA, all virtual machines for GVMA. `spared`: PSCV=1 leaves it alone.
static bool space_matches(const pcl_command_t *command, const pcl_space_t *space, bool spared) {
  if (command->kind == PCL_CMD_IOTINVAL_GVMA) return space->gv && (!command->gv || command->gscid == space->gscid);
  if (command->kind != PCL_CMD_IOTINVAL_VMA) return false;
  if (command->gv != space->gv || (command->gv && command->gscid != space->gscid)) return false;
  return !command->pscv || (command->pscid == space->pscid && !spared);
}

bool pcl_inval_covers(const pcl_command_t *command, const pcl_space_t *space, bool g, uint64_t iova, unsigned size) {
  if (size == PCL_SIZE_IDENTITY || !space_matches(command, space, g)) return false;
  if (command->kind == PCL_CMD_IOTINVAL_GVMA || !command->av) return true;
  return ranges_meet(command->addr, range_shift(command), iova, pcl_size_shift(size));
}

bool pcl_inval_covers_nonleaf(const pcl_command_t *command, const pcl_space_t *space, uint64_t va_prefix, unsigned level) {
  const unsigned shift = 12 + 9 * (level + 1);
  const uint64_t va_mask = (UINT64_C(1) << 57) - 1;
  if (!space_matches(command, space, false)) return false;
  if (command->kind == PCL_CMD_IOTINVAL_GVMA || !command->av) return true;
  if (!command->nl) return false;
  return ranges_meet(command->addr & va_mask, range_shift(command), va_prefix << shift, shift);
}

bool pcl_inval_covers_device(const pcl_command_t *command, uint32_t device_id) {
  return command->kind == PCL_CMD_IODIR_INVAL_DDT && (!command->dv || command->did == device_id);
}

bool pcl_inval_covers_process(const pcl_command_t *command, uint32_t device_id, uint32_t process_id) {
  if (command->kind == PCL_CMD_IODIR_INVAL_PDT) return command->did == device_id && command->pid == process_id;
  return pcl_inval_covers_device(command, device_id);
}
