// SPDX-License-Identifier: Apache-2.0
//
// Bare-metal driver of the IOMMU: translation of devices' DMA in one stage or two, per device or per process. C17 without a C
// library.
//
// How it is used:
//   pcl_driver_t driver;
//   pcl_domain_t domain;
//   pcl_init(&driver, &ops, &(pcl_setup_t){.device_id_bits = 24, .log2_commands = 8, .log2_faults = 8});  // denies everything
//   pcl_domain_init(&driver, &domain, 3, pscid);                     // an empty Sv39 address space
//   pcl_map(&driver, &domain, 0x400000, buffer, 0x4000, PCL_MAP_RW); // the device may use IOVA 0x400000..0x403fff
//   pcl_attach(&driver, device_id, &domain, 0);                      // and now it does
//   ...
//   pcl_unmap(&driver, &domain, 0x400000, 0x4000);                   // when this returns, it cannot any more
//
// What a caller may rely on is said at each function. The three rules behind it:
//   1. V from 0 to 1 needs no command: the IOMMU never remembers that something was invalid.
//   2. After any other change the IOMMU may use the old or the new value, until an invalidation that covers it has completed.
//   3. A command has completed when a later IOFENCE.C has. A fence with PR (PW) also waits until reads (writes) that were let
//      through before it have been answered: only then may the memory be used for something else.
//
// With a second stage a VM comes first (pcl_vm.h), and the domain's page table lies in the guest's memory:
//   pcl_vm_init(&driver, &vm, 3, gscid, 0x100000, 0x100000);                // Sv39x4; tables of the guest in GPAs 1M..2M
//   pcl_vm_map(&driver, &vm, 0x80000000, memory, 0x10000000, PCL_MAP_RW);   // the guest's memory
//   pcl_domain_init_guest(&driver, &domain, &vm, 3, pscid);                 // or levels 0: IOVAs are GPAs
//   pcl_map(&driver, &domain, 0x400000, 0x80000000, 0x4000, PCL_MAP_RW);    // IOVA to GPA
// With process contexts a device has a directory of them, and each process_id its domain:
//   pcl_processes_init(&driver, &processes, NULL, 3);                       // process_id of 20 bits
//   pcl_attach_processes(&driver, device_id, &processes, 0);
//   pcl_attach_process(&driver, &processes, process_id, &domain, 0);
// Interrupts by message, counters, debugging: pcl_interrupts.h, pcl_counters.h, pcl_debug.h; byte order of the tables: pcl_ops.h.
// Devices with caches of their own and page requests: pcl_ats.h; interrupt files in memory: pcl_mrif.h.
// Limits: one caller at a time; no Sv32.
#ifndef PCL_DRIVER_H
#define PCL_DRIVER_H

#include "pcl_ats.h"
#include "pcl_command_queue.h"
#include "pcl_counters.h"
#include "pcl_debug.h"
#include "pcl_device_directory.h"
#include "pcl_fault_queue.h"
#include "pcl_interrupts.h"
#include "pcl_mrif.h"
#include "pcl_page_table.h"
#include "pcl_process_directory.h"
#include "pcl_vm.h"

typedef struct {
  uint32_t device_id_bits;  // how many bits of device_id the directory must know
  uint32_t log2_commands;   // size of the command queue, 1..16
  uint32_t log2_faults;     // size of the fault queue, 1..16
  bool interrupts;          // of both queues
  const pcl_irq_message_t *messages;  // how many `vectors` say; NULL: wires
  uint32_t vectors;         // up to PCL_VECTORS; commands and pages call by vector 0, faults by 1, counters by 2, as
                            // far as there are
} pcl_setup_t;

enum { PCL_PAGE_GROUPS = 32 };

// A group of page requests whose last one has not come.
typedef struct {
  bool open;
  uint32_t device_id;
  uint32_t number;
  pcl_page_answer_t answer;  // the worst so far
} pcl_page_group_t;

