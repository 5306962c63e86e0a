// SPDX-License-Identifier: Apache-2.0
//
// Process contexts: directories of devices, processes that come and go, contexts and directory entries that must fault.
#include "os_agent.h"

// Where junk processes try.
#define IDENTITY_BASE (UINT64_C(1) << 36)

static const pcl_ops_t *memory_of(os_t *os, const os_device_t *device) {
  return device->vm < 0 ? &os->ops : &os->vm[device->vm].vm.memory;
}

// 0: the default process of a device with DPE.
static uint32_t choose_id(os_t *os, const os_device_t *device) {
  static const uint8_t bits[3] = {8, 17, 20};
  uint32_t width = bits[device->processes.table.levels - 1];
  uint32_t id = os_below(os, 4) ? os_below(os, 1u << width) : os_below(os, 3);
  for (unsigned i = 0; i < OS_PROCESSES; i++)
    if (device->process[i].live && device->process[i].id == id) return choose_id(os, device);
  return id;
}

static int choose_domain(os_t *os, const os_device_t *device) {
  for (unsigned i = 0, at = os_below(os, OS_DOMAINS); i < OS_DOMAINS; i++, at = (at + 1) % OS_DOMAINS)
    if (os->domain[at].live && os_vm_of(os, at) == device->vm) return (int)at;
  return -1;
}

static void publish(os_t *os, os_device_t *device, unsigned slot) {
  os_publish_slot(os, device, slot);
  if (device->process[slot - 1].id == 0) os_publish_slot(os, device, 0);
}

static void withdraw(os_t *os, os_device_t *device, unsigned slot) {
  os_process_t *process = &device->process[slot - 1];
  if (process->serial) target_remove(tb_targets(os->tb, device->port), process->serial);
  process->serial = 0;
  os_withdraw_slot(os, device, slot);
  if (process->id == 0 && device->default_process) os_withdraw_slot(os, device, 0);
}

static void start(os_t *os, os_device_t *device, unsigned slot) {
  os_process_t *process = &device->process[slot - 1];
  int domain = choose_domain(os, device);
  uint64_t flags = os_below(os, 4) ? PCL_PROCESS_ENS | PCL_PROCESS_SUM : rng_u64(&os->rng) & (PCL_PROCESS_ENS | PCL_PROCESS_SUM);
  if (domain < 0) return;
  *process = (os_process_t){.id = choose_id(os, device), .domain = (uint8_t)domain, .supervisor = flags & PCL_PROCESS_ENS};
  if (pcl_attach_process(&os->driver, &device->processes, process->id, &os->domain[domain].domain, flags)) return;
  process->live = true;
  publish(os, device, slot);
  os_counts()->processes++;
}

// Contexts that are misconfigured or lead nowhere. Each has a PSCID of its own.
static void start_junk(os_t *os, os_device_t *device, unsigned slot) {
  os_process_t *process = &device->process[slot - 1];
  uint64_t hole = os_nowhere(os);
  pcl_process_context_t context = pcl_process_context(hole << 12, 3, os_fresh_pscid(os), 0);
  switch (os_below(os, 5)) {
    case 0: context.ta |= UINT64_C(1) << rng_range(&os->rng, 3, 11); break;
    case 1: context.ta |= UINT64_C(1) << rng_range(&os->rng, 32, 63); break;
    case 2: context.fsc |= UINT64_C(1) << rng_range(&os->rng, 44, 59); break;
    case 3: context.fsc = (uint64_t)os_below(os, 16) << 60 | hole; break;
    default: break;
  }
  *process = (os_process_t){.id = choose_id(os, device), .junk = true};
  if (pcl_process_directory_put(memory_of(os, device), &device->processes.table, process->id, &context)) return;
  process->live = true;
  process->serial = target_add(tb_targets(os->tb, device->port), &(dma_target_t){
    .iova = IDENTITY_BASE, .bytes = PCL_NAPOT_PAGE, .device_id = device->device_id, .read = true, .write = true, .pv = true,
    .process_id = process->id});
  os_counts()->junk_contexts++;
}

// IOMMU spec 7.3.2, sometimes with the whole device in the place of the process.
static void stop(os_t *os, os_device_t *device, unsigned slot) {
  os_process_t *process = &device->process[slot - 1];
  const pcl_ops_t *memory = memory_of(os, device);
  pcl_process_context_t old = {0};
  bool told = os_below(os, 2);
  if (told) withdraw(os, device, slot);
  pcl_process_directory_get(memory, &device->processes.table, process->id, &old);
  pcl_process_directory_clear(memory, &device->processes.table, process->id);
  pcl_cmd_words_t command = os_below(os, 4) ? pcl_cmd_inval_pdt(device->device_id, process->id)
                                            : pcl_cmd_inval_ddt(device->device_id);
  os_put(os, &command);
  pcl_vma_t vma = {.gv = device->vm >= 0, .pscv = os_below(os, 4) != 0, .pscid = old.ta >> 12 & 0xfffff};
  if (vma.gv) vma.gscid = (uint16_t)os->vm[device->vm].vm.gscid;
  os_check(os, pcl_invalidate(&os->driver, &vma), "invalidate");
  if (os_below(os, 2)) os_check(os, pcl_fence(&os->driver, os_fence_options(os)), "fence");
  if (!told) withdraw(os, device, slot);
  process->live = false;
}

