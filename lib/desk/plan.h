/* plan.h - SLA plans: a tree in order, each with limits for the three clocks
 * (sla.h) and the three priorities.
 *
 * The limits of a ticket are copied when its plan or priority is set
 * (ticket-clock.h): a change of a plan is for what comes after it.
 */
#pragma once

#include "desk/desk.h"
#include "desk/sla.h"

#define PD_PLAN_MAX_NAME     200 /* characters */
#define PD_PLAN_MAX_DEPTH    8   /* plans above one another */
#define PD_PLAN_N_PRIORITIES 3   /* low, normal, high */

typedef struct {
  gint64    id;
  char     *name;
  gint64    parent;         /* 0: at the top */
  int       position;       /* among its siblings, from 0 */
  gint64    calendar;       /* work-calendar.h; 0: the unit's */
  gboolean  waiting_pauses; /* reaction and deadline stand while a ticket waits */
  gboolean  closed;         /* no ticket gets it any more */
  gint64    limits[PD_SLA_N_CLOCKS][PD_PLAN_N_PRIORITIES]; /* microseconds of working time, 0 none */
  guint     depth;          /* in pd_plan_list: plans above it */
} PdPlan;

/* A plan to fill and add: no limits, waiting pauses. */
PdPlan     *pd_plan_new     (const char  *name);
void        pd_plan_free    (PdPlan      *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdPlan, pd_plan_free)

/* TRUE with *out = NULL when there is none. */
gboolean    pd_plan_get     (PdDesk *desk, gint64 id,        PdPlan **out, GError **error);
gboolean    pd_plan_by_name (PdDesk *desk, const char *name, PdPlan **out, GError **error);

/* A missing one is PD_ERROR_NOT_FOUND with the nearest name. */
PdPlan     *pd_plan_need    (PdDesk *desk, const char *name, GError **error);

/* All of them as the tree is read: each before its children, siblings in order.
 * GPtrArray of PdPlan. */
GPtrArray  *pd_plan_list    (PdDesk *desk, GError **error);

/* Sets limits as people write them: "4h" for all priorities, or
 * "low=8h,normal=4h,high=1h", where those that are not named keep theirs; "0" none.
 *
 * Errors   PD_ERROR_INVALID  names the clock and what may stand there
 */
gboolean    pd_plan_set_limits (PdPlan *plan, PdSlaClockKind kind, const char *text, GError **error);

/* The same way back: "4h", "low=8h,normal=4h,high=1h", "0"; caller frees. */
char       *pd_plan_dup_limits (const PdPlan *plan, PdSlaClockKind kind);

/* In a transaction.  Adding puts it behind its siblings; id and position are set.
 * Saving writes name, calendar, limits and the rest, but not the place.
 *
 * Errors   PD_ERROR_INVALID   no name, too long, a calendar or parent that does
 *          not exist, too deep; PD_ERROR_CONFLICT  the name is taken
 */
gboolean    pd_plan_add     (PdDesk *desk, PdPlan *plan, GError **error);
gboolean    pd_plan_save    (PdDesk *desk, const PdPlan *plan, GError **error);

/* Puts it, with all that is below it, under another parent and before one of
 * its children.  In a transaction.
 *
 * parent   0: to the top
 * before   a child of the parent; 0: behind all
 * Errors   PD_ERROR_INVALID  under itself, too deep, `before` is no child of it
 */
gboolean    pd_plan_move    (PdDesk *desk, PdPlan *plan, gint64 parent, gint64 before, GError **error);

/* Takes a plan away; its children go to its parent, in its place.  One that
 * tickets, finished ones, still name is closed instead.  In a transaction.
 *
 * out_closed   it was closed, not removed
 * Errors       PD_ERROR_CONFLICT  open tickets have it, or a unit or a recurring
 *              ticket gives it to new ones (says how many)
 */
gboolean    pd_plan_remove  (PdDesk *desk, PdPlan *plan, gboolean *out_closed, GError **error);
