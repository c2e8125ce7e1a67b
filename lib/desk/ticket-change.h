/* ticket-change.h - all acts on a ticket beside its taking and finishing
 * (ticket.h).
 *
 * As there: in a transaction; `ticket` is the caller's copy and is brought up
 * to date; the act authorises its actor (ticket-access.h), changes the row only if
 * nobody was first, adds an event with old and new, refreshes the clocks and
 * queues the notices.  An actor NULL is the desk itself.  What is so already
 * is left so: no event, no notice, no error.
 *
 * Errors of all of them
 *   PD_ERROR_NOT_FOUND  the actor may not see the ticket, or what is named is not there
 *   PD_ERROR_DENIED     he may not do this
 *   PD_ERROR_CONFLICT   the state does not allow it (any more): says who was first
 *   PD_ERROR_INVALID    a value that is none: names the field and what may be there
 */
#pragma once

#include "desk/ticket.h"

#define PD_TICKET_MAX_ASSIGNEES 50
#define PD_TICKET_MAX_PEOPLE    200 /* entered at a ticket, before no more watchers are taken */
#define PD_TICKET_MAX_LINKS     100
#define PD_TICKET_MAX_MERGED    100 /* others that were merged into one */
#define PD_TICKET_MAX_TAGS      50
#define PD_TICKET_MAX_TAG       100 /* characters; no blank, no comma; kept in small letters */
#define PD_TICKET_MAX_RATING    1000 /* characters of the words to it */

/* Waits for the customer: his answer, or the moment `until` (0: none), ends it. */
gboolean  pd_ticket_wait         (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, gint64 until, GError **error);
/* The end of waiting: free again (event `resumed`).  Nothing if it does not wait. */
gboolean  pd_ticket_resume       (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, GError **error);

typedef struct {
  gint64        unit;        /* 0: where it is */
  const gint64 *assignees;   /* persons; none: the whole unit */
  gsize         n_assignees;
  const char   *note;        /* an internal entry for the next one, or NULL */
} PdForward;

/* To another unit, or to one or several persons; the ticket is free then (event
 * `forwarded` when the unit changes, else `assigned`).  Assignees are active staff. */
gboolean  pd_ticket_forward      (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, const PdForward *to, GError **error);

gboolean  pd_ticket_set_priority (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, int priority, GError **error);
gboolean  pd_ticket_set_plan     (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, gint64 plan, GError **error);       /* 0 none */
gboolean  pd_ticket_set_deadline (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, gint64 deadline, GError **error);   /* 0 none */
gboolean  pd_ticket_set_subject  (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, const char *subject, GError **error);

/* A further field that an administrator has defined (field.h); "" empties it.  Event `field`. */
gboolean  pd_ticket_set_field    (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, const char *name, const char *text, GError **error);

/* Another text for an entry; what it said before is kept (message_edition).  Its author, or who
 * may edit the ticket. */
gboolean  pd_ticket_edit_entry   (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, gint64 entry, const char *text, GError **error);

gboolean  pd_ticket_tag          (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, const char *tag, GError **error);
gboolean  pd_ticket_untag        (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, const char *tag, GError **error);
gboolean  pd_ticket_watch        (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, gint64 person, GError **error);
gboolean  pd_ticket_unwatch      (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, gint64 person, GError **error);

/* Two tickets that have to do with each other; the actor must see both. */
gboolean  pd_ticket_link         (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, gint64 other_number, GError **error);
gboolean  pd_ticket_unlink       (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, gint64 other_number, GError **error);

/* Goes into another ticket, which gets its people; entries and history stay where they
 * are and are shown with the other's.  Mail for it follows.  The ticket is archived. */
gboolean  pd_ticket_merge        (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, gint64 into_number, GError **error);

/* A new ticket of the entries from `entry` on (0: the last public one), linked with this one; its
 * requester is the author of the first of them, if he is a client. */
gboolean  pd_ticket_split        (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, gint64 entry, PdTicket **out_new, GError **error);

/* Out of sight: archived, nobody is told.  Or back: free. */
gboolean  pd_ticket_set_spam     (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, gboolean spam, GError **error);
gboolean  pd_ticket_archive      (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, GError **error);
gboolean  pd_ticket_rate         (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, int rating, const char *text, GError **error);

/* For good, with all that is its; what is left is a line in the audit.  `ticket` is no more then. */
gboolean  pd_ticket_delete       (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, GError **error);

/* A person's word on a ticket, if he may: COMMENT or, internal, NOTE; then as pd_ticket_add_entry. */
gboolean  pd_ticket_say          (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, const PdEntry *entry,
                                  gint64 *out_entry, GError **error);
