#include "mail/html-text.h"

#include <string.h>

#include "mail/html-token.h"
#include "mail/mail.h"

#define MAX_QUOTES 20 /* levels of "> " */
#define MAX_BLANK 2   /* empty lines in a row */
#define MAX_HREF 1000 /* octets of a link that is written out */
#define MAX_INDENT 8  /* levels of list indentation */

typedef enum {
  FLAG_BLOCK = 1 << 0,  /* begins and ends a line */
  FLAG_PARA = 1 << 1,   /* has an empty line around it */
  FLAG_VOID = 1 << 2,   /* has no end tag */
  FLAG_HIDDEN = 1 << 3, /* its content is not for reading */
  FLAG_QUOTE = 1 << 4,  /* "> " */
  FLAG_PRE = 1 << 5,    /* keeps its white space */
  FLAG_LIST = 1 << 6,
  FLAG_BARRIER = 1 << 7, /* end tags of lesser elements do not reach across */
  FLAG_CELL = 1 << 8,
  FLAG_MARKED = 1 << 9, /* the quoted mail, by a mail program's own mark */
} Flag;

typedef struct Converter Converter;

static const struct Tag {
  const char *name;
  guint flags;
} tags[] = {
  { "address", FLAG_BLOCK },
  { "article", FLAG_BLOCK },
  { "blockquote", FLAG_BLOCK | FLAG_PARA | FLAG_QUOTE | FLAG_BARRIER },
  { "body", FLAG_BLOCK },
  { "br", FLAG_VOID },
  { "caption", FLAG_BLOCK },
  { "center", FLAG_BLOCK },
  { "col", FLAG_VOID },
  { "dd", FLAG_BLOCK },
  { "div", FLAG_BLOCK },
  { "dl", FLAG_BLOCK | FLAG_PARA },
  { "dt", FLAG_BLOCK },
  { "fieldset", FLAG_BLOCK },
  { "footer", FLAG_BLOCK },
  { "form", FLAG_BLOCK },
  { "h1", FLAG_BLOCK | FLAG_PARA },
  { "h2", FLAG_BLOCK | FLAG_PARA },
  { "h3", FLAG_BLOCK | FLAG_PARA },
  { "h4", FLAG_BLOCK | FLAG_PARA },
  { "h5", FLAG_BLOCK | FLAG_PARA },
  { "h6", FLAG_BLOCK | FLAG_PARA },
  { "header", FLAG_BLOCK },
  { "hr", FLAG_BLOCK | FLAG_VOID },
  { "iframe", FLAG_HIDDEN },
  { "img", FLAG_VOID },
  { "input", FLAG_VOID },
  { "li", FLAG_BLOCK },
  { "link", FLAG_VOID },
  { "main", FLAG_BLOCK },
  { "math", FLAG_HIDDEN },
  { "meta", FLAG_VOID },
  { "nav", FLAG_BLOCK },
  { "noframes", FLAG_HIDDEN },
  { "ol", FLAG_BLOCK | FLAG_LIST },
  { "option", FLAG_BLOCK },
  { "p", FLAG_BLOCK | FLAG_PARA },
  { "pre", FLAG_BLOCK | FLAG_PARA | FLAG_PRE },
  { "script", FLAG_HIDDEN },
  { "section", FLAG_BLOCK },
  { "source", FLAG_VOID },
  { "style", FLAG_HIDDEN },
  { "svg", FLAG_HIDDEN },
  { "table", FLAG_BLOCK | FLAG_BARRIER },
  { "td", FLAG_CELL | FLAG_BARRIER },
  { "template", FLAG_HIDDEN },
  { "textarea", FLAG_HIDDEN },
  { "th", FLAG_CELL | FLAG_BARRIER },
  { "title", FLAG_HIDDEN },
  { "tr", FLAG_BLOCK },
  { "ul", FLAG_BLOCK | FLAG_LIST },
  { "wbr", FLAG_VOID },
};

typedef struct {
  char name[PD_HTML_MAX_NAME];
  guint flags;
  guint count;   /* of a list: its items so far; 0 if it is not numbered */
  char *href;    /* of a link */
  gsize text_at; /* of a link: where its text begins in the output */
} Element;

