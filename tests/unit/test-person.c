#include "desk/person.h"

#include <string.h>

#include "base/error.h"
#include "desk/job-title.h"
#include "desk/password.h"
#include "desk/unit.h"
#include "tests/lib/desk-suite.h"

/* sha512crypt of "old secret", as another program made it */
#define OLD_HASH                                                                                   \
  "$6$saltsalt$cs5x.U.oRfkcexxH8LXRD9Uld7RvmiYFZ1YjE1dBtMQhWQ7S"                                   \
  "dWVSjiJAW20DRKdKd/czkF45bcLd5WA8oAx5w/"

static void
replace (char **text, const char *value)
{
  g_free (*text);
  *text = g_strdup (value);
}

static void
test_password (void)
{
  static const struct {
    const char *password;
    gboolean taken;
    const char *why;
  } cases[] = {
    { "correct horse", TRUE, "words" },   { "пароль-8", TRUE, "eight characters, more octets" },
    { "seven77", FALSE, "too short" },    { "", FALSE, "none" },
    { "bad\xff utf8", FALSE, "no text" },
  };
  g_autofree char *longest = g_strnfill (PD_PASSWORD_MAX + 1, 'a');

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *hash = pd_password_hash (cases[i].password, &error);

      g_test_message ("%s", cases[i].why);
      g_assert_true ((hash != NULL) == cases[i].taken);
      if (hash == NULL)
        {
          g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
          g_assert_null (*cases[i].password != '\0' ? strstr (error->message, cases[i].password)
                                                    : NULL); /* never shown */
          continue;
        }
      g_assert_true (g_str_has_prefix (hash, "$y$"));
      g_assert_true (pd_password_verify (cases[i].password, hash));
      g_assert_false (pd_password_verify ("something else", hash));
      g_assert_false (pd_password_needs_rehash (hash));
    }
  g_assert_null (pd_password_hash (longest, NULL));
  g_assert_false (pd_password_verify (longest, OLD_HASH));
  g_assert_false (pd_password_verify ("x", NULL));
  g_assert_false (pd_password_verify ("x", ""));
  g_assert_false (pd_password_verify ("x", "no hash"));
  g_assert_true (pd_password_verify ("old secret", OLD_HASH));
  g_assert_true (pd_password_needs_rehash (OLD_HASH));
}

static void
test_refused (DeskFixture *f)
{
  enum { LOGIN, PHONE, MOBILE, MESSENGER, POSTAL, DIGEST };
  static const struct {
    int field;
    const char *value, *says;
    PdErrorCode code;
    const char *why;
  } cases[] = {
    { LOGIN, "", "1 to 100", PD_ERROR_INVALID, "an empty login" },
    { LOGIN, "a b", "no blanks", PD_ERROR_INVALID, "a blank" },
    { LOGIN, "ANN", "login \"ANN\" is somebody's", PD_ERROR_CONFLICT, "taken in other letters" },
    { PHONE, "1\n2", "a phone number is one line", PD_ERROR_INVALID, "two lines" },
    { MOBILE, "a\xff", "a mobile number is one line", PD_ERROR_INVALID, "no text" },
    { MESSENGER, NULL, "a messenger has at most 200", PD_ERROR_INVALID, "too long" },
    { POSTAL, NULL, "a postal address has at most 1000", PD_ERROR_INVALID, "too long" },
    { DIGEST, "hourly", "daily, weekly", PD_ERROR_INVALID, "no digest" },
  };
  g_autofree char *longest = g_strnfill (1001, 'x');
  g_autoptr (GError) first = NULL;

  replace (&f->agent->login, "Ann");
  desk_fixture_begin (f);
  pd_person_save (f->desk, f->agent, &first);
  g_assert_no_error (first);
  desk_fixture_commit (f);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdPerson) person = pd_person_new (PD_ROLE_CLIENT, "A", "a@a.example");
      char **texts[] = { &person->login,     &person->phone,  &person->mobile,
                         &person->messenger, &person->postal, &person->digest };
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].why);
      replace (texts[cases[i].field], cases[i].value != NULL ? cases[i].value : longest);
      desk_fixture_begin (f);
      g_assert_false (pd_person_add (f->desk, person, &error));
      pd_desk_rollback (f->desk);
      g_assert_true (pd_error_is (error, cases[i].code));
      g_assert_nonnull (strstr (error->message, cases[i].says));
    }
}

