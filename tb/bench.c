// SPDX-License-Identifier: Apache-2.0
//
// The system under measurement, generators, the table.
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "axi_mem.h"
#include "rng.h"
#include "watch.h"

enum { NUMBERS = 64 };

static bench_number_t numbers[NUMBERS];
static unsigned number_count;

void bench_add(const char *key, double value, double at_least, double at_most) {
  if (number_count == NUMBERS) abort();
  numbers[number_count++] = (bench_number_t){key, value, at_least, at_most};
}

static void connect(bench_t *bench, tb_t *tb) {
  system_connect(&bench->system, tb);
  system_start(&bench->system, &(pcl_setup_t){.device_id_bits = 7, .log2_commands = 12, .log2_faults = 12});
}

static void attach(bench_t *bench) {
  for (unsigned port = 0; port < tb_config()->num_ports; port++)
    system_expect(&bench->system, pcl_attach(&bench->system.driver, BENCH_DEVICE + port, &bench->domain, 0), "attach a device");
}

void bench_init(bench_t *bench, tb_t *tb) {
  connect(bench, tb);
  system_expect(&bench->system, pcl_domain_init(&bench->system.driver, &bench->domain, 3, BENCH_PSCID), "make a domain");
  attach(bench);
}

void bench_init_guest(bench_t *bench, tb_t *tb) {
  system_t *system = &bench->system;
  connect(bench, tb);
  system_expect(system, pcl_vm_init(&system->driver, &bench->vm, 3, BENCH_GSCID, BENCH_MIB, 4 * BENCH_GIB), "make a VM");
  system_expect(system, pcl_domain_init_guest(&system->driver, &bench->domain, &bench->vm, 3, BENCH_PSCID), "make a domain");
  attach(bench);
}

static void map_page(bench_t *bench, const pcl_ops_t *ops, const pcl_page_table_t *table, uint64_t from, uint64_t to) {
  system_expect(&bench->system, pcl_page_table_add(ops, table, from, to, PCL_PAGE, PCL_MAP_RW), "map a page");
}

void bench_map(bench_t *bench, uint64_t iova, uint32_t pages) {
  const pcl_ops_t *ops = &bench->system.ops;
  const bool guest = bench->domain.vm;
  for (uint32_t i = 0; i < pages; i++) {
    uint64_t page = (iova >> 12) + i, frame = (page * UINT64_C(0x9e3779b1) & 0xffffff) | UINT64_C(0x3000000);
    uint64_t from = page << 12, to = frame << 12;
    if (guest) map_page(bench, ops, &bench->vm.table, from + BENCH_GUEST, to);
    map_page(bench, guest ? &bench->vm.memory : ops, &bench->domain.table, from, guest ? from + BENCH_GUEST : to);
  }
}

static bool next(void *context, unsigned channel, dma_t *dma) {
  bench_load_t *const *loads = context;
  for (unsigned i = 0; i < 2; i++) {
    bench_load_t *load = loads[i];
    if (!load || load->channel != channel || load->sent == load->count) continue;
    if (load->sent - load->finished >= load->outstanding) continue;
    unsigned bytes = tb_config()->data_width / 8;
    dma->ax = (pcl_ax_t){.addr = load->iova[load->sent++], .len = load->len, .size = (uint8_t)__builtin_ctz(bytes),
                         .burst = PCL_BURST_INCR, .id = load->id, .device_id = load->device_id};
    return true;
  }
  return false;
}

static void finished(void *context, const dma_t *dma) {
  bench_load_t *const *loads = context;
  for (unsigned i = 0; i < 2; i++) {
    bench_load_t *load = loads[i];
    if (!load || load->channel != dma->channel || load->id != dma->ax.id) continue;
    if (!load->finished++) load->first = dma->taken_cycle;
    if (dma->taken_cycle > load->last) load->last = dma->taken_cycle;
    if (dma->taken_cycle < load->first) load->first = dma->taken_cycle;
    load->errors += dma->resp >= PCL_RESP_SLVERR;
    return;
  }
}

static void clear(bench_load_t *load) {
  load->sent = load->finished = load->errors = 0;
  load->first = load->last = 0;
}

static bool loads_done(bench_load_t *const loads[2]) {
  for (unsigned i = 0; i < 2; i++)
    if (loads[i] && loads[i]->finished != loads[i]->count) return false;
  return true;
}

void bench_run(bench_t *bench, unsigned port, bench_load_t *loads, unsigned count) {
  tb_t *tb = bench->system.tb;
  bench_load_t *both[2] = {&loads[0], count > 1 ? &loads[1] : NULL};
  clear(&loads[0]);
  if (count > 1) clear(&loads[1]);
  tb_drain(tb, 10000);
  tb_run(tb, 50);
  device_set_pace(tb_device(tb, port), &(device_pace_t){.longest = 1, .outstanding = 255});
  device_set_source(tb_device(tb, port), &(dma_source_t){next, finished, both});
  device_pause(tb_device(tb, port), false);
  while (!loads_done(both)) tb_step(tb);
  device_set_source(tb_device(tb, port), &(dma_source_t){0});
  tb_run(tb, 50);
}

double bench_rate(const bench_load_t *load) { return (double)(load->count - 1) / (double)(load->last - load->first); }

