#include "desk/import-row.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/person.h"
#include "desk/unit.h"

/* ---- values ---- */

/* The place of a column, or -1. */
static int
place_of (const PdMysqlRow *row, const char *column)
{
  for (guint i = 0; i < row->n; i++)
    if (g_ascii_strcasecmp (row->columns[i], column) == 0)
      return (int)i;
  return -1;
}

gboolean
pd_zenlix_has (PdZenlix *zenlix, const char *column)
{
  return place_of (zenlix->row, column) >= 0;
}

const char *
pd_zenlix_text (PdZenlix *zenlix, const char *column)
{
  int place = place_of (zenlix->row, column);

  if (place < 0)
    return "";
  if (zenlix->texts[place] == NULL)
    zenlix->texts[place]
        = pd_mysql_value_dup_text (&zenlix->row->values[place], zenlix->row->charset);
  return zenlix->texts[place];
}

static gint64
number_of (const char *text)
{
  gint64 number = 0;

  return g_ascii_string_to_signed (text, 10, 0, G_MAXINT64, &number, NULL) ? number : 0;
}

gint64
pd_zenlix_int (PdZenlix *zenlix, const char *column)
{
  g_autofree char *text = g_strdup (pd_zenlix_text (zenlix, column));

  return number_of (g_strstrip (text));
}

/* Columns of type timestamp are UTC in most dumps, those of type datetime are not. */
static gboolean
is_utc (const PdMysqlRow *row, int place)
{
  return row->utc && row->types != NULL && strcmp (row->types[place], "timestamp") == 0;
}

gint64
pd_zenlix_time (PdZenlix *zenlix, const char *column)
{
  int place = place_of (zenlix->row, column);
  int year, month, day, hour = 0, minute = 0, second = 0;
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = NULL;

  if (place < 0
      || sscanf (pd_zenlix_text (zenlix, column), "%4d-%2d-%2d%*[ T]%2d:%2d:%2d", &year, &month,
                 &day, &hour, &minute, &second)
             < 3
      || year < 1970)
    return 0;
  time = g_date_time_new (is_utc (zenlix->row, place) ? utc : zenlix->zone, year, month, day, hour,
                          minute, second);
  return time != NULL ? g_date_time_to_unix (time) * PD_SECOND : 0;
}

char **
pd_zenlix_words (PdZenlix *zenlix, const char *column)
{
  g_auto (GStrv) parts = g_strsplit (pd_zenlix_text (zenlix, column), ",", -1);
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; parts[i] != NULL; i++)
    if (*g_strstrip (parts[i]) != '\0')
      g_ptr_array_add (words, g_strdup (parts[i]));
  g_ptr_array_add (words, NULL);
  return (char **)g_ptr_array_steal (words, NULL);
}

GArray *
pd_zenlix_ids (PdZenlix *zenlix, const char *column)
{
  g_auto (GStrv) words = pd_zenlix_words (zenlix, column);
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; words[i] != NULL; i++)
    {
      gint64 id = number_of (words[i]);

      if (id > 0)
        g_array_append_val (ids, id);
    }
  return ids;
}

char *
pd_zenlix_line (const char *text, glong max)
{
  g_autofree char *line = g_strdup (text);
  g_autofree char *head = NULL;

  for (char *at = line; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  g_strstrip (line);
  if (g_utf8_strlen (line, -1) <= max)
    return g_steal_pointer (&line);
  head = g_utf8_substring (line, 0, max - 1);
  return g_strconcat (g_strchomp (head), "…", NULL);
}

/* ---- what was imported ---- */

gboolean
pd_zenlix_find (PdZenlix *zenlix, const char *kind, const char *foreign, gint64 *out,
                GError **error)
{
  return pd_db_find_int (zenlix->desk->db, PD_SQL_IMPORT_FIND,
                         PD_BIND (PD_TEXT (PD_ZENLIX_SOURCE), PD_TEXT (kind), PD_TEXT (foreign)),
                         out, error);
}

gboolean
pd_zenlix_find_number (PdZenlix *zenlix, const char *kind, gint64 foreign, gint64 *out,
                       GError **error)
{
  char text[24];

  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, foreign);
  return pd_zenlix_find (zenlix, kind, text, out, error);
}

