// SPDX-License-Identifier: Apache-2.0
//
// QoS IDs: each device has a few pairs of its own, and so has the IOMMU. Whatever goes to memory must carry one of them.
#include "os_agent.h"

enum { PAIRS = 4, IOMMU = 1 << 24 };

static uint32_t pair_of(uint32_t owner, unsigned index) { return (uint32_t)rng_mix(owner * PAIRS + index) & 0xfff0fff; }

pcl_device_context_t os_with_qos(os_t *os, uint32_t device_id, const pcl_device_context_t *context) {
  if (!os_has(os, PCL_CAPABILITIES_QOSID_MASK)) return *context;
  uint32_t pair = pair_of(device_id, os_below(os, PAIRS));
  return pcl_with_qos(*context, pair & 0xfff, pair >> 16);
}

// A value for iommu_qosid.
uint32_t os_own_qos(os_t *os) { return pair_of(IOMMU, os_below(os, PAIRS)); }

void os_change_qos(os_t *os) {
  if (!os_has(os, PCL_CAPABILITIES_QOSID_MASK)) return;
  uint32_t pair = os_own_qos(os);
  os_check(os, pcl_set_qos(&os->driver, pair & 0xfff, pair >> 16), "set QoS IDs");
}

static bool is_of(uint32_t owner, uint32_t pair) {
  bool found = false;
  for (unsigned i = 0; i < PAIRS; i++) found |= pair_of(owner, i) == pair;
  return found;
}

// In mode Bare requests carry the IOMMU's, which are 0 after reset.
void os_see_qos(os_t *os, const sb_request_t *request, const pcl_ax_t *granted) {
  uint32_t pair = granted->rcid | (uint32_t)granted->mcid << 16;
  if (!os_has(os, PCL_CAPABILITIES_QOSID_MASK)) return;
  if (is_of(request->ax.device_id, pair)) os_counts()->qos_grants++;
  else if (pair && !is_of(IOMMU, pair))
    fail(tb_failure(os->tb), "a request of device_id 0x%x goes to memory with RCID 0x%x, MCID 0x%x, which it never had",
         request->ax.device_id, granted->rcid, granted->mcid);
}
