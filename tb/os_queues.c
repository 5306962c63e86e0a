// SPDX-License-Identifier: Apache-2.0
//
// The command and fault queues: sizes, storms of commands, commands that are illegal, fault records.
#include "os_agent.h"

static void start_commands(os_t *os, uint32_t log2_entries) {
  bool interrupts = os_below(os, 4) != 0;
  os_check(os, pcl_cmdq_enable(&os->driver.commands, &os->ops, log2_entries, interrupts), "turn the command queue on");
}

static void start_faults(os_t *os, uint32_t log2_entries) {
  bool interrupts = os_below(os, 4) != 0;
  os_check(os, pcl_faultq_enable(&os->driver.faults, &os->ops, log2_entries, interrupts), "turn the fault queue on");
}

static void stop_commands(os_t *os) {
  os_check(os, pcl_cmdq_disable(&os->driver.commands), "turn the command queue off");
  os_forget_fences(os);
}

void os_queues_start(os_t *os, bool gently) {
  uint32_t commands = gently ? 6 : rng_range(&os->rng, 1, 9), faults = gently ? 5 : rng_range(&os->rng, 1, 8);
  start_commands(os, commands);
  start_faults(os, faults);
  os_ats_start(os);
  os_counts()->command_queue_sizes |= 1u << commands;
  os_counts()->fault_queue_sizes |= 1u << faults;
}

void os_queues_stop(os_t *os) {
  os_ats_stop(os);
  stop_commands(os);
  os_check(os, pcl_faultq_disable(&os->driver.faults), "turn the fault queue off");
}

void os_resize_queues(os_t *os) {
  os_queues_stop(os);
  tb_run(os->tb, os_below(os, 300));
  os_queues_start(os, false);
}

static uint64_t any_iova(os_t *os) {
  const os_mapping_t *mapping = os_any_mapping(os);
  return mapping && os_below(os, 4) ? mapping->iova : rng_u64(&os->rng);
}

static uint32_t any_pscid(os_t *os) {
  return os_below(os, 8) ? os->domain[os_below(os, OS_DOMAINS)].domain.pscid : os_below(os, 1u << 20);
}

static uint16_t any_gscid(os_t *os) {
  const os_vm_t *vm = &os->vm[os_below(os, OS_VMS)];
  return vm->live && os_below(os, 8) ? (uint16_t)vm->vm.gscid : (uint16_t)os_below(os, 1u << 16);
}

static pcl_cmd_words_t any_vma(os_t *os, bool gv) {
  pcl_vma_t vma = {.gv = gv, .gscid = gv ? any_gscid(os) : 0, .av = os_below(os, 8) != 0, .pscv = os_below(os, 2),
                   .iova = any_iova(os), .pscid = any_pscid(os)};
  os_widen(os, &vma.bytes, &vma.nl);
  return pcl_cmd_vma(&vma);
}

static pcl_cmd_words_t any_gvma(os_t *os) {
  pcl_gvma_t gvma = {.gv = os_below(os, 8) != 0, .gscid = any_gscid(os), .av = os_below(os, 2), .gpa = any_iova(os)};
  os_widen(os, &gvma.bytes, &gvma.nl);
  return pcl_cmd_gvma(&gvma);
}

// Process_ids up to what the widest directory names.
static pcl_cmd_words_t any_inval_pdt(os_t *os) {
  const os_device_t *device = &os->device[os_below(os, os->devices)];
  unsigned bits = os_has(os, PCL_CAPABILITIES_PD20_MASK) ? 20 : os_has(os, PCL_CAPABILITIES_PD17_MASK) ? 17 : 8;
  if (!os_has(os, PCL_CAPABILITIES_PD8_MASK)) return pcl_cmd_inval_ddt(device->device_id);
  uint32_t id = os_below(os, 2) ? device->process[os_below(os, OS_PROCESSES)].id : os_below(os, 1u << bits);
  return pcl_cmd_inval_pdt(device->device_id, id);
}

// Any legal command, needed or not.
static pcl_cmd_words_t any_command(os_t *os) {
  switch (os_below(os, 16)) {
    case 0: return pcl_cmd_inval_ddt(os->device[os_below(os, os->devices)].device_id);
    case 1: return os_below(os, 4) ? pcl_cmd_inval_ddt(os_below(os, 1u << 24)) : pcl_cmd_inval_ddt_all();
    case 2: return pcl_cmd_fence(os_fence_options(os));
    case 3:
    case 4:
      return pcl_cmd_fence_store(os_fence_options(os), os->scratch + 4 * os_below(os, 1024), (uint32_t)rng_u64(&os->rng));
    case 5:
    case 6: return any_gvma(os);
    case 7:
    case 8: return any_vma(os, true);
    case 9: return any_inval_pdt(os);
    default: return any_vma(os, false);
  }
}

void os_storm(os_t *os) {
  for (unsigned count = 1 + os_below(os, 20); count; count--) {
    pcl_cmd_words_t command = any_command(os);
    os_check(os, pcl_cmdq_put(&os->driver.commands, &command), "queue a command");
  }
  pcl_cmdq_ring(&os->driver.commands);
}

