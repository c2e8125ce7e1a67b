#include "base/clock.h"
#include "base/error.h"
#include "desk/ticket-change.h"
#include "desk/ticket-step.h"

/* The other one. */
typedef struct {
  gint64 number;
  PdTicket *other; /* owned */
} Link;

static gboolean
read_other (PdTicketWork *work, gboolean *out_linked, GError **error)
{
  Link *link = work->what;
  gint64 found = 0;

  g_clear_pointer (&link->other, pd_ticket_free);
  link->other = pd_ticket_need (work->desk, link->number, error);
  if (link->other == NULL
      || !pd_ticket_authorise (work->desk, link->other, work->actor, PD_ACT_SEE, error))
    return FALSE;
  if (link->other->id == work->ticket->id)
    return pd_fail (error, PD_ERROR_INVALID, "a ticket is not linked with itself");
  if (!pd_db_find_int (work->desk->db, PD_SQL_TICKET_LINK_FIND,
                       PD_BIND (PD_INT (work->ticket->id), PD_INT (link->other->id),
                                PD_INT (link->other->id), PD_INT (work->ticket->id)),
                       &found, error))
    return FALSE;
  pd_ticket_json_id (work->data, "ticket", link->other->id);
  json_object_object_add (work->data, "number", json_object_new_int64 (link->other->number));
  *out_linked = found != 0;
  return TRUE;
}

static gboolean
check_room (PdTicketWork *work, GError **error)
{
  gint64 n = 0;

  return pd_db_find_int (work->desk->db, PD_SQL_TICKET_LINK_COUNT,
                         PD_BIND (PD_INT (work->ticket->id)), &n, error)
         && (n < PD_TICKET_MAX_LINKS
             || pd_fail (error, PD_ERROR_INVALID,
                         "ticket #%" G_GINT64_FORMAT " has %d links already", work->ticket->number,
                         PD_TICKET_MAX_LINKS));
}

static gboolean
prepare_link (PdTicketWork *work, GError **error)
{
  return read_other (work, &work->so_already, error)
         && (work->so_already || check_room (work, error));
}

static gboolean
prepare_unlink (PdTicketWork *work, GError **error)
{
  gboolean linked = FALSE;

  if (!read_other (work, &linked, error))
    return FALSE;
  work->so_already = !linked;
  return TRUE;
}

gboolean
pd_ticket_link_write (PdDesk *desk, const PdTicket *ticket, const PdTicket *other, gint64 actor,
                      GError **error)
{
  struct json_object *data = json_object_new_object ();

  pd_ticket_json_id (data, "ticket", ticket->id);
  json_object_object_add (data, "number", json_object_new_int64 (ticket->number));
  return pd_ticket_tell_event (desk, other->id, "linked", actor, 0, data, error)
         && pd_db_exec (
             desk->db, PD_SQL_TICKET_LINK_ADD,
             PD_BIND (PD_INT (ticket->id), PD_INT (other->id), PD_INT (pd_clock_now ())), NULL,
             error);
}

/* The history of the other one says it too. */
static gboolean
write_link (PdTicketWork *work, GError **error)
{
  const Link *link = work->what;

  return pd_ticket_link_write (work->desk, work->ticket, link->other, pd_ticket_work_actor (work),
                               error);
}

static gboolean
drop_link (PdTicketWork *work, GError **error)
{
  const Link *link = work->what;
  struct json_object *data = json_object_new_object ();

  pd_ticket_json_id (data, "ticket", work->ticket->id);
  json_object_object_add (data, "number", json_object_new_int64 (work->ticket->number));
  return pd_ticket_tell_event (work->desk, link->other->id, "unlinked", pd_ticket_work_actor (work),
                               0, data, error)
         && pd_db_exec (work->desk->db, PD_SQL_TICKET_LINK_DROP,
                        PD_BIND (PD_INT (work->ticket->id), PD_INT (link->other->id)), NULL, error)
         && pd_db_exec (work->desk->db, PD_SQL_TICKET_LINK_DROP,
                        PD_BIND (PD_INT (link->other->id), PD_INT (work->ticket->id)), NULL, error);
}

static const PdTicketStep link_it = {
  .act = PD_ACT_EDIT,
  .from = PD_TICKET_ALIVE,
  .event = "linked",
  .notice = PD_TICKET_TELL_NOBODY,
  .prepare = prepare_link,
  .write = write_link,
};

static const PdTicketStep unlink_it = {
  .act = PD_ACT_EDIT,
  .from = PD_TICKET_ALIVE,
  .event = "unlinked",
  .notice = PD_TICKET_TELL_NOBODY,
  .prepare = prepare_unlink,
  .write = drop_link,
};

static gboolean
run (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, const PdTicketStep *step,
     gint64 other_number, GError **error)
{
  Link link = { .number = other_number };
  gboolean ok = pd_ticket_step (desk, ticket, actor, step, &link, error);

  g_clear_pointer (&link.other, pd_ticket_free);
  return ok;
}

gboolean
pd_ticket_link (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, gint64 other_number,
                GError **error)
{
  return run (desk, ticket, actor, &link_it, other_number, error);
}

gboolean
pd_ticket_unlink (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, gint64 other_number,
                  GError **error)
{
  return run (desk, ticket, actor, &unlink_it, other_number, error);
}
