/* report-table.h - reports and tables while they are made: for report-*.c. */
#pragma once

#include "desk/report.h"

PdReport      *pd_report_new       (const char            *kind,
                                    const char            *about,
                                    const PdReportRequest *request);

/* Adds an empty table; lent. */
PdReportTable *pd_report_add_table (PdReport              *report,
                                    const char            *name,
                                    const char            *title,
                                    const PdReportColumn  *columns,
                                    guint                  n_columns);

/* Add a cell, row after row; text is copied. */
void           pd_report_add_text   (PdReportTable *table, const char *text);
void           pd_report_add_number (PdReportTable *table, gint64 number); /* also times, percent */
void           pd_report_add_clock  (PdReportTable *table, gint64 left, gboolean on_time);

guint          pd_report_n_rows     (const PdReportTable *table);
guint          pd_report_limit      (const PdReportRequest *request);
