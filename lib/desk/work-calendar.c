#include "desk/work-calendar.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "base/nearest.h"
#include "desk/timer.h"

static void
holiday_free (gpointer data)
{
  g_free (((PdHoliday *)data)->name);
  g_free (data);
}

PdWorkCalendar *
pd_work_calendar_new (const char *name, const char *week, const char *zone)
{
  PdWorkCalendar *calendar = g_new0 (PdWorkCalendar, 1);

  calendar->name = g_strdup (name);
  calendar->week = g_strdup (week);
  calendar->zone = g_strdup (zone);
  calendar->holidays = g_ptr_array_new_with_free_func (holiday_free);
  return calendar;
}

void
pd_work_calendar_free (PdWorkCalendar *calendar)
{
  if (calendar == NULL)
    return;
  g_free (calendar->name);
  g_free (calendar->week);
  g_free (calendar->zone);
  g_clear_pointer (&calendar->holidays, g_ptr_array_unref);
  g_free (calendar);
}

static void
free_calendar (gpointer calendar)
{
  pd_work_calendar_free (calendar);
}

/* ---- holidays ------------------------------------------------------------------- */

static int
compare_days (const PdHoliday *a, int year, int month, int day)
{
  if (a->year != year)
    return a->year - year;
  return a->month != month ? a->month - month : a->day - day;
}

