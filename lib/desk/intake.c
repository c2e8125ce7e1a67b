#include "desk/intake.h"

#include <json-c/json.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "desk/decision.h"
#include "desk/event.h"
#include "desk/inbound.h"
#include "desk/notice.h"
#include "desk/raw.h"
#include "desk/staff-forward.h"
#include "desk/strand-mail.h"
#include "desk/ticket-row.h"
#include "desk/undo.h"
#include "mail/ticket-ref.h"

#define MAX_RUNS 5               /* of a batch that meets conflicts */
#define FIRST_PAUSE 2000         /* microseconds before the second run; doubles, with jitter */
#define MAX_REPORT_RECIPIENTS 10 /* of one bounce that get an event each */
#define MAX_DIAGNOSTIC 1000      /* octets of a server's words that are kept */

void
pd_verdict_free (PdVerdict *verdict)
{
  if (verdict == NULL)
    return;
  g_free (verdict->outcome);
  g_free (verdict->reason);
  g_free (verdict->trace);
  g_free (verdict);
}

static PdVerdict *
verdict_new (const PdDecision *decision)
{
  PdVerdict *verdict = g_new0 (PdVerdict, 1);

  verdict->outcome = g_strdup (decision->outcome);
  verdict->reason = g_strdup (decision->reason);
  verdict->ticket = decision->ticket_number;
  verdict->entry = decision->entry;
  verdict->trace = pd_trace_to_json (decision->trace);
  return verdict;
}

/* ---- an entry ---- */

/* Who wrote, made known if he was not. */
static gboolean
ensure_sender (PdDesk *desk, PdDecision *decision, GError **error)
{
  PdPerson *person;

  if (decision->person != NULL && (*decision->person->name != '\0' || *decision->name == '\0'))
    return TRUE;
  person = pd_person_ensure (desk, decision->address, decision->name, error);
  if (person == NULL)
    return FALSE;
  if (decision->person == NULL)
    pd_trace_add (decision->trace, "apply", decision->address, "became a client");
  else
    pd_person_free (decision->person);
  decision->person = person;
  return TRUE;
}

/* A staff member's answer is the desk's word to the customer, if it is his; in
 * his own affair he is a customer himself. */
static const char *
entry_kind (const PdDecision *decision, const PdTicket *ticket)
{
  gboolean answers = ticket != NULL && pd_person_is_staff (decision->person)
                     && ticket->requester != decision->person->id;

  if (decision->internal)
    return "note";
  return answers ? "reply" : "mail";
}

/* Whether the mail is filed without its commands: they were carried out, or will
 * be.  Else they stay, so that nobody wonders what the text is about. */
static gboolean
is_stripped (const PdDecision *decision)
{
  return decision->control != NULL && decision->control->refused == NULL
         && !decision->control->failed;
}

static PdEntry
make_entry (const PdDecision *decision, const PdTicket *ticket, const GArray *people)
{
  const PdMail *mail = decision->intake->mail;
  PdEntry entry = {
    .kind = entry_kind (decision, ticket),
    .internal = decision->internal,
    .tell_author = decision->doubted,
    .author = decision->person->id,
    .text = mail->text,
    .visible = decision->aligned != NULL ? decision->aligned->visible : mail->visible,
    .html = *mail->html != '\0' ? mail->html : NULL,
    .message_id = *mail->message_id != '\0' ? mail->message_id : NULL,
    .proof = pd_proof_name (decision->proof),
    .raw = decision->raw,
    .files_raw = decision->opened_raw,
    .encrypted = mail->is_encrypted,
    .attachments = mail->attachments,
    .quiet = decision->quiet,
    .no_acknowledgement = decision->no_acknowledgement,
    .has_it = (const gint64 *)(const void *)people->data,
    .n_has_it = people->len,
  };

  if (is_stripped (decision))
    {
      entry.text = decision->control->text;
      entry.visible = decision->control->visible;
      entry.html = NULL; /* they stand in it, too */
    }
  return entry;
}

static gboolean
open_ticket (PdDesk *desk, PdDecision *decision, const GArray *people, PdTicket **out_ticket,
             GError **error)
{
  const PdIntake *intake = decision->intake;
  const PdTicket *old = decision->match.ticket;
  g_autofree char *subject = pd_ticket_ref_strip (
      desk->settings->name,
      decision->forwarded != NULL ? decision->forwarded->subject : intake->mail->subject);
  PdEntry entry = make_entry (decision, NULL, people);
  PdTicketNew fresh = {
    .subject = subject,
    .unit = decision->route->unit != 0 ? decision->route->unit : old->unit,
    .requester = decision->person->id,
    .author = decision->person->id,
    .source = strcmp (intake->source, "import") == 0 ? "import" : "mail",
    .refers_to = old != NULL ? old->id : 0,
  };

  return pd_staff_forward_fit (desk, decision, &fresh, &entry, error)
         && pd_ticket_create (desk, &fresh, &entry, out_ticket, &decision->entry, error)
         && pd_staff_forward_settle (desk, decision, *out_ticket, error);
}

