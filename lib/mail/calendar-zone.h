/* calendar-zone.h - offsets of a zone that a mail describes (RFC 5545 3.6.5);
 * not installed.
 *
 * Pure: a zone knows no more than its rules.  Local times are seconds as if
 * the zone were UTC.
 */
#pragma once

#include <glib.h>

typedef struct {
  gint64 start;  /* local time of the first onset */
  gint64 until;  /* G_MAXINT64 if there is no end */
  gboolean yearly;
  gint month;    /* 1 to 12, of a yearly rule */
  gint week;     /* 1 to 5, or -1 to -5 from the end; 0: the day of the month counts */
  gint weekday;  /* 0 is Sunday */
  gint day;      /* of the month, 0 if not told; with a weekday: the first such not before it */
  gint from, to; /* offsets before and after, seconds east of UTC */
} PdZoneRule;

typedef struct {
  char *id;
  GArray *rules; /* of PdZoneRule */
} PdZone;

PdZone      *pd_zone_new     (void);
void         pd_zone_free    (PdZone *zone);

/* Reads FREQ=YEARLY;… into a rule; other rules leave it a single onset. */
void         pd_zone_rule_repeat (PdZoneRule *rule,
                                  const char *recurrence);

/* The offset at a local time.
 *
 * Returns   FALSE if the zone has no rules
 */
gboolean     pd_zone_offset  (const PdZone *zone,
                              gint64        local,
                              gint         *out_seconds);

/* A date and time of day as seconds since 1970. */
gint64       pd_local_time   (gint          year,
                              gint          month,
                              gint          day,
                              gint          seconds);
void         pd_local_date   (gint64        local,
                              gint         *out_year,
                              gint         *out_month,
                              gint         *out_day);

/* "19971102T020000", "19971102T020000Z", "19971102", ISO 8601 with signs too.
 *
 * out_is_date   whether there is no time of day
 * out_is_utc    whether it ends in Z
 * Returns       FALSE if it is none of these
 */
gboolean     pd_local_parse  (const char   *text,
                              gint64       *out_local,
                              gboolean     *out_is_date,
                              gboolean     *out_is_utc);
