// SPDX-License-Identifier: Apache-2.0
// Updates of memory-resident interrupt files, the twin of mrif.sv (docs/microarchitecture.md, section 5.9): sets the pending bit
// by an exclusive pair, sends the notice, reports what memory refuses. One write of a device at a time.
#ifndef PCL_CYCLE_MRIF_H
#define PCL_CYCLE_MRIF_H

#include "buses.h"
#include "ds_write.h"

typedef enum {
  PCL_MRIF_IDLE,
  PCL_MRIF_CHECK,  // is it an MSI?
  PCL_MRIF_XAR,    // exclusive read: asks, waits
  PCL_MRIF_XR,
  PCL_MRIF_XW,     // exclusive write: offers, waits for B
  PCL_MRIF_XB,
  PCL_MRIF_NW,     // notice: offers, waits for B
  PCL_MRIF_NB,
  PCL_MRIF_REC,    // record
  PCL_MRIF_DONE,
  PCL_MRIF_STATES
} pcl_mrif_state_t;

typedef struct {
  pcl_mrif_req_t req;
  uint64_t value;     // the doubleword with the bit
  unsigned walkers;
  unsigned ports;
  unsigned owner;
  unsigned port_ptr;
  uint16_t fault;     // cause, 0: none
  uint8_t retries;    // exclusive writes lost
  uint8_t state;      // pcl_mrif_state_t
} pcl_mrif_block_t;

// Functions of registers.
typedef struct {
  pcl_ds_write_req_t write;  // 8 bytes exclusive in XW, else the 4 of the notice; its data is the member below
  uint64_t data;
  uint32_t ready;  // one bit per port
  uint32_t done;   // one bit per port
  bool ok;         // with done
} pcl_mrif_out_t;

// What the edge needs to know.
typedef struct {
  const pcl_mrif_req_t *const *req;  // by port; looked at where `ready` has a bit
  const pcl_ds_pins_in_t *ds;
  const pcl_ds_write_told_t *write;
  uint64_t capabilities;
  bool ar_taken;
  bool fault_taken;
} pcl_mrif_told_t;

void pcl_mrif_reset(pcl_mrif_block_t *mrif, const pcl_config_t *config);

// `valid`: one bit per port that asks. `out` stays where it is until the edge.
void pcl_mrif_eval(const pcl_mrif_block_t *mrif, uint32_t valid, pcl_mrif_out_t *out);

// XAR: the doubleword to be read.
uint64_t pcl_mrif_addr(const pcl_mrif_block_t *mrif);

// Its QoS IDs, as in iommu_qosid: of the exclusive pair.
static inline uint32_t pcl_mrif_qos(const pcl_mrif_block_t *mrif) { return mrif->req.rcid | (uint32_t)mrif->req.mcid << 16; }

// Whether it is a source of the fault queue, and the record.
bool pcl_mrif_faults(const pcl_mrif_block_t *mrif);
pcl_fault_rec_t pcl_mrif_record(const pcl_mrif_block_t *mrif);

// Edge.
void pcl_mrif_commit(pcl_mrif_block_t *mrif, const pcl_mrif_out_t *out, const pcl_mrif_told_t *told);

#endif
