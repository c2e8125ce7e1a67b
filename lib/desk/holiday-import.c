#include "desk/holiday-import.h"

#include <libical/ical.h>
#include <string.h>

#include "base/error.h"

#define NO_NAME "holiday"
#define MAX_STEPS 4000 /* of a rule that begins long ago */

typedef struct {
  PdWorkCalendar *calendar;
  int first_year;
  guint events;
  PdHolidayImport *result;
} Import;

/* ---- before the parser ----------------------------------------------------------- */

/* libical frees what is nested by recursion: how deep is looked at before. */
static gboolean
check_depth (const char *text, GError **error)
{
  guint depth = 0;

  for (const char *line = text; line != NULL && *line != '\0'; line = strchr (line, '\n'))
    {
      line += *line == '\n';
      if (g_ascii_strncasecmp (line, "BEGIN:", 6) == 0)
        depth++;
      else if (g_ascii_strncasecmp (line, "END:", 4) == 0 && depth > 0)
        depth--;
      if (depth > PD_HOLIDAY_IMPORT_MAX_DEPTH)
        return pd_fail (error, PD_ERROR_INVALID, "the calendar file is nested too deep");
    }
  return TRUE;
}

static gboolean
check_bytes (const char *bytes, gsize length, GError **error)
{
  if (length > PD_HOLIDAY_IMPORT_MAX_SIZE)
    return pd_fail (error, PD_ERROR_INVALID, "the calendar file has more than %d octets",
                    PD_HOLIDAY_IMPORT_MAX_SIZE);
  if (!g_utf8_validate (bytes, (gssize)length, NULL))
    return pd_fail (error, PD_ERROR_INVALID, "the calendar file is not UTF-8");
  return TRUE;
}

/* Lines may end in a bare carriage return, too. */
static char *
dup_text (const char *bytes, gsize length)
{
  char *text = g_strndup (bytes, length);

  for (char *c = text; *c != '\0'; c++)
    if (*c == '\r' && c[1] != '\n')
      *c = '\n';
  return text;
}

/* ---- one event ------------------------------------------------------------------------ */

