#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "cli/commands.h"
#include "desk/status.h"
#include "desk/render.h"
#include "mail/reply.h"
#include "store/migrate.h"

/* ---- config ------------------------------------------------------------------ */

/* the folder of each UNIX socket must be there, and we must be able to write it */
static guint
check_sockets (PdConfig *config)
{
  guint wrong = 0;

  for (const char *const *listen = pd_config_list (config, PD_SETTING_LMTP_LISTEN); *listen != NULL;
       listen++)
    {
      g_autofree char *folder = NULL;

      if (!g_str_has_prefix (*listen, "unix:"))
        continue;
      folder = g_path_get_dirname (*listen + 5);
      if (access (folder, W_OK | X_OK) != 0)
        {
          g_printerr ("%s: lmtp.listen: %s: no such folder, or it cannot be written\n",
                      pd_config_origin (config, PD_SETTING_LMTP_LISTEN), folder);
          wrong++;
        }
    }
  return wrong;
}

gboolean
pd_command_config_check (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PdTemplates) templates = NULL;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 0, 0, error) || !pd_cli_settings (cli, error))
    return FALSE;
  cli->status = EX_CONFIG;
  templates = pd_templates_load (cli->program->templates, error);
  if (templates == NULL)
    {
      g_prefix_error (error, "desk.templates: ");
      return FALSE;
    }
  if (!pd_reply_check_patterns (error))
    return FALSE;
  if (!pd_cli_desk (cli, error))
    {
      g_prefix_error (error, "%s: database.url: ",
                      pd_config_origin (cli->program->config, PD_SETTING_DATABASE_URL));
      return FALSE;
    }
  if (check_sockets (cli->program->config) > 0)
    return TRUE;
  cli->status = EX_OK;
  g_print ("OK\n");
  return TRUE;
}

static void
print_settings_json (PdConfig *config, gboolean all)
{
  struct json_object *array = json_object_new_array ();

  for (int id = 0; id < PD_SETTING_COUNT; id++)
    {
      const PdSettingRow *row = pd_config_row ((PdSettingId)id);
      g_autofree char *value = pd_config_masked (config, (PdSettingId)id);
      struct json_object *object;

      if (!all && g_str_equal (pd_config_origin (config, (PdSettingId)id), "default"))
        continue;
      object = json_object_new_object ();
      pd_json_text (object, "section", row->section);
      pd_json_text (object, "key", row->key);
      pd_json_text (object, "value", value);
      pd_json_text (object, "default", row->fallback);
      pd_json_text (object, "origin", pd_config_origin (config, (PdSettingId)id));
      pd_json_text (object, "help", row->help);
      json_object_array_add (array, object);
    }
  pd_cli_print_json (array);
  json_object_put (array);
}

gboolean
pd_command_config_show (PdCli *cli, int argc, char **argv, GError **error)
{
  gboolean all = FALSE, origin = FALSE, example = FALSE, manual = FALSE;
  const GOptionEntry entries[] = {
    { "all", 'a', 0, G_OPTION_ARG_NONE, &all, "Those at their default too", NULL },
    { "origin", 0, 0, G_OPTION_ARG_NONE, &origin, "Where each value comes from", NULL },
    { "example", 0, 0, G_OPTION_ARG_NONE, &example, "A file with every setting explained", NULL },
    { "man", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &manual,
      "The settings for postdesk.conf(5)", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autofree char *text = NULL;

  if (!pd_cli_options (cli, entries, &argc, &argv, 0, 0, error))
    return FALSE;
  if (example)
    text = pd_config_example ();
  else if (manual)
    text = pd_config_manual ();
  else if (!pd_cli_settings (cli, error))
    return FALSE;
  else if (cli->json)
    {
      print_settings_json (cli->program->config, all);
      return TRUE;
    }
  else
    text = pd_config_show (cli->program->config, all, origin);
  g_print ("%s", text);
  return TRUE;
}

/* ---- migrate ------------------------------------------------------------------- */

gboolean
pd_command_migrate (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PdDb) db = NULL;
  gint64 before;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 0, 0, error) || !pd_cli_settings (cli, error))
    return FALSE;
  db = pd_db_open (cli->program->database_url, error);
  if (db == NULL || !pd_migrate_current (db, &before, error) || !pd_migrate_run (db, error))
    return FALSE;
  if (before == pd_migrate_target ())
    g_print ("The database has schema %" G_GINT64_FORMAT " already.\n", before);
  else
    g_print ("The database went from schema %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ".\n",
             before, pd_migrate_target ());
  return TRUE;
}

/* ---- status -------------------------------------------------------------------- */

static void
print_counts (GPtrArray *counts)
{
  const char *group = "";

  for (guint i = 0; i < counts->len; i++)
    {
      const PdStatusCount *count = g_ptr_array_index (counts, i);

      if (!g_str_equal (group, count->group))
        g_print ("%s%s\n", i > 0 ? "\n" : "", group = count->group);
      g_print ("  %-12s %" G_GINT64_FORMAT "\n", count->name, count->number);
    }
}

gboolean
pd_command_status (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) counts = NULL;
  struct json_object *object;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 0, 0, error) || !pd_cli_desk (cli, error))
    return FALSE;
  counts = pd_status_counts (cli->desk, error);
  if (counts == NULL)
    return FALSE;
  if (!cli->json)
    {
      print_counts (counts);
      return TRUE;
    }
  object = json_object_new_object ();
  for (guint i = 0; i < counts->len; i++)
    {
      const PdStatusCount *count = g_ptr_array_index (counts, i);
      struct json_object *group = NULL;

      if (!json_object_object_get_ex (object, count->group, &group))
        json_object_object_add (object, count->group, group = json_object_new_object ());
      json_object_object_add (group, count->name, json_object_new_int64 (count->number));
    }
  pd_cli_print_json (object);
  json_object_put (object);
  return TRUE;
}
