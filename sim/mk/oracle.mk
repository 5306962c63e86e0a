# SPDX-License-Identifier: Apache-2.0
# Oracle traces: stimuli and answers recorded from another implementation of the specification. Each .txt or .txt.gz of the folder
# ORACLE is replayed into each side under test (tests/oracle/side.h): the untimed C model, and the RTL of `full`, narrowed by its
# fuses, beside its twin. build/full/oracle/oracle does it; build/CONFIG/oracle/oracle_model has no RTL and the model's side only.
ORACLE_SRC := $(wildcard tests/oracle/*.c)
ORACLE_OBJ := $(patsubst %.c,$(B)/c/%.o,$(ORACLE_SRC) $(wildcard cmodel/*/*.c) tb/at_rest.c tb/lockstep.c)

.PHONY: oracle
oracle:
	@$(if $(ORACLE),:,echo 'make oracle needs ORACLE=FOLDER, a folder with oracle traces (.txt, .txt.gz)' >&2; exit 2)
	@sim/deps/need.sh --install oracle
	@$(MAKE) -s -j$(JOBS) CONFIG=full build/full/oracle/oracle
	@build/full/oracle/oracle '$(ORACLE)' $(JOBS)

$(B)/oracle/oracle: $(ORACLE_OBJ) $(B)/cpp/tb/dut_verilated.o $(B)/obj/verilated.stamp
	@mkdir -p $(@D)
	@echo "  link       $@"
	@$(CXX) -o $@ $(ORACLE_OBJ) $(B)/cpp/tb/dut_verilated.o \
	  $(addprefix $(B)/obj/,Vportcullis__ALL.a verilated.o verilated_threads.o) -lz -pthread

$(B)/oracle/oracle_model: $(ORACLE_OBJ) $(B)/c/tb/dut_none.o
	@mkdir -p $(@D)
	@echo "  link       $@"
	@$(CC) -o $@ $^ -lz

-include $(ORACLE_SRC:%.c=$(B)/c/%.d)
