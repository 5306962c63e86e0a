// SPDX-License-Identifier: Apache-2.0
#include "reg_master.h"

void reg_master_init(reg_master_t *master, pcl_reg_pins_in_t *drive, const pcl_reg_pins_out_t *see, uint64_t seed,
                     unsigned stream) {
  *master = (reg_master_t){.drive = drive, .see = see};
  rng_seed(&master->rng, seed, stream);
  reg_master_set_pace(master, 0, 0);
  reg_master_reset(master);
}

void reg_master_set_pace(reg_master_t *master, uint32_t stall, uint32_t probe) {
  throttle_init(&master->throttle, stall, 40);
  master->probe = probe;
}

void reg_master_reset(reg_master_t *master) {
  master->done = master->posted;
  master->busy = master->probing = false;
  *master->drive = (pcl_reg_pins_in_t){.b_ready = true, .r_ready = true};
}

uint32_t reg_post_raw(reg_master_t *master, const reg_access_t *access) {
  if (master->posted - master->done == REG_QUEUE) return 0;
  master->queue[++master->posted % REG_QUEUE] = *access;
  return master->posted;
}

uint32_t reg_post_read(reg_master_t *master, unsigned addr) {
  return reg_post_raw(master, &(reg_access_t){.addr = (uint16_t)addr});
}

uint32_t reg_post_write(reg_master_t *master, unsigned addr, uint64_t data, unsigned bytes) {
  reg_access_t access = {.addr = (uint16_t)addr, .data = data, .strb = 0xff, .write = true};
  if (bytes == 4) {
    access.strb = addr & 4 ? 0xf0 : 0x0f;
    access.data = addr & 4 ? data << 32 : data & 0xffffffff;
  }
  return reg_post_raw(master, &access);
}

bool reg_done(const reg_master_t *master, uint32_t ticket) { return (int32_t)(master->done - ticket) >= 0; }

const reg_access_t *reg_result(const reg_master_t *master, uint32_t ticket) { return &master->queue[ticket % REG_QUEUE]; }

static void start(reg_master_t *master) {
  pcl_reg_pins_in_t *drive = master->drive;
  if (master->posted == master->done) {
    if (!rng_chance(&master->rng, master->probe)) return;
    master->probing = true;
    drive->ar_addr = (uint16_t)(rng_below(&master->rng, 8) ? rng_below(&master->rng, 800) : rng_below(&master->rng, 4096));
    drive->ar_valid = true;
    return;
  }
  if (!throttle_open(&master->throttle, &master->rng)) return;
  const reg_access_t *access = &master->queue[(master->done + 1) % REG_QUEUE];
  master->busy = true;
  if (!access->write) {
    drive->ar_addr = access->addr;
    drive->ar_prot = (uint8_t)rng_below(&master->rng, 8);
    drive->ar_valid = true;
    return;
  }
  bool apart = master->throttle.stall && rng_below(&master->rng, 2);
  master->aw_delay = (uint8_t)(apart ? rng_below(&master->rng, 6) : 0);
  master->w_delay = (uint8_t)(apart ? rng_below(&master->rng, 6) : 0);
  master->aw_sent = master->w_sent = false;
}

static void finish(reg_master_t *master, uint64_t data, uint8_t resp) {
  reg_access_t *access = &master->queue[(master->done + 1) % REG_QUEUE];
  if (!access->write) access->data = data;
  access->resp = resp;
  master->busy = false;
  master->done++;
}

static void drive_write(reg_master_t *master) {
  pcl_reg_pins_in_t *drive = master->drive;
  const reg_access_t *access = &master->queue[(master->done + 1) % REG_QUEUE];
  if (!master->aw_sent && !drive->aw_valid && !master->aw_delay--) {
    drive->aw_valid = true;
    drive->aw_addr = access->addr;
    drive->aw_prot = (uint8_t)rng_below(&master->rng, 8);
  }
  if (!master->w_sent && !drive->w_valid && !master->w_delay--) {
    drive->w_valid = true;
    drive->w_data = access->data;
    drive->w_strb = access->strb;
  }
}

void reg_master_clock(reg_master_t *master) {
  pcl_reg_pins_in_t *drive = master->drive;
  const pcl_reg_pins_out_t *see = master->see;
  if (drive->ar_valid && see->ar_ready) drive->ar_valid = false;
  if (drive->aw_valid && see->aw_ready) drive->aw_valid = false, master->aw_sent = true;
  if (drive->w_valid && see->w_ready) drive->w_valid = false, master->w_sent = true;
  if (see->r_valid && drive->r_ready) {
    if (master->probing) master->probing = false;
    else if (master->busy) finish(master, see->r_data, see->r_resp);
  }
  if (see->b_valid && drive->b_ready && master->busy) finish(master, 0, see->b_resp);
  if (!master->busy && !master->probing) start(master);
  if (master->busy && master->queue[(master->done + 1) % REG_QUEUE].write) drive_write(master);
  drive->r_ready = throttle_open(&master->throttle, &master->rng);
  drive->b_ready = drive->r_ready || throttle_open(&master->throttle, &master->rng);
}
