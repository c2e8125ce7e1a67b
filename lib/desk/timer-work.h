/* timer-work.h - what each kind of timer does; each function is with its noun.
 *
 * All of them run in the transaction that has taken the timer off, and may set
 * it again.  One whose subject is gone, or whose time has been set otherwise,
 * does nothing and returns TRUE.
 */
#pragma once

#include "desk/timer.h"

gboolean           pd_timer_work_sla       (PdDesk *desk, const PdTimer *timer, GError **error);
gboolean           pd_timer_work_waiting   (PdDesk *desk, const PdTimer *timer, GError **error);
gboolean           pd_timer_work_reminder  (PdDesk *desk, const PdTimer *timer, GError **error);
gboolean           pd_timer_work_archive   (PdDesk *desk, const PdTimer *timer, GError **error);
gboolean           pd_timer_work_recurring (PdDesk *desk, const PdTimer *timer, GError **error);
gboolean           pd_timer_work_digest    (PdDesk *desk, const PdTimer *timer, GError **error);

/* Sets the timers of the whole desk that are not set: archiving and who gets digests.
 * For the clock daemon when it starts; a transaction of its own. */
gboolean           pd_timer_work_start     (PdDesk *desk, GError **error);

/* The table kind -> work, PD_TIMER_N_KINDS of them; NULL where this program has none. */
const PdTimerWork *pd_timer_works          (void);

/* As pd_timer_run, with another table: for tests. */
gboolean           pd_timer_run_with       (PdDesk *desk, const PdTimerWork *works, guint limit,
                                            guint *out_done, gint64 *out_next, GError **error);
