/* cmd-strand.c - side threads of a ticket: `ticket ask`, `ticket strand`. */
#include "base/error.h"
#include "cli/commands.h"
#include "desk/strand-view.h"
#include "desk/strand.h"
#include "desk/ticket-access.h"

static const char *
text_of (struct json_object *object, const char *name)
{
  struct json_object *value = json_object_object_get (object, name);

  return value != NULL ? json_object_get_string (value) : "";
}

static const char *
address_of (struct json_object *object, const char *name)
{
  struct json_object *person = json_object_object_get (object, name);

  return person != NULL ? text_of (person, "address") : "";
}

/* ---- ask ----------------------------------------------------------------- */

typedef struct {
  gint64 number;
  guint strand; /* its number on the ticket */
  PdPerson *actor;
  PdStrandNew what;
  const char *text;
} Work;

static gboolean
ask (PdDesk *desk, gpointer data, GError **error)
{
  Work *work = data;
  g_autoptr (PdTicket) ticket = pd_ticket_need (desk, work->number, error);

  return ticket != NULL && pd_strand_open (desk, ticket, work->actor, &work->what, NULL, error);
}

gboolean
pd_command_ticket_ask (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *text = NULL, *subject = NULL, *name = NULL, *as = NULL, *body = NULL;
  const GOptionEntry entries[] = {
    { "subject", 's', 0, G_OPTION_ARG_STRING, &subject,
      "What the mail is about (else the first line of the text)", "TEXT" },
    { "text", 't', 0, G_OPTION_ARG_STRING, &text, "The text; else standard input", "TEXT" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, "The name of who is asked, if not known yet",
      "NAME" },
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, "Who asks (else the first administrator)", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (PdPerson) actor = NULL;
  Work work = { 0 };

  if (!pd_cli_options (cli, entries, &argc, &argv, 2, 2, error)
      || !pd_cli_number (argv[1], &work.number, error) || !pd_cli_desk (cli, error))
    return FALSE;
  actor = work.actor = pd_cli_actor (cli, as, error);
  body = actor != NULL ? pd_cli_text (text, error) : NULL;
  if (body == NULL)
    return FALSE;
  work.what = (PdStrandNew){ .address = argv[2], .name = name, .subject = subject, .text = body };
  if (!pd_desk_transaction (cli->desk, ask, &work, error))
    return FALSE;
  g_print ("Asked %s; the answer comes to the ticket, where only staff sees it.\n", argv[2]);
  return TRUE;
}

/* ---- list, show ------------------------------------------------------------ */

/* A ticket whose notes the actor may read. */
static PdTicket *
need_ticket (PdDesk *desk, gint64 number, const PdPerson *actor, GError **error)
{
  g_autoptr (PdTicket) ticket = pd_ticket_need (desk, number, error);

  return ticket != NULL && pd_ticket_authorise (desk, ticket, actor, PD_ACT_INTERNAL, error)
             ? g_steal_pointer (&ticket)
             : NULL;
}

/* Takes a strand out of the list. */
static PdStrand *
need_strand (PdDesk *desk, const PdTicket *ticket, guint number, GError **error)
{
  g_autoptr (GPtrArray) strands = pd_strand_list (desk, ticket, error);

  if (strands == NULL)
    return NULL;
  if (number >= 1 && number <= strands->len)
    return g_ptr_array_steal_index (strands, number - 1);
  pd_fail (error, PD_ERROR_NOT_FOUND,
           "ticket #%" G_GINT64_FORMAT " has no side thread %u; it has %u of them", ticket->number,
           number, strands->len);
  return NULL;
}

static gboolean
read_strand_number (const char *text, guint *out, GError **error)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, 1, PD_STRAND_MAX, &number, NULL))
    return pd_fail (error, PD_ERROR_INVALID,
                    "\"%s\" is no side thread: `ticket strand list` numbers them from 1", text);
  *out = (guint)number;
  return TRUE;
}

static void
print_list (struct json_object *list)
{
  g_autoptr (PdTable) table = pd_table_new ("NUMBER", "STATE", "WITH", "CREATED", "SUBJECT", NULL);

  for (gsize i = 0; i < json_object_array_length (list); i++)
    {
      struct json_object *one = json_object_array_get_idx (list, i);

      pd_table_add (table, text_of (one, "number"), text_of (one, "state"),
                    address_of (one, "person"), text_of (one, "created"), text_of (one, "subject"),
                    NULL);
    }
  pd_table_print (table, "No side threads.");
}

