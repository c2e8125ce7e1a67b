DESK_FIXTURE = tests/lib/desk-fixture.c tests/lib/desk-fixture.h
MAIL_FIXTURE = tests/lib/mail-fixture.c tests/lib/mail-fixture.h
DESK_SUITE = $(DESK_FIXTURE) tests/lib/desk-suite.c tests/lib/desk-suite.h \
  tests/lib/mariadb.c tests/lib/mariadb.h

check_PROGRAMS += tests/unit/test-unit-person
tests_unit_test_unit_person_SOURCES = tests/unit/test-unit-person.c $(DESK_SUITE)
tests_unit_test_unit_person_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-unit-person

check_PROGRAMS += tests/unit/test-person-import
tests_unit_test_person_import_SOURCES = tests/unit/test-person-import.c $(DESK_SUITE)
tests_unit_test_person_import_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-person-import

check_PROGRAMS += tests/unit/test-client-request
tests_unit_test_client_request_SOURCES = tests/unit/test-client-request.c $(DESK_SUITE)
tests_unit_test_client_request_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-client-request

check_PROGRAMS += tests/unit/test-notice
tests_unit_test_notice_SOURCES = tests/unit/test-notice.c $(DESK_SUITE)
tests_unit_test_notice_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-notice

check_PROGRAMS += tests/unit/test-outbox
tests_unit_test_outbox_SOURCES = tests/unit/test-outbox.c $(DESK_SUITE)
tests_unit_test_outbox_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-outbox

check_PROGRAMS += tests/unit/test-ticket
tests_unit_test_ticket_SOURCES = tests/unit/test-ticket.c $(DESK_SUITE)
tests_unit_test_ticket_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-ticket

check_PROGRAMS += tests/unit/test-ticket-change
tests_unit_test_ticket_change_SOURCES = tests/unit/test-ticket-change.c $(DESK_SUITE)
tests_unit_test_ticket_change_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-ticket-change

check_PROGRAMS += tests/unit/test-raw
tests_unit_test_raw_SOURCES = tests/unit/test-raw.c $(DESK_SUITE)
tests_unit_test_raw_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-raw

check_PROGRAMS += tests/unit/test-import-zenlix
tests_unit_test_import_zenlix_SOURCES = tests/unit/test-import-zenlix.c $(DESK_SUITE)
tests_unit_test_import_zenlix_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-import-zenlix
EXTRA_DIST += \
  tests/data/zenlix.sql \
  tests/data/zenlix-uploads/111122223333444455556666.txt \
  tests/data/zenlix-uploads/aaaabbbbccccddddeeeeffff.png

check_PROGRAMS += tests/unit/test-ticket-view
tests_unit_test_ticket_view_SOURCES = tests/unit/test-ticket-view.c $(DESK_SUITE)
tests_unit_test_ticket_view_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-ticket-view

check_PROGRAMS += tests/unit/test-proof
tests_unit_test_proof_SOURCES = tests/unit/test-proof.c $(MAIL_FIXTURE)
tests_unit_test_proof_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-proof

check_PROGRAMS += tests/unit/test-loop
tests_unit_test_loop_SOURCES = tests/unit/test-loop.c $(MAIL_FIXTURE) $(DESK_SUITE)
tests_unit_test_loop_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-loop

check_PROGRAMS += tests/unit/test-guard
tests_unit_test_guard_SOURCES = tests/unit/test-guard.c $(MAIL_FIXTURE)
tests_unit_test_guard_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-guard

check_PROGRAMS += tests/unit/test-match
tests_unit_test_match_SOURCES = tests/unit/test-match.c $(MAIL_FIXTURE) $(DESK_SUITE)
tests_unit_test_match_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-match

check_PROGRAMS += tests/unit/test-intake
tests_unit_test_intake_SOURCES = tests/unit/test-intake.c $(MAIL_FIXTURE) $(DESK_SUITE)
tests_unit_test_intake_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-intake

check_PROGRAMS += tests/unit/test-answer
tests_unit_test_answer_SOURCES = tests/unit/test-answer.c $(DESK_SUITE)
tests_unit_test_answer_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-answer

check_PROGRAMS += tests/unit/test-strand
tests_unit_test_strand_SOURCES = tests/unit/test-strand.c $(DESK_SUITE)
tests_unit_test_strand_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-strand

check_PROGRAMS += tests/unit/test-staff-forward
tests_unit_test_staff_forward_SOURCES = tests/unit/test-staff-forward.c $(DESK_SUITE)
tests_unit_test_staff_forward_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-staff-forward

