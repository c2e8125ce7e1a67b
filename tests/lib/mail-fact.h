/* mail-fact.h - what was read of a mail, as text, for tables of cases. */
#pragma once

#include "mail/mail.h"

/* A fact by its name: "subject" "from" "text" "structure" "attachments" …;
 * a name that is none stops the test.
 */
char  *test_mail_dup_fact         (const PdMail *mail,
                                   const char   *name);

/* What holds for every mail, whatever it is: valid UTF-8, bounds, and each
 * part's bytes are those whose hash is told.
 */
void   test_mail_assert_promises  (GBytes       *raw,
                                   const PdMail *mail);
