#include "desk/decision.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/inbound.h"
#include "desk/staff-forward.h"
#include "desk/undo.h"
#include "desk/unseal.h"

void
pd_decision_free (PdDecision *decision)
{
  if (decision == NULL)
    return;
  pd_trace_free (decision->trace);
  g_free (decision->dedupe);
  pd_route_free (decision->route);
  g_clear_pointer (&decision->person, pd_person_free);
  pd_match_clear (&decision->match);
  pd_match_sent_clear (&decision->sent);
  pd_control_free (decision->control);
  pd_aligned_free (decision->aligned);
  g_free (decision->reason);
  g_free (decision);
}

char *
pd_decision_dup_dedupe (const PdIntake *intake)
{
  const PdMail *mail = intake->mail;
  g_autofree char *sum = NULL;
  char *key;

  if (mail == NULL)
    sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, intake->raw);
  key = g_strdup_printf ("%010" G_GINT64_MODIFIER "x-%s",
                         (guint64)(mail != NULL && mail->has_date ? mail->date / PD_SECOND : 0),
                         mail != NULL ? mail->content_sha256 : sum);
  if (strlen (key) > PD_INBOUND_MAX_DEDUPE)
    key[PD_INBOUND_MAX_DEDUPE] = '\0';
  return key;
}

static gboolean
settle (PdDecision *decision, const char *step, const char *outcome, const char *reason)
{
  decision->outcome = outcome;
  decision->reason = g_strdup (reason);
  pd_trace_add (decision->trace, step, reason, "outcome %s", outcome);
  return TRUE;
}

/* ---- claim ---- */

static void
be_duplicate (PdDecision *decision, PdRows *rows)
{
  char text[PD_ID_TEXT_SIZE];
  g_autofree char *reason
      = g_strdup_printf ("the same mail as %s", pd_id_format (pd_rows_int (rows, 1), text));

  g_clear_pointer (&decision->dedupe, g_free);
  decision->raw = pd_rows_int (rows, 2);
  decision->ticket = pd_rows_int (rows, 3);
  decision->ticket_number = pd_rows_int (rows, 4);
  decision->entry = pd_rows_int (rows, 5);
  settle (decision, "claim", "duplicate", reason);
}

static gboolean
claim (PdDesk *desk, PdDecision *decision, GError **error)
{
  const PdMail *mail = decision->intake->mail;
  const char *message_id = mail != NULL ? mail->message_id : "";
  g_autoptr (PdRows) rows = NULL;
  int got;

  decision->dedupe = pd_decision_dup_dedupe (decision->intake);
  rows = pd_db_query (desk->db, PD_SQL_INBOUND_CLAIM,
                      PD_BIND (PD_TEXT (decision->dedupe), PD_INT (decision->self),
                               PD_TEXT (message_id), PD_INT (decision->self)),
                      error);
  if (rows == NULL)
    return FALSE;
  while ((got = pd_rows_next (rows, error)) > 0)
    {
      char text[PD_ID_TEXT_SIZE];

      if (pd_rows_int (rows, 0) != 0)
        {
          be_duplicate (decision, rows);
          return TRUE;
        }
      pd_trace_add (decision->trace, "claim", message_id,
                    "mail %s has the same Message-ID, but this one says something else",
                    pd_id_format (pd_rows_int (rows, 1), text));
    }
  return got == 0;
}

/* ---- route ---- */

static gboolean
route (PdDesk *desk, PdDecision *decision, GError **error)
{
  const PdIntake *intake = decision->intake;
  g_autofree char *to = g_strjoinv (" ", (char **)intake->recipients);
  PdRoute *found
      = pd_route_resolve (desk, intake->recipients, intake->mail_from, intake->mail, error);

  decision->route = found;
  if (found == NULL)
    return FALSE;
  if (found->n_ours == 0)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "%s: no address of ours", to);
  if (found->n_units > 1)
    pd_trace_add (decision->trace, "route", to, "of %u units the first, \"%s\", decides",
                  found->n_units, found->unit_name);
  else if (found->unit != 0)
    pd_trace_add (decision->trace, "route", to, "unit \"%s\"", found->unit_name);
  else
    pd_trace_add (decision->trace, "route", to, "an address that we signed, of no unit");
  return TRUE;
}

