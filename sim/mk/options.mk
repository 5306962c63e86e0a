# SPDX-License-Identifier: Apache-2.0
# The variables of the command line, their defaults and their checks, and the text of `make help`.
#: make run      random DMA streams, RTL and C model compared at every clock
#:                 CONFIG=base SEED=1 CYCLES=2000000 PROFILE=mixed WAVES=1 (record a waveform)
#: make test     everything that must pass, time per step; STEPS=text runs only the steps whose name contains it
#: make bench    the measured performance table; build/bench.json
#: make lint     style of RTL and C; SystemVerilog that every tool reads the same way
#: make synth    cells and logic depth of each configuration (or of CONFIG=); build/synth.json
#: make waves    runs SCENARIO= and opens it in GTKWave with its saved view
#: make regs     regenerates the register package, header and table from rtl/regs/portcullis.rdl
#: make deps     installs every tool (apt, as root or through sudo; Python tools into build/venv)
#: make clean    removes build/
CONFIG ?= base
SEED ?= 1
CYCLES ?= 2000000
PROFILE ?= mixed
WAVES ?= 0
SCENARIO ?=
STEPS ?=
JOBS ?= $(shell nproc)

CONFIGS := $(patsubst sim/configs/%.cfg,%,$(wildcard sim/configs/*.cfg))
PROFILES := nic nvme gpu rogue mixed
SCENARIOS := $(patsubst tests/scenarios/%.c,%,$(wildcard tests/scenarios/*.c))
VARIABLES := CONFIG SEED CYCLES PROFILE WAVES SCENARIO STEPS JOBS CC CXX

# $(call one_of,NAME,legal values): stops unless the variable NAME holds exactly one of them.
one_of = $(if $(and $(filter 1,$(words $($(1)))),$(filter $($(1)),$(2))),,\
  $(error unknown $(1) '$($(1))'; legal: $(strip $(2))))
# $(call number,NAME): stops unless the variable NAME is a decimal number.
number = $(if $(shell printf '%s' '$($(1))' | grep -Ex '[0-9]+'),,$(error $(1) '$($(1))' is not a decimal number))

$(foreach v,$(.VARIABLES),$(if $(filter command line,$(origin $(v))),$(if $(filter MAKE% -%,$(v)),,\
  $(if $(filter $(v),$(VARIABLES)),,$(error unknown option $(v)=; legal: $(VARIABLES))))))
$(call one_of,CONFIG,$(CONFIGS))
$(call one_of,PROFILE,$(PROFILES))
$(call one_of,WAVES,0 1)
$(if $(SCENARIO),$(call one_of,SCENARIO,$(SCENARIOS)))
$(call number,SEED)
$(call number,CYCLES)
