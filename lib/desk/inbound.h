/* inbound.h - one row for each accepted mail: what it was and what became of it. */
#pragma once

#include "desk/desk.h"

/* What the columns take, in octets; longer texts of a sender are cut. */
#define PD_INBOUND_MAX_ADDRESS    320
#define PD_INBOUND_MAX_SUBJECT    1000
#define PD_INBOUND_MAX_MESSAGE_ID 512
#define PD_INBOUND_MAX_REASON     1000
#define PD_INBOUND_MAX_DEDUPE     80

#define PD_INBOUND_MAX_LIST  1000  /* rows of one answer */
#define PD_INBOUND_MAX_SCAN  20000 /* newest rows that are searched for a sender */

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

/* Rows for `trace`, newest first: by id (as logs write it), by Message-ID (with
 * or without <>), or by a sender's address, envelope or From, in any letter case:
 * of these only among the newest PD_INBOUND_MAX_SCAN mails.
 */
GPtrArray  *pd_inbound_find     (PdDesk *desk, const char *what, guint limit, GError **error);

/* Gives up a held mail, in a transaction: its outcome becomes `discarded`, its
 * raw bytes stay.
 *
 * reason   in words, who or why
 * Errors   PD_ERROR_NOT_FOUND  no such mail;  PD_ERROR_CONFLICT  it is not held
 */
gboolean    pd_inbound_drop     (PdDesk *desk, gint64 id, const char *reason, GError **error);

/* For intake.c: writes a row, in a transaction.  ticket_number is not stored;
 * NULL texts are "".
 *
 * dedupe   NULL in a duplicate
 */
gboolean    pd_inbound_add      (PdDesk *desk, const PdInboundRow *row, const char *dedupe, GError **error);

/* The same for a held row that is filed again; envelope, source, size and raw stay.
 * Errors   PD_ERROR_CONFLICT  it is not held any more
 */
gboolean    pd_inbound_refile   (PdDesk *desk, const PdInboundRow *row, const char *dedupe, GError **error);
