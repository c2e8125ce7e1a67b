#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "desk/report-names.h"
#include "desk/report-table.h"
#include "desk/sla.h"
#include "desk/ticket-clock.h"
#include "desk/unit-lead.h"
#include "desk/unit.h"

static const PdReportColumn plain_columns[] = {
  { "number", PD_REPORT_NUMBER }, { "subject", PD_REPORT_TEXT },   { "created", PD_REPORT_TIME },
  { "author", PD_REPORT_TEXT },   { "to", PD_REPORT_TEXT },        { "requester", PD_REPORT_TEXT },
  { "state", PD_REPORT_TEXT },
};
static const PdReportColumn done_columns[] = {
  { "number", PD_REPORT_NUMBER }, { "subject", PD_REPORT_TEXT },   { "created", PD_REPORT_TIME },
  { "done", PD_REPORT_TIME },     { "author", PD_REPORT_TEXT },    { "to", PD_REPORT_TEXT },
  { "requester", PD_REPORT_TEXT }, { "state", PD_REPORT_TEXT },    { "reaction", PD_REPORT_CLOCK },
  { "work", PD_REPORT_CLOCK },    { "deadline", PD_REPORT_CLOCK },
};
static const PdReportColumn open_columns[] = {
  { "number", PD_REPORT_NUMBER }, { "subject", PD_REPORT_TEXT },   { "created", PD_REPORT_TIME },
  { "author", PD_REPORT_TEXT },   { "to", PD_REPORT_TEXT },        { "requester", PD_REPORT_TEXT },
  { "state", PD_REPORT_TEXT },    { "reaction", PD_REPORT_CLOCK }, { "work", PD_REPORT_CLOCK },
  { "deadline", PD_REPORT_CLOCK },
};
static const PdReportColumn total_columns[] = {
  { "tickets", PD_REPORT_TEXT },         { "clock", PD_REPORT_TEXT },
  { "on_time", PD_REPORT_NUMBER },       { "on_time_percent", PD_REPORT_PERCENT },
  { "overdue", PD_REPORT_NUMBER },       { "overdue_percent", PD_REPORT_PERCENT },
  { "not_specified", PD_REPORT_NUMBER }, { "not_specified_percent", PD_REPORT_PERCENT },
};

typedef struct {
  PdDesk *desk;
  const PdReportRequest *request;
  gint64 unit;
  PdReport *report;
  PdReportNames *names;
  gint64 now;
} Sla;

/* ---- one row ---------------------------------------------------------------------- */

static int
clock_index (const char *name)
{
  for (int i = 0; i < PD_SLA_N_CLOCKS; i++)
    if (strcmp (pd_sla_clock_name ((PdSlaClockKind)i), name) == 0)
      return i;
  return -1;
}

/* As they were counted last: for what is done, that is how they ended. */
static gboolean
read_rows (Sla *sla, const PdTicket *ticket, PdSlaClock *out, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (sla->desk->db, PD_SQL_REPORT_CLOCKS,
                                         PD_BIND (PD_INT (ticket->id)), error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      int i = clock_index (pd_rows_text (rows, 0));

      if (i < 0)
        continue;
      out[i].limit = pd_rows_int (rows, 1);
      out[i].used = pd_rows_int (rows, 2);
      out[i].due = pd_rows_int (rows, 3);
      if (out[i].due != 0 && out[i].due <= sla->now)
        out[i].used = MAX (out[i].used, out[i].limit);
    }
  return step == 0;
}

static gboolean
read_clocks (Sla *sla, const PdTicket *ticket, PdSlaClock *out, GError **error)
{
  PdSlaClock now[PD_SLA_N_CLOCKS];

  memset (out, 0, PD_SLA_N_CLOCKS * sizeof *out);
  if (!read_rows (sla, ticket, out, error))
    return FALSE;
  if (ticket->state == PD_TICKET_DONE || ticket->state == PD_TICKET_ARCHIVED
      || (out[0].limit == 0 && out[1].limit == 0 && out[2].limit == 0))
    return TRUE;
  if (!pd_ticket_clock_measure (sla->desk, ticket, sla->now, now, error))
    return FALSE;
  /* one limit for the row and the totals, which count the rows of the table */
  for (int i = 0; i < PD_SLA_N_CLOCKS; i++)
    if (now[i].limit == out[i].limit)
      out[i].used = now[i].used;
  return TRUE;
}

