#include "store/driver.h"

#include <errmsg.h>
#include <mysql.h>
#include <mysqld_error.h>
#include <string.h>

#include "base/error.h"

#define CONNECT_TIMEOUT 10 /* seconds */
#define IO_TIMEOUT 30 /* seconds, of a server that says nothing; longer than the wait for a lock   \
                       */
#define FIRST_BUFFER 256  /* bytes for a column, at first */
#define KEEP_BUFFER 65536 /* a larger one is not kept with an idle statement */
#define PACKET_HEAD 65536 /* what a packet needs beside its values, generously */

/* ANSI: || joins strings, "x" is a name.  TRADITIONAL: a value that does not
 * fit is an error.  The wait for a lock is that of the SQLite driver.
 */
static const char *const settings[] = {
  "SET sql_mode = 'ANSI,TRADITIONAL', time_zone = '+00:00', innodb_lock_wait_timeout = 10",
  "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
};

typedef struct {
  char *buffer; /* one byte longer than `size`, for the NUL */
  gsize size;
  unsigned long length;
  my_bool is_null;
  gint64 number;
  char digits[24]; /* of the number, when asked for */
} Column;

typedef struct {
  MYSQL_STMT *handle;
  guint generation; /* of the connection it was prepared on */
  guint n_in, n_out;
  MYSQL_BIND *in;
  unsigned long *lengths;
  MYSQL_BIND *out;
  Column *columns;
} Statement;

typedef struct {
  PdDb base;
  char *host, *user, *password, *database, *socket;
  guint port;
  MYSQL *handle;
  guint generation;
  gsize max_packet;
  Statement **idle; /* by PdSqlId: prepared and in nobody's hands */
} Mariadb;

typedef struct {
  PdRows base;
  Statement *statement;
} MariadbRows;

enum {
  LOST = 1 << 0,   /* the connection is of no use any more */
  UNDONE = 1 << 1, /* the server has rolled the transaction back */
};

