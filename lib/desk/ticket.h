/* ticket.h - a ticket's life: created, answered, taken, done, reopened.
 *
 * Each act is one function: it checks the state with a conditional update (the
 * loser of a race gets PD_ERROR_CONFLICT with who was first), writes the event
 * and queues the notices.  All acts want an open transaction, and authorise their
 * actor (ticket-access.h); an actor NULL is the desk itself.
 */
#pragma once

#include "desk/desk.h"
#include "desk/person.h"
#include "mail/mail.h"

#define PD_TICKET_MAX_SUBJECT 250 /* characters; longer ones are cut with "…" */
#define PD_TICKET_MAX_TEXT    PD_MAIL_MAX_TEXT /* octets of an entry's text, of its HTML */

typedef enum {
  PD_TICKET_FREE,
  PD_TICKET_LOCKED, /* in work by one person */
  PD_TICKET_WAITING,
  PD_TICKET_DONE,
  PD_TICKET_ARCHIVED,
} PdTicketState;

typedef struct {
  gint64        id;
  gint64        number;
  char         *subject;
  gint64        unit;
  PdTicketState state;
  gint64        locker;   /* person, 0 nobody */
  int           priority; /* 1 low, 2 normal, 3 high */
  gint64        requester;
  gint64        author;
  char         *source;
  gint64        merged_into; /* ticket id, 0 */
  gint64        refers_to;   /* ticket id, 0 */
  gint64        created, updated, done;
  gint64        version;
  gint64        plan;        /* 0 none */
  gint64        deadline;    /* set by hand; 0 none */
  gint64        waiting_until; /* 0: until the customer answers */
  gint64        finisher;    /* who finished it; 0 nobody */
  gboolean      named;       /* given to persons, the assignees, not to the whole unit */
  gboolean      spam;
  int           rating;      /* 1 bad, 2 fair, 3 good; 0 none */
  char         *rating_text; /* "" none */
} PdTicket;

void         pd_ticket_free        (PdTicket *ticket);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdTicket, pd_ticket_free)

const char  *pd_ticket_state_name  (PdTicketState state);  /* "free" "locked" … */
const char  *pd_priority_name      (int priority);         /* "low" "normal" "high" */
gboolean     pd_ticket_state_parse (const char *text, PdTicketState *out, GError **error);
gboolean     pd_priority_parse     (const char *text, int *out, GError **error);

/* TRUE with *out = NULL when there is none. */
gboolean     pd_ticket_get         (PdDesk *desk, gint64 id,     PdTicket **out, GError **error);
gboolean     pd_ticket_by_number   (PdDesk *desk, gint64 number, PdTicket **out, GError **error);
/* a missing one is PD_ERROR_NOT_FOUND */
PdTicket    *pd_ticket_need        (PdDesk *desk, gint64 number, GError **error);

/* The ticket that holds a message with this Message-ID (without <>), or 0. */
gboolean     pd_ticket_id_by_message_id (PdDesk *desk, const char *message_id, gint64 *out_id, GError **error);

/* What somebody says: text, and for a mail where its bytes are. */
typedef struct {
  const char     *kind;       /* "mail" "reply" "note" "comment" */
  gboolean        internal;   /* only staff sees it */
  gint64          author;     /* person */
  gint64          strand;     /* the side thread it belongs to (strand.h); 0: none */
  const char     *text;       /* whole, UTF-8 */
  const char     *visible;    /* NULL: the whole text */
  const char     *html;       /* NULL: none */
  const char     *message_id; /* NULL: not a mail */
  const char     *proof;      /* NULL: not a mail */
  gint64          raw;        /* 0: none */
  gint64          files_raw;  /* where the attachments lie: 0 in raw, else in a mail that was
                               * decrypted from it */
  gboolean        encrypted;  /* it came encrypted */
  const GPtrArray *attachments; /* of PdPart, offsets into files_raw or raw; NULL: none */
  gboolean        quiet;      /* automatic mail: filed, nobody is told, nothing is reopened */
  gboolean        no_acknowledgement; /* the requester gets no "received" notice */
  gboolean        tell_author; /* the author is told too: perhaps it is not he who wrote */
  const gint64   *has_it;     /* persons who have this mail from its sender */
  gsize           n_has_it;
} PdEntry;

#define PD_TICKET_NO_PLAN (-1) /* not even the unit's */

