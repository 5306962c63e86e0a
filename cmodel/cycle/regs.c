// SPDX-License-Identifier: Apache-2.0
// Register storage as 8-byte words: every access is to one aligned word, of which a write touches one half or both.
#include "regs.h"

#include <string.h>

#include "arch/caps.h"
#include "pcl_regs.h"

#define HIGH(value) ((uint64_t)(value) << 32)

// Of the specification, in capabilities.
enum { VERSION = 0x10 };

// Of a cause in icvec, in the order of ipsr.
enum { VECTOR_BITS = 4 };

// Byte offsets of the quiesce registers of port 0, and from port to port.
enum { QUIESCE_OFFSET = 688, QUIESCE_STRIDE = 16 };

static uint64_t built_features(const pcl_config_t *config) {
  const struct {
    uint32_t on;
    uint64_t bit;
  } features[] = {
    {1, PCL_CAP_SV39},
    {config->sv32, PCL_CAP_SV32},
    {config->sv48, PCL_CAP_SV48},
    {config->sv57, PCL_CAP_SV57},
    {config->svpbmt, PCL_CAP_SVPBMT},
    {config->svrsw60t59b, PCL_CAP_SVRSW60T59B},
    {config->sv32x4, PCL_CAP_SV32X4},
    {config->sv39x4, PCL_CAP_SV39X4},
    {config->sv48x4, PCL_CAP_SV48X4},
    {config->sv57x4, PCL_CAP_SV57X4},
    {config->amo_hwad, PCL_CAP_AMO_HWAD},
    {config->msi_flat, PCL_CAP_MSI_FLAT},
    {config->msi_mrif, PCL_CAP_MSI_MRIF},
    {config->amo_mrif, PCL_CAP_AMO_MRIF},
    {config->pd8, PCL_CAP_PD8},
    {config->pd17, PCL_CAP_PD17},
    {config->pd20, PCL_CAP_PD20},
    {config->nl, PCL_CAP_NL},
    {config->s, PCL_CAP_S},
    {config->ats, PCL_CAP_ATS},
    {config->t2gpa, PCL_CAP_T2GPA},
    {config->hpm, PCL_CAP_HPM},
    {config->dbg, PCL_CAP_DBG},
    {config->end, PCL_CAP_END},
    {config->qosid, PCL_CAP_QOSID},
  };
  const uint64_t igs = config->igs_msi ? PCL_CAPABILITIES_IGS_BOTH : PCL_CAPABILITIES_IGS_WSI;
  uint64_t built = VERSION | igs << PCL_CAPABILITIES_IGS_SHIFT | (uint64_t)config->pas << PCL_CAPABILITIES_PAS_SHIFT;
  for (unsigned i = 0; i < sizeof features / sizeof features[0]; i++) {
    if (features[i].on) built |= features[i].bit;
  }
  return built;
}

static bool has(const pcl_regs_state_t *state, uint64_t capability) { return state->capabilities & capability; }

static unsigned igs(const pcl_regs_state_t *state) {
  return (state->capabilities & PCL_CAPABILITIES_IGS_MASK) >> PCL_CAPABILITIES_IGS_SHIFT;
}

// Event counters that a fuse leaves: at least one.
static unsigned counters_left(const pcl_config_t *config, unsigned fuse_hpm) {
  if (fuse_hpm == 0) return 1;
  return fuse_hpm < config->hpm_counters ? fuse_hpm : config->hpm_counters;
}

void pcl_regs_reset(pcl_regs_state_t *state, const pcl_config_t *config, uint64_t fuse_caps, unsigned fuse_hpm) {
  memset(state, 0, sizeof *state);
  state->num_ports = config->num_ports;
  state->capabilities = pcl_capabilities_narrow(built_features(config), fuse_caps);
  state->fctl = igs(state) == PCL_CAPABILITIES_IGS_WSI ? PCL_FCTL_WSI : 0;
  pcl_hpm_block_reset(&state->hpm, has(state, PCL_CAP_HPM), counters_left(config, fuse_hpm));
}

static uint64_t base_word(const pcl_queue_regs_t *queue) { return queue->ppn << 10 | queue->log2; }