/* Somebody who answers by another's reply address takes part from now on. */
static gboolean
join_sender (PdDesk *desk, PdDecision *decision, const PdTicket *ticket, GError **error)
{
  if (decision->match.sender != PD_SENDER_STRANGER || decision->quiet)
    return TRUE;
  return pd_ticket_add_person (desk, ticket->id, decision->person->id, PD_RELATION_CC, error);
}

/* The people of To and Cc, made known if they were not; who is blocked is left. */
static gboolean
find_people (PdDesk *desk, const PdDecision *decision, GArray *people, GError **error)
{
  const GPtrArray *addresses = decision->route->people;

  if (decision->no_people)
    return TRUE;
  for (guint i = 0; i < addresses->len && people->len < PD_INTAKE_MAX_PEOPLE; i++)
    {
      const PdAddress *address = g_ptr_array_index (addresses, i);
      g_autoptr (PdPerson) person = NULL;

      if (pd_guard_is_machine (address->address)
          || g_ascii_strcasecmp (address->address, decision->address) == 0)
        continue;
      person = pd_person_ensure (desk, address->address, address->name, error);
      if (person == NULL)
        return FALSE;
      if (person->state == PD_PERSON_ACTIVE && person->id != decision->person->id)
        g_array_append_val (people, person->id);
    }
  if (people->len == PD_INTAKE_MAX_PEOPLE)
    pd_trace_add (decision->trace, "apply", NULL, "of To and Cc no more than %d people are taken",
                  PD_INTAKE_MAX_PEOPLE);
  return TRUE;
}

/* After the entry: they have this mail from its sender, and are told of what
 * comes after it.  Who is on the ticket by his part already is left. */
static gboolean
add_people (PdDesk *desk, const PdDecision *decision, const PdTicket *ticket, const GArray *people,
            GError **error)
{
  guint n = 0;

  for (guint i = 0; i < people->len; i++)
    {
      gint64 person = g_array_index (people, gint64, i);

      if (person == ticket->requester || person == ticket->author || person == ticket->locker)
        continue;
      if (!pd_ticket_add_person (desk, ticket->id, person, PD_RELATION_CC, error))
        return FALSE;
      n++;
    }
  if (n > 0)
    pd_trace_add (decision->trace, "apply", NULL, "%u people of To and Cc take part", n);
  return TRUE;
}

static gboolean
apply_entry (PdDesk *desk, PdDecision *decision, GError **error)
{
  gboolean joins = decision->match.decision == PD_MATCH_JOIN;
  g_autoptr (GArray) people = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (PdTicket) opened = NULL;
  PdTicket *ticket = decision->match.ticket;

  if (!ensure_sender (desk, decision, error) || !find_people (desk, decision, people, error))
    return FALSE;
  if (joins)
    {
      PdEntry entry = make_entry (decision, ticket, people);

      if (decision->match.strand != NULL
              ? !pd_strand_file_mail (desk, decision, &entry, error)
              : !pd_ticket_add_entry (desk, ticket, &entry, &decision->entry, error)
                    || !join_sender (desk, decision, ticket, error))
        return FALSE;
    }
  else
    {
      if (!open_ticket (desk, decision, people, &opened, error))
        return FALSE;
      ticket = opened;
    }
  decision->ticket = ticket->id;
  decision->ticket_number = ticket->number;
  pd_trace_add (decision->trace, "apply", NULL, "%s #%" G_GINT64_FORMAT "%s",
                joins ? "added to" : "opened", ticket->number,
                decision->quiet ? ", nobody is told" : "");
  return add_people (desk, decision, ticket, people, error);
}

/* ---- commands ---- */

/* The ticket of the commands as the database has it: a run that is undone
 * leaves no trace in the decision's own copy. */
static gboolean
copy_ticket (PdDesk *desk, const PdDecision *decision, PdTicket **out, GError **error)
{
  if (!pd_ticket_get (desk, decision->match.ticket->id, out, error))
    return FALSE;
  return *out != NULL || pd_fail (error, PD_ERROR_CONFLICT, "the ticket is gone");
}