/* Where a day stands or would stand. */
static guint
find_day (const PdWorkCalendar *calendar, int year, int month, int day, gboolean *out_found)
{
  guint low = 0, high = calendar->holidays->len;

  *out_found = FALSE;
  while (low < high)
    {
      guint middle = (low + high) / 2;
      int order = compare_days (g_ptr_array_index (calendar->holidays, middle), year, month, day);

      if (order == 0)
        *out_found = TRUE;
      if (order >= 0)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

static gboolean
check_day (int year, int month, int day, GError **error)
{
  /* of a holiday of each year the 29th of February is one */
  if (year < 0 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31
      || !g_date_valid_dmy ((GDateDay)day, (GDateMonth)month, (GDateYear)(year == 0 ? 2024 : year)))
    return pd_fail (error, PD_ERROR_INVALID, "there is no day %04d-%02d-%02d", year, month, day);
  return TRUE;
}

static gboolean
check_holiday_name (const char *name, GError **error)
{
  if (!g_utf8_validate (name, -1, NULL))
    return pd_fail (error, PD_ERROR_INVALID, "the name of a holiday must be UTF-8");
  if (name[0] == '\0' || g_utf8_strlen (name, -1) > PD_WORK_CALENDAR_MAX_HOLIDAY)
    return pd_fail (error, PD_ERROR_INVALID, "the name of a holiday has 1 to %d characters",
                    PD_WORK_CALENDAR_MAX_HOLIDAY);
  return TRUE;
}

gboolean
pd_work_calendar_add_holiday (PdWorkCalendar *calendar, int year, int month, int day,
                              const char *name, GError **error)
{
  gboolean found;
  PdHoliday *holiday;
  guint place;

  if (!check_day (year, month, day, error) || !check_holiday_name (name, error))
    return FALSE;
  place = find_day (calendar, year, month, day, &found);
  if (found)
    {
      holiday = g_ptr_array_index (calendar->holidays, place);
      g_free (holiday->name);
      holiday->name = g_strdup (name);
      return TRUE;
    }
  if (calendar->holidays->len >= PD_WORK_HOURS_MAX_HOLIDAYS)
    return pd_fail (error, PD_ERROR_INVALID, "a calendar has at most %d holidays",
                    PD_WORK_HOURS_MAX_HOLIDAYS);
  holiday = g_new0 (PdHoliday, 1);
  *holiday = (PdHoliday){ year, month, day, g_strdup (name) };
  g_ptr_array_insert (calendar->holidays, (int)place, holiday);
  return TRUE;
}

gboolean
pd_work_calendar_drop_holiday (PdWorkCalendar *calendar, int year, int month, int day,
                               GError **error)
{
  const PdHoliday wanted = { year, month, day, NULL };
  g_autofree char *text = pd_holiday_format (&wanted);
  gboolean found;
  guint place = find_day (calendar, year, month, day, &found);

  if (!found)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "%s is no holiday of calendar \"%s\"", text,
                    calendar->name);
  g_ptr_array_remove_index (calendar->holidays, place);
  return TRUE;
}

/* Exactly `n` digits. */
static gboolean
read_digits (const char **text, int n, int *out)
{
  *out = 0;
  for (int i = 0; i < n; i++, (*text)++)
    {
      if (!g_ascii_isdigit (**text))
        return FALSE;
      *out = *out * 10 + (**text - '0');
    }
  return TRUE;
}

static gboolean
read_dash (const char **text)
{
  return *(*text)++ == '-';
}

gboolean
pd_holiday_parse (const char *text, int *out_year, int *out_month, int *out_day, GError **error)
{
  const char *at = text;
  gboolean read;

  *out_year = *out_month = *out_day = 0;
  read = (strlen (text) == 5 || (read_digits (&at, 4, out_year) && *out_year > 0 && read_dash (&at)))
         && read_digits (&at, 2, out_month) && read_dash (&at) && read_digits (&at, 2, out_day)
         && *at == '\0';
  if (!read)
    return pd_fail (error, PD_ERROR_INVALID,
                    "\"%s\" is no day; write 2026-12-25, or 12-25 for each year", text);
  return check_day (*out_year, *out_month, *out_day, error);
}

char *
pd_holiday_format (const PdHoliday *holiday)
{
  if (holiday->year == 0)
    return g_strdup_printf ("%02d-%02d", holiday->month, holiday->day);
  return g_strdup_printf ("%04d-%02d-%02d", holiday->year, holiday->month, holiday->day);
}

/* ---- holidays in the database ------------------------------------------------------ */

static char *
holidays_to_json (const PdWorkCalendar *calendar)
{
  struct json_object *array = json_object_new_array ();
  char *text;

  for (guint i = 0; i < calendar->holidays->len; i++)
    {
      const PdHoliday *holiday = g_ptr_array_index (calendar->holidays, i);
      struct json_object *one = json_object_new_array ();

      json_object_array_add (one, json_object_new_int (holiday->year));
      json_object_array_add (one, json_object_new_int (holiday->month));
      json_object_array_add (one, json_object_new_int (holiday->day));
      json_object_array_add (one, json_object_new_string (holiday->name));
      json_object_array_add (array, one);
    }
  text = g_strdup (json_object_to_json_string_ext (array, JSON_C_TO_STRING_NOSLASHESCAPE));
  json_object_put (array);
  return text;
}

static int
int_of (struct json_object *array, gsize place)
{
  return json_object_get_int (json_object_array_get_idx (array, place));
}

static gboolean
holidays_from_json (PdWorkCalendar *calendar, const char *text, GError **error)
{
  struct json_object *array = json_tokener_parse (text);
  gboolean done = array != NULL && json_object_is_type (array, json_type_array);

  for (gsize i = 0; done && i < json_object_array_length (array); i++)
    {
      struct json_object *one = json_object_array_get_idx (array, i);
      const char *name;

      done = json_object_is_type (one, json_type_array) && json_object_array_length (one) == 4;
      name = done ? json_object_get_string (json_object_array_get_idx (one, 3)) : NULL;
      done = name != NULL
             && pd_work_calendar_add_holiday (calendar, int_of (one, 0), int_of (one, 1),
                                              int_of (one, 2), name, NULL);
    }
  json_object_put (array);
  return done
         || pd_fail (error, PD_ERROR_INTERNAL, "the holidays of a calendar cannot be read");
}

/* ---- reading ------------------------------------------------------------------------ */

/* Columns as in calendar_edition_last and calendar_editions. */
static gboolean
read_edition (PdRows *rows, PdWorkCalendar *calendar, GError **error)
{
  calendar->valid_from = pd_rows_int (rows, 0);
  g_free (calendar->week);
  calendar->week = g_strdup (pd_rows_text (rows, 1));
  g_free (calendar->zone);
  calendar->zone = g_strdup (pd_rows_text (rows, 2));
  g_ptr_array_set_size (calendar->holidays, 0);
  return holidays_from_json (calendar, pd_rows_text (rows, 3), error);
}

static gboolean
read_last_edition (PdDesk *desk, PdWorkCalendar *calendar, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (desk->db, PD_SQL_CALENDAR_EDITION_LAST,
                                         PD_BIND (PD_INT (calendar->id)), error);
  int step = rows != NULL ? pd_rows_next (rows, error) : -1;

  return step == 0 || (step == 1 && read_edition (rows, calendar, error));
}

static GPtrArray *
read_calendars (PdDesk *desk, PdSqlId sql, const PdDbValue *values, gsize n_values, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (desk->db, sql, values, n_values, error);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (free_calendar);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      PdWorkCalendar *calendar = pd_work_calendar_new (pd_rows_text (rows, 1), "always", "UTC");

      calendar->id = pd_rows_int (rows, 0);
      calendar->closed = strcmp (pd_rows_text (rows, 2), "active") != 0;
      calendar->created = pd_rows_int (rows, 3);
      g_ptr_array_add (found, calendar);
    }
  for (guint i = 0; step == 0 && i < found->len; i++)
    if (!read_last_edition (desk, g_ptr_array_index (found, i), error))
      step = -1;
  return step == 0 ? g_steal_pointer (&found) : NULL;
}