void os_processes_attach(os_t *os, os_device_t *device) {
  uint32_t levels = 1 + os_below(os, 3);
  while (!(os->driver.capabilities >> (levels + 37) & 1)) levels--;  // PD8, PD17, PD20: bits 38, 39, 40
  unsigned vm = os_below(os, OS_VMS + 2);
  device->vm = vm < OS_VMS && os->vm[vm].live ? (int8_t)vm : -1;
  device->state = OS_WITH_PROCESSES;
  device->default_process = os_below(os, 2);
  for (unsigned i = 0; i < OS_PROCESSES; i++) device->process[i] = (os_process_t){0};
  os_check(os, pcl_processes_init(&os->driver, &device->processes, device->vm < 0 ? NULL : &os->vm[device->vm].vm, levels),
           "make a process directory");
  for (unsigned i = os_below(os, OS_PROCESSES + 1); i; i--) start(os, device, i);
  uint64_t flags = os_context_flags(os) | (device->default_process ? PCL_DC_DPE : 0);
  pcl_device_context_t context = pcl_processes_context(&device->processes, flags);
  os_put_context(os, device, &context);
  os_publish_device(os, device);
  os_counts()->directories[levels - 1]++;
}

// The device's context is gone from the tables and from every cache.
void os_processes_free(os_t *os, os_device_t *device) {
  for (unsigned i = 0; i < OS_PROCESSES; i++) device->process[i] = (os_process_t){0};
  pcl_processes_free(&os->driver, &device->processes);
}

void os_leave_domain(os_t *os, unsigned domain) {
  for (unsigned i = 0; i < os->devices; i++)
    for (unsigned slot = 1; slot < OS_SLOTS && os->device[i].state == OS_WITH_PROCESSES; slot++) {
      const os_process_t *process = &os->device[i].process[slot - 1];
      if (process->live && !process->junk && process->domain == domain) stop(os, &os->device[i], slot);
    }
}

static os_device_t *any_device(os_t *os) {
  for (unsigned i = 0, at = os_below(os, os->devices); i < os->devices; i++, at = (at + 1) % os->devices)
    if (os->device[at].state == OS_WITH_PROCESSES) return &os->device[at];
  return NULL;
}

void os_change_process(os_t *os) {
  os_device_t *device = any_device(os);
  unsigned slot = 1 + os_below(os, OS_PROCESSES);
  if (!device) return;
  if (device->process[slot - 1].live) stop(os, device, slot);
  if (os_below(os, 4) == 0) return;
  if (os_below(os, 4)) start(os, device, slot);
  else start_junk(os, device, slot);
}

// A non-leaf entry of a process directory: not valid, spoiled or leading nowhere for a while (IOMMU spec 7.3.2).
void os_break_processes(os_t *os) {
  os_device_t *device = any_device(os);
  if (!device || device->processes.table.levels == 1) return;
  const pcl_ops_t *memory = memory_of(os, device);
  uint32_t id = device->process[os_below(os, OS_PROCESSES)].id, level = 1 + os_below(os, device->processes.table.levels - 1);
  uint64_t entry = pcl_process_directory_entry(memory, &device->processes.table, id, level, false);
  uint64_t old = entry ? pcl_load(memory, entry) : 0;
  const uint64_t values[3] = {
    old & ~PCL_PROCESS_VALID, old | UINT64_C(1) << (os_below(os, 2) ? rng_range(&os->rng, 1, 9) : rng_range(&os->rng, 54, 63)),
    os_nowhere(os) << 10 | PCL_PROCESS_VALID,
  };
  if (!(old & PCL_PROCESS_VALID)) return;
  pcl_cmd_words_t command = pcl_cmd_inval_ddt(device->device_id);
  pcl_store(memory, entry, values[os_below(os, 3)]);
  os_put(os, &command);
  pcl_cmdq_ring(&os->driver.commands);
  tb_run(os->tb, os_below(os, 1500));
  pcl_store(memory, entry, old);
  os_put(os, &command);
  pcl_cmdq_ring(&os->driver.commands);
  os_counts()->broken_entries++;
}
