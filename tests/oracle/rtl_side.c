// SPDX-License-Identifier: Apache-2.0
//
// The RTL with its cycle twin as a side under test. What is seen is seen on the pins, but for this, which no pin shows and the
// twin's registers tell: the stage of an A/D update, whether a stage is Bare, where the interrupt file of a read is; and the
// orders that fences asked for, which stand in the commands that cqh has passed.
#include <stdio.h>
#include <stdlib.h>

#include "pcl_regs.h"
#include "rtl_bench.h"

#define PAGE_OFFSET UINT64_C(0xfff)

enum { IOFENCE_C = 2, OPCODE_AND_FUNC3 = 0x3ff, TAG = 0x155 };

static void *rtl_open(const oracle_config_t *config, oracle_memory_t *memory, oracle_log_t *log, const char **why) {
  static char text[128];
  rtl_bench_t *bench = malloc(sizeof *bench);
  if (!bench || !rtl_bench_open(bench, config, memory, log)) {
    *why = "no RTL in this program, or no more memory";
    free(bench);
    return 0;
  }
  const uint64_t capabilities = rtl_read(bench, PCL_REG_CAPABILITIES_OFFSET, 8);
  if (capabilities == config->capabilities && config->vectors == 16 && config->counter_width == 64) {
    rtl_write(bench, PCL_REG_FCTL_OFFSET, 4, config->fctl);
    rtl_rest(bench);
    return bench;
  }
  snprintf(text, sizeof text, "the hardware has capabilities %llx, 16 vectors and counters of 64 bits",
           (unsigned long long)capabilities);
  *why = text;
  rtl_bench_close(bench);
  free(bench);
  return 0;
}

static void rtl_close(void *side) {
  rtl_bench_close(side);
  free(side);
}

static const char *rtl_failure(void *side) {
  const rtl_bench_t *bench = side;
  return bench->failure[0] ? bench->failure : 0;
}

static uint64_t side_read(void *side, uint32_t offset, unsigned size) { return rtl_read(side, offset, size); }

// A fence at cqh has done all but its write if that failed.
static void log_orders(rtl_bench_t *bench, uint32_t from) {
  const pcl_queue_regs_t *cq = &bench->twin->regs.cq;
  const uint32_t mask = pcl_queue_mask(cq), to = (cq->head + cq->mf) & mask;
  for (uint32_t i = from & mask; i != to; i = (i + 1) & mask) {
    const uint64_t addr = (cq->ppn << 12) + 16 * i, command = oracle_memory_load(bench->tables.memory, addr);
    const bool pr = command >> 12 & 1, pw = command >> 13 & 1;
    if ((command & OPCODE_AND_FUNC3) != IOFENCE_C || !(pr || pw)) continue;
    if (oracle_memory_status(bench->tables.memory, addr, false) != ORACLE_MEM_OK) continue;
    oracle_log(bench->log, (oracle_record_t){.kind = 'O', .field = {pr, pw}});
  }
}

static void side_write(void *side, uint32_t offset, unsigned size, uint64_t value) {
  rtl_bench_t *bench = side;
  const pcl_queue_regs_t *cq = &bench->twin->regs.cq;
  rtl_write(bench, offset, size, value);
  const uint32_t from = cq->head;
  rtl_rest(bench);
  if (cq->on) log_orders(bench, from);
}

// A write goes to the first word of its page: an interrupt file in memory takes no other, and shows itself only there.
static void request(rtl_bench_t *bench, const uint64_t *v, oracle_record_t *p) {
  const unsigned channel = v[Q_RW] ? PCL_WRITE : PCL_READ;
  const uint64_t offset = v[Q_RW] ? v[Q_IOVA] & PAGE_OFFSET : 0;
  const pcl_ax_t ax = {
    .addr = v[Q_IOVA] - offset, .device_id = (uint32_t)v[Q_DID], .process_id = (uint32_t)v[Q_PID], .pv = v[Q_PV],
    .priv = v[Q_PRIV], .exec = v[Q_EXEC], .translated = v[Q_AT] == 2, .size = 2, .burst = PCL_BURST_INCR, .id = 1,
  };
  const uint8_t answer = rtl_dma(bench, &ax, channel);
  rtl_rest(bench);
  const rtl_tables_t *tables = &bench->tables;
  const pcl_resp_t *resp = &bench->resp;
  const bool file = resp->valid && resp->ok && resp->mrif, left = bench->dma.valid;
  p->field[P_STATUS] = answer != PCL_RESP_OKAY && !file;
  if (left != (answer == PCL_RESP_OKAY && !file)) rtl_fail(bench, "a request that reached memory was refused, or the reverse");
  if (left && bench->dma.device_id != ax.device_id) rtl_fail(bench, "a request reached memory in the name of another device");
  if (!file) {
    p->field[P_PA] = left ? bench->dma.addr | offset : 0;
    p->field[P_PBMT] = left ? bench->dma.pbmt : 0;
    return;
  }
  const bool shown = channel == PCL_WRITE;  // else no pin shows it
  if (tables->noticed != shown) rtl_fail(bench, "a read has set an interrupt pending, or a write has not");
  p->field[P_IS_MRIF] = 1;
  p->field[P_PA] = shown ? tables->notice : resp->spn << 12;
  p->field[P_MRIF_ADDR] = shown ? tables->file : resp->file << 9;
  p->field[P_NID] = shown ? tables->nid : resp->nid;
}