/* ---- guard ---- */

static gboolean
check_readable (PdDesk *desk, PdDecision *decision, GError **error)
{
  const PdIntake *intake = decision->intake;

  (void)desk;
  (void)error;
  if (intake->mail != NULL)
    return TRUE;
  return settle (decision, "read", "held",
                 intake->held_reason != NULL ? intake->held_reason : "the mail could not be read");
}

/* What was imported from a mailbox has no envelope; there only the mail itself
 * can say that its sender was null. */
static gboolean
has_null_sender (const PdIntake *intake)
{
  if (*intake->mail_from != '\0')
    return FALSE;
  return strcmp (intake->source, "import") != 0 || g_strcmp0 (intake->mail->return_path, "") == 0;
}

/* A loop ends here: nothing is filed and nobody told; the ticket shows it. */
static gboolean
end_loop (PdDecision *decision, const PdTicket *ticket, const char *reason)
{
  if (ticket != NULL)
    {
      decision->ticket = ticket->id;
      decision->ticket_number = ticket->number;
    }
  return settle (decision, "guard", "loop", reason);
}

static gboolean
sort_mail (PdDesk *desk, PdDecision *decision, GError **error)
{
  const PdIntake *intake = decision->intake;
  gint64 number;
  const char *loop = pd_guard_loop (intake->mail, desk->settings->keyring, &desk->settings->bounds,
                                    intake->recipients, decision->route->own_sender, &number);

  decision->kind = pd_guard_sort (intake->mail, has_null_sender (intake),
                                  decision->route->bounces->len > 0, &decision->why);
  if (loop != NULL)
    return (number == 0 || pd_ticket_by_number (desk, number, &decision->match.ticket, error))
           && end_loop (decision, decision->match.ticket, loop);
  if (decision->kind == PD_GUARD_DMARC_REPORT)
    return settle (decision, "guard", "discarded", decision->why);
  if (decision->kind != PD_GUARD_PERSON)
    pd_trace_add (decision->trace, "guard", decision->why, "automatic mail, gets no answer");
  return TRUE;
}

static gint64
signed_outbox (const PdKeyring *keyring, const GPtrArray *ids)
{
  gint64 number, outbox;

  for (guint i = ids->len; i > 0; i--)
    if (pd_keyring_read_message_id (keyring, g_ptr_array_index (ids, i - 1), &number, &outbox)
        && outbox != 0)
      return outbox;
  return 0;
}

/* By the address that the report came to, else by the headers that it returns,
 * else by the mail that it answers; 0: by nothing that we signed. */
static gint64
reported_outbox (const PdDeskSettings *settings, const PdDecision *decision)
{
  const PdMail *mail = decision->intake->mail;
  const GPtrArray *bounces = decision->route->bounces;
  PdSignedAddress what;
  g_autofree char *base = NULL;
  gint64 number, outbox;

  if (bounces->len > 0)
    return ((const PdSignedAddress *)g_ptr_array_index (bounces, 0))->outbox;
  if (*mail->original_return_path != '\0'
      && pd_keyring_read_address (settings->keyring, mail->original_return_path,
                                  settings->delimiter, &what, &base)
      && what.kind == PD_SIGNED_BOUNCE)
    return what.outbox;
  if (*mail->original_message_id != '\0'
      && pd_keyring_read_message_id (settings->keyring, mail->original_message_id, &number,
                                     &outbox))
    return outbox;
  outbox = signed_outbox (settings->keyring, mail->in_reply_to);
  return outbox != 0 ? outbox : signed_outbox (settings->keyring, mail->references);
}

/* The outgoing mail that a report is about: only what we signed counts, since
 * anybody can write a report. */
