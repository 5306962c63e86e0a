// SPDX-License-Identifier: Apache-2.0
//
// Interrupts of the IOMMU itself (IOMMU spec 6.18, 6.24, 6.25): ipsr, wires, and messages with masking.
#include "arch/causes.h"
#include "arch/internal.h"
#include "pcl_regs.h"

static unsigned vector_of(const pcl_iommu_t *iommu, uint32_t cause) {
  switch (cause) {
    case PCL_IPSR_CIP_MASK: return iommu->icvec >> PCL_ICVEC_CIV_SHIFT & 0xf;
    case PCL_IPSR_FIP_MASK: return iommu->icvec >> PCL_ICVEC_FIV_SHIFT & 0xf;
    case PCL_IPSR_PMIP_MASK: return iommu->icvec >> PCL_ICVEC_PMIV_SHIFT & 0xf;
    default: return iommu->icvec >> PCL_ICVEC_PIV_SHIFT & 0xf;
  }
}

// A write that faults is itself reported: cause 273, no transaction, iotval the address. That record's own interrupt finds fip
// set, or sets it, so that this ends.
static void send(pcl_iommu_t *iommu, unsigned vector) {
  const pcl_msi_entry_t *entry = &iommu->msi[vector];
  if (entry->vec_ctl & PCL_MSI_VEC_CTL_M_MASK) {
    iommu->msi_pending |= (uint16_t)(1u << vector);
    return;
  }
  if (pcl_store32(iommu, PCL_STORE_INTERRUPT, entry->addr, pcl_order32(iommu, entry->data)) == PCL_MEM_OK) return;
  const pcl_fault_t fault = {
    .iotval = entry->addr, .cause = PCL_CAUSE_MSI_WRITE_ACCESS, .ttyp = PCL_TTYP_NONE, .report = true};
  pcl_iommu_record_fault(iommu, 0, &fault);
}

// A message is sent only when the bit goes from 0 to 1.
void pcl_interrupt_raise(pcl_iommu_t *iommu, uint32_t cause) {
  if (iommu->ipsr & cause) return;
  iommu->ipsr |= cause;
  if (!(iommu->regs.fctl & PCL_FCTL_WSI)) send(iommu, vector_of(iommu, cause));
}

void pcl_interrupt_follow_levels(pcl_iommu_t *iommu) {
  if (iommu->cq.csr & PCL_QUEUE_IE && iommu->cq.csr & PCL_CQ_STATUS) pcl_interrupt_raise(iommu, PCL_IPSR_CIP_MASK);
  if (iommu->fq.csr & PCL_QUEUE_IE && iommu->fq.csr & PCL_XQ_STATUS) pcl_interrupt_raise(iommu, PCL_IPSR_FIP_MASK);
  if (iommu->pq.csr & PCL_QUEUE_IE && iommu->pq.csr & PCL_XQ_STATUS) pcl_interrupt_raise(iommu, PCL_IPSR_PIP_MASK);
}

// However many messages of a vector wait, one is sent.
void pcl_interrupt_follow_masks(pcl_iommu_t *iommu) {
  uint16_t waiting = iommu->regs.fctl & PCL_FCTL_WSI ? 0 : iommu->msi_pending;
  for (; waiting != 0; waiting &= (uint16_t)(waiting - 1)) {
    const unsigned vector = (unsigned)__builtin_ctz(waiting);
    if (iommu->msi[vector].vec_ctl & PCL_MSI_VEC_CTL_M_MASK) continue;
    iommu->msi_pending &= (uint16_t)~(1u << vector);
    send(iommu, vector);
  }
}

uint16_t pcl_iommu_wires(const pcl_iommu_t *iommu) {
  uint16_t wires = 0;
  if (!(iommu->regs.fctl & PCL_FCTL_WSI)) return 0;
  for (uint32_t cause = PCL_IPSR_CIP_MASK; cause <= PCL_IPSR_PIP_MASK; cause <<= 1) {
    if (iommu->ipsr & cause) wires |= (uint16_t)(1u << vector_of(iommu, cause));
  }
  return wires;
}
