# SPDX-License-Identifier: Apache-2.0
# Simulations: the main job, the measurements, a scenario in the wave viewer. The simulator's options:
#   --seed N --cycles N --profile NAME   the random run
#   --json FILE                          writes the summary as one JSON object
#   --waves FILE --waves-from CYCLE      records an FST (only portcullis_sim_trace), from that clock on
#   --bench                              the performance table instead of a random run
#   --scenario NAME                      a directed scenario instead of a random run
SIM := $(B)/portcullis_sim

# The build goals behind them: the simulator of CONFIG, without and with waveforms.
.PHONY: run bench waves sim sim-trace
run:
	@sim/deps/need.sh --install run
	@$(MAKE) -j$(JOBS) $(if $(filter 1,$(WAVES)),sim-trace,sim)
	@sim/run.sh $(CONFIG) '$(SEED)' $(CYCLES) $(PROFILE) $(WAVES) $(JOBS)

bench:
	@sim/deps/need.sh --install run
	@$(MAKE) -j$(JOBS) sim
	@$(SIM) --bench --json build/bench.json

sim: $(SIM)
	@:
sim-trace: $(SIM)_trace
	@:

waves:
	@$(if $(SCENARIO),:,echo 'make waves needs SCENARIO=NAME; legal: $(SCENARIOS)' >&2; exit 2)
	@sim/deps/need.sh waves
	@$(MAKE) -j$(JOBS) sim-trace
	@sim/waves/open.sh $(SIM)_trace $(SCENARIO)
