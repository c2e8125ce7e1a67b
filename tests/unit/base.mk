check_PROGRAMS += tests/unit/test-csv
tests_unit_test_csv_SOURCES = tests/unit/test-csv.c
tests_unit_test_csv_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-csv

check_PROGRAMS += \
  tests/unit/test-base \
  tests/unit/test-config \
  tests/unit/test-daemon \
  tests/unit/test-id \
  tests/unit/test-mysql-dump
EXTRA_DIST += tests/unit/test-layers.py
tests_unit_test_base_SOURCES = tests/unit/test-base.c
tests_unit_test_base_LDADD = $(TEST_LDADD)
tests_unit_test_config_SOURCES = tests/unit/test-config.c
tests_unit_test_config_LDADD = $(TEST_LDADD)
tests_unit_test_daemon_SOURCES = tests/unit/test-daemon.c
tests_unit_test_daemon_LDADD = $(TEST_LDADD)
tests_unit_test_id_SOURCES = tests/unit/test-id.c
tests_unit_test_id_LDADD = $(TEST_LDADD)
tests_unit_test_mysql_dump_SOURCES = tests/unit/test-mysql-dump.c
tests_unit_test_mysql_dump_LDADD = $(TEST_LDADD)

TESTS += \
  tests/unit/test-base \
  tests/unit/test-config \
  tests/unit/test-daemon \
  tests/unit/test-id \
  tests/unit/test-mysql-dump \
  tests/unit/test-layers.py