static void
print_strand (struct json_object *strand)
{
  struct json_object *entries = json_object_object_get (strand, "entries");

  g_print ("%s\n  with %s, %s\n", text_of (strand, "subject"), address_of (strand, "person"),
           text_of (strand, "state"));
  for (gsize i = 0; i < json_object_array_length (entries); i++)
    {
      struct json_object *one = json_object_array_get_idx (entries, i);
      g_autofree char *text = g_strchomp (g_strdup (text_of (one, "text")));

      g_print ("\n== %s  %s by %s\n%s\n", text_of (one, "time"), text_of (one, "kind"),
               address_of (one, "author"), text);
    }
}

/* Prints a view and frees it. */
static gboolean
take_view (PdCli *cli, struct json_object *view, void (*print) (struct json_object *))
{
  if (view == NULL)
    return FALSE;
  if (cli->json)
    pd_cli_print_json (view);
  else
    print (view);
  json_object_put (view);
  return TRUE;
}

/* The options and arguments of the commands below: who acts, the ticket, and
 * where `strand` says so the side thread of it. */
static PdPerson *
start (PdCli *cli, const GOptionEntry *entries, char **as, gboolean strand, Work *work, int argc,
       char **argv, GError **error)
{
  int n = strand ? 2 : 1;

  if (!pd_cli_options (cli, entries, &argc, &argv, n, n, error)
      || !pd_cli_number (argv[1], &work->number, error)
      || (strand && !read_strand_number (argv[2], &work->strand, error))
      || !pd_cli_desk (cli, error))
    return NULL;
  work->actor = pd_cli_actor (cli, *as, error);
  return work->actor;
}

gboolean
pd_command_ticket_strand_list (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *as = NULL;
  const GOptionEntry entries[] = {
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, "Who asks (else the first administrator)", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };
  Work work = { 0 };
  g_autoptr (PdPerson) actor = start (cli, entries, &as, FALSE, &work, argc, argv, error);
  g_autoptr (PdTicket) ticket
      = actor != NULL ? need_ticket (cli->desk, work.number, actor, error) : NULL;

  return ticket != NULL
         && take_view (cli, pd_strand_view_list (cli->desk, ticket, error), print_list);
}

gboolean
pd_command_ticket_strand_show (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *as = NULL;
  const GOptionEntry entries[] = {
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, "Who asks (else the first administrator)", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };
  Work work = { 0 };
  g_autoptr (PdPerson) actor = start (cli, entries, &as, TRUE, &work, argc, argv, error);
  g_autoptr (PdTicket) ticket
      = actor != NULL ? need_ticket (cli->desk, work.number, actor, error) : NULL;
  g_autoptr (PdStrand) strand
      = ticket != NULL ? need_strand (cli->desk, ticket, work.strand, error) : NULL;

  return strand != NULL
         && take_view (cli, pd_strand_view_full (cli->desk, strand, work.strand, error),
                       print_strand);
}

/* ---- say, close ------------------------------------------------------------ */

static gboolean
act (PdDesk *desk, gpointer data, GError **error)
{
  Work *work = data;
  const PdEntry entry = { .text = work->text };
  g_autoptr (PdTicket) ticket = need_ticket (desk, work->number, work->actor, error);
  g_autoptr (PdStrand) strand
      = ticket != NULL ? need_strand (desk, ticket, work->strand, error) : NULL;

  if (strand == NULL)
    return FALSE;
  return work->text != NULL ? pd_strand_say (desk, ticket, strand, work->actor, &entry, NULL, error)
                            : pd_strand_close (desk, ticket, strand, work->actor, error);
}

gboolean
pd_command_ticket_strand_say (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *text = NULL, *as = NULL, *body = NULL;
  const GOptionEntry entries[] = {
    { "text", 't', 0, G_OPTION_ARG_STRING, &text, "The text; else standard input", "TEXT" },
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, "Who writes (else the first administrator)",
      "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };
  Work work = { 0 };
  g_autoptr (PdPerson) actor = start (cli, entries, &as, TRUE, &work, argc, argv, error);

  body = actor != NULL ? pd_cli_text (text, error) : NULL;
  work.text = body;
  if (body == NULL || !pd_desk_transaction (cli->desk, act, &work, error))
    return FALSE;
  g_print ("Sent.\n");
  return TRUE;
}

gboolean
pd_command_ticket_strand_close (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *as = NULL;
  const GOptionEntry entries[] = {
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, "Who closes it (else the first administrator)",
      "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };
  Work work = { 0 };
  g_autoptr (PdPerson) actor = start (cli, entries, &as, TRUE, &work, argc, argv, error);

  if (actor == NULL || !pd_desk_transaction (cli->desk, act, &work, error))
    return FALSE;
  g_print ("Closed.\n");
  return TRUE;
}
