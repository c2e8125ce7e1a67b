#include "mail/html-text.h"

#include <stdlib.h>
#include <string.h>

#include "mail/html-span.h"
#include "mail/html-style.h"
#include "mail/html-table.h"
#include "mail/html-token.h"
#include "mail/html-writer.h"
#include "mail/mail.h"

#define MAX_QUOTES 20 /* levels of "> " */
#define MAX_HREF 1000 /* octets of a link that is written out */
#define MAX_LINKS 500 /* different links that are written out */
#define MAX_INDENT 16 /* blanks in front of a line of a list */

typedef enum {
  FLAG_BLOCK = 1 << 0, /* begins and ends a line */
  FLAG_PARA = 1 << 1,  /* has an empty line around it */
  FLAG_VOID = 1 << 2,  /* has no end tag */
  FLAG_GONE = 1 << 3,  /* its content is not for reading */
  FLAG_QUOTE = 1 << 4, /* "> " */
  FLAG_PRE = 1 << 5,   /* keeps its white space */
  FLAG_LIST = 1 << 6,
  FLAG_ITEM = 1 << 7,
  FLAG_BARRIER = 1 << 8, /* end tags of lesser elements do not reach across */
  FLAG_TABLE = 1 << 9,
  FLAG_ROW = 1 << 10,
  FLAG_CELL = 1 << 11,
  FLAG_P = 1 << 12,
  FLAG_DATA = 1 << 13, /* of a table, or a cell of one: it holds data */
} Flag;

/* Sorted by name. */
static const struct Tag {
  const char *name;
  guint flags;
} tags[] = {
  { "a", 0 },
  { "address", FLAG_BLOCK },
  { "area", FLAG_VOID },
  { "article", FLAG_BLOCK },
  { "aside", FLAG_BLOCK },
  { "base", FLAG_VOID },
  { "basefont", FLAG_VOID },
  { "bgsound", FLAG_VOID },
  { "blockquote", FLAG_BLOCK | FLAG_PARA | FLAG_QUOTE | FLAG_BARRIER },
  { "body", FLAG_BLOCK },
  { "br", FLAG_VOID },
  { "caption", FLAG_BLOCK },
  { "center", FLAG_BLOCK },
  { "col", FLAG_VOID },
  { "colgroup", 0 },
  { "dd", FLAG_BLOCK },
  { "details", FLAG_BLOCK },
  { "div", FLAG_BLOCK },
  { "dl", FLAG_BLOCK | FLAG_PARA },
  { "dt", FLAG_BLOCK },
  { "embed", FLAG_VOID },
  { "fieldset", FLAG_BLOCK },
  { "figcaption", FLAG_BLOCK },
  { "figure", FLAG_BLOCK },
  { "footer", FLAG_BLOCK },
  { "form", FLAG_BLOCK },
  { "frame", FLAG_VOID },
  { "h1", FLAG_BLOCK | FLAG_PARA },
  { "h2", FLAG_BLOCK | FLAG_PARA },
  { "h3", FLAG_BLOCK | FLAG_PARA },
  { "h4", FLAG_BLOCK | FLAG_PARA },
  { "h5", FLAG_BLOCK | FLAG_PARA },
  { "h6", FLAG_BLOCK | FLAG_PARA },
  { "header", FLAG_BLOCK },
  { "hr", FLAG_BLOCK | FLAG_VOID },
  { "html", FLAG_BLOCK },
  { "iframe", FLAG_GONE },
  { "img", FLAG_VOID },
  { "input", FLAG_VOID },
  { "li", FLAG_BLOCK | FLAG_ITEM },
  { "link", FLAG_VOID },
  { "main", FLAG_BLOCK },
  { "math", FLAG_GONE },
  { "meta", FLAG_VOID },
  { "nav", FLAG_BLOCK },
  { "noframes", FLAG_GONE },
  { "ol", FLAG_BLOCK | FLAG_LIST },
  { "option", FLAG_BLOCK },
  { "p", FLAG_BLOCK | FLAG_PARA | FLAG_P },
  { "param", FLAG_VOID },
  { "pre", FLAG_BLOCK | FLAG_PARA | FLAG_PRE },
  { "q", 0 },
  { "script", FLAG_GONE },
  { "section", FLAG_BLOCK },
  { "select", FLAG_GONE },
  { "source", FLAG_VOID },
  { "style", FLAG_GONE },
  { "summary", FLAG_BLOCK },
  { "svg", FLAG_GONE },
  { "table", FLAG_BLOCK | FLAG_BARRIER | FLAG_TABLE },
  { "tbody", 0 },
  { "td", FLAG_CELL | FLAG_BARRIER },
  { "template", FLAG_GONE },
  { "textarea", FLAG_GONE },
  { "tfoot", 0 },
  { "th", FLAG_CELL | FLAG_BARRIER },
  { "thead", 0 },
  { "title", FLAG_GONE },
  { "tr", FLAG_BLOCK | FLAG_ROW },
  { "track", FLAG_VOID },
  { "ul", FLAG_BLOCK | FLAG_LIST },
  { "wbr", FLAG_VOID },
};

