#include "common/program.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/datadir.h"
#include "base/error.h"
#include "base/log.h"
#include "config.h"
#include "store/migrate.h"

#define KNOWN_TEMPLATE "en/received.subject.mustache"
#define SMTP_PORT 25
#define SUBMISSION_PORT 465 /* smtps */

static const struct {
  const char *name;
  PdLogLevel level;
} levels[] = {
  { "error", PD_LOG_ERROR }, { "warning", PD_LOG_WARNING }, { "notice", PD_LOG_NOTICE },
  { "info", PD_LOG_INFO },   { "debug", PD_LOG_DEBUG },
};

static void
fill_desk (PdProgram *program)
{
  const PdConfig *config = program->config;
  const char *templates = pd_config_text (config, PD_SETTING_DESK_TEMPLATES);

  program->templates
      = templates[0] != '\0' ? g_strdup (templates) : pd_datadir_find ("templates", KNOWN_TEMPLATE);

  program->desk = (PdDeskSettings){
    .name = pd_config_text (config, PD_SETTING_DESK_NAME),
    .domain = pd_config_text (config, PD_SETTING_DESK_DOMAIN),
    .url = pd_config_text (config, PD_SETTING_DESK_URL),
    .language = pd_config_text (config, PD_SETTING_DESK_LANGUAGE),
    .timezone = pd_config_text (config, PD_SETTING_DESK_TIMEZONE),
    .legacy_marks = pd_config_text (config, PD_SETTING_DESK_LEGACY_MARKS),
    .delimiter = pd_config_text (config, PD_SETTING_DESK_RECIPIENT_DELIMITER)[0],
    .trust = {
      .authserv_id = pd_config_text (config, PD_SETTING_INGEST_AUTHSERV_ID),
      .fields = (guint)pd_config_int (config, PD_SETTING_INGEST_AUTHSERV_FIELDS),
      .sealers = pd_config_text (config, PD_SETTING_INGEST_ARC_SEALERS),
      .strict = strcmp (pd_config_text (config, PD_SETTING_INGEST_ALIGNMENT), "strict") == 0,
    },
    .bounds = {
      .max_hops = (guint)pd_config_int (config, PD_SETTING_LOOP_MAX_HOPS),
      .window = pd_config_int (config, PD_SETTING_LOOP_WINDOW),
      .acknowledgements = (guint)pd_config_int (config, PD_SETTING_LOOP_ACKNOWLEDGEMENTS),
      .notices = (guint)pd_config_int (config, PD_SETTING_LOOP_NOTICES),
      .ticket_mails = (guint)pd_config_int (config, PD_SETTING_LOOP_TICKET_MAILS),
      .alike = (guint)pd_config_int (config, PD_SETTING_LOOP_ALIKE),
    },
    .templates = program->templates,
    .notice_window = pd_config_int (config, PD_SETTING_NOTICE_WINDOW),
    .keyring = program->keyring,
  };
}

PdProgram *
pd_program_load (const char *path, GError **error)
{
  g_autoptr (PdProgram) program = g_new0 (PdProgram, 1);

  program->config_path = g_intern_string (pd_config_path (path));
  program->config = pd_config_load (program->config_path, error);
  if (program->config == NULL)
    return NULL;
  program->database_url = pd_config_text (program->config, PD_SETTING_DATABASE_URL);
  program->max_size = (gsize)pd_config_int (program->config, PD_SETTING_LMTP_MAX_SIZE);
  program->keyring
      = pd_keyring_load (pd_config_text (program->config, PD_SETTING_DESK_KEY_FILE), error);
  if (program->keyring == NULL)
    {
      g_prefix_error (error, "desk.key_file: ");
      return NULL;
    }
  fill_desk (program);
  return g_steal_pointer (&program);
}

void
pd_program_free (PdProgram *program)
{
  if (program == NULL)
    return;
  pd_config_free (program->config);
  pd_keyring_free (program->keyring);
  g_free (program->templates);
  g_free (program);
}

static gboolean
check_schema (PdDb *db, GError **error)
{
  gint64 current, target = pd_migrate_target ();

  if (!pd_migrate_current (db, &current, error))
    return FALSE;
  if (current == target)
    return TRUE;
  return pd_fail (error, PD_ERROR_INVALID,
                  current < target
                      ? "the database has schema %" G_GINT64_FORMAT
                        ", this program needs %" G_GINT64_FORMAT ": run `postdesk migrate`"
                      : "the database has schema %" G_GINT64_FORMAT
                        ", this program knows %" G_GINT64_FORMAT ": install the newer postdesk",
                  current, target);
}

PdDesk *
pd_program_open_desk (PdProgram *program, GError **error)
{
  g_autoptr (PdDb) db = pd_db_open (program->database_url, error);

  if (db == NULL || !check_schema (db, error))
    return NULL;
  return pd_desk_new (g_steal_pointer (&db), &program->desk);
}

