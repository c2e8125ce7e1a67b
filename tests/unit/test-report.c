/* Reports, checked against a small history made by hand. */
#include "desk/report.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/event.h"
#include "tests/lib/desk-suite.h"

/* The unit "support" has Ann (agent), Hana (its head) and Gus, who was blocked;
 * Olga heads another unit, Dora is director.  The time is November 2026, Kyiv. */
typedef struct {
  DeskFixture *f;
  PdPerson *hana, *gus, *olga, *dora;
  PdUnit *other;
  GTimeZone *zone;
  gint64 from, to;
} Scene;

static gint64
at (const char *text)
{
  gint64 time;

  g_assert_true (pd_clock_parse (text, &time, NULL));
  return time;
}

static void
run_script (Scene *scene, const char *format, ...)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *script = NULL;
  va_list args;

  va_start (args, format);
  script = g_strdup_vprintf (format, args);
  va_end (args);
  pd_db_exec_script (scene->f->desk->db, script, &error);
  g_assert_no_error (error);
}

#define ID G_GINT64_FORMAT

static void
add_member (Scene *scene, PdUnit *unit, PdPerson *person, gboolean head)
{
  run_script (scene, "INSERT INTO membership (unit_id, person_id, is_head) VALUES (%" ID ", %" ID
                     ", %d)",
              unit->id, person->id, head);
}

static PdPerson *
add_person (Scene *scene, PdRole role, const char *name, PdUnit *unit)
{
  g_autofree char *address = g_strdup_printf ("%s@desk.example", name);
  PdPerson *person = desk_fixture_add_person (scene->f, role, name, address);

  if (unit != NULL)
    add_member (scene, unit, person, role == PD_ROLE_HEAD);
  return person;
}

static void
scene_begin (Scene *scene, DeskFixture *f)
{
  scene->f = f;
  scene->other = desk_fixture_add_unit (f, "other", "other@desk.example");
  scene->hana = add_person (scene, PD_ROLE_HEAD, "Hana", f->unit);
  scene->gus = add_person (scene, PD_ROLE_AGENT, "Gus", f->unit);
  scene->olga = add_person (scene, PD_ROLE_HEAD, "Olga", scene->other);
  scene->dora = add_person (scene, PD_ROLE_DIRECTOR, "Dora", NULL);
  scene->zone = g_time_zone_new_identifier ("Europe/Kyiv");
  run_script (scene, "UPDATE person SET state = 'blocked' WHERE id = %" ID, scene->gus->id);
  g_assert_true (pd_report_period ("2026-11-01", "2026-11-30", scene->zone, &scene->from,
                                   &scene->to, NULL));
  g_assert_cmpint (scene->from, ==, at ("2026-10-31T22:00:00Z"));
  g_assert_cmpint (scene->to, ==, at ("2026-11-30T22:00:00Z"));
}

static void
scene_end (Scene *scene)
{
  pd_clock_freeze (0);
  pd_person_free (scene->hana);
  pd_person_free (scene->gus);
  pd_person_free (scene->olga);
  pd_person_free (scene->dora);
  pd_unit_free (scene->other);
  g_time_zone_unref (scene->zone);
}

/* A ticket as if it had been opened then; its id. */
static gint64
add_ticket (Scene *scene, gint64 number, PdUnit *unit, const PdPerson *author, const char *created)
{
  gint64 id = pd_id_new ();

  run_script (scene,
              "INSERT INTO ticket (id, number, subject, unit_id, state, priority, requester_id,"
              " author_id, source, created, updated, version) VALUES (%" ID ", %" ID
              ", 'subject %" ID "', %" ID ", 'free', 2, %" ID ", %" ID ", 'mail', %" ID ", %" ID
              ", 1);"
              "INSERT INTO event (id, ticket_id, at, kind, actor_id, data) VALUES (%" ID ", %" ID
              ", %" ID ", 'created', %" ID ", '{}');",
              id, number, number, unit->id, scene->f->client->id, author->id, at (created),
              at (created), pd_id_new (), id, at (created), author->id);
  return id;
}

