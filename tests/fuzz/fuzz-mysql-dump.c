/* fuzz-mysql-dump.c - any bytes are rows or a fault, and the same ones in one piece
 * as octet by octet.
 */
#include "base/error.h"
#include "base/mysql-dump.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static gboolean
add_row (const PdMysqlRow *row, gpointer to, GError **error)
{
  g_string_append_printf (to, "%s:%s\n", row->table, row->charset);
  for (guint i = 0; i < row->n; i++)
    {
      g_autofree char *text = pd_mysql_value_dup_text (&row->values[i], row->charset);

      g_assert_true (g_utf8_validate (text, -1, NULL));
      if (row->values[i].bytes != NULL)
        g_assert_cmpint (row->values[i].bytes[row->values[i].length], ==, 0);
      g_string_append_printf (to, "%s=%s\n", row->columns[i], text);
    }
  return TRUE;
}

static char *
read_all (const guint8 *data, size_t size, size_t step)
{
  GString *to = g_string_new (NULL);
  g_autoptr (PdMysqlDump) dump = pd_mysql_dump_new (add_row, to);
  g_autoptr (GError) error = NULL;
  gboolean good = TRUE;

  for (size_t i = 0; good && i < size; i += step)
    good = pd_mysql_dump_feed (dump, (const char *)data + i, MIN (step, size - i), &error);
  if (!good || !pd_mysql_dump_end (dump, &error))
    {
      g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_string_append (to, error->message);
    }
  return g_string_free (to, FALSE);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *whole = read_all (data, size, MAX (size, 1));
  g_autofree char *pieces = read_all (data, size, 1);

  g_assert_cmpstr (whole, ==, pieces);
  return 0;
}
