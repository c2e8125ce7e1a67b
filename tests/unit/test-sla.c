#include "desk/sla.h"

#include <string.h>

#include "base/clock.h"

#define OFFICE "mon-fri 09:00-13:00 14:00-18:00"
#define MAX_EVENTS 40

static gint64
at (const char *text)
{
  gint64 time = 0;

  g_assert_true (pd_clock_parse (text, &time, NULL));
  return time;
}

/* ---- cases in words --------------------------------------------------------------- */

/* A history as text: "09:00 created, 10:00 taken"; all of Tuesday, 24 November
 * 2026, in UTC.  "timed R W D" sets limits in minutes, "pausing R W D" also
 * lets waiting pause. */
typedef struct {
  PdSlaEvent events[MAX_EVENTS];
  gsize n;
} Story;

static const char *const kinds[] = {
  [PD_SLA_CREATED] = "created",   [PD_SLA_TIMED] = "timed",       [PD_SLA_TAKEN] = "taken",
  [PD_SLA_RELEASED] = "released", [PD_SLA_WAITING] = "waiting",   [PD_SLA_RESUMED] = "resumed",
  [PD_SLA_DONE] = "done",         [PD_SLA_REOPENED] = "reopened",
  [PD_SLA_REOPENED_FREE] = "reopened-free",
};

static gint64
time_of (const char *hour)
{
  g_autofree char *text = g_strdup_printf ("2026-11-24T%.5s:00Z", hour);

  return at (text);
}

static void
read_event (Story *story, const char *text, const PdWorkHours *hours)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  PdSlaEvent *event = &story->events[story->n++];
  gboolean pausing = strcmp (words[1], "pausing") == 0;

  *event = (PdSlaEvent){ .at = time_of (words[0]), .kind = PD_SLA_TIMED };
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (words[1], kinds[i]) == 0)
      event->kind = (PdSlaEventKind)i;
  if (event->kind != PD_SLA_TIMED)
    return;
  event->hours = hours;
  event->waiting_pauses = pausing;
  for (int i = 0; i < PD_SLA_N_CLOCKS; i++)
    event->limits[i] = g_ascii_strtoll (words[2 + i], NULL, 10) * PD_MINUTE;
}

static void
read_story (Story *story, const char *text, const PdWorkHours *hours)
{
  g_auto (GStrv) parts = g_strsplit (text, ", ", -1);

  story->n = 0;
  for (guint i = 0; parts[i] != NULL; i++)
    read_event (story, parts[i], hours);
}

/* "reaction 60/120 due 11:00, work …"; a running clock has a "+", one that is over a "." */
static char *
describe (const Story *story, gint64 now)
{
  PdSlaClock clocks[PD_SLA_N_CLOCKS];
  GString *out = g_string_new (NULL);

  pd_sla_measure (story->events, story->n, now, clocks);
  for (int i = 0; i < PD_SLA_N_CLOCKS; i++)
    {
      g_string_append_printf (out, "%s%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "%s",
                              i > 0 ? ", " : "", clocks[i].used / PD_MINUTE,
                              clocks[i].limit / PD_MINUTE,
                              clocks[i].running ? "+"
                              : clocks[i].ended ? "."
                                                : "");
      if (clocks[i].due != 0)
        {
          g_autofree char *due = pd_clock_format (clocks[i].due);

          g_string_append_printf (out, " %.5s", due + 11);
        }
    }
  return g_string_free (out, FALSE);
}

