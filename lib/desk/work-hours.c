#include "desk/work-hours.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"

#define DAY_MINUTES (24 * 60)

typedef struct {
  int weekday;    /* 1 Monday … 7 Sunday */
  int begin, end; /* minutes of the day */
} Span;

typedef struct {
  int year, month, day; /* year 0: each */
  char *name;
} Holiday;

struct PdWorkHours {
  GTimeZone *zone;
  GArray *spans;    /* of Span, in order */
  GArray *holidays; /* of Holiday */
};

/* a day as it is walked through */
typedef struct {
  GDateTime *midnight; /* local */
  gint64 begin, end;   /* UTC */
} Day;

static const char *const weekdays[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

/* ---- reading -------------------------------------------------------------------- */

static void
holiday_clear (gpointer data)
{
  g_free (((Holiday *)data)->name);
}

static int
weekday_of (const char *word, gsize length)
{
  for (gsize i = 0; i < G_N_ELEMENTS (weekdays); i++)
    if (length == 3 && g_ascii_strncasecmp (word, weekdays[i], 3) == 0)
      return (int)i + 1;
  return 0;
}

/* "mon" or "mon-fri"; a range may pass the end of the week. */
static gboolean
read_days (const char *word, int *first, int *last)
{
  const char *dash = strchr (word, '-');
  gsize length = dash != NULL ? (gsize)(dash - word) : strlen (word);

  *first = weekday_of (word, length);
  *last = dash != NULL ? weekday_of (dash + 1, strlen (dash + 1)) : *first;
  return *first != 0 && *last != 0;
}

/* "09:30", minutes of the day, -1 if it is none. */
static int
read_time (const char *text, gsize length)
{
  int minutes;

  if (length != 5 || text[2] != ':')
    return -1;
  for (gsize i = 0; i < length; i++)
    if (i != 2 && !g_ascii_isdigit (text[i]))
      return -1;
  minutes = ((text[0] - '0') * 10 + text[1] - '0') * 60 + (text[3] - '0') * 10 + text[4] - '0';
  return text[3] > '5' || minutes > DAY_MINUTES ? -1 : minutes;
}

static gboolean
read_span (const char *word, int *begin, int *end)
{
  const char *dash = strchr (word, '-');

  if (dash == NULL)
    return FALSE;
  *begin = read_time (word, (gsize)(dash - word));
  *end = read_time (dash + 1, strlen (dash + 1));
  return *begin >= 0 && *end > *begin;
}

static gboolean
add_span (PdWorkHours *hours, Span span, GError **error)
{
  guint at = 0;

  for (guint i = 0; i < hours->spans->len; i++)
    {
      const Span *other = &g_array_index (hours->spans, Span, i);

      if (other->weekday == span.weekday && other->begin < span.end && span.begin < other->end)
        return pd_fail (error, PD_ERROR_INVALID, "working hours of %s overlap",
                        weekdays[span.weekday - 1]);
      if (other->weekday < span.weekday
          || (other->weekday == span.weekday && other->begin < span.begin))
        at = i + 1;
    }
  if (hours->spans->len >= PD_WORK_HOURS_MAX_SPANS)
    return pd_fail (error, PD_ERROR_INVALID, "more than %d spans of working hours",
                    PD_WORK_HOURS_MAX_SPANS);
  g_array_insert_val (hours->spans, at, span);
  return TRUE;
}

static gboolean
add_spans (PdWorkHours *hours, int first, int last, int begin, int end, GError **error)
{
  for (int day = first;; day = day % 7 + 1)
    {
      if (!add_span (hours, (Span){ day, begin, end }, error))
        return FALSE;
      if (day == last)
        return TRUE;
    }
}

/* One group: days, then at least one span. */
static gboolean
read_group (PdWorkHours *hours, char *const *words, GError **error)
{
  int first, last;
  guint n = 0;

  if (!read_days (words[0], &first, &last))
    return pd_fail (error, PD_ERROR_INVALID, "\"%s\" is no day of the week (mon … sun, mon-fri)",
                    words[0]);
  for (guint i = 1; words[i] != NULL; i++)
    {
      int begin, end;

      if (!read_span (words[i], &begin, &end))
        return pd_fail (error, PD_ERROR_INVALID, "\"%s\" is no span of time (09:00-18:00)",
                        words[i]);
      if (!add_spans (hours, first, last, begin, end, error))
        return FALSE;
      n++;
    }
  if (n == 0)
    return pd_fail (error, PD_ERROR_INVALID, "%s has no hours; write 09:00-18:00 behind it",
                    words[0]);
  return TRUE;
}

static char **
split_words (const char *text)
{
  g_auto (GStrv) parts = g_strsplit_set (text, " \t\n", -1);
  GPtrArray *words = g_ptr_array_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0')
      g_ptr_array_add (words, g_strdup (parts[i]));
  g_ptr_array_add (words, NULL);
  return (char **)g_ptr_array_free (words, FALSE);
}

static gboolean
read_week (PdWorkHours *hours, const char *week, GError **error)
{
  g_auto (GStrv) groups = g_strsplit (week, ",", -1);

  if (g_ascii_strcasecmp (week, "always") == 0)
    return add_spans (hours, 1, 7, 0, DAY_MINUTES, error);
  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_auto (GStrv) words = split_words (groups[i]);

      if (words[0] != NULL && !read_group (hours, words, error))
        return FALSE;
    }
  return TRUE;
}

