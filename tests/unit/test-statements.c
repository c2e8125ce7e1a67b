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

#define ROWS "400"

static TestMariadb *server;

/* What `plan` asks for. */
typedef struct {
  GPtrArray *indexes;
  GPtrArray *scans;
  gboolean primary_key;
} Plan;

static void
plan_free (Plan *plan)
{
  g_ptr_array_unref (plan->indexes);
  g_ptr_array_unref (plan->scans);
  g_free (plan);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Plan, plan_free)

static Plan *
plan_parse (const char *text)
{
  Plan *plan = g_new0 (Plan, 1);
  g_autoptr (GRegex) remark = g_regex_new ("\\([^()]*\\)", 0, 0, NULL);
  g_autofree char *bare = g_regex_replace (remark, text, -1, 0, "", 0, NULL);
  g_auto (GStrv) items = g_strsplit (bare, ",", -1);

  plan->indexes = g_ptr_array_new_with_free_func (g_free);
  plan->scans = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; items[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit_set (g_strstrip (items[i]), " ", 2);
      const char *last = g_strv_length (words) == 2 ? g_strstrip (words[1]) : words[0];

      if (last == NULL || *last == '\0')
        continue;
      if (strstr (items[i], "primary key") != NULL)
        plan->primary_key = TRUE;
      else
        g_ptr_array_add (strcmp (words[0], "scans") == 0 ? plan->scans : plan->indexes,
                         g_strdup (last));
    }
  return plan;
}

static gboolean
holds (GPtrArray *names, const char *name)
{
  return g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL);
}

/* Whether `name`, a table or its alias in the text, may be scanned. */
static gboolean
may_scan (const Plan *plan, const char *text, const char *name)
{
  for (guint i = 0; i < plan->scans->len; i++)
    {
      const char *table = g_ptr_array_index (plan->scans, i);
      g_autofree char *pattern = g_strdup_printf ("\\b%s\\s+(AS\\s+)?%s\\b", table, name);

      if (strcmp (table, name) == 0 || g_regex_match_simple (pattern, text, G_REGEX_CASELESS, 0))
        return TRUE;
    }
  return FALSE;
}

static void
complain (const PdSqlStatement *statement, const char *what, const char *name, const char *seen)
{
  g_test_message ("statement %s: %s %s; the database says:\n%s", statement->name, what, name, seen);
  g_test_fail ();
}

/* ---- SQLite ---- */

static char *
sqlite_explain (sqlite3 *db, const char *text)
{
  g_autofree char *question = g_strconcat ("EXPLAIN QUERY PLAN ", text, NULL);
  GString *lines = g_string_new (NULL);
  sqlite3_stmt *statement;

  if (sqlite3_prepare_v2 (db, question, -1, &statement, NULL) != SQLITE_OK)
    g_string_append (lines, sqlite3_errmsg (db));
  while (statement != NULL && sqlite3_step (statement) == SQLITE_ROW)
    g_string_append_printf (lines, "%s\n", sqlite3_column_text (statement, 3));
  sqlite3_finalize (statement);
  return g_string_free (lines, FALSE);
}

static void
check_sqlite_line (const PdSqlStatement *statement, const Plan *plan, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  gboolean by_index = FALSE;

  if (strstr (line, "AUTOMATIC") != NULL)
    complain (statement, "no index for", words[1], line);
  if (strcmp (words[0], "SCAN") != 0 || strcmp (words[1], "CONSTANT") == 0 || words[1][0] == '(')
    return;
  /* a walk along an index that is named is what ORDER BY … LIMIT wants */
  for (guint i = 2; words[i] != NULL; i++)
    by_index = by_index || holds (plan->indexes, words[i]);
  if (!by_index && !may_scan (plan, statement->text[PD_DB_SQLITE], words[1]))
    complain (statement, "scans", words[1], line);
}