gboolean
pd_zenlix_note (PdZenlix *zenlix, const char *kind, const char *foreign, gint64 id, GError **error)
{
  return pd_db_exec (
      zenlix->desk->db, PD_SQL_IMPORT_NOTE,
      PD_BIND (PD_TEXT (PD_ZENLIX_SOURCE), PD_TEXT (kind), PD_TEXT (foreign), PD_INT (id)), NULL,
      error);
}

/* ---- the account ---- */

gboolean
pd_zenlix_imported (PdZenlix *zenlix)
{
  zenlix->table->imported++;
  return TRUE;
}

gboolean
pd_zenlix_known (PdZenlix *zenlix)
{
  zenlix->table->known++;
  return TRUE;
}

gboolean
pd_zenlix_skip (PdZenlix *zenlix, const char *reason)
{
  guint64 *count = g_hash_table_lookup (zenlix->table->skipped, reason);

  if (count == NULL)
    {
      count = g_new0 (guint64, 1);
      g_hash_table_insert (zenlix->table->skipped, g_strdup (reason), count);
    }
  (*count)++;
  return TRUE;
}

gboolean
pd_zenlix_is_known (PdZenlix *zenlix, const char *kind, const char *foreign, gboolean *out,
                    GError **error)
{
  gint64 id;

  *out = FALSE;
  if (!pd_zenlix_find (zenlix, kind, foreign, &id, error))
    return FALSE;
  *out = id != 0;
  return *out ? pd_zenlix_known (zenlix) : TRUE;
}

void
pd_zenlix_say (PdZenlix *zenlix, const char *format, ...)
{
  va_list arguments;

  if (zenlix->report->notes->len >= PD_ZENLIX_MAX_NOTES)
    {
      zenlix->report->notes_left_out++;
      return;
    }
  va_start (arguments, format);
  g_ptr_array_add (zenlix->report->notes, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

/* ---- who and what is gone, but is referred to ---- */

static gboolean
make_person (PdZenlix *zenlix, const char *foreign, gint64 *out, GError **error)
{
  g_autofree char *name = g_strdup_printf ("ZENLIX user %s", foreign);

  *out = pd_id_new ();
  pd_zenlix_say (zenlix,
                 "user %s is gone from the dump, but is referred to: he is \"%s\" here, deleted",
                 foreign, name);
  return pd_db_exec (zenlix->desk->db, PD_SQL_IMPORT_PERSON_ADD,
                     PD_BIND (PD_INT (*out), PD_TEXT ("client"), PD_INT (0), PD_TEXT (name),
                              PD_TEXT (NULL), PD_TEXT (""), PD_TEXT ("deleted"),
                              PD_INT (pd_clock_now ()), PD_ID (0), PD_TEXT (""), PD_TEXT (""),
                              PD_TEXT (""), PD_TEXT (""), PD_INT (0), PD_INT (0)),
                     NULL, error)
         && pd_zenlix_note (zenlix, "user", foreign, *out, error);
}

gboolean
pd_zenlix_person (PdZenlix *zenlix, gint64 foreign, gint64 *out, GError **error)
{
  char text[24];

  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, foreign);
  return pd_zenlix_find (zenlix, "user", text, out, error)
         && (*out != 0 || make_person (zenlix, text, out, error));
}

static gboolean
make_unit (PdZenlix *zenlix, const char *foreign, gint64 *out, GError **error)
{
  g_autofree char *name = g_strdup_printf ("ZENLIX unit %s", foreign);
  g_autofree char *address = g_strdup_printf ("unit%s@%s", foreign, zenlix->desk->settings->domain);
  g_autoptr (PdUnit) unit = pd_unit_new (name, (const char *const[]){ address, NULL });

  unit->closed = TRUE;
  if (!pd_unit_add (zenlix->desk, unit, error))
    return FALSE;
  *out = unit->id;
  pd_zenlix_say (zenlix,
                 "unit %s is gone from the dump, but is referred to: it is \"%s\" here, closed",
                 foreign, name);
  return pd_zenlix_note (zenlix, "unit", foreign, unit->id, error);
}

gboolean
pd_zenlix_unit (PdZenlix *zenlix, gint64 foreign, gint64 *out, GError **error)
{
  char text[24];

  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, foreign);
  return pd_zenlix_find (zenlix, "unit", text, out, error)
         && (*out != 0 || make_unit (zenlix, text, out, error));
}
