/* desk - what an agent's day costs on a small and on a large desk, side by side.
 *
 *   tests/bench/desk [--database sqlite|mariadb|both] [--small N] [--large N]
 *                    [--rounds N] [--folder DIR] [--keep] [--act TEXT]
 *
 * Fills two desks in DIR (a temporary folder, removed at the end; --keep leaves what
 * SQLite has there, and takes it next time), then measures each act on both in turn,
 * round by round, and prints the medians and how much the large desk costs more.  What writes is
 * committed, disk and all.  Then every statement of the product is checked for its index, with
 * the statistics of the large desk.
 */
#include <glib/gstdio.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "desk/desk.h"
#include "desk/match.h"
#include "desk/notice.h"
#include "desk/ticket-view.h"
#include "desk/timer.h"
#include "desk/unit.h"
#include "store/migrate.h"
#include "tests/bench/desk-fill.h"
#include "tests/lib/mail-fixture.h"
#include "tests/lib/mariadb.h"
#include "tests/lib/sql-plan.h"

#define KEYS "fixed 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"
#define PAGE 100 /* tickets of a list */
#define TIMERS 20
#define GOAL 1.3

static char *option_database = NULL;
static char *option_folder = NULL;
static char *option_act = NULL;
static gboolean option_keep = FALSE;
static int option_small = 10000, option_large = 1000000, option_rounds = 41;

typedef struct {
  PdDesk *desk;
  DeskFilled filled;
  PdUnit *unit;
  PdTicket *long_ticket, *open_ticket;
  PdPerson *requester, *head;
} Side;

typedef struct {
  const char *name;
  guint times; /* in a round, so that it can be measured */
  void (*run) (Side *side);
} Act;

static void
must (const GError *error)
{
  if (error != NULL)
    g_error ("%s", error->message);
}

/* ---- the acts ---- */

static void
list_open (Side *side)
{
  static const PdTicketState states[] = { PD_TICKET_FREE, PD_TICKET_LOCKED, PD_TICKET_WAITING };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      const PdTicketFilter filter = {
        .unit = side->unit->id,
        .state = (int)states[i],
        .limit = PAGE,
        .viewer = side->head,
      };
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) tickets = pd_ticket_list (side->desk, &filter, &error);

      must (error);
      g_assert_cmpuint (tickets->len, ==, PAGE);
    }
}

static void
list_all (Side *side)
{
  const PdTicketFilter filter = { .state = -1, .limit = PAGE };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tickets = pd_ticket_list (side->desk, &filter, &error);

  must (error);
  g_assert_cmpuint (tickets->len, ==, PAGE);
}

/* His own list, whatever the unit: "in". */
static void
list_in (Side *side)
{
  const PdTicketFilter filter = {
    .state = PD_TICKET_FREE,
    .limit = PAGE,
    .viewer = side->head,
    .box = PD_TICKET_BOX_IN,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tickets = pd_ticket_list (side->desk, &filter, &error);

  must (error);
  g_assert_cmpuint (tickets->len, >, 0);
}

static void
show_long (Side *side)
{
  g_autoptr (GError) error = NULL;
  struct json_object *view = pd_ticket_view_full (side->desk, side->long_ticket, NULL, &error);
  struct json_object *entries;

  must (error);
  json_object_object_get_ex (view, "entries", &entries);
  g_assert_cmpuint (json_object_array_length (entries), >=, DESK_FILL_LONG);
  json_object_put (view);
}

static void
begin (Side *side)
{
  g_autoptr (GError) error = NULL;

  pd_desk_begin (side->desk, &error);
  must (error);
}

static void
tell_unit (Side *side)
{
  const PdNotice notice = {
    .event = PD_NOTICE_CREATED,
    .ticket = side->open_ticket,
    .actor = side->open_ticket->requester,
  };
  g_autoptr (GError) error = NULL;

  begin (side);
  pd_notice_queue (side->desk, &notice, &error);
  must (error);
  pd_desk_commit (side->desk, &error);
  must (error);
}

static void
match_mail (Side *side)
{
  g_autofree char *references = g_strdup_printf (
      "none@client.example m3.%" G_GINT64_FORMAT "@client.example", side->filled.long_number);
  const char *recipients[] = { "unit1@desk.example", NULL };
  const MailFixture fixture = {
    .from = pd_person_address (side->requester),
    .to = "unit1@desk.example",
    .subject = "Re: the printer",
    .text = "Still.\n",
    .references = references,
  };
  g_autoptr (MadeMail) mail = mail_fixture_make (&fixture);
  g_autoptr (PdTrace) trace = pd_trace_new ();
  g_auto (PdMatch) match = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdRoute) route = NULL;

  route = pd_route_resolve (side->desk, recipients, fixture.from, mail, &error);
  must (error);
  pd_match_find (side->desk, mail, route, side->requester, fixture.from, trace, &match, &error);
  must (error);
  g_assert_cmpint (match.ticket->number, ==, side->filled.long_number);
}

