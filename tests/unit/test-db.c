/* The two drivers, by one suite.  It brings its own statements. */
#include "store/db.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "store/statement.h"
#include "tests/lib/mariadb.h"

#define BOTH(text)                                                                                 \
  {                                                                                                \
    text, text                                                                                     \
  }

enum { ADD, GET, GET_ALL, RENAME, DELETE, LINK, COUNT, BUMP, ADD_RETURNING, WRONG_OUT, KILL };

const PdSqlStatement pd_sql_statements[] = {
  [ADD] = { "add", "ittb", "", "",
            BOTH ("INSERT INTO thing (id, name, text, data) VALUES (?, ?, ?, ?)") },
  [GET] = { "get", "i", "ittbi", "",
            BOTH ("SELECT id, name, text, data, parent FROM thing WHERE id = ?") },
  [GET_ALL] = { "get_all", "", "itt", "", BOTH ("SELECT id, name, text FROM thing ORDER BY id") },
  [RENAME] = { "rename", "ti", "", "", BOTH ("UPDATE thing SET name = ? WHERE id = ?") },
  [DELETE] = { "delete", "i", "", "", BOTH ("DELETE FROM thing WHERE id = ?") },
  [LINK] = { "link", "ii", "", "", BOTH ("UPDATE thing SET parent = ? WHERE id = ?") },
  [COUNT] = { "count", "", "i", "", BOTH ("SELECT COUNT(*) FROM thing") },
  [BUMP] = { "bump", "ii", "", "", BOTH ("UPDATE thing SET n = n + ? WHERE id = ?") },
  [ADD_RETURNING] = { "add_returning", "it", "it", "",
                      BOTH ("INSERT INTO thing (id, name) VALUES (?, ?) RETURNING id, name") },
  [WRONG_OUT] = { "wrong_out", "", "ii", "", BOTH ("SELECT id FROM thing") },
  [KILL] = { "kill", "", "i", "", BOTH ("SELECT CONNECTION_ID()") },
};
const unsigned pd_sql_n_statements = G_N_ELEMENTS (pd_sql_statements);
const PdSqlStep pd_sql_steps[] = { { 0 } };
const unsigned pd_sql_n_steps = 0;

#define SQL(name) ((PdSqlId)name)

static TestMariadb *server;
static char *folder;

