# SPDX-License-Identifier: Apache-2.0
# Static checks and synthesis.
.PHONY: lint synth
lint:
	@sim/deps/need.sh lint
	@sim/lint/lint.sh $(CONFIGS)

# All configurations, or the one given on the command line.
synth:
	@sim/deps/need.sh synth
	@$(MAKE) -s $(foreach c,$(CONFIGS),build/$(c)/chparam.ys)
	@synth/synth.sh $(if $(filter command line,$(origin CONFIG)),$(CONFIG),$(CONFIGS))
