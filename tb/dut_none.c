// SPDX-License-Identifier: Apache-2.0
//
// The absent RTL: what a program links that has only the model. See dut.h.
#include <stddef.h>

#include "dut.h"

dut_t *dut_create(uint64_t seed) {
  (void)seed;
  return NULL;
}
void dut_destroy(dut_t *dut) { (void)dut; }
void dut_set_inputs(dut_t *dut, const pcl_in_t *in, bool rst_n) { (void)dut, (void)in, (void)rst_n; }
void dut_eval(dut_t *dut) { (void)dut; }
void dut_get_outputs(const dut_t *dut, pcl_out_t *out) { (void)dut, (void)out; }
void dut_clock(dut_t *dut) { (void)dut; }
bool dut_failed(const dut_t *dut) { return (void)dut, false; }
bool dut_trace(dut_t *dut, const char *fst_file) { return (void)dut, (void)fst_file, false; }
