// SPDX-License-Identifier: Apache-2.0
//
// Devices that cache translations and ask for pages (PCIe ATS and PRI; IOMMU spec 3.6, 3.7, 4.1.4, 7.4): invalidation of their
// caches, the page-request queue, answers to page requests, quiescing of the message port.
//
// A device of a DC with PCL_DC_EN_ATS may keep what it was told until its cache is invalidated. So memory is taken away in this
// order: the entry changes, IOTINVAL, ATS.INVAL, a fence (pcl_unmap_ats() does all of it). The fence waits until the device
// has answered; if it never does the fence stops the queue with cmd_to: pcl_driver_t.commands.timeouts counts that, the fence is
// tried again and passes, and the device is to be stopped before its memory is used for something else.
#ifndef PCL_ATS_H
#define PCL_ATS_H

#include "pcl_commands.h"
#include "pcl_ops.h"

struct pcl_driver;
struct pcl_domain;

// A device's address space: device_id holds the segment in bits 23:16 and the requester ID below.
typedef struct {
  uint32_t device_id;
  bool pv;              // the process `process_id`; otherwise requests without one
  uint32_t process_id;
} pcl_ats_space_t;

// ATS.INVAL: the device's cached translations of [iova, iova + bytes); bytes: 4 KiB or a power of two above, iova a multiple of
// it; 0: all. `global`: those of all processes too. ATS commands: opcode 4; dw0 63:56 segment, 55:40 requester ID, 33 DSV,
// 32 PV, 31:12 process_id.
static inline pcl_cmd_words_t pcl_cmd_ats(const pcl_ats_space_t *space, uint64_t function, uint64_t payload) {
  return (pcl_cmd_words_t){{4 | function << 7 | (space->pv ? UINT64_C(1) << 32 | (uint64_t)space->process_id << 12 : 0) |
                              (space->device_id >> 16 ? UINT64_C(1) << 33 : 0) |
                              (uint64_t)(space->device_id & 0xffff) << 40 | (uint64_t)(space->device_id >> 16) << 56,
                            payload}};
}

static inline pcl_cmd_words_t pcl_cmd_ats_inval(const pcl_ats_space_t *space, uint64_t iova, uint64_t bytes, bool global) {
  const uint64_t all = UINT64_C(0x7ffffffffffff000) | UINT64_C(1) << 11;
  const uint64_t range = bytes > PCL_PAGE ? (iova & ~(bytes - 1)) | (bytes / 2 - PCL_PAGE) | UINT64_C(1) << 11 : iova;
  return pcl_cmd_ats(space, 0, (bytes ? range : all) | global);
}

// ATS.PRGR: what became of a group of page requests.
typedef enum { PCL_PAGES_READY = 0, PCL_PAGES_INVALID = 1, PCL_PAGES_FAILURE = 15 } pcl_page_answer_t;

static inline pcl_cmd_words_t pcl_cmd_ats_prgr(const pcl_ats_space_t *space, uint32_t group, pcl_page_answer_t answer) {
  return pcl_cmd_ats(space, 1, (uint64_t)(space->device_id & 0xffff) << 48 | (uint64_t)answer << 44 | (uint64_t)group << 32);
}

// Queued, not awaited; PCL_E_UNSUPPORTED without capabilities.ATS.
pcl_status_t pcl_ats_invalidate(struct pcl_driver *driver, const pcl_ats_space_t *space, uint64_t iova, uint64_t bytes);

// pcl_unmap() of a domain that a device's cache knows as `space`: IOTINVAL, then ATS.INVAL of each page, or of everything if
// there are many, then a fence with PR and PW. PCL_E_TIMEOUT also if the device did not answer.
pcl_status_t pcl_unmap_ats(struct pcl_driver *driver, const struct pcl_domain *domain, const pcl_ats_space_t *space,
                           uint64_t iova, uint64_t bytes);

// ---- the page-request queue

typedef struct {
  const pcl_ops_t *ops;
  uint64_t base;        // of the ring; 0 while off
  uint32_t entries;
  uint32_t head;
  uint32_t overflows;   // times that the IOMMU had to answer by itself
  uint32_t faults;
} pcl_pageq_t;

typedef struct {
  pcl_ats_space_t space;
  bool priv, exec;
  bool read, write;     // neither, with `last`: a stop marker (no answer)
  bool last;            // of its group: the group wants an answer
  uint32_t group;
  uint64_t iova;        // of the page
} pcl_page_ask_t;

pcl_status_t pcl_pageq_enable(pcl_pageq_t *queue, const pcl_ops_t *ops, uint32_t log2_entries, bool interrupts);
pcl_status_t pcl_pageq_disable(pcl_pageq_t *queue);

// The oldest request; false if there is none.
bool pcl_pageq_take(pcl_pageq_t *queue, pcl_page_ask_t *request);

// Clears pqof and pqmf; returns what was set.
uint32_t pcl_pageq_recover(pcl_pageq_t *queue);

// Maps the page or refuses.
typedef pcl_page_answer_t (*pcl_page_handler_t)(void *context, const pcl_page_ask_t *request);

// Takes every request, asks `handler` for those of groups, and answers each group once its last request has come, with the worst
// that its requests got. Returns how many were taken.
uint32_t pcl_handle_page_requests(struct pcl_driver *driver, pcl_page_handler_t handler, void *context);

// ---- the message port

// Refuses messages of devices from now on, and returns when none is being worked on and no invalidation is awaited.
pcl_status_t pcl_messages_quiesce(struct pcl_driver *driver);
void pcl_messages_resume(struct pcl_driver *driver);

#endif
