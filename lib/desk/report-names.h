/* report-names.h - what people and units are called, each looked up once: for
 * report-*.c.  All strings are lent until it is freed. */
#pragma once

#include "desk/desk.h"
#include "desk/ticket.h"

typedef struct PdReportNames PdReportNames;

PdReportNames *pd_report_names_new    (PdDesk *desk);
void           pd_report_names_free   (PdReportNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdReportNames, pd_report_names_free)

/* NULL on error; "" for id 0 and for who is not there. */
const char    *pd_report_names_person (PdReportNames *names, gint64 person, GError **error);
const char    *pd_report_names_unit   (PdReportNames *names, gint64 unit, GError **error);

/* To whom a ticket is given: its assignees, else its unit; NULL on error, caller
 * frees. */
char          *pd_report_names_dup_to (PdReportNames *names, const PdTicket *ticket,
                                       GError **error);
