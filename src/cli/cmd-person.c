#include <string.h>

#include "base/error.h"
#include "base/id.h"
#include "cli/commands.h"
#include "cli/people.h"
#include "desk/client-group.h"
#include "desk/field.h"
#include "desk/job-title.h"
#include "desk/unit.h"

typedef struct {
  char *name;
  char **addresses;
  char *role;
  char **units;
  char *language;
  char *timezone;
  char *state;
  char *login, *phone, *mobile, *messenger, *postal, *job_title, *digest;
  char *default_unit;
  char **performers;
  char **add_addresses, **drop_addresses;
  char *first_address;
  char **groups, **fields;
  char *may_add, *may_edit;
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
  g_free (options->login);
  g_free (options->phone);
  g_free (options->mobile);
  g_free (options->messenger);
  g_free (options->postal);
  g_free (options->job_title);
  g_free (options->digest);
  g_free (options->default_unit);
  g_strfreev (options->performers);
  g_strfreev (options->add_addresses);
  g_strfreev (options->drop_addresses);
  g_free (options->first_address);
  g_strfreev (options->groups);
  g_strfreev (options->fields);
  g_free (options->may_add);
  g_free (options->may_edit);
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
    { "add-address", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->add_addresses,
      "One more address (repeatable)", "ADDRESS" },
    { "drop-address", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->drop_addresses,
      "One address less (repeatable)", "ADDRESS" },
    { "first-address", 0, 0, G_OPTION_ARG_STRING, &options->first_address,
      "The address that notices go to", "ADDRESS" },
    { "login", 0, 0, G_OPTION_ARG_STRING, &options->login,
      "Name to sign in with; \"\" for none (see `person password`)", "LOGIN" },
    { "phone", 0, 0, G_OPTION_ARG_STRING, &options->phone, "Phone number", "NUMBER" },
    { "mobile", 0, 0, G_OPTION_ARG_STRING, &options->mobile, "Mobile number, for SMS", "NUMBER" },
    { "messenger", 0, 0, G_OPTION_ARG_STRING, &options->messenger, "Name in a messenger", "TEXT" },
    { "postal", 0, 0, G_OPTION_ARG_STRING, &options->postal, "Postal address", "TEXT" },
    { "job-title", 0, 0, G_OPTION_ARG_STRING, &options->job_title,
      "One of `job-title list`; \"\" for none", "NAME" },
    { "digest", 0, 0, G_OPTION_ARG_STRING, &options->digest, "daily, weekly or none", "WHEN" },
    { "group", 'g', 0, G_OPTION_ARG_STRING_ARRAY, &options->groups,
      "Put a client into a group (repeatable)", "NAME" },
    { "field", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->fields,
      "A further field, see `field list` (repeatable)", "NAME=TEXT" },
    { "default-unit", 0, 0, G_OPTION_ARG_STRING, &options->default_unit,
      "Where all his tickets go; none", "NAME" },
    { "default-performer", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->performers,
      "Who gets them there (repeatable; with --default-unit)", "ADDRESS" },
    { "may-add-clients", 0, 0, G_OPTION_ARG_STRING, &options->may_add,
      "yes, or no: an administrator approves", "YES|NO" },
    { "may-edit-clients", 0, 0, G_OPTION_ARG_STRING, &options->may_edit,
      "yes, or no: an administrator approves", "YES|NO" },
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
yes_or_no (const char *option, const char *word, gboolean *out, GError **error)
{
  if (word == NULL)
    return TRUE;
  *out = g_str_equal (word, "yes");
  return *out || g_str_equal (word, "no")
         || pd_fail (error, PD_ERROR_INVALID, "%s is yes or no, not \"%s\"", option, word);
}

static gboolean
apply_addresses (const PersonOptions *options, PdPerson *person, GError **error)
{
  for (char **a = options->add_addresses; a != NULL && *a != NULL; a++)
    pd_person_last_address (person, *a);
  for (char **a = options->drop_addresses; a != NULL && *a != NULL; a++)
    if (!pd_person_drop_address (person, *a, error))
      return FALSE;
  if (options->first_address != NULL)
    pd_person_first_address (person, options->first_address);
  return TRUE;
}

static void
apply_contacts (const PersonOptions *options, PdPerson *person)
{
  replace (&person->phone, options->phone);
  replace (&person->mobile, options->mobile);
  replace (&person->messenger, options->messenger);
  replace (&person->postal, options->postal);
  replace (&person->digest, g_strcmp0 (options->digest, "none") == 0 ? "" : options->digest);
  if (g_strcmp0 (options->login, "") == 0)
    g_clear_pointer (&person->login, g_free);
  else
    replace (&person->login, options->login);
}

static gboolean
apply (const PersonOptions *options, PdPerson *person, GError **error)
{
  apply_contacts (options, person);
  if (!yes_or_no ("--may-add-clients", options->may_add, &person->may_add_clients, error)
      || !yes_or_no ("--may-edit-clients", options->may_edit, &person->may_edit_clients, error))
    return FALSE;
  replace (&person->name, options->name);
  replace (&person->language, options->language);
  replace (&person->timezone, options->timezone);
  if (options->addresses != NULL)
    {
      g_ptr_array_set_size (person->addresses, 0);
      for (char **a = options->addresses; *a != NULL; a++)
        g_ptr_array_add (person->addresses, g_strdup (*a));
    }
  if (!apply_addresses (options, person, error))
    return FALSE;
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
set_title (PdDesk *desk, const PersonOptions *options, PdPerson *person, GError **error)
{
  if (options->job_title == NULL)
    return TRUE;
  person->job_title = 0;
  return options->job_title[0] == '\0'
         || pd_job_title_need (desk, options->job_title, &person->job_title, error);
}

static gboolean
set_default (PdDesk *desk, const PersonOptions *options, const PdPerson *person, GError **error)
{
  g_autoptr (GArray) performers = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (PdUnit) unit = NULL;

  if (options->default_unit == NULL)
    return options->performers == NULL
           || pd_fail (error, PD_ERROR_INVALID, "--default-performer needs --default-unit");
  if (!g_str_equal (options->default_unit, "none")
      && (unit = pd_unit_need (desk, options->default_unit, error)) == NULL)
    return FALSE;
  for (char **a = options->performers; a != NULL && *a != NULL; a++)
    {
      g_autoptr (PdPerson) performer = pd_person_need (desk, *a, error);

      if (performer == NULL)
        return FALSE;
      g_array_append_val (performers, performer->id);
    }
  return pd_person_set_default (desk, person->id, unit != NULL ? unit->id : 0,
                                (gint64 *)(gpointer)performers->data, performers->len, error);
}

static gboolean
set_fields (PdDesk *desk, const PersonOptions *options, const PdPerson *person, gboolean is_new,
            GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();

  for (char **f = options->fields; f != NULL && *f != NULL; f++)
    {
      char *equals = strchr (*f, '=');

      if (equals == NULL)
        return pd_fail (error, PD_ERROR_INVALID, "--field is NAME=TEXT, not \"%s\"", *f);
      g_ptr_array_add (names, g_strndup (*f, (gsize)(equals - *f)));
      g_ptr_array_add (texts, equals + 1);
    }
  g_ptr_array_add (names, NULL);
  g_ptr_array_add (texts, NULL);
  if (is_new)
    return pd_field_fill (desk, PD_FIELD_OF_PERSON, person->id, NULL,
                          (const char *const *)names->pdata, (const char *const *)texts->pdata,
                          error);
  for (guint i = 0; i + 1 < names->len; i++)
    if (!pd_field_set (desk, PD_FIELD_OF_PERSON, person->id, NULL, g_ptr_array_index (names, i),
                       g_ptr_array_index (texts, i), NULL, NULL, error))
      return FALSE;
  return TRUE;
}

static gboolean
set_groups (PdDesk *desk, const PersonOptions *options, const PdPerson *person, GError **error)
{
  for (char **g = options->groups; g != NULL && *g != NULL; g++)
    {
      g_autoptr (PdClientGroup) group = pd_client_group_need (desk, *g, error);

      if (group == NULL || !pd_client_group_add_member (desk, group->id, person, FALSE, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
save (PdDesk *desk, gpointer data, GError **error)
{
  PersonWork *work = data;
  PdPerson *person = work->person;

  if (!set_title (desk, work->options, person, error))
    return FALSE;
  if (!work->is_new && person->state == PD_PERSON_DELETED)
    {
      person->state = PD_PERSON_ACTIVE;
      return pd_person_remove (desk, person, NULL, error);
    }
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
  return set_groups (desk, work->options, person, error)
         && set_default (desk, work->options, person, error)
         && set_fields (desk, work->options, person, work->is_new, error);
}

struct json_object *
pd_people_json (const PdPerson *person)
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
  pd_json_text (object, "login", person->login);
  json_object_object_add (object, "has_password", json_object_new_boolean (person->has_password));
  pd_json_text (object, "phone", person->phone);
  pd_json_text (object, "mobile", person->mobile);
  pd_json_text (object, "messenger", person->messenger);
  pd_json_text (object, "postal", person->postal);
  pd_json_text (object, "digest", person->digest);
  json_object_object_add (object, "may_add_clients",
                          json_object_new_boolean (person->may_add_clients));
  json_object_object_add (object, "may_edit_clients",
                          json_object_new_boolean (person->may_edit_clients));
  pd_json_id (object, "merged_into", person->merged_into);
  return object;
}

gboolean
pd_people_print (PdCli *cli, const PdPerson *person, const char *said)
{
  if (cli->json)
    {
      struct json_object *object = pd_people_json (person);

      pd_cli_print_json (object);
      json_object_put (object);
    }
  else
    g_print ("%s%s%s%s, %s%s: %s\n", pd_person_label (person),
             person->addresses->len > 0 ? " <" : "", pd_person_address (person),
             person->addresses->len > 0 ? ">" : "", pd_role_name (person->role),
             person->admin ? ", administrator" : "", said);
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
  return pd_desk_transaction (cli->desk, save, &work, error)
         && pd_people_print (cli, person, "added");
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
         && pd_people_print (cli, person, "changed");
}

gboolean
pd_command_person_list (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *role_text = NULL, *state_text = NULL;
  const GOptionEntry entries[] = {
    { "state", 0, 0, G_OPTION_ARG_STRING, &state_text,
      "Only active, blocked or deleted (else all but the deleted)", "STATE" },
    { "role", 0, 0, G_OPTION_ARG_STRING, &role_text, "Only director, head, agent or client",
      "ROLE" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GPtrArray) people = NULL;
  g_autoptr (PdTable) table = pd_table_new ("NAME", "ROLE", "STATE", "ADDRESS", NULL);
  struct json_object *array;
  PdRole role = PD_ROLE_CLIENT;
  PdPersonState state;
  int filter;

  if (!pd_cli_options (cli, entries, &argc, &argv, 0, 0, error) || !pd_cli_desk (cli, error))
    return FALSE;
  if (role_text != NULL && !pd_role_parse (role_text, &role, error))
    return FALSE;
  if (state_text != NULL && !pd_person_state_parse (state_text, &state, error))
    return FALSE;
  filter = role_text != NULL ? (int)role : -1;
  people = state_text != NULL ? pd_person_list_state (cli->desk, state, filter, error)
                              : pd_person_list (cli->desk, filter, error);
  if (people == NULL)
    return FALSE;
  array = json_object_new_array ();
  for (guint i = 0; i < people->len; i++)
    {
      PdPerson *person = g_ptr_array_index (people, i);

      char id[PD_ID_TEXT_SIZE];

      pd_table_add (table, pd_person_label (person), pd_role_name (person->role),
                    pd_person_state_name (person->state),
                    person->addresses->len > 0 ? pd_person_address (person)
                                               : pd_id_format (person->id, id),
                    NULL);
      json_object_array_add (array, pd_people_json (person));
    }
  if (cli->json)
    pd_cli_print_json (array);
  else
    pd_table_print (table, "Nobody.");
  json_object_put (array);
  return TRUE;
}

/* What the row of a person does not say. */
static gboolean
add_more (PdDesk *desk, const PdPerson *person, struct json_object *object, GError **error)
{
  g_autofree char *title = pd_job_title_name (desk, person->job_title, error);
  g_autoptr (GPtrArray) groups = pd_client_group_of_person (desk, person->id, error);
  g_autoptr (GPtrArray) values
      = pd_field_values (desk, PD_FIELD_OF_PERSON, person->id, NULL, error);
  struct json_object *names = json_object_new_array (), *fields = json_object_new_object ();

  json_object_object_add (object, "groups", names);
  json_object_object_add (object, "fields", fields);
  if (title == NULL || groups == NULL || values == NULL)
    return FALSE;
  pd_json_text (object, "job_title", title);
  for (guint i = 0; i < groups->len; i++)
    json_object_array_add (
        names, json_object_new_string (((PdClientGroup *)g_ptr_array_index (groups, i))->name));
  for (guint i = 0; i < values->len; i++)
    {
      PdFieldValue *value = g_ptr_array_index (values, i);

      pd_json_text (fields, value->field->name, value->text);
    }
  return TRUE;
}

static void
print_texts (struct json_object *object)
{
  static const char *const shown[] = { "login",     "phone",    "mobile",   "messenger", "postal",
                                       "job_title", "language", "timezone", "digest" };

  for (gsize i = 0; i < G_N_ELEMENTS (shown); i++)
    {
      const char *text = json_object_get_string (json_object_object_get (object, shown[i]));

      if (text != NULL && *text != '\0')
        g_print ("  %s: %s\n", shown[i], text);
    }
  json_object_object_foreach (json_object_object_get (object, "fields"), name, value)
  {
    if (*json_object_get_string (value) != '\0')
      g_print ("  %s: %s\n", name, json_object_get_string (value));
  }
}

gboolean
pd_command_person_show (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PdPerson) person = NULL;
  struct json_object *object;
  gboolean found;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 1, 1, error) || !pd_cli_desk (cli, error))
    return FALSE;
  person = pd_people_need (cli->desk, argv[1], error);
  if (person == NULL)
    return FALSE;
  object = pd_people_json (person);
  found = add_more (cli->desk, person, object, error);
  if (found && cli->json)
    pd_cli_print_json (object);
  else if (found)
    {
      pd_people_print (cli, person, pd_person_state_name (person->state));
      for (guint i = 0; i < person->addresses->len; i++)
        g_print ("  %s\n", (char *)g_ptr_array_index (person->addresses, i));
      print_texts (object);
    }
  json_object_put (object);
  return found;
}
