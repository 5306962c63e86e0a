// SPDX-License-Identifier: Apache-2.0
//
// Sends the IOMMU's own interrupt messages, one at a time (IOMMU spec 6.18, 6.25). docs/microarchitecture.md section 5.8.
//
//   IDLE: offers the message --taken--> WAIT: for its B --error--> FAULT: offers the record (cause 273) --taken--> IDLE
//
// What is offered may change from clock to clock; ds_write captures address and data, here only the address is kept, for the
// record. Nothing waits for a message: neither fences nor queues.
module irq (
  input  logic                              clk_i,
  input  logic                              rst_ni,
  // Registers: a message that is to be sent.
  input  logic                              msi_valid_i,
  input  logic [55:0]                       msi_addr_i,
  output logic                              msi_taken_o,
  // Data-structure write port; address and data come from the registers.
  output logic                              dw_valid_o,
  input  logic                              dw_taken_i,
  input  logic                              dw_b_valid_i,
  input  logic                              dw_b_err_i,
  // Fault queue.
  output logic                              rec_valid_o,
  input  logic                              rec_taken_i,
  output logic [portcullis_pkg::FaultW-1:0] rec_o
);
  typedef enum logic [1:0] {
    StIdle,
    StWait,
    StFault
  } state_e;
  state_e      state_q;
  logic [55:0] addr_q;

  assign dw_valid_o = state_q == StIdle && msi_valid_i;
  assign msi_taken_o = dw_taken_i;
  assign rec_valid_o = state_q == StFault;

  portcullis_pkg::fault_t record;
  always_comb begin
    record = '0;
    record.cause = 12'd273;
    record.iotval = {8'd0, addr_q};
  end
  assign rec_o = record;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StIdle;
    end else begin
      unique case (state_q)
        StIdle: if (dw_taken_i) state_q <= StWait;
        StWait: if (dw_b_valid_i) state_q <= dw_b_err_i ? StFault : StIdle;
        StFault: if (rec_taken_i) state_q <= StIdle;
        default: state_q <= StIdle;
      endcase
    end
    if (dw_taken_i) addr_q <= msi_addr_i;
  end
endmodule
