// SPDX-License-Identifier: Apache-2.0
// What a queue engine asks of the data-structure port (docs/microarchitecture.md, section 5.4), and what it is told.
//
// Requests are functions of the engine's registers and those of regs. The told part depends on the pins and is known at the edge.
#ifndef PCL_CYCLE_DS_CLIENT_H
#define PCL_CYCLE_DS_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

// A write: captured when `taken`, with its data if that is one word. The doublewords of a record are looked at from then
// on until `w_done`, in every clock, also while `valid` is false. In host order: the writer turns them around for fctl.BE.
typedef struct {
  const uint64_t *data;
  uint64_t addr;  // 56 bits
  bool valid;
} pcl_ds_write_req_t;

typedef struct {
  bool taken;    // the request of this clock was captured; its beats follow from the next clock on
  bool w_done;   // the last W beat was taken in this clock
  bool b_valid;  // a B with the client's ID
  bool b_error;  // it is SLVERR or DECERR
} pcl_ds_write_told_t;

// A read of `beats` doublewords; once valid it stays, unchanged, until `taken`.
typedef struct {
  uint64_t addr;  // 56 bits
  bool valid;
} pcl_ds_read_req_t;

typedef struct {
  uint64_t data;
  bool taken;    // the AR handshake was this client's
  bool r_valid;  // a beat with the client's ID; the client counts, and drops what it does not expect
  bool r_error;  // SLVERR, DECERR or poison
} pcl_ds_read_told_t;

#endif
