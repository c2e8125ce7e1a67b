#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "cli/commands.h"
#include "cli/people.h"
#include "desk/client-request.h"

#define LIMIT 1000 /* requests of a list */

/* ---- add, edit ---- */

typedef struct {
  PdPerson *actor, *person, *result;
  gint64 request;
  const char *data;
} FileWork;

static gboolean
file (PdDesk *desk, gpointer data, GError **error)
{
  FileWork *work = data;

  g_clear_pointer (&work->result, pd_person_free);
  return pd_client_request_file (desk, work->actor, work->person, work->data, &work->result,
                                 &work->request, error);
}

typedef struct {
  char *texts[8];
  char **addresses, **groups, **fields;
} Wish;

static const char *const text_names[]
    = { "name", "phone", "mobile", "messenger", "postal", "job_title", "language", "timezone" };

static void
wish_clear (Wish *wish)
{
  for (gsize i = 0; i < G_N_ELEMENTS (wish->texts); i++)
    g_free (wish->texts[i]);
  g_strfreev (wish->addresses);
  g_strfreev (wish->groups);
  g_strfreev (wish->fields);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wish, wish_clear)

static void
add_list (struct json_object *object, const char *name, char **items)
{
  struct json_object *array;

  if (items == NULL)
    return;
  array = json_object_new_array ();
  for (; *items != NULL; items++)
    json_object_array_add (array, json_object_new_string (*items));
  json_object_object_add (object, name, array);
}

static struct json_object *
wish_json (const Wish *wish, GError **error)
{
  struct json_object *object = json_object_new_object (), *fields = json_object_new_object ();

  json_object_object_add (object, "fields", fields);
  for (gsize i = 0; i < G_N_ELEMENTS (text_names); i++)
    if (wish->texts[i] != NULL)
      json_object_object_add (object, text_names[i], json_object_new_string (wish->texts[i]));
  add_list (object, "addresses", wish->addresses);
  add_list (object, "groups", wish->groups);
  for (char **f = wish->fields; f != NULL && *f != NULL; f++)
    {
      g_auto (GStrv) parts = g_strsplit (*f, "=", 2);

      if (g_strv_length (parts) != 2)
        {
          pd_fail (error, PD_ERROR_INVALID, "--field is NAME=TEXT, not \"%s\"", *f);
          json_object_put (object);
          return NULL;
        }
      json_object_object_add (fields, parts[0], json_object_new_string (parts[1]));
    }
  return object;
}

static gboolean
say_filed (PdCli *cli, const FileWork *work)
{
  g_autofree char *id = pd_id_dup (work->request);

  if (work->result != NULL)
    return pd_people_print (cli, work->result, work->person != NULL ? "changed" : "added");
  if (cli->json)
    g_print ("{\"request\":\"%s\"}\n", id);
  else
    g_print ("Request %s waits for an administrator.\n", id);
  return TRUE;
}

static gboolean
file_from (PdCli *cli, gboolean edit, const char *as, const char *whom, const Wish *wish,
           GError **error)
{
  g_autoptr (PdPerson) actor = pd_cli_actor (cli, as, error), person = NULL, result = NULL;
  FileWork work = { .actor = actor };
  struct json_object *object;
  gboolean done;

  if (actor == NULL || (edit && (person = pd_people_need (cli->desk, whom, error)) == NULL))
    return FALSE;
  object = wish_json (wish, error);
  if (object == NULL)
    return FALSE;
  work.person = person;
  work.data = json_object_to_json_string_ext (object, JSON_C_TO_STRING_PLAIN);
  done = pd_desk_transaction (cli->desk, file, &work, error);
  result = work.result;
  json_object_put (object);
  return done && say_filed (cli, &work);
}

