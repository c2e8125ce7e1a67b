#include "store/db.h"

#include <string.h>

#include "base/error.h"
#include "store/driver.h"

#define MAX_RUNS 5       /* of a transaction that meets conflicts */
#define FIRST_PAUSE 2000 /* microseconds before the second run; doubles */
/* a name for each level */
static const char *const marks[PD_DB_MAX_SAVEPOINTS] = { "pd_mark", "pd_mark_2" };

PdDbValue
PD_TEXT (const char *text)
{
  if (text == NULL)
    return (PdDbValue){ .type = PD_DB_NULL };
  return (PdDbValue){ .type = PD_DB_TEXT, .bytes = text, .length = strlen (text) };
}

PdDbValue
PD_BLOB (const void *bytes, gsize length)
{
  if (bytes == NULL)
    return (PdDbValue){ .type = PD_DB_NULL };
  return (PdDbValue){ .type = PD_DB_BLOB, .bytes = bytes, .length = length };
}

PdDb *
pd_db_open (const char *url, GError **error)
{
  if (g_str_has_prefix (url, "sqlite:") && url[7] != '\0')
    return pd_sqlite_open (url + 7, error);
  if (g_str_has_prefix (url, "mysql://"))
    return pd_mariadb_open (url, error);
  pd_fail (error, PD_ERROR_INVALID,
           "a database is named sqlite:PATH or mysql://USER[:PASS]@HOST[:PORT]/DB[?socket=PATH]");
  return NULL;
}

void
pd_db_close (PdDb *db)
{
  if (db != NULL)
    db->driver->close (db);
}

PdDbDialect
pd_db_get_dialect (PdDb *db)
{
  return db->driver->dialect;
}

/* A driver says that the transaction is gone by setting PD_DB_BROKEN; what is
 * called after that must not run outside of a transaction by accident.
 */
static gboolean
check_usable (PdDb *db, GError **error)
{
  if (db->state == PD_DB_BROKEN)
    return pd_fail (error, db->lost ? PD_ERROR_TEMPORARY : PD_ERROR_CONFLICT,
                    "the transaction was ended by the database; roll it back");
  if (db->lost && db->state == PD_DB_IDLE)
    return db->driver->connect (db, error);
  return TRUE;
}

static gboolean
run_begin (PdDb *db, PdDbMode mode, GError **error)
{
  g_auto (GStrv) texts = g_strsplit (db->driver->begin[mode], ";", -1);

  for (guint i = 0; texts[i] != NULL; i++)
    if (!db->driver->run (db, texts[i], error))
      return FALSE;
  return TRUE;
}

gboolean
pd_db_begin (PdDb *db, PdDbMode mode, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (db->state != PD_DB_IDLE)
    return pd_fail (error, PD_ERROR_INTERNAL, "begin: a transaction is open already");
  if (!check_usable (db, error))
    return FALSE;
  if (!run_begin (db, mode, &local))
    {
      /* A connection may have been closed while it lay idle; nothing has been
       * done on it yet, so a new one is as good. */
      if (!db->lost)
        {
          g_propagate_prefixed_error (error, g_steal_pointer (&local), "begin: ");
          return FALSE;
        }
      if (!db->driver->connect (db, error) || !run_begin (db, mode, error))
        return FALSE;
    }
  db->state = PD_DB_OPEN;
  db->mode = mode;
  db->savepoints = 0;
  db->failed = FALSE;
  return TRUE;
}

gboolean
pd_db_commit (PdDb *db, GError **error)
{
  if (db->state == PD_DB_IDLE)
    return pd_fail (error, PD_ERROR_INTERNAL, "commit: no transaction is open");
  if (!check_usable (db, error) || !db->driver->run (db, "COMMIT", error))
    {
      g_prefix_error (error, "commit: ");
      pd_db_rollback (db);
      return FALSE;
    }
  db->state = PD_DB_IDLE;
  return TRUE;
}

void
pd_db_rollback (PdDb *db)
{
  /* After BROKEN there may or may not be one: asking is harmless, an error
   * too.  On a lost connection the server rolls back by itself. */
  if (db->state != PD_DB_IDLE && !db->lost)
    db->driver->run (db, "ROLLBACK", NULL);
  db->state = PD_DB_IDLE;
  db->savepoints = 0;
  db->failed = FALSE;
}

gboolean
pd_db_in_transaction (PdDb *db)
{
  return db->state == PD_DB_OPEN;
}

gboolean
pd_db_is_lost (PdDb *db)
{
  return db->lost;
}

gboolean
pd_db_has_failed (PdDb *db)
{
  return db->state == PD_DB_BROKEN || db->failed;
}

static gboolean
run_savepoint (PdDb *db, const char *verb, guint level, gboolean needed, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%s %s", verb, marks[level]);

  if (!check_usable (db, error) || (needed && !db->driver->run (db, text, error)))
    {
      g_prefix_error (error, "%s: ", text);
      return FALSE;
    }
  return TRUE;
}

