#include "desk/ticket-clock.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "desk/clock-history.h"
#include "desk/desk-setting.h"
#include "desk/event.h"
#include "desk/notice.h"
#include "desk/plan.h"
#include "desk/ticket-change.h"
#include "desk/timer-work.h"
#include "desk/timer.h"

const char *
pd_ticket_clock_state (const PdSlaClock *clock)
{
  if (clock->ended)
    return "ended";
  return clock->running ? "running" : "paused";
}

static gboolean
is_over (const PdSlaClock *clock)
{
  return clock->limit > 0 && clock->used >= clock->limit;
}

/* ---- counting ------------------------------------------------------------------------ */

/* All that is known of a ticket's clocks at a moment. */
typedef struct {
  const PdTicket *ticket;
  PdClockHistory *history;
  gint64 now;
  PdSlaClock clocks[PD_SLA_N_CLOCKS];
} Count;

static const PdSlaEvent *
events_of (const Count *count)
{
  return (const PdSlaEvent *)(gpointer)count->history->events->data;
}

/* A deadline that was set by hand: absolute time, for as long as it is not done. */
static void
measure_by_hand (Count *count)
{
  PdSlaClock *clock = &count->clocks[PD_SLA_DEADLINE];
  const PdTicket *ticket = count->ticket;
  gint64 end = count->history->done != 0 ? count->history->done : count->now;

  *clock = (PdSlaClock){
    .limit = MAX (ticket->deadline - ticket->created, 1),
    .used = MAX (end - ticket->created, 0),
    .running = count->history->done == 0,
    .ended = count->history->done != 0,
    .due = MAX (ticket->deadline, ticket->created + 1),
  };
}

static gboolean
count_clocks (PdDesk *desk, const PdTicket *ticket, gint64 now, Count *count, GError **error)
{
  *count = (Count){ .ticket = ticket, .now = now };
  count->history = pd_clock_history_read (desk, ticket, now, error);
  if (count->history == NULL)
    return FALSE;
  pd_sla_measure (events_of (count), count->history->events->len, now, count->clocks);
  if (ticket->deadline != 0)
    measure_by_hand (count);
  return TRUE;
}

