#include <string.h>

#include "mail/html-mark.h"
#include "mail/html-text.h"
#include "mail/html-token.h"
#include "mail/mail.h"

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
    { "a<div hidden>b</div>c", "ac\n", "hidden: no line either" },
    { "<ul><li>a<li>b<ul><li>c</ul></ul>d", "* a\n* b\n  * c\nd\n", "lists" },
    { "<ol><li>a</li><li>b</li></ol>", "1. a\n2. b\n", "numbered" },
    { "<blockquote>a<p>b</p></blockquote>c", "> a\n>\n> b\n\nc\n", "quotes" },
    { "<blockquote>a<blockquote>b</blockquote></blockquote>", "> a\n>\n> > b\n",
      "quotes in quotes" },
    { "<table><tr><td>a</td><td>b</td></tr><tr><td>c<td>d</table>", "a | b\nc | d\n",
      "a table of data" },
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
    { "&copy2024 &ampx &notin; &amp", "©2024 &x ∉ &\n", "old references need no semicolon" },
    { "&#X41;&#65 &#x110000; &#99999999999999999999;", "AA \xEF\xBF\xBD \xEF\xBF\xBD\n",
      "numbers" },
    { "<a href='http://x.org/?a=1&copy=2&amp;b=3'>y</a>", "y <http://x.org/?a=1&copy=2&b=3>\n",
      "a parameter of a link is no reference" },
    { "a<span style='visibility:hidden'>b<i style='visibility:visible'>c</i></span>", "ac\n",
      "visible again" },
    { "<td style='font-size:0'>a<div style='font-size:14px'>b</div></td>", "b\n",
      "letters of no size, and of some inside" },
    { "<div style='font-size: 1px; color:#fff'>a</div>b", "b\n", "letters of one pixel" },
    { "<div style='max-height:0;overflow:hidden'>a</div>b", "b\n", "cut off at the top" },
    { "<div style='max-height:0px'>a</div>b", "a\nb\n", "what overflows is seen" },
    { "<div style='opacity:0.0 !important'>a</div>b", "b\n", "transparent" },
    { "<div style='opacity:0.5'>a</div>b", "a\nb\n", "half transparent" },
    { "<span style='color:#FFF;background-color:#fff'>a</span>b", "b\n", "white on white" },
    { "<span style='color:#fff'>a</span>b", "ab\n", "white on an unknown ground" },
    { "<a style='mso-hide:all'>a</a>", "a\n", "hidden from Outlook alone" },
    { "<!--[if mso]>a<![endif]-->b<!--[if !mso]><!-->c<!--<![endif]-->", "bc\n",
      "conditional comments" },
    { "a<!-- b -- > c --!>d", "ad\n", "a comment's end" },
    { "<div>a&zwnj;&nbsp;&zwnj;&nbsp;&#847;&shy;&#8199;&#65279;</div>b", "a\nb\n",
      "padding of a preview" },
    { "\xD9\x85\xDB\x8C\xE2\x80\x8C\xD8\xAE\xD9\x88",
      "\xD9\x85\xDB\x8C\xE2\x80\x8C\xD8\xAE\xD9\x88\n", "a non-joiner in a Persian word" },
    { "a\xE2\x80\x8F"
      "b",
      "a\xE2\x80\x8F"
      "b\n",
      "marks of direction stay" },
    { "<p class=MsoNormal>a</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>b</p>", "a\n\nb\n",
      "Word's paragraphs are lines, an empty one has a no-break space" },
    { "<style>P {margin-top:0;margin-bottom:0;}</style><p>a</p><p>b</p>", "a\nb\n",
      "Outlook's style sheet" },
    { "<style>p.x {margin:0}</style><p>a</p><p>b</p>", "a\n\nb\n", "not for these paragraphs" },
    { "<p style='margin:0 0 0 40px'>a</p><p>b</p>", "a\n\nb\n", "one of them flat" },
    { "<div style='white-space:pre-wrap'>a\nb  c</div>", "a\nb  c\n", "line ends that are kept" },
    { "<pre>\na\r\n b</pre>", "a\n b\n", "the line end behind the tag is none" },
    { "<ol start=3><li>a<br>b<li>c<ul><li>d</ul></ol>", "3. a\n   b\n4. c\n   * d\n",
      "an item of two lines, another list in an item" },
    { "<blockquote><ul><li>a</ul></blockquote>", "> * a\n", "a list in a quote" },
    { "<blockquote style='margin:0 0 0 40px;border:none;padding:0'>a</blockquote>", "a\n",
      "indented, not quoted" },
    { "<table><tr><th>a<th>b<tr><td>c<td><p>d<p>e</table>f", "a | b\nc | d e\nf\n",
      "a cell of data is one line" },
    { "<table border=1><tr><td>1<td>a<tr><td><td>b</table>", "1 | a\n| b\n", "an empty cell" },
    { "<table role=presentation><tr><td>a<td>b<tr><td>c<td>d</table>", "a  b\nc  d\n",
      "a table for layout" },
    { "<table><tr><td>From:<td>a<tr><td>Date:<td>b</table>", "From:  a\nDate:  b\n",
      "labels and values" },
    { "<table><tr><td><table><tr><td>a</table><td>b</table>", "a\nb\n", "a table in a table" },
    { "<a href='http://x.org/a'>x</a> <a href='http://x.org/a'>y</a>", "x <http://x.org/a> y\n",
      "a target is shown once" },
    { "<a href='http://x.org/a'><div>x</div></a>y", "x <http://x.org/a>\ny\n",
      "a block as a link" },
    { "<a href='http://x.org/a'><img src=x></a>y", "y\n", "a link without text" },
    { "<img width=1 height=1 alt=x>a", "a\n", "a picture that counts readers" },
    { "<h1>a</h1>b", "a\n\nb\n", "headings" },
    { "a<hr>b", "a\n----------\nb\n", "rules" },
    { "<q>a</q>", "“a”\n", "quotation marks" },
    { "<p><b>a<div>b</div>c", "a\n\nb\nc\n", "a block ends a paragraph" },
    { "<div><table><tr><td>a</div>b</table>c", "ab\nc\n", "an end tag that is not the cell's" },
    { "<select><option>a</select>b", "b\n", "what is to be chosen" },
    { "<o:p>a</o:p><v:shape>b</v:shape>", "ab\n", "elements that nobody knows" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *got = pd_html_to_text (cases[i].html);

      g_test_message ("%s: %s", cases[i].why, cases[i].html);
      g_assert_cmpstr (got, ==, cases[i].want);
    }
}

