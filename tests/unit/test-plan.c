#include "desk/plan.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "desk/holiday-import.h"
#include "desk/work-calendar.h"
#include "tests/lib/desk-suite.h"

/* ---- plans ------------------------------------------------------------------------ */

static PdPlan *
add (DeskFixture *f, const char *name, const PdPlan *parent)
{
  PdPlan *plan = pd_plan_new (name);
  g_autoptr (GError) error = NULL;

  plan->parent = parent != NULL ? parent->id : 0;
  desk_fixture_begin (f);
  pd_plan_add (f->desk, plan, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  return plan;
}

/* "a(b c(d)) e" */
static void
assert_tree (DeskFixture *f, const char *want)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) plans = pd_plan_list (f->desk, &error);
  g_autoptr (GString) got = g_string_new (NULL);
  guint depth = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < plans->len; i++)
    {
      const PdPlan *plan = g_ptr_array_index (plans, i);

      for (; depth > plan->depth; depth--)
        g_string_append_c (got, ')');
      g_string_append (got, i == 0 ? "" : plan->depth > depth ? "(" : " ");
      depth = plan->depth;
      g_string_append (got, plan->name);
    }
  for (; depth > 0; depth--)
    g_string_append_c (got, ')');
  g_assert_cmpstr (got->str, ==, want);
}

/* Fails with a code, and the transaction with it. */
static void
assert_move (DeskFixture *f, PdPlan *plan, const PdPlan *parent, const PdPlan *before, int code)
{
  g_autoptr (GError) error = NULL;
  gboolean moved;

  desk_fixture_begin (f);
  moved = pd_plan_move (f->desk, plan, parent != NULL ? parent->id : 0,
                        before != NULL ? before->id : 0, &error);
  if (code < 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, PD_ERROR, code);
  if (moved)
    desk_fixture_commit (f);
  else
    pd_desk_rollback (f->desk);
}

static void
assert_remove (DeskFixture *f, PdPlan *plan, int code, gboolean closed)
{
  g_autoptr (GError) error = NULL;
  gboolean was_closed = FALSE, removed;

  desk_fixture_begin (f);
  removed = pd_plan_remove (f->desk, plan, &was_closed, &error);
  if (code < 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, PD_ERROR, code);
  g_assert_cmpint (was_closed, ==, closed);
  if (removed)
    desk_fixture_commit (f);
  else
    pd_desk_rollback (f->desk);
}

static void
test_tree (DeskFixture *f)
{
  g_autoptr (PdPlan) a = add (f, "a", NULL);
  g_autoptr (PdPlan) b = add (f, "b", a);
  g_autoptr (PdPlan) c = add (f, "c", a);
  g_autoptr (PdPlan) d = add (f, "d", c);
  g_autoptr (PdPlan) e = add (f, "e", NULL);

  assert_tree (f, "a(b c(d)) e");
  assert_move (f, c, a, b, -1);
  assert_tree (f, "a(c(d) b) e");
  assert_move (f, c, NULL, a, -1);
  assert_tree (f, "c(d) a(b) e");
  assert_move (f, c, d, NULL, PD_ERROR_INVALID); /* under itself */
  assert_move (f, c, c, NULL, PD_ERROR_INVALID);
  assert_move (f, e, NULL, b, PD_ERROR_INVALID); /* b stands elsewhere */
  assert_move (f, e, c, d, -1);
  assert_tree (f, "c(e d) a(b)");
  assert_remove (f, c, -1, FALSE); /* its children stand where it stood */
  assert_tree (f, "e d a(b)");
}

static void
test_depth (DeskFixture *f)
{
  PdPlan *plans[PD_PLAN_MAX_DEPTH + 1] = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdPlan) other = NULL;

  for (int i = 0; i < PD_PLAN_MAX_DEPTH; i++)
    {
      g_autofree char *name = g_strdup_printf ("p%d", i);

      plans[i] = add (f, name, i > 0 ? plans[i - 1] : NULL);
    }
  other = add (f, "other", NULL);
  assert_move (f, other, plans[PD_PLAN_MAX_DEPTH - 1], NULL, PD_ERROR_INVALID);
  assert_move (f, plans[0], other, NULL, PD_ERROR_INVALID);
  assert_move (f, plans[1], other, NULL, -1);
  for (int i = 0; i < PD_PLAN_MAX_DEPTH; i++)
    pd_plan_free (plans[i]);
}

