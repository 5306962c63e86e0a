// SPDX-License-Identifier: Apache-2.0
//
// One write at a time: the IOMMU shows AW and W together and waits for both.
#include "rtl_tables.h"

void rtl_tables_init(rtl_tables_t *tables, oracle_memory_t *memory, oracle_log_t *log, const pcl_top_t *twin, unsigned walkers) {
  *tables = (rtl_tables_t){.memory = memory, .log = log, .twin = twin, .walkers = walkers};
}

static unsigned word_shift(const pcl_ax_t *ax) { return ax->size == 2 && ax->addr & 4 ? 32 : 0; }

static uint64_t word_mask(const pcl_ax_t *ax) { return ax->size == 2 ? UINT64_C(0xffffffff) : ~UINT64_C(0); }

// The bytes of an exclusive access, at the low end.
static uint64_t word(const rtl_tables_t *tables, const pcl_ax_t *ax) {
  return oracle_memory_load(tables->memory, ax->addr) >> word_shift(ax) & word_mask(ax);
}

static void drive_r(rtl_tables_t *tables, pcl_r_t *r) {
  const pcl_ax_t *ar = &tables->read[tables->first];
  const uint64_t addr = (ar->addr & ~UINT64_C(7)) + 8 * tables->beat;
  const bool file = ar->id == tables->walkers + RTL_ID_MRIF;
  const oracle_mem_status_t status = file ? ORACLE_MEM_OK : oracle_memory_status(tables->memory, addr, false);
  *r = (pcl_r_t){.valid = true, .id = ar->id, .last = tables->beat == ar->len, .user = status == ORACLE_MEM_POISON};
  r->resp = status == ORACLE_MEM_ACCESS_FAULT ? PCL_RESP_SLVERR : ar->lock ? PCL_RESP_EXOKAY : PCL_RESP_OKAY;
  if (!file && status != ORACLE_MEM_ACCESS_FAULT) r->data[0] = oracle_memory_load(tables->memory, addr);
  if (ar->lock && ar->id < RTL_IDS) tables->exclusive[ar->id] = word(tables, ar);
  if (tables->beat++ < ar->len) return;
  tables->beat = 0;
  tables->first = (tables->first + 1) % RTL_READS;
  tables->reads--;
}

static uint64_t slot(const pcl_ax_t *aw, const pcl_queue_regs_t *queue, unsigned entry_bytes) {
  return aw->addr / entry_bytes & pcl_queue_mask(queue);
}

static uint8_t store_record(rtl_tables_t *tables, oracle_record_t record) {
  for (unsigned i = 0; i < tables->beats; i++) {
    oracle_memory_store(tables->memory, tables->aw.addr + 8 * i, tables->data[i]);
    record.field[i + 1] = tables->data[i];
  }
  oracle_log(tables->log, record);
  return PCL_RESP_OKAY;
}

static uint8_t store_word(rtl_tables_t *tables, char kind) {
  const uint32_t data = (uint32_t)(tables->data[0] >> word_shift(&tables->aw));
  oracle_memory_store32(tables->memory, tables->aw.addr, data);
  oracle_log(tables->log, (oracle_record_t){.kind = kind, .field = {tables->aw.addr, data}});
  return PCL_RESP_OKAY;
}

static uint8_t store_update(rtl_tables_t *tables) {
  const pcl_ax_t *aw = &tables->aw;
  const uint64_t old = tables->exclusive[aw->id], shift = word_shift(aw), mask = word_mask(aw);
  const uint64_t value = tables->data[0] >> shift & mask, all = oracle_memory_load(tables->memory, aw->addr);
  const pcl_walker_t *walker = &tables->twin->core.pool.walker[aw->id];
  if (word(tables, aw) != old) return PCL_RESP_OKAY;
  oracle_memory_store(tables->memory, aw->addr, (all & ~(mask << shift)) | value << shift);
  oracle_log(tables->log, (oracle_record_t){
    .kind = 'D', .field = {aw->addr, old, value, walker->walk.access.kind == PCL_ACCESS_GPTE}});
  return PCL_RESP_EXOKAY;
}

static uint8_t see_file(rtl_tables_t *tables) {
  if (tables->aw.lock) {
    tables->file = tables->aw.addr;
    return PCL_RESP_EXOKAY;
  }
  tables->notice = tables->aw.addr;
  tables->nid = (uint32_t)(tables->data[0] >> word_shift(&tables->aw));
  tables->noticed = true;
  return PCL_RESP_OKAY;
}

static uint8_t store(rtl_tables_t *tables) {
  const pcl_ax_t *aw = &tables->aw;
  const pcl_regs_state_t *regs = &tables->twin->regs;
  const unsigned client = aw->id - tables->walkers;
  if (aw->id >= tables->walkers && client == RTL_ID_MRIF) return see_file(tables);
  if (oracle_memory_status(tables->memory, aw->addr, true) != ORACLE_MEM_OK) return PCL_RESP_SLVERR;
  if (aw->id < tables->walkers) return store_update(tables);
  switch (client) {
    case RTL_ID_FENCE: return store_word(tables, 'K');
    case RTL_ID_IRQ: return store_word(tables, 'I');
    case RTL_ID_FAULT: return store_record(tables, (oracle_record_t){.kind = 'F', .field = {slot(aw, &regs->fq, 32)}});
    default: return store_record(tables, (oracle_record_t){.kind = 'G', .field = {slot(aw, &regs->pq, 16)}});
  }
}

// Every client has writes of one shape.
static bool has_shape(const rtl_tables_t *tables) {
  const pcl_ax_t *aw = &tables->aw;
  if (aw->id < tables->walkers) return aw->lock && aw->len == 0;
  switch (aw->id - tables->walkers) {
    case RTL_ID_FENCE: case RTL_ID_IRQ: return !aw->lock && aw->len == 0 && aw->size == 2;
    case RTL_ID_FAULT: return !aw->lock && aw->len == 3 && aw->size == 3;
    case RTL_ID_PAGE: return !aw->lock && aw->len == 1 && aw->size == 3;
    case RTL_ID_MRIF: return aw->len == 0 && aw->size == (aw->lock ? 3 : 2);
    default: return false;
  }
}

const char *rtl_tables_clock(rtl_tables_t *tables, const pcl_ds_pins_out_t *out, pcl_ds_pins_in_t *in) {
  if (in->r.valid && out->r_ready) in->r.valid = false;
  if (in->b.valid && out->b_ready) in->b.valid = false;
  if (out->ar.valid && in->ar_ready) tables->read[(tables->first + tables->reads++) % RTL_READS] = out->ar;
  if (tables->reads == RTL_READS) return "more reads on the data-structure port than any block may have";
  if (out->aw.valid && in->aw_ready) {
    tables->aw = out->aw;
    if (!has_shape(tables)) return "a write on the data-structure port that no block makes";
  }
  if (out->w.valid && in->w_ready) {
    tables->data[tables->beats++] = out->w.data[0];
    if (out->w.last != (tables->beats == tables->aw.len + 1u)) return "WLAST on the data-structure port is not on the last beat";
    if (out->w.last) {
      in->b = (pcl_b_t){.valid = true, .id = tables->aw.id, .resp = store(tables)};
      tables->beats = 0;
    }
  }
  if (!in->r.valid && tables->reads) drive_r(tables, &in->r);
  in->ar_ready = in->aw_ready = in->w_ready = true;
  return 0;
}
