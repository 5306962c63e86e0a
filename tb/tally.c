// SPDX-License-Identifier: Apache-2.0
#include "tally.h"

#include "pcl_regs.h"

// Bits of a device context's tc (IOMMU spec 3.1.3).
#define TC_PDTV (UINT64_C(1) << 5)
#define TC_DPE (UINT64_C(1) << 9)
#define TC_SBE (UINT64_C(1) << 10)

const char *const tally_command_names[TALLY_COMMANDS] = {
  "vma", "vma_av", "vma_pscv", "vma_av_pscv", "vma_gv", "vma_gv_av", "vma_gv_pscv", "vma_gv_av_pscv", "gvma", "gvma_gv",
  "gvma_gv_av", "inval_nl", "inval_s", "fence", "fence_av", "fence_wsi", "fence_pr", "fence_pw", "ddt_all", "ddt_one", "pdt",
  "ats_inval", "ats_prgr", "gvma_nl", "gvma_s", "other",
};

const char *const tally_stop_names[TALLY_STOPS] = {"cqmf", "cmd_to", "cmd_ill", "fqmf", "fqof", "pqmf", "pqof"};

static tally_command_t kind_of(uint64_t dw0) {
  unsigned kind = dw0 & 0x3ff, av = dw0 >> 10 & 1, pscv = dw0 >> 32 & 1, v = dw0 >> 33 & 1;  // func3, opcode; GV or DV
  switch (kind) {
    case 1: return TALLY_VMA + av + 2 * pscv + 4 * v;
    case 1 << 7 | 1: return v ? TALLY_GVMA_GV + av : TALLY_GVMA;
    case 2: return TALLY_FENCE;
    case 3: return TALLY_DDT_ALL + v;
    case 1 << 7 | 3: return TALLY_PDT;
    case 4: return TALLY_ATS_INVAL;
    case 1 << 7 | 4: return TALLY_ATS_PRGR;
    default: return TALLY_OTHER;
  }
}

// A doubleword of a queue; `turned`: fctl.BE.
static uint64_t doubleword(uint64_t value, bool turned) { return turned ? __builtin_bswap64(value) : value; }

static void count_fetch(tally_t *tally, const pcl_r_t *r, bool turned) {
  uint64_t dw = doubleword(r->data[0], turned);
  bool good = r->resp < PCL_RESP_SLVERR && !(r->user & 1);
  if (!tally->fetch_second && good) {
    tally_command_t kind = kind_of(dw);
    tally->commands++;
    tally->command[kind]++;
    for (unsigned i = 0; i < 4 && kind == TALLY_FENCE; i++) tally->command[TALLY_FENCE_AV + i] += dw >> (10 + i) & 1;
    tally->by_address = kind <= TALLY_GVMA_GV_AV && (dw >> 10 & 1);
    tally->by_gpa = tally->by_address && kind >= TALLY_GVMA;
    tally->command[TALLY_INVAL_NL] += tally->by_address && (dw >> 34 & 1);
    tally->command[TALLY_GVMA_NL] += tally->by_gpa && (dw >> 34 & 1);
  } else if (good) {
    tally->command[TALLY_INVAL_S] += tally->by_address && (dw >> 9 & 1);
    tally->command[TALLY_GVMA_S] += tally->by_gpa && (dw >> 9 & 1);
  }
  tally->fetch_second = !r->last;
}

// IOMMU spec 4.2: CAUSE and TTYP in the first doubleword of a record, iotval2 in the fourth.
static void count_record(tally_t *tally, uint64_t dw) {
  unsigned cause = dw & (TALLY_CAUSES - 1), ttyp = dw >> 34 & 63;
  if (tally->write_beat == 0) {
    tally->faults++;
    tally->cause[cause]++;
    if (ttyp < TALLY_TTYPS) tally->ttyp[ttyp]++;
    tally->guest_fault = cause == 20 || cause == 21 || cause == 23;
  } else if (tally->write_beat == 3 && tally->guest_fault) {
    tally->implicit += dw & 1;
    tally->implicit_writes += (dw & 3) == 3;
  }
}

static void count_write(tally_t *tally, const tb_view_t *view, const pcl_config_t *config, bool turned) {
  const pcl_ds_pins_in_t *in = &view->in->ds;
  const pcl_ds_pins_out_t *out = &view->out->ds;
  if (in->b.valid && in->b.id < config->walkers) {
    tally->updates += in->b.resp == PCL_RESP_EXOKAY;
    tally->updates_lost += in->b.resp == PCL_RESP_OKAY;
  }
  if (out->aw.valid) tally->write_id = out->aw.id;
  if (!out->w.valid || !in->w_ready) return;
  if (tally->write_id == config->walkers + 1) count_record(tally, doubleword(out->w.data[0], turned));
  tally->write_beat = out->w.last ? 0 : tally->write_beat + 1;
}

// Whether the kill voids or narrows what this walk is reading.
static bool covers(const pcl_inv_t *inv, const pcl_walker_t *walker) {
  const pcl_walk_t *walk = &walker->walk;
  bool gv = walk->dc.iohgatp >> 60, same_device = inv->device_id == walker->request.device_id;
  uint16_t gscid = (uint16_t)(walk->dc.iohgatp >> 44);
  switch (inv->op) {
    case PCL_INV_ALL: return true;
    case PCL_INV_DDT: return same_device;
    case PCL_INV_PDT: return same_device && inv->process_id == walker->request.process_id;
    case PCL_INV_GVMA: return walk->phase != PCL_PHASE_DDT && gv && (!inv->gv || inv->gscid == gscid);
    default: break;
  }
  if (walk->phase != PCL_PHASE_PT || (inv->pscv && inv->pscid != walk->pscid)) return false;
  if (inv->gv != gv || (gv && inv->gscid != gscid)) return false;
  return !inv->av || inv->vpn == walker->request.iova >> 12;
}