// The address of a Translation Completion; with S the lowest 0 bit above bit 11 gives the range.
static void unpack(uint64_t payload, uint64_t iova, oracle_record_t *p) {
  const uint64_t page = payload & ~PAGE_OFFSET;
  const uint64_t range = (payload & 0x800 ? page ^ (page + 0x1000) : 0) | PAGE_OFFSET;
  p->field[P_PA] = (page & ~range) | (iova & range);
  p->field[P_SIZE] = range + 1;
  p->field[P_ATS] = ATS_PRESENT | (payload & 1 ? ATS_R : 0u) | (payload & 2 ? ATS_W : 0u) | (payload & 4 ? ATS_U : 0u) |
                    (payload & 8 ? ATS_X : 0u) | (payload & 16 ? ATS_PRIV : 0u) | (payload & 32 ? ATS_G : 0u);
}

static void translation_request(rtl_bench_t *bench, const uint64_t *v, oracle_record_t *p) {
  const pcl_msg_t message = {
    .kind = PCL_MSG_TRANSLATION_REQUEST, .rid = (uint16_t)v[Q_DID], .dsv = v[Q_DID] >> 16, .segment = (uint8_t)(v[Q_DID] >> 16),
    .pv = v[Q_PV], .pasid = (uint32_t)v[Q_PID], .priv = v[Q_PRIV], .exec = v[Q_EXEC], .cxl = v[Q_CXL], .tag = TAG,
    .payload = (v[Q_IOVA] & ~PAGE_OFFSET) | v[Q_NW],
  };
  rtl_message(bench, &message);
  rtl_rest(bench);
  const pcl_msg_t *completion = &bench->completion;
  if (!completion->valid || completion->tag != TAG || completion->rid != message.rid || completion->dsv != message.dsv ||
      completion->segment != message.segment) {
    rtl_fail(bench, "a translation request has no completion, or that of another");
  }
  p->field[P_STATUS] = completion->status;
  if (completion->status) return;
  unpack(completion->payload, v[Q_IOVA], p);
  const pcl_resp_t *resp = &bench->resp;
  if (!(resp->space.s1 && resp->space.gv)) p->field[P_SIZE] = 0;
}

static void side_request(void *side, const oracle_record_t *q, oracle_record_t *p) {
  rtl_bench_t *bench = side;
  bench->dma.valid = bench->resp.valid = bench->completion.valid = bench->tables.noticed = false;
  if (q->field[Q_AT] == 1) translation_request(bench, q->field, p);
  else request(bench, q->field, p);
}

static void side_page_request(void *side, const oracle_record_t *b) {
  const uint64_t *v = b->field;
  rtl_message(side, &(pcl_msg_t){
    .kind = PCL_MSG_PAGE_REQUEST, .rid = (uint16_t)v[B_RID], .dsv = v[B_DSV], .segment = (uint8_t)v[B_DSEG], .pv = v[B_PV],
    .pasid = (uint32_t)v[B_PID], .priv = v[B_PRIV], .exec = v[B_EXEC], .payload = v[B_PAYLOAD]});
  rtl_rest(side);
}

static void side_completion(void *side, const oracle_record_t *y) {
  const rtl_bench_t *bench = side;
  rtl_message(side, &(pcl_msg_t){
    .kind = PCL_MSG_INVAL_COMPLETION, .rid = (uint16_t)y->field[0], .dsv = y->field[1], .segment = (uint8_t)y->field[2],
    .payload = y->field[3] << 32 | UINT64_C(1) << bench->itag});
  rtl_rest(side);
}

static void side_time_out(void *side) {
  rtl_bench_t *bench = side;
  const uint32_t clocks = 2 * bench->twin->core.ats.timeout;
  for (uint32_t i = 0; i < clocks; i++) rtl_clock(bench);
  rtl_rest(bench);
}

bool oracle_has_rtl(void) {
  dut_t *dut = dut_create(1);
  if (dut) dut_destroy(dut);
  return dut;
}

const oracle_side_t oracle_rtl_side = {
  .name = "rtl", .narrow_identity = true, .hides_msi = true, .open = rtl_open, .close = rtl_close, .write = side_write,
  .read = side_read, .request = side_request, .page_request = side_page_request, .completion = side_completion,
  .time_out = side_time_out, .failure = rtl_failure,
};
