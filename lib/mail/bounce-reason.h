/* bounce-reason.h - why a delivery failed, from what is known of it; not
 * installed.  Pure.
 */
#pragma once

#include "mail/bounce-answer.h"

/* No text is NULL. */
typedef struct {
  const char *action;     /* RFC 3464 2.3.3, small letters */
  const char *status;     /* RFC 3463, "" if unknown */
  const char *reply_code; /* "" if unknown */
  const char *said;       /* the server's words, UTF-8 */
  const char *server;     /* who said it (Remote-MTA), "" if unknown */
  const char *reporter;   /* who reports it (Reporting-MTA), "" if unknown */
  PdBounceCommand at;
  gboolean to_program;    /* an alias led to a program, not a mailbox */
  gboolean hearsay;       /* told in free words by a program that is not the server */
} PdBounceClues;

/* The reason in Sisimai's published vocabulary: "userunknown", "mailboxfull",
 * … "undefined".  Static.
 *
 * In this order: what the provider publishes about its codes; what programs
 * are known to say; the SMTP command that failed; the enhanced status; words
 * that tell little; the reply code.
 */
const char  *pd_bounce_reason        (const PdBounceClues *clues);

/* Whether it will not go away by itself, as Sisimai defines it: the address or
 * its host is not there, or takes no mail for good.
 */
gboolean     pd_bounce_is_hard       (const char *reason,
                                      const char *status);
