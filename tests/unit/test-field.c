#include "desk/field.h"

#include <string.h>

#include "base/error.h"
#include "tests/lib/desk-suite.h"

/* A field of a kind, with options between blanks. */
static PdField *
field_of (PdFieldTarget target, PdFieldKind kind, const char *name, const char *options)
{
  PdField *field = pd_field_new (target, kind, name);
  g_auto (GStrv) items = g_strsplit (options, " ", -1);

  for (guint i = 0; items[i] != NULL; i++)
    if (*items[i] != '\0')
      g_ptr_array_add (field->options, g_strdup (items[i]));
  return field;
}

static void
test_check (void)
{
  static const struct {
    PdFieldKind kind;
    const char *text, *want, *says;
    const char *why;
  } cases[] = {
    { PD_FIELD_TEXT, " a b ", "a b", NULL, "blanks around go" },
    { PD_FIELD_TEXT, "  ", "", NULL, "blank is empty" },
    { PD_FIELD_TEXT, "a\nb", NULL, "field \"f\" takes one line", "two lines" },
    { PD_FIELD_TEXT, "a\xff", NULL, "UTF-8", "no text" },
    { PD_FIELD_LONGTEXT, "a\nb", "a\nb", NULL, "lines" },
    { PD_FIELD_SELECT, "red", "red", NULL, "an option" },
    { PD_FIELD_SELECT, "Red", NULL, "it takes \"red\", \"green\"", "letter case counts" },
    { PD_FIELD_SELECT, "", "", NULL, "nothing chosen" },
    { PD_FIELD_MULTISELECT, "green, red,green", "red, green", NULL, "in order, each once" },
    { PD_FIELD_MULTISELECT, "green\nred", "red, green", NULL, "a line each" },
    { PD_FIELD_MULTISELECT, "red, blue", NULL, "does not take \"blue\"; it takes one or several",
      "one is none" },
    { PD_FIELD_MULTISELECT, " , ", "", NULL, "only separators" },
    { PD_FIELD_DATE, "2026-02-28", "2026-02-28", NULL, "a date" },
    { PD_FIELD_DATE, "2026-02-29", NULL, "a date such as", "no such day" },
    { PD_FIELD_DATE, "28.02.2026", NULL, "a date such as", "another form" },
    { PD_FIELD_DATE, "2026-2-8", NULL, "a date such as", "too few digits" },
    { PD_FIELD_DATE, "0000-01-01", NULL, "a date such as", "no such year" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gboolean options = cases[i].kind == PD_FIELD_SELECT || cases[i].kind == PD_FIELD_MULTISELECT;
      g_autoptr (PdField) field
          = field_of (PD_FIELD_OF_PERSON, cases[i].kind, "f", options ? "red green" : "");
      g_autoptr (GError) error = NULL;
      g_autofree char *got = pd_field_check (field, cases[i].text, &error);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (got, ==, cases[i].want);
      if (cases[i].want != NULL)
        continue;
      g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
      g_assert_nonnull (strstr (error->message, cases[i].says));
    }
}

static void
test_length (void)
{
  g_autoptr (PdField) line = field_of (PD_FIELD_OF_PERSON, PD_FIELD_TEXT, "f", "");
  g_autoptr (PdField) text = field_of (PD_FIELD_OF_PERSON, PD_FIELD_LONGTEXT, "f", "");
  g_autofree char *fits = g_strnfill (PD_FIELD_MAX_TEXT, 'a');
  g_autofree char *longer = g_strnfill (PD_FIELD_MAX_LONGTEXT + 1, 'a');
  g_autofree char *got = pd_field_check (line, fits, NULL);

  g_assert_cmpstr (got, ==, fits);
  g_assert_null (pd_field_check (line, longer + PD_FIELD_MAX_LONGTEXT - PD_FIELD_MAX_TEXT, NULL));
  g_assert_null (pd_field_check (text, longer, NULL));
  g_free (got);
  got = pd_field_check (text, longer + 1, NULL);
  g_assert_cmpuint (strlen (got), ==, PD_FIELD_MAX_LONGTEXT);
}

static void
add (DeskFixture *f, PdField *field)
{
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (f);
  pd_field_add (f->desk, field, &error);
  g_assert_no_error (error);
  desk_fixture_commit (f);
}

static void
test_refused (DeskFixture *f)
{
  static const struct {
    const char *name;
    PdFieldKind kind;
    const char *options, *preset, *says;
    PdErrorCode code;
    const char *why;
  } cases[] = {
    { "", PD_FIELD_TEXT, "", "", "1 to 200", PD_ERROR_INVALID, "no name" },
    { "a\nb", PD_FIELD_TEXT, "", "", "one line", PD_ERROR_INVALID, "a name of two lines" },
    { "room", PD_FIELD_TEXT, "", "", "already", PD_ERROR_CONFLICT, "the name is taken" },
    { "a", PD_FIELD_SELECT, "", "", "needs options", PD_ERROR_INVALID, "a select of nothing" },
    { "a", PD_FIELD_DATE, "x", "", "no options", PD_ERROR_INVALID, "options of a date" },
    { "a", PD_FIELD_SELECT, "x y x", "", "twice", PD_ERROR_INVALID, "an option twice" },
    { "a", PD_FIELD_MULTISELECT, "x,y z", "", "comma", PD_ERROR_INVALID, "a comma" },
    { "a", PD_FIELD_SELECT, "x y", "z", "preset", PD_ERROR_INVALID, "the preset is no option" },
  };
  g_autoptr (PdField) room = field_of (PD_FIELD_OF_PERSON, PD_FIELD_TEXT, "room", "");

  add (f, room);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdField) field
          = field_of (PD_FIELD_OF_PERSON, cases[i].kind, cases[i].name, cases[i].options);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].why);
      g_free (field->preset);
      field->preset = g_strdup (cases[i].preset);
      desk_fixture_begin (f);
      g_assert_false (pd_field_add (f->desk, field, &error));
      pd_desk_rollback (f->desk);
      g_assert_true (pd_error_is (error, cases[i].code));
      g_assert_nonnull (strstr (error->message, cases[i].says));
    }
}

