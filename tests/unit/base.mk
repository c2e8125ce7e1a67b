check_PROGRAMS += tests/unit/test-id
tests_unit_test_id_SOURCES = tests/unit/test-id.c
tests_unit_test_id_LDADD = $(TEST_LDADD)

TESTS += tests/unit/test-id
