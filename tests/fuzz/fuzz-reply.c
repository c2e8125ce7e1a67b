/* fuzz-reply.c - any text split into what was written and what is folded: each
 * octet is in one piece, in order, pieces are whole lines of valid UTF-8, and
 * something that can be read is left.  The first octet says whether the subject
 * is that of a forwarded mail, and where spans of HTML lie.
 */
#include <string.h>

#include "mail/charset.h"
#include "mail/html-text.h"
#include "mail/mail.h"
#include "mail/reply.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* Up to three spans, in order, between characters. */
static GArray *
make_spans (const char *text, guint8 seed)
{
  GArray *spans = g_array_new (FALSE, FALSE, sizeof (PdHtmlSpan));
  gsize length = strlen (text), at = 0;

  for (guint i = 0; i < (seed & 3u); i++)
    {
      gsize step = 1 + (seed >> 4) * (i + 1);
      PdHtmlSpan span
          = { (PdHtmlSpanKind)((seed + i) % (PD_HTML_SPAN_HEADER + 1)), at, step, "fuzz" };

      if (at + step > length)
        break;
      while (span.offset > 0 && ((guint8)text[span.offset] & 0xC0) == 0x80)
        span.offset--;
      while (((guint8)text[span.offset + span.length] & 0xC0) == 0x80)
        span.length++;
      g_array_append_val (spans, span);
      at = span.offset + span.length;
    }
  return spans;
}

static gboolean
is_blank (const char *text)
{
  return text[strspn (text, " \t\r\n\f\v")] == '\0';
}

static void
check_pieces (const char *text, const GArray *pieces)
{
  g_autoptr (GString) written = g_string_new (NULL);
  gsize at = 0;

  for (guint i = 0; i < pieces->len; i++)
    {
      const PdPiece *piece = &g_array_index (pieces, PdPiece, i);

      g_assert_cmpuint (piece->offset, ==, at);
      g_assert_cmpuint (piece->length, >, 0);
      g_assert_true (g_utf8_validate (text + at, (gssize)piece->length, NULL));
      if (i > 0)
        g_assert_cmpint (piece->kind, !=, g_array_index (pieces, PdPiece, i - 1).kind);
      if (piece->kind == PD_PIECE_WRITTEN)
        g_string_append_len (written, text + at, (gssize)piece->length);
      at += piece->length;
    }
  g_assert_cmpuint (at, ==, strlen (text));
  if (!is_blank (text))
    g_assert_false (is_blank (written->str));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = NULL;
  g_autoptr (GArray) spans = NULL;
  g_autoptr (GArray) pieces = NULL;

  if (size == 0)
    return 0;
  pd_mail_init ();
  text = pd_charset_decode ((const char *)data + 1, size - 1, "utf-8", NULL);
  spans = make_spans (text, *data);
  pieces = pd_reply_split (text, (*data & 8) != 0, spans);
  check_pieces (text, pieces);
  return 0;
}
