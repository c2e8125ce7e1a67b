/* fuzz-html.c - any bytes as HTML: valid UTF-8 comes out, within bounds, and
 * the marked spans are in order, between characters and not empty; also those
 * that are carried over to another text, here the HTML itself.
 */
#include <string.h>

#include "mail/charset.h"
#include "mail/html-align.h"
#include "mail/html-text.h"
#include "mail/mail.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static gboolean
is_boundary (const char *text, gsize at)
{
  return ((guint8)text[at] & 0xC0) != 0x80;
}

static void
check_spans (const char *text, const GArray *spans)
{
  gsize length = strlen (text), end = 0, forward = 0;

  g_assert_cmpuint (spans->len, <=, PD_HTML_MAX_SPANS);
  for (guint i = 0; i < spans->len; i++)
    {
      const PdHtmlSpan *span = &g_array_index (spans, PdHtmlSpan, i);
      gsize stop = span->offset + span->length;

      g_assert_cmpuint (span->length, >, 0);
      g_assert_cmpuint (span->offset, <, length);
      g_assert_cmpuint (stop, <=, length);
      g_assert_true (is_boundary (text, span->offset) && is_boundary (text, stop));
      g_assert_true (span->source != NULL && *span->source != '\0');
      if (span->kind == PD_HTML_SPAN_HEADER && stop <= forward)
        continue;
      g_assert_cmpuint (span->offset, >=, end);
      end = stop;
      if (span->kind == PD_HTML_SPAN_FORWARD)
        forward = stop;
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *html = pd_charset_decode ((const char *)data, size, "utf-8", NULL);
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (PdHtmlSpan));
  g_autoptr (GArray) carried = g_array_new (FALSE, FALSE, sizeof (PdHtmlSpan));
  g_autofree char *text = pd_html_to_text_marked (html, spans);

  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_cmpuint (strlen (text), <=, PD_MAIL_MAX_TEXT);
  g_assert_true (*text == '\0' || text[strlen (text) - 1] == '\n');
  check_spans (text, spans);
  pd_html_align (text, spans, html, carried);
  check_spans (html, carried);
  pd_html_align (text, spans, text, carried);
  check_spans (text, carried);
  return 0;
}