/* Of a transaction that the database has ended, check_usable says more. */
static gboolean
fail_savepoint (const PdDb *db, const char *verb, const char *what, GError **error)
{
  return pd_fail (error, PD_ERROR_INTERNAL, "%s: %s", verb,
                  db->state == PD_DB_IDLE ? "no transaction is open" : what);
}

gboolean
pd_db_savepoint (PdDb *db, GError **error)
{
  static const char verb[] = "SAVEPOINT";

  if (db->state == PD_DB_IDLE || db->savepoints == PD_DB_MAX_SAVEPOINTS)
    return fail_savepoint (db, verb, "too many savepoints are open already", error);
  if (!run_savepoint (db, verb, db->savepoints, TRUE, error))
    return FALSE;
  db->savepoints++;
  return TRUE;
}

gboolean
pd_db_release (PdDb *db, GError **error)
{
  static const char verb[] = "RELEASE SAVEPOINT";
  gboolean needed = !db->driver->savepoint_replaces;

  if (db->state == PD_DB_IDLE || db->savepoints == 0)
    return fail_savepoint (db, verb, "no savepoint is open", error);
  if (!run_savepoint (db, verb, db->savepoints - 1, needed, error))
    return FALSE;
  db->savepoints--;
  return TRUE;
}

gboolean
pd_db_rollback_to (PdDb *db, GError **error)
{
  static const char verb[] = "ROLLBACK TO SAVEPOINT";

  if (db->state == PD_DB_IDLE || db->savepoints == 0)
    return fail_savepoint (db, verb, "no savepoint is open", error);
  if (!run_savepoint (db, verb, db->savepoints - 1, TRUE, error))
    return FALSE;
  db->failed = FALSE;
  return pd_db_release (db, error);
}

/* One run; *out_again says that nothing was committed for certain and that a
 * second run may help.
 */