static char *
dup_name (icalcomponent *event)
{
  const char *summary = icalcomponent_get_summary (event);
  g_autofree char *name = g_utf8_make_valid (summary != NULL ? summary : "", -1);

  for (char *c = name; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  g_strstrip (name);
  if (*name == '\0')
    return g_strdup (NO_NAME);
  return g_utf8_substring (name, 0,
                           MIN (g_utf8_strlen (name, -1), PD_WORK_CALENDAR_MAX_HOLIDAY));
}

static gboolean
is_excluded (icalcomponent *event, struct icaltimetype day)
{
  for (icalproperty *p = icalcomponent_get_first_property (event, ICAL_EXDATE_PROPERTY); p != NULL;
       p = icalcomponent_get_next_property (event, ICAL_EXDATE_PROPERTY))
    if (icaltime_compare_date_only (icalproperty_get_exdate (p), day) == 0)
      return TRUE;
  return FALSE;
}

/* So many days from one on; year 0 for all. */
static gboolean
add_days (Import *import, struct icaltimetype day, int n, gboolean each_year, const char *name,
          GError **error)
{
  for (int i = 0; i < n; i++, icaltime_adjust (&day, 1, 0, 0, 0))
    {
      guint before = import->calendar->holidays->len;

      if (!pd_work_calendar_add_holiday (import->calendar, each_year ? 0 : day.year, day.month,
                                         day.day, name, error))
        return FALSE;
      import->result->added += import->calendar->holidays->len - before;
    }
  return TRUE;
}

/* "every year on this day", and nothing else */
static gboolean
is_plain (const struct icalrecurrencetype *rule, struct icaltimetype start)
{
  const short none = ICAL_RECURRENCE_ARRAY_MAX;

  return rule->interval <= 1 && rule->count == 0 && icaltime_is_null_time (rule->until)
         && (rule->by_month[0] == none
             || (rule->by_month[0] == start.month && rule->by_month[1] == none))
         && (rule->by_month_day[0] == none
             || (rule->by_month_day[0] == start.day && rule->by_month_day[1] == none))
         && rule->by_day[0] == none && rule->by_year_day[0] == none && rule->by_week_no[0] == none
         && rule->by_set_pos[0] == none;
}

static gboolean
add_by_rule (Import *import, icalcomponent *event, struct icalrecurrencetype rule,
             struct icaltimetype start, int n, const char *name, GError **error)
{
  icalrecur_iterator *days = icalrecur_iterator_new (rule, start);
  int last_year = import->first_year + PD_HOLIDAY_IMPORT_YEARS;
  gboolean ok = TRUE;

  for (int i = 0; days != NULL && ok && i < MAX_STEPS; i++)
    {
      struct icaltimetype day = icalrecur_iterator_next (days);

      if (icaltime_is_null_time (day) || day.year > last_year)
        break;
      if (day.year >= import->first_year && !is_excluded (event, day))
        ok = add_days (import, day, n, FALSE, name, error);
    }
  if (days != NULL)
    icalrecur_iterator_free (days);
  return ok;
}

/* How many days an event lasts: its end is the first day after it. */
static int
count_days (icalcomponent *event, struct icaltimetype start)
{
  struct icaltimetype end = icalcomponent_get_dtend (event);
  int n = 0;

  if (icaltime_is_null_time (end))
    return 1;
  for (struct icaltimetype day = start;
       n <= PD_HOLIDAY_IMPORT_MAX_DAYS && icaltime_compare_date_only (day, end) < 0;
       icaltime_adjust (&day, 1, 0, 0, 0))
    n++;
  return MAX (n, 1);
}

static gboolean
is_holiday (icalcomponent *event, struct icaltimetype start, int n,
            const struct icalrecurrencetype *rule)
{
  return !icaltime_is_null_time (start) && start.is_date && start.month >= 1 && start.month <= 12
         && g_date_valid_dmy ((GDateDay)start.day, (GDateMonth)start.month, (GDateYear)start.year)
         && start.year >= 1900 && start.year <= 9000 && n <= PD_HOLIDAY_IMPORT_MAX_DAYS
         && icalcomponent_get_status (event) != ICAL_STATUS_CANCELLED
         && (rule == NULL || rule->freq == ICAL_YEARLY_RECURRENCE);
}

static gboolean
import_event (Import *import, icalcomponent *event, GError **error)
{
  struct icaltimetype start = icalcomponent_get_dtstart (event);
  icalproperty *property = icalcomponent_get_first_property (event, ICAL_RRULE_PROPERTY);
  struct icalrecurrencetype rule = { 0 };
  g_autofree char *name = dup_name (event);
  int n = icaltime_is_null_time (start) ? 1 : count_days (event, start);

  if (property != NULL)
    rule = icalproperty_get_rrule (property);
  if (++import->events > PD_HOLIDAY_IMPORT_MAX_EVENTS)
    return pd_fail (error, PD_ERROR_INVALID, "the calendar file has more than %d events",
                    PD_HOLIDAY_IMPORT_MAX_EVENTS);
  if (!is_holiday (event, start, n, property != NULL ? &rule : NULL))
    {
      import->result->skipped++;
      return TRUE;
    }
  if (property != NULL)
    return is_plain (&rule, start) ? add_days (import, start, n, TRUE, name, error)
                                   : add_by_rule (import, event, rule, start, n, name, error);
  if (start.year < import->first_year)
    {
      import->result->past++;
      return TRUE;
    }
  return add_days (import, start, n, FALSE, name, error);
}

/* ---- the file ------------------------------------------------------------------------------ */

/* Several calendars may follow each other; libical puts these into one. */
static gboolean
import_events (Import *import, icalcomponent *parent, GError **error)
{
  for (icalcomponent *one = icalcomponent_get_first_component (parent, ICAL_VEVENT_COMPONENT);
       one != NULL; one = icalcomponent_get_next_component (parent, ICAL_VEVENT_COMPONENT))
    if (!import_event (import, one, error))
      return FALSE;
  for (icalcomponent *one = icalcomponent_get_first_component (parent, ICAL_VCALENDAR_COMPONENT);
       one != NULL; one = icalcomponent_get_next_component (parent, ICAL_VCALENDAR_COMPONENT))
    if (!import_events (import, one, error))
      return FALSE;
  return TRUE;
}

gboolean
pd_holiday_import (PdWorkCalendar *calendar, const char *bytes, gsize length, int first_year,
                   PdHolidayImport *out, GError **error)
{
  g_autofree char *text = NULL;
  Import import = { calendar, first_year, 0, out };
  icalcomponent *root;
  gboolean ok;

  *out = (PdHolidayImport){ 0 };
  if (!check_bytes (bytes, length, error))
    return FALSE;
  text = dup_text (bytes, length);
  if (!check_depth (text, error))
    return FALSE;
  root = icalparser_parse_string (text);
  if (root == NULL)
    return pd_fail (error, PD_ERROR_INVALID, "the file is no iCalendar");
  ok = import_events (&import, root, error);
  icalcomponent_free (root);
  if (ok && import.events == 0)
    return pd_fail (error, PD_ERROR_INVALID, "there is no event in the calendar file");
  return ok;
}
