# End-to-end tests: the real programs on loopback, in temporary folders.
PD_E2E_TESTS = \
  tests/e2e/clock.py \
  tests/e2e/flow.py \
  tests/e2e/help.py \
  tests/e2e/jail.py \
  tests/e2e/kill.py \
  tests/e2e/life.py \
  tests/e2e/outage.py \
  tests/e2e/postfix.py \
  tests/e2e/spool.py
TESTS += $(PD_E2E_TESTS)
EXTRA_DIST += $(PD_E2E_TESTS) \
  tests/lib/desk.py \
  tests/lib/load.py \
  tests/lib/mariadb.py

# a desk with mail to send, for tests/e2e/spool.py
check_PROGRAMS += tests/lib/fill-desk
tests_lib_fill_desk_SOURCES = tests/lib/fill-desk.c $(DESK_FIXTURE)
tests_lib_fill_desk_LDADD = $(TEST_LDADD)
