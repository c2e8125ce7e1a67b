# Fuzz targets.  Each file defines LLVMFuzzerTestOneInput and stops the program
# (g_assert) when a promise is broken.
#
#   make check                       runs the seeds of tests/fuzz/seeds/NAME/ and
#                                    small changes of them, always the same ones
#   ./configure CC=clang --enable-fuzzers && make check
#                                    links libFuzzer; then, for as long as wanted:
#   tests/fuzz/fuzz-NAME -max_total_time=60 NEW-FOLDER SRCDIR/tests/fuzz/seeds/NAME
#
# A new target: three lines below, in order of name, and seeds.

fuzz_targets =

fuzz_targets += tests/fuzz/fuzz-align
tests_fuzz_fuzz_align_SOURCES = tests/fuzz/fuzz-align.c $(fuzz_driver)
tests_fuzz_fuzz_align_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-calendar
tests_fuzz_fuzz_calendar_SOURCES = tests/fuzz/fuzz-calendar.c $(fuzz_driver)
tests_fuzz_fuzz_calendar_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-address
tests_fuzz_fuzz_address_SOURCES = tests/fuzz/fuzz-address.c $(fuzz_driver)
tests_fuzz_fuzz_address_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-bounce
tests_fuzz_fuzz_bounce_SOURCES = tests/fuzz/fuzz-bounce.c $(fuzz_driver)
tests_fuzz_fuzz_bounce_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-cms
tests_fuzz_fuzz_cms_SOURCES = tests/fuzz/fuzz-cms.c $(fuzz_driver)
tests_fuzz_fuzz_cms_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-compose
tests_fuzz_fuzz_compose_SOURCES = tests/fuzz/fuzz-compose.c $(fuzz_driver)
tests_fuzz_fuzz_compose_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-config
tests_fuzz_fuzz_config_SOURCES = tests/fuzz/fuzz-config.c $(fuzz_driver)
tests_fuzz_fuzz_config_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-csv
tests_fuzz_fuzz_csv_SOURCES = tests/fuzz/fuzz-csv.c $(fuzz_driver)
tests_fuzz_fuzz_csv_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-encoded-word
tests_fuzz_fuzz_encoded_word_SOURCES = tests/fuzz/fuzz-encoded-word.c $(fuzz_driver)
tests_fuzz_fuzz_encoded_word_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-forwarded
tests_fuzz_fuzz_forwarded_SOURCES = tests/fuzz/fuzz-forwarded.c $(fuzz_driver)
tests_fuzz_fuzz_forwarded_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-html
tests_fuzz_fuzz_html_SOURCES = tests/fuzz/fuzz-html.c $(fuzz_driver)
tests_fuzz_fuzz_html_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-id
tests_fuzz_fuzz_id_SOURCES = tests/fuzz/fuzz-id.c $(fuzz_driver)
tests_fuzz_fuzz_id_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-keyring
tests_fuzz_fuzz_keyring_SOURCES = tests/fuzz/fuzz-keyring.c $(fuzz_driver)
tests_fuzz_fuzz_keyring_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-lmtp
tests_fuzz_fuzz_lmtp_SOURCES = tests/fuzz/fuzz-lmtp.c $(fuzz_driver)
tests_fuzz_fuzz_lmtp_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-mail
tests_fuzz_fuzz_mail_SOURCES = tests/fuzz/fuzz-mail.c $(fuzz_driver)
tests_fuzz_fuzz_mail_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-mail-command
tests_fuzz_fuzz_mail_command_SOURCES = tests/fuzz/fuzz-mail-command.c $(fuzz_driver)
tests_fuzz_fuzz_mail_command_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-mail-wire
tests_fuzz_fuzz_mail_wire_SOURCES = tests/fuzz/fuzz-mail-wire.c $(fuzz_driver)
tests_fuzz_fuzz_mail_wire_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-managesieve
tests_fuzz_fuzz_managesieve_SOURCES = tests/fuzz/fuzz-managesieve.c $(fuzz_driver)
tests_fuzz_fuzz_managesieve_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-mustache
tests_fuzz_fuzz_mustache_SOURCES = tests/fuzz/fuzz-mustache.c $(fuzz_driver)
tests_fuzz_fuzz_mustache_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-mysql-dump
tests_fuzz_fuzz_mysql_dump_SOURCES = tests/fuzz/fuzz-mysql-dump.c $(fuzz_driver)
tests_fuzz_fuzz_mysql_dump_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-proof
tests_fuzz_fuzz_proof_SOURCES = tests/fuzz/fuzz-proof.c $(fuzz_driver)
tests_fuzz_fuzz_proof_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-reply
tests_fuzz_fuzz_reply_SOURCES = tests/fuzz/fuzz-reply.c $(fuzz_driver)
tests_fuzz_fuzz_reply_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-smtp-reply
tests_fuzz_fuzz_smtp_reply_SOURCES = tests/fuzz/fuzz-smtp-reply.c $(fuzz_driver)
tests_fuzz_fuzz_smtp_reply_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-ticket-ref
tests_fuzz_fuzz_ticket_ref_SOURCES = tests/fuzz/fuzz-ticket-ref.c $(fuzz_driver)
tests_fuzz_fuzz_ticket_ref_LDADD = $(fuzz_ldadd)

fuzz_targets += tests/fuzz/fuzz-tnef
tests_fuzz_fuzz_tnef_SOURCES = tests/fuzz/fuzz-tnef.c $(fuzz_driver)
tests_fuzz_fuzz_tnef_LDADD = $(fuzz_ldadd)

# a linker option among the libraries, so that a target needs no _LDFLAGS
fuzz_ldadd = $(TEST_LDADD) $(PD_FUZZ_LDFLAGS)
check_PROGRAMS += $(fuzz_targets)
if ENABLE_FUZZERS
fuzz_driver =
else
fuzz_driver = tests/fuzz/driver.c
TESTS += $(fuzz_targets)
endif
EXTRA_DIST += tests/fuzz/seeds

fuzz-targets: $(fuzz_targets)
print-fuzz-targets:
	@echo $(fuzz_targets)
.PHONY: fuzz-targets print-fuzz-targets
