// SPDX-License-Identifier: Apache-2.0
//
// The process to translate an IOVA (IOMMU spec 3.3), as a resumable step function: each call consumes the response of
// the last memory access and returns with the next access or with the outcome.
//
//   for (step = pcl_walk_begin(&w, &regs, &request); step == PCL_STEP_ACCESS; step = pcl_walk_step(&w, &response))
//     access_memory(&w.access, &response);
//   use(&w.outcome);
//
// Run in this loop it is the untimed model (pcl_translate); advanced one response at a time it is the heart of a timed
// one. An access shown may be answered from anywhere: a caller with caches may also shorten the walk (walk_hooks.h).
//
// Everything of the specification that capabilities advertises is here: both directory formats, process contexts, both
// stages, hardware A/D update, MSI page tables, ATS. Updates of A and D happen where the walk meets the leaf, so a fault of a
// later stage leaves them set. What an access to an interrupt file in memory does is the caller's (outcome.is_mrif).
#ifndef PCL_ARCH_WALK_H
#define PCL_ARCH_WALK_H

#include "arch/pte.h"
#include "arch/types.h"

typedef enum { PCL_STEP_ACCESS, PCL_STEP_DONE } pcl_step_t;

// What the walk is looking for. From PCL_PHASE_PDT on the DC is known (walk.dc); from PCL_PHASE_PT on walk.pscid too, and in
// it walk.level. A second-stage translation on the way (walk.in_g) belongs to the phase that needs it.
typedef enum { PCL_PHASE_DDT, PCL_PHASE_PT, PCL_PHASE_DONE, PCL_PHASE_PDT, PCL_PHASE_MSI, PCL_PHASE_FINAL } pcl_phase_t;

typedef enum {
  PCL_ACCESS_DDT_NONLEAF,
  PCL_ACCESS_DC,
  PCL_ACCESS_PTE,      // first stage
  PCL_ACCESS_COMMAND,  // fetch of the command queue (iommu.h); a walk never makes it
  PCL_ACCESS_PDT_NONLEAF,
  PCL_ACCESS_PC,
  PCL_ACCESS_GPTE,     // second stage
  PCL_ACCESS_MSI_PTE
} pcl_access_kind_t;

// One access to a data structure: a read of `beats` naturally ordered doublewords from `addr`, or with `update` an atomic
// compare-and-set of one entry (kinds PTE and GPTE): if memory still holds old_value there, write new_value, which has A, or A
// and D, set. Values are little-endian readings of memory, whatever the byte order of the data structure.
//
// An entry of Sv32 or Sv32x4 has bytes = 4: addr is a multiple of 4, a read returns the aligned doubleword around it, and an
// update compares and writes these 4 bytes only (values right-justified).
typedef struct {
  uint64_t addr;
  uint64_t old_value;  // update
  uint64_t new_value;
  uint8_t beats;  // 1: non-leaf entry or PTE; 2: PC, MSI PTE, command; 4: base-format DC; 8: extended-format DC
  uint8_t bytes;  // 8 * beats, or 4
  uint8_t kind;   // pcl_access_kind_t
  uint8_t level;  // DDI, PDI or VPN index that selects the entry; 0 for a DC, PC or MSI PTE
  bool update;
} pcl_access_t;

// The first three are ordered by severity: an access of several beats has the greatest status of its beats. An update has
// PCL_MEM_OK if it was made, PCL_MEM_CHANGED if memory held something else (the walk reads the entry again), and
// PCL_MEM_ACCESS_FAULT if memory cannot do it.
typedef enum { PCL_MEM_OK = 0, PCL_MEM_POISON = 1, PCL_MEM_ACCESS_FAULT = 2, PCL_MEM_CHANGED = 3 } pcl_mem_status_t;

typedef struct {
  uint64_t data[8];
  uint8_t status;  // pcl_mem_status_t; data counts only for a read with PCL_MEM_OK
} pcl_response_t;

