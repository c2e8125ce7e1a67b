#include "desk/strand.h"

#include <json-c/json.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/event.h"
#include "desk/notice.h"
#include "desk/outbox.h"
#include "desk/ticket-access.h"
#include "desk/unit.h"

void
pd_strand_free (PdStrand *strand)
{
  if (strand == NULL)
    return;
  g_free (strand->subject);
  g_free (strand);
}

static PdStrand *
read_strand (PdRows *rows)
{
  PdStrand *strand = g_new0 (PdStrand, 1);

  strand->id = pd_rows_int (rows, 0);
  strand->ticket = pd_rows_int (rows, 1);
  strand->person = pd_rows_int (rows, 2);
  strand->by = pd_rows_int (rows, 3);
  strand->subject = g_strdup (pd_rows_text (rows, 4));
  strand->open = strcmp (pd_rows_text (rows, 5), "open") == 0;
  strand->created = pd_rows_int (rows, 6);
  return strand;
}

gboolean
pd_strand_get (PdDesk *desk, gint64 id, PdStrand **out, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (desk->db, PD_SQL_STRAND_GET, PD_BIND (PD_INT (id)), error);
  int got = rows != NULL ? pd_rows_next (rows, error) : -1;

  *out = got > 0 ? read_strand (rows) : NULL;
  return got >= 0;
}

GPtrArray *
pd_strand_list (PdDesk *desk, const PdTicket *ticket, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_STRAND_OF_TICKET,
                     PD_BIND (PD_INT (ticket->id), PD_INT (PD_STRAND_MAX)), error);
  g_autoptr (GPtrArray) strands = g_ptr_array_new_with_free_func ((GDestroyNotify)pd_strand_free);
  int got = -1;

  while (rows != NULL && (got = pd_rows_next (rows, error)) > 0)
    g_ptr_array_add (strands, read_strand (rows));
  return got == 0 ? g_steal_pointer (&strands) : NULL;
}

gboolean
pd_strand_of_party (PdDesk *desk, gint64 ticket, gint64 person, gint64 *out_id, GError **error)
{
  *out_id = 0;
  return pd_db_find_int (desk->db, PD_SQL_STRAND_OF_PARTY,
                         PD_BIND (PD_INT (ticket), PD_INT (person)), out_id, error);
}

/* ---- events and notices ---- */

static void
set_change (struct json_object *data, const char *name, const char *before, const char *after)
{
  struct json_object *pair = json_object_new_array ();

  json_object_array_add (pair, before != NULL ? json_object_new_string (before) : NULL);
  json_object_array_add (pair, after != NULL ? json_object_new_string (after) : NULL);
  json_object_object_add (data, name, pair);
}

/* {"strand":[null,"0ABC"],"state":["open","closed"]}: which, and what became of it. */
static gboolean
add_event (PdDesk *desk, const PdStrand *strand, gint64 actor, const char *before,
           const char *after, GError **error)
{
  struct json_object *data = json_object_new_object ();
  char id[PD_ID_TEXT_SIZE];
  gboolean ok;

  pd_id_format (strand->id, id);
  set_change (data, "strand", before != NULL ? id : NULL, id);
  set_change (data, "state", before, after);
  ok = pd_event_add (desk, strand->ticket, "strand", actor, 0,
                     json_object_to_json_string_ext (data, JSON_C_TO_STRING_PLAIN), error);
  json_object_put (data);
  return ok;
}

/* Staff hears of it as of a note; the notice names the strand, and its
 * Reply-To leads there. */
static gboolean
tell_staff (PdDesk *desk, const PdTicket *ticket, const PdStrand *strand, const PdEntry *entry,
            gint64 message, GError **error)
{
  g_autoptr (PdPerson) party = NULL;
  struct json_object *data;
  PdNotice notice = {
    .event = PD_NOTICE_NOTED,
    .ticket = ticket,
    .message = message,
    .actor = entry->author,
    .tell_actor = entry->tell_author,
    .strand = strand->id,
  };
  gboolean ok;

  if (!pd_person_get (desk, strand->person, &party, error))
    return FALSE;
  data = json_object_new_object ();
  json_object_object_add (data, "strand",
                          json_object_new_string (party != NULL ? pd_person_label (party) : ""));
  notice.data = json_object_to_json_string_ext (data, JSON_C_TO_STRING_PLAIN);
  ok = pd_notice_queue (desk, &notice, error);
  json_object_put (data);
  return ok;
}

