/* decision.h - what is to be done with a mail, decided without changing anything.
 *
 * A decision reads the database and the facts; intake.c carries it out.  So
 * `postdesk explain` and the way of a real mail run the same code.
 */
#pragma once

#include "desk/control.h"
#include "desk/guard.h"
#include "desk/intake.h"
#include "desk/match.h"
#include "desk/proof.h"
#include "mail/reply-align.h"

typedef struct {
  const PdIntake *intake;
  gint64       self;     /* the held row that is filed again, or 0 */
  gboolean     released; /* a person said so: what it was held for is no reason any more */
  PdTrace     *trace;

  /* what was found */
  char        *dedupe;   /* NULL in a duplicate */
  PdRoute     *route;
  PdGuardKind  kind;
  const char  *why;      /* static; of `kind` */
  const char  *address;  /* the sender's, borrowed; NULL until known */
  const char  *name;
  PdPerson    *person;   /* NULL: nobody known */
  PdAuth       auth;
  gboolean     signed_by_sender; /* by S/MIME or PGP, with a key of his */
  PdProof      proof;
  PdMatch      match;    /* a bounce's ticket too */
  PdControl   *control;  /* what the mail tells the desk to do; NULL: nothing */
  PdAligned   *aligned;  /* an answer without what we sent; NULL: as the mail's structure has it */
  const PdForwarded *forwarded; /* the customer's mail that staff passes on; NULL: none, or in doubt */
  const char  *forward_doubt; /* static: why the ticket is not that customer's; NULL */
  PdMatchSent  sent;     /* the outgoing mail that a report is about; outbox 0: none */

  /* what follows */
  const char  *outcome;  /* static; never NULL in a made decision */
  char        *reason;
  gboolean     files;    /* an entry is made: on match.ticket if it joins, else on a new ticket */
  gboolean     quiet;
  gboolean     internal;  /* it stays between staff */
  gboolean     doubted;   /* because nothing proves that it is from staff: no word of the desk's */
  gboolean     no_acknowledgement;
  gboolean     no_people; /* nobody of To and Cc is put on the ticket */
  gint64       ticket, ticket_number, entry, raw; /* of the first, in a duplicate */
  gint64       opened_raw; /* the mail that was decrypted from it, if it has files */
} PdDecision;

void         pd_decision_free (PdDecision *decision);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdDecision, pd_decision_free)

/* What speaks for a mail of a staff member to somebody else's ticket. */
typedef struct {
  PdProof  proof;
  gboolean answers;   /* a mail that we sent to him: its signed Message-ID */
  gboolean automatic; /* made by a program */
  gboolean vouched;   /* a person has released it, or an administrator imports it */
} PdStaffWord;

/* Whether it goes out in the desk's name: NULL, or why it is kept as an
 * internal note.  A From field alone is written by anybody; the reply address
 * and the Message-IDs of what we sent to him are known to nobody else.  Pure.
 */
const char  *pd_decision_doubt_staff (const PdStaffWord *word);

/* Errors   PD_ERROR_NOT_FOUND  no recipient is an address of ours */
PdDecision  *pd_decision_make (PdDesk         *desk,
                               const PdIntake *intake,
                               gint64          self,
                               gboolean        released,
                               GError        **error);

/* The key that says whether two mails are one: it begins with the date, so
 * that the index grows at one end.  Caller frees.
 */
char        *pd_decision_dup_dedupe (const PdIntake *intake);
