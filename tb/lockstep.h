// SPDX-License-Identifier: Apache-2.0
//
// The comparison of all output pins of model and RTL in one clock; payload counts while its valid is high.
#ifndef TB_LOCKSTEP_H
#define TB_LOCKSTEP_H

#include "cycle/buses.h"

typedef struct {
  unsigned ports;
  unsigned words;       // 64-bit words of a data bus
  uint64_t pins;        // single-bit pins compared so far
  uint32_t always;      // bits compared in every clock
  uint32_t mem_ax_bits, mem_w_bits, dev_r_bits, dev_b_bits, ds_ax_bits, ds_w_bits;
} lockstep_t;

// Where a pin belongs, for the report.
typedef struct {
  const char *channel;   // "mem_ar", "reg_r", ...
  const char *field;     // "valid", "addr", ...
  int port;              // -1: not a port's
  int direction;         // PCL_READ or PCL_WRITE; -1: neither
  uint64_t expected;     // the model's
  uint64_t got;          // the RTL's
} mismatch_t;

void lockstep_init(lockstep_t *lockstep, const pcl_config_t *config);

// True if all pins agree; else describes the first that does not.
bool lockstep_compare(lockstep_t *lockstep, const pcl_out_t *model, const pcl_out_t *rtl, mismatch_t *mismatch);

#endif
