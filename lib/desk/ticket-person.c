#include "desk/ticket.h"

static const char *const relation_names[] = {
  [PD_RELATION_ASSIGNEE] = "assignee",
  [PD_RELATION_WATCHER] = "watcher",
  [PD_RELATION_CC] = "cc",
};

/* Whether a statement gives a row. */
static gboolean
has_row (PdDesk *desk, PdSqlId sql, const PdDbValue *values, gsize n_values, gboolean *out,
         GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (desk->db, sql, values, n_values, error);
  int step = rows != NULL ? pd_rows_next (rows, error) : -1;

  *out = step == 1;
  return step >= 0;
}

const char *
pd_relation_name (PdRelation relation)
{
  g_return_val_if_fail ((gsize)relation < G_N_ELEMENTS (relation_names), "");
  return relation_names[relation];
}

gboolean
pd_ticket_add_person (PdDesk *desk, gint64 ticket, gint64 person, PdRelation relation,
                      GError **error)
{
  const char *name;
  gboolean known;

  g_return_val_if_fail ((gsize)relation < G_N_ELEMENTS (relation_names), FALSE);
  name = relation_names[relation];
  if (!has_row (desk, PD_SQL_TICKET_PERSON_FIND,
                PD_BIND (PD_INT (ticket), PD_INT (person), PD_TEXT (name)), &known, error))
    return FALSE;
  return known
         || pd_db_exec (desk->db, PD_SQL_TICKET_PERSON_ADD,
                        PD_BIND (PD_INT (ticket), PD_INT (person), PD_TEXT (name)), NULL, error);
}

gboolean
pd_ticket_has_person (PdDesk *desk, const PdTicket *ticket, gint64 person, gboolean *out,
                      GError **error)
{
  *out = person != 0
         && (person == ticket->requester || person == ticket->author || person == ticket->locker);
  if (*out || person == 0)
    return TRUE;
  if (!has_row (desk, PD_SQL_TICKET_PERSON_KNOWN, PD_BIND (PD_INT (ticket->id), PD_INT (person)),
                out, error))
    return FALSE;
  return *out
         || has_row (desk, PD_SQL_MESSAGE_AUTHOR_KNOWN,
                     PD_BIND (PD_INT (ticket->id), PD_INT (person)), out, error);
}
