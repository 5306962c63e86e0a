// SPDX-License-Identifier: Apache-2.0
//
// The performance table: `portcullis_sim --bench`. Every row runs in its own testbench with exact memories (20 clocks), all
// checks on unless said, and gives numbers in clock cycles; they are exact and the same on every machine.
// `lockstep_speed_ratio`, a ratio of times, and `model_..._per_s` alone depend on the machine.
#ifndef TB_BENCH_H
#define TB_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "system.h"

// One number of the table. `at_least`, `at_most`: what it has to reach; 0 if there is no such bound.
typedef struct {
  const char *key;
  double value;
  double at_least;
  double at_most;
} bench_number_t;

// A list of requests that one generator makes on one channel, and what became of them.
typedef struct {
  const uint64_t *iova;   // `count` addresses
  uint32_t count;
  uint32_t device_id;
  uint8_t len;            // beats - 1, of the whole bus width
  uint8_t id;
  uint8_t outstanding;
  uint8_t channel;
  // Results.
  uint32_t sent, finished;
  uint64_t first, last;   // clocks of the first and the last Ax handshake
  uint32_t errors;
} bench_load_t;

// The system of the measurements: one device per port, device_id 1 + port, all in one Sv39 domain, of the host or of an Sv39x4
// guest whose GPAs are IOVAs + BENCH_GUEST and whose tables lie from 1 MiB on.
typedef struct {
  system_t system;
  pcl_vm_t vm;
  pcl_domain_t domain;    // with domain.vm: of the guest
  uint64_t latency;       // of the last grant: first clock of device Ax valid to first clock of memory Ax valid
} bench_t;

enum { BENCH_PSCID = 7, BENCH_GSCID = 9, BENCH_DEVICE = 1, BENCH_SAMPLES = 12000, BENCH_NEW_PAGES = 4096 };
#define BENCH_GUEST BENCH_GIB
#define BENCH_MIB UINT64_C(0x100000)
#define BENCH_GIB UINT64_C(0x40000000)

// What the runner knows and a row may need.
typedef struct {
  const char *program;    // this executable
} bench_context_t;

// The context that a row is given.
typedef struct {
  bench_t *bench;
  bench_context_t *context;
} bench_arguments_t;

// A row measures and adds its numbers.
typedef void (*bench_row_t)(tb_t *tb, void *context);

void bench_add(const char *key, double value, double at_least, double at_most);

// Sets the system up, of the host or of a guest. To be called by a row at its start.
void bench_init(bench_t *bench, tb_t *tb);
void bench_init_guest(bench_t *bench, tb_t *tb);

// Maps `pages` pages from iova to scattered frames, in all stages by 4-KiB leaves.
void bench_map(bench_t *bench, uint64_t iova, uint32_t pages);

// Reads each page once (one beat), 4 outstanding.
void bench_touch(bench_t *bench, unsigned port, uint64_t iova, uint32_t pages);

// One read of one beat in the idle system; the latency of its grant.
uint64_t bench_read(bench_t *bench, unsigned port, uint64_t iova);

// Runs up to two loads on a port together until all are answered.
void bench_run(bench_t *bench, unsigned port, bench_load_t *loads, unsigned count);

// Handshakes per clock: (count - 1) / (last - first).
double bench_rate(const bench_load_t *load);

// The same load with the memory connected to the device, without an IOMMU.
void bench_run_direct(bench_load_t *load);

// Beats per clock of random 64-byte reads in the 1 MiB from 4 MiB on, whose pages are mapped; *reads: table reads that they made.
double bench_random256(bench_t *bench, uint64_t *reads);

// A miss when nothing is known of the page tables, and the next one: latency of the grant, table reads. Maps pages from iova on.
typedef struct {
  double cold, cold_reads, warm, warm_reads;
} bench_misses_t;

bench_misses_t bench_misses(bench_t *bench, uint64_t iova);

// Maps BENCH_NEW_PAGES pages; shuffled reads of them, each once, per 1000 clocks.
double bench_new_pages(bench_t *bench);

// Drops everything that is cached of page tables.
void bench_forget(bench_t *bench);

// Commands executed one after the other, waited for.
void bench_command(bench_t *bench, const pcl_cmd_words_t *command);

// Runs all rows, prints the table, writes `json` (may be NULL). 0 if every number was reached and nothing failed.
int bench_main(const char *program, const char *json);

// All rows, ended by one without `run`.
typedef struct {
  const char *name;
  bench_row_t run;
} bench_entry_t;

extern const bench_entry_t bench_rows[];

// Rows of bench_two_stage.c and bench_model.c; those of two stages add nothing without a second stage.
void bench_guest_random_pages(tb_t *tb, void *arguments);
void bench_guest_misses(tb_t *tb, void *arguments);
void bench_guest_new_pages(tb_t *tb, void *arguments);
void bench_model(tb_t *tb, void *arguments);
void bench_guest_model(tb_t *tb, void *arguments);

#endif