static void
add_event (Scene *scene, gint64 ticket, const char *kind, const PdPerson *actor, const char *when)
{
  run_script (scene,
              "INSERT INTO event (id, ticket_id, at, kind, actor_id, data) VALUES (%" ID ", %" ID
              ", %" ID ", '%s', %" ID ", '{}')",
              pd_id_new (), ticket, at (when), kind, actor->id);
}

static void
finish (Scene *scene, gint64 ticket, const PdPerson *actor, const char *when)
{
  add_event (scene, ticket, "done", actor, when);
  run_script (scene,
              "UPDATE ticket SET state = 'done', done = %" ID ", finisher_id = %" ID
              " WHERE id = %" ID,
              at (when), actor->id, ticket);
}

/* due   NULL none */
static void
set_clock (Scene *scene, gint64 ticket, const char *kind, gint64 span, gint64 used,
           const char *state, const char *due)
{
  g_autofree char *moment = due != NULL ? g_strdup_printf ("%" ID, at (due)) : g_strdup ("NULL");

  /* the acts of a ticket may have made a row already */
  run_script (scene,
              "DELETE FROM clock WHERE ticket_id = %" ID " AND kind = '%s';"
              "INSERT INTO clock (ticket_id, kind, span, used, counted, state, due, warned)"
              " VALUES (%" ID ", '%s', %" ID ", %" ID ", 1, '%s', %s, 0)",
              ticket, kind, ticket, kind, span, used, state, moment);
}

static const PdReportCell *
cell (const PdReport *report, const char *name, guint row, guint column)
{
  const PdReportTable *table = pd_report_need_table (report, name, NULL);

  g_assert_nonnull (table);
  g_assert_cmpuint ((row + 1) * table->n_columns, <=, table->cells->len);
  return &g_array_index (table->cells, PdReportCell, row * table->n_columns + column);
}