static gboolean
find_sent (PdDesk *desk, PdDecision *decision, GError **error)
{
  gint64 outbox = reported_outbox (desk->settings, decision);

  if (outbox == 0)
    return TRUE;
  return pd_match_sent (desk, outbox, &decision->sent, error)
         && (decision->sent.ticket == 0
             || pd_ticket_get (desk, decision->sent.ticket, &decision->match.ticket, error));
}

static gboolean
file_report (PdDesk *desk, PdDecision *decision, GError **error)
{
  static const char *const outcomes[] = {
    [PD_GUARD_BOUNCE] = "bounce",       [PD_GUARD_DELAY] = "bounce",
    [PD_GUARD_COMPLAINT] = "complaint", [PD_GUARD_RECEIPT] = "auto-reply",
    [PD_GUARD_DMARC_REPORT] = NULL,
  };
  const char *outcome = decision->kind < G_N_ELEMENTS (outcomes) ? outcomes[decision->kind] : NULL;

  if (outcome == NULL)
    return TRUE;
  if (!find_sent (desk, decision, error))
    return FALSE;
  if (decision->match.ticket == NULL)
    pd_trace_add (decision->trace, "guard", decision->intake->mail->original_message_id,
                  "about no mail that we signed");
  else
    {
      decision->ticket = decision->match.ticket->id;
      decision->ticket_number = decision->match.ticket->number;
      pd_trace_add (decision->trace, "guard", decision->sent.recipient,
                    "about our mail to this address on #%" G_GINT64_FORMAT,
                    decision->ticket_number);
    }
  return settle (decision, "guard", outcome, decision->why);
}

/* ---- sender ---- */

static gboolean
use_sender (PdDecision *decision, const GPtrArray *addresses)
{
  for (guint i = 0; i < addresses->len; i++)
    {
      const PdAddress *address = g_ptr_array_index (addresses, i);
      g_autofree char *key = pd_address_key (address->address, NULL);

      if (key == NULL)
        continue;
      decision->address = address->address;
      decision->name = address->name;
      if (pd_proof_is_disguise (address->name, address->address))
        {
          pd_trace_add (decision->trace, "sender", address->name,
                        "the name shows another address: it is not taken as a name");
          decision->name = "";
        }
      return TRUE;
    }
  return FALSE;
}

static gboolean
choose_sender (PdDecision *decision)
{
  const PdIntake *intake = decision->intake;
  const PdMail *mail = intake->mail;
  g_autofree char *key = NULL;

  if (use_sender (decision, mail->from) || use_sender (decision, mail->reply_to)
      || use_sender (decision, mail->sender))
    return TRUE;
  key = pd_address_key (intake->mail_from, NULL);
  if (key == NULL)
    return FALSE;
  decision->address = intake->mail_from;
  decision->name = "";
  return TRUE;
}

/* What our mail server says, and if it says nothing of use, why. */
static void
trace_auth (PdDesk *desk, const PdDecision *decision, const char *how)
{
  static const char *const words[] = {
    [PD_AUTH_UNKNOWN] = "nobody vouches for the domain",
    [PD_AUTH_PASS] = "the mail server vouches for the domain",
    [PD_AUTH_FAIL] = "DMARC failed",
  };
  const char *saw = how;

  if (saw == NULL && *desk->settings->trust.authserv_id == '\0')
    saw = "ingest.authserv_id is not set";
  else if (saw == NULL && pd_proof_domain (decision->intake->mail) == NULL)
    saw = "From has no address, or more than one";
  pd_trace_add (decision->trace, "auth", saw != NULL ? saw : "", "%s", words[decision->auth]);
}

static gboolean
check_sender (PdDesk *desk, PdDecision *decision, GError **error)
{
  g_autofree char *text = NULL;
  const char *reason;
  gboolean may;

  if (!pd_person_may_act (desk, decision->person, &may, &reason, error))
    return FALSE;
  text = g_strconcat ("the sender ", reason, NULL);
  return may || settle (decision, "sender", "held", text);
}