struct pcl_driver {
  const pcl_ops_t *ops;
  uint64_t capabilities;
  uint32_t vectors;       // that icvec can name
  uint32_t counters;      // of events, besides that of clocks
  uint32_t overflows;     // counters that the interrupt handler found to have overflowed; bit 0: clocks
  bool messages;          // interrupts come by message
  pcl_cmdq_t commands;
  pcl_faultq_t faults;
  pcl_pageq_t pages;      // off until pcl_pageq_enable()
  pcl_page_group_t group[PCL_PAGE_GROUPS];
  pcl_device_directory_t directory;
};

// One address space: a page table of the first stage and the PSCID that the IOMMU's caches know it by. Two domains of the host,
// or of one VM, never share a PSCID.
typedef struct pcl_domain {
  pcl_page_table_t table;  // root 0: first stage Bare
  uint32_t pscid;
  uint64_t page_limit;     // largest page that pcl_map() uses; 0: no limit
  pcl_vm_t *vm;            // the second stage behind it; NULL: Bare
  bool big_endian;         // the page table
} pcl_domain_t;

// A directory of a device's process contexts. One device only: an invalidation of a process context names its device.
typedef struct {
  pcl_process_directory_t table;
  pcl_vm_t *vm;            // that of the device, and of every domain in it; NULL: second stage Bare
  bool big_endian;         // the directory, and every page table in it
} pcl_processes_t;

typedef enum { PCL_DDTP_MODE_OFF = 0, PCL_DDTP_MODE_BARE = 1, PCL_DDTP_MODE_TABLE = 2 } pcl_table_mode_t;

// ---- the IOMMU

// Reads what the IOMMU is. Interrupts come by wire if it has wires, byte order is that of ops, counters stand. While ddtp is Off.
// PCL_E_VERSION, PCL_E_UNSUPPORTED (byte order).
pcl_status_t pcl_probe(pcl_driver_t *driver, const pcl_ops_t *ops);

// Probes, turns on both queues and an empty directory. When it returns PCL_OK every DMA is refused and recorded.
// PCL_E_UNSUPPORTED also if interrupts can come only the other way.
pcl_status_t pcl_init(pcl_driver_t *driver, const pcl_ops_t *ops, const pcl_setup_t *setup);

// Off: all DMA refused. Bare: all DMA passes untranslated. Table: the driver's directory rules. Goes through Off, as the
// specification wants. When it returns the new mode rules every request not yet on the memory side, and no cache holds anything
// from before; wait for a fence with PR and PW if requests that left before matter.
pcl_status_t pcl_set_mode(pcl_driver_t *driver, pcl_table_mode_t mode);

// Puts another directory in the place of the driver's (ddtp goes through Off). The old one is not freed.
pcl_status_t pcl_set_directory(pcl_driver_t *driver, const pcl_device_directory_t *directory);

// ---- devices

// Gives a device a domain. Its DC had V=0, so no command is needed: the next request of the device is translated. PCL_E_MAPPED
// if it is attached already. dc_flags: PCL_DC_DTF, PCL_DC_SADE, PCL_DC_GADE, PCL_DC_EN_ATS, PCL_DC_EN_PRI,
// PCL_DC_PRPR, PCL_DC_T2GPA (PCL_E_UNSUPPORTED without capabilities.AMO_HWAD, ATS, T2GPA). A
// DC of a VM with interrupt files names them.
pcl_status_t pcl_attach(pcl_driver_t *driver, uint32_t device_id, const pcl_domain_t *domain, uint64_t dc_flags);

// The same with a DC of any value, also with QoS IDs (pcl_with_qos()).
pcl_status_t pcl_attach_context(pcl_driver_t *driver, uint32_t device_id, const pcl_device_context_t *context);

// The value of that DC, and of one with a process directory, for those who write directories themselves.
pcl_device_context_t pcl_domain_context(const pcl_domain_t *domain, uint64_t dc_flags);
pcl_device_context_t pcl_processes_context(const pcl_processes_t *processes, uint64_t dc_flags);

// Lets a device pass untranslated. The same otherwise.
pcl_status_t pcl_attach_bypass(pcl_driver_t *driver, uint32_t device_id, uint64_t dc_flags);

// QoS IDs (12 bits each) of what the IOMMU does on its own: directory, queues, messages. PCL_E_UNSUPPORTED without
// capabilities.QOSID.
pcl_status_t pcl_set_qos(pcl_driver_t *driver, uint32_t rcid, uint32_t mcid);

