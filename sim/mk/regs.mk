# SPDX-License-Identifier: Apache-2.0
# Registers: one SystemRDL source; the generated files are committed, so that only a change of the source needs Python.
VENV := build/venv
VENV_STAMP := $(VENV)/pip.stamp
REGS_RDL := rtl/regs/portcullis.rdl

.PHONY: regs regs-check
$(VENV_STAMP): sim/deps/pip.txt
	@sim/deps/need.sh regs
	@python3 -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

regs: $(VENV_STAMP)
	@$(VENV)/bin/python sim/regs/gen_regs.py $(REGS_RDL) .

# Regenerates into build/regs and compares; skipped (status 77) where the Python packages cannot be installed.
regs-check:
	@sim/regs/check.sh