static gboolean
find_sender (PdDesk *desk, PdDecision *decision, GError **error)
{
  const PdMail *mail = decision->intake->mail;
  g_autofree char *how = NULL;

  if (!choose_sender (decision))
    return settle (decision, "sender", "held", "the mail names no sender");
  if (!pd_person_by_address (desk, decision->address, &decision->person, error))
    return FALSE;
  decision->auth = pd_proof_read (mail, &desk->settings->trust, &how);
  if (decision->person == NULL)
    pd_trace_add (decision->trace, "sender", decision->address, "nobody known");
  else
    pd_trace_add (decision->trace, "sender", decision->address, "%s %s",
                  pd_role_name (decision->person->role), pd_person_label (decision->person));
  trace_auth (desk, decision, how);
  return decision->person == NULL || decision->released || check_sender (desk, decision, error);
}

/* ---- seals ---- */

/* What was found of signatures and encryption, before this: see pd_unseal. */
static gboolean
note_seals (PdDesk *desk, PdDecision *decision, GError **error)
{
  const PdIntake *intake = decision->intake;
  const GPtrArray *seals = intake->mail->seals;

  (void)desk;
  (void)error;
  for (guint i = 0; i < seals->len; i++)
    {
      const PdSeal *seal = g_ptr_array_index (seals, i);
      g_autofree char *text = pd_unseal_describe (seal);

      pd_trace_add (decision->trace, "seal", seal->signer, "%s", text);
    }
  decision->signed_by_sender = pd_unseal_is_by_sender (intake->mail, intake->received);
  return TRUE;
}

/* ---- one act ---- */

/* A merged ticket's place is taken by the one it was merged into. */
static gboolean
find_ticket (PdDesk *desk, gint64 number, PdTicket **out, GError **error)
{
  g_autoptr (PdTicket) ticket = NULL;

  *out = NULL;
  if (!pd_ticket_by_number (desk, number, &ticket, error))
    return FALSE;
  for (int i = 0; ticket != NULL && ticket->merged_into != 0 && i < PD_MATCH_MAX_MERGES; i++)
    {
      gint64 into = ticket->merged_into;

      g_clear_pointer (&ticket, pd_ticket_free);
      if (!pd_ticket_get (desk, into, &ticket, error))
        return FALSE;
    }
  *out = g_steal_pointer (&ticket);
  return TRUE;
}

/* Why the mail is not what the address is for, or NULL.  The address travels in
 * notices, which people forward: it does what it says for its person alone,
 * and his name in From must not be known to be false. */
static const char *
doubt_act (const PdDecision *decision, gint64 person)
{
  if (decision->kind != PD_GUARD_PERSON)
    return "made by a program";
  if (decision->match.ticket == NULL)
    return "its ticket is gone";
  if (decision->person == NULL || decision->person->id != person)
    return "the address is not the sender's";
  if (decision->person->state != PD_PERSON_ACTIVE)
    return "the sender is not active";
  if (decision->proof < PD_PROOF_PLAUSIBLE)
    return "DMARC failed: it may not be from whom it says";
  return NULL;
}

static gboolean
settle_act (PdDecision *decision, const char *doubt)
{
  g_autofree char *name = pd_control_describe (decision->control);
  g_autofree char *reason = doubt != NULL
                                ? g_strdup_printf ("command: %s, not done: %s", name, doubt)
                                : g_strdup_printf ("command: %s", name);

  if (doubt != NULL)
    g_clear_pointer (&decision->control, pd_control_free);
  return settle (decision, "command", "discarded", reason);
}

/* A mail to the signed address of an act does that and is no entry.  If it
 * went to other addresses of ours too, it is a letter. */