/* An empty database with the table; the second connection is on demand. */
typedef struct {
  PdDb *db;
  char *url;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer dialect)
{
  static guint number;
  g_autoptr (GError) error = NULL;
  g_autofree char *table = NULL;
  gboolean is_mariadb = GPOINTER_TO_INT (dialect) == PD_DB_MARIADB;

  number++;
  fixture->url = is_mariadb ? test_mariadb_dup_url (server, "test")
                            : g_strdup_printf ("sqlite:%s/%u.db", folder, number);
  table = g_strdup_printf ("CREATE TABLE thing (id BIGINT PRIMARY KEY, name VARCHAR(50) UNIQUE, "
                           "text MEDIUMTEXT, data LONGBLOB, n BIGINT DEFAULT 0, "
                           "parent BIGINT REFERENCES thing (id), CHECK (n < 1000)) %s;",
                           is_mariadb ? "CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin" : "");
  fixture->db = pd_db_open (fixture->url, &error);
  g_assert_no_error (error);
  g_assert_cmpint (pd_db_get_dialect (fixture->db), ==, GPOINTER_TO_INT (dialect));
  pd_db_exec_script (fixture->db, table, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer dialect)
{
  pd_db_close (fixture->db);
  g_free (fixture->url);
}

static void
add (PdDb *db, gint64 id, const char *name)
{
  g_autoptr (GError) error = NULL;

  pd_db_exec (db, SQL (ADD),
              PD_BIND (PD_INT (id), PD_TEXT (name), PD_TEXT (NULL), PD_BLOB (NULL, 0)), NULL,
              &error);
  g_assert_no_error (error);
}

static gint64
count (PdDb *db)
{
  g_autoptr (GError) error = NULL;
  gint64 n = -1;

  pd_db_find_int (db, SQL (COUNT), PD_NO_VALUES, &n, &error);
  g_assert_no_error (error);
  return n;
}

static void
test_values (Fixture *fixture, gconstpointer dialect)
{
  static const struct {
    gint64 id;
    const char *name;
    const char *text;
    gsize repeat;
    const char *data;
    gsize length;
    const char *why;
  } cases[] = {
    { 1, "a", "text", 1, "data", 4, "plain" },
    { G_MAXINT64, "b", "", 0, "", 0, "largest number; empty is not NULL" },
    { G_MININT64, "c", NULL, 0, NULL, 0, "smallest number; NULL" },
    { 2, "Заявка", "принтер 打印机 🖨", 1, "\0\xff\0", 3,
      "four-byte letters; bytes that are no text" },
    { 3, "quote", "'; DROP TABLE thing; --\\\"%_", 1, "'", 1, "nothing is special" },
    { 4, "a ", "x", 255, "y", 1, "a blank at the end counts; one under the first buffer" },
    { 5, "A", "x", 256, "y", 1, "so does the case; the first buffer" },
    { 6, NULL, "é", 500000, "y", 1, "a megabyte of text; two NULLs are unique" },
    { 7, NULL, "short", 1, "y", 1, "after the long one" },
  };
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (PdRows) rows = NULL;
      g_autoptr (GBytes) data = NULL;

      g_test_message ("%s", cases[i].why);
      for (gsize n = 0; n < cases[i].repeat; n++)
        g_string_append (text, cases[i].text);
      pd_db_exec (fixture->db, SQL (ADD),
                  PD_BIND (PD_INT (cases[i].id), PD_TEXT (cases[i].name),
                           PD_TEXT (cases[i].text != NULL ? text->str : NULL),
                           PD_BLOB (cases[i].data, cases[i].length)),
                  NULL, &error);
      g_assert_no_error (error);
      rows = pd_db_query (fixture->db, SQL (GET), PD_BIND (PD_INT (cases[i].id)), &error);
      g_assert_no_error (error);
      g_assert_cmpint (pd_rows_next (rows, &error), ==, 1);
      g_assert_cmpint (pd_rows_int (rows, 0), ==, cases[i].id);
      g_assert_cmpstr (pd_rows_text (rows, 1), ==, cases[i].name != NULL ? cases[i].name : "");
      g_assert_cmpstr (pd_rows_text (rows, 2), ==, text->str);
      g_assert_cmpint (pd_rows_is_null (rows, 2), ==, cases[i].text == NULL);
      data = pd_rows_dup_blob (rows, 3);
      g_assert_cmpmem (g_bytes_get_data (data, NULL), g_bytes_get_size (data), cases[i].data,
                       cases[i].length);
      g_assert_cmpint (pd_rows_is_null (rows, 3), ==, cases[i].data == NULL);
      g_assert_true (pd_rows_is_null (rows, 4));
      g_assert_cmpint (pd_rows_int (rows, 4), ==, 0);
      g_assert_cmpint (pd_rows_next (rows, &error), ==, 0);
      g_assert_cmpint (pd_rows_next (rows, &error), ==, 0);
      g_assert_no_error (error);
    }
}

static void
test_blob (Fixture *fixture, gconstpointer dialect)
{
  gsize size = 1024 * 1024;
  g_autofree char *bytes = g_malloc (size);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdRows) rows = NULL;
  g_autoptr (GBytes) back = NULL;

  for (gsize i = 0; i < size; i++)
    bytes[i] = (char)(i * 7 + i / 256);
  for (gint64 id = 1; id <= 3; id++)
    pd_db_exec (fixture->db, SQL (ADD),
                PD_BIND (PD_INT (id), PD_TEXT (NULL), PD_TEXT (NULL), PD_BLOB (bytes, size)), NULL,
                &error);
  g_assert_no_error (error);
  rows = pd_db_query (fixture->db, SQL (GET), PD_BIND (PD_INT (2)), &error);
  g_assert_cmpint (pd_rows_next (rows, &error), ==, 1);
  back = pd_rows_dup_blob (rows, 3);
  g_assert_cmpmem (g_bytes_get_data (back, NULL), g_bytes_get_size (back), bytes, size);
}

