# SPDX-License-Identifier: Apache-2.0
# Tests, built per configuration; sim/test.sh runs them all.
#   tests/unit/**/NAME.c      a C test with its own main, NAME is test_* or *_test; linked with libportcullis.a, libtb.a and
#                             cmocka -> build/CONFIG/unit/**/NAME
#   tests/block/NAME_tb.cpp   an RTL block (top module NAME, file rtl/NAME.sv) beside its twin; includes VNAME.h
#                             -> build/CONFIG/block/NAME_tb; tests/block/NAME.vf holds its -G flags, if any
#   tests/NAME.sh             a script, run from the project's root
UNIT := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard $(foreach d,unit unit/*,tests/$(d)/*_test.c tests/$(d)/test_*.c)))
BLOCK := $(patsubst tests/block/%.cpp,$(B)/block/%,$(wildcard tests/block/*_tb.cpp))

.PHONY: test unit block
test:
	@sim/deps/need.sh --install test
	@JOBS=$(JOBS) sim/test.sh '$(STEPS)'

unit: $(UNIT)
block: $(BLOCK)

$(B)/unit/%: tests/unit/%.c $(B)/libportcullis.a $(B)/libtb.a $(B)/config_gen.h
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(INCLUDES) -Itests/unit $< -o $@ -MF $@.d -MT $@ \
	  -Wl,--start-group $(B)/libtb.a $(B)/libportcullis.a -Wl,--end-group -lcmocka -lm

$(B)/block/%.stamp: $(RTL_FILES) rtl/portcullis.f $(wildcard tests/block/*.vf)
	@mkdir -p $(B)/block/$*
	@$(VERILATE) --top-module $* --Mdir $(B)/block/$* $(if $(wildcard tests/block/$*.vf),-f tests/block/$*.vf) -f rtl/portcullis.f
	+@$(call VERILATED_MAKE,$(B)/block/$*,$*,verilated.o verilated_threads.o)
	@touch $@

$(B)/block/%_tb: tests/block/%_tb.cpp $(B)/block/%.stamp $(B)/libportcullis.a $(B)/libtb.a
	@$(CXX) $(CXXFLAGS) $(INCLUDES) -I$(B)/block/$* $(VERILATED_INCLUDES) $< -o $@ -MF $@.d -MT $@ \
	  $(addprefix $(B)/block/$*/,V$*__ALL.a verilated.o verilated_threads.o) \
	  -Wl,--start-group $(B)/libtb.a $(B)/libportcullis.a -Wl,--end-group -lz -lm -pthread

.PRECIOUS: $(B)/block/%.stamp
-include $(UNIT:=.d) $(BLOCK:=.d)