static void
check_sqlite (sqlite3 *db, const PdSqlStatement *statement)
{
  g_autoptr (Plan) plan = plan_parse (statement->plan);
  g_autofree char *seen = sqlite_explain (db, statement->text[PD_DB_SQLITE]);
  g_auto (GStrv) lines = g_strsplit (seen, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      check_sqlite_line (statement, plan, lines[i]);
  for (guint i = 0; i < plan->indexes->len; i++)
    {
      const char *name = g_ptr_array_index (plan->indexes, i);
      g_autofree char *pattern = g_strdup_printf ("\\bINDEX %s\\b", name);

      if (!g_regex_match_simple (pattern, seen, 0, 0))
        complain (statement, "does not use", name, seen);
    }
  if (plan->primary_key && strstr (seen, "PRIMARY KEY") == NULL
      && strstr (seen, "sqlite_autoindex_") == NULL)
    complain (statement, "does not use", "the primary key", seen);
}

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
test_sqlite_plans (void)
{
  g_autofree char *folder = g_dir_make_tmp ("pd-statements-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "d", NULL);
  sqlite3 *db = open_migrated_sqlite (path);

  for (guint i = 0; i < pd_sql_n_statements; i++)
    check_sqlite (db, &pd_sql_statements[i]);
  sqlite3_close (db);
  test_remove_tree (folder);
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
                : statement->in[i] == 't' ? PD_TEXT ("v1")
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

/* The text with values in place of its question marks. */
static char *
with_values (const PdSqlStatement *statement)
{
  const char *text = statement->text[PD_DB_MARIADB];
  GString *filled = g_string_new ("EXPLAIN ");
  char quote = '\0';
  guint i = 0;

  for (const char *p = text; *p != '\0'; p++)
    {
      if (quote != '\0')
        quote = *p == quote ? '\0' : quote;
      else if (*p == '\'' || *p == '"')
        quote = *p;
      if (quote == '\0' && *p == '?')
        g_string_append (filled, statement->in[i++] == 'i' ? "7" : "'v7'");
      else
        g_string_append_c (filled, *p);
    }
  return g_string_free (filled, FALSE);
}

/* Columns of EXPLAIN. */
enum { ID, SELECT_TYPE, TABLE, TYPE, POSSIBLE_KEYS, KEY, KEY_LEN, REF, ROWS_, EXTRA };

static void
check_mariadb_row (const PdSqlStatement *statement, const Plan *plan, MYSQL_ROW row, GString *keys)
{
  const char *table = row[TABLE], *type = row[TYPE];

  g_string_append_printf (keys, ",%s,%s,", row[KEY] != NULL ? row[KEY] : "",
                          row[POSSIBLE_KEYS] != NULL ? row[POSSIBLE_KEYS] : "");
  if (table == NULL || type == NULL || table[0] == '<' || strcmp (row[SELECT_TYPE], "INSERT") == 0)
    return;
  if (strcmp (type, "ALL") == 0 && row[POSSIBLE_KEYS] == NULL
      && !may_scan (plan, statement->text[PD_DB_MARIADB], table))
    complain (statement, "scans", table, "type ALL, no possible key");
}

static void
check_mariadb (MYSQL *db, const PdSqlStatement *statement)
{
  g_autoptr (Plan) plan = plan_parse (statement->plan);
  g_autofree char *question = with_values (statement);
  g_autoptr (GString) keys = g_string_new (NULL);
  MYSQL_RES *result = mariadb_ask (db, question);
  gboolean decided = FALSE;
  MYSQL_ROW row;

  if (result == NULL)
    return;
  while ((row = mysql_fetch_row (result)) != NULL)
    {
      check_mariadb_row (statement, plan, row, keys);
      decided = decided
                || (row[TABLE] == NULL && row[EXTRA] != NULL
                    && strcmp (row[EXTRA], "No tables used") != 0);
    }
  mysql_free_result (result);
  if (decided)
    {
      g_test_message ("statement %s: decided from the rows, no plan to check", statement->name);
      return;
    }
  for (guint i = 0; i < plan->indexes->len; i++)
    {
      g_autofree char *name
          = g_strdup_printf (",%s,", (char *)g_ptr_array_index (plan->indexes, i));

      if (strstr (keys->str, name) == NULL)
        complain (statement, "does not use", name, keys->str);
    }
  if (plan->primary_key && strstr (keys->str, ",PRIMARY,") == NULL)
    complain (statement, "does not use", "the primary key", keys->str);
}

static void
test_mariadb_plans (void)
{
  g_autofree char *url = test_mariadb_dup_url (server, "plans");
  g_autoptr (GError) error = NULL;
  g_autoptr (PdDb) db = pd_db_open (url, &error);
  MYSQL *raw = test_mariadb_connect (server, "plans");

  g_assert_no_error (error);
  pd_migrate_run (db, &error);
  g_assert_no_error (error);
  fill_tables (raw);
  for (guint i = 0; i < pd_sql_n_statements; i++)
    check_mariadb (raw, &pd_sql_statements[i]);
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
