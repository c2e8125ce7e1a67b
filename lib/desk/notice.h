/* notice.h - who is told what: one table, event x relation.
 *
 * The actor is never told of his own act; nobody is told twice of one event;
 * blocked and deleted people and our own addresses never.
 */
#pragma once

#include "desk/desk.h"
#include "desk/ticket.h"

typedef enum {
  PD_NOTICE_RECEIVED,  /* acknowledgement to the requester */
  PD_NOTICE_CREATED,   /* to staff: a new ticket */
  PD_NOTICE_REPLIED,   /* a new public entry */
  PD_NOTICE_NOTED,     /* a new internal entry: to staff (template `replied`) */
  PD_NOTICE_TAKEN,
  PD_NOTICE_RELEASED,
  PD_NOTICE_DONE,
  PD_NOTICE_REOPENED,
  PD_NOTICE_DELIVERY_FAILED, /* to staff: a mail to the customer failed for good */
} PdNoticeEvent;

typedef struct {
  PdNoticeEvent   event;
  const PdTicket *ticket;
  gint64          message; /* the entry, or 0 */
  gint64          actor;   /* person, 0 the system */
} PdNotice;

/* Queues the notices of an event into the outbox, in a transaction. */
gboolean  pd_notice_queue  (PdDesk         *desk,
                            const PdNotice *notice,
                            GError        **error);