/* What the mail is about to be carried out on. */
typedef struct {
  PdTicket *ticket;
  gint64 undo; /* the event `commanded` */
} Carried;

static gboolean
obey (PdDesk *desk, PdDecision *decision, Carried *carried, GError **error)
{
  PdControl *control = decision->control;
  g_autofree char *what = pd_control_describe (control);
  g_autoptr (PdUndoBase) base = pd_undo_base_new (desk, carried->ticket, error);
  g_autoptr (GArray) nobody = g_array_new (FALSE, FALSE, sizeof (gint64));
  PdEntry entry;

  if (base == NULL)
    return FALSE;
  if (control->act == NULL)
    entry = make_entry (decision, carried->ticket, nobody);
  if (!pd_control_run (desk, control, carried->ticket, decision->person,
                       control->act == NULL ? &entry : NULL, error)
      || !pd_ticket_row_reload (desk, carried->ticket, error))
    return FALSE;
  /* what takes back is not taken back */
  return control->failed || (control->act != NULL && control->act->act == PD_SIGNED_UNDO)
         || pd_undo_record (desk, base, carried->ticket, decision->person, what, &carried->undo,
                            error);
}

/* A customer's word would open what he finishes with the same mail: then it
 * comes first.  Staff acts, then speaks: the answer is told to who has the
 * ticket then. */
static gboolean
speaks_first (const PdDecision *decision, const PdTicket *ticket)
{
  const PdMailCommands *commands = decision->control->commands;

  return (!pd_person_is_staff (decision->person) || ticket->requester == decision->person->id)
         && commands != NULL && pd_mail_commands_have (commands, PD_COMMAND_DONE);
}

static gboolean
add_text (PdDesk *desk, PdDecision *decision, PdTicket *ticket, GError **error)
{
  PdTicket *own = decision->match.ticket;
  g_autoptr (PdTicket) into = NULL;
  gboolean ok;

  if (!decision->files)
    return TRUE;
  if (decision->control->text_is == PD_CONTROL_ASK)
    {
      decision->ticket = ticket->id;
      decision->ticket_number = ticket->number;
      return TRUE;
    }
  /* after a merge it goes where the ticket went */
  if (ticket->merged_into != 0 && !pd_ticket_get (desk, ticket->merged_into, &into, error))
    return FALSE;
  decision->match.ticket = into != NULL ? into : ticket;
  ok = apply_entry (desk, decision, error);
  decision->match.ticket = own;
  return ok && pd_ticket_row_reload (desk, ticket, error);
}

static gboolean
carry_out_on_old (PdDesk *desk, PdDecision *decision, Carried *carried, GError **error)
{
  gboolean first;

  if (!copy_ticket (desk, decision, &carried->ticket, error))
    return FALSE;
  first = speaks_first (decision, carried->ticket);
  return (!first || add_text (desk, decision, carried->ticket, error))
         && obey (desk, decision, carried, error)
         && (first || decision->control->failed
             || add_text (desk, decision, carried->ticket, error));
}

static gboolean
carry_out_on_new (PdDesk *desk, PdDecision *decision, Carried *carried, GError **error)
{
  return apply_entry (desk, decision, error)
         && pd_ticket_get (desk, decision->ticket, &carried->ticket, error)
         && obey (desk, decision, carried, error);
}

static gboolean
is_on_old (const PdDecision *decision)
{
  return decision->match.decision == PD_MATCH_JOIN || decision->control->act != NULL;
}

