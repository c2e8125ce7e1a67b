/* Every statement of db/, on both databases: it is accepted, has the columns
 * that its comment names, and finds its rows by the index that `plan` names.
 *
 * SQLite plans by the schema alone, so its plans are compared strictly.
 * MariaDB plans by what is in the tables; each gets some hundred rows of which
 * a value meets one.  There an index counts that the optimizer took or
 * considered, and what it decides by looking at the rows ("Impossible WHERE")
 * is taken as it is: those are printed.
 */
#include <glib/gstdio.h>
#include <mysql.h>
#include <sqlite3.h>
#include <string.h>

#include "base/error.h"
#include "store/migrate.h"
#include "store/statement.h"
#include "tests/lib/mariadb.h"
#include "tests/lib/sql-plan.h"

#define ROWS "400"

static TestMariadb *server;

static sqlite3 *
open_migrated_sqlite (const char *path)
{
  g_autofree char *url = g_strconcat ("sqlite:", path, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdDb) db = pd_db_open (url, &error);
  sqlite3 *raw;

  g_assert_no_error (error);
  pd_migrate_run (db, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sqlite3_open (path, &raw), ==, SQLITE_OK);
  return raw;
}

static void
report (const GString *faults)
{
  if (faults->len > 0)
    {
      g_test_message ("%s", faults->str);
      g_test_fail ();
    }
}

static void
test_sqlite_plans (void)
{
  g_autofree char *folder = g_dir_make_tmp ("pd-statements-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "d", NULL);
  sqlite3 *db = open_migrated_sqlite (path);
  g_autoptr (GString) faults = g_string_new (NULL);

  for (guint i = 0; i < pd_sql_n_statements; i++)
    sql_plan_check_sqlite (db, &pd_sql_statements[i], faults);
  report (faults);
  sqlite3_close (db);
  test_remove_tree (folder);
}

/* A text that the statement may read as JSON. */
static gboolean
reads_json (const PdSqlStatement *statement)
{
  return strstr (statement->text[PD_DB_SQLITE], "json_") != NULL;
}

/* ---- both: accepted, with the columns that are named ---- */

static void
try_statement (PdDb *db, PdSqlId sql)
{
  const PdSqlStatement *statement = &pd_sql_statements[sql];
  gsize n = strlen (statement->in);
  g_autofree PdDbValue *values = g_new0 (PdDbValue, n + 1);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < n; i++)
    values[i] = statement->in[i] == 'i'   ? PD_INT (1)
                : statement->in[i] == 't' ? PD_TEXT (reads_json (statement) ? "[]" : "v1")
                                          : PD_BLOB ("v1", 2);
  pd_db_begin (db, PD_DB_WRITE, &error);
  g_assert_no_error (error);
  /* a query compares the columns with the comment, also when there are none */
  pd_rows_free (pd_db_query (db, sql, values, n, &error));
  /* a foreign key that nothing fits is no fault of the statement */
  if (error != NULL && pd_error_is (error, PD_ERROR_INTERNAL))
    {
      g_test_message ("%s", error->message);
      g_test_fail ();
    }
  pd_db_rollback (db);
}

static void
try_statements (const char *url)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdDb) db = pd_db_open (url, &error);

  g_assert_no_error (error);
  pd_migrate_run (db, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < pd_sql_n_statements; i++)
    try_statement (db, (PdSqlId)i);
}

static void
test_sqlite_accepts (void)
{
  try_statements ("sqlite::memory:");
}

static void
test_mariadb_accepts (void)
{
  g_autofree char *url = test_mariadb_dup_url (server, "accepts");

  try_statements (url);
}

/* ---- MariaDB ---- */

static MYSQL_RES *
mariadb_ask (MYSQL *db, const char *text)
{
  if (mysql_query (db, text) != 0)
    {
      g_test_message ("%s: %s", text, mysql_error (db));
      g_test_fail ();
      return NULL;
    }
  return mysql_store_result (db);
}

static void
mariadb_run (MYSQL *db, const char *text)
{
  MYSQL_RES *result = mariadb_ask (db, text);

  if (result != NULL)
    mysql_free_result (result);
}

/* Row n of each table holds n in each number and "vn" in each text. */
static void
fill_table (MYSQL *db, const char *table)
{
  g_autofree char *question = g_strdup_printf (
      "SELECT data_type FROM information_schema.columns WHERE table_schema = DATABASE() "
      "AND table_name = '%s' ORDER BY ordinal_position",
      table);
  g_autoptr (GString) insert = g_string_new (NULL);
  MYSQL_RES *types = mariadb_ask (db, question);
  MYSQL_ROW row;

  g_string_printf (insert, "INSERT IGNORE INTO \"%s\" SELECT ", table);
  while ((row = mysql_fetch_row (types)) != NULL)
    g_string_append (insert, strstr (row[0], "int") != NULL ? "seq, " : "CONCAT('v', seq), ");
  g_string_truncate (insert, insert->len - 2);
  g_string_append (insert, " FROM seq_1_to_" ROWS);
  mysql_free_result (types);
  mariadb_run (db, insert->str);
  g_string_printf (insert, "ANALYZE TABLE \"%s\"", table);
  mariadb_run (db, insert->str);
}

