rtl/portcullis_pkg.sv
rtl/portcullis_regs_pkg.sv
rtl/rr_arb.sv
