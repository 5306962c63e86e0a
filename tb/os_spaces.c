// SPDX-License-Identifier: Apache-2.0
//
// Spaces: the first stages of domains and the second stages of VMs, and where in them pages may lie.
#include "os_agent.h"

bool os_space_live(const os_t *os, unsigned space) {
  return os_is_second(space) ? os->vm[space - OS_DOMAINS].live : os->domain[space].live && os->domain[space].domain.table.root;
}

// A third second stages, where there are any: behind a first stage they have to map much.
int os_any_space(os_t *os) {
  bool second = os->vm[0].live && os_below(os, 3) == 0;
  unsigned space = second ? OS_DOMAINS + os_below(os, OS_VMS) : os_below(os, OS_DOMAINS);
  return os_space_live(os, space) ? (int)space : -1;
}

const pcl_page_table_t *os_table(const os_t *os, unsigned space) {
  return os_is_second(space) ? &os->vm[space - OS_DOMAINS].vm.table : &os->domain[space].domain.table;
}

int os_vm_of(const os_t *os, unsigned space) {
  if (os_is_second(space)) return (int)(space - OS_DOMAINS);
  const pcl_vm_t *vm = os->domain[space].domain.vm;
  for (unsigned i = 0; vm && i < OS_VMS; i++)
    if (vm == &os->vm[i].vm) return (int)i;
  return -1;
}

const pcl_ops_t *os_memory(const os_t *os, unsigned space) {
  int vm = os_is_second(space) ? -1 : os_vm_of(os, space);
  return vm < 0 ? &os->ops : &os->vm[vm].vm.memory;
}

int os_space_of_domain(const os_t *os, unsigned domain) {
  if (!os->domain[domain].live) return -1;
  if (os->domain[domain].domain.table.root) return (int)domain;
  int vm = os_vm_of(os, domain);
  return vm < 0 ? -1 : OS_DOMAINS + vm;
}

// A device with processes has, without a process_id, the domain of process 0 (DPE) or the second stage only.
int os_space_of_user(const os_t *os, const os_device_t *device, unsigned slot) {
  if (slot == 0 && device->state == OS_ATTACHED) return os_space_of_domain(os, device->domain);
  if (device->state != OS_WITH_PROCESSES) return -1;
  if (slot) return device->process[slot - 1].live && !device->process[slot - 1].junk
                     ? os_space_of_domain(os, device->process[slot - 1].domain)
                     : -1;
  if (!device->default_process) return device->vm < 0 ? -1 : OS_DOMAINS + device->vm;
  for (unsigned i = 0; i < OS_PROCESSES; i++)
    if (device->process[i].live && device->process[i].id == 0) return os_space_of_user(os, device, i + 1);
  return -1;
}

static bool meet(uint64_t a, uint64_t a_bytes, uint64_t b, uint64_t b_bytes) {
  return a <= b + (b_bytes - 1) && b <= a + (a_bytes - 1);
}

bool os_overlaps(const os_t *os, unsigned space, uint64_t addr, uint64_t bytes) {
  for (unsigned i = 0; i < OS_MAPPINGS; i++) {
    const os_mapping_t *other = &os->mapping[i];
    if (other->live && other->space == space && !other->msi && meet(addr, bytes, other->iova, other->bytes)) return true;
  }
  return false;
}

// Whether a page may be put there: translatable, nothing mapped, not in the window of the guest's tables.
bool os_allowed(const os_t *os, unsigned space, uint64_t addr, uint64_t bytes) {
  if (!pcl_page_table_canonical(os_table(os, space), addr) || os_overlaps(os, space, addr, bytes)) return false;
  if (!os_is_second(space)) return true;
  const pcl_vm_t *vm = &os->vm[space - OS_DOMAINS].vm;
  return !meet(addr, bytes, vm->window, vm->end - vm->window);
}

// A few neighbourhoods, so that pages share tables, and both halves of a first stage's address space.
uint64_t os_choose_address(os_t *os, unsigned space, uint64_t bytes) {
  static const uint64_t neighbourhood[4] = {0, UINT64_C(0x40000000), UINT64_C(0x3fc0000000), ~UINT64_C(0) << 30};
  const pcl_page_table_t *table = os_table(os, space);
  unsigned bits = 12 + 9 * table->levels + (table->second ? 2 : 0);
  uint64_t base = neighbourhood[os_below(os, 4)], step = bytes < UINT64_C(0x200000) ? bytes : UINT64_C(0x200000);
  if (!os_below(os, 16)) base = (uint64_t)((int64_t)(rng_u64(&os->rng) << 1) >> (64 - bits));
  base += (uint64_t)os_below(os, 3) * UINT64_C(0x200000) + os_below(os, 48) * step;
  if (table->second) base &= (UINT64_C(1) << bits) - 1;
  return base & ~(bytes - 1);
}

uint64_t os_size_of(unsigned size) {
  return size == 0 ? PCL_PAGE : size == 1 ? PCL_NAPOT_PAGE : pcl_level_bytes(size - 1);
}

// Each size has its own region, far from the pool.
uint64_t os_choose_frame(os_t *os, unsigned size) {
  static const uint64_t region[OS_SIZES] = {
    UINT64_C(1) << 37, UINT64_C(1) << 38, UINT64_C(5) << 36, UINT64_C(1) << 40, UINT64_C(1) << 45, UINT64_C(1) << 52,
  };
  return region[size] + os_below(os, size == 0 ? 256 : 4) * os_size_of(size);
}

static const os_mapping_t *mapping_in(os_t *os, unsigned space) {
  for (unsigned i = 0, at = os_below(os, OS_MAPPINGS); i < OS_MAPPINGS; i++, at = (at + 1) % OS_MAPPINGS)
    if (os->mapping[at].live && os->mapping[at].space == space) return &os->mapping[at];
  return NULL;
}

// Where a page leads: memory, or for the first stage of a VM a guest page, mostly one of which the second stage maps a part.
uint64_t os_choose_target(os_t *os, unsigned space, unsigned size, os_part_t *part) {
  int vm = os_is_second(space) ? -1 : os_vm_of(os, space);
  *part = (os_part_t){0};
  if (vm < 0) return os_choose_frame(os, size);
  unsigned second = OS_DOMAINS + (unsigned)vm;
  const os_mapping_t *inside = mapping_in(os, second);
  uint64_t bytes = os_size_of(size);
  if (!inside || !os_below(os, 20)) return os_choose_address(os, second, bytes);
  if (!os_below(os, 60)) return inside->iova | UINT64_C(1) << 55;  // wider than any GPA, or than this one
  uint64_t gpa = inside->window;
  if (bytes < inside->window_bytes) gpa += os_below(os, (uint32_t)(inside->window_bytes / bytes)) * bytes;
  else *part = (os_part_t){.offset = gpa & (bytes - 1), .bytes = inside->window_bytes};
  return gpa & ~(bytes - 1);
}