/* In a savepoint, which is left open only if all went well and is to stay. */
static gboolean
carry_out (PdDesk *desk, PdDecision *decision, Carried *carried, GError **error)
{
  g_autoptr (GError) failure = NULL;
  gboolean done;

  if (!pd_desk_savepoint (desk, error))
    return FALSE;
  done = is_on_old (decision) ? carry_out_on_old (desk, decision, carried, &failure)
                              : carry_out_on_new (desk, decision, carried, &failure);
  if (done && !decision->control->failed && !decision->control->dry)
    return pd_desk_release (desk, error);
  carried->undo = decision->entry = 0;
  if (!is_on_old (decision))
    decision->ticket = decision->ticket_number = 0;
  if (done)
    return pd_desk_rollback_to (desk, error);
  /* a savepoint outside, if there is one, is the caller's to go back to */
  if (pd_db_in_transaction (desk->db))
    pd_desk_rollback_to (desk, NULL);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* Nothing was done, but no text is lost: what was meant for the customer stays
 * inside, since he would read of what has not happened. */
static gboolean
file_anyway (PdDesk *desk, PdDecision *decision, GError **error)
{
  if (!decision->files)
    return TRUE;
  if (decision->match.decision == PD_MATCH_JOIN && pd_person_is_staff (decision->person))
    decision->internal = TRUE;
  return apply_entry (desk, decision, error);
}

static const char *
filed_as (const PdDecision *decision)
{
  gboolean joins = decision->match.decision == PD_MATCH_JOIN;

  if (!decision->files || decision->control->dry)
    return "none";
  if (joins && is_stripped (decision)
      && (decision->control->text_is == PD_CONTROL_ASK
          || (decision->match.strand != NULL && !decision->internal)))
    return "asked";
  return joins ? entry_kind (decision, decision->match.ticket) : "ticket";
}

/* Whether he may be written to at all: not if it is perhaps not he who wrote,
 * and his mail server has said so. */
static gboolean
may_answer (const PdDecision *decision)
{
  return !decision->quiet && decision->proof >= PD_PROOF_PLAUSIBLE
         && (is_on_old (decision) || !decision->no_acknowledgement);
}

static gboolean
answer (PdDesk *desk, PdDecision *decision, const Carried *carried, GError **error)
{
  const PdTicket *old = decision->match.ticket;
  PdControlAnswer told = {
    .person = decision->person,
    .ticket = decision->ticket,
    .number = decision->ticket_number,
    .unit = carried->ticket != NULL      ? carried->ticket->unit
            : decision->route->unit != 0 ? decision->route->unit
            : old != NULL                ? old->unit
                                         : 0,
    .undo = carried->undo,
    .filed = filed_as (decision),
  };
  gboolean sent = FALSE;

  if (may_answer (decision) && !pd_control_answer (desk, decision->control, &told, &sent, error))
    return FALSE;
  pd_trace_add (decision->trace, "command", NULL, sent ? "a result mail" : "no result mail");
  return TRUE;
}

static void
trace_results (const PdDecision *decision)
{
  const GPtrArray *lines = decision->control->lines;

  for (guint i = 0; i < lines->len; i++)
    {
      const PdControlLine *line = g_ptr_array_index (lines, i);

      pd_trace_add (decision->trace, "command", line->line, "%s: %s", line->ok ? "ok" : "wrong",
                    line->text);
    }
  if (decision->control->failed || decision->control->dry)
    pd_trace_add (decision->trace, "command", NULL, "%s",
                  decision->control->failed ? "nothing of it was done" : "tried, and undone");
}

/* The row of the mail says it, too. */
static void
note_failure (PdDecision *decision)
{
  const GPtrArray *lines = decision->control->lines;
  g_autofree char *was = g_steal_pointer (&decision->reason);
  const char *text = "";

  for (guint i = 0; i < lines->len && *text == '\0'; i++)
    {
      const PdControlLine *line = g_ptr_array_index (lines, i);

      text = line->ok ? "" : line->text;
    }
  decision->reason
      = g_strdup_printf ("%s%snothing was done: %s", was, *was != '\0' ? "; " : "command: ", text);
}

/* The lines of a mail whose commands are not even tried. */
static void
refuse_lines (PdControl *control)
{
  for (guint i = 0; i < control->commands->commands->len; i++)
    {
      const PdMailCommand *command = g_ptr_array_index (control->commands->commands, i);

      pd_control_add_line (control, command->written, FALSE,
                           command->error != NULL ? command->error : control->refused, NULL);
    }
}

static gboolean
apply_control (PdDesk *desk, PdDecision *decision, GError **error)
{
  PdControl *control = decision->control;
  Carried carried = { 0 };
  gboolean ok = TRUE;

  if (control->refused == NULL)
    ok = carry_out (desk, decision, &carried, error);
  else
    refuse_lines (control);
  if (ok)
    {
      trace_results (decision);
      if (control->failed)
        note_failure (decision);
      ok = (!control->failed || control->dry || file_anyway (desk, decision, error))
           && answer (desk, decision, &carried, error);
    }
  pd_ticket_free (carried.ticket);
  return ok;
}

/* ---- a report on an outgoing mail ---- */

static void
set_text (struct json_object *object, const char *name, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize)strnlen (text, MAX_DIAGNOSTIC));

  json_object_object_add (object, name, json_object_new_string (valid));
}

/* A report about an outgoing mail, to be filled; the recipient is that to whom
 * we sent: the reported one may be where it was forwarded to. */
