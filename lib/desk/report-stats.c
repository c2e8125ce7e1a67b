#include <string.h>

#include "base/error.h"
#include "desk/report-names.h"
#include "desk/report-table.h"
#include "desk/unit-lead.h"
#include "desk/unit.h"

static const PdReportColumn stats_columns[] = {
  { "person", PD_REPORT_TEXT },     { "created", PD_REPORT_NUMBER },
  { "forwarded", PD_REPORT_NUMBER }, { "done", PD_REPORT_NUMBER },
  { "taken", PD_REPORT_NUMBER },    { "released", PD_REPORT_NUMBER },
  { "reopened", PD_REPORT_NUMBER },
};
static const PdReportColumn general_columns[] = {
  { "unit", PD_REPORT_TEXT },     { "created", PD_REPORT_NUMBER }, { "received", PD_REPORT_NUMBER },
  { "done", PD_REPORT_NUMBER },   { "free", PD_REPORT_NUMBER },    { "in_work", PD_REPORT_NUMBER },
  { "waiting", PD_REPORT_NUMBER },
};
static const PdReportColumn counter_columns[] = {
  { "direction", PD_REPORT_TEXT },
  { "what", PD_REPORT_TEXT },
  { "number", PD_REPORT_NUMBER },
};
static const PdReportColumn journal_columns[] = {
  { "time", PD_REPORT_TIME },
  { "act", PD_REPORT_TEXT },
  { "number", PD_REPORT_NUMBER },
  { "subject", PD_REPORT_TEXT },
};

#define N_ACTS 6

/* ---- what people did ----------------------------------------------------------------- */

static gboolean
add_acts (PdDesk *desk, const PdReportRequest *request, gint64 person, const char *name,
          PdReportTable *table, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (
      desk->db, PD_SQL_REPORT_ACTS,
      PD_BIND (PD_INT (person), PD_INT (request->from), PD_INT (request->to)), error);

  if (rows == NULL || pd_rows_next (rows, error) < 0)
    return FALSE;
  pd_report_add_text (table, name);
  for (guint i = 0; i < N_ACTS; i++)
    pd_report_add_number (table, pd_rows_int (rows, i));
  table->total++;
  return TRUE;
}

/* The unit if it is there and the actor may see its reports. */
static PdUnit *
need_unit (PdDesk *desk, const PdReportRequest *request, gint64 id, GError **error)
{
  g_autoptr (PdUnit) unit = NULL;

  if (!pd_unit_get (desk, id, &unit, error))
    return NULL;
  if (unit == NULL)
    pd_fail (error, PD_ERROR_NOT_FOUND, "the unit is not there any more");
  else if (pd_unit_authorise_lead (desk, request->actor, id, "see the reports of", error))
    return g_steal_pointer (&unit);
  return NULL;
}

PdReport *
pd_report_stats (PdDesk *desk, const PdReportRequest *request, gint64 unit_id, GError **error)
{
  g_autoptr (PdUnit) unit = need_unit (desk, request, unit_id, error);
  g_autoptr (PdReportNames) names = pd_report_names_new (desk);
  g_autoptr (PdReport) report = NULL;
  g_autoptr (GArray) members = NULL;
  PdReportTable *table;

  if (unit == NULL)
    return NULL;
  members = pd_db_list_ints (desk->db, PD_SQL_REPORT_MEMBERS, PD_BIND (PD_INT (unit_id)), error);
  if (members == NULL)
    return NULL;
  report = pd_report_new ("stats", unit->name, request);
  table = pd_report_add_table (report, "persons", "What each member did", stats_columns,
                               G_N_ELEMENTS (stats_columns));
  for (guint i = 0; i < members->len; i++)
    {
      gint64 person = g_array_index (members, gint64, i);
      const char *name = pd_report_names_person (names, person, error);

      if (name == NULL || !add_acts (desk, request, person, name, table, error))
        return NULL;
    }
  return g_steal_pointer (&report);
}

/* ---- units --------------------------------------------------------------------------- */

static gboolean
count (PdDesk *desk, const PdReportRequest *request, PdSqlId sql, gint64 id, PdReportTable *table,
       GError **error)
{
  gint64 number = 0;

  if (!pd_db_find_int (desk->db, sql,
                       PD_BIND (PD_INT (id), PD_INT (request->from), PD_INT (request->to)), &number,
                       error))
    return FALSE;
  pd_report_add_number (table, number);
  return TRUE;
}

