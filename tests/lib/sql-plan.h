/* sql-plan.h - whether a statement finds its rows by the indexes that its `plan`
 * names, as the database explains it.
 */
#pragma once

#include <glib.h>
#include <mysql.h>
#include <sqlite3.h>

#include "store/db.h"
#include "store/statement.h"

/* SQLite plans by the schema, and by statistics if there are any (ANALYZE), so its
 * plans are compared strictly.  Says in `faults` what is wrong, lines. */
void     sql_plan_check_sqlite  (sqlite3              *db,
                                 const PdSqlStatement *statement,
                                 GString              *faults);

/* MariaDB plans by what is in the tables: an index counts that the optimizer took or
 * considered.  FALSE: it has decided by looking at the rows ("Impossible WHERE"), and
 * there is no plan to check. */
gboolean sql_plan_check_mariadb (MYSQL                *db,
                                 const PdSqlStatement *statement,
                                 GString              *faults);
