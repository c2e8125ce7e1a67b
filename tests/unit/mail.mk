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
tests_unit_test_mail_SOURCES = tests/unit/test-mail.c tests/unit/test-mail-cases.h \
  tests/lib/mail-fact.c tests/lib/mail-fact.h
tests_unit_test_mail_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)
tests_unit_test_mail_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-mail
EXTRA_DIST += tests/mail

check_PROGRAMS += tests/unit/test-charset
tests_unit_test_charset_SOURCES = tests/unit/test-charset.c
tests_unit_test_charset_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-charset

check_PROGRAMS += tests/unit/test-html-align
tests_unit_test_html_align_SOURCES = tests/unit/test-html-align.c
tests_unit_test_html_align_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-html-align

check_PROGRAMS += tests/unit/test-html-display
tests_unit_test_html_display_SOURCES = tests/unit/test-html-display.c
tests_unit_test_html_display_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-html-display

check_PROGRAMS += tests/unit/test-html-text
tests_unit_test_html_text_SOURCES = tests/unit/test-html-text.c tests/unit/test-html-spans.h
tests_unit_test_html_text_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-html-text

check_PROGRAMS += tests/unit/test-kind
tests_unit_test_kind_SOURCES = tests/unit/test-kind.c
tests_unit_test_kind_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-kind

check_PROGRAMS += tests/unit/test-reply
tests_unit_test_reply_SOURCES = tests/unit/test-reply.c
tests_unit_test_reply_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-reply

check_PROGRAMS += tests/unit/test-part-code
tests_unit_test_part_code_SOURCES = tests/unit/test-part-code.c
tests_unit_test_part_code_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-part-code

check_PROGRAMS += tests/unit/test-calendar
tests_unit_test_calendar_SOURCES = tests/unit/test-calendar.c
tests_unit_test_calendar_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-calendar

check_PROGRAMS += tests/unit/test-tnef
tests_unit_test_tnef_SOURCES = tests/unit/test-tnef.c
tests_unit_test_tnef_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-tnef

check_PROGRAMS += tests/unit/test-seal
tests_unit_test_seal_SOURCES = tests/unit/test-seal.c
tests_unit_test_seal_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-seal
check_PROGRAMS += tests/unit/test-reply-align
tests_unit_test_reply_align_SOURCES = tests/unit/test-reply-align.c
tests_unit_test_reply_align_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-reply-align


check_PROGRAMS += tests/unit/test-forwarded
tests_unit_test_forwarded_SOURCES = tests/unit/test-forwarded.c
tests_unit_test_forwarded_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-forwarded

check_PROGRAMS += tests/unit/test-mail-wire
tests_unit_test_mail_wire_SOURCES = tests/unit/test-mail-wire.c
tests_unit_test_mail_wire_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-mail-wire

check_PROGRAMS += tests/unit/test-patterns
tests_unit_test_patterns_SOURCES = tests/unit/test-patterns.c
tests_unit_test_patterns_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-patterns
check_PROGRAMS += tests/unit/test-address-list
tests_unit_test_address_list_SOURCES = tests/unit/test-address-list.c
tests_unit_test_address_list_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-address-list

check_PROGRAMS += tests/unit/test-mime
tests_unit_test_mime_SOURCES = tests/unit/test-mime.c tests/lib/mail-fact.c tests/lib/mail-fact.h
tests_unit_test_mime_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)
tests_unit_test_mime_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-mime

check_PROGRAMS += tests/unit/test-bounce
tests_unit_test_bounce_SOURCES = tests/unit/test-bounce.c
tests_unit_test_bounce_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-bounce

check_PROGRAMS += tests/unit/test-reply-languages
tests_unit_test_reply_languages_SOURCES = tests/unit/test-reply-languages.c
tests_unit_test_reply_languages_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-reply-languages
