#include "desk/event.h"

#include "base/clock.h"
#include "base/id.h"
#include "desk/ticket-clock.h"

static gboolean
add (PdDesk *desk, gint64 ticket, const char *kind, gint64 actor, gint64 message,
     const char *data, GError **error)
{
  return pd_db_exec (desk->db, PD_SQL_EVENT_ADD,
                     PD_BIND (PD_INT (pd_id_new ()), PD_INT (ticket), PD_INT (pd_clock_now ()),
                              PD_TEXT (kind), PD_ID (actor), PD_ID (message),
                              PD_TEXT (data != NULL ? data : "{}")),
                     NULL, error);
}

gboolean
pd_event_add (PdDesk *desk, gint64 ticket, const char *kind, gint64 actor, gint64 message,
              const char *data, GError **error)
{
  return add (desk, ticket, kind, actor, message, data, error)
         && pd_ticket_clock_event (desk, ticket, NULL, kind, error);
}

gboolean
pd_event_add_to (PdDesk *desk, const PdTicket *ticket, const char *kind, gint64 actor,
                 gint64 message, const char *data, GError **error)
{
  return add (desk, ticket->id, kind, actor, message, data, error)
         && pd_ticket_clock_event (desk, ticket->id, ticket, kind, error);
}
