// SPDX-License-Identifier: Apache-2.0
// Twin of the whole IOMMU, portcullis.sv: every output pin in every clock (docs/microarchitecture.md).
//
//   pcl_top_init(&top, &config, fuse_caps, fuse_hpm);    // reset; again whenever rst_ni is 0
//   for (;;) {
//     pcl_top_eval(&top, &in, &out);                     // pins of this clock
//     pcl_top_commit(&top, &in);                         // the edge that ends it; `in` as given to eval
//   }
// eval is a pure function of (registers, in): what it computes on the way is kept in `clock` for the edge and nothing else.
#ifndef PCL_CYCLE_PORTCULLIS_H
#define PCL_CYCLE_PORTCULLIS_H

#include "buses.h"
#include "config.h"
#include "core.h"
#include "port.h"
#include "regs.h"

typedef struct {
  pcl_port_t port[PCL_MAX_PORTS];
  pcl_core_t core;
  pcl_regs_state_t regs;
  uint32_t num_ports;
  bool debug;      // the debug interface is built
  bool counts;     // counters are
  struct {
    pcl_port_req_t req[PCL_MAX_PORTS];
    pcl_port_in_t port_in[PCL_MAX_PORTS];
    pcl_port_found_t found[PCL_MAX_PORTS];
    pcl_miss_req_t debug_req;
    pcl_core_in_t core_in;
    pcl_core_out_t core_out;
  } clock;
} pcl_top_t;

// What the fuse_caps_i and fuse_hpm_i pins show during reset; all ones narrows nothing.
void pcl_top_init(pcl_top_t *top, const pcl_config_t *config, uint64_t fuse_caps, unsigned fuse_hpm);
void pcl_top_eval(pcl_top_t *top, const pcl_in_t *in, pcl_out_t *out);
void pcl_top_commit(pcl_top_t *top, const pcl_in_t *in);

#endif
