// SPDX-License-Identifier: Apache-2.0
//
// The security monitor: a second guard beside the lockstep, with its own walker, which shares no code with the golden model.
//
// It sees the pins of every clock and every change of memory, and keeps the older values of words that may be table entries.
// A *grant*, the clock in which a memory-side AxVALID rises or shows the next request, must have an admissible walk: each entry
// read, at the address that the step before gave, holds a value which that address held at some moment in [T, grant]. T is the
// clock in which the newest completed command that covers the entry was fetched, or reset. It also judges fault records, every
// write of the data-structure port, fences with PR or PW, and refused traffic.
//
// Limits: it does not judge the QoS IDs and values of the data-structure port's reads, answers of the debug interface, the
// counters, wires of interrupts, what refusals of messages say, CXL.io, and what an Invalidation Completion ends. A write to an
// interrupt file whose entry can say more than MONITOR_NOTICES things counts as `not_judged`.
// Freedom used: a global leaf is one whose own G bit is set; a page of 64 KiB may come from any of its
// 16 entries; values that a page held before a walker first read it, or a pointer named it, are not kept.
// Units: cycles are clocks; a store of cycle t can be seen from clock t+1 on.
#ifndef TB_MONITOR_H
#define TB_MONITOR_H

#include "cycle/buses.h"

// Registers of the IOMMU, as they are in the clock looked at, that no pin shows.
typedef struct {
  uint32_t cqh;
  uint8_t isolated;   // one bit per port: qsta.isolated
  bool fence_w_ip;    // cqcsr.fence_w_ip
  bool cq_on;         // cqcsr.cqon
  bool fq_on;         // fqcsr.fqon
  bool ddtp_busy;     // ddtp.busy
  bool pq_on;         // pqcsr.pqon
  uint32_t ipsr;
} monitor_probe_t;

typedef struct {
  void *context;
  uint64_t (*read)(void *context, uint64_t addr);         // a doubleword of memory now; addr is a multiple of 8
  void (*probe)(void *context, monitor_probe_t *probe);   // called in monitor_clock()
} monitor_hooks_t;

typedef struct {
  uint64_t grants;
  uint64_t proofs;           // grants that needed a walk; the others repeat a proof that still holds
  uint64_t stale;            // grants explained only by a value that memory no longer holds
  uint64_t shared;           // grants explained only by a root that another context or an earlier one gave to the PSCID or GSCID
  uint64_t excluded;         // grants for which a fence excluded an older value that would have given another page
  uint64_t unresolved;       // grants and faults let pass because the search was too large; must stay 0
  uint64_t refusals;         // refused answers matched
  uint64_t records;          // fault records matched
  uint64_t invalidations;    // fetched
  uint64_t covering;         // fetched while a request that they cover waits
  uint64_t fences;           // completed
  uint64_t drains;           // completed with PR or PW
  uint64_t updates;          // of A and D
  uint64_t messages;         // interrupts of the IOMMU itself
  uint64_t files;            // exclusive writes of interrupt files
  uint64_t completions;      // Translation Completions that grant something
  uint64_t page_requests;    // recorded
  uint64_t not_judged;       // things that this monitor cannot tell right from wrong; docs/verification.md names them
} monitor_stats_t;

typedef struct monitor monitor_t;

monitor_t *monitor_create(const pcl_config_t *config, const monitor_hooks_t *hooks);
void monitor_destroy(monitor_t *monitor);

// The IOMMU and its buses leave reset in clock `cycle`, with this fuse_caps_i. Also needed before the first clock.
void monitor_reset(monitor_t *monitor, uint64_t cycle, uint64_t fuse_caps);

// A doubleword of memory changed, by whomever; memory holds `value` already.
void monitor_store(monitor_t *monitor, uint64_t addr, uint64_t before, uint64_t value, uint64_t cycle);

// All pins of clock `cycle`. Returns NULL, or the alarm; after an alarm it always returns that.
const char *monitor_clock(monitor_t *monitor, uint64_t cycle, const pcl_in_t *in, const pcl_out_t *out);

const monitor_stats_t *monitor_stats(const monitor_t *monitor);

#endif
