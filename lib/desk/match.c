#include "desk/match.h"

#include <string.h>

#include "desk/person-merge.h"
#include "desk/ticket-access.h"
#include "desk/unit.h"
#include "mail/ticket-ref.h"

#define IDS_AT_ONCE 8 /* places in the statement */

void
pd_match_clear (PdMatch *match)
{
  g_clear_pointer (&match->ticket, pd_ticket_free);
  g_clear_pointer (&match->strand, pd_strand_free);
}

void
pd_match_sent_clear (PdMatchSent *sent)
{
  g_clear_pointer (&sent->recipient, g_free);
  g_clear_pointer (&sent->event, g_free);
}

const char *
pd_evidence_name (PdEvidence evidence)
{
  static const char *const names[] = {
    [PD_EVIDENCE_NONE] = "nothing",
    [PD_EVIDENCE_REPLY_ADDRESS] = "signed reply address",
    [PD_EVIDENCE_STRAND_ADDRESS] = "side thread's address",
    [PD_EVIDENCE_BOUNCE_ADDRESS] = "signed bounce address",
    [PD_EVIDENCE_OUR_ID] = "signed Message-ID",
    [PD_EVIDENCE_STORED_ID] = "stored Message-ID",
    [PD_EVIDENCE_SUBJECT] = "subject mark",
  };

  g_return_val_if_fail ((gsize)evidence < G_N_ELEMENTS (names), "");
  return names[evidence];
}

PdMatchDecision
pd_match_decide (PdEvidence evidence, PdSender sender, gboolean archived, gboolean join)
{
  if (evidence == PD_EVIDENCE_NONE)
    return PD_MATCH_NEW;
  if (sender == PD_SENDER_STAFF || sender == PD_SENDER_PARTY)
    return PD_MATCH_JOIN;
  if (archived || evidence == PD_EVIDENCE_STRAND_ADDRESS)
    return PD_MATCH_REFER;
  if (evidence == PD_EVIDENCE_REPLY_ADDRESS || sender != PD_SENDER_STRANGER || join)
    return PD_MATCH_JOIN;
  return PD_MATCH_REFER;
}

gboolean
pd_match_sent (PdDesk *desk, gint64 outbox, PdMatchSent *out_sent, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_MATCH_OUTBOX, PD_BIND (PD_INT (outbox)), error);
  int got = rows != NULL ? pd_rows_next (rows, error) : -1;

  *out_sent = (PdMatchSent){ .outbox = outbox };
  if (got <= 0)
    return got == 0;
  out_sent->ticket = pd_rows_int (rows, 0);
  out_sent->person = pd_rows_int (rows, 1);
  out_sent->recipient = g_strdup (pd_rows_text (rows, 2));
  out_sent->event = g_strdup (pd_rows_text (rows, 3));
  out_sent->strand = pd_rows_int (rows, 4);
  return TRUE;
}

/* Takes a ticket as found by an evidence, or what it was merged into. */
static gboolean
found (PdDesk *desk, PdMatch *match, PdEvidence evidence, PdTicket *take_ticket, PdTrace *trace,
       GError **error)
{
  g_autoptr (PdTicket) ticket = take_ticket;

  for (int i = 0; ticket != NULL && ticket->merged_into != 0 && i < PD_MATCH_MAX_MERGES; i++)
    {
      PdTicket *next;

      if (!pd_ticket_get (desk, ticket->merged_into, &next, error))
        return FALSE;
      if (next == NULL)
        break;
      pd_trace_add (trace, "match", pd_evidence_name (evidence),
                    "#%" G_GINT64_FORMAT " was merged into #%" G_GINT64_FORMAT, ticket->number,
                    next->number);
      pd_ticket_free (ticket);
      ticket = next;
    }
  if (ticket == NULL)
    return TRUE;
  match->evidence = evidence;
  match->ticket = g_steal_pointer (&ticket);
  return TRUE;
}

static gboolean
by_number (PdDesk *desk, PdMatch *match, PdEvidence evidence, gint64 number, PdTrace *trace,
           GError **error)
{
  PdTicket *ticket;

  if (!pd_ticket_by_number (desk, number, &ticket, error))
    return FALSE;
  if (ticket == NULL)
    pd_trace_add (trace, "match", pd_evidence_name (evidence),
                  "there is no ticket #%" G_GINT64_FORMAT, number);
  return found (desk, match, evidence, ticket, trace, error);
}

static gboolean
by_id (PdDesk *desk, PdMatch *match, PdEvidence evidence, gint64 id, PdTrace *trace, GError **error)
{
  PdTicket *ticket;

  return pd_ticket_get (desk, id, &ticket, error)
         && found (desk, match, evidence, ticket, trace, error);
}

