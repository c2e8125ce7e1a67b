#include "desk/ticket-clock.h"

#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "desk/event.h"
#include "desk/outbox.h"
#include "desk/plan.h"
#include "desk/timer.h"
#include "desk/work-calendar.h"
#include "tests/lib/desk-suite.h"

/* Tuesday, 24 November 2026, UTC */
static gint64
at (const char *hour)
{
  g_autofree char *text = g_strdup_printf ("2026-11-24T%s:00Z", hour);
  gint64 time = 0;

  g_assert_true (pd_clock_parse (text, &time, NULL));
  return time;
}

static void
go_to (const char *hour)
{
  pd_clock_freeze (at (hour));
}

/* Changes the row as an act would, and tells of it. */
static void
change (DeskFixture *f, PdTicket *ticket, const char *set, const char *event, const char *data)
{
  g_autofree char *script = g_strdup_printf ("UPDATE ticket SET %s WHERE id = %" G_GINT64_FORMAT
                                             ";",
                                             set, ticket->id);
  g_autoptr (GError) error = NULL;
  PdTicket *fresh = NULL;

  desk_fixture_begin (f);
  pd_db_exec_script (f->desk->db, script, &error);
  g_assert_no_error (error);
  pd_event_add (f->desk, ticket->id, event, 0, 0, data, &error);
  g_assert_no_error (error);
  pd_ticket_get (f->desk, ticket->id, &fresh, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  ticket->plan = fresh->plan;
  ticket->deadline = fresh->deadline;
  ticket->priority = fresh->priority;
  ticket->state = fresh->state;
  pd_ticket_free (fresh);
}

static void
move (DeskFixture *f, PdTicket *ticket, const char *hour, const char *event, const char *from,
      const char *to)
{
  g_autofree char *set = g_strdup_printf ("state = '%s'", to);
  g_autofree char *data = g_strdup_printf ("{\"state\":[\"%s\",\"%s\"]}", from, to);

  go_to (hour);
  change (f, ticket, set, event, data);
}

static void
set_plan (DeskFixture *f, PdTicket *ticket, const PdPlan *plan)
{
  g_autofree char *set = plan != NULL
                             ? g_strdup_printf ("plan_id = %" G_GINT64_FORMAT, plan->id)
                             : g_strdup ("plan_id = NULL");

  change (f, ticket, set, "plan", NULL);
}

static PdPlan *
add_plan (DeskFixture *f, const char *reaction, const char *work, const char *deadline)
{
  PdPlan *plan = pd_plan_new ("gold");
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (f);
  pd_plan_set_limits (plan, PD_SLA_REACTION, reaction, &error);
  g_assert_no_error (error);
  pd_plan_set_limits (plan, PD_SLA_WORK, work, &error);
  g_assert_no_error (error);
  pd_plan_set_limits (plan, PD_SLA_DEADLINE, deadline, &error);
  g_assert_no_error (error);
  pd_plan_add (f->desk, plan, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  return plan;
}

/* Lets the clock daemon work at an hour. */
static void
tick (DeskFixture *f, const char *hour)
{
  g_autoptr (GError) error = NULL;
  gint64 next;
  guint done;

  go_to (hour);
  pd_timer_run (f->desk, 100, &done, &next, &error);
  g_assert_no_error (error);
}

static char *
hour_of (gint64 time)
{
  g_autofree char *text = pd_clock_format (time);

  return time != 0 ? g_strndup (text + 11, 5) : g_strdup ("-");
}

/* "reaction 30/60+ 10:00, …": minutes, running + or ended ., due; then the timer */
static char *
describe (DeskFixture *f, const PdTicket *ticket)
{
  PdSlaClock clocks[PD_SLA_N_CLOCKS];
  GString *out = g_string_new (NULL);
  g_autofree char *timer = NULL;
  g_autoptr (GError) error = NULL;
  gint64 next = 0;

  pd_ticket_clock_measure (f->desk, ticket, pd_clock_now (), clocks, &error);
  g_assert_no_error (error);
  for (int i = 0; i < PD_SLA_N_CLOCKS; i++)
    if (clocks[i].limit > 0)
      {
        g_autofree char *due = hour_of (clocks[i].due);

        g_string_append_printf (out, "%.1s %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "%s %s, ",
                                pd_sla_clock_name ((PdSlaClockKind)i), clocks[i].used / PD_MINUTE,
                                clocks[i].limit / PD_MINUTE,
                                clocks[i].running ? "+"
                                : clocks[i].ended ? "."
                                                  : "",
                                due);
      }
  pd_timer_get (f->desk, PD_TIMER_SLA, ticket->id, &next, &error);
  g_assert_no_error (error);
  timer = hour_of (next);
  g_string_append_printf (out, "timer %s", timer);
  return g_string_free (out, FALSE);
}

static void
assert_clocks (DeskFixture *f, const PdTicket *ticket, const char *want)
{
  g_autofree char *got = describe (f, ticket);

  g_assert_cmpstr (got, ==, want);
}

/* "reaction 50, reaction 100!": the events of warnings and breaches, in order */
static void
assert_told (DeskFixture *f, const PdTicket *ticket, const char *want)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdRows) rows
      = pd_db_query (f->desk->db, PD_SQL_EVENT_OF_TICKET, PD_BIND (PD_INT (ticket->id)), &error);
  g_autoptr (GString) got = g_string_new (NULL);

  while (pd_rows_next (rows, &error) == 1)
    {
      const char *kind = pd_rows_text (rows, 2);
      struct json_object *data;

      if (!g_str_has_prefix (kind, "sla-"))
        continue;
      data = json_tokener_parse (pd_rows_text (rows, 4));
      g_string_append_printf (
          got, "%s%.1s %d%s", got->len > 0 ? ", " : "",
          json_object_get_string (json_object_object_get (data, "clock")),
          json_object_get_int (json_object_object_get (data, "percent")),
          strcmp (kind, "sla-breach") == 0 ? "!" : "");
      json_object_put (data);
    }
  g_assert_no_error (error);
  g_assert_cmpstr (got->str, ==, want);
}