static gboolean
add_clocks (Sla *sla, PdReportTable *table, const PdTicket *ticket, GError **error)
{
  PdSlaClock clocks[PD_SLA_N_CLOCKS];

  if (!read_clocks (sla, ticket, clocks, error))
    return FALSE;
  for (int i = 0; i < PD_SLA_N_CLOCKS; i++)
    {
      guint used = pd_sla_percent (&clocks[i]);

      pd_report_add_clock (table, clocks[i].limit == 0 ? -1 : 100 - (gint64)MIN (used, 100),
                           clocks[i].used < clocks[i].limit);
    }
  return TRUE;
}

static gboolean
add_ticket (Sla *sla, PdReportTable *table, gint64 id, GError **error)
{
  g_autoptr (PdTicket) ticket = NULL;
  g_autofree char *to = NULL;
  const char *author, *requester;

  if (!pd_ticket_get (sla->desk, id, &ticket, error))
    return FALSE;
  if (ticket == NULL) /* deleted since the list was read */
    return TRUE;
  author = pd_report_names_person (sla->names, ticket->author, error);
  requester = author != NULL ? pd_report_names_person (sla->names, ticket->requester, error) : NULL;
  to = requester != NULL ? pd_report_names_dup_to (sla->names, ticket, error) : NULL;
  if (to == NULL)
    return FALSE;
  pd_report_add_number (table, ticket->number);
  pd_report_add_text (table, ticket->subject);
  pd_report_add_number (table, ticket->created);
  if (table->columns == done_columns)
    pd_report_add_number (table, ticket->done);
  pd_report_add_text (table, author);
  pd_report_add_text (table, to);
  pd_report_add_text (table, requester);
  pd_report_add_text (table, pd_ticket_state_name (ticket->state));
  return table->columns == plain_columns || add_clocks (sla, table, ticket, error);
}

/* ---- one table -------------------------------------------------------------------- */

