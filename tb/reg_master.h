// SPDX-License-Identifier: Apache-2.0
//
// Software's view of the registers: an AXI4-Lite master with a queue of accesses, done strictly in order, one at a time.
// AW and W become valid together or some clocks apart. Between accesses it reads registers at random ("probes") when asked to.
#ifndef TB_REG_MASTER_H
#define TB_REG_MASTER_H

#include "cycle/buses.h"
#include "throttle.h"

enum { REG_QUEUE = 64 };

// One access. A ticket is its number; 0 is no ticket.
typedef struct {
  uint64_t data;   // written; or read: the aligned doubleword
  uint16_t addr;   // offset in the register page
  uint8_t strb;
  uint8_t resp;
  bool write;
} reg_access_t;

typedef struct {
  pcl_reg_pins_in_t *drive;
  const pcl_reg_pins_out_t *see;
  rng_t rng;
  throttle_t throttle;
  uint32_t probe;           // permille of idle clocks that start a probe
  reg_access_t queue[REG_QUEUE];
  uint32_t posted, done;    // tickets given out, tickets finished
  bool busy;                // the access `done` + 1 is under way
  bool probing;
  bool aw_sent, w_sent;
  uint8_t w_delay, aw_delay;
} reg_master_t;

void reg_master_init(reg_master_t *master, pcl_reg_pins_in_t *drive, const pcl_reg_pins_out_t *see, uint64_t seed,
                     unsigned stream);

// stall 0: no pauses, AW and W together, answers taken at once.
void reg_master_set_pace(reg_master_t *master, uint32_t stall, uint32_t probe);

// Posts an access; returns its ticket, or 0 if the queue is full. `bytes` is 4 or 8; addr a multiple of it.
uint32_t reg_post_read(reg_master_t *master, unsigned addr);
uint32_t reg_post_write(reg_master_t *master, unsigned addr, uint64_t data, unsigned bytes);

// Any strobes, for software that writes nonsense.
uint32_t reg_post_raw(reg_master_t *master, const reg_access_t *access);

// Whether this access is finished. Its result is kept until REG_QUEUE later ones are posted.
bool reg_done(const reg_master_t *master, uint32_t ticket);
const reg_access_t *reg_result(const reg_master_t *master, uint32_t ticket);

// Drops everything and drives the pins idle.
void reg_master_reset(reg_master_t *master);

void reg_master_clock(reg_master_t *master);

#endif
