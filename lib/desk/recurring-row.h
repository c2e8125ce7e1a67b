/* recurring-row.h - the rows of recurring tickets: for recurring.c and
 * recurring-run.c. */
#pragma once

#include "desk/recurrence.h"
#include "desk/recurring.h"

/* TRUE with *out = NULL when there is none. */
gboolean       pd_recurring_get        (PdDesk *desk, gint64 id, PdRecurring **out, GError **error);
gboolean       pd_recurring_by_name    (PdDesk *desk, const char *name, PdRecurring **out,
                                        GError **error);
GPtrArray     *pd_recurring_read_all   (PdDesk *desk, GError **error);

gboolean       pd_recurring_write      (PdDesk *desk, const PdRecurring *recurring, gboolean fresh,
                                        GError **error);

/* Its pattern, time, zone and bounds. */
PdRecurrence  *pd_recurring_recurrence (const PdRecurring *recurring, GError **error);
