#include <string.h>

#include "base/error.h"
#include "desk/ticket-access.h"
#include "desk/ticket-row.h"
#include "desk/unit.h"

#define DEFAULT_LIMIT 100
#define MAX_LIMIT 1000
#define MAX_OWN                                                                                    \
  500 /* newest tickets that somebody is entered at, of which the open ones are listed */
#define MAX_PAGES 50 /* of a stream that are looked through for what matches */

#define N_STATES (PD_TICKET_ARCHIVED + 1)

/* Tickets that an index gives, newest change first.  What a list shows is put together from
 * such streams: an index for each pair of filters would cost every new ticket. */
typedef struct {
  enum { ALL, UNIT, REQUESTER, AUTHOR, LOCKER, ASSIGNEE, WATCHER, CC, TAG } kind;
  gint64 id;           /* the unit or person */
  PdTicketState state; /* of UNIT */
} Stream;

typedef struct {
  PdDesk *desk;
  const PdTicketFilter *filter;
  guint limit;
  GArray *streams;
  GPtrArray *tickets; /* what was found so far */
} Listing;

static void
free_ticket (gpointer ticket)
{
  pd_ticket_free (ticket);
}

/* ---- what matches ---- */

/* Directors and administrators see everything: nothing has to be asked of them. */
static gboolean
sees_all (const PdPerson *viewer)
{
  return viewer == NULL
         || (viewer->state == PD_PERSON_ACTIVE && pd_person_is_staff (viewer)
             && (viewer->admin || viewer->role == PD_ROLE_DIRECTOR));
}

static gboolean
columns_match (const PdTicketFilter *filter, const PdTicket *ticket)
{
  if (filter->box == PD_TICKET_BOX_ARCHIVE
          ? ticket->state != PD_TICKET_ARCHIVED
          : filter->box != PD_TICKET_BOX_ALL && ticket->state == PD_TICKET_ARCHIVED)
    return FALSE;
  if (filter->locked_by_others
      && (ticket->state != PD_TICKET_LOCKED
          || (filter->viewer != NULL && ticket->locker == filter->viewer->id)))
    return FALSE;
  return ticket->spam == filter->spam
         && (filter->state < 0 || ticket->state == (PdTicketState)filter->state)
         && (filter->unit == 0 || ticket->unit == filter->unit)
         && (filter->requester == 0 || ticket->requester == filter->requester)
         && (filter->author == 0 || ticket->author == filter->author)
         && (filter->locker == 0 || ticket->locker == filter->locker);
}

static gboolean
rows_match (Listing *listing, const PdTicket *ticket, gboolean *out, GError **error)
{
  const PdTicketFilter *filter = listing->filter;
  gint64 found = 1;

  if (filter->assignee != 0
      && !pd_db_find_int (listing->desk->db, PD_SQL_TICKET_PERSON_FIND,
                          PD_BIND (PD_INT (ticket->id), PD_INT (filter->assignee),
                                   PD_TEXT (pd_relation_name (PD_RELATION_ASSIGNEE))),
                          &found, error))
    return FALSE;
  if (found != 0 && filter->tag != NULL
      && !pd_db_find_int (listing->desk->db, PD_SQL_TICKET_TAG_FIND,
                          PD_BIND (PD_INT (ticket->id), PD_TEXT (filter->tag)), &found, error))
    return FALSE;
  *out = found != 0;
  return TRUE;
}

static gboolean
matches (Listing *listing, const PdTicket *ticket, gboolean *out, GError **error)
{
  const PdPerson *viewer = listing->filter->viewer;
  guint acts = PD_ACT_SEE;

  *out = FALSE;
  if (!columns_match (listing->filter, ticket))
    return TRUE;
  if (!rows_match (listing, ticket, out, error))
    return FALSE;
  if (*out && !sees_all (viewer) && !pd_ticket_acts (listing->desk, ticket, viewer, &acts, error))
    return FALSE;
  *out = *out && (acts & PD_ACT_SEE) != 0;
  return TRUE;
}

/* ---- streams ---- */

typedef struct {
  gint64 updated, id;
} Cursor;

/* Open tickets are among the newest; who asks for all that somebody ever had waits for it. */
static gint64
length_of (const Listing *listing)
{
  const PdTicketFilter *filter = listing->filter;
  gboolean open = filter->box == PD_TICKET_BOX_IN
                  || (filter->state >= 0 && filter->state <= PD_TICKET_WAITING);

  return open && filter->assignee == 0 ? MAX_OWN : G_MAXINT32;
}

