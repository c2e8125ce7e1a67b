#include <string.h>

#include "base/error.h"
#include "base/id.h"
#include "desk/ticket-change.h"
#include "desk/ticket-step.h"

/* ---- say ---- */

/* What is in the archive takes no more words but notes. */
static gboolean
may_say (PdDesk *desk, const PdTicket *ticket, const PdPerson *actor, PdAct act, GError **error)
{
  if (!pd_ticket_entitled (desk, ticket, actor, act, error))
    return FALSE;
  if (act == PD_ACT_COMMENT && ticket->state == PD_TICKET_ARCHIVED)
    return pd_ticket_conflict (desk, ticket, "archived", error);
  return pd_ticket_authorise (desk, ticket, actor, act, error);
}

gboolean
pd_ticket_say (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, const PdEntry *entry,
               gint64 *out_entry, GError **error)
{
  if (out_entry != NULL)
    *out_entry = 0;
  return pd_ticket_row_reload (desk, ticket, error)
         && may_say (desk, ticket, actor, entry->internal ? PD_ACT_NOTE : PD_ACT_COMMENT, error)
         && pd_ticket_add_entry (desk, ticket, entry, out_entry, error);
}

/* ---- edit ---- */

/* An entry and what becomes of it. */
typedef struct {
  gint64 id;
  const char *text;
  /* as it stands */
  gint64 author;
  gboolean hidden; /* a note, or of a side thread */
  char *old_text;
  char *old_visible; /* NULL: the whole text */
  char *old_html;    /* NULL: none */
} Edit;

static void
edit_clear (Edit *edit)
{
  g_clear_pointer (&edit->old_text, g_free);
  g_clear_pointer (&edit->old_visible, g_free);
  g_clear_pointer (&edit->old_html, g_free);
}

static char *
dup_or_null (PdRows *rows, guint column)
{
  return pd_rows_is_null (rows, column) ? NULL : g_strdup (pd_rows_text (rows, column));
}

static gboolean
fail_unknown (const PdTicket *ticket, gint64 entry, GError **error)
{
  char text[PD_ID_TEXT_SIZE];

  return pd_fail (error, PD_ERROR_NOT_FOUND, "ticket #%" G_GINT64_FORMAT " has no entry %s",
                  ticket->number, pd_id_format (entry, text));
}

static gboolean
read_entry (PdDesk *desk, const PdTicket *ticket, Edit *edit, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_MESSAGE_GET, PD_BIND (PD_INT (edit->id)), error);
  int got = rows != NULL ? pd_rows_next (rows, error) : -1;

  edit_clear (edit);
  if (got < 0)
    return FALSE;
  if (got == 0 || pd_rows_int (rows, 0) != ticket->id)
    return fail_unknown (ticket, edit->id, error);
  edit->hidden = strcmp (pd_rows_text (rows, 1), "public") != 0 || !pd_rows_is_null (rows, 6);
  edit->author = pd_rows_int (rows, 2);
  edit->old_text = g_strdup (pd_rows_text (rows, 3));
  edit->old_visible = dup_or_null (rows, 4);
  edit->old_html = dup_or_null (rows, 5);
  return TRUE;
}

/* His own words everybody may change while the ticket takes words at all; those of
 * others who may edit the ticket. */
static gboolean
may_edit (PdTicketWork *work, const Edit *edit, GError **error)
{
  const PdPerson *actor = work->actor;
  PdAct act = actor != NULL && actor->id == edit->author ? PD_ACT_COMMENT : PD_ACT_EDIT;
  guint acts = 0;

  if (actor == NULL)
    return TRUE;
  if (!pd_ticket_acts (work->desk, work->ticket, actor, &acts, error))
    return FALSE;
  if (edit->hidden && (acts & PD_ACT_INTERNAL) == 0)
    return fail_unknown (work->ticket, edit->id, error);
  if (!pd_ticket_entitled (work->desk, work->ticket, actor, act, error))
    return FALSE;
  return work->ticket->state == PD_TICKET_ARCHIVED /* a conflict, which comes next */
         || pd_ticket_authorise (work->desk, work->ticket, actor, act, error);
}

static gboolean
prepare_edit (PdTicketWork *work, GError **error)
{
  Edit *edit = work->what;

  if (!read_entry (work->desk, work->ticket, edit, error) || !may_edit (work, edit, error))
    return FALSE;
  work->so_already = strcmp (edit->old_text, edit->text) == 0;
  work->message = edit->id;
  return TRUE;
}

/* What it said before is kept. */
static gboolean
write_edit (PdTicketWork *work, GError **error)
{
  const Edit *edit = work->what;
  gint64 by = work->actor != NULL ? work->actor->id : edit->author;
  gint64 now = work->ticket->updated;

  return pd_db_exec (work->desk->db, PD_SQL_MESSAGE_EDITION_ADD,
                     PD_BIND (PD_INT (pd_id_new ()), PD_INT (edit->id), PD_INT (now), PD_INT (by),
                              PD_TEXT (edit->old_text), PD_TEXT (edit->old_visible),
                              PD_TEXT (edit->old_html)),
                     NULL, error)
         && pd_db_exec (work->desk->db, PD_SQL_MESSAGE_EDIT,
                        PD_BIND (PD_TEXT (edit->text), PD_INT (now), PD_INT (edit->id)), NULL,
                        error);
}

static const PdTicketStep edit_entry = {
  .act = PD_ACT_SEE, /* the rest depends on the entry */
  .from = PD_TICKET_ALIVE,
  .event = "edited",
  .notice = PD_NOTICE_CHANGED,
  .prepare = prepare_edit,
  .write = write_edit,
};

gboolean
pd_ticket_edit_entry (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, gint64 entry,
                      const char *text, GError **error)
{
  Edit edit = { .id = entry, .text = text };
  gboolean ok;

  if (!g_utf8_validate (text, -1, NULL))
    return pd_fail (error, PD_ERROR_INVALID, "the text is not UTF-8");
  if (strlen (text) > PD_TICKET_MAX_TEXT)
    return pd_fail (error, PD_ERROR_INVALID, "the text has more than %d octets",
                    PD_TICKET_MAX_TEXT);
  ok = pd_ticket_step (desk, ticket, actor, &edit_entry, &edit, error);
  edit_clear (&edit);
  return ok;
}