static gboolean
request (PdCli *cli, gboolean edit, int argc, char **argv, GError **error)
{
  g_auto (Wish) wish = { 0 };
  g_autofree char *as = NULL;
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &wish.texts[0], "The client's name", "NAME" },
    { "phone", 0, 0, G_OPTION_ARG_STRING, &wish.texts[1], "Phone number", "NUMBER" },
    { "mobile", 0, 0, G_OPTION_ARG_STRING, &wish.texts[2], "Mobile number", "NUMBER" },
    { "messenger", 0, 0, G_OPTION_ARG_STRING, &wish.texts[3], "Name in a messenger", "TEXT" },
    { "postal", 0, 0, G_OPTION_ARG_STRING, &wish.texts[4], "Postal address", "TEXT" },
    { "job-title", 0, 0, G_OPTION_ARG_STRING, &wish.texts[5], "Job title", "NAME" },
    { "language", 0, 0, G_OPTION_ARG_STRING, &wish.texts[6], "Language of notices", "TAG" },
    { "timezone", 0, 0, G_OPTION_ARG_STRING, &wish.texts[7], "Time zone", "ZONE" },
    { "address", 'a', 0, G_OPTION_ARG_STRING_ARRAY, &wish.addresses, "All addresses (repeatable)",
      "ADDRESS" },
    { "group", 'g', 0, G_OPTION_ARG_STRING_ARRAY, &wish.groups, "All groups (repeatable)", "NAME" },
    { "field", 0, 0, G_OPTION_ARG_STRING_ARRAY, &wish.fields, "A further field (repeatable)",
      "NAME=TEXT" },
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, "Who asks (else the first administrator)", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };

  return pd_cli_options (cli, entries, &argc, &argv, edit, edit, error) && pd_cli_desk (cli, error)
         && file_from (cli, edit, as, edit ? argv[1] : NULL, &wish, error);
}

gboolean
pd_command_request_add (PdCli *cli, int argc, char **argv, GError **error)
{
  return request (cli, FALSE, argc, argv, error);
}

gboolean
pd_command_request_edit (PdCli *cli, int argc, char **argv, GError **error)
{
  return request (cli, TRUE, argc, argv, error);
}

/* ---- list, show ---- */

static struct json_object *
request_json (PdDesk *desk, const PdClientRequest *request, GError **error)
{
  g_autoptr (PdPerson) by = NULL, person = NULL;
  struct json_object *object;

  if (!pd_person_get (desk, request->by, &by, error)
      || (request->person != 0 && !pd_person_get (desk, request->person, &person, error)))
    return NULL;
  object = json_object_new_object ();
  pd_json_id (object, "id", request->id);
  pd_json_text (object, "kind", pd_client_request_kind_name (request->kind));
  pd_json_text (object, "state", pd_client_request_state_name (request->state));
  pd_json_text (object, "person", person != NULL ? pd_person_label (person) : NULL);
  pd_json_text (object, "by", by != NULL ? pd_person_label (by) : NULL);
  pd_json_time (object, "created", request->created);
  pd_json_time (object, "decided", request->decided);
  pd_json_text (object, "reason", request->reason);
  json_object_object_add (object, "wish", json_tokener_parse (request->data));
  return object;
}

static const char *
text_of (struct json_object *object, const char *name)
{
  const char *text = json_object_get_string (json_object_object_get (object, name));

  return text != NULL ? text : "";
}

