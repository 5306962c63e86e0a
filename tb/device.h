// SPDX-License-Identifier: Apache-2.0
//
// The devices behind one port, as the AXI4 masters that they share.
//
// Requests come from a source (a stream, a measurement) or are posted one by one (a scenario). All pins are registers. The device
// believes only pins: an answer retires the oldest request of its ID, whatever it asked for; scoreboard.h judges.
// Limits: 1024 requests at a time per port.
#ifndef TB_DEVICE_H
#define TB_DEVICE_H

#include "cycle/buses.h"

typedef enum { DMA_QUEUED, DMA_SENT, DMA_DONE, DMA_LOST } dma_state_t;

// One request. Whoever posted it reads it and gives it back with device_release() once it is DONE or LOST.
typedef struct dma {
  pcl_ax_t ax;
  struct dma *next;
  uint8_t *data;         // posted: bytes in the order of their addresses (FIXED: beat after beat); NULL: random, not kept
  uint32_t bytes;        // of data; a write strobes no byte beyond
  uint32_t beat;         // beats answered (read) or sent (write)
  uint16_t hold;         // clocks until AR or AW is first valid
  uint16_t w_hold;       // clocks until the first W beat, after its AW was taken
  uint8_t channel;       // PCL_READ, PCL_WRITE
  uint8_t state;         // dma_state_t
  uint8_t resp;          // the greatest of its beats
  bool w_ahead;          // W does not wait for AW
  bool w_owed;           // W beats are left to send
  bool posted;
  uint64_t valid_cycle;  // first clock of ARVALID, AWVALID
  uint64_t taken_cycle;  // its handshake
  uint64_t done_cycle;   // handshake of RLAST, B
} dma_t;

// Makes requests: fills ax (and hold, w_hold, w_ahead if wanted) and returns true, or has none for this channel now. `finished`
// may be NULL.
typedef struct {
  bool (*next)(void *context, unsigned channel, dma_t *dma);
  void (*finished)(void *context, const dma_t *dma);
  void *context;
} dma_source_t;

typedef struct {
  uint32_t stall_request;  // permille: pauses between requests (throttle.h)
  uint32_t stall_data;     // pauses between W beats
  uint32_t stall_answer;   // back-pressure on R and B
  uint32_t longest;        // clocks of a pause
  uint32_t outstanding;    // requests under way, per channel
  uint32_t withdraw;       // permille: W beats not taken at once that are taken back, to be offered again
  bool wild_last;          // WLAST is random
} device_pace_t;

typedef struct {
  uint64_t requests[PCL_CHANNELS];
  uint64_t beats[PCL_CHANNELS];
  uint64_t errors;  // answered SLVERR or DECERR
  uint64_t strays;  // answers that nobody waited for
  uint64_t lost;    // requests dropped by device_hold()
} device_counts_t;

typedef struct device device_t;

device_t *device_create(pcl_port_pins_in_t *drive, const pcl_port_pins_out_t *see, unsigned bus_bytes, uint64_t seed,
                        unsigned stream);
void device_destroy(device_t *device);
// User signals are 1 bit wide unless this is called.
void device_set_user_width(device_t *device, unsigned bits);
void device_set_pace(device_t *device, const device_pace_t *pace);
void device_set_source(device_t *device, const dma_source_t *source);

// Posts one request; it is valid at the pins from the next clock on, after those posted before. Never fails.
dma_t *device_post(device_t *device, unsigned channel, const pcl_ax_t *ax, void *data, unsigned bytes);
void device_release(device_t *device, dma_t *dma);

// The source makes nothing new while paused; what is under way goes on.
void device_pause(device_t *device, bool paused);

// A deaf device takes no answer from the next clock on: RREADY and BREADY stay 0.
void device_set_deaf(device_t *device, bool deaf);

// Function reset of the devices: while held they drive nothing and take and ignore every answer; all requests are lost. Legal
// when the port is isolated or drained.
void device_hold(device_t *device, bool held);

// Requests under way, per channel.
unsigned device_pending(const device_t *device, unsigned channel);
const device_counts_t *device_counts(const device_t *device);

// The edge at the end of clock `cycle`.
void device_clock(device_t *device, uint64_t cycle);

#endif