/* What an element takes over from the one around it, and may change. */
typedef struct {
  gboolean invisible, tiny, same_colour; /* text that is not shown */
  gboolean keeps_lines;
} Look;

typedef struct {
  const struct Tag *tag; /* NULL if it is unknown */
  char name[PD_HTML_MAX_NAME];
  guint flags;
  Look look;     /* that was before */
  guint count;   /* of a list: the number of its next item; 0 if it has none */
  guint cells;   /* of a table: cells in the row around it */
  guint indent;  /* of a list's item */
  char *href;    /* of a link */
  gsize text_at; /* of a link: where its text begins in the output */
} Element;

typedef struct {
  PdHtmlReader reader;
  PdHtmlWriter writer;
  Element stack[PD_HTML_MAX_DEPTH + 1]; /* the first is the whole text */
  guint depth;
  guint overflow; /* open elements beyond the stack */
  guint open[G_N_ELEMENTS (tags)];
  guint gone, data_cells, lists;
  Look look;
  guint cells; /* of the row so far */
  gboolean flat_paragraphs;
  gboolean after_pre; /* a line end that follows its tag is none */
  GString *scratch;
  GHashTable *links; /* that were written */
  PdHtmlSpans spans;
} Converter;

static int
compare (const void *name, const void *tag)
{
  return strcmp (name, ((const struct Tag *)tag)->name);
}

static const struct Tag *
find_tag (const char *name)
{
  return bsearch (name, tags, G_N_ELEMENTS (tags), sizeof tags[0], compare);
}

static gboolean
is_shown (const Converter *to)
{
  return to->gone == 0 && !to->look.invisible && !to->look.tiny && !to->look.same_colour;
}

/* ---- text ---- */

/* The joiners are letters' own affair (Persian, emoji) and padding elsewhere. */
static gboolean
is_joiner_kept (const char *begin, const char *at, const char *end)
{
  const char *next = at + 3;
  const char *before = at > begin ? g_utf8_find_prev_char (begin, at) : NULL;

  return before != NULL && next < end && (guint8)*before >= 0x80 && (guint8)*next >= 0x80
         && !g_str_has_prefix (next, "\xC2\xA0") && !g_str_has_prefix (next, "\xE2\x80\x8C");
}

/* How many octets at `at` show nothing.  Senders fill the preview of a mail
 * with them.
 */
static gsize
invisible_length (const char *begin, const char *at, const char *end)
{
  static const char *const none[]
      = { "\xC2\xAD", "\xCD\x8F", "\xE2\x80\x8B", "\xE2\x81\xA0", "\xEF\xBB\xBF" };

  /* most letters need no closer look */
  if (*at != '\xC2' && *at != '\xCD' && *at != '\xE2' && *at != '\xEF')
    return 0;
  for (gsize i = 0; i < G_N_ELEMENTS (none); i++)
    if (g_str_has_prefix (at, none[i]))
      return strlen (none[i]);
  if ((g_str_has_prefix (at, "\xE2\x80\x8C") || g_str_has_prefix (at, "\xE2\x80\x8D"))
      && !is_joiner_kept (begin, at, end))
    return 3;
  return 0;
}

