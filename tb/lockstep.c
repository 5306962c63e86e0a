// SPDX-License-Identifier: Apache-2.0
//
// Each channel's fields are listed once. The fast path ORs their differences; only a mismatch looks at them one by one.
#include "lockstep.h"

#include <stddef.h>

#define MEM_AX_FIELDS(F) \
  F(id) F(addr) F(len) F(size) F(burst) F(lock) F(cache) F(prot) F(qos) F(user) F(pbmt) F(rcid) F(mcid) F(device_id)
#define DS_AX_FIELDS(F) F(id) F(addr) F(len) F(size) F(burst) F(lock) F(cache) F(prot) F(qos) F(rcid) F(mcid)
#define MEM_W_FIELDS(F) F(data[0]) F(strb) F(last) F(user)
#define DS_W_FIELDS(F) F(data[0]) F(strb) F(last)
#define DEV_R_FIELDS(F) F(id) F(data[0]) F(resp) F(last) F(user)
#define DEV_B_FIELDS(F) F(id) F(resp) F(user)
#define MSG_FIELDS(F) F(kind) F(status) F(dsv) F(segment) F(rid) F(pv) F(pasid) F(priv) F(exec) F(cxl) F(tag) F(payload)

enum { MSG_BITS = 4 + 3 + 1 + 8 + 16 + 1 + 20 + 1 + 1 + 1 + 10 + 64 };

#define DIFFERENCE(f) | ((uint64_t)a->f ^ (uint64_t)b->f)
#define FIND(f) \
  if (a->f != b->f) return found(mismatch, channel, #f, a->f, b->f);

// A channel with `valid`: differs_x() is the fast test, find_x() names the field.
#define CHANNEL(name, type, FIELDS) \
  static inline uint64_t differs_##name(const type *a, const type *b) { \
    if (a->valid != b->valid) return 1; \
    return a->valid ? 0 FIELDS(DIFFERENCE) : 0; \
  } \
  static bool find_##name(const type *a, const type *b, const char *channel, mismatch_t *mismatch) { \
    FIND(valid) \
    FIELDS(FIND) \
    return false; \
  }

static bool found(mismatch_t *mismatch, const char *channel, const char *field, uint64_t expected, uint64_t got) {
  mismatch->channel = channel;
  mismatch->field = field;
  mismatch->expected = expected;
  mismatch->got = got;
  return true;
}

CHANNEL(mem_ax, pcl_ax_t, MEM_AX_FIELDS)
CHANNEL(ds_ax, pcl_ax_t, DS_AX_FIELDS)
CHANNEL(mem_w, pcl_w_t, MEM_W_FIELDS)
CHANNEL(ds_w, pcl_w_t, DS_W_FIELDS)
CHANNEL(dev_r, pcl_r_t, DEV_R_FIELDS)
CHANNEL(dev_b, pcl_b_t, DEV_B_FIELDS)
CHANNEL(msg, pcl_msg_t, MSG_FIELDS)

void lockstep_init(lockstep_t *lockstep, const pcl_config_t *config) {
  unsigned id = config->id_width, data = config->data_width, user = config->user_width, ds_id = 0;
  while (1u << ds_id < config->walkers + (config->igs_msi || config->ats || config->msi_mrif ? 5 : 2)) ds_id++;
  *lockstep = (lockstep_t){
    .ports = config->num_ports,
    .words = (data + 63) / 64,
    .always = 10 * config->num_ports + 5 + 5 + 2 + 16,
    .mem_ax_bits = id + 56 + 8 + 3 + 2 + 1 + 4 + 3 + 4 + user + 2 + 12 + 12 + 24,
    .mem_w_bits = data + data / 8 + 1 + user,
    .dev_r_bits = id + data + 2 + 1 + user,
    .dev_b_bits = id + 2 + user,
    .ds_ax_bits = ds_id + 56 + 8 + 3 + 2 + 1 + 4 + 3 + 4 + 12 + 12,
    .ds_w_bits = 64 + 8 + 1,
  };
}

static uint64_t words_differ(const uint64_t *a, const uint64_t *b, unsigned words) {
  uint64_t difference = 0;
  for (unsigned i = 1; i < words; i++) difference |= a[i] ^ b[i];
  return difference;
}

static uint64_t port_differs(const lockstep_t *lockstep, const pcl_port_pins_out_t *a, const pcl_port_pins_out_t *b) {
  uint64_t difference = differs_mem_ax(&a->mem_ax[PCL_READ], &b->mem_ax[PCL_READ]) |
                        differs_mem_ax(&a->mem_ax[PCL_WRITE], &b->mem_ax[PCL_WRITE]) | differs_mem_w(&a->mem_w, &b->mem_w) |
                        differs_dev_r(&a->dev_r, &b->dev_r) | differs_dev_b(&a->dev_b, &b->dev_b)
                        DIFFERENCE(dev_ax_ready[PCL_READ]) DIFFERENCE(dev_ax_ready[PCL_WRITE]) DIFFERENCE(dev_w_ready)
                        DIFFERENCE(mem_r_ready) DIFFERENCE(mem_b_ready);
  if (lockstep->words > 1) {
    if (a->mem_w.valid) difference |= words_differ(a->mem_w.data, b->mem_w.data, lockstep->words);
    if (a->dev_r.valid) difference |= words_differ(a->dev_r.data, b->dev_r.data, lockstep->words);
  }
  return difference;
}