static void
assert_numbers (const PdReport *report, const char *name, const gint64 *want, guint n)
{
  const PdReportTable *table = pd_report_need_table (report, name, NULL);

  g_assert_nonnull (table);
  g_assert_cmpint (table->total, ==, n);
  g_assert_cmpuint (table->cells->len / table->n_columns, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (cell (report, name, i, 0)->number, ==, want[i]);
}

/* The history of November. */
static void
make_history (Scene *scene)
{
  PdUnit *support = scene->f->unit;
  const PdPerson *ann = scene->f->agent, *carl = scene->f->client;
  gint64 id;

  /* 1: October, done in November by Ann, within all limits but the work's */
  id = add_ticket (scene, 1, support, carl, "2026-10-20T10:00:00Z");
  add_event (scene, id, "taken", ann, "2026-11-01T08:00:00Z");
  add_event (scene, id, "released", ann, "2026-11-01T09:00:00Z");
  add_event (scene, id, "taken", ann, "2026-11-01T10:00:00Z");
  finish (scene, id, ann, "2026-11-02T10:00:00Z");
  set_clock (scene, id, "reaction", 100, 25, "ended", NULL);
  set_clock (scene, id, "work", 100, 100, "ended", NULL);
  set_clock (scene, id, "deadline", 0, 500, "ended", NULL);
  /* 2: the last minute of November in Kyiv, done in it by the blocked one; no clocks */
  id = add_ticket (scene, 2, support, carl, "2026-11-30T21:59:00Z");
  finish (scene, id, scene->gus, "2026-11-30T21:59:59Z");
  /* 3: December in Kyiv, though November in UTC */
  add_ticket (scene, 3, support, carl, "2026-11-30T22:00:00Z");
  /* 4: by Ann for the other unit; open there */
  id = add_ticket (scene, 4, scene->other, ann, "2026-11-10T10:00:00Z");
  add_event (scene, id, "forwarded", ann, "2026-11-10T11:00:00Z");
  add_event (scene, id, "assigned", ann, "2026-11-10T12:00:00Z");
  /* 5: open in support since September: its deadline is over, its reaction runs */
  id = add_ticket (scene, 5, support, carl, "2026-09-01T10:00:00Z");
  set_clock (scene, id, "deadline", 100, 10, "running", "2026-11-15T00:00:00Z");
  set_clock (scene, id, "reaction", 100, 51, "running", "2027-11-15T00:00:00Z");
  run_script (scene, "UPDATE ticket SET state = 'waiting' WHERE id = %" ID, id);
  /* 6: spam, in no table; 7: merged, received but not done */
  id = add_ticket (scene, 6, support, carl, "2026-11-11T10:00:00Z");
  run_script (scene, "UPDATE ticket SET is_spam = 1, state = 'archived' WHERE id = %" ID, id);
  id = add_ticket (scene, 7, support, carl, "2026-11-12T10:00:00Z");
  finish (scene, id, ann, "2026-11-13T10:00:00Z");
  run_script (scene, "UPDATE ticket SET merged_into = %" ID " WHERE id = %" ID, id, id);
  pd_clock_freeze (at ("2026-12-01T00:00:00Z"));
}

static PdReportRequest
request_of (const Scene *scene, const PdPerson *actor)
{
  return (PdReportRequest){ actor, scene->from, scene->to, scene->zone, 0 };
}

static void
assert_total (const PdReport *report, guint row, const char *what, const char *clock,
              const gint64 *want)
{
  g_assert_cmpstr (cell (report, "totals", row, 0)->text, ==, what);
  g_assert_cmpstr (cell (report, "totals", row, 1)->text, ==, clock);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpint (cell (report, "totals", row, 2 + i)->number, ==, want[i]);
}

static void
test_sla (DeskFixture *f)
{
  Scene scene = { 0 };
  PdReportRequest request;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdReport) report = NULL;

  scene_begin (&scene, f);
  make_history (&scene);
  request = request_of (&scene, scene.hana);
  report = pd_report_sla (f->desk, &request, f->unit->id, &error);
  g_assert_no_error (error);
  assert_numbers (report, "created", (const gint64[]){ 4 }, 1);
  assert_numbers (report, "received", (const gint64[]){ 7, 2 }, 2);
  assert_numbers (report, "done", (const gint64[]){ 1, 2 }, 2);
  assert_numbers (report, "not-done", (const gint64[]){ 5 }, 1);
  /* number subject created done author to requester state reaction work deadline */
  g_assert_cmpstr (cell (report, "done", 0, 5)->text, ==, "support");
  g_assert_cmpint (cell (report, "done", 0, 8)->number, ==, 75);
  g_assert_cmpstr (cell (report, "done", 0, 8)->text, ==, "on time");
  g_assert_cmpint (cell (report, "done", 0, 9)->number, ==, 0);
  g_assert_cmpstr (cell (report, "done", 0, 9)->text, ==, "overdue");
  g_assert_cmpint (cell (report, "done", 0, 10)->number, ==, -1);
  /* on time, %, overdue, %, not specified, % */
  assert_total (report, 0, "done", "reaction", (const gint64[]){ 1, 100, 0, 0, 1, 50 });
  assert_total (report, 1, "done", "work", (const gint64[]){ 0, 0, 1, 100, 1, 50 });
  assert_total (report, 2, "done", "deadline", (const gint64[]){ 0, -1, 0, -1, 2, 100 });
  assert_total (report, 3, "not-done", "reaction", (const gint64[]){ 1, 100, 0, 0, 0, 0 });
  assert_total (report, 4, "not-done", "work", (const gint64[]){ 0, -1, 0, -1, 1, 100 });
  assert_total (report, 5, "not-done", "deadline", (const gint64[]){ 0, 0, 1, 100, 0, 0 });
  scene_end (&scene);
}