/* A text that is larger than the server takes must not cost the connection. */
static void
test_packet (Fixture *fixture, gconstpointer dialect)
{
  gsize size = 20 * 1024 * 1024;
  g_autofree char *bytes = g_malloc0 (size);
  g_autoptr (GError) error = NULL;

  pd_db_begin (fixture->db, PD_DB_WRITE, &error);
  g_assert_no_error (error);
  if (!pd_db_exec (fixture->db, SQL (ADD),
                   PD_BIND (PD_INT (1), PD_TEXT (NULL), PD_TEXT (NULL), PD_BLOB (bytes, size)),
                   NULL, &error))
    {
      g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, "max_allowed_packet"));
      g_clear_error (&error);
    }
  add (fixture->db, 2, "still here");
  pd_db_commit (fixture->db, &error);
  g_assert_no_error (error);
}

static void
test_nested (Fixture *fixture, gconstpointer dialect)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdRows) outer = NULL;
  guint seen = 0;

  for (gint64 id = 1; id <= 20; id++)
    add (fixture->db, id, NULL);
  outer = pd_db_query (fixture->db, SQL (GET_ALL), PD_NO_VALUES, &error);
  while (pd_rows_next (outer, &error) == 1)
    {
      /* the same statement again, and one that changes the table */
      g_autoptr (PdRows) inner = pd_db_query (fixture->db, SQL (GET_ALL), PD_NO_VALUES, &error);
      g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT, pd_rows_int (outer, 0));

      g_assert_cmpint (pd_rows_next (inner, &error), ==, 1);
      g_assert_cmpint (pd_rows_int (inner, 0), ==, 1);
      g_assert_cmpint (pd_rows_int (outer, 0), ==, ++seen);
      pd_db_exec (fixture->db, SQL (RENAME), PD_BIND (PD_TEXT (name), PD_INT (seen)), NULL, &error);
      g_assert_no_error (error);
    }
  g_assert_no_error (error);
  g_assert_cmpint (seen, ==, 20);
}

static void
test_changed (Fixture *fixture, gconstpointer dialect)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdRows) rows = NULL;
  gint64 changed = -1;

  add (fixture->db, 1, "one");
  pd_db_exec (fixture->db, SQL (RENAME), PD_BIND (PD_TEXT ("one"), PD_INT (1)), &changed, &error);
  g_assert_cmpint (changed, ==, 1); /* met, though the value is the same */
  pd_db_exec (fixture->db, SQL (RENAME), PD_BIND (PD_TEXT ("one"), PD_INT (2)), &changed, &error);
  g_assert_cmpint (changed, ==, 0);
  pd_db_exec (fixture->db, SQL (ADD_RETURNING), PD_BIND (PD_INT (3), PD_TEXT ("three")), &changed,
              &error);
  g_assert_cmpint (changed, ==, 1);
  g_assert_no_error (error);

  rows = pd_db_query (fixture->db, SQL (ADD_RETURNING), PD_BIND (PD_INT (4), PD_TEXT ("four")),
                      &error);
  g_assert_no_error (error);
  g_assert_cmpint (count (fixture->db), ==, 3); /* done by the query itself */
  g_assert_cmpint (pd_rows_next (rows, &error), ==, 1);
  g_assert_cmpint (pd_rows_int (rows, 0), ==, 4);
  g_assert_cmpstr (pd_rows_text (rows, 1), ==, "four");
  g_assert_cmpint (pd_rows_next (rows, &error), ==, 0);
}

static void
test_none (Fixture *fixture, gconstpointer dialect)
{
  g_autoptr (GError) error = NULL;
  gint64 n = 7;

  g_assert_true (pd_db_find_int (fixture->db, SQL (GET), PD_BIND (PD_INT (1)), &n, &error));
  g_assert_no_error (error);
  g_assert_cmpint (n, ==, 0);
}