/* Takes out what shows nothing and makes no-break spaces blanks.  Returns
 * whether there is a no-break space.
 */
static gboolean
plain_spaces (GString *text)
{
  char *to = text->str;
  const char *end = text->str + text->len;
  gboolean hard = FALSE;

  for (const char *from = text->str; from < end;)
    {
      gsize n = invisible_length (text->str, from, end);

      if (n > 0)
        from += n;
      else if ((*from == '\xC2' && from[1] == '\xA0')
               || (*from == '\xE2' && g_str_has_prefix (from, "\xE2\x80\x87")))
        {
          hard = TRUE;
          from += (guint8)*from == 0xC2 ? 2 : 3;
          *to++ = ' ';
        }
      else
        *to++ = *from++;
    }
  g_string_truncate (text, (gsize)(to - text->str));
  return hard;
}

static gboolean
is_blank (const GString *text)
{
  return text->str[strspn (text->str, " \t\r\n\f")] == '\0';
}

/* Whether an empty line of it is one that the sender wrote: not in a cell. */
static gboolean
holds_lines (const Converter *to)
{
  for (guint i = to->depth; i-- > 0;)
    if ((to->stack[i].flags & (FLAG_BLOCK | FLAG_CELL)) != 0)
      return (to->stack[i].flags & (FLAG_CELL | FLAG_ROW | FLAG_TABLE)) == 0;
  return TRUE;
}

static void
on_text (Converter *to)
{
  gboolean after_pre = to->after_pre, hard;
  GString *text = to->scratch;
  gsize skip = 0;

  to->after_pre = FALSE;
  if (!is_shown (to))
    return;
  g_string_truncate (text, 0);
  pd_html_append_text (text, to->reader.text, to->reader.length);
  hard = plain_spaces (text);
  if (to->look.keeps_lines)
    {
      if (after_pre)
        skip = g_str_has_prefix (text->str, "\r\n") ? 2 : *text->str == '\n';
      pd_html_writer_pre (&to->writer, text->str + skip, text->len - skip);
      return;
    }
  pd_html_writer_text (&to->writer, text->str, text->len);
  if (hard && is_blank (text) && holds_lines (to))
    pd_html_writer_hold (&to->writer);
}

/* ---- links ---- */

static gboolean
is_shown_link (const char *href)
{
  return strlen (href) <= MAX_HREF && strpbrk (href, " \t\r\n<>") == NULL
         && (g_ascii_strncasecmp (href, "http://", 7) == 0
             || g_ascii_strncasecmp (href, "https://", 8) == 0
             || g_ascii_strncasecmp (href, "mailto:", 7) == 0);
}

static const char *
skip_scheme (const char *link)
{
  const char *slashes;

  if (g_ascii_strncasecmp (link, "mailto:", 7) == 0)
    return link + 7;
  if (g_ascii_strncasecmp (link, "http", 4) != 0)
    return link;
  slashes = strstr (link, "://");
  return slashes == NULL ? link : slashes + 3;
}

/* Whether the text of a link says already where it goes. */
static gboolean
says_link (const char *text, const char *href)
{
  const char *bare = skip_scheme (href);
  gsize n = strcspn (bare, "?");

  if (n > 0 && bare[n - 1] == '/')
    n--;
  while (*text == ' ' || *text == '>' || *text == '<' || *text == '*')
    text++;
  return g_ascii_strncasecmp (skip_scheme (text), bare, n) == 0;
}

/* The target goes behind the text of the link, once for each target. */
static void
end_link (Converter *to, const Element *element)
{
  GString *out = to->writer.out;
  const char *target = element->href;
  gsize begin = pd_html_spans_text_begin (out, element->text_at);

  if (!is_shown (to) || pd_html_writer_is_full (&to->writer) || begin >= out->len
      || out->str[out->len - 1] == '\n' || !is_shown_link (element->href)
      || says_link (out->str + begin, element->href) || g_hash_table_size (to->links) >= MAX_LINKS
      || !g_hash_table_add (to->links, g_strdup (element->href)))
    return;
  if (g_ascii_strncasecmp (target, "mailto:", 7) == 0)
    target += 7;
  /* a link that ends with a block ends its line with it */
  g_string_append_printf (out, " <%s>", target);
}

