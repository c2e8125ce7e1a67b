/* notice.h - who is told what: one table, event x relation x channel.
 *
 * The actor is not told of his own act, except that it was received; nobody
 * is told twice of one event; blocked and deleted people and our own addresses
 * never; and what a person has chosen not to hear of (notice-choice.h), he does
 * not.
 *
 * The channels are mail (a row of the outbox) and the web (a row of the feed,
 * for staff); push and SMS have their place in the choices, but nobody sends
 * them yet, so no rows are made for them.
 */
#pragma once

#include "desk/desk.h"
#include "desk/ticket.h"

#define PD_NOTICE_MAX_RECIPIENTS 500 /* of one event */

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
  PD_NOTICE_FORWARDED, /* to the new unit or the new assignees */
  PD_NOTICE_ASSIGNED,  /* to the assignees */
  PD_NOTICE_WAITING,   /* to heads and assignees: it waits for the customer */
  PD_NOTICE_RESUMED,   /* to staff: the wait is over, nobody answered */
  PD_NOTICE_REMINDER,  /* to the requester: his answer is waited for */
  PD_NOTICE_CHANGED,   /* to staff on it: priority, plan, deadline, subject, text */
  PD_NOTICE_MERGED,    /* to staff on it and to the requester */
  PD_NOTICE_RATED,     /* to who worked on it and the heads */
  PD_NOTICE_SLA_WARNING, /* a clock has used so much of its limit: who works on it, else the unit */
  PD_NOTICE_SLA_BREACH,  /* it is over: those and the heads */
} PdNoticeEvent;

#define PD_N_NOTICES 19

/* What a person is to a ticket; one person may be several things. */
typedef enum {
  PD_IS_REQUESTER = 1 << 0,
  PD_IS_AUTHOR    = 1 << 1, /* opened it, perhaps for somebody else */
  PD_IS_LOCKER    = 1 << 2, /* works on it */
  PD_IS_ASSIGNEE  = 1 << 3,
  PD_IS_MEMBER    = 1 << 4, /* of its unit */
  PD_IS_HEAD      = 1 << 5, /* of its unit */
  PD_IS_WATCHER   = 1 << 6,
  PD_IS_CC        = 1 << 7,
  PD_IS_COMMENTER = 1 << 8, /* wrote an entry, this one or an earlier one */
  PD_IS_STAFF     = 1 << 9, /* no client */
} PdNoticeRelation;

typedef struct {
  PdNoticeEvent   event;
  const PdTicket *ticket;
  gint64          message; /* the entry, or 0 */
  gint64          actor;   /* person, 0 the system */
  const char     *data;    /* JSON object for the template, or NULL */
  gboolean        tell_actor; /* even of his own act: it may not be his */
  const gint64   *has_it;  /* persons who know of it already; of them only staff is told: the
                              notice is what they work by, and a To field can name anybody */
  gsize           n_has_it;
  gint64          strand;  /* the side thread that the entry is of (strand.h), 0 none: the notice
                              joins no other, because an answer to it leads into the strand */
} PdNotice;

/* The name of an event, as in outbox.event: "received", "delivery-failed". */
const char *pd_notice_event_name (PdNoticeEvent event);

/* The table: whether a person who is `relations` (PdNoticeRelation) to the
 * ticket is told of an event.  Pure.
 *
 * worked   whether somebody of staff is on the ticket (locker or assignee): the
 *          rest of the unit is left in peace then
 */
gboolean    pd_notice_tells      (PdNoticeEvent event,
                                  guint         relations,
                                  gboolean      worked);

/* The event of a name; FALSE if it is none of the table. */
gboolean    pd_notice_event_parse (const char    *name,
                                   PdNoticeEvent *out);

/* The cells of the table, for who shows it: the relations that are told, those
 * that are told while nobody works on the ticket, and whether it is for staff
 * only. */
void        pd_notice_rule       (PdNoticeEvent event,
                                  guint        *out_told,
                                  guint        *out_idle,
                                  gboolean     *out_internal);

/* Queues the notices of an event, in a transaction: a row of the outbox for each
 * person who is told, at most PD_NOTICE_MAX_RECIPIENTS, and a row of the feed
 * for those of staff.
 *
 * A further event on a ticket within desk->settings->notice_window joins the mail
 * that waits for a member of staff, or makes one that waits until the window
 * is over; what the requester or a client gets never waits.
 */
gboolean    pd_notice_queue      (PdDesk         *desk,
                                  const PdNotice *notice,
                                  GError        **error);

/* Mail to one person, or to a bare address, that is not the fan-out of an event. */
typedef struct {
  const char *event;      /* the template: "command-result" */
  gint64      person;     /* to whom; 0: to the address alone */
  const char *address;    /* NULL: the person's first */
  gint64      ticket;     /* 0: about none */
  gint64      unit;       /* who sends; 0: the ticket's, else the oldest one */
  gint64      actor;      /* 0: nobody */
  gint64      message;    /* the entry it carries, or 0 */
  gint64      strand;     /* the side thread it belongs to, or 0 */
  const char *data;       /* JSON object for the template, or NULL */
  int         urgency;    /* PdUrgency of outbox.h */
  gint64      hold_until; /* when it is due; 0 at once */
  gint64     *out_id;     /* where the id of the row goes, or NULL */
} PdDirectNotice;

/* Queues it, in a transaction.  Nothing is queued (TRUE, *out_id = 0) to a
 * person who is blocked, has no address or has chosen not to hear of the
 * event, and to our own addresses.
 *
 * Errors   PD_ERROR_INVALID    neither person nor address, or a bad address;
 *          PD_ERROR_INTERNAL   no unit has an address to send from
 */
gboolean    pd_notice_queue_direct (PdDesk               *desk,
                                    const PdDirectNotice *notice,
                                    GError              **error);
