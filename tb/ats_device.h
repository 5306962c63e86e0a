// SPDX-License-Identifier: Apache-2.0
//
// PCIe devices with translation caches of their own, at random: they ask for translations over the message port, use what they
// were told for translated DMA through their port, forget it when told to, and ask for pages that they have no rights to.
//
// An Invalidation Request is completed, in one to eight completions, when every translated request posted before it has its
// answer; now and then late or never. So none is posted by a translation after its invalidation was completed. An address of
// memory is not used in the `tables_bytes` from `tables` on: software that gives up waiting for an invalidation may reuse them.
// Limits: 4 devices, each with 8 translations, 4 translated requests, one question and one group of page requests at a time.
#ifndef TB_ATS_DEVICE_H
#define TB_ATS_DEVICE_H

#include "device.h"
#include "messages.h"
#include "target.h"

enum { ATS_DEVICES = 4, ATS_ENTRIES = 8, ATS_FLIGHTS = 4, ATS_ITAGS = 32 };

typedef struct {
  bool valid;
  bool read, write, exec;
  bool pv, priv;
  uint32_t pasid;
  uint64_t iova, bytes;
  uint64_t address;
} ats_entry_t;

typedef struct {
  bool live;
  bool all;
  uint16_t itag;
  uint8_t completions;
  uint8_t waits;       // of flight[], by number
  uint64_t due;
} ats_inval_t;

typedef struct {
  bool live;
  uint32_t device_id;
  device_t *port;
  const targets_t *targets;
  bool pages;          // it asks for pages
  bool gpas;           // it is told GPAs
  ats_entry_t entry[ATS_ENTRIES];
  dma_t *flight[ATS_FLIGHTS];
  ats_inval_t inval[ATS_ITAGS];
  bool asking;         // a Translation Request waits for its completion
  pcl_msg_t question;
  bool paging;         // a group of page requests waits for its response
  uint16_t group;
  uint64_t paging_until;
} ats_device_t;

typedef struct {
  uint64_t asked, granted, translated, errors;  // requests, completions with rights, translated DMA, refusals of it
  uint64_t invalidated, late, never;
  uint64_t pages, markers, answered[16];        // page requests, stop markers, responses by code
  uint64_t strays;                              // answers to no question
} ats_counts_t;

typedef struct {
  messages_t *messages;
  rng_t rng;
  unsigned ids;        // of AXI
  unsigned bus_bytes;
  uint64_t tables, tables_bytes;
  uint64_t patience;   // clocks after which software gives up an invalidation
  bool paused;
  ats_device_t device[ATS_DEVICES];
  ats_counts_t counts;
} ats_t;

// Takes the root port over.
void ats_init(ats_t *ats, messages_t *messages, uint64_t seed, unsigned stream);

// A device, or what it is from now on; its cache stays. Without `live` it asks nothing.
void ats_set(ats_t *ats, unsigned index, const ats_device_t *device);

// No new requests; what is under way goes on, invalidations are completed.
void ats_pause(ats_t *ats, bool paused);

#endif
