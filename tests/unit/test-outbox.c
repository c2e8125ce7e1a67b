#include "desk/outbox.h"

#include <string.h>

#include "base/clock.h"
#include "desk/desk-setting.h"
#include "base/error.h"
#include "base/id.h"
#include "tests/lib/desk-suite.h"
#include "tests/lib/mariadb.h"

#define NOW (G_GINT64_CONSTANT (1800000000) * PD_SECOND)

static const PdRetryPolicy policy = { PD_MINUTE, PD_HOUR, 5 * PD_DAY };

/* Nothing but the notices of one ticket, and the clock stands: `received` to
 * carl, `created` to ann. */
static void
begin (DeskFixture *fixture)
{
  g_autoptr (GError) error = NULL;

  pd_clock_freeze (NOW);
  pd_db_exec_script (fixture->desk->db, "DELETE FROM attempt; DELETE FROM outbox;", &error);
  g_assert_no_error (error);
  pd_ticket_free (desk_fixture_add_ticket (fixture, "Smoke", "Help!"));
}

static GPtrArray *
claim (DeskFixture *fixture, gint64 lease, gint64 until, guint want)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *rows = pd_outbox_claim (fixture->desk, lease, until, 100, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, want);
  return rows;
}

static GPtrArray *
begin_and_claim (DeskFixture *fixture, gint64 lease)
{
  begin (fixture);
  return claim (fixture, lease, NOW + PD_MINUTE, 2);
}

static PdOutboxRow *
get (DeskFixture *fixture, gint64 id)
{
  PdOutboxRow *row = NULL;
  g_autoptr (GError) error = NULL;

  pd_outbox_get (fixture->desk, id, &row, &error);
  g_assert_no_error (error);
  g_assert_nonnull (row);
  return row;
}

static void
finish (DeskFixture *fixture, gint64 lease, gint64 id, int how, const char *answer)
{
  PdOutboxResult result = { .id = id, .code = 250, .status = "2.0.0", .relay = "mx[::1]:25" };
  g_autoptr (GError) error = NULL;

  result.result = how;
  result.answer = answer;
  result.again = NOW + 5 * PD_SECOND;
  pd_outbox_finish (fixture->desk, lease, &result, 1, &policy, &error);
  g_assert_no_error (error);
}

static void
check (DeskFixture *fixture, gint64 id, const char *state, gint64 next, guint attempts)
{
  g_autoptr (PdOutboxRow) row = get (fixture, id);

  g_assert_cmpstr (row->state, ==, state);
  g_assert_cmpint (row->next, ==, next);
  g_assert_cmpuint (row->attempts, ==, attempts);
}

static gint64
row_id (GPtrArray *rows, guint i)
{
  return ((PdOutboxRow *)g_ptr_array_index (rows, i))->id;
}

static void
test_claim (DeskFixture *fixture)
{
  g_autoptr (GPtrArray) rows = begin_and_claim (fixture, 1);
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) again = NULL;
  const PdOutboxRow *row = g_ptr_array_index (rows, 0);

  g_assert_cmpstr (row->event, ==, "received");
  g_assert_cmpstr (row->recipient, ==, DESK_FIXTURE_CLIENT);
  g_assert_cmpint (row->person, ==, fixture->client->id);
  g_assert_cmpstr (row->state, ==, "sending");
  g_assert_cmpint (row->lease, ==, 1);
  check (fixture, row->id, "sending", NOW + PD_MINUTE, 1);

  pd_clock_freeze (NOW + PD_MINUTE - 1);
  none = claim (fixture, 2, NOW + 2 * PD_MINUTE, 0);
  /* the lease is over: who claimed is taken for dead */
  pd_clock_freeze (NOW + PD_MINUTE);
  again = claim (fixture, 2, NOW + 2 * PD_MINUTE, 2);
  check (fixture, row->id, "sending", NOW + 2 * PD_MINUTE, 2);
  /* and if he lives, he has no say any more */
  finish (fixture, 1, row->id, PD_SENT, "ok");
  check (fixture, row->id, "sending", NOW + 2 * PD_MINUTE, 2);
  finish (fixture, 1, row->id, PD_FAILED, "no");
  check (fixture, row->id, "sending", NOW + 2 * PD_MINUTE, 2);
  finish (fixture, 2, row->id, PD_SENT, "ok");
  check (fixture, row->id, "sent", 0, 2);
}

