#include "desk/ticket.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/event.h"
#include "desk/notice.h"
#include "desk/number.h"
#include "desk/ticket-row.h"

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

  g_return_val_if_fail (n == 0 || entry->raw != 0, FALSE);
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
                   PD_INT (entry->encrypted != FALSE)),
          NULL, error)
      || !write_attachments (desk, entry, id, error))
    return FALSE;
  *out_entry = id;
  return TRUE;
}

static gboolean
queue (PdDesk *desk, PdNoticeEvent event, const PdTicket *ticket, gint64 message, gint64 actor,
       GError **error)
{
  const PdNotice notice = { .event = event, .ticket = ticket, .message = message, .actor = actor };

  return pd_notice_queue (desk, &notice, error);
}

/* ---- a new ticket ---- */

/* One line of at most PD_TICKET_MAX_SUBJECT characters; caller frees. */
static char *
tidy_subject (const char *subject)
{
  g_autofree char *valid = g_utf8_make_valid (subject != NULL ? subject : "", -1);
  g_autofree char *one_line = NULL;

  for (char *at = valid; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  g_strstrip (valid);
  if (valid[0] == '\0')
    return g_strdup ("(no subject)");
  if (g_utf8_strlen (valid, -1) <= PD_TICKET_MAX_SUBJECT)
    return g_steal_pointer (&valid);
  one_line = cut (valid, PD_TICKET_MAX_SUBJECT - 1);
  return g_strconcat (g_strchomp (one_line), "…", NULL);
}

static PdTicket *
make_ticket (const PdTicketNew *new_ticket, gint64 number, gint64 now)
{
  PdTicket *ticket = g_new0 (PdTicket, 1);

  ticket->id = pd_id_new ();
  ticket->number = number;
  ticket->subject = tidy_subject (new_ticket->subject);
  ticket->unit = new_ticket->unit;
  ticket->state = PD_TICKET_FREE;
  ticket->priority = new_ticket->priority != 0 ? new_ticket->priority : 2;
  ticket->requester = new_ticket->requester;
  ticket->author = new_ticket->author;
  ticket->source = g_strdup (new_ticket->source);
  ticket->refers_to = new_ticket->refers_to;
  ticket->created = ticket->updated = now;
  ticket->version = 1;
  return ticket;
}

static gboolean
write_ticket (PdDesk *desk, const PdTicket *ticket, GError **error)
{
  return pd_db_exec (
      desk->db, PD_SQL_TICKET_ADD,
      PD_BIND (PD_INT (ticket->id), PD_INT (ticket->number), PD_TEXT (ticket->subject),
               PD_INT (ticket->unit), PD_TEXT (pd_ticket_state_name (ticket->state)),
               PD_INT (ticket->priority), PD_INT (ticket->requester), PD_INT (ticket->author),
               PD_TEXT (ticket->source), PD_ID (ticket->refers_to), PD_INT (ticket->created),
               PD_INT (ticket->updated), PD_INT (ticket->version)),
      NULL, error);
}

/* Whether a watcher has that part already: as requester, author, or earlier in
 * the list. */
static gboolean
is_known (const PdTicketNew *new_ticket, gsize place)
{
  gint64 person = new_ticket->watchers[place];

  if (person == 0 || person == new_ticket->requester || person == new_ticket->author)
    return TRUE;
  for (gsize i = 0; i < place; i++)
    if (new_ticket->watchers[i] == person)
      return TRUE;
  return FALSE;
}

static gboolean
write_watchers (PdDesk *desk, gint64 ticket, const PdTicketNew *new_ticket, GError **error)
{
  for (gsize i = 0; i < new_ticket->n_watchers; i++)
    if (!is_known (new_ticket, i)
        && !pd_db_exec (
            desk->db, PD_SQL_TICKET_PERSON_ADD,
            PD_BIND (PD_INT (ticket), PD_INT (new_ticket->watchers[i]), PD_TEXT ("watcher")), NULL,
            error))
      return FALSE;
  return TRUE;
}

static gboolean
queue_created (PdDesk *desk, const PdTicket *ticket, const PdEntry *entry, gint64 message,
               GError **error)
{
  if (entry->quiet)
    return TRUE;
  if (!entry->no_acknowledgement
      && !queue (desk, PD_NOTICE_RECEIVED, ticket, message, entry->author, error))
    return FALSE;
  return queue (desk, PD_NOTICE_CREATED, ticket, message, entry->author, error);
}

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
  gint64 number, message = 0;

  if (out_ticket != NULL)
    *out_ticket = NULL;
  set_entry (out_entry, 0);
  if (new_ticket->priority < 0 || new_ticket->priority > 3)
    return pd_fail (error, PD_ERROR_INVALID, "a priority is 1 (low), 2 (normal) or 3 (high)");
  if (!check_entry (entry, error) || !pd_number_next (desk, &number, error))
    return FALSE;

  ticket = make_ticket (new_ticket, number, pd_clock_now ());
  if (!write_ticket (desk, ticket, error) || !write_watchers (desk, ticket->id, new_ticket, error)
      || !write_entry (desk, ticket->id, entry, ticket->created, &message, error)
      || !pd_event_add (desk, ticket->id, "created", entry->author, message, NULL, error)
      || !queue_created (desk, ticket, entry, message, error))
    return FALSE;

  set_entry (out_entry, message);
  if (out_ticket != NULL)
    *out_ticket = g_steal_pointer (&ticket);
  return TRUE;
}