static gboolean
read_one (PdDesk *desk, PdSqlId sql, PdDbValue value, PdWorkCalendar **out, GError **error)
{
  g_autoptr (GPtrArray) found = read_calendars (desk, sql, &value, 1, error);

  *out = NULL;
  if (found != NULL && found->len > 0)
    *out = g_ptr_array_steal_index (found, 0);
  return found != NULL;
}

gboolean
pd_work_calendar_get (PdDesk *desk, gint64 id, PdWorkCalendar **out, GError **error)
{
  return read_one (desk, PD_SQL_CALENDAR_GET, PD_INT (id), out, error);
}

gboolean
pd_work_calendar_by_name (PdDesk *desk, const char *name, PdWorkCalendar **out, GError **error)
{
  *out = NULL;
  if (!g_utf8_validate (name, -1, NULL))
    return TRUE;
  return read_one (desk, PD_SQL_CALENDAR_BY_NAME, PD_TEXT (name), out, error);
}

GPtrArray *
pd_work_calendar_list (PdDesk *desk, GError **error)
{
  return read_calendars (desk, PD_SQL_CALENDAR_LIST, PD_NO_VALUES, error);
}

static gboolean
fail_missing (PdDesk *desk, const char *name, GError **error)
{
  g_autoptr (GPtrArray) all = pd_work_calendar_list (desk, error);
  PdNearest nearest = PD_NEAREST (name);

  if (all == NULL)
    return FALSE;
  for (guint i = 0; i < all->len; i++)
    pd_nearest_offer (&nearest, ((PdWorkCalendar *)g_ptr_array_index (all, i))->name);
  return nearest.best != NULL
             ? pd_fail (error, PD_ERROR_NOT_FOUND,
                        "calendar \"%s\" does not exist; did you mean \"%s\"?", name, nearest.best)
             : pd_fail (error, PD_ERROR_NOT_FOUND, "calendar \"%s\" does not exist", name);
}

PdWorkCalendar *
pd_work_calendar_need (PdDesk *desk, const char *name, GError **error)
{
  PdWorkCalendar *calendar = NULL;

  if (pd_work_calendar_by_name (desk, name, &calendar, error) && calendar == NULL)
    fail_missing (desk, name, error);
  return calendar;
}

/* ---- editions ------------------------------------------------------------------------ */

