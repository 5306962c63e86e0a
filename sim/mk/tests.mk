# SPDX-License-Identifier: Apache-2.0
# Tests, built per configuration; sim/test.sh runs them all.
#   tests/unit/**/NAME.c      a C test with its own main, NAME is test_* or *_test; linked with libportcullis.a, libtb.a and
#                             cmocka -> build/CONFIG/unit/**/NAME
#   tests/NAME.sh             a script, run from the project's root
UNIT := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard $(foreach d,unit unit/*,tests/$(d)/*_test.c tests/$(d)/test_*.c)))

.PHONY: test unit
test:
	@sim/deps/need.sh --install test
	@JOBS=$(JOBS) ORACLE='$(ORACLE)' sim/test.sh '$(STEPS)'

unit: $(UNIT)

$(B)/unit/%: tests/unit/%.c $(B)/libportcullis.a $(B)/libtb.a $(B)/config_gen.h
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(INCLUDES) -Itests/unit $< -o $@ -MF $@.d -MT $@ \
	  -Wl,--start-group $(B)/libtb.a $(B)/libportcullis.a -Wl,--end-group -lcmocka -lm

-include $(UNIT:=.d)
