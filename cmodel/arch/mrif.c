// SPDX-License-Identifier: Apache-2.0
//
// Memory-resident interrupt files.
#include "arch/mrif.h"

#include "arch/causes.h"
#include "arch/internal.h"

enum { IDENTITIES = 2048 };

// Sets the pending bit of an identity: a read and a compare-and-set, until nobody came between. 0, or the cause of a fault.
static unsigned set_pending(pcl_iommu_t *iommu, uint64_t file, uint32_t identity) {
  pcl_access_t access = {.addr = file + identity / 64 * 16, .beats = 1, .bytes = 8, .kind = PCL_ACCESS_MRIF};
  pcl_response_t response;
  if (pcl_outside_memory(iommu, access.addr)) return PCL_CAUSE_MRIF_ACCESS;
  do {
    access.update = false;
    iommu->bus.access(iommu->bus.context, &access, &response);
    if (response.status == PCL_MEM_POISON) return PCL_CAUSE_MRIF_CORRUPTION;
    if (response.status != PCL_MEM_OK) return PCL_CAUSE_MRIF_ACCESS;
    access.update = true;
    access.old_value = response.data[0];
    access.new_value = response.data[0] | PCL_BIT(identity % 64);
    iommu->bus.access(iommu->bus.context, &access, &response);
  } while (response.status == PCL_MEM_CHANGED);
  return response.status == PCL_MEM_OK ? 0 : PCL_CAUSE_MRIF_ACCESS;
}

static void notify(pcl_iommu_t *iommu, const pcl_outcome_t *outcome) {
  const uint64_t addr = outcome->translation.ppn << 12;
  if (pcl_store32(iommu, PCL_STORE_NOTICE, addr, outcome->mrif.nid) == PCL_MEM_OK) return;
  const pcl_fault_t fault = {.iotval = addr, .cause = PCL_CAUSE_MSI_WRITE_ACCESS, .ttyp = PCL_TTYP_NONE, .report = true};
  pcl_iommu_record_fault(iommu, 0, &fault);
}

static pcl_verdict_t fail(pcl_iommu_t *iommu, const pcl_request_t *request, bool dtf, unsigned cause, pcl_outcome_t *outcome) {
  *outcome = (pcl_outcome_t){.faulted = true};
  outcome->fault = (pcl_fault_t){
    .iotval = request->iova, .cause = (uint16_t)cause, .ttyp = (uint8_t)pcl_request_ttyp(request),
    .report = pcl_cause_reported(cause, dtf),
  };
  if (outcome->fault.report) pcl_iommu_record_fault(iommu, request, &outcome->fault);
  return PCL_VERDICT_REFUSE;
}

pcl_verdict_t pcl_iommu_access(pcl_iommu_t *iommu, const pcl_request_t *request, unsigned bytes, uint32_t data,
                               pcl_outcome_t *outcome) {
  pcl_walk_t walk;
  const unsigned offset = (unsigned)request->iova & 0xfff;
  pcl_iommu_walk(iommu, request, &walk);
  *outcome = walk.outcome;
  if (outcome->faulted) return PCL_VERDICT_REFUSE;
  if (!outcome->is_mrif) return PCL_VERDICT_PASS;
  if (bytes != 4 || offset % 4 != 0) return PCL_VERDICT_REFUSE;
  if (!request->write) return PCL_VERDICT_ABSORB;
  const bool big_endian = offset == 4 && iommu->regs.capabilities & PCL_CAP_END;
  const uint32_t identity = big_endian ? __builtin_bswap32(data) : data;
  if ((offset != 0 && !big_endian) || identity >= IDENTITIES) return PCL_VERDICT_ABSORB;
  const unsigned cause = set_pending(iommu, outcome->mrif.addr, identity);
  if (cause) return fail(iommu, request, walk.dtf, cause, outcome);
  notify(iommu, outcome);
  return PCL_VERDICT_ABSORB;
}
