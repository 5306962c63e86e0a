// SPDX-License-Identifier: Apache-2.0
// PCIe ATS and PRI over the message port, the twin of ats.sv (docs/microarchitecture.md, section 5.10; IOMMU spec 3.6, 3.7,
// 4.1.4): translation requests and page requests of devices come in, one at a time, and are answered or queued; commands of
// software go out as Invalidation Requests and Page Request Group Responses; Invalidation Completions are awaited.
//
// Limits: one message in each direction; 32 ITags. Invariant: `asked` and `refused` are not both set.
#ifndef PCL_CYCLE_ATS_H
#define PCL_CYCLE_ATS_H

#include "arch/commands.h"
#include "buses.h"
#include "cmd_queue.h"
#include "config.h"
#include "ds_client.h"
#include "regs.h"

enum { PCL_ATS_ITAGS = 32 };

typedef enum {
  PCL_ATS_FREE,
  PCL_ATS_LOOK,  // what the message is
  PCL_ATS_NEED,  // a walk
  PCL_ATS_SENT,  // waits for the response
  PCL_ATS_PUT,   // offers its page request to the queue
  PCL_ATS_QB,    // waits for B
  PCL_ATS_DONE   // wants the out register
} pcl_ats_state_t;

// An Invalidation Request that is not completed.
typedef struct {
  uint16_t rid;
  uint8_t segment;  // 0 without dsv
  uint8_t got;      // completions
  bool dsv;
} pcl_ats_itag_t;

typedef struct {
  pcl_msg_t m;      // counts but in FREE
  uint64_t answer;  // payload of the Translation Completion
  uint8_t state;    // pcl_ats_state_t
  uint8_t fault_class;
  uint8_t code;     // of the Page Request Group Response
  uint8_t q;        // its requester number
  bool asked;       // a walk for this message was taken before
  bool refused;     // by mctl
  bool prpr;        // of the DC
  pcl_msg_t out;    // the out register
  bool mine;        // it is the answer to a refused message
  bool out_old;     // it was there at the last tick
  bool stuck;       // at two: commands vanish
  uint8_t out_ptr;
  pcl_ats_itag_t itag[PCL_ATS_ITAGS];
  uint32_t busy;    // one bit per ITag
  uint32_t old;
  bool late;        // an ITag ended without its completions, and no fence has told so
  uint32_t age;
  uint32_t timeout;
} pcl_ats_t;

// Functions of registers.
typedef struct {
  pcl_miss_req_t req;
  uint64_t record[2];
  pcl_ds_write_req_t write;  // 16 bytes; its data is the member above
  bool in_ready;
  bool cmd_ready;            // the command offered is taken in this clock
  bool drained;              // msta.drained
  int loads;                 // what loads the out register: 0 the answer, 1 the command, -1 nothing
  unsigned itag;             // lowest that is not busy, if there is one
} pcl_ats_out_t;

// What happens in the clock.
typedef struct {
  const pcl_regs_state_t *regs;
  const pcl_msg_t *in;             // msg_in
  const pcl_resp_t *resp;          // the response bus
  const pcl_ats_resp_t *ats_resp;  // what stands beside it
  const pcl_command_t *command;    // that cmd_queue offers, or NULL
  pcl_ds_write_told_t write;
  bool req_taken;
  bool kill;
  bool out_ready;                  // msg_out
  bool late_clear;                 // a fence tells what `late` says
} pcl_ats_told_t;

void pcl_ats_reset(pcl_ats_t *ats, const pcl_config_t *config);

// What a fence at the head of the command queue finds.
static inline pcl_fence_gate_t pcl_ats_gate(const pcl_ats_t *ats) {
  return ats->busy != 0 ? PCL_FENCE_WAITS : ats->late ? PCL_FENCE_LATE : PCL_FENCE_GOES;
}

// `command`: what cmd_queue offers, or NULL. `out` stays where it is until the edge; msg_out is ats->out.
void pcl_ats_eval(const pcl_ats_t *ats, const pcl_regs_state_t *regs, const pcl_command_t *command, pcl_ats_out_t *out);

// Edge. Sets pq_done, pq_set_* and pq_idle of `events` (all of them, false if not).
void pcl_ats_commit(pcl_ats_t *ats, const pcl_ats_out_t *out, const pcl_ats_told_t *told, pcl_regs_events_t *events);

#endif
