/* when.h - a moment or a span of time as people write it.  Pure: the clock and
 * the zone are passed in.
 */
#pragma once

#include <glib.h>

#define PD_WHEN_MAX_DAYS 3660 /* how far ahead a moment may lie, how long a span may be */

/* Reads a moment that lies ahead.
 *
 *     2026-12-01 15:00   2026-12-01T15:00   01.12.2026 15:00   2026-12-01
 *     18:00              today 18:00        tomorrow           tomorrow 9:30
 *     friday             fri 10:00          +3d                2h30m
 *
 * A day without a time ends at 18:00; a time without a day is today's, or
 * tomorrow's when it is over; a day of the week is the next one, never today.
 *
 * now     microseconds UTC
 * Errors  PD_ERROR_INVALID  not a moment (names the forms), over already, too far ahead
 */
gboolean  pd_when_parse       (const char *text,
                               gint64      now,
                               GTimeZone  *zone,
                               gint64     *out_time,
                               GError    **error);

/* Reads a span of time: "2d", "2d 3h", "1h30m", "90s", "1w"; units w d h m s, each
 * at most once and in this order, white space as you like.  "0" is none.
 *
 * out_span  microseconds
 * Errors    PD_ERROR_INVALID
 */
gboolean  pd_when_parse_span  (const char *text,
                               gint64     *out_span,
                               GError    **error);

/* The same way back: "2d 3h", "45m", "0"; parts below a second are left out. */
char     *pd_when_format_span (gint64      span);
