// SPDX-License-Identifier: Apache-2.0
//
// The process to translate an IOVA (IOMMU spec 3.3), as a resumable step function: each call consumes the response of
// the last memory access and returns with the next access or with the outcome.
//
//   for (step = pcl_walk_begin(&w, &regs, &request); step == PCL_STEP_ACCESS; step = pcl_walk_step(&w, &response))
//     read(&w.access, &response);
//   use(&w.outcome);
//
// Run in this loop it is the untimed model (pcl_translate); advanced one response at a time it is the heart of a timed
// one. A cache may shorten it: pcl_walk_begin_dc() starts from a known DC, pcl_walk_skip_to() at a known table.
//
// Limits: second stage Bare, no process directory, no hardware A/D update, no MSI page tables, no ATS translation
// requests: what would need them is a DC misconfiguration (PCL_CAP_WALK_UNBUILT). Data structures are little-endian. The
// walk does not compare addresses with capabilities.PAS: memory answers those it does not have with an access fault.
#ifndef PCL_ARCH_WALK_H
#define PCL_ARCH_WALK_H

#include "arch/types.h"

typedef enum { PCL_STEP_ACCESS, PCL_STEP_DONE } pcl_step_t;

// Where a walk stands. In PCL_PHASE_PT the DC is known (walk.dc) and walk.pscid, walk.level are valid.
typedef enum { PCL_PHASE_DDT, PCL_PHASE_PT, PCL_PHASE_DONE } pcl_phase_t;

typedef enum {
  PCL_ACCESS_DDT_NONLEAF,
  PCL_ACCESS_DC,
  PCL_ACCESS_PTE,
  PCL_ACCESS_COMMAND  // fetch of the command queue (iommu.h); a walk never makes it
} pcl_access_kind_t;

// One read of a data structure: `beats` naturally ordered doublewords from `addr`.
typedef struct {
  uint64_t addr;
  uint8_t beats;  // 1: DDT non-leaf entry or PTE; 2: command; 4: base-format DC; 8: extended-format DC
  uint8_t kind;   // pcl_access_kind_t
  uint8_t level;  // DDI or VPN index that selects the entry; 0 for a DC
} pcl_access_t;

// Ordered by severity: an access of several beats has the greatest status of its beats.
typedef enum { PCL_MEM_OK = 0, PCL_MEM_POISON = 1, PCL_MEM_ACCESS_FAULT = 2 } pcl_mem_status_t;

typedef struct {
  uint64_t data[8];
  uint8_t status;  // pcl_mem_status_t; data counts only if PCL_MEM_OK
} pcl_response_t;

// A first-stage pointer PTE just read: PTEs of `level` for addresses with this prefix are in the table `table_ppn`.
typedef struct {
  uint64_t table_ppn;
  uint64_t va_prefix;  // pcl_va_prefix(iova, level)
  uint8_t level;
} pcl_nonleaf_t;

// The state of one translation. Callers read access (after PCL_STEP_ACCESS), outcome (after PCL_STEP_DONE), phase, dc,
// pscid, level and root_level; they write nothing.
typedef struct {
  pcl_regs_t regs;
  pcl_request_t request;
  pcl_dc_t dc;
  pcl_access_t access;
  pcl_outcome_t outcome;
  uint32_t pscid;
  uint8_t phase;       // pcl_phase_t
  uint8_t level;       // level of the PTE or DDT entry that `access` reads
  uint8_t root_level;  // level of the root PTE: 2 for Sv39, 3 for Sv48, 4 for Sv57
  bool dtf;            // DTF of a valid DC, 0 before one is found
  bool new_dc;
  bool new_nonleaf;
} pcl_walk_t;

// Starts at step 1 of spec 3.3.
pcl_step_t pcl_walk_begin(pcl_walk_t *walk, const pcl_regs_t *regs, const pcl_request_t *request);

// The same with the DC of request->device_id known from an earlier walk (pcl_walk_new_dc): item 6 of spec 3.3 is skipped,
// every other check is made. `dc` is valid and was found under the same capabilities and fctl.
pcl_step_t pcl_walk_begin_dc(pcl_walk_t *walk, const pcl_regs_t *regs, const pcl_request_t *request, const pcl_dc_t *dc);

// Consumes the response to walk->access. Illegal after PCL_STEP_DONE.
pcl_step_t pcl_walk_step(pcl_walk_t *walk, const pcl_response_t *response);

// Whether the next access is the root PTE, so that pcl_walk_skip_to() may be used.
static inline bool pcl_walk_at_root(const pcl_walk_t *walk) {
  return walk->phase == PCL_PHASE_PT && walk->level == walk->root_level;
}

// Makes the next access the PTE of `level` in the table `table_ppn`, both as once given by pcl_walk_new_nonleaf() for
// the same pscid and VA prefix. Legal only at the root. Software that uses one pscid in several modes may make the level as
// high as root_level or higher; the walk goes on from there.
void pcl_walk_skip_to(pcl_walk_t *walk, unsigned level, uint64_t table_ppn);

// The valid DC that the last step decoded, else NULL. It may be cached even if the outcome is a fault.
static inline const pcl_dc_t *pcl_walk_new_dc(const pcl_walk_t *walk) { return walk->new_dc ? &walk->dc : 0; }

// Whether the last step consumed a valid pointer PTE; if so, describes it.
bool pcl_walk_new_nonleaf(const pcl_walk_t *walk, pcl_nonleaf_t *nonleaf);

// Tag of a first-stage table of PTEs of `level`: IOVA[56 : 12+9*(level+1)], right justified. Independent of the mode: the
// sign bits of a canonical address are included. Level 0..3.
static inline uint64_t pcl_va_prefix(uint64_t iova, unsigned level) {
  return (iova & ((UINT64_C(1) << 57) - 1)) >> (12 + 9 * (level + 1));
}

// TTYP of a request (IOMMU spec 4.2).
unsigned pcl_request_ttyp(const pcl_request_t *request);

// Memory as the untimed model sees it: fills response->data[0..beats-1] and response->status.
typedef void (*pcl_read_fn)(void *context, const pcl_access_t *access, pcl_response_t *response);

// The untimed translation: the whole walk in a loop over `read`.
pcl_outcome_t pcl_translate(const pcl_regs_t *regs, const pcl_request_t *request, pcl_read_fn read, void *context);

#endif
