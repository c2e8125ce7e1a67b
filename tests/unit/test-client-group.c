#include "desk/client-group.h"

#include <string.h>

#include "base/error.h"
#include "desk/ticket-access.h"
#include "tests/lib/desk-suite.h"

static PdClientGroup *
add_group (DeskFixture *f, const char *name)
{
  g_autoptr (GError) error = NULL;
  PdClientGroup *group;

  desk_fixture_begin (f);
  group = pd_client_group_add (f->desk, name, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  return group;
}

static void
add_member (DeskFixture *f, const PdClientGroup *group, const PdPerson *person, gboolean head)
{
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (f);
  pd_client_group_add_member (f->desk, group->id, person, head, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
}

static void
set_locked (DeskFixture *f, PdClientGroup *group, gboolean locked)
{
  g_autoptr (GError) error = NULL;

  group->locked = locked;
  desk_fixture_begin (f);
  pd_client_group_save (f->desk, group, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
}

static gboolean
may (DeskFixture *f, const PdPerson *person)
{
  g_autoptr (GError) error = NULL;
  const char *reason;
  gboolean out;

  g_assert_true (pd_person_may_act (f->desk, person, &out, &reason, &error));
  g_assert_true (out == (reason == NULL));
  return out;
}

static void
test_refused (DeskFixture *f)
{
  static const struct {
    const char *name;
    PdErrorCode code;
    const char *says;
    const char *why;
  } cases[] = {
    { "", PD_ERROR_INVALID, "1 to 200", "no name" },
    { "a\nb", PD_ERROR_INVALID, "one line", "two lines" },
    { "a\xff", PD_ERROR_INVALID, "UTF-8", "no text" },
    { "ACME", PD_ERROR_CONFLICT, "already", "taken" },
  };
  g_autoptr (PdClientGroup) group = add_group (f, "ACME");
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) wrong = NULL;

      g_test_message ("%s", cases[i].why);
      desk_fixture_begin (f);
      g_assert_null (pd_client_group_add (f->desk, cases[i].name, &wrong));
      pd_desk_rollback (f->desk);
      g_assert_true (pd_error_is (wrong, cases[i].code));
      g_assert_nonnull (strstr (wrong->message, cases[i].says));
    }
  g_assert_null (pd_client_group_need (f->desk, "ACNE", &error));
  g_assert_nonnull (strstr (error->message, "did you mean \"ACME\"?"));
  g_clear_error (&error);
  desk_fixture_begin (f);
  g_assert_false (pd_client_group_add_member (f->desk, group->id, f->agent, FALSE, &error));
  g_assert_nonnull (strstr (error->message, "a group is of clients"));
  g_clear_error (&error);
  g_assert_false (pd_client_group_drop_member (f->desk, group->id, f->client->id, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_NOT_FOUND));
  pd_desk_rollback (f->desk);
}

/* Locking says nothing about the people in it: who was blocked stays blocked,
 * and who is in an open group too may go on. */
static void
test_lock (DeskFixture *f)
{
  g_autoptr (PdClientGroup) acme = add_group (f, "ACME");
  g_autoptr (PdClientGroup) other = add_group (f, "Other");
  g_autoptr (PdPerson) blocked
      = desk_fixture_add_person (f, PD_ROLE_CLIENT, "Bo Blocked", "bo@client.example");
  g_autoptr (PdPerson) back = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (may (f, f->client)); /* in no group */
  blocked->state = PD_PERSON_BLOCKED;
  desk_fixture_begin (f);
  g_assert_true (pd_person_save (f->desk, blocked, &error));
  desk_fixture_commit (f);
  add_member (f, acme, f->client, FALSE);
  add_member (f, acme, blocked, FALSE);
  g_assert_true (may (f, f->client));
  g_assert_false (may (f, blocked));

  set_locked (f, acme, TRUE);
  g_assert_false (may (f, f->client));
  add_member (f, other, f->client, FALSE);
  g_assert_true (may (f, f->client));
  set_locked (f, other, TRUE);
  g_assert_false (may (f, f->client));
  g_assert_true (may (f, f->agent));

  set_locked (f, acme, FALSE);
  g_assert_true (may (f, f->client));
  g_assert_true (pd_person_get (f->desk, blocked->id, &back, &error));
  g_assert_cmpint (back->state, ==, PD_PERSON_BLOCKED);
}

static void
test_head (DeskFixture *f)
{
  g_autoptr (PdClientGroup) acme = add_group (f, "ACME");
  g_autoptr (PdPerson) head
      = desk_fixture_add_person (f, PD_ROLE_CLIENT, "Hedy Head", "hedy@client.example");
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "paper", "no paper");
  g_autoptr (GArray) members = NULL;
  g_autoptr (GPtrArray) groups = NULL;
  g_autoptr (GError) error = NULL;
  guint acts;

  add_member (f, acme, f->client, FALSE);
  add_member (f, acme, head, FALSE);
  g_assert_true (pd_ticket_acts (f->desk, ticket, head, &acts, &error));
  g_assert_cmpuint (acts & PD_ACT_SEE, ==, 0);
  add_member (f, acme, head, TRUE);
  g_assert_true (pd_ticket_acts (f->desk, ticket, head, &acts, &error));
  g_assert_cmpuint (acts & PD_ACT_SEE, !=, 0);
  members = pd_client_group_members (f->desk, acme->id, &error);
  g_assert_cmpuint (members->len, ==, 2);
  g_assert_cmpint (g_array_index (members, PdClientGroupMember, 0).person, ==, head->id);
  groups = pd_client_group_of_person (f->desk, head->id, &error);
  g_assert_cmpuint (groups->len, ==, 1);

  desk_fixture_begin (f);
  g_assert_true (pd_client_group_remove (f->desk, acme->id, &error));
  desk_fixture_commit (f);
  g_assert_true (pd_ticket_acts (f->desk, ticket, head, &acts, &error));
  g_assert_cmpuint (acts & PD_ACT_SEE, ==, 0);
  g_clear_pointer (&groups, g_ptr_array_unref);
  groups = pd_client_group_list (f->desk, &error);
  g_assert_cmpuint (groups->len, ==, 0);
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "refused", test_refused },
    { "lock", test_lock },
    { "head", test_head },
  };

  g_test_init (&argc, &argv, NULL);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
