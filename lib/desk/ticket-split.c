#include <string.h>

#include "base/error.h"
#include "desk/ticket-change.h"
#include "desk/ticket-create.h"
#include "desk/ticket-step.h"

/* The entries themselves move, with their files, their mails in and what was sent about
 * them: an answer to one of them is found by its Message-ID, and so finds the new
 * ticket.  The history stays where it happened; both sides say what became of it. */
typedef struct {
  gint64 entry;     /* the first that moves; 0: the last public one */
  gint64 author;    /* of it */
  PdTicket *fresh;  /* owned */
} Split;

static gboolean
find_entry (PdTicketWork *work, Split *split, GError **error)
{
  gint64 ticket = work->ticket->id, first = 0;

  if (split->entry == 0
      && !pd_db_find_int (work->desk->db, PD_SQL_MESSAGE_LAST_PUBLIC, PD_BIND (PD_INT (ticket)),
                          &split->entry, error))
    return FALSE;
  if (!pd_db_find_int (work->desk->db, PD_SQL_MESSAGE_MOVABLE_AUTHOR,
                       PD_BIND (PD_INT (split->entry), PD_INT (ticket)), &split->author, error)
      || !pd_db_find_int (work->desk->db, PD_SQL_MESSAGE_FIRST, PD_BIND (PD_INT (ticket)), &first,
                          error))
    return FALSE;
  if (split->author == 0)
    return pd_fail (error, PD_ERROR_NOT_FOUND,
                    "ticket #%" G_GINT64_FORMAT " has no such entry that could be split off",
                    work->ticket->number);
  return split->entry != first
         || pd_fail (error, PD_ERROR_INVALID,
                     "that is the first entry: nothing of ticket #%" G_GINT64_FORMAT
                     " would be left",
                     work->ticket->number);
}

static gboolean
prepare (PdTicketWork *work, GError **error)
{
  return find_entry (work, work->what, error);
}

/* A client who wrote the first entry asks; else who has asked before. */
static gboolean
find_requester (PdTicketWork *work, const Split *split, gint64 *out, GError **error)
{
  g_autoptr (PdPerson) author = NULL;

  if (!pd_person_get (work->desk, split->author, &author, error))
    return FALSE;
  *out = author != NULL && !pd_person_is_staff (author) ? author->id : work->ticket->requester;
  return TRUE;
}

static gboolean
open_ticket (PdTicketWork *work, Split *split, PdTicketNew *fresh, GError **error)
{
  const PdTicket *ticket = work->ticket;

  *fresh = (PdTicketNew){
    .subject = ticket->subject,
    .unit = ticket->unit,
    .source = "split",
    .priority = ticket->priority,
    .plan = ticket->plan != 0 ? ticket->plan : PD_TICKET_NO_PLAN,
  };
  if (!find_requester (work, split, &fresh->requester, error))
    return FALSE;
  fresh->author = work->actor != NULL ? work->actor->id : fresh->requester;
  return pd_ticket_create_row (work->desk, fresh, &split->fresh, error);
}

static gboolean
move_entries (PdTicketWork *work, const Split *split, GError **error)
{
  static const PdSqlId statements[] = {
    PD_SQL_MESSAGE_MOVE,
    PD_SQL_INBOUND_MOVE,
    PD_SQL_OUTBOX_MOVE,
    PD_SQL_FEED_MOVE,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (statements); i++)
    if (!pd_db_exec (work->desk->db, statements[i],
                     PD_BIND (PD_INT (split->fresh->id), PD_INT (work->ticket->id),
                              PD_INT (split->entry)),
                     NULL, error))
      return FALSE;
  return TRUE;
}

/* Staff hears of a new ticket; its requester has been answered before. */
static gboolean
tell_fresh (PdTicketWork *work, const Split *split, const PdTicketNew *fresh, GError **error)
{
  const PdEntry entry = { .author = pd_ticket_work_actor (work), .no_acknowledgement = TRUE };
  struct json_object *data = json_object_new_object ();

  pd_ticket_json_id (data, "from", work->ticket->id);
  json_object_object_add (data, "number", json_object_new_int64 (work->ticket->number));
  if (!pd_ticket_tell_event (work->desk, split->fresh->id, "split", entry.author, split->entry,
                             data, error))
    return FALSE;
  return pd_ticket_create_tell (work->desk, split->fresh, fresh, &entry, split->entry, error);
}

static gboolean
write_split (PdTicketWork *work, GError **error)
{
  Split *split = work->what;
  PdTicketNew fresh;

  if (!open_ticket (work, split, &fresh, error) || !move_entries (work, split, error)
      || !tell_fresh (work, split, &fresh, error))
    return FALSE;
  pd_ticket_json_id (work->data, "ticket", split->fresh->id);
  json_object_object_add (work->data, "number", json_object_new_int64 (split->fresh->number));
  work->message = split->entry;
  return pd_ticket_link_write (work->desk, work->ticket, split->fresh, pd_ticket_work_actor (work),
                               error);
}

static const PdTicketStep split_it = {
  .act = PD_ACT_EDIT,
  .from = PD_TICKET_ALIVE,
  .event = "split",
  .notice = PD_TICKET_TELL_NOBODY,
  .prepare = prepare,
  .write = write_split,
};

gboolean
pd_ticket_split (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, gint64 entry,
                 PdTicket **out_new, GError **error)
{
  Split split = { .entry = entry };
  gboolean ok = pd_ticket_step (desk, ticket, actor, &split_it, &split, error);

  if (ok && out_new != NULL)
    *out_new = g_steal_pointer (&split.fresh);
  else if (out_new != NULL)
    *out_new = NULL;
  g_clear_pointer (&split.fresh, pd_ticket_free);
  return ok;
}