// cqcsr, fqcsr and pqcsr: the bits that a queue does not have stay 0.
static uint32_t csr_word(const pcl_queue_regs_t *queue) {
  return (uint32_t)queue->en | (uint32_t)queue->ie << 1 | (uint32_t)queue->mf << 8 | (uint32_t)(queue->to || queue->of) << 9 |
         (uint32_t)queue->ill << 10 | (uint32_t)queue->fence << 11 | (uint32_t)queue->on << 16 |
         (uint32_t)(queue->en != queue->on) << 17;
}

static uint64_t quiesce_word(const pcl_regs_state_t *state, unsigned offset, const pcl_regs_events_t *events) {
  unsigned port = (offset - QUIESCE_OFFSET) / QUIESCE_STRIDE;
  if (port >= state->num_ports) return 0;
  const pcl_port_q_t *quiesce = &state->quiesce[port];
  if ((offset - QUIESCE_OFFSET) % QUIESCE_STRIDE != 0) return quiesce->isotime;
  return quiesce->mode | HIGH(events->drained[port]) | HIGH(events->isolated[port]) << 1;
}

static uint64_t read_word(const pcl_regs_state_t *state, unsigned offset, const pcl_regs_events_t *events) {
  switch (offset) {
    case PCL_REG_CAPABILITIES_OFFSET: return state->capabilities;
    case PCL_REG_FCTL_OFFSET: return state->fctl;
    case PCL_REG_DDTP_OFFSET: return state->ddtp_ppn << 10 | (uint64_t)state->ddtp_busy << 4 | state->ddtp_mode;
    case PCL_REG_CQB_OFFSET: return base_word(&state->cq);
    case PCL_REG_CQH_OFFSET: return state->cq.head | HIGH(state->cq.tail);
    case PCL_REG_FQB_OFFSET: return base_word(&state->fq);
    case PCL_REG_FQH_OFFSET: return state->fq.head | HIGH(state->fq.tail);
    case PCL_REG_CQCSR_OFFSET: return csr_word(&state->cq) | HIGH(csr_word(&state->fq));
    case PCL_REG_PQB_OFFSET: return base_word(&state->pq);
    case PCL_REG_PQH_OFFSET: return state->pq.head | HIGH(state->pq.tail);
    case PCL_REG_PQCSR_OFFSET: return csr_word(&state->pq) | HIGH(state->ipsr);
    case PCL_REG_MCTL_OFFSET: return has(state, PCL_CAP_ATS) ? state->mctl | HIGH(events->msg_drained) : 0;
    case PCL_REG_IOMMU_QOSID_OFFSET: return state->qosid;
    case PCL_REG_ICVEC_OFFSET: return state->icvec;
    default: break;
  }
  if (pcl_hpm_block_holds(offset)) return pcl_hpm_block_read(&state->hpm, offset);
  if (pcl_regs_debug_holds(offset)) return pcl_regs_debug_read(&state->debug, offset);
  if (pcl_regs_msi_holds(offset)) return pcl_regs_msi_read(&state->msi, offset);
  if (offset >= QUIESCE_OFFSET && offset < QUIESCE_OFFSET + QUIESCE_STRIDE * PCL_MAX_PORTS)
    return quiesce_word(state, offset, events);
  return 0;
}

// `index`: the one that software moves; it starts anew with a new base.
static void write_base(pcl_queue_regs_t *queue, uint32_t *index, const pcl_word_write_t *write) {
  if (queue->en || queue->on) return;
  *index = 0;
  uint64_t value = pcl_word_merge(base_word(queue), write);
  queue->log2 = value & 0x1f;
  queue->ppn = pcl_ppn_field(value);
}

// IOMMU spec 6.4. Changes only while nothing is translated.
static void write_fctl(pcl_regs_state_t *state, const pcl_word_write_t *write) {
  uint32_t writable = 0;
  if (!write->lo || state->ddtp_mode != PCL_DDTP_OFF || state->ddtp_busy) return;
  if (has(state, PCL_CAP_END)) writable |= PCL_FCTL_BE;
  if (igs(state) == PCL_CAPABILITIES_IGS_BOTH) writable |= PCL_FCTL_WSI;
  if (has(state, PCL_CAP_SV32 | PCL_CAP_SV32X4)) writable |= PCL_FCTL_GXL;
  state->fctl = (state->fctl & ~writable) | ((uint32_t)write->data & writable);
}