static gboolean
read_act (PdDesk *desk, PdDecision *decision, GError **error)
{
  const PdMail *mail = decision->intake->mail;
  const PdRoute *route = decision->route;
  const PdSignedAddress *act = route->acts->len > 0 ? g_ptr_array_index (route->acts, 0) : NULL;
  gint64 person = act != NULL ? act->person : 0;

  if (act == NULL)
    return TRUE;
  if (route->n_ours > route->acts->len)
    {
      pd_trace_add (decision->trace, "command", pd_signed_act_name (act->act),
                    "not done: the mail goes to other addresses of ours, too");
      return TRUE;
    }
  if (!find_ticket (desk, act->ticket, &decision->match.ticket, error)
      || (act->act == PD_SIGNED_UNDO && decision->match.ticket != NULL
          && !pd_undo_person (desk, decision->match.ticket, act->event, &person, error)))
    return FALSE;
  if (decision->match.ticket != NULL)
    {
      decision->ticket = decision->match.ticket->id;
      decision->ticket_number = decision->match.ticket->number;
    }
  decision->proof
      = pd_proof_level (decision->auth, decision->person != NULL, decision->signed_by_sender);
  decision->control = pd_control_new_act (act, mail->visible);
  return settle_act (decision, doubt_act (decision, person));
}

/* ---- match ---- */

static gboolean
match (PdDesk *desk, PdDecision *decision, GError **error)
{
  if (!pd_match_find (desk, decision->intake->mail, decision->route, decision->person,
                      decision->address, decision->trace, &decision->match, error))
    return FALSE;
  decision->proof = pd_proof_level (decision->auth, decision->person != NULL,
                                    decision->match.own_reply || decision->signed_by_sender);
  pd_trace_add (decision->trace, "proof", decision->address, "%s", pd_proof_name (decision->proof));
  if (decision->match.decision == PD_MATCH_JOIN && decision->auth == PD_AUTH_FAIL
      && !decision->released)
    return settle (decision, "proof", "held",
                   "DMARC failed: it may not be from whom it says, and would join a ticket");
  return TRUE;
}

/* ---- staff ---- */

const char *
pd_decision_doubt_staff (const PdStaffWord *word)
{
  if (word->vouched)
    return NULL;
  if (word->automatic)
    return "made by a program: an internal note";
  if (word->proof >= PD_PROOF_ALIGNED || word->answers)
    return NULL;
  return "nothing proves that it is from staff: an internal note";
}

/* Whether the mail answers one that we sent to its author. */
static gboolean
answers_us (PdDesk *desk, const PdDecision *decision, gboolean *out, GError **error)
{
  PdMatchSent sent;
  gboolean ok;

  *out = FALSE;
  if (decision->match.outbox == 0)
    return TRUE;
  ok = pd_match_sent (desk, decision->match.outbox, &sent, error);
  *out = ok && sent.person == decision->person->id;
  pd_match_sent_clear (&sent);
  return ok;
}

/* Whether it joins by a note address: whoever writes there, it stays inside. */
static gboolean
came_to_note (const PdDecision *decision)
{
  const GPtrArray *replies = decision->route->replies;

  return decision->match.decision == PD_MATCH_JOIN
         && decision->match.evidence == PD_EVIDENCE_REPLY_ADDRESS && replies->len > 0
         && ((const PdSignedAddress *)g_ptr_array_index (replies, 0))->kind == PD_SIGNED_NOTE;
}

/* What staff writes to a customer's ticket is the desk's word; in his own
 * affair he is a customer himself. */
static gboolean
weigh_staff (PdDesk *desk, PdDecision *decision, GError **error)
{
  PdStaffWord word = {
    .proof = decision->proof,
    .automatic = decision->kind == PD_GUARD_AUTO_REPLY || decision->kind == PD_GUARD_GENERATED,
    .vouched = decision->released || strcmp (decision->intake->source, "import") == 0,
  };
  const char *doubt;

  if (decision->match.decision != PD_MATCH_JOIN || decision->match.sender != PD_SENDER_STAFF
      || (decision->match.strand == NULL
          && decision->match.ticket->requester == decision->person->id))
    return TRUE;
  if (!answers_us (desk, decision, &word.answers, error))
    return FALSE;
  doubt = pd_decision_doubt_staff (&word);
  decision->doubted = doubt != NULL;
  decision->internal |= doubt != NULL;
  if (doubt != NULL)
    pd_trace_add (decision->trace, "staff", decision->address, "%s", doubt);
  return TRUE;
}

