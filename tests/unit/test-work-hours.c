#include "desk/work-hours.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"

static gint64
at (const char *text)
{
  gint64 time = 0;

  g_assert_true (pd_clock_parse (text, &time, NULL));
  return time;
}

static PdWorkHours *
parse (const char *week, const char *zone)
{
  g_autoptr (GError) error = NULL;
  PdWorkHours *hours = pd_work_hours_parse (week, zone, &error);

  g_assert_no_error (error);
  return hours;
}

#define OFFICE "mon-fri 09:00-13:00 14:00-18:00, sat 10:00-14:00"

static void
test_between (void)
{
  static const struct {
    const char *week, *zone, *from, *to;
    gint64 minutes;
    const char *why;
  } cases[] = {
    { OFFICE, "Europe/Kyiv", "2026-11-24T09:00:00+02:00", "2026-11-24T18:00:00+02:00", 480,
      "a working day without its break" },
    { OFFICE, "Europe/Kyiv", "2026-11-24T12:30:00+02:00", "2026-11-24T14:30:00+02:00", 60,
      "around the break" },
    { OFFICE, "Europe/Kyiv", "2026-11-24T19:00:00+02:00", "2026-11-25T08:00:00+02:00", 0,
      "a night" },
    { OFFICE, "Europe/Kyiv", "2026-11-20T17:00:00+02:00", "2026-11-23T10:00:00+02:00", 360,
      "over a weekend with its Saturday" },
    { OFFICE, "Europe/Kyiv", "2026-11-23T00:00:00+02:00", "2026-11-30T00:00:00+02:00", 2640,
      "a whole week" },
    { OFFICE, "Europe/Kyiv", "2026-11-24T12:00:00Z", "2026-11-24T10:00:00Z", 0, "backwards" },
    { OFFICE, "Europe/Kyiv", "2026-12-24T09:00:00+02:00", "2026-12-26T12:00:00+02:00", 600,
      "the 25th is a holiday of each year" },
    { OFFICE, "Europe/Kyiv", "2026-12-31T09:00:00+02:00", "2026-12-31T18:00:00+02:00", 0,
      "a holiday of that year" },
    { OFFICE, "Europe/Kyiv", "2027-12-31T09:00:00+02:00", "2027-12-31T18:00:00+02:00", 480,
      "but of no other" },
    { "always", "Europe/Kyiv", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z", 23 * 60,
      "the day that loses an hour" },
    { "always", "Europe/Kyiv", "2026-10-24T21:00:00Z", "2026-10-25T22:00:00Z", 25 * 60,
      "the day that gains one" },
    { "sun 02:00-05:00", "Europe/Kyiv", "2026-03-28T00:00:00Z", "2026-03-30T00:00:00Z", 120,
      "the lost hour cannot be worked in" },
    { "fri-mon 22:00-24:00", "UTC", "2026-11-20T00:00:00Z", "2026-11-25T00:00:00Z", 480,
      "days that pass the end of the week" },
    { "", "UTC", "2026-11-20T00:00:00Z", "2026-11-25T00:00:00Z", 0, "nobody ever works" },
    { "mon 09:00-10:00", "Asia/Tokyo", "2026-11-22T23:00:00Z", "2026-11-23T02:00:00Z", 60,
      "the zone says when it is Monday" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdWorkHours) hours = parse (cases[i].week, cases[i].zone);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].why);
      pd_work_hours_add_holiday (hours, 0, 12, 25, "Christmas", &error);
      g_assert_no_error (error);
      pd_work_hours_add_holiday (hours, 2026, 12, 31, "Stocktaking", &error);
      g_assert_no_error (error);
      g_assert_cmpint (pd_work_hours_between (hours, at (cases[i].from), at (cases[i].to)), ==,
                       cases[i].minutes * PD_MINUTE);
    }
}

static void
test_add (void)
{
  static const struct {
    const char *week, *from;
    gint64 minutes;
    const char *want, *why;
  } cases[] = {
    { OFFICE, "2026-11-24T09:00:00+02:00", 60, "2026-11-24T10:00:00+02:00", "within a span" },
    { OFFICE, "2026-11-24T12:30:00+02:00", 60, "2026-11-24T14:30:00+02:00", "over the break" },
    { OFFICE, "2026-11-24T17:00:00+02:00", 60, "2026-11-24T18:00:00+02:00",
      "used up in the evening, not on the next morning" },
    { OFFICE, "2026-11-24T17:00:00+02:00", 61, "2026-11-25T09:01:00+02:00", "one minute more" },
    { OFFICE, "2026-11-21T20:00:00+02:00", 30, "2026-11-23T09:30:00+02:00", "from a weekend" },
    { OFFICE, "2026-11-21T20:00:00+02:00", 0, "2026-11-21T20:00:00+02:00", "nothing" },
    { OFFICE, "2026-11-24T09:00:00+02:00", 5 * 2640, "2026-12-29T18:00:00+02:00",
      "weeks, a holiday within" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdWorkHours) hours = parse (cases[i].week, "Europe/Kyiv");

      g_test_message ("%s", cases[i].why);
      g_assert_true (pd_work_hours_add_holiday (hours, 0, 12, 25, "Christmas", NULL));
      g_assert_cmpint (pd_work_hours_add (hours, at (cases[i].from), cases[i].minutes * PD_MINUTE),
                       ==, at (cases[i].want));
    }
}

