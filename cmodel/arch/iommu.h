// SPDX-License-Identifier: Apache-2.0
//
// The untimed IOMMU as a library: everything that the specification says, without saying when. Requests, messages and register
// accesses go in; accesses to memory, messages, interrupts and outcomes come out through callbacks before the call returns.
//
//   pcl_iommu_init(&iommu, &config, &bus);
//   pcl_iommu_write_register(&iommu, PCL_REG_DDTP_OFFSET, 8, ddtp);
//   outcome = pcl_iommu_translate(&iommu, &request);
//
// It has no caches, so invalidations have nothing to do, and each call leaves it idle: commands have run until the queue is
// empty, stopped by an error, or waiting for a device's Invalidation Completion. Calls do not nest.
//
// Byte order: memory is little-endian bytes; doublewords in callbacks are little-endian readings of it. What fctl.BE turns
// around is turned around before it is handed over.
//
// Limits: the registers of ports (offsets 688 to 751) belong to ports, which this model does not have: they read 0.
#ifndef PCL_ARCH_IOMMU_H
#define PCL_ARCH_IOMMU_H

#include "arch/ats.h"
#include "arch/caps.h"
#include "arch/commands.h"
#include "arch/device_inval.h"
#include "arch/hpm.h"
#include "arch/queue.h"
#include "arch/walk.h"

// What a store by the IOMMU is.
typedef enum {
  PCL_STORE_FAULT_RECORD,  // 32 bytes
  PCL_STORE_PAGE_REQUEST,  // 16 bytes
  PCL_STORE_FENCE,         // 4 bytes, as all that follow
  PCL_STORE_INTERRUPT,     // MSI of the IOMMU's own
  PCL_STORE_NOTICE         // MSI after an update of a memory-resident interrupt file
} pcl_store_kind_t;

typedef struct {
  uint64_t addr;
  uint64_t data[4];  // a store of 4 bytes: the low half of data[0]
  uint8_t bytes;
  uint8_t kind;  // pcl_store_kind_t
} pcl_store_t;

// A PCIe message to a device: Invalidation Request or Page Request Group Response.
enum { PCL_MESSAGE_INVALIDATION_REQUEST = 1, PCL_MESSAGE_PRG_RESPONSE = 5 };

typedef struct {
  uint64_t payload;  // bytes 8 to 15 of the message
  uint32_t pid;      // PASID, if pv
  uint16_t rid;
  uint8_t code;
  uint8_t dseg;      // destination segment, if dsv
  uint8_t tag;       // ITag of an Invalidation Request
  bool pv;
  bool dsv;
} pcl_message_t;

// The world of an IOMMU. `access` serves reads and the compare-and-sets of A/D bits and interrupt files (walk.h); its kinds
// PCL_ACCESS_COMMAND and PCL_ACCESS_MRIF are not made by walks. `message` may be NULL if ATS is not supported, `order` if
// there is nothing to order for IOFENCE.C with PR or PW.
typedef struct {
  pcl_read_fn access;
  pcl_mem_status_t (*store)(void *context, const pcl_store_t *store);
  void (*message)(void *context, const pcl_message_t *message);
  void (*order)(void *context, bool reads, bool writes);
  void *context;
} pcl_bus_t;

// An access of a memory-resident interrupt file: a read, or a compare-and-set, of one doubleword.
enum { PCL_ACCESS_MRIF = PCL_ACCESS_MSI_PTE + 1 };

// What was built, and what an input at reset leaves of it (an SoC's fuses): pcl_capabilities_narrow(); a fuse of ~0 leaves all.
typedef struct {
  uint64_t capabilities;
  uint64_t fuse;
  uint8_t event_counters;  // 1 to 31 with HPM
  uint8_t counter_bits;    // 32 to 64 with HPM
  uint8_t vectors;         // interrupt vectors: 1, 2, 4, 8 or 16
  bool check_pas;          // pcl_regs_t
  bool wide_pass_through;
} pcl_iommu_config_t;

typedef struct {
  uint64_t addr;
  uint32_t data;
  uint32_t vec_ctl;
} pcl_msi_entry_t;

// Everything that registers show, and little more. Callers may read it; they write through the functions below.
typedef struct {
  pcl_regs_t regs;  // capabilities, ddtp, fctl, iommu_qosid
  pcl_bus_t bus;
  pcl_queue_t cq;
  pcl_queue_t fq;
  pcl_queue_t pq;
  uint32_t ipsr;
  uint32_t icvec;
  pcl_msi_entry_t msi[16];
  uint16_t msi_pending;  // bit per vector: a message waits for its mask bit or fctl.WSI to be cleared
  uint8_t vectors;
  pcl_hpm_t hpm;
  uint64_t tr_req_iova;
  uint64_t tr_req_ctl;
  uint64_t tr_response;
  pcl_device_inval_t inval;
} pcl_iommu_t;

// The state after reset: ddtp Off, everything else 0; fctl.WSI is 1 if IGS is WSI.
void pcl_iommu_init(pcl_iommu_t *iommu, const pcl_iommu_config_t *config, const pcl_bus_t *bus);

// Registers (registers.c). An access that is not 4 or 8 naturally aligned bytes changes nothing and reads 0.
uint64_t pcl_iommu_read_register(const pcl_iommu_t *iommu, uint32_t offset, unsigned bytes);
void pcl_iommu_write_register(pcl_iommu_t *iommu, uint32_t offset, unsigned bytes, uint64_t value);

// Interrupt wires, bit per vector, with fctl.WSI=1.
uint16_t pcl_iommu_wires(const pcl_iommu_t *iommu);

// A request of a device: translates, counts and, if it faults and DTF lets it, records the fault. What an outcome with is_mrif
// asks for has not been done: pcl_iommu_access() (mrif.h) does. For an ATS translation request pcl_ats_complete() makes
// the completion from the outcome.
pcl_outcome_t pcl_iommu_translate(pcl_iommu_t *iommu, const pcl_request_t *request);

// A Page Request message: queued, or answered by a message, or dropped. The answer goes to the requester ID in
// message->device_id[15:0], with `dsv` to the segment in its bits 23:16.
void pcl_iommu_page_request(pcl_iommu_t *iommu, const pcl_page_request_t *message, bool dsv);

// An Invalidation Completion message, and the end of a device's time to send it.
void pcl_iommu_inval_completion(pcl_iommu_t *iommu, const pcl_inval_completion_t *completion);
void pcl_iommu_inval_time_out(pcl_iommu_t *iommu, unsigned itag);

// Lets clock cycles pass: iohpmcycles.
void pcl_iommu_advance(pcl_iommu_t *iommu, uint64_t cycles);

// Runs until idle. Registers and messages do so by themselves; needed after a change of memory that a command waits for only.
void pcl_iommu_run(pcl_iommu_t *iommu);

// Writes a record for a fault that must be reported, or drops it as spec 4.2 says (queue off, error pending, full). `request`
// may be NULL if TTYP is 0.
void pcl_iommu_record_fault(pcl_iommu_t *iommu, const pcl_request_t *request, const pcl_fault_t *fault);

#endif
