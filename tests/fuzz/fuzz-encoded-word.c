/* fuzz-encoded-word.c - any bytes as a field with encoded words (RFC 2047) and as
 * one with parameters (RFC 2231): what comes out is valid UTF-8 without line
 * ends, and what is decoded is decoded.
 */
#include <string.h>

#include "mail/charset.h"
#include "mail/encoded-word.h"
#include "mail/mime-field.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check_text (const char *text)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_null (strpbrk (text, "\r\n"));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static const char *const names[] = { "name", "filename", "charset", "boundary", "x" };
  g_autofree char *raw = g_strndup ((const char *)data, size);
  g_autofree char *text = NULL, *quoted = NULL, *begin = NULL, *label = NULL;
  g_autoptr (PdMimeField) field = NULL;

  pd_charset_init ();
  text = pd_words_decode (raw);
  check_text (text);
  quoted = pd_words_quote (raw);
  check_text (quoted);
  field = pd_mime_field_parse (raw);
  g_assert_true (g_utf8_validate (pd_mime_field_value (field), -1, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (pd_mime_field_get (field, names[i]) != NULL)
      g_assert_true (g_utf8_validate (pd_mime_field_get (field, names[i]), -1, NULL));
  /* a body whose first octets are its label */
  label = g_strndup (raw, MIN (strlen (raw), 12));
  begin = pd_charset_decode ((const char *)data, size, label, NULL);
  g_assert_true (g_utf8_validate (begin, -1, NULL));
  return 0;
}
