// SPDX-License-Identifier: Apache-2.0
// Write data of a port: the FIFO of decisions and the W pins. The rules are in port_w.h and microarchitecture 4.3.
#include "port_w.h"

#include <string.h>

void pcl_port_w_init(pcl_port_w_t *w, const pcl_config_t *config) {
  w->depth = config->w_fifo_depth;
  w->words = config->data_width > 64 ? config->data_width / 64 : 1;
  w->head = 0;
  w->count = 0;
  w->owed = 0;
  w->beat = 0;
  w->own = false;
}

// Owed bursts: strobes are 0, so memory is not changed. A swallowed burst needs no beats, its answer is given up too.
static void eval_owned(const pcl_port_w_t *w, bool mem_ready, pcl_w_t *mem_w, pcl_port_w_found_t *found) {
  const pcl_port_w_entry_t *head = &w->entry[w->head];
  if (!head->pass) {
    found->pop = true;
    return;
  }
  mem_w->valid = true;
  mem_w->last = w->beat == head->len;
  mem_w->strb = 0;
  mem_w->user = 0;
  memset(mem_w->data, 0, w->words * sizeof mem_w->data[0]);
  found->stalled = !mem_ready;
  found->step = mem_ready;
  found->pop = mem_ready && mem_w->last;
}

void pcl_port_w_eval(const pcl_port_w_t *w, const pcl_port_pins_in_t *in, pcl_port_pins_out_t *out, pcl_port_w_found_t *found) {
  *found = (pcl_port_w_found_t){.step = false};
  out->dev_w_ready = false;
  out->mem_w.valid = false;
  if (w->count == 0) return;
  if (pcl_port_w_owns(w)) {
    eval_owned(w, in->mem_w_ready, &out->mem_w, found);
    return;
  }
  const pcl_port_w_entry_t *head = &w->entry[w->head];
  bool last = w->beat == head->len;
  out->dev_w_ready = head->pass ? in->mem_w_ready : true;
  if (!in->dev_w.valid) return;
  if (head->pass) {
    out->mem_w.valid = true;
    out->mem_w.last = last;
    out->mem_w.strb = in->dev_w.strb;
    out->mem_w.user = in->dev_w.user;
    memcpy(out->mem_w.data, in->dev_w.data, w->words * sizeof in->dev_w.data[0]);
    found->stalled = !in->mem_w_ready;
  }
  found->step = out->dev_w_ready;
  found->pop = found->step && last;
  found->swallow_done = found->pop && !head->pass;
}

void pcl_port_w_commit(pcl_port_w_t *w, const pcl_port_w_found_t *found, const pcl_port_w_edge_t *edge) {
  if (edge->push) {
    unsigned tail = w->head + w->count;
    w->entry[tail >= w->depth ? tail - w->depth : tail] = edge->pushed;
    w->count++;
  }
  if (found->pop) {
    w->head = w->head + 1 == w->depth ? 0 : w->head + 1;
    w->count--;
    w->beat = 0;
    if (w->owed != 0) w->owed--;
  } else if (found->step) {
    w->beat++;
  }
  if (edge->iso_enter) w->owed = w->count;
  w->own = edge->isolated && (w->own || !found->stalled);
  if (edge->iso_leave) {
    w->count = 0;
    w->beat = 0;
  }
}
