// SPDX-License-Identifier: Apache-2.0
//
// The hardware under test with what it needs around it: the Verilated top beside its cycle twin, all output pins compared in
// every clock; the data-structure port's memory; memory that answers port 0 at once; a message port that always takes. Only one
// stimulus is under way at a time: the caller drives `in` and calls rtl_clock() until it sees its handshake.
// What goes wrong is kept in `failure`; then the clock stands still.
#ifndef PCL_ORACLE_RTL_BENCH_H
#define PCL_ORACLE_RTL_BENCH_H

#include "dut.h"
#include "lockstep.h"
#include "rtl_tables.h"

typedef struct {
  pcl_in_t in;
  pcl_out_t out;            // the pins of the last clock
  pcl_out_t twin_out;
  pcl_top_t *twin;
  dut_t *dut;
  lockstep_t lockstep;
  rtl_tables_t tables;
  oracle_log_t *log;
  pcl_ax_t dma;             // the last request that left port 0; valid: there was one, the caller clears it
  pcl_resp_t resp;          // the last response of the twin's core; as above
  pcl_msg_t completion;     // the last Translation Completion; as above
  uint8_t itag;             // of the last Invalidation Request
  uint64_t clock;
  unsigned quiet;           // clocks since the last handshake of the data-structure port, the message port or port 0
  char failure[800];        // "" if all is well
} rtl_bench_t;

// In reset with these fuses, and out of it. False if there is no RTL in this program or no memory.
bool rtl_bench_open(rtl_bench_t *bench, const oracle_config_t *config, oracle_memory_t *memory, oracle_log_t *log);
void rtl_bench_close(rtl_bench_t *bench);

// The first is kept.
void rtl_fail(rtl_bench_t *bench, const char *what);

void rtl_clock(rtl_bench_t *bench);

// Clocks until nothing is under way, but for Invalidation Requests that wait for their completion.
void rtl_rest(rtl_bench_t *bench);

// An access to a register.
uint64_t rtl_read(rtl_bench_t *bench, uint32_t offset, unsigned size);
void rtl_write(rtl_bench_t *bench, uint32_t offset, unsigned size, uint64_t value);

// A request of one beat of 4 bytes at port 0, read or write. Its response.
uint8_t rtl_dma(rtl_bench_t *bench, const pcl_ax_t *ax, unsigned channel);

// A message to the IOMMU.
void rtl_message(rtl_bench_t *bench, const pcl_msg_t *message);

#endif
