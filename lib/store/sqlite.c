#include "store/driver.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"

#define BUSY_TIMEOUT_MS 10000 /* for the write lock */
#define FILE_MODE 0640        /* mail is nobody else's business */
#define WAL_ATTEMPTS 1000     /* of 10 ms: another process may be switching the file to WAL */
#define WAL_PAUSE 10000

/* Cache: 8 MB (negative means KiB).  No mmap: an I/O error would then be
 * SIGBUS.  A larger checkpoint interval than SQLite's 1000 pages saves writes
 * to the main file under load; the limit gives the space of a burst back.
 */
static const char settings[] = "PRAGMA synchronous = FULL;"
                               "PRAGMA foreign_keys = ON;"
                               "PRAGMA temp_store = MEMORY;"
                               "PRAGMA cache_size = -8192;"
                               "PRAGMA wal_autocheckpoint = 4000;"
                               "PRAGMA journal_size_limit = 67108864;";

typedef struct {
  PdDb base;
  sqlite3 *handle;
  sqlite3_stmt **idle; /* by PdSqlId: prepared and in nobody's hands */
} Sqlite;

typedef struct {
  PdRows base;
  sqlite3_stmt *statement;
  int first; /* the result of the step that the query made; 0: used up */
} SqliteRows;

/* Which of our codes a result of SQLite is. */
static PdErrorCode
classify (int result)
{
  switch (result)
    {
    case SQLITE_BUSY_SNAPSHOT:
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return PD_ERROR_CONFLICT;
    default:
      break;
    }
  switch (result & 0xff)
    {
    case SQLITE_LOCKED:
    case SQLITE_ABORT: /* rows that were open over a rollback */
      return PD_ERROR_CONFLICT;
    case SQLITE_BUSY: /* ten seconds were not enough */
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_CANTOPEN: /* out of file descriptors, or the folder is away */
    case SQLITE_PROTOCOL:
    case SQLITE_READONLY: /* a file system that went read-only */
      return PD_ERROR_TEMPORARY;
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
      return PD_ERROR_INVALID;
    default:
      return PD_ERROR_INTERNAL;
    }
}

/* Turns the last result into an error; notes when SQLite has rolled back by
 * itself, as it does when the disk is full.
 */
static gboolean
fail (Sqlite *db, int result, GError **error)
{
  if (db->base.state == PD_DB_OPEN && sqlite3_get_autocommit (db->handle))
    db->base.state = PD_DB_BROKEN;
  return pd_fail (error, classify (result), "%s (SQLite %d)", sqlite3_errmsg (db->handle), result);
}

static void
close_db (PdDb *base)
{
  Sqlite *db = (Sqlite *)base;

  for (guint i = 0; i < pd_sql_n_statements; i++)
    sqlite3_finalize (db->idle[i]);
  /* the last connection to a file writes its WAL back here */
  sqlite3_close_v2 (db->handle);
  g_free (db->idle);
  g_free (db);
}

/* A file cannot be lost. */
static gboolean
connect_db (PdDb *base, GError **error)
{
  base->lost = FALSE;
  return TRUE;
}

static gboolean
run (PdDb *base, const char *text, GError **error)
{
  Sqlite *db = (Sqlite *)base;
  int result = sqlite3_exec (db->handle, text, NULL, NULL, NULL);

  return result == SQLITE_OK || fail (db, result, error);
}

static sqlite3_stmt *
take_statement (Sqlite *db, PdSqlId sql, GError **error)
{
  const PdSqlStatement *statement = &pd_sql_statements[sql];
  sqlite3_stmt *prepared = g_steal_pointer (&db->idle[sql]);
  int result;

  if (prepared != NULL)
    return prepared;
  result = sqlite3_prepare_v3 (db->handle, statement->text[PD_DB_SQLITE], -1,
                               SQLITE_PREPARE_PERSISTENT, &prepared, NULL);
  if (result != SQLITE_OK)
    {
      fail (db, result, error);
      return NULL;
    }
  if (*statement->out != '\0' && sqlite3_column_count (prepared) != (int)strlen (statement->out))
    {
      pd_fail (error, PD_ERROR_INTERNAL, "%d columns, but \"out\" names %" G_GSIZE_FORMAT,
               sqlite3_column_count (prepared), strlen (statement->out));
      sqlite3_finalize (prepared);
      return NULL;
    }
  return prepared;
}