static void write_ddtp(pcl_regs_state_t *state, const pcl_word_write_t *write) {
  if (state->ddtp_busy) return;
  uint64_t value = pcl_word_merge(state->ddtp_ppn << 10 | state->ddtp_mode, write);
  unsigned mode = (unsigned)value & 0xf;
  if (mode <= PCL_DDTP_3LVL) state->ddtp_mode = (uint8_t)mode;
  state->ddtp_ppn = pcl_ppn_field(value);
  if (write->lo) state->ddtp_busy = true;
}

// IOMMU spec 6.15 to 6.17. Returns whether the queue was enabled (0 -> 1) by this write.
static bool write_csr(pcl_queue_regs_t *queue, uint32_t value) {
  if (queue->en != queue->on) return false;
  bool enabled = (value & 1) && !queue->en;
  queue->en = value & 1;
  queue->ie = value >> 1 & 1;
  if (enabled || value >> 8 & 1) queue->mf = false;
  if (enabled || value >> 9 & 1) queue->to = queue->of = false;
  if (enabled || value >> 10 & 1) queue->ill = false;
  if (enabled || value >> 11 & 1) queue->fence = false;
  return enabled;
}

static void write_quiesce(pcl_regs_state_t *state, unsigned offset, const pcl_word_write_t *write) {
  unsigned port = (offset - QUIESCE_OFFSET) / QUIESCE_STRIDE;
  if (port >= state->num_ports || !write->lo) return;
  pcl_port_q_t *quiesce = &state->quiesce[port];
  if ((offset - QUIESCE_OFFSET) % QUIESCE_STRIDE != 0) {
    quiesce->isotime = (uint16_t)write->data;
    return;
  }
  if ((write->data & 3) != 3) quiesce->mode = write->data & 3;
  quiesce->isolate = write->data >> 8 & 1;
  quiesce->resume = write->data >> 9 & 1;
}

// An interrupt that cannot happen has no vector.
static void write_icvec(pcl_regs_state_t *state, const pcl_word_write_t *write) {
  uint32_t fields = PCL_ICVEC_CIV_MASK | PCL_ICVEC_FIV_MASK;
  if (has(state, PCL_CAP_HPM)) fields |= PCL_ICVEC_PMIV_MASK;
  if (has(state, PCL_CAP_ATS)) fields |= PCL_ICVEC_PIV_MASK;
  if (write->lo) state->icvec = (uint32_t)write->data & fields;
}

static void write_qosid(pcl_regs_state_t *state, const pcl_word_write_t *write) {
  const uint32_t fields = PCL_IOMMU_QOSID_RCID_MASK | PCL_IOMMU_QOSID_MCID_MASK;
  if (write->lo && has(state, PCL_CAP_QOSID)) state->qosid = (uint32_t)write->data & fields;
}

// The page-request queue and the message port.
static void write_messages(pcl_regs_state_t *state, const pcl_word_write_t *write) {
  const uint32_t low = (uint32_t)write->data;
  switch (write->offset) {
    case PCL_REG_PQB_OFFSET: write_base(&state->pq, &state->pq.head, write); return;
    case PCL_REG_PQH_OFFSET:
      if (write->lo) state->pq.head = low & pcl_queue_mask(&state->pq);
      return;
    case PCL_REG_PQCSR_OFFSET:
      if (write->lo && write_csr(&state->pq, low)) state->pq.tail = 0;
      return;
    case PCL_REG_MCTL_OFFSET:
      if (write->lo && !(low & 1)) state->mctl = low & 3;
      return;
    default: return;
  }
}

