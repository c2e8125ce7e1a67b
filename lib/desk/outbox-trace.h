/* outbox-trace.h - what became of mails out, for people who ask. */
#pragma once

#include "desk/outbox.h"

typedef struct {
  gint64 at;
  char  *relay;
  char  *result; /* sent | deferred | failed | lost */
  int    code;
  char  *status; /* RFC 3463 */
  char  *answer;
} PdAttempt;

void        pd_attempt_free     (PdAttempt *attempt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdAttempt, pd_attempt_free)

/* Each try to send a row, in order: a GPtrArray of PdAttempt. */
GPtrArray  *pd_outbox_attempts  (PdDesk     *desk,
                                 gint64      id,
                                 GError    **error);

/* Rows by id, by our Message-ID (with or without <>), or by recipient, the
 * newest first: a GPtrArray of PdOutboxRow.  By recipient the whole table may
 * be read. */
GPtrArray  *pd_outbox_find      (PdDesk     *desk,
                                 const char *what,
                                 guint       limit,
                                 GError    **error);

/* The notices about one entry of a ticket. */
GPtrArray  *pd_outbox_of_entry  (PdDesk     *desk,
                                 gint64      ticket,
                                 gint64      entry,
                                 GError    **error);
