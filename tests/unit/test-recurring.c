/* Recurring tickets: what may be set up, and that each run is made once. */
#include "desk/recurring.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "desk/ticket.h"
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
set (char **text, const char *value)
{
  g_free (*text);
  *text = g_strdup (value);
}

/* Each day at nine in Kyiv, for the client, to the unit. */
static PdRecurring *
daily (DeskFixture *f, const char *name)
{
  PdRecurring *recurring = pd_recurring_new (name);

  recurring->unit = f->unit->id;
  recurring->requester = f->client->id;
  set (&recurring->subject, "Look after the backup");
  set (&recurring->text, "Is it there?");
  set (&recurring->pattern, "every day");
  set (&recurring->time, "09:00");
  set (&recurring->zone, "Europe/Kyiv");
  return recurring;
}

typedef gboolean (*Change) (PdDesk *, const PdPerson *, PdRecurring *, GError **);

static gboolean
change (DeskFixture *f, Change act, const PdPerson *actor, PdRecurring *recurring, GError **error)
{
  gboolean done;

  desk_fixture_begin (f);
  done = act (f->desk, actor, recurring, error);
  if (done)
    desk_fixture_commit (f);
  else
    pd_desk_rollback (f->desk);
  return done;
}

static void
must (DeskFixture *f, Change act, PdRecurring *recurring)
{
  g_autoptr (GError) error = NULL;

  change (f, act, NULL, recurring, &error);
  g_assert_no_error (error);
}

static guint
run_timers (DeskFixture *f)
{
  PdTimerWork works[PD_TIMER_N_KINDS] = { [PD_TIMER_RECURRING] = pd_timer_work_recurring };
  g_autoptr (GError) error = NULL;
  guint done;
  gint64 next;

  pd_timer_run_with (f->desk, works, 100, &done, &next, &error);
  g_assert_no_error (error);
  return done;
}

/* Tickets that opened themselves, newest change first. */
static GPtrArray *
tickets (DeskFixture *f)
{
  const PdTicketFilter filter = { .unit = f->unit->id, .state = -1 };
  g_autoptr (GError) error = NULL;
  GPtrArray *all = pd_ticket_list (f->desk, &filter, &error);

  g_assert_no_error (error);
  return all;
}

static guint
count_tickets (DeskFixture *f)
{
  g_autoptr (GPtrArray) all = tickets (f);

  return all->len;
}

static PdRecurring *
reread (DeskFixture *f, const char *name)
{
  g_autoptr (GError) error = NULL;
  PdRecurring *recurring = pd_recurring_need (f->desk, NULL, name, &error);

  g_assert_no_error (error);
  return recurring;
}

static void
test_run (DeskFixture *f)
{
  g_autoptr (PdRecurring) recurring = daily (f, "backup"), after = NULL;
  g_autoptr (GPtrArray) all = NULL;
  const PdTicket *ticket;

  pd_clock_freeze (at ("2026-11-24T12:00:00Z"));
  g_array_append_val (recurring->assignees, f->agent->id);
  must (f, pd_recurring_add, recurring);
  g_assert_cmpint (recurring->next, ==, at ("2026-11-25T07:00:00Z"));
  g_assert_cmpuint (run_timers (f), ==, 0);
  pd_clock_freeze (at ("2026-11-25T07:00:00Z"));
  g_assert_cmpuint (run_timers (f), ==, 1);
  g_assert_cmpuint (run_timers (f), ==, 0);
  all = tickets (f);
  g_assert_cmpuint (all->len, ==, 1);
  ticket = g_ptr_array_index (all, 0);
  g_assert_cmpstr (ticket->subject, ==, "Look after the backup");
  g_assert_cmpstr (ticket->source, ==, "recurring");
  g_assert_cmpint (ticket->requester, ==, f->client->id);
  g_assert_true (ticket->named);
  after = reread (f, "backup");
  g_assert_cmpint (after->last, ==, at ("2026-11-25T07:00:00Z"));
  g_assert_cmpint (after->next, ==, at ("2026-11-26T07:00:00Z"));
  pd_clock_freeze (0);
}

