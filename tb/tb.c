// SPDX-License-Identifier: Apache-2.0
//
// One clock: pins of the RTL and of the model, comparison, scoreboard and observers; then the edge of IOMMU and model; then the
// edge of the bus models, whose outputs are registers and form the pins of the next clock.
#include "tb.h"

#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "at_rest.h"
#include "config_gen.h"
#include "dut.h"
#include "report.h"

enum { OBSERVERS = 8, TICK = 4096, RESET_CLOCKS = 4, WAIT_LIMIT = 1000000 };

// Streams of random numbers, one per model.
enum { RNG_DS = 1, RNG_REG = 2, RNG_MEM = 16, RNG_DEVICE = 32, RNG_STREAM = 48, RNG_MESSAGES = 64 };

static const pcl_config_t configuration = PCL_CFG_INIT;

struct tb {
  tb_options_t options;
  pcl_in_t in;
  pcl_out_t out;        // the pins: of the RTL, or of the model if there is no RTL
  pcl_out_t model_out;
  pcl_top_t *model;
  dut_t *dut;
  bool tracing;
  uint64_t cycle;
  mem_t *memory;
  axi_mem_t *tables;
  axi_mem_t *mem[PCL_MAX_PORTS];
  device_t *device[PCL_MAX_PORTS];
  streams_t streams[PCL_MAX_PORTS];
  reg_master_t regs;
  messages_t messages;
  lockstep_t lockstep;
  scoreboard_t *scoreboard;
  tally_t tally;
  failure_t failure;
  tb_observer_t observer[OBSERVERS];
  unsigned observers;
  void (*tick)(void *context);
  void *tick_context;
  volatile sig_atomic_t stop;
  bool protected;
  jmp_buf escape;
};

const pcl_config_t *tb_config(void) { return &configuration; }

static void journal(void *context, const mem_store_t *store) {
  tb_t *tb = context;
  for (unsigned i = 0; i < tb->observers; i++)
    if (tb->observer[i].store) tb->observer[i].store(tb->observer[i].context, store);
}

static void create_memories(tb_t *tb) {
  uint64_t seed = tb->options.seed;
  unsigned bytes = configuration.data_width / 8;
  axi_mem_pins_t pins = {
    .ar = &tb->out.ds.ar, .aw = &tb->out.ds.aw, .w = &tb->out.ds.w, .r_ready = &tb->out.ds.r_ready,
    .b_ready = &tb->out.ds.b_ready, .r = &tb->in.ds.r, .b = &tb->in.ds.b, .ar_ready = &tb->in.ds.ar_ready,
    .aw_ready = &tb->in.ds.aw_ready, .w_ready = &tb->in.ds.w_ready,
  };
  tb->tables = axi_mem_create(tb->memory, &pins, 8, MEM_BY_IOMMU, seed, RNG_DS);
  for (unsigned p = 0; p < configuration.num_ports; p++) {
    const pcl_port_pins_out_t *out = &tb->out.port[p];
    pcl_port_pins_in_t *in = &tb->in.port[p];
    pins = (axi_mem_pins_t){
      .ar = &out->mem_ax[PCL_READ], .aw = &out->mem_ax[PCL_WRITE], .w = &out->mem_w, .r_ready = &out->mem_r_ready,
      .b_ready = &out->mem_b_ready, .r = &in->mem_r, .b = &in->mem_b, .ar_ready = &in->mem_ax_ready[PCL_READ],
      .aw_ready = &in->mem_ax_ready[PCL_WRITE], .w_ready = &in->mem_w_ready,
    };
    tb->mem[p] = axi_mem_create(tb->memory, &pins, bytes, MEM_BY_DMA, seed, RNG_MEM + p);
    tb->device[p] = device_create(in, out, bytes, seed, RNG_DEVICE + p);
    axi_mem_set_user_width(tb->mem[p], configuration.user_width);
    device_set_user_width(tb->device[p], configuration.user_width);
  }
}

static void apply_profile(tb_t *tb) {
  const profile_t *profile = tb->options.profile;
  if (!profile) return;
  messages_set_pace(&tb->messages, profile->reg_stall, 200);
  reg_master_set_pace(&tb->regs, profile->reg_stall, profile->reg_probe);
  if (!tb->options.exact) axi_mem_configure(tb->tables, &profile->tables);
  for (unsigned p = 0; p < configuration.num_ports; p++) {
    if (!tb->options.exact) axi_mem_configure(tb->mem[p], &profile->memory);
    device_set_pace(tb->device[p], &profile->pace);
    streams_init(&tb->streams[p], profile, configuration.id_width, configuration.data_width / 8, tb->options.seed,
                 RNG_STREAM + p);
    dma_source_t source = streams_source(&tb->streams[p]);
    device_set_source(tb->device[p], &source);
  }
}