/* Numbers of a query that gives (word, number), in the order of `words`. */
static gboolean
read_numbers (PdDesk *desk, PdSqlId sql, const PdDbValue *values, gsize n_values,
              const char *const *words, gint64 *numbers, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (desk->db, sql, values, n_values, error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    for (guint i = 0; words[i] != NULL; i++)
      if (strcmp (words[i], pd_rows_text (rows, 0)) == 0)
        numbers[i] = pd_rows_int (rows, 1);
  return step == 0;
}

static gboolean
add_unit (PdDesk *desk, const PdReportRequest *request, gint64 id, const char *name,
          PdReportTable *table, GError **error)
{
  static const char *const states[] = { "free", "locked", "waiting", NULL };
  gint64 numbers[3] = { 0 };

  pd_report_add_text (table, name);
  if (!count (desk, request, PD_SQL_REPORT_CREATED_COUNT, id, table, error)
      || !count (desk, request, PD_SQL_REPORT_RECEIVED_COUNT, id, table, error)
      || !count (desk, request, PD_SQL_REPORT_DONE_COUNT, id, table, error)
      || !read_numbers (desk, PD_SQL_REPORT_UNIT_STATES, PD_BIND (PD_INT (id)), states, numbers,
                        error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    pd_report_add_number (table, numbers[i]);
  table->total++;
  return TRUE;
}

/* All units of who may see them. */
static GArray *
units_of (PdDesk *desk, const PdReportRequest *request, GError **error)
{
  PdPerson everybody = { .admin = TRUE, .state = PD_PERSON_ACTIVE };
  const PdPerson *actor = request->actor != NULL ? request->actor : &everybody;
  GArray *units = pd_unit_led_ids (desk, actor, error);

  if (units != NULL && units->len == 0)
    {
      g_array_unref (units);
      units = NULL;
      if (pd_unit_leads_all (actor))
        pd_fail (error, PD_ERROR_NOT_FOUND, "there is no unit yet");
      else
        pd_fail (error, PD_ERROR_DENIED,
                 "%s heads no unit: reports are for heads, directors and administrators",
                 pd_person_label (actor));
    }
  return units;
}

PdReport *
pd_report_general (PdDesk *desk, const PdReportRequest *request, gint64 unit_id, GError **error)
{
  g_autoptr (PdUnit) unit = unit_id != 0 ? need_unit (desk, request, unit_id, error) : NULL;
  g_autoptr (PdReportNames) names = pd_report_names_new (desk);
  g_autoptr (PdReport) report = NULL;
  g_autoptr (GArray) units = NULL;
  PdReportTable *table;

  if (unit_id != 0 && unit == NULL)
    return NULL;
  if (unit != NULL)
    {
      units = g_array_new (FALSE, FALSE, sizeof (gint64));
      g_array_append_val (units, unit_id);
    }
  else if ((units = units_of (desk, request, error)) == NULL)
    return NULL;
  report = pd_report_new ("general", unit != NULL ? unit->name : "Units", request);
  table = pd_report_add_table (report, "units", "Units", general_columns,
                               G_N_ELEMENTS (general_columns));
  for (guint i = 0; i < units->len; i++)
    {
      gint64 id = g_array_index (units, gint64, i);
      const char *name = pd_report_names_unit (names, id, error);

      if (name == NULL || !add_unit (desk, request, id, name, table, error))
        return NULL;
    }
  return g_steal_pointer (&report);
}

/* ---- one person ------------------------------------------------------------------------ */

static void
add_counter (PdReportTable *table, const char *direction, const char *what, gint64 number)
{
  pd_report_add_text (table, direction);
  pd_report_add_text (table, what);
  pd_report_add_number (table, number);
  table->total++;
}

/* In: what is there for him to do, and what he did.  Out: what he asked of others. */
static gboolean
add_counters (PdDesk *desk, const PdReportRequest *request, gint64 person, PdReport *report,
              GError **error)
{
  static const char *const states[] = { "free", "locked", "waiting", "done", "archived", NULL };
  PdReportTable *table = pd_report_add_table (report, "counters", "In and out", counter_columns,
                                              G_N_ELEMENTS (counter_columns));
  const PdDbValue period[] = { PD_INT (person), PD_INT (request->from), PD_INT (request->to) };
  gint64 waits, locked, done, out[5] = { 0 };

  if (!pd_db_find_int (desk->db, PD_SQL_REPORT_WAITS_FOR,
                       PD_BIND (PD_INT (person), PD_INT (person)), &waits, error)
      || !pd_db_find_int (desk->db, PD_SQL_REPORT_LOCKED_BY, PD_BIND (PD_INT (person)), &locked,
                          error)
      || !pd_db_find_int (desk->db, PD_SQL_REPORT_DONE_BY, period, 3, &done, error)
      || !read_numbers (desk, PD_SQL_REPORT_CREATED_STATES, period, 3, states, out, error))
    return FALSE;
  add_counter (table, "in", "free", waits);
  add_counter (table, "in", "in work", locked);
  add_counter (table, "in", "done", done);
  add_counter (table, "out", "created", out[0] + out[1] + out[2] + out[3] + out[4]);
  add_counter (table, "out", "not done", out[0] + out[1] + out[2]);
  add_counter (table, "out", "in work", out[1]);
  add_counter (table, "out", "done", out[3] + out[4]);
  return TRUE;
}

static gboolean
holds (GArray *ids, gint64 id)
{
  for (guint i = 0; i < ids->len; i++)
    if (g_array_index (ids, gint64, i) == id)
      return TRUE;
  return FALSE;
}

/* led   units whose subjects may be shown; NULL all */
static gboolean
add_journal (PdDesk *desk, const PdReportRequest *request, gint64 person, GArray *led,
             PdReport *report, GError **error)
{
  const PdDbValue values[] = { PD_INT (person), PD_INT (request->from), PD_INT (request->to),
                               PD_INT (pd_report_limit (request)) };
  PdReportTable *table = pd_report_add_table (report, "journal", "Acts, one by one",
                                              journal_columns, G_N_ELEMENTS (journal_columns));
  g_autoptr (PdRows) rows = pd_db_query (desk->db, PD_SQL_REPORT_JOURNAL, values, 4, error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      gboolean open = led == NULL || holds (led, pd_rows_int (rows, 4));

      pd_report_add_number (table, pd_rows_int (rows, 0));
      pd_report_add_text (table, pd_rows_text (rows, 1));
      pd_report_add_number (table, pd_rows_int (rows, 2));
      pd_report_add_text (table, open ? pd_rows_text (rows, 3) : "");
    }
  return step == 0
         && pd_db_find_int (desk->db, PD_SQL_REPORT_JOURNAL_COUNT, values, 3, &table->total, error);
}

static gboolean
authorise_person (PdDesk *desk, const PdPerson *actor, gint64 person, GError **error)
{
  gboolean may = TRUE;

  if (actor != NULL && !pd_unit_leads_person (desk, actor, person, &may, error))
    return FALSE;
  return may
         || pd_fail (error, PD_ERROR_DENIED,
                     "%s may see the reports of people of the units that he heads, and his own",
                     pd_person_label (actor));
}

PdReport *
pd_report_person (PdDesk *desk, const PdReportRequest *request, gint64 id, GError **error)
{
  g_autoptr (PdPerson) person = NULL;
  g_autoptr (PdReport) report = NULL;
  g_autoptr (GArray) led = NULL;
  PdReportTable *acts;
  gboolean all = request->actor == NULL || request->actor->id == id
                 || pd_unit_leads_all (request->actor);

  if (!authorise_person (desk, request->actor, id, error)
      || !pd_person_get (desk, id, &person, error))
    return NULL;
  if (person == NULL)
    {
      pd_fail (error, PD_ERROR_NOT_FOUND, "the person is not there any more");
      return NULL;
    }
  if (!all && (led = pd_unit_led_ids (desk, request->actor, error)) == NULL)
    return NULL;
  report = pd_report_new ("person", pd_person_label (person), request);
  acts = pd_report_add_table (report, "acts", "What was done", stats_columns,
                              G_N_ELEMENTS (stats_columns));
  return add_acts (desk, request, id, pd_person_label (person), acts, error)
                 && add_counters (desk, request, id, report, error)
                 && add_journal (desk, request, id, led, report, error)
             ? g_steal_pointer (&report)
             : NULL;
}
