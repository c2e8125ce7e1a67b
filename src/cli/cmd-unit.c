#include "base/error.h"
#include "cli/commands.h"
#include "cli/people.h"
#include "desk/unit.h"

/* what the options of `unit add` and `unit set` say; NULL: not given */
typedef struct {
  char **addresses;
  char *name;
  char *signature;
  char *language;
  char *strangers;
  char **members;
  char **heads;
  char **drop_members;
  char *calendar, *plan, *proof;
  gboolean close, open;
} UnitOptions;

static void
unit_options_clear (UnitOptions *options)
{
  g_strfreev (options->addresses);
  g_strfreev (options->members);
  g_strfreev (options->drop_members);
  g_strfreev (options->heads);
  g_free (options->calendar);
  g_free (options->plan);
  g_free (options->proof);
  g_free (options->name);
  g_free (options->signature);
  g_free (options->language);
  g_free (options->strangers);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (UnitOptions, unit_options_clear)

static gboolean
apply_proof (const UnitOptions *options, PdUnit *unit, GError **error)
{
  if (options->proof == NULL)
    return TRUE;
  for (PdProof level = PD_PROOF_PLAUSIBLE; level <= PD_PROOF_SIGNED; level++)
    if (g_str_equal (options->proof, pd_proof_name (level)))
      {
        unit->command_proof = level;
        return TRUE;
      }
  return pd_fail (error, PD_ERROR_INVALID,
                  "--command-proof is plausible, aligned or signed, not \"%s\"", options->proof);
}

static gboolean
apply (const UnitOptions *options, PdUnit *unit, GError **error)
{
  if (options->name != NULL)
    {
      g_free (unit->name);
      unit->name = g_strdup (options->name);
    }
  if (options->signature != NULL)
    {
      g_free (unit->signature);
      unit->signature = g_strdup (options->signature);
    }
  if (options->language != NULL)
    {
      g_free (unit->language);
      unit->language = g_strdup (options->language);
    }
  if (options->addresses != NULL)
    {
      g_ptr_array_set_size (unit->addresses, 0);
      for (char **a = options->addresses; *a != NULL; a++)
        g_ptr_array_add (unit->addresses, g_strdup (*a));
    }
  if (options->strangers != NULL && !g_str_equal (options->strangers, "join")
      && !g_str_equal (options->strangers, "refer"))
    return pd_fail (error, PD_ERROR_INVALID, "--strangers is \"join\" or \"refer\", not \"%s\"",
                    options->strangers);
  if (options->strangers != NULL)
    unit->join = g_str_equal (options->strangers, "join");
  if (options->close || options->open)
    unit->closed = options->close;
  return apply_proof (options, unit, error);
}

static gboolean
add_heads (PdDesk *desk, gint64 unit, const UnitOptions *options, GError **error)
{
  for (char **a = options->heads; a != NULL && *a != NULL; a++)
    {
      g_autoptr (PdPerson) person = pd_person_need (desk, *a, error);

      if (person == NULL)
        return FALSE;
      if (person->role != PD_ROLE_HEAD && person->role != PD_ROLE_DIRECTOR)
        return pd_fail (error, PD_ERROR_INVALID,
                        "%s is %s: heads a unit who has the role head or director", *a,
                        pd_role_name (person->role));
      if (!pd_unit_add_member (desk, unit, person->id, TRUE, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
change_members (PdDesk *desk, gint64 unit, const UnitOptions *options, GError **error)
{
  if (!add_heads (desk, unit, options, error))
    return FALSE;
  for (char **a = options->members; a != NULL && *a != NULL; a++)
    {
      g_autoptr (PdPerson) person = pd_person_need (desk, *a, error);

      if (person == NULL)
        return FALSE;
      if (!pd_person_is_staff (person))
        return pd_fail (error, PD_ERROR_INVALID, "%s is a client: no member of a unit", *a);
      if (!pd_unit_add_member (desk, unit, person->id, person->role == PD_ROLE_HEAD, error))
        return FALSE;
    }
  for (char **a = options->drop_members; a != NULL && *a != NULL; a++)
    {
      g_autoptr (PdPerson) person = pd_person_need (desk, *a, error);

      if (person == NULL || !pd_unit_drop_member (desk, unit, person->id, error))
        return FALSE;
    }
  return TRUE;
}

typedef struct {
  const UnitOptions *options;
  PdUnit *unit;
  gboolean is_new;
} UnitWork;

static gboolean
save (PdDesk *desk, gpointer data, GError **error)
{
  UnitWork *work = data;
  gboolean saved;

  if ((work->options->calendar != NULL
       && !pd_unit_calendar_id (desk, work->options->calendar, &work->unit->calendar, error))
      || (work->options->plan != NULL
          && !pd_unit_plan_id (desk, work->options->plan, &work->unit->plan, error)))
    return FALSE;
  saved = work->is_new ? pd_unit_add (desk, work->unit, error)
                       : pd_unit_save (desk, work->unit, error);
  return saved && change_members (desk, work->unit->id, work->options, error);
}

static struct json_object *
unit_json (const PdUnit *unit)
{
  struct json_object *object = json_object_new_object ();
  struct json_object *addresses = json_object_new_array ();

  pd_json_id (object, "id", unit->id);
  pd_json_text (object, "name", unit->name);
  for (guint i = 0; i < unit->addresses->len; i++)
    json_object_array_add (addresses,
                           json_object_new_string (g_ptr_array_index (unit->addresses, i)));
  json_object_object_add (object, "addresses", addresses);
  pd_json_text (object, "signature", unit->signature);
  pd_json_text (object, "language", unit->language);
  pd_json_text (object, "strangers", unit->join ? "join" : "refer");
  pd_json_text (object, "state", unit->closed ? "closed" : "active");
  pd_json_time (object, "created", unit->created);
  pd_json_text (object, "command_proof", pd_proof_name (unit->command_proof));
  return object;
}

static gboolean
read_options (PdCli *cli, UnitOptions *options, gboolean is_new, int *argc, char ***argv,
              GError **error)
{
  const GOptionEntry entries[] = {
    { "address", 'a', 0, G_OPTION_ARG_STRING_ARRAY, &options->addresses,
      "An address that reaches the unit; the first is its sender (repeatable; `set` replaces all)",
      "ADDRESS" },
    { "signature", 0, 0, G_OPTION_ARG_STRING, &options->signature, "Text below the unit's answers",
      "TEXT" },
    { "language", 0, 0, G_OPTION_ARG_STRING, &options->language,
      "Language of mail to unknown people: en, ru, uk", "TAG" },
    { "strangers", 0, 0, G_OPTION_ARG_STRING, &options->strangers,
      "Who is no participant and answers: refer (a new ticket that refers to the old one) or join",
      "POLICY" },
    { "member", 'm', 0, G_OPTION_ARG_STRING_ARRAY, &options->members, "Add a member (repeatable)",
      "ADDRESS" },
    { "head", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->heads, "Add a head (repeatable)",
      "ADDRESS" },
    { "calendar", 0, 0, G_OPTION_ARG_STRING, &options->calendar, "Working hours; none", "NAME" },
    { "plan", 0, 0, G_OPTION_ARG_STRING, &options->plan, "SLA plan of new tickets; none", "NAME" },
    { "command-proof", 0, 0, G_OPTION_ARG_STRING, &options->proof,
      "What proof of sender commands by mail need: plausible, aligned or signed", "LEVEL" },
    { "drop-member", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->drop_members, "Remove a member",
      "ADDRESS" },
    { "name", 0, is_new ? G_OPTION_FLAG_HIDDEN : 0, G_OPTION_ARG_STRING, &options->name, "New name",
      "NAME" },
    { "close", 0, is_new ? G_OPTION_FLAG_HIDDEN : 0, G_OPTION_ARG_NONE, &options->close,
      "Receive no mail any more", NULL },
    { "open", 0, is_new ? G_OPTION_FLAG_HIDDEN : 0, G_OPTION_ARG_NONE, &options->open,
      "Receive mail again", NULL },
    G_OPTION_ENTRY_NULL,
  };

  return pd_cli_options (cli, entries, argc, argv, 1, 1, error) && pd_cli_desk (cli, error);
}

static gboolean
print_unit (PdCli *cli, const PdUnit *unit, const char *said)
{
  if (cli->json)
    {
      struct json_object *object = unit_json (unit);

      pd_cli_print_json (object);
      json_object_put (object);
    }
  else
    g_print ("Unit \"%s\" %s: %s\n", unit->name, said,
             (char *)g_ptr_array_index (unit->addresses, 0));
  return TRUE;
}

gboolean
pd_command_unit_add (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (UnitOptions) options = { 0 };
  g_autoptr (PdUnit) unit = NULL;
  UnitWork work = { &options, NULL, TRUE };

  if (!read_options (cli, &options, TRUE, &argc, &argv, error))
    return FALSE;
  unit = work.unit = pd_unit_new (argv[1], NULL);
  return apply (&options, unit, error) && pd_desk_transaction (cli->desk, save, &work, error)
         && print_unit (cli, unit, "added");
}

gboolean
pd_command_unit_set (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (UnitOptions) options = { 0 };
  g_autoptr (PdUnit) unit = NULL;
  UnitWork work = { &options, NULL, FALSE };

  if (!read_options (cli, &options, FALSE, &argc, &argv, error))
    return FALSE;
  unit = work.unit = pd_unit_need (cli->desk, argv[1], error);
  return unit != NULL && apply (&options, unit, error)
         && pd_desk_transaction (cli->desk, save, &work, error)
         && print_unit (cli, unit, "changed");
}

gboolean
pd_command_unit_list (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) units = NULL;
  g_autoptr (PdTable) table = pd_table_new ("NAME", "STATE", "ADDRESSES", NULL);
  struct json_object *array;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 0, 0, error) || !pd_cli_desk (cli, error))
    return FALSE;
  units = pd_unit_list (cli->desk, error);
  if (units == NULL)
    return FALSE;
  array = json_object_new_array ();
  for (guint i = 0; i < units->len; i++)
    {
      PdUnit *unit = g_ptr_array_index (units, i);
      g_autoptr (GString) addresses = g_string_new (NULL);

      for (guint k = 0; k < unit->addresses->len; k++)
        g_string_append_printf (addresses, "%s%s", k > 0 ? ", " : "",
                                (char *)g_ptr_array_index (unit->addresses, k));
      pd_table_add (table, unit->name, unit->closed ? "closed" : "active", addresses->str, NULL);
      json_object_array_add (array, unit_json (unit));
    }
  if (cli->json)
    pd_cli_print_json (array);
  else
    pd_table_print (table, "There is no unit yet: postdesk unit add NAME --address ADDRESS");
  json_object_put (array);
  return TRUE;
}

static gboolean
members_json (PdDesk *desk, const PdUnit *unit, struct json_object *array, GError **error)
{
  g_autoptr (GArray) ids = pd_unit_member_ids (desk, unit->id, error);

  if (ids == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr (PdPerson) person = NULL;
      struct json_object *object;

      if (!pd_person_get (desk, g_array_index (ids, gint64, i), &person, error))
        return FALSE;
      if (person == NULL)
        continue;
      object = json_object_new_object ();
      pd_json_text (object, "name", person->name);
      pd_json_text (object, "address", pd_person_address (person));
      pd_json_text (object, "role", pd_role_name (person->role));
      json_object_array_add (array, object);
    }
  return TRUE;
}

static void
print_unit_text (const PdUnit *unit, struct json_object *members)
{
  g_print ("%s (%s)\n", unit->name, unit->closed ? "closed" : "active");
  for (guint i = 0; i < unit->addresses->len; i++)
    g_print ("  %s %s\n", i == 0 ? "sends as" : "    also",
             (char *)g_ptr_array_index (unit->addresses, i));
  g_print ("  strangers who answer: %s\n",
           unit->join ? "join the ticket" : "open a ticket that refers to it");
  for (gsize i = 0; i < json_object_array_length (members); i++)
    {
      struct json_object *member = json_object_array_get_idx (members, i);

      g_print ("  %-8s %s <%s>\n", json_object_get_string (json_object_object_get (member, "role")),
               json_object_get_string (json_object_object_get (member, "name")),
               json_object_get_string (json_object_object_get (member, "address")));
    }
}

static gboolean
add_times (PdDesk *desk, const PdUnit *unit, struct json_object *object, GError **error)
{
  g_autofree char *calendar = pd_unit_calendar_name (desk, unit, error);
  g_autofree char *plan = pd_unit_plan_name (desk, unit, error);

  if (calendar == NULL || plan == NULL)
    return FALSE;
  pd_json_text (object, "calendar", calendar);
  pd_json_text (object, "plan", plan);
  return TRUE;
}

gboolean
pd_command_unit_show (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PdUnit) unit = NULL;
  struct json_object *object, *members;
  gboolean found;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 1, 1, error) || !pd_cli_desk (cli, error))
    return FALSE;
  unit = pd_unit_need (cli->desk, argv[1], error);
  if (unit == NULL)
    return FALSE;
  object = unit_json (unit);
  members = json_object_new_array ();
  json_object_object_add (object, "members", members);
  found = add_times (cli->desk, unit, object, error)
          && members_json (cli->desk, unit, members, error);
  if (found && cli->json)
    pd_cli_print_json (object);
  else if (found)
    print_unit_text (unit, members);
  json_object_put (object);
  return found;
}