void bench_run_direct(bench_load_t *load) {
  pcl_port_pins_in_t drive = {0}, driven;
  pcl_port_pins_out_t see = {0}, answers = {0};
  bench_load_t *both[2] = {load, NULL};
  axi_mem_pins_t pins = {
    .ar = &driven.dev_ax[PCL_READ], .aw = &driven.dev_ax[PCL_WRITE], .w = &driven.dev_w, .r_ready = &driven.dev_r_ready,
    .b_ready = &driven.dev_b_ready, .r = &answers.dev_r, .b = &answers.dev_b, .ar_ready = &answers.dev_ax_ready[PCL_READ],
    .aw_ready = &answers.dev_ax_ready[PCL_WRITE], .w_ready = &answers.dev_w_ready,
  };
  mem_t *mem = mem_create();
  unsigned bytes = tb_config()->data_width / 8;
  axi_mem_t *axi = axi_mem_create(mem, &pins, bytes, MEM_BY_DMA, 1, 1);
  axi_mem_configure(axi, &(axi_mem_config_t){.exact = true, .hole = UINT64_C(1) << 56});
  device_t *device = device_create(&drive, &see, bytes, 1, 2);
  clear(load);
  device_set_pace(device, &(device_pace_t){.longest = 1, .outstanding = 255});
  device_set_source(device, &(dma_source_t){next, finished, both});
  for (uint64_t cycle = 0; !loads_done(both); cycle++) {
    driven = drive;
    see = answers;
    device_clock(device, cycle);
    axi_mem_clock(axi, cycle);
  }
  device_destroy(device);
  axi_mem_destroy(axi);
  mem_destroy(mem);
}

void bench_touch(bench_t *bench, unsigned port, uint64_t iova, uint32_t pages) {
  uint64_t *list = malloc(pages * sizeof *list);
  if (!list) abort();
  for (uint32_t i = 0; i < pages; i++) list[i] = iova + i * PCL_PAGE;
  bench_load_t load = {.iova = list, .count = pages, .device_id = BENCH_DEVICE + port, .outstanding = 4, .channel = PCL_READ};
  bench_run(bench, port, &load, 1);
  free(list);
}

static void grant(void *context, const tb_view_t *view, sb_request_t *request, const pcl_ax_t *granted) {
  (void)view, (void)granted;
  ((bench_t *)context)->latency = request->grant_cycle - request->valid_cycle;
}

uint64_t bench_read(bench_t *bench, unsigned port, uint64_t iova) {
  bench_load_t load = {.iova = &iova, .count = 1, .device_id = BENCH_DEVICE + port, .outstanding = 1, .channel = PCL_READ};
  bench_run(bench, port, &load, 1);
  return bench->latency;
}

void bench_command(bench_t *bench, const pcl_cmd_words_t *command) {
  system_t *system = &bench->system;
  system_expect(system, pcl_cmdq_submit(&system->driver.commands, command), "queue a command");
  system_expect(system, pcl_fence(&system->driver, 0), "fence");
  tb_run(system->tb, 100);
}

void bench_forget(bench_t *bench) {
  pcl_cmd_words_t vma = pcl_cmd_vma(&(pcl_vma_t){.gv = bench->domain.vm, .gscid = BENCH_GSCID});
  pcl_cmd_words_t gvma = pcl_cmd_gvma(&(pcl_gvma_t){.gv = false});
  bench_command(bench, &vma);
  bench_command(bench, &gvma);
}

static int run_row(unsigned row, bench_context_t *context) {
  tb_t *tb = tb_create(&(tb_options_t){.seed = 1, .checks = true, .rtl = true, .exact = true});
  if (!tb) return 2;
  bench_t bench = {0};
  tb_observe(tb, &(tb_observer_t){.context = &bench, .grant = grant});
  watch_t *watch = watch_create(tb);
  bench_arguments_t arguments = {&bench, context};
  tb_protect(tb, bench_rows[row].run, &arguments);
  int status = tb_finish(tb);
  tb_destroy(tb);
  watch_destroy(watch);
  return status;
}

static bool reached(const bench_number_t *number) {
  return number->value >= number->at_least && (number->at_most == 0 || number->value <= number->at_most);
}

static bool write_json(const char *path) {
  FILE *file = fopen(path, "w");
  if (!file) {
    perror(path);
    return false;
  }
  fprintf(file, "{");
  for (unsigned i = 0; i < number_count; i++) fprintf(file, "%s\n  \"%s\": %.6g", i ? "," : "", numbers[i].key, numbers[i].value);
  fprintf(file, "\n}\n");
  return fclose(file) == 0;
}

int bench_main(const char *program, const char *json) {
  bench_context_t context = {.program = program};
  unsigned short_of = 0;
  int status = 0;
  printf("configuration %s: clocks, or events per clock where the name says rate\n", tb_config()->name);
  for (unsigned row = 0; bench_rows[row].run; row++) {
    unsigned before = number_count;
    int result = run_row(row, &context);
    if (result) {
      printf("FAIL  %s\n", bench_rows[row].name);
      status = result;
    }
    for (unsigned i = before; i < number_count; i++) {
      const bench_number_t *number = &numbers[i];
      char bound[40] = "";
      if (number->at_least != 0) snprintf(bound, sizeof bound, ">= %g", number->at_least);
      if (number->at_most != 0) snprintf(bound, sizeof bound, "<= %g", number->at_most);
      printf("%-32s %10.5g  %-10s %s\n", number->key, number->value, bound, reached(number) ? "" : "SHORT");
      fflush(stdout);
      short_of += !reached(number);
    }
  }
  if (json && !write_json(json)) status = 2;
  printf("%u numbers, %u short\n", number_count, short_of);
  return status ? status : short_of != 0;
}
