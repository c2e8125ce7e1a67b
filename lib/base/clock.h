/* clock.h - what time it is, so that a test can say.
 *
 * Times are microseconds since 1970-01-01 UTC in a gint64, everywhere.
 */
#pragma once

#include <glib.h>

#define PD_SECOND G_GINT64_CONSTANT (1000000)
#define PD_MINUTE (60 * PD_SECOND)
#define PD_HOUR   (60 * PD_MINUTE)
#define PD_DAY    (24 * PD_HOUR)

/* Now, in microseconds since the epoch, UTC; what a test has set, if it has. */
gint64  pd_clock_now     (void);

/* Stops the clock at a moment (for tests); 0 lets it run again.  Atomic, the
 * whole process sees it.
 */
void    pd_clock_freeze  (gint64 now);

/* RFC 3339 in UTC with seconds, "2026-11-24T10:00:00Z"; caller frees. */
char   *pd_clock_format  (gint64 time);

/* Reads RFC 3339 (with a zone).
 *
 * Returns  FALSE with PD_ERROR_INVALID when the text is not a date and time.
 */
gboolean pd_clock_parse  (const char *text,
                          gint64     *out_time,
                          GError    **error);
