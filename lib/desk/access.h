/* access.h - who may see a ticket, and what he may do with it.
 *
 * One table, standing x state: every front asks it, none decides by itself.
 * What somebody is to a ticket (his standings) follows from his role and his
 * relations to it; who is several things may do what any of them may.
 * Pure: no database, no clock.
 */
#pragma once

#include "desk/notice.h"
#include "desk/person.h"
#include "desk/ticket.h"

typedef enum {
  PD_ACT_SEE      = 1 << 0,  /* the ticket and its public entries */
  PD_ACT_INTERNAL = 1 << 1,  /* its notes and events too */
  PD_ACT_COMMENT  = 1 << 2,  /* a public entry: the customer's word, staff's answer */
  PD_ACT_NOTE     = 1 << 3,  /* an internal one */
  PD_ACT_TAKE     = 1 << 4,
  PD_ACT_RELEASE  = 1 << 5,
  PD_ACT_WAIT     = 1 << 6,  /* for the customer */
  PD_ACT_FINISH   = 1 << 7,
  PD_ACT_REOPEN   = 1 << 8,
  PD_ACT_FORWARD  = 1 << 9,  /* to another unit or person; assign */
  PD_ACT_EDIT     = 1 << 10, /* subject, text, fields, links, merge, split, side thread */
  PD_ACT_TIME     = 1 << 11, /* priority, plan, deadline */
  PD_ACT_TAG      = 1 << 12, /* tags and watchers */
  PD_ACT_SPAM     = 1 << 13,
  PD_ACT_RATE     = 1 << 14, /* how it was answered */
  PD_ACT_ARCHIVE  = 1 << 15,
  PD_ACT_DELETE   = 1 << 16,
} PdAct;

#define PD_N_ACTS 17

/* What somebody is to a ticket; a row of the table. */
typedef enum {
  PD_STANDING_COPIED,     /* a client who watches it or is in copy */
  PD_STANDING_GROUP_HEAD, /* a client who heads the requester's group */
  PD_STANDING_CUSTOMER,   /* requester or author, also of staff */
  PD_STANDING_ONLOOKER,   /* staff that watches it or is in copy */
  PD_STANDING_WORKER,     /* staff: assignee, locker, author, or member of the unit that has it whole */
  PD_STANDING_HEAD,       /* of its unit */
  PD_STANDING_DIRECTOR,   /* of everything */
  PD_STANDING_ADMIN,
} PdStanding;

#define PD_N_STANDINGS 8

/* The state as the viewer sees it; a column. */
typedef enum {
  PD_VIEW_FREE,
  PD_VIEW_MINE,   /* in work by him */
  PD_VIEW_OTHERS, /* in work by somebody else */
  PD_VIEW_WAITING,
  PD_VIEW_DONE,   /* by him */
  PD_VIEW_DONE_BY_OTHERS,
  PD_VIEW_ARCHIVED,
} PdView;

#define PD_N_VIEWS 7

/* What the table is asked with. */
typedef struct {
  PdRole   role;
  gboolean is_admin;
  gboolean active;     /* blocked and deleted people may nothing, nor clients whose groups are locked */
  guint    relations;  /* PdNoticeRelation */
  gboolean group_head; /* heads a client group of the requester */
  gboolean named;      /* the ticket is given to persons, not to the whole unit */
  PdView   view;
} PdAccess;

/* What he may do: PdAct; 0 nothing, and then he is told no more than of a
 * ticket that does not exist. */
guint        pd_access_acts          (const PdAccess *access);

/* The same as a check: PD_ERROR_NOT_FOUND where he may not see the ticket (the
 * text of pd_ticket_need for a number that was never given), PD_ERROR_DENIED
 * where he may see but not do. */
gboolean     pd_access_check         (const PdAccess *access,
                                      PdAct           act,
                                      gint64          number,
                                      GError        **error);

/* The standings of somebody, as bits 1 << PdStanding. */
guint        pd_access_standings     (const PdAccess *access);

/* How a ticket stands before somebody.
 *
 * finisher   who finished it last, 0 unknown
 */
PdView       pd_access_view          (PdTicketState   state,
                                      gint64          locker,
                                      gint64          finisher,
                                      gint64          viewer);

/* A cell of the table. */
guint        pd_access_cell          (PdStanding      standing,
                                      PdView          view);

const char  *pd_act_name             (PdAct           act);      /* "take" */
const char  *pd_act_verb             (PdAct           act);      /* as in "you may not … ticket #1": "write a note on" */
const char  *pd_standing_name        (PdStanding      standing); /* "group head" */
const char  *pd_view_name            (PdView          view);     /* "done by others" */