static const char *
kind_name (PdHtmlSpanKind kind)
{
  static const char *const names[] = { "quote", "signature", "attribution", "forward", "header" };

  return names[kind];
}

/* "kind source [text]" of each span. */
static char *
describe (const char *text, const GArray *spans)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < spans->len; i++)
    {
      const PdHtmlSpan *span = &g_array_index (spans, PdHtmlSpan, i);

      g_string_append_printf (out, "%s%s %s [%.*s]", i == 0 ? "" : " ", kind_name (span->kind),
                              span->source, (int)span->length, text + span->offset);
    }
  return g_string_free (out, FALSE);
}

static void
test_spans (void)
{
  static const struct {
    const char *html, *want;
    const char *why;
  } cases[] = {
#include "test-html-spans.h"
  };
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (PdHtmlSpan));

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = pd_html_to_text_marked (cases[i].html, spans);
      g_autofree char *got = describe (text, spans);

      g_test_message ("%s: %s", cases[i].why, text);
      g_assert_cmpstr (got, ==, cases[i].want);
    }
}

static void
test_mark_table (void)
{
  gsize n;
  const PdHtmlMark *marks = pd_html_mark_table (&n);

  for (gsize i = 1; i < n; i++)
    g_assert_cmpint (strcmp (marks[i - 1].name, marks[i].name), <, 0);
}

/* Text that costs more than its size if the reader is careless. */
static void
test_hostile (void)
{
  static const struct {
    const char *head, *repeated, *tail;
    guint times;
    const char *why;
  } cases[] = {
    { "<p ", "a=b ", ">c", 50000, "attributes" },
    { "", "<div>", "a", 200000, "nested blocks" },
    { "", "<blockquote>", "a", 100000, "nested quotes" },
    { "", "<table>", "a", 100000, "tables that never end" },
    { "", "<table><tr><td>", "a", 100000, "nested tables" },
    { "<b>", "</b></i>", "a", 100000, "end tags" },
    { "<i><table><div><div><div>", "</i>", "a", 100000, "end tags that end nothing" },
    { "", "<div class=gmail_quote>", "a", 80000, "nested marks" },
    { "", "<div class=gmail_signature>a</div>", "b", 50000, "marks" },
    { "", "<ul><li>", "a", 100000, "nested lists" },
    { "", "<!-- -", "a", 200000, "comments that never end" },
    { "", "<a href=http://x/>a", "b", 100000, "links" },
    { "", "&amp", "b", 400000, "references" },
    { "<pre>", "\n", "b", 1000000, "line ends" },
    { "", "<", "b", 1000000, "brackets" },
    { "<p class='", "x ", "'>b", 1000000, "class names" },
    { "<p style='", "a:b;", "'>b", 500000, "declarations" },
    { "<style>", "p{", "</style>b", 500000, "style sheets" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) html = g_string_new (cases[i].head);
      g_autofree char *text = NULL;

      for (guint k = 0; k < cases[i].times; k++)
        g_string_append (html, cases[i].repeated);
      g_string_append (html, cases[i].tail);
      g_test_message ("%s", cases[i].why);
      text = pd_html_to_text (html->str);
      g_assert_cmpuint (strlen (text), <=, PD_MAIL_MAX_TEXT);
      g_assert_true (g_utf8_validate (text, -1, NULL));
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
  g_test_add_func ("/html-text/spans", test_spans);
  g_test_add_func ("/html-text/mark-table", test_mark_table);
  g_test_add_func ("/html-text/hostile", test_hostile);
  g_test_add_func ("/html-text/references", test_references);
  return g_test_run ();
}
