#include "base/error.h"
#include "cli/commands.h"
#include "cli/people.h"
#include "desk/client-group.h"

typedef struct {
  const char *name;
  char *new_name;
  char **members, **heads, **drops;
  gboolean lock, unlock, remove, add;
} GroupWork;

static void
group_work_clear (GroupWork *work)
{
  g_free (work->new_name);
  g_strfreev (work->members);
  g_strfreev (work->heads);
  g_strfreev (work->drops);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GroupWork, group_work_clear)

static gboolean
add_members (PdDesk *desk, gint64 group, char **addresses, gboolean head, GError **error)
{
  for (char **a = addresses; a != NULL && *a != NULL; a++)
    {
      g_autoptr (PdPerson) person = pd_person_need (desk, *a, error);

      if (person == NULL || !pd_client_group_add_member (desk, group, person, head, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
drop_members (PdDesk *desk, gint64 group, char **addresses, GError **error)
{
  for (char **a = addresses; a != NULL && *a != NULL; a++)
    {
      g_autoptr (PdPerson) person = pd_person_need (desk, *a, error);

      if (person == NULL || !pd_client_group_drop_member (desk, group, person->id, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
run (PdDesk *desk, gpointer data, GError **error)
{
  GroupWork *work = data;
  g_autoptr (PdClientGroup) group = work->add ? pd_client_group_add (desk, work->name, error)
                                              : pd_client_group_need (desk, work->name, error);

  if (group == NULL)
    return FALSE;
  if (work->remove)
    return pd_client_group_remove (desk, group->id, error);
  if (work->new_name != NULL)
    {
      g_free (group->name);
      group->name = g_strdup (work->new_name);
    }
  if (work->lock || work->unlock)
    group->locked = work->lock;
  return pd_client_group_save (desk, group, error)
         && add_members (desk, group->id, work->members, FALSE, error)
         && add_members (desk, group->id, work->heads, TRUE, error)
         && drop_members (desk, group->id, work->drops, error);
}

static gboolean
change (PdCli *cli, GroupWork *work, const char *said, int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "member", 'm', 0, G_OPTION_ARG_STRING_ARRAY, &work->members, "Add a client (repeatable)",
      "ADDRESS" },
    { "head", 0, 0, G_OPTION_ARG_STRING_ARRAY, &work->heads,
      "Add a client who sees what the others asked (repeatable)", "ADDRESS" },
    { "drop-member", 0, 0, G_OPTION_ARG_STRING_ARRAY, &work->drops, "Remove one", "ADDRESS" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &work->new_name, "New name", "NAME" },
    { "lock", 0, 0, G_OPTION_ARG_NONE, &work->lock, "Its clients cannot act: their mail is held",
      NULL },
    { "unlock", 0, 0, G_OPTION_ARG_NONE, &work->unlock, "They can again", NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!pd_cli_options (cli, work->remove ? NULL : entries, &argc, &argv, 1, 1, error)
      || !pd_cli_desk (cli, error))
    return FALSE;
  work->name = argv[1];
  if (!pd_desk_transaction (cli->desk, run, work, error))
    return FALSE;
  g_print ("Group \"%s\" %s.\n", work->new_name != NULL ? work->new_name : work->name, said);
  return TRUE;
}

gboolean
pd_command_group_add (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (GroupWork) work = { .add = TRUE };

  return change (cli, &work, "added", argc, argv, error);
}

gboolean
pd_command_group_set (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (GroupWork) work = { 0 };

  return change (cli, &work, "changed", argc, argv, error);
}

gboolean
pd_command_group_remove (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (GroupWork) work = { .remove = TRUE };

  return change (cli, &work, "removed; its clients stay", argc, argv, error);
}

static struct json_object *
group_json (const PdClientGroup *group)
{
  struct json_object *object = json_object_new_object ();

  pd_json_id (object, "id", group->id);
  pd_json_text (object, "name", group->name);
  pd_json_text (object, "state", group->locked ? "locked" : "open");
  pd_json_time (object, "created", group->created);
  return object;
}

gboolean
pd_command_group_list (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) groups = NULL;
  g_autoptr (PdTable) table = pd_table_new ("STATE", "NAME", NULL);
  struct json_object *array;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 0, 0, error) || !pd_cli_desk (cli, error)
      || (groups = pd_client_group_list (cli->desk, error)) == NULL)
    return FALSE;
  array = json_object_new_array ();
  for (guint i = 0; i < groups->len; i++)
    {
      PdClientGroup *group = g_ptr_array_index (groups, i);

      pd_table_add (table, group->locked ? "locked" : "open", group->name, NULL);
      json_object_array_add (array, group_json (group));
    }
  if (cli->json)
    pd_cli_print_json (array);
  else
    pd_table_print (table, "There is no group yet: postdesk group add NAME");
  json_object_put (array);
  return TRUE;
}

static gboolean
members_json (PdDesk *desk, gint64 group, struct json_object *array, GError **error)
{
  g_autoptr (GArray) members = pd_client_group_members (desk, group, error);

  for (guint i = 0; members != NULL && i < members->len; i++)
    {
      const PdClientGroupMember *member = &g_array_index (members, PdClientGroupMember, i);
      g_autoptr (PdPerson) person = NULL;
      struct json_object *object;

      if (!pd_person_get (desk, member->person, &person, error))
        return FALSE;
      object = json_object_new_object ();
      pd_json_text (object, "name", person->name);
      pd_json_text (object, "address", pd_person_address (person));
      json_object_object_add (object, "head", json_object_new_boolean (member->head));
      json_object_array_add (array, object);
    }
  return members != NULL;
}

static void
print_group (const PdClientGroup *group, struct json_object *members)
{
  g_print ("%s (%s)\n", group->name, group->locked ? "locked" : "open");
  for (gsize i = 0; i < json_object_array_length (members); i++)
    {
      struct json_object *member = json_object_array_get_idx (members, i);

      g_print ("  %-6s %s <%s>\n",
               json_object_get_boolean (json_object_object_get (member, "head")) ? "head" : "",
               json_object_get_string (json_object_object_get (member, "name")),
               json_object_get_string (json_object_object_get (member, "address")));
    }
}

gboolean
pd_command_group_show (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PdClientGroup) group = NULL;
  struct json_object *object, *members;
  gboolean found;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 1, 1, error) || !pd_cli_desk (cli, error)
      || (group = pd_client_group_need (cli->desk, argv[1], error)) == NULL)
    return FALSE;
  object = group_json (group);
  members = json_object_new_array ();
  json_object_object_add (object, "members", members);
  found = members_json (cli->desk, group->id, members, error);
  if (found && cli->json)
    pd_cli_print_json (object);
  else if (found)
    print_group (group, members);
  json_object_put (object);
  return found;
}
