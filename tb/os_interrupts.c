// SPDX-License-Identifier: Apache-2.0
//
// How the IOMMU calls the random system: by wires or by messages into mailboxes, one for each vector. Vectors change, messages
// are masked, their addresses move.
//
// What is checked: while a bit of ipsr is set whose vector is not masked, a message of that vector must have come since that bit
// was cleared last, for mailboxes are emptied before ipsr is read and cleared. Excused: bits that were set when vectors changed,
// and messages that memory refused (cause 273).
#include "os_agent.h"

enum { PATIENCE = 20000, CAUSES = 4 };

static uint64_t mailbox(const os_t *os, unsigned vector) { return os->mailboxes + vector * 8; }

static unsigned vector_of(const os_t *os, unsigned cause) {
  const pcl_vectors_t *vectors = &os->vectors;
  const uint8_t all[CAUSES] = {vectors->commands, vectors->faults, vectors->counters, vectors->pages};
  return all[cause];
}

static void choose_vectors(os_t *os) {
  const unsigned count = os->driver.vectors;
  const uint8_t common = (uint8_t)os_below(os, count);
  os->vectors = (pcl_vectors_t){(uint8_t)os_below(os, count), (uint8_t)os_below(os, count), common, common};
  if (os_below(os, 4) == 0) os->vectors = (pcl_vectors_t){common, common, common, common};
  os_check(os, pcl_set_vectors(&os->driver, &os->vectors), "choose vectors");
}

static void choose_message(os_t *os, unsigned vector) {
  pcl_irq_message_t message = {.addr = mailbox(os, vector) + 4 * os_below(os, 2), .data = 1 + os_below(os, UINT32_MAX)};
  if (!os_below(os, 12)) message.addr |= AXI_MEM_HOLE;  // cause 273
  os_check(os, pcl_set_message(&os->driver, vector, &message), "set a message");
  os->masked &= (uint16_t)~(1u << vector);
}

// ddtp is Off. IGS: 0 messages, 1 wires, 2 both.
void os_interrupts_start(os_t *os) {
  uint64_t igs = (os->driver.capabilities & PCL_CAPABILITIES_IGS_MASK) >> PCL_CAPABILITIES_IGS_SHIFT;
  if (!os->mailboxes) os->mailboxes = os->ops.page_alloc(os, 1);
  os->messages = igs == PCL_CAPABILITIES_IGS_MSI || (igs == PCL_CAPABILITIES_IGS_BOTH && os_below(os, 3));
  os_check(os, pcl_use_messages(&os->driver, os->messages), "choose how to be called");
  os->excused = ~0u;
  choose_vectors(os);
  for (unsigned v = 0; os->messages && v < os->driver.vectors; v++) choose_message(os, v);
}

bool os_called(os_t *os) {
  bool called = tb_irq(os->tb);
  for (unsigned v = 0; os->messages && v < os->driver.vectors; v++) called |= tb_load(os->tb, mailbox(os, v)) != 0;
  return called;
}

void os_empty_mailboxes(os_t *os) {
  for (unsigned v = 0; os->messages && v < os->driver.vectors; v++)
    if (tb_load(os->tb, mailbox(os, v))) tb_store(os->tb, mailbox(os, v), 0);
  os->excused = 0;
}

void os_change_interrupts(os_t *os) {
  unsigned vector = os_below(os, os->driver.vectors);
  if (!os->messages || os_below(os, 4) == 0) {
    choose_vectors(os);
    os->excused = ~0u;
    return;
  }
  if (os_below(os, 4) == 0) {
    choose_message(os, vector);
    return;
  }
  if (os_below(os, 2)) vector = vector_of(os, os_below(os, CAUSES));
  bool masked = os->masked >> vector & 1;
  pcl_mask_message(&os->driver, vector, !masked);
  os->masked ^= (uint16_t)(1u << vector);
  os_counts()->masks += !masked;
}

// Bits of ipsr of which no message came.
static uint32_t owed(os_t *os) {
  uint32_t ipsr = os->ops.read_reg32(os, PCL_REG_IPSR_OFFSET) & ~os->excused, missing = 0;
  for (unsigned cause = 0; cause < CAUSES; cause++) {
    unsigned vector = vector_of(os, cause);
    bool silent = !(os->masked >> vector & 1) && !tb_load(os->tb, mailbox(os, vector));
    if (silent) missing |= ipsr & 1u << cause;
  }
  return missing;
}

void os_await_messages(os_t *os) {
  if (!os->messages || !os->watching) return;
  uint64_t since = tb_cycle(os->tb);
  while (owed(os)) {
    if (tb_cycle(os->tb) - since > PATIENCE)
      fail(tb_failure(os->tb), "software waits in vain: ipsr has bits 0x%x, but no message of their vectors came", owed(os));
    tb_run(os->tb, 20);
  }
}

void os_see_message(os_t *os, const tb_view_t *view) {
  const pcl_b_t *b = &view->in->ds.b;
  if (!tb_config()->igs_msi || !b->valid || b->id != tb_config()->walkers + 2) return;
  bool lost = b->resp >= PCL_RESP_SLVERR;
  os_counts()->messages++;
  os_counts()->messages_lost += lost;
  if (lost) os->excused = ~0u;
}
