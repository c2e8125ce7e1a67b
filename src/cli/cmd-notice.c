#include <string.h>

#include "base/error.h"
#include "cli/commands.h"
#include "desk/notice-choice.h"
#include "desk/notice.h"

static const struct {
  guint bit;
  const char *name;
} relations[] = {
  { PD_IS_REQUESTER, "requester" }, { PD_IS_AUTHOR, "author" },     { PD_IS_LOCKER, "worker" },
  { PD_IS_ASSIGNEE, "assignee" },   { PD_IS_HEAD, "head" },         { PD_IS_MEMBER, "member" },
  { PD_IS_WATCHER, "watcher" },     { PD_IS_CC, "copy" },           { PD_IS_COMMENTER, "commenter" },
};

/* How a cell of the table reads: always, only while nobody works on it, never. */
static const char *
cell (PdNoticeEvent event, guint bit)
{
  guint told, idle;
  gboolean internal;

  pd_notice_rule (event, &told, &idle, &internal);
  if (bit == PD_IS_REQUESTER && internal)
    return "";
  return (told & bit) != 0 ? "yes" : (idle & bit) != 0 ? "idle" : "";
}

static struct json_object *
rule_json (PdNoticeEvent event)
{
  struct json_object *object = json_object_new_object ();
  struct json_object *told = json_object_new_object ();
  struct json_object *channels = json_object_new_array ();
  guint always, idle;
  gboolean internal;

  pd_notice_rule (event, &always, &idle, &internal);
  pd_json_text (object, "event", pd_notice_event_name (event));
  json_object_object_add (object, "internal", json_object_new_boolean (internal));
  for (gsize i = 0; i < G_N_ELEMENTS (relations); i++)
    if (cell (event, relations[i].bit)[0] != '\0')
      pd_json_text (told, relations[i].name, cell (event, relations[i].bit));
  json_object_object_add (object, "told", told);
  json_object_array_add (channels, json_object_new_string ("mail"));
  if (event != PD_NOTICE_RECEIVED)
    json_object_array_add (channels, json_object_new_string ("web"));
  json_object_object_add (object, "channels", channels);
  return object;
}

static void
add_rule (PdTable *table, PdNoticeEvent event)
{
  const char *cells[G_N_ELEMENTS (relations)];
  guint told, idle;
  gboolean internal;

  pd_notice_rule (event, &told, &idle, &internal);
  for (gsize i = 0; i < G_N_ELEMENTS (relations); i++)
    cells[i] = cell (event, relations[i].bit);
  pd_table_add (table, pd_notice_event_name (event), internal ? "staff" : "all", cells[0], cells[1],
                cells[2], cells[3], cells[4], cells[5], cells[6], cells[7], cells[8],
                event == PD_NOTICE_RECEIVED ? "mail" : "mail, web (staff)", NULL);
}

static gboolean
print_rules (PdCli *cli, const char *only, GError **error)
{
  g_autoptr (PdTable) table
      = pd_table_new ("EVENT", "TO", "REQUESTER", "AUTHOR", "WORKER", "ASSIGNEE", "HEAD", "MEMBER",
                      "WATCHER", "COPY", "COMMENTER", "CHANNELS", NULL);
  struct json_object *array = json_object_new_array ();
  PdNoticeEvent one = 0;
  gboolean ok = only == NULL || pd_notice_event_parse (only, &one);

  for (int i = 0; ok && i < PD_N_NOTICES; i++)
    {
      if (only != NULL && i != (int)one)
        continue;
      add_rule (table, (PdNoticeEvent)i);
      json_object_array_add (array, rule_json ((PdNoticeEvent)i));
    }
  if (ok && cli->json)
    pd_cli_print_json (array);
  else if (ok)
    {
      pd_table_print (table, "");
      g_print ("yes: is told; idle: while nobody works on the ticket.  Nobody is told of his own "
               "act.\n");
    }
  json_object_put (array);
  return ok || pd_notice_choice_check (only, error)
         || pd_fail (error, PD_ERROR_INVALID, "\"%s\" is no event of a ticket", only);
}