static void
test_finish (DeskFixture *fixture)
{
  static const struct {
    int result;
    const char *state;
    gint64 next_min, next_max; /* after NOW; 0 none */
    guint attempts;
    const char *why;
  } cases[] = {
    { PD_SENT, "sent", 0, 0, 1, "sent is final" },
    { PD_FAILED, "failed", 0, 0, 1, "so is failed" },
    { PD_DEFERRED, "deferred", 45 * PD_SECOND, 75 * PD_SECOND, 1, "a minute, a quarter off" },
    { PD_LOST, "deferred", 45 * PD_SECOND, 75 * PD_SECOND, 1, "perhaps sent: soon again" },
    { PD_UNTRIED, "queued", 0, 0, 0, "a try that was none" },
    { PD_AWAY, "deferred", 5 * PD_SECOND, 5 * PD_SECOND, 0, "no server: no try" },
    { PD_HELD, "held", 0, 0, 1, "our own fault" },
    { PD_CANCELLED, "cancelled", 0, 0, 1, "he may not have it any more" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) rows = begin_and_claim (fixture, 7);
      g_autoptr (PdOutboxRow) row = NULL;

      g_test_message ("%s", cases[i].why);
      /* the notice to staff: its failure tells nobody */
      finish (fixture, 7, row_id (rows, 1), cases[i].result, "an\r\nanswer");
      row = get (fixture, row_id (rows, 1));
      g_assert_cmpstr (row->state, ==, cases[i].state);
      g_assert_cmpuint (row->attempts, ==, cases[i].attempts);
      g_assert_cmpint (row->lease, ==, 0);
      if (cases[i].next_min != 0)
        {
          g_assert_cmpint (row->next, >=, NOW + cases[i].next_min);
          g_assert_cmpint (row->next, <=, NOW + cases[i].next_max);
        }
      if (cases[i].result != PD_UNTRIED)
        g_assert_cmpstr (row->answer, ==, "an  answer");
    }
}

/* A server that never comes back: the mail is given up in its time, with no
 * attempt to show. */
static void
test_away (DeskFixture *fixture)
{
  g_autoptr (GPtrArray) rows = begin_and_claim (fixture, 7);
  g_autoptr (GPtrArray) early = NULL;
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (PdOutboxRow) row = NULL;
  gint64 id = row_id (rows, 1);

  finish (fixture, 7, row_id (rows, 0), PD_SENT, "ok");
  finish (fixture, 7, id, PD_AWAY, "connection refused");
  early = claim (fixture, 7, NOW + PD_MINUTE, 0);
  pd_clock_freeze (NOW + policy.max_age);
  again = claim (fixture, 7, NOW + policy.max_age + PD_MINUTE, 1);
  finish (fixture, 7, id, PD_AWAY, "connection refused");
  row = get (fixture, id);
  g_assert_cmpstr (row->state, ==, "failed");
  g_assert_nonnull (strstr (row->answer, "given up"));
  g_assert_nonnull (strstr (row->answer, "connection refused"));
}

/* Every delay is within its bounds, doubles, and ends. */
static void
test_back_off (DeskFixture *fixture)
{
  gint64 now = NOW, id = 0;
  guint tries = 0;

  begin (fixture);
  for (;;)
    {
      g_autoptr (GPtrArray) rows = claim (fixture, 7, now + PD_SECOND, tries == 0 ? 2 : 1);
      g_autoptr (PdOutboxRow) row = NULL;
      gint64 want = MIN (PD_MINUTE << MIN (tries, 10), PD_HOUR);

      if (tries++ == 0)
        finish (fixture, 7, row_id (rows, 1), PD_SENT, "ok");
      id = row_id (rows, 0);
      finish (fixture, 7, id, PD_DEFERRED, "busy");
      row = get (fixture, id);
      if (strcmp (row->state, "failed") == 0)
        {
          g_assert_nonnull (strstr (row->answer, "given up after"));
          break;
        }
      g_assert_cmpint (row->next - now, <=, want + want / 4);
      if (row->next != NOW + policy.max_age)
        g_assert_cmpint (row->next - now, >=, want - want / 4);
      now = row->next;
      pd_clock_freeze (now);
    }
  g_assert_cmpint (now, ==, NOW + policy.max_age);
  g_assert_cmpuint (tries, >, 5 * 24 * 3 / 4);
}

