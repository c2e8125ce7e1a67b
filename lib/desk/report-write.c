/* How a report is written: text, CSV, JSON. */
#include "desk/report.h"

#include <string.h>

#include "base/clock.h"

#define MAX_WIDTH 40 /* characters of a text in a table for people */
#define GAP 2

static const PdReportCell *
cell_at (const PdReportTable *table, guint row, guint column)
{
  return &g_array_index (table->cells, PdReportCell, row * table->n_columns + column);
}

static guint
n_rows (const PdReportTable *table)
{
  return table->cells->len / table->n_columns;
}

/* ---- text ------------------------------------------------------------------------ */

static char *
local_time (gint64 time, GTimeZone *zone)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / PD_SECOND);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, zone);

  return g_date_time_format (local, "%Y-%m-%d %H:%M");
}

/* Foreign text: no control character moves the cursor, and one long subject
 * does not push the rest out of sight. */
static char *
tame (const char *text)
{
  g_autofree char *clean = g_utf8_make_valid (text, -1);

  for (char *at = clean; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  if (g_utf8_strlen (clean, -1) > MAX_WIDTH)
    {
      g_autofree char *start = g_utf8_substring (clean, 0, MAX_WIDTH - 1);

      return g_strconcat (start, "…", NULL);
    }
  return g_steal_pointer (&clean);
}

static char *
shown (const PdReportCell *cell, PdReportKind kind, GTimeZone *zone)
{
  switch (kind)
    {
    case PD_REPORT_TEXT:
      return tame (cell->text != NULL ? cell->text : "");
    case PD_REPORT_NUMBER:
      return g_strdup_printf ("%" G_GINT64_FORMAT, cell->number);
    case PD_REPORT_TIME:
      return cell->number != 0 ? local_time (cell->number, zone) : g_strdup ("");
    case PD_REPORT_PERCENT:
      return cell->number < 0 ? g_strdup ("-")
                              : g_strdup_printf ("%" G_GINT64_FORMAT "%%", cell->number);
    case PD_REPORT_CLOCK:
      if (cell->number < 0)
        return g_strdup ("not specified");
      return strcmp (cell->text, "overdue") == 0
                 ? g_strdup ("overdue")
                 : g_strdup_printf ("%" G_GINT64_FORMAT "%% left", cell->number);
    }
  return g_strdup ("");
}

static char *
head_of (const PdReportColumn *column)
{
  return g_ascii_strup (column->name, -1);
}

/* The texts of a table, the head first; strings are owned. */
static GPtrArray *
texts_of (const PdReport *report, const PdReportTable *table)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);

  for (guint c = 0; c < table->n_columns; c++)
    g_ptr_array_add (texts, head_of (&table->columns[c]));
  for (guint r = 0; r < n_rows (table); r++)
    for (guint c = 0; c < table->n_columns; c++)
      g_ptr_array_add (texts, shown (cell_at (table, r, c), table->columns[c].kind, report->zone));
  return texts;
}

static void
write_rows (const PdReportTable *table, GPtrArray *texts, GString *out)
{
  g_autofree glong *widths = g_new0 (glong, table->n_columns);

  for (guint i = 0; i < texts->len; i++)
    widths[i % table->n_columns] = MAX (widths[i % table->n_columns],
                                        g_utf8_strlen (g_ptr_array_index (texts, i), -1));
  for (guint i = 0; i < texts->len; i++)
    {
      const char *text = g_ptr_array_index (texts, i);
      guint column = i % table->n_columns;

      if (column + 1 == table->n_columns)
        g_string_append_printf (out, "%s\n", text);
      else
        g_string_append_printf (out, "%s%*s", text,
                                (int)(widths[column] - g_utf8_strlen (text, -1) + GAP), "");
    }
}

static void
write_table (const PdReport *report, const PdReportTable *table, GString *out)
{
  g_autoptr (GPtrArray) texts = texts_of (report, table);

  g_string_append_printf (out, "\n%s (%" G_GINT64_FORMAT ")\n", table->title, table->total);
  if (n_rows (table) > 0)
    write_rows (table, texts, out);
  if (table->total > n_rows (table))
    g_string_append_printf (out, "… the first %u of %" G_GINT64_FORMAT "\n", n_rows (table),
                            table->total);
}

char *
pd_report_dup_text (const PdReport *report)
{
  GString *out = g_string_new (NULL);
  g_autofree char *from = local_time (report->from, report->zone);
  g_autofree char *to = local_time (report->to, report->zone);
  g_autofree char *about = tame (report->about);

  g_string_append_printf (out, "%s, %s to %s, %s\n", about, from, to,
                          g_time_zone_get_identifier (report->zone));
  for (guint i = 0; i < report->tables->len; i++)
    write_table (report, g_ptr_array_index (report->tables, i), out);
  return g_string_free (out, FALSE);
}

/* ---- CSV ------------------------------------------------------------------------- */

