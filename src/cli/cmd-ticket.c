#include "base/clock.h"
#include <string.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/ticket-work.h"
#include "desk/field.h"
#include "desk/ticket-change.h"
#include "desk/ticket-view.h"
#include "desk/topic.h"
#include "desk/unit.h"

static const char *
text_of (struct json_object *object, const char *name)
{
  struct json_object *value = json_object_object_get (object, name);

  return value != NULL ? json_object_get_string (value) : "";
}

/* ---- list ---------------------------------------------------------------- */

typedef struct {
  char *unit, *state, *requester, *author, *assignee, *tag, *box, *as;
  gboolean mine, free, by_me, by_others, spam;
  int limit;
} ListOptions;

static void
list_clear (ListOptions *options)
{
  g_free (options->unit);
  g_free (options->state);
  g_free (options->requester);
  g_free (options->author);
  g_free (options->assignee);
  g_free (options->tag);
  g_free (options->box);
  g_free (options->as);
}

static gboolean
find_person (PdDesk *desk, const char *address, gint64 *out, GError **error)
{
  g_autoptr (PdPerson) person = NULL;

  if (address == NULL)
    return TRUE;
  person = pd_person_need (desk, address, error);
  if (person == NULL)
    return FALSE;
  *out = person->id;
  return TRUE;
}

/* What is "me" needs somebody who looks. */
static gboolean
fill_mine (PdCli *cli, const ListOptions *options, PdTicketFilter *filter, GError **error)
{
  if (!options->mine && !options->by_me && !options->by_others && options->box == NULL)
    return TRUE;
  if (filter->viewer == NULL)
    return pd_cli_usage (cli, error, "whose tickets? give --as ADDRESS");
  if (options->mine)
    filter->assignee = filter->viewer->id;
  if (options->by_me)
    filter->locker = filter->viewer->id;
  filter->locked_by_others = options->by_others;
  return TRUE;
}

static gboolean
fill_filter (PdCli *cli, const ListOptions *options, PdTicketFilter *filter, GError **error)
{
  static const char *const boxes[] = { "all", "in", "out", "archive", NULL };
  g_autoptr (PdUnit) unit = NULL;
  PdTicketState parsed = PD_TICKET_FREE;

  if (options->state != NULL && !pd_ticket_state_parse (options->state, &parsed, error))
    return FALSE;
  filter->state = options->state != NULL || options->free ? (int)parsed : -1;
  if (options->box != NULL && !pd_cli_word (cli, "box", options->box, boxes, error))
    return FALSE;
  for (int i = 0; options->box != NULL && boxes[i] != NULL; i++)
    if (g_str_equal (boxes[i], options->box))
      filter->box = (PdTicketBox)i;
  if (options->unit != NULL && (unit = pd_unit_need (cli->desk, options->unit, error)) == NULL)
    return FALSE;
  filter->unit = unit != NULL ? unit->id : 0;
  filter->tag = options->tag;
  filter->spam = options->spam;
  filter->limit = (guint)CLAMP (options->limit, 1, 1000);
  return find_person (cli->desk, options->requester, &filter->requester, error)
         && find_person (cli->desk, options->author, &filter->author, error)
         && find_person (cli->desk, options->assignee, &filter->assignee, error)
         && fill_mine (cli, options, filter, error);
}

static void
add_ticket_row (PdTable *table, struct json_object *row)
{
  struct json_object *requester = json_object_object_get (row, "requester");
  g_autofree char *number = g_strdup_printf ("#%s", text_of (row, "number"));

  pd_table_add (table, number, text_of (row, "state"), text_of (row, "unit"),
                text_of (row, "updated"), text_of (requester, "address"), text_of (row, "subject"),
                NULL);
}

static gboolean
print_list (PdCli *cli, GPtrArray *tickets, const PdPerson *viewer, GError **error)
{
  g_autoptr (PdTable) table
      = pd_table_new ("NUMBER", "STATE", "UNIT", "UPDATED", "REQUESTER", "SUBJECT", NULL);
  struct json_object *array = json_object_new_array ();
  gboolean complete = TRUE;

  for (guint i = 0; complete && i < tickets->len; i++)
    {
      struct json_object *row
          = pd_ticket_view_row (cli->desk, g_ptr_array_index (tickets, i), viewer, error);

      complete = row != NULL;
      if (complete)
        {
          add_ticket_row (table, row);
          json_object_array_add (array, row);
        }
    }
  if (complete && cli->json)
    pd_cli_print_json (array);
  else if (complete)
    pd_table_print (table, "No tickets.");
  json_object_put (array);
  return complete;
}

