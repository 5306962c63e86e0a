# SPDX-License-Identifier: Apache-2.0
# Simulators whose device under test is a netlist that Yosys wrote, in place of the RTL: same testbench, same pins, same model.
# What the netlist leaves open (x) is random. $(1): folder, $(2): netlist, $(3): more C++ flags
define NETLIST_SIMULATOR
$(1)/verilated.stamp: $(2)
	@mkdir -p $$(@D)
	@echo "  verilator  $$(@D)"
	@$(VERILATE) --x-assign unique -Wno-lint -Wno-fatal --top-module portcullis --Mdir $$(@D) $$< >$$(@D)/verilator.log 2>&1 || \
	  { cat $$(@D)/verilator.log; exit 1; }
	@echo "  g++        $$(@D)"
	+@$$(call VERILATED_MAKE,$$(@D),portcullis,verilated.o verilated_threads.o)
	@touch $$@

$(1)/portcullis_sim: $(1)/verilated.stamp $(TB_CXX) $(SCENARIO_OBJ) $(B)/libtb.a $(B)/libportcullis.a
	@echo "  g++        $$@"
	@$(CXX) $(CXXFLAGS) -DVM_TRACE=0 $(3) $(INCLUDES) -I$(1) $(VERILATED_INCLUDES) -MF $$@.d -o $$@ $(TB_CXX) $(SCENARIO_OBJ) \
	  $(addprefix $(1)/,Vportcullis__ALL.a verilated.o verilated_threads.o) \
	  $(TB_LIBS)
endef

# The netlist of `make synth`: LUTs and flip-flops.
$(B)/synth/netlist.v: $(RTL_FILES) rtl/portcullis.f $(B)/chparam.ys synth/synth.sh synth/mark_rams.awk
	@synth/synth.sh $(CONFIG)
$(eval $(call NETLIST_SIMULATOR,$(B)/netlist,$(B)/synth/netlist.v,))
