#include "tests/lib/mariadb.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <mysql.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_SECONDS 120
#define POLL_PAUSE 20000 /* microseconds */

struct TestMariadb {
  char *program;
  char *folder;
  char *socket;
  const char *const *options; /* further ones, or NULL */
  GPid pid;                   /* 0: not running */
};

void
test_remove_tree (const char *path)
{
  const char *argv[] = { "rm", "-rf", "--", path, NULL };

  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}

/* Daemons are in a folder that not every user's PATH has. */
static char *
find_program (const char *name)
{
  char *path = g_find_program_in_path (name);

  if (path == NULL)
    {
      path = g_build_filename ("/usr/sbin", name, NULL);
      if (access (path, X_OK) != 0)
        g_clear_pointer (&path, g_free);
    }
  return path;
}

static gboolean
run_quietly (const char **argv)
{
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;
  int status = -1;

  if (g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status,
                    NULL)
      && g_spawn_check_wait_status (status, NULL))
    return TRUE;
  g_test_message ("%s: %s %s", argv[0], out != NULL ? out : "", err != NULL ? err : "");
  return FALSE;
}

/* With a folder for temporary tables of its own, as each server: servers that
 * share one take each other's away. */
static gboolean
install (const char *folder)
{
  g_autofree char *scratch = g_dir_make_tmp ("pd-mariadb-XXXXXX", NULL);
  g_autofree char *temporary = g_strdup_printf ("--tmpdir=%s", scratch);
  g_autofree char *data = g_strdup_printf ("--datadir=%s", folder);
  g_autofree char *user = g_strdup_printf ("--user=%s", g_get_user_name ());
  const char *argv[] = { "mariadb-install-db",
                         "--no-defaults",
                         data,
                         temporary,
                         user,
                         "--auth-root-authentication-method=normal",
                         "--skip-test-db",
                         "--innodb-log-file-size=8M",
                         NULL };
  gboolean installed = scratch != NULL && run_quietly (argv);

  if (scratch != NULL)
    test_remove_tree (scratch);
  return installed;
}

/* Installing takes two seconds, copying a tenth: the first test program of the
 * build tree leaves its fresh folder for the others.
 */
static gboolean
make_data (const char *folder)
{
  const char *build = g_getenv ("PD_BUILDDIR");
  g_autofree char *master
      = build != NULL ? g_build_filename (build, "tests", "lib", "mariadb-data", NULL) : NULL;
  g_autofree char *fresh = NULL;
  const char *copy[] = { "cp", "-a", "--", master, folder, NULL };

  if (master == NULL)
    return install (folder);
  if (!g_file_test (master, G_FILE_TEST_IS_DIR))
    {
      g_autofree char *parent = g_path_get_dirname (master);

      fresh = g_strdup_printf ("%s.%d", master, (int)getpid ());
      if (g_mkdir_with_parents (parent, 0755) != 0 || !install (fresh))
        {
          test_remove_tree (fresh);
          return FALSE;
        }
      /* two that do it at once: one wins */
      if (g_rename (fresh, master) != 0)
        test_remove_tree (fresh);
    }
  return run_quietly (copy);
}

static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

