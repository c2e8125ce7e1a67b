#include "store/migrate.h"

#include "base/error.h"
#include "store/statement.h"

#define VERSION "schema_version"
#define WAIT_ATTEMPTS 100 /* for another instance that is migrating */
#define WAIT_PAUSE 100000 /* microseconds */

gint64
pd_migrate_target (void)
{
  return pd_sql_n_steps;
}

gboolean
pd_migrate_current (PdDb *db, gint64 *out_version, GError **error)
{
  g_autoptr (PdRows) tables = NULL;
  g_autoptr (PdRows) rows = NULL;
  int step;

  *out_version = 0;
  tables = pd_db_query (db, PD_SQL_TABLES_COUNT, PD_NO_VALUES, error);
  if (tables == NULL || pd_rows_next (tables, error) < 0)
    return FALSE;
  if (pd_rows_int (tables, 0) == 0)
    return TRUE;
  if (pd_rows_int (tables, 1) == 0)
    return pd_fail (error, PD_ERROR_INVALID,
                    "the database holds tables, but none of postdesk's; give it one of its own");
  rows = pd_db_query (db, PD_SQL_META_GET, PD_BIND (PD_TEXT (VERSION)), error);
  if (rows == NULL)
    return FALSE;
  step = pd_rows_next (rows, error);
  if (step == 1)
    *out_version = g_ascii_strtoll (pd_rows_text (rows, 0), NULL, 10);
  return step >= 0;
}

static gboolean
set_version (PdDb *db, gint64 version, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, version);
  g_autofree char *before = g_strdup_printf ("%" G_GINT64_FORMAT, version - 1);
  gint64 changed;

  if (version == 1)
    return pd_db_exec (db, PD_SQL_META_INSERT, PD_BIND (PD_TEXT (VERSION), PD_TEXT (text)), NULL,
                       error);
  if (!pd_db_exec (db, PD_SQL_META_REPLACE,
                   PD_BIND (PD_TEXT (text), PD_TEXT (VERSION), PD_TEXT (before)), &changed, error))
    return FALSE;
  return changed == 1 || pd_fail (error, PD_ERROR_CONFLICT, "another instance has migrated too");
}

/* The version, and whether the program knows it. */
static gboolean
get_known_version (PdDb *db, gint64 *out_version, GError **error)
{
  if (!pd_migrate_current (db, out_version, error))
    return FALSE;
  if (*out_version > pd_migrate_target ())
    return pd_fail (error, PD_ERROR_INVALID,
                    "the database has schema %" G_GINT64_FORMAT
                    ", this program knows %" G_GINT64_FORMAT "; install the newer program",
                    *out_version, pd_migrate_target ());
  return TRUE;
}

static gboolean
apply_step (PdDb *db, const PdSqlStep *step, GError **error)
{
  if (pd_db_exec_script (db, step->text[pd_db_get_dialect (db)], error)
      && set_version (db, step->number, error))
    return TRUE;
  g_prefix_error (error, "migration step %s: ", step->name);
  return FALSE;
}

/* Applies the next step, if one is missing, under the write lock: a second
 * instance that waited for it finds the work done.
 */
static gboolean
migrate_once (PdDb *db, gpointer data, GError **error)
{
  gboolean *out_done = data;
  gint64 version;

  if (!get_known_version (db, &version, error))
    return FALSE;
  *out_done = version == pd_migrate_target ();
  return *out_done || apply_step (db, &pd_sql_steps[version], error);
}

static gboolean
migrate_sqlite (PdDb *db, GError **error)
{
  gboolean done = FALSE;

  while (!done)
    if (!pd_db_transaction (db, PD_DB_WRITE, migrate_once, &done, error))
      return FALSE;
  return TRUE;
}

/* MariaDB commits each CREATE and ALTER by itself, so neither a transaction
 * nor a row lock can hold two instances apart, and GET_LOCK knows only its own
 * node of a cluster.  A table can: only one CREATE TABLE succeeds, on all
 * nodes.  It also stays behind when a step breaks off half-way.
 */
static gboolean
claim_mariadb (PdDb *db, GError **error)
{
  for (int attempt = 0;; attempt++)
    {
      g_autoptr (GError) local = NULL;

      if (pd_db_exec_script (db, "CREATE TABLE migrating (step INTEGER PRIMARY KEY)", &local))
        return TRUE;
      if (!pd_error_is (local, PD_ERROR_CONFLICT))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (attempt == WAIT_ATTEMPTS)
        return pd_fail (
            error, PD_ERROR_CONFLICT,
            "another instance is migrating this database, or one broke off half-way; if none runs, "
            "restore the backup (or finish the step that follows schema_version in the "
            "table meta by hand), then DROP TABLE migrating");
      g_usleep (WAIT_PAUSE);
    }
}

static gboolean
migrate_mariadb (PdDb *db, GError **error)
{
  gint64 version;

  if (!claim_mariadb (db, error))
    return FALSE;
  /* again: another may have been faster */
  if (!get_known_version (db, &version, error))
    {
      pd_db_exec_script (db, "DROP TABLE migrating", NULL);
      return FALSE;
    }
  for (; version < pd_migrate_target (); version++)
    if (!apply_step (db, &pd_sql_steps[version], error))
      {
        g_prefix_error (error, "MariaDB cannot undo what the step did before this; restore the "
                               "backup, then DROP TABLE migrating: ");
        return FALSE;
      }
  return pd_db_exec_script (db, "DROP TABLE migrating", error);
}

gboolean
pd_migrate_run (PdDb *db, GError **error)
{
  gint64 version;

  if (!get_known_version (db, &version, error))
    return FALSE;
  if (version == pd_migrate_target ())
    return TRUE;
  return pd_db_get_dialect (db) == PD_DB_MARIADB ? migrate_mariadb (db, error)
                                                 : migrate_sqlite (db, error);
}
