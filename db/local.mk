# Statements (one file a line) and migration steps (in order).
PD_SQL_FILES = \
  db/account.sql \
  db/audit.sql \
  db/calendar.sql \
  db/clock.sql \
  db/archive.sql \
  db/client-request.sql \
  db/control.sql \
  db/counter.sql \
  db/field.sql \
  db/feed.sql \
  db/group.sql \
  db/import.sql \
  db/inbound.sql \
  db/job-title.sql \
  db/mailing.sql \
  db/match.sql \
  db/message.sql \
  db/notice.sql \
  db/notice-choice.sql \
  db/outbox.sql \
  db/person.sql \
  db/person-erase.sql \
  db/person-export.sql \
  db/person-merge.sql \
  db/plan.sql \
  db/raw.sql \
  db/recurring.sql \
  db/report.sql \
  db/setting.sql \
  db/status.sql \
  db/strand.sql \
  db/render.sql \
  db/template.sql \
  db/ticket.sql \
  db/ticket-delete.sql \
  db/timer.sql \
  db/topic.sql \
  db/trace.sql \
  db/unit.sql \
  db/store.sql
PD_MIGRATE_FILES = \
  db/migrate/0001-start.sql \
  db/migrate/0002-encoding.sql \
  db/migrate/0003-sent-text.sql \
  db/migrate/0004-encrypted.sql \
  db/migrate/0005-help-desk.sql \
  db/migrate/0006-rules.sql

EXTRA_DIST += $(PD_SQL_FILES) $(PD_MIGRATE_FILES) db/schema.sql build-aux/sql.awk

# The header is touched only when the names change: a new text of a statement
# recompiles one file, not the whole tree.
# the Makefile too: a file that is new in the list may be older than the stamp
lib/store/sql.stamp: Makefile $(PD_SQL_FILES) $(PD_MIGRATE_FILES) build-aux/sql.awk
	$(AM_V_GEN)$(MKDIR_P) lib/store && for part in header code; do \
	  to=lib/store/sql.`test $$part = header && echo h || echo c` && \
	  (cd $(srcdir) && $(AWK) -f build-aux/sql.awk -v part=$$part \
	    $(PD_SQL_FILES) $(PD_MIGRATE_FILES)) > $$to.new && \
	  { cmp -s $$to.new $$to && rm -f $$to.new || mv -f $$to.new $$to; } || exit 1; \
	done && touch $@
lib/store/sql.h lib/store/sql.c: lib/store/sql.stamp
	@test -f $@ || { rm -f lib/store/sql.stamp; $(MAKE) $(AM_MAKEFLAGS) lib/store/sql.stamp; }

BUILT_SOURCES += lib/store/sql.h
CLEANFILES += lib/store/sql.h lib/store/sql.c lib/store/sql.stamp \
  lib/store/sql.h.new lib/store/sql.c.new

# `make lib/libpostdesk.a` alone has no BUILT_SOURCES
$(lib_libpostdesk_a_OBJECTS): | lib/store/sql.h
