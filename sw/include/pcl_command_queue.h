// SPDX-License-Identifier: Apache-2.0
//
// The command queue (IOMMU spec 4.1): a ring in memory whose tail is ours (cqt) and whose head is the IOMMU's (cqh).
//
// Errors: an illegal command, a memory fault or a timeout stops the queue with cqh on the offender. Whoever waits here
// recovers by itself (pcl_cmdq_recover): illegal commands are replaced by an empty fence and counted, memory faults are tried
// again, and given up like an illegal command after PCL_MEMORY_FAULT_TRIES.
#ifndef PCL_COMMAND_QUEUE_H
#define PCL_COMMAND_QUEUE_H

#include "pcl_commands.h"
#include "pcl_ops.h"

enum { PCL_MEMORY_FAULT_TRIES = 16 };

typedef struct {
  const pcl_ops_t *ops;
  uint64_t base;        // of the ring; 0 while off
  uint32_t entries;     // a power of two; one always stays free
  uint32_t tail;        // where the next command goes
  uint32_t head;        // cqh as last seen
  uint64_t flag;        // address of the word that fences store their number into
  uint32_t fences;      // number of the newest fence
  uint32_t illegal;     // commands that were replaced
  uint32_t faults;      // memory faults seen
  uint32_t timeouts;    // fences that found a device's cache not invalidated in time (pcl_ats.h)
  uint32_t same_fault;  // of them, in a row at one command
} pcl_cmdq_t;

// Turns the queue on with 2^log2_entries commands (1..16), with interrupts or without. Everything from init on: PCL_E_MEMORY,
// PCL_E_TIMEOUT.
pcl_status_t pcl_cmdq_enable(pcl_cmdq_t *queue, const pcl_ops_t *ops, uint32_t log2_entries, bool interrupts);

// Turns it off: returns when cqon is 0, so that nothing of it is being read any more. Commands not yet executed are lost.
pcl_status_t pcl_cmdq_disable(pcl_cmdq_t *queue);

// Puts a command into the ring; waits for a free entry. The IOMMU does not see it before pcl_cmdq_ring().
pcl_status_t pcl_cmdq_put(pcl_cmdq_t *queue, const pcl_cmd_words_t *command);

// Writes cqt: all commands put so far may be executed.
void pcl_cmdq_ring(pcl_cmdq_t *queue);

// Both. Promises nothing about when the command takes effect: a fence tells.
pcl_status_t pcl_cmdq_submit(pcl_cmdq_t *queue, const pcl_cmd_words_t *command);

// Puts an IOFENCE.C that stores its number in memory, and rings. Returns the number, or 0 if there was no room in time.
// options: PCL_CMD_PR, PCL_CMD_PW: reads, writes that the IOMMU let through before have been answered; PCL_CMD_WSI: interrupt
// (by wire).
uint32_t pcl_cmdq_fence(pcl_cmdq_t *queue, uint64_t options);

// Whether that fence, and so every command before it, has completed.
bool pcl_cmdq_passed(const pcl_cmdq_t *queue, uint32_t fence);

// Waits until it has.
pcl_status_t pcl_cmdq_wait(pcl_cmdq_t *queue, uint32_t fence);

// Looks at cqcsr and gets a stopped queue going again; returns the error bits that it found.
uint32_t pcl_cmdq_recover(pcl_cmdq_t *queue);

#endif