/* The names of a target's fields in order. */
static char *
order (DeskFixture *f)
{
  g_autoptr (GPtrArray) fields = pd_field_list (f->desk, PD_FIELD_OF_TICKET, NULL);
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < fields->len; i++)
    {
      PdField *field = g_ptr_array_index (fields, i);

      g_assert_cmpint (field->position, ==, (int)i + 1);
      g_string_append (names, field->name);
    }
  return g_string_free (names, FALSE);
}

static void
test_order (DeskFixture *f)
{
  static const struct {
    const char *name;
    int to;
    const char *want;
  } moves[] = { { "a", 3, "bcad" }, { "d", 1, "dbca" }, { "b", 2, "dbca" }, { "d", 4, "bcad" } };
  g_autofree char *at_first = NULL;

  for (const char *name = "abd"; *name != '\0'; name++)
    {
      g_autoptr (PdField) field
          = field_of (PD_FIELD_OF_TICKET, PD_FIELD_TEXT, (const char[]){ *name, '\0' }, "");

      add (f, field);
    }
  {
    g_autoptr (PdField) field = field_of (PD_FIELD_OF_TICKET, PD_FIELD_TEXT, "c", "");

    field->position = 3;
    add (f, field);
  }
  at_first = order (f);
  g_assert_cmpstr (at_first, ==, "abcd");
  for (gsize i = 0; i < G_N_ELEMENTS (moves); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdField) field = NULL;
      g_autofree char *got = NULL;

      desk_fixture_begin (f);
      field = pd_field_need (f->desk, PD_FIELD_OF_TICKET, moves[i].name, &error);
      field->position = moves[i].to;
      pd_field_save (f->desk, field, &error);
      g_assert_no_error (error);
      desk_fixture_commit (f);
      got = order (f);
      g_assert_cmpstr (got, ==, moves[i].want);
    }
}