static PdParserJail
find_jail (const char *word)
{
  if (strcmp (word, "preferred") == 0)
    return PD_JAIL_PREFERRED;
  return strcmp (word, "off") == 0 ? PD_JAIL_OFF : PD_JAIL_REQUIRED;
}

gboolean
pd_program_start_parsers (PdProgram *program, PdParserPool *pool, guint workers, GError **error)
{
  const PdConfig *config = program->config;
  guint wanted = (guint)pd_config_int (config, PD_SETTING_INGEST_PARSERS);
  PdParserSettings settings = {
    .workers = workers > 0  ? workers
               : wanted > 0 ? wanted
                            : MIN (g_get_num_processors (), 64),
    .memory = (gsize)pd_config_int (config, PD_SETTING_INGEST_PARSER_MEMORY),
    .time = pd_config_int (config, PD_SETTING_INGEST_PARSER_TIME),
    .jail = find_jail (pd_config_text (config, PD_SETTING_INGEST_SANDBOX)),
  };
  g_autofree char *least = pd_setting_format (pd_setting_row (PD_SETTING_INGEST_PARSER_MEMORY),
                                              (gint64)program->max_size * PD_PARSER_MEMORY_FACTOR);

  if (settings.memory < program->max_size * PD_PARSER_MEMORY_FACTOR)
    return pd_fail (error, PD_ERROR_INVALID,
                    "%s: ingest.parser_memory: too little for a mail as large as lmtp.max_size "
                    "allows; it needs %s",
                    pd_config_origin (config, PD_SETTING_INGEST_PARSER_MEMORY), least);
  return pd_parser_pool_start (pool, &settings, error);
}

gboolean
pd_program_start_gpg (PdProgram *program, PdGpg **out, GError **error)
{
  const char *home = pd_config_text (program->config, PD_SETTING_INGEST_GNUPG_HOME);

  *out = NULL;
  if (*home == '\0')
    return TRUE;
  *out = pd_gpg_new (home, 0, error);
  if (*out == NULL)
    g_prefix_error (error, "%s: ingest.gnupg_home: ",
                    pd_config_origin (program->config, PD_SETTING_INGEST_GNUPG_HOME));
  return *out != NULL;
}

char *
pd_program_smtp_address (PdProgram *program)
{
  const char *url = pd_config_text (program->config, PD_SETTING_SMTP_URL);
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_PARSE_RELAXED, NULL);
  const char *host = uri != NULL && g_uri_get_host (uri) != NULL ? g_uri_get_host (uri) : "";
  int port = uri != NULL ? g_uri_get_port (uri) : -1;

  if (port < 0)
    port = g_str_has_prefix (url, "smtps:") ? SUBMISSION_PORT : SMTP_PORT;
  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%d" : "%s:%d", host, port);
}

static void
open_log (const PdProgram *program, const char *name)
{
  const char *target = pd_config_text (program->config, PD_SETTING_LOG_TARGET);
  const char *wanted = pd_config_text (program->config, PD_SETTING_LOG_LEVEL);
  PdLogLevel level = PD_LOG_INFO;

  for (gsize i = 0; i < G_N_ELEMENTS (levels); i++)
    if (strcmp (levels[i].name, wanted) == 0)
      level = levels[i].level;
  pd_log_open (name, strcmp (target, "syslog") == 0 ? PD_LOG_TO_SYSLOG : PD_LOG_TO_STDERR, level);
}

/* Reads the options; FALSE: leave with *out_status. */
static gboolean
read_options (const char *name, const char *summary, int *argc, char ***argv, char **out_path,
              int *out_status)
{
  gboolean version = FALSE;
  const GOptionEntry entries[] = {
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, out_path,
      "Read the settings from FILE (else $POSTDESK_CONF, else " PD_SYSCONFDIR
      "/postdesk/postdesk.conf)",
      "FILE" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version", NULL },
    { 0 },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      fprintf (stderr, "%s: %s; try %s --help\n", name, error->message, name);
      *out_status = EX_USAGE;
      return FALSE;
    }
  if (*argc > 1)
    {
      fprintf (stderr, "%s: \"%s\" is one argument too many; try %s --help\n", name, (*argv)[1],
               name);
      *out_status = EX_USAGE;
      return FALSE;
    }
  if (version)
    printf ("%s (postdesk) " PACKAGE_VERSION "\n", name);
  *out_status = EX_OK;
  return !version;
}

/* Each line of an error with the program's name in front. */
static void
print_error (const char *name, const GError *error)
{
  g_auto (GStrv) lines = g_strsplit (error->message, "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    fprintf (stderr, "%s: %s\n", name, *line);
}

PdProgram *
pd_program_start (const char *name, const char *summary, int *argc, char ***argv, int *out_status)
{
  g_autoptr (PdProgram) program = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  if (!read_options (name, summary, argc, argv, &path, out_status))
    return NULL;
  program = pd_program_load (path, &error);
  if (program == NULL)
    {
      print_error (name, error);
      *out_status = EX_CONFIG;
      return NULL;
    }
  open_log (program, name);
  return g_steal_pointer (&program);
}
