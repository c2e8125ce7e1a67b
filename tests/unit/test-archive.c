/* What is done by itself, as time goes by: archiving, digests. */
#include "desk/archive.h"

#include <json-c/json.h>
#include <string.h>

#include "base/clock.h"
#include "desk/desk-setting.h"
#include "desk/digest.h"
#include "desk/outbox.h"
#include "desk/ticket-change.h"
#include "desk/timer-work.h"
#include "tests/lib/desk-suite.h"

#define ID G_GINT64_FORMAT

static gint64
at (const char *text)
{
  gint64 time;

  g_assert_true (pd_clock_parse (text, &time, NULL));
  return time;
}

static void
run_script (DeskFixture *f, const char *format, ...)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *script = NULL;
  va_list args;

  va_start (args, format);
  script = g_strdup_vprintf (format, args);
  va_end (args);
  pd_db_exec_script (f->desk->db, script, &error);
  g_assert_no_error (error);
}

static void
set (DeskFixture *f, PdDeskSettingId id, const char *value)
{
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (f);
  pd_desk_setting_set (f->desk, NULL, id, value, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
}

/* Does what is due by one kind of timer. */
static guint
run_timers (DeskFixture *f, PdTimerKind kind)
{
  PdTimerWork works[PD_TIMER_N_KINDS] = { NULL };
  g_autoptr (GError) error = NULL;
  guint done;
  gint64 next;

  works[kind] = pd_timer_works ()[kind];
  pd_timer_run_with (f->desk, works, 100, &done, &next, &error);
  g_assert_no_error (error);
  return done;
}

static gint64
add_done (DeskFixture *f, const char *when)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "printer", "it is on fire");

  run_script (f, "UPDATE ticket SET state = 'done', done = %" ID " WHERE id = %" ID, at (when),
              ticket->id);
  return ticket->id;
}

static PdTicketState
state_of (DeskFixture *f, gint64 id)
{
  g_autoptr (PdTicket) ticket = NULL;
  g_autoptr (GError) error = NULL;

  pd_ticket_get (f->desk, id, &ticket, &error);
  g_assert_no_error (error);
  return ticket->state;
}

static void
test_archive (DeskFixture *f)
{
  gint64 old, fresh, due;
  g_autoptr (GError) error = NULL;

  pd_clock_freeze (at ("2026-11-24T12:00:00Z"));
  old = add_done (f, "2026-11-14T12:00:00Z");
  fresh = add_done (f, "2026-11-14T12:00:01Z");
  set (f, PD_DESK_SETTING_ARCHIVE_AFTER, "0");
  g_assert_true (pd_timer_work_start (f->desk, &error));
  g_assert_cmpuint (run_timers (f, PD_TIMER_ARCHIVE), ==, 1);
  g_assert_cmpint (state_of (f, old), ==, PD_TICKET_DONE); /* 0: never */

  set (f, PD_DESK_SETTING_ARCHIVE_AFTER, "10d");
  g_assert_true (pd_timer_work_start (f->desk, &error)); /* it is set already */
  g_assert_cmpuint (run_timers (f, PD_TIMER_ARCHIVE), ==, 0);
  g_assert_true (pd_timer_get (f->desk, PD_TIMER_ARCHIVE, 0, &due, &error));
  pd_clock_freeze (due);
  run_script (f, "UPDATE ticket SET done = done + %" ID " WHERE state = 'done'",
              due - at ("2026-11-24T12:00:00Z"));
  g_assert_cmpuint (run_timers (f, PD_TIMER_ARCHIVE), ==, 1);
  g_assert_cmpint (state_of (f, old), ==, PD_TICKET_ARCHIVED);
  g_assert_cmpint (state_of (f, fresh), ==, PD_TICKET_DONE);
  pd_clock_freeze (0);
}

/* The data of the last digest that was queued; NULL: none was. */
static char *
digest_of (DeskFixture *f, gint64 person)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  const PdOutboxRow *last = NULL;
  gboolean queued;

  desk_fixture_begin (f);
  pd_digest_queue (f->desk, person, &queued, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  if (!queued)
    return NULL;
  rows = pd_outbox_list (f->desk, NULL, 1000, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++)
    if (strcmp (((PdOutboxRow *)g_ptr_array_index (rows, i))->event, "digest") == 0)
      last = g_ptr_array_index (rows, i);
  g_assert_nonnull (last);
  g_assert_cmpint (last->person, ==, person);
  return g_strdup (last->data);
}

