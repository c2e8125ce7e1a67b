#include "desk/ticket.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/event.h"
#include "desk/notice.h"
#include "desk/ticket-create.h"
#include "desk/ticket-step.h"

/* What a column takes, in characters. */
#define MAX_MESSAGE_ID 512
#define MAX_FILE_NAME 500
#define MAX_TYPE 200
#define MAX_CONTENT_ID 500
#define MAX_PART 200
#define MAX_ENCODING PD_MAIL_MAX_ENCODING

/* A text that fits into a column, cut between characters; caller frees. */
static char *
cut (const char *text, gsize max)
{
  const char *end = text;

  for (gsize n = 0; n < max && *end != '\0'; n++)
    end = g_utf8_next_char (end);
  return g_strndup (text, (gsize)(end - text));
}

/* A Message-ID as it is stored and looked for; NULL stays NULL, and an empty
 * one is none. */
static char *
message_id_key (const char *message_id)
{
  if (message_id == NULL || message_id[0] == '\0' || !g_utf8_validate (message_id, -1, NULL))
    return NULL;
  return cut (message_id, MAX_MESSAGE_ID);
}

gboolean
pd_ticket_id_by_message_id (PdDesk *desk, const char *message_id, gint64 *out_id, GError **error)
{
  g_autofree char *key = message_id_key (message_id);

  *out_id = 0;
  return key == NULL
         || pd_db_find_int (desk->db, PD_SQL_MESSAGE_TICKET_BY_MESSAGE_ID, PD_BIND (PD_TEXT (key)),
                            out_id, error);
}

/* ---- entries ---- */

static gboolean
check_text (const char *what, const char *text, GError **error)
{
  if (text == NULL)
    return TRUE;
  if (!g_utf8_validate (text, -1, NULL))
    return pd_fail (error, PD_ERROR_INVALID, "the %s is not UTF-8", what);
  return strlen (text) <= PD_TICKET_MAX_TEXT
         || pd_fail (error, PD_ERROR_INVALID, "the %s has more than %d octets", what,
                     PD_TICKET_MAX_TEXT);
}

static gboolean
check_entry (const PdEntry *entry, GError **error)
{
  return check_text ("text", entry->text, error)
         && check_text ("visible text", entry->visible, error)
         && check_text ("HTML text", entry->html, error);
}

static gboolean
write_attachment (PdDesk *desk, const PdEntry *entry, gint64 message, guint position,
                  GError **error)
{
  const PdPart *part = g_ptr_array_index (entry->attachments, position);
  g_autofree char *name = cut (part->name, MAX_FILE_NAME);
  g_autofree char *type = cut (part->type, MAX_TYPE);
  g_autofree char *content_id = cut (part->content_id, MAX_CONTENT_ID);
  g_autofree char *path = cut (part->path, MAX_PART);
  g_autofree char *encoding = cut (part->encoding, MAX_ENCODING);

  return pd_db_exec (desk->db, PD_SQL_ATTACHMENT_ADD,
                     PD_BIND (PD_INT (pd_id_new ()), PD_INT (message), PD_INT (position),
                              PD_TEXT (name), PD_TEXT (type), PD_INT ((gint64)part->size),
                              PD_TEXT (content_id), PD_INT (part->is_inline != FALSE),
                              PD_TEXT (part->sha256),
                              PD_INT (entry->files_raw != 0 ? entry->files_raw : entry->raw),
                              PD_TEXT (path),
                              PD_INT (part->offset), PD_INT ((gint64)part->length),
                              PD_TEXT (encoding)),
                     NULL, error);
}

static gboolean
write_attachments (PdDesk *desk, const PdEntry *entry, gint64 message, GError **error)
{
  guint n = entry->attachments != NULL ? entry->attachments->len : 0;

  g_return_val_if_fail (n == 0 || entry->raw != 0 || entry->files_raw != 0, FALSE);
  for (guint i = 0; i < n; i++)
    if (!write_attachment (desk, entry, message, i, error))
      return FALSE;
  return TRUE;
}