static void
test_stories (void)
{
  static const struct {
    const char *story, *now, *want, *why;
  } cases[] = {
    { "09:00 created, 09:00 timed 60 0 240", "09:30", "30/60+ 10:00, 0/0, 30/240+ 13:00",
      "from the creation on" },
    { "09:00 created, 09:00 timed 60 30 240, 09:20 taken", "09:30",
      "20/60., 10/30+ 09:50, 30/240+ 13:00", "the first take ends the reaction" },
    { "09:00 created, 09:00 timed 60 30 240, 09:20 taken, 09:30 released, 10:00 taken", "10:10",
      "20/60., 20/30+ 10:20, 70/240+ 13:00", "work sums the times in work" },
    { "09:00 created, 09:00 timed 60 30 240, 09:20 taken, 09:40 done", "12:00",
      "20/60., 20/30., 40/240.", "done stops all three" },
    { "09:00 created, 09:00 timed 60 30 240, 09:20 done", "12:00", "20/60., 0/30., 20/240.",
      "done without a take ends the reaction" },
    { "09:00 created, 09:00 timed 60 30 240, 09:20 taken, 09:40 done, 11:00 reopened", "11:15",
      "20/60., 35/30+ 11:10, 55/240+ 14:20", "reopened is in work; done time does not count" },
    { "09:00 created, 09:00 timed 60 30 240, 09:20 taken, 09:40 done, 11:00 reopened-free", "11:15",
      "20/60., 20/30, 55/240+ 14:20", "reopened as nobody's is not in work" },
    { "09:00 created, 09:00 timed 60 30 240, 09:20 done, 11:00 reopened-free", "11:15",
      "20/60., 0/30, 35/240+ 14:40", "who has finished it has reacted: that is over for good" },
    { "09:00 created, 09:00 timed 60 30 90, 09:20 taken, 09:40 done, 11:00 reopened, "
      "11:05 released",
      "11:45", "20/60., 25/30, 85/90+ 11:50", "until it is released" },
    { "09:00 created, 09:00 timed 30 0 240", "11:00", "120/30+ 09:30, 0/0, 120/240+ 13:00",
      "a breach keeps its moment" },
    { "09:00 created, 09:00 pausing 60 0 120, 09:30 waiting", "11:00", "30/60, 0/0, 30/120",
      "waiting pauses by setting, and nothing is due" },
    { "09:00 created, 09:00 pausing 60 0 120, 09:30 waiting, 10:30 resumed", "10:45",
      "45/60+ 11:00, 0/0, 45/120+ 12:00", "and goes on" },
    { "09:00 created, 09:00 timed 60 0 120, 09:30 waiting", "10:30",
      "90/60+ 10:00, 0/0, "
      "90/120+ 11:00",
      "without the setting it counts" },
    { "09:00 created, 09:00 timed 60 0 120, 09:30 timed 20 0 240", "09:40",
      "40/20+ 09:30, 0/0, 40/240+ 13:00", "a shorter limit is due when it is set, not before" },
    { "09:00 created, 09:00 timed 20 0 0, 09:30 timed 60 0 0", "09:40", "40/60+ 10:00, 0/0, 40/0+",
      "a longer one is due later" },
    { "09:00 created, 09:30 timed 60 0 0", "09:40", "40/60+ 10:00, 0/0, 40/0+",
      "a plan that comes late counts from the creation" },
    { "09:00 created, 09:00 timed 60 60 60, 09:10 taken, 09:20 taken", "09:30",
      "10/60., 20/60+ 10:10, 30/60+ 10:00", "taken from a colleague is one time in work" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Story story;
      g_autofree char *got = NULL;

      g_test_message ("%s", cases[i].why);
      read_story (&story, cases[i].story, NULL);
      got = describe (&story, time_of (cases[i].now));
      g_assert_cmpstr (got, ==, cases[i].want);
    }
}

static void
test_working_hours (void)
{
  g_autoptr (PdWorkHours) hours = pd_work_hours_parse (OFFICE, "UTC", NULL);
  Story story;
  g_autofree char *evening = NULL;
  g_autofree char *day = NULL;

  read_story (&story, "08:00 created, 08:00 timed 60 0 300", hours);
  day = describe (&story, time_of ("09:30"));
  g_assert_cmpstr (day, ==, "30/60+ 10:00, 0/0, 30/300+ 15:00");
  evening = describe (&story, time_of ("23:00"));
  g_assert_cmpstr (evening, ==, "480/60+ 10:00, 0/0, 480/300+ 15:00");
}

static void
test_percent (void)
{
  Story story;
  PdSlaClock clocks[PD_SLA_N_CLOCKS];

  read_story (&story, "09:00 created, 09:00 timed 60 0 3", NULL);
  pd_sla_measure (story.events, story.n, time_of ("09:30"), clocks);
  g_assert_cmpuint (pd_sla_percent (&clocks[PD_SLA_REACTION]), ==, 50);
  g_assert_cmpuint (pd_sla_percent (&clocks[PD_SLA_WORK]), ==, 0);
  g_assert_cmpuint (pd_sla_percent (&clocks[PD_SLA_DEADLINE]), ==, 1000);
  g_assert_cmpint (
      pd_sla_percent_due (story.events, story.n, time_of ("09:10"), PD_SLA_REACTION, 80), ==,
      time_of ("09:48"));
  g_assert_cmpint (pd_sla_percent_due (story.events, story.n, time_of ("09:10"), PD_SLA_WORK, 80),
                   ==, 0);
}

/* ---- explaining ------------------------------------------------------------------ */

static void
note_stretch (gint64 from, gint64 to, const char *why, gpointer data)
{
  g_string_append_printf (data, "%s%" G_GINT64_FORMAT " %s", ((GString *)data)->len ? ", " : "",
                          (to - from) / PD_MINUTE, why != NULL ? why : "counted");
}

static void
test_explain (void)
{
  static const char history[]
      = "08:00 created, 08:00 pausing 60 0 300, 09:30 taken, 10:00 waiting, 11:00 resumed, "
        "12:30 done, 15:00 reopened";
  static const struct {
    PdSlaClockKind clock;
    const char *want;
  } cases[] = {
    { PD_SLA_REACTION, "60 closed, 30 counted, 390 over" },
    { PD_SLA_WORK, "90 not in work, 30 counted, 150 not in work, 150 done, 60 counted" },
    { PD_SLA_DEADLINE, "60 closed, 60 counted, 60 waiting, 90 counted, 150 done, 60 counted" },
  };
  g_autoptr (PdWorkHours) hours = pd_work_hours_parse (OFFICE, "UTC", NULL);
  Story story;

  read_story (&story, history, hours);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);

      pd_sla_explain (story.events, story.n, time_of ("16:00"), cases[i].clock, note_stretch, out);
      g_assert_cmpstr (out->str, ==, cases[i].want);
    }
}

