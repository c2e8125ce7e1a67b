#include "mail/calendar-zone.h"

#include <string.h>

#define DAY (24 * 60 * 60)

PdZone *
pd_zone_new (void)
{
  PdZone *zone = g_new0 (PdZone, 1);

  zone->id = g_strdup ("");
  zone->rules = g_array_new (FALSE, FALSE, sizeof (PdZoneRule));
  return zone;
}

void
pd_zone_free (PdZone *zone)
{
  if (zone == NULL)
    return;
  g_free (zone->id);
  g_array_unref (zone->rules);
  g_free (zone);
}

static gboolean
is_leap (gint year)
{
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static gint
days_of_month (gint year, gint month)
{
  static const gint days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

  return days[month - 1] + (month == 2 && is_leap (year));
}

/* Days since 1970; years are counted from March, so that a leap day is the last. */
static gint64
days_from_date (gint year, gint month, gint day)
{
  gint64 y = month <= 2 ? year - 1 : year;
  gint64 era = (y >= 0 ? y : y - 399) / 400;
  gint64 of_era = y - era * 400;
  gint64 of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

gint64
pd_local_time (gint year, gint month, gint day, gint seconds)
{
  return days_from_date (year, month, day) * DAY + seconds;
}

static gint64
floor_days (gint64 local)
{
  return local >= 0 ? local / DAY : -((-local + DAY - 1) / DAY);
}

void
pd_local_date (gint64 local, gint *out_year, gint *out_month, gint *out_day)
{
  gint64 days = floor_days (local) + 719468;
  gint64 era = (days >= 0 ? days : days - 146096) / 146097;
  gint64 of_era = days - era * 146097;
  gint64 year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  gint64 of_year = of_era - (365 * year + year / 4 - year / 100);
  gint64 month = (5 * of_year + 2) / 153;

  *out_day = (gint)(of_year - (153 * month + 2) / 5 + 1);
  *out_month = (gint)(month < 10 ? month + 3 : month - 9);
  *out_year = (gint)(year + era * 400 + (*out_month <= 2));
}

/* Takes `n` digits; -1 if they are not there. */
static gint
digits (const char **at, guint n)
{
  gint value = 0;

  for (guint i = 0; i < n; i++)
    {
      if (!g_ascii_isdigit ((*at)[i]))
        return -1;
      value = value * 10 + ((*at)[i] - '0');
    }
  *at += n;
  return value;
}

static void
skip (const char **at, char c)
{
  *at += **at == c;
}

gboolean
pd_local_parse (const char *text, gint64 *out_local, gboolean *out_is_date, gboolean *out_is_utc)
{
  const char *at = text + strspn (text, " \t");
  gint year, month, day, hour, minute, second;

  *out_is_utc = FALSE;
  year = digits (&at, 4);
  skip (&at, '-');
  month = digits (&at, 2);
  skip (&at, '-');
  day = digits (&at, 2);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_of_month (year, month))
    return FALSE;
  *out_local = pd_local_time (year, month, day, 0);
  *out_is_date = *at != 'T' && *at != 't';
  if (*out_is_date)
    return TRUE;
  at++;
  hour = digits (&at, 2);
  skip (&at, ':');
  minute = digits (&at, 2);
  skip (&at, ':');
  second = digits (&at, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second > 60)
    return FALSE;
  *out_local += hour * 3600 + minute * 60 + MAX (second, 0);
  *out_is_utc = *at == 'Z' || *at == 'z';
  return TRUE;
}

static gint
weekday_of (const char *name)
{
  static const char *const names[] = { "SU", "MO", "TU", "WE", "TH", "FR", "SA" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strncasecmp (name, names[i], 2) == 0)
      return (gint)i;
  return -1;
}

static gint
number (const char *text, gint low, gint high)
{
  return (gint)CLAMP (g_ascii_strtoll (text, NULL, 10), low, high);
}

void
pd_zone_rule_repeat (PdZoneRule *rule, const char *recurrence)
{
  g_auto (GStrv) parts = g_strsplit (recurrence, ";", 20);
  gint position = 0;
  gboolean is_date, is_utc;

  rule->weekday = -1;
  for (guint i = 0; parts[i] != NULL; i++)
    {
      const char *value = strchr (parts[i], '=');

      if (value++ == NULL)
        continue;
      if (g_str_has_prefix (parts[i], "FREQ="))
        rule->yearly = g_ascii_strcasecmp (value, "YEARLY") == 0;
      else if (g_str_has_prefix (parts[i], "BYMONTH="))
        rule->month = number (value, 1, 12);
      else if (g_str_has_prefix (parts[i], "BYMONTHDAY="))
        rule->day = number (value, 1, 31);
      else if (g_str_has_prefix (parts[i], "BYSETPOS="))
        position = number (value, -5, 5);
      else if (g_str_has_prefix (parts[i], "BYDAY="))
        {
          rule->week = number (value, -5, 5);
          rule->weekday = weekday_of (value + strspn (value, "+-0123456789"));
        }
      else if (g_str_has_prefix (parts[i], "UNTIL=")
               && !pd_local_parse (value, &rule->until, &is_date, &is_utc))
        rule->until = G_MAXINT64;
    }
  if (rule->week == 0 && rule->day == 0)
    rule->week = position != 0 ? position : 1;
}

static gint64
onset_in (const PdZoneRule *rule, gint year)
{
  gint64 seconds = rule->start - floor_days (rule->start) * DAY;
  gint y, month, day;
  gint64 days;

  pd_local_date (rule->start, &y, &month, &day);
  if (rule->month > 0)
    month = rule->month;
  if (rule->weekday < 0)
    {
      gint last = days_of_month (year, month);

      return days_from_date (year, month, MIN (rule->day > 0 ? rule->day : day, last)) * DAY
             + seconds;
    }
  if (rule->week < 0)
    {
      days = days_from_date (year, month, days_of_month (year, month));
      /* 1970 began on a Thursday */
      days -= ((days + 4) % 7 + 7 - rule->weekday + 7) % 7;
      return (days + 7 * (rule->week + 1)) * DAY + seconds;
    }
  days = days_from_date (year, month, MAX (rule->day, 1));
  days += (rule->weekday - ((days + 4) % 7 + 7) % 7 + 7) % 7;
  return (days + 7 * (MAX (rule->week, 1) - 1)) * DAY + seconds;
}

/* The last onset that is not after `local`; G_MININT64 if there is none. */
static gint64
last_onset (const PdZoneRule *rule, gint64 local)
{
  gint year, month, day;

  if (rule->start > local)
    return G_MININT64;
  if (!rule->yearly)
    return rule->start;
  pd_local_date (MIN (local, rule->until), &year, &month, &day);
  for (gint y = year; y >= year - 1; y--)
    {
      gint64 onset = onset_in (rule, y);

      if (onset <= local && onset >= rule->start && onset - DAY <= rule->until)
        return onset;
    }
  return rule->start;
}

gboolean
pd_zone_offset (const PdZone *zone, gint64 local, gint *out_seconds)
{
  gint64 best = G_MININT64;
  const PdZoneRule *first = NULL;

  *out_seconds = 0;
  for (guint i = 0; i < zone->rules->len; i++)
    {
      const PdZoneRule *rule = &g_array_index (zone->rules, PdZoneRule, i);
      gint64 onset = last_onset (rule, local);

      if (onset > best)
        {
          best = onset;
          *out_seconds = rule->to;
        }
      if (first == NULL || rule->start < first->start)
        first = rule;
    }
  if (best == G_MININT64 && first != NULL)
    *out_seconds = first->from; /* before all rules */
  return first != NULL;
}
