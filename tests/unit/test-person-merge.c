#include "desk/person-merge.h"

#include <string.h>

#include "base/error.h"
#include "desk/client-group.h"
#include "desk/field.h"
#include "desk/ticket.h"
#include "desk/unit.h"
#include "tests/lib/desk-suite.h"

static gint64
ask (DeskFixture *f, PdSqlId sql, gint64 id)
{
  g_autoptr (GError) error = NULL;
  gint64 out = 0;

  pd_db_find_int (f->desk->db, sql, PD_BIND (PD_INT (id)), &out, &error);
  g_assert_no_error (error);
  return out;
}

static gboolean
merge (DeskFixture *f, PdPerson *from, PdPerson *into, const PdPerson *actor, gboolean force,
       GError **error)
{
  gboolean done;

  desk_fixture_begin (f);
  done = pd_person_merge (f->desk, from, into, actor, force, error);
  if (done)
    desk_fixture_commit (f);
  else
    pd_desk_rollback (f->desk);
  return done;
}

static PdPerson *
again (DeskFixture *f, gint64 id)
{
  PdPerson *person = NULL;

  g_assert_true (pd_person_get (f->desk, id, &person, NULL));
  return person;
}

static void
test_refused (DeskFixture *f)
{
  g_autoptr (PdPerson) other
      = desk_fixture_add_person (f, PD_ROLE_CLIENT, "Other", "other@client.example");
  g_autoptr (PdPerson) gone
      = desk_fixture_add_person (f, PD_ROLE_CLIENT, "Gone", "gone@client.example");
  const struct {
    PdPerson *from, *into, *actor;
    PdErrorCode code;
    const char *says;
    const char *why;
  } cases[] = {
    { other, f->client, f->agent, PD_ERROR_DENIED, "administrator", "not in charge" },
    { other, other, NULL, PD_ERROR_INVALID, "himself", "one person" },
    { f->agent, other, NULL, PD_ERROR_CONFLICT, "with --yes the result is client", "roles" },
    { gone, other, NULL, PD_ERROR_CONFLICT, "Gone is deleted", "he is gone" },
    { other, gone, NULL, PD_ERROR_CONFLICT, "Gone is deleted", "the other one is" },
  };
  g_autoptr (GError) first = NULL;

  desk_fixture_begin (f);
  g_assert_true (pd_person_remove (f->desk, gone, NULL, &first));
  desk_fixture_commit (f);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].why);
      g_assert_false (merge (f, cases[i].from, cases[i].into, cases[i].actor, FALSE, &error));
      g_assert_true (pd_error_is (error, cases[i].code));
      g_assert_nonnull (strstr (error->message, cases[i].says));
    }
}

