/* bounce.h - parts of the reading of delivery reports; not installed.
 *
 *     bounce.c         RFC 3464 reports, the mail they are about, complaints
 *     bounce-text.c    reports in free words
 *     bounce-reason.c  why
 */
#pragma once

#include "mail/mail-reader.h"

#define PD_BOUNCE_MAX_RECIPIENTS 1000
#define PD_BOUNCE_MAX_DIAGNOSTIC 2000 /* octets kept of what a server said */

/* Adds a recipient, and works out reason, hardness and reply code.
 *
 * status       RFC 3463; "" to take it from the diagnostic
 * diagnostic   the server's words; may be ""
 */
void      pd_bounce_add       (PdMail         *mail,
                               const char     *address,
                               const char     *action,
                               const char     *status,
                               const char     *diagnostic);

/* Reads a report that is no RFC 3464 report, if the mail is one. */
void      pd_bounce_read_text (PdReader       *reader);
