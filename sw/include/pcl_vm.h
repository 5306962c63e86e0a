// SPDX-License-Identifier: Apache-2.0
//
// A virtual machine: the second stage that its devices go through. It translates GPAs to addresses of memory, and GPAs of
// interrupt files by MSI page table entries (IOMMU spec 3.1.3, 3.3.3; privileged spec, "Two-Stage Address Translation").
//
// Guest memory. The tables that a guest's devices are translated by in the first stage, and process directories, lie in the
// guest's memory: all addresses in them, and in fsc, are GPAs. Here they lie in a window of GPAs that the VM sets aside; its
// pages are given memory as they are needed. `memory` makes the window look like any other memory: load64 and store64
// take GPAs, page_alloc and page_free give GPAs. What a guest does to its own tables harms nobody but itself.
//
// Changes follow the same rules as those of the first stage (pcl_driver.h): V from 0 to 1 needs no command; everything else an
// IOTINVAL.GVMA and a fence (IOMMU spec 7.3.3, 7.3.4).
#ifndef PCL_VM_H
#define PCL_VM_H

#include "pcl_commands.h"
#include "pcl_page_table.h"

typedef struct pcl_driver pcl_driver_t;

// Interrupt files: GPAs whose page number equals `pattern` in all bits that are 0 in `mask`. File number: the mask's bits of the
// page number, packed.
typedef struct {
  uint64_t root;     // table of 2^(ones of mask) entries of 16 bytes; 0: no interrupt files
  uint64_t mask;
  uint64_t pattern;
} pcl_msi_table_t;

// Stays where it is from init to free.
typedef struct {
  pcl_page_table_t table;     // second stage
  uint32_t gscid;             // 16 bits; two VMs never share one
  uint64_t page_limit;        // largest page that pcl_vm_map() uses; 0: no limit
  pcl_msi_table_t msi;
  const pcl_ops_t *host;
  pcl_ops_t memory;           // guest memory; only load64, store64, page_alloc (one page), page_free; big_endian is
                              // the driver's, or changed before the first table: of a guest of the other byte order
  uint64_t window, next, end; // GPAs: the window, the first page never used, behind the window
  uint64_t freed;             // GPA of a page of the window that was given back and holds the next one's; 0: none
} pcl_vm_t;

// An empty VM. levels: 3 Sv39x4, 4 Sv48x4, 5 Sv57x4. Tables of the guest may take GPAs [window, window + window_bytes),
// multiples of 4 KiB, above 0. PCL_E_ARGUMENT, PCL_E_UNSUPPORTED (capabilities), PCL_E_MEMORY.
pcl_status_t pcl_vm_init(pcl_driver_t *driver, pcl_vm_t *vm, uint32_t levels, uint32_t gscid, uint64_t window,
                         uint64_t window_bytes);

// Frees the tables and the memory of the window. No device may be attached; everything of the VM is invalidated.
pcl_status_t pcl_vm_free(pcl_driver_t *driver, pcl_vm_t *vm);

// Maps GPAs [gpa, gpa + bytes) to [spa, ...): PCL_MAP_* with PCL_MAP_USER. No command is needed: the VM's devices may use them at
// once. PCL_E_MAPPED if something of the range is; PCL_E_ARGUMENT also for the window.
pcl_status_t pcl_vm_map(pcl_driver_t *driver, pcl_vm_t *vm, uint64_t gpa, uint64_t spa, uint64_t bytes, uint64_t flags);

// Removes every page of the range; not of the window. IOTINVAL.GVMA for each page, or fewer that reach further; then a fence
// with PR and PW: the memory may be used for something else when it returns PCL_OK.
pcl_status_t pcl_vm_unmap(pcl_driver_t *driver, pcl_vm_t *vm, uint64_t gpa, uint64_t bytes);

// The same without the fence: the invalidations are queued.
pcl_status_t pcl_vm_unmap_later(pcl_driver_t *driver, pcl_vm_t *vm, uint64_t gpa, uint64_t bytes);

// Gives second-stage tables back that map nothing on the way to gpa.
pcl_status_t pcl_vm_trim(pcl_driver_t *driver, pcl_vm_t *vm, uint64_t gpa);

// Where a GPA lies in memory; false if nowhere.
bool pcl_vm_find(const pcl_vm_t *vm, uint64_t gpa, uint64_t *spa);

// IOTINVAL.GVMA: queued, not awaited.
pcl_status_t pcl_invalidate_vm(pcl_driver_t *driver, const pcl_gvma_t *gvma);

// ---- interrupt files

// Gives the VM its interrupt files, before a device is attached. At most 16 ones in mask (page numbers, as pattern).
// PCL_E_UNSUPPORTED without capabilities.MSI_FLAT. Until pcl_msi_map() an access to a file is refused (cause 262).
pcl_status_t pcl_msi_init(pcl_driver_t *driver, pcl_vm_t *vm, uint64_t mask, uint64_t pattern);

// Frees the MSI page table; pcl_vm_free() does.
void pcl_msi_free(pcl_driver_t *driver, pcl_vm_t *vm);

// Address of the MSI page table entry (16 bytes) of the file at this GPA; 0 if it is no interrupt file.
uint64_t pcl_msi_entry(const pcl_vm_t *vm, uint64_t gpa);

// Connects the file at gpa to the page of a real interrupt file. No command is needed. PCL_E_ARGUMENT, PCL_E_MAPPED.
pcl_status_t pcl_msi_map(pcl_driver_t *driver, pcl_vm_t *vm, uint64_t gpa, uint64_t spa);

// Disconnects it: IOTINVAL.GVMA of this GPA, a fence with PR and PW.
pcl_status_t pcl_msi_unmap(pcl_driver_t *driver, pcl_vm_t *vm, uint64_t gpa);

#endif
