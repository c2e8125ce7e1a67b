# src: a folder for each program; what all of them start with is in src/common
PD_COMMON = \
  src/common/program.c \
  src/common/program.h

bin_PROGRAMS += \
  src/postdesk \
  src/postdesk-clock \
  src/postdesk-ingest \
  src/postdesk-spool

src_postdesk_SOURCES = \
  $(PD_COMMON) \
  src/cli/cli.c \
  src/cli/cli.h \
  src/cli/cmd-access.c \
  src/cli/cmd-account.c \
  src/cli/cmd-admin.c \
  src/cli/cmd-calendar.c \
  src/cli/cmd-plan.c \
  src/cli/cmd-ticket-sla.c \
  src/cli/cmd-import.c \
  src/cli/cmd-import-zenlix.c \
  src/cli/cmd-inbound.c \
  src/cli/cmd-init.c \
  src/cli/cmd-mail.c \
  src/cli/cmd-mailing.c \
  src/cli/cmd-notice.c \
  src/cli/cmd-outbox.c \
  src/cli/cmd-field.c \
  src/cli/cmd-group.c \
  src/cli/cmd-person.c \
  src/cli/cmd-person-life.c \
  src/cli/cmd-request.c \
  src/cli/cmd-recurring.c \
  src/cli/cmd-report.c \
  src/cli/cmd-setting.c \
  src/cli/cmd-sink.c \
  src/cli/cmd-strand.c \
  src/cli/cmd-template.c \
  src/cli/cmd-ticket.c \
  src/cli/cmd-ticket-act.c \
  src/cli/cmd-topic.c \
  src/cli/cmd-trace.c \
  src/cli/cmd-unit.c \
  src/cli/cmd-up.c \
  src/cli/commands.c \
  src/cli/commands.h \
  src/cli/demo.c \
  src/cli/demo.h \
  src/cli/main.c \
  src/cli/people.h \
  src/cli/rows.c \
  src/cli/rows.h \
  src/cli/table.c \
  src/cli/ticket-work.c \
  src/cli/ticket-work.h
src_postdesk_LDADD = lib/libpostdesk.a $(PD_LIBS)

src_postdesk_clock_SOURCES = \
  $(PD_COMMON) \
  src/clock/main.c
src_postdesk_clock_LDADD = lib/libpostdesk.a $(PD_LIBS)

src_postdesk_ingest_SOURCES = \
  $(PD_COMMON) \
  src/ingest/address-book.c \
  src/ingest/address-book.h \
  src/ingest/main.c \
  src/ingest/pipeline.c \
  src/ingest/pipeline.h
src_postdesk_ingest_LDADD = lib/libpostdesk.a $(PD_LIBS)

src_postdesk_spool_SOURCES = \
  $(PD_COMMON) \
  src/spool/keeper.c \
  src/spool/keeper.h \
  src/spool/mailbox.c \
  src/spool/mailbox.h \
  src/spool/main.c \
  src/spool/outcome.c \
  src/spool/outcome.h \
  src/spool/outage.c \
  src/spool/outage.h \
  src/spool/relay.c \
  src/spool/relay.h \
  src/spool/sender.c \
  src/spool/sender.h
src_postdesk_spool_LDADD = lib/libpostdesk.a $(PD_LIBS)
