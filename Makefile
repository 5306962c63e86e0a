# SPDX-License-Identifier: Apache-2.0
# Portcullis: every command of the project. `make help` lists them; the rules stand in sim/mk/.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

include sim/mk/options.mk
include sim/mk/build.mk
include sim/mk/run.mk
include sim/mk/tests.mk
include sim/mk/oracle.mk
include sim/mk/regs.mk
include sim/mk/checks.mk
include sim/mk/netlist.mk
include sim/mk/mutate.mk

.PHONY: help deps clean
help:
	@sed -n 's/^#: //p' sim/mk/options.mk

deps:
	@sim/deps/need.sh --install all
	@$(MAKE) $(VENV_STAMP)

clean:
	rm -rf build
