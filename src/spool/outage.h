/* outage.h - what all senders know of a mail server that is away.
 *
 * A server that cannot be reached is its own affair, not that of the mail
 * that met it first: nothing is tried while an outage lasts, apart from one
 * mail now and then, and mails are given back with no try counted.  The
 * pauses grow from a second to a minute, so that service resumes soon after
 * the server is back.  Thread-safe.
 */
#pragma once

#include <glib.h>

typedef struct Outage Outage;

/* longest   the longest pause, in microseconds */
Outage   *outage_new        (gint64 longest);
void      outage_free       (Outage *outage);

/* A connection was made (the outage is over), one was closed. */
void      outage_note_open  (Outage *outage);
void      outage_note_close (Outage *outage);

/* None could be made; `why` is kept. */
void      outage_note_failure (Outage *outage, const char *why);

/* Until when nobody is to connect; 0 if there is no outage.  Past that time
 * who comes first may try. */
gint64    outage_until      (Outage *outage);

/* The same, but 0 as long as a connection is open: then there are mails to be
 * sent on it. */
gint64    outage_total_until (Outage *outage);

/* Why; "" without an outage.  The caller frees. */
char     *outage_dup_why    (Outage *outage);
