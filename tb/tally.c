// SPDX-License-Identifier: Apache-2.0
#include "tally.h"

const char *const tally_command_names[TALLY_COMMANDS] = {
  "vma", "vma_av", "vma_pscv", "vma_av_pscv", "vma_gv", "vma_av_gv", "vma_pscv_gv", "vma_av_pscv_gv", "gvma",
  "fence", "fence_av", "fence_wsi", "fence_pr", "fence_pw", "ddt_all", "ddt_one", "other",
};

static tally_command_t kind_of(uint64_t dw0) {
  unsigned kind = dw0 & 0x3ff;  // func3, opcode
  if (kind == 1) return TALLY_VMA + (dw0 >> 10 & 1) + 2 * (dw0 >> 32 & 3);  // AV; PSCV, GV
  if (kind == (1 << 7 | 1)) return TALLY_GVMA;
  if (kind == 2) return TALLY_FENCE;
  return kind == 3 ? TALLY_DDT_ALL + (dw0 >> 33 & 1) : TALLY_OTHER;
}

static void count_fetch(tally_t *tally, const pcl_r_t *r) {
  if (!tally->fetch_second && r->resp < PCL_RESP_SLVERR && !(r->user & 1)) {
    tally_command_t kind = kind_of(r->data[0]);
    tally->commands++;
    tally->command[kind]++;
    for (unsigned i = 0; i < 4 && kind == TALLY_FENCE; i++) tally->command[TALLY_FENCE_AV + i] += r->data[0] >> (10 + i) & 1;
  }
  tally->fetch_second = !r->last;
}

static void count_write(tally_t *tally, const pcl_ds_pins_in_t *in, const pcl_ds_pins_out_t *out, unsigned fault_id) {
  if (out->aw.valid) tally->write_id = out->aw.id;
  if (!out->w.valid || !in->w_ready) return;
  if (tally->write_id == fault_id && tally->write_beat == 0) {
    tally->faults++;
    tally->cause[out->w.data[0] & (TALLY_CAUSES - 1)]++;
  }
  tally->write_beat = out->w.last ? 0 : tally->write_beat + 1;
}

// Whether the kill voids or narrows what this walk is reading.
static bool covers(const pcl_inv_t *inv, const pcl_walker_t *walker) {
  if (inv->op == PCL_INV_ALL) return true;
  if (inv->op == PCL_INV_DDT) return inv->device_id == walker->request.device_id;
  if (walker->walk.phase != PCL_PHASE_PT || (inv->pscv && inv->pscid != walker->walk.pscid)) return false;
  return !inv->av || inv->vpn == walker->request.iova >> 12;
}

static void count_walk(tally_t *tally, const tb_view_t *view, const pcl_resp_t *resp) {
  const pcl_walk_t *walk = &view->top->core.pool.walker[view->top->clock.core_out.plan.shown].walk;
  tally->walks++;
  if (view->top->regs.ddtp_mode < TALLY_DDTP_MODES) tally->ddtp_mode[view->top->regs.ddtp_mode]++;
  if (!resp->ok) return;
  tally->fsc_mode[resp->size == PCL_SIZE_IDENTITY ? 0 : walk->root_level - 1]++;
  tally->leaf[resp->size]++;
  tally->pbmt[resp->pbmt]++;
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

void tally_clock(tally_t *tally, const tb_view_t *view, const pcl_config_t *config) {
  const pcl_ds_pins_in_t *in = &view->in->ds;
  const pcl_ds_pins_out_t *out = &view->out->ds;
  if (out->ar.valid && in->ar_ready && out->ar.id < config->walkers) tally->table_reads++;
  if (in->r.valid && in->r.id == config->walkers) count_fetch(tally, &in->r);
  count_write(tally, in, out, config->walkers + 1);
  count_core(tally, view, config);
  tally->interrupts += (unsigned)__builtin_popcount(view->out->irq & ~(unsigned)tally->irq);
  tally->irq = view->out->irq;
}
