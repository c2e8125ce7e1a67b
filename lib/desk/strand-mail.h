/* strand-mail.h - a mail that joins a side thread is filed there.
 *
 * For intake.c.
 */
#pragma once

#include "desk/decision.h"

/* The third party's mail becomes an entry that staff is told of; staff's goes
 * on to the third party, unless it is not sure that it is staff's: then it is
 * kept as a note.
 *
 * entry   as made of the mail
 */
gboolean  pd_strand_file_mail  (PdDesk        *desk,
                                PdDecision    *decision,
                                const PdEntry *entry,
                                GError       **error);
