// SPDX-License-Identifier: Apache-2.0
//
// Quiesce and isolator of the ports, and requests that the system itself asked a device for.
#include "os_agent.h"

// A port whose device did not move on: its device is reset, then the port lets go.
static void rescue(os_t *os, unsigned port) {
  if (!pcl_is_isolated(&os->driver, port)) return;
  device_hold(tb_device(os->tb, port), true);
  os_check(os, pcl_release(&os->driver, port), "release a port");
  device_hold(tb_device(os->tb, port), false);
  os_counts()->releases++;
}

void os_rescue_ports(os_t *os) {
  if (os->rescuing) return;
  os->rescuing = true;
  for (unsigned port = 0; port < os_ports(); port++) rescue(os, port);
  os->rescuing = false;
}

// What an operating system does to take memory away: stop the port, change, let it go on.
void os_quiesce(os_t *os) {
  unsigned port = os_below(os, os_ports());
  bool abort = os_below(os, 2);
  if (os_below(os, 4) == 0) os->ops.write_reg32(os, PCL_REG_QCTL_OFFSET + port * PCL_REG_QCTL_STRIDE, PCL_QCTL_MODE_ABORT);
  tb_run(os->tb, os_below(os, 200));
  os_check(os, pcl_quiesce(&os->driver, port, abort), "quiesce a port");
  os_counts()->quiesces[abort]++;
  for (unsigned i = os_below(os, 4); i; i--) {
    os_mapping_t *mapping = os_any_mapping(os);
    if (mapping) os_unmap(os, mapping);
    os_map(os);
  }
  tb_run(os->tb, os_below(os, 500));
  os_check(os, pcl_resume(&os->driver, port), "resume a port");
}

void os_isolate(os_t *os) {
  unsigned port = os_below(os, os_ports());
  os->rescuing = true;
  os_check(os, pcl_isolate(&os->driver, port), "isolate a port");
  os_counts()->isolations++;
  tb_run(os->tb, os_below(os, 600));
  rescue(os, port);
  os->rescuing = false;
}

void os_set_isotime(os_t *os) {
  static const uint16_t clocks[6] = {0, 150, 300, 600, 1200, 3000};
  pcl_set_isolation_time(&os->driver, os_below(os, os_ports()), clocks[os_below(os, 6)]);
}

void os_reap(os_t *os) {
  for (unsigned i = 0; i < OS_POSTED; i++) {
    if (!os->posted[i] || os->posted[i]->state < DMA_DONE || os->posted[i]->w_owed) continue;
    device_release(tb_device(os->tb, os->posted_port[i]), os->posted[i]);
    os->posted[i] = NULL;
  }
}

void os_await_posted(os_t *os, uint32_t limit) {
  bool some = true;
  while (some && limit--) {
    some = false;
    for (unsigned i = 0; i < OS_POSTED; i++) some |= os->posted[i] && os->posted[i]->state < DMA_DONE;
    tb_step(os->tb);
  }
}
