#include "desk/when.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"

#define EVENING_HOUR 18 /* when a day ends that is given without a time */
#define MAX_SPAN (PD_WHEN_MAX_DAYS * PD_DAY)

static const struct {
  char letter;
  gint64 span;
} units[] = {
  { 'w', 7 * PD_DAY }, { 'd', PD_DAY }, { 'h', PD_HOUR }, { 'm', PD_MINUTE }, { 's', PD_SECOND },
};

/* ---- spans ---------------------------------------------------------------------- */

static const char *
skip_blanks (const char *text)
{
  return text + strspn (text, " \t");
}

/* Digits, at most nine of them; -1 if there are none. */
static gint64
read_number (const char **text)
{
  const char *at = *text;
  gint64 number = 0;

  if (!g_ascii_isdigit (*at))
    return -1;
  for (int i = 0; g_ascii_isdigit (*at); at++, i++)
    {
      if (i == 9)
        return -1;
      number = number * 10 + (*at - '0');
    }
  *text = at;
  return number;
}

static int
unit_index (char letter)
{
  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    if (units[i].letter == g_ascii_tolower (letter))
      return (int)i;
  return -1;
}

static gboolean
read_span (const char *text, gint64 *out)
{
  int last = -1;
  gint64 span = 0;

  for (text = skip_blanks (text); *text != '\0'; text = skip_blanks (text))
    {
      gint64 number = read_number (&text);
      int unit;

      if (number < 0)
        return FALSE;
      text = skip_blanks (text);
      if (number == 0 && last < 0 && *text == '\0')
        {
          *out = 0;
          return TRUE;
        }
      unit = unit_index (*text);
      if (unit <= last || number > MAX_SPAN / units[unit].span)
        return FALSE;
      span += number * units[unit].span;
      last = unit;
      text++;
    }
  *out = span;
  return last >= 0 && span <= MAX_SPAN;
}

gboolean
pd_when_parse_span (const char *text, gint64 *out_span, GError **error)
{
  *out_span = 0;
  if (!read_span (text, out_span))
    return pd_fail (error, PD_ERROR_INVALID,
                    "\"%s\" is no span of time; write for example 2d 4h, 90m or 0", text);
  return TRUE;
}

char *
pd_when_format_span (gint64 span)
{
  GString *out = g_string_new (span < 0 ? "-" : "");

  span = ABS (span);
  /* days are the largest: a week is seven of them to most people's minds */
  for (gsize i = 1; i < G_N_ELEMENTS (units); i++)
    if (span >= units[i].span)
      {
        g_string_append_printf (out, "%s%" G_GINT64_FORMAT "%c",
                                out->len > 0 && out->str[out->len - 1] != '-' ? " " : "",
                                span / units[i].span, units[i].letter);
        span %= units[i].span;
      }
  if (out->len == 0 || strcmp (out->str, "-") == 0)
    g_string_assign (out, "0");
  return g_string_free (out, FALSE);
}

/* ---- moments -------------------------------------------------------------------- */

typedef struct {
  gboolean has_day, has_time;
  int year, month, day, hour, minute;
} When;

/* Up to three numbers with a separator between; how many, or 0 if the word is
 * anything else. */
static guint
read_numbers (const char *word, char separator, gint64 *numbers)
{
  guint n = 0;

  for (;;)
    {
      gint64 number = read_number (&word);

      if (number < 0)
        return 0;
      numbers[n++] = number;
      if (*word == '\0')
        return n;
      if (*word++ != separator || n == 3)
        return 0;
    }
}

static gboolean
read_time (const char *word, When *when)
{
  gint64 numbers[3];

  if (read_numbers (word, ':', numbers) != 2 || numbers[0] > 23 || numbers[1] > 59)
    return FALSE;
  when->has_time = TRUE;
  when->hour = (int)numbers[0];
  when->minute = (int)numbers[1];
  return TRUE;
}

static void
set_day (When *when, GDateTime *day)
{
  when->has_day = TRUE;
  g_date_time_get_ymd (day, &when->year, &when->month, &when->day);
}