check_PROGRAMS += tests/unit/test-render
tests_unit_test_render_SOURCES = tests/unit/test-render.c $(DESK_FIXTURE)
tests_unit_test_render_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-render

check_PROGRAMS += tests/unit/test-work-hours
tests_unit_test_work_hours_SOURCES = tests/unit/test-work-hours.c
tests_unit_test_work_hours_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-work-hours

check_PROGRAMS += tests/unit/test-sla
tests_unit_test_sla_SOURCES = tests/unit/test-sla.c
tests_unit_test_sla_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-sla

check_PROGRAMS += tests/unit/test-timer
tests_unit_test_timer_SOURCES = tests/unit/test-timer.c $(DESK_SUITE)
tests_unit_test_timer_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-timer

check_PROGRAMS += tests/unit/test-ticket-clock
tests_unit_test_ticket_clock_SOURCES = tests/unit/test-ticket-clock.c $(DESK_SUITE)
tests_unit_test_ticket_clock_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-ticket-clock

check_PROGRAMS += tests/unit/test-plan
tests_unit_test_plan_SOURCES = tests/unit/test-plan.c $(DESK_SUITE)
tests_unit_test_plan_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-plan

check_PROGRAMS += tests/unit/test-access
tests_unit_test_access_SOURCES = tests/unit/test-access.c
tests_unit_test_access_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-access

check_PROGRAMS += tests/unit/test-when
tests_unit_test_when_SOURCES = tests/unit/test-when.c
tests_unit_test_when_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-when

check_PROGRAMS += tests/unit/test-mail-command
tests_unit_test_mail_command_SOURCES = tests/unit/test-mail-command.c
tests_unit_test_mail_command_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-mail-command

check_PROGRAMS += tests/unit/test-parser-pool
tests_unit_test_parser_pool_SOURCES = tests/unit/test-parser-pool.c
tests_unit_test_parser_pool_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-parser-pool

check_PROGRAMS += tests/unit/test-unseal
tests_unit_test_unseal_SOURCES = tests/unit/test-unseal.c tests/lib/gnupg-fixture.c \
  tests/lib/gnupg-fixture.h
tests_unit_test_unseal_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-unseal

check_PROGRAMS += tests/unit/test-field
tests_unit_test_field_SOURCES = tests/unit/test-field.c $(DESK_SUITE)
tests_unit_test_field_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-field

check_PROGRAMS += tests/unit/test-client-group
tests_unit_test_client_group_SOURCES = tests/unit/test-client-group.c $(DESK_SUITE)
tests_unit_test_client_group_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-client-group

check_PROGRAMS += tests/unit/test-desk-setting
tests_unit_test_desk_setting_SOURCES = tests/unit/test-desk-setting.c $(DESK_SUITE)
tests_unit_test_desk_setting_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-desk-setting

check_PROGRAMS += tests/unit/test-recurrence
tests_unit_test_recurrence_SOURCES = tests/unit/test-recurrence.c
tests_unit_test_recurrence_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-recurrence

check_PROGRAMS += tests/unit/test-report
tests_unit_test_report_SOURCES = tests/unit/test-report.c $(DESK_SUITE)
tests_unit_test_report_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-report

check_PROGRAMS += tests/unit/test-person
tests_unit_test_person_SOURCES = tests/unit/test-person.c $(DESK_SUITE)
tests_unit_test_person_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-person

check_PROGRAMS += tests/unit/test-archive
tests_unit_test_archive_SOURCES = tests/unit/test-archive.c $(DESK_SUITE)
tests_unit_test_archive_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-archive

check_PROGRAMS += tests/unit/test-person-merge
tests_unit_test_person_merge_SOURCES = tests/unit/test-person-merge.c $(DESK_SUITE)
tests_unit_test_person_merge_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-person-merge
check_PROGRAMS += tests/unit/test-recurring
tests_unit_test_recurring_SOURCES = tests/unit/test-recurring.c $(DESK_SUITE)
tests_unit_test_recurring_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-recurring

check_PROGRAMS += tests/unit/test-control
tests_unit_test_control_SOURCES = tests/unit/test-control.c $(MAIL_FIXTURE) $(DESK_SUITE)
tests_unit_test_control_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-control

check_PROGRAMS += tests/unit/test-mail-out
tests_unit_test_mail_out_SOURCES = tests/unit/test-mail-out.c $(DESK_SUITE)
tests_unit_test_mail_out_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-mail-out
