// SPDX-License-Identifier: Apache-2.0
//
// Invalidation: serves the ddtp write and the command queue one at a time, clears the IOTLB and tells everybody in one clock
// (`kill`). docs/microarchitecture.md section 5.5.
//
//   INIT: clears the IOTLB, one set in each clock      IDLE --request--> READ --pipe empty--> CHECK --last set, kill--> IDLE
//
// While active_o, stage A takes nothing and the IOTLB is not filled, so what stage B and H could still grant is gone before the
// IOTLB is searched. A request and its operands are held until its done. After a done it rests (not active, begins nothing): 15
// clocks after a search of all sets of an IOTLB, else 1, so that commands one after the other never keep stage A from working.
//
// Sets: sets of the IOTLB; 1 if there is none (HasL2 0).
module inval #(
  parameter bit HasL2 = 1'b1,
  parameter int Sets = 128,
  localparam int SetW = (Sets > 1) ? $clog2(Sets) : 1
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,
  // Requests: a ddtp write (op ALL), the command queue.
  input  logic                            ddtp_req_i,
  output logic                            ddtp_done_o,
  input  logic                            cq_valid_i,
  input  logic [1:0]                      cq_op_i,
  input  logic                            cq_av_i,
  input  logic [51:0]                     cq_vpn_i,
  input  logic                            cq_pscv_i,
  input  logic [19:0]                     cq_pscid_i,
  input  logic [23:0]                     cq_device_id_i,
  output logic                            cq_done_o,
  input  logic                            pipe_empty_i,  // stage B and H
  output logic                            active_o,
  // IOTLB: read a set; clear the covered ways (check) or all ways (init) of set_o.
  output logic                            read_o,
  output logic [SetW-1:0]                 read_set_o,
  output logic                            init_o,
  output logic                            check_o,
  output logic [SetW-1:0]                 set_o,
  output logic [portcullis_pkg::InvW-1:0] inv_o
);
  typedef enum logic [1:0] {
    StInit  = 2'd0,
    StIdle  = 2'd1,
    StRead  = 2'd2,
    StCheck = 2'd3
  } state_e;
  localparam int RestW = HasL2 ? 4 : 1;
  state_e           state_q;
  logic             ddtp_q;  // the request served is the ddtp write
  logic [SetW-1:0]  set_q;  // set to initialise, or read in the clock before
  logic [RestW-1:0] rest_q;  // clocks left of the rest
  logic [1:0]       op;
  logic             all_sets, at_end, done, begin_req;

  assign op = ddtp_q ? portcullis_pkg::InvAll : cq_op_i;
  assign all_sets = op == portcullis_pkg::InvVma && !cq_av_i;
  assign at_end = set_q == SetW'(Sets - 1);
  assign done = state_q == StCheck && (!all_sets || at_end);

  assign begin_req = (ddtp_req_i || cq_valid_i) && rest_q == '0;
  assign active_o = state_q != StIdle || begin_req;
  assign init_o = state_q == StInit;
  assign check_o = state_q == StCheck;
  assign set_o = set_q;
  assign read_o = (state_q == StRead && pipe_empty_i) || state_q == StCheck;  // stage B still needs its own set
  assign ddtp_done_o = done && ddtp_q;
  assign cq_done_o = done && !ddtp_q;
  assign inv_o = {done, op, cq_av_i, cq_vpn_i, cq_pscv_i, cq_pscid_i, cq_device_id_i};

  always_comb begin
    if (state_q == StCheck) read_set_o = set_q + 1'b1;
    else read_set_o = all_sets ? '0 : cq_vpn_i[SetW-1:0];
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StInit;
      set_q <= '0;
      rest_q <= '0;
    end else begin
      if (done) rest_q <= all_sets ? '1 : RestW'(1);
      else if (rest_q != '0) rest_q <= rest_q - 1'b1;
      unique case (state_q)
        StInit: begin
          set_q <= set_q + 1'b1;
          if (at_end) state_q <= StIdle;
        end
        StIdle: begin
          ddtp_q <= ddtp_req_i;
          if (begin_req) state_q <= StRead;
        end
        StRead: begin
          set_q <= read_set_o;
          if (pipe_empty_i) state_q <= StCheck;
        end
        default: begin
          set_q <= read_set_o;
          if (done) state_q <= StIdle;
        end
      endcase
    end
  end
endmodule