/* ---- elements ---- */

static void
set_state (Converter *to)
{
  to->writer.flat = to->data_cells > 0;
  to->writer.indent = MIN (to->writer.indent, MAX_INDENT);
}

static void
want (Converter *to, guint flags)
{
  if ((flags & FLAG_BLOCK) != 0 && to->gone == 0)
    pd_html_writer_want (&to->writer, (flags & FLAG_PARA) != 0 ? 2 : 1);
}

static void
pop (Converter *to)
{
  Element *element = &to->stack[--to->depth];
  guint flags = element->flags;

  if (element->href != NULL)
    end_link (to, element);
  g_clear_pointer (&element->href, g_free);
  pd_html_spans_close (&to->spans);
  if (element->tag != NULL)
    to->open[element->tag - tags]--;
  if (element->tag != NULL && strcmp (element->tag->name, "q") == 0 && is_shown (to))
    pd_html_writer_text (&to->writer, "”", strlen ("”"));
  to->look = element->look;
  if ((flags & FLAG_LIST) != 0)
    to->lists--;
  if ((flags & FLAG_ITEM) != 0)
    {
      to->writer.indent -= element->indent;
      to->writer.marker[0] = '\0';
    }
  if ((flags & FLAG_QUOTE) != 0)
    to->writer.quotes--;
  if ((flags & FLAG_TABLE) != 0)
    to->cells = element->cells;
  if ((flags & FLAG_CELL) != 0 && (flags & FLAG_DATA) != 0)
    to->data_cells--;
  set_state (to);
  if ((flags & FLAG_GONE) != 0)
    to->gone--;
  else
    want (to, flags);
}

static gboolean
is_named (const Element *element, const struct Tag *tag, const char *name)
{
  return tag != NULL ? element->tag == tag
                     : element->tag == NULL && strcmp (element->name, name) == 0;
}

/* Where the open element is that an end tag ends, or 0. */
static guint
find_open (const Converter *to, const struct Tag *tag, const char *name)
{
  guint flags = tag == NULL ? 0 : tag->flags;
  gboolean is_cell = (flags & (FLAG_CELL | FLAG_ROW)) != 0;
  gboolean is_strong
      = is_cell || (flags & FLAG_BARRIER) != 0
        || (tag != NULL && (g_str_equal (name, "body") || g_str_equal (name, "html")));

  if (tag != NULL && to->open[tag - tags] == 0)
    return 0;
  for (guint i = to->depth; i-- > 1;)
    {
      const Element *element = &to->stack[i];

      if (is_named (element, tag, name))
        return i;
      if ((element->flags & FLAG_BARRIER) != 0 && !is_strong)
        return 0;
      if (is_cell && (element->flags & FLAG_TABLE) != 0)
        return 0;
    }
  return 0;
}

static void
close_to (Converter *to, guint index)
{
  while (index > 0 && to->depth > index)
    pop (to);
}

/* Closes the innermost element with one of `flags`, unless one of `stops` is
 * further in.
 */
static void
close_flagged (Converter *to, guint flags, guint stops)
{
  for (guint i = to->depth; i-- > 1;)
    {
      if ((to->stack[i].flags & flags) != 0)
        {
          close_to (to, i);
          return;
        }
      if ((to->stack[i].flags & stops) != 0)
        return;
    }
}

/* A paragraph ends where a block begins. */
static void
close_paragraph (Converter *to)
{
  close_flagged (to, FLAG_P, FLAG_BLOCK | FLAG_BARRIER);
}