static void
test_errors (Fixture *fixture, gconstpointer dialect)
{
  static const struct {
    guint sql;
    PdDbValue values[4];
    guint n;
    PdErrorCode code;
    const char *text;
    const char *why;
  } cases[] = {
    { ADD,
      { { PD_DB_INT, 1 }, { PD_DB_NULL }, { PD_DB_NULL }, { PD_DB_NULL } },
      4,
      PD_ERROR_CONFLICT,
      "statement add: ",
      "primary key" },
    { RENAME,
      { { PD_DB_TEXT, 0, "two", 3 }, { PD_DB_INT, 1 } },
      2,
      PD_ERROR_CONFLICT,
      "statement rename: ",
      "unique" },
    { LINK,
      { { PD_DB_INT, 9 }, { PD_DB_INT, 1 } },
      2,
      PD_ERROR_CONFLICT,
      "statement link: ",
      "foreign key, no such parent" },
    { DELETE,
      { { PD_DB_INT, 2 } },
      1,
      PD_ERROR_CONFLICT,
      "statement delete: ",
      "foreign key, has a child" },
    { BUMP,
      { { PD_DB_INT, 1000 }, { PD_DB_INT, 1 } },
      2,
      PD_ERROR_INVALID,
      "statement bump: ",
      "check" },
    { RENAME,
      { { PD_DB_TEXT, 0, "\xff", 1 }, { PD_DB_INT, 1 } },
      2,
      PD_ERROR_INVALID,
      "value 1 is not UTF-8",
      "text that is no UTF-8" },
    { RENAME,
      { { PD_DB_INT, 1 }, { PD_DB_INT, 1 } },
      2,
      PD_ERROR_INTERNAL,
      "statement rename: value 1 has the wrong type",
      "wrong type" },
    { RENAME,
      { { PD_DB_TEXT, 0, "x", 1 } },
      1,
      PD_ERROR_INTERNAL,
      "statement rename: 1 values instead of 2",
      "too few" },
    { WRONG_OUT,
      { { PD_DB_NULL } },
      0,
      PD_ERROR_INTERNAL,
      "statement wrong_out: ",
      "the number of columns is not that of the comment" },
  };
  g_autoptr (GError) error = NULL;

  add (fixture->db, 1, "one");
  add (fixture->db, 2, "two");
  add (fixture->db, 3, "three");
  pd_db_exec (fixture->db, SQL (LINK), PD_BIND (PD_INT (2), PD_INT (3)), NULL, &error);
  g_assert_no_error (error);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PdRows *rows;

      g_test_message ("%s", cases[i].why);
      rows = pd_db_query (fixture->db, SQL (cases[i].sql), cases[i].values, cases[i].n, &error);
      g_assert_null (rows);
      g_assert_error (error, PD_ERROR, (int)cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].text));
      g_clear_error (&error);
      if (cases[i].sql == WRONG_OUT)
        continue;
      g_assert_false (
          pd_db_exec (fixture->db, SQL (cases[i].sql), cases[i].values, cases[i].n, NULL, &error));
      g_assert_error (error, PD_ERROR, (int)cases[i].code);
      g_clear_error (&error);
    }
}

