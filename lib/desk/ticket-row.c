#include "desk/ticket-row.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"

static const char *const state_names[] = {
  [PD_TICKET_FREE] = "free", [PD_TICKET_LOCKED] = "locked",     [PD_TICKET_WAITING] = "waiting",
  [PD_TICKET_DONE] = "done", [PD_TICKET_ARCHIVED] = "archived",
};

static const char *const priority_names[] = { "low", "normal", "high" };

const char *
pd_ticket_state_name (PdTicketState state)
{
  g_return_val_if_fail ((gsize)state < G_N_ELEMENTS (state_names), "");
  return state_names[state];
}

gboolean
pd_ticket_state_parse (const char *text, PdTicketState *out, GError **error)
{
  *out = PD_TICKET_FREE;
  for (gsize i = 0; i < G_N_ELEMENTS (state_names); i++)
    if (strcmp (state_names[i], text) == 0)
      {
        *out = (PdTicketState)i;
        return TRUE;
      }
  return pd_fail (error, PD_ERROR_INVALID,
                  "\"%s\" is no state; free, locked, waiting, done or archived", text);
}

const char *
pd_priority_name (int priority)
{
  g_return_val_if_fail (priority >= 1 && priority <= (int)G_N_ELEMENTS (priority_names), "");
  return priority_names[priority - 1];
}

gboolean
pd_priority_parse (const char *text, int *out, GError **error)
{
  *out = 2;
  for (gsize i = 0; i < G_N_ELEMENTS (priority_names); i++)
    if (strcmp (priority_names[i], text) == 0)
      {
        *out = (int)i + 1;
        return TRUE;
      }
  return pd_fail (error, PD_ERROR_INVALID, "\"%s\" is no priority; low, normal or high", text);
}

void
pd_ticket_free (PdTicket *ticket)
{
  if (ticket == NULL)
    return;
  g_free (ticket->subject);
  g_free (ticket->source);
  g_free (ticket->rating_text);
  g_free (ticket);
}

static void
free_ticket (gpointer ticket)
{
  pd_ticket_free (ticket);
}

/* Columns as in the statements ticket_get, ticket_by_number and ticket_list_…. */
static PdTicket *
read_ticket (PdRows *rows)
{
  PdTicket *ticket = g_new0 (PdTicket, 1);

  ticket->id = pd_rows_int (rows, 0);
  ticket->number = pd_rows_int (rows, 1);
  ticket->subject = g_strdup (pd_rows_text (rows, 2));
  ticket->unit = pd_rows_int (rows, 3);
  /* an unknown word is from a newer program: it is left alone as archived */
  if (!pd_ticket_state_parse (pd_rows_text (rows, 4), &ticket->state, NULL))
    ticket->state = PD_TICKET_ARCHIVED;
  ticket->locker = pd_rows_int (rows, 5);
  ticket->priority = CLAMP ((int)pd_rows_int (rows, 6), 1, 3);
  ticket->requester = pd_rows_int (rows, 7);
  ticket->author = pd_rows_int (rows, 8);
  ticket->source = g_strdup (pd_rows_text (rows, 9));
  ticket->merged_into = pd_rows_int (rows, 10);
  ticket->refers_to = pd_rows_int (rows, 11);
  ticket->created = pd_rows_int (rows, 12);
  ticket->updated = pd_rows_int (rows, 13);
  ticket->done = pd_rows_int (rows, 14);
  ticket->version = pd_rows_int (rows, 15);
  ticket->plan = pd_rows_int (rows, 16);
  ticket->deadline = pd_rows_int (rows, 17);
  ticket->waiting_until = pd_rows_int (rows, 18);
  ticket->finisher = pd_rows_int (rows, 19);
  ticket->named = pd_rows_int (rows, 20) != 0;
  ticket->spam = pd_rows_int (rows, 21) != 0;
  ticket->rating = (int)pd_rows_int (rows, 22);
  ticket->rating_text = g_strdup (pd_rows_text (rows, 23));
  return ticket;
}