static void
test_limit (DeskFixture *f)
{
  Scene scene = { 0 };
  PdReportRequest request;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdReport) report = NULL;
  g_autofree char *text = NULL;

  scene_begin (&scene, f);
  make_history (&scene);
  request = request_of (&scene, NULL);
  request.limit = 1;
  report = pd_report_sla (f->desk, &request, f->unit->id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (pd_report_need_table (report, "done", NULL)->total, ==, 2);
  assert_total (report, 0, "done", "reaction", (const gint64[]){ 1, 100, 0, 0, 1, 50 });
  text = pd_report_dup_text (report);
  g_assert_nonnull (strstr (text, "… the first 1 of 2"));
  scene_end (&scene);
}

static void
test_rights (DeskFixture *f)
{
  Scene scene = { 0 };
  static const struct {
    const char *who;
    gboolean unit, person, general;
    const char *why;
  } cases[] = {
    { "hana", TRUE, TRUE, TRUE, "heads the unit" },
    { "dora", TRUE, TRUE, TRUE, "directs all" },
    { "olga", FALSE, FALSE, TRUE, "heads another one" },
    { "ann", FALSE, TRUE, FALSE, "a member sees himself" },
    { "gus", FALSE, FALSE, FALSE, "blocked" },
    { "carl", FALSE, FALSE, FALSE, "a client" },
  };

  scene_begin (&scene, f);
  make_history (&scene);
  scene.gus->state = PD_PERSON_BLOCKED;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *who = cases[i].who;
      const PdPerson *actor = g_str_equal (who, "hana")   ? scene.hana
                              : g_str_equal (who, "dora") ? scene.dora
                              : g_str_equal (who, "olga") ? scene.olga
                              : g_str_equal (who, "gus")  ? scene.gus
                              : g_str_equal (who, "ann")  ? f->agent
                                                          : f->client;
      PdReportRequest request = request_of (&scene, actor);
      g_autoptr (GError) sla = NULL, stats = NULL, person = NULL, general = NULL;
      g_autoptr (PdReport) a = pd_report_sla (f->desk, &request, f->unit->id, &sla);
      g_autoptr (PdReport) b = pd_report_stats (f->desk, &request, f->unit->id, &stats);
      g_autoptr (PdReport) c = pd_report_person (f->desk, &request, f->agent->id, &person);
      g_autoptr (PdReport) d = pd_report_general (f->desk, &request, 0, &general);

      g_test_message ("%s: %s", who, cases[i].why);
      g_assert_true ((a != NULL) == cases[i].unit && (b != NULL) == cases[i].unit);
      g_assert_true ((c != NULL) == cases[i].person);
      g_assert_true ((d != NULL) == cases[i].general);
      g_assert_true (a != NULL || g_error_matches (sla, PD_ERROR, PD_ERROR_DENIED));
      g_assert_true (c != NULL || g_error_matches (person, PD_ERROR, PD_ERROR_DENIED));
      g_assert_true (d != NULL || g_error_matches (general, PD_ERROR, PD_ERROR_DENIED));
    }
  scene_end (&scene);
}

static void
assert_row (const PdReport *report, const char *name, guint row, const char *first,
            const gint64 *want, guint n)
{
  g_assert_cmpstr (cell (report, name, row, 0)->text, ==, first);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (cell (report, name, row, 1 + i)->number, ==, want[i]);
}

static void
test_stats (DeskFixture *f)
{
  Scene scene = { 0 };
  PdReportRequest request;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdReport) stats = NULL, general = NULL;

  scene_begin (&scene, f);
  make_history (&scene);
  request = request_of (&scene, scene.dora);
  stats = pd_report_stats (f->desk, &request, f->unit->id, &error);
  g_assert_no_error (error);
  /* created forwarded done taken released reopened */
  assert_row (stats, "persons", 0, "Ann Agent", (const gint64[]){ 1, 1, 2, 1, 1, 0 }, 6);
  assert_row (stats, "persons", 1, "Gus", (const gint64[]){ 0, 0, 1, 0, 0, 0 }, 6);
  assert_row (stats, "persons", 2, "Hana", (const gint64[]){ 0, 0, 0, 0, 0, 0 }, 6);
  general = pd_report_general (f->desk, &request, 0, &error);
  g_assert_no_error (error);
  /* created received done free in_work waiting */
  assert_row (general, "units", 0, "other", (const gint64[]){ 0, 1, 0, 1, 0, 0 }, 6);
  assert_row (general, "units", 1, "support", (const gint64[]){ 1, 2, 2, 1, 0, 1 }, 6);
  scene_end (&scene);
}

