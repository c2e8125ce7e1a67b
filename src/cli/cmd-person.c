#include "base/error.h"
#include "cli/commands.h"
#include "desk/unit.h"

typedef struct {
  char *name;
  char **addresses;
  char *role;
  char **units;
  char *language;
  char *timezone;
  char *state;
  gboolean admin, no_admin;
} PersonOptions;

static void
person_options_clear (PersonOptions *options)
{
  g_free (options->name);
  g_strfreev (options->addresses);
  g_free (options->role);
  g_strfreev (options->units);
  g_free (options->language);
  g_free (options->timezone);
  g_free (options->state);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PersonOptions, person_options_clear)

static gboolean
read_options (PdCli *cli, PersonOptions *options, int arguments, int *argc, char ***argv,
              GError **error)
{
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &options->name, "The person's name", "NAME" },
    { "address", 'a', 0, G_OPTION_ARG_STRING_ARRAY, &options->addresses,
      "A mail address; notices go to the first (repeatable; `set` replaces all)", "ADDRESS" },
    { "role", 0, 0, G_OPTION_ARG_STRING, &options->role, "director, head, agent or client",
      "ROLE" },
    { "unit", 'u', 0, G_OPTION_ARG_STRING_ARRAY, &options->units,
      "Make a member of a unit (repeatable)", "NAME" },
    { "language", 0, 0, G_OPTION_ARG_STRING, &options->language, "Language of notices: en, ru, uk",
      "TAG" },
    { "timezone", 0, 0, G_OPTION_ARG_STRING, &options->timezone, "Time zone, such as Europe/Kyiv",
      "ZONE" },
    { "state", 0, 0, G_OPTION_ARG_STRING, &options->state, "active, blocked or deleted", "STATE" },
    { "admin", 0, 0, G_OPTION_ARG_NONE, &options->admin, "May administer the desk", NULL },
    { "no-admin", 0, 0, G_OPTION_ARG_NONE, &options->no_admin, "May not any more", NULL },
    G_OPTION_ENTRY_NULL,
  };

  return pd_cli_options (cli, entries, argc, argv, arguments, arguments, error)
         && pd_cli_desk (cli, error);
}

static void
replace (char **field, const char *value)
{
  if (value != NULL)
    {
      g_free (*field);
      *field = g_strdup (value);
    }
}

static gboolean
apply (const PersonOptions *options, PdPerson *person, GError **error)
{
  replace (&person->name, options->name);
  replace (&person->language, options->language);
  replace (&person->timezone, options->timezone);
  if (options->addresses != NULL)
    {
      g_ptr_array_set_size (person->addresses, 0);
      for (char **a = options->addresses; *a != NULL; a++)
        g_ptr_array_add (person->addresses, g_strdup (*a));
    }
  if (options->admin || options->no_admin)
    person->admin = options->admin;
  if (options->state != NULL && !pd_person_state_parse (options->state, &person->state, error))
    return FALSE;
  return options->role == NULL || pd_role_parse (options->role, &person->role, error);
}

typedef struct {
  const PersonOptions *options;
  PdPerson *person;
  gboolean is_new;
} PersonWork;

static gboolean
save (PdDesk *desk, gpointer data, GError **error)
{
  PersonWork *work = data;
  PdPerson *person = work->person;

  if (!(work->is_new ? pd_person_add (desk, person, error) : pd_person_save (desk, person, error)))
    return FALSE;
  for (char **u = work->options->units; u != NULL && *u != NULL; u++)
    {
      g_autoptr (PdUnit) unit = pd_unit_need (desk, *u, error);

      if (unit == NULL)
        return FALSE;
      if (!pd_person_is_staff (person))
        return pd_fail (error, PD_ERROR_INVALID, "a client cannot be a member of a unit");
      if (!pd_unit_add_member (desk, unit->id, person->id, person->role == PD_ROLE_HEAD, error))
        return FALSE;
    }
  return TRUE;
}

