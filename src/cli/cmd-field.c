/* Job titles and further fields: what administrators define about people and tickets. */
#include "base/error.h"
#include "cli/commands.h"
#include "desk/field.h"
#include "desk/job-title.h"

/* ---- job titles ---- */

typedef struct {
  const char *name, *new_name;
  gboolean force;
} TitleWork;

static gboolean
add_title (PdDesk *desk, gpointer data, GError **error)
{
  TitleWork *work = data;
  gint64 id;

  return pd_job_title_add (desk, work->name, &id, error);
}

static gboolean
rename_title (PdDesk *desk, gpointer data, GError **error)
{
  TitleWork *work = data;
  gint64 id;

  return pd_job_title_need (desk, work->name, &id, error)
         && pd_job_title_rename (desk, id, work->new_name, error);
}

static gboolean
remove_title (PdDesk *desk, gpointer data, GError **error)
{
  TitleWork *work = data;
  gint64 id;

  return pd_job_title_need (desk, work->name, &id, error)
         && pd_job_title_remove (desk, id, work->force, error);
}

static gboolean
title_done (PdCli *cli, PdDeskWork run, TitleWork *work, const char *said, GError **error)
{
  if (!pd_desk_transaction (cli->desk, run, work, error))
    return FALSE;
  g_print ("Job title \"%s\" %s.\n", work->name, said);
  return TRUE;
}

gboolean
pd_command_job_title_add (PdCli *cli, int argc, char **argv, GError **error)
{
  TitleWork work = { 0 };

  if (!pd_cli_options (cli, NULL, &argc, &argv, 1, 1, error) || !pd_cli_desk (cli, error))
    return FALSE;
  work.name = argv[1];
  return title_done (cli, add_title, &work, "added", error);
}

gboolean
pd_command_job_title_rename (PdCli *cli, int argc, char **argv, GError **error)
{
  TitleWork work = { 0 };

  if (!pd_cli_options (cli, NULL, &argc, &argv, 2, 2, error) || !pd_cli_desk (cli, error))
    return FALSE;
  work.name = argv[1];
  work.new_name = argv[2];
  return title_done (cli, rename_title, &work, "renamed", error);
}

gboolean
pd_command_job_title_remove (PdCli *cli, int argc, char **argv, GError **error)
{
  TitleWork work = { 0 };
  const GOptionEntry entries[] = {
    { "force", 0, 0, G_OPTION_ARG_NONE, &work.force, "Take it from all who have it", NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error) || !pd_cli_desk (cli, error))
    return FALSE;
  work.name = argv[1];
  return title_done (cli, remove_title, &work, "removed", error);
}

gboolean
pd_command_job_title_list (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) titles = NULL;
  g_autoptr (PdTable) table = pd_table_new ("NAME", NULL);
  struct json_object *array;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 0, 0, error) || !pd_cli_desk (cli, error)
      || (titles = pd_job_title_list (cli->desk, error)) == NULL)
    return FALSE;
  array = json_object_new_array ();
  for (guint i = 0; i < titles->len; i++)
    {
      PdJobTitle *title = g_ptr_array_index (titles, i);

      pd_table_add (table, title->name, NULL);
      json_object_array_add (array, json_object_new_string (title->name));
    }
  if (cli->json)
    pd_cli_print_json (array);
  else
    pd_table_print (table, "There is no job title yet: postdesk job-title add NAME");
  json_object_put (array);
  return TRUE;
}

/* ---- fields ---- */

typedef struct {
  char *kind, *placeholder, *preset, *visibility, *name;
  char **options;
  gboolean required, optional, close, open;
  int position;
  PdFieldTarget target;
  const char *field;
} FieldWork;

static void
field_work_clear (FieldWork *work)
{
  g_free (work->kind);
  g_free (work->placeholder);
  g_free (work->preset);
  g_free (work->visibility);
  g_free (work->name);
  g_strfreev (work->options);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FieldWork, field_work_clear)

static void
replace (char **text, const char *value)
{
  if (value == NULL)
    return;
  g_free (*text);
  *text = g_strdup (value);
}

static gboolean
apply (const FieldWork *work, PdField *field, GError **error)
{
  replace (&field->name, work->name);
  replace (&field->placeholder, work->placeholder);
  replace (&field->preset, work->preset);
  if (work->options != NULL)
    g_ptr_array_set_size (field->options, 0);
  for (char **o = work->options; o != NULL && *o != NULL; o++)
    g_ptr_array_add (field->options, g_strdup (*o));
  if (work->required || work->optional)
    field->required = work->required;
  if (work->close || work->open)
    field->closed = work->close;
  if (work->position > 0)
    field->position = work->position;
  return work->visibility == NULL
         || pd_field_visibility_parse (work->visibility, &field->visibility, error);
}

static gboolean
add_field (PdDesk *desk, gpointer data, GError **error)
{
  FieldWork *work = data;
  g_autoptr (PdField) field = NULL;
  PdFieldKind kind;

  if (!pd_field_kind_parse (work->kind != NULL ? work->kind : "text", &kind, error))
    return FALSE;
  field = pd_field_new (work->target, kind, work->field);
  return apply (work, field, error) && pd_field_add (desk, field, error);
}