static void
test_contacts (DeskFixture *f)
{
  g_autoptr (PdPerson) back = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *title = NULL;
  gint64 id;

  desk_fixture_begin (f);
  g_assert_true (pd_job_title_add (f->desk, "Accountant", &id, &error));
  g_assert_false (pd_job_title_add (f->desk, "Accountant", &f->client->job_title, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_CONFLICT));
  g_clear_error (&error);
  f->client->job_title = id;
  replace (&f->client->phone, "+380 44 1234567");
  replace (&f->client->postal, "Street 1\nTown");
  replace (&f->client->digest, "weekly");
  f->client->may_edit_clients = FALSE;
  pd_person_save (f->desk, f->client, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);

  g_assert_true (pd_person_get (f->desk, f->client->id, &back, &error));
  g_assert_cmpstr (back->phone, ==, "+380 44 1234567");
  g_assert_cmpstr (back->postal, ==, "Street 1\nTown");
  g_assert_cmpstr (back->digest, ==, "weekly");
  g_assert_null (back->login);
  g_assert_true (back->may_add_clients && !back->may_edit_clients);
  title = pd_job_title_name (f->desk, back->job_title, &error);
  g_assert_cmpstr (title, ==, "Accountant");

  desk_fixture_begin (f);
  g_assert_false (pd_job_title_remove (f->desk, id, FALSE, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_CONFLICT));
  g_clear_error (&error);
  g_assert_true (pd_job_title_rename (f->desk, id, "Bookkeeper", &error));
  g_assert_false (pd_job_title_need (f->desk, "Bookeeper", &id, &error));
  g_assert_nonnull (strstr (error->message, "did you mean \"Bookkeeper\"?"));
  g_clear_error (&error);
  g_assert_true (pd_job_title_remove (f->desk, back->job_title, TRUE, &error));
  desk_fixture_commit (f);
  g_clear_pointer (&back, pd_person_free);
  g_assert_true (pd_person_get (f->desk, f->client->id, &back, &error));
  g_assert_cmpint (back->job_title, ==, 0);
}

static void
test_addresses (DeskFixture *f)
{
  g_autoptr (GError) error = NULL;

  pd_person_last_address (f->client, "second@client.example");
  pd_person_last_address (f->client, "CARL@client.example"); /* is there */
  g_assert_cmpuint (f->client->addresses->len, ==, 2);
  pd_person_first_address (f->client, "Second@Client.example");
  g_assert_cmpuint (f->client->addresses->len, ==, 2);
  g_assert_cmpstr (pd_person_address (f->client), ==, "Second@Client.example");
  g_assert_true (pd_person_drop_address (f->client, "carl@client.example", &error));
  g_assert_false (pd_person_drop_address (f->client, "carl@client.example", &error));
  g_assert_true (pd_error_is (error, PD_ERROR_NOT_FOUND));
}

static void
test_default (DeskFixture *f)
{
  const gint64 both[] = { f->agent->id, f->agent->id };
  g_autoptr (PdPerson) back = NULL;
  g_autoptr (GArray) performers = NULL;
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (f);
  pd_person_set_default (f->desk, f->client->id, f->unit->id, both, 2, &error);
  g_assert_no_error (error);
  g_assert_false (
      pd_person_set_default (f->desk, f->client->id, f->unit->id, &f->client->id, 1, &error));
  g_assert_nonnull (strstr (error->message, "Carl Client is no active staff"));
  g_clear_error (&error);
  g_assert_false (pd_person_set_default (f->desk, f->client->id, 0, both, 1, &error));
  g_clear_error (&error);
  g_assert_false (pd_person_set_default (f->desk, f->client->id, 7, NULL, 0, &error));
  g_clear_error (&error);
  desk_fixture_commit (f);
  g_assert_true (pd_person_get (f->desk, f->client->id, &back, &error));
  g_assert_cmpint (back->default_unit, ==, f->unit->id);
  performers = pd_person_performers (f->desk, f->client->id, &error);
  g_assert_cmpuint (performers->len, ==, 1);

  desk_fixture_begin (f);
  g_assert_true (pd_person_set_default (f->desk, f->client->id, 0, NULL, 0, &error));
  desk_fixture_commit (f);
  g_array_unref (performers);
  performers = pd_person_performers (f->desk, f->client->id, &error);
  g_assert_cmpuint (performers->len, ==, 0);
}

static void
test_sign_in (DeskFixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdPerson) found = NULL;

  desk_fixture_begin (f);
  g_assert_false (pd_person_set_password (f->desk, f->client, "correct horse", &error));
  g_assert_true (pd_error_is (error, PD_ERROR_CONFLICT)); /* no login */
  g_clear_error (&error);
  replace (&f->client->login, "Carl");
  g_assert_true (pd_person_save (f->desk, f->client, &error));
  pd_person_set_password (f->desk, f->client, "correct horse", &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);

  g_assert_true (pd_person_sign_in (f->desk, "CARL", "correct horse", &found, &error));
  g_assert_cmpint (found->id, ==, f->client->id);
  g_assert_true (found->has_password);
  g_assert_cmpstr (found->login, ==, "carl");
  g_clear_pointer (&found, pd_person_free);
  g_assert_true (pd_person_sign_in (f->desk, "carl", "wrong horse", &found, &error));
  g_assert_null (found);
  g_assert_true (pd_person_sign_in (f->desk, "nobody", "correct horse", &found, &error));
  g_assert_null (found);
  g_assert_true (pd_person_sign_in (f->desk, "\xff", "correct horse", &found, &error));
  g_assert_null (found);

  f->client->state = PD_PERSON_BLOCKED;
  desk_fixture_begin (f);
  g_assert_true (pd_person_save (f->desk, f->client, &error));
  desk_fixture_commit (f);
  g_assert_true (pd_person_sign_in (f->desk, "carl", "correct horse", &found, &error));
  g_assert_null (found);
}

