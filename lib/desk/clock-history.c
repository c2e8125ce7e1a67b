#include "desk/clock-history.h"

#include <json-c/json.h>
#include <string.h>

#include "base/error.h"
#include "base/id.h"
#include "desk/work-calendar.h"

/* An event as it was read, before it is known which calendar holds. */
typedef struct {
  gint64 at;
  PdSlaEventKind kind;
  PdClockTiming timing; /* TIMED */
} Step;

/* ---- the timing of an event -------------------------------------------------------- */

char *
pd_clock_timing_format (const PdClockTiming *timing)
{
  struct json_object *object = json_object_new_object ();
  struct json_object *limits = json_object_new_object ();
  char calendar[PD_ID_TEXT_SIZE];
  char *text;

  for (int i = 0; i < PD_SLA_N_CLOCKS; i++)
    json_object_object_add (limits, pd_sla_clock_name ((PdSlaClockKind)i),
                            json_object_new_int64 (timing->limits[i]));
  json_object_object_add (object, "limits", limits);
  json_object_object_add (object, "calendar",
                          timing->calendar != 0
                              ? json_object_new_string (pd_id_format (timing->calendar, calendar))
                              : NULL);
  json_object_object_add (object, "waiting_pauses",
                          json_object_new_boolean (timing->waiting_pauses));
  text = g_strdup (json_object_to_json_string_ext (object, JSON_C_TO_STRING_PLAIN));
  json_object_put (object);
  return text;
}

gboolean
pd_clock_timing_equal (const PdClockTiming *a, const PdClockTiming *b)
{
  return memcmp (a->limits, b->limits, sizeof a->limits) == 0 && a->calendar == b->calendar
         && !a->waiting_pauses == !b->waiting_pauses;
}

static void
read_timing (struct json_object *data, PdClockTiming *timing)
{
  struct json_object *limits = json_object_object_get (data, "limits");
  const char *calendar = json_object_get_string (json_object_object_get (data, "calendar"));

  for (int i = 0; i < PD_SLA_N_CLOCKS; i++)
    timing->limits[i] = MAX (json_object_get_int64 (json_object_object_get (
                                 limits, pd_sla_clock_name ((PdSlaClockKind)i))),
                             0);
  if (calendar == NULL || !pd_id_parse (calendar, &timing->calendar))
    timing->calendar = 0;
  timing->waiting_pauses = json_object_get_boolean (json_object_object_get (data, "waiting_pauses"));
}

/* ---- what an event does to the state -------------------------------------------------- */

/* By the state that it led to, old and new, as its data say. */
static gboolean
kind_by_state (const char *before, const char *after, PdSlaEventKind *out)
{
  gboolean was_over = strcmp (before, "done") == 0 || strcmp (before, "archived") == 0;

  if (strcmp (after, "locked") == 0)
    *out = was_over ? PD_SLA_REOPENED : PD_SLA_TAKEN;
  else if (strcmp (after, "free") == 0)
    *out = was_over                            ? PD_SLA_REOPENED_FREE
           : strcmp (before, "waiting") == 0 ? PD_SLA_RESUMED
                                               : PD_SLA_RELEASED;
  else if (strcmp (after, "waiting") == 0)
    *out = PD_SLA_WAITING;
  else if (strcmp (after, "done") == 0 || strcmp (after, "archived") == 0)
    *out = PD_SLA_DONE;
  else
    return FALSE;
  return TRUE;
}

/* By its name, where the data do not say: taken from a colleague, or written by
 * an import. */
static gboolean
kind_by_name (const char *name, PdSlaEventKind *out)
{
  static const struct {
    const char *name;
    PdSlaEventKind kind;
  } kinds[] = {
    { "taken", PD_SLA_TAKEN },     { "released", PD_SLA_RELEASED }, { "waiting", PD_SLA_WAITING },
    { "resumed", PD_SLA_RESUMED }, { "done", PD_SLA_DONE },         { "reopened", PD_SLA_REOPENED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i].name, name) == 0)
      {
        *out = kinds[i].kind;
        return TRUE;
      }
  return FALSE;
}

static const char *
text_at (struct json_object *array, gsize place)
{
  const char *text = json_object_get_string (json_object_array_get_idx (array, place));

  return text != NULL ? text : "";
}

/* FALSE: it does not move the clocks. */
static gboolean
read_step (const char *name, struct json_object *data, Step *step)
{
  struct json_object *state = json_object_object_get (data, "state");

  if (strcmp (name, "timed") == 0)
    {
      step->kind = PD_SLA_TIMED;
      read_timing (data, &step->timing);
      return TRUE;
    }
  if (state != NULL && json_object_is_type (state, json_type_array)
      && json_object_array_length (state) == 2)
    return kind_by_state (text_at (state, 0), text_at (state, 1), &step->kind);
  return kind_by_name (name, &step->kind);
}

/* In order of id; the hosts' clocks may differ, time does not go back for that. */
static GArray *
read_steps (PdDesk *desk, const PdTicket *ticket, GError **error)
{
  g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (Step));
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_CLOCK_EVENTS, PD_BIND (PD_INT (ticket->id)), error);
  gint64 last = ticket->created;
  int status = -1;

  while (rows != NULL && (status = pd_rows_next (rows, error)) == 1)
    {
      struct json_object *data = json_tokener_parse (pd_rows_text (rows, 2));
      Step step = { .at = MAX (pd_rows_int (rows, 0), last) };

      if (read_step (pd_rows_text (rows, 1), data, &step))
        {
          g_array_append_val (steps, step);
          last = step.at;
        }
      json_object_put (data);
    }
  return status == 0 ? g_steal_pointer (&steps) : NULL;
}

