#include "store/migrate.h"

#include <glib/gstdio.h>

#include "base/error.h"

static void
test_empty (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdDb) db = pd_db_open ("sqlite::memory:", &error);
  gint64 version = -1;

  g_assert_no_error (error);
  g_assert_true (pd_migrate_current (db, &version, &error));
  g_assert_cmpint (version, ==, 0);
  g_assert_true (pd_migrate_run (db, &error));
  g_assert_no_error (error);
  g_assert_true (pd_migrate_current (db, &version, &error));
  g_assert_cmpint (version, ==, pd_migrate_target ());
  g_assert_true (pd_migrate_run (db, &error));
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/migrate/empty", test_empty);
  return g_test_run ();
}
