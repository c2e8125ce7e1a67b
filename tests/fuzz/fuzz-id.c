/* fuzz-id.c - any text is an id that is written back the same, or none. */
#include <string.h>

#include "base/id.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  char written[PD_ID_TEXT_SIZE];
  gint64 id, again;

  if (!pd_id_parse (text, &id))
    {
      g_assert_cmpint (id, ==, 0);
      return 0;
    }
  g_assert_true (pd_id_parse (pd_id_format (id, written), &again));
  g_assert_cmpint (again, ==, id);
  return 0;
}
