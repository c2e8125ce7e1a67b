#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/number.h"
#include "tests/lib/desk-suite.h"
#include "tests/lib/mariadb.h"

#define START (G_GINT64_CONSTANT (1800000000) * PD_SECOND)

/* The events of a ticket in order, separated by blanks; caller frees. */
static char *
dup_events (DeskFixture *f, const PdTicket *ticket)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdRows) rows
      = pd_db_query (f->desk->db, PD_SQL_EVENT_OF_TICKET, PD_BIND (PD_INT (ticket->id)), &error);
  GString *events = g_string_new (NULL);

  g_assert_no_error (error);
  while (pd_rows_next (rows, &error) == 1)
    g_string_append_printf (events, "%s%s", events->len > 0 ? " " : "", pd_rows_text (rows, 2));
  g_assert_no_error (error);
  return g_string_free (events, FALSE);
}

static void
assert_events (DeskFixture *f, const PdTicket *ticket, const char *want)
{
  g_autofree char *events = dup_events (f, ticket);

  g_assert_cmpstr (events, ==, want);
}

/* That the caller's copy says what the database has. */
static void
assert_row (DeskFixture *f, const PdTicket *ticket)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdTicket) row = pd_ticket_need (f->desk, ticket->number, &error);

  g_assert_no_error (error);
  g_assert_cmpint (row->id, ==, ticket->id);
  g_assert_cmpstr (row->subject, ==, ticket->subject);
  g_assert_cmpint (row->unit, ==, ticket->unit);
  g_assert_cmpint (row->state, ==, ticket->state);
  g_assert_cmpint (row->locker, ==, ticket->locker);
  g_assert_cmpint (row->priority, ==, ticket->priority);
  g_assert_cmpint (row->requester, ==, ticket->requester);
  g_assert_cmpint (row->author, ==, ticket->author);
  g_assert_cmpstr (row->source, ==, ticket->source);
  g_assert_cmpint (row->refers_to, ==, ticket->refers_to);
  g_assert_cmpint (row->created, ==, ticket->created);
  g_assert_cmpint (row->updated, ==, ticket->updated);
  g_assert_cmpint (row->done, ==, ticket->done);
  g_assert_cmpint (row->version, ==, ticket->version);
}

