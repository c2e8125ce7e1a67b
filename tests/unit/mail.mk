# tests of lib/mail
check_PROGRAMS += tests/unit/test-compose
tests_unit_test_compose_SOURCES = tests/unit/test-compose.c
tests_unit_test_compose_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-compose

check_PROGRAMS += tests/unit/test-keyring
tests_unit_test_keyring_SOURCES = tests/unit/test-keyring.c
tests_unit_test_keyring_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-keyring

check_PROGRAMS += tests/unit/test-mustache
tests_unit_test_mustache_SOURCES = tests/unit/test-mustache.c
tests_unit_test_mustache_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-mustache

check_PROGRAMS += tests/unit/test-templates
tests_unit_test_templates_SOURCES = tests/unit/test-templates.c
tests_unit_test_templates_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-templates

check_PROGRAMS += tests/unit/test-ticket-ref
tests_unit_test_ticket_ref_SOURCES = tests/unit/test-ticket-ref.c
tests_unit_test_ticket_ref_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-ticket-ref

noinst_PROGRAMS += tests/tools/parse
tests_tools_parse_SOURCES = tests/tools/parse.c
tests_tools_parse_LDADD = $(TEST_LDADD)

check_PROGRAMS += tests/unit/test-mail
tests_unit_test_mail_SOURCES = tests/unit/test-mail.c tests/unit/test-mail-cases.h
tests_unit_test_mail_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-mail
EXTRA_DIST += tests/mail