static void
write_field (GString *out, const char *text)
{
  gboolean formula = text[0] != '\0' && strchr ("=+-@\t\r", text[0]) != NULL;

  if (!formula && text[strcspn (text, ",\"\r\n")] == '\0')
    {
      g_string_append (out, text);
      return;
    }
  g_string_append (out, formula ? "\"'" : "\"");
  for (; *text != '\0'; text++)
    g_string_append_printf (out, *text == '"' ? "\"%c" : "%c", *text);
  g_string_append_c (out, '"');
}

static void
write_cell (GString *out, const PdReportCell *cell, PdReportKind kind)
{
  g_autofree char *time = NULL;

  switch (kind)
    {
    case PD_REPORT_TEXT:
      write_field (out, cell->text != NULL ? cell->text : "");
      break;
    case PD_REPORT_NUMBER:
      g_string_append_printf (out, "%" G_GINT64_FORMAT, cell->number);
      break;
    case PD_REPORT_TIME:
      time = cell->number != 0 ? pd_clock_format (cell->number) : g_strdup ("");
      g_string_append (out, time);
      break;
    case PD_REPORT_CLOCK:
      g_string_append_printf (out, "%s,", cell->number >= 0 ? cell->text : "not specified");
      /* fall through */
    case PD_REPORT_PERCENT:
      if (cell->number >= 0)
        g_string_append_printf (out, "%" G_GINT64_FORMAT, cell->number);
      break;
    }
}

char *
pd_report_dup_csv (const PdReportTable *table)
{
  GString *out = g_string_new (NULL);

  for (guint c = 0; c < table->n_columns; c++)
    {
      const PdReportColumn *column = &table->columns[c];

      g_string_append_printf (out, "%s%s", c > 0 ? "," : "", column->name);
      if (column->kind == PD_REPORT_CLOCK)
        g_string_append_printf (out, ",%s_left", column->name);
    }
  g_string_append (out, "\r\n");
  for (guint r = 0; r < n_rows (table); r++)
    {
      for (guint c = 0; c < table->n_columns; c++)
        {
          g_string_append (out, c > 0 ? "," : "");
          write_cell (out, cell_at (table, r, c), table->columns[c].kind);
        }
      g_string_append (out, "\r\n");
    }
  return g_string_free (out, FALSE);
}

/* ---- JSON ------------------------------------------------------------------------ */

static json_object *
text_or_null (char *text)
{
  json_object *value = text != NULL ? json_object_new_string (text) : NULL;

  g_free (text);
  return value;
}

static json_object *
cell_json (const PdReportCell *cell, PdReportKind kind)
{
  json_object *object;

  switch (kind)
    {
    case PD_REPORT_TEXT:
      return text_or_null (g_strdup (cell->text));
    case PD_REPORT_NUMBER:
      return json_object_new_int64 (cell->number);
    case PD_REPORT_TIME:
      return text_or_null (cell->number != 0 ? pd_clock_format (cell->number) : NULL);
    case PD_REPORT_PERCENT:
      return cell->number >= 0 ? json_object_new_int64 (cell->number) : NULL;
    case PD_REPORT_CLOCK:
      if (cell->number < 0)
        return NULL;
      object = json_object_new_object ();
      json_object_object_add (object, "left", json_object_new_int64 (cell->number));
      json_object_object_add (object, "state", json_object_new_string (cell->text));
      return object;
    }
  return NULL;
}

static json_object *
table_json (const PdReportTable *table)
{
  json_object *object = json_object_new_object ();
  json_object *rows = json_object_new_array ();

  json_object_object_add (object, "name", json_object_new_string (table->name));
  json_object_object_add (object, "title", json_object_new_string (table->title));
  json_object_object_add (object, "total", json_object_new_int64 (table->total));
  json_object_object_add (object, "rows", rows);
  for (guint r = 0; r < n_rows (table); r++)
    {
      json_object *row = json_object_new_object ();

      for (guint c = 0; c < table->n_columns; c++)
        json_object_object_add (row, table->columns[c].name,
                                cell_json (cell_at (table, r, c), table->columns[c].kind));
      json_object_array_add (rows, row);
    }
  return object;
}

json_object *
pd_report_json (const PdReport *report)
{
  json_object *object = json_object_new_object ();
  json_object *tables = json_object_new_array ();

  json_object_object_add (object, "report", json_object_new_string (report->kind));
  json_object_object_add (object, "about", json_object_new_string (report->about));
  json_object_object_add (object, "from", text_or_null (pd_clock_format (report->from)));
  json_object_object_add (object, "to", text_or_null (pd_clock_format (report->to)));
  json_object_object_add (
      object, "zone", json_object_new_string (g_time_zone_get_identifier (report->zone)));
  json_object_object_add (object, "tables", tables);
  for (guint i = 0; i < report->tables->len; i++)
    json_object_array_add (tables, table_json (g_ptr_array_index (report->tables, i)));
  return object;
}
