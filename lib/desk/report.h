/* report.h - what was done in a time, in tables: for heads.
 *
 * A unit's report is for its heads, directors and administrators; a person's for
 * himself and for those who answer for a unit of his.  Members of a unit are
 * those of now, whatever they were then, also those who are blocked or gone
 * but were not taken out of it.
 *
 * A table is cut at `limit` rows and says how many there are; totals and counts
 * are over all.
 */
#pragma once

#include <json-c/json.h>

#include "desk/desk.h"
#include "desk/person.h"

#define PD_REPORT_LIMIT     1000 /* rows of a table, if nobody says otherwise */
#define PD_REPORT_MAX_LIMIT 10000

typedef enum {
  PD_REPORT_TEXT,
  PD_REPORT_NUMBER,
  PD_REPORT_TIME,    /* microseconds UTC; 0 none */
  PD_REPORT_PERCENT, /* -1 none */
  PD_REPORT_CLOCK,   /* percent that are left; the text is "on time" or "overdue"; -1: no limit */
} PdReportKind;

typedef struct {
  const char  *name; /* "number" */
  PdReportKind kind;
} PdReportColumn;

typedef struct {
  char  *text;
  gint64 number;
} PdReportCell;

typedef struct {
  const char           *name;  /* "not-done" */
  const char           *title; /* for people */
  const PdReportColumn *columns;
  guint                 n_columns;
  GArray               *cells; /* of PdReportCell, row after row */
  gint64                total; /* rows there are; more than here if it was cut */
} PdReportTable;

typedef struct {
  const char *kind; /* "sla" */
  char       *about; /* the unit's or person's name */
  gint64      from, to;
  GTimeZone  *zone;
  GPtrArray  *tables; /* of PdReportTable */
} PdReport;

typedef struct {
  const PdPerson *actor; /* NULL: the desk itself */
  gint64          from, to; /* [from, to) */
  GTimeZone      *zone;  /* in which times are shown */
  guint           limit; /* 0: PD_REPORT_LIMIT */
} PdReportRequest;

void       pd_report_free    (PdReport              *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdReport, pd_report_free)

/* Reads two days, both of which belong to the time: "2026-11-01", "2026-11-30".
 *
 * to       NULL: the same day
 * Errors   PD_ERROR_INVALID
 */
gboolean   pd_report_period  (const char            *from,
                              const char            *to,
                              GTimeZone             *zone,
                              gint64                *out_from,
                              gint64                *out_to,
                              GError               **error);

/* The tickets of a unit and what their clocks show:
 *
 *     created   opened by its members in the time, for whichever unit
 *     received  opened in the time and the unit's now
 *     done      finished by its members in the time, and still done
 *     not-done  the unit's, opened before the end of the time and open now
 *     totals    how many of the last two are on time and overdue
 *
 * A clock is on time while less than its limit is used; without a limit it is
 * not specified, which is no success.  Percent of the totals: of those that
 * have a limit; "not specified" of all.
 *
 * Errors   PD_ERROR_DENIED, PD_ERROR_NOT_FOUND
 */
PdReport  *pd_report_sla     (PdDesk                *desk,
                              const PdReportRequest *request,
                              gint64                 unit,
                              GError               **error);

/* What each member did: tickets created, forwarded, done, taken, released,
 * reopened; each ticket counts once for each. */
PdReport  *pd_report_stats   (PdDesk                *desk,
                              const PdReportRequest *request,
                              gint64                 unit,
                              GError               **error);

/* Each unit that the actor answers for: created, received and done in the time
 * as above; free, in work and waiting now.
 *
 * unit   0: all of them
 */
PdReport  *pd_report_general (PdDesk                *desk,
                              const PdReportRequest *request,
                              gint64                 unit,
                              GError               **error);

/* One person: what waits for him and what he opened, what he did, and his acts
 * one by one.  Of tickets of units that the actor does not answer for the
 * subject is left out. */
PdReport  *pd_report_person  (PdDesk                *desk,
                              const PdReportRequest *request,
                              gint64                 person,
                              GError               **error);

/* A table by its name.
 * Errors   PD_ERROR_INVALID  names those there are */
const PdReportTable *pd_report_need_table (const PdReport *report,
                                           const char     *name,
                                           GError        **error);

/* ---- how it is written ----------------------------------------------------------- */

/* For people: tables with times in the report's zone. */
char       *pd_report_dup_text (const PdReport      *report);

/* One table as CSV (RFC 4180): a head line, CRLF, quotes where needed, UTF-8,
 * times in UTC (RFC 3339).  A clock is two columns, NAME and NAME_left.  Text that
 * a spreadsheet would take for a formula (it begins with = + - @, a tab or a
 * carriage return) gets an apostrophe in front. */
char       *pd_report_dup_csv  (const PdReportTable *table);

/* {report, about, from, to, tables[{name, title, total, rows[]}]}; a clock is
 * {left, state}, null without a limit. */
json_object *pd_report_json    (const PdReport      *report);
