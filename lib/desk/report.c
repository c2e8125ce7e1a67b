#include "desk/report-table.h"

#include <string.h>

#include "base/error.h"
#include "desk/recurrence.h"

static void
clear_cell (gpointer data)
{
  g_free (((PdReportCell *)data)->text);
}

static void
free_table (gpointer data)
{
  PdReportTable *table = data;

  g_array_unref (table->cells);
  g_free (table);
}

PdReport *
pd_report_new (const char *kind, const char *about, const PdReportRequest *request)
{
  PdReport *report = g_new0 (PdReport, 1);

  report->kind = kind;
  report->about = g_strdup (about);
  report->from = request->from;
  report->to = request->to;
  report->zone = request->zone != NULL ? g_time_zone_ref (request->zone) : g_time_zone_new_utc ();
  report->tables = g_ptr_array_new_with_free_func (free_table);
  return report;
}

void
pd_report_free (PdReport *report)
{
  if (report == NULL)
    return;
  g_free (report->about);
  g_time_zone_unref (report->zone);
  g_ptr_array_unref (report->tables);
  g_free (report);
}

PdReportTable *
pd_report_add_table (PdReport *report, const char *name, const char *title,
                     const PdReportColumn *columns, guint n_columns)
{
  PdReportTable *table = g_new0 (PdReportTable, 1);

  table->name = name;
  table->title = title;
  table->columns = columns;
  table->n_columns = n_columns;
  table->cells = g_array_new (FALSE, FALSE, sizeof (PdReportCell));
  g_array_set_clear_func (table->cells, clear_cell);
  g_ptr_array_add (report->tables, table);
  return table;
}

void
pd_report_add_text (PdReportTable *table, const char *text)
{
  PdReportCell cell = { g_strdup (text), 0 };

  g_array_append_val (table->cells, cell);
}

void
pd_report_add_number (PdReportTable *table, gint64 number)
{
  PdReportCell cell = { NULL, number };

  g_array_append_val (table->cells, cell);
}

void
pd_report_add_clock (PdReportTable *table, gint64 left, gboolean on_time)
{
  PdReportCell cell = { NULL, left };

  if (left >= 0)
    cell.text = g_strdup (on_time ? "on time" : "overdue");
  g_array_append_val (table->cells, cell);
}

guint
pd_report_n_rows (const PdReportTable *table)
{
  return table->cells->len / table->n_columns;
}

guint
pd_report_limit (const PdReportRequest *request)
{
  return request->limit == 0 ? PD_REPORT_LIMIT : MIN (request->limit, PD_REPORT_MAX_LIMIT);
}

gboolean
pd_report_period (const char *from, const char *to, GTimeZone *zone, gint64 *out_from,
                  gint64 *out_to, GError **error)
{
  *out_to = 0;
  if (!pd_recurrence_parse_day (from, zone, 0, out_from, error)
      || !pd_recurrence_parse_day (to != NULL ? to : from, zone, 1, out_to, error))
    return FALSE;
  return *out_from < *out_to
         || pd_fail (error, PD_ERROR_INVALID, "the time ends (%s) before it begins (%s)", to, from);
}

const PdReportTable *
pd_report_need_table (const PdReport *report, const char *name, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < report->tables->len; i++)
    {
      const PdReportTable *table = g_ptr_array_index (report->tables, i);

      if (strcmp (table->name, name) == 0)
        return table;
      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", table->name);
    }
  pd_fail (error, PD_ERROR_INVALID, "this report has no table \"%s\"; it has %s", name, names->str);
  return NULL;
}
