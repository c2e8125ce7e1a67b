/* timer.h - what is to be done at a time, once, by whoever comes first.
 *
 * A timer is a row (kind, subject): setting it again moves it.  The clock
 * daemons delete the row and do the work in one transaction, so that it is
 * done once among any number of them, or stays to be done.  Work that fails is
 * put off, and said in the log.
 */
#pragma once

#include "desk/desk.h"

typedef enum {
  PD_TIMER_SLA,       /* subject: a ticket; a warning or breach is due */
  PD_TIMER_WAITING,   /* a ticket; its waiting ends */
  PD_TIMER_REMINDER,  /* a ticket that waits: the customer is reminded */
  PD_TIMER_ARCHIVE,   /* a ticket that is done */
  PD_TIMER_RECURRING, /* a recurring ticket */
  PD_TIMER_DIGEST,    /* a person */
} PdTimerKind;

#define PD_TIMER_N_KINDS 6

typedef struct {
  PdTimerKind kind;
  gint64      subject;
  gint64      due;
  const char *data;
} PdTimer;

/* In a transaction.  data: JSON object, NULL "{}". */
gboolean    pd_timer_set   (PdDesk *desk, PdTimerKind kind, gint64 subject, gint64 due, const char *data, GError **error);
gboolean    pd_timer_clear (PdDesk *desk, PdTimerKind kind, gint64 subject, GError **error);

/* When it is due, 0 if it is not set. */
gboolean    pd_timer_get   (PdDesk *desk, PdTimerKind kind, gint64 subject, gint64 *out_due, GError **error);

/* What a kind does, in the transaction that has taken the timer off; it may be set again. */
typedef gboolean (*PdTimerWork) (PdDesk *desk, const PdTimer *timer, GError **error);

/* Does what is due, each timer in a transaction of its own, oldest first.  Work
 * that fails is rolled back, logged, and put off by a pause that grows with each
 * try; only a database that does not answer ends the run with an error.
 *
 * limit       at most so many
 * out_done    timers whose work was done here
 * out_next    when the next one is due, 0 none
 */
gboolean    pd_timer_run   (PdDesk *desk, guint limit, guint *out_done, gint64 *out_next, GError **error);

const char *pd_timer_kind_name (PdTimerKind kind); /* "sla" "waiting" … */
