// SPDX-License-Identifier: Apache-2.0
// Arbiter of the data-structure reads, the twin of ds_read.sv (docs/microarchitecture.md, section 5.4).
//
// Requesters are the walkers, the command queue and mrif; the AXI ID is the requester's index (mrif: Walkers + 4), and the owner
// counts its beats.
// The choice stands while AR is valid and not ready.
#ifndef PCL_CYCLE_DS_READ_H
#define PCL_CYCLE_DS_READ_H

#include "buses.h"

typedef struct {
  unsigned count;  // requesters
  unsigned ar_ptr;
  unsigned choice;
  uint32_t qos;    // that `choice` was first shown with
  bool locked;     // on `choice`
} pcl_ds_read_t;

void pcl_ds_read_reset(pcl_ds_read_t *read, const pcl_config_t *config);

// The requester whose AR is shown, or -1. `requests`: one bit per requester.
int pcl_ds_read_eval(const pcl_ds_read_t *read, uint32_t requests);

// The AR pins. `lock` 0: of an address inside a doubleword that doubleword is read; 4 or 8: an exclusive read of so many bytes.
// `qos` as in iommu_qosid: those that count while the choice is first shown.
void pcl_ds_read_drive(const pcl_ds_read_t *read, pcl_ax_t *ar, unsigned id, uint64_t addr, unsigned beats, unsigned lock,
                       uint32_t qos);

// Edge. `shown` as pcl_ds_read_eval() gave it, `ar` what is shown.
void pcl_ds_read_commit(pcl_ds_read_t *read, int shown, const pcl_ax_t *ar, bool ar_ready);

#endif
