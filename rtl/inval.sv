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
// One set holds all that IOTINVAL.VMA of one page covers, unless the IOTLB may hold 4 KiB parts of larger first-stage leaves
// (frac): they are in any set. frac falls when a search of all sets has left none.
//
// Sets: sets of the IOTLB; 1 if there is none (HasL2 0). S: 1 if IOTINVAL of an address range is built.
module inval #(
  parameter bit HasL2 = 1'b1,
  parameter int Sets = 128,
  parameter bit S = 1'b0,
  localparam int SetW = (Sets > 1) ? $clog2(Sets) : 1
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,
  // Requests: a ddtp write (op ALL); the command queue (an inv_t without kill and range; s: the address is that of a range).
  input  logic                            ddtp_req_i,
  output logic                            ddtp_done_o,
  input  logic                            cq_valid_i,
  input  logic [portcullis_pkg::InvW-1:0] cq_inv_i,
  input  logic                            cq_s_i,
  output logic                            cq_done_o,
  input  logic                            pipe_empty_i,  // stage B and H
  output logic                            active_o,
  // IOTLB: read a set; clear the covered ways (check) or all ways (init) of set_o.
  output logic                            read_o,
  output logic [SetW-1:0]                 read_set_o,
  output logic                            init_o,
  output logic                            check_o,
  output logic [SetW-1:0]                 set_o,
  input  logic                            frac_fill_i,  // it is filled with a part of a larger first-stage leaf
  input  logic                            frac_left_i,  // this check leaves such an entry
  output logic [portcullis_pkg::InvW-1:0] inv_o
);
  typedef enum logic [1:0] {
    StInit  = 2'd0,
    StIdle  = 2'd1,
    StRead  = 2'd2,
    StCheck = 2'd3
  } state_e;
  localparam int RestW = HasL2 ? 4 : 1;
  portcullis_pkg::inv_t cq_inv, inv_q, inv;
  state_e           state_q;
  logic             ddtp_q;  // the request served is the ddtp write
  logic [SetW-1:0]  set_q;  // set to initialise, or read in the clock before
  logic [RestW-1:0] rest_q;  // clocks left of the rest
  logic             frac_q, left_q;  // left: of the sets checked so far
  logic [51:0]      range_q;
  logic             ddtp, one_page, all_sets_q, at_end, done, begin_req;

  assign cq_inv = cq_inv_i;
  assign at_end = set_q == SetW'(Sets - 1);
  assign done = state_q == StCheck && (!all_sets_q || at_end);

  // What the request asks for: it is ready when READ begins, and so early in every later clock.
  assign ddtp = (state_q == StIdle) ? ddtp_req_i : ddtp_q;
  assign one_page = cq_inv.av && !cq_s_i && !frac_q;
  always_ff @(posedge clk_i) begin
    inv_q <= cq_inv;
    if (ddtp) inv_q.op <= portcullis_pkg::InvAll;
    all_sets_q <= !ddtp && ((cq_inv.op == portcullis_pkg::InvVma && !one_page) || cq_inv.op == portcullis_pkg::InvGvma);
  end
  always_comb begin
    inv = inv_q;
    inv.kill = done;
    inv.range = range_q;
  end
  assign inv_o = inv;

  assign begin_req = (ddtp_req_i || cq_valid_i) && rest_q == '0;
  assign active_o = state_q != StIdle || begin_req;
  assign init_o = state_q == StInit;
  assign check_o = state_q == StCheck;
  assign set_o = set_q;
  assign read_o = (state_q == StRead && pipe_empty_i) || state_q == StCheck;  // stage B still needs its own set
  assign ddtp_done_o = done && ddtp_q;
  assign cq_done_o = done && !ddtp_q;

  always_comb begin
    if (state_q == StCheck) read_set_o = set_q + 1'b1;
    else read_set_o = all_sets_q ? '0 : inv_q.vpn[SetW-1:0];
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StInit;
      set_q <= '0;
      rest_q <= '0;
    end else begin
      if (done) rest_q <= all_sets_q ? '1 : RestW'(1);
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

  if (HasL2) begin : gen_frac
    always_ff @(posedge clk_i) begin
      left_q <= check_o && (left_q || frac_left_i);
      if (!rst_ni) frac_q <= 1'b0;
      else if (frac_fill_i) frac_q <= 1'b1;
      else if (done && all_sets_q) frac_q <= left_q || frac_left_i;
    end
  end else begin : gen_no_frac
    logic unused;
    assign frac_q = 1'b0;
    assign left_q = 1'b0;
    assign unused = ^{frac_fill_i, frac_left_i, left_q};
  end

  // The range of an address: its lowest 0 bit and all bits below (IOMMU spec, address range invalidation extension), that is the
  // bits below which there is no 0.
  if (S) begin : gen_range
    logic [51:0] ones;  // all bits below are 1
    always_comb begin
      ones = {cq_inv.vpn[50:0], 1'b1};
      for (int d = 1; d < 52; d = d * 2) ones = ones & ~((~ones) << d);
    end
    always_ff @(posedge clk_i) range_q <= ones & {52{cq_s_i}};
  end else begin : gen_no_range
    assign range_q = '0;
  end

  logic unused_inv;
  assign unused_inv = ^{cq_inv, inv_q};
endmodule