/* What is the same as the whole text is not stored twice. */
static const char *
visible_or_null (const PdEntry *entry, const char *text)
{
  return entry->visible != NULL && strcmp (entry->visible, text) != 0 ? entry->visible : NULL;
}

static gboolean
write_entry (PdDesk *desk, gint64 ticket, const PdEntry *entry, gint64 now, gint64 *out_entry,
             GError **error)
{
  const char *text = entry->text != NULL ? entry->text : "";
  g_autofree char *message_id = message_id_key (entry->message_id);
  gint64 id = pd_id_new ();

  if (!pd_db_exec (
          desk->db, PD_SQL_MESSAGE_ADD,
          PD_BIND (PD_INT (id), PD_INT (ticket), PD_TEXT (entry->kind),
                   PD_TEXT (entry->internal ? "internal" : "public"), PD_INT (entry->author),
                   PD_INT (now), PD_TEXT (text), PD_TEXT (visible_or_null (entry, text)),
                   PD_TEXT (entry->html != NULL && entry->html[0] != '\0' ? entry->html : NULL),
                   PD_TEXT (message_id), PD_TEXT (entry->proof), PD_ID (entry->raw),
                   PD_INT (entry->encrypted != FALSE), PD_ID (entry->strand)),
          NULL, error)
      || !write_attachments (desk, entry, id, error))
    return FALSE;
  *out_entry = id;
  return TRUE;
}

/* ---- a new ticket ---- */

/* who does not want to know the entry gives NULL */
static void
set_entry (gint64 *out_entry, gint64 id)
{
  if (out_entry != NULL)
    *out_entry = id;
}

gboolean
pd_ticket_create (PdDesk *desk, const PdTicketNew *new_ticket, const PdEntry *entry,
                  PdTicket **out_ticket, gint64 *out_entry, GError **error)
{
  g_autoptr (PdTicket) ticket = NULL;
  gint64 message = 0;

  if (out_ticket != NULL)
    *out_ticket = NULL;
  set_entry (out_entry, 0);
  if (!check_entry (entry, error) || !pd_ticket_create_row (desk, new_ticket, &ticket, error)
      || !write_entry (desk, ticket->id, entry, ticket->created, &message, error)
      || !pd_ticket_create_tell (desk, ticket, new_ticket, entry, message, error))
    return FALSE;

  set_entry (out_entry, message);
  if (out_ticket != NULL)
    *out_ticket = g_steal_pointer (&ticket);
  return TRUE;
}

/* ---- one more entry ---- */

/* Whether an entry comes from the other side of the counter. */
static gboolean
is_customers (PdDesk *desk, const PdTicket *ticket, const PdEntry *entry, gboolean *out,
              GError **error)
{
  g_autoptr (PdPerson) author = NULL;

  *out = entry->author == ticket->requester;
  if (*out)
    return TRUE;
  if (!pd_person_get (desk, entry->author, &author, error))
    return FALSE;
  *out = author != NULL && !pd_person_is_staff (author);
  return TRUE;
}

/* What an entry makes of the ticket: somebody from outside has more to say, and
 * so a wait for him is over, and what is done is not.  Staff that adds to a done
 * ticket changes nothing.
 *
 * out_event   what happens, NULL nothing
 */
static gboolean
weigh (PdDesk *desk, const PdTicket *ticket, const PdEntry *entry, PdTicketFacts *to,
       const char **out_event, GError **error)
{
  gboolean customers;

  pd_ticket_facts_get (ticket, to);
  *out_event = NULL;
  if (entry->internal || entry->quiet || ticket->spam
      || (ticket->state != PD_TICKET_DONE && ticket->state != PD_TICKET_WAITING))
    return TRUE;
  if (!is_customers (desk, ticket, entry, &customers, error))
    return FALSE;
  if (!customers)
    return TRUE;
  *out_event = ticket->state == PD_TICKET_DONE ? "reopened" : "resumed";
  to->state = PD_TICKET_FREE;
  if (ticket->state == PD_TICKET_DONE && !pd_ticket_facts_reopen (desk, ticket, to, error))
    return FALSE;
  pd_ticket_facts_settle (to);
  return TRUE;
}

