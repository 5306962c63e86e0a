// SPDX-License-Identifier: Apache-2.0
//
// The register page (IOMMU spec chapter 6) as aligned 8-byte words; a write touches one half or both. An 8-byte write of two
// 4-byte registers acts on both. Optional registers that capabilities does not have read 0.
//
// Choices where the specification leaves freedom: fctl is writable while ddtp is Off; a write of ddtp with an unsupported mode
// keeps the old mode; xqb is writable while the queue is off.
#include "arch/internal.h"
#include "pcl_regs.h"

#define HIGH(value) ((uint64_t)(value) << 32)

enum { MSI_END = PCL_REG_MSI_ADDR_OFFSET + 16 * PCL_REG_MSI_ADDR_STRIDE };

// A word write: data, and which halves it touches.
typedef struct {
  uint64_t data;
  bool lo;
  bool hi;
} word_write_t;

static bool has(const pcl_iommu_t *iommu, uint64_t capability) { return iommu->regs.capabilities & capability; }

static uint64_t igs(const pcl_iommu_t *iommu) {
  return (iommu->regs.capabilities & PCL_CAPABILITIES_IGS_MASK) >> PCL_CAPABILITIES_IGS_SHIFT;
}

static uint64_t merge(uint64_t old, word_write_t write) {
  const uint64_t mask = (write.lo ? UINT64_C(0xffffffff) : 0) | (write.hi ? UINT64_C(0xffffffff00000000) : 0);
  return (old & ~mask) | (write.data & mask);
}

static uint64_t read_msi(const pcl_iommu_t *iommu, uint32_t offset) {
  const pcl_msi_entry_t *entry = &iommu->msi[(offset - PCL_REG_MSI_ADDR_OFFSET) / PCL_REG_MSI_ADDR_STRIDE];
  return offset & 8 ? entry->data | HIGH(entry->vec_ctl) : entry->addr;
}

static uint64_t read_hpm(const pcl_iommu_t *iommu, uint32_t offset) {
  const pcl_hpm_t *hpm = &iommu->hpm;
  if (offset == PCL_REG_IOCOUNTOVF_OFFSET) return pcl_hpm_overflows(hpm) | HIGH(hpm->inhibit);
  if (offset == PCL_REG_IOHPMCYCLES_OFFSET) return hpm->cycles;
  if (offset < PCL_REG_IOHPMEVT_OFFSET) return hpm->counter[(offset - PCL_REG_IOHPMCTR_OFFSET) / 8];
  return hpm->event[(offset - PCL_REG_IOHPMEVT_OFFSET) / 8];
}

static uint64_t read_word(const pcl_iommu_t *iommu, uint32_t offset) {
  switch (offset) {
    case PCL_REG_CAPABILITIES_OFFSET: return iommu->regs.capabilities;
    case PCL_REG_FCTL_OFFSET: return iommu->regs.fctl;
    case PCL_REG_DDTP_OFFSET: return iommu->regs.ddtp;
    case PCL_REG_CQB_OFFSET: return iommu->cq.base;
    case PCL_REG_CQH_OFFSET: return iommu->cq.head | HIGH(iommu->cq.tail);
    case PCL_REG_FQB_OFFSET: return iommu->fq.base;
    case PCL_REG_FQH_OFFSET: return iommu->fq.head | HIGH(iommu->fq.tail);
    case PCL_REG_PQB_OFFSET: return iommu->pq.base;
    case PCL_REG_PQH_OFFSET: return iommu->pq.head | HIGH(iommu->pq.tail);
    case PCL_REG_CQCSR_OFFSET: return iommu->cq.csr | HIGH(iommu->fq.csr);
    case PCL_REG_PQCSR_OFFSET: return iommu->pq.csr | HIGH(iommu->ipsr);
    case PCL_REG_TR_REQ_IOVA_OFFSET: return iommu->tr_req_iova;
    case PCL_REG_TR_REQ_CTL_OFFSET: return iommu->tr_req_ctl;
    case PCL_REG_TR_RESPONSE_OFFSET: return iommu->tr_response;
    case PCL_REG_IOMMU_QOSID_OFFSET: return iommu->regs.qosid;
    case PCL_REG_ICVEC_OFFSET: return iommu->icvec;
    default: break;
  }
  if (offset >= PCL_REG_IOCOUNTOVF_OFFSET && offset < PCL_REG_TR_REQ_IOVA_OFFSET) return read_hpm(iommu, offset);
  if (offset >= PCL_REG_MSI_ADDR_OFFSET && offset < MSI_END) return read_msi(iommu, offset);
  return 0;
}