static gint64
add_entry (DeskFixture *f, PdTicket *ticket, const PdEntry *entry)
{
  g_autoptr (GError) error = NULL;
  gint64 id = 0;

  desk_fixture_begin (f);
  pd_ticket_add_entry (f->desk, ticket, entry, &id, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  return id;
}

typedef gboolean (*Act) (PdDesk *, PdTicket *, const PdPerson *, GError **);

static void
act (DeskFixture *f, Act what, PdTicket *ticket, const PdPerson *actor)
{
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (f);
  what (f->desk, ticket, actor, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
}

static void
add_member (DeskFixture *f, gint64 unit, const PdPerson *person, gboolean head)
{
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (f);
  pd_unit_add_member (f->desk, unit, person->id, head, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
}

static void
assert_refused (DeskFixture *f, Act what, PdTicket *ticket, const PdPerson *actor, PdErrorCode code,
                const char *text)
{
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (f);
  g_assert_false (what (f->desk, ticket, actor, &error));
  g_assert_true (pd_error_is (error, code));
  g_assert_nonnull (strstr (error->message, text));
  pd_desk_rollback (f->desk);
}

/* ---- numbers ---- */

static void
test_numbers (DeskFixture *f)
{
  g_autoptr (GError) error = NULL;
  gint64 number;

  desk_fixture_begin (f);
  g_assert_true (pd_number_next (f->desk, &number, &error));
  g_assert_cmpint (number, ==, 1);
  g_assert_true (pd_desk_savepoint (f->desk, &error));
  g_assert_true (pd_number_next (f->desk, &number, &error));
  g_assert_true (pd_number_next (f->desk, &number, &error));
  g_assert_cmpint (number, ==, 3);
  g_assert_true (pd_desk_rollback_to (f->desk, &error));
  g_assert_true (pd_number_next (f->desk, &number, &error));
  g_assert_cmpint (number, ==, 2); /* the savepoint gave its numbers back */
  desk_fixture_commit (f);

  desk_fixture_begin (f);
  g_assert_true (pd_number_next (f->desk, &number, &error));
  g_assert_cmpint (number, ==, 3);
  pd_desk_rollback (f->desk);

  desk_fixture_begin (f);
  g_assert_true (pd_desk_savepoint (f->desk, &error));
  g_assert_true (pd_number_next (f->desk, &number, &error));
  g_assert_true (pd_desk_rollback_to (f->desk, &error)); /* the first number of all too */
  g_assert_true (pd_desk_savepoint (f->desk, &error));
  g_assert_true (pd_number_next (f->desk, &number, &error));
  g_assert_cmpint (number, ==, 3);
  g_assert_true (pd_desk_release (f->desk, &error));
  desk_fixture_commit (f);

  desk_fixture_begin (f);
  g_assert_true (pd_number_next (f->desk, &number, &error));
  g_assert_cmpint (number, ==, 4);
  pd_desk_rollback (f->desk);
}

static gboolean
take_a_number (PdDesk *desk, gpointer data, GError **error)
{
  int *runs = data;
  gint64 number;

  if (!pd_number_next (desk, &number, error))
    return FALSE;
  g_assert_cmpint (number, ==, 1); /* the run that failed gave it back */
  return ++*runs > 1 || pd_fail (error, PD_ERROR_CONFLICT, "once more");
}

static void
test_number_retry (DeskFixture *f)
{
  g_autoptr (GError) error = NULL;
  gint64 number;
  int runs = 0;

  g_assert_true (pd_desk_transaction (f->desk, take_a_number, &runs, &error));
  g_assert_cmpint (runs, ==, 2);
  desk_fixture_begin (f);
  g_assert_true (pd_number_next (f->desk, &number, &error));
  g_assert_cmpint (number, ==, 2);
  pd_desk_rollback (f->desk);
}

#define WRITERS 4
#define TICKETS 25 /* of each */

typedef struct {
  DeskFixture *f;
  GThread *thread;
} Writer;

static gboolean
open_ticket (PdDesk *desk, gpointer data, GError **error)
{
  const DeskFixture *f = data;
  const PdTicketNew new_ticket = {
    .subject = "Race",
    .unit = f->unit->id,
    .requester = f->client->id,
    .author = f->client->id,
    .source = "mail",
  };
  const PdEntry entry = { .kind = "mail", .author = f->client->id, .text = "x" };
  gint64 id;

  return pd_ticket_create (desk, &new_ticket, &entry, NULL, &id, error);
}

static gpointer
run_writer (gpointer data)
{
  Writer *writer = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdDesk) desk = pd_desk_new (pd_db_open (writer->f->url, &error), &writer->f->settings);

  g_assert_no_error (error);
  for (int i = 0; i < TICKETS; i++)
    {
      pd_desk_transaction (desk, open_ticket, writer->f, &error);
      g_assert_no_error (error);
    }
  return NULL;
}

static void
race (DeskFixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tickets = NULL;
  const PdTicketFilter filter = { .state = -1, .limit = 1000 };
  gboolean seen[WRITERS * TICKETS + 1] = { FALSE };
  Writer writers[WRITERS];

  for (gsize i = 0; i < WRITERS; i++)
    {
      writers[i].f = f;
      writers[i].thread = g_thread_new ("writer", run_writer, &writers[i]);
    }
  for (gsize i = 0; i < WRITERS; i++)
    g_thread_join (writers[i].thread);

  tickets = pd_ticket_list (f->desk, &filter, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tickets->len, ==, WRITERS * TICKETS);
  for (guint i = 0; i < tickets->len; i++)
    {
      gint64 number = ((PdTicket *)g_ptr_array_index (tickets, i))->number;

      g_assert_cmpint (number, >=, 1);
      g_assert_cmpint (number, <=, WRITERS * TICKETS);
      g_assert_false (seen[number]);
      seen[number] = TRUE;
    }
}

/* Writers on connections of their own: each number is given once, without gaps. */
static void
test_number_race (DeskFixture *f)
{
  g_autofree char *folder = NULL, *url = NULL;

  if (pd_db_get_dialect (f->desk->db) == PD_DB_MARIADB)
    {
      race (f);
      return;
    }
  folder = g_dir_make_tmp ("pd-test-ticket-XXXXXX", NULL);
  url = g_strdup_printf ("sqlite:%s/desk.sqlite", folder);
  f = desk_fixture_new (url);
  race (f);
  desk_fixture_free (f);
  test_remove_tree (folder);
}

/* ---- creating ---- */

static void
test_create (DeskFixture *f)
{
  g_autoptr (PdPerson) watcher
      = desk_fixture_add_person (f, PD_ROLE_CLIENT, "Wil", "wil@client.example");
  const gint64 watchers[] = { watcher->id, f->client->id, watcher->id, f->agent->id };
  const PdTicketNew new_ticket = {
    .subject = "It burns",
    .unit = f->unit->id,
    .requester = f->client->id,
    .author = f->agent->id,
    .source = "command",
    .priority = 3,
    .watchers = watchers,
    .n_watchers = G_N_ELEMENTS (watchers),
  };
  const PdEntry entry = { .kind = "comment", .author = f->agent->id, .text = "Fire" };
  g_autoptr (PdTicket) ticket = NULL;
  g_autoptr (GError) error = NULL;
  gint64 message, other;
  gboolean has = FALSE;

  desk_fixture_begin (f);
  g_assert_true (pd_ticket_create (f->desk, &new_ticket, &entry, &ticket, &message, &error));
  g_assert_true (pd_ticket_create (f->desk, &new_ticket, &entry, NULL, &other, &error));
  desk_fixture_commit (f);
  g_assert_cmpint (ticket->number, ==, 1);
  g_assert_cmpint (message, !=, 0);
  g_assert_cmpint (message, !=, other);
  assert_row (f, ticket);
  assert_events (f, ticket, "created");

  g_assert_true (pd_ticket_has_person (f->desk, ticket, watcher->id, &has, &error));
  g_assert_true (has);
}

static char *
repeat (const char *text, int times)
{
  GString *all = g_string_new (NULL);

  for (int i = 0; i < times; i++)
    g_string_append (all, text);
  return g_string_free (all, FALSE);
}

static void
test_subject (DeskFixture *f)
{
  g_autofree char *fits = g_strnfill (PD_TICKET_MAX_SUBJECT, 'x');
  g_autofree char *long_ascii = g_strnfill (PD_TICKET_MAX_SUBJECT + 1, 'x');
  g_autofree char *cut_ascii = g_strnfill (PD_TICKET_MAX_SUBJECT - 1, 'x');
  g_autofree char *want_ascii = g_strconcat (cut_ascii, "…", NULL);
  g_autofree char *long_wide = repeat ("😀", PD_TICKET_MAX_SUBJECT + 1);
  g_autofree char *cut_wide = repeat ("😀", PD_TICKET_MAX_SUBJECT - 1);
  g_autofree char *want_wide = g_strconcat (cut_wide, "…", NULL);
  const struct {
    const char *subject, *want;
    const char *why;
  } cases[] = {
    { "Hello", "Hello", "as it is" },
    { "", "(no subject)", "empty" },
    { NULL, "(no subject)", "none" },
    { " \t\r\n ", "(no subject)", "blanks only" },
    { "two\r\nlines", "two  lines", "line ends are blanks" },
    { "a\xff", "a\xef\xbf\xbd", "what is no UTF-8 is replaced" },
    { fits, fits, "the longest" },
    { long_ascii, want_ascii, "one more is cut" },
    { long_wide, want_wide, "cut between characters" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, cases[i].subject, "x");

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (ticket->subject, ==, cases[i].want);
      assert_row (f, ticket);
    }
}

static void
test_text_bounds (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "Long", "x");
  g_autofree char *fits = g_strnfill (PD_TICKET_MAX_TEXT, 't');
  g_autofree char *too_long = g_strnfill (PD_TICKET_MAX_TEXT + 1, 't');
  const struct {
    const char *text, *visible, *html;
    gboolean want;
    const char *why;
  } cases[] = {
    { fits, fits, fits, TRUE, "the longest" },
    { too_long, NULL, NULL, FALSE, "one octet more of text" },
    { "a", too_long, NULL, FALSE, "of visible text" },
    { "a", NULL, too_long, FALSE, "of HTML" },
    { "a\xff", NULL, NULL, FALSE, "no UTF-8" },
    { "", NULL, NULL, TRUE, "an empty mail is one too" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const PdEntry entry = {
        .kind = "mail",
        .author = f->client->id,
        .text = cases[i].text,
        .visible = cases[i].visible,
        .html = cases[i].html,
      };
      g_autoptr (GError) error = NULL;
      gint64 id;

      g_test_message ("%s", cases[i].why);
      desk_fixture_begin (f);
      g_assert_true (pd_ticket_add_entry (f->desk, ticket, &entry, &id, &error) == cases[i].want);
      g_assert_true (cases[i].want || pd_error_is (error, PD_ERROR_INVALID));
      desk_fixture_commit (f);
    }
}

static void
test_message_id (DeskFixture *f)
{
  g_autoptr (PdTicket) first = desk_fixture_add_ticket (f, "One", "x");
  g_autoptr (PdTicket) second = desk_fixture_add_ticket (f, "Two", "x");
  g_autofree char *start = g_strnfill (600, 'm');
  g_autofree char *endless = g_strconcat (start, "@client.example", NULL);
  PdEntry entry = { .kind = "mail", .author = f->client->id, .text = "a", .proof = "none" };
  g_autoptr (GError) error = NULL;
  gint64 ticket;

  entry.message_id = "m1@client.example";
  add_entry (f, first, &entry);
  add_entry (f, second, &entry); /* a copy: the first one counts */
  entry.message_id = endless;
  add_entry (f, second, &entry);
  entry.message_id = "";
  add_entry (f, second, &entry);

  g_assert_true (pd_ticket_id_by_message_id (f->desk, "m1@client.example", &ticket, &error));
  g_assert_cmpint (ticket, ==, first->id);
  g_assert_true (pd_ticket_id_by_message_id (f->desk, endless, &ticket, &error));
  g_assert_cmpint (ticket, ==, second->id); /* longer than the column */
  g_assert_true (pd_ticket_id_by_message_id (f->desk, "M1@client.example", &ticket, &error));
  g_assert_cmpint (ticket, ==, 0); /* letter case counts: RFC 5322 3.6.4 */
  g_assert_true (pd_ticket_id_by_message_id (f->desk, "", &ticket, &error));
  g_assert_cmpint (ticket, ==, 0);
}

/* ---- entries and acts ---- */

static void
test_add_entry (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = NULL;
  const PdEntry mail = { .kind = "mail", .author = f->client->id, .text = "more" };
  const PdEntry note = { .kind = "note", .internal = TRUE, .author = f->agent->id, .text = "hm" };

  pd_clock_freeze (START);
  ticket = desk_fixture_add_ticket (f, "Hello", "x");
  pd_clock_freeze (START + PD_HOUR);
  add_entry (f, ticket, &mail);
  g_assert_cmpint (ticket->updated, ==, START + PD_HOUR);
  add_entry (f, ticket, &note);
  assert_row (f, ticket);
  assert_events (f, ticket, "created comment note");
  pd_clock_freeze (0);
}

static void
test_reopen_by_mail (DeskFixture *f)
{
  static const struct {
    const char *kind;
    const char *author; /* client other agent */
    gboolean internal, quiet, reopens;
    const char *why;
  } cases[] = {
    { "mail", "client", FALSE, FALSE, TRUE, "the requester has more to say" },
    { "mail", "other", FALSE, FALSE, TRUE, "another client" },
    { "reply", "agent", FALSE, FALSE, FALSE, "staff adds to a done ticket" },
    { "note", "agent", TRUE, FALSE, FALSE, "a note" },
    { "mail", "client", FALSE, TRUE, FALSE, "an automatic mail" },
  };
  g_autoptr (PdPerson) other
      = desk_fixture_add_person (f, PD_ROLE_CLIENT, "Oda", "oda@client.example");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "Hello", "x");
      g_autoptr (PdTicket) stale = pd_ticket_need (f->desk, ticket->number, NULL);
      const PdPerson *author = strcmp (cases[i].author, "client") == 0  ? f->client
                               : strcmp (cases[i].author, "other") == 0 ? other
                                                                        : f->agent;
      const PdEntry entry = {
        .kind = cases[i].kind,
        .author = author->id,
        .text = "more",
        .internal = cases[i].internal,
        .quiet = cases[i].quiet,
      };

      g_test_message ("%s", cases[i].why);
      act (f, pd_ticket_take, ticket, f->agent);
      act (f, pd_ticket_finish, ticket, f->agent);
      g_assert_cmpint (ticket->done, !=, 0);
      /* by a copy that does not know of it yet, as a writer beside would have */
      add_entry (f, stale, &entry);
      /* back in the hands of who finished it */
      g_assert_cmpint (stale->state, ==, cases[i].reopens ? PD_TICKET_LOCKED : PD_TICKET_DONE);
      g_assert_cmpint (stale->locker, ==, cases[i].reopens ? f->agent->id : 0);
      g_assert_true ((stale->done == 0) == cases[i].reopens);
      assert_row (f, stale);
    }
}