/* "2026-12-01" (ISO 8601) or "01.12.2026" */
static gboolean
read_date (const char *word, When *when)
{
  gint64 iso[3], dotted[3];
  gboolean is_iso = read_numbers (word, '-', iso) == 3;

  if (!is_iso && read_numbers (word, '.', dotted) != 3)
    return FALSE;
  when->has_day = TRUE;
  when->year = (int)(is_iso ? iso[0] : dotted[2]);
  when->month = (int)(is_iso ? iso[1] : dotted[1]);
  when->day = (int)(is_iso ? iso[2] : dotted[0]);
  return when->year >= 1970 && when->year <= 9998 && when->month >= 1 && when->month <= 12
         && g_date_valid_dmy ((GDateDay)when->day, (GDateMonth)when->month, (GDateYear)when->year);
}

/* "fri" or "friday": the next one */
static gboolean
read_weekday (const char *word, GDateTime *today, When *when)
{
  static const char *const names[]
      = { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" };

  for (int i = 0; i < 7; i++)
    if (g_ascii_strcasecmp (word, names[i]) == 0
        || (strlen (word) == 3 && g_ascii_strncasecmp (word, names[i], 3) == 0))
      {
        int ahead = (i + 1 - g_date_time_get_day_of_week (today) + 6) % 7 + 1;
        g_autoptr (GDateTime) day = g_date_time_add_days (today, ahead);

        set_day (when, day);
        return TRUE;
      }
  return FALSE;
}

static gboolean
read_day (const char *word, GDateTime *today, When *when)
{
  g_autoptr (GDateTime) tomorrow = g_date_time_add_days (today, 1);

  if (g_ascii_strcasecmp (word, "today") == 0)
    set_day (when, today);
  else if (g_ascii_strcasecmp (word, "tomorrow") == 0)
    set_day (when, tomorrow);
  else
    return read_date (word, when) || read_weekday (word, today, when);
  return TRUE;
}

/* A day, a time, or a day and a time. */
static gboolean
read_words (char *const *words, GDateTime *today, When *when)
{
  for (guint i = 0; words[i] != NULL; i++)
    {
      if (*words[i] == '\0')
        continue;
      if (!when->has_day && !when->has_time && read_day (words[i], today, when))
        continue;
      if (when->has_time || !read_time (words[i], when))
        return FALSE;
    }
  return when->has_day || when->has_time;
}

static gint64
moment_of (const When *when, GDateTime *today, GTimeZone *zone)
{
  g_autoptr (GDateTime) time = NULL;
  When full = *when;

  if (!full.has_day)
    set_day (&full, today);
  if (!full.has_time)
    full.hour = EVENING_HOUR;
  time = g_date_time_new (zone, full.year, full.month, full.day, full.hour, full.minute, 0);
  return g_date_time_to_unix (time) * PD_SECOND;
}

/* The day and time that the words name; FALSE if they name none. */
static gboolean
read_moment (const char *text, gint64 now, GTimeZone *zone, gint64 *out)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (now / PD_SECOND);
  g_autoptr (GDateTime) today = g_date_time_to_timezone (utc, zone);
  g_autoptr (GDateTime) tomorrow = g_date_time_add_days (today, 1);
  g_autofree char *spaced = g_strdelimit (g_strdup (text), "\t,", ' ');
  g_auto (GStrv) words = NULL;
  When when = { 0 };

  /* the T of ISO 8601, which stands between digits; no other word has one there */
  for (char *c = spaced; *c != '\0'; c++)
    if ((*c == 'T' || *c == 't') && c > spaced && g_ascii_isdigit (c[-1]) && g_ascii_isdigit (c[1]))
      *c = ' ';
  words = g_strsplit (spaced, " ", -1);
  if (!read_words (words, today, &when))
    return FALSE;
  *out = moment_of (&when, today, zone);
  if (!when.has_day && *out <= now)
    *out = moment_of (&when, tomorrow, zone);
  return TRUE;
}

gboolean
pd_when_parse (const char *text, gint64 now, GTimeZone *zone, gint64 *out_time, GError **error)
{
  const char *begin = skip_blanks (text);
  gint64 span;

  *out_time = 0;
  if (read_span (begin + (*begin == '+'), &span) && span > 0)
    *out_time = now + span;
  else if (!read_moment (begin, now, zone, out_time))
    return pd_fail (error, PD_ERROR_INVALID,
                    "\"%s\" is no moment; write for example 2026-12-01 15:00, tomorrow 9:30, "
                    "friday, 18:00 or +3d",
                    text);
  if (*out_time <= now)
    return pd_fail (error, PD_ERROR_INVALID, "\"%s\" is over already", text);
  if (*out_time > now + MAX_SPAN)
    return pd_fail (error, PD_ERROR_INVALID, "\"%s\" is more than ten years ahead", text);
  return TRUE;
}
