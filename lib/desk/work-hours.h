/* work-hours.h - when a unit works: hours of the week in a zone, and holidays.
 *
 * SLA clocks count working time only.  Pure: no database, no clock.  A NULL
 * PdWorkHours is a unit that works all the time.
 */
#pragma once

#include <glib.h>

#define PD_WORK_HOURS_MAX_SPANS    50   /* in a week */
#define PD_WORK_HOURS_MAX_HOLIDAYS 2000
#define PD_WORK_HOURS_MAX_DAYS     (100 * 366) /* that one question looks at */

/* Past PD_WORK_HOURS_MAX_DAYS nothing is counted any more: there the hours never end. */
#define PD_WORK_HOURS_NEVER G_MAXINT64

typedef struct PdWorkHours PdWorkHours;

/* Reads the hours of a week.
 *
 * week      "mon-fri 09:00-13:00 14:00-18:00, sat 10:00-14:00"; times are local,
 *           an end of 24:00 is midnight, and a span may not pass it.  "" never
 *           works; "always" is mon-sun 00:00-24:00
 * zone      an IANA name, "Europe/Kyiv"
 * Errors    PD_ERROR_INVALID  says which word is wrong; spans that overlap; a
 *           zone that does not exist
 */
PdWorkHours *pd_work_hours_parse       (const char        *week,
                                        const char        *zone,
                                        GError           **error);
void         pd_work_hours_free        (PdWorkHours       *hours);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdWorkHours, pd_work_hours_free)

/* A day on which nobody works.
 *
 * year      0: each year
 * name      what it is called in explanations; copied
 * Errors    PD_ERROR_INVALID  no such day, or too many of them
 */
gboolean     pd_work_hours_add_holiday (PdWorkHours       *hours,
                                        int                year,
                                        int                month,
                                        int                day,
                                        const char        *name,
                                        GError           **error);

/* How much working time lies in [from, to), in microseconds; 0 if to <= from. */
gint64       pd_work_hours_between     (const PdWorkHours *hours,
                                        gint64             from,
                                        gint64             to);

/* The moment at which `amount` of working time is used up, counted from `from`:
 * the first one, so that an amount that ends with the working day is used up in
 * the evening.  `from` itself for an amount of 0; PD_WORK_HOURS_NEVER if it never is.
 */
gint64       pd_work_hours_add         (const PdWorkHours *hours,
                                        gint64             from,
                                        gint64             amount);

/* Calls `each` for the pieces of [from, to) in order, without gaps.
 *
 * why       NULL: working time; else why it is none: "closed" or the holiday's name
 */
typedef void (*PdWorkHoursPiece) (gint64 from, gint64 to, const char *why, gpointer data);
void         pd_work_hours_split       (const PdWorkHours *hours,
                                        gint64             from,
                                        gint64             to,
                                        PdWorkHoursPiece   each,
                                        gpointer           data);
