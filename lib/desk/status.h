/* status.h - how much there is of what: for `postdesk status`. */
#pragma once

#include "desk/desk.h"

typedef struct {
  char  *group;  /* "tickets" "inbound" "outbox" */
  char  *name;   /* a state or outcome, or "oldest_waiting" (seconds) */
  gint64 number;
} PdStatusCount;

/* GPtrArray of PdStatusCount, groups together; NULL on error.  Reads whole
 * indexes: for people, not for the path of a mail. */
GPtrArray  *pd_status_counts  (PdDesk  *desk,
                               GError **error);
