#include "desk/recurrence.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"

#define LAST_DAY (1u << 0)    /* in the set of days of a month, beside 1 << 1 … 1 << 31 */
#define LOOK_AHEAD (2 * 31 + 8) /* days: a 31st comes after at most 62 */
#define MAX_YEAR 9990

#define FORMS "every 3 days; mon,thu or mon-fri; day 1,15,last"

struct PdRecurrence {
  guint every;      /* days; 0: by the sets below */
  guint weekdays;   /* 1 << 1 Monday … 1 << 7 Sunday */
  guint month_days; /* 1 << day, LAST_DAY */
  int minute;       /* of the day */
  GTimeZone *zone;
  gint64 from, until;
  guint32 first; /* the day of `from`, julian */
};

static const char *const weekday_names[]
    = { "", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" };

/* ---- days and moments ------------------------------------------------------------ */

/* Julian days and seconds of local time meet in the count of days since 1970. */
static guint32
epoch_day (void)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, 1, G_DATE_JANUARY, 1970);
  return g_date_get_julian (&date);
}

static gint64
local_seconds (guint32 day, int minute)
{
  return ((gint64)day - epoch_day ()) * 86400 + minute * 60;
}

/* The first moment at which local clocks show this time or, if they never do,
 * a later one. */
static gint64
moment_of (GTimeZone *zone, gint64 local)
{
  gint64 best = G_MAXINT64;
  static const GTimeType types[] = { G_TIME_TYPE_STANDARD, G_TIME_TYPE_DAYLIGHT };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      gint64 shown = local;
      gint interval = g_time_zone_adjust_time (zone, types[i], &shown);

      best = MIN (best, shown - g_time_zone_get_offset (zone, interval));
    }
  return best * PD_SECOND;
}

static guint32
day_of (GTimeZone *zone, gint64 time)
{
  gint64 seconds = time / PD_SECOND - (time % PD_SECOND < 0);
  gint interval = g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, seconds);
  gint64 local = seconds + g_time_zone_get_offset (zone, interval);

  return (guint32)((gint64)epoch_day () + (local >= 0 ? local / 86400 : (local - 86399) / 86400));
}

static gboolean
exists (GTimeZone *zone, guint32 day)
{
  return moment_of (zone, local_seconds (day, 0)) != moment_of (zone, local_seconds (day + 1, 0));
}

static gboolean
fits (const PdRecurrence *recurrence, guint32 julian)
{
  GDate date;

  if (recurrence->every != 0)
    return (julian - recurrence->first) % recurrence->every == 0;
  g_date_clear (&date, 1);
  g_date_set_julian (&date, julian);
  if ((recurrence->weekdays & (1u << g_date_get_weekday (&date))) != 0
      || (recurrence->month_days & (1u << g_date_get_day (&date))) != 0)
    return TRUE;
  return (recurrence->month_days & LAST_DAY) != 0 && g_date_is_last_of_month (&date);
}

/* The run of a day; 0 if it has none. */
static gint64
run_of (const PdRecurrence *recurrence, guint32 day)
{
  if (!fits (recurrence, day) || !exists (recurrence->zone, day))
    return 0;
  return moment_of (recurrence->zone, local_seconds (day, recurrence->minute));
}

gint64
pd_recurrence_next (const PdRecurrence *recurrence, gint64 after)
{
  gint64 since = MAX (after, recurrence->from - 1);
  /* a time that does not exist may have moved into the next day */
  guint32 day = MAX (day_of (recurrence->zone, since), recurrence->first + 1) - 1;
  guint32 step = 1;
  guint tries = LOOK_AHEAD;

  if (recurrence->every != 0)
    {
      day -= (day - recurrence->first) % recurrence->every;
      step = recurrence->every;
    }
  for (guint i = 0; i < tries; i++, day += step)
    {
      gint64 run = run_of (recurrence, day);

      if (run != 0 && run > since)
        return recurrence->until == 0 || run < recurrence->until ? run : 0;
    }
  return 0;
}

/* ---- reading --------------------------------------------------------------------- */

/* A number of 1 to max that ends at a blank, a comma or the end; 0 if it is none. */
static guint
read_number (const char *text, guint64 max)
{
  guint64 number;

  return g_ascii_string_to_unsigned (text, 10, 1, max, &number, NULL) ? (guint)number : 0;
}

static gboolean
read_every (PdRecurrence *recurrence, char **words, guint n)
{
  if (n == 2 && strcmp (words[1], "day") == 0)
    recurrence->every = 1;
  else if (n == 3 && (strcmp (words[2], "days") == 0 || strcmp (words[2], "day") == 0))
    recurrence->every = read_number (words[1], PD_RECURRENCE_MAX_DAYS);
  return recurrence->every != 0;
}

static gboolean
read_month_days (PdRecurrence *recurrence, char **words, guint n)
{
  for (guint i = 1; i < n; i++)
    {
      guint day = strcmp (words[i], "last") == 0 ? 0 : read_number (words[i], 31);

      if (day == 0 && strcmp (words[i], "last") != 0)
        return FALSE;
      recurrence->month_days |= 1u << day; /* LAST_DAY is the bit of no day */
    }
  return n > 1;
}