static gboolean
list (PdCli *cli, const ListOptions *options, GError **error)
{
  g_autoptr (PdPerson) viewer = NULL;
  g_autoptr (GPtrArray) tickets = NULL;
  PdTicketFilter filter = { 0 };

  if (!pd_cli_desk (cli, error) || !pd_ticket_work_viewer (cli, options->as, &viewer, error))
    return FALSE;
  filter.viewer = viewer;
  if (!fill_filter (cli, options, &filter, error))
    return FALSE;
  tickets = pd_ticket_list (cli->desk, &filter, error);
  return tickets != NULL && print_list (cli, tickets, viewer, error);
}

gboolean
pd_command_ticket_list (PdCli *cli, int argc, char **argv, GError **error)
{
  ListOptions options = { .limit = 100 };
  const GOptionEntry entries[] = {
    { "unit", 'u', 0, G_OPTION_ARG_STRING, &options.unit, "Only of this unit", "NAME" },
    { "state", 's', 0, G_OPTION_ARG_STRING, &options.state,
      "Only free, locked, waiting, done or archived", "STATE" },
    { "free", 0, 0, G_OPTION_ARG_NONE, &options.free, "The same as --state free", NULL },
    { "requester", 0, 0, G_OPTION_ARG_STRING, &options.requester, "Only of this person",
      "ADDRESS" },
    { "author", 0, 0, G_OPTION_ARG_STRING, &options.author, "Only what this person wrote",
      "ADDRESS" },
    { "assignee", 0, 0, G_OPTION_ARG_STRING, &options.assignee, "Only what is given to this person",
      "ADDRESS" },
    { "tag", 0, 0, G_OPTION_ARG_STRING, &options.tag, "Only with this tag", "TAG" },
    { "as", 0, 0, G_OPTION_ARG_STRING, &options.as, "Only what this person may see", "ADDRESS" },
    { "box", 0, 0, G_OPTION_ARG_STRING, &options.box,
      "Of who looks (--as): in, out, archive or all", "BOX" },
    { "mine", 0, 0, G_OPTION_ARG_NONE, &options.mine, "Given to who looks", NULL },
    { "locked-by-me", 0, 0, G_OPTION_ARG_NONE, &options.by_me, "In work by who looks", NULL },
    { "locked-by-others", 0, 0, G_OPTION_ARG_NONE, &options.by_others, "In work by others", NULL },
    { "spam", 0, 0, G_OPTION_ARG_NONE, &options.spam, "Spam, and nothing else", NULL },
    { "limit", 'n', 0, G_OPTION_ARG_INT, &options.limit, "At most so many (100; up to 1000)",
      "N" },
    G_OPTION_ENTRY_NULL,
  };
  gboolean ok = pd_cli_options (cli, entries, &argc, &argv, 0, 0, error)
                && list (cli, &options, error);

  list_clear (&options);
  return ok;
}

/* ---- show ---------------------------------------------------------------- */

/* The name of a person of the view; his address if he has none, "" if it is
 * the system. */
static const char *
who (struct json_object *person)
{
  const char *name = person != NULL ? text_of (person, "name") : "";

  return name[0] != '\0' || person == NULL ? name : text_of (person, "address");
}

static void
print_files (struct json_object *files)
{
  for (gsize i = 0; files != NULL && i < json_object_array_length (files); i++)
    {
      struct json_object *file = json_object_array_get_idx (files, i);
      g_autofree char *size
          = g_format_size ((guint64)json_object_get_int64 (json_object_object_get (file, "size")));

      g_print ("  [file] %s  %s, %s\n", text_of (file, "name"), text_of (file, "type"), size);
    }
}

static void
print_deliveries (struct json_object *deliveries)
{
  for (gsize i = 0; deliveries != NULL && i < json_object_array_length (deliveries); i++)
    {
      struct json_object *one = json_object_array_get_idx (deliveries, i);
      const char *answer = text_of (one, "answer");

      g_print ("  -> %s  %s%s%s\n", text_of (one, "to"), text_of (one, "state"),
               answer[0] != '\0' ? ": " : "", answer);
    }
}

