# SPDX-License-Identifier: Apache-2.0
# How a configuration becomes a simulator: build/CONFIG/portcullis_sim, portcullis_sim_trace, which can record waveforms, and
# portcullis_model, which has the model alone.
#
#   sim/configs/CONFIG.cfg ----> params.vf, chparam.ys, config_gen.h
#   cmodel/arch, cmodel/cycle, sw (C) ----> libportcullis.a        the golden model and the driver, usable on their own
#   tb/**/*.c (C) ------------------------> libtb.a                the testbench
#   tests/scenarios/*.c (C) --------------> objects                directed tests, linked into the simulators
#   rtl/portcullis.f, tb/sva/*.sv --------> obj/ (Verilator)       the RTL; with assertions, if there is a tb/sva
#   tb/*.cpp (C++, only what touches Verilator's class) ----> objects, one set for each of the two simulators
# Files that appear in these folders are built without a change here. C is compiled by the C compiler: Verilator would
# compile it as C++.
CC = gcc
CXX = g++
B := build/$(CONFIG)
CFLAGS := -std=c17 -Wall -Wextra -Wpedantic -Werror -O2 -g1 -MMD -MP
CXXFLAGS := -std=c++17 -Wall -Wextra -Werror -O2 -g1 -MMD -MP
INCLUDES := -I$(B) -Icmodel -Isw/include -Itb

LIB_SRC := $(wildcard cmodel/arch/*.c cmodel/cycle/*.c sw/*.c)
TB_SRC := $(wildcard tb/*.c tb/*/*.c)
TB_CXX := $(wildcard tb/*.cpp)
RTL_FILES := $(wildcard rtl/*.sv)
SVA_FILES := $(wildcard tb/sva/*.sv)
LIB_OBJ := $(LIB_SRC:%.c=$(B)/c/%.o)
TB_OBJ := $(TB_SRC:%.c=$(B)/c/%.o)
SCENARIO_OBJ := $(patsubst %.c,$(B)/c/%.o,$(wildcard tests/scenarios/*.c))
TB_LIBS := -Wl,--start-group $(B)/libtb.a $(B)/libportcullis.a -Wl,--end-group -lz -lm -pthread

VERILATOR_ROOT := $(shell verilator -getenv VERILATOR_ROOT 2>/dev/null)
VERILATE := verilator --cc --no-timing --assert -O3 --x-assign fast --x-initial unique --output-split 10000 -CFLAGS -O2
# $(call VERILATED_MAKE,folder,top,objects): compiles what Verilator wrote; its output is in make.log and shown when it fails.
# The environment may give other options, for a simulator that runs for seconds only.
VERILATED_OPT ?= OPT_FAST=-O2 OPT_SLOW=-O0 OPT_GLOBAL=-O2
VERILATED_MAKE = $(MAKE) -C $(1) -f V$(2).mk $(VERILATED_OPT) V$(2)__ALL.a $(3) \
  >$(1)/make.log 2>&1 || { tail -n 20 $(1)/make.log >&2; exit 1; }
VERILATED_INCLUDES := -isystem $(VERILATOR_ROOT)/include -isystem $(VERILATOR_ROOT)/include/vltstd

# Generated files of a configuration; every configuration has its rule, for those who need more than CONFIG.
build/%/params.vf build/%/chparam.ys build/%/config_gen.h: sim/configs/%.cfg sim/configs/keys.tbl sim/configs/gen.awk
	@mkdir -p $(@D)
	@awk -v name=$* -v out=$(@D) -f sim/configs/gen.awk sim/configs/keys.tbl $<

.SECONDARY: $(B)/config_gen.h
$(B)/c/%.o: %.c $(B)/config_gen.h
	@mkdir -p $(@D)
	@echo "  gcc        $<"
	@$(CC) $(CFLAGS) $(INCLUDES) -c $< -o $@

$(B)/libportcullis.a: $(LIB_OBJ)
	@rm -f $@
	@ar rcs $@ $^

$(B)/libtb.a: $(TB_OBJ)
	@rm -f $@
	@ar rcs $@ $^

# $(1): suffix of the names, $(2): more Verilator flags, $(3): more C++ flags, $(4): objects of Verilator's run time
define SIMULATOR
$(B)/obj$(1)/verilated.stamp: $(RTL_FILES) $(SVA_FILES) rtl/portcullis.f $(B)/params.vf
	@mkdir -p $$(@D)
	@echo "  verilator  $$(@D)"
	@$(VERILATE) $(2) --top-module portcullis --Mdir $$(@D) -f $(B)/params.vf -f rtl/portcullis.f $(SVA_FILES)
	@echo "  g++        $$(@D)"
	+@$$(call VERILATED_MAKE,$$(@D),portcullis,$(4))
	@touch $$@

$(B)/cpp$(1)/%.o: %.cpp $(B)/obj$(1)/verilated.stamp
	@mkdir -p $$(@D)
	@echo "  g++        $$<"
	@$(CXX) $(CXXFLAGS) $(3) $(INCLUDES) -I$(B)/obj$(1) $(VERILATED_INCLUDES) -c $$< -o $$@

$(B)/portcullis_sim$(1): $(TB_CXX:%.cpp=$(B)/cpp$(1)/%.o) $(SCENARIO_OBJ) $(B)/libtb.a $(B)/libportcullis.a \
  $(B)/obj$(1)/verilated.stamp
	@echo "  link       $$@"
	@$(CXX) -o $$@ $(TB_CXX:%.cpp=$(B)/cpp$(1)/%.o) $(SCENARIO_OBJ) $(addprefix $(B)/obj$(1)/,Vportcullis__ALL.a $(4)) \
	  $(TB_LIBS)
endef
$(eval $(call SIMULATOR,,,-DVM_TRACE=0,verilated.o verilated_threads.o))
$(eval $(call SIMULATOR,_trace,--trace-fst --trace-structs,-DVM_TRACE=1 -DVM_TRACE_FST=1,\
  verilated.o verilated_threads.o verilated_fst_c.o))

# Without RTL and without Verilator, for runs with --twin-only.
$(B)/portcullis_model: $(SCENARIO_OBJ) $(B)/libtb.a $(B)/libportcullis.a
	@echo "  link       $@"
	@$(CC) -o $@ $(SCENARIO_OBJ) $(TB_LIBS)

-include $(LIB_OBJ:.o=.d) $(TB_OBJ:.o=.d) $(SCENARIO_OBJ:.o=.d) $(wildcard $(B)/cpp*/tb/*.d)