static void
test_missed (DeskFixture *f)
{
  g_autoptr (PdRecurring) recurring = daily (f, "backup"), after = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdRows) rows = NULL;
  gboolean found = FALSE;

  pd_clock_freeze (at ("2026-11-24T12:00:00Z"));
  must (f, pd_recurring_add, recurring);
  pd_clock_freeze (at ("2026-11-28T10:00:00Z"));
  g_assert_cmpuint (run_timers (f), ==, 1);
  all = tickets (f);
  g_assert_cmpuint (all->len, ==, 1);
  after = reread (f, "backup");
  g_assert_cmpint (after->last, ==, at ("2026-11-28T07:00:00Z"));
  g_assert_cmpint (after->next, ==, at ("2026-11-29T07:00:00Z"));
  rows = pd_db_query (f->desk->db, PD_SQL_EVENT_OF_TICKET,
                      PD_BIND (PD_INT (((PdTicket *)g_ptr_array_index (all, 0))->id)), &error);
  g_assert_no_error (error);
  while (pd_rows_next (rows, &error) == 1)
    if (strcmp (pd_rows_text (rows, 2), "recurring") == 0)
      found = strstr (pd_rows_text (rows, 4), "\"runs\": 4") != NULL;
  g_assert_true (found);
  pd_clock_freeze (0);
}