static void
assert_list (const char *data, const char *name, const char *want)
{
  struct json_object *object = json_tokener_parse (data);

  g_assert_cmpstr (json_object_get_string (json_object_object_get (object, name)), ==, want);
  json_object_put (object);
}

static void
test_digest (DeskFixture *f)
{
  g_autofree char *none = digest_of (f, f->agent->id);
  g_autofree char *agents = NULL, *clients = NULL;
  g_autoptr (PdTicket) first = NULL, second = NULL, third = NULL;

  g_assert_null (none); /* nothing to say */
  pd_clock_freeze (at ("2026-11-24T12:00:00Z"));
  first = desk_fixture_add_ticket (f, "free one", "x");
  second = desk_fixture_add_ticket (f, "in work", "x");
  third = desk_fixture_add_ticket (f, "waits", "x");
  run_script (f, "UPDATE ticket SET state = 'locked', locker_id = %" ID " WHERE id = %" ID,
              f->agent->id, second->id);
  run_script (f, "UPDATE ticket SET state = 'waiting' WHERE id = %" ID, third->id);
  run_script (f, "DELETE FROM clock");
  run_script (f,
              "INSERT INTO clock (ticket_id, kind, span, used, counted, state, due, warned)"
              " VALUES (%" ID ", 'deadline', 100, 1, 1, 'running', %" ID ", 0)",
              first->id, at ("2026-11-24T11:00:00Z"));
  agents = digest_of (f, f->agent->id);
  assert_list (agents, "free", "#1 free one");
  assert_list (agents, "mine", "#2 in work");
  assert_list (agents, "waiting", "#3 waits");
  assert_list (agents, "overdue", "#1 free one");
  clients = digest_of (f, f->client->id);
  assert_list (clients, "free", NULL);
  g_assert_nonnull (strstr (clients, "#2 in work"));
  pd_clock_freeze (0);
}

static guint
count_digests (DeskFixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = pd_outbox_list (f->desk, NULL, 1000, &error);
  guint n = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++)
    n += strcmp (((PdOutboxRow *)g_ptr_array_index (rows, i))->event, "digest") == 0;
  return n;
}

static void
test_digest_time (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "free one", "x");
  g_autoptr (GError) error = NULL;
  gint64 due;

  pd_clock_freeze (at ("2026-11-24T12:00:00Z"));
  run_script (f, "UPDATE person SET digest = 'daily', timezone = 'Europe/Kyiv' WHERE id = %" ID,
              f->agent->id);
  g_assert_true (pd_timer_work_start (f->desk, &error));
  g_assert_cmpuint (run_timers (f, PD_TIMER_DIGEST), ==, 1);
  g_assert_true (pd_timer_get (f->desk, PD_TIMER_DIGEST, f->agent->id, &due, &error));
  g_assert_cmpint (due, ==, at ("2026-11-25T06:00:00Z")); /* 8:00 in Kyiv */

  /* another hour is taken over while the timer waits */
  set (f, PD_DESK_SETTING_DIGEST_TIME, "17:30");
  pd_clock_freeze (at ("2026-11-24T12:15:00Z"));
  g_assert_cmpuint (run_timers (f, PD_TIMER_DIGEST), ==, 1);
  g_assert_true (pd_timer_get (f->desk, PD_TIMER_DIGEST, f->agent->id, &due, &error));
  g_assert_cmpint (due, ==, at ("2026-11-24T15:30:00Z"));
  g_assert_cmpuint (count_digests (f), ==, 0);

  /* once, however often the daemons look, and once for days without one */
  pd_clock_freeze (at ("2026-11-27T15:30:00Z"));
  run_timers (f, PD_TIMER_DIGEST);
  run_timers (f, PD_TIMER_DIGEST);
  g_assert_cmpuint (count_digests (f), ==, 1);
  g_assert_true (pd_timer_get (f->desk, PD_TIMER_DIGEST, f->agent->id, &due, &error));
  g_assert_cmpint (due, ==, at ("2026-11-28T15:30:00Z"));

  /* who wants none any more gets none */
  run_script (f, "UPDATE person SET digest = '' WHERE id = %" ID, f->agent->id);
  pd_clock_freeze (due);
  run_timers (f, PD_TIMER_DIGEST);
  g_assert_cmpuint (count_digests (f), ==, 1);
  g_assert_true (pd_timer_get (f->desk, PD_TIMER_DIGEST, f->agent->id, &due, &error));
  g_assert_cmpint (due, ==, 0);
  pd_clock_freeze (0);
}