static void
open_ticket (Side *side)
{
  const PdTicketNew new_ticket = {
    .subject = "The printer smokes",
    .unit = side->unit->id,
    .requester = side->requester->id,
    .author = side->requester->id,
    .source = "mail",
  };
  const PdEntry entry = {
    .kind = "mail", .author = side->requester->id, .text = "It smokes.\n", .proof = "plausible"
  };
  g_autoptr (GError) error = NULL;

  begin (side);
  pd_ticket_create (side->desk, &new_ticket, &entry, NULL, NULL, &error);
  must (error);
  pd_desk_commit (side->desk, &error);
  must (error);
}

/* The time is taken of all that the clock daemon does: find, take off, work, commit. */
static void
run_timers (Side *side)
{
  g_autoptr (GError) error = NULL;
  guint done;
  gint64 next;

  begin (side);
  for (guint i = 0; i < TIMERS; i++)
    pd_timer_set (side->desk, PD_TIMER_SLA, side->open_ticket->id + i, 1 + i, NULL, &error);
  must (error);
  pd_desk_commit (side->desk, &error);
  must (error);
  pd_timer_run (side->desk, TIMERS, &done, &next, &error);
  must (error);
  g_assert_cmpuint (done, ==, TIMERS);
}

static const Act acts[] = {
  { "open tickets of a unit for its head, 300", 5, list_open },
  { "what is free for a head, a page of 100", 5, list_in },
  { "newest tickets of all, a page of 100", 10, list_all },
  { "a ticket with 50 entries", 10, show_long },
  { "notices of a ticket to a unit of 50", 5, tell_unit },
  { "a mail is matched by References", 20, match_mail },
  { "a ticket is opened, and 51 are told", 5, open_ticket },
  { "20 SLA timers become due and are done", 2, run_timers },
};

/* ---- measuring ---- */

static double
measure (const Act *act, Side *side)
{
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < act->times; i++)
    act->run (side);
  return (double)(g_get_monotonic_time () - start) / act->times;
}

static gint
smaller_first (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return x < y ? -1 : x > y;
}

static double
median (GArray *values)
{
  g_array_sort (values, smaller_first);
  return g_array_index (values, double, values->len / 2);
}

/* Both sides in each round, the first one in turn: what else runs on the machine
 * meets both. */
static void
compare (const Act *act, Side *small, Side *large)
{
  g_autoptr (GArray) small_times = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) large_times = g_array_new (FALSE, FALSE, sizeof (double));
  GArray *times[2] = { small_times, large_times };
  Side *sides[2] = { small, large };
  double a, b;

  measure (act, small);
  measure (act, large);
  for (int round = 0; round < option_rounds; round++)
    for (guint i = 0; i < 2; i++)
      {
        guint which = (i + (guint)round) % 2;
        double time = measure (act, sides[which]);

        g_array_append_val (times[which], time);
      }
  a = median (times[0]);
  b = median (times[1]);
  printf ("%-42s %10.0f us %10.0f us   %.2f%s\n", act->name, a, b, b / a,
          b / a > GOAL ? "  over the goal" : "");
  fflush (stdout);
}

/* ---- the two desks ---- */

static PdDesk *
open_desk (const char *url, const PdDeskSettings *settings)
{
  g_autoptr (GError) error = NULL;
  PdDb *db = pd_db_open (url, &error);

  must (error);
  pd_migrate_run (db, &error);
  must (error);
  return pd_desk_new (db, settings);
}

/* A million rows are sorted into an index faster than they are put in one by one. */
static char *
drop_indexes (const char *path)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GString) drops = g_string_new (NULL);
  sqlite3_stmt *rows;
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_prepare_v2 (
      db,
      "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql NOT NULL "
      "AND tbl_name IN ('ticket', 'ticket_tag', 'ticket_person', 'message', 'event',"
      " 'clock', 'timer', 'inbound', 'outbox')",
      -1, &rows, NULL);
  while (sqlite3_step (rows) == SQLITE_ROW)
    {
      g_string_append_printf (drops, "DROP INDEX %s;", sqlite3_column_text (rows, 0));
      g_string_append_printf (text, "%s;", sqlite3_column_text (rows, 1));
    }
  sqlite3_finalize (rows);
  g_assert_cmpint (sqlite3_exec (db, drops->str, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  return g_string_free (text, FALSE);
}

static void
make_indexes (const char *path, const char *text)
{
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA cache_size = -1000000; PRAGMA temp_store = MEMORY",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, text, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL), ==,
                   SQLITE_OK);
  sqlite3_close (db);
}

