/* bounce.h - parts of the reading of delivery reports; not installed.
 *
 *     bounce.c           which mail is a report; RFC 3464 reports
 *     bounce-text.c      reports in free words
 *     bounce-notice.c    reports in JSON: Amazon's notifications
 *     bounce-original.c  the mail that they are about
 *     bounce-answer.c    code, status and command in a server's words
 *     bounce-reason.c    why
 *     bounce-phrases.c   what servers are known to say
 *
 * All of it is bounded, and linear in the octets that are read.
 */
#pragma once

#include "mail/bounce-reason.h"
#include "mail/mail-reader.h"

#define PD_BOUNCE_MAX_RECIPIENTS 1000
#define PD_BOUNCE_MAX_ADDRESS    998
#define PD_BOUNCE_MAX_DIAGNOSTIC 2000        /* octets kept of what a server said */
#define PD_BOUNCE_MAX_TEXT       (64 * 1024) /* octets of a text that are searched */

/* What is known of one recipient's failure.  NULL is unknown; nothing is kept. */
typedef struct {
  const char *address;
  const char *action;     /* RFC 3464 2.3.3; anything else is guessed from the status */
  const char *status;     /* the Status field */
  const char *diagnostic; /* the server's words, the best there are */
  const char *words;      /* what else the report says of this address */
  const char *server;     /* Remote-MTA */
  const char *reporter;   /* Reporting-MTA */
  gboolean to_program;    /* see PdBounceClues */
  gboolean hearsay;
} PdBounceFinding;

/* Adds a recipient, and works out status, reply code, reason and hardness.
 * Nothing is added past PD_BOUNCE_MAX_RECIPIENTS.
 */
void      pd_bounce_add           (PdMail                *mail,
                                   const PdBounceFinding *finding);

/* One recipient that a report in free words names. */
typedef struct {
  char *address;
  GString *words; /* what is said of it, in one line */
  guint weight;   /* how surely it is a recipient */
} PdBounceNote;

typedef struct {
  GPtrArray *notes; /* of PdBounceNote, in order; those that weigh most */
  GString *all;     /* all words before the returned mail */
  gsize copy;       /* where in the text the returned mail begins, or its length */
  gboolean delayed; /* it says that nothing is lost yet */
  gboolean failed;  /* it says that something failed */
} PdBounceText;

/* Whether one of the words is somewhere in the text; a list that ends in NULL. */
gboolean  pd_bounce_contains_any  (const char            *text,
                                   const char *const     *words);

/* Reads a report in free words; it need not be one. */
PdBounceText *pd_bounce_text_new  (const PdReader        *reader);
void          pd_bounce_text_free (PdBounceText          *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdBounceText, pd_bounce_text_free)

/* What the text says of an address, or of the same by another name, or of all;
 * lent.
 */
const char   *pd_bounce_text_peek_words (const PdBounceText *text,
                                         const char         *address,
                                         const char         *other);

/* Reads the body of a notification of Amazon SNS; FALSE if it is none. */
gboolean  pd_bounce_read_notice   (PdMail                *mail,
                                   const char            *text);

/* Finds the returned mail, or its header, wherever it is, and notes its
 * Message-ID, subject, recipients and return path.
 *
 * copy   where it begins in mail->text if it is nowhere else
 */
void      pd_bounce_read_original (PdReader              *reader,
                                   gsize                  copy);