/* how many notices of an event wait in the outbox */
static guint
n_notices (DeskFixture *f, const char *event)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  guint n = 0;

  rows = pd_outbox_list (f->desk, NULL, 1000, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++)
    n += strcmp (((PdOutboxRow *)g_ptr_array_index (rows, i))->event, event) == 0;
  return n;
}

/* ---- tests ------------------------------------------------------------------------ */

static void
test_life (DeskFixture *f)
{
  g_autoptr (PdPlan) plan = NULL;
  g_autoptr (PdTicket) ticket = NULL;

  go_to ("09:00");
  plan = add_plan (f, "60m", "30m", "4h");
  ticket = desk_fixture_add_ticket (f, "one", "text");
  assert_clocks (f, ticket, "timer -");
  set_plan (f, ticket, plan);
  assert_clocks (f, ticket, "r 0/60+ 10:00, w 0/30 -, d 0/240+ 13:00, timer 09:30");
  tick (f, "09:29");
  assert_told (f, ticket, "");
  tick (f, "09:30");
  assert_told (f, ticket, "r 50");
  tick (f, "09:40");
  assert_told (f, ticket, "r 50");
  assert_clocks (f, ticket, "r 40/60+ 10:00, w 0/30 -, d 40/240+ 13:00, timer 09:48");
  move (f, ticket, "09:45", "taken", "free", "locked");
  assert_clocks (f, ticket, "r 45/60. -, w 0/30+ 10:15, d 45/240+ 13:00, timer 10:00");
  tick (f, "10:00");
  move (f, ticket, "10:05", "released", "locked", "free");
  assert_told (f, ticket, "r 50, w 50");
  assert_clocks (f, ticket, "r 45/60. -, w 20/30 -, d 65/240+ 13:00, timer 11:00");
  move (f, ticket, "10:10", "waiting", "free", "waiting");
  assert_clocks (f, ticket, "r 45/60. -, w 20/30 -, d 70/240 -, timer -");
  move (f, ticket, "11:10", "resumed", "waiting", "free");
  assert_clocks (f, ticket, "r 45/60. -, w 20/30 -, d 70/240+ 14:00, timer 12:00");
  move (f, ticket, "11:20", "done", "free", "done");
  assert_clocks (f, ticket, "r 45/60. -, w 20/30. -, d 80/240. -, timer -");
  move (f, ticket, "12:00", "reopened", "done", "locked");
  assert_clocks (f, ticket, "r 45/60. -, w 20/30+ 12:10, d 80/240+ 14:40, timer 12:04");
  tick (f, "13:00");
  assert_told (f, ticket, "r 50, w 50, w 100!, d 50");
  move (f, ticket, "13:10", "done", "locked", "done");
  move (f, ticket, "13:20", "reopened", "done", "free");
  assert_clocks (f, ticket, "r 45/60. -, w 90/30 12:10, d 150/240+ 14:50, timer 14:02");
  assert_told (f, ticket, "r 50, w 50, w 100!, d 50");
  g_assert_cmpuint (n_notices (f, "sla-warning"), >=, 3);
  g_assert_cmpuint (n_notices (f, "sla-breach"), >=, 1);
  pd_clock_freeze (0);
}