static void write_fctl(pcl_iommu_t *iommu, uint32_t value) {
  uint32_t writable = 0;
  if (pcl_ddtp_mode(iommu->regs.ddtp) != PCL_DDTP_OFF) return;
  if (has(iommu, PCL_CAP_END)) writable |= PCL_FCTL_BE;
  if (igs(iommu) == PCL_CAPABILITIES_IGS_BOTH) writable |= PCL_FCTL_WSI;
  if (has(iommu, PCL_CAP_SV32 | PCL_CAP_SV32X4)) writable |= PCL_FCTL_GXL;
  iommu->regs.fctl = (iommu->regs.fctl & ~writable) | (value & writable);
  pcl_interrupt_follow_masks(iommu);
}

static void write_ddtp(pcl_iommu_t *iommu, word_write_t write) {
  const uint64_t old = iommu->regs.ddtp, value = merge(old, write);
  const uint64_t mode = pcl_ddtp_mode(value) <= PCL_DDTP_3LVL ? value : old;
  iommu->regs.ddtp = (value & PCL_DDTP_PPN_MASK) | pcl_ddtp_mode(mode);
}

// Each field keeps as many bits as it takes to name the vectors; an interrupt that cannot happen has no vector.
static void write_icvec(pcl_iommu_t *iommu, uint32_t value) {
  uint32_t fields = PCL_ICVEC_CIV_MASK | PCL_ICVEC_FIV_MASK;
  if (has(iommu, PCL_CAP_HPM)) fields |= PCL_ICVEC_PMIV_MASK;
  if (has(iommu, PCL_CAP_ATS)) fields |= PCL_ICVEC_PIV_MASK;
  iommu->icvec = value & fields & (uint32_t)(iommu->vectors - 1) * 0x1111;
}

static void write_ipsr(pcl_iommu_t *iommu, uint32_t value) { iommu->ipsr &= ~value; }

static void write_msi(pcl_iommu_t *iommu, uint32_t offset, word_write_t write) {
  const unsigned vector = (offset - PCL_REG_MSI_ADDR_OFFSET) / PCL_REG_MSI_ADDR_STRIDE;
  pcl_msi_entry_t *entry = &iommu->msi[vector];
  if (igs(iommu) == PCL_CAPABILITIES_IGS_WSI || vector >= iommu->vectors) return;
  if (!(offset & 8)) {
    entry->addr = merge(entry->addr, write) & PCL_MSI_ADDR_ADDR_MASK;
    return;
  }
  if (write.lo) entry->data = (uint32_t)write.data;
  if (!write.hi) return;
  entry->vec_ctl = (uint32_t)(write.data >> 32) & PCL_MSI_VEC_CTL_M_MASK;
  pcl_interrupt_follow_masks(iommu);
}

static void write_hpm(pcl_iommu_t *iommu, uint32_t offset, word_write_t write) {
  pcl_hpm_t *hpm = &iommu->hpm;
  const uint64_t value = merge(read_hpm(iommu, offset), write);
  if (!has(iommu, PCL_CAP_HPM)) return;
  if (offset == PCL_REG_IOCOUNTOVF_OFFSET) {
    if (write.hi) pcl_hpm_write_inhibit(hpm, (uint32_t)(value >> 32));
  } else if (offset == PCL_REG_IOHPMCYCLES_OFFSET) {
    pcl_hpm_write_cycles(hpm, value);
  } else if (offset < PCL_REG_IOHPMEVT_OFFSET) {
    pcl_hpm_write_counter(hpm, (offset - PCL_REG_IOHPMCTR_OFFSET) / 8, value);
  } else {
    pcl_hpm_write_event(hpm, (offset - PCL_REG_IOHPMEVT_OFFSET) / 8, value);
  }
}

