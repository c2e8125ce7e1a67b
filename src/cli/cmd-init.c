/* A new desk in one folder: settings, key, database, and with --demo people to
 * try it with.  Nothing that exists is overwritten.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/demo.h"
#include "desk/unit.h"
#include "mail/keyring.h"
#include "store/migrate.h"

typedef struct {
  gboolean demo;
  const char *domain;
  const char *name;
  const char *database;
  const char *directory;
} InitOptions;

/* a port that is free now, `wanted` if it can be had */
static guint16
free_port (guint16 wanted)
{
  for (guint port = wanted; port < wanted + 100u; port++)
    {
      int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons ((guint16)port),
        .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
      };
      int yes = 1;
      int bound;

      /* as a server would: connections that have just ended do not count */
      if (fd >= 0)
        setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
      bound = fd >= 0 ? bind (fd, (struct sockaddr *)&address, sizeof address) : -1;

      if (fd >= 0)
        close (fd);
      if (bound == 0)
        return (guint16)port;
    }
  return wanted;
}

/* writes a file that must not exist yet */
static gboolean
write_new (const char *path, const char *text, mode_t mode, GError **error)
{
  gsize length = strlen (text);
  int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  gboolean written;

  if (fd < 0)
    return pd_fail (error, errno == EEXIST ? PD_ERROR_CONFLICT : PD_ERROR_DENIED, "%s: %s", path,
                    g_strerror (errno));
  written = write (fd, text, length) == (gssize)length && fsync (fd) == 0;
  return (close (fd) == 0 && written)
         || pd_fail (error, PD_ERROR_TEMPORARY, "%s: cannot be written", path);
}

static char *
settings_text (const InitOptions *options, const char *directory)
{
  g_autoptr (GString) text
      = g_string_new ("# postdesk.conf - `postdesk config show --all` lists every setting.\n\n");

  g_string_append_printf (text, "[desk]\nname = %s\ndomain = %s\nkey_file = %s/postdesk.key\n\n",
                          options->name, options->domain, directory);
  if (options->database != NULL)
    g_string_append_printf (text, "[database]\nurl = %s\n\n", options->database);
  else
    g_string_append_printf (text, "[database]\nurl = sqlite:%s/desk.db\n\n", directory);
  if (options->demo)
    g_string_append_printf (text,
                            "[lmtp]\nlisten = 127.0.0.1:%u unix:%s/lmtp\n\n[smtp]\nurl = "
                            "smtp://127.0.0.1:%u\ntls = none\n",
                            free_port (2424), directory, free_port (2525));
  else
    g_string_append (text, "[lmtp]\nlisten = 127.0.0.1:24\n\n[smtp]\nurl = smtp://127.0.0.1:25\n");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
write_files (const InitOptions *options, const char *directory, const char *conf, GError **error)
{
  g_autofree char *key = g_build_filename (directory, "postdesk.key", NULL);
  g_autofree char *key_line = pd_keyring_new_line ("k1");
  g_autofree char *key_text = g_strconcat (
      "# Signs reply addresses and Message-IDs.  The last line signs, all lines verify.\n",
      key_line, NULL);
  g_autofree char *settings = settings_text (options, directory);

  if (g_mkdir_with_parents (directory, 0750) != 0)
    return pd_fail (error, PD_ERROR_DENIED, "%s: %s", directory, g_strerror (errno));
  if (g_file_test (conf, G_FILE_TEST_EXISTS))
    return pd_fail (
        error, PD_ERROR_CONFLICT,
        "%s exists already; nothing was changed (`postdesk -c %s migrate` makes its database)",
        conf, conf);
  /* a key from an earlier try stays: mail that it signed may be on its way */
  if (!g_file_test (key, G_FILE_TEST_EXISTS) && !write_new (key, key_text, 0600, error))
    return FALSE;
  return write_new (conf, settings, 0640, error);
}

static void
print_next_steps (const InitOptions *options, const char *conf)
{
  g_print ("%s is written and the database is ready.\n", conf);
  if (options->demo)
    g_print ("Next: postdesk -c %s up --sink %s\n", conf, "DIRECTORY");
  else
    g_print ("Next:\n"
             "  postdesk -c %s unit add support --address support@%s\n"
             "  postdesk -c %s person add --name NAME --address YOU@%s --role head --unit support "
             "--admin\n"
             "  postdesk -c %s up\n",
             conf, options->domain, conf, options->domain, conf);
}

static gboolean
init (PdCli *cli, const InitOptions *options, GError **error)
{
  g_autofree char *directory = g_canonicalize_filename (options->directory, NULL);
  g_autofree char *conf = g_build_filename (directory, "postdesk.conf", NULL);
  PdDb *db;

  if (!write_files (options, directory, conf, error))
    return FALSE;
  cli->config_path = conf;
  if (!pd_cli_settings (cli, error))
    return FALSE;
  db = pd_db_open (cli->program->database_url, error);
  if (db == NULL)
    return FALSE;
  if (!pd_migrate_run (db, error))
    {
      pd_db_close (db);
      return FALSE;
    }
  cli->desk = pd_desk_new (db, &cli->program->desk);
  if (options->demo && !pd_demo_fill (cli->desk, error))
    return FALSE;
  print_next_steps (options, conf);
  return TRUE;
}

gboolean
pd_command_init (PdCli *cli, int argc, char **argv, GError **error)
{
  InitOptions options = { 0 };
  g_autofree char *domain = NULL, *name = NULL, *database = NULL;
  const GOptionEntry entries[] = {
    { "demo", 0, 0, G_OPTION_ARG_NONE, &options.demo, "With units and people to try it with",
      NULL },
    { "domain", 0, 0, G_OPTION_ARG_STRING, &domain, "The domain of the desk's addresses",
      "DOMAIN" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, "The desk's name in subjects: [NAME #123]",
      "NAME" },
    { "database", 0, 0, G_OPTION_ARG_STRING, &database, "sqlite:PATH or mysql://USER:PASS@HOST/DB",
      "URL" },
    G_OPTION_ENTRY_NULL,
  };

  if (!pd_cli_options (cli, entries, &argc, &argv, 0, 1, error))
    return FALSE;
  if (domain == NULL && !options.demo)
    return pd_cli_usage (cli, error, "give --domain, the part of the desk's addresses after the @");
  options.domain = domain != NULL ? domain : "desk.example";
  options.name = name != NULL ? name : options.demo ? "DEMO" : "DESK";
  options.database = database;
  options.directory = argc > 1 ? argv[1] : options.demo ? "run" : PD_SYSCONFDIR "/postdesk";
  return init (cli, &options, error);
}
