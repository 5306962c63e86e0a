// SPDX-License-Identifier: Apache-2.0
// Arbiter of the data-structure reads, the twin of ds_read.sv (docs/microarchitecture.md, section 5.4).
//
// Requesters are the walkers and then the command queue; the AXI ID is the requester's index, and the owner counts its beats.
// The choice stands while AR is valid and not ready.
#ifndef PCL_CYCLE_DS_READ_H
#define PCL_CYCLE_DS_READ_H

#include "buses.h"

typedef struct {
  unsigned count;  // requesters
  unsigned ar_ptr;
  unsigned choice;
  bool locked;     // on `choice`
} pcl_ds_read_t;

void pcl_ds_read_reset(pcl_ds_read_t *read, const pcl_config_t *config);

// The requester whose AR is shown, or -1. `requests`: one bit per requester.
int pcl_ds_read_eval(const pcl_ds_read_t *read, uint32_t requests);

// The AR pins. `lock` 0: of an address inside a doubleword that doubleword is read; 4 or 8: an exclusive read of so many bytes.
// `qos` as in iommu_qosid.
void pcl_ds_read_drive(pcl_ax_t *ar, unsigned id, uint64_t addr, unsigned beats, unsigned lock, uint32_t qos);

// Edge. `shown` as pcl_ds_read_eval() gave it.
void pcl_ds_read_commit(pcl_ds_read_t *read, int shown, bool ar_ready);

#endif
