/* A dump of an older help desk (tests/data/zenlix.sql) comes over as its comments in
 * import-zenlix.h promise, once, on both databases.
 */
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "desk/import-zenlix.h"
#include "desk/ticket-clock.h"
#include "desk/ticket-view.h"
#include "tests/lib/desk-suite.h"

static char *
path_of (const char *name)
{
  const char *source = g_getenv ("PD_SRCDIR");

  return g_build_filename (source != NULL ? source : ".", "tests", "data", name, NULL);
}

static PdZenlixReport *
import (DeskFixture *f, const char *files, gboolean trial)
{
  g_autofree char *path = path_of ("zenlix.sql"), *folder = files != NULL ? path_of (files) : NULL;
  const PdZenlixOptions options = { .files = folder, .fallback_zone = "UTC", .trial = trial };
  g_autoptr (GError) error = NULL;
  PdZenlixReport *report = pd_import_zenlix (f->desk, path, &options, &error);

  g_assert_no_error (error);
  g_assert_false (pd_db_in_transaction (f->desk->db));
  return report;
}

/* What became of a table: "read imported before left-out". */
static char *
account (const PdZenlixReport *report, const char *name)
{
  for (guint i = 0; i < report->tables->len; i++)
    {
      const PdZenlixTable *table = g_ptr_array_index (report->tables, i);

      if (strcmp (table->table, name) == 0)
        return g_strdup_printf ("%d %d %d %d", (int)table->read, (int)table->imported,
                                (int)table->known, (int)pd_zenlix_skipped (table));
    }
  return g_strdup ("none");
}

static void
assert_accounts (const PdZenlixReport *report, const char *const *wanted)
{
  for (; wanted[0] != NULL; wanted += 2)
    {
      g_autofree char *got = account (report, wanted[0]);

      g_test_message ("table %s", wanted[0]);
      g_assert_cmpstr (got, ==, wanted[1]);
    }
}

/* The view of a ticket as text: what a person would see. */
static char *
dup_view (DeskFixture *f, gint64 number)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdTicket) ticket = pd_ticket_need (f->desk, number, &error);
  struct json_object *view;
  char *text;

  g_assert_no_error (error);
  view = pd_ticket_view_full (f->desk, ticket, NULL, &error);
  g_assert_no_error (error);
  text = g_strdup (json_object_to_json_string_ext (view, JSON_C_TO_STRING_SPACED
                                                             | JSON_C_TO_STRING_NOSLASHESCAPE));
  json_object_put (view);
  return text;
}

static void
assert_view (DeskFixture *f, gint64 number, const char *const *parts)
{
  g_autofree char *view = dup_view (f, number);

  for (; *parts != NULL; parts++)
    if (strstr (view, *parts) == NULL)
      g_error ("ticket %" G_GINT64_FORMAT " has no %s: %s", number, *parts, view);
}

static PdPerson *
person (DeskFixture *f, const char *address)
{
  g_autoptr (GError) error = NULL;
  PdPerson *person = pd_person_need (f->desk, address, &error);

  g_assert_no_error (error);
  return person;
}