PdWorkHours *
pd_work_hours_parse (const char *week, const char *zone, GError **error)
{
  g_autoptr (PdWorkHours) hours = g_new0 (PdWorkHours, 1);

  hours->spans = g_array_new (FALSE, FALSE, sizeof (Span));
  hours->holidays = g_array_new (FALSE, FALSE, sizeof (Holiday));
  g_array_set_clear_func (hours->holidays, holiday_clear);
  hours->zone = g_time_zone_new_identifier (zone);
  if (hours->zone == NULL)
    {
      pd_fail (error, PD_ERROR_INVALID, "there is no time zone \"%s\"", zone);
      return NULL;
    }
  if (!read_week (hours, week, error))
    return NULL;
  return g_steal_pointer (&hours);
}

void
pd_work_hours_free (PdWorkHours *hours)
{
  if (hours == NULL)
    return;
  g_clear_pointer (&hours->zone, g_time_zone_unref);
  g_array_unref (hours->spans);
  g_array_unref (hours->holidays);
  g_free (hours);
}

gboolean
pd_work_hours_add_holiday (PdWorkHours *hours, int year, int month, int day, const char *name,
                           GError **error)
{
  Holiday holiday = { year, month, day, NULL };

  /* of a holiday of each year the 29th of February is one */
  if (!g_date_valid_dmy ((GDateDay)day, (GDateMonth)month, (GDateYear)(year == 0 ? 2024 : year))
      || year < 0 || year > 9999)
    return pd_fail (error, PD_ERROR_INVALID, "there is no day %04d-%02d-%02d", year, month, day);
  if (hours->holidays->len >= PD_WORK_HOURS_MAX_HOLIDAYS)
    return pd_fail (error, PD_ERROR_INVALID, "more than %d holidays", PD_WORK_HOURS_MAX_HOLIDAYS);
  holiday.name = g_strdup (name);
  g_array_append_val (hours->holidays, holiday);
  return TRUE;
}

/* ---- walking -------------------------------------------------------------------- */

static const char *
holiday_name (const PdWorkHours *hours, const Day *day)
{
  int year, month, number;

  g_date_time_get_ymd (day->midnight, &year, &month, &number);
  for (guint i = 0; i < hours->holidays->len; i++)
    {
      const Holiday *one = &g_array_index (hours->holidays, Holiday, i);

      if (one->month == month && one->day == number && (one->year == 0 || one->year == year))
        return one->name;
    }
  return NULL;
}

static gint64
utc_of (GDateTime *time)
{
  return g_date_time_to_unix (time) * PD_SECOND;
}

static void
day_set (Day *day, GDateTime *midnight)
{
  g_autoptr (GDateTime) next = g_date_time_add_days (midnight, 1);

  g_clear_pointer (&day->midnight, g_date_time_unref);
  day->midnight = g_date_time_ref (midnight);
  day->begin = utc_of (midnight);
  day->end = utc_of (next);
}

static void
day_init (Day *day, const PdWorkHours *hours, gint64 moment)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (moment / PD_SECOND);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, hours->zone);
  g_autoptr (GDateTime) midnight
      = g_date_time_new (hours->zone, g_date_time_get_year (local), g_date_time_get_month (local),
                         g_date_time_get_day_of_month (local), 0, 0, 0);

  day->midnight = NULL;
  day_set (day, midnight);
}

static void
day_next (Day *day)
{
  g_autoptr (GDateTime) next = g_date_time_add_days (day->midnight, 1);

  day_set (day, next);
}

/* A time of the local day, in UTC: on the two days of the year when clocks are
 * changed it is not midnight plus so many minutes. */
static gint64
moment_of (const PdWorkHours *hours, const Day *day, int minutes)
{
  g_autoptr (GDateTime) time = NULL;

  if (minutes >= DAY_MINUTES)
    return day->end;
  time = g_date_time_new (
      hours->zone, g_date_time_get_year (day->midnight), g_date_time_get_month (day->midnight),
      g_date_time_get_day_of_month (day->midnight), minutes / 60, minutes % 60, 0);
  return CLAMP (utc_of (time), day->begin, day->end);
}

