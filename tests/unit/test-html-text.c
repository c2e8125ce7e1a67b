#include <string.h>

#include "mail/html-text.h"
#include "mail/html-token.h"

static void
test_text (void)
{
  static const struct {
    const char *html, *want;
    const char *why;
  } cases[] = {
    { "", "", "nothing" },
    { "a  b\n c", "a b c\n", "white space is one blank" },
    { "<p>a</p><p>b</p>", "a\n\nb\n", "paragraphs" },
    { "<div>a</div><div>b</div>", "a\nb\n", "blocks" },
    { "<div>a</div><div><br></div><div>b</div>", "a\n\nb\n",
      "an empty line as mail programs write it" },
    { "a<br>b<br/>c", "a\nb\nc\n", "line breaks" },
    { "<b>a</b><i>b</i> c", "ab c\n", "no blank where there was none" },
    { "&lt;x&gt; &amp;amp; &eacute;&#233;&#xE9;&nbsp;&#150;", "<x> &amp; ééé –\n", "references" },
    { "&unknown; & &#0; &", "&unknown; & \xEF\xBF\xBD &\n", "what is no reference stays" },
    { "<style>p{}</style><script>x</script><title>t</title>a", "a\n", "not for reading" },
    { "<script>if (a</b) '</scrip'</script>a", "a\n", "a script's end is its own tag" },
    { "a<!-- b -->c<!doctype x><![if !mso]>d<![endif]>", "acd\n", "comments and declarations" },
    { "a<span style='DISPLAY : none'>b<b>c</b></span>d", "ad\n", "hidden" },
    { "a<div hidden>b</div>c", "a\nc\n", "hidden" },
    { "<ul><li>a<li>b<ul><li>c</ul></ul>d", "* a\n* b\n  * c\nd\n", "lists" },
    { "<ol><li>a</li><li>b</li></ol>", "1. a\n2. b\n", "numbered" },
    { "<blockquote>a<p>b</p></blockquote>c", "> a\n>\n> b\n\nc\n", "quotes" },
    { "<blockquote>a<blockquote>b</blockquote></blockquote>", "> a\n>\n> > b\n",
      "quotes in quotes" },
    { "<table><tr><td>a</td><td>b</td></tr><tr><td>c<td>d</table>", "a  b\nc  d\n", "tables" },
    { "<a href='http://x.org/y'>here</a>!", "here <http://x.org/y>!\n", "links" },
    { "<a href='http://x.org/'>x.org</a>", "x.org\n", "a link that says where it goes" },
    { "<a href='mailto:a@b.c'>a@b.c</a>", "a@b.c\n", "an address" },
    { "<a href='mailto:a@b.c'>Ann</a>", "Ann <a@b.c>\n", "a name" },
    { "<a href='java&#115;cript:x'>a</a>", "a\n", "only links that people follow" },
    { "<img src=x alt='a b'>", "[a b]\n", "pictures" },
    { "<pre>a\n  b\n</pre>c", "a\n  b\n\nc\n", "preformatted" },
    { "a < b <3 c", "a < b <3 c\n", "not every < is a tag" },
    { "<p title=\"a>b\">c</p>", "c\n", "> in a value" },
    { "<p title='a", "", "the end comes in a tag" },
    { "a</p></div></table>b", "a\nb\n", "end tags without a beginning" },
    { "zero\xE2\x80\x8Bwidth", "zerowidth\n", "layout characters" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *got = pd_html_to_text (cases[i].html, NULL);

      g_test_message ("%s: %s", cases[i].why, cases[i].html);
      g_assert_cmpstr (got, ==, cases[i].want);
    }
}

static void
test_quote (void)
{
  static const struct {
    const char *html;
    const char *quoted; /* NULL if none is told */
    const char *why;
  } cases[] = {
    { "<div>a</div><div class=\"gmail_quote\">b</div>", "\nb\n", "Gmail" },
    { "a<div id=divRplyFwdMsg>b</div>c", NULL, "text of the sender's comes behind" },
    { "a<blockquote>b</blockquote>", NULL, "a quote is no mark" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize at = 0;
      g_autofree char *got = pd_html_to_text (cases[i].html, &at);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (at == G_MAXSIZE ? NULL : got + at, ==, cases[i].quoted);
    }
}

/* bsearch finds a name only if the table is sorted. */
static void
test_references (void)
{
  static const char *const names[] = { "AElig", "Yuml",  "aacute", "amp", "euro", "hArr", "nbsp",
                                       "rArr",  "szlig", "zeta",   "zwj", "zwnj", "quot", "lt",
                                       "gt",    "times", "thinsp", "uml", "sup1", "sum",  "circ" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *reference = g_strdup_printf ("&%s;", names[i]);
      g_autoptr (GString) out = g_string_new (NULL);

      pd_html_append_text (out, reference, strlen (reference));
      g_test_message ("%s", names[i]);
      g_assert_cmpint (g_utf8_strlen (out->str, -1), ==, 1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/html-text/text", test_text);
  g_test_add_func ("/html-text/quote", test_quote);
  g_test_add_func ("/html-text/references", test_references);
  return g_test_run ();
}
