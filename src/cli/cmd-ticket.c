#include "base/clock.h"
#include "base/error.h"
#include "cli/commands.h"
#include "desk/ticket-view.h"
#include "desk/ticket.h"
#include "desk/unit.h"

static const char *
text_of (struct json_object *object, const char *name)
{
  struct json_object *value = json_object_object_get (object, name);

  return value != NULL ? json_object_get_string (value) : "";
}

/* ---- list ---------------------------------------------------------------- */

static gboolean
fill_filter (PdCli *cli, const char *unit_name, const char *state, const char *requester,
             PdTicketFilter *filter, GError **error)
{
  g_autoptr (PdUnit) unit = NULL;
  g_autoptr (PdPerson) person = NULL;
  PdTicketState parsed;

  if (state != NULL && !pd_ticket_state_parse (state, &parsed, error))
    return FALSE;
  filter->state = state != NULL ? (int)parsed : -1;
  if (unit_name != NULL && (unit = pd_unit_need (cli->desk, unit_name, error)) == NULL)
    return FALSE;
  if (requester != NULL && (person = pd_person_need (cli->desk, requester, error)) == NULL)
    return FALSE;
  filter->unit = unit != NULL ? unit->id : 0;
  filter->requester = person != NULL ? person->id : 0;
  return TRUE;
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
print_list (PdCli *cli, GPtrArray *tickets, GError **error)
{
  g_autoptr (PdTable) table
      = pd_table_new ("NUMBER", "STATE", "UNIT", "UPDATED", "REQUESTER", "SUBJECT", NULL);
  struct json_object *array = json_object_new_array ();
  gboolean complete = TRUE;

  for (guint i = 0; complete && i < tickets->len; i++)
    {
      struct json_object *row
          = pd_ticket_view_row (cli->desk, g_ptr_array_index (tickets, i), error);

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

gboolean
pd_command_ticket_list (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *unit = NULL, *state = NULL, *requester = NULL;
  int limit = 100;
  const GOptionEntry entries[] = {
    { "unit", 'u', 0, G_OPTION_ARG_STRING, &unit, "Only of this unit", "NAME" },
    { "state", 's', 0, G_OPTION_ARG_STRING, &state, "Only free, locked, waiting, done or archived",
      "STATE" },
    { "requester", 0, 0, G_OPTION_ARG_STRING, &requester, "Only of this person", "ADDRESS" },
    { "limit", 'n', 0, G_OPTION_ARG_INT, &limit, "At most so many (100; up to 1000)", "N" },
    G_OPTION_ENTRY_NULL,
  };
  PdTicketFilter filter = { 0 };
  g_autoptr (GPtrArray) tickets = NULL;

  if (!pd_cli_options (cli, entries, &argc, &argv, 0, 0, error) || !pd_cli_desk (cli, error)
      || !fill_filter (cli, unit, state, requester, &filter, error))
    return FALSE;
  filter.limit = (guint)CLAMP (limit, 1, 1000);
  tickets = pd_ticket_list (cli->desk, &filter, error);
  return tickets != NULL && print_list (cli, tickets, error);
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
  g_autofree char *text = g_strchomp (g_strdup (text_of (entry, "visible")));

  if (g_str_equal (kind, "event"))
    {
      g_print ("\n-- %s  %s%s%s\n", text_of (entry, "time"), text, author[0] != '\0' ? " by " : "",
               author);
      return;
    }
  g_print ("\n== %s  %s by %s%s\n%s%s", text_of (entry, "time"), kind, author,
           internal && !g_str_equal (kind, "note") ? " (internal)" : "", text,
           text[0] != '\0' ? "\n" : "");
  print_files (json_object_object_get (entry, "attachments"));
  print_deliveries (json_object_object_get (entry, "delivery"));
}

static void
print_ticket_text (struct json_object *ticket)
{
  struct json_object *people = json_object_object_get (ticket, "participants");
  struct json_object *entries = json_object_object_get (ticket, "entries");

  g_print ("#%s  %s\n", text_of (ticket, "number"), text_of (ticket, "subject"));
  g_print ("  %-10s %s, %s, priority %s\n", "unit", text_of (ticket, "unit"),
           text_of (ticket, "state"), text_of (ticket, "priority"));
  for (gsize i = 0; i < json_object_array_length (people); i++)
    {
      struct json_object *person = json_object_array_get_idx (people, i);

      g_print ("  %-10s %s <%s>\n", text_of (person, "relation"), text_of (person, "name"),
               text_of (person, "address"));
    }
  for (gsize i = 0; i < json_object_array_length (entries); i++)
    print_entry (json_object_array_get_idx (entries, i));
}

static gboolean
print_ticket (PdCli *cli, gint64 number, GError **error)
{
  g_autoptr (PdTicket) ticket = pd_ticket_need (cli->desk, number, error);
  struct json_object *view;

  if (ticket == NULL)
    return FALSE;
  view = pd_ticket_view_full (cli->desk, ticket, TRUE, error);
  if (view == NULL)
    return FALSE;
  if (cli->json)
    pd_cli_print_json (view);
  else
    print_ticket_text (view);
  json_object_put (view);
  return TRUE;
}

gboolean
pd_command_ticket_show (PdCli *cli, int argc, char **argv, GError **error)
{
  gint64 number;

  return pd_cli_options (cli, NULL, &argc, &argv, 1, 1, error)
         && pd_cli_number (argv[1], &number, error) && pd_cli_desk (cli, error)
         && print_ticket (cli, number, error);
}

/* ---- create -------------------------------------------------------------- */

typedef struct {
  const char *unit, *from, *name, *subject, *text;
  int priority;
  PdPerson *actor;
  gint64 number;
} CreateWork;

static gboolean
create (PdDesk *desk, gpointer data, GError **error)
{
  CreateWork *work = data;
  g_autoptr (PdUnit) unit = pd_unit_need (desk, work->unit, error);
  g_autoptr (PdPerson) requester = NULL;
  g_autoptr (PdTicket) ticket = NULL;
  PdTicketNew new_ticket
      = { .subject = work->subject, .source = "command", .priority = work->priority };
  PdEntry entry = { .kind = "comment", .text = work->text };

  if (unit == NULL)
    return FALSE;
  requester = pd_person_ensure (desk, work->from, work->name != NULL ? work->name : "", error);
  if (requester == NULL)
    return FALSE;
  new_ticket.unit = unit->id;
  new_ticket.requester = requester->id;
  new_ticket.author = entry.author = work->actor != NULL ? work->actor->id : requester->id;
  if (!pd_ticket_create (desk, &new_ticket, &entry, &ticket, NULL, error))
    return FALSE;
  work->number = ticket->number;
  return TRUE;
}

gboolean
pd_command_ticket_create (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *unit = NULL, *from = NULL, *name = NULL, *subject = NULL, *text = NULL,
                  *as = NULL;
  g_autofree char *priority = NULL, *body = NULL;
  const GOptionEntry entries[] = {
    { "unit", 'u', 0, G_OPTION_ARG_STRING, &unit, "The unit that gets it", "NAME" },
    { "from", 'f', 0, G_OPTION_ARG_STRING, &from, "The requester's address", "ADDRESS" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, "The requester's name, if not known yet", "NAME" },
    { "subject", 's', 0, G_OPTION_ARG_STRING, &subject, "What it is about", "TEXT" },
    { "text", 't', 0, G_OPTION_ARG_STRING, &text, "The text; else standard input", "TEXT" },
    { "priority", 'p', 0, G_OPTION_ARG_STRING, &priority, "low, normal or high", "PRIORITY" },
    { "as", 0, 0, G_OPTION_ARG_STRING, &as,
      "Who writes it down (the author; else the first administrator)", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };
  CreateWork work = { 0 };
  g_autoptr (PdPerson) actor = NULL;

  if (!pd_cli_options (cli, entries, &argc, &argv, 0, 0, error) || !pd_cli_desk (cli, error)
      || (priority != NULL && !pd_priority_parse (priority, &work.priority, error)))
    return FALSE;
  if (unit == NULL || from == NULL || subject == NULL)
    return pd_cli_usage (cli, error, "give --unit, --from and --subject");
  actor = pd_cli_actor (cli, as, error);
  body = actor != NULL ? pd_cli_text (text, error) : NULL;
  if (body == NULL)
    return FALSE;
  work.unit = unit;
  work.from = from;
  work.name = name;
  work.subject = subject;
  work.text = body;
  work.actor = actor;
  if (!pd_desk_transaction (cli->desk, create, &work, error))
    return FALSE;
  if (cli->json)
    return print_ticket (cli, work.number, error);
  g_print ("Ticket #%" G_GINT64_FORMAT " opened.\n", work.number);
  return TRUE;
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

  return ticket != NULL && pd_ticket_add_entry (desk, ticket, &entry, NULL, error);
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
    return print_ticket (cli, work.number, error);
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

/* ---- take, release, done, reopen ----------------------------------------- */

typedef gboolean (*Act) (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, GError **error);

typedef struct {
  gint64 number;
  PdPerson *actor;
  Act act;
} ActWork;

static gboolean
run_act (PdDesk *desk, gpointer data, GError **error)
{
  ActWork *work = data;
  g_autoptr (PdTicket) ticket = pd_ticket_need (desk, work->number, error);

  return ticket != NULL && work->act (desk, ticket, work->actor, error);
}

static gboolean
act (PdCli *cli, Act act, const char *said, int argc, char **argv, GError **error)
{
  g_autofree char *as = NULL;
  const GOptionEntry entries[] = {
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, "Who acts (else the first administrator)", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };
  ActWork work = { .act = act };
  g_autoptr (PdPerson) actor = NULL;

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error)
      || !pd_cli_number (argv[1], &work.number, error) || !pd_cli_desk (cli, error))
    return FALSE;
  actor = work.actor = pd_cli_actor (cli, as, error);
  if (actor == NULL || !pd_desk_transaction (cli->desk, run_act, &work, error))
    return FALSE;
  if (cli->json)
    return print_ticket (cli, work.number, error);
  g_print ("#%" G_GINT64_FORMAT " %s by %s.\n", work.number, said, pd_person_label (actor));
  return TRUE;
}

gboolean
pd_command_ticket_take (PdCli *cli, int argc, char **argv, GError **error)
{
  return act (cli, pd_ticket_take, "taken", argc, argv, error);
}

gboolean
pd_command_ticket_release (PdCli *cli, int argc, char **argv, GError **error)
{
  return act (cli, pd_ticket_release, "released", argc, argv, error);
}

gboolean
pd_command_ticket_done (PdCli *cli, int argc, char **argv, GError **error)
{
  return act (cli, pd_ticket_finish, "done", argc, argv, error);
}

gboolean
pd_command_ticket_reopen (PdCli *cli, int argc, char **argv, GError **error)
{
  return act (cli, pd_ticket_reopen, "reopened", argc, argv, error);
}