static void
fill (Side *side, const char *path, guint n_tickets)
{
  gint64 start = g_get_monotonic_time ();
  g_autofree char *indexes = path != NULL ? drop_indexes (path) : NULL;

  desk_fill (side->desk->db, n_tickets, TRUE, &side->filled);
  if (indexes != NULL)
    make_indexes (path, indexes);
  printf ("# %u tickets filled in %.0f s\n", n_tickets,
          (double)(g_get_monotonic_time () - start) / 1e6);
  fflush (stdout);
}

/* What the filling said about a desk that is kept. */
static gboolean
recall (Side *side, const char *facts_path)
{
  const char format[]
      = "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT;
  DeskFilled *filled = &side->filled;
  g_autofree char *facts = NULL;

  return g_file_get_contents (facts_path, &facts, NULL, NULL)
         && sscanf (facts, format, &filled->long_number, &filled->open_number, &filled->requester,
                    &filled->head)
                == 4;
}

static void
remember (const Side *side, const char *facts_path)
{
  const char format[]
      = "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT;
  const DeskFilled *filled = &side->filled;
  g_autofree char *facts = g_strdup_printf (format, filled->long_number, filled->open_number,
                                            filled->requester, filled->head);

  g_assert_true (g_file_set_contents (facts_path, facts, -1, NULL));
}

static void
remove_desk (const char *path)
{
  static const char *const ends[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *file = g_strconcat (path, ends[i], NULL);

      g_unlink (file);
    }
}

/* path   of an SQLite file, or NULL */
static void
side_open (Side *side, const char *url, const char *path, const PdDeskSettings *settings,
           guint n_tickets)
{
  g_autofree char *facts = path != NULL ? g_strconcat (path, ".facts", NULL) : NULL;
  g_autoptr (GError) error = NULL;
  gboolean known = facts != NULL && recall (side, facts);

  if (path != NULL && !known)
    remove_desk (path); /* half filled */
  side->desk = open_desk (url, settings);
  if (!known)
    {
      fill (side, path, n_tickets);
      if (facts != NULL)
        remember (side, facts);
      /* a cache that is fresh, as a program's */
      pd_desk_free (side->desk);
      side->desk = open_desk (url, settings);
    }
  side->unit = pd_unit_need (side->desk, DESK_FILL_UNIT, &error);
  must (error);
  side->long_ticket = pd_ticket_need (side->desk, side->filled.long_number, &error);
  must (error);
  side->open_ticket = pd_ticket_need (side->desk, side->filled.open_number, &error);
  must (error);
  pd_person_get (side->desk, side->filled.requester, &side->requester, &error);
  must (error);
  pd_person_get (side->desk, side->filled.head, &side->head, &error);
  must (error);
}

static void
side_clear (Side *side)
{
  pd_unit_free (side->unit);
  pd_ticket_free (side->long_ticket);
  pd_ticket_free (side->open_ticket);
  pd_person_free (side->requester);
  pd_person_free (side->head);
  pd_desk_free (side->desk);
}

/* ---- every statement has its index, also by the statistics of much data ---- */

static void
report_plans (const char *name, guint decided, const GString *faults)
{
  printf ("# %s, statistics of the large desk: %u statements, %u without a plan to check; %s\n",
          name, pd_sql_n_statements, decided, faults->len == 0 ? "each uses its index" : "FAULTS:");
  if (faults->len > 0)
    printf ("%s", faults->str);
  fflush (stdout);
}

static void
check_sqlite_plans (const char *path)
{
  g_autoptr (GString) faults = g_string_new (NULL);
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "ANALYZE", NULL, NULL, NULL), ==, SQLITE_OK);
  for (guint i = 0; i < pd_sql_n_statements; i++)
    sql_plan_check_sqlite (db, &pd_sql_statements[i], faults);
  /* the product has none: what is kept is measured without them */
  sqlite3_exec (db, "DROP TABLE sqlite_stat1", NULL, NULL, NULL);
  sqlite3_close (db);
  report_plans ("SQLite", 0, faults);
}

static void
run_sql (MYSQL *db, const char *text)
{
  if (mysql_query (db, text) != 0)
    g_error ("%s: %s", text, mysql_error (db));
  mysql_free_result (mysql_store_result (db));
}

