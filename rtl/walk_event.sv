// SPDX-License-Identifier: Apache-2.0
//
// The read of a walker that is taken, for the counters (HPM; IOMMU spec 6.23): the kind of walk, whether it is the first one of
// the request's page tables, and the IDs that filters look at. docs/microarchitecture.md section 5.3, *Event*.
//
// One of an MSI PTE does not count, nor does an exclusive one, before an update.
module walk_event (
  input  logic                               clk_i,
  input  logic                               rst_ni,
  input  logic                               taken_i,
  input  logic                               lock_i,  // exclusive
  input  logic [walk_pkg::ReadW-1:0]         read_i,
  input  logic [walk_pkg::KeyW-1:0]          key_i,
  output logic [portcullis_pkg::EvWalkW-1:0] event_o
);
  walk_pkg::read_t rd;
  walk_pkg::key_t  key;
  assign rd = read_i;
  assign key = key_i;

  portcullis_pkg::ev_walk_t ev;
  always_comb begin
    ev.valid = 1'b0;
    if (!rd.dc_known) ev.kind = portcullis_pkg::EvDdt;
    else if (rd.in_g) ev.kind = portcullis_pkg::EvSecond;
    else ev.kind = rd.pdt ? portcullis_pkg::EvPdt : portcullis_pkg::EvFirst;
    ev.miss = rd.dc_known && !rd.pdt && !rd.missed;
    {ev.device_id, ev.pv, ev.process_id} = {key.device_id, key.pv, key.process_id};
    ev.gscv = rd.dc_known && rd.gv;
    ev.gscid = rd.gscid & {16{ev.gscv}};
    ev.pscv = rd.dc_known && rd.s1;
    ev.pscid = rd.pscid & {20{ev.pscv}};
  end

  logic                               valid_q;
  logic [portcullis_pkg::EvWalkW-2:0] walk_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= 1'b0;
    else valid_q <= taken_i && !lock_i && !rd.msi;
    walk_q <= {ev.kind, ev.miss, ev.device_id, ev.pv, ev.process_id, ev.gscv, ev.gscid, ev.pscv, ev.pscid};
  end
  assign event_o = {valid_q, walk_q};

  logic unused;
  assign unused = ^{rd, key, ev};
endmodule