/* ---- any history, against a model that is slow and obvious -------------------------- */

/* What holds in the minute that begins at `minute`, found by reading the whole
 * history once more. */
typedef struct {
  PdSlaEventKind last; /* that changed the state */
  gboolean reacted;
  const PdSlaEvent *timed;
} Moment;

static Moment
look (const Story *story, gint64 minute)
{
  Moment moment = { PD_SLA_CREATED, FALSE, NULL };

  for (gsize i = 0; i < story->n; i++)
    {
      const PdSlaEvent *event = &story->events[i];

      if (event->at > minute)
        break;
      if (event->kind == PD_SLA_TIMED)
        moment.timed = event;
      else
        moment.last = event->kind;
      if (event->kind == PD_SLA_TAKEN || event->kind == PD_SLA_DONE)
        moment.reacted = TRUE;
    }
  return moment;
}

static gboolean
counts (const Moment *moment, int clock, gint64 minute)
{
  const PdWorkHours *hours = moment->timed != NULL ? moment->timed->hours : NULL;
  gboolean in_work = moment->last == PD_SLA_TAKEN || moment->last == PD_SLA_REOPENED;
  gboolean paused
      = moment->last == PD_SLA_WAITING && moment->timed != NULL && moment->timed->waiting_pauses;

  if (pd_work_hours_between (hours, minute, minute + PD_MINUTE) == 0)
    return FALSE;
  if (clock == PD_SLA_WORK)
    return in_work;
  if (moment->last == PD_SLA_DONE || paused)
    return FALSE;
  return clock == PD_SLA_DEADLINE || !moment->reacted;
}

/* Minute by minute: the time used, and the first minute at whose end the limit
 * of that moment was reached and has not been lifted since. */
typedef struct {
  gint64 used, due, limit;
} Model;

static void
model_limit (Model *model, const Moment *moment, int clock, gint64 minute)
{
  gint64 set = moment->timed != NULL ? moment->timed->limits[clock] : 0;

  if (set != model->limit)
    model->due = set > 0 && model->used >= set ? minute : 0;
  model->limit = set;
}

static Model
run_model (const Story *story, gint64 now, int clock)
{
  Model model = { 0 };
  Moment last = look (story, now);

  for (gint64 minute = story->events[0].at; minute < now; minute += PD_MINUTE)
    {
      Moment moment = look (story, minute);

      model_limit (&model, &moment, clock, minute);
      if (!counts (&moment, clock, minute))
        continue;
      model.used += PD_MINUTE;
      if (model.limit > 0 && model.used >= model.limit && model.due == 0)
        model.due = minute + PD_MINUTE;
    }
  model_limit (&model, &last, clock, now);
  return model;
}

