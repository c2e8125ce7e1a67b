/* ticket-ref.h - the "[ACME #1234]" mark in a subject that names a ticket.
 *
 * A mark is "[", the desk's name, "#", the number, "]".  White space of any
 * kind and amount, none too, may stand around the name and the number, since
 * mail programs fold subjects and people retype them: "[ACME\t#42]" and
 * "[acme#42]" are marks.  The name's letter case does not matter.  The number
 * has ASCII digits, no leading zero, and fits gint64; all else in brackets is
 * some other system's and not ours.  A desk's name has no brackets.
 *
 * Pure functions: no I/O, no database, no clock.  All run in linear time.
 */
#pragma once

#include <glib.h>

/* Reply and forward prefixes that are taken off one subject; what comes after
 * so many is text.
 */
#define PD_TICKET_REF_MAX_PREFIXES 100

/* Finds the ticket mark in a subject; the last mark wins, because mail
 * programs put their own text in front.
 *
 * desk      the desk's name as it stands in its marks; UTF-8
 * subject   UTF-8, already decoded (RFC 2047)
 * Returns   the ticket number, or 0 if there is no mark.  Cannot fail.
 */
gint64  pd_ticket_ref_find   (const char *desk,
                              const char *subject);

/* Finds the number in a mark of an older desk, whose tickets have come over with
 * their numbers: "Ticket #123 - NEW TICKET".  The text of a mark stands at the
 * begin of a word and is followed by the number, and that by a blank, a
 * punctuation mark or the end; letter case does not matter.  The last one wins.
 *
 * marks     texts, separated by commas: "Ticket #, Заявка #"; "" there are none
 * Returns   as above
 */
gint64  pd_ticket_ref_find_legacy (const char *marks,
                                   const char *subject);

/* The subject without this desk's marks and without reply and forward
 * prefixes of any language in front ("Re:", "AW:", "Fwd:", "Re[2]:"), white
 * space and control characters made one space; what stays is what the mail is
 * about, and may be "".  Caller frees.
 */
char   *pd_ticket_ref_strip  (const char *desk,
                              const char *subject);

/* "[ACME #42] subject"; "Re: " in front if `reply`.  The subject is stripped
 * first, so marking twice marks once.  Caller frees.
 */
char   *pd_ticket_ref_mark   (const char *desk,
                              gint64      number,
                              const char *subject,
                              gboolean    reply);