static void
test_retime (DeskFixture *f)
{
  g_autoptr (PdPlan) plan = NULL;
  g_autoptr (PdTicket) ticket = NULL;
  g_autoptr (GError) error = NULL;

  go_to ("09:00");
  plan = add_plan (f, "low=4h,normal=1h,high=20m", "0", "0");
  ticket = desk_fixture_add_ticket (f, "one", "text");
  set_plan (f, ticket, plan);
  tick (f, "09:50");
  assert_told (f, ticket, "r 80");
  /* a plan that is edited is not about this ticket */
  desk_fixture_begin (f);
  pd_plan_set_limits (plan, PD_SLA_REACTION, "5m", &error);
  pd_plan_save (f->desk, plan, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  assert_clocks (f, ticket, "r 50/60+ 10:00, timer 10:00");
  desk_fixture_begin (f);
  pd_plan_set_limits (plan, PD_SLA_REACTION, "low=4h,normal=1h,high=20m", &error);
  pd_plan_save (f->desk, plan, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  /* lower: another limit has its own warnings */
  change (f, ticket, "priority = 1", "priority", NULL);
  assert_clocks (f, ticket, "r 50/240+ 13:00, timer 11:00");
  tick (f, "11:00");
  assert_told (f, ticket, "r 80, r 50");
  change (f, ticket, "priority = 3", "priority", NULL);
  assert_told (f, ticket, "r 80, r 50, r 100!");
  assert_clocks (f, ticket, "r 120/20+ 11:00, timer -");
  set_plan (f, ticket, NULL);
  assert_clocks (f, ticket, "timer -");
  pd_clock_freeze (0);
}

static void
test_deadline (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = NULL;
  g_autofree char *set = NULL;

  go_to ("09:00");
  ticket = desk_fixture_add_ticket (f, "one", "text");
  set = g_strdup_printf ("deadline = %" G_GINT64_FORMAT, at ("11:00"));
  change (f, ticket, set, "deadline", NULL);
  assert_clocks (f, ticket, "d 0/120+ 11:00, timer 10:00");
  move (f, ticket, "09:30", "waiting", "free", "waiting");
  assert_clocks (f, ticket, "d 30/120+ 11:00, timer 10:00");
  tick (f, "10:01");
  assert_told (f, ticket, "d 50");
  move (f, ticket, "10:30", "done", "waiting", "done");
  assert_clocks (f, ticket, "d 90/120. 11:00, timer -");
  tick (f, "11:30");
  move (f, ticket, "11:40", "reopened", "done", "free");
  assert_told (f, ticket, "d 50, d 100!");
  change (f, ticket, "deadline = NULL", "deadline", NULL);
  assert_clocks (f, ticket, "timer -");
  pd_clock_freeze (0);
}

/* a breach is found although nobody was there at its time */
static void
test_late (DeskFixture *f)
{
  g_autoptr (PdPlan) plan = NULL;
  g_autoptr (PdTicket) ticket = NULL;

  go_to ("09:00");
  plan = add_plan (f, "1h", "0", "2h");
  ticket = desk_fixture_add_ticket (f, "one", "text");
  set_plan (f, ticket, plan);
  move (f, ticket, "10:05", "taken", "free", "locked");
  assert_told (f, ticket, "r 100!, d 50");
  assert_clocks (f, ticket, "r 65/60. 10:00, d 65/120+ 11:00, timer 10:36");
  move (f, ticket, "12:00", "done", "locked", "done");
  assert_told (f, ticket, "r 100!, d 50, d 100!");
  move (f, ticket, "12:10", "archived", "done", "archived");
  assert_told (f, ticket, "r 100!, d 50, d 100!");
  pd_clock_freeze (0);
}

static void
test_calendar (DeskFixture *f)
{
  g_autoptr (PdPlan) plan = NULL;
  g_autoptr (PdTicket) ticket = NULL;
  g_autoptr (PdWorkCalendar) calendar = pd_work_calendar_new ("office", "mon-fri 09:00-17:00", "UTC");
  g_autoptr (GError) error = NULL;

  go_to ("07:00");
  plan = add_plan (f, "1h", "0", "3h");
  desk_fixture_begin (f);
  pd_work_calendar_add (f->desk, calendar, &error);
  g_assert_no_error (error);
  plan->calendar = calendar->id;
  pd_plan_save (f->desk, plan, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  ticket = desk_fixture_add_ticket (f, "one", "text");
  /* what passed before the plan counts by its calendar */
  go_to ("09:20");
  set_plan (f, ticket, plan);
  assert_clocks (f, ticket, "r 20/60+ 10:00, d 20/180+ 12:00, timer 09:30");
  /* from 09:40 on nobody works between 10 and 12: what was is as it was */
  go_to ("09:40");
  desk_fixture_begin (f);
  g_free (calendar->week);
  calendar->week = g_strdup ("mon-fri 08:00-09:50 12:00-17:00");
  pd_work_calendar_save (f->desk, calendar, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  tick (f, "09:41");
  assert_clocks (f, ticket, "r 41/60+ 12:10, d 41/180+ 14:10, timer 09:48");
  tick (f, "12:30");
  assert_told (f, ticket, "r 50, r 100!");
  /* the calendar has timed a ticket: it cannot be forgotten */
  desk_fixture_begin (f);
  plan->calendar = 0;
  pd_plan_save (f->desk, plan, &error);
  g_assert_no_error (error);
  {
    gboolean closed = FALSE;

    pd_work_calendar_remove (f->desk, calendar, &closed, &error);
    g_assert_no_error (error);
    g_assert_true (closed);
  }
  desk_fixture_commit (f);
  assert_clocks (f, ticket, "r 80/60+ 12:10, d 80/180+ 14:10, timer 12:40");
  pd_clock_freeze (0);
}

static void
note_stretch (gint64 from, gint64 to, const char *why, gpointer data)
{
  g_string_append_printf (data, "%s%" G_GINT64_FORMAT " %s", ((GString *)data)->len ? ", " : "",
                          (to - from) / PD_MINUTE, why != NULL ? why : "counted");
}

static void
test_explain (DeskFixture *f)
{
  g_autoptr (PdPlan) plan = NULL;
  g_autoptr (PdTicket) ticket = NULL;
  g_autoptr (GString) told = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  struct json_object *view;

  go_to ("09:00");
  plan = add_plan (f, "1h", "0", "2h");
  ticket = desk_fixture_add_ticket (f, "one", "text");
  set_plan (f, ticket, plan);
  move (f, ticket, "09:10", "waiting", "free", "waiting");
  move (f, ticket, "09:40", "resumed", "waiting", "free");
  go_to ("10:00");
  pd_ticket_clock_explain (f->desk, ticket, at ("10:00"), PD_SLA_DEADLINE, note_stretch, told,
                           &error);
  g_assert_no_error (error);
  g_assert_cmpstr (told->str, ==, "10 counted, 30 waiting, 20 counted");
  view = pd_ticket_clock_view (f->desk, ticket, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (
      json_object_to_json_string_ext (view, JSON_C_TO_STRING_PLAIN), ==,
      "[{\"name\":\"reaction\",\"limit\":3600,\"used\":1800,\"percent\":50,\"state\":\"running\","
      "\"due\":\"2026-11-24T10:30:00Z\",\"breached\":null},"
      "{\"name\":\"deadline\",\"limit\":7200,\"used\":1800,\"percent\":25,\"state\":\"running\","
      "\"due\":\"2026-11-24T11:30:00Z\",\"breached\":null}]");
  json_object_put (view);
  pd_clock_freeze (0);
}

/* What programs write is filed, and is nobody's answer. */
static void
say (DeskFixture *f, PdTicket *ticket, const char *hour, gboolean quiet)
{
  const PdEntry entry = {
    .kind = "mail",
    .author = f->client->id,
    .text = "text",
    .proof = "plausible",
    .quiet = quiet,
  };
  g_autoptr (GError) error = NULL;

  go_to (hour);
  desk_fixture_begin (f);
  pd_ticket_add_entry (f->desk, ticket, &entry, NULL, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
}

static void
test_automatic (DeskFixture *f)
{
  g_autoptr (PdPlan) plan = NULL;
  g_autoptr (PdTicket) ticket = NULL;

  go_to ("09:00");
  plan = add_plan (f, "1h", "0", "2h");
  ticket = desk_fixture_add_ticket (f, "one", "text");
  set_plan (f, ticket, plan);
  say (f, ticket, "09:10", TRUE);
  assert_clocks (f, ticket, "r 10/60+ 10:00, d 10/120+ 11:00, timer 09:30");
  move (f, ticket, "09:20", "waiting", "free", "waiting");
  say (f, ticket, "09:30", TRUE);
  go_to ("09:40");
  assert_clocks (f, ticket, "r 20/60 -, d 20/120 -, timer -");
  say (f, ticket, "09:50", FALSE); /* the customer himself */
  assert_clocks (f, ticket, "r 20/60+ 10:30, d 20/120+ 11:30, timer 10:00");
  move (f, ticket, "10:00", "done", "free", "done");
  say (f, ticket, "10:10", TRUE);
  assert_clocks (f, ticket, "r 30/60. -, d 30/120. -, timer -");
  pd_clock_freeze (0);
}

int
main (int argc, char *argv[])
{
  static const DeskTest tests[] = {
    { "ticket-clock/life", test_life },         { "ticket-clock/retime", test_retime },
    { "ticket-clock/deadline", test_deadline }, { "ticket-clock/late", test_late },
    { "ticket-clock/calendar", test_calendar }, { "ticket-clock/explain", test_explain },
    { "ticket-clock/automatic", test_automatic },
  };

  g_test_init (&argc, &argv, NULL);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
