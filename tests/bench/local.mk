# tests/bench
check_PROGRAMS += tests/bench/lmtp-accept
tests_bench_lmtp_accept_SOURCES = tests/bench/lmtp-accept.c
tests_bench_lmtp_accept_LDADD = $(TEST_LDADD)