static struct json_object *
report_new (const PdDecision *decision, const char *reported)
{
  struct json_object *object = json_object_new_object ();
  const char *sent_to = decision->sent.recipient != NULL ? decision->sent.recipient : "";

  set_text (object, "recipient", *sent_to != '\0' ? sent_to : reported);
  if (*reported != '\0' && *sent_to != '\0' && g_ascii_strcasecmp (reported, sent_to) != 0)
    set_text (object, "reported", reported);
  json_object_object_add (object, "outbox", json_object_new_int64 (decision->sent.outbox));
  return object;
}

static char *
take_json (struct json_object *object)
{
  char *text = g_strdup (json_object_to_json_string_ext (object, JSON_C_TO_STRING_PLAIN));

  json_object_put (object);
  return text;
}

/* What a report says of one recipient; NULL: it is of no form that we know. */
static char *
report_json (const PdDecision *decision, const PdBounceRecipient *recipient)
{
  struct json_object *object = report_new (decision, recipient != NULL ? recipient->address : "");

  set_text (object, "status", recipient != NULL ? recipient->status : "");
  set_text (object, "reason", recipient != NULL ? recipient->reason : "undefined");
  json_object_object_add (object, "hard",
                          json_object_new_boolean (recipient != NULL && recipient->hard));
  set_text (object, "diagnostic",
            recipient != NULL ? recipient->diagnostic : decision->intake->mail->subject);
  return take_json (object);
}

/* Staff hears of a mail that failed for good; but not of a failed notice about
 * a failure, or two dead addresses would never rest. */
static gboolean
tell_staff (PdDesk *desk, const PdDecision *decision, const char *data, GError **error)
{
  const PdNotice notice = {
    .event = PD_NOTICE_DELIVERY_FAILED,
    .ticket = decision->match.ticket,
    .data = data,
  };

  if (decision->quiet
      || g_strcmp0 (decision->sent.event, pd_notice_event_name (PD_NOTICE_DELIVERY_FAILED)) == 0)
    return TRUE;
  return pd_notice_queue (desk, &notice, error);
}

static gboolean
apply_bounce (PdDesk *desk, PdDecision *decision, GError **error)
{
  const GPtrArray *recipients = decision->intake->mail->bounce_recipients;
  const char *kind = decision->kind == PD_GUARD_DELAY ? "delivery-delayed" : "delivery-failed";
  gboolean told = decision->kind == PD_GUARD_DELAY;

  for (guint i = 0; i < MAX (1, MIN (recipients->len, MAX_REPORT_RECIPIENTS)); i++)
    {
      const PdBounceRecipient *recipient
          = i < recipients->len ? g_ptr_array_index (recipients, i) : NULL;
      g_autofree char *data = report_json (decision, recipient);

      if (!pd_event_add (desk, decision->ticket, kind, 0, 0, data, error))
        return FALSE;
      if (recipient == NULL || !recipient->hard || told)
        continue;
      if (!tell_staff (desk, decision, data, error))
        return FALSE;
      told = TRUE;
    }
  return TRUE;
}

static gboolean
apply_complaint (PdDesk *desk, PdDecision *decision, GError **error)
{
  struct json_object *object = report_new (decision, "");
  g_autofree char *data = NULL;

  set_text (object, "type", decision->intake->mail->complaint_type);
  data = take_json (object);
  return pd_event_add (desk, decision->ticket, "complaint", 0, 0, data, error);
}

/* It arrived, or it was read: shown on the ticket, and nobody is told. */
static gboolean
apply_receipt (PdDesk *desk, PdDecision *decision, GError **error)
{
  gboolean delivered = decision->intake->mail->kind == PD_MAIL_KIND_DELIVERED;
  g_autofree char *data = take_json (report_new (decision, ""));

  return pd_event_add (desk, decision->ticket, delivered ? "delivered" : "read", 0, 0, data, error);
}

static gboolean
apply_report (PdDesk *desk, PdDecision *decision, GError **error)
{
  switch (decision->kind)
    {
    case PD_GUARD_BOUNCE:
    case PD_GUARD_DELAY:
      return apply_bounce (desk, decision, error);
    case PD_GUARD_COMPLAINT:
      return apply_complaint (desk, decision, error);
    case PD_GUARD_RECEIPT:
      return apply_receipt (desk, decision, error);
    default:
      return TRUE;
    }
}

