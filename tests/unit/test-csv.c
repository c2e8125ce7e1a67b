#include "base/csv.h"

#include <string.h>

#include "base/error.h"

/* Rows as "line:cell|cell" with "/" between them. */
static char *
show (GPtrArray *rows)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++)
    {
      PdCsvRow *row = g_ptr_array_index (rows, i);

      g_string_append_printf (text, "%s%u:", i > 0 ? "/" : "", row->line);
      for (guint k = 0; k < row->cells->len; k++)
        g_string_append_printf (text, "%s%s", k > 0 ? "|" : "",
                                (char *)g_ptr_array_index (row->cells, k));
    }
  return g_string_free (text, FALSE);
}

static void
test_read (void)
{
  static const struct {
    const char *text, *want;
    const char *why;
  } cases[] = {
    { "", "", "nothing" },
    { "a,b\r\nc,d\r\n", "1:a|b/2:c|d", "RFC 4180 2.1" },
    { "a,b\nc,d", "1:a|b/2:c|d", "LF, and none at the end" },
    { "a,,\n", "1:a||", "empty cells" },
    { ",\n", "1:|", "only empty cells" },
    { "\n\r\na\n\nb\n", "3:a/5:b", "empty lines are left out" },
    { "\"a,b\",\"c\"\"d\"\n", "1:a,b|c\"d", "commas and quotes in quotes" },
    { "\"a\nb\",c\nd\n", "1:a\nb|c/3:d", "a line end in quotes" },
    { "\"\"\n", "1:", "an empty cell in quotes is a row" },
    { " a , b \n", "1: a | b ", "blanks count (2.4)" },
    { "\xef\xbb\xbf"
      "a\n",
      "1:a", "a byte order mark" },
    { "a\rb\n", "1:a\rb", "a bare CR is text" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) rows = pd_csv_parse (cases[i].text, strlen (cases[i].text), &error);
      g_autofree char *got = NULL;

      g_test_message ("%s", cases[i].why);
      g_assert_no_error (error);
      got = show (rows);
      g_assert_cmpstr (got, ==, cases[i].want);
    }
}

static void
test_refused (void)
{
  static const struct {
    const char *text;
    gsize size;
    const char *says;
    const char *why;
  } cases[] = {
    { "a\nb,\"c", 7, "line 2, column 2: a quote is not closed", "no end" },
    { "\"a\"b\n", 5, "line 1, column 1: after a closing quote", "text behind" },
    { "a\"b\n", 4, "line 1, column 1: a cell with a quote", "a bare quote" },
    { "a,b\xff\n", 5, "line 1, column 2: this is not text", "no UTF-8" },
    { "a\0b", 3, "line 1, column 1: this is not text", "a NUL" },
  };
  g_autofree char *wide = g_strnfill (PD_CSV_MAX_COLUMNS, ',');
  g_autofree char *longest = g_strnfill (PD_CSV_MAX_CELL + 1, 'a');

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].why);
      g_assert_null (pd_csv_parse (cases[i].text, cases[i].size, &error));
      g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
      g_assert_nonnull (strstr (error->message, cases[i].says));
    }
  g_assert_null (pd_csv_parse (wide, strlen (wide), NULL));
  g_assert_null (pd_csv_parse (longest, strlen (longest), NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/csv/read", test_read);
  g_test_add_func ("/csv/refused", test_refused);
  return g_test_run ();
}