static void
test_savepoint (Fixture *fixture, gconstpointer dialect)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (pd_db_savepoint (fixture->db, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_INTERNAL);
  g_clear_error (&error);

  pd_db_begin (fixture->db, PD_DB_WRITE, &error);
  add (fixture->db, 1, "one");
  for (gint64 id = 2; id <= 4; id++)
    {
      g_assert_true (pd_db_savepoint (fixture->db, &error));
      add (fixture->db, id, NULL);
      if (id == 3)
        {
          /* a conflict spoils one mail, not its batch */
          g_assert_false (pd_db_exec (fixture->db, SQL (RENAME),
                                      PD_BIND (PD_TEXT ("one"), PD_INT (3)), NULL, &error));
          g_clear_error (&error);
          g_assert_true (pd_db_in_transaction (fixture->db));
          g_assert_true (pd_db_has_failed (fixture->db));
          g_assert_true (pd_db_rollback_to (fixture->db, &error));
          g_assert_false (pd_db_has_failed (fixture->db));
        }
      else
        g_assert_true (pd_db_release (fixture->db, &error));
      g_assert_no_error (error);
    }
  g_assert_false (pd_db_release (fixture->db, NULL));
  g_assert_true (pd_db_commit (fixture->db, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count (fixture->db), ==, 3);

  pd_db_begin (fixture->db, PD_DB_WRITE, &error);
  add (fixture->db, 5, NULL);
  pd_db_rollback (fixture->db);
  g_assert_false (pd_db_in_transaction (fixture->db));
  g_assert_cmpint (count (fixture->db), ==, 3);
  pd_db_rollback (fixture->db);
}

/* What is undone inside is not undone outside, and the other way round. */
static void
test_savepoints (Fixture *fixture, gconstpointer dialect)
{
  g_autoptr (GError) error = NULL;

  for (int outer = 0; outer < 2; outer++)
    for (int inner = 0; inner < 2; inner++)
      {
        gint64 before = count (fixture->db);

        g_assert_true (pd_db_begin (fixture->db, PD_DB_WRITE, &error));
        g_assert_true (pd_db_savepoint (fixture->db, &error));
        add (fixture->db, 10 * before + 1, NULL);
        for (int turn = 0; turn < 2; turn++)
          {
            g_assert_true (pd_db_savepoint (fixture->db, &error));
            g_assert_false (pd_db_savepoint (fixture->db, NULL));
            add (fixture->db, 10 * before + 2 + turn, NULL);
            g_assert_true (inner ? pd_db_release (fixture->db, &error)
                                 : pd_db_rollback_to (fixture->db, &error));
          }
        g_assert_true (outer ? pd_db_release (fixture->db, &error)
                             : pd_db_rollback_to (fixture->db, &error));
        g_assert_false (pd_db_release (fixture->db, NULL));
        g_assert_true (pd_db_commit (fixture->db, &error));
        g_assert_no_error (error);
        g_assert_cmpint (count (fixture->db) - before, ==, outer ? 1 + 2 * inner : 0);
      }
}

/* A reader sees one state of the database and does not wait for the writer. */
static void
test_snapshot (Fixture *fixture, gconstpointer dialect)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdDb) reader = pd_db_open (fixture->url, &error);

  g_assert_no_error (error);
  pd_db_begin (reader, PD_DB_READ, &error);
  g_assert_cmpint (count (reader), ==, 0);
  pd_db_begin (fixture->db, PD_DB_WRITE, &error);
  add (fixture->db, 1, NULL);
  g_assert_cmpint (count (reader), ==, 0);
  pd_db_commit (fixture->db, &error);
  g_assert_cmpint (count (reader), ==, 0);
  pd_db_commit (reader, &error);
  g_assert_cmpint (count (reader), ==, 1);
  g_assert_no_error (error);

  pd_db_begin (reader, PD_DB_READ, &error);
  g_assert_false (pd_db_exec (reader, SQL (DELETE), PD_BIND (PD_INT (1)), NULL, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_INTERNAL);
  g_clear_error (&error);
  pd_db_rollback (reader);
  g_assert_cmpint (count (fixture->db), ==, 1);
}

typedef struct {
  guint runs;
  guint conflicts;
  PdErrorCode code;
} Work;

static gboolean
work_with_conflicts (PdDb *db, gpointer data, GError **error)
{
  Work *work = data;

  g_assert_true (pd_db_in_transaction (db));
  work->runs++;
  add (db, 1, NULL);
  if (work->runs <= work->conflicts)
    return pd_fail (error, work->code, "on purpose");
  return TRUE;
}