/* End tags that HTML lets one leave out. */
static void
close_implied (Converter *to, const struct Tag *tag)
{
  guint flags = tag == NULL ? 0 : tag->flags;

  if ((flags & FLAG_BLOCK) != 0)
    close_paragraph (to);
  if ((flags & FLAG_ITEM) != 0)
    close_flagged (to, FLAG_ITEM, FLAG_LIST | FLAG_BARRIER);
  else if ((flags & FLAG_ROW) != 0)
    {
      close_flagged (to, FLAG_CELL, FLAG_TABLE | FLAG_ROW);
      close_flagged (to, FLAG_ROW, FLAG_TABLE);
    }
  else if ((flags & FLAG_CELL) != 0)
    close_flagged (to, FLAG_CELL, FLAG_TABLE | FLAG_ROW);
  else if (tag != NULL && (g_str_equal (tag->name, "dt") || g_str_equal (tag->name, "dd")))
    {
      close_to (to, find_open (to, find_tag ("dt"), "dt"));
      close_to (to, find_open (to, find_tag ("dd"), "dd"));
    }
}

static void
begin_item (Converter *to, Element *element)
{
  char *marker = to->writer.marker;
  gsize size = sizeof to->writer.marker;

  g_strlcpy (marker, "* ", size);
  for (guint i = to->depth; i-- > 1;)
    if ((to->stack[i].flags & FLAG_LIST) != 0)
      {
        if (to->stack[i].count > 0)
          g_snprintf (marker, size, "%u. ", to->stack[i].count++);
        break;
      }
  element->indent = (guint)strlen (marker);
  if (to->writer.indent + element->indent > MAX_INDENT)
    element->indent = MAX_INDENT - to->writer.indent;
  to->writer.indent += element->indent;
}

static void
begin_list (Converter *to, Element *element)
{
  const PdHtmlAttribute *start = pd_html_peek_attribute (&to->reader, "start");

  to->lists++;
  if (strcmp (to->reader.name, "ol") != 0)
    return;
  element->count = 1;
  if (start != NULL && start->length < 8)
    element->count = (guint)MAX (g_ascii_strtoull (start->value, NULL, 10), 1);
}

static void
begin_cell (Converter *to, Element *element)
{
  gboolean data = FALSE;

  for (guint i = to->depth; i-- > 1;)
    if ((to->stack[i].flags & FLAG_TABLE) != 0)
      {
        data = (to->stack[i].flags & FLAG_DATA) != 0;
        break;
      }
  if (to->cells++ > 0 && is_shown (to))
    {
      pd_html_writer_space (&to->writer, data ? 1 : 2);
      if (data)
        pd_html_writer_text (&to->writer, "| ", 2);
    }
  if (data)
    {
      element->flags |= FLAG_DATA;
      to->data_cells++;
    }
}

static void
begin_table (Converter *to, Element *element)
{
  element->cells = to->cells;
  to->cells = 0;
  if (to->data_cells == 0 && pd_html_table_is_data (&to->reader))
    element->flags |= FLAG_DATA;
}

static gboolean
is_one_pixel (const PdHtmlReader *tag)
{
  const PdHtmlAttribute *width = pd_html_peek_attribute (tag, "width");

  return width != NULL && width->length == 1 && (*width->value == '0' || *width->value == '1');
}

static void
on_image (Converter *to)
{
  g_autofree char *alt = pd_html_dup_attribute (&to->reader, "alt");
  PdHtmlStyle style;

  if (alt == NULL || is_one_pixel (&to->reader))
    return;
  pd_html_style_read (&style, &to->reader);
  g_strstrip (alt);
  if (*alt == '\0' || style.gone)
    return;
  pd_html_writer_text (&to->writer, "[", 1);
  pd_html_writer_text (&to->writer, alt, strlen (alt));
  pd_html_writer_text (&to->writer, "]", 1);
}

static void
on_rule (Converter *to)
{
  close_paragraph (to);
  pd_html_spans_pass (&to->spans, &to->reader);
  pd_html_writer_want (&to->writer, 1);
  if (to->writer.out->len > 0)
    pd_html_writer_text (&to->writer, PD_HTML_RULE, strlen (PD_HTML_RULE));
  pd_html_writer_want (&to->writer, 1);
}