/* A loop is shown on its ticket once, not with each turn. */
static gboolean
apply_loop (PdDesk *desk, PdDecision *decision, GError **error)
{
  gint64 last = 0;
  struct json_object *object;
  g_autofree char *data = NULL;

  if (!pd_db_find_int (desk->db, PD_SQL_EVENT_LAST_AT,
                       PD_BIND (PD_INT (decision->ticket), PD_TEXT ("loop")), &last, error))
    return FALSE;
  if (last != 0 && last >= pd_clock_now () - desk->settings->bounds.window)
    return TRUE;
  object = json_object_new_object ();
  set_text (object, "from", decision->address != NULL ? decision->address : "");
  set_text (object, "reason", decision->reason);
  data = take_json (object);
  return pd_event_add (desk, decision->ticket, "loop", 0, 0, data, error);
}

/* ---- the row ---- */

static const char *
header_from (const PdMail *mail)
{
  const PdAddress *from;

  if (mail == NULL || mail->from->len == 0)
    return "";
  from = g_ptr_array_index (mail->from, 0);
  return from->address;
}

static gboolean
record (PdDesk *desk, const PdDecision *decision, GError **error)
{
  const PdIntake *intake = decision->intake;
  const PdMail *mail = intake->mail;
  g_autofree char *to = g_strjoinv (" ", (char **)intake->recipients);
  g_autofree char *trace = pd_trace_to_json (decision->trace);
  PdInboundRow row = {
    .id = decision->self != 0 ? decision->self : intake->id,
    .received = intake->received,
    .source = (char *)intake->source,
    .mail_from = (char *)intake->mail_from,
    .rcpt_to = to,
    .header_from = (char *)header_from (mail),
    .subject = mail != NULL ? mail->subject : NULL,
    .message_id = mail != NULL ? mail->message_id : NULL,
    .outcome = (char *)decision->outcome,
    .reason = decision->reason,
    .ticket = decision->ticket,
    .entry = decision->entry,
    .size = intake->raw != NULL ? (gint64)g_bytes_get_size (intake->raw) : 0,
    .raw = decision->raw,
    .trace = trace,
  };

  if (decision->self != 0)
    return pd_inbound_refile (desk, &row, decision->dedupe, error);
  return pd_inbound_add (desk, &row, decision->dedupe, error);
}

/* A duplicate's bytes are those of the first; a mail that is filed again has
 * its own already. */
static gboolean
store_raw (PdDesk *desk, PdDecision *decision, GError **error)
{
  return decision->dedupe == NULL || decision->raw != 0
         || pd_raw_store (desk, decision->intake->raw, &decision->raw, error);
}

/* The files of a mail that was decrypted lie in what came out, not in what
 * came.  Without files the entry's text is all of it. */
static gboolean
store_opened (PdDesk *desk, PdDecision *decision, GError **error)
{
  const PdMail *mail = decision->intake->mail;

  return !decision->files || mail->opened == NULL || mail->attachments->len == 0
         || pd_raw_store (desk, mail->opened, &decision->opened_raw, error);
}

static gboolean
apply (PdDesk *desk, PdDecision *decision, GError **error)
{
  if (!store_raw (desk, decision, error) || !store_opened (desk, decision, error))
    return FALSE;
  if (decision->control != NULL && strcmp (decision->outcome, "loop") != 0)
    {
      if (!apply_control (desk, decision, error))
        return FALSE;
    }
  else if (decision->files)
    {
      if (!apply_entry (desk, decision, error))
        return FALSE;
    }
  else if (strcmp (decision->outcome, "loop") == 0 && decision->ticket != 0)
    {
      if (!apply_loop (desk, decision, error))
        return FALSE;
    }
  else if (decision->sent.outbox != 0 && decision->match.ticket != NULL
           && !apply_report (desk, decision, error))
    return FALSE;
  return record (desk, decision, error);
}

gboolean
pd_intake_file (PdDesk *desk, const PdIntake *intake, PdVerdict **out_verdict, GError **error)
{
  g_autoptr (PdDecision) decision = pd_decision_make (desk, intake, 0, FALSE, error);

  *out_verdict = NULL;
  if (decision == NULL || !apply (desk, decision, error))
    return FALSE;
  *out_verdict = verdict_new (decision);
  return TRUE;
}

gboolean
pd_intake_explain (PdDesk *desk, const PdIntake *intake, PdVerdict **out_verdict, GError **error)
{
  g_autoptr (PdDecision) decision = pd_decision_make (desk, intake, 0, FALSE, error);

  *out_verdict = NULL;
  if (decision == NULL)
    return FALSE;
  if (decision->files && decision->match.decision == PD_MATCH_JOIN)
    decision->ticket_number = decision->match.ticket->number;
  *out_verdict = verdict_new (decision);
  return TRUE;
}

/* ---- a held mail, filed again ---- */

