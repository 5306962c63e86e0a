// SPDX-License-Identifier: Apache-2.0
//
// Bare-metal driver of the IOMMU: one-stage translation of devices' DMA. C17 without a C library.
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
// Limits: one caller at a time; second stage Bare; no process_id.
#ifndef PCL_DRIVER_H
#define PCL_DRIVER_H

#include "pcl_command_queue.h"
#include "pcl_device_directory.h"
#include "pcl_fault_queue.h"
#include "pcl_page_table.h"

typedef struct {
  uint32_t device_id_bits;  // how many bits of device_id the directory must know
  uint32_t log2_commands;   // size of the command queue, 1..16
  uint32_t log2_faults;     // size of the fault queue, 1..16
  bool interrupts;          // wires for both queues
} pcl_setup_t;

typedef struct {
  const pcl_ops_t *ops;
  uint64_t capabilities;
  uint32_t vectors;       // interrupt wires that icvec can name
  pcl_cmdq_t commands;
  pcl_faultq_t faults;
  pcl_device_directory_t directory;
} pcl_driver_t;

// One address space: a page table and the PSCID that the IOMMU's caches know it by. Two domains never share a PSCID.
typedef struct {
  pcl_page_table_t table;
  uint32_t pscid;
  uint64_t page_limit;  // largest page that pcl_map() uses; 0: no limit
} pcl_domain_t;

typedef enum { PCL_DDTP_MODE_OFF = 0, PCL_DDTP_MODE_BARE = 1, PCL_DDTP_MODE_TABLE = 2 } pcl_table_mode_t;

// ---- the IOMMU

// Reads what the IOMMU is; changes nothing but icvec. PCL_E_VERSION, PCL_E_UNSUPPORTED (no wired interrupts).
pcl_status_t pcl_probe(pcl_driver_t *driver, const pcl_ops_t *ops);

// Probes, turns on both queues and an empty directory. When it returns PCL_OK every DMA is refused and recorded.
pcl_status_t pcl_init(pcl_driver_t *driver, const pcl_ops_t *ops, const pcl_setup_t *setup);

// Off: all DMA refused. Bare: all DMA passes untranslated. Table: the driver's directory rules. Goes through Off, as the
// specification wants. When it returns the new mode rules every request not yet on the memory side, and no cache holds anything
// from before; wait for a fence with PR and PW if requests that left before matter.
pcl_status_t pcl_set_mode(pcl_driver_t *driver, pcl_table_mode_t mode);

// Puts another directory in the place of the driver's (ddtp goes through Off). The old one is not freed.
pcl_status_t pcl_set_directory(pcl_driver_t *driver, const pcl_device_directory_t *directory);

// ---- devices

// Gives a device a domain. Its DC had V=0, so no command is needed: the next request of the device is translated. PCL_E_MAPPED if
// it is attached already. dc_flags: 0 or PCL_DC_DTF.
pcl_status_t pcl_attach(pcl_driver_t *driver, uint32_t device_id, const pcl_domain_t *domain, uint64_t dc_flags);

// Lets a device pass untranslated. The same otherwise.
pcl_status_t pcl_attach_bypass(pcl_driver_t *driver, uint32_t device_id, uint64_t dc_flags);

// Takes the device's DC away: INVAL_DDT of the device, IOTINVAL.VMA of its address space, a fence with PR and PW. When it returns
// PCL_OK the device is refused and everything that it was let do before has been answered.
pcl_status_t pcl_detach(pcl_driver_t *driver, uint32_t device_id);

// ---- mappings

// levels: 3 Sv39, 4 Sv48, 5 Sv57; PCL_E_UNSUPPORTED if the IOMMU lacks it. pscid: 20 bits.
pcl_status_t pcl_domain_init(pcl_driver_t *driver, pcl_domain_t *domain, uint32_t levels, uint32_t pscid);

// Frees the tables. No device may be attached.
pcl_status_t pcl_domain_free(pcl_driver_t *driver, pcl_domain_t *domain);

// Maps [iova, iova + bytes) to [pa, ...) in the largest pages that fit. V goes from 0 to 1, so no command is needed: the
// device may use it at once. Nothing of the range may be mapped: PCL_E_MAPPED (what was added before that stays).
pcl_status_t pcl_map(pcl_driver_t *driver, const pcl_domain_t *domain, uint64_t iova, uint64_t pa, uint64_t bytes,
                     uint64_t flags);

// Removes every page of [iova, iova + bytes); holes are fine, a page that reaches beyond is PCL_E_ARGUMENT (nothing is changed
// then). One IOTINVAL.VMA for each page, or one for the whole address space if there are many; without PSCV where pages were
// global; then a fence with PR and PW. When it returns PCL_OK no device uses the old pages, nor ever will: they may be reused.
pcl_status_t pcl_unmap(pcl_driver_t *driver, const pcl_domain_t *domain, uint64_t iova, uint64_t bytes);

// pcl_unmap() without the fence: the invalidations are in the queue when it returns. Follow with pcl_fence().
pcl_status_t pcl_unmap_later(pcl_driver_t *driver, const pcl_domain_t *domain, uint64_t iova, uint64_t bytes);

// Gives page-table pages back that map nothing on the way to iova: IOTINVAL.VMA with AV=0 (pointers may be cached), a fence.
pcl_status_t pcl_trim(pcl_driver_t *driver, const pcl_domain_t *domain, uint64_t iova);

// ---- commands

// IOTINVAL.VMA: queued, not awaited.
pcl_status_t pcl_invalidate(pcl_driver_t *driver, const pcl_vma_t *vma);

// IOFENCE.C with these options (PCL_CMD_PR, PCL_CMD_PW, PCL_CMD_WSI), awaited: every command before it has completed.
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

// ---- interrupts

typedef void (*pcl_fault_handler_t)(void *context, const pcl_fault_event_t *event);

// The interrupt handler (IOMMU spec 7.8): clears ipsr, gets stopped queues going, hands every fault record to `handler`. Returns
// the ipsr bits that were set. May be called without an interrupt, to poll.
uint32_t pcl_handle_interrupt(pcl_driver_t *driver, pcl_fault_handler_t handler, void *context);

#endif
