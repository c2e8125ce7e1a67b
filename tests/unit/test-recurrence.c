/* Recurrences, by cases and against a model that walks from minute to minute. */
#include "desk/recurrence.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"

#define ROUNDS 400

static gint64
at (const char *text)
{
  gint64 time;
  g_autoptr (GError) error = NULL;

  pd_clock_parse (text, &time, &error);
  g_assert_no_error (error);
  return time;
}

static void
test_cases (void)
{
  static const struct {
    const char *pattern, *time, *zone, *from, *until, *after, *want, *why;
  } cases[] = {
    { "every 3 days", "09:00", "UTC", "2026-01-01T00:00:00Z", NULL, "2026-01-01T09:00:00Z",
      "2026-01-04T09:00:00Z", "counted from the first day" },
    { "every 3 days", "09:00", "UTC", "2026-01-01T10:00:00Z", NULL, "2020-01-01T00:00:00Z",
      "2026-01-04T09:00:00Z", "the first day's time is over already" },
    { "Every Day", "00:00", "UTC", "2026-01-01T00:00:00Z", NULL, "2026-02-28T00:00:00Z",
      "2026-03-01T00:00:00Z", "letter case" },
    { "mon,thu", "09:00", "Europe/Kyiv", "2026-01-01T00:00:00Z", NULL, "2026-11-24T00:00:00Z",
      "2026-11-26T07:00:00Z", "a Tuesday is followed by Thursday" },
    { "mon - fri", "09:00", "UTC", "2026-01-01T00:00:00Z", NULL, "2026-11-24T00:00:00Z", NULL,
      "refused" },
    { "mon-fri", "09:00", "UTC", "2026-01-01T00:00:00Z", NULL, "2026-11-27T09:00:00Z",
      "2026-11-30T09:00:00Z", "over the weekend" },
    { "day 31", "12:00", "UTC", "2026-01-01T00:00:00Z", NULL, "2026-03-31T12:00:00Z",
      "2026-05-31T12:00:00Z", "April has none" },
    { "day last", "12:00", "UTC", "2026-01-01T00:00:00Z", NULL, "2028-02-01T00:00:00Z",
      "2028-02-29T12:00:00Z", "the last of a leap year's February" },
    { "day 1, 15, last", "12:00", "UTC", "2026-01-01T00:00:00Z", NULL, "2026-04-15T12:00:00Z",
      "2026-04-30T12:00:00Z", "a list" },
    { "day 31,last", "12:00", "UTC", "2026-01-01T00:00:00Z", NULL, "2026-01-31T12:00:00Z",
      "2026-02-28T12:00:00Z", "the 31st that is the last runs once" },
    { "every day", "03:30", "Europe/Kyiv", "2026-01-01T00:00:00Z", NULL, "2026-03-28T12:00:00Z",
      "2026-03-29T01:00:00Z", "03:30 does not exist: 04:00 summer time" },
    { "every day", "03:30", "Europe/Kyiv", "2026-01-01T00:00:00Z", NULL, "2026-10-24T12:00:00Z",
      "2026-10-25T00:30:00Z", "03:30 comes twice: the first" },
    { "every day", "03:30", "Europe/Kyiv", "2026-01-01T00:00:00Z", NULL, "2026-10-25T00:30:00Z",
      "2026-10-26T01:30:00Z", "and not again" },
    { "every day", "09:00", "UTC", "2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z",
      "2026-01-02T09:00:00Z", "", "over" },
    { "every day", "09:00", "Pacific/Apia", "2011-12-01T00:00:00Z", NULL, "2011-12-29T19:00:00Z",
      "2011-12-30T19:00:00Z", "Samoa had no 30th: the run after the 29th is the 31st's" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdRecurrence) recurrence = pd_recurrence_parse (
          cases[i].pattern, cases[i].time, cases[i].zone, at (cases[i].from),
          cases[i].until != NULL ? at (cases[i].until) : 0, &error);
      gint64 next;
      g_autofree char *text = NULL;

      g_test_message ("%s", cases[i].why);
      if (cases[i].want == NULL)
        {
          g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
          continue;
        }
      g_assert_no_error (error);
      next = pd_recurrence_next (recurrence, at (cases[i].after));
      text = next != 0 ? pd_clock_format (next) : g_strdup ("");
      g_assert_cmpstr (text, ==, cases[i].want);
    }
}