// What the second-stage translation under way is for.
typedef enum {
  PCL_GPA_FOR_PDT,         // implicit read of a process directory entry
  PCL_GPA_FOR_PTE,         // implicit read of a first-stage PTE
  PCL_GPA_FOR_PTE_UPDATE,  // implicit write of a first-stage PTE
  PCL_GPA_FOR_ACCESS       // the request itself
} pcl_gpa_purpose_t;

// The state of one translation. Callers read access (after PCL_STEP_ACCESS), outcome (after PCL_STEP_DONE), phase, dc, pc,
// pscid, level, root_level, process_id, and of a second-stage translation in_g, gpa, g_purpose; they write nothing.
typedef struct {
  pcl_regs_t regs;
  pcl_request_t request;
  pcl_dc_t dc;          // dc.tc is 0 until a valid DC is found
  pcl_pc_t pc;          // counts once a PC was found
  pcl_access_t access;
  pcl_outcome_t outcome;
  uint64_t gpa;         // guest physical address that the second stage translates, or has translated
  uint64_t a;           // GPA of the request (item 17's A)
  uint64_t table_ppn;   // first-stage table: as the pointer to it says, a GPPN if the second stage is not Bare
  uint64_t pte;         // first-stage leaf PTE read, as long as its A and D are not settled
  pcl_stage_leaf_t s1;        // first-stage leaf
  pcl_stage_leaf_t s2;        // leaf of the last second-stage translation
  uint32_t process_id;  // that the PC is of: the request's, or 0 by DPE
  uint32_t pscid;
  uint8_t phase;        // pcl_phase_t
  uint8_t level;        // level of the PTE, DDT or PDT entry wanted
  uint8_t root_level;   // level of the root PTE: 1 for Sv32, 2 for Sv39, 3 for Sv48, 4 for Sv57; in PDT of the root PDT entry
  uint8_t g_level;      // the same for the second stage
  uint8_t g_root_level;
  uint8_t g_purpose;    // pcl_gpa_purpose_t, counts with in_g
  bool in_g;            // `access` belongs to the second-stage translation of gpa
  bool s1_sv32;         // tables of 4-byte PTEs
  bool s2_sv32;
  bool s1_bare;
  bool s2_bare;
  bool supervisor;      // privilege at which U of the first stage is checked
  bool sum;
  bool direct;          // the first-stage table was given by its SPA (pcl_walk_skip_to_spa): the GPA of its PTEs is not known
  bool began_anew;      // the last step needed that GPA, and went back to the root
  bool dtf;             // DTF of a valid DC, 0 before one is found
  bool new_dc : 1;      // what the last step consumed: see pcl_walk_new_*()
  bool new_pc : 1;
  bool new_nonleaf : 1;
  bool new_g_nonleaf : 1;
  bool new_g_leaf : 1;
} pcl_walk_t;

// Starts at step 1 of spec 3.3.
pcl_step_t pcl_walk_begin(pcl_walk_t *walk, const pcl_regs_t *regs, const pcl_request_t *request);

// Consumes the response to walk->access. Illegal after PCL_STEP_DONE.
pcl_step_t pcl_walk_step(pcl_walk_t *walk, const pcl_response_t *response);

// QoS IDs that the access shown goes with, as in iommu_qosid (27:16 MCID, 11:0 RCID); 0 unless capabilities.QOSID.
uint32_t pcl_walk_qos(const pcl_walk_t *walk);

// TTYP of a request (IOMMU spec 4.2).
unsigned pcl_request_ttyp(const pcl_request_t *request);

// Memory as the untimed model sees it: fills response->status and, for a read, response->data[0..beats-1].
typedef void (*pcl_read_fn)(void *context, const pcl_access_t *access, pcl_response_t *response);

// The untimed translation: the whole walk in a loop over `read`.
pcl_outcome_t pcl_translate(const pcl_regs_t *regs, const pcl_request_t *request, pcl_read_fn read, void *context);

#include "arch/walk_hooks.h"

#endif