gboolean
pd_command_request_list (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *state_text = NULL;
  const GOptionEntry entries[] = {
    { "state", 0, 0, G_OPTION_ARG_STRING, &state_text, "open (else), approved or rejected",
      "STATE" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (PdTable) table = pd_table_new ("ID", "KIND", "STATE", "BY", "PERSON", NULL);
  g_autoptr (GPtrArray) requests = NULL;
  struct json_object *array, *row = NULL;
  PdRequestState state = PD_REQUEST_OPEN;

  if (!pd_cli_options (cli, entries, &argc, &argv, 0, 0, error)
      || (state_text != NULL && !pd_client_request_state_parse (state_text, &state, error))
      || !pd_cli_desk (cli, error)
      || (requests = pd_client_request_list (cli->desk, state, LIMIT, error)) == NULL)
    return FALSE;
  array = json_object_new_array ();
  for (guint i = 0; i < requests->len; i++)
    {
      row = request_json (cli->desk, g_ptr_array_index (requests, i), error);
      if (row == NULL)
        break;
      pd_table_add (table, text_of (row, "id"), text_of (row, "kind"), text_of (row, "state"),
                    text_of (row, "by"), text_of (row, "person"), NULL);
      json_object_array_add (array, row);
    }
  if (cli->json)
    pd_cli_print_json (array);
  else
    pd_table_print (table, "No requests.");
  json_object_put (array);
  return requests->len == 0 || row != NULL;
}

static gboolean
print_changes (PdCli *cli, const PdClientRequest *request, struct json_object *object,
               GError **error)
{
  g_autoptr (PdTable) table = pd_table_new ("FIELD", "NOW", "WANTED", NULL);
  g_autoptr (PdPerson) person = NULL;
  g_autoptr (GPtrArray) changes = NULL;
  struct json_object *array = json_object_new_array ();

  json_object_object_add (object, "changes", array);
  if (request->person != 0 && !pd_person_get (cli->desk, request->person, &person, error))
    return FALSE;
  changes = pd_person_wish_compare (cli->desk, json_object_object_get (object, "wish"), person,
                                    NULL, error);
  for (guint i = 0; changes != NULL && i < changes->len; i++)
    {
      PdPersonChange *change = g_ptr_array_index (changes, i);
      struct json_object *item = json_object_new_object ();

      pd_table_add (table, change->name, change->before, change->after, NULL);
      pd_json_text (item, "field", change->name);
      pd_json_text (item, "now", change->before);
      pd_json_text (item, "wanted", change->after);
      json_object_array_add (array, item);
    }
  if (changes == NULL)
    return FALSE;
  if (cli->json)
    pd_cli_print_json (object);
  else
    {
      g_print ("%s %s, asked by %s: %s\n", text_of (object, "kind"), text_of (object, "person"),
               text_of (object, "by"), text_of (object, "state"));
      pd_table_print (table, "It names nothing.");
    }
  return TRUE;
}

gboolean
pd_command_request_show (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PdClientRequest) request = NULL;
  struct json_object *object;
  gboolean done;
  gint64 id;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 1, 1, error) || !pd_cli_id (argv[1], &id, error)
      || !pd_cli_desk (cli, error)
      || (request = pd_client_request_need (cli->desk, id, error)) == NULL
      || (object = request_json (cli->desk, request, error)) == NULL)
    return FALSE;
  done = print_changes (cli, request, object, error);
  json_object_put (object);
  return done;
}

/* ---- approve, reject ---- */

typedef struct {
  gint64 id;
  PdPerson *actor;
  const char *reason; /* NULL: approve */
} DecideWork;

static gboolean
decide (PdDesk *desk, gpointer data, GError **error)
{
  DecideWork *work = data;
  g_autoptr (PdClientRequest) request = pd_client_request_need (desk, work->id, error);
  g_autoptr (PdPerson) person = NULL;

  if (request == NULL)
    return FALSE;
  return work->reason != NULL
             ? pd_client_request_reject (desk, request, work->actor, work->reason, error)
             : pd_client_request_approve (desk, request, work->actor, &person, error);
}

static gboolean
decide_from (PdCli *cli, gboolean approve, int argc, char **argv, GError **error)
{
  g_autofree char *as = NULL, *reason = NULL;
  const GOptionEntry entries[] = {
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, "Who decides (else the first administrator)",
      "ADDRESS" },
    { "reason", 0, approve ? G_OPTION_FLAG_HIDDEN : 0, G_OPTION_ARG_STRING, &reason,
      "Why not, for who asked", "TEXT" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (PdPerson) actor = NULL;
  DecideWork work = { 0 };

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error)
      || !pd_cli_id (argv[1], &work.id, error))
    return FALSE;
  if (!approve && reason == NULL)
    return pd_cli_usage (cli, error, "give --reason TEXT: who asked is told");
  if (!pd_cli_desk (cli, error) || (actor = pd_cli_actor (cli, as, error)) == NULL)
    return FALSE;
  work.actor = actor;
  work.reason = approve ? NULL : reason;
  if (!pd_desk_transaction (cli->desk, decide, &work, error))
    return FALSE;
  g_print ("Request %s.\n", approve ? "approved" : "rejected");
  return TRUE;
}

gboolean
pd_command_request_approve (PdCli *cli, int argc, char **argv, GError **error)
{
  return decide_from (cli, TRUE, argc, argv, error);
}

gboolean
pd_command_request_reject (PdCli *cli, int argc, char **argv, GError **error)
{
  return decide_from (cli, FALSE, argc, argv, error);
}