static bool find_ready(const pcl_port_pins_out_t *a, const pcl_port_pins_out_t *b, mismatch_t *mismatch) {
  const char *channel = "dev_ar, dev_aw, dev_w, mem_r or mem_b ready";
  FIND(dev_ax_ready[PCL_READ])
  FIND(dev_ax_ready[PCL_WRITE])
  FIND(dev_w_ready)
  FIND(mem_r_ready)
  FIND(mem_b_ready)
  return found(mismatch, "mem_w or dev_r", "data above bit 63", 0, 0);
}

static void find_port(const pcl_port_pins_out_t *a, const pcl_port_pins_out_t *b, mismatch_t *mismatch) {
  mismatch->direction = PCL_READ;
  if (find_mem_ax(&a->mem_ax[PCL_READ], &b->mem_ax[PCL_READ], "mem_ar", mismatch)) return;
  if (find_dev_r(&a->dev_r, &b->dev_r, "dev_r", mismatch)) return;
  mismatch->direction = PCL_WRITE;
  if (find_mem_ax(&a->mem_ax[PCL_WRITE], &b->mem_ax[PCL_WRITE], "mem_aw", mismatch)) return;
  if (find_mem_w(&a->mem_w, &b->mem_w, "mem_w", mismatch)) return;
  if (find_dev_b(&a->dev_b, &b->dev_b, "dev_b", mismatch)) return;
  mismatch->direction = -1;
  find_ready(a, b, mismatch);
}

static uint64_t ds_differs(const pcl_ds_pins_out_t *a, const pcl_ds_pins_out_t *b) {
  return differs_ds_ax(&a->ar, &b->ar) | differs_ds_ax(&a->aw, &b->aw) | differs_ds_w(&a->w, &b->w)
         DIFFERENCE(r_ready) DIFFERENCE(b_ready);
}

static bool find_ds(const pcl_ds_pins_out_t *a, const pcl_ds_pins_out_t *b, mismatch_t *mismatch) {
  const char *channel = "ds";
  if (find_ds_ax(&a->ar, &b->ar, "ds_ar", mismatch)) return true;
  if (find_ds_ax(&a->aw, &b->aw, "ds_aw", mismatch)) return true;
  if (find_ds_w(&a->w, &b->w, "ds_w", mismatch)) return true;
  FIND(r_ready)
  FIND(b_ready)
  return false;
}

static uint64_t reg_differs(const pcl_reg_pins_out_t *a, const pcl_reg_pins_out_t *b) {
  uint64_t difference = 0 DIFFERENCE(aw_ready) DIFFERENCE(w_ready) DIFFERENCE(b_valid) DIFFERENCE(ar_ready) DIFFERENCE(r_valid);
  if (a->b_valid) difference = difference DIFFERENCE(b_resp);
  if (a->r_valid) difference = difference DIFFERENCE(r_data) DIFFERENCE(r_resp);
  return difference;
}

static bool find_reg(const pcl_reg_pins_out_t *a, const pcl_reg_pins_out_t *b, mismatch_t *mismatch) {
  const char *channel = "reg";
  FIND(aw_ready)
  FIND(w_ready)
  FIND(ar_ready)
  FIND(b_valid)
  FIND(r_valid)
  if (a->b_valid) FIND(b_resp)
  FIND(r_data)
  FIND(r_resp)
  return false;
}

static void count_pins(lockstep_t *lockstep, const pcl_out_t *out) {
  uint64_t pins = lockstep->always;
  for (unsigned p = 0; p < lockstep->ports; p++) {
    const pcl_port_pins_out_t *port = &out->port[p];
    pins += (port->mem_ax[PCL_READ].valid + port->mem_ax[PCL_WRITE].valid) * lockstep->mem_ax_bits +
            port->mem_w.valid * lockstep->mem_w_bits + port->dev_r.valid * lockstep->dev_r_bits +
            port->dev_b.valid * lockstep->dev_b_bits;
  }
  pins += (out->ds.ar.valid + out->ds.aw.valid) * lockstep->ds_ax_bits + out->ds.w.valid * lockstep->ds_w_bits;
  pins += out->msg_out.valid * MSG_BITS;
  pins += out->reg.b_valid * 2u + out->reg.r_valid * 66u;
  lockstep->pins += pins;
}

bool lockstep_compare(lockstep_t *lockstep, const pcl_out_t *model, const pcl_out_t *rtl, mismatch_t *mismatch) {
  const pcl_out_t *a = model, *b = rtl;
  *mismatch = (mismatch_t){.port = -1, .direction = -1};
  for (unsigned p = 0; p < lockstep->ports; p++) {
    if (!port_differs(lockstep, &a->port[p], &b->port[p])) continue;
    mismatch->port = (int)p;
    find_port(&a->port[p], &b->port[p], mismatch);
    return false;
  }
  if (ds_differs(&a->ds, &b->ds)) return !find_ds(&a->ds, &b->ds, mismatch);
  if (reg_differs(&a->reg, &b->reg)) return !find_reg(&a->reg, &b->reg, mismatch);
  if (a->irq != b->irq) return !found(mismatch, "irq", "level", a->irq, b->irq);
  if (a->msg_in_ready != b->msg_in_ready) return !found(mismatch, "msg_in", "ready", a->msg_in_ready, b->msg_in_ready);
  if (differs_msg(&a->msg_out, &b->msg_out)) return !find_msg(&a->msg_out, &b->msg_out, "msg_out", mismatch);
  count_pins(lockstep, model);
  return true;
}
