// SPDX-License-Identifier: Apache-2.0
// The core, the twin of core.sv (docs/microarchitecture.md, section 5): everything that the ports share. It turns miss
// requests into responses, invalidates, and drives the data-structure port.
//
//   pcl_core_eval    what depends on registers only (its own, those of regs, and what ports show from theirs)
//   pcl_core_commit  the edge, when the pins are known; also says to regs what happened
// Between the two the caller leaves `out` alone.
#ifndef PCL_CYCLE_CORE_H
#define PCL_CYCLE_CORE_H

#include "ats.h"
#include "buses.h"
#include "cmd_queue.h"
#include "ds_read.h"
#include "ds_write.h"
#include "fault_queue.h"
#include "inval.h"
#include "irq.h"
#include "iotlb.h"
#include "miss_pipe.h"
#include "mrif.h"
#include "off_drain.h"
#include "regs.h"
#include "walk_caches.h"
#include "walker_pool.h"

typedef struct {
  unsigned walkers;
  unsigned ports;
  bool counts;              // there are counters for `ev_req`
  bool messages;            // `ats` is built
  uint32_t read_channels;   // requesters that are read channels, one bit each
  uint32_t write_channels;
  pcl_miss_pipe_t pipe;
  pcl_walker_pool_t pool;
  pcl_inval_t inval;
  pcl_off_drain_t off_drain;
  pcl_ds_read_t ds_read;
  pcl_ds_write_t ds_write;
  pcl_cmd_queue_t cmd_queue;
  pcl_fault_queue_t fault_queue;
  pcl_irq_t irq;
  pcl_mrif_block_t mrif;
  pcl_ats_t ats;
  pcl_ev_t ev_req;          // a request above the ports' that stage A took in the clock before
  pcl_walk_caches_t caches;
  pcl_iotlb_t iotlb;
} pcl_core_t;

typedef struct {
  const pcl_regs_state_t *regs;
  const pcl_miss_req_t *req[PCL_REQUESTERS];  // looked at where req_valid has a bit; the one of `ats` is its own
  uint32_t req_valid;                         // one bit per requester
  uint32_t rec_pend;                          // one bit per port
  uint32_t mrif_valid;                        // one bit per port
  const pcl_mrif_req_t *mrif[PCL_MAX_PORTS];  // looked at where mrif_valid has a bit
  // The edge only.
  const pcl_ds_pins_in_t *ds;
  const pcl_msg_t *msg_in;                    // looked at with `ats`
  bool msg_out_ready;
  uint32_t drain_done;                        // one bit per requester
  bool upd_drained;                           // no port has a write to an interrupt file from before the fence
} pcl_core_in_t;

typedef struct {
  uint32_t req_ready;  // one bit per requester; set only where req_valid is
  uint32_t rec_taken;  // one bit per port
  pcl_resp_t resp;
  pcl_inv_t inv;
  bool fence_start;
  pcl_ds_pins_out_t ds;
  const pcl_msg_t *msg_out;  // NULL without `ats`
  bool msg_in_ready;
  // For the edge.
  const pcl_miss_req_t *req[PCL_REQUESTERS];  // those of the ports and of the core
  uint32_t req_valid;
  pcl_ats_resp_t ats_resp;                    // beside a walk's response to `ats`
  pcl_ats_out_t ats;
  pcl_miss_plan_t plan;
  pcl_inval_out_t inval;
  pcl_cmd_queue_out_t cmd_queue;
  pcl_fault_queue_out_t fault_queue;
  pcl_irq_out_t irq;
  pcl_mrif_out_t mrif;
  int ar_shown;        // requester on ds AR, or -1
  uint32_t updates;    // walkers that offer an exclusive write, one bit each
  int write_captured;  // whose write begins, as pcl_ds_write_eval() says it
} pcl_core_out_t;

void pcl_core_reset(pcl_core_t *core, const pcl_config_t *config);

void pcl_core_eval(const pcl_core_t *core, const pcl_core_in_t *in, pcl_core_out_t *out);

// Sets the part of `events` that is the core's: all down to msi_taken.
void pcl_core_commit(pcl_core_t *core, const pcl_core_in_t *in, const pcl_core_out_t *out, pcl_regs_events_t *events);

#endif
