# End-to-end tests: the real programs on loopback, in temporary folders.
PD_E2E_TESTS = \
  tests/e2e/flow.py \
  tests/e2e/help.py \
  tests/e2e/kill.py \
  tests/e2e/postfix.py
EXTRA_DIST += $(PD_E2E_TESTS) \
  tests/lib/desk.py \
  tests/lib/mariadb.py