static guint
weekday_of (const char *word)
{
  for (guint i = 1; i <= 7; i++)
    if (strcmp (word, weekday_names[i]) == 0
        || (strlen (word) == 3 && strncmp (word, weekday_names[i], 3) == 0))
      return i;
  return 0;
}

static gboolean
read_weekdays (PdRecurrence *recurrence, char **words, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_auto (GStrv) ends = g_strsplit (words[i], "-", 2);
      guint first = weekday_of (ends[0]);
      guint last = ends[1] != NULL ? weekday_of (ends[1]) : first;

      if (first == 0 || last < first)
        return FALSE;
      for (guint day = first; day <= last; day++)
        recurrence->weekdays |= 1u << day;
    }
  return n > 0;
}

static gboolean
read_pattern (PdRecurrence *recurrence, const char *pattern)
{
  g_autofree char *small = g_ascii_strdown (pattern, -1);
  g_auto (GStrv) words = g_strsplit_set (small, " ,\t", -1);
  guint n = 0;

  for (guint i = 0; words[i] != NULL; i++)
    {
      if (words[i][0] == '\0')
        g_free (words[i]);
      else
        words[n++] = words[i];
    }
  words[n] = NULL;
  if (n > 0 && strcmp (words[0], "every") == 0)
    return read_every (recurrence, words, n);
  if (n > 0 && (strcmp (words[0], "day") == 0 || strcmp (words[0], "days") == 0))
    return read_month_days (recurrence, words, n);
  return read_weekdays (recurrence, words, n);
}

static gboolean
read_time (PdRecurrence *recurrence, const char *text)
{
  const char *colon = strchr (text, ':');
  g_autofree char *hour = g_strndup (text, colon != NULL ? (gsize)(colon - text) : 0);
  guint64 hours, minutes;

  if (colon == NULL || strlen (colon + 1) != 2
      || !g_ascii_string_to_unsigned (hour, 10, 0, 23, &hours, NULL)
      || !g_ascii_string_to_unsigned (colon + 1, 10, 0, 59, &minutes, NULL))
    return FALSE;
  recurrence->minute = (int)(hours * 60 + minutes);
  return TRUE;
}

PdRecurrence *
pd_recurrence_parse (const char *pattern, const char *time, const char *zone, gint64 from,
                     gint64 until, GError **error)
{
  g_autoptr (PdRecurrence) recurrence = g_new0 (PdRecurrence, 1);

  recurrence->zone = g_time_zone_new_identifier (zone);
  if (recurrence->zone == NULL)
    pd_fail (error, PD_ERROR_INVALID, "there is no time zone \"%s\"; write for example Europe/Kyiv",
             zone);
  else if (!read_pattern (recurrence, pattern))
    pd_fail (error, PD_ERROR_INVALID, "\"%s\" is no pattern; write for example %s", pattern, FORMS);
  else if (!read_time (recurrence, time))
    pd_fail (error, PD_ERROR_INVALID, "\"%s\" is no time of day; write for example 09:00", time);
  else if (until != 0 && until <= from)
    pd_fail (error, PD_ERROR_INVALID, "the end lies before the beginning");
  else
    {
      recurrence->from = from;
      recurrence->until = until;
      recurrence->first = day_of (recurrence->zone, from);
      return g_steal_pointer (&recurrence);
    }
  return NULL;
}

void
pd_recurrence_free (PdRecurrence *recurrence)
{
  if (recurrence == NULL)
    return;
  g_clear_pointer (&recurrence->zone, g_time_zone_unref);
  g_free (recurrence);
}

char *
pd_recurrence_dup_pattern (const PdRecurrence *recurrence)
{
  GString *text = g_string_new (NULL);

  if (recurrence->every == 1)
    g_string_append (text, "every day,");
  else if (recurrence->every != 0)
    g_string_append_printf (text, "every %u days,", recurrence->every);
  for (guint day = 1; day <= 7; day++)
    if ((recurrence->weekdays & (1u << day)) != 0)
      g_string_append_printf (text, "%.3s,", weekday_names[day]);
  if (recurrence->month_days != 0)
    g_string_append (text, "day ");
  for (guint day = 1; day <= 31; day++)
    if ((recurrence->month_days & (1u << day)) != 0)
      g_string_append_printf (text, "%u,", day);
  if ((recurrence->month_days & LAST_DAY) != 0)
    g_string_append (text, "last,");
  g_string_truncate (text, text->len - 1);
  return g_string_free (text, FALSE);
}

gboolean
pd_recurrence_parse_day (const char *text, GTimeZone *zone, int days, gint64 *out_time,
                         GError **error)
{
  int year, month, day, length = 0;
  GDate date;

  *out_time = 0;
  if (sscanf (text, "%4d-%2d-%2d%n", &year, &month, &day, &length) != 3 || text[length] != '\0'
      || year < 1970 || year > MAX_YEAR || month < 1 || month > 12 || day < 1
      || !g_date_valid_dmy ((GDateDay)day, (GDateMonth)month, (GDateYear)year))
    return pd_fail (error, PD_ERROR_INVALID, "\"%s\" is no day; write for example 2026-12-01",
                    text);
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
  *out_time
      = moment_of (zone, local_seconds ((guint32)((int)g_date_get_julian (&date) + days), 0));
  return TRUE;
}
