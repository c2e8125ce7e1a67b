check_PROGRAMS += \
  tests/unit/test-dots \
  tests/unit/test-lmtp \
  tests/unit/test-lmtp-server \
  tests/unit/test-managesieve \
  tests/unit/test-path \
  tests/unit/test-smtp \
  tests/unit/test-smtp-connection
TESTS += \
  tests/unit/test-dots \
  tests/unit/test-lmtp \
  tests/unit/test-lmtp-server \
  tests/unit/test-managesieve \
  tests/unit/test-path \
  tests/unit/test-smtp \
  tests/unit/test-smtp-connection
tests_unit_test_dots_SOURCES = tests/unit/test-dots.c
tests_unit_test_dots_LDADD = $(TEST_LDADD)
tests_unit_test_lmtp_SOURCES = tests/unit/test-lmtp.c
tests_unit_test_lmtp_LDADD = $(TEST_LDADD)
tests_unit_test_lmtp_server_SOURCES = tests/unit/test-lmtp-server.c
tests_unit_test_lmtp_server_LDADD = $(TEST_LDADD)
tests_unit_test_path_SOURCES = tests/unit/test-path.c
tests_unit_test_path_LDADD = $(TEST_LDADD)
tests_unit_test_smtp_SOURCES = tests/unit/test-smtp.c
tests_unit_test_smtp_LDADD = $(TEST_LDADD)
tests_unit_test_smtp_connection_SOURCES = tests/unit/test-smtp-connection.c
tests_unit_test_smtp_connection_LDADD = $(TEST_LDADD)
tests_unit_test_managesieve_SOURCES = tests/unit/test-managesieve.c
tests_unit_test_managesieve_LDADD = $(TEST_LDADD)
