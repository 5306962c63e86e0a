// SPDX-License-Identifier: Apache-2.0
//
// What the tests of the untimed model share: a small sparse memory, a machine with one device, and table builders.
// Every address not written reads 0; an address may be marked as answering with an access fault or poison.
#ifndef PCL_ARCH_TEST_H
#define PCL_ARCH_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "arch/caps.h"
#include "arch/causes.h"
#include "arch/dc.h"
#include "arch/pte.h"
#include "arch/walk.h"

#define TEST_WORDS 512
#define TEST_TRACE 64

typedef struct {
  uint64_t addr;
  uint64_t value;
  uint8_t status;         // of a read
  uint8_t update_status;  // of an update
} test_word_t;

typedef struct {
  test_word_t word[TEST_WORDS];
  unsigned words;
  unsigned reads;
  unsigned writes;
  unsigned accesses;
  uint64_t last_read;
  pcl_access_t trace[TEST_TRACE];  // the first accesses
} test_memory_t;

typedef struct {
  pcl_regs_t regs;
  pcl_request_t request;
  test_memory_t memory;
} machine_t;

// Tables of the machine: PPNs of the directory levels and of the first-stage tables by level.
enum { DDT_PPN = 0x100, PT_PPN = 0x200, FRAME_PPN = 0x12345 };

#define CAPS_FULL \
  (0x10 | PCL_CAP_SV39 | PCL_CAP_SV48 | PCL_CAP_SV57 | PCL_CAP_SVPBMT | (UINT64_C(56) << 32))
#define LEAF_RWX (PCL_PTE_V | PCL_PTE_R | PCL_PTE_W | PCL_PTE_X | PCL_PTE_U | PCL_PTE_A | PCL_PTE_D)

static inline test_word_t *memory_word(test_memory_t *memory, uint64_t addr) {
  for (unsigned i = 0; i < memory->words; i++) {
    if (memory->word[i].addr == addr) return &memory->word[i];
  }
  assert_true(memory->words < TEST_WORDS);
  memory->word[memory->words] = (test_word_t){.addr = addr};
  return &memory->word[memory->words++];
}

static inline void memory_set(test_memory_t *memory, uint64_t addr, uint64_t value) {
  memory_word(memory, addr)->value = value;
}

static inline void memory_break(test_memory_t *memory, uint64_t addr, pcl_mem_status_t status) {
  memory_word(memory, addr)->status = (uint8_t)status;
}

static inline void memory_update(test_memory_t *memory, const pcl_access_t *access, pcl_response_t *response) {
  test_word_t *word = memory_word(memory, access->addr & ~UINT64_C(7));
  const unsigned shift = access->bytes == 4 ? (unsigned)(access->addr & 4) * 8 : 0;
  const uint64_t mask = (access->bytes == 4 ? UINT32_MAX : UINT64_MAX) << shift;
  memory->writes++;
  response->status = word->update_status;
  if (response->status != PCL_MEM_OK) return;
  if ((word->value & mask) >> shift != access->old_value) {
    response->status = PCL_MEM_CHANGED;
    return;
  }
  word->value = (word->value & ~mask) | access->new_value << shift;
}

static inline void memory_read(void *context, const pcl_access_t *access, pcl_response_t *response) {
  test_memory_t *memory = context;
  if (memory->accesses < TEST_TRACE) memory->trace[memory->accesses] = *access;
  memory->accesses++;
  if (access->update) {
    memory_update(memory, access, response);
    return;
  }
  memory->reads++;
  memory->last_read = access->addr;
  response->status = PCL_MEM_OK;
  for (unsigned i = 0; i < access->beats; i++) {
    const test_word_t *word = memory_word(memory, (access->addr & ~UINT64_C(7)) + 8 * i);
    response->data[i] = word->value;
    if (word->status > response->status) response->status = word->status;
  }
}

static inline uint64_t pte_of(uint64_t ppn, uint64_t flags) { return ppn << 10 | flags; }
static inline uint64_t fsc_of(unsigned mode, uint64_t ppn) { return (uint64_t)mode << 60 | ppn; }

// Address of the base-format DC of a device in the leaf directory of a machine.
static inline uint64_t dc_addr(uint32_t device_id) { return ((uint64_t)DDT_PPN << 12) + (device_id & 0x7f) * 32; }

static inline void set_dc(machine_t *machine, uint64_t tc, uint64_t fsc) {
  const uint64_t addr = dc_addr(machine->request.device_id);
  memory_set(&machine->memory, addr, tc);
  memory_set(&machine->memory, addr + 24, fsc);
}

// One-level directory, device 5 with a valid base-format DC: PSCID 0x77, Sv39 root at PT_PPN + 2.
static inline void machine_init(machine_t *machine) {
  memset(machine, 0, sizeof *machine);
  machine->regs = (pcl_regs_t){.capabilities = CAPS_FULL, .ddtp = (uint64_t)DDT_PPN << 10 | PCL_DDTP_1LVL};
  machine->request = (pcl_request_t){.device_id = 5, .iova = 0x40203456};
  set_dc(machine, PCL_TC_V, fsc_of(PCL_IOSATP_SV39, PT_PPN + 2));
  memory_set(&machine->memory, dc_addr(5) + 16, UINT64_C(0x77) << 12);
}

// Address of the PTE of `level` that translates the machine's IOVA; the table of each level is at PT_PPN + level.
static inline uint64_t pte_addr(const machine_t *machine, unsigned level) {
  return ((uint64_t)(PT_PPN + level) << 12) + (machine->request.iova >> (12 + 9 * level) & 0x1ff) * 8;
}

// Maps the machine's IOVA by a leaf at `level`, with pointers above it from `root`.
static inline void map(machine_t *machine, unsigned root, unsigned level, uint64_t leaf) {
  for (unsigned i = root; i > level; i--) {
    memory_set(&machine->memory, pte_addr(machine, i), pte_of(PT_PPN + i - 1, PCL_PTE_V));
  }
  memory_set(&machine->memory, pte_addr(machine, level), leaf);
}

static inline pcl_outcome_t translate(machine_t *machine) {
  machine->memory.reads = 0;
  machine->memory.writes = 0;
  machine->memory.accesses = 0;
  return pcl_translate(&machine->regs, &machine->request, memory_read, &machine->memory);
}

// Asserts that the request faults with this cause and returns the fault.
static inline pcl_fault_t expect_fault(machine_t *machine, unsigned cause) {
  const pcl_outcome_t outcome = translate(machine);
  assert_true(outcome.faulted);
  assert_int_equal(outcome.fault.cause, cause);
  assert_int_equal(outcome.fault.iotval, machine->request.iova);
  assert_int_equal(outcome.fault.iotval2, 0);
  return outcome.fault;
}

// Asserts that the request is granted and returns the translation.
static inline pcl_translation_t expect_grant(machine_t *machine) {
  const pcl_outcome_t outcome = translate(machine);
  if (outcome.faulted) print_error("unexpected cause %u\n", outcome.fault.cause);
  assert_false(outcome.faulted);
  assert_true(pcl_translation_allows(&outcome.translation, &machine->request));
  return outcome.translation;
}

static inline void expect_identity(machine_t *machine) {
  const pcl_translation_t translation = expect_grant(machine);
  assert_int_equal(translation.size, PCL_SIZE_IDENTITY);
  assert_int_equal(translation.ppn, 0);
  assert_int_equal(translation.pscid, 0);
  assert_true(translation.r && translation.w && translation.x);
  assert_int_equal(pcl_translation_spa(&translation, machine->request.iova), machine->request.iova);
}

#endif