static void
test_person (DeskFixture *f)
{
  Scene scene = { 0 };
  static const gint64 want[] = { 1, 0, 1, 1, 1, 0, 0 };
  PdReportRequest request;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdReport) report = NULL;

  scene_begin (&scene, f);
  make_history (&scene);
  request = request_of (&scene, scene.hana);
  report = pd_report_person (f->desk, &request, f->agent->id, &error);
  g_assert_no_error (error);
  /* in: free, in work, done; out: created, not done, in work, done */
  for (guint i = 0; i < G_N_ELEMENTS (want); i++)
    g_assert_cmpint (cell (report, "counters", i, 2)->number, ==, want[i]);
  g_assert_cmpint (pd_report_need_table (report, "journal", NULL)->total, ==, 8);
  g_assert_cmpstr (cell (report, "journal", 0, 1)->text, ==, "taken");
  g_assert_cmpstr (cell (report, "journal", 0, 3)->text, ==, "subject 1");
  /* the other unit's ticket: not its head's affair what it says */
  g_assert_cmpstr (cell (report, "journal", 4, 1)->text, ==, "created");
  g_assert_cmpstr (cell (report, "journal", 4, 3)->text, ==, "");
  scene_end (&scene);
}

static void
test_forms (void)
{
  static const PdReportColumn columns[] = { { "subject", PD_REPORT_TEXT },
                                            { "number", PD_REPORT_NUMBER },
                                            { "done", PD_REPORT_TIME },
                                            { "work", PD_REPORT_CLOCK },
                                            { "share", PD_REPORT_PERCENT } };
  static PdReportCell cells[] = {
    { (char *)"=cmd|' /C calc'!A0", 0 }, { NULL, -3 },
    { NULL, 0 },                         { NULL, -1 },
    { NULL, -1 },                        { (char *)"say \"hi\", you\r\n", 0 },
    { NULL, 7 },                         { NULL, 1764547200 * PD_SECOND },
    { (char *)"on time", 75 },           { NULL, 33 },
  };
  GArray *array = g_array_new (FALSE, FALSE, sizeof (PdReportCell));
  PdReportTable table = { "t", "T", columns, G_N_ELEMENTS (columns), array, 2 };
  g_autofree char *csv = NULL;

  g_array_append_vals (array, cells, G_N_ELEMENTS (cells));
  csv = pd_report_dup_csv (&table);
  g_assert_cmpstr (csv, ==,
                   "subject,number,done,work,work_left,share\r\n"
                   "\"'=cmd|' /C calc'!A0\",-3,,not specified,,\r\n"
                   "\"say \"\"hi\"\", you\r\n\",7,2025-12-01T00:00:00Z,on time,75,33\r\n");
  g_array_unref (array);
}

static void
test_period (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Kyiv");
  g_autoptr (GError) error = NULL;
  gint64 from, to;

  g_assert_true (pd_report_period ("2026-03-29", NULL, zone, &from, &to, &error));
  g_assert_cmpint (to - from, ==, 23 * PD_HOUR);
  g_assert_false (pd_report_period ("2026-03-29", "2026-03-28", zone, &from, &to, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "report/sla", test_sla },     { "report/limit", test_limit }, { "report/rights", test_rights },
    { "report/stats", test_stats }, { "report/person", test_person },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/forms", test_forms);
  g_test_add_func ("/report/period", test_period);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
