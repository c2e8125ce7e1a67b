# Benchmarks print figures; none of them passes or fails.
check_PROGRAMS += tests/bench/lmtp-accept
tests_bench_lmtp_accept_SOURCES = tests/bench/lmtp-accept.c
tests_bench_lmtp_accept_LDADD = $(TEST_LDADD)

EXTRA_DIST += \
  tests/bench/lmtp.py \
  tests/bench/spool.py

bench: all
	PD_SRCDIR=$(abs_srcdir) PD_BUILDDIR=$(abs_builddir) $(PYTHON) $(srcdir)/tests/bench/lmtp.py
	PD_SRCDIR=$(abs_srcdir) PD_BUILDDIR=$(abs_builddir) $(PYTHON) $(srcdir)/tests/bench/spool.py
.PHONY: bench