/* ---- entries ---- */

/* An entry of the strand; who is told is the caller's affair. */
static gboolean
add_entry (PdDesk *desk, PdTicket *ticket, const PdStrand *strand, const PdEntry *entry,
           gint64 *out_entry, GError **error)
{
  PdEntry inner = *entry;

  inner.internal = TRUE;
  inner.quiet = TRUE;
  inner.strand = strand->id;
  return pd_ticket_add_entry (desk, ticket, &inner, out_entry, error);
}

gboolean
pd_strand_hear (PdDesk *desk, PdTicket *ticket, const PdStrand *strand, const PdEntry *entry,
                gint64 *out_entry, GError **error)
{
  return add_entry (desk, ticket, strand, entry, out_entry, error)
         && (entry->quiet || ticket->spam
             || tell_staff (desk, ticket, strand, entry, *out_entry, error));
}

static gboolean
send (PdDesk *desk, const PdTicket *ticket, const PdStrand *strand, gint64 actor, gint64 message,
      GError **error)
{
  gint64 outbox = 0;
  const PdDirectNotice notice = {
    .event = "strand",
    .person = strand->person,
    .ticket = ticket->id,
    .unit = ticket->unit,
    .actor = actor,
    .message = message,
    .strand = strand->id,
    .urgency = PD_URGENCY_NOTICE,
    .out_id = &outbox,
  };

  if (!pd_notice_queue_direct (desk, &notice, error))
    return FALSE;
  return outbox != 0
         || pd_fail (error, PD_ERROR_INVALID,
                     "the third party of the side thread cannot be written to: it is blocked or "
                     "has no address");
}

static gboolean
is_blank (const char *text)
{
  return text == NULL || text[strspn (text, " \t\r\n")] == '\0';
}

static gboolean
check_words (const PdEntry *entry, GError **error)
{
  const char *text = entry->visible != NULL ? entry->visible : entry->text;

  return !is_blank (text) || (entry->attachments != NULL && entry->attachments->len > 0)
         || pd_fail (error, PD_ERROR_INVALID, "text: a side thread needs one");
}

/* Staff's word: kept, sent, and told to the others of staff. */
static gboolean
speak (PdDesk *desk, PdTicket *ticket, const PdStrand *strand, const PdPerson *actor,
       const PdEntry *entry, gint64 *out_entry, GError **error)
{
  PdEntry said = *entry;
  gint64 message = 0;

  said.kind = "reply";
  said.author = actor != NULL ? actor->id : strand->by;
  said.tell_author = FALSE;
  if (!add_entry (desk, ticket, strand, &said, &message, error)
      || !send (desk, ticket, strand, said.author, message, error)
      || !tell_staff (desk, ticket, strand, &said, message, error))
    return FALSE;
  if (out_entry != NULL)
    *out_entry = message;
  return TRUE;
}

static gboolean
set_open (PdDesk *desk, const PdStrand *strand, const PdPerson *actor, gboolean open,
          GError **error)
{
  static const char *const states[] = { "closed", "open" };

  return pd_db_exec (desk->db, PD_SQL_STRAND_SET_STATE,
                     PD_BIND (PD_TEXT (states[open != 0]), PD_INT (strand->id)), NULL, error)
         && add_event (desk, strand, actor != NULL ? actor->id : 0, states[open == 0],
                       states[open != 0], error);
}

