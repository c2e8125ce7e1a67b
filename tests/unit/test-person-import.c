#include "desk/person-import.h"

#include <string.h>

#include "base/error.h"
#include "desk/field.h"
#include "desk/unit.h"
#include "tests/lib/desk-suite.h"

static gboolean
import (DeskFixture *f, const char *text, PdPersonImport *out, GError **error)
{
  gboolean done;

  desk_fixture_begin (f);
  done = pd_person_import (f->desk, text, strlen (text), NULL, out, error);
  if (done)
    desk_fixture_commit (f);
  else
    pd_desk_rollback (f->desk);
  return done;
}

static void
test_refused (DeskFixture *f)
{
  static const struct {
    const char *text, *says;
    const char *why;
  } cases[] = {
    { "", "line 1: the first row names the columns", "nothing" },
    { "name,colour\n", "line 1: there is no column \"colour\"; there are name", "a bad column" },
    { "address,address\n", "is there twice", "a column twice" },
    { "name\nAda\n", "\"address\" must be there", "no address" },
    { "name,address\nAda,\n", "line 2, column address: it must not be empty", "an empty one" },
    { "name,address\nAda,a@a.example,x\n", "line 2: there are 3 cells, but 2 columns", "too wide" },
    { "name,address\n\"Ada\n", "line 2, column 1: a quote", "no CSV" },
    { "name,address\nA,a@a.example\nB,b\n", "line 3, column address: \"b\" is no mail address",
      "a bad address" },
    { "name,address,timezone\nA,a@a.example,Mars\n", "line 2, column timezone: \"Mars\"",
      "no zone" },
    { "address,role\na@a.example,king\n", "line 2, column role: \"king\" is no role", "no role" },
    { "unit,address,role\nsuport,a@a.example,agent\n",
      "column unit: unit \"suport\" does not exist", "no unit" },
    { "address,field:room\na@a.example,1\n", "column field:room: a person has no field",
      "no field" },
    { "address\nsupport@desk.example\n",
      "column address: support@desk.example is an address of a unit", "a unit's" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdPerson) person = NULL;
      PdPersonImport result;

      g_test_message ("%s", cases[i].why);
      g_assert_false (import (f, cases[i].text, &result, &error));
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, cases[i].says));
      g_assert_true (pd_person_by_address (f->desk, "a@a.example", &person, NULL));
      g_assert_null (person); /* nothing half done */
    }
}

static void
test_import (DeskFixture *f)
{
  static const char table[] = "name,address,role,unit,phone\r\n"
                              "\"Ada, A.\",ada@a.example;ada2@a.example,agent,support,1\r\n"
                              "Carl New,carl@client.example;carl3@client.example,,,\r\n";
  g_autoptr (PdPerson) ada = NULL, carl = NULL;
  g_autoptr (GArray) units = NULL;
  g_autoptr (GError) error = NULL;
  PdPersonImport result;

  import (f, table, &result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result.added, ==, 1);
  g_assert_cmpuint (result.changed, ==, 1);
  ada = pd_person_need (f->desk, "ada2@a.example", &error);
  g_assert_cmpstr (ada->name, ==, "Ada, A.");
  g_assert_cmpstr (pd_person_address (ada), ==, "ada@a.example");
  units = pd_person_unit_ids (f->desk, ada->id, &error);
  g_assert_cmpuint (units->len, ==, 1);
  carl = pd_person_need (f->desk, "carl3@client.example", &error);
  g_assert_cmpint (carl->id, ==, f->client->id);
  g_assert_cmpstr (carl->name, ==, "Carl New");

  import (f, table, &result, &error); /* once more changes nothing */
  g_assert_no_error (error);
  g_assert_cmpuint (result.added, ==, 0);

  desk_fixture_begin (f);
  g_assert_false (pd_person_import (f->desk, table, strlen (table), f->client, &result, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_DENIED));
  pd_desk_rollback (f->desk);
}

static gboolean
close_unit (DeskFixture *f, gint64 move_to, GError **error)
{
  gboolean done;

  desk_fixture_begin (f);
  done = pd_unit_remove (f->desk, f->unit, NULL, move_to, error);
  if (done)
    desk_fixture_commit (f);
  else
    pd_desk_rollback (f->desk);
  return done;
}

static void
test_unit_remove (DeskFixture *f)
{
  g_autoptr (PdUnit) other = desk_fixture_add_unit (f, "sales", "sales@desk.example");
  g_autoptr (PdTicket) ticket = desk_fixture_add_ticket (f, "paper", "no paper");
  g_autoptr (PdTicket) moved = NULL;
  g_autoptr (PdPerson) client = NULL;
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (f);
  pd_person_set_default (f->desk, f->client->id, f->unit->id, NULL, 0, &error);
  g_assert_no_error (error);
  g_assert_false (pd_unit_remove (f->desk, f->unit, f->agent, 0, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_DENIED));
  desk_fixture_commit (f);
  g_clear_error (&error);
  g_assert_false (close_unit (f, 0, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_CONFLICT));
  g_assert_nonnull (strstr (error->message, "1 open ticket:"));
  g_clear_error (&error);
  g_assert_false (close_unit (f, f->unit->id, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
  g_clear_error (&error);
  close_unit (f, other->id, &error);
  g_assert_no_error (error);
  g_assert_true (f->unit->closed);
  g_assert_true (pd_ticket_get (f->desk, ticket->id, &moved, &error));
  g_assert_cmpint (moved->unit, ==, other->id);
  g_assert_true (pd_person_get (f->desk, f->client->id, &client, &error));
  g_assert_cmpint (client->default_unit, ==, 0);
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "refused", test_refused },
    { "import", test_import },
    { "unit-remove", test_unit_remove },
  };

  g_test_init (&argc, &argv, NULL);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
