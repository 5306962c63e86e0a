// SPDX-License-Identifier: Apache-2.0
//
// The data-structure port of the hardware under test: an AXI memory over the replay's memory, always ready, in order, and the
// records of what was written, by the AXI ID of the writer (docs/microarchitecture.md, 5.4).
//
// Pages that are broken answer SLVERR, poisoned ones reads with RUSER. Exclusive pairs succeed unless the word has changed.
// Interrupt files in memory are no part of the replay's memory: their reads give 0, their writes and the notices are only seen.
#ifndef PCL_ORACLE_RTL_TABLES_H
#define PCL_ORACLE_RTL_TABLES_H

#include "cycle/portcullis.h"
#include "side.h"

enum { RTL_READS = 64, RTL_BEATS = 4, RTL_IDS = PCL_MAX_WALKERS };

// Writers above the walkers, whose IDs are 0 to walkers - 1.
enum { RTL_ID_FENCE, RTL_ID_FAULT, RTL_ID_IRQ, RTL_ID_PAGE, RTL_ID_MRIF };

typedef struct {
  oracle_memory_t *memory;
  oracle_log_t *log;
  const pcl_top_t *twin;        // bases of the queues; the stage of an update
  unsigned walkers;
  pcl_ax_t read[RTL_READS];     // bursts taken and not yet answered, a ring
  unsigned first, reads, beat;
  pcl_ax_t aw;
  uint64_t data[RTL_BEATS];
  unsigned beats;
  uint64_t exclusive[RTL_IDS];  // what the exclusive read of a walker gave
  uint64_t file;                // address of the last update of an interrupt file
  uint64_t notice;              // of its notice
  uint32_t nid;                 // and the notice's data
  bool noticed;                 // there was a notice; the caller clears it
} rtl_tables_t;

void rtl_tables_init(rtl_tables_t *tables, oracle_memory_t *memory, oracle_log_t *log, const pcl_top_t *twin, unsigned walkers);

// The edge: what the IOMMU drove in this clock, and the pins of the next. NULL, or what the IOMMU did wrong.
const char *rtl_tables_clock(rtl_tables_t *tables, const pcl_ds_pins_out_t *out, pcl_ds_pins_in_t *in);

// Nothing is under way.
static inline bool rtl_tables_idle(const rtl_tables_t *tables, const pcl_ds_pins_in_t *in) {
  return tables->reads == 0 && !in->r.valid && !in->b.valid && tables->beats == 0;
}

#endif
