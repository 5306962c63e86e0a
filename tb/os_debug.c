// SPDX-License-Identifier: Apache-2.0
//
// Debug requests (IOMMU spec 6.26 to 6.28), whose answers are compared with the tables as they stand. Everything postponed is
// invalidated first, so that there is one right answer; memory that refuses a read may turn it into a fault, but not for ever.
#include "os_agent.h"

enum { TRIES = 5 };

typedef struct {
  bool fault;
  uint64_t addr;
  uint8_t pbmt;
} expected_t;

static uint64_t page_of(const pcl_leaf_t *leaf, uint64_t addr) {
  return ((leaf->pte << 2 & UINT64_C(0x00fffffffffff000)) & ~(leaf->bytes - 1)) | (addr & (leaf->bytes - 1) & ~(PCL_PAGE - 1));
}

// Whether a leaf of either stage lets a user's request through.
static bool allows(const pcl_leaf_t *leaf, const pcl_debug_request_t *request, bool updates) {
  uint64_t right = request->write ? PCL_MAP_WRITE : request->exec ? PCL_MAP_EXEC : PCL_MAP_READ;
  uint64_t used = PCL_MAP_ACCESSED | (request->write ? PCL_MAP_DIRTY : 0);
  return (leaf->pte & right) && (leaf->pte & PCL_MAP_USER) && (updates || (leaf->pte & used) == used);
}

// One stage: false if it refuses. Only the first type that is not 0 counts.
static bool pass(os_t *os, unsigned space, const pcl_debug_request_t *request, bool updates, expected_t *expected) {
  pcl_leaf_t leaf;
  const pcl_page_table_t *table = os_table(os, space);
  if (!pcl_page_table_canonical(table, expected->addr) ||
      !pcl_page_table_find(os_memory(os, space), table, expected->addr, &leaf) || !allows(&leaf, request, updates)) return false;
  expected->addr = page_of(&leaf, expected->addr);
  if (!expected->pbmt) expected->pbmt = leaf.pte >> 61 & 3;
  return true;
}

// Whether the entry that governs the address was spoiled: what it says then is nobody's business here.
static bool is_broken(const os_t *os, unsigned space, uint64_t addr) {
  for (unsigned i = 0; i < OS_MAPPINGS; i++) {
    const os_mapping_t *m = &os->mapping[i];
    if (m->live && m->broken && !m->msi && m->space == space && addr - m->iova < m->bytes) return true;
  }
  return false;
}

// False: it leads to an interrupt file, or to a guest page whose entry was spoiled.
static bool expect(os_t *os, const os_device_t *device, unsigned space, const pcl_debug_request_t *request,
                   expected_t *expected) {
  pcl_device_context_t context = {0};
  int vm = os_vm_of(os, space);
  pcl_directory_get(&os->ops, &os->directory[os->active], device->device_id, &context);
  *expected = (expected_t){.fault = true, .addr = request->iova};
  if (!os_is_second(space) && !pass(os, space, request, context.tc & PCL_DC_SADE, expected)) return true;
  if (vm >= 0 && pcl_msi_entry(&os->vm[vm].vm, expected->addr)) return false;
  if (vm >= 0 && is_broken(os, OS_DOMAINS + (unsigned)vm, expected->addr)) return false;
  if (vm >= 0 && !pass(os, OS_DOMAINS + (unsigned)vm, request, context.tc & PCL_DC_GADE, expected)) return true;
  expected->fault = false;
  return true;
}

static bool agree(const expected_t *expected, const pcl_debug_request_t *request, const pcl_debug_answer_t *answer) {
  if (expected->fault || answer->fault) return expected->fault == answer->fault;
  return (answer->addr | (request->iova & (answer->bytes - 1) & ~(PCL_PAGE - 1))) == expected->addr &&
         answer->pbmt == expected->pbmt;
}

static void ask(os_t *os, const os_device_t *device, unsigned space, const pcl_debug_request_t *request) {
  expected_t expected;
  pcl_debug_answer_t answer = {0};
  if (!expect(os, device, space, request, &expected)) return;
  for (unsigned tries = 0; tries < TRIES; tries++) {
    os_count_debug(os);
    os_check(os, pcl_debug_translate(&os->driver, request, &answer), "ask for a translation");
    if (agree(&expected, request, &answer)) {
      os_counts()->debug_answers[answer.fault]++;
      return;
    }
    if (!answer.fault) break;
  }
  fail(tb_failure(os->tb),
       "debug request of device_id 0x%x, IOVA 0x%llx: fault %d, 0x%llx of 0x%llx bytes, type %u; by the tables fault %d, "
       "0x%llx, type %u", device->device_id, (unsigned long long)request->iova, answer.fault, (unsigned long long)answer.addr,
       (unsigned long long)answer.bytes, answer.pbmt, expected.fault, (unsigned long long)expected.addr, expected.pbmt);
}

// False: no device uses this page.
static bool ask_for(os_t *os, const os_mapping_t *mapping) {
  for (unsigned i = 0, at = os_below(os, os->devices); i < os->devices; i++, at = (at + 1) % os->devices)
    for (unsigned slot = 0; slot < OS_SLOTS; slot++) {
      const os_device_t *device = &os->device[at];
      bool fits = pcl_directory_fits(&os->directory[os->active], device->device_id);
      if (!fits || os_space_of_user(os, device, slot) != mapping->space || (!slot && device->default_process)) continue;
      pcl_debug_request_t request = {
        .iova = mapping->window + (uint64_t)os_below(os, (uint32_t)(mapping->window_bytes / PCL_PAGE)) * PCL_PAGE,
        .device_id = device->device_id, .write = os_below(os, 3) == 0, .exec = os_below(os, 4) == 0,
      };
      if (slot) request.pv = true, request.process_id = device->process[slot - 1].id;
      os_flush(os);
      ask(os, device, mapping->space, &request);
      return true;
    }
  return false;
}

// Some page that some device uses, of any size.
void os_debug(os_t *os) {
  if (!os_has(os, PCL_CAPABILITIES_DBG_MASK) || os->bare) return;
  for (unsigned tries = 0; tries < 12; tries++) {
    const os_mapping_t *mapping = os_any_mapping(os);
    if (mapping && !mapping->broken && !mapping->msi && ask_for(os, mapping)) return;
  }
}
