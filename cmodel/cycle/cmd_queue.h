// SPDX-License-Identifier: Apache-2.0
// The command queue (docs/microarchitecture.md, section 5.6).
#ifndef PCL_CYCLE_CMD_QUEUE_H
#define PCL_CYCLE_CMD_QUEUE_H

#include "buses.h"
#include "ds_client.h"
#include "regs.h"
#include "ds_client.h"
#include "regs.h"

typedef struct {
  bool unused;
} pcl_cmd_queue_t;

// Functions of registers.
typedef struct {
  pcl_ds_read_req_t read;    // 16 bytes, len 1
  pcl_ds_write_req_t write;  // 4 bytes
  pcl_inv_t inv;             // `kill` says that the request is valid; held until inv_done
  bool fence_start;
  bool idle;
} pcl_cmd_queue_out_t;

// What happened in the clock. pcl_cq_stopped() of regs.h is the cq_stop wire; fctl.WSI is always 1 (cq_wsi_ok).
typedef struct {
  pcl_ds_read_told_t read;
  pcl_ds_write_told_t write;
  bool inv_done;
  bool reads_drained;   // drain_done of all read channels
  bool writes_drained;  // drain_done of all write channels
} pcl_cmd_queue_told_t;

void pcl_cmd_queue_reset(pcl_cmd_queue_t *state, const pcl_config_t *config);

void pcl_cmd_queue_eval(const pcl_cmd_queue_t *state, const pcl_regs_state_t *regs, pcl_cmd_queue_out_t *out);

// Advances by a clock and sets cq_done and cq_set_* of `events` (all of them, false if not).
void pcl_cmd_queue_commit(pcl_cmd_queue_t *state, const pcl_regs_state_t *regs, const pcl_cmd_queue_out_t *out,
                          const pcl_cmd_queue_told_t *told, pcl_regs_events_t *events);

#endif
