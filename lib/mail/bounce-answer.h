/* bounce-answer.h - what a mail server answered, found in a text: its reply
 * code, its enhanced status, and the SMTP command it answered; not installed.
 * Pure.
 */
#pragma once

#include <glib.h>

typedef enum {
  PD_BOUNCE_AT_UNKNOWN,
  PD_BOUNCE_AT_CONNECT,
  PD_BOUNCE_AT_HELO,
  PD_BOUNCE_AT_MAIL,
  PD_BOUNCE_AT_RCPT,
  PD_BOUNCE_AT_DATA, /* DATA itself, or the end of the mail */
} PdBounceCommand;

/* The enhanced status (RFC 3463) that a text tells, "5.1.1", or "".  One behind
 * a reply code ("550 5.1.1 …") is preferred, for it is the server's own; of
 * these one that says more than x.0.0.
 */
char            *pd_bounce_dup_status     (const char *text);

/* The SMTP reply code of a failure that a text tells, "550", or "". */
char            *pd_bounce_dup_reply_code (const char *text);

/* The command that failed, from the words of Postfix, Exim, sendmail, qmail,
 * Courier and others.
 *
 * small   in small letters, one line
 */
PdBounceCommand  pd_bounce_find_command   (const char *small);

/* The same for one address in a report that shows the dialogue of several. */
PdBounceCommand  pd_bounce_find_command_for (const char *small,
                                             const char *address);
