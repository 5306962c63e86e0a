# SPDX-License-Identifier: Apache-2.0
# Mutation: N faults put into the netlist of CONFIG by Yosys, each run until something catches it (synth/mutate.sh). All are in
# one netlist; its input mut_sel, which the environment variable PCL_MUTANT sets, says which of them is switched on, 0 none.
M := $(B)/mutants

.PHONY: mutate
mutate:
	@sim/deps/need.sh --install run
	@sim/deps/need.sh synth
	@$(MAKE) -j$(JOBS) $(B)/chparam.ys
	@JOBS=$(JOBS) synth/mutate.sh $(CONFIG) $(N) $(firstword $(SEED))

$(M)/verilated.stamp: $(M)/netlist.v
	@echo "  verilator  $(@D)"
	@$(VERILATE) -Wno-fatal --top-module portcullis --Mdir $(@D) $< >$(@D)/verilator.log 2>&1 || { cat $(@D)/verilator.log; exit 1; }
	@echo "  g++        $(@D)"
	+@$(call VERILATED_MAKE,$(@D),portcullis,verilated.o verilated_threads.o)
	@touch $@

$(M)/portcullis_sim: $(M)/verilated.stamp $(TB_CXX) $(SCENARIO_OBJ) $(B)/libtb.a $(B)/libportcullis.a
	@echo "  g++        $@"
	@$(CXX) $(CXXFLAGS) -DVM_TRACE=0 -DPCL_MUTANTS $(INCLUDES) -I$(M) $(VERILATED_INCLUDES) -MF $@.d -o $@ $(TB_CXX) $(SCENARIO_OBJ) \
	  $(addprefix $(M)/,Vportcullis__ALL.a verilated.o verilated_threads.o) \
	  -Wl,--start-group $(B)/libtb.a $(B)/libportcullis.a -Wl,--end-group -lz -lm -pthread