static void
count_clear (Count *count)
{
  g_clear_pointer (&count->history, pd_clock_history_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Count, count_clear)

/* When a running clock reaches so many percent; 0 never as things stand. */
static gint64
percent_due (const Count *count, PdSlaClockKind kind, guint percent)
{
  const PdSlaClock *clock = &count->clocks[kind];

  if (kind == PD_SLA_DEADLINE && count->ticket->deadline != 0)
    return count->ticket->created + (gint64)(((__int128)clock->limit * percent + 99) / 100);
  return pd_sla_percent_due (events_of (count), count->history->events->len, count->now, kind,
                             percent);
}

gboolean
pd_ticket_clock_measure (PdDesk *desk, const PdTicket *ticket, gint64 now, PdSlaClock *out,
                         GError **error)
{
  g_auto (Count) count = { 0 };

  memset (out, 0, PD_SLA_N_CLOCKS * sizeof *out);
  if (!count_clocks (desk, ticket, now, &count, error))
    return FALSE;
  memcpy (out, count.clocks, sizeof count.clocks);
  return TRUE;
}

gboolean
pd_ticket_clock_explain (PdDesk *desk, const PdTicket *ticket, gint64 now, PdSlaClockKind kind,
                         PdSlaStretch each, gpointer data, GError **error)
{
  g_auto (Count) count = { 0 };
  gint64 end;

  if (!count_clocks (desk, ticket, now, &count, error))
    return FALSE;
  if (kind != PD_SLA_DEADLINE || ticket->deadline == 0)
    {
      pd_sla_explain (events_of (&count), count.history->events->len, now, kind, each, data);
      return TRUE;
    }
  end = MIN (count.history->done != 0 ? count.history->done : now, now);
  if (end > ticket->created)
    each (ticket->created, end, NULL, data);
  if (now > end)
    each (end, now, "done", data);
  return TRUE;
}

static struct json_object *
seconds (gint64 span)
{
  return json_object_new_int64 (span / PD_SECOND);
}

static struct json_object *
time_or_null (gint64 time)
{
  g_autofree char *text = time != 0 ? pd_clock_format (time) : NULL;

  return text != NULL ? json_object_new_string (text) : NULL;
}

static struct json_object *
view_one (PdSlaClockKind kind, const PdSlaClock *clock)
{
  struct json_object *object = json_object_new_object ();

  json_object_object_add (object, "name", json_object_new_string (pd_sla_clock_name (kind)));
  json_object_object_add (object, "limit", seconds (clock->limit));
  json_object_object_add (object, "used", seconds (clock->used));
  json_object_object_add (object, "percent", json_object_new_int64 (pd_sla_percent (clock)));
  json_object_object_add (object, "state", json_object_new_string (pd_ticket_clock_state (clock)));
  json_object_object_add (object, "due", time_or_null (clock->due));
  json_object_object_add (object, "breached", time_or_null (is_over (clock) ? clock->due : 0));
  return object;
}

struct json_object *
pd_ticket_clock_view (PdDesk *desk, const PdTicket *ticket, GError **error)
{
  struct json_object *array = json_object_new_array ();
  PdSlaClock clocks[PD_SLA_N_CLOCKS];

  if (ticket->plan == 0 && ticket->deadline == 0)
    return array;
  if (!pd_ticket_clock_measure (desk, ticket, pd_clock_now (), clocks, error))
    {
      json_object_put (array);
      return NULL;
    }
  for (int i = 0; i < PD_SLA_N_CLOCKS; i++)
    if (clocks[i].limit > 0)
      json_object_array_add (array, view_one ((PdSlaClockKind)i, &clocks[i]));
  return array;
}

/* ---- the rows --------------------------------------------------------------------------- */

/* What was written at the last count. */
typedef struct {
  gboolean exists;
  gint64 limit;
  guint warned;    /* percent */
  gint64 breached; /* 0 no */
} Row;

static gboolean
read_rows (PdDesk *desk, gint64 ticket, Row *out, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_CLOCK_OF_TICKET, PD_BIND (PD_INT (ticket)), error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    for (int i = 0; i < PD_SLA_N_CLOCKS; i++)
      if (strcmp (pd_sla_clock_name ((PdSlaClockKind)i), pd_rows_text (rows, 0)) == 0)
        out[i] = (Row){ TRUE, pd_rows_int (rows, 1), (guint)pd_rows_int (rows, 6),
                        pd_rows_int (rows, 7) };
  return step == 0;
}

static gboolean
write_row (PdDesk *desk, const Count *count, PdSlaClockKind kind, const Row *row, GError **error)
{
  const PdSlaClock *clock = &count->clocks[kind];
  const PdDbValue name = PD_TEXT (pd_sla_clock_name (kind));
  gint64 ticket = count->ticket->id;
  gboolean by_hand = kind == PD_SLA_DEADLINE && count->ticket->deadline != 0;
  gint64 calendar = by_hand ? 0 : count->history->timing.calendar;

  if (clock->limit == 0)
    return !row->exists
           || pd_db_exec (desk->db, PD_SQL_CLOCK_DROP, PD_BIND (PD_INT (ticket), name), NULL,
                          error);
  if (!row->exists)
    return pd_db_exec (
        desk->db, PD_SQL_CLOCK_ADD,
        PD_BIND (PD_INT (ticket), name, PD_INT (clock->limit), PD_INT (clock->used),
                 PD_INT (count->now), PD_TEXT (pd_ticket_clock_state (clock)), PD_ID (clock->due),
                 PD_INT (row->warned), PD_ID (row->breached), PD_ID (calendar)),
        NULL, error);
  return pd_db_exec (
      desk->db, PD_SQL_CLOCK_SAVE,
      PD_BIND (PD_INT (clock->limit), PD_INT (clock->used), PD_INT (count->now),
               PD_TEXT (pd_ticket_clock_state (clock)), PD_ID (clock->due), PD_INT (row->warned),
               PD_ID (row->breached), PD_ID (calendar), PD_INT (ticket), name),
      NULL, error);
}

/* ---- telling ------------------------------------------------------------------------------ */

static gboolean
tell (PdDesk *desk, const Count *count, PdSlaClockKind kind, guint percent, GError **error)
{
  const PdSlaClock *clock = &count->clocks[kind];
  gboolean breach = percent >= 100;
  /* fixed words and numbers: nothing to escape */
  g_autofree char *data = g_strdup_printf (
      "{\"clock\":\"%s\",\"percent\":%u,\"limit\":%" G_GINT64_FORMAT ",\"due\":%" G_GINT64_FORMAT
      "}",
      pd_sla_clock_name (kind), percent, clock->limit, clock->due);
  const PdNotice notice = {
    .event = breach ? PD_NOTICE_SLA_BREACH : PD_NOTICE_SLA_WARNING,
    .ticket = count->ticket,
    .data = data,
  };

  return pd_event_add (desk, count->ticket->id, breach ? "sla-breach" : "sla-warning", 0, 0, data,
                       error)
         && pd_notice_queue (desk, &notice, error);
}

typedef struct {
  guint percents[PD_DESK_SETTING_MAX_PERCENTS]; /* ascending */
  gsize n;
} Warnings;

/* The highest percent to warn at that has been reached; 0 none. */
static guint
reached (const Warnings *warnings, guint percent)
{
  guint found = 0;

  for (gsize i = 0; i < warnings->n && warnings->percents[i] < 100; i++)
    if (warnings->percents[i] <= percent)
      found = warnings->percents[i];
  return found;
}

/* What is to be told of one clock, and what the row says then. */
static gboolean
tell_clock (PdDesk *desk, const Count *count, const Warnings *warnings, PdSlaClockKind kind,
            Row *row, GError **error)
{
  const PdSlaClock *clock = &count->clocks[kind];
  guint warning = reached (warnings, pd_sla_percent (clock));

  if (row->limit != clock->limit)
    *row = (Row){ row->exists, clock->limit, 0, 0 }; /* another limit has its own warnings */
  if (clock->limit == 0 || row->breached != 0)
    return TRUE;
  if (is_over (clock))
    {
      row->breached = clock->due != 0 ? clock->due : count->now;
      row->warned = 100;
      return tell (desk, count, kind, 100, error);
    }
  if (!clock->running || warning <= row->warned)
    return TRUE;
  row->warned = warning;
  return tell (desk, count, kind, warning, error);
}

/* When the next thing is to be told of a clock; 0 never as things stand. */
static gint64
next_of (const Count *count, const Warnings *warnings, PdSlaClockKind kind, const Row *row)
{
  const PdSlaClock *clock = &count->clocks[kind];
  guint percent = pd_sla_percent (clock);

  if (clock->limit == 0 || !clock->running || row->breached != 0)
    return 0;
  for (gsize i = 0; i < warnings->n && warnings->percents[i] < 100; i++)
    if (warnings->percents[i] > MAX (percent, row->warned))
      return percent_due (count, kind, warnings->percents[i]);
  return clock->due;
}

static gboolean
set_timer (PdDesk *desk, const Count *count, gint64 next, GError **error)
{
  if (next == 0)
    return pd_timer_clear (desk, PD_TIMER_SLA, count->ticket->id, error);
  return pd_timer_set (desk, PD_TIMER_SLA, count->ticket->id, MAX (next, count->now + 1), NULL,
                       error);
}

static gint64
earlier (gint64 a, gint64 b)
{
  if (a == 0 || b == 0)
    return MAX (a, b);
  return MIN (a, b);
}

/* Of what was counted: rows, events, notices, the timer. */
static gboolean
settle (PdDesk *desk, const Count *count, Row *rows, GError **error)
{
  Warnings warnings = { .n = 0 };
  gint64 next = 0;

  if (!pd_desk_setting_percents (desk, PD_DESK_SETTING_SLA_WARNINGS, warnings.percents,
                                 &warnings.n, error))
    return FALSE;
  for (int i = 0; i < PD_SLA_N_CLOCKS; i++)
    {
      PdSlaClockKind kind = (PdSlaClockKind)i;

      if (!tell_clock (desk, count, &warnings, kind, &rows[i], error)
          || !write_row (desk, count, kind, &rows[i], error))
        return FALSE;
      next = earlier (next, next_of (count, &warnings, kind, &rows[i]));
    }
  return set_timer (desk, count, next, error);
}

/* rows   read, and locked by that, before the events were: who waited for them sees
 *        what the other has done */
static gboolean
refresh (PdDesk *desk, const PdTicket *ticket, Row *rows, GError **error)
{
  g_auto (Count) count = { 0 };

  return count_clocks (desk, ticket, pd_clock_now (), &count, error)
         && settle (desk, &count, rows, error);
}

gboolean
pd_ticket_clock_refresh (PdDesk *desk, const PdTicket *ticket, GError **error)
{
  Row rows[PD_SLA_N_CLOCKS] = { 0 };

  return read_rows (desk, ticket->id, rows, error) && refresh (desk, ticket, rows, error);
}

/* ---- timing --------------------------------------------------------------------------------- */

/* What holds for the ticket as it is now. */
static gboolean
find_timing (PdDesk *desk, const PdTicket *ticket, PdClockTiming *out, GError **error)
{
  g_autoptr (PdPlan) plan = NULL;

  *out = (PdClockTiming){ .waiting_pauses = TRUE };
  if (ticket->plan == 0)
    return TRUE;
  if (!pd_plan_get (desk, ticket->plan, &plan, error))
    return FALSE;
  if (plan == NULL)
    return TRUE;
  for (int i = 0; i < PD_SLA_N_CLOCKS; i++)
    out->limits[i] = plan->limits[i][CLAMP (ticket->priority, 1, PD_PLAN_N_PRIORITIES) - 1];
  out->waiting_pauses = plan->waiting_pauses;
  out->calendar = plan->calendar;
  return out->calendar != 0
         || pd_db_find_int (desk->db, PD_SQL_CLOCK_UNIT_CALENDAR, PD_BIND (PD_INT (ticket->unit)),
                            &out->calendar, error);
}

/* Freezes the limits, if they are not those that hold already. */
static gboolean
time_anew (PdDesk *desk, const PdTicket *ticket, GError **error)
{
  g_autoptr (PdClockHistory) history
      = pd_clock_history_read (desk, ticket, G_MAXINT64, error);
  g_autofree char *data = NULL;
  PdClockTiming timing;

  if (history == NULL || !find_timing (desk, ticket, &timing, error))
    return FALSE;
  if (history->is_timed ? pd_clock_timing_equal (&timing, &history->timing) : ticket->plan == 0)
    return TRUE;
  data = pd_clock_timing_format (&timing);
  return (timing.calendar == 0
          || pd_db_exec (desk->db, PD_SQL_CALENDAR_USE, PD_BIND (PD_INT (timing.calendar)), NULL,
                         error))
         && pd_event_add (desk, ticket->id, "timed", 0, 0, data, error);
}

/* ---- events ---------------------------------------------------------------------------------- */

/* What an event means.  A ticket begins with an event `plan` or `deadline` behind `created`
 * if it has one, so that the others, which most mails open, are not even
 * looked at. */
static const struct {
  const char *kind;
  gboolean always; /* the clocks may just have gone */
  gboolean times;  /* limits may be others */
} meanings[] = {
  { "plan", TRUE, TRUE },       { "deadline", TRUE, FALSE },   { "priority", FALSE, TRUE },
  { "forwarded", FALSE, TRUE }, { "assigned", FALSE, FALSE },  { "taken", FALSE, FALSE },
  { "released", FALSE, FALSE }, { "waiting", FALSE, FALSE },   { "resumed", FALSE, FALSE },
  { "done", FALSE, FALSE },     { "reopened", FALSE, FALSE },  { "archived", FALSE, FALSE },
  { "merged", FALSE, FALSE },   { "spam", FALSE, FALSE },      { "unspam", FALSE, FALSE },
  { "undone", TRUE, TRUE },
};

static gboolean
count_ticket (PdDesk *desk, gint64 id, gboolean times, GError **error)
{
  Row rows[PD_SLA_N_CLOCKS] = { 0 };
  g_autoptr (PdTicket) ticket = NULL;

  if (!read_rows (desk, id, rows, error) || !pd_ticket_get (desk, id, &ticket, error))
    return FALSE;
  return ticket == NULL
         || ((!times || time_anew (desk, ticket, error)) && refresh (desk, ticket, rows, error));
}

/* Whether there is something to count. */
static gboolean
find_wanted (PdDesk *desk, gint64 ticket, const PdTicket *known, gint64 *out, GError **error)
{
  *out = known != NULL && (known->plan != 0 || known->deadline != 0);
  return known != NULL
         || pd_db_find_int (desk->db, PD_SQL_CLOCK_WANTED, PD_BIND (PD_INT (ticket)), out, error);
}

gboolean
pd_ticket_clock_event (PdDesk *desk, gint64 ticket, const PdTicket *known, const char *kind,
                       GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (meanings); i++)
    {
      gint64 wanted = meanings[i].always;

      if (strcmp (meanings[i].kind, kind) != 0)
        continue;
      if (wanted == 0 && !find_wanted (desk, ticket, known, &wanted, error))
        return FALSE;
      return wanted == 0 || count_ticket (desk, ticket, meanings[i].times, error);
    }
  return TRUE;
}

/* ---- timers ----------------------------------------------------------------------------------- */

gboolean
pd_timer_work_sla (PdDesk *desk, const PdTimer *timer, GError **error)
{
  return count_ticket (desk, timer->subject, FALSE, error);
}

gboolean
pd_timer_work_waiting (PdDesk *desk, const PdTimer *timer, GError **error)
{
  g_autoptr (PdTicket) ticket = NULL;

  if (!pd_ticket_get (desk, timer->subject, &ticket, error))
    return FALSE;
  if (ticket == NULL || ticket->state != PD_TICKET_WAITING || ticket->waiting_until == 0)
    return TRUE;
  if (ticket->waiting_until > pd_clock_now ())
    return pd_timer_set (desk, PD_TIMER_WAITING, ticket->id, ticket->waiting_until, NULL, error);
  return pd_ticket_resume (desk, ticket, NULL, error);
}
