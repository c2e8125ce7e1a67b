#include "tests/lib/desk-suite.h"

#include "tests/lib/mariadb.h"

static TestMariadb *server;
static const char *no_server; /* why there is none */

static void
run_on_sqlite (gconstpointer test)
{
  g_autoptr (DeskFixture) f = desk_fixture_new (NULL);

  ((const DeskTest *)test)->run (f);
}

/* The server is started by the first test that wants it: who picks tests of
 * the other database by -p does not wait for it. */
static void
run_on_mariadb (gconstpointer test)
{
  static int n_databases;
  g_autofree char *name = g_strdup_printf ("desk%d", n_databases++);
  g_autofree char *url = NULL;
  g_autoptr (DeskFixture) f = NULL;

  if (server == NULL && no_server == NULL)
    server = test_mariadb_start (&no_server);
  if (server == NULL)
    {
      g_test_skip (no_server);
      return;
    }
  url = test_mariadb_dup_url (server, name);
  f = desk_fixture_new (url);
  ((const DeskTest *)test)->run (f);
}

static void
add_tests (const char *where, GTestDataFunc run, const DeskTest *tests, gsize n_tests)
{
  for (gsize i = 0; i < n_tests; i++)
    {
      g_autofree char *path = g_strdup_printf ("/%s/%s", where, tests[i].name);

      g_test_add_data_func (path, &tests[i], run);
    }
}

int
desk_suite_run (const DeskTest *tests, gsize n_tests)
{
  int result;

  add_tests ("sqlite", run_on_sqlite, tests, n_tests);
  add_tests ("mariadb", run_on_mariadb, tests, n_tests);
  result = g_test_run ();
  g_clear_pointer (&server, test_mariadb_stop);
  return result;
}
