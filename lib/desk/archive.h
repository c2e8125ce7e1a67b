/* archive.h - done tickets go out of sight after a time (setting archive_after),
 * and so do old rows of the feed (feed_keep).
 *
 * One timer of the whole desk looks for them, some at a time; it is set by
 * pd_timer_work_start.  The event `archived` has no actor, and nobody is told.
 */
#pragma once

#include "desk/desk.h"

#define PD_ARCHIVE_BATCH 200 /* tickets, and feed rows tenfold, in one transaction */

/* Archives what is due, in a transaction.
 *
 * out_more   there may be more: a whole batch was found
 */
gboolean  pd_archive_some  (PdDesk    *desk,
                            gboolean  *out_more,
                            GError   **error);
