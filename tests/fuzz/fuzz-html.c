/* fuzz-html.c - any bytes as HTML: valid UTF-8 comes out, within bounds. */
#include <string.h>

#include "mail/charset.h"
#include "mail/html-text.h"
#include "mail/mail.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *html = pd_charset_decode ((const char *)data, size, "utf-8", NULL);
  gsize quote = 0;
  g_autofree char *text = pd_html_to_text (html, &quote);

  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_true (quote == G_MAXSIZE || quote <= strlen (text));
  g_assert_true (*text == '\0' || text[strlen (text) - 1] == '\n');
  return 0;
}