static void
check_people (DeskFixture *f)
{
  g_autoptr (PdPerson) head = person (f, "ivan@firm.example"),
                       agent = person (f, "ada@firm.example");
  g_autoptr (PdPerson) client = person (f, "karl@kunde.example");
  g_autoptr (PdPerson) quiet = person (f, "noaccess@client.example"), gone = NULL;
  g_autoptr (PdUnit) unit = NULL;
  g_autoptr (GArray) units = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (head->role, ==, PD_ROLE_HEAD);
  g_assert_cmpstr (head->language, ==, "uk");
  g_assert_cmpstr (head->addresses->pdata[0], ==, "Ivan@Firm.example");
  g_assert_cmpint (agent->role, ==, PD_ROLE_AGENT);
  g_assert_cmpstr (agent->name, ==, "Ada O'Agent");
  g_assert_cmpint (client->role, ==, PD_ROLE_CLIENT);
  g_assert_cmpstr (client->name, ==, "Карл Клієнт");
  /* no password is no block */
  g_assert_cmpint (quiet->state, ==, PD_PERSON_ACTIVE);
  pd_person_by_address (f->desk, "gone@firm.example", &gone, &error);
  g_assert_no_error (error);
  g_assert_null (gone);
  unit = pd_unit_need (f->desk, "Billing & 'Co'", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (unit->addresses->pdata[0], ==, "helpdesk@firm.example");
  units = pd_person_unit_ids (f->desk, head->id, &error);
  g_assert_cmpuint (units->len, ==, 2);
}

static void
check_tickets (DeskFixture *f)
{
  static const char *const done[]
      = { "\"Printer 'smokes'\"", "\"state\": \"archived\"", "\"priority\": \"high\"",
          /* 10:00 in Kyiv in winter */
          "\"created\": \"2015-02-01T08:00:00Z\"", "🔥.\\nIvan added",
          "Switch it off & on \\\"again\\\"", "It's better 😀\\nthanks \\\\o/", "\"taken\"",
          "\"reopened\"", "\"archived\"", NULL };
  static const char *const open[]
      = { "(no subject)",  "\"state\": \"locked\"", "Задача",        "\"priority\": \"low\"",
          "\"Ivan Head\"", "ZENLIX user 77",        "\"forwarded\"", NULL };
  static const char *const lost[] = { "-- it's; /* not a comment */", "ZENLIX unit 9",
                                      "ZENLIX user 66", "2015-07-02T06:00:00Z", NULL };
  static const char *const traceless[] = { "\"state\": \"done\"", "\"text\": \"done\"", NULL };

  assert_view (f, 10, done);
  assert_view (f, 11, open);
  assert_view (f, 12, lost);
  assert_view (f, 13, traceless);
}

/* Ticket 10, high: taken after an hour of 30 minutes; in work from 11:00 to 12:00 and from
 * 13:00 to 14:30; done after 4.5 hours of 12, less the hour in which it was done. */
static void
check_clocks (DeskFixture *f)
{
  static const struct {
    gint64 limit, used;
  } wanted[PD_SLA_N_CLOCKS] = { { 30, 60 }, { 0, 150 }, { 720, 210 } };
  PdSlaClock clocks[PD_SLA_N_CLOCKS];
  g_autoptr (PdTicket) ticket = NULL;
  g_autoptr (GError) error = NULL;
  gint64 mails;

  ticket = pd_ticket_need (f->desk, 10, &error);
  g_assert_no_error (error);
  pd_ticket_clock_measure (f->desk, ticket, pd_clock_now (), clocks, &error);
  g_assert_no_error (error);
  for (int i = 0; i < PD_SLA_N_CLOCKS; i++)
    {
      g_assert_cmpint (clocks[i].limit, ==, wanted[i].limit * PD_MINUTE);
      g_assert_cmpint (clocks[i].used, ==, wanted[i].used * PD_MINUTE);
    }
  /* the hand-set deadline of ticket 11 passed ten years ago: nobody is told today */
  pd_db_find_int (f->desk->db, PD_SQL_OUTBOX_NEXT_DUE, PD_BIND (PD_INT (1)), &mails, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mails, ==, 0);
}

static void
check_number (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "new", "new");

  g_assert_cmpint (ticket->number, ==, 14);
}

/* How many rows a table has, past the desk. */
static void
test_whole (DeskFixture *f)
{
  static const char *const first[] = {
    "approved_info",
    "3 2 0 1",
    "calendar",
    "1 0 0 1",
    "comments",
    "4 3 0 1",
    "deps",
    "4 4 0 0",
    "files",
    "5 0 0 5",
    "perf",
    "9 2 0 7",
    "posada",
    "2 2 0 0",
    "scheduler_ticket",
    "3 2 0 1",
    "sla_plans",
    "4 4 0 0",
    "subj",
    "3 3 0 0",
    "ticket_data",
    "4 2 0 2",
    "ticket_fields",
    "3 2 0 1",
    "ticket_info",
    "2 2 0 0",
    "ticket_log",
    "13 8 0 5",
    "tickets",
    "4 4 0 0",
    "units",
    "2 2 0 0",
    "user_data",
    "3 2 0 1",
    "user_fields",
    "2 2 0 0",
    "users",
    "8 8 0 0",
    "users_notify",
    "3 2 0 1",
    "zzz_plugin",
    "2 0 0 2",
    NULL,
  };
  g_autoptr (PdZenlixReport) report = import (f, NULL, FALSE);

  assert_accounts (report, first);
  check_people (f);
  check_tickets (f);
  check_clocks (f);
  check_number (f);
}

