#include "desk/notice.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "desk/feed.h"
#include "desk/notice-choice.h"
#include "desk/outbox.h"
#include "tests/lib/desk-suite.h"

static void
test_table (void)
{
  static const struct {
    PdNoticeEvent event;
    guint relations;
    gboolean worked;
    gboolean want;
    const char *why;
  } cases[] = {
    { PD_NOTICE_RECEIVED, PD_IS_REQUESTER, FALSE, TRUE, "the requester gets an acknowledgement" },
    { PD_NOTICE_RECEIVED, PD_IS_STAFF | PD_IS_MEMBER, FALSE, FALSE, "and nobody else" },
    { PD_NOTICE_CREATED, PD_IS_STAFF | PD_IS_MEMBER, FALSE, TRUE, "the unit hears of a ticket" },
    { PD_NOTICE_CREATED, PD_IS_WATCHER, FALSE, FALSE, "who got the mail himself knows" },
    { PD_NOTICE_REPLIED, PD_IS_REQUESTER, TRUE, TRUE, "an answer is for the requester" },
    { PD_NOTICE_REPLIED, PD_IS_WATCHER, TRUE, TRUE, "for watchers" },
    { PD_NOTICE_REPLIED, PD_IS_CC, TRUE, TRUE, "for who is in copy" },
    { PD_NOTICE_REPLIED, PD_IS_COMMENTER, TRUE, TRUE, "for who took part" },
    { PD_NOTICE_REPLIED, PD_IS_STAFF | PD_IS_ASSIGNEE, TRUE, TRUE, "for who works on it" },
    { PD_NOTICE_REPLIED, PD_IS_STAFF | PD_IS_MEMBER, TRUE, FALSE, "the others are left in peace" },
    { PD_NOTICE_REPLIED, PD_IS_STAFF | PD_IS_MEMBER, FALSE, TRUE, "unless nobody works on it" },
    { PD_NOTICE_NOTED, PD_IS_REQUESTER | PD_IS_COMMENTER, FALSE, FALSE, "notes are internal" },
    { PD_NOTICE_NOTED, PD_IS_WATCHER, FALSE, FALSE, "to watching customers too" },
    { PD_NOTICE_NOTED, PD_IS_STAFF | PD_IS_COMMENTER, TRUE, TRUE, "staff that took part reads it" },
    { PD_NOTICE_NOTED, PD_IS_STAFF | PD_IS_REQUESTER | PD_IS_AUTHOR | PD_IS_COMMENTER, FALSE, FALSE,
      "a colleague who asks is a customer" },
    { PD_NOTICE_NOTED, PD_IS_STAFF | PD_IS_REQUESTER | PD_IS_LOCKER, TRUE, TRUE,
      "unless he works on it" },
    { PD_NOTICE_TAKEN, PD_IS_REQUESTER, TRUE, FALSE, "who works on it is staff's affair" },
    { PD_NOTICE_TAKEN, PD_IS_STAFF | PD_IS_MEMBER | PD_IS_HEAD, TRUE, TRUE, "heads see to it" },
    { PD_NOTICE_TAKEN, PD_IS_STAFF | PD_IS_MEMBER, TRUE, FALSE, "members need not know" },
    { PD_NOTICE_RELEASED, PD_IS_STAFF | PD_IS_ASSIGNEE, FALSE, TRUE, "who is to do it hears" },
    { PD_NOTICE_RELEASED, PD_IS_REQUESTER, FALSE, FALSE, "the requester does not" },
    { PD_NOTICE_DONE, PD_IS_REQUESTER, TRUE, TRUE, "the end is for the requester" },
    { PD_NOTICE_DONE, PD_IS_STAFF | PD_IS_AUTHOR, TRUE, TRUE, "for who asked in his name" },
    { PD_NOTICE_DONE, PD_IS_STAFF | PD_IS_MEMBER, FALSE, FALSE, "not for the whole unit" },
    { PD_NOTICE_REOPENED, PD_IS_STAFF | PD_IS_MEMBER, FALSE, TRUE, "somebody must take it" },
    { PD_NOTICE_REOPENED, PD_IS_REQUESTER, FALSE, FALSE, "the requester sees the answer" },
    { PD_NOTICE_DELIVERY_FAILED, PD_IS_REQUESTER, FALSE, FALSE, "his mail does not work" },
    { PD_NOTICE_DELIVERY_FAILED, PD_IS_STAFF | PD_IS_MEMBER, FALSE, TRUE, "staff must call him" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].why);
      g_assert_cmpint (pd_notice_tells (cases[i].event, cases[i].relations, cases[i].worked), ==,
                       cases[i].want);
    }
}

