/* fuzz-compose.c - any text as subject, name, address, body and file name:
 * refused, or a mail whose lines any server carries.
 */
#include <string.h>

#include "base/error.h"
#include "mail/compose.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* The input's lines are the fields, its rest is the body. */
static char *
take_line (char **rest)
{
  char *line = *rest;

  *rest = line + strcspn (line, "\n");
  if (**rest == '\n')
    *(*rest)++ = '\0';
  return line;
}

static void
check (GBytes *bytes, PdMailNeeds needs)
{
  gsize size, column = 0;
  const char *data = g_bytes_get_data (bytes, &size);

  for (gsize i = 0; i < size; i++)
    {
      g_assert_true (needs != PD_NEEDS_NOTHING || (data[i] & 0x80) == 0);
      g_assert_true ((data[i] == '\n') == (i > 0 && data[i - 1] == '\r'));
      column = data[i] == '\n' ? 0 : column + 1;
      g_assert_cmpuint (column, <=, 998 + 1); /* with the CR */
    }
  g_assert_cmpuint (column, ==, 0);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  char *rest = text;
  g_autoptr (GBytes) octets = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  PdMailNeeds needs;
  PdAddress to = { 0 };
  PdDraftFile file = { NULL, NULL, NULL, octets };
  PdDraft draft = { .from = { (char *)"", (char *)"a@x.org" }, .to = &to, .n_to = 1, .n_files = 1 };

  draft.subject = take_line (&rest);
  to.name = take_line (&rest);
  to.address = take_line (&rest);
  if (to.address[0] == '\0')
    to.address = (char *)"b@x.org";
  file.name = take_line (&rest);
  file.type = take_line (&rest);
  draft.files = &file;
  draft.message_id = "t1.o1.x@x.org";
  draft.text = rest;
  draft.html = rest;
  bytes = pd_compose (&draft, &needs, &error);
  g_assert_true ((bytes == NULL) == (error != NULL));
  if (bytes != NULL)
    check (bytes, needs);
  return 0;
}