static void
on_void (Converter *to)
{
  if (!is_shown (to))
    return;
  if (strcmp (to->reader.name, "br") == 0)
    pd_html_writer_break (&to->writer);
  else if (strcmp (to->reader.name, "hr") == 0)
    on_rule (to);
  else if (strcmp (to->reader.name, "img") == 0)
    on_image (to);
}

/* Word's paragraphs are lines: the space around them is in its style sheet,
 * which Gmail and others take out.
 */
static gboolean
is_flat_paragraph (const Converter *to, const PdHtmlStyle *style)
{
  const PdHtmlAttribute *class = pd_html_peek_attribute (&to->reader, "class");
  gsize skip;

  if (style->margin != PD_HTML_UNSAID)
    return style->margin == PD_HTML_NO;
  if (to->flat_paragraphs || class == NULL)
    return to->flat_paragraphs;
  skip = class->length > 2 && memcmp (class->value, "x_", 2) == 0 ? 2 : 0;
  return class->length >= skip + 3 && memcmp (class->value + skip, "Mso", 3) == 0;
}

static guint
element_flags (const Converter *to, guint flags, const PdHtmlStyle *style)
{
  if (style->gone)
    flags |= FLAG_GONE;
  if ((flags & FLAG_QUOTE) != 0
      && (to->writer.quotes >= MAX_QUOTES
          || (style->indented && pd_html_peek_attribute (&to->reader, "type") == NULL)))
    flags &= ~(guint)FLAG_QUOTE;
  if ((flags & FLAG_P) != 0 && is_flat_paragraph (to, style))
    flags &= ~(guint)FLAG_PARA;
  return flags;
}

static void
change_look (Converter *to, const PdHtmlStyle *style, guint flags)
{
  Look *look = &to->look;

  if (style->invisible != PD_HTML_UNSAID)
    look->invisible = style->invisible == PD_HTML_YES;
  if (style->tiny != PD_HTML_UNSAID)
    look->tiny = style->tiny == PD_HTML_YES;
  if (style->same_colour != PD_HTML_UNSAID)
    look->same_colour = style->same_colour == PD_HTML_YES;
  if (style->keeps_lines != PD_HTML_UNSAID)
    look->keeps_lines = style->keeps_lines == PD_HTML_YES;
  if ((flags & FLAG_PRE) != 0)
    to->after_pre = look->keeps_lines = TRUE;
}

static void
begin_content (Converter *to, Element *element)
{
  guint flags = element->flags;

  if ((flags & FLAG_LIST) != 0)
    begin_list (to, element);
  if ((flags & FLAG_ITEM) != 0)
    begin_item (to, element);
  if ((flags & FLAG_TABLE) != 0)
    begin_table (to, element);
  if ((flags & FLAG_ROW) != 0)
    to->cells = 0;
  if ((flags & FLAG_CELL) != 0)
    begin_cell (to, element);
  if ((flags & FLAG_QUOTE) != 0)
    to->writer.quotes++;
  if (strcmp (to->reader.name, "q") == 0 && is_shown (to))
    pd_html_writer_text (&to->writer, "“", strlen ("“"));
  if (strcmp (to->reader.name, "a") == 0)
    {
      element->href = pd_html_dup_attribute (&to->reader, "href");
      element->text_at = to->writer.out->len;
    }
}

static void
push (Converter *to, const struct Tag *tag)
{
  Element *element = &to->stack[to->depth];
  PdHtmlStyle style;

  memset (element, 0, sizeof *element);
  pd_html_style_read (&style, &to->reader);
  element->tag = tag;
  if (tag == NULL)
    memcpy (element->name, to->reader.name, sizeof element->name);
  element->flags = element_flags (to, tag == NULL ? 0 : tag->flags, &style);
  element->look = to->look;
  if ((element->flags & FLAG_GONE) == 0)
    want (to, element->flags);
  pd_html_spans_open (&to->spans, &to->reader, &style, (element->flags & FLAG_QUOTE) != 0,
                      (element->flags & FLAG_CELL) != 0, (element->flags & FLAG_BLOCK) != 0,
                      to->gone == 0);
  change_look (to, &style, element->flags);
  if ((element->flags & FLAG_GONE) != 0)
    to->gone++;
  begin_content (to, element);
  to->depth++;
  if (tag != NULL)
    to->open[tag - tags]++;
  set_state (to);
}

