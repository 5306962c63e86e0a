# SPDX-License-Identifier: Apache-2.0
# Static checks and synthesis.
.PHONY: lint synth growth ecp5
lint:
	@sim/deps/need.sh lint
	@sim/lint/lint.sh $(CONFIGS)

# All configurations, or the one given on the command line.
MEASURED := $(if $(filter command line,$(origin CONFIG)),$(CONFIG),$(CONFIGS))
synth:
	@sim/deps/need.sh synth
	@$(MAKE) -s $(foreach c,$(CONFIGS),build/$(c)/chparam.ys)
	@synth/synth.sh $(MEASURED)

# Variants of base; the cells of a real FPGA (docs/synthesis.md).
growth: build/base/chparam.ys
	@sim/deps/need.sh synth
	@synth/growth.sh

ecp5:
	@sim/deps/need.sh synth
	@$(MAKE) -s $(foreach c,$(MEASURED),build/$(c)/chparam.ys)
	@synth/ecp5.sh $(MEASURED)
