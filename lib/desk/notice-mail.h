/* notice-mail.h - the rows of the outbox that an event makes.
 *
 * For notice.c.  In a transaction; many people cost one statement.
 */
#pragma once

#include "desk/desk.h"

#define PD_NOTICE_MAX_EVENTS_SIZE 65536 /* octets of a row's data, past which no event joins it */

/* What all rows of an event have in common. */
typedef struct {
  const char *event;
  gint64      unit, ticket, message, actor, strand; /* ids, 0 none */
  const char *data;    /* JSON object */
  int         urgency; /* PdUrgency */
} PdNoticeMail;

/* Whom a row is for. */
typedef struct {
  gint64      person;  /* 0: the address alone */
  const char *address;
  gint64      due;     /* when it is sent */
  gboolean    can_wait; /* it may join a mail that waits, or wait itself */
} PdNoticeTarget;

/* Adds one row; its id goes to *out_id (may be NULL). */
gboolean  pd_notice_mail_add       (PdDesk               *desk,
                                    const PdNoticeMail   *mail,
                                    const PdNoticeTarget *target,
                                    gint64               *out_id,
                                    GError              **error);

/* Adds a row for each target, or its event to a mail that waits for that person:
 *
 *   a mail on this ticket that nobody has claimed     takes the event
 *   one within the last `window` that has gone        the new one waits until the window is over
 *   neither                                           the new one goes at once
 *
 * window   microseconds; 0: nothing waits
 */
gboolean  pd_notice_mail_add_many  (PdDesk               *desk,
                                    const PdNoticeMail   *mail,
                                    PdNoticeTarget       *targets,
                                    gsize                 n_targets,
                                    gint64                window,
                                    GError              **error);
