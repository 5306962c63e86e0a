// SPDX-License-Identifier: Apache-2.0
//
// The untimed C model as a side under test.
#include <stdlib.h>

#include "arch/iommu.h"
#include "pcl_regs.h"
#include "side.h"

typedef struct {
  pcl_iommu_t iommu;
  oracle_memory_t *memory;
  oracle_log_t *log;
  uint8_t itag;  // of the last Invalidation Request
} model_t;

static uint64_t bytes_mask(const pcl_access_t *access) {
  return access->bytes == 4 ? UINT64_C(0xffffffff) << (access->addr & 4 ? 32 : 0) : ~UINT64_C(0);
}

static void update(model_t *model, const pcl_access_t *access, pcl_response_t *response) {
  const uint64_t mask = bytes_mask(access), addr = access->addr & ~UINT64_C(7);
  const unsigned shift = access->bytes == 4 && access->addr & 4 ? 32 : 0;
  const uint64_t word = oracle_memory_load(model->memory, addr);
  response->status = (uint8_t)oracle_memory_status(model->memory, addr, true);
  if (response->status != PCL_MEM_OK) return;
  if ((word & mask) != access->old_value << shift) {
    response->status = PCL_MEM_CHANGED;
    return;
  }
  oracle_memory_store(model->memory, addr, (word & ~mask) | access->new_value << shift);
  oracle_log(model->log, (oracle_record_t){
    .kind = 'D', .field = {access->addr, access->old_value, access->new_value, access->kind == PCL_ACCESS_GPTE}});
}

static void on_access(void *context, const pcl_access_t *access, pcl_response_t *response) {
  model_t *model = context;
  const uint64_t addr = access->addr & ~UINT64_C(7);
  if (access->update) {
    update(model, access, response);
    return;
  }
  response->status = (uint8_t)oracle_memory_status(model->memory, addr, false);
  for (unsigned i = 0; i < access->beats; i++) response->data[i] = oracle_memory_load(model->memory, addr + 8 * i);
}

static pcl_mem_status_t on_store(void *context, const pcl_store_t *store) {
  model_t *model = context;
  const oracle_mem_status_t status = oracle_memory_status(model->memory, store->addr, true);
  if (status != ORACLE_MEM_OK) return PCL_MEM_ACCESS_FAULT;
  if (store->bytes == 4) {
    oracle_memory_store32(model->memory, store->addr, (uint32_t)store->data[0]);
    oracle_log(model->log, (oracle_record_t){
      .kind = store->kind == PCL_STORE_FENCE ? 'K' : 'I', .field = {store->addr, (uint32_t)store->data[0]}});
    return PCL_MEM_OK;
  }
  const bool fault = store->kind == PCL_STORE_FAULT_RECORD;
  oracle_record_t record = {.kind = fault ? 'F' : 'G', .field = {fault ? model->iommu.fq.tail : model->iommu.pq.tail}};
  for (unsigned i = 0; i < store->bytes / 8u; i++) {
    oracle_memory_store(model->memory, store->addr + 8 * i, store->data[i]);
    record.field[i + 1] = store->data[i];
  }
  oracle_log(model->log, record);
  return PCL_MEM_OK;
}

static void on_message(void *context, const pcl_message_t *message) {
  model_t *model = context;
  if (message->code == PCL_MESSAGE_INVALIDATION_REQUEST) model->itag = message->tag;
  oracle_log(model->log, (oracle_record_t){
    .kind = 'X', .field = {message->code, message->rid, message->pv, message->tag, message->pid, message->dsv, message->dseg,
                           message->payload}});
}

static void on_order(void *context, bool reads, bool writes) {
  model_t *model = context;
  oracle_log(model->log, (oracle_record_t){.kind = 'O', .field = {reads, writes}});
}

static void *model_open(const oracle_config_t *config, oracle_memory_t *memory, oracle_log_t *log, const char **why) {
  model_t *model = calloc(1, sizeof *model);
  const pcl_iommu_config_t iommu_config = {
    .capabilities = config->capabilities, .fuse = ~UINT64_C(0), .event_counters = (uint8_t)config->event_counters,
    .counter_bits = (uint8_t)config->counter_width, .vectors = (uint8_t)config->vectors, .wide_pass_through = true,
  };
  if (!model) {
    *why = "no more memory";
    return 0;
  }
  const pcl_bus_t bus = {on_access, on_store, on_message, on_order, model};
  model->memory = memory;
  model->log = log;
  pcl_iommu_init(&model->iommu, &iommu_config, &bus);
  pcl_iommu_write_register(&model->iommu, PCL_REG_FCTL_OFFSET, 4, config->fctl);
  return model;
}