static gboolean
file_again (PdDesk *desk, const PdInboundRow *row, const PdMail *mail, gboolean released,
            PdVerdict **out_verdict, GError **error)
{
  g_auto (GStrv) recipients = g_strsplit (row->rcpt_to, " ", -1);
  const PdIntake intake = {
    .id = row->id,
    .received = row->received,
    .source = row->source,
    .mail_from = row->mail_from,
    .recipients = (const char *const *)recipients,
    .mail = mail,
    .quiet = strcmp (row->source, "import") == 0,
  };
  g_autoptr (PdDecision) decision = pd_decision_make (desk, &intake, row->id, released, error);

  if (decision == NULL)
    return FALSE;
  /* its own bytes, even if it turns out to be a duplicate */
  decision->raw = row->raw;
  if (!apply (desk, decision, error))
    return FALSE;
  *out_verdict = verdict_new (decision);
  return TRUE;
}

static gboolean
retry (PdDesk *desk, gint64 inbound_id, const PdMail *mail, gboolean released,
       PdVerdict **out_verdict, GError **error)
{
  g_autoptr (PdInboundRow) row = NULL;

  *out_verdict = NULL;
  g_return_val_if_fail (mail != NULL, FALSE);
  if (!pd_inbound_get (desk, inbound_id, &row, error))
    return FALSE;
  if (row == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "there is no such mail");
  if (strcmp (row->outcome, "held") != 0)
    return pd_fail (error, PD_ERROR_CONFLICT, "the mail is not held; its outcome is %s",
                    row->outcome);
  return file_again (desk, row, mail, released, out_verdict, error);
}

gboolean
pd_intake_retry (PdDesk *desk, gint64 inbound_id, const PdMail *mail, PdVerdict **out_verdict,
                 GError **error)
{
  return retry (desk, inbound_id, mail, FALSE, out_verdict, error);
}

gboolean
pd_intake_release (PdDesk *desk, gint64 inbound_id, const PdMail *mail, PdVerdict **out_verdict,
                   GError **error)
{
  return retry (desk, inbound_id, mail, TRUE, out_verdict, error);
}

/* ---- a batch ---- */

/* Holds a mail that could not be filed, whatever it says. */
static gboolean
hold (PdDesk *desk, const PdIntake *intake, const char *reason, PdVerdict **out_verdict,
      GError **error)
{
  g_autoptr (PdDecision) decision = g_new0 (PdDecision, 1);

  decision->intake = intake;
  decision->trace = pd_trace_new ();
  decision->dedupe = pd_decision_dup_dedupe (intake);
  decision->outcome = "held";
  decision->reason = g_strdup_printf ("could not be filed: %s", reason);
  pd_trace_add (decision->trace, "apply", reason, "outcome held");
  if (!store_raw (desk, decision, error) || !record (desk, decision, error))
    return FALSE;
  *out_verdict = verdict_new (decision);
  return TRUE;
}

typedef gboolean (*Filer) (PdDesk *desk, const PdIntake *intake, const char *reason,
                           PdVerdict **out_verdict, GError **error);

static gboolean
file_new (PdDesk *desk, const PdIntake *intake, const char *reason, PdVerdict **out_verdict,
          GError **error)
{
  (void)reason;
  return pd_intake_file (desk, intake, out_verdict, error);
}

/* Whether an error is one mail's own: the others can go on. */
static gboolean
is_own (const GError *error)
{
  return !pd_error_is (error, PD_ERROR_CONFLICT) && !pd_error_is (error, PD_ERROR_TEMPORARY);
}

/* Runs a filer in a savepoint of its own; after an error nothing of it is
 * left.  *out_over says that the transaction cannot go on. */
static gboolean
file_apart (PdDesk *desk, const PdIntake *intake, Filer filer, const char *reason,
            PdVerdict **out_verdict, gboolean *out_over, GError **error)
{
  g_autoptr (GError) failure = NULL;
  gboolean done;

  *out_over = TRUE;
  if (!pd_desk_savepoint (desk, error))
    return FALSE;
  done = filer (desk, intake, reason, out_verdict, &failure);
  if (done)
    {
      *out_over = FALSE;
      if (pd_desk_release (desk, error))
        return TRUE;
      *out_over = TRUE;
      return FALSE;
    }
  if (is_own (failure) && pd_db_in_transaction (desk->db) && pd_desk_rollback_to (desk, NULL))
    *out_over = FALSE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* One mail of a batch: filed, else held, else its own error.  FALSE: the
 * transaction is over. */
static gboolean
file_one (PdDesk *desk, const PdIntake *intake, PdVerdict **verdict, GError **own, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GError) worse = NULL;
  gboolean over;

  if (file_apart (desk, intake, file_new, NULL, verdict, &over, &failure))
    return TRUE;
  if (!over && pd_error_is (failure, PD_ERROR_NOT_FOUND))
    {
      g_propagate_error (own, g_steal_pointer (&failure));
      return TRUE;
    }
  if (!over && file_apart (desk, intake, hold, failure->message, verdict, &over, &worse))
    return TRUE;
  if (over)
    {
      g_propagate_error (error,
                         worse != NULL ? g_steal_pointer (&worse) : g_steal_pointer (&failure));
      return FALSE;
    }
  g_propagate_error (own, g_steal_pointer (&worse));
  return TRUE;
}