static void
test_without_end (void)
{
  g_autoptr (PdWorkHours) never = parse ("", "UTC");

  g_assert_cmpint (pd_work_hours_add (never, 0, 1), ==, PD_WORK_HOURS_NEVER);
  g_assert_cmpint (pd_work_hours_add (NULL, 5, 7), ==, 12);
  g_assert_cmpint (pd_work_hours_add (NULL, 5, G_MAXINT64), ==, PD_WORK_HOURS_NEVER);
  g_assert_cmpint (pd_work_hours_between (NULL, 5, 12), ==, 7);
}

/* add and between are each other's inverse, whatever the zone does */
static void
test_inverse (void)
{
  static const char *const zones[]
      = { "Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC" };
  static const char *const weeks[] = { OFFICE, "always", "mon 00:00-24:00", "sun 01:30-02:30",
                                       "wed-thu 22:00-24:00, fri 00:00-06:00" };
  gint64 origin = at ("2026-01-01T00:00:00Z");

  for (int i = 0; i < 3000; i++)
    {
      const char *week = weeks[g_test_rand_int_range (0, G_N_ELEMENTS (weeks))];
      const char *zone = zones[g_test_rand_int_range (0, G_N_ELEMENTS (zones))];
      g_autoptr (PdWorkHours) hours = parse (week, zone);
      gint64 from = origin + g_test_rand_int_range (0, 365 * 24 * 60) * PD_MINUTE;
      gint64 amount = g_test_rand_int_range (1, 5 * 24 * 60) * PD_MINUTE;
      gint64 due = pd_work_hours_add (hours, from, amount);

      g_assert_cmpint (pd_work_hours_between (hours, from, due), ==, amount);
      g_assert_cmpint (pd_work_hours_between (hours, from, due - 1), ==, amount - 1);
    }
}

typedef struct {
  GString *text;
  gint64 end;
} Pieces;

static void
note_piece (gint64 from, gint64 to, const char *why, gpointer data)
{
  Pieces *pieces = data;

  g_assert_cmpint (from, ==, pieces->end);
  g_assert_cmpint (to, >, from);
  pieces->end = to;
  g_string_append_printf (pieces->text, "%s%" G_GINT64_FORMAT " %s", pieces->text->len ? ", " : "",
                          (to - from) / PD_MINUTE, why != NULL ? why : "open");
}

static void
test_split (void)
{
  static const struct {
    const char *week, *from, *to, *want, *why;
  } cases[] = {
    { OFFICE, "2026-12-24T17:00:00+02:00", "2026-12-26T11:00:00+02:00",
      "60 open, 360 closed, 1440 Christmas, 600 closed, 60 open", "a holiday has its name" },
    { "always", "2026-11-24T00:00:00+02:00", "2026-11-27T00:00:00+02:00", "4320 open",
      "midnight is no end" },
    { OFFICE, "2026-11-24T10:00:00+02:00", "2026-11-24T10:30:00+02:00", "30 open", "no edge" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdWorkHours) hours = parse (cases[i].week, "Europe/Kyiv");
      g_autoptr (GString) text = g_string_new (NULL);
      Pieces pieces = { text, at (cases[i].from) };

      g_test_message ("%s", cases[i].why);
      g_assert_true (pd_work_hours_add_holiday (hours, 0, 12, 25, "Christmas", NULL));
      pd_work_hours_split (hours, at (cases[i].from), at (cases[i].to), note_piece, &pieces);
      g_assert_cmpint (pieces.end, ==, at (cases[i].to));
      g_assert_cmpstr (text->str, ==, cases[i].want);
    }
}

static void
test_bad_input (void)
{
  static const struct {
    const char *week, *zone, *names, *why;
  } cases[] = {
    { "mon-fri", "UTC", "no hours", "days without hours" },
    { "mon-fry 09:00-18:00", "UTC", "mon-fry", "a day that is none" },
    { "mon 9-18", "UTC", "9-18", "a time that is none" },
    { "mon 18:00-09:00", "UTC", "18:00-09:00", "an end before the beginning" },
    { "mon 09:00-24:01", "UTC", "24:01", "past midnight" },
    { "mon 09:60-10:00", "UTC", "09:60", "sixty minutes" },
    { "mon 09:00-12:00 11:00-13:00", "UTC", "overlap", "spans that overlap" },
    { "mon-wed 09:00-12:00, tue 10:00-11:00", "UTC", "overlap", "the same in two groups" },
    { "always", "Europe/Kiew", "Europe/Kiew", "a zone that is none" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdWorkHours) hours = pd_work_hours_parse (cases[i].week, cases[i].zone, &error);

      g_test_message ("%s", cases[i].why);
      g_assert_null (hours);
      g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, cases[i].names));
    }
}

static void
test_bad_holiday (void)
{
  g_autoptr (PdWorkHours) hours = parse ("always", "UTC");
  static const int days[][3] = { { 2026, 2, 29 }, { 2026, 13, 1 }, { 0, 4, 31 }, { -1, 1, 1 } };

  for (gsize i = 0; i < G_N_ELEMENTS (days); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (
          pd_work_hours_add_holiday (hours, days[i][0], days[i][1], days[i][2], "x", &error));
      g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
    }
  g_assert_true (pd_work_hours_add_holiday (hours, 0, 2, 29, "leap day", NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/work-hours/between", test_between);
  g_test_add_func ("/work-hours/add", test_add);
  g_test_add_func ("/work-hours/without-end", test_without_end);
  g_test_add_func ("/work-hours/inverse", test_inverse);
  g_test_add_func ("/work-hours/split", test_split);
  g_test_add_func ("/work-hours/bad-input", test_bad_input);
  g_test_add_func ("/work-hours/bad-holiday", test_bad_holiday);
  return g_test_run ();
}
