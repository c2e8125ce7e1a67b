/* bounce-reason.h - why a delivery failed, from what the server said; not
 * installed.  Pure.
 */
#pragma once

#include <glib.h>

/* The reason in Sisimai's published vocabulary: "userunknown", "mailboxfull",
 * … "undefined".  Static.
 *
 * status       RFC 3463, "" if unknown
 * diagnostic   the server's words, UTF-8
 */
const char  *pd_bounce_reason        (const char *status,
                                      const char *diagnostic);

/* Whether that reason will not go away by itself. */
gboolean     pd_bounce_is_hard       (const char *reason);

/* The first enhanced status ("5.1.1") in a text, or "". */
char        *pd_bounce_dup_status    (const char *text);

/* The first SMTP reply code of a failure ("550") in a text, or "". */
char        *pd_bounce_dup_reply_code (const char *text);