static void
test_life (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "Hello", "x");

  act (f, pd_ticket_take, ticket, f->agent);
  g_assert_cmpint (ticket->state, ==, PD_TICKET_LOCKED);
  g_assert_cmpint (ticket->locker, ==, f->agent->id);
  assert_row (f, ticket);
  act (f, pd_ticket_release, ticket, f->agent);
  g_assert_cmpint (ticket->state, ==, PD_TICKET_FREE);
  g_assert_cmpint (ticket->locker, ==, 0);
  act (f, pd_ticket_finish, ticket, f->agent);
  g_assert_cmpint (ticket->state, ==, PD_TICKET_DONE);
  assert_row (f, ticket);
  g_assert_cmpint (ticket->finisher, ==, f->agent->id);
  act (f, pd_ticket_reopen, ticket, f->agent);
  g_assert_cmpint (ticket->state, ==, PD_TICKET_LOCKED);
  g_assert_cmpint (ticket->locker, ==, f->agent->id);
  g_assert_cmpint (ticket->finisher, ==, 0);
  g_assert_cmpint (ticket->done, ==, 0);
  assert_row (f, ticket);
  assert_events (f, ticket, "created taken released done reopened");
}

static void
test_refused (DeskFixture *f)
{
  g_autoptr (PdPerson) bob
      = desk_fixture_add_person (f, PD_ROLE_AGENT, "Bob Agent", "bob@desk.example");
  g_autoptr (PdPerson) head
      = desk_fixture_add_person (f, PD_ROLE_HEAD, "Hal Head", "hal@desk.example");
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "Hello", "x");
  g_autoptr (PdTicket) stale = pd_ticket_need (f->desk, ticket->number, NULL);

  assert_refused (f, pd_ticket_take, ticket, bob, PD_ERROR_NOT_FOUND, "there is no ticket #1");
  add_member (f, f->unit->id, bob, FALSE);
  add_member (f, f->unit->id, head, TRUE);
  assert_refused (f, pd_ticket_take, ticket, f->client, PD_ERROR_DENIED, "you may not take");
  assert_refused (f, pd_ticket_release, ticket, bob, PD_ERROR_CONFLICT, "#1 is free");
  assert_refused (f, pd_ticket_reopen, ticket, bob, PD_ERROR_CONFLICT, "#1 is free");
  act (f, pd_ticket_take, ticket, f->agent);
  assert_refused (f, pd_ticket_take, ticket, bob, PD_ERROR_CONFLICT, "already taken by Ann Agent");
  assert_refused (f, pd_ticket_take, stale, bob, PD_ERROR_CONFLICT, "already taken by Ann Agent");
  assert_refused (f, pd_ticket_release, ticket, bob, PD_ERROR_DENIED, "taken by Ann Agent");
  act (f, pd_ticket_release, ticket, head);
  assert_refused (f, pd_ticket_release, ticket, bob, PD_ERROR_CONFLICT, "thanks to Hal Head");
  act (f, pd_ticket_take, ticket, bob);
  act (f, pd_ticket_release, stale, bob); /* it says that Ann has it */
  act (f, pd_ticket_finish, ticket, bob);
  assert_refused (f, pd_ticket_finish, stale, head, PD_ERROR_CONFLICT, "finished by Bob Agent");
  assert_refused (f, pd_ticket_take, stale, head, PD_ERROR_CONFLICT, "finished by Bob Agent");
}