static void model_write(void *side, uint32_t offset, unsigned size, uint64_t value) {
  model_t *model = side;
  pcl_iommu_write_register(&model->iommu, offset, size, value);
}

static uint64_t model_read(void *side, uint32_t offset, unsigned size) {
  model_t *model = side;
  return pcl_iommu_read_register(&model->iommu, offset, size);
}

static bool a_stage_is_bare(const pcl_translation_t *translation) {
  return translation->s1_shift >= 64 || translation->s2_shift >= 64 || translation->size == PCL_SIZE_IDENTITY;
}

static void answer_ats(const pcl_request_t *request, const pcl_outcome_t *outcome, oracle_record_t *p) {
  const pcl_ats_completion_t c = pcl_ats_complete(request, outcome);
  p->field[P_STATUS] = c.status;
  if (c.status) return;
  p->field[P_PA] = c.addr;
  p->field[P_SIZE] = outcome->faulted || a_stage_is_bare(&outcome->translation) ? 0 : UINT64_C(1) << c.size_shift;
  p->field[P_ATS] = ATS_PRESENT | (c.r ? ATS_R : 0u) | (c.w ? ATS_W : 0u) | (c.exe ? ATS_X : 0u) | (c.u ? ATS_U : 0u) |
                    (c.global ? ATS_G : 0u) | (c.priv ? ATS_PRIV : 0u);
}

static void answer(const pcl_request_t *request, const pcl_outcome_t *outcome, oracle_record_t *p) {
  const pcl_translation_t *translation = &outcome->translation;
  p->field[P_STATUS] = outcome->faulted;
  if (outcome->faulted) return;
  p->field[P_PA] = pcl_translation_spa(translation, request->iova);
  p->field[P_PBMT] = translation->pbmt;
  p->field[P_IS_MSI] = translation->msi;
  p->field[P_IS_MRIF] = outcome->is_mrif;
  if (!outcome->is_mrif) return;
  p->field[P_MRIF_ADDR] = outcome->mrif.addr;
  p->field[P_NID] = outcome->mrif.nid;
}

static void model_request(void *side, const oracle_record_t *q, oracle_record_t *p) {
  model_t *model = side;
  const uint64_t *v = q->field;
  const pcl_request_t request = {
    .iova = v[Q_IOVA], .device_id = (uint32_t)v[Q_DID], .process_id = (uint32_t)v[Q_PID], .pv = v[Q_PV], .priv = v[Q_PRIV],
    .exec = v[Q_EXEC], .write = v[Q_RW] && v[Q_AT] != 1, .translated = v[Q_AT] == 2, .ats = v[Q_AT] == 1, .no_write = v[Q_NW],
    .cxl = v[Q_CXL],
  };
  const pcl_outcome_t outcome = pcl_iommu_translate(&model->iommu, &request);
  if (outcome.faulted) p->field[P_CAUSE] = outcome.fault.cause;
  if (request.ats) answer_ats(&request, &outcome, p);
  else answer(&request, &outcome, p);
}

static void model_page_request(void *side, const oracle_record_t *b) {
  model_t *model = side;
  const uint64_t *v = b->field;
  const pcl_page_request_t message = {
    .payload = v[B_PAYLOAD], .device_id = (uint32_t)(v[B_RID] | (v[B_DSV] ? v[B_DSEG] << 16 : 0)),
    .process_id = (uint32_t)v[B_PID], .pv = v[B_PV], .priv = v[B_PRIV], .exec = v[B_EXEC],
  };
  pcl_iommu_page_request(&model->iommu, &message, v[B_DSV]);
}

static void model_completion(void *side, const oracle_record_t *y) {
  model_t *model = side;
  const pcl_inval_completion_t completion = {
    .itags = UINT32_C(1) << model->itag, .rid = (uint16_t)y->field[0], .dsv = y->field[1], .dseg = (uint8_t)y->field[2],
    .count = (uint8_t)y->field[3],
  };
  pcl_iommu_inval_completion(&model->iommu, &completion);
}

static void model_time_out(void *side) {
  model_t *model = side;
  pcl_iommu_inval_time_out(&model->iommu, model->itag);
}

const oracle_side_t oracle_model_side = {
  .name = "model", .open = model_open, .close = free, .write = model_write, .read = model_read, .request = model_request,
  .page_request = model_page_request, .completion = model_completion, .time_out = model_time_out,
};