/* ---- with a database ---- */

/* carl asks; ann, bob are members, hana is head of the unit; wanda (a client)
 * watches, sam (staff elsewhere) is in copy; xaver is a blocked member. */
typedef struct {
  DeskFixture *desk;
  GHashTable *ids; /* name -> person */
  PdTicket *ticket;
} Scene;

static gint64
add (Scene *scene, PdRole role, const char *name)
{
  g_autofree char *address = g_strdup_printf ("%s@people.example", name);
  PdPerson *person = desk_fixture_add_person (scene->desk, role, name, address);

  g_hash_table_insert (scene->ids, (gpointer)name, person);
  return person->id;
}

static gint64
id_of (Scene *scene, const char *name)
{
  PdPerson *person = g_hash_table_lookup (scene->ids, name);

  if (strcmp (name, "ann") == 0)
    return scene->desk->agent->id;
  if (strcmp (name, "carl") == 0)
    return scene->desk->client->id;
  return person != NULL ? person->id : 0;
}

static void
scene_up (Scene *scene, DeskFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  PdDesk *desk;
  PdPerson *blocked;

  scene->desk = fixture;
  scene->ids
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)pd_person_free);
  desk = scene->desk->desk;
  for (int i = 0; i < 4; i++)
    add (scene, PD_ROLE_AGENT, (const char *const[]){ "bob", "hana", "sam", "xaver" }[i]);
  add (scene, PD_ROLE_CLIENT, "wanda");
  scene->ticket = desk_fixture_add_ticket (scene->desk, "It smokes", "Help!");

  desk_fixture_begin (scene->desk);
  blocked = g_hash_table_lookup (scene->ids, "xaver");
  blocked->state = PD_PERSON_BLOCKED;
  g_assert_true (pd_person_save (desk, blocked, &error));
  for (int i = 0; i < 3; i++)
    g_assert_true (pd_unit_add_member (
        desk, scene->desk->unit->id,
        id_of (scene, (const char *const[]){ "bob", "hana", "xaver" }[i]), i == 1, &error));
  g_assert_true (pd_ticket_add_person (desk, scene->ticket->id, id_of (scene, "wanda"),
                                       PD_RELATION_WATCHER, &error));
  g_assert_true (
      pd_ticket_add_person (desk, scene->ticket->id, id_of (scene, "sam"), PD_RELATION_CC, &error));
  desk_fixture_commit (scene->desk);
}

static void
scene_down (Scene *scene)
{
  pd_ticket_free (scene->ticket);
  g_hash_table_unref (scene->ids);
}

static int
by_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* Who is told, as "ann bob"; nothing of it stays. */
static char *
told (Scene *scene, PdNoticeEvent event, const char *actor, const char *locker)
{
  PdDesk *desk = scene->desk->desk;
  PdNotice notice = { .event = event, .ticket = scene->ticket, .actor = id_of (scene, actor) };
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;

  scene->ticket->locker = id_of (scene, locker);
  before = pd_outbox_list (desk, NULL, 1000, &error);
  desk_fixture_begin (scene->desk);
  g_assert_true (pd_notice_queue (desk, &notice, &error));
  rows = pd_outbox_list (desk, NULL, 1000, &error);
  g_assert_no_error (error);
  pd_desk_rollback (desk);
  for (guint i = before->len; i < rows->len; i++)
    {
      const PdOutboxRow *row = g_ptr_array_index (rows, i);

      g_assert_cmpstr (row->event, ==, pd_notice_event_name (event));
      g_assert_cmpint (row->actor, ==, notice.actor);
      g_ptr_array_add (names, g_strndup (row->recipient, strcspn (row->recipient, "@")));
    }
  g_ptr_array_sort (names, by_text);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (" ", (char **)names->pdata);
}

