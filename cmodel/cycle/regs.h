// SPDX-License-Identifier: Apache-2.0
// Twin of regs.sv: the AXI4-Lite register interface and the storage behind it (docs/microarchitecture.md section 6; IOMMU spec
// chapter 6). Values that blocks read are the members of the state; what blocks tell it in a clock is pcl_regs_events_t.
#ifndef PCL_CYCLE_REGS_H
#define PCL_CYCLE_REGS_H

#include "buses.h"
#include "config.h"
#include "hpm.h"
#include "port_guard.h"
#include "regs_debug.h"
#include "regs_msi.h"

// One queue's registers. `set` of an error bit by hardware comes as an event.
typedef struct {
  uint64_t ppn;      // 44 bits
  uint32_t head;     // index, masked by the size
  uint32_t tail;
  uint8_t log2;      // LOG2SZ-1
  bool en;
  bool ie;
  bool on;
  bool mf;           // cqmf, fqmf, pqmf
  bool of;           // fqof, pqof
  bool to;           // cmd_to
  bool ill;          // cmd_ill
  bool fence;        // fence_w_ip
} pcl_queue_regs_t;

typedef struct {
  uint64_t capabilities;
  uint32_t fctl;
  uint64_t ddtp_ppn;
  uint8_t ddtp_mode;
  bool ddtp_busy;    // asks core for ALL while set
  pcl_queue_regs_t cq;
  pcl_queue_regs_t fq;
  pcl_queue_regs_t pq;
  uint8_t mctl;      // PCL_MODE_RUN or PCL_MODE_ABORT
  uint32_t ipsr;
  uint32_t icvec;
  uint32_t qosid;    // iommu_qosid
  pcl_regs_msi_t msi;
  pcl_regs_debug_t debug;
  pcl_hpm_block_t hpm;
  pcl_port_q_t quiesce[PCL_MAX_PORTS];
  uint32_t num_ports;
  // Bus state.
  uint64_t r_data;
  bool r_valid;
  bool b_valid;
  bool b_error;
} pcl_regs_state_t;

// What the other blocks say in a clock.
typedef struct {
  bool ddtp_done;
  bool cq_done;
  bool cq_set_mf;
  bool cq_set_to;
  bool cq_set_ill;
  bool cq_set_fence;
  bool cq_idle;
  bool fq_done;
  bool fq_set_mf;
  bool fq_set_of;
  bool fq_idle;
  bool pq_done;
  bool pq_set_mf;
  bool pq_set_of;
  bool pq_idle;
  bool msg_drained;
  bool msi_taken;
  bool dbg_taken;
  const pcl_resp_t *dbg_resp;    // NULL: none for the debug interface
  bool drained[PCL_MAX_PORTS];
  bool isolated[PCL_MAX_PORTS];
  pcl_ev_t ev[PCL_EV_SOURCES];   // those that there are
  unsigned evs;
} pcl_regs_events_t;

// Largest index of the queue: its size is a power of two.
static inline uint32_t pcl_queue_mask(const pcl_queue_regs_t *queue) {
  return (uint32_t)((UINT64_C(2) << queue->log2) - 1);
}
static inline bool pcl_cq_stopped(const pcl_queue_regs_t *cq) { return cq->mf || cq->to || cq->ill; }
static inline bool pcl_fq_stopped(const pcl_queue_regs_t *fq) { return fq->mf || fq->of; }

// Messages that ask for something are refused.
static inline bool pcl_msg_refuse(const pcl_regs_state_t *regs) { return regs->mctl == PCL_MODE_ABORT; }

void pcl_regs_reset(pcl_regs_state_t *state, const pcl_config_t *config, uint64_t fuse_caps, unsigned fuse_hpm);
void pcl_regs_eval(const pcl_regs_state_t *state, const pcl_reg_pins_in_t *in, pcl_reg_pins_out_t *out, uint16_t *irq);
void pcl_regs_commit(pcl_regs_state_t *state, const pcl_reg_pins_in_t *in, const pcl_regs_events_t *events);

#endif