/* ---- the evidences ---- */

/* Whether an address was made for this person, or for one who was merged into
 * him since. */
static gboolean
is_same (PdDesk *desk, const PdPerson *person, gint64 id, gboolean *out, GError **error)
{
  g_autoptr (PdPerson) now = NULL;

  *out = person->id == id;
  if (*out)
    return TRUE;
  if (!pd_person_resolve (desk, id, &now, error))
    return FALSE;
  *out = now != NULL && now->id == person->id;
  return TRUE;
}

static gboolean
try_reply_address (PdDesk *desk, const PdRoute *route, const PdPerson *person, PdMatch *match,
                   PdTrace *trace, GError **error)
{
  for (guint i = 0; i < route->replies->len && match->ticket == NULL; i++)
    {
      const PdSignedAddress *what = g_ptr_array_index (route->replies, i);

      if (!by_number (desk, match, PD_EVIDENCE_REPLY_ADDRESS, what->ticket, trace, error))
        return FALSE;
      if (match->ticket != NULL && person != NULL
          && !is_same (desk, person, what->person, &match->own_reply, error))
        return FALSE;
      if (match->ticket != NULL && route->replies->len > 1)
        pd_trace_add (trace, "match", NULL, "the first of %u signed reply addresses counts",
                      route->replies->len);
    }
  return TRUE;
}

/* Takes a side thread, with the ticket that it belongs to. */
static gboolean
found_strand (PdDesk *desk, PdMatch *match, PdEvidence evidence, gint64 id, PdTrace *trace,
              GError **error)
{
  g_autoptr (PdStrand) strand = NULL;

  if (!pd_strand_get (desk, id, &strand, error))
    return FALSE;
  if (strand == NULL)
    {
      pd_trace_add (trace, "match", pd_evidence_name (evidence), "its side thread is gone");
      return TRUE;
    }
  if (match->ticket == NULL && !by_id (desk, match, evidence, strand->ticket, trace, error))
    return FALSE;
  if (match->ticket != NULL)
    match->strand = g_steal_pointer (&strand);
  return TRUE;
}

