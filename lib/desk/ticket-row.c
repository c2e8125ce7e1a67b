#include "desk/ticket-row.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/unit.h"

#define DEFAULT_LIMIT 100
#define MAX_LIMIT 1000

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

static gboolean
read_tickets (PdDesk *desk, PdSqlId sql, const PdDbValue *values, gsize n_values, GPtrArray *into,
              GError **error)
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
  if (!read_tickets (desk, sql, PD_BIND (PD_INT (value)), tickets, error))
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

static char *
dup_locker (gint64 locker)
{
  char text[PD_ID_TEXT_SIZE];

  return locker != 0 ? g_strdup_printf ("\"%s\"", pd_id_format (locker, text)) : g_strdup ("null");
}

char *
pd_ticket_row_dup_move (const PdTicket *ticket, const PdTicketPlace *before)
{
  g_autofree char *old_locker = dup_locker (before->locker);
  g_autofree char *new_locker = dup_locker (ticket->locker);

  /* fixed words and ids: nothing to escape */
  return g_strdup_printf ("{\"state\":[\"%s\",\"%s\"],\"locker\":[%s,%s]}",
                          pd_ticket_state_name (before->state),
                          pd_ticket_state_name (ticket->state), old_locker, new_locker);
}

gboolean
pd_ticket_row_reload (PdDesk *desk, PdTicket *ticket, GError **error)
{
  PdTicket *fresh = NULL;
  PdTicket old;

  if (!pd_ticket_get (desk, ticket->id, &fresh, error))
    return FALSE;
  if (fresh == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "there is no ticket #%" G_GINT64_FORMAT " any more",
                    ticket->number);
  old = *ticket;
  *ticket = *fresh;
  *fresh = old;
  pd_ticket_free (fresh);
  return TRUE;
}

gboolean
pd_ticket_row_change (PdDesk *desk, PdTicket *ticket, PdTicketState state, gint64 locker,
                      gboolean *out_changed, GError **error)
{
  gint64 now = pd_clock_now (), done = ticket->done, rows = 0;

  *out_changed = FALSE;
  if (state == PD_TICKET_DONE && ticket->state != PD_TICKET_DONE)
    done = now;
  else if (state != PD_TICKET_DONE && state != PD_TICKET_ARCHIVED)
    done = 0;
  if (!pd_db_exec (desk->db, PD_SQL_TICKET_SET_STATE,
                   PD_BIND (PD_TEXT (pd_ticket_state_name (state)), PD_ID (locker), PD_ID (done),
                            PD_INT (now), PD_INT (ticket->id), PD_INT (ticket->version)),
                   &rows, error))
    return FALSE;
  if (rows == 0)
    return TRUE;
  ticket->state = state;
  ticket->locker = locker;
  ticket->done = done;
  ticket->updated = now;
  ticket->version++;
  *out_changed = TRUE;
  return TRUE;
}

/* ---- lists ---- */

typedef struct {
  PdDesk *desk;
  const PdTicketFilter *filter;
  gint64 before; /* of `updated` */
  guint limit;
  GPtrArray *tickets; /* what was found so far */
} Listing;

static gboolean
list_all (Listing *listing, GError **error)
{
  return read_tickets (listing->desk, PD_SQL_TICKET_LIST_ALL,
                       PD_BIND (PD_INT (listing->before), PD_INT (listing->before),
                                PD_INT (listing->filter->id_before), PD_INT (listing->limit)),
                       listing->tickets, error);
}

static gboolean
list_requester (Listing *listing, GError **error)
{
  const PdTicketFilter *filter = listing->filter;
  const char *state = filter->state >= 0 ? pd_ticket_state_name (filter->state) : "";

  return read_tickets (listing->desk, PD_SQL_TICKET_LIST_REQUESTER,
                       PD_BIND (PD_INT (filter->requester), PD_INT (listing->before),
                                PD_INT (listing->before), PD_INT (filter->id_before),
                                PD_INT (filter->unit), PD_INT (filter->unit), PD_TEXT (state),
                                PD_TEXT (state), PD_INT (listing->limit)),
                       listing->tickets, error);
}

static gboolean
list_unit_state (Listing *listing, gint64 unit, PdTicketState state, GError **error)
{
  return read_tickets (listing->desk, PD_SQL_TICKET_LIST_UNIT,
                       PD_BIND (PD_INT (unit), PD_TEXT (pd_ticket_state_name (state)),
                                PD_INT (listing->before), PD_INT (listing->before),
                                PD_INT (listing->filter->id_before), PD_INT (listing->limit)),
                       listing->tickets, error);
}

static gint
newest_first (gconstpointer a, gconstpointer b)
{
  const PdTicket *x = *(PdTicket *const *)a, *y = *(PdTicket *const *)b;

  if (x->updated != y->updated)
    return x->updated > y->updated ? -1 : 1;
  return x->id > y->id ? -1 : x->id < y->id;
}

static void
keep_newest (Listing *listing)
{
  g_ptr_array_sort (listing->tickets, newest_first);
  if (listing->tickets->len > listing->limit)
    g_ptr_array_set_size (listing->tickets, (gint)listing->limit);
}

/* An index for each pair of filters would cost every new ticket; a state is
 * read from each unit, a unit from each state, and the newest are kept. */
static gboolean
list_unit (Listing *listing, gint64 unit, GError **error)
{
  if (listing->filter->state >= 0)
    return list_unit_state (listing, unit, (PdTicketState)listing->filter->state, error);
  for (gsize i = 0; i < G_N_ELEMENTS (state_names); i++)
    if (!list_unit_state (listing, unit, (PdTicketState)i, error))
      return FALSE;
  return TRUE;
}

static gboolean
list_units (Listing *listing, GError **error)
{
  g_autoptr (GPtrArray) units = NULL;

  if (listing->filter->unit != 0)
    return list_unit (listing, listing->filter->unit, error);
  units = pd_unit_list (listing->desk, error);
  for (guint i = 0; units != NULL && i < units->len; i++)
    {
      const PdUnit *unit = g_ptr_array_index (units, i);

      if (!list_unit (listing, unit->id, error))
        return FALSE;
      keep_newest (listing);
    }
  return units != NULL;
}

GPtrArray *
pd_ticket_list (PdDesk *desk, const PdTicketFilter *filter, GError **error)
{
  g_autoptr (GPtrArray) tickets = g_ptr_array_new_with_free_func (free_ticket);
  Listing listing = { desk, filter, filter->updated_before, filter->limit, tickets };
  gboolean done;

  g_return_val_if_fail (filter->state < (int)G_N_ELEMENTS (state_names), NULL);
  if (listing.before == 0)
    listing.before = G_MAXINT64;
  if (listing.limit == 0)
    listing.limit = DEFAULT_LIMIT;
  listing.limit = MIN (listing.limit, MAX_LIMIT);

  if (filter->requester != 0)
    done = list_requester (&listing, error);
  else if (filter->unit != 0 || filter->state >= 0)
    done = list_units (&listing, error);
  else
    done = list_all (&listing, error);
  if (!done)
    return NULL;
  keep_newest (&listing);
  return g_steal_pointer (&tickets);
}
