#include <string.h>

#include "base/error.h"
#include "tests/lib/desk-suite.h"

static void
test_address_key (void)
{
  static const struct {
    const char *address, *want;
    const char *why;
  } cases[] = {
    { "Ann@Desk.Example", "ann@desk.example", "small letters" },
    { "ПОЧТА@Пример.example", "почта@пример.example", "other alphabets too (RFC 6531)" },
    { "a@localhost", "a@localhost", "a domain of one label" },
    { "a@[192.0.2.1]", "a@[192.0.2.1]", "an address literal" },
    { "o'neil+x=y/z@a.example", "o'neil+x=y/z@a.example", "all that an atom may have" },
    { "", NULL, "empty" },
    { "ann", NULL, "no domain" },
    { "@a.example", NULL, "no local part" },
    { "ann@", NULL, "an empty domain" },
    { "a b@a.example", NULL, "a blank" },
    { "a@b@a.example", NULL, "two @" },
    { "<a@a.example>", NULL, "brackets" },
    { "a\r\nBcc: x@a.example", NULL, "line ends: header injection" },
    { "a@a..example", NULL, "an empty label" },
    { "a@.example", NULL, "a dot in front" },
    { "a@a.example.", NULL, "a dot at the end" },
    { "a\xff@a.example", NULL, "no UTF-8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *key = pd_address_key (cases[i].address, &error);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (key, ==, cases[i].want);
      g_assert_true ((key == NULL) == pd_error_is (error, PD_ERROR_INVALID));
    }
}

static void
test_address_length (void)
{
  g_autofree char *local = g_strnfill (300, 'a');
  g_autofree char *fits = g_strconcat (local, "@desk.example", NULL);
  g_autofree char *too_long = g_strconcat (local, "@a.desk.example.example", NULL);
  g_autofree char *domain = g_strnfill (256, 'd');
  g_autofree char *long_domain = g_strconcat ("a@", domain, NULL);
  g_autofree char *key = pd_address_key (fits, NULL);

  g_assert_cmpstr (key, ==, fits);
  g_assert_null (pd_address_key (too_long, NULL));
  g_assert_null (pd_address_key (long_domain, NULL));
}

/* ---- units ---- */

static void
test_unit_read (DeskFixture *f)
{
  g_autoptr (PdUnit) billing = desk_fixture_add_unit (f, "billing", "Billing@Desk.Example");
  g_autoptr (PdUnit) found = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (pd_unit_by_address (f->desk, "BILLING@desk.example", &found, &error));
  g_assert_cmpint (found->id, ==, billing->id);
  g_assert_cmpstr (found->name, ==, "billing");
  g_assert_cmpstr (g_ptr_array_index (found->addresses, 0), ==, "billing@desk.example");
  g_assert_false (found->join || found->closed);
  g_clear_pointer (&found, pd_unit_free);

  g_assert_true (pd_unit_by_address (f->desk, "nobody@desk.example", &found, &error));
  g_assert_null (found);
  g_assert_true (pd_unit_by_address (f->desk, "no address", &found, &error));
  g_assert_null (found);
  g_assert_true (pd_unit_get (f->desk, 1, &found, &error));
  g_assert_null (found);

  all = pd_unit_list (f->desk, &error);
  g_assert_cmpuint (all->len, ==, 2);
  g_assert_cmpstr (((PdUnit *)g_ptr_array_index (all, 1))->name, ==, "support");
}

static void
test_unit_need (DeskFixture *f)
{
  static const struct {
    const char *name, *text;
    const char *why;
  } cases[] = {
    { "suport", "unit \"suport\" does not exist; did you mean \"support\"?", "a letter left out" },
    { "supprot", "unit \"supprot\" does not exist; did you mean \"support\"?",
      "two letters turned" },
    { "sales", "unit \"sales\" does not exist", "nothing is near" },
    { "", "unit \"\" does not exist", "empty" },
  };
  g_autoptr (PdUnit) unit = pd_unit_need (f->desk, "support", NULL);

  g_assert_cmpint (unit->id, ==, f->unit->id);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].why);
      g_assert_null (pd_unit_need (f->desk, cases[i].name, &error));
      g_assert_true (pd_error_is (error, PD_ERROR_NOT_FOUND));
      g_assert_cmpstr (error->message, ==, cases[i].text);
    }
}