static void
print_entry (struct json_object *entry)
{
  const char *author = who (json_object_object_get (entry, "author"));
  const char *kind = text_of (entry, "kind");
  gboolean internal = g_str_equal (text_of (entry, "visibility"), "internal");
  const char *origin = text_of (entry, "origin");
  g_autofree char *from = origin[0] != '\0' ? g_strdup_printf (" (from #%s)", origin) : g_strdup ("");
  g_autofree char *text = g_strchomp (g_strdup (text_of (entry, "visible")));

  if (g_str_equal (kind, "event"))
    {
      g_print ("\n-- %s  %s%s%s%s\n", text_of (entry, "time"), text,
               author[0] != '\0' ? " by " : "", author, from);
      return;
    }
  g_print ("\n== %s  %s by %s%s%s%s  [%s]\n%s%s", text_of (entry, "time"), kind, author,
           internal && !g_str_equal (kind, "note") ? " (internal)" : "",
           text_of (entry, "edited")[0] != '\0' ? " (edited)" : "", from, text_of (entry, "id"), text,
           text[0] != '\0' ? "\n" : "");
  print_files (json_object_object_get (entry, "attachments"));
  print_deliveries (json_object_object_get (entry, "delivery"));
}

static void
print_line (const char *name, const char *value)
{
  if (value[0] != '\0')
    g_print ("  %-10s %s\n", name, value);
}

static void
print_others (const char *name, struct json_object *others)
{
  for (gsize i = 0; i < json_object_array_length (others); i++)
    {
      struct json_object *other = json_object_array_get_idx (others, i);

      g_print ("  %-10s #%s %s (%s)\n", name, text_of (other, "number"), text_of (other, "subject"),
               text_of (other, "state"));
    }
}

static void
print_facts (struct json_object *ticket)
{
  struct json_object *tags = json_object_object_get (ticket, "tags");
  struct json_object *fields = json_object_object_get (ticket, "fields");

  print_line ("plan", text_of (ticket, "plan"));
  print_line ("deadline", text_of (ticket, "deadline"));
  print_line ("waits till", text_of (ticket, "waiting_until"));
  print_line ("merged to", text_of (ticket, "merged_into"));
  print_line ("rating", text_of (ticket, "rating"));
  print_line ("", text_of (ticket, "rating_text"));
  for (gsize i = 0; i < json_object_array_length (tags); i++)
    print_line ("tag", json_object_get_string (json_object_array_get_idx (tags, i)));
  for (gsize i = 0; i < json_object_array_length (fields); i++)
    {
      struct json_object *field = json_object_array_get_idx (fields, i);

      print_line (text_of (field, "name"), text_of (field, "value"));
    }
  print_others ("link", json_object_object_get (ticket, "links"));
  print_others ("merged", json_object_object_get (ticket, "merged"));
}

static void
print_ticket_text (struct json_object *ticket)
{
  struct json_object *people = json_object_object_get (ticket, "participants");
  struct json_object *entries = json_object_object_get (ticket, "entries");
  struct json_object *spam = json_object_object_get (ticket, "spam");

  g_print ("#%s  %s\n", text_of (ticket, "number"), text_of (ticket, "subject"));
  g_print ("  %-10s %s, %s%s, priority %s\n", "unit", text_of (ticket, "unit"),
           text_of (ticket, "state"), json_object_get_boolean (spam) ? " as spam" : "",
           text_of (ticket, "priority"));
  for (gsize i = 0; i < json_object_array_length (people); i++)
    {
      struct json_object *person = json_object_array_get_idx (people, i);

      g_print ("  %-10s %s <%s>\n", text_of (person, "relation"), text_of (person, "name"),
               text_of (person, "address"));
    }
  print_facts (ticket);
  for (gsize i = 0; i < json_object_array_length (entries); i++)
    print_entry (json_object_array_get_idx (entries, i));
}

static struct json_object *
read_view (PdCli *cli, gint64 number, const PdPerson *viewer, GError **error)
{
  g_autoptr (PdTicket) ticket = pd_ticket_need (cli->desk, number, error);

  return ticket != NULL ? pd_ticket_view_full (cli->desk, ticket, viewer, error) : NULL;
}