struct Converter {
  PdHtmlReader reader;
  GString *out;
  Element stack[PD_HTML_MAX_DEPTH];
  guint depth;
  guint overflow; /* open elements beyond the stack */
  guint hidden, pre, quotes, lists;
  guint last_quotes; /* level of the line before */
  guint newlines;    /* that the output ends in */
  guint wanted;      /* before the next text */
  gboolean space;    /* white space was seen */
  gboolean cell;     /* a cell of the row is before */
  char marker[16];   /* of a list item that has no text yet */
  gsize quote_at;
  gboolean quote_closed;
};

static guint
flags_of (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (tags); i++)
    if (tags[i].name[0] == name[0] && strcmp (tags[i].name, name) == 0)
      return tags[i].flags;
  return 0;
}

static gboolean
is_full (const Converter *to)
{
  return to->out->len >= PD_MAIL_MAX_TEXT;
}

static void
write_newline (Converter *to)
{
  guint level = MIN (to->last_quotes, to->quotes);

  if (is_full (to) || to->newlines > MAX_BLANK)
    return;
  if (to->newlines > 0) /* an empty line inside of a quote is one of it */
    for (guint i = 0; i < level; i++)
      g_string_append_c (to->out, '>');
  g_string_append_c (to->out, '\n');
  to->newlines++;
}

/* At least that many line ends before the next text, and none before the first. */
static void
want_newlines (Converter *to, guint n)
{
  to->space = FALSE;
  if (to->out->len > 0)
    to->wanted = MAX (to->wanted, n);
}

static void
flush_newlines (Converter *to)
{
  while (to->newlines < to->wanted && !is_full (to))
    write_newline (to);
  to->wanted = 0;
}

static void
begin_line (Converter *to)
{
  to->newlines = 0;
  to->last_quotes = to->quotes;
  for (guint i = 0; i < to->quotes; i++)
    g_string_append (to->out, "> ");
  for (guint i = 1; i < MIN (to->lists, MAX_INDENT); i++)
    g_string_append (to->out, "  ");
  g_string_append (to->out, to->marker);
  to->marker[0] = '\0';
}

static void
write_bytes (Converter *to, const char *text, gsize length)
{
  flush_newlines (to);
  if (is_full (to))
    return;
  if (to->newlines > 0 || to->out->len == 0)
    begin_line (to);
  else if (to->space)
    g_string_append_c (to->out, ' ');
  to->space = FALSE;
  g_string_append_len (to->out, text, (gssize)length);
}

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void
write_collapsed (Converter *to, const char *text, gsize length)
{
  const char *end = text + length;

  while (text < end)
    {
      const char *begin = text;

      while (text < end && !is_space (*text))
        text++;
      if (text > begin)
        write_bytes (to, begin, (gsize)(text - begin));
      if (text < end)
        to->space |= to->newlines == 0 && to->wanted == 0 && to->out->len > 0;
      while (text < end && is_space (*text))
        text++;
    }
}

static void
write_pre (Converter *to, const char *text, gsize length)
{
  const char *end = text + length;

  while (text < end)
    {
      const char *stop = memchr (text, '\n', (gsize)(end - text));
      gsize n = (gsize)((stop == NULL ? end : stop) - text);

      if (n > 0 && text[n - 1] == '\r')
        n--;
      if (n > 0)
        write_bytes (to, text, n);
      if (stop == NULL)
        return;
      flush_newlines (to);
      write_newline (to);
      text = stop + 1;
    }
}

/* No-break and zero-width spaces are layout. */
static void
plain_spaces (GString *text)
{
  char *to = text->str;

  for (const char *from = text->str; from < text->str + text->len;)
    {
      if ((guint8)from[0] == 0xC2 && (guint8)from[1] == 0xA0)
        {
          *to++ = ' ';
          from += 2;
        }
      else if ((guint8)from[0] == 0xC2 && (guint8)from[1] == 0xAD)
        from += 2; /* soft hyphen */
      else if ((guint8)from[0] == 0xE2 && (guint8)from[1] == 0x80
               && ((guint8)from[2] == 0x8B || (guint8)from[2] == 0x8C))
        from += 3; /* zero-width space, non-joiner */
      else
        *to++ = *from++;
    }
  g_string_truncate (text, (gsize)(to - text->str));
}

static void
on_text (Converter *to)
{
  g_autoptr (GString) text = NULL;

  if (to->hidden > 0)
    return;
  text = g_string_sized_new (to->reader.length);
  pd_html_append_text (text, to->reader.text, to->reader.length);
  plain_spaces (text);
  if (to->pre > 0)
    write_pre (to, text->str, text->len);
  else
    write_collapsed (to, text->str, text->len);
}