tb_t *tb_create(const tb_options_t *options) {
  tb_t *tb = calloc(1, sizeof *tb);
  if (!tb) abort();
  tb->options = *options;
  tb->in.fuse_caps = options->fuse_caps ? options->fuse_caps : ~UINT64_C(0);
  tb->in.fuse_hpm = options->fuse_hpm ? options->fuse_hpm : 0x3f;
  tb->model = calloc(1, sizeof *tb->model);
  tb->dut = options->rtl ? dut_create(options->seed) : NULL;
  if (!tb->model || (!options->checks && !tb->dut)) {
    fputs("this program has no RTL: it cannot run without the model\n", stderr);
    free(tb->model);
    free(tb);
    return NULL;
  }
  tb->memory = mem_create();
  mem_set_journal(tb->memory, journal, tb);
  create_memories(tb);
  reg_master_init(&tb->regs, &tb->in.reg, &tb->out.reg, options->seed, RNG_REG);
  messages_init(&tb->messages, &tb->in.msg_in, &tb->out.msg_in_ready, &tb->out.msg_out, &tb->in.msg_out_ready, options->seed,
                RNG_MESSAGES);
  apply_profile(tb);
  lockstep_init(&tb->lockstep, &configuration);
  tb->scoreboard = scoreboard_create(&configuration, &tb->failure, tb->observer, &tb->observers);
  tb_reset(tb);
  return tb;
}

void tb_destroy(tb_t *tb) {
  for (unsigned p = 0; p < configuration.num_ports; p++) {
    axi_mem_destroy(tb->mem[p]);
    device_destroy(tb->device[p]);
  }
  axi_mem_destroy(tb->tables);
  scoreboard_destroy(tb->scoreboard);
  mem_destroy(tb->memory);
  if (tb->dut) dut_destroy(tb->dut);
  free(tb->model);
  free(tb);
}

static void start_trace(tb_t *tb) {
  if (tb->tracing || !tb->options.waves || tb->cycle < tb->options.waves_from) return;
  tb->tracing = true;
  if (!tb->dut || !dut_trace(tb->dut, tb->options.waves)) fputs("this program cannot record waveforms\n", stderr);
}

static void edge_dut(tb_t *tb, bool rst_n) {
  start_trace(tb);
  dut_set_inputs(tb->dut, &tb->in, rst_n);
  dut_eval(tb->dut);
  if (rst_n) dut_get_outputs(tb->dut, &tb->out);
}

void tb_reset(tb_t *tb) {
  memset(&tb->out, 0, sizeof tb->out);
  memset(&tb->tally.write_id, 0, sizeof tb->tally - offsetof(tally_t, write_id));
  axi_mem_reset(tb->tables);
  reg_master_reset(&tb->regs);
  messages_reset(&tb->messages);
  for (unsigned p = 0; p < configuration.num_ports; p++) {
    axi_mem_reset(tb->mem[p]);
    device_hold(tb->device[p], true);
    device_hold(tb->device[p], false);
  }
  for (unsigned i = 0; i < RESET_CLOCKS && tb->dut; i++) {
    edge_dut(tb, false);
    dut_clock(tb->dut);
  }
  pcl_top_init(tb->model, &configuration, tb->in.fuse_caps, tb->in.fuse_hpm);
  scoreboard_reset(tb->scoreboard);
  for (unsigned i = 0; i < tb->observers; i++)
    if (tb->observer[i].reset) tb->observer[i].reset(tb->observer[i].context);
}

static void check(tb_t *tb) {
  mismatch_t mismatch;
  if (tb->dut && !lockstep_compare(&tb->lockstep, &tb->model_out, &tb->out, &mismatch)) {
    report_mismatch(&tb->failure, &mismatch, tb->scoreboard, tb->model);
    return;
  }
  tb_view_t view = {.cycle = tb->cycle, .in = &tb->in, .out = &tb->out, .top = tb->model};
  tally_clock(&tb->tally, &view, &configuration);
  scoreboard_clock(tb->scoreboard, &view);
  for (unsigned i = 0; i < tb->observers; i++)
    if (tb->observer[i].clock) tb->observer[i].clock(tb->observer[i].context, &view);
}

static void clock_models(tb_t *tb) {
  const char *wrong = axi_mem_clock(tb->tables, tb->cycle);
  if (wrong) fail(&tb->failure, "data-structure port: %s", wrong);
  for (unsigned p = 0; p < configuration.num_ports; p++) {
    wrong = axi_mem_clock(tb->mem[p], tb->cycle);
    if (wrong) fail(&tb->failure, "port %u: %s", p, wrong);
    device_clock(tb->device[p], tb->cycle);
  }
  wrong = messages_clock(&tb->messages, tb->cycle);
  if (wrong) fail(&tb->failure, "message port: %s", wrong);
  reg_master_clock(&tb->regs);
}