/* ---- reply ---- */

/* Of an answer the quoted text is known: it is what we sent.  That is looked
 * up only where something is quoted. */
static gboolean
align_reply (PdDesk *desk, PdDecision *decision, GError **error)
{
  const PdMail *mail = decision->intake->mail;
  g_autofree char *sent = NULL;
  const char *what;

  if (decision->match.decision != PD_MATCH_JOIN || !pd_reply_may_quote (mail))
    return TRUE;
  if (!pd_match_answered (desk, mail, &decision->match, decision->person, &what, &sent, error))
    return FALSE;
  decision->aligned = sent != NULL ? pd_reply_align (mail, sent) : NULL;
  if (decision->aligned != NULL)
    pd_trace_add (decision->trace, "reply", what,
                  "%u lines of it folded, %u of them had been visible; %u lines of the sender "
                  "shown again",
                  decision->aligned->ours, decision->aligned->hidden, decision->aligned->restored);
  return TRUE;
}

/* ---- commands ---- */

static const char *
visible_of (const PdDecision *decision)
{
  return decision->aligned != NULL ? decision->aligned->visible : decision->intake->mail->visible;
}

/* Whose lines may be commands: staff's, and a customer's on his own ticket.
 * Mail that is imported is history. */
static gboolean
may_command (const PdDecision *decision)
{
  const PdTicket *ticket = decision->match.ticket;
  const PdPerson *person = decision->person;

  if (decision->kind != PD_GUARD_PERSON || person == NULL || person->state != PD_PERSON_ACTIVE
      || strcmp (decision->intake->source, "import") == 0)
    return FALSE;
  return pd_person_is_staff (person)
         || (decision->match.decision == PD_MATCH_JOIN
             && (ticket->requester == person->id || ticket->author == person->id));
}

static void
trace_commands (const PdDecision *decision)
{
  const GPtrArray *commands = decision->control->commands->commands;

  for (guint i = 0; i < commands->len; i++)
    {
      const PdMailCommand *command = g_ptr_array_index (commands, i);

      pd_trace_add (decision->trace, "command", command->written, "%s",
                    command->error != NULL               ? command->error
                    : decision->control->refused != NULL ? decision->control->refused
                    : decision->control->dry             ? "is tried"
                                                         : "is to be carried out");
    }
}

/* A command that is refused leaves the text, which then is nobody's word. */
static void
use_control (PdDecision *decision)
{
  const PdControl *control = decision->control;
  gboolean joins = decision->match.decision == PD_MATCH_JOIN;

  trace_commands (decision);
  decision->internal |= control->text_is == PD_CONTROL_NOTE || (control->refused != NULL && joins);
  /* the result mail asks him */
  decision->doubted &= control->refused == NULL;
}

static gboolean
read_commands (PdDesk *desk, PdDecision *decision, GError **error)
{
  gboolean joins = decision->match.decision == PD_MATCH_JOIN;
  PdControlMail mail = {
    .text = decision->intake->mail->text,
    .visible = visible_of (decision),
    .proof = decision->proof,
    .needed = PD_PROOF_ALIGNED,
    .to_note = came_to_note (decision),
  };

  decision->internal |= mail.to_note;
  if (!may_command (decision))
    return TRUE;
  mail.staff = pd_person_is_staff (decision->person);
  if (mail.staff
      && !pd_control_needed (desk, joins ? decision->match.ticket->unit : decision->route->unit,
                             &mail.needed, error))
    return FALSE;
  decision->control = pd_control_read (&mail);
  if (decision->control != NULL)
    use_control (decision);
  return TRUE;
}

/* What becomes of a mail that is not filed, only obeyed; FALSE: it is filed as
 * any other. */
