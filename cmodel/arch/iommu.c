// SPDX-License-Identifier: Apache-2.0
//
// The untimed IOMMU's top: reset, requests and their events, messages from devices.
#include "arch/iommu.h"

#include <string.h>

#include "arch/dc.h"
#include "arch/internal.h"
#include "pcl_regs.h"

void pcl_iommu_init(pcl_iommu_t *iommu, const pcl_iommu_config_t *config, const pcl_bus_t *bus) {
  const uint64_t capabilities = pcl_capabilities_narrow(config->capabilities, config->fuse);
  const uint64_t igs = (capabilities & PCL_CAPABILITIES_IGS_MASK) >> PCL_CAPABILITIES_IGS_SHIFT;
  memset(iommu, 0, sizeof *iommu);
  iommu->regs = (pcl_regs_t){
    .capabilities = capabilities, .fctl = igs == PCL_CAPABILITIES_IGS_WSI ? PCL_FCTL_WSI : 0, .check_pas = config->check_pas,
    .wide_pass_through = config->wide_pass_through,
  };
  iommu->bus = *bus;
  iommu->vectors = config->vectors;
  if (capabilities & PCL_CAP_HPM) pcl_hpm_init(&iommu->hpm, config->event_counters, config->counter_bits);
}

static void count(pcl_iommu_t *iommu, pcl_event_t event, const pcl_event_ids_t *ids) {
  if (pcl_hpm_count(&iommu->hpm, event, ids)) pcl_interrupt_raise(iommu, PCL_IPSR_PMIP_MASK);
}

// A Page Request is no request for a translation.
static pcl_event_t request_event(const pcl_request_t *request) {
  if (request->page_request) return PCL_EVENT_NONE;
  return request->ats ? PCL_EVENT_ATS : request->translated ? PCL_EVENT_TRANSLATED : PCL_EVENT_UNTRANSLATED;
}

// Counts a load. With no cache the first load of a page table for the IOVA (not for the process directory) is the request's miss.
static void count_walk(pcl_iommu_t *iommu, const pcl_walk_t *walk, pcl_event_ids_t *ids, bool *missed) {
  const pcl_event_t event = pcl_load_event(&walk->access);
  const bool for_iova = walk->phase == PCL_PHASE_PT || walk->phase == PCL_PHASE_FINAL;
  if (event == PCL_EVENT_NONE) return;
  ids->gscv = pcl_mode_field(walk->dc.iohgatp) != PCL_MODE_BARE;
  ids->gscid = ids->gscv ? pcl_gscid_field(walk->dc.iohgatp) : 0;
  ids->pscv = for_iova && !walk->s1_bare;
  ids->pscid = ids->pscv ? walk->pscid : 0;
  if (for_iova && !*missed) count(iommu, PCL_EVENT_TLB_MISS, ids);
  *missed = *missed || for_iova;
  count(iommu, event, ids);
}

void pcl_iommu_walk(pcl_iommu_t *iommu, const pcl_request_t *request, pcl_walk_t *walk) {
  pcl_event_ids_t ids = {.device_id = request->device_id, .process_id = request->process_id, .pv = request->pv};
  pcl_response_t response;
  bool missed = false;
  const bool counting = iommu->hpm.counting;
  if (counting) count(iommu, request_event(request), &ids);  // whatever becomes of the request
  pcl_step_t step = pcl_walk_begin(walk, &iommu->regs, request);
  while (step == PCL_STEP_ACCESS) {
    if (counting) count_walk(iommu, walk, &ids, &missed);
    iommu->bus.access(iommu->bus.context, &walk->access, &response);
    step = pcl_walk_step(walk, &response);
  }
  if (walk->outcome.faulted && walk->outcome.fault.report) pcl_iommu_record_fault(iommu, request, &walk->outcome.fault);
}

pcl_outcome_t pcl_iommu_translate(pcl_iommu_t *iommu, const pcl_request_t *request) {
  pcl_walk_t walk;
  pcl_iommu_walk(iommu, request, &walk);
  return walk.outcome;
}

void pcl_iommu_inval_completion(pcl_iommu_t *iommu, const pcl_inval_completion_t *completion) {
  pcl_device_inval_complete(&iommu->inval, completion);
  pcl_command_queue_run(iommu);
}

void pcl_iommu_inval_time_out(pcl_iommu_t *iommu, unsigned itag) {
  pcl_device_inval_time_out(&iommu->inval, itag);
  pcl_command_queue_run(iommu);
}

void pcl_iommu_advance(pcl_iommu_t *iommu, uint64_t cycles) {
  if (!(iommu->regs.capabilities & PCL_CAP_HPM)) return;
  if (pcl_hpm_advance(&iommu->hpm, cycles)) pcl_interrupt_raise(iommu, PCL_IPSR_PMIP_MASK);
}

void pcl_iommu_run(pcl_iommu_t *iommu) { pcl_command_queue_run(iommu); }
