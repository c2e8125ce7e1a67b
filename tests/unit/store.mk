check_PROGRAMS += tests/unit/test-migrate
tests_unit_test_migrate_SOURCES = tests/unit/test-migrate.c
tests_unit_test_migrate_LDADD = $(TEST_LDADD)

TESTS += tests/unit/test-migrate