static gboolean
is_hidden_style (const PdHtmlReader *reader)
{
  g_autofree char *style = pd_html_dup_attribute (reader, "style");
  char *out = style;

  for (guint i = 0; i < reader->n_attributes; i++)
    if (strcmp (reader->attributes[i].name, "hidden") == 0)
      return TRUE;
  if (style == NULL)
    return FALSE;
  for (const char *c = style; *c != '\0'; c++)
    if (!is_space (*c))
      *out++ = g_ascii_tolower (*c);
  *out = '\0';
  return strstr (style, "display:none") != NULL || strstr (style, "visibility:hidden") != NULL
         || strstr (style, "mso-hide:all") != NULL;
}

/* Where mail programs say "the mail that I answer begins here". */
static gboolean
is_quote_mark (const PdHtmlReader *reader)
{
  static const char *const classes[]
      = { "gmail_quote",      "gmail_extra",          "yahoo_quoted",
          "moz-cite-prefix",  "OutlookMessageHeader", "zmail_extra",
          "protonmail_quote", "tutanota_quote",       "ms-outlook-mobile-reference-message",
          "quote_container" };
  static const char *const ids[] = { "divRplyFwdMsg",
                                     "reply-intro",
                                     "OLK_SRC_BODY_SECTION",
                                     "isReplyContent",
                                     "mail-editor-reference-message-container",
                                     "zmail_extra",
                                     "replySplit" };
  g_autofree char *class = pd_html_dup_attribute (reader, "class");
  g_autofree char *id = pd_html_dup_attribute (reader, "id");

  for (gsize i = 0; class != NULL && i < G_N_ELEMENTS (classes); i++)
    if (strstr (class, classes[i]) != NULL)
      return TRUE;
  for (gsize i = 0; id != NULL && i < G_N_ELEMENTS (ids); i++)
    if (strstr (id, ids[i]) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
is_shown_link (const char *href)
{
  return strlen (href) <= MAX_HREF
         && (g_ascii_strncasecmp (href, "http://", 7) == 0
             || g_ascii_strncasecmp (href, "https://", 8) == 0
             || g_ascii_strncasecmp (href, "mailto:", 7) == 0);
}

/* Whether the text of a link says already where it goes. */
static gboolean
says_link (const char *text, const char *href)
{
  const char *bare = g_ascii_strncasecmp (href, "mailto:", 7) == 0 ? href + 7
                     : strstr (href, "://") != NULL                ? strstr (href, "://") + 3
                                                                   : href;
  gsize n = strcspn (bare, "?");

  if (n > 0 && bare[n - 1] == '/')
    n--;
  while (*text == ' ')
    text++;
  if (g_str_has_prefix (text, "http") && strstr (text, "://") != NULL)
    text = strstr (text, "://") + 3;
  return g_ascii_strncasecmp (text, bare, n) == 0;
}

static void
end_link (Converter *to, const Element *element)
{
  g_autofree char *mark = NULL;

  if (to->hidden > 0 || to->out->len <= element->text_at || to->newlines > 0
      || !is_shown_link (element->href) || strpbrk (element->href, " \t\r\n<>") != NULL
      || says_link (to->out->str + element->text_at, element->href))
    return;
  mark = g_strdup_printf ("<%s>", g_ascii_strncasecmp (element->href, "mailto:", 7) == 0
                                      ? element->href + 7
                                      : element->href);
  to->space = TRUE;
  write_bytes (to, mark, strlen (mark));
}

static void
pop (Converter *to)
{
  Element *element = &to->stack[--to->depth];
  guint flags = element->flags;

  if (element->href != NULL)
    end_link (to, element);
  g_clear_pointer (&element->href, g_free);
  if ((flags & FLAG_HIDDEN) != 0)
    to->hidden--;
  if ((flags & FLAG_PRE) != 0)
    to->pre--;
  if ((flags & FLAG_LIST) != 0)
    to->lists--;
  if ((flags & FLAG_QUOTE) != 0 && to->quotes > 0)
    to->quotes--;
  if ((flags & FLAG_MARKED) != 0)
    to->quote_closed = TRUE;
  if ((flags & FLAG_BLOCK) != 0 && to->hidden == 0)
    want_newlines (to, (flags & FLAG_PARA) != 0 ? 2 : 1);
}

/* Where the open element is that an end tag ends, or -1. */
static int
find_open (const Converter *to, const char *name)
{
  gboolean is_cell
      = strcmp (name, "td") == 0 || strcmp (name, "th") == 0 || strcmp (name, "tr") == 0;
  gboolean is_strong = is_cell || strcmp (name, "table") == 0 || strcmp (name, "blockquote") == 0
                       || strcmp (name, "body") == 0 || strcmp (name, "html") == 0;

  for (guint i = to->depth; i-- > 0;)
    {
      const Element *element = &to->stack[i];

      if (strcmp (element->name, name) == 0)
        return (int)i;
      if ((element->flags & FLAG_BARRIER) != 0 && !is_strong)
        return -1;
      if (is_cell && strcmp (element->name, "table") == 0)
        return -1;
    }
  return -1;
}

static void
close_to (Converter *to, int index)
{
  while (index >= 0 && to->depth > (guint)index)
    pop (to);
}

/* End tags that HTML lets one leave out. */
static void
close_implied (Converter *to, const char *name, guint flags)
{
  static const struct {
    const char *opens;
    const char *closes[3];
  } implied[] = {
    { "li", { "li" } },         { "dt", { "dt", "dd" } }, { "dd", { "dt", "dd" } },
    { "tr", { "tr", "td" } },   { "td", { "td", "th" } }, { "th", { "td", "th" } },
    { "option", { "option" } },
  };

  if ((flags & FLAG_BLOCK) != 0 && to->depth > 0
      && strcmp (to->stack[to->depth - 1].name, "p") == 0)
    pop (to);
  for (gsize i = 0; i < G_N_ELEMENTS (implied); i++)
    if (strcmp (implied[i].opens, name) == 0)
      for (guint k = 0; k < 3 && implied[i].closes[k] != NULL; k++)
        {
          int at = find_open (to, implied[i].closes[k]);

          /* an item of an outer list stays open */
          if (at >= 0 && strcmp (name, "li") == 0)
            for (guint j = (guint)at; j < to->depth; j++)
              if ((to->stack[j].flags & FLAG_LIST) != 0)
                at = -1;
          if (at >= 0)
            close_to (to, at);
        }
}

static void
begin_item (Converter *to)
{
  for (guint i = to->depth; i-- > 0;)
    if ((to->stack[i].flags & FLAG_LIST) != 0)
      {
        if (to->stack[i].count > 0)
          g_snprintf (to->marker, sizeof to->marker, "%u. ", to->stack[i].count++);
        else
          g_strlcpy (to->marker, "* ", sizeof to->marker);
        return;
      }
  g_strlcpy (to->marker, "* ", sizeof to->marker);
}

static void
on_image (Converter *to)
{
  g_autofree char *alt = pd_html_dup_attribute (&to->reader, "alt");

  if (alt == NULL || to->hidden > 0)
    return;
  g_strstrip (alt);
  if (*alt == '\0')
    return;
  write_collapsed (to, "[", 1);
  write_collapsed (to, alt, strlen (alt));
  write_collapsed (to, "]", 1);
}

static void
on_void (Converter *to, guint flags)
{
  if (to->hidden > 0)
    return;
  if (strcmp (to->reader.name, "br") == 0)
    {
      flush_newlines (to);
      if (to->out->len > 0)
        write_newline (to);
      to->space = FALSE;
    }
  else if (strcmp (to->reader.name, "hr") == 0)
    {
      want_newlines (to, 1);
      if (to->out->len > 0)
        write_bytes (to, "----------", 10);
      want_newlines (to, 1);
    }
  else if (strcmp (to->reader.name, "img") == 0)
    on_image (to);
}

static void
begin_block (Converter *to, guint flags)
{
  if (to->hidden > 0)
    return;
  if ((flags & FLAG_BLOCK) != 0)
    want_newlines (to, (flags & FLAG_PARA) != 0 ? 2 : 1);
  if (strcmp (to->reader.name, "tr") == 0)
    to->cell = FALSE;
  if ((flags & FLAG_CELL) != 0)
    {
      if (to->cell && to->newlines == 0 && to->wanted == 0)
        {
          to->space = FALSE;
          write_bytes (to, "  ", 2);
        }
      to->cell = TRUE;
    }
  if (strcmp (to->reader.name, "li") == 0)
    begin_item (to);
}

static guint
element_flags (Converter *to, guint flags)
{
  if (is_hidden_style (&to->reader))
    flags |= FLAG_HIDDEN;
  if (to->quote_at == G_MAXSIZE && to->hidden == 0 && is_quote_mark (&to->reader))
    {
      to->quote_at = to->out->len;
      flags |= FLAG_MARKED;
    }
  if ((flags & FLAG_QUOTE) != 0 && to->quotes >= MAX_QUOTES)
    flags &= ~(guint)FLAG_QUOTE;
  return flags;
}

static void
push (Converter *to, guint flags)
{
  Element *element = &to->stack[to->depth++];

  memset (element, 0, sizeof *element);
  memcpy (element->name, to->reader.name, sizeof element->name);
  element->flags = flags;
  element->count = strcmp (element->name, "ol") == 0;
  to->hidden += (flags & FLAG_HIDDEN) != 0;
  to->pre += (flags & FLAG_PRE) != 0;
  to->quotes += (flags & FLAG_QUOTE) != 0;
  to->lists += (flags & FLAG_LIST) != 0;
  if (strcmp (element->name, "a") == 0)
    {
      element->href = pd_html_dup_attribute (&to->reader, "href");
      element->text_at = to->out->len;
    }
}

static void
on_open (Converter *to)
{
  guint flags = flags_of (to->reader.name);

  if ((flags & FLAG_VOID) != 0)
    {
      on_void (to, flags);
      return;
    }
  close_implied (to, to->reader.name, flags);
  begin_block (to, flags);
  if (to->depth == PD_HTML_MAX_DEPTH)
    {
      to->overflow++;
      return;
    }
  push (to, element_flags (to, flags));
}

static void
on_close (Converter *to)
{
  int at = find_open (to, to->reader.name);

  if (to->overflow > 0)
    {
      to->overflow--;
      return;
    }
  if (strcmp (to->reader.name, "br") == 0)
    on_void (to, 0);
  else if (at >= 0)
    close_to (to, at);
  else if ((flags_of (to->reader.name) & FLAG_BLOCK) != 0 && to->hidden == 0)
    want_newlines (to, 1);
}

/* The mark counts only if the quote goes to the end. */
static gsize
find_quote (const Converter *to, gsize closed_at)
{
  if (to->quote_at == G_MAXSIZE || (to->quote_closed && to->out->len > closed_at))
    return G_MAXSIZE;
  return MIN (to->quote_at, to->out->len);
}

char *
pd_html_to_text (const char *html, gsize *out_quote)
{
  g_autofree Converter *to = g_new0 (Converter, 1);
  gsize closed_at = G_MAXSIZE, length = strlen (html);
  gsize quote;

  to->out = g_string_sized_new (MIN (length / 2, PD_MAIL_MAX_TEXT) + 16);
  to->quote_at = G_MAXSIZE;
  pd_html_begin (&to->reader, html, MIN (length, PD_MAIL_MAX_TEXT));
  while (pd_html_next (&to->reader) != PD_HTML_END && !is_full (to))
    {
      if (to->reader.kind == PD_HTML_TEXT)
        on_text (to);
      else if (to->reader.kind == PD_HTML_OPEN)
        on_open (to);
      else
        on_close (to);
      if (to->quote_closed && closed_at == G_MAXSIZE)
        closed_at = to->out->len;
    }
  quote = find_quote (to, closed_at);
  close_to (to, 0);
  if (to->out->len > 0 && to->out->str[to->out->len - 1] != '\n')
    g_string_append_c (to->out, '\n');
  if (out_quote != NULL)
    *out_quote = quote;
  if (!g_utf8_validate (to->out->str, (gssize)to->out->len, NULL))
    {
      char *valid = g_utf8_make_valid (to->out->str, (gssize)to->out->len);

      g_string_free (to->out, TRUE);
      return valid;
    }
  return g_string_free (to->out, FALSE);
}

char *
pd_html_to_text_marked (const char *html, GArray *spans, gsize *out_quote)
{
  gsize quote = G_MAXSIZE;
  char *text = pd_html_to_text (html, &quote);
  gsize begin = quote, end = strlen (text);

  g_array_set_size (spans, 0);
  while (end > 0 && text[end - 1] == '\n')
    end--;
  while (begin < end && text[begin] == '\n')
    begin++;
  if (begin < end)
    {
      PdHtmlSpan span = { PD_HTML_SPAN_QUOTE, begin, end - begin, "mark" };

      g_array_append_val (spans, span);
    }
  if (out_quote != NULL)
    *out_quote = quote;
  return text;
}