// What a failure says goes out here, once.
static void leave(tb_t *tb) {
  if (tb->failure.failed) fprintf(stderr, "FAIL in clock %llu: %s\n", (unsigned long long)tb->failure.at, tb->failure.text);
  if (tb->protected) longjmp(tb->escape, 1);
  exit(1);
}

void tb_step(tb_t *tb) {
  tb->failure.cycle = tb->cycle;
  if (tb->dut) edge_dut(tb, true);
  if (tb->options.checks) {
    pcl_top_eval(tb->model, &tb->in, &tb->model_out);
    if (!tb->dut) tb->out = tb->model_out;
    check(tb);
    pcl_top_commit(tb->model, &tb->in);
  }
  if (tb->dut) dut_clock(tb->dut);
  mem_set_cycle(tb->memory, tb->cycle);
  clock_models(tb);
  if (tb->dut && dut_failed(tb->dut)) fail(&tb->failure, "an assertion of the RTL failed");
  tb->cycle++;
  if (tb->cycle % TICK == 0 && tb->tick) tb->tick(tb->tick_context);
  if (tb->failure.failed || (tb->stop && tb->protected)) leave(tb);
}

void tb_run(tb_t *tb, uint64_t clocks) {
  while (clocks--) tb_step(tb);
}

uint64_t tb_cycle(const tb_t *tb) { return tb->cycle; }

static const reg_access_t *wait_register(tb_t *tb, uint32_t ticket) {
  for (unsigned clocks = 0; !ticket || !reg_done(&tb->regs, ticket); clocks++) {
    if (clocks == WAIT_LIMIT || !ticket) fail(&tb->failure, "a register access does not end");
    tb_step(tb);
  }
  return reg_result(&tb->regs, ticket);
}

uint64_t tb_reg_read(tb_t *tb, unsigned offset, unsigned bytes) {
  uint64_t data = wait_register(tb, reg_post_read(&tb->regs, offset))->data;
  if (bytes == 8) return data;
  return offset & 4 ? data >> 32 : data & 0xffffffff;
}

void tb_reg_write(tb_t *tb, unsigned offset, uint64_t value, unsigned bytes) {
  wait_register(tb, reg_post_write(&tb->regs, offset, value, bytes));
}

reg_master_t *tb_regs(tb_t *tb) { return &tb->regs; }
unsigned tb_irq(const tb_t *tb) { return tb->out.irq; }
mem_t *tb_memory(tb_t *tb) { return tb->memory; }
uint64_t tb_load(tb_t *tb, uint64_t addr) { return mem_read64(tb->memory, addr); }
void tb_store(tb_t *tb, uint64_t addr, uint64_t value) { mem_write64(tb->memory, addr, value, 0xff, MEM_BY_SOFTWARE); }
messages_t *tb_messages(tb_t *tb) { return &tb->messages; }
device_t *tb_device(tb_t *tb, unsigned port) { return tb->device[port]; }
axi_mem_t *tb_port_memory(tb_t *tb, unsigned port) { return tb->mem[port]; }
axi_mem_t *tb_table_memory(tb_t *tb) { return tb->tables; }
targets_t *tb_targets(tb_t *tb, unsigned port) { return &tb->streams[port].targets; }

bool tb_wait_dma(tb_t *tb, const dma_t *dma, uint64_t limit) {
  while (dma->state < DMA_DONE && limit--) tb_step(tb);
  return dma->state >= DMA_DONE;
}

static unsigned transfer(tb_t *tb, unsigned port, unsigned channel, unsigned device_id, uint64_t iova, void *data,
                         unsigned bytes) {
  unsigned bus = configuration.data_width / 8, size = 0, resp = 0;
  while (1u << size < bus) size++;
  for (unsigned done = 0; done < bytes;) {
    uint64_t addr = iova + done;
    unsigned lead = (unsigned)addr & (bus - 1), count = 4096 - (unsigned)(addr & 4095);
    if (count > bytes - done) count = bytes - done;
    if (count > 256 * bus - lead) count = 256 * bus - lead;
    pcl_ax_t ax = {
      .addr = addr, .device_id = device_id, .len = (uint8_t)((lead + count - 1) / bus), .size = (uint8_t)size,
      .burst = PCL_BURST_INCR, .cache = 2,
    };
    dma_t *dma = device_post(tb->device[port], channel, &ax, (uint8_t *)data + done, count);
    if (!tb_wait_dma(tb, dma, WAIT_LIMIT)) fail(&tb->failure, "a DMA request does not end");
    if (dma->resp > resp) resp = dma->resp;
    device_release(tb->device[port], dma);
    done += count;
  }
  return resp;
}

