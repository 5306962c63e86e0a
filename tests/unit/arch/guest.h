// SPDX-License-Identifier: Apache-2.0
//
// A machine with a guest: device 5 has an extended-format DC with both stages (Sv39 under Sv39x4), GSCID 0x99, PSCID 0x77.
//
//   IOVA --first stage--> FRAME_GPN --second stage--> FRAME_PPN
//   The guest's tables (first stage, process directory) lie at GPA pages below 0x1000, each at its SPA page plus TABLE_OFFSET.
#ifndef PCL_ARCH_GUEST_H
#define PCL_ARCH_GUEST_H

#include "arch/pc.h"
#include "arch_test.h"

enum {
  G_ROOT = 0x400,  // four pages
  G_L1 = 0x410,
  G_L0 = 0x420,    // one for each 2 MiB of guest physical addresses
  FRAME_GPN = 0x845,
  TABLE_OFFSET = 0x1000,
  PDT_PPN = 0x300,
  MSI_PPN = 0x500,
  GSCID = 0x99,
  PSCID = 0x77
};

#define CAPS_GUEST \
  (CAPS_FULL | PCL_CAP_SV39X4 | PCL_CAP_SV48X4 | PCL_CAP_SV57X4 | PCL_CAP_MSI_FLAT | PCL_CAP_PD8 | PCL_CAP_PD17 | PCL_CAP_PD20)
#define LEAF_G LEAF_RWX

typedef struct {
  machine_t m;
  pcl_dc_t dc;
} guest_t;

static inline uint64_t iohgatp_of(unsigned mode, uint64_t ppn) { return (uint64_t)mode << 60 | (uint64_t)GSCID << 44 | ppn; }

static inline uint64_t guest_dc_addr(void) { return ((uint64_t)DDT_PPN << 12) + 5 * 64; }

// Writes guest->dc to memory.
static inline void guest_set_dc(guest_t *guest) {
  const uint64_t *dw = &guest->dc.tc;
  for (unsigned i = 0; i < 8; i++) memory_set(&guest->m.memory, guest_dc_addr() + 8 * i, dw[i]);
}

// Address of the second-stage PTE of a level for a GPA (below 1 GiB).
static inline uint64_t gpte_addr(uint64_t gpa, unsigned level) {
  const uint64_t index = gpa >> (12 + 9 * level);
  if (level == 2) return ((uint64_t)G_ROOT << 12) + index * 8;
  const uint64_t ppn = level == 1 ? G_L1 : G_L0 + (gpa >> 21);
  return (ppn << 12) + (index & 0x1ff) * 8;
}

// Maps a guest page by a leaf of this level and the pointers above it.
static inline void guest_g_map(guest_t *guest, uint64_t gpn, unsigned level, uint64_t leaf) {
  const uint64_t gpa = gpn << 12;
  if (level < 2) memory_set(&guest->m.memory, gpte_addr(gpa, 2), pte_of(G_L1, PCL_PTE_V));
  if (level < 1) memory_set(&guest->m.memory, gpte_addr(gpa, 1), pte_of(G_L0 + (gpa >> 21), PCL_PTE_V));
  memory_set(&guest->m.memory, gpte_addr(gpa, level), leaf);
}

// SPA of a word of a guest's table, given its GPA.
static inline uint64_t table_spa(uint64_t gpa) { return gpa + ((uint64_t)TABLE_OFFSET << 12); }

// GPA of the first-stage PTE of a level for the IOVA.
static inline uint64_t s1_gpa(const guest_t *guest, unsigned level) { return pte_addr(&guest->m, level); }

// Maps the IOVA by a first-stage leaf of this level.
static inline void guest_map(guest_t *guest, unsigned level, uint64_t leaf) {
  for (unsigned i = 2; i > level; i--) {
    memory_set(&guest->m.memory, table_spa(s1_gpa(guest, i)), pte_of(PT_PPN + i - 1, PCL_PTE_V));
  }
  memory_set(&guest->m.memory, table_spa(s1_gpa(guest, level)), leaf);
}