static void
test_refused (void)
{
  static const struct {
    const char *pattern, *time, *zone;
  } cases[] = {
    { "", "09:00", "UTC" },          { "every", "09:00", "UTC" },
    { "every 0 days", "09:00", "UTC" }, { "every 4000 days", "09:00", "UTC" },
    { "every 3 weeks", "09:00", "UTC" }, { "day", "09:00", "UTC" },
    { "day 32", "09:00", "UTC" },    { "day 0", "09:00", "UTC" },
    { "mo", "09:00", "UTC" },        { "fri-mon", "09:00", "UTC" },
    { "mon", "24:00", "UTC" },       { "mon", "9", "UTC" },
    { "mon", "09:00", "Mars/Base" }, { "mon", "-1:00", "UTC" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s %s %s", cases[i].pattern, cases[i].time, cases[i].zone);
      g_assert_null (pd_recurrence_parse (cases[i].pattern, cases[i].time, cases[i].zone, 0, 0,
                                          &error));
      g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
    }
}

static void
test_pattern (void)
{
  static const char *const cases[][2] = {
    { "EVERY 1 DAYS", "every day" },  { "every 12 days", "every 12 days" },
    { "thu, monday", "mon,thu" },     { "mon-wed,sun", "mon,tue,wed,sun" },
    { "days last 15 1 15", "day 1,15,last" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdRecurrence) recurrence
          = pd_recurrence_parse (cases[i][0], "0:00", "UTC", 0, 0, NULL);
      g_autofree char *text = pd_recurrence_dup_pattern (recurrence);

      g_assert_cmpstr (text, ==, cases[i][1]);
    }
}

/* ---- the model -------------------------------------------------------------------- */

/* What the header says, in the slowest way: minute after minute of UTC, the
 * first one at which local clocks show the wanted time of a day or later. */
typedef struct {
  guint every, weekday, month_day; /* one of them; 32: the last of the month */
  int minute;
  GTimeZone *zone;
  gint64 from;
} Model;

static GDate
local_date (const Model *model, gint64 time, int *out_minute)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / PD_SECOND);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, model->zone);
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay)g_date_time_get_day_of_month (local),
                  (GDateMonth)g_date_time_get_month (local),
                  (GDateYear)g_date_time_get_year (local));
  *out_minute = g_date_time_get_hour (local) * 60 + g_date_time_get_minute (local);
  return date;
}

static gboolean
model_fits (const Model *model, const GDate *date, const GDate *first)
{
  if (model->every != 0)
    return g_date_days_between (first, date) >= 0
           && g_date_days_between (first, date) % (int)model->every == 0;
  if (model->weekday != 0)
    return g_date_get_weekday (date) == (GDateWeekday)model->weekday;
  return model->month_day == 32 ? g_date_is_last_of_month (date)
                                : g_date_get_day (date) == model->month_day;
}

/* The first run after `after`, or 0 if there is none within `days`. */
static gint64
model_next (const Model *model, gint64 after, int days)
{
  int minute;
  GDate first = local_date (model, model->from, &minute);
  gint64 start = MAX (after, model->from) - 2 * PD_DAY;
  gboolean reached = TRUE; /* the day under way: whether its time has been shown */
  guint32 day = 0;

  start -= start % PD_MINUTE;
  for (gint64 time = start; time < after + days * PD_DAY; time += PD_MINUTE)
    {
      GDate date = local_date (model, time, &minute);

      if (g_date_get_julian (&date) != day)
        reached = day == 0; /* of the first one only a part is seen */
      day = g_date_get_julian (&date);
      if (reached || minute < model->minute)
        continue;
      reached = TRUE;
      if (time > after && time >= model->from && model_fits (model, &date, &first))
        return time;
    }
  return 0;
}