static void
test_limits (DeskFixture *f)
{
  static const struct {
    const char *text, *want, *why;
  } cases[] = {
    { "4h", "4h", "one for all" },
    { "low=8h,normal=4h,high=1h", "low=8h,normal=4h,high=1h", "one for each" },
    { "high=30m", "low=8h,normal=4h,high=30m", "the others stay" },
    { "0", "0", "none" },
    { "30d 30h", "31d 6h", "thirty of something is no reason to begin again" },
    { "1d30m30s", "1d 30m 30s", "all the units" },
    { "urgent=1h", NULL, "no priority" },
    { "1 fortnight", NULL, "no span" },
    { "high=", NULL, "nothing" },
  };
  g_autoptr (PdPlan) plan = add (f, "p", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *got = NULL;
      g_autoptr (PdPlan) read = NULL;

      g_test_message ("%s", cases[i].why);
      if (!pd_plan_set_limits (plan, PD_SLA_WORK, cases[i].text, &error))
        {
          g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
          g_assert_true (g_str_has_prefix (error->message, "work: "));
          g_assert_null (cases[i].want);
          continue;
        }
      desk_fixture_begin (f);
      pd_plan_save (f->desk, plan, &error);
      g_assert_no_error (error);
      desk_fixture_commit (f);
      pd_plan_get (f->desk, plan->id, &read, &error);
      g_assert_no_error (error);
      got = pd_plan_dup_limits (read, PD_SLA_WORK);
      g_assert_cmpstr (got, ==, cases[i].want);
    }
}