static void
test_unit_refused (DeskFixture *f)
{
  static const struct {
    const char *name, *address;
    PdErrorCode code;
    const char *text; /* that the message has */
    const char *why;
  } cases[] = {
    { "", "a@desk.example", PD_ERROR_INVALID, "1 to 200", "no name" },
    { "a\nb", "a@desk.example", PD_ERROR_INVALID, "one line", "a name of two lines" },
    { "a\xff", "a@desk.example", PD_ERROR_INVALID, "UTF-8", "no UTF-8" },
    { "a", NULL, PD_ERROR_INVALID, "needs an address", "no address" },
    { "a", "desk.example", PD_ERROR_INVALID, "desk.example", "a bad address" },
    { "support", "a@desk.example", PD_ERROR_CONFLICT, "support", "the name is taken" },
    { "a", "Support@Desk.example", PD_ERROR_CONFLICT, "unit \"support\"",
      "the address is a unit's" },
    { "a", "carl@client.example", PD_ERROR_CONFLICT, "Carl Client", "the address is a person's" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdUnit) unit
          = pd_unit_new (cases[i].name, (const char *const[]){ cases[i].address, NULL });
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].why);
      desk_fixture_begin (f);
      g_assert_false (pd_unit_add (f->desk, unit, &error));
      pd_desk_rollback (f->desk);
      g_assert_true (pd_error_is (error, cases[i].code));
      g_assert_nonnull (strstr (error->message, cases[i].text));
    }
}

static void
test_unit_save (DeskFixture *f)
{
  g_autoptr (PdUnit) back = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_insert (f->unit->addresses, 0, g_strdup ("Help@desk.example"));
  g_ptr_array_add (f->unit->addresses, g_strdup ("help@desk.example"));
  f->unit->join = TRUE;
  g_free (f->unit->signature);
  f->unit->signature = g_strdup ("-- \nYour support");
  desk_fixture_begin (f);
  pd_unit_save (f->desk, f->unit, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);

  g_assert_true (pd_unit_get (f->desk, f->unit->id, &back, &error));
  g_assert_cmpuint (back->addresses->len, ==, 2); /* one was there twice */
  g_assert_cmpstr (g_ptr_array_index (back->addresses, 0), ==, "help@desk.example");
  g_assert_cmpstr (g_ptr_array_index (back->addresses, 1), ==, "support@desk.example");
  g_assert_cmpstr (back->signature, ==, "-- \nYour support");
  g_assert_true (back->join);
}

static void
test_unit_own (DeskFixture *f)
{
  static const struct {
    const char *address;
    gboolean want;
    const char *why;
  } cases[] = {
    { "support@desk.example", TRUE, "as it is" },
    { "SUPPORT@Desk.Example", TRUE, "letter case" },
    { "support+t1.p1.xyz@desk.example", TRUE, "with an extension" },
    { "support+a+b@desk.example", TRUE, "the MTA cuts at the first delimiter" },
    { "+support@desk.example", FALSE, "a delimiter in front is no extension" },
    { "support-x@desk.example", FALSE, "another delimiter" },
    { "carl@client.example", FALSE, "a person's" },
    { "", FALSE, "no address" },
  };
  g_autoptr (GHashTable) set = NULL;
  g_autoptr (GError) error = NULL;
  gboolean own;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].why);
      g_assert_true (pd_unit_is_own (f->desk, cases[i].address, &own, &error));
      g_assert_true (own == cases[i].want);
    }

  /* a closed unit receives nothing, but its address is still not a stranger's */
  f->unit->closed = TRUE;
  desk_fixture_begin (f);
  g_assert_true (pd_unit_save (f->desk, f->unit, &error));
  desk_fixture_commit (f);
  set = pd_unit_address_set (f->desk, &error);
  g_assert_cmpuint (g_hash_table_size (set), ==, 0);
  g_assert_true (pd_unit_is_own (f->desk, DESK_FIXTURE_UNIT, &own, &error));
  g_assert_true (own);
}