static PdWorkHours *
make_hours (const PdWorkCalendar *calendar, GError **error)
{
  g_autoptr (PdWorkHours) hours = pd_work_hours_parse (calendar->week, calendar->zone, error);

  for (guint i = 0; hours != NULL && i < calendar->holidays->len; i++)
    {
      const PdHoliday *holiday = g_ptr_array_index (calendar->holidays, i);

      if (!pd_work_hours_add_holiday (hours, holiday->year, holiday->month, holiday->day,
                                      holiday->name, error))
        return NULL;
    }
  return g_steal_pointer (&hours);
}

static void
edition_free (gpointer data)
{
  PdWorkEdition *edition = data;

  pd_work_hours_free (edition->hours);
  g_free (edition);
}

GPtrArray *
pd_work_calendar_editions (PdDesk *desk, gint64 id, GError **error)
{
  g_autoptr (PdWorkCalendar) one = pd_work_calendar_new ("", "", "");
  g_autoptr (GPtrArray) editions = g_ptr_array_new_with_free_func (edition_free);
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_CALENDAR_EDITIONS, PD_BIND (PD_INT (id)), error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      PdWorkEdition *edition;
      PdWorkHours *hours = read_edition (rows, one, error) ? make_hours (one, error) : NULL;

      if (hours == NULL)
        {
          g_prefix_error (error, "calendar %" G_GINT64_FORMAT ": ", id);
          return NULL;
        }
      edition = g_new0 (PdWorkEdition, 1);
      *edition = (PdWorkEdition){ one->valid_from, hours };
      g_ptr_array_add (editions, edition);
    }
  return step == 0 ? g_steal_pointer (&editions) : NULL;
}

static gboolean
add_edition (PdDesk *desk, PdWorkCalendar *calendar, gint64 valid_from, GError **error)
{
  g_autofree char *holidays = holidays_to_json (calendar);

  calendar->valid_from = valid_from;
  return pd_db_exec (desk->db, PD_SQL_CALENDAR_EDITION_ADD,
                     PD_BIND (PD_INT (pd_id_new ()), PD_INT (calendar->id), PD_INT (valid_from),
                              PD_TEXT (calendar->week), PD_TEXT (calendar->zone),
                              PD_TEXT (holidays)),
                     NULL, error);
}

/* ---- writing -------------------------------------------------------------------------- */