static void
test_remove (DeskFixture *f)
{
  g_autoptr (PdPlan) plan = add (f, "gold", NULL);
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "one", "text");
  g_autofree char *give = g_strdup_printf ("UPDATE ticket SET plan_id = %" G_GINT64_FORMAT ";",
                                           plan->id);
  g_autoptr (GError) error = NULL;
  PdPlan *twin = pd_plan_new ("gold");

  desk_fixture_begin (f);
  g_assert_false (pd_plan_add (f->desk, twin, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_CONFLICT);
  pd_plan_free (twin);
  g_clear_error (&error);
  pd_desk_rollback (f->desk);
  desk_fixture_begin (f);
  pd_db_exec_script (f->desk->db, give, &error);
  desk_fixture_commit (f);
  assert_remove (f, plan, PD_ERROR_CONFLICT, FALSE); /* an open ticket has it */
  desk_fixture_begin (f);
  pd_db_exec_script (f->desk->db, "UPDATE ticket SET state = 'done';", &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  assert_remove (f, plan, -1, TRUE);
  assert_tree (f, "gold");
}

/* ---- calendars ------------------------------------------------------------------------- */

static void
test_calendar (DeskFixture *f)
{
  g_autoptr (PdWorkCalendar) calendar
      = pd_work_calendar_new ("office", "mon-fri 09:00-17:00", "Europe/Kyiv");
  g_autoptr (PdWorkCalendar) read = NULL;
  g_autoptr (GPtrArray) editions = NULL;
  g_autoptr (GError) error = NULL;
  gboolean closed;

  desk_fixture_begin (f);
  pd_work_calendar_add_holiday (calendar, 0, 12, 25, "Christmas", &error);
  pd_work_calendar_add (f->desk, calendar, &error);
  g_assert_no_error (error);
  pd_work_calendar_save (f->desk, calendar, &error); /* nothing has changed */
  pd_work_calendar_add_holiday (calendar, 2027, 1, 1, "New \"Year\"", &error);
  pd_work_calendar_save (f->desk, calendar, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  read = pd_work_calendar_need (f->desk, "office", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (read->holidays->len, ==, 2);
  g_assert_cmpstr (((PdHoliday *)g_ptr_array_index (read->holidays, 1))->name, ==, "New \"Year\"");
  editions = pd_work_calendar_editions (f->desk, read->id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (editions->len, ==, 2);
  g_assert_cmpint (((PdWorkEdition *)g_ptr_array_index (editions, 0))->valid_from, ==, 0);
  g_assert_null (pd_work_calendar_need (f->desk, "ofice", &error));
  g_assert_nonnull (strstr (error->message, "did you mean \"office\""));
  g_clear_error (&error);
  desk_fixture_begin (f);
  pd_work_calendar_remove (f->desk, read, &closed, &error);
  g_assert_no_error (error);
  g_assert_false (closed); /* no ticket was ever timed by it */
  desk_fixture_commit (f);
}

static void
test_bad_calendar (DeskFixture *f)
{
  static const struct {
    const char *name, *week, *zone, *why;
  } cases[] = {
    { "", "always", "UTC", "no name" },
    { "x\ny", "always", "UTC", "two lines" },
    { "x", "mon 9-17", "UTC", "no time" },
    { "x", "mon 09:00-17:00, mon 16:00-18:00", "UTC", "overlap" },
    { "x", "always", "Europe/Kiew", "no zone" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdWorkCalendar) calendar
          = pd_work_calendar_new (cases[i].name, cases[i].week, cases[i].zone);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].why);
      desk_fixture_begin (f);
      g_assert_false (pd_work_calendar_add (f->desk, calendar, &error));
      g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
      pd_desk_rollback (f->desk);
    }
}

/* ---- holidays from a file ------------------------------------------------------------------ */

#define EVENT(lines) "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" lines "END:VEVENT\r\nEND:VCALENDAR\r\n"

/* "05-01 May, 2027-12-25 X": added, past, skipped; or the error */
static char *
import (const char *bytes, gsize length)
{
  g_autoptr (PdWorkCalendar) calendar = pd_work_calendar_new ("c", "always", "UTC");
  g_autoptr (GError) error = NULL;
  GString *out = g_string_new (NULL);
  PdHolidayImport result;

  if (!pd_holiday_import (calendar, bytes, length, 2026, &result, &error))
    {
      g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
      g_string_append_printf (out, "! %s", error->message);
      return g_string_free (out, FALSE);
    }
  g_string_append_printf (out, "%u/%u/%u", result.added, result.past, result.skipped);
  for (guint i = 0; i < calendar->holidays->len && i < 3; i++)
    {
      const PdHoliday *holiday = g_ptr_array_index (calendar->holidays, i);
      g_autofree char *day = pd_holiday_format (holiday);

      g_string_append_printf (out, ", %s %s", day, holiday->name);
    }
  return g_string_free (out, FALSE);
}

static void
test_import (void)
{
  static const struct {
    const char *file, *want, *why;
  } cases[] = {
    { EVENT ("DTSTART;VALUE=DATE:20270501\r\nSUMMARY:May\r\n"), "1/0/0, 2027-05-01 May", "a day" },
    { EVENT ("DTSTART;VALUE=DATE:20270501\r\nDTEND;VALUE=DATE:20270503\r\nSUMMARY:May\r\n"),
      "2/0/0, 2027-05-01 May, 2027-05-02 May", "an end is exclusive" },
    { EVENT ("DTSTART;VALUE=DATE:20261231\r\nDURATION:P2D\r\nSUMMARY:Y\r\n"),
      "2/0/0, 2026-12-31 Y, 2027-01-01 Y", "past the end of a year" },
    { EVENT ("DTSTART;VALUE=DATE:20200824\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:D\r\n"),
      "1/0/0, 08-24 D", "each year" },
    { EVENT ("DTSTART;VALUE=DATE:20201126\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\r\nSUMMARY:T\r\n"),
      "11/0/0, 2026-11-26 T, 2027-11-25 T, 2028-11-23 T", "a rule is worked out" },
    { EVENT ("DTSTART;VALUE=DATE:20201126\r\nRRULE:FREQ=YEARLY;UNTIL=20271231\r\nSUMMARY:T\r\n"),
      "2/0/0, 2026-11-26 T, 2027-11-26 T", "until it ends" },
    { EVENT ("DTSTART;VALUE=DATE:20250501\r\nSUMMARY:May\r\n"), "0/1/0", "over" },
    { EVENT ("DTSTART:20270501T100000Z\r\nSUMMARY:meeting\r\n"), "0/0/1", "not all day" },
    { EVENT ("DTSTART;VALUE=DATE:20270501\r\nRRULE:FREQ=SECONDLY\r\n"), "0/0/1", "not yearly" },
    { EVENT ("DTSTART;VALUE=DATE:20270501\r\nSTATUS:CANCELLED\r\n"), "0/0/1", "cancelled" },
    { EVENT ("DTSTART;VALUE=DATE:20270501\r\nDTEND;VALUE=DATE:20990101\r\n"), "0/0/1", "too long" },
    { EVENT ("DTSTART;VALUE=DATE:20270231\r\n"), "0/0/1", "no such day" },
    { EVENT ("SUMMARY:never\r\n"), "0/0/1", "no day at all" },
    { EVENT ("DTSTART;VALUE=DATE:20270501\r\n"), "1/0/0, 2027-05-01 holiday", "no name" },
    { EVENT ("DTSTART;VALUE=DATE:00010101\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\n"),
      "0/0/1", "a rule without end or day, from the year 1" },
    { EVENT ("DTSTART;VALUE=DATE:20200101\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\n"),
      "0/0/0", "a day that never comes" },
    { "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20270501\nSUMMARY:cut", "! the file is no iCalendar",
      "cut off" },
    { "", "! the file is no iCalendar", "nothing" },
    { "hello", "! ", "something else" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *got = import (cases[i].file, strlen (cases[i].file));

      g_test_message ("%s: %s", cases[i].why, got);
      if (g_str_equal (cases[i].want, "! "))
        g_assert_true (g_str_has_prefix (got, "! "));
      else
        g_assert_cmpstr (got, ==, cases[i].want);
    }
}

static void
test_import_bounds (void)
{
  static const char event[] = "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20270501\nEND:VEVENT\n";
  static const struct {
    const char *unit;
    guint times;
    const char *want;
  } cases[] = {
    { "BEGIN:VEVENT\n", 50000, "! the calendar file is nested too deep" },
    { "begin:x\r", 50000, "! the calendar file is nested too deep" },
    { event, PD_HOLIDAY_IMPORT_MAX_EVENTS + 1, "! the calendar file has more than 5000 events" },
    { "x", PD_HOLIDAY_IMPORT_MAX_SIZE + 1, "! the calendar file has more than 1048576 octets" },
    { "\xff\n", 10, "! the calendar file is not UTF-8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) file = g_string_new ("BEGIN:VCALENDAR\n");
      g_autofree char *got = NULL;

      for (guint n = 0; n < cases[i].times; n++)
        g_string_append (file, cases[i].unit);
      g_string_append (file, "END:VCALENDAR\n");
      got = import (file->str, file->len);
      g_assert_cmpstr (got, ==, cases[i].want);
    }
}

/* Any bytes: an error or holidays, never more of either than there may be. */
static void
test_import_noise (void)
{
  static const char file[] = EVENT (
      "DTSTART;VALUE=DATE:20201126\r\nDTEND;VALUE=DATE:20201128\r\n"
      "RRULE:FREQ=YEARLY;INTERVAL=2;COUNT=9;BYMONTH=11;BYDAY=4TH,-1MO;BYSETPOS=1\r\n"
      "EXDATE;VALUE=DATE:20281123\r\nSUMMARY;LANGUAGE=en:Th\\,anks\r\n giving\r\n");

  for (int i = 0; i < 3000; i++)
    {
      g_autofree char *copy = g_strdup (file);
      g_autofree char *got = NULL;
      gsize length = strlen (copy);

      for (int n = g_test_rand_int_range (1, 8); n > 0; n--)
        copy[g_test_rand_int_range (0, (int)length)] = (char)g_test_rand_int_range (1, 127);
      got = import (copy, (gsize)g_test_rand_int_range (0, (int)length + 1));
    }
}

int
main (int argc, char *argv[])
{
  static const DeskTest tests[] = {
    { "plan/tree", test_tree },         { "plan/depth", test_depth },
    { "plan/limits", test_limits },     { "plan/remove", test_remove },
    { "calendar/life", test_calendar }, { "calendar/bad", test_bad_calendar },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/holiday-import/cases", test_import);
  g_test_add_func ("/holiday-import/bounds", test_import_bounds);
  g_test_add_func ("/holiday-import/noise", test_import_noise);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
