#include "desk/staff-forward.h"

#include <json-c/json.h>
#include <string.h>

#include "desk/event.h"
#include "desk/unit.h"

const char *
pd_staff_forward_doubt (const PdForwardWord *word)
{
  if (word->found > 1)
    return "several mails are attached";
  if (!word->address)
    return "the address of who wrote the mail was not found";
  if (word->own)
    return "the mail was written from an address of the desk itself";
  if (word->staff)
    return "the mail was written by a member of staff";
  if (word->blocked)
    return "who wrote the mail is blocked";
  if (word->proof < word->needed)
    return "nothing proves that staff passes it on";
  return NULL;
}

/* ---- the decision ---- */

static gboolean
read_needed (PdDesk *desk, gint64 unit, PdProof *out, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_MATCH_COMMAND_PROOF, PD_BIND (PD_INT (unit)), error);
  int got = rows != NULL ? pd_rows_next (rows, error) : -1;

  *out = PD_PROOF_ALIGNED;
  for (int level = PD_PROOF_PLAUSIBLE; got > 0 && level <= PD_PROOF_SIGNED; level++)
    if (strcmp (pd_rows_text (rows, 0), pd_proof_name ((PdProof)level)) == 0)
      *out = (PdProof)level;
  return got >= 0;
}

static gboolean
weigh_writer (PdDesk *desk, const PdForwarded *forwarded, PdForwardWord *word, GError **error)
{
  g_autoptr (PdPerson) writer = NULL;
  g_autofree char *key
      = forwarded->from != NULL ? pd_address_key (forwarded->from->address, NULL) : NULL;

  word->address = key != NULL;
  if (key == NULL)
    return TRUE;
  if (!pd_unit_is_own (desk, forwarded->from->address, &word->own, error)
      || !pd_person_by_address (desk, forwarded->from->address, &writer, error))
    return FALSE;
  word->staff = writer != NULL && pd_person_is_staff (writer);
  word->blocked = writer != NULL && writer->state != PD_PERSON_ACTIVE;
  return TRUE;
}

/* The ticket that the passed on mail is of, if there is one. */
static gboolean
find_thread (PdDesk *desk, PdDecision *decision, const PdForwarded *forwarded, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  if (*forwarded->message_id != '\0')
    g_ptr_array_add (ids, forwarded->message_id);
  for (guint i = forwarded->references->len; i > 0 && ids->len < PD_MATCH_MAX_IDS; i--)
    g_ptr_array_add (ids, g_ptr_array_index (forwarded->references, i - 1));
  if (!pd_match_thread (desk, ids, decision->trace, &decision->match, error))
    return FALSE;
  if (decision->match.ticket == NULL)
    return TRUE;
  decision->match.decision = PD_MATCH_JOIN;
  decision->match.sender = PD_SENDER_STAFF;
  return TRUE;
}

/* What staff passes on to a ticket is for staff: as a word of the desk's it
 * would go to the customer. */
static void
be_note (PdDecision *decision)
{
  decision->internal = TRUE;
  pd_trace_add (decision->trace, "forward", decision->address,
                "a mail that is passed on: an internal note");
}

static gboolean
weigh_new (PdDesk *desk, PdDecision *decision, const PdForwarded *forwarded, GError **error)
{
  PdForwardWord word = { .found = forwarded->found, .proof = decision->proof };
  const char *doubt;

  if (!weigh_writer (desk, forwarded, &word, error)
      || !read_needed (desk, decision->route->unit, &word.needed, error))
    return FALSE;
  if (decision->released) /* a person vouches for who sent it */
    word.proof = PD_PROOF_SIGNED;
  doubt = pd_staff_forward_doubt (&word);
  if (doubt == NULL)
    decision->forwarded = forwarded;
  else
    decision->forward_doubt = doubt;
  pd_trace_add (decision->trace, "forward",
                forwarded->from != NULL ? forwarded->from->address : NULL, "%s",
                doubt != NULL ? doubt : "a customer's mail that staff passes on: his ticket");
  return TRUE;
}

gboolean
pd_staff_forward_weigh (PdDesk *desk, PdDecision *decision, GError **error)
{
  const PdForwarded *forwarded = decision->intake->mail->forwarded;
  PdMatch *match = &decision->match;

  if (forwarded == NULL || decision->person == NULL || !pd_person_is_staff (decision->person)
      || decision->kind != PD_GUARD_PERSON || match->strand != NULL
      || strcmp (decision->intake->source, "import") == 0)
    return TRUE;
  if (match->ticket == NULL && !find_thread (desk, decision, forwarded, error))
    return FALSE;
  if (match->decision != PD_MATCH_JOIN)
    return weigh_new (desk, decision, forwarded, error);
  if (match->ticket->requester != decision->person->id)
    be_note (decision);
  return TRUE;
}

