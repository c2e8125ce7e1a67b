#include <string.h>

#include "base/error.h"
#include "base/id.h"
#include "cli/commands.h"
#include "desk/client-group.h"
#include "desk/mailing.h"
#include "desk/outbox.h"
#include "desk/render.h"
#include "desk/templates.h"
#include "desk/unit.h"

#define SHOWN 20 /* recipients that a preview names */

typedef struct {
  char *subject, *text, *html, *from_unit, *as;
  char **roles, **units, **groups, **people;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->subject);
  g_free (options->text);
  g_free (options->html);
  g_free (options->from_unit);
  g_free (options->as);
  g_strfreev (options->roles);
  g_strfreev (options->units);
  g_strfreev (options->groups);
  g_strfreev (options->people);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
read_options (PdCli *cli, Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "subject", 's', 0, G_OPTION_ARG_STRING, &options->subject, "The subject", "TEXT" },
    { "text", 't', 0, G_OPTION_ARG_STRING, &options->text, "The text (else standard input)",
      "TEXT" },
    { "html", 0, 0, G_OPTION_ARG_FILENAME, &options->html, "A file with the same as HTML", "FILE" },
    { "from", 'f', 0, G_OPTION_ARG_STRING, &options->from_unit, "The unit that sends it", "UNIT" },
    { "role", 'r', 0, G_OPTION_ARG_STRING_ARRAY, &options->roles,
      "To all of this role: director, head, agent, client (repeatable)", "ROLE" },
    { "unit", 'u', 0, G_OPTION_ARG_STRING_ARRAY, &options->units,
      "To the staff of a unit (repeatable)", "NAME" },
    { "group", 'g', 0, G_OPTION_ARG_STRING_ARRAY, &options->groups,
      "To the clients of a group (repeatable)", "NAME" },
    { "person", 'p', 0, G_OPTION_ARG_STRING_ARRAY, &options->people, "To a person (repeatable)",
      "ADDRESS" },
    { "as", 0, 0, G_OPTION_ARG_STRING, &options->as, "Who acts", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };

  return pd_cli_options (cli, entries, argc, argv, 0, 0, error) && pd_cli_desk (cli, error);
}

static gboolean
choose_roles (PdMailing *mailing, char **roles, GError **error)
{
  for (; roles != NULL && *roles != NULL; roles++)
    {
      PdRole role;

      if (!pd_role_parse (*roles, &role, error))
        return FALSE;
      mailing->roles |= 1U << role;
    }
  return TRUE;
}

static gboolean
choose_units (PdCli *cli, PdMailing *mailing, char **names, GError **error)
{
  for (; names != NULL && *names != NULL; names++)
    {
      g_autoptr (PdUnit) unit = pd_unit_need (cli->desk, *names, error);

      if (unit == NULL)
        return FALSE;
      g_array_append_val (mailing->units, unit->id);
    }
  return TRUE;
}

static gboolean
choose_groups (PdCli *cli, PdMailing *mailing, char **names, GError **error)
{
  for (; names != NULL && *names != NULL; names++)
    {
      g_autoptr (PdClientGroup) group = pd_client_group_need (cli->desk, *names, error);

      if (group == NULL)
        return FALSE;
      g_array_append_val (mailing->groups, group->id);
    }
  return TRUE;
}

static gboolean
choose_people (PdCli *cli, PdMailing *mailing, char **addresses, GError **error)
{
  for (; addresses != NULL && *addresses != NULL; addresses++)
    {
      g_autoptr (PdPerson) person = pd_person_need (cli->desk, *addresses, error);

      if (person == NULL)
        return FALSE;
      g_array_append_val (mailing->persons, person->id);
    }
  return TRUE;
}

static gboolean
fill (PdCli *cli, PdMailing *mailing, const Options *options, GError **error)
{
  g_autoptr (PdUnit) unit = pd_unit_need (cli->desk, options->from_unit, error);
  g_autoptr (GBytes) html = NULL;

  if (unit == NULL)
    return FALSE;
  mailing->unit = unit->id;
  mailing->subject = g_strdup (options->subject);
  mailing->text = pd_cli_text (options->text, error);
  if (mailing->text == NULL)
    return FALSE;
  if (options->html != NULL)
    {
      html = pd_cli_read (options->html, PD_MAILING_MAX_TEXT, error);
      if (html == NULL)
        return FALSE;
      mailing->html = g_strndup (g_bytes_get_data (html, NULL), g_bytes_get_size (html));
    }
  return choose_roles (mailing, options->roles, error)
         && choose_units (cli, mailing, options->units, error)
         && choose_groups (cli, mailing, options->groups, error)
         && choose_people (cli, mailing, options->people, error);
}

typedef struct {
  PdMailing *mailing;
  const PdPerson *actor;
} Work;

static gboolean
add_work (PdDesk *desk, gpointer data, GError **error)
{
  Work *work = data;

  return pd_mailing_add (desk, work->mailing, work->actor, error);
}

