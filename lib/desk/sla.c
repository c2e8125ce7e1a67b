#include "desk/sla.h"

typedef enum { FREE, IN_WORK, WAITING, DONE } State;

/* what is known while the history is walked through */
typedef struct {
  State state;
  gboolean reacted; /* ever: taken or done */
  gint64 limits[PD_SLA_N_CLOCKS];
  const PdWorkHours *hours;
  gboolean waiting_pauses;
} History;

const char *
pd_sla_clock_name (PdSlaClockKind kind)
{
  static const char *const names[] = { "reaction", "work", "deadline" };

  g_return_val_if_fail ((gsize)kind < G_N_ELEMENTS (names), "");
  return names[kind];
}

static void
history_apply (History *history, const PdSlaEvent *event)
{
  static const struct {
    gboolean changes;
    State state;
  } states[] = {
    [PD_SLA_CREATED] = { TRUE, FREE },    [PD_SLA_TIMED] = { FALSE, FREE },
    [PD_SLA_TAKEN] = { TRUE, IN_WORK },   [PD_SLA_RELEASED] = { TRUE, FREE },
    [PD_SLA_WAITING] = { TRUE, WAITING }, [PD_SLA_RESUMED] = { TRUE, FREE },
    [PD_SLA_DONE] = { TRUE, DONE },       [PD_SLA_REOPENED] = { TRUE, IN_WORK },
    [PD_SLA_REOPENED_FREE] = { TRUE, FREE },
  };

  g_return_if_fail ((gsize)event->kind < G_N_ELEMENTS (states));
  if (states[event->kind].changes)
    history->state = states[event->kind].state;
  history->reacted |= event->kind == PD_SLA_TAKEN || event->kind == PD_SLA_DONE;
  if (event->kind != PD_SLA_TIMED)
    return;
  for (int i = 0; i < PD_SLA_N_CLOCKS; i++)
    history->limits[i] = event->limits[i];
  history->hours = event->hours;
  history->waiting_pauses = event->waiting_pauses;
}

/* Why a clock stands still in this state of things, or NULL. */
static const char *
why_stopped (const History *history, PdSlaClockKind kind)
{
  if (kind == PD_SLA_REACTION && history->reacted)
    return "over";
  if (history->state == DONE)
    return "done";
  if (kind == PD_SLA_WORK)
    return history->state == IN_WORK ? NULL : "not in work";
  return history->state == WAITING && history->waiting_pauses ? "waiting" : NULL;
}

/* ---- measuring ------------------------------------------------------------------ */

/* A clock in [from, to), in which nothing happens. */
static void
run_clock (const History *history, PdSlaClockKind kind, gint64 from, gint64 to, gint64 limit,
           PdSlaClock *clock)
{
  gint64 used;

  if (why_stopped (history, kind) != NULL)
    return;
  used = pd_work_hours_between (history->hours, from, to);
  if (limit > 0 && clock->due == 0 && clock->used + used >= limit)
    clock->due = pd_work_hours_add (history->hours, from, limit - clock->used);
  clock->used += used;
}

/* Limits that change: what is used up already is due at once, what is not is
 * not due any more. */
static void
set_limit (PdSlaClock *clock, gint64 limit, gint64 at)
{
  if (limit == clock->limit)
    return;
  clock->limit = limit;
  clock->due = limit > 0 && clock->used >= limit ? at : 0;
}

/* How the clock stands at `now`; where it goes on, when it will be due. */
static void
finish_clock (const History *history, PdSlaClockKind kind, gint64 now, PdSlaClock *clock)
{
  const char *why = why_stopped (history, kind);
  gint64 due;

  clock->running = why == NULL;
  clock->ended = kind == PD_SLA_REACTION ? history->reacted : history->state == DONE;
  if (!clock->running || clock->limit == 0 || clock->due != 0)
    return;
  due = pd_work_hours_add (history->hours, now, clock->limit - clock->used);
  clock->due = due == PD_WORK_HOURS_NEVER ? 0 : due;
}

/* One clock, with its limits taken as so many percent of themselves. */
static void
measure (const PdSlaEvent *events, gsize n_events, gint64 now, PdSlaClockKind kind, guint percent,
         PdSlaClock *clock)
{
  History history = { .state = FREE };
  gint64 at = n_events > 0 ? events[0].at : now;

  *clock = (PdSlaClock){ 0 };
  for (gsize i = 0; i < n_events && events[i].at <= now; i++)
    {
      run_clock (&history, kind, at, events[i].at, clock->limit, clock);
      history_apply (&history, &events[i]);
      /* rounded up: a warning is never early */
      set_limit (clock, (gint64)(((__int128)history.limits[kind] * percent + 99) / 100),
                 events[i].at);
      at = events[i].at;
    }
  if (n_events == 0 || now < events[0].at)
    return;
  run_clock (&history, kind, at, now, clock->limit, clock);
  finish_clock (&history, kind, now, clock);
}

void
pd_sla_measure (const PdSlaEvent *events, gsize n_events, gint64 now, PdSlaClock *out)
{
  for (int i = 0; i < PD_SLA_N_CLOCKS; i++)
    measure (events, n_events, now, (PdSlaClockKind)i, 100, &out[i]);
}

guint
pd_sla_percent (const PdSlaClock *clock)
{
  if (clock->limit <= 0)
    return 0;
  return (guint)MIN ((__int128)clock->used * 100 / clock->limit, G_MAXUINT);
}

gint64
pd_sla_percent_due (const PdSlaEvent *events, gsize n_events, gint64 now, PdSlaClockKind kind,
                    guint percent)
{
  PdSlaClock clock;

  measure (events, n_events, now, kind, percent, &clock);
  return clock.due;
}

/* ---- explaining ----------------------------------------------------------------- */

/* Stretches that follow each other for the same reason become one. */
typedef struct {
  PdSlaStretch each;
  gpointer data;
  gint64 begin, end;
  const char *why;
} Told;

static void
tell (gint64 from, gint64 to, const char *why, gpointer data)
{
  Told *told = data;

  if (told->end > told->begin && g_strcmp0 (why, told->why) != 0)
    {
      told->each (told->begin, told->end, told->why, told->data);
      told->begin = from;
    }
  told->end = to;
  told->why = why;
}

static void
explain_until (const History *history, PdSlaClockKind kind, gint64 to, Told *told)
{
  const char *why = why_stopped (history, kind);
  gint64 from = told->end;

  if (to <= from)
    return;
  if (why != NULL)
    tell (from, to, why, told);
  else
    pd_work_hours_split (history->hours, from, to, tell, told);
}

void
pd_sla_explain (const PdSlaEvent *events, gsize n_events, gint64 now, PdSlaClockKind kind,
                PdSlaStretch each, gpointer data)
{
  History history = { .state = FREE };
  Told told = { each, data, 0, 0, NULL };

  if (n_events == 0 || now <= events[0].at)
    return;
  told.begin = told.end = events[0].at;
  for (gsize i = 0; i < n_events && events[i].at <= now; i++)
    {
      explain_until (&history, kind, events[i].at, &told);
      history_apply (&history, &events[i]);
    }
  explain_until (&history, kind, now, &told);
  each (told.begin, told.end, told.why, data);
}
