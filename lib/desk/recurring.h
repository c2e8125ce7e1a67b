/* recurring.h - tickets that open themselves, again and again.
 *
 * Each has a timer for its next run (timer.h).  Runs that were missed, because
 * no clock daemon ran, are made up by one ticket; its event `recurring` says how
 * many it stands for.  One that cannot run, because its requester or unit is
 * gone, is paused, says why, and owes the run until it is resumed.
 *
 * Who may: heads for their units, directors and administrators for all.
 * Functions that change something want a transaction.
 */
#pragma once

#include "desk/desk.h"
#include "desk/person.h"

#define PD_RECURRING_MAX_NAME      200 /* characters */
#define PD_RECURRING_MAX_ASSIGNEES 50
#define PD_RECURRING_MAX_MISSED    10000 /* past it they are not counted */

typedef enum {
  PD_RECURRING_ACTIVE,
  PD_RECURRING_PAUSED,
  PD_RECURRING_OVER, /* its time has passed */
} PdRecurringState;

typedef struct {
  gint64   id;
  char    *name;      /* people call it so; each its own */
  gint64   requester;
  gint64   author;    /* who defined it, and opens its tickets */
  gint64   unit;
  gint64   plan;      /* 0: the unit's */
  int      priority;  /* 1 to 3 */
  char    *subject, *text;
  char    *pattern;   /* recurrence.h, as are the next ones */
  char    *time;
  char    *zone;
  gint64   from;
  gint64   until;     /* 0 without end */
  GArray  *assignees; /* of gint64; none: the whole unit */
  PdRecurringState state;
  char    *reason;    /* why it paused by itself; "" it did not */
  gint64   last;      /* the run made last, as it was due; 0 none */
  gint64   next;      /* the one that is due, or owed while it is paused; 0 none */
  gint64   created;
} PdRecurring;

/* One to fill: from now on, normal priority. */
PdRecurring *pd_recurring_new     (const char *name);
void         pd_recurring_free    (PdRecurring *recurring);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdRecurring, pd_recurring_free)

const char  *pd_recurring_state_name (PdRecurringState state); /* "active" "paused" "over" */

/* Those that the actor may change, in order of name (GPtrArray of PdRecurring). */
GPtrArray   *pd_recurring_list    (PdDesk *desk, const PdPerson *actor, GError **error);

/* Errors   PD_ERROR_NOT_FOUND  none of this name that he may change: with the nearest name */
PdRecurring *pd_recurring_need    (PdDesk *desk, const PdPerson *actor, const char *name,
                                   GError **error);

/* Adding sets id, author, created and the next run; saving a changed one sets the
 * next run anew, counted from now.
 *
 * Errors   PD_ERROR_INVALID   a value that is none: names the field and what may be there
 *          PD_ERROR_CONFLICT  the name is taken
 *          PD_ERROR_DENIED
 */
gboolean     pd_recurring_add     (PdDesk *desk, const PdPerson *actor, PdRecurring *recurring,
                                   GError **error);
gboolean     pd_recurring_save    (PdDesk *desk, const PdPerson *actor, PdRecurring *recurring,
                                   GError **error);
gboolean     pd_recurring_remove  (PdDesk *desk, const PdPerson *actor, PdRecurring *recurring,
                                   GError **error);

/* What is so already is left so.  One that paused by itself makes up the run it
 * owes at once when it is resumed; what would have run while somebody had paused
 * it is not made up.
 * Errors   PD_ERROR_CONFLICT  resume: it is over */
gboolean     pd_recurring_pause   (PdDesk *desk, const PdPerson *actor, PdRecurring *recurring,
                                   GError **error);
gboolean     pd_recurring_resume  (PdDesk *desk, const PdPerson *actor, PdRecurring *recurring,
                                   GError **error);

/* Opens its ticket now, beside the runs of its pattern.
 * Errors   PD_ERROR_CONFLICT  requester or unit is gone */
gboolean     pd_recurring_run_now (PdDesk *desk, const PdPerson *actor, const PdRecurring *recurring,
                                   gint64 *out_number, GError **error);

/* The next runs after a moment, at most n; nothing is changed.
 *
 * out_n    how many there are */
gboolean     pd_recurring_runs    (const PdRecurring *recurring, gint64 after, gint64 *out,
                                   gsize n, gsize *out_n, GError **error);