// Takes the device's DC away: INVAL_DDT of the device, IOTINVAL.VMA of what it was translated by (and GVMA of its VM; IOMMU spec
// 7.3.1), a fence with PR and PW. When it returns PCL_OK the device is refused and everything that it was let do before has been
// answered. Its process directory, if it has one, is not freed. PCL_E_ARGUMENT: there is no DC of it.
pcl_status_t pcl_detach(pcl_driver_t *driver, uint32_t device_id);

// The invalidations of that, queued: what has to follow any change of a DC with V=1 whose value was `old`.
pcl_status_t pcl_invalidate_device(pcl_driver_t *driver, uint32_t device_id, const pcl_device_context_t *old);

// ---- processes

// An empty directory for process_ids of 8, 17 or 20 bits: levels 1, 2, 3; with a vm it lies in guest memory. PCL_E_UNSUPPORTED
// (capabilities), PCL_E_ARGUMENT, PCL_E_MEMORY.
pcl_status_t pcl_processes_init(pcl_driver_t *driver, pcl_processes_t *processes, pcl_vm_t *vm, uint32_t levels);

// Frees the directory, not the domains in it. The device has been detached.
void pcl_processes_free(pcl_driver_t *driver, pcl_processes_t *processes);

// Gives a device the directory instead of one domain. dc_flags: as pcl_attach(), and PCL_DC_DPE. Without DPE a request that has
// no process_id goes through the second stage only.
pcl_status_t pcl_attach_processes(pcl_driver_t *driver, uint32_t device_id, const pcl_processes_t *processes, uint64_t dc_flags);

// Gives a process a domain of the same VM. Its PC had V=0, so no command is needed. flags: PCL_PROCESS_ENS, PCL_PROCESS_SUM.
// PCL_E_ARGUMENT (process_id too wide, another VM), PCL_E_MAPPED, PCL_E_MEMORY.
pcl_status_t pcl_attach_process(pcl_driver_t *driver, const pcl_processes_t *processes, uint32_t process_id,
                                const pcl_domain_t *domain, uint64_t flags);

// Takes it away: IODIR.INVAL_PDT, IOTINVAL.VMA of its address space (IOMMU spec 7.3.2), a fence with PR and PW. PCL_E_ARGUMENT:
// there is no PC of it.
pcl_status_t pcl_detach_process(pcl_driver_t *driver, uint32_t device_id, const pcl_processes_t *processes, uint32_t process_id);

// ---- mappings

// levels: 3 Sv39, 4 Sv48, 5 Sv57; PCL_E_UNSUPPORTED if the IOMMU lacks it. pscid: 20 bits.
pcl_status_t pcl_domain_init(pcl_driver_t *driver, pcl_domain_t *domain, uint32_t levels, uint32_t pscid);

// The same behind a second stage: the table lies in guest memory. levels 0: first stage Bare, pcl_map() has nothing to map in,
// the device's IOVAs are GPAs.
pcl_status_t pcl_domain_init_guest(pcl_driver_t *driver, pcl_domain_t *domain, pcl_vm_t *vm, uint32_t levels, uint32_t pscid);

// Frees the tables. No device may be attached.
pcl_status_t pcl_domain_free(pcl_driver_t *driver, pcl_domain_t *domain);

// Maps [iova, iova + bytes) to [pa, ...), GPAs if the domain has a vm, in the largest pages that fit. V goes from 0 to 1, so no
// command is needed: the device may use it at once. Nothing of the range may be mapped: PCL_E_MAPPED (what was added before that
// stays).
pcl_status_t pcl_map(pcl_driver_t *driver, const pcl_domain_t *domain, uint64_t iova, uint64_t pa, uint64_t bytes,
                     uint64_t flags);

// Removes every page of [iova, iova + bytes); holes are fine, a page that reaches beyond is PCL_E_ARGUMENT (nothing is changed
// then). One IOTINVAL.VMA for each page, or for ranges (capabilities.S), or one for the whole address space if there are many;
// without PSCV where pages were global; then a fence with PR and PW. When it returns PCL_OK no device uses the old pages, nor
// ever will: they may be reused.
pcl_status_t pcl_unmap(pcl_driver_t *driver, const pcl_domain_t *domain, uint64_t iova, uint64_t bytes);