static struct json_object *
person_json (const PdPerson *person)
{
  struct json_object *object = json_object_new_object ();
  struct json_object *addresses = json_object_new_array ();

  pd_json_id (object, "id", person->id);
  pd_json_text (object, "name", person->name);
  pd_json_text (object, "role", pd_role_name (person->role));
  json_object_object_add (object, "admin", json_object_new_boolean (person->admin));
  for (guint i = 0; i < person->addresses->len; i++)
    json_object_array_add (addresses,
                           json_object_new_string (g_ptr_array_index (person->addresses, i)));
  json_object_object_add (object, "addresses", addresses);
  pd_json_text (object, "language", person->language);
  pd_json_text (object, "timezone", person->timezone);
  pd_json_text (object, "state", pd_person_state_name (person->state));
  pd_json_text (object, "source", person->source);
  pd_json_time (object, "created", person->created);
  return object;
}

static gboolean
print_person (PdCli *cli, const PdPerson *person, const char *said)
{
  if (cli->json)
    {
      struct json_object *object = person_json (person);

      pd_cli_print_json (object);
      json_object_put (object);
    }
  else
    g_print ("%s <%s>, %s%s: %s\n", pd_person_label (person), pd_person_address (person),
             pd_role_name (person->role), person->admin ? ", administrator" : "", said);
  return TRUE;
}

gboolean
pd_command_person_add (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (PersonOptions) options = { 0 };
  g_autoptr (PdPerson) person = pd_person_new (PD_ROLE_CLIENT, NULL, NULL);
  PersonWork work = { &options, person, TRUE };

  if (!read_options (cli, &options, 0, &argc, &argv, error) || !apply (&options, person, error))
    return FALSE;
  if (options.role == NULL || options.addresses == NULL)
    return pd_cli_usage (cli, error, "give at least --role and --address");
  return pd_desk_transaction (cli->desk, save, &work, error) && print_person (cli, person, "added");
}

gboolean
pd_command_person_set (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (PersonOptions) options = { 0 };
  g_autoptr (PdPerson) person = NULL;
  PersonWork work = { &options, NULL, FALSE };

  if (!read_options (cli, &options, 1, &argc, &argv, error))
    return FALSE;
  person = work.person = pd_person_need (cli->desk, argv[1], error);
  return person != NULL && apply (&options, person, error)
         && pd_desk_transaction (cli->desk, save, &work, error)
         && print_person (cli, person, "changed");
}

gboolean
pd_command_person_list (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *role_text = NULL;
  const GOptionEntry entries[] = {
    { "role", 0, 0, G_OPTION_ARG_STRING, &role_text, "Only director, head, agent or client",
      "ROLE" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GPtrArray) people = NULL;
  g_autoptr (PdTable) table = pd_table_new ("NAME", "ROLE", "STATE", "ADDRESS", NULL);
  struct json_object *array;
  PdRole role = PD_ROLE_CLIENT;

  if (!pd_cli_options (cli, entries, &argc, &argv, 0, 0, error) || !pd_cli_desk (cli, error))
    return FALSE;
  if (role_text != NULL && !pd_role_parse (role_text, &role, error))
    return FALSE;
  people = pd_person_list (cli->desk, role_text != NULL ? (int)role : -1, error);
  if (people == NULL)
    return FALSE;
  array = json_object_new_array ();
  for (guint i = 0; i < people->len; i++)
    {
      PdPerson *person = g_ptr_array_index (people, i);

      pd_table_add (table, pd_person_label (person), pd_role_name (person->role),
                    pd_person_state_name (person->state), pd_person_address (person), NULL);
      json_object_array_add (array, person_json (person));
    }
  if (cli->json)
    pd_cli_print_json (array);
  else
    pd_table_print (table, "Nobody.");
  json_object_put (array);
  return TRUE;
}

gboolean
pd_command_person_show (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PdPerson) person = NULL;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 1, 1, error) || !pd_cli_desk (cli, error))
    return FALSE;
  person = pd_person_need (cli->desk, argv[1], error);
  if (person == NULL)
    return FALSE;
  print_person (cli, person, pd_person_state_name (person->state));
  if (!cli->json)
    for (guint i = 0; i < person->addresses->len; i++)
      g_print ("  %s\n", (char *)g_ptr_array_index (person->addresses, i));
  return TRUE;
}
