#include "mail/html-token.h"

#include <string.h>

#include "mail/html-reference.h"

void
pd_html_begin (PdHtmlReader *reader, const char *html, gsize length)
{
  reader->next = html;
  reader->end = html + length;
  reader->kind = PD_HTML_END;
  reader->name[0] = '\0';
  reader->text = "";
  reader->length = 0;
  reader->n_attributes = 0;
}

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* Copies a name up to white space, ">", "/" or, of an attribute, "=", in small
 * letters.
 */
static void
read_name (PdHtmlReader *reader, gboolean is_attribute, char out[PD_HTML_MAX_NAME])
{
  const char *at = reader->next;
  gsize n = 0;

  for (; at < reader->end && !is_space (*at) && *at != '>' && *at != '/'; at++)
    {
      if (is_attribute && *at == '=')
        break;
      if (n + 1 < PD_HTML_MAX_NAME)
        out[n++] = g_ascii_tolower (*at);
    }
  reader->next = at;
  out[n] = '\0';
}

static void
skip_space (PdHtmlReader *reader)
{
  while (reader->next < reader->end && is_space (*reader->next))
    reader->next++;
}

static void
read_value (PdHtmlReader *reader, PdHtmlAttribute *attribute)
{
  const char *begin;
  char quote = *reader->next;

  if (quote == '"' || quote == '\'')
    {
      begin = ++reader->next;
      reader->next = memchr (begin, quote, (gsize)(reader->end - begin));
      if (reader->next == NULL)
        reader->next = reader->end;
      attribute->length = (gsize)(reader->next - begin);
      if (reader->next < reader->end)
        reader->next++;
    }
  else
    {
      begin = reader->next;
      while (reader->next < reader->end && !is_space (*reader->next) && *reader->next != '>')
        reader->next++;
      attribute->length = (gsize)(reader->next - begin);
    }
  attribute->value = begin;
  attribute->length = MIN (attribute->length, PD_HTML_MAX_VALUE);
}

/* From behind the tag's name to behind its ">". */
static void
read_attributes (PdHtmlReader *reader)
{
  reader->n_attributes = 0;
  for (;;)
    {
      PdHtmlAttribute one = { "", "", 0 };

      while (reader->next < reader->end && (is_space (*reader->next) || *reader->next == '/'))
        reader->next++;
      if (reader->next == reader->end)
        return;
      if (*reader->next == '>')
        {
          reader->next++;
          return;
        }
      if (*reader->next == '=')
        reader->next++; /* a name may begin with it; nobody wants that one */
      read_name (reader, TRUE, one.name);
      skip_space (reader);
      if (reader->next < reader->end && *reader->next == '=')
        {
          reader->next++;
          skip_space (reader);
          if (reader->next < reader->end && *reader->next != '>')
            read_value (reader, &one);
        }
      if (reader->n_attributes < PD_HTML_MAX_ATTRIBUTES)
        reader->attributes[reader->n_attributes++] = one;
    }
}

/* Past the next `mark`, or to the end. */
static void
skip_past (PdHtmlReader *reader, const char *mark)
{
  const char *at = memmem (reader->next, (gsize)(reader->end - reader->next), mark, strlen (mark));

  reader->next = at == NULL ? reader->end : at + strlen (mark);
}

/* A comment ends in "-->", "--!>", or with the text. */
static void
skip_comment (PdHtmlReader *reader)
{
  for (;;)
    {
      skip_past (reader, "--");
      while (reader->next < reader->end && *reader->next == '-')
        reader->next++;
      if (reader->next < reader->end && *reader->next == '!')
        reader->next++;
      if (reader->next == reader->end)
        return;
      if (*reader->next == '>')
        {
          reader->next++;
          return;
        }
    }
}

/* Elements whose content is no markup, and never to be read by people. */
static gboolean
is_raw (const char *name)
{
  static const char *const names[]
      = { "script", "style", "title", "xmp", "iframe", "noembed", "noframes", "textarea" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (name, names[i]) == 0)
      return TRUE;
  return FALSE;
}

