#include "desk/notice.h"

#include <string.h>

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
    { PD_NOTICE_DONE, "ann", "ann", "carl sam wanda", "those who wait for it" },
    { PD_NOTICE_REOPENED, "carl", "", "ann bob hana", "the unit" },
    { PD_NOTICE_REOPENED, "carl", "bob", "bob", "who works on it" },
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

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "people", test_people },
    { "own-address", test_own_address },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/notice/table", test_table);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
