/* ticket-step.h - what all acts on a ticket have in common: read, check, change
 * if nobody was first, tell.
 *
 * For the files of lib/desk that act on tickets.  An act is a row of a table,
 * PdTicketStep, and one or two functions: what it makes of the ticket, and what
 * it writes beside the ticket's own row.  pd_ticket_step does the rest, in this order:
 *
 *     the row is read again                       the caller's copy may be old
 *     the actor may see it, and could do this     NOT_FOUND, DENIED
 *     prepare                                     INVALID; or it is so already: done
 *     the state allows it                         CONFLICT, with who was first
 *     the actor may do it as it stands            DENIED
 *     the row is changed, if it has not changed since; else all this once more
 *     write; timers of a wait that is over; the event; the notices
 */
#pragma once

#include "desk/notice.h"
#include "desk/ticket-access.h"
#include "desk/ticket-row.h"

#define PD_TICKET_IN(state) (1u << (state))
#define PD_TICKET_OPEN                                                                             \
  (PD_TICKET_IN (PD_TICKET_FREE) | PD_TICKET_IN (PD_TICKET_LOCKED)                                 \
   | PD_TICKET_IN (PD_TICKET_WAITING))
#define PD_TICKET_ALIVE (PD_TICKET_OPEN | PD_TICKET_IN (PD_TICKET_DONE)) /* not in the archive */
#define PD_TICKET_ANY   (PD_TICKET_ALIVE | PD_TICKET_IN (PD_TICKET_ARCHIVED))

#define PD_TICKET_TELL_NOBODY (-1)

typedef struct PdTicketWork PdTicketWork;
typedef gboolean (*PdTicketStepFunc) (PdTicketWork *work, GError **error);

typedef struct {
  PdAct            act;
  gboolean         unasked; /* that he may is settled already: the table is not asked */
  guint            from;    /* PD_TICKET_IN () of the states in which it can be done */
  const char      *event;
  int              notice;  /* PdNoticeEvent or PD_TICKET_TELL_NOBODY */
  PdTicketStepFunc prepare; /* fills `to`; writes nothing */
  PdTicketStepFunc write;   /* or NULL */
} PdTicketStep;

/* One run of a step. */
struct PdTicketWork {
  PdDesk             *desk;
  PdTicket           *ticket;  /* as the database has it; after the change as it has become */
  const PdPerson     *actor;   /* NULL: the desk */
  gpointer            what;    /* the act's own arguments */
  PdTicketFacts       to;      /* what it becomes */
  gboolean            so_already;
  const char         *event;   /* as in the step; prepare may choose */
  int                 notice;  /* as in the step; prepare may choose */
  gint64              message; /* the entry that the event is about, or 0 */
  struct json_object *data;    /* of the event; what the columns say is added */
};

gboolean  pd_ticket_step        (PdDesk             *desk,
                                 PdTicket           *ticket,
                                 const PdPerson     *actor,
                                 const PdTicketStep *step,
                                 gpointer            what,
                                 GError            **error);

/* The id of who acts, 0 for the desk. */
gint64    pd_ticket_work_actor  (const PdTicketWork *work);

/* Refuses because of the state, with who brought the ticket into it.
 *
 * event   that of the act, for what is free already
 * Returns FALSE */
gboolean  pd_ticket_conflict    (PdDesk         *desk,
                                 const PdTicket *ticket,
                                 const char     *event,
                                 GError        **error);

/* Sets the timer that ends a wait, or clears those of a wait that is over. */
gboolean  pd_ticket_time_wait   (PdDesk             *desk,
                                 const PdTicket     *ticket,
                                 PdTicketState       before,
                                 GError            **error);

/* Adds an event with an object as its data, which is taken. */
gboolean  pd_ticket_tell_event  (PdDesk             *desk,
                                 gint64              ticket,
                                 const char         *kind,
                                 gint64              actor,
                                 gint64              message,
                                 struct json_object *take_data,
                                 GError            **error);

/* An id into an object, null for 0. */
void      pd_ticket_json_id     (struct json_object *object,
                                 const char         *name,
                                 gint64              id);

/* Values that several acts take.  NOT_FOUND, or INVALID where it is there but
 * not to be used. */
gboolean  pd_ticket_check_plan     (PdDesk *desk, gint64 plan,   GError **error);
gboolean  pd_ticket_check_assignee (PdDesk *desk, gint64 person, GError **error);

/* A tag as it is stored: small letters; NULL with INVALID.  Caller frees. */
char     *pd_ticket_tag_dup_key    (const char *tag, GError **error);

/* Links two tickets, with the event of the other one. */
gboolean  pd_ticket_link_write     (PdDesk *desk, const PdTicket *ticket, const PdTicket *other,
                                    gint64 actor, GError **error);