static gboolean
print_choices (PdCli *cli, const char *address, GError **error)
{
  g_autoptr (PdPerson) person = pd_person_need (cli->desk, address, error);
  g_autoptr (PdTable) table = pd_table_new ("EVENT", "CHANNEL", "WANTED", NULL);
  g_autoptr (GPtrArray) choices = NULL;
  struct json_object *array;

  if (person == NULL)
    return FALSE;
  choices = pd_notice_choice_list (cli->desk, person->id, error);
  if (choices == NULL)
    return FALSE;
  array = json_object_new_array ();
  for (guint i = 0; i < choices->len; i++)
    {
      const PdStoredChoice *choice = g_ptr_array_index (choices, i);
      const char *event = choice->event[0] != '\0' ? choice->event : "all";
      struct json_object *object = json_object_new_object ();

      pd_table_add (table, event, pd_channel_name (choice->channel), choice->wanted ? "on" : "off",
                    NULL);
      pd_json_text (object, "event", event);
      pd_json_text (object, "channel", pd_channel_name (choice->channel));
      json_object_object_add (object, "wanted", json_object_new_boolean (choice->wanted));
      json_object_array_add (array, object);
    }
  if (cli->json)
    pd_cli_print_json (array);
  else
    pd_table_print (table, "No choices: all is on.");
  json_object_put (array);
  return TRUE;
}

gboolean
pd_command_notice_show (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *event = NULL;
  const GOptionEntry entries[] = {
    { "event", 'e', 0, G_OPTION_ARG_STRING, &event, "Only this event", "EVENT" },
    G_OPTION_ENTRY_NULL,
  };

  if (!pd_cli_options (cli, entries, &argc, &argv, 0, 1, error))
    return FALSE;
  if (argc < 2)
    return print_rules (cli, event, error);
  return pd_cli_desk (cli, error) && print_choices (cli, argv[1], error);
}

/* ---- set ---- */

typedef struct {
  gint64 person;
  const char *event;
  PdNoticeChannel channel;
  const char *word;
} ChoiceWork;

static gboolean
set_choice (PdDesk *desk, gpointer data, GError **error)
{
  const ChoiceWork *work = data;

  if (strcmp (work->word, "default") == 0)
    return pd_notice_choice_drop (desk, work->person, work->event, work->channel, error);
  return pd_notice_choice_set (desk, work->person, work->event, work->channel,
                               strcmp (work->word, "on") == 0, error);
}

gboolean
pd_command_notice_set (PdCli *cli, int argc, char **argv, GError **error)
{
  static const char *const words[] = { "on", "off", "default", NULL };
  g_autofree char *event = NULL, *channel = NULL;
  const GOptionEntry entries[] = {
    { "event", 'e', 0, G_OPTION_ARG_STRING, &event, "Of this event (else of all)", "EVENT" },
    { "channel", 0, 0, G_OPTION_ARG_STRING, &channel, "mail, web, push or sms (else mail)",
      "CHANNEL" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (PdPerson) person = NULL;
  ChoiceWork work = { 0 };

  if (!pd_cli_options (cli, entries, &argc, &argv, 2, 2, error)
      || !pd_cli_word (cli, "the choice", argv[2], words, error)
      || !pd_channel_parse (channel != NULL ? channel : "mail", &work.channel, error)
      || !pd_cli_desk (cli, error))
    return FALSE;
  person = pd_person_need (cli->desk, argv[1], error);
  if (person == NULL)
    return FALSE;
  work.person = person->id;
  work.event = event != NULL && strcmp (event, "all") != 0 ? event : "";
  work.word = argv[2];
  if (!pd_desk_transaction (cli->desk, set_choice, &work, error))
    return FALSE;
  g_print ("%s: %s by %s: %s\n", pd_person_label (person), work.event[0] != '\0' ? event : "all",
           pd_channel_name (work.channel), argv[2]);
  return TRUE;
}