/* Errors that are not PD_ERROR_INTERNAL. */
static const struct Known {
  guint number;
  PdErrorCode code;
  guint effect;
} known[] = {
  { ER_LOCK_DEADLOCK, PD_ERROR_CONFLICT, UNDONE }, /* in Galera: a certification conflict */
  { ER_LOCK_WAIT_TIMEOUT, PD_ERROR_CONFLICT, 0 },  /* undoes the statement only */
  { ER_CHECKREAD, PD_ERROR_CONFLICT, 0 },          /* innodb_snapshot_isolation */
  { ER_NEED_REPREPARE, PD_ERROR_CONFLICT, 0 },
  { ER_TABLE_EXISTS_ERROR, PD_ERROR_CONFLICT, 0 },
  { ER_DUP_ENTRY, PD_ERROR_CONFLICT, 0 },
  { ER_DUP_ENTRY_WITH_KEY_NAME, PD_ERROR_CONFLICT, 0 },
  { ER_NO_REFERENCED_ROW, PD_ERROR_CONFLICT, 0 },
  { ER_NO_REFERENCED_ROW_2, PD_ERROR_CONFLICT, 0 },
  { ER_ROW_IS_REFERENCED, PD_ERROR_CONFLICT, 0 },
  { ER_ROW_IS_REFERENCED_2, PD_ERROR_CONFLICT, 0 },

  { CR_CONNECTION_ERROR, PD_ERROR_TEMPORARY, LOST },
  { CR_CONN_HOST_ERROR, PD_ERROR_TEMPORARY, LOST },
  { CR_UNKNOWN_HOST, PD_ERROR_TEMPORARY, LOST },
  { CR_SERVER_HANDSHAKE_ERR, PD_ERROR_TEMPORARY, LOST },
  { CR_SERVER_GONE_ERROR, PD_ERROR_TEMPORARY, LOST },
  { CR_SERVER_LOST, PD_ERROR_TEMPORARY, LOST },
  { CR_SERVER_LOST_EXTENDED, PD_ERROR_TEMPORARY, LOST },
  { ER_CONNECTION_KILLED, PD_ERROR_TEMPORARY, LOST },
  { ER_SERVER_SHUTDOWN, PD_ERROR_TEMPORARY, LOST },
  { ER_NORMAL_SHUTDOWN, PD_ERROR_TEMPORARY, LOST },
  { ER_CON_COUNT_ERROR, PD_ERROR_TEMPORARY, LOST },
  { ER_TOO_MANY_USER_CONNECTIONS, PD_ERROR_TEMPORARY, LOST },
  { ER_UNKNOWN_STMT_HANDLER, PD_ERROR_TEMPORARY, LOST },      /* a proxy changed servers */
  { ER_UNKNOWN_COM_ERROR, PD_ERROR_TEMPORARY, LOST },         /* Galera: this node is not ready */
  { ER_OPTION_PREVENTS_STATEMENT, PD_ERROR_TEMPORARY, LOST }, /* became a read-only replica */
  { ER_QUERY_INTERRUPTED, PD_ERROR_TEMPORARY, 0 },
  { ER_STATEMENT_TIMEOUT, PD_ERROR_TEMPORARY, 0 },
  { ER_ERROR_DURING_COMMIT, PD_ERROR_TEMPORARY, 0 },
  { ER_DISK_FULL, PD_ERROR_TEMPORARY, 0 },
  { ER_RECORD_FILE_FULL, PD_ERROR_TEMPORARY, 0 }, /* "the table is full" */
  { ER_ERROR_ON_WRITE, PD_ERROR_TEMPORARY, 0 },
  { ER_GET_ERRNO, PD_ERROR_TEMPORARY, 0 }, /* "got error 28 from storage engine" */
  { 28, PD_ERROR_TEMPORARY, 0 },           /* ENOSPC by itself */

  { ER_DATA_TOO_LONG, PD_ERROR_INVALID, 0 },
  { ER_CONSTRAINT_FAILED, PD_ERROR_INVALID, 0 },
  { 3819, PD_ERROR_INVALID, 0 }, /* the same, in MySQL's numbers */
  { ER_WARN_DATA_OUT_OF_RANGE, PD_ERROR_INVALID, 0 },
  { ER_DATA_OUT_OF_RANGE, PD_ERROR_INVALID, 0 },
  { ER_TRUNCATED_WRONG_VALUE_FOR_FIELD, PD_ERROR_INVALID, 0 },
  { ER_TRUNCATED_WRONG_VALUE, PD_ERROR_INVALID, 0 },
  { WARN_DATA_TRUNCATED, PD_ERROR_INVALID, 0 },
  { ER_BAD_NULL_ERROR, PD_ERROR_INVALID, 0 },
  { ER_NO_DEFAULT_FOR_FIELD, PD_ERROR_INVALID, 0 },
  { ER_NET_PACKET_TOO_LARGE, PD_ERROR_INVALID, 0 },
  { CR_NET_PACKET_TOO_LARGE, PD_ERROR_INVALID, LOST },
};