/* Again: nothing twice (ticket 12 has no clock that goes on meanwhile); then with the folder of
 * uploads: only the files. */
static void
test_again (DeskFixture *f)
{
  static const char *const again[]
      = { "tickets",  "4 0 4 0", "comments", "4 0 3 1", "users",   "8 0 8 0", "ticket_log",
          "13 0 8 5", "files",   "5 2 0 3",  "perf",    "9 0 2 7", NULL };
  static const char *const files[]
      = { "\"звіт \\\"final\\\".txt\"", "\"screen.png\"", "\"size\": 6", NULL };
  static const char *const last[] = { "files", "5 0 2 3", NULL };
  g_autoptr (PdZenlixReport) first = import (f, NULL, FALSE);
  g_autofree char *before = dup_view (f, 12), *after = NULL;
  g_autoptr (PdZenlixReport) second = import (f, "zenlix-uploads", FALSE);
  g_autoptr (PdZenlixReport) third = import (f, "zenlix-uploads", FALSE);

  after = dup_view (f, 12);
  g_assert_cmpstr (before, ==, after);
  assert_accounts (second, again);
  assert_accounts (third, last);
  assert_view (f, 10, files);
}

static void
test_trial (DeskFixture *f)
{
  static const char *const tickets[] = { "tickets", "4 4 0 0", "files", "5 2 0 3", NULL };
  g_autoptr (PdZenlixReport) report = import (f, "zenlix-uploads", TRUE);
  g_autoptr (PdTicket) ticket = NULL;
  g_autoptr (GError) error = NULL;

  assert_accounts (report, tickets);
  pd_ticket_by_number (f->desk, 10, &ticket, &error);
  g_assert_no_error (error);
  g_assert_null (ticket);
}

/* Who is here already is not made twice, and a number that is given stays given. */
static void
test_beside_others (DeskFixture *f)
{
  g_autoptr (PdPerson) same
      = desk_fixture_add_person (f, PD_ROLE_CLIENT, "Carl here", "karl@kunde.example");
  g_autoptr (PdPerson) found = NULL;
  g_autoptr (PdZenlixReport) report = NULL;
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 10; i++)
    pd_ticket_free (desk_fixture_add_ticket (f, "ours", "ours"));
  report = import (f, NULL, FALSE);
  found = person (f, "karl@kunde.example");
  g_assert_cmpint (found->id, ==, same->id);
  g_assert_cmpstr (found->name, ==, "Carl here");
  assert_view (f, 10, (const char *const[]){ "\"ours\"", NULL });
  assert_view (f, 14, (const char *const[]){ "Printer 'smokes'", NULL });
}

static void
test_faults (DeskFixture *f)
{
  const PdZenlixOptions options = { 0 };
  g_autofree char *path = path_of ("zenlix-uploads/111122223333444455556666.txt");
  g_autoptr (GError) error = NULL, missing = NULL, zone = NULL;
  const PdZenlixOptions bad_zone = { .zone = "Mars/Olympus" };
  g_autofree char *dump = path_of ("zenlix.sql");

  g_assert_null (pd_import_zenlix (f->desk, path, &options, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
  g_assert_null (pd_import_zenlix (f->desk, "/nonexistent", &options, &missing));
  g_assert_true (pd_error_is (missing, PD_ERROR_NOT_FOUND));
  g_assert_null (pd_import_zenlix (f->desk, dump, &bad_zone, &zone));
  g_assert_true (pd_error_is (zone, PD_ERROR_INVALID));
  g_assert_nonnull (strstr (zone->message, "--timezone"));
  g_assert_false (pd_db_in_transaction (f->desk->db));
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "import-zenlix/whole", test_whole },   { "import-zenlix/again", test_again },
    { "import-zenlix/trial", test_trial },   { "import-zenlix/beside", test_beside_others },
    { "import-zenlix/faults", test_faults },
  };

  g_test_init (&argc, &argv, NULL);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