typedef struct {
  const char *subject;
  gint64      unit;
  gint64      requester, author; /* persons */
  const char *source;            /* "mail" "command" "import" "split" … */
  int         priority;          /* 0: normal */
  gint64      refers_to;         /* ticket id, 0 */
  const gint64 *watchers;        /* persons */
  gsize       n_watchers;
  const gint64 *assignees;       /* active staff; none: the whole unit */
  gsize       n_assignees;
  gint64      plan;              /* 0: that of the unit, if it has one */
  gint64      deadline;          /* 0 none */
  const char *const *tags;
  gsize       n_tags;
  const gint64 *topics;          /* of topic.h */
  gsize       n_topics;
  gboolean    chosen;            /* somebody filled in a form: the desk's mode of subjects binds him
                                  * (topic.h), and the author's default performer, if he has
                                  * one, takes the place of unit and assignees */
} PdTicketNew;

/* Opens a ticket with its first entry; out_ticket and out_entry may be NULL.  Queues
 * `received` to the requester and `created` to the unit's members (`assigned` to the
 * assignees, if there are some), never to the actor.
 *
 * Errors   PD_ERROR_INVALID   a text that is too long or not UTF-8, a priority
 *          that is none, an assignee who is no active staff, a closed plan; the
 *          subject is made fit instead
 */
gboolean     pd_ticket_create      (PdDesk *desk, const PdTicketNew *new_ticket, const PdEntry *entry,
                                    PdTicket **out_ticket, gint64 *out_entry, GError **error);

/* Adds an entry (out_entry may be NULL).  A public one by the requester or another
 * client, unless quiet, ends a wait (event `resumed`) and opens a done ticket again
 * (`reopened`); what is archived stays so, and of spam nobody is told.  Nobody is
 * authorised here: who was matched by mail may speak (match.h); others go through pd_ticket_say.
 * Queues `replied`: a public one to
 * requester, watchers, cc, earlier commenters and the staff on it (locker and
 * assignees, else the unit's members); an internal one to staff only; to the author
 * only if tell_author says so, and not to clients who have the mail already.
 * `ticket` is the caller's copy and is brought up to date.
 */
gboolean     pd_ticket_add_entry   (PdDesk *desk, PdTicket *ticket, const PdEntry *entry,
                                    gint64 *out_entry, GError **error);

/* Acts by a person; `ticket` is the caller's copy and is brought up to date.
 * Taking leads from free or waiting to locked, finishing from every open state
 * to done; what is released is free.  What is reopened goes back to who finished it, if he
 * may work on it, else it is free.  What he has taken or finished himself is left so.
 * Errors  PD_ERROR_NOT_FOUND  he may not see it
 *         PD_ERROR_DENIED     he may not do this
 *         PD_ERROR_CONFLICT   the state does not allow it any more (says who did what)
 */
gboolean     pd_ticket_take        (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, GError **error);
gboolean     pd_ticket_release     (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, GError **error);
gboolean     pd_ticket_finish      (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, GError **error); /* done */
gboolean     pd_ticket_reopen      (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, GError **error);

/* People of a ticket. */
typedef enum { PD_RELATION_ASSIGNEE, PD_RELATION_WATCHER, PD_RELATION_CC } PdRelation;

const char  *pd_relation_name      (PdRelation relation); /* "assignee" "watcher" "cc" */
gboolean     pd_ticket_add_person  (PdDesk *desk, gint64 ticket, gint64 person, PdRelation relation, GError **error);

/* Whether a person takes part: requester, author, assignee, watcher, cc, locker,
 * or the author of an earlier entry. */
gboolean     pd_ticket_has_person  (PdDesk *desk, const PdTicket *ticket, gint64 person, gboolean *out, GError **error);

/* Which tickets, as somebody looks at the desk. */
typedef enum {
  PD_TICKET_BOX_ALL,
  PD_TICKET_BOX_IN,      /* of his units or given to him, not archived; a client's own */
  PD_TICKET_BOX_OUT,     /* that he wrote, not archived */
  PD_TICKET_BOX_ARCHIVE,
} PdTicketBox;

/* A list; every filter may be left 0/NULL.  Newest change first.  Each is read by an index; what
 * matches is looked for in a bounded part of it. */
typedef struct {
  gint64      unit;
  int         state;    /* -1 all */
  gint64      requester;
  gint64      updated_before; /* cursor, `updated` of the last row: 0 from the newest */
  gint64      id_before;      /* and its id, so that none of the same moment is left out; 0 */
  guint       limit;    /* at most 1000; 0 is 100 */
  const PdPerson *viewer; /* only what he may see; NULL everything */
  PdTicketBox box;
  gint64      author;
  gint64      assignee;
  gint64      locker;
  gboolean    locked_by_others; /* than the viewer */
  const char *tag;      /* as it is stored: small letters */
  gboolean    spam;     /* TRUE: nothing but spam; else none */
} PdTicketFilter;

GPtrArray   *pd_ticket_list        (PdDesk *desk, const PdTicketFilter *filter, GError **error);