static gboolean
read_page (Listing *listing, const Stream *stream, const Cursor *at, GPtrArray *into,
           GError **error)
{
  static const PdSqlId by_person[] = {
    [REQUESTER] = PD_SQL_TICKET_LIST_REQUESTER,
    [AUTHOR] = PD_SQL_TICKET_LIST_AUTHOR,
    [LOCKER] = PD_SQL_TICKET_LIST_LOCKER,
  };
  static const PdRelation relations[] = {
    [ASSIGNEE] = PD_RELATION_ASSIGNEE,
    [WATCHER] = PD_RELATION_WATCHER,
    [CC] = PD_RELATION_CC,
  };
  const PdDbValue updated = PD_INT (at->updated), id = PD_INT (at->id),
                  limit = PD_INT (listing->limit);

  switch (stream->kind)
    {
    case ALL:
      return pd_ticket_row_read (listing->desk, PD_SQL_TICKET_LIST_ALL,
                                 PD_BIND (updated, updated, id, limit), into, error);
    case UNIT:
      return pd_ticket_row_read (listing->desk, PD_SQL_TICKET_LIST_UNIT,
                                 PD_BIND (PD_INT (stream->id),
                                          PD_TEXT (pd_ticket_state_name (stream->state)), updated,
                                          updated, id, limit),
                                 into, error);
    case REQUESTER:
    case AUTHOR:
    case LOCKER:
      return pd_ticket_row_read (listing->desk, by_person[stream->kind],
                                 PD_BIND (PD_INT (stream->id), updated, updated, id, limit), into,
                                 error);
    case ASSIGNEE:
    case WATCHER:
    case CC:
      return pd_ticket_row_read (
          listing->desk, PD_SQL_TICKET_LIST_PERSON,
          PD_BIND (PD_INT (stream->id), PD_TEXT (pd_relation_name (relations[stream->kind])),
                   PD_INT (length_of (listing)), updated, updated, id, limit),
          into, error);
    case TAG:
      return pd_ticket_row_read (
          listing->desk, PD_SQL_TICKET_LIST_TAG,
          PD_BIND (PD_TEXT (listing->filter->tag), updated, updated, id, limit), into, error);
    }
  g_return_val_if_reached (FALSE);
}

static gboolean
has_ticket (const GPtrArray *tickets, gint64 id)
{
  for (guint i = 0; i < tickets->len; i++)
    if (((const PdTicket *)g_ptr_array_index (tickets, i))->id == id)
      return TRUE;
  return FALSE;
}

/* Takes over what matches of a page. */
static gboolean
keep (Listing *listing, GPtrArray *page, guint *kept, GError **error)
{
  for (guint i = 0; i < page->len && *kept < listing->limit; i++)
    {
      PdTicket *ticket = g_ptr_array_index (page, i);
      gboolean fits;

      if (!matches (listing, ticket, &fits, error))
        return FALSE;
      if (!fits)
        continue;
      ++*kept;
      if (has_ticket (listing->tickets, ticket->id))
        continue;
      g_ptr_array_add (listing->tickets, ticket);
      page->pdata[i] = NULL;
    }
  return TRUE;
}

static gboolean
walk (Listing *listing, const Stream *stream, GError **error)
{
  const PdTicketFilter *filter = listing->filter;
  Cursor at
      = { filter->updated_before != 0 ? filter->updated_before : G_MAXINT64, filter->id_before };
  gboolean full = TRUE;
  guint kept = 0;

  for (int i = 0; i < MAX_PAGES && full && kept < listing->limit; i++)
    {
      g_autoptr (GPtrArray) page = g_ptr_array_new_with_free_func (free_ticket);
      const PdTicket *last;

      if (!read_page (listing, stream, &at, page, error))
        return FALSE;
      if (page->len == 0)
        break;
      last = g_ptr_array_index (page, page->len - 1);
      at = (Cursor){ last->updated, last->id };
      full = page->len == listing->limit;
      if (!keep (listing, page, &kept, error))
        return FALSE;
    }
  return TRUE;
}

/* ---- which streams ---- */

static void
add (Listing *listing, int kind, gint64 id)
{
  Stream stream = { .id = id };

  stream.kind = kind;
  g_array_append_val (listing->streams, stream);
}