static gboolean
run_once (PdDb *db, PdDbMode mode, PdDbWork work, gpointer data, gboolean *out_again,
          GError **error)
{
  g_autoptr (GError) local = NULL;

  *out_again = FALSE;
  if (!pd_db_begin (db, mode, error))
    return FALSE;
  if (work (db, data, &local))
    {
      /* lost in the commit: it may have been done */
      if (pd_db_commit (db, &local))
        return TRUE;
      *out_again = pd_error_is (local, PD_ERROR_CONFLICT);
    }
  else
    {
      if (local == NULL)
        pd_fail (&local, PD_ERROR_INTERNAL, "a transaction failed without saying why");
      *out_again = pd_error_is (local, PD_ERROR_CONFLICT)
                   || (db->lost && pd_error_is (local, PD_ERROR_TEMPORARY));
      pd_db_rollback (db);
    }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
pd_db_transaction (PdDb *db, PdDbMode mode, PdDbWork work, gpointer data, GError **error)
{
  gboolean was_lost = FALSE;
  gulong pause = FIRST_PAUSE;

  for (guint run = 1;; run++)
    {
      g_autoptr (GError) local = NULL;
      gboolean again;

      if (run_once (db, mode, work, data, &again, &local))
        return TRUE;
      if (!again || run == MAX_RUNS || (db->lost && was_lost))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      was_lost = was_lost || db->lost;

      /* of different length, so that two that met do not meet again */
      g_usleep (pause / 2 + (gulong)g_random_int_range (0, (gint32)pause));
      pause *= 2;
    }
}

static gboolean
check_values (const PdSqlStatement *statement, const PdDbValue *values, gsize n_values,
              GError **error)
{
  static const char letters[] = { [PD_DB_INT] = 'i', [PD_DB_TEXT] = 't', [PD_DB_BLOB] = 'b' };

  if (n_values != strlen (statement->in))
    return pd_fail (error, PD_ERROR_INTERNAL,
                    "%" G_GSIZE_FORMAT " values instead of %" G_GSIZE_FORMAT, n_values,
                    strlen (statement->in));
  for (gsize i = 0; i < n_values; i++)
    {
      if (values[i].type != PD_DB_NULL && letters[values[i].type] != statement->in[i])
        return pd_fail (error, PD_ERROR_INTERNAL, "value %" G_GSIZE_FORMAT " has the wrong type",
                        i + 1);
      /* SQLite would store it, MariaDB not */
      if (values[i].type == PD_DB_TEXT
          && !g_utf8_validate_len (values[i].bytes, values[i].length, NULL))
        return pd_fail (error, PD_ERROR_INVALID, "value %" G_GSIZE_FORMAT " is not UTF-8", i + 1);
    }
  return TRUE;
}

static gboolean
check_call (PdDb *db, PdSqlId sql, const PdDbValue *values, gsize n_values, GError **error)
{
  db->n_calls++;
  return check_usable (db, error)
         && check_values (&pd_sql_statements[sql], values, n_values, error);
}

static void
note_failure (PdDb *db, PdSqlId sql, GError **error)
{
  db->failed = TRUE;
  g_prefix_error (error, "statement %s: ", pd_sql_statements[sql].name);
}

guint64
pd_db_get_calls (PdDb *db)
{
  return db->n_calls;
}

gboolean
pd_db_exec (PdDb *db, PdSqlId sql, const PdDbValue *values, gsize n_values, gint64 *out_changed,
            GError **error)
{
  gint64 changed = 0;
  gboolean done = check_call (db, sql, values, n_values, error)
                  && db->driver->exec (db, sql, values, &changed, error);

  if (!done)
    note_failure (db, sql, error);
  if (out_changed != NULL)
    *out_changed = changed;
  return done;
}

/* Asking again changes nothing. */
static gboolean
is_question (PdDb *db, PdSqlId sql)
{
  return g_ascii_strncasecmp (pd_sql_statements[sql].text[db->driver->dialect], "SELECT", 6) == 0;
}

PdRows *
pd_db_query (PdDb *db, PdSqlId sql, const PdDbValue *values, gsize n_values, GError **error)
{
  g_autoptr (GError) local = NULL;
  PdRows *rows = NULL;

  if (check_call (db, sql, values, n_values, &local))
    {
      rows = db->driver->query (db, sql, values, &local);
      if (rows == NULL && db->lost && db->state == PD_DB_IDLE && is_question (db, sql))
        {
          /* the server closes connections that lay idle for hours */
          g_clear_error (&local);
          if (db->driver->connect (db, &local))
            rows = db->driver->query (db, sql, values, &local);
        }
    }
  if (rows == NULL)
    {
      note_failure (db, sql, &local);
      g_propagate_error (error, g_steal_pointer (&local));
    }
  return rows;
}

int
pd_rows_next (PdRows *rows, GError **error)
{
  int step = rows->db->driver->next (rows, error);

  rows->has_row = step == 1;
  if (step < 0)
    note_failure (rows->db, rows->sql, error);
  return step;
}

void
pd_rows_free (PdRows *rows)
{
  if (rows != NULL)
    rows->db->driver->free_rows (rows);
}

static gboolean
has_column (PdRows *rows, guint column)
{
  g_return_val_if_fail (rows->has_row, FALSE);
  g_return_val_if_fail (column < rows->n_columns, FALSE);
  return TRUE;
}

gint64
pd_rows_int (PdRows *rows, guint column)
{
  return has_column (rows, column) ? rows->db->driver->get_int (rows, column) : 0;
}

const char *
pd_rows_text (PdRows *rows, guint column)
{
  gsize length;

  if (!has_column (rows, column) || rows->db->driver->is_null (rows, column))
    return "";
  return rows->db->driver->get_bytes (rows, column, &length);
}

GBytes *
pd_rows_dup_blob (PdRows *rows, guint column)
{
  gsize length = 0;
  const char *bytes = NULL;

  if (has_column (rows, column) && !rows->db->driver->is_null (rows, column))
    bytes = rows->db->driver->get_bytes (rows, column, &length);
  return g_bytes_new (bytes, length);
}

gboolean
pd_rows_is_null (PdRows *rows, guint column)
{
  return !has_column (rows, column) || rows->db->driver->is_null (rows, column);
}

gboolean
pd_db_find_int (PdDb *db, PdSqlId sql, const PdDbValue *values, gsize n_values, gint64 *out,
                GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (db, sql, values, n_values, error);
  int step;

  *out = 0;
  if (rows == NULL)
    return FALSE;
  step = pd_rows_next (rows, error);
  if (step == 1)
    *out = pd_rows_int (rows, 0);
  return step >= 0;
}

GArray *
pd_db_list_ints (PdDb *db, PdSqlId sql, const PdDbValue *values, gsize n_values, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (db, sql, values, n_values, error);
  g_autoptr (GArray) ints = g_array_new (FALSE, FALSE, sizeof (gint64));
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      gint64 number = pd_rows_int (rows, 0);

      g_array_append_val (ints, number);
    }
  return step == 0 ? g_steal_pointer (&ints) : NULL;
}

/* The end of the first statement of a script: behind its ";" or at the end of
 * the text.  Looks over quotes and comments.
 */
static const char *
statement_end (const char *script)
{
  const char *p = script;

  while (*p != '\0' && *p != ';')
    {
      if (*p == '\'' || *p == '"')
        {
          const char *close = strchr (p + 1, *p);

          p = close != NULL ? close + 1 : p + strlen (p);
        }
      else if (p[0] == '-' && p[1] == '-')
        p += strcspn (p, "\n");
      else
        p++;
    }
  return *p == ';' ? p + 1 : p;
}

gboolean
pd_db_exec_script (PdDb *db, const char *script, GError **error)
{
  guint number = 0;

  if (!check_usable (db, error))
    return FALSE;
  while (*script != '\0')
    {
      const char *end = statement_end (script);
      g_autofree char *text = g_strndup (script, (gsize)(end - script));

      g_strstrip (text);
      script = end;
      number++;
      if (*text != '\0' && strcmp (text, ";") != 0 && !db->driver->run (db, text, error))
        {
          g_prefix_error (error, "statement %u of the script: ", number);
          return FALSE;
        }
    }
  return TRUE;
}