/* A failure to a client is told to staff, once, and stands on the ticket; the
 * failure of that notice ends there. */
static void
test_failure (DeskFixture *fixture)
{
  g_autoptr (GPtrArray) rows = begin_and_claim (fixture, 7);
  g_autoptr (GPtrArray) notices = NULL;
  g_autoptr (GPtrArray) none = NULL;
  const PdOutboxRow *notice;

  finish (fixture, 7, row_id (rows, 1), PD_SENT, "ok");
  finish (fixture, 7, row_id (rows, 0), PD_FAILED, "5.1.1 nobody \"here\"");
  notices = claim (fixture, 7, NOW + PD_MINUTE, 1);
  notice = g_ptr_array_index (notices, 0);
  g_assert_cmpstr (notice->event, ==, "delivery-failed");
  g_assert_cmpstr (notice->recipient, ==, DESK_FIXTURE_AGENT);
  g_assert_nonnull (strstr (notice->data, DESK_FIXTURE_CLIENT));
  g_assert_nonnull (strstr (notice->data, "nobody \\\"here\\\""));
  finish (fixture, 7, notice->id, PD_FAILED, "5.1.1 neither");
  none = claim (fixture, 7, NOW + PD_MINUTE, 0);
}

/* What nobody has heard of is not done, where the desk wants it so. */
static void
test_failure_reopens (DeskFixture *fixture)
{
  static const struct {
    const char *setting;
    PdTicketState want;
  } cases[] = { { "no", PD_TICKET_DONE }, { "yes", PD_TICKET_LOCKED } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (fixture, "Light", "It is dark.");
      g_autoptr (GPtrArray) rows = NULL;
      g_autoptr (GError) error = NULL;

      desk_fixture_begin (fixture);
      g_assert_true (pd_desk_setting_set (
          fixture->desk, NULL, PD_DESK_SETTING_DELIVERY_FAILED_REOPENS, cases[i].setting, &error));
      g_assert_true (pd_ticket_take (fixture->desk, ticket, fixture->agent, &error));
      g_assert_true (pd_ticket_finish (fixture->desk, ticket, fixture->agent, &error));
      desk_fixture_commit (fixture);
      rows = pd_outbox_claim (fixture->desk, 7, NOW + PD_MINUTE, 100, &error);
      g_assert_no_error (error);
      for (guint k = 0; k < rows->len; k++)
        {
          const PdOutboxRow *row = g_ptr_array_index (rows, k);
          gboolean fails = row->ticket == ticket->id && row->person == fixture->client->id;

          finish (fixture, 7, row->id, fails ? PD_FAILED : PD_SENT, "5.1.1 nobody");
        }
      g_clear_pointer (&ticket, pd_ticket_free);
      ticket = pd_ticket_need (fixture->desk, (gint64)i + 1, &error);
      g_assert_no_error (error);
      g_assert_cmpint (ticket->state, ==, cases[i].want);
    }
}

/* An instance that is slow, but alive, keeps its claims. */
static void
test_extend (DeskFixture *fixture)
{
  g_autoptr (GPtrArray) rows = begin_and_claim (fixture, 7);
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GError) error = NULL;

  finish (fixture, 7, row_id (rows, 0), PD_SENT, "ok");
  g_assert_true (pd_outbox_extend (fixture->desk, 7, NOW + PD_HOUR, &error));
  check (fixture, row_id (rows, 0), "sent", 0, 1);
  check (fixture, row_id (rows, 1), "sending", NOW + PD_HOUR, 1);
  pd_clock_freeze (NOW + PD_MINUTE);
  none = claim (fixture, 8, NOW + PD_HOUR, 0);
}