gboolean
pd_ticket_work_show (PdCli *cli, gint64 number, const PdPerson *viewer, GError **error)
{
  struct json_object *view = read_view (cli, number, viewer, error);

  if (view == NULL)
    return FALSE;
  if (cli->json)
    pd_cli_print_json (view);
  else
    print_ticket_text (view);
  json_object_put (view);
  return TRUE;
}

/* What an entry said before. */
static gboolean
print_editions (PdCli *cli, gint64 number, const char *entry, const PdPerson *viewer,
                GError **error)
{
  g_autoptr (PdTicket) ticket = NULL;
  struct json_object *array;
  gint64 id;

  if (!pd_cli_id (entry, &id, error)
      || (ticket = pd_ticket_need (cli->desk, number, error)) == NULL
      || (array = pd_ticket_view_editions (cli->desk, ticket, viewer, id, error)) == NULL)
    return FALSE;
  if (cli->json)
    pd_cli_print_json (array);
  for (gsize i = 0; !cli->json && i < json_object_array_length (array); i++)
    {
      struct json_object *one = json_object_array_get_idx (array, i);

      g_print ("== until %s, changed by %s\n%s\n\n", text_of (one, "until"),
               who (json_object_object_get (one, "by")), text_of (one, "text"));
    }
  json_object_put (array);
  return TRUE;
}

gboolean
pd_command_ticket_show (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *as = NULL, *editions = NULL;
  const GOptionEntry entries[] = {
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, "Only what this person may see", "ADDRESS" },
    { "editions", 0, 0, G_OPTION_ARG_STRING, &editions,
      "Instead: what this entry said before it was edited", "ENTRY" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (PdPerson) viewer = NULL;
  gint64 number;

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error)
      || !pd_cli_number (argv[1], &number, error) || !pd_cli_desk (cli, error)
      || !pd_ticket_work_viewer (cli, as, &viewer, error))
    return FALSE;
  return editions != NULL ? print_editions (cli, number, editions, viewer, error)
                          : pd_ticket_work_show (cli, number, viewer, error);
}

gboolean
pd_command_ticket_print (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *as = NULL, *page = NULL;
  gboolean html = FALSE;
  const GOptionEntry entries[] = {
    { "html", 0, 0, G_OPTION_ARG_NONE, &html, "As an HTML document", NULL },
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, "Only what this person may see", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (PdPerson) viewer = NULL;
  struct json_object *view;
  gint64 number;

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error)
      || !pd_cli_number (argv[1], &number, error) || !pd_cli_desk (cli, error)
      || !pd_ticket_work_viewer (cli, as, &viewer, error)
      || (view = read_view (cli, number, viewer, error)) == NULL)
    return FALSE;
  page = html ? pd_ticket_print_html (view) : pd_ticket_print_text (view);
  if (cli->json)
    pd_cli_print_json (view);
  else
    g_print ("%s", page);
  json_object_put (view);
  return TRUE;
}

/* ---- create -------------------------------------------------------------- */

typedef struct {
  PdCli *cli;
  char *unit, *from, *name, *subject, *text, *priority, *plan, *deadline, *as;
  char **to, **tags, **topics, **fields;
  char *body;
  PdPerson *actor;
  gint64 number;
} CreateWork;

static void
create_clear (CreateWork *work)
{
  g_free (work->unit);
  g_free (work->from);
  g_free (work->name);
  g_free (work->subject);
  g_free (work->text);
  g_free (work->priority);
  g_free (work->plan);
  g_free (work->deadline);
  g_free (work->as);
  g_strfreev (work->to);
  g_strfreev (work->tags);
  g_strfreev (work->topics);
  g_strfreev (work->fields);
  g_free (work->body);
  pd_person_free (work->actor);
}

static GArray *
find_topics (PdDesk *desk, char **names, GError **error)
{
  g_autoptr (GArray) topics = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (gsize i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autoptr (PdTopic) topic = pd_topic_need (desk, names[i], error);

      if (topic == NULL)
        return NULL;
      g_array_append_val (topics, topic->id);
    }
  return g_steal_pointer (&topics);
}

