// SPDX-License-Identifier: Apache-2.0
//
// A profile: what kind of devices stand behind the ports, and how fast and how faulty everything around the IOMMU is.
#ifndef TB_PROFILE_H
#define TB_PROFILE_H

#include "axi_mem.h"
#include "device.h"
#include "stream.h"

struct profile {
  const char *name;
  const char *what;        // one line for --help
  device_pace_t pace;
  axi_mem_config_t memory;  // the ports' memory side
  axi_mem_config_t tables;  // the data-structure port
  uint32_t reg_stall;       // permille (reg_master.h)
  uint32_t reg_probe;
  uint32_t wild;            // permille of requests that go where they may not
  uint32_t illegal;         // permille of requests that break bus rules
  bool hostile;             // software expects the devices to stall the port
  stream_next_t next;       // NULL: each stream plays one of the other profiles for a while
};

extern const profile_t profile_nic, profile_nvme, profile_gpu, profile_rogue, profile_mixed;

// All profiles, ended by NULL.
extern const profile_t *const profiles[];

// NULL if there is none of that name.
const profile_t *profile_find(const char *name);

#endif