static void
test_people (DeskFixture *fixture)
{
  static const struct {
    PdNoticeEvent event;
    const char *actor, *locker;
    const char *want;
    const char *why;
  } cases[] = {
    { PD_NOTICE_RECEIVED, "carl", "", "carl", "though he is the actor" },
    { PD_NOTICE_CREATED, "carl", "", "ann bob hana", "the unit, without who is blocked" },
    { PD_NOTICE_CREATED, "ann", "", "bob hana", "not who did it" },
    { PD_NOTICE_REPLIED, "carl", "", "ann bob hana sam wanda", "nobody works on it: all" },
    { PD_NOTICE_REPLIED, "carl", "ann", "ann sam wanda", "ann works on it" },
    { PD_NOTICE_REPLIED, "ann", "ann", "carl sam wanda", "her own answer" },
    { PD_NOTICE_REPLIED, "ann", "xaver", "bob carl hana sam wanda", "a blocked locker is nobody" },
    { PD_NOTICE_NOTED, "ann", "ann", "sam", "staff only" },
    { PD_NOTICE_TAKEN, "ann", "ann", "hana", "heads" },
    { PD_NOTICE_RELEASED, "ann", "", "hana", "heads" },
    { PD_NOTICE_DONE, "ann", "ann", "carl hana sam wanda", "those who wait for it, and heads" },
    { PD_NOTICE_REOPENED, "carl", "", "ann bob hana", "the unit" },
    { PD_NOTICE_REOPENED, "carl", "bob", "bob hana", "who works on it, and heads" },
    { PD_NOTICE_DELIVERY_FAILED, "", "", "ann bob hana", "the unit" },
  };
  Scene scene;

  scene_up (&scene, fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *got = told (&scene, cases[i].event, cases[i].actor, cases[i].locker);

      g_test_message ("%s by %s: %s", pd_notice_event_name (cases[i].event), cases[i].actor,
                      cases[i].why);
      g_assert_cmpstr (got, ==, cases[i].want);
    }
  scene_down (&scene);
}

/* An address of ours is never written to, also with an extension: it would
 * come back as a mail. */
static void
test_own_address (DeskFixture *fixture)
{
  Scene scene;
  g_autofree char *got = NULL;
  g_autoptr (GError) error = NULL;

  scene_up (&scene, fixture);
  desk_fixture_begin (scene.desk);
  pd_db_exec_script (scene.desk->desk->db,
                     "UPDATE person_address SET written = 'support@desk.example', address ="
                     " 'support@desk.example' WHERE address = 'sam@people.example';"
                     "UPDATE person_address SET written = 'Support+x@desk.example', address ="
                     " 'support+x@desk.example' WHERE address = 'wanda@people.example';",
                     &error);
  g_assert_no_error (error);
  desk_fixture_commit (scene.desk);
  got = told (&scene, PD_NOTICE_REPLIED, "ann", "ann");
  g_assert_cmpstr (got, ==, "carl");
  scene_down (&scene);
}

/* ---- choices ---- */

static void
choose (Scene *scene, const char *who, const char *event, PdNoticeChannel channel, gboolean wanted)
{
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (scene->desk);
  g_assert_true (pd_notice_choice_set (scene->desk->desk, id_of (scene, who), event, channel,
                                       wanted, &error));
  desk_fixture_commit (scene->desk);
}