MYSQL *
test_mariadb_connect (TestMariadb *server, const char *database)
{
  MYSQL *handle = mysql_init (NULL);

  mysql_options (handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  if (mysql_real_connect (handle, "localhost", "root", NULL, database, 0, server->socket, 0)
      != NULL)
    return handle;
  mysql_close (handle);
  return NULL;
}

static gboolean
wait_ready (TestMariadb *server)
{
  for (gint64 end = g_get_monotonic_time () + START_SECONDS * G_USEC_PER_SEC;
       g_get_monotonic_time () < end;)
    {
      MYSQL *handle = test_mariadb_connect (server, NULL);

      if (handle != NULL)
        {
          mysql_close (handle);
          return TRUE;
        }
      if (waitpid (server->pid, NULL, WNOHANG) != 0)
        {
          server->pid = 0;
          return FALSE;
        }
      g_usleep (POLL_PAUSE);
    }
  return FALSE;
}

static gboolean
launch (TestMariadb *server)
{
  g_autofree char *data = g_strdup_printf ("--datadir=%s/data", server->folder);
  g_autofree char *temporary = g_strdup_printf ("--tmpdir=%s", server->folder);
  g_autofree char *socket = g_strdup_printf ("--socket=%s", server->socket);
  g_autofree char *pid_file = g_strdup_printf ("--pid-file=%s/pid", server->folder);
  g_autofree char *log = g_strdup_printf ("--log-error=%s/log", server->folder);
  g_autofree char *user = g_strdup_printf ("--user=%s", g_get_user_name ());
  const char *common[] = { server->program,
                           "--no-defaults",
                           data,
                           temporary,
                           socket,
                           pid_file,
                           log,
                           user,
                           "--skip-networking",
                           "--skip-log-bin",
                           "--performance-schema=off",
                           "--innodb-flush-log-at-trx-commit=2",
                           "--innodb-log-file-size=8M",
                           "--innodb-buffer-pool-size=64M",
                           "--aria-pagecache-buffer-size=8M",
                           "--key-buffer-size=1M",
                           "--innodb-fast-shutdown=2" };
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (common); i++)
    g_ptr_array_add (argv, (char *)common[i]);
  /* what comes later counts */
  for (guint i = 0; server->options != NULL && server->options[i] != NULL; i++)
    g_ptr_array_add (argv, (char *)server->options[i]);
  g_ptr_array_add (argv, NULL);
  if (!g_spawn_async (NULL, (char **)argv->pdata, NULL,
                      G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL
                          | G_SPAWN_STDERR_TO_DEV_NULL,
                      die_with_parent, NULL, &server->pid, NULL))
    return FALSE;
  return wait_ready (server);
}

TestMariadb *
test_mariadb_start_with (const char *parent, const char *const *options, const char **out_reason)
{
  g_autoptr (TestMariadb) server = g_new0 (TestMariadb, 1);
  g_autofree char *installer = find_program ("mariadb-install-db");
  g_autofree char *data = NULL;

  *out_reason = "mariadbd is not installed";
  server->program = find_program ("mariadbd");
  if (server->program == NULL || installer == NULL)
    return NULL;
  *out_reason = "mariadbd does not start";
  server->options = options;
  /* short: the path of a socket has 107 bytes at most */
  server->folder
      = g_build_filename (parent != NULL ? parent : g_get_tmp_dir (), "pd-mariadb-XXXXXX", NULL);
  if (g_mkdtemp (server->folder) == NULL)
    {
      g_clear_pointer (&server->folder, g_free);
      return NULL;
    }
  server->socket = g_build_filename (server->folder, "s", NULL);
  data = g_build_filename (server->folder, "data", NULL);
  if (!make_data (data) || !launch (server))
    return NULL;
  *out_reason = NULL;
  return g_steal_pointer (&server);
}

TestMariadb *
test_mariadb_start (const char **out_reason)
{
  return test_mariadb_start_with (NULL, NULL, out_reason);
}

void
test_mariadb_kill (TestMariadb *server)
{
  if (server->pid == 0)
    return;
  kill (server->pid, SIGKILL);
  while (waitpid (server->pid, NULL, 0) < 0 && errno == EINTR)
    ;
  server->pid = 0;
}

void
test_mariadb_revive (TestMariadb *server)
{
  g_assert_true (launch (server));
}

void
test_mariadb_stop (TestMariadb *server)
{
  if (server == NULL)
    return;
  test_mariadb_kill (server);
  if (server->folder != NULL)
    test_remove_tree (server->folder);
  g_free (server->program);
  g_free (server->folder);
  g_free (server->socket);
  g_free (server);
}

void
test_mariadb_sql (TestMariadb *server, const char *text)
{
  MYSQL *handle = test_mariadb_connect (server, NULL);

  g_assert_nonnull (handle);
  if (mysql_query (handle, text) != 0)
    g_error ("%s: %s", text, mysql_error (handle));
  mysql_close (handle);
}

char *
test_mariadb_dup_url (TestMariadb *server, const char *database)
{
  g_autofree char *text = g_strdup_printf ("CREATE OR REPLACE DATABASE %s", database);

  test_mariadb_sql (server, text);
  return g_strdup_printf ("mysql://root@localhost/%s?socket=%s", database, server->socket);
}