static void
test_end (DeskFixture *f)
{
  g_autoptr (PdRecurring) recurring = daily (f, "backup"), after = NULL;
  g_autoptr (GError) error = NULL;

  pd_clock_freeze (at ("2026-11-24T12:00:00Z"));
  recurring->from = at ("2026-11-23T22:00:00Z");
  recurring->until = at ("2026-11-25T22:00:00Z");
  must (f, pd_recurring_add, recurring);
  pd_clock_freeze (at ("2026-12-24T12:00:00Z"));
  run_timers (f);
  g_assert_cmpuint (count_tickets (f), ==, 1);
  after = reread (f, "backup");
  g_assert_cmpint (after->state, ==, PD_RECURRING_OVER);
  g_assert_false (change (f, pd_recurring_resume, NULL, after, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (change (f, pd_recurring_save, NULL, after, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
  after->until = 0;
  must (f, pd_recurring_save, after);
  g_assert_cmpint (after->state, ==, PD_RECURRING_ACTIVE);
  pd_clock_freeze (0);
}

/* nobody to ask for: it stops, says why, and owes the run */
static void
test_obstacle (DeskFixture *f)
{
  g_autoptr (PdRecurring) recurring = daily (f, "backup"), stopped = NULL, after = NULL;
  g_autoptr (GError) error = NULL;

  pd_clock_freeze (at ("2026-11-24T12:00:00Z"));
  must (f, pd_recurring_add, recurring);
  run_script (f, "UPDATE person SET state = 'blocked' WHERE id = %" ID, f->client->id);
  pd_clock_freeze (at ("2026-11-25T08:00:00Z"));
  run_timers (f);
  g_assert_cmpuint (count_tickets (f), ==, 0);
  stopped = reread (f, "backup");
  g_assert_cmpint (stopped->state, ==, PD_RECURRING_PAUSED);
  g_assert_nonnull (strstr (stopped->reason, "Carl Client, is blocked"));
  g_assert_false (change (f, pd_recurring_resume, NULL, stopped, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
  run_script (f, "UPDATE person SET state = 'active' WHERE id = %" ID, f->client->id);
  must (f, pd_recurring_save, stopped);
  must (f, pd_recurring_resume, stopped);
  run_timers (f);
  g_assert_cmpuint (count_tickets (f), ==, 1);
  after = reread (f, "backup");
  g_assert_cmpint (after->last, ==, at ("2026-11-25T07:00:00Z"));
  pd_clock_freeze (0);
}

/* what somebody paused is not made up */
static void
test_pause (DeskFixture *f)
{
  g_autoptr (PdRecurring) recurring = daily (f, "backup");

  pd_clock_freeze (at ("2026-11-24T12:00:00Z"));
  must (f, pd_recurring_add, recurring);
  must (f, pd_recurring_pause, recurring);
  must (f, pd_recurring_pause, recurring);
  pd_clock_freeze (at ("2026-11-27T12:00:00Z"));
  run_timers (f);
  must (f, pd_recurring_resume, recurring);
  run_timers (f);
  g_assert_cmpuint (count_tickets (f), ==, 0);
  g_assert_cmpint (recurring->next, ==, at ("2026-11-28T07:00:00Z"));
  must (f, pd_recurring_remove, recurring);
  pd_clock_freeze (at ("2026-11-29T12:00:00Z"));
  run_timers (f);
  g_assert_cmpuint (count_tickets (f), ==, 0);
  pd_clock_freeze (0);
}

static void
test_refused (DeskFixture *f)
{
  static const struct {
    const char *field, *value, *want;
  } cases[] = {
    { "name", "", "name:" },           { "subject", "", "subject:" },
    { "pattern", "sometimes", "is no pattern" }, { "time", "9", "is no time" },
    { "zone", "Mars", "no time zone" }, { "requester", "", "requester:" },
    { "assignee", "", "assignees:" },  { "until", "", "before the beginning" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdRecurring) recurring = daily (f, "backup");
      const char *field = cases[i].field;
      g_autoptr (GError) error = NULL;
      char **text = g_str_equal (field, "name")      ? &recurring->name
                    : g_str_equal (field, "subject") ? &recurring->subject
                    : g_str_equal (field, "pattern") ? &recurring->pattern
                    : g_str_equal (field, "time")    ? &recurring->time
                    : g_str_equal (field, "zone")    ? &recurring->zone
                                                     : NULL;

      if (text != NULL)
        set (text, cases[i].value);
      if (g_str_equal (field, "requester"))
        recurring->requester = 1;
      if (g_str_equal (field, "assignee"))
        g_array_append_val (recurring->assignees, f->client->id);
      if (g_str_equal (field, "until"))
        recurring->until = 1;
      g_assert_false (change (f, pd_recurring_add, NULL, recurring, &error));
      g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, cases[i].want));
    }
}

static void
test_rights (DeskFixture *f)
{
  g_autoptr (PdRecurring) recurring = daily (f, "backup"), second = daily (f, "backup");
  g_autoptr (PdPerson) head = desk_fixture_add_person (f, PD_ROLE_HEAD, "Hana", "hana@desk.example");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) his = NULL;

  g_assert_false (change (f, pd_recurring_add, f->agent, recurring, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_false (change (f, pd_recurring_add, head, recurring, &error)); /* of no unit */
  g_clear_error (&error);
  run_script (f, "INSERT INTO membership (unit_id, person_id, is_head) VALUES (%" ID ", %" ID ", 1)",
              f->unit->id, head->id);
  g_assert_true (change (f, pd_recurring_add, head, recurring, &error));
  g_assert_cmpint (recurring->author, ==, head->id);
  g_assert_false (change (f, pd_recurring_add, head, second, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_null (pd_recurring_need (f->desk, f->agent, "backup", &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_NOT_FOUND);
  his = pd_recurring_list (f->desk, head, NULL);
  g_assert_cmpuint (his->len, ==, 1);
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "recurring/run", test_run },           { "recurring/missed", test_missed },
    { "recurring/end", test_end },           { "recurring/obstacle", test_obstacle },
    { "recurring/pause", test_pause },       { "recurring/refused", test_refused },
    { "recurring/rights", test_rights },
  };

  g_test_init (&argc, &argv, NULL);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
