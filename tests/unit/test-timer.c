#include "desk/timer.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "desk/event.h"
#include "desk/timer-work.h"
#include "tests/lib/desk-suite.h"
#include "tests/lib/mariadb.h"

#define NOW (1800000000 * PD_SECOND)

/* What the work of the tests does: an event "asked" of the ticket that is the
 * subject, with the timer's data; committed or rolled back with the timer. */
static gboolean
note (PdDesk *desk, const PdTimer *timer, GError **error)
{
  return pd_event_add (desk, timer->subject, "asked", 0, 0, timer->data, error);
}

static gboolean
note_and_fail (PdDesk *desk, const PdTimer *timer, GError **error)
{
  return note (desk, timer, error) && pd_fail (error, PD_ERROR_INVALID, "it cannot be done");
}

static gboolean
note_and_set_again (PdDesk *desk, const PdTimer *timer, GError **error)
{
  return note (desk, timer, error)
         && pd_timer_set (desk, timer->kind, timer->subject, timer->due + PD_DAY, NULL, error);
}

static const PdTimerWork works[PD_TIMER_N_KINDS] = {
  [PD_TIMER_SLA] = note,
  [PD_TIMER_WAITING] = note_and_fail,
  [PD_TIMER_RECURRING] = note_and_set_again,
  /* no work for the others */
};

static guint
run (PdDesk *desk, gint64 *out_next)
{
  g_autoptr (GError) error = NULL;
  guint done = 0;

  pd_timer_run_with (desk, works, 1000, &done, out_next, &error);
  g_assert_no_error (error);
  return done;
}

static void
set_timer (DeskFixture *f, PdTimerKind kind, gint64 subject, gint64 due, const char *data)
{
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (f);
  pd_timer_set (f->desk, kind, subject, due, data, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
}

/* the data of the events that the work has left, joined */
static char *
noted (PdDesk *desk, gint64 ticket)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_EVENT_OF_TICKET, PD_BIND (PD_INT (ticket)), &error);
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  while (pd_rows_next (rows, &error) == 1)
    if (strcmp (pd_rows_text (rows, 2), "asked") == 0)
      g_string_append (text, pd_rows_text (rows, 4));
  g_assert_no_error (error);
  return g_string_free (text, FALSE);
}

static void
assert_noted (PdDesk *desk, gint64 ticket, const char *want)
{
  g_autofree char *got = noted (desk, ticket);

  g_assert_cmpstr (got, ==, want);
}

static void
test_due (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "one", "text");
  gint64 next = -1;

  pd_clock_freeze (NOW);
  g_assert_cmpuint (run (f->desk, &next), ==, 0);
  g_assert_cmpint (next, ==, 0);
  set_timer (f, PD_TIMER_SLA, ticket->id, NOW + PD_SECOND, "{\"a\":1}");
  g_assert_cmpuint (run (f->desk, &next), ==, 0);
  g_assert_cmpint (next, ==, NOW + PD_SECOND);
  set_timer (f, PD_TIMER_SLA, ticket->id, NOW, "{\"b\":2}"); /* moves it */
  g_assert_cmpuint (run (f->desk, &next), ==, 1);
  g_assert_cmpint (next, ==, 0);
  g_assert_cmpuint (run (f->desk, &next), ==, 0);
  assert_noted (f->desk, ticket->id, "{\"b\":2}");
  pd_clock_freeze (0);
}

static void
test_clear (DeskFixture *f)
{
  gint64 next = 0, due = 0;
  g_autoptr (GError) error = NULL;

  pd_clock_freeze (NOW);
  set_timer (f, PD_TIMER_SLA, 7, NOW, NULL);
  set_timer (f, PD_TIMER_DIGEST, 7, NOW + 5, NULL);
  desk_fixture_begin (f);
  g_assert_true (pd_timer_clear (f->desk, PD_TIMER_SLA, 7, &error));
  g_assert_true (pd_timer_clear (f->desk, PD_TIMER_SLA, 8, &error)); /* there is none */
  desk_fixture_commit (f);
  g_assert_true (pd_timer_get (f->desk, PD_TIMER_SLA, 7, &due, &error));
  g_assert_cmpint (due, ==, 0);
  g_assert_true (pd_timer_get (f->desk, PD_TIMER_DIGEST, 7, &due, &error));
  g_assert_cmpint (due, ==, NOW + 5);
  g_assert_cmpuint (run (f->desk, &next), ==, 0);
  g_assert_cmpint (next, ==, NOW + 5);
  pd_clock_freeze (0);
}

static void
test_again (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "one", "text");
  gint64 next = 0;

  pd_clock_freeze (NOW);
  set_timer (f, PD_TIMER_RECURRING, ticket->id, NOW, "{\"a\":1}");
  g_assert_cmpuint (run (f->desk, &next), ==, 1);
  g_assert_cmpint (next, ==, NOW + PD_DAY);
  pd_clock_freeze (0);
}

/* ---- work that fails ------------------------------------------------------------- */

static void
keep_line (PdLogLevel level, const char *line, gpointer data)
{
  g_ptr_array_add (data, g_strdup (line));
}