static char *
model_pattern (const Model *model)
{
  static const char *const names[] = { "", "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

  if (model->every != 0)
    return g_strdup_printf ("every %u days", model->every);
  if (model->weekday != 0)
    return g_strdup (names[model->weekday]);
  return model->month_day == 32 ? g_strdup ("day last")
                                : g_strdup_printf ("day %u", model->month_day);
}

/* Moments around the changes of clocks, where things go wrong. */
static gint64
some_moment (GRand *rand)
{
  static const char *const changes[]
      = { "2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z", "2026-03-08T07:00:00Z",
          "2026-11-01T06:00:00Z", "2026-04-04T15:00:00Z", "2026-10-03T15:00:00Z" };

  return at (changes[g_rand_int_range (rand, 0, G_N_ELEMENTS (changes))])
         + (gint64)g_rand_int_range (rand, -4 * 1440, 2 * 1440) * PD_MINUTE;
}

static void
test_model (void)
{
  static const char *const zones[] = { "Europe/Kyiv", "America/New_York", "Australia/Lord_Howe",
                                       "UTC", "America/Santiago" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261124);

  for (int i = 0; i < ROUNDS; i++)
    {
      const char *zone = zones[g_rand_int_range (rand, 0, G_N_ELEMENTS (zones))];
      g_autoptr (GTimeZone) tz = g_time_zone_new_identifier (zone);
      Model model = { .minute = g_rand_int_range (rand, 0, 300), .zone = tz };
      int kind = g_rand_int_range (rand, 0, 3);
      gint64 after = some_moment (rand), next;
      g_autofree char *pattern = NULL, *time = NULL, *shown = NULL;
      g_autoptr (PdRecurrence) recurrence = NULL;

      model.every = kind == 0 ? (guint)g_rand_int_range (rand, 1, 4) : 0;
      model.weekday = kind == 1 ? (guint)g_rand_int_range (rand, 1, 8) : 0;
      model.month_day = kind == 2 ? (guint)g_rand_int_range (rand, 24, 33) : 0;
      model.from = after - g_rand_int_range (rand, -1000, 5000) * PD_MINUTE;
      pattern = model_pattern (&model);
      time = g_strdup_printf ("%d:%02d", model.minute / 60, model.minute % 60);
      recurrence = pd_recurrence_parse (pattern, time, zone, model.from, 0, NULL);
      next = pd_recurrence_next (recurrence, after);
      shown = pd_clock_format (after);
      g_test_message ("%s at %s in %s after %s", pattern, time, zone, shown);
      if (next == 0 || next > after + 9 * PD_DAY)
        g_assert_cmpint (model_next (&model, after, 9), ==, 0);
      else
        g_assert_cmpint (next, ==, model_next (&model, after, 10));
    }
}

static void
test_day (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Kyiv");
  g_autoptr (GError) error = NULL;
  gint64 time;

  g_assert_true (pd_recurrence_parse_day ("2026-11-24", zone, 1, &time, &error));
  g_assert_cmpint (time, ==, at ("2026-11-24T22:00:00Z"));
  g_assert_true (pd_recurrence_parse_day ("2026-03-28", zone, 1, &time, &error));
  g_assert_cmpint (time, ==, at ("2026-03-28T22:00:00Z"));
  g_assert_true (pd_recurrence_parse_day ("2026-03-28", zone, 2, &time, &error));
  g_assert_cmpint (time, ==, at ("2026-03-29T21:00:00Z"));
  g_assert_false (pd_recurrence_parse_day ("2026-02-30", zone, 0, &time, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recurrence/cases", test_cases);
  g_test_add_func ("/recurrence/refused", test_refused);
  g_test_add_func ("/recurrence/pattern", test_pattern);
  g_test_add_func ("/recurrence/model", test_model);
  g_test_add_func ("/recurrence/day", test_day);
  return g_test_run ();
}
