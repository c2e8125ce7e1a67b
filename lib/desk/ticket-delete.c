#include "base/clock.h"
#include "desk/audit.h"
#include "desk/ticket-change.h"
#include "desk/ticket-step.h"

/* What goes with one of these, row by row: by lists of ids, since not every database
 * looks into a subquery by an index. */
typedef struct {
  PdSqlId list;          /* in: the ticket; out: ids */
  gsize n_places;        /* of the ticket in it */
  gsize n_statements;
  PdSqlId statements[6]; /* in: one of the ids */
} Parts;

/* The bytes of a mail go; their row stays empty, since others may point to it. */
static const Parts parts[] = {
  { PD_SQL_TICKET_RAWS, 3, 2, { PD_SQL_RAW_EMPTY, PD_SQL_RAW_CHUNK_DROP } },
  { PD_SQL_TICKET_OUTBOX_IDS, 1, 1, { PD_SQL_ATTEMPT_DROP } },
  { PD_SQL_TICKET_MESSAGE_IDS,
    1,
    6,
    { PD_SQL_MESSAGE_EDITION_DROP, PD_SQL_ATTACHMENT_DROP, PD_SQL_EVENT_FORGET_MESSAGE,
      PD_SQL_OUTBOX_FORGET_MESSAGE, PD_SQL_FEED_FORGET_MESSAGE, PD_SQL_INBOUND_FORGET_ENTRY } },
};

/* In: the ticket. */
static const PdSqlId rows[] = {
  PD_SQL_TICKET_DROP_OUTBOX,  PD_SQL_TICKET_DROP_FEED,    PD_SQL_TICKET_DROP_EVENTS,
  PD_SQL_TICKET_DROP_CLOCKS,  PD_SQL_TICKET_DROP_TIMERS,  PD_SQL_TICKET_DROP_FIELDS,
  PD_SQL_TICKET_DROP_PEOPLE,  PD_SQL_TICKET_DROP_TAGS,    PD_SQL_TICKET_DROP_LINKS,
  PD_SQL_TICKET_DROP_LINKED,  PD_SQL_INBOUND_FORGET,      PD_SQL_TICKET_DROP_MESSAGES,
  PD_SQL_TICKET_DROP_STRANDS, PD_SQL_TICKET_FORGET_MERGE, PD_SQL_TICKET_DROP,
};

static gboolean
drop_parts (PdDesk *desk, gint64 ticket, const Parts *what, GError **error)
{
  const PdDbValue places[3] = { PD_INT (ticket), PD_INT (ticket), PD_INT (ticket) };
  g_autoptr (GArray) ids
      = pd_db_list_ints (desk->db, what->list, places, what->n_places, error);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    for (gsize k = 0; k < what->n_statements; k++)
      if (!pd_db_exec (desk->db, what->statements[k],
                       PD_BIND (PD_INT (g_array_index (ids, gint64, i))), NULL, error))
        return FALSE;
  return ids != NULL;
}

/* Nothing of what was said, and nobody but who deleted it. */
static gboolean
write_audit (PdDesk *desk, const PdTicket *ticket, const PdPerson *actor, GError **error)
{
  struct json_object *data = json_object_new_object ();
  g_autofree char *target = g_strdup_printf ("ticket %" G_GINT64_FORMAT, ticket->number);
  g_autofree char *created = pd_clock_format (ticket->created);
  gboolean ok;

  pd_ticket_json_id (data, "id", ticket->id);
  pd_ticket_json_id (data, "unit", ticket->unit);
  json_object_object_add (data, "state",
                          json_object_new_string (pd_ticket_state_name (ticket->state)));
  json_object_object_add (data, "created", json_object_new_string (created));
  ok = pd_audit_add (desk, actor != NULL ? actor->id : 0, "ticket-deleted", target,
                     json_object_to_json_string_ext (data, JSON_C_TO_STRING_PLAIN), error);
  json_object_put (data);
  return ok;
}

gboolean
pd_ticket_delete (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, GError **error)
{
  if (!pd_ticket_row_reload (desk, ticket, error)
      || !pd_ticket_authorise (desk, ticket, actor, PD_ACT_DELETE, error)
      || !write_audit (desk, ticket, actor, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (!drop_parts (desk, ticket->id, &parts[i], error))
      return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (!pd_db_exec (desk->db, rows[i], PD_BIND (PD_INT (ticket->id)), NULL, error))
      return FALSE;
  return TRUE;
}
