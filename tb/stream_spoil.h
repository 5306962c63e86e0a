// SPDX-License-Identifier: Apache-2.0
//
// Makes a request wrong on purpose.
#ifndef TB_STREAM_SPOIL_H
#define TB_STREAM_SPOIL_H

#include "stream.h"

// Sends it where it may not go: an unmapped or another device's address, a non-canonical one, an unknown device_id, the wrong
// right, a process_id, privilege, or a translated request.
void stream_spoil_place(stream_t *stream, unsigned channel, dma_t *dma);

// Breaks a bus rule that the IOMMU must refuse: a 4 KiB crossing, AxBURST=3, a beat wider than the bus, a wrong WRAP, a FIXED or
// exclusive that is too long, an exclusive that is unaligned or not a power of two.
void stream_spoil_burst(stream_t *stream, dma_t *dma);

#endif
