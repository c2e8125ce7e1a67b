/* ticket-clock.h - the three SLA clocks of a ticket (sla.h), counted from its
 * events.
 *
 * The events are the truth; the rows of the table `clock` are what was counted
 * last, for lists, reports and timers.  The limits of a plan, its calendar and
 * whether waiting pauses are copied into an event `timed` when plan, priority
 * or unit change: a later change of the plan is not about this ticket.  What
 * passed before a ticket got its first plan counts by that plan's calendar.
 *
 * A deadline that was set by hand stands instead of the plan's: absolute time,
 * from the creation to that moment, whatever the ticket waits for.
 *
 * Who counts first when a warning or a limit is reached, the clock daemon or an
 * act on the ticket, tells of it: an event `sla-warning` or `sla-breach` with
 *
 *     {"clock":"reaction","percent":80,"limit":MICROSECONDS,"due":TIME}
 *
 * and the notice with the same data; each once for a clock and limit.  At
 * percents that pass while a clock stands nobody is warned; a limit that was
 * passed is always told.
 */
#pragma once

#include <json-c/json.h>

#include "desk/sla.h"
#include "desk/ticket.h"

/* Does what an event means for the clocks: called by pd_event_add, after it is
 * written.  Kinds that do not matter cost nothing; the others nothing, or one look
 * at the ticket, if it has neither plan nor deadline.  In a transaction.
 *
 * known   the ticket as it is now, NULL if it is not at hand
 */
gboolean  pd_ticket_clock_event   (PdDesk *desk, gint64 ticket, const PdTicket *known, const char *kind,
                                   GError **error);

/* Counts a ticket again: writes its clocks, tells of warnings and breaches, sets
 * the timer of the next one.  Reads the events that matter, by the index of the
 * ticket's events.  In a transaction. */
gboolean  pd_ticket_clock_refresh (PdDesk *desk, const PdTicket *ticket, GError **error);

/* The clocks as they stand at `now`, counted, not read; limit 0: none.
 *
 * out   PD_SLA_N_CLOCKS of them
 */
gboolean  pd_ticket_clock_measure (PdDesk *desk, const PdTicket *ticket, gint64 now, PdSlaClock *out, GError **error);

/* Tells each stretch of a clock from the creation on, as pd_sla_explain does; `why` is
 * lent for the call. */
gboolean  pd_ticket_clock_explain (PdDesk *desk, const PdTicket *ticket, gint64 now, PdSlaClockKind kind,
                                   PdSlaStretch each, gpointer data, GError **error);

/* The clocks that have a limit, as a JSON array of {name, limit, used, percent, state,
 * due, breached}: seconds; "running" "paused" "ended"; times or null.  A ticket
 * with neither plan nor deadline costs no statement.  NULL on error. */
struct json_object *pd_ticket_clock_view (PdDesk *desk, const PdTicket *ticket, GError **error);

/* "running", "paused", "ended" */
const char *pd_ticket_clock_state (const PdSlaClock *clock);
