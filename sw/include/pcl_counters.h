// SPDX-License-Identifier: Apache-2.0
//
// Performance counters (IOMMU spec 6.19 to 6.23). Counter 0 counts clocks, the others events, each with its own filter. They are
// there with capabilities.HPM; pcl_probe() stops them all.
#ifndef PCL_COUNTERS_H
#define PCL_COUNTERS_H

#include "pcl_ops.h"

typedef struct pcl_driver pcl_driver_t;

typedef enum {
  PCL_COUNT_NOTHING, PCL_COUNT_UNTRANSLATED, PCL_COUNT_TRANSLATED, PCL_COUNT_ATS, PCL_COUNT_MISS, PCL_COUNT_DDT_WALK,
  PCL_COUNT_PDT_WALK, PCL_COUNT_FIRST_WALK, PCL_COUNT_SECOND_WALK
} pcl_counted_id_t;

// What is counted. Without a filter: every event of this kind.
typedef struct {
  pcl_counted_id_t id;
  bool by_space;          // the IDs are PSCID and GSCID; else process_id and device_id
  bool match_low;         // only those of `low`: process_id, PSCID
  bool match_high;        // only those of `high`: device_id, GSCID
  bool range;             // `high` names a range: from its lowest 0 bit down the bits do not matter
  uint32_t low;           // 20 bits
  uint32_t high;          // 24 bits, 16 of a GSCID
} pcl_counted_t;

// Sets a counter to `value`, clears its overflow mark and lets it count; counter 0 does not look at `event`. PCL_E_UNSUPPORTED if
// the counter is not there or does not know the event.
pcl_status_t pcl_counter_start(pcl_driver_t *driver, uint32_t counter, const pcl_counted_t *event, uint64_t value);

// Inhibits it, and lets it go on; its value stays. What was under way may still be counted for some clocks.
void pcl_counter_stop(pcl_driver_t *driver, uint32_t counter);
void pcl_counter_resume(pcl_driver_t *driver, uint32_t counter);

uint64_t pcl_counter_read(pcl_driver_t *driver, uint32_t counter);

// Which counters went beyond their greatest value since their mark was cleared; clears the marks of these, so that they interrupt
// again. pcl_handle_interrupt() does, and collects them in driver->overflows. Counter 0 may lose 2^32 clocks by it.
uint32_t pcl_counter_overflows(pcl_driver_t *driver);

#endif
