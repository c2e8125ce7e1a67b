#include <string.h>

#include "base/error.h"
#include "cli/commands.h"
#include "desk/desk-setting.h"
#include "desk/when.h"

/* "0 to 3650d" of a row, NULL where the help says all */
static char *
bounds_of (const PdDeskSettingRow *row)
{
  if (g_str_equal (row->kind, "DURATION"))
    {
      g_autofree char *min = pd_when_format_span (row->min);
      g_autofree char *max = pd_when_format_span (row->max);

      return g_strdup_printf ("%s to %s", min, max);
    }
  if (g_str_equal (row->kind, "ENUM"))
    return g_strndup (row->help, strcspn (row->help, ":"));
  if (g_str_equal (row->kind, "FLAG"))
    return g_strdup ("yes|no");
  if (g_str_equal (row->kind, "TIME"))
    return g_strdup ("00:00 to 23:59");
  return g_strdup_printf ("%" G_GINT64_FORMAT " to %" G_GINT64_FORMAT "%s", row->min, row->max,
                          g_str_equal (row->kind, "TEXT") ? " octets" : "");
}

static struct json_object *
setting_json (PdDesk *desk, PdDeskSettingId id, GError **error)
{
  const PdDeskSettingRow *row = pd_desk_setting_row (id);
  g_autofree char *bounds = bounds_of (row);
  g_autofree char *kind = g_ascii_strdown (row->kind, -1);
  struct json_object *object;
  const char *value;
  gboolean is_set;

  if (!pd_desk_setting_text (desk, id, &value, error)
      || !pd_desk_setting_is_set (desk, id, &is_set, error))
    return NULL;
  object = json_object_new_object ();
  pd_json_text (object, "name", row->name);
  pd_json_text (object, "value", value);
  json_object_object_add (object, "set", json_object_new_boolean (is_set));
  pd_json_text (object, "default", row->fallback);
  pd_json_text (object, "kind", kind);
  pd_json_text (object, "bounds", bounds);
  pd_json_text (object, "help", row->help);
  return object;
}

static const char *
text_of (struct json_object *object, const char *name)
{
  return json_object_get_string (json_object_object_get (object, name));
}

gboolean
pd_command_setting_list (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PdTable) table = pd_table_new ("NAME", "VALUE", "DEFAULT", "WHAT FOR", NULL);
  struct json_object *array = NULL;
  gboolean complete = TRUE;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 0, 0, error) || !pd_cli_desk (cli, error))
    return FALSE;
  array = json_object_new_array ();
  for (int id = 0; complete && id < PD_DESK_N_SETTINGS; id++)
    {
      struct json_object *object = setting_json (cli->desk, (PdDeskSettingId)id, error);

      complete = object != NULL;
      if (!complete)
        break;
      pd_table_add (table, text_of (object, "name"), text_of (object, "value"),
                    text_of (object, "default"), text_of (object, "help"), NULL);
      json_object_array_add (array, object);
    }
  if (complete && cli->json)
    pd_cli_print_json (array);
  else if (complete)
    pd_table_print (table, "");
  json_object_put (array);
  return complete;
}

static gboolean
print_setting (PdCli *cli, PdDeskSettingId id, GError **error)
{
  struct json_object *object = setting_json (cli->desk, id, error);

  if (object == NULL)
    return FALSE;
  if (cli->json)
    pd_cli_print_json (object);
  else
    g_print ("%s = %s\n  default  %s\n  values   %s\n  %s\n", text_of (object, "name"),
             text_of (object, "value"), text_of (object, "default"), text_of (object, "bounds"),
             text_of (object, "help"));
  json_object_put (object);
  return TRUE;
}

gboolean
pd_command_setting_show (PdCli *cli, int argc, char **argv, GError **error)
{
  PdDeskSettingId id;

  return pd_cli_options (cli, NULL, &argc, &argv, 1, 1, error)
         && pd_desk_setting_find (argv[1], &id, error) && pd_cli_desk (cli, error)
         && print_setting (cli, id, error);
}

typedef struct {
  const PdPerson *actor;
  PdDeskSettingId id;
  const char *value;
} SetWork;

static gboolean
set (PdDesk *desk, gpointer data, GError **error)
{
  SetWork *work = data;

  return pd_desk_setting_set (desk, work->actor, work->id, work->value, error);
}

static gboolean
change (PdCli *cli, int argc, char **argv, gboolean reset, GError **error)
{
  g_autofree char *as = NULL;
  const GOptionEntry entries[] = {
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, "Who acts (else the first administrator)", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (PdPerson) actor = NULL;
  SetWork work = { 0 };
  int n = reset ? 1 : 2;

  if (!pd_cli_options (cli, entries, &argc, &argv, n, n, error)
      || !pd_desk_setting_find (argv[1], &work.id, error) || !pd_cli_desk (cli, error))
    return FALSE;
  work.actor = actor = pd_cli_actor (cli, as, error);
  work.value = reset ? NULL : argv[2];
  return actor != NULL && pd_desk_transaction (cli->desk, set, &work, error)
         && print_setting (cli, work.id, error);
}

gboolean
pd_command_setting_set (PdCli *cli, int argc, char **argv, GError **error)
{
  return change (cli, argc, argv, FALSE, error);
}

gboolean
pd_command_setting_reset (PdCli *cli, int argc, char **argv, GError **error)
{
  return change (cli, argc, argv, TRUE, error);
}