/* What an act changed is in its event. */
static void
test_event_data (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "Hello", "x");
  g_autofree char *agent = pd_id_dup (f->agent->id);
  g_autofree char *want
      = g_strdup_printf ("{\"state\":[\"free\",\"locked\"],\"locker\":[null,\"%s\"]}", agent);
  g_autoptr (PdRows) rows = NULL;
  g_autoptr (GError) error = NULL;

  act (f, pd_ticket_take, ticket, f->agent);
  rows = pd_db_query (f->desk->db, PD_SQL_EVENT_OF_TICKET, PD_BIND (PD_INT (ticket->id)), &error);
  g_assert_no_error (error);
  g_assert_cmpint (pd_rows_next (rows, &error), ==, 1);
  g_assert_cmpstr (pd_rows_text (rows, 4), ==, "{}");
  g_assert_cmpint (pd_rows_next (rows, &error), ==, 1);
  g_assert_cmpstr (pd_rows_text (rows, 4), ==, want);
}

/* A comment that came between is no reason to refuse an act. */
static void
test_stale_copy (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "Hello", "x");
  g_autoptr (PdTicket) stale = pd_ticket_need (f->desk, ticket->number, NULL);
  g_autoptr (PdTicket) staler = pd_ticket_need (f->desk, ticket->number, NULL);
  const PdEntry mail = { .kind = "mail", .author = f->client->id, .text = "more" };

  add_entry (f, ticket, &mail);
  act (f, pd_ticket_take, stale, f->agent);
  g_assert_cmpint (stale->state, ==, PD_TICKET_LOCKED);
  act (f, pd_ticket_release, staler, f->agent); /* it believes the ticket to be free */
  g_assert_cmpint (staler->state, ==, PD_TICKET_FREE);
  assert_row (f, staler);
}