/* Before all others: who answers to all answers the third party, too. */
static gboolean
try_strand_address (PdDesk *desk, const PdRoute *route, PdMatch *match, PdTrace *trace,
                    GError **error)
{
  for (guint i = 0; i < route->strands->len && match->ticket == NULL; i++)
    {
      const PdSignedAddress *what = g_ptr_array_index (route->strands, i);

      if (!found_strand (desk, match, PD_EVIDENCE_STRAND_ADDRESS, what->strand, trace, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
try_bounce_address (PdDesk *desk, const PdRoute *route, PdMatch *match, PdTrace *trace,
                    GError **error)
{
  const PdSignedAddress *what;
  PdMatchSent sent;
  gboolean ok;

  if (route->bounces->len == 0)
    return TRUE;
  what = g_ptr_array_index (route->bounces, 0);
  ok = pd_match_sent (desk, what->outbox, &sent, error)
       && (sent.ticket == 0
           || by_id (desk, match, PD_EVIDENCE_BOUNCE_ADDRESS, sent.ticket, trace, error));
  pd_match_sent_clear (&sent);
  return ok;
}

static void
add_id (GPtrArray *ids, char *id)
{
  if (*id != '\0' && ids->len < PD_MATCH_MAX_IDS
      && !g_ptr_array_find_with_equal_func (ids, id, g_str_equal, NULL))
    g_ptr_array_add (ids, id);
}

/* In-Reply-To, then References with the newest first: RFC 5322 3.6.4 puts the
 * nearest last. */
static GPtrArray *
list_ids (const PdMail *mail)
{
  GPtrArray *ids = g_ptr_array_new ();

  for (guint i = 0; i < mail->in_reply_to->len; i++)
    add_id (ids, g_ptr_array_index (mail->in_reply_to, i));
  for (guint i = mail->references->len; i > 0; i--)
    add_id (ids, g_ptr_array_index (mail->references, i - 1));
  return ids;
}

/* Asks for up to eight ids at once; what comes out is of the first in order. */
static gboolean
ask_stored (PdDesk *desk, const GPtrArray *ids, guint from, guint to, gint64 *out_ticket,
            gint64 *out_strand, GError **error)
{
  PdDbValue values[IDS_AT_ONCE];
  g_autoptr (PdRows) rows = NULL;
  guint best = to;
  int got;

  for (guint i = 0; i < IDS_AT_ONCE; i++)
    values[i] = PD_TEXT (from + i < to ? g_ptr_array_index (ids, from + i) : "");
  rows = pd_db_query (desk->db, PD_SQL_MATCH_MESSAGE_IDS, values, IDS_AT_ONCE, error);
  if (rows == NULL)
    return FALSE;
  *out_ticket = *out_strand = 0;
  while ((got = pd_rows_next (rows, error)) > 0)
    for (guint i = from; i < best; i++)
      if (strcmp (pd_rows_text (rows, 0), g_ptr_array_index (ids, i)) == 0)
        {
          best = i;
          *out_ticket = pd_rows_int (rows, 1);
          *out_strand = pd_rows_int (rows, 2);
        }
  return got == 0;
}

static gboolean
try_stored (PdDesk *desk, const GPtrArray *ids, guint from, guint to, PdMatch *match,
            PdTrace *trace, GError **error)
{
  for (; from < to && match->ticket == NULL; from += IDS_AT_ONCE)
    {
      gint64 ticket, strand;

      if (!ask_stored (desk, ids, from, MIN (from + IDS_AT_ONCE, to), &ticket, &strand, error)
          || (ticket != 0 && !by_id (desk, match, PD_EVIDENCE_STORED_ID, ticket, trace, error))
          || (strand != 0 && match->ticket != NULL
              && !found_strand (desk, match, PD_EVIDENCE_STORED_ID, strand, trace, error)))
        return FALSE;
    }
  return TRUE;
}

/* Whether the mail of ours that is answered was one of a side thread. */
static gboolean
follow_outbox (PdDesk *desk, PdMatch *match, gint64 outbox, PdTrace *trace, GError **error)
{
  PdMatchSent sent = { 0 };
  gboolean ok;

  match->outbox = outbox;
  if (outbox == 0)
    return TRUE;
  ok = pd_match_sent (desk, outbox, &sent, error)
       && (sent.strand == 0
           || found_strand (desk, match, PD_EVIDENCE_OUR_ID, sent.strand, trace, error));
  pd_match_sent_clear (&sent);
  return ok;
}

/* Signatures are tried without the database: only ids that stand before the
 * first of ours are looked up. */
static gboolean
try_ids (PdDesk *desk, const GPtrArray *ids, PdMatch *match, PdTrace *trace, GError **error)
{
  guint from = 0;

  for (guint i = 0; i < ids->len && match->ticket == NULL; i++)
    {
      gint64 number, outbox;

      if (!pd_keyring_read_message_id (desk->settings->keyring, g_ptr_array_index (ids, i), &number,
                                       &outbox))
        continue;
      if (!try_stored (desk, ids, from, i, match, trace, error)
          || (match->ticket == NULL
              && !by_number (desk, match, PD_EVIDENCE_OUR_ID, number, trace, error)))
        return FALSE;
      if (match->evidence == PD_EVIDENCE_OUR_ID
          && !follow_outbox (desk, match, outbox, trace, error))
        return FALSE;
      from = i + 1;
    }
  return match->ticket != NULL || try_stored (desk, ids, from, ids->len, match, trace, error);
}

static gboolean
try_message_ids (PdDesk *desk, const PdMail *mail, PdMatch *match, PdTrace *trace, GError **error)
{
  g_autoptr (GPtrArray) ids = list_ids (mail);

  return try_ids (desk, ids, match, trace, error);
}

gboolean
pd_match_thread (PdDesk *desk, const GPtrArray *ids, PdTrace *trace, PdMatch *match, GError **error)
{
  PdMatch found = { .evidence = PD_EVIDENCE_NONE };
  gboolean ok = try_ids (desk, ids, &found, trace, error);

  if (ok && found.ticket != NULL && found.strand == NULL)
    {
      pd_ticket_free (match->ticket);
      match->ticket = g_steal_pointer (&found.ticket);
      match->evidence = found.evidence;
    }
  pd_match_clear (&found);
  return ok;
}

static gboolean
try_subject (PdDesk *desk, const PdMail *mail, PdMatch *match, PdTrace *trace, GError **error)
{
  gint64 number = pd_ticket_ref_find (desk->settings->name, mail->subject);

  if (number == 0 && desk->settings->legacy_marks != NULL)
    number = pd_ticket_ref_find_legacy (desk->settings->legacy_marks, mail->subject);
  return number == 0 || by_number (desk, match, PD_EVIDENCE_SUBJECT, number, trace, error);
}

/* ---- the rule ---- */

/* Whether two addresses are of one house: whoever has a strand's address has it
 * from the third party, and vendors answer from other addresses than they are
 * written to. */
static gboolean
same_domain (const char *a, const char *b)
{
  const char *of_a = strrchr (a, '@'), *of_b = strrchr (b, '@');

  return of_a != NULL && of_b != NULL && g_ascii_strcasecmp (of_a, of_b) == 0;
}

static gboolean
is_colleague (PdDesk *desk, const PdMatch *match, const char *address, gboolean *out,
              GError **error)
{
  g_autoptr (PdPerson) party = NULL;

  *out = FALSE;
  if (match->evidence != PD_EVIDENCE_STRAND_ADDRESS)
    return TRUE;
  if (!pd_person_get (desk, match->strand->person, &party, error))
    return FALSE;
  *out = party != NULL && same_domain (address, pd_person_address (party));
  return TRUE;
}

/* What a sender is to the side thread that was found.  Who takes part in the
 * ticket as a customer is a stranger there. */
static gboolean
judge_in_strand (PdDesk *desk, const PdPerson *person, const char *address, PdMatch *match,
                 GError **error)
{
  gboolean takes_part = FALSE, colleague;
  guint acts = 0;

  match->sender = PD_SENDER_STRANGER;
  if (person != NULL && person->id == match->strand->person)
    {
      match->sender = PD_SENDER_PARTY;
      return TRUE;
    }
  if (person != NULL && pd_person_is_staff (person))
    {
      if (!pd_ticket_acts (desk, match->ticket, person, &acts, error))
        return FALSE;
      match->sender = (acts & PD_ACT_NOTE) != 0 ? PD_SENDER_STAFF : PD_SENDER_STRANGER;
      return TRUE;
    }
  if ((person != NULL
       && !pd_ticket_has_person (desk, match->ticket, person->id, &takes_part, error))
      || !is_colleague (desk, match, address, &colleague, error))
    return FALSE;
  if (colleague && !takes_part)
    match->sender = PD_SENDER_PARTY;
  return TRUE;
}

/* Who has to do with the ticket by a side thread only speaks there, whatever
 * his mail names. */
static gboolean
find_his_strand (PdDesk *desk, const PdPerson *person, PdMatch *match, PdTrace *trace,
                 GError **error)
{
  gint64 id = 0;

  if (person == NULL || match->sender != PD_SENDER_STRANGER
      || match->evidence == PD_EVIDENCE_REPLY_ADDRESS)
    return TRUE;
  if (!pd_strand_of_party (desk, match->ticket->id, person->id, &id, error)
      || (id != 0 && !found_strand (desk, match, match->evidence, id, trace, error)))
    return FALSE;
  if (match->strand != NULL)
    match->sender = PD_SENDER_PARTY;
  return TRUE;
}

static gboolean
judge_sender (PdDesk *desk, const PdPerson *person, PdMatch *match, gboolean *out_join,
              GError **error)
{
  g_autoptr (PdUnit) unit = NULL;
  gboolean takes_part = FALSE;

  *out_join = FALSE;
  match->sender = PD_SENDER_STRANGER;
  if (person != NULL && pd_person_is_staff (person))
    match->sender = PD_SENDER_STAFF;
  /* the signature is enough: nobody has to be looked up */
  if (match->sender == PD_SENDER_STAFF || (match->own_reply && person != NULL))
    {
      if (match->sender != PD_SENDER_STAFF)
        match->sender = PD_SENDER_PARTICIPANT;
      return TRUE;
    }
  if (person != NULL && !pd_ticket_has_person (desk, match->ticket, person->id, &takes_part, error))
    return FALSE;
  if (takes_part)
    {
      match->sender = PD_SENDER_PARTICIPANT;
      return TRUE;
    }
  if (match->evidence == PD_EVIDENCE_REPLY_ADDRESS)
    return TRUE;
  if (!pd_unit_get (desk, match->ticket->unit, &unit, error))
    return FALSE;
  *out_join = unit != NULL && unit->join;
  return TRUE;
}

static void
trace_decision (PdTrace *trace, const PdMatch *match)
{
  static const char *const senders[] = {
    [PD_SENDER_STRANGER] = "a stranger to it",
    [PD_SENDER_PARTICIPANT] = "who takes part",
    [PD_SENDER_STAFF] = "of staff",
    [PD_SENDER_PARTY] = "of the third party",
  };
  g_autofree char *saw = g_strdup_printf ("%s of #%" G_GINT64_FORMAT ", from a sender %s",
                                          pd_evidence_name (match->evidence), match->ticket->number,
                                          senders[match->sender]);

  if (match->decision == PD_MATCH_REFER)
    pd_trace_add (trace, "match", saw, "a new ticket that refers to it%s",
                  match->ticket->state == PD_TICKET_ARCHIVED ? ": it is archived" : "");
  else if (match->strand != NULL)
    pd_trace_add (trace, "match", saw, "joins a side thread of it, which only staff sees");
  else if (match->evidence == PD_EVIDENCE_REPLY_ADDRESS && !match->own_reply)
    pd_trace_add (trace, "match", saw, "joins it, in the name of who is in From");
  else
    pd_trace_add (trace, "match", saw, "joins it");
}

gboolean
pd_match_find (PdDesk *desk, const PdMail *mail, const PdRoute *route, const PdPerson *person,
               const char *address, PdTrace *trace, PdMatch *out_match, GError **error)
{
  gboolean join = FALSE;

  *out_match = (PdMatch){ .evidence = PD_EVIDENCE_NONE };
  if (!try_strand_address (desk, route, out_match, trace, error)
      || (out_match->ticket == NULL
          && !try_reply_address (desk, route, person, out_match, trace, error))
      || (out_match->ticket == NULL && !try_bounce_address (desk, route, out_match, trace, error))
      || (out_match->ticket == NULL && !try_message_ids (desk, mail, out_match, trace, error))
      || (out_match->ticket == NULL && !try_subject (desk, mail, out_match, trace, error)))
    return FALSE;
  if (out_match->ticket == NULL)
    {
      pd_trace_add (trace, "match", NULL, "a new ticket");
      return TRUE;
    }
  if (out_match->strand != NULL ? !judge_in_strand (desk, person, address, out_match, error)
                                : !judge_sender (desk, person, out_match, &join, error)
                                      || !find_his_strand (desk, person, out_match, trace, error))
    return FALSE;
  /* what was put away as spam is over, too, but gets no second ticket */
  out_match->decision = pd_match_decide (
      out_match->strand != NULL ? PD_EVIDENCE_STRAND_ADDRESS : out_match->evidence,
      out_match->sender, out_match->ticket->state == PD_TICKET_ARCHIVED && !out_match->ticket->spam,
      join);
  if (out_match->decision != PD_MATCH_JOIN)
    g_clear_pointer (&out_match->strand, pd_strand_free);
  trace_decision (trace, out_match);
  return TRUE;
}

/* ---- what is answered ---- */

/* The first column of the first row; NULL if there is none. */
static gboolean
find_text (PdDesk *desk, PdSqlId statement, const PdDbValue *values, gsize n_values,
           char **out_text, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (desk->db, statement, values, n_values, error);
  int got = rows != NULL ? pd_rows_next (rows, error) : -1;

  if (got > 0)
    *out_text = g_strdup (pd_rows_text (rows, 0));
  return got >= 0;
}

/* The nearest id that somebody answers: the mail itself, not its thread. */
static gint64
answered_outbox (PdDesk *desk, const GPtrArray *ids)
{
  for (guint i = 0; i < ids->len; i++)
    {
      gint64 number, outbox;

      if (pd_keyring_read_message_id (desk->settings->keyring, g_ptr_array_index (ids, i), &number,
                                      &outbox)
          && outbox != 0)
        return outbox;
    }
  return 0;
}

gboolean
pd_match_answered (PdDesk *desk, const PdMail *mail, const PdMatch *match, const PdPerson *person,
                   const char **out_what, char **out_text, GError **error)
{
  g_autoptr (GPtrArray) ids = list_ids (mail);
  gint64 outbox = answered_outbox (desk, ids);

  *out_text = NULL;
  *out_what = "the mail of ours that it answers";
  if (outbox != 0
      && !find_text (desk, PD_SQL_MATCH_SENT_TEXT, PD_BIND (PD_INT (outbox)), out_text, error))
    return FALSE;
  if (*out_text != NULL)
    return TRUE;
  *out_what = "the mail on the ticket that it answers";
  if (match->evidence == PD_EVIDENCE_STORED_ID && ids->len > 0
      && !find_text (desk, PD_SQL_MATCH_STORED_TEXT,
                     PD_BIND (PD_INT (PD_MATCH_MAX_ANSWERED), PD_TEXT (g_ptr_array_index (ids, 0))),
                     out_text, error))
    return FALSE;
  if (*out_text != NULL || person == NULL)
    return TRUE;
  *out_what = "what we sent last";
  return find_text (desk, PD_SQL_MATCH_LAST_SENT_TEXT,
                    PD_BIND (PD_INT (match->ticket->id), PD_INT (person->id),
                             PD_INT (match->strand != NULL ? match->strand->id : 0)),
                    out_text, error);
}