static void
test_unclaim (DeskFixture *fixture)
{
  g_autoptr (GPtrArray) rows = begin_and_claim (fixture, 7);
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GError) error = NULL;
  gint64 due = 0;

  finish (fixture, 7, row_id (rows, 0), PD_SENT, "ok");
  g_assert_true (pd_outbox_unclaim (fixture->desk, 8, &error));
  check (fixture, row_id (rows, 1), "sending", NOW + PD_MINUTE, 1);
  g_assert_true (pd_outbox_unclaim (fixture->desk, 7, &error));
  check (fixture, row_id (rows, 0), "sent", 0, 1);
  check (fixture, row_id (rows, 1), "queued", NOW, 0);
  g_assert_true (pd_outbox_next_due (fixture->desk, &due, &error));
  g_assert_cmpint (due, ==, NOW);
  again = claim (fixture, 9, NOW + PD_MINUTE, 1);
  finish (fixture, 9, row_id (again, 0), PD_SENT, "ok");
  g_assert_true (pd_outbox_next_due (fixture->desk, &due, &error));
  g_assert_cmpint (due, ==, 0);
}

typedef gboolean (*Verb) (PdDesk *desk, gint64 id, GError **error);

/* What people may do to a row in each state. */
static void
test_verbs (DeskFixture *fixture)
{
  static const struct {
    Verb verb;
    const char *from;
    const char *to; /* NULL: refused */
  } cases[] = {
    { pd_outbox_retry, "queued", "queued" },
    { pd_outbox_retry, "deferred", "queued" }, /* no try has been counted here */
    { pd_outbox_retry, "failed", "queued" },
    { pd_outbox_retry, "held", "queued" },
    { pd_outbox_retry, "sending", NULL },
    { pd_outbox_retry, "sent", NULL },
    { pd_outbox_retry, "cancelled", NULL },
    { pd_outbox_hold, "queued", "held" },
    { pd_outbox_hold, "deferred", "held" },
    { pd_outbox_hold, "sending", NULL },
    { pd_outbox_hold, "failed", NULL },
    { pd_outbox_cancel, "queued", "cancelled" },
    { pd_outbox_cancel, "held", "cancelled" },
    { pd_outbox_cancel, "sending", NULL },
    { pd_outbox_cancel, "sent", NULL },
  };
  g_autoptr (GError) missing = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  gint64 id;

  begin (fixture);
  rows = pd_outbox_list (fixture->desk, "queued", 10, NULL);
  id = row_id (rows, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *script = g_strdup_printf ("UPDATE outbox SET state = '%s';", cases[i].from);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s to %s", cases[i].from, cases[i].to != NULL ? cases[i].to : "nothing");
      g_assert_true (pd_db_exec_script (fixture->desk->db, script, &error));
      g_assert_cmpint (cases[i].verb (fixture->desk, id, &error), ==, cases[i].to != NULL);
      if (cases[i].to == NULL)
        g_assert_error (error, PD_ERROR, PD_ERROR_CONFLICT);
      else
        {
          g_autoptr (PdOutboxRow) row = get (fixture, id);

          g_assert_cmpstr (row->state, ==, cases[i].to);
        }
    }
  g_assert_false (pd_outbox_retry (fixture->desk, 1, &missing));
  g_assert_error (missing, PD_ERROR, PD_ERROR_NOT_FOUND);
}

