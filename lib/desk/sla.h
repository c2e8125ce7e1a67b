/* sla.h - what the three clocks of a ticket show, counted from its history.
 *
 *     reaction   from the creation to the first take (or to the first done, if nobody
 *                took it)
 *     work       the times in work, over all people; a reopened ticket is in
 *                work until it is released or done, unless it is nobody's
 *     deadline   from the creation to done; what passes while it is done does not count
 *
 * All three count working time only (work-hours.h).  Limits belong to the
 * history: a plan that is set, or a priority that changes, is an event with the
 * limits of that moment, and counts from then on.  Pure: no database, no clock.
 */
#pragma once

#include "desk/work-hours.h"

typedef enum {
  PD_SLA_REACTION,
  PD_SLA_WORK,
  PD_SLA_DEADLINE,
} PdSlaClockKind;

#define PD_SLA_N_CLOCKS 3

typedef enum {
  PD_SLA_CREATED,  /* first, and once */
  PD_SLA_TIMED,    /* plan or priority set: limits, hours, pauses */
  PD_SLA_TAKEN,
  PD_SLA_RELEASED, /* also by forwarding */
  PD_SLA_WAITING,  /* for the customer */
  PD_SLA_RESUMED,  /* he has answered, or the date has come */
  PD_SLA_DONE,
  PD_SLA_REOPENED,      /* and in work again */
  PD_SLA_REOPENED_FREE, /* by the customer, or as nobody's */
} PdSlaEventKind;

#define PD_SLA_N_EVENT_KINDS 9

typedef struct {
  gint64             at;   /* microseconds UTC */
  PdSlaEventKind     kind;
  gint64             limits[PD_SLA_N_CLOCKS]; /* TIMED: microseconds of working time, 0 none */
  const PdWorkHours *hours;          /* TIMED: lent; NULL all the time */
  gboolean           waiting_pauses; /* TIMED: reaction and deadline stand while it waits */
} PdSlaEvent;

typedef struct {
  gint64   limit;   /* 0 none */
  gint64   used;    /* working time so far */
  gboolean running; /* it counts now, or will when the working hours begin */
  gboolean ended;   /* it is over: taken, or done */
  gint64   due;     /* when `used` reached the limit, or will if nothing changes; 0: no
                       limit, or it stands still before that */
} PdSlaClock;

/* The clocks at a moment.
 *
 * events   in order of time; those after `now` are left out
 * out      PD_SLA_N_CLOCKS of them
 */
void         pd_sla_measure     (const PdSlaEvent *events,
                                 gsize             n_events,
                                 gint64            now,
                                 PdSlaClock       *out);

/* How much of the limit is used, in percent and rounded down; 0 without one. */
guint        pd_sla_percent     (const PdSlaClock *clock);

/* The moment at which a running clock reaches so many percent of its limit, or
 * has reached them; 0 if it never will as things stand. */
gint64       pd_sla_percent_due (const PdSlaEvent *events,
                                 gsize             n_events,
                                 gint64            now,
                                 PdSlaClockKind    kind,
                                 guint             percent);

/* Tells each stretch of a clock, in order and without gaps, from the creation to `now`.
 *
 * why   NULL: it counted; else why it did not: "closed", a holiday's name,
 *       "waiting", "not in work", "done", "over"
 */
typedef void (*PdSlaStretch)    (gint64 from, gint64 to, const char *why, gpointer data);
void         pd_sla_explain     (const PdSlaEvent *events,
                                 gsize             n_events,
                                 gint64            now,
                                 PdSlaClockKind    kind,
                                 PdSlaStretch      each,
                                 gpointer          data);

const char  *pd_sla_clock_name  (PdSlaClockKind kind); /* "reaction" "work" "deadline" */