static void
give_statement (Sqlite *db, PdSqlId sql, sqlite3_stmt *statement)
{
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement); /* the values are borrowed for one call */
  if (db->idle[sql] != NULL)
    sqlite3_finalize (statement);
  else
    db->idle[sql] = statement;
}

static int
bind (sqlite3_stmt *statement, int i, const PdDbValue *value)
{
  switch (value->type)
    {
    case PD_DB_INT:
      return sqlite3_bind_int64 (statement, i, value->number);
    case PD_DB_TEXT:
      return sqlite3_bind_text64 (statement, i, value->bytes, value->length, SQLITE_STATIC,
                                  SQLITE_UTF8);
    case PD_DB_BLOB:
      return sqlite3_bind_blob64 (statement, i, value->bytes, value->length, SQLITE_STATIC);
    case PD_DB_NULL:
    default:
      return sqlite3_bind_null (statement, i);
    }
}

/* MariaDB refuses this by itself. */
static gboolean
check_mode (Sqlite *db, sqlite3_stmt *statement, GError **error)
{
  if (db->base.state == PD_DB_OPEN && db->base.mode == PD_DB_READ
      && !sqlite3_stmt_readonly (statement))
    return pd_fail (error, PD_ERROR_INTERNAL, "it writes, in a transaction that only reads");
  return TRUE;
}

/* A statement with its values, ready to step; NULL on error. */
static sqlite3_stmt *
take_bound (Sqlite *db, PdSqlId sql, const PdDbValue *values, GError **error)
{
  sqlite3_stmt *statement = take_statement (db, sql, error);
  int n = (int)strlen (pd_sql_statements[sql].in);

  if (statement != NULL && !check_mode (db, statement, error))
    {
      give_statement (db, sql, statement);
      return NULL;
    }
  for (int i = 0; statement != NULL && i < n; i++)
    {
      int result = bind (statement, i + 1, &values[i]);

      if (result != SQLITE_OK)
        {
          fail (db, result, error);
          give_statement (db, sql, statement);
          return NULL;
        }
    }
  return statement;
}

static gboolean
exec (PdDb *base, PdSqlId sql, const PdDbValue *values, gint64 *out_changed, GError **error)
{
  Sqlite *db = (Sqlite *)base;
  sqlite3_stmt *statement = take_bound (db, sql, values, error);
  int result;

  if (statement == NULL)
    return FALSE;
  do
    result = sqlite3_step (statement);
  while (result == SQLITE_ROW);
  if (result != SQLITE_DONE)
    fail (db, result, error);
  else if (!sqlite3_stmt_readonly (statement))
    *out_changed = sqlite3_changes (db->handle);
  give_statement (db, sql, statement);
  return result == SQLITE_DONE;
}

/* Makes the first step at once: a statement with RETURNING has then done its
 * work, and errors come from the query, as they do in MariaDB.
 */
static PdRows *
query (PdDb *base, PdSqlId sql, const PdDbValue *values, GError **error)
{
  Sqlite *db = (Sqlite *)base;
  sqlite3_stmt *statement = take_bound (db, sql, values, error);
  SqliteRows *rows;
  int result;

  if (statement == NULL)
    return NULL;
  result = sqlite3_step (statement);
  if (result != SQLITE_ROW && result != SQLITE_DONE)
    {
      fail (db, result, error);
      give_statement (db, sql, statement);
      return NULL;
    }
  rows = g_new0 (SqliteRows, 1);
  rows->base.db = base;
  rows->base.sql = sql;
  rows->base.n_columns = (guint)sqlite3_column_count (statement);
  rows->statement = statement;
  rows->first = result;
  return &rows->base;
}

