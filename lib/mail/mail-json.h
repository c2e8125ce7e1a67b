/* mail-json.h - the facts of a mail as JSON, the output of `postdesk parse`. */
#pragma once

#include "mail/mail.h"

/* One JSON object in UTF-8, with all fields of the documented form; the
 * caller frees.  Cannot fail.
 */
char  *pd_mail_to_json  (const PdMail *mail);