static gboolean
set_field (PdDesk *desk, gpointer data, GError **error)
{
  FieldWork *work = data;
  g_autoptr (PdField) field = pd_field_need (desk, work->target, work->field, error);

  return field != NULL && apply (work, field, error) && pd_field_save (desk, field, error);
}

static gboolean
change (PdCli *cli, FieldWork *work, PdDeskWork run, const char *said, int argc, char **argv,
        GError **error)
{
  gboolean is_new = run == add_field;
  const GOptionEntry entries[] = {
    { "kind", 0, is_new ? 0 : G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &work->kind,
      "text (else), longtext, select, multiselect or date", "KIND" },
    { "option", 'o', 0, G_OPTION_ARG_STRING_ARRAY, &work->options,
      "An option of a select (repeatable; `set` replaces all)", "TEXT" },
    { "placeholder", 0, 0, G_OPTION_ARG_STRING, &work->placeholder, "Shown while it is empty",
      "TEXT" },
    { "preset", 0, 0, G_OPTION_ARG_STRING, &work->preset, "What stands there at first", "TEXT" },
    { "visibility", 0, 0, G_OPTION_ARG_STRING, &work->visibility,
      "Who reads it: all (else), staff or heads", "WHO" },
    { "required", 0, 0, G_OPTION_ARG_NONE, &work->required, "It must not be empty", NULL },
    { "optional", 0, 0, G_OPTION_ARG_NONE, &work->optional, "It may be empty", NULL },
    { "position", 0, 0, G_OPTION_ARG_INT, &work->position, "Its place, from 1", "N" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &work->name, "New name", "NAME" },
    { "close", 0, 0, G_OPTION_ARG_NONE, &work->close, "Not shown any more; values stay", NULL },
    { "open", 0, 0, G_OPTION_ARG_NONE, &work->open, "Shown again", NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!pd_cli_options (cli, entries, &argc, &argv, 2, 2, error)
      || !pd_field_target_parse (argv[1], &work->target, error) || !pd_cli_desk (cli, error))
    return FALSE;
  work->field = argv[2];
  if (!pd_desk_transaction (cli->desk, run, work, error))
    return FALSE;
  g_print ("Field \"%s\" of a %s %s.\n", work->name != NULL ? work->name : work->field, argv[1],
           said);
  return TRUE;
}

gboolean
pd_command_field_add (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (FieldWork) work = { 0 };

  return change (cli, &work, add_field, "added", argc, argv, error);
}

gboolean
pd_command_field_set (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (FieldWork) work = { 0 };

  return change (cli, &work, set_field, "changed", argc, argv, error);
}

gboolean
pd_command_field_remove (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (FieldWork) work = { .close = TRUE };

  return change (cli, &work, set_field, "closed; its values are kept", argc, argv, error);
}

static struct json_object *
field_json (const PdField *field)
{
  struct json_object *object = json_object_new_object (), *options = json_object_new_array ();

  pd_json_text (object, "target", pd_field_target_name (field->target));
  pd_json_text (object, "name", field->name);
  pd_json_text (object, "kind", pd_field_kind_name (field->kind));
  for (guint i = 0; i < field->options->len; i++)
    json_object_array_add (options, json_object_new_string (g_ptr_array_index (field->options, i)));
  json_object_object_add (object, "options", options);
  pd_json_text (object, "placeholder", field->placeholder);
  pd_json_text (object, "preset", field->preset);
  pd_json_text (object, "visibility", pd_field_visibility_name (field->visibility));
  json_object_object_add (object, "required", json_object_new_boolean (field->required));
  json_object_object_add (object, "position", json_object_new_int (field->position));
  pd_json_text (object, "state", field->closed ? "closed" : "active");
  return object;
}

gboolean
pd_command_field_list (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PdTable) table = pd_table_new ("TARGET", "KIND", "FOR", "STATE", "NAME", NULL);
  struct json_object *array;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 0, 0, error) || !pd_cli_desk (cli, error))
    return FALSE;
  array = json_object_new_array ();
  for (PdFieldTarget target = PD_FIELD_OF_PERSON; target <= PD_FIELD_OF_TICKET; target++)
    {
      g_autoptr (GPtrArray) fields = pd_field_list (cli->desk, target, error);

      for (guint i = 0; fields != NULL && i < fields->len; i++)
        {
          PdField *field = g_ptr_array_index (fields, i);

          pd_table_add (table, pd_field_target_name (target), pd_field_kind_name (field->kind),
                        pd_field_visibility_name (field->visibility),
                        field->closed     ? "closed"
                        : field->required ? "required"
                                          : "active",
                        field->name, NULL);
          json_object_array_add (array, field_json (field));
        }
      if (fields == NULL)
        {
          json_object_put (array);
          return FALSE;
        }
    }
  if (cli->json)
    pd_cli_print_json (array);
  else
    pd_table_print (table, "There is no field yet: postdesk field add person|ticket NAME");
  json_object_put (array);
  return TRUE;
}
