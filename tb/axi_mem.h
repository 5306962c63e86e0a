// SPDX-License-Identifier: Apache-2.0
//
// A memory with an AXI4 port: one per memory-side port, one for the data-structure port.
//
// Random mode: random latency, responses of different IDs reordered and interleaved, back-pressure on AR, AW and W, errors at
// given rates, W taken ahead of AW. Data of a read are taken at AR, or beat by beat as they leave. A write is stored beat by
// beat as soon as its AW is known.
// Exact mode: AR, AW, W always taken; a read's first beat is valid 20 clocks after its AR handshake, then one beat per clock, in
// order; B is valid 20 clocks after the last W beat. No errors.
// Exclusive monitors go by ID and watch a page: a store by anyone to the page between the two accesses makes the write fail.
// Addresses from `hole` on have no memory: DECERR. From `corrupt` on what is read has RUSER[0] set.
#ifndef TB_AXI_MEM_H
#define TB_AXI_MEM_H

#include "cycle/buses.h"
#include "memory.h"

// Where the memory of random runs ends, and where it becomes corrupt.
#define AXI_MEM_HOLE (UINT64_C(1) << 55)
#define AXI_MEM_CORRUPT (UINT64_C(1) << 54)

enum { AXI_MEM_LATE = 30 };

typedef struct {
  uint32_t latency_low;     // clocks from AR (last W) to the first R (B) at the earliest
  uint32_t latency_high;
  uint32_t stall;           // permille: back-pressure on AR, AW, W and gaps in R, B (throttle.h)
  uint32_t error;           // permille of bursts answered with SLVERR or DECERR; of the IOMMU's own few writes four times that
  uint32_t poison;          // permille of read beats with RUSER[0] set, ten times that if exclusive; only for the
                            // data-structure port
  uint32_t no_exclusive;    // permille of exclusive reads answered OKAY
  uint32_t late;            // permille of bursts that take up to AXI_MEM_LATE times as long: others overtake them
  uint64_t hole;
  uint64_t corrupt;         // 0: none; only for the data-structure port
  bool exact;
  bool shut;                // takes no AR, AW and W for now
} axi_mem_config_t;

// The pins, each where the testbench keeps it.
typedef struct {
  const pcl_ax_t *ar, *aw;
  const pcl_w_t *w;
  const bool *r_ready, *b_ready;
  pcl_r_t *r;
  pcl_b_t *b;
  bool *ar_ready, *aw_ready, *w_ready;
} axi_mem_pins_t;

typedef struct axi_mem axi_mem_t;

axi_mem_t *axi_mem_create(mem_t *mem, const axi_mem_pins_t *pins, unsigned bus_bytes, mem_source_t source, uint64_t seed,
                          unsigned stream);
void axi_mem_destroy(axi_mem_t *axi);

// RUSER and BUSER are 1 bit wide unless this is called. They are a hash of the address, but on the data-structure port.
void axi_mem_set_user_width(axi_mem_t *axi, unsigned bits);

// May be called at any clock.
void axi_mem_configure(axi_mem_t *axi, const axi_mem_config_t *config);

// One doubleword that is read with RUSER[0] set, whatever its burst; 0: none. Only for the data-structure port.
void axi_mem_poison(axi_mem_t *axi, uint64_t addr);

// Forgets every burst and drives the pins idle.
void axi_mem_reset(axi_mem_t *axi);

// The edge at the end of clock `cycle`. Returns NULL, or what is wrong with what the IOMMU drove.
const char *axi_mem_clock(axi_mem_t *axi, uint64_t cycle);

// Bursts taken and not yet answered.
unsigned axi_mem_pending(const axi_mem_t *axi);

#endif
