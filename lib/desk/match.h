/* match.h - which ticket a mail belongs to, by which evidence.
 *
 * Evidence, strongest first: a signed reply address; Message-IDs in
 * In-Reply-To and References that we issued or that are stored; the mark in
 * the subject.  The first that leads to a ticket counts.  A number alone never
 * gives access: for all but the signed reply address the sender must take
 * part in the ticket or be staff, or the unit must let strangers join.
 *
 * A mail may belong to a side thread (strand.h) of the ticket: by the strand's
 * address, by the id of a mail of the strand, or because its sender has to do with
 * the ticket by a strand only.  The third party, somebody else of his domain
 * who has the address, and staff that may read notes speak there; whoever else
 * has such an address or id, the customer above all, opens a new ticket: his
 * words are not for the third party, nor theirs for him.
 */
#pragma once

#include "desk/person.h"
#include "desk/route.h"
#include "desk/strand.h"
#include "desk/ticket.h"
#include "desk/trace.h"
#include "mail/mail.h"

#define PD_MATCH_MAX_IDS    40 /* of In-Reply-To and References, newest first */
#define PD_MATCH_MAX_ANSWERED (64 * 1024) /* characters of the text that a mail answers */
#define PD_MATCH_MAX_MERGES 10 /* tickets merged into each other that are followed */

typedef enum {
  PD_EVIDENCE_NONE,
  PD_EVIDENCE_REPLY_ADDRESS,
  PD_EVIDENCE_STRAND_ADDRESS, /* a side thread's */
  PD_EVIDENCE_BOUNCE_ADDRESS, /* a program answered the envelope sender of our mail */
  PD_EVIDENCE_OUR_ID,
  PD_EVIDENCE_STORED_ID,
  PD_EVIDENCE_SUBJECT,
} PdEvidence;

/* What the sender is to the ticket. */
typedef enum {
  PD_SENDER_STRANGER,
  PD_SENDER_PARTICIPANT,
  PD_SENDER_STAFF,
  PD_SENDER_PARTY, /* of the side thread */
} PdSender;

typedef enum {
  PD_MATCH_NEW,   /* a new ticket */
  PD_MATCH_REFER, /* a new ticket that refers to the one that was found */
  PD_MATCH_JOIN,
} PdMatchDecision;

typedef struct {
  PdEvidence      evidence;
  PdSender        sender;
  PdMatchDecision decision;
  PdTicket       *ticket;    /* what was found, merges followed; NULL: nothing */
  PdStrand       *strand;    /* the side thread of it that the mail joins; NULL: none */
  gboolean        own_reply; /* came to the sender's own signed reply address */
  gint64          outbox;    /* the mail of ours that it answers, by a signed Message-ID; 0 */
} PdMatch;

void         pd_match_clear    (PdMatch *match);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PdMatch, pd_match_clear)

/* "reply address" "our Message-ID" …, for the trace. */
const char  *pd_evidence_name  (PdEvidence evidence);

/* The rule alone.
 *
 * archived   the ticket is over: what a customer has to say of it is a new one
 * join       the unit lets strangers join
 */
PdMatchDecision pd_match_decide (PdEvidence evidence,
                                 PdSender   sender,
                                 gboolean   archived,
                                 gboolean   join);

/* Looks for the ticket; changes nothing.
 *
 * person      who wrote, NULL: nobody that is known
 * address     his address
 * out_match   to be cleared by the caller
 */
gboolean     pd_match_find     (PdDesk         *desk,
                                const PdMail   *mail,
                                const PdRoute  *route,
                                const PdPerson *person,
                                const char     *address,
                                PdTrace        *trace,
                                PdMatch        *out_match,
                                GError        **error);

/* The ticket that one of these Message-IDs is of, ours or stored, for a mail
 * that staff passes on; sets ticket, evidence and outbox of the match, or
 * nothing.  Ids of side threads do not count.
 *
 * ids   of char*, the nearest first
 */
gboolean     pd_match_thread   (PdDesk          *desk,
                                const GPtrArray *ids,
                                PdTrace         *trace,
                                PdMatch         *match,
                                GError         **error);

/* What an outgoing mail was, by its outbox id; TRUE with ticket 0 if there is
 * no such row or it was about none. */
typedef struct {
  gint64 outbox;
  gint64 ticket; /* id */
  gint64 person;
  gint64 strand; /* id, 0 none */
  char  *recipient;
  char  *event;
} PdMatchSent;

void         pd_match_sent_clear (PdMatchSent *sent);
gboolean     pd_match_sent       (PdDesk      *desk,
                                  gint64       outbox,
                                  PdMatchSent *out_sent,
                                  GError     **error);

/* The text that a mail answers, of which it may hold a quote: the mail of ours
 * whose Message-ID it names, else the mail on the ticket that it names, else
 * what we sent its author last about the ticket.
 *
 * match      what pd_match_find found, a ticket
 * person     the author, or NULL
 * out_what   static words for what it is, or NULL
 * out_text   a new string; NULL: nothing is known
 */
gboolean     pd_match_answered   (PdDesk         *desk,
                                  const PdMail   *mail,
                                  const PdMatch  *match,
                                  const PdPerson *person,
                                  const char    **out_what,
                                  char          **out_text,
                                  GError        **error);