static void
test_members (DeskFixture *f)
{
  g_autoptr (PdPerson) head
      = desk_fixture_add_person (f, PD_ROLE_HEAD, "Hal Head", "hal@desk.example");
  g_autoptr (PdPerson) gone
      = desk_fixture_add_person (f, PD_ROLE_AGENT, "Gus Gone", "gus@desk.example");
  g_autoptr (GArray) ids = NULL, units = NULL;
  g_autoptr (GError) error = NULL;

  gone->state = PD_PERSON_BLOCKED;
  desk_fixture_begin (f);
  g_assert_true (pd_unit_add_member (f->desk, f->unit->id, head->id, TRUE, &error));
  g_assert_true (pd_unit_add_member (f->desk, f->unit->id, head->id, FALSE, &error));
  g_assert_true (pd_unit_add_member (f->desk, f->unit->id, head->id, FALSE, &error));
  g_assert_true (pd_unit_add_member (f->desk, f->unit->id, gone->id, FALSE, &error));
  g_assert_true (pd_unit_add_member (f->desk, f->unit->id, f->client->id, FALSE, &error));
  g_assert_true (pd_person_save (f->desk, gone, &error));
  desk_fixture_commit (f);

  ids = pd_unit_member_ids (f->desk, f->unit->id, &error);
  g_assert_cmpuint (ids->len, ==, 2); /* neither the blocked one nor the client */
  units = pd_person_unit_ids (f->desk, head->id, &error);
  g_assert_cmpuint (units->len, ==, 1);
  g_assert_cmpint (g_array_index (units, gint64, 0), ==, f->unit->id);

  desk_fixture_begin (f);
  g_assert_true (pd_unit_drop_member (f->desk, f->unit->id, head->id, &error));
  g_assert_false (pd_unit_drop_member (f->desk, f->unit->id, head->id, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_NOT_FOUND));
  pd_desk_rollback (f->desk);
}

/* ---- people ---- */

static void
test_person_read (DeskFixture *f)
{
  g_autoptr (PdPerson) found = NULL;
  g_autoptr (GPtrArray) all = NULL, clients = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (pd_person_by_address (f->desk, "CARL@Client.Example", &found, &error));
  g_assert_cmpint (found->id, ==, f->client->id);
  g_assert_cmpstr (pd_person_label (found), ==, "Carl Client");
  g_assert_cmpstr (pd_person_address (found), ==, DESK_FIXTURE_CLIENT);
  g_assert_false (pd_person_is_staff (found));
  g_clear_pointer (&found, pd_person_free);

  g_assert_true (pd_person_by_address (f->desk, "x@client.example", &found, &error));
  g_assert_null (found);
  g_assert_null (pd_person_need (f->desk, "x@client.example", &error));
  g_assert_true (pd_error_is (error, PD_ERROR_NOT_FOUND));
  g_clear_error (&error);

  all = pd_person_list (f->desk, -1, &error);
  g_assert_cmpuint (all->len, ==, 2);
  clients = pd_person_list (f->desk, PD_ROLE_CLIENT, &error);
  g_assert_cmpuint (clients->len, ==, 1);
}

static void
test_person_refused (DeskFixture *f)
{
  static const struct {
    const char *name, *address, *language, *timezone;
    PdErrorCode code;
    const char *text; /* that the message has */
    const char *why;
  } cases[] = {
    { "A", "a", "", "", PD_ERROR_INVALID, "no mail address", "a bad address" },
    { "A\nB", "a@a.example", "", "", PD_ERROR_INVALID, "one line", "a name of two lines" },
    { "A", "a@a.example", "english", "", PD_ERROR_INVALID, "language", "no language tag" },
    { "A", "a@a.example", "", "Mars/Base", PD_ERROR_INVALID, "time zone", "no zone" },
    { "A", "Ann@desk.example", "", "", PD_ERROR_CONFLICT, "Ann Agent", "a person has it" },
    { "A", "support@desk.example", "", "", PD_ERROR_CONFLICT, "unit", "a unit has it" },
    { "A", "support+a@desk.example", "", "", PD_ERROR_CONFLICT, "unit", "it reaches a unit" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdPerson) person = pd_person_new (PD_ROLE_AGENT, cases[i].name, cases[i].address);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].why);
      g_free (person->language);
      person->language = g_strdup (cases[i].language);
      g_free (person->timezone);
      person->timezone = g_strdup (cases[i].timezone);
      desk_fixture_begin (f);
      g_assert_false (pd_person_add (f->desk, person, &error));
      pd_desk_rollback (f->desk);
      g_assert_true (pd_error_is (error, cases[i].code));
      g_assert_nonnull (strstr (error->message, cases[i].text));
    }
}

