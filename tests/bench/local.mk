# Benchmarks print figures; none of them passes or fails.
check_PROGRAMS += tests/bench/lmtp-accept
tests_bench_lmtp_accept_SOURCES = tests/bench/lmtp-accept.c
tests_bench_lmtp_accept_LDADD = $(TEST_LDADD)

check_PROGRAMS += tests/bench/jail
tests_bench_jail_SOURCES = tests/bench/jail.c
tests_bench_jail_LDADD = $(TEST_LDADD)

check_PROGRAMS += tests/bench/parse
tests_bench_parse_SOURCES = tests/bench/parse.c
tests_bench_parse_LDADD = $(TEST_LDADD)

# takes minutes and gigabytes: by hand, not in `make bench`
check_PROGRAMS += tests/bench/desk
tests_bench_desk_SOURCES = tests/bench/desk.c \
  tests/bench/desk-fill.c \
  tests/bench/desk-fill.h \
  tests/lib/mail-fixture.c \
  tests/lib/mail-fixture.h \
  tests/lib/mariadb.c \
  tests/lib/mariadb.h \
  tests/lib/sql-plan.c \
  tests/lib/sql-plan.h
tests_bench_desk_LDADD = $(TEST_LDADD)

EXTRA_DIST += \
  tests/bench/lmtp.py \
  tests/bench/spool.py

bench: all tests/bench/jail tests/bench/parse
	PD_SRCDIR=$(abs_srcdir) PD_CORPUS=$${PD_CORPUS-$(abs_srcdir)/../shared/corpus} \
	  tests/bench/parse
	PD_CORPUS=$${PD_CORPUS-$(abs_srcdir)/../shared/corpus} tests/bench/jail
	PD_SRCDIR=$(abs_srcdir) PD_BUILDDIR=$(abs_builddir) $(PYTHON) $(srcdir)/tests/bench/lmtp.py
	PD_SRCDIR=$(abs_srcdir) PD_BUILDDIR=$(abs_builddir) $(PYTHON) $(srcdir)/tests/bench/spool.py
.PHONY: bench
