# SPDX-License-Identifier: Apache-2.0
# Oracle traces: stimuli and answers recorded from another implementation of the specification. Each .txt or .txt.gz of the folder
# ORACLE is replayed into each side under test (tests/oracle/side.h); build/CONFIG/oracle/oracle does it.
ORACLE_OBJ := $(patsubst %.c,$(B)/c/%.o,$(wildcard tests/oracle/*.c))
ARCH_OBJ := $(filter $(B)/c/cmodel/arch/%,$(LIB_OBJ))

.PHONY: oracle
oracle:
	@$(if $(ORACLE),:,echo 'make oracle needs ORACLE=FOLDER, a folder with oracle traces (.txt, .txt.gz)' >&2; exit 2)
	@sim/deps/need.sh --install oracle
	@$(MAKE) -s -j$(JOBS) $(B)/oracle/oracle
	@$(B)/oracle/oracle '$(ORACLE)'

$(B)/oracle/oracle: $(ORACLE_OBJ) $(ARCH_OBJ)
	@mkdir -p $(@D)
	@echo "  link       $@"
	@$(CC) -o $@ $^ -lz

-include $(ORACLE_OBJ:.o=.d)
