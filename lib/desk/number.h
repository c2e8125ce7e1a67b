/* number.h - the next ticket number, without gaps and without a query a mail.
 *
 * The counter row is locked and read at the first number of a transaction and
 * written back once, by pd_desk_commit; a rolled-back savepoint gives its
 * numbers back.
 */
#pragma once

#include "desk/desk.h"

/* The next number, in a transaction. */
gboolean  pd_number_next  (PdDesk  *desk,
                           gint64  *out_number,
                           GError **error);

/* Writes the counter back if numbers were taken; pd_desk_commit and
 * pd_desk_transaction do it. */
gboolean  pd_number_flush (PdDesk  *desk,
                           GError **error);