/* "Room=12" */
static gboolean
fill_fields (PdDesk *desk, const CreateWork *work, gint64 ticket, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();

  for (gsize i = 0; work->fields != NULL && work->fields[i] != NULL; i++)
    {
      const char *equals = strchr (work->fields[i], '=');

      if (equals == NULL)
        return pd_fail (error, PD_ERROR_INVALID, "--field \"%s\": write NAME=VALUE",
                        work->fields[i]);
      g_ptr_array_add (names, g_strndup (work->fields[i], (gsize)(equals - work->fields[i])));
      g_ptr_array_add (texts, (gpointer)(equals + 1));
    }
  g_ptr_array_add (names, NULL);
  g_ptr_array_add (texts, NULL);
  return pd_field_fill (desk, PD_FIELD_OF_TICKET, ticket, work->actor,
                        (const char *const *)names->pdata, (const char *const *)texts->pdata,
                        error);
}

static gboolean
read_values (PdDesk *desk, const CreateWork *work, PdTicketNew *fresh, GError **error)
{
  return (work->priority == NULL || pd_priority_parse (work->priority, &fresh->priority, error))
         && (work->plan == NULL || pd_ticket_work_plan (desk, work->plan, &fresh->plan, error))
         && (work->deadline == NULL
             || pd_ticket_work_when (work->cli, work->actor, work->deadline, &fresh->deadline,
                                     error));
}

static gboolean
open_ticket (PdDesk *desk, CreateWork *work, PdTicketNew *fresh, GError **error)
{
  g_autoptr (GArray) people = pd_ticket_work_people (desk, work->to, error);
  g_autoptr (GArray) topics = people != NULL ? find_topics (desk, work->topics, error) : NULL;
  PdEntry entry = { .kind = "comment", .text = work->body, .author = work->actor->id };
  g_autoptr (PdTicket) ticket = NULL;

  if (topics == NULL || !read_values (desk, work, fresh, error))
    return FALSE;
  if (work->plan != NULL && fresh->plan == 0)
    fresh->plan = PD_TICKET_NO_PLAN;
  fresh->assignees = (const gint64 *)(const void *)people->data;
  fresh->n_assignees = people->len;
  fresh->topics = (const gint64 *)(const void *)topics->data;
  fresh->n_topics = topics->len;
  fresh->tags = (const char *const *)work->tags;
  fresh->n_tags = work->tags != NULL ? g_strv_length (work->tags) : 0;
  if (!pd_ticket_create (desk, fresh, &entry, &ticket, NULL, error)
      || !fill_fields (desk, work, ticket->id, error))
    return FALSE;
  work->number = ticket->number;
  return TRUE;
}

static gboolean
create (PdDesk *desk, gpointer data, GError **error)
{
  CreateWork *work = data;
  g_autoptr (PdUnit) unit = pd_unit_need (desk, work->unit, error);
  g_autoptr (PdPerson) requester = NULL;
  PdTicketNew fresh = { .subject = work->subject, .source = "command", .chosen = TRUE };

  if (unit == NULL)
    return FALSE;
  requester = pd_person_ensure (desk, work->from, work->name != NULL ? work->name : "", error);
  if (requester == NULL)
    return FALSE;
  fresh.unit = unit->id;
  fresh.requester = requester->id;
  fresh.author = work->actor->id;
  return open_ticket (desk, work, &fresh, error);
}

