// SPDX-License-Identifier: Apache-2.0
//
// How a caller with caches shortens a walk (walk.h includes this), and what it may put into them.
//
// After PCL_STEP_ACCESS the walk shows its next need; the first that can be answered from a cache replaces the access, and the
// next need is looked at again:
//
//   pcl_walk_at_pdt()    the PC of (device_id, walk.process_id)        pcl_walk_use_pc()
//   pcl_walk_at_root()   the first-stage PTE of the IOVA               pcl_walk_skip_to()     a table nearer to the leaf
//                                                                      pcl_walk_skip_to_spa() the same, already translated
//   pcl_walk_at_gpa()    the second-stage translation of walk.gpa      pcl_walk_skip_gpa()    the leaf
//                                                                      pcl_walk_skip_gpa_to() a table nearer to the leaf
//   access               an entry                                      pcl_walk_step() with what the caller knows it holds
//
// The three first needs may stand together (a table's address must be translated before it is read): answering the one for PDT or
// root makes the one for the GPA void. A DC is given at the start (pcl_walk_begin_dc()). Every check of the specification
// that does not concern the cached entry itself is still made.
//
// After any step pcl_walk_new_*() says which valid entry that step has consumed; it may be cached even if the outcome
// is a fault. A caller that keeps what was cached for a (GSCID, PSCID) apart from other address spaces finds gscid in dc.iohgatp.
#ifndef PCL_ARCH_WALK_HOOKS_H
#define PCL_ARCH_WALK_HOOKS_H

#include "arch/walk.h"

// A pointer PTE just read: PTEs of `level` for addresses with this prefix are in the table `table_ppn`. First stage: the address
// is the IOVA, and table_ppn is a guest page if the second stage is not Bare. Second stage: the address is the GPA.
typedef struct {
  uint64_t table_ppn;
  uint64_t va_prefix;  // pcl_va_prefix(address, level)
  uint8_t level;
  uint8_t shift;       // log2 of the bytes that the table maps: 22 for Sv32, else 21, 30, 39, 48
} pcl_nonleaf_t;

// A second-stage leaf: guest pages from `gpn` are supervisor pages from `ppn`, both aligned to 1 << shift bytes. It may be
// kept for smaller ranges of the same leaf. Never covers an MSI page in use: those are recognised before the second stage.
typedef struct {
  uint64_t gpn;
  uint64_t ppn;
  uint8_t shift;   // 12, 16, 21, 22, 30, 39 or 48
  uint8_t rights;  // PCL_RIGHT_*, W with D
  uint8_t pbmt;
} pcl_g_leaf_t;

// Tag of a table of PTEs of `level`: address[58 : 12+9*(level+1)], right justified, of an IOVA (57 bits count) or a GPA.
// Independent of the mode: the sign bits of a canonical address are included.
static inline uint64_t pcl_va_prefix(uint64_t iova, unsigned level) {
  return (iova & ((UINT64_C(1) << 57) - 1)) >> (12 + 9 * (level + 1));
}

static inline uint64_t pcl_gpa_prefix(uint64_t gpa, unsigned level) { return gpa >> (12 + 9 * (level + 1)); }

// pcl_walk_begin() with the DC of request->device_id known from an earlier walk (pcl_walk_new_dc): item 6 of spec 3.3 is
// skipped, every other check is made. `dc` is valid and was found under the same capabilities and fctl.
pcl_step_t pcl_walk_begin_dc(pcl_walk_t *walk, const pcl_regs_t *regs, const pcl_request_t *request, const pcl_dc_t *dc);

// Whether the walk needs a PC and has read nothing of the process directory yet.
static inline bool pcl_walk_at_pdt(const pcl_walk_t *walk) {
  return walk->phase == PCL_PHASE_PDT && walk->level == walk->root_level;
}

// Answers it with a PC as once given by pcl_walk_new_pc() for the same device_id and process_id, under the same DC.
pcl_step_t pcl_walk_use_pc(pcl_walk_t *walk, const pcl_pc_t *pc);

// Whether the next first-stage entry wanted is the root PTE, so that pcl_walk_skip_to() may be used.
static inline bool pcl_walk_at_root(const pcl_walk_t *walk) {
  return walk->phase == PCL_PHASE_PT && walk->level == walk->root_level;
}

// Makes the next first-stage entry the PTE of `level` in the table `table_ppn`, both as once given by pcl_walk_new_nonleaf() for
// the same gscid, pscid and VA prefix. Legal only at the root. Software that uses one pscid in several modes may make the
// level as high as root_level or higher; the walk goes on from there. If the second stage is not Bare the next need is the GPA
// of that PTE.
pcl_step_t pcl_walk_skip_to(pcl_walk_t *walk, unsigned level, uint64_t table_ppn);

// The same with the table's supervisor page, a translation of it for the same gscid. An update of A or D must be allowed by the
// second stage, for which the guest page has to be found: it sends the walk back to the root (walk->began_anew), which
// the caller should then not shorten by this function again.
pcl_step_t pcl_walk_skip_to_spa(pcl_walk_t *walk, unsigned level, uint64_t table_spn);

// Whether the walk needs the second-stage translation of walk->gpa and has read nothing of it yet.
static inline bool pcl_walk_at_gpa(const pcl_walk_t *walk) { return walk->in_g && walk->g_level == walk->g_root_level; }

// Whether a leaf's rights suffice for what walk->gpa is wanted for. If not: walk.
bool pcl_walk_accepts_gpa(const pcl_walk_t *walk, const pcl_g_leaf_t *leaf);

// Answers it with an accepted leaf that covers walk->gpa, as once given by pcl_walk_new_g_leaf() for the same gscid.
pcl_step_t pcl_walk_skip_gpa(pcl_walk_t *walk, const pcl_g_leaf_t *leaf);

// Makes the next access the second-stage PTE of `level` in the table `table_ppn`, as once given by pcl_walk_new_g_nonleaf() for
// the same gscid and GPA prefix. Legal only with pcl_walk_at_gpa().
pcl_step_t pcl_walk_skip_gpa_to(pcl_walk_t *walk, unsigned level, uint64_t table_ppn);

// The valid DC, PC that the last step decoded, else NULL.
static inline const pcl_dc_t *pcl_walk_new_dc(const pcl_walk_t *walk) { return walk->new_dc ? &walk->dc : 0; }
static inline const pcl_pc_t *pcl_walk_new_pc(const pcl_walk_t *walk) { return walk->new_pc ? &walk->pc : 0; }

// Whether the last step consumed a valid pointer PTE of the first, of the second stage; if so, describes it.
bool pcl_walk_new_nonleaf(const pcl_walk_t *walk, pcl_nonleaf_t *nonleaf);
bool pcl_walk_new_g_nonleaf(const pcl_walk_t *walk, pcl_nonleaf_t *nonleaf);

// Whether the last step completed the second-stage translation of walk->gpa by a valid leaf; if so, describes it.
bool pcl_walk_new_g_leaf(const pcl_walk_t *walk, pcl_g_leaf_t *leaf);

#endif