static gboolean
check_name (PdDesk *desk, const PdWorkCalendar *calendar, GError **error)
{
  g_autoptr (PdWorkCalendar) other = NULL;

  if (!g_utf8_validate (calendar->name, -1, NULL))
    return pd_fail (error, PD_ERROR_INVALID, "the name of a calendar must be UTF-8");
  if (calendar->name[0] == '\0'
      || g_utf8_strlen (calendar->name, -1) > PD_WORK_CALENDAR_MAX_NAME)
    return pd_fail (error, PD_ERROR_INVALID, "the name of a calendar has 1 to %d characters",
                    PD_WORK_CALENDAR_MAX_NAME);
  for (const char *c = calendar->name; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      return pd_fail (error, PD_ERROR_INVALID, "the name of a calendar is one line of text");
  if (!pd_work_calendar_by_name (desk, calendar->name, &other, error))
    return FALSE;
  if (other != NULL && other->id != calendar->id)
    return pd_fail (error, PD_ERROR_CONFLICT, "there is a calendar \"%s\" already",
                    calendar->name);
  return TRUE;
}

static gboolean
check (PdDesk *desk, const PdWorkCalendar *calendar, GError **error)
{
  g_autoptr (PdWorkHours) hours = NULL;

  if (!check_name (desk, calendar, error))
    return FALSE;
  if (strlen (calendar->week) > PD_WORK_CALENDAR_MAX_WEEK)
    return pd_fail (error, PD_ERROR_INVALID, "the hours of a week are more than %d octets",
                    PD_WORK_CALENDAR_MAX_WEEK);
  hours = make_hours (calendar, error);
  return hours != NULL;
}

gboolean
pd_work_calendar_add (PdDesk *desk, PdWorkCalendar *calendar, GError **error)
{
  if (!check (desk, calendar, error))
    return FALSE;
  calendar->id = pd_id_new ();
  calendar->created = pd_clock_now ();
  return pd_db_exec (desk->db, PD_SQL_CALENDAR_ADD,
                     PD_BIND (PD_INT (calendar->id), PD_TEXT (calendar->name),
                              PD_TEXT (calendar->closed ? "closed" : "active"),
                              PD_INT (calendar->created)),
                     NULL, error)
         && add_edition (desk, calendar, 0, error);
}

static gboolean
has_changed (const PdWorkCalendar *calendar, const PdWorkCalendar *before)
{
  g_autofree char *new_days = holidays_to_json (calendar);
  g_autofree char *old_days = holidays_to_json (before);

  return strcmp (calendar->week, before->week) != 0 || strcmp (calendar->zone, before->zone) != 0
         || strcmp (new_days, old_days) != 0;
}

/* What the clocks foretold does not hold any more: their timers go off now. */
static gboolean
count_again (PdDesk *desk, gint64 calendar, GError **error)
{
  g_autoptr (GArray) tickets = pd_db_list_ints (desk->db, PD_SQL_CLOCK_TICKETS_OF_CALENDAR,
                                                PD_BIND (PD_INT (calendar)), error);
  gint64 last = 0;

  for (guint i = 0; tickets != NULL && i < tickets->len; i++)
    {
      gint64 ticket = g_array_index (tickets, gint64, i);

      /* up to three clocks each, one behind the other */
      if (ticket != last
          && !pd_timer_set (desk, PD_TIMER_SLA, ticket, pd_clock_now (), NULL, error))
        return FALSE;
      last = ticket;
    }
  return tickets != NULL;
}

gboolean
pd_work_calendar_save (PdDesk *desk, PdWorkCalendar *calendar, GError **error)
{
  g_autoptr (PdWorkCalendar) before = NULL;

  if (!check (desk, calendar, error)
      || !pd_work_calendar_get (desk, calendar->id, &before, error))
    return FALSE;
  if (before == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "calendar \"%s\" does not exist any more",
                    calendar->name);
  if (!pd_db_exec (desk->db, PD_SQL_CALENDAR_SAVE,
                   PD_BIND (PD_TEXT (calendar->name),
                            PD_TEXT (calendar->closed ? "closed" : "active"),
                            PD_INT (calendar->id)),
                   NULL, error))
    return FALSE;
  return !has_changed (calendar, before)
         || (add_edition (desk, calendar, MAX (pd_clock_now (), before->valid_from), error)
             && count_again (desk, calendar->id, error));
}

gboolean
pd_work_calendar_remove (PdDesk *desk, PdWorkCalendar *calendar, gboolean *out_closed,
                         GError **error)
{
  gint64 holders = 0, used = 0;

  *out_closed = FALSE;
  if (!pd_db_find_int (desk->db, PD_SQL_CALENDAR_HOLDERS,
                       PD_BIND (PD_INT (calendar->id), PD_INT (calendar->id)), &holders, error)
      || !pd_db_find_int (desk->db, PD_SQL_CALENDAR_IS_USED, PD_BIND (PD_INT (calendar->id)), &used,
                          error))
    return FALSE;
  if (holders > 0)
    return pd_fail (error, PD_ERROR_CONFLICT,
                    "%" G_GINT64_FORMAT " units and plans have calendar \"%s\"; give them another "
                    "one first",
                    holders, calendar->name);
  if (used != 0)
    {
      *out_closed = calendar->closed = TRUE;
      return pd_work_calendar_save (desk, calendar, error);
    }
  return pd_db_exec (desk->db, PD_SQL_CALENDAR_EDITIONS_DROP, PD_BIND (PD_INT (calendar->id)), NULL,
                     error)
         && pd_db_exec (desk->db, PD_SQL_CALENDAR_DROP, PD_BIND (PD_INT (calendar->id)), NULL,
                        error);
}