static void
fill_tables (MYSQL *db)
{
  MYSQL_RES *tables;
  MYSQL_ROW row;

  mariadb_run (db, "SET sql_mode = 'ANSI,TRADITIONAL', foreign_key_checks = 0");
  tables = mariadb_ask (db, "SHOW TABLES");
  while ((row = mysql_fetch_row (tables)) != NULL)
    fill_table (db, row[0]);
  mysql_free_result (tables);
}

static void
test_mariadb_plans (void)
{
  g_autofree char *url = test_mariadb_dup_url (server, "plans");
  g_autoptr (GError) error = NULL;
  g_autoptr (PdDb) db = pd_db_open (url, &error);
  MYSQL *raw = test_mariadb_connect (server, "plans");
  g_autoptr (GString) faults = g_string_new (NULL);

  g_assert_no_error (error);
  pd_migrate_run (db, &error);
  g_assert_no_error (error);
  fill_tables (raw);
  for (guint i = 0; i < pd_sql_n_statements; i++)
    if (!sql_plan_check_mariadb (raw, &pd_sql_statements[i], faults))
      g_test_message ("statement %s: decided from the rows, no plan to check",
                      pd_sql_statements[i].name);
  report (faults);
  mysql_close (raw);
}

/* ---- db/schema.sql, the document, says what db/migrate/ makes ---- */

static char *
describe (sqlite3 *db)
{
  static const char question[]
      = "SELECT 'column ' || m.name, c.name, c.type, c.\"notnull\", c.pk, c.dflt_value"
        "  FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' "
        "UNION ALL SELECT 'reference ' || m.name, f.\"from\", f.\"table\", f.\"to\", f.on_delete, "
        "NULL"
        "  FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' "
        "UNION ALL SELECT 'index ' || m.name, i.name, i.\"unique\", c.seqno, c.name, NULL"
        "  FROM sqlite_master m, pragma_index_list(m.name) i, pragma_index_info(i.name) c"
        " WHERE m.type = 'table' ORDER BY 1, 2, 4, 3";
  GString *lines = g_string_new (NULL);
  sqlite3_stmt *statement;

  g_assert_cmpint (sqlite3_prepare_v2 (db, question, -1, &statement, NULL), ==, SQLITE_OK);
  while (sqlite3_step (statement) == SQLITE_ROW)
    {
      for (int i = 0; i < sqlite3_column_count (statement); i++)
        g_string_append_printf (lines, "%s ",
                                sqlite3_column_type (statement, i) == SQLITE_NULL
                                    ? "-"
                                    : (const char *)sqlite3_column_text (statement, i));
      g_string_append_c (lines, '\n');
    }
  sqlite3_finalize (statement);
  return g_string_free (lines, FALSE);
}

static void
test_document (void)
{
  const char *source = g_getenv ("PD_SRCDIR");
  g_autofree char *path
      = g_build_filename (source != NULL ? source : ".", "db", "schema.sql", NULL);
  g_autofree char *folder = g_dir_make_tmp ("pd-statements-XXXXXX", NULL);
  g_autofree char *made_path = g_build_filename (folder, "d", NULL);
  g_autoptr (GRegex) row_id = g_regex_new ("BIGINT (NOT NULL )?PRIMARY KEY", 0, 0, NULL);
  g_autofree char *text = NULL, *document = NULL, *written = NULL, *made = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) written_lines = NULL, made_lines = NULL;
  sqlite3 *db;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  document = g_regex_replace (row_id, text, -1, 0, "INTEGER PRIMARY KEY", 0, NULL);
  g_assert_cmpint (sqlite3_open (":memory:", &db), ==, SQLITE_OK);
  if (sqlite3_exec (db, document, NULL, NULL, NULL) != SQLITE_OK)
    g_error ("db/schema.sql: %s", sqlite3_errmsg (db));
  written = describe (db);
  sqlite3_close (db);
  db = open_migrated_sqlite (made_path);
  made = describe (db);
  sqlite3_close (db);
  test_remove_tree (folder);

  written_lines = g_strsplit (written, "\n", -1);
  made_lines = g_strsplit (made, "\n", -1);
  for (guint i = 0; written_lines[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *)made_lines, written_lines[i]))
      g_test_message ("only in db/schema.sql: %s", written_lines[i]);
  for (guint i = 0; made_lines[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *)written_lines, made_lines[i]))
      g_test_message ("only in db/migrate: %s", made_lines[i]);
  g_assert_true (strcmp (written, made) == 0);
}

static void
skip (gconstpointer reason)
{
  g_test_skip (reason);
}

int
main (int argc, char **argv)
{
  const char *reason;
  int result;

  g_test_init (&argc, &argv, NULL);
  server = test_mariadb_start (&reason);
  g_test_add_func ("/statements/document", test_document);
  g_test_add_func ("/statements/sqlite/accepts", test_sqlite_accepts);
  g_test_add_func ("/statements/sqlite/plans", test_sqlite_plans);
  if (server != NULL)
    {
      g_test_add_func ("/statements/mariadb/accepts", test_mariadb_accepts);
      g_test_add_func ("/statements/mariadb/plans", test_mariadb_plans);
    }
  else
    g_test_add_data_func ("/statements/mariadb", reason, skip);
  result = g_test_run ();
  test_mariadb_stop (server);
  return result;
}
