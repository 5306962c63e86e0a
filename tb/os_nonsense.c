// SPDX-License-Identifier: Apache-2.0
//
// Software that writes nonsense into registers, and a reset of the IOMMU while everything runs. Afterwards the system puts things
// in order again: nothing may hang.
#include "os_agent.h"

static void raw_write(os_t *os, const reg_access_t *access) {
  uint32_t ticket = reg_post_raw(tb_regs(os->tb), access);
  while (ticket && !reg_done(tb_regs(os->tb), ticket)) tb_step(os->tb);
}

static bool is_control(unsigned addr) {
  for (unsigned port = 0; port < PCL_REG_QCTL_COUNT; port++)
    if ((addr & ~7u) == PCL_REG_QCTL_OFFSET + port * PCL_REG_QCTL_STRIDE) return true;
  return false;
}

static uint32_t order_bit(const os_t *os) { return os->ops.big_endian ? PCL_FCTL_BE_MASK : 0; }

// Anything but another byte order for tables that stay, QoS IDs that nobody had, and one more: a port is not let go before its
// device was reset, which would leave the device waiting for ever.
static void random_write(os_t *os) {
  static const uint16_t interesting[12] = {
    PCL_REG_DDTP_OFFSET, PCL_REG_CQB_OFFSET, PCL_REG_CQT_OFFSET, PCL_REG_FQB_OFFSET, PCL_REG_FQH_OFFSET, PCL_REG_CQCSR_OFFSET,
    PCL_REG_FQCSR_OFFSET, PCL_REG_IPSR_OFFSET, PCL_REG_QCTL_OFFSET, PCL_REG_ISOTIME_OFFSET, PCL_REG_ICVEC_OFFSET,
    PCL_REG_TR_REQ_CTL_OFFSET,
  };
  reg_access_t access = {.write = true, .data = rng_u64(&os->rng)};
  access.addr = os_below(os, 4) ? interesting[os_below(os, 12)] : (uint16_t)os_below(os, 4096);
  if (os_below(os, 4)) access.strb = (uint8_t)(os_below(os, 2) ? 0xff : access.addr & 4 ? 0xf0 : 0x0f);
  else access.strb = (uint8_t)os_below(os, 256);
  if (os_below(os, 2)) access.data &= access.data >> 8 & access.data >> 16;
  if (is_control(access.addr)) access.data &= ~(uint64_t)PCL_QCTL_RESUME_MASK;
  if ((access.addr & ~7u) == PCL_REG_IOMMU_QOSID_OFFSET) access.data = os_own_qos(os);
  if ((access.addr & ~7u) == PCL_REG_FCTL_OFFSET) access.data = order_bit(os);
  raw_write(os, &access);
}

// Both queues and the mode from scratch, the ports running.
static void put_in_order(os_t *os) {
  const pcl_ops_t *ops = &os->ops;
  for (unsigned port = 0; port < os_ports(); port++) {
    pcl_resume(&os->driver, port);
    pcl_set_isolation_time(&os->driver, port, 600);
  }
  os_rescue_ports(os);
  while (ops->read_reg32(os, PCL_REG_CQCSR_OFFSET) & PCL_CQCSR_BUSY_MASK) tb_run(os->tb, 10);
  while (ops->read_reg32(os, PCL_REG_FQCSR_OFFSET) & PCL_FQCSR_BUSY_MASK) tb_run(os->tb, 10);
  while (ops->read_reg64(os, PCL_REG_DDTP_OFFSET) & PCL_DDTP_BUSY_MASK) tb_run(os->tb, 10);
  ops->write_reg32(os, PCL_REG_IPSR_OFFSET, ~0u);
  os_check(os, pcl_set_mode(&os->driver, PCL_DDTP_MODE_OFF), "turn translation off");
  os_interrupts_start(os);
  os_forget_counters(os);
  os_queues_stop(os);
  os_queues_start(os, os_below(os, 2));
  os_enter_mode(os, PCL_DDTP_MODE_TABLE);
}

void os_nonsense(os_t *os) {
  for (unsigned count = 1 + os_below(os, 6); count; count--) {
    random_write(os);
    tb_run(os->tb, os_below(os, 100));
  }
  put_in_order(os);
  os_counts()->nonsense++;
}

// The registers forget; memory does not.
void os_reset(os_t *os) {
  tb_reset(os->tb);
  pcl_driver_t *driver = &os->driver;
  pcl_device_directory_t directory = driver->directory;
  if (driver->commands.base) {
    for (uint32_t at = 0; at == 0 || at < driver->commands.entries * 16; at += 4096) os_free_page(os, driver->commands.base + at);
    os_free_page(os, driver->commands.flag);
  }
  if (driver->faults.base)
    for (uint32_t at = 0; at == 0 || at < driver->faults.entries * 32; at += 4096) os_free_page(os, driver->faults.base + at);
  if (driver->pages.base) os_free_page(os, driver->pages.base);
  os_check(os, pcl_probe(driver, &os->ops), "find the IOMMU");
  os_interrupts_start(os);
  os_forget_counters(os);
  driver->directory = directory;
  os_forget_fences(os);
  os_queues_start(os, os_below(os, 2));
  os_enter_mode(os, PCL_DDTP_MODE_TABLE);
  os_counts()->resets++;
}