gboolean
pd_ticket_row_read (PdDesk *desk, PdSqlId sql, const PdDbValue *values, gsize n_values,
                    GPtrArray *into, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (desk->db, sql, values, n_values, error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    g_ptr_array_add (into, read_ticket (rows));
  return step == 0;
}

static gboolean
read_one (PdDesk *desk, PdSqlId sql, gint64 value, PdTicket **out, GError **error)
{
  g_autoptr (GPtrArray) tickets = g_ptr_array_new_with_free_func (free_ticket);

  *out = NULL;
  if (!pd_ticket_row_read (desk, sql, PD_BIND (PD_INT (value)), tickets, error))
    return FALSE;
  if (tickets->len > 0)
    *out = g_ptr_array_steal_index (tickets, 0);
  return TRUE;
}

gboolean
pd_ticket_get (PdDesk *desk, gint64 id, PdTicket **out, GError **error)
{
  return read_one (desk, PD_SQL_TICKET_GET, id, out, error);
}

gboolean
pd_ticket_by_number (PdDesk *desk, gint64 number, PdTicket **out, GError **error)
{
  return read_one (desk, PD_SQL_TICKET_BY_NUMBER, number, out, error);
}

PdTicket *
pd_ticket_need (PdDesk *desk, gint64 number, GError **error)
{
  PdTicket *ticket = NULL;

  if (pd_ticket_by_number (desk, number, &ticket, error) && ticket == NULL)
    pd_fail (error, PD_ERROR_NOT_FOUND, "there is no ticket #%" G_GINT64_FORMAT, number);
  return ticket;
}

/* ---- what acts change ---- */

void
pd_ticket_facts_get (const PdTicket *ticket, PdTicketFacts *out)
{
  *out = (PdTicketFacts){
    .state = ticket->state,
    .locker = ticket->locker,
    .finisher = ticket->finisher,
    .unit = ticket->unit,
    .named = ticket->named,
    .priority = ticket->priority,
    .plan = ticket->plan,
    .deadline = ticket->deadline,
    .waiting_until = ticket->waiting_until,
    .spam = ticket->spam,
    .merged_into = ticket->merged_into,
    .subject = ticket->subject,
    .rating = ticket->rating,
    .rating_text = ticket->rating_text,
  };
}

void
pd_ticket_facts_settle (PdTicketFacts *facts)
{
  if (facts->state != PD_TICKET_LOCKED)
    facts->locker = 0;
  if (facts->state != PD_TICKET_WAITING)
    facts->waiting_until = 0;
  if (facts->state != PD_TICKET_DONE && facts->state != PD_TICKET_ARCHIVED)
    facts->finisher = 0;
}

static void
tell (struct json_object *into, const char *name, struct json_object *before,
      struct json_object *after)
{
  struct json_object *pair = json_object_new_array_ext (2);

  json_object_array_add (pair, before);
  json_object_array_add (pair, after);
  json_object_object_add (into, name, pair);
}

static struct json_object *
id_json (gint64 id)
{
  char text[PD_ID_TEXT_SIZE];

  return id != 0 ? json_object_new_string (pd_id_format (id, text)) : NULL;
}

static void
tell_id (struct json_object *into, const char *name, gint64 before, gint64 after)
{
  if (before != after)
    tell (into, name, id_json (before), id_json (after));
}

static void
tell_text (struct json_object *into, const char *name, const char *before, const char *after)
{
  if (strcmp (before, after) != 0)
    tell (into, name, json_object_new_string (before), json_object_new_string (after));
}

/* 0 is none */
static void
tell_number (struct json_object *into, const char *name, gint64 before, gint64 after)
{
  if (before != after)
    tell (into, name, before != 0 ? json_object_new_int64 (before) : NULL,
          after != 0 ? json_object_new_int64 (after) : NULL);
}

static void
tell_flag (struct json_object *into, const char *name, gboolean before, gboolean after)
{
  if (before != after)
    tell (into, name, json_object_new_boolean (before), json_object_new_boolean (after));
}

void
pd_ticket_facts_tell (const PdTicket *ticket, const PdTicketFacts *to, struct json_object *into)
{
  tell_text (into, "state", pd_ticket_state_name (ticket->state),
             pd_ticket_state_name (to->state));
  tell_id (into, "locker", ticket->locker, to->locker);
  tell_id (into, "finisher", ticket->finisher, to->finisher);
  tell_id (into, "unit", ticket->unit, to->unit);
  tell_flag (into, "named", ticket->named, to->named);
  tell_text (into, "priority", pd_priority_name (ticket->priority),
             pd_priority_name (to->priority));
  tell_id (into, "plan", ticket->plan, to->plan);
  tell_number (into, "deadline", ticket->deadline, to->deadline);
  tell_number (into, "until", ticket->waiting_until, to->waiting_until);
  tell_flag (into, "spam", ticket->spam, to->spam);
  tell_id (into, "merged_into", ticket->merged_into, to->merged_into);
  tell_text (into, "subject", ticket->subject, to->subject);
  tell_number (into, "rating", ticket->rating, to->rating);
  tell_text (into, "rating_text", ticket->rating_text, to->rating_text);
}

gboolean
pd_ticket_row_reload (PdDesk *desk, PdTicket *ticket, GError **error)
{
  PdTicket *fresh = NULL;
  PdTicket old;

  if (!pd_ticket_get (desk, ticket->id, &fresh, error))
    return FALSE;
  if (fresh == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "there is no ticket #%" G_GINT64_FORMAT, ticket->number);
  old = *ticket;
  *ticket = *fresh;
  *fresh = old;
  pd_ticket_free (fresh);
  return TRUE;
}

/* When it was finished: kept in the archive. */
static gint64
done_at (const PdTicket *ticket, PdTicketState state, gint64 now)
{
  if (state == PD_TICKET_DONE)
    return ticket->state == PD_TICKET_DONE ? ticket->done : now;
  return state == PD_TICKET_ARCHIVED ? ticket->done : 0;
}

/* Whether the columns are what they are but for the time of the change: an
 * entry more is the most frequent of all changes, and leaves most indexes alone. */
static gboolean
is_touch (const PdTicket *ticket, const PdTicketFacts *to)
{
  struct json_object *told = json_object_new_object ();
  gboolean same;

  pd_ticket_facts_tell (ticket, to, told);
  same = json_object_object_length (told) == 0;
  json_object_put (told);
  return same;
}

static gboolean
write_columns (PdDesk *desk, const PdTicket *ticket, const PdTicketFacts *to, gint64 done,
               gint64 now, gint64 *out_rows, GError **error)
{
  if (is_touch (ticket, to))
    return pd_db_exec (desk->db, PD_SQL_TICKET_TOUCH,
                       PD_BIND (PD_INT (now), PD_INT (ticket->id), PD_INT (ticket->version)),
                       out_rows, error);
  return pd_db_exec (
      desk->db, PD_SQL_TICKET_CHANGE,
      PD_BIND (PD_TEXT (pd_ticket_state_name (to->state)), PD_ID (to->locker), PD_ID (done),
               PD_ID (to->finisher), PD_INT (to->unit), PD_INT (to->named != FALSE),
               PD_INT (to->priority), PD_ID (to->plan), PD_ID (to->deadline),
               PD_ID (to->waiting_until), PD_INT (to->spam != FALSE), PD_ID (to->merged_into),
               PD_TEXT (to->subject), PD_ID (to->rating), PD_TEXT (to->rating_text), PD_INT (now),
               PD_INT (ticket->id), PD_INT (ticket->version)),
      out_rows, error);
}

static void
take_text (char **place, const char *text)
{
  if (*place != text)
    {
      g_free (*place);
      *place = g_strdup (text);
    }
}

static void
set_facts (PdTicket *ticket, const PdTicketFacts *to)
{
  ticket->state = to->state;
  ticket->locker = to->locker;
  ticket->finisher = to->finisher;
  ticket->unit = to->unit;
  ticket->named = to->named;
  ticket->priority = to->priority;
  ticket->plan = to->plan;
  ticket->deadline = to->deadline;
  ticket->waiting_until = to->waiting_until;
  ticket->spam = to->spam;
  ticket->merged_into = to->merged_into;
  take_text (&ticket->subject, to->subject);
  ticket->rating = to->rating;
  take_text (&ticket->rating_text, to->rating_text);
}

gboolean
pd_ticket_row_change (PdDesk *desk, PdTicket *ticket, const PdTicketFacts *to,
                      gboolean *out_changed, GError **error)
{
  gint64 now = pd_clock_now (), done = done_at (ticket, to->state, now), rows = 0;

  *out_changed = FALSE;
  if (!write_columns (desk, ticket, to, done, now, &rows, error))
    return FALSE;
  if (rows == 0)
    return TRUE;
  set_facts (ticket, to);
  ticket->done = done;
  ticket->updated = now;
  ticket->version++;
  *out_changed = TRUE;
  return TRUE;
}
