/* work-calendar.h - calendars: the working hours of a week in a zone, and
 * holidays, by name.
 *
 * A calendar has editions.  A change makes a new one from now on, so that what
 * is past is counted as it was; the clocks of the open tickets that go by it
 * are counted again.
 */
#pragma once

#include "desk/desk.h"
#include "desk/work-hours.h"

#define PD_WORK_CALENDAR_MAX_NAME    200  /* characters */
#define PD_WORK_CALENDAR_MAX_WEEK    1000 /* octets */
#define PD_WORK_CALENDAR_MAX_HOLIDAY 100  /* characters of its name */

typedef struct {
  int   year; /* 0: each year */
  int   month, day;
  char *name;
} PdHoliday;

typedef struct {
  gint64     id;
  char      *name;
  gboolean   closed; /* no unit and no plan gets it any more */
  gint64     created;
  gint64     valid_from; /* the edition below; 0 since ever */
  char      *week;       /* as work-hours.h reads it */
  char      *zone;
  GPtrArray *holidays;   /* of PdHoliday, in order */
} PdWorkCalendar;

/* A calendar to fill and add, without holidays. */
PdWorkCalendar *pd_work_calendar_new     (const char *name, const char *week, const char *zone);
void            pd_work_calendar_free    (PdWorkCalendar *calendar);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdWorkCalendar, pd_work_calendar_free)

/* The edition of today.  TRUE with *out = NULL when there is none. */
gboolean        pd_work_calendar_get     (PdDesk *desk, gint64 id,        PdWorkCalendar **out, GError **error);
gboolean        pd_work_calendar_by_name (PdDesk *desk, const char *name, PdWorkCalendar **out, GError **error);

/* A missing one is PD_ERROR_NOT_FOUND with the nearest name. */
PdWorkCalendar *pd_work_calendar_need    (PdDesk *desk, const char *name, GError **error);

/* In order of name, GPtrArray of PdWorkCalendar. */
GPtrArray      *pd_work_calendar_list    (PdDesk *desk, GError **error);

/* In a transaction.  Saving makes a new edition if hours, zone or holidays have
 * changed, and has the open tickets that go by the calendar counted again.
 *
 * Errors   PD_ERROR_INVALID   no name, too long, hours or zone that are none, too
 *          many holidays; PD_ERROR_CONFLICT  the name is taken
 */
gboolean        pd_work_calendar_add     (PdDesk *desk, PdWorkCalendar *calendar, GError **error);
gboolean        pd_work_calendar_save    (PdDesk *desk, PdWorkCalendar *calendar, GError **error);

/* Takes it away; one that tickets have been timed by is closed instead.  In a
 * transaction.
 *
 * Errors   PD_ERROR_CONFLICT  a unit or a plan has it (says how many)
 */
gboolean        pd_work_calendar_remove  (PdDesk *desk, PdWorkCalendar *calendar, gboolean *out_closed, GError **error);

/* Holidays of the struct; a day that is one already gets the new name.
 *
 * Errors   PD_ERROR_INVALID   no such day, too many, a name too long;
 *          PD_ERROR_NOT_FOUND  drop: it is none
 */
gboolean        pd_work_calendar_add_holiday  (PdWorkCalendar *calendar, int year, int month, int day,
                                               const char *name, GError **error);
gboolean        pd_work_calendar_drop_holiday (PdWorkCalendar *calendar, int year, int month, int day,
                                               GError **error);

/* Reads "2026-12-25", or "12-25" for each year (*out_year 0).  PD_ERROR_INVALID */
gboolean        pd_holiday_parse         (const char *text, int *out_year, int *out_month, int *out_day,
                                          GError **error);
char           *pd_holiday_format        (const PdHoliday *holiday); /* the same way back; caller frees */

/* The hours of a calendar as they were and are. */
typedef struct {
  gint64       valid_from;
  PdWorkHours *hours;
} PdWorkEdition;

/* All editions, the oldest first; GPtrArray of PdWorkEdition, none for a calendar that
 * does not exist. */
GPtrArray      *pd_work_calendar_editions (PdDesk *desk, gint64 id, GError **error);
