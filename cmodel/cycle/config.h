// SPDX-License-Identifier: Apache-2.0
// The configuration of one IOMMU instance, as the C model sees it.
//
// One member per key of sim/configs/*.cfg, where meaning, range and effect stand; the names are the keys in snake_case. The
// build generates `config_gen.h` with PCL_CFG_INIT, an initialiser of this struct, from the same file as the RTL parameters:
//   #include "config_gen.h"
//   static const pcl_config_t config = PCL_CFG_INIT;
// Invariant: the values are those that sim/configs/gen.awk accepts; Sv39 is always built.
#ifndef PCL_CYCLE_CONFIG_H
#define PCL_CYCLE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

// The largest legal values, for arrays inside state structs.
enum {
  PCL_MAX_PORTS = 4,
  PCL_MAX_DATA_BYTES = 64,
  PCL_MAX_IDS = 256,
  PCL_MAX_PORT_ENTRIES = 64,
  PCL_MAX_PORT_MISSES = 32,
  PCL_MAX_L2_ENTRIES = 4096,
  PCL_MAX_L2_WAYS = 8,
  PCL_MAX_DC_ENTRIES = 64,
  PCL_MAX_PC_ENTRIES = 64,
  PCL_MAX_NL_ENTRIES = 64,
  PCL_MAX_G_ENTRIES = 64,
  PCL_MAX_WALKERS = 16,
  PCL_MAX_CQ_DEPTH = 16,
  PCL_MAX_FQ_DEPTH = 16,
  PCL_MAX_W_FIFO_DEPTH = 64
};

typedef struct pcl_config {
  const char *name;          // "mini", "base", "full"
  uint32_t num_ports;        // device-side AXI4 ports
  uint32_t data_width;       // bits of the DMA data buses
  uint32_t id_width;         // bits of the devices' AXI IDs
  uint32_t user_width;       // bits of AXI user signals
  uint32_t port_entries;     // entries of a port's translation cache
  uint32_t port_misses;      // misses that wait, per port and channel
  uint32_t l2_entries;       // entries of the shared IOTLB, 0 = none
  uint32_t l2_ways;          // its ways
  uint32_t dc_entries;       // cached device contexts
  uint32_t pc_entries;       // cached process contexts; counts only with a process directory
  uint32_t nl_entries;       // cached non-leaf page-table entries
  uint32_t g_entries;        // cached second-stage entries; counts only with a second stage
  uint32_t walkers;          // walkers
  uint32_t cq_depth;         // commands fetched ahead
  uint32_t fq_depth;         // fault records waiting to be written
  uint32_t max_outstanding;  // bursts in memory per ID
  uint32_t w_fifo_depth;     // write bursts whose W beats are owed
  // Each 1 if the bit of capabilities with this name is built.
  uint32_t sv32;
  uint32_t sv48;
  uint32_t sv57;
  uint32_t svpbmt;
  uint32_t svrsw60t59b;
  uint32_t sv32x4;
  uint32_t sv39x4;
  uint32_t sv48x4;
  uint32_t sv57x4;
  uint32_t amo_hwad;
  uint32_t msi_flat;         // extended device contexts, MSI pages
  uint32_t msi_mrif;         // interrupt files in memory
  uint32_t amo_mrif;         // as msi_mrif
  uint32_t pd8;
  uint32_t pd17;
  uint32_t pd20;
  uint32_t nl;
  uint32_t s;
  uint32_t hpm;
  uint32_t dbg;
  uint32_t end;
  uint32_t qosid;
  uint32_t igs_msi;          // IGS = BOTH, else WSI
  uint32_t hpm_counters;     // event counters; counts only with hpm
  uint32_t ats;              // translation and page requests over the message port
  uint32_t t2gpa;
  uint32_t ats_timeout;      // clocks; counts only with ats
  uint32_t pas;              // physical address bits
} pcl_config_t;

// Whether there is a second stage (TwoStage), a process directory (Pdt).
static inline bool pcl_two_stage(const pcl_config_t *config) {
  return config->sv32x4 || config->sv39x4 || config->sv48x4 || config->sv57x4;
}

static inline bool pcl_has_pdt(const pcl_config_t *config) { return config->pd8 || config->pd17 || config->pd20; }

#endif
