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

$(eval $(call NETLIST_SIMULATOR,$(M),$(M)/netlist.v,-DPCL_MUTANTS))