static gboolean
fill_table (Sla *sla, PdReportTable *table, PdSqlId list, PdSqlId count, const PdDbValue *values,
            gsize n_values, GError **error)
{
  PdDbValue with_limit[4];
  g_autoptr (GArray) ids = NULL;

  g_return_val_if_fail (n_values < G_N_ELEMENTS (with_limit), FALSE);
  memcpy (with_limit, values, n_values * sizeof *values);
  with_limit[n_values] = PD_INT (pd_report_limit (sla->request));
  ids = pd_db_list_ints (sla->desk->db, list, with_limit, n_values + 1, error);
  if (ids == NULL
      || !pd_db_find_int (sla->desk->db, count, values, n_values, &table->total, error))
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!add_ticket (sla, table, g_array_index (ids, gint64, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
fill_tables (Sla *sla, GError **error)
{
  const PdDbValue period[]
      = { PD_INT (sla->unit), PD_INT (sla->request->from), PD_INT (sla->request->to) };
  const PdDbValue until[] = { PD_INT (sla->unit), PD_INT (sla->request->to) };
  PdReport *report = sla->report;

  return fill_table (sla,
                     pd_report_add_table (report, "created", "Created by members of the unit",
                                          plain_columns, G_N_ELEMENTS (plain_columns)),
                     PD_SQL_REPORT_CREATED, PD_SQL_REPORT_CREATED_COUNT, period, 3, error)
         && fill_table (sla,
                        pd_report_add_table (report, "received", "Received by the unit",
                                             plain_columns, G_N_ELEMENTS (plain_columns)),
                        PD_SQL_REPORT_RECEIVED, PD_SQL_REPORT_RECEIVED_COUNT, period, 3, error)
         && fill_table (sla,
                        pd_report_add_table (report, "done", "Done by members of the unit",
                                             done_columns, G_N_ELEMENTS (done_columns)),
                        PD_SQL_REPORT_DONE, PD_SQL_REPORT_DONE_COUNT, period, 3, error)
         && fill_table (sla,
                        pd_report_add_table (report, "not-done", "Not done", open_columns,
                                             G_N_ELEMENTS (open_columns)),
                        PD_SQL_REPORT_OPEN, PD_SQL_REPORT_OPEN_COUNT, until, 2, error);
}

/* ---- totals ----------------------------------------------------------------------- */

typedef struct {
  gint64 on_time, overdue;
} Count;

static gboolean
read_counts (Sla *sla, PdSqlId sql, const PdDbValue *values, gsize n_values, Count *counts,
             GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (sla->desk->db, sql, values, n_values, error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      int i = clock_index (pd_rows_text (rows, 0));

      if (i >= 0)
        counts[i] = (Count){ pd_rows_int (rows, 1), pd_rows_int (rows, 2) };
    }
  return step == 0;
}

/* rounded to the nearest; -1 of nothing */
static gint64
percent (gint64 part, gint64 whole)
{
  return whole == 0 ? -1 : (part * 200 + whole) / (whole * 2);
}

static void
add_counts (PdReportTable *totals, const char *what, const Count *counts, gint64 all)
{
  for (int i = 0; i < PD_SLA_N_CLOCKS; i++)
    {
      gint64 limited = counts[i].on_time + counts[i].overdue;

      pd_report_add_text (totals, what);
      pd_report_add_text (totals, pd_sla_clock_name ((PdSlaClockKind)i));
      pd_report_add_number (totals, counts[i].on_time);
      pd_report_add_number (totals, percent (counts[i].on_time, limited));
      pd_report_add_number (totals, counts[i].overdue);
      pd_report_add_number (totals, percent (counts[i].overdue, limited));
      pd_report_add_number (totals, all - limited);
      pd_report_add_number (totals, percent (all - limited, all));
    }
}

static gint64
total_of (Sla *sla, const char *name)
{
  const PdReportTable *table = pd_report_need_table (sla->report, name, NULL);

  return table != NULL ? table->total : 0;
}

static gboolean
fill_totals (Sla *sla, GError **error)
{
  Count done[PD_SLA_N_CLOCKS] = { 0 }, open[PD_SLA_N_CLOCKS] = { 0 };
  PdReportTable *totals;

  if (!read_counts (sla, PD_SQL_REPORT_DONE_CLOCKS,
                    PD_BIND (PD_INT (sla->unit), PD_INT (sla->request->from),
                             PD_INT (sla->request->to)),
                    done, error)
      || !read_counts (sla, PD_SQL_REPORT_OPEN_CLOCKS,
                       PD_BIND (PD_INT (sla->now), PD_INT (sla->now), PD_INT (sla->unit),
                                PD_INT (sla->request->to)),
                       open, error))
    return FALSE;
  totals = pd_report_add_table (sla->report, "totals", "Totals", total_columns,
                                G_N_ELEMENTS (total_columns));
  add_counts (totals, "done", done, total_of (sla, "done"));
  add_counts (totals, "not-done", open, total_of (sla, "not-done"));
  totals->total = pd_report_n_rows (totals);
  return TRUE;
}

PdReport *
pd_report_sla (PdDesk *desk, const PdReportRequest *request, gint64 unit, GError **error)
{
  g_autoptr (PdUnit) row = NULL;
  g_autoptr (PdReportNames) names = pd_report_names_new (desk);
  g_autoptr (PdReport) report = NULL;
  Sla sla = { desk, request, unit, NULL, names, pd_clock_now () };

  if (!pd_unit_get (desk, unit, &row, error))
    return NULL;
  if (row == NULL)
    {
      pd_fail (error, PD_ERROR_NOT_FOUND, "the unit is not there any more");
      return NULL;
    }
  if (!pd_unit_authorise_lead (desk, request->actor, unit, "see the reports of", error))
    return NULL;
  report = sla.report = pd_report_new ("sla", row->name, request);
  return fill_tables (&sla, error) && fill_totals (&sla, error) ? g_steal_pointer (&report) : NULL;
}