static void
test_has_person (DeskFixture *f)
{
  g_autoptr (PdPerson) bob
      = desk_fixture_add_person (f, PD_ROLE_AGENT, "Bob Agent", "bob@desk.example");
  g_autoptr (PdPerson) cy = desk_fixture_add_person (f, PD_ROLE_CLIENT, "Cy", "cy@client.example");
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "Hello", "x");
  const PdEntry note = { .kind = "note", .internal = TRUE, .author = bob->id, .text = "hm" };
  g_autoptr (GError) error = NULL;
  const struct {
    gint64 person;
    gboolean want;
    const char *why;
  } cases[] = {
    { f->client->id, TRUE, "the requester" },
    { f->agent->id, TRUE, "the locker" },
    { bob->id, TRUE, "who wrote an entry" },
    { cy->id, TRUE, "who is in copy" },
    { 0, FALSE, "nobody" },
    { 12345, FALSE, "somebody else" },
  };

  act (f, pd_ticket_take, ticket, f->agent);
  add_entry (f, ticket, &note);
  desk_fixture_begin (f);
  g_assert_true (pd_ticket_add_person (f->desk, ticket->id, cy->id, PD_RELATION_CC, &error));
  g_assert_true (pd_ticket_add_person (f->desk, ticket->id, cy->id, PD_RELATION_CC, &error));
  desk_fixture_commit (f);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gboolean has;

      g_test_message ("%s", cases[i].why);
      g_assert_true (pd_ticket_has_person (f->desk, ticket, cases[i].person, &has, &error));
      g_assert_true (has == cases[i].want);
    }
}