static void
clear_answers (gsize n, PdVerdict **verdicts, GError **errors)
{
  for (gsize i = 0; i < n; i++)
    {
      g_clear_pointer (&verdicts[i], pd_verdict_free);
      g_clear_error (&errors[i]);
    }
}

/* How a batch is run. */
typedef struct {
  gboolean apart;  /* a savepoint for each mail; else the first bad mail ends the run */
  gboolean final;  /* a lost connection must not be answered by a second run, for the commit was
                    * tried; or it was of no use, for there is none to be had */
  gboolean spoilt; /* one mail's own error ended a run without savepoints */
} BatchRun;

/* Files all mails in the open transaction; FALSE: it is over. */
static gboolean
file_all (PdDesk *desk, const PdIntake *intakes, gsize n, PdVerdict **verdicts, GError **errors,
          BatchRun *run, GError **error)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GError) failure = NULL;
      gboolean filed = run->apart ? file_one (desk, &intakes[i], &verdicts[i], &errors[i], &failure)
                                  : pd_intake_file (desk, &intakes[i], &verdicts[i], &failure);

      if (filed)
        continue;
      run->spoilt = !run->apart && is_own (failure);
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  return TRUE;
}

/* One run of the whole batch. */
static gboolean
run_batch (PdDesk *desk, const PdIntake *intakes, gsize n, PdVerdict **verdicts, GError **errors,
           BatchRun *run, GError **error)
{
  run->final = TRUE;
  run->spoilt = FALSE;
  if (!pd_desk_begin (desk, error))
    return FALSE;
  run->final = FALSE;
  if (!file_all (desk, intakes, n, verdicts, errors, run, error))
    return FALSE;
  run->final = TRUE;
  return pd_desk_commit (desk, error);
}

static void
pause_before (guint run)
{
  gulong longest = (gulong)FIRST_PAUSE << run;

  /* with jitter, or two writers meet again and again */
  g_usleep (longest / 2 + (gulong)g_random_int_range (0, (gint32)(longest / 2)));
}

/* Whether a failed run is worth another one.  Of a lost connection once is
 * enough; a disk that is full or a lock that was not to be had in its time is
 * no better a moment later, and the senders wait. */
static gboolean
wants_another (PdDesk *desk, const GError *failure, gboolean final, guint run)
{
  if (pd_error_is (failure, PD_ERROR_CONFLICT))
    return run + 1 < MAX_RUNS;
  return pd_error_is (failure, PD_ERROR_TEMPORARY) && pd_db_is_lost (desk->db) && !final
         && run == 0;
}

void
pd_intake_batch (PdDesk *desk, const PdIntake *intakes, gsize n, PdVerdict **verdicts,
                 GError **errors)
{
  g_autoptr (GError) failure = NULL;
  BatchRun how = { 0 };

  for (gsize i = 0; i < n; i++)
    {
      verdicts[i] = NULL;
      errors[i] = NULL;
    }
  /* Most batches have no bad mail, and a savepoint is a round trip for each:
   * only a batch that one has spoilt is run again with them. */
  for (guint run = 0;;)
    {
      g_clear_error (&failure);
      if (run_batch (desk, intakes, n, verdicts, errors, &how, &failure))
        return;
      pd_desk_rollback (desk);
      clear_answers (n, verdicts, errors);
      if (how.spoilt)
        {
          how.apart = TRUE;
          continue;
        }
      if (!wants_another (desk, failure, how.final, run))
        break;
      pause_before (run++);
    }
  /* a conflict that never ends may be one mail's: the others shall not wait for it */
  if (n > 1 && pd_error_is (failure, PD_ERROR_CONFLICT))
    {
      for (gsize i = 0; i < n; i++)
        pd_intake_batch (desk, &intakes[i], 1, &verdicts[i], &errors[i]);
      return;
    }
  for (gsize i = 0; i < n; i++)
    errors[i] = g_error_copy (failure);
}