unsigned tb_dma_read(tb_t *tb, unsigned port, unsigned device_id, uint64_t iova, void *data, unsigned bytes) {
  return transfer(tb, port, PCL_READ, device_id, iova, data, bytes);
}

unsigned tb_dma_write(tb_t *tb, unsigned port, unsigned device_id, uint64_t iova, const void *data, unsigned bytes) {
  uint8_t *copy = malloc(bytes ? bytes : 1);
  if (!copy) abort();
  memcpy(copy, data, bytes);
  unsigned resp = transfer(tb, port, PCL_WRITE, device_id, iova, copy, bytes);
  free(copy);
  return resp;
}

void tb_pause(tb_t *tb, bool paused) {
  for (unsigned p = 0; p < configuration.num_ports; p++) device_pause(tb->device[p], paused);
}

static bool quiet(const tb_t *tb) {
  if (axi_mem_pending(tb->tables) || tb->regs.posted != tb->regs.done || tb->regs.probing) return false;
  if (messages_pending(&tb->messages)) return false;
  for (unsigned p = 0; p < configuration.num_ports; p++)
    if (axi_mem_pending(tb->mem[p]) || device_pending(tb->device[p], PCL_READ) || device_pending(tb->device[p], PCL_WRITE))
      return false;
  return !tb->options.checks || scoreboard_pending(tb->scoreboard) == 0;
}

bool tb_drain(tb_t *tb, uint64_t limit) {
  while (!quiet(tb) && limit--) tb_step(tb);
  return quiet(tb);
}

// What has no request behind it: commands, records, invalidations. They need no device and come to an end by themselves.
static void rest(tb_t *tb) {
  char text[800];
  for (unsigned clocks = 0; !at_rest(tb->model, text, sizeof text); clocks++) {
    if (clocks == WAIT_LIMIT) fail(&tb->failure, "stuck: all DMA has been answered, but the IOMMU is not at rest:%s", text);
    tb_step(tb);
  }
}

static void finish(tb_t *tb, void *context) {
  (void)context;
  tb_pause(tb, true);
  if (!tb_drain(tb, WAIT_LIMIT)) {
    char text[800] = "";
    for (unsigned p = 0; p < configuration.num_ports; p++)
      for (unsigned c = 0; c < PCL_CHANNELS; c++)
        scoreboard_describe(tb->scoreboard, p, c, 2, text + strlen(text), sizeof text - strlen(text));
    fail(&tb->failure, "stuck: these requests never got their answer:%s", text[0] ? text : " (none is known; a bus is not idle)");
  }
  if (tb->options.checks) rest(tb);
  for (unsigned p = 0; p < configuration.num_ports; p++)
    if (device_counts(tb->device[p])->strays && !device_counts(tb->device[p])->lost)
      fail(&tb->failure, "port %u: answers that no device waited for", p);
  for (unsigned i = 0; i < tb->observers; i++)
    if (tb->observer[i].finish) tb->observer[i].finish(tb->observer[i].context);
  tb_step(tb);
}

int tb_finish(tb_t *tb) {
  if (!tb->failure.failed && !tb->stop) {
    if (tb->protected) finish(tb, NULL);
    else tb_protect(tb, finish, NULL);
  }
  return tb->failure.failed;
}

void tb_observe(tb_t *tb, const tb_observer_t *observer) {
  if (tb->observers == OBSERVERS) abort();
  tb->observer[tb->observers++] = *observer;
}

failure_t *tb_failure(tb_t *tb) { return &tb->failure; }
uint64_t tb_fuse_caps(const tb_t *tb) { return tb->in.fuse_caps; }

void tb_protect(tb_t *tb, void (*body)(tb_t *tb, void *context), void *context) {
  tb->protected = true;
  if (setjmp(tb->escape) == 0) body(tb, context);
  tb->protected = false;
}

void tb_stop(tb_t *tb) { tb->stop = 1; }
bool tb_stopped(const tb_t *tb) { return tb->stop; }

void tb_set_tick(tb_t *tb, void (*tick)(void *context), void *context) {
  tb->tick = tick;
  tb->tick_context = context;
}

const lockstep_t *tb_lockstep(const tb_t *tb) { return &tb->lockstep; }
const sb_counts_t *tb_scoreboard_counts(const tb_t *tb) { return scoreboard_counts(tb->scoreboard); }
const tally_t *tb_tally(const tb_t *tb) { return &tb->tally; }
bool tb_has_rtl(const tb_t *tb) { return tb->dut != NULL; }
const pcl_top_t *tb_model(const tb_t *tb) { return tb->model; }
