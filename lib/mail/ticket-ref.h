/* ticket-ref.h - the "[ACME #1234]" mark in a subject that names a ticket.
 *
 * Pure functions: no I/O, no database, no clock.
 */
#pragma once

#include <glib.h>

/* Finds the ticket mark in a subject; the last mark wins, because mail
 * programs put their own text in front.
 *
 * desk      the desk's name as it stands in its marks; UTF-8
 * subject   UTF-8, already decoded (RFC 2047)
 * Returns   the ticket number, or 0 if there is no mark.  Cannot fail.
 */
gint64  pd_ticket_ref_find   (const char *desk,
                              const char *subject);

/* The subject without this desk's marks and without reply and forward
 * prefixes of any language in front ("Re:", "AW:", "Fwd:", "Re[2]:"), white
 * space made single; what stays is what the mail is about.  Caller frees.
 */
char   *pd_ticket_ref_strip  (const char *desk,
                              const char *subject);

/* "[ACME #42] subject"; "Re: " in front if `reply`.  Caller frees. */
char   *pd_ticket_ref_mark   (const char *desk,
                              gint64      number,
                              const char *subject,
                              gboolean    reply);
