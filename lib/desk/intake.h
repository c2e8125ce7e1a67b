/* intake.h - a mail becomes a ticket, a comment, or another recorded outcome.
 *
 * Steps (design of the path of a mail): claim the dedupe key, guard against
 * automatic mail and loops, match a ticket by evidence, apply.  Each step adds
 * a line to the trace.  Nothing here sends or parses: facts come in, rows and
 * outbox entries go out, all in the caller's transaction.
 */
#pragma once

#include "desk/desk.h"
#include "mail/mail.h"

#define PD_INTAKE_MAX_PEOPLE 50 /* of To and Cc of one mail that are put on its ticket */

typedef struct {
  gint64             id;         /* the mail id (pd_id_new at acceptance) */
  gint64             received;   /* microseconds */
  const char        *source;     /* "lmtp" "deliver" "import" */
  const char        *mail_from;  /* envelope sender, "" the null sender */
  const char *const *recipients; /* envelope, NULL-terminated, at least one */
  GBytes            *raw;
  const PdMail      *mail;       /* its facts; NULL if it could not be read: then it is held */
  const char        *held_reason; /* why, if so; NULL otherwise */
  gboolean           quiet;      /* import: nobody is told */
} PdIntake;

typedef struct {
  char   *outcome; /* "ticket" "comment" "duplicate" … */
  char   *reason;  /* "" if plain */
  gint64  ticket;  /* number, 0 */
  gint64  entry;   /* message id, 0 */
  char   *trace;   /* JSON array of steps */
} PdVerdict;

void        pd_verdict_free     (PdVerdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdVerdict, pd_verdict_free)

/* Files one mail, in a transaction.  On error nothing of it may be kept: roll
 * back (to the savepoint).
 *
 * Errors   PD_ERROR_CONFLICT    run the transaction again
 *          PD_ERROR_NOT_FOUND   no recipient is an address of ours
 */
gboolean    pd_intake_file      (PdDesk         *desk,
                                 const PdIntake *intake,
                                 PdVerdict     **out_verdict,
                                 GError        **error);

/* Decides the same without changing anything (`postdesk explain`): ticket is
 * the one that the mail would join or is about, 0 for a new one; entry is 0.
 * Needs no transaction, and intake->id means nothing.
 */
gboolean    pd_intake_explain   (PdDesk         *desk,
                                 const PdIntake *intake,
                                 PdVerdict     **out_verdict,
                                 GError        **error);

/* Files a batch the way the daemon does: one transaction, conflicts run again.
 * A mail that cannot be filed spoils nothing for the others: the batch is run
 * again with a savepoint for each mail, this one is held with the reason, and
 * only if even that fails is it an error of its own.  Verdicts are
 * only given for what is committed.  When the answer to the commit is lost, all
 * mails get the error: offered again, they are recognised.
 *
 * verdicts   n entries, each set to a verdict or NULL
 * errors     n entries, each set to NULL or why this mail must be offered again
 */
void        pd_intake_batch     (PdDesk         *desk,
                                 const PdIntake *intakes,
                                 gsize           n,
                                 PdVerdict     **verdicts,
                                 GError        **errors);

/* Files a held mail again (its raw is kept), in a transaction: `mail` are its
 * facts as read now.  The row keeps its id; its outcome and trace change.  It
 * may be held again.
 *
 * Errors   PD_ERROR_NOT_FOUND  no such mail, or no recipient is ours any more
 *          PD_ERROR_CONFLICT   it is not held, or another writer was first
 */
gboolean    pd_intake_retry     (PdDesk         *desk,
                                 gint64          inbound_id,
                                 const PdMail   *mail,
                                 PdVerdict     **out_verdict,
                                 GError        **error);

/* The same for a mail that a person has looked at: a blocked sender or a failed
 * DMARC is no reason to hold it any more.  (To give it up: pd_inbound_drop.) */
gboolean    pd_intake_release   (PdDesk         *desk,
                                 gint64          inbound_id,
                                 const PdMail   *mail,
                                 PdVerdict     **out_verdict,
                                 GError        **error);
