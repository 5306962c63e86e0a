// SPDX-License-Identifier: Apache-2.0
#include "mrif.h"

#include "arch/caps.h"
#include "arch/causes.h"
#include "rr_arb.h"

enum { LOST_WRITES = 64 };

void pcl_mrif_reset(pcl_mrif_block_t *mrif, const pcl_config_t *config) {
  *mrif = (pcl_mrif_block_t){.walkers = config->walkers, .ports = config->num_ports, .state = PCL_MRIF_IDLE};
}

// Interrupt identity, by the byte order of the register that the device wrote (AIA spec: seteipnum_le, seteipnum_be).
static uint32_t identity(const pcl_mrif_block_t *mrif) {
  return mrif->req.high ? __builtin_bswap32(mrif->req.data) : mrif->req.data;
}

// The pending bits of identities 64k..64k+63 are the doubleword 2k of the file.
uint64_t pcl_mrif_addr(const pcl_mrif_block_t *mrif) {
  return mrif->req.file << 9 | (uint64_t)(identity(mrif) >> 6 & 0x1f) << 4;
}

void pcl_mrif_eval(const pcl_mrif_block_t *mrif, uint32_t valid, pcl_mrif_out_t *out) {
  const bool idle = mrif->state == PCL_MRIF_IDLE && valid != 0;
  out->ready = idle ? UINT32_C(1) << pcl_rr_pick(valid, mrif->port_ptr) : 0;
  out->done = mrif->state == PCL_MRIF_DONE ? UINT32_C(1) << mrif->owner : 0;
  out->ok = mrif->fault == 0 || mrif->fault == PCL_CAUSE_MSI_WRITE_ACCESS;
  out->write.valid = mrif->state == PCL_MRIF_XW || mrif->state == PCL_MRIF_NW;
  out->write.data = &out->data;
  if (!out->write.valid) return;
  out->data = mrif->state == PCL_MRIF_XW ? mrif->value : mrif->req.nid;
  out->write.addr = mrif->state == PCL_MRIF_XW ? pcl_mrif_addr(mrif) : mrif->req.nppn << 12;
}

// DTF suppresses what is of the device's transaction (IOMMU spec 4.2).
static bool reports(const pcl_mrif_block_t *mrif) { return mrif->fault == PCL_CAUSE_MSI_WRITE_ACCESS || !mrif->req.dtf; }

bool pcl_mrif_faults(const pcl_mrif_block_t *mrif) { return mrif->state == PCL_MRIF_REC && reports(mrif); }

pcl_fault_rec_t pcl_mrif_record(const pcl_mrif_block_t *mrif) {
  const pcl_mrif_req_t *req = &mrif->req;
  if (mrif->fault == PCL_CAUSE_MSI_WRITE_ACCESS) {
    return (pcl_fault_rec_t){.cause = mrif->fault, .ttyp = PCL_TTYP_NONE, .iotval = req->nppn << 12, .valid = true};
  }
  return (pcl_fault_rec_t){
    .cause = mrif->fault,
    .ttyp = req->translated ? PCL_TTYP_TRANSLATED_WRITE : PCL_TTYP_UNTRANSLATED_WRITE,
    .iotval = req->iova,
    .device_id = req->device_id,
    .process_id = req->process_id,
    .pv = req->pv,
    .priv = req->priv,
    .valid = true,
  };
}

static pcl_mrif_state_t fail(pcl_mrif_block_t *mrif, uint16_t cause) {
  mrif->fault = cause;
  return PCL_MRIF_REC;
}

static pcl_mrif_state_t take(pcl_mrif_block_t *mrif, const pcl_mrif_out_t *out, const pcl_mrif_told_t *told) {
  if (out->ready == 0) return PCL_MRIF_IDLE;
  mrif->owner = (unsigned)__builtin_ctz(out->ready);
  mrif->port_ptr = pcl_rr_next(mrif->owner, mrif->ports);
  mrif->req = *told->req[mrif->owner];
  mrif->fault = 0;
  mrif->retries = 0;
  return PCL_MRIF_CHECK;
}

// Only a write of the identity of an interrupt is an MSI; others change nothing.
static pcl_mrif_state_t check(const pcl_mrif_block_t *mrif, uint64_t capabilities) {
  const bool discarded =
    mrif->req.beyond || identity(mrif) >> 11 != 0 || (mrif->req.high && !(capabilities & PCL_CAP_END));
  return discarded ? PCL_MRIF_DONE : PCL_MRIF_XAR;
}

static pcl_mrif_state_t read_beat(pcl_mrif_block_t *mrif, const pcl_r_t *r) {
  if (!r->valid || r->id != mrif->walkers + 4) return PCL_MRIF_XR;
  if (r->resp != PCL_RESP_EXOKAY) return fail(mrif, PCL_CAUSE_MRIF_ACCESS);
  if (r->user & 1) return fail(mrif, PCL_CAUSE_MRIF_CORRUPTION);
  mrif->value = r->data[0] | UINT64_C(1) << (identity(mrif) & 63);
  return PCL_MRIF_XW;
}

static pcl_mrif_state_t write_done(pcl_mrif_block_t *mrif, const pcl_b_t *b) {
  if (!b->valid || b->id != mrif->walkers + 4) return PCL_MRIF_XB;
  if (b->resp == PCL_RESP_EXOKAY) return PCL_MRIF_NW;
  if (b->resp != PCL_RESP_OKAY || ++mrif->retries == LOST_WRITES) return fail(mrif, PCL_CAUSE_MRIF_ACCESS);
  return PCL_MRIF_XAR;
}

static pcl_mrif_state_t notice_done(pcl_mrif_block_t *mrif, const pcl_ds_write_told_t *write) {
  if (!write->b_valid) return PCL_MRIF_NB;
  return write->b_error ? fail(mrif, PCL_CAUSE_MSI_WRITE_ACCESS) : PCL_MRIF_DONE;
}

void pcl_mrif_commit(pcl_mrif_block_t *mrif, const pcl_mrif_out_t *out, const pcl_mrif_told_t *told) {
  pcl_mrif_state_t next = mrif->state;
  switch (mrif->state) {
    case PCL_MRIF_IDLE: next = take(mrif, out, told); break;
    case PCL_MRIF_CHECK: next = check(mrif, told->capabilities); break;
    case PCL_MRIF_XAR: if (told->ar_taken) next = PCL_MRIF_XR; break;
    case PCL_MRIF_XR: next = read_beat(mrif, &told->ds->r); break;
    case PCL_MRIF_XW: if (told->write->taken) next = PCL_MRIF_XB; break;
    case PCL_MRIF_XB: next = write_done(mrif, &told->ds->b); break;
    case PCL_MRIF_NW: if (told->write->taken) next = PCL_MRIF_NB; break;
    case PCL_MRIF_NB: next = notice_done(mrif, told->write); break;
    case PCL_MRIF_REC: if (!reports(mrif) || told->fault_taken) next = PCL_MRIF_DONE; break;
    default: next = PCL_MRIF_IDLE; break;
  }
  mrif->state = (uint8_t)next;
}