/* ---- lists ---- */

static char *
dup_numbers (DeskFixture *f, const PdTicketFilter *filter)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tickets = pd_ticket_list (f->desk, filter, &error);
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < tickets->len; i++)
    g_string_append_printf (text, "%s%d", i > 0 ? " " : "",
                            (int)((PdTicket *)g_ptr_array_index (tickets, i))->number);
  return g_string_free (text, FALSE);
}

/* Six tickets: 3 and 6 of another unit, 5 and 6 done; 1 and 2 changed in the
 * same moment. */
static void
fill_list (DeskFixture *f, PdUnit *billing)
{
  const gint64 support = f->unit->id;

  add_member (f, billing->id, f->agent, FALSE);
  for (int i = 1; i <= 6; i++)
    {
      g_autoptr (PdTicket) ticket = NULL;

      pd_clock_freeze (START + (i <= 2 ? 0 : i) * PD_SECOND);
      f->unit->id = i % 3 == 0 ? billing->id : support;
      ticket = desk_fixture_add_ticket (f, "Hello", "x");
      if (i >= 5)
        act (f, pd_ticket_finish, ticket, f->agent);
    }
  f->unit->id = support;
  pd_clock_freeze (0);
}

static void
test_list (DeskFixture *f)
{
  g_autoptr (PdUnit) billing = desk_fixture_add_unit (f, "billing", "billing@desk.example");
  const gint64 support = f->unit->id, client = f->client->id;
  const struct {
    PdTicketFilter filter;
    const char *want;
    const char *why;
  } cases[] = {
    { { .state = -1 }, "6 5 4 3 2 1", "all, newest change first" },
    { { .state = -1, .limit = 2 }, "6 5", "a page" },
    { { .state = -1, .updated_before = START + 4 * PD_SECOND }, "3 2 1", "the next one" },
    { { .unit = support, .state = -1 }, "5 4 2 1", "a unit" },
    { { .unit = support, .state = -1, .limit = 3 }, "5 4 2", "a page of a unit's states" },
    { { .unit = support, .state = PD_TICKET_FREE }, "4 2 1", "a state of a unit" },
    { { .state = PD_TICKET_DONE }, "6 5", "a state of all units" },
    { { .state = PD_TICKET_LOCKED }, "", "none" },
    { { .requester = client, .state = -1, .limit = 1 }, "6", "a requester" },
    { { .requester = client, .unit = billing->id, .state = PD_TICKET_FREE }, "3", "all of it" },
    { { .requester = f->agent->id, .state = -1 }, "", "who asked for nothing" },
  };

  fill_list (f, billing);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *numbers = dup_numbers (f, &cases[i].filter);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (numbers, ==, cases[i].want);
    }
}

