// SPDX-License-Identifier: Apache-2.0
//
// The monitor's own walk (IOMMU spec 3.3): every way through the admissible values of all words, one file per part:
//   monitor_walk.c     values of words, ddtp, device directory, DC
//   monitor_process.c  process directory, PC
//   monitor_first.c    first stage
//   monitor_second.c   second stage, MSI pages
//   monitor_pte.c      the format of a PTE
//
// Directories are searched depth first. Page tables are searched level by level with the set of tables that may be used, so
// that the effort grows with the number of different tables, not of ways to them; a second-stage translation is made once per
// walk and page, and so is a search from one context.
#ifndef TB_MONITOR_WALK_H
#define TB_MONITOR_WALK_H

#include "monitor_internal.h"

enum { PTE_V = 1, PTE_R = 2, PTE_W = 4, PTE_X = 8, PTE_U = 16, PTE_G = 32, PTE_A = 64, PTE_D = 128 };

#define MONITOR_PPN ((UINT64_C(1) << 44) - 1)

typedef struct {
  uint64_t value;
  uint64_t end;
} monitor_candidate_t;

// ---- monitor_walk.c
// Value number i of a doubleword, the current one first, as long as one ended at `floor` or later.
bool monitor_candidate(monitor_walk_t *w, uint64_t addr, unsigned i, uint64_t floor, monitor_candidate_t *c);
// The earliest end of interest: of admissible values, or of V=0 seen since the request.
uint64_t monitor_floor(const monitor_walk_t *w, uint64_t t);
static inline bool monitor_holds(const monitor_walk_t *w, uint64_t end, uint64_t t) { return w->any_age || end >= t; }
bool monitor_entry_holds(const monitor_walk_t *w, uint64_t end, const monitor_entry_t *entry);
bool monitor_fault(const monitor_walk_t *w, unsigned cause);
// How far a walk has to go to meet what is looked for: a cause of a directory is not looked for in page tables.
typedef enum { MONITOR_TO_DDTP, MONITOR_TO_DDT, MONITOR_TO_DC, MONITOR_TO_PC, MONITOR_TO_PAGES } monitor_reach_t;
monitor_reach_t monitor_reach(const monitor_walk_t *w);
// Whether memory held this V=0 between the request's AxVALID and its answer (V=0 is never cached), in a search for faults.
bool monitor_saw_invalid(const monitor_walk_t *w, uint64_t addr, const monitor_candidate_t *c);
unsigned monitor_page_fault(const monitor_walk_t *w);
bool monitor_access_fault(const monitor_walk_t *w);   // whether an access fault of the request is looked for
// Whether this outcome is looked for.
bool monitor_granted(const monitor_walk_t *w, uint64_t spn, unsigned pbmt);
// Whether setting `bits` in this entry is looked for.
bool monitor_updated(const monitor_walk_t *w, const monitor_root_t *root, uint64_t addr, uint64_t old, unsigned bits);
// Whether a guest page fault is looked for; `how`: 0 of the access itself, 1 of an implicit read, 3 of an update of A and D.
bool monitor_guest_faulted(const monitor_walk_t *w, uint64_t gpa, unsigned how);
// PTE_R, PTE_W or PTE_X of the request.
static inline unsigned monitor_right(const monitor_walk_t *w) {
  return w->access->access == 1 ? PTE_X : w->access->access == 2 ? PTE_R : PTE_W;
}
// A translation request sets A, and D where W is (but with NW), in each stage by itself, whatever of its rights it will get.
static inline bool monitor_any_right(const monitor_walk_t *w) {
  return w->goal == MONITOR_FIND_UPDATE && w->access->kind == MONITOR_TRANSLATION;
}
static inline unsigned monitor_due(const monitor_walk_t *w, uint64_t pte, bool store) {
  bool dirty = monitor_any_right(w) ? (pte & PTE_W) && !w->access->nw : store;
  return PTE_A | (dirty ? PTE_D : 0);
}
// Whether this context was not tried in this walk before: what different values of DC and PC say is often the same.
bool monitor_is_new(monitor_walk_t *w, const monitor_context_t *context);
// Notes a word of the walk over current values.
void monitor_push(monitor_walk_t *w, uint64_t addr, monitor_at_t at, const monitor_entry_t *entry);

// ---- monitor_process.c
// From context->pdtp on; context->first is filled from the PC.
bool monitor_process(monitor_walk_t *w, const monitor_context_t *context);
// Whether iosatp.MODE is one that is built (IOMMU spec 3.1.3.4).
bool monitor_first_mode(const monitor_t *m, unsigned mode, bool sxl);

// ---- monitor_first.c
// The context is complete: translates the IOVA.
bool monitor_space(monitor_walk_t *w, const monitor_context_t *context);

// ---- monitor_second.c
typedef bool (*monitor_visit_t)(monitor_walk_t *w, void *argument, uint64_t spa);
// Visits every SPA that a GPA may have for an implicit access; Bare: the GPA itself. A visit that returns true ends it.
bool monitor_implicit(monitor_walk_t *w, const monitor_context_t *context, uint64_t gpa, bool write, monitor_visit_t visit,
                      void *argument);
// The access itself, to a GPA of page gpn, with the memory type of the first stage.
bool monitor_final(monitor_walk_t *w, const monitor_context_t *context, uint64_t gpn, unsigned pbmt);

// ---- monitor_pte.c
typedef enum { MONITOR_PTE_INVALID, MONITOR_PTE_BAD, MONITOR_PTE_TABLE, MONITOR_PTE_LEAF } monitor_pte_kind_t;
typedef struct {
  uint64_t ppn;
  uint8_t kind;        // monitor_pte_kind_t
  uint8_t size_bits;   // of a leaf; of a table 0
  uint8_t pbmt;
} monitor_pte_t;
monitor_pte_t monitor_pte(const monitor_t *m, uint64_t pte, unsigned level, bool sv32);
// An entry as memory holds it, or the other way round (IOMMU spec 3.9).
static inline uint64_t monitor_turn(uint64_t doubleword, bool big) { return big ? __builtin_bswap64(doubleword) : doubleword; }
static inline uint64_t monitor_turn_pte(uint64_t pte, const monitor_root_t *root) {
  return root->big && root->sv32 ? __builtin_bswap32((uint32_t)pte) : monitor_turn(pte, root->big);
}
// The PTE at addr (of 4 or 8 bytes) in its doubleword, of the tables of this root.
static inline uint64_t monitor_pte_of(uint64_t doubleword, uint64_t addr, const monitor_root_t *root) {
  return monitor_turn_pte(root->sv32 ? doubleword >> (addr & 4 ? 32 : 0) & 0xffffffff : doubleword, root);
}
// Whether a doubleword of these tables looks like an entry of a 64 KiB page.
static inline bool monitor_is_napot(uint64_t doubleword, const monitor_root_t *root) {
  uint64_t pte = monitor_turn_pte(doubleword, root);
  return (pte & PTE_V) && pte >> 63;
}
// Page-number bits below an entry of this level.
static inline unsigned monitor_level_bits(unsigned level, bool sv32) { return level * (sv32 ? 10 : 9); }

#endif
