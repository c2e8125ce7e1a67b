# tests of lib/sieve
check_PROGRAMS += tests/unit/test-sieve-match
tests_unit_test_sieve_match_SOURCES = tests/unit/test-sieve-match.c
tests_unit_test_sieve_match_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-sieve-match
