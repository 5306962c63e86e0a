// SPDX-License-Identifier: Apache-2.0
//
// PCIe ATS and PRI: what the outcome of a walk means to the device (IOMMU spec 3.6 and 3.7). Message formats are elsewhere.
//
//   ATS translation request: walk with request.ats, log outcome.fault if faulted and fault.report, send pcl_ats_complete().
//   Page Request: walk with request.page_request. Faulted: log likewise, then answer by pcl_prg_code(fault.cause). Else PRI is
//   enabled: put the message into the page-request queue, or answer by why that failed. pcl_prg_answer() forms the answer.
#ifndef PCL_ARCH_ATS_H
#define PCL_ARCH_ATS_H

#include "arch/types.h"

// Message code of a Page Request, iotval of its fault records.
#define PCL_MESSAGE_PAGE_REQUEST 4

typedef enum { PCL_ATS_SUCCESS = 0, PCL_ATS_UR = 1, PCL_ATS_CA = 4 } pcl_ats_status_t;

// Translation completion. Fields but `status` count only for PCL_ATS_SUCCESS, those but r and w only if r or w is 1, and the
// address not with u.
typedef struct {
  uint64_t addr;       // translated address of the IOVA's 4-KiB page
  uint8_t status;      // pcl_ats_status_t
  uint8_t size_shift;  // log2 of the bytes of the range that contains it
  bool r;
  bool w;
  bool exe;
  bool u;       // untranslated access only
  bool global;
  bool priv;
  bool cxl_io;  // N and AMA are always 0
} pcl_ats_completion_t;

pcl_ats_completion_t pcl_ats_complete(const pcl_request_t *request, const pcl_outcome_t *outcome);

// Whether a fault of an ATS translation request is completed successfully with R=W=0, and thus not logged.
bool pcl_ats_success(unsigned cause);

// Page Request message. The payload has R in bit 0, W in bit 1, L in bit 2, PRG index in 11:3.
typedef struct {
  uint64_t payload;
  uint32_t device_id;
  uint32_t process_id;
  bool pv;
  bool priv;
  bool exec;
} pcl_page_request_t;

// Response Code of a Page Request Group Response.
typedef enum { PCL_PRG_SUCCESS = 0, PCL_PRG_INVALID = 1, PCL_PRG_FAILURE = 15 } pcl_prg_code_t;

typedef struct {
  bool due;      // else the message is dropped in silence
  bool pv;       // the answer carries the request's PASID
  uint8_t code;  // pcl_prg_code_t
} pcl_prg_answer_t;

// The request for a walk that checks whether a Page Request is allowed.
pcl_request_t pcl_page_request_check(const pcl_page_request_t *message);

// The code that answers a fault of such a walk. Without a fault: queue off or pqmf is FAILURE, full or pqof is SUCCESS.
pcl_prg_code_t pcl_prg_code(unsigned cause);

// The answer with this code. `prpr` is DC.tc.PRPR, false without a valid DC.
pcl_prg_answer_t pcl_prg_answer(const pcl_page_request_t *message, pcl_prg_code_t code, bool prpr);

#endif