// All but ipsr, the counters and the debug interface, which know of the write by pcl_regs_commit().
static void write_word(pcl_regs_state_t *state, const pcl_word_write_t *write) {
  const unsigned offset = write->offset;
  uint32_t high = (uint32_t)(write->data >> 32);
  switch (offset) {
    case PCL_REG_FCTL_OFFSET: write_fctl(state, write); return;
    case PCL_REG_DDTP_OFFSET: write_ddtp(state, write); return;
    case PCL_REG_CQB_OFFSET: write_base(&state->cq, &state->cq.tail, write); return;
    case PCL_REG_FQB_OFFSET: write_base(&state->fq, &state->fq.head, write); return;
    case PCL_REG_CQH_OFFSET:
      if (write->hi) state->cq.tail = high & pcl_queue_mask(&state->cq);
      return;
    case PCL_REG_FQH_OFFSET:
      if (write->lo) state->fq.head = (uint32_t)write->data & pcl_queue_mask(&state->fq);
      return;
    case PCL_REG_CQCSR_OFFSET:
      if (write->lo && write_csr(&state->cq, (uint32_t)write->data)) state->cq.head = 0;
      if (write->hi && write_csr(&state->fq, high)) state->fq.tail = 0;
      return;
    case PCL_REG_IOMMU_QOSID_OFFSET: write_qosid(state, write); return;
    case PCL_REG_ICVEC_OFFSET: write_icvec(state, write); return;
    default: break;
  }
  if (has(state, PCL_CAP_ATS)) write_messages(state, write);
  if (pcl_regs_msi_holds(offset) && igs(state) != PCL_CAPABILITIES_IGS_WSI) pcl_regs_msi_write(&state->msi, write);
  if (offset >= QUIESCE_OFFSET && offset < QUIESCE_OFFSET + QUIESCE_STRIDE * PCL_MAX_PORTS)
    write_quiesce(state, offset, write);
}

// Whether the write is 4 or 8 aligned whole bytes; fills in the halves.
static bool legal_write(const pcl_reg_pins_in_t *in, pcl_word_write_t *write) {
  write->data = in->w_data;
  write->offset = in->aw_addr & 0xff8;
  write->lo = in->w_strb & 0x0f;
  write->hi = in->w_strb & 0xf0;
  if (in->aw_addr & 3) return false;
  bool upper = in->aw_addr & 4;
  return (in->w_strb == 0xff && !upper) || (in->w_strb == 0x0f && !upper) || (in->w_strb == 0xf0 && upper);
}

// The vectors of causes, given as bits of ipsr.
static uint16_t vectors_of(const pcl_regs_state_t *state, uint32_t causes) {
  uint32_t vectors = 0;
  for (; causes != 0; causes &= causes - 1) {
    vectors |= UINT32_C(1) << (state->icvec >> VECTOR_BITS * (unsigned)__builtin_ctz(causes) & 0xf);
  }
  return (uint16_t)vectors;
}

void pcl_regs_eval(const pcl_regs_state_t *state, const pcl_reg_pins_in_t *in, pcl_reg_pins_out_t *out, uint16_t *irq) {
  out->aw_ready = out->w_ready = in->aw_valid && in->w_valid && !state->b_valid;
  out->b_valid = state->b_valid;
  out->b_resp = state->b_error ? PCL_RESP_SLVERR : PCL_RESP_OKAY;
  out->ar_ready = !state->r_valid;
  out->r_valid = state->r_valid;
  out->r_data = state->r_data;
  out->r_resp = PCL_RESP_OKAY;
  *irq = state->fctl & PCL_FCTL_WSI ? vectors_of(state, state->ipsr) : 0;
}

// Bits and indices that hardware moves; they win over a register write in the same clock.
static void apply_events(pcl_regs_state_t *state, const pcl_regs_events_t *events) {
  pcl_queue_regs_t *cq = &state->cq;
  pcl_queue_regs_t *fq = &state->fq;
  pcl_queue_regs_t *pq = &state->pq;
  if (events->ddtp_done) state->ddtp_busy = false;
  if (events->cq_done) cq->head = (cq->head + 1) & pcl_queue_mask(cq);
  if (events->cq_set_mf) cq->mf = true;
  if (events->cq_set_to) cq->to = true;
  if (events->cq_set_ill) cq->ill = true;
  if (events->cq_set_fence) cq->fence = true;
  if (events->fq_done) fq->tail = (fq->tail + 1) & pcl_queue_mask(fq);
  if (events->fq_set_mf) fq->mf = true;
  if (events->fq_set_of) fq->of = true;
  if (events->pq_done) pq->tail = (pq->tail + 1) & pcl_queue_mask(pq);
  if (events->pq_set_mf) pq->mf = true;
  if (events->pq_set_of) pq->of = true;
}