static void
add_unit (Listing *listing, gint64 unit)
{
  const PdTicketFilter *filter = listing->filter;

  for (int state = 0; state < N_STATES; state++)
    {
      const Stream stream = { .kind = UNIT, .id = unit, .state = (PdTicketState)state };

      if (filter->state >= 0 ? state != filter->state
          : filter->box == PD_TICKET_BOX_ARCHIVE
              ? state != PD_TICKET_ARCHIVED
              : filter->box != PD_TICKET_BOX_ALL && state == PD_TICKET_ARCHIVED)
        continue;
      g_array_append_val (listing->streams, stream);
    }
}

static gboolean
add_units (Listing *listing, GError **error)
{
  g_autoptr (GPtrArray) units = pd_unit_list (listing->desk, error);

  for (guint i = 0; units != NULL && i < units->len; i++)
    add_unit (listing, ((const PdUnit *)g_ptr_array_index (units, i))->id);
  return units != NULL;
}

/* What concerns somebody: his units, what is given to him, what he asked. */
static gboolean
add_own (Listing *listing, const PdPerson *viewer, GError **error)
{
  g_autoptr (GArray) units = pd_person_unit_ids (listing->desk, viewer->id, error);
  g_autoptr (GArray) clients = NULL;

  if (units == NULL)
    return FALSE;
  for (guint i = 0; i < units->len && pd_person_is_staff (viewer); i++)
    if (listing->filter->unit == 0)
      add_unit (listing, g_array_index (units, gint64, i));
    else if (listing->filter->unit == g_array_index (units, gint64, i))
      {
        /* all that he sees of his own unit is in it, what is given to him too */
        add_unit (listing, listing->filter->unit);
        return TRUE;
      }
  add (listing, ASSIGNEE, viewer->id);
  if (listing->filter->box == PD_TICKET_BOX_IN && pd_person_is_staff (viewer))
    return TRUE;
  add (listing, AUTHOR, viewer->id);
  add (listing, REQUESTER, viewer->id);
  add (listing, WATCHER, viewer->id);
  add (listing, CC, viewer->id);
  if (pd_person_is_staff (viewer))
    return TRUE;
  clients = pd_db_list_ints (listing->desk->db, PD_SQL_TICKET_LIST_GROUP,
                             PD_BIND (PD_INT (viewer->id)), error);
  for (guint i = 0; clients != NULL && i < clients->len; i++)
    add (listing, REQUESTER, g_array_index (clients, gint64, i));
  return clients != NULL;
}

/* The narrowest that the filter allows. */
static gboolean
choose (Listing *listing, GError **error)
{
  const PdTicketFilter *filter = listing->filter;

  if (filter->box == PD_TICKET_BOX_OUT && filter->viewer != NULL)
    add (listing, AUTHOR, filter->viewer->id);
  else if (filter->locker != 0)
    add (listing, LOCKER, filter->locker);
  else if (filter->requester != 0)
    add (listing, REQUESTER, filter->requester);
  else if (filter->author != 0)
    add (listing, AUTHOR, filter->author);
  else if (filter->assignee != 0)
    add (listing, ASSIGNEE, filter->assignee);
  else if (filter->tag != NULL)
    add (listing, TAG, 0);
  else if (!sees_all (filter->viewer))
    return add_own (listing, filter->viewer, error);
  else if (filter->unit != 0)
    add_unit (listing, filter->unit);
  else if (filter->state >= 0 || filter->box != PD_TICKET_BOX_ALL)
    return add_units (listing, error);
  else
    add (listing, ALL, 0);
  return TRUE;
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

static gboolean
run (Listing *listing, GError **error)
{
  if (!choose (listing, error))
    return FALSE;
  for (guint i = 0; i < listing->streams->len; i++)
    {
      if (!walk (listing, &g_array_index (listing->streams, Stream, i), error))
        return FALSE;
      keep_newest (listing);
    }
  return TRUE;
}

GPtrArray *
pd_ticket_list (PdDesk *desk, const PdTicketFilter *filter, GError **error)
{
  g_autoptr (GPtrArray) tickets = g_ptr_array_new_with_free_func (free_ticket);
  g_autoptr (GArray) streams = g_array_new (FALSE, FALSE, sizeof (Stream));
  Listing listing = { desk, filter, filter->limit, streams, tickets };

  g_return_val_if_fail (filter->state < N_STATES, NULL);
  if (listing.limit == 0)
    listing.limit = DEFAULT_LIMIT;
  listing.limit = MIN (listing.limit, MAX_LIMIT);
  return run (&listing, error) ? g_steal_pointer (&tickets) : NULL;
}