// Index of a mode in first_stage, second_stage: 64-bit modes are 8, 9, 10.
static unsigned stage_mode(bool bare, bool sv32, unsigned root_level) { return bare ? 0 : sv32 ? 4 : root_level - 1; }

static void count_walk(tally_t *tally, const tb_view_t *view, const pcl_resp_t *resp) {
  const pcl_walker_t *walker = &view->top->core.pool.walker[view->top->clock.core_out.plan.shown];
  const pcl_walk_t *walk = &walker->walk;
  bool turned = view->top->regs.fctl & PCL_FCTL_BE_MASK;
  tally->walks++;
  if (view->top->regs.ddtp_mode < TALLY_DDTP_MODES) tally->ddtp_mode[view->top->regs.ddtp_mode]++;
  if (!resp->ok) return;
  tally->granted[pcl_request_ttyp(&walker->request)]++;
  tally->leaf[resp->size]++;
  tally->pbmt[resp->pbmt]++;
  bool s1_bare = !resp->space.s1, s2_bare = !resp->space.gv;
  tally->first_stage[stage_mode(s1_bare, walk->s1_sv32, walk->root_level)]++;
  tally->second_stage[stage_mode(s2_bare, walk->s2_sv32, (unsigned)(walk->dc.iohgatp >> 60) - 6)]++;
  if (resp->size == PCL_SIZE_IDENTITY) return;
  tally->two_stages += !s1_bare && !s2_bare;
  tally->gpas += !s2_bare && walk->outcome.translation.t2gpa;
  tally->other_order += turned != !!(walk->dc.tc & TC_SBE);
  tally->fractured += resp->size < resp->s1_size;
  tally->supervisors += resp->pv && resp->priv;
  tally->msi_pages += walk->outcome.translation.msi;
  unsigned directory = (unsigned)(walk->dc.fsc >> 60);
  if (!(walk->dc.tc & TC_PDTV) || !directory || !(resp->pv || walk->dc.tc & TC_DPE)) return;
  if (directory <= TALLY_DIRECTORIES) tally->processes[directory - 1]++;
  tally->guest_directories += !s2_bare;
}

static void count_core(tally_t *tally, const tb_view_t *view, const pcl_config_t *config) {
  const pcl_core_t *core = &view->top->core;
  const pcl_core_out_t *out = &view->top->clock.core_out;
  if (out->resp.valid && out->resp.lead) count_walk(tally, view, &out->resp);
  tally->l2_hits += out->resp.valid && !out->resp.lead;
  tally->merges += core->pipe.b.valid && out->plan.b_moves && !out->plan.way && out->plan.merge >= 0;
  if (out->inv.kill) {
    tally->kills++;
    tally->kill_at_fill += out->resp.valid && out->resp.ok;
    uint32_t reading = core->pool.in[PCL_WALKER_AR] | core->pool.in[PCL_WALKER_R];
    for (unsigned w = 0; w < core->walkers; w++)
      tally->kill_in_walk += reading >> w & 1 && covers(&out->inv, &core->pool.walker[w]);
  }
  if (!out->fence_start) return;
  for (unsigned p = 0; p < config->num_ports; p++)
    for (unsigned c = 0; c < PCL_CHANNELS; c++)
      tally->fence_over_stall += view->out->port[p].mem_ax[c].valid && !view->in->port[p].mem_ax_ready[c];
}

static void count_messages(tally_t *tally, const tb_view_t *view) {
  const pcl_msg_t *in = &view->in->msg_in, *out = &view->out->msg_out;
  bool taken = in->valid && view->out->msg_in_ready;
  tally->message_in[in->kind & 15] += taken;
  tally->stop_markers += taken && in->kind == PCL_MSG_PAGE_REQUEST && (in->payload & 7) == 4;
  if (!out->valid || !view->in->msg_out_ready) return;
  tally->message_out[out->kind & 15]++;
  if (out->kind == PCL_MSG_TRANSLATION_COMPLETION) {
    tally->translations[out->status & 7]++;
    tally->translations_none += out->status == 0 && !(out->payload & 3);
  } else if (out->kind == PCL_MSG_PRG_RESPONSE) {
    tally->page_answers[out->payload >> 44 & 15]++;
  }
}

static void count_stops(tally_t *tally, const pcl_regs_state_t *regs) {
  const bool stopped[TALLY_STOPS] = {regs->cq.mf, regs->cq.to, regs->cq.ill, regs->fq.mf, regs->fq.of, regs->pq.mf, regs->pq.of};
  for (unsigned i = 0; i < TALLY_STOPS; i++) {
    tally->stops[i] += stopped[i] && !(tally->stopped >> i & 1);
    tally->stopped = (uint8_t)((tally->stopped & ~(1u << i)) | (unsigned)stopped[i] << i);
  }
}

void tally_clock(tally_t *tally, const tb_view_t *view, const pcl_config_t *config) {
  const pcl_ds_pins_in_t *in = &view->in->ds;
  const pcl_ds_pins_out_t *out = &view->out->ds;
  if (out->ar.valid && in->ar_ready && out->ar.id < config->walkers) tally->table_reads++;
  bool turned = view->top->regs.fctl & PCL_FCTL_BE_MASK;
  if (in->r.valid && in->r.id == config->walkers) count_fetch(tally, &in->r, turned);
  count_write(tally, view, config, turned);
  count_core(tally, view, config);
  count_messages(tally, view);
  count_stops(tally, &view->top->regs);
  tally_memory(tally, view);
  tally->interrupts += (unsigned)__builtin_popcount(view->out->irq & ~(unsigned)tally->irq);
  tally->irq = view->out->irq;
}