/* ---- calendars -------------------------------------------------------------------------- */

/* Sets *out to the editions of a calendar, lent by the history; NULL for none. */
static gboolean
find_editions (PdDesk *desk, PdClockHistory *history, gint64 calendar, GPtrArray **out,
               GError **error)
{
  *out = NULL;
  if (calendar == 0)
    return TRUE;
  *out = g_hash_table_lookup (history->calendars, &calendar);
  if (*out != NULL)
    return TRUE;
  *out = pd_work_calendar_editions (desk, calendar, error);
  if (*out == NULL)
    return FALSE;
  g_hash_table_insert (history->calendars, g_memdup2 (&calendar, sizeof calendar), *out);
  return TRUE;
}

static const PdWorkHours *
hours_at (const GPtrArray *editions, gint64 at)
{
  const PdWorkHours *hours = NULL;

  for (guint i = 0; editions != NULL && i < editions->len; i++)
    {
      const PdWorkEdition *edition = g_ptr_array_index (editions, i);

      if (edition->valid_from <= at || hours == NULL)
        hours = edition->hours;
    }
  return hours;
}

/* ---- putting it together ------------------------------------------------------------------ */

static void
add_timed (PdClockHistory *history, const PdClockTiming *timing, const PdWorkHours *hours,
           gint64 at)
{
  PdSlaEvent event = {
    .at = at,
    .kind = PD_SLA_TIMED,
    .hours = hours,
    .waiting_pauses = timing->waiting_pauses,
  };

  memcpy (event.limits, timing->limits, sizeof event.limits);
  g_array_append_val (history->events, event);
}

/* The editions that began since the last event: the same limits, other hours. */
static void
add_editions (PdClockHistory *history, const PdClockTiming *timing, const GPtrArray *editions,
              gint64 until)
{
  for (guint i = 0; editions != NULL && i < editions->len; i++)
    {
      const PdWorkEdition *edition = g_ptr_array_index (editions, i);
      gint64 last = g_array_index (history->events, PdSlaEvent, history->events->len - 1).at;

      if (edition->valid_from > last && edition->valid_from <= until)
        add_timed (history, timing, edition->hours, edition->valid_from);
    }
}

static const Step *
first_timed (const GArray *steps)
{
  for (guint i = 0; i < steps->len; i++)
    if (g_array_index (steps, Step, i).kind == PD_SLA_TIMED)
      return &g_array_index (steps, Step, i);
  return NULL;
}

static void
note_done (PdClockHistory *history, const Step *step)
{
  if (step->kind == PD_SLA_DONE)
    history->done = history->done != 0 ? history->done : step->at;
  else if (step->kind != PD_SLA_TIMED)
    history->done = 0;
}

/* The creation, and by which calendar time counts until the first plan is set. */
static gboolean
begin (PdDesk *desk, PdClockHistory *history, const PdTicket *ticket, const GArray *steps,
       PdClockTiming *timing, GPtrArray **out_editions, GError **error)
{
  const PdSlaEvent created = { .at = ticket->created, .kind = PD_SLA_CREATED };
  const Step *first = first_timed (steps);

  *timing = (PdClockTiming){ .calendar = first != NULL ? first->timing.calendar : 0,
                             .waiting_pauses = first != NULL && first->timing.waiting_pauses };
  g_array_append_val (history->events, created);
  if (!find_editions (desk, history, timing->calendar, out_editions, error))
    return FALSE;
  if (first != NULL)
    add_timed (history, timing, hours_at (*out_editions, ticket->created), ticket->created);
  return TRUE;
}

static gboolean
fill (PdDesk *desk, PdClockHistory *history, const PdTicket *ticket, const GArray *steps,
      gint64 now, GError **error)
{
  PdClockTiming timing;
  GPtrArray *editions = NULL;

  if (!begin (desk, history, ticket, steps, &timing, &editions, error))
    return FALSE;
  for (guint i = 0; i < steps->len && g_array_index (steps, Step, i).at <= now; i++)
    {
      const Step *step = &g_array_index (steps, Step, i);
      const PdSlaEvent event = { .at = step->at, .kind = step->kind };

      add_editions (history, &timing, editions, step->at);
      note_done (history, step);
      if (step->kind != PD_SLA_TIMED)
        {
          g_array_append_val (history->events, event);
          continue;
        }
      timing = history->timing = step->timing;
      history->is_timed = TRUE;
      if (!find_editions (desk, history, timing.calendar, &editions, error))
        return FALSE;
      add_timed (history, &timing, hours_at (editions, step->at), step->at);
    }
  add_editions (history, &timing, editions, now);
  return TRUE;
}

PdClockHistory *
pd_clock_history_read (PdDesk *desk, const PdTicket *ticket, gint64 now, GError **error)
{
  g_autoptr (GArray) steps = read_steps (desk, ticket, error);
  g_autoptr (PdClockHistory) history = NULL;

  if (steps == NULL)
    return NULL;
  history = g_new0 (PdClockHistory, 1);
  history->events = g_array_new (FALSE, FALSE, sizeof (PdSlaEvent));
  history->calendars = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                              (GDestroyNotify)g_ptr_array_unref);
  return fill (desk, history, ticket, steps, now, error) ? g_steal_pointer (&history) : NULL;
}

void
pd_clock_history_free (PdClockHistory *history)
{
  if (history == NULL)
    return;
  g_array_unref (history->events);
  g_hash_table_unref (history->calendars);
  g_free (history);
}