static int
next (PdRows *base, GError **error)
{
  SqliteRows *rows = (SqliteRows *)base;
  int result = rows->first;

  /* a step after the end would run the statement again */
  if (result != SQLITE_DONE)
    {
      rows->first = 0;
      if (result == 0)
        result = sqlite3_step (rows->statement);
    }
  if (result == SQLITE_ROW)
    return 1;
  rows->first = SQLITE_DONE;
  if (result == SQLITE_DONE)
    return 0;
  fail ((Sqlite *)base->db, result, error);
  return -1;
}

static void
free_rows (PdRows *base)
{
  SqliteRows *rows = (SqliteRows *)base;

  give_statement ((Sqlite *)base->db, base->sql, rows->statement);
  g_free (rows);
}

static gint64
get_int (PdRows *base, guint column)
{
  return sqlite3_column_int64 (((SqliteRows *)base)->statement, (int)column);
}

static const char *
get_bytes (PdRows *base, guint column, gsize *out_length)
{
  sqlite3_stmt *statement = ((SqliteRows *)base)->statement;
  const char *bytes;

  /* column_text puts a NUL behind the bytes of a blob too */
  bytes = (const char *)sqlite3_column_text (statement, (int)column);
  *out_length = (gsize)sqlite3_column_bytes (statement, (int)column);
  return bytes != NULL ? bytes : "";
}

static gboolean
is_null (PdRows *base, guint column)
{
  return sqlite3_column_type (((SqliteRows *)base)->statement, (int)column) == SQLITE_NULL;
}

static const PdDbDriver driver = {
  .dialect = PD_DB_SQLITE,
  .close = close_db,
  .connect = connect_db,
  .begin = { [PD_DB_READ] = "BEGIN", [PD_DB_WRITE] = "BEGIN IMMEDIATE" },
  .run = run,
  .exec = exec,
  .query = query,
  .next = next,
  .free_rows = free_rows,
  .get_int = get_int,
  .get_bytes = get_bytes,
  .is_null = is_null,
};

/* The switch to WAL needs the file alone and does not wait for it: the busy
 * time-out would be no help against a deadlock there.
 */
static gboolean
switch_to_wal (Sqlite *db, GError **error)
{
  for (int attempt = 0;; attempt++)
    {
      int result = sqlite3_exec (db->handle, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);

      if (result == SQLITE_OK)
        return TRUE;
      if ((result & 0xff) != SQLITE_BUSY || attempt == WAL_ATTEMPTS)
        return fail (db, result, error);
      g_usleep (WAL_PAUSE);
    }
}

/* Makes the file with its mode; SQLite would leave it to the umask.  mknod
 * opens nothing: closing a descriptor of a database drops the locks that this
 * process has on it.
 */
static gboolean
make_file (const char *path, GError **error)
{
  if (strcmp (path, ":memory:") == 0 || mknod (path, S_IFREG | FILE_MODE, 0) == 0
      || errno == EEXIST)
    return TRUE;
  return pd_fail (
      error, errno == ENOSPC || errno == EDQUOT ? PD_ERROR_TEMPORARY : PD_ERROR_INTERNAL,
      "database %s: %s; the folder must be there and writable", path, g_strerror (errno));
}

PdDb *
pd_sqlite_open (const char *path, GError **error)
{
  Sqlite *db;
  int result;

  if (!make_file (path, error))
    return NULL;
  db = g_new0 (Sqlite, 1);
  db->idle = g_new0 (sqlite3_stmt *, pd_sql_n_statements);
  db->base.driver = &driver;
  result = sqlite3_open_v2 (path, &db->handle,
                            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
  if (result != SQLITE_OK)
    fail (db, result, error);
  else
    {
      sqlite3_extended_result_codes (db->handle, 1);
      sqlite3_busy_timeout (db->handle, BUSY_TIMEOUT_MS);
      if (switch_to_wal (db, error) && run (&db->base, settings, error))
        return &db->base;
    }
  g_prefix_error (error, "database %s: ", path);
  close_db (&db->base);
  return NULL;
}
