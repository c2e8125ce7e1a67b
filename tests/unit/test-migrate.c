/* Migration, by steps of its own: some that work, one that breaks off. */
#include "store/migrate.h"

#include <string.h>

#include "base/error.h"
#include "store/statement.h"
#include "tests/lib/mariadb.h"

#define BOTH(text)                                                                                 \
  {                                                                                                \
    text, text                                                                                     \
  }

/* the four that the migration needs, as in db/store.sql */
const PdSqlStatement pd_sql_statements[] = {
  [PD_SQL_META_GET] = { "meta_get", "t", "t", "", BOTH ("SELECT value FROM meta WHERE name = ?") },
  [PD_SQL_META_REPLACE] = { "meta_replace", "ttt", "", "",
                            BOTH ("UPDATE meta SET value = ? WHERE name = ? AND value = ?") },
  [PD_SQL_META_INSERT]
  = { "meta_insert", "tt", "", "", BOTH ("INSERT INTO meta (name, value) VALUES (?, ?)") },
  [PD_SQL_TABLES_COUNT]
  = { "tables_count",
      "",
      "ii",
      "",
      { "SELECT COUNT(*), COUNT(CASE WHEN name = 'meta' THEN 1 END) FROM sqlite_master "
        "WHERE type = 'table' AND name <> 'migrating'",
        "SELECT COUNT(*), COUNT(CASE WHEN table_name = 'meta' THEN 1 END) "
        "FROM information_schema.tables WHERE table_schema = DATABASE() "
        "AND table_name <> 'migrating'" } },
};
const unsigned pd_sql_n_statements = G_N_ELEMENTS (pd_sql_statements);

#define META "CREATE TABLE meta (name VARCHAR(64) PRIMARY KEY, value VARCHAR(200));\n"

const PdSqlStep pd_sql_steps[] = {
  { 1, "0001-start",
    BOTH (META "CREATE TABLE first (id INTEGER); -- a ; in a comment\n"
               "INSERT INTO first VALUES (1)") },
  { 2, "0002-more", BOTH ("CREATE TABLE second (a VARCHAR(9) DEFAULT 'a;b');;\n") },
  { 3, "0003-broken", BOTH ("CREATE TABLE third (a INTEGER);\nCREATE TABLE third (a INTEGER);\n") },
};
/* a variable here: the tests choose how far the program knows its steps */
unsigned steps_known = 2;
extern const unsigned pd_sql_n_steps __attribute__ ((alias ("steps_known")));

static TestMariadb *server;
static char *folder;

typedef struct {
  PdDb *db;
  char *url;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer dialect)
{
  static guint number;
  g_autoptr (GError) error = NULL;

  steps_known = 2;
  fixture->url = GPOINTER_TO_INT (dialect) == PD_DB_MARIADB
                     ? test_mariadb_dup_url (server, "test")
                     : g_strdup_printf ("sqlite:%s/%u.db", folder, number++);
  fixture->db = pd_db_open (fixture->url, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer dialect)
{
  pd_db_close (fixture->db);
  g_free (fixture->url);
}

static void
assert_version (PdDb *db, gint64 want)
{
  g_autoptr (GError) error = NULL;
  gint64 version = -1;

  pd_migrate_current (db, &version, &error);
  g_assert_no_error (error);
  g_assert_cmpint (version, ==, want);
}

static gboolean
has_table (PdDb *db, const char *table)
{
  g_autofree char *text = g_strdup_printf ("DELETE FROM %s WHERE 1 = 0", table);

  return pd_db_exec_script (db, text, NULL);
}

static void
test_steps (Fixture *fixture, gconstpointer dialect)
{
  g_autoptr (GError) error = NULL;

  assert_version (fixture->db, 0);
  steps_known = 1;
  g_assert_cmpint (pd_migrate_target (), ==, 1);
  pd_migrate_run (fixture->db, &error);
  g_assert_no_error (error);
  assert_version (fixture->db, 1);
  g_assert_true (has_table (fixture->db, "first"));
  steps_known = 2;
  pd_migrate_run (fixture->db, &error);
  g_assert_no_error (error);
  assert_version (fixture->db, 2);
  g_assert_true (has_table (fixture->db, "second"));
  pd_migrate_run (fixture->db, &error);
  g_assert_no_error (error);
  g_assert_false (has_table (fixture->db, "migrating"));
}

static void
test_newer (Fixture *fixture, gconstpointer dialect)
{
  g_autoptr (GError) error = NULL;

  pd_migrate_run (fixture->db, &error);
  g_assert_no_error (error);
  steps_known = 1;
  g_assert_false (pd_migrate_run (fixture->db, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
  assert_version (fixture->db, 2);
}

static void
test_foreign (Fixture *fixture, gconstpointer dialect)
{
  g_autoptr (GError) error = NULL;

  pd_db_exec_script (fixture->db, "CREATE TABLE somebody_elses (a INTEGER)", &error);
  g_assert_no_error (error);
  g_assert_false (pd_migrate_run (fixture->db, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
}

static void
test_broken (Fixture *fixture, gconstpointer dialect)
{
  g_autoptr (GError) error = NULL;

  steps_known = 3;
  g_assert_false (pd_migrate_run (fixture->db, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (
      strstr (error->message, "migration step 0003-broken: statement 2 of the script"));
  assert_version (fixture->db, 2);
  /* SQLite undoes the step; in MariaDB the text says what to do */
  if (GPOINTER_TO_INT (dialect) == PD_DB_SQLITE)
    g_assert_false (has_table (fixture->db, "third"));
  else
    {
      g_assert_nonnull (strstr (error->message, "restore the backup, then DROP TABLE migrating"));
      g_assert_true (has_table (fixture->db, "migrating"));
    }
}

static gpointer
migrate_too (gpointer url)
{
  GError *error = NULL;
  g_autoptr (PdDb) db = pd_db_open (url, &error);

  if (db != NULL)
    pd_migrate_run (db, &error);
  return error;
}

static void
test_together (Fixture *fixture, gconstpointer dialect)
{
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("migrate", migrate_too, fixture->url);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autoptr (GError) error = g_thread_join (threads[i]);

      g_assert_no_error (error);
    }
  assert_version (fixture->db, 2);
  g_assert_false (has_table (fixture->db, "migrating"));
}

static const struct {
  const char *name;
  void (*run) (Fixture *, gconstpointer);
} tests[] = {
  { "steps", test_steps },   { "newer", test_newer },       { "foreign", test_foreign },
  { "broken", test_broken }, { "together", test_together },
};

static void
skip (gconstpointer reason)
{
  g_test_skip (reason);
}

int
main (int argc, char **argv)
{
  static const char *const names[] = { [PD_DB_SQLITE] = "sqlite", [PD_DB_MARIADB] = "mariadb" };
  const char *reason;
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("pd-test-migrate-XXXXXX", NULL);
  server = test_mariadb_start (&reason);
  for (int dialect = PD_DB_SQLITE; dialect <= PD_DB_MARIADB; dialect++)
    for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
      {
        g_autofree char *path = g_strdup_printf ("/migrate/%s/%s", names[dialect], tests[i].name);

        if (dialect == PD_DB_MARIADB && server == NULL)
          g_test_add_data_func (path, reason, skip);
        else
          g_test_add (path, Fixture, GINT_TO_POINTER (dialect), set_up, tests[i].run, tear_down);
      }
  result = g_test_run ();
  test_mariadb_stop (server);
  test_remove_tree (folder);
  g_free (folder);
  return result;
}