/* A client with two identities, each with tickets, groups and fields. */
static void
test_clients (DeskFixture *f)
{
  g_autoptr (PdPerson) into
      = desk_fixture_add_person (f, PD_ROLE_CLIENT, "Carl C.", "cc@home.example");
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "paper", "no paper");
  g_autoptr (PdField) room = pd_field_new (PD_FIELD_OF_PERSON, PD_FIELD_TEXT, "room");
  g_autoptr (PdField) city = pd_field_new (PD_FIELD_OF_PERSON, PD_FIELD_TEXT, "city");
  g_autoptr (PdClientGroup) group = NULL;
  g_autoptr (PdPerson) from = NULL, back = NULL, now = NULL;
  g_autoptr (PdTicket) moved = NULL;
  g_autoptr (GPtrArray) values = NULL, groups = NULL;
  g_autoptr (GError) error = NULL;
  gboolean has;

  desk_fixture_begin (f);
  group = pd_client_group_add (f->desk, "ACME", &error);
  pd_client_group_add_member (f->desk, group->id, f->client, TRUE, &error);
  pd_client_group_add_member (f->desk, group->id, into, FALSE, &error);
  pd_field_add (f->desk, room, &error);
  pd_field_add (f->desk, city, &error);
  pd_field_set (f->desk, PD_FIELD_OF_PERSON, f->client->id, NULL, "room", "1", NULL, NULL, &error);
  pd_field_set (f->desk, PD_FIELD_OF_PERSON, f->client->id, NULL, "city", "Kyiv", NULL, NULL,
                &error);
  pd_field_set (f->desk, PD_FIELD_OF_PERSON, into->id, NULL, "room", "2", NULL, NULL, &error);
  pd_ticket_add_person (f->desk, ticket->id, f->client->id, PD_RELATION_WATCHER, &error);
  pd_ticket_add_person (f->desk, ticket->id, into->id, PD_RELATION_WATCHER, &error);
  pd_ticket_add_person (f->desk, ticket->id, f->client->id, PD_RELATION_CC, &error);
  f->client->login = g_strdup ("carl");
  pd_person_save (f->desk, f->client, &error);
  pd_person_set_password (f->desk, f->client, "correct horse", &error);
  pd_person_set_default (f->desk, f->client->id, f->unit->id, &f->agent->id, 1, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);

  from = again (f, f->client->id);
  g_free (from->phone);
  from->phone = g_strdup ("123");
  merge (f, from, into, NULL, FALSE, &error);
  g_assert_no_error (error);

  back = again (f, into->id);
  g_assert_cmpstr (back->name, ==, "Carl C.");
  g_assert_cmpstr (back->phone, ==, "123");
  g_assert_cmpuint (back->addresses->len, ==, 2);
  g_assert_cmpstr (pd_person_address (back), ==, "cc@home.example");
  g_assert_cmpint (back->default_unit, ==, f->unit->id);
  g_assert_cmpint (ask (f, PD_SQL_PERSON_DEFAULT_LIST, back->id), ==, f->agent->id);
  g_assert_true (pd_person_sign_in (f->desk, "carl", "correct horse", &now, &error));
  g_assert_cmpint (now->id, ==, back->id);
  g_clear_pointer (&now, pd_person_free);

  g_assert_true (pd_ticket_get (f->desk, ticket->id, &moved, &error));
  g_assert_cmpint (moved->requester, ==, into->id);
  g_assert_cmpint (moved->author, ==, into->id);
  g_assert_cmpint (moved->version, >, ticket->version); /* who read it before loses */
  g_assert_true (pd_ticket_has_person (f->desk, moved, f->client->id, &has, &error));
  g_assert_false (has);
  values = pd_field_values (f->desk, PD_FIELD_OF_PERSON, into->id, NULL, &error);
  g_assert_cmpstr (((PdFieldValue *)g_ptr_array_index (values, 0))->text, ==, "2");
  g_assert_cmpstr (((PdFieldValue *)g_ptr_array_index (values, 1))->text, ==, "Kyiv");
  groups = pd_client_group_of_person (f->desk, into->id, &error);
  g_assert_cmpuint (groups->len, ==, 1);
  {
    g_autoptr (GArray) members = pd_client_group_members (f->desk, group->id, &error);

    g_assert_cmpuint (members->len, ==, 1);
    g_assert_true (g_array_index (members, PdClientGroupMember, 0).head);
  }

  g_clear_pointer (&back, pd_person_free);
  back = again (f, f->client->id);
  g_assert_cmpint (back->state, ==, PD_PERSON_DELETED);
  g_assert_cmpint (back->merged_into, ==, into->id);
  g_assert_cmpuint (back->addresses->len, ==, 0);
  g_assert_true (pd_person_resolve (f->desk, f->client->id, &now, &error));
  g_assert_cmpint (now->id, ==, into->id);
  desk_fixture_begin (f);
  g_assert_false (pd_person_restore (f->desk, back, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "was merged"));
  pd_desk_rollback (f->desk);
}

/* Staff into a client: memberships and work do not go along. */
static void
test_roles (DeskFixture *f)
{
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "paper", "no paper");
  g_autoptr (PdPerson) head
      = desk_fixture_add_person (f, PD_ROLE_HEAD, "Hal Head", "hal@desk.example");
  g_autoptr (PdPerson) agent = again (f, f->agent->id);
  g_autoptr (PdPerson) client = again (f, f->client->id);
  g_autoptr (GArray) units = NULL;
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (f);
  pd_ticket_take (f->desk, ticket, agent, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  g_assert_false (merge (f, agent, client, NULL, TRUE, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_CONFLICT));
  g_assert_nonnull (strstr (error->message, "in work"));
  g_clear_error (&error);

  desk_fixture_begin (f);
  pd_ticket_release (f->desk, ticket, agent, &error);
  pd_unit_add_member (f->desk, f->unit->id, head->id, TRUE, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  merge (f, head, agent, NULL, FALSE, &error);
  g_assert_no_error (error);
  {
    g_autoptr (GArray) members = pd_unit_members (f->desk, f->unit->id, &error);

    g_assert_cmpuint (members->len, ==, 1);
    g_assert_false (g_array_index (members, PdUnitMember, 0).head); /* an agent is none */
  }
  merge (f, agent, client, NULL, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (client->role, ==, PD_ROLE_CLIENT);
  g_assert_cmpuint (client->addresses->len, ==, 3);
  units = pd_person_unit_ids (f->desk, client->id, &error);
  g_assert_cmpuint (units->len, ==, 0);
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "refused", test_refused },
    { "clients", test_clients },
    { "roles", test_roles },
  };

  g_test_init (&argc, &argv, NULL);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