static void
test_choice_rows (void)
{
  static const struct {
    const char *event, *channel;
    gboolean wanted;
    const char *event2, *channel2;
    gboolean wanted2;
    gboolean want;
    const char *why;
  } cases[] = {
    { "", "", TRUE, "", "", TRUE, TRUE, "who has not chosen wants it" },
    { "", "mail", FALSE, "", "", TRUE, FALSE, "nothing of anything" },
    { "", "web", FALSE, "", "", TRUE, TRUE, "another channel" },
    { "done", "mail", FALSE, "", "", TRUE, FALSE, "this event" },
    { "", "mail", FALSE, "done", "mail", TRUE, TRUE, "the event stands before all" },
    { "done", "mail", FALSE, "", "mail", TRUE, FALSE, "in either order" },
    { "done", "fax", FALSE, "", "", TRUE, TRUE, "an unknown channel is none" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PdNoticeChoice choice = { 0 };

      g_test_message ("%s", cases[i].why);
      pd_notice_choice_take (&choice, cases[i].event, cases[i].channel, cases[i].wanted);
      pd_notice_choice_take (&choice, cases[i].event2, cases[i].channel2, cases[i].wanted2);
      g_assert_cmpint (pd_notice_choice_wants (&choice, PD_CHANNEL_MAIL), ==, cases[i].want);
    }
}

static void
test_choices (DeskFixture *fixture)
{
  static const struct {
    PdNoticeEvent event;
    const char *actor, *locker, *want, *why;
  } cases[] = {
    { PD_NOTICE_RECEIVED, "carl", "", "", "an acknowledgement is a notice too" },
    { PD_NOTICE_CREATED, "carl", "", "ann hana", "bob wants none of anything" },
    { PD_NOTICE_REPLIED, "carl", "", "ann hana sam wanda", "of which answers are one" },
    { PD_NOTICE_NOTED, "ann", "", "bob hana sam", "but notes he wants" },
    { PD_NOTICE_REPLIED, "ann", "ann", "carl sam wanda", "carl wants answers" },
    { PD_NOTICE_DONE, "ann", "ann", "carl sam wanda", "hana has enough of what is done" },
  };
  Scene scene;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) stored = NULL;

  scene_up (&scene, fixture);
  choose (&scene, "bob", "", PD_CHANNEL_MAIL, FALSE);
  choose (&scene, "bob", "noted", PD_CHANNEL_MAIL, TRUE);
  choose (&scene, "bob", "", PD_CHANNEL_SMS, FALSE);
  choose (&scene, "carl", "received", PD_CHANNEL_MAIL, FALSE);
  choose (&scene, "hana", "done", PD_CHANNEL_MAIL, FALSE);
  choose (&scene, "hana", "done", PD_CHANNEL_PUSH, TRUE);
  choose (&scene, "ann", "created", PD_CHANNEL_WEB, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *got = told (&scene, cases[i].event, cases[i].actor, cases[i].locker);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (got, ==, cases[i].want);
    }
  stored = pd_notice_choice_list (fixture->desk, id_of (&scene, "bob"), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (stored->len, ==, 3);
  g_assert_false (pd_notice_choice_set (fixture->desk, id_of (&scene, "bob"), "takn",
                                        PD_CHANNEL_MAIL, FALSE, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
  g_assert_nonnull (strstr (error->message, "\"taken\""));
  scene_down (&scene);
}

/* ---- the feed ---- */

static guint
count_feed (Scene *scene, const char *who, guint *out_popups)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows
      = pd_feed_list (scene->desk->desk, id_of (scene, who), 0, 100, &error);

  g_assert_no_error (error);
  *out_popups = 0;
  for (guint i = 0; i < rows->len; i++)
    *out_popups += ((PdFeedRow *)g_ptr_array_index (rows, i))->popup ? 1 : 0;
  return rows->len;
}

static void
test_feed (DeskFixture *fixture)
{
  Scene scene;
  PdNotice notice = { .event = PD_NOTICE_REPLIED };
  guint popups, removed = 0;
  g_autoptr (GError) error = NULL;

  scene_up (&scene, fixture);
  pd_db_exec_script (fixture->desk->db, "DELETE FROM feed", &error);
  choose (&scene, "hana", "", PD_CHANNEL_WEB, FALSE);
  choose (&scene, "bob", "", PD_CHANNEL_MAIL, FALSE);
  notice.ticket = scene.ticket;
  notice.actor = id_of (&scene, "carl");
  desk_fixture_begin (fixture);
  g_assert_true (pd_notice_queue (fixture->desk, &notice, &error));
  desk_fixture_commit (fixture);
  g_assert_cmpuint (count_feed (&scene, "ann", &popups), ==, 1);
  g_assert_cmpuint (popups, ==, 1);
  g_assert_cmpuint (count_feed (&scene, "hana", &popups), ==, 1); /* a line, that does not pop up */
  g_assert_cmpuint (popups, ==, 0);
  g_assert_cmpuint (count_feed (&scene, "bob", &popups), ==, 1); /* who wants no mail */
  g_assert_cmpuint (count_feed (&scene, "wanda", &popups), ==, 0); /* a client */
  g_assert_cmpuint (count_feed (&scene, "carl", &popups), ==, 0);

  desk_fixture_begin (fixture);
  g_assert_true (pd_feed_prune (fixture->desk, pd_clock_now () + PD_MINUTE, 3, &removed, &error));
  g_assert_cmpuint (removed, ==, 3);
  g_assert_true (pd_feed_prune (fixture->desk, pd_clock_now () + PD_MINUTE, 3, &removed, &error));
  g_assert_cmpuint (removed, ==, 1);
  desk_fixture_commit (fixture);
  scene_down (&scene);
}

/* ---- a large unit ---- */

/* Statements that it takes to tell a unit of `members` of a new ticket. */
static guint64
fan_out (DeskFixture *fixture, guint members)
{
  g_autofree char *address = g_strdup_printf ("unit%u@desk.example", members);
  g_autofree char *name = g_strdup_printf ("unit%u", members);
  g_autoptr (PdUnit) unit = desk_fixture_add_unit (fixture, name, address);
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (fixture, "Smoke", "Help!");
  PdNotice notice = { .event = PD_NOTICE_REPLIED, .ticket = ticket };
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;
  g_autoptr (GError) error = NULL;
  guint64 calls;

  for (guint i = 0; i < members; i++)
    {
      g_autofree char *who = g_strdup_printf ("member%u-%u@people.example", members, i);
      g_autoptr (PdPerson) person = desk_fixture_add_person (fixture, PD_ROLE_AGENT, "M", who);

      desk_fixture_begin (fixture);
      g_assert_true (pd_unit_add_member (fixture->desk, unit->id, person->id, FALSE, &error));
      desk_fixture_commit (fixture);
    }
  ticket->unit = unit->id;
  notice.actor = ticket->requester;
  before = pd_outbox_list (fixture->desk, NULL, 1000, &error);
  desk_fixture_begin (fixture);
  calls = pd_db_get_calls (fixture->desk->db);
  g_assert_true (pd_notice_queue (fixture->desk, &notice, &error));
  calls = pd_db_get_calls (fixture->desk->db) - calls;
  desk_fixture_commit (fixture);
  after = pd_outbox_list (fixture->desk, NULL, 1000, &error);
  g_assert_cmpuint (after->len - before->len, ==, members);
  return calls;
}

static void
test_fan_out (DeskFixture *fixture)
{
  guint64 few = fan_out (fixture, 3), many = fan_out (fixture, 50);

  g_assert_cmpuint (many, ==, few);
  g_assert_cmpuint (many, <=, 6); /* four questions, the mails, the feed */
}

/* ---- one mail ---- */

static void
test_direct (DeskFixture *fixture)
{
  static const struct {
    const char *who, *address, *event;
    gboolean want;
    const char *why;
  } cases[] = {
    { "bob", NULL, "command-result", TRUE, "who has asked gets his answer, whatever he chose" },
    { "bob", NULL, "digest", FALSE, "a digest is a choice" },
    { "carl", NULL, "digest", TRUE, "that others did not make" },
    { "xaver", NULL, "command-result", FALSE, "blocked" },
    { "", "vendor@else.example", "strand", TRUE, "a bare address" },
    { "carl", "other@client.example", "register", TRUE, "another one of his" },
    { "", "support@desk.example", "strand", FALSE, "ours" },
    { "", "Support+t1.p2@desk.example", "strand", FALSE, "ours, with an extension" },
  };
  Scene scene;
  gint64 id = 0;
  PdDirectNotice nobody = { .event = "digest" };
  g_autoptr (GError) error = NULL;

  scene_up (&scene, fixture);
  choose (&scene, "bob", "", PD_CHANNEL_MAIL, FALSE);
  desk_fixture_begin (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PdDirectNotice notice = { .event = cases[i].event,
                                .person = id_of (&scene, cases[i].who),
                                .address = cases[i].address,
                                .urgency = PD_URGENCY_WAITED,
                                .out_id = &id };
      g_autoptr (PdOutboxRow) row = NULL;

      g_test_message ("%s", cases[i].why);
      g_assert_true (pd_notice_queue_direct (fixture->desk, &notice, &error));
      g_assert_cmpint (id != 0, ==, cases[i].want);
      if (id == 0)
        continue;
      g_assert_true (pd_outbox_get (fixture->desk, id, &row, &error));
      g_assert_cmpint (row->unit, ==, fixture->unit->id);
      g_assert_cmpint (row->urgency, ==, PD_URGENCY_WAITED);
    }
  g_assert_false (pd_notice_queue_direct (fixture->desk, &nobody, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
  desk_fixture_commit (fixture);
  scene_down (&scene);
}

/* What somebody waits for goes before what was there first; what is held, not yet. */
static void
test_urgency (DeskFixture *fixture)
{
  static const struct {
    const char *event;
    int urgency;
    gint64 hold;
  } mails[] = {
    { "mailing", PD_URGENCY_MASS, 0 },
    { "strand", PD_URGENCY_NOTICE, 0 },
    { "recover", PD_URGENCY_WAITED, 0 },
    { "digest", PD_URGENCY_WAITED, PD_HOUR },
  };
  static const char *const want[] = { "recover", "strand" };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  gint64 next;

  pd_db_exec_script (fixture->desk->db, "DELETE FROM outbox", &error);
  desk_fixture_begin (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (mails); i++)
    {
      PdDirectNotice notice = { .event = mails[i].event,
                                .person = fixture->client->id,
                                .urgency = mails[i].urgency };

      notice.hold_until = mails[i].hold != 0 ? pd_clock_now () + mails[i].hold : 0;
      g_assert_true (pd_notice_queue_direct (fixture->desk, &notice, &error));
    }
  desk_fixture_commit (fixture);
  rows = pd_outbox_claim (fixture->desk, 7, pd_clock_now () + PD_MINUTE, 2, &error);
  g_assert_cmpuint (rows->len, ==, G_N_ELEMENTS (want));
  for (guint i = 0; i < rows->len; i++)
    g_assert_cmpstr (((PdOutboxRow *)g_ptr_array_index (rows, i))->event, ==, want[i]);
  g_assert_true (pd_outbox_next_due (fixture->desk, &next, &error));
  g_assert_cmpint (next, <=, pd_clock_now ()); /* the mass mail waits */
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "people", test_people },
    { "own-address", test_own_address },
    { "choices", test_choices },
    { "feed", test_feed },
    { "fan-out", test_fan_out },
    { "direct", test_direct },
    { "urgency", test_urgency },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/notice/table", test_table);
  g_test_add_func ("/notice/choice", test_choice_rows);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