static inline void guest_init(guest_t *guest) {
  memset(guest, 0, sizeof *guest);
  guest->m.regs = (pcl_regs_t){.capabilities = CAPS_GUEST, .ddtp = (uint64_t)DDT_PPN << 10 | PCL_DDTP_1LVL};
  guest->m.request = (pcl_request_t){.device_id = 5, .iova = 0x40203456};
  guest->dc = (pcl_dc_t){
    .tc = PCL_TC_V,
    .iohgatp = iohgatp_of(PCL_IOHGATP_SV39X4, G_ROOT),
    .ta = (uint64_t)PSCID << 12,
    .fsc = fsc_of(PCL_IOSATP_SV39, PT_PPN + 2),
  };
  guest_set_dc(guest);
  for (unsigned i = 0; i < 5; i++) {
    guest_g_map(guest, PT_PPN + i, 0, pte_of(PT_PPN + i + TABLE_OFFSET, LEAF_G));
    guest_g_map(guest, PDT_PPN + i, 0, pte_of(PDT_PPN + i + TABLE_OFFSET, LEAF_G));
  }
  guest_g_map(guest, FRAME_GPN, 0, pte_of(FRAME_PPN, LEAF_G));
  guest_map(guest, 0, pte_of(FRAME_GPN, LEAF_RWX));
}

// Sets tc beyond V, and writes the DC.
static inline void guest_tc(guest_t *guest, uint64_t tc) {
  guest->dc.tc = PCL_TC_V | tc;
  guest_set_dc(guest);
}

static inline void guest_first_stage_bare(guest_t *guest) {
  guest->dc.fsc = 0;
  guest_set_dc(guest);
}

// The request by type: read, read for execute, write.
static inline void as_access(guest_t *guest, unsigned type) {
  guest->m.request.exec = type == 1;
  guest->m.request.write = type == 2;
}

// Causes by that type.
static inline unsigned access_cause(unsigned type) {
  static const uint8_t cause[] = {PCL_CAUSE_READ_ACCESS, PCL_CAUSE_INSTR_ACCESS, PCL_CAUSE_WRITE_ACCESS};
  return cause[type];
}

static inline unsigned page_cause(unsigned type) {
  static const uint8_t cause[] = {PCL_CAUSE_READ_PAGE, PCL_CAUSE_INSTR_PAGE, PCL_CAUSE_WRITE_PAGE};
  return cause[type];
}

static inline unsigned guest_page_cause(unsigned type) {
  static const uint8_t cause[] = {PCL_CAUSE_READ_GUEST_PAGE, PCL_CAUSE_INSTR_GUEST_PAGE, PCL_CAUSE_WRITE_GUEST_PAGE};
  return cause[type];
}

// Asserts cause and iotval2.
static inline pcl_fault_t expect_fault2(guest_t *guest, unsigned cause, uint64_t iotval2) {
  const pcl_outcome_t outcome = translate(&guest->m);
  assert_true(outcome.faulted);
  assert_int_equal(outcome.fault.cause, cause);
  assert_int_equal(outcome.fault.iotval, guest->m.request.iova);
  assert_int_equal(outcome.fault.iotval2, iotval2);
  return outcome.fault;
}

// Asserts the kinds and addresses of the accesses of the last translation, in order.
typedef struct {
  uint8_t kind;
  uint64_t addr;
} expected_access_t;

static inline void expect_accesses(const guest_t *guest, const expected_access_t *expected, unsigned count) {
  assert_int_equal(guest->m.memory.accesses, count);
  for (unsigned i = 0; i < count; i++) {
    assert_int_equal(guest->m.memory.trace[i].kind, expected[i].kind);
    assert_int_equal(guest->m.memory.trace[i].addr, expected[i].addr);
  }
}

// Appends the three reads that translate a GPA.
static inline unsigned expect_gpa(expected_access_t *expected, unsigned count, uint64_t gpa) {
  for (unsigned level = 3; level-- > 0;) expected[count++] = (expected_access_t){PCL_ACCESS_GPTE, gpte_addr(gpa, level)};
  return count;
}

#endif