static gboolean
settle_obeyed (PdDecision *decision, gboolean opens)
{
  const PdControl *control = decision->control;
  g_autofree char *name = NULL;
  g_autofree char *reason = NULL;

  if (control == NULL)
    return FALSE;
  if (!control->dry
      && (opens || control->refused != NULL || pd_control_has_text (control)
          || decision->intake->mail->attachments->len > 0))
    return FALSE;
  name = pd_control_describe (control);
  reason = g_strdup_printf ("command: %s%s", name,
                            control->dry ? "; a dry run, the text is only in this mail" : "");
  if (!opens)
    {
      decision->ticket = decision->match.ticket->id;
      decision->ticket_number = decision->match.ticket->number;
    }
  return settle (decision, "command", "discarded", reason);
}

/* ---- what follows ---- */

/* Numbers are guessed: who has nothing else to show does not put others on a
 * ticket, where they would read what comes after. */
static gboolean
may_add_people (const PdDecision *decision)
{
  if (decision->kind != PD_GUARD_PERSON || decision->internal)
    return FALSE;
  return decision->match.evidence != PD_EVIDENCE_SUBJECT || decision->proof >= PD_PROOF_ALIGNED
         || decision->released;
}

static gboolean
file_automatic (PdDesk *desk, PdDecision *decision, GError **error)
{
  gboolean joins = decision->match.decision == PD_MATCH_JOIN;

  (void)desk;
  (void)error;
  if (decision->kind != PD_GUARD_AUTO_REPLY && !(decision->kind == PD_GUARD_GENERATED && joins))
    return TRUE;
  decision->files = decision->quiet = decision->no_people = joins;
  return settle (decision, "guard", "auto-reply", decision->why);
}

static void
entry_clear (gpointer data)
{
  g_free (((PdGuardEntry *)data)->text);
}

/* What the sender wrote before, the newest first. */
static GArray *
read_recent (PdDesk *desk, PdSqlId statement, const PdDbValue *values, gsize n_values,
             GError **error)
{
  g_autoptr (GArray) recent = g_array_new (FALSE, FALSE, sizeof (PdGuardEntry));
  g_autoptr (PdRows) rows = pd_db_query (desk->db, statement, values, n_values, error);
  int got = rows != NULL ? 1 : -1;

  g_array_set_clear_func (recent, entry_clear);
  while (got > 0 && (got = pd_rows_next (rows, error)) > 0)
    {
      const PdGuardEntry entry
          = { .created = pd_rows_int (rows, 0),
              .ticket = pd_rows_int (rows, 1),
              .text = g_strdup (pd_rows_is_null (rows, 2) ? "" : pd_rows_text (rows, 2)) };

      g_array_append_val (recent, entry);
    }
  return got < 0 ? NULL : g_steal_pointer (&recent);
}

/* Whether the sender's mails are to be watched for a loop: not what a person
 * has let through. */
static gboolean
is_watched (const PdDecision *decision)
{
  return decision->person != NULL && !decision->released && !decision->intake->quiet;
}

/* Why a mail and those before it make a loop, or NULL.  Files are not
 * compared: photos come without a word, one by one. */
static const char *
find_alike (const PdDesk *desk, const PdDecision *decision, const GArray *recent, gboolean opens)
{
  if (decision->intake->mail->attachments->len > 0)
    return NULL;
  return pd_guard_alike (recent, visible_of (decision), pd_clock_now (), opens,
                         &desk->settings->bounds);
}

/* A sender who answers each of our entries at once is a program. */
static gboolean
file_comment (PdDesk *desk, PdDecision *decision, GError **error)
{
  const PdGuardBounds *bounds = &desk->settings->bounds;
  const PdTicket *ticket = decision->match.ticket;
  g_autoptr (GArray) recent = NULL;
  const char *loop = NULL;

  if (decision->match.decision != PD_MATCH_JOIN)
    return TRUE;
  if (is_watched (decision))
    {
      recent = read_recent (
          desk, PD_SQL_GUARD_RECENT_ENTRIES,
          PD_BIND (PD_INT (PD_GUARD_MAX_TEXT), PD_INT (ticket->id),
                   /* half of them may be answers to his */
                   PD_INT (2 * (gint64)MAX (bounds->ticket_mails, bounds->notices)),
                   PD_INT (decision->person->id), PD_INT (pd_clock_now () - bounds->window)),
          error);
      if (recent == NULL)
        return FALSE;
      loop = recent->len >= bounds->ticket_mails ? "too many mails of one author to one ticket"
                                                 : find_alike (desk, decision, recent, FALSE);
    }
  if (loop != NULL)
    return end_loop (decision, ticket, loop);
  if (settle_obeyed (decision, FALSE))
    return TRUE;
  decision->files = TRUE;
  decision->no_people = decision->match.strand != NULL || !may_add_people (decision);
  decision->quiet = recent != NULL && recent->len >= bounds->notices;
  return settle (decision, "match", "comment",
                 decision->quiet ? "too many entries of one author in a short time: nobody is told"
                                 : "");
}

