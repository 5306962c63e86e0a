// SPDX-License-Identifier: Apache-2.0
//
// Part of the tally: what memory refused at the data-structure port, by the kind of access; answers to walks that came after a
// fence; exclusive writes of interrupt files.
#include "tally.h"

const char *const tally_access_names[TALLY_ACCESSES] = {
  "ddt", "pdt", "pte", "gpte", "msi_pte", "update", "command", "fence", "record", "interrupt", "page", "file", "notice",
};

static tally_access_t walk_access(const pcl_walker_pool_t *pool, unsigned walker) {
  if (pool->walker[walker].state != PCL_WALKER_R) return TALLY_ON_UPDATE;
  switch (pool->walker[walker].walk.access.kind) {
    case PCL_ACCESS_DDT_NONLEAF:
    case PCL_ACCESS_DC: return TALLY_ON_DDT;
    case PCL_ACCESS_PDT_NONLEAF:
    case PCL_ACCESS_PC: return TALLY_ON_PDT;
    case PCL_ACCESS_GPTE: return TALLY_ON_GPTE;
    case PCL_ACCESS_MSI_PTE: return TALLY_ON_MSI_PTE;
    default: return TALLY_ON_PTE;
  }
}

static void count_read(tally_t *tally, const pcl_core_t *core, const pcl_r_t *r) {
  tally_access_t access = r->id < core->walkers    ? walk_access(&core->pool, r->id)
                          : r->id == core->walkers ? TALLY_ON_COMMAND
                                                   : TALLY_ON_FILE;
  if (r->resp >= PCL_RESP_SLVERR) tally->errors[access]++;
  else tally->poison[access] += r->user & 1;
}

static void count_answer(tally_t *tally, const pcl_core_t *core, const pcl_b_t *b) {
  bool file = core->mrif.state == PCL_MRIF_XB;
  tally_access_t access = TALLY_ON_UPDATE;
  if (b->id >= core->walkers) access = TALLY_ON_FENCE + b->id - core->walkers;
  if (access == TALLY_ON_FILE && !file) access = TALLY_ON_NOTICE;
  if (b->resp >= PCL_RESP_SLVERR) tally->errors[access]++;
  if (access != TALLY_ON_FILE) return;
  tally->file_updates += b->resp == PCL_RESP_EXOKAY;
  tally->file_updates_lost += b->resp == PCL_RESP_OKAY;
}

// A walk is overtaken if a fence ends while a read of it is under way that an invalidation before the fence covers.
static void count_overtaken(tally_t *tally, const tb_view_t *view) {
  const pcl_core_t *core = &view->top->core;
  const pcl_r_t *r = &view->in->ds.r;
  uint32_t head = view->top->regs.cq.head, reading = core->pool.in[PCL_WALKER_R];
  bool done = tally->fencing && head != tally->head;
  tally->overtaken &= reading;
  for (unsigned w = 0; w < core->walkers && done; w++) {
    const pcl_walker_t *walker = &core->pool.walker[w];
    if (reading >> w & 1 && (walker->killed || walker->inv_size != PCL_INV_SIZE_NONE)) tally->overtaken |= 1u << w;
  }
  if (done) tally->fencing = false;
  if (view->top->clock.core_out.fence_start) tally->fencing = true;
  tally->head = head;
  if (r->valid && r->last && r->id < core->walkers) tally->late_walks += tally->overtaken >> r->id & 1;
}

void tally_memory(tally_t *tally, const tb_view_t *view) {
  const pcl_core_t *core = &view->top->core;
  if (view->in->ds.r.valid && view->out->ds.r_ready) count_read(tally, core, &view->in->ds.r);
  if (view->in->ds.b.valid && view->out->ds.b_ready) count_answer(tally, core, &view->in->ds.b);
  count_overtaken(tally, view);
}
