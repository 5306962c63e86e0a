// SPDX-License-Identifier: Apache-2.0
//
// The RTL behind a C interface. dut_verilated.cpp implements it over Verilator's class; a program that links no RTL gets
// dut_none.c, whose dut_create() returns NULL: then only the model runs.
//
// One clock: dut_set_inputs, dut_eval, dut_get_outputs, dut_clock.
#ifndef TB_DUT_H
#define TB_DUT_H

#include <stdbool.h>
#include <stdint.h>

#include "cycle/buses.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dut dut_t;

// Registers and RAMs without reset start with values drawn from `seed`.
dut_t *dut_create(uint64_t seed);
void dut_destroy(dut_t *dut);

// Pins of the coming evaluation; clk_i is low.
void dut_set_inputs(dut_t *dut, const pcl_in_t *in, bool rst_n);
void dut_eval(dut_t *dut);

// Payload is copied only where its valid is high.
void dut_get_outputs(const dut_t *dut, pcl_out_t *out);

// The rising edge.
void dut_clock(dut_t *dut);

// Whether an assertion of the RTL has failed (its text went to standard error).
bool dut_failed(const dut_t *dut);

// Records all signals from now on; false if this program cannot.
bool dut_trace(dut_t *dut, const char *fst_file);

#ifdef __cplusplus
}
#endif
#endif