static void
test_transaction (Fixture *fixture, gconstpointer dialect)
{
  static const struct {
    guint conflicts;
    PdErrorCode code;
    guint runs;
    gboolean done;
    const char *why;
  } cases[] = {
    { 0, PD_ERROR_CONFLICT, 1, TRUE, "no conflict" },
    { 2, PD_ERROR_CONFLICT, 3, TRUE, "run again" },
    { 99, PD_ERROR_CONFLICT, 5, FALSE, "not forever" },
    { 1, PD_ERROR_INVALID, 1, FALSE, "an input that is wrong stays so" },
    { 1, PD_ERROR_TEMPORARY, 1, FALSE, "the caller may know when later is" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      Work work = { 0, cases[i].conflicts, cases[i].code };

      g_test_message ("%s", cases[i].why);
      g_assert_cmpint (
          pd_db_transaction (fixture->db, PD_DB_WRITE, work_with_conflicts, &work, &error), ==,
          cases[i].done);
      g_assert_cmpint (work.runs, ==, cases[i].runs);
      g_assert_false (pd_db_in_transaction (fixture->db));
      if (!cases[i].done)
        g_assert_error (error, PD_ERROR, (int)cases[i].code);
      g_assert_cmpint (count (fixture->db), ==, cases[i].done);
      pd_db_exec (fixture->db, SQL (DELETE), PD_BIND (PD_INT (1)), NULL, NULL);
    }
}

/* Two that lock the same two rows in opposite order. */
typedef struct {
  const char *url;
  gint64 first, second;
  GMutex *mutex;
  GCond *cond;
  guint *met; /* how many hold their first row */
  guint runs;
  GError *error;
} Rival;

static gboolean
bump (PdDb *db, gint64 id, GError **error)
{
  return pd_db_exec (db, SQL (BUMP), PD_BIND (PD_INT (1), PD_INT (id)), NULL, error);
}

static gboolean
fight (PdDb *db, gpointer data, GError **error)
{
  Rival *rival = data;

  rival->runs++;
  if (!bump (db, rival->first, error))
    return FALSE;
  if (rival->runs == 1 && pd_db_get_dialect (db) == PD_DB_MARIADB)
    {
      g_mutex_lock (rival->mutex);
      (*rival->met)++;
      g_cond_broadcast (rival->cond);
      while (*rival->met < 2)
        g_cond_wait (rival->cond, rival->mutex);
      g_mutex_unlock (rival->mutex);
    }
  return bump (db, rival->second, error);
}

static gpointer
run_rival (gpointer data)
{
  Rival *rival = data;
  g_autoptr (PdDb) db = pd_db_open (rival->url, &rival->error);

  if (db != NULL)
    pd_db_transaction (db, PD_DB_WRITE, fight, rival, &rival->error);
  return NULL;
}

static void
test_rivals (Fixture *fixture, gconstpointer dialect)
{
  GMutex mutex;
  GCond cond;
  guint met = 0;
  Rival rivals[] = { { fixture->url, 1, 2, &mutex, &cond, &met },
                     { fixture->url, 2, 1, &mutex, &cond, &met } };
  GThread *threads[2];

  g_mutex_init (&mutex);
  g_cond_init (&cond);
  add (fixture->db, 1, NULL);
  add (fixture->db, 2, NULL);
  for (guint i = 0; i < 2; i++)
    threads[i] = g_thread_new ("rival", run_rival, &rivals[i]);
  for (guint i = 0; i < 2; i++)
    g_thread_join (threads[i]);
  g_assert_no_error (rivals[0].error);
  g_assert_no_error (rivals[1].error);
  /* SQLite's writers wait for each other; in MariaDB one was the victim */
  g_assert_cmpint (rivals[0].runs + rivals[1].runs, ==,
                   GPOINTER_TO_INT (dialect) == PD_DB_MARIADB ? 3 : 2);
  g_mutex_clear (&mutex);
  g_cond_clear (&cond);
}

static void
test_url (void)
{
  static const struct {
    const char *url;
    const char *why;
  } cases[] = {
    { "", "nothing" },
    { "sqlite:", "no path" },
    { "postgresql://a@b/c", "a database that we do not speak" },
    { "mysql://localhost/db", "no user" },
    { "mysql://user@host", "no database" },
    { "mysql://user@host/", "an empty one" },
    { "mysql://user@/db", "no host" },
    { "mysql://user:secret@host:x/db", "no port" },
    { "mysql://user:secret@host/db?sockt=/s", "a parameter that does not exist" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].why);
      g_assert_null (pd_db_open (cases[i].url, &error));
      g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
      g_assert_null (strstr (error->message, "secret"));
    }
}