static void
test_values (DeskFixture *f)
{
  g_autoptr (PdField) tags = field_of (PD_FIELD_OF_PERSON, PD_FIELD_MULTISELECT, "tags", "x y z");
  g_autoptr (PdField) level = field_of (PD_FIELD_OF_PERSON, PD_FIELD_SELECT, "level", "1 2");
  g_autoptr (GPtrArray) values = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *old = NULL, *new = NULL;

  add (f, tags);
  level->required = TRUE;
  add (f, level);
  desk_fixture_begin (f);
  pd_field_set (f->desk, PD_FIELD_OF_PERSON, f->client->id, f->agent, "tags", "z,x", &old, &new,
                &error);
  g_assert_no_error (error);
  g_assert_cmpstr (old, ==, "");
  g_assert_cmpstr (new, ==, "x, z");
  g_free (g_steal_pointer (&old));
  g_free (g_steal_pointer (&new));
  pd_field_set (f->desk, PD_FIELD_OF_PERSON, f->client->id, f->agent, "tags", "x, z", &old, &new,
                &error);
  g_assert_no_error (error);
  g_assert_null (old); /* it was so already */
  g_assert_null (new);
  pd_field_set (f->desk, PD_FIELD_OF_PERSON, f->client->id, f->agent, "tags", "y", &old, &new,
                &error);
  g_assert_no_error (error);
  g_assert_cmpstr (old, ==, "x, z");
  g_assert_true (pd_field_set (f->desk, PD_FIELD_OF_PERSON, f->client->id, f->agent, "level", "2",
                               NULL, NULL, &error));
  g_assert_false (pd_field_set (f->desk, PD_FIELD_OF_PERSON, f->client->id, f->agent, "level", "",
                                NULL, NULL, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
  g_assert_nonnull (strstr (error->message, "field \"level\" must not be empty"));
  desk_fixture_commit (f);

  values = pd_field_values (f->desk, PD_FIELD_OF_PERSON, f->client->id, NULL, NULL);
  g_assert_cmpuint (values->len, ==, 2);
  g_assert_cmpstr (((PdFieldValue *)g_ptr_array_index (values, 0))->text, ==, "y");
  g_assert_cmpstr (((PdFieldValue *)g_ptr_array_index (values, 1))->text, ==, "2");
}

static void
test_visibility (DeskFixture *f)
{
  static const struct {
    PdRole role;
    gboolean admin;
    guint want;
    const char *why;
  } cases[] = {
    { PD_ROLE_CLIENT, FALSE, 1, "a client" },       { PD_ROLE_AGENT, FALSE, 2, "an agent" },
    { PD_ROLE_HEAD, FALSE, 3, "a head" },           { PD_ROLE_DIRECTOR, FALSE, 3, "a director" },
    { PD_ROLE_AGENT, TRUE, 3, "an administrator" },
  };
  static const char *const names[] = { "open", "ours", "heads" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (PdField) field = field_of (PD_FIELD_OF_TICKET, PD_FIELD_TEXT, names[i], "");

      field->visibility = (PdFieldVisibility)i;
      add (f, field);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PdPerson viewer = { .role = cases[i].role, .admin = cases[i].admin };
      g_autoptr (GPtrArray) values
          = pd_field_values (f->desk, PD_FIELD_OF_TICKET, 7, &viewer, NULL);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpuint (values->len, ==, cases[i].want);
      for (guint k = 0; k < G_N_ELEMENTS (names); k++)
        {
          g_autoptr (GError) error = NULL;
          gboolean set;

          desk_fixture_begin (f);
          set = pd_field_set (f->desk, PD_FIELD_OF_TICKET, 7, &viewer, names[k], "x", NULL, NULL,
                              &error);
          pd_desk_rollback (f->desk);
          g_assert_true (set == (k < cases[i].want));
          g_assert_true (set || pd_error_is (error, PD_ERROR_NOT_FOUND));
        }
    }
}

static void
test_fill (DeskFixture *f)
{
  g_autoptr (PdField) room = field_of (PD_FIELD_OF_TICKET, PD_FIELD_TEXT, "room", "");
  g_autoptr (PdField) kind = field_of (PD_FIELD_OF_TICKET, PD_FIELD_SELECT, "kind", "a b");
  g_autoptr (PdField) inner = field_of (PD_FIELD_OF_TICKET, PD_FIELD_TEXT, "inner", "");
  g_autoptr (GPtrArray) values = NULL;
  g_autoptr (GError) error = NULL;

  room->required = TRUE;
  add (f, room);
  g_free (kind->preset);
  kind->preset = g_strdup ("b");
  add (f, kind);
  inner->required = TRUE;
  inner->visibility = PD_FIELD_FOR_STAFF;
  add (f, inner);

  desk_fixture_begin (f);
  g_assert_false (pd_field_fill (f->desk, PD_FIELD_OF_TICKET, 7, f->client, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "\"room\" must not be empty"));
  g_clear_error (&error);
  pd_desk_rollback (f->desk);

  desk_fixture_begin (f);
  pd_field_fill (f->desk, PD_FIELD_OF_TICKET, 7, f->client, (const char *const[]){ "room", NULL },
                 (const char *const[]){ "12", NULL }, &error);
  g_assert_no_error (error); /* the client does not see `inner` */
  desk_fixture_commit (f);
  values = pd_field_values (f->desk, PD_FIELD_OF_TICKET, 7, f->client, NULL);
  g_assert_cmpuint (values->len, ==, 2);
  g_assert_cmpstr (((PdFieldValue *)g_ptr_array_index (values, 1))->text, ==, "b");

  room->closed = TRUE;
  desk_fixture_begin (f);
  g_assert_true (pd_field_save (f->desk, room, &error));
  g_assert_false (
      pd_field_set (f->desk, PD_FIELD_OF_TICKET, 7, NULL, "room", "13", NULL, NULL, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_CONFLICT));
  desk_fixture_commit (f);
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "refused", test_refused }, { "order", test_order },           { "values", test_values },
    { "fill", test_fill },       { "visibility", test_visibility },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/check", test_check);
  g_test_add_func ("/length", test_length);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