/* What became of the ticket by an entry. */
typedef struct {
  const char *event;        /* NULL: nothing but the entry */
  struct json_object *data; /* of the event; owned */
} Turn;

/* Marks the change on the ticket.  Who comes second reads again and decides
 * again: the ticket may be done by now. */
static gboolean
touch (PdDesk *desk, PdTicket *ticket, const PdEntry *entry, Turn *turn, GError **error)
{
  for (int i = 0; i < PD_TICKET_TRIES; i++)
    {
      PdTicketState before = ticket->state;
      PdTicketFacts to;
      gboolean changed;

      if (!weigh (desk, ticket, entry, &to, &turn->event, error))
        return FALSE;
      turn->data = json_object_new_object ();
      pd_ticket_facts_tell (ticket, &to, turn->data);
      if (!pd_ticket_row_change (desk, ticket, &to, &changed, error))
        return FALSE;
      if (changed)
        return turn->event == NULL || pd_ticket_time_wait (desk, ticket, before, error);
      g_clear_pointer (&turn->data, json_object_put);
      if (!pd_ticket_row_reload (desk, ticket, error))
        return FALSE;
    }
  return pd_fail (error, PD_ERROR_CONFLICT, "ticket #%" G_GINT64_FORMAT " changes all the time",
                  ticket->number);
}

/* The event of an entry: a mail that comes in is a comment like any other. */
static const char *
event_kind (const PdEntry *entry)
{
  if (entry->strand != 0)
    return "strand";
  return strcmp (entry->kind, "mail") == 0 ? "comment" : entry->kind;
}

static gboolean
write_entry_events (PdDesk *desk, const PdTicket *ticket, Turn *turn, const PdEntry *entry,
                    gint64 message, GError **error)
{
  if (!pd_event_add (desk, ticket->id, event_kind (entry), entry->author, message, NULL, error))
    return FALSE;
  return turn->event == NULL
         || pd_ticket_tell_event (desk, ticket->id, turn->event, entry->author, message,
                                  g_steal_pointer (&turn->data), error);
}

static gboolean
queue_entry (PdDesk *desk, const PdTicket *ticket, const PdEntry *entry, gint64 message,
             GError **error)
{
  const PdNotice notice = {
    .event = entry->internal ? PD_NOTICE_NOTED : PD_NOTICE_REPLIED,
    .ticket = ticket,
    .message = message,
    .actor = entry->author,
    .tell_actor = entry->tell_author,
    .has_it = entry->has_it,
    .n_has_it = entry->n_has_it,
  };

  return pd_notice_queue (desk, &notice, error);
}

static gboolean
add_entry (PdDesk *desk, PdTicket *ticket, const PdEntry *entry, Turn *turn, gint64 *out_message,
           GError **error)
{
  if (!check_entry (entry, error) || !touch (desk, ticket, entry, turn, error)
      || !write_entry (desk, ticket->id, entry, ticket->updated, out_message, error)
      || !write_entry_events (desk, ticket, turn, entry, *out_message, error))
    return FALSE;
  return entry->quiet || ticket->spam || queue_entry (desk, ticket, entry, *out_message, error);
}

gboolean
pd_ticket_add_entry (PdDesk *desk, PdTicket *ticket, const PdEntry *entry, gint64 *out_entry,
                     GError **error)
{
  Turn turn = { 0 };
  gint64 message = 0;
  gboolean ok = add_entry (desk, ticket, entry, &turn, &message, error);

  g_clear_pointer (&turn.data, json_object_put);
  set_entry (out_entry, ok ? message : 0);
  return ok;
}