// pcl_unmap() without the fence: the invalidations are in the queue when it returns. Follow with pcl_fence().
pcl_status_t pcl_unmap_later(pcl_driver_t *driver, const pcl_domain_t *domain, uint64_t iova, uint64_t bytes);

// Gives page-table pages back that map nothing on the way to iova: IOTINVAL.VMA with AV=0 (pointers may be cached), or with NL=1
// (capabilities.NL), a fence.
pcl_status_t pcl_trim(pcl_driver_t *driver, const pcl_domain_t *domain, uint64_t iova);

// ---- commands

// IOTINVAL.VMA: queued, not awaited.
pcl_status_t pcl_invalidate(pcl_driver_t *driver, const pcl_vma_t *vma);

// IOFENCE.C with these options (PCL_CMD_PR, PCL_CMD_PW, with interrupts by wire PCL_CMD_WSI), awaited: every command before it
// has completed.
pcl_status_t pcl_fence(pcl_driver_t *driver, uint64_t options);

// ---- ports

// Stops a port: its devices' new requests wait at the pins (hold), or are refused without a record (abort: after a hold, for
// in ABORT a busy device's refusals keep the port from being drained). When it returns PCL_OK everything that the port had let
// through has been answered. PCL_E_TIMEOUT: a device does not take its answers; isolate it.
pcl_status_t pcl_quiesce(pcl_driver_t *driver, uint32_t port, bool abort);
pcl_status_t pcl_resume(pcl_driver_t *driver, uint32_t port);

// Cuts a port off whatever its device does: owed write data are made up without a byte enabled, answers are swallowed, requests
// refused. `clocks`: the IOMMU does that by itself when the device makes no progress for so long (0: never).
pcl_status_t pcl_isolate(pcl_driver_t *driver, uint32_t port);
void pcl_set_isolation_time(pcl_driver_t *driver, uint32_t port, uint32_t clocks);
bool pcl_is_isolated(pcl_driver_t *driver, uint32_t port);

// Lets an isolated port work again; the device has been reset in between. Returns when it does.
pcl_status_t pcl_release(pcl_driver_t *driver, uint32_t port);

// ---- faults and interrupts

// Which of software's tables a fault is about, and where in it.
typedef enum {
  PCL_FAULT_NOWHERE,    // no table: mode Off, a request that its context disallows (260), an illegal burst, an isolated port
  PCL_FAULT_DEVICE,     // the device directory
  PCL_FAULT_PROCESS,    // the process directory
  PCL_FAULT_FIRST,      // the first stage: pages 12, 13, 15
  PCL_FAULT_SECOND,     // the second stage: pages 20, 21, 23
  PCL_FAULT_TABLES,     // access faults and corruption while tables of either stage were read: 1, 5, 7, 274
  PCL_FAULT_MSI         // the MSI page table
} pcl_fault_table_t;

typedef struct {
  pcl_fault_event_t event;
  pcl_fault_table_t table;
  uint64_t gpa;         // PCL_FAULT_SECOND: what had no translation; page offset may be 0
  bool implicit;        // of it: the IOMMU itself was reading a first-stage table or a process directory there
  bool implicit_write;  // or setting A or D in a first-stage table
} pcl_fault_report_t;

// Gets a stopped fault queue going again, takes the oldest record and says what it is about. False: there is none.
bool pcl_handle_fault(pcl_driver_t *driver, pcl_fault_report_t *fault);

typedef void (*pcl_fault_handler_t)(void *context, const pcl_fault_event_t *event);

// The interrupt handler (IOMMU spec 7.8): clears ipsr, gets stopped queues going, hands every fault record to `handler`. Returns
// the ipsr bits that were set; with PCL_IPSR_PIP_MASK follow with pcl_handle_page_requests(). May be called without an interrupt,
// to poll.
uint32_t pcl_handle_interrupt(pcl_driver_t *driver, pcl_fault_handler_t handler, void *context);

#endif