static void
check_mariadb_plans (TestMariadb *server, const char *database)
{
  static const char *const tables[]
      = { "ticket", "ticket_person", "ticket_tag", "message", "event", "clock",
          "timer",  "inbound",       "outbox",     "person",  "unit",  "membership" };
  g_autoptr (GString) faults = g_string_new (NULL);
  MYSQL *db = test_mariadb_connect (server, database);
  guint decided = 0;

  run_sql (db, "SET sql_mode = 'ANSI,TRADITIONAL'");
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autofree char *text = g_strdup_printf ("ANALYZE TABLE \"%s\"", tables[i]);

      run_sql (db, text);
    }
  for (guint i = 0; i < pd_sql_n_statements; i++)
    decided += !sql_plan_check_mariadb (db, &pd_sql_statements[i], faults);
  mysql_close (db);
  report_plans ("MariaDB", decided, faults);
}

/* paths   of SQLite files, or NULL */
static void
bench (const char *name, const char *small_url, const char *large_url, const char *small_path,
       const char *large_path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdKeyring) keyring = pd_keyring_parse (KEYS, &error);
  const PdDeskSettings settings = {
    .name = "DESK",
    .domain = "desk.example",
    .url = "",
    .language = "en",
    .delimiter = '+',
    .bounds = PD_GUARD_DEFAULTS,
    .templates = "",
    .keyring = keyring,
  };
  Side small = { 0 }, large = { 0 };

  must (error);
  printf ("# %s\n", name);
  side_open (&small, small_url, small_path, &settings, (guint)option_small);
  side_open (&large, large_url, large_path, &settings, (guint)option_large);
  printf ("%-42s %10d    %10d      large/small\n", name, option_small, option_large);
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    if (option_act == NULL || strstr (acts[i].name, option_act) != NULL)
      compare (&acts[i], &small, &large);
  side_clear (&small);
  side_clear (&large);
}

static void
bench_sqlite (const char *folder)
{
  g_autofree char *small = g_strconcat ("sqlite:", folder, "/small.db", NULL);
  g_autofree char *large = g_strconcat ("sqlite:", folder, "/large.db", NULL);

  bench ("SQLite", small, large, small + strlen ("sqlite:"), large + strlen ("sqlite:"));
  check_sqlite_plans (large + strlen ("sqlite:"));
}

static void
bench_mariadb (const char *folder)
{
  /* what a server for a desk of this size would have */
  const char *const options[]
      = { "--innodb-buffer-pool-size=2G", "--innodb-log-file-size=1G", NULL };
  const char *reason;
  g_autoptr (TestMariadb) server = test_mariadb_start_with (folder, options, &reason);
  g_autofree char *small = NULL, *large = NULL;

  if (server == NULL)
    {
      printf ("# MariaDB: %s\n", reason);
      return;
    }
  small = test_mariadb_dup_url (server, "small");
  large = test_mariadb_dup_url (server, "large");
  bench ("MariaDB", small, large, NULL, NULL);
  check_mariadb_plans (server, "large");
}

int
main (int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "database", 0, 0, G_OPTION_ARG_STRING, &option_database, "sqlite, mariadb or both", "WHICH" },
    { "small", 0, 0, G_OPTION_ARG_INT, &option_small, "Tickets of the small desk", "N" },
    { "large", 0, 0, G_OPTION_ARG_INT, &option_large, "Tickets of the large desk", "N" },
    { "rounds", 0, 0, G_OPTION_ARG_INT, &option_rounds, "How often each is measured", "N" },
    { "act", 0, 0, G_OPTION_ARG_STRING, &option_act, "Measure what has this in its name only",
      "TEXT" },
    { "keep", 0, 0, G_OPTION_ARG_NONE, &option_keep, "Leave the SQLite desks in --folder", NULL },
    { "folder", 0, 0, G_OPTION_ARG_FILENAME, &option_folder, "Where there is room", "DIR" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- desks of two sizes, side by side");
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  if (option_keep && option_folder != NULL)
    folder = g_strdup (option_folder);
  else
    {
      option_keep = FALSE;
      folder = g_build_filename (option_folder != NULL ? option_folder : g_get_tmp_dir (),
                                 "pd-desk-XXXXXX", NULL);
      g_assert_nonnull (g_mkdtemp (folder));
    }
  if (option_database == NULL || strcmp (option_database, "mariadb") != 0)
    bench_sqlite (folder);
  if (option_database == NULL || strcmp (option_database, "sqlite") != 0)
    bench_mariadb (folder);
  if (!option_keep)
    test_remove_tree (folder);
  g_free (option_database);
  g_free (option_folder);
  g_free (option_act);
  return 0;
}