// Bits of ipsr that are set in this clock.
static uint32_t causes_set(const pcl_regs_state_t *state, const pcl_regs_events_t *events, bool overflow) {
  const pcl_queue_regs_t *cq = &state->cq;
  const pcl_queue_regs_t *fq = &state->fq;
  const pcl_queue_regs_t *pq = &state->pq;
  uint32_t causes = 0;
  if (cq->ie && (pcl_cq_stopped(cq) || cq->fence)) causes |= PCL_IPSR_CIP_MASK;
  if (fq->ie && (pcl_fq_stopped(fq) || events->fq_done)) causes |= PCL_IPSR_FIP_MASK;
  if (overflow) causes |= PCL_IPSR_PMIP_MASK;
  if (pq->ie && (pq->mf || pq->of || events->pq_done)) causes |= PCL_IPSR_PIP_MASK;
  return causes;
}

// ipsr and the messages. `write` is NULL if there is none.
static void commit_causes(pcl_regs_state_t *state, const pcl_word_write_t *write, uint32_t causes, bool msi_taken) {
  const bool clears = write && write->offset == (PCL_REG_IPSR_OFFSET & ~7u) && write->hi;
  const uint32_t left = clears ? state->ipsr & ~(uint32_t)(write->data >> 32) : state->ipsr;
  if (msi_taken || causes & ~left) {
    pcl_regs_msi_commit(&state->msi, state->fctl, vectors_of(state, causes & ~left), msi_taken);
  }
  state->ipsr = left | causes;
}

static void commit_blocks(pcl_regs_state_t *state, const pcl_word_write_t *write, const pcl_regs_events_t *events) {
  const pcl_word_write_t *to_hpm = write && pcl_hpm_block_holds(write->offset) ? write : NULL;
  const pcl_word_write_t *to_debug = write && pcl_regs_debug_holds(write->offset) ? write : NULL;
  const bool overflow = state->hpm.built && pcl_hpm_block_commit(&state->hpm, events->ev, events->evs, to_hpm);
  commit_causes(state, write, causes_set(state, events, overflow), events->msi_taken);
  if (has(state, PCL_CAP_DBG)) pcl_regs_debug_commit(&state->debug, to_debug, events->dbg_taken, events->dbg_resp);
}

void pcl_regs_commit(pcl_regs_state_t *state, const pcl_reg_pins_in_t *in, const pcl_regs_events_t *events) {
  bool write = in->aw_valid && in->w_valid && !state->b_valid;
  bool read = in->ar_valid && !state->r_valid;
  bool cq_on = state->cq.en || (state->cq.on && !events->cq_idle);
  bool fq_on = state->fq.en || (state->fq.on && !events->fq_idle);
  bool pq_on = state->pq.en || (state->pq.on && !events->pq_idle);
  pcl_word_write_t word;

  if (read) state->r_data = read_word(state, in->ar_addr & 0xff8, events);
  state->r_valid = read || (state->r_valid && !in->r_ready);
  if (state->b_valid && in->b_ready) state->b_valid = false;
  for (unsigned port = 0; port < state->num_ports; port++)
    state->quiesce[port].isolate = state->quiesce[port].resume = false;
  const bool legal = write && legal_write(in, &word);
  commit_blocks(state, legal ? &word : NULL, events);
  if (write) {
    state->b_valid = true;
    state->b_error = !legal;
    if (legal) write_word(state, &word);
  }
  apply_events(state, events);
  state->cq.on = cq_on;
  state->fq.on = fq_on;
  state->pq.on = pq_on;
}
