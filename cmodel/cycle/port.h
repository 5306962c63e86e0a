// SPDX-License-Identifier: Apache-2.0
// One port of the IOMMU, the twin of port.sv (microarchitecture 4): translation cache, two channels, write data, isolator.
//
// Order of use in each clock: pcl_port_req() needs registers only (the port's, and qctl's), the core then answers,
// pcl_port_eval() gives the pins, pcl_port_commit() is the edge and takes what eval found. The first two do not change state.
// Reset is pcl_port_init().
#ifndef PCL_CYCLE_PORT_H
#define PCL_CYCLE_PORT_H

#include "buses.h"
#include "port_channel.h"
#include "port_guard.h"
#include "port_tlb.h"
#include "port_w.h"

typedef struct {
  pcl_port_tlb_t tlb;
  pcl_port_channel_t ch[PCL_CHANNELS];
  pcl_port_w_t w;
  pcl_port_guard_t guard;
} pcl_port_t;

// Inputs of a clock. pcl_port_eval() looks only at pins, q and qosid.
typedef struct {
  const pcl_port_pins_in_t *pins;
  const pcl_resp_t *resp;
  const pcl_inv_t *inv;
  pcl_port_q_t q;
  uint32_t qosid;  // iommu_qosid
  bool req_ready[PCL_CHANNELS];
  bool fence_start;
  bool rec_taken;
  bool mrif_ready;
  bool mrif_done;
  bool mrif_ok;
} pcl_port_in_t;

// What the core and the registers see.
typedef struct {
  pcl_miss_req_t req[PCL_CHANNELS];
  bool drain_done[PCL_CHANNELS];
  bool drained;
  bool isolated;
  bool rec_pend;
  bool mrif_valid;
  bool upd_drained;
  pcl_mrif_req_t mrif;  // with mrif_valid
} pcl_port_req_t;

typedef struct {
  pcl_port_channel_in_t in[PCL_CHANNELS];
  pcl_port_channel_found_t ch[PCL_CHANNELS];
  pcl_port_w_found_t w;
  bool iso_enter;
  bool iso_leave;
  bool stuck[PCL_STUCK_KINDS];
  bool w_late;
} pcl_port_found_t;

// `index`: the port's number.
void pcl_port_init(pcl_port_t *port, const pcl_config_t *config, unsigned index);

void pcl_port_req(const pcl_port_t *port, const pcl_port_q_t *q, pcl_port_req_t *req);

void pcl_port_eval(const pcl_port_t *port, const pcl_port_in_t *in, pcl_port_pins_out_t *out, pcl_port_found_t *found);

// `found`: what pcl_port_eval() found with the same state and inputs.
void pcl_port_commit(pcl_port_t *port, const pcl_port_in_t *in, const pcl_port_found_t *found);

#endif