static void
test_failure (DeskFixture *f)
{
  g_autoptr (PdTicket) bad = desk_fixture_add_ticket (f, "bad", "text");
  g_autoptr (PdTicket) good = desk_fixture_add_ticket (f, "good", "text");
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  gint64 now = NOW, next = 0, last = 0;

  pd_log_capture (keep_line, lines);
  pd_clock_freeze (now);
  set_timer (f, PD_TIMER_WAITING, bad->id, NOW - 1, NULL);
  set_timer (f, PD_TIMER_SLA, good->id, NOW, "{\"a\":1}");
  g_assert_cmpuint (run (f->desk, &next), ==, 1);
  assert_noted (f->desk, good->id, "{\"a\":1}");
  assert_noted (f->desk, bad->id, ""); /* rolled back */
  g_assert_cmpint (next, ==, NOW + 10 * PD_SECOND);
  g_assert_cmpuint (lines->len, ==, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (lines, 0), "timer-put-off kind=waiting"));
  for (int i = 0; i < 30; i++)
    {
      last = next - now;
      now = next;
      pd_clock_freeze (now);
      g_assert_cmpuint (run (f->desk, &next), ==, 0);
      g_assert_cmpint (next - now, ==, MIN (2 * last, PD_HOUR));
    }
  pd_log_capture (NULL, NULL);
  pd_clock_freeze (0);
}

static void
test_no_work (DeskFixture *f)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  gint64 next = 0;
  g_autoptr (GError) error = NULL;

  pd_log_capture (keep_line, lines);
  pd_clock_freeze (NOW);
  set_timer (f, PD_TIMER_DIGEST, 1, NOW, NULL);
  desk_fixture_begin (f);
  pd_db_exec (f->desk->db, PD_SQL_TIMER_SET,
              PD_BIND (PD_INT (1), PD_TEXT ("of-tomorrow"), PD_INT (1), PD_INT (NOW), PD_TEXT ("{}")),
              NULL, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  g_assert_cmpuint (run (f->desk, &next), ==, 0);
  g_assert_cmpint (next, ==, NOW + 10 * PD_SECOND);
  g_assert_cmpuint (lines->len, ==, 2);
  g_assert_nonnull (strstr (g_ptr_array_index (lines, 0), "of-tomorrow"));
  pd_log_capture (NULL, NULL);
  pd_clock_freeze (0);
}

/* ---- several at once --------------------------------------------------------------- */

#define N_TIMERS 40
#define N_INSTANCES 3


static PdDesk *
open_other (DeskFixture *f)
{
  g_autoptr (GError) error = NULL;
  PdDb *db = pd_db_open (f->url, &error);

  g_assert_no_error (error);
  return pd_desk_new (db, &f->settings);
}

static gpointer
instance (gpointer data)
{
  g_autoptr (PdDesk) desk = open_other (data);
  gint64 next;

  return GUINT_TO_POINTER (run (desk, &next));
}

static void
check_at_once (DeskFixture *f)
{
  GThread *threads[N_INSTANCES];
  gint64 tickets[N_TIMERS];
  guint done = 0;

  for (int i = 0; i < N_TIMERS; i++)
    {
      g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "one", "text");

      tickets[i] = ticket->id;
      set_timer (f, PD_TIMER_SLA, ticket->id, 1, "{}");
    }
  for (int i = 0; i < N_INSTANCES; i++)
    threads[i] = g_thread_new ("instance", instance, f);
  for (int i = 0; i < N_INSTANCES; i++)
    done += GPOINTER_TO_UINT (g_thread_join (threads[i]));
  g_assert_cmpuint (done, ==, N_TIMERS);
  for (int i = 0; i < N_TIMERS; i++)
    assert_noted (f->desk, tickets[i], "{}");
}

/* An instance that dies between the work and the commit has done nothing. */
static void
check_killed (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "one", "text");
  g_autoptr (GError) error = NULL;
  PdDesk *other = open_other (f);
  gint64 id = 4711, next;

  desk_fixture_begin (f);
  pd_db_exec (f->desk->db, PD_SQL_TIMER_SET,
              PD_BIND (PD_INT (id), PD_TEXT ("sla"), PD_INT (ticket->id), PD_INT (1),
                       PD_TEXT ("{}")),
              NULL, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  pd_desk_begin (other, &error);
  pd_db_exec (other->db, PD_SQL_TIMER_TAKE, PD_BIND (PD_INT (id), PD_INT (1)), NULL, &error);
  pd_event_add (other, ticket->id, "asked", 0, 0, NULL, &error);
  g_assert_no_error (error);
  pd_desk_free (other);
  g_assert_cmpuint (run (f->desk, &next), ==, 1);
  assert_noted (f->desk, ticket->id, "{}");
}

static void
test_sqlite (void)
{
  g_autofree char *folder = g_dir_make_tmp ("postdesk-test-XXXXXX", NULL);
  g_autofree char *url = g_strdup_printf ("sqlite:%s/desk.db", folder);
  g_autoptr (DeskFixture) f = desk_fixture_new (url);

  check_at_once (f);
  check_killed (f);
  g_clear_pointer (&f, desk_fixture_free);
  test_remove_tree (folder);
}

static void
test_mariadb (void)
{
  const char *why = NULL;
  g_autoptr (TestMariadb) server = test_mariadb_start (&why);
  g_autofree char *url = NULL;
  g_autoptr (DeskFixture) f = NULL;

  if (server == NULL)
    {
      g_test_skip (why);
      return;
    }
  url = test_mariadb_dup_url (server, "timers");
  f = desk_fixture_new (url);
  check_at_once (f);
  check_killed (f);
  g_clear_pointer (&f, desk_fixture_free);
}

int
main (int argc, char *argv[])
{
  static const DeskTest tests[] = {
    { "timer/due", test_due },         { "timer/clear", test_clear },
    { "timer/again", test_again },     { "timer/failure", test_failure },
    { "timer/no-work", test_no_work },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/timer/at-once/sqlite", test_sqlite);
  g_test_add_func ("/timer/at-once/mariadb", test_mariadb);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