// INVAL_PDT that names no device or a process_id that is too wide, or any where there are no process directories.
static pcl_cmd_words_t illegal_inval_pdt(os_t *os) {
  uint64_t wide = os_has(os, PCL_CAPABILITIES_PD17_MASK) ? UINT64_C(1) << 29 : UINT64_C(1) << 20;  // PID 2^17, 2^8
  if (!os_has(os, PCL_CAPABILITIES_PD8_MASK)) return (pcl_cmd_words_t){{3 | 1 << 7 | PCL_CMD_DV, 0}};
  if (os_has(os, PCL_CAPABILITIES_PD20_MASK) || os_below(os, 2)) return (pcl_cmd_words_t){{3 | 1 << 7, 0}};
  return (pcl_cmd_words_t){{3 | 1 << 7 | PCL_CMD_DV | wide, 0}};
}

// Every way to be illegal (IOMMU spec 4.1): reserved opcodes, functions and bits, and what is not built.
static pcl_cmd_words_t any_illegal(os_t *os, unsigned form) {
  const uint64_t nl = os_has(os, PCL_CAPABILITIES_NL_MASK) ? UINT64_C(1) << 36 : PCL_CMD_NL;
  const uint64_t s = os_has(os, PCL_CAPABILITIES_S_MASK) ? UINT64_C(1) << 7 : PCL_CMD_S;
  const uint64_t vma_reserved[5] = {UINT64_C(1) << 11, nl, UINT64_C(1) << 35, UINT64_C(1) << 43, UINT64_C(1) << 60};
  const uint64_t vma_upper[4] = {1, UINT64_C(1) << 8, s, UINT64_C(1) << 62};
  switch (form) {
    case 0: return (pcl_cmd_words_t){{0, 0}};
    case 1: return (pcl_cmd_words_t){{rng_range(&os->rng, 5, 63), rng_u64(&os->rng)}};
    case 2: return (pcl_cmd_words_t){{rng_range(&os->rng, 64, 127), 0}};
    case 3: return (pcl_cmd_words_t){{1 | (uint64_t)rng_range(&os->rng, 2, 7) << 7, 0}};
    case 4: return (pcl_cmd_words_t){{2 | (uint64_t)rng_range(&os->rng, 1, 7) << 7, 0}};
    case 5: return (pcl_cmd_words_t){{3 | (uint64_t)rng_range(&os->rng, 2, 7) << 7, 0}};
    case 6: return (pcl_cmd_words_t){{1 | vma_reserved[os_below(os, 5)], 0}};
    case 7: return (pcl_cmd_words_t){{1, vma_upper[os_below(os, 4)]}};
    case 8: return (pcl_cmd_words_t){{1 | 1 << 7 | PCL_CMD_PSCV, 0}};
    case 9:
      if (os->messages && os_below(os, 2)) return pcl_cmd_fence(PCL_CMD_WSI);
      return (pcl_cmd_words_t){{2 | UINT64_C(1) << rng_range(&os->rng, 14, 31), 0}};
    case 10: return (pcl_cmd_words_t){{2, UINT64_C(1) << rng_range(&os->rng, 62, 63)}};
    case 11: return (pcl_cmd_words_t){{3 | UINT64_C(1) << rng_range(&os->rng, 10, 31), 0}};
    case 12: return (pcl_cmd_words_t){{3 | UINT64_C(1) << (os_below(os, 2) ? 32 : rng_range(&os->rng, 34, 39)), 0}};
    case 13: return (pcl_cmd_words_t){{3, UINT64_C(1) << os_below(os, 64)}};
    case 14: return illegal_inval_pdt(os);
    default:  // ATS
      return (pcl_cmd_words_t){{4 | (uint64_t)(os_has(os, PCL_CAPABILITIES_ATS_MASK) ? 2 : 0) << 7 |
                                  (uint64_t)os_below(os, 2) << 7, 0}};
  }
}

void os_illegal(os_t *os) {
  unsigned form = os_below(os, OS_ILLEGAL_FORMS + 2);
  pcl_cmd_words_t command;
  if (form < OS_ILLEGAL_FORMS) command = any_illegal(os, form);
  else if (form == OS_ILLEGAL_FORMS) command = pcl_cmd_fence_store(0, AXI_MEM_HOLE | os->scratch, 1);
  else command = pcl_cmd_fence_store(0, rng_u64(&os->rng) | UINT64_C(1) << 60, 1);                         // beyond 56 bits
  if (form < OS_ILLEGAL_FORMS) os_counts()->illegal[form]++;
  os_check(os, pcl_cmdq_submit(&os->driver.commands, &command), "queue a command");
  if (os_below(os, 2)) os_storm(os);
  os_check(os, pcl_fence(&os->driver, 0), "fence");
}

static void note_fault(void *context, const pcl_fault_event_t *event) {
  os_t *os = context;
  (void)os;
  os_counts()->records++;
  if (event->cause == 2049) os_counts()->isolations_seen++;
}

void os_handle_interrupt(os_t *os) {
  os_empty_mailboxes(os);
  pcl_handle_interrupt(&os->driver, note_fault, os);
}

// Now and then nobody looks for a while, and the queue overflows.
void os_faults(os_t *os) {
  if (os->fault_holiday && os->fault_holiday--) return;
  if (os_below(os, 12) == 0) os->fault_holiday = os_below(os, 60);
  if (os_below(os, 4) == 0) pcl_faultq_recover(&os->driver.faults);
  os_handle_interrupt(os);
  os_serve_pages(os);
}