static void
on_open (Converter *to)
{
  const struct Tag *tag = find_tag (to->reader.name);
  guint flags = tag == NULL ? 0 : tag->flags;

  to->after_pre = FALSE;
  if ((flags & FLAG_VOID) != 0)
    {
      on_void (to);
      return;
    }
  if (strcmp (to->reader.name, "style") == 0
      && pd_html_style_flat_paragraphs (to->reader.text, to->reader.length))
    to->flat_paragraphs = TRUE;
  close_implied (to, tag);
  if (to->depth == PD_HTML_MAX_DEPTH)
    {
      to->overflow++;
      want (to, flags);
      return;
    }
  push (to, tag);
}

static void
on_close (Converter *to)
{
  const struct Tag *tag = find_tag (to->reader.name);
  guint at;

  to->after_pre = FALSE;
  if (tag != NULL && (tag->flags & FLAG_VOID) != 0)
    {
      if (strcmp (tag->name, "br") == 0) /* "</br>" is one */
        on_void (to);
      return;
    }
  if (to->overflow > 0)
    {
      to->overflow--;
      want (to, tag == NULL ? 0 : tag->flags);
      return;
    }
  at = find_open (to, tag, to->reader.name);
  if (at > 0)
    close_to (to, at);
  else if (tag != NULL && (tag->flags & FLAG_P) != 0) /* "</p>" alone is an empty paragraph */
    want (to, FLAG_BLOCK);
}

static void
convert (Converter *to)
{
  while (pd_html_next (&to->reader) != PD_HTML_END && !pd_html_writer_is_full (&to->writer))
    {
      if (to->reader.kind == PD_HTML_TEXT)
        on_text (to);
      else if (to->reader.kind == PD_HTML_OPEN)
        on_open (to);
      else
        on_close (to);
    }
  close_to (to, 1);
  pop (to);
}

/* The bound may have cut a character. */
static gsize
bound (const char *text, gsize length)
{
  gsize n = MIN (length, PD_MAIL_MAX_TEXT);

  if (n < length)
    while (n > 0 && ((guint8)text[n] & 0xC0) == 0x80)
      n--;
  return n;
}

static Converter *
converter_new (const char *html, GArray *spans)
{
  Converter *to = g_new0 (Converter, 1);

  pd_html_begin (&to->reader, html, bound (html, strlen (html)));
  pd_html_writer_init (&to->writer, PD_MAIL_MAX_TEXT - 1);
  to->scratch = g_string_new (NULL);
  to->links = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  pd_html_spans_begin (&to->spans, to->writer.out, spans);
  to->depth = 1;
  return to;
}

/* Frees all but the text, which is returned. */
static char *
converter_finish (Converter *to)
{
  GString *out = to->writer.out;

  g_string_free (to->scratch, TRUE);
  g_hash_table_unref (to->links);
  g_free (to);
  return g_string_free (out, FALSE);
}

char *
pd_html_to_text (const char *html)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (PdHtmlSpan));

  return pd_html_to_text_marked (html, spans);
}

char *
pd_html_to_text_marked (const char *html, GArray *spans)
{
  Converter *to = converter_new (html, spans);
  GString *out = to->writer.out;

  convert (to);
  g_string_truncate (out, bound (out->str, MIN (out->len, PD_MAIL_MAX_TEXT - 1)));
  if (out->len > 0 && out->str[out->len - 1] != '\n')
    g_string_append_c (out, '\n');
  pd_html_spans_end (&to->spans);
  if (!g_utf8_validate (out->str, (gssize)out->len, NULL))
    {
      /* not UTF-8 to begin with: offsets are not kept */
      char *valid = g_utf8_make_valid (out->str, (gssize)out->len);

      g_string_assign (out, valid);
      g_free (valid);
      g_array_set_size (spans, 0);
    }
  return converter_finish (to);
}