static gboolean
run_create (CreateWork *work, int argc, char **argv, GError **error)
{
  PdCli *cli = work->cli;
  const GOptionEntry entries[] = {
    { "unit", 'u', 0, G_OPTION_ARG_STRING, &work->unit, "The unit that gets it", "NAME" },
    { "from", 'f', 0, G_OPTION_ARG_STRING, &work->from, "The requester's address", "ADDRESS" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &work->name, "The requester's name, if not known yet",
      "NAME" },
    { "subject", 's', 0, G_OPTION_ARG_STRING, &work->subject,
      "What it is about, where subjects are free", "TEXT" },
    { "topic", 0, 0, G_OPTION_ARG_STRING_ARRAY, &work->topics,
      "A topic, where subjects are chosen; repeat for several", "TOPIC" },
    { "text", 't', 0, G_OPTION_ARG_STRING, &work->text, "The text; else standard input", "TEXT" },
    { "to", 0, 0, G_OPTION_ARG_STRING_ARRAY, &work->to,
      "Who of staff gets it by name; repeat for several.  Else the whole unit", "ADDRESS" },
    { "priority", 'p', 0, G_OPTION_ARG_STRING, &work->priority, "low, normal or high", "PRIORITY" },
    { "plan", 0, 0, G_OPTION_ARG_STRING, &work->plan, "The SLA plan, or none; else the unit's",
      "NAME" },
    { "deadline", 0, 0, G_OPTION_ARG_STRING, &work->deadline,
      "When it must be done: 2026-12-01 15:00, tomorrow 9:00, friday, +3d", "WHEN" },
    { "tag", 0, 0, G_OPTION_ARG_STRING_ARRAY, &work->tags, "A tag; repeat for several", "TAG" },
    { "field", 0, 0, G_OPTION_ARG_STRING_ARRAY, &work->fields,
      "What stands in a further field; repeat for several", "NAME=VALUE" },
    { "as", 0, 0, G_OPTION_ARG_STRING, &work->as,
      "Who writes it down (the author; else the first administrator)", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };

  if (!pd_cli_options (cli, entries, &argc, &argv, 0, 0, error))
    return FALSE;
  if (work->unit == NULL || work->from == NULL)
    return pd_cli_usage (cli, error, "give --unit and --from, and what it is about");
  if (!pd_cli_desk (cli, error))
    return FALSE;
  work->actor = pd_cli_actor (cli, work->as, error);
  work->body = work->actor != NULL ? pd_cli_text (work->text, error) : NULL;
  if (work->body == NULL || !pd_desk_transaction (cli->desk, create, work, error))
    return FALSE;
  if (cli->json)
    return pd_ticket_work_show (cli, work->number, NULL, error);
  g_print ("Ticket #%" G_GINT64_FORMAT " opened.\n", work->number);
  return TRUE;
}

gboolean
pd_command_ticket_create (PdCli *cli, int argc, char **argv, GError **error)
{
  CreateWork work = { .cli = cli };
  gboolean ok = run_create (&work, argc, argv, error);

  create_clear (&work);
  return ok;
}

/* ---- reply, note --------------------------------------------------------- */

typedef struct {
  gint64 number;
  PdPerson *actor;
  const char *text;
  gboolean internal;
} EntryWork;

static gboolean
add_entry (PdDesk *desk, gpointer data, GError **error)
{
  EntryWork *work = data;
  g_autoptr (PdTicket) ticket = pd_ticket_need (desk, work->number, error);
  PdEntry entry = {
    .kind = work->internal                     ? "note"
            : pd_person_is_staff (work->actor) ? "reply"
                                               : "comment",
    .internal = work->internal,
    .author = work->actor->id,
    .text = work->text,
  };

  return ticket != NULL && pd_ticket_say (desk, ticket, work->actor, &entry, NULL, error);
}

static gboolean
say (PdCli *cli, gboolean internal, int argc, char **argv, GError **error)
{
  g_autofree char *text = NULL, *as = NULL, *body = NULL;
  const GOptionEntry entries[] = {
    { "text", 't', 0, G_OPTION_ARG_STRING, &text, "The text; else standard input", "TEXT" },
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, "Who writes (else the first administrator)",
      "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };
  EntryWork work = { .internal = internal };
  g_autoptr (PdPerson) actor = NULL;

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error)
      || !pd_cli_number (argv[1], &work.number, error) || !pd_cli_desk (cli, error))
    return FALSE;
  actor = work.actor = pd_cli_actor (cli, as, error);
  body = actor != NULL ? pd_cli_text (text, error) : NULL;
  work.text = body;
  if (body == NULL || !pd_desk_transaction (cli->desk, add_entry, &work, error))
    return FALSE;
  if (cli->json)
    return pd_ticket_work_show (cli, work.number, actor, error);
  g_print ("#%" G_GINT64_FORMAT ": %s by %s.\n", work.number, internal ? "note" : "reply",
           pd_person_label (actor));
  return TRUE;
}

gboolean
pd_command_ticket_reply (PdCli *cli, int argc, char **argv, GError **error)
{
  return say (cli, FALSE, argc, argv, error);
}

gboolean
pd_command_ticket_note (PdCli *cli, int argc, char **argv, GError **error)
{
  return say (cli, TRUE, argc, argv, error);
}