/* To the closing tag, which is left to be read. */
static void
skip_raw (PdHtmlReader *reader)
{
  gsize length = strlen (reader->name);

  reader->text = reader->next;

  while (reader->next < reader->end)
    {
      const char *at = memchr (reader->next, '<', (gsize)(reader->end - reader->next));

      if (at == NULL)
        break;
      if ((gsize)(reader->end - at) > length + 1 && at[1] == '/'
          && g_ascii_strncasecmp (at + 2, reader->name, length) == 0)
        {
          reader->next = at;
          reader->length = (gsize)(at - reader->text);
          return;
        }
      reader->next = at + 1;
    }
  reader->next = reader->end;
  reader->length = (gsize)(reader->end - reader->text);
}

/* <!-- comment -->, <!doctype>, <![if mso]>, <?xml?>.  Outlook hides text from
 * other programs in real comments and shows it to them between <![if !…]> and
 * <![endif]>, so skipping the marks is right for both.
 */
static void
skip_declaration (PdHtmlReader *reader)
{
  gsize left = (gsize)(reader->end - reader->next);

  if (left >= 4 && memcmp (reader->next, "<!--", 4) == 0)
    {
      reader->next += 4;
      /* "<!-->" and "<!--->" are whole comments */
      if (reader->next < reader->end && *reader->next == '>')
        reader->next++;
      else if (reader->end - reader->next >= 2 && memcmp (reader->next, "->", 2) == 0)
        reader->next += 2;
      else
        skip_comment (reader);
      return;
    }
  skip_past (reader, ">");
}

static PdHtmlKind
read_tag (PdHtmlReader *reader, PdHtmlKind kind)
{
  reader->next += kind == PD_HTML_CLOSE ? 2 : 1;
  read_name (reader, FALSE, reader->name);
  read_attributes (reader);
  reader->length = 0;
  if (kind == PD_HTML_OPEN && is_raw (reader->name))
    skip_raw (reader);
  reader->kind = kind;
  return kind;
}

static PdHtmlKind
read_text (PdHtmlReader *reader)
{
  const char *stop = memchr (reader->next + 1, '<', (gsize)(reader->end - reader->next - 1));

  reader->text = reader->next;
  reader->next = stop == NULL ? reader->end : stop;
  reader->length = (gsize)(reader->next - reader->text);
  reader->kind = PD_HTML_TEXT;
  return PD_HTML_TEXT;
}

PdHtmlKind
pd_html_next (PdHtmlReader *reader)
{
  while (reader->next < reader->end)
    {
      char second = reader->end - reader->next > 1 ? reader->next[1] : '\0';
      char third = reader->end - reader->next > 2 ? reader->next[2] : '\0';

      if (*reader->next != '<')
        return read_text (reader);
      if (g_ascii_isalpha (second))
        return read_tag (reader, PD_HTML_OPEN);
      if (second == '/' && g_ascii_isalpha (third))
        return read_tag (reader, PD_HTML_CLOSE);
      if (second != '!' && second != '?' && second != '/')
        return read_text (reader); /* "a < b" */
      skip_declaration (reader);
    }
  reader->kind = PD_HTML_END;
  return PD_HTML_END;
}

static void
append_resolved (GString *out, const char *text, gsize length, gboolean in_value)
{
  const char *end = text + length;

  while (text < end)
    {
      const char *amp = memchr (text, '&', (gsize)(end - text));
      gsize n;

      if (amp == NULL)
        amp = end;
      g_string_append_len (out, text, amp - text);
      if (amp == end)
        return;
      n = pd_html_reference_append (out, amp + 1, (gsize)(end - amp - 1), in_value);
      if (n == 0)
        g_string_append_c (out, '&');
      text = amp + 1 + n;
    }
}

void
pd_html_append_text (GString *out, const char *text, gsize length)
{
  append_resolved (out, text, length, FALSE);
}

const PdHtmlAttribute *
pd_html_peek_attribute (const PdHtmlReader *reader, const char *name)
{
  for (guint i = 0; i < reader->n_attributes; i++)
    if (reader->attributes[i].name[0] == name[0] && strcmp (reader->attributes[i].name, name) == 0)
      return &reader->attributes[i];
  return NULL;
}

char *
pd_html_dup_attribute (const PdHtmlReader *reader, const char *name)
{
  const PdHtmlAttribute *found = pd_html_peek_attribute (reader, name);
  GString *value;

  if (found == NULL)
    return NULL;
  value = g_string_sized_new (found->length);
  append_resolved (value, found->value, found->length, TRUE);
  return g_string_free (value, FALSE);
}
