include tests/unit/base.mk
include tests/unit/store.mk
include tests/unit/mail.mk
include tests/unit/net.mk
include tests/unit/desk.mk
include tests/fuzz/local.mk
include tests/e2e/local.mk
include tests/bench/local.mk