gboolean
pd_strand_say (PdDesk *desk, PdTicket *ticket, const PdStrand *strand, const PdPerson *actor,
               const PdEntry *entry, gint64 *out_entry, GError **error)
{
  return pd_ticket_authorise (desk, ticket, actor, PD_ACT_NOTE, error) && check_words (entry, error)
         && (strand->open || set_open (desk, strand, actor, TRUE, error))
         && speak (desk, ticket, strand, actor, entry, out_entry, error);
}

gboolean
pd_strand_close (PdDesk *desk, const PdTicket *ticket, const PdStrand *strand,
                 const PdPerson *actor, GError **error)
{
  return pd_ticket_authorise (desk, ticket, actor, PD_ACT_NOTE, error)
         && (!strand->open || set_open (desk, strand, actor, FALSE, error));
}

gboolean
pd_strand_move (PdDesk *desk, gint64 from_ticket, gint64 to_ticket, GError **error)
{
  return pd_db_exec (desk->db, PD_SQL_STRAND_MOVE,
                     PD_BIND (PD_INT (to_ticket), PD_INT (from_ticket)), NULL, error);
}

/* ---- a new one ---- */

/* One line: what was given, else how the text begins. */
static char *
make_subject (const char *given, const char *text)
{
  const char *from = is_blank (given) ? text + strspn (text, " \t\r\n") : given;
  g_autofree char *line
      = g_utf8_make_valid (from, is_blank (given) ? (gssize)strcspn (from, "\r\n") : -1);

  for (char *c = line; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  g_strstrip (line);
  if (g_utf8_strlen (line, -1) > PD_STRAND_MAX_SUBJECT)
    *g_utf8_offset_to_pointer (line, PD_STRAND_MAX_SUBJECT) = '\0';
  return *line != '\0' ? g_steal_pointer (&line) : g_strdup ("(no subject)");
}

static gboolean
check_room (PdDesk *desk, const PdTicket *ticket, GError **error)
{
  gint64 n = 0;

  if (!pd_db_find_int (desk->db, PD_SQL_STRAND_COUNT, PD_BIND (PD_INT (ticket->id)), &n, error))
    return FALSE;
  return n < PD_STRAND_MAX
         || pd_fail (error, PD_ERROR_INVALID,
                     "ticket #%" G_GINT64_FORMAT " has %d side threads, and may not have more",
                     ticket->number, PD_STRAND_MAX);
}

/* The third party, made known if he was not; NULL with an error where a strand
 * with him makes no sense. */
static PdPerson *
find_party (PdDesk *desk, const PdTicket *ticket, const PdStrandNew *what, GError **error)
{
  g_autoptr (PdPerson) party = NULL;
  gboolean own, takes_part;

  if (!pd_unit_is_own (desk, what->address, &own, error))
    return NULL;
  if (own)
    {
      pd_fail (error, PD_ERROR_INVALID, "%s is an address of the desk itself", what->address);
      return NULL;
    }
  party = pd_person_ensure (desk, what->address, what->name != NULL ? what->name : "", error);
  if (party == NULL || !pd_ticket_has_person (desk, ticket, party->id, &takes_part, error))
    return NULL;
  if (takes_part)
    pd_fail (error, PD_ERROR_INVALID,
             "%s takes part in ticket #%" G_GINT64_FORMAT
             " itself: a side thread is with somebody who does not",
             what->address, ticket->number);
  else if (party->state != PD_PERSON_ACTIVE)
    pd_fail (error, PD_ERROR_INVALID, "%s is %s", what->address,
             pd_person_state_name (party->state));
  else
    return g_steal_pointer (&party);
  return NULL;
}

static PdStrand *
write_strand (PdDesk *desk, const PdTicket *ticket, const PdPerson *actor, const PdPerson *party,
              char *take_subject, GError **error)
{
  g_autoptr (PdStrand) strand = g_new0 (PdStrand, 1);

  *strand = (PdStrand){ .id = pd_id_new (),
                        .ticket = ticket->id,
                        .person = party->id,
                        .by = actor != NULL ? actor->id : ticket->author,
                        .subject = take_subject,
                        .open = TRUE,
                        .created = pd_clock_now () };
  if (!pd_db_exec (desk->db, PD_SQL_STRAND_ADD,
                   PD_BIND (PD_INT (strand->id), PD_INT (strand->ticket), PD_INT (strand->person),
                            PD_INT (strand->by), PD_TEXT (strand->subject),
                            PD_INT (strand->created)),
                   NULL, error)
      || !add_event (desk, strand, strand->by, NULL, "open", error))
    return NULL;
  return g_steal_pointer (&strand);
}

gboolean
pd_strand_open (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, const PdStrandNew *what,
                PdStrand **out_strand, GError **error)
{
  PdEntry entry = what->entry != NULL ? *what->entry : (PdEntry){ .text = "" };
  g_autoptr (PdPerson) party = NULL;
  g_autoptr (PdStrand) strand = NULL;
  const char *text;

  if (out_strand != NULL)
    *out_strand = NULL;
  if (what->text != NULL)
    entry.visible = what->text;
  if (what->text != NULL && what->entry == NULL)
    entry.text = what->text;
  text = entry.visible != NULL ? entry.visible : entry.text;
  if (!pd_ticket_authorise (desk, ticket, actor, PD_ACT_EDIT, error) || !check_words (&entry, error)
      || !check_room (desk, ticket, error))
    return FALSE;
  party = find_party (desk, ticket, what, error);
  if (party == NULL)
    return FALSE;
  strand = write_strand (desk, ticket, actor, party, make_subject (what->subject, text), error);
  if (strand == NULL || !speak (desk, ticket, strand, actor, &entry, NULL, error))
    return FALSE;
  if (out_strand != NULL)
    *out_strand = g_steal_pointer (&strand);
  return TRUE;
}

/* ---- its thread ---- */

/* A Message-ID and when it came to be, by the id of its row. */
typedef struct {
  gint64 id;
  char *message_id;
} Step;

static void
clear_step (gpointer data)
{
  g_free (((Step *)data)->message_id);
}

static gint
oldest_first (gconstpointer a, gconstpointer b)
{
  const Step *x = a, *y = b;

  return x->id < y->id ? -1 : x->id > y->id;
}

static gboolean
add_sent (PdDesk *desk, const PdStrand *strand, gint64 outbox, GArray *steps, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_STRAND_SENT,
                     PD_BIND (PD_INT (strand->id), PD_INT (outbox), PD_INT (strand->person),
                              PD_INT (PD_STRAND_MAX_REFERENCES)),
                     error);
  int got = -1;

  while (rows != NULL && (got = pd_rows_next (rows, error)) > 0)
    {
      gint64 id = pd_rows_int (rows, 0);
      const Step step
          = { id, pd_keyring_sign_message_id (desk->settings->keyring, pd_rows_int (rows, 1), id,
                                              desk->settings->domain) };

      g_array_append_val (steps, step);
    }
  return got == 0;
}

static gboolean
add_heard (PdDesk *desk, const PdStrand *strand, gint64 outbox, GArray *steps, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_STRAND_HEARD,
                     PD_BIND (PD_INT (strand->id), PD_INT (outbox), PD_INT (strand->person),
                              PD_INT (PD_STRAND_MAX_REFERENCES)),
                     error);
  int got = -1;

  while (rows != NULL && (got = pd_rows_next (rows, error)) > 0)
    {
      const Step step = { pd_rows_int (rows, 0), g_strdup (pd_rows_text (rows, 1)) };

      g_array_append_val (steps, step);
    }
  return got == 0;
}

GPtrArray *
pd_strand_references (PdDesk *desk, const PdStrand *strand, gint64 outbox, GError **error)
{
  g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (Step));
  GPtrArray *ids;

  g_array_set_clear_func (steps, clear_step);
  if (!add_sent (desk, strand, outbox, steps, error)
      || !add_heard (desk, strand, outbox, steps, error))
    return NULL;
  g_array_sort (steps, oldest_first);
  ids = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < steps->len; i++)
    g_ptr_array_add (ids, g_steal_pointer (&g_array_index (steps, Step, i).message_id));
  return ids;
}
