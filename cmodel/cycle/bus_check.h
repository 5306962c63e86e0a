// SPDX-License-Identifier: Apache-2.0
// Bursts that may not leave whatever their translation, the twin of bus_check.sv (microarchitecture 4.5).
//
// A burst is illegal if it breaks an AXI rule in a way that would reach bytes outside the page that was translated, or that
// memory could not carry out. Pure combinational; looks at burst, size, len, lock and addr only.
#ifndef PCL_CYCLE_BUS_CHECK_H
#define PCL_CYCLE_BUS_CHECK_H

#include "buses.h"

// `bus_size`: log2 of the bytes of the data bus.
bool pcl_bus_illegal(const pcl_ax_t *ax, unsigned bus_size);

#endif