gboolean
pd_command_mailing_create (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  g_autoptr (PdMailing) mailing = pd_mailing_new ();
  g_autoptr (PdPerson) actor = NULL;
  Work work = { mailing, NULL };
  char id[PD_ID_TEXT_SIZE];

  if (!read_options (cli, &options, &argc, &argv, error))
    return FALSE;
  if (options.subject == NULL || options.from_unit == NULL)
    return pd_cli_usage (cli, error, "give at least --subject and --from");
  work.actor = actor = pd_cli_actor (cli, options.as, error);
  if (actor == NULL || !fill (cli, mailing, &options, error)
      || !pd_desk_transaction (cli->desk, add_work, &work, error))
    return FALSE;
  g_print ("%s\n", pd_id_format (mailing->id, id));
  return TRUE;
}

/* ---- preview ---- */

/* The mail as the first of them gets it. */
static gboolean
print_sample (PdCli *cli, const PdMailing *mailing, const PdMailingRecipient *recipient,
              GError **error)
{
  g_autoptr (PdTemplates) templates = pd_templates_load (cli->program->templates, error);
  g_autoptr (PdRendered) rendered = NULL;
  g_autofree char *data = NULL;
  char id[PD_ID_TEXT_SIZE];
  PdOutboxRow row = { .id = mailing->id,
                      .event = (char *)"mailing",
                      .unit = mailing->unit,
                      .person = recipient->person,
                      .recipient = recipient->address,
                      .created = mailing->created };

  if (templates == NULL)
    return FALSE;
  data = g_strdup_printf ("{\"mailing\":\"%s\"}", pd_id_format (mailing->id, id));
  row.data = data;
  rendered = pd_render (cli->desk, templates, &row, error);
  if (rendered == NULL)
    return FALSE;
  g_print ("\nSubject: %s\n\n%s", mailing->subject, rendered->text);
  return TRUE;
}

gboolean
pd_command_mailing_preview (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PdMailing) mailing = NULL;
  g_autoptr (GPtrArray) recipients = NULL;
  struct json_object *array;
  gint64 id;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 1, 1, error) || !pd_cli_id (argv[1], &id, error)
      || !pd_cli_desk (cli, error))
    return FALSE;
  mailing = pd_mailing_need (cli->desk, id, error);
  recipients = mailing != NULL ? pd_mailing_recipients (cli->desk, mailing, error) : NULL;
  if (recipients == NULL)
    return FALSE;
  array = json_object_new_array ();
  if (!cli->json)
    g_print ("It would go to %u people%s\n", recipients->len, recipients->len > 0 ? ":" : ".");
  for (guint i = 0; i < recipients->len; i++)
    {
      const PdMailingRecipient *recipient = g_ptr_array_index (recipients, i);

      json_object_array_add (array, json_object_new_string (recipient->address));
      if (!cli->json && i < SHOWN)
        g_print ("  %s <%s>\n", recipient->name, recipient->address);
    }
  if (cli->json)
    pd_cli_print_json (array);
  else if (recipients->len > SHOWN)
    g_print ("  … and %u more\n", recipients->len - SHOWN);
  json_object_put (array);
  return cli->json || recipients->len == 0
         || print_sample (cli, mailing, g_ptr_array_index (recipients, 0), error);
}

/* ---- send and list ---- */

static gboolean
send_work (PdDesk *desk, gpointer data, GError **error)
{
  Work *work = data;

  return pd_mailing_send (desk, work->mailing, work->actor, error);
}

gboolean
pd_command_mailing_send (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *as = NULL;
  const GOptionEntry entries[] = {
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, "Who acts", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (PdMailing) mailing = NULL;
  g_autoptr (PdPerson) actor = NULL;
  Work work;
  gint64 id;

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error) || !pd_cli_id (argv[1], &id, error)
      || !pd_cli_desk (cli, error))
    return FALSE;
  actor = pd_cli_actor (cli, as, error);
  mailing = actor != NULL ? pd_mailing_need (cli->desk, id, error) : NULL;
  if (mailing == NULL)
    return FALSE;
  work = (Work){ mailing, actor };
  if (!pd_desk_transaction (cli->desk, send_work, &work, error))
    return FALSE;
  g_print ("%s: queued to %" G_GINT64_FORMAT " people\n", argv[1], mailing->recipients);
  return TRUE;
}

gboolean
pd_command_mailing_list (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PdTable) table = pd_table_new ("ID", "STATE", "TO", "SUBJECT", NULL);
  g_autoptr (GPtrArray) mailings = NULL;
  struct json_object *array;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 0, 0, error) || !pd_cli_desk (cli, error))
    return FALSE;
  mailings = pd_mailing_list (cli->desk, 100, error);
  if (mailings == NULL)
    return FALSE;
  array = json_object_new_array ();
  for (guint i = 0; i < mailings->len; i++)
    {
      const PdMailing *mailing = g_ptr_array_index (mailings, i);
      struct json_object *object = json_object_new_object ();
      g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, mailing->recipients);
      char id[PD_ID_TEXT_SIZE];

      pd_table_add (table, pd_id_format (mailing->id, id), mailing->queued != 0 ? "sent" : "draft",
                    mailing->queued != 0 ? number : "", mailing->subject, NULL);
      pd_json_id (object, "id", mailing->id);
      pd_json_text (object, "subject", mailing->subject);
      pd_json_time (object, "created", mailing->created);
      pd_json_time (object, "sent", mailing->queued);
      json_object_object_add (object, "recipients", json_object_new_int64 (mailing->recipients));
      json_object_array_add (array, object);
    }
  if (cli->json)
    pd_cli_print_json (array);
  else
    pd_table_print (table, "No mailings.");
  json_object_put (array);
  return TRUE;
}
