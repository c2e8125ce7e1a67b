/* holiday-import.h - holidays from an iCalendar file (RFC 5545), as states and
 * calendar programs publish them.  Pure: bytes in, holidays out.
 */
#pragma once

#include "desk/work-calendar.h"

#define PD_HOLIDAY_IMPORT_MAX_SIZE   (1024 * 1024) /* octets of a file */
#define PD_HOLIDAY_IMPORT_MAX_EVENTS 5000
#define PD_HOLIDAY_IMPORT_MAX_DEPTH  8    /* components in one another */
#define PD_HOLIDAY_IMPORT_MAX_DAYS   31   /* of one event */
#define PD_HOLIDAY_IMPORT_YEARS      10   /* for which rules of a year are worked out */

typedef struct {
  guint added;   /* days that are holidays now; those that were already are not counted */
  guint past;    /* events that were over before the first year */
  guint skipped; /* events that are none: with hours, cancelled, not yearly, too long */
} PdHolidayImport;

/* Adds the all-day events of a file to a calendar's holidays.
 *
 * An end is exclusive, as in the standard.  A plain yearly event becomes a holiday of
 * each year; other yearly rules (the first Monday of May) are worked out for
 * PD_HOLIDAY_IMPORT_YEARS years from first_year on.
 *
 * first_year   events that are over before it are left out
 * Errors       PD_ERROR_INVALID  no iCalendar, nothing in it, too large, too many
 *              events or holidays; the calendar is to be thrown away then
 */
gboolean  pd_holiday_import (PdWorkCalendar  *calendar,
                             const char      *bytes,
                             gsize            length,
                             int              first_year,
                             PdHolidayImport *out,
                             GError         **error);