typedef struct {
  PdUnit *unit;
  PdPerson *actor;
  gint64 move_to;
} RemoveWork;

static gboolean
remove_unit (PdDesk *desk, gpointer data, GError **error)
{
  RemoveWork *work = data;

  /* a run before may have been rolled back */
  work->unit->closed = FALSE;
  return pd_unit_remove (desk, work->unit, work->actor, work->move_to, error);
}

gboolean
pd_command_unit_remove (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *as = NULL, *move_to = NULL;
  const GOptionEntry entries[] = {
    { "move-to", 0, 0, G_OPTION_ARG_STRING, &move_to, "The unit that gets its open tickets",
      "NAME" },
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, "Who acts (else the desk itself)", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (PdUnit) unit = NULL, target = NULL;
  g_autoptr (PdPerson) actor = NULL;
  RemoveWork work = { 0 };

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error) || !pd_cli_desk (cli, error)
      || !pd_people_actor (cli, as, &actor, error)
      || (unit = pd_unit_need (cli->desk, argv[1], error)) == NULL
      || (move_to != NULL && (target = pd_unit_need (cli->desk, move_to, error)) == NULL))
    return FALSE;
  work = (RemoveWork){ unit, actor, target != NULL ? target->id : 0 };
  return pd_desk_transaction (cli->desk, remove_unit, &work, error)
         && print_unit (cli, unit, "closed");
}
