/* fuzz-csv.c - any bytes are rows within the bounds, or an error that says where;
 * what was read and is written again in quotes reads the same.
 */
#include "base/csv.h"

#include <string.h>

#include "base/error.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
write_cell (GString *text, const char *cell)
{
  g_string_append_c (text, '"');
  for (; *cell != '\0'; cell++)
    {
      if (*cell == '"')
        g_string_append_c (text, '"');
      g_string_append_c (text, *cell);
    }
  g_string_append_c (text, '"');
}

static char *
write_rows (GPtrArray *rows)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++)
    {
      PdCsvRow *row = g_ptr_array_index (rows, i);

      g_assert_cmpuint (row->cells->len, >=, 1);
      g_assert_cmpuint (row->cells->len, <=, PD_CSV_MAX_COLUMNS);
      for (guint k = 0; k < row->cells->len; k++)
        {
          if (k > 0)
            g_string_append_c (text, ',');
          write_cell (text, g_ptr_array_index (row->cells, k));
        }
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = pd_csv_parse ((const char *)data, size, &error), again = NULL;
  g_autofree char *text = NULL, *second = NULL;

  if (rows == NULL)
    {
      g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
      g_assert_true (g_str_has_prefix (error->message, "line "));
      return 0;
    }
  text = write_rows (rows);
  again = pd_csv_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  second = write_rows (again);
  g_assert_cmpstr (text, ==, second);
  return 0;
}
