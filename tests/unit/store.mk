EXTRA_DIST += tests/lib/mariadb.sh tests/unit/test-sql-awk.sh

check_PROGRAMS += tests/unit/test-db
tests_unit_test_db_SOURCES = tests/unit/test-db.c tests/lib/mariadb.c tests/lib/mariadb.h
tests_unit_test_db_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)
tests_unit_test_db_LDADD = $(TEST_LDADD)

check_PROGRAMS += tests/unit/test-migrate
tests_unit_test_migrate_SOURCES = tests/unit/test-migrate.c tests/lib/mariadb.c tests/lib/mariadb.h
tests_unit_test_migrate_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)
tests_unit_test_migrate_LDADD = $(TEST_LDADD)

check_PROGRAMS += tests/unit/test-statements
tests_unit_test_statements_SOURCES = tests/unit/test-statements.c tests/lib/mariadb.c tests/lib/mariadb.h \
  tests/lib/sql-plan.c tests/lib/sql-plan.h
tests_unit_test_statements_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)
tests_unit_test_statements_LDADD = $(TEST_LDADD)

TESTS += \
  tests/unit/test-db \
  tests/unit/test-migrate \
  tests/unit/test-sql-awk.sh \
  tests/unit/test-statements

# the data folder that the tests with a MariaDB copy
clean-local: clean-mariadb-data
clean-mariadb-data:
	rm -rf tests/lib/mariadb-data
.PHONY: clean-mariadb-data