static const struct Known *
find_known (guint number)
{
  static const struct Known other = { 0, PD_ERROR_INTERNAL, 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (known[i].number == number)
      return &known[i];
  return &other;
}

/* Turns the last error into one of ours and notes what it means for the
 * connection and the transaction.
 *
 * statement   NULL for an error of the connection
 */
static gboolean
fail (Mariadb *db, MYSQL_STMT *statement, GError **error)
{
  guint number = statement != NULL ? mysql_stmt_errno (statement) : 0;
  const char *text = number != 0 ? mysql_stmt_error (statement) : mysql_error (db->handle);
  const struct Known *found;

  if (number == 0)
    number = mysql_errno (db->handle);
  /* after a kill the connector may fail without a number */
  if (number == 0)
    {
      number = CR_SERVER_GONE_ERROR;
      text = "the server has gone away";
    }
  found = find_known (number);
  if (found->effect & LOST)
    db->base.lost = TRUE;
  if (found->effect != 0 && db->base.state == PD_DB_OPEN)
    db->base.state = PD_DB_BROKEN;
  return pd_fail (error, found->code, "%s (MariaDB %u)", text, number);
}

static void
free_statement (Statement *statement)
{
  if (statement == NULL)
    return;
  if (statement->handle != NULL)
    mysql_stmt_close (statement->handle);
  for (guint i = 0; i < statement->n_out; i++)
    g_free (statement->columns[i].buffer);
  g_free (statement->in);
  g_free (statement->lengths);
  g_free (statement->out);
  g_free (statement->columns);
  g_free (statement);
}

static void
disconnect (Mariadb *db)
{
  for (guint i = 0; i < pd_sql_n_statements; i++)
    g_clear_pointer (&db->idle[i], free_statement);
  if (db->handle != NULL)
    mysql_close (db->handle);
  db->handle = NULL;
  db->generation++;
  db->base.lost = TRUE;
}

static void
close_db (PdDb *base)
{
  Mariadb *db = (Mariadb *)base;

  disconnect (db);
  g_free (db->host);
  g_free (db->user);
  g_free (db->password);
  g_free (db->database);
  g_free (db->socket);
  g_free (db->idle);
  g_free (db);
}

static gboolean
run (PdDb *base, const char *text, GError **error)
{
  Mariadb *db = (Mariadb *)base;
  MYSQL_RES *result;

  if (mysql_query (db->handle, text) != 0)
    return fail (db, NULL, error);
  /* Galera reports some conflicts only when the result is fetched */
  result = mysql_store_result (db->handle);
  if (result == NULL && mysql_errno (db->handle) != 0)
    return fail (db, NULL, error);
  if (result != NULL)
    mysql_free_result (result);
  return TRUE;
}

static gboolean
read_max_packet (Mariadb *db, GError **error)
{
  MYSQL_RES *result;
  MYSQL_ROW row;

  if (mysql_query (db->handle, "SELECT @@max_allowed_packet") != 0)
    return fail (db, NULL, error);
  result = mysql_store_result (db->handle);
  if (result == NULL)
    return fail (db, NULL, error);
  row = mysql_fetch_row (result);
  if (row != NULL && row[0] != NULL)
    db->max_packet = (gsize)g_ascii_strtoull (row[0], NULL, 10);
  mysql_free_result (result);
  return TRUE;
}

static void
set_options (MYSQL *handle)
{
  const guint connect_timeout = CONNECT_TIMEOUT, io_timeout = IO_TIMEOUT, off = 0;

  mysql_options (handle, MYSQL_OPT_CONNECT_TIMEOUT, &connect_timeout);
  mysql_options (handle, MYSQL_OPT_READ_TIMEOUT, &io_timeout);
  mysql_options (handle, MYSQL_OPT_WRITE_TIMEOUT, &io_timeout);
  mysql_options (handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  /* else the server could ask for any file that we can read */
  mysql_options (handle, MYSQL_OPT_LOCAL_INFILE, &off);
}

static gboolean
connect_db (PdDb *base, GError **error)
{
  Mariadb *db = (Mariadb *)base;

  disconnect (db);
  db->handle = mysql_init (NULL);
  if (db->handle == NULL)
    return pd_fail (error, PD_ERROR_TEMPORARY, "out of memory");
  set_options (db->handle);
  db->base.lost = FALSE;

  /* FOUND_ROWS: an UPDATE counts the rows that it met, as SQLite does, not
   * those whose values differ: a compare-and-set needs that. */
  if (mysql_real_connect (db->handle, db->host, db->user, db->password, db->database, db->port,
                          db->socket, CLIENT_FOUND_ROWS)
      == NULL)
    fail (db, NULL, error);
  else
    {
      gboolean done = read_max_packet (db, error);

      for (gsize i = 0; done && i < G_N_ELEMENTS (settings); i++)
        done = run (base, settings[i], error);
      if (done)
        return TRUE;
    }
  g_prefix_error (error, "database %s at %s: ", db->database,
                  db->socket != NULL ? db->socket : db->host);
  disconnect (db);
  return FALSE;
}

/* Makes room for `size` bytes and tells the result binding. */
static void
grow_column (Statement *statement, guint i, gsize size)
{
  Column *column = &statement->columns[i];

  g_free (column->buffer);
  column->buffer = g_malloc (size + 1);
  column->size = size;
  statement->out[i].buffer = column->buffer;
  statement->out[i].buffer_length = size;
}

static void
set_up_columns (Statement *statement, const char *letters)
{
  statement->n_out = (guint)strlen (letters);
  statement->out = g_new0 (MYSQL_BIND, statement->n_out + 1);
  statement->columns = g_new0 (Column, statement->n_out + 1);
  for (guint i = 0; i < statement->n_out; i++)
    {
      MYSQL_BIND *bind = &statement->out[i];
      Column *column = &statement->columns[i];

      bind->length = &column->length;
      bind->is_null = &column->is_null;
      if (letters[i] == 'i')
        {
          bind->buffer_type = MYSQL_TYPE_LONGLONG;
          bind->buffer = &column->number;
        }
      else
        {
          bind->buffer_type = letters[i] == 't' ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB;
          grow_column (statement, i, FIRST_BUFFER);
        }
    }
}

static Statement *
take_statement (Mariadb *db, PdSqlId sql, GError **error)
{
  const PdSqlStatement *source = &pd_sql_statements[sql];
  const char *text = source->text[PD_DB_MARIADB];
  Statement *statement = g_steal_pointer (&db->idle[sql]);

  if (statement != NULL)
    return statement;
  statement = g_new0 (Statement, 1);
  statement->generation = db->generation;
  statement->n_in = (guint)strlen (source->in);
  statement->in = g_new0 (MYSQL_BIND, statement->n_in + 1);
  statement->lengths = g_new0 (unsigned long, statement->n_in + 1);
  set_up_columns (statement, source->out);
  statement->handle = mysql_stmt_init (db->handle);
  if (statement->handle == NULL || mysql_stmt_prepare (statement->handle, text, strlen (text)) != 0)
    fail (db, statement->handle, error);
  else if (mysql_stmt_param_count (statement->handle) != statement->n_in)
    pd_fail (error, PD_ERROR_INTERNAL, "%lu ?, but \"in\" names %u",
             mysql_stmt_param_count (statement->handle), statement->n_in);
  else
    return statement;
  free_statement (statement);
  return NULL;
}

static void
give_statement (Mariadb *db, PdSqlId sql, Statement *statement)
{
  if (statement->generation != db->generation || db->base.lost || db->idle[sql] != NULL)
    {
      free_statement (statement);
      return;
    }
  mysql_stmt_free_result (statement->handle);
  for (guint i = 0; i < statement->n_out; i++)
    if (statement->columns[i].size > KEEP_BUFFER)
      grow_column (statement, i, FIRST_BUFFER);
  db->idle[sql] = statement;
}

static gboolean
bind_values (Mariadb *db, Statement *statement, const PdDbValue *values, GError **error)
{
  static const enum enum_field_types types[] = { [PD_DB_NULL] = MYSQL_TYPE_NULL,
                                                 [PD_DB_INT] = MYSQL_TYPE_LONGLONG,
                                                 [PD_DB_TEXT] = MYSQL_TYPE_STRING,
                                                 [PD_DB_BLOB] = MYSQL_TYPE_BLOB };
  gsize total = PACKET_HEAD;

  for (guint i = 0; i < statement->n_in; i++)
    {
      const PdDbValue *value = &values[i];

      statement->lengths[i] = value->length;
      statement->in[i] = (MYSQL_BIND){
        .buffer_type = types[value->type],
        .buffer = value->type == PD_DB_INT ? (void *)&value->number : (void *)value->bytes,
        .buffer_length = value->length,
        .length = &statement->lengths[i],
      };
      total += value->length;
    }
  /* the server would close the connection */
  if (total > db->max_packet)
    return pd_fail (error, PD_ERROR_INVALID,
                    "values of %" G_GSIZE_FORMAT
                    " bytes; the server's max_allowed_packet is %" G_GSIZE_FORMAT,
                    total - PACKET_HEAD, db->max_packet);
  if (statement->n_in > 0 && mysql_stmt_bind_param (statement->handle, statement->in) != 0)
    return fail (db, statement->handle, error);
  return TRUE;
}

/* A statement that has been executed; NULL on error. */
static Statement *
take_executed (Mariadb *db, PdSqlId sql, const PdDbValue *values, GError **error)
{
  Statement *statement = take_statement (db, sql, error);

  if (statement == NULL)
    return NULL;
  if (bind_values (db, statement, values, error))
    {
      if (mysql_stmt_execute (statement->handle) == 0)
        return statement;
      fail (db, statement->handle, error);
    }
  give_statement (db, sql, statement);
  return NULL;
}

static gboolean
exec (PdDb *base, PdSqlId sql, const PdDbValue *values, gint64 *out_changed, GError **error)
{
  Mariadb *db = (Mariadb *)base;
  Statement *statement = take_executed (db, sql, values, error);
  gboolean has_rows, done = TRUE;

  if (statement == NULL)
    return FALSE;
  has_rows = mysql_stmt_field_count (statement->handle) > 0;
  if (has_rows && mysql_stmt_store_result (statement->handle) != 0)
    done = fail (db, statement->handle, error);
  else if (!has_rows)
    *out_changed = (gint64)mysql_stmt_affected_rows (statement->handle);
  else if (!g_str_has_prefix (pd_sql_statements[sql].text[PD_DB_MARIADB], "SELECT"))
    *out_changed = (gint64)mysql_stmt_num_rows (statement->handle); /* RETURNING */
  give_statement (db, sql, statement);
  return done;
}

static gboolean
store_rows (Mariadb *db, Statement *statement, GError **error)
{
  /* known only now: a statement with RETURNING tells it at execution */
  if (mysql_stmt_field_count (statement->handle) != statement->n_out)
    return pd_fail (error, PD_ERROR_INTERNAL, "%u columns, but \"out\" names %u",
                    mysql_stmt_field_count (statement->handle), statement->n_out);
  if (statement->n_out == 0)
    return TRUE;
  if (mysql_stmt_bind_result (statement->handle, statement->out) != 0
      || mysql_stmt_store_result (statement->handle) != 0)
    return fail (db, statement->handle, error);
  return TRUE;
}

/* All rows are taken to our side at once, so that the connection is free for
 * other statements.
 */
static PdRows *
query (PdDb *base, PdSqlId sql, const PdDbValue *values, GError **error)
{
  Mariadb *db = (Mariadb *)base;
  Statement *statement = take_executed (db, sql, values, error);
  MariadbRows *rows;

  if (statement == NULL)
    return NULL;
  if (!store_rows (db, statement, error))
    {
      give_statement (db, sql, statement);
      return NULL;
    }
  rows = g_new0 (MariadbRows, 1);
  rows->base.db = base;
  rows->base.sql = sql;
  rows->base.n_columns = statement->n_out;
  rows->statement = statement;
  return &rows->base;
}

/* Fetches the columns that were longer than their buffers again, whole. */
static gboolean
fetch_long_columns (Mariadb *db, Statement *statement, GError **error)
{
  gboolean grown = FALSE;

  for (guint i = 0; i < statement->n_out; i++)
    {
      Column *column = &statement->columns[i];

      if (column->buffer == NULL || column->is_null)
        continue;
      if (column->length > column->size)
        {
          grow_column (statement, i, column->length);
          grown = TRUE;
          if (mysql_stmt_fetch_column (statement->handle, &statement->out[i], i, 0) != 0)
            return fail (db, statement->handle, error);
        }
      column->buffer[column->length] = '\0';
    }
  if (grown && mysql_stmt_bind_result (statement->handle, statement->out) != 0)
    return fail (db, statement->handle, error);
  return TRUE;
}

static int
next (PdRows *base, GError **error)
{
  Mariadb *db = (Mariadb *)base->db;
  Statement *statement = ((MariadbRows *)base)->statement;
  int result;

  if (statement->generation != db->generation)
    {
      pd_fail (error, PD_ERROR_TEMPORARY, "the connection was lost while rows were read");
      return -1;
    }
  if (statement->n_out == 0)
    return 0;
  result = mysql_stmt_fetch (statement->handle);
  if (result == MYSQL_NO_DATA)
    return 0;
  if (result != 0 && result != MYSQL_DATA_TRUNCATED)
    {
      fail (db, statement->handle, error);
      return -1;
    }
  return fetch_long_columns (db, statement, error) ? 1 : -1;
}

static void
free_rows (PdRows *base)
{
  MariadbRows *rows = (MariadbRows *)base;

  give_statement ((Mariadb *)base->db, base->sql, rows->statement);
  g_free (rows);
}

static gboolean
is_null (PdRows *base, guint i)
{
  return ((MariadbRows *)base)->statement->columns[i].is_null;
}

static gint64
get_int (PdRows *base, guint i)
{
  Column *column = &((MariadbRows *)base)->statement->columns[i];

  if (column->is_null)
    return 0;
  return column->buffer != NULL ? g_ascii_strtoll (column->buffer, NULL, 10) : column->number;
}

static const char *
get_bytes (PdRows *base, guint i, gsize *out_length)
{
  Column *column = &((MariadbRows *)base)->statement->columns[i];

  if (column->is_null)
    {
      *out_length = 0;
      return "";
    }
  /* asked as text for what "out" calls int: as SQLite does, give the digits */
  if (column->buffer == NULL)
    {
      g_snprintf (column->digits, sizeof column->digits, "%" G_GINT64_FORMAT, column->number);
      *out_length = strlen (column->digits);
      return column->digits;
    }
  *out_length = column->length;
  return column->buffer;
}

/* A read transaction sees one state of the database from its first statement
 * on, as in SQLite; writers read what is committed, to lock less.
 */
static const PdDbDriver driver = {
  .dialect = PD_DB_MARIADB,
  .close = close_db,
  .connect = connect_db,
  .begin = { [PD_DB_READ] = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;"
                            "START TRANSACTION READ ONLY",
             [PD_DB_WRITE] = "START TRANSACTION READ WRITE" },
  .savepoint_replaces = TRUE,
  .run = run,
  .exec = exec,
  .query = query,
  .next = next,
  .free_rows = free_rows,
  .get_int = get_int,
  .get_bytes = get_bytes,
  .is_null = is_null,
};

static gboolean
take_parameters (Mariadb *db, const char *query_text, GError **error)
{
  g_autoptr (GHashTable) parameters = NULL;
  GHashTableIter iter;
  gpointer name, value;

  if (query_text == NULL)
    return TRUE;
  parameters = g_uri_parse_params (query_text, -1, "&", G_URI_PARAMS_NONE, NULL);
  if (parameters == NULL)
    return pd_fail (error, PD_ERROR_INVALID, "database URL: what follows ? is not NAME=VALUE");
  g_hash_table_iter_init (&iter, parameters);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      if (strcmp (name, "socket") != 0)
        return pd_fail (error, PD_ERROR_INVALID,
                        "database URL: \"%s\" is unknown; there is socket=PATH", (char *)name);
      db->socket = g_strdup (value);
    }
  return TRUE;
}

/* The text of the URL stays out of the errors: it may hold the password. */
static gboolean
take_url (Mariadb *db, const char *url, GError **error)
{
  g_autoptr (GUri) uri
      = g_uri_parse (url, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_QUERY, NULL);

  if (uri == NULL || g_uri_get_user (uri) == NULL || g_uri_get_host (uri) == NULL
      || *g_uri_get_host (uri) == '\0' || strlen (g_uri_get_path (uri)) < 2)
    return pd_fail (
        error, PD_ERROR_INVALID,
        "database URL: not of the form mysql://USER[:PASS]@HOST[:PORT]/DB[?socket=PATH]");
  db->user = g_strdup (g_uri_get_user (uri));
  db->password = g_strdup (g_uri_get_password (uri));
  db->host = g_strdup (g_uri_get_host (uri));
  db->port = g_uri_get_port (uri) > 0 ? (guint)g_uri_get_port (uri) : 0;
  db->database = g_strdup (g_uri_get_path (uri) + 1);
  return take_parameters (db, g_uri_get_query (uri), error);
}

PdDb *
pd_mariadb_open (const char *url, GError **error)
{
  static gsize once;
  Mariadb *db = g_new0 (Mariadb, 1);

  /* the connector's own start is not safe against two threads; what it keeps
   * for a thread it makes by itself */
  if (g_once_init_enter (&once))
    {
      mysql_library_init (0, NULL, NULL);
      g_once_init_leave (&once, 1);
    }
  db->base.driver = &driver;
  db->idle = g_new0 (Statement *, pd_sql_n_statements);
  db->base.lost = TRUE;
  if (take_url (db, url, error) && connect_db (&db->base, error))
    return &db->base;
  close_db (&db->base);
  return NULL;
}