static void write_queue_word(pcl_iommu_t *iommu, uint32_t offset, word_write_t write) {
  const uint32_t lo = (uint32_t)write.data, hi = (uint32_t)(write.data >> 32);
  pcl_queue_t *cq = &iommu->cq, *fq = &iommu->fq, *pq = &iommu->pq;
  switch (offset) {
    case PCL_REG_CQB_OFFSET: pcl_queue_write_base(cq, &cq->tail, merge(cq->base, write)); return;
    case PCL_REG_FQB_OFFSET: pcl_queue_write_base(fq, &fq->head, merge(fq->base, write)); return;
    case PCL_REG_CQH_OFFSET:
      if (write.hi) cq->tail = pcl_queue_index(cq, hi);
      return;
    case PCL_REG_FQH_OFFSET:
      if (write.lo) fq->head = pcl_queue_index(fq, lo);
      return;
    case PCL_REG_CQCSR_OFFSET:
      if (write.hi) pcl_queue_write_csr(fq, &fq->tail, PCL_XQ_STATUS, hi);
      if (write.lo) pcl_queue_write_csr(cq, &cq->head, PCL_CQ_STATUS, lo);
      return;
    case PCL_REG_PQCSR_OFFSET:
      if (write.hi) write_ipsr(iommu, hi);
      if (write.lo && has(iommu, PCL_CAP_ATS)) pcl_queue_write_csr(pq, &pq->tail, PCL_XQ_STATUS, lo);
      return;
    default: break;
  }
  if (!has(iommu, PCL_CAP_ATS)) return;
  if (offset == PCL_REG_PQB_OFFSET) pcl_queue_write_base(pq, &pq->head, merge(pq->base, write));
  if (offset == PCL_REG_PQH_OFFSET && write.lo) pq->head = pcl_queue_index(pq, lo);
}

static void write_word(pcl_iommu_t *iommu, uint32_t offset, word_write_t write) {
  if (offset >= PCL_REG_CQB_OFFSET && offset <= PCL_REG_PQCSR_OFFSET) {
    write_queue_word(iommu, offset, write);
    return;
  }
  switch (offset) {
    case PCL_REG_FCTL_OFFSET:
      if (write.lo) write_fctl(iommu, (uint32_t)write.data);
      return;
    case PCL_REG_DDTP_OFFSET: write_ddtp(iommu, write); return;
    case PCL_REG_TR_REQ_IOVA_OFFSET:
      if (has(iommu, PCL_CAP_DBG)) iommu->tr_req_iova = merge(iommu->tr_req_iova, write) & PCL_TR_REQ_IOVA_VPN_MASK;
      return;
    case PCL_REG_TR_REQ_CTL_OFFSET:
      if (has(iommu, PCL_CAP_DBG)) pcl_debug_write_ctl(iommu, merge(iommu->tr_req_ctl, write));
      return;
    case PCL_REG_IOMMU_QOSID_OFFSET:
      if (has(iommu, PCL_CAP_QOSID) && write.lo) {
        iommu->regs.qosid = (uint32_t)write.data & (PCL_IOMMU_QOSID_RCID_MASK | PCL_IOMMU_QOSID_MCID_MASK);
      }
      return;
    case PCL_REG_ICVEC_OFFSET:
      if (write.lo) write_icvec(iommu, (uint32_t)write.data);
      return;
    default: break;
  }
  if (offset >= PCL_REG_IOCOUNTOVF_OFFSET && offset < PCL_REG_TR_REQ_IOVA_OFFSET) write_hpm(iommu, offset, write);
  if (offset >= PCL_REG_MSI_ADDR_OFFSET && offset < MSI_END) write_msi(iommu, offset, write);
}

static bool legal(uint32_t offset, unsigned bytes) { return (bytes == 4 || bytes == 8) && offset % bytes == 0 && offset < 4096; }

uint64_t pcl_iommu_read_register(const pcl_iommu_t *iommu, uint32_t offset, unsigned bytes) {
  if (!legal(offset, bytes)) return 0;
  const uint64_t word = read_word(iommu, offset & ~7u);
  return bytes == 8 ? word : word >> (offset & 4 ? 32 : 0) & UINT32_MAX;
}

void pcl_iommu_write_register(pcl_iommu_t *iommu, uint32_t offset, unsigned bytes, uint64_t value) {
  if (!legal(offset, bytes)) return;
  const bool upper = bytes == 4 && offset & 4;
  const word_write_t write = {.data = upper ? value << 32 : value, .lo = !upper, .hi = bytes == 8 || upper};
  write_word(iommu, offset & ~7u, write);
  pcl_command_queue_run(iommu);
}
