/* migrate.h - brings a database to the schema that this program knows.
 *
 * The steps (db/migrate/NNNN-name.sql, with [sqlite] and [mariadb] parts where
 * the dialects differ) are built into the program.
 */
#pragma once

#include "store/db.h"

/* The schema version that this program needs. */
gint64    pd_migrate_target   (void);

/* The version that the database has; 0 for an empty one. */
gboolean  pd_migrate_current  (PdDb    *db,
                               gint64  *out_version,
                               GError **error);

/* Applies the steps that are missing, each in a transaction where the
 * database can.  PD_ERROR_INVALID when the database is newer than the program.
 */
gboolean  pd_migrate_run      (PdDb    *db,
                               GError **error);