/* Why a new ticket is not acknowledged; NULL if it is. */
static const char *
why_no_acknowledgement (const PdDecision *decision)
{
  if (decision->kind != PD_GUARD_PERSON)
    return decision->why;
  if (decision->auth == PD_AUTH_FAIL)
    return "DMARC failed: it may not be from whom it says";
  if (pd_guard_is_machine (decision->address))
    return "nobody reads that address";
  return NULL;
}

/* Counts and compares the sender's last tickets: *out_why says why this one is
 * not acknowledged, or is NULL.  A loop ends by that, for only what we answer
 * can answer us; and the ticket is opened all the same, for three alarms in a
 * row may say nearly the same, too.
 */
static gboolean
watch_sender (PdDesk *desk, const PdDecision *decision, const char **out_why, GError **error)
{
  const PdGuardBounds *bounds = &desk->settings->bounds;
  gint64 since = pd_clock_now () - bounds->window;
  g_autoptr (GArray) recent = read_recent (
      desk, PD_SQL_GUARD_RECENT_OPENINGS,
      PD_BIND (PD_INT (PD_GUARD_MAX_TEXT), PD_INT (decision->person->id), PD_INT (since),
               PD_INT (since), PD_INT (MAX (bounds->acknowledgements, 2 * bounds->alike))),
      error);

  if (recent == NULL)
    return FALSE;
  *out_why = recent->len >= bounds->acknowledgements
                 ? "the sender opened many tickets in a short time"
                 : find_alike (desk, decision, recent, TRUE);
  return TRUE;
}

static gboolean
file_ticket (PdDesk *desk, PdDecision *decision, GError **error)
{
  const char *why = why_no_acknowledgement (decision);

  if (decision->route->unit == 0 && decision->match.ticket == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "the address is of no unit, and its ticket is gone");
  if (why == NULL && is_watched (decision) && !watch_sender (desk, decision, &why, error))
    return FALSE;
  if (why != NULL)
    pd_trace_add (decision->trace, "guard", why, "no acknowledgement");
  decision->no_acknowledgement = why != NULL;
  if (settle_obeyed (decision, TRUE))
    return TRUE;
  decision->files = TRUE;
  decision->no_people = decision->kind != PD_GUARD_PERSON || decision->auth == PD_AUTH_FAIL;
  return settle (decision, "match", "ticket", "");
}

PdDecision *
pd_decision_make (PdDesk *desk, const PdIntake *intake, gint64 self, gboolean released,
                  GError **error)
{
  static gboolean (*const steps[]) (PdDesk *, PdDecision *, GError **) = {
    claim,       route,       check_readable, sort_mail,      file_report,
    find_sender, note_seals,  read_act,       match,          pd_staff_forward_weigh,
    weigh_staff, align_reply, read_commands,  file_automatic, file_comment,
    file_ticket,
  };
  g_autoptr (PdDecision) decision = g_new0 (PdDecision, 1);

  decision->intake = intake;
  decision->self = self;
  decision->released = released;
  decision->trace = pd_trace_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (steps) && decision->outcome == NULL; i++)
    if (!steps[i](desk, decision, error))
      return NULL;
  decision->quiet |= intake->quiet;
  return g_steal_pointer (&decision);
}
