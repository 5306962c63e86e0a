// SPDX-License-Identifier: Apache-2.0
//
// What directed tests share: the driver on the testbench, plain memory for tables, and a look at what left and when.
// Memory: tables from 0x80000000 up; everything else belongs to the scenario.
#ifndef TB_SCENE_H
#define TB_SCENE_H

#include "pcl_regs.h"
#include "scenario.h"
#include "system.h"

enum { SCENE_GRANTS = 4096, SCENE_FLAGS = 64 };

// A memory-side request in the clock in which its AxVALID rose.
typedef struct {
  uint64_t cycle;
  uint64_t iova;
  uint64_t spa;
  uint32_t device_id;
  uint8_t port, channel, pbmt;
} scene_grant_t;

typedef struct {
  system_t system;
  scene_grant_t grant[SCENE_GRANTS];
  unsigned grants;
  uint64_t fence_done;  // clock of the newest store of a fence into the driver's flag word
} scene_t;

// Watches from now on; the IOMMU is as after reset. Call it first.
void scene_watch(scene_t *scene, tb_t *tb);

// The same, and the driver with both queues of 2^log2 entries, with interrupts, and an empty directory of `bits` bits.
void scene_start(scene_t *scene, tb_t *tb, uint32_t bits, uint32_t log2_commands, uint32_t log2_faults);

// An address space of `levels` levels for a device.
void scene_attach(scene_t *scene, pcl_domain_t *domain, uint32_t device_id, uint32_t levels, uint32_t pscid);
void scene_map(scene_t *scene, const pcl_domain_t *domain, uint64_t iova, uint64_t spa, uint64_t bytes, uint64_t flags);

// Address and value of the 4 KiB leaf of iova.
uint64_t scene_entry(scene_t *scene, const pcl_domain_t *domain, uint64_t iova);
uint64_t scene_leaf(uint64_t spa, uint64_t flags);

// Drops everything that the IOMMU's caches know of the host's page tables.
void scene_forget(scene_t *scene);

// One beat of 8 bytes, posted; scene_end() waits for it, gives it back and returns its response.
dma_t *scene_post(scene_t *scene, unsigned port, unsigned channel, uint32_t device_id, uint64_t iova, uint64_t *data);
unsigned scene_end(scene_t *scene, unsigned port, dma_t *dma);

// The same at once.
unsigned scene_read(scene_t *scene, unsigned port, uint32_t device_id, uint64_t iova, uint64_t *data);
unsigned scene_write(scene_t *scene, unsigned port, uint32_t device_id, uint64_t iova, uint64_t data);

// The next fault record; waits for it.
pcl_fault_event_t scene_fault(scene_t *scene);

// The memory of a port shut, or as usual.
void scene_shut_port(scene_t *scene, unsigned port, bool shut);

// Memory of the tables: as usual, or each read answered with an error.
void scene_break_tables(scene_t *scene, bool broken);

#endif