/* any order of acts that the states allow */
static PdSlaEventKind
next_kind (PdSlaEventKind last)
{
  static const PdSlaEventKind open[] = { PD_SLA_TAKEN, PD_SLA_WAITING, PD_SLA_DONE, PD_SLA_TIMED };
  static const PdSlaEventKind in_work[]
      = { PD_SLA_RELEASED, PD_SLA_WAITING, PD_SLA_DONE, PD_SLA_TIMED };
  static const PdSlaEventKind waits[] = { PD_SLA_RESUMED, PD_SLA_TAKEN, PD_SLA_DONE, PD_SLA_TIMED };
  static const PdSlaEventKind done[] = { PD_SLA_REOPENED, PD_SLA_REOPENED_FREE, PD_SLA_TIMED };

  if (last == PD_SLA_DONE)
    return done[g_test_rand_int_range (0, 3)];
  if (last == PD_SLA_WAITING)
    return waits[g_test_rand_int_range (0, 4)];
  if (last == PD_SLA_TAKEN || last == PD_SLA_REOPENED)
    return in_work[g_test_rand_int_range (0, 4)];
  return open[g_test_rand_int_range (0, 4)];
}

static void
make_story (Story *story, const PdWorkHours *hours)
{
  PdSlaEventKind last = PD_SLA_CREATED;
  gint64 time = at ("2026-11-20T15:00:00Z") + g_test_rand_int_range (0, 3000) * PD_MINUTE;

  story->n = (gsize)g_test_rand_int_range (1, MAX_EVENTS);
  for (gsize i = 0; i < story->n; i++)
    {
      PdSlaEvent *event = &story->events[i];

      *event = (PdSlaEvent){ .at = time, .kind = i == 0 ? PD_SLA_CREATED : next_kind (last) };
      if (event->kind == PD_SLA_TIMED)
        {
          event->hours = g_test_rand_bit () ? hours : NULL;
          event->waiting_pauses = g_test_rand_bit ();
          for (int k = 0; k < PD_SLA_N_CLOCKS; k++)
            event->limits[k] = g_test_rand_int_range (0, 4) * 37 * PD_MINUTE;
        }
      else
        last = event->kind;
      /* a plan is set with the creation; else no two things happen at once */
      time += g_test_rand_int_range (i > 0, 200) * PD_MINUTE;
    }
}

typedef struct {
  gint64 counted, end;
} Sum;

static void
add_stretch (gint64 from, gint64 to, const char *why, gpointer data)
{
  Sum *sum = data;

  g_assert_cmpint (from, ==, sum->end);
  g_assert_cmpint (to, >, from);
  sum->end = to;
  if (why == NULL)
    sum->counted += to - from;
}

static void
compare (const Story *story, gint64 now)
{
  PdSlaClock clocks[PD_SLA_N_CLOCKS];

  pd_sla_measure (story->events, story->n, now, clocks);
  for (int i = 0; i < PD_SLA_N_CLOCKS; i++)
    {
      Model want = run_model (story, now, i);
      Sum sum = { 0, story->events[0].at };

      g_assert_cmpint (clocks[i].used, ==, want.used);
      /* a moment to come is a forecast, which the model does not make */
      g_assert_cmpint (clocks[i].due > now ? 0 : clocks[i].due, ==, want.due);
      pd_sla_explain (story->events, story->n, now, (PdSlaClockKind)i, add_stretch, &sum);
      g_assert_cmpint (sum.counted, ==, want.used);
      g_assert_cmpint (sum.end, ==, MAX (now, story->events[0].at));
    }
}

/* What is foretold comes true if nothing happens. */
static void
check_forecast (const Story *story, gint64 now)
{
  PdSlaClock clocks[PD_SLA_N_CLOCKS], then[PD_SLA_N_CLOCKS];

  pd_sla_measure (story->events, story->n, now, clocks);
  for (int i = 0; i < PD_SLA_N_CLOCKS; i++)
    if (clocks[i].due > now)
      {
        pd_sla_measure (story->events, story->n, clocks[i].due, then);
        g_assert_cmpint (then[i].used, ==, then[i].limit);
        g_assert_cmpint (then[i].due, ==, clocks[i].due);
      }
}

#define N_HISTORIES 3000

static void
test_property (void)
{
  g_autoptr (PdWorkHours) hours = pd_work_hours_parse (OFFICE, "Europe/Kyiv", NULL);

  for (int i = 0; i < N_HISTORIES; i++)
    {
      Story story;
      gint64 last, now;

      make_story (&story, hours);
      last = story.events[story.n - 1].at;
      now = last + g_test_rand_int_range (0, 300) * PD_MINUTE;
      compare (&story, now);
      check_forecast (&story, now);
    }
  g_test_message ("%d histories", N_HISTORIES);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sla/stories", test_stories);
  g_test_add_func ("/sla/working-hours", test_working_hours);
  g_test_add_func ("/sla/percent", test_percent);
  g_test_add_func ("/sla/explain", test_explain);
  g_test_add_func ("/sla/property", test_property);
  return g_test_run ();
}
