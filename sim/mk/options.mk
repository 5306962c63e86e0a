# SPDX-License-Identifier: Apache-2.0
# The variables of the command line, their defaults and their checks, and the text of `make help`.
#: make run      random DMA streams, RTL and C model compared at every clock
#:                 CONFIG=base CYCLES=2000000, SEED="1 2 ... 10" (a list), PROFILE=turn (dealt in turn
#:                 by seed: nic nvme gpu rogue mixed; or one of these), JOBS=2, WAVES=1 (record a waveform)
#: make test     everything that must pass, time per step; STEPS=text runs only the steps whose name contains it
#: make oracle   replays the oracle traces of a folder, ORACLE=FOLDER, into the untimed C model and into the RTL of full beside
#:                 its cycle twin, one line per trace and side; make test does so, too, if ORACLE is given
#: make bench    the measured performance table; build/bench.json (sim/tables.sh puts it into README.md)
#: make lint     style of RTL and C; SystemVerilog that every tool reads the same way
#: make synth    cells and logic depth of each configuration (or of CONFIG=); build/synth.json
#: make growth   logic depth of base with smaller and larger caches; added to build/synth.json
#: make ecp5     cells of a Lattice ECP5 that each configuration (or CONFIG=) takes; added to build/synth.json
#: make mutate   how many faults put into the netlist are noticed; CONFIG=base N=100 SEED=1
#: make waves    records a directed scenario and opens it in GTKWave with its view; SCENARIO=overrun (a file of
#:                 tests/scenarios/), CONFIG=base
#: make regs     regenerates the register package, header and table from rtl/regs/portcullis.rdl
#: make deps     installs every tool (apt, as root or through sudo; Python tools into build/venv)
#: make clean    removes build/
CONFIG ?= base
SEED ?= 1 2 3 4 5 6 7 8 9 10
CYCLES ?= 2000000
PROFILE ?= turn
WAVES ?= 0
SCENARIO ?=
STEPS ?=
ORACLE ?=
N ?= 100
JOBS ?= $(shell nproc)

CONFIGS := $(patsubst sim/configs/%.cfg,%,$(wildcard sim/configs/*.cfg))
PROFILES := nic nvme gpu rogue mixed turn
SCENARIOS := $(patsubst tests/scenarios/%.c,%,$(wildcard tests/scenarios/*.c))
VARIABLES := CONFIG SEED CYCLES PROFILE WAVES SCENARIO STEPS ORACLE N JOBS CC CXX

# $(call one_of,NAME,legal values): stops unless the variable NAME holds exactly one of them.
one_of = $(if $(and $(filter 1,$(words $($(1)))),$(filter $($(1)),$(2))),,\
  $(error unknown $(1) '$($(1))'; legal: $(strip $(2))))
# $(call number,NAME): stops unless the variable NAME is a decimal number.
number = $(foreach n,$(or $($(1)),empty),$(if $(shell printf '%s' '$(n)' | grep -Ex '[0-9]+'),,\
  $(error $(1) '$(n)' is not a decimal number)))

$(foreach v,$(.VARIABLES),$(if $(filter command line,$(origin $(v))),$(if $(filter MAKE% -%,$(v)),,\
  $(if $(filter $(v),$(VARIABLES)),,$(error unknown option $(v)=; legal: $(VARIABLES))))))
$(call one_of,CONFIG,$(CONFIGS))
$(call one_of,PROFILE,$(PROFILES))
$(call one_of,WAVES,0 1)
$(if $(SCENARIO),$(call one_of,SCENARIO,$(SCENARIOS)))
$(call number,SEED)
$(call number,CYCLES)
$(call number,N)
$(call number,JOBS)