static void
test_person_save (DeskFixture *f)
{
  g_autoptr (PdPerson) back = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_insert (f->agent->addresses, 0, g_strdup ("Ann.Agent@Home.example"));
  f->agent->role = PD_ROLE_DIRECTOR;
  f->agent->admin = TRUE;
  g_free (f->agent->timezone);
  f->agent->timezone = g_strdup ("Europe/Kyiv");
  desk_fixture_begin (f);
  pd_person_save (f->desk, f->agent, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);

  back = pd_person_need (f->desk, "ann.agent@home.example", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (pd_person_address (back), ==, "Ann.Agent@Home.example"); /* as written */
  g_assert_cmpuint (back->addresses->len, ==, 2);
  g_assert_cmpint (back->role, ==, PD_ROLE_DIRECTOR);
  g_assert_true (back->admin);
  g_assert_cmpstr (back->timezone, ==, "Europe/Kyiv");
}

static void
test_person_deleted (DeskFixture *f)
{
  g_autoptr (PdPerson) found = NULL, again = NULL;
  g_autoptr (GError) error = NULL;

  f->client->state = PD_PERSON_DELETED;
  desk_fixture_begin (f);
  g_assert_true (pd_person_save (f->desk, f->client, &error));
  again = pd_person_ensure (f->desk, DESK_FIXTURE_CLIENT, "Carl", &error);
  g_assert_no_error (error);
  g_assert_cmpint (again->id, !=, f->client->id); /* who writes again is somebody new */
  desk_fixture_commit (f);

  g_assert_true (pd_person_get (f->desk, f->client->id, &found, &error));
  g_assert_cmpint (found->state, ==, PD_PERSON_DELETED);
  g_assert_cmpstr (pd_person_label (found), ==, "Carl Client");
}

static void
test_person_ensure (DeskFixture *f)
{
  static const struct {
    const char *address, *name, *want;
    const char *why;
  } cases[] = {
    { "New@Client.example", "", "", "a stranger without a name" },
    { "new@client.example", "  Nora\t\n New ", "Nora New", "the name is learned, as one line" },
    { "new@CLIENT.example", "Impostor", "Nora New", "a known name stays" },
    { "bad@client.example", "a\xff", "", "a name that is not text is none" },
    { DESK_FIXTURE_AGENT, "X", "Ann Agent", "staff too" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdPerson) person = NULL, back = NULL;

      g_test_message ("%s", cases[i].why);
      desk_fixture_begin (f);
      person = pd_person_ensure (f->desk, cases[i].address, cases[i].name, &error);
      g_assert_no_error (error);
      desk_fixture_commit (f);
      g_assert_cmpstr (person->name, ==, cases[i].want);
      g_assert_true (pd_person_get (f->desk, person->id, &back, &error));
      g_assert_cmpstr (back->name, ==, cases[i].want);
    }
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "unit/read", test_unit_read },         { "unit/need", test_unit_need },
    { "unit/refused", test_unit_refused },   { "unit/save", test_unit_save },
    { "unit/own", test_unit_own },           { "unit/members", test_members },
    { "person/read", test_person_read },     { "person/refused", test_person_refused },
    { "person/save", test_person_save },     { "person/deleted", test_person_deleted },
    { "person/ensure", test_person_ensure },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/address/key", test_address_key);
  g_test_add_func ("/address/length", test_address_length);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
