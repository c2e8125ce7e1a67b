#include <string.h>

#include "mail/html-align.h"
#include "mail/html-text.h"

static char *
describe (const char *text, const GArray *spans)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < spans->len; i++)
    {
      const PdHtmlSpan *span = &g_array_index (spans, PdHtmlSpan, i);

      g_string_append_printf (out, "%d[%.*s]", (int)span->kind, (int)span->length,
                              text + span->offset);
    }
  return g_string_free (out, FALSE);
}

static void
test_carried (void)
{
  static const struct {
    const char *html, *plain, *want;
    const char *why;
  } cases[] = {
    { "<p>one two three</p><div class=yahoo_quoted>four five six</div>",
      "one two three\n\nfour five\nsix\n", "0[four five\nsix]", "lines that end elsewhere" },
    { "<p>a</p><div class=gmail_quote><div class=gmail_attr>On Monday Ann "
      "wrote:</div><blockquote>b c"
      "</blockquote></div>",
      "a\n\nOn Monday Ann wrote:\n\n> b\n> c\n", "2[On Monday Ann wrote:]0[> b\n> c]",
      "quote marks belong to the quote" },
    { "<p>see <a href='http://x.org/a/b'>this page</a></p><div id=Signature>Ben Best</div>",
      "see this page\n\nBen Best\n", "1[Ben Best]", "a target that only one text has" },
    { "<p>*</p><div id=divRplyFwdMsg>From: Ann</div>one two",
      "________________________________\nFrom: Ann\none two\n",
      "4[________________________________\nFrom: Ann]0[one two]",
      "a line drawn in the plain text" },
    { "<p>a</p><div id=Signature>Ben Best</div>", "quite another text\n", "",
      "what is not there is not carried over" },
    { "<p>a</p><blockquote type=cite>\xE4\xB8\x80\xE4\xBA\x8C\xE4\xB8\x89</blockquote>",
      "a\n> \xE4\xB8\x80\n> \xE4\xBA\x8C\xE4\xB8\x89\n",
      "0[> \xE4\xB8\x80\n> \xE4\xBA\x8C\xE4\xB8\x89]", "text without blanks, broken" },
    { "<p>thanks</p><div id=Signature>thanks</div>", "thanks\nthanks\n", "1[thanks]",
      "the second of two" },
    { "<p>a</p><div id=Signature>Ben</div>", "", "", "no plain text" },
  };
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (PdHtmlSpan));
  g_autoptr (GArray) carried = g_array_new (FALSE, FALSE, sizeof (PdHtmlSpan));

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = pd_html_to_text_marked (cases[i].html, spans);
      g_autofree char *got = NULL;

      pd_html_align (text, spans, cases[i].plain, carried);
      got = describe (cases[i].plain, carried);
      g_test_message ("%s: %s", cases[i].why, text);
      g_assert_cmpstr (got, ==, cases[i].want);
    }
}

/* Two long texts that have nothing, or everything but the order, in common. */
static void
test_hostile (void)
{
  g_autoptr (GString) a = g_string_new (NULL), b = g_string_new (NULL);
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (PdHtmlSpan));
  g_autoptr (GArray) carried = g_array_new (FALSE, FALSE, sizeof (PdHtmlSpan));
  PdHtmlSpan span = { PD_HTML_SPAN_QUOTE, 100, 1000, "x" };

  g_array_append_val (spans, span);
  for (guint i = 0; i < 90000; i++)
    {
      g_string_append_printf (a, "a%u ", i % 7);
      g_string_append_printf (b, "a%u ", i % 5);
    }
  pd_html_align (a->str, spans, b->str, carried);
  g_assert_cmpuint (carried->len, <=, 1);
  for (guint i = 0; i < 90000; i++)
    g_string_append (a, "b ");
  pd_html_align (a->str, spans, b->str, carried);
  g_assert_cmpuint (carried->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/html-align/carried", test_carried);
  g_test_add_func ("/html-align/hostile", test_hostile);
  return g_test_run ();
}