static void
test_list (DeskFixture *fixture)
{
  g_autoptr (GPtrArray) rows = begin_and_claim (fixture, 7);
  g_autoptr (GPtrArray) open_rows = NULL;
  g_autoptr (GPtrArray) deferred = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  gint64 flushed = 0;

  finish (fixture, 7, row_id (rows, 0), PD_SENT, "ok");
  finish (fixture, 7, row_id (rows, 1), PD_DEFERRED, "busy");
  open_rows = pd_outbox_list (fixture->desk, NULL, 10, NULL);
  deferred = pd_outbox_list (fixture->desk, "deferred", 10, NULL);
  sent = pd_outbox_list (fixture->desk, "sent", 10, NULL);
  g_assert_cmpuint (open_rows->len, ==, 1);
  g_assert_cmpuint (deferred->len, ==, 1);
  g_assert_cmpint (row_id (sent, 0), ==, row_id (rows, 0));
  g_assert_true (pd_outbox_flush (fixture->desk, &flushed, NULL));
  g_assert_cmpint (flushed, ==, 1);
  check (fixture, row_id (rows, 1), "deferred", NOW, 1);
}

/* ---- two instances on one database ---- */

typedef struct {
  const char *url;
  const PdDeskSettings *settings;
  gint64 lease;
  GArray *ids;
} Instance;

static gpointer
run_instance (gpointer data)
{
  Instance *instance = data;
  g_autoptr (GError) error = NULL;
  PdDb *db = pd_db_open (instance->url, &error);
  g_autoptr (PdDesk) desk = NULL;

  g_assert_no_error (error);
  desk = pd_desk_new (db, instance->settings);
  for (;;)
    {
      g_autoptr (GPtrArray) rows
          = pd_outbox_claim (desk, instance->lease, NOW + PD_HOUR, 7, &error);

      g_assert_no_error (error);
      if (rows->len == 0)
        return NULL;
      for (guint i = 0; i < rows->len; i++)
        {
          PdOutboxResult result = { .id = row_id (rows, i), .result = PD_SENT, .code = 250 };

          g_array_append_val (instance->ids, result.id);
          pd_outbox_finish (desk, instance->lease, &result, 1, &policy, &error);
          g_assert_no_error (error);
        }
    }
}

/* Every row is claimed by exactly one. */
static void
run_two (const char *url)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (DeskFixture) fixture = desk_fixture_new (url);
  Instance instances[2];
  GThread *threads[2];
  guint total = 0;

  begin (fixture);
  for (int i = 0; i < 20; i++)
    pd_ticket_free (desk_fixture_add_ticket (fixture, "More smoke", "Help!"));
  for (int i = 0; i < 2; i++)
    {
      instances[i] = (Instance){ url, &fixture->settings, 100 + i,
                                 g_array_new (FALSE, FALSE, sizeof (gint64)) };
      threads[i] = g_thread_new ("instance", run_instance, &instances[i]);
    }
  for (int i = 0; i < 2; i++)
    {
      g_thread_join (threads[i]);
      for (guint j = 0; j < instances[i].ids->len; j++, total++)
        g_assert_true (g_hash_table_add (seen, &g_array_index (instances[i].ids, gint64, j)));
    }
  g_assert_cmpuint (total, ==, 2 * 21);
  for (int i = 0; i < 2; i++)
    g_array_unref (instances[i].ids);
}

static void
test_two_sqlite (void)
{
  g_autofree char *dir = g_dir_make_tmp ("outbox-XXXXXX", NULL);
  g_autofree char *url = g_strconcat ("sqlite:", dir, "/desk.db", NULL);

  run_two (url);
  test_remove_tree (dir);
}

static void
test_two_mariadb (void)
{
  const char *why_not = NULL;
  g_autoptr (TestMariadb) server = test_mariadb_start (&why_not);
  g_autofree char *url = NULL;

  if (server == NULL)
    {
      g_test_skip (why_not);
      return;
    }
  url = test_mariadb_dup_url (server, "two");
  run_two (url);
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "claim", test_claim },
    { "finish", test_finish },
    { "back-off", test_back_off },
    { "failure", test_failure },
    { "failure-reopens", test_failure_reopens },
    { "unclaim", test_unclaim },
    { "verbs", test_verbs },
    { "list", test_list },
    { "extend", test_extend },
    { "away", test_away },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sqlite/two-instances", test_two_sqlite);
  g_test_add_func ("/mariadb/two-instances", test_two_mariadb);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
