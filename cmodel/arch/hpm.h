// SPDX-License-Identifier: Apache-2.0
//
// Hardware performance monitor (IOMMU spec 6.19 to 6.23): counters of events with filters, and the cycles counter.
//
//   event[i]  63 OF | 62 IDT | 61 DV_GSCV | 60 PV_PSCV | 59:36 DID_GSCID | 35:16 PID_PSCID | 15 DMASK | 14:0 eventID
//   cycles    63 OF | 62:0 counter
//
// counter[0] is iohpmctr1, event[0] is iohpmevt1; bit X of iocountinh inhibits iohpmctrX, bit 0 iohpmcycles. An eventID
// that is not one of the standard events reads as 0: nothing is counted. Time is the caller's: pcl_hpm_advance().
#ifndef PCL_ARCH_HPM_H
#define PCL_ARCH_HPM_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/walk.h"

enum { PCL_HPM_COUNTERS = 31 };

typedef enum {
  PCL_EVENT_NONE = 0,
  PCL_EVENT_UNTRANSLATED = 1,
  PCL_EVENT_TRANSLATED = 2,
  PCL_EVENT_ATS = 3,
  PCL_EVENT_TLB_MISS = 4,
  PCL_EVENT_DDT_WALK = 5,  // a walk is the load of one entry
  PCL_EVENT_PDT_WALK = 6,
  PCL_EVENT_S1_WALK = 7,
  PCL_EVENT_S2_WALK = 8
} pcl_event_t;

// What an event's filters are compared with. process_id is the request's own, not the default that DPE gives.
typedef struct {
  uint32_t device_id;
  uint32_t process_id;
  uint32_t pscid;
  uint32_t gscid;
  bool pv;
  bool pscv;
  bool gscv;
} pcl_event_ids_t;

typedef struct {
  uint64_t cycles;
  uint64_t counter[PCL_HPM_COUNTERS];
  uint64_t event[PCL_HPM_COUNTERS];
  uint32_t inhibit;  // iocountinh
  uint32_t counting;  // bit i: counter[i] has an event and is not inhibited
  uint8_t counters;  // built
  uint8_t bits;      // of an event counter, 32 to 64
} pcl_hpm_t;

// `counters` 1 to 31.
void pcl_hpm_init(pcl_hpm_t *hpm, unsigned counters, unsigned bits);

// Register writes; `index` from 0.
void pcl_hpm_write_inhibit(pcl_hpm_t *hpm, uint32_t value);
void pcl_hpm_write_counter(pcl_hpm_t *hpm, unsigned index, uint64_t value);
void pcl_hpm_write_event(pcl_hpm_t *hpm, unsigned index, uint64_t value);
void pcl_hpm_write_cycles(pcl_hpm_t *hpm, uint64_t value);

// iocountovf.
uint32_t pcl_hpm_overflows(const pcl_hpm_t *hpm);

// Whether a counter with this iohpmevt counts an event with these IDs.
bool pcl_hpm_selects(uint64_t selector, pcl_event_t event, const pcl_event_ids_t *ids);

// The event of loading an entry; PCL_EVENT_NONE for one that has none (MSI PTEs, updates).
pcl_event_t pcl_load_event(const pcl_access_t *access);

// One event, or a number of clock cycles. True if an overflow set an OF bit that was 0: ipsr.pmip is due.
bool pcl_hpm_count(pcl_hpm_t *hpm, pcl_event_t event, const pcl_event_ids_t *ids);
bool pcl_hpm_advance(pcl_hpm_t *hpm, uint64_t cycles);

#endif
