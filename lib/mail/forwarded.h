/* forwarded.h - the mail that the text of another one passes on; not installed.
 *
 * Known are the forms of mail programs in all languages of filters/reply: a
 * line "---------- Forwarded message ---------" or "Begin forwarded message:"
 * with a header block below it; where the subject says that a mail is passed
 * on, also "-----Original Message-----", a header block alone (Outlook), and
 * "On …, … wrote:".  Pure; the process must have called pd_mail_init.
 */
#pragma once

#include "mail/mail.h"

/* Reads a text.
 *
 * subject   of the mail that passes it on, UTF-8
 * text      of it, valid UTF-8, lines end in \n
 * Returns   what was found, its lists of files empty; NULL if the text passes
 *           no mail on.  pd_forwarded_free frees it.
 */
PdForwarded *pd_forwarded_read_text    (const char  *subject,
                                        const char  *text);

void         pd_forwarded_free         (PdForwarded *forwarded);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdForwarded, pd_forwarded_free)

/* A subject without the words in front by which programs say that a mail is
 * passed on, in all languages.  Caller frees. */
char        *pd_forwarded_dup_subject  (const char  *subject);
