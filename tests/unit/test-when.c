#include "desk/when.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"

/* Tuesday, 24 November 2026, 10:00 in Kyiv */
#define NOW "2026-11-24T08:00:00Z"

static gint64
at (const char *text)
{
  gint64 time = 0;

  g_assert_true (pd_clock_parse (text, &time, NULL));
  return time;
}

static void
test_moments (void)
{
  static const struct {
    const char *text, *want, *why;
  } cases[] = {
    { "2026-12-01 15:00", "2026-12-01T15:00:00+02:00", "a day and a time" },
    { "2026-12-01T15:00", "2026-12-01T15:00:00+02:00", "as ISO 8601 joins them" },
    { "2026-12-01, 15:00", "2026-12-01T15:00:00+02:00", "with a comma" },
    { "01.12.2026 9:05", "2026-12-01T09:05:00+02:00", "the day first, with dots" },
    { "2026-12-01", "2026-12-01T18:00:00+02:00", "a day ends in the evening" },
    { "2027-07-01 12:00", "2027-07-01T12:00:00+03:00", "summer has its own offset" },
    { "18:00", "2026-11-24T18:00:00+02:00", "a time of today" },
    { "9:00", "2026-11-25T09:00:00+02:00", "or of tomorrow, when it is over" },
    { "10:00", "2026-11-25T10:00:00+02:00", "this very moment is over" },
    { "today", "2026-11-24T18:00:00+02:00", "today" },
    { "Tomorrow 9:30", "2026-11-25T09:30:00+02:00", "any letter case" },
    { "wednesday", "2026-11-25T18:00:00+02:00", "the next one" },
    { "tue 11:00", "2026-12-01T11:00:00+02:00", "never today" },
    { "+3d", "2026-11-27T10:00:00+02:00", "from now on" },
    { "2h 30m", "2026-11-24T12:30:00+02:00", "without the plus" },
    { "  1w ", "2026-12-01T10:00:00+02:00", "blanks around" },
  };
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Kyiv");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 got;

      g_test_message ("%s: %s", cases[i].text, cases[i].why);
      pd_when_parse (cases[i].text, at (NOW), zone, &got, &error);
      g_assert_no_error (error);
      g_assert_cmpint (got, ==, at (cases[i].want));
    }
}

static void
test_no_moments (void)
{
  static const struct {
    const char *text, *names, *why;
  } cases[] = {
    { "", "no moment", "nothing" },
    { "soon", "no moment", "a word" },
    { "2026-02-30", "no moment", "a day that is none" },
    { "2026-13-01", "no moment", "a month that is none" },
    { "24:00", "no moment", "a time that is none" },
    { "15:00 2026-12-01", "no moment", "the wrong order" },
    { "tomorrow tomorrow", "no moment", "two days" },
    { "9:00 10:00", "no moment", "two times" },
    { "2026-11-24 09:59", "over already", "an hour ago" },
    { "2026-11-23", "over already", "yesterday" },
    { "2040-01-01", "ten years", "too far" },
    { "99999999999999999999d", "no moment", "overflow" },
    { "0", "no moment", "no span" },
    { "1.2.3.4", "no moment", "an address" },
    { "12026-01-01", "no moment", "a year beyond all calendars" },
  };
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Kyiv");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 got;

      g_test_message ("%s: %s", cases[i].text, cases[i].why);
      g_assert_false (pd_when_parse (cases[i].text, at (NOW), zone, &got, &error));
      g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, cases[i].names));
    }
}

static void
test_spans (void)
{
  static const struct {
    const char *text;
    gint64 want; /* -1: an error */
    const char *formatted, *why;
  } cases[] = {
    { "2d 4h", 2 * PD_DAY + 4 * PD_HOUR, "2d 4h", "two units" },
    { "2d4h", 2 * PD_DAY + 4 * PD_HOUR, "2d 4h", "joined" },
    { "2 D 4 H", 2 * PD_DAY + 4 * PD_HOUR, "2d 4h", "apart" },
    { "90m", 90 * PD_MINUTE, "1h 30m", "more than an hour of minutes" },
    { "1w", 7 * PD_DAY, "7d", "a week is seven days" },
    { "45s", 45 * PD_SECOND, "45s", "seconds" },
    { "0", 0, "0", "none" },
    { "0d", 0, "0", "none of a unit" },
    { "40d", 40 * PD_DAY, "40d", "more than a month" },
    { "5", -1, NULL, "no unit" },
    { "4h 2d", -1, NULL, "the smaller unit first" },
    { "1h 1h", -1, NULL, "a unit twice" },
    { "-1h", -1, NULL, "backwards" },
    { "1y", -1, NULL, "an unknown unit" },
    { "999999999w", -1, NULL, "too long" },
    { "", -1, NULL, "nothing" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 got;
      gboolean ok = pd_when_parse_span (cases[i].text, &got, &error);
      g_autofree char *formatted = NULL;

      g_test_message ("%s: %s", cases[i].text, cases[i].why);
      g_assert_cmpint (ok, ==, cases[i].want >= 0);
      if (!ok)
        {
          g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
          continue;
        }
      formatted = pd_when_format_span (got);
      g_assert_cmpint (got, ==, cases[i].want);
      g_assert_cmpstr (formatted, ==, cases[i].formatted);
    }
}

static void
test_span_round (void)
{
  for (int i = 0; i < 1000; i++)
    {
      gint64 span = g_test_rand_int_range (0, G_MAXINT32) / 8 * PD_SECOND, got;
      g_autofree char *text = pd_when_format_span (span);

      g_assert_true (pd_when_parse_span (text, &got, NULL));
      g_assert_cmpint (got, ==, span);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/when/moments", test_moments);
  g_test_add_func ("/when/no-moments", test_no_moments);
  g_test_add_func ("/when/spans", test_spans);
  g_test_add_func ("/when/span-round", test_span_round);
  return g_test_run ();
}
