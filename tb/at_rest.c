// SPDX-License-Identifier: Apache-2.0
#include "at_rest.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  char *text;
  size_t size;
  bool found;
} findings_t;

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
static void held_if(findings_t *findings, bool condition, const char *format, ...) {
  if (!condition) return;
  size_t used = strlen(findings->text);
  used += (size_t)snprintf(findings->text + used, findings->size - used, findings->found ? ", " : " ");
  findings->found = true;
  if (used >= findings->size) return;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(findings->text + used, findings->size - used, format, arguments);
  va_end(arguments);
}

static void look_at_channel(findings_t *f, const pcl_port_channel_t *ch, bool isolated, unsigned p) {
  const char *name = ch->channel == PCL_READ ? "read" : "write";
  held_if(f, ch->sent, "port %u: %s slots 0x%x wait for the core", p, name, ch->sent);
  held_if(f, ch->out.valid, "port %u: the %s out register shows a request", p, name);
  held_if(f, ch->cnt_sum, "port %u: %u %s bursts counted in memory", p, ch->cnt_sum, name);
  held_if(f, ch->absorber.upd != PCL_UPD_IDLE, "port %u: a write to an interrupt file in memory", p);
  held_if(f, ch->snap_sum, "port %u: a fence counts %u %s bursts", p, ch->snap_sum, name);
  if (isolated) return;
  held_if(f, ch->need | ch->ok | ch->mrif | ch->fault, "port %u: %s slots NEED 0x%x, OK 0x%x, MRIF 0x%x, FAULT 0x%x", p, name,
          ch->need, ch->ok, ch->mrif, ch->fault);
  held_if(f, ch->answer.valid || ch->sel, "port %u: a refused %s's answer", p, name);
}

static void look_at_port(findings_t *f, const pcl_port_t *port, unsigned p) {
  const pcl_port_guard_t *guard = &port->guard;
  for (unsigned c = 0; c < PCL_CHANNELS; c++) look_at_channel(f, &port->ch[c], guard->isolated, p);
  held_if(f, port->w.owed, "port %u: the isolator owes %u W bursts", p, port->w.owed);
  held_if(f, port->w.count && !guard->isolated, "port %u: %u bursts in the W FIFO", p, port->w.count);
  held_if(f, guard->rec_pend, "port %u: the record of its isolation", p);
  held_if(f, guard->resume_pend && guard->isolated, "port %u: a resume", p);
}

static void look_at_walkers(findings_t *f, const pcl_walker_pool_t *pool) {
  static const char *const names[PCL_WALKER_STATES] = {"IDLE", "START", "GL", "AR", "R", "XAR",
                                                         "XR", "XW", "XB", "FAULT", "RESP"};
  for (unsigned w = 0; w < pool->count; w++)
    held_if(f, pool->walker[w].state != PCL_WALKER_IDLE, "walker %u in %s", w, names[pool->walker[w].state]);
}

static void look_at_commands(findings_t *f, const pcl_cmd_queue_t *queue, const pcl_queue_regs_t *regs) {
  static const char *const names[] = {"", "waits for its invalidation", "waits for DMA", "offers its write", "waits for B"};
  bool runs = regs->en && regs->on && !pcl_cq_stopped(regs);
  held_if(f, queue->exec != PCL_CQ_IDLE, "a command %s", names[queue->exec]);
  held_if(f, queue->count, "%u commands in the FIFO", queue->count);
  held_if(f, queue->under_way || queue->ar_hold, "%u fetches of commands", queue->under_way + queue->ar_hold);
  held_if(f, queue->flushing && runs, "the command queue flushes");
  held_if(f, runs && regs->head != regs->tail, "cqh 0x%x has not reached cqt 0x%x", regs->head, regs->tail);
}

static void look_at_messages(findings_t *f, const pcl_ats_t *ats) {
  static const char *const names[] = {"FREE", "LOOK", "NEED", "SENT", "PUT", "QB", "DONE"};
  held_if(f, ats->state != PCL_ATS_FREE, "ats in %s", names[ats->state]);
  held_if(f, ats->out.valid, "a message on msg_out");
  held_if(f, ats->busy, "ITags 0x%x not completed", ats->busy);
}

static void look_at_core(findings_t *f, const pcl_core_t *core) {
  look_at_walkers(f, &core->pool);
  held_if(f, !pcl_miss_pipe_empty(&core->pipe), "a miss in stage B or H");
  held_if(f, core->inval.state != PCL_INVAL_IDLE, "inval in state %u", core->inval.state);
  held_if(f, core->off_drain.state != PCL_OFF_IDLE, "mode Off waits for DMA");
  held_if(f, core->ds_read.locked, "a read of the data-structure port");
  held_if(f, core->ds_write.busy, "a write of the data-structure port");
  held_if(f, core->fault_queue.count, "%u fault records in the FIFO", core->fault_queue.count);
  held_if(f, core->fault_queue.in_flight, "%u fault records without B", core->fault_queue.in_flight);
  if (core->messages) look_at_messages(f, &core->ats);
  held_if(f, core->mrif.state != PCL_MRIF_IDLE, "mrif in state %u", core->mrif.state);
  held_if(f, core->irq.state != PCL_IRQ_IDLE, "irq in state %u", core->irq.state);
}

static void look_at_regs(findings_t *f, const pcl_regs_state_t *regs) {
  held_if(f, regs->ddtp_busy, "ddtp is busy");
  held_if(f, regs->cq.en != regs->cq.on, "cqcsr is busy");
  held_if(f, regs->fq.en != regs->fq.on, "fqcsr is busy");
  held_if(f, regs->pq.en != regs->pq.on, "pqcsr is busy");
  held_if(f, regs->r_valid || regs->b_valid, "an answer of the register bus");
  held_if(f, regs->debug.busy, "tr_req_ctl is busy");
  held_if(f, pcl_regs_msi_shown(&regs->msi, regs->fctl) >= 0, "messages of vectors 0x%x", regs->msi.want);
}

bool at_rest(const pcl_top_t *top, char *text, size_t size) {
  findings_t findings = {.text = text, .size = size};
  text[0] = 0;
  for (unsigned p = 0; p < top->num_ports; p++) look_at_port(&findings, &top->port[p], p);
  look_at_core(&findings, &top->core);
  look_at_commands(&findings, &top->core.cmd_queue, &top->regs.cq);
  look_at_regs(&findings, &top->regs);
  return !findings.found;
}