/* ---- carried out ---- */

gboolean
pd_staff_forward_fit (PdDesk *desk, PdDecision *decision, PdTicketNew *ticket, PdEntry *entry,
                      GError **error)
{
  const PdForwarded *forwarded = decision->forwarded;
  g_autoptr (PdPerson) customer = NULL;

  if (forwarded == NULL)
    return TRUE;
  customer
      = pd_person_ensure (desk, forwarded->from->address,
                          pd_proof_is_disguise (forwarded->from->name, forwarded->from->address)
                              ? ""
                              : forwarded->from->name,
                          error);
  if (customer == NULL)
    return FALSE;
  ticket->requester = customer->id;
  entry->author = customer->id;
  entry->text = forwarded->text;
  entry->visible = forwarded->visible;
  entry->html = *forwarded->html != '\0' ? forwarded->html : NULL;
  entry->message_id = *forwarded->message_id != '\0' ? forwarded->message_id : NULL;
  entry->proof = pd_proof_name (PD_PROOF_NONE);
  /* the raw mail is staff's: only the files in it are the customer's */
  entry->files_raw = entry->files_raw != 0 ? entry->files_raw : entry->raw;
  entry->raw = 0;
  if (forwarded->attached)
    entry->attachments = forwarded->attachments;
  entry->no_acknowledgement |= pd_guard_is_machine (forwarded->from->address);
  return TRUE;
}

static char *
dup_note (const PdDecision *decision)
{
  const PdPerson *staff = decision->person;
  const char *above = decision->intake->mail->forwarded->above;
  /* commands are no text, once they are carried out */
  g_autoptr (PdMailCommands) commands
      = decision->control != NULL && decision->control->refused == NULL
                && !decision->control->failed
            ? pd_mail_commands_parse (above)
            : NULL;

  if (commands != NULL)
    above = commands->text;
  if (decision->forward_doubt != NULL)
    return g_strdup_printf ("A mail that %s passes on; it stays in the name of who passed it on: "
                            "%s.\n",
                            pd_person_label (staff), decision->forward_doubt);
  return g_strdup_printf ("Passed on by %s <%s>.\n%s%s", pd_person_label (staff), decision->address,
                          *above != '\0' ? "\n" : "", above);
}

static gboolean
add_event (PdDesk *desk, const PdDecision *decision, gint64 ticket, gint64 note, GError **error)
{
  const PdForwarded *forwarded = decision->intake->mail->forwarded;
  struct json_object *data = json_object_new_object ();
  gboolean ok;

  json_object_object_add (
      data, "from",
      json_object_new_string (forwarded->from != NULL ? forwarded->from->address : ""));
  json_object_object_add (data, "attached", json_object_new_boolean (forwarded->attached));
  if (decision->forward_doubt != NULL)
    json_object_object_add (data, "reason", json_object_new_string (decision->forward_doubt));
  ok = pd_event_add (desk, ticket, "mail-forwarded", decision->person->id, note,
                     json_object_to_json_string_ext (data, JSON_C_TO_STRING_PLAIN), error);
  json_object_put (data);
  return ok;
}

gboolean
pd_staff_forward_settle (PdDesk *desk, PdDecision *decision, PdTicket *ticket, GError **error)
{
  const PdMail *mail = decision->intake->mail;
  gboolean done = decision->forwarded != NULL;
  g_autofree char *text = NULL;
  gint64 id;

  if (!done && decision->forward_doubt == NULL)
    return TRUE;
  text = dup_note (decision);
  {
    const PdEntry note = {
      .kind = "note",
      .internal = TRUE,
      .author = decision->person->id,
      .text = text,
      /* in doubt the first entry is that mail itself */
      .message_id = done && *mail->message_id != '\0' ? mail->message_id : NULL,
      .proof = pd_proof_name (decision->proof),
      .raw = done ? decision->raw : 0,
      .files_raw = done ? decision->opened_raw : 0,
      .encrypted = mail->is_encrypted,
      .attachments = done && decision->forwarded->attached ? mail->attachments : NULL,
      .quiet = TRUE,
    };

    return pd_ticket_add_entry (desk, ticket, &note, &id, error)
           && add_event (desk, decision, ticket->id, id, error);
  }
}
