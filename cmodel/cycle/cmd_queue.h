// SPDX-License-Identifier: Apache-2.0
// Twin of cmd_queue.sv: fetches commands ahead, executes them one by one (docs/microarchitecture.md section 5.6; IOMMU spec 4.1).
#ifndef PCL_CYCLE_CMD_QUEUE_H
#define PCL_CYCLE_CMD_QUEUE_H

#include "arch/commands.h"
#include "buses.h"
#include "config.h"
#include "ds_client.h"
#include "regs.h"

typedef enum {
  PCL_CQ_IDLE,   // looks at the head
  PCL_CQ_INVAL,  // waits for inval
  PCL_CQ_DRAIN,  // fence: waits for PR and PW
  PCL_CQ_WRITE,  // fence: offers its write
  PCL_CQ_B       // fence: waits for B
} pcl_cq_exec_t;

// What a fence at the head finds in `ats`.
typedef enum {
  PCL_FENCE_GOES,
  PCL_FENCE_WAITS,  // an Invalidation Request is not completed
  PCL_FENCE_LATE    // one never was
} pcl_fence_gate_t;

typedef struct {
  pcl_command_t decoded;
  bool err;
} pcl_cq_entry_t;

typedef struct {
  pcl_cq_entry_t fifo[PCL_MAX_CQ_DEPTH];
  uint64_t beat0;       // first doubleword of the command being received
  uint64_t fence_data;  // of the fence in execution
  uint32_t fetch_idx;
  bool two_stage;       // there is something that GV=1 may cover
  uint8_t depth;
  uint8_t first;        // index of the head in fifo
  uint8_t count;
  uint8_t under_way;    // reads whose AR was taken
  uint8_t exec;         // pcl_cq_exec_t
  bool ar_hold;         // an AR was offered and not taken
  bool second;          // the next beat is the second
  bool beat0_err;
  bool flushing;
} pcl_cmd_queue_t;

// Functions of registers.
typedef struct {
  pcl_ds_read_req_t read;    // 16 bytes, len 1
  pcl_ds_write_req_t write;  // 4 bytes
  pcl_inv_t inv;             // `kill` says that the request is valid; held until inv_done
  const pcl_command_t *ats;  // ATS.INVAL or ATS.PRGR offered, or NULL
  bool fence_start;
  bool late_clear;           // the fence at the head ends with cmd_to
  bool idle;
} pcl_cmd_queue_out_t;

// What happened in the clock. pcl_cq_stopped() of regs.h is the cq_stop wire.
typedef struct {
  pcl_ds_read_told_t read;
  pcl_ds_write_told_t write;
  bool inv_done;
  bool ats_taken;       // what is offered to `ats`
  bool reads_drained;   // drain_done of all read channels
  bool writes_drained;  // drain_done of all write channels
  bool upd_drained;     // the updates of A and D that were under way at the start of the fence are done
} pcl_cmd_queue_told_t;

void pcl_cmd_queue_reset(pcl_cmd_queue_t *state, const pcl_config_t *config);

void pcl_cmd_queue_eval(const pcl_cmd_queue_t *state, const pcl_regs_state_t *regs, pcl_fence_gate_t gate,
                        pcl_cmd_queue_out_t *out);

// Advances by a clock and sets cq_done, cq_set_* and cq_idle of `events` (all of them, false if not).
void pcl_cmd_queue_commit(pcl_cmd_queue_t *state, const pcl_regs_state_t *regs, const pcl_cmd_queue_out_t *out,
                          const pcl_cmd_queue_told_t *told, pcl_regs_events_t *events);

#endif
