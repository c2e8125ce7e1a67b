/* recurrence.h - when something comes again: days, a time of day, a zone, an
 * end.  Pure: no database, no clock.
 *
 *     every 3 days      counted from the first day; "every day"
 *     mon,thu           days of the week; also mon-fri
 *     day 1,15,last     days of the month; a month without a 31 has no run on
 *                       the 31st, and `last` is its last day
 *
 * Of a day on which the time does not exist (clocks go forward) the run is at
 * the next moment that does; a time that comes twice counts once, the first
 * time.  A day that a zone left out altogether has no run.
 */
#pragma once

#include <glib.h>

#define PD_RECURRENCE_MAX_DAYS 3660 /* "every N days" */

typedef struct PdRecurrence PdRecurrence;

/* Reads a pattern.
 *
 * pattern   as above, any letter case
 * time      local time of day, "09:00"
 * zone      an IANA name, "Europe/Kyiv"
 * from      microseconds UTC: no run before; its local day is the first one
 * until     no run at or after; 0 without end
 * Errors    PD_ERROR_INVALID  says which of them is wrong and what may be there
 */
PdRecurrence *pd_recurrence_parse       (const char          *pattern,
                                         const char          *time,
                                         const char          *zone,
                                         gint64               from,
                                         gint64               until,
                                         GError             **error);
void          pd_recurrence_free        (PdRecurrence        *recurrence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdRecurrence, pd_recurrence_free)

/* The first run after a moment; 0 if there is none any more. */
gint64        pd_recurrence_next        (const PdRecurrence  *recurrence,
                                         gint64               after);

/* The pattern in its shortest form: "every 3 days", "mon,thu", "day 1,15,last". */
char         *pd_recurrence_dup_pattern (const PdRecurrence  *recurrence);

/* The moment at which a day begins in a zone, for bounds that are given as
 * days: "2026-12-01".
 *
 * days     so many days later
 * Errors   PD_ERROR_INVALID  no such day
 */
gboolean      pd_recurrence_parse_day   (const char          *text,
                                         GTimeZone           *zone,
                                         int                  days,
                                         gint64              *out_time,
                                         GError             **error);