static void
make_admin (DeskFixture *f)
{
  g_autoptr (GError) error = NULL;

  f->agent->admin = TRUE;
  desk_fixture_begin (f);
  pd_person_save (f->desk, f->agent, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
}

static void
test_last_admin (DeskFixture *f)
{
  g_autoptr (PdPerson) second
      = desk_fixture_add_person (f, PD_ROLE_HEAD, "Sue Second", "sue@desk.example");
  g_autoptr (GError) error = NULL;

  make_admin (f);
  f->agent->admin = FALSE;
  desk_fixture_begin (f);
  g_assert_false (pd_person_save (f->desk, f->agent, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_CONFLICT));
  g_clear_error (&error);
  second->admin = TRUE;
  g_assert_true (pd_person_save (f->desk, second, &error));
  g_assert_true (pd_person_save (f->desk, f->agent, &error));
  g_assert_false (pd_person_remove (f->desk, second, NULL, &error));
  pd_desk_rollback (f->desk);

  f->client->admin = TRUE;
  g_clear_error (&error);
  desk_fixture_begin (f);
  g_assert_false (pd_person_save (f->desk, f->client, &error));
  g_assert_nonnull (strstr (error->message, "director, head or agent"));
  pd_desk_rollback (f->desk);
}

static void
test_remove (DeskFixture *f)
{
  g_autoptr (PdPerson) other = NULL, back = NULL;
  g_autoptr (GPtrArray) deleted = NULL;
  g_autoptr (GError) error = NULL;

  make_admin (f);
  pd_person_last_address (f->client, "second@client.example");
  replace (&f->client->login, "carl");
  desk_fixture_begin (f);
  g_assert_true (pd_person_save (f->desk, f->client, &error));
  g_assert_false (pd_person_remove (f->desk, f->agent, f->client, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_DENIED));
  g_clear_error (&error);
  pd_person_remove (f->desk, f->client, f->agent, &error);
  g_assert_no_error (error);
  g_assert_true (pd_person_remove (f->desk, f->client, f->agent, &error)); /* is so already */
  desk_fixture_commit (f);

  g_assert_true (pd_person_by_address (f->desk, DESK_FIXTURE_CLIENT, &back, &error));
  g_assert_null (back);
  deleted = pd_person_list_state (f->desk, PD_PERSON_DELETED, -1, &error);
  g_assert_cmpuint (deleted->len, ==, 1);
  other = desk_fixture_add_person (f, PD_ROLE_CLIENT, "Carla", DESK_FIXTURE_CLIENT);

  g_assert_true (pd_person_get (f->desk, f->client->id, &back, &error));
  desk_fixture_begin (f);
  pd_person_restore (f->desk, back, f->agent, NULL, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
  g_assert_cmpint (back->state, ==, PD_PERSON_ACTIVE);
  g_assert_cmpuint (back->addresses->len, ==, 1); /* the first one was taken since */
  g_assert_cmpstr (pd_person_address (back), ==, "second@client.example");
  g_assert_null (back->login);

  desk_fixture_begin (f);
  g_assert_false (pd_person_restore (f->desk, back, f->agent, NULL, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_CONFLICT));
  pd_desk_rollback (f->desk);
}

static void
test_unit_times (DeskFixture *f)
{
  g_autoptr (PdUnit) back = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) members = pd_unit_members (f->desk, f->unit->id, &error);
  gint64 id;

  g_assert_cmpuint (members->len, ==, 1);
  g_assert_cmpint (f->unit->command_proof, ==, PD_PROOF_ALIGNED);
  f->unit->command_proof = PD_PROOF_SIGNED;
  desk_fixture_begin (f);
  g_assert_true (pd_unit_save (f->desk, f->unit, &error));
  f->unit->command_proof = PD_PROOF_NONE;
  g_assert_false (pd_unit_save (f->desk, f->unit, &error));
  g_assert_nonnull (strstr (error->message, "plausible, aligned or signed"));
  g_clear_error (&error);
  f->unit->command_proof = PD_PROOF_SIGNED;
  f->unit->plan = 7;
  g_assert_false (pd_unit_save (f->desk, f->unit, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_NOT_FOUND));
  g_clear_error (&error);
  f->unit->plan = 0;
  g_assert_false (pd_unit_calendar_id (f->desk, "office", &id, &error));
  g_assert_nonnull (strstr (error->message, "no open calendar \"office\""));
  g_clear_error (&error);
  g_assert_true (pd_unit_plan_id (f->desk, "none", &id, &error));
  g_assert_cmpint (id, ==, 0);
  desk_fixture_commit (f);
  g_assert_true (pd_unit_get (f->desk, f->unit->id, &back, &error));
  g_assert_cmpint (back->command_proof, ==, PD_PROOF_SIGNED);
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "refused", test_refused },     { "contacts", test_contacts },
    { "addresses", test_addresses }, { "default", test_default },
    { "sign-in", test_sign_in },     { "last-admin", test_last_admin },
    { "remove", test_remove },       { "unit-times", test_unit_times },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/password", test_password);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