/* Pages of one row each give every ticket once, also those of one moment. */
static void
test_list_pages (DeskFixture *f)
{
  g_autoptr (PdUnit) billing = desk_fixture_add_unit (f, "billing", "billing@desk.example");
  PdTicketFilter filters[] = { { .state = -1 },
                               { .state = PD_TICKET_FREE },
                               { .requester = f->client->id, .state = -1 } };
  const char *const want[] = { "6 5 4 3 2 1 ", "4 3 2 1 ", "6 5 4 3 2 1 " };

  fill_list (f, billing);
  for (gsize i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      g_autoptr (GString) seen = g_string_new (NULL);

      filters[i].limit = 1;
      for (;;)
        {
          g_autoptr (GPtrArray) page = pd_ticket_list (f->desk, &filters[i], NULL);
          const PdTicket *ticket;

          if (page->len == 0)
            break;
          ticket = g_ptr_array_index (page, 0);
          g_string_append_printf (seen, "%d ", (int)ticket->number);
          filters[i].updated_before = ticket->updated;
          filters[i].id_before = ticket->id;
        }
      g_assert_cmpstr (seen->str, ==, want[i]);
    }
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "numbers", test_numbers },
    { "number-retry", test_number_retry },
    { "number-race", test_number_race },
    { "create", test_create },
    { "subject", test_subject },
    { "text-bounds", test_text_bounds },
    { "message-id", test_message_id },
    { "add-entry", test_add_entry },
    { "reopen-by-mail", test_reopen_by_mail },
    { "life", test_life },
    { "refused", test_refused },
    { "event-data", test_event_data },
    { "stale-copy", test_stale_copy },
    { "has-person", test_has_person },
    { "list", test_list },
    { "list-pages", test_list_pages },
  };

  g_test_init (&argc, &argv, NULL);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
