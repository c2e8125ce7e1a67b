/* control.h - what a mail tells the desk to do: its command lines (see
 * mail-command.h), or the one act of the signed address it came to.
 *
 * Reading and judging them is pure and part of the decision about the mail
 * (decision.h); carrying them out is part of filing it (intake.h): all or
 * none of them, in a savepoint of the caller's.  Every act authorises its
 * actor by itself; here is only decided whether the mail is his word.
 */
#pragma once

#include "desk/mail-command.h"
#include "desk/proof.h"
#include "desk/ticket.h"
#include "mail/keyring.h"

#define PD_CONTROL_MAX_TEXT 2000 /* octets of what is said of one line */

/* What becomes of the text below the commands. */
typedef enum {
  PD_CONTROL_AS_USUAL,
  PD_CONTROL_NOTE,  /* it stays internal */
  PD_CONTROL_REPLY, /* it goes to the customer */
  PD_CONTROL_ASK,   /* it goes to the third party that is asked */
} PdControlText;

/* What came of a line. */
typedef struct {
  char    *line;
  gboolean ok;
  char    *text; /* what was done, or what was wrong */
  char    *more; /* further lines, as #status has them; NULL none */
} PdControlLine;

typedef struct {
  PdMailCommands *commands;
  const PdSignedAddress *act; /* one act, and no commands; borrowed; or NULL */
  char           *act_text;   /* what the mail to it says */
  char           *refused;    /* why none of it may be done; NULL: it may */
  gboolean        dry;        /* #try: nothing is to stay */
  PdControlText   text_is;
  char           *text;       /* the mail without its commands, whole and what is visible of it */
  char           *visible;

  GPtrArray      *lines;      /* of PdControlLine: what the last run came to */
  gboolean        failed;     /* a line of it could not be done */
} PdControl;

void        pd_control_free      (PdControl *control);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdControl, pd_control_free)

/* A mail, as far as its commands go. */
typedef struct {
  const char *text;
  const char *visible;
  gboolean    staff;   /* else a customer: only #done and #reopen are commands, all else is text */
  gboolean    to_note; /* it came to a note address */
  PdProof     proof;
  PdProof     needed;  /* by the unit */
} PdControlMail;

/* The commands of a mail; NULL if it has none.  Of a customer whose mail is not
 * proven it has none.  A staff member's that is not proven enough is refused,
 * but for lines that only keep his text inside.  Cannot fail. */
PdControl  *pd_control_read      (const PdControlMail   *mail);

/* act    as the address says, borrowed
 * text   of the mail: the words to a rating */
PdControl  *pd_control_new_act   (const PdSignedAddress *act,
                                  const char            *text);

/* "take, priority": what it is about, for the history of the mail; caller frees. */
char       *pd_control_describe  (const PdControl       *control);

/* Whether anything is left to file: text, for who reads the ticket. */
gboolean    pd_control_has_text  (const PdControl       *control);

/* Carries out all lines, in a transaction, one by one; what came of each is in
 * control->lines, also of those behind one that failed.  If control->failed,
 * the caller undoes it all (pd_desk_rollback_to).
 *
 * ticket    the caller's copy, brought up to date
 * entry     the mail, for #ask; or NULL
 * Returns   FALSE: not a line's fault, the transaction may not go on
 */
gboolean    pd_control_run       (PdDesk                *desk,
                                  PdControl             *control,
                                  PdTicket              *ticket,
                                  const PdPerson        *actor,
                                  const PdEntry         *entry,
                                  GError               **error);

/* What the person is told. */
typedef struct {
  const PdPerson *person;
  gint64          ticket;  /* id; 0: none */
  gint64          unit;
  gint64          undo;    /* the event `commanded`, 0: nothing can be taken back */
  gint64          number;  /* of the ticket, for the undo address */
  const char     *filed;   /* what became of the text: "reply" "note" "mail" "ticket" "asked", or "none" */
} PdControlAnswer;

/* Queues the result mail, in a transaction; past the bound of how many one
 * person gets in a while it is left out (*out_sent FALSE). */
gboolean    pd_control_answer    (PdDesk                *desk,
                                  const PdControl       *control,
                                  const PdControlAnswer *answer,
                                  gboolean              *out_sent,
                                  GError               **error);

/* What proof of sender the commands to a unit need. */
gboolean    pd_control_needed    (PdDesk                *desk,
                                  gint64                 unit,
                                  PdProof               *out_proof,
                                  GError               **error);

/* For control.c's parts: adds a line to what came of a run. */
void        pd_control_add_line  (PdControl  *control,
                                  const char *line,
                                  gboolean    ok,
                                  const char *text,
                                  const char *more);

/* "take" "rate-good" …: the act of a signed address. */
const char *pd_signed_act_name   (PdSignedAct act);