/* ---- one more entry ---- */

/* Whether this entry opens the ticket again: somebody from outside has more to
 * say.  Staff that adds to a done ticket does not. */
static gboolean
wants_reopening (PdDesk *desk, const PdTicket *ticket, const PdEntry *entry, gboolean *out,
                 GError **error)
{
  g_autoptr (PdPerson) author = NULL;

  *out = FALSE;
  if (entry->internal || entry->quiet
      || (ticket->state != PD_TICKET_DONE && ticket->state != PD_TICKET_ARCHIVED))
    return TRUE;
  if (entry->author == ticket->requester)
    {
      *out = TRUE;
      return TRUE;
    }
  if (!pd_person_get (desk, entry->author, &author, error))
    return FALSE;
  *out = author != NULL && !pd_person_is_staff (author);
  return TRUE;
}

/* Marks the change on the ticket.  Who comes second reads again and decides
 * again: the ticket may be done by now.
 *
 * out_before   what it was
 */
static gboolean
touch (PdDesk *desk, PdTicket *ticket, const PdEntry *entry, PdTicketPlace *out_before,
       GError **error)
{
  for (int i = 0; i < PD_TICKET_TRIES; i++)
    {
      gboolean reopen, changed;

      *out_before = (PdTicketPlace){ ticket->state, ticket->locker };
      if (!wants_reopening (desk, ticket, entry, &reopen, error)
          || !pd_ticket_row_change (desk, ticket, reopen ? PD_TICKET_FREE : ticket->state,
                                    reopen ? 0 : ticket->locker, &changed, error))
        return FALSE;
      if (changed)
        return TRUE;
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
  return strcmp (entry->kind, "mail") == 0 ? "comment" : entry->kind;
}

static gboolean
write_entry_events (PdDesk *desk, const PdTicket *ticket, const PdTicketPlace *before,
                    const PdEntry *entry, gint64 message, GError **error)
{
  g_autofree char *data = NULL;

  if (!pd_event_add (desk, ticket->id, event_kind (entry), entry->author, message, NULL, error))
    return FALSE;
  if (before->state == ticket->state)
    return TRUE;
  data = pd_ticket_row_dup_move (ticket, before);
  return pd_event_add (desk, ticket->id, "reopened", entry->author, message, data, error);
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

gboolean
pd_ticket_add_entry (PdDesk *desk, PdTicket *ticket, const PdEntry *entry, gint64 *out_entry,
                     GError **error)
{
  PdTicketPlace before;
  gint64 message = 0;

  set_entry (out_entry, 0);
  if (!check_entry (entry, error) || !touch (desk, ticket, entry, &before, error)
      || !write_entry (desk, ticket->id, entry, ticket->updated, &message, error)
      || !write_entry_events (desk, ticket, &before, entry, message, error))
    return FALSE;
  if (!entry->quiet && !queue_entry (desk, ticket, entry, message, error))
    return FALSE;
  set_entry (out_entry, message);
  return TRUE;
}