static void
test_away (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (pd_db_open ("mysql://u:secret@localhost/d?socket=/nonexistent/s", &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_TEMPORARY);
  g_assert_null (strstr (error->message, "secret"));
  g_clear_error (&error);
  g_assert_null (pd_db_open ("sqlite:/nonexistent/d", &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_INTERNAL);
}

/* SQLite: a full disk ends the transaction; what comes after it says so until
 * the rollback, and service resumes when there is room.
 */
static void
test_full (Fixture *fixture, gconstpointer dialect)
{
  g_autofree char *bytes = g_malloc0 (500000);
  g_autoptr (GError) error = NULL;

  pd_db_exec_script (fixture->db, "PRAGMA max_page_count = 100", &error);
  g_assert_no_error (error);
  pd_db_begin (fixture->db, PD_DB_WRITE, &error);
  add (fixture->db, 1, NULL);
  g_assert_false (pd_db_exec (
      fixture->db, SQL (ADD),
      PD_BIND (PD_INT (2), PD_TEXT (NULL), PD_TEXT (NULL), PD_BLOB (bytes, 500000)), NULL, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_TEMPORARY);
  g_clear_error (&error);
  if (!pd_db_in_transaction (fixture->db))
    {
      g_assert_false (bump (fixture->db, 1, &error));
      g_clear_error (&error);
      g_assert_false (pd_db_commit (fixture->db, &error));
      g_clear_error (&error);
    }
  pd_db_rollback (fixture->db);
  g_assert_cmpint (count (fixture->db), ==, 0);
  pd_db_exec_script (fixture->db, "PRAGMA max_page_count = 100000", &error);
  pd_db_begin (fixture->db, PD_DB_WRITE, &error);
  add (fixture->db, 1, NULL);
  g_assert_true (pd_db_commit (fixture->db, &error));
  g_assert_cmpint (count (fixture->db), ==, 1);
}

static void
test_mode (Fixture *fixture, gconstpointer dialect)
{
  GStatBuf state;

  g_assert_cmpint (g_stat (fixture->url + strlen ("sqlite:"), &state), ==, 0);
  g_assert_cmpint (state.st_mode & 07, ==, 0);
}

/* Ends a connection from outside, as an administrator or a time-out would. */
static void
kill_connection (PdDb *db)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gint64 id;

  pd_db_find_int (db, SQL (KILL), PD_NO_VALUES, &id, &error);
  g_assert_no_error (error);
  text = g_strdup_printf ("KILL %" G_GINT64_FORMAT, id);
  test_mariadb_sql (server, text);
}

static void
test_lost (Fixture *fixture, gconstpointer dialect)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdRows) rows = NULL;

  /* idle: a question and a beginning find a new connection by themselves */
  kill_connection (fixture->db);
  g_assert_cmpint (count (fixture->db), ==, 0);
  kill_connection (fixture->db);
  g_assert_true (pd_db_begin (fixture->db, PD_DB_WRITE, &error));
  add (fixture->db, 1, NULL);

  /* in a transaction it is lost, and stays so until the rollback */
  kill_connection (fixture->db);
  g_assert_false (bump (fixture->db, 1, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_TEMPORARY);
  g_clear_error (&error);
  g_assert_false (pd_db_in_transaction (fixture->db));
  g_assert_false (bump (fixture->db, 1, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_TEMPORARY);
  g_clear_error (&error);
  g_assert_false (pd_db_rollback_to (fixture->db, NULL));
  g_assert_false (pd_db_commit (fixture->db, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_TEMPORARY);
  g_clear_error (&error);
  pd_db_rollback (fixture->db);
  g_assert_cmpint (count (fixture->db), ==, 0);

  /* a change outside of a transaction is told, and not done twice */
  kill_connection (fixture->db);
  g_assert_false (bump (fixture->db, 1, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_TEMPORARY);
  g_clear_error (&error);

  /* rows of a lost connection end with an error */
  add (fixture->db, 1, NULL);
  rows = pd_db_query (fixture->db, SQL (GET_ALL), PD_NO_VALUES, &error);
  kill_connection (fixture->db);
  g_assert_cmpint (count (fixture->db), ==, 1);
  g_assert_cmpint (pd_rows_next (rows, &error), ==, -1);
  g_assert_error (error, PD_ERROR, PD_ERROR_TEMPORARY);
}

static gboolean
work_and_lose (PdDb *db, gpointer data, GError **error)
{
  guint *runs = data;

  add (db, 1, NULL);
  if (++*runs == 1)
    kill_connection (db);
  return bump (db, 1, error);
}

static void
test_lost_retry (Fixture *fixture, gconstpointer dialect)
{
  g_autoptr (GError) error = NULL;
  guint runs = 0;

  pd_db_transaction (fixture->db, PD_DB_WRITE, work_and_lose, &runs, &error);
  g_assert_no_error (error);
  g_assert_cmpint (runs, ==, 2);
  g_assert_cmpint (count (fixture->db), ==, 1);
}

static void
test_server_dies (Fixture *fixture, gconstpointer dialect)
{
  g_autoptr (GError) error = NULL;
  guint runs = 0;
  Work work = { 0 };

  g_assert_true (pd_db_begin (fixture->db, PD_DB_WRITE, &error));
  add (fixture->db, 1, NULL);
  test_mariadb_kill (server);
  g_assert_false (pd_db_commit (fixture->db, &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_TEMPORARY);
  g_clear_error (&error);
  for (int i = 0; i < 3; i++)
    {
      g_assert_false (
          pd_db_transaction (fixture->db, PD_DB_WRITE, work_with_conflicts, &work, &error));
      g_assert_error (error, PD_ERROR, PD_ERROR_TEMPORARY);
      g_clear_error (&error);
    }
  g_assert_cmpint (work.runs, ==, 0);
  test_mariadb_revive (server);
  g_assert_true (pd_db_transaction (fixture->db, PD_DB_WRITE, work_with_conflicts, &work, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count (fixture->db), ==, 1);
  g_assert_cmpint (runs, ==, 0);
}

static const struct Test {
  const char *name;
  void (*run) (Fixture *, gconstpointer);
  guint dialects;
} tests[] = {
  { "values", test_values, 3 },
  { "blob", test_blob, 3 },
  { "packet", test_packet, 3 },
  { "nested", test_nested, 3 },
  { "changed", test_changed, 3 },
  { "none", test_none, 3 },
  { "errors", test_errors, 3 },
  { "savepoint", test_savepoint, 3 },
  { "savepoints", test_savepoints, 3 },
  { "snapshot", test_snapshot, 3 },
  { "transaction", test_transaction, 3 },
  { "rivals", test_rivals, 3 },
  { "full", test_full, 1 << PD_DB_SQLITE },
  { "mode", test_mode, 1 << PD_DB_SQLITE },
  { "lost", test_lost, 1 << PD_DB_MARIADB },
  { "lost-retry", test_lost_retry, 1 << PD_DB_MARIADB },
  { "server-dies", test_server_dies, 1 << PD_DB_MARIADB },
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
  folder = g_dir_make_tmp ("pd-test-db-XXXXXX", NULL);
  server = test_mariadb_start (&reason);
  g_test_add_func ("/db/url", test_url);
  g_test_add_func ("/db/away", test_away);
  for (int dialect = PD_DB_SQLITE; dialect <= PD_DB_MARIADB; dialect++)
    for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
      {
        g_autofree char *path = g_strdup_printf ("/db/%s/%s", names[dialect], tests[i].name);

        if ((tests[i].dialects & (1u << dialect)) == 0)
          continue;
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
