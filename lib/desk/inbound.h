/* inbound.h - one row for each accepted mail: what it was and what became of it. */
#pragma once

#include "desk/desk.h"
#include "desk/intake.h"

typedef struct {
  gint64 id, received;
  char  *source, *mail_from, *rcpt_to, *header_from, *subject, *message_id;
  char  *outcome, *reason;
  gint64 ticket;        /* id, 0 */
  gint64 ticket_number; /* 0 */
  gint64 entry;         /* message id, 0 */
  gint64 size;
  gint64 raw;
  char  *trace;         /* JSON */
} PdInboundRow;

void        pd_inbound_row_free (PdInboundRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdInboundRow, pd_inbound_row_free)

gboolean    pd_inbound_get      (PdDesk *desk, gint64 id, PdInboundRow **out, GError **error);

/* outcome  NULL for all; newest first; before: id cursor, 0 from the newest */
GPtrArray  *pd_inbound_list     (PdDesk *desk, const char *outcome, gint64 before, guint limit, GError **error);

/* Rows by Message-ID, by address (sender), or by id: for `trace`. */
GPtrArray  *pd_inbound_find     (PdDesk *desk, const char *what, guint limit, GError **error);