static void
test_weekly (DeskFixture *f)
{
  g_autoptr (GError) error = NULL;
  gint64 due;

  set (f, PD_DESK_SETTING_DIGEST_DAY, "fri");
  g_assert_true (
      pd_digest_next (f->desk, "weekly", "", at ("2026-11-24T12:00:00Z"), &due, &error));
  g_assert_cmpint (due, ==, at ("2026-11-27T08:00:00Z"));
}

/* ---- reminders --------------------------------------------------------------------- */

static guint
count_reminders (DeskFixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = pd_outbox_list (f->desk, NULL, 1000, &error);
  guint n = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++)
    {
      const PdOutboxRow *row = g_ptr_array_index (rows, i);

      if (strcmp (row->event, "reminder") == 0)
        {
          g_assert_cmpint (row->person, ==, f->client->id);
          n++;
        }
    }
  return n;
}

static void
test_reminder (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = NULL;
  g_autoptr (GError) error = NULL;

  pd_clock_freeze (at ("2026-11-24T12:00:00Z"));
  set (f, PD_DESK_SETTING_REMINDER_AFTER, "2d");
  set (f, PD_DESK_SETTING_REMINDER_END, "done");
  ticket = desk_fixture_add_ticket (f, "printer", "x");
  desk_fixture_begin (f);
  pd_ticket_wait (f->desk, ticket, f->agent, 0, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  g_assert_cmpuint (run_timers (f, PD_TIMER_REMINDER), ==, 0);
  for (guint i = 1; i <= 2; i++)
    {
      pd_clock_freeze (pd_clock_now () + 2 * PD_DAY);
      g_assert_cmpuint (run_timers (f, PD_TIMER_REMINDER), ==, 1);
      g_assert_cmpuint (count_reminders (f), ==, i);
      g_assert_cmpint (state_of (f, ticket->id), ==, PD_TICKET_WAITING);
    }
  pd_clock_freeze (pd_clock_now () + 2 * PD_DAY);
  g_assert_cmpuint (run_timers (f, PD_TIMER_REMINDER), ==, 1);
  g_assert_cmpuint (count_reminders (f), ==, 2);
  g_assert_cmpint (state_of (f, ticket->id), ==, PD_TICKET_DONE);
  pd_clock_freeze (pd_clock_now () + 9 * PD_DAY);
  g_assert_cmpuint (run_timers (f, PD_TIMER_REMINDER), ==, 0);
  pd_clock_freeze (0);
}

/* an answer ends it */
static void
test_answered (DeskFixture *f)
{
  const PdEntry entry = { .kind = "mail", .author = f->client->id, .text = "here it is" };
  g_autoptr (PdTicket) ticket = NULL;
  g_autoptr (GError) error = NULL;

  pd_clock_freeze (at ("2026-11-24T12:00:00Z"));
  set (f, PD_DESK_SETTING_REMINDER_AFTER, "2d");
  ticket = desk_fixture_add_ticket (f, "printer", "x");
  desk_fixture_begin (f);
  pd_ticket_wait (f->desk, ticket, f->agent, 0, &error);
  g_assert_no_error (error);
  pd_ticket_add_entry (f->desk, ticket, &entry, NULL, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  pd_clock_freeze (pd_clock_now () + 3 * PD_DAY);
  run_timers (f, PD_TIMER_REMINDER);
  g_assert_cmpuint (count_reminders (f), ==, 0);
  pd_clock_freeze (0);
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "archive/done", test_archive },     { "digest/lists", test_digest },
    { "digest/time", test_digest_time },  { "digest/weekly", test_weekly },
    { "reminder/count", test_reminder },  { "reminder/answered", test_answered },
  };

  g_test_init (&argc, &argv, NULL);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