typedef struct {
  PdWorkHoursPiece each;
  gpointer data;
  gint64 from, to; /* what is asked for */
  gint64 begin;    /* of the piece that is under way */
  const char *why; /* of it */
} Walk;

/* Pieces that follow each other for the same reason become one. */
static void
walk_to (Walk *walk, gint64 moment, const char *why)
{
  moment = CLAMP (moment, walk->from, walk->to);
  if (g_strcmp0 (why, walk->why) == 0)
    return;
  if (moment > walk->begin)
    walk->each (walk->begin, moment, walk->why, walk->data);
  walk->begin = moment;
  walk->why = why;
}

/* What ends at midnight may go on there. */
static gboolean
begins_at_midnight (const PdWorkHours *hours, int weekday)
{
  for (guint i = 0; i < hours->spans->len; i++)
    {
      const Span *span = &g_array_index (hours->spans, Span, i);

      if (span->weekday == weekday && span->begin == 0)
        return TRUE;
    }
  return FALSE;
}

static void
walk_day (const PdWorkHours *hours, const Day *day, Walk *walk)
{
  const char *holiday = holiday_name (hours, day);
  int weekday = g_date_time_get_day_of_week (day->midnight);

  if (holiday != NULL || !begins_at_midnight (hours, weekday))
    walk_to (walk, day->begin, holiday != NULL ? holiday : "closed");
  for (guint i = 0; holiday == NULL && i < hours->spans->len; i++)
    {
      const Span *span = &g_array_index (hours->spans, Span, i);

      if (span->weekday != weekday)
        continue;
      walk_to (walk, moment_of (hours, day, span->begin), NULL);
      if (span->end < DAY_MINUTES)
        walk_to (walk, moment_of (hours, day, span->end), "closed");
    }
}

void
pd_work_hours_split (const PdWorkHours *hours, gint64 from, gint64 to, PdWorkHoursPiece each,
                     gpointer data)
{
  Walk walk = { each, data, from, to, from, NULL };
  Day day;

  if (to <= from)
    return;
  if (hours == NULL)
    {
      each (from, to, NULL, data);
      return;
    }
  day_init (&day, hours, from);
  walk.why = "closed";
  for (guint n = 0; day.begin < to && n < PD_WORK_HOURS_MAX_DAYS; n++, day_next (&day))
    walk_day (hours, &day, &walk);
  g_date_time_unref (day.midnight);
  if (walk.begin < to)
    each (walk.begin, to, walk.why, data);
}

static void
add_piece (gint64 from, gint64 to, const char *why, gpointer data)
{
  if (why == NULL)
    *(gint64 *)data += to - from;
}

gint64
pd_work_hours_between (const PdWorkHours *hours, gint64 from, gint64 to)
{
  gint64 sum = 0;

  pd_work_hours_split (hours, from, to, add_piece, &sum);
  return sum;
}

/* The end of the amount within a day, or what is left of it behind the day. */
static gint64
use_day (const PdWorkHours *hours, const Day *day, gint64 from, gint64 *left)
{
  int weekday = g_date_time_get_day_of_week (day->midnight);

  if (holiday_name (hours, day) != NULL)
    return PD_WORK_HOURS_NEVER;
  for (guint i = 0; i < hours->spans->len; i++)
    {
      const Span *span = &g_array_index (hours->spans, Span, i);
      gint64 begin, end;

      if (span->weekday != weekday)
        continue;
      begin = MAX (moment_of (hours, day, span->begin), from);
      end = moment_of (hours, day, span->end);
      if (end - begin >= *left)
        return begin + *left;
      *left -= MAX (end - begin, 0);
    }
  return PD_WORK_HOURS_NEVER;
}

gint64
pd_work_hours_add (const PdWorkHours *hours, gint64 from, gint64 amount)
{
  gint64 found = PD_WORK_HOURS_NEVER;
  Day day;

  if (amount <= 0)
    return from;
  if (hours == NULL)
    return amount > G_MAXINT64 - MAX (from, 0) ? PD_WORK_HOURS_NEVER : from + amount;
  if (hours->spans->len == 0)
    return PD_WORK_HOURS_NEVER;
  day_init (&day, hours, from);
  for (guint n = 0; found == PD_WORK_HOURS_NEVER && n < PD_WORK_HOURS_MAX_DAYS; n++)
    {
      found = use_day (hours, &day, from, &amount);
      day_next (&day);
    }
  g_date_time_unref (day.midnight);
  return found;
}
